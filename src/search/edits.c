/* edits.c - how many edits lie between two texts. */
#include <string.h>

#include "search/words_priv.h"

void reel__pattern_init(reel_pattern *pattern, const uint8_t *units, size_t length)
{
    memset(pattern, 0, sizeof *pattern);
    pattern->length = length < REEL_UNITS_MAX ? length : REEL_UNITS_MAX;
    for (size_t i = 0; i < pattern->length; i++)
        pattern->places[units[i]] |= UINT64_C(1) << i;
}

/* The columns of the edit table are kept as differences: bit i of more (less) says that row i + 1
 * is one larger (smaller) than row i. `same` of the step before finds swapped neighbours. */
reel_edits reel__pattern_edits(const reel_pattern *pattern, const uint8_t *units, size_t length)
{
    const size_t own = pattern->length;
    const uint64_t last = own > 0 ? UINT64_C(1) << (own - 1) : 0;
    uint64_t more = ~UINT64_C(0), less = 0, same = 0, places_before = 0;
    reel_edits edits = {.whole = own, .begun = own};

    for (size_t i = 0; i < length; i++) {
        const uint64_t places = pattern->places[units[i]];
        const uint64_t swapped = (((~same) & places) << 1) & places_before;
        uint64_t right, left;

        same = (((places & more) + more) ^ more) | places | less | swapped;
        right = less | ~(same | more);
        left = same & more;
        edits.whole += (right & last) != 0;
        edits.whole -= (left & last) != 0;
        right = right << 1 | 1;
        left <<= 1;
        more = left | ~(same | right);
        less = right & same;
        places_before = places;
        if (i + 2 >= own && i <= own && edits.whole < edits.begun)
            edits.begun = edits.whole;
    }
    return own > 0 ? edits : (reel_edits){.whole = length, .begun = 0};
}

size_t reel__edits_allowed(size_t letters)
{
    return letters < 4 ? 0 : letters < 8 ? 1 : 2;
}
