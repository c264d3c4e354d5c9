/* store/vtable.h - what a back end fills in, and the part of every store and load they share.
 * Layer: store. Ownership: a back end puts struct reel_store first in its own record, makes it in
 * its open function and releases it in close. store.c has checked every argument by the time a
 * function of the table is called.
 */
#ifndef REEL_STORE_VTABLE_H
#define REEL_STORE_VTABLE_H

#include "store/accounts.h"
#include "store/experiments.h"
#include "store/sql.h"
#include "store/store.h"
#include "store/times.h"

/* What dump hands on, each kind by ascending key; all borrowed during the call. The first function
 * that fails ends it. */
typedef struct reel_store_visitor {
    void *user;
    reel_code (*label)(void *user, const reel_store_label *label, reel_err *err);
    reel_code (*movie)(void *user, const reel_movie *movie, reel_err *err);
    reel_code (*person)(void *user, const reel_person *person, reel_err *err);
    reel_code (*rating)(void *user, const reel_rating *rating, reel_err *err);
    reel_code (*match)(void *user, const reel_match *match, reel_err *err);
    reel_code (*given)(void *user, const reel_given_row *row, reel_err *err);
    reel_code (*event)(void *user, const reel_event *event, reel_err *err);
    reel_code (*model)(void *user, const reel_model_record *record, reel_err *err);
    reel_code (*account)(void *user, const reel_account *account, reel_err *err);
    reel_code (*key)(void *user, const reel_api_key *key, reel_err *err);
    reel_code (*experiment)(void *user, const reel_experiment_record *record, reel_err *err);
} reel_store_visitor;

/* Tells whoever follows the changes that all of them may be others now. */
extern const reel_given_row reel__given_all_changed;
/* What a damaged row would say counts as usual. */
int reel__given_extra(int64_t column);
unsigned reel__given_did(int64_t column);
/* Where there is a row of the pair: what is said takes its place, what is done stands beside it. A
 * click makes no new rating of an old one (trainings are asked for after so many), and counts for
 * nothing while that stands, so that nobody has to hear of it. */
#define REEL_GIVEN_SAID                                                                            \
    " ON CONFLICT (userId, movieId) DO UPDATE SET kind = excluded.kind, value = excluded.value,"   \
    " timestamp = excluded.timestamp, version = excluded.version, extra = excluded.extra,"         \
    " did = given.did | excluded.did"
#define REEL_GIVEN_DONE                                                                            \
    " ON CONFLICT (userId, movieId) DO UPDATE SET version = CASE given.kind"                       \
    " WHEN 'rating' THEN given.version ELSE excluded.version END,"                                 \
    " did = given.did | excluded.did WHERE given.did <> (given.did | excluded.did)"
/* Statements that take away what a person gave, and say so. */
enum { REEL_GIVEN_FORGET = 3 };
void reel__given_forget(reel_sql out[REEL_GIVEN_FORGET], int64_t person);

/* load_commit and load_abort release the load whatever they answer. */
struct reel_store_ops {
    void (*close)(reel_store *store);
    reel_code (*label)(reel_store *store, reel_store_label *out, reel_err *err);
    reel_code (*counts)(reel_store *store, reel_store_counts *out, reel_err *err);
    reel_code (*load_begin)(reel_store_load **out, reel_store *store, bool replace, reel_err *err);
    reel_code (*put_movies)(reel_store_load *load, const reel_movie *movies, size_t count,
                            reel_err *err);
    reel_code (*put_people)(reel_store_load *load, const reel_person *people, size_t count,
                            reel_err *err);
    reel_code (*put_ratings)(reel_store_load *load, const reel_rating *ratings, size_t count,
                             int64_t *duplicates, reel_err *err);
    reel_code (*put_matches)(reel_store_load *load, const reel_match *matches, size_t count,
                             reel_err *err);
    reel_code (*load_commit)(reel_store_load *load, const char *source, bool simulated,
                             reel_err *err);
    void (*load_abort)(reel_store_load *load);
    reel_code (*read_dataset)(reel_store *store, reel_dataset_builder *builder,
                              const reel_progress *progress, reel_err *err);
    reel_code (*scan_people)(reel_store *store, reel_person_fn *row, void *user, reel_err *err);
    reel_code (*scan_matches)(reel_store *store, reel_match_fn *row, void *user, reel_err *err);
    reel_code (*put_events)(reel_store *store, const reel_event *events, size_t count,
                            int64_t *duplicates, reel_err *err);
    reel_code (*scan_events)(reel_store *store, const reel_event_filter *filter, reel_event_fn *row,
                             void *user, reel_err *err);
    reel_code (*put_given)(reel_store *store, const reel_given_row *rows, size_t count,
                           reel_err *err);
    reel_code (*read_given)(reel_store *store, int64_t person, reel_given_fn *row, void *user,
                            reel_err *err);
    reel_code (*put_model)(reel_store *store, const reel_model_record *record, reel_err *err);
    reel_code (*scan_models)(reel_store *store, reel_model_record_fn *row, void *user,
                             reel_err *err);
    /* Everything, in one read transaction. */
    reel_code (*dump)(reel_store *store, const reel_store_visitor *visitor, reel_err *err);
    /* Within a load: take events, model records, what people gave, accounts, keys and experiments
     * away, sessions too, and put them as they were elsewhere; what people gave gets new versions.
     */
    reel_code (*clear_log)(reel_store_load *load, reel_err *err);
    reel_code (*put_log)(reel_store_load *load, const reel_event *events, size_t count,
                         reel_err *err);
    reel_code (*put_statements)(reel_store_load *load, const reel_given_row *rows, size_t count,
                                reel_err *err);
    reel_code (*put_records)(reel_store_load *load, const reel_model_record *records, size_t count,
                             reel_err *err);
    /* What every back end with SQL does in the same words; the second within a load. */
    reel_code (*sql)(reel_store *store, reel_sql_work *work, reel_err *err);
    reel_code (*load_sql)(reel_store_load *load, const reel_sql *sql, reel_err *err);
    /* NULL where a store is not a file. */
    reel_code (*seal)(reel_store *store, const char *hash, reel_err *err);
    reel_code (*sealed)(reel_store *store, char hash[65], reel_err *err);
};

struct reel_store {
    const struct reel_store_ops *ops; /* of the back end, with a clock before them (times.h) */
    char *path;
    bool read_only;
    const struct reel_store_ops *back;
    struct reel_store_ops timed;
    reel_histogram times[REEL_STORE_OPS];
};

struct reel_store_load {
    reel_store *store;
    int64_t generation; /* to be the next one, 0 = one more than the last */
    int64_t begun_us;   /* when, by the steady clock */
    reel_err failed;    /* the first put that failed: a half-done load must not be committed */
};

/* The back ends. */
REEL_MUST_USE reel_code reel__sqlite_open(reel_store **out, const char *path,
                                          const reel_store_opts *opts, reel_err *err);
REEL_MUST_USE reel_code reel__postgres_open(reel_store **out, const char *url,
                                            const reel_store_opts *opts, reel_err *err);
/* A URL without what must not be shown, cut to fit. */
void reel__postgres_name(char out[REEL_STORE_NAME], const char *url);

#endif
