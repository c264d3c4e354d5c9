/* Accounts over the API: signing up, in and out, one's own account, what other sites and strangers
 * are refused, pauses between tries, and nothing that tells which names there are.
 */
#include "http/account.h"
#include "service/accounts/export.h"
#include "service/accounts/keys.h"
#include "store/jobs.h"
#include "store/unlearning.h"
#include "store/mails.h"
#include "support/tables.h"

static char cookie[128];

static void sign_up(const char *name)
{
    sign_up_as(name, cookie);
}

static void an_account_is_made_and_signed_in(void **state)
{
    const char *set;

    (void)state;
    sign_up("Ana Müller");
    assert_shape(api.json, ACCOUNT_SHAPE);
    assert_string_equal(text(api.json, "role"), "person");
    assert_int_equal(integer(api.json, "user") - integer(api.json, "account"), 1LL << 40);
    set = header("Set-Cookie");
    assert_int_equal(strncmp(set, "__Host-reel=", 12), 0);
    assert_non_null(strstr(set, "; Path=/; Max-Age="));
    assert_non_null(strstr(set, "; HttpOnly; SameSite=Lax; Secure"));
    assert_null(strstr(set, "Domain"));
    expect("GET", "/api/v1/me", NULL, 200);
    assert_string_equal(text(api.json, "name"), "Ana Müller");
    expect("GET", "/api/v1/session", NULL, 200);
    assert_shape(api.json, SESSION_SHAPE);
    assert_string_equal(text(member(api.json, "account"), "name"), "Ana Müller");
    assert_string_equal(api.exchange.cache_control, "no-store");
    expect("DELETE", "/api/v1/session", NULL, 200);
    assert_non_null(strstr(header("Set-Cookie"), "Max-Age=0"));
    expect("GET", "/api/v1/me", NULL, 401); /* the same cookie */
    from.cookie = NULL;
    expect("GET", "/api/v1/session", NULL, 200);
    assert_true(json_is_null(member(api.json, "account")));
    /* Capitals and accents make no difference. */
    sign_in_as("ANA MULLER", LONG_WORD, cookie);
    expect("GET", "/api/v1/me/sessions", NULL, 200);
    assert_int_equal(integer(api.json, "open"), 1);
    expect("POST", "/api/v1/accounts", "{\"name\":\"ana muller\",\"password\":\"" LONG_WORD "\"}",
           409);
}

static void names_and_passwords_are_looked_at(void **state)
{
    static const char *const bodies[] = {
        "{\"name\":\"al\",\"password\":\"" LONG_WORD "\"}",
        "{\"name\":\" ana\",\"password\":\"" LONG_WORD "\"}",
        "{\"name\":\"an\\u0007a\",\"password\":\"" LONG_WORD "\"}",
        "{\"name\":\"an\\u009b31ma\",\"password\":\"" LONG_WORD "\"}",
        "{\"name\":\"an\\u200ba\",\"password\":\"" LONG_WORD "\"}",
        "{\"name\":\"an\\u202ea\",\"password\":\"" LONG_WORD "\"}",
        "{\"name\":\"an\\u2028a\",\"password\":\"" LONG_WORD "\"}",
        "{\"name\":\"\\u0430na\",\"password\":\"" LONG_WORD "\"}",
        "{\"name\":\"new one\",\"password\":\"short\"}",
        "{\"name\":\"new one\",\"password\":\"password123\"}",
        "{\"name\":\"new one\",\"password\":\"12345678\"}",
        "{\"name\":\"new one\",\"password\":\"abababababab\"}",
        "{\"name\":\"new one\",\"password\":\"New One\"}",
        "{\"name\":\"new one\"}",
        "{\"password\":\"" LONG_WORD "\"}",
        "[]",
        "{\"name\":1,\"password\":\"" LONG_WORD "\"}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        expect("POST", "/api/v1/accounts", bodies[i], 422);
        pauses_ms += 1000000;
    }
    expect("POST", "/api/v1/accounts", "{\"name\":", 400);
}

static void sessions_are_rotated_and_ended_everywhere(void **state)
{
    char first[128], second[128];

    (void)state;
    sign_up("rotating");
    memcpy(first, cookie, sizeof first);
    from.cookie = first;
    expect("POST", "/api/v1/session", "{\"name\":\"rotating\",\"password\":\"" LONG_WORD "\"}",
           200);
    take_cookie(second);
    assert_string_not_equal(first, second);
    from.cookie = first; /* what the browser had before is over */
    expect("GET", "/api/v1/me", NULL, 401);
    from.cookie = second;
    expect("GET", "/api/v1/me", NULL, 200);
    sign_in_as("rotating", LONG_WORD, cookie); /* another browser */
    expect("GET", "/api/v1/me/sessions", NULL, 200);
    assert_int_equal(integer(api.json, "open"), 2);
    expect("DELETE", "/api/v1/me/sessions", NULL, 200);
    expect("GET", "/api/v1/me", NULL, 401);
    from.cookie = second;
    expect("GET", "/api/v1/me", NULL, 401);
}

static void a_session_ends_by_itself(void **state)
{
    const int64_t now = reel__clock_now_ms();

    (void)state;
    sign_up("sleepy");
    reel__clock_set_for_test(now + (int64_t)(REEL_SESSION_IDLE_S - 10) * 1000);
    pauses_ms += 1;
    expect("GET", "/api/v1/session", NULL, 200);
    assert_false(json_is_null(member(api.json, "account")));
    reel__accounts_close(api.app.accounts); /* the use was written aside; nothing is remembered */
    {
        const reel_accounts_opts opts = {
            .store = reel__engine_store(api.engine), .sign_up = true, .now_ms = pauses_now};
        reel_err err = {0};

        assert_ok(reel__accounts_open(&api.app.accounts, &opts, &err));
    }
    reel__clock_set_for_test(now + (int64_t)(REEL_SESSION_IDLE_S + 3600) * 1000);
    expect("GET", "/api/v1/me", NULL, 200); /* it was used in between */
    reel__clock_set_for_test(now + (int64_t)(REEL_SESSION_LAST_S + 10) * 1000);
    reel__accounts_close(api.app.accounts);
    {
        const reel_accounts_opts opts = {
            .store = reel__engine_store(api.engine), .sign_up = true, .now_ms = pauses_now};
        reel_err err = {0};

        assert_ok(reel__accounts_open(&api.app.accounts, &opts, &err));
    }
    expect("GET", "/api/v1/me", NULL, 401);
    reel__clock_set_for_test(-1);
}

static void passwords_change_and_names_too(void **state)
{
    char other[128];

    (void)state;
    sign_up("changing");
    sign_in_as("changing", LONG_WORD, other);
    sign_in_as("changing", LONG_WORD, cookie);
    expect("POST", "/api/v1/me/password",
           "{\"password\":\"wrong words here\",\"new_password\":\"another long word\"}", 403);
    expect("POST", "/api/v1/me/password",
           "{\"password\":\"" LONG_WORD "\",\"new_password\":\"short\"}", 422);
    expect("POST", "/api/v1/me/password",
           "{\"password\":\"" LONG_WORD "\",\"new_password\":\"another long word\"}", 200);
    take_cookie(cookie);
    expect("GET", "/api/v1/me", NULL, 200);
    from.cookie = other;
    expect("GET", "/api/v1/me", NULL, 401);
    from.cookie = cookie;
    expect("PATCH", "/api/v1/me", "{\"password\":\"" LONG_WORD "\",\"name\":\"changed\"}", 403);
    expect("PATCH", "/api/v1/me", "{\"password\":\"another long word\",\"name\":\"changed\"}", 200);
    assert_string_equal(text(api.json, "name"), "changed");
    expect("DELETE", "/api/v1/me", "{\"password\":\"" LONG_WORD "\"}", 403);
    expect("DELETE", "/api/v1/me", "{\"password\":\"another long word\"}", 200);
    expect("GET", "/api/v1/me", NULL, 401);
    from.cookie = NULL;
    expect("POST", "/api/v1/session", "{\"name\":\"changed\",\"password\":\"another long word\"}",
           401);
}

/* Nobody passes for somebody else by the letters of another script. */
static void names_look_like_no_others(void **state)
{
    (void)state;
    sign_up("Capa");
    sign_up("Zoe");
    from.cookie = NULL;
    expect("POST", "/api/v1/accounts", "{\"name\":\"сара\",\"password\":\"" LONG_WORD "\"}", 409);
    assert_non_null(strstr(text(api.json, "detail"), "another script"));
    from.cookie = cookie;
    expect("PATCH", "/api/v1/me", "{\"password\":\"" LONG_WORD "\",\"name\":\"сара\"}", 409);
    expect("PATCH", "/api/v1/me", "{\"password\":\"" LONG_WORD "\",\"name\":\"Зоя\"}", 200);
}

static void a_reset_is_good_once(void **state)
{
    char token[REEL_TOKEN_TEXT], body[300];
    reel_account account;
    reel_err err = {0};

    (void)state;
    sign_up("forgetful");
    assert_ok(reel__accounts_named(api.app.accounts, "Forgetful", &account, &err));
    assert_ok(reel__accounts_reset(api.app.accounts, account.id, token, &err));
    from.cookie = NULL;
    expect("POST", "/api/v1/password-reset/confirm",
           "{\"token\":\"no such token\",\"new_password\":\"another long word\"}", 401);
    (void)snprintf(body, sizeof body, "{\"token\":\"%s\",\"new_password\":\"forgetful\"}", token);
    expect("POST", "/api/v1/password-reset/confirm", body, 422); /* and stays good */
    (void)snprintf(body, sizeof body, "{\"token\":\"%s\",\"new_password\":\"another long word\"}",
                   token);
    expect("POST", "/api/v1/password-reset/confirm", body, 200);
    expect("POST", "/api/v1/password-reset/confirm", body, 401);
    from.cookie = cookie;
    expect("GET", "/api/v1/me", NULL, 401);
    sign_in_as("forgetful", "another long word", cookie);
    assert_ok(reel__accounts_reset(api.app.accounts, account.id, token, &err));
    reel__clock_set_for_test(reel__clock_now_ms() + (REEL_RESET_S + 1) * 1000);
    (void)snprintf(body, sizeof body, "{\"token\":\"%s\",\"new_password\":\"another long word\"}",
                   token);
    expect("POST", "/api/v1/password-reset/confirm", body, 401);
    reel__clock_set_for_test(-1);
}

/* ---- all that is known --------------------------------------------------------------------- */

static void give_something(int64_t user)
{
    char target[100], events[600];

    (void)snprintf(target, sizeof target, "/api/v1/people/%lld/ratings/1", (long long)user);
    expect("PUT", target, "{\"rating\":4.5}", 200);
    (void)snprintf(target, sizeof target, "/api/v1/people/%lld/ratings/11", (long long)user);
    expect("PUT", target, "{\"kind\":\"watchlist\"}", 200);
    (void)snprintf(target, sizeof target, "/api/v1/people/%lld/ratings/21", (long long)user);
    expect("PUT", target, "{\"kind\":\"not_interested\"}", 200);
    (void)snprintf(events, sizeof events,
                   "{\"events\":[{\"event_id\":\"0b7e8f9c-0000-4000-8000-%012lld\",\"type\":"
                   "\"click\",\"user\":%lld,\"visitor\":\"v_mine\",\"item\":1}]}",
                   (long long)(user - REEL_ACCOUNT_PERSON), (long long)user);
    expect("POST", "/api/v1/feedback", events, 200);
}

static void give_key(int64_t account)
{
    const reel_key_wish wish = {.label = "mine", .scopes = REEL_SCOPE_READ, .account = account};
    char text_of[REEL_KEY_TEXT];
    reel_api_key key;
    reel_err err = {0};

    assert_ok(reel__keys_add(api.app.accounts, &wish, &key, text_of, &err));
}

static void a_damaged_event_is_not_exported(void **state)
{
    int64_t user;
    char sql[100];

    (void)state;
    sign_up("damaged");
    user = integer(api.json, "user");
    give_something(user);
    (void)snprintf(sql, sizeof sql, "UPDATE events SET movies = 'none' WHERE userId = %lld",
                   (long long)user);
    tables_change(temp_path("reel.db"), sql);
    expect("GET", "/api/v1/me/export", NULL, 200);
    assert_int_equal(json_array_size(member(api.json, "films")), 3);
    assert_int_equal(json_array_size(member(api.json, "events")), 0);
    assert_int_equal(integer(api.json, "damaged_events"), 1);
}

static void all_that_is_known_is_exported(void **state)
{
    const json_t *films, *events, *key;
    int64_t user;

    (void)state;
    sign_up("curious");
    user = integer(api.json, "user");
    give_something(user);
    give_key(user - REEL_ACCOUNT_PERSON);
    expect("GET", "/api/v1/me/export", NULL, 200);
    assert_shape(api.json,
                 "exported_at:s account:o sessions:a reset_until:s? keys:a jobs:a films:a "
                 "events:a damaged_events:i");
    assert_shape(member(api.json, "account"), ACCOUNT_SHAPE);
    assert_string_equal(text(member(api.json, "account"), "name"), "curious");
    assert_int_equal(json_array_size(member(api.json, "sessions")), 1);
    key = json_array_get(member(api.json, "keys"), 0); /* as GET /keys has it */
    assert_string_equal(text(key, "name"), "mine");
    assert_string_equal(json_string_value(json_array_get(member(key, "scopes"), 0)), "read");
    assert_string_equal(text(key, "state"), "good");
    assert_int_equal(integer(key, "account"), user - REEL_ACCOUNT_PERSON);
    films = member(api.json, "films");
    assert_int_equal(json_array_size(films), 3);
    assert_true(number(json_array_get(films, 0), "rating") == 4.5);
    assert_string_equal(text(json_array_get(films, 0), "kind"), "rating");
    assert_true(strlen(text(json_array_get(films, 0), "title")) > 0);
    assert_string_equal(text(json_array_get(films, 1), "kind"), "watchlist");
    assert_string_equal(text(json_array_get(films, 2), "kind"), "not_interested");
    events = member(api.json, "events");
    assert_int_equal(json_array_size(events), 1);
    assert_string_equal(text(json_array_get(events, 0), "visitor"), "v_mine");
    assert_string_equal(header("Content-Disposition") == NULL ? "" : "there", "there");
    assert_null(strstr(api.exchange.answer.data, "argon2"));
    from.cookie = NULL;
    expect("GET", "/api/v1/me/export", NULL, 401);
}

/* More than one piece: every film and event is there once, in order. */
static void an_export_of_any_size_comes_in_pieces(void **state)
{
    enum { FILMS = 1203, EVENTS = 700 };
    static reel_given_row rows[FILMS];
    static reel_event events[EVENTS];
    static char ids[EVENTS][40];
    reel_store *store = reel__engine_store(api.engine);
    reel_err err = {0};
    size_t pieces = 0;
    bool over = false;
    reel_export *own = NULL;
    int64_t user, account;
    reel_buf piece, whole;

    (void)state;
    sign_up("busy person");
    user = integer(api.json, "user");
    account = integer(api.json, "account");
    for (int i = 0; i < FILMS; i++)
        rows[i] = (reel_given_row){.person = user, .movie = 5 * i, .kind = REEL_GIVEN_WATCHED};
    for (int i = 0; i < EVENTS; i++) {
        (void)snprintf(ids[i], sizeof ids[i], "busy-%d", i);
        events[i] = (reel_event){.event_id = ids[i],
                                 .type = "click",
                                 .visitor = "",
                                 .method = "",
                                 .model_id = "",
                                 .list_id = "",
                                 .scenario = "",
                                 .user = user,
                                 .source_movie = -1,
                                 .value = (double)NAN};
    }
    assert_ok(reel__store_put_given(store, rows, FILMS, &err));
    assert_ok(reel__store_put_events(store, events, EVENTS, NULL, &err));
    reel__buf_init(&whole, 1 << 24);
    assert_ok(reel__export_open(&own, store, account, &err));
    while (!over) {
        reel__buf_init(&piece, 1 << 17); /* never much more than 64 KiB */
        assert_ok(reel__export_next(own, &piece, &over, &err));
        reel__buf_append(&whole, piece.data, piece.length);
        reel__buf_fini(&piece);
        pieces++;
    }
    reel__export_close(own);
    assert_true(pieces > 2);
    json_decref(api.json);
    assert_ok(reel__json_parse(&api.json, whole.data, whole.length, 8, &err));
    reel__buf_fini(&whole);
    assert_int_equal(json_array_size(member(api.json, "films")), FILMS);
    assert_int_equal(json_array_size(member(api.json, "events")), EVENTS);
    for (size_t i = 0; i < FILMS; i++)
        assert_int_equal(integer(json_array_get(member(api.json, "films"), i), "movie"), 5 * i);
    for (size_t i = 0; i < EVENTS; i++)
        assert_string_equal(text(json_array_get(member(api.json, "events"), i), "event_id"),
                            ids[i]);
}

static void an_export_survives_lack_of_memory(void **state)
{
    (void)state;
    sign_up("short of memory");
    give_something(integer(api.json, "user"));
    for (long n = 0;; n++) {
        bool done;

        begin("GET", "/api/v1/me/export");
        api.exchange.cookie = cookie;
        api.exchange.client.https = true;
        reel__alloc_fail_after(n);
        reel__exchange_handle(&api.exchange, &api.app, api.session);
        if (api.exchange.source.self != NULL)
            drain_source();
        reel__alloc_fail_after(-1);
        done = api.exchange.status == 200 && !api.exchange.answer.failed;
        assert_true(done || api.exchange.status == 503 || api.exchange.answer.failed);
        if (done)
            break;
        assert_true(n < 1000);
    }
}

static size_t times_found(const char *needle)
{
    return tables_count(temp_path("reel.db"), needle);
}

static void nothing_is_left_of_a_deleted_account(void **state)
{
    char person[40], by[40], owner[40], target[100], token[REEL_TOKEN_TEXT];
    reel_store *store = reel__engine_store(api.engine);
    reel_job job = {.kind = "train", .model = "", .parameters = "{}", .asked_by = by};
    reel_api_key key = {.prefix = "rk_gone", .hash = "hash", .label = "of Vanishing Vera"};
    reel_err err = {0};
    int64_t account, user;
    size_t visitors;

    (void)state;
    sign_up("Vanishing Véra");
    account = integer(api.json, "account");
    user = integer(api.json, "user");
    give_something(user);
    (void)snprintf(person, sizeof person, "%lld", (long long)user);
    (void)snprintf(by, sizeof by, "account %lld", (long long)account);
    (void)snprintf(owner, sizeof owner, ".account=%lld|", (long long)account);
    key.account = account;
    expect("PATCH", "/api/v1/me",
           "{\"email\":\"vera@vanish.example\",\"password\":\"" LONG_WORD "\"}", 200);
    expect("POST", "/api/v1/password-reset", "{\"email\":\"vera@vanish.example\"}", 202);
    expect("POST", "/api/v1/password-reset", "{\"name\":\"Vanishing Vera\"}", 202);
    assert_int_equal(times_found("vera@vanish.example"), 3);
    assert_ok(reel__store_put_key(store, &key, &err));
    assert_ok(reel__store_add_job(store, &job, &err));
    assert_ok(reel__accounts_reset(api.app.accounts, account, token, &err));
    assert_int_equal(times_found("Vanishing Véra"), 1);
    assert_int_equal(times_found("vanishing vera"), 2); /* the account and the mail */
    assert_int_equal(times_found("Vanishing Vera"), 1); /* the key */
    assert_int_equal(times_found(person), 4);
    assert_int_equal(times_found(owner), 4);
    assert_int_equal(times_found(by), 1);
    visitors = times_found("v_mine"); /* those of others, too */
    expect("DELETE", "/api/v1/me", "{\"password\":\"" LONG_WORD "\"}", 200);
    assert_int_equal(times_found("Vanishing Véra"), 0);
    assert_int_equal(times_found("vanishing vera"), 0);
    assert_int_equal(times_found("Vanishing Vera"), 0);
    assert_int_equal(times_found("vera@vanish.example"), 0);
    assert_int_equal(times_found(person), 1); /* until models are without that number */
    assert_ok(reel__unlearning_begin(store, "this test", &err));
    assert_ok(reel__unlearning_end(store, "this test", &err));
    assert_int_equal(times_found(person), 0);
    assert_int_equal(times_found(owner), 0);
    assert_int_equal(times_found(by), 0);
    assert_int_equal(times_found("v_mine"), visitors - 1);
    /* Not to an admin either, whatever lies in the memory of this server. */
    assert_ok(reel__overlay_follow(api.overlay, &err));
    (void)snprintf(target, sizeof target, "/api/v1/people/%s/ratings", person);
    begin("GET", target);
    api.exchange.caller = (reel_caller){.kind = REEL_CALLER_KEY, .scopes = REEL_SCOPES_ALL};
    assert_int_equal(handle(), 404);
}

/* ---- addresses and mail -------------------------------------------------------------------- */

static void an_address_is_ones_own_matter(void **state)
{
    static const char *const wrong[] = {"\"a\"", "\"a@b\"", "\"a@b.c\\r\\nBcc: d@e.f\"", "5"};
    char body[300];

    (void)state;
    expect("POST", "/api/v1/accounts",
           "{\"name\":\"mailed\",\"password\":\"" LONG_WORD "\",\"email\":\"me@x.org\"}", 200);
    take_cookie(cookie);
    assert_string_equal(text(api.json, "email"), "me@x.org");
    assert_true(json_is_false(member(api.json, "email_confirmed")));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        (void)snprintf(body, sizeof body, "{\"email\":%s,\"password\":\"" LONG_WORD "\"}",
                       wrong[i]);
        expect("PATCH", "/api/v1/me", body, 422);
        (void)snprintf(body, sizeof body,
                       "{\"name\":\"other\",\"email\":%s,\"password\":\"" LONG_WORD "\"}",
                       wrong[i]);
        expect("POST", "/api/v1/accounts", body, 422);
        pauses_ms += 7200000;
    }
    expect("PATCH", "/api/v1/me", "{\"email\":\"you@x.org\",\"password\":\"wrong words\"}", 403);
    expect("PATCH", "/api/v1/me", "{\"password\":\"" LONG_WORD "\"}", 422);
    expect("PATCH", "/api/v1/me", "{\"email\":\"you@x.org\",\"password\":\"" LONG_WORD "\"}", 200);
    assert_string_equal(text(api.json, "email"), "you@x.org");
    assert_string_equal(text(api.json, "name"), "mailed");
    expect("PATCH", "/api/v1/me", "{\"email\":null,\"password\":\"" LONG_WORD "\"}", 200);
    assert_true(json_is_null(member(api.json, "email")));
    expect("POST", "/api/v1/email/confirm", "{\"token\":\"nonsense\"}", 401);
}

/* Waiting mails, past Reel: the same row whoever it is about. */
static void a_forgotten_password_tells_nothing(void **state)
{
    static const char *const who[] = {"\"name\":\"forgetting\"", "\"name\":\"nobody at all\"",
                                      "\"email\":\"none@x.org\""};
    char body[200], first[100] = "";
    reel_store *store = reel__engine_store(api.engine);
    reel_mail_row row;
    reel_err err = {0};
    bool found = true;

    (void)state;
    sign_up("forgetting");
    from.cookie = NULL;
    while (found) { /* those of others */
        assert_ok(reel__store_claim_mail(store, INT64_MAX / 2, 1, &row, &found, &err));
        if (found)
            assert_ok(reel__store_end_mail(store, &row, &err));
    }
    for (size_t i = 0; i < 3; i++) {
        (void)snprintf(body, sizeof body, "{%s,\"language\":\"es\"}", who[i]);
        expect("POST", "/api/v1/password-reset", body, 202);
        if (i > 0)
            assert_string_equal(api.exchange.answer.data, first);
        (void)snprintf(first, sizeof first, "%s", api.exchange.answer.data);
        assert_ok(reel__store_claim_mail(store, INT64_MAX / 2, 1, &row, &found, &err));
        assert_true(found);
        assert_string_equal(row.kind, "reset");
        assert_string_equal(row.language, "es");
        assert_int_equal(row.account, 0);
        assert_ok(reel__store_end_mail(store, &row, &err));
    }
    expect("POST", "/api/v1/password-reset", "{}", 422);
    expect("POST", "/api/v1/password-reset", "{\"name\":\"\"}", 422);
    /* Twice for nothing, then a pause, for a name there is not, too. */
    for (int i = 0; i < 2; i++)
        expect("POST", "/api/v1/password-reset", "{\"name\":\"Nobody at ALL\"}", 202);
    expect("POST", "/api/v1/password-reset", "{\"name\":\"nobody at all\"}", 429);
    assert_non_null(header("Retry-After"));
}

/* ---- strangers ----------------------------------------------------------------------------- */

static void nothing_tells_which_names_there_are(void **state)
{
    char wrong[400] = "", *said;
    reel_account account;
    reel_err err = {0};

    (void)state;
    sign_up("there is one");
    sign_up("locked out");
    assert_ok(reel__accounts_named(api.app.accounts, "locked out", &account, &err));
    assert_ok(reel__accounts_set(
        api.app.accounts, account.id,
        &(const reel_account_change){&(const reel_role){REEL_ROLE_PERSON}, 1}, &err));
    from.cookie = NULL;
    expect("POST", "/api/v1/session", "{\"name\":\"there is one\",\"password\":\"wrong words\"}",
           401);
    said = api.exchange.answer.data;
    (void)snprintf(wrong, sizeof wrong, "%s", said);
    expect("POST", "/api/v1/session", "{\"name\":\"there is none\",\"password\":\"wrong words\"}",
           401);
    assert_string_equal(api.exchange.answer.data, wrong);
    expect("POST", "/api/v1/session", "{\"name\":\"locked out\",\"password\":\"" LONG_WORD "\"}",
           401);
    assert_string_equal(api.exchange.answer.data, wrong);
    expect("POST", "/api/v1/session", "{\"name\":\"x\",\"password\":\"\"}", 401);
    assert_string_equal(api.exchange.answer.data, wrong);
}

static void tries_are_counted_by_name_and_by_address(void **state)
{
    static const char wrong[] = "{\"name\":\"guessed\",\"password\":\"wrong words\"}";
    static const char right[] = "{\"name\":\"guessed\",\"password\":\"" LONG_WORD "\"}";

    (void)state;
    sign_up("guessed");
    from.cookie = NULL;
    for (int i = 0; i < 6; i++) { /* from everywhere: the name counts */
        from.address = 10 + (unsigned)i;
        expect("POST", "/api/v1/session", wrong, 401);
    }
    expect("POST", "/api/v1/session", right, 429);
    assert_string_equal(header("Retry-After"), "1");
    pauses_ms += 1000;
    expect("POST", "/api/v1/session", wrong, 401);
    expect("POST", "/api/v1/session", wrong, 429);
    assert_string_equal(header("Retry-After"), "2");
    pauses_ms += 2000;
    expect("POST", "/api/v1/session", right, 200); /* and all is forgotten */
    for (int i = 0; i < 5; i++)
        expect("POST", "/api/v1/session", wrong, 401);
    pauses_ms += 7200000;
    from.address = 77;
    for (int i = 0; i < 21; i++) { /* many names from one address */
        char body[100];

        (void)snprintf(body, sizeof body, "{\"name\":\"name %d\",\"password\":\"wrong words\"}", i);
        expect("POST", "/api/v1/session", body, 401);
    }
    expect("POST", "/api/v1/session", right, 429);
    from.address = 78;
    expect("POST", "/api/v1/session", right, 200);
}

static void other_sites_change_nothing(void **state)
{
    static const struct {
        const char *site, *origin;
        int status;
    } cases[] = {
        {"same-origin", NULL, 422},
        {"none", NULL, 422},
        {"cross-site", "https://films.example", 403},
        {"same-site", NULL, 403},
        {"", NULL, 403},
        {NULL, "https://films.example", 422},
        {NULL, "HTTPS://FILMS.EXAMPLE", 422},
        {NULL, "http://films.example", 403}, /* in the clear, while this came encrypted */
        {NULL, "https://films.example:8443", 403},
        {NULL, "https://evil.example", 403},
        {NULL, "null", 403},
        {NULL, "films.example", 403},
        {NULL, NULL, 403},
    };
    char own[128];

    (void)state;
    sign_up("careful");
    memcpy(own, cookie, sizeof own);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        from.cookie = own;
        from.site = cases[i].site;
        from.origin = cases[i].origin;
        expect("POST", "/api/v1/me/password", "{\"new_password\":\"x\"}", cases[i].status);
        expect("GET", "/api/v1/me", NULL, 200); /* what another page cannot read anyway */
    }
    /* Signing somebody in who did not ask for it. */
    from.cookie = NULL;
    from.site = "cross-site";
    expect("POST", "/api/v1/session", "{\"name\":\"careful\",\"password\":\"" LONG_WORD "\"}", 403);
    from.site = NULL; /* a program */
    expect("POST", "/api/v1/session", "{\"name\":\"careful\",\"password\":\"" LONG_WORD "\"}", 200);
}

static void plain_http_is_refused_with_the_reason(void **state)
{
    (void)state;
    from.plain = true;
    expect("POST", "/api/v1/session", "{\"name\":\"whoever\",\"password\":\"" LONG_WORD "\"}", 403);
    assert_non_null(strstr(text(api.json, "detail"), "REEL_INSECURE_HTTP=1"));
    expect("POST", "/api/v1/accounts", "{\"name\":\"whoever\",\"password\":\"" LONG_WORD "\"}",
           403);
    expect("GET", "/api/v1/session", NULL, 200);
    assert_non_null(strstr(text(api.json, "refused"), "https"));
    api.app.insecure = true;
    expect("POST", "/api/v1/accounts", "{\"name\":\"whoever\",\"password\":\"" LONG_WORD "\"}",
           200);
    assert_int_equal(strncmp(header("Set-Cookie"), "reel=", 5), 0);
    assert_null(strstr(header("Set-Cookie"), "Secure"));
    take_cookie(cookie);
    expect("GET", "/api/v1/me", NULL, 200);
    api.app.insecure = false;
}

static void cookies_are_read_with_care(void **state)
{
    static const char *const wrong[] = {
        "",
        ";",
        "__Host-reel",
        "__Host-reel=",
        "__Host-reel=short",
        "__Host-reel=0123456789012345678901234567890123456789012",
        "__Host-reel=01234567890123456789012345678901234567890123456789",
        "x__Host-reel=0123456789012345678901234567890123456789012",
        "a=b;;; c ; =d; __Host-reel=\xff\xfe; __Host-reel",
    };
    char among[400];

    (void)state;
    sign_up("cookies");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        from.cookie = wrong[i];
        expect("GET", "/api/v1/me", NULL, 401);
        expect("GET", "/api/v1/movies", NULL, 200); /* nobody may, here */
    }
    (void)snprintf(among, sizeof among, "a=b; c=\"d\";%s;  e=f", cookie);
    from.cookie = among;
    expect("GET", "/api/v1/me", NULL, 200);
}

static void what_is_anothers_stays_theirs(void **state)
{
    char target[100];
    int64_t user;

    (void)state;
    sign_up("neighbour");
    user = integer(api.json, "user");
    sign_up("nosy");
    (void)snprintf(target, sizeof target, "/api/v1/people/%lld", (long long)user);
    expect("GET", target, NULL, 403);
    (void)snprintf(target, sizeof target, "/api/v1/recommendations?user=%lld", (long long)user);
    expect("GET", target, NULL, 403);
}

static void sign_up_may_be_closed(void **state)
{
    const reel_accounts_opts opts = {.store = reel__engine_store(api.engine)};
    reel_accounts *open = api.app.accounts;
    reel_err err = {0};

    (void)state;
    assert_ok(reel__accounts_open(&api.app.accounts, &opts, &err));
    expect("POST", "/api/v1/accounts", "{\"name\":\"whoever\",\"password\":\"" LONG_WORD "\"}",
           403);
    expect("GET", "/api/v1/session", NULL, 200);
    assert_false(json_boolean_value(member(api.json, "sign_up")));
    reel__accounts_close(api.app.accounts);
    api.app.accounts = NULL;
    expect("POST", "/api/v1/session", "{\"name\":\"whoever\",\"password\":\"" LONG_WORD "\"}", 404);
    expect("DELETE", "/api/v1/session", NULL, 200);
    api.app.accounts = open;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_account_is_made_and_signed_in, account_fresh),
        cmocka_unit_test_setup(names_and_passwords_are_looked_at, account_fresh),
        cmocka_unit_test_setup(sessions_are_rotated_and_ended_everywhere, account_fresh),
        cmocka_unit_test_setup(a_session_ends_by_itself, account_fresh),
        cmocka_unit_test_setup(passwords_change_and_names_too, account_fresh),
        cmocka_unit_test_setup(names_look_like_no_others, account_fresh),
        cmocka_unit_test_setup(a_reset_is_good_once, account_fresh),
        cmocka_unit_test_setup(a_damaged_event_is_not_exported, account_fresh),
        cmocka_unit_test_setup(all_that_is_known_is_exported, account_fresh),
        cmocka_unit_test_setup(an_export_of_any_size_comes_in_pieces, account_fresh),
        cmocka_unit_test_setup(an_export_survives_lack_of_memory, account_fresh),
        cmocka_unit_test_setup(nothing_is_left_of_a_deleted_account, account_fresh),
        cmocka_unit_test_setup(an_address_is_ones_own_matter, account_fresh),
        cmocka_unit_test_setup(a_forgotten_password_tells_nothing, account_fresh),
        cmocka_unit_test_setup(nothing_tells_which_names_there_are, account_fresh),
        cmocka_unit_test_setup(tries_are_counted_by_name_and_by_address, account_fresh),
        cmocka_unit_test_setup(other_sites_change_nothing, account_fresh),
        cmocka_unit_test_setup(plain_http_is_refused_with_the_reason, account_fresh),
        cmocka_unit_test_setup(cookies_are_read_with_care, account_fresh),
        cmocka_unit_test_setup(what_is_anothers_stays_theirs, account_fresh),
        cmocka_unit_test_setup(sign_up_may_be_closed, account_fresh),
    };

    return cmocka_run_group_tests(tests, account_start, account_stop);
}
