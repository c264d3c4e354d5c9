/* data/import.h - what a person gave elsewhere: the exports of Letterboxd, IMDb, Trakt, Netflix,
 * Jellyfin, Plex, the MovieLens site, and Reel's own. The format is told by the content; rows name
 * films as their source does and are matched to a catalogue later (service/files/import.h).
 * Nobody vouches for these files: sizes, entries, expansion, depth and encodings are checked.
 * Layer: data. Threads: one thread at a time per import.
 */
#ifndef REEL_DATA_IMPORT_H
#define REEL_DATA_IMPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reel/err.h"

typedef enum reel_import_format {
    REEL_IMPORT_NONE,
    REEL_IMPORT_REEL,       /* movieId,title,year,imdbId,tmdbId,kind,rating,time,weight */
    REEL_IMPORT_LETTERBOXD, /* a ZIP, or one of its CSV files */
    REEL_IMPORT_IMDB,       /* Const,Your Rating,... */
    REEL_IMPORT_TRAKT,      /* a ZIP of JSON lists, or one of them */
    REEL_IMPORT_NETFLIX,    /* Title,Date */
    REEL_IMPORT_JELLYFIN,   /* {"Items":[...]} */
    REEL_IMPORT_PLEX,       /* {"MediaContainer":{"Metadata":[...]}} */
    REEL_IMPORT_MOVIELENS,  /* movie_id,imdb_id,tmdb_id,rating,average_rating,title */
    REEL_IMPORT_RATINGS,    /* [userId,]movieId,rating[,timestamp] of one person */
} reel_import_format;
const char *reel__import_format_name(reel_import_format format); /* "Letterboxd" */

/* By strength: of the same film, what stands further down counts. */
typedef enum reel_import_kind {
    REEL_IMPORT_WISHED, /* on a watchlist: no part of a history */
    REEL_IMPORT_WATCHED,
    REEL_IMPORT_LIKED,
    REEL_IMPORT_RATED
} reel_import_kind;
const char *reel__import_kind_name(reel_import_kind kind); /* watchlist, watched, liked, rating */

typedef struct reel_import_row {
    const char *file;         /* path, or the entry of an archive */
    const char *title;        /* "" = unknown */
    const char *trouble;      /* why the row cannot be used as it is, or NULL */
    int64_t line;             /* of a table; position in a JSON list, from 1 */
    int64_t movie;            /* MovieLens id; -1 = unknown */
    int64_t imdb_id, tmdb_id; /* 0 = unknown */
    int64_t time;             /* seconds since 1970 UTC; 0 = unknown */
    double rating;            /* on MovieLens' scale, 0.5 to 5; NaN unless kind is RATED */
    int32_t year;             /* 0 = unknown */
    int extra;                /* what it counts for beyond once: -1 = it is not used, 1 = double */
    reel_import_kind kind;
} reel_import_row;

typedef struct reel_import reel_import;

/* Most that is taken: a file or an entry of an archive 32 MiB, an archive 256 MiB unpacked and not
 * over 200 times its size, 200,000 rows. Ten years of daily films are 1 MB. */
enum { REEL_IMPORT_BYTES_MAX = 32 << 20, REEL_IMPORT_ROWS_MAX = 200000 };

/* Read a file. UTF-8, UTF-16 with a byte order mark and Latin-1; commas, semicolons or tabs.
 * Errors: E_NOTFOUND, E_FORMAT (no known format, damaged), E_TOOLARGE, E_STORE, E_NOMEM. */
REEL_MUST_USE reel_code reel__import_read(reel_import **out, const char *path, reel_err *err);
/* The same of text that came in, which messages call by that name; no archives (E_FORMAT). */
REEL_MUST_USE reel_code reel__import_parse(reel_import **out, const char *name, const char *text,
                                           size_t length, reel_err *err);
void reel__import_free(reel_import *import); /* NULL allowed */
/* The format a file seems to have by its beginning; REEL_IMPORT_NONE also when it cannot be read.
 * Of an archive: REEL_IMPORT_LETTERBOXD, whatever is in it. */
reel_import_format reel__import_sniff(const char *path);

reel_import_format reel__import_format(const reel_import *import);
size_t reel__import_count(const reel_import *import);
const reel_import_row *reel__import_row(const reel_import *import, size_t index);
/* Rows that are no films: episodes of series, games. */
int64_t reel__import_not_films(const reel_import *import);
/* "UTF-16" or "Latin-1" when something had to be converted, else NULL. */
const char *reel__import_converted(const reel_import *import);

#endif
