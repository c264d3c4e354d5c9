/* Experiments beside requests: whoever asks while one begins and ends is in an arm of it, the right
 * one, or in none; and another process's experiments are taken up.
 */
#include "service/experiments/experiments.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "eval/assign.h"
#include "support/world.h"

enum { THREADS = 3, ROUNDS = 60, WAIT_US = 1000 };

static struct {
    reel_store *store;
    reel_engine *engine;
    reel_experiments *experiments;
    atomic_bool over;
    atomic_int in, wrong;
} own;

static const char definition[] =
    "{\"experiments\":[{\"name\":\"n%d\",\"tag\":\"%08x\",\"arms\":["
    "{\"name\":\"a\",\"model\":\"popular\"},{\"name\":\"b\",\"model\":{\"ease\":1}}]}]}";

static void begin_one(int number, reel_experiments *experiments)
{
    char text[400];
    reel_err err = {0};

    (void)snprintf(text, sizeof text, definition, number, (unsigned)number);
    assert_ok(reel__experiments_take(experiments, text, strlen(text), &err));
}

static int start(void **state)
{
    reel_engine_opts opts;
    reel_err err = {0};

    (void)state;
    (void)world_load("folder", "reel.db", 1);
    opts = world_opts(temp_path("reel.db"));
    assert_ok(reel__engine_open_store(&own.store, &opts, &err));
    own.engine = world_open_over("reel.db", own.store, NULL);
    assert_ok(reel__experiments_open(&own.experiments, own.store, false, &err));
    return 0;
}

static int stop(void **state)
{
    (void)state;
    reel__experiments_close(own.experiments);
    reel__engine_close(own.engine);
    reel__engine_close_store(own.store);
    return 0;
}

/* What was entered is one experiment's, whole. */
static bool is_whole(const reel_trial *trial, const reel_request *request)
{
    static const double halves[] = {1, 1};
    const size_t arm = reel__assign(trial->experiment.tag, "u3", halves, 2);
    char stamp[16];

    (void)snprintf(stamp, sizeof stamp, "x_%.8s_%zu_", trial->experiment.tag, arm);
    return strcmp(stamp, request->stamp) == 0 && strcmp(request->arm, arm == 0 ? "a" : "b") == 0 &&
           (arm == 0 ? strcmp(request->model, "popular") == 0
                     : request->model == NULL && request->blend_count == 1 &&
                           strcmp(request->blend[0].name, "ease") == 0);
}

static void *ask(void *user)
{
    (void)user;
    while (!atomic_load(&own.over)) {
        reel_request request = reel__request_default();
        reel_trial trial;

        request.user = 3;
        reel__experiments_enter(own.experiments, &trial, &request, own.engine);
        if (request.experiment == NULL)
            continue;
        atomic_fetch_add(&own.in, 1);
        if (!is_whole(&trial, &request))
            atomic_fetch_add(&own.wrong, 1);
    }
    return NULL;
}

static void requests_beside_changes(void **state)
{
    pthread_t threads[THREADS];
    reel_err err = {0};
    char name[16];

    (void)state;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask, NULL), 0);
    for (int round = 0; round < ROUNDS; round++) {
        const int before = atomic_load(&own.in);

        begin_one(round, own.experiments);
        while (atomic_load(&own.in) == before)
            (void)sched_yield();
        (void)snprintf(name, sizeof name, "n%d", round);
        assert_ok(reel__experiments_end(own.experiments, name, &err));
    }
    atomic_store(&own.over, true);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(atomic_load(&own.wrong), 0);
}

/* The thread of a second server over the same store. */
static void others_are_followed(void **state)
{
    reel_experiments *other = NULL;
    reel_experiment found;
    reel_err err = {0};

    (void)state;
    assert_ok(reel__experiments_open(&other, own.store, true, &err));
    begin_one(1000, own.experiments);
    while (reel__experiments_get(other, "n1000", &found, &err) != REEL_OK)
        (void)usleep(WAIT_US);
    assert_string_equal(found.tag, "000003e8");
    reel__experiments_close(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_beside_changes),
        cmocka_unit_test(others_are_followed),
    };

    return cmocka_run_group_tests_name("experiments beside requests", tests, start, stop);
}
