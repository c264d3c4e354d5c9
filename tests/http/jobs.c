/* Jobs over the API: asked for by an administrator, listed by the page, cancelled, and what is said
 * of one that is not there. None is done here: that is tests/unit/service/jobs.c, and over sockets
 * tests/http/server.py.
 */
#include "http/api.h"

#define JOB_SHAPE                                                                                  \
    "id:i kind:s model:s? params:o state:s progress:n step:s? cancel:b asked_by:s created_at:s "   \
    "started_at:s? finished_at:s? error:o? result:o?"

/* What an administrator is answered; kept until the next question. */
static const json_t *administer(const char *method, const char *target, const char *body,
                                int status)
{
    const reel_account admin = {.id = 1, .role = REEL_ROLE_ADMIN};

    begin(method, target);
    api.exchange.body = body == NULL ? "" : body;
    api.exchange.body_length = strlen(api.exchange.body);
    api.exchange.content_type = "application/json";
    api.exchange.caller = reel__caller_account(&admin);
    if (handle() != status)
        fail_msg("%s %s: %d", method, target, api.exchange.status);
    assert_described(method);
    return api.json;
}

static int64_t start_one(void)
{
    char location[64];
    int64_t id;

    id = integer(administer("POST", "/api/v1/jobs",
                            "{\"kind\":\"train\",\"model\":\"ease\",\"params\":{\"lambda\":300}}",
                            202),
                 "id");
    (void)snprintf(location, sizeof location, "/api/v1/jobs/%lld", (long long)id);
    assert_string_equal(api.exchange.location, location);
    return id;
}

static const char *target_of(int64_t id, const char *what)
{
    static char target[96];

    (void)snprintf(target, sizeof target, "/api/v1/jobs/%lld%s", (long long)id, what);
    return target;
}

static void one_is_asked_for(void **state)
{
    const int64_t id = start_one();
    const json_t *job;

    (void)state;
    assert_shape(api.json, JOB_SHAPE);
    job = administer("GET", target_of(id, ""), NULL, 200);
    assert_shape(job, JOB_SHAPE);
    assert_string_equal(text(job, "state"), "queued");
    assert_string_equal(text(job, "model"), "ease");
    assert_string_equal(text(job, "asked_by"), "account 1");
    assert_string_equal(text(member(job, "params"), "lambda"), "300");
    (void)administer("GET", target_of(id, "/log"), NULL, 200);
    assert_string_equal(api.exchange.answer_type, "text/plain; charset=utf-8");
}

static void they_are_listed_by_the_page(void **state)
{
    int64_t ids[3], last = INT64_MAX;
    char target[96] = "/api/v1/jobs?limit=1";
    size_t count = 0;

    (void)state;
    for (size_t i = 0; i < 3; i++)
        ids[i] = start_one();
    for (;;) {
        const json_t *page = administer("GET", target, NULL, 200);
        const json_t *items = member(page, "items");

        assert_each(items, JOB_SHAPE);
        assert_true(integer(json_array_get(items, 0), "id") < last);
        last = integer(json_array_get(items, 0), "id");
        count++;
        if (count == 1)
            assert_int_equal(last, ids[2]);
        if (json_is_null(member(page, "next_cursor")))
            break;
        (void)snprintf(target, sizeof target, "/api/v1/jobs?limit=1&cursor=%.40s",
                       text(page, "next_cursor"));
    }
    assert_true(count >= 3);
}

static void one_is_cancelled(void **state)
{
    const int64_t id = start_one();

    (void)state;
    assert_string_equal(text(administer("DELETE", target_of(id, ""), NULL, 200), "state"),
                        "cancelled");
    (void)administer("DELETE", target_of(id, ""), NULL, 409);
    assert_problem(409, "E_CONFLICT", "has ended");
}

static void what_is_wrong_is_said(void **state)
{
    const int64_t id = start_one();

    (void)state;
    (void)administer("GET", "/api/v1/jobs/4711", NULL, 404);
    assert_problem(404, "E_NOTFOUND", "no job 4711");
    (void)administer("GET", "/api/v1/jobs/0", NULL, 404);
    (void)administer("GET", "/api/v1/jobs/4711/log", NULL, 404);
    (void)administer("DELETE", "/api/v1/jobs/4711", NULL, 404);
    (void)administer("GET", target_of(id, "/events"), NULL, 503);
    assert_problem(503, "E_STORE", "no jobs are done here");
    (void)administer("POST", "/api/v1/jobs", "{\"kind\":\"train\"", 400);
    (void)administer("POST", "/api/v1/jobs", "{\"kind\":\"dance\"}", 422);
    assert_problem(422, "E_INVALID", "kind");
    (void)administer("POST", "/api/v1/jobs", "{\"kind\":\"train\",\"model\":\"slim\"}", 404);
    (void)administer("GET", "/api/v1/jobs?limit=0", NULL, 422);
    (void)administer("PUT", "/api/v1/jobs", "{}", 405);
    api.app.auth = REEL_AUTH_OPEN; /* who need not sign in may look, and no more */
    refuses("POST", "/api/v1/jobs", "{\"kind\":\"train\"}", 401, "E_UNAUTH", "");
    refuses("DELETE", target_of(id, ""), NULL, 401, "E_UNAUTH", "");
    (void)get(target_of(id, ""));
    api.app.auth = REEL_AUTH_ACCOUNTS;
    refuses("GET", target_of(id, ""), NULL, 401, "E_UNAUTH", "");
    refuses("GET", target_of(id, "/events"), NULL, 401, "E_UNAUTH", "");
    api.app.auth = REEL_AUTH_OPEN;
}

/* Over the network nothing names a file of the server. */
static void enriching_is_asked_for_by_a_few_words(void **state)
{
    static const char *const wrong[] = {"\"params\":{\"from\":\"/etc/passwd\"}",
                                        "\"params\":{\"links\":\"x\"}",
                                        "\"params\":{\"all\":false}",
                                        "\"params\":{\"all\":\"yes\"}",
                                        "\"params\":{\"posters\":1}",
                                        "\"params\":{\"rate\":-1}",
                                        "\"params\":{\"rate\":true}",
                                        "\"model\":\"ease\"",
                                        "\"accept\":true"};
    const json_t *job;
    char body[120];

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        (void)snprintf(body, sizeof body, "{\"kind\":\"enrich\",%s}", wrong[i]);
        (void)administer("POST", "/api/v1/jobs", body, 422);
    }
    job = administer("POST", "/api/v1/jobs",
                     "{\"kind\":\"enrich\",\"params\":{\"all\":true,\"posters\":true,"
                     "\"to-mongo\":true,\"rate\":20}}",
                     202);
    assert_string_equal(text(job, "kind"), "enrich");
    assert_true(json_is_null(member(job, "model")));
    assert_string_equal(text(member(job, "params"), "all"), "true");
    assert_string_equal(text(member(job, "params"), "rate"), "20");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_is_asked_for),
        cmocka_unit_test(they_are_listed_by_the_page),
        cmocka_unit_test(one_is_cancelled),
        cmocka_unit_test(what_is_wrong_is_said),
        cmocka_unit_test(enriching_is_asked_for_by_a_few_words),
    };

    return cmocka_run_group_tests(tests, api_start, api_stop);
}
