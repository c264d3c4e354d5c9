/* cmd_import.c - what a person gave elsewhere, as rows that `reel recommend --ratings` takes. */
#include <stdio.h>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/term.h"
#include "service/files/import.h"
#include "service/engine/info.h"

enum { OPT_DATABASE, OPT_MODELS, OPT_OUTPUT, OPT_AS, OPT_UNMATCHED, SHOWN = 10, LABEL = 300 };

static const reel_option import_options[] = {
    {"database", "FILE", "the database `reel load` made"},
    {"models", "DIR", "where model files are kept (default FILE.models)"},
    {"output", "FILE", "where the films go: a file for recommend --ratings"},
    {"as", "LAYOUT", "of that file: reel, letterboxd, imdb, trakt, ..."},
    {"unmatched", "FILE", "where rows that match no film go, to be repaired"},
    {NULL, NULL, NULL},
};

typedef struct shown_import {
    const reel_engine *engine;
    const reel_imported *imported;
    reel_import_format layout;
    size_t left_out; /* films that the layout cannot hold */
} shown_import;

static reel_code write_import(reel_json *json, const void *what, reel_err *err)
{
    const shown_import *shown = what;

    (void)err;
    reel__import_write_json(json, shown->engine, shown->imported);
    return REEL_OK;
}

static reel_code print_misses(const shown_import *shown, reel_err *err)
{
    static const char *const headings[] = {"Unmatched", ">Year", "Why", "Nearest"};
    const reel_imported *imported = shown->imported;
    reel_table *table = NULL;
    char nearest[LABEL], year[16];
    reel_code rc = REEL_OK;

    if (imported->miss_count == 0)
        return REEL_OK;
    REEL_TRY(reel__table_new(&table, headings, 4, err));
    for (size_t i = 0; i < imported->miss_count && i < SHOWN; i++) {
        const reel_import_miss *miss = &imported->misses[i];

        nearest[0] = year[0] = '\0';
        if (miss->nearest >= 0)
            reel__movie_label(nearest, sizeof nearest, reel__engine_dataset(shown->engine),
                              miss->nearest);
        if (miss->row->year > 0)
            (void)snprintf(year, sizeof year, "%d", (int)miss->row->year);
        REEL_TRY(reel__table_cell(table, err, "%.200s", miss->row->title));
        REEL_TRY(reel__table_cell(table, err, "%s", year));
        REEL_TRY(reel__table_cell(table, err, "%s", miss->reason));
        REEL_TRY(reel__table_cell(table, err, "%s", nearest));
    }
    reel__term_print("\n");
    reel__table_print(table);
    if (imported->miss_count > SHOWN)
        reel__term_print("... and %zu more: --unmatched FILE or --json lists them all\n",
                         imported->miss_count - SHOWN);
out:
    reel__table_free(table);
    return rc;
}

static void print_counts(const char *path, const reel_imported *imported)
{
    const reel_import *source = imported->source;
    const char *converted = reel__import_converted(source);

    reel__term_print("%s%s%s: %s%s%s\n", reel__term_bold(), path, reel__term_plain(),
                     reel__import_format_name(reel__import_format(source)),
                     converted == NULL ? "" : ", converted from ",
                     converted == NULL ? "" : converted);
    reel__print_count("rows", (int64_t)reel__import_count(source));
    reel__print_count("films rated", (int64_t)imported->kinds[REEL_IMPORT_RATED]);
    reel__print_count("films liked, without a rating", (int64_t)imported->kinds[REEL_IMPORT_LIKED]);
    reel__print_count("films watched, without a rating",
                      (int64_t)imported->kinds[REEL_IMPORT_WATCHED]);
    reel__print_count("films on the watchlist", (int64_t)imported->kinds[REEL_IMPORT_WISHED]);
    reel__print_count("rows about a film that another row counts for", (int64_t)imported->repeated);
    reel__print_count("rows about episodes and other things: left out",
                      reel__import_not_films(source));
    reel__print_count("rows that match no film: left out", (int64_t)imported->miss_count);
}

/* What to do with the file. */
static void print_next(const char *database, const char *output)
{
    char shown[REEL_STORE_NAME] = "";

    if (database != NULL)
        reel__database_shown(shown, database);
    reel__term_print("\nreel recommend%s%s --ratings %s\n", database != NULL ? " --database " : "",
                     shown, output);
}

/* Files first: what is printed then is true. */
static reel_code hand_over(const reel_args *args, const char *path, shown_import *shown,
                           reel_err *err)
{
    const char *output = args->option[OPT_OUTPUT], *unmatched = args->option[OPT_UNMATCHED];
    const bool onto_stdout = output != NULL && reel__is_stdout(reel__output_path(output));
    reel_code rc = REEL_OK;

    if (output != NULL)
        REEL_TRY(reel__import_export(shown->imported, shown->engine, shown->layout,
                                     reel__output_path(output), &shown->left_out, err));
    if (unmatched != NULL)
        REEL_TRY(reel__import_write_misses(shown->imported, shown->engine,
                                           reel__output_path(unmatched), err));
    if (args->json)
        return reel__print_json(write_import, shown, err);
    if (args->quiet || onto_stdout)
        return REEL_OK;
    print_counts(path, shown->imported);
    reel__print_count("films that the layout cannot hold: left out", (int64_t)shown->left_out);
    REEL_TRY(print_misses(shown, err));
    if (output != NULL && shown->layout == REEL_IMPORT_REEL)
        print_next(args->option[OPT_DATABASE], output);
out:
    return rc;
}

static bool are_one_file(const char *one, const char *other)
{
    return one != NULL && other != NULL && !reel__is_stdout(reel__output_path(one)) &&
           reel__file_same(one, other);
}

/* A file written over the export, or over the other file, would be what is lost. */
static reel_code check_outputs(const reel_args *args, reel_err *err)
{
    const char *output = args->option[OPT_OUTPUT], *unmatched = args->option[OPT_UNMATCHED];

    if (are_one_file(output, args->word[0]) || are_one_file(unmatched, args->word[0]))
        return reel_fail(err, REEL_E_INVALID, "%s: would be written over itself; give another name",
                         args->word[0]);
    if (are_one_file(output, unmatched))
        return reel_fail(err, REEL_E_INVALID,
                         "--output and --unmatched are one file; give two names");
    return REEL_OK;
}

static reel_code import(const reel_args *args, reel_err *err)
{
    reel_open open = {0};
    reel_imported imported = {0};
    reel_import_format layout = REEL_IMPORT_REEL;
    reel_code rc;

    if (args->words != 1)
        return reel_fail(err, REEL_E_INVALID, "name one file to import, such as letterboxd.zip");
    REEL_TRY(check_outputs(args, err));
    if (args->option[OPT_AS] != NULL)
        REEL_TRY(reel__import_layout(args->option[OPT_AS], &layout, err));
    REEL_TRY(reel__open(&open, args, OPT_DATABASE, OPT_MODELS, "popular", err));
    REEL_TRY(reel__import_match(&imported, open.session, args->word[0], true, err));
    rc = hand_over(args, args->word[0], &(shown_import){open.engine, &imported, layout, 0}, err);
out:
    reel__imported_fini(&imported);
    reel__open_end(&open);
    return rc;
}

const reel_command reel__command_import = {
    "import",
    "FILE",
    "what you gave at Letterboxd, IMDb, Trakt and others",
    "The export of Letterboxd (ZIP), IMDb (CSV), Trakt (ZIP or JSON), Netflix (CSV),\n"
    "Jellyfin or Plex (JSON), MovieLens (CSV) or Reel (CSV), told by its content.",
    import_options,
    import};
