/* evaluate_models.c - which models an evaluation compares, and fitting them. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "model/vtable.h"
#include "service/measure/evaluate_priv.h"
#include "service/models/learn.h"

/* Always in a table of rankings, where this build has them. */
static const char *const references[] = {"random", "popular", "item-knn"};
/* What is evaluated unless models are named. */
static const char *const usual[] = {"hybrid"};
static const char *const usual_predictors[] = {"baseline", "svd"};

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* The model's entry in the registry, by a name that parameters may follow; NULL: there is none. */
static const reel_model_info *info_of(const char *text)
{
    char name[REEL_EVALUATE_NAME];

    (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(text, ":"), text);
    return reel_model_find(name);
}

static bool predicts(const char *text)
{
    const reel_model_info *info = info_of(text);

    return info != NULL && info->task == REEL_TASK_RATING;
}

static reel_code add_model(reel_evaluation *e, const char *name, size_t length, reel_err *err)
{
    reel_evaluated *added = &e->models[e->count];

    if (length == 0 || length >= REEL_EVALUATE_NAME)
        return reel_fail(err, REEL_E_INVALID, "a model's name is missing in \"%.80s\"", name);
    for (size_t i = 0; i < e->count; i++)
        if (strlen(e->models[i].name) == length && strncmp(e->models[i].name, name, length) == 0)
            return REEL_OK;
    if (e->count == REEL_EVALUATE_MODELS)
        return reel_fail(err, REEL_E_INVALID, "at most %d models are compared at once",
                         (int)REEL_EVALUATE_MODELS);
    memcpy(added->name, name, length);
    added->name[length] = '\0';
    added->predicts =
        e->opts->metrics != REEL_WANT_RANKING && !e->opts->implicit && predicts(added->name);
    if (e->opts->metrics == REEL_WANT_RATING && !added->predicts && info_of(added->name) != NULL)
        return reel_fail(err, REEL_E_INVALID,
                         "model \"%.80s\" ranks films and predicts no ratings; leave it out, or "
                         "ask for --metrics all",
                         added->name);
    e->count++;
    return REEL_OK;
}

/* Those of some names that this build has and that can be judged. */
static reel_code add_known(reel_evaluation *e, const char *const *names, size_t count,
                           reel_err *err)
{
    reel_code rc = REEL_OK;

    for (size_t i = 0; i < count && rc == REEL_OK; i++) {
        if (reel_model_find(names[i]) != NULL &&
            (e->opts->metrics != REEL_WANT_RATING || predicts(names[i])))
            rc = add_model(e, names[i], strlen(names[i]), err);
    }
    return rc;
}

/* Random ratings are worth a table only beside others, or where somebody asked for them. */
static void spare_random(reel_evaluation *e, bool asked)
{
    size_t predictors = 0;

    for (size_t i = 0; i < e->count; i++)
        predictors += e->models[i].predicts;
    if (predictors == 1 && !asked && strcmp(e->models[0].name, references[0]) == 0)
        e->models[0].predicts = false;
}

/* "name:param=value:param=value" in place: NULs between the parts. */
static reel_code parse_params(reel_param *items, size_t *count, char *text, reel_err *err)
{
    char *part = strchr(text, ':');

    *count = 0;
    while (part != NULL) {
        char *name = part + 1, *value;

        *part = '\0';
        part = strchr(name, ':');
        value = strchr(name, '=');
        if (value == NULL || (part != NULL && value > part) || *count == REEL_EVALUATE_PARAMS)
            return reel_fail(err, REEL_E_INVALID,
                             "%.80s: give up to %d parameters as name:param=value:param=value",
                             text, (int)REEL_EVALUATE_PARAMS);
        *value = '\0';
        items[(*count)++] = (reel_param){.name = name, .value = value + 1};
    }
    return REEL_OK;
}

/* The first model must not be fitted for hours before a slip in the last one's name is told. */
static reel_code check_models(const reel_evaluation *e, reel_err *err)
{
    reel_code rc = REEL_OK;

    for (size_t i = 0; i < e->count && rc == REEL_OK; i++) {
        reel_param items[REEL_EVALUATE_PARAMS];
        reel_params params = {.items = items};
        char text[REEL_EVALUATE_NAME];

        memcpy(text, e->models[i].name, sizeof text);
        rc = parse_params(items, &params.count, text, err);
        if (rc == REEL_OK)
            rc = reel__model_check(text, &params, err);
    }
    return rc;
}

reel_code reel__evaluate_choose(reel_evaluation *e, reel_err *err)
{
    const bool rating = e->opts->metrics == REEL_WANT_RATING;
    const char *at = e->opts->models;
    bool random_asked = rating;
    reel_code rc = REEL_OK;

    REEL_TRY(add_known(e, references, COUNT(references), err));
    if (at == NULL)
        REEL_TRY(rating ? add_known(e, usual_predictors, COUNT(usual_predictors), err)
                        : add_known(e, usual, COUNT(usual), err));
    while (at != NULL) {
        const size_t length = strcspn(at, ",");

        REEL_TRY(add_model(e, at, length, err));
        random_asked |= length == strlen(references[0]) && strncmp(at, references[0], length) == 0;
        at = at[length] == ',' ? at + length + 1 : NULL;
    }
    if (e->count == 0)
        rc = reel_fail(err, REEL_E_INVALID, "no model that predicts ratings is asked for");
    else
        rc = check_models(e, err);
    spare_random(e, random_asked);
out:
    return rc;
}

typedef struct fitting {
    const reel_progress *progress;
    const char *name;
} fitting;

static void report_share(double share, void *user)
{
    const fitting *f = user;

    reel__progress(f->progress, f->name, (int64_t)(share * 100), 100, "%");
}

reel_code reel__evaluate_fit(reel_evaluated *m, const reel_dataset *train,
                             const reel_evaluate_opts *opts, const reel_fit_targets *targets,
                             bool *filled, reel_err *err)
{
    fitting f = {.progress = opts->progress, .name = m->name};
    reel_fit_context context = {.seed = opts->split.seed,
                                .threads = opts->judge.threads,
                                .cancel = opts->cancel,
                                .memory = opts->memory,
                                .progress = report_share,
                                .user = &f};
    const int64_t start = reel__clock_steady_us();
    reel_param items[REEL_EVALUATE_PARAMS];
    reel_params params = {.items = items};
    char text[REEL_EVALUATE_NAME];
    reel_code rc = REEL_OK;

    reel_model_free(m->model);
    m->model = NULL;
    *filled = false;
    memcpy(text, m->name, sizeof text);
    REEL_TRY(parse_params(items, &params.count, text, err));
    *filled = targets != NULL && reel__model_fills_targets(text);
    if (*filled)
        context.targets = targets;
    REEL_TRY(reel__learn(&m->model, text, train, &params, &context, err));
    m->fit_seconds += (double)(reel__clock_steady_us() - start) * 1e-6;
out:
    return rc;
}
