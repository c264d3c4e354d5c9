/* base/json.h - JSON: reading over jansson with our errors, writing by an append-only writer.
 * Layer: base; the only place that includes jansson. Threads: one thread at a time per object.
 */
#ifndef REEL_BASE_JSON_H
#define REEL_BASE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Parse a whole text; strict (duplicate keys, trailing bytes and NULs are errors), at most
 * max_depth levels. *out is released by json_decref. Errors: E_SYNTAX with line and column,
 * E_NOMEM. */
REEL_MUST_USE reel_code reel__json_parse(json_t **out, const char *text, size_t length,
                                         size_t max_depth, reel_err *err);

/* Members with a check of their type. A missing or null member leaves *out as it was; a wrong type
 * is E_INVALID naming the member ("limit: expected a whole number"). */
REEL_MUST_USE reel_code reel__json_get_int(const json_t *object, const char *key, int64_t *out,
                                           reel_err *err);
/* An id: a whole number, or its digits as a text, as many clients keep ids. */
REEL_MUST_USE reel_code reel__json_get_id(const json_t *object, const char *key, int64_t *out,
                                          reel_err *err);
/* The same of a value; false: it is none. */
bool reel__json_id(const json_t *value, int64_t *out);
REEL_MUST_USE reel_code reel__json_get_real(const json_t *object, const char *key, double *out,
                                            reel_err *err);
/* Borrowed from the object. */
REEL_MUST_USE reel_code reel__json_get_text(const json_t *object, const char *key, const char **out,
                                            reel_err *err);
REEL_MUST_USE reel_code reel__json_get_bool(const json_t *object, const char *key, bool *out,
                                            reel_err *err);
/* That it is an object with no members but these; names ends with NULL. Errors: E_INVALID naming
 * the first that is none of them, and the one that was probably meant. */
REEL_MUST_USE reel_code reel__json_only(const json_t *object, const char *const *names,
                                        reel_err *err);
/* The same, but all that are none of them are added to `wrong` (base/mistakes.h). */
void reel__json_others(const json_t *object, const char *const *names, reel_err *wrong);

/* The writer: commas and colons come by themselves; nesting is asserted. Errors stay in the buffer
 * (reel__buf_check). */
typedef struct reel_json {
    reel_buf *buf;
    int depth;
    bool comma[32]; /* whether the next value at this depth needs one */
    bool after_key;
} reel_json;

void reel__json_init(reel_json *json, reel_buf *buf);
void reel__json_object(reel_json *json);
void reel__json_object_end(reel_json *json);
void reel__json_array(reel_json *json);
void reel__json_array_end(reel_json *json);
void reel__json_key(reel_json *json, const char *key);
void reel__json_text(reel_json *json,
                     const char *text); /* NULL writes null; bad UTF-8 is replaced */
void reel__json_text_n(reel_json *json, const char *text, size_t length);
void reel__json_int(reel_json *json, int64_t value);
void reel__json_real(reel_json *json,
                     double value); /* shortest that reads back as double; not finite: null */
void reel__json_float(reel_json *json, float value); /* shortest that reads back as float */
void reel__json_bool(reel_json *json, bool value);
void reel__json_null(reel_json *json);
/* What was parsed. */
void reel__json_value(reel_json *json, const json_t *value);
/* JSON that is known to be well-formed, as it stands. */
void reel__json_raw(reel_json *json, const char *text, size_t length);
/* key and value at once */
void reel__json_put_text(reel_json *json, const char *key, const char *text);
void reel__json_put_int(reel_json *json, const char *key, int64_t value);
void reel__json_put_real(reel_json *json, const char *key, double value);
void reel__json_put_float(reel_json *json, const char *key, float value);
void reel__json_put_bool(reel_json *json, const char *key, bool value);
/* null where it is unknown: an empty text, a negative id */
void reel__json_put_known(reel_json *json, const char *key, const char *text);
void reel__json_put_id(reel_json *json, const char *key, int64_t id);
/* "2026-11-23T08:15:00Z"; null where it is 0 */
void reel__json_put_time(reel_json *json, const char *key, int64_t seconds);
/* "2026-11-23T08:15:00.250Z" */
void reel__json_put_time_ms(reel_json *json, const char *key, int64_t ms);
/* "a|b|c" as an array of strings; "" as []. */
void reel__json_put_list(reel_json *json, const char *key, const char *joined);

#endif
