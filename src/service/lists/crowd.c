/* crowd.c - see crowd.h. */
#include "service/lists/crowd.h"

#include <math.h>
#include <pthread.h>

#include "base/alloc.h"
#include "service/engine/state.h"
#include "service/lists/genre_counts.h"

/* Half stars up to 20, which no known scale passes; decades up to the year 2560. */
enum { STEPS = 41, DECADES = 256 };

typedef struct total {
    int64_t ratings;
    double sum;
} total;

struct reel_crowd {
    total all, decade[DECADES];
    int64_t step[STEPS];
    reel_genre_counts genres;
};

static double mean_of(total t)
{
    return round(t.sum / (double)t.ratings * 100) / 100;
}

static void add(total *to, total more)
{
    to->ratings += more.ratings;
    to->sum += more.sum;
}

static void count_film(reel_crowd *c, const reel_dataset *dataset, reel_index film)
{
    const reel_csr_view raters = reel_dataset_raters(dataset);
    const reel_movie movie = reel_dataset_movie(dataset, film);
    total given = {.ratings = raters.ptr[film + 1] - raters.ptr[film]};

    for (reel_nnz i = raters.ptr[film]; i < raters.ptr[film + 1]; i++) {
        const long step = lround(2 * (double)raters.val[i]);

        given.sum += (double)raters.val[i];
        if (step >= 0 && step < STEPS)
            c->step[step]++;
    }
    add(&c->all, given);
    if (given.ratings == 0)
        return;
    reel__genre_counts_add(&c->genres, movie.genres, given.ratings, given.sum);
    if (movie.year > 0 && movie.year < 10 * DECADES)
        add(&c->decade[movie.year / 10], given);
}

static void put_stars(reel_json *json, const reel_crowd *c)
{
    reel__json_key(json, "stars");
    reel__json_array(json);
    for (int i = 0; i < STEPS; i++) {
        if (c->step[i] == 0)
            continue;
        reel__json_object(json);
        reel__json_put_real(json, "stars", i / 2.0);
        reel__json_put_int(json, "ratings", c->step[i]);
        reel__json_object_end(json);
    }
    reel__json_array_end(json);
}

static void put_decades(reel_json *json, const reel_crowd *c)
{
    reel__json_key(json, "decades");
    reel__json_array(json);
    for (int i = 0; i < DECADES; i++) {
        if (c->decade[i].ratings == 0)
            continue;
        reel__json_object(json);
        reel__json_put_int(json, "decade", INT64_C(10) * i);
        reel__json_put_int(json, "ratings", c->decade[i].ratings);
        reel__json_put_real(json, "mean", mean_of(c->decade[i]));
        reel__json_object_end(json);
    }
    reel__json_array_end(json);
}

static reel_code make(void **out, const reel_engine *engine, reel_err *err)
{
    const reel_dataset *dataset = engine->dataset;
    reel_crowd *crowd = reel__alloc_zero(1, sizeof *crowd);

    if (crowd == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory to count what everybody gave");
    for (reel_index film = 0; film < reel_dataset_movies(dataset); film++)
        count_film(crowd, dataset, film);
    *out = crowd;
    return REEL_OK;
}

reel_code reel__crowd_write(reel_json *json, const reel_engine *engine, reel_err *err)
{
    const reel_crowd *crowd;
    void *made;
    reel_code rc;

    REEL_TRY(reel__engine_lazy(&made, engine, &engine->crowd, make, err));
    crowd = made;
    reel__json_object(json);
    reel__json_put_int(json, "ratings", crowd->all.ratings);
    reel__json_put_real(json, "mean", mean_of(crowd->all));
    put_stars(json, crowd);
    reel__json_key(json, "genres");
    reel__genre_counts_write(json, &crowd->genres);
    put_decades(json, crowd);
    reel__json_object_end(json);
out:
    return rc;
}
