/* What a refusal says of where the mistakes are: a pointer into the body, or a parameter; in the
 * body of every route that takes one, and all at once where lists are asked for. */
#include "http/account.h"

static void as_admin(void)
{
    api.caller =
        (reel_caller){REEL_CALLER_ACCOUNT, 1000, REEL_ROLE_ADMIN, REEL_SCOPES_ALL, false, false};
}

static void each_body_is_pointed_into(void **state)
{
    static const struct {
        const char *method, *target, *body, *pointer;
        int status;
    } wrong[] = {
        {"POST", "/api/v1/recommendations", "{\"user\":\"6\"}", "#/user", 422},
        {"POST", "/api/v1/recommendations", "{\"user\":6,\"model\":\"magic\"}", "#/model", 404},
        {"POST", "/api/v1/recommendations", "{\"user\":6,\"model\":{\"user-knn\":-1}}",
         "#/model/user-knn", 422},
        {"POST", "/api/v1/recommendations", "{\"user\":6,\"exclude\":[1,\"7\"]}", "#/exclude/1",
         422},
        {"POST", "/api/v1/recommendations",
         "{\"history\":[{\"movie\":1,\"rating\":5},{\"movie\":2,\"rating\":1}]}",
         "#/history/1/movie", 404},
        {"POST", "/api/v1/recommendations", "{\"history\":[{\"movie\":1,\"rating\":9}]}",
         "#/history/0/rating", 422},
        {"POST", "/api/v1/recommendations", "{\"user\":6,\"diversity\":7}", "#/diversity", 422},
        {"POST", "/api/v1/recommendations", "{\"user\":6,\"edits\":[{\"movie\":2,\"weight\":0}]}",
         "#/edits/0/movie", 404},
        {"POST", "/api/v1/recommendations",
         "{\"household\":{\"members\":[{\"user\":6},{\"history\":[{\"movie\":1}]}]}}",
         "#/household/members/1", 422},
        {"POST", "/api/v1/recommendations", "{}", "#", 422},
        {"POST", "/api/v1/recommendations", "[]", "#", 422},
        {"POST", "/api/v1/explanations", "{\"user\":6}", "#/movie", 422},
        {"POST", "/api/v1/feedback",
         "{\"events\":[{\"event_id\":\"x\",\"type\":\"click\",\"item\":1}]}", "#/events/0/event_id",
         422},
        {"PUT", "/api/v1/movies/1", "{\"title\":7}", "#/title", 422},
        {"PATCH", "/api/v1/movies/1", "{\"genres\":7}", "#/genres", 422},
        {"PUT", "/api/v1/people/6/ratings/11", "{\"rating\":99}", "#/rating", 422},
        {"POST", "/api/v1/people/6/merge", "{\"history\":[{\"movie\":1,\"rating\":50}]}",
         "#/history/0/rating", 422},
        {"POST", "/api/v1/jobs", "{\"kind\":\"dance\"}", "#/kind", 422},
        {"POST", "/api/v1/accounts", "{\"name\":7,\"password\":\"" LONG_WORD "\"}", "#/name", 422},
        {"POST", "/api/v1/session", "{\"name\":\"Ana\",\"password\":7}", "#/password", 422},
    };

    (void)state;
    from.site = "same-origin";
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        as_admin();
        if (send_as(wrong[i].method, wrong[i].target, wrong[i].body) != wrong[i].status)
            fail_msg("%s %s %s: %d", wrong[i].method, wrong[i].target, wrong[i].body,
                     api.exchange.status);
        assert_described(wrong[i].method);
        if (json_object_get(api.json, "errors") == NULL)
            fail_msg("%s %s: %s", wrong[i].target, wrong[i].body, text(api.json, "detail"));
        assert_points(wrong[i].pointer);
    }
}

static void a_list_is_told_all_at_once(void **state)
{
    static const char *const where[] = {"#/limit",  "#/reasons", "#/seen",   "#/scenario",
                                        "#/filter", "#/exclude", "#/novelty"};

    (void)state;
    as_admin();
    refuses("POST", "/api/v1/recommendations",
            "{\"user\":6,\"limit\":0,\"reasons\":99,\"seen\":\"maybe\",\"scenario\":\"a b\","
            "\"filter\":7,\"exclude\":{},\"novelty\":\"much\"}",
            422, "E_INVALID", "limit: expected 1 to 100; reasons: expected 0 to 16");
    for (size_t i = 0; i < sizeof where / sizeof *where; i++)
        assert_points(where[i]);
    assert_int_equal(json_array_size(member(api.json, "errors")), sizeof where / sizeof *where);
    for (size_t i = 0; i < json_array_size(member(api.json, "errors")); i++)
        assert_shape(json_array_get(member(api.json, "errors"), i), "pointer:s detail:s code:s");
}

static const json_t *first_error(void)
{
    return json_array_get(member(api.json, "errors"), 0);
}

static void syntax_has_a_position(void **state)
{
    (void)state;
    refuses("POST", "/api/v1/recommendations", "{\"user\":6,\n \"limit\":}", 400, "E_SYNTAX", "");
    assert_points("#");
    assert_string_equal(text(first_error(), "code"), "syntax");
    assert_int_equal(integer(first_error(), "line"), 2);
    assert_int_equal(integer(first_error(), "column"), 10);
    refuses("POST", "/api/v1/recommendations", "{\"user\":6,\"filter\":\"year >\"}", 422,
            "E_INVALID", "filter: character 7");
    assert_points("#/filter");
    assert_int_equal(integer(first_error(), "character"), 7);
}

static void parameters_are_named(void **state)
{
    static const struct {
        const char *target, *parameter;
    } wrong[] = {
        {"/api/v1/recommendations?user=6&limit=x", "limit"},
        {"/api/v1/recommendations", "user"},
        {"/api/v1/recommendations?user=6&boost=year%20%3E", "boost"},
        {"/api/v1/recommendations?user=6&model=magic", "model"},
        {"/api/v1/movies?cursor=x", "cursor"},
        {"/api/v1/people?limit=0", "limit"},
        {"/api/v1/people/6/ratings?kind=loved", "kind"},
        {"/api/v1/people/6/ratings?cursor=o5", "cursor"},
        {"/api/v1/people/6/ratings?cursor=rnan_0_0", "cursor"},
        {"/api/v1/people/6/ratings?cursor=r5_1_2x", "cursor"},
        {"/api/v1/charts/top?filter=(", "filter"},
        {"/api/v1/feedback?limit=201", "limit"},
        {"/api/v1/versions?cursor=b-1", "cursor"},
        {"/api/v1/movies/1?user=x", "user"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        as_admin();
        (void)ask("GET", wrong[i].target, NULL);
        assert_described("GET");
        if (json_object_get(api.json, "errors") == NULL)
            fail_msg("%s: %s", wrong[i].target, text(api.json, "detail"));
        assert_points(wrong[i].parameter);
    }
}

/* Nothing of the request is wrong, or it is the address. */
static void other_refusals_point_nowhere(void **state)
{
    (void)state;
    as_admin();
    refuses("GET", "/api/v1/movies/99999", NULL, 404, "E_NOTFOUND", "99999");
    assert_null(json_object_get(api.json, "errors"));
    refuses("GET", "/api/v1/nothing", NULL, 404, "E_NOTFOUND", "nothing");
    assert_null(json_object_get(api.json, "errors"));
    refuses("PUT", "/api/v1/people/5/ratings/11", "{\"rating\":4}", 404, "E_NOTFOUND", "person");
    assert_null(json_object_get(api.json, "errors"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_body_is_pointed_into),
        cmocka_unit_test(a_list_is_told_all_at_once),
        cmocka_unit_test(syntax_has_a_position),
        cmocka_unit_test(parameters_are_named),
        cmocka_unit_test(other_refusals_point_nowhere),
    };

    return cmocka_run_group_tests(tests, account_start, account_stop);
}
