/* secrets.c - libsodium, as this room wants it. */
#include "service/accounts/secrets.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>

enum { TOKEN_BYTES = 32, HASH_BYTES = 32, PASSES = 2, MEMORY_BYTES = 19 * 1024 * 1024 };

_Static_assert(REEL_TOKEN_HASH == 2 * HASH_BYTES + 1, "a hash in hexadecimal");
_Static_assert(REEL_ACCOUNT_PASSWORD >= crypto_pwhash_STRBYTES, "a password's hash fits");
_Static_assert(REEL_SECRET_KEY_BYTES == crypto_shorthash_KEYBYTES, "a key of the short hash");

static bool usable;

static void start_once(void)
{
    usable = sodium_init() >= 0;
}

static bool ready(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    return pthread_once(&once, start_once) == 0 && usable;
}

static reel_code no_random(reel_err *err)
{
    return reel_fail(err, REEL_E_STORE, "the system gives no random bits; is /dev/urandom there?");
}

reel_code reel__secret_token(char out[REEL_TOKEN_TEXT], reel_err *err)
{
    unsigned char bytes[TOKEN_BYTES];

    if (!ready())
        return no_random(err);
    randombytes_buf(bytes, sizeof bytes);
    (void)sodium_bin2base64(out, REEL_TOKEN_TEXT, bytes, sizeof bytes,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bytes, sizeof bytes);
    return REEL_OK;
}

reel_code reel__secret_letters(char *out, size_t count, reel_err *err)
{
    static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789"; /* none looks like another */

    if (!ready())
        return no_random(err);
    for (size_t i = 0; i < count; i++)
        out[i] = letters[randombytes_uniform(sizeof letters - 1)];
    out[count] = '\0';
    return REEL_OK;
}

void reel__secret_hash(char out[REEL_TOKEN_HASH], const char *token, size_t length)
{
    unsigned char hash[HASH_BYTES];

    (void)crypto_generichash(hash, sizeof hash, (const unsigned char *)token, length, NULL, 0);
    (void)sodium_bin2hex(out, REEL_TOKEN_HASH, hash, sizeof hash);
}

bool reel__secret_same(const char *a, const char *b)
{
    return strlen(a) == REEL_TOKEN_HASH - 1 && strlen(b) == REEL_TOKEN_HASH - 1 &&
           sodium_memcmp(a, b, REEL_TOKEN_HASH - 1) == 0;
}

reel_code reel__secret_password(char out[REEL_ACCOUNT_PASSWORD], const char *password,
                                reel_err *err)
{
    char hash[crypto_pwhash_STRBYTES] = "";

    if (!ready())
        return no_random(err);
    if (crypto_pwhash_str_alg(hash, password, strlen(password), PASSES, MEMORY_BYTES,
                              crypto_pwhash_ALG_ARGON2ID13) != 0)
        return reel_fail(err, REEL_E_NOMEM, "no memory to hash a password (19 MiB)");
    memcpy(out, hash, sizeof hash);
    return REEL_OK;
}

bool reel__secret_matches(const char *hash, const char *password)
{
    return ready() && crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
}

bool reel__secret_outdated(const char *hash)
{
    return crypto_pwhash_str_needs_rehash(hash, PASSES, MEMORY_BYTES) != 0;
}

const char *reel__secret_nobody(void)
{
    return "$argon2id$v=19$m=19456,t=2,p=1$GpZ3sKp9EPwCqnEmLE5MLw$"
           "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
}

void reel__secret_short_key(unsigned char key[REEL_SECRET_KEY_BYTES])
{
    (void)ready();
    randombytes_buf(key, REEL_SECRET_KEY_BYTES);
}

uint64_t reel__secret_short(const unsigned char key[REEL_SECRET_KEY_BYTES], const char *text)
{
    uint64_t hash = 0;

    (void)crypto_shorthash((unsigned char *)&hash, (const unsigned char *)text, strlen(text), key);
    return hash;
}

void reel__secret_wipe(void *secret, size_t size_bytes)
{
    sodium_memzero(secret, size_bytes);
}
