/* jobs_sweep.c - what is over goes from the store, once an hour, whether anybody signs in or sends
 * a key or not. Any number of servers may do so.
 */
#include "base/clock.h"
#include "service/operation/jobs_priv.h"
#include "service/operation/once.h"
#include "store/accounts.h"

static const int64_t every_us = INT64_C(3600) * 1000000;

static reel_code sweep(reel_store *store, reel_err *err)
{
    reel_code rc;

    REEL_TRY(reel__once_sweep(store, err));
    rc = reel__store_sweep_sessions(store, reel__clock_now(), err);
out:
    return rc;
}

void reel__sweep_look(reel_jobs *jobs)
{
    const int64_t now = reel__clock_steady_us();
    reel_err err = {0};

    if (now < jobs->sweep_us)
        return;
    jobs->sweep_us = now + every_us;
    (void)reel__jobs_answers(jobs, sweep(jobs->opts.store, &err), &err); /* the next one, then */
}
