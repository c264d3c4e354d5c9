/* suite_models.c - model records. */
#include "suite.h"

#include <math.h>
#include <string.h>

typedef struct seen_records {
    size_t count, stop_after;
    char names[8][32], ids[8][32], files[8][32], hashes[8][32], parameters[8][64];
    int64_t generations[8], times[8];
    double seconds[8];
} seen_records;

static void copy(char *out, size_t size, const char *text)
{
    assert_true(strlen(text) < size);
    memcpy(out, text, strlen(text) + 1);
}

static bool see_record(void *user, const reel_model_record *record)
{
    seen_records *seen = user;
    const size_t at = seen->count++;

    assert_true(at < 8);
    copy(seen->names[at], 32, record->name);
    copy(seen->ids[at], 32, record->model_id);
    copy(seen->files[at], 32, record->file);
    copy(seen->hashes[at], 32, record->data_hash);
    copy(seen->parameters[at], 64, record->parameters);
    seen->generations[at] = record->generation;
    seen->times[at] = record->trained_at;
    seen->seconds[at] = record->seconds;
    return seen->count != seen->stop_after;
}

static const reel_model_record knn = {"user-knn",
                                      "user-knn@1f",
                                      "user-knn.safetensors",
                                      "sha256:00",
                                      "{\"k\":40,\"a\":\"\xc3\xa9\"}",
                                      3,
                                      1700000000,
                                      0.21};
static const reel_model_record popular = {"popular", "popular@2", "p.safetensors", "", "{}", 0, 0,
                                          0};

static void test_records_come_back_by_name(void **state)
{
    fixture *f = *state;
    seen_records seen = {0};

    assert_ok(reel__store_scan_models(f->store, see_record, &seen, &f->err), f->err);
    assert_int_equal(seen.count, 0);
    assert_ok(reel__store_put_model(f->store, &knn, &f->err), f->err);
    assert_ok(reel__store_put_model(f->store, &popular, &f->err), f->err);
    fixture_reopen(f);
    assert_ok(reel__store_scan_models(f->store, see_record, &seen, &f->err), f->err);
    assert_int_equal(seen.count, 2);
    assert_string_equal(seen.names[0], "popular");
    assert_string_equal(seen.hashes[0], "");
    assert_string_equal(seen.names[1], knn.name);
    assert_string_equal(seen.ids[1], knn.model_id);
    assert_string_equal(seen.files[1], knn.file);
    assert_string_equal(seen.hashes[1], knn.data_hash);
    assert_string_equal(seen.parameters[1], knn.parameters);
    assert_int_equal(seen.generations[1], 3);
    assert_int_equal(seen.times[1], 1700000000);
    assert_true(seen.seconds[1] == 0.21);
}

static void test_same_name_is_replaced(void **state)
{
    fixture *f = *state;
    seen_records seen = {0};
    reel_model_record newer = knn;

    newer.model_id = "user-knn@2e";
    newer.generation = 4;
    newer.seconds = (double)NAN;
    assert_ok(reel__store_put_model(f->store, &knn, &f->err), f->err);
    assert_ok(reel__store_put_model(f->store, &newer, &f->err), f->err);
    assert_ok(reel__store_scan_models(f->store, see_record, &seen, &f->err), f->err);
    assert_int_equal(seen.count, 1);
    assert_string_equal(seen.ids[0], "user-knn@2e");
    assert_int_equal(seen.generations[0], 4);
    assert_true(isnan(seen.seconds[0]));
}

static void test_scan_stops_when_told(void **state)
{
    fixture *f = *state;
    seen_records seen = {.stop_after = 1};

    assert_ok(reel__store_put_model(f->store, &knn, &f->err), f->err);
    assert_ok(reel__store_put_model(f->store, &popular, &f->err), f->err);
    assert_ok(reel__store_scan_models(f->store, see_record, &seen, &f->err), f->err);
    assert_int_equal(seen.count, 1);
}

static void test_a_record_needs_a_name(void **state)
{
    fixture *f = *state;
    reel_model_record nameless = knn;

    nameless.name = "";
    assert_fails(reel__store_put_model(f->store, &nameless, &f->err), REEL_E_INVALID, "", f->err);
}

int store_suite_models(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    static const struct CMUnitTest model_tests[] = {
        TEST(test_records_come_back_by_name),
        TEST(test_same_name_is_replaced),
        TEST(test_scan_stops_when_told),
        TEST(test_a_record_needs_a_name),
    };

    return cmocka_run_group_tests(model_tests, NULL, NULL);
}
