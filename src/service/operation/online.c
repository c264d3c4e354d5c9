/* online.c - see online.h. */
#include "service/operation/online.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/env.h"
#include "store/online.h"
#include "store/versions.h"

/* What people have not had the time to take up is not asked for, nor what is too old to be
 * compared with. */
static const int64_t settled_ms = INT64_C(600000), oldest_ms = INT64_C(28) * 86400000;
static const int64_t events_most = 200000;
static const double usual_drop = 0.1;
/* Some models are judged at the same time, so each errs more seldom; differences to look for. */
static const double alpha = 0.01, spread = 0.05;

reel_code reel__online_drop(double *out, reel_err *err)
{
    const char *text = reel__env_get("REEL_ROLLBACK_DROP", "");
    char *end = NULL;

    *out = usual_drop;
    if (*text == '\0')
        return REEL_OK;
    *out = strtod(text, &end);
    if (*end != '\0' || !(*out >= 0 && *out < 1))
        return reel_fail(err, REEL_E_INVALID,
                         "REEL_ROLLBACK_DROP: expected a share from 0 to below 1, such as 0.1, got "
                         "\"%.40s\"",
                         text);
    return REEL_OK;
}

/* ---- judging ------------------------------------------------------------------------------- */

typedef struct newest {
    char id[REEL_VERSION_ID];
    bool judged; /* it was taken back once */
    int64_t size_bytes;
} newest;

static bool take_newest(void *user, const reel_version_record *version)
{
    newest *out = user;

    (void)snprintf(out->id, sizeof out->id, "%s", version->model_id);
    out->judged =
        strncmp(version->reason, REEL_VERSION_TAKEN_BACK, sizeof REEL_VERSION_TAKEN_BACK - 1) == 0;
    out->size_bytes = version->size_bytes;
    return false;
}

static reel_code find_newest(newest *out, const reel_engine *engine, const char *model,
                             reel_err *err)
{
    const reel_version_filter filter = {.name = model, .limit = 1};

    *out = (newest){.id = ""};
    return reel__store_scan_versions(reel__engine_store(engine), &filter, take_newest, out, err);
}

static void compare(reel_online_report *out, const reel_online_answer answers[2], double drop)
{
    const reel_sequential_opts opts = {.low = 0, .high = 1, .alpha = alpha, .spread = spread};
    reel_sequential s;

    reel__sequential_init(&s, &opts);
    for (int side = 0; side < 2; side++) {
        const reel_online_answer *a = &answers[side];

        s.arms[side] = (reel_moments){a->people, a->sum, a->squares};
        out->people[side] = a->people;
        out->share[side] = a->people > 0 ? a->sum / (double)a->people : 0;
    }
    out->effect = reel__sequential_look(&s);
    out->fails = out->effect.high < 0 && out->effect.difference < -drop * out->share[0];
}

reel_code reel__online_judge(reel_online_report *out, const reel_engine *engine, const char *model,
                             double drop, reel_err *err)
{
    const reel_model *serving = reel__engine_model(engine, model);
    const int64_t now = reel__clock_now_ms();
    reel_online_question question = {.model = model,
                                     .from_ms = now - oldest_ms,
                                     .to_ms = now - settled_ms,
                                     .events = events_most};
    reel_online_answer answers[2];
    newest last;
    reel_code rc;

    *out = (reel_online_report){.version = ""};
    REEL_TRY(find_newest(&last, engine, model, err));
    if (serving == NULL || last.judged || strcmp(reel_model_id(serving), last.id) != 0)
        return REEL_OK;
    (void)snprintf(out->version, sizeof out->version, "%s", last.id);
    question.version = last.id;
    REEL_TRY(reel__store_online(reel__engine_store(engine), &question, answers, err));
    compare(out, answers, drop);
out:
    return rc;
}

/* ---- the way back -------------------------------------------------------------------------- */

void reel__online_reason(char out[REEL_ONLINE_REASON], const reel_online_report *r)
{
    (void)snprintf(out, REEL_ONLINE_REASON,
                   REEL_VERSION_TAKEN_BACK
                   ": people took up a film of %.1f %% of its lists, of those before it %.1f %% "
                   "(difference between %.1f and %.1f, of %lld and %lld people)",
                   100 * r->share[1], 100 * r->share[0], 100 * r->effect.low, 100 * r->effect.high,
                   (long long)r->people[1], (long long)r->people[0]);
}

reel_code reel__online_roll_back(char before[REEL_VERSION_ID], const reel_engine *engine,
                                 const char *model, const reel_online_report *report, reel_err *err)
{
    char reason[REEL_ONLINE_REASON];
    newest last;
    reel_code rc;

    REEL_TRY(find_newest(&last, engine, model, err));
    if (strcmp(last.id, report->version) != 0)
        REEL_TRY(reel_fail(err, REEL_E_CONFLICT, "%s was trained since it was judged", last.id));
    REEL_TRY(reel__version_before(before, engine, model, err));
    REEL_TRY(reel__version_activate(engine, before, err));
    reel__online_reason(reason, report);
    rc = reel__store_end_version(reel__engine_store(engine), report->version, REEL_VERSION_READY,
                                 reason, last.size_bytes, err);
out:
    return rc;
}
