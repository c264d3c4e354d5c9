/* model/evidence.h - what ratings and clicks say to a model that ranks: liked or not.
 * Graded data (ratings that differ) are parted at `liked`: from there on a film is liked, below it
 * is disliked, which is evidence too. Where all values are equal there are no grades and every film
 * of a history is liked; so is every click.
 * Layer: model. Threads: immutable once learned.
 */
#ifndef REEL_MODEL_EVIDENCE_H
#define REEL_MODEL_EVIDENCE_H

#include <stdbool.h>

#include "base/tensors.h"
#include "model/vtable.h"
#include "num/csr.h"
#include "reel/model.h"

typedef struct reel_evidence {
    bool graded;
    float liked; /* a rating from here on is a liked film */
} reel_evidence;

/* The parameter every ranking model shares: "liked", 0 = four fifths of the highest rating. */
#define REEL_EVIDENCE_PARAM                                                                        \
    {                                                                                              \
        "liked", "a rating from here on is a liked film; 0 = four fifths of the highest",          \
            REEL_PARAM_REAL, 0, -REEL_VALUE_MAX, REEL_VALUE_MAX, NULL                              \
    }

/* liked: the parameter's value. */
reel_evidence reel__evidence_learn(reel_csr_view ratings, double liked);

static inline bool reel__evidence_likes(const reel_evidence *evidence, const reel_entry *entry)
{
    if (entry->kind == REEL_ENTRY_SIGNAL)
        return entry->value > 0;
    return entry->kind == REEL_ENTRY_CLICK || !evidence->graded || entry->value >= evidence->liked;
}

/* The liked (or the disliked) entries of a matrix; their values become 1.
 * Errors: E_NOMEM; out is empty then. */
REEL_MUST_USE reel_code reel__evidence_select(reel_csr *out, reel_csr_view ratings,
                                              const reel_evidence *evidence, bool liked,
                                              reel_err *err);

/* As metadata; a loaded one is checked. Errors: E_NOMEM; E_FORMAT. */
REEL_MUST_USE reel_code reel__evidence_save(const reel_evidence *evidence,
                                            reel_tensors_writer *writer, reel_err *err);
REEL_MUST_USE reel_code reel__evidence_load(reel_evidence *out, const reel_tensors *tensors,
                                            const char *prefix, reel_err *err);

#endif
