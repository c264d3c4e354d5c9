/* Requests that could be read in two ways, by the lines of their heads. */
#include "support/check.h"

#include "http/framing.h"

/* lines: "Name: value" each, closed by NULL. */
static reel_code check(const char *version, const char *const *lines, reel_err *err)
{
    reel_framing framing = {0};

    for (; *lines != NULL; lines++) {
        char name[64];
        const char *colon = strchr(*lines, ':');

        (void)snprintf(name, sizeof name, "%.*s", (int)(colon - *lines), *lines);
        reel__framing_see(&framing, name, colon[1] == ' ' ? colon + 2 : NULL);
    }
    return reel__framing_check(&framing, version, err);
}

#define LINES(...) ((const char *const[]){__VA_ARGS__, NULL})

static void is_plain(const char *version, const char *const *lines)
{
    reel_err err = {REEL_OK, ""};

    assert_int_equal(check(version, lines, &err), REEL_OK);
}

static void is_refused(const char *version, const char *const *lines, const char *why)
{
    reel_err err = {REEL_OK, ""};

    assert_int_equal(check(version, lines, &err), REEL_E_SYNTAX);
    assert_non_null(strstr(err.msg, why));
}

static void what_says_one_thing_is_taken(void **state)
{
    (void)state;
    is_plain("HTTP/1.1", LINES("Host: a"));
    is_plain("HTTP/1.1", LINES("Host: a", "Content-Length: 5", "X: y", "X: y"));
    is_plain("HTTP/1.1", LINES("hOST: a", "tRANSFER-eNCODING: Chunked"));
    is_plain("HTTP/1.1", LINES("Host:"));
    is_plain("HTTP/1.0", LINES("Content-Length: 5"));
    is_plain("HTTP/1.0", LINES("Host: a"));
}

static void what_can_be_read_in_two_ways_is_not(void **state)
{
    (void)state;
    is_refused("HTTP/1.1", LINES("Host: a", "Content-Length: 5", "content-length: 5"), "2 times");
    is_refused("HTTP/1.1", LINES("Host: a", "Content-Length: 5", "Transfer-Encoding: chunked"),
               "said twice");
    is_refused("HTTP/1.1", LINES("Host: a", "Transfer-Encoding: chunked", "Transfer-Encoding: x"),
               "said twice");
    is_refused("HTTP/1.1", LINES("Host: a", "Transfer-Encoding: chunked, identity"), "chunked");
    is_refused("HTTP/1.1", LINES("Host: a", "Transfer-Encoding: \vchunked"), "chunked");
    is_refused("HTTP/1.1", LINES("Host: a", "Transfer-Encoding:"), "chunked");
    is_refused("HTTP/1.0", LINES("Transfer-Encoding: chunked"), "HTTP/1.1");
    is_refused("HTTP/1.1", LINES("X: y"), "Host came 0 times");
    is_refused("HTTP/1.1", LINES("Host: a", "Host: a"), "Host came 2 times");
    is_refused("HTTP/1.0", LINES("Host: a", "Host: b"), "Host came 2 times");
    is_refused("HTTP/1.1", LINES("Host: a", "Content-Length : 5"), "white space");
    is_refused("HTTP/1.1", LINES("Host: a", " Content-Length: 5"), "white space");
    is_refused("HTTP/1.1", LINES("Host: a", "X\vY: 5"), "white space");
    is_refused("HTTP/1.1", LINES("Host: a", ": 5"), "white space");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_says_one_thing_is_taken),
        cmocka_unit_test(what_can_be_read_in_two_ways_is_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
