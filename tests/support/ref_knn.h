/* tests/support/ref_knn.h - the plain twin of model/user_knn.c: doubles, dense rows, obvious loops.
 * Threads: no state.
 */
#ifndef TESTS_SUPPORT_REF_KNN_H
#define TESTS_SUPPORT_REF_KNN_H

#include "reel/dataset.h"
#include "reel/model.h"

/* The parameters of user-knn. */
typedef struct ref_knn {
    int neighbours; /* 0 = all */
    double fame, exponent;
} ref_knn;

/* similarity [people]: cosine of the weighted history with everyone. */
void ref_knn_cosine(const reel_dataset *dataset, const reel_query *query, double *similarity);
/* weight [people]: the similarity of the `neighbours` nearest (0 = all) above 0, never the query's
 * own row; 0 for everyone else. */
void ref_knn_choose(const reel_dataset *dataset, const reel_query *query, const ref_knn *how,
                    double *weight);
/* scores [movies] from such weights. */
void ref_knn_score(const reel_dataset *dataset, const double *weight, double *scores);

#endif
