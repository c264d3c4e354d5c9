/* unfinished.c - see unfinished.h. */
#include "service/models/unfinished.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "model/stamp.h"

enum { NAME_SIZE = 96 };
static const int64_t hour = 3600; /* seconds */

static char *folder_in(const char *models_dir)
{
    return reel__path_join(models_dir, "unfinished");
}

char *reel__unfinished_path(const reel_unfinished *unfinished, const char *name)
{
    return reel__path_join(unfinished->folder, name);
}

/* ---- the folder ---------------------------------------------------------------------------- */

static void empty(const char *folder)
{
    DIR *open = opendir(folder);
    const struct dirent *entry;

    while (open != NULL && (entry = readdir(open)) != NULL)
        (void)unlinkat(dirfd(open), entry->d_name, 0); /* not "." and "..", which are folders */
    if (open != NULL)
        (void)closedir(open);
}

void reel__unfinished_clear(const reel_unfinished *unfinished)
{
    if (unfinished->folder == NULL)
        return;
    empty(unfinished->folder);
    (void)rmdir(unfinished->folder);
}

void reel__unfinished_remove(const char *models_dir)
{
    const reel_unfinished left = {.folder = folder_in(models_dir)};

    reel__unfinished_clear(&left);
    reel__free(left.folder);
}

/* Of this version of the program, and of today. */
static bool may_go_on(const char *begun)
{
    const char *version = reel_version();
    struct stat facts;
    reel_file_map map;
    reel_err ignored = {0};
    bool same;

    if (stat(begun, &facts) != 0 || reel__file_map_open(&map, begun, &ignored) != REEL_OK)
        return false;
    same = map.size_bytes == strlen(version) && memcmp(map.data, version, map.size_bytes) == 0;
    reel__file_map_close(&map);
    return same && reel__clock_now() - (int64_t)facts.st_mtime < REEL_UNFINISHED_HOURS * hour;
}

reel_code reel__unfinished_open(reel_unfinished *out, const char *models_dir, bool resume,
                                reel_err *err)
{
    const char *version = reel_version();
    char *begun = NULL;

    *out = (reel_unfinished){.folder = folder_in(models_dir)};
    if (out->folder != NULL)
        begun = reel__unfinished_path(out, "begun");
    if (begun == NULL) {
        reel__unfinished_fini(out);
        return reel_fail(err, REEL_E_NOMEM, "out of memory for the folder of a training");
    }
    out->resumes = resume && may_go_on(begun);
    if (!out->resumes) {
        empty(out->folder);
        if (reel__file_make_folder(out->folder, &out->failed) != REEL_OK ||
            reel__file_write(begun, version, strlen(version), &out->failed) != REEL_OK)
            out->resumes = false;
    }
    reel__free(begun);
    return REEL_OK;
}

void reel__unfinished_fini(reel_unfinished *unfinished)
{
    reel__free(unfinished->folder);
    *unfinished = (reel_unfinished){0};
}

/* ---- fits ---------------------------------------------------------------------------------- */

static bool is_wanted(const reel_model *model, const char *id, const reel_dataset *dataset)
{
    return strcmp(reel_model_id(model), id) == 0 &&
           strcmp(reel_model_data_hash(model), reel_dataset_hash(dataset)) == 0;
}

/* A damaged file is none. */
static reel_model *find(reel_unfinished *unfinished, const char *path, const char *id,
                        const reel_dataset *dataset)
{
    reel_model *model = NULL;
    reel_err ignored = {0};

    if (!unfinished->resumes || reel_model_load(&model, path, &ignored) != REEL_OK)
        return NULL;
    if (is_wanted(model, id, dataset)) {
        unfinished->taken++;
        return model;
    }
    reel_model_free(model);
    return NULL;
}

reel_code reel__unfinished_fit(reel_model **out, reel_unfinished *unfinished, const char *name,
                               const reel_dataset *dataset, const reel_params *params,
                               const reel_fit_context *context, reel_err *err)
{
    char id[REEL_MODEL_ID_SIZE], file[NAME_SIZE];
    char *path = NULL;
    reel_code rc = REEL_OK;

    *out = NULL;
    if (unfinished == NULL || unfinished->folder == NULL)
        return reel_model_fit(out, name, dataset, params, context, err);
    REEL_TRY(reel__model_expect(id, name, dataset, params, context->seed, err));
    (void)snprintf(file, sizeof file, "%s.safetensors", id);
    path = reel__unfinished_path(unfinished, file);
    if (path == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "out of memory to keep a model"));
    *out = find(unfinished, path, id, dataset);
    if (*out != NULL)
        goto out;
    REEL_TRY(reel_model_fit(out, name, dataset, params, context, err));
    if (unfinished->failed.msg[0] == '\0' &&
        reel_model_save(*out, path, &unfinished->failed) != REEL_OK)
        (void)unlink(path);
out:
    reel__free(path);
    return rc;
}
