/* cmd_fit.c - fit: a model from a file of ratings. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/term.h"
#include "service/models/fit.h"

enum {
    OPT_TRAIN,
    OPT_MODEL,
    OPT_PARAM,
    OPT_OUTPUT,
    OPT_SEED,
    OPT_THREADS,
    OPT_MEMORY,
    OPT_MOVIELENS,
    OPT_TMDB,
    OPT_LINKS,
    OPT_PREDICT,
    OPT_PREDICTIONS,
    OPT_COLUMNS,
    OPT_HEADER,
    OPT_EVALUATE,
    OPT_STRICT
};

static const reel_option fit_options[] = {
    {"train", "FILE", "rows of user item [rating [time]]"},
    {"model", "NAME", "one of `reel models`"},
    {"param", "NAME=VALUE", "a parameter (`reel models NAME`); may be repeated"},
    {"output", "FILE", "where the model goes"},
    {"seed", "N", "same data, seed and parameters: same model (default 1)"},
    {"threads", "N", "how many; never changes the model (default: all cores)"},
    {"memory", "SIZE", "how much may be used, such as 8G (default: what is free)"},
    {"movielens", "DIR", "films to know of; without --train also the ratings"},
    {"tmdb", "FILE", "the films' texts, one JSON object a line"},
    {"links", "FILE", "movieId,imdbId,tmdbId of --tmdb"},
    {"predict", "FILE", "rows of user item [time] to predict while fitting"},
    {"predictions", "FILE", "where these go: user item rating"},
    {"pairs-columns", "NAMES", "of --predict: user,item,time or user,item,rating"},
    {"header", NULL, "write a header line above the predictions"},
    {"evaluate", NULL,
     "first learn from part of the ratings and see how well\n"
     "                         that does on the rest; kept in the model file"},
    {"strict", NULL, "stop at the first wrong row"},
    {NULL, NULL, NULL},
};

/* ---- options ------------------------------------------------------------------------------- */

static void add_text(char *out, size_t size, const char *text)
{
    const size_t used = strlen(out);

    (void)snprintf(out + used, size - used, "%s", text);
}

/* The parameters of a model in a few words each, as many as fit. */
static void list_params(char *out, size_t size, const reel_model_info *info)
{
    char range[REEL_RANGE_TEXT], one[REEL_RANGE_TEXT + 80];

    out[0] = '\0';
    for (size_t i = 0; i < info->param_count; i++) {
        const reel_param_spec *spec = &info->params[i];

        reel__param_range(range, spec);
        if (spec->type == REEL_PARAM_CHOICE)
            (void)snprintf(one, sizeof one, "%s%s (%s)", i > 0 ? ", " : "", spec->name, range);
        else
            (void)snprintf(one, sizeof one, "%s%s (default %.6g, %s)", i > 0 ? ", " : "",
                           spec->name, spec->initial, range);
        if (strlen(out) + strlen(one) + 8 > size) {
            add_text(out, size, ", ...");
            return;
        }
        add_text(out, size, one);
    }
}

static reel_code unknown_param(const reel_model_info *info, const char *name, reel_err *err)
{
    char list[380];
    reel_nearest search;

    if (info->param_count == 0)
        return reel_fail(err, REEL_E_INVALID, "--param %.40s: model %s has no parameters", name,
                         info->name);
    reel__nearest_init(&search, name);
    for (size_t i = 0; i < info->param_count; i++)
        reel__nearest_offer(&search, info->params[i].name);
    list_params(list, sizeof list, info);
    return reel_fail(err, REEL_E_INVALID,
                     "--param %.40s: model %s has no such parameter; %s%s%sit has %s", name,
                     info->name, search.name != NULL ? "did you mean " : "",
                     search.name != NULL ? search.name : "", search.name != NULL ? "? " : "", list);
}

/* "name=value" in a copy that is cut at the sign. */
static reel_code take_param(reel_param *out, char copy[REEL_PARAM_GIVEN], const char *text,
                            const reel_model_info *info, reel_err *err)
{
    const char *sign = strchr(text, '=');

    if (sign == NULL || sign == text || sign[1] == '\0' || strlen(text) >= REEL_PARAM_GIVEN)
        return reel_fail(err, REEL_E_INVALID, "--param: expected NAME=VALUE, got \"%.80s\"", text);
    memcpy(copy, text, strlen(text) + 1);
    copy[sign - text] = '\0';
    *out = (reel_param){copy, copy + (sign - text) + 1};
    if (info == NULL)
        return REEL_OK;
    for (size_t i = 0; i < info->param_count; i++)
        if (strcmp(info->params[i].name, copy) == 0)
            return REEL_OK;
    return unknown_param(info, copy, err);
}

reel_code reel__take_params(reel_taken_params *out, const reel_args *args, int option,
                            const reel_model_info *info, reel_err *err)
{
    size_t *count = &out->params.count;

    *count = 0;
    out->params.items = out->items;
    for (int i = 0; i < args->given_count; i++) {
        reel_code rc;

        if (args->given[i].option != option)
            continue;
        if (*count == REEL_GIVEN_PARAMS)
            return reel_fail(err, REEL_E_INVALID, "--param: at most %d", (int)REEL_GIVEN_PARAMS);
        rc = take_param(&out->items[*count], out->texts[*count], args->given[i].value, info, err);
        if (rc != REEL_OK)
            return rc;
        for (size_t j = 0; j < *count; j++)
            if (strcmp(out->items[j].name, out->items[*count].name) == 0)
                return reel_fail(err, REEL_E_INVALID, "--param %.40s is given twice",
                                 out->items[j].name);
        ++*count;
    }
    return REEL_OK;
}

static reel_code take_options(reel_fit_opts *out, const reel_args *args, reel_err *err)
{
    int64_t seed = 1, threads = 0, memory = 0;
    reel_code rc = REEL_OK;

    *out = (reel_fit_opts){
        .train = args->option[OPT_TRAIN],
        .movielens = args->option[OPT_MOVIELENS],
        .tmdb = args->option[OPT_TMDB],
        .links = args->option[OPT_LINKS],
        .pairs = args->option[OPT_PREDICT],
        .predictions = args->option[OPT_PREDICTIONS],
        .header = args->option[OPT_HEADER] != NULL,
        .evaluate = args->option[OPT_EVALUATE] != NULL,
        .read = {.strict = args->option[OPT_STRICT] != NULL,
                 .bad_row = args->quiet ? NULL : reel__tell_bad_row,
                 .progress = reel__term_progress(args->quiet)},
    };
    REEL_TRY(reel__args_need(args, OPT_MODEL, &out->model, err));
    REEL_TRY(reel__args_need(args, OPT_OUTPUT, &out->output, err));
    if (strcmp(out->output, "-") == 0)
        REEL_TRY(reel_fail(err, REEL_E_INVALID,
                           "--output -: a model goes into a file that can be mapped; name one"));
    REEL_TRY(reel__args_int(args, OPT_SEED, 0, INT64_MAX, &seed, err));
    REEL_TRY(reel__args_int(args, OPT_THREADS, 0, 1024, &threads, err));
    REEL_TRY(reel__args_amount(args, OPT_MEMORY, 1, INT64_MAX, &memory, err));
    REEL_TRY(reel__take_third(&out->third, args, OPT_COLUMNS, err));
    out->seed = (uint64_t)seed;
    out->threads = (int)threads;
    out->memory = (size_t)memory;
out:
    return rc;
}

/* ---- telling ------------------------------------------------------------------------------- */

typedef struct told {
    const reel_args *args;
    const reel_fit_report *report;
} told;

static reel_code write_report(reel_json *json, const void *what, reel_err *err)
{
    const told *t = what;
    const reel_fit_report *r = t->report;

    (void)err;
    reel__json_object(json);
    reel__json_put_text(json, "output", t->args->option[OPT_OUTPUT]);
    reel__json_put_text(json, "model", r->model);
    reel__json_put_text(json, "data_hash", r->data_hash);
    reel__json_put_int(json, "people", r->people);
    reel__json_put_int(json, "items", r->movies);
    reel__json_put_int(json, "ratings", r->ratings);
    reel__json_put_int(json, "duplicates", r->duplicates);
    reel__json_put_int(json, "unknown_items", r->unknown_movies);
    reel__json_put_int(json, "bad_rows", r->bad_rows);
    reel__json_put_int(json, "predicted", r->predicted);
    reel__json_put_int(json, "unknown_users", r->unknown_users);
    reel__json_put_int(json, "unknown_pairs", r->unknown_pairs);
    reel__json_put_real(json, "read_seconds", r->read_seconds);
    reel__json_put_real(json, "fit_seconds", r->fit_seconds);
    if (r->metric[0] != '\0') {
        reel__json_key(json, r->metric);
        reel__json_object(json);
        reel__json_put_real(json, "mean", r->mean);
        reel__json_put_real(json, "low", r->low);
        reel__json_put_real(json, "high", r->high);
        reel__json_object_end(json);
    }
    reel__json_put_int(json, "size_bytes", r->size_bytes);
    reel__json_put_int(json, "peak_memory_bytes", r->peak_memory_bytes);
    reel__json_object_end(json);
    return REEL_OK;
}

static void print_report(const reel_args *args, const reel_fit_report *r)
{
    char people[REEL_COUNT_TEXT], items[REEL_COUNT_TEXT], ratings[REEL_COUNT_TEXT];
    char size[REEL_COUNT_TEXT], peak[REEL_COUNT_TEXT];

    reel__term_print("%s: %s%s%s, %s\n", args->option[OPT_OUTPUT], reel__term_bold(), r->model,
                     reel__term_plain(), reel__term_size(size, r->size_bytes));
    reel__term_print("  fitted in %.2f s on %s ratings of %s items by %s people, read in %.2f s\n",
                     r->fit_seconds, reel__term_count(ratings, r->ratings),
                     reel__term_count(items, r->movies), reel__term_count(people, r->people),
                     r->read_seconds);
    if (r->metric[0] != '\0')
        reel__term_print(
            "  evaluated in %.2f s: %s %.4f (95 %% interval %.4f to %.4f); `reel models "
            "--file` has all\n",
            r->evaluate_seconds, r->metric, r->mean, r->low, r->high);
    reel__term_print("  at most %s of memory in use\n",
                     reel__term_size(peak, r->peak_memory_bytes));
    reel__print_count("ratings given twice: the later one counts", r->duplicates);
    reel__print_count("ratings of items that the films lack: left out", r->unknown_movies);
    reel__print_count("wrong rows: left out", r->bad_rows);
    reel__print_count("ratings predicted", r->predicted);
    reel__print_count("of these pairs have an item nobody rated: the person's mean",
                      r->unknown_pairs);
    reel__print_count("people of these pairs rated nothing", r->unknown_users);
}

static reel_code fit(const reel_args *args, reel_err *err)
{
    reel_taken_params taken;
    const reel_model_info *info;
    reel_fit_opts opts;
    reel_fit_report report;
    reel_code rc;

    REEL_TRY(take_options(&opts, args, err));
    REEL_TRY(reel__need_model(opts.model, &info, err));
    REEL_TRY(reel__take_params(&taken, args, OPT_PARAM, info, err));
    opts.params = taken.params;
    opts.cancel = reel__cancel_on_signal();
    REEL_TRY(reel__fit(&opts, &report, err));
    if (args->json)
        rc = reel__print_json(write_report, &(told){args, &report}, err);
    else if (!args->quiet)
        print_report(args, &report);
out:
    return rc;
}

const reel_command reel__command_fit = {
    "fit",
    "",
    "a model from a file of ratings, as one file",
    "Users and items are whole numbers or texts; tabs, commas or :: between; header\n"
    "optional. `reel recommend` and `reel predict` use the model (docs/files.md).",
    fit_options,
    fit};
