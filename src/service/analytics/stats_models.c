/* stats_models.c - versions of models over time: what was clicked of their lists week by week, when
 * each was first shown, and what the gate found of those that were trained.
 */
#include <math.h>
#include <string.h>

#include "service/analytics/stats_priv.h"
#include "store/jobs.h"

enum { WEEKS_MOST = 20000, DEPTH = 16, DAY_MS = 86400000 };

typedef struct weekly {
    reel_json *json;
    const reel_stats_ask *ask;
    size_t count;
} weekly;

static bool put_week(void *user, const reel_stats_rates *rates)
{
    weekly *w = user;
    reel_stats_counts counts = {0};

    reel__stats_add_rates(&counts, rates);
    reel__json_object(w->json);
    reel__stats_put_day(w->json, "week", rates->day);
    reel__json_put_text(w->json, "method", rates->method);
    reel__json_put_text(w->json, "model_id", rates->model_id);
    reel__stats_put_counts(w->json, &counts);
    reel__json_object_end(w->json);
    return ++w->count < WEEKS_MOST;
}

void reel__stats_blank_models(reel_json *json, const reel_stats_ask *ask)
{
    weekly w = {json, ask, 0};

    (void)put_week(&w, &(reel_stats_rates){.method = "", .model_id = ""});
}

static bool is_within(const weekly *w, int64_t day)
{
    return day >= w->ask->range.from && day < w->ask->range.to;
}

static bool put_promotion(void *user, const reel_stats_rates *rates)
{
    const weekly *w = user;

    if (rates->model_id[0] == '\0' || !is_within(w, rates->day))
        return true;
    reel__json_object(w->json);
    reel__stats_put_day(w->json, "day", rates->day);
    reel__json_put_text(w->json, "method", rates->method);
    reel__json_put_text(w->json, "model_id", rates->model_id);
    reel__json_object_end(w->json);
    return true;
}

/* ---- trainings ----------------------------------------------------------------------------- */

static double real_of(const json_t *value)
{
    return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text == NULL ? "" : text;
}

/* What the gate wrote (service/engine/gate.c). */
static void put_gate(reel_json *json, const json_t *gate)
{
    const json_t *people = json_object_get(gate, "people");
    const json_t *difference = json_object_get(gate, "difference");

    reel__json_put_text(json, "candidate", text_of(gate, "candidate"));
    reel__json_put_text(json, "incumbent", text_of(gate, "incumbent"));
    reel__json_key(json, "people");
    if (json_is_integer(people))
        reel__json_int(json, json_integer_value(people));
    else
        reel__json_null(json);
    reel__stats_put_real(json, "before", real_of(json_object_get(gate, "before")));
    reel__stats_put_real(json, "after", real_of(json_object_get(gate, "after")));
    reel__stats_put_rate(json, "difference",
                         (reel_rate){real_of(json_array_get(difference, 1)),
                                     real_of(json_array_get(difference, 0)),
                                     real_of(json_array_get(difference, 2))});
    reel__stats_put_real(json, "overlap", real_of(json_object_get(gate, "overlap")));
}

/* Those that the gate looked at; of one that it refused the reason says the rest. */
static bool put_training(void *user, const reel_job *job)
{
    const weekly *w = user;
    const int64_t day = job->finished_ms / DAY_MS;
    const bool done = job->state == REEL_JOB_DONE;
    reel_err ignored = {REEL_OK, ""};
    json_t *result = NULL;
    const json_t *gate;

    if (strcmp(job->kind, "train") != 0 || !is_within(w, day) || job->finished_ms == 0)
        return true;
    if (job->result[0] != '\0' &&
        reel__json_parse(&result, job->result, strlen(job->result), DEPTH, &ignored) != REEL_OK)
        result = NULL;
    gate = json_object_get(result, "gate");
    if ((done && json_is_object(gate)) || strcmp(job->code, "E_CONFLICT") == 0) {
        reel__json_object(w->json);
        reel__stats_put_day(w->json, "day", day);
        reel__json_put_int(w->json, "job", job->id);
        reel__json_put_bool(w->json, "passed", done);
        reel__json_put_known(w->json, "reason", job->reason);
        put_gate(w->json, gate);
        reel__json_object_end(w->json);
    }
    json_decref(result);
    return true;
}

reel_code reel__stats_write_models(reel_json *json, const reel_stats_ask *ask, reel_err *err)
{
    const reel_job_filter all = {.limit = REEL_JOBS_KEPT};
    weekly w = {json, ask, 0};
    reel_code rc = REEL_OK;

    reel__json_key(json, "items");
    reel__json_array(json);
    REEL_TRY(reel__stats_weekly(ask->store, ask->range, put_week, &w, err));
    reel__json_array_end(json);
    reel__json_key(json, "promotions");
    reel__json_array(json);
    REEL_TRY(reel__stats_firsts(ask->store, put_promotion, &w, err));
    reel__json_array_end(json);
    reel__json_key(json, "trainings");
    reel__json_array(json);
    REEL_TRY(reel__store_scan_jobs(ask->store, &all, put_training, &w, err));
    reel__json_array_end(json);
out:
    return rc;
}
