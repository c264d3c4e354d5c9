/* Digests against published answers; the table hash by its spread. */
#include "support/check.h"

#include <math.h>

#include "base/hash.h"
#include "base/rng.h"

static void digest_of(reel_digest_kind kind, const char *text, char out[REEL_DIGEST_HEX])
{
    reel_digest *digest = reel__digest_new(kind);

    assert_non_null(digest);
    for (const char *at = text; *at != '\0'; at++)
        reel__digest_update(digest, at, 1);
    reel__digest_update(digest, NULL, 0);
    reel__digest_finish(digest, out);
}

/* FIPS 180-4 and RFC 1321. */
static void published_digests(void **state)
{
    const long live = reel__alloc_live();
    char hex[REEL_DIGEST_HEX];

    (void)state;
    digest_of(REEL_DIGEST_SHA256, "abc", hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    digest_of(REEL_DIGEST_SHA256, "", hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    digest_of(REEL_DIGEST_MD5, "message digest", hex);
    assert_string_equal(hex, "f96b697d7cb7938d525a2f31aaf161d0");
    assert_int_equal(reel__alloc_live(), live);
}

static void digest_without_memory(void **state)
{
    (void)state;
    reel__alloc_fail_after(0);
    assert_null(reel__digest_new(REEL_DIGEST_MD5));
    reel__alloc_fail_after(-1);
    reel__digest_free(reel__digest_new(REEL_DIGEST_MD5));
    reel__digest_free(NULL);
}

/* Equal bytes of different length, and equal texts under different seeds, must not meet. */
static void length_and_seed_matter(void **state)
{
    static const unsigned char zeros[64];

    (void)state;
    for (size_t a = 0; a < 64; a++)
        for (size_t b = 0; b < a; b++)
            assert_int_not_equal(reel__hash64(zeros, a, 0), reel__hash64(zeros, b, 0));
    for (uint64_t seed = 1; seed < 1000; seed++)
        assert_int_not_equal(reel__hash64("abc", 3, 0), reel__hash64("abc", 3, seed));
}

/* Files carry these values as checksums, so they may never change. */
static void values_are_fixed(void **state)
{
    static const char text[] = "The quick brown fox jumps over the lazy dog";

    (void)state;
    assert_int_equal(reel__hash64(text, 0, 1), UINT64_C(0x63BCF9C8170E1734));
    assert_int_equal(reel__hash64(text, 3, 1), UINT64_C(0x86CFFDAFE360DED4));
    assert_int_equal(reel__hash64(text, 8, 1), UINT64_C(0x4C94B642DA9A9039));
    assert_int_equal(reel__hash64(text, 16, 1), UINT64_C(0x524C9CCA73EC90AC));
    assert_int_equal(reel__hash64(text, 43, 1), UINT64_C(0x7CD7A74F9D0A5F03));
}

/* Flipping any one bit of the input flips each bit of the value about half of the time. */
static void avalanche(size_t length)
{
    enum { ROUNDS = 400 };
    reel_rng rng = reel__rng_make(length, 0);
    unsigned char data[64];

    for (size_t bit = 0; bit < length * 8; bit += 5) {
        int flips[64] = {0};

        for (int round = 0; round < ROUNDS; round++) {
            uint64_t changed;

            for (size_t i = 0; i < length; i++)
                data[i] = (unsigned char)reel__rng_next(&rng);
            changed = reel__hash64(data, length, 0);
            data[bit / 8] = (unsigned char)(data[bit / 8] ^ 1U << (bit % 8));
            changed ^= reel__hash64(data, length, 0);
            for (int i = 0; i < 64; i++)
                flips[i] += (int)(changed >> i & 1);
        }
        for (int i = 0; i < 64; i++) /* five and a half standard deviations */
            assert_in_range(flips[i], ROUNDS / 2 - 55, ROUNDS / 2 + 55);
    }
}

static void bits_avalanche(void **state)
{
    (void)state;
    avalanche(1);
    avalanche(4);
    avalanche(8);
    avalanche(13);
    avalanche(16);
    avalanche(17);
    avalanche(40);
}

/* Numbered names, the usual keys, spread over a table as chance would. */
static void names_spread_evenly(void **state)
{
    enum { SLOTS = 1024, NAMES = 64 * SLOTS };
    static int counts[2][SLOTS];

    (void)state;
    for (int i = 0; i < NAMES; i++) {
        char name[32];
        const int length = snprintf(name, sizeof name, "movie %d", i);
        const uint64_t hash = reel__hash64(name, (size_t)length, 0);

        counts[0][hash % SLOTS]++;
        counts[1][hash >> 54]++;
    }
    for (int end = 0; end < 2; end++) {
        double chi2 = 0;

        for (int i = 0; i < SLOTS; i++)
            chi2 += (counts[end][i] - 64.0) * (counts[end][i] - 64.0) / 64.0;
        assert_true(fabs(chi2 - (SLOTS - 1)) < 5 * sqrt(2.0 * SLOTS));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_digests), cmocka_unit_test(digest_without_memory),
        cmocka_unit_test(values_are_fixed),  cmocka_unit_test(length_and_seed_matter),
        cmocka_unit_test(bits_avalanche),    cmocka_unit_test(names_spread_evenly),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
