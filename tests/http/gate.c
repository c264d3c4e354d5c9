/* Every row of the route table by everybody who may call: nobody where that is open and where it is
 * not, each role, keys of each scope, public ones from their pages and from others, and keys that
 * are over. What is expected is written here once more, by what a row needs; a row that needs
 * nothing known here is a failure.
 */
#include "http/account.h"
#include "service/accounts/keys.h"

enum { CALLERS = 19 };

#define ACCOUNT(id, role, scopes)                                                                  \
    {                                                                                              \
        REEL_CALLER_ACCOUNT, id, role, scopes, false, false                                        \
    }
#define PEOPLE (REEL_SCOPE_READ | REEL_SCOPE_FEEDBACK)
#define PAGES  "https://shop.example"

/* Who, in the order of the columns below: somebody who was found out already, or a key that is
 * sent. */
static const struct who {
    const char *name;
    reel_auth auth;
    reel_caller caller;
    reel_api_key key; /* with a label, where one is sent */
    const char *origin;
} callers[CALLERS] = {
    {"nobody, open", REEL_AUTH_OPEN},
    {"nobody", REEL_AUTH_ACCOUNTS},
    {"person, open", REEL_AUTH_OPEN, ACCOUNT(1, REEL_ROLE_PERSON, PEOPLE)},
    {"person", REEL_AUTH_ACCOUNTS, ACCOUNT(1, REEL_ROLE_PERSON, PEOPLE)},
    {"analyst", REEL_AUTH_ACCOUNTS, ACCOUNT(2, REEL_ROLE_ANALYST, PEOPLE)},
    {"admin", REEL_AUTH_ACCOUNTS, ACCOUNT(3, REEL_ROLE_ADMIN, REEL_SCOPES_ALL)},
    {"key: none", REEL_AUTH_ACCOUNTS, .key = {.label = "a"}},
    {"key: read", REEL_AUTH_ACCOUNTS, .key = {.label = "b", .scopes = REEL_SCOPE_READ}},
    {"key: feedback:write", REEL_AUTH_ACCOUNTS,
     .key = {.label = "c", .scopes = REEL_SCOPE_FEEDBACK}},
    {"key: items:write", REEL_AUTH_ACCOUNTS, .key = {.label = "d", .scopes = REEL_SCOPE_ITEMS}},
    {"key: admin", REEL_AUTH_ACCOUNTS, .key = {.label = "e", .scopes = REEL_SCOPE_ADMIN}},
    {"key: all", REEL_AUTH_ACCOUNTS, .key = {.label = "f", .scopes = REEL_SCOPES_ALL}},
    {"public key", REEL_AUTH_ACCOUNTS,
     .key = {.label = "g", .scopes = PEOPLE, .is_public = true, .origins = PAGES}, .origin = PAGES},
    {"public key: all", REEL_AUTH_OPEN,
     .key = {.label = "h", .scopes = REEL_SCOPES_ALL, .is_public = true, .origins = PAGES}},
    {"public key: read", REEL_AUTH_ACCOUNTS,
     .key = {.label = "i", .scopes = REEL_SCOPE_READ, .is_public = true, .origins = PAGES},
     .origin = PAGES},
    {"public key, another page", REEL_AUTH_OPEN,
     .key = {.label = "j", .scopes = REEL_SCOPES_ALL, .is_public = true, .origins = PAGES},
     .origin = "https://shop.example.evil.example"},
    {"key: revoked", REEL_AUTH_OPEN,
     .key = {.label = "k", .scopes = REEL_SCOPES_ALL, .revoked_at = 1}},
    {"key: expired", REEL_AUTH_ACCOUNTS,
     .key = {.label = "l", .scopes = REEL_SCOPES_ALL, .expires_at = 1}},
    {"key: unknown", REEL_AUTH_OPEN, .key = {.label = ""}},
};

static char texts[CALLERS][REEL_KEY_TEXT]; /* "" = no key */

/* Their keys, as the store has them. */
static int gate_start(void **state)
{
    if (account_start(state) != 0)
        return -1;
    for (size_t i = 0; i < CALLERS; i++) {
        reel_api_key key = callers[i].key;
        reel_err err = {0};

        if (callers[i].caller.kind != REEL_CALLER_NOBODY || i < 2)
            continue;
        assert_ok(reel__key_text(texts[i], key.prefix, key.is_public, &err));
        reel__secret_hash(key.hash, texts[i], strlen(texts[i]));
        if (key.label[0] != '\0')
            assert_ok(reel__store_put_key(api.store, &key, &err));
    }
    return 0;
}

/* + is let in, 1 is told 401, 3 is told 403; one column a caller. */
static const struct rule {
    reel_need need;
    const char *columns;
} rules[] = {
    {REEL_NEED_NOTHING, "+++++++++++++++++++"}, {REEL_NEED_RECOMMEND, "+1++++3+333++++3111"},
    {REEL_NEED_READ, "+1++++3+333+3333111"},    {REEL_NEED_FEEDBACK, "+1++++33+33+++33111"},
    {REEL_NEED_RATE, "+1++++33+33+3333111"},    {REEL_NEED_ITEMS, "11333+333+3+3333111"},
    {REEL_NEED_ACCOUNT, "11++++3333333333111"}, {REEL_NEED_LOG, "+1+3++3333++3333111"},
    {REEL_NEED_ANALYST, "1133++3333++3333111"}, {REEL_NEED_ADMIN, "11333+3333++3333111"},
};

/* What everybody may ask. Who sends a key is looked at where something may change, and where the
 * older service's lists depend on it; the session tells who is signed in, so it looks itself. */
static const char *of_nothing(const reel_route *route)
{
    if (strcmp(route->method, "GET") != 0 || route->door == REEL_DOOR_PROTOTYPE)
        return "++++++++++++3333111";
    return strcmp(route->path, "/api/v1/session") == 0 ? "+++++++++++++++3111"
                                                       : "+++++++++++++++++++";
}

static char expected(const reel_route *route, size_t who)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (rules[i].need == route->need) {
            assert_int_equal(strlen(rules[i].columns), CALLERS);
            return route->need == REEL_NEED_NOTHING ? of_nothing(route)[who]
                                                    : rules[i].columns[who];
        }
    fail_msg("%s %s says of nobody whether they may", route->method, route->path);
    return ' ';
}

/* The path with something in the place of each name. */
static void fill_path(char *out, size_t room, const char *path, const char *id)
{
    size_t used = 0;

    while (*path != '\0' && used + 32 < room) {
        const char *part = NULL;

        if (*path == '{')
            part = strncmp(path, "{id}", 4) == 0      ? id
                   : strncmp(path, "{movie}", 7) == 0 ? "1"
                                                      : "abc";
        if (part != NULL) {
            used += (size_t)snprintf(out + used, room - used, "%s", part);
            path = strchr(path, '}') + 1;
        } else {
            out[used++] = *path++;
        }
    }
    out[used] = '\0';
}

static int call_as(const reel_route *route, const char *target, const struct who *who)
{
    api.app.auth = who->auth;
    api.app.admin = route->door == REEL_DOOR_ADMIN;
    api.app.prototype = true;
    begin(route->method, target);
    api.exchange.caller = who->caller;
    api.exchange.api_key = texts[who - callers][0] == '\0' ? NULL : texts[who - callers];
    api.exchange.origin = who->origin;
    api.exchange.client.https = true;
    return handle();
}

/* Person 1 is of the data set: where it is not open, whoever signed in rates as themselves. */
static bool rates_another(const reel_route *route, const struct who *who)
{
    return route->need == REEL_NEED_RATE && who->auth == REEL_AUTH_ACCOUNTS &&
           who->caller.kind == REEL_CALLER_ACCOUNT && who->caller.role != REEL_ROLE_ADMIN;
}

static void every_row_lets_in_who_may(void **state)
{
    char target[200];

    (void)state;
    for (size_t i = 0; reel__route_at(i) != NULL; i++)
        for (size_t who = 0; who < CALLERS; who++) {
            const reel_route *route = reel__route_at(i);
            const char due = rates_another(route, &callers[who]) ? '3' : expected(route, who);
            int status;

            fill_path(target, sizeof target, route->path, "1");
            status = call_as(route, target, &callers[who]);
            if (due == '+' ? status == 401 || status == 403 : status != (due == '1' ? 401 : 403))
                fail_msg("%s %s by %s: %d", route->method, target, callers[who].name, status);
            if (due == '+')
                continue;
            assert_problem(status, status == 401 ? "E_UNAUTH" : "E_DENIED", "");
            assert_described(route->method);
            assert_int_equal(api.exchange.challenge != NULL, status == 401);
        }
}

/* ---- what belongs to an account ------------------------------------------------------------ */

/* Account 1 is its person, account 3 an admin. */
static void an_account_is_its_own_matter(void **state)
{
    static const char own[] = "1099511627777"; /* 2^40 + 1 */
    static const int due[CALLERS] = {401, 401, 0, 0, 403, 0, 403, 403, 403, 403, 0, 0};
    char target[200];
    size_t rows = 0;

    (void)state;
    for (size_t i = 0; reel__route_at(i) != NULL; i++) {
        const reel_route *route = reel__route_at(i);

        if (strncmp(route->path, "/api/v1/people/{id}", 19) != 0)
            continue;
        fill_path(target, sizeof target, route->path, own);
        rows++;
        for (size_t who = 0; who < CALLERS; who++) {
            const int status = call_as(route, target, &callers[who]);

            if (expected(route, who) == '+' &&
                (due[who] == 0 ? status == 401 || status == 403 : status != due[who]))
                fail_msg("%s %s by %s: %d", route->method, target, callers[who].name, status);
        }
    }
    assert_true(rows >= 3);
}

static void lists_ask_whose_history_it_is(void **state)
{
    static const char *const bodies[] = {
        "{\"user\":1099511627777}",
        "{\"household\":{\"members\":[{\"user\":1},{\"user\":1099511627777}]}}"};

    (void)state;
    api.app.admin = false;
    api.app.auth = REEL_AUTH_OPEN;
    refuses("GET", "/api/v1/recommendations?user=1099511627777", NULL, 401, "E_UNAUTH", "sign in");
    for (size_t i = 0; i < 2; i++) {
        refuses("POST", "/api/v1/recommendations", bodies[i], 401, "E_UNAUTH", "sign in");
        begin("POST", "/api/v1/recommendations");
        api.exchange.caller = callers[3].caller; /* its own */
        api.exchange.body = bodies[i];
        api.exchange.body_length = strlen(bodies[i]);
        api.exchange.content_type = "application/json";
        assert_int_equal(handle(), 404); /* who rated nothing is not in the data */
    }
    refuses("POST", "/api/v1/explanations", "{\"user\":1099511627777,\"movie\":1}", 401, "E_UNAUTH",
            "sign in");
    /* There is no account 999: the same answer. */
    refuses("GET", "/api/v1/people/1099511628775", NULL, 401, "E_UNAUTH", "belongs to an account");
}

/* ---- said in the description --------------------------------------------------------------- */

static void the_description_says_who_may(void **state)
{
    const json_t *paths, *security;
    json_t *whole;

    (void)state;
    api.app.auth = REEL_AUTH_OPEN;
    whole = json_incref((json_t *)(uintptr_t)get("/api/v1/openapi.json"));
    paths = member(whole, "paths");
    security = member(member(member(paths, "/api/v1/movies"), "get"), "security");
    assert_int_equal(json_array_size(security), 4); /* nobody, too */
    assert_int_equal(json_object_size(json_array_get(security, 0)), 0);
    json_decref(whole);
    api.app.auth = REEL_AUTH_ACCOUNTS;
    whole = json_incref((json_t *)(uintptr_t)get("/api/v1/openapi.json"));
    paths = member(whole, "paths");
    security = member(member(member(paths, "/api/v1/movies"), "get"), "security");
    assert_int_equal(json_array_size(security), 3);
    assert_string_equal(
        json_string_value(json_array_get(member(json_array_get(security, 1), "bearer"), 0)),
        "read");
    security = member(member(member(paths, "/livez"), "get"), "security");
    assert_int_equal(json_array_size(security), 1);
    json_decref(whole);
}

/* ---- what answers always ------------------------------------------------------------------- */

static void pages_and_health_answer_everybody(void **state)
{
    (void)state;
    api.app.auth = REEL_AUTH_ACCOUNTS;
    assert_int_equal(ask("GET", "/", NULL), 200);
    assert_int_equal(ask("GET", "/film/1", NULL), 200);
    assert_int_equal(ask("GET", "/livez", NULL), 200);
    assert_int_equal(ask("GET", "/readyz", NULL), 200);
    refuses("GET", "/api/v1/nothing", NULL, 404, "E_NOTFOUND", "no /api/v1/nothing");
    refuses("POST", "/api/v1/recommendations", "not even JSON", 401, "E_UNAUTH", "scope read");
    assert_string_equal(api.exchange.challenge, "Bearer realm=\"reel\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_lets_in_who_may),
        cmocka_unit_test(an_account_is_its_own_matter),
        cmocka_unit_test(lists_ask_whose_history_it_is),
        cmocka_unit_test(the_description_says_who_may),
        cmocka_unit_test(pages_and_health_answer_everybody),
    };

    return cmocka_run_group_tests(tests, gate_start, account_stop);
}
