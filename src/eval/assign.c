/* assign.c - see assign.h. reel__hash64 is equal on every machine; were it ever to change,
 * everybody would change arms, so tests/unit/eval/assign.c holds some of its answers.
 */
#include "eval/assign.h"

#include <math.h>
#include <string.h>

#include "base/hash.h"

enum { BITS = 53 }; /* of a double */

double reel__assign_draw(const char *salt, const char *unit)
{
    const uint64_t seed = reel__hash64(salt, strlen(salt), 0);
    const uint64_t hash = reel__hash64(unit, strlen(unit), seed);

    return (double)(hash >> (64 - BITS)) / (double)(UINT64_C(1) << BITS);
}

size_t reel__assign(const char *salt, const char *unit, const double *weights, size_t count)
{
    double whole = 0, at;
    size_t last = 0;

    for (size_t i = 0; i < count; i++) {
        whole += weights[i];
        last = weights[i] > 0 ? i : last;
    }
    at = reel__assign_draw(salt, unit) * whole;
    for (size_t i = 0; i < last; i++) {
        if (at < weights[i])
            return i;
        at -= weights[i];
    }
    return last;
}

double reel__assign_balance(const int64_t *counts, const double *weights, size_t count)
{
    const double free = (double)count - 1, part = 2 / (9 * free);
    double people = 0, whole = 0, sum = 0;

    for (size_t i = 0; i < count; i++) {
        people += (double)counts[i];
        whole += weights[i];
    }
    for (size_t i = 0; i < count; i++) {
        const double expected = people * weights[i] / whole;

        sum += ((double)counts[i] - expected) * ((double)counts[i] - expected) / expected;
    }
    return erfc((cbrt(sum / free) - (1 - part)) / sqrt(part) / sqrt(2)) / 2;
}
