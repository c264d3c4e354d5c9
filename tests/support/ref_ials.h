/* tests/support/ref_ials.h - the plain twin of model/ials.c: doubles, dense matrices, exact rows.
 * Threads: no state.
 */
#ifndef TESTS_SUPPORT_REF_IALS_H
#define TESTS_SUPPORT_REF_IALS_H

#include <stdbool.h>

#include "reel/dataset.h"
#include "reel/model.h"

enum { REF_IALS_ROWS = 128, REF_IALS_FACTORS = 20 };

typedef struct ref_ials {
    int factors, sweeps;
    double lambda, nu, unobserved, unobserved_power, person_power, disliked_weight, grade;
    double stddev, liked; /* liked: a rating from here on; all are with graded = false */
    double span;          /* of the ratings */
    bool graded;
    int people, movies;
    double film_zero[REF_IALS_ROWS], person_weight[REF_IALS_ROWS];
    double films[REF_IALS_ROWS][REF_IALS_FACTORS], persons[REF_IALS_ROWS][REF_IALS_FACTORS];
} ref_ials;

/* Parameters are set by the caller; fills the rest. */
void ref_ials_fit(ref_ials *als, const reel_dataset *dataset, uint64_t seed);
/* The vector of a history. */
void ref_ials_fold(const ref_ials *als, const reel_query *query, double *vector);
/* What fitting makes small, of any vectors. */
double ref_ials_loss(const ref_ials *als, const reel_dataset *dataset);

#endif
