/* cmd_jobs.c - jobs list, show, start, cancel and log: the long work of the servers over a
 * database. It is asked for here and done there. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "cli/commands.h"
#include "cli/term.h"
#include "service/operation/jobs.h"

enum { OPT_DATABASE, OPT_MODEL, OPT_PARAM, OPT_ACCEPT };
enum { LIST_MOST = 200, TEXT_MOST = 1 << 20, BODY_MOST = 1 << 16 };

static const reel_option options[] = {
    {"database", "FILE", "the database `reel load` made"},
    {"model", "NAME", "just this one (and what it needs); to evaluate: names"},
    {"param", "NAME=VALUE", "of the model or the evaluation; may be repeated"},
    {"accept", NULL, "put what is trained in service without comparing it with what is"},
    {NULL, NULL, NULL},
};

typedef struct asking {
    reel_store *store;
    int64_t id; /* 0 = all */
} asking;

static reel_code write_answer(reel_json *json, const void *what, reel_err *err)
{
    const asking *a = what;
    int64_t next;
    reel_code rc;

    if (a->id != 0)
        return reel__job_write(json, a->store, a->id, NULL, err);
    reel__json_object(json);
    reel__json_key(json, "items");
    reel__json_array(json);
    rc = reel__jobs_write(json, a->store, 0, LIST_MOST, &next, err);
    reel__json_array_end(json);
    reel__json_object_end(json);
    return rc;
}

/* ---- for people ---------------------------------------------------------------------------- */

static double percent_of(const json_t *job)
{
    return json_number_value(json_object_get(job, "progress")) * 100;
}

static reel_code print_list(const json_t *answer, reel_err *err)
{
    const char *headings[] = {">Job", "Kind", "Model", "State", ">Done", "Asked for", "Step"};
    const json_t *items = json_object_get(answer, "items");
    reel_table *table = NULL;
    reel_code rc = REEL_OK;

    if (json_array_size(items) == 0) {
        reel__term_print("No job was asked for yet; `reel jobs start train` asks for one.\n");
        return REEL_OK;
    }
    REEL_TRY(reel__table_new(&table, headings, 7, err));
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *job = json_array_get(items, i);
        const char *model = reel__text_of(job, "model");

        REEL_TRY(reel__table_cell(table, err, "%lld",
                                  (long long)json_integer_value(json_object_get(job, "id"))));
        REEL_TRY(reel__table_cell(table, err, "%s", reel__text_of(job, "kind")));
        REEL_TRY(reel__table_cell(table, err, "%s", model[0] == '\0' ? "all" : model));
        REEL_TRY(reel__table_cell(table, err, "%s", reel__text_of(job, "state")));
        REEL_TRY(reel__table_cell(table, err, "%.0f %%", percent_of(job)));
        REEL_TRY(reel__table_cell(table, err, "%s", reel__text_of(job, "created_at")));
        REEL_TRY(reel__table_cell(table, err, "%s", reel__text_of(job, "step")));
    }
    reel__table_print(table);
out:
    reel__table_free(table);
    return rc;
}

static void print_line(const char *what, const char *text)
{
    if (text[0] != '\0')
        reel__term_print("  %-10s %s\n", what, text);
}

/* How a training compares with what served before, also where it was refused by that. */
static void print_gate(const json_t *gate)
{
    const json_t *difference = json_object_get(gate, "difference");
    char text[160];

    if (json_array_size(difference) == 3) {
        (void)snprintf(text, sizeof text,
                       "%.4f, before %.4f (difference from %+.4f to %+.4f, %lld people)",
                       json_number_value(json_object_get(gate, "after")),
                       json_number_value(json_object_get(gate, "before")),
                       json_number_value(json_array_get(difference, 0)),
                       json_number_value(json_array_get(difference, 2)),
                       (long long)json_integer_value(json_object_get(gate, "people")));
        print_line("NDCG", text);
    }
    if (json_integer_value(json_object_get(gate, "lists")) > 0) {
        (void)snprintf(text, sizeof text, "%.1f of 10 films are the same",
                       10 * json_number_value(json_object_get(gate, "overlap")));
        print_line("lists", text);
    }
}

static void print_job(const json_t *job)
{
    const char *model = reel__text_of(job, "model");
    const json_t *models = json_object_get(json_object_get(job, "result"), "models");

    reel__term_print("%sjob %lld%s: %s %s, %s, %.0f %%\n", reel__term_bold(),
                     (long long)json_integer_value(json_object_get(job, "id")), reel__term_plain(),
                     reel__text_of(job, "kind"), model[0] == '\0' ? "all" : model,
                     reel__text_of(job, "state"), percent_of(job));
    print_line("step", reel__text_of(job, "step"));
    print_line("asked for", reel__text_of(job, "created_at"));
    print_line("by", reel__text_of(job, "asked_by"));
    print_line("begun", reel__text_of(job, "started_at"));
    print_line("ended", reel__text_of(job, "finished_at"));
    print_line("failed", reel__text_of(json_object_get(job, "error"), "detail"));
    for (size_t i = 0; i < json_array_size(models); i++)
        print_line(i == 0 ? "models" : "", json_string_value(json_array_get(models, i)));
    print_gate(json_object_get(json_object_get(job, "result"), "gate"));
}

static reel_code answer(const reel_args *args, const asking *a, reel_err *err)
{
    json_t *parsed = NULL;
    reel_code rc = REEL_OK;

    if (args->json)
        return reel__print_json(write_answer, a, err);
    REEL_TRY(reel__read_json(&parsed, write_answer, a, err));
    if (a->id != 0)
        print_job(parsed);
    else
        rc = print_list(parsed, err);
out:
    json_decref(parsed);
    return rc;
}

/* ---- the words ----------------------------------------------------------------------------- */

/* Parameters of a model as the model knows them; others as they are. */
static reel_code take_given(reel_taken_params *out, const reel_args *args, const char *kind,
                            reel_err *err)
{
    const char *model = args->option[OPT_MODEL];
    const reel_model_info *info;
    reel_code rc;

    if (strcmp(kind, "train") != 0)
        return reel__take_params(out, args, OPT_PARAM, NULL, err);
    if (model == NULL)
        return reel_fail(err, REEL_E_INVALID, "--param needs the --model it is of");
    REEL_TRY(reel__need_model(model, &info, err));
    rc = reel__take_params(out, args, OPT_PARAM, info, err);
out:
    return rc;
}

/* What would be sent to the API. */
static reel_code write_body(reel_buf *out, const reel_args *args, const char *kind, reel_err *err)
{
    reel_taken_params taken = {.params = {.count = 0}};
    const char *model = args->option[OPT_MODEL];
    reel_json json;
    reel_code rc = REEL_OK;

    if (args->option[OPT_PARAM] != NULL)
        REEL_TRY(take_given(&taken, args, kind, err));
    reel__json_init(&json, out);
    reel__json_object(&json);
    reel__json_put_text(&json, "kind", kind);
    if (model != NULL)
        reel__json_put_text(&json, "model", model);
    reel__json_key(&json, "params");
    reel__json_object(&json);
    for (size_t i = 0; i < taken.params.count; i++)
        reel__json_put_text(&json, taken.items[i].name, taken.items[i].value);
    reel__json_object_end(&json);
    reel__json_put_bool(&json, "accept", args->option[OPT_ACCEPT] != NULL);
    reel__json_object_end(&json);
    rc = reel__buf_check(out, err);
out:
    return rc;
}

static reel_code start(const reel_args *args, asking *a, reel_err *err)
{
    reel_buf body;
    reel_code rc;

    reel__buf_init(&body, BODY_MOST);
    REEL_TRY(write_body(&body, args, args->word[1], err));
    REEL_TRY(reel__job_ask(a->store, body.data, body.length, "the command line", &a->id, err));
    if (args->json)
        rc = answer(args, a, err);
    else if (!args->quiet)
        reel__term_print("job %lld waits for a server over this database\n", (long long)a->id);
out:
    reel__buf_fini(&body);
    return rc;
}

static reel_code print_log(const asking *a, reel_err *err)
{
    reel_buf text;
    reel_code rc;

    reel__buf_init(&text, TEXT_MOST);
    REEL_TRY(reel__job_log(&text, a->store, a->id, err));
    if (text.length > 0)
        reel__term_write(&text);
out:
    reel__buf_fini(&text);
    return rc;
}

static reel_code take_id(int64_t *out, const char *word, reel_err *err)
{
    char *end;

    errno = 0;
    *out = strtoll(word, &end, 10);
    if (errno != 0 || *end != '\0' || end == word || *out <= 0)
        return reel_fail(err, REEL_E_INVALID,
                         "\"%.40s\" is no job; `reel jobs list` has their numbers", word);
    return REEL_OK;
}

static reel_code run_word(const reel_args *args, asking *a, reel_err *err)
{
    const char *verb = args->word[0];
    reel_code rc = REEL_OK;

    if (strcmp(verb, "list") == 0)
        return answer(args, a, err);
    if (strcmp(verb, "start") == 0)
        return start(args, a, err);
    REEL_TRY(take_id(&a->id, args->word[1], err));
    if (strcmp(verb, "log") == 0)
        return print_log(a, err);
    if (strcmp(verb, "cancel") == 0) {
        REEL_TRY(reel__job_cancel(a->store, a->id, err));
        if (args->quiet && !args->json)
            goto out;
    }
    rc = answer(args, a, err);
out:
    return rc;
}

static reel_code check_words(const reel_args *args, reel_err *err)
{
    static const struct {
        const char *verb, *what; /* NULL: nothing stands behind it */
    } verbs[] = {{"list", NULL},
                 {"show", "one job"},
                 {"log", "one job"},
                 {"cancel", "one job"},
                 {"start", "what to start: train, evaluate, enrich or forget"}};

    for (size_t i = 0; args->words > 0 && i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(args->word[0], verbs[i].verb) != 0)
            continue;
        if (args->words == (verbs[i].what == NULL ? 1 : 2))
            return REEL_OK;
        return reel_fail(err, REEL_E_INVALID, "reel jobs %s: name %s", verbs[i].verb,
                         verbs[i].what == NULL ? "nothing else" : verbs[i].what);
    }
    return reel_fail(err, REEL_E_INVALID,
                     "say what about jobs: list, show ID, log ID, cancel ID or start KIND");
}

static reel_code jobs(const reel_args *args, reel_err *err)
{
    reel_engine_opts opts = {.database = NULL};
    asking a = {.store = NULL};
    reel_code rc;

    REEL_TRY(check_words(args, err));
    REEL_TRY(reel__args_need(args, OPT_DATABASE, &opts.database, err));
    REEL_TRY(reel__engine_open_store(&a.store, &opts, err));
    rc = run_word(args, &a, err);
out:
    reel__engine_close_store(a.store);
    return rc;
}

const reel_command reel__command_jobs = {
    "jobs",
    "WORD [ID]",
    "long work, such as training, done by a server",
    "  reel jobs list           all of it, newest first\n"
    "  reel jobs show ID        one job: how far it is, or how it ended\n"
    "  reel jobs log ID         what it said\n"
    "  reel jobs start train    train all models, or one; a running server does it\n"
    "  reel jobs start evaluate  how good models are (--model NAMES)\n"
    "  reel jobs start enrich    metadata for films (--param all=true)\n"
    "  reel jobs start forget    deleted accounts out of the models\n"
    "  reel jobs cancel ID      end it",
    options,
    jobs};
