/* tune.c - brackets, rungs and bookkeeping of a search; see tune.h. */
#include "eval/tune.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "eval/tune_priv.h"

enum { KEEP = 3, LEARN_FROM = 3, REDRAWS = 64, STREAM_TRIALS = 1 << 29 };
/* Of the draws, once there is something to learn from. */
static const double random_share = 0.1;
static const double failed = -(double)INFINITY; /* below every score */

struct reel_search {
    reel_tune_space space;
    int rungs;
    uint64_t seed;
    reel_trial *trials;          /* [capacity] */
    reel_tune_observation *seen; /* [capacity] room to sort */
    size_t count, capacity;      /* told; the one asked for stands behind them */
    bool asked;
    int spread;                           /* points taken of the low-discrepancy sequence */
    int bracket;                          /* from 0 */
    int rung;                             /* being filled */
    int fresh;                            /* configurations still to draw for it */
    bool exhausted;                       /* no configuration is left to draw */
    size_t first;                         /* trial of this rung and bracket; all up to count are */
    size_t promoted[3 * REEL_TUNE_RUNGS]; /* trials still to repeat on this rung */
    size_t promoted_at, promoted_count;
};

reel_code reel__search_new(reel_search **out, const reel_tune_space *space, int rungs,
                           uint64_t seed, reel_err *err)
{
    *out = NULL;
    if (rungs < 1 || rungs > REEL_TUNE_RUNGS)
        return reel_fail(err, REEL_E_INVALID, "a search has 1 to %d rungs, not %d",
                         (int)REEL_TUNE_RUNGS, rungs);
    *out = reel__alloc_zero(1, sizeof **out);
    if (*out == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for a search");
    (*out)->space = *space;
    (*out)->rungs = rungs;
    (*out)->seed = seed;
    (*out)->bracket = -1;
    return REEL_OK;
}

void reel__search_free(reel_search *search)
{
    if (search == NULL)
        return;
    reel__free(search->trials);
    reel__free(search->seen);
    reel__free(search);
}

const reel_trial *reel__search_trial(const reel_search *search, size_t number)
{
    return &search->trials[number];
}

size_t reel__search_count(const reel_search *search)
{
    return search->count;
}

const reel_trial *reel__search_best(const reel_search *search)
{
    const reel_trial *best = NULL;

    for (size_t i = 0; i < search->count; i++) {
        const reel_trial *t = &search->trials[i];

        if (t->rung == search->rungs - 1 && t->score > (best == NULL ? failed : best->score))
            best = t;
    }
    return best;
}

void reel__search_tell(reel_search *search, double score)
{
    search->trials[search->count].score = isfinite(score) ? score : failed;
    search->count++;
    search->asked = false;
}

static reel_code make_room(reel_search *s, reel_err *err)
{
    const size_t wanted = s->capacity == 0 ? 64 : 2 * s->capacity;
    reel_trial *trials;
    reel_tune_observation *seen;

    if (s->count < s->capacity)
        return REEL_OK;
    trials = reel__realloc_array(s->trials, wanted, sizeof *trials);
    if (trials != NULL)
        s->trials = trials;
    seen = reel__realloc_array(s->seen, wanted, sizeof *seen);
    if (seen != NULL)
        s->seen = seen;
    if (trials == NULL || seen == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for %zu trials", wanted);
    s->capacity = wanted;
    return REEL_OK;
}

/* ---- new configurations -------------------------------------------------------------------- */

/* The better first, the earlier of equals. */
static int by_score(const void *a, const void *b)
{
    const reel_tune_observation *left = a, *right = b;

    if (left->score != right->score)
        return left->score > right->score ? -1 : 1;
    return left->number - right->number;
}

/* All trials into s->seen, sorted; whether there are enough to learn from. */
static bool observe(reel_search *s)
{
    for (size_t i = 0; i < s->count; i++) {
        const reel_trial *t = &s->trials[i];

        s->seen[i] =
            (reel_tune_observation){.score = t->score, .number = t->number, .rung = t->rung};
        for (size_t d = 0; d < s->space.count; d++)
            s->seen[i].unit[d] = reel__tune_unit(&s->space, d, t->values[d]);
    }
    qsort(s->seen, s->count, sizeof *s->seen, by_score);
    return s->count >= s->space.count + LEARN_FROM && s->seen[s->space.count].score > failed;
}

static bool tried(const reel_search *s, const double *values)
{
    for (size_t i = 0; i < s->count; i++) {
        size_t same = 0;

        while (same < s->space.count && s->trials[i].values[same] == values[same])
            same++;
        if (same == s->space.count)
            return true;
    }
    return false;
}

/* A configuration that was not tried on any rung; *found is false when none turned up. */
static reel_code draw(reel_search *s, double *values, bool *found, reel_err *err)
{
    reel_rng rng = reel__rng_make(s->seed, STREAM_TRIALS + (uint64_t)s->count);
    const bool known = observe(s) && reel__rng_unit(&rng) >= random_share;
    const reel_tune_observations seen = {s->seen, s->count, s->rungs - 1};

    *found = false;
    for (int i = 0; i < REDRAWS && !*found; i++) {
        double unit[REEL_TUNE_DIMS];
        reel_code rc = REEL_OK;

        if (i == 0 && known)
            rc = reel__tune_guess(unit, &s->space, &seen, &rng, err);
        else
            reel__tune_spread(unit, s->space.count, s->seed, s->spread++);
        if (rc != REEL_OK)
            return rc;
        for (size_t d = 0; d < s->space.count; d++)
            values[d] = reel__tune_value(&s->space, d, unit[d]);
        *found = !tried(s, values);
    }
    return REEL_OK;
}

/* ---- brackets ------------------------------------------------------------------------------ */

/* The lowest rung first, then one higher, and around: 9 -> 3 -> 1, 6 -> 2, 3 for three rungs. */
static void begin_bracket(reel_search *s)
{
    s->bracket++;
    s->rung = s->bracket % s->rungs;
    s->fresh = KEEP * (s->rungs - s->rung);
    s->first = s->count;
    s->promoted_at = s->promoted_count = 0;
}

/* The best third of what the rung saw goes to the next one; false when there is no next one. */
static bool climb(reel_search *s)
{
    const size_t first = s->first, saw = s->count - first;
    size_t sorted = 0, wanted = (saw + KEEP - 1) / KEEP;

    s->first = s->count;
    s->promoted_at = s->promoted_count = 0;
    if (s->rung == s->rungs - 1 || saw == 0)
        return false;
    for (size_t i = first; i < s->count; i++)
        if (s->trials[i].score > failed)
            s->seen[sorted++] =
                (reel_tune_observation){.score = s->trials[i].score, .number = s->trials[i].number};
    qsort(s->seen, sorted, sizeof *s->seen, by_score);
    wanted = wanted < sorted ? wanted : sorted;
    for (size_t i = 0; i < wanted; i++)
        s->promoted[s->promoted_count++] = (size_t)s->seen[i].number;
    s->rung++;
    return wanted > 0;
}

/* The next configuration of the bracket into values; *found is false when the space has nothing
 * left. */
static reel_code advance(reel_search *s, double *values, bool *found, reel_err *err)
{
    for (;;) {
        *found = s->promoted_at < s->promoted_count;
        if (*found) {
            memcpy(values, s->trials[s->promoted[s->promoted_at++]].values,
                   s->space.count * sizeof *values);
            return REEL_OK;
        }
        if (s->fresh > 0) {
            const reel_code rc = draw(s, values, found, err);

            s->fresh = *found ? s->fresh - 1 : s->fresh;
            s->exhausted = rc == REEL_OK && !*found;
            if (rc != REEL_OK || *found)
                return rc;
        }
        s->fresh = 0;
        if (s->bracket >= 0 && climb(s))
            continue;
        if (s->exhausted)
            return REEL_OK;
        begin_bracket(s);
    }
}

static void defaults(const reel_search *s, double *values)
{
    for (size_t d = 0; d < s->space.count; d++)
        values[d] = s->space.base[s->space.dims[d].param];
}

reel_code reel__search_ask(reel_search *search, const reel_trial **out, reel_err *err)
{
    reel_trial *t;
    bool found = true;
    reel_code rc = REEL_OK;

    *out = NULL;
    REEL_TRY(make_room(search, err));
    t = &search->trials[search->count];
    if (!search->asked) {
        if (search->count == REEL_TUNE_TRIALS)
            return REEL_OK;
        *t = (reel_trial){.number = (int)search->count};
        if (search->count == 0)
            defaults(search, t->values);
        else
            REEL_TRY(advance(search, t->values, &found, err));
        if (!found)
            return REEL_OK;
        t->rung = search->count == 0 ? search->rungs - 1 : search->rung;
        search->asked = true;
    }
    *out = t;
out:
    return rc;
}
