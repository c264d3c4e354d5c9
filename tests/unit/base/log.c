/* Log lines as they arrive on stderr. */
#include "support/check.h"
#include "support/temp.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/utf8.h"

static int kept_stderr = -1;

/* From here to the end of the test, stderr is a file (or /dev/full). */
static void redirect(const char *path)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(fd >= 0);
    kept_stderr = dup(STDERR_FILENO);
    assert_true(dup2(fd, STDERR_FILENO) >= 0);
    close(fd);
}

static void restore(void)
{
    assert_true(dup2(kept_stderr, STDERR_FILENO) >= 0);
    close(kept_stderr);
}

static char written[40000];

static const char *read_back(void)
{
    FILE *file;

    restore();
    file = fopen(temp_path("log"), "r");
    assert_non_null(file);
    written[fread(written, 1, sizeof written - 1, file)] = '\0';
    assert_int_equal(fclose(file), 0);
    return written;
}

static int fix_clock(void **state)
{
    (void)state;
    reel__clock_set_for_test(1000000000000);
    return 0;
}

static int reset(void **state)
{
    (void)state;
    reel__clock_set_for_test(-1);
    reel__log_setup(REEL_LOG_INFO, false);
    return 0;
}

static void writes_logfmt_by_level(void **state)
{
    (void)state;
    reel__log_setup(REEL_LOG_WARN, false);
    assert_true(reel__log_enabled(REEL_LOG_ERROR));
    assert_false(reel__log_enabled(REEL_LOG_INFO));
    redirect(temp_path("log"));
    reel__log(REEL_LOG_INFO, "unheard", "a=1");
    reel__log(REEL_LOG_WARN, "request", "status=%d path=%s", 404, "/x");
    reel__log(REEL_LOG_ERROR, "bare", "%s", "");
    reel__log(REEL_LOG_ERROR, "split", "a=%s", "1\nlevel=error forged");
    reel__log(REEL_LOG_ERROR, "obeyed", "a=%s",
              "1\x1b[2J\xC2\x9B"
              "2J\x7F\xC2\xA0");
    assert_string_equal(
        read_back(), "time=2001-09-09T01:46:40Z level=warn event=request status=404 "
                     "path=/x\n"
                     "time=2001-09-09T01:46:40Z level=error event=bare\n"
                     "time=2001-09-09T01:46:40Z level=error event=split a=1 "
                     "level=error forged\n"
                     "time=2001-09-09T01:46:40Z level=error event=obeyed a=1 [2J  2J \xC2\xA0\n");
}

static void writes_json(void **state)
{
    char quoted[64];

    (void)state;
    reel__log_setup(REEL_LOG_DEBUG, true);
    redirect(temp_path("log"));
    reel__log(REEL_LOG_DEBUG, "request", "n=-1.5 zeros=007 ok=true no=false  text=a.b name=%s bare",
              reel__log_quote(quoted, sizeof quoted, "a \"b\" \\c"));
    assert_string_equal(
        read_back(), "{\"time\":\"2001-09-09T01:46:40Z\",\"level\":\"debug\",\"event\":\"request\","
                     "\"n\":-1.5,\"zeros\":\"007\",\"ok\":true,\"no\":false,\"text\":\"a.b\","
                     "\"name\":\"a \\\"b\\\" \\\\c\",\"bare\":true}\n");
}

/* However long the fields, one whole line of valid UTF-8 (and valid JSON) comes out. */
static void long_lines_stay_whole(void **state)
{
    static char text[5000];

    (void)state;
    for (int json = 0; json < 2; json++)
        for (size_t shift = 0; shift < 3; shift++) {
            const char *line;
            size_t length;

            memset(text, 'a', shift + 1);
            for (size_t at = shift + 1; at + 2 < sizeof text; at += 2)
                memcpy(text + at, json == 1 && shift > 0 ? "\"\\" : "é", 3);
            reel__log_setup(REEL_LOG_INFO, json == 1);
            redirect(temp_path("log"));
            reel__log(REEL_LOG_INFO, "long", "text=%s", text);
            line = read_back();
            length = strlen(line);
            assert_true(length > 2000);
            assert_ptr_equal(strchr(line, '\n'), line + length - 1);
            assert_true(reel__utf8_valid(line, length));
            if (json == 1) {
                json_t *root;
                reel_err err;

                assert_ok(reel__json_parse(&root, line, length, 3, &err));
                json_decref(root);
            }
        }
}

static void quotes_within_the_size(void **state)
{
    char out[8];

    (void)state;
    assert_string_equal(reel__log_quote(out, sizeof out, ""), "\"\"");
    assert_string_equal(reel__log_quote(out, sizeof out, "a\n\"b"), "\"a \\\"b\"");
    assert_string_equal(reel__log_quote(out, sizeof out, "abcdefghi"), "\"abcde\"");
    assert_string_equal(reel__log_quote(out, sizeof out, "abcdé"), "\"abcd\"");
    assert_string_equal(reel__log_quote(out, 2, "abc"), "");
    assert_string_equal(reel__log_quote(out, 3, "abc"), "\"\"");
}

static void a_full_log_disk_is_counted(void **state)
{
    const int64_t before = reel__log_dropped();

    (void)state;
    redirect("/dev/full");
    reel__log(REEL_LOG_ERROR, "lost", "a=1");
    reel__log(REEL_LOG_ERROR, "lost", "a=2");
    restore();
    assert_int_equal(reel__log_dropped(), before + 2);
}

static void needs_no_memory(void **state)
{
    (void)state;
    reel__log_setup(REEL_LOG_INFO, true);
    redirect(temp_path("log"));
    reel__alloc_fail_after(0);
    reel__log(REEL_LOG_ERROR, "memory", "left=0");
    reel__alloc_fail_after(-1);
    assert_non_null(strstr(read_back(), "\"left\":0}"));
}

enum { LINES = 40000, THREADS = 4 };

static void *log_many(void *unused)
{
    (void)unused;
    for (int i = 0; i < LINES / THREADS; i++)
        reel__log(REEL_LOG_INFO, "many", "i=%d", i);
    return NULL;
}

static void log_from_threads(void)
{
    pthread_t thread[THREADS];

    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, log_many, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(thread[i], NULL), 0);
}

/* Whole lines; those that are not there were counted. */
static void a_queue_keeps_count(void **state)
{
    const int64_t before = reel__log_dropped();
    char line[200];
    int lines = 0;
    FILE *file;
    reel_err err;

    (void)state;
    redirect(temp_path("log"));
    assert_ok(reel__log_start(&err));
    assert_ok(reel__log_start(&err)); /* once is enough */
    log_from_threads();
    reel__log_stop();
    reel__log_stop();
    reel__log(REEL_LOG_INFO, "after", "i=0");
    restore();
    file = fopen(temp_path("log"), "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
        if (strstr(line, " level=warn event=log dropped=") != NULL)
            continue; /* they came quicker than it writes */
        assert_int_equal(strncmp(line, "time=2001-09-09T01:46:40Z level=info event=", 43), 0);
        lines++;
    }
    assert_int_equal(fclose(file), 0);
    assert_int_equal(lines + (reel__log_dropped() - before), LINES + 1);
    assert_non_null(strstr(line, "event=after"));
}

/* A reader that has stopped: nobody waits for it, neither those who log nor the end. */
static void a_log_nobody_reads_holds_up_nobody(void **state)
{
    const int64_t before = reel__log_dropped(), begin = reel__clock_steady_us();
    int ends[2];
    reel_err err;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    kept_stderr = dup(STDERR_FILENO);
    assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
    assert_ok(reel__log_start(&err));
    log_from_threads();
    reel__log_stop();
    restore();
    assert_true(reel__clock_steady_us() - begin < 10000000);
    assert_true(reel__log_dropped() - before > LINES / 2);
    close(ends[0]);
    close(ends[1]);
}

/* Once there is room again, the log says what is missing. */
static void what_was_dropped_is_told(void **state)
{
    char line[200] = "";
    int ends[2];
    FILE *reader;
    reel_err err;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    kept_stderr = dup(STDERR_FILENO);
    assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
    reader = fdopen(ends[0], "r");
    assert_non_null(reader);
    assert_ok(reel__log_start(&err));
    log_from_threads();
    while (strstr(line, "level=warn event=log dropped=") == NULL)
        assert_non_null(fgets(line, sizeof line, reader));
    restore();
    reel__log_stop();
    assert_int_equal(fclose(reader), 0);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(writes_logfmt_by_level, fix_clock, reset),
        cmocka_unit_test_setup_teardown(writes_json, fix_clock, reset),
        cmocka_unit_test_setup_teardown(long_lines_stay_whole, fix_clock, reset),
        cmocka_unit_test(quotes_within_the_size),
        cmocka_unit_test_setup_teardown(a_full_log_disk_is_counted, fix_clock, reset),
        cmocka_unit_test_setup_teardown(needs_no_memory, fix_clock, reset),
        cmocka_unit_test_setup_teardown(a_queue_keeps_count, fix_clock, reset),
        cmocka_unit_test_setup_teardown(a_log_nobody_reads_holds_up_nobody, fix_clock, reset),
        cmocka_unit_test_setup_teardown(what_was_dropped_is_told, fix_clock, reset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
