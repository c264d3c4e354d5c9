/* finish.c - what every complete answer gets: a tag by which a client knows whether it has it, and
 * a smaller body for those who can unpack one.
 */
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "http/exchange.h"

/* Below this packing saves less than it costs; level 1 is fast and leaves a fifth of JSON. */
enum { PACK_LEAST = 1400, PACK_LEVEL = 1, GZIP_WINDOW = 15 + 16, PACK_MEMORY = 8 };

bool reel__exchange_accepts_gzip(const reel_exchange *exchange)
{
    static const char refused[] = "gzip;q=0";
    const char *accept = exchange->accept_encoding;
    const char *found = accept == NULL ? NULL : strstr(accept, "gzip");
    size_t zeros;

    if (found == NULL || strncmp(found, refused, sizeof refused - 1) != 0)
        return found != NULL;
    found += sizeof refused - 1;
    zeros = strspn(found, ".0");
    return found[zeros] >= '1' && found[zeros] <= '9'; /* q=0.8 */
}

/* False: it stays as it is, which is right too. */
static bool pack(const reel_buf *text, reel_buf *out)
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

/* A tag stands for bytes, and these are others now (RFC 9110, 8.8.3.3). */
static void weaken(reel_exchange *exchange)
{
    char tag[sizeof exchange->own_etag];

    if (exchange->etag != exchange->own_etag)
        return;
    (void)snprintf(tag, sizeof tag, "%.19s", exchange->own_etag);
    (void)snprintf(exchange->own_etag, sizeof exchange->own_etag, "W/%.19s", tag);
}

static void make_smaller(reel_exchange *exchange)
{
    reel_buf packed;

    reel__buf_init(&packed, REEL_HTTP_ANSWER_MAX);
    if (pack(&exchange->answer, &packed)) {
        reel__buf_fini(&exchange->answer);
        exchange->answer = packed;
        exchange->encoding = "gzip";
        weaken(exchange);
    } else {
        reel__buf_fini(&packed);
    }
}

void reel__exchange_finish(reel_exchange *exchange)
{
    const bool kept = strcmp(exchange->answer_type, "application/json") == 0 &&
                      exchange->status == 200 && strcmp(exchange->method, "GET") == 0;

    if (exchange->pending || exchange->fixed != NULL || exchange->answer.length == 0)
        return;
    if (kept && exchange->etag == NULL && exchange->cache_control == NULL) {
        exchange->cache_control = "private, no-cache"; /* keep it, but ask whether it is still so */
        reel__exchange_tag(exchange);
        if (exchange->status == 304)
            return;
    }
    if (exchange->answer.length >= PACK_LEAST && reel__exchange_accepts_gzip(exchange))
        make_smaller(exchange);
}
