/* evaluate_print.c - the tables of an evaluation. */
#include "cli/evaluate_print.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/term.h"

enum { CELL = 60 };

void reel__command_line(char *out, size_t size, const reel_args *args)
{
    size_t used = (size_t)snprintf(out, size, "reel %s", args->command->name);

    for (int i = 0; i < args->words && used < size; i++)
        used += (size_t)snprintf(out + used, size - used, " %s", args->word[i]);
    for (int i = 0; args->command->options[i].name != NULL; i++) {
        const char *value = args->option[i];
        const char *quote = "";

        if (value == NULL)
            continue;
        for (const char *c = value; *c != '\0'; c++)
            if (!isalnum((unsigned char)*c) && strchr("_-./,:=@", *c) == NULL)
                quote = "'";
        if (used < size)
            used += (size_t)snprintf(out + used, size - used, " --%s%s%s%s%s",
                                     args->command->options[i].name, *value != '\0' ? " " : "",
                                     quote, value, quote);
    }
    if (args->json && used < size)
        (void)snprintf(out + used, size - used, " --json");
}

/* ".1588 ±.0046": the mean and half of its interval. */
static const char *interval_text(char out[CELL], const reel_interval *interval)
{
    (void)snprintf(out, CELL, "%.4f ±%.4f", interval->mean, (interval->high - interval->low) / 2);
    return out;
}

static const char *comparison_text(char out[CELL], const reel_comparison *c, bool best)
{
    if (best)
        (void)snprintf(out, CELL, "best");
    else
        (void)snprintf(out, CELL, "%+.4f, p %s%.3f", c->difference.mean, c->p < 0.0025 ? "< " : "",
                       fmax(c->p, 0.002));
    return out;
}

static reel_code new_table(reel_table **out, char (*headings)[CELL], int columns, reel_err *err)
{
    const char *pointers[REEL_COLUMNS_MAX];

    for (int i = 0; i < columns; i++)
        pointers[i] = headings[i];
    return reel__table_new(out, pointers, columns, err);
}

/* ---- lists --------------------------------------------------------------------------------- */

/* What stands before the names of a scope's metrics. */
static const char *scope_label(const reel_evaluation *e, int scope)
{
    return scope > 0 ? "hidden " : e->candidates > 0 ? "sampled " : "";
}

static void scope_title(char out[CELL], const reel_evaluation *e, int scope)
{
    if (scope > 0)
        (void)snprintf(out, CELL, " of hidden films");
    else if (e->candidates > 0)
        (void)snprintf(out, CELL, " among %.0f", e->candidates);
    else
        (void)snprintf(out, CELL, "%s", e->scopes > 1 ? " of all films" : "");
}

static reel_code accuracy_table(const reel_evaluation *e, int scope, size_t cut, reel_err *err)
{
    static const reel_metric shown[] = {
        REEL_METRIC_NDCG,     REEL_METRIC_RECALL, REEL_METRIC_RECALL_MIN, REEL_METRIC_PRECISION,
        REEL_METRIC_HIT_RATE, REEL_METRIC_MAP,    REEL_METRIC_MRR};
    enum { SHOWN = sizeof shown / sizeof *shown };
    char headings[SHOWN + 1][CELL], text[CELL], title[CELL];
    reel_table *table = NULL;
    reel_code rc;

    scope_title(title, e, scope);
    (void)snprintf(headings[0], CELL, "Lists of %d%.40s", e->opts->judge.cuts[cut], title);
    for (int i = 0; i < SHOWN; i++)
        (void)snprintf(headings[i + 1], CELL, ">%s%s", scope_label(e, scope),
                       reel__metric_name(shown[i]));
    REEL_TRY(new_table(&table, headings, SHOWN + 1, err));
    for (size_t m = 0; m < e->count; m++) {
        const reel_interval *intervals = e->models[m].ranked[scope].intervals;

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

enum { BEYOND = 5, GENRES = 2 };

static reel_code add_beyond(reel_table *table, const reel_evaluation *e, int scope, size_t m,
                            reel_err *err)
{
    const reel_ranked *ranked = &e->models[m].ranked[scope];
    const reel_interval *at = ranked->intervals;
    char text[CELL];
    reel_code rc = REEL_OK;

    REEL_TRY(reel__table_cell(table, err, "%s", e->models[m].name));
    REEL_TRY(reel__table_cell(table, err, "%s",
                              interval_text(text, &at[reel__auc_column(&ranked->judgement)])));
    REEL_TRY(reel__table_cell(table, err, "%.4f", ranked->judgement.coverage[0]));
    REEL_TRY(reel__table_cell(table, err, "%.4f", ranked->judgement.gini[0]));
    REEL_TRY(
        reel__table_cell(table, err, "%.2f", at[reel__metric_column(0, REEL_METRIC_NOVELTY)].mean));
    if (e->has_genres) {
        REEL_TRY(reel__table_cell(table, err, "%.4f",
                                  at[reel__metric_column(0, REEL_METRIC_DISTANCE)].mean));
        REEL_TRY(reel__table_cell(table, err, "%.4f",
                                  at[reel__metric_column(0, REEL_METRIC_CALIBRATION)].mean));
    }
out:
    return rc;
}

static reel_code beyond_table(const reel_evaluation *e, int scope, reel_err *err)
{
    static const char *const names[] = {"auc",     "coverage", "gini",
                                        "novelty", "distance", "calibration"};
    const int columns = BEYOND + (e->has_genres ? GENRES : 0), k = e->opts->judge.cuts[0];
    char headings[BEYOND + GENRES][CELL], title[CELL];
    reel_table *table = NULL;
    reel_code rc;

    scope_title(title, e, scope);
    (void)snprintf(headings[0], CELL, "Beyond%.40s", title);
    (void)snprintf(headings[1], CELL, ">%s%s", scope_label(e, scope), names[0]);
    for (int i = 2; i < columns; i++)
        (void)snprintf(headings[i], CELL, ">%s%s@%d", scope_label(e, scope), names[i - 1], k);
    REEL_TRY(new_table(&table, headings, columns, err));
    for (size_t m = 0; m < e->count; m++)
        REEL_TRY(add_beyond(table, e, scope, m, err));
    reel__table_print(table);
    reel__term_print("\n");
out:
    reel__table_free(table);
    return rc;
}

/* ---- ratings ------------------------------------------------------------------------------- */

/* The mean of the folds with the lowest and the highest. */
static const char *folds_text(char out[CELL], const double *values, int count)
{
    double sum = 0, low = values[0], high = values[0];

    for (int i = 0; i < count; i++) {
        sum += values[i];
        low = fmin(low, values[i]);
        high = fmax(high, values[i]);
    }
    (void)snprintf(out, CELL, "%.4f (%.4f-%.4f)", sum / count, low, high);
    return out;
}

static reel_code add_predictor(reel_table *table, const reel_evaluation *e, size_t m, reel_err *err)
{
    const reel_evaluated *model = &e->models[m];
    char text[CELL];
    reel_code rc = REEL_OK;

    REEL_TRY(reel__table_cell(table, err, "%s", model->name));
    REEL_TRY(reel__table_cell(table, err, "%s", interval_text(text, &model->rmse)));
    REEL_TRY(reel__table_cell(table, err, "%s", interval_text(text, &model->mae)));
    REEL_TRY(reel__table_cell(table, err, "%s",
                              comparison_text(text, &model->rmse_to_best, m == e->best_rmse)));
    if (model->errors.rounds > 1) {
        REEL_TRY(reel__table_cell(table, err, "%s",
                                  folds_text(text, model->errors.rmse, model->errors.rounds)));
        REEL_TRY(reel__table_cell(table, err, "%s",
                                  folds_text(text, model->errors.mae, model->errors.rounds)));
    }
out:
    return rc;
}

static reel_code ratings_table(const reel_evaluation *e, reel_err *err)
{
    const bool folds = e->models[e->best_rmse].errors.rounds > 1;
    static char headings[][CELL] = {"Ratings",       ">rmse",         ">mae",
                                    ">rmse to best", ">rmse by fold", ">mae by fold"};
    reel_table *table = NULL;
    reel_code rc;

    REEL_TRY(new_table(&table, headings, folds ? 6 : 4, err));
    for (size_t m = 0; m < e->count; m++)
        if (e->models[m].predicts)
            REEL_TRY(add_predictor(table, e, m, err));
    reel__table_print(table);
    reel__term_print("\n");
out:
    reel__table_free(table);
    return rc;
}

/* ---- all of it ----------------------------------------------------------------------------- */

static reel_code summary_table(const reel_evaluation *e, reel_err *err)
{
    char headings[3 + REEL_EVALUATE_SCOPES][CELL] = {"Compared"}, text[CELL];
    reel_table *table = NULL;
    reel_code rc;

    for (int s = 0; s < e->scopes; s++)
        (void)snprintf(headings[1 + s], CELL, ">%sndcg@%d to best", scope_label(e, s),
                       e->opts->judge.cuts[0]);
    (void)snprintf(headings[1 + e->scopes], CELL, ">fit seconds");
    (void)snprintf(headings[2 + e->scopes], CELL, ">judge seconds");
    REEL_TRY(new_table(&table, headings, 3 + e->scopes, err));
    for (size_t m = 0; m < e->count; m++) {
        const reel_evaluated *model = &e->models[m];

        REEL_TRY(reel__table_cell(table, err, "%s", model->name));
        for (int s = 0; s < e->scopes; s++)
            REEL_TRY(reel__table_cell(
                table, err, "%s",
                comparison_text(text, &model->ranked[s].to_best, m == e->best[s])));
        REEL_TRY(reel__table_cell(table, err, "%.2f", model->fit_seconds));
        REEL_TRY(reel__table_cell(table, err, "%.2f", model->judge_seconds));
    }
    reel__table_print(table);
out:
    reel__table_free(table);
    return rc;
}

static void print_heading(const reel_evaluation *e)
{
    char people[REEL_COUNT_TEXT], films[REEL_COUNT_TEXT], ratings[REEL_COUNT_TEXT];
    char held_out[REEL_COUNT_TEXT], judged[REEL_COUNT_TEXT];

    reel__term_print("%s%s%s%s: %s ratings by %s people of %s films\n", reel__term_bold(),
                     e->source[0] != '\0' ? e->source : "data", reel__term_plain(),
                     e->simulated ? " (simulated people)" : "",
                     reel__term_count(ratings, e->ratings), reel__term_count(people, e->people),
                     reel__term_count(films, e->films));
    reel__term_print("Protocol %s, seed %llu: ", e->protocol,
                     (unsigned long long)e->opts->split.seed);
    if (e->scopes == 0)
        reel__term_print("%s ratings held out", reel__term_count(held_out, e->predicted));
    else
        reel__term_print("%s ratings held out, %s people judged, %s ranked",
                         reel__term_count(held_out, e->held_out),
                         reel__term_count(judged, e->judged),
                         e->candidates > 0 ? "sampled films only" : "all films");
    reel__term_print("; ± is half of a 95 %% interval\n\n");
}

reel_code reel__evaluation_print(const reel_evaluation *evaluation, reel_err *err)
{
    const reel_evaluation *e = evaluation;
    reel_code rc = REEL_OK;

    print_heading(e);
    if (e->best_rmse < e->count)
        REEL_TRY(ratings_table(e, err));
    for (int scope = 0; scope < e->scopes; scope++) {
        for (size_t cut = 0; cut < e->opts->judge.cut_count; cut++)
            REEL_TRY(accuracy_table(e, scope, cut, err));
        REEL_TRY(beyond_table(e, scope, err));
    }
    REEL_TRY(summary_table(e, err));
out:
    return rc;
}
