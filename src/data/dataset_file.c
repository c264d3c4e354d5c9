/* dataset_file.c - `dataset.reel`: the arrays of a dataset as one safetensors file.
 * Saving writes every array as it lies in memory. Opening maps the file and checks once all that
 * the accessors rely on (sizes, sorted ids, matrix structure, text offsets, UTF-8), then a checksum
 * for damage that leaves the structure intact, so that nothing later has to check again.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "data/dataset_priv.h"
#include "data/readers.h"
#include "data/signals.h"
#include "num/csr.h"

#define FORMAT_NAME    "reel-dataset"
#define FORMAT_VERSION "1"
enum { NUMBER_TEXT = 24 };

static void checksum_text(const reel_dataset *dataset, char out[NUMBER_TEXT])
{
    uint64_t sum = reel__hash64(dataset->hash, strlen(dataset->hash), 0);

    sum = reel__hash64(dataset->source, strlen(dataset->source), sum);
    sum = reel__hash64(&dataset->generation, sizeof dataset->generation, sum);
    sum = reel__hash64(&dataset->simulated, sizeof dataset->simulated, sum);

    for (int i = 0; i < reel__dataset_array_count(dataset); i++)
        sum = reel__hash64(dataset->array[i],
                           (size_t)dataset->count[i] * reel__dataset_arrays[i].width, sum);
    (void)snprintf(out, NUMBER_TEXT, "%016" PRIx64, sum);
}

/* ---- saving -------------------------------------------------------------------------------- */

static reel_code write_meta(reel_tensors_writer *writer, const reel_dataset *dataset, reel_err *err)
{
    reel_code rc = REEL_OK;
    char number[NUMBER_TEXT];

    REEL_TRY(reel__tensors_meta(writer, "format", FORMAT_NAME, err));
    REEL_TRY(reel__tensors_meta(writer, "format_version", FORMAT_VERSION, err));
    REEL_TRY(reel__tensors_meta(writer, "data_hash", dataset->hash, err));
    REEL_TRY(reel__tensors_meta(writer, "source", dataset->source, err));
    REEL_TRY(reel__tensors_meta(writer, "simulated", dataset->simulated ? "true" : "false", err));
    (void)snprintf(number, sizeof number, "%" PRId64, dataset->generation);
    REEL_TRY(reel__tensors_meta(writer, "generation", number, err));
    checksum_text(dataset, number);
    REEL_TRY(reel__tensors_meta(writer, "checksum", number, err));
out:
    return rc;
}

reel_code reel_dataset_save(const reel_dataset *dataset, const char *path, reel_err *err)
{
    reel_code rc = REEL_OK;
    reel_tensors_writer *writer = NULL;

    REEL_TRY(reel__tensors_writer_new(&writer, err));
    REEL_TRY(write_meta(writer, dataset, err));
    for (int i = 0; i < reel__dataset_array_count(dataset); i++)
        REEL_TRY(reel__tensors_add(writer, reel__dataset_arrays[i].name,
                                   reel__dataset_arrays[i].dtype, dataset->array[i],
                                   dataset->count[i], err));
    REEL_TRY(reel__tensors_write(writer, path, err));
out:
    reel__tensors_writer_free(writer);
    return rc;
}

/* ---- opening: metadata --------------------------------------------------------------------- */

static const char *meta_or_empty(const reel_tensors *file, const char *key)
{
    const char *value = reel__tensors_get_meta(file, "", key);

    return value == NULL ? "" : value;
}

static reel_code check_format(const reel_tensors *file, reel_err *err)
{
    const char *format = meta_or_empty(file, "format");
    const char *version = meta_or_empty(file, "format_version");

    if (strcmp(format, FORMAT_NAME) != 0)
        return reel_fail(err, REEL_E_FORMAT,
                         "%s: not a dataset file (format \"%.40s\", expected \"" FORMAT_NAME "\")",
                         reel__tensors_path(file), format);
    if (strcmp(version, FORMAT_VERSION) != 0)
        return reel_fail(err, REEL_E_FORMAT,
                         "%s: format version \"%.20s\", this program reads " FORMAT_VERSION
                         "; build it again with `reel train`",
                         reel__tensors_path(file), version);
    return REEL_OK;
}

static bool is_hash(const char *text)
{
    return strlen(text) == HASH_TEXT - 1 && strncmp(text, "sha256:", 7) == 0 &&
           strspn(text + 7, "0123456789abcdef") == HASH_TEXT - 8;
}

static reel_code read_meta(reel_dataset *dataset, reel_err *err)
{
    const char *path = reel__tensors_path(dataset->file);
    const char *hash = meta_or_empty(dataset->file, "data_hash");
    const char *generation = meta_or_empty(dataset->file, "generation");
    char *end = NULL;

    if (!is_hash(hash))
        return reel_fail(err, REEL_E_FORMAT, "%s: damaged: data_hash is not a SHA-256", path);
    memcpy(dataset->hash, hash, HASH_TEXT);
    dataset->generation = strtoll(generation, &end, 10);
    if (end == generation || *end != '\0' || dataset->generation < 0)
        return reel_fail(err, REEL_E_FORMAT, "%s: damaged: generation \"%.24s\" is not a number",
                         path, generation);
    return REEL_OK;
}

/* ---- opening: arrays ----------------------------------------------------------------------- */

static reel_code damaged(const reel_dataset *dataset, reel_err *err, const char *what,
                         int64_t position)
{
    return reel_fail(err, REEL_E_FORMAT, "%s: damaged: %s (entry %" PRId64 ")",
                     reel__tensors_path(dataset->file), what, position);
}

static reel_code map_arrays(reel_dataset *dataset, reel_err *err)
{
    const bool signals =
        reel__tensors_has(dataset->file, "", reel__dataset_arrays[ARRAY_SIGNALS_PTR].name);
    reel_code rc = REEL_OK;

    for (int i = 0; i < (signals ? ARRAY_COUNT : ARRAY_SIGNALS_PTR); i++)
        REEL_TRY(reel__tensors_get(dataset->file, "", reel__dataset_arrays[i].name,
                                   reel__dataset_arrays[i].dtype, &dataset->array[i],
                                   &dataset->count[i], err));
    if (dataset->count[ARRAY_MOVIE_ID] > INT32_MAX - 1 ||
        dataset->count[ARRAY_PERSON_ID] > INT32_MAX - 1)
        return damaged(dataset, err, "more movies or people than an index can number", 0);
    dataset->movies = (reel_index)dataset->count[ARRAY_MOVIE_ID];
    dataset->people = (reel_index)dataset->count[ARRAY_PERSON_ID];
    for (int i = 0; i < reel__dataset_array_count(dataset); i++) {
        const int64_t expected = reel__dataset_expect(dataset, reel__dataset_arrays[i].size);

        if (expected >= 0 && dataset->count[i] != expected)
            return reel_fail(err, REEL_E_FORMAT,
                             "%s: damaged: %s has %" PRId64 " entries, expected %" PRId64,
                             reel__tensors_path(dataset->file), reel__dataset_arrays[i].name,
                             dataset->count[i], expected);
    }
out:
    return rc;
}

static reel_code check_ids(const reel_dataset *dataset, int which, reel_err *err)
{
    const int64_t *ids = dataset->array[which];

    for (int64_t i = 0; i < dataset->count[which]; i++)
        if (ids[i] < 0 || (i > 0 && ids[i] <= ids[i - 1]))
            return damaged(dataset, err,
                           which == ARRAY_MOVIE_ID ? "movie ids are not ascending"
                                                   : "person ids are not ascending",
                           i);
    return REEL_OK;
}

static reel_code check_matrix(const reel_dataset *dataset, reel_csr_view view, int64_t entries,
                              reel_err *err)
{
    reel_err inner = {0};

    /* All of ptr comes first: only then does no row reach outside the arrays. */
    if (view.ptr[0] != 0 || view.ptr[view.rows] != entries)
        return damaged(dataset, err, "a matrix has another number of entries than its rows say",
                       view.ptr[view.rows]);
    for (reel_index row = 0; row < view.rows; row++)
        if (view.ptr[row] > view.ptr[row + 1])
            return damaged(dataset, err, "a matrix row ends before it starts", row);
    if (reel__csr_check(view, &inner) != REEL_OK)
        return reel_fail(err, REEL_E_FORMAT, "%s: damaged: %.300s",
                         reel__tensors_path(dataset->file), inner.msg);
    return REEL_OK;
}

/* Texts lie one after the other, each closed by a NUL, so that every offset is also the end of the
 * text before it. */
static reel_code check_texts(const reel_dataset *dataset, reel_err *err)
{
    const int64_t *offset = dataset->array[ARRAY_TEXT_OFFSET];
    const char *texts = dataset->array[ARRAY_TEXT];
    const int64_t last = dataset->count[ARRAY_TEXT_OFFSET] - 1;

    if (offset[0] != 0 || offset[last] != dataset->count[ARRAY_TEXT])
        return damaged(dataset, err, "texts do not fill their heap", 0);
    for (int64_t i = 0; i < last; i++) {
        const int64_t end = offset[i + 1] - 1;

        if (end < offset[i] || end >= dataset->count[ARRAY_TEXT] || texts[end] != '\0' ||
            !reel__utf8_valid(texts + offset[i], (size_t)(end - offset[i])))
            return damaged(dataset, err, "a text is cut or not UTF-8", i);
    }
    return REEL_OK;
}

static reel_code check_numbers(const reel_dataset *dataset, reel_err *err)
{
    const float *average = dataset->array[ARRAY_VOTE_AVERAGE];
    const float *popularity = dataset->array[ARRAY_POPULARITY];

    for (int64_t i = 0; i < dataset->movies; i++)
        if (isinf(average[i]) || isinf(popularity[i]))
            return damaged(dataset, err, "a movie's vote average or popularity is infinite", i);
    return REEL_OK;
}

static reel_code check_signals(const reel_dataset *dataset, reel_err *err)
{
    const reel_csr_view signals = reel__dataset_signals(dataset);
    const reel_code rc = check_matrix(dataset, signals, dataset->count[ARRAY_SIGNALS_COL], err);

    for (int64_t i = 0; rc == REEL_OK && i < dataset->count[ARRAY_SIGNALS_VAL]; i++)
        if (!(fabsf(signals.val[i]) <= REEL_RATING_MAX))
            return damaged(dataset, err, "a signal's weight is out of range", i);
    return rc;
}

static reel_code check_arrays(const reel_dataset *dataset, reel_err *err)
{
    reel_code rc = REEL_OK;
    const int64_t ratings = dataset->count[ARRAY_RATINGS_COL];

    REEL_TRY(check_ids(dataset, ARRAY_MOVIE_ID, err));
    REEL_TRY(check_ids(dataset, ARRAY_PERSON_ID, err));
    REEL_TRY(check_matrix(dataset, reel_dataset_ratings(dataset), ratings, err));
    REEL_TRY(check_matrix(dataset, reel_dataset_raters(dataset), ratings, err));
    if (dataset->array[ARRAY_SIGNALS_PTR] != NULL)
        REEL_TRY(check_signals(dataset, err));
    REEL_TRY(check_texts(dataset, err));
    REEL_TRY(check_numbers(dataset, err));
out:
    return rc;
}

reel_code reel__dataset_open(reel_dataset **out, const char *path, bool checksum, reel_err *err)
{
    reel_code rc = REEL_OK;
    reel_tensors *file = NULL;
    reel_dataset *dataset = NULL;
    char sum[NUMBER_TEXT];

    *out = NULL;
    REEL_TRY(reel__tensors_open(&file, path, err));
    REEL_TRY(check_format(file, err));
    dataset = reel__dataset_new(meta_or_empty(file, "source"),
                                strcmp(meta_or_empty(file, "simulated"), "true") == 0, 0);
    if (dataset == NULL) {
        rc = reel_fail(err, REEL_E_NOMEM, "%s: no memory to open the dataset", path);
        goto out;
    }
    dataset->file = file;
    file = NULL;
    REEL_TRY(read_meta(dataset, err));
    REEL_TRY(map_arrays(dataset, err));
    REEL_TRY(check_arrays(dataset, err));
    if (checksum) {
        checksum_text(dataset, sum);
        if (strcmp(sum, meta_or_empty(dataset->file, "checksum")) != 0) {
            rc = reel_fail(err, REEL_E_FORMAT, "%s: damaged: its checksum does not match", path);
            goto out;
        }
    }
    *out = dataset;
    dataset = NULL;
out:
    reel_dataset_free(dataset);
    reel__tensors_free(file);
    return rc;
}

reel_code reel_dataset_open(reel_dataset **out, const char *path, reel_err *err)
{
    return reel__dataset_open(out, path, true, err);
}
