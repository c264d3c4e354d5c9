/* suite_stats.c - sums of the log: once each, at the right day and place, whoever counts. */
#include "stats_events.h"

#include "base/alloc.h"
#include "base/rng.h"

static const reel_stats_range always = {0, 1 << 20};

/* ---- what is known of it ------------------------------------------------------------------- */

typedef struct seen {
    reel_stats_rates rates[64];
    char method[64][16], model[64][16], scenario[64][16];
    reel_stats_film films[256];
    reel_stats_hour hours[64];
    reel_stats_people people[64];
    size_t count;
} seen;

static bool see_rates(void *user, const reel_stats_rates *rates)
{
    seen *s = user;

    s->rates[s->count] = *rates;
    (void)snprintf(s->method[s->count], 16, "%s", rates->method);
    (void)snprintf(s->model[s->count], 16, "%s", rates->model_id);
    (void)snprintf(s->scenario[s->count], 16, "%s", rates->scenario);
    return ++s->count < 64;
}

static bool see_film(void *user, const reel_stats_film *film)
{
    seen *s = user;

    s->films[s->count] = *film;
    return ++s->count < 256;
}

static bool see_hour(void *user, const reel_stats_hour *hour)
{
    seen *s = user;

    s->hours[s->count] = *hour;
    return ++s->count < 64;
}

static bool see_people(void *user, const reel_stats_people *people)
{
    seen *s = user;

    s->people[s->count] = *people;
    return ++s->count < 64;
}

static seen rates_of(fixture *f, reel_stats_range range, reel_stats_by by)
{
    seen s = {.count = 0};

    assert_ok(reel__stats_rates(f->store, range, by, see_rates, &s, &f->err), f->err);
    return s;
}

static seen films_of(fixture *f, reel_stats_range range)
{
    seen s = {.count = 0};

    assert_ok(reel__stats_films(f->store, range, see_film, &s, &f->err), f->err);
    return s;
}

static seen hours_of(fixture *f, const char *method)
{
    seen s = {.count = 0};

    assert_ok(reel__stats_hours(f->store, always, method, see_hour, &s, &f->err), f->err);
    return s;
}

static void assert_rates(const reel_stats_rates *r, int64_t lists, int64_t shown, int64_t clicked,
                         int64_t rated, int64_t both)
{
    assert_int_equal(r->lists, lists);
    assert_int_equal(r->shown, shown);
    assert_int_equal(r->clicked, clicked);
    assert_int_equal(r->rated, rated);
    assert_int_equal(r->clicked_rated, both);
}

/* ---- counting ------------------------------------------------------------------------------ */

static void test_what_was_done_counts_where_it_was_shown(void **state)
{
    fixture *f = *state;
    int64_t events;
    seen s;

    show(f, "a", 0, "ease-1", 3);
    put(f, &(happening){"click", "a", 1, 2, 0, 0, NULL});  /* a day later, without a place */
    put(f, &(happening){"click", "a", 1, 2, 2, 0, NULL});  /* once more */
    put(f, &(happening){"rating", "a", 2, 2, 0, 0, NULL}); /* after the click */
    put(f, &(happening){"rating", "a", 2, 3, 0, 0, NULL}); /* without one */
    put(f, &(happening){"not_interested", "a", 2, 1, 0, 0, NULL});
    put(f, &(happening){"click", "a", 2, 9, 0, 0, NULL}); /* not of the list */
    put(f, &(happening){"click", "", 2, 9, 0, 0, NULL});  /* of none */
    put(f, &(happening){"click", "never shown", 2, 9, 0, 0, NULL});
    assert_ok(reel__stats_events(f->store, &events, &f->err), f->err);
    assert_int_equal(events, 0);
    assert_int_equal(count_by(f, 100), 9);
    assert_ok(reel__stats_events(f->store, &events, &f->err), f->err);
    assert_int_equal(events, 9);
    s = rates_of(f, always, REEL_STATS_TOTAL);
    assert_int_equal(s.count, 1);
    assert_rates(&s.rates[0], 1, 3, 1, 2, 1);
    assert_int_equal(s.rates[0].refused, 1);
    s = rates_of(f, always, REEL_STATS_RANK);
    assert_int_equal(s.count, 3);
    assert_rates(&s.rates[1], 0, 1, 1, 1, 1);
    assert_rates(&s.rates[2], 0, 1, 0, 1, 0);
    assert_int_equal(s.rates[2].rank, 3);
    /* all of it on the day of the list */
    s = rates_of(f, (reel_stats_range){DAY, DAY + 1}, REEL_STATS_METHOD);
    assert_int_equal(s.count, 1);
    assert_string_equal(s.method[0], "ease");
    assert_rates(&s.rates[0], 1, 3, 1, 2, 1);
    s = films_of(f, always);
    assert_int_equal(s.count, 4);
    assert_int_equal(s.films[1].movie, 2);
    assert_int_equal(s.films[1].clicked, 1);
    assert_int_equal(s.films[1].clicks, 2);
    assert_int_equal(s.films[1].rated, 1);
    assert_int_equal(s.films[3].movie, 9);
    assert_int_equal(s.films[3].clicks, 3);
    assert_int_equal(s.films[3].clicked + s.films[3].shown, 0);
}

static void test_by_model_and_row(void **state)
{
    fixture *f = *state;
    seen s;

    show(f, "a", 0, "ease-1", 2);
    show(f, "b", 3, "ease-2", 3);
    show(f, "c", 4, "ease-2", 2);
    put(f, &(happening){"click", "b", 3, 1, 1, 0, NULL});
    assert_int_equal(count_by(f, 100), 4);
    s = rates_of(f, always, REEL_STATS_MODEL);
    assert_int_equal(s.count, 2);
    assert_string_equal(s.model[0], "ease-2"); /* shown most */
    assert_rates(&s.rates[0], 2, 5, 1, 0, 0);
    assert_int_equal(s.rates[0].day, DAY + 3); /* the first */
    s = rates_of(f, always, REEL_STATS_SCENARIO);
    assert_int_equal(s.count, 1);
    assert_string_equal(s.scenario[0], "for you");
    s.count = 0;
    assert_ok(reel__stats_firsts(f->store, see_rates, &s, &f->err), f->err);
    assert_int_equal(s.count, 2);
    assert_string_equal(s.model[0], "ease-1");
    assert_int_equal(s.rates[0].day, DAY);
    s.count = 0;
    assert_ok(
        reel__stats_weekly(f->store, (reel_stats_range){DAY + 4, DAY + 5}, see_rates, &s, &f->err),
        f->err);
    assert_int_equal(s.count, 2); /* the whole week */
    assert_int_equal(s.rates[0].day, DAY);
    assert_rates(&s.rates[1], 2, 5, 1, 0, 0);
}

/* A click may lie in an earlier step than the rating, or in a later one than its list. */
static void test_steps_of_any_size_count_the_same(void **state)
{
    static const size_t limits[] = {1, 7, 1000};
    fixture *f = *state;
    seen first = {.count = 0};
    reel_rng rng = reel__rng_make(7, 0);

    for (int i = 0; i < 15; i++) {
        char list[16];

        (void)snprintf(list, sizeof list, "%d", i);
        show(f, list, i % 20, i % 2 == 0 ? "x" : "y", 5);
        for (int k = 0; k < 4; k++) {
            char other[16];

            (void)snprintf(other, sizeof other, "%d", (int)reel__rng_below(&rng, (uint64_t)i + 3));
            put(f, &(happening){reel__rng_below(&rng, 2) == 0 ? "click" : "rating", other, i % 20,
                                (int64_t)reel__rng_below(&rng, 6) + 1, 0,
                                (int64_t)reel__rng_below(&rng, 5), NULL});
        }
    }
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        seen s;

        fixture_exec(f, REEL_STATS_CLEAR);
        assert_int_equal(count_by(f, limits[i]), 75);
        assert_int_equal(count_by(f, limits[i]), 0);
        s = rates_of(f, always, REEL_STATS_RANK);
        assert_int_equal(s.count, 5);
        if (i == 0)
            first = s;
        for (size_t k = 0; k < s.count; k++) {
            assert_true(s.rates[k].clicked > 0 && s.rates[k].clicked <= s.rates[k].shown);
            assert_rates(&s.rates[k], 0, 15, first.rates[k].clicked, first.rates[k].rated,
                         first.rates[k].clicked_rated);
        }
    }
}

typedef struct other {
    fixture *f;
    reel_store *store;
    size_t calls, counted;
} other;

/* Between reading and adding, another server counts the same. */
static double count_meanwhile(void *user, const reel_event_movie *movies, size_t count)
{
    other *o = user;

    (void)movies;
    if (o->calls++ == 0)
        assert_ok(
            reel__stats_count(o->store, &(reel_stats_step){.limit = 100}, &o->counted, &o->f->err),
            o->f->err);
    return (double)count / 10;
}

static void test_two_servers_count_once(void **state)
{
    fixture *f = *state;
    other o = {.f = f};
    const reel_stats_step step = {.limit = 100, .variety = count_meanwhile, .user = &o};
    size_t counted = 9;
    int64_t waiting = 9;

    assert_ok(reel__store_open(&o.store, f->url, NULL, &f->err), f->err);
    show(f, "a", 0, "m", 3);
    show(f, "b", 0, "m", 3);
    assert_ok(reel__stats_waiting(f->store, 1, &waiting, &f->err), f->err);
    assert_int_equal(waiting, 1);
    assert_ok(reel__stats_count(f->store, &step, &counted, &f->err), f->err);
    assert_int_equal(o.counted, 2);
    assert_int_equal(counted, 0); /* those were counted there */
    assert_rates(&rates_of(f, always, REEL_STATS_TOTAL).rates[0], 2, 6, 0, 0, 0);
    show(f, "c", 1, "m", 3);
    assert_ok(reel__stats_count(f->store, &step, &counted, &f->err), f->err);
    assert_int_equal(counted, 1);
    assert_int_equal(hours_of(f, NULL).hours[1].varied, 1);
    assert_int_equal(hours_of(f, NULL).hours[1].variety, 300000);
    assert_ok(reel__stats_waiting(f->store, 10, &waiting, &f->err), f->err);
    assert_int_equal(waiting, 0);
    reel__store_close(o.store);
}

/* Whole weeks and the days at either end are the days of the range. */
static void test_any_range(void **state)
{
    fixture *f = *state;

    for (int64_t day = 0; day < 31; day++) {
        char list[48];

        for (int64_t i = 0; i <= day % 3; i++) {
            (void)snprintf(list, sizeof list, "%lld.%lld", (long long)day, (long long)i);
            show(f, list, day, "m", 1);
        }
    }
    (void)count_by(f, 1000);
    for (int64_t from = 0; from < 31; from += 2)
        for (int64_t to = from; to <= 32; to += 3) {
            int64_t lists = 0;

            for (int64_t day = from; day < to && day < 31; day++)
                lists += day % 3 + 1;
            assert_rates(
                &rates_of(f, (reel_stats_range){DAY + from, DAY + to}, REEL_STATS_TOTAL).rates[0],
                lists, lists, 0, 0, 0);
            assert_int_equal(films_of(f, (reel_stats_range){DAY + from, DAY + to}).films[0].shown,
                             lists);
        }
    {
        reel_stats_range days;
        seen s = {.count = 0};

        assert_ok(reel__stats_days(f->store, &days, &f->err), f->err);
        assert_int_equal(days.from, DAY);
        assert_int_equal(days.to, DAY + 31);
        assert_ok(reel__stats_film_weeks(f->store, (reel_stats_range){DAY + 6, DAY + 8}, see_film,
                                         &s, &f->err),
                  f->err);
        assert_int_equal(s.count, 2);
        assert_int_equal(s.films[1].week, DAY + 7);
        assert_int_equal(s.films[0].shown, 1 + 2 + 3 + 1 + 2 + 3 + 1);
    }
}

static void test_hours(void **state)
{
    fixture *f = *state;
    seen s;

    show(f, "a", 0, "m", 4);
    put(f, &(happening){"click", "a", 0, 1, 0, 0, NULL});
    put(f, &(happening){"trailer", "", 0, 1, 0, 0, NULL});
    put(f, &(happening){"watchlist", "", 0, 1, 0, 0, NULL});
    put(f, &(happening){"dwell", "", 1, 1, 0, 0, NULL});
    put(f, &(happening){"dwell", "", 1, 2, 0, 0, NULL});
    (void)count_by(f, 100);
    s = hours_of(f, NULL);
    assert_int_equal(s.count, 2);
    assert_int_equal(s.hours[0].hour, DAY * 24);
    assert_int_equal(s.hours[0].lists, 1);
    assert_int_equal(s.hours[0].shown, 4);
    assert_int_equal(s.hours[0].clicks, 1);
    assert_int_equal(s.hours[0].trailers, 1);
    assert_int_equal(s.hours[0].watchlist, 1);
    assert_int_equal(s.hours[1].dwells, 2);
    assert_int_equal(s.hours[1].dwell_ms, 5000);
    assert_int_equal(s.hours[0].varied, 0); /* nobody said how unlike the films are */
    assert_int_equal(hours_of(f, "ease").count, 1);
    assert_int_equal(hours_of(f, "none").count, 0);
}

/* ---- people -------------------------------------------------------------------------------- */

static void test_new_and_returning_people(void **state)
{
    fixture *f = *state;
    seen s = {.count = 0};

    put(f, &(happening){"click", "", 0, 1, 0, 1, NULL});
    put(f, &(happening){"click", "", 0, 1, 0, 1, NULL});
    put(f, &(happening){"click", "", 0, 1, 0, 0, "v"});
    put(f, &(happening){"click", "", 0, 1, 0, 0, NULL}); /* nobody */
    (void)count_by(f, 3);
    put(f, &(happening){"click", "", 1, 1, 0, 1, NULL});
    put(f, &(happening){"click", "", 2, 1, 0, 1, "v"}); /* the person, not the browser */
    put(f, &(happening){"click", "", 2, 1, 0, 2, NULL});
    (void)count_by(f, 100);
    assert_ok(reel__stats_people(f->store, always, see_people, &s, &f->err), f->err);
    assert_int_equal(s.count, 3);
    assert_int_equal(s.people[0].people, 2);
    assert_int_equal(s.people[0].fresh, 2);
    assert_int_equal(s.people[1].people, 1);
    assert_int_equal(s.people[1].fresh, 0);
    assert_int_equal(s.people[2].people, 2);
    assert_int_equal(s.people[2].fresh, 1);
}

/* An event that came late: the day before is the first now. */
static void test_people_of_days_told_late(void **state)
{
    fixture *f = *state;
    seen s = {.count = 0};

    put(f, &(happening){"click", "", 5, 1, 0, 1, NULL});
    put(f, &(happening){"click", "", 3, 1, 0, 2, NULL});
    (void)count_by(f, 100);
    put(f, &(happening){"click", "", 3, 1, 0, 1, NULL});
    put(f, &(happening){"click", "", 5, 1, 0, 1, NULL});
    (void)count_by(f, 100);
    assert_ok(reel__stats_people(f->store, always, see_people, &s, &f->err), f->err);
    assert_int_equal(s.count, 2);
    assert_int_equal(s.people[0].people, 2);
    assert_int_equal(s.people[0].fresh, 2);
    assert_int_equal(s.people[1].people, 1);
    assert_int_equal(s.people[1].fresh, 0);
}

/* ---- trouble ------------------------------------------------------------------------------- */

static void test_a_damaged_event_counts_for_nothing(void **state)
{
    fixture *f = *state;

    show(f, "a", 0, "m", 2);
    show(f, "b", 0, "m", 2);
    fixture_exec(f, "UPDATE events SET movies = 'none' WHERE list_id = 'a'");
    put(f, &(happening){"click", "a", 0, 1, 0, 0, NULL});
    put(f, &(happening){"click", "b", 0, 1, 0, 0, NULL});
    assert_int_equal(count_by(f, 100), 4);
    assert_rates(&rates_of(f, always, REEL_STATS_TOTAL).rates[0], 1, 2, 1, 0, 0);
}

/* Somebody invents methods: what is beyond the most there may be is counted without a name. */
static void test_names_are_not_without_end(void **state)
{
    enum { NAMES = 4100 };
    static char ids[NAMES][24], names[NAMES][24];
    static reel_event events[NAMES];
    const reel_event_movie film = {1, 1};
    fixture *f = *state;
    seen s;

    for (int i = 0; i < NAMES; i++) {
        (void)snprintf(ids[i], sizeof ids[i], "id-%d", i);
        (void)snprintf(names[i], sizeof names[i], "name-%d", i);
        events[i] = blank_event(ids[i]);
        events[i].method = names[i];
        events[i].movies = &film;
        events[i].movie_count = 1;
        events[i].time_ms = DAY * DAY_MS;
    }
    assert_ok(reel__store_put_events(f->store, events, NAMES, NULL, &f->err), f->err);
    assert_int_equal(count_by(f, 4096), NAMES);
    s = rates_of(f, always, REEL_STATS_TOTAL);
    assert_rates(&s.rates[0], NAMES, NAMES, 0, 0, 0);
    s = rates_of(f, always, REEL_STATS_METHOD);
    assert_int_equal(s.count, 64);
    assert_string_equal(s.method[0], "");
    assert_int_equal(s.rates[0].shown, NAMES - 4096);
}

/* Somebody sends thousands of events under one name: of a list the first thousand count. */
static void test_a_list_without_end(void **state)
{
    enum { EVENTS = 1100 };
    static char ids[EVENTS][24];
    static reel_event events[EVENTS];
    static reel_event_movie films[EVENTS];
    fixture *f = *state;

    show(f, "a", 0, "m", 2);
    show(f, "b", 0, "m", 2);
    for (int i = 0; i < EVENTS; i++) {
        (void)snprintf(ids[i], sizeof ids[i], "many-%d", i);
        events[i] = blank_event(ids[i]);
        events[i].type = "click";
        films[i] = (reel_event_movie){i < 1050 ? 1 : 2, 0};
        events[i].movies = &films[i];
        events[i].movie_count = 1;
        events[i].list_id = "a";
        events[i].time_ms = DAY * DAY_MS;
    }
    assert_ok(reel__store_put_events(f->store, events, EVENTS, NULL, &f->err), f->err);
    put(f, &(happening){"click", "b", 0, 2, 0, 0, NULL});
    (void)count_by(f, 4096);
    assert_rates(&rates_of(f, always, REEL_STATS_TOTAL).rates[0], 2, 4, 2, 0, 0);
}

static void test_what_is_asked_wrongly(void **state)
{
    fixture *f = *state;
    size_t counted = 0;

    assert_fails(reel__stats_count(f->store, &(reel_stats_step){.limit = 0}, &counted, &f->err),
                 REEL_E_INVALID, "limit", f->err);
    assert_fails(reel__stats_count(f->store, &(reel_stats_step){.limit = REEL_STATS_STEP_MAX + 1},
                                   &counted, &f->err),
                 REEL_E_INVALID, "limit", f->err);
    show(f, "a", 0, "m", 1);
    fixture_exec(f, "DELETE FROM stat_mark");
    assert_fails(reel__stats_count(f->store, &(reel_stats_step){.limit = 1}, &counted, &f->err),
                 REEL_E_FORMAT, "stat_mark", f->err);
    fixture_exec(f, "INSERT INTO stat_mark (id, sequence, epoch) VALUES (1, 0, 0)");
    reel__store_close(f->store);
    assert_ok(reel__store_open(&f->store, f->url, &(reel_store_opts){.read_only = true}, &f->err),
              f->err);
    assert_fails(reel__stats_count(f->store, &(reel_stats_step){.limit = 1}, &counted, &f->err),
                 REEL_E_STORE, "read-only", f->err);
    assert_int_equal(rates_of(f, always, REEL_STATS_METHOD).count, 0);
}

static void test_without_memory_nothing_is_counted(void **state)
{
    fixture *f = *state;
    reel_code rc = REEL_E_NOMEM;

    show(f, "a", 0, "m", 2);
    put(f, &(happening){"click", "a", 0, 1, 0, 3, NULL});
    for (long n = 0; rc != REEL_OK; n++) {
        size_t counted = 9;

        reel__alloc_fail_after(n);
        rc = reel__stats_count(f->store, &(reel_stats_step){.limit = 10}, &counted, &f->err);
        reel__alloc_fail_after(-1);
        assert_true(rc == REEL_OK || rc == REEL_E_NOMEM);
        assert_int_equal(counted, rc == REEL_OK ? 2 : 0);
    }
    assert_rates(&rates_of(f, always, REEL_STATS_TOTAL).rates[0], 1, 2, 1, 0, 0);
}

static void test_a_copy_counts_anew(void **state)
{
    fixture *f = *state;
    char url[sizeof f->url + 8];
    reel_store *copy = NULL;
    reel_store_digest digest;
    fixture there;

    show(f, "a", 0, "m", 2);
    (void)count_by(f, 100);
    (void)snprintf(url, sizeof url, "%s-copy", f->url);
    assert_ok(reel__store_open(&copy, url, &(reel_store_opts){.create = true}, &f->err), f->err);
    there = (fixture){.store = copy};
    show(&there, "of before", 0, "m", 4);
    show(&there, "of before too", 0, "m", 4);
    (void)count_by(&there, 100);
    assert_ok(reel__store_copy(copy, f->store, NULL, &digest, &f->err), f->err);
    assert_int_equal(rates_of(&there, always, REEL_STATS_TOTAL).rates[0].shown, 0);
    assert_int_equal(count_by(&there, 100), 1);
    assert_rates(&rates_of(&there, always, REEL_STATS_TOTAL).rates[0], 1, 2, 0, 0, 0);
    reel__store_close(copy);
}

int store_suite_stats(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    static const struct CMUnitTest stats_tests[] = {
        TEST(test_what_was_done_counts_where_it_was_shown),
        TEST(test_by_model_and_row),
        TEST(test_steps_of_any_size_count_the_same),
        TEST(test_two_servers_count_once),
        TEST(test_any_range),
        TEST(test_hours),
        TEST(test_new_and_returning_people),
        TEST(test_people_of_days_told_late),
        TEST(test_a_list_without_end),
        TEST(test_a_damaged_event_counts_for_nothing),
        TEST(test_names_are_not_without_end),
        TEST(test_what_is_asked_wrongly),
        TEST(test_without_memory_nothing_is_counted),
        TEST(test_a_copy_counts_anew),
    };

    return cmocka_run_group_tests(stats_tests, NULL, NULL);
}
