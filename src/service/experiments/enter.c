/* enter.c - a request for a list in an experiment: who is in which arm, and what is written into
 * the id of the list: "x_", the tag, "_", the arm's index (or i where lists are interleaved), "_",
 * and what makes it one of a kind.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "eval/assign.h"
#include "service/engine/state.h"
#include "service/experiments/experiments_priv.h"

enum { TAG_AT = 2, ARM_AT = TAG_AT + REEL_EXPERIMENT_TAG, NAME_AT = ARM_AT + 2 };
static const char INTERLEAVED = 'i', digits[] = "01234567";
_Static_assert(sizeof digits - 1 == REEL_ARMS_MAX, "each arm has a digit");

void reel__experiment_unit(char out[REEL_UNIT], int64_t user, const char *visitor)
{
    out[0] = '\0';
    if (user >= 0)
        (void)snprintf(out, REEL_UNIT, "u%lld", (long long)user);
    else if (visitor != NULL && *visitor != '\0')
        (void)snprintf(out, REEL_UNIT, "v:%s", visitor);
}

bool reel__experiment_list(const char *list_id, char tag[REEL_EXPERIMENT_TAG], int *arm)
{
    if (strncmp(list_id, REEL_EXPERIMENT_MARK, TAG_AT) != 0 || strlen(list_id) <= NAME_AT ||
        list_id[ARM_AT - 1] != '_' || list_id[ARM_AT + 1] != '_')
        return false;
    memcpy(tag, list_id + TAG_AT, REEL_EXPERIMENT_TAG - 1);
    tag[REEL_EXPERIMENT_TAG - 1] = '\0';
    *arm = list_id[ARM_AT] == INTERLEAVED ? -1 : list_id[ARM_AT] - '0';
    return *arm >= -1 && *arm < REEL_ARMS_MAX;
}

/* ---- which experiment ---------------------------------------------------------------------- */

/* A list that may be in one: of somebody, by no model in particular. */
static bool may_enter(const reel_request *request)
{
    return request->model == NULL && request->blend_count == 0 && request->source_movie < 0 &&
           request->member_count == 0 && request->list_id == NULL &&
           (request->user >= 0 || (request->visitor != NULL && *request->visitor != '\0'));
}

static bool is_about(const reel_experiment *e, const char *scenario, int64_t now)
{
    return e->starts <= now && now < e->ends &&
           (e->scenario[0] == '\0' || (scenario != NULL && strcmp(e->scenario, scenario) == 0));
}

static bool serves(const reel_engine *engine, const reel_arm *arm)
{
    if (arm->part_count == 0)
        return reel__engine_model(engine, arm->model) != NULL;
    for (size_t i = 0; i < arm->part_count; i++)
        if (reel__engine_model(engine, arm->mixed[i]) == NULL)
            return false;
    return true;
}

reel_code reel__experiment_check(const reel_experiment *experiment, const reel_engine *engine,
                                 reel_err *err)
{
    for (size_t i = 0; i < experiment->arm_count; i++)
        if (!serves(engine, &experiment->arms[i]))
            return reel_fail(err, REEL_E_INVALID,
                             "arms[%zu].model: it is not served here; make it with: reel train", i);
    return REEL_OK;
}

/* A model that is missing here would make the arms others than they were meant. */
static bool serves_all(const reel_engine *engine, const reel_experiment *e)
{
    reel_err ignored;

    return reel__experiment_check(e, engine, &ignored) == REEL_OK;
}

static bool find(reel_experiments *experiments, reel_experiment *out, const reel_request *request,
                 const char *tag)
{
    const int64_t now = reel__clock_now();
    bool found = false;

    (void)pthread_rwlock_rdlock(&experiments->lock);
    for (size_t i = 0; i < experiments->count && !found; i++) {
        const reel_experiment *e = &experiments->all[i];

        found = tag != NULL ? strcmp(e->tag, tag) == 0 : is_about(e, request->scenario, now);
        if (found)
            *out = *e;
    }
    (void)pthread_rwlock_unlock(&experiments->lock);
    return found;
}

/* ---- the arm ------------------------------------------------------------------------------- */

static reel_side side_of(reel_arm *arm)
{
    for (size_t i = 0; i < arm->part_count; i++)
        arm->parts[i].name = arm->mixed[i];
    return (reel_side){.name = arm->name,
                       .model = arm->part_count > 0 ? NULL : arm->model,
                       .blend = arm->part_count > 0 ? arm->parts : NULL,
                       .blend_count = arm->part_count};
}

/* arm: -1 = both. A list that goes on says itself what makes it. */
static void set(reel_trial *trial, reel_request *request, int arm, bool goes_on)
{
    reel_experiment *e = &trial->experiment;
    char letter = INTERLEAVED;

    if (arm >= 0)
        letter = digits[arm];
    (void)snprintf(trial->stamp, sizeof trial->stamp, REEL_EXPERIMENT_MARK "%s_%c_", e->tag,
                   letter);
    request->stamp = trial->stamp;
    request->experiment = e->name;
    if (arm < 0) {
        trial->sides[0] = side_of(&e->arms[0]);
        trial->sides[1] = side_of(&e->arms[1]);
        request->sides = trial->sides;
        return;
    }
    trial->sides[0] = side_of(&e->arms[arm]);
    request->arm = e->arms[arm].name;
    if (goes_on)
        return;
    request->model = trial->sides[0].model;
    request->blend = trial->sides[0].blend;
    request->blend_count = trial->sides[0].blend_count;
}

static size_t draw(const reel_experiment *e, const reel_request *request)
{
    double weights[REEL_ARMS_MAX];
    char unit[REEL_UNIT];

    for (size_t i = 0; i < e->arm_count; i++)
        weights[i] = e->arms[i].weight;
    reel__experiment_unit(unit, request->user, request->visitor);
    return reel__assign(e->tag, unit, weights, e->arm_count);
}

void reel__experiments_enter(reel_experiments *experiments, reel_trial *out, reel_request *request,
                             const reel_engine *engine)
{
    reel_experiment *e = &out->experiment;
    char tag[REEL_EXPERIMENT_TAG];
    int arm;

    if (experiments == NULL || !atomic_load_explicit(&experiments->some, memory_order_acquire))
        return;
    if (request->list_id != NULL) {
        if (reel__experiment_list(request->list_id, tag, &arm) && find(experiments, e, NULL, tag) &&
            arm < (int)e->arm_count && serves_all(engine, e) &&
            (arm < 0) == (e->kind == REEL_EXPERIMENT_INTERLEAVE))
            set(out, request, arm, true);
        return;
    }
    if (!may_enter(request) || !find(experiments, e, request, NULL) || !serves_all(engine, e))
        return;
    set(out, request, e->kind == REEL_EXPERIMENT_INTERLEAVE ? -1 : (int)draw(e, request), false);
}
