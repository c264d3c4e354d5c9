/* A version that people take up less than those before it goes back; one that they take up as much,
 * one of few people, and one that somebody put there again stay.
 */
#include <math.h>

#include "base/clock.h"
#include "service/operation/jobs.h"
#include "service/operation/online.h"
#include "store/versions.h"
#include "support/heard.h"
#include "support/world.h"

enum { EVERY_MS = 20, PEOPLE = 400, WORDS = 64, HOUR_MS = 3600000 };

static reel_store *store;
static char database[32];
static char older[REEL_VERSION_ID], newer[REEL_VERSION_ID];

static reel_engine_opts engine_opts(void)
{
    reel_engine_opts opts = world_opts(temp_path(database));

    opts.store = store;
    return opts;
}

static reel_engine *open_ready(void)
{
    reel_engine_opts opts = engine_opts();
    reel_engine *engine = NULL;
    reel_err err = {0};

    opts.ready_only = true;
    assert_ok(reel__engine_open(&engine, &opts, &err));
    return engine;
}

static const char *served(const reel_engine *engine)
{
    return reel_model_id(reel__engine_model(engine, "ease"));
}

static int set_up(void **state)
{
    static int number;
    const reel_store_opts how = {.create = true};
    reel_engine_opts opts;
    reel_engine *engine = NULL;
    reel_err err = {0};

    (void)state;
    forget_what_was_said();
    (void)snprintf(database, sizeof database, "reel%d.db", number++);
    (void)world_load("folder", database, 1);
    assert_ok(reel__store_open(&store, temp_path(database), &how, &err));
    opts = engine_opts();
    assert_ok(reel__engine_open(&engine, &opts, &err));
    (void)snprintf(older, sizeof older, "%s", served(engine));
    reel__engine_close(engine);
    opts.learn = opts.retrain = true;
    assert_ok(reel__engine_open(&engine, &opts, &err));
    (void)snprintf(newer, sizeof newer, "%s", served(engine));
    reel__engine_close(engine);
    assert_string_not_equal(older, newer);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    reel__store_close(store);
    store = NULL;
    return 0;
}

typedef struct labels {
    char shown[WORDS], taken[WORDS], list[WORDS], visitor[WORDS];
} labels;

/* So many people, each with one list of a version, of which `taken` took up a film. */
static void put_lists(const char *version, int people, int taken, int64_t age_ms)
{
    static int number;
    static labels all[PEOPLE];
    static reel_event events[2 * PEOPLE];
    size_t count = 0;
    reel_err err = {0};

    for (int i = 0; i < people; i++) {
        labels *l = &all[i];
        reel_event *shown = &events[count++];

        (void)snprintf(l->shown, WORDS, "shown-%d", ++number);
        (void)snprintf(l->taken, WORDS, "taken-%d", number);
        (void)snprintf(l->list, WORDS, "list-%d", number);
        (void)snprintf(l->visitor, WORDS, "visitor-%d", number);
        *shown = (reel_event){.event_id = l->shown,
                              .type = "impression",
                              .visitor = l->visitor,
                              .method = "ease",
                              .model_id = version,
                              .list_id = l->list,
                              .scenario = "",
                              .user = -1,
                              .source_movie = -1,
                              .time_ms = reel__clock_now_ms() - age_ms,
                              .value = (double)NAN};
        if (i >= taken)
            continue;
        events[count] = *shown;
        events[count].event_id = l->taken;
        events[count++].type = "click";
    }
    assert_ok(reel__store_put_events(store, events, count, NULL, &err));
}

static reel_online_report judge(void)
{
    reel_engine *engine = open_ready();
    reel_online_report report;
    reel_err err = {0};

    assert_ok(reel__online_judge(&report, engine, "ease", 0.1, &err));
    reel__engine_close(engine);
    return report;
}

static void few_people_say_nothing(void **state)
{
    (void)state;
    assert_false(judge().fails);
    put_lists(older, PEOPLE, PEOPLE / 2, 2 * HOUR_MS);
    put_lists(newer, REEL_SEQUENTIAL_LEAST - 1, 0, HOUR_MS);
    assert_string_equal(judge().version, newer);
    assert_int_equal(judge().people[1], REEL_SEQUENTIAL_LEAST - 1);
    assert_false(judge().fails);
    put_lists(newer, PEOPLE, 0, HOUR_MS / 60); /* they have had no time yet */
    assert_false(judge().fails);
}

static void as_much_as_before_stays(void **state)
{
    reel_online_report report;

    (void)state;
    put_lists(older, PEOPLE, PEOPLE * 50 / 100, 2 * HOUR_MS);
    put_lists(newer, PEOPLE, PEOPLE * 45 / 100, HOUR_MS);
    report = judge();
    assert_false(report.fails);
    assert_true(fabs(report.effect.difference + 0.05) < 1e-9);
    put_lists("ials-other", PEOPLE, PEOPLE, HOUR_MS); /* of another model */
    assert_int_equal(judge().people[0], PEOPLE);
}

static void a_clear_fall_that_matters_fails(void **state)
{
    reel_online_report report;
    reel_engine *engine = open_ready();
    reel_err err = {0};

    (void)state;
    put_lists(older, PEOPLE, PEOPLE * 50 / 100, 2 * HOUR_MS);
    put_lists(newer, PEOPLE, PEOPLE * 25 / 100, HOUR_MS);
    report = judge();
    assert_true(report.fails);
    assert_true(report.effect.high < 0);
    assert_ok(reel__online_judge(&report, engine, "ease", 0.6, &err)); /* less than that matters */
    assert_false(report.fails);
    reel__engine_close(engine);
}

/* A training may end between the judgement and what comes of it. */
static void what_was_trained_since_stays(void **state)
{
    reel_online_report report;
    char before[REEL_VERSION_ID];
    reel_engine *engine = open_ready();
    reel_err err = {0};

    (void)state;
    report = judge();
    (void)snprintf(report.version, sizeof report.version, "%s", older);
    assert_fails(reel__online_roll_back(before, engine, "ease", &report, &err), REEL_E_CONFLICT,
                 "was trained since it was judged");
    reel__engine_close(engine);
    engine = open_ready();
    assert_string_equal(served(engine), newer);
    reel__engine_close(engine);
}

/* ---- beside a server ----------------------------------------------------------------------- */

typedef struct serving {
    reel_reload *reload;
    reel_jobs *jobs;
} serving;

static serving start(void)
{
    const reel_reload_opts reload = {
        .engine = engine_opts(), .every_ms = EVERY_MS, .notice = {.line = hear}};
    reel_jobs_opts jobs = {.store = store,
                           .database = database,
                           .online_drop = 0.1,
                           .online_ms = EVERY_MS,
                           .notice = {.line = hear}};
    serving s = {NULL, NULL};
    reel_err err = {0};

    assert_ok(reel__reload_new(&s.reload, &reload, &err));
    assert_ok(reel__reload_start(s.reload, &err));
    jobs.reload = s.reload;
    assert_ok(reel__jobs_open(&s.jobs, &jobs, &err));
    return s;
}

static void stop(serving s)
{
    reel__jobs_close(s.jobs);
    reel__reload_free(s.reload);
}

static bool take_reason(void *user, const reel_version_record *version)
{
    (void)snprintf(user, 256, "%s", version->reason);
    return false;
}

static void a_server_takes_it_back_once(void **state)
{
    const reel_version_filter filter = {.model_id = newer, .limit = 1};
    char reason[256] = "";
    reel_engine *engine;
    reel_err err = {0};
    serving s;

    (void)state;
    put_lists(older, PEOPLE, PEOPLE * 50 / 100, 2 * HOUR_MS);
    put_lists(newer, PEOPLE, PEOPLE * 25 / 100, HOUR_MS);
    s = start();
    wait_for("taken back: people took up a film of 25.0 % of its lists, of those before it 50.0 %");
    wait_for("are in service");
    assert_int_equal(reel__jobs_facts(s.jobs).taken_back, 1);
    engine = reel__publisher_take(reel__reload_publisher(s.reload));
    assert_string_equal(served(engine), older);
    assert_ok(reel__store_scan_versions(store, &filter, take_reason, reason, &err));
    assert_non_null(strstr(reason, REEL_VERSION_TAKEN_BACK ": "));
    /* Somebody wants it all the same. */
    assert_ok(reel__version_activate(engine, newer, &err));
    reel__engine_close(engine);
    engine = open_ready();
    assert_string_equal(served(engine), newer);
    assert_string_equal(judge().version, "");
    reel__engine_close(engine);
    stop(s);
}

static void where_nothing_was_before_it_stays(void **state)
{
    reel_err err = {0};
    serving s;

    (void)state;
    assert_ok(reel__store_remove_version(store, older, &err));
    put_lists(older, PEOPLE, PEOPLE * 50 / 100, 2 * HOUR_MS);
    put_lists(newer, PEOPLE, PEOPLE * 25 / 100, HOUR_MS);
    s = start();
    wait_for("is taken up less than what was shown before, and stays: no version of ease");
    assert_int_equal(reel__jobs_facts(s.jobs).taken_back, 0);
    stop(s);
}

static void a_share_that_is_none_is_refused(void **state)
{
    double drop;
    reel_err err = {0};

    (void)state;
    assert_ok(reel__online_drop(&drop, &err));
    assert_true(drop == 0.1);
    assert_int_equal(setenv("REEL_ROLLBACK_DROP", "0", 1), 0);
    assert_ok(reel__online_drop(&drop, &err));
    assert_true(drop == 0);
    for (size_t i = 0; i < 4; i++) {
        static const char *const wrong[] = {"1", "-0.1", "10%", "nan"};

        assert_int_equal(setenv("REEL_ROLLBACK_DROP", wrong[i], 1), 0);
        assert_fails(reel__online_drop(&drop, &err), REEL_E_INVALID, "REEL_ROLLBACK_DROP");
    }
    assert_int_equal(unsetenv("REEL_ROLLBACK_DROP"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(few_people_say_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(as_much_as_before_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_clear_fall_that_matters_fails, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_trained_since_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_server_takes_it_back_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(where_nothing_was_before_it_stays, set_up, tear_down),
        cmocka_unit_test(a_share_that_is_none_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
