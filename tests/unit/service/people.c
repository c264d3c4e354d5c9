/* People, their ratings, health, models and notices as the doors show them. */
#include "service/engine/about.h"
#include "service/lists/people.h"
#include "store/accounts.h"
#include "support/world.h"

static reel_engine *engine;
static reel_buf text;
static reel_json json;

/* It is of the data like anybody's rating, and listed nowhere. */
static void rate_by_an_account(int64_t account)
{
    const reel_given_row row = {
        .person = REEL_ACCOUNT_PERSON + account, .movie = 1, .kind = REEL_GIVEN_RATING, .value = 5};
    reel_store *store = NULL;
    reel_err err = {0};

    assert_ok(reel__store_open(&store, temp_path("reel.db"), NULL, &err));
    assert_ok(reel__store_put_given(store, &row, 1, &err));
    reel__store_close(store);
}

static int set_up(void **state)
{
    (void)state;
    (void)world_load("folder", "reel.db", 1);
    rate_by_an_account(1);
    engine = world_open("reel.db");
    reel__buf_init(&text, 1 << 22);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    reel__buf_fini(&text);
    reel__engine_close(engine);
    return 0;
}

static void start(void)
{
    reel__buf_clear(&text);
    reel__json_init(&json, &text);
}

static json_t *parse(void)
{
    json_t *value = NULL;
    reel_err err = {0};

    assert_ok(reel__buf_check(&text, &err));
    assert_ok(reel__json_parse(&value, text.data, text.length, 16, &err));
    return value;
}

/* The ids of one page. */
static size_t people(const char *prefix, int64_t after, size_t limit, int64_t *ids, int64_t *next)
{
    json_t *list;
    size_t count;

    start();
    reel__json_array(&json);
    reel__people_write(&json, engine, prefix, after, limit, next);
    reel__json_array_end(&json);
    list = parse();
    count = json_array_size(list);
    assert_true(count <= limit);
    for (size_t i = 0; i < count; i++)
        ids[i] = json_integer_value(json_object_get(json_array_get(list, i), "user"));
    json_decref(list);
    return count;
}

static void people_by_pages(void **state)
{
    int64_t ids[200], next = -1;
    size_t total = 0, pages = 0;

    (void)state;
    do { /* ids are 3, 6, ... */
        const size_t count = people("", next, 7, ids, &next);

        for (size_t i = 0; i < count; i++)
            assert_int_equal(ids[i], 3 * (int64_t)(total + i + 1));
        total += count;
        pages++;
    } while (next >= 0);
    assert_int_equal(total, WORLD_PEOPLE);
    assert_int_equal(pages, (WORLD_PEOPLE + 6) / 7);
}

static void people_by_first_digits(void **state)
{
    static const char *const prefixes[] = {"1",   "12", "9", "99", "120",
                                           "121", "0",  "x", "-1", "99999999999999999999"};

    (void)state;
    for (size_t p = 0; p < sizeof prefixes / sizeof *prefixes; p++) {
        int64_t ids[200], next = 5;
        const size_t count = people(prefixes[p], -1, 200, ids, &next);
        size_t expected = 0;

        for (int64_t id = 3; id <= 3 * WORLD_PEOPLE; id += 3) {
            char digits[24];

            (void)snprintf(digits, sizeof digits, "%lld", (long long)id);
            if (strncmp(digits, prefixes[p], strlen(prefixes[p])) == 0)
                assert_int_equal(ids[expected++], id);
        }
        assert_int_equal(count, expected);
        assert_int_equal(next, -1);
    }
}

static void pages_of_first_digits_go_on(void **state)
{
    int64_t ids[200], all[200], next = -1;
    const size_t total = people("1", -1, 200, all, &next);
    size_t at = 0;

    (void)state;
    do {
        const size_t count = people("1", next, 2, ids, &next);

        for (size_t i = 0; i < count; i++)
            assert_int_equal(ids[i], all[at++]);
    } while (next >= 0);
    assert_int_equal(at, total);
    assert_true(total > 4);
}

static void one_person(void **state)
{
    const json_t *genres;
    json_t *person;
    int64_t last = INT64_MAX;
    reel_err err = {0};

    (void)state;
    start();
    assert_ok(reel__person_write(&json, engine, 6, &err));
    person = parse();
    assert_int_equal(json_integer_value(json_object_get(person, "user")), 6);
    assert_true(json_is_false(json_object_get(person, "simulated")));
    genres = json_object_get(person, "genres");
    assert_true(json_array_size(genres) > 3);
    for (size_t i = 0; i < json_array_size(genres); i++) {
        const json_t *one = json_array_get(genres, i);
        const int64_t ratings = json_integer_value(json_object_get(one, "ratings"));

        assert_true(ratings > 0 && ratings <= last);
        assert_true(json_number_value(json_object_get(one, "mean")) >= 1);
        last = ratings;
    }
    json_decref(person);
    start();
    assert_fails(reel__person_write(&json, engine, 5, &err), REEL_E_NOTFOUND, "no person has id 5");
}

static void ratings_best_first(void **state)
{
    const reel_index row = reel_dataset_find_person(reel__engine_dataset(engine), 6);
    const reel_nnz *ptr = reel_dataset_ratings(reel__engine_dataset(engine)).ptr;
    reel_rated_page page = {.kinds = 1U << REEL_GIVEN_RATING, .limit = 5};
    double last = 6;
    size_t seen = 0;
    bool more = true;
    reel_err err = {0};

    (void)state;
    for (; more; page.goes_on = true) {
        json_t *list;

        start();
        reel__json_array(&json);
        assert_ok(reel__person_write_ratings(&json, engine, 6, &page, &page.after, &more, &err));
        reel__json_array_end(&json);
        list = parse();
        for (size_t i = 0; i < json_array_size(list); i++) {
            const double rating =
                json_number_value(json_object_get(json_array_get(list, i), "your_rating"));

            assert_true(rating >= 1 && rating <= last);
            last = rating;
        }
        seen += json_array_size(list);
        json_decref(list);
    }
    assert_int_equal(seen, ptr[row + 1] - ptr[row]);
    assert_non_null(strstr(text.data, "\"time\":\"2001-09-0"));
    assert_fails(reel__person_write_ratings(&json, engine, 5, &page, &page.after, &more, &err),
                 REEL_E_NOTFOUND, "5");
}

static void health(void **state)
{
    json_t *root;

    (void)state;
    start();
    reel__health_write(&json, engine);
    root = parse();
    assert_int_equal(json_integer_value(json_object_get(root, "movies")), WORLD_FILMS);
    assert_int_equal(json_integer_value(json_object_get(root, "people")), WORLD_PEOPLE + 1);
    assert_true(json_is_true(json_object_get(root, "tmdb")));
    assert_int_equal(json_array_size(json_object_get(root, "models")), 7);
    assert_non_null(strstr(text.data, "\"rating_scale\":{\"min\":1,\"max\":5,\"step\":1}"));
    json_decref(root);
}

static void models(void **state)
{
    static const char *const names[] = {"hybrid",   "ease",    "ials", "content",
                                        "user-knn", "popular", "als"};
    json_t *list;
    reel_err err = {0};

    (void)state;
    start();
    reel__json_array(&json);
    assert_ok(reel__models_write(&json, engine, &err));
    reel__json_array_end(&json);
    list = parse();
    assert_int_equal(json_array_size(list), 7);
    for (size_t i = 0; i < 7; i++) {
        const json_t *model = json_array_get(list, i);

        assert_string_equal(json_string_value(json_object_get(model, "name")), names[i]);
        assert_true(json_is_string(json_object_get(model, "trained_at")));
        assert_true(json_is_number(json_object_get(model, "seconds")));
        assert_true(json_object_size(json_object_get(model, "parameters")) > 0);
    }
    json_decref(list);
}

static void posters_and_notices(void **state)
{
    reel_err err = {0};

    (void)state;
    start();
    assert_ok(reel__movie_poster(&text, engine, world_id(0), &err));
    assert_non_null(strstr(text.data, "<svg"));
    assert_fails(reel__movie_poster(&text, engine, 2, &err), REEL_E_NOTFOUND, "no film has id 2");
    assert_non_null(strstr(reel__licenses(), "Reel"));
    assert_non_null(strstr(reel__licenses(), "scikit-learn"));
}

static reel_index people_with(bool retrain, const char *only)
{
    reel_engine_opts opts = world_opts(temp_path("reel.db"));
    reel_engine *other = NULL;
    reel_index count;
    reel_err err = {0};

    opts.retrain = retrain;
    opts.only = only;
    assert_ok(reel__engine_open(&other, &opts, &err));
    count = reel_dataset_people(reel__engine_dataset(other));
    reel__engine_close(other);
    return count;
}

/* Loads are noticed by themselves; what was given since by who fits everything again. */
static void training_again_takes_what_was_given(void **state)
{
    (void)state;
    rate_by_an_account(2);
    assert_int_equal(people_with(false, NULL), WORLD_PEOPLE + 1);
    assert_int_equal(people_with(true, "popular"), WORLD_PEOPLE + 1);
    assert_int_equal(people_with(true, NULL), WORLD_PEOPLE + 2);
    assert_int_equal(people_with(false, NULL), WORLD_PEOPLE + 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_by_pages),
        cmocka_unit_test(people_by_first_digits),
        cmocka_unit_test(pages_of_first_digits_go_on),
        cmocka_unit_test(one_person),
        cmocka_unit_test(ratings_best_first),
        cmocka_unit_test(health),
        cmocka_unit_test(models),
        cmocka_unit_test(posters_and_notices),
        cmocka_unit_test(training_again_takes_what_was_given),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
