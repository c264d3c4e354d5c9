/* fuzz_target.c - any bytes as a request target: cut, decoded, routed, its parameters read. */
#include <string.h>

#include "base/utf8.h"
#include "fuzz/fuzz.h"
#include "http/routes.h"

/* The query's cursor as the text of one, with a check that is right. */
static void check_place(reel_exchange *exchange)
{
    const char *text = reel__exchange_get(exchange, "cursor");
    static char cursor[REEL_CURSOR_WHOLE];
    reel_place place;
    reel_json json;
    reel_err err = {REEL_OK, ""};

    if (text == NULL)
        return;
    reel__exchange_cursor_write(cursor, exchange, text);
    for (size_t i = 0; i < exchange->query_count; i++)
        if (exchange->query[i].value == text)
            exchange->query[i].value = cursor;
    reel__json_init(&json, &exchange->answer);
    reel__json_object(&json);
    if (reel__exchange_place(exchange, &json, &place, 200, &err) == REEL_OK)
        must(place.limit >= 1 && place.limit <= 200 &&
             (place.offset == 0) == !reel__place_has_films(&place));
    else
        must(err.code == REEL_E_INVALID);
    reel__buf_clear(&exchange->answer);
    exchange->status = 200;
}

static void check_parameters(reel_exchange *exchange)
{
    int64_t value = 7, offset = 0;
    reel_err err = {REEL_OK, ""};

    must(exchange->query_count <= REEL_HTTP_PARAMETERS);
    for (size_t i = 0; i < exchange->query_count; i++) {
        must(reel__utf8_valid(exchange->query[i].name, strlen(exchange->query[i].name)));
        must(reel__utf8_valid(exchange->query[i].value, strlen(exchange->query[i].value)));
        must(reel__exchange_get(exchange, exchange->query[i].name) != NULL);
    }
    if (reel__exchange_get_int(exchange, "limit", 1, 200, &value, &err) == REEL_OK)
        must(value >= 1 && value <= 200);
    else
        must(err.code == REEL_E_INVALID && value == 7);
    if (reel__exchange_cursor_int(exchange, 'b', &offset, &err) == REEL_OK)
        must(offset >= 0);
    check_place(exchange);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static reel_exchange exchange; /* large */
    static char text[REEL_HTTP_TARGET_MAX + 64];
    reel_route_parts parts;
    reel_err err = {REEL_OK, ""};

    if (size >= sizeof text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    reel__exchange_init(&exchange);
    if (reel__exchange_target(&exchange, text, &err) == REEL_OK) {
        must(exchange.path[0] == '/' && reel__utf8_valid(exchange.path, strlen(exchange.path)));
        check_parameters(&exchange);
        if (reel__route_find(1U << REEL_DOOR_PUBLIC, "GET", exchange.path, &parts) != NULL)
            must(parts.id >= 0);
    } else {
        must((err.code == REEL_E_SYNTAX || err.code == REEL_E_TOOLARGE) && err.msg[0] != '\0');
        reel__exchange_problem(&exchange, &err);
        must(exchange.status == 400 || exchange.status == 413);
    }
    reel__exchange_fini(&exchange);
    return 0;
}
