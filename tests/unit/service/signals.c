/* What people did becomes signals of the training data: which, with which weights, and that nothing
 * changes where there is nothing.
 */
#include <math.h>

#include "base/rng.h"
#include "data/signals.h"
#include "model/history.h"
#include "service/engine/state.h"
#include "service/feedback/signals.h"
#include "store/sql.h"
#include "store/stats.h"
#include "support/world.h"

enum { LIST = 10, HIGH = 1, LOW = 8 };

static reel_store *store;
static reel_dataset *dataset;
static reel_signals_report report;

static int set_up(void **state)
{
    const reel_store_opts opts = {.create = false};
    reel_err err = {0};

    (void)state;
    (void)world_load("folder", "reel.db", 1);
    assert_ok(reel__store_open(&store, temp_path("reel.db"), &opts, &err));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    reel_dataset_free(dataset);
    dataset = NULL;
    reel__store_close(store);
    (void)remove(temp_path("reel.db"));
    (void)remove(temp_path("reel.db-wal"));
    (void)remove(temp_path("reel.db-shm"));
    return 0;
}

/* ---- what people do ------------------------------------------------------------------------ */

enum { WAITING = 512 };

/* What happened and is not in the store yet, so that not every event is a transaction. */
static struct {
    reel_event events[WAITING];
    reel_event_movie movies[WAITING][LIST];
    char ids[WAITING][40];
    size_t count;
} waiting;

static void write_waiting(void)
{
    reel_err err = {0};

    assert_ok(reel__store_put_events(store, waiting.events, waiting.count, NULL, &err));
    waiting.count = 0;
}

static void happen(const char *type, int64_t person, const reel_event_movie *movies, size_t count)
{
    static int number;
    const size_t at = waiting.count++;

    memcpy(waiting.movies[at], movies, count * sizeof *movies);
    (void)snprintf(waiting.ids[at], sizeof waiting.ids[at], "0b7e8f9c-1111-4222-8333-%012d",
                   ++number);
    waiting.events[at] = (reel_event){.event_id = waiting.ids[at],
                                      .type = type,
                                      .visitor = person < 0 ? "somebody" : "",
                                      .method = "hybrid",
                                      .model_id = "",
                                      .list_id = "r_1",
                                      .scenario = "",
                                      .user = person,
                                      .source_movie = -1,
                                      .time_ms = 1100000000000 + number,
                                      .value = (double)NAN,
                                      .movies = waiting.movies[at],
                                      .movie_count = count};
    if (waiting.count == WAITING)
        write_waiting();
}

static void do_with(const char *type, int64_t person, int64_t film, int rank)
{
    const reel_event_movie one = {film, rank};

    happen(type, person, &one, 1);
}

static void give(int64_t person, int64_t film, reel_given_kind kind)
{
    const reel_given_row row = {
        .person = person, .movie = film, .time = 1100000000, .kind = kind, .value = (double)NAN};
    reel_err err = {0};

    assert_ok(reel__store_put_given(store, &row, 1, &err));
}

/* Lists in which every film stands everywhere, and where every other rank down to 8 gets half
 * of the clicks that the first gets. */
static void many_lists(int64_t person)
{
    reel_event_movie shown[LIST];

    for (int list = 0; list < 16 * (WORLD_FILMS - 1); list++) {
        for (int k = 0; k < LIST; k++)
            shown[k] = (reel_event_movie){world_id((list + k) % (WORLD_FILMS - 1)), k + 1};
        happen("impression", person, shown, LIST);
        if (list / (WORLD_FILMS - 1) < 8)
            happen("click", person, shown + HIGH - 1, 1);
        for (int rank = HIGH + 1; rank <= LOW && list / (WORLD_FILMS - 1) < 4; rank++)
            happen("click", person, shown + rank - 1, 1);
    }
}

/* ---- what becomes of it -------------------------------------------------------------------- */

static void read_with(const reel_signal_weights *weights)
{
    reel_dataset_builder *builder = NULL;
    reel_err err = {0};

    write_waiting();
    reel_dataset_free(dataset);
    assert_ok(reel_dataset_builder_new(&builder, &err));
    assert_ok(reel__store_read_dataset(store, builder, NULL, &err));
    assert_ok(reel_dataset_builder_finish(&dataset, builder, NULL, &err));
    reel_dataset_builder_free(builder);
    assert_ok(reel__signals_read(dataset, store, weights, &report, &err));
}

static void read_all(void)
{
    const reel_signal_weights weights = reel__signal_weights_default();

    read_with(&weights);
}

/* 0 = none */
static double signal_of(int64_t person, int64_t film)
{
    const reel_csr_view s = reel__dataset_signals(dataset);
    const reel_index row = reel_dataset_find_person(dataset, person);
    const reel_index col = reel_dataset_find_movie(dataset, film);

    for (reel_nnz k = s.ptr == NULL ? 0 : s.ptr[row]; s.ptr != NULL && k < s.ptr[row + 1]; k++)
        if (s.col[k] == col)
            return (double)s.val[k];
    return 0;
}

/* The n-th film a person did not rate. */
static int64_t unrated(int64_t person, int n)
{
    const reel_csr_view r = reel_dataset_ratings(dataset);
    const reel_index row = reel_dataset_find_person(dataset, person);

    for (reel_index film = 0; film < WORLD_FILMS; film++) {
        bool rated = false;

        for (reel_nnz k = r.ptr[row]; k < r.ptr[row + 1]; k++)
            rated |= r.col[k] == film;
        if (!rated && n-- == 0)
            return world_id(film);
    }
    return -1;
}

static void nothing_done_changes_nothing(void **state)
{
    char hash[80];

    (void)state;
    read_with(&(reel_signal_weights){.clip = 1});
    (void)snprintf(hash, sizeof hash, "%s", reel_dataset_hash(dataset));
    read_all();
    assert_string_equal(reel_dataset_hash(dataset), hash);
    assert_null(reel__dataset_signals(dataset).ptr);
    /* Nor what says nothing: of nobody, of whoever rated nothing, of films rated or unknown, and
     * ratings as events, which are given beside. */
    do_with("click", -1, unrated(3, 0), 1);
    do_with("click", 777777, unrated(3, 0), 1);
    do_with("click", 3, 987654321, 1);
    do_with("click", 3, world_id(reel_dataset_ratings(dataset).col[0]), 1);
    do_with("rating", 3, unrated(3, 0), 1);
    read_all();
    assert_string_equal(reel_dataset_hash(dataset), hash);
    do_with("impression", 3, unrated(3, 0), 0); /* in no list */
    read_all();
    assert_string_equal(reel_dataset_hash(dataset), hash);
    do_with("impression", 3, unrated(3, 0), 1);
    read_all();
    assert_true(signal_of(3, unrated(3, 0)) ==
                -(double)(float)reel__signal_weights_default().passed);
    do_with("click", 3, unrated(3, 0), 1);
    read_with(&(reel_signal_weights){.clip = 1});
    assert_string_equal(reel_dataset_hash(dataset), hash);
    read_all();
    assert_string_not_equal(reel_dataset_hash(dataset), hash);
    assert_int_equal(report.signals, 1);
    assert_int_equal(report.people, 1);
}

static void each_kind_has_its_weight(void **state)
{
    const reel_signal_weights w = {.click = 0.25,
                                   .trailer = 0.5,
                                   .watchlist = 0.75,
                                   .liked = 1,
                                   .watched = 2,
                                   .not_interested = 4,
                                   .passed = 0.125,
                                   .clip = 10};
    int64_t film[8];

    (void)state;
    read_all();
    for (int n = 0; n < 8; n++)
        film[n] = unrated(6, n);
    assert_true(film[7] > 0);
    do_with("click", 6, film[0], 3);
    do_with("trailer", 6, film[1], 0);
    give(6, film[2], REEL_GIVEN_WATCHLIST);
    do_with("click", 6, film[2], 0); /* the stronger of both */
    give(6, film[3], REEL_GIVEN_LIKED);
    give(6, film[4], REEL_GIVEN_WATCHED);
    give(6, film[5], REEL_GIVEN_NOT_INTERESTED);
    do_with("trailer", 6, film[5], 0);
    do_with("impression", 6, film[6], 2);
    do_with("impression", 6, film[6], 2);
    do_with("impression", 6, film[0], 3);
    give(6, film[7], REEL_GIVEN_REMOVED);
    read_with(&w);
    assert_false(report.looked.known);
    assert_true(signal_of(6, film[0]) == 0.25);
    assert_true(signal_of(6, film[1]) == 0.5);
    assert_true(signal_of(6, film[2]) == 0.75);
    assert_true(signal_of(6, film[3]) == 1);
    assert_true(signal_of(6, film[4]) == 2);
    assert_true(signal_of(6, film[5]) == -4);
    assert_true(signal_of(6, film[6]) == -0.125);
    assert_true(signal_of(6, film[7]) == 0);
    assert_int_equal(report.signals, 7);
    assert_int_equal(report.people, 1);
}

/* The rows of people who clicked are there for their next list alone: trainings have the events. */
static void a_row_of_a_click_is_not_learned_from(void **state)
{
    const int64_t people[] = {3, 6, 777777};
    char hash[80];
    reel_signals_report before;
    reel_err err = {0};

    (void)state;
    read_all();
    do_with("click", 3, unrated(3, 0), 2);
    do_with("impression", 6, unrated(6, 1), 1);
    give(6, unrated(6, 0), REEL_GIVEN_WATCHLIST);
    give(6, unrated(6, 2), REEL_GIVEN_REMOVED);
    give(6, world_id(reel_dataset_ratings(dataset).col[0]), REEL_GIVEN_REMOVED);
    read_all();
    before = report;
    (void)snprintf(hash, sizeof hash, "%s", reel_dataset_hash(dataset));
    for (size_t i = 0; i < sizeof people / sizeof *people; i++)
        for (int film = 0; film < WORLD_FILMS; film++) {
            const reel_given_row row = {.person = people[i],
                                        .movie = world_id(film),
                                        .kind = REEL_GIVEN_CLICKED,
                                        .value = (double)NAN,
                                        .did = 1 + (unsigned)film % 3};

            assert_ok(reel__store_put_given(store, &row, 1, &err));
        }
    read_all();
    assert_string_equal(reel_dataset_hash(dataset), hash);
    assert_memory_equal(&report, &before, sizeof before);
}

static void a_click_far_down_says_more(void **state)
{
    reel_signal_weights weights = reel__signal_weights_default();
    const double click = (double)(float)weights.click;
    char hash[80];
    double at_first;
    int64_t film;

    (void)state;
    many_lists(9);
    read_all();
    film = unrated(12, 0);
    do_with("click", 12, film, LOW);
    do_with("click", 15, unrated(15, 0), HIGH);
    do_with("click", 18, unrated(18, 0), 0);
    read_all();
    assert_true(report.looked.known);
    assert_true(fabs(reel__propensity_at(&report.looked, LOW) - 0.5) < 0.1);
    at_first = signal_of(15, unrated(15, 0));
    /* so that all clicks weigh `click` in the mean */
    assert_true(at_first > 0.4 * click && at_first < click);
    assert_true(fabs(at_first - click / report.mean_times) < 1e-6);
    assert_true(fabs(signal_of(12, film) - at_first / reel__propensity_at(&report.looked, LOW)) <
                1e-6);
    assert_true(signal_of(18, unrated(18, 0)) == click);
    (void)snprintf(hash, sizeof hash, "%s", reel_dataset_hash(dataset));
    read_all();
    assert_string_equal(reel_dataset_hash(dataset), hash);
    weights.clip = 1.25;
    read_with(&weights);
    assert_true(fabs(signal_of(12, film) - 1.25 * signal_of(15, unrated(15, 0))) < 1e-6);
    weights.clip = 1;
    read_with(&weights);
    assert_true(signal_of(12, film) == click);
}

static void a_damaged_event_is_left_out(void **state)
{
    reel_sql spoil;
    reel_err err = {0};

    (void)state;
    read_all();
    do_with("click", 3, unrated(3, 0), 1);
    write_waiting();
    reel__sql_begin(&spoil, "UPDATE events SET movies = 'x'");
    assert_ok(reel__sql_write(store, &spoil, true, NULL, &err));
    read_all();
    assert_null(reel__dataset_signals(dataset).ptr);
}

/* More than a page of events, and of people who gave something. */
static void every_page_is_read(void **state)
{
    (void)state;
    read_all();
    do_with("click", 3, unrated(3, 0), 0);
    for (int i = 0; i < REEL_EVENT_SCAN_MAX; i++)
        do_with("click", 6, unrated(6, i % 3), 0);
    read_all();
    assert_int_equal(report.signals, 4);
    assert_true(signal_of(3, unrated(3, 0)) > 0);
}

/* ---- counted or not ------------------------------------------------------------------------ */

static void run_statements(const char *const *texts, size_t count)
{
    reel_sql sql[REEL_SQL_STATEMENTS];
    reel_sql_work work = {.statements = sql, .count = count, .writes = true};
    reel_err err = {0};

    assert_true(count <= REEL_SQL_STATEMENTS);
    for (size_t i = 0; i < count; i++)
        reel__sql_begin(&sql[i], texts[i]);
    assert_ok(reel__sql_run(store, &work, &err));
}

/* As if nothing had been counted: all is read from the log. */
static void read_the_log(void)
{
    static const char *const away[] = {"CREATE TABLE kept_looks AS SELECT * FROM stat_looks",
                                       "CREATE TABLE kept_deeds AS SELECT * FROM stat_deeds",
                                       "CREATE TABLE kept_viewers AS SELECT * FROM stat_viewers",
                                       "CREATE TABLE kept_mark AS SELECT * FROM stat_mark",
                                       "DELETE FROM stat_looks",
                                       "DELETE FROM stat_deeds",
                                       "DELETE FROM stat_viewers",
                                       "UPDATE stat_mark SET sequence = 0"};
    static const char *const back[] = {
        "INSERT INTO stat_looks SELECT * FROM kept_looks",
        "INSERT INTO stat_deeds SELECT * FROM kept_deeds",
        "INSERT INTO stat_viewers SELECT * FROM kept_viewers",
        "UPDATE stat_mark SET sequence = (SELECT sequence FROM kept_mark)",
        "DROP TABLE kept_looks",
        "DROP TABLE kept_deeds",
        "DROP TABLE kept_viewers",
        "DROP TABLE kept_mark"};

    run_statements(away, sizeof away / sizeof *away);
    read_all();
    run_statements(back, sizeof back / sizeof *back);
}

static void count_some(size_t events)
{
    const reel_stats_step step = {.limit = events};
    size_t counted = 0;
    reel_err err = {0};

    write_waiting();
    assert_ok(reel__stats_count(store, &step, &counted, &err));
}

static void assert_as_in_the_log(void)
{
    reel_signals_report told;
    char hash[80];

    read_the_log();
    (void)snprintf(hash, sizeof hash, "%s", reel_dataset_hash(dataset));
    told = report;
    read_all();
    assert_string_equal(reel_dataset_hash(dataset), hash);
    assert_memory_equal(&report, &told, sizeof told);
}

static void rate(int64_t person, reel_given_kind kind)
{
    const reel_given_row row = {
        .person = person, .movie = world_id(0), .time = 1, .kind = kind, .value = 4};
    reel_err err = {0};

    assert_ok(reel__store_put_given(store, &row, 1, &err));
}

/* People, one of whom is new and one unknown, with lists, clicks and trailers anywhere. */
static void any_events(reel_rng *rng, int count)
{
    static const char *const types[] = {"click", "click", "impression", "trailer", "rating"};
    static const int64_t people[] = {3, 6, 9, 777777, 888888, -1};

    for (int i = 0; i < count; i++) {
        const int64_t film = reel__rng_below(rng, 40) == 0
                                 ? 987654321
                                 : world_id((int)reel__rng_below(rng, WORLD_FILMS));

        do_with(types[reel__rng_below(rng, 5)], people[reel__rng_below(rng, 6)], film,
                (int)reel__rng_below(rng, 70));
    }
}

/* The bits of a training are those of the log, however much of it was counted, whoever begins to
 * rate or stops, and whoever goes. */
static void what_was_counted_is_as_in_the_log(void **state)
{
    reel_rng rng = reel__rng_make(5, 0);
    reel_err err = {0};

    (void)state;
    read_all();
    many_lists(9);
    any_events(&rng, 300);
    count_some(700);
    assert_as_in_the_log();
    assert_true(report.looked.known);
    assert_true(report.signals > 20);
    count_some(20000);
    assert_as_in_the_log();
    rate(777777, REEL_GIVEN_RATING); /* their events were counted before */
    assert_as_in_the_log();
    any_events(&rng, 100);
    count_some(50);
    assert_as_in_the_log();
    rate(777777, REEL_GIVEN_REMOVED);
    rate(888888, REEL_GIVEN_RATING);
    assert_as_in_the_log();
    any_events(&rng, 50);
    count_some(20000);
    assert_as_in_the_log();
    write_waiting();
    assert_ok(reel__stats_forget(store, 6, &err)); /* counted, and not counted */
    any_events(&rng, 50);
    assert_as_in_the_log();
    assert_ok(reel__stats_forget(store, 777777, &err));
    count_some(20000);
    assert_as_in_the_log();
}

/* ---- in service ---------------------------------------------------------------------------- */

static void a_click_is_in_the_lists_of_the_next_training(void **state)
{
    reel_engine_opts opts = world_opts(temp_path("reel.db"));
    reel_engine *engine = NULL;
    reel_session *session;
    const reel_list *list = NULL;
    reel_request request = reel__request_default();
    reel_overlay *overlay = NULL;
    int64_t film;
    size_t signals = 0, seen;
    bool listed = false;
    reel_given_row deed;
    reel_err err = {0};

    (void)state;
    read_all();
    film = unrated(6, 0);
    do_with("click", 6, film, 0);
    write_waiting();
    assert_ok(reel__overlay_open(&overlay, store, NULL, &err));
    opts.store = store;
    opts.overlay = overlay;
    assert_ok(reel__engine_open(&engine, &opts, &err));
    session = world_session(engine);
    assert_non_null(strstr(world_notes, "dataset: 1 signals of 1 people"));
    request.user = 6;
    request.limit = WORLD_FILMS;
    assert_ok(reel__recommend(session, &request, &list, &err));
    assert_string_equal(list->basis, "trained");
    seen = list->removed_seen;
    for (size_t i = 0; i < session->query.count; i++)
        signals += session->query.entries[i].kind == REEL_ENTRY_SIGNAL;
    assert_int_equal(signals, 1);
    assert_int_equal(seen + 1, session->query.count);
    for (size_t i = 0; i < list->count; i++)
        listed |= reel_dataset_movie_ids(engine->dataset)[list->items[i].movie] == film;
    assert_true(listed);               /* looked at is not seen */
    give(6, film, REEL_GIVEN_REMOVED); /* of what was rated */
    assert_ok(reel__overlay_follow(overlay, &err));
    assert_ok(reel__recommend(session, &request, &list, &err));
    assert_string_equal(list->basis, "trained");
    give(6, film, REEL_GIVEN_WATCHLIST); /* no more than the click says */
    assert_ok(reel__overlay_follow(overlay, &err));
    assert_ok(reel__recommend(session, &request, &list, &err));
    assert_string_equal(list->basis, "trained");
    deed = (reel_given_row){.person = 6,
                            .movie = film,
                            .kind = REEL_GIVEN_CLICKED,
                            .value = (double)NAN,
                            .did = REEL_DID_ALL};
    for (int said = 0; said < 3; said++) { /* and the click counts once */
        assert_ok(reel__store_put_given(store, &deed, 1, &err));
        assert_ok(reel__overlay_follow(overlay, &err));
        assert_ok(reel__recommend(session, &request, &list, &err));
        assert_string_equal(list->basis, "trained");
        if (said == 0)
            assert_ok(reel__store_forget_given(store, 6, &err));
        else
            give(6, film, REEL_GIVEN_REMOVED);
    }
    reel__session_free(session);
    reel__engine_close(engine);
    reel__overlay_close(overlay);
}

static void settings_are_checked(void **state)
{
    static const struct {
        const char *text, *part;
    } wrong[] = {{"click", "expected \"none\""},
                 {"clicks=1", "clicks=1"},
                 {"click=-1", "click: expected a number from 0 to 100, got \"-1\""},
                 {"click=1x", "click"},
                 {"clip=0.5", "clip: expected a number from 1 to 1000"},
                 {"watched=nan", "watched"},
                 {"none click=1", "none"}};
    reel_signal_weights weights;
    reel_err err = {0};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(setenv("REEL_SIGNALS", wrong[i].text, 1), 0);
        assert_fails(reel__signal_weights(&weights, &err), REEL_E_INVALID, wrong[i].part);
    }
    assert_int_equal(setenv("REEL_SIGNALS", "click=0.125, clip=7", 1), 0);
    assert_ok(reel__signal_weights(&weights, &err));
    assert_true(weights.click == 0.125 && weights.clip == 7 && weights.liked == 1);
    assert_int_equal(setenv("REEL_SIGNALS", "none", 1), 0);
    assert_ok(reel__signal_weights(&weights, &err));
    assert_true(weights.click == 0 && weights.liked == 0 && weights.clip == 1);
    assert_int_equal(unsetenv("REEL_SIGNALS"), 0);
}

static reel_code read_once(void *user, reel_err *err)
{
    const reel_signal_weights weights = reel__signal_weights_default();
    reel_dataset_builder *builder = NULL;
    reel_dataset *own = NULL;
    reel_signals_report told;
    reel_code rc = reel_dataset_builder_new(&builder, err);

    (void)user;
    if (rc == REEL_OK)
        rc = reel__store_read_dataset(store, builder, NULL, err);
    if (rc == REEL_OK)
        rc = reel_dataset_builder_finish(&own, builder, NULL, err);
    if (rc == REEL_OK)
        rc = reel__signals_read(own, store, &weights, &told, err);
    reel_dataset_free(own);
    reel_dataset_builder_free(builder);
    return rc;
}

static void memory_may_fail(void **state)
{
    (void)state;
    read_all();
    do_with("click", 3, unrated(3, 0), 1);
    do_with("click", 777777, unrated(3, 0), 1);
    count_some(100);
    rate(777777, REEL_GIVEN_RATING);
    do_with("click", 3, unrated(3, 0), 2);
    give(3, unrated(3, 1), REEL_GIVEN_WATCHLIST);
    write_waiting();
    assert_true(sweep_memory(read_once, NULL) > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_done_changes_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_kind_has_its_weight, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_row_of_a_click_is_not_learned_from, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_click_far_down_says_more, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_damaged_event_is_left_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_page_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_counted_is_as_in_the_log, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_click_is_in_the_lists_of_the_next_training, set_up,
                                        tear_down),
        cmocka_unit_test(settings_are_checked),
        cmocka_unit_test_setup_teardown(memory_may_fail, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
