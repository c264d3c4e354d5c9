/* num/par.h - how many threads a piece of work deserves.
 * Layer: num. Threads: no state.
 */
#ifndef REEL_NUM_PAR_H
#define REEL_NUM_PAR_H

/* Threads for `work` units where `grain` units are worth one thread; at most max (0 = all cores).
 */
int reel__par_threads(double work, double grain, int max);

#endif
