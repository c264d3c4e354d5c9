/* report/facts.h - what the analyses read: a dataset, what is known of its people, and what nearly
 * every analysis needs of them.
 * Layer: report. Ownership: made by reel__facts_new over a dataset that stays alive.
 * Threads: immutable once its people are put.
 */
#ifndef REEL_REPORT_FACTS_H
#define REEL_REPORT_FACTS_H

#include "report/part.h"

/* The names that a property of people takes. */
enum { REEL_LABELS_MOST = 64 };
typedef struct reel_labels {
    char *names[REEL_LABELS_MOST]; /* the last one holds what no name was left for */
    int count;
    int32_t *of; /* [people], -1 = unknown */
} reel_labels;

/* A film or a person with how many ratings it has. */
typedef struct reel_ranked {
    double key;
    reel_index index;
} reel_ranked;

typedef struct reel_facts {
    const reel_dataset *dataset; /* the whole, for its labels; what is analysed: */
    reel_csr_view given, raters; /* people x films, and its transpose */
    const int64_t *times;        /* aligned with given */
    const int64_t *person_ids;   /* [people], ascending */
    reel_part_arrays part;       /* where these are, unless it is the whole */
    reel_index people, films;
    int64_t ratings;
    double mean;           /* of all ratings; NaN where there are none */
    double *film_means;    /* [films], NaN = not rated */
    reel_ranked *by_films; /* [films] by number of ratings, most first; ties by index */
    reel_ranked *by_people;
    int32_t *ages; /* [people], 0 = unknown */
    reel_labels genders, occupations;
    bool dated; /* some rating has a time */
} reel_facts;

/* part NULL = all of it. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__facts_new(reel_facts **out, const reel_dataset *dataset,
                                        const reel_part *part, reel_err *err);
void reel__facts_free(reel_facts *facts); /* NULL allowed */
/* What is known of a person, by its id; people who are not in the dataset are passed over. */
REEL_MUST_USE reel_code reel__facts_put_person(reel_facts *facts, int64_t id, int32_t age,
                                               const char *gender, const char *occupation,
                                               reel_err *err);

/* Sort by key, highest first, then by index. */
void reel__rank(reel_ranked *items, size_t count);
/* Of ascending values, interpolated; NaN for none. share in [0, 1]. */
double reel__quantile(const double *sorted, size_t count, double share);
void reel__sort_numbers(double *values, size_t count);
reel_movie reel__facts_movie(const reel_facts *facts, reel_index film);
/* "Alien (1979)" into out. */
enum { REEL_FILM_NAME = 512 };
const char *reel__film_name(char out[REEL_FILM_NAME], const reel_facts *facts, reel_index film);
int64_t reel__film_count(const reel_facts *facts, reel_index film);
int64_t reel__person_count(const reel_facts *facts, reel_index person);

#endif
