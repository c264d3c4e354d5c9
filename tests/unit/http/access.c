/* What a request is called, and that its line in the log tells what happened and nothing private.
 */
#include "support/check.h"
#include "support/temp.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "http/access.h"

static const char trace[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

static void is(const char *x_request_id, const char *traceparent, const char *expected)
{
    char id[REEL_HTTP_REQUEST_ID] = "own";
    const bool found = reel__request_id(id, x_request_id, traceparent);

    assert_int_equal(found, expected != NULL);
    assert_string_equal(id, expected == NULL ? "own" : expected);
}

static void a_callers_id_is_taken_when_it_is_one(void **state)
{
    char long_id[80];

    (void)state;
    is(NULL, NULL, NULL);
    is("", "", NULL);
    is("a-B_c.9", NULL, "a-B_c.9");
    is("7", trace, "7");
    is("has blank", NULL, NULL);
    is("a=b", NULL, NULL);
    is("\"q\"", trace, "4bf92f3577b34da6a3ce929d0e0e4736");
    is("caf\xc3\xa9", NULL, NULL);
    memset(long_id, 'a', sizeof long_id);
    long_id[64] = '\0';
    is(long_id, NULL, long_id);
    long_id[64] = 'a';
    long_id[65] = '\0';
    is(long_id, NULL, NULL);
    is(NULL, trace, "4bf92f3577b34da6a3ce929d0e0e4736");
    is(NULL, "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", NULL);
    is(NULL, "00-00000000000000000000000000000000-00f067aa0ba902b7-01", NULL);
    is(NULL, "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", NULL);
    is(NULL, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7", NULL);
    is(NULL, "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b77-01", NULL);
}

/* What the log has of it. */
static const char *logged(const reel_access *access)
{
    static char text[2000];
    const int kept = dup(STDERR_FILENO);
    const int fd = open(temp_path("log"), O_RDWR | O_CREAT | O_TRUNC, 0600);
    ssize_t length;

    assert_true(fd >= 0 && dup2(fd, STDERR_FILENO) >= 0);
    reel__access_log(access);
    length = pread(fd, text, sizeof text - 1, 0);
    assert_true(dup2(kept, STDERR_FILENO) >= 0);
    close(kept);
    close(fd);
    text[length > 0 ? length : 0] = '\0';
    return text;
}

static void a_line_says_what_happened(void **state)
{
    static reel_exchange exchange;
    reel_seal_key key = {{0}};
    reel_access access = {&exchange, &key, .bytes = 512, .us = 1070};
    char first[REEL_SEAL_MARK], other[REEL_SEAL_MARK];
    const char *line;
    reel_err err = {0};

    (void)state;
    reel__clock_set_for_test(1000000000000);
    reel__exchange_init(&exchange);
    (void)strcpy(exchange.request_id, "r1");
    assert_ok(reel__exchange_target(&exchange, "/api/v1/people/4711?secret=hunter2", &err));
    exchange.route = "/api/v1/people/{id}";
    assert_string_equal(logged(&access),
                        "time=2001-09-09T01:46:40Z level=info event=request id=r1 method=GET "
                        "route=/api/v1/people/{id} status=200 ms=1.070 bytes=512 client=-\n");
    exchange.person = 4711;
    line = logged(&access);
    reel__seal_mark(first, &key, "person", 4711);
    assert_non_null(strstr(line, first));
    assert_null(strstr(line, "4711"));
    assert_null(strstr(line, "hunter2"));
    reel__seal_mark(other, &key, "person", 4712);
    assert_string_not_equal(first, other);
    key.bytes[0] = 1;
    reel__seal_mark(other, &key, "person", 4711);
    assert_string_not_equal(first, other);
    exchange.method = "a=\"b";
    access.ended = "client";
    exchange.status = 499;
    line = logged(&access);
    assert_non_null(strstr(line, "method=OTHER"));
    assert_non_null(strstr(line, " ended=client\n"));
    access.head = true;
    assert_non_null(strstr(logged(&access), "method=HEAD"));
    reel__clock_set_for_test(-1);
    reel__exchange_fini(&exchange);
}

static void probes_are_for_those_who_look_closely(void **state)
{
    static reel_exchange exchange;
    const reel_seal_key key = {{0}};
    const reel_access access = {&exchange, &key, .us = 1};

    (void)state;
    reel__exchange_init(&exchange);
    exchange.route = "/livez";
    assert_string_equal(logged(&access), "");
    exchange.route = "/readyz";
    exchange.status = 503;
    assert_non_null(strstr(logged(&access), "status=503"));
    reel__log_setup(REEL_LOG_DEBUG, true);
    exchange.status = 200;
    assert_non_null(strstr(logged(&access), "\"level\":\"debug\",\"event\":\"request\""));
    assert_non_null(strstr(logged(&access), "\"ms\":0.001"));
    reel__log_setup(REEL_LOG_INFO, false);
    reel__exchange_fini(&exchange);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_callers_id_is_taken_when_it_is_one),
        cmocka_unit_test(a_line_says_what_happened),
        cmocka_unit_test(probes_are_for_those_who_look_closely),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
