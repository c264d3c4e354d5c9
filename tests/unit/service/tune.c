/* Unit tests of tuning: files, folders and stores as data, resuming, logs of others, failures. */
#include "support/check.h"

#include <math.h>

#include "base/clock.h"
#include "base/file.h"
#include "service/files/load.h"
#include "service/models/tune.h"
#include "support/near.h"
#include "support/temp.h"

enum { PEOPLE = 60, FILMS = 50, TEXT = 1 << 16, TRIALS = 9 };

/* A person likes films of their own sixth, some others too, so that few neighbours are best. */
static const char *write_ratings(void)
{
    static char path[TEMP_PATH];
    static char text[TEXT];
    size_t used = 0;

    if (path[0] != '\0')
        return path;
    for (int p = 1; p <= PEOPLE; p++)
        for (int m = 0; m < FILMS; m++)
            if (m % 6 == p % 6 || (p * 7 + m * 5) % 11 < 2)
                used += (size_t)snprintf(text + used, TEXT - used, "%d\t%d\t%d\n", p, 100 + m,
                                         m % 6 == p % 6 ? 5 : 1 + (p + m) % 4);
    (void)snprintf(path, sizeof path, "%s", temp_write("train.tsv", text));
    return path;
}

static reel_tune_opts usual(void)
{
    return (reel_tune_opts){.source = {.train = write_ratings()},
                            .model = "user-knn",
                            .searched = "neighbours=1..60:log",
                            .trials = TRIALS,
                            .seed = 1,
                            .threads = 1};
}

static void same(const reel_tuning *a, const reel_tuning *b)
{
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        const reel_trial *left = reel__search_trial(a->search, i);
        const reel_trial *right = reel__search_trial(b->search, i);

        assert_int_equal(left->rung, right->rung);
        assert_memory_equal(left->values, right->values, a->space.count * sizeof(double));
        for (size_t m = 0; m < a->metric_count; m++)
            assert_near(a->tuned[i].metrics[m], b->tuned[i].metrics[m], 0);
    }
}

static void test_few_neighbours_are_found(void **state)
{
    (void)state;
    reel_tune_opts opts = usual();
    size_t order[4];
    reel_tuning t;
    reel_buf params;
    reel_err err;

    assert_ok(reel__tune(&t, &opts, &err));
    assert_int_equal(t.count, TRIALS);
    assert_int_equal(t.end, REEL_TUNE_ENOUGH);
    assert_int_equal(t.rungs, 1);
    assert_int_equal(t.people, PEOPLE);
    assert_true(t.held_out > PEOPLE && t.held_out < t.ratings / 4);
    assert_string_equal(t.metrics[t.chosen].name, "ndcg@100");
    assert_true(t.tuned[reel__search_best(t.search)->number].metrics[t.chosen] >
                t.tuned[0].metrics[t.chosen]);
    assert_int_equal(reel__tuning_ranking(&t, order, 4), 4);
    assert_int_equal(order[0], reel__search_best(t.search)->number);
    for (int i = 1; i < 4; i++)
        assert_true(t.tuned[order[i]].metrics[t.chosen] <= t.tuned[order[i - 1]].metrics[t.chosen]);
    reel__buf_init(&params, 1000);
    reel__tuning_params(&params, &t, 0);
    assert_string_equal(params.data, "--param neighbours=150");
    reel__buf_fini(&params);
    reel__tuning_fini(&t);
}

static void test_threads_and_source_change_nothing(void **state)
{
    (void)state;
    char folder[TEMP_PATH];
    reel_tune_opts opts = usual();
    reel_tuning a, b;
    reel_err err;

    opts.rungs = 2;
    opts.metric = "recall@7";
    assert_ok(reel__tune(&a, &opts, &err));
    assert_int_equal(a.metric_count, 4);
    opts.threads = 3;
    assert_ok(reel__tune(&b, &opts, &err));
    same(&a, &b);
    reel__tuning_fini(&a);
    reel__tuning_fini(&b);
    (void)snprintf(folder, sizeof folder, "%s", temp_path("sample"));
    assert_ok(
        reel__sample_write(&(reel_sample_opts){.output = folder, .people = 40, .seed = 1}, &err));
    opts.source = (reel_source){.movielens = folder};
    opts.trials = 2;
    assert_ok(reel__tune(&a, &opts, &err));
    assert_int_equal(a.people, 40);
    reel__tuning_fini(&a);
}

static void test_ratings_are_judged_by_their_error(void **state)
{
    (void)state;
    reel_tune_opts opts = usual();
    reel_tuning t;
    reel_err err;
    const reel_trial *best;

    opts.model = "baseline";
    opts.searched = "reg_u=1..100,reg_i=1..100";
    assert_ok(reel__tune(&t, &opts, &err));
    assert_true(t.rates);
    assert_string_equal(t.metrics[t.chosen].name, "rmse");
    assert_int_equal(t.rungs, 2); /* of epochs */
    best = reel__search_best(t.search);
    assert_near(best->score, -t.tuned[best->number].metrics[0], 0);
    for (size_t i = 0; i < t.count; i++)
        assert_true(reel__search_trial(t.search, i)->rung == 0 ||
                    t.tuned[i].metrics[0] >= t.tuned[best->number].metrics[0]);
    reel__tuning_fini(&t);
    opts.metric = "ndcg@10";
    opts.trials = 2;
    assert_ok(reel__tune(&t, &opts, &err));
    assert_false(t.rates);
    reel__tuning_fini(&t);
}

/* ---- logs ---------------------------------------------------------------------------------- */

static char *read_all(const char *path, size_t *length)
{
    static char text[TEXT];
    FILE *file = fopen(path, "rb");

    if (file == NULL)
        abort();
    *length = fread(text, 1, sizeof text - 1, file);
    text[*length] = '\0';
    (void)fclose(file);
    return text;
}

static void write_part(const char *path, const char *text, size_t length)
{
    FILE *file = fopen(path, "wb");

    if (file == NULL || fwrite(text, 1, length, file) != length || fclose(file) != 0)
        abort();
}

/* Wherever the process is killed, going on with the log leads to the same trials. */
static void test_a_log_that_was_cut_is_gone_on_with(void **state)
{
    (void)state;
    char log[TEMP_PATH], cut[TEMP_PATH];
    reel_tune_opts opts = usual();
    reel_tuning whole, again;
    size_t length;
    char *text;
    reel_err err;

    (void)snprintf(log, sizeof log, "%s", temp_path("whole.jsonl"));
    (void)snprintf(cut, sizeof cut, "%s", temp_path("cut.jsonl"));
    opts.rungs = 2;
    opts.log = log;
    opts.resume = true; /* of a log that is not there yet */
    assert_ok(reel__tune(&whole, &opts, &err));
    assert_int_equal(whole.replayed, 0);
    text = read_all(log, &length);
    opts.log = cut;
    for (int part = 0; part <= 5; part++) {
        write_part(cut, text, length * (size_t)part / 5);
        assert_ok(reel__tune(&again, &opts, &err));
        same(&whole, &again);
        assert_true(part < 5 ? again.replayed < TRIALS : again.replayed == TRIALS);
        reel__tuning_fini(&again);
    }
    opts.trials = TRIALS + 3; /* and it goes further */
    assert_ok(reel__tune(&again, &opts, &err));
    assert_int_equal(again.replayed, TRIALS);
    assert_int_equal(again.count, TRIALS + 3);
    reel__tuning_fini(&again);
    reel__tuning_fini(&whole);
}

static void refuse(const reel_tune_opts *opts, reel_code code, const char *part)
{
    reel_tuning t;
    reel_err err;

    assert_fails(reel__tune(&t, opts, &err), code, part);
    assert_null(t.search);
}

static void test_logs_of_other_searches_are_refused(void **state)
{
    (void)state;
    char log[TEMP_PATH];
    reel_tune_opts opts = usual();
    reel_file_appender other;
    reel_tuning t;
    size_t length, line;
    char *text;
    reel_err err;

    (void)snprintf(log, sizeof log, "%s", temp_path("other.jsonl"));
    opts.log = log;
    assert_ok(reel__tune(&t, &opts, &err));
    reel__tuning_fini(&t);
    refuse(&opts, REEL_E_CONFLICT, "--resume");
    opts.resume = true;
    opts.seed = 2;
    refuse(&opts, REEL_E_INVALID, "its \"seed\" is 1, here it is 2");
    opts.seed = 1;
    opts.metric = "ndcg@10";
    refuse(&opts, REEL_E_INVALID, "its \"metric\" is ndcg@100, here it is ndcg@10");
    opts.metric = NULL;
    opts.searched = "neighbours=1..50";
    refuse(&opts, REEL_E_INVALID, "neighbours=1..60:log, here it is neighbours=1..50:log");
    opts = usual();
    opts.log = log;
    opts.resume = true;
    opts.source.train = temp_write("short.tsv", "1\t1\t5\n1\t2\t5\n1\t3\t5\n1\t4\t5\n1\t5\t5\n");
    refuse(&opts, REEL_E_INVALID, "its \"data\" is sha256:");
    opts.source.train = write_ratings();
    assert_ok(reel__file_append_open(&other, log, &err));
    refuse(&opts, REEL_E_CONFLICT, "another process");
    reel__file_append_close(&other);
    text = read_all(log, &length);
    line = strcspn(text, "\n") + 1;
    memmove(strstr(text, "\"neighbours\":150"), "\"neighbours\":151", 16);
    write_part(log, text, length);
    refuse(&opts, REEL_E_FORMAT, "line 2 is not the trial that comes next");
    text[line] = '[';
    write_part(log, text, length);
    refuse(&opts, REEL_E_FORMAT, "line 2 is no line");
    write_part(log, "{\"trial\":0}\n", 12);
    refuse(&opts, REEL_E_FORMAT, "line 1 does not begin");
    write_part(log, "17\n", 3);
    refuse(&opts, REEL_E_FORMAT, "line 1 is no line");
}

/* ---- what goes wrong ----------------------------------------------------------------------- */

static void test_wrong_options_are_refused(void **state)
{
    (void)state;
    reel_tune_opts opts = usual();

    opts.model = "frobnicate";
    refuse(&opts, REEL_E_NOTFOUND, "frobnicate");
    opts.model = NULL;
    refuse(&opts, REEL_E_NOTFOUND, "no model");
    opts = usual();
    opts.source.database = "reel.db";
    refuse(&opts, REEL_E_INVALID, "say where the ratings are");
    opts.source = (reel_source){.train = "absent.tsv"};
    refuse(&opts, REEL_E_NOTFOUND, "absent.tsv");
    opts = usual();
    opts.metric = "rmse";
    refuse(&opts, REEL_E_INVALID, "predicts no ratings");
    opts.metric = "ndcg";
    refuse(&opts, REEL_E_INVALID, "got \"ndcg\"");
    opts.metric = "novelty@10";
    refuse(&opts, REEL_E_INVALID, "got \"novelty@10\"");
    opts.metric = "ndcg@0";
    refuse(&opts, REEL_E_INVALID, "got \"ndcg@0\"");
    opts = usual();
    opts.resume = true;
    refuse(&opts, REEL_E_INVALID, "--log");
    opts.resume = false;
    opts.rungs = 9;
    refuse(&opts, REEL_E_INVALID, "not 9");
    opts = usual();
    opts.source.train = temp_write("short.tsv", "1\t1\t5\n1\t2\t4\n2\t1\t5\n");
    refuse(&opts, REEL_E_INVALID, "hold some out");
    opts = usual();
    opts.log = temp_path("absent/log.jsonl");
    refuse(&opts, REEL_E_STORE, "absent/log.jsonl");
}

static void stop_after_three(void *user, const reel_tuning *t, bool done)
{
    volatile bool *stop = user;

    *stop = done && t->count >= 3;
}

static void take_a_while(void *user, const reel_tuning *t, bool done)
{
    const int64_t start = reel__clock_steady_us();

    (void)t;
    while (done && reel__clock_steady_us() - start < *(const int64_t *)user)
        continue;
}

static void test_a_search_can_be_stopped(void **state)
{
    (void)state;
    static const int64_t while_us = 1000000;
    volatile bool stop = false;
    reel_tune_opts opts = usual();
    reel_tuning t;
    reel_err err;

    opts.trials = 0;
    opts.cancel = &stop;
    opts.user = (void *)(uintptr_t)&stop;
    opts.report = stop_after_three;
    assert_ok(reel__tune(&t, &opts, &err));
    assert_int_equal(t.count, 3);
    assert_int_equal(t.end, REEL_TUNE_STOPPED);
    reel__tuning_fini(&t);
    stop = true;
    opts.report = NULL;
    refuse(&opts, REEL_E_CANCELLED, "before the first trial");
    opts.cancel = NULL;
    opts.budget_seconds = 1e-9;
    refuse(&opts, REEL_E_BUDGET, "too short");
    opts.budget_seconds = 1;
    opts.report = take_a_while;
    opts.user = (void *)(uintptr_t)&while_us;
    assert_ok(reel__tune(&t, &opts, &err));
    assert_int_equal(t.count, 1);
    assert_int_equal(t.end, REEL_TUNE_BUDGET);
    reel__tuning_fini(&t);
}

static reel_code sweep(void *user, reel_err *err)
{
    reel_tune_opts *opts = user;
    reel_tuning t;
    reel_code rc;

    (void)remove(opts->log);
    rc = reel__tune(&t, opts, err);
    if (rc == REEL_OK)
        reel__tuning_fini(&t);
    return rc;
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    char log[TEMP_PATH];
    reel_tune_opts opts = usual();

    (void)snprintf(log, sizeof log, "%s", temp_path("sweep.jsonl"));
    opts.log = log;
    opts.trials = 1;
    assert_true(sweep_memory(sweep, &opts) > 50);
}

static void test_json_says_how_to_do_it_again(void **state)
{
    (void)state;
    static const char *const parts[] = {
        "\"command\":\"reel tune\"",   "\"version\":\"",           "\"model\":\"user-knn\"",
        "\"data\":\"sha256:",          "\"metric\":\"ndcg@100\"",  "\"seed\":1",
        "\"cheaper_by\":\"people\"",   "\"neighbours=1..60:log\"", "\"end\":\"trials\"",
        "\"options\":\"--param neigh", "\"trials\":[{\"trial\":0", "\"recall@20\":"};
    reel_tune_opts opts = usual();
    reel_tuning t;
    reel_json json;
    reel_buf text;
    reel_err err;

    opts.rungs = 2;
    assert_ok(reel__tune(&t, &opts, &err));
    reel__buf_init(&text, 1 << 20);
    reel__json_init(&json, &text);
    reel__tuning_write(&json, &t, "reel tune");
    assert_ok(reel__buf_check(&text, &err));
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strstr(text.data, parts[i]) == NULL)
            fail_msg("%s is not in %s", parts[i], text.data);
    reel__buf_fini(&text);
    reel__tuning_fini(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_few_neighbours_are_found),
        cmocka_unit_test(test_threads_and_source_change_nothing),
        cmocka_unit_test(test_ratings_are_judged_by_their_error),
        cmocka_unit_test(test_a_log_that_was_cut_is_gone_on_with),
        cmocka_unit_test(test_logs_of_other_searches_are_refused),
        cmocka_unit_test(test_wrong_options_are_refused),
        cmocka_unit_test(test_a_search_can_be_stopped),
        cmocka_unit_test(test_every_allocation_may_fail),
        cmocka_unit_test(test_json_says_how_to_do_it_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
