/* suite_accounts.c - accounts, sessions, resets and mails. */
#include "suite.h"

#include <stdio.h>
#include <string.h>

#include "store/jobs.h"
#include "store/mails.h"
#include "store/own.h"

static reel_account make(const char *name, reel_role role)
{
    reel_account account = {.role = role, .created_at = 1000, .password_at = 1000};

    (void)snprintf(account.name, sizeof account.name, "%s", name);
    (void)snprintf(account.folded, sizeof account.folded, "%s", name);
    (void)snprintf(account.password, sizeof account.password, "$argon2id$%s", name);
    return account;
}

static int64_t add(fixture *f, const char *name, reel_role role)
{
    reel_account account = make(name, role);

    assert_ok(reel__store_add_account(f->store, &account, &f->err), f->err);
    assert_true(account.id > 0);
    return account.id;
}

static void sign_in(fixture *f, const char *token, int64_t account, int64_t expires_at)
{
    reel_sign_in session = {
        .account = account, .created_at = 1, .seen_at = 2, .expires_at = expires_at};

    (void)snprintf(session.token, sizeof session.token, "%s", token);
    assert_ok(reel__store_put_session(f->store, &session, &f->err), f->err);
}

static bool signed_in(fixture *f, const char *token, int64_t now)
{
    reel_sign_in session;
    reel_account account;
    const reel_code rc = reel__store_session(f->store, token, now, &session, &account, &f->err);

    if (rc == REEL_OK) {
        assert_string_equal(session.token, token);
        assert_int_equal(session.account, account.id);
    } else {
        assert_int_equal(rc, REEL_E_NOTFOUND);
    }
    return rc == REEL_OK;
}

static int64_t number_of(fixture *f, const char *what)
{
    const reel_store_counts counts = counts_of(f->store);

    return strcmp(what, "accounts") == 0 ? counts.accounts : counts.keys;
}

/* ---- accounts ------------------------------------------------------------------------------ */

static void assert_same_account(const reel_account *a, const reel_account *b)
{
    assert_int_equal(a->id, b->id);
    assert_int_equal(a->role, b->role);
    assert_int_equal(a->disabled, b->disabled);
    assert_int_equal(a->created_at, b->created_at);
    assert_int_equal(a->password_at, b->password_at);
    assert_string_equal(a->name, b->name);
    assert_string_equal(a->folded, b->folded);
    assert_string_equal(a->password, b->password);
    assert_string_equal(a->email, b->email);
    assert_int_equal(a->email_at, b->email_at);
}

static void test_an_account_comes_back(void **state)
{
    fixture *f = *state;
    reel_account account = make("ana@example.org", REEL_ROLE_ANALYST), back;
    int64_t id = 0;

    (void)snprintf(account.name, sizeof account.name, "%s", "Ana@Example.org");
    account.disabled = true;
    account.password_at = INT64_MAX;
    (void)snprintf(account.email, sizeof account.email, "Ana@mail.example.org");
    account.email_at = 77;
    assert_ok(reel__store_add_account(f->store, &account, &f->err), f->err);
    id = account.id;
    fixture_reopen(f);
    assert_ok(reel__store_account(f->store, id, &back, &f->err), f->err);
    assert_same_account(&back, &account);
    assert_ok(reel__store_account_named(f->store, "ana@example.org", &back, &f->err), f->err);
    assert_int_equal(back.id, id);
    assert_int_equal(number_of(f, "accounts"), 1);
    assert_fails(reel__store_account(f->store, id + 1, &back, &f->err), REEL_E_NOTFOUND,
                 "no such account", f->err);
    assert_fails(reel__store_account_named(f->store, "' OR 1=1 --", &back, &f->err),
                 REEL_E_NOTFOUND, "no such account", f->err);
}

static void test_a_name_is_taken_once(void **state)
{
    fixture *f = *state;
    reel_account same = make("ana", REEL_ROLE_PERSON);
    const int64_t ana = add(f, "ana", REEL_ROLE_PERSON), bob = add(f, "bob", REEL_ROLE_PERSON);

    assert_fails(reel__store_add_account(f->store, &same, &f->err), REEL_E_CONFLICT, "already",
                 f->err);
    assert_fails(reel__store_rename_account(f->store, bob, "Ana", "ana", &f->err), REEL_E_CONFLICT,
                 "already", f->err);
    assert_ok(reel__store_rename_account(f->store, ana, "Ana", "ana", &f->err), f->err);
    assert_ok(reel__store_account(f->store, ana, &same, &f->err), f->err);
    assert_string_equal(same.name, "Ana");
    assert_fails(reel__store_rename_account(f->store, 99, "c", "c", &f->err), REEL_E_NOTFOUND,
                 "no such account", f->err);
    assert_fails(reel__store_rename_account(f->store, ana, "", "c", &f->err), REEL_E_INVALID,
                 "empty", f->err);
    assert_fails(reel__store_rename_account(f->store, ana, "\xff", "c", &f->err), REEL_E_INVALID,
                 "UTF-8", f->err);
    same = make("", REEL_ROLE_PERSON);
    assert_fails(reel__store_add_account(f->store, &same, &f->err), REEL_E_INVALID, "empty",
                 f->err);
}

typedef struct seen {
    size_t count, stop_after;
    int64_t ids[8];
} seen;

static bool see(void *user, const reel_account *account)
{
    seen *s = user;

    s->ids[s->count++] = account->id;
    return s->count != s->stop_after;
}

static void test_accounts_in_pages(void **state)
{
    fixture *f = *state;
    seen all = {0}, rest = {0}, one = {.stop_after = 1};

    for (int i = 0; i < 5; i++)
        (void)add(f, (const char *[]){"a", "b", "c", "d", "e"}[i], REEL_ROLE_PERSON);
    assert_ok(reel__store_scan_accounts(f->store, "", 0, 3, see, &all, &f->err), f->err);
    assert_int_equal(all.count, 3);
    assert_ok(reel__store_scan_accounts(f->store, "", all.ids[2], 3, see, &rest, &f->err), f->err);
    assert_int_equal(rest.count, 2);
    assert_true(all.ids[0] < all.ids[1] && all.ids[2] < rest.ids[0]);
    assert_ok(reel__store_scan_accounts(f->store, "", 0, 9, see, &one, &f->err), f->err);
    assert_int_equal(one.count, 1);
}

static void test_accounts_by_a_part_of_their_name(void **state)
{
    static const struct {
        const char *part;
        size_t count;
    } cases[] = {{"", 4},       {"ana", 2}, {"a b", 1},  {"%", 1},  {"_", 1},
                 {"100%_!", 1}, {"!", 1},   {"anab", 0}, {"\\", 0}, {"'", 1}};
    static const char *const names[] = {"ana", "susana b", "100%_!", "o'neill"};
    fixture *f = *state;
    char long_one[REEL_ACCOUNT_FOLDED + 10];
    seen found = {0};

    for (size_t i = 0; i < 4; i++)
        (void)add(f, names[i], REEL_ROLE_PERSON);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        found.count = 0;
        assert_ok(reel__store_scan_accounts(f->store, cases[i].part, 0, 8, see, &found, &f->err),
                  f->err);
        if (found.count != cases[i].count)
            fail_msg("\"%s\": %zu accounts", cases[i].part, found.count);
    }
    memset(long_one, 'a', sizeof long_one - 1);
    long_one[sizeof long_one - 1] = '\0';
    found.count = 0;
    assert_ok(reel__store_scan_accounts(f->store, long_one, 0, 8, see, &found, &f->err), f->err);
    assert_int_equal(found.count, 0);
}

static void test_the_last_admin_stays(void **state)
{
    fixture *f = *state;
    const int64_t ana = add(f, "ana", REEL_ROLE_ADMIN), bob = add(f, "bob", REEL_ROLE_PERSON);

    assert_fails(reel__store_change_account(
                     f->store, ana,
                     &(const reel_account_change){&(const reel_role){REEL_ROLE_PERSON}, 0},
                     &f->err),
                 REEL_E_CONFLICT, "last admin", f->err);
    assert_fails(reel__store_change_account(
                     f->store, ana,
                     &(const reel_account_change){&(const reel_role){REEL_ROLE_ADMIN}, 1}, &f->err),
                 REEL_E_CONFLICT, "last admin", f->err);
    assert_fails(reel__store_delete_account(f->store, ana, false, &f->err), REEL_E_CONFLICT,
                 "last admin", f->err);
    assert_ok(reel__store_change_account(
                  f->store, bob,
                  &(const reel_account_change){&(const reel_role){REEL_ROLE_ADMIN}, 1}, &f->err),
              f->err);
    assert_fails(reel__store_delete_account(f->store, ana, false, &f->err), REEL_E_CONFLICT,
                 "last admin", f->err); /* bob may not sign in */
    assert_ok(reel__store_change_account(
                  f->store, bob,
                  &(const reel_account_change){&(const reel_role){REEL_ROLE_ADMIN}, 0}, &f->err),
              f->err);
    assert_ok(reel__store_change_account(
                  f->store, ana,
                  &(const reel_account_change){&(const reel_role){REEL_ROLE_PERSON}, 0}, &f->err),
              f->err);
    assert_fails(reel__store_delete_account(f->store, bob, false, &f->err), REEL_E_CONFLICT,
                 "last admin", f->err);
    assert_ok(reel__store_delete_account(f->store, bob, true, &f->err), f->err);
    assert_fails(reel__store_delete_account(f->store, bob, true, &f->err), REEL_E_NOTFOUND,
                 "no such account", f->err);
    assert_fails(reel__store_change_account(
                     f->store, 99,
                     &(const reel_account_change){&(const reel_role){REEL_ROLE_PERSON}, 0},
                     &f->err),
                 REEL_E_NOTFOUND, "no such account", f->err);
    assert_true(add(f, "cleo", REEL_ROLE_PERSON) > bob); /* no id is used twice */
}

static bool count_event(void *user, const reel_event *event)
{
    (void)event;
    ++*(int *)user;
    return true;
}

static bool see_asked_by(void *user, const reel_job *job)
{
    (void)strncat(user, job->asked_by, 200 - strlen(user));
    (void)strncat(user, ";", 200 - strlen(user));
    return true;
}

static void ask_for_work(fixture *f, const char *by, int64_t account)
{
    char text[64];
    reel_job job = {.kind = "train", .model = "", .parameters = "{}", .asked_by = text};

    (void)snprintf(text, sizeof text, "%s %lld", by, (long long)account);
    assert_ok(reel__store_add_job(f->store, &job, &f->err), f->err);
}

static bool take_change(void *user, const reel_given_row *row)
{
    *(int64_t *)user = row->person;
    return true;
}

/* Everything of the person goes, nothing of others. */
static void test_what_goes_with_an_account(void **state)
{
    fixture *f = *state;
    const reel_event_filter all = {NULL, NULL, 0, 10};
    const int64_t ana = add(f, "ana", REEL_ROLE_PERSON), bob = add(f, "bob", REEL_ROLE_PERSON);
    const reel_rating ratings[] = {
        {REEL_ACCOUNT_PERSON + ana, 1, 0, 5}, {REEL_ACCOUNT_PERSON + bob, 1, 0, 5}, {ana, 1, 0, 5}};
    reel_event events[] = {blank_event("a"), blank_event("b"), blank_event("c")};
    const reel_api_key of_ana = {.prefix = "rk_a", .hash = "a", .account = ana},
                       of_bob = {.prefix = "rk_b", .hash = "b", .account = bob};
    const reel_given_row given[] = {
        {.person = REEL_ACCOUNT_PERSON + ana, .movie = 1, .kind = REEL_GIVEN_LIKED},
        {.person = REEL_ACCOUNT_PERSON + bob, .movie = 1, .kind = REEL_GIVEN_LIKED}};
    const reel_job_filter jobs = {.limit = 10};
    char asked[256] = "", expected[256];
    int64_t who = 0;
    int left = 0;

    ask_for_work(f, "account", ana);
    ask_for_work(f, "a key of account", ana);
    ask_for_work(f, "account", bob);

    assert_ok(reel__store_put_given(f->store, given, 2, &f->err), f->err);
    load_ratings(f->store, ratings, 3, true, NULL);
    events[0].user = REEL_ACCOUNT_PERSON + ana;
    events[1].user = REEL_ACCOUNT_PERSON + bob;
    assert_ok(reel__store_put_events(f->store, events, 3, NULL, &f->err), f->err);
    sign_in(f, "ta", ana, 100);
    sign_in(f, "tb", bob, 100);
    assert_ok(reel__store_put_reset(f->store, "ra", ana, 100, &f->err), f->err);
    assert_ok(reel__store_put_key(f->store, &of_ana, &f->err), f->err);
    assert_ok(reel__store_put_key(f->store, &of_bob, &f->err), f->err);
    assert_ok(reel__store_delete_account(f->store, ana, false, &f->err), f->err);
    assert_false(signed_in(f, "ta", 50));
    assert_true(signed_in(f, "tb", 50));
    assert_fails(reel__store_take_reset(f->store, "ra", 50, &who, &f->err), REEL_E_NOTFOUND, "",
                 f->err);
    assert_int_equal(number_of(f, "keys"), 1);
    assert_int_equal(counts_of(f->store).ratings, 2);
    assert_int_equal(counts_of(f->store).given, 1);
    assert_ok(reel__store_scan_changes(f->store, 2, 10, take_change, &who, &f->err), f->err);
    assert_true(who == -1); /* whoever follows is told, and no row names them */
    assert_int_equal(counts_of(f->store).people, 2);
    assert_ok(reel__store_scan_events(f->store, &all, count_event, &left, &f->err), f->err);
    assert_int_equal(left, 2);
    assert_ok(reel__store_scan_jobs(f->store, &jobs, see_asked_by, asked, &f->err), f->err);
    (void)snprintf(expected, sizeof expected,
                   "account %lld;an account that is gone;an account that is gone;", (long long)bob);
    assert_string_equal(asked, expected);
}

/* Another server, that did not know yet, wrote of it: the next sweep takes that away. */
static void test_what_comes_after_an_account(void **state)
{
    fixture *f = *state;
    const reel_event_filter all = {NULL, NULL, 0, 10};
    const int64_t ana = add(f, "ana", REEL_ROLE_PERSON), bob = add(f, "bob", REEL_ROLE_PERSON);
    reel_event events[] = {blank_event("a"), blank_event("b"), blank_event("c"), blank_event("d")};
    const reel_given_row given[] = {
        {.person = REEL_ACCOUNT_PERSON + ana, .movie = 1, .kind = REEL_GIVEN_LIKED},
        {.person = REEL_ACCOUNT_PERSON + bob, .movie = 1, .kind = REEL_GIVEN_LIKED},
        {.person = ana, .movie = 1, .kind = REEL_GIVEN_LIKED}};
    int left = 0;

    assert_ok(reel__store_delete_account(f->store, ana, false, &f->err), f->err);
    events[0].user = REEL_ACCOUNT_PERSON + ana;
    events[1].user = REEL_ACCOUNT_PERSON + bob;
    events[2].user = ana; /* a person of the data set */
    assert_ok(reel__store_put_events(f->store, events, 4, NULL, &f->err), f->err);
    assert_ok(reel__store_put_given(f->store, given, 3, &f->err), f->err);
    assert_ok(reel__store_sweep_sessions(f->store, 1, &f->err), f->err);
    assert_ok(reel__store_scan_events(f->store, &all, count_event, &left, &f->err), f->err);
    assert_int_equal(left, 3);
    assert_int_equal(counts_of(f->store).given, 2);
}

/* ---- what is kept of one ------------------------------------------------------------------- */

typedef struct own {
    char text[400];
    int64_t last;
} own;

static bool see_film(void *user, const reel_own_film *film)
{
    own *o = user;

    o->last = film->given.movie;
    (void)snprintf(o->text + strlen(o->text), sizeof o->text - strlen(o->text), "%lld %s %d %s %g;",
                   (long long)film->given.movie, film->title, film->year,
                   reel__given_kind_name(film->given.kind),
                   film->given.kind == REEL_GIVEN_RATING ? film->given.value : 0);
    return true;
}

static bool see_event(void *user, const reel_event *event)
{
    own *o = user;

    o->last = event->sequence;
    (void)snprintf(o->text + strlen(o->text), sizeof o->text - strlen(o->text), "%s %zu;",
                   event->event_id, event->movie_count);
    return true;
}

static bool see_session(void *user, const reel_sign_in *session)
{
    own *o = user;

    (void)snprintf(o->text + strlen(o->text), sizeof o->text - strlen(o->text), "%lld;",
                   (long long)session->expires_at);
    return true;
}

static void test_what_is_kept_of_one(void **state)
{
    fixture *f = *state;
    const int64_t ana = add(f, "ana", REEL_ROLE_PERSON), person = REEL_ACCOUNT_PERSON + ana;
    const reel_given_row given[] = {
        {.person = person, .movie = 7, .kind = REEL_GIVEN_WATCHLIST},
        {.person = person, .movie = 2, .kind = REEL_GIVEN_RATING, .value = 3.5},
        {.person = person + 1, .movie = 3, .kind = REEL_GIVEN_LIKED}};
    reel_event events[] = {blank_event("a"), blank_event("b"), blank_event("c")};
    const reel_event_movie movies[] = {{2, 1}, {7, 2}};
    reel_movie film = blank_movie(2);
    own o = {""};

    film.name = "The Film";
    film.year = 1999;
    load_movies(f->store, &film, 1, true);
    assert_ok(reel__store_put_given(f->store, given, 3, &f->err), f->err);
    assert_ok(reel__store_own_films(f->store, person, -1, see_film, &o, &f->err), f->err);
    assert_string_equal(o.text, "2 The Film 1999 rating 3.5;7  0 watchlist 0;");
    o = (own){""};
    assert_ok(reel__store_own_films(f->store, person, 2, see_film, &o, &f->err), f->err);
    assert_string_equal(o.text, "7  0 watchlist 0;");
    for (int i = 0; i < 2; i++)
        events[i].user = person;
    events[1].movies = movies;
    events[1].movie_count = 2;
    assert_ok(reel__store_put_events(f->store, events, 3, NULL, &f->err), f->err);
    o = (own){""};
    assert_ok(reel__store_own_events(f->store, person, -1, see_event, &o, &f->err), f->err);
    assert_string_equal(o.text, "a 0;b 2;");
    o.text[0] = '\0';
    assert_ok(reel__store_own_events(f->store, person, o.last, see_event, &o, &f->err), f->err);
    assert_string_equal(o.text, "");
    sign_in(f, "one", ana, 100);
    sign_in(f, "two", ana, 200);
    sign_in(f, "other", ana + 1, 300);
    assert_ok(reel__store_own_sessions(f->store, ana, see_session, &o, &f->err), f->err);
    assert_string_equal(o.text, "100;200;");
    assert_ok(reel__store_own_reset(f->store, ana, &o.last, &f->err), f->err);
    assert_int_equal(o.last, 0);
    assert_ok(reel__store_put_reset(f->store, "r", ana, 77, &f->err), f->err);
    assert_ok(reel__store_own_reset(f->store, ana, &o.last, &f->err), f->err);
    assert_int_equal(o.last, 77);
}

/* ---- sessions and resets ------------------------------------------------------------------- */

static void test_sessions_begin_and_end(void **state)
{
    fixture *f = *state;
    const int64_t ana = add(f, "ana", REEL_ROLE_ADMIN), bob = add(f, "bob", REEL_ROLE_PERSON);
    int64_t count = 0;

    sign_in(f, "one", ana, 100);
    sign_in(f, "two", ana, 200);
    sign_in(f, "three", bob, 200);
    assert_true(signed_in(f, "one", 99));
    assert_false(signed_in(f, "one", 100));
    assert_ok(reel__store_touch_session(f->store, "one", 100, 300, &f->err), f->err);
    assert_true(signed_in(f, "one", 299));
    assert_ok(reel__store_count_sessions(f->store, ana, 250, &count, &f->err), f->err);
    assert_int_equal(count, 1);
    assert_ok(reel__store_sweep_sessions(f->store, 250, &f->err), f->err);
    assert_false(signed_in(f, "two", 0));
    assert_false(signed_in(f, "three", 0));
    sign_in(f, "two", ana, 500);
    assert_ok(reel__store_end_session(f->store, "one", &f->err), f->err);
    assert_ok(reel__store_end_session(f->store, "unknown", &f->err), f->err);
    assert_false(signed_in(f, "one", 0));
    assert_true(signed_in(f, "two", 0));
    sign_in(f, "three", bob, 500);
    assert_ok(reel__store_end_sessions(f->store, ana, &f->err), f->err);
    assert_false(signed_in(f, "two", 0));
    assert_true(signed_in(f, "three", 0));
    assert_ok(reel__store_change_account(
                  f->store, bob,
                  &(const reel_account_change){&(const reel_role){REEL_ROLE_PERSON}, 1}, &f->err),
              f->err);
    assert_false(signed_in(f, "three", 0));
    sign_in(f, "four", bob, 500); /* who is disabled is not signed in by an old row either */
    assert_false(signed_in(f, "four", 0));
}

static void test_a_new_password_ends_sessions(void **state)
{
    fixture *f = *state;
    const int64_t ana = add(f, "ana", REEL_ROLE_PERSON), bob = add(f, "bob", REEL_ROLE_PERSON);
    reel_account account;
    int64_t who = 0;

    sign_in(f, "one", ana, 100);
    sign_in(f, "two", ana, 100);
    sign_in(f, "three", bob, 100);
    assert_ok(reel__store_put_reset(f->store, "r", ana, 100, &f->err), f->err);
    assert_ok(reel__store_set_password(f->store, ana, "new", 55, "one", &f->err), f->err);
    assert_true(signed_in(f, "one", 0));
    assert_false(signed_in(f, "two", 0));
    assert_true(signed_in(f, "three", 0));
    assert_fails(reel__store_take_reset(f->store, "r", 0, &who, &f->err), REEL_E_NOTFOUND, "",
                 f->err);
    assert_ok(reel__store_account(f->store, ana, &account, &f->err), f->err);
    assert_string_equal(account.password, "new");
    assert_int_equal(account.password_at, 55);
    assert_ok(reel__store_set_password(f->store, ana, "newer", 56, NULL, &f->err), f->err);
    assert_false(signed_in(f, "one", 0));
    assert_fails(reel__store_set_password(f->store, 99, "x", 5, NULL, &f->err), REEL_E_NOTFOUND,
                 "no such account", f->err);
}

static void test_a_reset_is_taken_once(void **state)
{
    fixture *f = *state;
    const int64_t ana = add(f, "ana", REEL_ROLE_PERSON);
    int64_t who = 0;

    assert_ok(reel__store_put_reset(f->store, "first", ana, 100, &f->err), f->err);
    assert_ok(reel__store_put_reset(f->store, "second", ana, 100, &f->err), f->err);
    assert_fails(reel__store_take_reset(f->store, "first", 50, &who, &f->err), REEL_E_NOTFOUND, "",
                 f->err);
    assert_fails(reel__store_take_reset(f->store, "second", 100, &who, &f->err), REEL_E_NOTFOUND,
                 "over", f->err);
    assert_ok(reel__store_take_reset(f->store, "second", 99, &who, &f->err), f->err);
    assert_int_equal(who, ana);
    assert_fails(reel__store_take_reset(f->store, "second", 99, &who, &f->err), REEL_E_NOTFOUND, "",
                 f->err);
}

/* ---- addresses and mails ------------------------------------------------------------------- */

static void test_an_address_is_confirmed_once(void **state)
{
    fixture *f = *state;
    const int64_t ana = add(f, "ana", REEL_ROLE_PERSON), bob = add(f, "bob", REEL_ROLE_PERSON);
    reel_account account;
    seen with = {0};

    assert_ok(reel__store_set_email(f->store, ana, "Ana@x.org", &f->err), f->err);
    assert_ok(reel__store_set_email(f->store, bob, "ana@X.org", &f->err), f->err);
    assert_ok(reel__store_accounts_of_email(f->store, "ana@x.org", see, &with, &f->err), f->err);
    assert_int_equal(with.count, 0); /* of nobody yet */
    assert_ok(reel__store_put_reset(f->store, "r", ana, 100, &f->err), f->err);
    assert_ok(reel__store_put_confirmation(f->store, "old", ana, "Ana@x.org", 100, &f->err),
              f->err);
    assert_ok(reel__store_put_confirmation(f->store, "c", ana, "Ana@x.org", 100, &f->err), f->err);
    for (int i = 0; i < 3; i++) /* another's, too late, or a reset */
        assert_fails(reel__store_take_confirmation(f->store, (const char *[]){"old", "c", "r"}[i],
                                                   i == 1 ? 100 : 50, &f->err),
                     REEL_E_NOTFOUND, "confirmation", f->err);
    assert_fails(reel__store_take_reset(f->store, "c", 50, &account.id, &f->err), REEL_E_NOTFOUND,
                 "", f->err);
    assert_ok(reel__store_take_confirmation(f->store, "c", 55, &f->err), f->err);
    assert_fails(reel__store_take_confirmation(f->store, "c", 55, &f->err), REEL_E_NOTFOUND, "",
                 f->err);
    assert_ok(reel__store_account(f->store, ana, &account, &f->err), f->err);
    assert_string_equal(account.email, "Ana@x.org");
    assert_int_equal(account.email_at, 55);
    assert_ok(reel__store_accounts_of_email(f->store, "ANA@x.ORG", see, &with, &f->err), f->err);
    assert_int_equal(with.count, 1);
    assert_int_equal(with.ids[0], ana);
    /* An address that is another now is not confirmed by a letter to the first. */
    assert_ok(reel__store_put_confirmation(f->store, "b", bob, "other@x.org", 100, &f->err),
              f->err);
    assert_fails(reel__store_take_confirmation(f->store, "b", 50, &f->err), REEL_E_NOTFOUND, "",
                 f->err);
    assert_ok(reel__store_set_email(f->store, ana, "", &f->err), f->err);
    assert_ok(reel__store_account(f->store, ana, &account, &f->err), f->err);
    assert_int_equal(account.email_at, 0);
    assert_fails(reel__store_set_email(f->store, 99, "a@b.c", &f->err), REEL_E_NOTFOUND,
                 "no such account", f->err);
}

static reel_mail_row mail_to(const char *kind, const char *who, int64_t account, int64_t created_ms)
{
    reel_mail_row row = {.account = account, .created_ms = created_ms};

    (void)snprintf(row.kind, sizeof row.kind, "%s", kind);
    (void)snprintf(row.who, sizeof row.who, "%s", who);
    (void)snprintf(row.language, sizeof row.language, "es");
    return row;
}

static bool claim_mail(fixture *f, int64_t now_ms, reel_mail_row *out)
{
    bool found = false;

    assert_ok(reel__store_claim_mail(f->store, now_ms, 100, out, &found, &f->err), f->err);
    return found;
}

static void test_mails_wait(void **state)
{
    fixture *f = *state;
    reel_mail_row first = mail_to("reset", "ana", 0, 10),
                  second = mail_to("confirm", "a@b.c", 7, 20), row;
    int64_t due = 0;

    assert_ok(reel__store_next_mail(f->store, &due, &f->err), f->err);
    assert_int_equal(due, -1);
    assert_ok(reel__store_put_mail(f->store, &second, &f->err), f->err);
    assert_ok(reel__store_put_mail(f->store, &first, &f->err), f->err);
    fixture_reopen(f); /* nothing is lost */
    assert_ok(reel__store_next_mail(f->store, &due, &f->err), f->err);
    assert_int_equal(due, 10);
    assert_false(claim_mail(f, 9, &row));
    assert_true(claim_mail(f, 30, &row));
    assert_string_equal(row.kind, "reset");
    assert_string_equal(row.who, "ana");
    assert_string_equal(row.language, "es");
    assert_int_equal(row.tries, 1);
    assert_true(claim_mail(f, 30, &second));
    assert_int_equal(second.account, 7);
    assert_false(claim_mail(f, 30, &first)); /* both are somebody's */
    assert_ok(reel__store_delay_mail(f->store, &row, 50, &f->err), f->err);
    assert_true(claim_mail(f, 60, &row));
    assert_int_equal(row.tries, 2);
    /* Asked for anew while it is sent: it is sent once more. */
    first = mail_to("reset", "ana", 0, 65);
    assert_ok(reel__store_put_mail(f->store, &first, &f->err), f->err);
    assert_ok(reel__store_end_mail(f->store, &row, &f->err), f->err);
    assert_true(claim_mail(f, 70, &row));
    assert_int_equal(row.tries, 1);
    assert_int_equal(row.created_ms, 65);
    assert_ok(reel__store_end_mail(f->store, &row, &f->err), f->err);
    assert_false(claim_mail(f, 80, &row));
    assert_true(claim_mail(f, 200, &row)); /* its server died */
    assert_int_equal(row.account, 7);
    assert_ok(reel__store_end_mail(f->store, &row, &f->err), f->err);
    assert_ok(reel__store_next_mail(f->store, &due, &f->err), f->err);
    assert_int_equal(due, -1);
}

/* Asked for anew in the same moment, and taken up by another server: it is not the first one's. */
static void test_a_mail_asked_for_anew_is_another(void **state)
{
    fixture *f = *state;
    const reel_mail_row mail = mail_to("reset", "ana", 0, 10);
    reel_mail_row first, second;

    assert_ok(reel__store_put_mail(f->store, &mail, &f->err), f->err);
    assert_true(claim_mail(f, 10, &first));
    assert_ok(reel__store_put_mail(f->store, &mail, &f->err), f->err);
    assert_true(claim_mail(f, 10, &second));
    assert_int_equal(second.tries, first.tries);
    assert_ok(reel__store_delay_mail(f->store, &first, 11, &f->err), f->err);
    assert_false(claim_mail(f, 11, &first)); /* it is the other's */
    assert_ok(reel__store_end_mail(f->store, &first, &f->err), f->err);
    assert_ok(reel__store_delay_mail(f->store, &second, 20, &f->err), f->err);
    assert_true(claim_mail(f, 20, &second));
    assert_ok(reel__store_end_mail(f->store, &second, &f->err), f->err);
    assert_false(claim_mail(f, 1000, &second));
}

static void test_a_mail_is_parted_as_a_whole(void **state)
{
    static const int64_t accounts[] = {7, 8, 9};
    fixture *f = *state;
    const reel_mail_row mail = mail_to("reset", "a@b.c", 0, 10),
                        anew = mail_to("reset", "a@b.c", 0, 15);
    reel_mail_row whole, part;

    assert_ok(reel__store_put_mail(f->store, &mail, &f->err), f->err);
    assert_true(claim_mail(f, 12, &whole));
    fixture_exec(f,
                 "CREATE UNIQUE INDEX one_part ON mails (kind) WHERE account = 9 OR account = 7");
    assert_true(reel__store_part_mail(f->store, &whole, accounts, 3, &f->err) != REEL_OK);
    assert_false(claim_mail(f, 100, &part)); /* none of it: it is whole, and still taken up */
    fixture_exec(f, "DROP INDEX one_part");
    assert_ok(reel__store_put_mail(f->store, &anew, &f->err), f->err);
    assert_ok(reel__store_part_mail(f->store, &whole, accounts, 3, &f->err), f->err);
    assert_true(claim_mail(f, 20, &whole));
    assert_int_equal(whole.account, 0); /* it was asked for anew: not this one's to part */
    assert_ok(reel__store_part_mail(f->store, &whole, accounts, 3, &f->err), f->err);
    for (int i = 0; i < 3; i++) {
        assert_true(claim_mail(f, 20, &part));
        assert_int_equal(part.account, accounts[i]);
        assert_int_equal(part.created_ms, 15);
        assert_int_equal(part.tries, 1);
        assert_string_equal(part.who, "a@b.c");
        assert_ok(reel__store_end_mail(f->store, &part, &f->err), f->err);
    }
    assert_false(claim_mail(f, 1000, &part));
    assert_fails(reel__store_part_mail(f->store, &whole, accounts, REEL_MAIL_PARTS + 1, &f->err),
                 REEL_E_INVALID, "accounts", f->err);
}

static void test_a_damaged_mail_can_be_ended(void **state)
{
    fixture *f = *state;
    const reel_mail_row mail = mail_to("reset", "ana", 0, 10);
    reel_mail_row row;

    assert_ok(reel__store_put_mail(f->store, &mail, &f->err), f->err);
    fixture_exec(f, "UPDATE mails SET language = 'longer than any language is'");
    assert_true(claim_mail(f, 10, &row));
    assert_string_equal(row.kind, "");
    assert_ok(reel__store_end_mail(f->store, &row, &f->err), f->err);
    assert_false(claim_mail(f, 1000, &row));
}

static void test_mails_go_with_their_account(void **state)
{
    fixture *f = *state;
    const int64_t ana = add(f, "ana", REEL_ROLE_PERSON);
    const reel_mail_row rows[] = {
        mail_to("reset", "ana", 0, 1), mail_to("reset", "ana@x.org", 0, 1),
        mail_to("confirm", "Ana@x.org", ana, 1), mail_to("reset", "bob", 0, 1)};
    reel_mail_row row;

    assert_ok(reel__store_set_email(f->store, ana, "Ana@x.org", &f->err), f->err);
    for (size_t i = 0; i < 4; i++)
        assert_ok(reel__store_put_mail(f->store, &rows[i], &f->err), f->err);
    assert_ok(reel__store_delete_account(f->store, ana, true, &f->err), f->err);
    assert_true(claim_mail(f, 5, &row));
    assert_string_equal(row.who, "bob");
    assert_false(claim_mail(f, 5, &row));
}

/* ---- trouble ------------------------------------------------------------------------------- */

static void test_rows_changed_by_hand(void **state)
{
    fixture *f = *state;
    const int64_t ana = add(f, "ana", REEL_ROLE_ADMIN);
    const reel_api_key key = {.prefix = "rk_one", .hash = "abc"};
    reel_account account;
    reel_api_key back;
    reel_sign_in session;
    reel_store_digest digest;

    sign_in(f, "one", ana, 100);
    assert_ok(reel__store_put_key(f->store, &key, &f->err), f->err);
    fixture_exec(f, "UPDATE api_keys SET scopes = 'everything'");
    assert_fails(reel__store_key(f->store, "rk_one", &back, &f->err), REEL_E_FORMAT, "api_keys",
                 f->err);
    assert_fails(reel__store_digest(f->store, NULL, &digest, &f->err), REEL_E_FORMAT, "api_keys",
                 f->err);
    fixture_exec(f, "UPDATE accounts SET role = 'god'");
    assert_fails(reel__store_account(f->store, ana, &account, &f->err), REEL_E_FORMAT, "accounts",
                 f->err);
    assert_fails(reel__store_session(f->store, "one", 0, &session, &account, &f->err),
                 REEL_E_FORMAT, "damaged", f->err);
    assert_fails(reel__store_scan_accounts(f->store, "", 0, 5, see, NULL, &f->err), REEL_E_FORMAT,
                 "accounts", f->err);
    assert_fails(reel__store_digest(f->store, NULL, &digest, &f->err), REEL_E_FORMAT, "accounts",
                 f->err);
}

/* A deletion that fails half-way has deleted nothing. */
static void test_all_or_nothing(void **state)
{
    fixture *f = *state;
    const int64_t ana = add(f, "ana", REEL_ROLE_PERSON);
    reel_account account;

    sign_in(f, "one", ana, 100);
    fixture_exec(f, "DROP TABLE resets");
    assert_true(reel__store_delete_account(f->store, ana, false, &f->err) != REEL_OK);
    assert_non_null(strstr(f->err.msg, "resets"));
    assert_ok(reel__store_account(f->store, ana, &account, &f->err), f->err);
    assert_true(signed_in(f, "one", 0));
    assert_true(reel__store_set_password(f->store, ana, "new", 5, NULL, &f->err) != REEL_OK);
    assert_non_null(strstr(f->err.msg, "resets"));
    assert_ok(reel__store_account(f->store, ana, &account, &f->err), f->err);
    assert_string_equal(account.password, "$argon2id$ana");
}

static void test_not_in_a_store_opened_for_reading(void **state)
{
    fixture *f = *state;
    reel_account account = make("bob", REEL_ROLE_PERSON);
    const int64_t ana = add(f, "ana", REEL_ROLE_PERSON);

    reel__store_close(f->store);
    assert_ok(reel__store_open(&f->store, f->url, &(reel_store_opts){.read_only = true}, &f->err),
              f->err);
    assert_fails(reel__store_add_account(f->store, &account, &f->err), REEL_E_STORE, "read-only",
                 f->err);
    assert_fails(reel__store_end_session(f->store, "x", &f->err), REEL_E_STORE, "read-only",
                 f->err);
    assert_ok(reel__store_account(f->store, ana, &account, &f->err), f->err);
}

int store_suite_accounts(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    static const struct CMUnitTest account_tests[] = {
        TEST(test_an_account_comes_back),
        TEST(test_a_name_is_taken_once),
        TEST(test_accounts_in_pages),
        TEST(test_accounts_by_a_part_of_their_name),
        TEST(test_the_last_admin_stays),
        TEST(test_what_goes_with_an_account),
        TEST(test_what_comes_after_an_account),
        TEST(test_what_is_kept_of_one),
        TEST(test_sessions_begin_and_end),
        TEST(test_a_new_password_ends_sessions),
        TEST(test_a_reset_is_taken_once),
        TEST(test_an_address_is_confirmed_once),
        TEST(test_mails_wait),
        TEST(test_a_mail_asked_for_anew_is_another),
        TEST(test_a_mail_is_parted_as_a_whole),
        TEST(test_a_damaged_mail_can_be_ended),
        TEST(test_mails_go_with_their_account),
        TEST(test_rows_changed_by_hand),
        TEST(test_all_or_nothing),
        TEST(test_not_in_a_store_opened_for_reading),
    };

    return cmocka_run_group_tests(account_tests, NULL, NULL);
}
