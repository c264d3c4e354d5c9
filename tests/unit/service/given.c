/* given.c - what people gave since the snapshot was made is in the next list: history = row of the
 * snapshot with these rows in its place.
 */
#include <math.h>

#include "service/engine/state.h"
#include "service/engine/overlay.h"
#include "service/feedback/give_priv.h"
#include "store/accounts.h"
#include "store/sql.h"
#include "support/world.h"

static reel_store *store;
static reel_overlay *overlay;
static reel_engine *engine;
static reel_session *session;

static int set_up(void **state)
{
    reel_engine_opts opts;
    reel_err err = {0};

    (void)state;
    (void)world_load("folder", "reel.db", 1);
    opts = world_opts(temp_path("reel.db"));
    assert_ok(reel__engine_open_store(&store, &opts, &err));
    assert_ok(reel__overlay_open(&overlay, store, NULL, &err));
    opts.store = store;
    opts.overlay = overlay;
    assert_ok(reel__engine_open(&engine, &opts, &err));
    session = world_session(engine);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    reel__session_free(session);
    reel__engine_close(engine);
    reel__overlay_close(overlay);
    reel__engine_close_store(store);
    return 0;
}

static void give(int64_t person, int64_t movie, reel_given_kind kind, double value)
{
    const reel_given_row row = {
        .person = person, .movie = movie, .time = 1100000000, .kind = kind, .value = value};
    reel_err err = {0};

    assert_ok(reel__overlay_put(overlay, &row, 1, &err));
}

static const reel_list *list_for(int64_t person, const char *model)
{
    const reel_list *list = NULL;
    reel_request request = reel__request_default();
    reel_err err = {0};

    request.user = person;
    request.model = model;
    assert_ok(reel__recommend(session, &request, &list, &err));
    return list;
}

static bool is_on(const reel_list *list, reel_index movie)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].movie == movie)
            return true;
    return false;
}

/* The same as if the whole history had been brought along. */
static void assert_as_folded_in(int64_t person, const char *model)
{
    const reel_list *list = list_for(person, model);
    reel_index expected[REEL_LIST_MAX];
    reel_given history[WORLD_FILMS];
    reel_request request = reel__request_default();
    const size_t count = list->count;
    reel_err err = {0};

    assert_string_equal(list->basis, "fold_in");
    for (size_t i = 0; i < count; i++)
        expected[i] = list->items[i].movie;
    request.model = model;
    request.given = history;
    for (size_t i = 0; i < session->query.count; i++) {
        const reel_entry *entry = &session->query.entries[i];

        history[request.given_count++] =
            (reel_given){.movie = reel_dataset_movie_ids(engine->dataset)[entry->movie],
                         .rating = (double)entry->value,
                         .weight = 1,
                         .click = entry->kind == REEL_ENTRY_CLICK};
    }
    assert_ok(reel__recommend(session, &request, &list, &err));
    assert_int_equal(list->count, count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(list->items[i].movie, expected[i]);
}

static void a_rating_changes_the_next_list(void **state)
{
    static const char *const models[] = {"ease", "ials", "content", "popular"};
    const reel_list *list = list_for(6, "ease");
    reel_index first = list->items[0].movie;
    const size_t rated = list->removed_seen;

    (void)state;
    assert_string_equal(list->basis, "trained");
    give(6, reel_dataset_movie_ids(engine->dataset)[first], REEL_GIVEN_RATING, 5);
    list = list_for(6, "ease");
    assert_string_equal(list->basis, "fold_in");
    assert_false(is_on(list, first));
    assert_int_equal(list->removed_seen, rated + 1);
    for (size_t m = 0; m < sizeof models / sizeof *models; m++)
        assert_as_folded_in(6, models[m]);
    assert_string_equal(list_for(9, "ease")->basis, "trained"); /* nobody else's */
    give(6, reel_dataset_movie_ids(engine->dataset)[first], REEL_GIVEN_REMOVED, 0);
    list = list_for(6, "ease");
    assert_string_equal(list->basis, "trained"); /* as it was */
    assert_int_equal(list->items[0].movie, first);
}

static void a_loaded_rating_is_changed_and_taken_away(void **state)
{
    const reel_csr_view ratings = reel_dataset_ratings(engine->dataset);
    const reel_index row = reel_dataset_find_person(engine->dataset, 12);
    const reel_index movie = ratings.col[ratings.ptr[row]];
    const int64_t id = reel_dataset_movie_ids(engine->dataset)[movie];
    const size_t before = list_for(12, "ease")->removed_seen;
    const reel_list *list;

    (void)state;
    give(12, id, REEL_GIVEN_RATING, (double)(ratings.val[ratings.ptr[row]] == 1 ? 2 : 1));
    list = list_for(12, "ease");
    assert_string_equal(list->basis, "fold_in");
    assert_int_equal(list->removed_seen, before);
    assert_true(session->query.entries[0].value == (ratings.val[ratings.ptr[row]] == 1 ? 2 : 1));
    give(12, id, REEL_GIVEN_REMOVED, 0);
    assert_int_equal(list_for(12, "ease")->removed_seen, before - 1);
    give(12, id, REEL_GIVEN_LIKED, 0);
    assert_int_equal(list_for(12, "ease")->removed_seen, before);
    assert_int_equal(session->query.entries[0].kind, REEL_ENTRY_CLICK);
    give(12, 999999, REEL_GIVEN_RATING, 3); /* a film newer than the snapshot */
    assert_int_equal(list_for(12, "ease")->removed_seen, before);
}

static void what_does_not_interest_is_not_shown(void **state)
{
    const reel_list *list = list_for(15, "hybrid");
    const reel_index first = list->items[0].movie;
    const size_t seen = list->removed_seen;

    (void)state;
    give(15, reel_dataset_movie_ids(engine->dataset)[first], REEL_GIVEN_NOT_INTERESTED, 0);
    list = list_for(15, "hybrid");
    assert_false(is_on(list, first));
    assert_int_equal(list->removed_excluded, 1);
    assert_int_equal(list->removed_seen, seen);
    assert_string_equal(list->basis, "fold_in"); /* it says something of other films, too */
    assert_int_equal(list_for(18, "hybrid")->removed_excluded, 0);
    give(15, reel_dataset_movie_ids(engine->dataset)[first], REEL_GIVEN_WATCHLIST, 0);
    list = list_for(15, "hybrid");
    assert_true(is_on(list, first)); /* wanted is not seen */
    assert_int_equal(list->removed_seen, seen);
}

static void do_with(int64_t person, int64_t movie, unsigned did)
{
    const reel_given_row row = {.person = person,
                                .movie = movie,
                                .time = 1100000000,
                                .kind = REEL_GIVEN_CLICKED,
                                .value = (double)NAN,
                                .did = did};
    reel_err err = {0};

    assert_ok(reel__overlay_put(overlay, &row, 1, &err));
}

/* What the history of the last list has of a film; weight 0: nothing. */
static reel_entry entry_of(reel_index movie)
{
    for (size_t i = 0; i < session->query.count; i++)
        if (session->query.entries[i].movie == movie)
            return session->query.entries[i];
    return (reel_entry){.weight = 0};
}

static void assert_signal(reel_index movie, double weight)
{
    const reel_entry entry = entry_of(movie);

    assert_int_equal(entry.kind, REEL_ENTRY_SIGNAL);
    assert_true(entry.value == 1);
    assert_true(entry.weight == (float)weight);
}

static void a_click_changes_the_next_list(void **state)
{
    const reel_list *list = list_for(30, "ease");
    const reel_index first = list->items[0].movie;
    const int64_t id = reel_dataset_movie_ids(engine->dataset)[first];
    float before[WORLD_FILMS];
    int changed = 0;
    const size_t seen = list->removed_seen;
    reel_given_row there;
    reel_err err = {0};

    (void)state;
    assert_string_equal(list->basis, "trained");
    memcpy(before, session->scores, sizeof before);
    do_with(30, id, REEL_DID_CLICK);
    list = list_for(30, "ease");
    assert_string_equal(list->basis, "fold_in");
    assert_signal(first, 0.5);
    assert_true(is_on(list, first)); /* looked at is not seen */
    assert_int_equal(list->removed_seen, seen);
    assert_int_equal(list->removed_excluded, 0);
    for (reel_index film = 0; film < WORLD_FILMS; film++)
        changed += fabs((double)(session->scores[film] - before[film])) > 1e-4;
    assert_true(changed > 2);
    assert_ok(reel__give_find(&there, engine, 30, id, &err)); /* it says nothing of the film */
    assert_int_equal(there.kind, REEL_GIVEN_REMOVED);
    do_with(30, id, REEL_DID_TRAILER); /* the stronger of both, not both */
    (void)list_for(30, "ease");
    assert_signal(first, 0.5);
    assert_string_equal(list_for(33, "ease")->basis, "trained"); /* nobody else's */
}

static void a_click_is_weaker_than_anything_said(void **state)
{
    const reel_csr_view ratings = reel_dataset_ratings(engine->dataset);
    const reel_index row = reel_dataset_find_person(engine->dataset, 36);
    const reel_index rated = ratings.col[ratings.ptr[row]];
    const int64_t *ids = reel_dataset_movie_ids(engine->dataset);
    const reel_index first = list_for(36, "ease")->items[0].movie;

    (void)state;
    do_with(36, ids[rated], REEL_DID_ALL); /* of what was rated nothing changes */
    assert_string_equal(list_for(36, "ease")->basis, "trained");
    assert_int_equal(entry_of(rated).kind, REEL_ENTRY_RATING);
    do_with(36, ids[first], REEL_DID_TRAILER);
    give(36, ids[first], REEL_GIVEN_RATING, 4);
    (void)list_for(36, "ease");
    assert_int_equal(entry_of(first).kind, REEL_ENTRY_RATING);
    give(36, ids[first], REEL_GIVEN_LIKED, 0);
    (void)list_for(36, "ease");
    assert_int_equal(entry_of(first).kind, REEL_ENTRY_CLICK);
    give(36, ids[first], REEL_GIVEN_NOT_INTERESTED, 0);
    assert_false(is_on(list_for(36, "ease"), first));
    assert_true(entry_of(first).value == -1);
    do_with(36, ids[first], REEL_DID_CLICK); /* nor afterwards */
    assert_true(list_for(36, "ease")->removed_excluded == 1 && entry_of(first).value == -1);
    give(36, ids[first], REEL_GIVEN_WATCHLIST, 0);
    (void)list_for(36, "ease");
    assert_signal(first, 0.5); /* not both */
    give(36, ids[first], REEL_GIVEN_REMOVED, 0);
    (void)list_for(36, "ease");
    assert_signal(first, 0.5); /* taken back is what was said */
    give(36, ids[rated], REEL_GIVEN_REMOVED, 0);
    (void)list_for(36, "ease");
    assert_signal(rated, 0.5);
}

static void weights_of_clicks_are_set(void **state)
{
    const reel_signal_weights usual = engine->signals;
    const int64_t *ids = reel_dataset_movie_ids(engine->dataset);
    reel_index first;

    (void)state;
    first = list_for(39, "ease")->items[0].movie;
    engine->signals.click = 0.125;
    engine->signals.trailer = 2;
    do_with(39, ids[first], REEL_DID_CLICK);
    (void)list_for(39, "ease");
    assert_signal(first, 0.125);
    do_with(39, ids[first], REEL_DID_TRAILER);
    (void)list_for(39, "ease");
    assert_signal(first, 2);
    give(39, ids[first], REEL_GIVEN_WATCHLIST, 0);
    (void)list_for(39, "ease");
    assert_signal(first, 2);
    give(39, ids[first], REEL_GIVEN_REMOVED, 0);
    engine->signals.trailer = 0;
    (void)list_for(39, "ease");
    assert_signal(first, 0.125);
    engine->signals.click = 0;
    assert_string_equal(list_for(39, "ease")->basis, "trained");
    engine->signals = usual;
}

/* Nobody the models know: popular at first, then by what they gave. */
static void an_account_is_a_person(void **state)
{
    reel_account account = {.name = "ana", .folded = "ana"};
    const reel_list *list = NULL;
    reel_request request = reel__request_default();
    int64_t person;
    reel_err err = {0};

    (void)state;
    assert_ok(reel__store_add_account(store, &account, &err));
    person = REEL_ACCOUNT_PERSON + account.id;
    list = list_for(person, "ease");
    assert_string_equal(list->basis, "fallback");
    assert_string_equal(list->model, "popular");
    give(person, world_id(0), REEL_GIVEN_RATING, 5);
    give(person, world_id(1), REEL_GIVEN_RATING, 5);
    list = list_for(person, "ease");
    assert_string_equal(list->basis, "fold_in");
    assert_string_equal(list->model, "ease");
    assert_int_equal(list->removed_seen, 2);
    assert_as_folded_in(person, "user-knn");
    request.user = person + 1;
    assert_fails(reel__recommend(session, &request, &list, &err), REEL_E_NOTFOUND, "account");
    request.user = 4;
    assert_fails(reel__recommend(session, &request, &list, &err), REEL_E_NOTFOUND, "4");
}

static reel_code ask(void *user, reel_err *err)
{
    const reel_list *list = NULL;
    reel_request request = reel__request_default();
    reel_session *own = NULL;
    reel_code rc;

    (void)user;
    request.user = 21;
    request.model = "popular";
    REEL_TRY(reel__session_new(&own, engine, err));
    rc = reel__recommend(own, &request, &list, err);
out:
    reel__session_free(own);
    return rc;
}

static void without_memory(void **state)
{
    (void)state;
    give(21, world_id(3), REEL_GIVEN_RATING, 5);
    give(21, world_id(4), REEL_GIVEN_NOT_INTERESTED, 0);
    (void)list_for(21, "popular"); /* from here on it is kept */
    assert_true(sweep_memory(ask, NULL) > 5);
}

/* The database is asked for what was given since, and does not answer. */
static void without_a_store(void **state)
{
    const reel_list *list = NULL;
    reel_request request = reel__request_default();
    reel_sql sql;
    reel_err err = {0};

    (void)state;
    give(24, world_id(3), REEL_GIVEN_RATING, 5);
    reel__sql_begin(&sql, "DROP TABLE given");
    assert_ok(reel__sql_write(store, &sql, false, NULL, &err));
    request.user = 24;
    assert_true(reel__recommend(session, &request, &list, &err) != REEL_OK);
    (void)list_for(27, "popular"); /* of others nothing has to be read */
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rating_changes_the_next_list),
        cmocka_unit_test(a_loaded_rating_is_changed_and_taken_away),
        cmocka_unit_test(what_does_not_interest_is_not_shown),
        cmocka_unit_test(a_click_changes_the_next_list),
        cmocka_unit_test(a_click_is_weaker_than_anything_said),
        cmocka_unit_test(weights_of_clicks_are_set),
        cmocka_unit_test(an_account_is_a_person),
        cmocka_unit_test(without_memory),
        cmocka_unit_test(without_a_store),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
