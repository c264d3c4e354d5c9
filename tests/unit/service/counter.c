/* The thread that counts events: it goes on without a pause while more wait, reads next to nothing
 * while nothing does, says once that it fails, and ends in the middle of a pause. Pauses are those
 * it asks the clock for, so that no test waits for one.
 */
#include "service/analytics/counter.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/steady.h"
#include "service/experiments/experiments.h"
#include "store/stats.h"
#include "store/vtable.h"
#include "support/world.h"

/* PAUSE: none else asks for as many milliseconds. STEP: of counter.c. */
enum { PAUSE = 12345, STEP = 4000, WAIT_US = 1000, PAUSES = 256, ROUNDS = 5, NAME = 32 };
#define TAG "000000c0"

/* ---- the clock ----------------------------------------------------------------------------- */

static struct {
    pthread_mutex_t lock;
    int asked[PAUSES]; /* how long each pause of the counter was to be */
    int count;
    bool real; /* pauses are as long as they were asked for */
} clock_of = {.lock = PTHREAD_MUTEX_INITIALIZER};

struct timespec __real_reel__steady_in_ms(int ms);
struct timespec __wrap_reel__steady_in_ms(int ms);

struct timespec __wrap_reel__steady_in_ms(int ms)
{
    bool real;

    if (ms != 0 && ms != PAUSE)
        return __real_reel__steady_in_ms(ms);
    (void)pthread_mutex_lock(&clock_of.lock);
    clock_of.asked[clock_of.count++ % PAUSES] = ms;
    real = clock_of.real;
    (void)pthread_mutex_unlock(&clock_of.lock);
    return __real_reel__steady_in_ms(real ? ms : 1);
}

static int pauses(void)
{
    int count;

    (void)pthread_mutex_lock(&clock_of.lock);
    count = clock_of.count;
    (void)pthread_mutex_unlock(&clock_of.lock);
    return count;
}

/* So many more: all that was there when it was called has been looked at by then. */
static void await_rounds(int rounds)
{
    const int from = pauses();

    while (pauses() < from + rounds)
        (void)usleep(WAIT_US);
}

static void forget_pauses(bool real)
{
    (void)pthread_mutex_lock(&clock_of.lock);
    clock_of.count = 0;
    clock_of.real = real;
    (void)pthread_mutex_unlock(&clock_of.lock);
}

/* ---- the store ----------------------------------------------------------------------------- */

static struct {
    reel_store *store;
    reel_experiments *experiments;
    const struct reel_store_ops *below;
    struct reel_store_ops ops;
    reel_publisher *published;
    reel_counter *counter;
    atomic_int definitions; /* statements that read them */
    atomic_bool failing;
    atomic_int told;
    char lines[2][256];
    int events;
} own;

static reel_code see_sql(reel_store *store, reel_sql_work *work, reel_err *err)
{
    if (atomic_load(&own.failing))
        return reel_fail(err, REEL_E_STORE, "the disk is gone");
    for (size_t i = 0; i < work->count; i++)
        if (strstr(work->statements[i].text, "definition") != NULL)
            atomic_fetch_add(&own.definitions, 1);
    return own.below->sql(store, work, err);
}

static void hear(void *user, const char *line)
{
    const int at = atomic_load(&own.told);

    (void)user;
    (void)snprintf(own.lines[at % 2], sizeof own.lines[0], "%s", line);
    atomic_store(&own.told, at + 1);
}

/* Clicks, none of a list that was shown; list "" = of none. */
static void put_clicks(const char *list, int count)
{
    static char names[STEP][NAME];
    static reel_event events[STEP];
    const reel_event_movie film = {world_id(0), 0};
    reel_err err = {0};

    assert_true(count <= STEP);
    for (int i = 0; i < count; i++) {
        (void)snprintf(names[i], NAME, "click-%d", own.events++);
        events[i] = (reel_event){.event_id = names[i],
                                 .type = "click",
                                 .visitor = "v",
                                 .method = "",
                                 .model_id = "",
                                 .list_id = list,
                                 .scenario = "",
                                 .user = -1,
                                 .source_movie = -1,
                                 .movies = &film,
                                 .movie_count = 1,
                                 .time_ms = 1000,
                                 .value = (double)NAN};
    }
    assert_ok(reel__store_put_events(own.store, events, (size_t)count, NULL, &err));
}

static int64_t uncounted(void)
{
    int64_t out = 0;
    reel_err err = {0};

    assert_ok(reel__stats_waiting(own.store, 1 << 20, &out, &err));
    return out;
}

static int64_t uncounted_of_experiment(void)
{
    int64_t out = 0;
    reel_err err = {0};

    assert_ok(reel__trial_waiting(own.store, TAG, 1 << 20, &out, &err));
    return out;
}

/* ---- beginning and ending ------------------------------------------------------------------ */

static reel_code open_counter(reel_counter **out, reel_err *err)
{
    const reel_counter_opts opts = {.store = own.store,
                                    .published = own.published,
                                    .experiments = own.experiments,
                                    .notice = {.line = hear},
                                    .every_ms = PAUSE};

    return reel__counter_open(out, &opts, err);
}

static void begin(bool real)
{
    reel_err err = {0};

    forget_pauses(real);
    atomic_store(&own.told, 0);
    assert_ok(open_counter(&own.counter, &err));
}

static void end(void)
{
    reel__counter_close(own.counter);
    own.counter = NULL;
}

static int start(void **state)
{
    static const char definition[] = "{\"name\":\"counted\",\"tag\":\"" TAG "\",\"arms\":["
                                     "{\"name\":\"a\",\"model\":\"popular\"},"
                                     "{\"name\":\"b\",\"model\":\"ease\"}]}";
    reel_engine_opts opts;
    reel_err err = {0};

    (void)state;
    (void)world_load("folder", "reel.db", 1);
    opts = world_opts(temp_path("reel.db"));
    assert_ok(reel__engine_open_store(&own.store, &opts, &err));
    assert_ok(reel__publisher_new(&own.published, &err));
    assert_ok(reel__experiments_open(&own.experiments, own.store, false, &err));
    assert_ok(reel__experiments_take(own.experiments, definition, strlen(definition), &err));
    own.below = own.store->ops;
    own.ops = *own.below;
    own.ops.sql = see_sql;
    own.store->ops = &own.ops;
    return 0;
}

static int stop(void **state)
{
    (void)state;
    own.store->ops = own.below;
    reel__experiments_close(own.experiments);
    reel__publisher_free(own.published);
    reel__engine_close_store(own.store);
    return 0;
}

/* ---- tests --------------------------------------------------------------------------------- */

/* Also the engine for those that follow. */
static void without_an_engine_it_waits_for_one(void **state)
{
    (void)state;
    put_clicks("", 1);
    begin(false);
    await_rounds(ROUNDS);
    assert_int_equal(uncounted(), 1);
    reel__publish(own.published, world_open_over("reel.db", own.store, NULL));
    while (uncounted() > 0)
        (void)usleep(WAIT_US);
    end();
}

static void it_pauses_when_a_step_was_not_full(void **state)
{
    static const int expected[] = {PAUSE, 0, 0, PAUSE, PAUSE};
    reel_recent recent;

    (void)state;
    put_clicks("", STEP);
    put_clicks("", STEP);
    put_clicks("", 5);
    begin(false);
    await_rounds(sizeof expected / sizeof *expected);
    assert_int_equal(uncounted(), 0);
    reel__counter_recent(own.counter, &recent);
    assert_int_equal(recent.events, own.events);
    end();
    assert_memory_equal(clock_of.asked, expected, sizeof expected);
    reel__counter_recent(NULL, &recent);
    assert_true(recent.at == 0 && recent.events == 0);
}

static void experiments_are_read_only_when_something_waits(void **state)
{
    reel_err err = {0};
    int before;

    (void)state;
    begin(false);
    await_rounds(2);
    before = atomic_load(&own.definitions);
    await_rounds(ROUNDS);
    put_clicks("", 3);
    await_rounds(ROUNDS);
    assert_int_equal(atomic_load(&own.definitions), before);
    put_clicks("x_" TAG "_0_some", STEP);
    while (uncounted_of_experiment() > 0)
        (void)usleep(WAIT_US);
    await_rounds(2);
    before = atomic_load(&own.definitions);
    await_rounds(ROUNDS);
    assert_int_equal(atomic_load(&own.definitions), before);
    end();
    assert_ok(reel__experiments_end(own.experiments, "counted", &err));
    begin(false);
    put_clicks("x_" TAG "_0_late", 1);
    while (uncounted_of_experiment() > 0)
        (void)usleep(WAIT_US);
    end();
}

static void that_it_fails_is_said_once(void **state)
{
    (void)state;
    begin(false);
    atomic_store(&own.failing, true);
    await_rounds(ROUNDS);
    atomic_store(&own.failing, false);
    await_rounds(ROUNDS);
    end();
    assert_int_equal(atomic_load(&own.told), 2);
    assert_non_null(strstr(own.lines[0], "not counted for now: "));
    assert_non_null(strstr(own.lines[0], "the disk is gone"));
    assert_string_equal(own.lines[1], "events are counted again");
}

/* The pause would be twelve seconds, over and over. */
static void it_ends_within_a_pause(void **state)
{
    (void)state;
    begin(true);
    while (pauses() == 0)
        (void)usleep(WAIT_US);
    end();
    assert_int_equal(pauses(), 1);
}

static reel_code open_and_close(void *user, reel_err *err)
{
    reel_counter *counter = NULL;
    const reel_code rc = open_counter(&counter, err);

    (void)user;
    reel__counter_close(counter);
    return rc;
}

static void without_memory(void **state)
{
    (void)state;
    forget_pauses(true);
    assert_true(sweep_memory(open_and_close, NULL) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_an_engine_it_waits_for_one),
        cmocka_unit_test(it_pauses_when_a_step_was_not_full),
        cmocka_unit_test(experiments_are_read_only_when_something_waits),
        cmocka_unit_test(that_it_fails_is_said_once),
        cmocka_unit_test(it_ends_within_a_pause),
        cmocka_unit_test(without_memory),
    };

    return cmocka_run_group_tests_name("the counter", tests, start, stop);
}
