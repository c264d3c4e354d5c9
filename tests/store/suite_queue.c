/* suite_queue.c - events that wait for a sink: in order, once, and whose turn it is. */
#include "suite.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "store/accounts.h"
#include "store/queue.h"
#include "store/unlearning.h"

typedef struct seen {
    size_t count, most;
    int64_t sequences[64];
    char ids[64][8];
} seen;

static bool see(void *user, const reel_event *event)
{
    seen *s = user;

    s->sequences[s->count] = event->sequence;
    (void)snprintf(s->ids[s->count], sizeof s->ids[0], "%s", event->event_id);
    return ++s->count != s->most;
}

static void put(fixture *f, int from, int to, bool queued)
{
    for (int i = from; i < to; i++) {
        char id[16] = "";
        reel_event event = blank_event(id);

        (void)snprintf(id, sizeof id, "%d", i);
        event.queued = queued;
        assert_ok(reel__store_put_events(f->store, &event, 1, NULL, &f->err), f->err);
    }
}

static seen waiting(fixture *f, size_t limit)
{
    reel_queue_damage damaged = {.sequence = 1};
    seen s = {0};

    assert_ok(reel__queue_read(f->store, limit, see, &s, &damaged, &f->err), f->err);
    assert_int_equal(damaged.sequence, 0);
    return s;
}

static reel_code deliver(fixture *f, const int64_t *sequences, size_t number)
{
    return reel__queue_delivered(f->store, (reel_queue_batch){sequences, number}, 17, &f->err);
}

static int64_t count(fixture *f)
{
    reel_queue_count c;

    assert_ok(reel__queue_count(f->store, &c, &f->err), f->err);
    assert_int_equal(c.oldest_ms != 0, c.waiting > 0);
    assert_int_equal(counts_of(f->store).undelivered, c.waiting);
    return c.waiting;
}

/* ---- events -------------------------------------------------------------------------------- */

static void test_only_what_is_queued_waits(void **state)
{
    fixture *f = *state;
    seen s;

    put(f, 0, 3, false);
    assert_int_equal(waiting(f, 10).count, 0);
    assert_int_equal(count(f), 0);
    put(f, 3, 9, true);
    assert_int_equal(count(f), 6);
    s = waiting(f, 4);
    assert_int_equal(s.count, 4);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(s.ids[i][0], '3' + i); /* oldest first */
        assert_true(i == 0 || s.sequences[i] > s.sequences[i - 1]);
    }
}

static bool see_all_members(void *user, const reel_event *event)
{
    int *calls = user;

    (*calls)++;
    assert_string_equal(event->event_id, "a");
    assert_string_equal(event->type, "rating");
    assert_string_equal(event->visitor, "v-\xc3\xa9");
    assert_string_equal(event->method, "ease");
    assert_string_equal(event->model_id, "ease-1");
    assert_string_equal(event->list_id, "r_1");
    assert_string_equal(event->scenario, "evening");
    assert_int_equal(event->user, 0);
    assert_int_equal(event->source_movie, 5);
    assert_int_equal(event->time_ms, -5);
    assert_int_equal(event->received_ms, 1700000000123);
    assert_true(event->value == 3.7);
    assert_int_equal(event->movie_count, 2);
    assert_int_equal(event->movies[1].movie, INT64_MAX);
    assert_int_equal(event->movies[1].rank, 2);
    return true;
}

static bool see_nothing_known(void *user, const reel_event *event)
{
    int *calls = user;

    (*calls)++;
    assert_int_equal(event->user, -1);
    assert_int_equal(event->source_movie, -1);
    assert_true(isnan(event->value));
    assert_int_equal(event->movie_count, 0);
    return true;
}

static void test_members_come_back(void **state)
{
    fixture *f = *state;
    const reel_event_movie movies[] = {{5, 1}, {INT64_MAX, 2}};
    const reel_event full = {.event_id = "a",
                             .type = "rating",
                             .visitor = "v-\xc3\xa9",
                             .method = "ease",
                             .model_id = "ease-1",
                             .list_id = "r_1",
                             .scenario = "evening",
                             .user = 0,
                             .source_movie = 5,
                             .time_ms = -5,
                             .value = 3.7,
                             .movies = movies,
                             .movie_count = 2,
                             .queued = true};
    reel_event blank = blank_event("b");
    reel_queue_damage damaged;
    int calls = 0;

    blank.queued = true;
    reel__clock_set_for_test(1700000000123);
    assert_ok(reel__store_put_events(f->store, &full, 1, NULL, &f->err), f->err);
    reel__clock_set_for_test(-1);
    assert_ok(reel__queue_read(f->store, 1, see_all_members, &calls, &damaged, &f->err), f->err);
    assert_ok(deliver(f, waiting(f, 1).sequences, 1), f->err);
    assert_ok(reel__store_put_events(f->store, &blank, 1, NULL, &f->err), f->err);
    assert_ok(reel__queue_read(f->store, 9, see_nothing_known, &calls, &damaged, &f->err), f->err);
    assert_int_equal(calls, 2);
}

/* What lies between those that were sent was not: an export may queue it meanwhile. */
static void test_what_was_sent_is_delivered_and_no_more(void **state)
{
    fixture *f = *state;
    int64_t sent[40], queued = 0;
    size_t count_sent = 0;
    seen s;

    put(f, 0, 60, true);
    s = waiting(f, 60);
    assert_ok(reel__queue_refuse(f->store, s.sequences[2], &f->err), f->err);
    for (size_t i = 0; i < 60; i++) /* two, and a gap */
        if (i % 3 < 2)
            sent[count_sent++] = s.sequences[i];
    assert_ok(reel__queue_all(f->store, &queued, &f->err), f->err);
    assert_int_equal(queued, 1);
    assert_ok(deliver(f, sent, count_sent), f->err);
    assert_int_equal(count(f), 20);
    s = waiting(f, 60);
    for (size_t i = 0; i < 20; i++)
        assert_int_equal(atoi(s.ids[i]), 3 * (int)i + 2);
    fixture_reopen(f);
    assert_int_equal(count(f), 20);
    assert_int_equal(counts_of(f->store).events, 60); /* all stay in the log */
    assert_ok(deliver(f, sent, 0), f->err);
}

static void test_the_past_can_be_queued(void **state)
{
    fixture *f = *state;
    int64_t queued = 0;
    seen s;

    put(f, 0, 3, false);
    put(f, 3, 6, true);
    s = waiting(f, 10);
    assert_ok(reel__queue_refuse(f->store, s.sequences[0], &f->err), f->err);
    assert_ok(deliver(f, &s.sequences[1], 1), f->err);
    assert_ok(reel__queue_all(f->store, &queued, &f->err), f->err);
    assert_int_equal(queued, 4);   /* three from before, and the one refused */
    assert_int_equal(count(f), 5); /* and one that waited; the one delivered does not */
}

static void test_limits(void **state)
{
    fixture *f = *state;
    seen s = {.most = 2};

    reel_queue_damage damaged;

    put(f, 0, 5, true);
    assert_fails(reel__queue_read(f->store, 0, see, &s, &damaged, &f->err), REEL_E_INVALID, "limit",
                 f->err);
    assert_fails(reel__queue_read(f->store, REEL_QUEUE_READ_MAX + 1, see, &s, &damaged, &f->err),
                 REEL_E_INVALID, "limit", f->err);
    assert_ok(reel__queue_read(f->store, 5, see, &s, &damaged, &f->err), f->err);
    assert_int_equal(s.count, 2); /* it was told to stop */
}

static void test_a_damaged_event_is_named(void **state)
{
    fixture *f = *state;
    reel_queue_damage damaged;
    seen s = {0};

    put(f, 0, 4, true);
    fixture_exec(f, "UPDATE events SET movies = 'none' WHERE event_id = '2'");
    assert_ok(reel__queue_read(f->store, 5, see, &s, &damaged, &f->err), f->err);
    assert_int_equal(s.count, 2); /* those before it */
    assert_int_equal(damaged.sequence, s.sequences[1] + 1);
    assert_string_equal(damaged.why, "2: films \"none\" are not [[movie, rank], ...]");
    assert_ok(reel__queue_refuse(f->store, damaged.sequence, &f->err), f->err);
    assert_int_equal(waiting(f, 5).count, 3);
}

static long pieces_left;

static void *few_pieces(size_t size)
{
    return pieces_left-- > 0 ? malloc(size) : NULL;
}

static void test_no_memory_is_no_damage(void **state)
{
    fixture *f = *state;
    const reel_event_movie movies[] = {{5, 1}, {6, 2}};
    reel_event event = blank_event("a");
    reel_code rc = REEL_E_NOMEM;
    long pieces = 0;

    event.queued = true;
    event.movies = movies;
    event.movie_count = 2;
    assert_ok(reel__store_put_events(f->store, &event, 1, NULL, &f->err), f->err);
    for (; rc != REEL_OK; pieces++) {
        reel_queue_damage damaged;
        seen s = {0};

        pieces_left = pieces;
        json_set_alloc_funcs(few_pieces, free);
        rc = reel__queue_read(f->store, 5, see, &s, &damaged, &f->err);
        json_set_alloc_funcs(malloc, free);
        assert_true(rc == REEL_OK || rc == REEL_E_NOMEM);
        assert_int_equal(damaged.sequence, 0);
    }
    assert_true(pieces > 3);
    assert_int_equal(waiting(f, 5).count, 1);
}

/* ---- who is to be forgotten ---------------------------------------------------------------- */

static reel_queue_person due(fixture *f, int64_t now_ms)
{
    reel_queue_person who;

    assert_ok(reel__queue_forgotten(f->store, now_ms, &who, &f->err), f->err);
    return who;
}

static int64_t add_account(fixture *f, const char *name)
{
    reel_account account = {.role = REEL_ROLE_PERSON};

    (void)snprintf(account.name, sizeof account.name, "%s", name);
    (void)snprintf(account.folded, sizeof account.folded, "%s", name);
    assert_ok(reel__store_add_account(f->store, &account, &f->err), f->err);
    return account.id;
}

static void put_of(fixture *f, const char *id, int64_t person, bool queued)
{
    reel_event event = blank_event(id);

    event.user = person;
    event.queued = queued;
    assert_ok(reel__store_put_events(f->store, &event, 1, NULL, &f->err), f->err);
}

static void test_who_was_sent_is_forgotten_there(void **state)
{
    fixture *f = *state;
    const int64_t ana = add_account(f, "ana"), bob = add_account(f, "bob");
    reel_queue_person who;
    reel_queue_count counted;

    put_of(f, "1", REEL_ACCOUNT_PERSON + ana, true);
    put_of(f, "2", REEL_ACCOUNT_PERSON + bob, false); /* nothing of him was ever queued */
    assert_int_equal(due(f, 1).person, -1);
    assert_ok(reel__store_delete_account(f->store, bob, false, &f->err), f->err);
    assert_int_equal(due(f, 1).person, -1);
    assert_ok(reel__store_delete_account(f->store, ana, false, &f->err), f->err);
    fixture_reopen(f);
    who = due(f, 1);
    assert_int_equal(who.person, REEL_ACCOUNT_PERSON + ana);
    assert_ok(reel__queue_count(f->store, &counted, &f->err), f->err);
    assert_int_equal(counted.waiting, 0);
    assert_int_equal(counted.forgetting, 1);
    assert_ok(reel__queue_forgot(f->store, &who, 50, &f->err), f->err);
    assert_ok(reel__queue_count(f->store, &counted, &f->err), f->err);
    assert_int_equal(counted.forgetting, 0);
    assert_int_equal(due(f, 49).person, -1);
    who = due(f, 50);
    assert_int_equal(who.passes, 1);
    /* What came later is swept away, and begins it anew; who was at it does not end that. */
    put_of(f, "3", REEL_ACCOUNT_PERSON + ana, true);
    assert_ok(reel__store_sweep_sessions(f->store, 1, &f->err), f->err);
    assert_int_equal(count(f), 0);
    assert_ok(reel__queue_forgot(f->store, &who, 0, &f->err), f->err);
    who = due(f, 1);
    assert_int_equal(who.person, REEL_ACCOUNT_PERSON + ana);
    assert_int_equal(who.passes, 0);
    assert_ok(reel__queue_forgot(f->store, &who, 0, &f->err), f->err);
    assert_int_equal(due(f, INT64_MAX).person, -1);
}

/* ---- who is to be unlearned ---------------------------------------------------------------- */

static reel_unlearning unlearning(fixture *f)
{
    reel_unlearning found;

    assert_ok(reel__unlearning_count(f->store, &found, &f->err), f->err);
    return found;
}

static void test_who_is_deleted_waits_to_be_unlearned(void **state)
{
    fixture *f = *state;
    const int64_t ana = add_account(f, "ana"), bob = add_account(f, "bob");
    const reel_given_row late = {
        .person = REEL_ACCOUNT_PERSON + ana, .movie = 2, .kind = REEL_GIVEN_RATING, .value = 4};

    assert_int_equal(unlearning(f).people, 0);
    assert_int_equal(unlearning(f).since, 0);
    reel__clock_set_for_test(5000);
    assert_ok(reel__store_delete_account(f->store, ana, false, &f->err), f->err);
    reel__clock_set_for_test(7000);
    assert_ok(reel__unlearning_begin(f->store, "first", &f->err), f->err);
    assert_ok(reel__store_delete_account(f->store, bob, false, &f->err), f->err);
    fixture_reopen(f);
    assert_int_equal(unlearning(f).people, 2);
    assert_int_equal(unlearning(f).since, 5);
    /* Who went meanwhile goes with the next. */
    assert_ok(reel__unlearning_end(f->store, "first", &f->err), f->err);
    assert_int_equal(unlearning(f).people, 1);
    assert_int_equal(unlearning(f).since, 7);
    /* What came later brings them back; another who does it takes them over. */
    assert_ok(reel__unlearning_begin(f->store, "second", &f->err), f->err);
    assert_ok(reel__store_put_given(f->store, &late, 1, &f->err), f->err);
    assert_ok(reel__store_sweep_sessions(f->store, 9, &f->err), f->err);
    assert_int_equal(unlearning(f).people, 2);
    assert_ok(reel__unlearning_begin(f->store, "third", &f->err), f->err);
    assert_ok(reel__unlearning_end(f->store, "second", &f->err), f->err);
    assert_int_equal(unlearning(f).people, 2);
    assert_ok(reel__unlearning_end(f->store, "third", &f->err), f->err);
    assert_int_equal(unlearning(f).people, 0);
    assert_ok(reel__store_sweep_sessions(f->store, 9, &f->err), f->err);
    assert_int_equal(unlearning(f).people, 0); /* nothing came */
    /* Nor is it done for whom something came while it was. */
    assert_ok(reel__store_put_given(f->store, &late, 1, &f->err), f->err);
    assert_ok(reel__store_sweep_sessions(f->store, 9, &f->err), f->err);
    assert_ok(reel__unlearning_begin(f->store, "fourth", &f->err), f->err);
    assert_ok(reel__store_put_given(f->store, &late, 1, &f->err), f->err);
    assert_ok(reel__store_sweep_sessions(f->store, 11, &f->err), f->err);
    assert_ok(reel__unlearning_end(f->store, "fourth", &f->err), f->err);
    assert_int_equal(unlearning(f).people, 1);
    assert_int_equal(unlearning(f).since, 9);
    reel__clock_set_for_test(-1);
}

/* ---- turns --------------------------------------------------------------------------------- */

static reel_queue_turn take(fixture *f, const char *owner, int64_t dead)
{
    reel_queue_turn turn;

    assert_ok(reel__queue_take_turn(f->store, "mongodb", owner, dead, &turn, &f->err), f->err);
    return turn;
}

static void test_one_has_the_turn(void **state)
{
    fixture *f = *state;
    reel_queue_turn mine = take(f, "a", -1), theirs;

    assert_true(mine.held);
    theirs = take(f, "b", -1);
    assert_false(theirs.held);
    assert_int_equal(theirs.beat, mine.beat); /* asking is no beat */
    mine = take(f, "a", -1);
    assert_true(mine.held);
    assert_int_equal(mine.beat, theirs.beat + 1);
    assert_false(take(f, "b", theirs.beat).held); /* it beat since */
    assert_true(take(f, "b", mine.beat).held);    /* it stood still */
    assert_false(take(f, "a", -1).held);
    assert_ok(reel__queue_end_turn(f->store, "mongodb", "a", &f->err), f->err); /* not its own */
    assert_false(take(f, "a", -1).held);
    assert_ok(reel__queue_end_turn(f->store, "mongodb", "b", &f->err), f->err);
    assert_true(take(f, "a", -1).held);
}

int store_suite_queue(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    static const struct CMUnitTest queue_tests[] = {
        TEST(test_only_what_is_queued_waits),
        TEST(test_members_come_back),
        TEST(test_what_was_sent_is_delivered_and_no_more),
        TEST(test_the_past_can_be_queued),
        TEST(test_limits),
        TEST(test_a_damaged_event_is_named),
        TEST(test_no_memory_is_no_damage),
        TEST(test_who_was_sent_is_forgotten_there),
        TEST(test_who_is_deleted_waits_to_be_unlearned),
        TEST(test_one_has_the_turn),
    };

    return cmocka_run_group_tests(queue_tests, NULL, NULL);
}
