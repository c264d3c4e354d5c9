/* What admins do over the API: keys made, listed, rotated and revoked, and accounts of others. Each
 * answer is held against the description.
 */
#include "http/account.h"
#include "service/accounts/keys.h"

static char admin_key[REEL_KEY_TEXT];

static int start(void **state)
{
    reel_api_key key;
    reel_err err = {0};

    if (account_start(state) != 0)
        return -1;
    assert_ok(reel__keys_add(api.app.accounts,
                             &(reel_key_wish){.label = "root", .scopes = REEL_SCOPES_ALL}, &key,
                             admin_key, &err));
    return 0;
}

static int fresh(void **state)
{
    (void)state;
    memset(&from, 0, sizeof from);
    from.address = 1;
    from.key = admin_key;
    pauses_ms += 7200000;
    api.app.auth = REEL_AUTH_ACCOUNTS;
    return 0;
}

/* Ask with another key, and be as before. */
static int status_by(const char *key, const char *method, const char *target)
{
    int status;

    from.key = key;
    status = send_as(method, target, NULL);
    from.key = admin_key;
    return status;
}

static void make(const char *body, char id[REEL_KEY_PREFIX], char text_of[REEL_KEY_TEXT])
{
    char place[80];

    expect("POST", "/api/v1/keys", body, 201);
    (void)snprintf(id, REEL_KEY_PREFIX, "%s", text(api.json, "id"));
    (void)snprintf(text_of, REEL_KEY_TEXT, "%s", text(api.json, "key"));
    (void)snprintf(place, sizeof place, "/api/v1/keys/%s", id);
    assert_string_equal(api.exchange.location, place);
    assert_string_equal(api.exchange.cache_control, "no-store");
}

/* ---- keys ---------------------------------------------------------------------------------- */

static void a_key_is_made_shown_once_and_revoked(void **state)
{
    char id[REEL_KEY_PREFIX], key[REEL_KEY_TEXT], target[100];

    (void)state;
    make("{\"name\":\"shop \\u20ac\",\"scopes\":[\"read\",\"items:write\"],\"rate\":\"10/s\","
         "\"expires_days\":30}",
         id, key);
    assert_string_equal(text(api.json, "name"), "shop \xe2\x82\xac");
    assert_int_equal(json_array_size(member(api.json, "scopes")), 2);
    assert_string_equal(text(api.json, "state"), "good");
    assert_true(json_is_null(member(api.json, "account")));
    assert_int_equal(strncmp(key, id, strlen(id)), 0);
    assert_int_equal(status_by(key, "GET", "/api/v1/movies"), 200);
    assert_int_equal(status_by(key, "GET", "/api/v1/keys"), 403);
    (void)snprintf(target, sizeof target, "/api/v1/keys/%s", id);
    expect("GET", target, NULL, 200);
    assert_null(json_object_get(api.json, "key"));
    assert_string_equal(text(api.json, "rate"), "10/s");
    expect("DELETE", target, NULL, 204);
    assert_int_equal(status_by(key, "GET", "/api/v1/movies"), 401);
    expect("GET", target, NULL, 200);
    assert_string_equal(text(api.json, "state"), "revoked");
    expect("DELETE", target, NULL, 204); /* it is, already */
    expect("GET", "/api/v1/keys/rk_none", NULL, 404);
    expect("DELETE", "/api/v1/keys/rk_none", NULL, 404);
    expect("GET", "/api/v1/keys/rk_a-name-that-is-much-too-long-to-be-any", NULL, 404);
}

static void a_key_of_an_admin_is_theirs(void **state)
{
    char cookie[128], id[REEL_KEY_PREFIX], key[REEL_KEY_TEXT];
    reel_account account;
    reel_err err = {0};

    (void)state;
    assert_ok(
        reel__accounts_add(api.app.accounts, "chief", LONG_WORD, REEL_ROLE_ADMIN, &account, &err));
    from.key = NULL;
    sign_in_as("chief", LONG_WORD, cookie);
    make("{\"name\":\"mine\",\"scopes\":[\"read\",\"admin\"]}", id, key);
    assert_int_equal(integer(api.json, "account"), account.id);
    from.cookie = NULL;
    assert_int_equal(status_by(key, "GET", "/api/v1/keys"), 200);
    assert_ok(
        reel__accounts_add(api.app.accounts, "another", NULL, REEL_ROLE_ADMIN, &account, &err));
    assert_ok(reel__accounts_named(api.app.accounts, "chief", &account, &err));
    assert_ok(reel__accounts_set(
        api.app.accounts, account.id,
        &(const reel_account_change){&(const reel_role){REEL_ROLE_ANALYST}, 0}, &err));
    assert_int_equal(status_by(key, "GET", "/api/v1/keys"), 403);
    assert_int_equal(status_by(key, "GET", "/api/v1/movies"), 200);
}

static void a_key_is_rotated(void **state)
{
    char id[REEL_KEY_PREFIX], key[REEL_KEY_TEXT], next_id[REEL_KEY_PREFIX], next[REEL_KEY_TEXT],
        target[100];

    (void)state;
    make("{\"name\":\"turning\",\"public\":true,\"origins\":[\"https://a.example\","
         "\"https://b.example\"]}",
         id, key);
    assert_int_equal(json_array_size(member(api.json, "origins")), 2);
    (void)snprintf(target, sizeof target, "/api/v1/keys/%s/rotate", id);
    expect("POST", target, NULL, 415);
    expect("POST", target, "{\"grace_seconds\":-1}", 422);
    expect("POST", target, "{\"grace_seconds\":\"5\"}", 422);
    expect("POST", target, "{\"grace\":5}", 422);
    expect("POST", target, "{", 400);
    expect("POST", target, "{}", 201);
    (void)snprintf(next_id, sizeof next_id, "%s", text(api.json, "id"));
    (void)snprintf(next, sizeof next, "%s", text(api.json, "key"));
    assert_string_not_equal(id, next_id);
    assert_true(json_is_true(member(api.json, "public")));
    assert_int_equal(json_array_size(member(api.json, "origins")), 2);
    assert_int_equal(status_by(key, "GET", "/api/v1/movies/1/similar"), 200);
    assert_int_equal(status_by(next, "GET", "/api/v1/movies/1/similar"), 200);
    (void)snprintf(target, sizeof target, "/api/v1/keys/%s/rotate", next_id);
    expect("POST", target, "{\"grace_seconds\":0}", 201);
    assert_int_equal(status_by(next, "GET", "/api/v1/movies/1/similar"), 401);
    expect("POST", target, "{}", 409);
    expect("POST", "/api/v1/keys/rk_none/rotate", "{}", 404);
}

static void wishes_are_looked_at(void **state)
{
    static const struct {
        const char *body, *part;
    } wrong[] = {
        {"[]", "object"},
        {"{}", "name"},
        {"{\"name\":1}", "name"},
        {"{\"name\":\"a\"}", "scopes"},
        {"{\"name\":\"a\",\"scopes\":\"read\"}", "scopes: expected an array"},
        {"{\"name\":\"a\",\"scopes\":[1]}", "scopes[0]"},
        {"{\"name\":\"a\",\"scopes\":[\"write\"]}", "items:write"},
        {"{\"name\":\"a\",\"scopes\":[\"read\"],\"origins\":[\"https://a.b\"]}", "public key"},
        {"{\"name\":\"a\",\"scopes\":[\"read\"],\"public\":\"yes\"}", "public: expected"},
        {"{\"name\":\"a\",\"scopes\":[\"admin\"],\"public\":true,\"origins\":[\"https://a.b\"]}",
         "at most"},
        {"{\"name\":\"a\",\"public\":true,\"origins\":[\"a.b\"]}", "origin"},
        {"{\"name\":\"a\\u202eb\",\"scopes\":[\"read\"]}", "name"},
        {"{\"name\":\"a\\u009bb\",\"scopes\":[\"read\"]}", "name"},
        {"{\"name\":\"a\",\"public\":true}", "origins"},
        {"{\"name\":\"a\",\"scopes\":[\"read\"],\"rate\":5}", "rate"},
        {"{\"name\":\"a\",\"scopes\":[\"read\"],\"rate\":\"5/h\"}", "rate"},
        {"{\"name\":\"a\",\"scopes\":[\"read\"],\"expires_days\":3661}", "expires_days"},
        {"{\"name\":\"a\",\"scopes\":[\"read\"],\"expires_days\":1e300}", "expires_days"},
        {"{\"name\":\"a\",\"scopes\":[\"read\"],\"expires\":1}", "no such member"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        expect("POST", "/api/v1/keys", wrong[i].body, 422);
        assert_problem_says(wrong[i].part);
    }
    expect("POST", "/api/v1/keys", "{\"name\":", 400);
    expect("POST", "/api/v1/keys", "{\"name\":\"a\",\"scopes\":[\"read\"],\"rate\":null}", 201);
}

/* Every item of a listing once, page by page; how many. */
static size_t walk_pages(const char *path)
{
    char target[300];
    size_t count = 0;

    (void)snprintf(target, sizeof target, "%s", path);
    for (;;) {
        const char *next;

        expect("GET", target, NULL, 200);
        assert_true(json_array_size(member(api.json, "items")) <= 2);
        count += json_array_size(member(api.json, "items"));
        next = json_string_value(member(api.json, "next_cursor"));
        if (next == NULL)
            return count;
        assert_int_equal(json_array_size(member(api.json, "items")), 2);
        (void)snprintf(target, sizeof target, "%s&cursor=%s", path, next);
    }
}

static void keys_come_in_pages(void **state)
{
    char id[REEL_KEY_PREFIX], key[REEL_KEY_TEXT];
    size_t all;

    (void)state;
    expect("GET", "/api/v1/keys?limit=200", NULL, 200);
    all = json_array_size(member(api.json, "items"));
    assert_true(all >= 1);
    make("{\"name\":\"one more\",\"scopes\":[\"read\"]}", id, key);
    assert_int_equal(walk_pages("/api/v1/keys?limit=2"), all + 1);
    expect("GET", "/api/v1/keys?limit=0", NULL, 422);
    expect("GET", "/api/v1/keys?cursor=zzz", NULL, 400);
}

/* ---- accounts ------------------------------------------------------------------------------ */

static int64_t add(const char *name, reel_role role)
{
    reel_account account;
    reel_err err = {0};

    assert_ok(reel__accounts_add(api.app.accounts, name, LONG_WORD, role, &account, &err));
    return account.id;
}

static void accounts_are_listed_and_found(void **state)
{
    (void)state;
    (void)add("Zoë Finder", REEL_ROLE_PERSON);
    (void)add("zoe finder two", REEL_ROLE_PERSON);
    (void)add("100% finder", REEL_ROLE_PERSON);
    expect("GET", "/api/v1/accounts?q=zoe%20FIND", NULL, 200);
    assert_int_equal(json_array_size(member(api.json, "items")), 2);
    assert_string_equal(text(json_array_get(member(api.json, "items"), 0), "name"), "Zoë Finder");
    expect("GET", "/api/v1/accounts?q=%25", NULL, 200);
    assert_int_equal(json_array_size(member(api.json, "items")), 1);
    expect("GET", "/api/v1/accounts?q=nobody%20at%20all", NULL, 200);
    assert_int_equal(json_array_size(member(api.json, "items")), 0);
    assert_int_equal(walk_pages("/api/v1/accounts?q=finder&limit=2"), 3);
    assert_true(walk_pages("/api/v1/accounts?limit=2") >= 3);
}

static void an_account_gets_another_role(void **state)
{
    char target[100], cookie[128];
    const int64_t id = add("growing", REEL_ROLE_PERSON);

    (void)state;
    (void)snprintf(target, sizeof target, "/api/v1/accounts/%lld", (long long)id);
    assert_int_equal(
        reel__store_set_email(reel__engine_store(api.engine), id, "mine@example.org", NULL),
        REEL_OK);
    expect("GET", target, NULL, 200);
    assert_string_equal(text(api.json, "role"), "person");
    assert_true(json_is_null(member(api.json, "email"))); /* is the person's own matter */
    expect("GET", "/api/v1/accounts?q=growing", NULL, 200);
    assert_null(strstr(api.exchange.answer.data, "mine@example.org"));
    expect("PATCH", target, "{\"role\":\"analyst\"}", 200);
    assert_string_equal(text(api.json, "role"), "analyst");
    expect("PATCH", target, "{}", 200);
    from.key = NULL;
    sign_in_as("growing", LONG_WORD, cookie);
    expect("GET", "/api/v1/jobs", NULL, 200);
    expect("GET", target, NULL, 403);
    from.cookie = NULL;
    from.key = admin_key;
    expect("PATCH", target, "{\"disabled\":true}", 200);
    assert_true(json_is_true(member(api.json, "disabled")));
    assert_string_equal(text(api.json, "role"), "analyst");
    from.key = NULL;
    from.cookie = cookie;
    expect("GET", "/api/v1/me", NULL, 401);
    from.key = admin_key;
    expect("PATCH", target, "{\"role\":\"king\"}", 422);
    expect("PATCH", target, "{\"role\":null,\"disabled\":1}", 422);
    expect("PATCH", target, "{\"name\":\"other\"}", 422);
    expect("PATCH", target, "[]", 422);
    expect("PATCH", target, "{", 400);
    expect("PATCH", "/api/v1/accounts/999999", "{\"disabled\":true}", 404);
}

static void a_reset_is_given_by_an_admin(void **state)
{
    char target[100], cookie[128], body[200];
    const int64_t id = add("locked", REEL_ROLE_PERSON);

    (void)state;
    (void)snprintf(target, sizeof target, "/api/v1/accounts/%lld/reset", (long long)id);
    expect("POST", target, "", 201);
    assert_string_equal(api.exchange.cache_control, "no-store");
    (void)snprintf(body, sizeof body, "{\"token\":\"%s\",\"new_password\":\"another long word\"}",
                   text(api.json, "token"));
    from.key = NULL;
    expect("POST", "/api/v1/password-reset/confirm", body, 200);
    sign_in_as("locked", "another long word", cookie);
    from.key = admin_key;
    expect("POST", "/api/v1/accounts/999999/reset", "", 404);
}

static void an_account_is_deleted_but_not_the_last_admin(void **state)
{
    char target[100];
    const int64_t id = add("leaving", REEL_ROLE_PERSON);
    reel_account account;
    reel_err err = {0};

    (void)state;
    (void)snprintf(target, sizeof target, "/api/v1/accounts/%lld", (long long)id);
    expect("DELETE", target, NULL, 204);
    expect("DELETE", target, NULL, 404);
    expect("GET", target, NULL, 404);
    assert_ok(reel__accounts_named(api.app.accounts, "another", &account, &err));
    (void)snprintf(target, sizeof target, "/api/v1/accounts/%lld", (long long)account.id);
    expect("DELETE", target, NULL, 409);
    assert_problem_says("last admin");
    expect("PATCH", target, "{\"role\":\"person\"}", 409);
    expect("PATCH", target, "{\"disabled\":true}", 409);
}

/* ---- trouble ------------------------------------------------------------------------------- */

static void without_accounts_there_is_nothing(void **state)
{
    static const struct {
        const char *method, *target, *body;
    } all[] = {
        {"GET", "/api/v1/keys", NULL},
        {"POST", "/api/v1/keys", "{\"name\":\"a\",\"scopes\":[\"read\"]}"},
        {"GET", "/api/v1/keys/rk_a", NULL},
        {"DELETE", "/api/v1/keys/rk_a", NULL},
        {"POST", "/api/v1/keys/rk_a/rotate", "{}"},
        {"GET", "/api/v1/accounts", NULL},
        {"GET", "/api/v1/accounts/1", NULL},
        {"PATCH", "/api/v1/accounts/1", "{}"},
        {"DELETE", "/api/v1/accounts/1", NULL},
        {"POST", "/api/v1/accounts/1/reset", ""},
    };
    reel_accounts *accounts = api.app.accounts;

    (void)state;
    api.app.accounts = NULL;
    from.key = NULL;
    api.caller = (reel_caller){.kind = REEL_CALLER_KEY, .scopes = REEL_SCOPES_ALL};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        expect(all[i].method, all[i].target, all[i].body, 404);
    api.caller = (reel_caller){0};
    api.app.accounts = accounts;
}

/* The request `user`, whose answer may have no room. */
static reel_code ask_once(void *user, reel_err *err)
{
    const char *const *request = user;
    const size_t length = request[2] == NULL ? 0 : strlen(request[2]);
    reel_exchange *exchange = &api.exchange;
    reel_code rc = REEL_OK;

    reel__exchange_init(exchange);
    exchange->method = request[0];
    REEL_TRY(reel__exchange_target(exchange, request[1], err));
    exchange->api_key = admin_key;
    exchange->client.https = true;
    exchange->body = length > 0 ? request[2] : "";
    exchange->body_length = length;
    exchange->content_type = "application/json";
    reel__exchange_handle(exchange, &api.app, api.session);
    if (exchange->status == 503 || exchange->answer.failed)
        rc = reel_fail(err, REEL_E_NOMEM, "no memory");
    else if (exchange->status >= 300)
        rc = reel_fail(err, REEL_E_INVALID, "%d", exchange->status);
out:
    reel__exchange_fini(exchange);
    return rc;
}

static void no_memory_is_no_harm(void **state)
{
    const char *requests[][3] = {
        {"GET", "/api/v1/keys", NULL},
        {"POST", "/api/v1/keys", "{\"name\":\"a\",\"scopes\":[\"read\"],\"rate\":\"5/s\"}"},
        {"GET", "/api/v1/accounts?q=a", NULL},
        {"PATCH", "/api/v1/accounts/1", "{\"role\":\"analyst\"}"},
        {"POST", "/api/v1/accounts/1/reset", NULL},
    };

    (void)state;
    begin("GET", "/");
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
        assert_true(sweep_memory(ask_once, requests[i]) >= 1);
    reel__exchange_init(&api.exchange);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, fresh)
    const struct CMUnitTest tests[] = {
        TEST(a_key_is_made_shown_once_and_revoked),
        TEST(a_key_of_an_admin_is_theirs),
        TEST(a_key_is_rotated),
        TEST(wishes_are_looked_at),
        TEST(keys_come_in_pages),
        TEST(accounts_are_listed_and_found),
        TEST(an_account_gets_another_role),
        TEST(a_reset_is_given_by_an_admin),
        TEST(an_account_is_deleted_but_not_the_last_admin),
        TEST(without_accounts_there_is_nothing),
        TEST(no_memory_is_no_harm),
    };

    return cmocka_run_group_tests(tests, start, account_stop);
}
