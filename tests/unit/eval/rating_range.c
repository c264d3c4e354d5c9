/* Four of five ratings lie where als says: on MovieLens, where REEL_TEST_DATA has it, at ratings
 * that neither the fit nor the calibration saw.
 */
#include <math.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "data/readers.h"
#include "eval/split.h"
#include "reel/model.h"
#include "support/check.h"

enum { MOST_MOVIES = 10000 };

typedef struct asking {
    const reel_split *split;
    const reel_model *model;
    reel_scratch *scratch;
    size_t most; /* entries of a history that are used, by chance; 0 = all */
    size_t count, inside, below;
    double width;
} asking;

static reel_dataset *read_set(const char *name)
{
    reel_dataset_builder *builder = NULL;
    reel_catalogue *catalogue = NULL;
    reel_dataset *out = NULL;
    reel_ratings ratings;
    reel_read_report read;
    reel_generation generation;
    char folder[1024], *path;
    reel_err err = {0};

    (void)snprintf(folder, sizeof folder, "%s/%s", getenv("REEL_TEST_DATA"), name);
    assert_ok(reel__read_movielens(&catalogue, &generation, folder, NULL, &read, &err));
    path = reel__movielens_ratings_path(folder, generation);
    assert_ok(reel__read_ratings(&ratings, path, NULL, NULL, &err));
    assert_ok(reel_dataset_builder_new(&builder, &err));
    for (size_t i = 0; i < reel__catalogue_movies(catalogue); i++)
        assert_ok(
            reel_dataset_builder_add_movie(builder, reel__catalogue_movie(catalogue, i), &err));
    assert_ok(reel_dataset_builder_add_ratings(builder, ratings.items, ratings.count, &err));
    assert_ok(reel_dataset_builder_finish(&out, builder, NULL, &err));
    reel_dataset_builder_free(builder);
    reel__ratings_fini(&ratings);
    reel__catalogue_free(catalogue);
    reel__free(path);
    return out;
}

/* Films that nobody rated get no stars anywhere, and are left out. */
static void judge_rating(asking *a, const reel_query *query, reel_index movie, float rating)
{
    const reel_csr_view raters = reel_dataset_raters(a->split->train);
    const reel_films film = {&movie, 1};
    reel_rating_interval range;
    float predicted;
    reel_err err = {0};

    if (raters.ptr[movie] == raters.ptr[movie + 1])
        return;
    assert_ok(reel_model_predict(a->model, query, &movie, 1, a->scratch, &predicted, &err));
    assert_ok(reel_model_predict_range(a->model, query, film, &predicted, &range, &err));
    assert_true(range.low <= predicted && predicted <= range.high);
    a->count++;
    a->inside += rating >= range.low && rating <= range.high;
    a->below += rating < range.low;
    a->width += (double)(range.high - range.low);
}

static void judge_person(asking *a, reel_index u)
{
    const reel_csr_view history = reel_dataset_ratings(a->split->history);
    const reel_csr *held = &a->split->held.test;
    const double all = (double)(history.ptr[u + 1] - history.ptr[u]);
    static reel_entry entries[MOST_MOVIES];
    reel_query query = {.entries = entries, .row = -1};
    reel_rng rng = reel__rng_make(5, (uint64_t)u);

    for (reel_nnz k = history.ptr[u]; k < history.ptr[u + 1]; k++)
        if (a->most == 0 || reel__rng_unit(&rng) < (double)a->most / all)
            entries[query.count++] =
                (reel_entry){.movie = history.col[k], .value = history.val[k], .weight = 1};
    for (reel_nnz k = held->ptr[u]; query.count > 0 && k < held->ptr[u + 1]; k++)
        judge_rating(a, &query, held->col[k], held->val[k]);
}

/* The share that lies inside, and that lies below. */
static void check_share(const reel_split *split, const reel_model *model, size_t most)
{
    asking a = {.split = split, .model = model, .most = most};
    double inside;
    reel_err err = {0};

    assert_ok(reel_scratch_new(&a.scratch, &err));
    for (reel_index u = 0; u < split->held.test.rows; u++)
        judge_person(&a, u);
    reel_scratch_free(a.scratch);
    inside = (double)a.inside / (double)a.count;
    print_message("most %zu: %.4f of %zu inside, %.4f below, width %.2f\n", most, inside, a.count,
                  (double)a.below / (double)a.count, a.width / (double)a.count);
    assert_true(a.count > 1000);
    assert_true(inside >= 0.77 && inside <= 0.83);
}

static void check_set(const char *name, reel_protocol protocol, const size_t *most, size_t cases)
{
    static const reel_param items[] = {{"factors", "32"}, {"epochs", "6"}, {"held_out", "0.1"}};
    const reel_params params = {items, 3};
    reel_split_opts opts = reel__split_opts_default();
    reel_dataset *all = read_set(name);
    reel_model *model = NULL;
    reel_split split;
    reel_err err = {0};

    opts.protocol = protocol;
    opts.share = reel__protocol_share(protocol);
    assert_true(reel_dataset_movies(all) <= MOST_MOVIES);
    assert_ok(reel__split_make(&split, all, &opts, 0, &err));
    assert_ok(reel_model_fit(&model, "als", split.train, &params, NULL, &err));
    for (size_t i = 0; i < cases; i++)
        check_share(&split, model, most[i]);
    reel_model_free(model);
    reel__split_fini(&split);
    reel_dataset_free(all);
}

static void people_it_was_fitted_on(void **state)
{
    static const size_t whole = 0;

    (void)state;
    check_set("ml-latest-small", REEL_PROTOCOL_RANDOM, &whole, 1);
    check_set("ml-100k", REEL_PROTOCOL_RANDOM, &whole, 1);
}

/* Of whom there must be many, since people differ. They rated 20 films or more, as all of
 * MovieLens; shorter histories are a few of those. */
static void people_it_never_saw(void **state)
{
    static const size_t most[] = {0, 30, 6, 3};

    (void)state;
    check_set("ml-1m", REEL_PROTOCOL_STRONG, most, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_it_was_fitted_on),
        cmocka_unit_test(people_it_never_saw),
    };

    if (getenv("REEL_TEST_DATA") == NULL) {
        (void)fprintf(stderr, "skipped: REEL_TEST_DATA does not name a folder with MovieLens\n");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
