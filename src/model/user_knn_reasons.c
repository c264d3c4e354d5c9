/* user_knn_reasons.c - what each film of a history has added to a score of user-knn.
 * Entry i of the history has added to film j
 *   f_i w_i x_ui / |w x_u| * sum_{v in N} t_v x_vi x_vj / |x_v| / sum_{v in N} sim(u, v)^q
 * with t_v = sim(u, v)^(q - 1).
 * A list asks for the reasons of its films together. So, with few neighbours, the ratings that each
 * of them has in common with the history are gathered once, and each of those ratings then meets
 * all films of the list at a time. With everyone that would be no shorter than one product with
 * each film of the history.
 */
#include <string.h>

#include "model/user_knn.h"
#include "num/kernels.h"

enum { SLOT_ROOM = 3, SLOT_COMMON, SLOT_RATINGS, SLOT_ASKED, SLOT_SUMS };

/* What the neighbours have in common with the history, kept in the scratch from list to list. */
typedef struct common {
    uint64_t key; /* of the state it was made from; 0 = not made */
    const user_knn_state *state;
    reel_nnz *ptr;       /* [neighbours + 1] their entries */
    float *share;        /* [entries] t_v x_vi / |x_v| */
    reel_index *place;   /* [entries] i, the position in the history */
    reel_index number[]; /* [people] of a neighbour, -1 for everyone else */
} common;

/* ---- few neighbours ------------------------------------------------------------------------ */

/* Number the neighbours, and find room for all they can have in common with a history. */
static bool open_ratings(common *c, const user_knn *self, size_t history, reel_scratch *scratch)
{
    const user_knn_state *state = c->state;
    const reel_nnz *ptr = self->people.ptr;
    size_t entries = 1; /* reel__packed_select wants one to spare */

    memset(c->number, 0xff, (size_t)self->people.rows * sizeof c->number[0]);
    for (size_t n = 0; n < state->count; n++) {
        const reel_index v = state->near[n].row;
        const size_t length = (size_t)(ptr[v + 1] - ptr[v]);

        c->number[v] = (reel_index)n;
        entries += length < history ? length : history;
    }
    c->ptr = reel__scratch_get(scratch, SLOT_RATINGS,
                               (state->count + 1) * sizeof *c->ptr +
                                   entries * (sizeof *c->share + sizeof *c->place));
    if (c->ptr == NULL)
        return false;
    c->share = (float *)(void *)(c->ptr + state->count + 1);
    c->place = (reel_index *)(void *)(c->share + entries);
    return true;
}

/* What a neighbour gave films of the history: places and values, in order, and room for one more;
 * how many. places [movies] of films in the history, negative for others */
static reel_index select_common(const user_knn *self, const reel_query *query, reel_index person,
                                const reel_index *places, reel_index *place, float *value)
{
    const uint8_t *row = reel__long_row(&self->long_people, person);
    const reel_nnz *ptr = self->people.ptr;
    reel_index count = 0;

    if (row == NULL || (reel_nnz)query->count > ptr[person + 1] - ptr[person])
        return reel__packed_select(&self->people, person, places, place, value);
    for (size_t i = 0; i < query->count; i++) {
        const uint8_t given = row[query->entries[i].movie];

        place[count] = (reel_index)i;
        value[count] = (float)given;
        count += given != 0;
    }
    return count;
}

/* places: room for [movies] */
static void gather_ratings(common *c, const user_knn *self, const reel_query *query,
                           reel_index *places)
{
    const user_knn_state *state = c->state;
    reel_nnz at = 0;

    memset(places, 0xff, (size_t)self->base.movies * sizeof *places);
    for (size_t i = 0; i < query->count; i++)
        places[query->entries[i].movie] = (reel_index)i;
    for (size_t n = 0; n < state->count; n++) {
        const reel_index v = state->near[n].row;
        const float share = self->inverse_norms[v] * state->near[n].tilt;
        const reel_index count =
            select_common(self, query, v, places, c->place + at, c->share + at);

        c->ptr[n] = at;
        for (reel_index k = 0; k < count; k++)
            c->share[at + k] *= share;
        at += count;
    }
    c->ptr[state->count] = at;
}

/* The ratings in common for this state, from the last film or gathered anew; NULL without memory.
 */
static const common *open_common(const user_knn *self, const reel_query *query,
                                 const user_knn_state *state, reel_scratch *scratch)
{
    const size_t people = (size_t)self->people.rows, movies = (size_t)self->base.movies;
    common *c = reel__scratch_get(scratch, SLOT_COMMON, sizeof *c + people * sizeof c->number[0]);
    reel_index *places;

    if (c == NULL || (c->key == state->key && c->state == state))
        return c;
    c->key = 0;
    c->state = state;
    places = reel__scratch_get(scratch, SLOT_ROOM, movies * sizeof *places);
    if (places == NULL || !open_ratings(c, self, query->count, scratch))
        return NULL;
    gather_ratings(c, self, query, places);
    c->key = state->key;
    return c;
}

/* What a neighbour gave the films asked about, 0 where nothing. */
typedef struct given {
    float film[REEL_ASKED_MAX];
} given;

/* What all of them gave film n of those. value: room for one more than all people, twice */
static void gather_film(const user_knn *self, const common *c, reel_index movie, size_t n,
                        given *ratings, float *value)
{
    const uint8_t *row = reel__long_row(&self->long_films, movie);
    reel_index *raters = (reel_index *)(void *)(value + self->people.rows + 1);
    const reel_index count =
        row != NULL ? 0 : reel__packed_select(&self->films, movie, c->number, raters, value);

    for (size_t v = 0; row != NULL && v < c->state->count; v++)
        ratings[v].film[n] = (float)row[c->state->near[v].row];
    for (reel_index r = 0; r < count; r++)
        ratings[raters[r]].film[n] = value[r];
}

/* What each of them did; NULL without memory. */
static given *gather_given(const user_knn *self, const common *c, const reel_asked *asked,
                           reel_scratch *scratch)
{
    const size_t people = (size_t)self->people.rows;
    given *ratings =
        reel__scratch_get(scratch, SLOT_ASKED, (c->state->count + 1) * sizeof *ratings);
    float *value = reel__scratch_get(scratch, SLOT_ROOM, 2 * (people + 1) * sizeof *value);

    if (ratings == NULL || value == NULL)
        return NULL;
    memset(ratings, 0, c->state->count * sizeof *ratings);
    for (size_t n = 0; n < asked->count; n++)
        gather_film(self, c, asked->movies[n], n, ratings, value);
    return ratings;
}

/* One number for each film asked about. */
typedef float lanes __attribute__((vector_size(REEL_ASKED_MAX * sizeof(float))));

/* sums [history] += x_vi x_vj t_v / |x_v| over the neighbours */
REEL_KERNEL static void meet(const common *c, const given *ratings, lanes *restrict sums)
{
    for (size_t v = 0; v < c->state->count; v++) {
        const lanes rating = *(const lanes *)(const void *)ratings[v].film;

        for (reel_nnz k = c->ptr[v]; k < c->ptr[v + 1]; k++)
            sums[c->place[k]] += c->share[k] * rating;
    }
}

static reel_code add_by_person(const user_knn *self, const reel_query *query,
                               const user_knn_state *state, const reel_asked *asked,
                               reel_scratch *scratch, reel_err *err)
{
    const common *c = open_common(self, query, state, scratch);
    lanes *sums = reel__scratch_get(scratch, SLOT_SUMS, (query->count + 1) * sizeof *sums);
    const given *ratings = c == NULL ? NULL : gather_given(self, c, asked, scratch);

    if (sums == NULL || ratings == NULL)
        return reel__user_knn_no_memory(self, err);
    memset(sums, 0, query->count * sizeof *sums);
    meet(c, ratings, sums);
    for (size_t n = 0; n < asked->count; n++)
        for (size_t i = 0; i < query->count; i++)
            asked->contributions[n * query->count + i] = (double)sums[i][n];
    return REEL_OK;
}

/* ---- everyone ------------------------------------------------------------------------------ */

/* The same for one film, with one product for each film of the history; shares: room for all people
 */
static void add_film(const user_knn *self, const reel_query *query, const float *weight,
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

static reel_code add_by_film(const user_knn *self, const reel_query *query,
                             const user_knn_state *state, const reel_asked *asked,
                             reel_scratch *scratch, reel_err *err)
{
    const size_t people = (size_t)self->people.rows;
    float *shares = reel__scratch_get(scratch, SLOT_ROOM, people * sizeof *shares);

    if (shares == NULL)
        return reel__user_knn_no_memory(self, err);
    for (size_t n = 0; n < asked->count; n++)
        add_film(self, query, state->weight, asked->movies[n], shares,
                 asked->contributions + n * query->count);
    return REEL_OK;
}

/* ---- both ---------------------------------------------------------------------------------- */

reel_code reel__user_knn_explain(const reel_model *model, const reel_query *query,
                                 const reel_asked *asked, reel_scratch *scratch, reel_err *err)
{
    const user_knn *self = (const user_knn *)model;
    user_knn_state *state = NULL;
    double scale;
    reel_code rc = reel__user_knn_open(&state, self, query, scratch, err);

    if (rc != REEL_OK || state->total <= 0)
        return rc;
    rc = state->near == NULL ? add_by_film(self, query, state, asked, scratch, err)
                             : add_by_person(self, query, state, asked, scratch, err);
    if (rc != REEL_OK)
        return rc;
    scale = (double)state->inverse * (double)reel__packed_unit(&self->people) / state->total;
    for (size_t i = 0; i < query->count; i++) {
        const reel_entry *e = &query->entries[i];
        const double own =
            (double)reel__user_knn_input(e) * scale * (double)self->film_weights[e->movie];

        for (size_t n = 0; n < asked->count; n++) {
            asked->contributions[n * query->count + i] *= own;
            asked->out[n].score += asked->contributions[n * query->count + i];
        }
    }
    return REEL_OK;
}
