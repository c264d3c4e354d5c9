/* json_read.c - reading JSON over jansson, with our errors and limits. */
#include "base/json.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/ids.h"
#include "base/mistakes.h"

/* jansson's own depth limit is 2048 levels; ours is lower and must hold before it recurses, so the
 * brackets outside of strings are counted first. Also finds NULs, which jansson takes for an end
 * of text in some places. */
static reel_code check_depth(const char *text, size_t length, size_t max_depth, reel_err *err)
{
    size_t depth = 0, line = 1, line_start = 0;
    bool inside = false;

    for (size_t at = 0; at < length; at++) {
        const char c = text[at];

        if (c == '\n') {
            line++;
            line_start = at + 1;
        } else if (c == '\0') {
            return reel_fail(err, REEL_E_SYNTAX, "line %zu column %zu: NUL byte in JSON", line,
                             at - line_start + 1);
        } else if (inside) {
            if (c == '\\')
                at++;
            inside = c != '"';
        } else if (c == '"') {
            inside = true;
        } else if (c == '[' || c == '{') {
            if (++depth > max_depth)
                return reel_fail(err, REEL_E_SYNTAX,
                                 "line %zu column %zu: JSON nested deeper than %zu levels", line,
                                 at - line_start + 1, max_depth);
        } else if ((c == ']' || c == '}') && depth > 0) {
            depth--;
        }
    }
    return REEL_OK;
}

static bool is_blank(const char *text, size_t length)
{
    size_t at = 0;

    while (at < length && strchr(" \t\r\n", text[at]) != NULL)
        at++;
    return at == length;
}

reel_code reel__json_parse(json_t **out, const char *text, size_t length, size_t max_depth,
                           reel_err *err)
{
    json_error_t error;
    reel_code rc;

    *out = NULL;
    rc = check_depth(text, length, max_depth, err);
    if (rc != REEL_OK)
        return rc;
    if (is_blank(text, length))
        return reel_fail(err, REEL_E_SYNTAX, "line 1 column 1: there is nothing; expected JSON");
    *out = json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (*out != NULL)
        return REEL_OK;
    /* where not even its reading begins, jansson says nothing at all */
    if (error.text[0] == '\0' || json_error_code(&error) == json_error_out_of_memory)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for %zu bytes of JSON", length);
    if (strstr(error.text, "JSON_ALLOW_NUL") != NULL)
        (void)snprintf(error.text, sizeof error.text, "a text with \\u0000 in it");
    for (char *at = error.text; *at != '\0'; at++)
        if ((unsigned char)*at < 0x20)
            *at = ' ';
    return reel_fail(err, REEL_E_SYNTAX, "line %d column %d: %s", error.line, error.column,
                     error.text);
}

/* ---- members ------------------------------------------------------------------------------- */

/* NULL when missing or null. */
static const json_t *member(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    return json_is_null(value) ? NULL : value;
}

static reel_code wrong_type(const char *key, const char *expected, reel_err *err)
{
    return reel_fail(err, REEL_E_INVALID, "%s: expected %s", key, expected);
}

/* 5.0 and 1e3 are whole numbers too. */
static bool whole_number(const json_t *value, int64_t *out)
{
    const double real = json_number_value(value);

    if (json_is_integer(value))
        *out = json_integer_value(value);
    else if (json_is_real(value) && fabs(real) <= 0x1.0p53 && real == floor(real))
        *out = (int64_t)real;
    else
        return false;
    return true;
}

reel_code reel__json_get_int(const json_t *object, const char *key, int64_t *out, reel_err *err)
{
    const json_t *value = member(object, key);

    return value == NULL || whole_number(value, out) ? REEL_OK
                                                     : wrong_type(key, "a whole number", err);
}

bool reel__json_id(const json_t *value, int64_t *out)
{
    return json_is_string(value)
               ? reel__id_read(out, json_string_value(value), json_string_length(value))
               : whole_number(value, out);
}

reel_code reel__json_get_id(const json_t *object, const char *key, int64_t *out, reel_err *err)
{
    const json_t *value = member(object, key);

    return value == NULL || reel__json_id(value, out)
               ? REEL_OK
               : wrong_type(key, "an id: a whole number, or its digits as a text", err);
}

reel_code reel__json_get_real(const json_t *object, const char *key, double *out, reel_err *err)
{
    const json_t *value = member(object, key);

    if (value == NULL)
        return REEL_OK;
    if (!json_is_number(value))
        return wrong_type(key, "a number", err);
    *out = json_number_value(value);
    return REEL_OK;
}

reel_code reel__json_get_text(const json_t *object, const char *key, const char **out,
                              reel_err *err)
{
    const json_t *value = member(object, key);

    if (value == NULL)
        return REEL_OK;
    if (!json_is_string(value))
        return wrong_type(key, "a text", err);
    *out = json_string_value(value);
    return REEL_OK;
}

reel_code reel__json_get_bool(const json_t *object, const char *key, bool *out, reel_err *err)
{
    const json_t *value = member(object, key);

    if (value == NULL)
        return REEL_OK;
    if (!json_is_boolean(value))
        return wrong_type(key, "true or false", err);
    *out = json_is_true(value);
    return REEL_OK;
}

static bool is_among(const char *name, const char *const *names)
{
    while (*names != NULL && strcmp(*names, name) != 0)
        names++;
    return *names != NULL;
}

reel_code reel__json_only(const json_t *object, const char *const *names, reel_err *err)
{
    const char *name;
    json_t *value;

    if (!json_is_object(object))
        return reel_fail(err, REEL_E_INVALID, "expected a JSON object");
    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        if (!is_among(name, names))
            return reel__mistake_unknown("member", name, names, err);
    }
    return REEL_OK;
}

void reel__json_others(const json_t *object, const char *const *names, reel_err *wrong)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        reel_err one = {REEL_OK, ""};

        if (!is_among(name, names) && reel__mistake_unknown("member", name, names, &one) != REEL_OK)
            (void)reel__mistake_add(wrong, &one);
    }
}
