/* ref_ease.c - see ref_ease.h. */
#include "support/ref_ease.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "model/side.h"

/* Which input an entry is, or -1. */
static int input_of(const ref_ease *twin, int movies, int movie, bool liked)
{
    if (liked)
        return movie;
    return twin->disliked ? movies + movie : -1;
}

/* How much a rating counts, liked = 1; the lowest rating of random data is 0.5. */
static double value_of(const ref_ease *twin, double rating)
{
    const double share = (rating - 0.5) / (twin->liked - 0.5);

    return rating >= twin->liked ? 1 : twin->lowest + (1 - twin->lowest) * share;
}

/* Solve a x = b for n unknowns by elimination; both are spoilt. */
static void solve(double *a, double *b, int n, int stride)
{
    for (int k = 0; k < n; k++)
        for (int i = k + 1; i < n; i++) {
            const double f = a[i * stride + k] / a[k * stride + k];

            for (int j = k; j < n; j++)
                a[i * stride + j] -= f * a[k * stride + j];
            b[i] -= f * b[k];
        }
    for (int i = n - 1; i >= 0; i--) {
        for (int j = i + 1; j < n; j++)
            b[i] -= a[i * stride + j] * b[j];
        b[i] /= a[i * stride + i];
    }
}

/* X^T W X over all 2 movies inputs. */
static void gram_of(const ref_ease *twin, reel_csr_view ratings, double *gram)
{
    const int movies = ratings.cols, n = 2 * movies;
    double total = 0, weighted = 0;

    for (int u = 0; u < ratings.rows; u++) {
        int inputs[4096], count = 0;
        double values[4096];

        for (reel_nnz k = ratings.ptr[u]; k < ratings.ptr[u + 1]; k++) {
            const int input =
                input_of(twin, movies, ratings.col[k], (double)ratings.val[k] >= twin->liked);

            if (input >= 0) {
                inputs[count] = input;
                values[count++] = value_of(twin, (double)ratings.val[k]);
            }
        }
        if (count == 0)
            continue;
        total += count;
        weighted += count * pow(count, -twin->weighting);
        for (int a = 0; a < count; a++)
            for (int b = 0; b < count; b++)
                gram[inputs[a] * n + inputs[b]] +=
                    values[a] * values[b] * pow(count, -twin->weighting);
    }
    for (int k = 0; k < n * n; k++)
        gram[k] *= total / weighted;
}

/* side times the mean diagonal times the cosines of the films' texts. */
static void add_side(const ref_ease *twin, const reel_dataset *dataset, double *gram)
{
    const int movies = reel_dataset_movies(dataset);
    reel_csr films = {0};
    double mean = 0;

    for (int j = 0; j < movies; j++)
        mean += gram[j * 2 * movies + j] / movies;
    if (reel__side_features(&films, dataset, NULL) != REEL_OK)
        return;
    for (int a = 0; a < movies; a++)
        for (int b = 0; b < movies; b++)
            for (reel_nnz i = films.ptr[a]; i < films.ptr[a + 1]; i++)
                for (reel_nnz k = films.ptr[b]; k < films.ptr[b + 1]; k++)
                    if (films.col[i] == films.col[k])
                        gram[a * 2 * movies + b] +=
                            twin->side * mean * (double)films.val[i] * (double)films.val[k];
    reel__csr_fini(&films);
}

double *ref_ease_fit(const ref_ease *twin, const reel_dataset *dataset)
{
    const reel_csr_view ratings = reel_dataset_ratings(dataset);
    const int movies = ratings.cols, n = 2 * movies, inputs = twin->disliked ? n : movies;
    double *gram = reel__alloc_zero((size_t)n * (size_t)n, sizeof *gram);
    double *small = reel__alloc_zero((size_t)n * (size_t)n, sizeof *small);
    double *right = reel__alloc_zero((size_t)n, sizeof *right);
    double *weights = reel__alloc_zero((size_t)n * (size_t)movies, sizeof *weights);
    double mean = 0;

    gram_of(twin, ratings, gram);
    if (twin->side > 0)
        add_side(twin, dataset, gram);
    for (int k = 0; k < inputs; k++)
        mean += (gram[k * n + k] + 1) / inputs;
    for (int target = 0; target < movies; target++) {
        int others[4096], count = 0;

        for (int k = 0; k < inputs; k++)
            if (k != target && k != movies + target)
                others[count++] = k;
        for (int a = 0; a < count; a++) {
            for (int b = 0; b < count; b++)
                small[a * n + b] = gram[others[a] * n + others[b]];
            small[a * n + a] +=
                twin->lambda * pow((gram[others[a] * n + others[a]] + 1) / mean, twin->ridge);
            right[a] = gram[others[a] * n + target];
            if (twin->disliked)
                right[a] += twin->target * gram[others[a] * n + movies + target];
        }
        solve(small, right, count, n);
        for (int a = 0; a < count; a++)
            weights[others[a] * movies + target] = right[a];
    }
    reel__free(gram);
    reel__free(small);
    reel__free(right);
    return weights;
}

double ref_ease_score(const ref_ease *twin, const double *weights, int movies,
                      const reel_query *query, int movie)
{
    double score = 0;

    for (size_t i = 0; i < query->count; i++) {
        const reel_entry *e = &query->entries[i];
        const bool liked = e->kind == REEL_ENTRY_CLICK || (double)e->value >= twin->liked;
        const int input = input_of(twin, movies, e->movie, liked);

        if (input >= 0)
            score += (double)e->weight * (liked ? 1 : value_of(twin, (double)e->value)) *
                     weights[input * movies + movie];
    }
    return score;
}
