/* store/mongo/mongo.h - a MongoDB server beside the store: events go there, and films, and films
 * come back. It is never the store
 * itself. Layer: store. Ownership: opened by reel__mongo_open, closed by reel__mongo_close.
 * Threads: locked inside (a pool of connections); a batch belongs to one thread.
 */
#ifndef REEL_STORE_MONGO_H
#define REEL_STORE_MONGO_H

#include "store/store.h"

typedef struct reel_mongo reel_mongo;

/* Read a URI (mongodb://..., mongodb+srv://...) and make the pool; nothing connects before the
 * first call that needs a server. Errors: E_INVALID (a URI that is none, without what it holds;
 * built without libmongoc), E_NOMEM. */
REEL_MUST_USE reel_code reel__mongo_open(reel_mongo **out, const char *uri, reel_err *err);
void reel__mongo_close(reel_mongo *mongo); /* NULL allowed */
/* Its hosts, to be shown: without user, password and options. */
const char *reel__mongo_name(const reel_mongo *mongo);

/* Whether it answers, and takes who the URI says; asked of its database of events. Errors: E_STORE.
 */
REEL_MUST_USE reel_code reel__mongo_try(reel_mongo *mongo, reel_err *err);

/* ---- events: database recommender_logs, collection user_feedback ---------------------------- */

enum { REEL_MONGO_SCHEMA = 2 }; /* of the documents: docs/feedback.md */

/* What ids are called; borrowed until the next call. */
typedef struct reel_mongo_titles {
    /* The title of a film as its source writes it, or NULL. */
    const char *(*find)(void *user, int64_t movie);
    void *user;
    /* The experiment and the arm of a list, NULL where it is of none, or of both; itself NULL: of
     * none. */
    void (*trial)(void *trial_user, const char *list_id, const char **experiment, const char **arm);
    void *trial_user;
} reel_mongo_titles;

/* Documents that are sent together. */
typedef struct reel_mongo_batch reel_mongo_batch;
REEL_MUST_USE reel_code reel__mongo_batch_new(reel_mongo_batch **out, size_t most, reel_err *err);
void reel__mongo_batch_clear(reel_mongo_batch *batch);
void reel__mongo_batch_free(reel_mongo_batch *batch); /* NULL allowed */
size_t reel__mongo_batch_count(const reel_mongo_batch *batch);
/* Errors: E_INVALID (it is full), E_NOMEM. */
REEL_MUST_USE reel_code reel__mongo_add_event(reel_mongo_batch *batch, const reel_event *event,
                                              const reel_mongo_titles *titles, reel_err *err);

/* What the server said of the documents it will never take; the first of the reasons. */
typedef struct reel_mongo_answer {
    bool *refused; /* [count] of the batch, the caller's */
    size_t refused_count;
    char reason[200];
} reel_mongo_answer;
/* Insert them, in no order, acknowledged by a majority; what is there already (the same _id) counts
 * as inserted, so a batch may be sent again. REEL_OK: each is there or refused. Errors: E_STORE: no
 * server, or it could not (what was inserted of the batch is not known). */
REEL_MUST_USE reel_code reel__mongo_send(reel_mongo *mongo, const reel_mongo_batch *batch,
                                         reel_mongo_answer *answer, reel_err *err);
/* The indexes that questions about events want; ttl_days > 0: documents go after so many days, 0:
 * never, whatever was asked for before.
 * Errors: E_STORE. */
REEL_MUST_USE reel_code reel__mongo_index_events(reel_mongo *mongo, int ttl_days, reel_err *err);
/* What is there of a person goes. count: how many documents. Errors: E_STORE. */
REEL_MUST_USE reel_code reel__mongo_forget(reel_mongo *mongo, int64_t person, int64_t *count,
                                           reel_err *err);

/* ---- films: database movies_db, collection movies_enriched ---------------------------------- */

/* Put films by their id; a document's members that are not ours stay. Errors: E_STORE, E_NOMEM. */
REEL_MUST_USE reel_code reel__mongo_put_movies(reel_mongo *mongo, const reel_movie *movies,
                                               size_t count, reel_err *err);
/* Every film there, by id. row returns false to stop; the film is borrowed during the call. What is
 * no film (no movieId) is counted in skipped. Errors: E_STORE, E_TOOLARGE (a text), E_NOMEM. */
typedef bool reel_mongo_movie_fn(void *user, const reel_movie *movie);
REEL_MUST_USE reel_code reel__mongo_scan_movies(reel_mongo *mongo, reel_mongo_movie_fn *row,
                                                void *user, int64_t *skipped, reel_err *err);

#endif
