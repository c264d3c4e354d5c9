/* base/hash.h - SHA-256 and MD5 (over nettle), and a fast 64-bit hash for tables.
 * Layer: base. Threads: a context is one thread at a time; the rest has no state.
 */
#ifndef REEL_BASE_HASH_H
#define REEL_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

typedef struct reel_digest reel_digest; /* an unfinished SHA-256 or MD5 */
typedef enum reel_digest_kind { REEL_DIGEST_SHA256, REEL_DIGEST_MD5 } reel_digest_kind;
enum { REEL_DIGEST_HEX = 65 }; /* room for the longest digest as hex, with its NUL */

reel_digest *reel__digest_new(reel_digest_kind kind); /* NULL without memory */
void reel__digest_update(reel_digest *digest, const void *data, size_t length);
/* Lower-case hex into out; frees the digest. */
void reel__digest_finish(reel_digest *digest, char out[REEL_DIGEST_HEX]);
void reel__digest_free(reel_digest *digest);

/* Bytes as lower-case hex, closed by a NUL; out [2 x length + 1]. */
void reel__hex(char *out, const void *bytes, size_t length);

/* Not for anything an attacker may choose and gain from. */
uint64_t reel__hash64(const void *data, size_t length, uint64_t seed);

#endif
