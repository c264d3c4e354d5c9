/* cli.c - finds the subcommand, runs it, and turns its code into an exit status. */
#include "cli/cli.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/env.h"
#include "base/log.h"
#include "base/utf8.h"
#include "cli/commands.h"
#include "cli/term.h"
#include "reel/version.h"

enum { GROUP_MAX = 12 };

static const struct {
    const char *heading;
    const reel_command *commands[GROUP_MAX]; /* NULL behind the last */
} groups[] = {
    {"Films for someone",
     {&reel__command_recommend, &reel__command_similar, &reel__command_explain,
      &reel__command_search, &reel__command_similar_people, &reel__command_import}},
    {"Web pages and API",
     {&reel__command_serve, &reel__command_user, &reel__command_key, &reel__command_jobs,
      &reel__command_forget, &reel__command_stats, &reel__command_experiment, &reel__command_doctor,
      &reel__command_healthcheck}},
    {"Data and models",
     {&reel__command_load, &reel__command_enrich, &reel__command_train, &reel__command_info,
      &reel__command_eda, &reel__command_fetch, &reel__command_convert, &reel__command_sample,
      &reel__command_export}},
    {"Whole databases",
     {&reel__command_backup, &reel__command_restore, &reel__command_migrate_store}},
    {"Your own files", {&reel__command_fit, &reel__command_predict, &reel__command_models}},
    {"Quality",
     {&reel__command_evaluate, &reel__command_reproduce, &reel__command_tune,
      &reel__command_simulate}},
    {"About", {&reel__command_licenses}},
};

enum { GROUPS = sizeof groups / sizeof *groups };

static void print_help(void)
{
    reel__term_print("Reel %s - film recommendations with reasons\n\n"
                     "Usage: reel COMMAND [options]\n",
                     reel_version());
    for (int group = 0; group < GROUPS; group++) {
        const reel_command *const *commands = groups[group].commands;
        reel__term_print("\n%s%s%s\n", reel__term_bold(), groups[group].heading,
                         reel__term_plain());
        for (int i = 0; commands[i] != NULL; i++)
            reel__term_print("  %-16s %s\n", commands[i]->name, commands[i]->summary);
    }
    reel__term_print("\n%sFirst steps%s, with the bundled films and simulated people\n"
                     "  reel sample --output sample\n"
                     "  reel load --movielens sample --tmdb sample/films.jsonl --simulated \\\n"
                     "            --database reel.db\n"
                     "  reel recommend --database reel.db --user 1\n"
                     "\n`reel COMMAND --help` explains one command.\n",
                     reel__term_bold(), reel__term_plain());
}

/* NULL when there is no such command; then nearest, if any is near. */
static const reel_command *find_command(const char *name, reel_nearest *nearest)
{
    reel__nearest_init(nearest, name);
    for (int group = 0; group < GROUPS; group++)
        for (const reel_command *const *at = groups[group].commands; *at != NULL; at++) {
            if (strcmp((*at)->name, name) == 0)
                return *at;
            reel__nearest_offer(nearest, (*at)->name);
        }
    return NULL;
}

static reel_code run_command(const reel_command *command, int argc, char **argv, reel_err *err)
{
    reel_args args;
    reel_code rc = reel__args_parse(&args, command, argc, argv, err);

    if (rc == REEL_OK && !args.help)
        rc = command->run(&args, err);
    return rc;
}

static reel_code unknown_command(const char *name, const reel_nearest *nearest, reel_err *err)
{
    if (nearest->name != NULL)
        return reel_fail(err, REEL_E_INVALID,
                         "there is no command \"%.40s\"; did you mean `reel %s`?", name,
                         nearest->name);
    return reel_fail(err, REEL_E_INVALID, "there is no command \"%.40s\"; `reel help` lists them",
                     name);
}

static reel_code dispatch(int argc, char **argv, reel_err *err)
{
    const char *name = argc > 1 ? argv[1] : "help";
    const bool help =
        strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0;
    const reel_command *command;
    reel_nearest nearest;

    if (strcmp(name, "--version") == 0 || strcmp(name, "version") == 0) {
        reel__term_print("reel %s\n", reel_version());
        return REEL_OK;
    }
    if (help && argc <= 2) {
        print_help();
        return REEL_OK;
    }
    name = help ? argv[2] : name;
    command = find_command(name, &nearest);
    if (command == NULL)
        return unknown_command(name, &nearest, err);
    if (command == &reel__command_serve && reel__log_is_json() && !help)
        reel__term_log(); /* whoever reads it reads nothing else */
    if (!help)
        return run_command(command, argc - 1, argv + 1, err);
    reel__args_help(command);
    return REEL_OK;
}

static bool find_level(reel_log_level *out, const char *name)
{
    static const struct {
        const char *name;
        reel_log_level level;
    } levels[] = {{"error", REEL_LOG_ERROR},
                  {"warn", REEL_LOG_WARN},
                  {"info", REEL_LOG_INFO},
                  {"debug", REEL_LOG_DEBUG}};

    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if (strcmp(name, levels[i].name) == 0) {
            *out = levels[i].level;
            return true;
        }
    return false;
}

reel_code reel__cli_set_up_log(reel_err *err)
{
    const char *level = reel__env_get("REEL_LOG", "info");
    const char *format = reel__env_get("REEL_LOG_FORMAT", "text");
    reel_log_level wanted;

    if (!find_level(&wanted, level))
        return reel_fail(err, REEL_E_INVALID,
                         "REEL_LOG: \"%.40s\" is none of error, warn, info and debug", level);
    if (strcmp(format, "text") != 0 && strcmp(format, "json") != 0)
        return reel_fail(err, REEL_E_INVALID, "REEL_LOG_FORMAT: \"%.40s\" is neither text nor json",
                         format);
    reel__log_setup(wanted, strcmp(format, "json") == 0);
    return REEL_OK;
}

/* What a file or a variable had in it does nothing to a terminal. */
static void print_error(const char *message)
{
    char quoted[2 * sizeof((reel_err *)NULL)->msg];
    size_t left = strlen(message), bytes;

    if (reel__term_logs()) {
        reel__log(REEL_LOG_ERROR, "failed", "text=%s",
                  reel__log_quote(quoted, sizeof quoted, message));
        return;
    }
    (void)fputs("reel: ", stderr);
    for (; left > 0; message += bytes, left -= bytes) {
        const int32_t code = reel__utf8_next(message, left, &bytes);

        if (code != '\n' && code != '\t' && reel__utf8_is_control(code))
            (void)fputc('?', stderr);
        else
            (void)fwrite(message, 1, bytes, stderr);
    }
    (void)fputc('\n', stderr);
}

int reel__cli_run(int argc, char **argv)
{
    reel_err err = {REEL_OK, ""};
    reel_err closing = {REEL_OK, ""};
    reel_code rc;

    /* Writing to a closed pipe is an exit status, not a reason to die in the middle of something.
     */
    (void)signal(SIGPIPE, SIG_IGN);
    rc = reel__env_load(".env", &err);
    if (rc == REEL_OK)
        rc = reel__cli_set_up_log(&err);
    if (rc == REEL_OK)
        rc = dispatch(argc, argv, &err);
    if (reel__term_close(&closing) != REEL_OK && rc == REEL_OK) {
        rc = closing.code;
        err = closing;
    }
    if (rc != REEL_OK && !reel__term_left())
        print_error(err.msg);
    return reel_code_exit(rc);
}
