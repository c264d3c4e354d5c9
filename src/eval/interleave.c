/* interleave.c - see interleave.h. */
#include "eval/interleave.h"

#include <stdbool.h>
#include <string.h>

#include "base/hash.h"

int reel__interleave_side(const char *list_id, int rank)
{
    const int round = (rank - 1) / 2, second = (rank - 1) % 2;
    const uint64_t coin = reel__hash64(list_id, strlen(list_id), (uint64_t)round) >> 63;

    return (int)coin ^ second;
}

static bool is_there(int64_t film, const reel_interleave_pick *picks, size_t count,
                     const reel_interleave_side sides[2])
{
    for (size_t i = 0; i < count; i++)
        if (sides[picks[i].side].films[picks[i].place] == film)
            return true;
    return false;
}

size_t reel__interleave(reel_interleave_pick *out, size_t limit,
                        const reel_interleave_side sides[2], const char *list_id, int first_rank)
{
    size_t at[2] = {0, 0}; /* the first film of a side that may not be there yet */
    size_t count = 0;

    while (count < limit) {
        int side = reel__interleave_side(list_id, first_rank + (int)count);

        for (int i = 0; i < 2; i++)
            while (at[i] < sides[i].count && is_there(sides[i].films[at[i]], out, count, sides))
                at[i]++;
        if (at[side] == sides[side].count)
            side = 1 - side;
        if (at[side] == sides[side].count)
            break;
        out[count++] = (reel_interleave_pick){side, at[side]++};
    }
    return count;
}
