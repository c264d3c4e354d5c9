/* suite_events.c - the feedback log: kept once, in order, paged without gaps. */
#include "suite.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

/* ---- collecting ---------------------------------------------------------------------------- */

typedef struct seen_events {
    size_t count, stop_after;
    int64_t sequences[2000];
    char ids[2000][24];
} seen_events;

static bool see_event(void *user, const reel_event *event)
{
    seen_events *seen = user;

    assert_true(seen->count < 2000);
    seen->sequences[seen->count] = event->sequence;
    (void)snprintf(seen->ids[seen->count], 24, "%s", event->event_id);
    return ++seen->count != seen->stop_after;
}

static void scan(fixture *f, const char *method, const char *type, int64_t before, size_t limit,
                 seen_events *seen)
{
    const reel_event_filter filter = {method, type, before, limit};

    seen->count = 0;
    assert_ok(reel__store_scan_events(f->store, &filter, see_event, seen, &f->err), f->err);
    for (size_t i = 1; i < seen->count; i++) /* newest first */
        assert_true(seen->sequences[i] < seen->sequences[i - 1]);
}

/* Events "0", "1", ... from..to-1; methods and types by turns. */
static void put_numbered(fixture *f, int from, int to)
{
    static const char *const methods[] = {"popular", "content", "hybrid"};
    static const char *const types[] = {"impression", "click"};

    for (int i = from; i < to; i++) {
        char id[24] = "";
        reel_event event = blank_event(id);

        (void)snprintf(id, sizeof id, "%d", i);
        event.method = methods[i % 3];
        event.type = types[i % 2];
        assert_ok(reel__store_put_events(f->store, &event, 1, NULL, &f->err), f->err);
    }
}

/* ---- round trip ---------------------------------------------------------------------------- */

static bool see_full_event(void *user, const reel_event *event)
{
    int *calls = user;

    (*calls)++;
    assert_string_equal(event->event_id, "8a1f");
    assert_string_equal(event->type, "rating");
    assert_string_equal(event->visitor, "v-\xc3\xa9");
    assert_string_equal(event->method, "user-knn");
    assert_string_equal(event->model_id, "user-knn@1f");
    assert_string_equal(event->list_id, "list");
    assert_string_equal(event->scenario, "evening");
    assert_int_equal(event->user, 0);
    assert_int_equal(event->source_movie, 0);
    assert_int_equal(event->time_ms, -5);
    assert_true(event->value == 3.7);
    assert_int_equal(event->movie_count, 3);
    assert_int_equal(event->movies[0].movie, INT64_MAX);
    assert_int_equal(event->movies[0].rank, 1);
    assert_int_equal(event->movies[1].movie, 0);
    assert_int_equal(event->movies[1].rank, INT32_MAX);
    assert_int_equal(event->movies[2].movie, 7);
    assert_int_equal(event->movies[2].rank, 0);
    assert_true(event->sequence > 0);
    assert_int_equal(event->received_ms, 1700000000123);
    return true;
}

static void test_every_field_comes_back(void **state)
{
    fixture *f = *state;
    const reel_event_movie movies[] = {{INT64_MAX, 1}, {0, INT32_MAX}, {7, 0}};
    const reel_event event = {
        .event_id = "8a1f",
        .type = "rating",
        .visitor = "v-\xc3\xa9",
        .method = "user-knn",
        .model_id = "user-knn@1f",
        .list_id = "list",
        .scenario = "evening",
        .time_ms = -5,
        .value = 3.7,
        .movies = movies,
        .movie_count = 3,
        .sequence = 99, /* out only: ignored */
        .received_ms = 98,
    };
    const reel_event_filter filter = {NULL, NULL, 0, 10};
    int calls = 0;

    reel__clock_set_for_test(1700000000123);
    assert_ok(reel__store_put_events(f->store, &event, 1, NULL, &f->err), f->err);
    reel__clock_set_for_test(-1);
    fixture_reopen(f);
    assert_ok(reel__store_scan_events(f->store, &filter, see_full_event, &calls, &f->err), f->err);
    assert_int_equal(calls, 1);
    assert_int_equal(counts_of(f->store).events, 1);
    assert_int_equal(counts_of(f->store).undelivered, 0); /* no sink, nothing queued */
}

static bool see_blank_event(void *user, const reel_event *event)
{
    int *calls = user;

    (*calls)++;
    assert_string_equal(event->visitor, "");
    assert_string_equal(event->list_id, "");
    assert_string_equal(event->scenario, "");
    assert_int_equal(event->user, -1);
    assert_int_equal(event->source_movie, -1);
    assert_true(isnan(event->value));
    assert_int_equal(event->movie_count, 0);
    return true;
}

static void test_absent_stays_absent(void **state)
{
    fixture *f = *state;
    const reel_event event = blank_event("e");
    const reel_event_filter filter = {NULL, NULL, 0, 10};
    int calls = 0;

    assert_ok(reel__store_put_events(f->store, &event, 1, NULL, &f->err), f->err);
    assert_ok(reel__store_scan_events(f->store, &filter, see_blank_event, &calls, &f->err), f->err);
    assert_int_equal(calls, 1);
}

static bool see_long_list(void *user, const reel_event *event)
{
    *(size_t *)user = event->movie_count;
    for (size_t i = 0; i < event->movie_count; i++) {
        assert_int_equal(event->movies[i].movie, INT64_MAX - (int64_t)i);
        assert_int_equal(event->movies[i].rank, INT32_MAX - (int32_t)i);
    }
    return true;
}

static void test_the_longest_list(void **state)
{
    fixture *f = *state;
    reel_event_movie movies[REEL_EVENT_MOVIES_MAX + 1];
    reel_event event = blank_event("e");
    const reel_event_filter filter = {NULL, NULL, 0, 10};
    size_t count = 0;

    for (int i = 0; i <= REEL_EVENT_MOVIES_MAX; i++)
        movies[i] = (reel_event_movie){INT64_MAX - i, INT32_MAX - i};
    event.movies = movies;
    event.movie_count = REEL_EVENT_MOVIES_MAX + 1;
    assert_fails(reel__store_put_events(f->store, &event, 1, NULL, &f->err), REEL_E_INVALID, "",
                 f->err);
    event.movie_count = REEL_EVENT_MOVIES_MAX;
    assert_ok(reel__store_put_events(f->store, &event, 1, NULL, &f->err), f->err);
    assert_ok(reel__store_scan_events(f->store, &filter, see_long_list, &count, &f->err), f->err);
    assert_int_equal(count, REEL_EVENT_MOVIES_MAX);
}

/* ---- once, and all or none ----------------------------------------------------------------- */

static void test_same_id_is_one_event(void **state)
{
    fixture *f = *state;
    reel_event events[4] = {blank_event("a"), blank_event("b"), blank_event("a"), blank_event("c")};
    int64_t duplicates = -1;
    bool known[4] = {true, true, false, true};
    seen_events *seen = calloc(1, sizeof *seen);

    assert_non_null(seen);
    for (size_t i = 0; i < 4; i++)
        events[i].known = i == 1 ? NULL : &known[i];
    assert_ok(reel__store_put_events(f->store, events, 4, &duplicates, &f->err), f->err);
    assert_int_equal(duplicates, 1);
    assert_false(known[0]);
    assert_true(known[2]); /* each event is told for itself */
    assert_false(known[3]);
    events[1].event_id = "d";
    assert_ok(reel__store_put_events(f->store, events, 4, &duplicates, &f->err), f->err);
    assert_int_equal(duplicates, 3);
    assert_true(known[0] && known[2] && known[3]);
    assert_ok(reel__store_put_events(f->store, events, 0, &duplicates, &f->err), f->err);
    assert_int_equal(duplicates, 0);
    assert_int_equal(counts_of(f->store).events, 4);
    scan(f, NULL, NULL, 0, 100, seen);
    assert_int_equal(seen->count, 4);
    assert_string_equal(seen->ids[0], "d");
    assert_string_equal(seen->ids[3], "a");
    free(seen);
}

static void test_a_wrong_event_keeps_the_batch_out(void **state)
{
    fixture *f = *state;
    reel_event events[2] = {blank_event("a"), blank_event("b")};
    int64_t duplicates = -1;

    events[1].event_id = "";
    assert_fails(reel__store_put_events(f->store, events, 2, &duplicates, &f->err), REEL_E_INVALID,
                 "", f->err);
    assert_int_equal(duplicates, 0);
    events[1] = blank_event("b");
    events[1].type = "";
    assert_fails(reel__store_put_events(f->store, events, 2, NULL, &f->err), REEL_E_INVALID, "",
                 f->err);
    events[1] = blank_event("b");
    events[1].value = (double)INFINITY;
    assert_fails(reel__store_put_events(f->store, events, 2, NULL, &f->err), REEL_E_INVALID, "",
                 f->err);
    assert_int_equal(counts_of(f->store).events, 0);
}

/* ---- scanning ------------------------------------------------------------------------------ */

static void test_filters(void **state)
{
    fixture *f = *state;
    seen_events *seen = calloc(1, sizeof *seen);

    assert_non_null(seen);
    scan(f, NULL, NULL, 0, 10, seen);
    assert_int_equal(seen->count, 0);
    put_numbered(f, 0, 60);
    scan(f, "content", NULL, 0, 1000, seen);
    assert_int_equal(seen->count, 20);
    assert_string_equal(seen->ids[0], "58");
    scan(f, NULL, "click", 0, 1000, seen);
    assert_int_equal(seen->count, 30);
    assert_string_equal(seen->ids[0], "59");
    scan(f, "popular", "click", 0, 1000, seen);
    assert_int_equal(seen->count, 10);
    assert_string_equal(seen->ids[0], "57");
    scan(f, "none", NULL, 0, 1000, seen);
    assert_int_equal(seen->count, 0);
    scan(f, "", NULL, 0, 1000, seen); /* "" is a method of its own, not "any" */
    assert_int_equal(seen->count, 0);
    free(seen);
}

/* Pages by `before` meet at their edges, also when events arrive between two pages. */
static void page_through(fixture *f, const char *method, size_t limit, size_t expected)
{
    seen_events *seen = calloc(1, sizeof *seen), *all = calloc(1, sizeof *all);
    static int extra = 1000;
    int64_t before = 0;
    size_t total = 0;

    assert_true(seen != NULL && all != NULL);
    scan(f, method, NULL, 0, 1000, all);
    assert_int_equal(all->count, expected);
    do {
        scan(f, method, NULL, before, limit, seen);
        assert_true(seen->count <= limit);
        for (size_t i = 0; i < seen->count; i++, total++)
            assert_string_equal(seen->ids[i], all->ids[total]);
        if (seen->count > 0)
            before = seen->sequences[seen->count - 1];
        put_numbered(f, extra, extra + 1);
        extra++;
    } while (seen->count > 0);
    assert_int_equal(total, expected);
    free(seen);
    free(all);
}

static void test_paging_is_stable(void **state)
{
    fixture *f = *state;

    put_numbered(f, 0, 50);
    page_through(f, NULL, 7, 50);
}

static void test_paging_with_a_filter(void **state)
{
    fixture *f = *state;

    put_numbered(f, 0, 30);
    page_through(f, "hybrid", 1, 10);
}

typedef struct marks {
    int whole, damaged;
} marks;

static bool mark(void *user, const reel_event *event)
{
    marks *m = user;

    assert_true(!event->damaged || event->movie_count == 0);
    m->damaged += event->damaged;
    m->whole += !event->damaged;
    return true;
}

static void test_a_damaged_event_is_marked(void **state)
{
    static const reel_event_filter all = {.limit = 10};
    fixture *f = *state;
    marks m = {0, 0};

    put_numbered(f, 0, 5);
    fixture_exec(f, "UPDATE events SET movies = '[[1,2],[3' WHERE sequence ="
                    " (SELECT max(sequence) - 2 FROM events)");
    assert_ok(reel__store_scan_events(f->store, &all, mark, &m, &f->err), f->err);
    assert_int_equal(m.damaged, 1);
    assert_int_equal(m.whole, 4);
}

static void test_scan_limits_and_stop(void **state)
{
    fixture *f = *state;
    seen_events *seen = calloc(1, sizeof *seen);
    reel_event_filter filter = {NULL, NULL, 0, 0};

    assert_non_null(seen);
    put_numbered(f, 0, 20);
    assert_fails(reel__store_scan_events(f->store, &filter, see_event, seen, &f->err),
                 REEL_E_INVALID, "", f->err);
    filter.limit = 1001;
    assert_fails(reel__store_scan_events(f->store, &filter, see_event, seen, &f->err),
                 REEL_E_INVALID, "", f->err);
    filter = (reel_event_filter){NULL, NULL, -1, 5};
    assert_fails(reel__store_scan_events(f->store, &filter, see_event, seen, &f->err),
                 REEL_E_INVALID, "", f->err);
    assert_int_equal(seen->count, 0);
    seen->stop_after = 3;
    scan(f, NULL, NULL, 0, 1000, seen);
    assert_int_equal(seen->count, 3);
    scan(f, NULL, NULL, 1, 10, seen);
    assert_int_equal(seen->count, 0);
    free(seen);
}

/* A row function may use the store it is called from. */
static bool see_and_ask(void *user, const reel_event *event)
{
    fixture *f = user;
    char id[32] = "";
    const reel_event answer = blank_event(id);

    (void)snprintf(id, sizeof id, "re-%s", event->event_id);
    assert_ok(reel__store_put_events(f->store, &answer, 1, NULL, &f->err), f->err);
    return counts_of(f->store).events < 100;
}

static void test_rows_may_use_the_store(void **state)
{
    fixture *f = *state;
    const reel_event_filter filter = {NULL, NULL, 0, 10};

    put_numbered(f, 0, 3);
    assert_ok(reel__store_scan_events(f->store, &filter, see_and_ask, f, &f->err), f->err);
    assert_int_equal(counts_of(f->store).events, 6);
}

/* ---- threads ------------------------------------------------------------------------------- */

enum { WRITERS = 4, READERS = 2, BATCHES = 25, PER_BATCH = 4 };

typedef struct worker {
    reel_store *store;
    int number;
    int failures; /* cmocka's checks belong to the main thread */
} worker;

static void *write_events(void *user)
{
    worker *w = user;
    char ids[PER_BATCH][32];
    reel_event events[PER_BATCH];
    reel_err err = {REEL_OK, ""};
    int64_t duplicates = 0;

    for (int batch = 0; batch < BATCHES; batch++) {
        for (int i = 0; i < PER_BATCH; i++) {
            (void)snprintf(ids[i], sizeof ids[i], "%d-%d-%d", w->number, batch, i);
            events[i] = blank_event(ids[i]);
        }
        w->failures +=
            reel__store_put_events(w->store, events, PER_BATCH, &duplicates, &err) != REEL_OK;
        w->failures += duplicates != 0;
    }
    return NULL;
}

static bool count_event(void *user, const reel_event *event)
{
    (void)event;
    (*(size_t *)user)++;
    return true;
}

/* The log grows by whole batches, and never shrinks. */
static void *read_events(void *user)
{
    worker *w = user;
    const reel_event_filter filter = {NULL, NULL, 0, 1000};
    size_t last = 0, now = 0;
    reel_err err = {REEL_OK, ""};

    for (int i = 0; i < 2 * BATCHES; i++) {
        now = 0;
        w->failures +=
            reel__store_scan_events(w->store, &filter, count_event, &now, &err) != REEL_OK;
        w->failures += now < last || now % PER_BATCH != 0;
        last = now;
    }
    return NULL;
}

static void test_threads_write_while_others_read(void **state)
{
    fixture *f = *state;
    pthread_t threads[WRITERS + READERS];
    worker workers[WRITERS + READERS];

    for (int i = 0; i < WRITERS + READERS; i++) {
        workers[i] = (worker){f->store, i, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, i < WRITERS ? write_events : read_events,
                                        &workers[i]),
                         0);
    }
    for (int i = 0; i < WRITERS + READERS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(workers[i].failures, 0);
    }
    assert_int_equal(counts_of(f->store).events, WRITERS * BATCHES * PER_BATCH);
}

static void finds(fixture *f, reel_event_filter filter, const char *ids)
{
    seen_events *seen = calloc(1, sizeof *seen);
    char text[200] = "";

    assert_non_null(seen);
    filter.limit = 10;
    assert_ok(reel__store_scan_events(f->store, &filter, see_event, seen, &f->err), f->err);
    for (size_t i = 0; i < seen->count; i++) {
        strncat(text, seen->ids[i], sizeof text - strlen(text) - 1);
        strncat(text, " ", sizeof text - strlen(text) - 1);
    }
    assert_string_equal(text, ids);
    free(seen);
}

static void test_events_are_found_by_person_film_and_time(void **state)
{
    static const reel_event_movie films[] = {{7, 1}, {858, 2}}, other[] = {{85, 7}};
    static const int64_t person = 0, nobody = 9, film = 858, source = 85, part = 58;
    fixture *f = *state;
    reel_event event = blank_event("a");

    event.movies = films;
    event.movie_count = 2;
    event.time_ms = 1000;
    assert_ok(reel__store_put_events(f->store, &event, 1, NULL, &f->err), f->err);
    event.event_id = "b";
    event.user = person;
    event.source_movie = source;
    event.time_ms = 2000;
    assert_ok(reel__store_put_events(f->store, &event, 1, NULL, &f->err), f->err);
    event = blank_event("c");
    event.user = person;
    event.movies = other;
    event.movie_count = 1;
    event.time_ms = 3000;
    event.method = "content";
    assert_ok(reel__store_put_events(f->store, &event, 1, NULL, &f->err), f->err);
    finds(f, (reel_event_filter){.user = &person}, "c b ");
    finds(f, (reel_event_filter){.user = &nobody}, "");
    finds(f, (reel_event_filter){.movie = &film}, "b a ");
    finds(f, (reel_event_filter){.movie = &source}, "c b ");
    finds(f, (reel_event_filter){.movie = &part}, "");
    finds(f, (reel_event_filter){.since_ms = 2000}, "c b ");
    finds(f, (reel_event_filter){.until_ms = 2000}, "a ");
    finds(f, (reel_event_filter){.since_ms = 2000, .until_ms = 3000, .movie = &film}, "b ");
    finds(f, (reel_event_filter){.after = 1, .before = 3}, "b ");
    finds(f,
          (reel_event_filter){.method = "content",
                              .type = event.type,
                              .user = &person,
                              .movie = &source,
                              .since_ms = 1,
                              .until_ms = 4000,
                              .after = 2,
                              .before = 4},
          "c ");
}

int store_suite_events(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    static const struct CMUnitTest event_tests[] = {
        TEST(test_every_field_comes_back),
        TEST(test_absent_stays_absent),
        TEST(test_the_longest_list),
        TEST(test_same_id_is_one_event),
        TEST(test_a_wrong_event_keeps_the_batch_out),
        TEST(test_filters),
        TEST(test_paging_is_stable),
        TEST(test_paging_with_a_filter),
        TEST(test_a_damaged_event_is_marked),
        TEST(test_scan_limits_and_stop),
        TEST(test_events_are_found_by_person_film_and_time),
        TEST(test_rows_may_use_the_store),
        TEST(test_threads_write_while_others_read),
    };

    return cmocka_run_group_tests(event_tests, NULL, NULL);
}
