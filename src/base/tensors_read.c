/* tensors_read.c - mapping safetensors files. Nothing in a file is believed before it was checked
 * against the bytes that are there.
 */
#include "base/tensors.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/tensors_priv.h"

enum { HEADER_DEPTH = 4 };

typedef struct tensor {
    const char *name; /* borrowed from the header */
    int64_t begin, end, count;
    int64_t shape[REEL_TENSOR_DIMS];
    size_t dims;
    reel_dtype dtype;
} tensor;

struct reel_tensors {
    atomic_int owners;
    char *path;
    reel_file_map file;
    json_t *header;
    tensor *tensors; /* [count], by offset */
    size_t count;
    const unsigned char *data; /* where offsets count from */
    int64_t data_bytes;
};

static reel_code damaged(const reel_tensors *file, reel_err *err, const char *what)
{
    return reel_fail(err, REEL_E_FORMAT,
                     "%s: not a whole safetensors file: %s; name another file or make it again",
                     file->path, what);
}

static reel_code damaged_tensor(const reel_tensors *file, reel_err *err, const char *name,
                                const char *what)
{
    return reel_fail(err, REEL_E_FORMAT,
                     "%s: tensor \"%.64s\": %s; name another file or make it again", file->path,
                     name, what);
}

/* ---- the header ---------------------------------------------------------------------------- */

static reel_code read_header(reel_tensors *file, reel_err *err)
{
    reel_err inner;
    uint64_t length;
    reel_code rc;

    if (file->file.size_bytes < TENSORS_LENGTH_BYTES)
        return damaged(file, err, "it is shorter than the header's length");
    memcpy(&length, file->file.data, sizeof length);
    if (length > TENSORS_HEADER_MOST || length > file->file.size_bytes - TENSORS_LENGTH_BYTES)
        return damaged(file, err, "its header is longer than the file or than 16 MiB");
    file->data = file->file.data + TENSORS_LENGTH_BYTES + length;
    file->data_bytes = (int64_t)(file->file.size_bytes - TENSORS_LENGTH_BYTES - length);
    rc = reel__json_parse(&file->header, (const char *)file->file.data + TENSORS_LENGTH_BYTES,
                          (size_t)length, HEADER_DEPTH, &inner);
    if (rc == REEL_E_NOMEM)
        return reel_fail(err, rc, "%s: %s", file->path, inner.msg);
    if (rc != REEL_OK)
        return reel_fail(
            err, REEL_E_FORMAT,
            "%s: not a safetensors file: header %s; name another file or make it again", file->path,
            inner.msg);
    return json_is_object(file->header) ? REEL_OK : damaged(file, err, "its header is no object");
}

static bool find_dtype(reel_dtype *out, const char *name)
{
    for (int i = 0; name != NULL && i < TENSORS_DTYPES; i++)
        if (strcmp(reel__tensors_dtypes[i].name, name) == 0) {
            *out = (reel_dtype)i;
            return true;
        }
    return false;
}

static bool read_shape(tensor *out, const json_t *shape)
{
    out->dims = json_array_size(shape);
    out->count = 1;
    if (!json_is_array(shape) || out->dims > REEL_TENSOR_DIMS)
        return false;
    for (size_t i = 0; i < out->dims; i++) {
        const json_t *length = json_array_get(shape, i);

        out->shape[i] = json_integer_value(length);
        if (!json_is_integer(length) || out->shape[i] < 0 ||
            __builtin_mul_overflow(out->count, out->shape[i], &out->count))
            return false;
    }
    return true;
}

static reel_code read_tensor(const reel_tensors *file, tensor *out, const char *name,
                             const json_t *described, reel_err *err)
{
    const json_t *offsets = json_object_get(described, "data_offsets");
    int64_t size;

    out->name = name;
    if (!find_dtype(&out->dtype, json_string_value(json_object_get(described, "dtype"))))
        return damaged_tensor(file, err, name, "its dtype is missing or not one Reel knows");
    if (!read_shape(out, json_object_get(described, "shape")))
        return damaged_tensor(file, err, name, "its shape is not a list of at most 4 lengths");
    if (json_array_size(offsets) != 2 || !json_is_integer(json_array_get(offsets, 0)) ||
        !json_is_integer(json_array_get(offsets, 1)))
        return damaged_tensor(file, err, name, "its data_offsets are not two whole numbers");
    out->begin = json_integer_value(json_array_get(offsets, 0));
    out->end = json_integer_value(json_array_get(offsets, 1));
    if (out->begin < 0 || out->end < out->begin || out->end > file->data_bytes)
        return damaged_tensor(file, err, name, "it reaches beyond the end of the file");
    if (__builtin_mul_overflow(out->count, reel__tensors_dtypes[out->dtype].size_bytes, &size) ||
        size != out->end - out->begin)
        return damaged_tensor(file, err, name, "its shape and its bytes disagree");
    if ((uintptr_t)(file->data + out->begin) %
            (uintptr_t)reel__tensors_dtypes[out->dtype].size_bytes !=
        0)
        return damaged_tensor(file, err, name, "it is not aligned; write it by Reel");
    return REEL_OK;
}

static int by_offset(const void *a, const void *b)
{
    const tensor *left = a, *right = b;

    if (left->begin != right->begin)
        return left->begin < right->begin ? -1 : 1;
    return left->end < right->end ? -1 : left->end > right->end;
}

/* The format demands that tensors follow each other without holes or overlaps. */
static reel_code check_layout(reel_tensors *file, reel_err *err)
{
    int64_t end = 0;

    if (file->count > 1)
        qsort(file->tensors, file->count, sizeof *file->tensors, by_offset);
    for (size_t i = 0; i < file->count; i++) {
        if (file->tensors[i].begin != end)
            return damaged_tensor(file, err, file->tensors[i].name,
                                  "a hole or an overlap lies before it");
        end = file->tensors[i].end;
    }
    return end == file->data_bytes ? REEL_OK
                                   : damaged(file, err, "there are bytes after its last tensor");
}

static reel_code check_metadata(const reel_tensors *file, json_t *metadata, reel_err *err)
{
    const char *key;
    json_t *value;

    if (!json_is_object(metadata))
        return damaged(file, err, "its metadata are no object");
    json_object_foreach(metadata, key, value)
    {
        if (!json_is_string(value))
            return damaged(file, err, "its metadata are not all texts");
    }
    return REEL_OK;
}

static reel_code read_tensors(reel_tensors *file, reel_err *err)
{
    const char *name;
    json_t *described;
    reel_code rc = REEL_OK;

    file->tensors = reel__alloc_zero(json_object_size(file->header), sizeof *file->tensors);
    if (file->tensors == NULL)
        return reel_fail(err, REEL_E_NOMEM, "%s: out of memory to open it", file->path);
    json_object_foreach(file->header, name, described)
    {
        if (strcmp(name, TENSORS_METADATA) == 0)
            rc = check_metadata(file, described, err);
        else
            rc = read_tensor(file, &file->tensors[file->count++], name, described, err);
        if (rc != REEL_OK)
            return rc;
    }
    return check_layout(file, err);
}

/* ---- opening and sharing ------------------------------------------------------------------- */

reel_code reel__tensors_open(reel_tensors **out, const char *path, reel_err *err)
{
    reel_tensors *file = reel__alloc_zero(1, sizeof *file);
    reel_code rc = REEL_OK;

    *out = NULL;
    if (file != NULL) {
        atomic_init(&file->owners, 1);
        file->path = reel__strdup(path);
    }
    if (file == NULL || file->path == NULL) {
        reel__free(file);
        return reel_fail(err, REEL_E_NOMEM, "%s: out of memory to open it", path);
    }
    REEL_TRY(reel__file_map_open(&file->file, path, err));
    REEL_TRY(read_header(file, err));
    REEL_TRY(read_tensors(file, err));
    *out = file;
    file = NULL;
out:
    reel__tensors_free(file);
    return rc;
}

reel_tensors *reel__tensors_ref(reel_tensors *tensors)
{
    atomic_fetch_add_explicit(&tensors->owners, 1, memory_order_relaxed);
    return tensors;
}

void reel__tensors_free(reel_tensors *tensors)
{
    if (tensors == NULL || atomic_fetch_sub(&tensors->owners, 1) != 1)
        return;
    json_decref(tensors->header);
    reel__file_map_close(&tensors->file);
    reel__free(tensors->tensors);
    reel__free(tensors->path);
    reel__free(tensors);
}

const char *reel__tensors_path(const reel_tensors *tensors)
{
    return tensors->path;
}

reel_code reel__tensors_verify(const reel_tensors *tensors, reel_err *err)
{
    const char *expected = reel__tensors_get_meta(tensors, "", TENSORS_CHECKSUM);
    char text[TENSORS_SUM_TEXT];
    uint64_t sum = 0;

    for (size_t i = 0; i < tensors->count; i++) {
        const tensor *next = &tensors->tensors[i];
        const size_t size = (size_t)(next->end - next->begin);

        if (size > 0 && strncmp(next->name, TENSORS_PADDING, strlen(TENSORS_PADDING)) != 0)
            sum = reel__hash64(tensors->data + next->begin, size, sum);
    }
    (void)snprintf(text, sizeof text, "%016llx", (unsigned long long)sum);
    if (expected != NULL && strcmp(expected, text) == 0)
        return REEL_OK;
    return damaged(tensors, err,
                   expected == NULL ? "it has no checksum" : "its checksum does not match");
}

/* ---- reading ------------------------------------------------------------------------------- */

static bool is_joined(const char *full, const char *prefix, const char *name)
{
    const size_t length = strlen(prefix);

    return strncmp(full, prefix, length) == 0 && strcmp(full + length, name) == 0;
}

const char *reel__tensors_get_meta(const reel_tensors *tensors, const char *prefix, const char *key)
{
    json_t *metadata = json_object_get(tensors->header, TENSORS_METADATA);
    const char *full;
    json_t *value;

    json_object_foreach(metadata, full, value)
    {
        if (is_joined(full, prefix, key))
            return json_string_value(value);
    }
    return NULL;
}

static reel_code find_tensor(const tensor **out, const reel_tensors *file, const char *prefix,
                             const char *name, reel_dtype dtype, reel_err *err)
{
    for (size_t i = 0; i < file->count; i++) {
        const tensor *found = &file->tensors[i];

        if (!is_joined(found->name, prefix, name))
            continue;
        if (found->dtype != dtype)
            return reel_fail(err, REEL_E_FORMAT, "%s: tensor %s%s holds %s where %s is expected",
                             file->path, prefix, name, reel__tensors_dtypes[found->dtype].name,
                             reel__tensors_dtypes[dtype].name);
        *out = found;
        return REEL_OK;
    }
    return reel_fail(err, REEL_E_FORMAT, "%s: tensor %s%s is missing", file->path, prefix, name);
}

bool reel__tensors_has(const reel_tensors *tensors, const char *prefix, const char *name)
{
    for (size_t i = 0; i < tensors->count; i++)
        if (is_joined(tensors->tensors[i].name, prefix, name))
            return true;
    return false;
}

reel_code reel__tensors_get(const reel_tensors *tensors, const char *prefix, const char *name,
                            reel_dtype dtype, const void **data, int64_t *count, reel_err *err)
{
    const tensor *found = NULL;
    const reel_code rc = find_tensor(&found, tensors, prefix, name, dtype, err);

    if (rc != REEL_OK || found == NULL)
        return rc;
    *data = tensors->data + found->begin;
    *count = found->count;
    return REEL_OK;
}

reel_code reel__tensors_get_matrix(const reel_tensors *tensors, const char *prefix,
                                   const char *name, reel_dtype dtype, const void **data,
                                   int64_t shape[2], reel_err *err)
{
    const tensor *found = NULL;
    const reel_code rc = find_tensor(&found, tensors, prefix, name, dtype, err);

    if (rc != REEL_OK || found == NULL)
        return rc;
    if (found->dims != 2)
        return reel_fail(err, REEL_E_FORMAT, "%s: tensor %s%s has %zu dimensions instead of 2",
                         tensors->path, prefix, name, found->dims);
    *data = tensors->data + found->begin;
    shape[0] = found->shape[0];
    shape[1] = found->shape[1];
    return REEL_OK;
}
