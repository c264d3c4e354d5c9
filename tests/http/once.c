/* Idempotency-Key: what is sent twice is done once, and answered the same. */
#include "http/api.h"
#include "service/operation/once.h"

static int send_under(const char *target, const char *key, const char *body)
{
    api.caller =
        (reel_caller){REEL_CALLER_ACCOUNT, 1000, REEL_ROLE_ADMIN, REEL_SCOPES_ALL, false, false};
    begin("POST", target);
    api.exchange.idempotency_key = key;
    api.exchange.body = body;
    api.exchange.body_length = strlen(body);
    api.exchange.content_type =
        strstr(target, ":batch") != NULL ? "application/x-ndjson" : "application/json";
    return handle();
}

static size_t jobs(void)
{
    return json_array_size(member(get("/api/v1/jobs?limit=200"), "items"));
}

static void a_job_is_asked_for_once(void **state)
{
    static const char body[] = "{\"kind\":\"train\",\"model\":\"popular\"}";
    char location[64];
    json_t *first;
    size_t before;

    (void)state;
    before = jobs();
    assert_int_equal(send_under("/api/v1/jobs", "one", body), 202);
    assert_described("POST");
    (void)snprintf(location, sizeof location, "%s", api.exchange.location);
    first = json_incref(api.json);
    assert_int_equal(send_under("/api/v1/jobs", "one", body), 202);
    assert_described("POST");
    assert_true(json_equal(first, api.json));
    assert_string_equal(api.exchange.location, location);
    assert_int_equal(jobs(), before + 1);
    assert_int_equal(send_under("/api/v1/jobs", "two", body), 202);
    assert_int_equal(jobs(), before + 2);
    assert_int_equal(send_under("/api/v1/jobs", NULL, body), 202);
    assert_int_equal(jobs(), before + 3);
    json_decref(first);
}

static void films_are_put_once(void **state)
{
    static const char line[] = "{\"movie\":951,\"title\":\"Once\"}\n";
    reel_store_label before, after;
    reel_err err = {0};

    (void)state;
    assert_int_equal(send_under("/api/v1/movies:batch", "films", line), 200);
    assert_int_equal(integer(api.json, "put"), 1);
    assert_ok(reel__store_label(api.store, &before, &err));
    assert_int_equal(send_under("/api/v1/movies:batch", "films", line), 200);
    assert_described("POST");
    assert_int_equal(integer(api.json, "put"), 1);
    assert_ok(reel__store_label(api.store, &after, &err));
    assert_int_equal(before.generation, after.generation);
}

static void a_key_is_for_one_request(void **state)
{
    static const char body[] = "{\"kind\":\"train\",\"model\":\"ease\"}";

    (void)state;
    assert_int_equal(send_under("/api/v1/jobs", "three", body), 202);
    assert_int_equal(send_under("/api/v1/jobs", "three", "{\"kind\":\"train\"}"), 422);
    assert_problem(422, "E_INVALID", "another body");
    assert_described("POST");
}

/* What was refused is not kept: put right, it goes through under the same key. */
static void a_refusal_may_be_tried_again(void **state)
{
    (void)state;
    assert_int_equal(send_under("/api/v1/jobs", "four", "{\"kind\":\"dance\"}"), 422);
    assert_problem(422, "E_INVALID", "kind");
    assert_int_equal(send_under("/api/v1/jobs", "four", "{\"kind\":\"train\"}"), 202);
}

static void while_the_first_is_done_others_wait(void **state)
{
    static const char body[] = "{\"kind\":\"train\"}";
    const reel_once_request request = {
        .parts = {"1 1000 ", "/api/v1/jobs", "application/json", "five"},
        .body = body,
        .length = sizeof body - 1};
    reel_once_answer there = {.status = 0};
    reel_once_state how;
    char who[40], key[REEL_ONCE_HASH];
    reel_once_request own = request;
    reel_err err = {0};

    (void)state;
    (void)snprintf(who, sizeof who, "%d 1000 ", (int)REEL_CALLER_ACCOUNT);
    own.parts[0] = who;
    assert_ok(reel__once_begin(key, api.store, &own, &how, &there, &err));
    assert_int_equal(how, REEL_ONCE_MINE);
    assert_int_equal(send_under("/api/v1/jobs", "five", body), 409);
    assert_problem(409, "E_CONFLICT", "not done yet");
    assert_true(reel__once_end(api.store, key, NULL));
    assert_int_equal(send_under("/api/v1/jobs", "five", body), 202);
}

static void wrong_keys_are_refused(void **state)
{
    static char longest[258];
    const char *const keys[] = {"", "a b", "\x7f", "\xc3\xa9", longest};

    (void)state;
    memset(longest, 'k', 256);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        assert_int_equal(send_under("/api/v1/jobs", keys[i], "{\"kind\":\"train\"}"), 400);
        assert_problem(400, "E_INVALID", "Idempotency-Key");
    }
    longest[255] = '\0';
    assert_int_equal(send_under("/api/v1/jobs", longest, "{\"kind\":\"train\"}"), 202);
    /* elsewhere it says nothing */
    assert_int_equal(send_under("/api/v1/recommendations", "a b", "{\"user\":6}"), 200);
}

/* What is shown once is not kept to be shown again. */
static void secrets_are_given_without_a_key(void **state)
{
    static const struct {
        const char *target, *body;
    } asked[] = {
        {"/api/v1/keys", "{\"name\":\"once\",\"scopes\":[\"read\"]}"},
        {"/api/v1/keys/rk_abcdefgh/rotate", "{}"},
        {"/api/v1/accounts", "{\"name\":\"once\",\"password\":\"a-long-enough-word\"}"},
        {"/api/v1/accounts/1/reset", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        assert_int_equal(send_under(asked[i].target, "six", asked[i].body), 400);
        assert_problem(400, "E_INVALID", "secret");
        assert_described("POST");
        /* it was not tried: here are no accounts, which is said without one */
        assert_int_not_equal(send_under(asked[i].target, NULL, asked[i].body), 400);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_job_is_asked_for_once),
        cmocka_unit_test(films_are_put_once),
        cmocka_unit_test(a_key_is_for_one_request),
        cmocka_unit_test(a_refusal_may_be_tried_again),
        cmocka_unit_test(while_the_first_is_done_others_wait),
        cmocka_unit_test(wrong_keys_are_refused),
        cmocka_unit_test(secrets_are_given_without_a_key),
    };

    return cmocka_run_group_tests(tests, api_start, api_stop);
}
