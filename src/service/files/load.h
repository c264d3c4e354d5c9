/* service/files/load.h - getting data in and out: load, convert, sample, fetch, export.
 * Layer: service. Threads: one thread at a time.
 */
#ifndef REEL_SERVICE_LOAD_H
#define REEL_SERVICE_LOAD_H

#include "data/readers.h"
#include "service/engine/engine.h"

typedef struct reel_load_opts {
    const char *database;
    const char *movielens; /* folder, or NULL */
    const char *ratings;   /* plain TSV/CSV instead of a folder, or NULL */
    const char *tmdb;      /* TMDb-shaped JSONL, or NULL */
    const char *links;     /* links.csv; NULL = beside the JSONL when there */
    bool keep;             /* add to what is there; default: replace it */
    bool simulated;        /* the people in it are made up */
    const char *label;     /* what the data is called; NULL = from the catalogue or the file */
    reel_read_opts read;
    reel_notice notice;
} reel_load_opts;

typedef struct reel_load_report {
    int64_t movies, people, ratings, duplicates, unknown_movies, bad_rows;
    int64_t matched, with_overview, doubtful; /* metadata */
    double seconds;
    char source[80];
} reel_load_report;

/* Files -> store, in one transaction. */
REEL_MUST_USE reel_code reel__load(const reel_load_opts *opts, reel_load_report *report,
                                   reel_err *err);

/* .dat or u.* folder -> movies.csv, ratings.csv, users.csv in another folder. */
REEL_MUST_USE reel_code reel__convert(const char *movielens, const char *output,
                                      const reel_read_opts *opts, reel_load_report *report,
                                      reel_err *err);

/* The bundled catalogue with simulated people's ratings, as a MovieLens-shaped folder (movies.csv,
 * ratings.csv, links.csv, films.jsonl, README.txt that says they are simulated). */
typedef struct reel_sample_opts {
    const char *output;
    int people;    /* default 300 */
    uint64_t seed; /* default 1 */
    bool shuffled; /* control: the same ratings, given to random films */
} reel_sample_opts;
REEL_MUST_USE reel_code reel__sample_write(const reel_sample_opts *opts, reel_err *err);
/* Cut a small set (`people` persons and the films they rated) out of a store. */
REEL_MUST_USE reel_code reel__sample_cut(const char *database, const char *output, int people,
                                         uint64_t seed, reel_err *err);

/* `user_item_matrix.npz` (scipy save_npz keys) or `similarity_matrix.npy` of what = "user-item",
 * "user-similarity" or "content-similarity"; format by the output's ending. */
REEL_MUST_USE reel_code reel__export_matrix(const reel_engine *engine, const char *what,
                                            const char *output, reel_err *err);

#endif
