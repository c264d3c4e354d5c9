/* batch.c - what fit, predict and recommend from files share. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/term.h"
#include "data/named.h"
#include "service/films/tmdb_use.h"

static volatile bool cancelled;

static void cancel(int signal)
{
    (void)signal;
    cancelled = true;
}

const volatile bool *reel__cancel_on_signal(void)
{
    struct sigaction action = {.sa_flags = (int)SA_RESETHAND};

    action.sa_handler = cancel;
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
    return &cancelled;
}

void reel__tell_bad_row(void *user, const reel_bad_row *row)
{
    (void)user;
    (void)fprintf(stderr, "%s:%" PRId64 ": %s: %s\n", row->file, row->line, row->reason, row->text);
}

void reel__print_count(const char *what, int64_t count)
{
    char text[REEL_COUNT_TEXT];

    if (count > 0)
        reel__term_print("  %11s  %s\n", reel__term_count(text, count), what);
}

void reel__print_attribution(bool shown)
{
    if (shown)
        reel__term_print("%s%s%s\n", reel__term_dim(), reel__tmdb_notice, reel__term_plain());
}

static const char standard_output[] = "/dev/stdout";

const char *reel__output_path(const char *given)
{
    return strcmp(given, "-") == 0 ? standard_output : given;
}

bool reel__is_stdout(const char *path)
{
    return strcmp(path, standard_output) == 0;
}

reel_code reel__take_third(reel_third *out, const reel_args *args, int option, reel_err *err)
{
    const char *text = args->option[option];

    *out = REEL_THIRD_GUESS;
    if (text == NULL)
        return REEL_OK;
    if (strcmp(text, "user,item,time") == 0)
        *out = REEL_THIRD_TIME;
    else if (strcmp(text, "user,item,rating") == 0 || strcmp(text, "user,item,rating,time") == 0)
        *out = REEL_THIRD_RATING;
    else
        return reel_fail(err, REEL_E_INVALID,
                         "--%s: expected user,item,time or user,item,rating or "
                         "user,item,rating,time, got \"%.60s\"",
                         args->command->options[option].name, text);
    return REEL_OK;
}
