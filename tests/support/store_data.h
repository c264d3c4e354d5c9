/* support/store_data.h - what all tests of the store start with: checks that print the error of the
 * record given, and a film and an event in which everything is unknown.
 */
#ifndef TESTS_SUPPORT_STORE_DATA_H
#define TESTS_SUPPORT_STORE_DATA_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "data/readers.h"
#include "store/store.h"

#define assert_ok(expression, error)                                                               \
    do {                                                                                           \
        const reel_code code_ = (expression);                                                      \
        if (code_ != REEL_OK)                                                                      \
            fail_msg("%s: %s: %s", #expression, reel_code_name(code_), (error).msg);               \
    } while (0)

/* The code, and a message of one line that says text. */
#define assert_fails(expression, expected, text, error)                                            \
    do {                                                                                           \
        (error) = (reel_err){REEL_OK, ""};                                                         \
        assert_string_equal(reel_code_name(expression), reel_code_name(expected));                 \
        assert_int_equal((error).code, expected);                                                  \
        assert_true((error).msg[0] != '\0' && strchr((error).msg, '\n') == NULL);                  \
        if (strstr((error).msg, text) == NULL)                                                     \
            fail_msg("\"%s\" does not say \"%s\"", (error).msg, text);                             \
    } while (0)

static inline reel_movie blank_movie(int64_t id)
{
    reel_movie film = reel__movie_blank;

    film.id = id;
    return film;
}

static inline reel_event blank_event(const char *id)
{
    return (reel_event){
        .event_id = id,
        .type = "impression",
        .visitor = "",
        .method = "",
        .model_id = "",
        .list_id = "",
        .scenario = "",
        .user = -1,
        .source_movie = -1,
        .value = (double)NAN,
    };
}

#endif
