/* api_keys.c - keys of programs, found by what they begin with. */
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "store/account_rows.h"

/* ---- scopes -------------------------------------------------------------------------------- */

static const char *const scopes_by_bit[] = {"read", "feedback:write", "items:write", "admin"};
enum { SCOPES = sizeof scopes_by_bit / sizeof *scopes_by_bit };

void reel__scopes_write(char out[64], unsigned scopes)
{
    size_t used = 0;

    out[0] = '\0';
    for (unsigned i = 0; i < SCOPES; i++)
        if ((scopes >> i & 1) != 0)
            used += (size_t)snprintf(out + used, 64 - used, "%s%s", used > 0 ? " " : "",
                                     scopes_by_bit[i]);
}

bool reel__scopes_parse(unsigned *out, const char *text)
{
    *out = 0;
    for (text += strspn(text, " "); *text != '\0'; text += strspn(text, " ")) {
        const size_t length = strcspn(text, " ");
        unsigned i = 0;

        while (i < SCOPES &&
               (strlen(scopes_by_bit[i]) != length || strncmp(scopes_by_bit[i], text, length) != 0))
            i++;
        if (i == SCOPES)
            return false;
        *out |= 1U << i;
        text += length;
    }
    return true;
}

/* ---- rows ---------------------------------------------------------------------------------- */

#define COLUMNS                                                                                    \
    "prefix, hash, label, origins, account, scopes, public, rate, created_at, used_at, "           \
    "expires_at,"                                                                                  \
    " revoked_at"

const char reel__keys_sql[] = "SELECT " COLUMNS " FROM api_keys ORDER BY created_at, hash";

bool reel__key_read(reel_api_key *out, const char *const *c)
{
    *out = (reel_api_key){.account = reel__sql_number(c[4], 0),
                          .is_public = reel__sql_number(c[6], 0) != 0,
                          .rate = (int32_t)reel__sql_number(c[7], 0),
                          .created_at = reel__sql_number(c[8], 0),
                          .used_at = reel__sql_number(c[9], 0),
                          .expires_at = reel__sql_number(c[10], 0),
                          .revoked_at = reel__sql_number(c[11], 0)};
    return reel__column_text(out->prefix, sizeof out->prefix, c[0]) &&
           reel__column_text(out->hash, sizeof out->hash, c[1]) &&
           reel__column_text(out->label, sizeof out->label, c[2]) &&
           reel__column_text(out->origins, sizeof out->origins, c[3]) &&
           reel__scopes_parse(&out->scopes, c[5] != NULL ? c[5] : "");
}

/* scopes: room for their text, as long as the statement is used. */
static void put_values(reel_sql *sql, const reel_api_key *key, char scopes[64])
{
    reel__scopes_write(scopes, key->scopes);
    reel__sql_text(sql, key->prefix);
    reel__sql_text(sql, key->hash);
    reel__sql_text(sql, key->label);
    reel__sql_text(sql, key->origins);
    reel__sql_known(sql, key->account, 0);
    reel__sql_text(sql, scopes);
    reel__sql_int(sql, key->is_public);
    reel__sql_int(sql, key->rate);
    reel__sql_int(sql, key->created_at);
    reel__sql_known(sql, key->used_at, 0);
    reel__sql_known(sql, key->expires_at, 0);
    reel__sql_known(sql, key->revoked_at, 0);
}

#define INSERT                                                                                     \
    "INSERT INTO api_keys (" COLUMNS ")"                                                           \
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"

void reel__key_restore(reel_sql *out, const reel_api_key *key, char scopes[64])
{
    reel__sql_begin(out, INSERT);
    put_values(out, key, scopes);
}

/* ---- reading ------------------------------------------------------------------------------- */

typedef struct reading {
    reel_api_key *key;
    reel_api_key_fn *row;
    void *user;
    bool found, damaged;
} reading;

static bool take_key(void *user, const char *const *columns)
{
    reading *r = user;

    r->found = true;
    r->damaged = !reel__key_read(r->key, columns);
    return !r->damaged && r->row != NULL && r->row(r->user, r->key);
}

static reel_code read_keys(reel_store *store, const reel_sql *sql, reading *r, reel_err *err)
{
    reel_code rc = REEL_OK;

    REEL_TRY(reel__sql_read(store, sql, take_key, r, err));
    if (r->damaged)
        rc = reel_fail(err, REEL_E_FORMAT,
                       "%s: a row of the table api_keys is damaged (a text is too long, or a scope "
                       "is unknown); restore a backup",
                       reel__store_path(store));
out:
    return rc;
}

reel_code reel__store_key(reel_store *store, const char *prefix, reel_api_key *out, reel_err *err)
{
    reading r = {.key = out};
    reel_sql sql;
    reel_code rc = REEL_OK;

    reel__sql_begin(&sql, "SELECT " COLUMNS " FROM api_keys WHERE prefix = $1");
    reel__sql_text(&sql, prefix);
    REEL_TRY(read_keys(store, &sql, &r, err));
    if (!r.found)
        rc = reel_fail(err, REEL_E_NOTFOUND, "there is no such key");
out:
    return rc;
}

reel_code reel__store_scan_keys(reel_store *store, int64_t account, reel_api_key_fn *row,
                                void *user, reel_err *err)
{
    reel_api_key key;
    reading r = {&key, row, user, false, false};
    reel_sql sql;

    if (account == 0) {
        reel__sql_begin(&sql, "SELECT " COLUMNS " FROM api_keys ORDER BY created_at DESC, hash");
    } else {
        reel__sql_begin(&sql, "SELECT " COLUMNS " FROM api_keys WHERE account = $1"
                              " ORDER BY created_at DESC, hash");
        reel__sql_int(&sql, account);
    }
    return read_keys(store, &sql, &r, err);
}

/* ---- writing ------------------------------------------------------------------------------- */

static reel_code check_key(const reel_api_key *key, reel_err *err)
{
    if (*key->prefix == '\0' || *key->hash == '\0')
        return reel_fail(err, REEL_E_INVALID, "key: there is nothing to find it by");
    if (!reel__utf8_valid(key->label, strlen(key->label)) ||
        !reel__utf8_valid(key->origins, strlen(key->origins)))
        return reel_fail(err, REEL_E_INVALID, "key %s: a text is not UTF-8", key->prefix);
    return REEL_OK;
}

static reel_code taken(const reel_api_key *key, reel_err *err)
{
    return reel_fail(err, REEL_E_CONFLICT, "there is a key that begins with %s already",
                     key->prefix);
}

static void put_new(reel_sql *sql, const reel_api_key *key, char scopes[64])
{
    reel__sql_begin(sql, INSERT " ON CONFLICT (prefix) DO NOTHING");
    put_values(sql, key, scopes);
}

reel_code reel__store_put_key(reel_store *store, const reel_api_key *key, reel_err *err)
{
    char scopes[64];
    reel_sql sql;
    int64_t changed = 0;
    reel_code rc = REEL_OK;

    REEL_TRY(check_key(key, err));
    put_new(&sql, key, scopes);
    REEL_TRY(reel__sql_write(store, &sql, false, &changed, err));
    if (changed == 0)
        rc = taken(key, err);
out:
    return rc;
}

static reel_code set_time(reel_store *store, const char *text, const char *prefix, int64_t at,
                          reel_err *err)
{
    reel_sql sql;
    int64_t changed = 0;
    reel_code rc = REEL_OK;

    reel__sql_begin(&sql, text);
    reel__sql_int(&sql, at);
    reel__sql_text(&sql, prefix);
    REEL_TRY(reel__sql_write(store, &sql, true, &changed, err));
    if (changed == 0)
        rc = reel_fail(err, REEL_E_NOTFOUND, "there is no key that begins with %.20s", prefix);
out:
    return rc;
}

reel_code reel__store_key_used(reel_store *store, const char *prefix, int64_t now, reel_err *err)
{
    return set_time(store, "UPDATE api_keys SET used_at = $1 WHERE prefix = $2", prefix, now, err);
}

reel_code reel__store_revoke_key(reel_store *store, const char *prefix, int64_t at, reel_err *err)
{
    return set_time(store,
                    "UPDATE api_keys SET revoked_at = coalesce(revoked_at, $1) WHERE prefix = $2",
                    prefix, at, err);
}

/* Nothing was changed: why not? */
static reel_code not_rotated(reel_store *store, const char *prefix, reel_err *err)
{
    reel_api_key key;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__store_key(store, prefix, &key, err));
    rc = reel_fail(err, REEL_E_CONFLICT, "the key %s %s; make a new one", key.prefix,
                   key.revoked_at != 0 ? "was revoked" : "has expired");
out:
    return rc;
}

reel_code reel__store_rotate_key(reel_store *store, const char *older, int64_t now, int64_t until,
                                 const reel_api_key *key, reel_err *err)
{
    char scopes[64];
    reel_sql sql[2];
    reel_sql_work work = {.statements = sql, .count = 2, .writes = true, .guard = true};
    reel_code rc = REEL_OK;

    REEL_TRY(check_key(key, err));
    reel__sql_begin(&sql[0], "UPDATE api_keys SET expires_at = CASE WHEN expires_at < $1"
                             " THEN expires_at ELSE $1 END WHERE prefix = $2 AND"
                             " revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $3)");
    reel__sql_int(&sql[0], until);
    reel__sql_text(&sql[0], older);
    reel__sql_int(&sql[0], now);
    reel__sql_begin(&sql[1], INSERT);
    put_values(&sql[1], key, scopes);
    REEL_TRY(reel__sql_run(store, &work, err));
    if (work.changed[0] == 0)
        rc = not_rotated(store, older, err);
out:
    return rc;
}
