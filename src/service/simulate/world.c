/* world.c - see world.h. */
#include "service/simulate/world.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "num/topk.h"
#include "service/models/source.h"

enum {
    FEWEST_RATINGS = 20, /* of somebody real */
    FIRST_DAY = 1700000000
};
enum { STREAM_WHO = 1, STREAM_HELD = 1000, STREAM_KNOWN = 2000000000 };
static const double held_share = 0.25, known_share = 0.1;

/* ---- real people --------------------------------------------------------------------------- */

static reel_code make_room(reel_world *out, reel_err *err)
{
    const size_t all = (size_t)out->people * (size_t)out->movies;

    out->opinions = reel__alloc_zero(all, 1);
    out->known = reel__alloc_zero(all, 1);
    out->held = reel__alloc_zero(all, 1);
    if (out->opinions == NULL || out->known == NULL || out->held == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for %d people and %d films",
                         (int)out->people, (int)out->movies);
    return REEL_OK;
}

/* Who has ratings enough, in an order of the seed's; how many. */
static reel_index choose_people(reel_index *out, const reel_dataset *data,
                                const reel_world_opts *opts)
{
    const reel_csr_view r = reel_dataset_ratings(data);
    reel_rng rng = reel__rng_make(opts->seed, STREAM_WHO);
    reel_index count = 0;

    for (reel_index p = 0; p < r.rows; p++)
        if (r.ptr[p + 1] - r.ptr[p] >= FEWEST_RATINGS &&
            (opts->half == 0 || p % 2 == opts->half - 1))
            out[count++] = p;
    reel__rng_shuffle(&rng, out, (size_t)count);
    return count;
}

/* Of the films those that were rated most, with all their ratings, in place of all. */
static reel_code cut_films(reel_dataset **dataset, reel_index most, reel_err *err)
{
    const reel_csr_view raters = reel_dataset_raters(*dataset);
    const int64_t *people = reel_dataset_person_ids(*dataset);
    reel_rating *room = reel__alloc_array((size_t)raters.cols, sizeof *room);
    reel_dataset_builder *builder = NULL;
    reel_dataset *cut = NULL;
    float *counts = reel__alloc_array((size_t)raters.rows, sizeof *counts);
    reel_scored *best = reel__alloc_array((size_t)most, sizeof *best);
    size_t found;
    reel_code rc;

    if (room == NULL || counts == NULL || best == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "no memory for %d films", (int)raters.rows));
    REEL_TRY(reel_dataset_builder_new(&builder, err));
    for (reel_index m = 0; m < raters.rows; m++)
        counts[m] = (float)(raters.ptr[m + 1] - raters.ptr[m]);
    found = reel__topk(counts, raters.rows, NULL, (size_t)most, best);
    for (size_t i = 0; i < found; i++) {
        const reel_index film = best[i].index;
        const reel_movie movie = reel_dataset_movie(*dataset, film);
        const reel_nnz from = raters.ptr[film], to = raters.ptr[film + 1];

        for (reel_nnz k = from; k < to; k++)
            room[k - from] = (reel_rating){
                .person = people[raters.col[k]], .movie = movie.id, .value = raters.val[k]};
        REEL_TRY(reel_dataset_builder_add_movie(builder, &movie, err));
        REEL_TRY(reel_dataset_builder_add_ratings(builder, room, (size_t)(to - from), err));
    }
    REEL_TRY(reel_dataset_builder_finish(&cut, builder, NULL, err));
    reel_dataset_free(*dataset);
    *dataset = cut;
out:
    reel_dataset_builder_free(builder);
    reel__free(room);
    reel__free(counts);
    reel__free(best);
    return rc;
}

static reel_code take_folder(reel_world *out, const reel_world_opts *opts, reel_err *err)
{
    const reel_source source = {.movielens = opts->movielens};
    reel_index *chosen = NULL, count;
    reel_csr_view r;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__source_read(&out->films, &source, NULL, err));
    if (opts->films > 0 && opts->films < reel_dataset_movies(out->films))
        REEL_TRY(cut_films(&out->films, opts->films, err));
    r = reel_dataset_ratings(out->films);
    chosen = reel__alloc_array((size_t)r.rows, sizeof *chosen);
    if (chosen == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "no memory for %d people", (int)r.rows));
    count = choose_people(chosen, out->films, opts);
    out->people = count < opts->people ? count : opts->people;
    out->movies = r.cols;
    if (out->people < 2)
        REEL_TRY(reel_fail(err, REEL_E_INVALID,
                           "%s: fewer than 2 people have %d ratings or more; a simulation needs "
                           "their taste",
                           opts->movielens, (int)FEWEST_RATINGS));
    REEL_TRY(make_room(out, err));
    for (reel_index p = 0; p < out->people; p++)
        for (reel_nnz k = r.ptr[chosen[p]]; k < r.ptr[chosen[p] + 1]; k++)
            out->opinions[reel__world_at(out, p, r.col[k])] =
                (uint8_t)fmin(10, fmax(1, round(2 * (double)r.val[k])));
out:
    reel__free(chosen);
    return rc;
}

/* Nobody comes without a rating: they would be no person of the database. */
static void know_something(reel_world *world, reel_index person)
{
    const size_t from = reel__world_at(world, person, 0);
    const size_t movies = (size_t)world->movies;
    size_t first = movies;

    for (size_t m = 0; m < movies; m++) {
        if (world->known[from + m] != 0)
            return;
        if (first == movies && world->opinions[from + m] > 0 && world->held[from + m] == 0)
            first = m;
    }
    if (first == movies)
        first = 0;
    world->known[from + first] = 1;
    world->held[from + first] = 0;
    if (world->opinions[from + first] == 0)
        world->opinions[from + first] = 6;
}

/* A quarter of all films of each is kept back; of the others that they rated a part is known. */
static void keep_back(reel_world *world, uint64_t seed, bool by_chance)
{
    for (reel_index p = 0; p < world->people; p++) {
        reel_rng held = reel__rng_make(seed, STREAM_HELD + (uint64_t)p);
        reel_rng known = reel__rng_make(seed, STREAM_KNOWN + (uint64_t)p);

        for (reel_index m = 0; m < world->movies; m++) {
            const size_t at = reel__world_at(world, p, m);
            const bool chosen = reel__rng_unit(&known) < known_share;

            world->held[at] = reel__rng_unit(&held) < held_share;
            if (by_chance)
                world->known[at] = chosen && world->opinions[at] > 0;
            if (world->held[at])
                world->known[at] = 0;
        }
        know_something(world, p);
    }
}

reel_code reel__world_make(reel_world *out, const reel_world_opts *opts, reel_err *err)
{
    reel_code rc;

    *out = (reel_world){.people = opts->people};
    if (opts->movielens != NULL) {
        REEL_TRY(take_folder(out, opts, err));
    } else {
        out->movies = opts->films > 0 ? opts->films : 400;
        REEL_TRY(make_room(out, err));
        REEL_TRY(reel__world_invent(out, opts, err));
    }
    keep_back(out, opts->seed, opts->movielens != NULL);
out:
    if (rc != REEL_OK)
        reel__world_fini(out);
    return rc;
}

void reel__world_fini(reel_world *world)
{
    reel_dataset_free(world->films);
    reel__free(world->opinions);
    reel__free(world->known);
    reel__free(world->held);
    reel__free(world->places);
    *world = (reel_world){0};
}

/* ---- into a database ----------------------------------------------------------------------- */

static reel_code put_person(reel_store_load *load, const reel_world *world, reel_index person,
                            reel_rating *room, reel_err *err)
{
    const int64_t *ids = reel_dataset_movie_ids(world->films);
    size_t count = 0;
    int64_t duplicates = 0;

    for (reel_index m = 0; m < world->movies; m++)
        if (world->known[reel__world_at(world, person, m)] != 0)
            room[count++] = (reel_rating){.person = (int64_t)person + 1,
                                          .movie = ids[m],
                                          .time = FIRST_DAY + m,
                                          .value = (float)reel__world_stars(world, person, m)};
    return reel__store_put_ratings(load, room, count, &duplicates, err);
}

reel_code reel__world_load(const reel_world *world, reel_store *store, reel_err *err)
{
    reel_rating *room = reel__alloc_array((size_t)world->movies, sizeof *room);
    reel_store_load *load = NULL;
    reel_code rc;

    if (room == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for %d ratings", (int)world->movies);
    REEL_TRY(reel__store_load_begin(&load, store, true, err));
    for (reel_index m = 0; m < world->movies; m++) {
        const reel_movie movie = reel_dataset_movie(world->films, m);

        REEL_TRY(reel__store_put_movies(load, &movie, 1, err));
    }
    for (reel_index p = 0; p < world->people; p++)
        REEL_TRY(put_person(load, world, p, room, err));
    rc = reel__store_load_commit(load, "simulated people", true, err);
    load = NULL;
out:
    reel__store_load_abort(load);
    reel__free(room);
    return rc;
}

/* ---- what somebody makes of a film --------------------------------------------------------- */

/* They have had enough of what is like the films they saw last. */
static double satiation(const reel_world *world, reel_index movie, const reel_recent *recent)
{
    const double width = 0.1, most = 0.6;
    double worst = 0;

    for (int i = 0; world->places != NULL && i < REEL_WORLD_RECENT; i++) {
        const reel_index seen = recent->movies[i];
        double distance = 0;

        if (seen < 0)
            continue;
        for (size_t axis = 0; axis < 2; axis++) {
            const double apart = fabs((double)world->places[2 * (size_t)movie + axis] -
                                      (double)world->places[2 * (size_t)seen + axis]);

            distance += pow(fmin(apart, 1 - apart), 2);
        }
        worst = fmax(worst, most * exp(-distance / (2 * width * width)));
    }
    return worst;
}

double reel__world_appeal(const reel_world *world, reel_index person, reel_index movie,
                          const reel_recent *recent)
{
    /* by half stars; a film that somebody did not care to rate draws a click now and then */
    static const double draws[11] = {.02, .03, .03, .04, .05, .08, .15, .3, .5, .65, .8};

    return draws[world->opinions[reel__world_at(world, person, movie)]] *
           (1 - satiation(world, movie, recent));
}
