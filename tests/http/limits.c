/* How much a request may hold: the largest that is taken, and the next larger, which is refused. */
#include "http/api.h"

enum { BODY_MAX = 1 << 20 };

/* {"MEMBER":[ENTRY,ENTRY,...]TAIL */
static const char *many(const char *member, const char *entry, int count, const char *tail)
{
    static char body[BODY_MAX];
    size_t used = (size_t)snprintf(body, sizeof body, "{\"%s\":[", member);

    for (int i = 0; i < count; i++)
        used += (size_t)snprintf(body + used, sizeof body - used, "%s%s", i > 0 ? "," : "", entry);
    (void)snprintf(body + used, sizeof body - used, "]%s", tail);
    assert_true(used + strlen(tail) + 1 < sizeof body);
    return body;
}

/* An object with so many levels of arrays inside. */
static const char *deep(int levels)
{
    static char body[4096];
    size_t used = (size_t)snprintf(body, sizeof body, "{\"exclude\":");

    for (int i = 0; i < 2 * levels; i++)
        body[used++] = i < levels ? '[' : ']';
    (void)snprintf(body + used, sizeof body - used, "}");
    return body;
}

static void histories_and_ids_are_counted(void **state)
{
    static const char list[] = "/api/v1/recommendations", entry[] = "{\"movie\":1,\"rating\":4}";

    (void)state;
    assert_int_equal(ask("POST", list, many("history", entry, 5001, "}")), 413);
    assert_problem(413, "E_TOOLARGE", "history: more than 5000 entries");
    assert_int_not_equal(ask("POST", list, many("history", entry, 5000, "}")), 413);
    assert_int_equal(ask("POST", list, many("edits", entry, 5001, ",\"user\":6}")), 413);
    (void)post(list, many("exclude", "1", 1000, ",\"user\":6}"));
    refuses("POST", list, many("exclude", "1", 1001, ",\"user\":6}"), 422, "E_INVALID",
            "at most 1000 film ids");
    refuses("POST", list, "{\"user\":6,\"limit\":201}", 422, "E_INVALID", "limit");
    refuses("GET", "/api/v1/people?limit=201", NULL, 422, "E_INVALID", "limit");
    refuses("POST", "/api/v1/feedback", many("events", "{\"type\":\"click\",\"item\":1}", 501, "}"),
            422, "E_INVALID", "500");
}

/* A list; a film or a page, which take no time, are answered. */
static void what_takes_too_long_is_given_up(void **state)
{
    static const char *const targets[] = {"/api/v1/recommendations?user=6",
                                          "/api/v1/movies/1/similar?user=6", "/api/v1/movies/1"};

    (void)state;
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        begin("GET", targets[i]);
        api.exchange.due_us = 1; /* long ago */
        assert_int_equal(handle(), i < 2 ? 503 : 200);
        if (i < 2)
            assert_problem(503, "E_CANCELLED", "took longer");
        assert_int_equal(ask("GET", targets[i], NULL), 200);
    }
}

static void json_is_shallow(void **state)
{
    (void)state;
    refuses("POST", "/api/v1/recommendations", deep(7), 422, "E_INVALID", "exclude");
    refuses("POST", "/api/v1/recommendations", deep(8), 400, "E_SYNTAX", "deeper than 8 levels");
    refuses("POST", "/api/v1/explanations", deep(1000), 400, "E_SYNTAX", "deeper than");
    refuses("POST", "/api/v1/feedback", deep(1000), 400, "E_SYNTAX", "deeper than");
}

static void queries_are_short(void **state)
{
    static reel_exchange exchange;
    char target[400] = "/api/v1/movies?";
    reel_err err = {0};

    (void)state;
    for (int i = 0; i < 17; i++)
        (void)snprintf(target + strlen(target), sizeof target - strlen(target), "p%d=1&", i);
    reel__exchange_init(&exchange);
    assert_fails(reel__exchange_target(&exchange, target, &err), REEL_E_SYNTAX,
                 "more than 16 query parameters");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(histories_and_ids_are_counted),
        cmocka_unit_test(what_takes_too_long_is_given_up),
        cmocka_unit_test(json_is_shallow),
        cmocka_unit_test(queries_are_short),
    };

    return cmocka_run_group_tests(tests, api_start, api_stop);
}
