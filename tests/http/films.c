/* Films put, changed and taken away: the next engine knows them, and nobody else may write them. */
#include "http/api.h"

static void as(unsigned scopes)
{
    api.caller = (reel_caller){REEL_CALLER_KEY, 0, REEL_ROLE_PERSON, scopes, false, false};
}

/* What a server does when its store changed. */
static void reopen(void)
{
    reel__session_free(api.session);
    reel__engine_close(api.engine);
    api.engine = world_open_over("reel.db", api.store, api.overlay);
    api.session = world_session(api.engine);
    api.app.engine = api.engine;
}

static void a_film_is_put_changed_and_taken_away(void **state)
{
    const json_t *film;

    (void)state;
    as(REEL_SCOPES_ALL);
    assert_int_equal(ask("PUT", "/api/v1/movies/777",
                         "{\"title\":\"The Long Night\",\"year\":1999,\"genres\":[\"Drama\"],"
                         "\"directors\":[\"A. Person\"],\"overview\":\"A detective in the snow.\","
                         "\"runtime\":90,\"imdb_id\":\"tt0000042\",\"vote_average\":7.5}"),
                     201);
    assert_string_equal(api.exchange.location, "/api/v1/movies/777");
    refuses("GET", "/api/v1/movies/777", NULL, 404, "E_NOTFOUND", "777"); /* not yet */
    refuses("PATCH", "/api/v1/movies/777", "{\"runtime\":95}", 409, "E_CONFLICT", "not in service");
    refuses("DELETE", "/api/v1/movies/777", NULL, 409, "E_CONFLICT", "not in service");
    refuses("PATCH", "/api/v1/movies/1", "{\"runtime\":95}", 409, "E_CONFLICT", "not in service");
    reopen();
    film = get("/api/v1/movies/777");
    assert_string_equal(text(film, "title"), "The Long Night");
    assert_int_equal(integer(film, "year"), 1999);
    assert_string_equal(text(film, "imdb_id"), "tt0000042");
    film = json_array_get(member(get("/api/v1/movies?q=long%20night"), "items"), 0);
    assert_int_equal(integer(film, "movie"), 777); /* searched */
    assert_true(json_array_size(member(get("/api/v1/movies/777/similar"), "items")) > 0);
    assert_int_equal(ask("PATCH", "/api/v1/movies/777", "{\"runtime\":95,\"overview\":null}"), 200);
    assert_null(api.exchange.location);
    reopen();
    film = get("/api/v1/movies/777");
    assert_int_equal(integer(film, "runtime"), 95);
    assert_string_equal(text(film, "title"), "The Long Night");
    assert_true(json_is_null(member(film, "overview")));
    assert_int_equal(ask("DELETE", "/api/v1/movies/777", NULL), 204);
    reopen();
    refuses("GET", "/api/v1/movies/777", NULL, 404, "E_NOTFOUND", "777");
    refuses("DELETE", "/api/v1/movies/777", NULL, 404, "E_NOTFOUND", "777");
    refuses("PATCH", "/api/v1/movies/777", "{}", 404, "E_NOTFOUND", "777");
}

static void many_are_put_line_by_line(void **state)
{
    static const char lines[] = "{\"movie\":1,\"title\":\"Toy Story\",\"year\":1995}\n"
                                "\n"
                                "{\"movie\":801,\"title\":\"One\"}\n"
                                "{\"movie\":802}\n"
                                "{\"movie\":803,\"title\":\"Two\",\"yaer\":2000}\n"
                                "{\"title\":\"Three\"}\n"
                                "{\"movie\":\n";
    const json_t *items;

    (void)state;
    as(REEL_SCOPES_ALL);
    begin("POST", "/api/v1/movies:batch");
    api.exchange.body = lines;
    api.exchange.body_length = sizeof lines - 1;
    api.exchange.content_type = "application/x-ndjson";
    assert_int_equal(handle(), 200);
    assert_described("POST");
    assert_int_equal(integer(api.json, "put"), 2);
    items = member(api.json, "items");
    assert_each(items, "line:i movie:i? status:s detail:s?");
    assert_int_equal(json_array_size(items), 6);
    assert_string_equal(text(json_array_get(items, 0), "status"), "updated");
    assert_string_equal(text(json_array_get(items, 1), "status"), "created");
    assert_int_equal(integer(json_array_get(items, 1), "line"), 3);
    for (size_t i = 2; i < 6; i++)
        assert_string_equal(text(json_array_get(items, i), "status"), "failed");
    reopen();
    assert_string_equal(text(get("/api/v1/movies/801"), "title"), "One");
    refuses("POST", "/api/v1/movies:batch", "", 422, "E_INVALID", "a line");
}

/* What GET gives of a film can be sent back with a change. */
static void a_film_goes_back_as_it_came(void **state)
{
    static const char path[] = "/api/v1/movies/11";
    json_t *film;
    char *body;

    (void)state;
    as(REEL_SCOPES_ALL);
    film = json_deep_copy(get(path));
    assert_int_equal(json_object_set_new(film, "runtime", json_integer(81)), 0);
    body = json_dumps(film, JSON_COMPACT);
    assert_int_equal(ask("PUT", path, body), 200);
    reopen();
    assert_int_equal(integer(get(path), "runtime"), 81);
    assert_true(json_equal(member(get(path), "genres"), member(film, "genres")));
    assert_string_equal(text(get(path), "title"), text(film, "title"));
    free(body);
    json_decref(film);
}

static int send_if(const char *method, const char *target, const char *match, const char *none,
                   const char *body)
{
    begin(method, target);
    api.exchange.if_match = match;
    api.exchange.if_none_match = none;
    if (body != NULL) {
        api.exchange.body = body;
        api.exchange.body_length = strlen(body);
        api.exchange.content_type = "application/json";
    }
    return handle();
}

/* Two who looked at the same film: the second is told that it is another by now. */
static void only_the_film_that_was_seen_is_changed(void **state)
{
    static const char path[] = "/api/v1/movies/21";
    char tag[40], packed[48];

    (void)state;
    as(REEL_SCOPES_ALL);
    (void)get(path);
    (void)snprintf(tag, sizeof tag, "%s", api.exchange.etag);
    assert_int_equal(send_if("PATCH", path, "\"0123456789abcdef\"", NULL, "{\"runtime\":95}"), 412);
    assert_described("PATCH");
    assert_problem(412, "E_CONFLICT", "If-Match");
    (void)snprintf(packed, sizeof packed, "\"x\", W/%s", tag);
    assert_int_equal(send_if("PATCH", path, packed, NULL, "{\"runtime\":95}"), 200);
    /* the first change is not in service yet: nobody can have seen what there is */
    assert_int_equal(send_if("PUT", path, tag, NULL, "{\"title\":\"Heat\"}"), 409);
    assert_int_equal(send_if("DELETE", path, tag, NULL, NULL), 409);
    reopen();
    assert_int_equal(send_if("PUT", path, tag, NULL, "{\"title\":\"Heat\"}"), 412);
    assert_int_equal(send_if("DELETE", path, tag, NULL, NULL), 412);
    assert_int_equal(integer(get(path), "runtime"), 95);
    (void)snprintf(tag, sizeof tag, "%s", api.exchange.etag);
    assert_int_equal(send_if("DELETE", path, tag, NULL, NULL), 204);
    reopen();
    assert_int_equal(send_if("PUT", path, "*", NULL, "{\"title\":\"Heat\"}"), 412);
}

static void a_film_is_only_made_where_there_is_none(void **state)
{
    (void)state;
    as(REEL_SCOPES_ALL);
    assert_int_equal(send_if("PUT", "/api/v1/movies/1", NULL, "*", "{\"title\":\"One\"}"), 412);
    assert_problem(412, "E_CONFLICT", "If-None-Match");
    assert_int_equal(send_if("PUT", "/api/v1/movies/901", NULL, "*", "{\"title\":\"New\"}"), 201);
    assert_int_equal(send_if("PUT", "/api/v1/movies/901", NULL, "*", "{\"title\":\"New\"}"), 409);
    assert_int_equal(send_if("PATCH", "/api/v1/movies/901", "*", NULL, "{\"runtime\":95}"), 409);
    reopen();
    assert_int_equal(send_if("PUT", "/api/v1/movies/901", NULL, "*", "{\"title\":\"New\"}"), 412);
    assert_string_equal(text(get("/api/v1/movies/901"), "title"), "New");
}

static void what_is_wrong_is_said(void **state)
{
    static const struct {
        const char *body, *part;
    } bodies[] = {
        {"{}", "title"},
        {"[]", "object"},
        {"{\"title\":5}", "title"},
        {"{\"title\":\"a\",\"year\":-1}", "year"},
        {"{\"title\":\"a\",\"genres\":\"Drama\"}", "genres"},
        {"{\"title\":\"a\",\"genres\":[\"a|b\"]}", "genres[0]"},
        {"{\"title\":\"a\",\"genres\":[\"a\\u001b[2Jb\"]}", "genres[0]"},
        {"{\"title\":\"a\\u001b[2J\"}", "title: expected"},
        {"{\"title\":\"a\\u009b2J\"}", "title: expected"},
        {"{\"title\":\"a\\nb\"}", "title: expected"},
        {"{\"title\":\"a\",\"overview\":\"a\\nb\\u0007\"}", "overview: expected"},
        {"{\"title\":\"a\",\"imdb_id\":\"42\"}", "imdb_id"},
        {"{\"title\":\"a\",\"vote_average\":11}", "vote_average"},
        {"{\"title\":\"a\",\"runtime\":-5}", "runtime"},
    };

    (void)state;
    as(REEL_SCOPES_ALL);
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        refuses("PUT", "/api/v1/movies/1", bodies[i].body, 422, "E_INVALID", bodies[i].part);
    refuses("PUT", "/api/v1/movies/1", "{", 400, "E_SYNTAX", "");
    as(REEL_SCOPE_READ | REEL_SCOPE_FEEDBACK);
    refuses("PUT", "/api/v1/movies/1", "{\"title\":\"a\"}", 403, "E_DENIED", "items:write");
    refuses("DELETE", "/api/v1/movies/1", NULL, 403, "E_DENIED", "items:write");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_film_is_put_changed_and_taken_away),
        cmocka_unit_test(many_are_put_line_by_line),
        cmocka_unit_test(a_film_goes_back_as_it_came),
        cmocka_unit_test(only_the_film_that_was_seen_is_changed),
        cmocka_unit_test(a_film_is_only_made_where_there_is_none),
        cmocka_unit_test(what_is_wrong_is_said),
    };

    return cmocka_run_group_tests(tests, api_start, api_stop);
}
