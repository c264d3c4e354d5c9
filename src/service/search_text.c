/* search_text.c - titles as plain words, and how many edits lie between two texts. */
#include <string.h>

#include "base/utf8.h"
#include "service/search_priv.h"

enum { PATTERN_BYTES = 64, SHORT_BYTES = 256 };

/* ---- plain words --------------------------------------------------------------------------- */

typedef enum kind { LETTER, GAP, NOTHING, AND } kind;

/* What the character at text stands for; length is set to its bytes. Signs inside a word fall away
 * ("M*A*S*H", "Ocean's", "E.T.", "WALL·E"); others part words. */
static kind classify(const unsigned char *text, size_t left, size_t *length)
{
    const unsigned char byte = text[0];

    *length = 1;
    if (byte == '&')
        return AND;
    if (byte == '\'' || byte == '.' || byte == '*' || byte == '`')
        return NOTHING;
    if (byte < 0x80)
        return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
                       (byte >= 'A' && byte <= 'Z')
                   ? LETTER
                   : GAP;
    if (byte == 0xC2 && left >= 2 && text[1] >= 0x80 && text[1] <= 0xBF) { /* signs of Latin-1 */
        *length = 2;
        return text[1] == 0xB7 || text[1] == 0xB4 ? NOTHING : GAP;
    }
    if (byte == 0xE2 && left >= 3 && (text[1] == 0x80 || text[1] == 0x81)) { /* U+2000..U+207F */
        *length = 3;
        return text[1] == 0x80 && (text[2] == 0x99 || text[2] == 0x98) ? NOTHING : GAP;
    }
    if (byte == 0xE3 && left >= 3 && text[1] == 0x80 && text[2] < 0x85) { /* CJK punctuation */
        *length = 3;
        return GAP;
    }
    return LETTER;
}

/* out has room for five letters from each byte: "&" becomes " and ". Returns where it ended. */
static char *copy_words(char *out, const unsigned char *text, size_t length)
{
    const char *start = out;
    bool gap = false;

    for (size_t i = 0, step; i < length; i += step) {
        const kind what = classify(text + i, length - i, &step);

        if (what == NOTHING)
            continue;
        if (what == GAP) {
            gap = true;
            continue;
        }
        if ((gap || what == AND) && out > start)
            *out++ = ' ';
        gap = what == AND;
        memcpy(out, what == AND ? (const void *)"and" : text + i, what == AND ? 3 : step);
        out += what == AND ? 3 : step;
    }
    return out;
}

static void append_words(reel_buf *out, const char *text, size_t length)
{
    char *room = reel__buf_reserve(out, length * 5);

    if (room == NULL)
        return;
    reel__buf_advance(out, (size_t)(copy_words(room, (const unsigned char *)text, length) - room));
}

/* Short plain ASCII, as most titles are, needs no table of characters. */
static bool fold_ascii(char *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        const unsigned char c = (unsigned char)text[i];

        if (c == 0 || c >= 0x80)
            return false;
        out[i] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    return true;
}

void reel__search_plain(reel_buf *out, const char *text, size_t length)
{
    const size_t start = out->length;
    char ascii[SHORT_BYTES];
    const char *folded = ascii;
    size_t folded_length = length;
    reel_buf other;

    reel__buf_init(&other, 1 << 16);
    if (length > sizeof ascii || !fold_ascii(ascii, text, length)) {
        reel__utf8_fold(&other, text, length);
        folded = other.data;
        folded_length = other.length;
    }
    if (other.failed) {
        out->failed = true;
        out->too_large = other.too_large;
    } else {
        append_words(out, folded, folded_length);
        if (out->length == start)
            reel__buf_append(out, folded, folded_length);
    }
    reel__buf_fini(&other);
}

/* ---- distance ------------------------------------------------------------------------------ */

void reel__pattern_init(reel_pattern *pattern, const char *text, size_t length)
{
    memset(pattern, 0, sizeof *pattern);
    pattern->length = length < PATTERN_BYTES ? length : PATTERN_BYTES;
    for (size_t i = 0; i < pattern->length; i++)
        pattern->places[(unsigned char)text[i]] |= UINT64_C(1) << i;
}

/* The columns of the edit table are kept as differences: bit i of more (less) says that row i + 1
 * is one larger (smaller) than row i. `same` of the step before finds swapped neighbours. */
reel_edits reel__pattern_edits(const reel_pattern *pattern, const char *text, size_t length)
{
    const size_t own = pattern->length;
    const uint64_t last = own > 0 ? UINT64_C(1) << (own - 1) : 0;
    uint64_t more = ~UINT64_C(0), less = 0, same = 0, places_before = 0;
    reel_edits edits = {.whole = own, .begun = own};

    if (length > PATTERN_BYTES && own == PATTERN_BYTES)
        length = PATTERN_BYTES;
    for (size_t i = 0; i < length; i++) {
        const uint64_t places = pattern->places[(unsigned char)text[i]];
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
