/* report/part.h - some of the films of a dataset, with the ratings they have and the people who
 * gave those: what the analyses read when they are asked about a part. Layer: report. Ownership:
 * taken by reel__part_take, released by reel__part_fini; the films' texts stay in the dataset.
 * Threads: no state.
 */
#ifndef REEL_REPORT_PART_H
#define REEL_REPORT_PART_H

#include "reel/dataset.h"

/* A film is in it that has the genre and a year of release in the span. */
typedef struct reel_part {
    const char *genre; /* as the data write it; NULL = any */
    int32_t from, to;  /* years, both included; 0 = any. A film without a year is in no span */
} reel_part;

bool reel__part_has(const reel_part *part, const reel_movie *film);
bool reel__part_is_whole(const reel_part *part);

/* As a dataset has them; films and people are numbered anew, in the same order. */
typedef struct reel_part_arrays {
    reel_index films, people;
    reel_nnz *given_ptr, *raters_ptr;
    reel_index *given_col, *raters_col;
    float *given_val, *raters_val;
    int64_t *times, *person_ids;
    reel_index *in_data; /* [films] their index in the dataset */
} reel_part_arrays;

/* People who rated none of the films are left out. out is to be released in any case.
 * Errors: E_NOMEM. O(ratings of the dataset). */
REEL_MUST_USE reel_code reel__part_take(reel_part_arrays *out, const reel_dataset *dataset,
                                        const reel_part *part, reel_err *err);
void reel__part_fini(reel_part_arrays *arrays); /* a zeroed one is fine */

#endif
