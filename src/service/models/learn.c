/* learn.c - fits members on part of the data, learns their weights on the rest, fits them again on
 * all of it; see learn.h.
 */
#include "service/models/learn.h"

#include <string.h>

#include "eval/validation.h"

typedef struct team {
    reel_ingredient parts[REEL_HYBRID_MEMBERS];
    reel_model *members[REEL_HYBRID_MEMBERS];
    size_t count;
    reel_unfinished *unfinished; /* or NULL */
} team;

/* One fit among several, as a share of the whole. */
typedef struct stretch {
    const reel_fit_context *whole;
    double from, width;
} stretch;

static void report_part(double share, void *user)
{
    const stretch *p = user;

    if (p->whole->progress != NULL)
        p->whole->progress(p->from + share * p->width, p->whole->user);
}

static void dismiss(team *t)
{
    for (size_t m = 0; m < t->count; m++) {
        reel_model_free(t->members[m]);
        t->members[m] = NULL;
    }
}

/* Fit every member; second: whether this is the second time. */
static reel_code fit_all(team *t, const reel_dataset *dataset, bool second,
                         const reel_fit_context *context, reel_err *err)
{
    const double width = 0.5 / (double)t->count;

    for (size_t m = 0; m < t->count; m++) {
        stretch p = {context, (second ? 0.5 : 0) + (double)m * width, width};
        reel_fit_context own = *context;
        reel_code rc;

        own.progress = report_part;
        own.user = &p;
        rc = reel__unfinished_fit(&t->members[m], t->unfinished, t->parts[m].name, dataset,
                                  t->parts[m].params, &own, err);
        if (rc != REEL_OK)
            return rc;
    }
    return REEL_OK;
}

static reel_code ask_all(reel_blend *out, team *t, const reel_validation *validation,
                         const reel_fit_context *context, reel_err *err)
{
    reel_code rc = REEL_OK;

    REEL_TRY(fit_all(t, validation->train, false, context, err));
    REEL_TRY(reel__blend_learn(out, t->members, t->count, validation, context->threads, err));
out:
    dismiss(t);
    return rc;
}

reel_code reel__learn_weights(reel_blend *out, const reel_mixing *mixing,
                              const reel_dataset *dataset, const reel_fit_context *context,
                              reel_err *err)
{
    reel_validation_opts opts = reel__validation_opts_default();
    reel_validation validation;
    reel_err why = {0};
    team t = {.count = mixing->count, .unfinished = mixing->unfinished};
    reel_code rc;

    *out = (reel_blend){0};
    memcpy(t.parts, mixing->parts, mixing->count * sizeof *mixing->parts);
    opts.seed = context->seed;
    opts.recency = mixing->recency;
    rc = reel__validation_make(&validation, dataset, &opts, &why);
    if (rc == REEL_E_INVALID)
        return REEL_OK;
    if (rc != REEL_OK)
        return reel_fail(err, rc, "%s", why.msg);
    rc = ask_all(out, &t, &validation, context, err);
    reel__validation_fini(&validation);
    return rc;
}

reel_code reel__learn_hybrid(reel_model **out, reel_blend *blend, const reel_dataset *dataset,
                             const reel_params *params, const reel_fit_context *given,
                             reel_err *err)
{
    static const reel_fit_context plain = {.seed = 1};
    const reel_fit_context *context = given == NULL ? &plain : given;
    reel_blend learned = {0};
    const char *names[REEL_HYBRID_MEMBERS];
    team t = {.count = 0};
    reel_mixing mixing = {.parts = t.parts};
    reel_code rc = REEL_OK;

    *out = NULL;
    REEL_TRY(reel__hybrid_names(names, &t.count, &mixing.recency, params, err));
    for (size_t m = 0; m < t.count; m++)
        t.parts[m] = (reel_ingredient){.name = names[m]};
    mixing.count = t.count;
    REEL_TRY(reel__learn_weights(&learned, &mixing, dataset, context, err));
    REEL_TRY(fit_all(&t, dataset, true, context, err));
    REEL_TRY(reel__hybrid_make(out, t.members, t.count, params,
                               learned.questions > 0 ? learned.weights : NULL, err));
    if (blend != NULL)
        *blend = learned;
out:
    dismiss(&t);
    return rc;
}

reel_code reel__learn(reel_model **out, const char *name, const reel_dataset *dataset,
                      const reel_params *params, const reel_fit_context *context, reel_err *err)
{
    if (name != NULL && strcmp(name, "hybrid") == 0)
        return reel__learn_hybrid(out, NULL, dataset, params, context, err);
    return reel_model_fit(out, name, dataset, params, context, err);
}

/* ---- what was learned ---------------------------------------------------------------------- */

size_t reel__weighed(reel_weighed out[REEL_HYBRID_MEMBERS], const reel_model *model)
{
    const reel_model_info *info = reel_model_get_info(model);
    size_t count = 0;

    if (strcmp(info->name, "hybrid") != 0)
        return 0;
    for (size_t i = 0; i < info->param_count && count < REEL_HYBRID_MEMBERS; i++) {
        const char *name = info->params[i].name;
        const float *by = reel__hybrid_weights(model, name);

        if (by != NULL)
            out[count++] = (reel_weighed){name, by};
    }
    return count;
}

int reel__weighed_length(size_t knot)
{
    return knot == 0 ? 0 : 1 << 2 * (knot - 1);
}
