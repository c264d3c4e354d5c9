/* cmd_predict.c - predict, and recommend from files: a fitted model over many people. */
#include <stdio.h>

#include "cli/commands.h"
#include "cli/term.h"
#include "service/models/batch.h"

enum {
    OPT_MODEL,
    OPT_HISTORIES,
    OPT_PAIRS,
    OPT_COLUMNS,
    OPT_OUTPUT,
    OPT_HEADER,
    OPT_INTERVAL,
    OPT_THREADS,
    OPT_STRICT
};

static const reel_option predict_options[] = {
    {"model", "FILE", "what `reel fit` wrote"},
    {"histories", "FILE", "rows of user item [rating [time]]"},
    {"pairs", "FILE", "rows of user item [time] to predict"},
    {"pairs-columns", "NAMES", "user,item,time or user,item,rating (default: by content)"},
    {"output", "FILE", "where user, item, score go, tabs between; - = here"},
    {"header", NULL, "write a header line"},
    {"interval", NULL, "low and high too, of a 95 % interval (bayes)"},
    {"threads", "N", "how many; never changes a score (default: all cores)"},
    {"strict", NULL, "stop at the first wrong row of the histories"},
    {NULL, NULL, NULL},
};

/* ---- telling ------------------------------------------------------------------------------- */

typedef struct told {
    const char *output;
    const reel_batch_report *report;
    bool pairs;
} told;

static reel_code write_report(reel_json *json, const void *what, reel_err *err)
{
    const told *t = what;
    const reel_batch_report *r = t->report;

    (void)err;
    reel__json_object(json);
    reel__json_put_text(json, "output", t->output);
    reel__json_put_text(json, "model", r->model);
    reel__json_put_int(json, "rows", r->rows);
    reel__json_put_int(json, "people", r->people);
    if (!t->pairs)
        reel__json_put_int(json, "stored", r->stored);
    reel__json_put_int(json, "duplicates", r->duplicates);
    reel__json_put_int(json, "bad_rows", r->bad_rows);
    reel__json_put_int(json, "unknown_items", r->unknown_items);
    reel__json_put_int(json, "unknown_rows", r->unknown_rows);
    reel__json_put_int(json, "unknown_users", r->unknown_users);
    if (t->pairs)
        reel__json_put_int(json, "unknown_pairs", r->unknown_pairs);
    reel__json_put_real(json, "read_seconds", r->read_seconds);
    reel__json_put_real(json, "score_seconds", r->score_seconds);
    reel__json_object_end(json);
    return REEL_OK;
}

static void warn_count(const char *what, int64_t count, const char *more)
{
    char text[REEL_COUNT_TEXT];

    if (count > 0)
        (void)fprintf(stderr, "%s: %s%s\n", what, reel__term_count(text, count), more);
}

/* What was left out or made up stands on standard error, so that nothing is lost in a pipe. */
static void warn(const told *t)
{
    const reel_batch_report *r = t->report;

    warn_count("wrong rows of the histories", r->bad_rows, ", left out");
    warn_count("ratings given twice", r->duplicates, ", the later ones count");
    warn_count("items of the histories unknown to the model", r->unknown_items, "");
    warn_count("rows of the histories with such an item", r->unknown_rows, ", left out");
    warn_count(t->pairs ? "users of the pairs without a history"
                        : "users asked for without a history",
               r->unknown_users, "");
    warn_count("pairs with an item unknown to the model", r->unknown_pairs,
               " (docs/files.md says what they get)");
}

static reel_code tell(const reel_args *args, const told *t, reel_err *err)
{
    const reel_batch_report *r = t->report;
    char rows[REEL_COUNT_TEXT], people[REEL_COUNT_TEXT];

    if (!args->quiet)
        warn(t);
    if (reel__is_stdout(t->output))
        return REEL_OK; /* nothing but rows there */
    if (args->json)
        return reel__print_json(write_report, t, err);
    if (!args->quiet)
        reel__term_print("%s: %s rows by %s, %s people with a history; read in %.2f s, scored in "
                         "%.2f s\n",
                         t->output, reel__term_count(rows, r->rows), r->model,
                         reel__term_count(people, r->people), r->read_seconds, r->score_seconds);
    return REEL_OK;
}

/* ---- predict ------------------------------------------------------------------------------- */

static reel_code predict(const reel_args *args, reel_err *err)
{
    int64_t threads = 0;
    reel_batch_opts opts = {.header = args->option[OPT_HEADER] != NULL,
                            .interval = args->option[OPT_INTERVAL] != NULL,
                            .read = {.strict = args->option[OPT_STRICT] != NULL,
                                     .bad_row = args->quiet ? NULL : reel__tell_bad_row,
                                     .progress = reel__term_progress(args->quiet)}};
    reel_batch_report report;
    reel_code rc;

    REEL_TRY(reel__args_need(args, OPT_MODEL, &opts.model, err));
    REEL_TRY(reel__args_need(args, OPT_HISTORIES, &opts.histories, err));
    REEL_TRY(reel__args_need(args, OPT_PAIRS, &opts.pairs, err));
    REEL_TRY(reel__args_need(args, OPT_OUTPUT, &opts.output, err));
    REEL_TRY(reel__take_third(&opts.third, args, OPT_COLUMNS, err));
    REEL_TRY(reel__args_int(args, OPT_THREADS, 0, 1024, &threads, err));
    opts.threads = (int)threads;
    opts.output = reel__output_path(opts.output);
    opts.cancel = reel__cancel_on_signal();
    REEL_TRY(reel__batch_predictions(&opts, &report, err));
    rc = tell(args, &(told){opts.output, &report, true}, err);
out:
    return rc;
}

const reel_command reel__command_predict = {
    "predict",
    "",
    "scores of many pairs of a user and an item, from files",
    "One row for each pair, in the order of the pairs. Models that predict ratings\n"
    "give ratings, the others scores (docs/files.md).",
    predict_options,
    predict};

/* ---- recommend --histories ----------------------------------------------------------------- */

reel_code reel__recommend_files(const reel_args *args, const int at[REEL_LISTS_OPTIONS],
                                reel_err *err)
{
    int64_t threads = 0, k = 10;
    reel_batch_opts opts = {.users = args->option[at[REEL_LISTS_USERS]],
                            .header = args->option[at[REEL_LISTS_HEADER]] != NULL,
                            .read = {.strict = args->option[at[REEL_LISTS_STRICT]] != NULL,
                                     .bad_row = args->quiet ? NULL : reel__tell_bad_row,
                                     .progress = reel__term_progress(args->quiet)}};
    const bool all = args->option[at[REEL_LISTS_ALL]] != NULL;
    reel_batch_report report;
    reel_code rc;

    if (all == (opts.users != NULL))
        return reel_fail(err, REEL_E_INVALID,
                         "say whose lists: either --all of the histories or --users FILE");
    REEL_TRY(reel__args_need(args, at[REEL_LISTS_MODEL], &opts.model, err));
    REEL_TRY(reel__args_need(args, at[REEL_LISTS_HISTORIES], &opts.histories, err));
    REEL_TRY(reel__args_need(args, at[REEL_LISTS_OUTPUT], &opts.output, err));
    REEL_TRY(reel__args_int(args, at[REEL_LISTS_K], 1, REEL_LIST_MOST, &k, err));
    REEL_TRY(reel__args_int(args, at[REEL_LISTS_THREADS], 0, 1024, &threads, err));
    opts.k = (size_t)k;
    opts.threads = (int)threads;
    opts.output = reel__output_path(opts.output);
    opts.cancel = reel__cancel_on_signal();
    REEL_TRY(reel__batch_lists(&opts, &report, err));
    rc = tell(args, &(told){opts.output, &report, false}, err);
out:
    return rc;
}
