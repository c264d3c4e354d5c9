/* protocol.c - holding out, ranking and averaging; see protocol.h.
 * What is held out depends on the seed and the person's id alone, so that it stays the same when
 * other people come or go. Means are summed in person order after all lists are made.
 */
#include "eval/protocol.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "eval/judge.h"
#include "eval/select.h"

reel_holdout_opts reel__holdout_opts_default(void)
{
    return (reel_holdout_opts){.share = 0.2, .relevant = 4, .least_relevant = 5, .seed = 1};
}

/* ---- holding out --------------------------------------------------------------------------- */

/* Mark the ratings of one person that are held out: a draw without replacement among the relevant.
 */
static void draw_person(const reel_dataset *dataset, reel_index person,
                        const reel_holdout_opts *opts, uint8_t *held)
{
    const reel_csr_view r = reel_dataset_ratings(dataset);
    reel_rng rng = reel__rng_make(opts->seed, (uint64_t)reel_dataset_person_ids(dataset)[person]);
    uint64_t relevant = 0, wanted;

    for (reel_nnz k = r.ptr[person]; k < r.ptr[person + 1]; k++)
        relevant += r.val[k] >= opts->relevant;
    if (relevant < (uint64_t)opts->least_relevant)
        return;
    wanted = (uint64_t)llround((double)relevant * opts->share);
    for (reel_nnz k = r.ptr[person]; k < r.ptr[person + 1]; k++) {
        if (r.val[k] < opts->relevant)
            continue;
        held[k] = reel__rng_below(&rng, relevant) < wanted;
        wanted -= held[k];
        relevant--;
    }
}

/* Held-out films by row of the training data; people left without a history are left out. */
static reel_code build_test(reel_holdout *out, const reel_dataset *dataset, const uint8_t *held,
                            reel_nnz held_count, reel_err *err)
{
    const reel_csr_view r = reel_dataset_ratings(dataset);
    const reel_index people = reel_dataset_people(out->train);
    reel_nnz at = 0;
    const reel_code rc = reel__csr_init(&out->test, people, r.cols, held_count, err);

    if (rc != REEL_OK)
        return rc;
    for (reel_index row = 0; row < people; row++) {
        const int64_t id = reel_dataset_person_ids(out->train)[row];
        const reel_index p = reel_dataset_find_person(dataset, id);

        out->test.ptr[row] = at;
        for (reel_nnz k = r.ptr[p]; k < r.ptr[p + 1]; k++)
            if (held[k]) {
                out->test.col[at] = r.col[k];
                out->test.val[at++] = r.val[k];
            }
    }
    out->test.ptr[people] = at;
    return REEL_OK;
}

reel_code reel__holdout_make(reel_holdout *out, const reel_dataset *dataset,
                             const reel_holdout_opts *opts, reel_err *err)
{
    const reel_holdout_opts plain = reel__holdout_opts_default();
    const reel_csr_view r = reel_dataset_ratings(dataset);
    reel_nnz held_count = 0;
    uint8_t *held;
    reel_code rc = REEL_OK;

    memset(out, 0, sizeof *out);
    if (opts == NULL)
        opts = &plain;
    if (!(opts->share > 0 && opts->share < 1) || opts->least_relevant < 1)
        return reel_fail(err, REEL_E_INVALID,
                         "hold out a share between 0 and 1 of at least 1 film, not %g of %d",
                         opts->share, opts->least_relevant);
    held = reel__alloc_zero((size_t)r.ptr[r.rows], sizeof *held);
    if (held == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to hold out ratings");
    for (reel_index p = 0; p < r.rows; p++)
        draw_person(dataset, p, opts, held);
    for (reel_nnz k = 0; k < r.ptr[r.rows]; k++)
        held_count += held[k];
    if (held_count == 0) {
        rc = reel_fail(err, REEL_E_INVALID, "nobody has %d ratings of %g or more to hold some out",
                       opts->least_relevant, (double)opts->relevant);
        goto out;
    }
    REEL_TRY(reel__select(&out->train, dataset, held, 0, NULL, err));
    REEL_TRY(build_test(out, dataset, held, held_count, err));
out:
    reel__free(held);
    if (rc != REEL_OK)
        reel__holdout_fini(out);
    return rc;
}

void reel__holdout_fini(reel_holdout *holdout)
{
    reel_dataset_free(holdout->train);
    reel__csr_fini(&holdout->test);
    memset(holdout, 0, sizeof *holdout);
}

/* ---- evaluating ---------------------------------------------------------------------------- */

enum { CUT_10, CUT_20, CUT_100, CUTS };

static const reel_judge_opts judge_opts = {.cuts = {10, 20, 100}, .cut_count = CUTS, .seed = 1};

static reel_quality average(const reel_judgement *judgement, double *per_person)
{
    reel_quality sum = {0};

    for (reel_index p = 0; p < judgement->people; p++) {
        const double *own = judgement->each + (size_t)p * judgement->columns;
        const double ndcg10 = own[reel__metric_column(CUT_10, REEL_METRIC_NDCG)];

        if (per_person != NULL)
            per_person[p] = ndcg10;
        if (isnan(ndcg10))
            continue;
        sum.people++;
        sum.ndcg10 += ndcg10;
        sum.ndcg100 += own[reel__metric_column(CUT_100, REEL_METRIC_NDCG)];
        sum.recall20 += own[reel__metric_column(CUT_20, REEL_METRIC_RECALL)];
    }
    if (sum.people > 0) {
        sum.ndcg10 /= sum.people;
        sum.ndcg100 /= sum.people;
        sum.recall20 /= sum.people;
    }
    return sum;
}

reel_code reel__evaluate(reel_quality *out, double *per_person, const reel_model *model,
                         const reel_holdout *holdout, int threads, reel_err *err)
{
    const reel_index people = reel_dataset_people(holdout->train);
    reel_split split = {
        .train = holdout->train, .history = holdout->train, .held.test = holdout->test};
    reel_judge_opts opts = judge_opts;
    reel_judgement judgement = {0};
    reel_code rc = REEL_OK;

    *out = (reel_quality){0};
    if (reel_model_movies(model) != holdout->test.cols)
        return reel_fail(err, REEL_E_INVALID, "model \"%s\" knows %d films, the data hold %d",
                         reel_model_id(model), (int)reel_model_movies(model),
                         (int)holdout->test.cols);
    opts.threads = threads;
    split.held.person = reel__alloc_array((size_t)people, sizeof *split.held.person);
    if (split.held.person == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to evaluate %d people", (int)people);
    for (reel_index p = 0; p < people; p++)
        split.held.person[p] = p;
    REEL_TRY(reel__judgement_init(&judgement, people, &opts, err));
    REEL_TRY(reel__judge(&judgement, model, &split, err));
    reel__judgement_finish(&judgement);
    *out = average(&judgement, per_person);
out:
    reel__judgement_fini(&judgement);
    reel__free(split.held.person); /* the rest is the holdout's */
    return rc;
}
