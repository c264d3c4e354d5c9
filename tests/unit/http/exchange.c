/* Request targets, query parameters, cursors, routes and problem answers. */

#include "http/routes.h"
#include "support/check.h"

static reel_code cut(reel_exchange *exchange, const char *raw, reel_err *err)
{
    reel__exchange_init(exchange);
    return reel__exchange_target(exchange, raw, err);
}

static void decodes_path_and_query(void **state)
{
    reel_exchange x;
    reel_err err;

    (void)state;
    assert_int_equal(cut(&x, "/api/v1/movies?q=am%C3%A9lie+x&limit=5&flag&=v&&e=", &err), REEL_OK);
    assert_string_equal(x.path, "/api/v1/movies");
    assert_string_equal(reel__exchange_get(&x, "q"), "amélie x");
    assert_string_equal(reel__exchange_get(&x, "limit"), "5");
    assert_string_equal(reel__exchange_get(&x, "flag"), "");
    assert_string_equal(reel__exchange_get(&x, "e"), "");
    assert_null(reel__exchange_get(&x, "missing"));
    reel__exchange_fini(&x);
}

static void plus_is_a_blank_only_in_the_query(void **state)
{
    reel_exchange x;

    (void)state;
    assert_int_equal(cut(&x, "/a+b?c=a%2Bb&c=x", NULL), REEL_OK); /* pages take what links bring */
    assert_string_equal(x.path, "/a+b");
    assert_string_equal(reel__exchange_get(&x, "c"), "a+b");
    reel__exchange_fini(&x);
}

/* A whole address, as proxies are asked for one (RFC 9112, 3.2.2). */
static void whole_addresses_name_their_host(void **state)
{
    static const struct {
        const char *target, *host, *path;
    } cases[] = {
        {"http://reel.example/api/v1/movies?q=a", "reel.example", "/api/v1/movies"},
        {"HTTPS://[::1]:8080/livez", "[::1]:8080", "/livez"},
        {"http://reel.example", "reel.example", "/"},
        {"/http://reel.example/", "", "/http://reel.example/"},
    };
    reel_exchange x;
    reel_err err;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(cut(&x, cases[i].target, &err), REEL_OK);
        assert_string_equal(x.authority, cases[i].host);
        assert_string_equal(x.path, cases[i].path);
        reel__exchange_fini(&x);
    }
}

static void refuses_bad_targets(void **state)
{
    static const char *const bad[] = {"",
                                      "x",
                                      "/%",
                                      "/%4",
                                      "/%zz",
                                      "/%00",
                                      "/%ff",
                                      "/?q=%C3%28",
                                      "/?q=a%0",
                                      "/?%00=1",
                                      "*",
                                      "/api/v1/movies%2F1",
                                      "/%2f",
                                      "/api/v1/movies?limit=1&limit=2",
                                      "/api/v1/movies?q=a&%71=a",
                                      "/livez a",
                                      " /livez",
                                      "/api/v1/movies?q=a b",
                                      "/a\x7f",
                                      "/a\tb",
                                      "http://",
                                      "http:///livez",
                                      "http://name@reel.example/livez",
                                      "ftp://reel.example/livez",
                                      "localhost:80"};
    reel_exchange x;
    reel_err err;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(cut(&x, bad[i], &err), REEL_E_SYNTAX);
        assert_true(strlen(err.msg) > 10);
        reel__exchange_fini(&x);
    }
}

static void refuses_what_is_too_long_or_too_many(void **state)
{
    static char long_target[REEL_HTTP_TARGET_MAX + 10];
    char many[200] = "/?";
    reel_exchange x;

    (void)state;
    memset(long_target, 'a', sizeof long_target - 1);
    long_target[0] = '/';
    assert_int_equal(cut(&x, long_target, NULL), REEL_E_TOOLARGE);
    reel__exchange_fini(&x);
    long_target[REEL_HTTP_TARGET_MAX - 1] = '\0';
    assert_int_equal(cut(&x, long_target, NULL), REEL_OK);
    reel__exchange_fini(&x);
    for (size_t i = 0; i <= REEL_HTTP_PARAMETERS; i++)
        memcpy(many + 2 + i * 4, "a=1&", 5);
    assert_int_equal(cut(&x, many, NULL), REEL_E_SYNTAX);
    reel__exchange_fini(&x);
}

static void numbers_are_checked(void **state)
{
    static const char *const bad[] = {"/?n=",     "/?n=abc", "/?n=1.5",
                                      "/?n=0",    "/?n=101", "/?n=99999999999999999999",
                                      "/?n=%205", "/?n=5x",  "/?n=0x5"};
    int64_t value = 7;
    reel_exchange x;
    reel_err err;

    (void)state;
    assert_int_equal(cut(&x, "/?n=100", &err), REEL_OK);
    assert_int_equal(reel__exchange_get_int(&x, "n", 1, 100, &value, &err), REEL_OK);
    assert_int_equal(value, 100);
    assert_int_equal(reel__exchange_get_int(&x, "absent", 1, 100, &value, &err), REEL_OK);
    assert_int_equal(value, 100);
    reel__exchange_fini(&x);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(cut(&x, bad[i], &err), REEL_OK);
        assert_int_equal(reel__exchange_get_int(&x, "n", 1, 100, &value, &err), REEL_E_INVALID);
        assert_non_null(strstr(err.msg, "n: expected a whole number from 1 to 100"));
        reel__exchange_fini(&x);
    }
    assert_int_equal(value, 100);
}

/* The number in this cursor, asked for like this. */
static reel_code number_of(const char *question, const char *cursor, int64_t *out)
{
    char target[200];
    reel_exchange x;
    reel_code rc;

    (void)snprintf(target, sizeof target, "%scursor=%s", question, cursor);
    assert_int_equal(cut(&x, target, NULL), REEL_OK);
    x.parameters = "q kind cursor limit";
    rc = reel__exchange_cursor_int(&x, 'b', out, NULL);
    if (rc != REEL_OK)
        assert_int_equal(x.status, 400);
    reel__exchange_fini(&x);
    return rc;
}

static void cursors_go_round_and_belong_to_their_question(void **state)
{
    char cursor[REEL_CURSOR_WHOLE], expected[200];
    reel_paging page = {.kind = 'b', .limit = 5};
    reel_exchange x;
    reel_json json;
    reel_buf text;
    int64_t value = 0;

    (void)state;
    reel__buf_init(&text, 1000);
    reel__json_init(&json, &text);
    reel__json_object(&json);
    assert_int_equal(cut(&x, "/a%20b?q=%26%3C&kind=k&limit=2", NULL), REEL_OK);
    x.parameters = "q kind cursor limit";
    assert_int_equal(reel__exchange_page(&x, &json, &page, 10, NULL), REEL_OK);
    reel__exchange_cursor_write(cursor, &x, "b22");
    reel__exchange_page_end(&x, &json, &page, 22);
    reel__json_object_end(&json);
    (void)snprintf(expected, sizeof expected, "{\"items\":[],\"next_cursor\":\"%s\"}", cursor);
    assert_string_equal(text.data, expected);
    (void)snprintf(expected, sizeof expected,
                   "</a%%20b?q=%%26%%3C&kind=k&limit=2&cursor=%s>; rel=\"next\"", cursor);
    assert_string_equal(x.link, expected);
    reel__exchange_fini(&x);
    reel__buf_fini(&text);
    assert_int_equal(number_of("/a%20b?q=%26%3C&kind=k&", cursor, &value), REEL_OK);
    assert_int_equal(value, 22);
    assert_int_equal(number_of("/a%20b?kind=k&limit=9&_=1&q=%26%3C&", cursor, &value), REEL_OK);
    assert_int_equal(number_of("/a%20b?q=k&kind=%26%3C&", cursor, &value), REEL_E_INVALID);
    assert_int_equal(number_of("/a%20b?kind=k&", cursor, &value), REEL_E_INVALID);
    assert_int_equal(number_of("/ab?q=%26%3C&kind=k&", cursor, &value), REEL_E_INVALID);
    cursor[2] = '3';
    assert_int_equal(number_of("/a%20b?q=%26%3C&kind=k&", cursor, &value), REEL_E_INVALID);
    assert_int_equal(number_of("/a%20b?", "", &value), REEL_OK);
    assert_int_equal(value, 22);
}

static void routes_find_ids_and_say_what_is_allowed(void **state)
{
    reel_route_parts parts;
    const reel_route *route;

    (void)state;
    route = reel__route_find(1U << REEL_DOOR_PUBLIC, "GET", "/api/v1/movies/862/similar", &parts);
    assert_non_null(route);
    assert_string_equal(route->path, "/api/v1/movies/{id}/similar");
    assert_int_equal(parts.id, 862);
    assert_null(reel__route_find(1U << REEL_DOOR_PUBLIC, "DELETE", "/api/v1/feedback", &parts));
    assert_string_equal(parts.allow, "GET, HEAD, POST");
    assert_null(reel__route_find(1U << REEL_DOOR_PUBLIC, "GET", "/api/v1/movies/x", &parts));
    assert_string_equal(parts.allow, "");
    assert_null(reel__route_find(1U << REEL_DOOR_PUBLIC, "GET", "/api/v1/movies/", &parts));
    assert_non_null(reel__route_find(1U << REEL_DOOR_PUBLIC, "GET",
                                     "/api/v1/movies/9223372036854775807", &parts));
    assert_int_equal(parts.id, INT64_MAX);
    assert_null(reel__route_find(1U << REEL_DOOR_PUBLIC, "GET",
                                 "/api/v1/movies/9223372036854775808", &parts));
}

static void routes_find_tokens(void **state)
{
    static const char path[] = "/api/v1/recommendations/aB-_9/next";
    reel_route_parts parts;
    const reel_route *route = reel__route_find(1U << REEL_DOOR_PUBLIC, "GET", path, &parts);

    (void)state;
    assert_non_null(route);
    assert_string_equal(route->path, "/api/v1/recommendations/{token}/next");
    assert_ptr_equal(parts.token, path + strlen("/api/v1/recommendations/"));
    assert_int_equal(parts.token_length, 5);
    assert_null(
        reel__route_find(1U << REEL_DOOR_PUBLIC, "GET", "/api/v1/recommendations//next", &parts));
    assert_null(reel__route_find(1U << REEL_DOOR_PUBLIC, "GET", "/api/v1/recommendations/a.b/next",
                                 &parts));
}

static void every_route_has_help_and_its_place(void **state)
{
    size_t count = 0;

    (void)state;
    for (const reel_route *route; (route = reel__route_at(count)) != NULL; count++) {
        assert_true((strncmp(route->path, "/api/v1/", 8) == 0 ||
                     strncmp(route->path, "/posters/", 9) == 0) ==
                    (route->door == REEL_DOOR_PUBLIC));
        assert_true(strlen(route->help) > 5);
        assert_non_null(route->handler);
    }
    assert_true(count >= 16);
}

static void problems_name_code_and_request(void **state)
{
    reel_err err;
    reel_exchange x;

    (void)state;
    assert_int_equal(cut(&x, "/api/v1/movies/9", NULL), REEL_OK);
    memcpy(x.request_id, "00000000000000ab", 17);
    (void)reel_fail(&err, REEL_E_NOTFOUND, "no film has id %d", 9);
    reel__exchange_problem(&x, &err);
    assert_int_equal(x.status, 404);
    assert_string_equal(x.answer_type, "application/problem+json");
    assert_string_equal(x.answer.data,
                        "{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404,"
                        "\"detail\":\"no film has id 9\",\"instance\":\"/api/v1/movies/9\","
                        "\"code\":\"E_NOTFOUND\",\"request_id\":\"00000000000000ab\"}");
    reel__exchange_fini(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes_path_and_query),
        cmocka_unit_test(plus_is_a_blank_only_in_the_query),
        cmocka_unit_test(whole_addresses_name_their_host),
        cmocka_unit_test(refuses_bad_targets),
        cmocka_unit_test(refuses_what_is_too_long_or_too_many),
        cmocka_unit_test(numbers_are_checked),
        cmocka_unit_test(cursors_go_round_and_belong_to_their_question),
        cmocka_unit_test(routes_find_ids_and_say_what_is_allowed),
        cmocka_unit_test(routes_find_tokens),
        cmocka_unit_test(every_route_has_help_and_its_place),
        cmocka_unit_test(problems_name_code_and_request),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
