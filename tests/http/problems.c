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
        {"POST", "/api/v1/recommendations", "{\"user\":\"six\"}", "#/user", 422},
        {"POST", "/api/v1/recommendations", "{\"user\":6,\"model\":\"magic\"}", "#/model", 404},
        {"POST", "/api/v1/recommendations", "{\"user\":6,\"model\":{\"user-knn\":-1}}",
         "#/model/user-knn", 422},
        {"POST", "/api/v1/recommendations", "{\"user\":6,\"exclude\":[1,\"x\"]}", "#/exclude/1",
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
         "#/household/members/1/history/0/rating", 422},
        {"POST", "/api/v1/recommendations", "{\"history\":[{\"movie\":\"a\"}]}",
         "#/history/0/movie", 422},
        {"POST", "/api/v1/recommendations", "{\"user\":999}", "#/user", 404},
        {"POST", "/api/v1/recommendations", "{\"source_movie\":999}", "#/source_movie", 404},
        {"POST", "/api/v1/explanations", "{\"user\":6,\"movie\":999}", "#/movie", 404},
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
        {"POST", "/api/v1/jobs",
         "{\"kind\":\"train\",\"model\":\"ease\",\"params\":{\"lambda\":\"much\"}}",
         "#/params/lambda", 422},
        {"POST", "/api/v1/jobs",
         "{\"kind\":\"train\",\"model\":\"ease\",\"params\":{\"lambda\":300,\"lamda\":1}}",
         "#/params/lamda", 422},
        {"POST", "/api/v1/jobs",
         "{\"kind\":\"train\",\"model\":\"ease\",\"params\":{\"lambda\":[]}}", "#/params/lambda",
         422},
        {"POST", "/api/v1/jobs", "{\"kind\":\"evaluate\",\"params\":{\"fold\":3}}", "#/params/fold",
         422},
        {"POST", "/api/v1/jobs", "{\"kind\":\"enrich\",\"params\":{\"to-mongo\":7}}",
         "#/params/to-mongo", 422},
        {"POST", "/api/v1/jobs", "{\"kind\":\"enrich\",\"params\":{\"../x y\":7}}", "#/params",
         422},
        {"POST", "/api/v1/accounts", "{\"name\":7,\"password\":\"" LONG_WORD "\"}", "#/name", 422},
        {"POST", "/api/v1/session", "{\"name\":\"Ana\",\"password\":7}", "#/password", 422},
        {"PUT", "/api/v1/movies/1", "{\"title\":\"A\",\"movie\":2}", "#/movie", 422},
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

/* What no body of a route has, at each of its levels; the message says which one was meant. */
static void members_that_there_are_not(void **state)
{
#define EVENT "\"event_id\":\"0b7e8f9c-1111-4111-8111-111111111111\",\"type\":\"click\""
    static const struct {
        const char *method, *target, *body, *pointer, *meant;
    } wrong[] = {
        {"POST", "/api/v1/recommendations", "{\"user\":6,\"filtr\":\"year > 1990\"}", "#/filtr",
         "did you mean filter?"},
        {"POST", "/api/v1/recommendations", "{\"user\":6,\"movie\":1}", "#/movie", "user"},
        {"POST", "/api/v1/recommendations",
         "{\"history\":[{\"movie\":1,\"rating\":5,\"wieght\":2}]}", "#/history/0/wieght",
         "did you mean weight?"},
        {"POST", "/api/v1/recommendations", "{\"user\":6,\"edits\":[{\"movie\":1,\"x\":2}]}",
         "#/edits/0/x", "movie, rating and weight"},
        {"POST", "/api/v1/recommendations",
         "{\"household\":{\"rul\":\"average\",\"members\":[{\"user\":6},{\"user\":9}]}}",
         "#/household/rul", "did you mean rule?"},
        {"POST", "/api/v1/recommendations",
         "{\"household\":{\"members\":[{\"user\":6},{\"user\":9,\"nmae\":\"A\"}]}}",
         "#/household/members/1/nmae", "did you mean name?"},
        {"POST", "/api/v1/explanations", "{\"user\":6,\"movie\":1,\"log\":true}", "#/log", "movie"},
        {"POST", "/api/v1/feedback", "{\"event\":[]}", "#/event", "did you mean events?"},
        {"POST", "/api/v1/feedback", "{\"events\":[{" EVENT ",\"usr\":6,\"item\":1}]}",
         "#/events/0/usr", "did you mean user?"},
        {"POST", "/api/v1/feedback",
         "{\"events\":[{" EVENT ",\"movies\":[{\"movie\":1,\"title\":\"x\"}]}]}",
         "#/events/0/movies/0/title", "movie and rank"},
        {"PUT", "/api/v1/movies/1", "{\"titel\":\"A\"}", "#/titel", "did you mean title?"},
        {"PATCH", "/api/v1/movies/1", "{\"run_time\":90}", "#/run_time", "did you mean runtime?"},
        {"PUT", "/api/v1/people/6/ratings/11", "{\"ratings\":4}", "#/ratings",
         "did you mean rating?"},
        {"POST", "/api/v1/people/6/merge", "{\"history\":[],\"user\":6}", "#/user", "history"},
        {"POST", "/api/v1/accounts",
         "{\"name\":\"Eva\",\"password\":\"" LONG_WORD "\",\"role\":\"admin\"}", "#/role", "email"},
        {"POST", "/api/v1/session", "{\"name\":\"Eva\",\"pasword\":\"x\"}", "#/pasword",
         "did you mean password?"},
        {"PATCH", "/api/v1/me", "{\"password\":\"x\",\"disabled\":false}", "#/disabled",
         "language"},
        {"DELETE", "/api/v1/me", "{\"password\":\"x\",\"name\":\"Eva\"}", "#/name", "password"},
        {"POST", "/api/v1/me/password", "{\"password\":\"x\",\"new-password\":\"y\"}",
         "#/new-password", "did you mean new_password?"},
        {"POST", "/api/v1/password-reset", "{\"mail\":\"x\"}", "#/mail", "did you mean email?"},
        {"POST", "/api/v1/password-reset/confirm", "{\"token\":\"x\",\"password\":\"y\"}",
         "#/password", "new_password"},
        {"POST", "/api/v1/email/confirm", "{\"tokn\":\"x\"}", "#/tokn", "did you mean token?"},
    };

    (void)state;
    from.site = "same-origin";
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        as_admin();
        if (send_as(wrong[i].method, wrong[i].target, wrong[i].body) != 422)
            fail_msg("%s %s %s: %d", wrong[i].method, wrong[i].target, wrong[i].body,
                     api.exchange.status);
        assert_described(wrong[i].method);
        assert_points(wrong[i].pointer);
        if (strstr(text(api.json, "detail"), wrong[i].meant) == NULL)
            fail_msg("%s: %s", wrong[i].body, text(api.json, "detail"));
    }
}

/* The places of errors, in the order they are told, with spaces between. */
static void assert_told(const char *expected)
{
    const json_t *errors = member(api.json, "errors");
    char places[500] = "";
    size_t used = 0;

    for (size_t i = 0; i < json_array_size(errors); i++) {
        const json_t *error = json_array_get(errors, i);
        const bool body = json_object_get(error, "pointer") != NULL;

        used += (size_t)snprintf(places + used, sizeof places - used, "%s%s", used > 0 ? " " : "",
                                 text(error, body ? "pointer" : "parameter"));
    }
    assert_string_equal(places, expected);
}

static void a_list_is_told_all_at_once(void **state)
{
    static const struct {
        const char *body, *told;
        int status;
    } wrong[] = {
        {"{\"user\":6,\"limit\":0,\"reasons\":99,\"seen\":\"maybe\",\"scenario\":\"a "
         "b\",\"filter\":7,"
         "\"exclude\":{},\"novelty\":\"much\"}",
         "#/scenario #/limit #/reasons #/seen #/exclude #/filter #/novelty", 422},
        {"{\"user\":6,\"limit\":0,\"diversity\":5,\"seen\":\"x\"}", "#/limit #/seen #/diversity",
         422},
        {"{\"user\":6,\"limit\":5,\"model\":\"x\",\"filter\":\"year >\"}", "#/model #/filter", 422},
        {"{\"user\":6,\"boost\":\"year >\",\"filter\":\"yeer > 1\"}", "#/filter #/boost", 422},
        {"{\"user\":999,\"model\":\"x\"}", "#/model #/user", 404},
        {"{\"user\":6,\"history\":[{\"movie\":1,\"rating\":5}]}", "#", 422},
        {"{\"user\":6,\"limits\":5,\"seed\":\"x\",\"limit\":0}", "#/limits #/seed #/limit", 422},
        {"{\"user\":999,\"source_movie\":998,\"calibrate\":3}", "#/calibrate #/source_movie #/user",
         422},
        {"{\"history\":[{\"movie\":999,\"rating\":5}],\"edits\":[{\"movie\":\"a\"}],\"model\":{"
         "\"x\":1}}",
         "#/edits/0/movie #/model/x #/history/0/movie", 422},
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        as_admin();
        refuses("POST", "/api/v1/recommendations", wrong[i].body, wrong[i].status,
                wrong[i].status == 404 ? "E_NOTFOUND" : "E_INVALID", "");
        assert_told(wrong[i].told);
        for (size_t k = 0; k < json_array_size(member(api.json, "errors")); k++)
            assert_string_equal(text(json_array_get(member(api.json, "errors"), k), "code"),
                                wrong[i].status == 404 ? "not_found" : "invalid");
    }
    refuses("POST", "/api/v1/explanations", "{\"user\":6,\"movie\":999,\"model\":\"x\"}", 404,
            "E_NOTFOUND", "movie: no film has id 999");
    assert_told("#/movie #/model");
    refuses("GET", "/api/v1/recommendations?limit=0&seen=x&novelty=9&boost=year%20%3E", NULL, 422,
            "E_INVALID", "");
    assert_told("limit seen user novelty boost");
    refuses("GET", "/api/v1/recommendations?user=x&limit=0", NULL, 422, "E_INVALID", "");
    assert_told("user limit");
    refuses("GET", "/api/v1/movies/999/similar?limit=0", NULL, 404, "E_NOTFOUND", "999");
    assert_null(json_object_get(api.json, "errors"));
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
        {"/api/v1/recommendations?user=6&exclude=x", "exclude"},
        {"/api/v1/movies?cursor=x", "cursor"},
        {"/api/v1/movies?filter=(", "filter"},
        {"/api/v1/people?limit=0", "limit"},
        {"/api/v1/people/6/ratings?kind=loved", "kind"},
        {"/api/v1/people/6/ratings?cursor=o5", "cursor"},
        {"/api/v1/people/6/ratings?cursor=rnan_0_0", "cursor"},
        {"/api/v1/people/6/ratings?cursor=r5_1_2x", "cursor"},
        {"/api/v1/charts/top?filter=(", "filter"},
        {"/api/v1/feedback?limit=201", "limit"},
        {"/api/v1/versions?cursor=b-1", "cursor"},
        {"/api/v1/movies/1?user=x", "user"},
        {"/api/v1/movies?page=2", "page"},
        {"/api/v1/health?limit=2", "limit"},
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
    refuses("GET", "/api/v1/recommendations?user=6&filtr=year%20%3E%201990", NULL, 422, "E_INVALID",
            "filtr: there is no such parameter; did you mean filter?");
}

/* Nothing of the request is wrong, or it is the address. */
static void other_refusals_point_nowhere(void **state)
{
    (void)state;
    as_admin();
    refuses("GET", "/api/v1/movies/99999", NULL, 404, "E_NOTFOUND", "99999");
    assert_null(json_object_get(api.json, "errors"));
    refuses("GET", "/api/v1/nothing", NULL, 404, "E_NOTFOUND",
            "there is no /api/v1/nothing; /api/v1/docs lists every path");
    assert_null(json_object_get(api.json, "errors"));
    refuses("PUT", "/api/v1/recommendations", "{}", 405, "E_INVALID", "allowed: GET");
    assert_null(json_object_get(api.json, "errors"));
    refuses("PUT", "/api/v1/people/5/ratings/11", "{\"rating\":4}", 404, "E_NOTFOUND", "person");
    assert_null(json_object_get(api.json, "errors"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_body_is_pointed_into),
        cmocka_unit_test(members_that_there_are_not),
        cmocka_unit_test(a_list_is_told_all_at_once),
        cmocka_unit_test(syntax_has_a_position),
        cmocka_unit_test(parameters_are_named),
        cmocka_unit_test(other_refusals_point_nowhere),
    };

    return cmocka_run_group_tests(tests, account_start, account_stop);
}
