/* problem.c - errors as answers (RFC 9457), with what is wrong where: a message that begins with
 * the place it is about ("history[3].rating: 7 is not from 1 to 5") says it to programs, too.
 * Several mistakes are one message of several lines.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/mistakes.h"
#include "http/exchange.h"

enum { POINTER = 200, LINE = 512 };

static const char *status_title(int status)
{
    static const struct {
        int status;
        const char *title;
    } titles[] = {
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {409, "Conflict"},
        {410, "Gone"},
        {412, "Precondition Failed"},
        {413, "Content Too Large"},
        {415, "Unsupported Media Type"},
        {421, "Misdirected Request"},
        {422, "Unprocessable Content"},
        {429, "Too Many Requests"},
        {503, "Service Unavailable"},
        {507, "Insufficient Storage"},
    };

    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        if (titles[i].status == status)
            return titles[i].title;
    return "Internal Server Error";
}

/* ---- where it is --------------------------------------------------------------------------- */

/* history[3].rating as #/history/3/rating (RFC 6901, as the fragment of an address). */
static void write_pointer(char out[POINTER], const char *place, size_t length)
{
    size_t at = 2;

    memcpy(out, "#/", 3);
    for (size_t i = 0; i < length && at + 1 < POINTER; i++)
        if (place[i] != ']')
            out[at++] = (char)(place[i] == '[' || place[i] == '.' ? '/' : place[i]);
    out[at] = '\0';
}

bool reel__exchange_takes(const reel_exchange *exchange, const char *name, size_t length)
{
    for (const char *at = exchange->parameters; at != NULL && *at != '\0'; at += strspn(at, " ")) {
        const size_t own = strcspn(at, " ");

        if (own == length && memcmp(at, name, length) == 0)
            return true;
        at += own;
    }
    return false;
}

static bool has_json(const reel_exchange *exchange)
{
    static const char type[] = "application/json";

    return strcmp(exchange->method, "GET") != 0 && exchange->content_type != NULL &&
           strncasecmp(exchange->content_type, type, sizeof type - 1) == 0;
}

static const char *kind_of(reel_code code)
{
    switch (code) {
    case REEL_E_SYNTAX:
        return "syntax";
    case REEL_E_NOTFOUND:
        return "not_found";
    case REEL_E_TOOLARGE:
        return "too_large";
    case REEL_E_INVALID:
    case REEL_E_FORMAT:
        return "invalid";
    default:
        return NULL;
    }
}

/* Where in a text the mistake is: of JSON by line and column, of an expression by character. */
static void write_position(reel_json *json, const char *detail)
{
    int line, column;

    if (sscanf(detail, "line %d column %d", &line, &column) == 2) {
        reel__json_put_int(json, "line", line);
        reel__json_put_int(json, "column", column);
    } else if (sscanf(detail, "character %d", &column) == 1) {
        reel__json_put_int(json, "character", column);
    }
}

/* Taken by the route, or sent to it all the same. */
static bool is_parameter(const reel_exchange *exchange, const char *name, size_t length)
{
    for (size_t i = 0; i < exchange->query_count; i++)
        if (strlen(exchange->query[i].name) == length &&
            memcmp(exchange->query[i].name, name, length) == 0)
            return true;
    return reel__exchange_takes(exchange, name, length);
}

/* What one line of a message is about; false: nothing of the request, or its method. */
static bool find_where(const char **member, char where[POINTER], const reel_exchange *exchange,
                       const char *line, size_t place)
{
    if (place > 0 && place < POINTER && is_parameter(exchange, line, place)) {
        *member = "parameter";
        (void)snprintf(where, POINTER, "%.*s", (int)place, line);
        return true;
    }
    *member = "pointer";
    (void)snprintf(where, POINTER, "#");
    if (place > 0)
        write_pointer(where, line, place);
    return has_json(exchange) && exchange->allow == NULL;
}

/* Each line of the message as a member of "errors". What is not found, and no member says so, is
 * the address. */
static void write_errors(reel_json *json, const reel_exchange *exchange, const reel_err *err)
{
    const char *kind = kind_of(err->code), *member;
    char where[POINTER], detail[LINE];
    bool begun = false;

    for (const char *at = err->msg; kind != NULL && *at != '\0'; at += strspn(at, "\n")) {
        const size_t length = strcspn(at, "\n"), place = reel__mistake_place(at);
        const size_t begin = place > 0 ? place + 2 : 0;

        if ((place > 0 || err->code != REEL_E_NOTFOUND) &&
            find_where(&member, where, exchange, at, place)) {
            if (!begun) {
                reel__json_key(json, "errors");
                reel__json_array(json);
            }
            begun = true;
            (void)snprintf(detail, sizeof detail, "%.*s", (int)(length - begin), at + begin);
            reel__json_object(json);
            reel__json_put_text(json, member, where);
            reel__json_put_text(json, "detail", detail);
            reel__json_put_text(json, "code", kind);
            write_position(json, detail);
            reel__json_object_end(json);
        }
        at += length;
    }
    if (begun)
        reel__json_array_end(json);
}

/* ---- the answer ---------------------------------------------------------------------------- */

static void put_detail(reel_json *json, const char *message)
{
    char text[2 * LINE];
    size_t at = 0;

    for (; *message != '\0' && at + 2 < sizeof text; message++) {
        text[at++] = (char)(*message == '\n' ? ';' : *message);
        if (*message == '\n')
            text[at++] = ' ';
    }
    text[at] = '\0';
    reel__json_put_text(json, "detail", text);
}

reel_code reel__exchange_too_large(size_t most, reel_err *err)
{
    return reel_fail(err, REEL_E_TOOLARGE,
                     "the body is larger than %zu MiB (%zu bytes), which is the most that it may "
                     "have; send it in parts, of a CSV file each with its first line",
                     most >> 20, most);
}

void reel__exchange_problem(reel_exchange *exchange, const reel_err *err)
{
    reel_json json;
    const int status = exchange->status >= 400 ? exchange->status : reel_code_http(err->code);

    reel__buf_fini(&exchange->answer);
    reel__buf_init(&exchange->answer, REEL_HTTP_ANSWER_MAX);
    reel__free(exchange->link);
    exchange->link = NULL;
    exchange->fixed = NULL;
    exchange->etag = exchange->encoding = exchange->cache_control = exchange->location = NULL;
    exchange->status = status;
    exchange->challenge = status != 401       ? NULL
                          : exchange->bad_key ? "Bearer realm=\"reel\", error=\"invalid_token\""
                                              : "Bearer realm=\"reel\"";
    exchange->answer_type = "application/problem+json";
    reel__json_init(&json, &exchange->answer);
    reel__json_object(&json);
    reel__json_put_text(&json, "type", "about:blank");
    reel__json_put_text(&json, "title", status_title(status));
    reel__json_put_int(&json, "status", status);
    put_detail(&json, err->msg);
    reel__json_put_text(&json, "instance", exchange->path);
    reel__json_put_text(&json, "code", reel_code_name(err->code));
    reel__json_put_text(&json, "request_id", exchange->request_id);
    write_errors(&json, exchange, err);
    reel__json_object_end(&json);
}
