/* fuzz_json.c - any bytes as JSON; what is read is written again, and reads back the same. */
#include <string.h>

#include "base/json.h"
#include "fuzz/fuzz.h"

enum { DEPTH = 12, TEXT_MOST = 1 << 24 };

/* Depth is bounded by the reader's limit. NOLINTNEXTLINE(misc-no-recursion) */
static void write_value(reel_json *json, json_t *value)
{
    const char *key;
    json_t *member;
    size_t i;

    if (json_is_object(value)) {
        reel__json_object(json);
        json_object_foreach(value, key, member)
        {
            reel__json_key(json, key);
            write_value(json, member);
        }
        reel__json_object_end(json);
    } else if (json_is_array(value)) {
        reel__json_array(json);
        json_array_foreach(value, i, member) write_value(json, member);
        reel__json_array_end(json);
    } else if (json_is_string(value)) {
        reel__json_text_n(json, json_string_value(value), json_string_length(value));
    } else if (json_is_integer(value)) {
        reel__json_int(json, json_integer_value(value));
    } else if (json_is_real(value)) {
        reel__json_real(json, json_real_value(value));
    } else if (json_is_boolean(value)) {
        reel__json_bool(json, json_is_true(value));
    } else {
        reel__json_null(json);
    }
}

/* Equal but for reals that are whole numbers, which are written and read as integers. */
static int same(json_t *a, json_t *b) /* NOLINT(misc-no-recursion) */
{
    const char *key;
    json_t *member;
    size_t i;

    if (json_is_number(a) && json_is_number(b))
        return json_number_value(a) == json_number_value(b);
    if (json_typeof(a) != json_typeof(b))
        return 0;
    if (json_is_array(a)) {
        json_array_foreach(a, i, member) if (!same(member, json_array_get(b, i))) return 0;
        return json_array_size(a) == json_array_size(b);
    }
    if (json_is_object(a)) {
        json_object_foreach(a, key, member)
        {
            json_t *other = json_object_get(b, key);

            if (other == NULL || !same(member, other))
                return 0;
        }
        return json_object_size(a) == json_object_size(b);
    }
    return json_equal(a, b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    reel_err err = {REEL_OK, ""};
    json_t *first = NULL, *second = NULL;
    reel_json json;
    reel_buf buf;

    if (reel__json_parse(&first, (const char *)data, size, DEPTH, &err) != REEL_OK) {
        must(first == NULL && err.code == REEL_E_SYNTAX);
        return 0;
    }
    reel__buf_init(&buf, TEXT_MOST);
    reel__json_init(&json, &buf);
    write_value(&json, first);
    must(reel__buf_check(&buf, &err) == REEL_OK);
    /* An escaped NUL in a text is the one thing that is written and not read. */
    if (reel__json_parse(&second, buf.data, buf.length, DEPTH, &err) == REEL_OK)
        must(same(first, second));
    else
        must(strstr(buf.data, "\\u0000") != NULL);
    json_decref(first);
    json_decref(second);
    reel__buf_fini(&buf);
    return 0;
}
