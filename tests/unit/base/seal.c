/* Sealed texts come back as they were, with the right key only; any changed character is refused;
 * memory may be missing anywhere.
 */
#include "base/rng.h"
#include "base/seal.h"
#include "support/check.h"

enum { MOST = 4096, BUFFER = 1 << 21 };

static reel_seal_key key;

static int set_up(void **state)
{
    (void)state;
    reel__seal_key_of(&key, "a secret that nobody guesses");
    return 0;
}

static void seal(reel_buf *out, const char *text, size_t length)
{
    reel_err err = {0};

    reel__buf_init(out, BUFFER);
    assert_ok(reel__seal(out, &key, text, length, &err));
}

static void texts_come_back(void **state)
{
    reel_rng rng = reel__rng_make(3, 1);
    char text[MOST];

    (void)state;
    for (size_t length = 0; length < MOST; length = length * 3 / 2 + 1) {
        reel_buf sealed, back;
        reel_err err = {0};

        for (size_t i = 0; i < length; i++)
            text[i] = (char)reel__rng_below(&rng, length % 2 == 0 ? 256 : 3);
        seal(&sealed, text, length);
        assert_int_equal(strspn(sealed.data, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                             "0123456789-_"),
                         sealed.length);
        reel__buf_init(&back, BUFFER);
        assert_ok(reel__unseal(&back, &key, sealed.data, sealed.length, &err));
        assert_int_equal(back.length, length);
        assert_true(length == 0 || memcmp(back.data, text, length) == 0);
        reel__buf_fini(&sealed);
        reel__buf_fini(&back);
    }
}

static void refuses(const char *sealed, size_t length, const reel_seal_key *with)
{
    reel_buf back;
    reel_err err = {0};

    reel__buf_init(&back, BUFFER);
    assert_fails(reel__unseal(&back, with, sealed, length, &err), REEL_E_INVALID,
                 "not made by this server");
    reel__buf_fini(&back);
}

static void a_change_is_refused(void **state)
{
    static const char text[] = "{\"given\":[1,2,3],\"at\":1764115200}";
    reel_seal_key other;
    reel_buf sealed;
    reel_err err = {0};

    (void)state;
    seal(&sealed, text, strlen(text));
    /* the last character may carry bits that no byte uses */
    for (size_t i = 0; i + 1 < sealed.length; i++) {
        const char was = sealed.data[i];

        sealed.data[i] = was == 'A' ? 'B' : 'A';
        refuses(sealed.data, sealed.length, &key);
        sealed.data[i] = '*';
        refuses(sealed.data, sealed.length, &key);
        sealed.data[i] = was;
        refuses(sealed.data, i, &key);
    }
    assert_ok(reel__seal_key_random(&other, &err));
    refuses(sealed.data, sealed.length, &other);
    reel__seal_key_of(&other, "another secret");
    refuses(sealed.data, sealed.length, &other);
    reel__buf_fini(&sealed);
}

static void limits_hold(void **state)
{
    char *text = reel__alloc_zero(REEL_SEAL_TEXT_MAX + 1, 1);
    reel_buf sealed, back;
    reel_err err = {0};

    (void)state;
    assert_non_null(text);
    reel__buf_init(&sealed, BUFFER);
    assert_fails(reel__seal(&sealed, &key, text, REEL_SEAL_TEXT_MAX + 1, &err), REEL_E_TOOLARGE,
                 "more than can be sealed");
    assert_ok(reel__seal(&sealed, &key, text, REEL_SEAL_TEXT_MAX, &err));
    assert_true(sealed.length < 2000);
    reel__buf_init(&back, 1000); /* its own maximum holds too */
    assert_int_equal(reel__unseal(&back, &key, sealed.data, sealed.length, &err), REEL_E_TOOLARGE);
    reel__buf_fini(&sealed);
    reel__buf_fini(&back);
    reel__free(text);
}

static reel_code both_ways(void *user, reel_err *err)
{
    reel_buf sealed, back;
    reel_code rc;

    (void)user;
    reel__buf_init(&sealed, BUFFER);
    reel__buf_init(&back, BUFFER);
    REEL_TRY(reel__seal(&sealed, &key, "text", 4, err));
    rc = reel__unseal(&back, &key, sealed.data, sealed.length, err);
out:
    reel__buf_fini(&sealed);
    reel__buf_fini(&back);
    return rc;
}

static void memory_may_be_missing(void **state)
{
    (void)state;
    assert_true(sweep_memory(both_ways, NULL) >= 3);
}

static void random_uuids_are_of_version_4(void **state)
{
    static const char like[] = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx";
    char one[REEL_RANDOM_UUID], other[REEL_RANDOM_UUID];
    reel_err err = {0};

    (void)state;
    assert_ok(reel__random_uuid(one, &err));
    assert_ok(reel__random_uuid(other, &err));
    assert_string_not_equal(one, other);
    assert_int_equal(strlen(one), sizeof like - 1);
    for (size_t i = 0; i < sizeof like - 1; i++)
        if (like[i] == 'x' || like[i] == 'y')
            assert_non_null(strchr(like[i] == 'x' ? "0123456789abcdef" : "89ab", one[i]));
        else
            assert_int_equal(one[i], like[i]);
}

static void random_bytes_differ(void **state)
{
    unsigned char a[32], b[32];
    reel_err err = {0};

    (void)state;
    assert_ok(reel__random_bytes(a, sizeof a, &err));
    assert_ok(reel__random_bytes(b, sizeof b, &err));
    assert_memory_not_equal(a, b, sizeof a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_come_back),     cmocka_unit_test(a_change_is_refused),
        cmocka_unit_test(limits_hold),         cmocka_unit_test(memory_may_be_missing),
        cmocka_unit_test(random_bytes_differ), cmocka_unit_test(random_uuids_are_of_version_4),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
