/* words.c - texts as folded words. Folding is base/utf8's (over utf8proc): case, diacritics,
 * compatibility forms.
 */
#include <string.h>

#include "base/utf8.h"
#include "search/search.h"
#include "search/words_priv.h"

enum { TEXT_MOST = 1 << 20 };

/* ---- characters ---------------------------------------------------------------------------- */

typedef enum kind { LETTER, UNSPACED, GAP, NOTHING, AND } kind;

/* Thai to Tibetan, Burmese, Khmer, Han, Kana, Bopomofo and their extensions. */
static bool is_unspaced(int32_t code)
{
    static const struct {
        int32_t first, last;
    } ranges[] = {{0x0E00, 0x0FFF}, {0x1000, 0x109F}, {0x1780, 0x17FF},  {0x2E80, 0x2FDF},
                  {0x3005, 0x3007}, {0x3021, 0x312F}, {0x31A0, 0x31FF},  {0x3400, 0x4DBF},
                  {0x4E00, 0x9FFF}, {0xF900, 0xFAFF}, {0x20000, 0x3FFFF}};

    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (code >= ranges[i].first && code <= ranges[i].last)
            return true;
    return false;
}

static kind classify_ascii(const char *text, size_t at, size_t length)
{
    const char c = text[at];

    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
        return LETTER;
    if (c == '&')
        return AND;
    if (c == '.') /* of "E.T.", not of "Ready...Set" */
        return (at > 0 && text[at - 1] == '.') || (at + 1 < length && text[at + 1] == '.')
                   ? GAP
                   : NOTHING;
    return c == '\'' || c == '*' || c == '`' ? NOTHING : GAP;
}

/* Of a folded character, and its bytes. */
static kind classify_folded(const char *text, size_t length, size_t *step)
{
    const int32_t code = reel__utf8_next(text, length, step);

    if (code == 0xB7 || code == 0xB4 || code == 0x2BC || code == '\'')
        return NOTHING;
    if (code < 0 || !reel__utf8_is_word(code))
        return GAP;
    return is_unspaced(code) ? UNSPACED : LETTER;
}

/* ---- words --------------------------------------------------------------------------------- */

typedef struct scan {
    reel_buf *room;
    reel_word_fn *word;
    void *user;
    size_t start;   /* of the present word in room */
    size_t at, end; /* and in the source */
    bool open, unspaced, any;
} scan;

static bool close_word(scan *s)
{
    const reel_word word = {.text = s->room->data + s->start,
                            .length = s->room->length - s->start,
                            .at = s->at,
                            .bytes = s->end - s->at,
                            .unspaced = s->unspaced};

    if (!s->open || s->room->failed)
        return true;
    s->open = false;
    s->any = true;
    return s->word(s->user, &word);
}

/* The character [at, end) of the source becomes part of a word; its folded form was appended to
 * room from `folded` on. */
static bool add_letter(scan *s, size_t folded, size_t at, size_t end, bool unspaced)
{
    if (s->open && s->unspaced != unspaced) {
        /* the word before ends where this character's folded form begins */
        const size_t length = s->room->length;
        bool more;

        s->room->length = folded;
        more = close_word(s);
        s->room->length = length;
        if (!more)
            return false;
    }
    if (!s->open) {
        s->open = true;
        s->unspaced = unspaced;
        s->start = folded;
        s->at = at;
    }
    s->end = end;
    return true;
}

static bool has_gap(const char *text, size_t length)
{
    size_t step;

    for (size_t at = 0; at < length; at += step)
        if (classify_folded(text + at, length - at, &step) == GAP)
            return true;
    return false;
}

/* What a character [at, end) of the source was folded to, from `folded` on in room: one character
 * most times, none, or several ("½" is 1 and 2, words of their own also in "8½"). */
static bool add_folded(scan *s, size_t folded, size_t at, size_t end)
{
    char *text = s->room->data;
    const size_t all = s->room->length;
    size_t step;

    if (all == folded)
        return true;
    s->room->length = folded;
    if (has_gap(text + folded, all - folded) && !close_word(s))
        return false;
    for (size_t from = folded; from < all; from += step) {
        const kind what = classify_folded(text + from, all - from, &step);
        const size_t kept = s->room->length;

        if (what == GAP && !close_word(s))
            return false;
        if (what != LETTER && what != UNSPACED)
            continue;
        if (!add_letter(s, kept, at, end, what == UNSPACED))
            return false;
        memmove(text + kept, text + from, step);
        s->room->length = kept + step;
    }
    return true;
}

static bool add_sign(scan *s, const char *text, size_t at, size_t length)
{
    const size_t start = s->room->length;
    const char c = text[at];

    switch (classify_ascii(text, at, length)) {
    case LETTER:
        reel__buf_char(s->room, (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c));
        return add_letter(s, start, at, at + 1, false);
    case AND:
        if (!close_word(s))
            return false;
        reel__buf_text(s->room, "and");
        return add_letter(s, start, at, at + 1, false) && close_word(s);
    case NOTHING:
        return true;
    default:
        return close_word(s);
    }
}

static bool add_character(scan *s, const char *text, size_t at, size_t length, size_t *step)
{
    const size_t folded = s->room->length;

    *step = 1;
    if ((unsigned char)text[at] < 0x80)
        return add_sign(s, text, at, length);
    if (reel__utf8_next(text + at, length - at, step) < 0)
        return close_word(s);
    reel__utf8_fold(s->room, text + at, *step);
    return s->room->failed || add_folded(s, folded, at, at + *step);
}

/* A text of signs only: one word, without its blanks. */
static bool signs_only(scan *s, const char *text, size_t length)
{
    size_t first = length, end = 0, kept;

    s->start = s->room->length;
    reel__utf8_fold(s->room, text, length);
    if (s->room->failed)
        return true;
    kept = s->start;
    for (size_t i = s->start; i < s->room->length; i++)
        if ((unsigned char)s->room->data[i] > ' ')
            s->room->data[kept++] = s->room->data[i];
    s->room->length = kept;
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] > ' ') {
            first = i < first ? i : first;
            end = i + 1;
        }
    if (kept == s->start)
        return true;
    s->open = true;
    s->unspaced = false;
    s->at = first;
    s->end = end;
    return close_word(s);
}

bool reel__words_each(reel_buf *room, const char *text, size_t length, reel_word_fn *word,
                      void *user)
{
    scan s = {.room = room, .word = word, .user = user};

    reel__buf_clear(room);
    for (size_t at = 0, step; at < length && !room->failed; at += step)
        if (!add_character(&s, text, at, length, &step))
            return false;
    if (!close_word(&s))
        return false;
    return s.any || signs_only(&s, text, length);
}

static bool append_word(void *user, const reel_word *word)
{
    reel_buf *out = user;

    if (out->length > 0 && out->data[out->length - 1] != '\0')
        reel__buf_char(out, ' ');
    reel__buf_append(out, word->text, word->length);
    return true;
}

void reel__search_plain(reel_buf *out, const char *text, size_t length)
{
    reel_buf room;

    reel__buf_init(&room, TEXT_MOST);
    (void)reel__words_each(&room, text, length, append_word, out);
    if (room.failed) {
        out->failed = true;
        out->too_large = room.too_large;
    }
    reel__buf_fini(&room);
}

/* ---- pieces -------------------------------------------------------------------------------- */

bool reel__word_pieces(const char *text, size_t length, bool unspaced, bool closed,
                       reel_piece_fn *piece, void *user)
{
    size_t step, next;

    if (!unspaced)
        return piece(user, text, length);
    for (size_t at = 0; at < length; at += step) {
        (void)reel__utf8_next(text + at, length - at, &step);
        if (at + step < length)
            (void)reel__utf8_next(text + at + step, length - at - step, &next);
        else if (closed || at == 0)
            next = 0;
        else
            break;
        if (!piece(user, text + at, step + next))
            return false;
    }
    return true;
}

/* ---- small words --------------------------------------------------------------------------- */

static bool is_one_of(const char *const *words, size_t count, const char *text, size_t length)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(words[i]) == length && memcmp(words[i], text, length) == 0)
            return true;
    return false;
}

static const char *const articles[] = {"the", "a",  "an",  "le",  "la",  "les", "el",  "los", "las",
                                       "il",  "lo", "gli", "der", "die", "das", "ein", "une", "un"};

size_t reel__search_article(const char *text, size_t length)
{
    const char *space = memchr(text, ' ', length < 4 ? length : 4);
    const size_t own = space == NULL ? 0 : (size_t)(space - text);

    return own > 0 && own + 1 < length &&
                   is_one_of(articles, sizeof articles / sizeof *articles, text, own)
               ? own + 1
               : 0;
}

bool reel__word_is_small(const char *text, size_t length)
{
    static const char *const small[] = {
        "a",    "an",  "and",   "are",  "as",   "at",   "be", "by",  "for", "from", "has", "he",
        "her",  "him", "his",   "in",   "into", "is",   "it", "its", "of",  "on",   "or",  "she",
        "that", "the", "their", "them", "they", "this", "to", "was", "who", "with"};

    return length <= 5 && is_one_of(small, sizeof small / sizeof *small, text, length);
}

size_t reel__word_units(uint8_t out[REEL_UNITS_MAX], const char *text, size_t length)
{
    size_t count = 0;

    for (size_t at = 0, step; at < length && count < REEL_UNITS_MAX; at += step) {
        int32_t code = (unsigned char)text[at];

        step = 1;
        if (code >= 0x80)
            code = reel__utf8_next(text + at, length - at, &step);
        if (code != ' ')
            out[count++] = (uint8_t)(code < 0x80 ? code : 0x80 | (code & 0x7F));
    }
    return count;
}
