/* source.c - see source.h. */
#include "service/models/source.h"

#include "base/alloc.h"
#include "data/named.h"
#include "data/readers.h"
#include "service/films/tmdb_use.h"
#include "store/store.h"

reel_code reel__folder_films(reel_catalogue **out, reel_generation *generation,
                             const reel_folder *folder, reel_err *err)
{
    const reel_read_opts read = {.progress = folder->progress};
    reel_enrich_report enriched;
    reel_read_report report;
    reel_tmdb_use use;
    reel_code rc = REEL_OK;

    *out = NULL;
    REEL_TRY(reel__tmdb_use(&use, err));
    REEL_TRY(reel__read_movielens(out, generation, folder->path, &read, &report, err));
    if (folder->tmdb != NULL && use.fitted)
        rc = reel__read_tmdb(*out, folder->tmdb, folder->links, &read, &enriched, err);
out:
    return rc;
}

static reel_code add_films(reel_dataset_builder *builder, const reel_catalogue *catalogue,
                           reel_err *err)
{
    reel_code rc =
        reel_dataset_builder_label(builder, reel__catalogue_label(catalogue), false, 0, err);

    for (size_t i = 0; i < reel__catalogue_movies(catalogue) && rc == REEL_OK; i++)
        rc = reel_dataset_builder_add_movie(builder, reel__catalogue_movie(catalogue, i), err);
    return rc;
}

reel_code reel__folder_read(reel_dataset **out, reel_ratings *ratings, const reel_folder *folder,
                            reel_err *err)
{
    const reel_read_opts read = {.strict = folder->strict, .progress = folder->progress};
    reel_read_report report;
    reel_catalogue *catalogue = NULL;
    reel_dataset_builder *builder = NULL;
    reel_generation generation;
    char *path = NULL;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__folder_films(&catalogue, &generation, folder, err));
    path = reel__movielens_ratings_path(folder->path, generation);
    if (path == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "out of memory to read %s", folder->path));
    REEL_TRY(reel__read_ratings(ratings, path, &read, &report, err));
    REEL_TRY(reel_dataset_builder_new(&builder, err));
    REEL_TRY(add_films(builder, catalogue, err));
    REEL_TRY(reel_dataset_builder_add_ratings(builder, ratings->items, ratings->count, err));
    REEL_TRY(reel_dataset_builder_finish(out, builder, NULL, err));
out:
    reel_dataset_builder_free(builder);
    reel__catalogue_free(catalogue);
    reel__free(path);
    return rc;
}

static reel_code read_store(reel_dataset **out, const char *path, bool plain,
                            const reel_progress *progress, reel_err *err)
{
    const reel_store_opts read_only = {.read_only = true};
    reel_dataset_builder *builder = NULL;
    reel_store *store = NULL;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__store_open(&store, path, &read_only, err));
    REEL_TRY(reel_dataset_builder_new(&builder, err));
    if (plain)
        reel__dataset_builder_plain(builder);
    REEL_TRY(reel__store_read_dataset(store, builder, progress, err));
    REEL_TRY(reel_dataset_builder_finish(out, builder, NULL, err));
out:
    reel_dataset_builder_free(builder);
    reel__store_close(store);
    return rc;
}

reel_code reel__source_store(reel_dataset **out, const char *path, const reel_progress *progress,
                             reel_err *err)
{
    reel_tmdb_use use;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__tmdb_use(&use, err));
    rc = read_store(out, path, !use.fitted, progress, err);
out:
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
    const reel_folder folder = {.path = source->movielens, .progress = progress};
    const int sources =
        (source->movielens != NULL) + (source->database != NULL) + (source->train != NULL);

    *out = NULL;
    if (sources != 1)
        return reel_fail(err, REEL_E_INVALID,
                         "say where the ratings are: one of --movielens DIR, --database FILE and "
                         "--train FILE");
    if (source->movielens != NULL) {
        reel_ratings ratings = {0};
        const reel_code rc = reel__folder_read(out, &ratings, &folder, err);

        reel__ratings_fini(&ratings);
        return rc;
    }
    if (source->database != NULL && source->whole)
        return read_store(out, source->database, false, progress, err);
    if (source->database != NULL)
        return reel__source_store(out, source->database, progress, err);
    return read_file(out, source, progress, err);
}
