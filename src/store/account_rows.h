/* store/account_rows.h - accounts, keys and experiments as rows, for dumps and copies.
 * Layer: store. Threads: no state.
 */
#ifndef REEL_STORE_ACCOUNT_ROWS_H
#define REEL_STORE_ACCOUNT_ROWS_H

#include "store/accounts.h"
#include "store/sql.h"
#include "store/vtable.h"

/* All of them by ascending key, for: */
extern const char reel__accounts_sql[], reel__keys_sql[], reel__experiments_sql[];
enum { REEL_ACCOUNT_COLUMNS = 10, REEL_API_KEY_COLUMNS = 12 };
/* A row as a record. False: a text is too long, so the table was changed by hand. */
bool reel__account_read(reel_account *out, const char *const *columns);
bool reel__key_read(reel_api_key *out, const char *const *columns);
reel_experiment_record reel__experiment_row(const char *const *columns); /* borrowed */
/* Rows handed on to a visitor, by functions for the statements above; rc says how the last one
 * went. */
typedef struct reel_account_dump {
    const reel_store_visitor *visitor;
    const char *path; /* of the store, for messages */
    reel_err *err;
    reel_code rc;
} reel_account_dump;
bool reel__dump_account(void *user, const char *const *columns);
bool reel__dump_key(void *user, const char *const *columns);
bool reel__dump_experiment(void *user, const char *const *columns);
/* Statements that put a record as it is. scopes: room that lives as long as the statement. */
void reel__account_restore(reel_sql *out, const reel_account *account);
void reel__key_restore(reel_sql *out, const reel_api_key *key, char scopes[64]);
void reel__experiment_restore(reel_sql *out, const reel_experiment_record *experiment);
/* A column as text into a fixed room. False: too long. */
bool reel__column_text(char *out, size_t size, const char *column);

#endif
