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
    const char *accept = exchange->accept_encoding;
    const char *at = accept == NULL ? NULL : strcasestr(accept, "gzip");

    if (at == NULL)
        return false;
    at += strlen("gzip");
    at += strspn(at, " \t");
    if (*at != ';')
        return true;
    at += 1 + strspn(at + 1, " \t");
    if (strncasecmp(at, "q=", 2) != 0)
        return true;
    at += 2;
    at += strspn(at, "0."); /* q=0.8 */
    return *at >= '1' && *at <= '9';
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
    bool kept;

    if (exchange->pending) /* another thread has it */
        return;
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
    if (exchange->answer.length >= PACK_LEAST && reel__exchange_accepts_gzip(exchange))
        make_smaller(exchange);
}
