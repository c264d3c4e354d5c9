/* http/handle_account.h - what the handlers of accounts share.
 * Layer: http. Threads: no state.
 */
#ifndef REEL_HTTP_HANDLE_ACCOUNT_H
#define REEL_HTTP_HANDLE_ACCOUNT_H

#include "http/routes.h"

/* That there are accounts, and keys, of which nothing may be cached. Errors: E_NOTFOUND. */
REEL_MUST_USE reel_code reel__need_accounts(const reel_context *context, reel_err *err);

#endif
