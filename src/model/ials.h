/* model/ials.h - private to ials.c and ials_fit.c.
 * Layer: model. Threads: immutable once fitted.
 */
#ifndef REEL_MODEL_IALS_H
#define REEL_MODEL_IALS_H

#include "model/evidence.h"
#include "model/ials_fold.h"
#include "model/vtable.h"

enum {
    IALS_FACTORS,
    IALS_SWEEPS,
    IALS_LAMBDA,
    IALS_NU,
    IALS_UNOBSERVED,
    IALS_UNOBSERVED_POWER,
    IALS_PERSON_POWER,
    IALS_DISLIKED_WEIGHT,
    IALS_GRADE,
    IALS_STDDEV,
    IALS_STEPS,
    IALS_SIDE_RIDGE,
    IALS_LIKED,
    IALS_PARAMS
};

enum {
    IALS_UNOBSERVED_SUM, /* of all films' unobserved weights */
    IALS_MIDDLE,         /* the common scale of people's ridges */
    IALS_NUMBERS
};

/* What a row's ridge is made of: lambda x middle x ((observed + unobserved) / middle)^nu. */
typedef struct ials_ridge {
    double lambda, nu, unobserved, middle;
} ials_ridge;

typedef struct ials {
    reel_model base;
    reel_evidence evidence;
    double grade;        /* how a target grows with a rating point */
    size_t d;            /* factors, rounded up to REEL_ROWS_UNIT; what is added is 0 */
    const float *films;  /* [movies x d]; these are owned unless base.tensors is set */
    const float *people; /* [people x d] */
    float *panels;       /* of films (num/panels.h), for scoring; always owned */
    /* [d] the diagonal of the sum over films of their unobserved weight x y y^T, which is diagonal
     * in the basis that films and people are in */
    const float *spectrum;
    double numbers[IALS_NUMBERS];
} ials;

/* Factors beyond the number of people or of films would have nothing to tell apart. */
static inline size_t ials_factors(const reel_model *model, reel_index people, reel_index movies)
{
    const reel_index most = people < movies ? people : movies;
    const size_t wanted = (size_t)model->params[IALS_FACTORS];

    return (size_t)most < wanted ? (size_t)most : wanted;
}

static inline ials_basis ials_basis_of(const ials *self)
{
    return (ials_basis){self->d, self->films, self->spectrum};
}

static inline ials_ridge ials_people_ridge(const ials *self)
{
    return (ials_ridge){self->base.params[IALS_LAMBDA], self->base.params[IALS_NU],
                        self->numbers[IALS_UNOBSERVED_SUM], self->numbers[IALS_MIDDLE]};
}

/* A row's ridge; observed: the sum of its c. */
double reel__ials_ridge(const ials_ridge *ridge, double observed);

/* Room for the equations of a row of up to `room` entries, in one piece of memory. */
typedef struct ials_room {
    reel_index *index;
    float *weight, *pull;
} ials_room;

static inline size_t ials_room_size(size_t room)
{
    return room * (sizeof(reel_index) + 2 * sizeof(float));
}

static inline ials_room ials_open_room(void *memory, size_t room)
{
    float *numbers = memory;

    return (ials_room){(reel_index *)memory + 2 * room, numbers, numbers + room};
}

/* Append an entry's film, c and b where it counts; the new count. A signal counts as a liked film
 * weighs for as much as it says; one that none is wanted of has c, but draws to 0. */
static inline size_t ials_gather(const ials *self, const reel_entry *entry, const ials_room *room,
                                 size_t count)
{
    const reel_evidence *e = &self->evidence;
    const bool refused = entry->kind == REEL_ENTRY_SIGNAL && entry->value < 0;
    const bool graded = e->graded && entry->kind == REEL_ENTRY_RATING;
    const bool low = graded && entry->value < e->liked;
    const float c = low ? (float)self->base.params[IALS_DISLIKED_WEIGHT] : 1;
    const float target = graded    ? 1 + (float)self->grade * (entry->value - e->liked)
                         : refused ? 0 /* as a film nobody is known to want, but more surely */
                                   : 1;

    room->index[count] = entry->movie;
    room->weight[count] = c * entry->weight;
    room->pull[count] = c * entry->weight * target;
    return count + (c > 0);
}

/* From parameters, evidence and the range of ratings. */
static inline void ials_set_grade(ials *self)
{
    const double span = (double)self->base.high - (double)self->base.low;

    self->grade = span > 0 ? self->base.params[IALS_GRADE] / span : 0;
}

/* Vectors for films that nobody rated, from their texts; films [movies x d] has the others'.
 * Errors: E_NOMEM. */
reel_code reel__ials_side(const ials *self, const reel_dataset *dataset, int threads, float *films,
                          reel_err *err);
double reel__ials_memory(const reel_model *model, const reel_dataset *dataset);
reel_code reel__ials_fit(reel_model *model, const reel_dataset *dataset,
                         const reel_fit_context *context, reel_err *err);

#endif
