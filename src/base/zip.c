/* zip.c - ZIP archives over libzip.
 * Everything that can be refused without unpacking is refused when the archive is opened, so that a
 * caller never has half of a bad archive on disk. Declared sizes are only claims: reading counts.
 */
#include "base/zip.h"

#include <string.h>
#include <sys/stat.h>
#include <zip.h>

#include "base/alloc.h"
#include "base/file.h"

enum { ENTRIES_DEFAULT = 10000, NAME_LENGTH = 1024, PART_LENGTH = 255, PIECE_BYTES = 1 << 16 };
static const int64_t EXPANDED_DEFAULT = (int64_t)8 << 30;

struct reel_zip {
    zip_t *archive;
    char *label; /* path, for messages */
    reel_zip_entry *entries;
    size_t count;
};

/* ---- checking ------------------------------------------------------------------------------ */

/* Why a name may not be used as a path below some folder, or NULL. Written so that the same name is
 * safe on every system, not only on this one. */
static const char *name_problem(const char *name, size_t length)
{
    size_t part = 0;

    if (length == 0 || length > NAME_LENGTH)
        return "an empty or overlong name";
    if (name[0] == '/' || (length > 1 && name[1] == ':'))
        return "an absolute name";
    for (size_t i = 0; i <= length; i++) {
        if (i < length && name[i] != '/') {
            if ((unsigned char)name[i] < 0x20 || name[i] == 0x7f)
                return "control characters in a name";
            if (name[i] == '\\')
                return "a backslash in a name";
            continue;
        }
        if (i == part || i - part > PART_LENGTH)
            return "an empty or overlong part in a name";
        if (name[part] == '.' && (i == part + 1 || (i == part + 2 && name[part + 1] == '.')))
            return "\".\" or \"..\" in a name";
        part = i + 1;
    }
    return NULL;
}

/* Archives made on Unix keep the file's mode: links and devices are no files. */
static bool is_plain(zip_t *archive, zip_uint64_t index)
{
    zip_uint8_t system = 0;
    zip_uint32_t attributes = 0;
    mode_t kind;

    if (zip_file_get_external_attributes(archive, index, 0, &system, &attributes) != 0)
        return true;
    if (system != ZIP_OPSYS_UNIX && system != ZIP_OPSYS_OS_X)
        return true;
    kind = (mode_t)(attributes >> 16) & S_IFMT;
    return kind == 0 || kind == S_IFREG || kind == S_IFDIR;
}

static reel_code refuse(const reel_zip *zip, size_t index, const char *what, reel_err *err)
{
    return reel_fail(err, REEL_E_FORMAT, "%s: entry %zu: %s; the archive was refused whole",
                     zip->label, index + 1, what);
}

static reel_code check_entry(reel_zip *zip, size_t index, reel_err *err)
{
    reel_zip_entry *entry = &zip->entries[index];
    const char *problem;
    zip_stat_t info;
    size_t length;

    if (zip_stat_index(zip->archive, index, 0, &info) != 0)
        return refuse(zip, index, zip_strerror(zip->archive), err);
    if ((info.valid & ZIP_STAT_NAME) == 0 || (info.valid & ZIP_STAT_SIZE) == 0)
        return refuse(zip, index, "its name or size is missing", err);
    if ((info.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && info.encryption_method != ZIP_EM_NONE)
        return refuse(zip, index, "it is encrypted", err);
    if (!is_plain(zip->archive, index))
        return refuse(zip, index, "it is a link or a device", err);
    length = strlen(info.name);
    entry->folder = length > 1 && info.name[length - 1] == '/';
    problem = name_problem(info.name, length - (entry->folder ? 1 : 0));
    if (problem != NULL)
        return refuse(zip, index, problem, err);
    if (info.size > (zip_uint64_t)INT64_MAX || (entry->folder && info.size > 0))
        return refuse(zip, index, "an impossible size", err);
    entry->size_bytes = (int64_t)info.size;
    entry->name = reel__strndup(info.name, length - (entry->folder ? 1 : 0));
    if (entry->name == NULL)
        return reel_fail(err, REEL_E_NOMEM, "%s: out of memory for its entries", zip->label);
    zip->count = index + 1;
    return REEL_OK;
}

static reel_code check_entries(reel_zip *zip, const reel_zip_limits *limits, reel_err *err)
{
    const int64_t most = limits != NULL && limits->entries > 0 ? limits->entries : ENTRIES_DEFAULT;
    const int64_t expanded =
        limits != NULL && limits->expanded_bytes > 0 ? limits->expanded_bytes : EXPANDED_DEFAULT;
    const zip_int64_t count = zip_get_num_entries(zip->archive, 0);
    int64_t total = 0;

    if (count < 0 || count > most)
        return reel_fail(err, REEL_E_TOOLARGE, "%s: %lld entries, more than %lld are not unpacked",
                         zip->label, (long long)count, (long long)most);
    zip->entries = reel__alloc_zero((size_t)count, sizeof *zip->entries);
    if (zip->entries == NULL)
        return reel_fail(err, REEL_E_NOMEM, "%s: out of memory for its entries", zip->label);
    for (size_t i = 0; i < (size_t)count; i++) {
        const reel_code rc = check_entry(zip, i, err);

        if (rc != REEL_OK)
            return rc;
        if (zip->entries[i].size_bytes > expanded - total)
            return reel_fail(err, REEL_E_TOOLARGE,
                             "%s: expands to more than %lld bytes; the archive was refused whole",
                             zip->label, (long long)expanded);
        total += zip->entries[i].size_bytes;
    }
    return REEL_OK;
}

/* ---- opening ------------------------------------------------------------------------------- */

/* libzip's reason as one of ours. A missing file was found out before: "no such file" is also what
 * it says of some damage. */
static reel_code open_failed(const char *label, zip_error_t *error, reel_err *err)
{
    const int code = zip_error_code_zip(error);
    reel_code rc = REEL_E_FORMAT;

    if (code == ZIP_ER_MEMORY)
        rc = REEL_E_NOMEM;
    else if (code == ZIP_ER_OPEN || code == ZIP_ER_READ || code == ZIP_ER_SEEK)
        rc = REEL_E_STORE;
    rc = reel_fail(err, rc, "%s: cannot be read as a ZIP archive: %s", label,
                   zip_error_strerror(error));
    zip_error_fini(error);
    return rc;
}

/* Takes the source in any case. */
static reel_code open_source(reel_zip **out, zip_source_t *source, const char *label,
                             const reel_zip_limits *limits, reel_err *err)
{
    reel_zip *zip = reel__alloc_zero(1, sizeof *zip);
    reel_code rc = REEL_OK;
    zip_error_t error;

    zip_error_init(&error);
    if (zip == NULL || (zip->label = reel__strdup(label)) == NULL) {
        rc = reel_fail(err, REEL_E_NOMEM, "%s: out of memory to read it", label);
        zip_source_free(source);
        zip_error_fini(&error);
        goto out;
    }
    zip->archive = zip_open_from_source(source, ZIP_RDONLY, &error);
    if (zip->archive == NULL) {
        zip_source_free(source);
        rc = open_failed(label, &error, err);
        goto out;
    }
    zip_error_fini(&error);
    REEL_TRY(check_entries(zip, limits, err));
    *out = zip;
    zip = NULL;
out:
    reel__zip_close(zip);
    return rc;
}

reel_code reel__zip_open(reel_zip **out, const char *path, const reel_zip_limits *limits,
                         reel_err *err)
{
    zip_source_t *source;
    zip_error_t error;

    *out = NULL;
    if (!reel__file_exists(path))
        return reel_fail(err, REEL_E_NOTFOUND, "%s: no such file; check the path", path);
    zip_error_init(&error);
    source = zip_source_file_create(path, 0, -1, &error);
    if (source == NULL)
        return open_failed(path, &error, err);
    zip_error_fini(&error);
    return open_source(out, source, path, limits, err);
}

reel_code reel__zip_open_memory(reel_zip **out, const void *data, size_t length,
                                const reel_zip_limits *limits, reel_err *err)
{
    zip_source_t *source;
    zip_error_t error;

    *out = NULL;
    zip_error_init(&error);
    source = zip_source_buffer_create(data, length, 0, &error);
    if (source == NULL)
        return open_failed("archive in memory", &error, err);
    zip_error_fini(&error);
    return open_source(out, source, "archive in memory", limits, err);
}

void reel__zip_close(reel_zip *zip)
{
    if (zip == NULL)
        return;
    for (size_t i = 0; i < zip->count; i++)
        reel__free((void *)(uintptr_t)zip->entries[i].name);
    reel__free(zip->entries);
    reel__free(zip->label);
    if (zip->archive != NULL)
        zip_discard(zip->archive);
    reel__free(zip);
}

/* ---- reading ------------------------------------------------------------------------------- */

size_t reel__zip_count(const reel_zip *zip)
{
    return zip->count;
}

reel_zip_entry reel__zip_entry(const reel_zip *zip, size_t index)
{
    return zip->entries[index];
}

static reel_code read_failed(const reel_zip *zip, size_t index, const char *reason, reel_err *err)
{
    return reel_fail(err, REEL_E_FORMAT, "%s: %s: %s; fetch the archive again", zip->label,
                     zip->entries[index].name, reason);
}

reel_code reel__zip_read(reel_zip *zip, size_t index, reel_zip_sink sink, void *user, reel_err *err)
{
    const int64_t declared = zip->entries[index].size_bytes;
    char *piece = reel__alloc_array(PIECE_BYTES, 1);
    reel_code rc = REEL_OK;
    zip_file_t *file = NULL;
    int64_t total = 0;

    if (piece == NULL)
        return reel_fail(err, REEL_E_NOMEM, "%s: out of memory to read it", zip->label);
    file = zip_fopen_index(zip->archive, index, 0);
    if (file == NULL) {
        rc = read_failed(zip, index, zip_strerror(zip->archive), err);
        goto out;
    }
    for (;;) {
        const zip_int64_t got = zip_fread(file, piece, PIECE_BYTES);

        if (got < 0)
            rc = read_failed(zip, index, zip_file_strerror(file), err);
        else if (got > declared - total)
            rc = read_failed(zip, index, "longer than it says", err);
        else if (got == 0 && total < declared)
            rc = read_failed(zip, index, "shorter than it says", err);
        if (rc != REEL_OK || got == 0)
            goto out;
        total += got;
        REEL_TRY(sink(user, piece, (size_t)got, err));
    }
out:
    if (file != NULL)
        (void)zip_fclose(file);
    reel__free(piece);
    return rc;
}
