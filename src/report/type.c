/* type.c - see type.h. */
#include "report/type.h"

#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

/* Thousandths of an em, the wider of DejaVu Sans and Noto Sans, from the blank to the tilde. */
/* clang-format off */
static const uint16_t ascii[] = {
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 551, 838, 318, 361, 318, 372,
    636, 636, 636, 636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531,
    1000, 684, 686, 698, 770, 632, 575, 775, 752, 339, 295, 656, 557, 907, 760, 787,
    605, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 372, 390, 838, 500,
    500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612,
    635, 635, 413, 521, 392, 634, 592, 818, 592, 592, 525, 636, 551, 636, 838,
};
/* clang-format on */

enum { ASCII_FIRST = 0x20, ASCII_LAST = 0x7e, NARROW = 700, WIDE = 1000 };

static int letter_width(const char *letter, size_t bytes, int32_t code)
{
    const int columns = reel__utf8_width(letter, bytes);

    if (code >= ASCII_FIRST && code <= ASCII_LAST)
        return ascii[code - ASCII_FIRST];
    if (code < 0 || columns == 0)
        return 0;
    return columns > 1 ? WIDE : NARROW;
}

double reel__type_wide(const char *text, size_t length)
{
    size_t bytes = 0;
    int sum = 0;

    for (size_t at = 0; at < length; at += bytes) {
        const int32_t code = reel__utf8_next(text + at, length - at, &bytes);

        sum += letter_width(text + at, bytes, code);
    }
    return sum / 1000.0;
}

/* Bytes of text that are at most width wide and leave room for `spare` more bytes. */
static size_t fitting(const char *text, double width, size_t most)
{
    const size_t length = strlen(text);
    double used = 0;
    size_t bytes = 0, at = 0;

    while (at < length) {
        const int32_t code = reel__utf8_next(text + at, length - at, &bytes);

        used += letter_width(text + at, bytes, code) / 1000.0;
        if (used > width || at + bytes > most)
            break;
        at += bytes;
    }
    return at;
}

const char *reel__type_fit(char out[REEL_TYPE_FIT], const char *text, double width)
{
    static const char ellipsis[] = "\xe2\x80\xa6";
    size_t end = fitting(text, width, REEL_TYPE_FIT - 1);

    if (text[end] == '\0') {
        memcpy(out, text, end + 1);
        return out;
    }
    end = fitting(text, width - NARROW / 1000.0, REEL_TYPE_FIT - sizeof ellipsis);
    while (end > 0 && text[end - 1] == ' ')
        end--;
    memcpy(out, text, end);
    memcpy(out + end, ellipsis, sizeof ellipsis);
    return out;
}

size_t reel__type_line(const char *text, double width, size_t *next)
{
    size_t end = fitting(text, width, SIZE_MAX), bytes = 0;

    if (text[end] != '\0' && text[end] != ' ') {
        size_t blank = end;

        while (blank > 0 && text[blank] != ' ')
            blank--;
        if (blank > 0) {
            end = blank;
        } else if (end == 0) {
            (void)reel__utf8_next(text, strlen(text), &bytes);
            end = bytes;
        }
    }
    *next = end;
    while (text[*next] == ' ')
        ++*next;
    return end;
}
