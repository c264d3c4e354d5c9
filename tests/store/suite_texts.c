/* suite_texts.c - any text in any field comes back byte for byte; what is no text is refused. */
#include "suite.h"

#include <stdio.h>
#include <string.h>

/* Short enough for the name of a source too. */
static const char *const odd[] = {
    "",
    " ",
    " leading and trailing ",
    "\xc3\xa9 is not e\xcc\x81",                    /* composed, and e with a combining accent */
    "\xf0\x9f\x8e\xac \xf0\x9f\x92\xa9",            /* beyond the basic plane */
    "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x9a\x80", /* joined by U+200D */
    "\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa",             /* a flag of two letters */
    "\xe2\x80\xae"
    "right to left\xe2\x80\xac",
    "\xd7\xa2\xd7\x91\xd7\xa8\xd7\x99\xd7\xaa \xd8\xb9\xd8\xb1\xd8\xa8\xd9\x8a",
    "\xe5\x8d\x83\xe3\x81\xa8\xe5\x8d\x83\xe5\xb0\x8b",
    "\xef\xbb\xbf"
    "byte order mark",
    "\xef\xbf\xbd replacement \xef\xbf\xbf \xef\xbf\xbe", /* and two that are no characters */
    "\xf4\x8f\xbf\xbf last",
    "\xc2\x80\xc2\x9f\xc2\xa0\xc2\xad",
    "\x01\x02\x03\x04\x05\x06\x07\x08\x0b\x0c\x0e\x0f\x10\x1b\x1f\x7f",
    "tab\tline\nreturn\r both\r\n",
    "\\N", /* NULL, the end and escapes in the text form of COPY */
    "\\.",
    "\\.\n",
    "\\x00 \\000 \\u0000",
    "back\\slash \\\\ \\t",
    "'quoted' \"twice\" `thrice` ''''",
    "$1 ?1 :a @b %s %n %% {} ${x}",
    "'); DROP TABLE movies; --",
    "NULL",
    "null",
    "[[1, 2]]",
    "{\"a\":1}",
    "a|b||c|",
    "I\xc4\xb0\xc4\xb1i \xc3\x9f\xe1\xba\x9e \xef\xac\x83",
};
enum { ODD = sizeof odd / sizeof *odd };

static const char *const malformed[] = {"\x80",
                                        "a\xc3",
                                        "\xc0\xaf",
                                        "\xe0\x80\xaf",
                                        "\xed\xa0\x80",
                                        "\xed\xa0\xbd\xed\xb8\x80",
                                        "\xf4\x90\x80\x80",
                                        "\xf8\x88\x80\x80\x80",
                                        "latin-1: \xe9t\xe9",
                                        "\xff"};
enum { MALFORMED = sizeof malformed / sizeof *malformed };

/* ---- films --------------------------------------------------------------------------------- */

enum { MOVIE_TEXTS = 15 };

/* Where the texts of a film are. */
static const char **movie_text(reel_movie *m, int at)
{
    const char **const texts[MOVIE_TEXTS] = {
        &m->title,    &m->name,         &m->genres,      &m->overview,      &m->tagline,
        &m->keywords, &m->cast,         &m->directors,   &m->tags,          &m->original_title,
        &m->language, &m->release_date, &m->poster_path, &m->backdrop_path, &m->trailer_key};

    return texts[at];
}

static void test_films(void **state)
{
    fixture *f = *state;
    reel_movie movies[ODD];
    reel_dataset *dataset = NULL;

    /* Each field of each film another one, so that none can stand in another's place. */
    for (int i = 0; i < ODD; i++) {
        movies[i] = blank_movie(i);
        for (int at = 0; at < MOVIE_TEXTS; at++)
            *movie_text(&movies[i], at) = odd[(i + at) % ODD];
    }
    load_movies(f->store, movies, ODD, true);
    fixture_reopen(f);
    dataset = dataset_of(f->store);
    assert_int_equal(reel_dataset_movies(dataset), ODD);
    for (int i = 0; i < ODD; i++) {
        reel_movie back = reel_dataset_movie(dataset, i);

        for (int at = 0; at < MOVIE_TEXTS; at++)
            assert_string_equal(*movie_text(&back, at), odd[(i + at) % ODD]);
    }
    reel_dataset_free(dataset);
}

/* A text of C ends at its first NUL: what stands behind it does not get in. */
static void test_texts_end_at_nul(void **state)
{
    static const char text[] = "before\0behind";
    fixture *f = *state;
    reel_movie movie = blank_movie(1);
    reel_dataset *dataset = NULL;

    movie.title = movie.overview = text;
    load_movies(f->store, &movie, 1, true);
    dataset = dataset_of(f->store);
    assert_string_equal(reel_dataset_movie(dataset, 0).title, "before");
    assert_string_equal(reel_dataset_movie(dataset, 0).overview, "before");
    reel_dataset_free(dataset);
}

static void test_the_source(void **state)
{
    fixture *f = *state;
    reel_store_label label;

    for (int i = 0; i < ODD; i++) {
        reel_store_load *load = NULL;

        assert_ok(reel__store_load_begin(&load, f->store, false, &f->err), f->err);
        assert_ok(reel__store_load_commit(load, odd[i], i % 2 == 1, &f->err), f->err);
        assert_ok(reel__store_label(f->store, &label, &f->err), f->err);
        assert_string_equal(label.source, odd[i]);
        assert_int_equal(label.simulated, i % 2 == 1);
        assert_int_equal(label.generation, i + 1);
    }
}

/* ---- matches, events, records -------------------------------------------------------------- */

static bool see_match(void *user, const reel_match *match)
{
    (*(int *)user)++;
    assert_string_equal(match->reason, odd[match->movie]);
    return true;
}

static void test_matches(void **state)
{
    fixture *f = *state;
    reel_store_load *load = NULL;
    int seen = 0;

    assert_ok(reel__store_load_begin(&load, f->store, false, &f->err), f->err);
    for (int i = 0; i < ODD; i++) {
        const reel_match match = {i, 1, 1, REEL_MATCH_FOUND, 1, odd[i]};

        assert_ok(reel__store_put_matches(load, &match, 1, &f->err), f->err);
    }
    assert_ok(reel__store_load_commit(load, "", false, &f->err), f->err);
    assert_ok(reel__store_scan_matches(f->store, see_match, &seen, &f->err), f->err);
    assert_int_equal(seen, ODD);
}

static bool see_event(void *user, const reel_event *event)
{
    const int i = (int)event->user;

    (*(int *)user)++;
    assert_string_equal(event->event_id, i == 0 ? "id" : odd[i]);
    assert_string_equal(event->type, i == 0 ? "type" : odd[i]);
    assert_string_equal(event->visitor, odd[(i + 1) % ODD]);
    assert_string_equal(event->method, odd[(i + 2) % ODD]);
    assert_string_equal(event->model_id, odd[(i + 3) % ODD]);
    assert_string_equal(event->list_id, odd[(i + 4) % ODD]);
    assert_string_equal(event->scenario, odd[(i + 5) % ODD]);
    return true;
}

static void test_events(void **state)
{
    fixture *f = *state;
    reel_event events[ODD];
    reel_event_filter filter = {NULL, NULL, 0, 100};
    int64_t duplicates = 0;
    int seen = 0;

    for (int i = 0; i < ODD; i++) {
        events[i] = blank_event(i == 0 ? "id" : odd[i]);
        events[i].type = i == 0 ? "type" : odd[i];
        events[i].visitor = odd[(i + 1) % ODD];
        events[i].method = odd[(i + 2) % ODD];
        events[i].model_id = odd[(i + 3) % ODD];
        events[i].list_id = odd[(i + 4) % ODD];
        events[i].scenario = odd[(i + 5) % ODD];
        events[i].user = i;
    }
    assert_ok(reel__store_put_events(f->store, events, ODD, &duplicates, &f->err), f->err);
    assert_int_equal(duplicates, 0); /* none is taken for another */
    assert_ok(reel__store_scan_events(f->store, &filter, see_event, &seen, &f->err), f->err);
    assert_int_equal(seen, ODD);
    for (int i = 1; i < ODD; i++) { /* and each is found by what it is */
        seen = 0;
        filter.type = odd[i];
        filter.method = odd[(i + 2) % ODD];
        assert_ok(reel__store_scan_events(f->store, &filter, see_event, &seen, &f->err), f->err);
        assert_int_equal(seen, 1);
    }
    assert_ok(reel__store_put_events(f->store, events, ODD, &duplicates, &f->err), f->err);
    assert_int_equal(duplicates, ODD);
}

/* Ids that look alike are different ids. */
static void test_ids_are_bytes(void **state)
{
    static const char *const ids[] = {"a",         "A",        "a ", " a", "\xc3\xa9",
                                      "e\xcc\x81", "\xc3\x89", "1",  "01", "1.0"};
    enum { IDS = sizeof ids / sizeof *ids };
    fixture *f = *state;
    reel_event events[IDS];
    int64_t duplicates = -1;

    for (int i = 0; i < IDS; i++)
        events[i] = blank_event(ids[i]);
    assert_ok(reel__store_put_events(f->store, events, IDS, &duplicates, &f->err), f->err);
    assert_int_equal(duplicates, 0);
    assert_int_equal(counts_of(f->store).events, IDS);
}

typedef struct seen_records {
    int count;
    char last[100];
} seen_records;

static bool see_record(void *user, const reel_model_record *record)
{
    seen_records *seen = user;
    const int i = (int)record->generation;

    assert_string_equal(record->name, i == 0 ? "name" : odd[i]);
    assert_string_equal(record->model_id, odd[(i + 1) % ODD]);
    assert_string_equal(record->file, odd[(i + 2) % ODD]);
    assert_string_equal(record->data_hash, odd[(i + 3) % ODD]);
    assert_string_equal(record->parameters, odd[(i + 4) % ODD]);
    assert_true(strcmp(seen->last, record->name) < 0); /* by bytes, whatever the language */
    (void)snprintf(seen->last, sizeof seen->last, "%s", record->name);
    seen->count++;
    return true;
}

static void test_records(void **state)
{
    fixture *f = *state;
    seen_records seen = {0};

    for (int i = 0; i < ODD; i++) {
        const reel_model_record record = {.name = i == 0 ? "name" : odd[i],
                                          .model_id = odd[(i + 1) % ODD],
                                          .file = odd[(i + 2) % ODD],
                                          .data_hash = odd[(i + 3) % ODD],
                                          .parameters = odd[(i + 4) % ODD],
                                          .generation = i};

        assert_ok(reel__store_put_model(f->store, &record, &f->err), f->err);
    }
    assert_ok(reel__store_scan_models(f->store, see_record, &seen, &f->err), f->err);
    assert_int_equal(seen.count, ODD);
}

/* ---- what is no text ----------------------------------------------------------------------- */

static void refuse_in_load(fixture *f, const char *text)
{
    reel_store_load *load = NULL;
    reel_person people[3] = {{1, text, "", "", 0}, {2, "", text, "", 0}, {3, "", "", text, 0}};
    const reel_match match = {1, 1, 1, REEL_MATCH_FOUND, 1, text};

    for (int at = 0; at < MOVIE_TEXTS; at++) {
        reel_movie movie = blank_movie(1);

        *movie_text(&movie, at) = text;
        assert_ok(reel__store_load_begin(&load, f->store, false, &f->err), f->err);
        assert_fails(reel__store_put_movies(load, &movie, 1, &f->err), REEL_E_INVALID, "UTF-8",
                     f->err);
        assert_fails(reel__store_load_commit(load, "", false, &f->err), REEL_E_INVALID, "UTF-8",
                     f->err);
    }
    for (int i = 0; i < 3; i++) {
        assert_ok(reel__store_load_begin(&load, f->store, false, &f->err), f->err);
        assert_fails(reel__store_put_people(load, &people[i], 1, &f->err), REEL_E_INVALID, "UTF-8",
                     f->err);
        reel__store_load_abort(load);
    }
    assert_ok(reel__store_load_begin(&load, f->store, false, &f->err), f->err);
    assert_fails(reel__store_put_matches(load, &match, 1, &f->err), REEL_E_INVALID, "UTF-8",
                 f->err);
    reel__store_load_abort(load);
    assert_ok(reel__store_load_begin(&load, f->store, false, &f->err), f->err);
    assert_fails(reel__store_load_commit(load, text, false, &f->err), REEL_E_INVALID, "UTF-8",
                 f->err);
}

static void refuse_elsewhere(fixture *f, const char *text)
{
    reel_event events[7];
    const char **const fields[7] = {&events[0].event_id, &events[1].type,     &events[2].visitor,
                                    &events[3].method,   &events[4].model_id, &events[5].list_id,
                                    &events[6].scenario};
    reel_model_record records[5];
    const char **const names[5] = {&records[0].name, &records[1].model_id, &records[2].file,
                                   &records[3].data_hash, &records[4].parameters};

    for (int i = 0; i < 7; i++) {
        events[i] = blank_event("e");
        *fields[i] = text;
        assert_fails(reel__store_put_events(f->store, &events[i], 1, NULL, &f->err), REEL_E_INVALID,
                     "UTF-8", f->err);
    }
    for (int i = 0; i < 5; i++) {
        records[i] = (reel_model_record){"n", "", "", "", "", 0, 0, 0};
        *names[i] = text;
        assert_fails(reel__store_put_model(f->store, &records[i], &f->err), REEL_E_INVALID, "UTF-8",
                     f->err);
    }
}

static void test_malformed_texts_are_refused(void **state)
{
    fixture *f = *state;
    reel_store_counts counts;

    for (int i = 0; i < MALFORMED; i++) {
        refuse_in_load(f, malformed[i]);
        refuse_elsewhere(f, malformed[i]);
    }
    counts = counts_of(f->store);
    assert_int_equal(counts.movies + counts.people + counts.events + counts.generation, 0);
}

int store_suite_texts(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    static const struct CMUnitTest text_tests[] = {
        TEST(test_films),      TEST(test_texts_end_at_nul),
        TEST(test_the_source), TEST(test_matches),
        TEST(test_events),     TEST(test_ids_are_bytes),
        TEST(test_records),    TEST(test_malformed_texts_are_refused),
    };

    return cmocka_run_group_tests(text_tests, NULL, NULL);
}
