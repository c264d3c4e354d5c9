/* blend.c - a list by a mixture that the request asks for: the weighted sum of some models'
 * standardised scores, as the hybrid is one, so that its reasons add up as well.
 */
#include <stdio.h>
#include <string.h>

#include "model/hybrid.h"
#include "model/widen.h"
#include "service/engine/state.h"

static const double WEIGHT_MOST = 100;

void reel__session_blend_free(reel_session *session)
{
    reel_model_free(session->blend.model);
}

/* The model of a part; those that the hybrid is made of. */
static reel_code find_part(reel_model **out, const reel_session *session,
                           const reel_blend_part *part, reel_err *err)
{
    if (!(part->weight >= 0 && part->weight <= WEIGHT_MOST))
        return reel_fail(err, REEL_E_INVALID, "model.%.40s: %g is not from 0 to %g", part->name,
                         part->weight, WEIGHT_MOST);
    for (int slot = MODEL_HYBRID + 1; slot < MODEL_ALS; slot++) {
        if (strcmp(reel__engine_names[slot], part->name) != 0)
            continue;
        *out = session->engine->models[slot];
        return *out != NULL ? REEL_OK
                            : reel_fail(err, REEL_E_NOTFOUND, "model.%.40s: it is not served here",
                                        part->name);
    }
    return reel_fail(err, REEL_E_INVALID,
                     "model.%.40s: only ease, ials, content, user-knn and popular can be mixed",
                     part->name);
}

/* Whether the mixture that is there is the one that is asked for. */
static bool same(const reel_mixture *blend, const reel_request *request)
{
    if (blend->model == NULL || blend->count != request->blend_count)
        return false;
    for (size_t i = 0; i < blend->count; i++)
        if (strcmp(blend->names[i], request->blend[i].name) != 0 ||
            blend->weights[i] != request->blend[i].weight)
            return false;
    return true;
}

static reel_code mix(reel_mixture *blend, reel_model *const *members, const reel_request *request,
                     reel_err *err)
{
    float weights[REEL_BLEND_MAX * REEL_HYBRID_KNOTS];
    reel_code rc;

    reel_model_free(blend->model);
    blend->model = NULL;
    for (size_t i = 0; i < request->blend_count; i++)
        for (int k = 0; k < REEL_HYBRID_KNOTS; k++)
            weights[i * REEL_HYBRID_KNOTS + (size_t)k] = (float)request->blend[i].weight;
    rc = reel__hybrid_make(&blend->model, members, request->blend_count, NULL, weights, err);
    if (rc != REEL_OK)
        return rc;
    blend->count = request->blend_count;
    for (size_t i = 0; i < blend->count; i++) {
        blend->names[i] = reel_model_get_info(members[i])->name;
        blend->weights[i] = request->blend[i].weight;
    }
    (void)snprintf(blend->id, sizeof blend->id, "blend%s",
                   reel_model_id(blend->model) + strlen("hybrid"));
    return REEL_OK;
}

reel_code reel__session_blend(reel_session *session, const reel_request *request, reel_err *err)
{
    reel_model *members[REEL_BLEND_MAX];
    double sum = 0;
    reel_code rc = REEL_OK;

    if (request->blend_count > REEL_BLEND_MAX)
        return reel_fail(err, REEL_E_INVALID, "model: more than %d models to mix",
                         (int)REEL_BLEND_MAX);
    for (size_t i = 0; i < request->blend_count; i++) {
        REEL_TRY(find_part(&members[i], session, &request->blend[i], err));
        sum += request->blend[i].weight;
        for (size_t k = 0; k < i; k++)
            if (members[k] == members[i])
                return reel_fail(err, REEL_E_INVALID, "model.%.40s: given twice",
                                 request->blend[i].name);
    }
    if (!(sum > 0))
        return reel_fail(err, REEL_E_INVALID, "model: a weight must be above 0");
    if (!same(&session->blend, request))
        REEL_TRY(mix(&session->blend, members, request, err));
    session->model = session->blend.model;
out:
    return rc;
}

const uint64_t *reel__session_guessed(const reel_session *session)
{
    const reel_mixture *blend = &session->blend;
    const uint64_t *guessed = NULL;

    if (session->model != blend->model)
        return reel__model_guessed(session->model);
    for (size_t i = 0; guessed == NULL && i < blend->count; i++)
        for (int slot = 0; slot < MODELS; slot++)
            if (blend->weights[i] > 0 && strcmp(blend->names[i], reel__engine_names[slot]) == 0)
                guessed = reel__model_guessed(session->engine->models[slot]);
    return guessed;
}

bool reel__session_reads_texts(const reel_session *session)
{
    const reel_engine *engine = session->engine;
    const reel_mixture *blend = &session->blend;

    for (size_t i = 0; session->model == blend->model && i < blend->count; i++)
        if (blend->weights[i] > 0 && strcmp(blend->names[i], "content") == 0)
            return true;
    return session->model == engine->models[MODEL_CONTENT] ||
           (session->by_film && session->model == engine->models[MODEL_HYBRID]);
}
