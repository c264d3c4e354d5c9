/* forget.c - see forget.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/seal.h"
#include "service/engine/state.h"
#include "service/operation/forget_priv.h"
#include "store/unlearning.h"
#include "store/versions.h"

typedef struct forgetting {
    const reel_forget_opts *opts;
    reel_store *store;
    char *folder;
    reel_holding before, after;
    reel_people gone;
    reel_backups backups;
    reel_receipt receipt;
} forgetting;

/* ---- what must go -------------------------------------------------------------------------- */

/* What nobody can read may hold anybody. */
static bool is_dirty(const forgetting *f, const reel_held *file)
{
    return !file->readable || reel__held_of(file, &f->gone) > 0;
}

static bool is_version(const reel_held *file)
{
    return strncmp(file->name, "versions/", 9) == 0;
}

/* Those of a training that did not end may go. */
static bool is_unfinished(const reel_held *file)
{
    return strncmp(file->name, "unfinished/", 11) == 0;
}

/* Whether what serves, or the data it was made of, holds somebody. */
static bool serves_somebody(const forgetting *f)
{
    for (size_t i = 0; i < f->before.count; i++)
        if (!is_version(&f->before.files[i]) && !is_unfinished(&f->before.files[i]) &&
            reel__held_of(&f->before.files[i], &f->gone) > 0)
            return true;
    return false;
}

/* ---- fitted once more ---------------------------------------------------------------------- */

static reel_code refit(const forgetting *f, reel_err *err)
{
    const reel_forget_opts *opts = f->opts;
    const reel_engine_opts how = {.store = f->store,
                                  .models_dir = f->folder,
                                  .retrain = true,
                                  .learn = true,
                                  .as_served = true,
                                  .threads = opts->threads,
                                  .progress = opts->progress,
                                  .cancel = opts->cancel,
                                  .notice = opts->notice};
    reel_engine *engine = NULL;
    reel_code rc;

    REEL_TRY(reel__engine_open(&engine, &how, err));
    if (reel__engine_unsaved(engine) != NULL)
        rc = reel_fail(err, REEL_E_STORE, "the models could not be kept: %s",
                       reel__engine_unsaved(engine));
out:
    reel__engine_close(engine);
    return rc;
}

/* ---- destroyed ----------------------------------------------------------------------------- */

/* Whether a process is writing it: it holds a lock on what it writes (base/file_writer.c). */
static bool is_being_written(const char *path)
{
    const int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    const bool busy = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;

    if (fd >= 0)
        (void)close(fd);
    return busy;
}

/* The file goes first: a version that has none is told as failed, and a file without a record
 * would be found by nobody. */
static reel_code destroy(const forgetting *f, const reel_held *file, reel_err *err)
{
    char path[REEL_FORGET_PATH + REEL_FORGET_NAME], id[REEL_FORGET_NAME] = "";
    reel_code rc = REEL_OK;

    (void)snprintf(path, sizeof path, "%s/%s", f->folder, file->name);
    if (strcmp(file->kind, "remains") == 0 && is_being_written(path))
        return REEL_OK;
    if (unlink(path) != 0 && errno != ENOENT)
        return reel_fail(err, REEL_E_STORE, "%s: cannot be removed: %s", path, strerror(errno));
    if (is_version(file) && strcmp(file->kind, "model") == 0) {
        (void)snprintf(id, sizeof id, "%.*s",
                       (int)(strlen(file->name) - strlen("versions/.safetensors")),
                       file->name + strlen("versions/"));
        rc = reel__store_remove_version(f->store, id, err);
    }
    return rc;
}

static reel_code destroy_rest(forgetting *f, reel_err *err)
{
    reel_code rc;

    REEL_TRY(reel__holding_read(&f->after, f->folder, err));
    for (size_t i = 0; i < f->after.count; i++)
        if (is_dirty(f, &f->after.files[i]))
            REEL_TRY(destroy(f, &f->after.files[i], err));
    reel__holding_free(&f->after);
    rc = reel__holding_read(&f->after, f->folder, err);
out:
    return rc;
}

/* ---- all of it ----------------------------------------------------------------------------- */

static reel_code open_place(forgetting *f, reel_err *err)
{
    const reel_forget_opts *opts = f->opts;
    const reel_engine_opts how = {.database = opts->database};
    reel_code rc;

    REEL_TRY(reel__engine_open_store(&f->store, &how, err));
    f->folder = opts->models_dir != NULL ? reel__strdup(opts->models_dir)
                                         : reel__usual_dir(reel__store_path(f->store), "models");
    if (f->folder == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "out of memory to open %s", opts->database));
    if (strlen(f->folder) >= REEL_FORGET_PATH - 64)
        rc = reel_fail(err, REEL_E_INVALID, "%.80s...: the name of the folder is too long",
                       f->folder);
out:
    return rc;
}

static reel_code look(reel_forget_report *out, forgetting *f, reel_err *err)
{
    reel_code rc;

    REEL_TRY(reel__holding_read(&f->before, f->folder, err));
    REEL_TRY(reel__holding_gone(&f->gone, &f->before, f->store, err));
    REEL_TRY(reel__receipt_find_begun(&f->receipt, f->folder, err));
    REEL_TRY(reel__receipt_begun_people(&f->gone, f->folder, f->receipt.begun, err));
    out->people = f->gone.count;
    REEL_TRY(reel__backups_read(&f->backups, f->opts, &f->gone, err));
    out->backups = f->gone.count > 0 ? f->backups.count : 0;
    for (size_t i = 0; i < f->before.count; i++)
        out->holding += reel__held_of(&f->before.files[i], &f->gone) > 0;
out:
    return rc;
}

/* What was there is written down first: whatever ends the process, it is known. */
static reel_code take_out(reel_forget_report *out, reel_buf *text, forgetting *f, reel_err *err)
{
    reel_receipt *receipt = &f->receipt;
    reel_code rc = REEL_OK;

    receipt->gone = &f->gone;
    receipt->before = &f->before;
    receipt->backups = &f->backups;
    if (f->gone.count == 0 && receipt->begun[0] == '\0')
        goto out;
    if (f->gone.count > 0)
        REEL_TRY(reel__receipt_begin(receipt, f->folder, err));
    if (serves_somebody(f))
        REEL_TRY(refit(f, err));
    REEL_TRY(destroy_rest(f, err));
    receipt->after = &f->after;
    rc = reel__receipt_keep(out, text, receipt, f->folder, err);
out:
    return rc;
}

reel_code reel__forget(reel_forget_report *out, reel_buf *receipt, const reel_forget_opts *opts,
                       reel_err *err)
{
    forgetting f = {.opts = opts};
    char own[REEL_RANDOM_NAME];
    reel_code rc;

    *out = (reel_forget_report){.receipt = ""};
    REEL_TRY(open_place(&f, err));
    REEL_TRY(reel__random_name(own, err));
    if (!opts->look)
        REEL_TRY(reel__unlearning_begin(f.store, own, err));
    REEL_TRY(look(out, &f, err));
    if (opts->look)
        goto out;
    REEL_TRY(take_out(out, receipt, &f, err));
    rc = reel__unlearning_end(f.store, own, err);
out:
    reel__holding_free(&f.before);
    reel__holding_free(&f.after);
    reel__free(f.gone.ids);
    reel__free(f.backups.items);
    reel__free(f.folder);
    reel__engine_close_store(f.store);
    return rc;
}
