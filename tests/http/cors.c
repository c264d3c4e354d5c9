/* Pages of other sites: what a browser is told before it sends anything, and what a page may read;
 * nothing without a public key that names the page.
 */
#include "http/account.h"
#include "service/accounts/keys.h"

#define SHOP  "https://shop.example"
#define OTHER "https://shop.example.evil.example"

static char public_key[REEL_KEY_TEXT], private_key[REEL_KEY_TEXT];
static reel_api_key made;

static int start(void **state)
{
    reel_api_key plain;
    reel_err err = {0};

    if (account_start(state) != 0)
        return -1;
    assert_ok(reel__keys_add(
        api.app.accounts,
        &(reel_key_wish){.label = "shop", .is_public = true, .rate = 60, .origins = SHOP}, &made,
        public_key, &err));
    assert_ok(reel__keys_add(api.app.accounts,
                             &(reel_key_wish){.label = "all", .scopes = REEL_SCOPES_ALL}, &plain,
                             private_key, &err));
    return 0;
}

static int fresh(void **state)
{
    (void)state;
    memset(&from, 0, sizeof from);
    from.origin = SHOP;
    from.site = "cross-site";
    pauses_ms += 7200000;
    api.app.auth = REEL_AUTH_ACCOUNTS;
    return 0;
}

static int preflight(const char *target, const char *method)
{
    from.asked_method = method;
    return send_as("OPTIONS", target, NULL);
}

static void no_page_may(void)
{
    assert_null(header("Access-Control-Allow-Origin"));
    assert_null(header("Access-Control-Allow-Methods"));
}

/* Every row of the table: lists and feedback, and nothing else. */
static void a_browser_is_told_what_it_may_send(void **state)
{
    size_t allowed = 0;

    (void)state;
    for (size_t i = 0; reel__route_at(i) != NULL; i++) {
        const reel_route *route = reel__route_at(i);
        const bool may = route->need == REEL_NEED_RECOMMEND || route->need == REEL_NEED_FEEDBACK;
        char target[200];
        size_t used = 0;

        for (const char *at = route->path; *at != '\0' && used + 2 < sizeof target; at++) {
            target[used++] = *at == '{' ? '1' : *at;
            at = *at == '{' ? strchr(at, '}') : at;
        }
        target[used] = '\0';
        if (preflight(target, route->method) != 204) {
            if (may)
                fail_msg("%s %s: %d", route->method, target, api.exchange.status);
            no_page_may();
            continue;
        }
        assert_true(may);
        allowed++;
        assert_string_equal(header("Access-Control-Allow-Origin"), SHOP);
        assert_string_equal(header("Access-Control-Allow-Methods"), route->method);
        assert_non_null(strstr(header("Access-Control-Allow-Headers"), "Authorization"));
        assert_non_null(strstr(header("Access-Control-Allow-Headers"), "Content-Type"));
        assert_string_equal(header("Access-Control-Max-Age"), "600");
        assert_string_equal(header("Vary"), "Origin");
        assert_null(header("Access-Control-Allow-Credentials"));
        assert_null(api.exchange.answer_type);
        assert_string_equal(api.exchange.route, route->path);
    }
    assert_true(allowed >= 6);
}

static void other_pages_are_told_nothing(void **state)
{
    static const char *const origins[] = {OTHER,
                                          "null",
                                          "",
                                          "http://shop.example",
                                          "https://shop.example:8443",
                                          "https://shop.example/"};

    (void)state;
    for (size_t i = 0; i < sizeof origins / sizeof *origins; i++) {
        from.origin = origins[i];
        assert_int_equal(preflight("/api/v1/feedback", "POST"), 405);
        no_page_may();
    }
    from.origin = NULL;
    assert_int_equal(preflight("/api/v1/feedback", "POST"), 405);
    from.origin = SHOP;
    assert_int_equal(preflight("/api/v1/feedback", NULL), 405);
    assert_int_equal(preflight("/api/v1/feedback", "DELETE"), 405);
    assert_int_equal(preflight("/api/v1/recommendations", "HEAD"), 204);
    assert_int_equal(preflight("/api/v1/nothing", "GET"), 404);
    api.app.admin = true; /* the operator's address */
    assert_int_equal(preflight("/api/v1/feedback", "POST"), 404);
    no_page_may();
    api.app.admin = false;
}

static void a_page_reads_answers_and_refusals(void **state)
{
    (void)state;
    from.key = public_key;
    expect("GET", "/api/v1/movies/1/similar", NULL, 200);
    assert_string_equal(header("Access-Control-Allow-Origin"), SHOP);
    assert_string_equal(header("Vary"), "Origin");
    assert_non_null(strstr(header("Access-Control-Expose-Headers"), "RateLimit"));
    expect("POST", "/api/v1/feedback", "{\"events\":[]}", 422);
    assert_string_equal(header("Access-Control-Allow-Origin"), SHOP);
    expect("GET", "/api/v1/movies", NULL, 403);
    assert_problem_says("lists and send feedback, nothing else");
    assert_string_equal(header("Access-Control-Allow-Origin"), SHOP);
    for (int i = 0; i < 57; i++)
        expect("GET", "/api/v1/movies/1/similar", NULL, 200);
    expect("GET", "/api/v1/movies/1/similar", NULL, 429);
    assert_string_equal(header("Access-Control-Allow-Origin"), SHOP);
    assert_string_equal(header("Retry-After"), "1");
}

static void a_page_that_is_not_named_reads_nothing(void **state)
{
    (void)state;
    from.key = public_key;
    from.origin = OTHER;
    expect("GET", "/api/v1/movies/1/similar", NULL, 403);
    assert_problem_says(OTHER);
    no_page_may();
    from.key = private_key; /* a secret has no business in a page */
    from.origin = SHOP;
    expect("GET", "/api/v1/movies", NULL, 200);
    no_page_may();
    from.key = "rk_none";
    expect("GET", "/api/v1/movies/1/similar", NULL, 401);
    no_page_may();
    api.app.auth = REEL_AUTH_OPEN; /* where nobody needs a key: still no page of another site */
    from.key = NULL;
    expect("GET", "/api/v1/movies/1/similar", NULL, 200);
    no_page_may();
}

/* Last: the key goes. */
static void without_a_public_key_it_is_off(void **state)
{
    reel_accounts *accounts = api.app.accounts;
    reel_err err = {0};

    (void)state;
    api.app.accounts = NULL;
    assert_int_equal(preflight("/api/v1/feedback", "POST"), 405);
    api.app.accounts = accounts;
    assert_int_equal(preflight("/api/v1/feedback", "POST"), 204);
    assert_ok(reel__keys_revoke(api.app.accounts, made.prefix, &err));
    assert_int_equal(preflight("/api/v1/feedback", "POST"), 405);
    no_page_may();
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, fresh)
    const struct CMUnitTest tests[] = {
        TEST(a_browser_is_told_what_it_may_send), TEST(other_pages_are_told_nothing),
        TEST(a_page_reads_answers_and_refusals),  TEST(a_page_that_is_not_named_reads_nothing),
        TEST(without_a_public_key_it_is_off),
    };

    return cmocka_run_group_tests(tests, start, account_stop);
}
