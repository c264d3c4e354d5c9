/* seal.c - see seal.h. Inside the base64 stand 16 bytes of signature and the deflated text, or
 * after a zero byte, with which no deflated text begins, the text itself: deflating takes longer
 * than all the rest of a list that goes on, and saves little of a short text.
 */
#include "base/seal.h"

#include <errno.h>
#include <nettle/base64.h>
#include <nettle/hmac.h>
#include <nettle/memops.h>
#include <string.h>
#include <sys/random.h>
#include <zlib.h>

#include "base/hash.h"

enum { SIGNATURE = 16, PLAIN_MOST = 512 };

/* ---- keys ---------------------------------------------------------------------------------- */

reel_code reel__random_bytes(void *out, size_t size_bytes, reel_err *err)
{
    size_t got = 0;

    while (got < size_bytes) {
        const ssize_t more = getrandom((char *)out + got, size_bytes - got, 0);

        if (more < 0 && errno == EINTR)
            continue;
        if (more < 0)
            return reel_fail(err, REEL_E_STORE, "the system gives no random bits: %s",
                             strerror(errno));
        got += (size_t)more;
    }
    return REEL_OK;
}

reel_code reel__random_name(char out[REEL_RANDOM_NAME], reel_err *err)
{
    unsigned char bytes[(REEL_RANDOM_NAME - 1) / 2];
    reel_code rc;

    REEL_TRY(reel__random_bytes(bytes, sizeof bytes, err));
    reel__hex(out, bytes, sizeof bytes);
out:
    return rc;
}

reel_code reel__random_uuid(char out[REEL_RANDOM_UUID], reel_err *err)
{
    static const size_t ends[] = {4, 6, 8, 10, 16}; /* of the parts between hyphens */
    unsigned char bytes[16];
    reel_code rc;

    REEL_TRY(reel__random_bytes(bytes, sizeof bytes, err));
    bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40);
    bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
    for (size_t part = 0, from = 0; part < sizeof ends / sizeof *ends; from = ends[part++]) {
        if (part > 0)
            *out++ = '-';
        reel__hex(out, bytes + from, ends[part] - from);
        out += 2 * (ends[part] - from);
    }
out:
    return rc;
}

reel_code reel__seal_key_random(reel_seal_key *out, reel_err *err)
{
    return reel__random_bytes(out->bytes, sizeof out->bytes, err);
}

void reel__seal_key_of(reel_seal_key *out, const char *secret)
{
    struct sha256_ctx state;

    sha256_init(&state);
    sha256_update(&state, strlen(secret), (const uint8_t *)secret);
    sha256_digest(&state, sizeof out->bytes, out->bytes);
}

static void sign(const reel_seal_key *key, const uint8_t *data, size_t length,
                 uint8_t out[SIGNATURE])
{
    struct hmac_sha256_ctx state;

    hmac_sha256_set_key(&state, sizeof key->bytes, key->bytes);
    hmac_sha256_update(&state, length, data);
    hmac_sha256_digest(&state, SIGNATURE, out);
}

void reel__seal_mark(char out[REEL_SEAL_MARK], const reel_seal_key *key, const char *purpose,
                     uint64_t value)
{
    struct hmac_sha256_ctx state;
    uint8_t mark[(REEL_SEAL_MARK - 1) / 2];

    hmac_sha256_set_key(&state, sizeof key->bytes, key->bytes);
    hmac_sha256_update(&state, strlen(purpose) + 1, (const uint8_t *)purpose);
    hmac_sha256_update(&state, sizeof value, (const uint8_t *)&value);
    hmac_sha256_digest(&state, sizeof mark, mark);
    reel__hex(out, mark, sizeof mark);
}

/* ---- codes --------------------------------------------------------------------------------- */

void reel__seal_code(unsigned char *out, size_t size_bytes, const reel_seal_key *key,
                     const char *const *texts, size_t count)
{
    struct hmac_sha256_ctx state;

    hmac_sha256_set_key(&state, sizeof key->bytes, key->bytes);
    for (size_t i = 0; i < count; i++)
        hmac_sha256_update(&state, strlen(texts[i]) + 1, (const uint8_t *)texts[i]);
    hmac_sha256_digest(&state, size_bytes, out);
}

bool reel__seal_same(const void *a, const void *b, size_t size_bytes)
{
    return memeql_sec(a, b, size_bytes) != 0;
}

void reel__seal_write(char *out, const unsigned char *bytes, size_t size_bytes)
{
    struct base64_encode_ctx state;
    size_t written;

    base64url_encode_init(&state);
    written = base64_encode_update(&state, out, size_bytes, bytes);
    out[written] = '\0';
}

/* Nettle passes over blanks: a text with one has too few bytes. */
bool reel__seal_read(unsigned char *out, size_t size_bytes, const char *text)
{
    struct base64_decode_ctx state;
    const size_t length = strlen(text);
    size_t written = size_bytes;

    base64url_decode_init(&state);
    return size_bytes % 3 == 0 && length == size_bytes / 3 * 4 &&
           base64_decode_update(&state, &written, out, length, text) &&
           base64_decode_final(&state) && written == size_bytes;
}

/* ---- sealing ------------------------------------------------------------------------------- */

/* What is signed: the text behind a zero byte, or deflated. Its length; 0 = that failed. */
static size_t write_body(uint8_t *out, uLongf room, const char *text, size_t length)
{
    if (length > PLAIN_MOST)
        return compress2(out, &room, (const Bytef *)text, (uLong)length, Z_BEST_COMPRESSION) == Z_OK
                   ? room
                   : 0;
    out[0] = 0;
    if (length > 0)
        memcpy(out + 1, text, length);
    return length + 1;
}

/* Signature and body, appended. */
static void pack(reel_buf *out, const reel_seal_key *key, const char *text, size_t length)
{
    const uLong room = compressBound((uLong)length) + 1;
    uint8_t *at = (uint8_t *)reel__buf_reserve(out, SIGNATURE + room);
    size_t size;

    if (at == NULL)
        return;
    size = write_body(at + SIGNATURE, room, text, length);
    if (size == 0) {
        out->failed = true;
        return;
    }
    sign(key, at + SIGNATURE, size, at);
    reel__buf_advance(out, SIGNATURE + size);
}

static void encode(reel_buf *out, const reel_buf *packed)
{
    struct base64_encode_ctx state;
    char *room =
        reel__buf_reserve(out, BASE64_ENCODE_LENGTH(packed->length) + BASE64_ENCODE_FINAL_LENGTH);
    size_t written;

    if (room == NULL)
        return;
    base64url_encode_init(&state);
    written = base64_encode_update(&state, room, packed->length, (const uint8_t *)packed->data);
    written += base64_encode_final(&state, room + written);
    while (written > 0 && room[written - 1] == '=')
        written--;
    reel__buf_advance(out, written);
}

reel_code reel__seal(reel_buf *out, const reel_seal_key *key, const char *text, size_t length,
                     reel_err *err)
{
    reel_buf packed;
    reel_code rc;

    if (length > REEL_SEAL_TEXT_MAX)
        return reel_fail(err, REEL_E_TOOLARGE, "%zu bytes are more than can be sealed", length);
    reel__buf_init(&packed, 2 * (size_t)REEL_SEAL_TEXT_MAX);
    pack(&packed, key, text, length);
    REEL_TRY(reel__buf_check(&packed, err));
    encode(out, &packed);
    rc = reel__buf_check(out, err);
out:
    reel__buf_fini(&packed);
    return rc;
}

/* ---- opening ------------------------------------------------------------------------------- */

static reel_code refuse(reel_err *err)
{
    return reel_fail(err, REEL_E_INVALID, "this was not made by this server, or was changed");
}

static reel_code decode(reel_buf *packed, const char *sealed, size_t length, reel_err *err)
{
    struct base64_decode_ctx state;
    const size_t padding = (4 - length % 4) % 4;
    char *room = reel__buf_reserve(packed, BASE64_DECODE_LENGTH(length + padding));
    size_t written = BASE64_DECODE_LENGTH(length + padding), more = 0;

    if (room == NULL)
        return reel__buf_check(packed, err);
    base64url_decode_init(&state);
    if (!base64_decode_update(&state, &written, (uint8_t *)room, length, sealed) ||
        !base64_decode_update(&state, &more, (uint8_t *)room + written, padding, "===") ||
        !base64_decode_final(&state))
        return refuse(err);
    reel__buf_advance(packed, written + more);
    return packed->length > SIGNATURE ? REEL_OK : refuse(err);
}

/* By steps, so that a few bytes cannot ask for much memory. */
static reel_code inflate_into(reel_buf *out, const uint8_t *data, size_t length, reel_err *err)
{
    enum { STEP = 1 << 14 };
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)data, .avail_in = (uInt)length};
    size_t total = 0;
    int state = inflateInit(&stream);

    if (state != Z_OK)
        return reel_fail(err, REEL_E_NOMEM, "no memory to open a sealed text");
    while (state == Z_OK && total <= REEL_SEAL_TEXT_MAX) {
        char *room = reel__buf_reserve(out, STEP);
        size_t got;

        if (room == NULL)
            break;
        stream.next_out = (Bytef *)room;
        stream.avail_out = STEP;
        state = inflate(&stream, Z_NO_FLUSH);
        got = STEP - stream.avail_out;
        reel__buf_advance(out, got);
        total += got;
    }
    (void)inflateEnd(&stream);
    if (out->failed)
        return reel__buf_check(out, err);
    return state == Z_STREAM_END ? REEL_OK : refuse(err);
}

reel_code reel__unseal(reel_buf *out, const reel_seal_key *key, const char *sealed, size_t length,
                       reel_err *err)
{
    uint8_t signature[SIGNATURE];
    const uint8_t *data;
    reel_buf packed;
    reel_code rc;

    reel__buf_init(&packed, 2 * (size_t)REEL_SEAL_TEXT_MAX);
    REEL_TRY(decode(&packed, sealed, length, err));
    data = (const uint8_t *)packed.data;
    sign(key, data + SIGNATURE, packed.length - SIGNATURE, signature);
    if (!memeql_sec(signature, data, SIGNATURE))
        REEL_TRY(refuse(err));
    if (data[SIGNATURE] == 0) {
        reel__buf_append(out, data + SIGNATURE + 1, packed.length - SIGNATURE - 1);
        rc = reel__buf_check(out, err);
    } else {
        rc = inflate_into(out, data + SIGNATURE, packed.length - SIGNATURE, err);
    }
out:
    reel__buf_fini(&packed);
    return rc;
}
