/* Whether it lives and is ready, and what it counts: exact counters after known requests, the text
 * format line by line, and that the operator's address answers nothing else.
 */
#include <ctype.h>

#include "http/api.h"
#include "http/metrics.h"

enum { TEXT_MAX = 1 << 20 };

static void plain(const char *target, int status, const char *text_expected)
{
    assert_int_equal(ask("GET", target, NULL), status);
    assert_string_equal(api.exchange.answer_type, "text/plain; charset=utf-8");
    assert_string_equal(api.exchange.answer.data, text_expected);
}

static void it_lives_and_is_ready(void **state)
{
    (void)state;
    plain("/livez", 200, "ok\n");
    plain("/readyz", 200, "ready\n");
    plain("/readyz?verbose", 200, "[+]database ok\n[+]models ok\n[+]disk ok\nready\n");
    assert_string_equal(text(get("/health"), "status"), "ok");
}

static void the_system_is_told(void **state)
{
    const json_t *system = get("/api/v1/system"), *disks = member(system, "disks");

    (void)state;
    assert_string_equal(text(system, "version"), reel_version());
    assert_each(member(system, "checks"), "name:s ok:b why:s?");
    assert_int_equal(json_array_size(member(system, "checks")), 3);
    assert_true(json_is_null(member(system, "queue")));
    assert_each(disks, "of:s taken_bytes:i free_bytes:i total_bytes:i");
    assert_int_equal(json_array_size(disks), 2);
    for (size_t i = 0; i < 2; i++) {
        const json_t *disk = json_array_get(disks, i);

        assert_true(integer(disk, "taken_bytes") > 0);
        assert_true(integer(disk, "total_bytes") >= integer(disk, "free_bytes"));
    }
    assert_string_equal(text(json_array_get(disks, 0), "of"), "database");
    assert_true(integer(json_array_get(disks, 0), "taken_bytes") >=
                reel__file_size(temp_path("reel.db")));
}

static const char *metrics_text(reel_metrics *metrics)
{
    static char text[TEXT_MAX];
    reel_buf out;

    reel__buf_init(&out, TEXT_MAX);
    reel__metrics_write(metrics, api.engine, &out);
    assert_false(out.failed);
    assert_true(out.length < sizeof text);
    memcpy(text, out.data, out.length + 1);
    reel__buf_fini(&out);
    return text;
}

static void has_line(const char *text, const char *line)
{
    const char *at = strstr(text, line);

    if (at == NULL || (at > text && at[-1] != '\n') || at[strlen(line)] != '\n')
        fail_msg("no line %s", line);
}

static void counters_count(void **state)
{
    const reel_feedback_answer taken = {.accepted = 3, .duplicates = 1, .of = {1, 2}};
    reel_metrics *metrics;
    const char *text;
    size_t films[2];
    char line[120];
    reel_err err = {0};

    (void)state;
    assert_ok(reel__metrics_new(&metrics, &err));
    api.app.metrics = metrics;
    films[0] =
        json_array_size(member(get("/api/v1/recommendations?user=6&model=popular"), "items"));
    films[1] = json_array_size(member(get("/api/v1/recommendations?user=6&model=ease"), "items"));
    films[0] +=
        json_array_size(member(post("/api/v1/recommendations", "{\"history\":[]}"), "items"));
    reel__metrics_request(metrics, "GET", api.exchange.route, 200, 0.002);
    reel__metrics_request(metrics, "POST", api.exchange.route, 200, 0.002);
    reel__metrics_request(metrics, "POST", api.exchange.route, 422, 0.3);
    reel__metrics_request(metrics, "POST", api.exchange.route, 418, 9);
    reel__metrics_request(metrics, NULL, NULL, 404, 0);
    reel__metrics_feedback(metrics, &taken);
    text = metrics_text(metrics);
    has_line(text, "reel_http_requests_total{method=\"POST\",route=\"/api/v1/recommendations\","
                   "status=\"200\"} 1");
    has_line(text, "reel_http_requests_total{method=\"POST\",route=\"/api/v1/recommendations\","
                   "status=\"422\"} 1");
    has_line(text, "reel_http_requests_total{method=\"POST\",route=\"/api/v1/recommendations\","
                   "status=\"0\"} 1");
    has_line(text, "reel_http_requests_total{method=\"\",route=\"\",status=\"404\"} 1");
    has_line(text, "reel_http_request_duration_seconds_bucket{method=\"POST\","
                   "route=\"/api/v1/recommendations\",le=\"0.001\"} 0");
    has_line(text, "reel_http_request_duration_seconds_bucket{method=\"POST\","
                   "route=\"/api/v1/recommendations\",le=\"0.0025\"} 1");
    has_line(text, "reel_http_request_duration_seconds_bucket{method=\"POST\","
                   "route=\"/api/v1/recommendations\",le=\"2.5\"} 2");
    has_line(text, "reel_http_request_duration_seconds_count{method=\"POST\","
                   "route=\"/api/v1/recommendations\"} 3");
    has_line(text, "reel_recommend_duration_seconds_count{recommender=\"popular\","
                   "basis=\"trained\"} 1");
    has_line(text, "reel_recommend_duration_seconds_count{recommender=\"ease\","
                   "basis=\"trained\"} 1");
    has_line(text, "reel_recommend_duration_seconds_count{recommender=\"popular\","
                   "basis=\"fallback\"} 1");
    has_line(text, "reel_fallbacks_total{recommender=\"hybrid\",reason=\"no_history\"} 1");
    for (int i = 0; i < 2; i++) {
        assert_true(films[i] > 0);
        (void)snprintf(line, sizeof line,
                       "reel_recommendations_served_total{recommender=\"%s\"} %zu",
                       i == 0 ? "popular" : "ease", films[i]);
        has_line(text, line);
    }
    has_line(text, "reel_feedback_events_total{type=\"impression\"} 1");
    has_line(text, "reel_feedback_events_total{type=\"click\"} 2");
    has_line(text, "reel_feedback_events_total{type=\"trailer\"} 0");
    has_line(text, "reel_feedback_duplicates_total 1");
    has_line(text, "reel_items 30");
    has_line(text, "reel_users 40");
    api.app.metrics = NULL;
    reel__metrics_free(metrics);
}

/* A card may come from elsewhere: what it says is escaped, and only what is known is told. */
static void the_models_say_how_good_they_are(void **state)
{
    static const char card[] =
        "{\"protocol\":{\"name\":\"ra\\\"t\\\\io\\n\"},\"metrics\":{"
        "\"ndcg@10\":{\"mean\":0.25,\"low\":0.2,\"high\":0.3},\"hidden_recall@5\":{\"mean\":0.5},"
        "\"coverage@10\":0.75,\"auc\":{\"mean\":0.875},\"rmse\":{\"mean\":0.9},"
        "\"novelty@10\":{\"mean\":9},\"of\\\"mine\":1,\"map@10\":\"high\"}}";
    reel_model *model = (reel_model *)(uintptr_t)reel__engine_model(api.engine, "ease");
    const char *text, *first;
    int series = 0;
    reel_metrics *metrics;
    char line[160];
    reel_err err = {0};

    (void)state;
    assert_ok(reel__metrics_new(&metrics, &err));
    assert_ok(reel_model_set_card(model, card, &err));
    text = metrics_text(metrics);
#define RATIO(metric, k)                                                                           \
    "reel_model_quality_ratio{model=\"ease\",metric=\"" metric "\",k=\"" k "\","
    has_line(text, RATIO("ndcg", "10") "split=\"ra\\\"t\\\\io\\n\"} 0.25");
    has_line(text, RATIO("hidden_recall", "5") "split=\"ra\\\"t\\\\io\\n\"} 0.5");
    has_line(text, RATIO("coverage", "10") "split=\"ra\\\"t\\\\io\\n\"} 0.75");
    has_line(text, RATIO("auc", "") "split=\"ra\\\"t\\\\io\\n\"} 0.875");
    for (first = text; (first = strstr(first, "\nreel_model_quality_ratio{")) != NULL; first++)
        series++;
    assert_int_equal(series, 4);
    (void)snprintf(line, sizeof line, "reel_model_info{model=\"ease\",version=\"%s\",",
                   reel_model_id(model));
    assert_non_null(strstr(text, line));
    assert_ok(reel_model_set_card(model, NULL, &err));
    reel__metrics_free(metrics);
}

/* name{label="…",…} number, after # HELP and # TYPE of the same name; none twice. */
static void every_line_is_well_formed(void **state)
{
    reel_metrics *metrics;
    char *line, *rest;
    char kind[80] = "";
    reel_err err = {0};

    (void)state;
    assert_ok(reel__metrics_new(&metrics, &err));
    reel__metrics_request(metrics, "GET", NULL, 200, 0.1);
    line = (char *)(uintptr_t)metrics_text(metrics);
    while ((rest = strchr(line, '\n')) != NULL) {
        *rest = '\0';
        if (strncmp(line, "# TYPE ", 7) == 0) {
            (void)snprintf(kind, sizeof kind, "%.*s", (int)strcspn(line + 7, " "), line + 7);
        } else if (line[0] != '#') {
            const char *value = strrchr(line, ' ');
            char *end;

            assert_int_equal(strncmp(line, kind, strlen(kind)), 0);
            assert_non_null(value);
            (void)strtod(value + 1, &end);
            assert_true(*end == '\0' && end != value + 1);
            assert_null(strstr(rest + 1, line)); /* none twice */
        }
        line = rest + 1;
    }
    assert_int_equal(*line, '\0');
    reel__metrics_free(metrics);
}

static void the_operators_address_is_its_own(void **state)
{
    reel_metrics *metrics;
    reel_err err = {0};

    (void)state;
    refuses("GET", "/api/v1/metrics", NULL, 404, "E_NOTFOUND", "there is no");
    assert_ok(reel__metrics_new(&metrics, &err));
    api.app.metrics = metrics;
    api.app.admin = true;
    assert_int_equal(ask("GET", "/metrics", NULL), 200);
    assert_string_equal(api.exchange.answer_type, "text/plain; version=0.0.4; charset=utf-8");
    assert_non_null(strstr(api.exchange.answer.data, "\nreel_items 30\n"));
    plain("/livez", 200, "ok\n");
    refuses("GET", "/api/v1/movies", NULL, 404, "E_NOTFOUND", "there is no");
    refuses("GET", "/", NULL, 404, "E_NOTFOUND", "there is no");
    api.app.admin = false;
    api.app.metrics = NULL;
    assert_int_not_equal(ask("GET", "/metrics", NULL), 500);
    assert_true(api.exchange.answer.data == NULL ||
                strstr(api.exchange.answer.data, "reel_items") == NULL);
    reel__metrics_free(metrics);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_lives_and_is_ready),
        cmocka_unit_test(the_system_is_told),
        cmocka_unit_test(counters_count),
        cmocka_unit_test(the_models_say_how_good_they_are),
        cmocka_unit_test(every_line_is_well_formed),
        cmocka_unit_test(the_operators_address_is_its_own),
    };

    return cmocka_run_group_tests(tests, api_start, api_stop);
}
