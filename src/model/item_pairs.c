/* item_pairs.c - a film x film matrix out of comparing all pairs; see item_pairs.h. */
#include "model/item_pairs.h"

#include <math.h>

#include "base/alloc.h"
#include "num/pairs.h"

static bool step(double share, const void *user)
{
    return reel__fit_step(user, share);
}

/* pow would change the bits of an exponent of 1 on no machine we know, and takes its time. */
static void raise_scores(reel_scored *list, reel_index count, double exponent)
{
    for (reel_index n = 0; exponent != 1 && n < count; n++)
        list[n].score = (float)pow((double)list[n].score, exponent);
}

/* Let a list sum to 1. */
static void normalise(reel_scored *list, reel_index count)
{
    double sum = 0;

    for (reel_index n = 0; n < count; n++)
        sum += (double)list[n].score;
    for (reel_index n = 0; n < count; n++)
        list[n].score = (float)((double)list[n].score / sum);
}

static reel_code compare(reel_item_sums *self, reel_csr_view liked, const reel_item_pairs *pairs,
                         const reel_fit_context *context, reel_err *err)
{
    const bool by_target = pairs->keep == REEL_KEEP_TARGET;
    const reel_index keep = (reel_index)fmin(pairs->neighbours, liked.rows);
    reel_scored *lists = reel__alloc_array((size_t)liked.rows * (size_t)keep, sizeof *lists);
    reel_index *counts = reel__alloc_zero((size_t)liked.rows, sizeof *counts);
    const reel_pairs job = {.items = liked,
                            .weights = pairs->weights,
                            .from = by_target ? pairs->to : pairs->from,
                            .to = by_target ? pairs->from : pairs->to,
                            .shrinkage = (float)pairs->shrinkage,
                            .keep = keep,
                            .threads = context->threads,
                            .step = step,
                            .user = context};
    reel_code rc = REEL_OK;

    if (lists == NULL || counts == NULL)
        rc = reel_fail(err, REEL_E_NOMEM, "no memory for the neighbours of %d films",
                       (int)liked.rows);
    else
        rc = reel__pairs_find(lists, counts, &job, err);
    for (reel_index i = 0; rc == REEL_OK && i < liked.rows; i++)
        raise_scores(lists + (size_t)i * (size_t)keep, counts[i], pairs->exponent);
    for (reel_index i = 0; rc == REEL_OK && pairs->normalise && i < liked.rows; i++)
        normalise(lists + (size_t)i * (size_t)keep, counts[i]);
    if (rc == REEL_OK)
        rc = reel__item_sums_from_lists(self, lists, counts, keep, pairs->keep, err);
    reel__free(lists);
    reel__free(counts);
    return rc;
}

reel_code reel__item_pairs_fit(reel_item_sums *self, const reel_dataset *dataset,
                               void (*describe)(const reel_model *model, reel_csr_view liked,
                                                reel_item_pairs *pairs),
                               const reel_fit_context *context, reel_err *err)
{
    reel_csr liked = {0};
    reel_item_pairs pairs = {0};
    reel_code rc = reel__item_sums_liked(&liked, self, dataset, err);

    if (rc != REEL_OK)
        return rc;
    pairs.weights = reel__alloc_array((size_t)liked.cols, sizeof *pairs.weights);
    pairs.from = reel__alloc_array((size_t)liked.rows, sizeof *pairs.from);
    pairs.to = reel__alloc_array((size_t)liked.rows, sizeof *pairs.to);
    if (pairs.weights == NULL || pairs.from == NULL || pairs.to == NULL) {
        rc = reel_fail(err, REEL_E_NOMEM, "no memory for %d films and %d people", (int)liked.rows,
                       (int)liked.cols);
    } else {
        describe(&self->base, reel__csr_view(&liked), &pairs);
        rc = compare(self, reel__csr_view(&liked), &pairs, context, err);
    }
    reel__csr_fini(&liked);
    reel__free(pairs.weights);
    reel__free(pairs.from);
    reel__free(pairs.to);
    return rc;
}

double reel__item_pairs_memory(const reel_dataset *dataset, double neighbours)
{
    const reel_csr_view raters = reel_dataset_raters(dataset);

    return reel__pairs_memory(raters) + 24 * fmin(neighbours, raters.rows) * raters.rows;
}

void reel__item_pairs_count(reel_csr_view liked, float *out)
{
    for (reel_index u = 0; u < liked.cols; u++)
        out[u] = 0;
    for (reel_nnz k = 0; k < liked.ptr[liked.rows]; k++)
        out[liked.col[k]] += 1;
}
