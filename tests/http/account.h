/* http/account.h - questions with the headers that say who asks.
 * Threads: one thread at a time.
 */
#ifndef TESTS_HTTP_ACCOUNT_H
#define TESTS_HTTP_ACCOUNT_H

#include "base/clock.h"
#include "http/api.h"

#define ACCOUNT_SHAPE                                                                              \
    "account:i user:i name:s role:s disabled:b created_at:s password_at:s email:s? "               \
    "email_confirmed:b"
#define SESSION_SHAPE "auth:s sign_up:b mail:b refused:s? account:o?"
#define LONG_WORD     "correct horse battery"

/* What the next question says of itself. */
static struct {
    const char *cookie, *origin, *site, *key, *authorization, *asked_method, *once;
    bool plain;       /* over plain HTTP, from another machine */
    unsigned address; /* last byte of an IPv4 address */
} from;

static int64_t pauses_ms; /* the clock of pauses between tries */

static inline int64_t pauses_now(void)
{
    return pauses_ms;
}

static inline int account_start(void **state)
{
    reel_accounts_opts opts = {.sign_up = true, .now_ms = pauses_now};
    reel_err err = {0};

    if (api_start(state) != 0)
        return -1;
    opts.store = reel__engine_store(api.engine);
    assert_ok(reel__accounts_open(&api.app.accounts, &opts, &err));
    return 0;
}

static inline int account_stop(void **state)
{
    reel__accounts_close(api.app.accounts);
    return api_stop(state);
}

static inline int send_as(const char *method, const char *target, const char *body)
{
    const unsigned char address[16] = {[10] = 0xff, 0xff, 192, 0, 2, (unsigned char)from.address};

    begin(method, target);
    memcpy(api.exchange.client.address.bytes, address, sizeof address);
    (void)snprintf(api.exchange.client.text, sizeof api.exchange.client.text, "192.0.2.%u",
                   from.address);
    api.exchange.client.https = !from.plain;
    api.exchange.cookie = from.cookie;
    api.exchange.origin = from.origin;
    api.exchange.fetch_site = from.site;
    api.exchange.asked_method = from.asked_method;
    api.exchange.api_key = from.key;
    api.exchange.authorization = from.authorization;
    api.exchange.idempotency_key = from.once;
    api.exchange.host = "films.example";
    if (body != NULL) {
        api.exchange.body = body;
        api.exchange.body_length = strlen(body);
        api.exchange.content_type = "application/json";
    }
    return handle();
}

static inline void expect(const char *method, const char *target, const char *body, int status)
{
    if (send_as(method, target, body) != status)
        fail_msg("%s %s: %d %s", method, target, api.exchange.status, answer_text(&(size_t){0}));
    assert_described(method);
}

/* The last answer is a problem that says so. */
static inline void assert_problem_says(const char *part)
{
    if (strstr(text(api.json, "detail"), part) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", text(api.json, "detail"), part);
}

static inline const char *header(const char *name)
{
    for (int i = 0; i < api.exchange.header_count; i++)
        if (strcmp(api.exchange.headers[i].name, name) == 0)
            return api.exchange.headers[i].value;
    return NULL;
}

/* The cookie that the last answer set, as a browser sends it back. */
static inline void take_cookie(char out[128])
{
    const char *set = header("Set-Cookie");

    assert_non_null(set);
    (void)snprintf(out, 128, "%.*s", (int)strcspn(set, ";"), set);
    from.cookie = out;
}

/* Before each test: a page of this host asks, and no pause is left of the test before. */
static inline int account_fresh(void **state)
{
    (void)state;
    memset(&from, 0, sizeof from);
    from.site = "same-origin";
    from.address = 1;
    pauses_ms += 7200000;
    return 0;
}

static inline void sign_up_as(const char *name, char cookie[128])
{
    char body[300];

    (void)snprintf(body, sizeof body, "{\"name\":\"%s\",\"password\":\"" LONG_WORD "\"}", name);
    expect("POST", "/api/v1/accounts", body, 200);
    take_cookie(cookie);
    pauses_ms += 7200000;
}

/* A page of this host asks from here on, signed in as the account of this name. */
static inline void sign_in_as(const char *name, const char *password, char cookie[128])
{
    char body[400];

    from.site = "same-origin";
    from.cookie = NULL;
    (void)snprintf(body, sizeof body, "{\"name\":\"%s\",\"password\":\"%s\"}", name, password);
    expect("POST", "/api/v1/session", body, 200);
    take_cookie(cookie);
}

#endif
