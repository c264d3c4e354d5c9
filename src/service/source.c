/* source.c - see source.h. */
#include "service/source.h"

#include "base/alloc.h"
#include "data/named.h"
#include "data/readers.h"
#include "store/store.h"

static reel_code read_folder(reel_dataset **out, const reel_source *source,
                             const reel_progress *progress, reel_err *err)
{
    const reel_read_opts read = {.progress = progress};
    reel_read_report report;
    reel_catalogue *catalogue = NULL;
    reel_dataset_builder *builder = NULL;
    reel_ratings ratings = {0};
    reel_generation generation;
    char *path = NULL;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__read_movielens(&catalogue, &generation, source->movielens, &read, &report, err));
    path = reel__movielens_ratings_path(source->movielens, generation);
    if (path == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "out of memory to read %s", source->movielens));
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

static reel_code read_store(reel_dataset **out, const reel_source *source,
                            const reel_progress *progress, reel_err *err)
{
    const reel_store_opts read_only = {.read_only = true};
    reel_dataset_builder *builder = NULL;
    reel_store *store = NULL;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__store_open(&store, source->database, &read_only, err));
    REEL_TRY(reel_dataset_builder_new(&builder, err));
    REEL_TRY(reel__store_read_dataset(store, builder, progress, err));
    REEL_TRY(reel_dataset_builder_finish(out, builder, NULL, err));
out:
    reel_dataset_builder_free(builder);
    reel__store_close(store);
    return rc;
}

static reel_code read_file(reel_dataset **out, const reel_source *source,
                           const reel_progress *progress, reel_err *err)
{
    const reel_read_opts read = {.strict = true, .progress = progress};
    reel_dataset_builder *builder = NULL;
    reel_named named = {0};
    reel_read_report report;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__read_named(&named, source->train, REEL_THIRD_RATING, &read, &report, err));
    REEL_TRY(reel_dataset_builder_new(&builder, err));
    REEL_TRY(
        reel_dataset_builder_add_ratings(builder, named.ratings.items, named.ratings.count, err));
    REEL_TRY(reel_dataset_builder_finish(out, builder, NULL, err));
out:
    reel_dataset_builder_free(builder);
    reel__named_fini(&named);
    return rc;
}

reel_code reel__source_read(reel_dataset **out, const reel_source *source,
                            const reel_progress *progress, reel_err *err)
{
    const int sources =
        (source->movielens != NULL) + (source->database != NULL) + (source->train != NULL);

    *out = NULL;
    if (sources != 1)
        return reel_fail(err, REEL_E_INVALID,
                         "say where the ratings are: one of --movielens DIR, --database FILE and "
                         "--train FILE");
    if (source->movielens != NULL)
        return read_folder(out, source, progress, err);
    if (source->database != NULL)
        return read_store(out, source, progress, err);
    return read_file(out, source, progress, err);
}
