/* service/files/import.h - a person's export (data/import.h) as films of the catalogue.
 * Layer: service. Ownership: what reel__import_match fills is released by reel__imported_fini.
 * Threads: one session per thread.
 */
#ifndef REEL_SERVICE_IMPORT_H
#define REEL_SERVICE_IMPORT_H

#include "base/json.h"
#include "base/map.h"
#include "data/import.h"
#include "service/engine/engine.h"

/* How sure a match is (docs/import.md): 1 by an id; a title that is the same once folded 1, without
 * its article .98, another title of the film .97; less .05 when the years are one apart, .1 when
 * one is unknown, .2 when the ids disagree, .1 when it is by far the most rated of several. Below
 * REEL_IMPORT_SURE a row counts as unmatched; years further apart never match. */
#define REEL_IMPORT_SURE 0.8

typedef struct reel_import_film {
    const reel_import_row *row; /* the one that counts */
    reel_index movie;
    double score;
} reel_import_film;

typedef struct reel_import_miss {
    const reel_import_row *row;
    const char *reason;
    reel_index nearest; /* a film whose title is near, or -1 */
} reel_import_miss;

typedef struct reel_imported {
    reel_import *source;
    reel_import_film *films; /* [film_count], by ascending movie, each once */
    size_t film_count;
    reel_import_miss *misses; /* [miss_count], in the order of the file */
    size_t miss_count;
    size_t kinds[REEL_IMPORT_RATED + 1]; /* films by kind */
    size_t repeated;                     /* rows about a film that another row counts for */
    reel_intern *texts;
    reel_import_row *own_rows; /* those of a person of the data set, which no file has */
} reel_imported;

/* Read a file and match its rows. Of the rows about one film the strongest kind counts (rating,
 * liked, watched, watchlist), then the later time, then the later row; so the same file always
 * gives the same films. suggest: look for near titles for the first of the unmatched, too.
 * Errors: those of reel__import_read. */
REEL_MUST_USE reel_code reel__import_match(reel_imported *out, reel_session *session,
                                           const char *path, bool suggest, reel_err *err);
/* The same of text that came in; by the name of its file some lists are told (data/import.h), and
 * it must outlive the rows. */
REEL_MUST_USE reel_code reel__import_match_text(reel_imported *out, reel_session *session,
                                                const char *name, const char *text, size_t length,
                                                reel_err *err);
/* What a person gave, to be exported. Errors: E_NOTFOUND, E_NOMEM, those of reading the store. */
REEL_MUST_USE reel_code reel__import_of_person(reel_imported *out, const reel_engine *engine,
                                               int64_t person, reel_err *err);
void reel__imported_fini(reel_imported *imported);

/* A rating of 0.5 to 5 on the scale of an engine's data. */
double reel__import_on_scale(double rating, reel_scale scale);

/* Reel's own format: movieId,title,year,imdbId,tmdbId,kind,rating,time,weight. */
REEL_MUST_USE reel_code reel__import_write(const reel_imported *imported, const reel_engine *engine,
                                           const char *path, reel_err *err);
REEL_MUST_USE reel_code reel__import_write_text(const reel_imported *imported,
                                                const reel_engine *engine, reel_buf *out,
                                                reel_err *err);
/* The same columns with what the rows said, then reason,nearest,file,line: with a movieId or a
 * better title filled in it is read again. */
REEL_MUST_USE reel_code reel__import_write_misses(const reel_imported *imported,
                                                  const reel_engine *engine, const char *path,
                                                  reel_err *err);
/* The layout a name stands for: reel, letterboxd, imdb, trakt, netflix, movielens, jellyfin, plex.
 * Errors: E_INVALID. */
REEL_MUST_USE reel_code reel__import_layout(const char *name, reel_import_format *out,
                                            reel_err *err);
/* The films in a layout; left_out counts those it cannot hold (unrated ones, a watchlist). */
REEL_MUST_USE reel_code reel__import_export(const reel_imported *imported,
                                            const reel_engine *engine, reel_import_format format,
                                            const char *path, size_t *left_out, reel_err *err);
/* Counts, and the unmatched rows. */
void reel__import_write_json(reel_json *json, const reel_engine *engine,
                             const reel_imported *imported);

#endif
