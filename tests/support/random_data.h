/* tests/support/random_data.h - small random data sets and histories, equal for an equal seed.
 * Films differ in fame and people in how many films they rate, so that lists, neighbours and
 * histories of every length occur. Threads: no state.
 */
#ifndef TESTS_SUPPORT_RANDOM_DATA_H
#define TESTS_SUPPORT_RANDOM_DATA_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/rng.h"
#include "reel/dataset.h"
#include "reel/model.h"

enum { RANDOM_HISTORY_MAX = 4096 };

typedef struct random_shape {
    uint64_t seed;
    int people, movies;
    double density;    /* share of all pairs that are rated, about */
    bool real;         /* values that are no half stars */
    bool backwards;    /* person ids run the other way: the same people, renumbered */
    bool all_distinct; /* ratings with many decimals, so that no two similarities tie */
} random_shape;

/* REEL_SEED replays what a failing run printed. */
static inline uint64_t random_seed(uint64_t fallback)
{
    const char *text = getenv("REEL_SEED");
    const uint64_t seed = text == NULL ? fallback : strtoull(text, NULL, 10);

    print_message("seed %llu (REEL_SEED replays it)\n", (unsigned long long)seed);
    return seed;
}

static inline void random_words(reel_rng *rng, int count, char *out, size_t size)
{
    static const char *const words[] = {"river",  "ghost",     "train", "robot",
                                        "winter", "detective", "ship",  "brother",
                                        "piano",  "desert",    "storm", "letter"};
    size_t at = 0;

    for (int i = 0; i < count; i++)
        at += (size_t)snprintf(out + at, size - at, "%s%s", i > 0 ? " " : "",
                               words[reel__rng_below(rng, sizeof words / sizeof *words)]);
}

static inline void random_movie(reel_dataset_builder *builder, reel_rng *rng, int64_t id)
{
    static const char *const genres[] = {"Drama", "Comedy", "Drama|Crime", "Sci-Fi|Action",
                                         "Horror"};
    char title[32], overview[160], keywords[64];
    reel_movie movie = {.id = id, .title = title, .name = title, .year = 1990};

    (void)snprintf(title, sizeof title, "Film %lld", (long long)id);
    random_words(rng, 6, overview, sizeof overview);
    random_words(rng, 1, keywords, sizeof keywords);
    movie.genres = genres[reel__rng_below(rng, 5)];
    movie.overview = overview;
    movie.keywords = keywords;
    assert_int_equal(reel_dataset_builder_add_movie(builder, &movie, NULL), REEL_OK);
}

static inline float random_value(reel_rng *rng, const random_shape *shape)
{
    if (shape->all_distinct || shape->real)
        return (float)(0.5 + 4.5 * reel__rng_unit(rng));
    return (float)(1 + reel__rng_below(rng, 10)) * 0.5F;
}

static inline reel_dataset *random_dataset(const random_shape *shape)
{
    reel_rng rng = reel__rng_make(shape->seed, 1);
    reel_dataset_builder *builder = NULL;
    reel_dataset *dataset = NULL;

    assert_int_equal(reel_dataset_builder_new(&builder, NULL), REEL_OK);
    for (int m = 0; m < shape->movies; m++)
        random_movie(builder, &rng, 10 + 3 * (int64_t)m);
    for (int p = 0; p < shape->people; p++) {
        const double zeal = shape->density * (0.2 + 1.6 * reel__rng_unit(&rng));
        const int64_t id = shape->backwards ? shape->people - p : p + 1;

        for (int m = 0; m < shape->movies; m++) {
            const double fame = 2.0 * (1.0 - (double)m / shape->movies);
            const reel_rating rating = {.person = id,
                                        .movie = 10 + 3 * (int64_t)m,
                                        .time = 1000 + m,
                                        .value = random_value(&rng, shape)};

            if (m == p % shape->movies || reel__rng_unit(&rng) < zeal * fame)
                assert_int_equal(reel_dataset_builder_add_ratings(builder, &rating, 1, NULL),
                                 REEL_OK);
        }
    }
    assert_int_equal(reel_dataset_builder_finish(&dataset, builder, NULL, NULL), REEL_OK);
    reel_dataset_builder_free(builder);
    return dataset;
}

/* Any history over `movies` films: empty ones, clicks and unusual weights among them. */
static inline reel_query random_query(reel_rng *rng, reel_index movies, reel_entry *entries)
{
    const double share = reel__rng_unit(rng) < 0.1 ? 0 : reel__rng_unit(rng) * 0.3;
    reel_query query = {.entries = entries, .now = 1234, .row = -1};

    for (reel_index m = 0; m < movies && query.count < RANDOM_HISTORY_MAX; m++) {
        if (reel__rng_unit(rng) >= share)
            continue;
        entries[query.count++] = (reel_entry){
            .movie = m,
            .value = (float)(1 + reel__rng_below(rng, 10)) * 0.5F,
            .weight = (float)reel__rng_below(rng, 9) * 0.25F,
            .kind = reel__rng_below(rng, 5) == 0 ? REEL_ENTRY_CLICK : REEL_ENTRY_RATING};
    }
    return query;
}

/* A trained person's own history. */
static inline reel_query trained_query(const reel_dataset *dataset, reel_index person,
                                       reel_entry *entries)
{
    const reel_csr_view ratings = reel_dataset_ratings(dataset);
    reel_query query = {.entries = entries, .row = person};

    for (reel_nnz k = ratings.ptr[person]; k < ratings.ptr[person + 1]; k++)
        entries[query.count++] =
            (reel_entry){.movie = ratings.col[k], .value = ratings.val[k], .weight = 1};
    query.row_hash = reel_query_hash(&query);
    return query;
}

static inline reel_scratch *new_scratch(void)
{
    reel_scratch *scratch = NULL;

    assert_int_equal(reel_scratch_new(&scratch, NULL), REEL_OK);
    return scratch;
}

/* The smallest data: everybody rates the first `rated` films, with 1, 2, ... times `scale`, a day
 * after the one before; nothing is known of any film. */
static inline reel_dataset *tiny_dataset(int people, int rated, int films, float scale)
{
    reel_dataset_builder *builder = NULL;
    reel_dataset *dataset = NULL;

    assert_int_equal(reel_dataset_builder_new(&builder, NULL), REEL_OK);
    for (int m = 0; m < films; m++) {
        const reel_movie movie = {.id = m, .title = "x", .name = "x"};

        assert_int_equal(reel_dataset_builder_add_movie(builder, &movie, NULL), REEL_OK);
    }
    for (int p = 0; p < people; p++)
        for (int m = 0; m < rated; m++) {
            const reel_rating rating = {.person = p,
                                        .movie = m,
                                        .value = (float)(1 + m) * scale,
                                        .time = (int64_t)p * 86400};

            assert_int_equal(reel_dataset_builder_add_ratings(builder, &rating, 1, NULL), REEL_OK);
        }
    assert_int_equal(reel_dataset_builder_finish(&dataset, builder, NULL, NULL), REEL_OK);
    reel_dataset_builder_free(builder);
    return dataset;
}

#endif
