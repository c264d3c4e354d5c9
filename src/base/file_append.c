/* file_append.c - files that grow record by record; see file.h. */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/file.h"
#include "base/file_priv.h"

reel_code reel__file_append_open(reel_file_appender *out, const char *path, reel_err *err)
{
    const int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);

    out->fd = -1;
    if (fd < 0)
        return reel__file_fail(err, "open", path, errno);
    /* Where locks are unknown the file is used without. */
    if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        close(fd);
        return reel_fail(err, REEL_E_CONFLICT, "%s: another process is writing it", path);
    }
    out->fd = fd;
    return REEL_OK;
}

reel_code reel__file_append(reel_file_appender *appender, const char *path, const void *data,
                            size_t length, reel_err *err)
{
    const char *at = data;

    while (length > 0) {
        const ssize_t written = write(appender->fd, at, length);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return reel__file_fail(err, "write", path, errno);
        at += written;
        length -= (size_t)written;
    }
    return REEL_OK;
}

reel_code reel__file_append_cut(reel_file_appender *appender, const char *path, size_t size_bytes,
                                reel_err *err)
{
    if (ftruncate(appender->fd, (off_t)size_bytes) != 0)
        return reel__file_fail(err, "cut", path, errno);
    return REEL_OK;
}

void reel__file_append_close(reel_file_appender *appender)
{
    if (appender->fd >= 0)
        close(appender->fd);
    appender->fd = -1;
}
