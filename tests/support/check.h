/* support/check.h - what every cmocka test file starts with.
 * assert_ok prints the error's message (of a reel_err err in scope); sweep_memory runs an action
 * once for each allocation it makes, with that allocation failing.
 */
#ifndef TESTS_SUPPORT_CHECK_H
#define TESTS_SUPPORT_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "reel/err.h"

#define assert_ok(expression)                                                                      \
    do {                                                                                           \
        err.msg[0] = '\0';                                                                         \
        const reel_code code_of_ok = (expression);                                                 \
        if (code_of_ok != REEL_OK)                                                                 \
            fail_msg("%s: %s", reel_code_name(code_of_ok), err.msg);                               \
    } while (0)

/* The code, and that the message says part. */
#define assert_fails(expression, expected_code, part)                                              \
    do {                                                                                           \
        err.msg[0] = '\0';                                                                         \
        const reel_code code_of_fail = (expression);                                               \
        if (code_of_fail != (expected_code) || strstr(err.msg, (part)) == NULL)                    \
            fail_msg("%s: \"%s\" where %s with \"%s\" is expected", reel_code_name(code_of_fail),  \
                     err.msg, reel_code_name(expected_code), (part));                              \
    } while (0)

/* action(user, err) must leave nothing behind, whether it works or not. Every allocation it makes
 * fails once, until it succeeds; each failure must be E_NOMEM and leak nothing. Returns how many
 * failures there were. */
static inline long sweep_memory(reel_code (*action)(void *user, reel_err *err), void *user)
{
    const long live = reel__alloc_live();

    for (long n = 0;; n++) {
        reel_err err = {REEL_OK, ""};
        reel_code rc;

        reel__alloc_fail_after(n);
        rc = action(user, &err);
        reel__alloc_fail_after(-1);
        assert_int_equal(reel__alloc_live(), live);
        if (rc == REEL_OK)
            return n;
        if (rc != REEL_E_NOMEM)
            fail_msg("allocation %ld failing gave %s: %s", n, reel_code_name(rc), err.msg);
        assert_true(err.msg[0] != '\0');
    }
}

#endif
