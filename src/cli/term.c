/* term.c - output, colours, notices and the progress bar. */
#include "cli/term.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/env.h"
#include "base/log.h"
#include "base/utf8.h"

enum { REDRAW_US = 100000, BAR = 20, LINE = 512 };

static bool as_log;

static int print_error; /* errno of the first write that failed */

void reel__term_print(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    if (vprintf(format, arguments) < 0 && print_error == 0)
        print_error = errno;
    va_end(arguments);
}

void reel__term_write(const reel_buf *text)
{
    if (fwrite(text->data == NULL ? "" : text->data, 1, text->length, stdout) != text->length &&
        print_error == 0)
        print_error = errno;
}

reel_code reel__term_close(reel_err *err)
{
    if (fflush(stdout) != 0 && print_error == 0)
        print_error = errno;
    if (print_error != 0)
        return reel_fail(err, REEL_E_STORE, "cannot write the output: %s", strerror(print_error));
    return REEL_OK;
}

bool reel__term_left(void)
{
    return print_error == EPIPE;
}

static bool coloured(void)
{
    return isatty(STDOUT_FILENO) == 1 && reel__env_get("NO_COLOR", "")[0] == '\0';
}

const char *reel__term_bold(void)
{
    return coloured() ? "\033[1m" : "";
}

const char *reel__term_dim(void)
{
    return coloured() ? "\033[2m" : "";
}

const char *reel__term_plain(void)
{
    return coloured() ? "\033[0m" : "";
}

/* ---- numbers -------------------------------------------------------------------------------- */

const char *reel__term_count(char out[REEL_COUNT_TEXT], int64_t count)
{
    char digits[REEL_COUNT_TEXT];
    const int length = snprintf(digits, sizeof digits, "%" PRId64, count);
    int used = 0;

    for (int i = 0; i < length && used + 2 < REEL_COUNT_TEXT; i++) {
        if (i > 0 && (length - i) % 3 == 0 && digits[i - 1] != '-')
            out[used++] = ',';
        out[used++] = digits[i];
    }
    out[used] = '\0';
    return out;
}

const char *reel__term_size(char out[REEL_COUNT_TEXT], int64_t bytes)
{
    if (bytes < 0)
        (void)snprintf(out, REEL_COUNT_TEXT, "gone");
    else if (bytes < 100000)
        (void)snprintf(out, REEL_COUNT_TEXT, "%.1f kB", (double)bytes / 1e3);
    else
        (void)snprintf(out, REEL_COUNT_TEXT, "%.1f MB", (double)bytes / 1e6);
    return out;
}

/* ---- progress ------------------------------------------------------------------------------ */

static struct {
    char stage[48];
    int64_t started_us, drawn_us;
    bool open; /* a line without its end stands on the terminal */
} bar;

static void erase_bar(void)
{
    if (bar.open)
        (void)fputs("\r\033[K", stderr);
    bar.open = false;
}

/* "524k", "1.00M", and for bytes "6.2 MB": short enough for a line that also has a bar. */
static const char *short_number(char out[REEL_COUNT_TEXT], double value, const char *unit)
{
    const bool bytes = strcmp(unit, "bytes") == 0;
    const char *space = bytes ? " " : "", *end = bytes ? "B" : "";

    if (value < 1e3)
        (void)snprintf(out, REEL_COUNT_TEXT, "%.0f%s%s", value, space, end);
    else if (value < 1e6)
        (void)snprintf(out, REEL_COUNT_TEXT, "%.0f%sk%s", value / 1e3, space, end);
    else
        (void)snprintf(out, REEL_COUNT_TEXT, "%.*f%sM%s", value < 1e8 ? 1 : 0, value / 1e6, space,
                       end);
    return out;
}

static void add_part(char *line, size_t size, const char *format, ...)
{
    const size_t used = strlen(line);
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(line + used, size - used, format, arguments);
    va_end(arguments);
}

/* How much, how fast and how long still; a share of a hundred says all that by itself. */
static void add_amount(char *line, size_t size, int64_t done, int64_t total, const char *unit)
{
    const double seconds = (double)(reel__clock_steady_us() - bar.started_us) / 1e6;
    const double rate = seconds > 0.5 ? (double)done / seconds : 0;
    char number[REEL_COUNT_TEXT];

    if (strcmp(unit, "%") != 0) {
        add_part(line, size, "  %s", short_number(number, (double)done, unit));
        if (strcmp(unit, "bytes") != 0)
            add_part(line, size, " %s", unit);
        if (rate > 0)
            add_part(line, size, ", %s/s", short_number(number, rate, unit));
    }
    if (rate > 0 && total > done)
        add_part(line, size, ", %.0f s left", (double)(total - done) / rate + 0.5);
}

/* A line that wraps could not be drawn over. */
static size_t fit_line(const char *line)
{
    struct winsize screen;
    const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &screen) == 0 && screen.ws_col > 0;
    const int width = (known ? screen.ws_col : 80) - 1;
    size_t length = strlen(line);

    while (length > 0 && reel__utf8_width(line, length) > width)
        length = reel__utf8_cut(line, length, length - 1);
    return length;
}

static void draw_bar(const char *stage, int64_t done, int64_t total, const char *unit)
{
    char line[LINE];

    (void)snprintf(line, sizeof line, "%-17s", stage);
    if (total > 0) {
        const int filled = (int)((double)BAR * (double)done / (double)total);
        add_part(line, sizeof line, " ");
        for (int i = 0; i < BAR; i++)
            add_part(line, sizeof line, "%s", i < filled ? "█" : "░");
        add_part(line, sizeof line, " %3.0f %%", 100.0 * (double)done / (double)total);
    }
    add_amount(line, sizeof line, done, total, unit);
    (void)fprintf(stderr, "\r\033[K%.*s", (int)fit_line(line), line);
    bar.open = true;
}

static void show_progress(void *user, const char *stage, int64_t done, int64_t total,
                          const char *unit)
{
    const int64_t now = reel__clock_steady_us();

    (void)user;
    if (strcmp(stage, bar.stage) != 0) {
        (void)snprintf(bar.stage, sizeof bar.stage, "%s", stage);
        bar.started_us = now;
        bar.drawn_us = 0;
    }
    if (now - bar.drawn_us < REDRAW_US && done != total)
        return;
    bar.drawn_us = now;
    if (total > 0 && done >= total)
        erase_bar();
    else
        draw_bar(stage, done, total, unit);
}

const reel_progress *reel__term_progress(bool quiet)
{
    static const reel_progress shown = {show_progress, NULL};

    return quiet || as_log || isatty(STDERR_FILENO) != 1 ? NULL : &shown;
}

void reel__term_status(bool quiet, const char *line)
{
    const int64_t now = reel__clock_steady_us();

    if (quiet || as_log || isatty(STDERR_FILENO) != 1)
        return;
    if (line == NULL) {
        erase_bar();
        return;
    }
    if (bar.open && now - bar.drawn_us < REDRAW_US)
        return;
    bar.drawn_us = now;
    (void)fprintf(stderr, "\r\033[K%.*s", (int)fit_line(line), line);
    bar.open = true;
}

void reel__term_log(void)
{
    as_log = true;
}

bool reel__term_logs(void)
{
    return as_log;
}

static void show_notice(void *user, const char *text)
{
    char quoted[2 * LINE];

    (void)user;
    if (as_log) {
        reel__log(REEL_LOG_INFO, "start", "text=%s", reel__log_quote(quoted, sizeof quoted, text));
        return;
    }
    erase_bar();
    (void)fprintf(stderr, "%s\n", text);
}

reel_notice reel__term_notice(bool quiet)
{
    return (reel_notice){quiet ? NULL : show_notice, NULL};
}
