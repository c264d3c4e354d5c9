/* args.c - reads options by a command's table and prints its help. */
#include "cli/args.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "cli/term.h"

enum { OPT_JSON = 1000, OPT_QUIET, OPT_HELP };

static const reel_option common[] = {
    {"json", NULL, "machine-readable output"},
    {"quiet", NULL, "no progress, no notices"},
    {"help", NULL, "this text"},
};

enum { COMMON = sizeof common / sizeof *common };

static int count_options(const reel_option *table)
{
    int count = 0;

    while (table != NULL && table[count].name != NULL)
        count++;
    return count;
}

static void print_options(const reel_option *table, int count)
{
    for (int i = 0; i < count; i++) {
        char left[48];
        (void)snprintf(left, sizeof left, "--%s%s%s", table[i].name,
                       table[i].value != NULL ? " " : "",
                       table[i].value != NULL ? table[i].value : "");
        reel__term_print("  %-22s %s\n", left, table[i].help);
    }
}

void reel__args_help(const reel_command *command)
{
    reel__term_print("Usage: reel %s%s%s [options]\n\n%s\n", command->name,
                     command->words[0] != '\0' ? " " : "", command->words, command->summary);
    if (command->about != NULL)
        reel__term_print("\n%s\n", command->about);
    reel__term_print("\nOptions:\n");
    print_options(command->options, count_options(command->options));
    print_options(common, COMMON);
}

static void fill_long(struct option *to, const reel_option *table, int count, int first)
{
    for (int i = 0; i < count; i++)
        to[i] =
            (struct option){table[i].name, table[i].value != NULL ? required_argument : no_argument,
                            NULL, first + i};
}

static reel_code unknown_option(const reel_command *command, const char *typed, reel_err *err)
{
    const int count = count_options(command->options);
    reel_nearest search;

    reel__nearest_init(&search, strncmp(typed, "--", 2) == 0 ? typed + 2 : typed);
    for (int i = 0; i < count; i++)
        reel__nearest_offer(&search, command->options[i].name);
    for (int i = 0; i < COMMON; i++)
        reel__nearest_offer(&search, common[i].name);
    if (search.name != NULL)
        return reel_fail(err, REEL_E_INVALID,
                         "unknown option \"%.80s\"; did you mean --%s? `reel %s --help` lists all",
                         typed, search.name, command->name);
    return reel_fail(err, REEL_E_INVALID, "unknown option \"%.80s\"; see `reel %s --help`", typed,
                     command->name);
}

static reel_code take(reel_args *out, const reel_command *command, int found, char **argv,
                      reel_err *err)
{
    if (found == OPT_JSON) {
        out->json = true;
    } else if (found == OPT_QUIET) {
        out->quiet = true;
    } else if (found == OPT_HELP || found == 'h') {
        out->help = true;
    } else if (found == ':') {
        return reel_fail(err, REEL_E_INVALID,
                         "a value is missing after \"%.80s\"; see `reel %s --help`",
                         argv[optind - 1], command->name);
    } else if (found == '?') {
        const char letter[] = {'-', (char)optopt, '\0'};
        /* Of a word such as -xyz getopt tells the letter only. */
        return unknown_option(command, optopt > 0 && optopt < OPT_JSON ? letter : argv[optind - 1],
                              err);
    } else if (out->given_count == REEL_GIVEN_MAX) {
        return reel_fail(err, REEL_E_INVALID, "more than %d options", (int)REEL_GIVEN_MAX);
    } else {
        out->given[out->given_count].option = found;
        out->given[out->given_count++].value = optarg != NULL ? optarg : "";
        out->again[found] = out->option[found] != NULL;
        out->option[found] = optarg != NULL ? optarg : "";
    }
    return REEL_OK;
}

reel_code reel__args_parse(reel_args *out, const reel_command *command, int argc, char **argv,
                           reel_err *err)
{
    struct option known[REEL_OPTIONS_MAX + COMMON + 1] = {{0}};
    const int count = count_options(command->options);
    int found;

    memset(out, 0, sizeof *out);
    out->command = command;
    fill_long(known, command->options, count, 0);
    fill_long(known + count, common, COMMON, OPT_JSON);
    opterr = 0;
    optind = 0; /* also forgets the middle of a word such as -xyz, where a test left it */
    while ((found = getopt_long(argc, argv, ":h", known, NULL)) != -1) {
        const reel_code rc = take(out, command, found, argv, err);
        if (rc != REEL_OK)
            return rc;
    }
    for (; optind < argc; optind++) {
        if (out->words == REEL_WORDS_MAX)
            return reel_fail(err, REEL_E_INVALID, "more than %d words", REEL_WORDS_MAX);
        out->word[out->words++] = argv[optind];
    }
    if (out->help)
        reel__args_help(command);
    else if (command->words[0] == '\0' && out->words > 0)
        return reel_fail(err, REEL_E_INVALID, "unexpected \"%.80s\"; see `reel %s --help`",
                         out->word[0], command->name);
    return REEL_OK;
}

reel_code reel__args_int(const reel_args *args, int option, int64_t min, int64_t max,
                         int64_t *value, reel_err *err)
{
    const char *text = args->option[option];
    char *end;
    long long parsed;

    if (text == NULL)
        return REEL_OK;
    errno = 0;
    parsed = strtoll(text, &end, 10);
    if (errno == 0 && *end == '\0' && end != text && parsed >= min && parsed <= max) {
        *value = parsed;
        return REEL_OK;
    }
    if (max == INT64_MAX)
        return reel_fail(err, REEL_E_INVALID,
                         "--%s: expected a whole number from %" PRId64 " up, got \"%.40s\"",
                         args->command->options[option].name, min, text);
    return reel_fail(err, REEL_E_INVALID,
                     "--%s: expected a whole number from %" PRId64 " to %" PRId64 ", got \"%.40s\"",
                     args->command->options[option].name, min, max, text);
}

reel_code reel__args_real(const reel_args *args, int option, double min, double max, double *value,
                          reel_err *err)
{
    const char *text = args->option[option];
    char *end;
    double parsed;

    if (text == NULL)
        return REEL_OK;
    parsed = strtod(text, &end);
    if (*end != '\0' || end == text || !(parsed >= min && parsed <= max))
        return reel_fail(err, REEL_E_INVALID,
                         "--%s: expected a number from %g to %g, got \"%.40s\"",
                         args->command->options[option].name, min, max, text);
    *value = parsed;
    return REEL_OK;
}

/* "", "k", "Mi", "GB": what it multiplies by, or 0. */
static double read_unit(const char *unit)
{
    static const char letters[] = "kMGT";
    double scale = 1, step = 1000;
    const char *found;

    if (*unit == '\0')
        return 1;
    found = strchr(letters, *unit == 'K' ? 'k' : *unit);
    if (found != NULL) {
        unit++;
        if (*unit == 'i') {
            step = 1024;
            unit++;
        }
        for (const char *at = letters; at <= found; at++)
            scale *= step;
    }
    if (*unit == 'B')
        unit++;
    return *unit == '\0' ? scale : 0;
}

bool reel__parse_amount(int64_t *out, const char *text, int64_t min, int64_t max)
{
    double number, scale;
    char *end;

    number = strtod(text, &end);
    /* Neither a sign nor "0x10", "1e5" or "inf". */
    scale = text + strspn(text, "0123456789.") == end && end != text ? read_unit(end) : 0;
    if (!(scale > 1) && number != floor(number))
        return false; /* of something there is no half */
    number *= scale;
    if (!(scale > 0 && number >= (double)min && number <= (double)max && number < 0x1p63))
        return false;
    *out = (int64_t)number;
    return true;
}

reel_code reel__args_amount(const reel_args *args, int option, int64_t min, int64_t max,
                            int64_t *value, reel_err *err)
{
    const char *text = args->option[option];

    if (text == NULL || reel__parse_amount(value, text, min, max))
        return REEL_OK;
    if (max == INT64_MAX)
        return reel_fail(err, REEL_E_INVALID,
                         "--%s: expected a number such as 500M or 8G, got \"%.40s\"",
                         args->command->options[option].name, text);
    return reel_fail(err, REEL_E_INVALID,
                     "--%s: expected a number such as 500k or 10M, from %" PRId64 " to %" PRId64
                     ", got \"%.40s\"",
                     args->command->options[option].name, min, max, text);
}

reel_code reel__args_need(const reel_args *args, int option, const char **value, reel_err *err)
{
    const char *name = args->command->options[option].name;

    *value = args->option[option];
    if (*value == NULL && strcmp(name, "database") == 0)
        *value = reel__env_get("REEL_DATABASE_URL", NULL);
    if (*value == NULL)
        return reel_fail(err, REEL_E_INVALID, "--%s is needed: %s%s", name,
                         args->command->options[option].help +
                             strspn(args->command->options[option].help, " "),
                         strcmp(name, "database") == 0 ? " (or REEL_DATABASE_URL says which)" : "");
    return REEL_OK;
}

reel_code reel__args_words(const reel_args *args, char *out, size_t size, const char *what,
                           reel_err *err)
{
    size_t used = 0;

    out[0] = '\0';
    if (args->words == 0)
        return reel_fail(err, REEL_E_INVALID, "%s is missing; see `reel %s --help`", what,
                         args->command->name);
    for (int i = 0; i < args->words; i++) {
        const int written =
            snprintf(out + used, size - used, "%s%s", i > 0 ? " " : "", args->word[i]);
        if (written < 0 || (size_t)written >= size - used)
            return reel_fail(err, REEL_E_TOOLARGE, "%s is longer than %zu bytes", what, size - 1);
        used += (size_t)written;
    }
    return REEL_OK;
}
