/* slim_fit.c - one film's elastic net by coordinate descent over the Gram matrix.
 *   min_w  1/2 |W^1/2 (x_j - X w)|^2 + l2/2 |w|^2 + l1 |w|_1      w_j = 0, w >= 0 unless `negative`
 * Only few films of thousands have a weight in the end. So descent runs over an active set whose
 * part of the Gram matrix lies together in the cache; then the gradient of all films is worked out
 * anew, the films whose optimum is not 0 join the set, and so on until there is none
 * (Friedman, Hastie and Tibshirani 2010, "covariance updates" and "active-set convergence").
 */
#include "model/slim.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/alloc.h"
#include "num/kernels.h"

enum { JOIN = 256, ROUNDS = 12, PASSES = 60 };
/* A pass that moves no weight by this share of the largest one is the last. */
#define ROUGH 2e-2F /* while films still join */
#define FINE  1e-3F

struct slim_solver {
    const slim_problem *problem;
    size_t target;
    size_t active;       /* films in the set */
    reel_scored *set;    /* [REEL_SLIM_ACTIVE] the films in it; score is the weight */
    float *local;        /* [REEL_SLIM_ACTIVE x REEL_SLIM_ACTIVE] their part of the Gram matrix */
    float *pull;         /* [REEL_SLIM_ACTIVE] their gradient: g_aj - sum_b G_ab w_b */
    float *gradient;     /* [movies] that of all films */
    uint64_t *taken;     /* [movies / 64 + 1] bit set = in the set, or the film itself */
    reel_scored *joined; /* [JOIN] */
};

slim_solver *reel__slim_solver_new(const slim_problem *problem)
{
    const size_t most = REEL_SLIM_ACTIVE < problem->movies ? REEL_SLIM_ACTIVE : problem->movies;
    slim_solver *s = reel__alloc_zero(1, sizeof *s);

    if (s == NULL)
        return NULL;
    s->problem = problem;
    s->set = reel__alloc_array(most, sizeof *s->set);
    s->local = reel__alloc_array(most * most, sizeof *s->local);
    s->pull = reel__alloc_array(most, sizeof *s->pull);
    s->gradient = reel__alloc_array(problem->movies, sizeof *s->gradient);
    s->taken = reel__alloc_array(problem->movies / 64 + 1, sizeof *s->taken);
    s->joined = reel__alloc_array(JOIN, sizeof *s->joined);
    if (s->set != NULL && s->local != NULL && s->pull != NULL && s->gradient != NULL &&
        s->taken != NULL && s->joined != NULL)
        return s;
    reel__slim_solver_free(s);
    return NULL;
}

void reel__slim_solver_free(slim_solver *s)
{
    if (s == NULL)
        return;
    reel__free(s->set);
    reel__free(s->local);
    reel__free(s->pull);
    reel__free(s->gradient);
    reel__free(s->taken);
    reel__free(s->joined);
    reel__free(s);
}

static size_t most_active(const slim_solver *s)
{
    return REEL_SLIM_ACTIVE < s->problem->movies ? REEL_SLIM_ACTIVE : s->problem->movies;
}

static void take(slim_solver *s, size_t film)
{
    s->taken[film / 64] |= (uint64_t)1 << film % 64;
}

/* g_aj - sum over the set, for all films. */
static void refresh(slim_solver *s)
{
    const size_t movies = s->problem->movies;

    memcpy(s->gradient, s->problem->gram + s->target * movies, movies * sizeof *s->gradient);
    for (size_t a = 0; a < s->active; a++)
        if (s->set[a].score != 0)
            reel__axpy(s->gradient, -s->set[a].score,
                       s->problem->gram + (size_t)s->set[a].index * movies, movies);
}

/* Where one weight goes with all others held: pulled by z, in its own curvature. */
static float optimum(const slim_problem *p, float z, float own)
{
    const float l1 = (float)p->l1, curvature = own + (float)p->l2;

    if (z > l1)
        return (z - l1) / curvature;
    return p->negative && z < -l1 ? (z + l1) / curvature : 0;
}

/* The films that would gain most join the set; how many. */
static size_t join(slim_solver *s)
{
    const slim_problem *p = s->problem;
    const size_t movies = p->movies, room = most_active(s) - s->active;
    float *gain = s->gradient;
    size_t count;

    for (size_t i = 0; i < movies; i++)
        gain[i] = fabsf(optimum(p, s->gradient[i], p->gram[i * movies + i]));
    count = reel__topk(gain, (reel_index)movies, s->taken, room < JOIN ? room : JOIN, s->joined);
    while (count > 0 && !(s->joined[count - 1].score > 0))
        count--;
    for (size_t n = 0; n < count; n++) {
        const size_t a = s->active + n;

        s->set[a] = (reel_scored){s->joined[n].index, 0};
        take(s, (size_t)s->joined[n].index);
    }
    return count;
}

/* The Gram matrix of the set grows by `count` films; pull of all starts anew. */
static void gather(slim_solver *s, size_t count)
{
    const size_t movies = s->problem->movies, most = most_active(s), total = s->active + count;

    for (size_t a = 0; a < total; a++) {
        const float *row = s->problem->gram + (size_t)s->set[a].index * movies;

        for (size_t b = a < s->active ? s->active : 0; b < total; b++)
            s->local[a * most + b] = row[s->set[b].index];
        s->pull[a] = row[s->target];
    }
    s->active = total;
    for (size_t a = 0; a < total; a++)
        if (s->set[a].score != 0)
            reel__axpy(s->pull, -s->set[a].score, s->local + a * most, total);
}

static void descend(slim_solver *s, float tolerance)
{
    const size_t most = most_active(s);

    for (int pass = 0; pass < PASSES; pass++) {
        float moved = 0, largest = 0;

        for (size_t a = 0; a < s->active; a++) {
            const float own = s->local[a * most + a], weight = s->set[a].score;
            const float next = optimum(s->problem, s->pull[a] + own * weight, own);
            const float change = next - weight;

            largest = fmaxf(largest, fabsf(next));
            if (change == 0)
                continue;
            moved = fmaxf(moved, fabsf(change));
            s->set[a].score = next;
            reel__axpy(s->pull, -change, s->local + a * most, s->active);
        }
        if (moved <= tolerance * largest)
            break;
    }
}

/* Keeps the `top` largest weights, by ascending film. */
static size_t keep(slim_solver *s, reel_scored *out)
{
    const size_t movies = s->problem->movies;
    size_t count = 0, kept = 0;

    memset(s->gradient, 0, movies * sizeof *s->gradient);
    for (size_t a = 0; a < s->active; a++)
        s->gradient[s->set[a].index] = s->set[a].score;
    for (size_t i = 0; i < movies; i++)
        if (s->gradient[i] != 0)
            out[count++] = (reel_scored){(reel_index)i, s->gradient[i]};
    if (count <= s->problem->top)
        return count;
    for (size_t a = 0; a < count; a++) /* the set is not needed any more: sizes of the weights */
        s->pull[a] = fabsf(out[a].score);
    (void)reel__topk(s->pull, (reel_index)count, NULL, s->problem->top, s->set);
    memset(s->taken, 0, (movies / 64 + 1) * sizeof *s->taken);
    for (size_t n = 0; n < s->problem->top; n++)
        take(s, (size_t)s->set[n].index);
    for (size_t a = 0; a < count; a++)
        if (s->taken[a / 64] >> a % 64 & 1)
            out[kept++] = out[a];
    return kept;
}

size_t reel__slim_solve(slim_solver *s, size_t j, reel_scored *out)
{
    s->target = j;
    s->active = 0;
    memset(s->taken, 0, (s->problem->movies / 64 + 1) * sizeof *s->taken);
    take(s, j);
    for (int round = 0; round < ROUNDS; round++) {
        size_t joined;

        refresh(s);
        joined = join(s);
        if (joined == 0)
            break;
        gather(s, joined);
        descend(s, ROUGH);
    }
    descend(s, FINE);
    return keep(s, out);
}
