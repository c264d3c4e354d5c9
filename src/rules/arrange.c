/* arrange.c - greedy choice of a list, see arrange.h. */
#include "rules/arrange.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"

/* As in reel__calibration: the mix of a list is smoothed with the history's. */
static const double smoothing = 0.01;

typedef struct arranging {
    const reel_likeness *likeness;
    const reel_candidate *candidates;
    size_t count;
    reel_arrange_opts opts;
    reel_genre_mix history;
    double *value;      /* [count] worth and novelty */
    double *nearest;    /* [count] likeness to the most alike chosen */
    bool *taken;        /* [count] */
    float *terms;       /* [features.cols] the last one chosen, or NULL */
    reel_genre_mix sum; /* of the chosen ones' genre shares */
    double with_genres; /* how many of them have genres */
} arranging;

static uint64_t genres_of(const arranging *a, size_t i)
{
    return a->likeness->genres->of[a->candidates[i].movie];
}

/* On a scale like that of worth: from the best known candidate, 0, to the least known, 1. */
static void set_values(arranging *a)
{
    double low = INFINITY, high = -INFINITY;

    for (size_t i = 0; i < a->count; i++) {
        const double fame = log1p(a->candidates[i].fame);

        low = fame < low ? fame : low;
        high = fame > high ? fame : high;
    }
    for (size_t i = 0; i < a->count; i++) {
        const double fame = log1p(a->candidates[i].fame);
        const double unknown = high > low ? (high - fame) / (high - low) : 0;

        a->value[i] = (1 - a->opts.novelty) * a->candidates[i].worth + a->opts.novelty * unknown;
    }
}

/* ---- likeness ------------------------------------------------------------------------------ */

static double genre_cosine(uint64_t a, uint64_t b)
{
    const int sizes = __builtin_popcountll(a) * __builtin_popcountll(b);

    return sizes == 0 ? 0 : (double)__builtin_popcountll(a & b) / sqrt((double)sizes);
}

static void spread(const arranging *a, reel_index movie, bool set)
{
    const reel_csr_view f = a->likeness->features;

    for (reel_nnz k = f.ptr[movie]; k < f.ptr[movie + 1]; k++)
        a->terms[f.col[k]] = set ? f.val[k] : 0;
}

static double feature_cosine(const arranging *a, reel_index movie)
{
    const reel_csr_view f = a->likeness->features;
    double sum = 0;

    for (reel_nnz k = f.ptr[movie]; k < f.ptr[movie + 1]; k++)
        sum += (double)(f.val[k] * a->terms[f.col[k]]);
    return sum;
}

/* After one more was chosen. */
static void note_likeness(arranging *a, size_t chosen)
{
    if (a->terms != NULL)
        spread(a, a->candidates[chosen].movie, true);
    for (size_t i = 0; i < a->count; i++) {
        double like = genre_cosine(genres_of(a, i), genres_of(a, chosen));

        if (a->taken[i])
            continue;
        if (a->terms != NULL)
            like = (like + feature_cosine(a, a->candidates[i].movie)) / 2;
        a->nearest[i] = like > a->nearest[i] ? like : a->nearest[i];
    }
    if (a->terms != NULL)
        spread(a, a->candidates[chosen].movie, false);
}

/* ---- calibration --------------------------------------------------------------------------- */

static void note_genres(arranging *a, size_t chosen)
{
    const uint64_t own = genres_of(a, chosen);

    for (uint64_t bits = own; bits != 0; bits &= bits - 1)
        a->sum.share[__builtin_ctzll(bits)] += 1 / (double)__builtin_popcountll(own);
    a->with_genres += own != 0;
}

/* 1 - KL(history | list and i) / ln(1 / smoothing): 1 is the same mix. */
static double calibrated(const arranging *a, size_t i)
{
    const uint64_t own = genres_of(a, i);
    const double part = own == 0 ? 0 : 1 / (double)__builtin_popcountll(own);
    const double films = a->with_genres + (own != 0);
    double divergence = 0;

    for (int g = 0; g < a->likeness->genres->count; g++) {
        const double p = a->history.share[g];
        const double mine = (own >> g & 1) != 0 ? part : 0;
        const double q = films > 0 ? (a->sum.share[g] + mine) / films : 0;

        if (p > 0)
            divergence += p * log(p / ((1 - smoothing) * q + smoothing * p));
    }
    return 1 + divergence / log(smoothing);
}

/* ---- the choice ---------------------------------------------------------------------------- */

static double gain(const arranging *a, size_t i)
{
    const double d = a->opts.diversity, c = a->opts.calibrate;
    const double value = (1 - d) * a->value[i] + d * (1 - a->nearest[i]);

    return c > 0 ? (1 - c) * value + c * calibrated(a, i) : value;
}

static size_t best_left(const arranging *a)
{
    size_t best = a->count;
    double most = 0;

    for (size_t i = 0; i < a->count; i++) {
        const double own = a->taken[i] ? 0 : gain(a, i);

        if (a->taken[i] || (best < a->count && !(own > most)))
            continue;
        most = own;
        best = i;
    }
    return best;
}

static void choose(arranging *a, size_t *order, size_t wanted)
{
    for (size_t n = 0; n < wanted; n++) {
        const size_t best = best_left(a);

        order[n] = best;
        a->taken[best] = true;
        if (a->opts.diversity > 0)
            note_likeness(a, best);
        note_genres(a, best);
    }
}

static void set_history(arranging *a)
{
    double sum = 0;

    if (a->opts.history != NULL)
        a->history = *a->opts.history;
    for (int g = 0; g < a->likeness->genres->count; g++)
        sum += a->history.share[g];
    if (!(sum > 0))
        a->opts.calibrate = 0;
}

reel_code reel__arrange(const reel_likeness *likeness, const reel_candidate *candidates,
                        size_t count, const reel_arrange_opts *opts, size_t *order, size_t wanted,
                        reel_err *err)
{
    const bool terms = opts->diversity > 0 && likeness->features.rows > 0;
    arranging a = {.likeness = likeness, .candidates = candidates, .count = count, .opts = *opts};
    reel_code rc = REEL_OK;

    set_history(&a);
    a.value = reel__alloc_array(count, sizeof *a.value);
    a.nearest = reel__alloc_zero(count, sizeof *a.nearest);
    a.taken = reel__alloc_zero(count, sizeof *a.taken);
    a.terms = terms ? reel__alloc_zero((size_t)likeness->features.cols, sizeof *a.terms) : NULL;
    if (a.value != NULL && a.nearest != NULL && a.taken != NULL && (!terms || a.terms != NULL)) {
        set_values(&a);
        choose(&a, order, wanted);
    } else {
        rc = reel_fail(err, REEL_E_NOMEM, "no memory to arrange %zu films", count);
    }
    reel__free(a.value);
    reel__free(a.nearest);
    reel__free(a.taken);
    reel__free(a.terms);
    return rc;
}
