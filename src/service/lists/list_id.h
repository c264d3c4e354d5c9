/* service/lists/list_id.h - the id of a list: what makes it one of a kind, and a signature by which
 * an event that names the list later is known to be about a list that was made for its person, not
 * long ago, by the model it says. Behind a prefix ("r_", or an experiment's stamp) stand 40
 * characters of base64url: 4 bytes of time, 5 that are random, 6 for the model, and 15 of an
 * HMAC-SHA-256 over all of it and over whose it is. Nothing is kept of a list.
 * Layer: service. Ownership: borrowed. Threads: no state.
 */
#ifndef REEL_SERVICE_LIST_ID_H
#define REEL_SERVICE_LIST_ID_H

#include "base/seal.h"
#include "service/experiments/experiments.h"
#include "service/lists/recommend.h"

enum { REEL_LIST_ID_DAYS = 7 }; /* for so long events about a list are believed */

/* What an id says, or what an event says of it. */
typedef struct reel_list_claim {
    const char *who;      /* as reel__experiment_unit names them; "" = nobody */
    const char *model_id; /* "" in an event that does not say: any */
    int64_t at;           /* seconds since 1970: when it was made; of an event: when it came */
    bool anyone;          /* made for whoever it will be shown to; who says nothing then */
} reel_list_claim;

/* Whose list a request asks for: whoever it names, else the account that asks; "" = nobody. */
void reel__list_id_who(char out[REEL_UNIT], const reel_request *request);
/* A new id. claim NULL: one of the same shape that nobody believes. Errors: E_STORE. */
REEL_MUST_USE reel_code reel__list_id_make(char out[REEL_LIST_ID], const char *prefix,
                                           const reel_seal_key *key, const reel_list_claim *claim,
                                           reel_err *err);
/* Whether it is an id made with this key for just that. Any text may be asked for. */
bool reel__list_id_holds(const char *id, const reel_seal_key *key, const reel_list_claim *claim);

#endif
