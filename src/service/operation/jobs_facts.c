/* jobs_facts.c - what a server counts of its jobs, for monitoring. */
#include <string.h>

#include "service/operation/jobs_priv.h"
#include "store/versions.h"

enum { DEPTH = 16 };

reel_jobs_facts reel__jobs_facts(reel_jobs *jobs)
{
    reel_jobs_facts facts;

    pthread_mutex_lock(&jobs->lock);
    facts = jobs->facts;
    pthread_mutex_unlock(&jobs->lock);
    return facts;
}

void reel__jobs_begin_facts(reel_jobs *jobs)
{
    for (int i = 0; i < MODELS; i++)
        jobs->trained[i].model = reel__engine_names[i];
    jobs->trained[MODELS].model = "all";
}

const reel_train_facts *reel__jobs_trained(const reel_jobs *jobs, size_t model)
{
    return model <= MODELS ? &jobs->trained[model] : NULL;
}

const char *reel__train_reason(size_t reason)
{
    static const char *const names[REEL_TRAIN_REASONS - 1] = {
#define NAME(name, value, http, exit) #name,
        REEL_CODES(NAME)
#undef NAME
    };

    if (reason + 1 == REEL_TRAIN_REASONS)
        return "other";
    return reason + 1 < REEL_TRAIN_REASONS ? names[reason] : NULL;
}

static reel_train_facts *facts_of(reel_jobs *jobs, const char *model)
{
    int i = 0;

    while (i < MODELS && strcmp(reel__engine_names[i], model) != 0)
        i++;
    return &jobs->trained[i];
}

static bool count_fit(void *user, const reel_version_record *version)
{
    reel__histogram_observe(&facts_of(user, version->name)->durations, reel__histogram_long,
                            (double)version->milliseconds / 1000);
    return true;
}

/* {"models":["ease-1f2e3d4c5b6a"]}: each has a record that says how long its fit took. */
static void count_fits(reel_jobs *jobs, const char *result)
{
    json_t *parsed = NULL;
    const json_t *models;

    if (reel__json_parse(&parsed, result, strlen(result), DEPTH, NULL) != REEL_OK)
        return;
    models = json_object_get(parsed, "models");
    for (size_t i = 0; i < json_array_size(models); i++) {
        const char *id = json_string_value(json_array_get(models, i));
        const reel_version_filter filter = {.model_id = id, .limit = 1};

        if (id != NULL) /* a store that is away now: not counted */
            (void)!reel__store_scan_versions(jobs->opts.store, &filter, count_fit, jobs, NULL);
    }
    json_decref(parsed);
}

static void count_failure(reel_jobs *jobs, const char *code)
{
    size_t reason = 0;

    while (reason + 1 < REEL_TRAIN_REASONS && strcmp(reel__train_reason(reason), code) != 0)
        reason++;
    atomic_fetch_add_explicit(&facts_of(jobs, jobs->model)->failures[reason], 1,
                              memory_order_relaxed);
}

void reel__jobs_count(reel_jobs *jobs, const reel_job *outcome)
{
    pthread_mutex_lock(&jobs->lock);
    jobs->facts.done += outcome->state == REEL_JOB_DONE;
    jobs->facts.failed += outcome->state == REEL_JOB_FAILED;
    jobs->facts.cancelled += outcome->state == REEL_JOB_CANCELLED;
    pthread_mutex_unlock(&jobs->lock);
    if (jobs->trains && outcome->state == REEL_JOB_DONE)
        count_fits(jobs, outcome->result);
    if (jobs->trains && outcome->state == REEL_JOB_FAILED)
        count_failure(jobs, outcome->code);
}
