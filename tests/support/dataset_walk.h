/* tests/support/dataset_walk.h - touches everything a dataset gives access to, so that a sanitizer
 * sees what a user of it would run into. Threads: no state.
 */
#ifndef TESTS_SUPPORT_DATASET_WALK_H
#define TESTS_SUPPORT_DATASET_WALK_H

#include <string.h>

#include "reel/dataset.h"

static inline double dataset_walk_matrix(reel_csr_view view, reel_index *touched)
{
    double sum = 0.0;

    for (reel_index row = 0; row < view.rows; row++)
        for (reel_nnz i = view.ptr[row]; i < view.ptr[row + 1]; i++) {
            touched[view.col[i]]++; /* out of bounds unless columns were checked */
            sum += (double)view.val[i];
        }
    return sum;
}

/* A number that depends on every text, rating, time and id. touched [people + movies + 1] */
static inline double dataset_walk(const reel_dataset *dataset, reel_index *touched)
{
    const reel_csr_view ratings = reel_dataset_ratings(dataset);
    double sum = dataset_walk_matrix(ratings, touched);

    sum += dataset_walk_matrix(reel_dataset_raters(dataset), touched);
    for (reel_nnz i = 0; i < ratings.ptr[ratings.rows]; i++)
        sum += (double)(reel_dataset_times(dataset)[i] % 7);
    for (reel_index m = 0; m < reel_dataset_movies(dataset); m++) {
        const reel_movie film = reel_dataset_movie(dataset, m);
        const char *texts[] = {film.title,       film.name,           film.genres,
                               film.overview,    film.tagline,        film.keywords,
                               film.cast,        film.directors,      film.tags,
                               film.language,    film.original_title, film.release_date,
                               film.poster_path, film.backdrop_path,  film.trailer_key};

        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
            sum += (double)strlen(texts[i]);
        sum += reel_dataset_find_movie(dataset, film.id) == m ? 1.0 : 0.0;
    }
    for (reel_index p = 0; p < reel_dataset_people(dataset); p++)
        sum += (double)(reel_dataset_person_ids(dataset)[p] % 7);
    return sum + (double)strlen(reel_dataset_hash(dataset)) +
           (double)strlen(reel_dataset_source(dataset));
}

#endif
