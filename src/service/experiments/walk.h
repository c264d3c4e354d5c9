/* service/experiments/walk.h - the people of an experiment one after the other, in the order in
 * which their windows end: what each did goes into the arms and into the tests, which look after
 * each. A walk can be kept as a text and gone on with later: what it then says is to the last bit
 * what it would have said otherwise.
 * Layer: service. Ownership: the experiment is borrowed. Threads: no state but the caller's.
 */
#ifndef REEL_SERVICE_EXPERIMENT_WALK_H
#define REEL_SERVICE_EXPERIMENT_WALK_H

#include "base/buf.h"
#include "service/experiments/results.h"
#include "store/trials.h"

/* An arm against the control, and some moments on the way: every `stride`-th look, which doubles
 * when there are too many. */
typedef struct reel_walk_test {
    reel_sequential sequential;
    int64_t looks, stride;
    size_t point_count; /* room for one more is left */
    reel_result_point points[REEL_RESULT_POINTS];
} reel_walk_test;

typedef struct reel_walk {
    const reel_experiment *experiment;
    int64_t people;
    reel_arm_result arms[REEL_ARMS_MAX];
    size_t compared;
    reel_walk_test tests[REEL_ARMS_MAX - 1]; /* [i]: of arm i + 1 */
} reel_walk;

void reel__walk_begin(reel_walk *out, const reel_experiment *experiment);
/* One more person; their `who`, `lists` and `strays` are not looked at. */
void reel__walk_add(reel_walk *walk, const reel_trial_person *person);
/* What the test says now. */
reel_result_point reel__walk_point(const reel_walk_test *test);

/* Append the walk. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__walk_write(reel_buf *out, const reel_walk *walk, reel_err *err);
/* Go on with one of the same experiment. False: the text is none, or of another version of this
 * program; the walk is at its beginning then. */
bool reel__walk_read(reel_walk *out, const reel_experiment *experiment, const char *text);

#endif
