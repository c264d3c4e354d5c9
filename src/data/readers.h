/* data/readers.h - MovieLens files of every generation, plain rating lists, TMDb-shaped metadata.
 * A wrong row is reported with file, line and reason, counted and skipped, or ends the reading when
 * strict. Layer: data. Threads: one thread at a time per reader.
 */
#ifndef REEL_DATA_READERS_H
#define REEL_DATA_READERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/progress.h"
#include "reel/dataset.h"

/* Ratings beyond this, either way, are bad rows: products of smaller ones fit a float, so that
 * every model can be trained on what was read. */
#define REEL_RATING_MAX 1e6F

/* One row that could not be used. */
typedef struct reel_bad_row {
    const char *file;   /* path as opened */
    int64_t line;       /* 1-based */
    const char *reason; /* "rating \"abc\" is not a number" */
    const char *text;   /* the row, cut short, control characters escaped */
} reel_bad_row;

typedef struct reel_read_opts {
    bool strict;
    double scale_min, scale_max; /* ratings outside are bad rows; both 0 = the format's own scale */
    void (*bad_row)(void *user, const reel_bad_row *row); /* may be NULL; first 20 are reported */
    void *user;
    const reel_progress *progress; /* may be NULL */
} reel_read_opts;

typedef struct reel_read_report {
    int64_t rows, bad_rows; /* rows read well, rows left out */
} reel_read_report;

/* ---- ratings ------------------------------------------------------------------------------- */

typedef struct reel_ratings { /* owned by the caller: reel__ratings_fini */
    reel_rating *items;
    size_t count, capacity;
} reel_ratings;
void reel__ratings_fini(reel_ratings *ratings);
/* Room for so many, but never little. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__ratings_grow(reel_ratings *ratings, size_t wanted, reel_err *err);

/* ratings.dat (a::b::c::d), u.data (tabs), ratings.csv (header), plain TSV/CSV with 2 to 4 columns
 * `user item [rating [timestamp]]` (missing rating 1, missing time 0), told apart by content.
 * Errors: E_NOTFOUND, E_FORMAT (empty, NUL bytes, unknown shape, every row bad; or the first bad
 * row when strict), E_NOMEM. Speed: ratings.dat at memory-scan rates, see bench/parse. */
REEL_MUST_USE reel_code reel__read_ratings(reel_ratings *out, const char *path,
                                           const reel_read_opts *opts, reel_read_report *report,
                                           reel_err *err);

/* The same, handed on by the batch as it is read, so that a file of any size can be read in little
 * memory. The first call of take that fails ends the reading with its code. */
enum { REEL_RATINGS_BATCH = 1 << 16 };
typedef reel_code reel_ratings_fn(void *user, const reel_rating *ratings, size_t count,
                                  reel_err *err);
REEL_MUST_USE reel_code reel__scan_ratings(const char *path, const reel_read_opts *opts,
                                           reel_ratings_fn *take, void *user,
                                           reel_read_report *report, reel_err *err);

/* ---- a MovieLens folder -------------------------------------------------------------------- */

typedef enum reel_generation {
    REEL_ML_DAT,  /* ML-1M, ML-10M: movies.dat, ratings.dat, [users.dat], [tags.dat] */
    REEL_ML_100K, /* u.data, u.item, [u.user] */
    REEL_ML_CSV   /* ml-latest, 20M, 25M, 32M: movies.csv, ratings.csv, [links.csv], [tags.csv] */
} reel_generation;

typedef struct reel_catalogue reel_catalogue; /* films and people that own their texts */
void reel__catalogue_free(reel_catalogue *catalogue);
size_t reel__catalogue_movies(const reel_catalogue *catalogue);
const reel_movie *reel__catalogue_movie(const reel_catalogue *catalogue, size_t index);

typedef struct reel_reader_person {
    int64_t id;
    const char *gender, *occupation, *zip;
    int32_t age;
} reel_reader_person;
size_t reel__catalogue_people(const reel_catalogue *catalogue);
const reel_reader_person *reel__catalogue_person(const reel_catalogue *catalogue, size_t index);

/* Films (with year, name, genres, ids of links.csv, most used tags) and people of a folder, told
 * apart by the files in it. label [out] "MovieLens 1M" and the like, borrowed from the catalogue.
 * Errors: E_NOTFOUND (says which files were looked for), E_FORMAT, E_NOMEM. */
REEL_MUST_USE reel_code reel__read_movielens(reel_catalogue **out, reel_generation *generation,
                                             const char *folder, const reel_read_opts *opts,
                                             reel_read_report *report, reel_err *err);
const char *reel__catalogue_label(const reel_catalogue *catalogue);
/* Path of the ratings file in such a folder; caller frees (reel__free). */
char *reel__movielens_ratings_path(const char *folder, reel_generation generation);

/* "Matrix, The (1999)" -> name "The Matrix", year 1999 (0 = none). name is appended to by the
 * caller's buffer. */
struct reel_buf;
void reel__title_parse(const char *title, size_t length, struct reel_buf *name, int32_t *year);

/* A film of which nothing is known: id 0, texts "", numbers that are none. */
extern const reel_movie reel__movie_blank;

/* ---- TMDb-shaped metadata ------------------------------------------------------------------ */

typedef struct reel_enrich_report {
    int64_t objects, bad_rows;
    int64_t matched; /* films of the catalogue that got metadata */
    int64_t with_overview;
    int64_t doubtful; /* linked objects whose year is more than two off: not used, counted */
} reel_enrich_report;

/* One JSON object per line, as TMDb v3 `GET /movie/{id}?append_to_response=keywords,credits,videos`
 * answers; joined by links (movieId,imdbId,tmdbId; may be NULL when the objects or the catalogue
 * carry the ids themselves). Fields the catalogue has already are kept where TMDb has none. */
REEL_MUST_USE reel_code reel__read_tmdb(reel_catalogue *catalogue, const char *movies_jsonl,
                                        const char *links_csv, const reel_read_opts *opts,
                                        reel_enrich_report *report, reel_err *err);

/* What became of one film of the catalogue. */
typedef enum reel_join { REEL_JOIN_NONE, REEL_JOIN_FOUND, REEL_JOIN_DOUBTFUL } reel_join;
typedef struct reel_joined {
    reel_join join;
    int32_t year;       /* of the object, 0 = unknown */
    int64_t tmdb_id;    /* of the object, 0 = unknown */
    int64_t fetched_at; /* when TMDb said so, by the object itself; seconds, 0 = it does not say */
    const char *title;  /* of a doubtful object, "" otherwise */
    const char *by;     /* the id that joined them: "TMDb id", "IMDb id", "MovieLens id" */
    bool accepted;      /* by a person's word, whatever its year */
} reel_joined;
/* NULL before metadata were read. Borrowed from the catalogue. */
const reel_joined *reel__catalogue_joined(const reel_catalogue *catalogue, size_t index);

/* One object for one film, as TMDb answers; not used when its year is far from the film's. Errors:
 * E_SYNTAX, E_INVALID, E_NOMEM; then the film stays as it was. */
REEL_MUST_USE reel_code reel__catalogue_join(reel_catalogue *catalogue, size_t index,
                                             const char *text, size_t length, reel_joined *joined,
                                             reel_err *err);
/* What a person said of a film: that it is the object with this TMDb id, whatever the links and the
 * years say, or that it is not. The last word counts. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__catalogue_decide(reel_catalogue *catalogue, size_t index,
                                               int64_t tmdb_id, bool accepted, reel_err *err);
bool reel__catalogue_accepted(const reel_catalogue *catalogue, size_t index);
/* Ids of a links.csv (movieId,imdbId,tmdbId). */
REEL_MUST_USE reel_code reel__catalogue_links(reel_catalogue *catalogue, const char *path,
                                              const reel_read_opts *opts, reel_read_report *report,
                                              reel_err *err);
/* Of the film with an id; SIZE_MAX when there is none. */
size_t reel__catalogue_index(const reel_catalogue *catalogue, int64_t id);

/* The film without what TMDb says of it: MovieLens' title, genres and tags, and the ids. */
reel_movie reel__movie_plain(const reel_movie *movie);
/* Films added from here on are plain. */
void reel__dataset_builder_plain(reel_dataset_builder *builder);

/* The films of a dataset as a catalogue of its own, to be joined with metadata. */
REEL_MUST_USE reel_code reel__catalogue_of_dataset(reel_catalogue **out,
                                                   const reel_dataset *dataset, reel_err *err);

#endif
