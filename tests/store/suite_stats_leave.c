/* suite_stats_leave.c - who leaves is taken out of the sums: they are as if nobody had been there.
 */
#include "stats_events.h"

#include "base/alloc.h"
#include "base/rng.h"
#include "store/accounts.h"
#include "store/sql.h"

/* Every row of every sum but its kind's number, as one text. */
typedef struct rows {
    char text[1 << 16];
    size_t length;
} rows;

static bool see_row(void *user, const char *const *c)
{
    rows *r = user;

    for (size_t i = 0; i < 14; i++)
        r->length += (size_t)snprintf(r->text + r->length, sizeof r->text - r->length, "%s ",
                                      c[i] == NULL ? "-" : c[i]);
    r->length += (size_t)snprintf(r->text + r->length, sizeof r->text - r->length, "\n");
    assert_true(r->length < sizeof r->text);
    return true;
}

static void see_rows(fixture *f, rows *out)
{
    static const char *const all[] = {
        "SELECT k.method, k.model_id, k.scenario, r.span, r.day, r.rank, r.lists, r.shown,"
        " r.clicked, r.rated, r.clicked_rated, r.refused FROM stat_ranks AS r JOIN stat_kinds AS k"
        " ON k.id = r.kind ORDER BY 4, 5, 1, 2, 3, 6",
        "SELECT span, day, movieId, shown, clicked, rated, clicks, ratings FROM stat_films"
        " ORDER BY 1, 2, 3",
        "SELECT h.hour, k.method, k.model_id, k.scenario, h.lists, h.shown, h.clicks, h.ratings,"
        " h.refusals, h.trailers, h.watchlist, h.dwells, h.dwell_ms FROM stat_hours AS h"
        " JOIN stat_kinds AS k ON k.id = h.kind ORDER BY 1, 2, 3, 4",
        "SELECT day, people, fresh FROM stat_days ORDER BY 1",
        "SELECT who, day FROM stat_people ORDER BY 1, 2",
        "SELECT movieId, rank, shown, clicked FROM stat_looks ORDER BY 1, 2",
        "SELECT person, movieId, kind, rank FROM stat_deeds ORDER BY 1, 2, 3, 4",
        "SELECT person, rated FROM stat_viewers ORDER BY 1"};

    out->length = 0;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        reel_sql sql;

        reel__sql_begin(&sql, all[i]);
        assert_ok(reel__sql_read(f->store, &sql, see_row, out, &f->err), f->err);
    }
}

static void show_to(fixture *f, const char *list, int64_t day, int64_t user)
{
    const reel_event_movie films[] = {{1, 1}, {2, 2}, {3, 3}, {4, 4}};
    static int number;
    char id[32];
    reel_event event = blank_event(id);

    (void)snprintf(id, sizeof id, "to-%d", number++);
    event.list_id = list;
    event.method = "ease";
    event.model_id = day > 6 ? "ease-2" : "ease-1";
    event.user = user;
    event.time_ms = (DAY + day) * DAY_MS;
    event.movies = films;
    event.movie_count = 4;
    assert_ok(reel__store_put_events(f->store, &event, 1, NULL, &f->err), f->err);
}

/* A fortnight of three people, who now and then act in each other's lists, and in lists that are
 * shown to two. */
static void a_fortnight(fixture *f, int64_t one)
{
    static const char *const types[] = {"click", "rating", "not_interested", "dwell", "trailer"};
    reel_rng rng = reel__rng_make(11, 0);

    for (int i = 0; i < 60; i++) {
        const int64_t person =
            reel__rng_below(&rng, 3) == 0 ? one : (int64_t)reel__rng_below(&rng, 2) + 1;
        char list[8];

        (void)snprintf(list, sizeof list, "%d", (int)reel__rng_below(&rng, 30));
        if (reel__rng_below(&rng, 3) == 0)
            show_to(f, list, i / 5, person);
        else
            put(f, &(happening){types[reel__rng_below(&rng, 5)], list, i / 5,
                                (int64_t)reel__rng_below(&rng, 5) + 1, 0, person,
                                i % 7 == 0 ? "v" : NULL});
    }
}

static int64_t somebody(fixture *f)
{
    reel_account account = {.role = REEL_ROLE_PERSON, .name = "Ana", .folded = "ana"};

    assert_ok(reel__store_add_account(f->store, &account, &f->err), f->err);
    return account.id;
}

static void rate(fixture *f, int64_t person)
{
    const reel_given_row row = {
        .person = person, .movie = 1, .time = 1, .kind = REEL_GIVEN_RATING, .value = 4};

    assert_ok(reel__store_put_given(f->store, &row, 1, &f->err), f->err);
}

/* What is left is what would have been counted without the person. */
static void test_who_leaves_was_never_counted(void **state)
{
    static rows before, left, anew;
    fixture *f = *state;
    const int64_t account = somebody(f);

    rate(f, REEL_ACCOUNT_PERSON + account); /* what is looked at is of those who rated */
    rate(f, 1);
    a_fortnight(f, REEL_ACCOUNT_PERSON + account);
    assert_int_equal(count_by(f, 50), 60);
    put(f, &(happening){"click", "3", 1, 2, 0, REEL_ACCOUNT_PERSON + account, NULL});
    see_rows(f, &before); /* with an event that nobody counted yet */
    assert_ok(reel__store_delete_account(f->store, account, true, &f->err), f->err);
    see_rows(f, &left);
    fixture_exec(f, REEL_STATS_CLEAR);
    assert_true(count_by(f, 7) > 20);
    see_rows(f, &anew);
    assert_string_not_equal(before.text, left.text);
    assert_string_equal(left.text, anew.text);
}

/* From a server that did not know yet that the account is gone. */
static void test_what_comes_after_is_swept(void **state)
{
    static rows before, left;
    fixture *f = *state;
    const int64_t account = somebody(f);
    int64_t waiting = 9;

    a_fortnight(f, 3);
    (void)count_by(f, 100);
    see_rows(f, &before);
    assert_ok(reel__store_delete_account(f->store, account, true, &f->err), f->err);
    show_to(f, "3", 1, REEL_ACCOUNT_PERSON + account);
    put(f, &(happening){"click", "3", 1, 2, 0, REEL_ACCOUNT_PERSON + account, NULL});
    (void)count_by(f, 100);
    put(f, &(happening){"click", "3", 1, 3, 0, REEL_ACCOUNT_PERSON + account, NULL});
    assert_ok(reel__store_sweep_sessions(f->store, 5, &f->err), f->err);
    see_rows(f, &left);
    assert_string_equal(left.text, before.text);
    assert_ok(reel__stats_waiting(f->store, 10, &waiting, &f->err), f->err);
    assert_int_equal(waiting, 0);
}

static double by_length(void *user, const reel_event_movie *movies, size_t count)
{
    (void)user;
    (void)movies;
    return (double)count / 10;
}

/* A mean of what is left, and nothing of nobody. */
static void test_how_mixed_lists_were_goes_too(void **state)
{
    static const char by_hour[] = "SELECT lists, varied, variety FROM stat_hours ORDER BY hour";
    fixture *f = *state;
    const int64_t account = somebody(f);
    const reel_stats_step step = {.limit = 100, .variety = by_length};
    static rows left;
    reel_sql sql;
    size_t counted = 0;

    show_to(f, "a", 0, REEL_ACCOUNT_PERSON + account);
    show_to(f, "b", 0, 1);
    show_to(f, "c", 0, 2);
    show_to(f, "d", 1, REEL_ACCOUNT_PERSON + account);
    assert_ok(reel__stats_count(f->store, &step, &counted, &f->err), f->err);
    assert_int_equal(counted, 4);
    assert_ok(reel__store_delete_account(f->store, account, true, &f->err), f->err);
    left.length = 0;
    reel__sql_begin(&sql, by_hour);
    assert_ok(reel__sql_read(f->store, &sql, see_row, &left, &f->err), f->err);
    assert_memory_equal(left.text, "2 2 800000 ", strlen("2 2 800000 "));
    assert_null(strchr(strchr(left.text, '\n') + 1, '\n')); /* no row of the next day */
}

/* The last admin stays, and so do the sums. */
static void test_who_stays_is_counted(void **state)
{
    static rows before, after;
    fixture *f = *state;
    reel_account admin = {.role = REEL_ROLE_ADMIN, .name = "Root", .folded = "root"};

    assert_ok(reel__store_add_account(f->store, &admin, &f->err), f->err);
    put(f, &(happening){"click", "", 0, 1, 0, REEL_ACCOUNT_PERSON + admin.id, NULL});
    (void)count_by(f, 100);
    see_rows(f, &before);
    assert_fails(reel__store_delete_account(f->store, admin.id, false, &f->err), REEL_E_CONFLICT,
                 "last admin", f->err);
    see_rows(f, &after);
    assert_string_equal(before.text, after.text);
}

static void test_without_memory_nobody_is_forgotten(void **state)
{
    static rows before, after;
    fixture *f = *state;
    reel_code rc = REEL_E_NOMEM;

    a_fortnight(f, 3);
    (void)count_by(f, 100);
    see_rows(f, &before);
    for (long n = 0; rc != REEL_OK; n++) {
        reel__alloc_fail_after(n);
        rc = reel__stats_forget(f->store, 3, &f->err);
        reel__alloc_fail_after(-1);
        assert_true(rc == REEL_OK || rc == REEL_E_NOMEM);
        see_rows(f, &after);
        assert_int_equal(strcmp(before.text, after.text) != 0, rc == REEL_OK);
    }
}

int store_suite_stats_leave(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    static const struct CMUnitTest leave_tests[] = {
        TEST(test_who_leaves_was_never_counted),       TEST(test_what_comes_after_is_swept),
        TEST(test_how_mixed_lists_were_goes_too),      TEST(test_who_stays_is_counted),
        TEST(test_without_memory_nobody_is_forgotten),
    };

    return cmocka_run_group_tests(leave_tests, NULL, NULL);
}
