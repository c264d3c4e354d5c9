/* postgres_pool.c - connections of the PostgreSQL back end: more callers than there may be, and
 * memory that ends while they are made anew. On the server that REEL_TEST_POSTGRES names. */
#include "support/store_data.h"

#include <libpq-fe.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "store/postgres/postgres_priv.h"

enum { CALLERS = 40, ROUNDS = 5, CONNECTIONS = 16 };

typedef struct fixture {
    char database[64], url[512];
    reel_store *store;
    PGconn *server;
    reel_err err;
} fixture;

static int64_t ask(fixture *f, const char *sql)
{
    const char *const values[] = {f->database};
    PGresult *result = PQexecParams(f->server, sql, 1, NULL, values, NULL, NULL, 0);
    int64_t number = 0;

    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(f->server));
    number = PQntuples(result) > 0 ? strtoll(PQgetvalue(result, 0, 0), NULL, 10) : 0;
    PQclear(result);
    return number;
}

static int64_t connections(fixture *f)
{
    return ask(f, "SELECT count(*) FROM pg_stat_activity WHERE datname = $1");
}

static int set_up(void **state)
{
    static fixture f;
    char url[512] = "";

    memset(&f, 0, sizeof f);
    (void)snprintf(f.database, sizeof f.database, "pool_%ld", (long)getpid());
    (void)snprintf(f.url, sizeof f.url, "%s%s", getenv("REEL_TEST_POSTGRES"), f.database);
    (void)snprintf(url, sizeof url, "%spostgres", getenv("REEL_TEST_POSTGRES"));
    f.server = PQconnectdb(url);
    *state = &f;
    assert_int_equal(PQstatus(f.server), CONNECTION_OK);
    assert_ok(reel__store_open(&f.store, f.url, &(reel_store_opts){.create = true}, &f.err), f.err);
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    char sql[128] = "";

    reel__store_close(f->store);
    (void)snprintf(sql, sizeof sql, "DROP DATABASE %s WITH (FORCE)", f->database);
    PQclear(PQexec(f->server, sql));
    PQfinish(f->server);
    return 0;
}

/* ---- more callers than connections --------------------------------------------------------- */

typedef struct caller {
    reel_store *store;
    int number, failures;
} caller;

static bool count_event(void *user, const reel_event *event)
{
    (void)event;
    ++*(int *)user;
    return true;
}

static void *call(void *user)
{
    caller *c = user;
    const reel_event_filter filter = {NULL, NULL, 0, 100};
    reel_event event = blank_event("");
    char id[40] = "";

    event.event_id = id;
    for (int i = 0; i < ROUNDS; i++) {
        int rows = 0;

        (void)snprintf(id, sizeof id, "%d-%d", c->number, i);
        c->failures += reel__store_put_events(c->store, &event, 1, NULL, NULL) != REEL_OK;
        c->failures +=
            reel__store_scan_events(c->store, &filter, count_event, &rows, NULL) != REEL_OK;
        c->failures += rows == 0;
    }
    return NULL;
}

static void test_callers_take_turns(void **state)
{
    fixture *f = *state;
    pthread_t threads[CALLERS];
    caller callers[CALLERS];
    reel_store_counts before, counts;

    assert_ok(reel__store_counts(f->store, &before, &f->err), f->err);
    for (int i = 0; i < CALLERS; i++) {
        callers[i] = (caller){f->store, i, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, call, &callers[i]), 0);
    }
    for (int i = 0; i < CALLERS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(callers[i].failures, 0);
    }
    assert_true(connections(f) <= CONNECTIONS);
    assert_ok(reel__store_counts(f->store, &counts, &f->err), f->err);
    assert_int_equal(counts.events, before.events + CALLERS * ROUNDS);
}

/* A row may ask the store itself: each level takes a connection, as far as there are any. */
typedef struct levels {
    fixture *f;
    int deepest;
} levels;

static bool go_deeper(void *user, const reel_event *event)
{
    levels *l = user;
    const reel_event_filter filter = {NULL, NULL, 0, 1};
    reel_err err = {REEL_OK, ""};

    (void)event;
    if (++l->deepest < CONNECTIONS)
        assert_ok(reel__store_scan_events(l->f->store, &filter, go_deeper, l, &err), err);
    return false;
}

static void test_one_inside_the_other(void **state)
{
    fixture *f = *state;
    const reel_event_filter filter = {NULL, NULL, 0, 1};
    const reel_event event = blank_event("a");
    levels l = {f, 0};

    assert_ok(reel__store_put_events(f->store, &event, 1, NULL, &f->err), f->err);
    assert_ok(reel__store_scan_events(f->store, &filter, go_deeper, &l, &f->err), f->err);
    assert_int_equal(l.deepest, CONNECTIONS);
    assert_true(connections(f) <= CONNECTIONS);
}

/* ---- memory that ends ---------------------------------------------------------------------- */

static void cut_all(fixture *f)
{
    (void)ask(f,
              "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = $1");
    while (connections(f) > 0)
        (void)usleep(1000);
}

typedef reel_code work_fn(fixture *f);

static reel_code count(fixture *f)
{
    reel_store_counts counts;

    return reel__store_counts(f->store, &counts, &f->err);
}

static reel_code scan(fixture *f)
{
    const reel_event_filter filter = {NULL, NULL, 0, 1};
    int rows = 0;

    return reel__store_scan_events(f->store, &filter, count_event, &rows, &f->err);
}

static reel_code put(fixture *f)
{
    const reel_event event = blank_event("b");

    return reel__store_put_events(f->store, &event, 1, NULL, &f->err);
}

static reel_code load(fixture *f)
{
    const reel_rating rating = {1, 2, 3, 4.0F};
    reel_store_load *load = NULL;
    reel_code rc = reel__store_load_begin(&load, f->store, true, &f->err);

    if (rc == REEL_OK && reel__store_put_ratings(load, &rating, 1, NULL, &f->err) != REEL_OK) {
        rc = f->err.code;
        reel__store_load_abort(load);
    } else if (rc == REEL_OK) {
        rc = reel__store_load_commit(load, "test", false, &f->err);
    }
    return rc;
}

/* Every allocation of one call fails once, while its connection was just lost: the next call goes
 * well, and no connection is forgotten, so there is room for 16 still. */
static void test_without_memory_for_a_new_one(void **state)
{
    enum { TIMES = 6 };
    work_fn *const works[] = {count, scan, put, load};
    fixture *f = *state;
    long failed = 0;

    for (size_t i = 0; i < TIMES * sizeof works / sizeof *works; i++) {
        reel_code rc = REEL_E_NOMEM;

        for (long n = 0; rc != REEL_OK; n++) {
            assert_ok(count(f), f->err);
            cut_all(f);
            reel__alloc_fail_after(n);
            rc = works[i % (sizeof works / sizeof *works)](f);
            reel__alloc_fail_after(-1);
            if (rc != REEL_OK)
                assert_int_equal(rc, REEL_E_NOMEM);
            failed += rc != REEL_OK;
            assert_true(n < 200);
        }
    }
    if (failed <= CONNECTIONS)
        fail_msg("only %ld calls failed", failed);
    test_one_inside_the_other(state);
    test_callers_take_turns(state);
}

/* ---- a server that is lost twice ------------------------------------------------------------ */

typedef struct losing {
    fixture *f;
    int calls;
} losing;

/* Others give back what they have while this one works, and then the server ends them all. */
static reel_code lose(reel_pg_conn *conn, void *user, reel_err *err)
{
    losing *l = user;
    reel_pg_conn *others[2] = {NULL, NULL};

    l->calls++;
    for (int i = 0; i < 2; i++)
        assert_ok(reel__pg_take(&others[i], conn->store, err), *err);
    for (int i = 0; i < 2; i++)
        reel__pg_give_back(others[i]);
    cut_all(l->f);
    return reel__pg_exec(conn, "SELECT 1", err);
}

static void test_a_second_loss_leaves_nothing_either(void **state)
{
    fixture *f = *state;
    reel_pg *store = (reel_pg *)f->store;
    losing l = {f, 0};

    assert_fails(reel__pg_run(store, lose, &l, true, &f->err), REEL_E_STORE, "lost", f->err);
    assert_int_equal(l.calls, 2);
    assert_int_equal(store->open, 0);
    assert_null(store->idle);
    assert_fails(reel__pg_run(store, lose, &l, false, &f->err), REEL_E_STORE, "lost", f->err);
    assert_int_equal(l.calls, 3);
    assert_int_equal(store->open, 0);
    assert_ok(count(f), f->err);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_callers_take_turns),
        TEST(test_one_inside_the_other),
        TEST(test_without_memory_for_a_new_one),
        TEST(test_a_second_loss_leaves_nothing_either),
    };

    if (getenv("REEL_TEST_POSTGRES") == NULL) {
        (void)fprintf(stderr, "skipped: run it by script/postgres\n");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
