/* Memory: overflow, failure on demand, the count of live blocks. */
#include "support/check.h"

static void zero_count_gives_a_block(void **state)
{
    void *block = reel__alloc_array(0, 8);

    (void)state;
    assert_non_null(block);
    reel__free(block);
    reel__free(NULL);
}

/* Volatile, so that the compiler does not know and warn. */
static volatile size_t huge = SIZE_MAX / 2;

static void overflow_is_refused(void **state)
{
    void *old = reel__alloc_array(4, 1);
    const long live = reel__alloc_live();

    (void)state;
    assert_null(reel__alloc_array(huge, 3));
    assert_null(reel__alloc_zero(huge, 3));
    assert_null(reel__alloc_aligned(huge, 2));
    assert_null(reel__alloc_array(huge + 2, 1));
    assert_null(reel__realloc_array(old, huge, 3));
    assert_int_equal(reel__alloc_live(), live);
    reel__free(old);
}

static void aligned_and_zeroed(void **state)
{
    (void)state;
    for (size_t size = 1; size < 300; size += 13) {
        char *aligned = reel__alloc_aligned(size, 3), *zeros = reel__alloc_zero(size, 3);

        assert_non_null(aligned);
        assert_non_null(zeros);
        assert_int_equal((uintptr_t)aligned % 64, 0);
        memset(aligned, 1, 3 * size);
        for (size_t i = 0; i < 3 * size; i++)
            assert_int_equal(zeros[i], 0);
        reel__free(aligned);
        reel__free(zeros);
    }
}

static void fails_after_n(void **state)
{
    const long live = reel__alloc_live();
    void *blocks[3] = {NULL};

    (void)state;
    reel__alloc_fail_after(2);
    blocks[0] = reel__alloc_array(1, 1);
    blocks[1] = reel__strdup("x");
    blocks[2] = reel__alloc_zero(1, 1);
    assert_null(reel__alloc_aligned(1, 1));
    assert_null(reel__realloc_array(blocks[0], 10, 1));
    reel__alloc_fail_after(-1);
    assert_non_null(blocks[0]);
    assert_non_null(blocks[1]);
    assert_null(blocks[2]);
    assert_int_equal(reel__alloc_live(), live + 2);
    reel__free(blocks[0]);
    reel__free(blocks[1]);
    assert_int_equal(reel__alloc_live(), live);
}

static void fails_once(void **state)
{
    void *block = NULL;

    (void)state;
    reel__alloc_fail_once(1);
    block = reel__alloc_array(1, 1);
    assert_non_null(block);
    assert_false(reel__alloc_failed());
    assert_null(reel__realloc_array(block, 10, 1));
    assert_true(reel__alloc_failed());
    reel__free(block);
    block = reel__strdup("x");
    assert_non_null(block);
    reel__free(block);
    reel__alloc_fail_after(-1);
}

static void copies_texts(void **state)
{
    char *whole = reel__strdup("abc"), *part = reel__strndup("abcdef", 2), *none = reel__strdup("");

    (void)state;
    assert_string_equal(whole, "abc");
    assert_string_equal(part, "ab");
    assert_string_equal(none, "");
    reel__free(whole);
    reel__free(part);
    reel__free(none);
}

static void resize_keeps_content(void **state)
{
    int *numbers = reel__realloc_array(NULL, 4, sizeof *numbers);
    const long live = reel__alloc_live();

    (void)state;
    for (int i = 0; i < 4; i++)
        numbers[i] = i;
    numbers = reel__realloc_array(numbers, 4000, sizeof *numbers);
    assert_int_equal(numbers[3], 3);
    assert_int_equal(reel__alloc_live(), live);
    reel__free(numbers);
    assert_int_equal(reel__alloc_live(), live - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zero_count_gives_a_block),
        cmocka_unit_test(overflow_is_refused),
        cmocka_unit_test(aligned_and_zeroed),
        cmocka_unit_test(fails_after_n),
        cmocka_unit_test(fails_once),
        cmocka_unit_test(copies_texts),
        cmocka_unit_test(resize_keeps_content),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
