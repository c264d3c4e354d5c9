/* base/seal.h - texts that go out to whoever asks and must come back as they were: signed
 * (HMAC-SHA-256, RFC 2104), long ones compressed, and written in base64url (RFC 4648, no padding).
 * What is in them can be read by anyone, but made only by who has the key.
 * Layer: base. Threads: no state.
 */
#ifndef REEL_BASE_SEAL_H
#define REEL_BASE_SEAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

enum { REEL_SEAL_TEXT_MAX = 1 << 20, REEL_SEAL_MARK = 17 };

typedef struct reel_seal_key {
    unsigned char bytes[32];
} reel_seal_key;

/* Bits of the system's generator. Errors: E_STORE. */
REEL_MUST_USE reel_code reel__random_bytes(void *out, size_t size_bytes, reel_err *err);
/* A name that nobody else has: 32 hex digits. Errors: E_STORE. */
enum { REEL_RANDOM_NAME = 33 };
REEL_MUST_USE reel_code reel__random_name(char out[REEL_RANDOM_NAME], reel_err *err);
/* The same as a UUID (RFC 9562, version 4). Errors: E_STORE. */
enum { REEL_RANDOM_UUID = 37 };
REEL_MUST_USE reel_code reel__random_uuid(char out[REEL_RANDOM_UUID], reel_err *err);
/* A key of this process alone. Errors: E_STORE. */
REEL_MUST_USE reel_code reel__seal_key_random(reel_seal_key *out, reel_err *err);
/* The key that a secret text stands for: the same for every process that knows it. */
void reel__seal_key_of(reel_seal_key *out, const char *secret);

/* Append the sealed text. Errors: E_NOMEM, E_TOOLARGE (more than REEL_SEAL_TEXT_MAX). */
REEL_MUST_USE reel_code reel__seal(reel_buf *out, const reel_seal_key *key, const char *text,
                                   size_t length, reel_err *err);
/* Append the text of a sealed one. Errors: E_INVALID (not sealed with this key, or changed),
 * E_NOMEM. Takes as long for a wrong signature wherever it differs. */
REEL_MUST_USE reel_code reel__unseal(reel_buf *out, const reel_seal_key *key, const char *sealed,
                                     size_t length, reel_err *err);

/* A code of up to 32 bytes (HMAC-SHA-256, cut) for texts, one after the other with their NULs. */
void reel__seal_code(unsigned char *out, size_t size_bytes, const reel_seal_key *key,
                     const char *const *texts, size_t count);
/* The same bytes, in a time that does not tell where they differ. */
bool reel__seal_same(const void *a, const void *b, size_t size_bytes);
/* Bytes as base64url without padding, closed by a NUL; size_bytes is a multiple of 3, out has
 * room for 4 / 3 of it. And back: false where the text is not of just so many. */
void reel__seal_write(char *out, const unsigned char *bytes, size_t size_bytes);
bool reel__seal_read(unsigned char *out, size_t size_bytes, const char *text);

/* A number as 16 hex digits: the same for the same key and purpose, and telling nothing of the
 * number to who lacks the key (HMAC-SHA-256, cut). */
void reel__seal_mark(char out[REEL_SEAL_MARK], const reel_seal_key *key, const char *purpose,
                     uint64_t value);

#endif
