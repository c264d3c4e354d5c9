/* suite_keys.c - API keys: kept, found, revoked, and put in the place of one another. */
#include "suite.h"

#include <stdio.h>
#include <string.h>

#include "store/accounts.h"

static bool see_key(void *user, const reel_api_key *key)
{
    char *names = user;

    (void)strncat(names, key->prefix, 60 - strlen(names));
    (void)strncat(names, " ", 60 - strlen(names));
    return true;
}

/* Field by field: what lies between them is nobody's. */
static void assert_same_key(const reel_api_key *a, const reel_api_key *b)
{
    assert_string_equal(a->prefix, b->prefix);
    assert_string_equal(a->hash, b->hash);
    assert_string_equal(a->label, b->label);
    assert_string_equal(a->origins, b->origins);
    assert_int_equal(a->account, b->account);
    assert_int_equal(a->scopes, b->scopes);
    assert_int_equal(a->is_public, b->is_public);
    assert_int_equal(a->rate, b->rate);
    assert_int_equal(a->created_at, b->created_at);
    assert_int_equal(a->used_at, b->used_at);
    assert_int_equal(a->expires_at, b->expires_at);
    assert_int_equal(a->revoked_at, b->revoked_at);
}

static void test_keys(void **state)
{
    fixture *f = *state;
    const int64_t ana = 3;
    reel_api_key key = {.prefix = "rk_one",
                        .hash = "abc",
                        .label = "a \xe2\x82\xac",
                        .created_at = 5,
                        .scopes = REEL_SCOPE_READ | REEL_SCOPE_ADMIN,
                        .rate = 60,
                        .origins = "https://a.example https://b.example",
                        .account = ana},
                 back, plain = {.prefix = "rk_two", .hash = "d", .created_at = 6};
    char names[64] = "";

    assert_ok(reel__store_put_key(f->store, &key, &f->err), f->err);
    assert_ok(reel__store_put_key(f->store, &plain, &f->err), f->err);
    assert_ok(reel__store_key(f->store, "rk_one", &back, &f->err), f->err);
    assert_same_key(&back, &key);
    assert_ok(reel__store_key(f->store, "rk_two", &back, &f->err), f->err);
    assert_same_key(&back, &plain);
    assert_fails(reel__store_put_key(f->store, &plain, &f->err), REEL_E_CONFLICT, "rk_two", f->err);
    assert_fails(reel__store_key(f->store, "rk_", &back, &f->err), REEL_E_NOTFOUND, "key", f->err);
    assert_ok(reel__store_key_used(f->store, "rk_one", 70, &f->err), f->err);
    assert_ok(reel__store_revoke_key(f->store, "rk_one", 90, &f->err), f->err);
    assert_ok(reel__store_revoke_key(f->store, "rk_one", 95, &f->err),
              f->err); /* the first holds */
    assert_ok(reel__store_key(f->store, "rk_one", &back, &f->err), f->err);
    assert_int_equal(back.used_at, 70);
    assert_int_equal(back.expires_at, 0);
    assert_int_equal(back.revoked_at, 90);
    assert_ok(reel__store_scan_keys(f->store, 0, see_key, names, &f->err), f->err);
    assert_string_equal(names, "rk_two rk_one ");
    names[0] = '\0';
    assert_ok(reel__store_scan_keys(f->store, ana, see_key, names, &f->err), f->err);
    assert_string_equal(names, "rk_one ");
    assert_fails(reel__store_revoke_key(f->store, "rk_x", 1, &f->err), REEL_E_NOTFOUND, "rk_x",
                 f->err);
    plain.prefix[0] = '\0';
    assert_fails(reel__store_put_key(f->store, &plain, &f->err), REEL_E_INVALID, "", f->err);
}

static void rotate(fixture *f, const char *older, int64_t now, int64_t until, const char *prefix)
{
    reel_api_key key = {.hash = "h", .created_at = now};

    (void)snprintf(key.prefix, sizeof key.prefix, "%s", prefix);
    assert_ok(reel__store_rotate_key(f->store, older, now, until, &key, &f->err), f->err);
}

static void test_a_key_in_the_place_of_another(void **state)
{
    fixture *f = *state;
    const reel_api_key lasting = {.prefix = "rk_a", .hash = "a", .created_at = 1},
                       ending = {.prefix = "rk_b", .hash = "b", .created_at = 2, .expires_at = 100},
                       late = {.prefix = "rk_c", .hash = "c"},
                       again = {.prefix = "rk_a2", .hash = "d"};
    reel_api_key back;

    assert_ok(reel__store_put_key(f->store, &lasting, &f->err), f->err);
    assert_ok(reel__store_put_key(f->store, &ending, &f->err), f->err);
    rotate(f, "rk_a", 50, 150, "rk_a2");
    rotate(f, "rk_b", 50, 150, "rk_b2"); /* it ends before */
    assert_ok(reel__store_key(f->store, "rk_a", &back, &f->err), f->err);
    assert_int_equal(back.expires_at, 150);
    assert_ok(reel__store_key(f->store, "rk_b", &back, &f->err), f->err);
    assert_int_equal(back.expires_at, 100);
    assert_ok(reel__store_key(f->store, "rk_a2", &back, &f->err), f->err);
    assert_int_equal(back.expires_at, 0);
    assert_fails(reel__store_rotate_key(f->store, "rk_b", 100, 200, &late, &f->err),
                 REEL_E_CONFLICT, "expired", f->err);
    assert_ok(reel__store_revoke_key(f->store, "rk_a", 60, &f->err), f->err);
    assert_fails(reel__store_rotate_key(f->store, "rk_a", 70, 200, &late, &f->err), REEL_E_CONFLICT,
                 "revoked", f->err);
    assert_fails(reel__store_rotate_key(f->store, "rk_x", 70, 200, &late, &f->err), REEL_E_NOTFOUND,
                 "no such key", f->err);
    assert_fails(
        reel__store_rotate_key(f->store, "rk_b2", 70, 200, &(reel_api_key){.hash = "x"}, &f->err),
        REEL_E_INVALID, "nothing to find it by", f->err);
    /* A prefix that is taken: all stays as it was. */
    assert_true(reel__store_rotate_key(f->store, "rk_b2", 70, 200, &again, &f->err) != REEL_OK);
    assert_ok(reel__store_key(f->store, "rk_b2", &back, &f->err), f->err);
    assert_int_equal(back.expires_at, 0);
    assert_int_equal(counts_of(f->store).keys, 4);
}

static void test_names_of_scopes(void **state)
{
    char text[64] = "";
    unsigned scopes = 0;
    reel_role role = REEL_ROLE_PERSON;

    (void)state;
    for (unsigned all = 0; all <= REEL_SCOPES_ALL; all++) {
        reel__scopes_write(text, all);
        assert_true(reel__scopes_parse(&scopes, text));
        assert_int_equal(scopes, all);
    }
    assert_string_equal(text, "read feedback:write items:write admin");
    assert_false(reel__scopes_parse(&scopes, "read write"));
    assert_false(reel__scopes_parse(&scopes, "rea"));
    assert_true(reel__role_parse(&role, "admin") && role == REEL_ROLE_ADMIN);
    assert_false(reel__role_parse(&role, "Admin"));
}

int store_suite_keys(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    static const struct CMUnitTest key_tests[] = {
        TEST(test_keys),
        TEST(test_a_key_in_the_place_of_another),
        TEST(test_names_of_scopes),
    };

    return cmocka_run_group_tests(key_tests, NULL, NULL);
}
