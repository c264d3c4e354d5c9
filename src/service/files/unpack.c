/* unpack.c - an archive becomes a folder, whole or not at all.
 * Files are written into OUTPUT/.NAME.unpacking, which is renamed at the end. Its lock tells a
 * folder that a killed process left (emptied and used again) from one that is being filled.
 */
#include "service/files/fetch_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/zip.h"

enum { ENTRIES_MOST = 1000 };

typedef struct unpacking {
    reel_zip *zip;
    char *temporary, *final;
    int lock;    /* descriptor of the temporary folder */
    bool locked; /* the temporary folder is ours to empty and remove */
    int64_t written, total;
    const reel_progress *progress;
} unpacking;

static reel_code disk_failed(const char *verb, const char *path, int error, reel_err *err)
{
    char text[128];

    return reel_fail(err, REEL_E_STORE, "%s: cannot %s: %s; check the disk and try again", path,
                     verb, strerror_r(error, text, sizeof text));
}

/* ---- the temporary folder ------------------------------------------------------------------ */

static reel_code name_folders(unpacking *work, const char *output, const char *name, reel_err *err)
{
    char hidden[128];

    (void)snprintf(hidden, sizeof hidden, ".%s.unpacking", name);
    work->temporary = reel__path_join(output, hidden);
    work->final = reel__path_join(output, name);
    if (work->temporary == NULL || work->final == NULL)
        return reel_fail(err, REEL_E_NOMEM, "%s: out of memory to unpack it", name);
    return REEL_OK;
}

static int open_folder(unpacking *work)
{
    if (mkdir(work->temporary, 0755) != 0 && errno != EEXIST)
        return -1;
    return open(work->temporary, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static reel_code take_folder(unpacking *work, reel_err *err)
{
    work->lock = open_folder(work);
    if (work->lock < 0)
        return disk_failed("make folder", work->temporary, errno, err);
    if (flock(work->lock, LOCK_EX | LOCK_NB) != 0)
        return reel_fail(err, REEL_E_CONFLICT,
                         "%s: another process is unpacking; wait for it or stop it",
                         work->temporary);
    work->locked = true;
    /* What a killed process left goes; the descriptor must belong to the new folder. */
    reel__file_remove_tree(work->temporary);
    close(work->lock);
    work->lock = open_folder(work);
    if (work->lock < 0 || flock(work->lock, LOCK_EX | LOCK_NB) != 0)
        return disk_failed("make folder", work->temporary, errno, err);
    return REEL_OK;
}

/* ---- files --------------------------------------------------------------------------------- */

static reel_code write_piece(void *user, const void *data, size_t length, reel_err *err)
{
    return reel__file_writer_write(user, data, length, err);
}

static reel_code unpack_file(unpacking *work, size_t index, const char *path, reel_err *err)
{
    reel_file_writer *writer = NULL;
    reel_code rc = reel__file_writer_open(&writer, path, err);

    if (rc != REEL_OK)
        return rc;
    rc = reel__zip_read(work->zip, index, write_piece, writer, err);
    if (rc == REEL_OK)
        return reel__file_writer_commit(writer, err);
    reel__file_writer_abort(writer);
    return rc;
}

/* Two entries of one name, or a file where a folder should be: the archive contradicts itself. */
static reel_code unpack_entry(unpacking *work, size_t index, size_t prefix, reel_err *err)
{
    const reel_zip_entry entry = reel__zip_entry(work->zip, index);
    reel_code rc = REEL_OK;
    char *slash, *path;

    if (strlen(entry.name) <= prefix)
        return REEL_OK; /* the folder that was taken off */
    path = reel__path_join(work->temporary, entry.name + prefix);
    if (path == NULL)
        return reel_fail(err, REEL_E_NOMEM, "%s: out of memory to unpack it", entry.name);
    if (entry.folder) {
        REEL_TRY(reel__file_make_folder(path, err));
        goto out;
    }
    if (reel__file_exists(path)) {
        rc = reel_fail(err, REEL_E_FORMAT, "%s: stands twice in the archive", entry.name);
        goto out;
    }
    slash = strrchr(path, '/');
    *slash = '\0';
    REEL_TRY(reel__file_make_folder(path, err));
    *slash = '/';
    REEL_TRY(unpack_file(work, index, path, err));
    work->written += entry.size_bytes;
    reel__progress(work->progress, "unpack", work->written, work->total, "bytes");
out:
    reel__free(path);
    return rc;
}

/* Length of "folder/" when every entry lies in one folder, else 0. */
static size_t common_folder(const reel_zip *zip)
{
    size_t length = 0;

    for (size_t i = 0; i < reel__zip_count(zip); i++) {
        const reel_zip_entry entry = reel__zip_entry(zip, i);
        const char *slash = strchr(entry.name, '/');
        const size_t first = slash != NULL ? (size_t)(slash - entry.name) : strlen(entry.name);

        if ((slash == NULL && !entry.folder) || (i > 0 && first + 1 != length) ||
            strncmp(entry.name, reel__zip_entry(zip, 0).name, first) != 0)
            return 0;
        length = first + 1;
    }
    return length;
}

static reel_code publish(const unpacking *work, reel_err *err)
{
    if (rename(work->temporary, work->final) == 0)
        return REEL_OK;
    if (errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR)
        return reel_fail(err, REEL_E_CONFLICT,
                         "%s: is already there; move it away to fetch it again", work->final);
    return disk_failed("rename to it", work->final, errno, err);
}

reel_code reel__unpack(const char *archive, const char *output, const char *name,
                       int64_t maximum_bytes, const reel_progress *progress, reel_err *err)
{
    const reel_zip_limits limits = {.entries = ENTRIES_MOST, .expanded_bytes = maximum_bytes};
    unpacking work = {.lock = -1, .progress = progress};
    reel_code rc = REEL_OK;
    size_t prefix;

    REEL_TRY(reel__zip_open(&work.zip, archive, &limits, err));
    REEL_TRY(name_folders(&work, output, name, err));
    REEL_TRY(take_folder(&work, err));
    prefix = common_folder(work.zip);
    for (size_t i = 0; i < reel__zip_count(work.zip); i++)
        work.total += reel__zip_entry(work.zip, i).size_bytes;
    for (size_t i = 0; i < reel__zip_count(work.zip); i++)
        REEL_TRY(unpack_entry(&work, i, prefix, err));
    REEL_TRY(publish(&work, err));
    work.locked = false;
out:
    if (work.locked)
        reel__file_remove_tree(work.temporary);
    if (work.lock >= 0)
        close(work.lock);
    reel__zip_close(work.zip);
    reel__free(work.temporary);
    reel__free(work.final);
    return rc;
}
