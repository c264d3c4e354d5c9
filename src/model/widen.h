/* model/widen.h - a fitted model for a catalogue that has changed since: of films it knows it says
 * what it said, a film it does not know gets the mean of what it says of the known ones whose texts
 * are most like that film's, weighed by how alike they are. Such a sum is linear, so reasons still
 * add up. Nothing is fitted: films enter lists at once, and are learned by the next training.
 * Layer: model. Threads: a widened model is immutable, as any.
 */
#ifndef REEL_MODEL_WIDEN_H
#define REEL_MODEL_WIDEN_H

#include "num/csr.h"
#include "reel/model.h"

/* The data as they are now: their films and people by ascending id, and what the films' texts say,
 * a row of length 1 or empty for each (reel__side_features). */
typedef struct reel_data_now {
    const char *data_hash;
    const int64_t *movie_ids; /* [features.rows] */
    reel_csr_view features;
    const int64_t *person_ids; /* [people] */
    reel_index people;
    int threads; /* 0 = all cores; never changes the result */
    /* [optional, borrowed] A model that was widened to these very films and texts: one that was
     * fitted on the same films has the same ones alike, which are not looked for again. */
    const reel_model *like;
} reel_data_now;

/* model [in, shared] It keeps its id and its parameters, since it is that version; the hash is that
 * of the data now, so that it can be mixed with what was fitted on these, and rows of people are
 * theirs: somebody is whom it was fitted on by their id, and who came since is folded in. It cannot
 * be saved. Entries of films that it does not know say nothing to it. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__model_widen(reel_model **out, reel_model *model,
                                          const reel_data_now *now, reel_err *err);
/* Whether a model was fitted on somebody: people without a row of their own are folded in. */
bool reel__model_has_row(const reel_model *model, reel_index row);
/* Bitmap of the films that a widened model only guesses by films like them; NULL: the model was
 * fitted on all it knows. */
const uint64_t *reel__model_guessed(const reel_model *model);

#endif
