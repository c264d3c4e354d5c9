/* file_writer.c - files that appear complete or not at all.
 * Written under a hidden name in the same folder, fsynced, renamed over the target, and the folder
 * is fsynced too, since the new name lives there. Small writes are gathered; large ones pass by.
 * A process that is killed leaves its hidden file behind; the next one that writes the same file
 * removes it. The lock a writer holds on its own tells the two apart.
 */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file_priv.h"
#include "base/rng.h"

enum { GATHER_BYTES = 1 << 16, RANDOM_LETTERS = 6 };

struct reel_file_writer {
    char *path, *temporary, *folder;
    int fd;
    bool direct; /* a device or a pipe: what is written is gone at once */
    size_t gathered;
    char gather[GATHER_BYTES];
};

static atomic_bool passing; /* nothing is to outlast this process */

static void free_writer(reel_file_writer *writer)
{
    reel__free(writer->path);
    reel__free(writer->temporary);
    reel__free(writer->folder);
    reel__free(writer);
}

/* "folder/.name.reel-XXXXXX" beside "folder/name". */
static bool name_files(reel_file_writer *writer, const char *path)
{
    static const char ending[] = ".reel-XXXXXX";
    const char *slash = strrchr(path, '/');
    const size_t before = slash == NULL ? 0 : (size_t)(slash + 1 - path);
    const size_t name = strlen(path) - before;

    writer->path = reel__strdup(path);
    writer->folder = before == 0 ? reel__strdup(".") : reel__strndup(path, before);
    writer->temporary = reel__alloc_array(before + 1 + name + sizeof ending, 1);
    if (writer->path == NULL || writer->folder == NULL || writer->temporary == NULL)
        return false;
    memcpy(writer->temporary, path, before);
    writer->temporary[before] = '.';
    memcpy(writer->temporary + before + 1, path + before, name);
    memcpy(writer->temporary + before + 1 + name, ending, sizeof ending);
    return true;
}

/* ---- what killed processes left ------------------------------------------------------------ */

static void remove_left_over(int folder, const char *name)
{
    struct stat facts;
    const int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

    if (fd < 0)
        return;
    /* Removed while locked: its writer may be about to lock it. */
    if (fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode) && flock(fd, LOCK_EX | LOCK_NB) == 0)
        (void)unlinkat(folder, name, 0);
    close(fd);
}

/* Best effort: what cannot be listed or removed stays. */
static void remove_left_overs(const reel_file_writer *writer)
{
    const char *slash = strrchr(writer->temporary, '/');
    const char *own = slash == NULL ? writer->temporary : slash + 1;
    const size_t length = strlen(own);
    DIR *folder = opendir(writer->folder);
    const struct dirent *entry;

    if (folder == NULL)
        return;
    while ((entry = readdir(folder)) != NULL)
        if (strlen(entry->d_name) == length &&
            memcmp(entry->d_name, own, length - RANDOM_LETTERS) == 0)
            remove_left_over(dirfd(folder), entry->d_name);
    closedir(folder);
}

/* ---- writing ------------------------------------------------------------------------------- */

/* Where locks are unknown nothing is ever taken for left over. False when another process took this
 * one for left over before it was locked. */
static bool lock_temporary(int fd)
{
    struct stat facts;

    if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return false;
    return fstat(fd, &facts) != 0 || facts.st_nlink > 0;
}

/* mkstemp would make a file that only its owner may read, and asking for the umask to mend that is
 * not safe beside other threads; so the name is ours and the kernel applies the umask. */
static int create_temporary(reel_file_writer *writer)
{
    static const char letters[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    static atomic_uint calls;
    char *ending = writer->temporary + strlen(writer->temporary) - RANDOM_LETTERS;

    for (int attempt = 0; attempt < 100; attempt++) {
        reel_rng rng = reel__rng_make((uint64_t)reel__clock_steady_us() ^ (uint64_t)getpid() << 40,
                                      atomic_fetch_add(&calls, 1));
        int fd;

        for (int i = 0; i < RANDOM_LETTERS; i++)
            ending[i] = letters[reel__rng_below(&rng, sizeof letters - 1)];
        fd = open(writer->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
        if (fd >= 0 ? lock_temporary(fd) : errno != EEXIST)
            return fd;
        if (fd >= 0)
            close(fd);
    }
    return -1;
}

/* Standard output by its name, whatever it is: its place in a file stays where it was. A device or
 * a pipe must not be replaced by a file of that name. Anything else is a file, to be made: -1. */
static int open_directly(const char *path)
{
    struct stat facts;

    if (strcmp(path, "/dev/stdout") == 0)
        return fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
    if (stat(path, &facts) != 0 || S_ISREG(facts.st_mode) || S_ISDIR(facts.st_mode))
        return -1;
    return open(path, O_WRONLY | O_CLOEXEC);
}

/* A name typed once too often must not cost a database: no report, list or model replaces one. */
static bool is_database(const char *path)
{
    static const char magic[] = "SQLite format 3";
    char begin[sizeof magic] = "";
    struct stat facts;
    int fd;
    ssize_t got;

    if (stat(path, &facts) != 0 || !S_ISREG(facts.st_mode))
        return false;
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    got = read(fd, begin, sizeof begin);
    (void)close(fd);
    return got == (ssize_t)sizeof begin && memcmp(begin, magic, sizeof magic) == 0;
}

reel_code reel__file_writer_open(reel_file_writer **out, const char *path, reel_err *err)
{
    reel_file_writer *writer = reel__alloc_array(1, sizeof *writer);
    char resolved[PATH_MAX];
    struct stat facts;
    reel_code rc = REEL_OK;

    /* The file that a link stands for is written, and the link stays. */
    if (lstat(path, &facts) == 0 && S_ISLNK(facts.st_mode) && strcmp(path, "/dev/stdout") != 0 &&
        realpath(path, resolved) != NULL)
        path = resolved;

    *out = NULL;
    if (writer == NULL)
        return reel_fail(err, REEL_E_NOMEM, "%s: out of memory to write it", path);
    memset(writer, 0, offsetof(reel_file_writer, gather));
    if (!name_files(writer, path))
        rc = reel_fail(err, REEL_E_NOMEM, "%s: out of memory to write it", path);
    else if (reel__file_is_folder(path))
        rc = reel__file_fail(err, "write", path, EISDIR);
    else if (is_database(path))
        rc = reel_fail(err, REEL_E_CONFLICT,
                       "%s: is a database, which is not written over; give another name", path);
    else
        writer->fd = open_directly(path);
    writer->direct = rc == REEL_OK && writer->fd >= 0;
    if (rc == REEL_OK && !writer->direct) {
        remove_left_overs(writer);
        writer->fd = create_temporary(writer);
        if (writer->fd < 0)
            rc = reel__file_fail(err, "write", path, errno);
    }
    if (rc != REEL_OK) {
        free_writer(writer);
        return rc;
    }
    *out = writer;
    return REEL_OK;
}

static reel_code write_all(const reel_file_writer *writer, const char *data, size_t length,
                           reel_err *err)
{
    while (length > 0) {
        const ssize_t written = write(writer->fd, data, length);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return reel__file_fail(err, "write", writer->path, written < 0 ? errno : EIO);
        data += written;
        length -= (size_t)written;
    }
    return REEL_OK;
}

static reel_code flush(reel_file_writer *writer, reel_err *err)
{
    const size_t length = writer->gathered;

    writer->gathered = 0;
    return write_all(writer, writer->gather, length, err);
}

reel_code reel__file_writer_write(reel_file_writer *writer, const void *data, size_t length,
                                  reel_err *err)
{
    if (length > GATHER_BYTES - writer->gathered) {
        const reel_code rc = flush(writer, err);

        if (rc != REEL_OK || length >= GATHER_BYTES)
            return rc != REEL_OK ? rc : write_all(writer, data, length, err);
    }
    if (length > 0)
        memcpy(writer->gather + writer->gathered, data, length);
    writer->gathered += length;
    return REEL_OK;
}

void reel__file_set_lasting(bool lasting)
{
    atomic_store(&passing, !lasting);
}

bool reel__file_is_lasting(void)
{
    return !atomic_load_explicit(&passing, memory_order_relaxed);
}

int reel__file_sync(int fd)
{
    return reel__file_is_lasting() ? fsync(fd) : 0;
}

reel_code reel__file_sync_folder(const char *folder, reel_err *err)
{
    const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int error = 0;

    if (fd < 0)
        return reel__file_fail(err, "open", folder, errno);
    if (reel__file_sync(fd) != 0 && errno != EINVAL) /* some file systems cannot sync a folder */
        error = errno;
    close(fd);
    return error == 0 ? REEL_OK : reel__file_fail(err, "sync", folder, error);
}

reel_code reel__file_writer_commit(reel_file_writer *writer, reel_err *err)
{
    reel_code rc = flush(writer, err);

    if (writer->direct) {
        if (close(writer->fd) != 0 && rc == REEL_OK)
            rc = reel__file_fail(err, "close", writer->path, errno);
        free_writer(writer);
        return rc;
    }
    if (rc == REEL_OK && reel__file_sync(writer->fd) != 0)
        rc = reel__file_fail(err, "sync", writer->path, errno);
    if (rc == REEL_OK && rename(writer->temporary, writer->path) != 0)
        rc = reel__file_fail(err, "write", writer->path, errno);
    /* Closing ends the lock, so the new name comes first; what was synced is on the disk already.
     */
    if (close(writer->fd) != 0 && rc == REEL_OK)
        rc = reel__file_fail(err, "close", writer->path, errno);
    if (rc != REEL_OK)
        (void)unlink(writer->temporary);
    else
        rc = reel__file_sync_folder(writer->folder, err);
    free_writer(writer);
    return rc;
}

void reel__file_writer_abort(reel_file_writer *writer)
{
    if (writer == NULL)
        return;
    close(writer->fd);
    if (!writer->direct)
        (void)unlink(writer->temporary);
    free_writer(writer);
}

reel_code reel__file_check_writable(const char *path, reel_err *err)
{
    reel_file_writer *writer;
    struct stat facts;
    reel_code rc;

    if (stat(path, &facts) == 0 && !S_ISREG(facts.st_mode) && !S_ISDIR(facts.st_mode))
        return REEL_OK;
    rc = reel__file_writer_open(&writer, path, err);
    if (rc == REEL_OK)
        reel__file_writer_abort(writer);
    return rc;
}

reel_code reel__file_write(const char *path, const void *data, size_t length, reel_err *err)
{
    reel_file_writer *writer = NULL;
    reel_code rc = reel__file_writer_open(&writer, path, err);

    if (rc != REEL_OK || writer == NULL)
        return rc;
    rc = reel__file_writer_write(writer, data, length, err);
    if (rc == REEL_OK)
        return reel__file_writer_commit(writer, err);
    reel__file_writer_abort(writer);
    return rc;
}
