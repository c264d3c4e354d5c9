/* The older API, as its clients and their tests know it: exact keys, types, statuses and error
 * bodies.
 */
#include "http/api.h"

static int start(void **state)
{
    if (api_start(state) != 0)
        return -1;
    api.app.prototype = true;
    return 0;
}

/* What clients check: the keys, and nothing beside them. */
static const json_t *envelope(const char *target, int64_t id, const char *method, int64_t top_n)
{
    const json_t *answer = get(target);

    assert_shape(answer, "source_id:i method:s top_n:i recommendations:a");
    assert_int_equal(integer(answer, "source_id"), id);
    assert_string_equal(text(answer, "method"), method);
    assert_int_equal(integer(answer, "top_n"), top_n);
    return member(answer, "recommendations");
}

static void films_and_people_are_listed_whole(void **state)
{
    const json_t *films = get("/movies");

    (void)state;
    assert_int_equal(json_array_size(films), WORLD_FILMS);
    assert_each(films, "movieId:i title:s genres:s? similarity:n?");
    for (size_t i = 0; i < WORLD_FILMS; i++) {
        const json_t *film = json_array_get(films, i);

        assert_true(strlen(text(film, "title")) > 0);
        assert_true(json_is_null(member(film, "genres")));
        assert_true(json_is_null(member(film, "similarity")));
    }
    films = get("/users");
    assert_int_equal(json_array_size(films), WORLD_PEOPLE);
    assert_int_equal(json_integer_value(json_array_get(films, 1)), 6);
    assert_string_equal(text(get("/health"), "status"), "ok");
}

static double shared(const char *a, const char *b)
{
    char words[200];
    double both = 0, own = 0, other = 1;

    for (const char *at = b; *at != '\0'; at++)
        other += *at == '|';
    (void)snprintf(words, sizeof words, "|%s|", b);
    while (*a != '\0') {
        const size_t length = strcspn(a, "|");
        char word[80];

        (void)snprintf(word, sizeof word, "|%.*s|", (int)length, a);
        both += strstr(words, word) != NULL;
        own++;
        a += length + (a[length] == '|');
    }
    return both / (own + other - both);
}

static void content_is_by_shared_genres(void **state)
{
    const json_t *films = envelope("/recommendations/content/21?top_n=20", 21, "content_based", 20);
    double before = 1;
    int64_t id_before = 0;

    (void)state;
    assert_int_equal(json_array_size(films), 20);
    assert_each(films, "movieId:i title:s genres:s similarity:n");
    for (size_t i = 0; i < 20; i++) {
        const json_t *film = json_array_get(films, i);
        const double similarity = number(film, "similarity");

        assert_true(fabs(similarity - shared("Action|Sci-Fi", text(film, "genres"))) < 1e-12);
        assert_true(similarity < before ||
                    (similarity == before && integer(film, "movieId") > id_before));
        assert_int_not_equal(integer(film, "movieId"), 21);
        before = similarity;
        id_before = integer(film, "movieId");
    }
    assert_int_equal(json_array_size(envelope("/recommendations/content/1", 1, "content_based", 5)),
                     5);
}

static void collaborative_is_what_similar_people_liked(void **state)
{
    const json_t *films =
        envelope("/recommendations/collaborative/6?top_n=3", 6, "collaborative_filtering", 3);
    json_t *own;

    (void)state;
    assert_int_equal(json_array_size(films), 3);
    assert_each(films, "movieId:i title:s? genres:s? similarity:n?");
    own = json_incref((json_t *)(uintptr_t)films);
    films = member(get("/api/v1/recommendations?user=6&model=user-knn&limit=3"), "items");
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(integer(json_array_get(own, i), "movieId"),
                         integer(json_array_get(films, i), "movie"));
        assert_true(json_is_null(member(json_array_get(own, i), "title")));
    }
    json_decref(own);
    films =
        envelope("/recommendations/collaborative/999?top_n=3", 999, "collaborative_filtering", 3);
    assert_int_equal(json_array_size(films), 3);
    assert_int_equal(integer(json_array_get(films, 0), "movieId"), 1); /* all are voted the same */
}

static void mistakes_are_told_in_its_own_words(void **state)
{
    static const struct {
        const char *target, *type, *where, *name, *input;
    } cases[] = {
        {"/recommendations/content/1?top_n=21", "less_than_equal", "query", "top_n", "21"},
        {"/recommendations/content/1?top_n=0", "greater_than_equal", "query", "top_n", "0"},
        {"/recommendations/collaborative/1?top_n=x", "int_parsing", "query", "top_n", "x"},
        {"/recommendations/collaborative/1?top_n=", "int_parsing", "query", "top_n", ""},
        {"/recommendations/content/toy", "int_parsing", "path", "movie_id", "toy"},
        {"/recommendations/collaborative/1x", "int_parsing", "path", "user_id", "1x"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const json_t *one;

        assert_int_equal(ask("GET", cases[i].target, NULL), 422);
        assert_string_equal(api.exchange.answer_type, "application/json");
        one = json_array_get(member(api.json, "detail"), 0);
        assert_string_equal(text(one, "type"), cases[i].type);
        assert_string_equal(text(one, "input"), cases[i].input);
        assert_true(strlen(text(one, "msg")) > 10);
        assert_string_equal(json_string_value(json_array_get(member(one, "loc"), 0)),
                            cases[i].where);
        assert_string_equal(json_string_value(json_array_get(member(one, "loc"), 1)),
                            cases[i].name);
    }
    assert_int_equal(ask("GET", "/recommendations/content/7", NULL), 404);
    assert_shape(api.json, "detail:s");
    assert_string_equal(text(api.json, "detail"), "Movie ID 7 not found in dataset");
    assert_int_equal(ask("GET", "/recommendations/collaborative/-1?top_n=2", NULL), 200);
}

static void it_is_described_as_before(void **state)
{
    static const char *const paths[] = {"/movies", "/users", "/recommendations/content/{movie_id}",
                                        "/recommendations/collaborative/{user_id}", "/health"};
    const json_t *whole = get("/openapi.json");

    (void)state;
    assert_shape(member(whole, "info"), "title:s version:s");
    assert_string_equal(text(member(whole, "info"), "title"), "FastAPI");
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        const json_t *answer = member(
            member(member(member(member(whole, "paths"), paths[i]), "get"), "responses"), "200");

        (void)member(member(member(answer, "content"), "application/json"), "schema");
    }
    assert_int_equal(ask("GET", "/docs", NULL), 200);
    assert_int_equal(ask("GET", "/redoc", NULL), 200);
}

static void it_is_there_only_where_asked_for(void **state)
{
    (void)state;
    api.app.prototype = false;
    assert_int_equal(ask("GET", "/api/v1/movies", NULL), 200);
    (void)ask("GET", "/movies", NULL);
    assert_true(api.json == NULL || !json_is_array(api.json));
    api.app.prototype = true;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(films_and_people_are_listed_whole),
        cmocka_unit_test(content_is_by_shared_genres),
        cmocka_unit_test(collaborative_is_what_similar_people_liked),
        cmocka_unit_test(mistakes_are_told_in_its_own_words),
        cmocka_unit_test(it_is_described_as_before),
        cmocka_unit_test(it_is_there_only_where_asked_for),
    };

    return cmocka_run_group_tests(tests, start, api_stop);
}
