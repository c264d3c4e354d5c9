/* user_knn_reasons.c - what each film of a history has added to a score of user-knn.
 * Entry i of the history has added to film j
 *   f_i w_i x_ui / |w x_u| * sum_{v in N} t_v x_vi x_vj / |x_v| / sum_{v in N} sim(u, v)^q
 * with t_v = sim(u, v)^(q - 1).
 * A list asks for the reasons of several films in a row. So, with few neighbours, the first of them
 * gathers the ratings that each neighbour has in common with the history, and every film then meets
 * those of its own raters only. With everyone that would be no shorter than one product with each
 * film of the history.
 */
#include <string.h>

#include "model/user_knn.h"

enum { SLOT_ROOM = 3, SLOT_COMMON, SLOT_RATINGS };

/* What the neighbours have in common with the history, kept in the scratch from film to film. */
typedef struct common {
    uint64_t key;        /* of the state it was made from; 0 = not made */
    reel_nnz *ptr;       /* [neighbours + 1] their entries */
    float *share;        /* [entries] t_v x_vi / |x_v| */
    reel_index *place;   /* [entries] i, the position in the history */
    reel_index number[]; /* [people] of a neighbour, -1 for everyone else */
} common;

/* ---- few neighbours ------------------------------------------------------------------------ */

/* Number the neighbours, and find room for all they can have in common with a history. */
static bool open_ratings(common *c, const user_knn *self, const user_knn_state *state,
                         size_t history, reel_scratch *scratch)
{
    const reel_nnz *ptr = self->people.ptr;
    size_t neighbours = 0, entries = 1; /* reel__packed_select wants one to spare */

    for (reel_index v = 0; v < self->people.rows; v++) {
        const size_t length = (size_t)(ptr[v + 1] - ptr[v]);

        c->number[v] = -1;
        if (state->weight[v] > 0) {
            c->number[v] = (reel_index)neighbours++;
            entries += length < history ? length : history;
        }
    }
    c->ptr = reel__scratch_get(scratch, SLOT_RATINGS,
                               (neighbours + 1) * sizeof *c->ptr +
                                   entries * (sizeof *c->share + sizeof *c->place));
    if (c->ptr == NULL)
        return false;
    c->share = (float *)(void *)(c->ptr + neighbours + 1);
    c->place = (reel_index *)(void *)(c->share + entries);
    return true;
}

/* places: room for [movies] */
static void gather_ratings(common *c, const user_knn *self, const reel_query *query,
                           const user_knn_state *state, reel_index *places)
{
    const float *tilt = state->weight + self->people.rows;
    reel_nnz at = 0, *end = c->ptr;

    for (reel_index j = 0; j < self->base.movies; j++)
        places[j] = -1;
    for (size_t i = 0; i < query->count; i++)
        places[query->entries[i].movie] = (reel_index)i;
    for (reel_index v = 0; v < self->people.rows; v++) {
        reel_index count;

        if (c->number[v] < 0)
            continue;
        count = reel__packed_select(&self->people, v, places, c->place + at, c->share + at);
        for (reel_index k = 0; k < count; k++)
            c->share[at + k] *= self->inverse_norms[v] * tilt[v];
        *end++ = at;
        at += count;
    }
    *end = at;
}

/* The ratings in common for this state, from the last film or gathered anew; NULL without memory.
 */
static const common *open_common(const user_knn *self, const reel_query *query,
                                 const user_knn_state *state, reel_scratch *scratch)
{
    const size_t people = (size_t)self->people.rows, movies = (size_t)self->base.movies;
    common *c = reel__scratch_get(scratch, SLOT_COMMON, sizeof *c + people * sizeof c->number[0]);
    reel_index *places;

    if (c == NULL || c->key == state->key)
        return c;
    c->key = 0;
    places = reel__scratch_get(scratch, SLOT_ROOM, movies * sizeof *places);
    if (places == NULL || !open_ratings(c, self, state, query->count, scratch))
        return NULL;
    gather_ratings(c, self, query, state, places);
    c->key = state->key;
    return c;
}

/* sums[i] += sum over the film's raters of x_vi x_vj / |x_v|; raters and ratings: room for one more
 * than all people */
static void add_by_person(const user_knn *self, reel_index movie, const common *c,
                          reel_index *raters, float *ratings, double *sums)
{
    const reel_index count = reel__packed_select(&self->films, movie, c->number, raters, ratings);

    for (reel_index r = 0; r < count; r++) {
        const double rating = (double)ratings[r];

        for (reel_nnz k = c->ptr[raters[r]]; k < c->ptr[raters[r] + 1]; k++)
            sums[c->place[k]] += (double)c->share[k] * rating;
    }
}

/* ---- everyone ------------------------------------------------------------------------------ */

/* The same with one product for each film of the history; shares: room for all people */
static void add_by_film(const user_knn *self, const reel_query *query, const float *weight,
                        reel_index movie, float *shares, double *sums)
{
    const reel_index people = self->people.rows;

    memset(shares, 0, (size_t)people * sizeof *shares);
    reel__packed_scatter(&self->films, movie, 1, shares);
    for (reel_index v = 0; v < people; v++)
        shares[v] = weight[v] > 0 ? shares[v] * self->inverse_norms[v] * weight[people + v] : 0;
    for (size_t i = 0; i < query->count; i++)
        sums[i] = reel__packed_dot(&self->films, query->entries[i].movie, shares);
}

/* ---- both ---------------------------------------------------------------------------------- */

reel_code reel__user_knn_explain(const reel_model *model, const reel_query *query, reel_index movie,
                                 reel_scratch *scratch, double *contributions,
                                 reel_explanation *out, reel_err *err)
{
    const user_knn *self = (const user_knn *)model;
    const size_t people = (size_t)self->people.rows;
    const common *c = NULL;
    user_knn_state *state = NULL;
    float *room;
    double scale;
    reel_code rc = reel__user_knn_open(&state, self, query, scratch, err);

    if (rc != REEL_OK || state->total <= 0)
        return rc;
    if (!state->all)
        c = open_common(self, query, state, scratch);
    room = reel__scratch_get(scratch, SLOT_ROOM, 2 * (people + 1) * sizeof *room);
    if (room == NULL || (c == NULL && !state->all))
        return reel__user_knn_no_memory(self, err);
    memset(contributions, 0, query->count * sizeof *contributions);
    if (c == NULL)
        add_by_film(self, query, state->weight, movie, room, contributions);
    else
        add_by_person(self, movie, c, (reel_index *)(void *)(room + people + 1), room,
                      contributions);
    scale = (double)state->inverse * (double)reel__packed_unit(&self->people) / state->total;
    for (size_t i = 0; i < query->count; i++) {
        const reel_entry *e = &query->entries[i];

        contributions[i] *=
            (double)(e->weight * e->value) * scale * (double)self->film_weights[e->movie];
        out->score += contributions[i];
    }
    return REEL_OK;
}
