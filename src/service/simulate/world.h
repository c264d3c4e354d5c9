/* service/simulate/world.h - made-up people for simulations: what they think of every film, how
 * they look at a list, and what they do. No model is asked. Two sources of taste:
 *
 *   - ratings of a MovieLens folder: people are real ones; part of their ratings is known from the
 *     start, the others come out when they watch the film. What they never rated they do not want.
 *   - invented (invented.c): films lie on a map that wraps round, people have two places on it that
 *     they like and one that they hate, a mood that turns the tone of a film to good or bad, and
 *     get enough of what is like the last films they saw. What they knew before came to them by
 *     fame.
 *
 * Of each person a quarter of all films is kept back: never listed to them, and what their lists
 * are judged by (held-out NDCG).
 * Layer: service. Threads: immutable once made.
 */
#ifndef REEL_SERVICE_WORLD_H
#define REEL_SERVICE_WORLD_H

#include "base/rng.h"
#include "reel/dataset.h"
#include "store/store.h"

enum { REEL_WORLD_RECENT = 5 };

typedef struct reel_world {
    reel_dataset *films; /* the catalogue; ratings in it are not looked at */
    reel_index people, movies;
    uint8_t *opinions; /* [people x movies] in half stars, 0 = they would not watch it */
    uint8_t *known;    /* [people x movies] rated before the first day */
    uint8_t *held;     /* [people x movies] kept back */
    float *places;     /* [movies x 2], of invented films; else NULL */
} reel_world;

typedef struct reel_world_opts {
    const char *movielens; /* a folder, or NULL = invented */
    reel_index people;     /* at the most, of a folder */
    reel_index films;      /* of a folder those rated most, 0 = all; invented ones, 0 = 400 */
    int known;             /* draws of films that invented people saw before; 0 = 15 */
    int half;              /* of a folder's people: 1 or 2, in which nobody is of both; 0 = all */
    uint64_t seed;
} reel_world_opts;

/* Errors: E_INVALID (a folder with fewer than two people of 20 ratings), those of reading, E_NOMEM.
 */
REEL_MUST_USE reel_code reel__world_make(reel_world *out, const reel_world_opts *opts,
                                         reel_err *err);
void reel__world_fini(reel_world *world);

/* Films and what is known from the start, as a database; people have the ids 1, 2, ... */
REEL_MUST_USE reel_code reel__world_load(const reel_world *world, reel_store *store, reel_err *err);

static inline size_t reel__world_at(const reel_world *world, reel_index person, reel_index movie)
{
    return (size_t)person * (size_t)world->movies + (size_t)movie;
}
/* In stars; 0 = none. */
static inline double reel__world_stars(const reel_world *world, reel_index person, reel_index movie)
{
    return 0.5 * world->opinions[reel__world_at(world, person, movie)];
}
static inline bool reel__world_likes(const reel_world *world, reel_index person, reel_index movie)
{
    return world->opinions[reel__world_at(world, person, movie)] >= 8;
}

/* Films somebody watched last, the newest first; -1 = none. */
typedef struct reel_recent {
    reel_index movies[REEL_WORLD_RECENT];
} reel_recent;
/* How likely somebody who looks at a film in a list clicks it. */
double reel__world_appeal(const reel_world *world, reel_index person, reel_index movie,
                          const reel_recent *recent);

/* invented.c: opinions and places of a world whose catalogue is there. */
REEL_MUST_USE reel_code reel__world_invent(reel_world *out, const reel_world_opts *opts,
                                           reel_err *err);

#endif
