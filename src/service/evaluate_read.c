/* evaluate_read.c - the data of an evaluation: a MovieLens folder, a store, or a training and a
 * test file, whose pairs become one set of ratings with a fate each.
 */
#include "base/alloc.h"
#include "data/readers.h"
#include "service/evaluate.h"

static reel_code read_folder(reel_dataset **out, const reel_evaluate_opts *opts, reel_err *err)
{
    const reel_read_opts read = {.progress = opts->progress};
    reel_read_report report;
    reel_catalogue *catalogue = NULL;
    reel_dataset_builder *builder = NULL;
    reel_ratings ratings = {0};
    reel_generation generation;
    char *path = NULL;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__read_movielens(&catalogue, &generation, opts->movielens, &read, &report, err));
    path = reel__movielens_ratings_path(opts->movielens, generation);
    if (path == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "out of memory to read %s", opts->movielens));
    REEL_TRY(reel__read_ratings(&ratings, path, &read, &report, err));
    REEL_TRY(reel_dataset_builder_new(&builder, err));
    REEL_TRY(reel_dataset_builder_label(builder, reel__catalogue_label(catalogue), false, 0, err));
    for (size_t i = 0; i < reel__catalogue_movies(catalogue); i++)
        REEL_TRY(reel_dataset_builder_add_movie(builder, reel__catalogue_movie(catalogue, i), err));
    REEL_TRY(reel_dataset_builder_add_ratings(builder, ratings.items, ratings.count, err));
    REEL_TRY(reel_dataset_builder_finish(out, builder, NULL, err));
out:
    reel_dataset_builder_free(builder);
    reel__catalogue_free(catalogue);
    reel__ratings_fini(&ratings);
    reel__free(path);
    return rc;
}

static reel_code read_store(reel_dataset **out, const reel_evaluate_opts *opts, reel_err *err)
{
    const reel_store_opts read_only = {.read_only = true};
    reel_dataset_builder *builder = NULL;
    reel_store *store = NULL;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__store_open(&store, opts->database, &read_only, err));
    REEL_TRY(reel_dataset_builder_new(&builder, err));
    REEL_TRY(reel__store_read_dataset(store, builder, opts->progress, err));
    REEL_TRY(reel_dataset_builder_finish(out, builder, NULL, err));
out:
    reel_dataset_builder_free(builder);
    reel__store_close(store);
    return rc;
}

/* ---- two files ----------------------------------------------------------------------------- */

/* Where a rating of a dataset stands; it is there. */
static reel_nnz find_rating(const reel_dataset *dataset, const reel_rating *rating)
{
    const reel_csr_view r = reel_dataset_ratings(dataset);
    const reel_index person = reel_dataset_find_person(dataset, rating->person);
    const reel_index movie = reel_dataset_find_movie(dataset, rating->movie);
    reel_nnz begin = r.ptr[person], end = r.ptr[person + 1];

    while (end - begin > 1) {
        const reel_nnz middle = begin + (end - begin) / 2;

        if (r.col[middle] <= movie)
            begin = middle;
        else
            end = middle;
    }
    return begin;
}

static reel_code mark_fates(uint8_t *fate, const reel_dataset *dataset, const reel_ratings *train,
                            const reel_ratings *test, reel_err *err)
{
    for (size_t i = 0; i < test->count; i++)
        fate[find_rating(dataset, &test->items[i])] = REEL_FATE_TEST;
    for (size_t i = 0; i < train->count; i++)
        if (fate[find_rating(dataset, &train->items[i])] == REEL_FATE_TEST)
            return reel_fail(err, REEL_E_INVALID,
                             "user %lld, item %lld is in both files: nothing would be held out",
                             (long long)train->items[i].person, (long long)train->items[i].movie);
    return REEL_OK;
}

static reel_code join(reel_dataset **out, const reel_ratings *train, const reel_ratings *test,
                      reel_err *err)
{
    reel_dataset_builder *builder = NULL;
    reel_code rc = REEL_OK;

    REEL_TRY(reel_dataset_builder_new(&builder, err));
    REEL_TRY(reel_dataset_builder_add_ratings(builder, train->items, train->count, err));
    REEL_TRY(reel_dataset_builder_add_ratings(builder, test->items, test->count, err));
    REEL_TRY(reel_dataset_builder_finish(out, builder, NULL, err));
out:
    reel_dataset_builder_free(builder);
    return rc;
}

static reel_code read_files(reel_dataset **out, uint8_t **fate, const reel_evaluate_opts *opts,
                            reel_err *err)
{
    const reel_read_opts read = {.strict = true, .progress = opts->progress};
    reel_ratings train = {0}, test = {0};
    reel_read_report report;
    reel_nnz count;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__read_ratings(&train, opts->train, &read, &report, err));
    REEL_TRY(reel__read_ratings(&test, opts->test, &read, &report, err));
    REEL_TRY(join(out, &train, &test, err));
    count = reel_dataset_ratings(*out).ptr[reel_dataset_people(*out)];
    *fate = reel__alloc_zero((size_t)count, sizeof **fate);
    if (*fate == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "no memory to split %lld ratings", (long long)count));
    REEL_TRY(mark_fates(*fate, *out, &train, &test, err));
out:
    reel__ratings_fini(&train);
    reel__ratings_fini(&test);
    return rc;
}

reel_code reel__evaluate_read(reel_dataset **out, uint8_t **fate, const reel_evaluate_opts *opts,
                              reel_err *err)
{
    const int files = (opts->train != NULL) + (opts->test != NULL);
    const int sources = (opts->movielens != NULL) + (opts->database != NULL) + (files > 0);
    reel_code rc;

    *out = NULL;
    *fate = NULL;
    if (sources != 1 || files == 1)
        return reel_fail(err, REEL_E_INVALID,
                         "say what to evaluate on: either --movielens DIR, --database FILE, or "
                         "--train FILE with --test FILE");
    if (opts->movielens != NULL)
        rc = read_folder(out, opts, err);
    else if (opts->database != NULL)
        rc = read_store(out, opts, err);
    else
        rc = read_files(out, fate, opts, err);
    if (rc != REEL_OK) {
        reel_dataset_free(*out);
        reel__free(*fate);
        *out = NULL;
        *fate = NULL;
    }
    return rc;
}
