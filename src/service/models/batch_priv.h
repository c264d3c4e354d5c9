/* batch_priv.h - what the files of service/models/batch.h and service/models/fit.h share: histories
 * by person, in terms of a model, and rows of text. Layer: service. Threads: immutable once made.
 */
#ifndef REEL_SERVICE_BATCH_PRIV_H
#define REEL_SERVICE_BATCH_PRIV_H

#include "base/buf.h"
#include "base/file.h"
#include "data/names.h"
#include "service/models/batch.h"

/* An id as a file has it: a number, or a text. */
typedef struct reel_name {
    int64_t number;
    const char *text; /* NULL = the number */
} reel_name;

static inline reel_name reel__name(const reel_intern *texts, int64_t id)
{
    return (reel_name){id, texts == NULL ? NULL : reel__intern_text(texts, (int32_t)id)};
}

/* The id that a name stands for: the position among texts where there are any, else its number; -1
 * when it stands for none. */
int64_t reel__name_id(const reel_names *texts, reel_name name);
/* Index of an item or a row of a person in the model, or -1. */
reel_index reel__name_movie(const reel_model *model, reel_name name);
reel_index reel__name_person(const reel_model *model, reel_name name);

/* What stands for an item of the model in files. */
reel_name reel__movie_name(const reel_model *model, reel_index movie);

/* Histories in the order in which people come in the file. */
typedef struct reel_histories {
    reel_named file; /* the texts; its rows are gone */
    size_t people;
    int64_t *ids;        /* [people] numbers, or positions among the texts */
    size_t *begin;       /* [people + 1] */
    reel_entry *entries; /* by ascending movie inside a person */
    reel_index *rows;    /* [people] of the model, or -1 */
    reel_map *places;    /* id -> position among people */
    double mean; /* of all ratings, those of items that the model does not know among them */
    size_t longest;
} reel_histories;

REEL_MUST_USE reel_code reel__histories_read(reel_histories *out, const reel_model *model,
                                             const char *path, const reel_read_opts *read,
                                             int threads, reel_batch_report *report, reel_err *err);
/* The same of rows that were read; takes them. */
REEL_MUST_USE reel_code reel__histories_make(reel_histories *out, const reel_model *model,
                                             reel_named *file, int threads,
                                             reel_batch_report *report, reel_err *err);
void reel__histories_fini(reel_histories *histories);
/* The position of a person with that name, or -1. */
int64_t reel__histories_find(const reel_histories *histories, reel_name name);
/* The query of one of them; person -1: the empty history. */
reel_query reel__histories_query(const reel_histories *histories, int64_t person);

/* Append an id; a number, or the text. */
void reel__buf_name(reel_buf *buf, reel_name name);

/* ---- pairs --------------------------------------------------------------------------------- */

/* Pairs to predict, in the order of their file; by person where they are worked on. */
typedef struct reel_pairs {
    reel_named file;
    size_t count;
    int64_t *people;                 /* [count] positions among the histories, or -1 */
    reel_index *movies;              /* [count] of the model, or -1 */
    size_t *order;                   /* [count] by person, then time, then place */
    float *scores;                   /* [count] */
    reel_rating_interval *intervals; /* [count], or NULL: not wanted */
} reel_pairs;
/* A wrong row ends the reading: no line may be lost. */
REEL_MUST_USE reel_code reel__pairs_read(reel_pairs *out, const char *path, reel_third third,
                                         const reel_progress *progress, reel_err *err);
/* Room for what is worked out of the rows in file. */
REEL_MUST_USE reel_code reel__pairs_room(reel_pairs *out, reel_err *err);
void reel__pairs_fini(reel_pairs *pairs);
/* order by people, then time, then place. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__pairs_sort(reel_pairs *pairs, reel_err *err);
/* Fill people, movies and order. */
REEL_MUST_USE reel_code reel__pairs_place(reel_pairs *pairs, const reel_model *model,
                                          const reel_histories *histories,
                                          reel_batch_report *report, reel_err *err);
/* Fill scores, and with opts->interval intervals. */
REEL_MUST_USE reel_code reel__pairs_predict(reel_pairs *pairs, const reel_batch_opts *opts,
                                            const reel_model *model,
                                            const reel_histories *histories,
                                            reel_batch_report *report, reel_err *err);
REEL_MUST_USE reel_code reel__pairs_write(const reel_pairs *pairs, const char *output, bool header,
                                          reel_err *err);
/* What is predicted of an item that the model does not know: the mean of the person's ratings,
 * drawn to the mean of all as if five ratings more were that. */
float reel__unknown_rating(const reel_model *model, const reel_histories *histories,
                           int64_t person);

/* ---- lists --------------------------------------------------------------------------------- */

REEL_MUST_USE reel_code reel__lists_write(const reel_batch_opts *opts, const reel_model *model,
                                          const reel_histories *histories,
                                          reel_batch_report *report, reel_err *err);

/* The output would overwrite an input, or cannot be written at all. */
REEL_MUST_USE reel_code reel__batch_check_output(const char *output, const char *const *inputs,
                                                 size_t count, reel_err *err);

#endif
