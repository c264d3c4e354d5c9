/* text/tokens.c - scikit-learn's tokens: str.lower, then every match of (?u)\b\w\w+\b.
 * Such a match is a maximal run of two or more word characters, so one pass over the code points
 * does: lower, append to the run, hand the run over where it ends. Malformed UTF-8 ends a run.
 * Layer: text. Threads: no state.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "base/alloc.h"
#include "text/tables_priv.h"
#include "text/tfidf.h"

enum { SMALL_TOKEN = 1024, CAPITAL_SIGMA = 0x3a3, FINAL_SIGMA = 0x3c2, MALFORMED = 0xfffd };

typedef struct scanner {
    const unsigned char *text, *end;
    const unsigned char *at;
    unsigned char *token; /* room for the lower-cased text */
    size_t length, characters;
    size_t least; /* characters of a run that counts */
    bool whole;   /* everything is a word character */
    bool keep_stop_words;
    reel_token_fn *found;
    void *user;
} scanner;

/* ---- the tables ---------------------------------------------------------------------------- */

static bool in_ranges(const reel_code_range *ranges, size_t count, uint32_t c)
{
    size_t low = 0, high = count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (ranges[middle].last < c)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && ranges[low].first <= c;
}

static bool is_word(uint32_t c)
{
    if (c < 0x80)
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
               c == '_';
    return in_ranges(reel__word_ranges, reel__word_ranges_count, c);
}

static uint32_t lower(uint32_t c)
{
    size_t low = 0, high = reel__lower_runs_count;

    if (c < 0x80)
        return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (reel__lower_runs[middle].last < c)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < reel__lower_runs_count && reel__lower_runs[low].first <= c) {
        const reel_lower_run run = reel__lower_runs[low];
        if ((c - run.first) % (uint32_t)run.step == 0)
            return (uint32_t)((int32_t)c + run.delta);
    }
    return c;
}

static int compare_words(const void *key, const void *element)
{
    const char *const *word = element;
    return strcmp(key, *word);
}

bool reel__is_stop_word(const char *token, size_t length)
{
    char text[32];

    if (length >= sizeof text || memchr(token, 0, length) != NULL)
        return false;
    memcpy(text, token, length);
    text[length] = 0;
    return bsearch(text, reel__stop_words, reel__stop_words_count, sizeof reel__stop_words[0],
                   compare_words) != NULL;
}

/* ---- UTF-8 --------------------------------------------------------------------------------- */

/* The code point at `at` and its length; one malformed byte reads as U+FFFD. */
static size_t decode(const unsigned char *at, const unsigned char *end, uint32_t *c)
{
    utf8proc_int32_t code = 0;
    utf8proc_ssize_t length;

    if (*at < 0x80) {
        *c = *at;
        return 1;
    }
    length = utf8proc_iterate(at, end - at, &code);
    if (length <= 0) {
        *c = MALFORMED;
        return 1;
    }
    *c = (uint32_t)code;
    return (size_t)length;
}

/* The code point that ends before `at` (which is behind the start of the text). */
static size_t decode_back(const unsigned char *text, const unsigned char *at, uint32_t *c)
{
    for (size_t length = 1; length <= 4 && length <= (size_t)(at - text); length++) {
        if ((at[-(ptrdiff_t)length] & 0xc0) != 0x80) {
            if (decode(at - length, at, c) == length)
                return length;
            break;
        }
    }
    *c = MALFORMED;
    return 1;
}

static size_t encode(unsigned char *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (unsigned char)c;
        return 1;
    }
    return (size_t)utf8proc_encode_char((utf8proc_int32_t)c, out);
}

/* ---- the scanner --------------------------------------------------------------------------- */

static bool is_cased(uint32_t c)
{
    return in_ranges(reel__cased_ranges, reel__cased_ranges_count, c);
}

static bool is_ignorable(uint32_t c)
{
    return in_ranges(reel__ignorable_ranges, reel__ignorable_ranges_count, c);
}

/* Whether a capital sigma at [first, behind) ends a word: a cased letter somewhere before it and
 * none after it, looking past case-ignorable characters (Unicode 3.13, Final_Sigma). */
static bool ends_word(const scanner *s, const unsigned char *first, const unsigned char *behind)
{
    uint32_t c = 0;
    bool before = false, after = false;

    while (first > s->text && !before) {
        first -= decode_back(s->text, first, &c);
        before = is_cased(c);
        if (!is_ignorable(c))
            break;
    }
    while (before && behind < s->end && !after) {
        behind += decode(behind, s->end, &c);
        after = is_cased(c);
        if (!is_ignorable(c))
            break;
    }
    return before && !after;
}

/* End the run. Returns false when the receiver wants no more. */
static bool finish_run(scanner *s)
{
    const char *token = (const char *)s->token;
    const size_t length = s->length;
    const bool counts = s->characters >= s->least;

    s->length = 0;
    s->characters = 0;
    if (!counts || (!s->keep_stop_words && reel__is_stop_word(token, length)))
        return true;
    return s->found(s->user, token, length);
}

/* Take one lower-cased code point. */
static bool take(scanner *s, uint32_t c)
{
    if (!s->whole && !is_word(c))
        return s->characters == 0 || finish_run(s);
    s->length += encode(s->token + s->length, c);
    s->characters++;
    return true;
}

static bool scan(scanner *s)
{
    while (s->at < s->end) {
        const unsigned char *first = s->at;
        uint32_t c;

        s->at += decode(first, s->end, &c);
        if (c == 0x130) { /* the one letter that becomes two: i and a combining dot */
            if (!take(s, 'i') || !take(s, 0x307))
                return false;
            continue;
        }
        c = c == CAPITAL_SIGMA && ends_word(s, first, s->at) ? FINAL_SIGMA : lower(c);
        if (!take(s, c))
            return false;
    }
    return s->characters == 0 || finish_run(s);
}

/* A byte becomes three at the most: a malformed one, kept as U+FFFD in a whole text. */
static reel_code run(scanner s, const char *text, size_t length, reel_err *err)
{
    unsigned char small[SMALL_TOKEN];
    unsigned char *large = NULL;
    bool done;

    s.token = small;
    if (length > SMALL_TOKEN / 3) {
        large = reel__alloc_array(length, 3);
        if (large == NULL)
            return reel_fail(err, REEL_E_NOMEM, "out of memory for a text of %zu bytes", length);
        s.token = large;
    }
    s.text = s.at = (const unsigned char *)text;
    s.end = s.text + length;
    done = scan(&s);
    reel__free(large);
    return done ? REEL_OK : reel_fail(err, REEL_E_CANCELLED, "the receiver of tokens stopped");
}

reel_code reel__tokenize(const char *text, size_t length, bool keep_stop_words,
                         reel_token_fn *token, void *user, reel_err *err)
{
    const scanner s = {
        .least = 2, .keep_stop_words = keep_stop_words, .found = token, .user = user};
    return run(s, text, length, err);
}

reel_code reel__lower(const char *text, size_t length, reel_token_fn *token, void *user,
                      reel_err *err)
{
    const scanner s = {
        .least = 1, .whole = true, .keep_stop_words = true, .found = token, .user = user};
    return run(s, text, length, err);
}
