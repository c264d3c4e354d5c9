/* cmd_models.c - models: which there are, and what parameters each takes. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "cli/commands.h"
#include "cli/term.h"
#include "service/models/learn.h"

enum { OPT_FILE, OPT_DATABASE, OPT_MODELS };
enum { CARD_DEPTH = 8 };
static const reel_option models_options[] = {
    {"file", "FILE", "a fitted model: what it is, how it was measured"},
    {"database", "FILE", "the database `reel load` made"},
    {"models", "DIR", "where model files are kept (default FILE.models)"},
    {NULL, NULL, NULL},
};

/* ---- parameters as text -------------------------------------------------------------------- */

static void number_text(char *out, size_t size, double value)
{
    (void)snprintf(out, size, "%.6g", value);
}

/* The word at an index of "a|b|c". */
static const char *choice_at(const char *choices, int index, int *length)
{
    while (index-- > 0)
        choices += strcspn(choices, "|") + 1;
    *length = (int)strcspn(choices, "|");
    return choices;
}

void reel__param_range(char out[REEL_RANGE_TEXT], const reel_param_spec *spec)
{
    char min[32], max[32];

    if (spec->type == REEL_PARAM_CHOICE) {
        (void)snprintf(out, REEL_RANGE_TEXT, "%s", spec->choices);
        return;
    }
    number_text(min, sizeof min, spec->min);
    number_text(max, sizeof max, spec->max);
    (void)snprintf(out, REEL_RANGE_TEXT, "%s to %s%s", min, max,
                   spec->type == REEL_PARAM_INT ? ", whole" : "");
}

static void initial_text(char *out, size_t size, const reel_param_spec *spec)
{
    if (spec->type == REEL_PARAM_CHOICE) {
        int length;
        const char *word = choice_at(spec->choices, (int)spec->initial, &length);

        (void)snprintf(out, size, "%.*s", length, word);
        return;
    }
    number_text(out, size, spec->initial);
}

reel_code reel__need_model(const char *name, const reel_model_info **info, reel_err *err)
{
    reel_nearest search;

    *info = reel_model_find(name);
    if (*info != NULL)
        return REEL_OK;
    reel__nearest_init(&search, name);
    for (size_t i = 0; reel_model_at(i) != NULL; i++)
        reel__nearest_offer(&search, reel_model_at(i)->name);
    if (search.name != NULL)
        return reel_fail(err, REEL_E_NOTFOUND, "there is no model \"%.40s\"; did you mean %s?",
                         name, search.name);
    return reel_fail(err, REEL_E_NOTFOUND,
                     "there is no model \"%.40s\"; `reel models` lists those there are", name);
}

/* ---- for people ---------------------------------------------------------------------------- */

static const char *task_text(const reel_model_info *info)
{
    return info->task == REEL_TASK_RATING ? "ratings" : "ranking";
}

static reel_code print_all(reel_err *err)
{
    const char *headings[] = {"Model", "For", "What it is"};
    reel_table *table = NULL;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__table_new(&table, headings, 3, err));
    for (size_t i = 0; reel_model_at(i) != NULL; i++) {
        const reel_model_info *info = reel_model_at(i);

        REEL_TRY(reel__table_cell(table, err, "%s", info->name));
        REEL_TRY(reel__table_cell(table, err, "%s", task_text(info)));
        REEL_TRY(reel__table_cell(table, err, "%s", info->summary));
    }
    reel__table_print(table);
    reel__term_print("\n`reel models NAME` has a model's parameters; `reel fit` fits one.\n");
out:
    reel__table_free(table);
    return rc;
}

static reel_code print_params(const reel_model_info *info, reel_err *err)
{
    const char *headings[] = {"Parameter", ">Default", "Range", "What it is"};
    reel_table *table = NULL;
    char text[REEL_RANGE_TEXT];
    reel_code rc = REEL_OK;

    REEL_TRY(reel__table_new(&table, headings, 4, err));
    for (size_t i = 0; i < info->param_count; i++) {
        const reel_param_spec *spec = &info->params[i];

        REEL_TRY(reel__table_cell(table, err, "%s", spec->name));
        initial_text(text, sizeof text, spec);
        REEL_TRY(reel__table_cell(table, err, "%s", text));
        reel__param_range(text, spec);
        REEL_TRY(reel__table_cell(table, err, "%s", text));
        REEL_TRY(reel__table_cell(table, err, "%s", spec->help));
    }
    reel__table_print(table);
out:
    reel__table_free(table);
    return rc;
}

static reel_code print_one(const reel_model_info *info, reel_err *err)
{
    reel__term_print("%s%s%s: %s\n%s; a new history is folded in %s\n\n", reel__term_bold(),
                     info->name, reel__term_plain(), info->summary,
                     info->task == REEL_TASK_RATING ? "Predicts ratings" : "Ranks",
                     info->fold_in == REEL_FOLD_IN_EXACT ? "exactly" : "approximately");
    if (info->param_count > 0)
        return print_params(info, err);
    reel__term_print("It has no parameters.\n");
    return REEL_OK;
}

/* ---- a fitted model ------------------------------------------------------------------------ */

typedef struct opened {
    const reel_model *model;
    json_t *card; /* or NULL */
} opened;

static void value_text(char out[REEL_RANGE_TEXT], const reel_model *model, size_t index)
{
    reel_param_spec spec = reel_model_get_info(model)->params[index];

    spec.initial = reel_model_param(model, index);
    initial_text(out, REEL_RANGE_TEXT, &spec);
}

static reel_code print_values(const reel_model *model, reel_err *err)
{
    const reel_model_info *info = reel_model_get_info(model);
    const char *headings[] = {"Parameter", ">Value", "What it is"};
    reel_table *table = NULL;
    char text[REEL_RANGE_TEXT];
    reel_code rc = REEL_OK;

    if (info->param_count == 0)
        return REEL_OK;
    REEL_TRY(reel__table_new(&table, headings, 3, err));
    for (size_t i = 0; i < info->param_count; i++) {
        value_text(text, model, i);
        REEL_TRY(reel__table_cell(table, err, "%s", info->params[i].name));
        REEL_TRY(reel__table_cell(table, err, "%s", text));
        REEL_TRY(reel__table_cell(table, err, "%s", info->params[i].help));
    }
    reel__table_print(table);
    reel__term_print("\n");
out:
    reel__table_free(table);
    return rc;
}

/* By the length of a history, which is what the columns are. */
static reel_code print_weighed(const reel_weighed *weighed, size_t count, reel_err *err)
{
    char lengths[REEL_HYBRID_KNOTS][16];
    const char *headings[1 + REEL_HYBRID_KNOTS] = {"Weight of"};
    reel_table *table = NULL;
    reel_code rc = REEL_OK;

    for (size_t k = 0; k < REEL_HYBRID_KNOTS; k++) {
        (void)snprintf(lengths[k], sizeof *lengths, ">%d%s", reel__weighed_length(k),
                       k + 1 < REEL_HYBRID_KNOTS ? "" : " films");
        headings[1 + k] = lengths[k];
    }
    REEL_TRY(reel__table_new(&table, headings, 1 + REEL_HYBRID_KNOTS, err));
    for (size_t i = 0; i < count; i++) {
        REEL_TRY(reel__table_cell(table, err, "%s", weighed[i].name));
        for (size_t k = 0; k < REEL_HYBRID_KNOTS; k++)
            REEL_TRY(reel__table_cell(table, err, "%.3f", (double)weighed[i].by[k]));
    }
    reel__table_print(table);
    reel__term_print("\n");
out:
    reel__table_free(table);
    return rc;
}

reel_code reel__print_weights(const reel_model *model, reel_err *err)
{
    reel_weighed weighed[REEL_HYBRID_MEMBERS];
    const size_t count = reel__weighed(weighed, model);

    return count == 0 ? REEL_OK : print_weighed(weighed, count, err);
}

static double number_of(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

/* The metrics of the card, with `popular` beside them where it was judged. */
static reel_code print_metrics(const json_t *card, reel_err *err)
{
    const json_t *metrics = json_object_get(card, "metrics");
    const json_t *popular = json_object_get(card, "popular");
    const char *headings[] = {"Metric", ">Mean", ">95 % interval", ">popular"};
    reel_table *table = NULL;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__table_new(&table, headings, json_is_object(popular) ? 4 : 3, err));
    for (void *at = json_object_iter((json_t *)(uintptr_t)metrics); at != NULL;
         at = json_object_iter_next((json_t *)(uintptr_t)metrics, at)) {
        const char *key = json_object_iter_key(at);
        const json_t *value = json_object_iter_value(at), *other = json_object_get(popular, key);

        if (!json_is_object(value))
            continue;
        REEL_TRY(reel__table_cell(table, err, "%s", key));
        REEL_TRY(reel__table_cell(table, err, "%.4f", number_of(value, "mean")));
        REEL_TRY(reel__table_cell(table, err, "%.4f to %.4f", number_of(value, "low"),
                                  number_of(value, "high")));
        if (json_is_object(popular))
            REEL_TRY(reel__table_cell(table, err, "%.4f", number_of(other, "mean")));
    }
    reel__table_print(table);
out:
    reel__table_free(table);
    return rc;
}

reel_code reel__print_card(const json_t *card, reel_err *err)
{
    const json_t *protocol = json_object_get(card, "protocol");
    const char *name = json_string_value(json_object_get(protocol, "name"));

    if (card == NULL) {
        reel__term_print("It was not evaluated: `reel fit --evaluate` does that.\n");
        return REEL_OK;
    }
    reel__term_print("Evaluated by protocol %s, %.0f ratings held out, seed %.0f:\n\n",
                     name == NULL ? "unknown" : name, number_of(protocol, "held_out"),
                     number_of(card, "seed"));
    return print_metrics(card, err);
}

static reel_code print_model(const opened *o, reel_err *err)
{
    const reel_model_info *info = reel_model_get_info(o->model);
    char films[REEL_COUNT_TEXT], people[REEL_COUNT_TEXT];
    reel_code rc = REEL_OK;

    reel__term_print("%s%s%s: %s\n%s films and %s people, data %s\n\n", reel__term_bold(),
                     reel_model_id(o->model), reel__term_plain(), info->summary,
                     reel__term_count(films, reel_model_movies(o->model)),
                     reel__term_count(people, reel_model_people(o->model)),
                     reel_model_data_hash(o->model));
    REEL_TRY(print_values(o->model, err));
    REEL_TRY(reel__print_weights(o->model, err));
    rc = reel__print_card(o->card, err);
out:
    return rc;
}

static void write_weights(reel_json *json, const reel_model *model)
{
    reel_weighed weighed[REEL_HYBRID_MEMBERS];
    const size_t count = reel__weighed(weighed, model);

    if (count == 0)
        return;
    reel__json_key(json, "weights");
    reel__json_object(json);
    for (size_t i = 0; i < count; i++) {
        reel__json_key(json, weighed[i].name);
        reel__json_object(json);
        for (size_t k = 0; k < REEL_HYBRID_KNOTS; k++) {
            char length[16];

            (void)snprintf(length, sizeof length, "%d", reel__weighed_length(k));
            reel__json_put_float(json, length, weighed[i].by[k]);
        }
        reel__json_object_end(json);
    }
    reel__json_object_end(json);
}

static reel_code write_model(reel_json *json, const void *what, reel_err *err)
{
    const opened *o = what;
    const reel_model_info *info = reel_model_get_info(o->model);
    const char *card = reel_model_card(o->model);

    (void)err;
    reel__json_object(json);
    reel__json_put_text(json, "id", reel_model_id(o->model));
    reel__json_put_text(json, "model", info->name);
    reel__json_put_text(json, "data_hash", reel_model_data_hash(o->model));
    reel__json_put_int(json, "items", reel_model_movies(o->model));
    reel__json_put_int(json, "people", reel_model_people(o->model));
    reel__json_key(json, "parameters");
    reel__json_object(json);
    for (size_t i = 0; i < info->param_count; i++) {
        char text[REEL_RANGE_TEXT];

        if (info->params[i].type == REEL_PARAM_CHOICE) {
            value_text(text, o->model, i);
            reel__json_put_text(json, info->params[i].name, text);
        } else {
            reel__json_put_real(json, info->params[i].name, reel_model_param(o->model, i));
        }
    }
    reel__json_object_end(json);
    write_weights(json, o->model);
    reel__json_key(json, "evaluation");
    if (card != NULL)
        reel__json_raw(json, card, strlen(card));
    else
        reel__json_null(json);
    reel__json_object_end(json);
    return REEL_OK;
}

static reel_code show_file(const reel_args *args, const char *path, reel_err *err)
{
    reel_model *model = NULL;
    opened o = {0};
    const char *card;
    reel_code rc = REEL_OK;

    REEL_TRY(reel_model_load(&model, path, err));
    o.model = model;
    card = reel_model_card(model);
    if (card != NULL)
        REEL_TRY(reel__json_parse(&o.card, card, strlen(card), CARD_DEPTH, err));
    rc = args->json ? reel__print_json(write_model, &o, err) : print_model(&o, err);
out:
    json_decref(o.card);
    reel_model_free(model);
    return rc;
}

/* ---- for machines -------------------------------------------------------------------------- */

static void write_param(reel_json *json, const reel_param_spec *spec)
{
    static const char *const types[] = {"int", "real", "choice"};
    char text[REEL_RANGE_TEXT];

    reel__json_object(json);
    reel__json_put_text(json, "name", spec->name);
    reel__json_put_text(json, "help", spec->help);
    reel__json_put_text(json, "type", types[spec->type]);
    if (spec->type == REEL_PARAM_CHOICE) {
        initial_text(text, sizeof text, spec);
        reel__json_put_text(json, "default", text);
        reel__json_put_text(json, "choices", spec->choices);
    } else {
        reel__json_put_real(json, "default", spec->initial);
        reel__json_put_real(json, "min", spec->min);
        reel__json_put_real(json, "max", spec->max);
    }
    reel__json_object_end(json);
}

static void write_one(reel_json *json, const reel_model_info *info)
{
    reel__json_object(json);
    reel__json_put_text(json, "name", info->name);
    reel__json_put_text(json, "summary", info->summary);
    reel__json_put_text(json, "task", task_text(info));
    reel__json_put_text(json, "fold_in",
                        info->fold_in == REEL_FOLD_IN_EXACT ? "exact" : "approximate");
    reel__json_key(json, "params");
    reel__json_array(json);
    for (size_t i = 0; i < info->param_count; i++)
        write_param(json, &info->params[i]);
    reel__json_array_end(json);
    reel__json_object_end(json);
}

static reel_code write_models(reel_json *json, const void *what, reel_err *err)
{
    (void)err;
    if (what != NULL) {
        write_one(json, what);
        return REEL_OK;
    }
    reel__json_array(json);
    for (size_t i = 0; reel_model_at(i) != NULL; i++)
        write_one(json, reel_model_at(i));
    reel__json_array_end(json);
    return REEL_OK;
}

static reel_code models(const reel_args *args, reel_err *err)
{
    const reel_model_info *info = NULL;
    const char *file = args->option[OPT_FILE];
    reel_code rc = REEL_OK;

    if (file != NULL && args->words > 0)
        return reel_fail(err, REEL_E_INVALID,
                         "give the name of a model or the --file of one, not both");
    if (file != NULL)
        return show_file(args, file, err);

    if (args->words > 0 && reel__is_versions_word(args->word[0]))
        return reel__models_versions(args, OPT_DATABASE, OPT_MODELS, err);
    if (args->words > 1)
        return reel_fail(err, REEL_E_INVALID, "unexpected \"%.80s\"; name one model or none",
                         args->word[1]);
    if (args->words == 1)
        REEL_TRY(reel__need_model(args->word[0], &info, err));
    if (args->json)
        rc = reel__print_json(write_models, info, err);
    else
        rc = info != NULL ? print_one(info, err) : print_all(err);
out:
    return rc;
}

const reel_command reel__command_models = {
    "models",
    "[NAME]",
    "which models there are, one's parameters, or what a file holds",
    "What was trained for a --database is kept in versions:\n"
    "  reel models list [NAME]     what is kept, newest first\n"
    "  reel models show ID|NAME    one of them, or the one of a model in service\n"
    "  reel models activate ID     put it in service; a running server takes it up\n"
    "  reel models rollback NAME   put the one trained before in service",
    models_options,
    models};
