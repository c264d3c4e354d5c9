/* service/operation/online.h - whether a version that was put in service is taken up less than what
 * was shown before it, and its way back where it is. The gate judges by ratings that were there
 * (service/engine/gate.h); this by what people do.
 *
 * One value for each person: the share of their lists in which they took up a film. The difference
 * of the means, of this version's people and of those of the versions before it, has an interval
 * that holds at every moment at once (eval/sequential.h), since it is looked at all the time. A
 * version has failed when all of that interval lies below 0 and the mean fell by more than a share
 * of what it was. Only the newest version of a model is judged, and each once: what is put back in
 * service stays there until somebody, or a training, says otherwise. Layer: service. Threads: any.
 */
#ifndef REEL_SERVICE_ONLINE_H
#define REEL_SERVICE_ONLINE_H

#include "eval/sequential.h"
#include "service/engine/versions.h"

enum { REEL_ONLINE_REASON = 300 };

typedef struct reel_online_report {
    bool fails;
    char version[REEL_VERSION_ID]; /* that was judged; "" = none was */
    int64_t people[2];             /* before, and with it */
    double share[2];               /* of their lists, in the mean */
    reel_effect effect;            /* but for p, which who looks at sums does not know */
} reel_online_report;

/* The share that REEL_ROLLBACK_DROP says; 0 = nothing is judged. Errors: E_INVALID. */
REEL_MUST_USE reel_code reel__online_drop(double *out, reel_err *err);

/* Judge the version of a model that the engine has. drop: above 0. Errors: those of the store. */
REEL_MUST_USE reel_code reel__online_judge(reel_online_report *out, const reel_engine *engine,
                                           const char *model, double drop, reel_err *err);
/* Put the version before it in service, and write down why. before [out]: its id. Errors:
 * E_CONFLICT (there is none that could serve, or another was trained since it was judged), those of
 * the store. */
REEL_MUST_USE reel_code reel__online_roll_back(char before[REEL_VERSION_ID],
                                               const reel_engine *engine, const char *model,
                                               const reel_online_report *report, reel_err *err);
/* "taken back: people took up a film of 25.0 % of its lists, ...". */
void reel__online_reason(char out[REEL_ONLINE_REASON], const reel_online_report *report);

#endif
