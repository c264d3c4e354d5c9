/* Properties of the dataset: it equals an obvious model of it, whatever the order the data came in;
 * saved and mapped it is the same.
 */
#include "base/rng.h"
#include "reel/dataset.h"
#include "support/check.h"
#include "support/random_data.h"
#include "support/temp.h"

enum { ROUNDS = 60, PEOPLE = 25, FILMS = 30, RATINGS_MOST = 900 };

/* The plain twin: one cell for each pair. */
typedef struct cell {
    bool there;
    float value;
    int64_t time;
} cell;

typedef struct trial_data {
    reel_rating ratings[RATINGS_MOST];
    size_t count;
    cell expected[PEOPLE][FILMS];
    int64_t duplicates, unknown;
    bool known[FILMS]; /* in the catalogue */
} trial_data;

static int64_t person_id(int p)
{
    return 1000000007LL * (p % 5) + p;
}

static int64_t film_id(int f)
{
    return f % 2 == 0 ? f : 3000000000LL + f;
}

/* Random ratings, some of them twice, some of films the catalogue lacks; times are distinct, so
 * that the winner does not depend on the order. */
static void make_trial(trial_data *out, reel_rng *rng)
{
    *out = (trial_data){.count = reel__rng_below(rng, RATINGS_MOST)};
    for (int f = 0; f < FILMS; f++)
        out->known[f] = f == 0 || reel__rng_below(rng, 8) > 0;
    for (size_t i = 0; i < out->count; i++) {
        const int p = (int)reel__rng_below(rng, PEOPLE), f = (int)reel__rng_below(rng, FILMS);
        cell *at = &out->expected[p][f];
        const reel_rating rating = {.person = person_id(p),
                                    .movie = film_id(f),
                                    .time = (int64_t)(reel__rng_next(rng) >> 20),
                                    .value = (float)reel__rng_below(rng, 11) / 2.0F};

        out->ratings[i] = rating;
        if (!out->known[f]) {
            out->unknown++;
            continue;
        }
        out->duplicates += at->there;
        if (!at->there || rating.time >= at->time)
            *at = (cell){true, rating.value, rating.time};
    }
}

static void shuffle(trial_data *trial, reel_rng *rng)
{
    for (size_t i = trial->count; i > 1; i--) {
        const size_t j = reel__rng_below(rng, i);
        const reel_rating swap = trial->ratings[i - 1];

        trial->ratings[i - 1] = trial->ratings[j];
        trial->ratings[j] = swap;
    }
}

static void add_films(reel_dataset_builder *builder, const trial_data *trial)
{
    reel_err err;

    for (int f = 0; f < FILMS; f++) {
        char title[32];
        const reel_movie film = {.id = film_id(f), .title = title, .year = 1900 + f};

        (void)snprintf(title, sizeof title, "Film %d", f);
        if (trial->known[f])
            assert_ok(reel_dataset_builder_add_movie(builder, &film, &err));
    }
}

static reel_dataset *build(const trial_data *trial, bool films_last, reel_dataset_report *report)
{
    reel_dataset_builder *builder = NULL;
    reel_dataset *dataset = NULL;
    reel_err err;

    assert_ok(reel_dataset_builder_new(&builder, &err));
    if (!films_last)
        add_films(builder, trial);
    assert_ok(reel_dataset_builder_add_ratings(builder, trial->ratings, trial->count, &err));
    if (films_last)
        add_films(builder, trial);
    assert_ok(reel_dataset_builder_finish(&dataset, builder, report, &err));
    reel_dataset_builder_free(builder);
    return dataset;
}

/* Entry of a row, or -1: the obvious search. */
static reel_nnz find_entry(reel_csr_view view, reel_index row, reel_index col)
{
    for (reel_nnz i = view.ptr[row]; i < view.ptr[row + 1]; i++)
        if (view.col[i] == col)
            return i;
    return -1;
}

static void check_cell(const reel_dataset *dataset, int p, int f, const cell *expected)
{
    const reel_index row = reel_dataset_find_person(dataset, person_id(p));
    const reel_index col = reel_dataset_find_movie(dataset, film_id(f));
    const reel_nnz at =
        row < 0 || col < 0 ? -1 : find_entry(reel_dataset_ratings(dataset), row, col);
    const reel_nnz back =
        row < 0 || col < 0 ? -1 : find_entry(reel_dataset_raters(dataset), col, row);

    assert_int_equal(at >= 0, expected->there);
    assert_int_equal(back >= 0, expected->there);
    if (at < 0)
        return;
    assert_true(reel_dataset_ratings(dataset).val[at] == expected->value);
    assert_true(reel_dataset_raters(dataset).val[back] == expected->value);
    assert_true(reel_dataset_times(dataset)[at] == expected->time);
}

static void check_dataset(const reel_dataset *dataset, const trial_data *trial,
                          const reel_dataset_report *report)
{
    int64_t kept = 0;

    for (int p = 0; p < PEOPLE; p++)
        for (int f = 0; f < FILMS; f++) {
            check_cell(dataset, p, f, &trial->expected[p][f]);
            kept += trial->expected[p][f].there;
        }
    assert_int_equal(report->ratings, kept);
    assert_int_equal(report->duplicates, trial->duplicates);
    assert_int_equal(report->unknown_movies, trial->unknown);
    for (reel_index r = 0; r < reel_dataset_people(dataset); r++) {
        const reel_csr_view view = reel_dataset_ratings(dataset);

        assert_true(view.ptr[r] < view.ptr[r + 1]); /* nobody without a rating */
        for (reel_nnz i = view.ptr[r] + 1; i < view.ptr[r + 1]; i++)
            assert_true(view.col[i - 1] < view.col[i]);
    }
}

static void test_dataset_equals_its_twin(void **state)
{
    (void)state;
    reel_rng rng = reel__rng_make(random_seed(7), 1);
    trial_data *trial = malloc(sizeof *trial);
    reel_err err;

    assert_non_null(trial);
    for (int round = 0; round < ROUNDS; round++) {
        reel_dataset_report report;
        reel_dataset *first = NULL, *shuffled = NULL, *opened = NULL;

        make_trial(trial, &rng);
        first = build(trial, round % 2 == 0, &report);
        check_dataset(first, trial, &report);
        shuffle(trial, &rng);
        shuffled = build(trial, round % 3 == 0, &report);
        check_dataset(shuffled, trial, &report);
        assert_string_equal(reel_dataset_hash(first), reel_dataset_hash(shuffled));
        assert_ok(reel_dataset_save(first, temp_path("property.reel"), &err));
        assert_ok(reel_dataset_open(&opened, temp_path("property.reel"), &err));
        check_dataset(opened, trial, &report);
        assert_string_equal(reel_dataset_hash(first), reel_dataset_hash(opened));
        reel_dataset_free(first);
        reel_dataset_free(shuffled);
        reel_dataset_free(opened);
    }
    free(trial);
}

/* One value changed anywhere changes the hash. */
static void test_hash_depends_on_every_rating(void **state)
{
    (void)state;
    reel_rng rng = reel__rng_make(random_seed(8), 2);
    trial_data *trial = malloc(sizeof *trial);

    assert_non_null(trial);
    for (int round = 0; round < ROUNDS; round++) {
        reel_dataset *before = NULL, *after = NULL;
        char hash[80];
        size_t i = 0;

        do
            make_trial(trial, &rng);
        while (trial->count == 0 || trial->duplicates > 0 || trial->unknown == (int)trial->count);
        before = build(trial, false, NULL);
        (void)snprintf(hash, sizeof hash, "%s", reel_dataset_hash(before));
        do
            i = reel__rng_below(&rng, trial->count);
        while (reel_dataset_find_movie(before, trial->ratings[i].movie) < 0);
        if (round % 2 == 0)
            trial->ratings[i].value += 0.25F;
        else
            trial->ratings[i].time++;
        after = build(trial, false, NULL);
        assert_string_not_equal(hash, reel_dataset_hash(after));
        reel_dataset_free(before);
        reel_dataset_free(after);
    }
    free(trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dataset_equals_its_twin),
        cmocka_unit_test(test_hash_depends_on_every_rating),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
