/* part.c - the unfinished file of a download: found again, locked, appended to, checked, published.
 * The record beside it is written before the first byte, so that a part without a record is never
 * mistaken for the beginning of something else.
 */
#include "net/download_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/hash.h"

enum { META_MAXIMUM = 8192 };

static reel_code disk_failed(const char *verb, const char *path, int error, reel_err *err)
{
    char text[128];

    return reel_fail(err, REEL_E_STORE,
                     "%s: cannot %s: %s; check the disk and try again, what is there is kept", path,
                     verb, strerror_r(error, text, sizeof text));
}

static char *with_ending(const char *path, const char *ending)
{
    const size_t room = strlen(path) + strlen(ending) + 1;
    char *name = reel__alloc_array(room, 1);

    if (name != NULL)
        (void)snprintf(name, room, "%s%s", path, ending);
    return name;
}

/* ---- the record ---------------------------------------------------------------------------- */

/* Two lines: the URL, the validator. Anything else, or another URL, means start over. */
static void read_meta(reel_part *part)
{
    reel_file_map map;
    const char *text, *line, *end;
    size_t length;

    part->validator[0] = '\0';
    if (reel__file_map_open(&map, part->meta_path, NULL) != REEL_OK)
        return;
    text = (const char *)map.data;
    length = strlen(part->url);
    if (map.size_bytes <= META_MAXIMUM && map.size_bytes > length + 1 &&
        memcmp(text, part->url, length) == 0 && text[length] == '\n') {
        line = text + length + 1;
        end = memchr(line, '\n', map.size_bytes - length - 1);
        if (end != NULL && end - line < VALIDATOR_LENGTH) {
            memcpy(part->validator, line, (size_t)(end - line));
            part->validator[end - line] = '\0';
        }
    }
    reel__file_map_close(&map);
}

static reel_code write_meta(const reel_part *part, reel_err *err)
{
    reel_code rc;
    reel_buf text;

    if (part->validator[0] == '\0') {
        (void)unlink(part->meta_path);
        return REEL_OK;
    }
    reel__buf_init(&text, META_MAXIMUM);
    reel__buf_format(&text, "%s\n%s\n", part->url, part->validator);
    rc = reel__buf_check(&text, err);
    if (rc == REEL_OK)
        rc = reel__file_write(part->meta_path, text.data, text.length, err);
    reel__buf_fini(&text);
    return rc;
}

/* ---- open and close ------------------------------------------------------------------------ */

/* The lock goes with the file, not with its name: a process that waited at the door must not write
 * into what another one has meanwhile published. */
static reel_code lock_part(reel_part *part, reel_err *err)
{
    const bool busy = flock(part->fd, LOCK_EX | LOCK_NB) != 0;
    struct stat opened, named;

    if (busy && errno != EWOULDBLOCK)
        return disk_failed("lock", part->part_path, errno, err);
    if (busy || fstat(part->fd, &opened) != 0 || stat(part->part_path, &named) != 0 ||
        opened.st_ino != named.st_ino)
        return reel_fail(err, REEL_E_CONFLICT,
                         "%s: another process is downloading it; wait for it or stop it",
                         part->path);
    part->locked = true;
    part->size = (int64_t)opened.st_size;
    return REEL_OK;
}

reel_code reel__part_open(reel_part *part, const char *path, const char *url, reel_err *err)
{
    reel_code rc;

    *part = (reel_part){.url = url, .fd = -1};
    part->path = reel__strdup(path);
    part->part_path = with_ending(path, ".part");
    part->meta_path = with_ending(path, ".part.meta");
    if (part->path == NULL || part->part_path == NULL || part->meta_path == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for the path %s", path);
    part->fd = open(part->part_path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (part->fd < 0)
        return disk_failed("write", part->part_path, errno, err);
    rc = lock_part(part, err);
    if (rc == REEL_OK && part->size > 0)
        read_meta(part);
    return rc;
}

void reel__part_close(reel_part *part)
{
    if (part->locked && part->size == 0)
        reel__part_remove(part); /* an empty part says nothing */
    if (part->fd >= 0)
        close(part->fd);
    reel__free(part->path);
    reel__free(part->part_path);
    reel__free(part->meta_path);
    *part = (reel_part){.fd = -1};
}

void reel__part_remove(reel_part *part)
{
    (void)unlink(part->part_path);
    (void)unlink(part->meta_path);
}

/* ---- content ------------------------------------------------------------------------------- */

reel_code reel__part_restart(reel_part *part, const char *validator, reel_err *err)
{
    if (ftruncate(part->fd, 0) != 0)
        return disk_failed("empty", part->part_path, errno, err);
    part->size = 0;
    (void)snprintf(part->validator, sizeof part->validator, "%s", validator);
    return write_meta(part, err);
}

reel_code reel__part_append(reel_part *part, const char *data, size_t length, reel_err *err)
{
    while (length > 0) {
        const ssize_t written = write(part->fd, data, length);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return disk_failed("write", part->part_path, written < 0 ? errno : EIO, err);
        data += written;
        length -= (size_t)written;
        part->size += written;
    }
    return REEL_OK;
}

static reel_code file_md5(char out[REEL_DIGEST_HEX], const char *path, reel_err *err)
{
    reel_digest *digest;
    reel_file_map map;
    reel_code rc = reel__file_map_open(&map, path, err);

    if (rc != REEL_OK)
        return rc;
    digest = reel__digest_new(REEL_DIGEST_MD5);
    if (digest != NULL) {
        reel__digest_update(digest, map.data, map.size_bytes);
        reel__digest_finish(digest, out);
    } else {
        rc = reel_fail(err, REEL_E_NOMEM, "%s: out of memory to check it", path);
    }
    reel__file_map_close(&map);
    return rc;
}

bool reel__part_done(const char *path, const char *md5)
{
    char found[REEL_DIGEST_HEX];

    return reel__file_exists(path) && file_md5(found, path, NULL) == REEL_OK &&
           strcasecmp(found, md5) == 0;
}

reel_code reel__part_check(reel_part *part, const char *md5, reel_err *err)
{
    char found[REEL_DIGEST_HEX];
    const reel_code rc = file_md5(found, part->part_path, err);

    if (rc != REEL_OK || strcasecmp(found, md5) == 0)
        return rc;
    reel__part_remove(part);
    return reel_fail(err, REEL_E_FORMAT,
                     "%s: its MD5 is %s but should be %s; the file was removed, try again or use "
                     "another mirror",
                     part->url, found, md5);
}

reel_code reel__part_publish(reel_part *part, reel_err *err)
{
    if (fsync(part->fd) != 0)
        return disk_failed("sync", part->part_path, errno, err);
    if (rename(part->part_path, part->path) != 0)
        return disk_failed("write", part->path, errno, err);
    (void)unlink(part->meta_path);
    part->size = -1; /* there is no part any more */
    return REEL_OK;
}
