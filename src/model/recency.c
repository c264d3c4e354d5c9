/* recency.c - weights of a history's entries by age; see recency.h.
 * Age is counted in entries, not in days: in collections such as MovieLens most people rate all
 * they ever rate in one evening, and a place in the order is all that some files keep of a time.
 */
#include "model/recency.h"

#include <math.h>
#include <stdlib.h>

#include "model/vtable.h"

/* What the oldest entry counts beside the newest. */
static const double least = 0.05;

static int newest_first(const void *a, const void *b)
{
    const reel_dated *left = a, *right = b;

    if (left->time != right->time)
        return left->time < right->time ? 1 : -1;
    return (left->at < right->at) - (left->at > right->at);
}

void reel__recency_sort(reel_dated *dated, size_t count)
{
    if (count > 0)
        qsort(dated, count, sizeof *dated, newest_first);
}

/* End of the run of equal times that begins at i. */
static size_t run_end(const reel_dated *dated, size_t count, size_t i)
{
    size_t end = i + 1;

    while (end < count && dated[end].time == dated[i].time)
        end++;
    return end;
}

/* By the mean rank of a run, so that the order within it does not matter. */
static double factor_of(size_t begin, size_t end, double half_life)
{
    const double rank = 0.5 * (double)(begin + end - 1);

    return least + (1 - least) * exp2(-rank / half_life);
}

bool reel__recency_weigh(reel_entry *entries, size_t count, double half_life, reel_dated *room)
{
    double sum = 0;

    if (half_life <= 0 || count == 0)
        return false;
    for (size_t i = 0; i < count; i++)
        room[i] = (reel_dated){entries[i].time, i};
    reel__recency_sort(room, count);
    if (room[0].time == room[count - 1].time)
        return false;
    for (size_t i = 0, end; i < count; i = end) {
        end = run_end(room, count, i);
        sum += (double)(end - i) * factor_of(i, end, half_life);
    }
    for (size_t i = 0, end; i < count; i = end) {
        end = run_end(room, count, i);
        const double factor = factor_of(i, end, half_life) * (double)count / sum;

        for (size_t k = i; k < end; k++) {
            reel_entry *e = &entries[room[k].at];

            e->weight = (float)fmin((double)e->weight * factor, REEL_VALUE_MAX);
        }
    }
    return true;
}
