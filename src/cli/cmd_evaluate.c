/* cmd_evaluate.c - evaluate: how good the models are, with intervals, on any data. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/term.h"
#include "service/evaluate.h"

enum {
    OPT_MOVIELENS,
    OPT_DATABASE,
    OPT_TRAIN,
    OPT_TEST,
    OPT_PROTOCOL,
    OPT_MODEL,
    OPT_K,
    OPT_THRESHOLD,
    OPT_CORE,
    OPT_SEED
};
enum { COMMAND_MAX = 1000, CELL = 40 };

static const reel_option evaluate_options[] = {
    {"movielens", "DIR", "a MovieLens folder of any generation"},
    {"database", "FILE", "instead: the database `reel load` made"},
    {"train", "FILE", "with --test, instead: rows of user item [rating]"},
    {"test", "FILE", "what was held out of --train"},
    {"protocol", "NAME", "ratio (default), last, folds, temporal or strong"},
    {"model", "NAMES", "such as hybrid,user-knn:neighbours=9 (default: all)"},
    {"k", "LENGTHS", "lengths of the lists (default 10,20,100)"},
    {"threshold", "R", "only ratings from R on (default: all)"},
    {"core", "N", "only people and films with N ratings (default: all)"},
    {"seed", "N", "same seed, same split, same numbers (default 1)"},
    {NULL, NULL, NULL},
};

/* ---- options ------------------------------------------------------------------------------- */

static reel_code take_lengths(reel_judge_opts *out, const char *text, reel_err *err)
{
    const char *at = text;

    out->cut_count = 0;
    for (;;) {
        char *end;
        const long length = strtol(at, &end, 10);

        if (end == at || (*end != ',' && *end != '\0') || length < 1 || length > REEL_CUT_MOST ||
            out->cut_count == REEL_CUTS_MAX)
            return reel_fail(err, REEL_E_INVALID,
                             "--k: expected up to %d lengths from 1 to %d such as 10,20,100, got "
                             "\"%.40s\"",
                             (int)REEL_CUTS_MAX, (int)REEL_CUT_MOST, text);
        out->cuts[out->cut_count++] = (int)length;
        if (*end == '\0')
            return REEL_OK;
        at = end + 1;
    }
}

static reel_code take_threshold(double *out, const char *text, reel_err *err)
{
    char *end;

    *out = strtod(text, &end);
    if (end == text || *end != '\0' || !(*out >= 0 && *out <= 1e6))
        return reel_fail(err, REEL_E_INVALID,
                         "--threshold: expected a rating from 0 up, got \"%.40s\"", text);
    return REEL_OK;
}

static reel_code take_protocol(reel_protocol *out, const char *text, reel_err *err)
{
    const int found = reel__protocol_find(text);

    if (found < 0)
        return reel_fail(err, REEL_E_INVALID,
                         "--protocol: expected ratio, last, folds, temporal or strong, got "
                         "\"%.40s\"",
                         text);
    *out = (reel_protocol)found;
    return REEL_OK;
}

static reel_code take_options(reel_evaluate_opts *out, const reel_args *args, reel_err *err)
{
    int64_t core = 0, seed = 1;
    reel_code rc = REEL_OK;

    *out = reel__evaluate_opts_default();
    out->movielens = args->option[OPT_MOVIELENS];
    out->database = args->option[OPT_DATABASE];
    out->train = args->option[OPT_TRAIN];
    out->test = args->option[OPT_TEST];
    out->models = args->option[OPT_MODEL];
    out->progress = reel__term_progress(args->quiet);
    if (args->option[OPT_PROTOCOL] != NULL)
        REEL_TRY(take_protocol(&out->split.protocol, args->option[OPT_PROTOCOL], err));
    if (args->option[OPT_PROTOCOL] != NULL && out->train != NULL)
        REEL_TRY(reel_fail(err, REEL_E_INVALID,
                           "--protocol: --train and --test say already what is held out"));
    if (args->again[OPT_MODEL])
        REEL_TRY(reel_fail(err, REEL_E_INVALID,
                           "--model: give all names in one list, such as user-knn,hybrid"));
    if (args->option[OPT_K] != NULL)
        REEL_TRY(take_lengths(&out->judge, args->option[OPT_K], err));
    if (args->option[OPT_THRESHOLD] != NULL)
        REEL_TRY(take_threshold(&out->filter.threshold, args->option[OPT_THRESHOLD], err));
    REEL_TRY(reel__args_int(args, OPT_CORE, 0, 1000000, &core, err));
    REEL_TRY(reel__args_int(args, OPT_SEED, 0, INT64_MAX, &seed, err));
    out->filter.core = (int)core;
    out->split.seed = (uint64_t)seed;
    out->judge.seed = (uint64_t)seed;
out:
    return rc;
}

/* The options as they could be typed again; what a shell would not take as it is stands in quotes.
 */
static void command_line(char *out, size_t size, const reel_args *args)
{
    size_t used = (size_t)snprintf(out, size, "reel %s", args->command->name);

    for (int i = 0; args->command->options[i].name != NULL; i++) {
        const char *value = args->option[i];
        const char *quote = "";

        if (value == NULL)
            continue;
        for (const char *c = value; *c != '\0'; c++)
            if (!isalnum((unsigned char)*c) && strchr("_-./,:=@", *c) == NULL)
                quote = "'";
        if (used < size)
            used += (size_t)snprintf(out + used, size - used, " --%s %s%s%s",
                                     args->command->options[i].name, quote, value, quote);
    }
    if (args->json && used < size)
        (void)snprintf(out + used, size - used, " --json");
}

/* ---- for people ---------------------------------------------------------------------------- */

/* ".1588 ±.0046": the mean and half of its interval. */
static const char *interval_text(char out[CELL], const reel_interval *interval)
{
    (void)snprintf(out, CELL, "%.4f ±%.4f", interval->mean, (interval->high - interval->low) / 2);
    return out;
}

static reel_code accuracy_table(const reel_evaluation *e, size_t cut, reel_err *err)
{
    static const reel_metric shown[] = {
        REEL_METRIC_NDCG,     REEL_METRIC_RECALL, REEL_METRIC_RECALL_MIN, REEL_METRIC_PRECISION,
        REEL_METRIC_HIT_RATE, REEL_METRIC_MAP,    REEL_METRIC_MRR};
    enum { SHOWN = sizeof shown / sizeof *shown };
    char headings[SHOWN + 1][CELL], text[CELL];
    const char *pointers[SHOWN + 1];
    reel_table *table = NULL;
    reel_code rc;

    (void)snprintf(headings[0], CELL, "Lists of %d", e->opts->judge.cuts[cut]);
    for (int i = 0; i < SHOWN; i++)
        (void)snprintf(headings[i + 1], CELL, ">%s", reel__metric_name(shown[i]));
    for (int i = 0; i <= SHOWN; i++)
        pointers[i] = headings[i];
    REEL_TRY(reel__table_new(&table, pointers, SHOWN + 1, err));
    for (size_t m = 0; m < e->count; m++) {
        const reel_interval *intervals = e->models[m].intervals;

        REEL_TRY(reel__table_cell(table, err, "%s", e->models[m].name));
        for (int i = 0; i < SHOWN; i++)
            REEL_TRY(reel__table_cell(
                table, err, "%s",
                interval_text(text, &intervals[reel__metric_column(cut, shown[i])])));
    }
    reel__table_print(table);
    reel__term_print("\n");
out:
    reel__table_free(table);
    return rc;
}

static reel_code add_other_cells(reel_table *table, const reel_evaluation *e, size_t m,
                                 reel_err *err)
{
    const reel_evaluated *model = &e->models[m];
    const reel_comparison *to_best = &model->to_best;
    char text[CELL];
    reel_code rc = REEL_OK;

    REEL_TRY(reel__table_cell(table, err, "%s", model->name));
    REEL_TRY(reel__table_cell(
        table, err, "%s",
        interval_text(text, &model->intervals[reel__auc_column(&model->judgement)])));
    REEL_TRY(reel__table_cell(table, err, "%.4f", model->judgement.coverage[0]));
    REEL_TRY(reel__table_cell(table, err, "%.4f", model->judgement.gini[0]));
    REEL_TRY(reel__table_cell(table, err, "%.2f",
                              model->intervals[reel__metric_column(0, REEL_METRIC_NOVELTY)].mean));
    if (m == e->best)
        REEL_TRY(reel__table_cell(table, err, "best"));
    else
        REEL_TRY(reel__table_cell(table, err, "%+.4f, p %s%.3f", to_best->difference.mean,
                                  to_best->p < 0.0025 ? "< " : "", fmax(to_best->p, 0.002)));
    REEL_TRY(reel__table_cell(table, err, "%.2f", model->fit_seconds));
    REEL_TRY(reel__table_cell(table, err, "%.2f", model->judge_seconds));
out:
    return rc;
}

static reel_code other_table(const reel_evaluation *e, reel_err *err)
{
    char headings[8][CELL] = {"Beyond", ">auc", "", "", "", "", ">fit seconds", ">judge seconds"};
    const char *pointers[8];
    reel_table *table = NULL;
    reel_code rc;

    (void)snprintf(headings[2], CELL, ">coverage@%d", e->opts->judge.cuts[0]);
    (void)snprintf(headings[3], CELL, ">gini@%d", e->opts->judge.cuts[0]);
    (void)snprintf(headings[4], CELL, ">novelty@%d", e->opts->judge.cuts[0]);
    (void)snprintf(headings[5], CELL, ">ndcg@%d to best", e->opts->judge.cuts[0]);
    for (int i = 0; i < 8; i++)
        pointers[i] = headings[i];
    REEL_TRY(reel__table_new(&table, pointers, 8, err));
    for (size_t m = 0; m < e->count; m++)
        REEL_TRY(add_other_cells(table, e, m, err));
    reel__table_print(table);
out:
    reel__table_free(table);
    return rc;
}

static reel_code print_tables(const reel_evaluation *e, reel_err *err)
{
    char people[REEL_COUNT_TEXT], films[REEL_COUNT_TEXT], ratings[REEL_COUNT_TEXT];
    char held_out[REEL_COUNT_TEXT], judged[REEL_COUNT_TEXT];
    reel_code rc = REEL_OK;

    reel__term_print("%s%s%s%s: %s ratings by %s people of %s films\n", reel__term_bold(),
                     e->source[0] != '\0' ? e->source : "data", reel__term_plain(),
                     e->simulated ? " (simulated people)" : "",
                     reel__term_count(ratings, e->ratings), reel__term_count(people, e->people),
                     reel__term_count(films, e->films));
    reel__term_print("Protocol %s, seed %llu: %s ratings held out, %s people judged, all films "
                     "ranked; ± is half of a 95 %% interval\n\n",
                     e->opts->train != NULL ? "files"
                                            : reel__protocol_name(e->opts->split.protocol),
                     (unsigned long long)e->opts->split.seed,
                     reel__term_count(held_out, e->held_out), reel__term_count(judged, e->judged));
    for (size_t cut = 0; cut < e->opts->judge.cut_count; cut++)
        REEL_TRY(accuracy_table(e, cut, err));
    REEL_TRY(other_table(e, err));
out:
    return rc;
}

typedef struct described {
    const reel_evaluation *evaluation;
    char command[COMMAND_MAX];
} described;

static reel_code write_evaluation(reel_json *json, const void *what, reel_err *err)
{
    const described *d = what;

    (void)err;
    reel__evaluation_write(json, d->evaluation, d->command);
    return REEL_OK;
}

static reel_code evaluate(const reel_args *args, reel_err *err)
{
    reel_evaluation evaluation = {0};
    described d = {.evaluation = &evaluation};
    reel_evaluate_opts opts;
    reel_code rc;

    REEL_TRY(take_options(&opts, args, err));
    REEL_TRY(reel__evaluation_make(&evaluation, &opts, err));
    command_line(d.command, sizeof d.command, args);
    rc = args->json ? reel__print_json(write_evaluation, &d, err) : print_tables(&evaluation, err);
out:
    reel__evaluation_fini(&evaluation);
    return rc;
}

const reel_command reel__command_evaluate = {
    "evaluate",
    "",
    "how good the models are, with 95 % intervals",
    "Part of the ratings is held out, the models learn from the rest, and all films\n"
    "not known of a person are ranked. Random and popular lists are always compared.",
    evaluate_options,
    evaluate};
