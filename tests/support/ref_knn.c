/* ref_knn.c - see ref_knn.h. */
#include "support/ref_knn.h"

#include <math.h>
#include <stdbool.h>

static double rating_of(const reel_dataset *dataset, reel_index person, reel_index movie)
{
    const reel_csr_view r = reel_dataset_ratings(dataset);

    for (reel_nnz k = r.ptr[person]; k < r.ptr[person + 1]; k++)
        if (r.col[k] == movie)
            return (double)r.val[k];
    return 0;
}

static double film_weight(const reel_dataset *dataset, reel_index movie, double fame)
{
    const reel_csr_view r = reel_dataset_ratings(dataset);
    double raters = 0;

    for (reel_nnz k = 0; k < r.ptr[r.rows]; k++)
        raters += r.col[k] == movie;
    return pow(1 + raters, -fame);
}

static void compare(const reel_dataset *dataset, const reel_query *query, double fame,
                    double *similarity)
{
    const reel_csr_view r = reel_dataset_ratings(dataset);
    double length = 0, films[4096];

    for (size_t i = 0; i < query->count; i++)
        films[i] = film_weight(dataset, query->entries[i].movie, fame);
    for (size_t i = 0; i < query->count; i++)
        length += pow((double)query->entries[i].weight * (double)query->entries[i].value, 2);
    for (reel_index v = 0; v < r.rows; v++) {
        double dot = 0, norm = 0;

        for (reel_nnz k = r.ptr[v]; k < r.ptr[v + 1]; k++)
            norm += pow((double)r.val[k], 2);
        for (size_t i = 0; i < query->count; i++)
            dot += films[i] * (double)query->entries[i].weight * (double)query->entries[i].value *
                   rating_of(dataset, v, query->entries[i].movie);
        similarity[v] = length > 0 && norm > 0 ? dot / sqrt(length) / sqrt(norm) : 0;
    }
}

void ref_knn_cosine(const reel_dataset *dataset, const reel_query *query, double *similarity)
{
    compare(dataset, query, 0, similarity);
}

void ref_knn_choose(const reel_dataset *dataset, const reel_query *query, const ref_knn *how,
                    double *weight)
{
    const reel_index people = reel_dataset_people(dataset);
    const int most = how->neighbours == 0 ? people : how->neighbours;
    double similarity[4096];

    compare(dataset, query, how->fame, similarity);
    for (reel_index v = 0; v < people; v++)
        weight[v] = 0;
    for (int n = 0; n < most; n++) {
        reel_index best = -1;

        for (reel_index v = 0; v < people; v++) {
            const bool free = v != query->row && weight[v] == 0 && similarity[v] > 0;

            if (free && (best < 0 || similarity[v] > similarity[best]))
                best = v;
        }
        if (best < 0)
            return;
        weight[best] = pow(similarity[best], how->exponent);
    }
}

void ref_knn_score(const reel_dataset *dataset, const double *weight, double *scores)
{
    double total = 0;

    for (reel_index v = 0; v < reel_dataset_people(dataset); v++)
        total += weight[v];
    for (reel_index j = 0; j < reel_dataset_movies(dataset); j++) {
        scores[j] = 0;
        for (reel_index v = 0; v < reel_dataset_people(dataset) && total > 0; v++)
            scores[j] += weight[v] * rating_of(dataset, v, j) / total;
    }
}
