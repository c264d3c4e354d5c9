/* filter.c - rating threshold and iterative k-core; see split.h. */
#include <stdbool.h>

#include "base/alloc.h"
#include "eval/select.h"
#include "eval/split.h"

enum { DROPPED, KEPT };

typedef struct core_counts {
    reel_nnz *people, *films; /* ratings kept of each */
    uint8_t *marks;
} core_counts;

static void count_kept(core_counts *c, reel_csr_view r)
{
    for (reel_index p = 0; p < r.rows; p++)
        for (reel_nnz k = r.ptr[p]; k < r.ptr[p + 1]; k++)
            if (c->marks[k] == KEPT) {
                c->people[p]++;
                c->films[r.col[k]]++;
            }
}

/* Drop until everyone and every film has `core` ratings or none. */
static void peel(core_counts *c, reel_csr_view r, reel_nnz core)
{
    bool changed = true;

    while (changed) {
        changed = false;
        for (reel_index p = 0; p < r.rows; p++)
            for (reel_nnz k = r.ptr[p]; k < r.ptr[p + 1]; k++) {
                if (c->marks[k] == DROPPED || (c->people[p] >= core && c->films[r.col[k]] >= core))
                    continue;
                c->marks[k] = DROPPED;
                c->people[p]--;
                c->films[r.col[k]]--;
                changed = true;
            }
    }
}

static reel_code keep_core(const reel_dataset *dataset, uint8_t *marks, bool *films, int core,
                           reel_err *err)
{
    const reel_csr_view r = reel_dataset_ratings(dataset);
    core_counts c = {.people = reel__alloc_zero((size_t)r.rows, sizeof(reel_nnz)),
                     .films = reel__alloc_zero((size_t)r.cols, sizeof(reel_nnz)),
                     .marks = marks};
    reel_code rc = REEL_OK;

    if (c.people == NULL || c.films == NULL) {
        rc = reel_fail(err, REEL_E_NOMEM, "no memory for the core of %d people", (int)r.rows);
    } else {
        count_kept(&c, r);
        peel(&c, r, core);
        for (reel_index j = 0; j < r.cols; j++)
            films[j] = c.films[j] > 0;
    }
    reel__free(c.people);
    reel__free(c.films);
    return rc;
}

static reel_nnz mark_liked(uint8_t *marks, reel_csr_view r, double threshold)
{
    reel_nnz kept = 0;

    for (reel_nnz k = 0; k < r.ptr[r.rows]; k++) {
        marks[k] = threshold <= 0 || (double)r.val[k] >= threshold ? KEPT : DROPPED;
        kept += marks[k];
    }
    return kept;
}

static bool any_kept(const uint8_t *marks, reel_nnz count)
{
    for (reel_nnz k = 0; k < count; k++)
        if (marks[k] == KEPT)
            return true;
    return false;
}

reel_code reel__filter(reel_dataset **out, reel_dataset *dataset, const reel_filter_opts *opts,
                       reel_err *err)
{
    const reel_csr_view r = reel_dataset_ratings(dataset);
    const reel_nnz count = r.ptr[r.rows];
    uint8_t *marks = NULL;
    bool *films = NULL;
    reel_code rc = REEL_OK;

    *out = NULL;
    if (!(opts->threshold >= 0 && opts->threshold <= 1e6) || opts->core < 0)
        return reel_fail(err, REEL_E_INVALID, "filter: threshold %g and core %d must be 0 or more",
                         opts->threshold, opts->core);
    marks = reel__alloc_array((size_t)count, sizeof *marks);
    films = reel__alloc_array((size_t)r.cols, sizeof *films);
    if (marks == NULL || films == NULL)
        REEL_TRY(
            reel_fail(err, REEL_E_NOMEM, "no memory to filter %lld ratings", (long long)count));
    if (mark_liked(marks, r, opts->threshold) == count && opts->core <= 1) {
        *out = reel_dataset_ref(dataset);
        goto out;
    }
    if (opts->core > 1)
        REEL_TRY(keep_core(dataset, marks, films, opts->core, err));
    if (!any_kept(marks, count))
        REEL_TRY(reel_fail(err, REEL_E_INVALID,
                           "no rating is left by threshold %g and core %d; lower one of them",
                           opts->threshold, opts->core));
    REEL_TRY(reel__select(out, dataset, marks, KEPT, opts->core > 1 ? films : NULL, err));
out:
    reel__free(marks);
    reel__free(films);
    return rc;
}
