/* finish.c - what every complete answer gets: a tag by which a client knows whether it has it, and
 * a smaller body for those who can unpack one.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>
#include <zstd.h>

#include "http/exchange.h"

/* Below this packing saves less than it costs; level 1 is fast and leaves a fifth of JSON. */
enum { PACK_LEAST = 1400, PACK_LEVEL = 1, GZIP_WINDOW = 15 + 16, PACK_MEMORY = 8 };

/* ---- what a client takes ------------------------------------------------------------------- */

enum { WHOLE = 1000 }; /* a quality of 1 */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* The quality at ";q=0.8", in thousandths; 1 where none is said or it is no number. */
static int read_quality(const char *at)
{
    int value = 0, unit = WHOLE;

    at += strspn(at, " \t");
    if (*at != ';')
        return WHOLE;
    at += 1 + strspn(at + 1, " \t");
    if (strncasecmp(at, "q=", 2) != 0 || at[2] < '0' || at[2] > '1')
        return WHOLE;
    for (at += 2; (*at >= '0' && *at <= '9' && unit > 0) || *at == '.'; at++) {
        if (*at == '.')
            continue;
        value += (*at - '0') * unit;
        unit /= 10;
    }
    return value < WHOLE ? value : WHOLE;
}

/* How much a client wants a coding (RFC 9110, 12.5.3), in thousandths; -1: nothing is said of it.
 */
static int quality_of(const char *accept, const char *coding)
{
    const size_t length = strlen(coding);

    for (const char *at = accept; at != NULL && *at != '\0';) {
        at += strspn(at, " \t,");
        if (strncasecmp(at, coding, length) == 0 &&
            (at[length] == '\0' || at[length] == ',' || at[length] == ';' || is_blank(at[length])))
            return read_quality(at + length);
        at += strcspn(at, ",");
    }
    return -1;
}

static int wanted(const reel_exchange *exchange, const char *coding)
{
    const int own = quality_of(exchange->accept_encoding, coding);

    return own >= 0 ? own : quality_of(exchange->accept_encoding, "*");
}

bool reel__exchange_accepts_gzip(const reel_exchange *exchange)
{
    return wanted(exchange, "gzip") > 0;
}

/* The coding a client wants most, and of equals the smaller one; NULL = as it is. An answer that is
 * small is packed only for who wants nothing else. */
static const char *choose_coding(const reel_exchange *exchange)
{
    const int zstd = wanted(exchange, "zstd"), gzip = wanted(exchange, "gzip");
    const int best = zstd >= gzip ? zstd : gzip;
    const int plain = wanted(exchange, "identity");

    if (best <= 0 || plain > best || (exchange->answer.length < PACK_LEAST && plain != 0))
        return NULL;
    return zstd >= gzip ? "zstd" : "gzip";
}

/* ---- packing ------------------------------------------------------------------------------- */

/* False: it stays as it is, which is right too. */
static bool pack_gzip(const reel_buf *text, reel_buf *out)
{
    z_stream stream = {.next_in = (Bytef *)text->data, .avail_in = (uInt)text->length};
    uLong most;
    char *room;
    bool packed;

    if (deflateInit2(&stream, PACK_LEVEL, Z_DEFLATED, GZIP_WINDOW, PACK_MEMORY,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    most = deflateBound(&stream, (uLong)text->length);
    room = reel__buf_reserve(out, most);
    stream.next_out = (Bytef *)room;
    stream.avail_out = (uInt)most;
    packed = room != NULL && deflate(&stream, Z_FINISH) == Z_STREAM_END;
    if (packed)
        reel__buf_advance(out, most - stream.avail_out);
    (void)deflateEnd(&stream);
    return packed;
}

static bool pack_zstd(const reel_buf *text, reel_buf *out)
{
    const size_t most = ZSTD_compressBound(text->length);
    char *room = reel__buf_reserve(out, most);
    size_t length;

    if (room == NULL)
        return false;
    length = ZSTD_compress(room, most, text->data, text->length, PACK_LEVEL);
    if (ZSTD_isError(length))
        return false;
    reel__buf_advance(out, length);
    return true;
}

/* A tag stands for bytes, and these are others now (RFC 9110, 8.8.3.3). */
static void weaken(reel_exchange *exchange)
{
    char tag[sizeof exchange->own_etag];

    if (exchange->etag != exchange->own_etag)
        return;
    (void)snprintf(tag, sizeof tag, "%.19s", exchange->own_etag);
    (void)snprintf(exchange->own_etag, sizeof exchange->own_etag, "W/%.19s", tag);
}

static void make_smaller(reel_exchange *exchange, const char *coding)
{
    const bool zstd = strcmp(coding, "zstd") == 0;
    reel_buf packed;

    reel__buf_init(&packed, REEL_HTTP_ANSWER_MAX);
    if (zstd ? pack_zstd(&exchange->answer, &packed) : pack_gzip(&exchange->answer, &packed)) {
        reel__buf_fini(&exchange->answer);
        exchange->answer = packed;
        exchange->encoding = coding;
        weaken(exchange);
    } else {
        reel__buf_fini(&packed);
    }
}

void reel__exchange_complete(reel_exchange *exchange)
{
    const char *coding;
    bool kept;

    if (exchange->fixed != NULL || exchange->answer.length == 0)
        return;
    kept = strcmp(exchange->answer_type, "application/json") == 0 && exchange->status == 200 &&
           strcmp(exchange->method, "GET") == 0;
    if (kept && exchange->etag == NULL && exchange->cache_control == NULL) {
        exchange->cache_control = "private, no-cache"; /* keep it, but ask whether it is still so */
        reel__exchange_tag(exchange);
        if (exchange->status == 304)
            return;
    }
    coding = choose_coding(exchange);
    if (coding != NULL)
        make_smaller(exchange, coding);
}

void reel__exchange_finish(reel_exchange *exchange)
{
    if (!exchange->pending) /* else another thread has it */
        reel__exchange_complete(exchange);
}
