/* validation.c - cuts questions from training data; see validation.h.
 * Every draw within a person comes from a generator of that person's own, by seed and id.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "eval/select.h"
#include "eval/validation_priv.h"
#include "model/recency.h"

enum { LEAST_LIKED = 5, LENGTHS = 5, LEAST_LEFT = 5 };
/* Of the histories that people left out are asked with. */
static const reel_index lengths[LENGTHS] = {0, 1, 4, 16, 64};

reel_validation_opts reel__validation_opts_default(void)
{
    return (reel_validation_opts){.share = 0.2, .unseen = 0.1, .most = 4000, .seed = 1};
}

bool reel__validation_knows(const reel_dataset *known, int64_t person)
{
    const reel_index row = known == NULL ? -1 : reel_dataset_find_person(known, person);
    const reel_nnz *ptr = row < 0 ? NULL : reel_dataset_ratings(known).ptr;

    return known == NULL || (row >= 0 && ptr[row + 1] > ptr[row]);
}

static reel_index liked_count(const reel_cutting *c, reel_index person)
{
    reel_index count = 0;

    for (reel_nnz k = c->ratings.ptr[person]; k < c->ratings.ptr[person + 1]; k++)
        count += reel__cutting_likes(c, k);
    return count;
}

/* Hold out a share of a person's liked ratings, by selection sampling. */
static void hold_out(const reel_cutting *c, reel_index person, reel_index likes, reel_rng *rng)
{
    uint64_t wanted = (uint64_t)ceil((double)likes * c->opts->share);
    uint64_t left = (uint64_t)likes;

    for (reel_nnz k = c->ratings.ptr[person]; k < c->ratings.ptr[person + 1]; k++) {
        if (!reel__cutting_likes(c, k))
            continue;
        if (reel__rng_below(rng, left) < wanted) {
            c->mark[k] = REEL_CUT_HELD;
            wanted--;
        }
        left--;
    }
}

/* Hold out the newest of a person's liked ratings. */
static void hold_newest(const reel_cutting *c, reel_index person, reel_index likes)
{
    const reel_nnz begin = c->ratings.ptr[person], end = c->ratings.ptr[person + 1];
    uint64_t wanted = (uint64_t)ceil((double)likes * c->opts->share);

    for (reel_nnz k = begin; k < end; k++)
        c->dated[k - begin] = (reel_dated){reel_dataset_times(c->dataset)[k], (size_t)k};
    reel__recency_sort(c->dated, (size_t)(end - begin));
    for (reel_nnz i = 0; i < end - begin && wanted > 0; i++) {
        const reel_nnz k = (reel_nnz)c->dated[i].at;
        const bool good = reel__cutting_likes(c, k);

        c->mark[k] = good ? REEL_CUT_HELD : REEL_CUT_LEFT_OUT;
        wanted -= good;
    }
}

/* Whether the order of a person's ratings is known and counts. */
static bool in_order(const reel_cutting *c, reel_index person)
{
    const int64_t *times = reel_dataset_times(c->dataset);

    for (reel_nnz k = c->ratings.ptr[person] + 1; k < c->ratings.ptr[person + 1]; k++)
        if (times[k] != times[k - 1])
            return c->opts->recency > 0;
    return false;
}

/* Decide who is left out, who is asked, and what is held out. */
static void mark_people(const reel_cutting *c)
{
    reel_index known = 0;
    double share;

    for (reel_index p = 0; p < c->ratings.rows; p++)
        known += reel__cutting_knows(c, p);
    share = fmin(1, (double)c->opts->most / fmax(1, (double)known));
    for (reel_index p = 0; p < c->ratings.rows; p++) {
        const reel_index likes = liked_count(c, p);
        const reel_nnz begin = c->ratings.ptr[p], count = c->ratings.ptr[p + 1] - begin;
        reel_rng rng =
            reel__rng_make(c->opts->seed, (uint64_t)reel_dataset_person_ids(c->dataset)[p]);
        const bool apart = reel__rng_unit(&rng) < c->opts->unseen;

        c->asked[p] =
            reel__cutting_knows(c, p) && likes >= LEAST_LIKED && reel__rng_unit(&rng) < share;
        if (c->asked[p] && apart)
            memset(c->mark + begin, REEL_CUT_APART, (size_t)count);
        else if (c->asked[p] && in_order(c, p))
            hold_newest(c, p, likes);
        else if (c->asked[p])
            hold_out(c, p, likes, &rng);
    }
}

/* ---- questions ----------------------------------------------------------------------------- */

static int by_movie(const void *a, const void *b)
{
    return ((const reel_entry *)a)->movie - ((const reel_entry *)b)->movie;
}

static int by_index(const void *a, const void *b)
{
    return *(const reel_index *)a - *(const reel_index *)b;
}

static void ask(reel_cutting *c, reel_question *q, reel_nnz k)
{
    c->out->entries[c->entries++] = (reel_entry){.movie = c->ratings.col[k],
                                                 .value = c->ratings.val[k],
                                                 .time = reel_dataset_times(c->dataset)[k],
                                                 .weight = 1};
    q->query.count++;
}

static void hold(reel_cutting *c, reel_question *q, reel_nnz k)
{
    c->out->held[c->held++] = c->ratings.col[k];
    q->held_count++;
}

static reel_question begin_question(const reel_cutting *c)
{
    return (reel_question){.query = {.entries = c->out->entries + c->entries, .row = -1},
                           .held = c->out->held + c->held};
}

static void end_question(reel_cutting *c, reel_question *q)
{
    qsort(c->out->entries + c->entries - q->query.count, q->query.count, sizeof(reel_entry),
          by_movie);
    qsort(c->out->held + c->held - q->held_count, q->held_count, sizeof(reel_index), by_index);
    if (q->query.row >= 0) /* before the weights: a hybrid is asked with times, too */
        q->query.row_hash = reel_query_hash(&q->query);
    (void)reel__recency_weigh(c->out->entries + c->entries - q->query.count, q->query.count,
                              c->opts->recency, c->dated);
    c->out->questions[c->out->count++] = *q;
}

/* Someone in the training data, asked with all that is known of them. */
static void ask_trained(reel_cutting *c, reel_index person)
{
    const int64_t id = reel_dataset_person_ids(c->dataset)[person];
    reel_question q = begin_question(c);

    q.query.row = reel_dataset_find_person(c->out->train, id);
    for (reel_nnz k = c->ratings.ptr[person]; k < c->ratings.ptr[person + 1]; k++)
        if (c->mark[k] == REEL_CUT_HELD)
            hold(c, &q, k);
        else if (c->mark[k] == REEL_CUT_TRAIN)
            ask(c, &q, k);
    end_question(c, &q);
}

/* A person's ratings in an order of chance, or the oldest first where the order counts. */
static void put_in_order(reel_cutting *c, reel_index person, reel_rng *rng)
{
    const reel_nnz begin = c->ratings.ptr[person];
    const reel_index count = (reel_index)(c->ratings.ptr[person + 1] - begin);

    for (reel_index i = 0; i < count; i++) {
        const reel_index other = (reel_index)reel__rng_below(rng, (uint64_t)i + 1);

        c->order[i] = c->order[other];
        c->order[other] = i;
    }
    if (!in_order(c, person))
        return;
    for (reel_index i = 0; i < count; i++)
        c->dated[i] = (reel_dated){reel_dataset_times(c->dataset)[begin + i], (size_t)i};
    reel__recency_sort(c->dated, (size_t)count);
    for (reel_index i = 0; i < count; i++)
        c->order[i] = (reel_index)c->dated[count - 1 - i].at;
}

/* Someone the models never saw, asked with `length` ratings, random ones or the oldest; the liked
 * ones among the rest are held out. */
static void ask_apart(reel_cutting *c, reel_index person, reel_index length)
{
    const reel_nnz begin = c->ratings.ptr[person];
    const reel_index count = (reel_index)(c->ratings.ptr[person + 1] - begin);
    const uint64_t id = (uint64_t)reel_dataset_person_ids(c->dataset)[person];
    reel_rng rng = reel__rng_make(c->opts->seed + (uint64_t)length + 1, id);
    reel_question q = begin_question(c);

    if (count < length + LEAST_LEFT)
        return;
    put_in_order(c, person, &rng);
    for (reel_index i = 0; i < length; i++)
        ask(c, &q, begin + c->order[i]);
    for (reel_index i = length; i < count; i++)
        if (reel__cutting_likes(c, begin + c->order[i]))
            hold(c, &q, begin + c->order[i]);
    if (q.held_count > 0)
        end_question(c, &q);
    else
        c->entries -= q.query.count;
}

static bool is_apart(const reel_cutting *c, reel_index person)
{
    return c->mark[c->ratings.ptr[person]] == REEL_CUT_APART;
}

/* Room for every question there can be. */
static reel_code make_room(reel_cutting *c, reel_err *err)
{
    size_t questions = 0, entries = 0, held = 0;

    for (reel_index p = 0; p < c->ratings.rows; p++) {
        const reel_nnz count = c->ratings.ptr[p + 1] - c->ratings.ptr[p];
        const size_t times = c->asked[p] ? (is_apart(c, p) ? LENGTHS : 1) : 0;

        questions += times;
        entries += times * (size_t)count;
        held += times * (size_t)count;
    }
    c->out->questions = reel__alloc_array(questions, sizeof *c->out->questions);
    c->out->entries = reel__alloc_array(entries, sizeof *c->out->entries);
    c->out->held = reel__alloc_array(held, sizeof *c->out->held);
    if (c->out->questions == NULL || c->out->entries == NULL || c->out->held == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to ask %zu questions", questions);
    return REEL_OK;
}

static void ask_all(reel_cutting *c)
{
    for (reel_index p = 0; p < c->ratings.rows; p++) {
        if (!c->asked[p])
            continue;
        if (!is_apart(c, p)) {
            ask_trained(c, p);
            continue;
        }
        for (int i = 0; i < LENGTHS; i++)
            ask_apart(c, p, lengths[i]);
    }
}

static bool asks_any(const reel_cutting *c)
{
    for (reel_index p = 0; p < c->ratings.rows; p++)
        if (c->asked[p])
            return true;
    return false;
}

static reel_code cut(reel_cutting *c, reel_err *err)
{
    const size_t ratings = (size_t)c->ratings.ptr[c->ratings.rows];
    reel_code rc = REEL_OK;

    c->mark = reel__alloc_zero(ratings, sizeof *c->mark);
    c->order = reel__alloc_array((size_t)c->ratings.cols, sizeof *c->order);
    c->dated = reel__alloc_array((size_t)c->ratings.cols, sizeof *c->dated);
    c->asked = reel__alloc_zero((size_t)c->ratings.rows, sizeof *c->asked);
    if (c->mark == NULL || c->order == NULL || c->dated == NULL || c->asked == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to hold out ratings");
    if (c->before == NULL)
        mark_people(c);
    else
        reel__validation_mark_new(c);
    if (c->before != NULL && !asks_any(c))
        return REEL_OK;
    REEL_TRY(reel__select(&c->out->train, c->dataset, c->mark, REEL_CUT_TRAIN, NULL, err));
    REEL_TRY(make_room(c, err));
    ask_all(c);
    if (c->out->count == 0)
        rc = reel_fail(err, REEL_E_INVALID,
                       "nobody has liked %d films or more: nothing can be held out to learn from",
                       (int)LEAST_LIKED);
out:
    return rc;
}

reel_code reel__validation_cut(reel_validation *out, reel_cutting *c, reel_err *err)
{
    const reel_validation_opts *opts = c->opts;
    reel_code rc;

    memset(out, 0, sizeof *out);
    if (!(opts->share > 0 && opts->share < 1) || !(opts->unseen > 0 && opts->unseen < 1) ||
        opts->most < 1)
        return reel_fail(err, REEL_E_INVALID,
                         "validation: shares are between 0 and 1, people 1 or more; not %g, %g, %d",
                         opts->share, opts->unseen, (int)opts->most);
    c->evidence = reel__evidence_learn(c->ratings, 0);
    rc = cut(c, err);
    reel__free(c->mark);
    reel__free(c->order);
    reel__free(c->dated);
    reel__free(c->asked);
    if (rc != REEL_OK)
        reel__validation_fini(out);
    return rc;
}

reel_code reel__validation_make(reel_validation *out, const reel_dataset *dataset,
                                const reel_validation_opts *opts, reel_err *err)
{
    reel_cutting c = {
        .dataset = dataset, .opts = opts, .ratings = reel_dataset_ratings(dataset), .out = out};

    return reel__validation_cut(out, &c, err);
}

void reel__validation_fini(reel_validation *validation)
{
    reel_dataset_free(validation->train);
    reel__free(validation->questions);
    reel__free(validation->entries);
    reel__free(validation->held);
    memset(validation, 0, sizeof *validation);
}
