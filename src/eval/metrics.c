/* metrics.c - see metrics.h. */
#include "eval/metrics.h"

#include <math.h>
#include <stdbool.h>

static bool contains(const reel_index *sorted, size_t count, reel_index wanted)
{
    size_t begin = 0, end = count;

    while (begin < end) {
        const size_t middle = begin + (end - begin) / 2;

        if (sorted[middle] == wanted)
            return true;
        if (sorted[middle] < wanted)
            begin = middle + 1;
        else
            end = middle;
    }
    return false;
}

static double discount(size_t rank)
{
    return 1 / log2((double)rank + 2); /* rank from 0 */
}

double reel__ndcg(const reel_index *list, size_t listed, const reel_index *relevant, size_t count,
                  size_t k)
{
    double gain = 0, ideal = 0;

    for (size_t rank = 0; rank < k && rank < count; rank++)
        ideal += discount(rank);
    for (size_t rank = 0; rank < k && rank < listed; rank++)
        if (contains(relevant, count, list[rank]))
            gain += discount(rank);
    return ideal > 0 ? gain / ideal : 0;
}

double reel__recall(const reel_index *list, size_t listed, const reel_index *relevant, size_t count,
                    size_t k)
{
    size_t hits = 0;

    for (size_t rank = 0; rank < k && rank < listed; rank++)
        hits += contains(relevant, count, list[rank]);
    return count > 0 ? (double)hits / (double)count : 0;
}
