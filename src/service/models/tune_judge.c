/* tune_judge.c - validation ratings cut from the given ones, and trials judged by them.
 * Ranking: a fifth of each person's liked ratings; rating: a tenth of all. Cheap rungs take some of
 * the people, drawn by seed and id so that a higher rung has those of a lower one among its own;
 * models that work in sweeps, epochs or samples have fewer of them instead.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "eval/metrics.h"
#include "eval/protocol.h"
#include "eval/select.h"
#include "model/evidence.h"
#include "model/params.h"
#include "service/models/learn.h"
#include "service/models/tune_priv.h"

enum { RATING_FOLDS = 10, LEAST_LIKED = 5, STREAM_PEOPLE = 1 << 28 };
static const double liked_share = 0.2;

double reel__tune_share(const reel_tuning *tuning, int rung)
{
    return pow(3, rung - (tuning->rungs - 1));
}

/* ---- validation ---------------------------------------------------------------------------- */

/* The people of a rung and all they rated; the films stay. */
static reel_code some_people(reel_dataset **out, const reel_dataset *whole, double share,
                             uint64_t seed, reel_err *err)
{
    const reel_csr_view r = reel_dataset_ratings(whole);
    uint8_t *kept = reel__alloc_zero((size_t)r.ptr[r.rows], sizeof *kept);
    reel_code rc;

    if (kept == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to choose among %d people", (int)r.rows);
    for (reel_index p = 0; p < r.rows; p++) {
        const uint64_t id = (uint64_t)reel_dataset_person_ids(whole)[p];
        reel_rng rng = reel__rng_make(seed + STREAM_PEOPLE, id);

        memset(kept + r.ptr[p], reel__rng_unit(&rng) < share, (size_t)(r.ptr[p + 1] - r.ptr[p]));
    }
    rc = reel__select(out, whole, kept, 1, NULL, err);
    reel__free(kept);
    return rc;
}

static float liked_from(const reel_tuning *tuning, const reel_dataset *dataset)
{
    const reel_model_info *info = tuning->space.info;
    double liked = 0;
    reel_evidence evidence;

    for (size_t i = 0; i < info->param_count; i++)
        if (strcmp(info->params[i].name, "liked") == 0)
            liked = tuning->space.base[i];
    evidence = reel__evidence_learn(reel_dataset_ratings(dataset), liked);
    return evidence.graded ? evidence.liked : -REEL_VALUE_MAX;
}

static reel_code hold_liked_out(reel_split *out, const reel_tuning *tuning,
                                const reel_dataset *dataset, reel_err *err)
{
    const reel_holdout_opts opts = {.share = liked_share,
                                    .relevant = liked_from(tuning, dataset),
                                    .least_relevant = LEAST_LIKED,
                                    .seed = tuning->opts->seed};
    reel_holdout holdout;
    reel_index people;
    reel_code rc = reel__holdout_make(&holdout, dataset, &opts, err);

    if (rc != REEL_OK)
        return rc;
    people = holdout.test.rows;
    *out = (reel_split){.train = holdout.train,
                        .history = reel_dataset_ref(holdout.train),
                        .held.test = holdout.test};
    out->held.person = reel__alloc_array((size_t)people, sizeof *out->held.person);
    if (out->held.person == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for %d people", (int)people);
    for (reel_index p = 0; p < people; p++)
        out->held.person[p] = p;
    return REEL_OK;
}

reel_code reel__tune_rung_make(reel_tune_rung *out, const reel_tuning *tuning,
                               const reel_dataset *whole, int rung, reel_err *err)
{
    const bool all = tuning->space.effort >= 0 || rung == tuning->rungs - 1;
    reel_split_opts folds = reel__split_opts_default();
    reel_dataset *some = NULL;
    const reel_dataset *dataset = whole;
    reel_code rc = REEL_OK;

    *out = (reel_tune_rung){0};
    if (!all) {
        REEL_TRY(
            some_people(&some, whole, reel__tune_share(tuning, rung), tuning->opts->seed, err));
        dataset = some;
    }
    folds.protocol = REEL_PROTOCOL_FOLDS;
    folds.folds = RATING_FOLDS;
    folds.seed = tuning->opts->seed;
    if (!tuning->rates)
        REEL_TRY(hold_liked_out(&out->split, tuning, dataset, err));
    else
        REEL_TRY(reel__split_make(&out->split, dataset, &folds, 0, err));
    if (tuning->rates)
        REEL_TRY(
            reel__rating_targets(&out->targets, &out->rows, &out->predicted, &out->split, err));
out:
    reel_dataset_free(some);
    if (rc != REEL_OK)
        reel__tune_rung_fini(out);
    return rc;
}

void reel__tune_rung_fini(reel_tune_rung *rung)
{
    reel__split_fini(&rung->split);
    reel__free(rung->rows);
    reel__free(rung->predicted);
    *rung = (reel_tune_rung){0};
}

/* ---- one trial ----------------------------------------------------------------------------- */

void reel__tune_values(double *out, const reel_tuning *tuning, const reel_trial *trial)
{
    const int effort = tuning->space.effort;

    reel__tune_params(out, &tuning->space, trial->values);
    if (effort >= 0)
        out[effort] = fmax(tuning->space.info->params[effort].min,
                           round(out[effort] * reel__tune_share(tuning, trial->rung)));
}

static reel_code fit(reel_model **out, const reel_tuning *tuning, const reel_tune_rung *rung,
                     const reel_trial *trial, const reel_fit_context *context, reel_err *err)
{
    const reel_model_info *info = tuning->space.info;
    char texts[REEL_PARAMS_MAX][REEL_PARAM_TEXT];
    reel_param items[REEL_PARAMS_MAX];
    const reel_params params = {items, info->param_count};
    reel_fit_context own = *context;
    double values[REEL_PARAMS_MAX];

    reel__tune_values(values, tuning, trial);
    for (size_t i = 0; i < info->param_count; i++) {
        reel__param_write(&info->params[i], values[i], texts[i]);
        items[i] = (reel_param){.name = info->params[i].name, .value = texts[i]};
    }
    own.targets = tuning->rates ? &rung->targets : NULL;
    return reel__learn(out, info->name, rung->split.train, &params, &own, err);
}

static size_t cut_index(const reel_judge_opts *opts, int cut)
{
    size_t i = 0;

    while (i < opts->cut_count && opts->cuts[i] != cut)
        i++;
    return i;
}

static double mean_of(const reel_judgement *judgement, size_t column)
{
    double sum = 0, count = 0;

    for (reel_index p = 0; p < judgement->people; p++)
        if (judgement->rounds[p] > 0) {
            sum += judgement->each[(size_t)p * judgement->columns + column];
            count++;
        }
    return sum / count;
}

static reel_code judge_lists(double *metrics, const reel_tuning *tuning, const reel_split *split,
                             const reel_model *model, reel_err *err)
{
    reel_judge_opts opts = {.seed = tuning->opts->seed, .threads = tuning->opts->threads};
    reel_judgement judgement;
    reel_code rc;

    for (size_t i = 0; i < tuning->metric_count; i++)
        if (cut_index(&opts, tuning->metrics[i].cut) == opts.cut_count)
            opts.cuts[opts.cut_count++] = tuning->metrics[i].cut;
    rc = reel__judgement_init(&judgement, split->held.test.rows, &opts, err);
    if (rc == REEL_OK)
        rc = reel__judge(&judgement, model, split, err);
    for (size_t i = 0; rc == REEL_OK && i < tuning->metric_count; i++)
        metrics[i] =
            mean_of(&judgement, reel__metric_column(cut_index(&opts, tuning->metrics[i].cut),
                                                    tuning->metrics[i].of));
    reel__judgement_fini(&judgement);
    return rc;
}

reel_code reel__tune_try(double *metrics, const reel_tuning *tuning, reel_tune_rung *rung,
                         const reel_trial *trial, const reel_fit_context *context, reel_err *err)
{
    reel_model *model = NULL;
    reel_code rc = REEL_OK;

    REEL_TRY(fit(&model, tuning, rung, trial, context, err));
    if (!tuning->rates) {
        REEL_TRY(judge_lists(metrics, tuning, &rung->split, model, err));
    } else {
        metrics[0] = reel__rmse(rung->predicted, rung->split.held.test.val, rung->targets.count);
        metrics[1] = reel__mae(rung->predicted, rung->split.held.test.val, rung->targets.count);
    }
    if (!isfinite(metrics[tuning->chosen]))
        rc = reel_fail(err, REEL_E_INVALID, "what the model gives is not a number");
out:
    reel_model_free(model);
    return rc;
}
