/* Films, people, models and notices: every member of every answer, and paging to the end. */
#include "http/api.h"

#define FOUND_SHAPE MOVIE_SHAPE "match:n how:s? matched:a"

enum { IDS = 200 };

static void health_says_what_is_loaded(void **state)
{
    const json_t *health = get("/api/v1/health");
    const char *const models[] = {"hybrid",   "ease",    "ials", "content",
                                  "user-knn", "popular", "als"};

    (void)state;
    assert_shape(health, "status:s version:s movies:i people:i ratings:i source:s simulated:b "
                         "tmdb:b models:a rating_scale:o");
    assert_string_equal(text(health, "status"), "ok");
    assert_int_equal(integer(health, "movies"), WORLD_FILMS);
    assert_int_equal(integer(health, "people"), WORLD_PEOPLE);
    assert_true(json_is_true(member(health, "tmdb")));
    assert_true(json_is_false(member(health, "simulated")));
    assert_int_equal(json_array_size(member(health, "models")), 7);
    for (size_t i = 0; i < 7; i++)
        assert_string_equal(json_string_value(json_array_get(member(health, "models"), i)),
                            models[i]);
    assert_shape(member(health, "rating_scale"), "min:n max:n step:n");
    assert_true(number(member(health, "rating_scale"), "max") == 5);
}

static void models_say_how_they_were_made(void **state)
{
    const json_t *models = get("/api/v1/models");

    (void)state;
    assert_shape(models, "items:a");
    assert_int_equal(json_array_size(member(models, "items")), 7);
    assert_each(member(models, "items"), "name:s id:s data_hash:s summary:s fold_in:s parameters:o "
                                         "trained_at:s? seconds:n?");
    for (size_t i = 0; i < 7; i++) {
        const json_t *model = json_array_get(member(models, "items"), i);

        assert_string_equal(text(model, "fold_in"), "exact");
        assert_int_equal(strncmp(text(model, "id"), text(model, "name"), 3), 0);
        assert_int_equal(strncmp(text(model, "data_hash"), "sha256:", 7), 0);
    }
}

static void notices_are_plain_text(void **state)
{
    size_t length;

    (void)state;
    assert_int_equal(ask("GET", "/api/v1/licenses", NULL), 200);
    assert_string_equal(api.exchange.answer_type, "text/plain; charset=utf-8");
    assert_non_null(strstr(answer_text(&length), "scikit-learn"));
}

static void a_film_has_all_its_facts(void **state)
{
    const json_t *film = get("/api/v1/movies/11");

    (void)state;
    assert_shape(film, MOVIE_SHAPE
                 "source_title:s original_title:s? overview:s? tagline:s? runtime:i? language:s? "
                 "release_date:s? decade:i? directors:a cast:a keywords:a tags:a vote_average:n? "
                 "vote_count:i? popularity:n? trailer:s? backdrop:s? imdb_id:s? tmdb_id:i?");
    assert_shape(member(film, "rating"), "mean:n? count:i");
    assert_string_equal(text(film, "title"), "Toy Story 2");
    assert_string_equal(text(film, "source_title"), "Toy Story 2 (1999)");
    assert_string_equal(text(film, "poster"), "https://image.tmdb.org/t/p/w342/p1.jpg");
    assert_string_equal(text(film, "generated_poster"), "/api/v1/movies/11/poster.svg");
    assert_string_equal(text(film, "imdb_id"), "tt0001001");
    assert_int_equal(integer(film, "tmdb_id"), 501);
    assert_int_equal(integer(film, "decade"), 1990);
    assert_true(json_is_null(member(film, "trailer")));
    assert_int_equal(json_array_size(member(film, "genres")), 3);
    film = get("/api/v1/movies/291");
    assert_int_equal(integer(member(film, "rating"), "count"), 0);
    assert_true(json_is_null(member(member(film, "rating"), "mean")));
}

/* Nobody fetched any: each is drawn, and known when it is asked for again. */
static void a_photograph_that_is_not_there(void **state)
{
    char etag[24];
    size_t length;

    (void)state;
    assert_int_equal(ask("GET", "/posters/w92/11", NULL), 200);
    assert_string_equal(api.exchange.answer_type, "image/svg+xml");
    assert_string_equal(api.exchange.cache_control, "public, max-age=300");
    assert_non_null(strstr(answer_text(&length), "<svg"));
    (void)snprintf(etag, sizeof etag, "%s", api.exchange.etag);
    begin("GET", "/posters/w500/11");
    api.exchange.if_none_match = etag;
    assert_int_equal(handle(), 304);
    (void)answer_text(&length);
    assert_int_equal(length, 0);
    assert_int_equal(ask("GET", "/posters/w92/12", NULL), 404);
    assert_int_equal(ask("POST", "/posters/w92/11", "{}"), 405);
}

static void a_poster_is_drawn(void **state)
{
    size_t length;

    (void)state;
    assert_int_equal(ask("GET", "/api/v1/movies/1/poster.svg", NULL), 200);
    assert_string_equal(api.exchange.answer_type, "image/svg+xml");
    assert_non_null(api.exchange.cache_control);
    assert_non_null(strstr(answer_text(&length), "<svg"));
    assert_true(length > 100);
}

/* Follow next_cursor to the end; the ids of all pages. */
static size_t walk(const char *path, const char *id, const char *shape, int64_t *ids)
{
    const char *whole = strstr(shape, "matched:") == NULL
                            ? "items:a next_cursor:s?"
                            : "items:a next_cursor:s? total:i removed:o";
    char target[300];
    size_t count = 0;
    bool more = true;

    (void)snprintf(target, sizeof target, "%slimit=7", path);
    while (more) {
        const json_t *page = get(target);
        const json_t *items = member(page, "items");
        const json_t *next = member(page, "next_cursor");

        assert_shape(page, whole);
        assert_each(items, shape);
        assert_true(json_array_size(items) <= 7 && count + 7 < IDS);
        for (size_t i = 0; i < json_array_size(items); i++)
            ids[count++] = integer(json_array_get(items, i), id);
        more = !json_is_null(next);
        if (more)
            assert_int_equal(json_array_size(items), 7);
        if (more)
            (void)snprintf(target, sizeof target, "%slimit=7&cursor=%s", path,
                           json_string_value(next));
    }
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < i; k++)
            assert_int_not_equal(ids[i], ids[k]);
    return count;
}

static void every_page_has_what_no_other_has(void **state)
{
    int64_t ids[IDS];
    int64_t rated;

    (void)state;
    assert_int_equal(walk("/api/v1/movies?", "movie", FOUND_SHAPE, ids), WORLD_FILMS);
    assert_int_equal(walk("/api/v1/people?", "user", "user:i ratings:i mean:n", ids), WORLD_PEOPLE);
    for (size_t i = 0; i < WORLD_PEOPLE; i++)
        assert_int_equal(ids[i], 3 * (i + 1));
    /* 3, 30, 33, 36, 39 */
    assert_int_equal(walk("/api/v1/people?q=3&", "user", "user:i ratings:i mean:n", ids), 5);
    rated = integer(get("/api/v1/people/6"), "ratings");
    assert_int_equal(rated, walk("/api/v1/people/6/ratings?", "movie",
                                 MOVIE_SHAPE "your_rating:n? kind:s time:s weight:i", ids));
}

static void search_is_best_first(void **state)
{
    const json_t *found = get("/api/v1/movies?q=toy+stroy");
    const json_t *items = member(found, "items");

    (void)state;
    assert_shape(found, "items:a next_cursor:s? total:i removed:o");
    assert_true(json_array_size(items) >= 2);
    assert_string_equal(text(json_array_get(items, 0), "title"), "Toy Story");
    for (size_t i = 1; i < json_array_size(items); i++)
        assert_true(number(json_array_get(items, i), "match") <=
                    number(json_array_get(items, i - 1), "match"));
    assert_each(items, MOVIE_SHAPE "match:n how:s matched:a");
    assert_string_equal(text(json_array_get(items, 0), "how"), "typo");
    assert_each(member(json_array_get(items, 0), "matched"), "field:s text:s where:a");
    items = member(get("/api/v1/movies?q=am%C3%A9lie"), "items");
    assert_string_equal(text(json_array_get(items, 0), "title"), "Amélie");
    assert_int_equal(json_array_size(member(get("/api/v1/movies?q=qqqq"), "items")), 0);
}

/* What a filter leaves of a search is what fits it, in the same order; and it says how much that
 * is. */
static size_t narrowed(const char *typed)
{
    int64_t all[IDS], some[IDS];
    char target[200];
    size_t count, left, at = 0;
    const json_t *page;

    (void)snprintf(target, sizeof target, "/api/v1/movies?%s", typed);
    count = walk(target, "movie", FOUND_SHAPE, all);
    (void)snprintf(target, sizeof target, "/api/v1/movies?%sfilter=year%%20%%3E%%201950&", typed);
    left = walk(target, "movie", FOUND_SHAPE, some);
    page = get(target);
    assert_int_equal(integer(page, "total"), left);
    assert_int_equal(integer(member(page, "removed"), "filter"), count - left);
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(target, sizeof target, "/api/v1/movies/%lld", (long long)all[i]);
        if (integer(get(target), "year") > 1950)
            assert_int_equal(all[i], some[at++]);
    }
    assert_int_equal(at, left);
    assert_true(left > 0 && left < count);
    return left;
}

static void search_is_narrowed_by_a_filter(void **state)
{
    const json_t *page;

    (void)state;
    assert_true(narrowed("") > 14); /* of several pages */
    (void)narrowed("q=war&");
    page = get("/api/v1/movies?q=toy+story&filter=year%20%3C%201900");
    assert_int_equal(json_array_size(member(page, "items")), 0);
    assert_true(integer(member(page, "removed"), "filter") > 0);
    page = get("/api/v1/movies?q=toy+story"); /* an earlier filter leaves nothing behind */
    assert_int_equal(integer(member(page, "removed"), "filter"), 0);
    refuses("GET", "/api/v1/movies?q=the&filter=year", NULL, 422, "E_INVALID",
            "filter: character 1");
}

static void a_person_and_their_ratings(void **state)
{
    const json_t *person = get("/api/v1/people/6"), *ratings;
    double before = (double)INFINITY;

    (void)state;
    assert_shape(person, "user:i ratings:i mean:n genres:a simulated:b");
    assert_each(member(person, "genres"), "genre:s ratings:i mean:n");
    assert_true(json_array_size(member(person, "genres")) > 2);
    ratings = get("/api/v1/people/6/ratings?limit=200");
    assert_true(json_is_null(member(ratings, "next_cursor")));
    for (size_t i = 0; i < json_array_size(member(ratings, "items")); i++) {
        const json_t *item = json_array_get(member(ratings, "items"), i);

        assert_true(number(item, "your_rating") <= before);
        before = number(item, "your_rating");
        assert_int_equal(strlen(text(item, "time")), 20);
    }
}

static void people_of_similar_taste(void **state)
{
    const json_t *people = get("/api/v1/people/6/similar?limit=5");
    double before = 1;

    (void)state;
    assert_shape(people, "items:a");
    assert_int_equal(json_array_size(member(people, "items")), 5);
    assert_each(member(people, "items"), "user:i similarity:n ratings:i common:i");
    for (size_t i = 0; i < 5; i++) {
        const json_t *one = json_array_get(member(people, "items"), i);

        assert_int_not_equal(integer(one, "user"), 6);
        assert_true(number(one, "similarity") <= before);
        before = number(one, "similarity");
        assert_true(integer(one, "common") <= integer(one, "ratings"));
    }
}

static void wrong_questions_are_told_apart(void **state)
{
    static const char *const limits[] = {
        "0", "201", "-1", "ten", "1.5", "", "99999999999999999999"};
    static const char *const paged[] = {"/api/v1/movies", "/api/v1/people",
                                        "/api/v1/people/6/ratings", "/api/v1/people/6/similar",
                                        "/api/v1/feedback"};
    static const char *const cursors[] = {
        "x", "~",         "f~",          "f20_1", "f20_1~", "f20_1~0", "f20_1~00000000",
        "5", "~00000000", "a20~00000000"};

    (void)state;
    for (size_t i = 0; i < sizeof paged / sizeof *paged; i++)
        for (size_t k = 0; k < sizeof limits / sizeof *limits; k++) {
            char target[100];

            (void)snprintf(target, sizeof target, "%s?limit=%s", paged[i], limits[k]);
            refuses("GET", target, NULL, 422, "E_INVALID", "limit");
        }
    for (size_t k = 0; k < sizeof cursors / sizeof *cursors; k++) {
        char target[100];

        (void)snprintf(target, sizeof target, "/api/v1/movies?cursor=%s", cursors[k]);
        refuses("GET", target, NULL, 400, "E_INVALID", "cursor");
    }
    refuses("GET", "/api/v1/movies/2", NULL, 404, "E_NOTFOUND", "2");
    refuses("GET", "/api/v1/movies/2/similar", NULL, 404, "E_NOTFOUND", "2");
    refuses("GET", "/api/v1/movies/2/poster.svg", NULL, 404, "E_NOTFOUND", "2");
    refuses("GET", "/api/v1/people/4", NULL, 404, "E_NOTFOUND", "4");
    refuses("GET", "/api/v1/people/4/ratings", NULL, 404, "E_NOTFOUND", "4");
    refuses("GET", "/api/v1/people/4/similar", NULL, 404, "E_NOTFOUND", "4");
    refuses("GET", "/api/v1/movies/1x", NULL, 404, "E_NOTFOUND", "/api/v1/movies/1x");
    refuses("GET", "/api/v1/movies/99999999999999999999", NULL, 404, "E_NOTFOUND", "there is no");
    refuses("GET", "/api/v1/", NULL, 404, "E_NOTFOUND", "/api/v1/");
    refuses("GET", "/api", NULL, 404, "E_NOTFOUND", "/api");
}

/* A page of a list that goes on at what anybody may have made up: the check keeps nobody out. */
static int made_up(const char *path, const char *text)
{
    char target[300], cursor[REEL_CURSOR_WHOLE];

    begin("GET", path);
    reel__exchange_cursor_write(cursor, &api.exchange, text);
    (void)snprintf(target, sizeof target, "%s?limit=200&cursor=%s", path, cursor);
    return ask("GET", target, NULL);
}

static void made_up_cursors_are_harmless(void **state)
{
    static const char *const films[] = {"f",
                                        "f20",
                                        "f0_1",
                                        "f1_1_31",
                                        "f-1_1",
                                        "f1_-1",
                                        "f1_1_",
                                        "f1_x1",
                                        "f3000000000_1",
                                        "f99999999999999999999_1",
                                        "f1_99999999999999999999",
                                        "f9_1_2_3_4_5",
                                        "o20",
                                        "a5"};
    static const char *const numbers[] = {"a", "a-1", "b1", "a1x", "a99999999999999999999"};
    static const char *const ratings[] = {"r1", "rnan_1_1", "rinf_1_1", "r1_1_-1", "r1_1_1x"};

    (void)state;
    for (size_t i = 0; i < sizeof films / sizeof *films; i++)
        assert_int_equal(made_up("/api/v1/movies", films[i]), 400);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        assert_int_equal(made_up("/api/v1/people", numbers[i]), 400);
    for (size_t i = 0; i < sizeof ratings / sizeof *ratings; i++)
        assert_int_equal(made_up("/api/v1/people/6/ratings", ratings[i]), 400);
    assert_int_equal(made_up("/api/v1/people", "a100000"), 200);
    assert_int_equal(json_array_size(member(api.json, "items")), 0);
    assert_int_equal(
        made_up("/api/v1/people/6/ratings", "r-1_-9223372036854775807_9223372036854775807"), 200);
    assert_int_equal(json_array_size(member(api.json, "items")), 0);
    assert_true(json_is_null(member(api.json, "next_cursor")));
    for (int i = 0; i < 2; i++) {
        const char *path = i == 0 ? "/api/v1/movies" : "/api/v1/charts/popular";

        /* wherever the film is said to be, the list goes on behind it */
        const size_t all = json_array_size(member(get(path), "items"));
        const int64_t first = integer(json_array_get(member(api.json, "items"), 0), "movie");
        char text[60];

        (void)snprintf(text, sizeof text, "f2147483647_5_%lld", (long long)first);
        assert_int_equal(made_up(path, text), 200);
        assert_true(json_array_size(member(api.json, "items")) >= all - 1);
        assert_int_equal(made_up(path, "f2147483647_5"), 410);
        assert_problem(410, "E_GONE", "begin it anew");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(health_says_what_is_loaded),
        cmocka_unit_test(models_say_how_they_were_made),
        cmocka_unit_test(notices_are_plain_text),
        cmocka_unit_test(a_film_has_all_its_facts),
        cmocka_unit_test(a_poster_is_drawn),
        cmocka_unit_test(a_photograph_that_is_not_there),
        cmocka_unit_test(every_page_has_what_no_other_has),
        cmocka_unit_test(search_is_best_first),
        cmocka_unit_test(search_is_narrowed_by_a_filter),
        cmocka_unit_test(a_person_and_their_ratings),
        cmocka_unit_test(people_of_similar_taste),
        cmocka_unit_test(wrong_questions_are_told_apart),
        cmocka_unit_test(made_up_cursors_are_harmless),
    };

    return cmocka_run_group_tests(tests, api_start, api_stop);
}
