/* sample_zipf.c - ratings in any number for measuring speed and memory, written as they are made.
 * How many ratings a person gives and how many a film gets fall off as 1 / (rank + offset), as in
 * real data (Zipf and Mandelbrot). Ratings follow a mean, a bias of each person and film, four
 * factors and noise, so that there is something to learn. docs/sample.md has the formulas. Memory
 * is a few numbers a film, whatever the number of ratings and people.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/rng.h"
#include "service/files/number.h"
#include "service/files/sample.h"

enum {
    FACTORS = 4,
    GATHER_BYTES = 1 << 16,
    ROW_MOST = 128,
    PEOPLE_OFFSET = 10, /* a tenth of the people stands above half of the ratings or so */
    FILM_OFFSET = 50,
    DENSEST = 4,            /* nobody rates more than a fourth of the films */
    FIRST_DAY = 1577836800, /* 2020-01-01 UTC */
    DAYS = 1000,
    DAY = 86400,
    GAP = 7200
};
enum { STREAM_FILMS = 1, STREAM_PEOPLE = 1000 };

static const double rating_mean = 3.6, bias_person = 0.4, bias_film = 0.5, factor = 0.35,
                    rating_noise = 0.7;

typedef struct zipf {
    reel_zipf_opts opts;
    int64_t people, films;
    double film_offset, film_log;  /* ln((films + offset) / offset) */
    double people_offset, weights; /* sum of all people's */
    int64_t film_stride, people_stride;
    float *biases, *factors; /* [films], [films x FACTORS] */
    uint64_t *seen;          /* [films] bits of the person at work */
    int32_t *list;           /* [most] what that person rated, by rank */
    int64_t most;
    reel_file_writer *file;
    char *text; /* [GATHER_BYTES] */
    size_t used;
} zipf;

/* ---- numbers ------------------------------------------------------------------------------- */

static int64_t common_divisor(int64_t a, int64_t b)
{
    while (b != 0) {
        const int64_t rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

/* A step about 0.618 of the way that visits everything once: it puts neighbours in rank far apart,
 * since popularity has nothing to do with ids. */
static int64_t find_stride(int64_t count)
{
    int64_t stride = (int64_t)(0.6180339887 * (double)count);

    while (stride < 1 || common_divisor(stride, count) != 1)
        stride++;
    return stride;
}

/* Position `index` of the walk with that stride. The product fits: neither is beyond 2^31. */
static int64_t walk(int64_t index, int64_t stride, int64_t count)
{
    return (int64_t)((uint64_t)index * (uint64_t)stride % (uint64_t)count);
}

static double weigh_person(const zipf *z, int64_t person)
{
    return 1 / ((double)walk(person, z->people_stride, z->people) + z->people_offset);
}

/* ---- set up -------------------------------------------------------------------------------- */

static reel_code choose_sizes(zipf *z, reel_err *err)
{
    const double ratings = (double)z->opts.ratings;
    const int64_t people = z->opts.people, films = z->opts.films;

    z->people = people > 0 ? people : (int64_t)fmax(1, ratings / 150);
    z->films = films > 0 ? films : (int64_t)fmax(1300, 3700 * pow(ratings / 1e6, 0.45));
    z->most = z->films / DENSEST > 0 ? z->films / DENSEST : 1;
    if (ratings > 0.5 * (double)z->people * (double)z->most)
        return reel_fail(err, REEL_E_INVALID,
                         "%lld ratings are too many for %lld people and %lld films: nobody rates "
                         "more than a fourth of the films",
                         (long long)z->opts.ratings, (long long)z->people, (long long)z->films);
    z->film_offset = (double)z->films / FILM_OFFSET;
    z->film_log = log(((double)z->films + z->film_offset) / z->film_offset);
    z->people_offset = (double)z->people / PEOPLE_OFFSET;
    z->film_stride = find_stride(z->films);
    z->people_stride = find_stride(z->people);
    for (int64_t p = 0; p < z->people; p++)
        z->weights += weigh_person(z, p);
    return REEL_OK;
}

static reel_code make_films(zipf *z, reel_err *err)
{
    const size_t films = (size_t)z->films;
    reel_rng rng = reel__rng_make(z->opts.seed, STREAM_FILMS);

    z->biases = reel__alloc_array(films, sizeof *z->biases);
    z->factors = reel__alloc_array(films * FACTORS, sizeof *z->factors);
    z->seen = reel__alloc_zero(films / 64 + 1, sizeof *z->seen);
    z->list = reel__alloc_array((size_t)z->most, sizeof *z->list);
    z->text = reel__alloc_array(GATHER_BYTES, 1);
    if (z->biases == NULL || z->factors == NULL || z->seen == NULL || z->list == NULL ||
        z->text == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for %zu films", films);
    for (size_t i = 0; i < films; i++) {
        z->biases[i] = (float)(bias_film * reel__rng_normal(&rng));
        for (int f = 0; f < FACTORS; f++)
            z->factors[i * FACTORS + (size_t)f] = (float)reel__rng_normal(&rng);
    }
    return REEL_OK;
}

/* ---- one person ---------------------------------------------------------------------------- */

/* Rank of a film, drawn as 1 / (rank + offset). */
static int64_t draw_film(const zipf *z, reel_rng *rng)
{
    const double at = z->film_offset * (exp(reel__rng_unit(rng) * z->film_log) - 1);

    return at < (double)z->films ? (int64_t)at : z->films - 1;
}

/* Different films into the list, in the order in which they are rated. */
static void draw_list(zipf *z, reel_rng *rng, int64_t count)
{
    for (int64_t i = 0; i < count;) {
        const int64_t film = draw_film(z, rng);
        const uint64_t bit = UINT64_C(1) << (film % 64);

        if ((z->seen[film / 64] & bit) != 0)
            continue;
        z->seen[film / 64] |= bit;
        z->list[i++] = (int32_t)film;
    }
    for (int64_t i = 0; i < count; i++)
        z->seen[z->list[i] / 64] = 0;
}

static int rate_film(const zipf *z, reel_rng *rng, int64_t film, double bias, const double *taste)
{
    double value = rating_mean + bias + (double)z->biases[film];

    for (int f = 0; f < FACTORS; f++)
        value += factor * taste[f] * (double)z->factors[film * FACTORS + f];
    value += rating_noise * (2 * reel__rng_unit(rng) - 1) * 1.7320508; /* of variance 1 */
    return value < 1.5 ? 1 : value >= 4.5 ? 5 : (int)(value + 0.5);
}

static reel_code write_person(zipf *z, int64_t person, int64_t count, reel_err *err)
{
    reel_rng rng = reel__rng_make(z->opts.seed, STREAM_PEOPLE + (uint64_t)person);
    const double bias = bias_person * reel__rng_normal(&rng);
    int64_t time = FIRST_DAY + (int64_t)reel__rng_below(&rng, DAYS) * DAY;
    double taste[FACTORS];
    reel_code rc = REEL_OK;

    for (int f = 0; f < FACTORS; f++)
        taste[f] = reel__rng_normal(&rng);
    draw_list(z, &rng, count);
    for (int64_t i = 0; i < count; i++) {
        const int64_t film = z->list[i];
        char *to;

        if (z->used + ROW_MOST > GATHER_BYTES) {
            REEL_TRY(reel__file_writer_write(z->file, z->text, z->used, err));
            z->used = 0;
        }
        to = z->text + z->used;
        time += 1 + (int64_t)reel__rng_below(&rng, GAP);
        to = reel__put_int(to, person + 1);
        *to++ = '\t';
        to = reel__put_int(to, walk(film, z->film_stride, z->films) + 1);
        *to++ = '\t';
        *to++ = (char)('0' + rate_film(z, &rng, film, bias, taste));
        *to++ = '\t';
        to = reel__put_int(to, time);
        *to++ = '\n';
        z->used = (size_t)(to - z->text);
    }
out:
    return rc;
}

/* ---- all of them --------------------------------------------------------------------------- */

/* Each person's share of the ratings, rounded so that they add up; what goes beyond the most is
 * left to the next ones. */
static reel_code write_people(zipf *z, reel_err *err)
{
    const double ratings = (double)z->opts.ratings;
    double sum = 0;
    int64_t written = 0;
    reel_code rc = REEL_OK;

    for (int64_t p = 0; p < z->people; p++) {
        int64_t until, count;

        sum += weigh_person(z, p);
        until = p + 1 == z->people ? z->opts.ratings : (int64_t)(ratings * (sum / z->weights));
        count = until - written < z->most ? until - written : z->most;
        if (z->opts.cancel != NULL && *z->opts.cancel)
            REEL_TRY(reel_fail(err, REEL_E_CANCELLED, "interrupted; nothing was written"));
        REEL_TRY(write_person(z, p, count, err));
        written += count;
        reel__progress(z->opts.progress, "ratings", written, z->opts.ratings, "ratings");
    }
    if (written < z->opts.ratings)
        rc = reel_fail(err, REEL_E_INVALID,
                       "%lld of the ratings found no person: give more people or films",
                       (long long)(z->opts.ratings - written));
out:
    return rc;
}

reel_code reel__sample_zipf(const reel_zipf_opts *opts, reel_zipf_report *report, reel_err *err)
{
    zipf z = {.opts = *opts};
    reel_file_writer *done;
    reel_code rc = REEL_OK;

    REEL_TRY(choose_sizes(&z, err));
    REEL_TRY(make_films(&z, err));
    REEL_TRY(reel__file_writer_open(&z.file, opts->output, err));
    REEL_TRY(write_people(&z, err));
    REEL_TRY(reel__file_writer_write(z.file, z.text, z.used, err));
    done = z.file;
    z.file = NULL;
    REEL_TRY(reel__file_writer_commit(done, err));
    *report = (reel_zipf_report){z.people, z.films};
out:
    reel__file_writer_abort(z.file);
    reel__free(z.biases);
    reel__free(z.factors);
    reel__free(z.seen);
    reel__free(z.list);
    reel__free(z.text);
    return rc;
}
