/* fuzz_target.c - any bytes as a request target: cut, decoded, routed, its parameters read. */
#include <string.h>

#include "base/utf8.h"
#include "fuzz/fuzz.h"
#include "http/routes.h"

static void check_parameters(const reel_exchange *exchange)
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
    if (reel__exchange_cursor(exchange, 'o', &offset, &err) == REEL_OK)
        must(offset >= 0);
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
