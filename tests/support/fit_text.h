/* support/fit_text.h - models fitted with parameters as one text, and what every model is asked:
 * the same bytes for any number of threads, files that are checked, memory that runs out.
 * Threads: one thread at a time.
 */
#ifndef TESTS_SUPPORT_FIT_TEXT_H
#define TESTS_SUPPORT_FIT_TEXT_H

#include <math.h>

#include "base/file.h"
#include "model/model_priv.h"
#include "support/check.h"
#include "support/temp.h"

enum { FIT_TEXT_PARAMS = 16 };

/* "item-knn neighbours=5 shrinkage=2" */
static inline reel_code try_fit_text(reel_model **out, const reel_dataset *dataset,
                                     const char *text, const reel_fit_context *context,
                                     reel_err *err)
{
    char copy[256];
    reel_param items[FIT_TEXT_PARAMS];
    reel_params params = {items, 0};
    char *rest = NULL, *name;

    (void)snprintf(copy, sizeof copy, "%s", text);
    name = strtok_r(copy, " ", &rest);
    for (char *one = strtok_r(NULL, " ", &rest); one != NULL; one = strtok_r(NULL, " ", &rest)) {
        char *value = strchr(one, '=');

        *value = '\0';
        items[params.count++] = (reel_param){one, value + 1};
    }
    return reel_model_fit(out, name, dataset, &params, context, err);
}

static inline reel_model *fit_text(const reel_dataset *dataset, const char *text)
{
    reel_model *model = NULL;
    reel_err err = {0};

    assert_ok(try_fit_text(&model, dataset, text, NULL, &err));
    return model;
}

/* Save the model, write `count` bytes of `damage` over the first place of its file that holds the
 * same 16 bytes as `part`, `offset` behind that; the model's own load, behind the checksum that the
 * door looks at, must fail and say `message`. */
typedef struct file_damage {
    const void *part;
    size_t offset;
    const void *bytes;
    size_t count;
    const char *message;
} file_damage;

static inline void check_damage(const reel_model *model, const file_damage *damage)
{
    const char *path = temp_path("damaged.reel");
    reel_model *loaded = NULL;
    reel_file_map map;
    unsigned char *bytes, *at;
    FILE *file;
    reel_err err = {0};

    assert_ok(reel_model_save(model, path, &err));
    assert_ok(reel__file_map_open(&map, path, &err));
    bytes = malloc(map.size_bytes);
    assert_non_null(bytes);
    memcpy(bytes, map.data, map.size_bytes);
    at = memmem(bytes, map.size_bytes, damage->part, 16);
    assert_non_null(at);
    memcpy(at + damage->offset, damage->bytes, damage->count);
    file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, map.size_bytes, file), map.size_bytes);
    assert_int_equal(fclose(file), 0);
    reel__file_map_close(&map);
    free(bytes);
    assert_ok(reel__model_new(&loaded, model->ops, &err));
    loaded->movies = model->movies;
    loaded->people = model->people;
    memcpy(loaded->params, model->params, sizeof loaded->params);
    assert_ok(reel__tensors_open(&loaded->tensors, path, &err));
    assert_fails(model->ops->load(loaded, loaded->tensors, "", &err), REEL_E_FORMAT,
                 damage->message);
    reel_model_free(loaded);
}

/* The last number of the file becomes none; whoever loads it must say so. */
static inline void check_last_number(const reel_model *model)
{
    const char *path = temp_path("damaged.reel");
    const float bad = NAN;
    reel_model *loaded = NULL;
    FILE *file;
    reel_err err = {0};

    assert_ok(reel_model_save(model, path, &err));
    file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, -(long)sizeof bad, SEEK_END), 0);
    assert_int_equal(fwrite(&bad, sizeof bad, 1, file), 1);
    assert_int_equal(fclose(file), 0);
    assert_fails(reel_model_load(&loaded, path, &err), REEL_E_FORMAT, "");
    assert_null(loaded);
}

/* Two models hold the same bytes in their files. */
static inline void check_same_files(const reel_model *a, const reel_model *b)
{
    const char *paths[2] = {temp_path("a.reel"), temp_path("b.reel")};
    reel_file_map maps[2];
    reel_err err = {0};

    assert_ok(reel_model_save(a, paths[0], &err));
    assert_ok(reel_model_save(b, paths[1], &err));
    for (int i = 0; i < 2; i++)
        assert_ok(reel__file_map_open(&maps[i], paths[i], &err));
    assert_int_equal(maps[0].size_bytes, maps[1].size_bytes);
    assert_memory_equal(maps[0].data, maps[1].data, maps[0].size_bytes);
    reel__file_map_close(&maps[0]);
    reel__file_map_close(&maps[1]);
}

/* Fitted by one thread and by four, the files are the same to the byte. */
static inline void check_threads_change_no_bit(const reel_dataset *dataset, const char *text)
{
    reel_model *fitted[2] = {NULL, NULL};
    reel_err err = {0};

    for (int i = 0; i < 2; i++) {
        const reel_fit_context context = {.seed = 1, .threads = 1 + 3 * i};

        assert_ok(try_fit_text(&fitted[i], dataset, text, &context, &err));
    }
    check_same_files(fitted[0], fitted[1]);
    reel_model_free(fitted[0]);
    reel_model_free(fitted[1]);
}

typedef struct fit_sweep {
    const reel_dataset *dataset;
    const char *text;
    const reel_fit_context *context;
} fit_sweep;

static inline reel_code fit_save_load(void *user, reel_err *err)
{
    const fit_sweep *what = user;
    const char *path = temp_path("sweep.reel");
    reel_model *model = NULL, *loaded = NULL;
    reel_code rc = try_fit_text(&model, what->dataset, what->text, what->context, err);

    if (rc == REEL_OK)
        rc = reel_model_save(model, path, err);
    if (rc == REEL_OK)
        rc = reel_model_load(&loaded, path, err);
    reel_model_free(model);
    reel_model_free(loaded);
    return rc;
}

/* Fitting, saving and loading again, with each allocation failing once; how many there were. */
static inline long sweep_fit(const reel_dataset *dataset, const char *text,
                             const reel_fit_context *context)
{
    fit_sweep what = {dataset, text, context};

    return sweep_memory(fit_save_load, &what);
}

#endif
