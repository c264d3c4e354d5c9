/* http/handle_account.h - what the handlers of accounts share.
 * Layer: http. Threads: no state.
 */
#ifndef REEL_HTTP_HANDLE_ACCOUNT_H
#define REEL_HTTP_HANDLE_ACCOUNT_H

#include "http/routes.h"

/* A body's members; "" where it has none, but NULL where nothing is said of an address. */
typedef struct reel_account_body {
    json_t *json;
    const char *name, *password, *new_password, *token, *email, *language;
} reel_account_body;

/* Close it also when this failed. Errors: E_SYNTAX, E_INVALID. */
REEL_MUST_USE reel_code reel__account_body(reel_account_body *out, const reel_exchange *exchange,
                                           reel_err *err);
void reel__account_body_fini(reel_account_body *body);

/* That there are accounts, and keys, of which nothing may be cached. Errors: E_NOTFOUND. */
/* An address as tries are counted by it: of IPv6, the network a customer has. */
void reel__count_by(char out[REEL_ADDRESS_TEXT], const reel_client *client);
REEL_MUST_USE reel_code reel__need_accounts(const reel_context *context, reel_err *err);

#endif
