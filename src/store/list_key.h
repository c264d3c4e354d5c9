/* store/list_key.h - the key that a database's servers sign the ids of lists with
 * (service/lists/list_id.h). It is made with the database, is the same for all servers over it, and
 * is no part of a copy. Layer: store. Threads: as store.h.
 */
#ifndef REEL_STORE_LIST_KEY_H
#define REEL_STORE_LIST_KEY_H

#include "base/seal.h"
#include "store/store.h"

enum { REEL_LIST_KEY = 65 }; /* as a text: 64 hex digits */

/* Where it was taken out of the database, or the store is open for reading only and may not see it:
 * a key of this process. Errors: E_STORE, E_NOMEM. */
REEL_MUST_USE reel_code reel__store_list_key(reel_seal_key *out, reel_store *store, reel_err *err);

#endif
