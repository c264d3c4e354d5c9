/* cli.c - finds the subcommand, runs it, and turns its code into an exit status. */
#include "cli/cli.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/env.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/term.h"
#include "reel/version.h"

static const reel_command *const commands[] = {
    &reel__command_load,    &reel__command_serve,          &reel__command_recommend,
    &reel__command_similar, &reel__command_similar_people, &reel__command_explain,
    &reel__command_search,  &reel__command_train,          &reel__command_info,
    &reel__command_fetch,   &reel__command_convert,        &reel__command_sample,
    &reel__command_export,  &reel__command_licenses,
};

enum { COMMANDS = sizeof commands / sizeof *commands };

const reel_command *reel__command_at(int index)
{
    return index >= 0 && index < COMMANDS ? commands[index] : NULL;
}

static void print_help(void)
{
    reel__term_print("Reel %s - film recommendations with reasons\n\n"
                     "Usage: reel COMMAND [options]\n\n",
                     reel_version());
    for (int i = 0; i < COMMANDS; i++)
        reel__term_print("  %s%-16s%s %s\n", reel__term_bold(), commands[i]->name,
                         reel__term_plain(), commands[i]->summary);
    reel__term_print("\n`reel COMMAND --help` explains one. First steps:\n"
                     "  reel sample --output sample\n"
                     "  reel load --movielens sample --tmdb sample/films.jsonl --simulated "
                     "--database reel.db\n"
                     "  reel recommend --database reel.db --user 1\n");
}

static reel_code run_command(const reel_command *command, int argc, char **argv, reel_err *err)
{
    reel_args args;
    reel_code rc = reel__args_parse(&args, command, argc, argv, err);

    if (rc == REEL_OK && !args.help)
        rc = command->run(&args, err);
    return rc;
}

static reel_code unknown_command(const char *name, reel_err *err)
{
    return reel_fail(err, REEL_E_INVALID, "there is no command \"%.40s\"; `reel help` lists them",
                     name);
}

static reel_code dispatch(int argc, char **argv, reel_err *err)
{
    const char *name = argc > 1 ? argv[1] : "help";

    if (strcmp(name, "--version") == 0 || strcmp(name, "version") == 0) {
        reel__term_print("reel %s\n", reel_version());
        return REEL_OK;
    }
    if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
        print_help();
        return REEL_OK;
    }
    for (int i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return run_command(commands[i], argc - 1, argv + 1, err);
    return unknown_command(name, err);
}

static void set_up_log(void)
{
    const char *level = reel__env_get("REEL_LOG", "info");
    const reel_log_level wanted = strcmp(level, "debug") == 0   ? REEL_LOG_DEBUG
                                  : strcmp(level, "warn") == 0  ? REEL_LOG_WARN
                                  : strcmp(level, "error") == 0 ? REEL_LOG_ERROR
                                                                : REEL_LOG_INFO;

    reel__log_setup(wanted, strcmp(reel__env_get("REEL_LOG_FORMAT", "text"), "json") == 0);
}

int reel__cli_run(int argc, char **argv)
{
    reel_err err = {REEL_OK, ""};
    reel_err closing = {REEL_OK, ""};
    reel_code rc;

    /* Writing to a closed pipe is an error to report, not a reason to die silently. */
    (void)signal(SIGPIPE, SIG_IGN);
    rc = reel__env_load(".env", &err);
    if (rc == REEL_OK) {
        set_up_log();
        rc = dispatch(argc, argv, &err);
    }
    if (reel__term_close(&closing) != REEL_OK && rc == REEL_OK) {
        rc = closing.code;
        err = closing;
    }
    if (rc != REEL_OK)
        (void)fprintf(stderr, "reel: %s\n", err.msg);
    return reel_code_exit(rc);
}
