/* Lists that go on: together the parts are the long list, for a person, a history and a film, with
 * rules and without; tokens that were changed, are old or of another server are refused.
 */
#include "base/clock.h"
#include "http/api.h"
#include "http/list_body.h"

enum { PART = 2, WHOLE = 30, PARTS_MOST = 16, PATH = REEL_HTTP_TARGET_MAX };

static int64_t movie_at(const json_t *list, size_t at)
{
    return integer(json_array_get(member(list, "items"), at), "movie");
}

/* Ask for the long list, then for a short one and what follows it; %d is the limit. */
static void goes_on_like(const char *format)
{
    char body[300], path[PATH], id[48];
    json_t *whole;
    const json_t *part;
    size_t at = 0;

    (void)snprintf(body, sizeof body, format, WHOLE);
    whole = json_incref((json_t *)(uintptr_t)post("/api/v1/recommendations", body));
    (void)snprintf(body, sizeof body, format, PART);
    part = post("/api/v1/recommendations", body);
    (void)snprintf(id, sizeof id, "%s", text(part, "id"));
    for (int parts = 0; parts < PARTS_MOST; parts++) {
        const json_t *items = member(part, "items"), *next = member(part, "next");

        assert_string_equal(text(part, "id"), id);
        for (size_t i = 0; i < json_array_size(items); i++, at++) {
            assert_int_equal(movie_at(part, i), movie_at(whole, at));
            assert_int_equal(integer(json_array_get(items, i), "rank"), at + 1);
        }
        if (json_is_null(next))
            break;
        (void)snprintf(path, sizeof path, "%s", json_string_value(next));
        part = get(path);
    }
    assert_int_equal(at, json_array_size(member(whole, "items")));
    assert_true(at > (size_t)2 * PART);
    json_decref(whole);
}

static void the_parts_are_the_whole(void **state)
{
    (void)state;
    goes_on_like("{\"user\":6,\"limit\":%d}");
    goes_on_like("{\"user\":6,\"limit\":%d,\"model\":\"popular\",\"seen\":\"show\",\"reasons\":0}");
    goes_on_like("{\"user\":6,\"limit\":%d,\"filter\":\"year > 1960\",\"exclude\":[11]}");
    goes_on_like("{\"history\":[{\"movie\":1,\"rating\":5},{\"movie\":31,\"rating\":4,"
                 "\"weight\":2}],\"limit\":%d}");
    goes_on_like("{\"history\":[{\"movie\":1,\"rating\":5},{\"movie\":31,\"kind\":\"clicked\","
                 "\"weight\":2}],\"limit\":%d}");
    goes_on_like("{\"user\":6,\"edits\":[{\"movie\":291,\"rating\":5}],\"limit\":%d}");
    goes_on_like("{\"source_movie\":1,\"limit\":%d}");
    goes_on_like("{\"source_movie\":1,\"user\":6,\"seen\":\"show\",\"limit\":%d}");
    goes_on_like("{\"user\":6,\"model\":{\"ease\":0.6,\"content\":0.4},\"limit\":%d}");
    goes_on_like("{\"history\":[],\"limit\":%d}");
    goes_on_like(
        "{\"household\":{\"rule\":\"fairness\",\"members\":[{\"user\":6},{\"name\":\"Ana\","
        "\"history\":[{\"movie\":1,\"rating\":5}]},{\"history\":[]}]},\"limit\":%d}");
}

static void rules_hold_on_every_page(void **state)
{
    char path[PATH];
    bool seen[1000] = {false};
    const json_t *list =
        post("/api/v1/recommendations", "{\"user\":6,\"limit\":5,\"diversity\":0.5,"
                                        "\"boost\":\"if genre:Crime then 2 else 1\"}");

    (void)state;
    for (int part = 0; part < 3; part++) {
        const json_t *items = member(list, "items");

        for (size_t i = 0; i < json_array_size(items); i++) {
            assert_false(seen[movie_at(list, i)]);
            seen[movie_at(list, i)] = true;
        }
        if (json_is_null(member(list, "next")))
            break;
        (void)snprintf(path, sizeof path, "%s", text(list, "next"));
        list = get(path);
    }
}

static void the_shorthand_goes_on_too(void **state)
{
    char path[PATH];

    (void)state;
    (void)snprintf(path, sizeof path, "%s",
                   text(get("/api/v1/recommendations?user=6&limit=3"), "next"));
    assert_int_equal(integer(json_array_get(member(get(path), "items"), 0), "rank"), 4);
    (void)snprintf(path, sizeof path, "%s", text(get("/api/v1/movies/1/similar?limit=3"), "next"));
    assert_int_equal(integer(get(path), "source_movie"), 1);
}

static void tokens_of_others_are_refused(void **state)
{
    char path[PATH];
    char *at;

    (void)state;
    (void)snprintf(path, sizeof path, "%s",
                   text(get("/api/v1/recommendations?user=6&limit=3"), "next"));
    at = path + strlen("/api/v1/recommendations/") + 9;
    *at = *at == 'A' ? 'B' : 'A';
    refuses("GET", path, NULL, 422, "E_INVALID", "not made by this server");
    *at = '.';
    refuses("GET", path, NULL, 404, "E_NOTFOUND", "there is no");
    refuses("GET", "/api/v1/recommendations/abc/next", NULL, 422, "E_INVALID", "ask for the list");
    (void)snprintf(path, sizeof path, "%s",
                   text(get("/api/v1/recommendations?user=6&limit=3"), "next"));
    api.app.key.bytes[0] ^= 1;
    refuses("GET", path, NULL, 422, "E_INVALID", "not made by this server");
    api.app.key.bytes[0] ^= 1;
    assert_int_equal(json_array_size(member(get(path), "items")), 3);
}

static void old_lists_are_gone(void **state)
{
    char path[PATH], token[200];
    reel_buf sealed;
    reel_err err = {0};

    (void)state;
    (void)snprintf(token, sizeof token,
                   "{\"list\":\"r_0\",\"at\":%lld,\"earlier\":[1],\"request\":{\"user\":6}}",
                   (long long)reel__clock_now() - (long long)(REEL_LIST_HOURS + 1) * 3600);
    reel__buf_init(&sealed, PATH);
    assert_ok(reel__seal(&sealed, &api.app.key, token, strlen(token), &err));
    (void)snprintf(path, sizeof path, "/api/v1/recommendations/%s/next", sealed.data);
    refuses("GET", path, NULL, 410, "E_GONE", "older than 24 hours");
    reel__buf_fini(&sealed);
}

/* Nothing is refused because of a long history: the list only has no next. */
static void a_history_too_long_for_a_path_ends_the_list(void **state)
{
    reel_list list = {.count = 1};
    static reel_given given[REEL_HISTORY_MAX];
    reel_request request = reel__request_default();
    reel_buf path;
    reel_err err = {0};

    (void)state;
    for (int i = 0; i < REEL_HISTORY_MAX; i++)
        given[i] = (reel_given){.movie = i * 7919 % 87001, .rating = 0.5 + i % 7, .weight = 1};
    request.given = given;
    request.given_count = REEL_HISTORY_MAX;
    request.limit = 1;
    reel__buf_init(&path, 1 << 20);
    assert_ok(reel__list_next_path(&path, &api.app.key, api.engine, &list, &request, &err));
    assert_int_equal(path.length, 0);
    request.given_count = 300;
    assert_ok(reel__list_next_path(&path, &api.app.key, api.engine, &list, &request, &err));
    assert_true(path.length > 500 && path.length <= REEL_NEXT_MAX);
    reel__buf_fini(&path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_parts_are_the_whole),
        cmocka_unit_test(rules_hold_on_every_page),
        cmocka_unit_test(the_shorthand_goes_on_too),
        cmocka_unit_test(tokens_of_others_are_refused),
        cmocka_unit_test(old_lists_are_gone),
        cmocka_unit_test(a_history_too_long_for_a_path_ends_the_list),
    };

    return cmocka_run_group_tests(tests, api_start, api_stop);
}
