/* tensors_write.c - writing safetensors files with every tensor on a 64-byte boundary.
 * The format allows no holes between tensors, so what lies between two of ours is itself a tensor:
 * "__pad0", "__pad1", ... of zero bytes. Spaces after the JSON header move the first one.
 */
#include "base/tensors.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/tensors_priv.h"

const reel_dtype_row reel__tensors_dtypes[TENSORS_DTYPES] = {
    [REEL_U8] = {"U8", 1},   [REEL_I8] = {"I8", 1},   [REEL_U16] = {"U16", 2},
    [REEL_I32] = {"I32", 4}, [REEL_I64] = {"I64", 8}, [REEL_F16] = {"F16", 2},
    [REEL_F32] = {"F32", 4}, [REEL_F64] = {"F64", 8},
};

typedef struct part {
    char *name;
    const void *data;
    int64_t size_bytes, rows, cols; /* cols -1: a vector of rows */
    reel_dtype dtype;
} part;

typedef struct meta {
    char *key, *value;
} meta;

struct reel_tensors_writer {
    part *parts;
    meta *metas;
    size_t part_count, part_capacity, meta_count, meta_capacity;
    char *prefix;
};

reel_code reel__tensors_writer_new(reel_tensors_writer **out, reel_err *err)
{
    reel_tensors_writer *writer = reel__alloc_zero(1, sizeof *writer);

    *out = NULL;
    if (writer != NULL)
        writer->prefix = reel__strdup("");
    if (writer == NULL || writer->prefix == NULL) {
        reel__free(writer);
        return reel_fail(err, REEL_E_NOMEM, "out of memory for a tensor file");
    }
    *out = writer;
    return REEL_OK;
}

void reel__tensors_writer_free(reel_tensors_writer *writer)
{
    if (writer == NULL)
        return;
    for (size_t i = 0; i < writer->part_count; i++)
        reel__free(writer->parts[i].name);
    for (size_t i = 0; i < writer->meta_count; i++) {
        reel__free(writer->metas[i].key);
        reel__free(writer->metas[i].value);
    }
    reel__free(writer->parts);
    reel__free(writer->metas);
    reel__free(writer->prefix);
    reel__free(writer);
}

reel_code reel__tensors_prefix(reel_tensors_writer *writer, const char *prefix, reel_err *err)
{
    char *copy = reel__strdup(prefix);

    if (copy == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for the prefix %s", prefix);
    reel__free(writer->prefix);
    writer->prefix = copy;
    return REEL_OK;
}

static char *with_prefix(const reel_tensors_writer *writer, const char *name)
{
    const size_t before = strlen(writer->prefix), length = strlen(name);
    char *full = reel__alloc_array(before + length + 1, 1);

    if (full == NULL)
        return NULL;
    memcpy(full, writer->prefix, before);
    memcpy(full + before, name, length + 1);
    return full;
}

/* Room for one more of something; false without memory. */
static bool make_room(void **items, size_t *capacity, size_t count, size_t size)
{
    const size_t wanted = count < 8 ? 8 : count * 2;
    void *moved;

    if (count < *capacity)
        return true;
    moved = reel__realloc_array(*items, wanted, size);
    if (moved == NULL)
        return false;
    *items = moved;
    *capacity = wanted;
    return true;
}

static reel_code keep_meta(reel_tensors_writer *writer, meta added, reel_err *err)
{
    if (added.key == NULL || added.value == NULL ||
        !make_room((void **)&writer->metas, &writer->meta_capacity, writer->meta_count,
                   sizeof *writer->metas))
        return reel_fail(err, REEL_E_NOMEM, "out of memory for metadata");
    for (size_t i = 0; i < writer->meta_count; i++)
        if (strcmp(writer->metas[i].key, added.key) == 0)
            return reel_fail(err, REEL_E_CONFLICT, "metadata %s given twice", added.key);
    writer->metas[writer->meta_count++] = added;
    return REEL_OK;
}

reel_code reel__tensors_meta(reel_tensors_writer *writer, const char *key, const char *value,
                             reel_err *err)
{
    const meta added = {.key = with_prefix(writer, key), .value = reel__strdup(value)};
    const reel_code rc = keep_meta(writer, added, err);

    if (rc != REEL_OK) {
        reel__free(added.key);
        reel__free(added.value);
    }
    return rc;
}

static reel_code check_name(const reel_tensors_writer *writer, const char *name, reel_err *err)
{
    if (name[0] == '\0' || strcmp(name, TENSORS_METADATA) == 0 ||
        strncmp(name, TENSORS_PADDING, strlen(TENSORS_PADDING)) == 0)
        return reel_fail(err, REEL_E_INVALID, "a tensor cannot be named \"%s\"", name);
    for (size_t i = 0; i < writer->part_count; i++)
        if (strcmp(writer->parts[i].name, name) == 0)
            return reel_fail(err, REEL_E_CONFLICT, "tensor %s given twice", name);
    return REEL_OK;
}

/* Takes ownership of added.name in any case. */
static reel_code add_part(reel_tensors_writer *writer, part added, reel_err *err)
{
    const int64_t cols = added.cols < 0 ? 1 : added.cols;
    int64_t count;
    reel_code rc;

    if (added.name == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for a tensor's name");
    rc = check_name(writer, added.name, err);
    if (rc == REEL_OK &&
        (added.rows < 0 || __builtin_mul_overflow(added.rows, cols, &count) ||
         __builtin_mul_overflow(count, reel__tensors_dtypes[added.dtype].size_bytes,
                                &added.size_bytes)))
        rc = reel_fail(err, REEL_E_INVALID, "tensor %s: impossible size %lld x %lld", added.name,
                       (long long)added.rows, (long long)cols);
    if (rc == REEL_OK && !make_room((void **)&writer->parts, &writer->part_capacity,
                                    writer->part_count, sizeof *writer->parts))
        rc = reel_fail(err, REEL_E_NOMEM, "out of memory for tensor %s", added.name);
    if (rc != REEL_OK) {
        reel__free(added.name);
        return rc;
    }
    writer->parts[writer->part_count++] = added;
    return REEL_OK;
}

reel_code reel__tensors_add(reel_tensors_writer *writer, const char *name, reel_dtype dtype,
                            const void *data, int64_t count, reel_err *err)
{
    const part added = {
        .name = with_prefix(writer, name), .data = data, .rows = count, .cols = -1, .dtype = dtype};

    return add_part(writer, added, err);
}

reel_code reel__tensors_add_matrix(reel_tensors_writer *writer, const char *name, reel_dtype dtype,
                                   const void *data, int64_t rows, int64_t cols, reel_err *err)
{
    const part added = {.name = with_prefix(writer, name),
                        .data = data,
                        .rows = rows,
                        .cols = cols,
                        .dtype = dtype};

    if (cols < 0) {
        reel__free(added.name);
        return reel_fail(err, REEL_E_INVALID, "tensor %s: impossible width %lld", name,
                         (long long)cols);
    }
    return add_part(writer, added, err);
}

reel_code reel__tensors_checksum(reel_tensors_writer *writer, reel_err *err)
{
    char text[TENSORS_SUM_TEXT];
    uint64_t sum = 0;

    for (size_t i = 0; i < writer->part_count; i++)
        if (writer->parts[i].size_bytes > 0)
            sum = reel__hash64(writer->parts[i].data, (size_t)writer->parts[i].size_bytes, sum);
    (void)snprintf(text, sizeof text, "%016llx", (unsigned long long)sum);
    return reel__tensors_meta(writer, TENSORS_CHECKSUM, text, err);
}

/* ---- the file ------------------------------------------------------------------------------ */

static int64_t padding_after(int64_t size_bytes)
{
    return (TENSORS_ALIGNMENT - size_bytes % TENSORS_ALIGNMENT) % TENSORS_ALIGNMENT;
}

static void put_entry(reel_json *json, const char *name, const part *described, int64_t *offset)
{
    reel__json_key(json, name);
    reel__json_object(json);
    reel__json_put_text(json, "dtype", reel__tensors_dtypes[described->dtype].name);
    reel__json_key(json, "shape");
    reel__json_array(json);
    reel__json_int(json, described->rows);
    if (described->cols >= 0)
        reel__json_int(json, described->cols);
    reel__json_array_end(json);
    reel__json_key(json, "data_offsets");
    reel__json_array(json);
    reel__json_int(json, *offset);
    *offset += described->size_bytes;
    reel__json_int(json, *offset);
    reel__json_array_end(json);
    reel__json_object_end(json);
}

static void put_padding(reel_json *json, size_t number, int64_t *offset)
{
    const int64_t size = padding_after(*offset);
    const part padding = {.size_bytes = size, .rows = size, .cols = -1, .dtype = REEL_U8};
    char name[32];
    size_t end = sizeof name;

    name[--end] = '\0';
    do {
        name[--end] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    end -= strlen(TENSORS_PADDING);
    memcpy(name + end, TENSORS_PADDING, strlen(TENSORS_PADDING));
    put_entry(json, name + end, &padding, offset);
}

/* The length and the JSON header, padded so that the data after them start on a boundary. */
static void put_header(const reel_tensors_writer *writer, reel_buf *buf)
{
    unsigned char length[TENSORS_LENGTH_BYTES] = {0};
    reel_json json;
    int64_t offset = 0;
    uint64_t size;

    reel__buf_append(buf, length, sizeof length);
    reel__json_init(&json, buf);
    reel__json_object(&json);
    if (writer->meta_count > 0) {
        reel__json_key(&json, TENSORS_METADATA);
        reel__json_object(&json);
        for (size_t i = 0; i < writer->meta_count; i++)
            reel__json_put_text(&json, writer->metas[i].key, writer->metas[i].value);
        reel__json_object_end(&json);
    }
    for (size_t i = 0; i < writer->part_count; i++) {
        put_entry(&json, writer->parts[i].name, &writer->parts[i], &offset);
        if (i + 1 < writer->part_count && padding_after(offset) > 0)
            put_padding(&json, i, &offset);
    }
    reel__json_object_end(&json);
    while (!buf->failed && buf->length % TENSORS_ALIGNMENT != 0)
        reel__buf_char(buf, ' ');
    if (buf->failed)
        return;
    size = buf->length - sizeof length;
    memcpy(buf->data, &size, sizeof size);
}

static reel_code write_file(const reel_tensors_writer *writer, const reel_buf *header,
                            reel_file_writer *file, reel_err *err)
{
    static const char zeros[TENSORS_ALIGNMENT];
    reel_code rc;

    REEL_TRY(reel__file_writer_write(file, header->data, header->length, err));
    for (size_t i = 0; i < writer->part_count; i++) {
        const part *next = &writer->parts[i];

        REEL_TRY(reel__file_writer_write(file, next->data, (size_t)next->size_bytes, err));
        if (i + 1 < writer->part_count)
            REEL_TRY(
                reel__file_writer_write(file, zeros, (size_t)padding_after(next->size_bytes), err));
    }
out:
    return rc;
}

reel_code reel__tensors_write(reel_tensors_writer *writer, const char *path, reel_err *err)
{
    reel_file_writer *file = NULL;
    reel_buf header;
    reel_code rc;

    reel__buf_init(&header, TENSORS_HEADER_MOST);
    put_header(writer, &header);
    REEL_TRY(reel__buf_check(&header, err));
    REEL_TRY(reel__file_writer_open(&file, path, err));
    REEL_TRY(write_file(writer, &header, file, err));
    rc = reel__file_writer_commit(file, err);
    file = NULL;
out:
    reel__file_writer_abort(file);
    reel__buf_fini(&header);
    return rc;
}
