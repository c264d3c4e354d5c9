/* mailer.c - see mailer.h. A row of the queue says who asked; who that is is looked up here, so
 * that asking takes the same time whether there is such an account or not. The token is made when
 * the letter is, and each try has its own.
 */
#include "service/accounts/mailer.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/env.h"
#include "base/steady.h"
#include "base/thread.h"
#include "net/url.h"
#include "service/accounts/accounts_priv.h"
#include "service/accounts/letters.h"
#include "store/mails.h"

enum {
    LOOK_MS = 2000,
    LEAST_MS = 20,
    LEASE_MS = 120000, /* longer than one letter may take */
    PAUSE_MS = 500,
    PAUSE_MOST_MS = 3600000,
    FAR_MS = PAUSE_MOST_MS + 60000,
    RESET_LAST_MS = 3600000, /* who asked has given up by then */
    CONFIRM_LAST_MS = 24 * 3600000,
    LINK_MOST = 1024,
    TEXT_MOST = 1 << 14,
    ID_LETTERS = 24,
    LINE_MOST = 1024
};

struct reel_mailer {
    reel_mailer_opts opts;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool closing, asked;
    atomic_bool cancel; /* of the letter that is on its way */
    bool troubled;      /* the store does not answer, which was said */
    int64_t wait_ms;    /* until the next is due */
};

/* A line for the person at the door. */
static void tell(const reel_mailer *mailer, const char *line)
{
    if (mailer->opts.notice.line != NULL)
        mailer->opts.notice.line(mailer->opts.notice.user, line);
}

#define TELL(mailer, ...)                                                                          \
    do {                                                                                           \
        char line[LINE_MOST];                                                                      \
        (void)snprintf(line, sizeof line, __VA_ARGS__);                                            \
        tell(mailer, line);                                                                        \
    } while (0)

/* ---- whom it is for ------------------------------------------------------------------------ */

typedef struct receivers {
    reel_account accounts[REEL_MAIL_PARTS];
    size_t count;
} receivers;

static bool add_receiver(void *user, const reel_account *account)
{
    receivers *r = user;

    for (size_t i = 0; i < r->count; i++)
        if (r->accounts[i].id == account->id)
            return true;
    if (!account->disabled)
        r->accounts[r->count++] = *account;
    return r->count < REEL_MAIL_PARTS;
}

/* By number, by name, or by a confirmed address. */
static reel_code find_receivers(const reel_mailer *mailer, const reel_mail_row *row, receivers *out,
                                reel_err *err)
{
    reel_account account;
    reel_code rc;

    out->count = 0;
    if (row->account != 0)
        rc = reel__store_account(mailer->opts.store, row->account, &account, err);
    else
        rc = reel__store_account_named(mailer->opts.store, row->who, &account, err);
    if (rc == REEL_OK)
        (void)add_receiver(out, &account);
    if (rc != REEL_OK && rc != REEL_E_NOTFOUND)
        return rc;
    return row->account != 0 ? REEL_OK
                             : reel__store_accounts_of_email(mailer->opts.store, row->who,
                                                             add_receiver, out, err);
}

/* ---- one letter ---------------------------------------------------------------------------- */

static reel_code make_token(const reel_mailer *mailer, reel_letter_kind kind,
                            const reel_account *account, char token[REEL_TOKEN_TEXT], reel_err *err)
{
    return kind == REEL_LETTER_RESET
               ? reel__accounts_reset(mailer->opts.accounts, account->id, token, err)
               : reel__accounts_confirmation(mailer->opts.accounts, account, token, err);
}

static reel_code send_letter(reel_mailer *mailer, reel_letter_kind kind, const char *language,
                             const reel_account *account, reel_mail_fate *fate, reel_err *err)
{
    const char *url = mailer->opts.public_url;
    char token[REEL_TOKEN_TEXT] = "", link[LINK_MOST], id[ID_LETTERS + 1];
    reel_letter letter = {.to = account->email,
                          .subject = reel__letter_subject(kind, language),
                          .time = reel__clock_now(),
                          .id = id};
    reel_buf text;
    reel_code rc;

    *fate = REEL_MAIL_LATER;
    reel__buf_init(&text, TEXT_MOST);
    REEL_TRY(reel__secret_letters(id, ID_LETTERS, err));
    REEL_TRY(make_token(mailer, kind, account, token, err));
    (void)snprintf(link, sizeof link, "%.*s/%s#%s", (int)reel__url_length(url), url,
                   reel__letter_kind_name(kind), token);
    reel__letter_write(&text, kind, language, account->name, link);
    REEL_TRY(reel__buf_check(&text, err));
    letter.text = text.data;
    rc = reel__mail_send(&mailer->opts.server, &letter, fate, err);
out:
    if (text.data != NULL && text.length > 0)
        reel__secret_wipe(text.data, text.length);
    reel__secret_wipe(link, sizeof link);
    reel__secret_wipe(token, sizeof token);
    reel__buf_fini(&text);
    return rc;
}

/* Its name is quoted, and no part of a command: who chose it may have had a shell in mind. */
static void ask_operator(const reel_mailer *mailer, const reel_account *account, const char *why)
{
    TELL(mailer,
         "account %" PRId64
         ", named \"%s\": a new password was asked for%s; run: reel user reset NAME",
         account->id, account->name, why);
}

/* Whether an account gets a letter of this kind at all. */
static bool is_wanted(const reel_mailer *mailer, reel_letter_kind kind, const reel_mail_row *row,
                      const reel_account *account)
{
    const bool sends = reel__mailer_sends(mailer);

    if (kind == REEL_LETTER_CONFIRM)
        return sends && account->email_at == 0 && strcmp(account->email, row->who) == 0;
    if (!sends || account->email_at == 0)
        ask_operator(mailer, account, sends ? ", and no address is confirmed" : "");
    return sends && account->email_at > 0;
}

/* ---- the queue ----------------------------------------------------------------------------- */

static int64_t pause_ms(const reel_mailer *mailer, int64_t tries)
{
    int64_t pause = mailer->opts.pause_ms;

    for (int64_t i = 1; i < tries && pause < PAUSE_MOST_MS; i++)
        pause *= 4;
    return pause < PAUSE_MOST_MS ? pause : PAUSE_MOST_MS;
}

/* One that cannot be sent now: later, unless it would be too late. */
static reel_code put_off(const reel_mailer *mailer, const reel_mail_row *row, reel_letter_kind kind,
                         const reel_err *why, reel_err *err)
{
    const int64_t due = reel__clock_now_ms() + pause_ms(mailer, row->tries);
    const int64_t last = kind == REEL_LETTER_RESET ? RESET_LAST_MS : CONFIRM_LAST_MS;

    if (why->code == REEL_E_CANCELLED) /* the next server sends it at once */
        return reel__store_delay_mail(mailer->opts.store, row, reel__clock_now_ms(), err);
    if (due - row->created_ms > last) {
        TELL(mailer, "mail %" PRId64 " is given up after %" PRId64 " tries: %s", row->id,
             row->tries, why->msg);
        return reel__store_end_mail(mailer->opts.store, row, err);
    }
    TELL(mailer, "mail %" PRId64 " waits %" PRId64 " seconds: %s", row->id,
         (due - reel__clock_now_ms() + 999) / 1000, why->msg);
    return reel__store_delay_mail(mailer->opts.store, row, due, err);
}

/* However it was asked for, nobody's box is filled. */
static bool may_have_more(const reel_mailer *mailer, const reel_account *account, reel_err *why)
{
    char who[REEL_ACCOUNT_EMAIL + 8];

    (void)snprintf(who, sizeof who, "to %s", account->email);
    return reel__throttle_try(mailer->opts.accounts->throttle, REEL_THROTTLE_RESET, who) == 0 ||
           reel_fail(why, REEL_E_BUSY, "too many letters to this address") == REEL_OK;
}

static reel_code send_to(reel_mailer *mailer, const reel_mail_row *row, reel_letter_kind kind,
                         const reel_account *account, reel_err *err)
{
    reel_mail_fate fate;
    reel_err why = {REEL_OK, ""};

    if (!is_wanted(mailer, kind, row, account))
        return reel__store_end_mail(mailer->opts.store, row, err);
    if (!may_have_more(mailer, account, &why))
        return put_off(mailer, row, kind, &why, err);
    (void)send_letter(mailer, kind, row->language, account, &fate, &why);
    if (fate == REEL_MAIL_LATER)
        return put_off(mailer, row, kind, &why, err);
    if (fate == REEL_MAIL_SENT)
        TELL(mailer, "mail %" PRId64 ": %s of account %" PRId64 ": sent", row->id, row->kind,
             account->id);
    else
        TELL(mailer, "mail %" PRId64 ": %s of account %" PRId64 ": refused for ever: %s", row->id,
             row->kind, account->id, why.msg);
    return reel__store_end_mail(mailer->opts.store, row, err);
}

/* Several accounts may have one address; they are few. Each gets a row of its own, and so its own
 * letter: where one cannot be sent now, the others do not come again with it. */
static reel_code part(const reel_mailer *mailer, const reel_mail_row *row, const receivers *to,
                      reel_err *err)
{
    int64_t accounts[REEL_MAIL_PARTS];

    for (size_t i = 0; i < to->count; i++)
        accounts[i] = to->accounts[i].id;
    return reel__store_part_mail(mailer->opts.store, row, accounts, to->count, err);
}

static reel_code send_all(reel_mailer *mailer, const reel_mail_row *row, reel_letter_kind kind,
                          reel_err *err)
{
    receivers to;
    reel_code rc;

    REEL_TRY(find_receivers(mailer, row, &to, err));
    rc = to.count == 0   ? reel__store_end_mail(mailer->opts.store, row, err)
         : to.count == 1 ? send_to(mailer, row, kind, &to.accounts[0], err)
                         : part(mailer, row, &to, err);
out:
    return rc;
}

/* Written by a newer version, or damaged: it would be taken up for ever. */
static reel_code give_up(const reel_mailer *mailer, const reel_mail_row *row, reel_err *err)
{
    TELL(mailer, "mail %" PRId64 " is of a kind that is not known, or damaged, and is given up",
         row->id);
    return reel__store_end_mail(mailer->opts.store, row, err);
}

/* False: none is due, or the store is away. */
static bool send_next(reel_mailer *mailer)
{
    reel_letter_kind kind;
    reel_mail_row row = {.id = 0};
    bool found = false;
    reel_err err = {REEL_OK, ""};
    int64_t due = -1, now = reel__clock_now_ms();
    reel_code rc = reel__store_next_mail(mailer->opts.store, &due, &err);

    if (due - now > FAR_MS) /* nothing is put off so long: the clock was set back since */
        now = due;
    mailer->wait_ms = due < 0 ? LOOK_MS : due - now;
    if (rc == REEL_OK && due >= 0 && mailer->wait_ms <= 0)
        rc = reel__store_claim_mail(mailer->opts.store, now, LEASE_MS, &row, &found, &err);
    if (rc == REEL_OK && found)
        rc = reel__letter_kind_find(&kind, row.kind) ? send_all(mailer, &row, kind, &err)
                                                     : give_up(mailer, &row, &err);
    if (rc != REEL_OK && !mailer->troubled)
        TELL(mailer, "mails wait: %s", err.msg);
    mailer->troubled = rc != REEL_OK;
    return rc == REEL_OK && found;
}

/* ---- the thread ---------------------------------------------------------------------------- */

/* False: it is over. */
static bool wait_for_work(reel_mailer *mailer)
{
    const int64_t wait_ms = mailer->wait_ms > LEAST_MS ? mailer->wait_ms : LEAST_MS;
    const struct timespec until = reel__steady_in_ms((int)(wait_ms < LOOK_MS ? wait_ms : LOOK_MS));
    int waited = 0;
    bool closing;

    pthread_mutex_lock(&mailer->lock);
    while (!mailer->closing && !mailer->asked && waited != ETIMEDOUT)
        waited = pthread_cond_timedwait(&mailer->changed, &mailer->lock, &until);
    mailer->asked = false;
    closing = mailer->closing;
    pthread_mutex_unlock(&mailer->lock);
    return !closing;
}

static void *run(void *user)
{
    reel_mailer *mailer = user;

    do
        while (!atomic_load(&mailer->cancel) && send_next(mailer))
            continue;
    while (wait_for_work(mailer));
    return NULL;
}

void reel__mailer_look(reel_mailer *mailer)
{
    if (mailer == NULL)
        return;
    pthread_mutex_lock(&mailer->lock);
    mailer->asked = true;
    pthread_cond_signal(&mailer->changed);
    pthread_mutex_unlock(&mailer->lock);
}

bool reel__mailer_sends(const reel_mailer *mailer)
{
    return mailer != NULL && mailer->opts.server.url != NULL;
}

/* ---- opening and closing ------------------------------------------------------------------- */

reel_code reel__mailer_settings(reel_mailer_opts *out, reel_err *err)
{
    out->server = (reel_mail_server){.url = reel__env_get("REEL_SMTP_URL", NULL),
                                     .user = reel__env_get("REEL_SMTP_USER", ""),
                                     .password = reel__env_get("REEL_SMTP_PASSWORD", ""),
                                     .from = reel__env_get("REEL_MAIL_FROM", "")};
    out->public_url = reel__env_get("REEL_PUBLIC_URL", "");
    if (out->server.url == NULL)
        return REEL_OK;
    {
        const reel_code rc = reel__mail_server_check(&out->server, err);

        return rc != REEL_OK ? rc
                             : reel__url_check("REEL_PUBLIC_URL", out->public_url,
                                               "https://films.example.org, which people open: "
                                               "links in mails begin so",
                                               err);
    }
}

static reel_code start(reel_mailer *mailer, reel_err *err)
{
    const bool locks = pthread_mutex_init(&mailer->lock, NULL) == 0;
    const bool both = locks && reel__steady_cond_init(&mailer->changed);

    if (both && reel__thread_start(&mailer->thread, run, mailer) == 0)
        return REEL_OK;
    if (both)
        (void)pthread_cond_destroy(&mailer->changed);
    if (locks)
        (void)pthread_mutex_destroy(&mailer->lock);
    return reel_fail(err, REEL_E_NOMEM, "no thread for mail");
}

reel_code reel__mailer_open(reel_mailer **out, const reel_mailer_opts *opts, reel_err *err)
{
    reel_mailer *mailer = reel__alloc_zero(1, sizeof *mailer);
    reel_code rc;

    *out = NULL;
    if (mailer == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for mail");
    mailer->opts = *opts;
    mailer->opts.server.cancel = &mailer->cancel;
    mailer->opts.pause_ms = opts->pause_ms > 0 ? opts->pause_ms : PAUSE_MS;
    rc = start(mailer, err);
    if (rc == REEL_OK)
        *out = mailer;
    else
        reel__free(mailer);
    return rc;
}

void reel__mailer_close(reel_mailer *mailer)
{
    if (mailer == NULL)
        return;
    atomic_store(&mailer->cancel, true);
    pthread_mutex_lock(&mailer->lock);
    mailer->closing = true;
    pthread_cond_signal(&mailer->changed);
    pthread_mutex_unlock(&mailer->lock);
    (void)pthread_join(mailer->thread, NULL);
    (void)pthread_cond_destroy(&mailer->changed);
    (void)pthread_mutex_destroy(&mailer->lock);
    reel__free(mailer);
}
