/* fuzz_request.c - any bytes as the body of every POST route of a tiny engine: the answer is JSON,
 * and a problem names its reason. The first byte chooses the route.
 */
#include "base/alloc.h"
#include "fuzz/tiny.h"
#include "http/routes.h"
#include "service/lists/recommend.h"

static const char *const routes[] = {"/api/v1/recommendations", "/api/v1/explanations",
                                     "/api/v1/feedback"};

static struct {
    reel_app app;
    reel_session *session;
} tiny;

static void release(void)
{
    reel__feedback_close(tiny.app.feedback);
    reel__session_free(tiny.session);
    reel__engine_close((reel_engine *)(uintptr_t)tiny.app.engine);
}

/* A session keeps the last mixture it made: always this one between two requests. */
static void mix(void)
{
    static const reel_blend_part mixture[] = {
        {"ease", 1}, {"ials", 1}, {"content", 1}, {"user-knn", 1}, {"popular", 1}};
    const reel_list *list;
    reel_request request = reel__request_default();
    reel_err err = {REEL_OK, ""};

    request.user = 1;
    request.blend = mixture;
    request.blend_count = sizeof mixture / sizeof *mixture;
    request.source_movie = 2;
    request.show_seen = true;
    must(reel__recommend(tiny.session, &request, &list, &err) == REEL_OK);
}

/* Before anything is counted: also what a session keeps after its first list. */
__attribute__((constructor)) static void warm_up(void)
{
    reel_engine *engine = tiny_make();
    const reel_list *list;
    reel_request request = reel__request_default();
    reel_err err = {REEL_OK, ""};

    tiny.app.engine = engine;
    tiny.app.auth = REEL_AUTH_OPEN;
    must(reel__session_new(&tiny.session, engine, &err) == REEL_OK);
    must(reel__feedback_open(&tiny.app.feedback, reel__engine_store(engine), &err) == REEL_OK);
    request.user = 1;
    for (size_t i = 0; i < reel__engine_model_count(engine); i++) {
        request.model = reel_model_get_info(reel__engine_model_at(engine, i))->name;
        must(reel__recommend(tiny.session, &request, &list, &err) == REEL_OK);
    }
    mix();
    must(atexit(release) == 0);
}

static void check_answer(const reel_exchange *exchange)
{
    json_t *answer = NULL;
    reel_err err = {REEL_OK, ""};

    must(exchange->status == 200 || exchange->status == 400 || exchange->status == 404 ||
         exchange->status == 413 || exchange->status == 422);
    must(reel__json_parse(&answer, exchange->answer.data, exchange->answer.length, 16, &err) ==
         REEL_OK);
    if (exchange->status != 200)
        must(json_string_length(json_object_get(answer, "detail")) > 0);
    json_decref(answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static reel_exchange exchange; /* large */
    reel_err err = {REEL_OK, ""};

    if (size == 0)
        return 0;
    reel__exchange_init(&exchange);
    exchange.method = "POST";
    must(reel__exchange_target(&exchange, routes[data[0] % 3], &err) == REEL_OK);
    exchange.content_type = "application/json";
    exchange.body = (const char *)data + 1;
    exchange.body_length = size - 1;
    reel__exchange_handle(&exchange, &tiny.app, tiny.session);
    check_answer(&exchange);
    reel__exchange_fini(&exchange);
    mix();
    return 0;
}
