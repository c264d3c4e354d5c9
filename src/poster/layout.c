/* layout.c - breaking a title into even lines and finding the largest size that fits.
 * For each number of lines the narrowest measure that needs no more lines is searched; within it
 * the breaks are chosen so that lines are equally long and none ends in an article or a
 * preposition.
 */
#include "poster/type_priv.h"

#include <math.h>
#include <string.h>

enum { WORDS = 64, WORD_MOST = 14 }; /* the longest piece in em: longer words are cut */

typedef struct word_list {
    int from[WORDS], to[WORDS]; /* letters */
    double width[WORDS];        /* without the blank behind it */
    double blank[WORDS];
    bool weak[WORDS]; /* better not at the end of a line */
    int count;
} word_list;

#define NEVER 1e9 /* the cost of what cannot be */

/* "the", "of", "and": a word of up to three letters of the Latin alphabet, but no number. */
static bool is_weak(const reel_text *text, int from, int to)
{
    static const char *const list[] = {"a",  "an",  "and", "as", "at",  "by",  "der",
                                       "de", "for", "if",  "in", "la",  "le",  "of",
                                       "on", "or",  "the", "to", "les", "und", "vs."};
    char word[8];
    int length = 0;

    for (int i = from; i < to && text->letters[i].code != ' '; i++) {
        const int32_t code = text->letters[i].code;

        if (code > 0x7e || length > 4)
            return false;
        word[length++] = (char)(code >= 'A' && code <= 'Z' ? code + 32 : code);
    }
    word[length] = '\0';
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (strcmp(word, list[i]) == 0)
            return true;
    return false;
}

static void add_word(word_list *out, const reel_text *text, int from, int to)
{
    const int at = out->count < WORDS ? out->count++ : WORDS - 1;
    const bool blank = text->letters[to - 1].code == ' ';

    if (at < out->count - 1 || out->count < WORDS || out->to[at] == 0)
        out->from[at] = from;
    out->to[at] = to;
    out->width[at] = reel__type_width(text, out->from[at], to);
    out->blank[at] = blank ? text->letters[to - 1].width / 1000.0 : 0;
    out->weak[at] = is_weak(text, from, to);
}

/* Pieces between the places where a line may end; what is wider than limit is cut anywhere. */
static void find_words(word_list *out, const reel_text *text, double limit)
{
    double width = 0;
    int from = 0;

    memset(out, 0, sizeof *out);
    for (int i = 0; i < text->count; i++) {
        const double step = text->letters[i].width / 1000.0;

        if (i > from && step > 0 && text->letters[i].code != ' ' && width + step > limit) {
            add_word(out, text, from, i);
            from = i;
            width = 0;
        }
        width += step;
        if (text->letters[i].break_after || i == text->count - 1) {
            add_word(out, text, from, i + 1);
            from = i + 1;
            width = 0;
        }
    }
}

/* Lines that a first-fit needs at this measure. */
static int lines_needed(const word_list *words, double measure)
{
    double at = -1;
    int lines = 0;

    for (int i = 0; i < words->count; i++) {
        if (at >= 0 && at + words->width[i] <= measure) {
            at += words->width[i] + words->blank[i];
            continue;
        }
        lines++;
        at = words->width[i] + words->blank[i];
    }
    return lines;
}

static double narrowest(const word_list *words, int lines)
{
    double low = 0, high = 0;

    for (int i = 0; i < words->count; i++) {
        low = fmax(low, words->width[i]);
        high += words->width[i] + words->blank[i];
    }
    for (int i = 0; i < 14; i++) {
        const double middle = (low + high) / 2;

        if (lines_needed(words, middle) <= lines)
            high = middle;
        else
            low = middle;
    }
    return high + 1e-9;
}

/* What is known of setting the words before i in l lines: the least cost and where line l began. */
typedef struct break_table {
    double cost[TYPE_LINES + 1][WORDS + 1];
    int came[TYPE_LINES + 1][WORDS + 1];
} break_table;

/* All lines number l that begin at word `start`. */
static void extend(break_table *table, const word_list *words, int l, int start, double measure)
{
    const double before = table->cost[l - 1][start];
    double width = 0;

    for (int end = start; end < words->count; end++) {
        double gap;

        width += words->width[end];
        if (width > measure)
            return;
        gap = (measure - width) / measure;
        gap = gap * gap + (words->weak[end] && end + 1 < words->count ? 0.12 : 0);
        if (before + gap < table->cost[l][end + 1]) {
            table->cost[l][end + 1] = before + gap;
            table->came[l][end + 1] = start;
        }
        width += words->blank[end];
    }
}

/* Exactly `lines` lines within the measure, with the least sum of squared gaps; false if there is
 * no such setting. */
static bool break_lines(reel_block *out, const word_list *words, int lines, double measure)
{
    break_table table = {{{0}}, {{0}}};

    for (int l = 0; l <= lines; l++)
        for (int i = 0; i <= words->count; i++)
            table.cost[l][i] = l == 0 && i == 0 ? 0 : NEVER;
    for (int l = 1; l <= lines; l++)
        for (int i = 0; i < words->count; i++)
            if (table.cost[l - 1][i] < NEVER)
                extend(&table, words, l, i, measure);
    if (!(table.cost[lines][words->count] < NEVER))
        return false;
    out->lines = lines;
    for (int l = lines, end = words->count; l > 0; l--) {
        const int start = table.came[l][end];

        out->from[l - 1] = words->from[start];
        out->to[l - 1] = words->to[end - 1];
        end = start;
    }
    return true;
}

/* Size with this many lines; 0 when it cannot be. */
static double try_lines(reel_block *out, const reel_text *text, const word_list *words,
                        const reel_fit *fit, int lines)
{
    /* A little air in the measure lets breaks avoid weak endings. */
    const double measure = narrowest(words, lines);
    double widest = 0, shortest = NEVER, size;

    if (!break_lines(out, words, lines, lines == 1 ? measure : measure * 1.06) &&
        !break_lines(out, words, lines, measure))
        return 0;
    for (int i = 0; i < lines; i++) {
        out->width[i] = reel__type_width(text, out->from[i], out->to[i]);
        widest = fmax(widest, out->width[i]);
        shortest = fmin(shortest, out->width[i]);
    }
    if (widest <= 0)
        return 0;
    size = fmin(fit->width / widest, fit->height / (lines * out->leading));
    out->uneven = shortest < 0.3 * widest;
    return fmin(size, fit->most);
}

bool reel__layout_fit(reel_block *out, const reel_text *text, const reel_fit *fit)
{
    const double leading = text->tall ? 1.36 : 1.06;
    double best = 0;
    word_list words;

    out->lines = 0;
    out->size = 0;
    out->leading = leading;
    if (text->count == 0)
        return false;
    find_words(&words, text, fmin(fit->width / fit->least, WORD_MOST));
    for (int lines = 1; lines <= fit->lines && lines <= words.count; lines++) {
        reel_block tried = {.leading = leading};
        const double size = try_lines(&tried, text, &words, fit, lines);

        /* One line more must be worth it; a lonely short word seldom is. */
        const double worth = size * (1 - 0.04 * lines) * (tried.uneven ? 0.7 : 1);

        if (size < fit->least || worth <= best)
            continue;
        best = worth;
        *out = tried;
        out->size = size;
    }
    return out->lines > 0;
}
