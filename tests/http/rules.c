/* Filters, boosts, the order of lists and edited histories, through the API: what each does, that
 * scores and reasons stay what they were, and what is refused with which words.
 */
#include "http/api.h"

enum { TARGET = 400 };

static const json_t *ask_list(const char *members)
{
    char body[TARGET];

    (void)snprintf(body, sizeof body, "{\"user\":6,\"limit\":30%s}", members);
    return post("/api/v1/recommendations", body);
}

/* The same, to be kept while others are asked for. */
static json_t *keep(const json_t *list)
{
    assert_ptr_equal(list, api.json);
    return json_incref(api.json);
}

static bool item_has_genre(const json_t *item, const char *genre)
{
    const json_t *genres = member(item, "genres");

    for (size_t i = 0; i < json_array_size(genres); i++)
        if (strcmp(json_string_value(json_array_get(genres, i)), genre) == 0)
            return true;
    return false;
}

static void a_filter_decides_who_is_on_the_list(void **state)
{
    json_t *whole = keep(ask_list(""));
    const size_t all = json_array_size(member(whole, "items"));
    const json_t *list = ask_list(",\"filter\":\"year >= 1980 and not genre:Crime\"");
    const json_t *items = member(list, "items");

    (void)state;
    assert_list(list);
    assert_true(json_array_size(items) > 0 && json_array_size(items) < all);
    assert_int_equal(json_array_size(items) + (size_t)integer(member(list, "removed"), "filter"),
                     all);
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);

        assert_true(integer(item, "year") >= 1980);
        assert_false(item_has_genre(item, "Crime"));
        assert_true(number(item, "score") ==
                    number(item_of(whole, integer(item, "movie")), "score"));
    }
    assert_int_equal(integer(member(whole, "removed"), "filter"), 0);
    json_decref(whole);
    list = ask_list(",\"filter\":\"year > 3000\"");
    assert_int_equal(json_array_size(member(list, "items")), 0);
}

static void the_query_string_says_the_same(void **state)
{
    json_t *first = keep(
        get("/api/v1/recommendations?user=6&limit=30&seen=show&diversity=0.5&novelty=0.2"
            "&calibrate=0.5&filter=genre:Sci-Fi&boost=if%20year%3E1990%20then%202%20else%201"));
    const json_t *second =
        ask_list(",\"seen\":\"show\",\"diversity\":0.5,\"novelty\":0.2,\"calibrate\":true,"
                 "\"filter\":\"genre:Sci-Fi\",\"boost\":\"if year>1990 then 2 else 1\"");

    (void)state;
    assert_true(json_array_size(member(first, "items")) > 2);
    assert_true(json_equal(member(first, "items"), member(second, "items")));
    second =
        get("/api/v1/recommendations?user=6&limit=30&seen=show&diversity=0.5&novelty=0.2"
            "&calibrate=true&filter=genre:Sci-Fi&boost=if%20year%3E1990%20then%202%20else%201");
    assert_true(json_equal(member(first, "items"), member(second, "items")));
    json_decref(first);
    assert_true(
        json_array_size(member(get("/api/v1/movies/1/similar?filter=genre:Crime"), "items")) > 0);
}

/* The effect a rule had on an item; NULL where it had none. */
static const json_t *effect(const json_t *item, const char *rule)
{
    const json_t *rules = member(item, "rules");

    for (size_t i = 0; i < json_array_size(rules); i++) {
        const json_t *one = json_array_get(rules, i);

        assert_shape(one, "rule:s moved:i?");
        if (strcmp(text(one, "rule"), rule) == 0)
            return one;
    }
    return NULL;
}

static void a_boost_moves_films_and_says_so(void **state)
{
    json_t *plain = keep(ask_list(""));
    const json_t *list = ask_list(",\"boost\":\"if genre:Horror then 1000 else 1\"");
    const json_t *items = member(list, "items");
    bool others = false;

    (void)state;
    assert_int_equal(json_array_size(items), json_array_size(member(plain, "items")));
    assert_true(item_has_genre(json_array_get(items, 0), "Horror"));
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);
        const json_t *before = item_of(plain, integer(item, "movie"));
        const json_t *moved = effect(item, "boost");
        const int64_t places = integer(before, "rank") - integer(item, "rank");

        assert_shape(item, ITEM_SHAPE);
        assert_true(number(item, "score") == number(before, "score"));
        assert_true(json_equal(member(item, "reasons"), member(before, "reasons")));
        assert_true((moved != NULL) == (places != 0));
        assert_true(moved == NULL || integer(moved, "moved") == places);
        others |= !item_has_genre(item, "Horror");
        assert_false(others && item_has_genre(item, "Horror") && number(item, "score") > 0);
    }
    json_decref(plain);
}

static void a_film_brought_in_has_no_place_it_came_from(void **state)
{
    const json_t *list = post("/api/v1/recommendations",
                              "{\"user\":6,\"limit\":1,\"boost\":\"if movie:281 then 1000 else 0\","
                              "\"seen\":\"show\"}");
    const json_t *item = json_array_get(member(list, "items"), 0);

    (void)state;
    assert_int_equal(integer(item, "movie"), 281);
    assert_true(json_is_null(member(effect(item, "boost"), "moved")));
}

static void each_rule_is_named(void **state)
{
    static const char *const rules[] = {"novelty", "calibrate", "diversity"};

    (void)state;
    for (size_t r = 0; r < 3; r++) {
        char members[80];
        const json_t *items;
        size_t moved = 0;

        (void)snprintf(members, sizeof members, ",\"%s\":1", rules[r]);
        items = member(ask_list(members), "items");
        for (size_t i = 0; i < json_array_size(items); i++)
            moved += effect(json_array_get(items, i), rules[r]) != NULL;
        assert_true(moved > 0);
    }
}

static void an_edited_history_is_another_history(void **state)
{
    json_t *plain = keep(ask_list(""));
    const json_t *ratings = member(get("/api/v1/people/6/ratings"), "items");
    const int64_t loved = integer(json_array_get(ratings, 0), "movie");
    char members[120];
    const json_t *list;

    (void)state;
    (void)snprintf(members, sizeof members,
                   ",\"reasons\":16,\"edits\":[{\"movie\":%lld,\"weight\":0}]", (long long)loved);
    list = ask_list(members);
    assert_string_equal(text(list, "basis"), "fold_in");
    assert_string_equal(text(plain, "basis"), "trained");
    assert_false(json_equal(member(list, "items"), member(plain, "items")));
    for (size_t i = 0; i < json_array_size(member(list, "items")); i++) {
        const json_t *reasons = member(json_array_get(member(list, "items"), i), "reasons");

        for (size_t k = 0; k < json_array_size(reasons); k++)
            assert_true(integer(json_array_get(reasons, k), "movie") != loved ||
                        number(json_array_get(reasons, k), "contribution") == 0);
    }
    assert_null(item_of(list, loved)); /* it was seen all the same */
    (void)snprintf(members, sizeof members, ",\"edits\":[{\"movie\":%lld,\"weight\":2}]",
                   (long long)loved);
    assert_false(json_equal(member(ask_list(members), "items"), member(plain, "items")));
    list = ask_list(",\"edits\":[{\"movie\":291,\"rating\":5}]");
    assert_null(item_of(list, 291));
    assert_int_equal(integer(member(list, "removed"), "seen"),
                     integer(member(plain, "removed"), "seen") + 1);
    json_decref(plain);
}

static void mistakes_name_the_member_and_the_place(void **state)
{
    static const struct {
        const char *members, *part;
        int status;
    } cases[] = {
        {"\"filter\":\"year >= and\"", "filter: character 9: expected a field", 422},
        {"\"filter\":\"year\"", "filter: character 1: expected a condition", 422},
        {"\"filter\":7", "filter: expected", 422},
        {"\"boost\":\"genre:Drama\"", "boost: character 1: expected a number", 422},
        {"\"diversity\":1.5", "diversity: 1.5 is not from 0 to 1", 422},
        {"\"novelty\":-1", "novelty: -1 is not from 0 to 1", 422},
        {"\"calibrate\":\"yes\"", "calibrate: expected", 422},
        {"\"calibrate\":2", "calibrate: 2 is not from 0 to 1", 422},
        {"\"edits\":{}", "edits: expected an array", 422},
        {"\"edits\":[3]", "edits[0]: expected a JSON object", 422},
        {"\"edits\":[{\"weight\":1}]", "edits[0].movie: must be given", 422},
        {"\"edits\":[{\"movie\":999,\"weight\":1}]", "edits[0].movie: no film has id 999", 404},
        {"\"edits\":[{\"movie\":291,\"weight\":2}]", "film 291 is not in the history", 422},
        {"\"edits\":[{\"movie\":291,\"rating\":9}]", "edits[0].rating: 9 is not from", 422},
        {"\"edits\":[{\"movie\":291,\"rating\":5,\"weight\":-1}]", "edits[0].weight: -1", 422},
    };
    char body[TARGET];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        (void)snprintf(body, sizeof body, "{\"user\":6,%s}", cases[i].members);
        refuses("POST", "/api/v1/recommendations", body, cases[i].status,
                cases[i].status == 404 ? "E_NOTFOUND" : "E_INVALID", cases[i].part);
    }
    refuses("GET", "/api/v1/recommendations?user=6&diversity=much", NULL, 422, "E_INVALID",
            "diversity: expected a number");
    refuses("GET", "/api/v1/recommendations?user=6&seen=maybe", NULL, 422, "E_INVALID", "seen:");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_filter_decides_who_is_on_the_list),
        cmocka_unit_test(the_query_string_says_the_same),
        cmocka_unit_test(a_boost_moves_films_and_says_so),
        cmocka_unit_test(a_film_brought_in_has_no_place_it_came_from),
        cmocka_unit_test(each_rule_is_named),
        cmocka_unit_test(an_edited_history_is_another_history),
        cmocka_unit_test(mistakes_name_the_member_and_the_place),
    };

    return cmocka_run_group_tests(tests, api_start, api_stop);
}
