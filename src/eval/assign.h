/* eval/assign.h - which arm of an experiment somebody is in. It is a hash of the experiment's salt
 * and of who it is, so that nothing is kept of anybody, every server says the same after every
 * start, and what one experiment draws says nothing of what another draws.
 * Layer: eval. Threads: no state. Never fails.
 */
#ifndef REEL_EVAL_ASSIGN_H
#define REEL_EVAL_ASSIGN_H

#include <stddef.h>
#include <stdint.h>

/* A number of [0, 1) for a unit; the same on every machine for good. */
double reel__assign_draw(const char *salt, const char *unit);
/* One of [0, count): arm i for weights[i] of all units. weights [count], none negative, one above
 * 0; an arm that weighs nothing has nobody. */
size_t reel__assign(const char *salt, const char *unit, const double *weights, size_t count);
/* How probable counts at least as uneven as these are, if everybody was drawn by the weights
 * (Pearson's chi-square; Wilson and Hilferty 1931 for its law): near 0, something loses people of
 * one arm. counts [count], weights [count] all above 0, count 2 or more. */
double reel__assign_balance(const int64_t *counts, const double *weights, size_t count);

#endif
