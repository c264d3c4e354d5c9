/* What a page says of its own mistakes: it is in the log as one line that forges nothing, what is
 * no such report is refused, and who sends many is not heard for a while.
 */
#include <fcntl.h>
#include <unistd.h>

#include "base/log.h"
#include "http/account.h"

#define PATH "/api/v1/client-errors"

/* What is written to standard error while the report is sent. */
static const char *logged(const char *body, int status)
{
    static char text[8192];
    char path[] = "/tmp/reel-log-XXXXXX";
    const int file = mkstemp(path), before = dup(STDERR_FILENO);
    ssize_t got;

    assert_true(file >= 0 && before >= 0 && dup2(file, STDERR_FILENO) >= 0);
    (void)send_as("POST", PATH, body);
    assert_true(dup2(before, STDERR_FILENO) >= 0);
    if (api.exchange.status != status)
        fail_msg("%s: %d %s", body, api.exchange.status, answer_text(&(size_t){0}));
    assert_described("POST");
    got = pread(file, text, sizeof text - 1, 0);
    assert_true(got >= 0);
    text[got] = '\0';
    (void)close(file);
    (void)close(before);
    (void)unlink(path);
    return text;
}

static void it_is_one_line_of_the_log(void **state)
{
    const char *line;

    (void)state;
    from.address = 1;
    line = logged(
        "{\"message\":\"x is not a function\",\"page\":\"/film/1\",\"at\":\"main.js:1:2\"}", 202);
    assert_non_null(strstr(line, "event=page_error"));
    assert_non_null(strstr(line, "client=192.0.2.1"));
    assert_non_null(
        strstr(line, "page=\"/film/1\" text=\"x is not a function\" at=\"main.js:1:2\""));
}

static void it_forges_nothing(void **state)
{
    const char *line;

    (void)state;
    from.address = 2;
    line = logged(
        "{\"message\":\"a\\\"\\ntime=2026 level=error event=request status=200\\u001b[2J\\u2028\"}",
        202);
    assert_non_null(strstr(line, "event=page_error"));
    assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1); /* one line */
    assert_null(strchr(line, 0x1b));
    assert_null(strstr(line, "\"a\" ")); /* its quote does not end the value */
}

static void what_is_no_report_is_refused(void **state)
{
    static const char *const wrong[] = {"{}",
                                        "[]",
                                        "{\"message\":\"\"}",
                                        "{\"message\":1}",
                                        "{\"message\":\"a\",\"more\":1}",
                                        "{\"message\":\"a\",\"page\":2}"};
    char body[1024];

    (void)state;
    from.address = 3;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_string_equal(logged(wrong[i], send_as("POST", PATH, wrong[i])), "");
        assert_true(api.exchange.status == 400 || api.exchange.status == 422);
        from.address++;
    }
    (void)snprintf(body, sizeof body, "{\"message\":\"%0301d\"}", 0);
    assert_string_equal(logged(body, 422), "");
    assert_problem(422, "E_INVALID", "message: is longer than 300 bytes");
    (void)snprintf(body, sizeof body, "{\"message\":\"%0300d\"}", 0);
    assert_non_null(strstr(logged(body, 202), "event=page_error"));
}

static void who_sends_many_is_not_heard_for_a_while(void **state)
{
    static const char report[] = "{\"message\":\"again\"}";
    int heard = 0;

    (void)state;
    from.address = 100;
    while (heard < 50 && send_as("POST", PATH, report) == 202)
        heard++;
    assert_int_equal(heard, 11); /* ten, and the one that begins the first pause */
    assert_string_equal(logged(report, 429), "");
    assert_string_equal(header("Retry-After"), "1");
    from.address = 101;
    expect("POST", PATH, report, 202);
    from.address = 100;
    pauses_ms += 1000;
    expect("POST", PATH, report, 202);
    expect("POST", PATH, report, 429);
    assert_string_equal(header("Retry-After"), "2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_one_line_of_the_log),
        cmocka_unit_test(it_forges_nothing),
        cmocka_unit_test(what_is_no_report_is_refused),
        cmocka_unit_test(who_sends_many_is_not_heard_for_a_while),
    };

    return cmocka_run_group_tests(tests, account_start, account_stop);
}
