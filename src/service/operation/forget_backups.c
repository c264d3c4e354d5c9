/* forget_backups.c - which backups hold people who are to be forgotten, and until when. Nothing in
 * a backup is changed: a receipt says that it is there.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "service/operation/forget_priv.h"
#include "store/accounts.h"

enum { DAY_S = 86400 };

/* ---- one backup ---------------------------------------------------------------------------- */

typedef struct counting {
    const reel_people *gone;
    size_t at;
    int64_t found;
} counting;

static bool count_account(void *user, const reel_account *account)
{
    counting *c = user;
    const int64_t person = REEL_ACCOUNT_PERSON + account->id;

    while (c->at < c->gone->count && c->gone->ids[c->at] < person)
        c->at++;
    c->found += c->at < c->gone->count && c->gone->ids[c->at] == person;
    return c->at < c->gone->count;
}

/* -1: it is no backup of this schema, so it cannot be told. Errors: E_NOMEM. */
static reel_code count_people(int64_t *out, const char *path, const reel_people *gone,
                              reel_err *err)
{
    const reel_store_opts how = {.read_only = true};
    counting c = {gone, 0, 0};
    reel_store *store = NULL;
    reel_err why = {0};
    reel_code rc;

    *out = -1;
    REEL_TRY(reel__store_open(&store, path, &how, &why));
    REEL_TRY(reel__store_scan_accounts(store, "", 0, INT64_MAX, count_account, &c, &why));
    *out = c.found;
out:
    reel__store_close(store);
    return rc == REEL_E_NOMEM ? reel_fail(err, rc, "%s", why.msg) : REEL_OK;
}

/* ---- the folder ---------------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
    return strcmp(((const reel_backup *)a)->name, ((const reel_backup *)b)->name);
}

static reel_code add(reel_backups *out, const reel_backup *backup, reel_err *err)
{
    reel_backup *more = reel__realloc_array(out->items, out->count + 1, sizeof *more);

    if (more == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for the names of backups");
    out->items = more;
    out->items[out->count++] = *backup;
    return REEL_OK;
}

static reel_code look_at(reel_backups *out, const reel_forget_opts *opts, const char *name,
                         const reel_people *gone, reel_err *err)
{
    char path[REEL_FORGET_PATH + REEL_FORGET_NAME];
    reel_backup backup = {.people = 0};
    struct stat facts;
    reel_code rc;

    if (strlen(name) >= sizeof backup.name)
        return REEL_OK;
    (void)snprintf(path, sizeof path, "%s/%s", opts->backups, name);
    if (stat(path, &facts) != 0 || !S_ISREG(facts.st_mode))
        return REEL_OK;
    (void)snprintf(backup.name, sizeof backup.name, "%s", name);
    backup.made_at = facts.st_mtime;
    if (opts->backup_days > 0)
        backup.expires_at = backup.made_at + (int64_t)opts->backup_days * DAY_S;
    REEL_TRY(count_people(&backup.people, path, gone, err));
    if (backup.people != 0)
        rc = add(out, &backup, err);
out:
    return rc;
}

reel_code reel__backups_read(reel_backups *out, const reel_forget_opts *opts,
                             const reel_people *gone, reel_err *err)
{
    const struct dirent *entry;
    reel_code rc = REEL_OK;
    DIR *folder;

    *out = (reel_backups){NULL, 0};
    if (opts->backups == NULL)
        return REEL_OK;
    if (strlen(opts->backups) >= REEL_FORGET_PATH)
        return reel_fail(err, REEL_E_INVALID, "%.80s...: the name of the folder is too long",
                         opts->backups);
    folder = opendir(opts->backups);
    if (folder == NULL)
        return reel_fail(err, REEL_E_INVALID, "%s: this folder of backups cannot be read: %s",
                         opts->backups, strerror(errno));
    while (rc == REEL_OK && (entry = readdir(folder)) != NULL)
        if (entry->d_name[0] != '.')
            rc = look_at(out, opts, entry->d_name, gone, err);
    (void)closedir(folder);
    if (out->count > 0)
        qsort(out->items, out->count, sizeof *out->items, by_name);
    return rc;
}

void reel__backups_write(reel_json *json, const reel_backups *backups)
{
    reel__json_key(json, "backups");
    reel__json_array(json);
    for (size_t i = 0; i < backups->count; i++) {
        const reel_backup *backup = &backups->items[i];

        reel__json_object(json);
        reel__json_put_text(json, "file", backup->name);
        reel__json_put_id(json, "people", backup->people);
        reel__json_put_time(json, "made_at", backup->made_at);
        reel__json_put_time(json, "expires_at", backup->expires_at);
        reel__json_object_end(json);
    }
    reel__json_array_end(json);
}
