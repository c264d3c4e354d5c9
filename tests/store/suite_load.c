/* suite_load.c - bulk loads: films and people as given, all at once or not at all. */
#include "suite.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* ---- films --------------------------------------------------------------------------------- */

static void assert_same_movie(const reel_movie *a, const reel_movie *b)
{
    assert_int_equal(a->id, b->id);
    assert_int_equal(a->imdb_id, b->imdb_id);
    assert_int_equal(a->tmdb_id, b->tmdb_id);
    assert_string_equal(a->title, b->title);
    assert_string_equal(a->name, b->name);
    assert_string_equal(a->genres, b->genres);
    assert_string_equal(a->overview, b->overview);
    assert_string_equal(a->tagline, b->tagline);
    assert_string_equal(a->keywords, b->keywords);
    assert_string_equal(a->cast, b->cast);
    assert_string_equal(a->directors, b->directors);
    assert_string_equal(a->tags, b->tags);
    assert_string_equal(a->original_title, b->original_title);
    assert_string_equal(a->language, b->language);
    assert_string_equal(a->release_date, b->release_date);
    assert_string_equal(a->poster_path, b->poster_path);
    assert_string_equal(a->backdrop_path, b->backdrop_path);
    assert_string_equal(a->trailer_key, b->trailer_key);
    assert_int_equal(a->year, b->year);
    assert_int_equal(a->runtime, b->runtime);
    assert_int_equal(a->vote_count, b->vote_count);
    assert_int_equal(isnan(a->vote_average), isnan(b->vote_average));
    assert_int_equal(isnan(a->popularity), isnan(b->popularity));
    if (!isnan(a->vote_average))
        assert_memory_equal(&a->vote_average, &b->vote_average, sizeof a->vote_average);
    if (!isnan(a->popularity))
        assert_memory_equal(&a->popularity, &b->popularity, sizeof a->popularity);
}

/* Load films, read them back, compare. They are in order of id. */
static void round_trip(fixture *f, const reel_movie *movies, size_t count)
{
    reel_dataset *dataset = NULL;

    load_movies(f->store, movies, count, true);
    fixture_reopen(f);
    assert_int_equal(counts_of(f->store).movies, count);
    dataset = dataset_of(f->store);
    assert_int_equal(reel_dataset_movies(dataset), count);
    for (size_t i = 0; i < count; i++) {
        const reel_movie back = reel_dataset_movie(dataset, (reel_index)i);

        assert_same_movie(&movies[i], &back);
    }
    reel_dataset_free(dataset);
}

static const reel_movie full_movie = {
    .id = 2571,
    .imdb_id = 133093,
    .tmdb_id = 603,
    .title = "Matrix, The (1999)",
    .name = "The Matrix",
    .genres = "Action|Sci-Fi|Thriller",
    .overview = "A programmer learns what the world is made of.",
    .tagline = "Free your mind; \"quoted\", 'single', back\\slash, 100 %",
    .keywords = "simulated reality|hacker",
    .cast = "Keanu Reeves|Carrie-Anne Moss",
    .directors = "Lana Wachowski|Lilly Wachowski",
    .tags = "dystopia|philosophy",
    .original_title = "The Matrix",
    .language = "en",
    .release_date = "1999-03-30",
    .poster_path = "/poster.jpg",
    .backdrop_path = "/backdrop.jpg",
    .trailer_key = "key_-1",
    .year = 1999,
    .runtime = 136,
    .vote_count = 24000,
    .vote_average = 8.2F,
    .popularity = 83.137F,
};

static void test_every_field_comes_back(void **state)
{
    round_trip(*state, &full_movie, 1);
}

static void test_unknown_is_not_zero(void **state)
{
    reel_movie movies[4] = {blank_movie(0), blank_movie(1), blank_movie(2), blank_movie(3)};

    movies[1].popularity = 0.0F; /* known to be 0 */
    movies[2].vote_average = 0.0F;
    movies[3].popularity = 3e-30F;
    movies[3].vote_average = 3.402823e38F;
    movies[3].year = 1888;
    movies[3].runtime = 1;
    round_trip(*state, movies, 4);
}

static void test_texts_of_the_world(void **state)
{
    reel_movie movies[3] = {blank_movie(1), blank_movie(2), blank_movie(INT64_MAX)};

    movies[0].title = "Fabuleux destin d'Am\xc3\xa9lie Poulain, Le (2001)";
    movies[0].original_title = "\xe5\x8d\x83\xe3\x81\xa8\xe5\x8d\x83\xe5\xb0\x8b";
    movies[0].overview =
        "\xd8\xac\xd8\xaf\xd8\xa7\xdb\x8c\xdb\x8c \xf0\x9f\x8e\xac line\nline\ttab";
    movies[1].name = "'); DROP TABLE movies; --";
    movies[1].tagline = "?1 :a @b $c %s %n";
    movies[2].imdb_id = INT64_MAX;
    movies[2].tmdb_id = INT64_MAX;
    movies[2].vote_count = INT32_MAX;
    movies[2].year = INT32_MAX;
    round_trip(*state, movies, 3);
}

static void test_very_long_texts(void **state)
{
    enum { LONG = 3 << 20 };
    char *text = malloc(LONG + 1);
    reel_movie movies[2] = {blank_movie(1), blank_movie(2)};

    assert_non_null(text);
    for (size_t i = 0; i < LONG; i++)
        text[i] = (char)('a' + i % 26);
    text[LONG] = '\0';
    movies[0].overview = text;
    movies[1].keywords = text + 1;
    round_trip(*state, movies, 2);
    free(text);
}

static void test_same_id_is_replaced(void **state)
{
    fixture *f = *state;
    reel_movie twice[2] = {full_movie, blank_movie(full_movie.id)};
    reel_dataset *dataset = NULL;
    reel_movie back;

    twice[1].title = "newer";
    load_movies(f->store, twice, 2, false);
    assert_int_equal(counts_of(f->store).movies, 1);
    dataset = dataset_of(f->store);
    back = reel_dataset_movie(dataset, 0);
    assert_same_movie(&twice[1], &back);
    reel_dataset_free(dataset);

    load_movies(f->store, &full_movie, 1, false); /* and by a later load */
    assert_int_equal(counts_of(f->store).movies, 1);
    dataset = dataset_of(f->store);
    back = reel_dataset_movie(dataset, 0);
    assert_same_movie(&full_movie, &back);
    reel_dataset_free(dataset);
}

/* ---- people -------------------------------------------------------------------------------- */

typedef struct seen_people {
    size_t count, stop_after;
    int64_t ids[8];
    char first[80]; /* what is known of the first one */
} seen_people;

static bool see_person(void *user, const reel_person *person)
{
    seen_people *seen = user;

    assert_true(seen->count < 8);
    if (seen->count == 0)
        (void)snprintf(seen->first, sizeof seen->first, "%s %d %s %s", person->gender, person->age,
                       person->occupation, person->zip);
    seen->ids[seen->count++] = person->id;
    return seen->count != seen->stop_after;
}

static void test_people_are_those_given_and_those_who_rated(void **state)
{
    fixture *f = *state;
    const reel_person people[] = {
        {1, "F", "writer", "12345-678", 25}, {2, "", "", "", 0}, {1, "M", "artist", "", 18}};
    const reel_rating ratings[] = {{2, 1, 0, 3}, {9, 1, 0, 3}, {7, 1, 0, 3}, {7, 2, 0, 3}};
    const int64_t ids[] = {1, 2, 7, 9};
    reel_store_load *load = NULL;
    seen_people seen = {0};

    assert_ok(reel__store_load_begin(&load, f->store, false, &f->err), f->err);
    assert_ok(reel__store_put_people(load, people, 3, &f->err), f->err);
    assert_ok(reel__store_put_ratings(load, ratings, 4, NULL, &f->err), f->err);
    assert_ok(reel__store_load_commit(load, "", false, &f->err), f->err);
    assert_int_equal(counts_of(f->store).people, 4); /* 1 2 7 9 */
    assert_int_equal(counts_of(f->store).ratings, 4);
    fixture_reopen(f);
    assert_ok(reel__store_scan_people(f->store, see_person, &seen, &f->err), f->err);
    assert_int_equal(seen.count, 4);
    assert_memory_equal(seen.ids, ids, sizeof ids);
    assert_string_equal(seen.first, "M 18 artist ");
    seen = (seen_people){.stop_after = 2};
    assert_ok(reel__store_scan_people(f->store, see_person, &seen, &f->err), f->err);
    assert_int_equal(seen.count, 2);
}

/* ---- commit and abort ---------------------------------------------------------------------- */

static void test_commit_labels_and_raises_the_generation(void **state)
{
    fixture *f = *state;
    reel_store_load *load = NULL;
    reel_dataset *dataset = NULL;
    const reel_rating one = {1, 2, 3, 4.0F};

    assert_ok(reel__store_load_begin(&load, f->store, true, &f->err), f->err);
    assert_ok(reel__store_put_ratings(load, &one, 1, NULL, &f->err), f->err);
    assert_ok(reel__store_load_commit(load, "Simulated sample", true, &f->err), f->err);
    assert_int_equal(counts_of(f->store).generation, 1);
    assert_string_equal(counts_of(f->store).source, "Simulated sample");
    assert_true(counts_of(f->store).simulated);

    assert_ok(reel__store_load_begin(&load, f->store, false, &f->err), f->err);
    assert_ok(reel__store_load_commit(load, "MovieLens 1M", false, &f->err), f->err);
    fixture_reopen(f);
    assert_int_equal(counts_of(f->store).generation, 2);
    assert_int_equal(counts_of(f->store).ratings, 1);
    dataset = dataset_of(f->store);
    assert_string_equal(reel_dataset_source(dataset), "MovieLens 1M");
    assert_false(reel_dataset_simulated(dataset));
    assert_int_equal(reel_dataset_generation(dataset), 2);
    reel_dataset_free(dataset);
}

static reel_store_label label_of(reel_store *store)
{
    reel_store_label label;
    reel_err err = {REEL_OK, ""};

    assert_ok(reel__store_label(store, &label, &err), err);
    return label;
}

static void test_the_label_says_what_is_loaded(void **state)
{
    static const reel_rating rating = {1, 2, 3, 4.0F};
    fixture *f = *state;
    reel_store_load *load = NULL;
    reel_store_label label = label_of(f->store);

    assert_int_equal(label.generation, 0);
    assert_false(label.rated);
    assert_ok(reel__store_load_begin(&load, f->store, true, &f->err), f->err);
    assert_ok(reel__store_load_commit(load, "nothing", true, &f->err), f->err);
    label = label_of(f->store);
    assert_int_equal(label.generation, 1);
    assert_string_equal(label.source, "nothing");
    assert_true(label.simulated);
    assert_false(label.rated);
    load_ratings(f->store, &rating, 1, true, NULL);
    label = label_of(f->store);
    assert_int_equal(label.generation, 2);
    assert_string_equal(label.source, "test");
    assert_false(label.simulated);
    assert_true(label.rated);
}

static void test_long_source_is_cut_at_a_character(void **state)
{
    fixture *f = *state;
    reel_store_load *load = NULL;
    char source[200] = "";

    memset(source, 'x', 78);
    strncat(source, "\xe5\x8d\x83\xe5\x8d\x83", sizeof source - 79);
    assert_ok(reel__store_load_begin(&load, f->store, true, &f->err), f->err);
    assert_ok(reel__store_load_commit(load, source, false, &f->err), f->err);
    assert_int_equal(strlen(counts_of(f->store).source), 78);
}

static void test_abort_leaves_everything(void **state)
{
    fixture *f = *state;
    const reel_rating before = {1, 2, 3, 4.0F}, after = {5, 6, 7, 1.0F};
    reel_store_load *load = NULL;
    reel_dataset *dataset = NULL;
    float value = 0;
    int64_t time = 0;

    load_ratings(f->store, &before, 1, true, NULL);
    assert_ok(reel__store_load_begin(&load, f->store, true, &f->err), f->err);
    assert_ok(reel__store_put_movies(load, &full_movie, 1, &f->err), f->err);
    assert_ok(reel__store_put_ratings(load, &after, 1, NULL, &f->err), f->err);
    reel__store_load_abort(load);
    reel__store_load_abort(NULL);
    assert_int_equal(counts_of(f->store).generation, 1);
    assert_int_equal(counts_of(f->store).movies, 0);
    assert_int_equal(counts_of(f->store).people, 1);
    dataset = dataset_of(f->store);
    assert_true(find_rating(dataset, 1, 2, &value, &time));
    assert_false(find_rating(dataset, 5, 6, &value, &time));
    reel_dataset_free(dataset);
    load_ratings(f->store, &after, 1, false, NULL); /* and the next load finds it usable */
    assert_int_equal(counts_of(f->store).ratings, 2);
}

static void test_replace_removes_loads_but_not_the_log(void **state)
{
    fixture *f = *state;
    const reel_rating before = {1, 2, 3, 4.0F}, after = {5, 6, 7, 1.0F};
    const reel_event event = blank_event("e1");
    const reel_model_record record = {"popular", "m", "f", "h", "{}", 1, 1, 0.5};

    load_movies(f->store, &full_movie, 1, true);
    load_ratings(f->store, &before, 1, false, NULL);
    assert_ok(reel__store_put_events(f->store, &event, 1, NULL, &f->err), f->err);
    assert_ok(reel__store_put_model(f->store, &record, &f->err), f->err);
    load_ratings(f->store, &after, 1, true, NULL);
    assert_int_equal(counts_of(f->store).movies, 0);
    assert_int_equal(counts_of(f->store).people, 1);
    assert_int_equal(counts_of(f->store).ratings, 1);
    assert_int_equal(counts_of(f->store).events, 1);
    assert_int_equal(counts_of(f->store).generation, 3);
}

static void test_nothing_is_seen_before_the_commit(void **state)
{
    fixture *f = *state;
    const reel_rating before = {1, 2, 3, 4.0F}, after = {5, 6, 7, 1.0F};
    reel_store_load *load = NULL;
    reel_dataset *dataset = NULL;

    load_ratings(f->store, &before, 1, true, NULL);
    assert_ok(reel__store_load_begin(&load, f->store, true, &f->err), f->err);
    assert_ok(reel__store_put_ratings(load, &after, 1, NULL, &f->err), f->err);
    dataset = dataset_of(f->store); /* a server goes on reading the old generation */
    assert_int_equal(reel_dataset_generation(dataset), 1);
    assert_int_equal(reel_dataset_find_person(dataset, 5), -1);
    reel_dataset_free(dataset);
    assert_ok(reel__store_load_commit(load, "", false, &f->err), f->err);
    dataset = dataset_of(f->store);
    assert_int_equal(reel_dataset_generation(dataset), 2);
    assert_int_equal(reel_dataset_find_person(dataset, 5), 0);
    reel_dataset_free(dataset);
}

static void test_one_load_at_a_time(void **state)
{
    fixture *f = *state;
    const reel_store_opts quick = {.busy_timeout_ms = 30};
    const reel_event event = blank_event("e1");
    reel_store_load *first = NULL, *second = NULL;

    reel__store_close(f->store);
    assert_ok(reel__store_open(&f->store, f->url, &quick, &f->err), f->err);
    assert_ok(reel__store_load_begin(&first, f->store, false, &f->err), f->err);
    assert_fails(reel__store_load_begin(&second, f->store, false, &f->err), REEL_E_CONFLICT, "",
                 f->err);
    assert_null(second);
    put_beside_a_load(f, &event);
    assert_ok(reel__store_load_commit(first, "", false, &f->err), f->err);
    assert_ok(reel__store_put_events(f->store, &event, 1, NULL, &f->err), f->err);
    assert_ok(reel__store_load_begin(&second, f->store, false, &f->err), f->err);
    reel__store_load_abort(second);
}

/* ---- failing ------------------------------------------------------------------------------- */

static void test_a_failed_put_dooms_the_load(void **state)
{
    fixture *f = *state;
    const reel_rating good = {1, 2, 3, 4.0F}, bad = {1, -2, 3, 4.0F};
    reel_store_load *load = NULL;
    int64_t duplicates = 5;

    assert_ok(reel__store_load_begin(&load, f->store, false, &f->err), f->err);
    assert_ok(reel__store_put_ratings(load, &good, 1, NULL, &f->err), f->err);
    assert_fails(reel__store_put_ratings(load, &bad, 1, &duplicates, &f->err), REEL_E_INVALID, "",
                 f->err);
    assert_int_equal(duplicates, 0);
    assert_fails(reel__store_put_ratings(load, &good, 1, NULL, &f->err), REEL_E_INVALID, "",
                 f->err);
    assert_fails(reel__store_put_movies(load, &full_movie, 1, &f->err), REEL_E_INVALID, "", f->err);
    assert_fails(reel__store_load_commit(load, "", false, &f->err), REEL_E_INVALID, "-2", f->err);
    assert_int_equal(counts_of(f->store).ratings, 0);
    assert_int_equal(counts_of(f->store).generation, 0);
    /* The same where nobody asked for the message. */
    assert_ok(reel__store_load_begin(&load, f->store, false, &f->err), f->err);
    assert_int_equal(reel__store_put_ratings(load, &bad, 1, NULL, NULL), REEL_E_INVALID);
    assert_fails(reel__store_load_commit(load, "", false, &f->err), REEL_E_INVALID, "", f->err);
    assert_int_equal(counts_of(f->store).generation, 0);
}

static void test_wrong_values_are_refused(void **state)
{
    fixture *f = *state;
    const reel_rating ratings[] = {
        {-1, 2, 3, 4.0F}, {1, -2, 3, 4.0F}, {1, 2, 3, NAN}, {1, 2, 3, INFINITY}};
    const reel_movie movie = blank_movie(-1);
    const reel_person person = {-1, "", "", "", 0};
    reel_store_load *load = NULL;

    for (size_t i = 0; i < sizeof ratings / sizeof *ratings; i++) {
        assert_ok(reel__store_load_begin(&load, f->store, false, &f->err), f->err);
        assert_fails(reel__store_put_ratings(load, &ratings[i], 1, NULL, &f->err), REEL_E_INVALID,
                     "", f->err);
        reel__store_load_abort(load);
    }
    assert_ok(reel__store_load_begin(&load, f->store, false, &f->err), f->err);
    assert_fails(reel__store_put_movies(load, &movie, 1, &f->err), REEL_E_INVALID, "", f->err);
    reel__store_load_abort(load);
    assert_ok(reel__store_load_begin(&load, f->store, false, &f->err), f->err);
    assert_fails(reel__store_put_people(load, &person, 1, &f->err), REEL_E_INVALID, "", f->err);
    reel__store_load_abort(load);
    assert_int_equal(counts_of(f->store).generation, 0);
}

static reel_code whole_load(fixture *f, reel_err *err)
{
    const reel_rating one = {1, 2, 3, 4.0F};
    const reel_person person = {1, "F", "", "", 0};
    reel_store_load *load = NULL;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__store_load_begin(&load, f->store, true, err));
    REEL_TRY(reel__store_put_movies(load, &full_movie, 1, err));
    REEL_TRY(reel__store_put_people(load, &person, 1, err));
    REEL_TRY(reel__store_put_ratings(load, &one, 1, NULL, err));
    rc = reel__store_load_commit(load, "", false, err);
    load = NULL;
out:
    reel__store_load_abort(load);
    return rc;
}

static reel_code whole_read(fixture *f, reel_err *err)
{
    reel_dataset_builder *builder = NULL;
    reel_code rc = REEL_OK;

    REEL_TRY(reel_dataset_builder_new(&builder, err));
    REEL_TRY(reel__store_read_dataset(f->store, builder, NULL, err));
out:
    reel_dataset_builder_free(builder);
    return rc;
}

static void sweep(fixture *f, reel_code (*work)(fixture *f, reel_err *err))
{
    const long live = reel__alloc_live();
    reel_code rc = REEL_E_NOMEM;
    long n = 0;

    for (; rc != REEL_OK; n++) {
        reel__alloc_fail_after(n);
        rc = work(f, &f->err);
        reel__alloc_fail_after(-1);
        if (rc != REEL_OK)
            assert_int_equal(rc, REEL_E_NOMEM);
        assert_true(reel__alloc_live() <= live); /* a connection may have been given up */
        assert_true(n < 1000);
    }
    assert_int_equal(reel__alloc_live(), live);
    assert_true(n > 1);
}

static void test_without_memory(void **state)
{
    fixture *f = *state;

    sweep(f, whole_load);
    assert_int_equal(counts_of(f->store).generation, 1);
    sweep(f, whole_read);
}

/* ---- progress ------------------------------------------------------------------------------ */

typedef struct progress_seen {
    int64_t movies, ratings, total;
    reel_store *store;
} progress_seen;

static void see_progress(void *user, const char *stage, int64_t done, int64_t total,
                         const char *unit)
{
    progress_seen *seen = user;

    assert_true(done <= total);
    assert_true(unit[0] != '\0');
    *(strcmp(stage, "movies") == 0 ? &seen->movies : &seen->ratings) = done;
    seen->total = total;
    /* A report may ask the store something. */
    assert_int_equal(counts_of(seen->store).movies, 1);
}

static void test_reading_reports_progress(void **state)
{
    fixture *f = *state;
    progress_seen seen = {-1, -1, -1, f->store};
    const reel_progress progress = {see_progress, &seen};
    reel_dataset_builder *builder = NULL;

    assert_ok(whole_load(f, &f->err), f->err);
    assert_ok(reel_dataset_builder_new(&builder, &f->err), f->err);
    assert_ok(reel__store_read_dataset(f->store, builder, &progress, &f->err), f->err);
    reel_dataset_builder_free(builder);
    assert_int_equal(seen.movies, 1);
    assert_int_equal(seen.ratings, 1);
    assert_int_equal(seen.total, 1);
}

int store_suite_load(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    static const struct CMUnitTest load_tests[] = {
        TEST(test_every_field_comes_back),
        TEST(test_unknown_is_not_zero),
        TEST(test_texts_of_the_world),
        TEST(test_very_long_texts),
        TEST(test_same_id_is_replaced),
        TEST(test_people_are_those_given_and_those_who_rated),
        TEST(test_commit_labels_and_raises_the_generation),
        TEST(test_the_label_says_what_is_loaded),
        TEST(test_long_source_is_cut_at_a_character),
        TEST(test_abort_leaves_everything),
        TEST(test_replace_removes_loads_but_not_the_log),
        TEST(test_nothing_is_seen_before_the_commit),
        TEST(test_one_load_at_a_time),
        TEST(test_a_failed_put_dooms_the_load),
        TEST(test_wrong_values_are_refused),
        TEST(test_without_memory),
        TEST(test_reading_reports_progress),
    };

    return cmocka_run_group_tests(load_tests, NULL, NULL);
}
