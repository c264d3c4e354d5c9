/* eval/candidates.h - few films to rank instead of all, as in papers that do so. What is measured
 * on them is called sampled wherever it is shown: it may put models in another order than ranking
 * all films does (Krichene & Rendle 2020).
 * Layer: eval. Threads: no state.
 */
#ifndef REEL_EVAL_CANDIDATES_H
#define REEL_EVAL_CANDIDATES_H

#include "eval/split.h"

/* For each person of the split with films held out: those, and `wanted` others drawn without
 * replacement from the films that somebody rated and this person did not, or all where there are
 * fewer. By seed and the person's id. out: people of dataset x films, dataset being the data that
 * was split. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__candidates_sample(reel_csr *out, const reel_dataset *dataset,
                                                const reel_split *split, int wanted, uint64_t seed,
                                                reel_err *err);

#endif
