/* fuzz_caller.c - any bytes as the headers that say who asks, a line each: Authorization,
 * X-API-Key, Cookie, Origin. Nobody is let in but by the whole of the one key there is.
 */
#include "fuzz/tiny.h"
#include "http/routes.h"
#include "service/accounts/keys.h"

#define KEY "rk_abcdefghijkm_0123456789abcdefghijklmnopqrstuvwxyzABCD-_x"

enum { HEADERS = 4, ROOM = 1024 };

static reel_app app;

static void release(void)
{
    reel__accounts_close(app.accounts);
    reel__engine_close((reel_engine *)(uintptr_t)app.engine);
}

__attribute__((constructor)) static void warm_up(void)
{
    reel_engine *engine = tiny_make();
    const reel_accounts_opts opts = {.store = reel__engine_store(engine)};
    reel_api_key key = {.label = "one",
                        .prefix = "rk_abcdefghijkm",
                        .scopes = REEL_SCOPE_READ,
                        .used_at = INT64_MAX / 2}; /* so that no use of it is written */
    reel_err err = {REEL_OK, ""};

    app.engine = engine;
    must(reel__accounts_open(&app.accounts, &opts, &err) == REEL_OK);
    reel__secret_hash(key.hash, KEY, strlen(KEY));
    must(reel__store_put_key(opts.store, &key, &err) == REEL_OK);
    must(atexit(release) == 0);
}

/* Cut into lines; what is beyond the last is left away. */
static void cut(char text[ROOM], const char *lines[HEADERS])
{
    for (int i = 0; i < HEADERS && text != NULL; i++) {
        char *end = strchr(text, '\n');

        lines[i] = *text == '\0' || *text == '\n' ? NULL : text;
        if (end != NULL)
            *end++ = '\0';
        text = end;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static reel_exchange exchange; /* large */
    static char text[ROOM];
    const char *lines[HEADERS] = {NULL};
    reel_err err = {REEL_OK, ""};

    if (size >= sizeof text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    cut(text, lines);
    reel__exchange_init(&exchange);
    must(reel__exchange_target(&exchange, "/api/v1/health", &err) == REEL_OK);
    exchange.authorization = lines[0];
    exchange.api_key = lines[1];
    exchange.cookie = lines[2];
    exchange.origin = lines[3];
    reel__exchange_handle(&exchange, &app, NULL);
    must(exchange.status == 200 || exchange.status == 401);
    must((exchange.status == 401) == (exchange.challenge != NULL));
    if (exchange.status == 200)
        must((lines[0] != NULL && strstr(lines[0], KEY) != NULL) ||
             (lines[1] != NULL && strcmp(lines[1], KEY) == 0));
    must(exchange.answer.data == NULL || strstr(exchange.answer.data, "0123456789abc") == NULL);
    must(exchange.session == NULL);
    reel__exchange_fini(&exchange);
    return 0;
}
