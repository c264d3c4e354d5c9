/* cmd_tune.c - tune: good parameters of a model on any data, within a time. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/evaluate_print.h"
#include "cli/term.h"
#include "service/models/tune.h"

enum {
    OPT_MODEL,
    OPT_TRAIN,
    OPT_MOVIELENS,
    OPT_DATABASE,
    OPT_BUDGET,
    OPT_TRIALS,
    OPT_METRIC,
    OPT_FIX,
    OPT_SEARCH,
    OPT_RUNGS,
    OPT_LOG,
    OPT_RESUME,
    OPT_SEED,
    OPT_THREADS
};
enum { COMMAND_MAX = 1000, CELL = 40, SHOWN = 10, PARAMS_MAX = 1 << 13 };
enum { MINUTE = 60, HOUR = 3600, BUDGET_MAX = 100 * 24 * HOUR };
static const double usual_budget = 10 * MINUTE;

static const reel_option tune_options[] = {
    {"model", "NAME", "the model, such as user-knn"},
    {"train", "FILE", "rows of user item [rating [time]]"},
    {"movielens", "DIR", "instead: a MovieLens folder of any generation"},
    {"database", "FILE", "instead: the database `reel load` made"},
    {"budget", "TIME", "such as 90s, 10m or 1h30m (default 10m)"},
    {"trials", "N", "so many trials; without --budget no other limit"},
    {"metric", "NAME", "ndcg@100 (default), recall@20, rmse (of ratings), ..."},
    {"fix", "LIST", "name=value,...: other defaults"},
    {"search", "LIST", "name=low..high[:log],...: only these (default: all)"},
    {"rungs", "N", "1 = no cheap trials before the whole data (default 2)"},
    {"log", "FILE", "a line of JSON for each trial"},
    {"resume", NULL, "go on with the log if it is there"},
    {"seed", "N", "same seed, same search (default 1)"},
    {"threads", "N", "threads (default: all cores)"},
    {NULL, NULL, NULL},
};

/* ---- options ------------------------------------------------------------------------------- */

/* "90s", "1h30m", "90". */
static reel_code take_budget(double *out, const char *text, reel_err *err)
{
    const char *at = text;

    *out = 0;
    do {
        char *end;
        const double number = strtod(at, &end);
        const double unit = *end == 'h' ? HOUR : *end == 'm' ? MINUTE : 1;

        if (end == at || !(number >= 0 && number <= BUDGET_MAX) ||
            strchr("hms", *end) == NULL) /* the NUL is among them */
            break;
        *out += number * unit;
        at = *end == '\0' ? end : end + 1;
    } while (*at != '\0');
    if (*at == '\0' && *out > 0 && *out <= BUDGET_MAX)
        return REEL_OK;
    return reel_fail(err, REEL_E_INVALID,
                     "--budget: expected a time such as 90s, 10m or 1h30m, got \"%.40s\"", text);
}

static reel_code check_lists(const reel_args *args, reel_err *err)
{
    static const int lists[] = {OPT_FIX, OPT_SEARCH};

    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (args->again[lists[i]])
            return reel_fail(err, REEL_E_INVALID,
                             "--%s: give all parameters in one list, with commas between",
                             tune_options[lists[i]].name);
    return REEL_OK;
}

static reel_code take_options(reel_tune_opts *out, const reel_args *args, reel_err *err)
{
    int64_t trials = 0, rungs = 0, seed = 1, threads = 0;
    reel_code rc = REEL_OK;

    *out = (reel_tune_opts){.source = {.train = args->option[OPT_TRAIN],
                                       .movielens = args->option[OPT_MOVIELENS],
                                       .database = args->option[OPT_DATABASE]},
                            .metric = args->option[OPT_METRIC],
                            .fixed = args->option[OPT_FIX],
                            .searched = args->option[OPT_SEARCH],
                            .log = args->option[OPT_LOG],
                            .resume = args->option[OPT_RESUME] != NULL,
                            .progress = reel__term_progress(args->quiet)};
    REEL_TRY(reel__args_need(args, OPT_MODEL, &out->model, err));
    REEL_TRY(check_lists(args, err));
    REEL_TRY(reel__args_int(args, OPT_TRIALS, 1, REEL_TUNE_TRIALS, &trials, err));
    REEL_TRY(reel__args_int(args, OPT_RUNGS, 1, REEL_TUNE_RUNGS, &rungs, err));
    REEL_TRY(reel__args_int(args, OPT_SEED, 0, INT64_MAX, &seed, err));
    REEL_TRY(reel__args_int(args, OPT_THREADS, 1, 256, &threads, err));
    if (args->option[OPT_BUDGET] != NULL)
        REEL_TRY(take_budget(&out->budget_seconds, args->option[OPT_BUDGET], err));
    else if (trials == 0)
        out->budget_seconds = usual_budget;
    out->trials = (int)trials;
    out->rungs = (int)rungs;
    out->seed = (uint64_t)seed;
    out->threads = (int)threads;
out:
    return rc;
}

/* ---- while it runs ------------------------------------------------------------------------- */

typedef struct watching {
    const reel_args *args;
    int best; /* told last, or -1 */
} watching;

/* "neighbours=300 shrink=12": what was searched, of one trial. */
static void searched_text(reel_buf *out, const reel_tuning *t, size_t trial)
{
    reel_buf all;
    const char *at;

    reel__buf_init(&all, PARAMS_MAX);
    reel__tuning_params(&all, t, trial);
    for (at = all.failed ? NULL : all.data; at != NULL;) {
        const char *next = strstr(at + 1, "--param ");

        at += strlen("--param ");
        reel__buf_append(out, at, next == NULL ? strlen(at) : (size_t)(next - at));
        at = next;
    }
    out->failed = out->failed || all.failed;
    reel__buf_fini(&all);
}

static double metric_of(const reel_tuning *t, size_t trial)
{
    return t->tuned[trial].metrics[t->chosen];
}

static void add_time(reel_buf *out, double seconds)
{
    const int whole = (int)fmax(seconds, 0);

    if (whole >= HOUR)
        reel__buf_format(out, "%d:%02d:%02d", whole / HOUR, whole / MINUTE % MINUTE,
                         whole % MINUTE);
    else
        reel__buf_format(out, "%d:%02d", whole / MINUTE, whole % MINUTE);
}

/* "ndcg@100 .4213 (trial 8), 12 of 40 trials, 4:32 left, next 45 %" */
static void draw_status(const watching *w, const reel_tuning *t, const reel_trial *best)
{
    reel_buf line;

    reel__buf_init(&line, PARAMS_MAX);
    if (best != NULL)
        reel__buf_format(&line, "best %s %.4f (trial %d), ", t->metrics[t->chosen].name,
                         metric_of(t, (size_t)best->number), best->number);
    reel__buf_format(&line, "%zu", t->count);
    if (t->opts->trials > 0)
        reel__buf_format(&line, " of %d", t->opts->trials);
    reel__buf_text(&line, " trials, ");
    if (t->opts->budget_seconds > 0)
        add_time(&line, t->opts->budget_seconds - t->seconds);
    else
        add_time(&line, t->seconds);
    reel__buf_text(&line, t->opts->budget_seconds > 0 ? " left" : " so far");
    reel__buf_format(&line, ", next %.0f %%", 100 * t->share);
    if (!line.failed)
        reel__term_status(w->args->quiet, line.data);
    reel__buf_fini(&line);
}

static void tell_best(watching *w, const reel_tuning *t, const reel_trial *best)
{
    const reel_notice notice = reel__term_notice(w->args->quiet);
    reel_buf line;

    w->best = best->number;
    if (notice.line == NULL)
        return;
    reel__buf_init(&line, PARAMS_MAX);
    reel__buf_format(&line, "trial %d: %s %.4f  ", best->number, t->metrics[t->chosen].name,
                     metric_of(t, (size_t)best->number));
    if (best->number == 0)
        reel__buf_text(&line, "the defaults: ");
    searched_text(&line, t, (size_t)best->number);
    if (!line.failed)
        notice.line(notice.user, line.data);
    reel__buf_fini(&line);
}

static void watch(void *user, const reel_tuning *t, bool done)
{
    watching *w = user;
    const reel_trial *best = reel__search_best(t->search);

    if (done && best != NULL && best->number != w->best)
        tell_best(w, t, best);
    draw_status(w, t, best);
}

/* ---- for people ---------------------------------------------------------------------------- */

static reel_code add_trial(reel_table *table, const reel_tuning *t, size_t trial, reel_err *err)
{
    reel_buf params;
    reel_code rc = REEL_OK;

    reel__buf_init(&params, PARAMS_MAX);
    REEL_TRY(reel__table_cell(table, err, trial == 0 ? "defaults" : "%zu", trial));
    for (size_t i = 0; i < t->metric_count; i++)
        REEL_TRY(reel__table_cell(table, err, "%.4f", t->tuned[trial].metrics[i]));
    REEL_TRY(reel__table_cell(table, err, "%.1f", t->tuned[trial].seconds));
    searched_text(&params, t, trial);
    REEL_TRY(reel__buf_check(&params, err));
    REEL_TRY(reel__table_cell(table, err, "%s", params.data));
out:
    reel__buf_fini(&params);
    return rc;
}

static reel_code print_table(const reel_tuning *t, reel_err *err)
{
    char headings[REEL_TUNE_METRICS][CELL];
    const char *pointers[REEL_TUNE_METRICS + 3] = {"Trial"};
    size_t order[SHOWN], count, columns = 1;
    reel_table *table = NULL;
    bool defaults = false;
    reel_code rc;

    for (size_t i = 0; i < t->metric_count; i++) {
        (void)snprintf(headings[i], CELL, ">%s", t->metrics[i].name);
        pointers[columns++] = headings[i];
    }
    pointers[columns++] = ">Seconds";
    pointers[columns++] = "Parameters";
    REEL_TRY(reel__table_new(&table, pointers, (int)columns, err));
    count = reel__tuning_ranking(t, order, SHOWN);
    for (size_t i = 0; i < count; i++) {
        defaults = defaults || order[i] == 0;
        REEL_TRY(add_trial(table, t, order[i], err));
    }
    if (!defaults && t->tuned[0].code == REEL_OK)
        REEL_TRY(add_trial(table, t, 0, err));
    reel__table_print(table);
out:
    reel__table_free(table);
    return rc;
}

static size_t count_failed(const reel_tuning *t)
{
    size_t failed = 0;

    for (size_t i = 0; i < t->count; i++)
        failed += t->tuned[i].code != REEL_OK;
    return failed;
}

static reel_code print_result(const reel_tuning *t, reel_err *err)
{
    static const char *const ends[] = {"the time is over", "that many were wanted",
                                       "nothing is left to try", "stopped"};
    const size_t failed = count_failed(t);
    char people[REEL_COUNT_TEXT], ratings[REEL_COUNT_TEXT], held_out[REEL_COUNT_TEXT];
    reel_buf params;
    reel_code rc = REEL_OK;

    reel__buf_init(&params, PARAMS_MAX);
    reel__term_print(
        "%s%s%s on %s%s: %s ratings by %s people, of which %s ratings judge\n", reel__term_bold(),
        t->space.info->name, reel__term_plain(), t->source[0] != '\0' ? t->source : "the data",
        t->simulated ? " (simulated people)" : "", reel__term_count(ratings, t->ratings),
        reel__term_count(people, t->people), reel__term_count(held_out, t->held_out));
    reel__term_print("%zu trials (%zu from the log, %zu failed): %s\n\n", t->count, t->replayed,
                     failed, ends[t->end]);
    REEL_TRY(print_table(t, err));
    reel__tuning_params(&params, t, (size_t)reel__search_best(t->search)->number);
    REEL_TRY(reel__buf_check(&params, err));
    reel__term_print("\n%s\n", params.data);
out:
    reel__buf_fini(&params);
    return rc;
}

typedef struct described {
    const reel_tuning *tuning;
    char command[COMMAND_MAX];
} described;

static reel_code write_tuning(reel_json *json, const void *what, reel_err *err)
{
    const described *d = what;

    (void)err;
    reel__tuning_write(json, d->tuning, d->command);
    return REEL_OK;
}

static reel_code tune(const reel_args *args, reel_err *err)
{
    reel_tuning tuning = {0};
    described d = {.tuning = &tuning};
    watching w = {.args = args, .best = -1};
    reel_tune_opts opts;
    reel_code rc;

    REEL_TRY(take_options(&opts, args, err));
    opts.cancel = reel__cancel_on_signal();
    opts.report = watch;
    opts.user = &w;
    rc = reel__tune(&tuning, &opts, err);
    reel__term_status(args->quiet, NULL);
    if (rc != REEL_OK)
        goto out;
    reel__command_line(d.command, sizeof d.command, args);
    rc = args->json ? reel__print_json(write_tuning, &d, err) : print_result(&tuning, err);
out:
    reel__tuning_fini(&tuning);
    return rc;
}

const reel_command reel__command_tune = {
    "tune",
    "",
    "search for a model's parameters within a time",
    "Part of the given ratings is held out; configurations are tried, many of them\n"
    "cheaply, the best again with all people. The last line printed are the options\n"
    "of the best one. Ctrl-C ends the search; with a log --resume goes on with it.",
    tune_options,
    tune};
