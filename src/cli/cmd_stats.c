/* cmd_stats.c - stats: what was shown and what people did with it. */
#include <string.h>

#include "cli/commands.h"
#include "cli/stats_print.h"
#include "cli/term.h"
#include "service/analytics/counter.h"
#include "service/analytics/stats.h"

enum {
    OPT_DATABASE,
    OPT_MODELS,
    OPT_RANGE,
    OPT_AGAINST,
    OPT_BY,
    OPT_METHOD,
    OPT_LIMIT,
    OPT_FORMAT
};
enum { LIMIT = 20, LIMIT_MOST = 100000, TABLE_MOST = 64 << 20 };

static const reel_option options[] = {
    {"database", "FILE", "the database `reel load` made"},
    {"models", "DIR", "where model files are kept (default FILE.models)"},
    {"range", "DAYS", "2026-10-01..2026-10-31, 28d (default) or all; days of UTC"},
    {"against", "DAYS", "compare with another range, or with the one before (previous)"},
    {"by", "WHAT",
     "rates: method, model, scenario, rank; films: shown, clicked, rated; times: hour, day, week"},
    {"method", "NAME", "times: of this model alone"},
    {"limit", "N", "films: so many (default 20)"},
    {"format", "NAME", "text (default), csv or json"},
    {NULL, NULL, NULL},
};

typedef struct asking {
    const reel_stats_report *report;
    reel_stats_ask ask;
} asking;

static reel_code write_answer(reel_json *json, const void *what, reel_err *err)
{
    const asking *a = what;
    reel_code rc;

    reel__json_object(json);
    rc = reel__stats_write(json, a->report, &a->ask, err);
    reel__json_object_end(json);
    return rc;
}

static reel_code print_csv(const asking *a, const json_t *report, reel_err *err)
{
    reel_buf text;
    reel_code rc;

    reel__buf_init(&text, TABLE_MOST);
    rc = reel__stats_csv(&text, a->report, &a->ask, report, err);
    if (rc == REEL_OK)
        reel__term_write(&text);
    reel__buf_fini(&text);
    return rc;
}

static reel_code answer(const reel_args *args, const asking *a, const char *format, reel_err *err)
{
    json_t *report = NULL;
    reel_code rc = REEL_OK;

    if (args->json || strcmp(format, "json") == 0)
        return reel__print_json(write_answer, a, err);
    REEL_TRY(reel__read_json(&report, write_answer, a, err));
    rc = strcmp(format, "csv") == 0 ? print_csv(a, report, err)
                                    : reel__stats_print(a->report->name, report, err);
out:
    json_decref(report);
    return rc;
}

static reel_code take_ask(asking *a, const reel_args *args, reel_err *err)
{
    int64_t limit = LIMIT;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__stats_range_read(&a->ask.range, a->ask.store, args->option[OPT_RANGE], err));
    REEL_TRY(reel__stats_against_read(&a->ask, args->option[OPT_AGAINST], err));
    REEL_TRY(reel__args_int(args, OPT_LIMIT, 1, LIMIT_MOST, &limit, err));
    a->ask.limit = (size_t)limit;
    a->ask.by = args->option[OPT_BY];
    a->ask.method = args->option[OPT_METHOD];
    a->ask.after_movie = -1;
out:
    return rc;
}

static reel_code check_words(const reel_args *args, asking *a, const char **format, reel_err *err)
{
    *format = args->option[OPT_FORMAT] == NULL ? "text" : args->option[OPT_FORMAT];
    if (strcmp(*format, "text") != 0 && strcmp(*format, "csv") != 0 && strcmp(*format, "json") != 0)
        return reel_fail(err, REEL_E_INVALID, "--format: \"%.20s\" is none of text, csv, json",
                         *format);
    if (args->words > 1)
        return reel_fail(err, REEL_E_INVALID, "one report at a time; \"%.40s\" is one too many",
                         args->word[1]);
    return reel__stats_report_find(&a->report, args->words == 0 ? "summary" : args->word[0], err);
}

/* What nobody counted yet, as where no server ran since, is counted first. */
static reel_code stats(const reel_args *args, reel_err *err)
{
    reel_engine_opts opts = {.models_dir = args->option[OPT_MODELS],
                             .ready_only = true,
                             .notice = reel__term_notice(args->quiet || args->json)};
    reel_engine *engine = NULL;
    const char *format = NULL;
    asking a = {.report = NULL};
    size_t counted = 0;
    reel_code rc = REEL_OK;

    REEL_TRY(check_words(args, &a, &format, err));
    REEL_TRY(reel__args_need(args, OPT_DATABASE, &opts.database, err));
    REEL_TRY(reel__engine_open(&engine, &opts, err));
    a.ask.engine = engine;
    a.ask.store = reel__engine_store(engine);
    REEL_TRY(reel__count_events(engine, a.ask.store, SIZE_MAX, &counted, err));
    REEL_TRY(take_ask(&a, args, err));
    rc = answer(args, &a, format, err);
out:
    reel__engine_close(engine);
    return rc;
}

const reel_command reel__command_stats = {
    "stats",
    "[REPORT]",
    "what was shown and what people did with it",
    "  reel stats               the whole range: shown, clicked, rated, by whom, how mixed\n"
    "  reel stats rates         clicks and ratings of what was shown (--by method, model,\n"
    "                           scenario or rank), with 95 % intervals\n"
    "  reel stats films         films, those shown, clicked or rated most (--by) first\n"
    "  reel stats genres        the same by genre\n"
    "  reel stats times         by hour of the week, --by day or week\n"
    "  reel stats people        new and returning people by day\n"
    "  reel stats catalogue     how much of the catalogue is shown, and whether it narrows\n"
    "  reel stats models        versions of models week by week\n"
    "  reel stats health        events that wait, and trainings",
    options,
    stats};
