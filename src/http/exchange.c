/* exchange.c - request targets, query parameters and tags of answers. */
#include "http/exchange.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/utf8.h"

enum { BODY_DEPTH = 4 };

void reel__exchange_init(reel_exchange *exchange)
{
    memset(exchange, 0, sizeof *exchange);
    exchange->method = "GET";
    exchange->path = "/";
    exchange->body = "";
    exchange->status = 200;
    exchange->answer_type = "application/json";
    exchange->route = "";
    exchange->person = -1;
    reel__client_peer(&exchange->client, NULL, false);
    reel__buf_init(&exchange->answer, REEL_HTTP_ANSWER_MAX);
}

void reel__exchange_fini(reel_exchange *exchange)
{
    reel__buf_fini(&exchange->answer);
    reel__free(exchange->link);
    exchange->link = NULL;
    if (exchange->source.self != NULL)
        exchange->source.close(exchange->source.self);
    exchange->source.self = NULL;
}

void reel__exchange_header(reel_exchange *exchange, const char *name, const char *format, ...)
{
    const int at = exchange->header_count;
    va_list arguments;
    int written;

    if (at == REEL_HTTP_HEADERS)
        return;
    va_start(arguments, format);
    written = vsnprintf(exchange->headers[at].value, sizeof exchange->headers[at].value, format,
                        arguments);
    va_end(arguments);
    if (written < 0 || (size_t)written >= sizeof exchange->headers[at].value)
        return;
    exchange->headers[at].name = name;
    exchange->header_count++;
}

void reel__exchange_retry(reel_exchange *exchange, int seconds)
{
    exchange->retry_s = seconds;
    reel__exchange_header(exchange, "Retry-After", "%d", seconds);
}

bool reel__exchange_known(reel_exchange *exchange)
{
    const char *theirs = exchange->if_none_match;

    /* One of its validators is ours, or any will do. */
    if (theirs == NULL || (strcmp(theirs, "*") != 0 && strstr(theirs, exchange->etag) == NULL))
        return false;
    exchange->status = 304;
    exchange->fixed = "";
    exchange->fixed_length = 0;
    return true;
}

void reel__tag_of(char out[REEL_HTTP_TAG], const char *data, size_t length)
{
    (void)snprintf(out, REEL_HTTP_TAG, "\"%016" PRIx64 "\"", reel__hash64(data, length, 0));
}

void reel__exchange_tag(reel_exchange *exchange)
{
    reel__tag_of(exchange->own_etag, exchange->answer.data, exchange->answer.length);
    exchange->etag = exchange->own_etag;
    (void)reel__exchange_known(exchange);
}

reel_code reel__exchange_body(json_t **out, const reel_exchange *exchange, const char *const *names,
                              reel_err *err)
{
    const reel_code rc =
        reel__json_parse(out, exchange->body, exchange->body_length, BODY_DEPTH, err);

    return rc == REEL_OK ? reel__json_only(*out, names, err) : rc;
}

void reel__exchange_nothing(reel_exchange *exchange)
{
    exchange->status = 204;
    exchange->answer_type = NULL;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Decode %XX (and + as a space when asked) in place. */
static bool decode(char *text, bool plus)
{
    char *to = text;

    for (const char *from = text; *from != '\0'; from++) {
        char c = *from;
        if (c == '%') {
            const int high = hex_digit(from[1]);
            const int low = high < 0 ? -1 : hex_digit(from[2]);
            if (low < 0 || high * 16 + low == 0)
                return false;
            c = (char)(high * 16 + low);
            from += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        *to++ = c;
    }
    *to = '\0';
    return reel__utf8_valid(text, strlen(text));
}

/* A proxy that lets only some paths through may not see one in this. */
static bool has_escaped_slash(const char *path)
{
    for (; *path != '\0'; path++)
        if (path[0] == '%' && path[1] == '2' && (path[2] == 'F' || path[2] == 'f'))
            return true;
    return false;
}

static reel_code add_parameter(reel_exchange *exchange, char *text, reel_err *err)
{
    char *equals = strchr(text, '=');
    char *value = equals == NULL ? text + strlen(text) : equals + 1;

    if (exchange->query_count == REEL_HTTP_PARAMETERS)
        return reel_fail(err, REEL_E_SYNTAX, "more than %d query parameters", REEL_HTTP_PARAMETERS);
    if (equals != NULL)
        *equals = '\0';
    if (!decode(text, true) || (equals != NULL && !decode(value, true)))
        return reel_fail(err, REEL_E_SYNTAX, "the query holds an escape that is no UTF-8 text");
    /* Of two that say it differently, whoever stands before this server may have looked at the
     * other; pages take what links bring. */
    if (strncmp(exchange->path, "/api/", strlen("/api/")) == 0 &&
        reel__exchange_get(exchange, text) != NULL)
        return reel_fail(err, REEL_E_SYNTAX, "%.40s: it came twice; send each parameter once",
                         text);
    exchange->query[exchange->query_count++] = (reel_parameter){text, value};
    return REEL_OK;
}

/* Of "http://host:port/path" the path: whom it is for comes instead of Host (RFC 9112, 3.2.2).
 * NULL: that cannot be read. */
static const char *behind_authority(reel_exchange *exchange, const char *raw)
{
    const size_t scheme = strncasecmp(raw, "http://", 7) == 0    ? 7
                          : strncasecmp(raw, "https://", 8) == 0 ? 8
                                                                 : 0;
    const size_t length = strcspn(raw + scheme, "/?#");

    if (scheme == 0)
        return raw;
    raw += scheme;
    if (length == 0 || length >= sizeof exchange->authority || memchr(raw, '@', length) != NULL)
        return NULL;
    memcpy(exchange->authority, raw, length);
    exchange->authority[length] = '\0';
    return raw[length] == '\0' ? "/" : raw + length;
}

static bool has_blank(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text <= ' ' || *text == 0x7f)
            return true;
    return false;
}

reel_code reel__exchange_target(reel_exchange *exchange, const char *raw, reel_err *err)
{
    char *query, *next;

    if (strlen(raw) >= sizeof exchange->target)
        return reel_fail(err, REEL_E_TOOLARGE, "the request target is longer than %d bytes",
                         REEL_HTTP_TARGET_MAX - 1);
    if (has_blank(raw))
        return reel_fail(err, REEL_E_SYNTAX,
                         "the request target has a blank or a control character in it; send %%20");
    raw = behind_authority(exchange, raw);
    if (raw == NULL)
        return reel_fail(err, REEL_E_SYNTAX, "the request target names no host that can be read");
    memcpy(exchange->target, raw, strlen(raw) + 1);
    query = strchr(exchange->target, '?');
    if (query != NULL)
        *query++ = '\0';
    if (has_escaped_slash(exchange->target))
        return reel_fail(
            err, REEL_E_SYNTAX,
            "the path has an escaped slash (%%2F), which some read as one and some not");
    if (exchange->target[0] != '/' || !decode(exchange->target, false))
        return reel_fail(err, REEL_E_SYNTAX, "the path is no absolute path in UTF-8");
    exchange->path = exchange->target;
    for (; query != NULL; query = next) {
        next = strchr(query, '&');
        if (next != NULL)
            *next++ = '\0';
        if (*query != '\0' && add_parameter(exchange, query, err) != REEL_OK)
            return err == NULL ? REEL_E_SYNTAX : err->code;
    }
    return REEL_OK;
}

const char *reel__exchange_get(const reel_exchange *exchange, const char *name)
{
    for (size_t i = 0; i < exchange->query_count; i++)
        if (strcmp(exchange->query[i].name, name) == 0)
            return exchange->query[i].value;
    return NULL;
}

bool reel__parse_int(const char *text, int64_t *out)
{
    char *end;
    long long value;

    if (*text == '\0' || strspn(text, "-0123456789") != strlen(text))
        return false;
    errno = 0;
    value = strtoll(text, &end, 10);
    *out = value;
    return errno == 0 && *end == '\0';
}

reel_code reel__exchange_get_int(const reel_exchange *exchange, const char *name, int64_t min,
                                 int64_t max, int64_t *out, reel_err *err)
{
    const char *text = reel__exchange_get(exchange, name);
    int64_t value;

    if (text == NULL)
        return REEL_OK;
    if (!reel__parse_int(text, &value) || value < min || value > max)
        return reel_fail(err, REEL_E_INVALID,
                         "%s: expected a whole number from %" PRId64 " to %" PRId64
                         ", got \"%.40s\"",
                         name, min, max, text);
    *out = value;
    return REEL_OK;
}

reel_code reel__exchange_get_real(const reel_exchange *exchange, const char *name, double *out,
                                  reel_err *err)
{
    const char *text = reel__exchange_get(exchange, name);
    char *end;
    double value;

    if (text == NULL)
        return REEL_OK;
    value = strtod(text, &end);
    if (end == text || *end != '\0' || !isfinite(value))
        return reel_fail(err, REEL_E_INVALID, "%s: expected a number, got \"%.40s\"", name, text);
    *out = value;
    return REEL_OK;
}

const char *reel__exchange_network(const reel_exchange *exchange, char out[REEL_ADDRESS_TEXT])
{
    if (exchange->client.own)
        return NULL;
    reel__client_network(out, &exchange->client);
    return out;
}
