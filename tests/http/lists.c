/* Recommendations, films like a film, and explanations: shapes, sums, what is hidden, what a
 * history from outside has in common with one of the data set, and what is refused. */
#include "http/api.h"

static const char *const models[] = {"hybrid",   "ease",    "ials", "content",
                                     "user-knn", "popular", "als"};

enum { MODELS_HERE = 4, BODY = 4096 };

static void every_model_answers_for_a_person(void **state)
{
    char target[120];

    (void)state;
    for (int i = 0; i < MODELS_HERE; i++) {
        const json_t *list;

        (void)snprintf(target, sizeof target, "/api/v1/recommendations?user=6&limit=100&model=%s",
                       models[i]);
        list = get(target);
        assert_true(assert_list(list) > 0);
        assert_string_equal(text(member(list, "model"), "name"), models[i]);
        assert_string_equal(text(list, "basis"), "trained");
        assert_int_equal(integer(list, "user"), 6);
        assert_true(json_is_null(member(list, "source_movie")));
    }
}

static void get_is_short_for_post(void **state)
{
    json_t *first;
    const json_t *second;

    (void)state;
    (void)get("/api/v1/recommendations?user=9&limit=5");
    first = json_incref(api.json);
    second = post("/api/v1/recommendations", "{\"user\":9,\"limit\":5}");
    assert_true(json_equal(member(first, "items"), member(second, "items")));
    assert_string_equal(text(member(second, "model"), "name"), "hybrid");
    assert_string_not_equal(text(first, "id"), text(second, "id"));
    json_decref(first);
}

static void films_like_a_film_come_from_their_texts(void **state)
{
    const json_t *list = get("/api/v1/movies/1/similar?limit=20");
    const json_t *first = json_array_get(member(list, "items"), 0);

    (void)state;
    assert_list(list);
    assert_string_equal(text(member(list, "model"), "name"), "content");
    assert_int_equal(integer(list, "source_movie"), 1);
    assert_string_equal(text(list, "basis"), "fold_in");
    assert_string_equal(text(first, "title"), "Toy Story 2");
    assert_true(json_array_size(member(first, "terms")) > 0);
    assert_null(item_of(list, 1));
    for (int i = 0; i < MODELS_HERE; i++) {
        char target[80];

        (void)snprintf(target, sizeof target, "/api/v1/movies/1/similar?model=%s", models[i]);
        assert_int_equal(assert_list(get(target)), 10);
        assert_string_equal(text(member(api.json, "model"), "name"), models[i]);
    }
}

static void what_was_seen_or_excluded_is_hidden(void **state)
{
    const json_t *list =
        post("/api/v1/recommendations",
             "{\"history\":[{\"movie\":1,\"rating\":5},{\"movie\":31,\"rating\":4}],"
             "\"exclude\":[11,1,999],\"limit\":100}");

    (void)state;
    assert_list(list);
    assert_int_equal(integer(member(list, "removed"), "seen"), 2);
    assert_int_equal(integer(member(list, "removed"), "exclude"), 1);
    assert_null(item_of(list, 1));
    assert_null(item_of(list, 11));
    assert_null(item_of(list, 31));
    list = post("/api/v1/recommendations",
                "{\"history\":[{\"movie\":1,\"rating\":5},{\"movie\":31,\"rating\":4}],"
                "\"seen\":\"show\",\"limit\":100}");
    assert_list(list);
    assert_int_equal(integer(member(list, "removed"), "seen"), 0);
    assert_non_null(item_of(list, 1));
}

/* As in events: many clients keep ids as texts. */
static void ids_may_be_texts(void **state)
{
    static const char *const pairs[][2] = {
        {"{\"user\":6,\"exclude\":[11]}", "{\"user\":\"6\",\"exclude\":[\"11\"]}"},
        {"{\"history\":[{\"movie\":1,\"rating\":5}]}",
         "{\"history\":[{\"movie\":\"1\",\"rating\":5}]}"},
        {"{\"source_movie\":1,\"user\":6}", "{\"source_movie\":\"1\",\"user\":\"6\"}"},
        {"{\"user\":6,\"edits\":[{\"movie\":1,\"weight\":0}]}",
         "{\"user\":\"6\",\"edits\":[{\"movie\":\"1\",\"weight\":0}]}"},
        {"{\"household\":{\"members\":[{\"user\":6},{\"user\":3}]}}",
         "{\"household\":{\"members\":[{\"user\":\"6\"},{\"user\":\"3\"}]}}"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        json_t *first = json_incref(
            (json_t *)(uintptr_t)member(post("/api/v1/recommendations", pairs[i][0]), "items"));

        assert_true(json_array_size(first) > 0);
        assert_true(
            json_equal(member(post("/api/v1/recommendations", pairs[i][1]), "items"), first));
        json_decref(first);
    }
    (void)post("/api/v1/explanations", "{\"user\":\"6\",\"movie\":\"1\"}");
}

static void an_address_excludes_films_too(void **state)
{
    static const char *const wrong[] = {"", ",", "1,", "1,,2", "a", "1;2", "-1", "1%202"};
    static char long_one[3 * 1100];
    json_t *whole = json_incref((json_t *)(uintptr_t)get("/api/v1/recommendations?user=6"));
    const int64_t first = integer(json_array_get(member(whole, "items"), 0), "movie");
    const int64_t second = integer(json_array_get(member(whole, "items"), 1), "movie");
    const json_t *list;
    char target[sizeof long_one + 100];
    size_t at = 0;

    (void)state;
    (void)snprintf(target, sizeof target, "/api/v1/recommendations?user=6&exclude=%lld,%lld,424242",
                   (long long)first, (long long)second);
    list = get(target);
    assert_list(list);
    assert_null(item_of(list, first));
    assert_null(item_of(list, second));
    assert_int_equal(integer(member(list, "removed"), "exclude"), 2);
    (void)snprintf(
        target, sizeof target, "/api/v1/movies/1/similar?exclude=%lld",
        (long long)integer(json_array_get(member(get("/api/v1/movies/1/similar"), "items"), 0),
                           "movie"));
    assert_int_equal(integer(member(get(target), "removed"), "exclude"), 1);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        (void)snprintf(target, sizeof target, "/api/v1/recommendations?user=6&exclude=%s",
                       wrong[i]);
        refuses("GET", target, NULL, 422, "E_INVALID", "exclude: expected film ids");
    }
    for (int i = 0; i < 1001; i++)
        at += (size_t)snprintf(long_one + at, sizeof long_one - at, "%s1", i > 0 ? "," : "");
    (void)snprintf(target, sizeof target, "/api/v1/recommendations?user=6&exclude=%s", long_one);
    refuses("GET", target, NULL, 413, "E_TOOLARGE", "exclude: more than 1000");
    json_decref(whole);
}

static size_t reasons_of_first(const json_t *list)
{
    assert_list(list);
    return json_array_size(member(json_array_get(member(list, "items"), 0), "reasons"));
}

static void reasons_are_left_out_where_nothing_is_to_be_explained(void **state)
{
    (void)state;
    assert_int_equal(
        reasons_of_first(post("/api/v1/recommendations", "{\"user\":6,\"explain\":true}")), 3);
    assert_int_equal(reasons_of_first(post("/api/v1/recommendations",
                                           "{\"user\":6,\"explain\":false,\"reasons\":4}")),
                     0);
    assert_int_equal(reasons_of_first(get("/api/v1/recommendations?user=6&explain=true")), 3);
    assert_int_equal(reasons_of_first(get("/api/v1/recommendations?user=6&explain=false")), 0);
    assert_int_equal(ask("GET", "/api/v1/recommendations?user=6&explain=no", NULL), 422);
    assert_non_null(strstr(text(api.json, "detail"), "explain: expected true or false"));
}

static void reasons_are_as_many_as_asked(void **state)
{
    (void)state;
    for (int wanted = 0; wanted <= 16; wanted += 4) {
        char body[100];

        (void)snprintf(body, sizeof body, "{\"user\":6,\"reasons\":%d}", wanted);
        assert_int_equal(reasons_of_first(post("/api/v1/recommendations", body)), wanted);
    }
}

/* The history of a person of the data set, as a body. */
static size_t history_of(int64_t person, char *body, const char *model)
{
    char target[80];
    const json_t *items;
    size_t at =
        (size_t)snprintf(body, BODY, "{\"limit\":100,\"model\":\"%s\",\"history\":[", model);

    (void)snprintf(target, sizeof target, "/api/v1/people/%lld/ratings?limit=200",
                   (long long)person);
    items = member(get(target), "items");
    for (size_t i = 0; i < json_array_size(items); i++)
        at += (size_t)snprintf(body + at, BODY - at, "%s{\"movie\":%lld,\"rating\":%g}",
                               i > 0 ? "," : "",
                               (long long)integer(json_array_get(items, i), "movie"),
                               number(json_array_get(items, i), "your_rating"));
    (void)snprintf(body + at, BODY - at, "]}");
    return json_array_size(items);
}

static void assert_same_scores(const json_t *one, const json_t *other)
{
    const json_t *items = member(one, "items");

    assert_int_equal(json_array_size(items), json_array_size(member(other, "items")));
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);
        const json_t *same = item_of(other, integer(item, "movie"));

        assert_non_null(same);
        assert_true(fabs(number(item, "score") - number(same, "score")) < 1e-5);
    }
}

/* Whoever sends the ratings of a person gets that person's list. Only neighbours know the
 * difference: the person is then one of them, and the nearest. */
static void a_known_history_sent_in_gives_the_same_list(void **state)
{
    static char body[BODY];
    char target[120];

    (void)state;
    for (int i = 0; i < MODELS_HERE; i++) {
        const size_t rated = history_of(6, body, models[i]);
        json_t *trained;
        const json_t *folded;

        (void)snprintf(target, sizeof target, "/api/v1/recommendations?user=6&limit=100&model=%s",
                       models[i]);
        (void)get(target);
        trained = json_incref(api.json);
        folded = post("/api/v1/recommendations", body);
        assert_list(folded);
        assert_string_equal(text(folded, "basis"), "fold_in");
        assert_true(json_is_null(member(folded, "user")));
        assert_int_equal(integer(member(folded, "removed"), "seen"), rated);
        if (strcmp(models[i], "content") == 0 || strcmp(models[i], "popular") == 0)
            assert_same_scores(trained, folded);
        else
            assert_int_equal(json_array_size(member(trained, "items")),
                             json_array_size(member(folded, "items")));
        json_decref(trained);
    }
}

static void weight_nought_leaves_an_entry_out(void **state)
{
    char with[300], without[300];

    (void)state;
    for (int i = 0; i < MODELS_HERE; i++) {
        json_t *left_out;
        const json_t *list;

        (void)snprintf(with, sizeof with,
                       "{\"limit\":100,\"model\":\"%s\",\"history\":[{\"movie\":1,\"rating\":5},"
                       "{\"movie\":31,\"rating\":1,\"weight\":0},{\"movie\":91,\"rating\":4}]}",
                       models[i]);
        (void)snprintf(without, sizeof without,
                       "{\"limit\":100,\"model\":\"%s\",\"exclude\":[31],\"history\":["
                       "{\"movie\":1,\"rating\":5},{\"movie\":91,\"rating\":4}]}",
                       models[i]);
        (void)post("/api/v1/recommendations", with);
        left_out = json_incref(api.json);
        list = post("/api/v1/recommendations", without);
        assert_same_scores(list, left_out);
        json_decref(left_out);
    }
}

static double contribution(const json_t *explanation, int64_t movie)
{
    const json_t *reasons = member(explanation, "reasons");

    for (size_t i = 0; i < json_array_size(reasons); i++)
        if (integer(json_array_get(reasons, i), "movie") == movie)
            return number(json_array_get(reasons, i), "contribution");
    return 0;
}

static void weight_two_counts_double(void **state)
{
    static const char format[] = "{\"movie\":41,\"model\":\"content\",\"history\":[{\"movie\":31,"
                                 "\"rating\":5,\"weight\":%d},"
                                 "{\"movie\":201,\"rating\":5,\"weight\":1}]}";
    double once, twice, other_once, other_twice;
    char body[300];

    (void)state;
    (void)snprintf(body, sizeof body, format, 1);
    once = contribution(post("/api/v1/explanations", body), 31);
    other_once = contribution(api.json, 201);
    (void)snprintf(body, sizeof body, format, 2);
    twice = contribution(post("/api/v1/explanations", body), 31);
    other_twice = contribution(api.json, 201);
    assert_true(once > 0 && other_once > 0);
    assert_true(fabs(twice / other_twice - 2 * once / other_once) < 1e-4);
}

static void nothing_to_go_by_falls_back_to_fame(void **state)
{
    static const char *const bodies[] = {
        "{\"history\":[]}", "{\"history\":[{\"movie\":1,\"rating\":5,\"weight\":0}]}",
        "{\"history\":[],\"model\":\"content\"}",
        "{\"history\":[{\"movie\":291,\"rating\":5}],\"model\":\"user-knn\"}"};

    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        const json_t *list = post("/api/v1/recommendations", bodies[i]);

        assert_int_equal(assert_list(list), 10);
        assert_string_equal(text(list, "basis"), "fallback");
        assert_string_equal(text(member(list, "model"), "name"), "popular");
    }
}

static double lowest(const json_t *item)
{
    return json_number_value(json_array_get(member(item, "predicted_rating_interval"), 0));
}

/* Two numbers around the prediction where there is one, and not the whole scale. */
static void check_interval(const json_t *item)
{
    const json_t *interval = member(item, "predicted_rating_interval");
    double low, high;

    assert_true(json_is_null(interval) == json_is_null(member(item, "predicted_rating")));
    if (json_is_null(interval))
        return;
    assert_int_equal(json_array_size(interval), 2);
    low = lowest(item);
    high = json_number_value(json_array_get(interval, 1));
    assert_true(low >= 1 && high <= 5 && high > low && high - low < 4);
    assert_true(low <= number(item, "predicted_rating") &&
                number(item, "predicted_rating") <= high);
}

/* Whichever model made the list, and the same on the film's page and in its explanation. */
static void stars_are_predicted(void **state)
{
    char target[120], body[160];

    (void)state;
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        const json_t *items;
        int64_t movie;
        double stars, low;

        (void)snprintf(target, sizeof target, "/api/v1/recommendations?user=6&limit=20&model=%s",
                       models[i]);
        items = member(get(target), "items");
        movie = integer(json_array_get(items, 0), "movie");
        stars = number(json_array_get(items, 0), "predicted_rating");
        low = lowest(json_array_get(items, 0));
        for (size_t k = 0; k < json_array_size(items); k++) {
            const json_t *item = json_array_get(items, k);
            const bool rated = integer(member(item, "rating"), "count") > 0;

            assert_int_equal(json_is_real(member(item, "predicted_rating")), rated);
            assert_true(!rated || (number(item, "predicted_rating") >= 1 &&
                                   number(item, "predicted_rating") <= 5));
            check_interval(item);
        }
        (void)snprintf(target, sizeof target, "/api/v1/movies/%lld?user=6", (long long)movie);
        assert_true(number(get(target), "predicted_rating") == stars);
        assert_true(lowest(get(target)) == low);
        (void)snprintf(body, sizeof body, "{\"user\":6,\"model\":\"%s\",\"movie\":%lld}", models[i],
                       (long long)movie);
        assert_true(number(post("/api/v1/explanations", body), "predicted_rating") == stars);
    }
}

/* Even people like the first films: what one of them sends is told from what one of the others
 * does, and more stars are predicted where more were given. */
static void stars_follow_the_history(void **state)
{
    static const char format[] = "{\"movie\":61,\"history\":[{\"movie\":1,\"rating\":%d},"
                                 "{\"movie\":31,\"rating\":%d},{\"movie\":201,\"rating\":%d}]}";
    char body[200];
    double low;

    (void)state;
    (void)snprintf(body, sizeof body, format, 1, 1, 5);
    low = number(post("/api/v1/explanations", body), "predicted_rating");
    (void)snprintf(body, sizeof body, format, 5, 5, 1);
    assert_true(number(post("/api/v1/explanations", body), "predicted_rating") > low + 0.5);
}

static void nobody_predicts_without_ratings(void **state)
{
    static const char *const bodies[] = {"{\"history\":[]}", "{\"source_movie\":1}",
                                         "{\"history\":[{\"movie\":1,\"rating\":5,\"weight\":0}]}"};

    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        const json_t *items = member(post("/api/v1/recommendations", bodies[i]), "items");

        assert_true(json_array_size(items) > 0);
        assert_true(json_is_null(member(json_array_get(items, 0), "predicted_rating")));
    }
    assert_null(json_object_get(get("/api/v1/movies/1"), "predicted_rating"));
    refuses("GET", "/api/v1/movies/1?user=4", NULL, 404, "E_NOTFOUND", "4");
}

static void an_explanation_is_one_item(void **state)
{
    char body[120];

    (void)state;
    for (int i = 0; i < MODELS_HERE; i++) {
        const json_t *item;
        json_t *list;

        (void)snprintf(body, sizeof body, "{\"user\":6,\"model\":\"%s\",\"limit\":100}", models[i]);
        (void)post("/api/v1/recommendations", body);
        list = json_incref(api.json);
        item = json_array_get(member(list, "items"), 2);
        (void)snprintf(body, sizeof body, "{\"user\":6,\"model\":\"%s\",\"movie\":%lld}", models[i],
                       (long long)integer(item, "movie"));
        (void)post("/api/v1/explanations", body);
        assert_shape(api.json, ITEM_SHAPE);
        assert_sums(api.json);
        assert_int_equal(integer(api.json, "rank"), 3);
        assert_true(fabs(number(api.json, "score") - number(item, "score")) < 1e-5);
        assert_true(json_array_size(member(api.json, "reasons")) <= 16);
        json_decref(list);
    }
}

static void wrong_bodies_name_the_member(void **state)
{
    static const struct {
        const char *body;
        int status;
        const char *code, *part;
    } wrong[] = {
        {"", 400, "E_SYNTAX", "line 1"},
        {"{", 400, "E_SYNTAX", "line 1"},
        {"{\"user\":6}{}", 400, "E_SYNTAX", "line 1"},
        {"{\"user\":6,\"user\":7}", 400, "E_SYNTAX", "uplicate"},
        {"[[[[[[[[[[[[]]]]]]]]]]]]", 400, "E_SYNTAX", ""},
        {"\xff", 400, "E_SYNTAX", "line 1"},
        {"[]", 422, "E_INVALID", "object"},
        {"7", 422, "E_INVALID", "object"},
        {"{}", 422, "E_INVALID", "give user, history, source_movie or household"},
        {"{\"user\":6,\"history\":[]}", 422, "E_INVALID", "not several"},
        {"{\"user\":\"six\"}", 422, "E_INVALID", "user: expected an id"},
        {"{\"user\":\"-6\"}", 422, "E_INVALID", "user: expected an id"},
        {"{\"user\":1.5}", 422, "E_INVALID", "user"},
        {"{\"user\":4}", 404, "E_NOTFOUND", "4"},
        {"{\"user\":6,\"limit\":0}", 422, "E_INVALID", "limit"},
        {"{\"user\":6,\"limit\":101}", 422, "E_INVALID", "limit"},
        {"{\"user\":6,\"limit\":\"10\"}", 422, "E_INVALID", "limit"},
        {"{\"user\":6,\"reasons\":17}", 422, "E_INVALID", "reasons"},
        {"{\"user\":6,\"reasons\":-1}", 422, "E_INVALID", "reasons"},
        {"{\"user\":6,\"explain\":1}", 422, "E_INVALID", "explain"},
        {"{\"user\":6,\"seen\":\"maybe\"}", 422, "E_INVALID", "seen"},
        {"{\"user\":6,\"seen\":true}", 422, "E_INVALID", "seen"},
        {"{\"user\":6,\"model\":\"magic\"}", 404, "E_NOTFOUND", "magic"},
        {"{\"user\":6,\"model\":7}", 422, "E_INVALID", "model"},
        {"{\"user\":6,\"exclude\":7}", 422, "E_INVALID", "exclude"},
        {"{\"user\":6,\"exclude\":[7,\"x\"]}", 422, "E_INVALID", "exclude[1]"},
        {"{\"user\":6,\"exclude\":[true]}", 422, "E_INVALID", "exclude[0]"},
        {"{\"history\":7}", 422, "E_INVALID", "history"},
        {"{\"history\":[7]}", 422, "E_INVALID", "history[0]"},
        {"{\"history\":[{\"movie\":1}]}", 422, "E_INVALID", "history[0]"},
        {"{\"history\":[{\"rating\":1}]}", 422, "E_INVALID", "history[0]"},
        {"{\"history\":[{\"movie\":2,\"rating\":1}]}", 404, "E_NOTFOUND", "history[0].movie"},
        {"{\"history\":[{\"movie\":1,\"rating\":6}]}", 422, "E_INVALID", "history[0].rating"},
        {"{\"history\":[{\"movie\":1,\"rating\":1e999}]}", 400, "E_SYNTAX", "line 1"},
        {"{\"history\":[{\"movie\":1,\"rating\":5,\"weight\":-1}]}", 422, "E_INVALID",
         "history[0].weight"},
        {"{\"history\":[{\"movie\":1,\"rating\":5},{\"movie\":1,\"rating\":4}]}", 422, "E_INVALID",
         "twice"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        refuses("POST", "/api/v1/recommendations", wrong[i].body, wrong[i].status, wrong[i].code,
                wrong[i].part);
        if (wrong[i].status !=
            404) /* that the film is missing is found before that nobody is there */
            refuses("POST", "/api/v1/explanations", wrong[i].body, wrong[i].status, wrong[i].code,
                    "");
    }
    refuses("POST", "/api/v1/explanations", "{\"user\":6}", 422, "E_INVALID", "movie");
    refuses("POST", "/api/v1/explanations", "{\"user\":6,\"movie\":2}", 404, "E_NOTFOUND", "2");
    refuses("GET", "/api/v1/recommendations", NULL, 422, "E_INVALID", "user");
    refuses("GET", "/api/v1/recommendations?user=x", NULL, 422, "E_INVALID", "user");
    refuses("GET", "/api/v1/recommendations?user=4", NULL, 404, "E_NOTFOUND", "4");
    refuses("GET", "/api/v1/recommendations?user=6&limit=101", NULL, 422, "E_INVALID", "limit");
    refuses("GET", "/api/v1/recommendations?user=6&model=x", NULL, 404, "E_NOTFOUND", "x");
    refuses("GET", "/api/v1/movies/1/similar?limit=0", NULL, 422, "E_INVALID", "limit");
    refuses("GET", "/api/v1/movies/1/similar?model=x", NULL, 404, "E_NOTFOUND", "x");
}

static void a_history_may_be_long_but_not_endless(void **state)
{
    enum { ENTRIES = REEL_HISTORY_MAX + 1, EACH = 24 };
    char *body = malloc((size_t)ENTRIES * EACH + 64);
    size_t at;

    (void)state;
    assert_non_null(body);
    at = (size_t)snprintf(body, 64, "{\"history\":[");
    for (int i = 0; i < ENTRIES; i++)
        at +=
            (size_t)snprintf(body + at, EACH + 1, "%s{\"movie\":1,\"rating\":1}", i > 0 ? "," : "");
    (void)snprintf(body + at, 3, "]}");
    refuses("POST", "/api/v1/recommendations", body, 413, "E_TOOLARGE", "history");
    free(body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_model_answers_for_a_person),
        cmocka_unit_test(get_is_short_for_post),
        cmocka_unit_test(films_like_a_film_come_from_their_texts),
        cmocka_unit_test(what_was_seen_or_excluded_is_hidden),
        cmocka_unit_test(ids_may_be_texts),
        cmocka_unit_test(an_address_excludes_films_too),
        cmocka_unit_test(reasons_are_as_many_as_asked),
        cmocka_unit_test(reasons_are_left_out_where_nothing_is_to_be_explained),
        cmocka_unit_test(a_known_history_sent_in_gives_the_same_list),
        cmocka_unit_test(weight_nought_leaves_an_entry_out),
        cmocka_unit_test(weight_two_counts_double),
        cmocka_unit_test(nothing_to_go_by_falls_back_to_fame),
        cmocka_unit_test(stars_are_predicted),
        cmocka_unit_test(stars_follow_the_history),
        cmocka_unit_test(nobody_predicts_without_ratings),
        cmocka_unit_test(an_explanation_is_one_item),
        cmocka_unit_test(wrong_bodies_name_the_member),
        cmocka_unit_test(a_history_may_be_long_but_not_endless),
    };

    return cmocka_run_group_tests(tests, api_start, api_stop);
}
