/* handle_account.c - signing up, in and out, and what people do with their own account. What looks
 * at a password runs aside.
 */
#include <string.h>

#include "base/clock.h"
#include "http/handle_account.h"
#include "service/accounts/export.h"
#include "service/accounts/letters.h"

static const char no_tls[] =
    "nobody can sign in over this connection: others could read the password. Open it through "
    "https (a proxy in REEL_TRUSTED_PROXIES, or --tls-cert), or on the machine itself; "
    "REEL_INSECURE_HTTP=1 allows it all the same";

reel_code reel__need_accounts(const reel_context *context, reel_err *err)
{
    context->exchange->cache_control = "no-store";
    return context->app->accounts != NULL
               ? REEL_OK
               : reel_fail(err, REEL_E_NOTFOUND, "there are no accounts here");
}

/* ---- encoding ------------------------------------------------------------------------------ */

static bool refused(const reel_context *context)
{
    return !context->app->insecure && !reel__exchange_secure(context->exchange);
}

/* account NULL: nobody is signed in. */
static void write_session(reel_context *context, const reel_account *account)
{
    const reel_app *app = context->app;
    reel_json *json = &context->json;

    reel__json_object(json);
    reel__json_put_text(json, "auth", app->auth == REEL_AUTH_OPEN ? "open" : "accounts");
    reel__json_put_bool(json, "sign_up",
                        app->accounts != NULL && reel__accounts_sign_up_open(app->accounts));
    reel__json_put_bool(json, "mail", reel__mailer_sends(app->mailer));
    reel__json_put_text(json, "refused", refused(context) ? no_tls : NULL);
    reel__json_key(json, "account");
    if (account == NULL)
        reel__json_null(json);
    else
        reel__account_write(json, account);
    reel__json_object_end(json);
}

/* ---- decoding ------------------------------------------------------------------------------ */

/* A body's members; "" where it has none, but NULL where nothing is said of an address. */
typedef struct account_body {
    json_t *json;
    const char *name, *password, *new_password, *token, *email, *language;
} account_body;

/* names: those that the route takes, ending with NULL. */
static reel_code read_body(account_body *out, const reel_exchange *exchange,
                           const char *const *names, reel_err *err)
{
    reel_code rc;

    *out =
        (account_body){.name = "", .password = "", .new_password = "", .token = "", .language = ""};
    REEL_TRY(reel__exchange_body(&out->json, exchange, names, err));
    REEL_TRY(reel__json_get_text(out->json, "name", &out->name, err));
    REEL_TRY(reel__json_get_text(out->json, "password", &out->password, err));
    REEL_TRY(reel__json_get_text(out->json, "new_password", &out->new_password, err));
    REEL_TRY(reel__json_get_text(out->json, "language", &out->language, err));
    REEL_TRY(reel__json_get_text(out->json, "email", &out->email, err));
    if (json_is_null(json_object_get(out->json, "email")))
        out->email = "";
    rc = reel__json_get_text(out->json, "token", &out->token, err);
out:
    return rc;
}

static reel_code check_secure(const reel_context *context, reel_err *err)
{
    return refused(context) ? reel_fail(err, REEL_E_DENIED, "%s", no_tls) : REEL_OK;
}

/* An attempt and what it borrows. */
typedef struct trying {
    account_body body;
    reel_attempt attempt;
    char address[REEL_ADDRESS_TEXT], older[REEL_TOKEN_TEXT];
} trying;

static reel_code begin(trying *out, const reel_context *context, const char *const *names,
                       reel_err *err)
{
    const reel_exchange *exchange = context->exchange;
    const reel_code rc = read_body(&out->body, exchange, names, err);

    reel__client_network(out->address, &exchange->client);
    out->attempt = (reel_attempt){
        .name = out->body.name,
        .password = out->body.password,
        .address = out->address,
        .older = reel__exchange_session(exchange, out->older),
        .email = out->body.email,
        .language = reel__letter_language(
            out->body.language[0] != '\0' ? out->body.language : exchange->accept_language)};
    return rc;
}

static void end(trying *t, reel_exchange *exchange)
{
    if (t->attempt.wait_s > 0)
        reel__exchange_retry(exchange, t->attempt.wait_s);
    json_decref(t->body.json);
}

/* ---- signing up, in and out ---------------------------------------------------------------- */

static void welcome(reel_context *context, reel_signed_in *in)
{
    reel__exchange_set_session(context->exchange, in->token, in->expires_at - reel__clock_now());
    reel__account_write(&context->json, &in->account);
    reel__secret_wipe(in, sizeof *in);
}

static reel_code sign_up(reel_context *context, reel_err *err)
{
    static const char *const names[] = {"name", "password", "email", "language", NULL};
    reel_signed_in in;
    trying t = {0};
    reel_code rc;

    REEL_TRY(begin(&t, context, names, err));
    REEL_TRY(reel__accounts_sign_up(context->app->accounts, &t.attempt, &in, err));
    reel__mailer_look(context->app->mailer);
    welcome(context, &in);
out:
    end(&t, context->exchange);
    return rc;
}

reel_code reel__handle_sign_up(reel_context *context, reel_err *err)
{
    const reel_code rc = check_secure(context, err);

    return rc != REEL_OK ? rc : reel__answer_aside(context, sign_up, err);
}

static reel_code sign_in(reel_context *context, reel_err *err)
{
    static const char *const names[] = {"name", "password", NULL};
    reel_signed_in in;
    trying t = {0};
    reel_code rc;

    REEL_TRY(begin(&t, context, names, err));
    REEL_TRY(reel__accounts_sign_in(context->app->accounts, &t.attempt, &in, err));
    welcome(context, &in);
out:
    end(&t, context->exchange);
    return rc;
}

reel_code reel__handle_sign_in(reel_context *context, reel_err *err)
{
    const reel_code rc = check_secure(context, err);

    return rc != REEL_OK ? rc : reel__answer_aside(context, sign_in, err);
}

reel_code reel__handle_sign_out(reel_context *context, reel_err *err)
{
    char token[REEL_TOKEN_TEXT];
    reel_code rc = REEL_OK;

    if (context->app->accounts != NULL)
        REEL_TRY(reel__accounts_sign_out(context->app->accounts,
                                         reel__exchange_session(context->exchange, token), err));
    reel__exchange_set_session(context->exchange, NULL, 0);
    write_session(context, NULL);
out:
    return rc;
}

reel_code reel__handle_session(reel_context *context, reel_err *err)
{
    reel_exchange *exchange = context->exchange;
    reel_account account;
    reel_code rc;

    REEL_TRY(reel__exchange_identify(exchange, context->app, err));
    exchange->cache_control = "no-store";
    if (context->app->accounts == NULL || exchange->caller.kind != REEL_CALLER_ACCOUNT) {
        write_session(context, NULL);
        goto out;
    }
    REEL_TRY(reel__accounts_get(context->app->accounts, exchange->caller.account, &account, err));
    write_session(context, &account);
out:
    return rc;
}

/* ---- one's own account --------------------------------------------------------------------- */

reel_code reel__handle_me(reel_context *context, reel_err *err)
{
    reel_account account;
    reel_code rc;

    REEL_TRY(reel__need_accounts(context, err));
    REEL_TRY(reel__accounts_get(context->app->accounts, context->exchange->caller.account, &account,
                                err));
    reel__account_write(&context->json, &account);
out:
    return rc;
}

/* What goes wrong on the way can only be told by an end that comes too soon. */
static reel_watch_state next_piece(void *self, reel_buf *out, const reel_waiter *waiter)
{
    bool over = false;

    (void)waiter;
    if (reel__export_next(self, out, &over, NULL) != REEL_OK)
        out->failed = true;
    return out->length == 0 && over ? REEL_WATCH_OVER : REEL_WATCH_MORE;
}

static void close_export(void *self)
{
    reel__export_close(self);
}

reel_code reel__handle_me_export(reel_context *context, reel_err *err)
{
    reel_exchange *exchange = context->exchange;
    reel_export *own = NULL;
    reel_code rc;

    REEL_TRY(reel__export_open(&own, reel__engine_store(context->app->engine),
                               exchange->caller.account, err));
    exchange->source = (reel_stream){next_piece, close_export, own};
    reel__exchange_header(exchange, "Content-Disposition",
                          "attachment; filename=\"reel-%lld.json\"",
                          (long long)exchange->caller.account);
out:
    return rc;
}

static reel_code change_me(reel_context *context, reel_err *err)
{
    static const char *const names[] = {"password", "name", "email", "language", NULL};
    const int64_t id = context->exchange->caller.account;
    reel_account account;
    trying t = {0};
    reel_code rc;

    REEL_TRY(begin(&t, context, names, err));
    if (t.body.name[0] == '\0' && t.body.email == NULL)
        REEL_TRY(reel_fail(err, REEL_E_INVALID, "name or email: one of them is to be another"));
    REEL_TRY(reel__accounts_change(context->app->accounts, id, &t.attempt,
                                   t.body.name[0] == '\0' ? NULL : t.body.name, err));
    reel__mailer_look(context->app->mailer);
    REEL_TRY(reel__accounts_get(context->app->accounts, id, &account, err));
    reel__account_write(&context->json, &account);
out:
    end(&t, context->exchange);
    return rc;
}

reel_code reel__handle_me_change(reel_context *context, reel_err *err)
{
    return reel__answer_aside(context, change_me, err);
}

static reel_code delete_me(reel_context *context, reel_err *err)
{
    static const char *const names[] = {"password", NULL};
    trying t = {0};
    reel_code rc;

    REEL_TRY(begin(&t, context, names, err));
    REEL_TRY(reel__accounts_delete_own(context->app->accounts, context->exchange->caller.account,
                                       &t.attempt, err));
    reel__exchange_set_session(context->exchange, NULL, 0);
    write_session(context, NULL);
out:
    end(&t, context->exchange);
    return rc;
}

reel_code reel__handle_me_delete(reel_context *context, reel_err *err)
{
    return reel__answer_aside(context, delete_me, err);
}

static reel_code change_password(reel_context *context, reel_err *err)
{
    static const char *const names[] = {"password", "new_password", NULL};
    reel_signed_in in;
    trying t = {0};
    reel_code rc;

    REEL_TRY(begin(&t, context, names, err));
    REEL_TRY(reel__accounts_change_password(context->app->accounts,
                                            context->exchange->caller.account, &t.attempt,
                                            t.body.new_password, &in, err));
    welcome(context, &in);
out:
    end(&t, context->exchange);
    return rc;
}

reel_code reel__handle_me_password(reel_context *context, reel_err *err)
{
    return reel__answer_aside(context, change_password, err);
}

reel_code reel__handle_me_sessions(reel_context *context, reel_err *err)
{
    int64_t open = 0;
    reel_code rc;

    REEL_TRY(reel__need_accounts(context, err));
    REEL_TRY(reel__accounts_count_sessions(context->app->accounts,
                                           context->exchange->caller.account, &open, err));
    reel__json_object(&context->json);
    reel__json_put_int(&context->json, "open", open);
    reel__json_object_end(&context->json);
out:
    return rc;
}

reel_code reel__handle_me_sessions_end(reel_context *context, reel_err *err)
{
    reel_code rc;

    REEL_TRY(reel__need_accounts(context, err));
    REEL_TRY(reel__accounts_sign_out_all(context->app->accounts, context->exchange->caller.account,
                                         err));
    reel__exchange_set_session(context->exchange, NULL, 0);
    write_session(context, NULL);
out:
    return rc;
}

/* ---- resets -------------------------------------------------------------------------------- */

static reel_code confirm(reel_context *context, reel_err *err)
{
    static const char *const names[] = {"token", "new_password", NULL};
    trying t = {0};
    reel_code rc;

    REEL_TRY(begin(&t, context, names, err));
    REEL_TRY(reel__accounts_confirm(context->app->accounts, t.body.token, t.body.new_password,
                                    &t.attempt, err));
    write_session(context, NULL);
out:
    end(&t, context->exchange);
    return rc;
}

reel_code reel__handle_reset_confirm(reel_context *context, reel_err *err)
{
    const reel_code rc = check_secure(context, err);

    return rc != REEL_OK ? rc : reel__answer_aside(context, confirm, err);
}

static reel_code forgot(reel_context *context, reel_err *err)
{
    static const char *const names[] = {"name", "email", "language", NULL};
    trying t = {0};
    reel_code rc;

    REEL_TRY(begin(&t, context, names, err));
    if (t.body.name[0] == '\0' && t.body.email != NULL)
        t.attempt.name = t.body.email;
    REEL_TRY(reel__accounts_forgot(context->app->accounts, &t.attempt, err));
    reel__mailer_look(context->app->mailer);
    reel__json_object(&context->json);
    reel__json_put_bool(&context->json, "mail", reel__mailer_sends(context->app->mailer));
    reel__json_object_end(&context->json);
    context->exchange->status = 202;
out:
    end(&t, context->exchange);
    return rc;
}

/* One write, whoever it is about: the answer and its time tell nothing. */
reel_code reel__handle_reset_ask(reel_context *context, reel_err *err)
{
    return reel__answer_aside(context, forgot, err);
}

static reel_code confirm_email(reel_context *context, reel_err *err)
{
    static const char *const names[] = {"token", NULL};
    trying t = {0};
    reel_code rc;

    REEL_TRY(begin(&t, context, names, err));
    REEL_TRY(reel__accounts_confirm_email(context->app->accounts, t.body.token, &t.attempt, err));
    write_session(context, NULL);
out:
    end(&t, context->exchange);
    return rc;
}

reel_code reel__handle_email_confirm(reel_context *context, reel_err *err)
{
    return reel__answer_aside(context, confirm_email, err);
}
