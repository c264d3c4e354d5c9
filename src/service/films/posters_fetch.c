/* posters_fetch.c - posters from TMDb's image host into the folder beside the database. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "net/pool.h"
#include "service/engine/state.h"
#include "service/films/enrich.h"
#include "service/films/posters.h"
#include "service/models/source.h"

enum { IMAGE_MOST = 8 << 20, FAILED_MOST = 20, PATH_MOST = 4096 };

/* One image to be asked for. */
typedef struct image {
    const char *size, *name; /* the name is the dataset's */
} image;

typedef struct fetching {
    const reel_posters_opts *opts;
    reel_posters *report;
    const char *folder;
    image *images; /* [count] */
    size_t count, given, done;
    int failed_in_a_row;
} fetching;

static bool next_image(void *user, char url[REEL_URL_MAX], void **tag)
{
    fetching *f = user;
    image *one;

    if (f->given == f->count)
        return false;
    one = &f->images[f->given++];
    (void)snprintf(url, REEL_URL_MAX, "%s/%s/%s", f->opts->url, one->size, one->name);
    *tag = one;
    return true;
}

/* An answer may be anything, such as the page of a hotel's network. */
static bool is_image(const reel_answer *answer)
{
    return answer->status == 200 &&
           ((answer->length > 3 && memcmp(answer->body, "\xff\xd8\xff", 3) == 0) ||
            (answer->length > 4 && memcmp(answer->body, "\x89PNG", 4) == 0));
}

static reel_code take_image(void *user, const reel_answer *answer, reel_err *err)
{
    fetching *f = user;
    const image *one = answer->tag;
    char path[PATH_MOST];
    reel_code rc = REEL_OK;

    reel__progress(f->opts->progress, "fetching posters", (int64_t)++f->done, (int64_t)f->count,
                   "images");
    if (is_image(answer)) {
        (void)snprintf(path, sizeof path, "%s/%s/%s", f->folder, one->size, one->name);
        REEL_TRY(reel__file_write(path, answer->body, answer->length, err));
        f->report->fetched++;
        f->failed_in_a_row = 0;
        return REEL_OK;
    }
    f->report->failed++;
    if (answer->status == 404)
        f->failed_in_a_row = 0; /* the host is there, that image is not */
    else if (++f->failed_in_a_row >= FAILED_MOST)
        rc = reel_fail(err, REEL_E_STORE,
                       "TMDb: %d posters in a row could not be had (%.100s); what came is kept, "
                       "try again later",
                       (int)FAILED_MOST, answer->status == 0 ? answer->why : "no images");
out:
    return rc;
}

static bool is_fresh(const char *path, int64_t now)
{
    struct stat info;

    return stat(path, &info) == 0 && now - (int64_t)info.st_mtime < REEL_STALE_SECONDS;
}

static reel_code choose(fetching *f, const reel_dataset *dataset, reel_err *err)
{
    const int64_t now = reel__clock_now();
    const reel_index films = reel_dataset_movies(dataset);
    char path[PATH_MOST];
    size_t sizes = 0;

    while (reel__poster_sizes[sizes] != NULL)
        sizes++;
    f->images = reel__alloc_array((size_t)films * sizes + 1, sizeof *f->images);
    if (f->images == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for the posters to ask for");
    for (reel_index i = 0; i < films; i++) {
        const char *name = reel__poster_name(reel_dataset_movie(dataset, i).poster_path);

        f->report->films += name != NULL;
        for (size_t k = 0; name != NULL && k < sizes; k++) {
            const char *size = reel__poster_sizes[k];

            (void)snprintf(path, sizeof path, "%s/%s/%s", f->folder, size, name);
            if (!f->opts->all && is_fresh(path, now))
                f->report->kept++;
            else
                f->images[f->count++] = (image){size, name};
        }
    }
    return REEL_OK;
}

static reel_code make_folders(const char *folder, reel_err *err)
{
    reel_code rc = REEL_OK;

    for (size_t i = 0; reel__poster_sizes[i] != NULL; i++) {
        char *path = reel__path_join(folder, reel__poster_sizes[i]);

        rc = path != NULL ? reel__file_make_folder(path, err)
                          : reel_fail(err, REEL_E_NOMEM, "out of memory for the posters' folder");
        reel__free(path);
        REEL_TRY(rc);
    }
out:
    return rc;
}

static reel_code find_folder(char **out, const char *database, reel_err *err)
{
    const reel_store_opts read_only = {.read_only = true};
    reel_store *store = NULL;
    reel_code rc = REEL_OK;

    *out = NULL;
    REEL_TRY(reel__store_open(&store, database, &read_only, err));
    *out = reel__usual_dir(reel__store_path(store), "posters");
    if (*out == NULL)
        rc = reel_fail(err, REEL_E_NOMEM, "out of memory for the posters' folder");
    else if (strlen(*out) > PATH_MOST - 200)
        rc = reel_fail(err, REEL_E_INVALID, "%.200s...: the path is too long", *out);
out:
    reel__store_close(store);
    return rc;
}

reel_code reel__posters_fetch(const reel_posters_opts *opts, reel_posters *report, reel_err *err)
{
    const reel_source source = {.database = opts->database, .whole = true};
    const reel_pool_opts pool = {.rate = opts->rate,
                                 .pause_ms = opts->pause_ms,
                                 .maximum_bytes = IMAGE_MOST,
                                 .accept = "image/jpeg, image/png",
                                 .cancel = opts->cancel};
    fetching f = {.opts = opts, .report = report};
    const reel_pool_calls calls = {next_image, take_image, &f};
    reel_dataset *dataset = NULL;
    reel_tmdb_use use;
    char *folder = NULL;
    reel_code rc = REEL_OK;

    *report = (reel_posters){0};
    REEL_TRY(reel__tmdb_use(&use, err));
    if (!use.shown)
        REEL_TRY(reel_fail(err, REEL_E_INVALID, "REEL_TMDB is off: no posters are fetched"));
    REEL_TRY(find_folder(&folder, opts->database, err));
    f.folder = folder;
    (void)snprintf(report->folder, sizeof report->folder, "%s", folder);
    REEL_TRY(reel__source_read(&dataset, &source, NULL, err));
    REEL_TRY(make_folders(folder, err));
    REEL_TRY(choose(&f, dataset, err));
    rc = reel__pool_run(&pool, &calls, err);
out:
    reel__free(f.images);
    reel_dataset_free(dataset);
    reel__free(folder);
    return rc;
}
