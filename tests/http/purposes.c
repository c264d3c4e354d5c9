/* What a list is made of and what it is for: mixtures of models, films like a film for somebody,
 * scenarios, and impressions that the server keeps itself. */
#include "http/api.h"

enum { PATH = REEL_HTTP_TARGET_MAX };

static json_t *keep(const json_t *answer)
{
    return json_incref((json_t *)(uintptr_t)answer);
}

/* ---- mixtures ------------------------------------------------------------------------------ */

static void assert_blend(const json_t *list)
{
    const json_t *items = member(list, "items");

    assert_shape(member(list, "model"), "name:s id:s data_hash:s blend:o");
    assert_string_equal(text(member(list, "model"), "name"), "blend");
    assert_true(json_array_size(items) > 3);
    for (size_t i = 0; i < json_array_size(items); i++)
        assert_sums(json_array_get(items, i));
}

/* One model alone is that model's order; its reasons are scaled as its scores are. */
static void a_mixture_of_one_is_that_model(void **state)
{
    json_t *alone = keep(post("/api/v1/recommendations", "{\"user\":6,\"model\":\"ease\"}"));
    const json_t *list =
        post("/api/v1/recommendations", "{\"user\":6,\"model\":{\"ease\":2,\"content\":0}}");

    (void)state;
    assert_blend(list);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(integer(json_array_get(member(list, "items"), i), "movie"),
                         integer(json_array_get(member(alone, "items"), i), "movie"));
    json_decref(alone);
}

/* Scores of a mixture are the weighted sum of its models' own standardised ones. */
static void weights_are_what_is_added(void **state)
{
    static const char *const bodies[] = {
        "{\"user\":6,\"seen\":\"show\",\"limit\":30,\"model\":{\"ease\":1}}",
        "{\"user\":6,\"seen\":\"show\",\"limit\":30,\"model\":{\"content\":1}}",
        "{\"user\":6,\"seen\":\"show\",\"limit\":30,\"model\":{\"ease\":0.6,\"content\":0.4}}"};
    json_t *lists[3];
    const json_t *items;

    (void)state;
    for (size_t i = 0; i < 3; i++)
        lists[i] = keep(post("/api/v1/recommendations", bodies[i]));
    assert_blend(lists[2]);
    assert_true(number(member(member(lists[2], "model"), "blend"), "ease") == 0.6);
    assert_string_not_equal(text(member(lists[2], "model"), "id"),
                            text(member(lists[0], "model"), "id"));
    items = member(lists[2], "items");
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);
        const json_t *ease = item_of(lists[0], integer(item, "movie"));
        const json_t *content = item_of(lists[1], integer(item, "movie"));

        if (ease != NULL && content != NULL)
            assert_true(fabs(number(item, "score") - 0.6 * number(ease, "score") -
                             0.4 * number(content, "score")) < 1e-4);
    }
    for (size_t i = 0; i < 3; i++)
        json_decref(lists[i]);
}

static void an_explanation_of_a_mixture(void **state)
{
    json_t *list = keep(
        post("/api/v1/recommendations", "{\"user\":6,\"model\":{\"ials\":1,\"popular\":0.5}}"));
    const json_t *first = json_array_get(member(list, "items"), 0);
    char body[120];

    (void)state;
    (void)snprintf(body, sizeof body,
                   "{\"user\":6,\"movie\":%lld,\"model\":{\"ials\":1,\"popular\":0.5}}",
                   (long long)integer(first, "movie"));
    (void)post("/api/v1/explanations", body);
    assert_sums(api.json);
    assert_int_equal(integer(api.json, "rank"), 1);
    assert_true(fabs(number(api.json, "score") - number(first, "score")) < 1e-5);
    json_decref(list);
}

static void wrong_mixtures_are_named(void **state)
{
    static const struct {
        const char *model, *part;
    } wrong[] = {
        {"{}", "model"},
        {"{\"ease\":0}", "above 0"},
        {"{\"ease\":-1}", "model.ease"},
        {"{\"ease\":101}", "model.ease"},
        {"{\"ease\":\"1\"}", "model.ease"},
        {"{\"hybrid\":1}", "model.hybrid"},
        {"{\"als\":1}", "model.als"},
        {"{\"magic\":1}", "model.magic"},
        {"{\"ease\":1,\"ials\":1,\"content\":1,\"user-knn\":1,\"popular\":1,\"hybrid\":1}", "5"},
        {"[]", "model"},
    };
    char body[160];

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        (void)snprintf(body, sizeof body, "{\"user\":6,\"model\":%s}", wrong[i].model);
        refuses("POST", "/api/v1/recommendations", body, 422, "E_INVALID", wrong[i].part);
    }
}

/* ---- similar films for somebody ------------------------------------------------------------ */

static void similar_films_suit_whoever_asks(void **state)
{
    json_t *even = keep(get("/api/v1/movies/31/similar?user=6&seen=show&limit=20"));
    const json_t *odd = get("/api/v1/movies/31/similar?user=9&seen=show&limit=20");
    bool differ = false;

    (void)state;
    assert_true(assert_list(even) > 5);
    assert_true(assert_list(odd) > 5);
    assert_string_equal(text(even, "basis"), "trained");
    assert_int_equal(integer(even, "user"), 6);
    assert_int_equal(integer(even, "source_movie"), 31);
    assert_null(item_of(even, 31));
    for (size_t i = 0; i < 5; i++)
        differ = differ || integer(json_array_get(member(even, "items"), i), "movie") !=
                               integer(json_array_get(member(odd, "items"), i), "movie");
    assert_true(differ);
    json_decref(even);
}

/* Among the reasons are the film asked about, which nobody rated here, and the history. */
static void reasons_are_of_both_sides(void **state)
{
    const json_t *list = post("/api/v1/recommendations",
                              "{\"source_movie\":1,\"reasons\":16,\"history\":[{\"movie\":131,"
                              "\"rating\":5},{\"movie\":271,\"rating\":4}]}");
    const json_t *items = member(list, "items");
    bool film = false, history = false;

    (void)state;
    assert_true(assert_list(list) > 3);
    assert_string_equal(text(list, "basis"), "fold_in");
    assert_null(item_of(list, 131));
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *reasons = member(json_array_get(items, i), "reasons");

        for (size_t k = 0; k < json_array_size(reasons); k++) {
            const json_t *reason = json_array_get(reasons, k);

            if (integer(reason, "movie") == 1) {
                film = true;
                assert_true(json_is_null(member(reason, "rating")));
            } else {
                history = true;
                assert_true(number(reason, "rating") >= 4);
            }
        }
    }
    assert_true(film && history);
    (void)post("/api/v1/explanations",
               "{\"source_movie\":1,\"movie\":11,\"history\":[{\"movie\":131,\"rating\":5},"
               "{\"movie\":271,\"rating\":4}]}");
    assert_sums(api.json);
    refuses("GET", "/api/v1/movies/1/similar?user=4", NULL, 404, "E_NOTFOUND", "4");
    refuses("POST", "/api/v1/recommendations",
            "{\"source_movie\":1,\"household\":{\"members\":[{\"user\":6},{\"user\":9}]}}", 422,
            "E_INVALID", "source_movie");
}

/* ---- scenarios ----------------------------------------------------------------------------- */

static void a_scenario_stays_with_its_list(void **state)
{
    static char path[PATH];
    const json_t *list =
        post("/api/v1/recommendations", "{\"user\":6,\"limit\":2,\"scenario\":\"home.top-row_1\"}");

    (void)state;
    assert_string_equal(text(list, "scenario"), "home.top-row_1");
    (void)snprintf(path, sizeof path, "%s", text(list, "next"));
    assert_string_equal(text(get(path), "scenario"), "home.top-row_1");
    assert_string_equal(text(get("/api/v1/recommendations?user=6&scenario=tv"), "scenario"), "tv");
    assert_true(json_is_null(member(get("/api/v1/recommendations?user=6"), "scenario")));
    refuses("POST", "/api/v1/recommendations", "{\"user\":6,\"scenario\":\"a b\"}", 422,
            "E_INVALID", "scenario");
    refuses("POST", "/api/v1/recommendations", "{\"user\":6,\"scenario\":\"\"}", 422, "E_INVALID",
            "scenario");
    refuses("GET", "/api/v1/recommendations?user=6&scenario=%3Cb%3E", NULL, 422, "E_INVALID",
            "scenario");
}

/* ---- impressions --------------------------------------------------------------------------- */

static size_t events_of(const char *list, size_t films)
{
    const json_t *items = member(get("/api/v1/feedback?type=impression&limit=200"), "items");
    size_t found = 0;

    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *event = json_array_get(items, i);

        if (strcmp(text(event, "list_id"), list) != 0)
            continue;
        found++;
        assert_int_equal(json_array_size(member(event, "movies")), films);
        assert_string_equal(text(event, "method"), "hybrid");
        assert_string_equal(text(event, "scenario"), "evening");
        assert_int_equal(integer(event, "user"), 6);
    }
    return found;
}

static void the_server_keeps_an_impression(void **state)
{
    static char path[PATH];
    char id[64];
    const json_t *list = post("/api/v1/recommendations",
                              "{\"user\":6,\"limit\":3,\"log\":true,\"scenario\":\"evening\"}");

    (void)state;
    (void)snprintf(id, sizeof id, "%s", text(list, "id"));
    (void)snprintf(path, sizeof path, "%s", text(list, "next"));
    assert_int_equal(events_of(id, 3), 1);
    (void)get(path); /* the page that follows is one more */
    assert_int_equal(events_of(id, 3), 2);
    list = post("/api/v1/recommendations", "{\"user\":6,\"limit\":3}");
    (void)snprintf(id, sizeof id, "%s", text(list, "id"));
    assert_int_equal(events_of(id, 3), 0);
    refuses("POST", "/api/v1/recommendations", "{\"user\":6,\"log\":1}", 422, "E_INVALID", "log");
}

static void whoever_may_not_say_so_keeps_none(void **state)
{
    reel_feedback *feedback = api.app.feedback;

    (void)state;
    api.app.feedback = NULL;
    refuses("POST", "/api/v1/recommendations", "{\"user\":6,\"log\":true}", 503, "E_STORE", "log");
    api.app.feedback = feedback;
    api.app.auth = REEL_AUTH_ACCOUNTS;
    refuses("POST", "/api/v1/recommendations", "{\"user\":6,\"log\":true}", 401, "E_UNAUTH", "");
    api.app.auth = REEL_AUTH_OPEN;
}

/* ---- memory -------------------------------------------------------------------------------- */

static reel_code mix_once(void *context, reel_err *err)
{
    static const reel_blend_part parts[] = {{"ease", 1}, {"content", 0.5}};
    reel_request request = reel__request_default();
    reel_session *session = NULL;
    const reel_list *list;
    reel_code rc;

    (void)context;
    REEL_TRY(reel__session_new(&session, api.engine, err));
    request.user = 6;
    request.blend = parts;
    request.blend_count = 2;
    REEL_TRY(reel__recommend(session, &request, &list, err));
    request.blend_count = 0;
    request.source_movie = 1;
    REEL_TRY(reel__recommend(session, &request, &list, err));
out:
    reel__session_free(session);
    return rc;
}

static void memory_may_be_missing(void **state)
{
    reel_err err = {0};

    (void)state;
    assert_ok(mix_once(NULL, &err));
    assert_true(sweep_memory(mix_once, NULL) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mixture_of_one_is_that_model),
        cmocka_unit_test(weights_are_what_is_added),
        cmocka_unit_test(an_explanation_of_a_mixture),
        cmocka_unit_test(wrong_mixtures_are_named),
        cmocka_unit_test(similar_films_suit_whoever_asks),
        cmocka_unit_test(reasons_are_of_both_sides),
        cmocka_unit_test(a_scenario_stays_with_its_list),
        cmocka_unit_test(the_server_keeps_an_impression),
        cmocka_unit_test(whoever_may_not_say_so_keeps_none),
        cmocka_unit_test(memory_may_be_missing),
    };

    return cmocka_run_group_tests(tests, api_start, api_stop);
}
