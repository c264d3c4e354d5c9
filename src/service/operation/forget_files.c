/* forget_files.c - which files of a models' folder hold whom. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/file.h"
#include "service/operation/forget_priv.h"
#include "store/accounts.h"

/* ---- one file ------------------------------------------------------------------------------ */

static bool ends_with(const char *name, const char *ending)
{
    const size_t length = strlen(name), tail = strlen(ending);

    return length >= tail && strcmp(name + length - tail, ending) == 0;
}

static const char *kind_of(const char *name)
{
    if (name[0] != '.' && ends_with(name, ".safetensors"))
        return "model";
    if (name[0] != '.' && ends_with(name, ".reel"))
        return "dataset";
    return strstr(name, ".safetensors") != NULL || strstr(name, ".reel") != NULL ? "remains" : NULL;
}

static reel_code take_hash(reel_held *out, const char *path, reel_err *err)
{
    reel_digest *digest = reel__digest_new(REEL_DIGEST_SHA256);
    reel_file_map map;
    reel_code rc = REEL_OK;

    if (digest == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory to read %s", path);
    REEL_TRY(reel__file_map_open(&map, path, err));
    reel__digest_update(digest, map.data, map.size_bytes);
    out->size_bytes = (int64_t)map.size_bytes;
    reel__file_map_close(&map);
    reel__digest_finish(digest, out->hash);
    digest = NULL;
out:
    reel__digest_free(digest);
    return rc;
}

/* Those of accounts: the last ones, as ids ascend. */
static reel_code take_people(reel_held *out, const int64_t *ids, reel_index count, reel_err *err)
{
    reel_index first = count;

    while (first > 0 && ids[first - 1] >= REEL_ACCOUNT_PERSON)
        first--;
    out->readable = true;
    if (first == count)
        return REEL_OK;
    out->people.ids = reel__alloc_array((size_t)(count - first), sizeof(int64_t));
    if (out->people.ids == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for the people of %s", out->name);
    out->people.count = (size_t)(count - first);
    memcpy(out->people.ids, ids + first, out->people.count * sizeof(int64_t));
    return REEL_OK;
}

/* What is damaged, or another's, nobody can read. That it cannot be read just now (memory, the
 * limit of open files) is no such reason: such a file would be destroyed. */
static reel_code unless_damaged(reel_code rc, const reel_err *why, reel_err *err)
{
    return rc == REEL_E_FORMAT ? REEL_OK : reel_fail(err, rc, "%s", why->msg);
}

static reel_code read_model(reel_held *out, const char *path, reel_err *err)
{
    reel_model *model = NULL;
    reel_err why = {0};
    reel_code rc = reel_model_load(&model, path, &why);

    if (rc == REEL_OK) {
        (void)snprintf(out->id, sizeof out->id, "%s", reel_model_id(model));
        rc = take_people(out, reel_model_person_ids(model), reel_model_people(model), err);
    } else {
        rc = unless_damaged(rc, &why, err);
    }
    reel_model_free(model);
    return rc;
}

static reel_code read_dataset(reel_held *out, const char *path, reel_err *err)
{
    reel_dataset *dataset = NULL;
    reel_err why = {0};
    reel_code rc = reel_dataset_open(&dataset, path, &why);

    if (rc == REEL_OK) {
        (void)snprintf(out->id, sizeof out->id, "%s", reel_dataset_hash(dataset));
        rc = take_people(out, reel_dataset_person_ids(dataset), reel_dataset_people(dataset), err);
    } else {
        rc = unless_damaged(rc, &why, err);
    }
    reel_dataset_free(dataset);
    return rc;
}

/* One that went meanwhile is none. */
static reel_code read_file(reel_held *out, const char *path, reel_err *err)
{
    reel_code rc;

    REEL_TRY(take_hash(out, path, err));
    if (strcmp(out->kind, "model") == 0)
        rc = read_model(out, path, err);
    else if (strcmp(out->kind, "dataset") == 0)
        rc = read_dataset(out, path, err);
out:
    return rc;
}

/* ---- the folder ---------------------------------------------------------------------------- */

static reel_held *add(reel_holding *holding)
{
    const size_t room = holding->capacity == 0 ? 32 : 2 * holding->capacity;
    reel_held *more;

    if (holding->count == holding->capacity) {
        more = reel__realloc_array(holding->files, room, sizeof *more);
        if (more == NULL)
            return NULL;
        holding->files = more;
        holding->capacity = room;
    }
    more = &holding->files[holding->count++];
    *more = (reel_held){.kind = ""};
    return more;
}

static bool is_plain_file(const char *path)
{
    struct stat facts;

    return lstat(path, &facts) == 0 && S_ISREG(facts.st_mode);
}

static reel_code take_entry(reel_holding *out, const char *folder, const char *below,
                            const char *name, reel_err *err)
{
    char path[REEL_FORGET_PATH + REEL_FORGET_NAME];
    reel_held *file;
    reel_code rc = REEL_OK;

    if (kind_of(name) == NULL || strlen(below) + strlen(name) >= REEL_FORGET_NAME)
        return REEL_OK;
    (void)snprintf(path, sizeof path, "%s/%s%s", folder, below, name);
    if (!is_plain_file(path))
        return REEL_OK;
    file = add(out);
    if (file == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for the files of %s", folder);
    file->kind = kind_of(name);
    (void)snprintf(file->name, sizeof file->name, "%s%s", below, name);
    rc = read_file(file, path, err);
    if (rc == REEL_E_NOTFOUND) {
        out->count--;
        rc = REEL_OK;
    }
    return rc;
}

static reel_code read_folder(reel_holding *out, const char *folder, const char *below,
                             reel_err *err)
{
    char path[REEL_FORGET_PATH + REEL_FORGET_NAME];
    const struct dirent *entry;
    reel_code rc = REEL_OK;
    DIR *open;

    (void)snprintf(path, sizeof path, "%s/%s", folder, below);
    open = opendir(path);
    if (open == NULL)
        return errno == ENOENT
                   ? REEL_OK
                   : reel_fail(err, REEL_E_STORE, "%s: cannot be read: %s", path, strerror(errno));
    while (rc == REEL_OK && (entry = readdir(open)) != NULL)
        rc = take_entry(out, folder, below, entry->d_name, err);
    (void)closedir(open);
    return rc;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const reel_held *)a)->name, ((const reel_held *)b)->name);
}

reel_code reel__holding_read(reel_holding *out, const char *folder, reel_err *err)
{
    reel_code rc;

    *out = (reel_holding){NULL, 0, 0};
    if (strlen(folder) >= REEL_FORGET_PATH)
        return reel_fail(err, REEL_E_INVALID, "%.80s...: the name of the folder is too long",
                         folder);
    REEL_TRY(read_folder(out, folder, "", err));
    REEL_TRY(read_folder(out, folder, "versions/", err));
    REEL_TRY(read_folder(out, folder, "unfinished/", err));
    if (out->count > 0)
        qsort(out->files, out->count, sizeof *out->files, by_name);
out:
    return rc;
}

void reel__holding_free(reel_holding *holding)
{
    for (size_t i = 0; i < holding->count; i++)
        reel__free(holding->files[i].people.ids);
    reel__free(holding->files);
    *holding = (reel_holding){NULL, 0, 0};
}

const reel_held *reel__holding_find(const reel_holding *holding, const char *name)
{
    for (size_t i = 0; i < holding->count; i++)
        if (strcmp(holding->files[i].name, name) == 0)
            return &holding->files[i];
    return NULL;
}

/* ---- who is gone --------------------------------------------------------------------------- */

size_t reel__held_of(const reel_held *file, const reel_people *people)
{
    size_t count = 0, at = 0;

    for (size_t i = 0; i < people->count; i++) {
        while (at < file->people.count && file->people.ids[at] < people->ids[i])
            at++;
        count += at < file->people.count && file->people.ids[at] == people->ids[i];
    }
    return count;
}

static int by_id(const void *a, const void *b)
{
    const int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;

    return (one > other) - (one < other);
}

/* Everyone in any file, once each, ascending. */
static reel_code gather(reel_people *out, const reel_holding *holding, reel_err *err)
{
    size_t most = 0, kept = 0;

    for (size_t i = 0; i < holding->count; i++)
        most += holding->files[i].people.count;
    *out = (reel_people){reel__alloc_array(most + 1, sizeof(int64_t)), 0};
    if (out->ids == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for the people of the models");
    for (size_t i = 0; i < holding->count; i++) {
        const reel_people *people = &holding->files[i].people;

        for (size_t p = 0; p < people->count; p++)
            out->ids[out->count++] = people->ids[p];
    }
    qsort(out->ids, out->count, sizeof *out->ids, by_id);
    for (size_t i = 0; i < out->count; i++)
        if (kept == 0 || out->ids[kept - 1] != out->ids[i])
            out->ids[kept++] = out->ids[i];
    out->count = kept;
    return REEL_OK;
}

/* Both ascend: what the accounts have passed by is gone. */
typedef struct sieve {
    reel_people *people;
    size_t at, kept;
} sieve;

static bool sift(void *user, const reel_account *account)
{
    sieve *s = user;
    reel_people *people = s->people;
    const int64_t person = REEL_ACCOUNT_PERSON + account->id;

    while (s->at < people->count && people->ids[s->at] < person)
        people->ids[s->kept++] = people->ids[s->at++];
    if (s->at < people->count && people->ids[s->at] == person)
        s->at++;
    return s->at < people->count;
}

/* The files were read first: whose account is not there now has none any more. */
reel_code reel__holding_gone(reel_people *out, const reel_holding *holding, reel_store *store,
                             reel_err *err)
{
    sieve s = {.people = out};
    reel_code rc;

    REEL_TRY(gather(out, holding, err));
    if (out->count > 0)
        REEL_TRY(reel__store_scan_accounts(store, "", 0, INT64_MAX, sift, &s, err));
    while (s.at < out->count)
        out->ids[s.kept++] = out->ids[s.at++];
    out->count = s.kept;
out:
    return rc;
}
