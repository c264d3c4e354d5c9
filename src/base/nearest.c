/* nearest.c - the name someone probably meant: the least edits away, when those are few. */
#include "base/nearest.h"

#include <string.h>

enum { LONGEST = 32 };

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* Insertions, deletions, replacements and swaps of neighbours from one text to another (optimal
 * string alignment), over three rows of the usual table. */
static int distance(const char *from, const char *to)
{
    const int rows = (int)strlen(from), columns = (int)strlen(to);
    int table[3][LONGEST + 1];

    for (int j = 0; j <= columns; j++)
        table[0][j] = j;
    for (int i = 1; i <= rows; i++) {
        int *row = table[i % 3];
        const int *above = table[(i + 2) % 3], *higher = table[(i + 1) % 3];
        row[0] = i;
        for (int j = 1; j <= columns; j++) {
            row[j] =
                least(least(above[j], row[j - 1]) + 1, above[j - 1] + (from[i - 1] != to[j - 1]));
            if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                row[j] = least(row[j], higher[j - 2] + 1);
        }
    }
    return table[rows % 3][columns];
}

/* A beginning of the name is as good as one edit: "rec" for recommend. */
static int edits(const char *typed, const char *name)
{
    const size_t length = strlen(typed);

    return length >= 3 && strncmp(typed, name, length) == 0 ? 1 : distance(typed, name);
}

void reel__nearest_init(reel_nearest *search, const char *typed)
{
    const size_t length = strlen(typed);

    *search = (reel_nearest){.typed = length <= LONGEST ? typed : NULL,
                             .least = length < 3 ? 1 : 2 + (int)(length > 8)};
}

void reel__nearest_offer(reel_nearest *search, const char *name)
{
    int found;

    if (search->typed == NULL || strlen(name) > LONGEST)
        return;
    found = edits(search->typed, name);
    if (found > search->least || (search->name != NULL && found == search->least))
        return;
    search->least = found;
    search->name = name;
}
