/* support/ref_ease.h - plain twin of model/ease.c: each film's weights by elimination in double
 * precision over the other films alone, which is what a diagonal of zeros means.
 */
#ifndef TESTS_SUPPORT_REF_EASE_H
#define TESTS_SUPPORT_REF_EASE_H

#include <stdbool.h>

#include "reel/dataset.h"
#include "reel/model.h"

typedef struct ref_ease {
    double lambda, weighting, ridge;
    double liked;          /* ratings from here on are liked */
    bool disliked;         /* ratings below are a second channel, */
    double target, lowest; /* with these targets */
    double side;
} ref_ease;

/* [2 movies x movies], to be freed; the lower half is 0 without a second channel. */
double *ref_ease_fit(const ref_ease *twin, const reel_dataset *dataset);
double ref_ease_score(const ref_ease *twin, const double *weights, int movies,
                      const reel_query *query, int movie);

#endif
