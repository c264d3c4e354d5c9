/* service/engine/gate_lists.h - the lists of two models that may know different films and people,
 * for the same questions. Layer: service. Threads: one at a time per reader.
 */
#ifndef REEL_SERVICE_GATE_LISTS_H
#define REEL_SERVICE_GATE_LISTS_H

#include "eval/validation.h"
#include "reel/dataset.h"
#include "reel/model.h"

enum { REEL_GATE_LONG = 100, REEL_GATE_SHORT = 10 };

/* A model, asked in terms of a dataset. */
typedef struct reel_gate_reader {
    const reel_model *model;
    const reel_dataset *dataset;
    reel_scratch *scratch;
    reel_index *place;   /* [films of the dataset] in the model, -1 = it does not know the film */
    reel_entry *entries; /* [films of the dataset] */
    float *own;          /* [films of the model] */
    float *scores;       /* [films of the dataset] */
    uint64_t *skip;      /* bitmap of them */
} reel_gate_reader;

/* model and dataset are borrowed. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__gate_reader_init(reel_gate_reader *out, const reel_model *model,
                                               const reel_dataset *dataset, reel_err *err);
void reel__gate_reader_fini(reel_gate_reader *reader);

/* The first films of a list, in terms of the dataset, without those of the history and those the
 * model does not know. query: in terms of the dataset; its row and hash are not used: person (an
 * id, or -1) is looked for among those the model was fitted on. out [REEL_GATE_LONG].
 * Errors: those of scoring. */
REEL_MUST_USE reel_code reel__gate_read(reel_gate_reader *reader, const reel_query *query,
                                        int64_t person, reel_index *out, size_t *listed,
                                        reel_err *err);

/* How well a model finds what was held out: of each question the mean of NDCG@10 and NDCG@100,
 * which is what a hybrid's weights are learned by, too. out [questions]. cancel: may be NULL.
 * Errors: E_NOMEM, E_CANCELLED, those of scoring. */
REEL_MUST_USE reel_code reel__gate_ask(double *out, const reel_validation *questions,
                                       const reel_model *model, const volatile bool *cancel,
                                       reel_err *err);

#endif
