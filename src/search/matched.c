/* matched.c - what of a film was found: the fewest texts that together have the words of the query,
 * with the places of the words in them. Looked up afterwards, for the films of one page.
 */
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "search/work_priv.h"

enum {
    TEXTS_MOST = 256,
    JOINED_MOST = 128,
    OVERVIEW_SHOWN = 170, /* bytes */
    OVERVIEW_BEFORE = 50
};

typedef struct field_text {
    const char *field, *text;
    size_t length;
    uint16_t bits;
} field_text;

typedef struct texts {
    field_text items[TEXTS_MOST];
    size_t count;
} texts;

static void add_text(texts *all, const char *field, const char *text, size_t length)
{
    if (length > 0 && all->count < TEXTS_MOST)
        all->items[all->count++] = (field_text){.field = field, .text = text, .length = length};
}

static void add_list(texts *all, const char *field, const char *list)
{
    while (*list != '\0') {
        const size_t length = strcspn(list, "|");

        add_text(all, field, list, length);
        list += length + (list[length] == '|');
    }
}

/* "Seven (a.k.a. Se7en) (1995)": what stands in brackets, but for the year. */
static void add_brackets(texts *all, const char *title)
{
    static const char also[] = "a.k.a. ";

    for (const char *open = strchr(title, '('); open != NULL; open = strchr(open, '(')) {
        size_t length;

        open++;
        if (strncmp(open, also, sizeof also - 1) == 0)
            open += sizeof also - 1;
        length = strcspn(open, "()");
        if (length != 4 || strspn(open, "0123456789") < 4)
            add_text(all, "other_title", open, length);
    }
}

static void gather(texts *all, const reel_movie *movie)
{
    add_text(all, "title", movie->name, strlen(movie->name));
    add_brackets(all, movie->title);
    add_text(all, "other_title", movie->original_title, strlen(movie->original_title));
    add_list(all, "director", movie->directors);
    add_list(all, "cast", movie->cast);
    add_list(all, "genre", movie->genres);
    add_list(all, "keyword", movie->keywords);
    add_list(all, "tag", movie->tags);
    add_text(all, "overview", movie->overview, strlen(movie->overview));
    add_text(all, "tagline", movie->tagline, strlen(movie->tagline));
}

static bool is_title(const field_text *text)
{
    return strcmp(text->field, "title") == 0 || strcmp(text->field, "other_title") == 0;
}

static bool is_running(const field_text *text)
{
    return strcmp(text->field, "overview") == 0 || strcmp(text->field, "tagline") == 0;
}

/* ---- words of a text ------------------------------------------------------------------------ */

typedef struct looking {
    const reel_query *query;
    const char *source;
    bool misspelt;
    uint16_t wanted, bits;    /* words looked for, and found */
    reel_matched *out;        /* gets marks, in bytes; NULL = only bits */
    char joined[JOINED_MOST]; /* the word before */
    size_t joined_length, joined_at, joined_end;
} looking;

static void mark(looking *look, size_t at, size_t bytes)
{
    reel_matched *out = look->out;
    reel_mark *last = out != NULL && out->mark_count > 0 ? &out->marks[out->mark_count - 1] : NULL;

    if (out == NULL)
        return;
    if (last != NULL && at <= (size_t)last->at + last->length) {
        if (at < last->at) {
            last->length += (uint32_t)(last->at - at);
            last->at = (uint32_t)at;
        }
        if (at + bytes > (size_t)last->at + last->length)
            last->length = (uint32_t)(at + bytes - last->at);
    } else if (out->mark_count < REEL_MATCHED_MARKS) {
        out->marks[out->mark_count++] = (reel_mark){(uint32_t)at, (uint32_t)bytes};
    }
}

/* Bytes of the source from at on that have so many letters; signs between are not counted. */
static size_t letters_end(const char *source, size_t at, size_t end, size_t letters)
{
    for (size_t step; at < end && letters > 0; at += step) {
        const int32_t code = reel__utf8_next(source + at, end - at, &step);

        letters -= reel__utf8_is_word(code);
    }
    return at;
}

static bool is_misspelt(const reel_query_word *word, const char *text, size_t length)
{
    uint8_t units[REEL_UNITS_MAX], theirs[REEL_UNITS_MAX];
    const size_t own = reel__word_units(units, word->text, word->length);
    const size_t other = reel__word_units(theirs, text, length);
    const size_t allowed = reel__edits_allowed(own);
    reel_pattern pattern;
    reel_edits edits;

    if (allowed == 0 || other + allowed < own || (!word->prefix && other > own + allowed))
        return false;
    reel__pattern_init(&pattern, units, own);
    edits = reel__pattern_edits(&pattern, theirs, other < own + allowed ? other : own + allowed);
    return (other <= own + allowed && edits.whole <= allowed) ||
           (word->prefix && edits.begun <= allowed);
}

/* A word of the text, folded, from source [at, end). Where it is joined of two, what was typed must
 * be longer than the first. */
static void look_at(looking *look, const char *text, size_t length, size_t at, size_t end,
                    size_t first)
{
    for (size_t i = 0; i < look->query->count; i++) {
        const reel_query_word *word = &look->query->words[i];
        reel_fit fit;

        if ((look->wanted >> i & 1) == 0 || word->length <= first)
            continue;
        fit = reel__query_fit(word, text, length);
        if (fit == REEL_FIT_NONE && look->misspelt && is_misspelt(word, text, length))
            fit = REEL_FIT_WHOLE;
        if (fit == REEL_FIT_NONE)
            continue;
        look->bits |= (uint16_t)(1U << i);
        mark(look, at,
             (fit == REEL_FIT_WHOLE ? end : letters_end(look->source, at, end, word->letters)) -
                 at);
    }
}

/* In a run without spaces any part may be what was typed. */
static void look_inside(looking *look, const reel_word *run)
{
    for (size_t i = 0; i < look->query->count; i++) {
        const reel_query_word *word = &look->query->words[i];

        if ((look->wanted >> i & 1) == 0 || !word->unspaced)
            continue;
        for (size_t at = 0; at + word->length <= run->length; at++) {
            size_t letters = 0, from;

            if (memcmp(run->text + at, word->text, word->length) != 0)
                continue;
            for (size_t k = 0; k < at; k++)
                letters += ((unsigned char)run->text[k] & 0xC0) != 0x80;
            look->bits |= (uint16_t)(1U << i);
            from = letters_end(look->source, run->at, run->at + run->bytes, letters);
            mark(look, from,
                 letters_end(look->source, from, run->at + run->bytes, word->letters) - from);
        }
    }
}

static bool take_word(void *user, const reel_word *word)
{
    looking *look = user;
    char both[2 * JOINED_MOST];

    if (word->unspaced) {
        look_inside(look, word);
        look->joined_length = 0;
        return true;
    }
    look_at(look, word->text, word->length, word->at, word->at + word->bytes, 0);
    /* "Spider-Man" as Spiderman, "De Niro" as Deniro */
    if (word->length >= JOINED_MOST) {
        look->joined_length = 0;
        return true;
    }
    if (look->joined_length > 0 && word->at == look->joined_end + 1) {
        memcpy(both, look->joined, look->joined_length);
        memcpy(both + look->joined_length, word->text, word->length);
        look_at(look, both, look->joined_length + word->length, look->joined_at,
                word->at + word->bytes, look->joined_length);
    }
    memcpy(look->joined, word->text, word->length);
    look->joined_length = word->length;
    look->joined_at = word->at;
    look->joined_end = word->at + word->bytes;
    return true;
}

/* The words of the query that a text has, and, where out is given, their places. */
static uint16_t look_in(reel_search_work *work, const field_text *text, bool misspelt,
                        reel_matched *out)
{
    const reel_query *query = &work->query;
    looking look = {.query = query,
                    .source = text->text,
                    .misspelt = misspelt,
                    .wanted = query->all,
                    .out = out};

    if (!is_title(text))
        look.wanted &= (uint16_t)~query->years;
    if (is_running(text))
        look.wanted &= query->needed;
    (void)reel__words_each(&work->room, text->text, text->length, take_word, &look);
    return look.bits;
}

/* ---- what is shown -------------------------------------------------------------------------- */

/* Of a long text the part around the first word that was found. */
static void cut_around(reel_matched *out)
{
    const char *text = out->text;
    size_t start = 0, end = out->length, kept = 0;

    if (out->length <= OVERVIEW_SHOWN || out->mark_count == 0)
        return;
    if (out->marks[0].at > OVERVIEW_BEFORE) {
        start = out->marks[0].at - OVERVIEW_BEFORE;
        while (start < out->marks[0].at && text[start - 1] != ' ')
            start++;
    }
    if (end - start > OVERVIEW_SHOWN) {
        end = start + OVERVIEW_SHOWN;
        while (end > start && text[end] != ' ')
            end--;
        if (end == start) /* no blank at all */
            end = start + reel__utf8_cut(text + start, out->length - start, OVERVIEW_SHOWN);
    }
    for (size_t i = 0; i < out->mark_count; i++)
        if (out->marks[i].at >= start && (size_t)out->marks[i].at + out->marks[i].length <= end)
            out->marks[kept++] =
                (reel_mark){out->marks[i].at - (uint32_t)start, out->marks[i].length};
    out->mark_count = kept;
    out->cut_front = start > 0;
    out->cut_back = end < out->length;
    out->text += start;
    out->length = end - start;
}

static uint32_t characters(const char *text, size_t length)
{
    uint32_t count = 0;

    for (size_t i = 0; i < length; i++)
        count += ((unsigned char)text[i] & 0xC0) != 0x80;
    return count;
}

/* Bytes to characters. */
static void count_marks(reel_matched *out)
{
    for (size_t i = 0; i < out->mark_count; i++) {
        const uint32_t at = out->marks[i].at;

        out->marks[i].length = characters(out->text + at, out->marks[i].length);
        out->marks[i].at = characters(out->text, at);
    }
}

static void show(reel_matched *out, reel_search_work *work, const field_text *text, bool misspelt)
{
    *out = (reel_matched){.field = text->field, .text = text->text, .length = text->length};
    (void)look_in(work, text, misspelt, out);
    if (out->mark_count == 0) /* as a whole: "starwars" */
        out->marks[out->mark_count++] = (reel_mark){0, (uint32_t)text->length};
    if (is_running(text))
        cut_around(out);
    count_marks(out);
}

static void show_year(reel_matched *out, int32_t year)
{
    *out = (reel_matched){.field = "year", .mark_count = 1};
    (void)snprintf(out->year, sizeof out->year, "%d", (int)year);
    out->length = strlen(out->year);
    out->marks[0] = (reel_mark){0, (uint32_t)out->length};
}

/* The text that has most of what is still to be found; the first of several. */
static const field_text *most_of(const texts *all, uint16_t left)
{
    const field_text *best = NULL;
    size_t most = 0;

    for (size_t i = 0; i < all->count; i++) {
        size_t found = 0;

        for (unsigned bits = all->items[i].bits & left; bits != 0; bits &= bits - 1)
            found++;
        if (found > most) {
            best = &all->items[i];
            most = found;
        }
    }
    return best;
}

static bool has_year(const reel_query *query, uint16_t left, int32_t year)
{
    for (size_t y = 0; y < query->year_count; y++)
        if ((left & query->year_bit[y]) != 0 && query->year[y] == year)
            return true;
    return false;
}

reel_code reel__search_matched(reel_search_work *work, const reel_found *hit,
                               reel_matched out[REEL_MATCHED_TEXTS], size_t *count, reel_err *err)
{
    const reel_movie movie = reel_dataset_movie(work->index->dataset, hit->movie);
    const bool misspelt = hit->how == REEL_FOUND_TYPO || hit->how == REEL_FOUND_SOME;
    uint16_t left = work->query.needed | work->query.years;
    const field_text *text;
    texts all = {.count = 0};

    *count = 0;
    if (hit->field == REEL_FOUND_NOTHING)
        return REEL_OK;
    gather(&all, &movie);
    for (size_t i = 0; i < all.count; i++)
        all.items[i].bits = look_in(work, &all.items[i], misspelt, NULL);
    while (*count < REEL_MATCHED_TEXTS && (text = most_of(&all, left)) != NULL) {
        show(&out[(*count)++], work, text, misspelt);
        left &= (uint16_t)~text->bits;
    }
    if (*count < REEL_MATCHED_TEXTS && has_year(&work->query, left, movie.year))
        show_year(&out[(*count)++], movie.year);
    if (*count == 0 && all.count > 0) /* run together, or as a whole nearly so */
        show(&out[(*count)++], work, &all.items[0], misspelt);
    return reel__buf_check(&work->room, err);
}
