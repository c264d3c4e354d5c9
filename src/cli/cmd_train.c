/* cmd_train.c - train: models up to date. For who starts it as a job, its progress and what became
 * of it are JSON lines on standard output. */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/job_lines.h"
#include "cli/term.h"
#include "service/engine/about.h"
#include "service/engine/gate.h"

enum {
    OPT_DATABASE,
    OPT_MODELS,
    OPT_MODEL,
    OPT_PARAM,
    OPT_FORCE,
    OPT_RESUME,
    OPT_ACCEPT,
    OPT_LINES
};

static const reel_option options[] = {
    {"database", "FILE", "the database `reel load` made"},
    {"models", "DIR", "where model files are kept (default FILE.models)"},
    {"model", "NAME", "just this one (and what it needs)"},
    {"param", "NAME=VALUE", "a parameter (`reel models NAME`); may be repeated"},
    {"force", NULL, "fit again what is up to date too"},
    {"resume", NULL, "as --force, but go on with a training that was interrupted"},
    {"accept", NULL, "put what was fitted in service without comparing it with what is"},
    {"progress-json", NULL, "progress and outcome as JSON lines, for programs"},
    {NULL, NULL, NULL},
};

static reel_code write_models(reel_json *json, const void *what, reel_err *err)
{
    const reel_engine *engine = what;
    reel_code rc;

    reel__json_object(json);
    reel__json_put_text(json, "folder", reel__engine_models_dir(engine));
    reel__json_key(json, "items");
    reel__json_array(json);
    rc = reel__models_write(json, engine, err);
    reel__json_array_end(json);
    reel__json_key(json, "gate");
    reel__gate_write(json, reel__engine_gate(engine));
    reel__json_object_end(json);
    return rc;
}

/* ---- lines for programs -------------------------------------------------------------------- */

static reel_code write_result(reel_json *json, const void *what, reel_err *err)
{
    const reel_engine *engine = what;

    (void)err;
    reel__json_object(json);
    reel__json_key(json, "result");
    reel__json_object(json);
    reel__json_key(json, "models");
    reel__json_array(json);
    for (size_t i = 0; i < reel__engine_model_count(engine); i++)
        reel__json_text(json, reel_model_id(reel__engine_model_at(engine, i)));
    reel__json_array_end(json);
    reel__json_key(json, "gate");
    reel__gate_write(json, reel__engine_gate(engine));
    reel__json_object_end(json);
    reel__json_object_end(json);
    return REEL_OK;
}

/* What may not take over: nothing serves by it, and by how much it failed. */
static reel_code write_refused(reel_json *json, const void *what, reel_err *err)
{
    (void)err;
    reel__json_object(json);
    reel__json_key(json, "result");
    reel__json_object(json);
    reel__json_key(json, "models");
    reel__json_array(json);
    reel__json_array_end(json);
    reel__json_key(json, "gate");
    reel__gate_write(json, what);
    reel__json_object_end(json);
    reel__json_object_end(json);
    return REEL_OK;
}

/* ---- the command --------------------------------------------------------------------------- */

static void tell_gate(const reel_gate_report *gate)
{
    static const char *const evidence[] = {"", "new ratings", "the same ratings"};

    if (!gate->judged)
        return;
    reel__term_print("%s takes the place of %s: of 10 films in a list %.1f are the same",
                     gate->candidate, gate->incumbent, 10 * gate->overlap);
    if (gate->evidence != REEL_GATE_NONE)
        reel__term_print("; NDCG %.4f, before %.4f, on %s of %zu people", gate->after, gate->before,
                         evidence[gate->evidence], gate->people);
    reel__term_print("\n");
}

/* A command that is there to write models has failed when it could not. */
static reel_code tell_trained(const reel_args *args, const reel_engine *engine, reel_err *err)
{
    const char *unsaved = reel__engine_unsaved(engine);

    if (unsaved != NULL)
        return reel_fail(err, REEL_E_STORE, "the models could not be kept: %s", unsaved);
    if (args->option[OPT_LINES] != NULL) {
        reel__say_line(write_result, engine);
        return REEL_OK;
    }
    if (args->json)
        return reel__print_json(write_models, engine, err);
    if (args->quiet)
        return REEL_OK;
    tell_gate(reel__engine_gate(engine));
    reel__term_print("Models are ready in %s\n", reel__engine_models_dir(engine));
    return REEL_OK;
}

static reel_code take_params(reel_taken_params *out, const reel_args *args, reel_err *err)
{
    const reel_model_info *info;
    reel_code rc = REEL_OK;

    *out = (reel_taken_params){.params = {.count = 0}};
    if (args->option[OPT_PARAM] == NULL)
        return REEL_OK;
    if (args->option[OPT_MODEL] == NULL)
        return reel_fail(err, REEL_E_INVALID, "--param needs the --model it is of");
    REEL_TRY(reel__need_model(args->option[OPT_MODEL], &info, err));
    rc = reel__take_params(out, args, OPT_PARAM, info, err);
out:
    return rc;
}

static reel_code run(const reel_args *args, const reel_progress *progress, reel_err *err)
{
    reel_engine_opts opts = {.models_dir = args->option[OPT_MODELS],
                             .only = args->option[OPT_MODEL],
                             .retrain = args->option[OPT_FORCE] != NULL,
                             .learn = true,
                             .keep_fits = true,
                             .resume = args->option[OPT_RESUME] != NULL,
                             .progress = progress,
                             .notice = reel__term_notice(args->quiet)};
    reel_gate_report verdict = {.judged = false};
    reel_taken_params taken;
    reel_engine *engine = NULL;
    reel_code rc;

    REEL_TRY(reel__args_need(args, OPT_DATABASE, &opts.database, err));
    REEL_TRY(take_params(&taken, args, err));
    opts.params = &taken.params;
    opts.retrain = opts.retrain || opts.resume || taken.params.count > 0;
    opts.gate = opts.retrain && args->option[OPT_ACCEPT] == NULL;
    if (args->option[OPT_LINES] != NULL)
        opts.cancel = reel__cancel_on_signal();
    opts.verdict = &verdict;
    rc = reel__engine_open(&engine, &opts, err);
    if (rc == REEL_E_CONFLICT && verdict.judged && args->option[OPT_LINES] != NULL)
        reel__say_line(write_refused, &verdict);
    if (rc == REEL_OK)
        rc = tell_trained(args, engine, err);
out:
    reel__engine_close(engine);
    return rc;
}

static reel_code train(const reel_args *args, reel_err *err)
{
    reel_training_lines l = {.only = args->option[OPT_MODEL], .compares = true};

    return reel__run_training(args, args->option[OPT_LINES] == NULL ? NULL : &l, run, err);
}

const reel_command reel__command_train = {
    "train", "", "fit the models that are missing or stale", NULL, options, train};
