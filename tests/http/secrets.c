/* What is kept of passwords and tokens, where tokens are not, and how many accounts one address
 * makes.
 */
#include "http/account.h"
#include "service/accounts/keys.h"
#include "support/tables.h"

static char cookie[128];

static size_t found(const char *needle)
{
    return tables_count(temp_path("reel.db"), needle);
}

/* Nobody who reads the store signs in by it: passwords by a slow function, tokens by their hash. */
static void no_secret_is_stored_as_it_is(void **state)
{
    static const char costly[] = "$argon2id$v=19$m=19456,t=2,p=1$";
    const char *token;
    reel_account account;
    char key_text[REEL_KEY_TEXT], reset[REEL_TOKEN_TEXT];
    const size_t before = found(costly);
    reel_api_key key;
    reel_err err = {0};

    (void)state;
    sign_up_as("keeping", cookie);
    token = strchr(cookie, '=') + 1;
    assert_int_equal(strlen(token), REEL_TOKEN_TEXT - 1); /* 256 bits */
    assert_ok(reel__accounts_named(api.app.accounts, "keeping", &account, &err));
    assert_ok(reel__accounts_reset(api.app.accounts, account.id, reset, &err));
    assert_ok(reel__keys_add(api.app.accounts,
                             &(reel_key_wish){.label = "kept", .scopes = REEL_SCOPE_READ}, &key,
                             key_text, &err));
    assert_int_equal(found(costly), before + 1);
    assert_int_equal(found(LONG_WORD), 0);
    assert_int_equal(found(token), 0);
    assert_int_equal(found(reset), 0);
    assert_int_equal(found(key_text), 0);
}

/* Made when less was asked for: it is good, and made anew by who signs in. */
static void a_weak_hash_is_renewed(void **state)
{
    static const char weak[] = "$argon2id$v=19$m=8192,t=1,p=1$U4B61cZ199Ppu6iD8aFObQ$"
                               "68TvFkkB+e0th1ZXL3/7AGs5DlQMNn1ohyCEpKHnZjs"; /* of LONG_WORD */
    char sql[200];

    (void)state;
    sign_up_as("weakly", cookie);
    (void)snprintf(sql, sizeof sql, "UPDATE accounts SET password = '%s' WHERE folded = 'weakly'",
                   weak);
    tables_change(temp_path("reel.db"), sql);
    expect("POST", "/api/v1/session", "{\"name\":\"weakly\",\"password\":\"wrong words\"}", 401);
    assert_int_equal(found(weak), 1);
    sign_in_as("weakly", LONG_WORD, cookie);
    assert_int_equal(found(weak), 0);
    sign_in_as("weakly", LONG_WORD, cookie);
}

/* An address is in logs, histories and what a page tells others. */
static void no_token_is_in_an_address(void **state)
{
    char target[200];
    const char *token;

    (void)state;
    sign_up_as("addressed", cookie);
    token = strchr(cookie, '=') + 1;
    assert_null(strstr(api.exchange.answer.data, token));
    assert_null(api.exchange.location);
    from.cookie = NULL;
    for (int i = 0; i < 2; i++) {
        (void)snprintf(target, sizeof target, "/api/v1/me?%s=%s", i == 0 ? "token" : "__Host-reel",
                       token);
        assert_int_equal(send_as("GET", target, NULL), 401);
    }
}

static void sign_ups_are_counted_by_address(void **state)
{
    char body[100];

    (void)state;
    from.cookie = NULL;
    for (int i = 0; i < 8; i++) {
        from.address = i == 7 ? 91 : 90;
        (void)snprintf(body, sizeof body, "{\"name\":\"one of many %d\",\"password\":\"%s\"}", i,
                       LONG_WORD);
        expect("POST", "/api/v1/accounts", body, i == 6 ? 429 : 200);
        if (i == 6)
            assert_string_equal(header("Retry-After"), "1");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(no_secret_is_stored_as_it_is, account_fresh),
        cmocka_unit_test_setup(a_weak_hash_is_renewed, account_fresh),
        cmocka_unit_test_setup(no_token_is_in_an_address, account_fresh),
        cmocka_unit_test_setup(sign_ups_are_counted_by_address, account_fresh),
    };

    return cmocka_run_group_tests(tests, account_start, account_stop);
}
