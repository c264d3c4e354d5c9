/* events.c - the log on SQLite: full disks, damaged rows, indexes, the delivery queue. */
#include "scratch.h"

#include "base/alloc.h"
#include "store/event_movies.h"
#include "store/sqlite/sqlite_priv.h"

static bool count_event(void *user, const reel_event *event)
{
    (void)event;
    (*(size_t *)user)++;
    return true;
}

static reel_code scan(scratch *s, size_t *count)
{
    const reel_event_filter filter = {NULL, NULL, 0, 1000};

    *count = 0;
    return reel__store_scan_events(s->store, &filter, count_event, count, &s->err);
}

/* ---- films as text ------------------------------------------------------------------------- */

static void test_films_from_text(void **state)
{
    scratch *s = *state;
    reel_event_movie movies[REEL_EVENT_MOVIES_MAX];
    size_t count = 99;

    assert_ok(reel__event_movies_read(movies, &count, "[]", &s->err), s->err);
    assert_int_equal(count, 0);
    assert_ok(reel__event_movies_read(movies, &count, "[[7,1],[9,0]]", &s->err), s->err);
    assert_int_equal(count, 2);
    assert_int_equal(movies[0].movie, 7);
    assert_int_equal(movies[0].rank, 1);
    assert_int_equal(movies[1].movie, 9);
    assert_int_equal(movies[1].rank, 0);
}

static void test_texts_that_are_no_films(void **state)
{
    static const char *const texts[] = {"",
                                        "null",
                                        "7",
                                        "{}",
                                        "{\"a\":[7,1]}",
                                        "[7]",
                                        "[[7]]",
                                        "[[7,1]",
                                        "[[7,1,2]]",
                                        "[[\"7\",1]]",
                                        "[[7.5,1]]",
                                        "[[7,2147483648]]",
                                        "[[[1]]]",
                                        "[[7,1]]x",
                                        "[[]]",
                                        "[null]",
                                        "[[99999999999999999999,1]]"};
    scratch *s = *state;
    reel_event_movie movies[REEL_EVENT_MOVIES_MAX];
    char many[2000] = "[";
    size_t count = 99;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_fails(reel__event_movies_read(movies, &count, texts[i], &s->err), REEL_E_FORMAT,
                     "[[movie, rank]", s->err);
        assert_int_equal(count, 0);
    }
    for (size_t i = 0; i <= REEL_EVENT_MOVIES_MAX; i++)
        strncat(many, i == 0 ? "[1,1]" : ",[1,1]", sizeof many - strlen(many) - 1);
    strncat(many, "]", sizeof many - strlen(many) - 1);
    assert_fails(reel__event_movies_read(movies, &count, many, &s->err), REEL_E_FORMAT, "films",
                 s->err);
}

static void test_text_in_the_table(void **state)
{
    scratch *s = *state;
    const reel_event_movie movies[] = {{7, 1}, {9, 2}};
    reel_event event = blank_event("e");

    event.movies = movies;
    event.movie_count = 2;
    event.user = 42;
    scratch_open(s);
    assert_ok(reel__store_put_events(s->store, &event, 1, NULL, &s->err), s->err);
    assert_string_equal(raw_rows(s->path,
                                 "SELECT movies, userId, source_movie, value, queued, delivered_at,"
                                 " json_extract(movies, '$[1][0]') FROM events"),
                        "[[7,1],[9,2]]|42|NULL|NULL|0|NULL|9;");
}

static bool count_damaged(void *user, const reel_event *event)
{
    *(size_t *)user += event->damaged && event->movie_count == 0;
    return true;
}

static void test_damaged_row(void **state)
{
    const reel_event_filter filter = {NULL, NULL, 0, 10};
    scratch *s = *state;
    const reel_event event = blank_event("e");
    size_t count = 0;

    scratch_open(s);
    assert_ok(reel__store_put_events(s->store, &event, 1, NULL, &s->err), s->err);
    raw_exec(s->path, "UPDATE events SET movies = '[[7,'");
    assert_ok(reel__store_scan_events(s->store, &filter, count_damaged, &count, &s->err), s->err);
    assert_int_equal(count, 1);
}

/* ---- files that go away or end early -------------------------------------------------------- */

static void test_file_deleted_or_replaced(void **state)
{
    scratch *s = *state;
    const reel_event event = blank_event("e");
    const reel_model_record record = {"popular", "m", "f", "h", "{}", 1, 1, 0.5};
    reel_store_load *load = NULL;
    char aside[400] = "";

    (void)snprintf(aside, sizeof aside, "%s-aside", s->path);
    scratch_open(s);
    assert_int_equal(rename(s->path, aside), 0);
    for (int replaced = 0; replaced < 2; replaced++) {
        assert_fails(reel__store_put_events(s->store, &event, 1, NULL, &s->err), REEL_E_STORE,
                     "deleted or replaced", s->err);
        assert_fails(reel__store_put_model(s->store, &record, &s->err), REEL_E_STORE,
                     "deleted or replaced", s->err);
        assert_fails(reel__store_load_begin(&load, s->store, true, &s->err), REEL_E_STORE,
                     "deleted or replaced", s->err);
        assert_null(load);
        write_file(s->path, "", 0);
    }
    assert_int_equal(rename(aside, s->path), 0); /* put back: it goes on */
    assert_ok(reel__store_put_events(s->store, &event, 1, NULL, &s->err), s->err);
    assert_int_equal(scratch_counts(s).events, 1);
}

static size_t read_file(const char *path, char *out, size_t size)
{
    FILE *file = fopen(path, "rb");
    size_t length = 0;

    assert_non_null(file);
    length = fread(out, 1, size, file);
    assert_int_equal(fclose(file), 0);
    assert_true(length < size);
    return length;
}

enum { CUT_BATCHES = 3, CUT_PER_BATCH = 4 };

/* Three batches; the database and its log as a power cut would leave them. */
static void put_batches(scratch *s)
{
    char ids[CUT_PER_BATCH][32];
    reel_event events[CUT_PER_BATCH];

    for (int batch = 0; batch < CUT_BATCHES; batch++) {
        for (int i = 0; i < CUT_PER_BATCH; i++) {
            (void)snprintf(ids[i], sizeof ids[i], "%d-%d", batch, i);
            events[i] = blank_event(ids[i]);
        }
        assert_ok(reel__store_put_events(s->store, events, CUT_PER_BATCH, NULL, &s->err), s->err);
    }
}

/* Wherever the log ends, what opens is a whole number of batches, more of them the longer it is,
 * and all of them when nothing is missing. */
static void test_log_cut_off_anywhere(void **state)
{
    enum { SIZE = 1 << 20, CUTS = 24 };
    scratch *s = *state;
    static char base[SIZE], wal[SIZE];
    char path[400] = "", cut_path[400] = "", cut_wal[420] = "";
    size_t base_length = 0, wal_length = 0;
    int64_t last = 0;

    scratch_open(s);
    put_batches(s);
    (void)snprintf(path, sizeof path, "%s-wal", s->path);
    (void)snprintf(cut_path, sizeof cut_path, "%s/cut.db", s->folder);
    (void)snprintf(cut_wal, sizeof cut_wal, "%s-wal", cut_path);
    base_length = read_file(s->path, base, SIZE);
    wal_length = read_file(path, wal, SIZE);
    for (size_t cut = 0; cut <= CUTS; cut++) {
        const reel_store_opts opts = {.create = true};
        reel_store *store = NULL;
        reel_store_counts counts;

        write_file(cut_path, base, base_length);
        write_file(cut_wal, wal, wal_length * cut / CUTS);
        assert_ok(reel__store_open(&store, cut_path, &opts, &s->err), s->err);
        assert_ok(reel__store_counts(store, &counts, &s->err), s->err);
        assert_int_equal(counts.events % CUT_PER_BATCH, 0);
        assert_true(counts.events >= last);
        last = counts.events;
        reel__store_close(store);
    }
    assert_int_equal(last, CUT_BATCHES * CUT_PER_BATCH);
}

/* ---- full disk and no memory --------------------------------------------------------------- */

static void test_disk_full_keeps_nothing_of_the_batch(void **state)
{
    enum { COUNT = 200 };
    scratch *s = *state;
    static char ids[COUNT][400];
    reel_event events[COUNT];
    const reel_event first = blank_event("first");
    size_t count = 0;
    int64_t duplicates = 5;

    for (int i = 0; i < COUNT; i++) {
        (void)snprintf(ids[i], sizeof ids[i], "%0399d", i);
        events[i] = blank_event(ids[i]);
    }
    scratch_open(s);
    assert_ok(reel__store_put_events(s->store, &first, 1, NULL, &s->err), s->err);
    reel__sqlite_limit_pages_for_test(s->store, 25);
    assert_fails(reel__store_put_events(s->store, events, COUNT, &duplicates, &s->err),
                 REEL_E_STORE, "disk is full", s->err);
    assert_int_equal(duplicates, 0);
    assert_ok(scan(s, &count), s->err);
    assert_int_equal(count, 1);
    reel__sqlite_limit_pages_for_test(s->store, 0); /* somebody made room: the same call works */
    assert_ok(reel__store_put_events(s->store, events, COUNT, &duplicates, &s->err), s->err);
    assert_int_equal(duplicates, 0);
    assert_ok(scan(s, &count), s->err);
    assert_int_equal(count, COUNT + 1);
}

static void test_without_memory(void **state)
{
    scratch *s = *state;
    const reel_event_movie movies[] = {{7, 1}};
    reel_event event = blank_event("e");
    reel_code rc = REEL_E_NOMEM;
    long n = 0, live = 0;

    event.movies = movies;
    event.movie_count = 1;
    scratch_open(s);
    live = reel__alloc_live();
    for (; rc != REEL_OK; n++) {
        reel__alloc_fail_after(n);
        rc = reel__store_put_events(s->store, &event, 1, NULL, &s->err);
        reel__alloc_fail_after(-1);
        if (rc != REEL_OK) {
            assert_int_equal(rc, REEL_E_NOMEM);
            assert_int_equal(scratch_counts(s).events, 0);
        }
        assert_int_equal(reel__alloc_live(), live);
        assert_true(n < 1000);
    }
    assert_true(n > 1);
    assert_int_equal(scratch_counts(s).events, 1);
}

static bool see_whole_event(void *user, const reel_event *event)
{
    (*(size_t *)user)++;
    assert_int_equal(strlen(event->visitor), 3000);
    return true;
}

/* SQLite's own memory: a row comes whole or not at all. */
static void test_scan_without_sqlites_memory(void **state)
{
    scratch *s = *state;
    char visitor[3001];
    reel_event event = blank_event("e");
    const reel_event_filter filter = {NULL, NULL, 0, 10};
    sqlite3_int64 base = 0;
    size_t count = 0, refused = 0;
    reel_code rc = REEL_E_NOMEM;

    memset(visitor, 'v', 3000);
    visitor[3000] = '\0';
    event.visitor = visitor;
    scratch_open(s);
    assert_ok(reel__store_put_events(s->store, &event, 1, NULL, &s->err), s->err);
    base = sqlite3_memory_used();
    for (sqlite3_int64 room = 1; rc != REEL_OK; room += 200) {
        count = 0;
        (void)sqlite3_hard_heap_limit64(base + room);
        rc = reel__store_scan_events(s->store, &filter, see_whole_event, &count, &s->err);
        (void)sqlite3_hard_heap_limit64(0);
        refused += rc == REEL_E_NOMEM;
        assert_true(rc == REEL_OK || rc == REEL_E_NOMEM);
        assert_true(room < 1 << 20);
    }
    assert_int_equal(count, 1);
    assert_true(refused > 5);
}

/* ---- queue and indexes --------------------------------------------------------------------- */

static void test_only_queued_events_wait_for_delivery(void **state)
{
    scratch *s = *state;
    const reel_event events[] = {blank_event("a"), blank_event("b"), blank_event("c")};

    scratch_open(s);
    assert_ok(reel__store_put_events(s->store, events, 3, NULL, &s->err), s->err);
    assert_int_equal(scratch_counts(s).undelivered, 0);
    raw_exec(s->path, "UPDATE events SET queued = 1 WHERE event_id <> 'a'");
    assert_int_equal(scratch_counts(s).undelivered, 2);
    raw_exec(s->path, "UPDATE events SET delivered_at = 5 WHERE event_id = 'b'");
    assert_int_equal(scratch_counts(s).undelivered, 1);
}

/* Sequence numbers are never used again, so that a cursor stays good when events are deleted. */
static void test_sequences_only_grow(void **state)
{
    scratch *s = *state;
    const reel_event a = blank_event("a"), b = blank_event("b");

    scratch_open(s);
    assert_ok(reel__store_put_events(s->store, &a, 1, NULL, &s->err), s->err);
    raw_exec(s->path, "DELETE FROM events");
    assert_ok(reel__store_put_events(s->store, &b, 1, NULL, &s->err), s->err);
    assert_string_equal(raw_rows(s->path, "SELECT sequence FROM events"), "2;");
}

static void assert_plan_uses(scratch *s, const char *sql, const char *index)
{
    char explained[400] = "";

    (void)snprintf(explained, sizeof explained, "EXPLAIN QUERY PLAN %s", sql);
    if (strstr(raw_rows(s->path, explained), index) == NULL)
        fail_msg("%s: %s", sql, raw_rows(s->path, explained));
}

static void test_scans_use_their_indexes(void **state)
{
    scratch *s = *state;

    scratch_open(s);
    assert_plan_uses(s,
                     "SELECT * FROM events WHERE sequence < 9 AND method = 'm'"
                     " ORDER BY sequence DESC LIMIT 5",
                     "events_method (method=? AND rowid<?)");
    assert_plan_uses(s,
                     "SELECT * FROM events WHERE sequence < 9 AND type = 't'"
                     " ORDER BY sequence DESC LIMIT 5",
                     "events_type (type=? AND rowid<?)");
    assert_plan_uses(s, "SELECT count(*) FROM events WHERE queued = 1 AND delivered_at IS NULL",
                     "events_undelivered");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SCRATCH_TEST(test_films_from_text),
        SCRATCH_TEST(test_texts_that_are_no_films),
        SCRATCH_TEST(test_text_in_the_table),
        SCRATCH_TEST(test_damaged_row),
        SCRATCH_TEST(test_file_deleted_or_replaced),
        SCRATCH_TEST(test_log_cut_off_anywhere),
        SCRATCH_TEST(test_disk_full_keeps_nothing_of_the_batch),
        SCRATCH_TEST(test_without_memory),
        SCRATCH_TEST(test_scan_without_sqlites_memory),
        SCRATCH_TEST(test_only_queued_events_wait_for_delivery),
        SCRATCH_TEST(test_sequences_only_grow),
        SCRATCH_TEST(test_scans_use_their_indexes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
