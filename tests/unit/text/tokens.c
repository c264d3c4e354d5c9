/* Tokens: what the golden file of probes (tests/golden/sklearn.c) does not show. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "text/tables_priv.h"
#include "text/tfidf.h"

typedef struct list {
    reel_buf buf;
    int left; /* tokens to take before saying stop; -1 = all */
} list;

static bool add(void *user, const char *token, size_t length)
{
    list *l = user;

    if (l->left == 0)
        return false;
    l->left--;
    if (l->buf.length > 0)
        reel__buf_char(&l->buf, ' ');
    reel__buf_append(&l->buf, token, length);
    return true;
}

static void check(const char *text, size_t length, bool keep, const char *expected)
{
    list l = {.left = -1};
    reel_err err;

    reel__buf_init(&l.buf, 1 << 20);
    reel__buf_text(&l.buf, "");
    assert_int_equal(reel__tokenize(text, length, keep, add, &l, &err), REEL_OK);
    assert_int_equal(reel__buf_check(&l.buf, &err), REEL_OK);
    assert_string_equal(l.buf.length > 0 ? l.buf.data : "", expected);
    reel__buf_fini(&l.buf);
}

static void check_text(const char *text, const char *expected)
{
    check(text, strlen(text), false, expected);
}

static void tokens_are_runs_of_two_or_more(void **state)
{
    (void)state;
    check_text("", "");
    check_text("a b c", "");
    check_text("Space-Travel in 2001: x y_z", "space travel 2001 y_z");
    check_text("last us", "");
    check("last of us", 10, true, "last of us");
}

static void malformed_bytes_part_tokens(void **state)
{
    (void)state;
    check("ab\xff"
          "cd",
          5, false, "ab cd");
    check("ab\0cd", 5, false, "ab cd");
    check("abc\xc3", 4, false, "abc");               /* cut short */
    check("\xc0\xaf\xed\xa0\x80zz", 7, false, "zz"); /* overlong; surrogate */
    check("a\x80\xce\xa3", 4, false, "");            /* the sigma looks back at a stray byte */
}

static void sigma_looks_past_ignorable_characters(void **state)
{
    (void)state;
    check_text("\xce\x91\xce\xa3", "\xce\xb1\xcf\x82");                 /* final */
    check_text("\xce\x91\xce\xa3\xce\x91", "\xce\xb1\xcf\x83\xce\xb1"); /* not */
    check_text("\xce\x91\xce\xa3'\xce\x91\xce\xa3", "\xce\xb1\xcf\x83 \xce\xb1\xcf\x82");
    check_text("\xce\xa3\xce\xa3", "\xcf\x83\xcf\x82");
}

static void a_receiver_can_stop(void **state)
{
    list l = {.left = 2};
    reel_err err;

    (void)state;
    reel__buf_init(&l.buf, 1 << 10);
    assert_int_equal(reel__tokenize("one1 two2 three3", 16, false, add, &l, &err),
                     REEL_E_CANCELLED);
    assert_int_equal(err.code, REEL_E_CANCELLED);
    assert_string_equal(l.buf.data, "one1 two2");
    reel__buf_fini(&l.buf);
}

static void long_texts_need_memory(void **state)
{
    enum { LENGTH = 100000 };
    char *text = reel__alloc_array(LENGTH, 1);
    list l = {.left = -1};
    reel_err err;
    const long live = reel__alloc_live();

    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i + 1 < LENGTH; i += 2) /* U+023A grows from two bytes to three */
        memcpy(text + i, "\xc8\xba", 2);
    reel__alloc_fail_after(0);
    assert_int_equal(reel__tokenize(text, LENGTH, false, add, &l, &err), REEL_E_NOMEM);
    reel__alloc_fail_after(-1);
    assert_int_equal(reel__alloc_live(), live);
    reel__buf_init(&l.buf, 1 << 20);
    assert_int_equal(reel__tokenize(text, LENGTH, false, add, &l, &err), REEL_OK);
    assert_int_equal(l.buf.length, LENGTH / 2 * 3);
    reel__buf_fini(&l.buf);
    reel__free(text);
}

static void lower_keeps_everything_else(void **state)
{
    const char *text = "Amy O'HARA \xc4\xb0\xff!";
    list l = {.left = -1};
    reel_err err;

    (void)state;
    reel__buf_init(&l.buf, 1 << 10);
    assert_int_equal(reel__lower(text, strlen(text), add, &l, &err), REEL_OK);
    assert_string_equal(l.buf.data, "amy o'hara i\xcc\x87\xef\xbf\xbd!");
    reel__buf_clear(&l.buf);
    assert_int_equal(reel__lower("", 0, add, &l, &err), REEL_OK);
    assert_int_equal(l.buf.length, 0);
    reel__buf_fini(&l.buf);
}

static void stop_words_are_the_318(void **state)
{
    (void)state;
    assert_int_equal(reel__stop_words_count, 318);
    for (size_t i = 0; i < reel__stop_words_count; i++) {
        assert_true(i == 0 || strcmp(reel__stop_words[i - 1], reel__stop_words[i]) < 0);
        assert_true(reel__is_stop_word(reel__stop_words[i], strlen(reel__stop_words[i])));
    }
    assert_false(reel__is_stop_word("film", 4));
    assert_false(reel__is_stop_word("the\0x", 5));
    assert_false(reel__is_stop_word("", 0));
    assert_true(reel__is_stop_word("thereafterwards", 10));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_are_runs_of_two_or_more),
        cmocka_unit_test(malformed_bytes_part_tokens),
        cmocka_unit_test(sigma_looks_past_ignorable_characters),
        cmocka_unit_test(a_receiver_can_stop),
        cmocka_unit_test(long_texts_need_memory),
        cmocka_unit_test(lower_keeps_everything_else),
        cmocka_unit_test(stop_words_are_the_318),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
