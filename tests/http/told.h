/* http/told.h - events told to the API, many in one request: add_event() or begin_event() and
 * add_text() for the rest of it, then flush_events(). Threads: one thread at a time.
 */
#ifndef TESTS_HTTP_TOLD_H
#define TESTS_HTTP_TOLD_H

#include "http/api.h"

static char batch[1 << 18];
static size_t batch_at;

static inline void flush_events(void)
{
    if (batch_at == 0)
        return;
    (void)snprintf(batch + batch_at, sizeof batch - batch_at, "]}");
    batch_at = 0;
    (void)post("/api/v1/feedback", batch);
}

static inline void add_text(const char *format, ...) REEL_PRINTF(1, 2);
static inline void add_text(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    batch_at += (size_t)vsnprintf(batch + batch_at, sizeof batch - batch_at, format, arguments);
    va_end(arguments);
    assert_true(batch_at < sizeof batch);
}

static inline void begin_event(const char *type, const char *visitor, const char *list)
{
    static unsigned count;

    add_text("%s{\"event_id\":\"%08x-0000-4000-8000-000000000000\",\"type\":\"%s\","
             "\"visitor\":\"%s\",\"list_id\":\"%s\",",
             batch_at == 0 ? "{\"events\":[" : ",", ++count, type, visitor, list);
}

static inline void add_event(const char *type, const char *visitor, const char *list, int64_t movie)
{
    begin_event(type, visitor, list);
    add_text("\"item\":%lld}", (long long)movie);
}

#endif
