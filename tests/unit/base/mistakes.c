/* Where mistakes are, and several of them as one error. */
#include "base/mistakes.h"
#include "support/check.h"

static void places_are_found(void **state)
{
    static const struct {
        const char *message;
        size_t length;
    } cases[] = {
        {"limit: expected 1 to 100", 5},
        {"history[3].rating: too high", 17},
        {"a[0][12].b-c_d: x", 14},
        {"limit", 0},
        {"limit:x", 0},
        {"", 0},
        {": x", 0},
        {"a.: x", 0},
        {"a[]: x", 0},
        {"a[1: x", 0},
        {"a[x]: x", 0},
        {"Limit: x", 0},
        {"line 2 column 3: x", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(reel__mistake_place(cases[i].message), cases[i].length);
}

static void places_are_put_into_each_other(void **state)
{
    reel_err inner = {REEL_OK, ""}, err = {REEL_OK, ""};

    (void)state;
    (void)reel_fail(&inner, REEL_E_NOTFOUND, "movie: no film");
    assert_fails(reel__mistake_within(&err, &inner, "history[%d]", 3), REEL_E_NOTFOUND,
                 "history[3].movie: no film");
    (void)reel_fail(&inner, REEL_E_INVALID, "expected an object");
    assert_fails(reel__mistake_within(&err, &inner, "edits[%d]", 0), REEL_E_INVALID,
                 "edits[0]: expected an object");
}

static void several_are_one_error(void **state)
{
    reel_err all = {REEL_OK, ""}, one = {REEL_OK, ""};

    (void)state;
    assert_int_equal(reel__mistake_add(&all, &one), REEL_OK);
    assert_int_equal(all.code, REEL_OK);
    (void)reel_fail(&one, REEL_E_NOTFOUND, "model: none");
    assert_int_equal(reel__mistake_add(&all, &one), REEL_OK);
    assert_int_equal(all.code, REEL_E_NOTFOUND);
    (void)reel_fail(&one, REEL_E_TOOLARGE, "filter: %0300d", 1);
    assert_int_equal(reel__mistake_add(&all, &one), REEL_OK);
    assert_int_equal(all.code, REEL_E_INVALID);
    assert_int_equal(reel__mistake_add(&all, &one), REEL_OK); /* there is no room for it */
    assert_int_equal(strlen(all.msg), strlen("model: none\nfilter: ") + 300);
    (void)reel_fail(&one, REEL_E_INVALID, "limit: 0");
    assert_int_equal(reel__mistake_add(&all, &one), REEL_OK);
    assert_non_null(strstr(all.msg, "1\nlimit: 0"));
    (void)reel_fail(&one, REEL_E_NOMEM, "no memory");
    assert_int_equal(reel__mistake_add(&all, &one), REEL_E_NOMEM);
    assert_null(strstr(all.msg, "memory"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_are_found),
        cmocka_unit_test(places_are_put_into_each_other),
        cmocka_unit_test(several_are_one_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
