/* suite_overlay.c - the cache over the store of what people gave: what is kept, what is bounded,
 * and that servers on one database see what the others wrote.
 */
#include "suite.h"

#include <pthread.h>
#include <unistd.h>

#include "base/alloc.h"
#include "service/engine/overlay.h"
#include "store/accounts.h"

enum { PATIENCE_MS = 5000, STEP_MS = 10, READERS = 4, WRITES = 60, PEOPLE = 7 };

static reel_overlay *open_overlay(fixture *f, reel_store *store, size_t bytes, bool follow)
{
    const reel_overlay_opts opts = {.bytes_max = bytes, .follow = follow};
    reel_overlay *overlay = NULL;

    assert_ok(reel__overlay_open(&overlay, store, &opts, &f->err), f->err);
    return overlay;
}

static void give(fixture *f, reel_overlay *overlay, int64_t person, int64_t movie, double value)
{
    const reel_given_row row = {
        .person = person, .movie = movie, .kind = REEL_GIVEN_RATING, .value = value};

    assert_ok(reel__overlay_put(overlay, &row, 1, &f->err), f->err);
}

/* How many films a person gave something, and the value of the first. */
static size_t given_by(fixture *f, reel_overlay *overlay, int64_t person, double *value)
{
    reel_given_rows rows = {0};
    size_t count;

    assert_ok(reel__overlay_read(overlay, person, &rows, &f->err), f->err);
    count = rows.count;
    if (value != NULL && count > 0)
        *value = rows.rows[0].value;
    reel__given_rows_fini(&rows);
    return count;
}

static void test_a_write_is_read_at_once(void **state)
{
    fixture *f = *state;
    reel_overlay *overlay = open_overlay(f, f->store, 0, false);
    double value = 0;

    assert_int_equal(given_by(f, NULL, 3, NULL), 0);
    assert_int_equal(given_by(f, overlay, 3, NULL), 0);
    assert_int_equal(reel__overlay_count(overlay).reads, 0); /* nobody gave anything: not looked */
    give(f, overlay, 3, 7, 4);
    assert_int_equal(given_by(f, overlay, 3, &value), 1);
    assert_true(value == 4);
    assert_int_equal(given_by(f, overlay, 3, &value), 1);
    assert_int_equal(reel__overlay_count(overlay).misses, 1);
    give(f, overlay, 3, 7, 2);
    assert_int_equal(given_by(f, overlay, 3, &value), 1);
    assert_true(value == 2);
    assert_int_equal(given_by(f, overlay, 4, NULL), 0);
    assert_ok(reel__overlay_forget(overlay, 3, &f->err), f->err);
    assert_int_equal(given_by(f, overlay, 3, NULL), 0);
    reel__overlay_close(overlay);
    give(f, overlay = open_overlay(f, f->store, 0, false), 5, 7, 4);
    reel__overlay_close(overlay);
    overlay = open_overlay(f, f->store, 0, false); /* one opened later knows who gave something */
    assert_int_equal(given_by(f, overlay, 5, NULL), 1);
    reel__overlay_close(overlay);
}

/* Much more than fits: the rows kept stay under the bound, and nobody's are wrong. */
static void test_memory_is_bounded(void **state)
{
    enum { BOUND = 64 * 1000, MANY = 400, FILMS = 9 };
    fixture *f = *state;
    reel_overlay *overlay = open_overlay(f, f->store, BOUND, false);
    reel_given_row rows[MANY * FILMS];
    reel_overlay_counts counts;
    double value = 0;

    for (int i = 0; i < MANY * FILMS; i++)
        rows[i] = (reel_given_row){
            .person = i / FILMS, .movie = i % FILMS, .kind = REEL_GIVEN_RATING, .value = i / FILMS};
    assert_ok(reel__overlay_put(overlay, rows, MANY * FILMS, &f->err), f->err);
    for (int person = 0; person < MANY; person++) {
        assert_int_equal(given_by(f, overlay, person, &value), FILMS);
        assert_true(value == person);
    }
    counts = reel__overlay_count(overlay);
    assert_true(counts.people > 0 && counts.bytes > 0 && counts.bytes <= BOUND);
    reel__overlay_close(overlay);
}

/* Two servers on one database: each sees what the other wrote, soon. */
static void test_others_are_followed(void **state)
{
    fixture *f = *state;
    reel_store *store = NULL;
    reel_overlay *one = open_overlay(f, f->store, 0, false), *other;
    double value = 0;
    int waited = 0;

    assert_ok(reel__store_open(&store, f->url, NULL, &f->err), f->err);
    other = open_overlay(f, store, 0, true);
    assert_int_equal(given_by(f, other, 3, NULL), 0);
    give(f, one, 3, 7, 4);
    for (; given_by(f, other, 3, NULL) == 0 && waited < PATIENCE_MS; waited += STEP_MS)
        (void)usleep(STEP_MS * 1000);
    assert_true(waited < PATIENCE_MS); /* mostly under half a second */
    give(f, one, 3, 7, 1);
    assert_ok(reel__overlay_follow(other, &f->err), f->err);
    assert_int_equal(given_by(f, other, 3, &value), 1);
    assert_true(value == 1);
    assert_ok(reel__overlay_forget(one, 3, &f->err), f->err);
    assert_ok(reel__overlay_follow(other, &f->err), f->err);
    assert_int_equal(given_by(f, other, 3, NULL), 0);
    reel__overlay_close(other);
    reel__overlay_close(one);
    reel__store_close(store);
}

/* What came of an account that is gone is taken away by one server, and seen by the others; where
 * nothing is, nobody has to read anything again. */
static void test_a_sweep_is_followed(void **state)
{
    fixture *f = *state;
    const int64_t nobody = REEL_ACCOUNT_PERSON + 7;
    reel_store *store = NULL;
    reel_overlay *one = open_overlay(f, f->store, 0, false), *other;
    int64_t version;

    assert_ok(reel__store_open(&store, f->url, &(reel_store_opts){.create = false}, &f->err),
              f->err);
    other = open_overlay(f, store, 0, false);
    give(f, one, nobody, 7, 1);
    give(f, one, 3, 7, 1);
    assert_ok(reel__overlay_follow(other, &f->err), f->err);
    assert_int_equal(given_by(f, other, nobody, NULL), 1);
    assert_ok(reel__store_sweep_sessions(f->store, 1, &f->err), f->err);
    assert_ok(reel__overlay_follow(other, &f->err), f->err);
    assert_int_equal(given_by(f, other, nobody, NULL), 0);
    assert_int_equal(given_by(f, other, 3, NULL), 1);
    version = reel__overlay_count(other).version;
    assert_ok(reel__store_sweep_sessions(f->store, 1, &f->err), f->err);
    assert_ok(reel__overlay_follow(other, &f->err), f->err);
    assert_int_equal(reel__overlay_count(other).version, version);
    reel__overlay_close(other);
    reel__overlay_close(one);
    reel__store_close(store);
}

/* ---- many threads -------------------------------------------------------------------------- */

typedef struct reader {
    reel_overlay *overlay;
    double last[PEOPLE];
    int backwards, failed;
    volatile bool *stop;
} reader;

/* What a person gave only grows here: no reader may see an older value after a newer one. */
static void *read_on(void *user)
{
    reader *r = user;
    reel_given_rows rows = {0};
    reel_err err = {0};

    while (!__atomic_load_n(r->stop, __ATOMIC_ACQUIRE))
        for (int person = 0; person < PEOPLE; person++) {
            double value;

            r->failed += reel__overlay_read(r->overlay, person, &rows, &err) != REEL_OK;
            value = rows.count > 0 ? rows.rows[0].value : 0;
            r->backwards += value < r->last[person];
            r->last[person] = value;
        }
    reel__given_rows_fini(&rows);
    return NULL;
}

static void test_readers_beside_a_writer(void **state)
{
    fixture *f = *state;
    reel_overlay *overlay = open_overlay(f, f->store, 0, true);
    reader readers[READERS] = {{0}};
    pthread_t threads[READERS];
    volatile bool stop = false;

    for (int i = 0; i < READERS; i++) {
        readers[i].overlay = overlay;
        readers[i].stop = &stop;
        assert_int_equal(pthread_create(&threads[i], NULL, read_on, &readers[i]), 0);
    }
    for (int i = 1; i <= WRITES; i++)
        give(f, overlay, i % PEOPLE, 7, i);
    for (int person = 0; person < PEOPLE; person++) {
        double value = 0;

        assert_int_equal(given_by(f, overlay, person, &value), 1);
        assert_true(value > WRITES - PEOPLE);
    }
    __atomic_store_n(&stop, true, __ATOMIC_RELEASE);
    for (int i = 0; i < READERS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(readers[i].backwards, 0);
        assert_int_equal(readers[i].failed, 0);
    }
    reel__overlay_close(overlay);
}

/* ---- failures ------------------------------------------------------------------------------ */

static reel_code open_and_read(void *user, reel_err *err)
{
    const fixture *f = user;
    reel_overlay *overlay = NULL;
    reel_given_rows rows = {0};
    reel_code rc = REEL_OK;

    REEL_TRY(reel__overlay_open(&overlay, f->store, NULL, err));
    for (int i = 0; i < 2; i++)
        REEL_TRY(reel__overlay_read(overlay, 3, &rows, err));
    rc = rows.count == 40 ? REEL_OK : reel_fail(err, REEL_E_FORMAT, "%zu rows", rows.count);
out:
    reel__given_rows_fini(&rows);
    reel__overlay_close(overlay);
    return rc;
}

static void test_failures(void **state)
{
    fixture *f = *state;
    reel_overlay *overlay = open_overlay(f, f->store, 0, false);
    reel_given_rows rows = {0};
    reel_code rc = REEL_E_NOMEM;
    long failures = 0;

    for (int i = 0; i < 40; i++)
        give(f, overlay, 3, i, 4);
    for (long n = 0; rc != REEL_OK; n++) {
        const long live = reel__alloc_live();

        reel__alloc_fail_after(n);
        rc = open_and_read(f, &f->err);
        reel__alloc_fail_after(-1);
        assert_int_equal(reel__alloc_live(), live);
        assert_true(rc == REEL_OK || (rc == REEL_E_NOMEM && f->err.msg[0] != '\0'));
        failures = n;
    }
    assert_true(failures > 3);
    fixture_exec(f, "DROP TABLE given");
    assert_true(reel__overlay_read(overlay, 3, &rows, &f->err) != REEL_OK);
    assert_true(reel__overlay_follow(overlay, &f->err) != REEL_OK);
    reel__given_rows_fini(&rows);
    reel__overlay_close(overlay);
}

int store_suite_overlay(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    static const struct CMUnitTest overlay_tests[] = {
        TEST(test_a_write_is_read_at_once), TEST(test_memory_is_bounded),
        TEST(test_others_are_followed),     TEST(test_a_sweep_is_followed),
        TEST(test_readers_beside_a_writer), TEST(test_failures),
    };

    return cmocka_run_group_tests(overlay_tests, NULL, NULL);
}
