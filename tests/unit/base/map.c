/* Hash table and interner against plain arrays. */
#include "support/check.h"

#include "base/map.h"
#include "base/rng.h"

enum { KEYS = 20000 };

static void finds_what_was_put(void **state)
{
    static int64_t keys[KEYS];
    reel_rng rng = reel__rng_make(7, 0);
    reel_map *map;
    reel_err err;
    int64_t value;

    (void)state;
    assert_ok(reel__map_new(&map, 0, &err));
    for (int64_t i = 0; i < KEYS; i++) {
        keys[i] = i % 2 == 0 ? i * 64 : (int64_t)reel__rng_next(&rng);
        assert_ok(reel__map_put(map, keys[i], i, &err));
    }
    assert_int_equal(reel__map_count(map), KEYS);
    for (int64_t i = 0; i < KEYS; i++) {
        assert_true(reel__map_get(map, keys[i], &value));
        assert_int_equal(value, i);
    }
    for (int64_t i = 0; i < KEYS; i++)
        assert_false(reel__map_get(map, i * 64 + 1, &value));
    reel__map_free(map);
}

static void replaces_and_takes_every_key(void **state)
{
    const int64_t keys[] = {0, -1, INT64_MIN, INT64_MAX, 1};
    reel_map *map;
    reel_err err;
    int64_t value = 0;

    (void)state;
    assert_ok(reel__map_new(&map, 1000, &err));
    assert_false(reel__map_get(map, INT64_MIN, &value));
    for (int64_t round = 0; round < 2; round++)
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
            assert_ok(reel__map_put(map, keys[i], round * 100 + (int64_t)i, &err));
    assert_int_equal(reel__map_count(map), sizeof keys / sizeof *keys);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        assert_true(reel__map_get(map, keys[i], &value));
        assert_int_equal(value, 100 + (int64_t)i);
    }
    reel__map_free(map);
    reel__map_free(NULL);
}

static reel_code fill_map(void *user, reel_err *err)
{
    reel_map *map;
    reel_code rc = reel__map_new(&map, 0, err);

    (void)user;
    for (int64_t i = 0; rc == REEL_OK && i < 1000; i++)
        rc = reel__map_put(map, i, i, err);
    reel__map_free(map);
    return rc;
}

static void interns_in_order(void **state)
{
    reel_intern *intern;
    reel_err err;
    const char *first;
    int32_t id;
    char text[32];

    (void)state;
    assert_ok(reel__intern_new(&intern, &err));
    assert_ok(reel__intern_add(intern, "first", 5, &id, &err));
    first = reel__intern_text(intern, id);
    for (int32_t round = 0; round < 2; round++)
        for (int32_t i = 1; i < KEYS; i++) {
            const int length = snprintf(text, sizeof text, "word %d", i);

            assert_ok(reel__intern_add(intern, text, (size_t)length, &id, &err));
            assert_int_equal(id, i);
        }
    assert_int_equal(reel__intern_count(intern), KEYS);
    assert_ptr_equal(first, reel__intern_text(intern, 0));
    assert_string_equal(reel__intern_text(intern, 77), "word 77");
    assert_ok(reel__intern_add(intern, "word 77", 6, &id, &err));
    assert_int_equal(id, 7); /* by length, not to the NUL */
    reel__intern_free(intern);
    reel__intern_free(NULL);
}

static void interns_odd_texts(void **state)
{
    static char large[200000];
    reel_intern *intern;
    reel_err err;
    int32_t id;

    (void)state;
    memset(large, 'x', sizeof large - 1);
    assert_ok(reel__intern_new(&intern, &err));
    assert_ok(reel__intern_add(intern, "", 0, &id, &err));
    assert_ok(reel__intern_add(intern, large, sizeof large - 1, &id, &err));
    assert_ok(reel__intern_add(intern, "a\0b", 3, &id, &err));
    assert_int_equal(id, 2);
    assert_ok(reel__intern_add(intern, "", 0, &id, &err));
    assert_int_equal(id, 0);
    assert_ok(reel__intern_add(intern, "a", 1, &id, &err));
    assert_int_equal(id, 3); /* "a\0b" is another text */
    assert_string_equal(reel__intern_text(intern, 1), large);
    reel__intern_free(intern);
}

static reel_code fill_intern(void *user, reel_err *err)
{
    reel_intern *intern;
    reel_code rc = reel__intern_new(&intern, err);
    char text[300];
    int32_t id;

    (void)user;
    for (int i = 0; rc == REEL_OK && i < 500; i++) {
        const int length = snprintf(text, sizeof text, "%0250d", i);

        rc = reel__intern_add(intern, text, (size_t)length, &id, err);
        if (rc == REEL_OK && id != i)
            rc = REEL_E_INVALID;
    }
    reel__intern_free(intern);
    return rc;
}

static void survives_without_memory(void **state)
{
    (void)state;
    assert_true(sweep_memory(fill_map, NULL) > 5);
    assert_true(sweep_memory(fill_intern, NULL) > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_was_put),      cmocka_unit_test(replaces_and_takes_every_key),
        cmocka_unit_test(interns_in_order),        cmocka_unit_test(interns_odd_texts),
        cmocka_unit_test(survives_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
