/* buf.c - the growing byte buffer. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

enum { FIRST_CAPACITY = 256 };

static char nothing[1]; /* what data points to before the first append; never written */

void reel__buf_init(reel_buf *buf, size_t maximum)
{
    *buf = (reel_buf){.data = nothing, .maximum = maximum};
}

void reel__buf_fini(reel_buf *buf)
{
    if (buf->capacity > 0)
        reel__free(buf->data);
    reel__buf_init(buf, buf->maximum);
}

void reel__buf_clear(reel_buf *buf)
{
    buf->length = 0;
    buf->failed = false;
    buf->too_large = false;
    if (buf->capacity > 0)
        buf->data[0] = '\0';
}

static char *give_up(reel_buf *buf, bool too_large)
{
    buf->failed = true;
    buf->too_large = too_large;
    return NULL;
}

static char *grow(reel_buf *buf, size_t needed)
{
    size_t capacity = buf->capacity == 0 ? FIRST_CAPACITY : buf->capacity;
    char *data;

    while (capacity < needed)
        capacity = capacity > SIZE_MAX / 2 ? needed : capacity * 2;
    if (buf->maximum < capacity - 1)
        capacity = buf->maximum + 1;
    data = reel__realloc_array(buf->capacity == 0 ? NULL : buf->data, capacity, 1);
    if (data == NULL)
        return give_up(buf, false);
    buf->data = data;
    buf->capacity = capacity;
    return data + buf->length;
}

char *reel__buf_grow(reel_buf *buf, size_t length)
{
    if (buf->failed)
        return NULL;
    if (length > buf->maximum - buf->length || length >= SIZE_MAX - buf->length)
        return give_up(buf, true);
    if (buf->length + length < buf->capacity)
        return buf->data + buf->length;
    return grow(buf, buf->length + length + 1);
}

void reel__buf_append(reel_buf *buf, const void *data, size_t length)
{
    char *place = reel__buf_reserve(buf, length);

    if (place == NULL)
        return;
    if (length > 0)
        memcpy(place, data, length);
    reel__buf_advance(buf, length);
}

void reel__buf_text(reel_buf *buf, const char *text)
{
    reel__buf_append(buf, text, strlen(text));
}

void reel__buf_format(reel_buf *buf, const char *format, ...)
{
    va_list arguments;
    char *place;
    int length;

    va_start(arguments, format);
    length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    place = length < 0 ? give_up(buf, false) : reel__buf_reserve(buf, (size_t)length);
    if (place == NULL)
        return;
    va_start(arguments, format);
    length = vsnprintf(place, (size_t)length + 1, format, arguments);
    va_end(arguments);
    if (length >= 0)
        reel__buf_advance(buf, (size_t)length);
}

reel_code reel__buf_check(const reel_buf *buf, reel_err *err)
{
    if (!buf->failed)
        return REEL_OK;
    if (buf->too_large)
        return reel_fail(err, REEL_E_TOOLARGE, "text is larger than %zu bytes", buf->maximum);
    return reel_fail(err, REEL_E_NOMEM, "out of memory after %zu bytes of text", buf->length);
}

char *reel__buf_take(reel_buf *buf)
{
    char *text = NULL;

    if (buf->failed)
        reel__buf_fini(buf);
    else if (buf->capacity == 0)
        text = reel__strdup("");
    else
        text = buf->data;
    reel__buf_init(buf, buf->maximum);
    return text;
}
