/* No memory, at each place of a request in turn, from there on or there alone: it is refused by
 * 503, nothing leaks, and what is stored stays as it was; or it is done all the same, and well.
 */
#include <stdatomic.h>
#include <unistd.h>

#include "http/account.h"
#include "service/accounts/accounts_priv.h"
#include "service/accounts/keys.h"
#include "store/mails.h"
#include "store/sql.h"
#include "support/tables.h"

enum {
    TRIES_MOST = 3000,
    WAITS_MOST = 200,
    WAIT_US = 100,
    LETTER_WAITS = 100000,
    TARGET = 200,
    BODY = 600
};

typedef struct asked {
    const char *method, *target, *body, *type, *once; /* type NULL: JSON; once: its key, or NULL */
    bool single;                                      /* a second time it is refused */
    bool parted; /* what is given with events is there before them, and is given again with them */
} asked;

typedef void lack_fn(long n);

static reel_caller who;  /* of the next requests */
static sqlite3 *watcher; /* sees when another connection has written */

/* ---- what is stored ------------------------------------------------------------------------ */

static int64_t number_of(const char *question)
{
    sqlite3_stmt *ask = NULL;
    int64_t number;

    assert_int_equal(sqlite3_prepare_v2(watcher, question, -1, &ask, NULL), 0);
    assert_int_equal(sqlite3_step(ask), SQLITE_ROW);
    number = sqlite3_column_int64(ask, 0);
    (void)sqlite3_finalize(ask);
    return number;
}

static int64_t version_of_data(void)
{
    return number_of("PRAGMA data_version");
}

static reel_buf stored(void)
{
    reel_buf all;

    reel__buf_init(&all, 1 << 26);
    tables_dump(&all, temp_path("reel.db"));
    assert_false(all.failed);
    return all;
}

/* The first line that is another. */
static void assert_stored(const reel_buf *before, const asked *what, long n)
{
    reel_buf now = stored();
    size_t at = 0, line = 0;

    while (at < before->length && at < now.length && before->data[at] == now.data[at])
        if (now.data[at++] == '\n')
            line = at;
    if (at < before->length || at < now.length)
        fail_msg("%s %s: refused for allocation %ld, and yet \"%.100s\" became \"%.100s\"",
                 what->method, what->target, n, before->data + line, now.data + line);
    reel__buf_fini(&now);
}

/* ---- a request ----------------------------------------------------------------------------- */

static void drain(reel_exchange *exchange)
{
    for (bool more = exchange->source.self != NULL; more;) {
        reel_buf piece;

        reel__buf_init(&piece, REEL_HTTP_ANSWER_MAX);
        more = exchange->source.next(exchange->source.self, &piece, NULL) != REEL_WATCH_OVER;
        exchange->answer.failed = exchange->answer.failed || piece.failed;
        more = more && !piece.failed;
        reel__buf_fini(&piece);
    }
}

static reel_exchange exchange; /* of the last question */
static bool came;              /* whether it came to the allocation that was to fail */

static void prepare(const asked *what)
{
    reel_err err = {0};

    reel__exchange_init(&exchange);
    (void)snprintf(exchange.request_id, sizeof exchange.request_id, "0123456789abcdef");
    exchange.method = what->method;
    assert_ok(reel__exchange_target(&exchange, what->target, &err));
    exchange.caller = who;
    exchange.client.https = true;
    exchange.host = "films.example";
    exchange.fetch_site = "same-origin";
    exchange.idempotency_key = what->once;
    exchange.body = what->body == NULL ? "" : what->body;
    exchange.body_length = strlen(exchange.body);
    exchange.content_type = what->type == NULL ? "application/json" : what->type;
}

/* Whether it was done, with an answer as long as `whole` (0 = whatever it is). */
static bool ask_it(const asked *what, lack_fn *lack, long n, size_t whole)
{
    reel_session *session = world_session(api.engine);
    bool done;

    prepare(what);
    lack(n);
    reel__exchange_handle(&exchange, &api.app, session);
    drain(&exchange);
    came = reel__alloc_failed();
    reel__alloc_fail_after(-1);
    reel__session_free(session);
    done = exchange.status < 300 && !exchange.answer.failed;
    if (!done && exchange.status != 503 && exchange.status >= 300)
        fail_msg("%s %s: %d for allocation %ld: %s", what->method, what->target, exchange.status, n,
                 exchange.answer.data);
    if (exchange.status == 503 && exchange.answer.length > 0 && !exchange.answer.failed)
        assert_non_null(strstr(exchange.answer.data, "E_NOMEM"));
    if (done && whole > 0 && exchange.answer.length != whole)
        fail_msg("%s %s: another answer for allocation %ld: %s", what->method, what->target, n,
                 exchange.answer.data);
    return done;
}

static bool do_it(const asked *what, lack_fn *lack, long n, size_t whole)
{
    const bool done = ask_it(what, lack, n, whole);

    reel__exchange_fini(&exchange);
    return done;
}

/* Another thread may still hold what it was given. */
static bool grew(long live)
{
    for (int i = 0; i < WAITS_MOST && reel__alloc_live() > live; i++)
        (void)usleep(WAIT_US);
    return reel__alloc_live() > live;
}

/* What is kept for the next who asks is kept once. */
static bool try_it(const asked *what, lack_fn *lack, long n, size_t whole)
{
    long live = reel__alloc_live();
    bool done = do_it(what, lack, n, whole);

    if (done || !grew(live))
        return done;
    live = reel__alloc_live();
    done = do_it(what, lack, n, whole);
    if (!done && grew(live))
        fail_msg("%s %s: %ld blocks more after allocation %ld failed", what->method, what->target,
                 reel__alloc_live() - live, n);
    return done;
}

static bool reads(const asked *what)
{
    return strcmp(what->method, "GET") == 0 || strstr(what->target, "recommend") != NULL ||
           strstr(what->target, "explain") != NULL;
}

/* At each place in turn, until it is done; where there is memory again behind it, at every place.
 */
static void sweep(const asked *what, lack_fn *lack, size_t whole)
{
    const bool once = lack == reel__alloc_fail_once;
    reel_buf before = stored();
    int64_t version = version_of_data();
    bool over = false;
    long n = 0;

    while (!over) {
        const bool done = try_it(what, lack, n, whole);

        over = once ? !came : done;
        if (!done && !what->parted && version_of_data() != version)
            assert_stored(&before, what, n);
        if (done && once && !reads(what)) {
            reel__buf_fini(&before);
            before = stored();
        }
        version = version_of_data();
        assert_true(++n < TRIES_MOST);
    }
    reel__buf_fini(&before);
    assert_true(n > 1);
}

static void without_memory(const asked *what)
{
    size_t whole = 0;

    if (reads(what)) {
        assert_true(ask_it(what, reel__alloc_fail_after, -1, 0));
        whole = exchange.answer.length;
        reel__exchange_fini(&exchange);
    }
    sweep(what, reel__alloc_fail_after, whole);
    if (!what->single)
        sweep(what, reel__alloc_fail_once, whole);
}

static void all_without_memory(const asked *all, size_t count)
{
    for (size_t i = 0; i < count; i++)
        without_memory(&all[i]);
}

#define WITHOUT_MEMORY(all) all_without_memory(all, sizeof(all) / sizeof *(all))

static int start(void **state)
{
    if (account_start(state) != 0)
        return -1;
    return sqlite3_open_v2(temp_path("reel.db"), &watcher, SQLITE_OPEN_READONLY, NULL);
}

static int stop(void **state)
{
    (void)sqlite3_close(watcher);
    return account_stop(state);
}

static int as_admin(void **state)
{
    (void)state;
    pauses_ms += 7200000;
    who = (reel_caller){REEL_CALLER_ACCOUNT, 1000, REEL_ROLE_ADMIN, REEL_SCOPES_ALL, false, false};
    return 0;
}

/* ---- lists --------------------------------------------------------------------------------- */

static const char whole[] =
    "{\"user\":6,\"limit\":5,\"diversity\":0.5,\"novelty\":0.2,\"calibrate\":0.5,\"filter\":"
    "\"year > 1960 and not genre:Horror\",\"boost\":\"if genre:Crime then 2 else 1\",\"exclude\":"
    "[11],\"edits\":[{\"movie\":291,\"rating\":5}],\"model\":{\"ease\":0.6,\"content\":0.4}}";
static const char household[] =
    "{\"limit\":2,\"household\":{\"rule\":\"fairness\",\"members\":[{\"user\":6},{\"name\":\"Ana\","
    "\"history\":[{\"movie\":1,\"rating\":5}]},{\"user\":9}]}}";

static void lists(void **state)
{
    static char next[REEL_HTTP_TARGET_MAX];
    const asked all[] = {
        {"POST", "/api/v1/recommendations", whole},
        {"POST", "/api/v1/recommendations", household},
        {"POST", "/api/v1/recommendations",
         "{\"history\":[{\"movie\":1,\"rating\":5},{\"movie\":31,\"rating\":4}]}"},
        {"GET", next},
        {"GET", "/api/v1/movies/1/similar?user=6"},
        {"POST", "/api/v1/explanations", "{\"user\":6,\"movie\":291}"},
        {"GET", "/api/v1/people/6/similar"},
        {"GET", "/api/v1/movies?q=heat"},
        {"GET", "/api/v1/movies?q=the&filter=genre:Drama"},
        {"GET", "/api/v1/charts/popular?filter=year%20%3E%201960"},
        {"GET", "/api/v1/statistics"},
    };

    (void)state;
    (void)snprintf(next, sizeof next, "%s",
                   text(post("/api/v1/recommendations", household), "next"));
    WITHOUT_MEMORY(all);
}

/* ---- experiments --------------------------------------------------------------------------- */

static void experiments(void **state)
{
    static const char one[] = "{\"name\":\"one\",\"kind\":\"interleave\",\"arms\":[{\"name\":\"a\","
                              "\"model\":{\"ease\":1}},{\"name\":\"b\",\"model\":{\"ease\":1}}]}";
    static const char shown[] =
        "{\"events\":[{\"event_id\":\"00000000-0000-4000-8000-0000000000ee\",\"type\":"
        "\"impression\",\"visitor\":\"v\",\"list_id\":\"x_%.8s_i_0\",\"item\":1}]}";
    const asked first[] = {{"POST", "/api/v1/experiments", one, .single = true}};
    const asked all[] = {
        {"GET", "/api/v1/experiments"},
        {"GET", "/api/v1/experiments/one"},
        {"POST", "/api/v1/recommendations", "{\"user\":6,\"limit\":3}"},
        {"POST", "/api/v1/explanations", "{\"user\":6,\"movie\":291}"},
    };
    const asked rest[] = {
        {"GET", "/api/v1/experiments/one/results"},
        {"DELETE", "/api/v1/experiments/one", .single = true},
    };
    char body[300];
    reel_err err = {0};

    (void)state;
    assert_ok(reel__experiments_open(&api.app.experiments, api.store, false, &err));
    WITHOUT_MEMORY(first);
    assert_ok(reel__experiments_look(api.app.experiments, &err)); /* as the thread does */
    WITHOUT_MEMORY(all);
    api.caller = who;
    (void)snprintf(body, sizeof body, shown, text(get("/api/v1/experiments/one"), "tag"));
    (void)post("/api/v1/feedback", body);
    WITHOUT_MEMORY(rest);
    api.caller = (reel_caller){0};
    reel__experiments_close(api.app.experiments);
    api.app.experiments = NULL;
}

/* ---- films --------------------------------------------------------------------------------- */

static void films(void **state)
{
    static const char lines[] = "{\"movie\":951,\"title\":\"One\",\"genres\":[\"Drama\"]}\n"
                                "{\"movie\":952,\"title\":\"\"}\n"
                                "{\"movie\":953,\"title\":\"Three\",\"cast\":[\"A\",\"B\"]}\n";
    static const char put[] = "{\"title\":\"Four\",\"year\":2001,\"genres\":[\"Drama\",\"War\"]}";
    const asked all[] = {
        {"PATCH", "/api/v1/movies/11", "{\"runtime\":101,\"tags\":[\"sequel\"]}", .single = true},
        {"PUT", "/api/v1/movies/954", put},
        {"POST", "/api/v1/movies:batch", lines, "application/x-ndjson"},
        {"POST", "/api/v1/movies:batch", lines, "application/x-ndjson", "films"},
        {"DELETE", "/api/v1/movies/11", .single = true},
    };

    (void)state;
    WITHOUT_MEMORY(all);
}

/* ---- what is done once --------------------------------------------------------------------- */

static void jobs(void **state)
{
    const asked all[] = {
        {"POST", "/api/v1/jobs", "{\"kind\":\"train\",\"model\":\"popular\"}"},
        {"POST", "/api/v1/jobs", "{\"kind\":\"train\",\"model\":\"ease\"}", NULL, "one"},
        {"POST", "/api/v1/jobs", "{\"kind\":\"train\",\"model\":\"ease\"}", NULL, "one"},
        {"GET", "/api/v1/jobs?limit=1"},
        {"DELETE", "/api/v1/jobs/1", .single = true},
    };

    (void)state;
    WITHOUT_MEMORY(all);
}

/* ---- what people give ---------------------------------------------------------------------- */

static void given(void **state)
{
    static const char csv[] = "Date,Name,Year,Letterboxd URI,Rating\n"
                              "2020-01-02,Heat,1995,u,4.5\n"
                              "2020-01-02,Wings,1927,u,2\n"
                              "2020-01-02,Toy Stry,1995,u,5\n";
    const asked all[] = {
        {"PUT", "/api/v1/people/36/ratings/291", "{\"rating\":3}"},
        {"GET", "/api/v1/people/36/ratings/291"},
        {"DELETE", "/api/v1/people/36/ratings/291"},
        {"POST", "/api/v1/people/36/ratings:import", csv, "text/csv"},
        {"POST", "/api/v1/people/36/merge", "{\"history\":[{\"movie\":291,\"rating\":5}]}"},
        {"GET", "/api/v1/people/36/ratings?limit=3"},
        {"GET", "/api/v1/people/36/ratings/export"},
        {"GET", "/api/v1/people/36/ratings/export?format=csv"},
        {"POST", "/api/v1/feedback",
         "{\"events\":[{\"event_id\":\"123e4567-e89b-42d3-a456-426614174000\",\"type\":\"rating\","
         "\"value\":4,\"user\":36,\"item\":1}]}",
         .parted = true},
        {"GET", "/api/v1/feedback?limit=1"},
    };

    (void)state;
    (void)get("/api/v1/movies?q=heat"); /* the index is there */
    (void)get("/api/v1/people/36/ratings");
    WITHOUT_MEMORY(all);
}

/* ---- accounts ------------------------------------------------------------------------------ */

static const asked *saying(const char *method, const char *target, const char *format, ...)
{
    static char body[BODY];
    static asked what;
    va_list words;

    va_start(words, format);
    (void)vsnprintf(body, sizeof body, format, words);
    va_end(words);
    what = (asked){method, target, body, .single = true};
    return &what;
}

static reel_account named(const char *name)
{
    reel_account account;
    reel_err err = {0};

    assert_ok(reel__accounts_named(api.app.accounts, name, &account, &err));
    return account;
}

static void accounts(void **state)
{
    char token[REEL_TOKEN_TEXT];
    const asked later[] = {
        {"GET", "/api/v1/me"},
        {"GET", "/api/v1/session"},
        {"GET", "/api/v1/me/sessions"},
        {"GET", "/api/v1/me/export"},
        {"PATCH", "/api/v1/me",
         "{\"name\":\"swept\",\"email\":\"b@x.org\",\"password\":\"" LONG_WORD "\"}"},
        {"POST", "/api/v1/password-reset", "{\"name\":\"swept\",\"language\":\"de\"}"},
    };
    const asked last[] = {
        {"POST", "/api/v1/me/password",
         "{\"password\":\"another " LONG_WORD "\",\"new_password\":\"" LONG_WORD "\"}",
         .single = true},
        {"DELETE", "/api/v1/me/sessions"},
        {"DELETE", "/api/v1/me", "{\"password\":\"" LONG_WORD "\"}", .single = true},
    };
    reel_account own;
    reel_err err = {0};

    (void)state;
    who = (reel_caller){0};
    without_memory(saying("POST", "/api/v1/accounts",
                          "{\"name\":\"sweeping\",\"email\":\"a@x.org\",\"password\":\"%s\"}",
                          LONG_WORD));
    without_memory(saying("POST", "/api/v1/session", "{\"name\":\"sweeping\",\"password\":\"%s\"}",
                          LONG_WORD));
    own = named("sweeping");
    who = reel__caller_account(&own);
    WITHOUT_MEMORY(later);
    own = named("swept");
    assert_ok(reel__accounts_confirmation(api.app.accounts, &own, token, &err));
    without_memory(saying("POST", "/api/v1/email/confirm", "{\"token\":\"%s\"}", token));
    assert_ok(reel__accounts_reset(api.app.accounts, own.id, token, &err));
    without_memory(saying("POST", "/api/v1/password-reset/confirm",
                          "{\"token\":\"%s\",\"new_password\":\"another %s\"}", token, LONG_WORD));
    WITHOUT_MEMORY(last);
}

static void keys(void **state)
{
    reel_api_key key;
    char target[TARGET], rotate[TARGET + 8], text_of[REEL_KEY_TEXT];
    const asked all[] = {
        {"POST", "/api/v1/keys",
         "{\"name\":\"a\",\"scopes\":[\"read\"],\"rate\":\"5/s\",\"expires_days\":7}"},
        {"POST", "/api/v1/keys",
         "{\"name\":\"b\",\"public\":true,\"origins\":[\"https://films.example\"]}"},
        {"GET", "/api/v1/keys?limit=1"},
        {"GET", target},
        {"POST", rotate, "{\"grace_seconds\":60}", .single = true},
        {"DELETE", target, .single = true},
    };
    reel_err err = {0};

    (void)state;
    assert_ok(reel__keys_add(api.app.accounts,
                             &(reel_key_wish){.label = "root", .scopes = REEL_SCOPES_ALL}, &key,
                             text_of, &err));
    (void)snprintf(target, sizeof target, "/api/v1/keys/%s", key.prefix);
    (void)snprintf(rotate, sizeof rotate, "%s/rotate", target);
    WITHOUT_MEMORY(all);
}

/* ---- letters ------------------------------------------------------------------------------- */

static struct {
    atomic_int lines, lacks;
} said; /* by the mailer */

static void hear(void *user, const char *line)
{
    (void)user;
    atomic_fetch_add(&said.lacks, strstr(line, "memory") != NULL);
    atomic_fetch_add(&said.lines, 1);
}

static int64_t letters_waiting(void)
{
    return number_of("SELECT count(*) FROM mails");
}

/* An account with a confirmed address, for which nothing waits. */
static reel_account confirmed(const char *name)
{
    const reel_attempt asks = {.email = "c@x.org"};
    reel_attempt confirms = {.address = ""};
    char token[REEL_TOKEN_TEXT];
    reel_account own;
    reel_sql mails;
    reel_err err = {0};

    assert_ok(reel__accounts_add(api.app.accounts, name, LONG_WORD, REEL_ROLE_PERSON, &own, &err));
    assert_ok(reel__accounts_set_email(api.app.accounts, own.id, &asks, &err));
    own = named(name);
    assert_ok(reel__accounts_confirmation(api.app.accounts, &own, token, &err));
    assert_ok(reel__accounts_confirm_email(api.app.accounts, token, &confirms, &err));
    reel__sql_begin(&mails, "DELETE FROM mails");
    assert_ok(reel__sql_write(api.store, &mails, true, NULL, &err));
    return named(name);
}

/* What cannot be sent now waits, whether its mail server is away (port 1) or there is no memory. */
static void letters(void **state)
{
    const reel_mailer_opts opts = {
        .store = api.store,
        .accounts = api.app.accounts,
        .server = {.url = "smtp://127.0.0.1:1", .user = "", .password = "", .from = "a@x.org"},
        .public_url = "https://films.example",
        .notice = {hear, NULL},
        .pause_ms = 60000};
    const reel_account own = confirmed("mailing");
    reel_mail_row row = {.kind = "reset", .account = own.id};
    reel_mailer *mailer = NULL;
    const int64_t before = letters_waiting();
    reel_err err = {0};
    int lacks = -1;

    (void)state;
    assert_ok(reel__mailer_open(&mailer, &opts, &err));
    for (long n = 0; lacks != atomic_load(&said.lacks); n++) {
        const int lines = atomic_load(&said.lines);

        lacks = atomic_load(&said.lacks);
        pauses_ms += 7200000;
        row.created_ms = reel__clock_now_ms();
        reel__alloc_fail_after(n);
        assert_ok(reel__store_put_mail(api.store, &row, &err));
        reel__mailer_look(mailer);
        for (int i = 0; i < LETTER_WAITS && atomic_load(&said.lines) == lines; i++)
            (void)usleep(WAIT_US);
        reel__alloc_fail_after(-1);
        assert_int_not_equal(atomic_load(&said.lines), lines);
        assert_int_equal(letters_waiting(), before + 1);
    }
    reel__mailer_close(mailer);
    assert_true(lacks > 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, as_admin)
    const struct CMUnitTest tests[] = {
        TEST(lists), TEST(experiments), TEST(given), TEST(films),
        TEST(jobs),  TEST(accounts),    TEST(keys),  TEST(letters),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
