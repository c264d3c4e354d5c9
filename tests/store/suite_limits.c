/* suite_limits.c - the ends of every number, very many rows at once, and many who work at once. */
#include "suite.h"

#include <float.h>
#include <limits.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- numbers ------------------------------------------------------------------------------- */

static void test_ratings_at_the_ends(void **state)
{
    static const reel_rating ratings[] = {{0, 0, INT64_MIN, 0.5F},
                                          {0, INT64_MAX, INT64_MAX, FLT_MAX},
                                          {INT64_MAX, 0, 0, -FLT_MAX},
                                          {INT64_MAX, INT64_MAX, -1, FLT_MIN},
                                          {1, 1, 1, FLT_TRUE_MIN},
                                          {1, 2, 1LL << 53, 0.1F},
                                          {1, 3, (1LL << 53) + 1, 3.3F},
                                          {1, 4, 1, 16777216.0F},
                                          {1, 5, 1, 1.0F / 3.0F},
                                          {1, 6, 1, 4.9999995F},
                                          {INT64_MAX - 1, 7, 1, FLT_EPSILON}};
    enum { RATINGS = sizeof ratings / sizeof *ratings };
    fixture *f = *state;
    reel_dataset *dataset = NULL;

    load_ratings(f->store, ratings, RATINGS, true, NULL);
    fixture_reopen(f);
    dataset = dataset_of(f->store);
    for (int i = 0; i < RATINGS; i++) {
        float value = 0;
        int64_t time = 0;

        assert_true(find_rating(dataset, ratings[i].person, ratings[i].movie, &value, &time));
        assert_memory_equal(&value, &ratings[i].value, sizeof value);
        assert_int_equal(time, ratings[i].time);
    }
    reel_dataset_free(dataset);
}

static void test_films_at_the_ends(void **state)
{
    fixture *f = *state;
    reel_movie movies[3] = {blank_movie(0), blank_movie(1), blank_movie(INT64_MAX)};
    reel_dataset *dataset = NULL;

    movies[0].year = INT32_MIN;
    movies[0].runtime = INT32_MIN;
    movies[0].vote_count = INT32_MIN;
    movies[0].popularity = FLT_TRUE_MIN;
    movies[0].vote_average = -FLT_MAX;
    movies[2].year = INT32_MAX;
    movies[2].runtime = INT32_MAX;
    movies[2].vote_count = INT32_MAX;
    movies[2].imdb_id = movies[2].tmdb_id = INT64_MAX;
    movies[2].popularity = FLT_MAX;
    movies[2].vote_average = 0.1F;
    load_movies(f->store, movies, 3, true);
    dataset = dataset_of(f->store);
    for (int i = 0; i < 3; i++) {
        const reel_movie back = reel_dataset_movie(dataset, i);

        assert_int_equal(back.id, movies[i].id);
        assert_int_equal(back.imdb_id, movies[i].imdb_id);
        assert_int_equal(back.tmdb_id, movies[i].tmdb_id);
        assert_int_equal(back.year, movies[i].year);
        assert_int_equal(back.runtime, movies[i].runtime);
        assert_int_equal(back.vote_count, movies[i].vote_count);
        assert_int_equal(isnan(back.popularity), isnan(movies[i].popularity));
        assert_true(isnan(back.popularity) || back.popularity == movies[i].popularity);
        assert_true(isnan(back.vote_average) || back.vote_average == movies[i].vote_average);
    }
    reel_dataset_free(dataset);
}

static const double reals[] = {0,       -5,          0.1,     DBL_MAX,  -DBL_MAX,
                               DBL_MIN, DBL_EPSILON, 1.0 / 3, 4.9e-324, 1e300};
enum { REALS = sizeof reals / sizeof *reals };
static const int64_t wholes[] = {
    0,         1,         -1,           INT64_MAX, INT64_MIN, 1LL << 53, (1LL << 53) + 1,
    INT32_MAX, INT32_MIN, 1700000000123};
enum { WHOLES = sizeof wholes / sizeof *wholes };

static bool see_event(void *user, const reel_event *event)
{
    const int at = (int)strtol(event->event_id, NULL, 10);

    (*(int *)user)++;
    assert_true(event->value == reals[at]);
    assert_int_equal(event->time_ms, wholes[at]);
    assert_int_equal(event->user, wholes[at]); /* -1 is "nobody", and comes back as that too */
    assert_int_equal(event->source_movie, wholes[at]);
    return true;
}

static void test_events_at_the_ends(void **state)
{
    fixture *f = *state;
    const reel_event_filter filter = {NULL, NULL, 0, 100};
    reel_event events[WHOLES];
    char ids[WHOLES][12];
    int seen = 0;

    for (int i = 0; i < WHOLES; i++) {
        (void)snprintf(ids[i], sizeof ids[i], "%d", i);
        events[i] = blank_event(ids[i]);
        events[i].value = reals[i];
        events[i].time_ms = events[i].user = events[i].source_movie = wholes[i];
    }
    assert_ok(reel__store_put_events(f->store, events, WHOLES, NULL, &f->err), f->err);
    assert_ok(reel__store_scan_events(f->store, &filter, see_event, &seen, &f->err), f->err);
    assert_int_equal(seen, WHOLES);
}

static bool see_record(void *user, const reel_model_record *record)
{
    const int at = record->name[0] - '0';

    (*(int *)user)++;
    assert_int_equal(record->generation, wholes[at]);
    assert_int_equal(record->trained_at, wholes[at]);
    assert_true(record->seconds == reals[at]);
    return true;
}

static void test_records_at_the_ends(void **state)
{
    fixture *f = *state;
    int seen = 0;

    for (int i = 0; i < WHOLES; i++) {
        const char name[2] = {(char)('0' + i), '\0'};
        const reel_model_record record = {name, "", "", "", "", wholes[i], wholes[i], reals[i]};

        assert_ok(reel__store_put_model(f->store, &record, &f->err), f->err);
    }
    assert_ok(reel__store_scan_models(f->store, see_record, &seen, &f->err), f->err);
    assert_int_equal(seen, WHOLES);
}

static bool see_match(void *user, const reel_match *match)
{
    (*(int *)user)++;
    assert_int_equal(match->movie, match->tmdb_id);
    assert_int_equal(match->fetched_at, INT64_MIN + match->movie);
    assert_true(match->score == DBL_MAX);
    return true;
}

static void test_matches_at_the_ends(void **state)
{
    const reel_match matches[] = {
        {0, 0, INT64_MIN, REEL_MATCH_NONE, DBL_MAX, ""},
        {INT64_MAX, INT64_MAX, -1, REEL_MATCH_FOUND, DBL_MAX, ""},
    };
    fixture *f = *state;
    reel_store_load *load = NULL;
    int seen = 0;

    assert_ok(reel__store_load_begin(&load, f->store, false, &f->err), f->err);
    assert_ok(reel__store_put_matches(load, matches, 2, &f->err), f->err);
    assert_ok(reel__store_load_commit(load, "", false, &f->err), f->err);
    assert_ok(reel__store_scan_matches(f->store, see_match, &seen, &f->err), f->err);
    assert_int_equal(seen, 2);
}

/* ---- how many ------------------------------------------------------------------------------ */

static void test_nothing_put(void **state)
{
    fixture *f = *state;
    reel_store_load *load = NULL;
    int64_t duplicates = 7;

    assert_ok(reel__store_load_begin(&load, f->store, true, &f->err), f->err);
    assert_ok(reel__store_put_movies(load, NULL, 0, &f->err), f->err);
    assert_ok(reel__store_put_people(load, NULL, 0, &f->err), f->err);
    assert_ok(reel__store_put_ratings(load, NULL, 0, &duplicates, &f->err), f->err);
    assert_ok(reel__store_put_matches(load, NULL, 0, &f->err), f->err);
    assert_ok(reel__store_load_commit(load, "", false, &f->err), f->err);
    assert_int_equal(duplicates, 0);
    assert_int_equal(counts_of(f->store).generation, 1);
}

static void test_very_many_events_at_once(void **state)
{
    enum { EVENTS = 5000, FILMS = 50 };
    fixture *f = *state;
    reel_event *events = calloc(EVENTS, sizeof *events);
    char(*ids)[16] = calloc(EVENTS, sizeof *ids);
    reel_event_movie films[FILMS];
    int64_t duplicates = 0;

    assert_true(events != NULL && ids != NULL);
    for (int i = 0; i < FILMS; i++)
        films[i] = (reel_event_movie){INT64_MAX - i, i};
    for (int i = 0; i < EVENTS; i++) {
        (void)snprintf(ids[i], sizeof ids[i], "%d", i % (EVENTS - 10));
        events[i] = blank_event(ids[i]);
        events[i].movies = films;
        events[i].movie_count = FILMS;
    }
    assert_ok(reel__store_put_events(f->store, events, EVENTS, &duplicates, &f->err), f->err);
    assert_int_equal(duplicates, 10);
    assert_int_equal(counts_of(f->store).events, EVENTS - 10);
    free(events);
    free(ids);
}

/* ---- at once ------------------------------------------------------------------------------- */

enum { RATERS = 40, LOADS = 12, READERS = 3 };

typedef struct reader {
    reel_store *store;
    const _Atomic bool *ended;
    int failures, datasets; /* cmocka's checks belong to the main thread */
} reader;

/* All ratings of a dataset are of one load, and there are as many as that load put. */
static bool is_of_one_load(const reel_dataset *dataset)
{
    const reel_csr_view ratings = reel_dataset_ratings(dataset);
    const int64_t generation = reel_dataset_generation(dataset);

    if (ratings.ptr[ratings.rows] != RATERS)
        return false;
    for (int i = 0; i < RATERS; i++)
        if (reel_dataset_times(dataset)[i] != generation)
            return false;
    return true;
}

static void *read_datasets(void *user)
{
    reader *r = user;

    while (!*r->ended || r->datasets == 0) {
        reel_dataset_builder *builder = NULL;
        reel_dataset *dataset = NULL;
        bool good = reel_dataset_builder_new(&builder, NULL) == REEL_OK &&
                    reel__store_read_dataset(r->store, builder, NULL, NULL) == REEL_OK &&
                    reel_dataset_builder_finish(&dataset, builder, NULL, NULL) == REEL_OK;

        r->failures += !good || !is_of_one_load(dataset);
        r->datasets++;
        reel_dataset_builder_free(builder);
        reel_dataset_free(dataset);
    }
    return NULL;
}

static void replace_all(fixture *f, int64_t generation)
{
    reel_rating ratings[RATERS];

    for (int i = 0; i < RATERS; i++)
        ratings[i] = (reel_rating){i + generation % 3, i, generation, 3};
    load_ratings(f->store, ratings, RATERS, true, NULL);
}

static void test_readers_see_whole_generations(void **state)
{
    fixture *f = *state;
    pthread_t threads[READERS];
    reader readers[READERS];
    _Atomic bool ended = false;

    replace_all(f, 1);
    for (int i = 0; i < READERS; i++) {
        readers[i] = (reader){f->store, &ended, 0, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, read_datasets, &readers[i]), 0);
    }
    for (int load = 2; load <= LOADS; load++)
        replace_all(f, load);
    ended = true;
    for (int i = 0; i < READERS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(readers[i].failures, 0);
        assert_true(readers[i].datasets > 0);
    }
}

typedef struct loader {
    const char *url;
    int number, failures;
} loader;

/* Each on a handle of its own, waiting for the other's loads. */
static void *load_by_turns(void *user)
{
    loader *l = user;
    reel_store *store = NULL;
    const reel_store_opts patient = {.busy_timeout_ms = 20000};

    if (reel__store_open(&store, l->url, &patient, NULL) != REEL_OK) {
        l->failures++;
        return NULL;
    }
    for (int i = 0; i < LOADS; i++) {
        const reel_rating rating = {l->number, i, i, 1};
        reel_store_load *load = NULL;
        reel_code rc = reel__store_load_begin(&load, store, false, NULL);

        if (rc == REEL_OK)
            rc = reel__store_put_ratings(load, &rating, 1, NULL, NULL);
        if (rc == REEL_OK)
            rc = reel__store_load_commit(load, "turns", false, NULL);
        l->failures += rc != REEL_OK;
    }
    reel__store_close(store);
    return NULL;
}

static void test_loaders_take_turns(void **state)
{
    fixture *f = *state;
    pthread_t threads[3];
    loader loaders[3];

    for (int i = 0; i < 3; i++) {
        loaders[i] = (loader){f->url, i, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, load_by_turns, &loaders[i]), 0);
    }
    for (int i = 0; i < 3; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(loaders[i].failures, 0);
    }
    assert_int_equal(counts_of(f->store).generation, 3 * LOADS);
    assert_int_equal(counts_of(f->store).ratings, 3 * LOADS);
    assert_int_equal(counts_of(f->store).people, 3);
}

int store_suite_limits(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    static const struct CMUnitTest limit_tests[] = {
        TEST(test_ratings_at_the_ends),      TEST(test_films_at_the_ends),
        TEST(test_events_at_the_ends),       TEST(test_records_at_the_ends),
        TEST(test_matches_at_the_ends),      TEST(test_nothing_put),
        TEST(test_very_many_events_at_once), TEST(test_readers_see_whole_generations),
        TEST(test_loaders_take_turns),
    };

    return cmocka_run_group_tests(limit_tests, NULL, NULL);
}
