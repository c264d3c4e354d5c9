/* Unit tests of model files: what is saved scores the same, what is damaged is refused with why. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/tensors.h"
#include "model/model_priv.h"
#include "support/quick.h"
#include "support/random_data.h"
#include "support/temp.h"

enum { MOVIES = 30 };

static const random_shape shape = {.seed = 31, .people = 40, .movies = MOVIES, .density = 0.3};

static void score_some(const reel_model *model, float out[3][MOVIES])
{
    const reel_entry entries[] = {{.movie = 2, .value = 4, .weight = 1},
                                  {.movie = 9, .value = 2.5F, .weight = 2},
                                  {.movie = 17, .value = 5, .weight = 1}};
    reel_scratch *scratch = NULL;

    assert_int_equal(reel_scratch_new(&scratch, NULL), REEL_OK);
    for (size_t n = 0; n < 3; n++) {
        const reel_query query = {.entries = entries, .count = n + 1, .row = -1};

        assert_int_equal(reel_model_score(model, &query, scratch, out[n], NULL), REEL_OK);
    }
    reel_scratch_free(scratch);
}

static void check_round_trip(const char *name, const reel_dataset *dataset)
{
    const char *path = temp_path("model.reel");
    const reel_fit_context context = {.seed = 18446744073709551615U};
    reel_model *model = NULL, *loaded = NULL;
    float before[3][MOVIES], after[3][MOVIES];
    reel_err err = {0};
    quick cheap;

    assert_int_equal(
        reel_model_fit(&model, name, dataset, quick_params(&cheap, name), &context, NULL), REEL_OK);
    assert_int_equal(reel_model_save(model, path, NULL), REEL_OK);
    if (reel_model_load(&loaded, path, &err) != REEL_OK)
        fail_msg("%s: %s", name, err.msg);
    assert_string_equal(reel_model_id(loaded), reel_model_id(model));
    assert_string_equal(reel_model_data_hash(loaded), reel_dataset_hash(dataset));
    assert_ptr_equal(reel_model_get_info(loaded), reel_model_find(name));
    assert_int_equal(reel_model_movies(loaded), MOVIES);
    assert_memory_equal(reel_model_movie_ids(loaded), reel_dataset_movie_ids(dataset),
                        MOVIES * sizeof(int64_t));
    for (size_t i = 0; i < reel_model_get_info(model)->param_count; i++)
        assert_true(reel_model_param(loaded, i) == reel_model_param(model, i));
    score_some(model, before);
    reel_model_free(model);
    score_some(loaded, after);
    assert_memory_equal(before, after, sizeof before);
    reel_model_free(loaded);
}

static void test_saved_models_score_bit_equal(void **state)
{
    (void)state;
    random_shape real = shape;
    reel_dataset *dataset = random_dataset(&shape), *decimals;

    real.real = true;
    decimals = random_dataset(&real);
    for (size_t m = 0; reel_model_at(m) != NULL; m++) {
        check_round_trip(reel_model_at(m)->name, dataset);
        check_round_trip(reel_model_at(m)->name, decimals);
    }
    reel_dataset_free(dataset);
    reel_dataset_free(decimals);
    assert_int_equal(reel__alloc_live(), 0);
}

static void test_odd_parameter_values_come_back(void **state)
{
    (void)state;
    const reel_param items[] = {{"by", "mean"}, {"damping", "0.1000000000000001"}};
    const reel_params params = {items, 2};
    const char *path = temp_path("odd.reel");
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = NULL, *loaded = NULL;

    assert_int_equal(reel_model_fit(&model, "popular", dataset, &params, NULL, NULL), REEL_OK);
    assert_int_equal(reel_model_save(model, path, NULL), REEL_OK);
    assert_int_equal(reel_model_load(&loaded, path, NULL), REEL_OK);
    assert_true(reel_model_param(loaded, 0) == 1 &&
                reel_model_param(loaded, 1) == 0.1000000000000001);
    reel_model_free(model);
    reel_model_free(loaded);
    reel_dataset_free(dataset);
}

/* ---- what is refused ----------------------------------------------------------------------- */

static void refuse(const char *path, reel_code code, const char *says)
{
    reel_model *model = NULL;
    reel_err err = {0};

    assert_int_equal(reel_model_load(&model, path, &err), code);
    assert_null(model);
    if (strstr(err.msg, says) == NULL)
        fail_msg("expected \"%s\", got \"%s\"", says, err.msg);
}

static void test_missing_and_foreign_files_are_refused(void **state)
{
    (void)state;
    const char *path = temp_path("foreign.reel");
    reel_dataset *dataset = random_dataset(&shape);

    refuse(temp_path("none.reel"), REEL_E_NOTFOUND, "none.reel");
    refuse(temp_write("text.reel", "userId,movieId\n1,2\n"), REEL_E_FORMAT, "text.reel");
    refuse(temp_write("empty.reel", ""), REEL_E_FORMAT, "empty.reel");
    assert_int_equal(reel_dataset_save(dataset, path, NULL), REEL_OK);
    refuse(path, REEL_E_FORMAT, "not a model");
    reel_dataset_free(dataset);
}

/* Replace bytes of a saved file by others; false when they are not there. */
static bool patch_bytes(const char *from, const char *to, const void *bytes, const void *other,
                        size_t length)
{
    reel_file_map map;
    char *copy, *at;

    assert_int_equal(reel__file_map_open(&map, from, NULL), REEL_OK);
    copy = reel__alloc_array(map.size_bytes, 1);
    assert_non_null(copy);
    memcpy(copy, map.data, map.size_bytes);
    at = memmem(copy, map.size_bytes, bytes, length);
    if (at != NULL)
        memcpy(at, other, length);
    (void)temp_write_bytes(strrchr(to, '/') + 1, copy, map.size_bytes);
    reel__file_map_close(&map);
    reel__free(copy);
    return at != NULL;
}

static bool patch(const char *from, const char *to, const char *text, const char *other)
{
    assert_int_equal(strlen(text), strlen(other));
    return patch_bytes(from, to, text, other, strlen(text));
}

static void test_changed_headers_are_refused_with_the_reason(void **state)
{
    (void)state;
    static const struct {
        const char *text, *other, *says;
    } cases[] = {
        {"\"kind\":\"model\"", "\"kind\":\"medal\"", "not a model"},
        {"\"format\":\"5\"", "\"format\":\"3\"", "format 3, this program reads 5"},
        {"\"model\":\"user-knn\"", "\"model\":\"user-xnn\"", "user-xnn"},
        {"\"param.neighbours\":\"9\"", "\"param.neighbours\":\"x\"", "is \"x\""},
        {"\"param.neighbours\":\"9\"", "\"param.neighbours\":\"8\"", "does not fit its parameters"},
        {"\"param.neighbours\"", "\"param.neighbour_\"", "lacks \"param.neighbours\""},
        {"\"seed\":\"1\"", "\"seed\":\"!\"", "seed"},
        {"\"checksum\":\"", "\"checkSum\":\"", "no checksum"},
        {"\"data_hash\"", "\"data_hush\"", "data_hash"},
        {"\"data_hash\":\"sha256:", "\"data_hash\":\"sha255:", "does not fit"},
        {"\"evaluation\":\"{", "\"evaluation\":\"[", "evaluation card"},
        {"\"people.values\"", "\"people.valves\"", "people.values"},
        {"half-stars", "half-stamp", "people.values"},
        {"\"films.col\"", "\"films.cxl\"", "films.col"},
        {"\"inverse_norms\"", "\"inverse_worms\"", "inverse_norms"},
    };
    const reel_param nine = {"neighbours", "9"};
    const reel_params params = {&nine, 1};
    char path[TEMP_PATH], changed[TEMP_PATH];
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = NULL;

    (void)snprintf(path, sizeof path, "%s", temp_path("good.reel"));
    (void)snprintf(changed, sizeof changed, "%s", temp_path("changed.reel"));
    assert_int_equal(reel_model_fit(&model, "user-knn", dataset, &params, NULL, NULL), REEL_OK);
    assert_int_equal(reel_model_set_card(model, "{}", NULL), REEL_OK);
    assert_int_equal(reel_model_save(model, path, NULL), REEL_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (!patch(path, changed, cases[i].text, cases[i].other))
            fail_msg("no %s in the header", cases[i].text);
        refuse(changed, REEL_E_FORMAT, cases[i].says);
    }
    reel_model_free(model);
    reel_dataset_free(dataset);
}

/* Film ids changed to other film ids: well-formed, but not what was saved. */
static void test_changed_tensors_are_refused(void **state)
{
    (void)state;
    static const int64_t others[] = {10, 12};
    char path[TEMP_PATH], changed[TEMP_PATH];
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = NULL;

    (void)snprintf(path, sizeof path, "%s", temp_path("popular.reel"));
    (void)snprintf(changed, sizeof changed, "%s", temp_path("changed.reel"));
    assert_int_equal(reel_model_fit(&model, "popular", dataset, NULL, NULL, NULL), REEL_OK);
    assert_int_equal(reel_model_save(model, path, NULL), REEL_OK);
    assert_true(patch_bytes(path, changed, reel_model_movie_ids(model), others, sizeof others));
    refuse(changed, REEL_E_FORMAT, "checksum does not match");
    reel_model_free(model);
    reel_dataset_free(dataset);
}

/* "a00", "a01", ... for each of count ids. */
static void make_names(reel_names *out, reel_index count)
{
    reel_intern *texts = NULL;
    int64_t rank[128];
    char text[16];
    int32_t id;

    assert_int_equal(reel__intern_new(&texts, NULL), REEL_OK);
    for (reel_index i = 0; i < count; i++) {
        (void)snprintf(text, sizeof text, "a%02d", (int)i);
        assert_int_equal(reel__intern_add(texts, text, strlen(text), &id, NULL), REEL_OK);
    }
    assert_int_equal(reel__names_sort(out, rank, texts, NULL), REEL_OK);
    reel__intern_free(texts);
}

static void test_texts_for_ids_are_kept_and_checked(void **state)
{
    (void)state;
    static const struct {
        const char *text, *other, *says;
    } cases[] = {
        {"a01\0a02", "a02\0a02", "movie_names are not 30 texts in order"},
        {"a01\0a02", "a01+a02", "movie_names are not 30 texts in order"},
        {"\"movie_names.begin\"", "\"movie_names.begun\"", "movie_names.begin"},
    };
    static const size_t lengths[] = {7, 7, 19};
    char path[TEMP_PATH], changed[TEMP_PATH];
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = NULL, *loaded = NULL;
    reel_names movies, people = {0};
    reel_err err = {0};

    (void)snprintf(path, sizeof path, "%s", temp_path("names.reel"));
    (void)snprintf(changed, sizeof changed, "%s", temp_path("changed.reel"));
    assert_int_equal(reel_model_fit(&model, "popular", dataset, NULL, NULL, NULL), REEL_OK);
    make_names(&movies, MOVIES);
    reel__model_take_names(model, &movies, &people);
    assert_int_equal(reel_model_save(model, path, NULL), REEL_OK);
    assert_int_equal(reel_model_load(&loaded, path, NULL), REEL_OK);
    assert_int_equal(loaded->movie_names.count, MOVIES);
    assert_int_equal(loaded->person_names.count, 0);
    assert_string_equal(reel__names_text(&loaded->movie_names, 7), "a07");
    assert_int_equal(reel__names_find(&loaded->movie_names, "a29"), 29);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        reel_model *none = NULL;

        assert_true(patch_bytes(path, changed, cases[i].text, cases[i].other, lengths[i]));
        assert_int_equal(reel__model_open(&none, changed, false, &err), REEL_E_FORMAT);
        assert_null(none);
        assert_non_null(strstr(err.msg, cases[i].says));
    }
    reel_model_free(model);
    reel_model_free(loaded);
    reel_dataset_free(dataset);
}

/* Any one damaged byte: refused, or a model that answers without a fault (under sanitizers). */
/* A card stays with the model's file; it changes neither the id nor what the model answers. */
static void test_a_card_is_kept(void **state)
{
    (void)state;
    static const char text[] = "{\"metrics\":{\"rmse\":{\"mean\":0.9}},\"note\":\"\\u00e9\"}";
    const char *path = temp_path("card.reel");
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = NULL, *loaded = NULL;
    reel_err err = {0};

    assert_int_equal(reel_model_fit(&model, "popular", dataset, NULL, NULL, NULL), REEL_OK);
    assert_null(reel_model_card(model));
    assert_int_equal(reel_model_set_card(model, text, &err), REEL_OK);
    assert_int_equal(reel_model_save(model, path, NULL), REEL_OK);
    assert_int_equal(reel_model_load(&loaded, path, &err), REEL_OK);
    assert_string_equal(reel_model_card(loaded), text);
    assert_string_equal(reel_model_id(loaded), reel_model_id(model));
    reel_model_free(loaded);
    assert_int_equal(reel_model_set_card(model, NULL, &err), REEL_OK);
    assert_int_equal(reel_model_save(model, path, NULL), REEL_OK);
    assert_int_equal(reel_model_load(&loaded, path, &err), REEL_OK);
    assert_null(reel_model_card(loaded));
    reel_model_free(loaded);
    reel_model_free(model);
    reel_dataset_free(dataset);
}

static void test_what_is_no_card_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "[]", "{\"a\":1", "{\"a\":1}{}", "{\"a\":1,\"a\":2}"};
    enum { LONG = 70000 };
    static char large[LONG + 1];
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = NULL;
    reel_err err = {0};

    assert_int_equal(reel_model_fit(&model, "popular", dataset, NULL, NULL, NULL), REEL_OK);
    assert_int_equal(reel_model_set_card(model, "{}", &err), REEL_OK);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(reel_model_set_card(model, wrong[i], &err), REEL_E_INVALID);
        assert_non_null(strstr(err.msg, "no JSON object"));
    }
    memset(large, ' ', LONG);
    assert_int_equal(reel_model_set_card(model, large, &err), REEL_E_INVALID);
    assert_non_null(strstr(err.msg, "70000 bytes"));
    reel__alloc_fail_after(0);
    assert_int_equal(reel_model_set_card(model, "{\"a\":[1]}", &err), REEL_E_NOMEM);
    reel__alloc_fail_after(-1);
    assert_string_equal(reel_model_card(model), "{}");
    reel_model_free(model);
    reel_dataset_free(dataset);
}

static void test_damaged_bytes_never_crash(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);
    reel_rng rng = reel__rng_make(random_seed(7), 3);

    for (size_t m = 0; reel_model_at(m) != NULL; m++) {
        char path[TEMP_PATH];
        reel_file_map map;
        reel_model *model = NULL;
        int refused = 0;
        quick cheap;

        (void)snprintf(path, sizeof path, "%s", temp_path("sound.reel"));
        assert_int_equal(reel_model_fit(&model, reel_model_at(m)->name, dataset,
                                        quick_params(&cheap, reel_model_at(m)->name), NULL, NULL),
                         REEL_OK);
        assert_int_equal(reel_model_save(model, path, NULL), REEL_OK);
        reel_model_free(model);
        assert_int_equal(reel__file_map_open(&map, path, NULL), REEL_OK);
        for (int n = 0; n < 200; n++) {
            unsigned char *copy = reel__alloc_array(map.size_bytes, 1);
            const size_t cut =
                n % 4 == 0 ? (size_t)reel__rng_below(&rng, map.size_bytes) : map.size_bytes;
            float scores[3][MOVIES];

            assert_non_null(copy);
            memcpy(copy, map.data, map.size_bytes);
            copy[reel__rng_below(&rng, map.size_bytes)] ^=
                (unsigned char)(1U << reel__rng_below(&rng, 8));
            (void)remove(temp_path("cut.reel")); /* a new file is not flushed to disk on closing */
            if (reel__model_open(&model, temp_write_bytes("cut.reel", copy, cut), false, NULL) ==
                    REEL_OK &&
                reel_model_movies(model) == MOVIES)
                score_some(model, scores);
            else
                refused++;
            reel_model_free(model);
            reel__free(copy);
        }
        reel__file_map_close(&map);
        assert_true(refused >= 50); /* every cut at the least */
    }
    reel_dataset_free(dataset);
}

static void test_a_disk_error_is_told(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = NULL;
    reel_err err = {0};

    assert_int_equal(reel_model_fit(&model, "popular", dataset, NULL, NULL, NULL), REEL_OK);
    assert_int_equal(reel_model_save(model, "/nowhere/at/all.reel", &err), REEL_E_STORE);
    assert_non_null(strstr(err.msg, "/nowhere"));
    reel_model_free(model);
    reel_dataset_free(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_saved_models_score_bit_equal),
        cmocka_unit_test(test_odd_parameter_values_come_back),
        cmocka_unit_test(test_missing_and_foreign_files_are_refused),
        cmocka_unit_test(test_changed_headers_are_refused_with_the_reason),
        cmocka_unit_test(test_changed_tensors_are_refused),
        cmocka_unit_test(test_texts_for_ids_are_kept_and_checked),
        cmocka_unit_test(test_a_card_is_kept),
        cmocka_unit_test(test_what_is_no_card_is_refused),
        cmocka_unit_test(test_damaged_bytes_never_crash),
        cmocka_unit_test(test_a_disk_error_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
