/* reel/err.h - error codes and the caller's error record.
 * Model: a function that can fail returns a reel_code and fills the caller's reel_err with one line
 * saying what, where and what to do. Codes map to an HTTP status and a program exit code in one
 * list. Layer: base. Ownership: the caller owns every reel_err. Threads: no shared state.
 */
#ifndef REEL_ERR_H
#define REEL_ERR_H

#include "reel/version.h"

#ifdef __cplusplus
extern "C" {
#endif

/* name, value, HTTP status, exit code */
#define REEL_CODES(X)                                                                              \
    X(OK, 0, 200, 0)                                                                               \
    X(E_INVALID, -1, 422, 2)                                                                       \
    X(E_SYNTAX, -2, 400, 2)                                                                        \
    X(E_NOTFOUND, -3, 404, 3)                                                                      \
    X(E_NOMEM, -4, 503, 4)                                                                         \
    X(E_BUDGET, -5, 507, 4)                                                                        \
    X(E_STORE, -6, 503, 5)                                                                         \
    X(E_FORMAT, -7, 422, 6)                                                                        \
    X(E_CONFLICT, -8, 409, 7)                                                                      \
    X(E_GONE, -9, 410, 7)                                                                          \
    X(E_UNAUTH, -10, 401, 8)                                                                       \
    X(E_DENIED, -11, 403, 8)                                                                       \
    X(E_TOOLARGE, -12, 413, 2)                                                                     \
    X(E_BUSY, -13, 429, 9)                                                                         \
    X(E_CANCELLED, -14, 503, 10)

typedef enum reel_code {
#define REEL_CODE_MEMBER(name, value, http, exit) REEL_##name = (value),
    REEL_CODES(REEL_CODE_MEMBER)
#undef REEL_CODE_MEMBER
} reel_code;

typedef struct reel_err {
    reel_code code;
    char msg[512]; /* one line, UTF-8, no newline; empty when code is REEL_OK */
} reel_err;

/* Record a failure. err [out, optional]. Returns code, so that `return reel_fail(...)` reads well.
 * The message is cut at 511 bytes on a UTF-8 boundary. Allocates nothing. */
REEL_PUBLIC reel_code reel_fail(reel_err *err, reel_code code, const char *format, ...)
    REEL_PRINTF(3, 4);

#ifdef __clang_analyzer__
/* Static analysis looks at one file at a time; this tells it what reel_fail returns. */
#define reel_fail(err, code, ...) ((void)(reel_fail)((err), (code), __VA_ARGS__), (code))
#endif

/* The code's name ("E_INVALID"), its HTTP status and its program exit code. Never fail; an unknown
 * value answers "E_UNKNOWN", 500 and 1. */
REEL_PUBLIC const char *reel_code_name(reel_code code);
REEL_PUBLIC int reel_code_http(reel_code code);
REEL_PUBLIC int reel_code_exit(reel_code code);

/* Inside a function with `reel_code rc` and one label `out`. */
#define REEL_TRY(expression)                                                                       \
    do {                                                                                           \
        rc = (expression);                                                                         \
        if (rc != REEL_OK)                                                                         \
            goto out;                                                                              \
    } while (0)

#ifdef __cplusplus
}
#endif
#endif
