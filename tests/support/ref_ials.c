/* ref_ials.c - see ref_ials.h. Everything is written as in the formulas at the head of ials.c. */
#include "support/ref_ials.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/rng.h"

/* Stands for the value of a click. */
#define REF_IALS_CLICK 1e9

static double weight_of(const ref_ials *als, double value)
{
    return !als->graded || value >= als->liked ? 1 : als->disliked_weight;
}

static double target_of(const ref_ials *als, double value)
{
    return !als->graded || value >= REF_IALS_CLICK
               ? 1
               : 1 + als->grade * (value - als->liked) / als->span;
}

/* Gaussian elimination; the matrix is positive definite. */
static void solve(const ref_ials *als, double a[REF_IALS_FACTORS][REF_IALS_FACTORS], double *b)
{
    const int d = als->factors;

    for (int k = 0; k < d; k++)
        for (int i = k + 1; i < d; i++) {
            const double ratio = a[i][k] / a[k][k];

            for (int j = k; j < d; j++)
                a[i][j] -= ratio * a[k][j];
            b[i] -= ratio * b[k];
        }
    for (int k = d - 1; k >= 0; k--) {
        for (int j = k + 1; j < d; j++)
            b[k] -= a[k][j] * b[j];
        b[k] /= a[k][k];
    }
}

static void add(const ref_ials *als, double a[REF_IALS_FACTORS][REF_IALS_FACTORS], double w,
                const double *y)
{
    for (int i = 0; i < als->factors; i++)
        for (int j = 0; j < als->factors; j++)
            a[i][j] += w * y[i] * y[j];
}

static double zero_sum(const ref_ials *als)
{
    double sum = 0;

    for (int j = 0; j < als->movies; j++)
        sum += als->film_zero[j];
    return sum;
}

static double weight_sum(const ref_ials *als)
{
    double sum = 0;

    for (int p = 0; p < als->people; p++)
        sum += als->person_weight[p];
    return sum;
}

/* Means over the rows of what is observed of them. */
static double people_middle, films_middle;

static double person_ridge(const ref_ials *als, double observed)
{
    return als->lambda * people_middle * pow((observed + zero_sum(als)) / people_middle, als->nu);
}

/* A film's ridge, in units of its zeros' weight. */
static double film_ridge(const ref_ials *als, double observed)
{
    return als->lambda * films_middle * pow((observed + weight_sum(als)) / films_middle, als->nu);
}

void ref_ials_fold(const ref_ials *als, const reel_query *query, double *vector)
{
    double a[REF_IALS_FACTORS][REF_IALS_FACTORS] = {{0}}, observed = 0;

    memset(vector, 0, (size_t)als->factors * sizeof *vector);
    for (int j = 0; j < als->movies; j++)
        add(als, a, als->film_zero[j], als->films[j]);
    for (size_t i = 0; i < query->count; i++) {
        const reel_entry *e = &query->entries[i];
        const double value = e->kind == REEL_ENTRY_CLICK ? REF_IALS_CLICK : (double)e->value;
        const double c = weight_of(als, value) * (double)e->weight;

        add(als, a, c, als->films[e->movie]);
        for (int f = 0; f < als->factors; f++)
            vector[f] += c * target_of(als, value) * als->films[e->movie][f];
        observed += c;
    }
    for (int f = 0; f < als->factors; f++)
        a[f][f] += person_ridge(als, observed);
    solve(als, a, vector);
}

static void solve_people(ref_ials *als, const reel_dataset *dataset)
{
    const reel_csr_view r = reel_dataset_ratings(dataset);

    for (int p = 0; p < als->people; p++) {
        reel_entry entries[REF_IALS_ROWS];
        reel_query query = {.entries = entries};

        for (reel_nnz k = r.ptr[p]; k < r.ptr[p + 1]; k++)
            entries[query.count++] =
                (reel_entry){.movie = r.col[k], .value = r.val[k], .weight = 1};
        ref_ials_fold(als, &query, als->persons[p]);
    }
}

static double film_observed(const ref_ials *als, reel_csr_view raters, int movie)
{
    double sum = 0;

    for (reel_nnz k = raters.ptr[movie]; k < raters.ptr[movie + 1]; k++)
        sum += als->person_weight[raters.col[k]] * weight_of(als, (double)raters.val[k]);
    return sum / als->film_zero[movie];
}

static void solve_films(ref_ials *als, const reel_dataset *dataset)
{
    const reel_csr_view r = reel_dataset_raters(dataset);

    for (int j = 0; j < als->movies; j++) {
        double a[REF_IALS_FACTORS][REF_IALS_FACTORS] = {{0}}, *y = als->films[j];

        memset(y, 0, sizeof als->films[j]);
        for (int p = 0; p < als->people; p++)
            add(als, a, als->person_weight[p] * als->film_zero[j], als->persons[p]);
        for (reel_nnz k = r.ptr[j]; k < r.ptr[j + 1]; k++) {
            const int p = r.col[k];
            const double value = (double)r.val[k];
            const double c = als->person_weight[p] * weight_of(als, value);

            add(als, a, c, als->persons[p]);
            for (int f = 0; f < als->factors; f++)
                y[f] += c * target_of(als, value) * als->persons[p][f];
        }
        for (int f = 0; f < als->factors; f++)
            a[f][f] += film_ridge(als, film_observed(als, r, j)) * als->film_zero[j];
        solve(als, a, y);
    }
}

static void set_weights(ref_ials *als, const reel_dataset *dataset)
{
    const reel_csr_view people = reel_dataset_ratings(dataset);
    const reel_csr_view films = reel_dataset_raters(dataset);
    double sum = 0;

    for (int j = 0; j < als->movies; j++)
        sum += als->film_zero[j] =
            pow((double)(films.ptr[j + 1] - films.ptr[j] + 1), als->unobserved_power);
    for (int j = 0; j < als->movies; j++)
        als->film_zero[j] *= als->unobserved * als->movies / sum;
    sum = 0;
    for (int p = 0; p < als->people; p++)
        sum += als->person_weight[p] =
            pow((double)(people.ptr[p + 1] - people.ptr[p] + 1), als->person_power);
    for (int p = 0; p < als->people; p++)
        als->person_weight[p] *= als->people / sum;
    people_middle = zero_sum(als);
    for (reel_nnz k = 0; k < people.ptr[als->people]; k++)
        people_middle += weight_of(als, (double)people.val[k]) / als->people;
    films_middle = weight_sum(als);
    for (int j = 0; j < als->movies; j++)
        films_middle += film_observed(als, films, j) / als->movies;
}

void ref_ials_fit(ref_ials *als, const reel_dataset *dataset, uint64_t seed)
{
    als->people = reel_dataset_people(dataset);
    als->movies = reel_dataset_movies(dataset);
    assert(als->people <= REF_IALS_ROWS && als->movies <= REF_IALS_ROWS &&
           als->factors <= REF_IALS_FACTORS);
    set_weights(als, dataset);
    for (int j = 0; j < als->movies; j++) {
        reel_rng rng = reel__rng_make(seed, (uint64_t)reel_dataset_movie_ids(dataset)[j]);

        for (int f = 0; f < als->factors; f++)
            als->films[j][f] = als->stddev / sqrt(als->factors) * reel__rng_normal(&rng);
    }
    for (int n = 0; n < als->sweeps; n++) {
        solve_people(als, dataset);
        solve_films(als, dataset);
    }
    solve_people(als, dataset);
}

static double squares(const ref_ials *als, const double *x)
{
    double sum = 0;

    for (int f = 0; f < als->factors; f++)
        sum += x[f] * x[f];
    return sum;
}

double ref_ials_loss(const ref_ials *als, const reel_dataset *dataset)
{
    const reel_csr_view ratings = reel_dataset_ratings(dataset);
    const reel_csr_view raters = reel_dataset_raters(dataset);
    double loss = 0;

    for (int p = 0; p < als->people; p++) {
        double observed = 0;

        for (int j = 0; j < als->movies; j++) {
            double s = 0;

            for (int f = 0; f < als->factors; f++)
                s += als->persons[p][f] * als->films[j][f];
            loss += als->person_weight[p] * als->film_zero[j] * s * s;
            for (reel_nnz k = ratings.ptr[p]; k < ratings.ptr[p + 1]; k++)
                if (ratings.col[k] == j) {
                    const double c = weight_of(als, (double)ratings.val[k]);

                    observed += c;
                    loss += als->person_weight[p] * c *
                            pow(target_of(als, (double)ratings.val[k]) - s, 2);
                }
        }
        loss += als->person_weight[p] * person_ridge(als, observed) * squares(als, als->persons[p]);
    }
    for (int j = 0; j < als->movies; j++)
        loss += als->film_zero[j] * film_ridge(als, film_observed(als, raters, j)) *
                squares(als, als->films[j]);
    return loss;
}
