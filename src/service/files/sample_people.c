/* sample_people.c - simulated people: what they like, what they see, how they rate it.
 *
 * A person belongs to one of a few circles. A circle has favourite films; its taste is the sum of
 * their features. A person adds favourites of their own. Films near that taste are seen more often
 * and liked more; famous films are seen by everyone; some films are simply better; people differ in
 * how kindly they rate. docs/sample.md has the formulas.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "service/files/sample.h"

enum {
    CIRCLES = 14,
    CIRCLE_FILMS = 9, /* favourites of a circle */
    OWN_FILMS = 3,    /* favourites a person adds */
    SEEN_LEAST = 20,
    SEEN_MOST = 160,
    FIRST_DAY = 1577836800, /* 2020-01-01 UTC */
    DAYS = 1000,
    DAY = 86400
};

/* Streams of random numbers, so that one part can change without moving the others. */
enum { STREAM_FILMS = 1, STREAM_CIRCLES = 2, STREAM_SHUFFLE = 3, STREAM_PEOPLE = 1000 };

static const double liking_most = 2;
static const double seen_by_taste = 1.0, seen_by_fame = 1.0; /* logit of seeing a film */
static const double liked_by_taste = 0.7, liked_by_quality = 0.4, noise = 0.6;

typedef struct simulation {
    const reel_sample_films *films;
    double *fame, *quality; /* [films] normal, mean 0, variance 1 */
    double *circles;        /* [CIRCLES x features] */
    double *taste;          /* [features] of the person at work */
    double *liking;         /* [films] standardised closeness to that taste */
    double *key;            /* [films] who is seen first */
    reel_rating *ratings;
    size_t count;
} simulation;

static void add_film(double *taste, const reel_sample_films *films, reel_index film, double weight)
{
    const reel_csr *f = &films->features;

    for (reel_nnz k = f->ptr[film]; k < f->ptr[film + 1]; k++)
        taste[f->col[k]] += weight * (double)f->val[k];
}

static double closeness(const double *taste, const reel_sample_films *films, reel_index film)
{
    const reel_csr *f = &films->features;
    double sum = 0;

    for (reel_nnz k = f->ptr[film]; k < f->ptr[film + 1]; k++)
        sum += taste[f->col[k]] * (double)f->val[k];
    return sum;
}

static void standardise(double *x, reel_index n)
{
    double mean = 0, square = 0;

    for (reel_index i = 0; i < n; i++)
        mean += x[i] / n;
    for (reel_index i = 0; i < n; i++)
        square += (x[i] - mean) * (x[i] - mean) / n;
    for (reel_index i = 0; i < n; i++)
        x[i] = (x[i] - mean) / (square > 0 ? sqrt(square) : 1);
}

/* A circle grows around one film: each favourite is the nearest of a few drawn at random. */
static void make_circle(simulation *s, int circle, reel_rng *rng)
{
    double *taste = s->circles + (size_t)circle * (size_t)s->films->feature_count;
    const uint64_t films = (uint64_t)s->films->count;

    add_film(taste, s->films, (reel_index)reel__rng_below(rng, films), 1);
    for (int k = 1; k < CIRCLE_FILMS; k++) {
        reel_index best = 0;
        double best_closeness = -1;
        for (int draw = 0; draw < 25; draw++) {
            const reel_index film = (reel_index)reel__rng_below(rng, films);
            const double near = closeness(taste, s->films, film);
            if (near > best_closeness) {
                best = film;
                best_closeness = near;
            }
        }
        add_film(taste, s->films, best, 1);
    }
}

static void make_world(simulation *s, uint64_t seed)
{
    reel_rng films = reel__rng_make(seed, STREAM_FILMS);
    reel_rng circles = reel__rng_make(seed, STREAM_CIRCLES);

    for (reel_index i = 0; i < s->films->count; i++) {
        /* Newer films are better known here, as anywhere. */
        s->fame[i] = reel__rng_normal(&films) + (s->films->films[i].year - 1980) / 40.0;
        s->quality[i] = reel__rng_normal(&films);
    }
    standardise(s->fame, s->films->count);
    for (int circle = 0; circle < CIRCLES; circle++)
        make_circle(s, circle, &circles);
}

static void make_taste(simulation *s, reel_rng *rng)
{
    const size_t features = (size_t)s->films->feature_count;
    const int circle = (int)reel__rng_below(rng, CIRCLES);

    memcpy(s->taste, s->circles + (size_t)circle * features, features * sizeof *s->taste);
    for (int k = 0; k < OWN_FILMS; k++)
        add_film(s->taste, s->films, (reel_index)reel__rng_below(rng, (uint64_t)s->films->count),
                 1);
    for (reel_index i = 0; i < s->films->count; i++)
        s->liking[i] = closeness(s->taste, s->films, i);
    standardise(s->liking, s->films->count);
    /* A favourite is far from all else; liking saturates. */
    for (reel_index i = 0; i < s->films->count; i++)
        s->liking[i] = liking_most * tanh(s->liking[i] / liking_most);
}

/* Gumbel-max: the largest keys are a draw without replacement with odds exp(logit). */
static void draw_keys(simulation *s, reel_rng *rng)
{
    for (reel_index i = 0; i < s->films->count; i++) {
        const double logit = seen_by_taste * s->liking[i] + seen_by_fame * s->fame[i];
        s->key[i] = logit - log(-log(reel__rng_unit(rng) + 1e-12));
    }
}

static reel_index take_largest(simulation *s)
{
    reel_index best = 0;

    for (reel_index i = 1; i < s->films->count; i++)
        if (s->key[i] > s->key[best])
            best = i;
    s->key[best] = -(double)INFINITY;
    return best;
}

/* Half stars from 0.5 to 5. */
static float stars(double value)
{
    const double halves = floor(value * 2 + 0.5);

    return (float)((halves < 1 ? 1 : halves > 10 ? 10 : halves) / 2);
}

static void simulate_person(simulation *s, int64_t person, uint64_t seed)
{
    reel_rng rng = reel__rng_make(seed, STREAM_PEOPLE + (uint64_t)person);
    const double kindness = 0.35 * reel__rng_normal(&rng);
    const double wanted = exp(3.9 + 0.5 * reel__rng_normal(&rng)); /* median 49 films */
    const int seen = wanted < SEEN_LEAST  ? SEEN_LEAST
                     : wanted > SEEN_MOST ? SEEN_MOST
                                          : (int)wanted;
    int64_t time = FIRST_DAY + (int64_t)reel__rng_below(&rng, DAYS) * DAY;

    make_taste(s, &rng);
    draw_keys(s, &rng);
    for (int k = 0; k < seen; k++) {
        const reel_index film = take_largest(s);
        const double value = 3.5 + kindness + liked_by_taste * (s->liking[film] - 0.7) +
                             liked_by_quality * s->quality[film] + noise * reel__rng_normal(&rng);
        time += (int64_t)reel__rng_below(&rng, 4) * DAY + (int64_t)reel__rng_below(&rng, 7200);
        s->ratings[s->count++] = (reel_rating){.person = person,
                                               .movie = s->films->films[film].id,
                                               .time = time,
                                               .value = stars(value)};
    }
}

/* Whether someone rated a film in another place than `at`. Ratings of a person stand together. */
static bool rated(const reel_rating *ratings, size_t count, size_t at, int64_t movie)
{
    const int64_t person = ratings[at].person;
    size_t i = at;

    while (i > 0 && ratings[i - 1].person == person)
        i--;
    for (; i < count && ratings[i].person == person; i++)
        if (i != at && ratings[i].movie == movie)
            return true;
    return false;
}

static void swap_films(reel_rating *a, reel_rating *b)
{
    const int64_t movie = a->movie;

    a->movie = b->movie;
    b->movie = movie;
}

/* Swap films between ratings at random, keeping how often each film and person occurs; then part
 * those who were given the same film twice. */
static void shuffle(reel_rating *ratings, size_t count, uint64_t seed)
{
    reel_rng rng = reel__rng_make(seed, STREAM_SHUFFLE);

    for (size_t i = count; i > 1; i--)
        swap_films(&ratings[i - 1], &ratings[reel__rng_below(&rng, i)]);
    for (size_t i = 0; i < count; i++) {
        while (rated(ratings, count, i, ratings[i].movie)) {
            const size_t other = reel__rng_below(&rng, count);
            if (!rated(ratings, count, i, ratings[other].movie) &&
                !rated(ratings, count, other, ratings[i].movie))
                swap_films(&ratings[i], &ratings[other]);
        }
    }
}

static reel_code make_room(simulation *s, int people, reel_err *err)
{
    const size_t films = (size_t)s->films->count, features = (size_t)s->films->feature_count;

    s->fame = reel__alloc_zero(films, sizeof *s->fame);
    s->quality = reel__alloc_zero(films, sizeof *s->quality);
    s->liking = reel__alloc_zero(films, sizeof *s->liking);
    s->key = reel__alloc_zero(films, sizeof *s->key);
    s->taste = reel__alloc_zero(features, sizeof *s->taste);
    s->circles = reel__alloc_zero(CIRCLES * features, sizeof *s->circles);
    s->ratings = reel__alloc_array((size_t)people * SEEN_MOST, sizeof *s->ratings);
    if (s->fame == NULL || s->quality == NULL || s->liking == NULL || s->key == NULL ||
        s->taste == NULL || s->circles == NULL || s->ratings == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to simulate %d people", people);
    return REEL_OK;
}

reel_code reel__sample_ratings(reel_rating **out, size_t *count, const reel_sample_films *films,
                               const reel_sample_people *people, reel_err *err)
{
    simulation s = {.films = films};
    reel_code rc;

    *out = NULL;
    *count = 0;
    if (people->people < 1)
        return reel_fail(err, REEL_E_INVALID, "people: expected at least 1");
    REEL_TRY(make_room(&s, people->people, err));
    make_world(&s, people->seed);
    for (int64_t person = 1; person <= people->people; person++)
        simulate_person(&s, person, people->seed);
    if (people->shuffled)
        shuffle(s.ratings, s.count, people->seed);
    *out = s.ratings;
    *count = s.count;
    s.ratings = NULL;
out:
    reel__free(s.fame);
    reel__free(s.quality);
    reel__free(s.liking);
    reel__free(s.key);
    reel__free(s.taste);
    reel__free(s.circles);
    reel__free(s.ratings);
    return rc;
}
