/* utf8.c - checking, repairing and folding text (folding over utf8proc).
 * Folding adds to Unicode's own rules (compatibility decomposition, case folding, marks dropped)
 * the Latin letters that have no decomposition but that people type without their stroke.
 */
#include "base/utf8.h"

#include <stdint.h>
#include <string.h>
#include <utf8proc.h>

/* Length of the well-formed character at text, 0 when malformed (overlong, surrogate, too large).
 */
static size_t character_length(const unsigned char *text, size_t left)
{
    const unsigned char first = text[0];
    size_t length;
    uint32_t code;

    if (first < 0x80)
        return 1;
    if (first < 0xC2 || first > 0xF4)
        return 0;
    length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (length > left)
        return 0;
    code = first & (0x7FU >> length);
    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xC0) != 0x80)
            return 0;
        code = code << 6 | (text[i] & 0x3FU);
    }
    if ((length == 3 && (code < 0x800 || (code >= 0xD800 && code < 0xE000))) ||
        (length == 4 && (code < 0x10000 || code > 0x10FFFF)))
        return 0;
    return length;
}

bool reel__utf8_valid(const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;

    for (size_t at = 0; at < length;) {
        const size_t step = character_length(bytes + at, length - at);

        if (step == 0 || bytes[at] == 0)
            return false;
        at += step;
    }
    return true;
}

/* ---- repairing ----------------------------------------------------------------------------- */

/* Windows-1252 for 0x80 .. 0x9F; its five holes become the replacement character. */
static const uint16_t windows_1252[32] = {
    0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178};

static void append_code(reel_buf *out, int32_t code)
{
    uint8_t bytes[4];
    const utf8proc_ssize_t length = utf8proc_encode_char(code, bytes);

    reel__buf_append(out, bytes, length > 0 ? (size_t)length : 0);
}

static bool is_control(unsigned char byte)
{
    return (byte < 0x20 && byte != '\t') || byte == 0x7F;
}

/* U+0080..U+009F, which terminals obey as they do ESC. */
static bool is_terminals(const unsigned char *at, size_t left)
{
    return left > 1 && at[0] == 0xC2 && at[1] < 0xA0;
}

/* Well-formed but for NULs, which count as control characters here. */
static bool is_well_formed(const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;

    for (size_t at = 0; at < length;) {
        const size_t step = character_length(bytes + at, length - at);

        if (step == 0)
            return false;
        at += step;
    }
    return true;
}

void reel__utf8_from_any(reel_buf *out, const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;
    const bool utf8 = is_well_formed(text, length);
    size_t start = 0; /* of what is still to be copied as it is */

    for (size_t at = 0; at < length; at++) {
        const bool terminals = utf8 && is_terminals(bytes + at, length - at);

        if (!is_control(bytes[at]) && !terminals && (utf8 || bytes[at] < 0x80))
            continue;
        reel__buf_append(out, text + start, at - start);
        at += terminals ? 1 : 0;
        start = at + 1;
        if (terminals || is_control(bytes[at]))
            reel__buf_char(out, ' ');
        else
            append_code(out, bytes[at] < 0xA0 ? windows_1252[bytes[at] - 0x80] : bytes[at]);
    }
    reel__buf_append(out, text + start, length - start);
}

/* ---- folding ------------------------------------------------------------------------------- */

typedef struct letter {
    int32_t code;
    const char *plain;
} letter;

/* After case folding, by code. */
static const letter plain_letters[] = {
    {0x00E6, "ae"}, {0x00F0, "d"},  {0x00F8, "o"}, {0x00FE, "th"}, {0x0111, "d"},  {0x0127, "h"},
    {0x0131, "i"},  {0x0138, "k"},  {0x0142, "l"}, {0x014B, "n"},  {0x0153, "oe"}, {0x0167, "t"},
    {0x0180, "b"},  {0x0195, "hv"}, {0x019A, "l"}, {0x01B6, "z"},  {0x01DD, "e"},  {0x01E5, "g"},
    {0x0259, "e"},  {0x0268, "i"},  {0x0289, "u"}, {0x2010, "-"},  {0x2011, "-"},  {0x2012, "-"},
    {0x2013, "-"},  {0x2014, "-"},  {0x2018, "'"}, {0x2019, "'"},  {0x201C, "\""}, {0x201D, "\""},
};

static void append_folded(reel_buf *out, int32_t code)
{
    size_t low = 0, high = sizeof plain_letters / sizeof *plain_letters;

    while (low < high) {
        const size_t middle = (low + high) / 2;

        if (plain_letters[middle].code == code) {
            reel__buf_text(out, plain_letters[middle].plain);
            return;
        }
        if (plain_letters[middle].code < code)
            low = middle + 1;
        else
            high = middle;
    }
    append_code(out, code);
}

/* Code points one character may become under NFKD and case folding (at most 18 in Unicode). */
enum { DECOMPOSED_MOST = 32 };

static void fold_character(reel_buf *out, const unsigned char *text, size_t length)
{
    utf8proc_int32_t code = 0, parts[DECOMPOSED_MOST];
    int boundary = 0;
    utf8proc_ssize_t count;

    if (utf8proc_iterate(text, (utf8proc_ssize_t)length, &code) <= 0)
        return;
    count = utf8proc_decompose_char(code, parts, DECOMPOSED_MOST,
                                    UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD |
                                        UTF8PROC_STRIPMARK | UTF8PROC_IGNORE,
                                    &boundary);
    for (utf8proc_ssize_t i = 0; i < count && i < DECOMPOSED_MOST; i++)
        append_folded(out, parts[i]);
}

void reel__utf8_fold(reel_buf *out, const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;

    for (size_t at = 0; at < length;) {
        const size_t step = character_length(bytes + at, length - at);

        if (step == 1) {
            const unsigned char byte = bytes[at];

            reel__buf_char(out, (char)(byte >= 'A' && byte <= 'Z' ? byte + ('a' - 'A') : byte));
        } else if (step > 1) {
            fold_character(out, bytes + at, step);
        }
        at += step == 0 ? 1 : step;
    }
}

int32_t reel__utf8_next(const char *text, size_t left, size_t *bytes)
{
    const size_t step = character_length((const unsigned char *)text, left);
    utf8proc_int32_t code = -1;

    *bytes = step > 0 ? step : 1;
    if (step == 0 ||
        utf8proc_iterate((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)step, &code) <= 0)
        return -1;
    return code;
}

bool reel__utf8_is_control(int32_t code)
{
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029;
}

bool reel__utf8_is_hidden(int32_t code)
{
    enum { NON_JOINER = 0x200C, JOINER = 0x200D };

    return reel__utf8_is_control(code) || (code != NON_JOINER && code != JOINER &&
                                           utf8proc_category(code) == UTF8PROC_CATEGORY_CF);
}

bool reel__utf8_is_plain(const char *text)
{
    size_t left = strlen(text), bytes;

    for (; left > 0; text += bytes, left -= bytes)
        if (reel__utf8_is_hidden(reel__utf8_next(text, left, &bytes)))
            return false;
    return true;
}

bool reel__utf8_is_word(int32_t code)
{
    switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
        return true;
    default:
        return false;
    }
}

size_t reel__utf8_cut(const char *text, size_t length, size_t limit)
{
    size_t end = limit;

    if (length <= limit)
        return length;
    while (end > 0 && ((unsigned char)text[end] & 0xC0) == 0x80)
        end--;
    return end;
}

size_t reel__utf8_whole(const char *text, size_t length)
{
    size_t last = length;

    while (last > 0 && length - last < 3 && ((unsigned char)text[last - 1] & 0xC0) == 0x80)
        last--;
    if (last == 0 || (unsigned char)text[last - 1] < 0xC0)
        return length;
    last--;
    return character_length((const unsigned char *)text + last, length - last) == 0 ? last : length;
}

int reel__utf8_width(const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;
    utf8proc_int32_t code;
    int width = 0;

    for (size_t at = 0; at < length;) {
        const size_t step = character_length(bytes + at, length - at);

        if (step > 0 && utf8proc_iterate(bytes + at, (utf8proc_ssize_t)step, &code) > 0)
            width += utf8proc_charwidth(code);
        at += step == 0 ? 1 : step;
    }
    return width;
}
