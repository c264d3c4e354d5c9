/* cmd_evaluate.c - evaluate: how good the models are, with intervals, on any data. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/evaluate_print.h"
#include "cli/job_lines.h"
#include "cli/term.h"
#include "service/measure/evaluate.h"

enum {
    OPT_MOVIELENS,
    OPT_DATABASE,
    OPT_RATINGS,
    OPT_TRAIN,
    OPT_TEST,
    OPT_CATALOGUE,
    OPT_TMDB,
    OPT_LINKS,
    OPT_PROTOCOL,
    OPT_SHARE,
    OPT_FOLDS,
    OPT_FOLDS_FILE,
    OPT_FOLD,
    OPT_SAMPLED,
    OPT_CANDIDATES,
    OPT_SAVE_CANDIDATES,
    OPT_MODEL,
    OPT_METRICS,
    OPT_K,
    OPT_THRESHOLD,
    OPT_CORE,
    OPT_IMPLICIT,
    OPT_THREADS,
    OPT_SEED,
    OPT_LINES
};

enum { SAMPLED_MAX = 100000, THREADS_MAX = 1024 };

static const reel_option evaluate_options[] = {
    {"movielens", "DIR", "a MovieLens folder of any generation"},
    {"database", "FILE", "instead: the database `reel load` made"},
    {"ratings", "FILE", "instead: rows of user item [rating [time]]"},
    {"train", "FILE", "with --test, instead: rows as above"},
    {"test", "FILE", "what was held out of --train"},
    {"catalogue", "DIR", "MovieLens folder with the films of these files"},
    {"tmdb", "FILE", "metadata of the films, JSON lines"},
    {"links", "FILE", "film ids of --tmdb: links.csv"},
    {"protocol", "NAME",
     "ratio (default), last, folds, temporal, strong,\n"
     "                         random or cold"},
    {"share", "S", "held out (default .2; .1 for random and cold)"},
    {"folds", "N", "how many folds (default 5)"},
    {"folds-file", "FILE", "the fold of each rating, in their order"},
    {"fold", "N", "only this fold, from 0"},
    {"sampled", "N", "with last: rank N other films, not all"},
    {"candidates", "FILE", "rows of user, item held out, items to rank"},
    {"save-candidates", "FILE", "write the --sampled films so"},
    {"model", "NAMES",
     "such as hybrid,user-knn:neighbours=9\n"
     "                         (default: hybrid)"},
    {"metrics", "WHICH", "all (default), ranking or rating"},
    {"k", "LENGTHS", "lengths of the lists (default 10,20,100)"},
    {"threshold", "R", "only ratings from R on (default: all)"},
    {"core", "N", "only people and films with N ratings (default: all)"},
    {"implicit", NULL, "forget the values: every rating is a 1"},
    {"threads", "N", "default: all cores; changes no number"},
    {"seed", "N", "same seed, same split, same numbers (default 1)"},
    {"progress-json", NULL, "progress and outcome as JSON lines, for programs"},
    {NULL, NULL, NULL},
};

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

static reel_code take_share(double *out, const char *text, reel_err *err)
{
    char *end;

    *out = strtod(text, &end);
    if (end == text || *end != '\0' || !(*out > 0 && *out < 1))
        return reel_fail(err, REEL_E_INVALID,
                         "--share: expected a number between 0 and 1, got \"%.40s\"", text);
    return REEL_OK;
}

static reel_code take_protocol(reel_protocol *out, const char *text, reel_err *err)
{
    const int found = reel__protocol_find(text);

    if (found < 0)
        return reel_fail(err, REEL_E_INVALID,
                         "--protocol: expected ratio, last, folds, temporal, strong, random or "
                         "cold, got \"%.40s\"",
                         text);
    *out = (reel_protocol)found;
    return REEL_OK;
}

static reel_code take_metrics(reel_metrics_wanted *out, const char *text, reel_err *err)
{
    if (strcmp(text, "all") == 0)
        *out = REEL_WANT_ALL;
    else if (strcmp(text, "ranking") == 0)
        *out = REEL_WANT_RANKING;
    else if (strcmp(text, "rating") == 0)
        *out = REEL_WANT_RATING;
    else
        return reel_fail(err, REEL_E_INVALID,
                         "--metrics: expected all, ranking or rating, got \"%.40s\"", text);
    return REEL_OK;
}

/* What is held out. */
static reel_code take_split(reel_evaluate_opts *out, const reel_args *args, reel_err *err)
{
    const bool files = out->test != NULL || out->candidates != NULL || out->folds_file != NULL;
    const char *share = args->option[OPT_SHARE];
    int64_t folds = out->split.folds, fold = -1, sampled = 0;
    reel_code rc = REEL_OK;

    if (args->option[OPT_PROTOCOL] != NULL)
        REEL_TRY(take_protocol(&out->split.protocol, args->option[OPT_PROTOCOL], err));
    if (files &&
        (args->option[OPT_PROTOCOL] != NULL || args->option[OPT_FOLDS] != NULL || share != NULL))
        REEL_TRY(reel_fail(err, REEL_E_INVALID, "--%s: the files say already what is held out",
                           args->option[OPT_PROTOCOL] != NULL ? "protocol"
                           : share != NULL                    ? "share"
                                                              : "folds"));
    out->split.share = reel__protocol_share(out->split.protocol);
    if (share != NULL)
        REEL_TRY(take_share(&out->split.share, share, err));
    REEL_TRY(reel__args_int(args, OPT_FOLDS, 2, REEL_ROUNDS_MAX, &folds, err));
    REEL_TRY(reel__args_int(args, OPT_FOLD, 0, REEL_ROUNDS_MAX - 1, &fold, err));
    REEL_TRY(reel__args_int(args, OPT_SAMPLED, 1, SAMPLED_MAX, &sampled, err));
    out->split.folds = (int)folds;
    out->fold = (int)fold;
    out->sampled = (int)sampled;
out:
    return rc;
}

static reel_code take_options(reel_evaluate_opts *out, const reel_args *args, reel_err *err)
{
    int64_t core = 0, seed = 1, threads = 0;
    reel_code rc = REEL_OK;

    *out = reel__evaluate_opts_default();
    out->movielens = args->option[OPT_MOVIELENS];
    out->database = args->option[OPT_DATABASE];
    out->ratings = args->option[OPT_RATINGS];
    out->train = args->option[OPT_TRAIN];
    out->test = args->option[OPT_TEST];
    out->catalogue = args->option[OPT_CATALOGUE];
    out->tmdb = args->option[OPT_TMDB];
    out->links = args->option[OPT_LINKS];
    out->folds_file = args->option[OPT_FOLDS_FILE];
    out->candidates = args->option[OPT_CANDIDATES];
    out->save_candidates = args->option[OPT_SAVE_CANDIDATES];
    out->models = args->option[OPT_MODEL];
    out->progress = reel__term_progress(args->quiet);
    REEL_TRY(take_split(out, args, err));
    if (args->again[OPT_MODEL])
        REEL_TRY(reel_fail(err, REEL_E_INVALID,
                           "--model: give all names in one list, such as user-knn,hybrid"));
    if (args->option[OPT_METRICS] != NULL)
        REEL_TRY(take_metrics(&out->metrics, args->option[OPT_METRICS], err));
    if (args->option[OPT_K] != NULL)
        REEL_TRY(take_lengths(&out->judge, args->option[OPT_K], err));
    if (args->option[OPT_THRESHOLD] != NULL)
        REEL_TRY(take_threshold(&out->filter.threshold, args->option[OPT_THRESHOLD], err));
    out->implicit = args->option[OPT_IMPLICIT] != NULL;
    REEL_TRY(reel__args_int(args, OPT_CORE, 0, 1000000, &core, err));
    REEL_TRY(reel__args_int(args, OPT_THREADS, 1, THREADS_MAX, &threads, err));
    REEL_TRY(reel__args_int(args, OPT_SEED, 0, INT64_MAX, &seed, err));
    out->filter.core = (int)core;
    out->judge.threads = (int)threads;
    out->split.seed = (uint64_t)seed;
    out->judge.seed = (uint64_t)seed;
out:
    return rc;
}

typedef struct described {
    const reel_evaluation *evaluation;
    char command[REEL_COMMAND_LINE];
} described;

static reel_code write_evaluation(reel_json *json, const void *what, reel_err *err)
{
    const described *d = what;

    (void)err;
    reel__evaluation_write(json, d->evaluation, d->command);
    return REEL_OK;
}

/* ---- lines for programs -------------------------------------------------------------------- */

typedef struct lines {
    double before, share; /* of the models that are over, and of this one; of 1 */
    double said;
    char step[64];
} lines;

/* A model, and how far it is fitted. With folds it begins again; what was said stays. */
static void report(void *user, const char *stage, int64_t done, int64_t total, const char *unit)
{
    lines *l = user;
    const double part = total > 0 ? (double)done / (double)total : 0;
    double now = part * l->share + l->before;

    if (strcmp(unit, "models") == 0) {
        l->share = total > 0 ? 1.0 / (double)total : 0;
        now = l->before = part;
    }
    now = now > 0.999 ? 0.999 : now;
    if (strcmp(stage, l->step) == 0 && now - l->said < 0.001)
        return;
    (void)snprintf(l->step, sizeof l->step, "%s", stage);
    l->said = now > l->said ? now : l->said;
    reel__say_step(l->step, l->said);
}

static reel_code write_result(reel_json *json, const void *what, reel_err *err)
{
    reel_code rc;

    reel__json_object(json);
    reel__json_key(json, "result");
    rc = write_evaluation(json, what, err);
    reel__json_object_end(json);
    return rc;
}

/* ---- the command --------------------------------------------------------------------------- */

static reel_code run(const reel_args *args, const reel_progress *told, reel_err *err)
{
    static reel_evaluation evaluation; /* too large for the stack of some */
    described d = {.evaluation = &evaluation};
    reel_evaluate_opts opts;
    reel_code rc;

    REEL_TRY(take_options(&opts, args, err));
    if (told != NULL) {
        opts.progress = told;
        REEL_TRY(reel__args_need(args, OPT_DATABASE, &opts.database, err));
    }
    REEL_TRY(reel__evaluation_make(&evaluation, &opts, err));
    reel__command_line(d.command, sizeof d.command, args);
    if (told != NULL)
        reel__say_line(write_result, &d);
    else
        rc = args->json ? reel__print_json(write_evaluation, &d, err)
                        : reel__evaluation_print(&evaluation, err);
out:
    reel__evaluation_fini(&evaluation);
    return rc;
}

static reel_code evaluate(const reel_args *args, reel_err *err)
{
    lines l = {.before = 0};
    const reel_progress told = {.report = report, .user = &l};
    reel_err why = {REEL_OK, ""};
    reel_code rc;

    if (args->option[OPT_LINES] == NULL)
        return run(args, NULL, err);
    rc = run(args, &told, &why);
    return rc == REEL_OK ? REEL_OK : reel__say_error(rc, &why, err);
}

const reel_command reel__command_evaluate = {
    "evaluate",
    "",
    "how good the models are, with 95 % intervals",
    "Part of the ratings is held out and the models learn from the rest. All films\n"
    "not known of a person are ranked; ratings that models predict are judged too.\n"
    "Random, popular and item-knn lists are always compared.",
    evaluate_options,
    evaluate};
