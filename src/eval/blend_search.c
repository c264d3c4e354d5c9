/* blend_search.c - improves the weights of a blend for what lists are judged by: the mean of
 * NDCG@10 and NDCG@100. One weight at a time is moved by a share of all weights at its knot; what
 * helps stays. A film's place is the number of candidates above it, ties by ascending index, so
 * that only the held-out films need one.
 */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"
#include "eval/blend_priv.h"
#include "num/kernels.h"

enum { PLACES = 100, SIZES = 4, ROUNDS = 3 };
static const double sizes[SIZES] = {0.3, 0.1, 0.03, 0.01};
/* Less than this is no improvement: the mean over questions of a single film's change of place. */
static const double least = 1e-6;

typedef struct searching {
    const candidates *c;
    double *each, *tried; /* [questions] quality under the weights kept, and under those tried */
    float *scores;        /* [candidates] */
} searching;

REEL_KERNEL static void mix(const float *z, size_t count, size_t members, const double *weight,
                            float *out)
{
    for (size_t i = 0; i < count; i++) {
        double s = 0;

        for (size_t m = 0; m < members; m++)
            s += weight[m] * (double)z[i * members + m];
        out[i] = (float)s;
    }
}

/* How many of n scores are above x (or not below it). */
REEL_KERNEL static size_t count_above(const float *scores, size_t n, float x)
{
    size_t count = 0;

    for (size_t i = 0; i < n; i++)
        count += scores[i] > x;
    return count;
}

REEL_KERNEL static size_t count_from(const float *scores, size_t n, float x)
{
    size_t count = 0;

    for (size_t i = 0; i < n; i++)
        count += scores[i] >= x;
    return count;
}

static double quality(const searching *s, size_t q, const double *weights)
{
    const candidates *c = s->c;
    const size_t begin = c->begin[q], count = c->count[q];
    float *scores = s->scores + begin;
    double weight[REEL_HYBRID_MEMBERS], gain10 = 0, gain = 0;

    weigh(c, c->share[q], weights, weight);
    mix(c->z + begin * c->members, count, c->members, weight, scores);
    for (size_t i = 0; i < count; i++) {
        size_t place;

        if (!c->good[begin + i])
            continue;
        place = count_from(scores, i, scores[i]) +
                count_above(scores + i + 1, count - i - 1, scores[i]);
        if (place < PLACES)
            gain += 1 / log2((double)place + 2);
        if (place < 10)
            gain10 += 1 / log2((double)place + 2);
    }
    return 0.5 * (gain10 / c->ideal10[q] + gain / c->ideal[q]);
}

/* Questions that knot counts for, or all when knot is -1: whether they are better than what each
 * holds, on the mean and by more than a standard error, so that few questions move little. */
static bool judge(const searching *s, const double *weights, int knot)
{
    const candidates *c = s->c;
    double better = 0, squares = 0;

#pragma omp parallel for schedule(dynamic, 16) num_threads(c->threads)
    for (size_t q = 0; q < c->questions; q++)
        if (knot < 0 || c->share[q][knot] > 0)
            s->tried[q] = quality(s, q, weights);
    for (size_t q = 0; q < c->questions; q++)
        if (knot < 0 || c->share[q][knot] > 0) {
            better += s->tried[q] - s->each[q];
            squares += (s->tried[q] - s->each[q]) * (s->tried[q] - s->each[q]);
        }
    return better > least * (double)c->questions && better > sqrt(squares);
}

static void keep(const searching *s, int knot)
{
    for (size_t q = 0; q < s->c->questions; q++)
        if (knot < 0 || s->c->share[q][knot] > 0)
            s->each[q] = s->tried[q];
}

static double total_at(const candidates *c, const double *weights, size_t knot)
{
    double total = 0;

    for (size_t m = 0; m < c->members; m++)
        total += fabs(weights[m * KNOTS + knot]);
    return total;
}

/* Try a weight a bit more and a bit less. */
static void move_one(const searching *s, double *weights, size_t a, double size)
{
    const double old = weights[a];
    const double by = size * total_at(s->c, weights, a % KNOTS);

    for (int sign = 1; sign >= -1; sign -= 2) {
        weights[a] = old + sign * by;
        if (by > 0 && judge(s, weights, (int)(a % KNOTS))) {
            keep(s, (int)(a % KNOTS));
            return;
        }
    }
    weights[a] = old;
}

/* Where one member alone is better than the blend at a knot, it stands there alone. */
static void give_way(const searching *s, double *weights, size_t knot)
{
    const candidates *c = s->c;
    const double total = total_at(c, weights, knot);

    for (size_t m = 0; m < c->members; m++) {
        double tried[REEL_HYBRID_MEMBERS * KNOTS];

        memcpy(tried, weights, c->members * KNOTS * sizeof *tried);
        for (size_t other = 0; other < c->members; other++)
            tried[other * KNOTS + knot] = other == m ? fmax(total, 1) : 0;
        if (judge(s, tried, (int)knot)) {
            keep(s, (int)knot);
            memcpy(weights, tried, c->members * KNOTS * sizeof *tried);
        }
    }
}

static double mean_of(const double *each, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += each[i];
    return sum / (double)n;
}

static void judge_alone(reel_blend *out, const searching *s)
{
    const size_t members = s->c->members;

    for (size_t m = 0; m < members; m++) {
        double weights[REEL_HYBRID_MEMBERS * KNOTS] = {0};

        for (size_t k = 0; k < KNOTS; k++)
            weights[m * KNOTS + k] = 1;
        (void)judge(s, weights, -1);
        out->alone[m] = mean_of(s->tried, s->c->questions);
    }
}

static void search(const searching *s, double *weights)
{
    const size_t dimensions = s->c->members * KNOTS;

    (void)judge(s, weights, -1);
    keep(s, -1);
    for (size_t knot = 0; knot < KNOTS; knot++)
        give_way(s, weights, knot);
    for (int size = 0; size < SIZES; size++)
        for (int round = 0; round < ROUNDS; round++)
            for (size_t a = 0; a < dimensions; a++)
                move_one(s, weights, a, sizes[size]);
}

reel_code reel__blend_search(reel_blend *out, double *weights, const candidates *c, reel_err *err)
{
    const size_t last = c->questions - 1;
    searching s = {.c = c};

    s.each = reel__alloc_zero(2 * c->questions, sizeof *s.each);
    s.scores = reel__alloc_array(c->begin[last] + c->count[last], sizeof *s.scores);
    s.tried = s.each == NULL ? NULL : s.each + c->questions;
    if (s.each != NULL && s.scores != NULL) {
        judge_alone(out, &s);
        search(&s, weights);
        out->together = mean_of(s.each, c->questions);
    }
    reel__free(s.each);
    reel__free(s.scores);
    return s.each == NULL || s.scores == NULL
               ? reel_fail(err, REEL_E_NOMEM, "no memory to judge blends of %zu questions",
                           c->questions)
               : REEL_OK;
}
