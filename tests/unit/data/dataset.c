/* Unit tests of dataset.reel: what is saved comes back, what is damaged is refused. */
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
#include "data/dataset_priv.h"
#include "reel/dataset.h"
#include "support/dataset_walk.h"
#include "support/temp.h"

static const reel_movie films[] = {
    {.id = 1, .title = "Am\xc3\xa9lie (2001)", .genres = "Comedy|Romance", .year = 2001},
    {.id = 5, .title = "Ran (1985)", .imdb_id = 89881, .vote_average = NAN, .popularity = 9.5F},
};
static const reel_rating ratings[] = {
    {.person = 3, .movie = 1, .time = 100, .value = 4.5F},
    {.person = 3, .movie = 5, .time = 101, .value = 2.0F},
    {.person = 8, .movie = 5, .time = 102, .value = 5.0F},
};

static reel_dataset *build(int films_count, size_t ratings_count)
{
    reel_dataset_builder *builder = NULL;
    reel_dataset *dataset = NULL;

    assert_int_equal(reel_dataset_builder_new(&builder, NULL), REEL_OK);
    assert_int_equal(reel_dataset_builder_label(builder, "tiny", true, 42, NULL), REEL_OK);
    for (int i = 0; i < films_count; i++)
        assert_int_equal(reel_dataset_builder_add_movie(builder, &films[i], NULL), REEL_OK);
    assert_int_equal(reel_dataset_builder_add_ratings(builder, ratings, ratings_count, NULL),
                     REEL_OK);
    assert_int_equal(reel_dataset_builder_finish(&dataset, builder, NULL, NULL), REEL_OK);
    reel_dataset_builder_free(builder);
    return dataset;
}

static reel_dataset *open_or_fail(const char *path)
{
    reel_dataset *dataset = NULL;
    reel_err err = {0};

    if (reel_dataset_open(&dataset, path, &err) != REEL_OK)
        fail_msg("open: %s", err.msg);
    return dataset;
}

static void test_saved_and_opened_are_equal(void **state)
{
    (void)state;
    const char *path = temp_path("dataset.reel");
    reel_dataset *made = build(2, 3), *opened = NULL;
    reel_index touched[8] = {0};

    assert_int_equal(reel_dataset_save(made, path, NULL), REEL_OK);
    opened = open_or_fail(path);
    assert_int_equal(reel_dataset_people(opened), 2);
    assert_int_equal(reel_dataset_movies(opened), 2);
    assert_string_equal(reel_dataset_hash(opened), reel_dataset_hash(made));
    assert_string_equal(reel_dataset_source(opened), "tiny");
    assert_true(reel_dataset_simulated(opened));
    assert_int_equal(reel_dataset_generation(opened), 42);
    assert_string_equal(reel_dataset_movie(opened, 0).title, "Am\xc3\xa9lie (2001)");
    assert_int_equal(reel_dataset_movie(opened, 1).imdb_id, 89881);
    assert_true(isnan(reel_dataset_movie(opened, 1).vote_average));
    assert_memory_equal(reel_dataset_ratings(opened).val, reel_dataset_ratings(made).val,
                        3 * sizeof(float));
    assert_memory_equal(reel_dataset_times(opened), reel_dataset_times(made), 3 * sizeof(int64_t));
    assert_true(fabs(dataset_walk(opened, touched) - dataset_walk(made, touched)) < 1e-9);
    assert_int_equal(reel__dataset_hash_arrays(opened, NULL), REEL_OK);
    assert_string_equal(reel_dataset_hash(opened), reel_dataset_hash(made));
    reel_dataset_free(opened);
    reel_dataset_free(made);
}

static void test_the_least_dataset(void **state)
{
    (void)state;
    const char *path = temp_path("least.reel");
    reel_dataset *made = build(1, 0), *opened = NULL;

    assert_int_equal(reel_dataset_save(made, path, NULL), REEL_OK);
    opened = open_or_fail(path);
    assert_int_equal(reel_dataset_people(opened), 0);
    assert_int_equal(reel_dataset_movies(opened), 1);
    assert_int_equal(reel_dataset_ratings(opened).ptr[0], 0);
    reel_dataset_free(opened);
    reel_dataset_free(made);
}

static void test_missing_and_foreign_files(void **state)
{
    (void)state;
    reel_dataset *dataset = (reel_dataset *)(uintptr_t)1;
    reel_tensors_writer *writer = NULL;
    const char *foreign = temp_path("foreign.reel");
    reel_err err = {0};

    assert_int_equal(reel_dataset_open(&dataset, temp_path("none.reel"), &err), REEL_E_NOTFOUND);
    assert_null(dataset);
    assert_int_equal(reel_dataset_open(&dataset, temp_write("text.reel", "hello"), &err),
                     REEL_E_FORMAT);
    assert_int_equal(reel_dataset_open(&dataset, temp_write("empty.reel", ""), &err),
                     REEL_E_FORMAT);
    assert_int_equal(reel__tensors_writer_new(&writer, NULL), REEL_OK);
    assert_int_equal(reel__tensors_meta(writer, "format", "something", NULL), REEL_OK);
    assert_int_equal(reel__tensors_write(writer, foreign, NULL), REEL_OK);
    reel__tensors_writer_free(writer);
    assert_int_equal(reel_dataset_open(&dataset, foreign, &err), REEL_E_FORMAT);
    assert_non_null(strstr(err.msg, "not a dataset file"));
    assert_non_null(strstr(err.msg, "foreign.reel"));
}

static void test_another_format_version(void **state)
{
    (void)state;
    reel_dataset *dataset = NULL;
    reel_tensors_writer *writer = NULL;
    const char *path = temp_path("version.reel");
    reel_err err = {0};

    assert_int_equal(reel__tensors_writer_new(&writer, NULL), REEL_OK);
    assert_int_equal(reel__tensors_meta(writer, "format", "reel-dataset", NULL), REEL_OK);
    assert_int_equal(reel__tensors_meta(writer, "format_version", "99", NULL), REEL_OK);
    assert_int_equal(reel__tensors_write(writer, path, NULL), REEL_OK);
    reel__tensors_writer_free(writer);
    assert_int_equal(reel_dataset_open(&dataset, path, &err), REEL_E_FORMAT);
    assert_non_null(strstr(err.msg, "format version \"99\""));
}

static void copy_file(unsigned char **bytes, size_t *size, const char *path)
{
    reel_file_map map;

    assert_int_equal(reel__file_map_open(&map, path, NULL), REEL_OK);
    *size = map.size_bytes;
    *bytes = malloc(map.size_bytes);
    assert_non_null(*bytes);
    memcpy(*bytes, map.data, map.size_bytes);
    reel__file_map_close(&map);
}

static void test_every_truncation_is_refused(void **state)
{
    (void)state;
    const char *path = temp_path("whole.reel");
    reel_dataset *made = build(2, 3), *opened = NULL;
    unsigned char *bytes = NULL;
    size_t size = 0;

    assert_int_equal(reel_dataset_save(made, path, NULL), REEL_OK);
    copy_file(&bytes, &size, path);
    for (size_t length = 0; length < size; length += length < 64 ? 1 : 13) {
        reel_err err = {0};

        (void)temp_write_bytes("cut.reel", bytes, length);
        assert_int_equal(reel_dataset_open(&opened, temp_path("cut.reel"), &err), REEL_E_FORMAT);
        assert_non_null(strstr(err.msg, "cut.reel"));
    }
    free(bytes);
    reel_dataset_free(made);
}

/* Each byte of the file changed: with the checksum no change to the data passes; without it the
 * structure checks alone must leave nothing that a walk over the dataset trips on. */
static void test_every_changed_byte_is_found_or_harmless(void **state)
{
    (void)state;
    const char *path = temp_path("good.reel");
    reel_dataset *made = build(2, 3), *opened = NULL;
    unsigned char *bytes = NULL;
    size_t size = 0, refused = 0;

    assert_int_equal(reel_dataset_save(made, path, NULL), REEL_OK);
    copy_file(&bytes, &size, path);
    for (size_t i = 0; i < size; i++) {
        reel_index touched[8] = {0};

        bytes[i] ^= 0x41;
        (void)temp_write_bytes("bad.reel", bytes, size);
        if (reel__dataset_open(&opened, temp_path("bad.reel"), false, NULL) == REEL_OK)
            assert_true(dataset_walk(opened, touched) > -1e30);
        reel_dataset_free(opened);
        if (reel_dataset_open(&opened, temp_path("bad.reel"), NULL) == REEL_OK) {
            assert_string_equal(reel_dataset_hash(opened), reel_dataset_hash(made));
            assert_int_equal(reel_dataset_generation(opened), 42);
            assert_int_equal(reel__dataset_hash_arrays(opened, NULL), REEL_OK);
            assert_string_equal(reel_dataset_hash(opened), reel_dataset_hash(made));
            reel_dataset_free(opened);
        } else {
            assert_null(opened);
            refused++;
        }
        bytes[i] ^= 0x41;
    }
    assert_true(refused > size / 4);
    free(bytes);
    reel_dataset_free(made);
}

/* A file whose checksum is right and whose content is not, as a foreign program might write it. */
static void assert_refused(int array, int64_t position, int64_t value, const char *part)
{
    const char *path = temp_path("crafted.reel");
    reel_dataset *made = build(2, 3), *opened = NULL;
    const size_t width = reel__dataset_arrays[array].width;
    char *at = (char *)(uintptr_t)made->array[array] + (size_t)position * width;
    reel_err err = {0};

    memcpy(at, &value, width); /* little-endian: the low bytes */
    assert_int_equal(reel_dataset_save(made, path, NULL), REEL_OK);
    assert_int_equal(reel_dataset_open(&opened, path, &err), REEL_E_FORMAT);
    assert_null(opened);
    if (strstr(err.msg, part) == NULL || strstr(err.msg, "crafted.reel: damaged") == NULL)
        fail_msg("\"%s\" where \"%s\" is expected", err.msg, part);
    reel_dataset_free(made);
}

static void test_unsound_content_is_refused(void **state)
{
    (void)state;
    assert_refused(ARRAY_MOVIE_ID, 1, 1, "movie ids are not ascending");
    assert_refused(ARRAY_MOVIE_ID, 0, -1, "movie ids are not ascending");
    assert_refused(ARRAY_PERSON_ID, 0, 8, "person ids are not ascending");
    assert_refused(ARRAY_RATINGS_PTR, 1, INT64_C(1) << 40, "a matrix row ends before it starts");
    assert_refused(ARRAY_RATINGS_PTR, 2, 2, "another number of entries");
    assert_refused(ARRAY_RATINGS_PTR, 0, 1, "another number of entries");
    assert_refused(ARRAY_RATINGS_COL, 0, 2, "row 0");
    assert_refused(ARRAY_RATERS_COL, 2, -1, "row 1");
    assert_refused(ARRAY_RATINGS_VAL, 1, 0x7F800000, "row 0");
    assert_refused(ARRAY_TEXT_OFFSET, 3, INT64_C(1) << 40, "a text is cut or not UTF-8");
    assert_refused(ARRAY_TEXT_OFFSET, 0, 1, "texts do not fill their heap");
    assert_refused(ARRAY_TEXT, 0, 0xFF, "a text is cut or not UTF-8");
    assert_refused(ARRAY_TEXT, 0, 0, "a text is cut or not UTF-8");
    assert_refused(ARRAY_POPULARITY, 1, 0x7F800000, "infinite");
}

static void test_saving_where_it_cannot(void **state)
{
    (void)state;
    reel_dataset *made = build(2, 3);
    reel_err err = {0};

    assert_int_equal(reel_dataset_save(made, temp_path("no/such/folder/x.reel"), &err),
                     REEL_E_STORE);
    assert_non_null(strstr(err.msg, "x.reel"));
    reel_dataset_free(made);
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    const char *path = temp_path("memory.reel");
    reel_dataset *made = build(2, 3), *opened = NULL;
    const long before = reel__alloc_live();

    for (long n = 0;; n++) {
        reel_code rc = REEL_OK;

        reel__alloc_fail_after(n);
        rc = reel_dataset_save(made, path, NULL);
        if (rc == REEL_OK)
            rc = reel_dataset_open(&opened, path, NULL);
        reel__alloc_fail_after(-1);
        if (rc == REEL_OK)
            break;
        assert_int_equal(rc, REEL_E_NOMEM);
        assert_null(opened);
        assert_int_equal(reel__alloc_live(), before);
    }
    reel_dataset_free(opened);
    assert_int_equal(reel__alloc_live(), before);
    reel_dataset_free(made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_saved_and_opened_are_equal),
        cmocka_unit_test(test_the_least_dataset),
        cmocka_unit_test(test_missing_and_foreign_files),
        cmocka_unit_test(test_another_format_version),
        cmocka_unit_test(test_every_truncation_is_refused),
        cmocka_unit_test(test_every_changed_byte_is_found_or_harmless),
        cmocka_unit_test(test_unsound_content_is_refused),
        cmocka_unit_test(test_saving_where_it_cannot),
        cmocka_unit_test(test_every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
