/* dump_accounts.c - rows of accounts, keys and experiments, as any back end with SQL reads them, to
 * a visitor. */
#include "store/account_rows.h"

static reel_code damaged(const reel_account_dump *dump)
{
    return reel_fail(dump->err, REEL_E_FORMAT,
                     "%s: a row of the table accounts or api_keys is damaged; restore a backup",
                     dump->path);
}

bool reel__dump_account(void *user, const char *const *columns)
{
    reel_account_dump *dump = user;
    reel_account account;

    dump->rc = reel__account_read(&account, columns)
                   ? dump->visitor->account(dump->visitor->user, &account, dump->err)
                   : damaged(dump);
    return dump->rc == REEL_OK;
}

bool reel__dump_key(void *user, const char *const *columns)
{
    reel_account_dump *dump = user;
    reel_api_key key;

    dump->rc = reel__key_read(&key, columns)
                   ? dump->visitor->key(dump->visitor->user, &key, dump->err)
                   : damaged(dump);
    return dump->rc == REEL_OK;
}

bool reel__dump_experiment(void *user, const char *const *columns)
{
    reel_account_dump *dump = user;
    const reel_experiment_record experiment = reel__experiment_row(columns);

    dump->rc = dump->visitor->experiment(dump->visitor->user, &experiment, dump->err);
    return dump->rc == REEL_OK;
}
