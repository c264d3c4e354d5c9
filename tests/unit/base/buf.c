/* The growing buffer. */
#include "support/check.h"

#include "base/buf.h"

static void is_a_text_from_the_start(void **state)
{
    reel_buf buf;
    char *taken;

    (void)state;
    reel__buf_init(&buf, 10);
    assert_string_equal(buf.data, "");
    taken = reel__buf_take(&buf);
    assert_string_equal(taken, "");
    reel__free(taken);
    reel__buf_fini(&buf);
}

static void appends_and_formats(void **state)
{
    reel_buf buf;
    reel_err err;
    char *taken;

    (void)state;
    reel__buf_init(&buf, 100000);
    reel__buf_text(&buf, "a");
    reel__buf_char(&buf, '-');
    reel__buf_append(&buf, "bcd", 2);
    reel__buf_append(&buf, NULL, 0);
    reel__buf_format(&buf, " %d %s", 42, "x");
    assert_string_equal(buf.data, "a-bc 42 x");
    assert_int_equal(buf.length, 9);
    for (int i = 0; i < 5000; i++)
        reel__buf_format(&buf, "%d", i % 10);
    assert_int_equal(buf.length, 5009);
    assert_int_equal(buf.data[5009], '\0');
    assert_ok(reel__buf_check(&buf, &err));
    taken = reel__buf_take(&buf);
    assert_int_equal(strlen(taken), 5009);
    assert_string_equal(buf.data, "");
    reel__free(taken);
}

static void holds_exactly_its_maximum(void **state)
{
    reel_buf buf;
    reel_err err;

    (void)state;
    for (size_t maximum = 0; maximum < 700; maximum += 7) {
        reel__buf_init(&buf, maximum);
        for (size_t i = 0; i < maximum; i++)
            reel__buf_char(&buf, 'x');
        assert_ok(reel__buf_check(&buf, &err));
        assert_int_equal(buf.length, maximum);
        reel__buf_char(&buf, 'y');
        assert_fails(reel__buf_check(&buf, &err), REEL_E_TOOLARGE, "larger than");
        reel__buf_text(&buf, "");
        assert_int_equal(buf.length, maximum);
        reel__buf_clear(&buf);
        assert_ok(reel__buf_check(&buf, &err));
        assert_string_equal(buf.data, "");
        reel__buf_fini(&buf);
    }
}

static void failed_take_gives_nothing(void **state)
{
    const long live = reel__alloc_live();
    reel_buf buf;

    (void)state;
    reel__buf_init(&buf, 3);
    reel__buf_text(&buf, "ab");
    reel__buf_text(&buf, "cd");
    assert_null(reel__buf_take(&buf));
    assert_int_equal(reel__alloc_live(), live);
}

static reel_code build(void *user, reel_err *err)
{
    reel_buf buf;
    reel_code rc;

    (void)user;
    reel__buf_init(&buf, 1 << 20);
    for (int i = 0; i < 3000; i++)
        reel__buf_format(&buf, "%d,", i);
    rc = reel__buf_check(&buf, err);
    reel__buf_fini(&buf);
    return rc;
}

static void survives_without_memory(void **state)
{
    (void)state;
    assert_true(sweep_memory(build, NULL) >= 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_a_text_from_the_start),  cmocka_unit_test(appends_and_formats),
        cmocka_unit_test(holds_exactly_its_maximum), cmocka_unit_test(failed_take_gives_nothing),
        cmocka_unit_test(survives_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
