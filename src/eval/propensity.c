/* propensity.c - see propensity.h. */
#include "eval/propensity.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"

enum { RANKS = REEL_PROPENSITY_RANKS, ROUNDS = 100 };
static const double prior_looks = 5, close_enough = 1e-6;

reel_code reel__exposure_init(reel_exposure *out, reel_index films, reel_err *err)
{
    *out =
        (reel_exposure){.films = films,
                        .shown = reel__alloc_zero((size_t)films * RANKS, sizeof *out->shown),
                        .clicked = reel__alloc_zero((size_t)films * RANKS, sizeof *out->clicked)};
    if (out->shown != NULL && out->clicked != NULL)
        return REEL_OK;
    reel__exposure_fini(out);
    return reel_fail(err, REEL_E_NOMEM, "no memory to count clicks on %d films", (int)films);
}

void reel__exposure_fini(reel_exposure *exposure)
{
    reel__free(exposure->shown);
    reel__free(exposure->clicked);
    *exposure = (reel_exposure){0};
}

void reel__exposure_clear(reel_exposure *exposure)
{
    const size_t bytes = (size_t)exposure->films * RANKS * sizeof *exposure->shown;

    memset(exposure->shown, 0, bytes);
    memset(exposure->clicked, 0, bytes);
}

static int place_of(int rank)
{
    return rank > RANKS ? RANKS - 1 : rank - 1;
}

void reel__exposure_add(reel_exposure *exposure, reel_index film, int rank, int64_t shown,
                        int64_t clicked)
{
    const size_t at = (size_t)film * RANKS + (size_t)place_of(rank);

    exposure->shown[at] += (uint32_t)shown;
    exposure->clicked[at] += (uint32_t)clicked;
}

int64_t reel__exposure_clicks(const reel_exposure *exposure, int rank)
{
    int64_t clicks = 0;

    for (reel_index film = 0; film < exposure->films; film++)
        clicks += exposure->clicked[(size_t)film * RANKS + (size_t)place_of(rank)];
    return clicks;
}

/* A click that no impression was reported of was shown all the same. */
static double shown_at(const reel_exposure *e, size_t at)
{
    return fmax((double)e->shown[at], (double)e->clicked[at]);
}

/* How much each film is wanted where it is looked at. */
static void estimate_films(double *wanted, const reel_exposure *e, const double *looked,
                           double rate)
{
    for (reel_index f = 0; f < e->films; f++) {
        double clicks = prior_looks * rate, looks = prior_looks;

        for (size_t k = 0; k < RANKS; k++) {
            clicks += (double)e->clicked[(size_t)f * RANKS + k];
            looks += shown_at(e, (size_t)f * RANKS + k) * looked[k];
        }
        wanted[f] = clicks / looks;
    }
}

/* out [RANKS] clicks that would come if all were looked at; clicks [RANKS] those that came. */
static void expect(double *out, double *clicks, const reel_exposure *e, const double *wanted)
{
    for (size_t k = 0; k < RANKS; k++)
        out[k] = clicks[k] = 0;
    for (reel_index f = 0; f < e->films; f++)
        for (size_t k = 0; k < RANKS; k++) {
            const size_t at = (size_t)f * RANKS + k;

            clicks[k] += (double)e->clicked[at];
            out[k] += shown_at(e, at) * wanted[f];
        }
}

/* Rates that never rise: neighbours that do are one rate. A rank without lists is like the one
 * before. */
static void pool(double *looked, const double *clicks, const double *expected)
{
    double sum[RANKS], weight[RANKS];
    int length[RANKS], blocks = 0, at = 0;

    for (int k = 0; k < RANKS; k++) {
        sum[blocks] = clicks[k];
        weight[blocks] = expected[k];
        length[blocks++] = 1;
        while (blocks > 1 &&
               (weight[blocks - 1] <= 0 ||
                sum[blocks - 1] * weight[blocks - 2] >= sum[blocks - 2] * weight[blocks - 1])) {
            sum[blocks - 2] += sum[blocks - 1];
            weight[blocks - 2] += weight[blocks - 1];
            length[blocks - 2] += length[blocks - 1];
            blocks--;
        }
    }
    for (int b = 0; b < blocks; b++)
        for (int i = 0; i < length[b]; i++)
            looked[at++] = weight[b] > 0 ? sum[b] / weight[b] : 1;
}

static double scale_to_first(double *looked, const double *before)
{
    const double first = looked[0];
    double moved = 0;

    for (int k = 0; k < RANKS; k++) {
        looked[k] = first > 0 ? looked[k] / first : 1;
        moved = fmax(moved, fabs(looked[k] - before[k]));
    }
    return moved;
}

static void count_all(reel_propensity *out, const reel_exposure *e)
{
    for (size_t at = 0; at < (size_t)e->films * RANKS; at++) {
        out->shown += (int64_t)shown_at(e, at);
        out->clicks += e->clicked[at];
    }
}

reel_code reel__propensity_fit(reel_propensity *out, const reel_exposure *exposure, reel_err *err)
{
    double expected[RANKS], clicks[RANKS], before[RANKS];
    double *wanted;

    *out = (reel_propensity){.shown = 0};
    for (int k = 0; k < RANKS; k++)
        out->looked[k] = 1;
    count_all(out, exposure);
    out->known = out->clicks >= REEL_PROPENSITY_CLICKS;
    if (!out->known)
        return REEL_OK;
    wanted = reel__alloc_array((size_t)exposure->films, sizeof *wanted);
    if (wanted == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for how %d films are wanted",
                         (int)exposure->films);
    for (int round = 0; round < ROUNDS; round++) {
        for (int k = 0; k < RANKS; k++)
            before[k] = out->looked[k];
        estimate_films(wanted, exposure, out->looked, (double)out->clicks / (double)out->shown);
        expect(expected, clicks, exposure, wanted);
        pool(out->looked, clicks, expected);
        if (scale_to_first(out->looked, before) < close_enough)
            break;
    }
    reel__free(wanted);
    return REEL_OK;
}

double reel__propensity_at(const reel_propensity *propensity, int rank)
{
    return propensity->looked[place_of(rank)];
}

double reel__propensity_weight(const reel_propensity *propensity, int rank, double clip)
{
    const double looked = rank < 1 ? 1 : reel__propensity_at(propensity, rank);

    return looked * clip > 1 ? 1 / looked : clip;
}
