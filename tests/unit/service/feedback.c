/* Feedback: what is refused, what is kept, many callers at once, a disk that is full. */
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <time.h>

#include "base/clock.h"
#include "service/feedback/feedback.h"
#include "support/world.h"

enum { CALLERS = 8, CALLS = 25 };

static const reel_caller anybody = {.kind = REEL_CALLER_NOBODY};

static reel_engine *engine;

static int set_up(void **state)
{
    (void)state;
    (void)world_load("folder", "reel.db", 1);
    engine = world_open("reel.db");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    reel__engine_close(engine);
    return 0;
}

static reel_feedback *open_feedback(void)
{
    reel_feedback *feedback = NULL;
    reel_err err = {0};

    assert_ok(reel__feedback_open(&feedback, reel__engine_store(engine), &err));
    return feedback;
}

#define UUID "0b7e8f9c-1111-4222-8333-0123456789a"

static void assert_refused(reel_feedback *feedback, reel_code code, const char *event,
                           const char *part)
{
    char body[2048];
    reel_feedback_answer answer;
    reel_err err = {0};

    (void)snprintf(body, sizeof body,
                   "{\"events\":[{\"event_id\":\"" UUID "f\",\"type\":\"click\","
                   "\"item\":1},%s]}",
                   event);
    assert_fails(reel__feedback_take(feedback,
                                     &(reel_feedback_call){engine, NULL, body, strlen(body)},
                                     &answer, &err),
                 code, part);
    assert_int_equal(answer.accepted, 0);
}

static void wrong_events_refuse_the_call(void **state)
{
    static const struct {
        const char *event, *part;
    } wrong[] = {
        {"7", "events[1]: expected a JSON object"},
        {"{\"type\":\"click\",\"item\":1}", "events[1].event_id"},
        {"{\"event_id\":\"abc\",\"type\":\"click\",\"item\":1}", "events[1].event_id"},
        {"{\"event_id\":\"" UUID "x\",\"type\":\"click\",\"item\":1}", "events[1].event_id"},
        {"{\"event_id\":5,\"type\":\"click\",\"item\":1}", "events[1].event_id"},
        {"{\"event_id\":\"" UUID "1\",\"type\":\"look\",\"item\":1}", "events[1].type"},
        {"{\"event_id\":\"" UUID "1\",\"item\":1}", "events[1].type"},
        {"{\"event_id\":\"" UUID "1\",\"type\":\"click\"}", "events[1].movies: missing"},
        {"{\"event_id\":\"" UUID "1\",\"type\":\"click\",\"item\":2}", "no film has id 2"},
        {"{\"event_id\":\"" UUID "1\",\"type\":\"click\",\"item\":\"one\"}", "events[1].item"},
        {"{\"event_id\":\"" UUID "1\",\"type\":\"click\",\"item\":1,\"user\":4}",
         "events[1].user: no person has id 4"},
        {"{\"event_id\":\"" UUID "1\",\"type\":\"click\",\"item\":1,\"source_movie\":2}",
         "events[1].source_movie"},
        {"{\"event_id\":\"" UUID "1\",\"type\":\"click\",\"item\":1,\"value\":3}",
         "events[1].value: only a rating"},
        {"{\"event_id\":\"" UUID "1\",\"type\":\"rating\",\"item\":1}", "events[1].value"},
        {"{\"event_id\":\"" UUID "1\",\"type\":\"dwell\",\"item\":1}",
         "events[1].value: expected seconds"},
        {"{\"event_id\":\"" UUID "1\",\"type\":\"dwell\",\"item\":1,\"value\":-1}",
         "events[1].value: expected seconds"},
        {"{\"event_id\":\"" UUID "1\",\"type\":\"rating\",\"item\":1,\"value\":9}",
         "events[1].value: expected a rating from 1 to 5"},
        {"{\"event_id\":\"" UUID "1\",\"type\":\"impression\",\"movies\":[{\"rank\":1}]}",
         "events[1].movies[0]"},
        {"{\"event_id\":\"" UUID "1\",\"type\":\"impression\",\"movies\":[5]}",
         "events[1].movies[0]"},
        {"{\"event_id\":\"" UUID "1\",\"type\":\"impression\",\"movies\":{}}", "events[1].movies"},
        {"{\"event_id\":\"" UUID "1\",\"type\":\"click\",\"item\":1,\"time\":\"yesterday\"}",
         "events[1].time"},
        {"{\"event_id\":\"" UUID "1\",\"type\":\"click\",\"item\":1,"
         "\"time\":\"2026-13-01T00:00:00Z\"}",
         "events[1].time"},
        {"{\"event_id\":\"" UUID "1\",\"type\":\"click\",\"item\":1,"
         "\"time\":\"2026-02-29T00:00:00Z\"}",
         "events[1].time"},
        {"{\"event_id\":\"" UUID "1\",\"type\":\"click\",\"item\":1,\"visitor\":\""
         "12345678901234567890123456789012345678901234567890123456789012345\"}",
         "events[1].visitor: too long"},
    };
    reel_feedback *feedback = open_feedback();
    reel_store_counts counts;
    reel_feedback_answer answer;
    reel_err err = {0};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_refused(feedback, REEL_E_INVALID, wrong[i].event, wrong[i].part);
    assert_refused(feedback, REEL_E_SYNTAX, "{", "line");
    assert_fails(
        reel__feedback_take(feedback, &(reel_feedback_call){engine, NULL, "{}", 2}, &answer, &err),
        REEL_E_INVALID, "events");
    assert_fails(reel__feedback_take(feedback,
                                     &(reel_feedback_call){engine, NULL, "{\"events\":[]}", 13},
                                     &answer, &err),
                 REEL_E_INVALID, "1 to 500");
    assert_fails(
        reel__feedback_take(feedback, &(reel_feedback_call){engine, NULL, "", 0}, &answer, &err),
        REEL_E_SYNTAX, "");
    assert_ok(reel__store_counts(reel__engine_store(engine), &counts, &err));
    assert_int_equal(counts.events, 0); /* the right event before each wrong one was not kept */
    reel__feedback_close(feedback);
}

static void keeps_and_logs(void **state)
{
    static const char body[] =
        "{\"events\":[{\"event_id\":\"" UUID "1\",\"type\":\"impression\",\"user\":3,"
        "\"visitor\":\"v_1\",\"method\":\"hybrid\",\"model_id\":\"hybrid-12\",\"list_id\":\"r_1\","
        "\"source_movie\":null,\"movies\":[{\"movie\":1,\"rank\":1},{\"movie\":11,\"rank\":2}],"
        "\"time\":\"2026-11-23T08:15:00.250Z\"},"
        "{\"event_id\":\"" UUID "2\",\"type\":\"rating\",\"item\":21,\"value\":4,"
        "\"method\":\"popular\"},"
        "{\"event_id\":\"" UUID "1\",\"type\":\"click\",\"item\":1}]}";
    reel_feedback *feedback = open_feedback();
    const reel_event_filter all = {.limit = 10}, one = {.limit = 1},
                            popular = {.limit = 10, .method = "popular"};
    reel_feedback_answer answer;
    reel_buf text;
    reel_json json;
    int64_t next, damaged;
    reel_err err = {0};

    (void)state;
    assert_ok(reel__feedback_take(
        feedback, &(reel_feedback_call){engine, NULL, body, sizeof body - 1}, &answer, &err));
    assert_int_equal(answer.accepted, 2);
    assert_int_equal(answer.duplicates, 1);
    assert_ok(reel__feedback_take(
        feedback, &(reel_feedback_call){engine, NULL, body, sizeof body - 1}, &answer, &err));
    assert_int_equal(answer.accepted, 0);
    assert_int_equal(answer.duplicates, 3);
    reel__feedback_close(feedback);

    reel__buf_init(&text, 1 << 20);
    reel__json_init(&json, &text);
    assert_ok(reel__feedback_write_log(engine, &all, &json, &anybody, &next, &damaged, &err));
    assert_int_equal(next, -1);
    assert_non_null(strstr(text.data, "\"time\":\"2026-11-23T08:15:00.250Z\""));
    assert_non_null(strstr(text.data, "{\"movie\":11,\"title\":\"Toy Story 2\",\"rank\":2}"));
    assert_non_null(strstr(text.data, "{\"movie\":21,\"title\":\"The Matrix\",\"rank\":null}"));
    assert_true(strstr(text.data, UUID "2") < strstr(text.data, UUID "1")); /* newest first */
    reel__buf_clear(&text);
    reel__json_init(&json, &text);
    assert_ok(reel__feedback_write_log(engine, &one, &json, &anybody, &next, &damaged, &err));
    assert_true(next > 0);
    assert_null(strstr(text.data, UUID "1"));
    reel__buf_clear(&text);
    reel__json_init(&json, &text);
    assert_ok(reel__feedback_write_log(engine, &popular, &json, &anybody, &next, &damaged, &err));
    assert_null(strstr(text.data, UUID "1"));
    assert_non_null(strstr(text.data, "\"value\":4"));
    reel__buf_fini(&text);
}

/* The clock is set back by a day, then on by a century: everything is kept, and the log stays in
 * the order of arrival, because pages go by sequence and not by time. */
static void the_clock_may_jump(void **state)
{
    static const int64_t clocks_ms[] = {1790000000000, 1790000000000 - 86400000, 4950000000000};
    static const char *const ids[] = {UUID "3", UUID "4", UUID "5"};
    const reel_event_filter all = {.limit = 10, .type = "trailer"};
    reel_feedback *feedback = open_feedback();
    const char *at[3];
    reel_buf text;
    reel_json json;
    int64_t next, damaged;
    reel_err err = {0};

    (void)state;
    for (int i = 0; i < 3; i++) {
        char body[256];
        reel_feedback_answer answer;

        (void)snprintf(body, sizeof body,
                       "{\"events\":[{\"event_id\":\"%s\",\"type\":\"trailer\",\"item\":1}]}",
                       ids[i]);
        reel__clock_set_for_test(clocks_ms[i]);
        assert_ok(reel__feedback_take(
            feedback, &(reel_feedback_call){engine, NULL, body, strlen(body)}, &answer, &err));
        assert_int_equal(answer.accepted, 1);
    }
    reel__clock_set_for_test(-1);
    reel__feedback_close(feedback);

    reel__buf_init(&text, 1 << 20);
    reel__json_init(&json, &text);
    assert_ok(reel__feedback_write_log(engine, &all, &json, &anybody, &next, &damaged, &err));
    for (int i = 0; i < 3; i++) {
        at[i] = strstr(text.data, ids[i]);
        assert_non_null(at[i]);
    }
    assert_true(at[2] < at[1] && at[1] < at[0]); /* newest arrival first */
    reel__buf_fini(&text);
}

/* ---- many callers -------------------------------------------------------------------------- */

typedef struct caller {
    reel_feedback *feedback;
    int number, kept, failed;
    reel_code code;
} caller;

static void *call_often(void *argument)
{
    caller *own = argument;

    for (int i = 0; i < CALLS; i++) {
        char body[512];
        reel_feedback_answer answer;
        reel_err err = {0};
        const int length = snprintf(body, sizeof body,
                                    "{\"events\":[{\"event_id\":\"%08x-0000-4000-8000-%012x\","
                                    "\"type\":\"click\",\"item\":1},"
                                    "{\"event_id\":\"ffffffff-0000-4000-8000-%012x\","
                                    "\"type\":\"click\",\"item\":1}]}",
                                    (unsigned)own->number, (unsigned)i, (unsigned)i);
        const reel_code rc = reel__feedback_take(
            own->feedback, &(reel_feedback_call){engine, NULL, body, (size_t)length}, &answer,
            &err);

        own->kept += rc == REEL_OK ? (int)answer.accepted : 0;
        own->failed += rc != REEL_OK;
        own->code = rc != REEL_OK ? rc : own->code;
    }
    return NULL;
}

static void run_callers(reel_feedback *feedback, caller callers[CALLERS], int numbers_from)
{
    pthread_t threads[CALLERS];

    for (int i = 0; i < CALLERS; i++) {
        callers[i] = (caller){.feedback = feedback, .number = numbers_from + i};
        assert_int_equal(pthread_create(&threads[i], NULL, call_often, &callers[i]), 0);
    }
    for (int i = 0; i < CALLERS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
}

/* Each sends events of its own and one that all send: that one is kept for exactly one of them. */
static void many_callers_at_once(void **state)
{
    reel_feedback *feedback = open_feedback();
    caller callers[CALLERS];
    reel_store_counts before, after;
    int kept = 0;
    reel_err err = {0};

    (void)state;
    assert_ok(reel__store_counts(reel__engine_store(engine), &before, &err));
    run_callers(feedback, callers, 1);
    for (int i = 0; i < CALLERS; i++) {
        assert_int_equal(callers[i].failed, 0);
        kept += callers[i].kept;
    }
    assert_int_equal(kept, CALLERS * CALLS + CALLS);
    assert_ok(reel__store_counts(reel__engine_store(engine), &after, &err));
    assert_int_equal(after.events - before.events, kept);
    reel__feedback_close(feedback);
}

/* A disk without room, made by a limit on file sizes: every caller is told, and when there is room
 * again feedback works again. */
static void a_full_disk_is_told_to_all(void **state)
{
    reel_feedback *feedback = open_feedback();
    struct rlimit old, none;
    caller callers[CALLERS];
    reel_store_counts before, after;
    reel_err err = {0};

    (void)state;
    assert_ok(reel__store_counts(reel__engine_store(engine), &before, &err));
    assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    none = (struct rlimit){.rlim_cur = 0, .rlim_max = old.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    run_callers(feedback, callers, 100);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    for (int i = 0; i < CALLERS; i++) {
        assert_int_equal(callers[i].failed, CALLS);
        assert_int_equal(callers[i].code, REEL_E_STORE);
    }
    assert_ok(reel__store_counts(reel__engine_store(engine), &after, &err));
    assert_int_equal(after.events, before.events);
    run_callers(feedback, callers, 200);
    for (int i = 0; i < CALLERS; i++)
        assert_int_equal(callers[i].failed, 0);
    reel__feedback_close(feedback);
}

/* ---- while others load --------------------------------------------------------------------- */

typedef struct loader {
    reel_store *store;
    reel_store_load *load;
    int wait_ms;
} loader;

static void begin_load(loader *out, const char *database)
{
    reel_err err = {0};

    assert_ok(reel__store_open(&out->store, database, NULL, &err));
    assert_ok(reel__store_load_begin(&out->load, out->store, false, &err));
}

static void *end_load_soon(void *argument)
{
    loader *own = argument;
    const struct timespec wait = {.tv_sec = own->wait_ms / 1000,
                                  .tv_nsec = own->wait_ms % 1000 * 1000000L};

    (void)nanosleep(&wait, NULL);
    reel__store_load_abort(own->load);
    reel__store_close(own->store);
    return NULL;
}

static reel_feedback *open_impatient(reel_engine **out, int busy_timeout_ms)
{
    reel_engine_opts opts = world_opts(temp_path("reel.db"));
    reel_feedback *feedback = NULL;
    reel_err err = {0};

    opts.busy_timeout_ms = busy_timeout_ms;
    assert_ok(reel__engine_open(out, &opts, &err));
    assert_ok(reel__feedback_open(&feedback, reel__engine_store(*out), &err));
    return feedback;
}

/* The load takes longer than the store waits once, and less than feedback waits in all. */
static void a_load_only_delays(void **state)
{
    static const char body[] = "{\"events\":[{\"event_id\":\"" UUID "7\",\"type\":\"click\","
                               "\"item\":1}]}";
    reel_engine *own = NULL;
    reel_feedback *feedback = open_impatient(&own, 1000);
    loader other = {.wait_ms = 1500};
    pthread_t thread;
    reel_feedback_answer answer;
    reel_err err = {0};

    (void)state;
    begin_load(&other, temp_path("reel.db"));
    assert_int_equal(pthread_create(&thread, NULL, end_load_soon, &other), 0);
    assert_ok(reel__feedback_take(
        feedback, &(reel_feedback_call){engine, NULL, body, sizeof body - 1}, &answer, &err));
    assert_int_equal(answer.accepted, 1);
    assert_int_equal(pthread_join(thread, NULL), 0);
    reel__feedback_close(feedback);
    reel__engine_close(own);
}

static void a_load_without_end_is_told(void **state)
{
    static const char body[] = "{\"events\":[{\"event_id\":\"" UUID "8\",\"type\":\"click\","
                               "\"item\":1}]}";
    reel_engine *own = NULL;
    reel_feedback *feedback = open_impatient(&own, 10);
    loader other = {.wait_ms = 0};
    reel_feedback_answer answer;
    reel_err err = {0};

    (void)state;
    begin_load(&other, temp_path("reel.db"));
    assert_fails(reel__feedback_take(feedback,
                                     &(reel_feedback_call){engine, NULL, body, sizeof body - 1},
                                     &answer, &err),
                 REEL_E_CONFLICT, "try again");
    assert_int_equal(answer.accepted, 0);
    (void)end_load_soon(&other);
    assert_ok(reel__feedback_take(
        feedback, &(reel_feedback_call){engine, NULL, body, sizeof body - 1}, &answer, &err));
    assert_int_equal(answer.accepted, 1); /* nothing of the first call was kept */
    reel__feedback_close(feedback);
    reel__engine_close(own);
}

static reel_code take_one(void *user, reel_err *err)
{
    static const char body[] = "{\"events\":[{\"event_id\":\"" UUID "9\",\"type\":\"impression\","
                               "\"movies\":[{\"movie\":1,\"rank\":1}]}]}";
    reel_feedback *feedback = NULL;
    reel_feedback_answer answer;
    reel_code rc = reel__feedback_open(&feedback, reel__engine_store(engine), err);

    (void)user;
    if (rc == REEL_OK)
        rc = reel__feedback_take(
            feedback, &(reel_feedback_call){engine, NULL, body, sizeof body - 1}, &answer, err);
    reel__feedback_close(feedback);
    return rc;
}

static void survives_any_allocation_failing(void **state)
{
    (void)state;
    assert_true(sweep_memory(take_one, NULL) > 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_events_refuse_the_call),
        cmocka_unit_test(keeps_and_logs),
        cmocka_unit_test(the_clock_may_jump),
        cmocka_unit_test(many_callers_at_once),
        cmocka_unit_test(a_full_disk_is_told_to_all),
        cmocka_unit_test(a_load_only_delays),
        cmocka_unit_test(a_load_without_end_is_told),
        cmocka_unit_test(survives_any_allocation_failing),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
