/* What is over goes from the store by itself: nobody signs in, and nobody sends another key. */
#include <unistd.h>

#include "base/clock.h"
#include "service/operation/jobs.h"
#include "store/accounts.h"
#include "store/once.h"
#include "store/sql.h"
#include "support/world.h"

enum { WAIT_US = 1000, DAY = 86400 };

static bool take_count(void *user, const char *const *column)
{
    *(int64_t *)user = reel__sql_number(column[0], -1);
    return false;
}

static int64_t rows_of(reel_store *store)
{
    int64_t rows = 0;
    reel_err err = {0};
    reel_sql sql;

    reel__sql_begin(&sql, "SELECT (SELECT count(*) FROM once) + (SELECT count(*) FROM sessions)");
    assert_ok(reel__sql_read(store, &sql, take_count, &rows, &err));
    return rows;
}

static void a_server_sweeps_when_it_starts(void **state)
{
    const int64_t now = reel__clock_now();
    const reel_once asked = {.key = "old", .body = "b", .at = now - 2 * DAY};
    const reel_sign_in session = {.token = "aa", .account = 1, .expires_at = now - 1};
    reel_jobs_opts opts = {.models_dir = "models", .program = "/bin/true", .alone = true};
    reel_once_answer there = {0};
    reel_store *store = NULL;
    reel_jobs *jobs = NULL;
    reel_err err = {0};
    bool mine = false;

    (void)state;
    opts.database = temp_path("sweep.db");
    assert_ok(reel__store_open(&store, opts.database, &(reel_store_opts){.create = true}, &err));
    opts.store = store;
    assert_ok(reel__store_begin_once(store, &asked, DAY, &mine, &there, &err));
    assert_ok(reel__store_put_session(store, &session, &err));
    assert_int_equal(rows_of(store), 2);
    assert_ok(reel__jobs_open(&jobs, &opts, &err));
    while (rows_of(store) > 0)
        (void)usleep(WAIT_US);
    reel__jobs_close(jobs);
    reel__store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_sweeps_when_it_starts),
    };

    return cmocka_run_group_tests_name("sweeping", tests, NULL, NULL);
}
