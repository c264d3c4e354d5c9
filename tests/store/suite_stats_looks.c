/* suite_stats_looks.c - what signals are made of: what was looked at by those who rated, and what
 * everybody clicked and played; as a recount of the log would have it, whoever begins to rate.
 */
#include "stats_events.h"

#include "base/alloc.h"

enum { LOOKS_SINCE = 16 }; /* the schema */

/* ---- what is known ------------------------------------------------------------------------- */

typedef struct known {
    char looks[1 << 12], deeds[1 << 12], viewers[1 << 10];
    reel_stats_mark mark;
    size_t deed_count;
} known;

static void append(char *text, size_t size, const char *more)
{
    const size_t length = strlen(text);

    assert_true(length + strlen(more) + 1 < size);
    memcpy(text + length, more, strlen(more) + 1);
}

static void see_look(void *user, int64_t movie, int place, int64_t shown, int64_t clicked)
{
    known *k = user;
    char line[80];

    if (shown == 0 && clicked == 0)
        return; /* of somebody who turned away */
    (void)snprintf(line, sizeof line, "%lld@%d:%lld/%lld ", (long long)movie, place,
                   (long long)shown, (long long)clicked);
    append(k->looks, sizeof k->looks, line);
}

static bool see_viewer(void *user, int64_t person, bool rated)
{
    known *k = user;
    char line[40];

    (void)snprintf(line, sizeof line, "%lld%s ", (long long)person, rated ? "+" : "-");
    append(k->viewers, sizeof k->viewers, line);
    return true;
}

static bool see_deed(void *user, const reel_stats_deed *deed)
{
    known *k = user;
    char line[80];

    k->deed_count++;
    (void)snprintf(line, sizeof line, "%lld%c%lld@%d ", (long long)deed->person,
                   deed->kind == REEL_STATS_CLICK ? 'c' : 't', (long long)deed->movie, deed->place);
    if (k->deed_count < 40)
        append(k->deeds, sizeof k->deeds, line);
    return true;
}

static known all_known(fixture *f)
{
    known k = {.deed_count = 0};
    reel_stats_looks looks = {.look = see_look, .viewer = see_viewer, .user = &k};

    assert_ok(reel__stats_looks(f->store, &looks, &f->err), f->err);
    assert_ok(reel__stats_deeds(f->store, see_deed, &k, &f->err), f->err);
    k.mark = looks.mark;
    return k;
}

/* ---- what happens -------------------------------------------------------------------------- */

static void give(fixture *f, int64_t person, reel_given_kind kind)
{
    const reel_given_row row = {
        .person = person, .movie = 8, .time = 1, .kind = kind, .value = (double)4};

    assert_ok(reel__store_put_given(f->store, &row, 1, &f->err), f->err);
}

static void shown_to(fixture *f, int64_t person, size_t count)
{
    static int number;
    reel_event_movie films[REEL_EVENT_MOVIES_MAX];
    char id[32];
    reel_event event = blank_event(id);

    (void)snprintf(id, sizeof id, "seen-%d", number++);
    for (size_t i = 0; i < count; i++)
        films[i] = (reel_event_movie){(int64_t)i + 1, (int32_t)i + 1};
    event.user = person;
    event.movies = films;
    event.movie_count = count;
    assert_ok(reel__store_put_events(f->store, &event, 1, NULL, &f->err), f->err);
}

static void test_looks_are_of_those_who_rated(void **state)
{
    static const reel_rating rating = {1, 8, 4, 1};
    fixture *f = *state;
    known k;

    load_ratings(f->store, &rating, 1, false, NULL);
    give(f, 2, REEL_GIVEN_RATING);
    give(f, 3, REEL_GIVEN_WATCHLIST); /* no rating */
    for (int64_t person = -1; person < 4; person++)
        shown_to(f, person, 2);
    put(f, &(happening){"click", "", 0, 2, 2, 1, NULL});
    put(f, &(happening){"click", "", 0, 2, 2, 1, NULL});
    put(f, &(happening){"click", "", 0, 2, 0, 2, NULL}); /* in no list */
    put(f, &(happening){"trailer", "", 0, 7, 3, 2, NULL});
    put(f, &(happening){"click", "", 0, 7, 99, 3, NULL});
    put(f, &(happening){"click", "", 0, 7, 1, 0, "somebody"});
    put(f, &(happening){"rating", "", 0, 7, 1, 5, NULL});
    assert_int_equal(count_by(f, 3), 12);
    k = all_known(f);
    assert_string_equal(k.looks, "1@1:2/0 2@2:2/2 ");
    assert_string_equal(k.deeds, "1c2@2 2c2@0 2t7@3 3c7@50 ");
    assert_string_equal(k.viewers, "0- 1+ 2+ 3- 5- ");
    assert_int_equal(k.mark.sequence, 12);
}

/* Who rates brings along what was counted before, with whatever comes next. */
static void test_who_begins_to_rate_and_who_takes_it_back(void **state)
{
    fixture *f = *state;
    known k;

    shown_to(f, 1, 2);
    put(f, &(happening){"click", "", 0, 2, 2, 1, NULL});
    shown_to(f, 2, 1);
    assert_int_equal(count_by(f, 100), 3);
    k = all_known(f);
    assert_string_equal(k.looks, "");
    assert_string_equal(k.deeds, "1c2@2 ");
    give(f, 1, REEL_GIVEN_RATING);
    shown_to(f, 2, 1);
    assert_int_equal(count_by(f, 100), 1);
    assert_string_equal(all_known(f).looks, ""); /* nothing of theirs came */
    shown_to(f, 1, 1);
    shown_to(f, 1, 1);
    assert_int_equal(count_by(f, 1), 2);
    k = all_known(f);
    assert_string_equal(k.looks, "1@1:3/0 2@2:1/1 ");
    assert_string_equal(k.viewers, "1+ 2- ");
    give(f, 1, REEL_GIVEN_REMOVED);
    put(f, &(happening){"dwell", "", 0, 2, 0, 1, NULL});
    assert_int_equal(count_by(f, 100), 1);
    k = all_known(f);
    assert_string_equal(k.looks, "");
    assert_string_equal(k.deeds, "1c2@2 ");
    assert_string_equal(k.viewers, "1- 2- ");
}

/* More than a page. */
static void test_every_deed_is_read(void **state)
{
    enum { DEEDS = 20003 };
    fixture *f = *state;

    fixture_exec(f, "INSERT INTO stat_deeds (person, movieId, kind, rank) WITH RECURSIVE n(i) AS"
                    " (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 20002)"
                    " SELECT i % 7, i, i % 2, 5 FROM n");
    assert_int_equal(all_known(f).deed_count, DEEDS);
}

/* A schema that knew nothing of it has counted events already. */
static void test_an_older_store_counts_anew(void **state)
{
    fixture *f = *state;
    known k, after;

    give(f, 1, REEL_GIVEN_RATING);
    shown_to(f, 1, 3);
    put(f, &(happening){"click", "", 0, 2, 2, 1, NULL});
    assert_int_equal(count_by(f, 100), 2);
    k = all_known(f);
    store_suite_make_older(f, LOOKS_SINCE - 1);
    assert_ok(reel__store_open(&f->store, f->url, NULL, &f->err), f->err);
    assert_int_equal(all_known(f).mark.sequence, 0);
    assert_int_equal(count_by(f, 100), 2);
    after = all_known(f);
    assert_string_equal(after.looks, "1@1:1/0 2@2:1/1 3@3:1/0 ");
    assert_string_equal(after.looks, k.looks);
    assert_string_equal(after.deeds, k.deeds);
    assert_string_equal(after.viewers, k.viewers);
}

static void test_without_memory_nothing_is_counted(void **state)
{
    fixture *f = *state;
    const reel_stats_step step = {.limit = 100};
    reel_code rc = REEL_E_NOMEM;
    size_t counted = 0;

    shown_to(f, 1, 2);
    assert_int_equal(count_by(f, 100), 1);
    give(f, 1, REEL_GIVEN_RATING);
    put(f, &(happening){"click", "", 0, 2, 2, 1, NULL});
    for (long n = 0; rc != REEL_OK; n++) {
        assert_string_equal(all_known(f).looks, "");
        reel__alloc_fail_after(n);
        rc = reel__stats_count(f->store, &step, &counted, &f->err);
        reel__alloc_fail_after(-1);
        assert_true(rc == REEL_OK || rc == REEL_E_NOMEM);
    }
    assert_string_equal(all_known(f).looks, "1@1:1/0 2@2:1/1 ");
}

int store_suite_stats_looks(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    static const struct CMUnitTest looks_tests[] = {
        TEST(test_looks_are_of_those_who_rated),
        TEST(test_who_begins_to_rate_and_who_takes_it_back),
        TEST(test_every_deed_is_read),
        TEST(test_an_older_store_counts_anew),
        TEST(test_without_memory_nothing_is_counted),
    };

    return cmocka_run_group_tests(looks_tests, NULL, NULL);
}
