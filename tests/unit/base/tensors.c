/* Tensor files: round trip, the format's own rules, damaged files. */
#include "support/check.h"
#include "support/temp.h"

#include "base/file.h"
#include "base/tensors.h"

static const int64_t times[] = {1, -2, INT64_MAX};
static const float factors[] = {0.5F, -1.25F, 3, 4, 5, 6};
static const unsigned char texts[] = "hello, world";
static const uint16_t small[] = {1, 65535};
static const double real[] = {0.1};

static reel_code write_sample(const char *path, reel_err *err)
{
    reel_tensors_writer *writer = NULL;
    reel_code rc;

    REEL_TRY(reel__tensors_writer_new(&writer, err));
    REEL_TRY(reel__tensors_meta(writer, "kind", "sample \"quoted\" é", err));
    REEL_TRY(reel__tensors_add(writer, "texts", REEL_U8, texts, sizeof texts, err));
    REEL_TRY(reel__tensors_add(writer, "times", REEL_I64, times, 3, err));
    REEL_TRY(reel__tensors_prefix(writer, "content/", err));
    REEL_TRY(reel__tensors_meta(writer, "kind", "inner", err));
    REEL_TRY(reel__tensors_add_matrix(writer, "factors", REEL_F32, factors, 2, 3, err));
    REEL_TRY(reel__tensors_add(writer, "none", REEL_F64, NULL, 0, err));
    REEL_TRY(reel__tensors_add(writer, "small", REEL_U16, small, 2, err));
    REEL_TRY(reel__tensors_add(writer, "real", REEL_F64, real, 1, err));
    REEL_TRY(reel__tensors_write(writer, path, err));
out:
    reel__tensors_writer_free(writer);
    return rc;
}

static void reads_what_was_written(void **state)
{
    reel_tensors *file, *shared;
    reel_err err;
    const void *data = NULL;
    int64_t count = 0, shape[2] = {0, 0};

    (void)state;
    assert_ok(write_sample(temp_path("sample.reel"), &err));
    assert_ok(reel__tensors_open(&file, temp_path("sample.reel"), &err));
    shared = reel__tensors_ref(file);
    reel__tensors_free(file);
    assert_string_equal(reel__tensors_path(shared), temp_path("sample.reel"));
    assert_string_equal(reel__tensors_get_meta(shared, "", "kind"), "sample \"quoted\" é");
    assert_string_equal(reel__tensors_get_meta(shared, "content/", "kind"), "inner");
    assert_null(reel__tensors_get_meta(shared, "content/", "other"));
    assert_ok(reel__tensors_get(shared, "", "times", REEL_I64, &data, &count, &err));
    assert_int_equal(count, 3);
    assert_memory_equal(data, times, sizeof times);
    assert_int_equal((uintptr_t)data % 64, 0);
    assert_ok(
        reel__tensors_get_matrix(shared, "content/", "factors", REEL_F32, &data, shape, &err));
    assert_int_equal(shape[0], 2);
    assert_int_equal(shape[1], 3);
    assert_memory_equal(data, factors, sizeof factors);
    assert_int_equal((uintptr_t)data % 64, 0);
    assert_ok(reel__tensors_get(shared, "content/", "none", REEL_F64, &data, &count, &err));
    assert_int_equal(count, 0);
    assert_ok(reel__tensors_get(shared, "content/", "real", REEL_F64, &data, &count, &err));
    assert_memory_equal(data, real, sizeof real);
    reel__tensors_free(shared);
    reel__tensors_free(NULL);
}

static void names_what_is_missing(void **state)
{
    reel_tensors *file;
    reel_err err;
    const void *data;
    int64_t count, shape[2];

    (void)state;
    assert_ok(write_sample(temp_path("sample.reel"), &err));
    assert_ok(reel__tensors_open(&file, temp_path("sample.reel"), &err));
    assert_fails(reel__tensors_get(file, "x/", "times", REEL_I64, &data, &count, &err),
                 REEL_E_FORMAT, "tensor x/times is missing");
    assert_fails(reel__tensors_get(file, "", "times", REEL_F32, &data, &count, &err), REEL_E_FORMAT,
                 "holds I64 where F32");
    assert_fails(reel__tensors_get_matrix(file, "", "times", REEL_I64, &data, shape, &err),
                 REEL_E_FORMAT, "1 dimensions");
    reel__tensors_free(file);
    assert_fails(reel__tensors_open(&file, temp_path("nothing"), &err), REEL_E_NOTFOUND, "nothing");
    assert_null(file);
}

static void refuses_bad_additions(void **state)
{
    reel_tensors_writer *writer;
    reel_err err;

    (void)state;
    assert_ok(reel__tensors_writer_new(&writer, &err));
    assert_ok(reel__tensors_add(writer, "a", REEL_U8, "x", 1, &err));
    assert_ok(reel__tensors_meta(writer, "k", "v", &err));
    assert_fails(reel__tensors_add(writer, "a", REEL_U8, "x", 1, &err), REEL_E_CONFLICT, "twice");
    assert_fails(reel__tensors_meta(writer, "k", "v", &err), REEL_E_CONFLICT, "twice");
    assert_fails(reel__tensors_add(writer, "b", REEL_U8, "x", -1, &err), REEL_E_INVALID, "size");
    assert_fails(reel__tensors_add(writer, "b", REEL_F64, "x", INT64_MAX / 4, &err), REEL_E_INVALID,
                 "size");
    assert_fails(reel__tensors_add_matrix(writer, "b", REEL_U8, "x", 1, -1, &err), REEL_E_INVALID,
                 "width");
    assert_fails(reel__tensors_add(writer, "__metadata__", REEL_U8, "x", 1, &err), REEL_E_INVALID,
                 "named");
    assert_fails(reel__tensors_add(writer, "__pad3", REEL_U8, "x", 1, &err), REEL_E_INVALID,
                 "named");
    reel__tensors_writer_free(writer);
    reel__tensors_writer_free(NULL);
}

/* ---- damage -------------------------------------------------------------------------------- */

/* A file of a header and so many bytes of data. */
static const char *write_raw(const char *header, size_t data_bytes)
{
    static char bytes[4096];
    const uint64_t length = strlen(header);

    memset(bytes, 0, sizeof bytes);
    memcpy(bytes, &length, sizeof length);
    memcpy(bytes + 8, header, length);
    return temp_write_bytes("raw.reel", bytes, 8 + (size_t)length + data_bytes);
}

static void assert_refused(const char *header, size_t data_bytes, const char *message)
{
    reel_tensors *file;
    reel_err err;

    assert_fails(reel__tensors_open(&file, write_raw(header, data_bytes), &err), REEL_E_FORMAT,
                 message);
    assert_null(file);
    assert_non_null(strstr(err.msg, "raw.reel"));
}

#define TENSOR(name, dtype, shape, offsets)                                                        \
    "\"" name "\":{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":" offsets "}"

static void refuses_damaged_headers(void **state)
{
    (void)state;
    assert_refused("", 0, "line 1");
    assert_refused("[]", 0, "no object");
    assert_refused("{}", 5, "bytes after its last tensor");
    assert_refused("{\"__metadata__\":[]}", 0, "no object");
    assert_refused("{\"__metadata__\":{\"a\":1}}", 0, "not all texts");
    assert_refused("{" TENSOR("a", "BF16", "[1]", "[0,2]") "}", 2, "dtype");
    assert_refused("{\"a\":1}", 2, "dtype");
    assert_refused("{" TENSOR("a", "U8", "1", "[0,2]") "}", 2, "shape");
    assert_refused("{" TENSOR("a", "U8", "[-1]", "[0,2]") "}", 2, "shape");
    assert_refused("{" TENSOR("a", "U8", "[1.5]", "[0,2]") "}", 2, "shape");
    assert_refused("{" TENSOR("a", "U8", "[1,1,1,1,1]", "[0,1]") "}", 1, "shape");
    assert_refused("{" TENSOR("a", "U8", "[9223372036854775807,4]", "[0,1]") "}", 1, "shape");
    assert_refused("{" TENSOR("a", "F64", "[2305843009213693952]", "[0,1]") "}", 1, "disagree");
    assert_refused("{" TENSOR("a", "U8", "[2]", "[0]") "}", 2, "two whole numbers");
    assert_refused("{" TENSOR("a", "U8", "[2]", "[0,3]") "}", 2, "beyond the end");
    assert_refused("{" TENSOR("a", "U8", "[2]", "[-2,0]") "}", 2, "beyond the end");
    assert_refused("{" TENSOR("a", "U8", "[2]", "[2,0]") "}", 2, "beyond the end");
    assert_refused("{" TENSOR("a", "U8", "[3]", "[0,2]") "}", 2, "disagree");
    assert_refused("{" TENSOR("a", "U8", "[1]", "[1,2]") "}", 2, "hole or an overlap");
    assert_refused("{" TENSOR("a", "U8", "[2]", "[0,2]") "," TENSOR("b", "U8", "[1]", "[1,2]") "}",
                   2, "hole or an overlap");
    assert_refused("{" TENSOR("a", "U8", "[1]", "[0,1]") "," TENSOR("a", "U8", "[1]", "[1,2]") "}",
                   2, "duplicate");
    assert_refused("{" TENSOR("a", "F64", "[1]", "[0,8]") "}", 8, "aligned");
}

static void refuses_other_files(void **state)
{
    static const unsigned char large[16] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                            0xFF, 0xFF, 0xFF, '{',  '}'};
    reel_tensors *file;
    reel_err err;

    (void)state;
    assert_fails(reel__tensors_open(&file, temp_write("e", ""), &err), REEL_E_FORMAT, "shorter");
    assert_fails(reel__tensors_open(&file, temp_write("t", "this is a text file"), &err),
                 REEL_E_FORMAT, "longer than the file");
    assert_fails(reel__tensors_open(&file, temp_write_bytes("l", large, sizeof large), &err),
                 REEL_E_FORMAT, "longer than the file");
    assert_fails(reel__tensors_open(&file, "/", &err), REEL_E_STORE, "folder");
}

static void reads_a_minimal_foreign_file(void **state)
{
    reel_tensors *file;
    reel_err err;
    const void *data;
    int64_t count;

    (void)state;
    assert_ok(reel__tensors_open(
        &file,
        write_raw("{" TENSOR("s", "U8", "[]", "[0,1]") "," TENSOR("z", "I8", "[0,7]", "[1,1]") "}",
                  1),
        &err));
    assert_ok(reel__tensors_get(file, "", "s", REEL_U8, &data, &count, &err));
    assert_int_equal(count, 1);
    assert_null(reel__tensors_get_meta(file, "", "kind"));
    reel__tensors_free(file);
}

/* Cut anywhere, a file is refused; with any one header byte changed, it is refused or still sound.
 */
static void no_damage_goes_unnoticed_or_crashes(void **state)
{
    reel_file_map map;
    reel_tensors *file;
    reel_err err;
    char *bytes;
    uint64_t header;

    (void)state;
    assert_ok(write_sample(temp_path("sample.reel"), &err));
    assert_ok(reel__file_map_open(&map, temp_path("sample.reel"), &err));
    bytes = reel__alloc_array(map.size_bytes, 1);
    memcpy(bytes, map.data, map.size_bytes);
    memcpy(&header, bytes, sizeof header);
    for (size_t length = 0; length < map.size_bytes; length += 5)
        assert_fails(reel__tensors_open(&file, temp_write_bytes("cut", bytes, length), &err),
                     REEL_E_FORMAT, "cut");
    for (size_t at = 0; at < header + 8; at++) {
        const char before = bytes[at];

        bytes[at] = (char)(before ^ (1 << at % 7));
        if (reel__tensors_open(&file, temp_write_bytes("hit", bytes, map.size_bytes), &err) ==
            REEL_OK)
            reel__tensors_free(file);
        else
            assert_int_equal(err.code, REEL_E_FORMAT);
        bytes[at] = before;
    }
    reel__free(bytes);
    reel__file_map_close(&map);
}

/* ---- memory -------------------------------------------------------------------------------- */

static reel_code write_swept(void *user, reel_err *err)
{
    return write_sample(user, err);
}

static reel_code open_swept(void *user, reel_err *err)
{
    reel_tensors *file;
    const reel_code rc = reel__tensors_open(&file, user, err);

    if ((rc == REEL_OK) != (file != NULL))
        return REEL_E_INVALID;
    reel__tensors_free(file);
    return rc;
}

static void survives_without_memory(void **state)
{
    char path[TEMP_PATH];

    (void)state;
    (void)snprintf(path, sizeof path, "%s", temp_path("swept.reel"));
    assert_true(sweep_memory(write_swept, path) > 10);
    assert_int_equal(sweep_memory(open_swept, path), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_was_written),
        cmocka_unit_test(names_what_is_missing),
        cmocka_unit_test(refuses_bad_additions),
        cmocka_unit_test(refuses_damaged_headers),
        cmocka_unit_test(refuses_other_files),
        cmocka_unit_test(reads_a_minimal_foreign_file),
        cmocka_unit_test(no_damage_goes_unnoticed_or_crashes),
        cmocka_unit_test(survives_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
