/* evidence.c - parts ratings into liked and disliked; see evidence.h. */
#include "model/evidence.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char key[] = "evidence.liked", alike[] = "all";
static const float liked_share = 0.8F; /* of the highest rating: 4 of 5, 8 of 10 */

reel_evidence reel__evidence_learn(reel_csr_view ratings, double liked)
{
    const reel_nnz count = ratings.ptr[ratings.rows];
    float low = INFINITY, high = -INFINITY;

    for (reel_nnz k = 0; k < count; k++) {
        low = fminf(low, ratings.val[k]);
        high = fmaxf(high, ratings.val[k]);
    }
    if (!(low < high))
        return (reel_evidence){0};
    return (reel_evidence){.graded = true, .liked = liked != 0 ? (float)liked : high * liked_share};
}

static bool wanted(const reel_evidence *evidence, float value, bool liked)
{
    return (!evidence->graded || value >= evidence->liked) == liked;
}

reel_code reel__evidence_select(reel_csr *out, reel_csr_view ratings, const reel_evidence *evidence,
                                bool liked, reel_err *err)
{
    const reel_nnz count = ratings.ptr[ratings.rows];
    reel_nnz kept = 0;
    reel_code rc;

    for (reel_nnz k = 0; k < count; k++)
        kept += wanted(evidence, ratings.val[k], liked);
    rc = reel__csr_init(out, ratings.rows, ratings.cols, kept, err);
    if (rc != REEL_OK)
        return rc;
    kept = 0;
    for (reel_index r = 0; r < ratings.rows; r++) {
        out->ptr[r] = kept;
        for (reel_nnz k = ratings.ptr[r]; k < ratings.ptr[r + 1]; k++)
            if (wanted(evidence, ratings.val[k], liked)) {
                out->col[kept] = ratings.col[k];
                out->val[kept++] = 1;
            }
    }
    out->ptr[ratings.rows] = kept;
    return REEL_OK;
}

reel_code reel__evidence_save(const reel_evidence *evidence, reel_tensors_writer *writer,
                              reel_err *err)
{
    char text[32];

    (void)snprintf(text, sizeof text, "%.9g", (double)evidence->liked);
    return reel__tensors_meta(writer, key, evidence->graded ? text : alike, err);
}

reel_code reel__evidence_load(reel_evidence *out, const reel_tensors *tensors, const char *prefix,
                              reel_err *err)
{
    const char *text = reel__tensors_get_meta(tensors, prefix, key);
    char *end = NULL;

    *out = (reel_evidence){0};
    if (text != NULL && strcmp(text, alike) == 0)
        return REEL_OK;
    out->graded = true;
    out->liked = text == NULL ? NAN : strtof(text, &end);
    if (text == NULL || end == text || *end != '\0' || !isfinite(out->liked))
        return reel_fail(err, REEL_E_FORMAT, "%s: the header's \"%s%s\" is no rating",
                         reel__tensors_path(tensors), prefix, key);
    return REEL_OK;
}
