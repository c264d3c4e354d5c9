/* service/engine/gate.h - whether models that were just fitted may take the place of those in
 * service: they are not significantly worse on ratings that neither learned from, and, where only
 * the data have changed, their lists are not all others. Of a training of everything the hybrid
 * decides for all; of one model, that.
 *
 * Where there are ratings that came after those in service were fitted, the newest half of each
 * person's is asked for: of what serves, as it is, and of the new models fitted once more without
 * that half. Where there are too few, and parameters differ, both are fitted without a
 * fifth of what people liked, under the parameters of each.
 * Only people with ratings in the data of what serves are asked, and compared by: others may have
 * been invented. Where those data cannot be read, everybody is. Layer: service. Threads: one at a
 * time per engine.
 */
#ifndef REEL_SERVICE_GATE_H
#define REEL_SERVICE_GATE_H

#include <stdbool.h>

#include "base/json.h"
#include "eval/significance.h"
#include "service/engine/engine.h"

typedef enum reel_gate_evidence {
    REEL_GATE_NONE,        /* accuracy was not judged */
    REEL_GATE_NEW_RATINGS, /* that came after what serves was fitted */
    REEL_GATE_PARAMETERS,  /* old and new ones, fitted on the same ratings */
} reel_gate_evidence;

typedef enum reel_gate_verdict {
    REEL_GATE_PASSED,      /* also where nothing was judged */
    REEL_GATE_WORSE,       /* significantly, by what the evidence is */
    REEL_GATE_NOBODY,      /* nobody is left to compare lists of */
    REEL_GATE_OTHER_FILMS, /* only the data have changed, and lists have too few films in common */
} reel_gate_verdict;

typedef struct reel_gate_report {
    /* False: nothing that was fitted on ratings is in service, or the same is. */
    bool judged;
    char candidate[64], incumbent[64]; /* ids of versions */
    bool same_parameters;              /* of all models compared: only the data are others */
    reel_gate_evidence evidence;
    size_t people;        /* who were asked for what they like */
    double after, before; /* mean of NDCG@10 and NDCG@100 of the two */
    reel_interval difference;
    size_t lists;   /* of 10, compared */
    double overlap; /* mean share of films that both lists have */
    double least;   /* of it, REEL_GATE_OVERLAP */
} reel_gate_report;

/* The share that lists must keep, by REEL_GATE_OVERLAP. Errors: E_INVALID. */
REEL_MUST_USE reel_code reel__gate_least(double *out, reel_err *err);
/* Compare what the engine just fitted with what its files hold. Costs another fit of each model of
 * the training, or two, and up to 4,500 lists by each. Errors: E_INVALID (REEL_GATE_OVERLAP),
 * E_NOMEM, E_CANCELLED. */
REEL_MUST_USE reel_code reel__gate_judge(reel_gate_report *out, reel_engine *engine, reel_err *err);
reel_gate_verdict reel__gate_verdict(const reel_gate_report *report);
/* Errors: E_CONFLICT: the models may not take over; says by how much they fail. */
REEL_MUST_USE reel_code reel__gate_decide(const reel_gate_report *report, reel_err *err);
/* As a JSON object; null where nothing was judged. */
void reel__gate_write(reel_json *json, const reel_gate_report *report);
/* What was judged when this engine was opened; borrowed. */
const reel_gate_report *reel__engine_gate(const reel_engine *engine);

#endif
