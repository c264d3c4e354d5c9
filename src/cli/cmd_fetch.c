/* cmd_fetch.c - MovieLens from GroupLens, after the licence was shown and accepted. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/term.h"
#include "service/files/fetch.h"

enum { OPT_OUTPUT, OPT_ACCEPT };
enum { FOLDER_MAX = 4096 };

static const reel_option options[] = {
    {"output", "DIR", "gets a folder for each data set (default data)"},
    {"accept-license", NULL, "the terms are known and accepted; do not ask"},
    {NULL, NULL, NULL},
};

static void list_datasets(void)
{
    const reel_fetch_dataset *dataset;

    reel__term_print("Data sets:\n");
    for (size_t i = 0; (dataset = reel__fetch_dataset(i)) != NULL; i++)
        reel__term_print("  %s%-16s%s %s\n", reel__term_bold(), dataset->name, reel__term_plain(),
                         dataset->summary);
}

static reel_code write_datasets(reel_json *json, const void *what, reel_err *err)
{
    const reel_fetch_dataset *dataset;

    (void)what;
    (void)err;
    reel__json_object(json);
    reel__json_key(json, "items");
    reel__json_array(json);
    for (size_t i = 0; (dataset = reel__fetch_dataset(i)) != NULL; i++) {
        reel__json_object(json);
        reel__json_put_text(json, "name", dataset->name);
        reel__json_put_text(json, "summary", dataset->summary);
        reel__json_put_text(json, "license", dataset->license);
        reel__json_object_end(json);
    }
    reel__json_array_end(json);
    reel__json_object_end(json);
    return REEL_OK;
}

static reel_code write_fetched(reel_json *json, const void *what, reel_err *err)
{
    (void)err;
    reel__json_object(json);
    reel__json_put_text(json, "folder", what);
    reel__json_object_end(json);
    return REEL_OK;
}

/* Asks on a terminal; elsewhere only --accept-license counts. */
static bool accepts(const char *license)
{
    char answer[16] = "";

    (void)fprintf(stderr, "%s\n", license);
    if (isatty(STDIN_FILENO) != 1)
        return false;
    (void)fprintf(stderr, "\nDo you accept these terms? [y/N] ");
    return fgets(answer, sizeof answer, stdin) != NULL && (answer[0] == 'y' || answer[0] == 'Y');
}

static reel_code fetch(const reel_args *args, reel_err *err)
{
    const char *output = args->option[OPT_OUTPUT];
    reel_fetch_opts opts = {.output = output == NULL ? "data" : output,
                            .accept_license = args->option[OPT_ACCEPT] != NULL,
                            .progress = reel__term_progress(args->quiet),
                            .notice = reel__term_notice(args->quiet)};
    char folder[FOLDER_MAX];
    const char *license;
    reel_code rc;

    if (args->words > 1)
        return reel_fail(err, REEL_E_INVALID, "fetch one data set at a time");
    if (args->words == 0 && args->json)
        return reel__print_json(write_datasets, NULL, err);
    if (args->words == 0) {
        list_datasets();
        return REEL_OK;
    }
    opts.dataset = args->word[0];
    license = reel__fetch_license(opts.dataset);
    if (license != NULL && !opts.accept_license)
        opts.accept_license = accepts(license);
    rc = reel__fetch(&opts, err);
    (void)snprintf(folder, sizeof folder, "%s/%s", opts.output, opts.dataset);
    if (rc == REEL_OK && args->json)
        rc = reel__print_json(write_fetched, folder, err);
    else if (rc == REEL_OK && !args->quiet)
        reel__term_print("%s\n", folder);
    return rc;
}

const reel_command reel__command_fetch = {
    "fetch",
    "DATASET",
    "MovieLens data from GroupLens, after its licence",
    "Data sets: ml-latest-small ml-100k ml-1m ml-10m ml-20m ml-25m ml-32m. A broken\n"
    "download goes on where it stopped; the archive is checked against its published\n"
    "MD5.",
    options,
    fetch};
