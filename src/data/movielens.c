/* movielens.c - a MovieLens folder: which generation it is, and the readers of its files in turn.
 */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "data/catalogue_priv.h"

static const char *const movie_files[] = {
    [REEL_ML_DAT] = "movies.dat", [REEL_ML_100K] = "u.item", [REEL_ML_CSV] = "movies.csv"};
static const char *const rating_files[] = {
    [REEL_ML_DAT] = "ratings.dat", [REEL_ML_100K] = "u.data", [REEL_ML_CSV] = "ratings.csv"};
enum { GENERATIONS = 3 };

typedef reel_code file_reader(reel_catalogue *catalogue, const char *path,
                              const reel_read_opts *opts, reel_read_report *report, reel_err *err);

char *reel__movielens_ratings_path(const char *folder, reel_generation generation)
{
    return reel__path_join(folder, rating_files[generation]);
}

/* ---- names of the published sets ----------------------------------------------------------- */

/* A set is known by its films; people who cut a folder down keep an honest label. */
static void set_label(reel_catalogue *catalogue, reel_generation generation)
{
    static const struct {
        reel_generation generation;
        size_t movies;
        const char *label;
    } sets[] = {
        {REEL_ML_DAT, 3883, "MovieLens 1M"},    {REEL_ML_DAT, 10681, "MovieLens 10M"},
        {REEL_ML_100K, 1682, "MovieLens 100K"}, {REEL_ML_CSV, 9742, "MovieLens latest-small"},
        {REEL_ML_CSV, 27278, "MovieLens 20M"},  {REEL_ML_CSV, 62423, "MovieLens 25M"},
        {REEL_ML_CSV, 87585, "MovieLens 32M"},
    };
    const char *label = "ratings in MovieLens format";

    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        if (sets[i].generation == generation && sets[i].movies == catalogue->movies_count)
            label = sets[i].label;
    (void)snprintf(catalogue->label, sizeof catalogue->label, "%s", label);
}

/* ---- files --------------------------------------------------------------------------------- */

static reel_code find_generation(reel_generation *out, const char *folder, reel_err *err)
{
    if (!reel__file_is_folder(folder))
        return reel_fail(err, REEL_E_NOTFOUND,
                         reel__file_exists(folder)
                             ? "%s: is a file; give the folder of MovieLens files it is in"
                             : "%s: there is no such folder",
                         folder);
    for (int g = 0; g < GENERATIONS; g++) {
        char *path = reel__path_join(folder, movie_files[g]);
        const bool there = path != NULL && reel__file_exists(path);
        const bool no_memory = path == NULL;

        reel__free(path);
        if (no_memory)
            return reel_fail(err, REEL_E_NOMEM, "no memory to look into %s", folder);
        if (there) {
            *out = (reel_generation)g;
            return REEL_OK;
        }
    }
    return reel_fail(err, REEL_E_NOTFOUND,
                     "%s: no MovieLens files: looked for movies.dat (ML-1M, ML-10M), u.item "
                     "(ML-100K) and movies.csv (ml-latest, 20M, 25M, 32M)",
                     folder);
}

/* Read folder/name, if it is there. */
static reel_code read_optional(reel_catalogue *catalogue, const char *folder, const char *name,
                               file_reader *read, const reel_read_opts *opts,
                               reel_read_report *report, reel_err *err)
{
    reel_code rc = REEL_OK;
    char *path = reel__path_join(folder, name);

    if (path == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to look into %s", folder);
    if (reel__file_exists(path))
        rc = read(catalogue, path, opts, report, err);
    reel__free(path);
    return rc;
}

static reel_code read_items(reel_catalogue *catalogue, const char *path, const reel_read_opts *opts,
                            reel_read_report *report, reel_err *err)
{
    reel_code rc = REEL_OK;
    const char *slash = strrchr(path, '/');
    char *folder = slash == NULL ? reel__strdup(".") : reel__strndup(path, (size_t)(slash - path));
    char *genres = folder == NULL ? NULL : reel__path_join(folder, "u.genre");

    if (genres == NULL)
        rc = reel_fail(err, REEL_E_NOMEM, "no memory to read %s", path);
    else
        rc = reel__read_100k_items(catalogue, path, reel__file_exists(genres) ? genres : NULL, opts,
                                   report, err);
    reel__free(genres);
    reel__free(folder);
    return rc;
}

static reel_code read_folder(reel_catalogue *catalogue, reel_generation generation,
                             const char *folder, const reel_read_opts *opts,
                             reel_read_report *report, reel_err *err)
{
    static const struct {
        const char *name;
        file_reader *read;
    } files[GENERATIONS][3] = {
        [REEL_ML_DAT] = {{"movies.dat", reel__read_dat_movies},
                         {"users.dat", reel__read_dat_users},
                         {"tags.dat", reel__read_tags}},
        [REEL_ML_100K] = {{"u.item", read_items}, {"u.user", reel__read_100k_users}},
        [REEL_ML_CSV] = {{"movies.csv", reel__read_csv_movies},
                         {"links.csv", reel__read_links},
                         {"tags.csv", reel__read_tags}},
    };
    reel_code rc = REEL_OK;

    for (size_t i = 0; i < 3 && files[generation][i].name != NULL; i++)
        REEL_TRY(read_optional(catalogue, folder, files[generation][i].name,
                               files[generation][i].read, opts, report, err));
out:
    return rc;
}

reel_code reel__read_movielens(reel_catalogue **out, reel_generation *generation,
                               const char *folder, const reel_read_opts *opts,
                               reel_read_report *report, reel_err *err)
{
    reel_code rc = REEL_OK;
    reel_catalogue *catalogue = NULL;

    *out = NULL;
    if (report != NULL)
        *report = (reel_read_report){0};
    REEL_TRY(find_generation(generation, folder, err));
    REEL_TRY(reel__catalogue_new(&catalogue, err));
    REEL_TRY(read_folder(catalogue, *generation, folder, opts, report, err));
    set_label(catalogue, *generation);
    *out = catalogue;
    catalogue = NULL;
out:
    reel__catalogue_free(catalogue);
    return rc;
}
