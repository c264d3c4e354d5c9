/* base/buf.h - a growing byte buffer with a hard maximum, and formatted appending to it.
 * The text is always closed by a NUL that is not counted. An append that fails leaves the buffer
 * marked; later appends do nothing, so that a writer may check once at its end.
 * Layer: base. Threads: one thread at a time.
 */
#ifndef REEL_BASE_BUF_H
#define REEL_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "reel/err.h"

typedef struct reel_buf {
    char *data;
    size_t length, capacity, maximum;
    bool failed;    /* out of memory, or over the maximum */
    bool too_large; /* which of the two */
} reel_buf;

void reel__buf_init(reel_buf *buf, size_t maximum);
void reel__buf_fini(reel_buf *buf);
void reel__buf_clear(reel_buf *buf); /* keeps the memory */
void reel__buf_append(reel_buf *buf, const void *data, size_t length);
void reel__buf_text(reel_buf *buf, const char *text);
/* Room for length more bytes (and the NUL), or NULL after a failure; fill it, then advance. */
static inline char *reel__buf_reserve(reel_buf *buf, size_t length);
static inline void reel__buf_advance(reel_buf *buf, size_t length);
static inline void reel__buf_char(reel_buf *buf, char c);
void reel__buf_format(reel_buf *buf, const char *format, ...) REEL_PRINTF(2, 3);
/* REEL_OK, or why it failed: E_NOMEM or E_TOOLARGE. */
REEL_MUST_USE reel_code reel__buf_check(const reel_buf *buf, reel_err *err);
/* Hand the text over to the caller (reel__free); the buffer is empty afterwards. NULL when an
 * append had failed or there is no memory. Never free data itself: an unused buffer borrows it. */
char *reel__buf_take(reel_buf *buf);

/* ---- inline: most appends find room -------------------------------------------------------- */

/* reel__buf_reserve where there is too little room. */
char *reel__buf_grow(reel_buf *buf, size_t length);

static inline char *reel__buf_reserve(reel_buf *buf, size_t length)
{
    if (!buf->failed && length < buf->capacity - buf->length)
        return buf->data + buf->length;
    return reel__buf_grow(buf, length);
}

static inline void reel__buf_advance(reel_buf *buf, size_t length)
{
    buf->length += length;
    buf->data[buf->length] = '\0';
}

static inline void reel__buf_char(reel_buf *buf, char c)
{
    char *place = reel__buf_reserve(buf, 1);

    if (place == NULL)
        return;
    *place = c;
    reel__buf_advance(buf, 1);
}

#endif
