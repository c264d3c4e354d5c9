/* suite.c - the fixture of the conformance suite, its data and its child processes. */
#include "suite.h"
#include "store/trials.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const store_backend *backend;

int store_suite_run(const store_backend *under_test)
{
    char url[512] = "";
    int failed = 0;

    backend = under_test;
    if (!backend->fresh(url, sizeof url))
        return 77; /* skipped; the reason is printed */
    backend->discard(url);
    failed += store_suite_open();
    failed += store_suite_schema();
    failed += store_suite_texts();
    failed += store_suite_limits();
    failed += store_suite_load();
    failed += store_suite_ratings();
    failed += store_suite_events();
    failed += store_suite_queue();
    failed += store_suite_stats();
    failed += store_suite_stats_leave();
    failed += store_suite_stats_looks();
    failed += store_suite_given();
    failed += store_suite_overlay();
    failed += store_suite_models();
    failed += store_suite_matches();
    failed += store_suite_versions();
    failed += store_suite_jobs();
    failed += store_suite_experiments();
    failed += store_suite_trials();
    failed += store_suite_walks();
    failed += store_suite_once();
    failed += store_suite_online();
    failed += store_suite_times();
    failed += store_suite_accounts();
    failed += store_suite_admins();
    failed += store_suite_keys();
    failed += store_suite_copy();
    failed += store_suite_processes();
    return failed != 0;
}

/* ---- fixture ------------------------------------------------------------------------------- */

int fixture_setup(void **state)
{
    static fixture f;

    memset(&f, 0, sizeof f);
    if (!backend->fresh(f.url, sizeof f.url))
        return 1;
    *state = &f;
    reel__store_name(f.name, f.url);
    return reel__store_open(&f.store, f.url, &(reel_store_opts){.create = true}, &f.err) != REEL_OK;
}

int fixture_teardown(void **state)
{
    fixture *f = *state;

    reel__store_close(f->store);
    backend->discard(f->url);
    return 0;
}

void fixture_reopen(fixture *f)
{
    reel__store_close(f->store);
    f->store = NULL;
    assert_ok(reel__store_open(&f->store, f->url, NULL, &f->err), f->err);
}

void fixture_exec(const fixture *f, const char *sql)
{
    backend->exec(f->url, sql);
}

bool fixture_one_server(void)
{
    return backend->one_server;
}

void fixture_set_schema(const fixture *f, int64_t number)
{
    backend->set_schema(f->url, number);
}

/* ---- data ---------------------------------------------------------------------------------- */

static bool count_person(void *user, const reel_trial_person *person)
{
    (void)person;
    ++*(size_t *)user;
    return true;
}

size_t trial_people(reel_store *store, const char *tag, int64_t before_ms)
{
    const reel_trial_range range = {tag, 0, before_ms - 1};
    reel_err err = {0};
    size_t count = 0;

    assert_ok(reel__trial_scan_people(store, &range, count_person, &count, &err), err);
    return count;
}

reel_store_counts counts_of(reel_store *store)
{
    reel_store_counts counts;
    reel_err err = {REEL_OK, ""};

    assert_ok(reel__store_counts(store, &counts, &err), err);
    return counts;
}

reel_dataset *dataset_of(reel_store *store)
{
    reel_dataset_builder *builder = NULL;
    reel_dataset *dataset = NULL;
    reel_err err = {REEL_OK, ""};

    assert_ok(reel_dataset_builder_new(&builder, &err), err);
    assert_ok(reel__store_read_dataset(store, builder, NULL, &err), err);
    assert_ok(reel_dataset_builder_finish(&dataset, builder, NULL, &err), err);
    reel_dataset_builder_free(builder);
    return dataset;
}

void load_ratings(reel_store *store, const reel_rating *ratings, size_t count, bool replace,
                  int64_t *duplicates)
{
    reel_store_load *load = NULL;
    reel_err err = {REEL_OK, ""};

    assert_ok(reel__store_load_begin(&load, store, replace, &err), err);
    assert_ok(reel__store_put_ratings(load, ratings, count, duplicates, &err), err);
    assert_ok(reel__store_load_commit(load, "test", false, &err), err);
}

void load_movies(reel_store *store, const reel_movie *movies, size_t count, bool replace)
{
    reel_store_load *load = NULL;
    reel_err err = {REEL_OK, ""};

    assert_ok(reel__store_load_begin(&load, store, replace, &err), err);
    assert_ok(reel__store_put_movies(load, movies, count, &err), err);
    assert_ok(reel__store_load_commit(load, "test", false, &err), err);
}

bool find_rating(const reel_dataset *dataset, int64_t person, int64_t movie, float *value,
                 int64_t *time)
{
    const reel_index row = reel_dataset_find_person(dataset, person);
    const reel_index col = reel_dataset_find_movie(dataset, movie);
    const reel_csr_view ratings = reel_dataset_ratings(dataset);

    if (row < 0 || col < 0)
        return false;
    for (reel_nnz at = ratings.ptr[row]; at < ratings.ptr[row + 1]; at++) {
        if (ratings.col[at] != col)
            continue;
        *value = ratings.val[at];
        *time = reel_dataset_times(dataset)[at];
        return true;
    }
    return false;
}

void put_beside_a_load(fixture *f, const reel_event *event)
{
    const int64_t before = counts_of(f->store).events;
    const reel_code rc = reel__store_put_events(f->store, event, 1, NULL, &f->err);

    if (rc != REEL_OK)
        assert_int_equal(rc, REEL_E_CONFLICT);
    assert_int_equal(counts_of(f->store).events, before + (rc == REEL_OK));
}

/* ---- other processes ----------------------------------------------------------------------- */

child child_start(child_fn *work, const char *url)
{
    int ends[2] = {-1, -1};
    child c = {-1, -1};

    assert_int_equal(pipe(ends), 0);
    c.pid = fork();
    assert_true(c.pid >= 0);
    if (c.pid == 0) {
        (void)close(ends[0]);
        work(url, ends[1]);
        _exit(1); /* work came back: it did not get as far as child_ready */
    }
    (void)close(ends[1]);
    c.ready = ends[0];
    return c;
}

void child_ready(int ready)
{
    if (write(ready, "r", 1) == 1)
        for (;;)
            (void)pause();
}

void child_wait_ready(const child *c)
{
    char byte = 0;

    assert_int_equal(read(c->ready, &byte, 1), 1);
}

void child_kill(const child *c)
{
    int status = 0;

    assert_int_equal(kill(c->pid, SIGKILL), 0);
    assert_int_equal(waitpid(c->pid, &status, 0), c->pid);
    assert_true(WIFSIGNALED(status));
    (void)close(c->ready);
}
