/* cli/args.h - options and help of a subcommand from one table (over getopt_long).
 * Layer: cli. Threads: the main thread only.
 */
#ifndef REEL_CLI_ARGS_H
#define REEL_CLI_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/nearest.h"
#include "reel/err.h"

enum { REEL_OPTIONS_MAX = 32, REEL_WORDS_MAX = 64, REEL_GIVEN_MAX = 96 };

/* One option; `value` is what stands for its value in the help, NULL for a switch. */
typedef struct reel_option {
    const char *name, *value, *help;
} reel_option;

typedef struct reel_args {
    const char
        *option[REEL_OPTIONS_MAX]; /* by index in the table; "" for a switch; NULL = absent */
    bool again[REEL_OPTIONS_MAX];  /* given more than once; the last value counts */
    struct {
        int option;
        const char *value;
    } given[REEL_GIVEN_MAX]; /* every one in order, for those that may be given many times */
    int given_count;
    const char *word[REEL_WORDS_MAX]; /* what is left over, in order */
    int words;
    bool json, quiet;
    bool help; /* --help was given and answered */
    const struct reel_command *command;
} reel_args;

typedef struct reel_command {
    const char *name, *words; /* "similar", "TITLE|ID" */
    const char *summary;      /* one line for `reel help` */
    const char *about;        /* a paragraph for `reel COMMAND --help`, or NULL */
    const reel_option *options;
    reel_code (*run)(const reel_args *args, reel_err *err);
} reel_command;

/* Every command also has --json, --quiet and --help. Errors: E_INVALID naming the option. */
REEL_MUST_USE reel_code reel__args_parse(reel_args *out, const reel_command *command, int argc,
                                         char **argv, reel_err *err);
/* The command's help on standard output. */
void reel__args_help(const reel_command *command);
/* A whole number in [min, max]; absent: *value stays. Errors: E_INVALID. */
REEL_MUST_USE reel_code reel__args_int(const reel_args *args, int option, int64_t min, int64_t max,
                                       int64_t *value, reel_err *err);
/* The same for a number, such as 0.3. */
REEL_MUST_USE reel_code reel__args_real(const reel_args *args, int option, double min, double max,
                                        double *value, reel_err *err);
/* A count such as 500000, 10M or 1.5G: k, M, G and T are thousands, ki, Mi, Gi and Ti 1024s; a B
 * may stand behind. Errors: E_INVALID. */
REEL_MUST_USE reel_code reel__args_amount(const reel_args *args, int option, int64_t min,
                                          int64_t max, int64_t *value, reel_err *err);
bool reel__parse_amount(int64_t *out, const char *text, int64_t min, int64_t max);
/* The value, which must be there; of --database also REEL_DATABASE_URL. Errors: E_INVALID saying
 * what it is for. */
REEL_MUST_USE reel_code reel__args_need(const reel_args *args, int option, const char **value,
                                        reel_err *err);
/* The words joined by blanks into out. Errors: E_INVALID when there is none. */
REEL_MUST_USE reel_code reel__args_words(const reel_args *args, char *out, size_t size,
                                         const char *what, reel_err *err);

#endif
