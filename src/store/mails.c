/* mails.c - mails that wait, in the words of any back end with SQL. */
#include "store/mails.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "store/account_rows.h"

static void put_mail(reel_sql *sql, const reel_mail_row *mail, int64_t most)
{
    reel__sql_begin(sql, "INSERT INTO mails (kind, who, account, language, tries, due_ms,"
                         " created_ms) SELECT CAST($1 AS text), CAST($2 AS text),"
                         " CAST($3 AS bigint), CAST($4 AS text), 0, CAST($5 AS bigint),"
                         " CAST($5 AS bigint) WHERE (SELECT count(*) FROM mails) < $6"
                         " ON CONFLICT (kind, who, account) DO UPDATE SET tries = 0,"
                         " language = excluded.language, due_ms = excluded.due_ms,"
                         " created_ms = CASE WHEN excluded.created_ms > mails.created_ms"
                         " THEN excluded.created_ms ELSE mails.created_ms + 1 END");
    reel__sql_text(sql, mail->kind);
    reel__sql_text(sql, mail->who);
    reel__sql_int(sql, mail->account);
    reel__sql_text(sql, mail->language);
    reel__sql_int(sql, mail->created_ms);
    reel__sql_int(sql, most);
}

static void end_mail(reel_sql *sql, const reel_mail_row *mail)
{
    reel__sql_begin(sql, "DELETE FROM mails WHERE id = $1 AND tries = $2 AND created_ms = $3");
    reel__sql_int(sql, mail->id);
    reel__sql_int(sql, mail->tries);
    reel__sql_int(sql, mail->created_ms);
}

reel_code reel__store_put_mail(reel_store *store, const reel_mail_row *mail, reel_err *err)
{
    int64_t changed = 0;
    reel_sql sql;
    reel_code rc = REEL_OK;

    if (!reel__utf8_valid(mail->who, strlen(mail->who)))
        return reel_fail(err, REEL_E_INVALID, "mail: whom it is for is not UTF-8");
    put_mail(&sql, mail, REEL_MAILS_MOST);
    REEL_TRY(reel__sql_write(store, &sql, true, &changed, err));
    if (changed == 0)
        rc = reel_fail(err, REEL_E_BUSY, "%d mails wait already; is the mail server reached?",
                       (int)REEL_MAILS_MOST);
out:
    return rc;
}

/* What was taken up once finds room, however many wait. */
reel_code reel__store_part_mail(reel_store *store, const reel_mail_row *mail,
                                const int64_t *accounts, size_t count, reel_err *err)
{
    reel_sql sql[1 + REEL_MAIL_PARTS];
    reel_sql_work work = {
        .statements = sql, .count = 1 + count, .writes = true, .again = true, .guard = true};
    reel_mail_row own = *mail;

    if (count > REEL_MAIL_PARTS)
        return reel_fail(err, REEL_E_INVALID, "mail: %zu accounts, more than %d", count,
                         (int)REEL_MAIL_PARTS);
    end_mail(&sql[0], mail);
    for (size_t i = 0; i < count; i++) {
        own.account = accounts[i];
        put_mail(&sql[1 + i], &own, INT64_MAX);
    }
    return reel__sql_run(store, &work, err);
}

typedef struct claiming {
    reel_mail_row *mail;
    bool found;
} claiming;

static bool take_mail(void *user, const char *const *c)
{
    claiming *k = user;
    reel_mail_row *mail = k->mail;

    k->found = true;
    mail->id = reel__sql_number(c[0], 0);
    mail->account = reel__sql_number(c[3], 0);
    mail->tries = reel__sql_number(c[5], 0);
    mail->created_ms = reel__sql_number(c[6], 0);
    if (!reel__column_text(mail->kind, sizeof mail->kind, c[1]) ||
        !reel__column_text(mail->who, sizeof mail->who, c[2]) ||
        !reel__column_text(mail->language, sizeof mail->language, c[4]))
        mail->kind[0] = mail->who[0] = mail->language[0] = '\0';
    return false;
}

reel_code reel__store_claim_mail(reel_store *store, int64_t now_ms, int64_t lease_ms,
                                 reel_mail_row *out, bool *found, reel_err *err)
{
    claiming k = {out, false};
    reel_sql sql;
    reel_sql_work work = {
        .statements = &sql, .count = 1, .writes = true, .row = take_mail, .user = &k};
    reel_code rc = REEL_OK;

    *found = false;
    reel__sql_begin(&sql, "UPDATE mails SET tries = tries + 1, due_ms = $1 WHERE due_ms <= $2"
                          " AND id = (SELECT id FROM mails WHERE due_ms <= $2"
                          " ORDER BY due_ms, id LIMIT 1)"
                          " RETURNING id, kind, who, account, language, tries, created_ms");
    reel__sql_int(&sql, now_ms + lease_ms);
    reel__sql_int(&sql, now_ms);
    REEL_TRY(reel__sql_run(store, &work, err));
    *found = k.found;
out:
    return rc;
}

reel_code reel__store_delay_mail(reel_store *store, const reel_mail_row *mail, int64_t due_ms,
                                 reel_err *err)
{
    reel_sql sql;

    reel__sql_begin(&sql, "UPDATE mails SET due_ms = $1 WHERE id = $2 AND tries = $3"
                          " AND created_ms = $4");
    reel__sql_int(&sql, due_ms);
    reel__sql_int(&sql, mail->id);
    reel__sql_int(&sql, mail->tries);
    reel__sql_int(&sql, mail->created_ms);
    return reel__sql_write(store, &sql, true, NULL, err);
}

reel_code reel__store_end_mail(reel_store *store, const reel_mail_row *mail, reel_err *err)
{
    reel_sql sql;

    end_mail(&sql, mail);
    return reel__sql_write(store, &sql, true, NULL, err);
}

static bool take_due(void *user, const char *const *columns)
{
    *(int64_t *)user = reel__sql_number(columns[0], -1);
    return false;
}

reel_code reel__store_next_mail(reel_store *store, int64_t *due_ms, reel_err *err)
{
    reel_sql sql;

    *due_ms = -1;
    reel__sql_begin(&sql, "SELECT min(due_ms) FROM mails");
    return reel__sql_read(store, &sql, take_due, due_ms, err);
}
