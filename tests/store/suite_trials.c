/* suite_trials.c - experiments counted from the log: the same by steps of any length, as told by
 * going through all events for each person, and without who left as if they had never been there.
 */
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/rng.h"
#include "eval/assign.h"
#include "eval/interleave.h"
#include "service/experiments/results.h"
#include "service/experiments/tally.h"
#include "store/accounts.h"
#include "store/trials.h"

enum {
    NOW = 1700000000,
    HOUR = 3600,
    EVENTS = 300,
    LISTS = 24,
    PEOPLE = 7,
    FILMS = 4,
    TEXT = 8192
};
enum { EVENTS_MOST = 1100, AT_ONCE = 10 };
#define TAG "0000000a"
#define ARMS                                                                                       \
    "\"arms\":[{\"name\":\"old\",\"model\":\"popular\"},{\"name\":\"new\",\"model\":\"ease\"}]"

/* ---- a log --------------------------------------------------------------------------------- */

typedef struct told {
    const char *type;
    char list[40], visitor[8];
    int64_t user, ms;
    reel_event_movie films[FILMS];
    size_t film_count;
    bool untrusted;
} told;
static told all[EVENTS];

/* Taken at the time of the first. */
static void put_told(fixture *f, const told *what, size_t count)
{
    static char ids[EVENTS_MOST][32];
    static reel_event events[EVENTS_MOST];
    static int number;

    for (size_t i = 0; i < count; i++) {
        events[i] = blank_event(ids[i]);
        (void)snprintf(ids[i], sizeof ids[i], "trial-%d", number++);
        events[i].type = what[i].type;
        events[i].list_id = what[i].list;
        events[i].visitor = what[i].visitor;
        events[i].user = what[i].user;
        events[i].movies = what[i].films;
        events[i].movie_count = what[i].film_count;
        events[i].untrusted = what[i].untrusted;
    }
    reel__clock_set_for_test(what->ms);
    assert_ok(reel__store_put_events(f->store, events, count, NULL, &f->err), f->err);
    reel__clock_set_for_test(-1);
}

/* Four days of a few people, who see each other's lists and lists of the other arm now and then,
 * and tell of some that were not given to them. */
static void make_log(fixture *f, char letter, int64_t one)
{
    static const char *const types[] = {"impression", "impression", "click", "click", "trailer"};
    reel_rng rng = reel__rng_make(5, 0);

    for (int i = 0; i < EVENTS; i++) {
        const int64_t person = (int64_t)reel__rng_below(&rng, PEOPLE);
        const int list = (int)reel__rng_below(&rng, LISTS);
        told *t = &all[i];

        *t = (told){.type = types[reel__rng_below(&rng, 5)],
                    .user = person == 0  ? one
                            : person < 4 ? person
                                         : -1,
                    .ms = ((int64_t)NOW + (int64_t)(i / AT_ONCE) * AT_ONCE * HOUR / 3) * 1000,
                    .untrusted = i % 7 == 3};
        (void)snprintf(t->list, sizeof t->list, "%s_%c_%d", list % 9 == 8 ? "x_0000000b" : "x_" TAG,
                       letter == 'i' ? 'i' : (char)('0' + list % 2), list);
        if (t->user < 0)
            (void)snprintf(t->visitor, sizeof t->visitor, "v%d", (int)person);
        t->film_count = strcmp(t->type, "impression") == 0 ? FILMS : 1;
        for (size_t k = 0; k < t->film_count; k++)
            t->films[k] = t->film_count > 1
                              ? (reel_event_movie){(int64_t)k + list % 3, (int32_t)k + 1}
                              : (reel_event_movie){(int64_t)reel__rng_below(&rng, FILMS + 2), 0};
        if (i % AT_ONCE == AT_ONCE - 1)
            put_told(f, t + 1 - AT_ONCE, AT_ONCE);
    }
}

static reel_experiment experiment_of(const char *kind)
{
    reel_experiment e = {0};
    reel_err err = {0};
    json_t *json = NULL;
    char text[300];

    (void)snprintf(text, sizeof text,
                   "{\"name\":\"a\",\"kind\":\"%s\",\"tag\":\"" TAG "\"," ARMS "}", kind);
    assert_ok(reel__json_parse(&json, text, strlen(text), 6, &err), err);
    assert_ok(reel__experiment_read(&e, json, &err), err);
    json_decref(json);
    e.starts = NOW;
    e.ends = NOW + 3 * 24 * HOUR;
    return e;
}

/* ---- counted ------------------------------------------------------------------------------- */

typedef struct rows {
    char text[TEXT];
    size_t length;
} rows;

static void put_row(rows *out, const reel_trial_person *p)
{
    out->length += (size_t)snprintf(out->text + out->length, TEXT - out->length,
                                    "%s arm %d first %lld lists %d strays %d did %d %d\n", p->who,
                                    (int)p->arm, (long long)p->first_ms, (int)p->lists,
                                    (int)p->strays, (int)p->did[0], (int)p->did[1]);
    assert_true(out->length < TEXT);
}

static bool see_person(void *user, const reel_trial_person *p)
{
    put_row(user, p);
    return true;
}

static void see_rows(fixture *f, rows *out, const char *const *whos, size_t count)
{
    out->length = 0;
    out->text[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        const reel_trial_people one = {.tag = TAG, .whos = &whos[i], .count = 1};

        assert_ok(reel__trial_find(f->store, &one, see_person, out, &f->err), f->err);
    }
}

/* What they add up to. */
static void see_sums(fixture *f, rows *out)
{
    reel_trial_standing sums;
    reel_buf ignored;

    reel__buf_init(&ignored, REEL_TRIAL_STATE_MAX);
    assert_ok(reel__trial_standing(&sums, &ignored, f->store, TAG, 0, &f->err), f->err);
    reel__buf_fini(&ignored);
    out->length += (size_t)snprintf(out->text + out->length, TEXT - out->length,
                                    "lists %d strays %d untrusted %d\n", (int)sums.lists,
                                    (int)sums.strays, (int)sums.untrusted);
    assert_true(out->length < TEXT);
}

static size_t count_by(fixture *f, const reel_experiment *e, size_t most)
{
    size_t counted = 0, sum = 0;

    do {
        assert_ok(reel__trial_count(f->store, e, most, NULL, &counted, &f->err), f->err);
        assert_true(counted <= most);
        sum += counted;
    } while (counted == most);
    return sum;
}

/* ---- told by going through everything ------------------------------------------------------ */

static bool is_of(const told *t, const char *who)
{
    char unit[REEL_UNIT];

    reel__experiment_unit(unit, t->user, t->visitor);
    return !t->untrusted && strcmp(unit, who) == 0 && strncmp(t->list, "x_" TAG, 10) == 0;
}

static bool shown_before(const char *who, int at, const char *list)
{
    for (int i = 0; i < at; i++)
        if (is_of(&all[i], who) && strcmp(all[i].type, "impression") == 0 &&
            strcmp(all[i].list, list) == 0)
            return true;
    return false;
}

static int32_t place_of(const char *list, int at, const char *who, int64_t film)
{
    for (int i = 0; i < at; i++)
        for (size_t k = 0; k < all[i].film_count; k++)
            if (is_of(&all[i], who) && strcmp(all[i].type, "impression") == 0 &&
                strcmp(all[i].list, list) == 0 && all[i].films[k].movie == film)
                return all[i].films[k].rank;
    return 0;
}

static void tell_done(reel_trial_person *p, int at, bool both)
{
    const told *t = &all[at];
    const int32_t place = both ? place_of(t->list, at, p->who, t->films[0].movie) : 0;

    if (!shown_before(p->who, at, t->list) || t->ms > p->first_ms + (int64_t)24 * HOUR * 1000)
        return;
    if (!both)
        p->did[0]++;
    else if (place > 0)
        p->did[reel__interleave_side(t->list, place)]++;
}

static void tell(rows *out, reel_trial_person *sums, const char *who, bool both)
{
    static const double halves[] = {1, 1};
    reel_trial_person p = {.who = who, .arm = both ? -1 : (int)reel__assign(TAG, who, halves, 2)};

    for (int i = 0; i < EVENTS; i++) {
        const bool fits = both || all[i].list[11] - '0' == p.arm;

        if (!is_of(&all[i], who))
            continue;
        if (strcmp(all[i].type, "impression") == 0 && !fits)
            p.strays++;
        else if (strcmp(all[i].type, "impression") == 0) {
            p.lists += !shown_before(who, i, all[i].list);
            p.first_ms = p.first_ms == 0 ? all[i].ms : p.first_ms;
        } else if (strcmp(all[i].type, "click") == 0 && fits && p.first_ms > 0)
            tell_done(&p, i, both);
    }
    put_row(out, &p);
    sums->lists += p.lists;
    sums->strays += p.strays;
}

/* What does not count, by itself. */
static void tell_sums(rows *out, const reel_trial_person *sums)
{
    int untrusted = 0;

    for (int i = 0; i < EVENTS; i++)
        untrusted += all[i].untrusted && strncmp(all[i].list, "x_" TAG, 10) == 0;
    out->length += (size_t)snprintf(out->text + out->length, TEXT - out->length,
                                    "lists %d strays %d untrusted %d\n", (int)sums->lists,
                                    (int)sums->strays, untrusted);
}

static const char *const whos[] = {"u9", "u1", "u2", "u3", "v:v4", "v:v5", "v:v6"};

static void test_steps_of_any_length_count_alike(void **state)
{
    static const size_t steps[] = {1, 7, 1000};
    static rows expected, found;
    fixture *f = *state;

    for (int both = 0; both < 2; both++) {
        const reel_experiment e = experiment_of(both ? "interleave" : "ab");
        reel_trial_person sums = {.who = ""};

        fixture_exec(f, "DELETE FROM events");
        make_log(f, both ? 'i' : 'a', 9);
        expected = (rows){.length = 0};
        for (size_t i = 0; i < PEOPLE; i++)
            tell(&expected, &sums, whos[i], both);
        tell_sums(&expected, &sums);
        for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
            fixture_exec(f, REEL_TRIALS_CLEAR);
            assert_true(count_by(f, &e, steps[i]) > EVENTS / 2);
            assert_int_equal(count_by(f, &e, steps[i]), 0);
            see_rows(f, &found, whos, PEOPLE);
            see_sums(f, &found);
            assert_string_equal(found.text, expected.text);
        }
    }
}

static void test_results_are_of_who_came_in_time(void **state)
{
    const reel_experiment e = experiment_of("ab");
    fixture *f = *state;
    reel_results seen;
    const reel_event_movie film = {1, 1};
    told late = {.type = "impression",
                 .list = "x_" TAG "_0_late",
                 .visitor = "v1",
                 .user = -1,
                 .ms = e.ends * 1000,
                 .films = {film},
                 .film_count = 1};

    make_log(f, 'a', 9);
    for (late.list[11] = '0'; late.list[11] <= '1'; late.list[11]++)
        put_told(f, &late, 1);
    assert_true(count_by(f, &e, 50) > EVENTS / 2);
    assert_ok(reel__experiment_results(&seen, f->store, &e, NOW, &f->err), f->err);
    assert_int_equal(seen.people, 0);
    assert_int_equal(seen.waiting, trial_people(f->store, TAG, e.ends * 1000));
    assert_ok(reel__experiment_results(&seen, f->store, &e, e.ends + 24 * HOUR, &f->err), f->err);
    assert_int_equal(seen.waiting, 0);
    assert_true(seen.people > 3 && seen.people <= PEOPLE);
    assert_int_equal(seen.people, trial_people(f->store, TAG, e.ends * 1000));
    assert_int_equal(seen.people + 1, trial_people(f->store, TAG, INT64_MAX));
    assert_true(seen.strays > 1 && seen.lists > 3 && seen.untrusted > 10);
}

/* What is left is what would have been counted without them, and who counts meanwhile does it
 * again. */
static void test_who_leaves_was_never_counted(void **state)
{
    static rows before, left, anew;
    const reel_experiment e = experiment_of("ab");
    fixture *f = *state;
    reel_account account = {
        .name = "Ana", .folded = "ana", .role = REEL_ROLE_PERSON, .created_at = NOW};
    const reel_trial_person stale = {.who = "u1", .lists = 1};
    reel_trial_adding adding = {.tag = TAG, .people = &stale, .count = 1};
    const char *everybody[PEOPLE];
    char who[REEL_UNIT];
    bool done = true;

    assert_ok(reel__store_add_account(f->store, &account, &f->err), f->err);
    reel__experiment_unit(who, account.id + REEL_ACCOUNT_PERSON, "");
    memcpy(everybody, whos, sizeof whos);
    everybody[0] = who;
    make_log(f, 'a', account.id + REEL_ACCOUNT_PERSON);
    (void)count_by(f, &e, 1000);
    see_rows(f, &before, everybody, PEOPLE);
    see_sums(f, &before);
    assert_ok(reel__trial_mark(&adding.from, f->store, TAG, &f->err), f->err);
    adding.to = adding.from.sequence + 1;
    assert_ok(reel__store_delete_account(f->store, account.id, true, &f->err), f->err);
    assert_ok(reel__trial_add(f->store, &adding, &done, &f->err), f->err);
    assert_false(done);
    see_rows(f, &left, everybody, PEOPLE);
    see_sums(f, &left);
    fixture_exec(f, REEL_TRIALS_CLEAR);
    assert_true(count_by(f, &e, 7) > 100);
    see_rows(f, &anew, everybody, PEOPLE);
    see_sums(f, &anew);
    assert_non_null(strstr(before.text, who));
    assert_null(strstr(left.text, who));
    assert_string_equal(left.text, anew.text);
    assert_string_not_equal(strstr(before.text, "untrusted"), strstr(left.text, "untrusted"));
}

/* ---- the log ------------------------------------------------------------------------------- */

typedef struct seen_events {
    size_t count;
    int64_t last;
} seen_events;

static bool see_event(void *user, const reel_trial_event *e)
{
    seen_events *seen = user;

    assert_true(e->sequence > seen->last && e->received_ms > 0);
    assert_int_equal(strncmp(e->list_id, "x_" TAG, 10), 0);
    seen->last = e->sequence;
    seen->count++;
    return true;
}

static void test_events_come_in_order(void **state)
{
    fixture *f = *state;
    size_t expected = 0;

    make_log(f, 'a', 9);
    for (int i = 0; i < EVENTS; i++)
        expected += strncmp(all[i].list, "x_" TAG, 10) == 0;
    for (size_t limit = 40; limit <= 1000; limit *= 5) {
        reel_trial_scan scan = {.tag = TAG, .before = INT64_MAX, .limit = limit};
        seen_events seen = {0};
        size_t before;

        do {
            before = seen.count;
            scan.after = seen.last;
            assert_ok(reel__trial_scan(f->store, &scan, see_event, &seen, &f->err), f->err);
            assert_true(seen.count - before <= limit);
        } while (seen.count - before == limit);
        assert_int_equal(seen.count, expected);
    }
    assert_fails(reel__trial_scan(f->store, &(reel_trial_scan){.tag = TAG, .limit = 0}, see_event,
                                  NULL, &f->err),
                 REEL_E_INVALID, "limit", f->err);
}

typedef struct seen_tags {
    size_t count;
    char last[REEL_EXPERIMENT_TAG];
} seen_tags;

static bool see_tag(void *user, const char *tag)
{
    seen_tags *seen = user;

    seen->count++;
    (void)snprintf(seen->last, sizeof seen->last, "%s", tag);
    return true;
}

static void assert_waits(fixture *f, const char *tag)
{
    seen_tags seen = {0};

    assert_ok(reel__trials_waiting(f->store, see_tag, &seen, &f->err), f->err);
    assert_int_equal(seen.count, tag == NULL ? 0 : 1);
    if (tag != NULL)
        assert_string_equal(seen.last, tag);
}

/* The log has events of two tags; only one is an experiment's. */
static void test_who_waits_is_named(void **state)
{
    const reel_experiment_record record = {.name = "a",
                                           .tag = TAG,
                                           .scenario = "",
                                           .definition = "{}",
                                           .made = NOW,
                                           .starts = NOW,
                                           .ends = NOW + HOUR};
    const reel_experiment_record other = {.name = "b",
                                          .tag = "0000000c",
                                          .scenario = "",
                                          .definition = "{}",
                                          .made = NOW,
                                          .starts = NOW + HOUR,
                                          .ends = NOW + 2 * HOUR};
    const reel_experiment e = experiment_of("ab");
    fixture *f = *state;
    told late = {.type = "click", .list = "x_" TAG "_0_x", .visitor = "v", .ms = NOW * 1000LL};

    assert_waits(f, NULL);
    make_log(f, 'a', 9);
    assert_waits(f, NULL);
    assert_ok(reel__store_add_experiment(f->store, &record, &f->err), f->err);
    assert_ok(reel__store_add_experiment(f->store, &other, &f->err), f->err);
    assert_waits(f, TAG);
    assert_true(count_by(f, &e, 100) > 0);
    assert_waits(f, NULL);
    put_told(f, &late, 1);
    assert_waits(f, TAG);
    assert_int_equal(count_by(f, &e, 100), 1);
    assert_waits(f, NULL);
    fixture_exec(f, REEL_TRIALS_CLEAR);
    assert_waits(f, TAG);
}

/* Whoever sends a million events about one list makes no work. */
static void test_of_a_list_the_first_thousand_count(void **state)
{
    static const double halves[] = {1, 1};
    static told many[1003];
    static rows found;
    const reel_experiment e = experiment_of("ab");
    fixture *f = *state;

    for (int i = 0; i < 1003; i++) {
        many[i] = (told){.type = i == 0 ? "impression" : "click",
                         .user = 1,
                         .ms = (int64_t)NOW * 1000,
                         .films = {{1, 1}},
                         .film_count = 1};
        (void)snprintf(many[i].list, sizeof many[i].list, "x_" TAG "_%zu_long",
                       reel__assign(TAG, whos[1], halves, 2));
    }
    put_told(f, many, 1003);
    for (size_t step = 500; step < 3000; step += 1000) {
        fixture_exec(f, REEL_TRIALS_CLEAR);
        assert_int_equal(count_by(f, &e, step), 1003);
        see_rows(f, &found, &whos[1], 1);
        assert_non_null(strstr(found.text, "lists 1 strays 0 did 999 0"));
    }
}

int store_suite_trials(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    static const struct CMUnitTest trial_tests[] = {
        TEST(test_steps_of_any_length_count_alike),
        TEST(test_results_are_of_who_came_in_time),
        TEST(test_who_leaves_was_never_counted),
        TEST(test_events_come_in_order),
        TEST(test_who_waits_is_named),
        TEST(test_of_a_list_the_first_thousand_count),
    };

    return cmocka_run_group_tests(trial_tests, NULL, NULL);
}
