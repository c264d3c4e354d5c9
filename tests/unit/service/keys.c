/* API keys without a door: their texts, who they are, how often they may be used, what is kept of
 * them in memory and for how long, and that no failure leaves anything behind.
 */
#include <pthread.h>
#include <sqlite3.h>

#include "base/clock.h"
#include "service/accounts/keys.h"
#include "support/check.h"
#include "support/temp.h"

static struct {
    reel_store *store;
    reel_accounts *accounts;
    int64_t now_ms;
} world;

static int64_t now_ms(void)
{
    return world.now_ms;
}

static int set_up(void **state)
{
    const reel_store_opts how = {.create = true};
    reel_accounts_opts opts = {.now_ms = now_ms};
    reel_err err = {0};

    (void)state;
    world.now_ms = 1000000;
    (void)remove(temp_path("keys.db"));
    assert_ok(reel__store_open(&world.store, temp_path("keys.db"), &how, &err));
    opts.store = world.store;
    assert_ok(reel__accounts_open(&world.accounts, &opts, &err));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    reel__accounts_close(world.accounts);
    reel__store_close(world.store);
    reel__clock_set_for_test(-1);
    return 0;
}

static reel_api_key make(const reel_key_wish *wish, char text[REEL_KEY_TEXT])
{
    reel_api_key key;
    reel_err err = {0};

    assert_ok(reel__keys_add(world.accounts, wish, &key, text, &err));
    return key;
}

static reel_api_key make_plain(char text[REEL_KEY_TEXT])
{
    return make(&(reel_key_wish){.label = "plain", .scopes = REEL_SCOPE_READ}, text);
}

static reel_code use(const char *text, reel_key_use *out, reel_err *err)
{
    return reel__keys_use(world.accounts, text, strlen(text), NULL, out, err);
}

static void good(const char *text)
{
    reel_key_use used;
    reel_err err = {0};

    assert_ok(use(text, &used, &err));
    assert_int_equal(used.caller.kind, REEL_CALLER_KEY);
}

static void bad(const char *text, reel_code code, const char *part)
{
    reel_key_use used;
    reel_err err = {0};

    assert_fails(use(text, &used, &err), code, part);
    if (strlen(text) > 8) /* of what was sent nothing is said again */
        assert_null(strstr(err.msg, text));
}

/* ---- texts --------------------------------------------------------------------------------- */

#define TOKEN "0123456789abcdefghijklmnopqrstuvwxyzABCD-_x"

static void a_key_begins_with_what_it_is_found_by(void **state)
{
    static const char *const wrong[] = {
        "",
        "rk_",
        "rk_abcdefghijkm",
        "rk_abcdefghijkm_",
        "rk_abcdefghijkm_" TOKEN "x",
        "rk-abcdefghijkm_" TOKEN,
        "RK_abcdefghijkm_" TOKEN,
        "rk_abcdefghijkm-" TOKEN,
        "rk_abcdefghijk\xc3_" TOKEN,
        "rk_pub_abcdefghijkm_0123456789abcdefghijklmnopqrstuvwxyzABCD-_",
        "sk_abcdefghijkm_" TOKEN,
        "rk_abcdefghijkm_0123456789abcdefghijklmnopqrstuvwxyzABCD-_ ",
    };
    char prefix[REEL_KEY_PREFIX], text[REEL_KEY_TEXT], of_text[REEL_KEY_PREFIX];
    reel_err err = {0};

    (void)state;
    assert_int_equal(strlen(TOKEN), REEL_TOKEN_TEXT - 1);
    assert_true(reel__key_prefix(prefix, "rk_abcdefghijkm_" TOKEN, 16 + strlen(TOKEN)));
    assert_string_equal(prefix, "rk_abcdefghijkm");
    assert_true(reel__key_prefix(prefix, "rk_pub_abcdefghijkm_" TOKEN, 20 + strlen(TOKEN)));
    assert_string_equal(prefix, "rk_pub_abcdefghijkm");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (reel__key_prefix(prefix, wrong[i], strlen(wrong[i])))
            fail_msg("%s is a key", wrong[i]);
    for (int i = 0; i < 2; i++) {
        assert_ok(reel__key_text(text, prefix, i == 1, &err));
        assert_true(reel__key_prefix(of_text, text, strlen(text)));
        assert_string_equal(prefix, of_text);
        assert_int_equal(strncmp(text, "rk_pub_", 7) == 0, i);
    }
}

static void origins_are_scheme_and_host(void **state)
{
    static const char *const wrong[] = {"",
                                        "*",
                                        "null",
                                        "films.example",
                                        "ftp://films.example",
                                        "https://",
                                        "https:///",
                                        "https://films.example/",
                                        "https://films.example/a",
                                        "https://a b",
                                        "https://a:",
                                        "https://a:b",
                                        "https://a:123456",
                                        "https://[::1",
                                        "https://[]",
                                        "https://u@films.example",
                                        "https://*.example",
                                        "https://f\xc3\xbc.example"};
    char list[REEL_KEY_ORIGINS] = "", many[REEL_KEY_ORIGINS] = "", long_one[600];
    reel_err err = {0};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_fails(reel__origin_add(list, wrong[i], &err), REEL_E_INVALID, "origin");
    assert_string_equal(list, "");
    assert_ok(reel__origin_add(list, "HTTPS://Films.Example", &err));
    assert_ok(reel__origin_add(list, "http://localhost:3000", &err));
    assert_ok(reel__origin_add(list, "https://films.example", &err));
    assert_ok(reel__origin_add(list, "http://[::1]:80", &err));
    assert_string_equal(list, "https://films.example http://localhost:3000 http://[::1]:80");
    assert_true(reel__origin_listed(list, "https://films.example"));
    assert_true(reel__origin_listed(list, "http://LOCALHOST:3000"));
    assert_false(reel__origin_listed(list, "https://films.exampl"));
    assert_false(reel__origin_listed(list, "http://localhost"));
    assert_false(reel__origin_listed(list, "https://films.example http://localhost:3000"));
    assert_false(reel__origin_listed(list, ""));
    assert_false(reel__origin_listed("", "https://films.example"));
    memset(long_one, 'a', sizeof long_one - 1);
    long_one[sizeof long_one - 1] = '\0';
    memcpy(long_one, "https://", 8);
    assert_fails(reel__origin_add(list, long_one, &err), REEL_E_INVALID, "origin");
    for (int i = 0; strlen(many) + 25 < sizeof many; i++) {
        char origin[40];

        (void)snprintf(origin, sizeof origin, "https://a%d.films.example", i);
        assert_ok(reel__origin_add(many, origin, &err));
    }
    assert_fails(reel__origin_add(many, "https://one-too-many.films.example", &err),
                 REEL_E_TOOLARGE, "second key");
}

static void rates_and_spans_have_units(void **state)
{
    static const char *const wrong_rates[] = {"",
                                              "10",
                                              "/s",
                                              "0/s",
                                              "-1/s",
                                              "1.5/s",
                                              "10/h",
                                              "10/sec",
                                              "10 /s",
                                              "1000001/s",
                                              "99999999999999999999/s"};
    static const char *const wrong_spans[] = {
        "", "1", "h", "1.5h", "-1h", "1w", "400d", "1hh", "99999999999999999999s"};
    char text[REEL_RATE_TEXT];
    int64_t seconds = -1;
    int32_t rate = 0;
    unsigned scopes = 0;
    reel_err err = {0};

    (void)state;
    assert_ok(reel__rate_parse(&rate, "10/s", &err));
    assert_int_equal(rate, -10);
    reel__rate_write(text, rate);
    assert_string_equal(text, "10/s");
    assert_ok(reel__rate_parse(&rate, "600/min", &err));
    assert_int_equal(rate, 600);
    reel__rate_write(text, rate);
    assert_string_equal(text, "600/min");
    reel__rate_write(text, 0);
    assert_string_equal(text, "");
    for (size_t i = 0; i < sizeof wrong_rates / sizeof *wrong_rates; i++)
        assert_fails(reel__rate_parse(&rate, wrong_rates[i], &err), REEL_E_INVALID, "rate");
    assert_ok(reel__span_parse(&seconds, "0", &err));
    assert_int_equal(seconds, 0);
    assert_ok(reel__span_parse(&seconds, "90s", &err));
    assert_int_equal(seconds, 90);
    assert_ok(reel__span_parse(&seconds, "7d", &err));
    assert_int_equal(seconds, 7 * 86400);
    for (size_t i = 0; i < sizeof wrong_spans / sizeof *wrong_spans; i++)
        assert_fails(reel__span_parse(&seconds, wrong_spans[i], &err), REEL_E_INVALID, "span");
    assert_ok(reel__scopes_read(&scopes, "read, admin", &err));
    assert_int_equal(scopes, REEL_SCOPE_READ | REEL_SCOPE_ADMIN);
    assert_fails(reel__scopes_read(&scopes, "", &err), REEL_E_INVALID, "items:write");
    assert_fails(reel__scopes_read(&scopes, "read,write", &err), REEL_E_INVALID, "items:write");
}

static void a_key_must_say_what_it_is_for(void **state)
{
    static const struct {
        reel_key_wish wish;
        const char *part;
    } wrong[] = {
        {{.label = "", .scopes = 1}, "name"},
        {{.label = "a\nb", .scopes = 1}, "name"},
        {{.label = "\xff", .scopes = 1}, "name"},
        {{.label = "a"}, "scopes"},
        {{.label = "a", .scopes = 1, .origins = "https://a.example"}, "only a public key"},
        {{.label = "a", .is_public = true}, "pages it is for"},
        {{.label = "a", .is_public = true, .scopes = REEL_SCOPE_ITEMS, .origins = "https://a.b"},
         "at most"},
        {{.label = "a", .scopes = 1, .days = REEL_KEY_DAYS_MOST + 1}, "days"},
        {{.label = "a", .scopes = 1, .rate = REEL_RATE_MOST + 1}, "rate"},
    };
    char text[REEL_KEY_TEXT];
    reel_api_key key;
    reel_err err = {0};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_fails(reel__keys_add(world.accounts, &wrong[i].wish, &key, text, &err),
                     REEL_E_INVALID, wrong[i].part);
    key =
        make(&(reel_key_wish){.label = "shop", .is_public = true, .origins = "https://a.b"}, text);
    assert_int_equal(key.scopes, REEL_SCOPE_READ | REEL_SCOPE_FEEDBACK);
    assert_int_equal(strncmp(text, "rk_pub_", 7), 0);
}

/* ---- who a key is -------------------------------------------------------------------------- */

static void only_the_whole_key_is_good(void **state)
{
    char text[REEL_KEY_TEXT], other[REEL_KEY_TEXT];
    const reel_api_key key = make_plain(text);
    reel_key_use used;
    reel_err err = {0};

    (void)state;
    assert_ok(use(text, &used, &err));
    assert_int_equal(used.caller.scopes, REEL_SCOPE_READ);
    assert_false(used.caller.is_public);
    assert_int_equal(used.rate, 0);
    assert_null(strstr(key.hash, text)); /* what is kept is not what is sent */
    for (size_t i = strlen(key.prefix) + 1; text[i] != '\0'; i++) {
        memcpy(other, text, sizeof other);
        other[i] = text[i] == 'A' ? 'B' : 'A';
        bad(other, REEL_E_UNAUTH, "no such API key");
    }
    memcpy(other, text, sizeof other);
    other[4] = text[4] == 'a' ? 'b' : 'a';
    bad(other, REEL_E_UNAUTH, "no such API key");
    bad("rk_", REEL_E_UNAUTH, "begins with rk_");
    bad("hello", REEL_E_UNAUTH, "begins with rk_");
}

static void a_key_ends(void **state)
{
    const int64_t now = reel__clock_now_ms();
    char lasting[REEL_KEY_TEXT], ending[REEL_KEY_TEXT], wrong[REEL_KEY_TEXT];
    const reel_api_key key = make_plain(lasting);
    reel_err err = {0};

    (void)state;
    (void)make(&(reel_key_wish){.label = "a day", .scopes = 1, .days = 1}, ending);
    good(ending);
    reel__clock_set_for_test(now + 86399000 - 2000);
    good(ending);
    reel__clock_set_for_test(now + 86400000 + 1000);
    bad(ending, REEL_E_UNAUTH, "has expired"); /* also where it is kept */
    good(lasting);
    assert_ok(reel__keys_revoke(world.accounts, key.prefix, &err));
    bad(lasting, REEL_E_UNAUTH, "was revoked"); /* at once, in this process */
    memcpy(wrong, lasting, sizeof wrong);
    wrong[strlen(wrong) - 1] = wrong[strlen(wrong) - 1] == 'A' ? 'B' : 'A';
    bad(wrong, REEL_E_UNAUTH, "no such API key"); /* who has not all of it is not told */
    assert_fails(reel__keys_revoke(world.accounts, "rk_x", &err), REEL_E_NOTFOUND, "rk_x");
}

/* Past this process: the row is changed as another process would. */
static void others_changes_are_seen_within_seconds(void **state)
{
    char text[REEL_KEY_TEXT];
    const reel_api_key key = make_plain(text);
    reel_err err = {0};

    (void)state;
    good(text);
    assert_ok(reel__store_revoke_key(world.store, key.prefix, 5, &err));
    good(text);
    world.now_ms += (int64_t)REEL_KEY_KEPT_S * 1000;
    bad(text, REEL_E_UNAUTH, "was revoked");
}

/* Past the store: what a key is found in is gone. */
static void a_key_in_use_reads_nothing(void **state)
{
    char text[REEL_KEY_TEXT];
    sqlite3 *raw = NULL;

    (void)state;
    (void)make_plain(text);
    good(text);
    assert_int_equal(sqlite3_open(temp_path("keys.db"), &raw), SQLITE_OK);
    assert_int_equal(sqlite3_busy_timeout(raw, 10000), SQLITE_OK); /* the last use is written */
    assert_int_equal(sqlite3_exec(raw, "DROP TABLE api_keys", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(raw), SQLITE_OK);
    for (int i = 0; i < 100; i++)
        good(text);
    world.now_ms += (int64_t)REEL_KEY_KEPT_S * 1000;
    bad(text, REEL_E_STORE, "api_keys");
}

static void a_key_may_no_more_than_its_account(void **state)
{
    char text[REEL_KEY_TEXT];
    reel_account admin, second;
    reel_key_use used;
    reel_err err = {0};

    (void)state;
    assert_ok(reel__accounts_add(world.accounts, "first", NULL, REEL_ROLE_ADMIN, &admin, &err));
    assert_ok(reel__accounts_add(world.accounts, "second", NULL, REEL_ROLE_ADMIN, &second, &err));
    (void)make(&(reel_key_wish){.label = "all", .scopes = REEL_SCOPES_ALL, .account = admin.id},
               text);
    assert_ok(use(text, &used, &err));
    assert_int_equal(used.caller.scopes, REEL_SCOPES_ALL);
    assert_int_equal(used.caller.account, admin.id);
    assert_ok(reel__accounts_set(
        world.accounts, admin.id,
        &(const reel_account_change){&(const reel_role){REEL_ROLE_PERSON}, 0}, &err));
    assert_ok(use(text, &used, &err));
    assert_int_equal(used.caller.scopes, REEL_SCOPE_READ | REEL_SCOPE_FEEDBACK);
    assert_ok(reel__accounts_set(
        world.accounts, admin.id,
        &(const reel_account_change){&(const reel_role){REEL_ROLE_PERSON}, 1}, &err));
    bad(text, REEL_E_UNAUTH, "may not sign in");
    assert_ok(reel__accounts_delete(world.accounts, admin.id, &err));
    bad(text, REEL_E_UNAUTH, "no such API key");
}

static void a_public_key_is_for_its_pages(void **state)
{
    char text[REEL_KEY_TEXT];
    reel_key_use used;
    reel_err err = {0};

    (void)state;
    (void)make(&(reel_key_wish){.label = "shop",
                                .is_public = true,
                                .origins = "https://a.example https://b.example"},
               text);
    assert_ok(reel__keys_use(world.accounts, text, strlen(text), "https://b.example", &used, &err));
    assert_true(used.listed && used.caller.is_public);
    assert_ok(use(text, &used, &err)); /* no page: an app of a telephone */
    assert_false(used.listed);
    assert_fails(
        reel__keys_use(world.accounts, text, strlen(text), "https://evil.example", &used, &err),
        REEL_E_DENIED, "https://evil.example");
    (void)make_plain(text); /* any other key says nothing of pages */
    assert_ok(
        reel__keys_use(world.accounts, text, strlen(text), "https://evil.example", &used, &err));
    assert_false(used.listed);
}

/* ---- rotation ------------------------------------------------------------------------------ */

static void the_older_key_is_good_for_its_grace(void **state)
{
    const int64_t now = reel__clock_now_ms();
    char older[REEL_KEY_TEXT], newer[REEL_KEY_TEXT], newest[REEL_KEY_TEXT];
    const reel_api_key key =
        make(&(reel_key_wish){.label = "rotating", .scopes = 3, .rate = -7, .days = 10}, older);
    reel_api_key next, last;
    reel_err err = {0};

    (void)state;
    reel__clock_set_for_test(now + (int64_t)5 * 86400000);
    good(older);
    assert_ok(reel__keys_rotate(world.accounts, key.prefix, 100, &next, newer, &err));
    assert_string_not_equal(key.prefix, next.prefix);
    assert_string_equal(next.label, "rotating");
    assert_int_equal(next.scopes, 3);
    assert_int_equal(next.rate, -7);
    assert_int_equal(next.expires_at - next.created_at, 10 * 86400);
    good(older);
    good(newer);
    reel__clock_set_for_test(now + (int64_t)5 * 86400000 + 101000);
    bad(older, REEL_E_UNAUTH, "has expired");
    good(newer);
    assert_fails(reel__keys_rotate(world.accounts, key.prefix, 100, &last, newest, &err),
                 REEL_E_CONFLICT, "expired");
    assert_ok(reel__keys_rotate(world.accounts, next.prefix, 0, &last, newest, &err));
    bad(newer, REEL_E_UNAUTH, "has expired"); /* no grace */
    good(newest);
    assert_fails(reel__keys_rotate(world.accounts, "rk_x", 0, &last, newest, &err), REEL_E_NOTFOUND,
                 "no such key");
}

/* ---- how often ----------------------------------------------------------------------------- */

static void a_bucket_empties_and_fills(void **state)
{
    char each_second[REEL_KEY_TEXT], each_minute[REEL_KEY_TEXT];
    reel_key_use used;
    reel_err err = {0};

    (void)state;
    (void)make(&(reel_key_wish){.label = "s", .scopes = 1, .rate = -2}, each_second);
    (void)make(&(reel_key_wish){.label = "min", .scopes = 1, .rate = 4}, each_minute);
    good(each_second);
    assert_ok(use(each_second, &used, &err));
    assert_int_equal(used.left, 0);
    assert_fails(use(each_second, &used, &err), REEL_E_BUSY, "for 1 seconds");
    assert_int_equal(used.wait_s, 1);
    world.now_ms += 500; /* one came in */
    good(each_second);
    bad(each_second, REEL_E_BUSY, "no more");
    world.now_ms += 60000; /* never more than two */
    good(each_second);
    good(each_second);
    bad(each_second, REEL_E_BUSY, "no more");
    for (int i = 4; i > 0; i--) {
        assert_ok(use(each_minute, &used, &err));
        assert_int_equal(used.left, i - 1);
    }
    assert_int_equal(used.rate, 4);
    assert_int_equal(used.wait_s, 60); /* until it is whole again */
    assert_fails(use(each_minute, &used, &err), REEL_E_BUSY, "for 15 seconds");
    world.now_ms += 14999; /* read anew meanwhile: that fills nothing */
    bad(each_minute, REEL_E_BUSY, "for 1 seconds");
    world.now_ms += 1;
    good(each_minute);
    bad(each_minute, REEL_E_BUSY, "no more");
}

/* More keys than places of a set: some are read again, none is taken for another. */
static void many_keys_share_what_is_kept(void **state)
{
    enum { MANY = 700 };
    static char texts[MANY][REEL_KEY_TEXT];

    (void)state;
    for (int i = 0; i < MANY; i++)
        (void)make(&(reel_key_wish){.label = "many", .scopes = 1U + (unsigned)i % 15}, texts[i]);
    for (int turn = 0; turn < 2; turn++)
        for (int i = 0; i < MANY; i++) {
            reel_key_use used;
            reel_err err = {0};

            world.now_ms++;
            assert_ok(use(texts[i], &used, &err));
            assert_int_equal(used.caller.scopes, 1U + (unsigned)i % 15);
        }
}

/* ---- the last use -------------------------------------------------------------------------- */

static int64_t used_at(const reel_api_key *key)
{
    const reel_accounts_opts opts = {.store = world.store, .now_ms = now_ms};
    reel_api_key back;
    reel_err err = {0};

    reel__accounts_close(world.accounts); /* what was put aside is done */
    assert_ok(reel__accounts_open(&world.accounts, &opts, &err));
    assert_ok(reel__keys_get(world.accounts, key->prefix, &back, &err));
    return back.used_at;
}

static void the_last_use_is_written_once_a_minute(void **state)
{
    const int64_t now = reel__clock_now();
    char text[REEL_KEY_TEXT];
    reel_api_key key;

    (void)state;
    reel__clock_set_for_test(now * 1000);
    key = make_plain(text);
    assert_int_equal(used_at(&key), 0);
    good(text);
    reel__clock_set_for_test((now + 59) * 1000);
    good(text);
    good(text);
    assert_int_equal(used_at(&key), now);
    good(text); /* of another process: it reads when the last was */
    assert_int_equal(used_at(&key), now);
    reel__clock_set_for_test((now + 60) * 1000);
    good(text);
    assert_int_equal(used_at(&key), now + 60);
}

/* ---- pages of all keys --------------------------------------------------------------------- */

static bool named(const char *origin)
{
    bool listed = false;
    reel_err err = {0};

    assert_ok(reel__keys_name(world.accounts, origin, &listed, &err));
    return listed;
}

static void pages_are_those_of_good_public_keys(void **state)
{
    char text[REEL_KEY_TEXT];
    reel_api_key first, second;
    reel_err err = {0};

    (void)state;
    assert_false(named("https://a.example"));
    first = make(&(reel_key_wish){.label = "1",
                                  .is_public = true,
                                  .origins = "https://a.example https://b.example"},
                 text);
    second = make(&(reel_key_wish){.label = "2", .is_public = true, .origins = "https://b.example"},
                  text);
    (void)make_plain(text);
    assert_true(named("https://a.example"));
    assert_true(named("https://B.example"));
    assert_false(named("https://a.example https://b.example"));
    assert_false(named(""));
    assert_ok(reel__keys_revoke(world.accounts, first.prefix, &err));
    assert_false(named("https://a.example"));
    assert_true(named("https://b.example"));
    assert_ok(reel__store_revoke_key(world.store, second.prefix, 5, &err)); /* by another process */
    assert_true(named("https://b.example"));
    world.now_ms += (int64_t)REEL_KEY_KEPT_S * 1000;
    assert_false(named("https://b.example"));
}

/* ---- many at once -------------------------------------------------------------------------- */

enum { ASKERS = 4, ASKED = 300 };

typedef struct asker {
    const char *text;
    int taken, refused;
} asker;

static void *ask_often(void *user)
{
    asker *a = user;

    for (int i = 0; i < ASKED; i++) {
        reel_key_use used;
        reel_err err = {REEL_OK, ""};
        bool listed = false;
        const reel_code rc = use(a->text, &used, &err);

        a->taken += rc == REEL_OK;
        a->refused += rc == REEL_E_BUSY || rc == REEL_E_UNAUTH;
        if (i % 10 == 0 &&
            reel__keys_name(world.accounts, "https://a.example", &listed, &err) != REEL_OK)
            a->refused = -ASKED;
    }
    return NULL;
}

/* Callers of one key, while others are made, rotated and revoked: each is answered, and no more are
 * taken than the key may. */
static void many_callers_share_a_bucket(void **state)
{
    char text[REEL_KEY_TEXT], other[REEL_KEY_TEXT];
    asker askers[ASKERS];
    pthread_t threads[ASKERS];
    int taken = 0;

    (void)state;
    (void)make(&(reel_key_wish){.label = "shared", .scopes = 1, .rate = 50}, text);
    for (int i = 0; i < ASKERS; i++) {
        askers[i] = (asker){.text = text};
        assert_int_equal(pthread_create(&threads[i], NULL, ask_often, &askers[i]), 0);
    }
    for (int i = 0; i < 10; i++) {
        reel_api_key key =
            make(&(reel_key_wish){.label = "b", .is_public = true, .origins = "https://a.example"},
                 other);
        reel_api_key next;
        reel_err err = {0};

        assert_ok(reel__keys_rotate(world.accounts, key.prefix, 5, &next, other, &err));
        assert_ok(reel__keys_revoke(world.accounts, next.prefix, &err));
    }
    for (int i = 0; i < ASKERS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(askers[i].taken + askers[i].refused, ASKED);
        taken += askers[i].taken;
    }
    assert_int_equal(taken, 50);
}

/* ---- trouble ------------------------------------------------------------------------------- */

static reel_code everything(void *user, reel_err *err)
{
    const reel_accounts_opts opts = {.store = world.store, .now_ms = now_ms};
    reel_accounts *accounts = NULL;
    char made[REEL_KEY_TEXT];
    reel_key_use used;
    bool listed = false;
    reel_api_key key, next;
    reel_code rc;

    (void)user;
    REEL_TRY(reel__accounts_open(&accounts, &opts, err));
    REEL_TRY(
        reel__keys_add(accounts, &(reel_key_wish){.label = "a", .scopes = 1}, &key, made, err));
    REEL_TRY(reel__keys_use(accounts, made, strlen(made), NULL, &used, err));
    REEL_TRY(reel__keys_name(accounts, "https://a.example", &listed, err));
    REEL_TRY(reel__keys_rotate(accounts, key.prefix, 5, &next, made, err));
    rc = reel__keys_revoke(accounts, next.prefix, err);
out:
    reel__accounts_close(accounts); /* its threads end here, and what was put aside is freed */
    return rc;
}

static void no_memory_is_no_harm(void **state)
{
    (void)state;
    assert_true(sweep_memory(everything, NULL) >= 3);
}

static void a_store_for_reading_lets_keys_in(void **state)
{
    const reel_store_opts how = {.read_only = true};
    const reel_accounts_opts opts = {.now_ms = now_ms};
    char text[REEL_KEY_TEXT], again[REEL_KEY_TEXT];
    const reel_api_key key = make_plain(text);
    reel_accounts_opts reading = opts;
    reel_api_key next;
    reel_err err = {0};

    (void)state;
    reel__accounts_close(world.accounts);
    reel__store_close(world.store);
    assert_ok(reel__store_open(&world.store, temp_path("keys.db"), &how, &err));
    reading.store = world.store;
    assert_ok(reel__accounts_open(&world.accounts, &reading, &err));
    good(text); /* that its use cannot be written is no reason to refuse it */
    assert_fails(reel__keys_rotate(world.accounts, key.prefix, 5, &next, again, &err), REEL_E_STORE,
                 "read-only");
    assert_fails(reel__keys_revoke(world.accounts, key.prefix, &err), REEL_E_STORE, "read-only");
    good(text);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_key_begins_with_what_it_is_found_by),
        TEST(origins_are_scheme_and_host),
        TEST(rates_and_spans_have_units),
        TEST(a_key_must_say_what_it_is_for),
        TEST(only_the_whole_key_is_good),
        TEST(a_key_ends),
        TEST(others_changes_are_seen_within_seconds),
        TEST(a_key_in_use_reads_nothing),
        TEST(a_key_may_no_more_than_its_account),
        TEST(a_public_key_is_for_its_pages),
        TEST(the_older_key_is_good_for_its_grace),
        TEST(a_bucket_empties_and_fills),
        TEST(many_keys_share_what_is_kept),
        TEST(the_last_use_is_written_once_a_minute),
        TEST(pages_are_those_of_good_public_keys),
        TEST(many_callers_share_a_bucket),
        TEST(no_memory_is_no_harm),
        TEST(a_store_for_reading_lets_keys_in),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
