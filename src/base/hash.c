/* hash.c - digests over nettle, and a fast hash for tables.
 * hash64 folds 128-bit products of 8-byte words with odd constants (the multiply-and-fold family),
 * so that each input bit reaches all output bits; words are read as little-endian, which makes the
 * value equal on every machine.
 */
#include "base/hash.h"

#include <nettle/md5.h>
#include <nettle/sha2.h>
#include <string.h>

#include "base/alloc.h"

struct reel_digest {
    reel_digest_kind kind;
    union {
        struct sha256_ctx sha256;
        struct md5_ctx md5;
    } state;
};

reel_digest *reel__digest_new(reel_digest_kind kind)
{
    reel_digest *digest = reel__alloc_zero(1, sizeof *digest);

    if (digest == NULL)
        return NULL;
    digest->kind = kind;
    if (kind == REEL_DIGEST_SHA256)
        sha256_init(&digest->state.sha256);
    else
        md5_init(&digest->state.md5);
    return digest;
}

void reel__digest_update(reel_digest *digest, const void *data, size_t length)
{
    if (length == 0)
        return;
    if (digest->kind == REEL_DIGEST_SHA256)
        sha256_update(&digest->state.sha256, length, data);
    else
        md5_update(&digest->state.md5, length, data);
}

void reel__digest_finish(reel_digest *digest, char out[REEL_DIGEST_HEX])
{
    uint8_t bytes[SHA256_DIGEST_SIZE];
    size_t length = 0;

    if (digest->kind == REEL_DIGEST_SHA256) {
        length = SHA256_DIGEST_SIZE;
        sha256_digest(&digest->state.sha256, length, bytes);
    } else {
        length = MD5_DIGEST_SIZE;
        md5_digest(&digest->state.md5, length, bytes);
    }
    reel__hex(out, bytes, length);
    reel__digest_free(digest);
}

void reel__digest_free(reel_digest *digest)
{
    reel__free(digest);
}

void reel__hex(char *out, const void *bytes, size_t length)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < length; i++) {
        const unsigned char byte = ((const unsigned char *)bytes)[i];

        out[2 * i] = digits[byte >> 4];
        out[2 * i + 1] = digits[byte & 15];
    }
    out[2 * length] = '\0';
}

#define MIX_A UINT64_C(0x8B7F1C2E5D9A3B61)
#define MIX_B UINT64_C(0xD1342543DE82EF95)
#define MIX_C UINT64_C(0xA0F2EC75A1FE1575)

__extension__ typedef unsigned __int128 wide; /* gcc and clang have it on 64-bit machines */

static uint64_t fold(uint64_t a, uint64_t b)
{
    const wide product = (wide)a * b;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Up to 8 bytes as a number, little-endian. */
static uint64_t read_word(const unsigned char *data, size_t length)
{
    uint64_t word = 0;

    if (length == 8)
        memcpy(&word, data, 8);
    else
        for (size_t i = 0; i < length; i++)
            word |= (uint64_t)data[i] << (8 * i);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    if (length == 8)
        word = __builtin_bswap64(word);
#endif
    return word;
}

uint64_t reel__hash64(const void *data, size_t length, uint64_t seed)
{
    const unsigned char *bytes = data;
    uint64_t state = seed ^ fold(seed ^ MIX_A, (uint64_t)length ^ MIX_B);
    size_t left = length;

    for (; left > 16; left -= 16, bytes += 16)
        state = fold(read_word(bytes, 8) ^ MIX_B, read_word(bytes + 8, 8) ^ state);
    if (left > 8)
        state = fold(read_word(bytes, 8) ^ MIX_B, read_word(bytes + 8, left - 8) ^ state ^ MIX_C);
    else
        state = fold(read_word(bytes, left) ^ MIX_B, state ^ MIX_C);
    state = fold(state ^ MIX_A, state ^ MIX_C ^ (uint64_t)length);
    state = (state ^ state >> 32) * MIX_B;
    return state ^ state >> 29;
}
