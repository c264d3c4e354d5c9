/* service/accounts/export.h - all that is known of an account, as one JSON object that is made
 * piece by piece, however much it is. Layer: service. Ownership: the store is borrowed. Threads:
 * one at a time.
 */
#ifndef REEL_SERVICE_EXPORT_H
#define REEL_SERVICE_EXPORT_H

#include "base/json.h"
#include "store/accounts.h"

typedef struct reel_export reel_export;

/* account: its id. Errors: E_NOTFOUND, E_STORE, E_NOMEM. */
REEL_MUST_USE reel_code reel__export_open(reel_export **out, reel_store *store, int64_t account,
                                          reel_err *err);
/* Append the next piece, some 64 KiB; over [out]: it was the last. What a piece says is of the time
 * it is made. Errors: E_STORE, E_NOMEM, E_FORMAT. */
REEL_MUST_USE reel_code reel__export_next(reel_export *export, reel_buf *out, bool *over,
                                          reel_err *err);
void reel__export_close(reel_export *export); /* NULL allowed */

/* An account as JSON, the schema Account: for its person, and without the address for others. */
void reel__account_write(reel_json *json, const reel_account *account);
void reel__account_write_for_others(reel_json *json, const reel_account *account);

#endif
