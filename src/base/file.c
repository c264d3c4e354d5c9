/* file.c - mapped reading, folders, paths, locks. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/env.h"
#include "base/file_priv.h"

/* What a person can do about it, so that no message ends at the bare reason. */
static const char *advice(int error)
{
    switch (error) {
    case ENOSPC:
    case EDQUOT:
        return "free space there or choose another folder";
    case EFBIG:
        return "raise the file size limit (ulimit -f)";
    case EACCES:
    case EPERM:
        return "check its permissions and its folder's";
    case EROFS:
        return "choose a folder on a writable file system";
    case EISDIR:
        return "give the name of a file, not of a folder";
    case ENOTDIR:
        return "a part of the path is a file, not a folder";
    case ENOENT:
        return "check the path; its folder must exist";
    case EMFILE:
    case ENFILE:
        return "raise the limit of open files (ulimit -n)";
    default:
        return "check the disk and try again";
    }
}

reel_code reel__file_fail(reel_err *err, const char *verb, const char *path, int error)
{
    const reel_code code = error == ENOMEM ? REEL_E_NOMEM : REEL_E_STORE;
    char text[128];

    return reel_fail(err, code, "%s: cannot %s: %s; %s", path, verb,
                     strerror_r(error, text, sizeof text), advice(error));
}

/* ---- mapped reading ------------------------------------------------------------------------ */

static reel_code map_descriptor(reel_file_map *out, int fd, const char *path, reel_err *err)
{
    struct stat info;
    void *data;

    if (fstat(fd, &info) != 0)
        return reel__file_fail(err, "read", path, errno);
    if (S_ISDIR(info.st_mode))
        return reel__file_fail(err, "read", path, EISDIR);
    if (!S_ISREG(info.st_mode))
        return reel_fail(err, REEL_E_STORE, "%s: not a regular file; copy its content to one",
                         path);
    out->size_bytes = (size_t)info.st_size;
    if (info.st_size == 0)
        return REEL_OK;
    data = mmap(NULL, out->size_bytes, PROT_READ, MAP_PRIVATE, fd, 0);
    if (data == MAP_FAILED) {
        out->size_bytes = 0;
        return reel__file_fail(err, "map", path, errno);
    }
    out->data = data;
    out->mapped = true;
    return REEL_OK;
}

reel_code reel__file_map_open(reel_file_map *out, const char *path, reel_err *err)
{
    static const unsigned char nothing[1];
    reel_code rc;
    int fd;

    *out = (reel_file_map){.data = nothing};
    /* O_NONBLOCK: opening a pipe must answer "not a regular file", not wait for a writer. */
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return reel_fail(err, REEL_E_NOTFOUND, "%s: no such file; check the path", path);
    if (fd < 0)
        return reel__file_fail(err, "open", path, errno);
    rc = map_descriptor(out, fd, path, err);
    close(fd);
    return rc;
}

void reel__file_map_close(reel_file_map *map)
{
    if (map->mapped)
        (void)munmap((void *)(uintptr_t)map->data, map->size_bytes);
    *map = (reel_file_map){.data = (const unsigned char *)""};
}

/* Whole pages only; of no consequence when it fails. */
void reel__file_map_forget(const reel_file_map *map, const void *until)
{
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    const uintptr_t start = (uintptr_t)map->data, end = (uintptr_t)until & ~(page - 1);

    if (map->mapped && end > start)
        (void)madvise((void *)start, end - start, MADV_DONTNEED);
}

/* ---- questions and folders ----------------------------------------------------------------- */

bool reel__file_exists(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0;
}

/* The folder a name stands in, resolved. */
static bool folder_of(const char *path, const char **name, char out[PATH_MAX])
{
    const char *slash = strrchr(path, '/');
    char folder[PATH_MAX];
    const size_t length = slash == NULL ? 1 : (size_t)(slash - path) + 1;

    *name = slash == NULL ? path : slash + 1;
    if (length >= sizeof folder)
        return false;
    memcpy(folder, slash == NULL ? "." : path, length);
    folder[length] = '\0';
    return realpath(folder, out) != NULL;
}

bool reel__file_same(const char *one, const char *other)
{
    char a_folder[PATH_MAX], b_folder[PATH_MAX];
    const char *a_name, *b_name;
    struct stat a, b;

    if (strcmp(one, other) == 0)
        return true;
    if (stat(one, &a) == 0 && stat(other, &b) == 0)
        return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
    return folder_of(one, &a_name, a_folder) && folder_of(other, &b_name, b_folder) &&
           strcmp(a_name, b_name) == 0 && strcmp(a_folder, b_folder) == 0;
}

bool reel__file_is_folder(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

int64_t reel__file_size(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 ? (int64_t)info.st_size : -1;
}

int reel__file_mode(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 ? (int)(info.st_mode & 07777) : -1;
}

static reel_code make_one_folder(const char *path, reel_err *err)
{
    int error;

    if (mkdir(path, 0755) == 0)
        return REEL_OK;
    error = errno;
    if (reel__file_is_folder(path))
        return REEL_OK;
    return reel__file_fail(err, "make folder", path, error == EEXIST ? ENOTDIR : error);
}

reel_code reel__file_make_folder(const char *path, reel_err *err)
{
    reel_code rc = REEL_OK;
    char *partial = reel__strdup(path);

    if (partial == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for the path %s", path);
    for (char *at = partial; *at != '\0' && rc == REEL_OK; at++) {
        if (*at != '/' || at == partial || at[-1] == '/')
            continue;
        *at = '\0';
        rc = make_one_folder(partial, err);
        *at = '/';
    }
    if (rc == REEL_OK)
        rc = make_one_folder(path, err);
    reel__free(partial);
    return rc;
}

reel_code reel__file_make_temporary(char out[REEL_FILE_TEMPORARY], const char *what, reel_err *err)
{
    reel_code rc;

    (void)snprintf(out, REEL_FILE_TEMPORARY, "%.150s/reel-%.30s-XXXXXX",
                   reel__env_get("TMPDIR", "/tmp"), what);
    if (mkdtemp(out) != NULL)
        return REEL_OK;
    rc = reel__file_fail(err, "make folder", out, errno);
    out[0] = '\0';
    return rc;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *at)
{
    (void)info;
    (void)at;
    return kind == FTW_DP ? rmdir(path) : unlink(path);
}

void reel__file_remove_tree(const char *path)
{
    enum { OPEN_FOLDERS = 16 };

    (void)nftw(path, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
}

char *reel__path_join(const char *folder, const char *name)
{
    const size_t left = strlen(folder), right = strlen(name);
    const size_t slash = left > 0 && folder[left - 1] != '/' ? 1 : 0;
    char *path = reel__alloc_array(left + slash + right + 1, 1);

    if (path == NULL)
        return NULL;
    memcpy(path, folder, left);
    if (slash > 0)
        path[left] = '/';
    memcpy(path + left + slash, name, right);
    path[left + slash + right] = '\0';
    return path;
}

/* ---- locks --------------------------------------------------------------------------------- */

reel_code reel__file_lock(reel_file_lock *out, const char *path, reel_err *err)
{
    const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    int error;

    out->fd = -1;
    if (fd < 0)
        return reel__file_fail(err, "open the lock", path, errno);
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
        out->fd = fd;
        return REEL_OK;
    }
    error = errno;
    close(fd);
    if (error == EWOULDBLOCK)
        return reel_fail(err, REEL_E_CONFLICT,
                         "%s: another process holds this lock; stop it or use other files", path);
    return reel__file_fail(err, "lock", path, error);
}

void reel__file_unlock(reel_file_lock *lock)
{
    if (lock->fd >= 0)
        close(lock->fd); /* the lock goes with the last descriptor; the file stays, by design */
    lock->fd = -1;
}
