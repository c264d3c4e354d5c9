/* support/fit_text.h - models fitted with parameters as one text, and damage to their files.
 * Threads: one thread at a time.
 */
#ifndef TESTS_SUPPORT_FIT_TEXT_H
#define TESTS_SUPPORT_FIT_TEXT_H

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
 * same 24 bytes as `part`, `offset` behind that; the model's own load, behind the checksum that the
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
    at = memmem(bytes, map.size_bytes, damage->part, 24);
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

#endif
