/* eval/validation_priv.h - between the files that cut questions from training data. */
#ifndef REEL_EVAL_VALIDATION_PRIV_H
#define REEL_EVAL_VALIDATION_PRIV_H

#include "eval/validation.h"
#include "model/evidence.h"
#include "model/recency.h"

/* What happens to a rating. One that is newer than a held-out one of the same person is left out,
 * as what is asked for had not happened yet. */
typedef enum reel_cut { REEL_CUT_TRAIN, REEL_CUT_HELD, REEL_CUT_APART, REEL_CUT_LEFT_OUT } reel_cut;

typedef struct reel_cutting {
    const reel_dataset *dataset;
    const reel_validation_opts *opts;
    reel_csr_view ratings;
    reel_evidence evidence;
    uint8_t *mark;              /* [ratings] */
    reel_index *order;          /* [films] room to shuffle one person's ratings */
    reel_dated *dated;          /* [films] room to sort one person's ratings */
    bool *asked;                /* [people] whether there are questions of this person */
    const reel_dataset *before; /* what is not in it is new; NULL: that does not matter */
    reel_validation *out;
    size_t entries, held; /* used of the pools */
} reel_cutting;

static inline bool reel__cutting_likes(const reel_cutting *c, reel_nnz k)
{
    const reel_entry entry = {.value = c->ratings.val[k]};

    return reel__evidence_likes(&c->evidence, &entry);
}

/* Whether a person may be asked at all. */
static inline bool reel__cutting_knows(const reel_cutting *c, reel_index person)
{
    return reel__validation_knows(c->opts->known, reel_dataset_person_ids(c->dataset)[person]);
}

/* validation_newest.c: decide who is asked, and what is held out of what is new. */
void reel__validation_mark_new(const reel_cutting *c);
/* validation.c: from the marks to the questions; c has all but its memory and evidence. */
REEL_MUST_USE reel_code reel__validation_cut(reel_validation *out, reel_cutting *c, reel_err *err);

#endif
