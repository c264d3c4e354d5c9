/* sessions.c - who is signed in, and password resets that are open. */
#include "store/account_rows.h"
#include "store/stats.h"

/* ---- sessions ------------------------------------------------------------------------------ */

reel_code reel__store_put_session(reel_store *store, const reel_sign_in *session, reel_err *err)
{
    reel_sql sql;

    reel__sql_begin(&sql, "INSERT INTO sessions (token, account, created_at, seen_at, expires_at)"
                          " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (token) DO NOTHING");
    reel__sql_text(&sql, session->token);
    reel__sql_int(&sql, session->account);
    reel__sql_int(&sql, session->created_at);
    reel__sql_int(&sql, session->seen_at);
    reel__sql_int(&sql, session->expires_at);
    return reel__sql_write(store, &sql, true, NULL, err);
}

typedef struct found {
    reel_sign_in *session;
    reel_account *account;
    bool known, readable;
} found;

static bool take_session(void *user, const char *const *c)
{
    found *f = user;

    f->known = true;
    *f->session = (reel_sign_in){.account = reel__sql_number(c[1], 0),
                                 .created_at = reel__sql_number(c[2], 0),
                                 .seen_at = reel__sql_number(c[3], 0),
                                 .expires_at = reel__sql_number(c[4], 0)};
    f->readable = reel__column_text(f->session->token, REEL_TOKEN_HASH, c[0]) &&
                  reel__account_read(f->account, c + 5);
    return false;
}

reel_code reel__store_session(reel_store *store, const char *token, int64_t now, reel_sign_in *out,
                              reel_account *account, reel_err *err)
{
    found f = {out, account, false, false};
    reel_sql sql;
    reel_code rc = REEL_OK;

    reel__sql_begin(&sql, "SELECT s.token, s.account, s.created_at, s.seen_at, s.expires_at, a.id,"
                          " a.name, a.folded, a.password, a.role, a.disabled, a.created_at,"
                          " a.password_at, a.email, a.email_at FROM sessions AS s JOIN accounts AS "
                          "a ON a.id = s.account"
                          " WHERE s.token = $1 AND s.expires_at > $2 AND a.disabled = 0");
    reel__sql_text(&sql, token);
    reel__sql_int(&sql, now);
    REEL_TRY(reel__sql_read(store, &sql, take_session, &f, err));
    if (!f.known)
        rc = reel_fail(err, REEL_E_NOTFOUND, "there is no such session");
    else if (!f.readable)
        rc = reel_fail(err, REEL_E_FORMAT, "%s: the row of an account or a session is damaged",
                       reel__store_path(store));
out:
    return rc;
}

reel_code reel__store_touch_session(reel_store *store, const char *token, int64_t seen_at,
                                    int64_t expires_at, reel_err *err)
{
    reel_sql sql;

    reel__sql_begin(&sql, "UPDATE sessions SET seen_at = $1, expires_at = $2 WHERE token = $3");
    reel__sql_int(&sql, seen_at);
    reel__sql_int(&sql, expires_at);
    reel__sql_text(&sql, token);
    return reel__sql_write(store, &sql, true, NULL, err);
}

reel_code reel__store_end_session(reel_store *store, const char *token, reel_err *err)
{
    reel_sql sql;

    reel__sql_begin(&sql, "DELETE FROM sessions WHERE token = $1");
    reel__sql_text(&sql, token);
    return reel__sql_write(store, &sql, true, NULL, err);
}

reel_code reel__store_end_sessions(reel_store *store, int64_t account, reel_err *err)
{
    reel_sql sql;

    reel__sql_begin(&sql, "DELETE FROM sessions WHERE account = $1");
    reel__sql_int(&sql, account);
    return reel__sql_write(store, &sql, true, NULL, err);
}

static bool take_number(void *user, const char *const *columns)
{
    *(int64_t *)user = reel__sql_number(columns[0], 0);
    return false;
}

reel_code reel__store_count_sessions(reel_store *store, int64_t account, int64_t now, int64_t *out,
                                     reel_err *err)
{
    reel_sql sql;

    *out = 0;
    reel__sql_begin(&sql, "SELECT count(*) FROM sessions WHERE account = $1 AND expires_at > $2");
    reel__sql_int(&sql, account);
    reel__sql_int(&sql, now);
    return reel__sql_read(store, &sql, take_number, out, err);
}

/* What came of an account while it was deleted, from a server that did not know yet: people by
 * jumping from one to the next in the table's index, and of them those who are no account's. */
#define NOBODYS(table)                                                                             \
    "(WITH RECURSIVE person(id) AS ("                                                              \
    "SELECT min(userId) FROM " table " WHERE userId >= $1 UNION ALL SELECT"                        \
    " (SELECT min(t.userId) FROM " table " AS t WHERE t.userId > person.id) FROM person"           \
    " WHERE person.id IS NOT NULL) SELECT id FROM person WHERE id IS NOT NULL"                     \
    " AND NOT EXISTS (SELECT 1 FROM accounts AS a WHERE a.id = person.id - $1))"

/* As reel__given_forget, where there is anything: who follows would read it all again each time.
 * The first takes the clock's row, so that nothing comes between the others. Whoever is being
 * unlearned waits anew: what is swept may have been read by who does it. */
static const struct {
    const char *sql;
    bool dated; /* with the moment as $2 */
} nobodys[] = {
    {"UPDATE given_clock SET version = version WHERE CAST($1 AS bigint) > 0", false},
    {"UPDATE given_clock SET version = version + 1 WHERE EXISTS " NOBODYS("given"), false},
    {"INSERT INTO given (userId, movieId, kind, timestamp, version)"
     " SELECT -1, -1, 'removed', 0, version FROM given_clock WHERE EXISTS " NOBODYS(
         "given") " ON CONFLICT (userId, movieId) DO UPDATE SET version = excluded.version",
     false},
    {"INSERT INTO unlearning (person, since, taken_by) SELECT gone.id, CAST($2 AS bigint), ''"
     " FROM " NOBODYS("given") " AS gone WHERE true ON CONFLICT (person) DO UPDATE SET"
                               " taken_by = ''",
     true},
    {"DELETE FROM given WHERE userId IN " NOBODYS("given"), false},
};
enum { NOBODYS_COUNT = sizeof nobodys / sizeof *nobodys };

static bool take_person(void *user, const char *const *column)
{
    *(int64_t *)user = reel__sql_number(column[0], -1);
    return false;
}

/* The events of those people, one by one: there is hardly ever any. */
static reel_code forget_events(reel_store *store, reel_err *err)
{
    int64_t person = 0;
    reel_code rc = REEL_OK;

    while (person >= 0) {
        reel_sql sql;

        person = -1;
        reel__sql_begin(&sql, "SELECT min(gone.id) FROM " NOBODYS("events") " AS gone");
        reel__sql_int(&sql, REEL_ACCOUNT_PERSON);
        REEL_TRY(reel__sql_read(store, &sql, take_person, &person, err));
        if (person >= 0)
            REEL_TRY(reel__stats_forget(store, person, err));
    }
out:
    return rc;
}

reel_code reel__store_sweep_sessions(reel_store *store, int64_t now, reel_err *err)
{
    reel_sql sql[2 + NOBODYS_COUNT];
    reel_sql_work work = {
        .statements = sql, .count = 2 + NOBODYS_COUNT, .writes = true, .again = true};
    reel_code rc = REEL_OK;

    reel__sql_begin(&sql[0], "DELETE FROM sessions WHERE expires_at <= $1");
    reel__sql_int(&sql[0], now);
    reel__sql_begin(&sql[1], "DELETE FROM resets WHERE expires_at <= $1");
    reel__sql_int(&sql[1], now);
    for (int i = 0; i < NOBODYS_COUNT; i++) {
        reel__sql_begin(&sql[2 + i], nobodys[i].sql);
        reel__sql_int(&sql[2 + i], REEL_ACCOUNT_PERSON);
        if (nobodys[i].dated)
            reel__sql_int(&sql[2 + i], now);
    }
    REEL_TRY(reel__sql_run(store, &work, err));
    rc = forget_events(store, err);
out:
    return rc;
}

/* ---- resets -------------------------------------------------------------------------------- */

reel_code reel__store_put_reset(reel_store *store, const char *token, int64_t account,
                                int64_t expires_at, reel_err *err)
{
    reel_sql sql[2];
    reel_sql_work work = {.statements = sql, .count = 2, .writes = true, .again = true};

    reel__sql_begin(&sql[0], "DELETE FROM resets WHERE account = $1 AND email = ''");
    reel__sql_int(&sql[0], account);
    reel__sql_begin(&sql[1], "INSERT INTO resets (token, account, expires_at) VALUES ($1, $2, $3)");
    reel__sql_text(&sql[1], token);
    reel__sql_int(&sql[1], account);
    reel__sql_int(&sql[1], expires_at);
    return reel__sql_run(store, &work, err);
}

reel_code reel__store_take_reset(reel_store *store, const char *token, int64_t now,
                                 int64_t *account, reel_err *err)
{
    reel_sql sql;
    reel_sql_work work = {
        .statements = &sql, .count = 1, .writes = true, .row = take_number, .user = account};
    reel_code rc = REEL_OK;

    *account = 0;
    reel__sql_begin(&sql, "DELETE FROM resets WHERE token = $1 AND expires_at > $2 AND email = ''"
                          " RETURNING account");
    reel__sql_text(&sql, token);
    reel__sql_int(&sql, now);
    REEL_TRY(reel__sql_run(store, &work, err));
    if (*account == 0)
        rc = reel_fail(err, REEL_E_NOTFOUND, "there is no such reset, or it is over");
out:
    return rc;
}

reel_code reel__store_put_confirmation(reel_store *store, const char *token, int64_t account,
                                       const char *email, int64_t expires_at, reel_err *err)
{
    reel_sql sql[2];
    reel_sql_work work = {.statements = sql, .count = 2, .writes = true, .again = true};

    reel__sql_begin(&sql[0], "DELETE FROM resets WHERE account = $1 AND email <> ''");
    reel__sql_int(&sql[0], account);
    reel__sql_begin(&sql[1], "INSERT INTO resets (token, account, expires_at, email)"
                             " VALUES ($1, $2, $3, $4)");
    reel__sql_text(&sql[1], token);
    reel__sql_int(&sql[1], account);
    reel__sql_int(&sql[1], expires_at);
    reel__sql_text(&sql[1], email);
    return reel__sql_run(store, &work, err);
}

reel_code reel__store_take_confirmation(reel_store *store, const char *token, int64_t now,
                                        reel_err *err)
{
    reel_sql sql[2];
    reel_sql_work work = {
        .statements = sql, .count = 2, .writes = true, .again = true, .guard = true};
    reel_code rc = REEL_OK;

    reel__sql_begin(&sql[0], "UPDATE accounts SET email_at = $1 WHERE email <> '' AND EXISTS"
                             " (SELECT 1 FROM resets AS r WHERE r.token = $2 AND r.expires_at > $1"
                             " AND r.account = accounts.id AND r.email = accounts.email)");
    reel__sql_int(&sql[0], now);
    reel__sql_text(&sql[0], token);
    reel__sql_begin(&sql[1], "DELETE FROM resets WHERE token = $1 AND email <> ''");
    reel__sql_text(&sql[1], token);
    REEL_TRY(reel__sql_run(store, &work, err));
    if (work.changed[0] == 0)
        rc = reel_fail(err, REEL_E_NOTFOUND, "there is no such confirmation, or it is over");
out:
    return rc;
}
