/* history.c - see history.h. */
#include "model/history.h"

#include "data/signals.h"

size_t reel__history_length(const reel_dataset *dataset, reel_index row)
{
    const reel_csr_view ratings = reel_dataset_ratings(dataset);
    const reel_csr_view signals = reel__dataset_signals(dataset);

    return (size_t)(ratings.ptr[row + 1] - ratings.ptr[row]) +
           (signals.ptr == NULL ? 0 : (size_t)(signals.ptr[row + 1] - signals.ptr[row]));
}

size_t reel__history_take(const reel_dataset *dataset, reel_index row, reel_entry *out,
                          const int64_t *times)
{
    const reel_csr_view ratings = reel_dataset_ratings(dataset);
    const reel_csr_view signals = reel__dataset_signals(dataset);
    reel_nnz s = signals.ptr == NULL ? 0 : signals.ptr[row];
    const reel_nnz last = signals.ptr == NULL ? 0 : signals.ptr[row + 1];
    size_t count = 0;

    for (reel_nnz k = ratings.ptr[row]; k < ratings.ptr[row + 1]; k++) {
        for (; s < last && signals.col[s] < ratings.col[k]; s++)
            out[count++] = reel__signal_entry(signals.col[s], signals.val[s]);
        s += s < last && signals.col[s] == ratings.col[k]; /* of a damaged file */
        out[count++] = (reel_entry){.movie = ratings.col[k],
                                    .value = ratings.val[k],
                                    .weight = 1,
                                    .time = times == NULL ? 0 : times[k]};
    }
    for (; s < last; s++)
        out[count++] = reel__signal_entry(signals.col[s], signals.val[s]);
    return count;
}

/* ---- as one matrix ------------------------------------------------------------------------- */

/* The rows of both, the one's values and the other's in matrices of the same places. */
static reel_code join(reel_csr *values, reel_csr *weights, const reel_dataset *dataset,
                      reel_err *err)
{
    const reel_csr_view ratings = reel_dataset_ratings(dataset);
    const reel_csr_view signals = reel__dataset_signals(dataset);
    const reel_nnz most = ratings.ptr[ratings.rows] + signals.ptr[signals.rows];
    reel_nnz at = 0;
    reel_code rc;

    REEL_TRY(reel__csr_init(values, ratings.rows, ratings.cols, most, err));
    REEL_TRY(reel__csr_init(weights, ratings.rows, ratings.cols, most, err));
    for (reel_index r = 0; r < ratings.rows; r++) {
        reel_nnz s = signals.ptr[r], k = ratings.ptr[r];

        while (k < ratings.ptr[r + 1] || s < signals.ptr[r + 1]) {
            const bool rated = k < ratings.ptr[r + 1] &&
                               (s == signals.ptr[r + 1] || ratings.col[k] <= signals.col[s]);

            s += rated && s < signals.ptr[r + 1] && signals.col[s] == ratings.col[k];
            values->col[at] = weights->col[at] = rated ? ratings.col[k] : signals.col[s];
            values->val[at] = rated ? ratings.val[k] : 0;
            weights->val[at++] = rated ? 0 : signals.val[s];
            k += rated;
            s += !rated;
        }
        values->ptr[r + 1] = weights->ptr[r + 1] = at;
    }
out:
    return rc;
}

reel_code reel__told_make(reel_told *out, const reel_dataset *dataset, reel_err *err)
{
    reel_csr *own;
    reel_code rc = REEL_OK;

    *out =
        (reel_told){.people = reel_dataset_ratings(dataset), .films = reel_dataset_raters(dataset)};
    if (reel__dataset_signals(dataset).ptr == NULL)
        return REEL_OK;
    own = out->own;
    REEL_TRY(join(&own[0], &own[1], dataset, err));
    REEL_TRY(reel__csr_transpose(&own[2], reel__csr_view(&own[0]), err));
    REEL_TRY(reel__csr_transpose(&own[3], reel__csr_view(&own[1]), err));
    out->people = reel__csr_view(&own[0]);
    out->films = reel__csr_view(&own[2]);
    out->people_signals = own[1].val;
    out->films_signals = own[3].val;
out:
    if (rc != REEL_OK)
        reel__told_fini(out);
    return rc;
}

void reel__told_fini(reel_told *joined)
{
    for (int i = 0; i < 4; i++)
        reel__csr_fini(&joined->own[i]);
    *joined = (reel_told){0};
}
