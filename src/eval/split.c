/* split.c - the protocols and the datasets they lead to; see split.h.
 * Draws within a person use a generator of the person's own, by seed and id, so that they stay the
 * same when other people come or go.
 */
#include "eval/split.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "eval/select.h"

enum { STRONG_LEAST = 5 };
/* Streams that are no person's id. */
enum { STREAM_FOLDS = -1, STREAM_UNSEEN = -2, STREAM_RANDOM = -3, STREAM_COLD = -4 };
/* What a share of a count may be off by before it is rounded: 0.2 is a little more than a fifth. */
static const double rounding = 1e-9;

static const char *const names[REEL_PROTOCOLS] = {"ratio",  "last",   "folds", "temporal",
                                                  "strong", "random", "cold"};

const char *reel__protocol_name(reel_protocol protocol)
{
    return names[protocol];
}

int reel__protocol_find(const char *name)
{
    for (int i = 0; i < REEL_PROTOCOLS; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

double reel__protocol_share(reel_protocol protocol)
{
    return protocol == REEL_PROTOCOL_RANDOM || protocol == REEL_PROTOCOL_COLD ? 0.1 : 0.2;
}

reel_split_opts reel__split_opts_default(void)
{
    return (reel_split_opts){
        .protocol = REEL_PROTOCOL_RATIO, .share = 0.2, .unseen = 0.1, .folds = 5, .seed = 1};
}

int reel__split_rounds(const reel_split_opts *opts)
{
    return opts->protocol == REEL_PROTOCOL_FOLDS ? opts->folds : 1;
}

/* ---- fates --------------------------------------------------------------------------------- */

typedef struct deciding {
    const reel_dataset *dataset;
    const reel_split_opts *opts;
    uint8_t *fate; /* [ratings], all train at first */
    bool *films;   /* [films], none hidden at first */
} deciding;

/* Hold out `wanted` of a person's ratings of this fate, a draw without replacement. */
static void draw_person(const deciding *d, reel_index person, uint8_t from, uint64_t wanted)
{
    const reel_csr_view r = reel_dataset_ratings(d->dataset);
    const uint64_t id = (uint64_t)reel_dataset_person_ids(d->dataset)[person];
    reel_rng rng = reel__rng_make(d->opts->seed, id);
    uint64_t left = 0;

    for (reel_nnz k = r.ptr[person]; k < r.ptr[person + 1]; k++)
        left += d->fate[k] == from;
    for (reel_nnz k = r.ptr[person]; k < r.ptr[person + 1]; k++) {
        if (d->fate[k] != from)
            continue;
        if (reel__rng_below(&rng, left--) < wanted) {
            d->fate[k] = REEL_FATE_TEST;
            wanted--;
        }
    }
}

static void decide_ratio(const deciding *d)
{
    const reel_csr_view r = reel_dataset_ratings(d->dataset);

    for (reel_index p = 0; p < r.rows; p++) {
        const double count = (double)(r.ptr[p + 1] - r.ptr[p]);
        const double wanted = fmin(ceil(count * d->opts->share - rounding), count - 1);

        draw_person(d, p, REEL_FATE_TRAIN, (uint64_t)wanted);
    }
}

static void decide_last(const deciding *d)
{
    const reel_csr_view r = reel_dataset_ratings(d->dataset);
    const int64_t *times = reel_dataset_times(d->dataset);

    for (reel_index p = 0; p < r.rows; p++) {
        reel_nnz last = r.ptr[p];

        for (reel_nnz k = r.ptr[p]; k < r.ptr[p + 1]; k++)
            last = times[k] >= times[last] ? k : last;
        if (r.ptr[p + 1] - r.ptr[p] > 1)
            d->fate[last] = REEL_FATE_TEST;
    }
}

/* Deal the shuffled ratings out in turn. */
static reel_code decide_folds(const deciding *d, int round, reel_err *err)
{
    const reel_csr_view r = reel_dataset_ratings(d->dataset);
    const size_t count = (size_t)r.ptr[r.rows];
    reel_nnz *order = reel__alloc_array(count, sizeof *order);
    reel_rng rng = reel__rng_make(d->opts->seed, (uint64_t)(int64_t)STREAM_FOLDS);

    if (order == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to shuffle %zu ratings", count);
    for (size_t i = 0; i < count; i++) {
        const size_t other = (size_t)reel__rng_below(&rng, i + 1);

        order[i] = order[other];
        order[other] = (reel_nnz)i;
    }
    for (size_t i = (size_t)round; i < count; i += (size_t)d->opts->folds)
        d->fate[order[i]] = REEL_FATE_TEST;
    reel__free(order);
    return REEL_OK;
}

static int by_time(const void *a, const void *b)
{
    const int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

static reel_code decide_temporal(const deciding *d, reel_err *err)
{
    const reel_csr_view r = reel_dataset_ratings(d->dataset);
    const size_t count = (size_t)r.ptr[r.rows];
    const int64_t *times = reel_dataset_times(d->dataset);
    int64_t *sorted = reel__alloc_array(count, sizeof *sorted);
    int64_t from, first;

    if (sorted == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to sort %zu times", count);
    memcpy(sorted, times, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, by_time);
    first = sorted[0];
    from = sorted[(size_t)((double)count * (1 - d->opts->share))];
    reel__free(sorted);
    if (from == first)
        return reel_fail(
            err, REEL_E_INVALID,
            "temporal: the ratings have no times that part them; use another protocol");
    for (size_t k = 0; k < count; k++)
        d->fate[k] = times[k] >= from ? REEL_FATE_TEST : REEL_FATE_TRAIN;
    return REEL_OK;
}

/* Choose the people who are not trained on. */
static void choose_unseen(const deciding *d)
{
    const reel_csr_view r = reel_dataset_ratings(d->dataset);
    uint64_t wanted = (uint64_t)fmax(1, floor((double)r.rows * d->opts->unseen + rounding));
    reel_rng rng = reel__rng_make(d->opts->seed, (uint64_t)(int64_t)STREAM_UNSEEN);

    for (reel_index p = 0; p < r.rows; p++) {
        if (reel__rng_below(&rng, (uint64_t)(r.rows - p)) >= wanted)
            continue;
        memset(d->fate + r.ptr[p], REEL_FATE_ASK, (size_t)(r.ptr[p + 1] - r.ptr[p]));
        wanted--;
    }
}

static void draw_unseen(const deciding *d, reel_index person, const bool *trained)
{
    const reel_csr_view r = reel_dataset_ratings(d->dataset);
    double count = 0;

    for (reel_nnz k = r.ptr[person]; k < r.ptr[person + 1]; k++) {
        if (!trained[r.col[k]])
            d->fate[k] = REEL_FATE_DROP;
        count += trained[r.col[k]];
    }
    if (count >= STRONG_LEAST)
        draw_person(d, person, REEL_FATE_ASK, (uint64_t)floor(count * d->opts->share + rounding));
}

static reel_code decide_strong(const deciding *d, reel_err *err)
{
    const reel_csr_view r = reel_dataset_ratings(d->dataset);
    bool *trained = reel__alloc_zero((size_t)r.cols, sizeof *trained);

    if (trained == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for %d films", (int)r.cols);
    choose_unseen(d);
    for (reel_nnz k = 0; k < r.ptr[r.rows]; k++)
        if (d->fate[k] == REEL_FATE_TRAIN)
            trained[r.col[k]] = true;
    for (reel_index p = 0; p < r.rows; p++)
        if (r.ptr[p] < r.ptr[p + 1] && d->fate[r.ptr[p]] == REEL_FATE_ASK)
            draw_unseen(d, p, trained);
    reel__free(trained);
    return REEL_OK;
}

/* Exactly the share of all ratings, rounded, drawn without replacement. */
static void decide_random(const deciding *d)
{
    const reel_csr_view r = reel_dataset_ratings(d->dataset);
    const reel_nnz count = r.ptr[r.rows];
    reel_rng rng = reel__rng_make(d->opts->seed, (uint64_t)(int64_t)STREAM_RANDOM);
    uint64_t wanted = (uint64_t)llround((double)count * d->opts->share);

    for (reel_nnz k = 0; k < count; k++)
        if (reel__rng_below(&rng, (uint64_t)(count - k)) < wanted) {
            d->fate[k] = REEL_FATE_TEST;
            wanted--;
        }
}

/* Of the films that somebody rated, the share is drawn; all their ratings are held out. */
static void decide_cold(const deciding *d)
{
    const reel_csr_view r = reel_dataset_ratings(d->dataset);
    const reel_csr_view raters = reel_dataset_raters(d->dataset);
    reel_rng rng = reel__rng_make(d->opts->seed, (uint64_t)(int64_t)STREAM_COLD);
    uint64_t rated = 0, wanted;

    for (reel_index j = 0; j < raters.rows; j++)
        rated += raters.ptr[j + 1] > raters.ptr[j];
    wanted = (uint64_t)fmax(1, floor((double)rated * d->opts->share + rounding));
    for (reel_index j = 0; j < raters.rows; j++) {
        if (raters.ptr[j + 1] == raters.ptr[j])
            continue;
        d->films[j] = reel__rng_below(&rng, rated--) < wanted;
        wanted -= d->films[j];
    }
    for (reel_nnz k = 0; k < r.ptr[r.rows]; k++)
        if (d->films[r.col[k]])
            d->fate[k] = REEL_FATE_TEST;
}

static reel_code decide(const deciding *d, int round, reel_err *err)
{
    reel_code rc = REEL_OK;

    switch (d->opts->protocol) {
    case REEL_PROTOCOL_LAST:
        decide_last(d);
        break;
    case REEL_PROTOCOL_FOLDS:
        rc = decide_folds(d, round, err);
        break;
    case REEL_PROTOCOL_TEMPORAL:
        rc = decide_temporal(d, err);
        break;
    case REEL_PROTOCOL_STRONG:
        rc = decide_strong(d, err);
        break;
    case REEL_PROTOCOL_RANDOM:
        decide_random(d);
        break;
    case REEL_PROTOCOL_COLD:
        decide_cold(d);
        break;
    default:
        decide_ratio(d);
    }
    return rc;
}

/* ---- datasets ------------------------------------------------------------------------------ */

static void count_fates(int64_t counts[4], const uint8_t *fate, reel_nnz count)
{
    memset(counts, 0, 4 * sizeof *counts);
    for (reel_nnz k = 0; k < count; k++)
        counts[fate[k]]++;
}

/* What was held out of the people [count], given as rows of the dataset. */
static reel_code build_held(reel_held *out, const reel_dataset *dataset, const uint8_t *fate,
                            const reel_index *people, reel_index count, reel_err *err)
{
    const reel_csr_view r = reel_dataset_ratings(dataset);
    reel_nnz held = 0, at = 0;
    reel_code rc = REEL_OK;

    for (reel_index row = 0; row < count; row++)
        for (reel_nnz k = r.ptr[people[row]]; k < r.ptr[people[row] + 1]; k++)
            held += fate[k] == REEL_FATE_TEST;
    REEL_TRY(reel__csr_init(&out->test, count, r.cols, held, err));
    out->person = reel__alloc_array((size_t)count, sizeof *out->person);
    out->times = reel__alloc_array((size_t)held, sizeof *out->times);
    if (out->person == NULL || out->times == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "no memory for %d people", (int)count));
    for (reel_index row = 0; row < count; row++) {
        out->person[row] = people[row];
        out->test.ptr[row] = at;
        for (reel_nnz k = r.ptr[people[row]]; k < r.ptr[people[row] + 1]; k++)
            if (fate[k] == REEL_FATE_TEST) {
                out->test.col[at] = r.col[k];
                out->test.val[at] = r.val[k];
                out->times[at++] = reel_dataset_times(dataset)[k];
            }
    }
    out->test.ptr[count] = at;
out:
    return rc;
}

static bool any_held(reel_csr_view r, const uint8_t *fate, reel_index person)
{
    for (reel_nnz k = r.ptr[person]; k < r.ptr[person + 1]; k++)
        if (fate[k] == REEL_FATE_TEST)
            return true;
    return false;
}

/* People of the dataset by whether they have a history; both lists ascend. */
static reel_code build_test(reel_split *out, const reel_dataset *dataset, const uint8_t *fate,
                            reel_err *err)
{
    const reel_csr_view r = reel_dataset_ratings(dataset);
    const int64_t *ids = reel_dataset_person_ids(dataset);
    const int64_t *known = reel_dataset_person_ids(out->history);
    const reel_index known_count = reel_dataset_people(out->history);
    reel_index *people = reel__alloc_array(2 * (size_t)r.rows, sizeof *people);
    reel_index *alone = NULL, found = 0, alone_count = 0;
    reel_code rc = REEL_OK;

    if (people == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for %d people", (int)r.rows);
    alone = people + r.rows;
    for (reel_index p = 0; p < r.rows; p++) {
        if (found < known_count && known[found] == ids[p])
            people[found++] = p;
        else if (any_held(r, fate, p))
            alone[alone_count++] = p;
    }
    REEL_TRY(build_held(&out->held, dataset, fate, people, found, err));
    REEL_TRY(build_held(&out->alone, dataset, fate, alone, alone_count, err));
out:
    reel__free(people);
    return rc;
}

reel_code reel__split_by_fate(reel_split *out, const reel_dataset *dataset, const uint8_t *fate,
                              reel_err *err)
{
    const reel_csr_view r = reel_dataset_ratings(dataset);
    int64_t counts[4];
    reel_code rc = REEL_OK;

    memset(out, 0, sizeof *out);
    count_fates(counts, fate, r.ptr[r.rows]);
    if (counts[REEL_FATE_TRAIN] == 0 || counts[REEL_FATE_TEST] == 0)
        return reel_fail(err, REEL_E_INVALID,
                         "%lld ratings to train on and %lld held out: there is too little data",
                         (long long)counts[REEL_FATE_TRAIN], (long long)counts[REEL_FATE_TEST]);
    REEL_TRY(reel__select(&out->train, dataset, fate, REEL_FATE_TRAIN, NULL, err));
    if (counts[REEL_FATE_ASK] > 0)
        REEL_TRY(reel__select(&out->history, dataset, fate, REEL_FATE_ASK, NULL, err));
    else
        out->history = reel_dataset_ref(out->train);
    REEL_TRY(build_test(out, dataset, fate, err));
out:
    if (rc != REEL_OK)
        reel__split_fini(out);
    return rc;
}

reel_code reel__split_make(reel_split *out, const reel_dataset *dataset,
                           const reel_split_opts *opts, int round, reel_err *err)
{
    const reel_csr_view r = reel_dataset_ratings(dataset);
    deciding d = {.dataset = dataset, .opts = opts};
    reel_code rc = REEL_OK;

    memset(out, 0, sizeof *out);
    if (!(opts->share > 0 && opts->share < 1) || !(opts->unseen > 0 && opts->unseen < 1) ||
        opts->folds < 2 || opts->folds > REEL_ROUNDS_MAX || round < 0 ||
        round >= reel__split_rounds(opts))
        return reel_fail(err, REEL_E_INVALID,
                         "split: shares are between 0 and 1, folds from 2 to %d; not %g, %g, %d",
                         (int)REEL_ROUNDS_MAX, opts->share, opts->unseen, opts->folds);
    d.fate = reel__alloc_zero((size_t)r.ptr[r.rows], sizeof *d.fate);
    d.films = reel__alloc_zero((size_t)r.cols, sizeof *d.films);
    if (d.fate == NULL || d.films == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "no memory to split the ratings"));
    REEL_TRY(decide(&d, round, err));
    REEL_TRY(reel__split_by_fate(out, dataset, d.fate, err));
    if (opts->protocol == REEL_PROTOCOL_COLD) {
        out->films = d.films;
        d.films = NULL;
    }
out:
    reel__free(d.fate);
    reel__free(d.films);
    return rc;
}

static void fini_held(reel_held *held)
{
    reel__csr_fini(&held->test);
    reel__free(held->times);
    reel__free(held->person);
}

void reel__split_fini(reel_split *split)
{
    reel_dataset_free(split->train);
    reel_dataset_free(split->history);
    fini_held(&split->held);
    fini_held(&split->alone);
    reel__free(split->films);
    memset(split, 0, sizeof *split);
}
