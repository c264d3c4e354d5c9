/* paging.c - lists that come in pages: where one goes on, in a cursor and as the header Link. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "http/exchange.h"

reel_code reel__exchange_cursor(const reel_exchange *exchange, char kind, int64_t *out,
                                reel_err *err)
{
    const char *text = reel__exchange_get(exchange, "cursor");
    int64_t value;

    if (text == NULL || *text == '\0')
        return REEL_OK;
    if (text[0] != kind || !reel__parse_int(text + 1, &value) || value < 0)
        return reel_fail(err, REEL_E_INVALID,
                         "cursor: \"%.40s\" is none of this list; use next_cursor as it came",
                         text);
    *out = value;
    return REEL_OK;
}

/* ---- the next page ------------------------------------------------------------------------- */

enum { LINK_MOST = 4 * REEL_HTTP_TARGET_MAX };

/* As it stands in an address (RFC 3986): all but letters, digits and these. */
static void put_escaped(reel_buf *out, const char *text, const char *also)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789-._~";

    for (; *text != '\0'; text++)
        if (strchr(plain, *text) != NULL || strchr(also, *text) != NULL)
            reel__buf_append(out, text, 1);
        else
            reel__buf_format(out, "%%%02X", (unsigned)(unsigned char)*text);
}

/* The header Link (RFC 8288): the same question with another cursor. Where there is no memory for
 * it, the body says it all the same. */
static void link_next(reel_exchange *exchange, const char *cursor)
{
    reel_buf link;

    reel__buf_init(&link, LINK_MOST);
    reel__buf_text(&link, "<");
    put_escaped(&link, exchange->path, "/:");
    reel__buf_text(&link, "?");
    for (size_t i = 0; i < exchange->query_count; i++) {
        if (strcmp(exchange->query[i].name, "cursor") == 0)
            continue;
        put_escaped(&link, exchange->query[i].name, "");
        reel__buf_text(&link, "=");
        put_escaped(&link, exchange->query[i].value, "");
        reel__buf_text(&link, "&");
    }
    reel__buf_format(&link, "cursor=%s>; rel=\"next\"", cursor);
    reel__free(exchange->link);
    exchange->link = link.failed ? NULL : reel__buf_take(&link);
    reel__buf_fini(&link);
}

void reel__exchange_next_text(reel_exchange *exchange, reel_json *json, const char *cursor)
{
    reel__json_put_text(json, "next_cursor", cursor);
    if (cursor != NULL)
        link_next(exchange, cursor);
}

reel_code reel__exchange_page(const reel_exchange *exchange, reel_json *json, reel_paging *paging,
                              int64_t most, reel_err *err)
{
    reel_code rc;

    REEL_TRY(reel__exchange_get_int(exchange, "limit", 1, most, &paging->limit, err));
    REEL_TRY(reel__exchange_cursor(exchange, paging->kind, &paging->at, err));
    reel__json_key(json, "items");
    reel__json_array(json);
out:
    return rc;
}

int64_t reel__exchange_page_after(const reel_paging *paging, size_t total)
{
    /* Unsigned: the offset is whatever the cursor says. */
    return (size_t)paging->at + (size_t)paging->limit < total ? paging->at + paging->limit : -1;
}

void reel__exchange_page_end(reel_exchange *exchange, reel_json *json, const reel_paging *paging,
                             int64_t next)
{
    char text[32];

    reel__json_array_end(json);
    (void)snprintf(text, sizeof text, "%c%" PRId64, paging->kind, next);
    reel__exchange_next_text(exchange, json, next < 0 ? NULL : text);
}
