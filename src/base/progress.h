/* base/progress.h - how long work reports how far it is. The work knows nothing of terminals.
 * Layer: base. Threads: called from the working thread.
 */
#ifndef REEL_BASE_PROGRESS_H
#define REEL_BASE_PROGRESS_H

#include <stdint.h>

typedef struct reel_progress {
    /* stage: what is being done ("ratings"); done of total units, total 0 = unknown. */
    void (*report)(void *user, const char *stage, int64_t done, int64_t total, const char *unit);
    void *user;
} reel_progress;

/* progress may be NULL, and so may its report. */
static inline void reel__progress(const reel_progress *progress, const char *stage, int64_t done,
                                  int64_t total, const char *unit)
{
    if (progress != 0 && progress->report != 0)
        progress->report(progress->user, stage, done, total, unit);
}

#endif
