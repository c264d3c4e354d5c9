/* jobs.c - what is asked for and read of jobs; see jobs.h. */
#include "service/operation/jobs.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mistakes.h"
#include "model/vtable.h"
#include "service/engine/state.h"
#include "service/operation/jobs_priv.h"
#include "store/jobs.h"

enum { DEPTH = 6, PARAMETERS_MOST = 32, VALUE_TEXT = 64, PARAMETERS_TEXT = 1 << 14 };

/* ---- asking -------------------------------------------------------------------------------- */

typedef struct parameters {
    reel_param items[PARAMETERS_MOST];
    char texts[PARAMETERS_MOST][VALUE_TEXT];
    size_t count;
} parameters;

/* A mistake of a parameter, where it is. */
static reel_code of_parameter(const reel_err *inner, const char *name, reel_err *err)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";

    return *name != '\0' && name[strspn(name, letters)] == '\0'
               ? reel__mistake_within(err, inner, "params.%.40s", name)
               : reel__mistake_within(err, inner, "params");
}

static reel_code take_value(char out[VALUE_TEXT], const json_t *value, reel_err *err)
{
    if (json_is_integer(value))
        (void)snprintf(out, VALUE_TEXT, "%lld", (long long)json_integer_value(value));
    else if (json_is_real(value))
        (void)snprintf(out, VALUE_TEXT, "%.17g", json_real_value(value));
    else if (json_is_true(value))
        (void)snprintf(out, VALUE_TEXT, "true");
    else if (json_is_string(value) && json_string_length(value) < VALUE_TEXT)
        (void)snprintf(out, VALUE_TEXT, "%s", json_string_value(value));
    else
        return reel_fail(err, REEL_E_INVALID,
                         "expected a number, true or a word of up to %d characters",
                         (int)VALUE_TEXT - 1);
    return REEL_OK;
}

static reel_code take_parameters(parameters *out, const json_t *object, reel_err *err)
{
    const char *name;
    json_t *value;

    out->count = 0;
    if (object == NULL || json_is_null(object))
        return REEL_OK;
    if (!json_is_object(object) || json_object_size(object) > PARAMETERS_MOST)
        return reel_fail(err, REEL_E_INVALID, "params: expected an object of up to %d members",
                         (int)PARAMETERS_MOST);
    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        reel_err inner = {REEL_OK, ""};

        if (take_value(out->texts[out->count], value, &inner) != REEL_OK)
            return of_parameter(&inner, name, err);
        out->items[out->count] = (reel_param){name, out->texts[out->count]};
        out->count++;
    }
    return REEL_OK;
}

static reel_code check_model(const char *model, const parameters *given, reel_err *err)
{
    bool served = false;

    for (int i = 0; i < MODELS; i++)
        served = served || strcmp(reel__engine_names[i], model) == 0;
    if (model[0] != '\0' && !served)
        return reel_fail(err, REEL_E_NOTFOUND, "no model is called \"%.40s\"; there are %s", model,
                         reel__engine_models_text);
    if (given->count > 0 && (model[0] == '\0' || strcmp(model, "hybrid") == 0))
        return reel_fail(
            err, REEL_E_INVALID,
            "params: name the one model they are of, and not the hybrid: that is mixed "
            "of the others");
    for (size_t i = 0; i < given->count; i++) {
        const reel_params one = {&given->items[i], 1};
        reel_err inner = {REEL_OK, ""};

        if (reel__model_check(model, &one, &inner) != REEL_OK)
            return of_parameter(&inner, given->items[i].name, err);
    }
    return REEL_OK;
}

/* What `reel evaluate` may be told; what each is to be, it says itself. */
static reel_code check_evaluation(const char *models, const parameters *given, reel_err *err)
{
    static const char *const options[] = {"protocol", "share", "folds",     "sampled", "metrics",
                                          "k",        "core",  "threshold", "seed"};
    enum { OPTIONS = sizeof options / sizeof *options };

    if (strlen(models) >= REEL_JOB_MODEL)
        return reel_fail(err, REEL_E_INVALID, "model: longer than %d characters",
                         (int)REEL_JOB_MODEL - 1);
    for (size_t i = 0; i < given->count; i++) {
        reel_err inner = {REEL_OK, ""};
        int at = 0;

        while (at < OPTIONS && strcmp(options[at], given->items[i].name) != 0)
            at++;
        if (at == OPTIONS) {
            (void)reel_fail(&inner, REEL_E_INVALID,
                            "an evaluation takes protocol, share, folds, sampled, metrics, k, "
                            "core, threshold and seed");
            return of_parameter(&inner, given->items[i].name, err);
        }
    }
    return REEL_OK;
}

/* What `reel enrich` may be told over the network: nothing that names a file. */
static reel_code check_enriching(const char *model, const parameters *given, reel_err *err)
{
    static const char *const switches[] = {"all", "posters", "to-mongo"};
    enum { SWITCHES = sizeof switches / sizeof *switches };

    if (model[0] != '\0')
        return reel_fail(err, REEL_E_INVALID, "model: metadata are of films, not of a model");
    for (size_t i = 0; i < given->count; i++) {
        const char *value = given->items[i].value;
        reel_err inner = {REEL_OK, ""};
        int at = 0;

        if (strcmp(given->items[i].name, "rate") == 0 && strspn(value, "0123456789") > 0)
            continue; /* the rest it says itself */
        while (at < SWITCHES && strcmp(switches[at], given->items[i].name) != 0)
            at++;
        if (at == SWITCHES || strcmp(value, "true") != 0) {
            (void)reel_fail(&inner, REEL_E_INVALID,
                            "enriching takes a rate, and true for all, posters and to-mongo");
            return of_parameter(&inner, given->items[i].name, err);
        }
    }
    return REEL_OK;
}

static reel_code check_kind(const char *kind, const char *model, const parameters *given,
                            reel_err *err)
{
    if (kind != NULL && strcmp(kind, "train") == 0)
        return check_model(model, given, err);
    if (kind != NULL && strcmp(kind, "evaluate") == 0)
        return check_evaluation(model, given, err);
    if (kind != NULL && strcmp(kind, "enrich") == 0)
        return check_enriching(model, given, err);
    if (kind != NULL && strcmp(kind, "forget") == 0)
        return model[0] == '\0' && given->count == 0
                   ? REEL_OK
                   : reel_fail(err, REEL_E_INVALID,
                               "forget: takes neither a model nor params: people are taken out of "
                               "everything");
    return reel_fail(err, REEL_E_INVALID,
                     "kind: expected \"train\", \"evaluate\", \"enrich\" or \"forget\"");
}

/* A training that is to serve whatever the gate would say is one with a parameter more. */
static reel_code take_accept(parameters *given, const json_t *body, const char *kind, reel_err *err)
{
    const json_t *accept = json_object_get(body, "accept");

    if (accept == NULL || json_is_false(accept))
        return REEL_OK;
    if (!json_is_true(accept) || strcmp(kind, "train") != 0 || given->count == PARAMETERS_MOST)
        return reel_fail(err, REEL_E_INVALID,
                         "accept: expected true or false, of a training with fewer than %d "
                         "parameters",
                         (int)PARAMETERS_MOST);
    given->items[given->count++] = (reel_param){REEL_JOB_ACCEPT, "true"};
    return REEL_OK;
}

static void write_parameters(reel_buf *out, const parameters *given)
{
    reel_json json;

    reel__json_init(&json, out);
    reel__json_object(&json);
    for (size_t i = 0; i < given->count; i++)
        reel__json_put_text(&json, given->items[i].name, given->items[i].value);
    reel__json_object_end(&json);
}

reel_code reel__job_ask(reel_store *store, const char *body, size_t length, const char *asked_by,
                        int64_t *id, reel_err *err)
{
    static const char *const names[] = {"kind", "model", "params", "accept", NULL};
    reel_job job = {.asked_by = asked_by, .created_ms = reel__clock_now_ms()};
    const char *kind = NULL, *model = "";
    json_t *parsed = NULL;
    parameters given;
    reel_buf text;
    reel_code rc = REEL_OK;

    reel__buf_init(&text, PARAMETERS_TEXT);
    REEL_TRY(reel__json_parse(&parsed, body, length, DEPTH, err));
    REEL_TRY(reel__json_only(parsed, names, err));
    REEL_TRY(reel__json_get_text(parsed, "kind", &kind, err));
    REEL_TRY(reel__json_get_text(parsed, "model", &model, err));
    REEL_TRY(take_parameters(&given, json_object_get(parsed, "params"), err));
    REEL_TRY(check_kind(kind, model, &given, err));
    REEL_TRY(take_accept(&given, parsed, kind, err));
    write_parameters(&text, &given);
    REEL_TRY(reel__buf_check(&text, err));
    job.kind = kind;
    job.model = model;
    job.parameters = text.data;
    REEL_TRY(reel__store_add_job(store, &job, err));
    *id = job.id;
out:
    reel__buf_fini(&text);
    json_decref(parsed);
    return rc;
}

reel_code reel__job_cancel(reel_store *store, int64_t id, reel_err *err)
{
    return reel__store_cancel_job(store, id, reel__clock_now_ms(), err);
}

/* ---- reading ------------------------------------------------------------------------------- */

typedef struct writing {
    reel_json *json;
    size_t left;
    int64_t last;
    bool more, ended;
} writing;

static void put_raw(reel_json *json, const char *key, const char *text)
{
    reel__json_key(json, key);
    if (text[0] != '\0')
        reel__json_raw(json, text, strlen(text));
    else
        reel__json_null(json);
}

/* What went wrong, in the form of any other problem. */
static void put_error(reel_json *json, const reel_job *job)
{
    reel__json_key(json, "error");
    if (job->state != REEL_JOB_FAILED) {
        reel__json_null(json);
        return;
    }
    reel__json_object(json);
    reel__json_put_text(json, "type", "about:blank");
    reel__json_put_text(json, "title", "The job failed");
    reel__json_put_text(json, "detail", job->reason);
    reel__json_put_text(json, "code", job->code);
    reel__json_object_end(json);
}

static bool write_job(void *user, const reel_job *job)
{
    writing *w = user;
    reel_json *json = w->json;

    w->more = w->left == 0;
    if (w->more)
        return false;
    w->left--;
    w->last = job->id;
    w->ended = job->state >= REEL_JOB_DONE;
    reel__json_object(json);
    reel__json_put_int(json, "id", job->id);
    reel__json_put_text(json, "kind", job->kind);
    reel__json_put_text(json, "model", job->model[0] == '\0' ? NULL : job->model);
    put_raw(json, "params", job->parameters);
    reel__json_put_text(json, "state", reel__job_state_name(job->state));
    reel__json_put_float(json, "progress", (float)job->progress);
    reel__json_put_text(json, "step", job->step[0] == '\0' ? NULL : job->step);
    reel__json_put_bool(json, "cancel", job->cancel);
    reel__json_put_text(json, "asked_by", job->asked_by);
    reel__json_put_time(json, "created_at", job->created_ms / 1000);
    reel__json_put_time(json, "started_at", job->started_ms / 1000);
    reel__json_put_time(json, "finished_at", job->finished_ms / 1000);
    put_error(json, job);
    put_raw(json, "result", job->result);
    reel__json_object_end(json);
    return true;
}

reel_code reel__jobs_write(reel_json *json, reel_store *store, int64_t before, size_t limit,
                           int64_t *next, reel_err *err)
{
    writing w = {.json = json, .left = limit};
    const reel_job_filter filter = {.before = before, .limit = limit + 1};
    reel_code rc;

    *next = -1;
    REEL_TRY(reel__store_scan_jobs(store, &filter, write_job, &w, err));
    if (w.more)
        *next = w.last;
out:
    return rc;
}

reel_code reel__job_write(reel_json *json, reel_store *store, int64_t id, bool *ended,
                          reel_err *err)
{
    writing w = {.json = json, .left = 1};
    const reel_job_filter filter = {.id = id, .limit = 1};
    reel_code rc = REEL_OK;

    if (id > 0)
        REEL_TRY(reel__store_scan_jobs(store, &filter, write_job, &w, err));
    if (w.left > 0)
        REEL_TRY(reel_fail(err, REEL_E_NOTFOUND, "there is no job %lld", (long long)id));
    if (ended != NULL)
        *ended = w.ended;
out:
    return rc;
}

static void take_log(void *user, const char *log)
{
    reel__buf_text(user, log);
}

reel_code reel__job_log(reel_buf *out, reel_store *store, int64_t id, reel_err *err)
{
    reel_code rc;

    REEL_TRY(reel__store_job_log(store, id, take_log, out, err));
    rc = reel__buf_check(out, err);
out:
    return rc;
}
