/* service/accounts/secrets.h - passwords and tokens, over libsodium (the only place that includes
 * it). Layer: service. Threads: no state.
 */
#ifndef REEL_SERVICE_SECRETS_H
#define REEL_SERVICE_SECRETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/accounts.h"

enum {
    REEL_TOKEN_TEXT = 44,      /* 256 bits in base64url, with the NUL */
    REEL_SECRET_KEY_BYTES = 16 /* of reel__secret_short */
};

/* A token nobody guesses. Errors: E_STORE (the system has no random bits). */
REEL_MUST_USE reel_code reel__secret_token(char out[REEL_TOKEN_TEXT], reel_err *err);
/* What is kept of a token: BLAKE2b of its text, in hexadecimal. A token is random, so one round is
 * enough. */
void reel__secret_hash(char out[REEL_TOKEN_HASH], const char *token, size_t length);
/* Whether two hashes are the same, in a time that does not tell where they differ. */
bool reel__secret_same(const char *a, const char *b);
/* As many letters and digits, of which each is as likely. */
REEL_MUST_USE reel_code reel__secret_letters(char *out, size_t count, reel_err *err);

/* Argon2id with the memory and passes OWASP asks for (19 MiB, 2): some 10 ms of a processor, so
 * not on a thread that answers requests. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__secret_password(char out[REEL_ACCOUNT_PASSWORD], const char *password,
                                              reel_err *err);
bool reel__secret_matches(const char *hash, const char *password);
/* Whether it was made with less than is asked for now. */
bool reel__secret_outdated(const char *hash);
/* The hash of nobody's password: as much work to compare with as any other. */
const char *reel__secret_nobody(void);

/* A short hash that who does not know the key cannot steer: for tables of what strangers send. */
void reel__secret_short_key(unsigned char key[REEL_SECRET_KEY_BYTES]);
uint64_t reel__secret_short(const unsigned char key[REEL_SECRET_KEY_BYTES], const char *text);

/* So that a secret is not found in memory later. */
void reel__secret_wipe(void *secret, size_t size_bytes);

#endif
