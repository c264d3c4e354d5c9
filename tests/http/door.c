/* What every route shares (methods, media types, answers that come later) and the embedded pages:
 * validators, packing, and views that have no file. */
#include <pthread.h>

#include "http/api.h"
#include "http/assets.h"

static void every_route_knows_its_methods(void **state)
{
    static const struct {
        const char *path, *allow;
    } paths[] = {
        {"/api/v1/health", "GET, HEAD"},           {"/api/v1/movies", "GET, HEAD"},
        {"/api/v1/movies/1/similar", "GET, HEAD"}, {"/api/v1/movies/1/poster.svg", "GET, HEAD"},
        {"/api/v1/people", "GET, HEAD"},           {"/api/v1/people/3", "GET, HEAD"},
        {"/api/v1/people/3/ratings", "GET, HEAD"}, {"/api/v1/people/3/similar", "GET, HEAD"},
        {"/api/v1/models", "GET, HEAD"},           {"/api/v1/licenses", "GET, HEAD"},
        {"/api/v1/explanations", "POST"},          {"/api/v1/recommendations", "GET, HEAD, POST"},
        {"/api/v1/feedback", "GET, HEAD, POST"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        refuses("DELETE", paths[i].path, NULL, 405, "E_INVALID", "DELETE");
        assert_string_equal(api.exchange.allow, paths[i].allow);
        refuses("PUT", paths[i].path, "{}", 405, "E_INVALID", "PUT");
    }
    refuses("POST", "/api/v1/movies/1", "{}", 405, "E_INVALID", "POST");
    assert_string_equal(api.exchange.allow, "GET, HEAD, PUT, PATCH, DELETE");
    refuses("POST", "/", "{}", 405, "E_INVALID", "POST");
    assert_string_equal(api.exchange.allow, "GET, HEAD");
    refuses("OPTIONS", "/api/v1/feedback", NULL, 405, "E_INVALID", "OPTIONS");
}

static void bodies_are_json(void **state)
{
    static const char *const types[] = {NULL,
                                        "",
                                        "text/plain",
                                        "application/x-www-form-urlencoded",
                                        "multipart/form-data",
                                        "application/jsonp",
                                        "text/application/json"};
    static const char *const routes[] = {"/api/v1/feedback", "/api/v1/recommendations",
                                         "/api/v1/explanations"};

    (void)state;
    for (size_t r = 0; r < sizeof routes / sizeof *routes; r++)
        for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
            begin("POST", routes[r]);
            api.exchange.content_type = types[i];
            api.exchange.body = "{}";
            api.exchange.body_length = 2;
            assert_int_equal(handle(), 415);
            assert_problem(415, "E_INVALID", "application/json");
        }
    begin("POST", "/api/v1/recommendations");
    api.exchange.content_type = "Application/JSON";
    api.exchange.body = "{\"user\":6}";
    api.exchange.body_length = 10;
    assert_int_equal(handle(), 200);
}

/* Nothing is unpacked, so that nothing can burst. */
static void bodies_are_not_packed(void **state)
{
    static const char *const encodings[] = {"gzip", "zstd", "br", "deflate", "identity, gzip", ""};

    (void)state;
    for (size_t i = 0; i < sizeof encodings / sizeof *encodings; i++) {
        begin("POST", "/api/v1/recommendations");
        api.exchange.content_type = "application/json";
        api.exchange.content_encoding = encodings[i];
        api.exchange.body = "{\"user\":6}";
        api.exchange.body_length = 10;
        assert_int_equal(handle(), 415);
        assert_problem(415, "E_INVALID", "unpacked");
        assert_string_equal(api.exchange.headers[0].name, "Accept-Encoding");
        assert_string_equal(api.exchange.headers[0].value, "identity");
    }
    begin("POST", "/api/v1/recommendations");
    api.exchange.content_type = "application/json";
    api.exchange.content_encoding = "Identity";
    api.exchange.body = "{\"user\":6}";
    api.exchange.body_length = 10;
    assert_int_equal(handle(), 200);
}

static void a_problem_quotes_what_was_asked(void **state)
{
    (void)state;
    refuses("GET", "/api/v1/%22%3Cscript%3E%0A", NULL, 404, "E_NOTFOUND", "\"<script>");
    assert_string_equal(text(api.json, "instance"), "/api/v1/\"<script>\n");
}

/* ---- later --------------------------------------------------------------------------------- */

static struct {
    pthread_mutex_t lock;
    pthread_cond_t ended;
    int begun, count;
    bool refuse;
} afterwards = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0, false};

static bool begin_later(reel_exchange *exchange)
{
    (void)exchange;
    afterwards.begun++;
    return !afterwards.refuse;
}

static void end_later(reel_exchange *exchange)
{
    (void)exchange;
    pthread_mutex_lock(&afterwards.lock);
    afterwards.count++;
    pthread_cond_signal(&afterwards.ended);
    pthread_mutex_unlock(&afterwards.lock);
}

static const reel_later later = {begin_later, end_later};

static void send_later(const char *body)
{
    begin("POST", "/api/v1/feedback");
    api.exchange.later = &later;
    api.exchange.content_type = "application/json";
    api.exchange.body = body;
    api.exchange.body_length = strlen(body);
    reel__exchange_handle(&api.exchange, &api.app, api.session);
}

static void feedback_is_answered_after_its_commit(void **state)
{
    static const char event[] =
        "{\"events\":[{\"event_id\":\"0b7e8f9c-3333-4222-8333-012345678900\","
        "\"type\":\"click\",\"item\":1}]}";

    (void)state;
    send_later(event);
    assert_true(api.exchange.pending);
    pthread_mutex_lock(&afterwards.lock);
    while (afterwards.count == 0)
        pthread_cond_wait(&afterwards.ended, &afterwards.lock);
    pthread_mutex_unlock(&afterwards.lock);
    assert_string_equal(api.exchange.answer.data, "{\"accepted\":1,\"duplicates\":0}");
    /* What is wrong is known at once, and then nobody comes back. */
    send_later("{\"events\":7}");
    assert_false(api.exchange.pending);
    assert_int_equal(api.exchange.status, 422);
    /* A server that is stopping waits instead. */
    afterwards.refuse = true;
    send_later(event);
    assert_false(api.exchange.pending);
    assert_string_equal(api.exchange.answer.data, "{\"accepted\":0,\"duplicates\":1}");
    assert_int_equal(afterwards.count, 1);
    assert_int_equal(afterwards.begun, 3);
}

/* ---- pages --------------------------------------------------------------------------------- */

static void views_get_the_page_and_missing_files_do_not(void **state)
{
    static const char *const views[] = {"/",
                                        "/film/1",
                                        "/film/1/",
                                        "/people",
                                        "/people/3",
                                        "/rate",
                                        "/search",
                                        "/tune",
                                        "/night",
                                        "/sign-in",
                                        "/reset",
                                        "/confirm",
                                        "/my",
                                        "/log",
                                        "/analytics",
                                        "/analytics/",
                                        "/analytics/data",
                                        "/analytics/jobs/7",
                                        "/analytics/experiments/texts-1"};
    static const char *const others[] = {"/person/3",
                                         "/feedback",
                                         "/apiary",
                                         "/film/",
                                         "/film/x1",
                                         "/film/12345678901234567",
                                         "/film/1/2",
                                         "/tune/1",
                                         "/peopl",
                                         "/analytics/no",
                                         "/analytics/jobs/x",
                                         "/analytics/data/1",
                                         "/analytics/experiments/a.b/",
                                         "/analytics/experiments/a+b",
                                         "/analytics/jobs/7/8",
                                         "/nowhere/at/all"};
    size_t length, first;

    (void)state;
    assert_int_equal(ask("GET", "/", NULL), 200);
    assert_non_null(strstr(answer_text(&first), "<!doctype html>"));
    for (size_t i = 0; i < sizeof views / sizeof *views; i++) {
        assert_int_equal(ask("GET", views[i], NULL), 200);
        assert_string_equal(api.exchange.answer_type, "text/html; charset=utf-8");
        (void)answer_text(&length);
        assert_int_equal(length, first);
    }
    /* The same page says that there is none; nobody keeps that, nor asks whether it is the same. */
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        begin("GET", others[i]);
        api.exchange.if_none_match = "*";
        assert_int_equal(handle(), 404);
        assert_string_equal(api.exchange.answer_type, "text/html; charset=utf-8");
        assert_null(api.exchange.etag);
        (void)answer_text(&length);
        assert_int_equal(length, first);
    }
    refuses("GET", "/assets/missing.js", NULL, 404, "E_NOTFOUND", "/assets/missing.js");
    refuses("GET", "/favicon.xyz", NULL, 404, "E_NOTFOUND", "/favicon.xyz");
    refuses("GET", "/../../etc/passwd.txt", NULL, 404, "E_NOTFOUND", "passwd");
}

/* The first asset that has a packed form, or NULL in a build without pages. */
static const reel_asset *packed_asset(void)
{
    for (size_t i = 0; i < reel__asset_count(); i++)
        if (reel__asset_at(i)->gzip != NULL)
            return reel__asset_at(i);
    return NULL;
}

static const char *get_asset(const reel_asset *asset, const char *match, const char *accept)
{
    begin("GET", asset->path);
    api.exchange.if_none_match = match;
    api.exchange.accept_encoding = accept;
    (void)handle();
    assert_string_equal(api.exchange.etag, asset->etag);
    return api.exchange.encoding;
}

static void files_are_validated_and_packed(void **state)
{
    const reel_asset *asset = packed_asset();
    char other[300];

    (void)state;
    if (asset == NULL)
        skip();
    assert_null(get_asset(asset, NULL, NULL));
    assert_int_equal(api.exchange.fixed_length, asset->size);
    assert_string_equal(get_asset(asset, NULL, "deflate, gzip;q=0.8"), "gzip");
    assert_int_equal(api.exchange.fixed_length, asset->gzip_size);
    assert_null(get_asset(asset, NULL, "gzip;q=0"));
    assert_null(get_asset(asset, NULL, "br"));
    (void)get_asset(asset, asset->etag, "gzip");
    assert_int_equal(api.exchange.status, 304);
    assert_int_equal(api.exchange.fixed_length, 0);
    (void)snprintf(other, sizeof other, "\"x\", %s", asset->etag);
    (void)get_asset(asset, other, NULL);
    assert_int_equal(api.exchange.status, 304);
    (void)get_asset(asset, "*", NULL);
    assert_int_equal(api.exchange.status, 304);
    (void)get_asset(asset, "\"x\"", NULL);
    assert_int_equal(api.exchange.status, 200);
    assert_non_null(api.exchange.cache_control);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_route_knows_its_methods),
        cmocka_unit_test(bodies_are_json),
        cmocka_unit_test(bodies_are_not_packed),
        cmocka_unit_test(a_problem_quotes_what_was_asked),
        cmocka_unit_test(feedback_is_answered_after_its_commit),
        cmocka_unit_test(views_get_the_page_and_missing_files_do_not),
        cmocka_unit_test(files_are_validated_and_packed),
    };

    return cmocka_run_group_tests(tests, api_start, api_stop);
}
