/* user_knn_stored.c - the neighbours of the people a model was fitted on, kept in its file: whoever
 * asks with the very history that was trained on is answered without comparing anybody. They are
 * found as for anyone who asks, so that a list is the same either way. It costs a comparison of
 * everyone with everyone once, and 8 bytes for each neighbour.
 */
#include <math.h>
#include <omp.h>
#include <string.h>

#include "base/alloc.h"
#include "model/user_knn.h"
#include "num/par.h"

static const char STORED[] = "stored", SIMILARITY[] = "stored_similarity";

typedef struct workspace { /* of one thread */
    float *similarity;     /* [REEL_NEAREST_ROOM x people] */
    reel_scored *top;      /* [neighbours] */
    reel_entry *entries;   /* [movies] */
} workspace;

static void free_workspaces(workspace *all, int count)
{
    for (int t = 0; all != NULL && t < count; t++) {
        reel__free(all[t].similarity);
        reel__free(all[t].top);
        reel__free(all[t].entries);
    }
    reel__free(all);
}

static workspace *make_workspaces(const user_knn *self, size_t limit, int count)
{
    const size_t people = (size_t)self->people.rows, movies = (size_t)self->people.cols;
    workspace *all = reel__alloc_zero((size_t)count, sizeof *all);
    bool missing = all == NULL;

    for (int t = 0; t < count && !missing; t++) {
        all[t].similarity = reel__alloc_aligned(REEL_NEAREST_ROOM * people, sizeof(float));
        all[t].top = reel__alloc_array(limit, sizeof(reel_scored));
        all[t].entries = reel__alloc_array(movies, sizeof(reel_entry));
        missing = all[t].similarity == NULL || all[t].top == NULL || all[t].entries == NULL;
    }
    if (!missing)
        return all;
    free_workspaces(all, count);
    return NULL;
}

/* near and similarity [neighbours] of person u */
static void find(const user_knn *self, reel_csr_view ratings, reel_index u, const workspace *w,
                 reel_index *near, float *similarity)
{
    const size_t limit = (size_t)self->base.params[USER_KNN_NEIGHBOURS];
    reel_query query = {.entries = w->entries, .row = u};
    size_t count;

    for (reel_nnz k = ratings.ptr[u]; k < ratings.ptr[u + 1]; k++)
        w->entries[query.count++] =
            (reel_entry){.movie = ratings.col[k], .value = ratings.val[k], .weight = 1};
    count = reel__user_knn_nearest(self, &query, w->similarity, w->top);
    for (size_t n = 0; n < limit; n++) {
        near[n] = n < count ? w->top[n].index : -1;
        similarity[n] = n < count ? w->top[n].score : 0;
    }
}

reel_code reel__user_knn_store(user_knn *self, reel_csr_view ratings,
                               const reel_fit_context *context, reel_err *err)
{
    const size_t limit = (size_t)self->base.params[USER_KNN_NEIGHBOURS];
    const size_t size = (size_t)ratings.rows * limit;
    const int team = reel__par_threads((double)ratings.ptr[ratings.rows], 2e4, context->threads);
    const volatile bool *cancel = context->cancel;
    reel_index *near = reel__alloc_array(size, sizeof *near);
    float *similarity = reel__alloc_array(size, sizeof *similarity);
    workspace *all = make_workspaces(self, limit, team);

    self->stored = near;
    self->stored_similarity = similarity;
    if (near == NULL || similarity == NULL || all == NULL) {
        free_workspaces(all, team);
        return reel__user_knn_no_memory(self, err);
    }
#pragma omp parallel for schedule(dynamic, 16) num_threads(team)
    for (reel_index u = 0; u < ratings.rows; u++)
        if (cancel == NULL || !*cancel)
            find(self, ratings, u, &all[omp_get_thread_num()], near + (size_t)u * limit,
                 similarity + (size_t)u * limit);
    free_workspaces(all, team);
    if (cancel != NULL && *cancel)
        return reel_fail(err, REEL_E_CANCELLED, "fitting \"user-knn\" was cancelled");
    return REEL_OK;
}

/* ---- files --------------------------------------------------------------------------------- */

reel_code reel__user_knn_save_stored(const user_knn *self, reel_tensors_writer *writer,
                                     reel_err *err)
{
    const int64_t limit = (int64_t)self->base.params[USER_KNN_NEIGHBOURS];
    reel_code rc = REEL_OK;

    REEL_TRY(reel__tensors_add_matrix(writer, STORED, REEL_I32, self->stored, self->people.rows,
                                      limit, err));
    REEL_TRY(reel__tensors_add_matrix(writer, SIMILARITY, REEL_F32, self->stored_similarity,
                                      self->people.rows, limit, err));
out:
    return rc;
}

static reel_code get(const void **out, const user_knn *self, const reel_tensors *tensors,
                     const char *prefix, const char *name, reel_dtype dtype, reel_err *err)
{
    const int64_t people = self->people.rows;
    const int64_t limit = (int64_t)self->base.params[USER_KNN_NEIGHBOURS];
    int64_t shape[2] = {0};
    const reel_code rc = reel__tensors_get_matrix(tensors, prefix, name, dtype, out, shape, err);

    if (rc != REEL_OK)
        return rc;
    if (shape[0] == people && shape[1] == limit)
        return REEL_OK;
    return reel_fail(err, REEL_E_FORMAT, "%s: \"%s\" is %lld x %lld where %lld x %lld is needed",
                     reel__tensors_path(tensors), name, (long long)shape[0], (long long)shape[1],
                     (long long)people, (long long)limit);
}

/* Whether a person's neighbours are others, most similar first. */
static bool in_order(const user_knn *self, reel_index u)
{
    const size_t limit = (size_t)self->base.params[USER_KNN_NEIGHBOURS];
    const reel_index *near = self->stored + (size_t)u * limit;
    const float *similarity = self->stored_similarity + (size_t)u * limit;
    float before = 2; /* more than any */

    for (size_t n = 0; n < limit; n++) {
        if (near[n] == -1)
            return true;
        if (near[n] < 0 || near[n] >= self->people.rows || near[n] == u ||
            !(similarity[n] > 0 && similarity[n] <= before))
            return false;
        before = similarity[n];
    }
    return true;
}

reel_code reel__user_knn_load_stored(user_knn *self, const reel_tensors *tensors,
                                     const char *prefix, reel_err *err)
{
    const void *near = NULL, *similarity = NULL;
    reel_code rc = REEL_OK;

    REEL_TRY(get(&near, self, tensors, prefix, STORED, REEL_I32, err));
    REEL_TRY(get(&similarity, self, tensors, prefix, SIMILARITY, REEL_F32, err));
    self->stored = near;
    self->stored_similarity = similarity;
    for (reel_index u = 0; u < self->people.rows; u++)
        if (!in_order(self, u))
            return reel_fail(err, REEL_E_FORMAT, "%s: the neighbours of row %d are damaged",
                             reel__tensors_path(tensors), (int)u);
out:
    return rc;
}
