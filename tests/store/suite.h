/* suite.h - the store conformance suite: one set of tests that every back end passes unchanged.
 * A back end brings one file with a main and a store_backend; the tests see only store/store.h.
 * What is special to one back end (damaged files, full disks) is tested in tests/unit/store.
 */
#ifndef REEL_TESTS_STORE_SUITE_H
#define REEL_TESTS_STORE_SUITE_H

#include <sys/types.h>

#include "support/store_data.h"

/* What a back end brings. */
typedef struct store_backend {
    const char *name;
    bool one_server; /* two processes may not serve the same store */
    /* A URL at which there is no store yet. False: not possible here (the reason is printed). */
    bool (*fresh)(char *url, size_t size);
    /* Remove what is at the URL, and at those that go on with "-...". */
    void (*discard)(const char *url);
    /* Past Reel: statements that every back end understands. */
    void (*exec)(const char *url, const char *sql);
    /* Past Reel: what the store says of the number of its schema. */
    void (*set_schema)(const char *url, int64_t number);
} store_backend;

/* Runs everything; the program's exit code. */
int store_suite_run(const store_backend *backend);

/* The parts: number of failed tests. */
int store_suite_open(void);
int store_suite_schema(void);
int store_suite_texts(void);
int store_suite_limits(void);
int store_suite_load(void);
int store_suite_ratings(void);
int store_suite_events(void);
int store_suite_queue(void);
int store_suite_stats(void);
int store_suite_stats_leave(void);
int store_suite_stats_looks(void);
int store_suite_given(void);
int store_suite_overlay(void);
int store_suite_models(void);
int store_suite_matches(void);
int store_suite_versions(void);
int store_suite_jobs(void);
int store_suite_experiments(void);
int store_suite_trials(void);
int store_suite_walks(void);
int store_suite_once(void);
int store_suite_online(void);
int store_suite_accounts(void);
int store_suite_admins(void);
int store_suite_keys(void);
int store_suite_times(void);
int store_suite_copy(void);
int store_suite_processes(void);

/* ---- fixture: a URL, and an empty store opened there --------------------------------------- */

typedef struct fixture {
    char url[512], name[REEL_STORE_NAME]; /* name: what messages call it */
    reel_store *store;
    reel_err err;
} fixture;

int fixture_setup(void **state);
int fixture_teardown(void **state);
/* Whether this back end refuses a second server. */
bool fixture_one_server(void);
/* Close and open again, as the next start of the program would. */
void fixture_reopen(fixture *f);
void fixture_exec(const fixture *f, const char *sql);
/* Close the store and take back what migrations after this schema made. */
void store_suite_make_older(fixture *f, int schema);
void fixture_set_schema(const fixture *f, int64_t number);

/* ---- data ---------------------------------------------------------------------------------- */

reel_store_counts counts_of(reel_store *store);
reel_dataset *dataset_of(reel_store *store); /* reel_dataset_free */
/* A whole load of its own. */
void load_ratings(reel_store *store, const reel_rating *ratings, size_t count, bool replace,
                  int64_t *duplicates);
void load_movies(reel_store *store, const reel_movie *movies, size_t count, bool replace);
/* To how many people something was shown in an experiment, before a moment. */
size_t trial_people(reel_store *store, const char *tag, int64_t before_ms);
/* Value and time of (person, movie) in a dataset, or false. */
bool find_rating(const reel_dataset *dataset, int64_t person, int64_t movie, float *value,
                 int64_t *time);

/* Put an event while a load runs: either it is kept, or it is a conflict and is not. */
void put_beside_a_load(fixture *f, const reel_event *event);

/* ---- other processes ----------------------------------------------------------------------- */

/* A child that runs work(url, ready): it writes a byte to ready when it got there, and then waits
 * to be killed. Start it before this process opens the store: databases and fork do not mix. */
typedef struct child {
    pid_t pid;
    int ready;
} child;
typedef void child_fn(const char *url, int ready);
child child_start(child_fn *work, const char *url);
void child_wait_ready(const child *c); /* fails when it died before */
void child_kill(const child *c);       /* SIGKILL, and wait for its end */
/* In the child: report, then wait to be killed. */
void child_ready(int ready);

#endif
