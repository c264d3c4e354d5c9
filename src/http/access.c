/* access.c - see access.h. */
#include "http/access.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"

/* version "00", 32 digits of the trace, 16 of the parent, 2 of flags, parted by dashes */
enum { TRACE_AT = 3, TRACE_LENGTH = 32, PARENT_AT = 36, PARENT_LENGTH = 16, FLAGS_AT = 53 };

static const char id_letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                 "0123456789._-";
static const char hex[] = "0123456789abcdef";

static bool is_trace(const char *text)
{
    return strlen(text) >= FLAGS_AT + 2 && strncmp(text, "00-", 3) == 0 &&
           strspn(text + TRACE_AT, hex) == TRACE_LENGTH && text[PARENT_AT - 1] == '-' &&
           strspn(text + PARENT_AT, hex) == PARENT_LENGTH && text[FLAGS_AT - 1] == '-' &&
           strspn(text + TRACE_AT, "0") < TRACE_LENGTH;
}

bool reel__request_id(char out[REEL_HTTP_REQUEST_ID], const char *x_request_id,
                      const char *traceparent)
{
    const size_t length = x_request_id == NULL ? 0 : strlen(x_request_id);

    if (length > 0 && length < REEL_HTTP_REQUEST_ID && strspn(x_request_id, id_letters) == length) {
        memcpy(out, x_request_id, length + 1);
        return true;
    }
    if (traceparent == NULL || !is_trace(traceparent))
        return false;
    (void)snprintf(out, REEL_HTTP_REQUEST_ID, "%.*s", TRACE_LENGTH, traceparent + TRACE_AT);
    return true;
}

/* A client may send any word as its method. */
static const char *method_name(const reel_access *access)
{
    static const char *const known[] = {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

    if (access->head)
        return "HEAD";
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(access->exchange->method, known[i]) == 0)
            return known[i];
    return "OTHER";
}

static bool is_probe(const char *route)
{
    return strcmp(route, "/livez") == 0 || strcmp(route, "/readyz") == 0 ||
           strcmp(route, "/health") == 0 || strcmp(route, "/metrics") == 0;
}

/* Whom a request is about: the person it names, else the account that asks. */
static int64_t about(const reel_exchange *exchange)
{
    if (exchange->person >= 0)
        return exchange->person;
    return exchange->caller.account > 0 ? REEL_ACCOUNT_PERSON + exchange->caller.account : -1;
}

void reel__access_log(const reel_access *access)
{
    const reel_exchange *exchange = access->exchange;
    const reel_log_level level =
        is_probe(exchange->route) && exchange->status < 400 ? REEL_LOG_DEBUG : REEL_LOG_INFO;
    const int64_t person_id = about(exchange);
    char person[REEL_SEAL_MARK] = "";

    if (!reel__log_enabled(level))
        return;
    if (person_id >= 0)
        reel__seal_mark(person, access->key, "person", (uint64_t)person_id);
    reel__log(level, "request",
              "id=%s method=%s route=%s status=%d ms=%" PRId64 ".%03d bytes=%zu client=%s%s%s%s%s",
              exchange->request_id, method_name(access),
              exchange->route[0] != '\0' ? exchange->route : "-", exchange->status,
              access->us / 1000, (int)(access->us % 1000), access->bytes, exchange->client.text,
              person_id >= 0 ? " person=" : "", person,
              access->ended == NULL ? "" : " ended=", access->ended == NULL ? "" : access->ended);
}
