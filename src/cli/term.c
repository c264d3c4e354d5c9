/* term.c - output, colours, notices and the progress bar. */
#include "cli/term.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/env.h"

enum { REDRAW_US = 100000, BAR = 24 };

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

static void draw_bar(const char *stage, int64_t done, int64_t total, const char *unit)
{
    const double seconds = (double)(reel__clock_steady_us() - bar.started_us) / 1e6;
    const double rate = seconds > 0 ? (double)done / seconds : 0;

    (void)fprintf(stderr, "\r\033[K%-12s ", stage);
    if (total > 0) {
        const int filled = (int)((double)BAR * (double)done / (double)total);
        for (int i = 0; i < BAR; i++)
            (void)fputs(i < filled ? "█" : "░", stderr);
        (void)fprintf(stderr, " %3.0f %%", 100.0 * (double)done / (double)total);
    }
    (void)fprintf(stderr, "  %" PRId64 " %s", done, unit);
    if (seconds > 0.5)
        (void)fprintf(stderr, ", %.3g %s/s", rate, unit);
    if (seconds > 0.5 && total > done && rate > 0)
        (void)fprintf(stderr, ", %.0f s left", (double)(total - done) / rate);
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

    return quiet || isatty(STDERR_FILENO) != 1 ? NULL : &shown;
}

static void show_notice(void *user, const char *text)
{
    (void)user;
    erase_bar();
    (void)fprintf(stderr, "%s\n", text);
}

reel_notice reel__term_notice(bool quiet)
{
    return (reel_notice){quiet ? NULL : show_notice, NULL};
}
