/* accounts.c - accounts in the words of any back end with SQL. */
#include "store/accounts.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "store/account_rows.h"
#include "store/stats.h"
#include "store/vtable.h"

/* ---- rows ---------------------------------------------------------------------------------- */

static const char *const roles[] = {"person", "analyst", "admin"};

const char *reel__role_name(reel_role role)
{
    return roles[role];
}

bool reel__role_parse(reel_role *out, const char *text)
{
    for (int i = REEL_ROLE_PERSON; i <= REEL_ROLE_ADMIN; i++)
        if (strcmp(text, roles[i]) == 0) {
            *out = (reel_role)i;
            return true;
        }
    return false;
}

bool reel__column_text(char *out, size_t size, const char *column)
{
    const size_t length = column == NULL ? 0 : strlen(column);

    if (length >= size)
        return false;
    memcpy(out, column == NULL ? "" : column, length);
    out[length] = '\0';
    return true;
}

#define COLUMNS                                                                                    \
    "id, name, folded, password, role, disabled, created_at, password_at, email, email_at"

const char reel__accounts_sql[] = "SELECT " COLUMNS " FROM accounts ORDER BY id";

bool reel__account_read(reel_account *out, const char *const *c)
{
    *out = (reel_account){.id = reel__sql_number(c[0], 0),
                          .disabled = reel__sql_number(c[5], 1) != 0,
                          .created_at = reel__sql_number(c[6], 0),
                          .password_at = reel__sql_number(c[7], 0),
                          .email_at = reel__sql_number(c[9], 0)};
    return reel__column_text(out->name, sizeof out->name, c[1]) &&
           reel__column_text(out->folded, sizeof out->folded, c[2]) &&
           reel__column_text(out->password, sizeof out->password, c[3]) &&
           reel__column_text(out->email, sizeof out->email, c[8]) &&
           reel__role_parse(&out->role, c[4] != NULL ? c[4] : "");
}

static void put_values(reel_sql *sql, const reel_account *account)
{
    reel__sql_text(sql, account->name);
    reel__sql_text(sql, account->folded);
    reel__sql_text(sql, account->password);
    reel__sql_text(sql, reel__role_name(account->role));
    reel__sql_int(sql, account->disabled);
    reel__sql_int(sql, account->created_at);
    reel__sql_int(sql, account->password_at);
    reel__sql_text(sql, account->email);
    reel__sql_int(sql, account->email_at);
}

void reel__account_restore(reel_sql *out, const reel_account *account)
{
    reel__sql_begin(out, "INSERT INTO accounts (name, folded, password, role, disabled, created_at,"
                         " password_at, email, email_at, id)"
                         " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
    put_values(out, account);
    reel__sql_int(out, account->id);
}

/* ---- reading ------------------------------------------------------------------------------- */

typedef struct reading {
    reel_account *account;
    reel_account_fn *row;
    void *user;
    bool found, damaged;
} reading;

static bool take_account(void *user, const char *const *columns)
{
    reading *r = user;

    r->found = true;
    r->damaged = !reel__account_read(r->account, columns);
    return !r->damaged && r->row != NULL && r->row(r->user, r->account);
}

static reel_code damaged(const reel_store *store, reel_err *err)
{
    return reel_fail(err, REEL_E_FORMAT,
                     "%s: a row of the table accounts is damaged (a text is too long, or the role "
                     "is unknown); restore a backup",
                     reel__store_path(store));
}

static reel_code find(reel_store *store, const reel_sql *sql, reel_account *out, reel_err *err)
{
    reading r = {.account = out};
    reel_code rc = REEL_OK;

    REEL_TRY(reel__sql_read(store, sql, take_account, &r, err));
    if (r.damaged)
        rc = damaged(store, err);
    else if (!r.found)
        rc = reel_fail(err, REEL_E_NOTFOUND, "there is no such account");
out:
    return rc;
}

reel_code reel__store_account(reel_store *store, int64_t id, reel_account *out, reel_err *err)
{
    reel_sql sql;

    reel__sql_begin(&sql, "SELECT " COLUMNS " FROM accounts WHERE id = $1");
    reel__sql_int(&sql, id);
    return find(store, &sql, out, err);
}

reel_code reel__store_account_named(reel_store *store, const char *folded, reel_account *out,
                                    reel_err *err)
{
    reel_sql sql;

    reel__sql_begin(&sql, "SELECT " COLUMNS " FROM accounts WHERE folded = $1");
    reel__sql_text(&sql, folded);
    return find(store, &sql, out, err);
}

/* "%part%", where what means something to LIKE stands for itself. False: no name is so long. */
static bool make_pattern(char out[2 * REEL_ACCOUNT_FOLDED], const char *part)
{
    size_t used = 0;

    if (strlen(part) >= REEL_ACCOUNT_FOLDED - 2)
        return false;
    out[used++] = '%';
    for (; *part != '\0'; part++) {
        if (*part == '%' || *part == '_' || *part == '!')
            out[used++] = '!';
        out[used++] = *part;
    }
    out[used++] = '%';
    out[used] = '\0';
    return true;
}

reel_code reel__store_scan_accounts(reel_store *store, const char *part, int64_t after,
                                    size_t limit, reel_account_fn *row, void *user, reel_err *err)
{
    char pattern[2 * REEL_ACCOUNT_FOLDED];
    reel_account account;
    reading r = {&account, row, user, false, false};
    reel_sql sql;
    reel_code rc = REEL_OK;

    if (!make_pattern(pattern, part))
        return REEL_OK;
    reel__sql_begin(&sql, "SELECT " COLUMNS " FROM accounts WHERE id > $1 AND folded LIKE $3"
                          " ESCAPE '!' ORDER BY id LIMIT $2");
    reel__sql_int(&sql, after);
    reel__sql_int(&sql, (int64_t)limit);
    reel__sql_text(&sql, pattern);
    REEL_TRY(reel__sql_read(store, &sql, take_account, &r, err));
    if (r.damaged)
        rc = damaged(store, err);
out:
    return rc;
}

reel_code reel__store_accounts_of_email(reel_store *store, const char *email, reel_account_fn *row,
                                        void *user, reel_err *err)
{
    reel_account account;
    reading r = {&account, row, user, false, false};
    reel_sql sql;
    reel_code rc = REEL_OK;

    reel__sql_begin(&sql, "SELECT " COLUMNS " FROM accounts WHERE lower(email) = lower($1)"
                          " AND email <> '' AND email_at > 0 ORDER BY id LIMIT $2");
    reel__sql_text(&sql, email);
    reel__sql_int(&sql, REEL_ACCOUNTS_OF_EMAIL);
    REEL_TRY(reel__sql_read(store, &sql, take_account, &r, err));
    if (r.damaged)
        rc = damaged(store, err);
out:
    return rc;
}

/* ---- writing ------------------------------------------------------------------------------- */

static reel_code check_names(const char *name, const char *folded, reel_err *err)
{
    if (*name == '\0' || *folded == '\0')
        return reel_fail(err, REEL_E_INVALID, "account: the name is empty");
    if (!reel__utf8_valid(name, strlen(name)) || !reel__utf8_valid(folded, strlen(folded)))
        return reel_fail(err, REEL_E_INVALID, "account: the name is not UTF-8");
    if (strlen(name) >= REEL_ACCOUNT_NAME || strlen(folded) >= REEL_ACCOUNT_FOLDED)
        return reel_fail(err, REEL_E_INVALID, "account: the name is too long");
    return REEL_OK;
}

static bool take_number(void *user, const char *const *columns)
{
    *(int64_t *)user = reel__sql_number(columns[0], 0);
    return false;
}

static reel_code taken(reel_err *err)
{
    return reel_fail(err, REEL_E_CONFLICT, "there is an account of this name already");
}

reel_code reel__store_add_account(reel_store *store, reel_account *account, reel_err *err)
{
    reel_sql sql;
    reel_sql_work work = {
        .statements = &sql, .count = 1, .writes = true, .row = take_number, .user = &account->id};
    reel_code rc = REEL_OK;

    REEL_TRY(check_names(account->name, account->folded, err));
    reel__sql_begin(&sql, "INSERT INTO accounts (name, folded, password, role, disabled,"
                          " created_at, password_at, email, email_at)"
                          " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
                          " ON CONFLICT (folded) DO NOTHING RETURNING id");
    put_values(&sql, account);
    account->id = 0;
    REEL_TRY(reel__sql_run(store, &work, err));
    if (account->id == 0)
        rc = taken(err);
out:
    return rc;
}

reel_code reel__store_set_password(reel_store *store, int64_t id, const char *password, int64_t now,
                                   const char *session, reel_err *err)
{
    reel_sql sql[3];
    reel_sql_work work = {
        .statements = sql, .count = 3, .writes = true, .again = true, .guard = true};
    reel_code rc = REEL_OK;

    if (strlen(password) >= REEL_ACCOUNT_PASSWORD)
        return reel_fail(err, REEL_E_INVALID, "account: the hash of the password is too long");
    reel__sql_begin(&sql[0], "UPDATE accounts SET password = $1, password_at = $2 WHERE id = $3");
    reel__sql_text(&sql[0], password);
    reel__sql_int(&sql[0], now);
    reel__sql_int(&sql[0], id);
    reel__sql_begin(&sql[1], "DELETE FROM sessions WHERE account = $1 AND token <> $2");
    reel__sql_int(&sql[1], id);
    reel__sql_text(&sql[1], session != NULL ? session : "");
    reel__sql_begin(&sql[2], "DELETE FROM resets WHERE account = $1");
    reel__sql_int(&sql[2], id);
    REEL_TRY(reel__sql_run(store, &work, err));
    if (work.changed[0] == 0)
        rc = reel_fail(err, REEL_E_NOTFOUND, "there is no such account");
out:
    return rc;
}

reel_code reel__store_rename_account(reel_store *store, int64_t id, const char *name,
                                     const char *folded, reel_err *err)
{
    reel_account other;
    reel_sql sql;
    int64_t changed = 0;
    reel_code rc = REEL_OK;

    REEL_TRY(check_names(name, folded, err));
    reel__sql_begin(&sql, "UPDATE accounts SET name = $1, folded = $2 WHERE id = $3 AND NOT EXISTS"
                          " (SELECT 1 FROM accounts AS o WHERE o.folded = $2 AND o.id <> $3)");
    reel__sql_text(&sql, name);
    reel__sql_text(&sql, folded);
    reel__sql_int(&sql, id);
    REEL_TRY(reel__sql_write(store, &sql, true, &changed, err));
    if (changed == 0) {
        REEL_TRY(reel__store_account(store, id, &other, err));
        rc = taken(err);
    }
out:
    return rc;
}

reel_code reel__store_set_email(reel_store *store, int64_t id, const char *email, reel_err *err)
{
    reel_sql sql[3];
    reel_sql_work work = {
        .statements = sql, .count = 3, .writes = true, .again = true, .guard = true};
    reel_code rc = REEL_OK;

    if (strlen(email) >= REEL_ACCOUNT_EMAIL || !reel__utf8_valid(email, strlen(email)))
        return reel_fail(err, REEL_E_INVALID, "account: the mail address is none");
    reel__sql_begin(&sql[0], "UPDATE accounts SET email = $1, email_at = 0 WHERE id = $2");
    reel__sql_text(&sql[0], email);
    reel__sql_int(&sql[0], id);
    reel__sql_begin(&sql[1], "DELETE FROM resets WHERE account = $1");
    reel__sql_int(&sql[1], id);
    reel__sql_begin(&sql[2], "DELETE FROM mails WHERE account = $1");
    reel__sql_int(&sql[2], id);
    REEL_TRY(reel__sql_run(store, &work, err));
    if (work.changed[0] == 0)
        rc = reel_fail(err, REEL_E_NOTFOUND, "there is no such account");
out:
    return rc;
}

/* True where another account is an admin who may sign in: for work that has the table alone, or two
 * admins could do away with each other at the same moment. */
#define ANOTHER_ADMIN                                                                              \
    "EXISTS (SELECT 1 FROM accounts AS o WHERE o.id <> $1 AND o.role = 'admin' AND o.disabled = "  \
    "0)"

/* Nothing was changed: why not? */
static reel_code unchanged(reel_store *store, int64_t id, reel_err *err)
{
    reel_account account;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__store_account(store, id, &account, err));
    rc = reel_fail(err, REEL_E_CONFLICT,
                   "this is the last admin who can sign in; make somebody else an admin first");
out:
    return rc;
}

/* Whoever could sign in as an admin still can, or another one can. */
reel_code reel__store_change_account(reel_store *store, int64_t id,
                                     const reel_account_change *change, reel_err *err)
{
    reel_sql sql[2];
    reel_sql_work work = {.statements = sql,
                          .count = change->disabled > 0 ? 2 : 1,
                          .writes = true,
                          .again = true,
                          .guard = true,
                          .alone = "accounts"};
    reel_code rc = REEL_OK;

    reel__sql_begin(&sql[0], "UPDATE accounts SET role = coalesce(CAST($2 AS text), role),"
                             " disabled = coalesce(CAST($3 AS integer), disabled) WHERE id = $1"
                             " AND (role <> 'admin' OR disabled <> 0"
                             " OR (coalesce(CAST($2 AS text), role) = 'admin'"
                             " AND coalesce(CAST($3 AS integer), disabled) = 0)"
                             " OR " ANOTHER_ADMIN ")");
    reel__sql_int(&sql[0], id);
    reel__sql_text(&sql[0], change->role == NULL ? NULL : reel__role_name(*change->role));
    reel__sql_known(&sql[0], change->disabled, -1);
    reel__sql_begin(&sql[1], "DELETE FROM sessions WHERE account = $1");
    reel__sql_int(&sql[1], id);
    REEL_TRY(reel__sql_run(store, &work, err));
    if (work.changed[0] == 0)
        rc = unchanged(store, id, err);
out:
    return rc;
}

/* What goes with an account, besides what its person gave and did: by its id, or its person's.
 * Mails wait for its number, name or address. */
static const struct {
    const char *sql;
    bool by_person;
    bool dated; /* with the moment as $2 */
} belongings[] = {
    {"DELETE FROM sessions WHERE account = $1", false},
    {"DELETE FROM resets WHERE account = $1", false},
    {"DELETE FROM api_keys WHERE account = $1", false},
    {"DELETE FROM mails WHERE account = $1 OR who IN (SELECT a.folded FROM accounts AS a WHERE "
     "a.id ="
     " $1 UNION ALL SELECT lower(a.email) FROM accounts AS a WHERE a.id = $1)",
     false},
    {"DELETE FROM accounts WHERE id = $1", false},
    {"DELETE FROM ratings WHERE userId = $1", true},
    {"DELETE FROM people WHERE userId = $1", true},
    {"INSERT INTO unlearning (person, since, taken_by) VALUES ($1, $2, '')"
     " ON CONFLICT (person) DO NOTHING",
     true, true},
    /* As the door of jobs writes it. */
    {"UPDATE jobs SET asked_by = 'an account that is gone' WHERE asked_by IN"
     " ('account ' || CAST($1 AS text), 'a key of account ' || CAST($1 AS text))",
     false},
};
enum { BELONGINGS = sizeof belongings / sizeof *belongings };

/* An account that may be deleted: the guard, with whose events are counted. */
#define TO_DELETE                                                                                  \
    "UPDATE stat_mark SET epoch = epoch + 1 WHERE id = 1 AND sequence = $2 AND epoch = $3"         \
    " AND EXISTS (SELECT 1 FROM accounts AS a WHERE a.id = $1"

static reel_code delete_once(reel_store *store, int64_t id, bool last, bool *moved, reel_err *err)
{
    enum { OWN = 1 + BELONGINGS };
    reel_sql sql[OWN + REEL_STATS_LEAVE + REEL_GIVEN_FORGET];
    reel_sql_work work = {.statements = sql,
                          .count = sizeof sql / sizeof *sql,
                          .writes = true,
                          .again = true,
                          .guard = true,
                          .alone = "accounts"};
    reel_stats_leaving *leaving = NULL;
    reel_code rc = REEL_OK;

    *moved = false;
    REEL_TRY(reel__stats_leave(&leaving, store, REEL_ACCOUNT_PERSON + id, err));
    reel__sql_begin(&sql[0], last ? TO_DELETE ")"
                                  : TO_DELETE " AND (a.role <> 'admin' OR a.disabled <> 0 OR"
                                              " " ANOTHER_ADMIN "))");
    reel__sql_int(&sql[0], id);
    reel__stats_leave_guard(&sql[0], leaving);
    for (size_t i = 0; i < BELONGINGS; i++) {
        reel__sql_begin(&sql[i + 1], belongings[i].sql);
        reel__sql_int(&sql[i + 1], belongings[i].by_person ? REEL_ACCOUNT_PERSON + id : id);
        if (belongings[i].dated)
            reel__sql_int(&sql[i + 1], reel__clock_now());
    }
    reel__stats_leave_by(&sql[OWN], leaving);
    reel__given_forget(&sql[OWN + REEL_STATS_LEAVE], REEL_ACCOUNT_PERSON + id);
    REEL_TRY(reel__sql_run(store, &work, err));
    if (work.changed[0] == 0)
        REEL_TRY(reel__stats_leave_moved(leaving, store, moved, err));
    if (work.changed[0] == 0 && !*moved)
        rc = unchanged(store, id, err);
out:
    reel__stats_leave_end(leaving);
    return rc;
}

/* While other servers count events without a pause, they may come in between now and then. */
reel_code reel__store_delete_account(reel_store *store, int64_t id, bool last, reel_err *err)
{
    enum { TRIES = 100 };
    bool moved = true;
    reel_code rc = REEL_OK;

    for (int i = 0; i < TRIES && moved; i++)
        REEL_TRY(delete_once(store, id, last, &moved, err));
    if (moved)
        rc = reel_fail(err, REEL_E_STORE, "other servers count events without a pause; try again");
out:
    return rc;
}
