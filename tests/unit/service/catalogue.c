/* Films that come and go between two trainings: models go on as the versions they are, nothing but
 * what reads texts or counts ratings is fitted, and what other loads changed is still noticed.
 */
#include "service/engine/catalogue.h"
#include "service/engine/state.h"
#include "service/engine/versions.h"
#include "service/films/films.h"
#include "support/world.h"

static reel_store *store;
static char database[32];

static reel_engine *open_as(bool ready_only, bool learn)
{
    reel_engine_opts opts = world_opts(temp_path(database));
    reel_engine *engine = NULL;
    reel_err err = {0};

    opts.store = store;
    opts.ready_only = ready_only;
    opts.learn = learn;
    assert_ok(reel__engine_open(&engine, &opts, &err));
    return engine;
}

static int set_up(void **state)
{
    static int number;
    const reel_store_opts how = {.create = true};
    reel_err err = {0};

    (void)state;
    (void)snprintf(database, sizeof database, "reel%d.db", number++);
    (void)world_load("folder", database, 1);
    assert_ok(reel__store_open(&store, temp_path(database), &how, &err));
    reel__engine_close(open_as(false, true));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    reel__store_close(store);
    store = NULL;
    return 0;
}

static const char *id_of(const reel_engine *engine, int slot)
{
    return engine->models[slot] == NULL ? "none" : reel_model_id(engine->models[slot]);
}

static void put(const reel_engine *engine, int64_t id, const char *body)
{
    const reel_film_change change = {.id = id, .body = body, .length = strlen(body)};
    bool created = false;
    reel_err err = {0};

    assert_ok(reel__film_put(engine, &change, &created, &err));
}

static const char another[] = "{\"title\":\"Toy Story Again\",\"year\":2010,"
                              "\"genres\":[\"Animation\",\"Children\",\"Comedy\"],"
                              "\"overview\":\"A story of toys friendship rivalry.\"}";

/* Where a film stands in a list of all for somebody, from 1; 0: nowhere. */
static size_t place(const reel_engine *engine, const char *model, int64_t film)
{
    reel_request request = reel__request_default();
    reel_session *session = world_session(engine);
    const reel_list *list = NULL;
    size_t found = 0;
    reel_err err = {0};

    request.user = 6;
    request.model = model;
    request.limit = REEL_LIST_MAX;
    request.show_seen = true;
    assert_ok(reel__recommend(session, &request, &list, &err));
    for (size_t i = 0; i < list->count; i++)
        if (reel_dataset_movie_ids(engine->dataset)[list->items[i].movie] == film)
            found = i + 1;
    reel__session_free(session);
    return found;
}

static void near_to(const reel_engine *engine, int64_t person, reel_similar_person near[5],
                    size_t *count)
{
    reel_request request = reel__request_default();
    reel_session *session = world_session(engine);
    reel_err err = {0};

    request.user = person;
    assert_ok(reel__similar_people(session, &request, 5, near, count, &err));
    assert_true(*count > 0);
    reel__session_free(session);
}

static const char *basis_of(const reel_engine *engine, int64_t person)
{
    reel_request request = reel__request_default();
    reel_session *session = world_session(engine);
    const reel_list *list = NULL;
    const char *basis;
    reel_err err = {0};

    request.user = person;
    assert_ok(reel__recommend(session, &request, &list, &err));
    basis = list->basis;
    reel__session_free(session);
    return basis;
}

static void models_go_on_and_know_it(void **state)
{
    reel_engine *before = open_as(true, false), *after, *again;

    (void)state;
    put(before, 777, another);
    after = open_as(false, false);
    assert_non_null(strstr(world_notes, "models go on"));
    assert_null(strstr(world_notes, "trained in"));
    for (int slot = 0; slot < MODELS; slot++) {
        const bool anew = slot == MODEL_CONTENT || slot == MODEL_POPULAR;

        assert_int_equal(strcmp(id_of(before, slot), id_of(after, slot)) != 0, anew);
        assert_int_equal(reel_model_movies(after->models[slot]), WORLD_FILMS + 1);
    }
    /* Whoever may fit nothing, a second server say, has all of it, too. */
    again = open_as(true, false);
    for (int slot = 0; slot < MODELS; slot++)
        assert_string_equal(id_of(again, slot), id_of(after, slot));
    for (size_t m = 0; m < 2; m++) { /* and lists it, which were of films that nobody rated never */
        const reel_engine *engine = m == 0 ? after : again;

        assert_true(place(engine, "content", 777) > 0);
        assert_true(place(engine, "hybrid", 777) > 0);
        assert_true(place(engine, "ease", 777) > 0);
        assert_int_equal(place(engine, "popular", 777), 0);
        assert_int_equal(place(engine, "hybrid", world_id(WORLD_FILMS - 1)), 0);
    }
    reel__engine_close(again);
    again = open_as(false, true); /* who asks for training gets it */
    for (int slot = 0; slot < MODELS; slot++)
        assert_int_equal(strcmp(id_of(before, slot), id_of(again, slot)) != 0, 1);
    reel__engine_close(again);
    reel__engine_close(after);
    reel__engine_close(before);
}

/* Who came since may stand between those who were there: an account that is older than others and
 * rates for the first time. Everybody is who they were. */
static void people_may_have_come_between(void **state)
{
    const reel_given_row first = {
        .person = 7, .movie = world_id(2), .kind = REEL_GIVEN_RATING, .value = 4, .time = 1};
    reel_engine *before = open_as(true, false), *after;
    reel_similar_person near[2][5];
    size_t count[2];
    reel_err err = {0};

    (void)state;
    near_to(before, 9, near[0], &count[0]);
    assert_ok(reel__store_put_given(store, &first, 1, &err));
    put(before, 777, another);
    after = open_as(false, false);
    for (int slot = 0; slot < MODELS; slot++)
        if (slot != MODEL_CONTENT && slot != MODEL_POPULAR)
            assert_string_equal(id_of(after, slot), id_of(before, slot));
    assert_true(reel_dataset_find_person(after->dataset, 9) >
                reel_dataset_find_person(before->dataset, 9));
    near_to(after, 9, near[1], &count[1]);
    assert_int_equal(count[1], count[0]);
    for (size_t i = 0; i < count[0]; i++) {
        assert_int_equal(near[1][i].person, near[0][i].person);
        assert_int_not_equal(near[1][i].person, 9);
    }
    assert_string_equal(basis_of(after, 9), "trained");
    assert_string_equal(basis_of(after, 7), "fold_in");
    reel__engine_close(after);
    reel__engine_close(before);
}

/* Models that were fitted on other texts, and what was made of these, can be mixed. */
static void mixtures_go_on(void **state)
{
    static const reel_blend_part parts[2] = {{"ease", 1}, {"popular", 1}};
    reel_request request = reel__request_default();
    reel_engine *before = open_as(true, false), *after;
    reel_session *session;
    const reel_list *list;
    bool listed = false;
    reel_err err = {0};

    (void)state;
    request.user = 6;
    request.limit = REEL_LIST_MAX;
    request.show_seen = true;
    request.blend = parts;
    request.blend_count = 2;
    for (int step = 0; step < 2; step++) { /* a film changed; another came */
        put(before, step == 0 ? world_id(0) : 777, another);
        after = open_as(false, false);
        session = world_session(after);
        assert_ok(reel__recommend(session, &request, &list, &err));
        for (size_t i = 0; i < list->count; i++)
            listed |= reel_dataset_movie_ids(after->dataset)[list->items[i].movie] == 777;
        assert_int_equal(listed, step);
        reel__session_free(session);
        reel__engine_close(after);
    }
    reel__engine_close(before);
}

static void what_changes_or_goes_is_no_training_either(void **state)
{
    const reel_film_change gone = {.id = world_id(3)};
    reel_engine *before = open_as(true, false), *after;
    reel_err err = {0};

    (void)state;
    put(before, world_id(0), "{\"title\":\"Toy Story\",\"year\":1995,\"genres\":[\"Western\"]}");
    after = open_as(false, false);
    assert_string_equal(id_of(after, MODEL_HYBRID), id_of(before, MODEL_HYBRID));
    assert_string_not_equal(id_of(after, MODEL_CONTENT), id_of(before, MODEL_CONTENT));
    assert_true(place(after, "ease", world_id(3)) > 0);
    assert_ok(reel__film_delete(after, &gone, &err));
    reel__engine_close(after);
    after = open_as(false, false);
    assert_string_equal(id_of(after, MODEL_HYBRID), id_of(before, MODEL_HYBRID));
    assert_int_equal(reel_model_movies(after->models[MODEL_HYBRID]), WORLD_FILMS - 1);
    assert_int_equal(place(after, "ease", world_id(3)), 0);
    reel__engine_close(after);
    reel__engine_close(before);
}

static void another_version_can_be_put_in_service(void **state)
{
    reel_engine_opts opts = world_opts(temp_path(database));
    reel_engine *before = open_as(true, false), *after = NULL;
    char first[REEL_MODEL_ID], second[REEL_MODEL_ID], back[REEL_MODEL_ID];
    const reel_param lambda = {"lambda", "100"};
    const reel_params params = {&lambda, 1};
    reel_err err = {0};

    (void)state;
    (void)snprintf(first, sizeof first, "%s", id_of(before, MODEL_EASE));
    opts.store = store;
    opts.only = "ease";
    opts.params = &params;
    opts.retrain = opts.learn = true;
    assert_ok(reel__engine_open(&after, &opts, &err));
    (void)snprintf(second, sizeof second, "%s", id_of(after, MODEL_EASE));
    assert_string_not_equal(first, second);
    reel__engine_close(after);
    put(before, 777, another);
    after = open_as(false, false);
    assert_string_equal(id_of(after, MODEL_EASE), second);
    assert_ok(reel__version_before(back, after, "ease", &err));
    assert_string_equal(back, first);
    assert_ok(reel__version_activate(after, back, &err));
    reel__engine_close(after);
    after = open_as(true, false);
    assert_string_equal(id_of(after, MODEL_EASE), first);
    assert_int_equal(reel_model_movies(after->models[MODEL_EASE]), WORLD_FILMS + 1);
    reel__engine_close(after);
    reel__engine_close(before);
}

static void other_loads_are_noticed(void **state)
{
    reel_engine *before = open_as(true, false), *after;

    (void)state;
    put(before, 777, another);
    (void)world_load("folder", database, 2);
    after = open_as(true, false);
    assert_string_equal(id_of(after, MODEL_EASE), "none");
    put(after, 777, another);
    reel__engine_close(after);
    after = open_as(true, false);
    assert_string_equal(id_of(after, MODEL_EASE), "none"); /* of before that load */
    reel__engine_close(after);
    reel__engine_close(before);
}

/* Two servers may write down what they changed in any order. */
static void spans_are_joined(void **state)
{
    static const struct {
        int64_t changes[4]; /* by the generation before; 0 = no more */
        int64_t since;      /* of generation 6; INT64_MAX: not known */
    } cases[] = {
        {{5}, 5},
        {{4, 5}, 4},
        {{5, 4}, 4},
        {{3, 4, 5}, 3},
        {{3, 5}, 5},
        {{5, 3}, 5},
        {{4}, INT64_MAX},
        {{6}, 6},
        {{5, 6, 4}, 4},
        {{7}, INT64_MAX},
        {{2, 3, 4}, INT64_MAX},
    };

    static const reel_model_record none = {
        .name = REEL_CATALOGUE, .model_id = "1", .file = "", .data_hash = "", .parameters = "{}"};
    reel_err err = {0};

    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        reel_engine engine = {.store = store, .label = {.generation = 6}};

        assert_ok(reel__store_put_model(store, &none, &err));
        for (size_t i = 0; i < 4 && cases[c].changes[i] > 0; i++)
            reel__catalogue_changed(store, cases[c].changes[i]);
        reel__engine_ask_records(&engine);
        assert_int_equal(engine.films_since, cases[c].since);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(models_go_on_and_know_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(people_may_have_come_between, set_up, tear_down),
        cmocka_unit_test_setup_teardown(mixtures_go_on, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_changes_or_goes_is_no_training_either, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(another_version_can_be_put_in_service, set_up, tear_down),
        cmocka_unit_test_setup_teardown(other_loads_are_noticed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(spans_are_joined, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
