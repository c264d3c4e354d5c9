/* eval/select.h - a dataset of some of the ratings of another.
 * Layer: eval. Threads: no state.
 */
#ifndef REEL_EVAL_SELECT_H
#define REEL_EVAL_SELECT_H

#include "reel/dataset.h"

/* Ratings whose mark is `wanted`. marks [ptr[people]]; films [optional] [movies]: which stay, all
 * where NULL; labels are kept. Errors: those of the builder. */
REEL_MUST_USE reel_code reel__select(reel_dataset **out, const reel_dataset *dataset,
                                     const uint8_t *marks, uint8_t wanted, const bool *films,
                                     reel_err *err);
/* The same people and films, every rating a 1. Errors: those of the builder. */
REEL_MUST_USE reel_code reel__forget_values(reel_dataset **out, const reel_dataset *dataset,
                                            reel_err *err);

#endif
