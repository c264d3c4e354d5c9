/* data/digits_priv.h - numbers read eight digits at a time, straight from a mapped file.
 * Every function may look at up to 20 bytes from where it starts. Layer: data. Threads: no state.
 */
#ifndef REEL_DATA_DIGITS_PRIV_H
#define REEL_DATA_DIGITS_PRIV_H

#include <stdint.h>
#include <string.h>

/* How many of the eight bytes at text are digits before the first that is not, and their value.
 * The bytes are taken as one little-endian number, the digits moved to its top and summed up in
 * pairs, fours and eights. */
static inline unsigned reel__eight_digits(const char *text, uint64_t *value)
{
    uint64_t word = 0, other = 0;
    unsigned length = 8;

    memcpy(&word, text, sizeof word);
    word ^= UINT64_C(0x3030303030303030);
    other = ((word + UINT64_C(0x0606060606060606)) | word) & UINT64_C(0xF0F0F0F0F0F0F0F0);
    if (other != 0)
        length = (unsigned)__builtin_ctzll(other) / 8;
    if (length == 0)
        return 0;
    word <<= 64 - 8 * length;
    word = word * 10 + (word >> 8);
    *value = ((word & UINT64_C(0x000000FF000000FF)) * UINT64_C(0x000F424000000064) +
              ((word >> 16) & UINT64_C(0x000000FF000000FF)) * UINT64_C(0x0000271000000001)) >>
             32;
    return length;
}

/* 1 to 15 digits, without what follows; NULL otherwise. */
static inline const char *reel__fast_digits(const char *at, int64_t *out)
{
    uint64_t high = 0, low = 0;
    const unsigned length = reel__eight_digits(at, &high);
    unsigned more = 0;

    if (length == 0)
        return NULL;
    if (length == 8) {
        static const uint64_t powers[8] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000};

        more = reel__eight_digits(at + 8, &low);
        if (more == 8)
            return NULL;
        high = high * powers[more] + low;
    }
    *out = (int64_t)high;
    return at + length + more;
}

/* `4` or `4.5`, without what follows. */
static inline const char *reel__fast_value(const char *at, float *out)
{
    const unsigned whole = (unsigned)(unsigned char)at[0] - '0';
    const unsigned tenth = (unsigned)(unsigned char)at[2] - '0';

    if (whole > 9)
        return NULL;
    if (at[1] != '.') {
        *out = (float)whole;
        return at + 1;
    }
    *out = (float)(whole * 10 + tenth) / 10.0F;
    return tenth > 9 ? NULL : at + 3;
}

#endif
