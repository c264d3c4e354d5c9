/* store/digest_priv.h - the digest of a store, row by row.
 * Layer: store. Ownership: begin, add, finish; fini frees in any case. Threads: one at a time.
 */
#ifndef REEL_STORE_DIGEST_PRIV_H
#define REEL_STORE_DIGEST_PRIV_H

#include "base/buf.h"
#include "base/hash.h"
#include "store/vtable.h"

typedef struct reel_digesting {
    reel_digest *digest;
    reel_buf rows; /* on their way into the digest */
    reel_store_digest *out;
    const reel_progress *progress;
    int64_t done, total;
} reel_digesting;

/* Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__digesting_begin(reel_digesting *d, reel_store_digest *out,
                                              const reel_progress *progress, int64_t total,
                                              reel_err *err);
/* A visitor's functions; user is a reel_digesting. */
reel_code reel__digest_label(void *user, const reel_store_label *label, reel_err *err);
reel_code reel__digest_movie(void *user, const reel_movie *movie, reel_err *err);
reel_code reel__digest_person(void *user, const reel_person *person, reel_err *err);
reel_code reel__digest_rating(void *user, const reel_rating *rating, reel_err *err);
reel_code reel__digest_match(void *user, const reel_match *match, reel_err *err);
reel_code reel__digest_given(void *user, const reel_given_row *row, reel_err *err);
reel_code reel__digest_event(void *user, const reel_event *event, reel_err *err);
reel_code reel__digest_model(void *user, const reel_model_record *record, reel_err *err);
reel_code reel__digest_account(void *user, const reel_account *account, reel_err *err);
reel_code reel__digest_key(void *user, const reel_api_key *key, reel_err *err);
reel_code reel__digest_experiment(void *user, const reel_experiment_record *e, reel_err *err);
/* Fills in the hash. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__digesting_finish(reel_digesting *d, reel_err *err);
void reel__digesting_fini(reel_digesting *d);

#endif
