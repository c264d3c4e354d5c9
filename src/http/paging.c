/* paging.c - lists that come in pages: where one goes on, in a cursor and as the header Link. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "http/exchange.h"

/* ---- cursors ------------------------------------------------------------------------------- */

enum { CHECK = REEL_CURSOR_WHOLE - REEL_CURSOR - 1 };

/* What a cursor is for: the list and what of it was asked for, in any order; and itself. One that
 * was changed, or belongs to another question, is known by it. It keeps nobody out: a cursor has
 * nothing that its list has not. */
static void write_check(char out[CHECK + 1], const reel_exchange *exchange, const char *text,
                        size_t length)
{
    const uint64_t list = reel__hash64(exchange->path, strlen(exchange->path), 0);
    uint64_t sum = reel__hash64(text, length, list);

    for (size_t i = 0; i < exchange->query_count; i++) {
        const char *name = exchange->query[i].name, *value = exchange->query[i].value;

        if (strcmp(name, "cursor") != 0 && strcmp(name, "limit") != 0 &&
            reel__exchange_takes(exchange, name, strlen(name)))
            sum += reel__hash64(value, strlen(value), reel__hash64(name, strlen(name), list));
    }
    (void)snprintf(out, CHECK + 1, "%08" PRIx32, (uint32_t)(sum ^ sum >> 32));
}

void reel__exchange_cursor_write(char out[REEL_CURSOR_WHOLE], const reel_exchange *exchange,
                                 const char *text)
{
    const size_t length = strlen(text) < REEL_CURSOR ? strlen(text) : REEL_CURSOR - 1;
    char check[CHECK + 1];

    write_check(check, exchange, text, length);
    (void)snprintf(out, REEL_CURSOR_WHOLE, "%.*s~%s", (int)length, text, check);
}

reel_code reel__exchange_cursor_wrong(reel_exchange *exchange, const char *text, reel_err *err)
{
    exchange->status = 400;
    return reel_fail(err, REEL_E_INVALID,
                     "cursor: \"%.60s\" is none of this list; use next_cursor as it came", text);
}

reel_code reel__exchange_cursor(char out[REEL_CURSOR], reel_exchange *exchange, reel_err *err)
{
    const char *text = reel__exchange_get(exchange, "cursor");
    const char *end = text == NULL ? NULL : strrchr(text, '~');
    char check[CHECK + 1];

    out[0] = '\0';
    if (text == NULL || *text == '\0')
        return REEL_OK;
    if (end == NULL || end == text || end - text >= REEL_CURSOR)
        return reel__exchange_cursor_wrong(exchange, text, err);
    write_check(check, exchange, text, (size_t)(end - text));
    if (strcmp(end + 1, check) != 0)
        return reel__exchange_cursor_wrong(exchange, text, err);
    (void)snprintf(out, REEL_CURSOR, "%.*s", (int)(end - text), text);
    return REEL_OK;
}

reel_code reel__exchange_cursor_int(reel_exchange *exchange, char kind, int64_t *out, reel_err *err)
{
    char text[REEL_CURSOR];
    int64_t value;
    const reel_code rc = reel__exchange_cursor(text, exchange, err);

    if (rc != REEL_OK || *text == '\0')
        return rc;
    if (text[0] != kind || !reel__parse_int(text + 1, &value) || value < 0)
        return reel__exchange_cursor_wrong(exchange, text, err);
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

void reel__exchange_next_text(reel_exchange *exchange, reel_json *json, const char *text)
{
    char cursor[REEL_CURSOR_WHOLE];

    if (text != NULL) {
        reel__exchange_cursor_write(cursor, exchange, text);
        link_next(exchange, cursor);
    }
    reel__json_put_text(json, "next_cursor", text == NULL ? NULL : cursor);
}

reel_code reel__exchange_page(reel_exchange *exchange, reel_json *json, reel_paging *paging,
                              int64_t most, reel_err *err)
{
    reel_code rc;

    REEL_TRY(reel__exchange_get_int(exchange, "limit", 1, most, &paging->limit, err));
    REEL_TRY(reel__exchange_cursor_int(exchange, paging->kind, &paging->at, err));
    reel__json_key(json, "items");
    reel__json_array(json);
out:
    return rc;
}

void reel__exchange_page_end(reel_exchange *exchange, reel_json *json, const reel_paging *paging,
                             int64_t next)
{
    char text[32];

    reel__json_array_end(json);
    (void)snprintf(text, sizeof text, "%c%" PRId64, paging->kind, next);
    reel__exchange_next_text(exchange, json, next < 0 ? NULL : text);
}

/* ---- lists of films ------------------------------------------------------------------------ */

/* f40_858_260: films before, and the last of them, the nearest first. */
static bool parse_place(reel_place *out, const char *text)
{
    const char *at = text + 1;
    char *end;
    long long value;
    int films = 0;

    if (*text != 'f')
        return false;
    for (int n = 0; n <= REEL_PLACE_FILMS; n++) {
        if (*at < '0' || *at > '9')
            return false;
        errno = 0;
        value = strtoll(at, &end, 10);
        if (errno != 0 || (n == 0 && value > INT32_MAX))
            return false;
        if (n == 0)
            out->offset = (size_t)value;
        else
            out->films[films++] = value;
        if (*end == '\0')
            return films > 0 && out->offset >= (size_t)films;
        if (*end != '_')
            return false;
        at = end + 1;
    }
    return false;
}

reel_code reel__exchange_place(reel_exchange *exchange, reel_json *json, reel_place *out,
                               int64_t most, reel_err *err)
{
    char text[REEL_CURSOR];
    int64_t limit = 20;
    reel_code rc;

    REEL_TRY(reel__exchange_get_int(exchange, "limit", 1, most, &limit, err));
    *out = reel__place_begin((size_t)limit);
    REEL_TRY(reel__exchange_cursor(text, exchange, err));
    if (*text != '\0' && !parse_place(out, text))
        REEL_TRY(reel__exchange_cursor_wrong(exchange, text, err));
    reel__json_key(json, "items");
    reel__json_array(json);
out:
    return rc;
}

void reel__exchange_place_end(reel_exchange *exchange, reel_json *json, const reel_place *place,
                              bool more)
{
    char text[REEL_CURSOR];
    int length = snprintf(text, sizeof text, "f%zu", place->offset);

    for (int i = 0; i < REEL_PLACE_FILMS && place->films[i] >= 0; i++)
        length +=
            snprintf(text + length, sizeof text - (size_t)length, "_%" PRId64, place->films[i]);
    reel__json_array_end(json);
    reel__exchange_next_text(exchange, json, more ? text : NULL);
}
