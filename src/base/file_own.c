/* file_own.c - files that another library writes (a database) and that then get their name. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file_priv.h"

/* Who had it before may have renamed it between our opening and our locking. */
static bool is_still_there(int fd, const char *path)
{
    struct stat mine, there;

    return fstat(fd, &mine) == 0 && stat(path, &there) == 0 && mine.st_dev == there.st_dev &&
           mine.st_ino == there.st_ino;
}

reel_code reel__file_own(reel_file_lock *out, const char *path, reel_err *err)
{
    reel_code rc = reel__file_lock(out, path, err);

    if (rc != REEL_OK)
        return rc;
    if (!is_still_there(out->fd, path))
        rc = reel_fail(err, REEL_E_CONFLICT, "%s: another process writes this file; try again",
                       path);
    else if (ftruncate(out->fd, 0) != 0)
        rc = reel__file_fail(err, "empty", path, errno);
    if (rc != REEL_OK)
        reel__file_unlock(out);
    return rc;
}

static reel_code sync_file(const char *path, reel_err *err)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    reel_code rc = REEL_OK;

    if (fd < 0)
        return reel__file_fail(err, "open", path, errno);
    if (reel__file_sync(fd) != 0)
        rc = reel__file_fail(err, "sync", path, errno);
    close(fd);
    return rc;
}

reel_code reel__file_rename(const char *from, const char *to, reel_err *err)
{
    const char *slash = strrchr(to, '/');
    char *folder = slash == NULL ? reel__strdup(".") : reel__strndup(to, (size_t)(slash + 1 - to));
    reel_code rc = REEL_OK;

    if (folder == NULL)
        return reel_fail(err, REEL_E_NOMEM, "%s: out of memory to write it", to);
    rc = sync_file(from, err);
    if (rc == REEL_OK && rename(from, to) != 0)
        rc = reel__file_fail(err, "write", to, errno);
    if (rc == REEL_OK)
        rc = reel__file_sync_folder(folder, err);
    reel__free(folder);
    return rc;
}
