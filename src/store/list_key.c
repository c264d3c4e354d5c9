/* list_key.c - see list_key.h; in the words of any back end with SQL. */
#include "store/list_key.h"

#include <string.h>

#include "store/sql.h"
#include "store/vtable.h"

typedef struct finding {
    reel_seal_key *out;
    bool found;
} finding;

static bool take_key(void *user, const char *const *c)
{
    finding *f = user;

    f->found = c[0] != NULL && strlen(c[0]) == REEL_LIST_KEY - 1;
    if (f->found)
        reel__seal_key_of(f->out, c[0]);
    return false;
}

reel_code reel__store_list_key(reel_seal_key *out, reel_store *store, reel_err *err)
{
    finding f = {out, false};
    reel_err inner = {REEL_OK, ""};
    reel_sql sql;
    reel_code rc;

    reel__sql_begin(&sql, "SELECT key FROM list_keys WHERE id = 1");
    rc = reel__sql_read(store, &sql, take_key, &f, &inner);
    if (rc != REEL_OK && !store->read_only)
        return reel_fail(err, rc, "%s", inner.msg);
    return f.found ? REEL_OK : reel__seal_key_random(out, err);
}
