/* title.c - MovieLens titles: "City of Lost Children, The (Cité des enfants perdus, La) (1995)".
 * Groups in parentheses at the end are the year, other titles, or marks of the medium; articles
 * stand behind a comma. A title that follows none of this is its own name.
 */
#include <string.h>

#include "base/buf.h"
#include "data/title_priv.h"

enum { YEAR_FIRST = 1870, YEAR_LAST = 2100 };

static bool starts_with(reel_slice text, const char *prefix)
{
    const size_t length = strlen(prefix);

    return text.length >= length && memcmp(text.text, prefix, length) == 0;
}

static bool is_one_of(reel_slice text, const char *const *words)
{
    for (; *words != NULL; words++)
        if (reel__slice_is(text, *words))
            return true;
    return false;
}

/* "1995", "2007-", "1975-1979" (any dash): the first year; 0 for anything else. */
static int32_t group_year(reel_slice group)
{
    int32_t year = 0;

    for (size_t i = 0; i < group.length; i++) {
        const char c = group.text[i];
        const bool digit = c >= '0' && c <= '9';

        if (i < 4 ? !digit : i == 4 && digit)
            return 0;
        if (i < 4)
            year = year * 10 + (c - '0');
        else if (!digit && c != '-' && c != ' ' && (unsigned char)c < 0x80)
            return 0;
    }
    return group.length >= 4 && year >= YEAR_FIRST && year <= YEAR_LAST ? year : 0;
}

/* The last group in parentheses and the title before it. Only a year may stand without a blank
 * before it: "Spy(ies)" is one word. */
static bool last_group(reel_slice title, reel_slice *rest, reel_slice *group)
{
    size_t at = title.length;
    int depth = 0;

    if (at == 0 || title.text[at - 1] != ')')
        return false;
    while (at > 0) {
        at--;
        if (title.text[at] == ')')
            depth++;
        else if (title.text[at] == '(' && --depth == 0)
            break;
    }
    if (depth != 0 || at == 0)
        return false;
    *rest = reel__slice_trim((reel_slice){title.text, at});
    *group = reel__slice_trim((reel_slice){title.text + at + 1, title.length - at - 2});
    return rest->length > 0 && (title.text[at - 1] == ' ' || group_year(*group) != 0);
}

/* Groups that belong to the name: "Birdman: Or (The Unexpected ...)", "Che (Part One)". */
static bool is_part_of_name(reel_slice rest, reel_slice group)
{
    static const char *const parts[] = {"Part ", "Vol", "Episode ", NULL};

    for (size_t i = 0; parts[i] != NULL; i++)
        if (starts_with(group, parts[i]))
            return true;
    return rest.length > 3 && (memcmp(rest.text + rest.length - 3, " Or", 3) == 0 ||
                               memcmp(rest.text + rest.length - 3, " or", 3) == 0);
}

/* "Matrix, The" as "The Matrix"; "Appartement, L'" as "L'Appartement". */
static void append_name(reel_buf *out, reel_slice name)
{
    static const char *const articles[] = {
        "The", "A",   "An",  "Le",  "La",  "Les", "L'",  "Un",  "Une",
        "Il",  "Lo",  "I",   "Gli", "Uno", "Una", "El",  "Los", "Las",
        "Der", "Die", "Das", "Ein", "De",  "Het", "Een", "Den", "Eine",
        "Det", "En",  "Ett", "O",   "Os",  "As",  "Um",  "Uma", "L\xE2\x80\x99",
        NULL};
    size_t comma = name.length;

    while (comma > 0 && name.text[comma - 1] != ',')
        comma--;
    if (comma > 1) {
        const reel_slice rest = {name.text, comma - 1};
        const reel_slice article =
            reel__slice_trim((reel_slice){name.text + comma, name.length - comma});

        if (is_one_of(article, articles)) {
            reel__buf_append(out, article.text, article.length);
            if (article.text[0] != 'L' || article.length < 2 ||
                ((unsigned char)article.text[1] < 0x80 && article.text[1] != '\''))
                reel__buf_char(out, ' ');
            name = rest;
        }
    }
    reel__buf_append(out, name.text, name.length);
}

/* A group is another title; which of them is kept: the last that is not an "a.k.a.", else the
 * first of those. */
static reel_slice better_other(reel_slice known, bool *known_is_aka, reel_slice group)
{
    bool aka = true;

    if (starts_with(group, "a.k.a. "))
        group = (reel_slice){group.text + 7, group.length - 7};
    else if (starts_with(group, "aka "))
        group = (reel_slice){group.text + 4, group.length - 4};
    else
        aka = false;
    if (known.length > 0 && !*known_is_aka)
        return known; /* groups come from the last to the first */
    *known_is_aka = aka;
    return group;
}

void reel__title_split(const char *title, size_t length, reel_buf *name, reel_buf *other,
                       int32_t *year)
{
    static const char *const marks[] = {"V", "TV", "VG", "mini", NULL};
    reel_slice rest = reel__slice_trim((reel_slice){title, length});
    reel_slice left = {0}, group = {0}, known = {0};
    bool known_is_aka = false;

    *year = 0;
    while (last_group(rest, &left, &group)) {
        if (*year == 0 && group_year(group) != 0)
            *year = group_year(group);
        else if (is_part_of_name(left, group))
            break;
        else if (!is_one_of(group, marks))
            known = better_other(known, &known_is_aka, group);
        rest = left;
    }
    append_name(name, rest);
    if (other != NULL && known.length > 0)
        append_name(other, known);
}

void reel__title_parse(const char *title, size_t length, struct reel_buf *name, int32_t *year)
{
    reel__title_split(title, length, name, NULL, year);
}
