/* Requests with API keys: how one is sent, what is refused and how it is said, what a browser's
 * cookie does beside it, and how often one may ask.
 */
#include "http/account.h"
#include "service/accounts/keys.h"

#define BAD "Bearer realm=\"reel\", error=\"invalid_token\""

static int fresh(void **state)
{
    (void)state;
    memset(&from, 0, sizeof from);
    from.address = 1;
    pauses_ms += 7200000;
    api.app.auth = REEL_AUTH_ACCOUNTS;
    api.app.prototype = false;
    return 0;
}

static reel_api_key make(const reel_key_wish *wish, char text[REEL_KEY_TEXT])
{
    reel_api_key key;
    reel_err err = {0};

    assert_ok(reel__keys_add(api.app.accounts, wish, &key, text, &err));
    return key;
}

static void bearer(char out[100], const char *scheme, const char *key)
{
    (void)snprintf(out, 100, "%s%s", scheme, key);
    from.authorization = out;
}

/* ---- how one is sent ----------------------------------------------------------------------- */

static void a_key_comes_in_either_header(void **state)
{
    static const char *const schemes[] = {"Bearer ", "bearer ", "BEARER \t "};
    char text[REEL_KEY_TEXT], line[100];

    (void)state;
    (void)make(&(reel_key_wish){.label = "reads", .scopes = REEL_SCOPE_READ}, text);
    expect("GET", "/api/v1/movies", NULL, 401);
    assert_string_equal(api.exchange.challenge, "Bearer realm=\"reel\"");
    from.key = text;
    expect("GET", "/api/v1/movies", NULL, 200);
    from.key = NULL;
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        bearer(line, schemes[i], text);
        expect("GET", "/api/v1/movies", NULL, 200);
    }
    from.key = text; /* the same twice */
    expect("GET", "/api/v1/movies", NULL, 200);
    from.key = "";
    expect("GET", "/api/v1/movies", NULL, 200);
    from.key = "rk_another";
    expect("GET", "/api/v1/movies", NULL, 401);
    assert_problem_says("two different keys");
    from.key = text; /* a proxy's own password is none of ours */
    from.authorization = "Basic YWxhZGRpbjpvcGVuc2VzYW1l";
    expect("GET", "/api/v1/movies", NULL, 200);
    from.authorization = "Bearerless";
    expect("GET", "/api/v1/movies", NULL, 200);
    from.key = from.authorization = NULL; /* an address is written down in too many places */
    (void)snprintf(line, sizeof line, "/api/v1/movies?key=%s", text);
    assert_int_equal(send_as("GET", line, NULL), 401);
}

static void what_is_no_key_is_401(void **state)
{
    static const char *const wrong[] = {
        "Bearer",
        "Bearer ",
        "Bearer rk_",
        "Bearer eyJhbGciOiJIUzI1NiJ9.e30.x",
        "Bearer rk_abcdefghijkm_0123456789abcdefghijklmnopqrstuvwxyz"
        "ABCD-_x",
        "Bearer \xff\xfe"};

    (void)state;
    api.app.auth = REEL_AUTH_OPEN; /* also where nobody needs one */
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        from.authorization = wrong[i];
        expect("GET", "/api/v1/movies", NULL, 401);
        assert_string_equal(api.exchange.challenge, BAD);
        expect("GET", "/livez", NULL, 200); /* no probe fails for it */
        expect("POST", "/api/v1/session", "{\"name\":\"x\",\"password\":\"y\"}", 401);
        assert_string_equal(api.exchange.challenge, BAD);
    }
    from.authorization = NULL;
    from.key = "guess";
    expect("GET", "/api/v1/movies", NULL, 401);
    assert_string_equal(api.exchange.challenge, BAD);
    assert_null(strstr(api.exchange.answer.data, "guess"));
}

static void a_key_that_is_over_is_401(void **state)
{
    const int64_t now = reel__clock_now_ms();
    char revoked[REEL_KEY_TEXT], expired[REEL_KEY_TEXT];
    const reel_api_key key = make(&(reel_key_wish){.label = "a", .scopes = 1}, revoked);
    reel_err err = {0};

    (void)state;
    (void)make(&(reel_key_wish){.label = "b", .scopes = 1, .days = 1}, expired);
    from.key = revoked;
    expect("GET", "/api/v1/movies", NULL, 200);
    assert_ok(reel__keys_revoke(api.app.accounts, key.prefix, &err));
    expect("GET", "/api/v1/movies", NULL, 401);
    assert_problem_says("was revoked");
    from.key = expired;
    expect("GET", "/api/v1/movies", NULL, 200);
    reel__clock_set_for_test(now + 86500000);
    expect("GET", "/api/v1/movies", NULL, 401);
    assert_problem_says("has expired");
    assert_string_equal(api.exchange.challenge, BAD);
    reel__clock_set_for_test(-1);
}

static void a_scope_that_lacks_is_named(void **state)
{
    char text[REEL_KEY_TEXT];

    (void)state;
    (void)make(&(reel_key_wish){.label = "reads", .scopes = REEL_SCOPE_READ}, text);
    from.key = text;
    expect("POST", "/api/v1/feedback", "{\"events\":[]}", 403);
    assert_problem_says("lacks the scope feedback:write");
    expect("DELETE", "/api/v1/movies/1", NULL, 403);
    assert_problem_says("lacks the scope items:write");
    expect("POST", "/api/v1/jobs", "{\"kind\":\"train\"}", 403);
    assert_problem_says("lacks the scope admin");
    expect("GET", "/api/v1/me", NULL, 403);
    assert_problem_says("not for API keys");
    (void)make(&(reel_key_wish){.label = "tells", .scopes = REEL_SCOPE_FEEDBACK}, text);
    expect("GET", "/api/v1/movies", NULL, 403);
    assert_problem_says("lacks the scope read");
}

/* ---- beside a cookie ----------------------------------------------------------------------- */

static void a_key_goes_before_a_cookie(void **state)
{
    char text[REEL_KEY_TEXT], cookie[128];
    reel_account account;
    reel_err err = {0};

    (void)state;
    assert_ok(
        reel__accounts_add(api.app.accounts, "boss", LONG_WORD, REEL_ROLE_ADMIN, &account, &err));
    (void)make(&(reel_key_wish){.label = "reads", .scopes = REEL_SCOPE_READ}, text);
    sign_in_as("boss", LONG_WORD, cookie);
    expect("GET", "/api/v1/me", NULL, 200);
    from.key = text;
    expect("GET", "/api/v1/me", NULL, 403);
    expect("GET", "/api/v1/jobs", NULL, 403);
    from.key = "rk_none";
    expect("GET", "/api/v1/movies", NULL, 401);
    expect("GET", "/api/v1/session", NULL, 401);
    from.key = text;
    expect("GET", "/api/v1/session", NULL, 200);
    assert_true(json_is_null(member(api.json, "account")));
}

/* What a page of another site may not do by a cookie, a program does by a key. */
static void a_key_needs_no_page(void **state)
{
    char text[REEL_KEY_TEXT];

    (void)state;
    (void)make(&(reel_key_wish){.label = "tells", .scopes = REEL_SCOPE_FEEDBACK}, text);
    from.key = text;
    from.site = "cross-site";
    from.origin = "https://elsewhere.example";
    expect("POST", "/api/v1/feedback", "{\"events\":[]}", 422);
    from.key = NULL;
    api.app.auth = REEL_AUTH_OPEN;
    expect("POST", "/api/v1/feedback", "{\"events\":[]}", 403);
}

/* ---- the older service's routes ------------------------------------------------------------ */

static void older_routes_take_a_key(void **state)
{
    static const char target[] = "/recommendations/collaborative/1";
    char text[REEL_KEY_TEXT], shop[REEL_KEY_TEXT];

    (void)state;
    api.app.prototype = true;
    (void)make(&(reel_key_wish){.label = "reads", .scopes = REEL_SCOPE_READ}, text);
    (void)make(&(reel_key_wish){.label = "shop", .is_public = true, .origins = "https://a.b"},
               shop);
    assert_int_equal(send_as("GET", target, NULL), 200);
    from.key = text;
    assert_int_equal(send_as("GET", target, NULL), 200);
    from.key = "rk_none";
    assert_int_equal(send_as("GET", target, NULL), 401);
    from.key = shop;
    assert_int_equal(send_as("GET", target, NULL), 403);
}

/* A program that was changed from one header to the other is the same caller. */
static void once_is_once_in_either_header(void **state)
{
    static const char body[] = "{\"kind\":\"train\",\"model\":\"popular\"}";
    char text[REEL_KEY_TEXT], line[100], other[REEL_KEY_TEXT];
    int64_t first;

    (void)state;
    (void)make(&(reel_key_wish){.label = "one", .scopes = REEL_SCOPES_ALL}, text);
    (void)make(&(reel_key_wish){.label = "two", .scopes = REEL_SCOPES_ALL}, other);
    from.once = "job";
    from.key = text;
    expect("POST", "/api/v1/jobs", body, 202);
    first = integer(api.json, "id");
    from.key = NULL;
    bearer(line, "bearer \t", text);
    expect("POST", "/api/v1/jobs", body, 202);
    assert_int_equal(integer(api.json, "id"), first);
    from.key = text;
    expect("POST", "/api/v1/jobs", body, 202);
    assert_int_equal(integer(api.json, "id"), first);
    from.key = NULL;
    bearer(line, "Bearer ", other);
    expect("POST", "/api/v1/jobs", body, 202);
    assert_int_not_equal(integer(api.json, "id"), first);
}

/* ---- how often ----------------------------------------------------------------------------- */

static void too_often_is_429(void **state)
{
    char text[REEL_KEY_TEXT];

    (void)state;
    (void)make(&(reel_key_wish){.label = "slow", .scopes = REEL_SCOPE_READ, .rate = 2}, text);
    from.key = text;
    expect("GET", "/api/v1/movies", NULL, 200);
    assert_string_equal(header("RateLimit-Policy"), "\"key\";q=2;w=60");
    assert_string_equal(header("RateLimit"), "\"key\";r=1;t=30");
    assert_null(header("Retry-After"));
    expect("POST", "/api/v1/feedback", "{}", 403); /* what is refused counts, too */
    expect("GET", "/api/v1/movies", NULL, 429);
    assert_string_equal(header("Retry-After"), "30");
    assert_string_equal(header("RateLimit"), "\"key\";r=0;t=30");
    assert_int_equal(api.exchange.retry_s, 30);
    assert_problem_says("no more for 30 seconds");
    pauses_ms += 30000;
    expect("GET", "/api/v1/movies", NULL, 200);
    (void)make(&(reel_key_wish){.label = "any", .scopes = REEL_SCOPE_READ}, text);
    expect("GET", "/api/v1/movies", NULL, 200);
    assert_null(header("RateLimit"));
}

static void without_accounts_there_are_no_keys(void **state)
{
    reel_accounts *accounts = api.app.accounts;
    char text[REEL_KEY_TEXT];

    (void)state;
    (void)make(&(reel_key_wish){.label = "reads", .scopes = REEL_SCOPE_READ}, text);
    api.app.accounts = NULL;
    from.key = text;
    expect("GET", "/api/v1/movies", NULL, 401);
    assert_problem_says("no API keys here");
    api.app.accounts = accounts;
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, fresh)
    const struct CMUnitTest tests[] = {
        TEST(a_key_comes_in_either_header),
        TEST(what_is_no_key_is_401),
        TEST(a_key_that_is_over_is_401),
        TEST(a_scope_that_lacks_is_named),
        TEST(a_key_goes_before_a_cookie),
        TEST(a_key_needs_no_page),
        TEST(older_routes_take_a_key),
        TEST(once_is_once_in_either_header),
        TEST(too_often_is_429),
        TEST(without_accounts_there_are_no_keys),
    };

    return cmocka_run_group_tests(tests, account_start, account_stop);
}
