/* Lists, reasons and similar people: for a person, a visitor and a film, and as JSON. */
#include <math.h>

#include "service/lists/recommend.h"
#include "support/world.h"

static reel_engine *engine;
static reel_session *session;
static const char *const models[] = {"hybrid", "ease", "ials", "content", "user-knn", "popular"};

static int set_up(void **state)
{
    (void)state;
    (void)world_load("folder", "reel.db", 1);
    engine = world_open("reel.db");
    session = world_session(engine);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    reel__session_free(session);
    reel__engine_close(engine);
    return 0;
}

static reel_request by_person(int64_t person, const char *model)
{
    reel_request request = reel__request_default();

    request.user = person;
    request.model = model;
    return request;
}

static const reel_list *answer(const reel_request *request)
{
    const reel_list *list = NULL;
    reel_err err = {0};

    assert_ok(reel__recommend(session, request, &list, &err));
    return list;
}

static void assert_refused(const reel_request *request, reel_code code, const char *part)
{
    const reel_list *list = NULL;
    reel_err err = {0};

    assert_fails(reel__recommend(session, request, &list, &err), code, part);
    assert_null(list);
}

/* ---- time ---------------------------------------------------------------------------------- */

static int64_t looks;

static int64_t count_looks(void)
{
    return ++looks;
}

/* The answer to a request that is late when the clock is looked at for the nth time. */
static reel_code answer_until(const reel_request *request, int64_t nth)
{
    const reel_list *list = NULL;
    reel_err err = {0};
    reel_code rc;

    looks = 0;
    reel__session_due(session, nth, count_looks);
    rc = reel__recommend(session, request, &list, &err);
    reel__session_due(session, 0, NULL);
    assert_true((rc == REEL_OK) == (list != NULL));
    assert_true(rc == REEL_OK || strstr(err.msg, "took longer") != NULL);
    return rc;
}

/* It ends at whichever stage it is late, begins no other, and the next request is answered. */
static void check_stages(const reel_request *request, int64_t stages)
{
    for (int64_t nth = 1; nth <= stages; nth++) {
        assert_int_equal(answer_until(request, nth), REEL_E_CANCELLED);
        assert_int_equal(looks, nth);
    }
    assert_int_equal(answer_until(request, stages + 1), REEL_OK);
    assert_int_equal(looks, stages);
    assert_true(answer(request)->count > 0);
}

static void who_is_late_is_given_up_between_stages(void **state)
{
    enum { FILMS = 20, PEOPLE = 3 };
    reel_member members[PEOPLE] = {{.user = 3}, {.user = 6}, {.user = 9}};
    reel_request plain = reel__request_default(), group = plain, near = plain;

    (void)state;
    plain.user = near.user = 6;
    near.source_movie = 1;
    plain.limit = group.limit = FILMS;
    plain.show_seen = group.show_seen = true;
    plain.diversity = plain.novelty = 0.5;
    group.members = members;
    group.member_count = PEOPLE;
    near.limit = 4;
    /* scored; ordered by two rules, and without each; explained by 16 */
    check_stages(&plain, 1 + 3 + 2);
    check_stages(&group, PEOPLE + PEOPLE * FILMS);
    check_stages(&near, 2 + 2 * 4);
}

static bool has_rated(int64_t person, reel_index movie)
{
    const reel_dataset *dataset = reel__engine_dataset(engine);
    const reel_csr_view ratings = reel_dataset_ratings(dataset);
    const reel_index row = reel_dataset_find_person(dataset, person);

    for (reel_nnz i = ratings.ptr[row]; i < ratings.ptr[row + 1]; i++)
        if (ratings.col[i] == movie)
            return true;
    return false;
}

static void check_item(const reel_recommendation *item)
{
    double sum = item->why.baseline + item->why.other;

    for (size_t k = 0; k < item->why.reason_count; k++)
        sum += item->why.reasons[k].contribution;
    assert_true(fabs(sum - item->score) <= 1e-5 * fmax(1, fabs(item->score)));
}

static void lists_for_every_person_and_model(void **state)
{
    (void)state;
    for (int64_t person = 3; person <= 3 * WORLD_PEOPLE; person += 3)
        for (size_t m = 0; m < 6; m++) {
            const reel_request request = by_person(person, models[m]);
            const reel_list *list = answer(&request);

            assert_string_equal(list->basis, "trained");
            assert_string_equal(list->model, models[m]);
            assert_int_equal(list->user, person);
            assert_int_equal(list->source_movie, -1);
            assert_true(list->count > 0 && list->count <= request.limit);
            for (size_t i = 0; i < list->count; i++) {
                assert_int_equal(list->items[i].rank, (int)i + 1);
                assert_false(has_rated(person, list->items[i].movie));
                assert_true(i == 0 || list->items[i].score <= list->items[i - 1].score);
                check_item(&list->items[i]);
            }
        }
}

static void ids_of_lists_differ(void **state)
{
    const reel_request request = by_person(3, NULL);
    char first[REEL_LIST_ID];

    (void)state;
    (void)snprintf(first, sizeof first, "%s", answer(&request)->id);
    assert_int_equal(strlen(first), 42);
    assert_int_equal(strncmp(first, "r_", 2), 0);
    assert_string_not_equal(answer(&request)->id, first);
}

static void seen_and_excluded(void **state)
{
    reel_request request = by_person(6, "popular");
    const reel_list *list = answer(&request);
    const reel_dataset *dataset = reel__engine_dataset(engine);
    const int64_t out[3] = {reel_dataset_movie_ids(dataset)[list->items[0].movie], 424242,
                            reel_dataset_movie_ids(dataset)[list->items[0].movie]};
    const reel_index second = list->items[1].movie;
    const size_t seen = list->removed_seen;

    (void)state;
    assert_true(seen > 0);
    request.exclude = out;
    request.exclude_count = 3;
    list = answer(&request);
    assert_int_equal(list->items[0].movie, second);
    assert_int_equal(list->removed_excluded, 1);
    request.exclude_count = 0;
    request.show_seen = true;
    request.limit = REEL_LIST_MAX;
    list = answer(&request);
    assert_int_equal(list->removed_seen, 0);
    assert_int_equal(list->count, WORLD_FILMS - 1);
}

/* A film nobody rated can only be known by its text. */
static void unrated_film_only_from_content(void **state)
{
    (void)state;
    for (size_t m = 0; m < 6; m++) {
        reel_request request = by_person(9, models[m]);
        const reel_list *list;
        bool found = false;

        request.limit = REEL_LIST_MAX;
        list = answer(&request);
        for (size_t i = 0; i < list->count; i++)
            found = found || list->items[i].movie == WORLD_FILMS - 1;
        assert_int_equal(found, strcmp(models[m], "content") == 0);
    }
}

static void films_like_a_film(void **state)
{
    reel_request request = reel__request_default();
    const reel_list *list;

    (void)state;
    request.source_movie = world_id(0);
    request.model = "content";
    list = answer(&request);
    assert_string_equal(list->basis, "fold_in");
    assert_int_equal(list->source_movie, world_id(0));
    assert_int_equal(list->items[0].movie, 1); /* Toy Story 2 */
    assert_int_equal(list->items[0].why.reasons[0].movie, 0);
    assert_true(list->items[0].why.term_count > 0);
    request.show_seen = true; /* a film is never like itself */
    list = answer(&request);
    for (size_t i = 0; i < list->count; i++)
        assert_int_not_equal(list->items[i].movie, 0);
    request.source_movie = 5;
    assert_refused(&request, REEL_E_NOTFOUND, "no film has id 5");
}

static void a_visitors_history(void **state)
{
    const reel_given given[2] = {{world_id(10), 5, 1}, {world_id(2), 4.5, 2}};
    const reel_given turned[2] = {given[1], given[0]};
    reel_request request = reel__request_default();
    reel_index first[10];
    const reel_list *list;

    (void)state;
    request.given = given;
    request.given_count = 2;
    list = answer(&request);
    assert_string_equal(list->basis, "fold_in");
    assert_int_equal(list->removed_seen, 2);
    for (size_t i = 0; i < 10; i++)
        first[i] = list->items[i].movie;
    request.given = turned; /* the order does not matter */
    list = answer(&request);
    for (size_t i = 0; i < 10; i++)
        assert_int_equal(list->items[i].movie, first[i]);
}

static void weight_0_leaves_a_film_out(void **state)
{
    const reel_given both[2] = {{world_id(0), 5, 1}, {world_id(11), 5, 0}};
    reel_request request = reel__request_default();
    const reel_list *list;

    (void)state;
    request.given = both;
    request.given_count = 2;
    request.model = "content";
    list = answer(&request);
    for (size_t i = 0; i < list->count; i++) {
        assert_int_not_equal(list->items[i].movie, 11); /* seen all the same */
        for (size_t k = 0; k < list->items[i].why.reason_count; k++)
            assert_true(list->items[i].why.reasons[k].movie != 11 ||
                        list->items[i].why.reasons[k].contribution == 0);
    }
}

static void nothing_to_go_by_is_answered_by_popular(void **state)
{
    const reel_given ignored[1] = {{world_id(0), 5, 0}};
    const reel_given unrated[1] = {{world_id(WORLD_FILMS - 1), 5, 1}};
    reel_request request = reel__request_default();
    const reel_list *list = answer(&request);

    (void)state;
    assert_string_equal(list->basis, "fallback");
    assert_string_equal(list->model, "popular");
    request.given = ignored;
    request.given_count = 1;
    assert_string_equal(answer(&request)->basis, "fallback");
    request.given = unrated; /* no neighbour knows it */
    request.model = "user-knn";
    list = answer(&request);
    assert_string_equal(list->basis, "fallback");
    assert_string_equal(list->model, "popular");
}

static void wrong_requests_name_the_member(void **state)
{
    reel_given given[2] = {{world_id(0), 5, 1}, {99999, 5, 1}};
    static reel_given many[REEL_HISTORY_MAX + 1];
    reel_request request = reel__request_default();

    (void)state;
    request.given = given;
    request.given_count = 2;
    assert_refused(&request, REEL_E_NOTFOUND, "history[1].movie: no film has id 99999");
    given[1] = (reel_given){world_id(1), 5.5, 1};
    assert_refused(&request, REEL_E_INVALID, "history[1].rating: 5.5 is not from 1 to 5");
    given[1].rating = (double)NAN;
    assert_refused(&request, REEL_E_INVALID, "history[1].rating");
    given[1] = (reel_given){world_id(1), 5, -1};
    assert_refused(&request, REEL_E_INVALID, "history[1].weight");
    given[1].weight = (double)NAN;
    assert_refused(&request, REEL_E_INVALID, "history[1].weight");
    given[1] = given[0];
    assert_refused(&request, REEL_E_INVALID, "given twice");
    given[1] = (reel_given){world_id(1), 5, 1};
    request.user = 3;
    assert_refused(&request, REEL_E_INVALID, "one of user, history");
    request.given = many;
    request.user = -1;
    request.given_count = REEL_HISTORY_MAX + 1;
    assert_refused(&request, REEL_E_INVALID, "history: 5001");

    request = by_person(4, NULL);
    assert_refused(&request, REEL_E_NOTFOUND, "no person has id 4");
    request = by_person(3, "slim");
    assert_refused(&request, REEL_E_NOTFOUND, "slim");
    request = by_person(3, NULL);
    request.limit = 0;
    assert_refused(&request, REEL_E_INVALID, "limit");
    request.limit = REEL_LIST_MAX + 1;
    assert_refused(&request, REEL_E_INVALID, "limit");
    request.limit = 1;
    request.reasons = REEL_REASONS_MAX + 1;
    assert_refused(&request, REEL_E_INVALID, "reasons");
    request.reasons = -1;
    assert_refused(&request, REEL_E_INVALID, "reasons");
}

static void explains_what_the_list_says(void **state)
{
    (void)state;
    for (size_t m = 0; m < 6; m++) {
        reel_request request = by_person(12, models[m]);
        const reel_list *list = answer(&request);
        reel_recommendation listed[10], alone;
        const size_t count = list->count;
        reel_err err = {0};

        memcpy(listed, list->items, count * sizeof *listed);
        request.limit = 0; /* ignored */
        for (size_t i = 0; i < count; i++) {
            assert_ok(reel__explain(session, &request, world_id(listed[i].movie), &alone, &err));
            assert_int_equal(alone.rank, listed[i].rank);
            assert_true(alone.score == listed[i].score);
            assert_int_equal(alone.why.reason_count, listed[i].why.reason_count);
            check_item(&alone);
        }
        assert_fails(reel__explain(session, &request, 7, &alone, &err), REEL_E_NOTFOUND, "7");
    }
}

static void similar_people_and_what_they_share(void **state)
{
    const reel_request request = by_person(6, NULL);
    reel_similar_person people[8];
    size_t count = 0;
    reel_err err = {0};

    (void)state;
    assert_ok(reel__similar_people(session, &request, 8, people, &count, &err));
    assert_int_equal(count, 8);
    for (size_t i = 0; i < count; i++) {
        int64_t common = 0, ratings = 0;

        for (reel_index film = 0; film < WORLD_FILMS; film++) {
            ratings += has_rated(people[i].person, film);
            common += has_rated(people[i].person, film) && has_rated(6, film);
        }
        assert_int_not_equal(people[i].person, 6);
        assert_int_equal(people[i].common, common);
        assert_int_equal(people[i].ratings, ratings);
        assert_true(people[i].similarity > 0 && people[i].similarity <= 1.0001);
        assert_true(i == 0 || people[i].similarity <= people[i - 1].similarity);
    }
    assert_fails(reel__similar_people(session, &request, 0, people, &count, &err), REEL_E_INVALID,
                 "limit");
}

/* ---- as JSON ------------------------------------------------------------------------------- */

static json_t *parse(const reel_buf *text)
{
    json_t *value = NULL;
    reel_err err = {0};

    assert_ok(reel__buf_check(text, &err));
    assert_ok(reel__json_parse(&value, text->data, text->length, 16, &err));
    return value;
}

static double number(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    assert_true(json_is_number(value));
    return json_number_value(value);
}

static void check_json_item(const json_t *item)
{
    double sum = number(item, "baseline") + number(item, "other");
    const double score = number(item, "score");
    const json_t *reasons = json_object_get(item, "reasons");

    for (size_t k = 0; k < json_array_size(reasons); k++) {
        const json_t *reason = json_array_get(reasons, k);

        sum += number(reason, "contribution");
        assert_true(number(reason, "rating") >= 1);
        assert_true(json_is_string(json_object_get(reason, "title")));
    }
    assert_true(fabs(sum - score) <= 1e-5 * fmax(1, fabs(score)));
    if (number(json_object_get(item, "rating"), "count") > 0)
        assert_true(number(item, "predicted_rating") >= 1 && number(item, "predicted_rating") <= 5);
    assert_true(json_is_array(json_object_get(item, "terms")));
    assert_true(number(item, "movie") >= 0 && number(item, "rank") >= 1);
    assert_true(number(json_object_get(item, "rating"), "count") >= 0);
}

static void writes_lists(void **state)
{
    (void)state;
    for (size_t m = 0; m < 6; m++) {
        const reel_request request = by_person(15, models[m]);
        const reel_list *list = answer(&request);
        const json_t *items;
        json_t *root;
        reel_buf text;
        reel_json json;

        reel__buf_init(&text, 1 << 20);
        reel__json_init(&json, &text);
        reel__write_list(&json, session, list, NULL);
        root = parse(&text);
        items = json_object_get(root, "items");
        assert_int_equal(json_array_size(items), list->count);
        for (size_t i = 0; i < json_array_size(items); i++)
            check_json_item(json_array_get(items, i));
        assert_string_equal(json_string_value(json_object_get(root, "id")), list->id);
        assert_true(number(root, "user") == 15);
        assert_true(json_is_null(json_object_get(root, "source_movie")));
        assert_true(json_is_null(json_object_get(root, "next")));
        assert_true(number(json_object_get(root, "removed"), "seen") > 0);
        json_decref(root);
        reel__buf_fini(&text);
    }
}

static void writes_films(void **state)
{
    reel_buf text;
    reel_json json;
    json_t *film;

    (void)state;
    reel__buf_init(&text, 1 << 20);
    reel__json_init(&json, &text);
    reel__write_movie(&json, engine, 2, true);
    film = parse(&text);
    assert_string_equal(json_string_value(json_object_get(film, "title")), "The Matrix");
    assert_string_equal(json_string_value(json_object_get(film, "source_title")),
                        "Matrix, The (1999)");
    assert_true(number(film, "year") == 1999 && number(film, "decade") == 1990);
    assert_string_equal(json_string_value(json_object_get(film, "poster")),
                        "https://image.tmdb.org/t/p/w342/p2.jpg");
    assert_string_equal(json_string_value(json_object_get(film, "generated_poster")),
                        "/api/v1/movies/21/poster.svg");
    assert_string_equal(json_string_value(json_object_get(film, "imdb_id")), "tt0001002");
    assert_true(number(film, "tmdb_id") == 502);
    assert_int_equal(json_array_size(json_object_get(film, "genres")), 2);
    assert_int_equal(json_array_size(json_object_get(film, "cast")), 0);
    assert_true(json_is_null(json_object_get(film, "trailer")));
    assert_true(json_is_null(json_object_get(film, "popularity")));
    json_decref(film);
    reel__buf_clear(&text);
    reel__json_init(&json, &text);
    reel__write_movie(&json, engine, WORLD_FILMS - 1, false);
    film = parse(&text);
    assert_null(json_object_get(film, "overview"));
    assert_true(json_is_null(json_object_get(json_object_get(film, "rating"), "mean")));
    assert_true(number(json_object_get(film, "rating"), "count") == 0);
    json_decref(film);
    reel__buf_fini(&text);
}

/* A list with its reasons, and every film in both forms. */
static void write_everything(reel_buf *text, const reel_list *list)
{
    reel_json json;

    reel__json_init(&json, text);
    reel__json_array(&json);
    reel__write_list(&json, session, list, "/next");
    for (reel_index movie = 0; movie < WORLD_FILMS; movie++) {
        reel__write_movie(&json, engine, movie, false);
        reel__write_movie(&json, engine, movie, true);
    }
    reel__json_array_end(&json);
    assert_int_equal(reel__buf_check(text, NULL), REEL_OK);
}

/* Every allocation fails once, until all are made; how many failures there were. */
static long prepare_shorts(void)
{
    for (long n = 0;; n++) {
        const long live = reel__alloc_live();
        reel_err err = {0};
        reel_code rc;

        reel__alloc_fail_after(n);
        rc = reel__shorts_prepare(engine, &err);
        reel__alloc_fail_after(-1);
        if (rc == REEL_OK)
            return n;
        assert_int_equal(rc, REEL_E_NOMEM);
        assert_int_equal(reel__alloc_live(), live);
    }
}

/* From here on films come from the bytes that were made. */
static void films_made_once_read_the_same(void **state)
{
    const reel_request request = by_person(18, "ease");
    const reel_list *list = answer(&request);
    reel_buf before, after;

    (void)state;
    reel__buf_init(&before, 1 << 20);
    reel__buf_init(&after, 1 << 20);
    assert_true(list->items[0].why.reason_count > 0);
    write_everything(&before, list);
    assert_true(prepare_shorts() >= 3);
    assert_int_equal(prepare_shorts(), 0); /* there already */
    write_everything(&after, list);
    assert_string_equal(before.data, after.data);
    reel__buf_fini(&before);
    reel__buf_fini(&after);
}

static reel_code ask_all(void *user, reel_err *err)
{
    reel_session *own = NULL;
    const reel_list *list;
    reel_code rc = reel__session_new(&own, engine, err);

    (void)user;
    for (size_t m = 0; m < 6 && rc == REEL_OK; m++) {
        const reel_request request = by_person(18, models[m]);

        rc = reel__recommend(own, &request, &list, err);
    }
    reel__session_free(own);
    return rc;
}

static void survives_any_allocation_failing(void **state)
{
    (void)state;
    assert_true(sweep_memory(ask_all, NULL) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_late_is_given_up_between_stages),
        cmocka_unit_test(lists_for_every_person_and_model),
        cmocka_unit_test(ids_of_lists_differ),
        cmocka_unit_test(seen_and_excluded),
        cmocka_unit_test(unrated_film_only_from_content),
        cmocka_unit_test(films_like_a_film),
        cmocka_unit_test(a_visitors_history),
        cmocka_unit_test(weight_0_leaves_a_film_out),
        cmocka_unit_test(nothing_to_go_by_is_answered_by_popular),
        cmocka_unit_test(wrong_requests_name_the_member),
        cmocka_unit_test(explains_what_the_list_says),
        cmocka_unit_test(similar_people_and_what_they_share),
        cmocka_unit_test(writes_lists),
        cmocka_unit_test(writes_films),
        cmocka_unit_test(films_made_once_read_the_same),
        cmocka_unit_test(survives_any_allocation_failing),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
