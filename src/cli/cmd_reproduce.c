/* cmd_reproduce.c - reproduce: published tables made again, ours beside theirs. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/evaluate_print.h"
#include "cli/term.h"
#include "service/measure/reproduce.h"

enum { OPT_LIST, OPT_DATA, OPT_MOVIELENS, OPT_MODEL, OPT_FOLD, OPT_SEEDS, OPT_THREADS };
enum { CELL = 60, THREADS_MAX = 1024 };

static const reel_option reproduce_options[] = {
    {"list", NULL, "the tables there are"},
    {"data", "DIR", "folder that holds ml-1m, ml-100k, split-ml1m"},
    {"movielens", "DIR", "instead: that folder itself"},
    {"model", "NAMES", "only these models of the table, or others"},
    {"fold", "N", "only this fold, from 0"},
    {"seeds", "N", "how many splits, where the table has several"},
    {"threads", "N", "default: all cores; changes no number"},
    {NULL, NULL, NULL},
};

/* ---- the tables there are ------------------------------------------------------------------ */

static reel_code write_list(reel_json *json, const void *what, reel_err *err)
{
    (void)what;
    (void)err;
    reel__json_array(json);
    for (size_t i = 0; reel__table_spec_at(i) != NULL; i++) {
        const reel_table_spec *spec = reel__table_spec_at(i);

        reel__json_object(json);
        reel__json_put_text(json, "table", spec->name);
        reel__json_put_text(json, "title", spec->title);
        reel__json_put_text(json, "protocol", spec->protocol);
        reel__json_object_end(json);
    }
    reel__json_array_end(json);
    return REEL_OK;
}

static reel_code list_tables(const reel_args *args, reel_err *err)
{
    if (args->json)
        return reel__print_json(write_list, NULL, err);
    for (size_t i = 0; reel__table_spec_at(i) != NULL; i++) {
        const reel_table_spec *spec = reel__table_spec_at(i);

        reel__term_print("%s%s%s\n  %s\n  %s\n", reel__term_bold(), spec->name, reel__term_plain(),
                         spec->title, spec->protocol);
    }
    return REEL_OK;
}

/* ---- one table ----------------------------------------------------------------------------- */

static void print_value(char out[CELL], const reel_reproduced *row, int metric)
{
    const double theirs = row->published != NULL ? row->published->values[metric] : 0;

    if (row->absent && theirs > 0)
        (void)snprintf(out, CELL, "- / %.4f", theirs);
    else if (row->absent)
        (void)snprintf(out, CELL, "-");
    else if (theirs > 0)
        (void)snprintf(out, CELL, "%.4f / %.4f %+.4f", row->mean[metric], theirs,
                       row->mean[metric] - theirs);
    else
        (void)snprintf(out, CELL, "%.4f", row->mean[metric]);
}

static reel_code add_row(reel_table *table, const reel_reproduction *r, const reel_reproduced *row,
                         reel_err *err)
{
    const bool published = row->published != NULL && row->published->source != NULL;
    char text[CELL];
    reel_code rc = REEL_OK;

    REEL_TRY(reel__table_cell(table, err, "%s%s", row->model, row->absent ? " (not here)" : ""));
    REEL_TRY(reel__table_cell(table, err, "%s", published ? row->published->name : ""));
    for (int i = 0; i < r->metrics; i++) {
        print_value(text, row, i);
        REEL_TRY(reel__table_cell(table, err, "%s", text));
    }
    if (r->runs > 1 && !row->absent)
        REEL_TRY(reel__table_cell(table, err, "%.4f-%.4f", row->low[0], row->high[0]));
    else if (r->runs > 1)
        REEL_TRY(reel__table_cell(table, err, "-"));
    REEL_TRY(reel__table_cell(table, err, "%.1f", row->fit_seconds));
out:
    return rc;
}

static void print_sources(const reel_reproduction *r)
{
    const char *said[REEL_TABLE_ROWS];
    size_t count = 0;

    for (size_t i = 0; i < r->count; i++) {
        const reel_published *published = r->rows[i].published;
        bool again = published == NULL || published->source == NULL;

        for (size_t j = 0; j < count && !again; j++)
            again = said[j] == published->source;
        if (again)
            continue;
        said[count++] = published->source;
        reel__term_print("%s", count == 1 ? "\nPublished numbers:\n" : "");
        reel__term_print("  %s:", published->source);
        for (size_t j = i; j < r->count; j++)
            if (r->rows[j].published != NULL && r->rows[j].published->source == published->source)
                reel__term_print("%s %s", j > i ? ";" : "", r->rows[j].published->name);
        reel__term_print("\n");
    }
}

static reel_code print_table(const reel_reproduction *r, reel_err *err)
{
    char headings[REEL_COLUMNS_MAX][CELL] = {"Ours", "Theirs"};
    const char *pointers[REEL_COLUMNS_MAX];
    const char *label = r->last.candidates > 0 ? "sampled " : "";
    int columns = 2;
    reel_table *table = NULL;
    reel_code rc;

    reel__term_print("%s%s%s\n%s; ours / theirs, difference; means over %d %s%s\n\n",
                     reel__term_bold(), r->spec->title, reel__term_plain(), r->spec->protocol,
                     r->runs, r->run, r->runs == 1 ? "" : "s");
    for (int i = 0; i < r->metrics; i++)
        (void)snprintf(headings[columns++], CELL, ">%s%s", label, r->spec->metrics[i]);
    if (r->runs > 1)
        (void)snprintf(headings[columns++], CELL, ">%s lowest-highest", r->spec->metrics[0]);
    (void)snprintf(headings[columns++], CELL, ">fit seconds");
    for (int i = 0; i < columns; i++)
        pointers[i] = headings[i];
    REEL_TRY(reel__table_new(&table, pointers, columns, err));
    for (size_t i = 0; i < r->count; i++)
        REEL_TRY(add_row(table, r, &r->rows[i], err));
    reel__table_print(table);
    print_sources(r);
out:
    reel__table_free(table);
    return rc;
}

typedef struct described {
    const reel_reproduction *reproduction;
    char command[REEL_COMMAND_LINE];
} described;

static reel_code write_reproduction(reel_json *json, const void *what, reel_err *err)
{
    const described *d = what;

    (void)err;
    reel__reproduction_write(json, d->reproduction, d->command);
    return REEL_OK;
}

static reel_code reproduce(const reel_args *args, reel_err *err)
{
    static reel_reproduction reproduction; /* too large for the stack of some */
    described d = {.reproduction = &reproduction};
    reel_reproduce_opts opts = {.table = args->word[0],
                                .data = args->option[OPT_DATA],
                                .folder = args->option[OPT_MOVIELENS],
                                .models = args->option[OPT_MODEL],
                                .progress = reel__term_progress(args->quiet)};
    int64_t fold = -1, seeds = 0, threads = 0;
    reel_code rc = REEL_OK;

    if (args->option[OPT_LIST] != NULL)
        return list_tables(args, err);
    if (args->words != 1)
        return reel_fail(err, REEL_E_INVALID,
                         "name one table; `reel reproduce --list` says which there are");
    REEL_TRY(reel__args_int(args, OPT_FOLD, 0, REEL_ROUNDS_MAX - 1, &fold, err));
    REEL_TRY(reel__args_int(args, OPT_SEEDS, 1, REEL_TABLE_SEEDS, &seeds, err));
    REEL_TRY(reel__args_int(args, OPT_THREADS, 1, THREADS_MAX, &threads, err));
    opts.fold = (int)fold;
    opts.seeds = (int)seeds;
    opts.threads = (int)threads;
    REEL_TRY(reel__reproduction_make(&reproduction, &opts, err));
    reel__command_line(d.command, sizeof d.command, args);
    rc = args->json ? reel__print_json(write_reproduction, &d, err)
                    : print_table(&reproduction, err);
out:
    reel__reproduction_fini(&reproduction);
    return rc;
}

const reel_command reel__command_reproduce = {
    "reproduce",
    "[TABLE]",
    "published tables made again, ours beside theirs",
    "Fits the models of a published table on data you have, by the protocol of its\n"
    "publication, and shows each number beside the published one with its source.",
    reproduce_options,
    reproduce};
