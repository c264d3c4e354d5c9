/* suite_copy.c - a whole store into another and back, and what its digest notices. */
#include "suite.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "store/accounts.h"
#include "store/list_key.h"
#include "store/once.h"
#include "store/trials.h"
#include "support/temp.h"

/* ---- a store with everything in it --------------------------------------------------------- */

enum { SEEN = 400 };
enum { FILMS = 1500, PEOPLE = 12, EVENTS = 1100, GIVEN = 1300 };

static void put_films(fixture *f, reel_store_load *load)
{
    reel_movie movies[FILMS];
    char titles[FILMS][40];

    for (int i = 0; i < FILMS; i++) {
        movies[i] = blank_movie(i * 7);
        (void)snprintf(titles[i], sizeof titles[i], "Film %d \xe2\x82\xac", i);
        movies[i].title = movies[i].name = titles[i];
        if (i % 3 == 0) {
            movies[i].overview = "It's \"said\" | so\t\\N\n";
            movies[i].cast = "Jeanne Moreau|Oskar Werner";
            movies[i].year = 1900 + i % 120;
            movies[i].vote_average = 0.1F * (float)(i % 100);
            movies[i].popularity = 1.0F / (float)(i + 1);
            movies[i].tmdb_id = i + 1;
            movies[i].imdb_id = INT64_C(1) << 40;
        }
    }
    assert_ok(reel__store_put_movies(load, movies, FILMS, &f->err), f->err);
}

static void put_ratings(fixture *f, reel_store_load *load)
{
    static reel_rating ratings[PEOPLE * FILMS];
    size_t count = 0;

    for (int person = 0; person < PEOPLE; person++)
        for (int film = person % 3; film < FILMS; film += 1 + person % 2)
            ratings[count++] = (reel_rating){person, film * 7, -film, 0.1F * (float)(film % 50)};
    assert_ok(reel__store_put_ratings(load, ratings, count, NULL, &f->err), f->err);
}

static void put_log(fixture *f)
{
    const reel_event_movie films[] = {{7, 1}, {INT64_MAX, -5}};
    const reel_model_record record = {"ease", "id", "/a/file", "hash", "{\"x\": 1}", 1, 9, 0.1};
    reel_model_record other = record;
    reel_event events[EVENTS];
    char ids[EVENTS][24];

    for (int i = 0; i < EVENTS; i++) {
        (void)snprintf(ids[i], sizeof ids[i], "event-%d", i);
        events[i] = blank_event(ids[i]);
        events[i].value = i % 2 == 0 ? (double)NAN : 0.1 * i;
        events[i].user = i % 3 - 1;
        events[i].untrusted = i % 4 == 1;
        events[i].movies = films;
        events[i].movie_count = (size_t)(i % 3);
    }
    assert_ok(reel__store_put_events(f->store, events, EVENTS, NULL, &f->err), f->err);
    assert_ok(reel__store_put_model(f->store, &record, &f->err), f->err);
    other.name = "Zeta";
    other.seconds = (double)NAN;
    assert_ok(reel__store_put_model(f->store, &other, &f->err), f->err);
    fixture_exec(f, "UPDATE events SET queued = 1 WHERE event_id = 'event-3'");
    fixture_exec(f, "UPDATE events SET queued = 1, delivered_at = 77 WHERE event_id = 'event-5'");
    fixture_exec(f, "DELETE FROM events WHERE event_id = 'event-8'"); /* a gap in the sequence */
}

static void put_accounts(fixture *f)
{
    reel_account account = {
        .name = "Zo\xc3\xab", .folded = "zoe", .password = "$argon2id$x", .created_at = 5};
    const reel_sign_in session = {.token = "aa", .account = 1, .expires_at = INT64_MAX};
    const reel_api_key key = {
        .prefix = "rk_abc", .hash = "00", .label = "a \xe2\x82\xac", .scopes = 3};
    reel_api_key other = {.prefix = "rk_xyz",
                          .hash = "01",
                          .account = 1,
                          .scopes = 9,
                          .is_public = true,
                          .rate = 7,
                          .created_at = 8,
                          .used_at = 9,
                          .expires_at = 10,
                          .revoked_at = 11,
                          .origins = "https://a.example"};

    assert_ok(reel__store_add_account(f->store, &account, &f->err), f->err);
    account.folded[0] = 'x';
    account.role = REEL_ROLE_ADMIN;
    assert_ok(reel__store_add_account(f->store, &account, &f->err), f->err);
    account.folded[0] = 'y';
    account.disabled = true;
    (void)snprintf(account.email, sizeof account.email, "ana@mail.example.org");
    account.email_at = 99;
    assert_ok(reel__store_add_account(f->store, &account, &f->err), f->err);
    assert_ok(reel__store_delete_account(f->store, 2, true, &f->err), f->err); /* a gap */
    assert_ok(reel__store_put_session(f->store, &session, &f->err), f->err);
    assert_ok(reel__store_put_reset(f->store, "bb", 1, INT64_MAX, &f->err), f->err);
    assert_ok(reel__store_put_key(f->store, &key, &f->err), f->err);
    assert_ok(reel__store_put_key(f->store, &other, &f->err), f->err);
}

static void put_given(fixture *f)
{
    reel_given_row rows[GIVEN];

    for (int i = 0; i < GIVEN; i++)
        rows[i] =
            (reel_given_row){.person = i / 100,
                             .movie = i % 100 * 7,
                             .time = i,
                             .value = 0.1 * i,
                             .kind = (reel_given_kind)(i % REEL_GIVEN_KINDS),
                             .extra = i % 5 == 0 ? i % 3 - 1 : 0,
                             .did = i % REEL_GIVEN_KINDS == REEL_GIVEN_CLICKED ? 1 + (unsigned)i % 3
                                                                               : (unsigned)i % 4};
    assert_ok(reel__store_put_given(f->store, rows, GIVEN, &f->err), f->err);
    assert_ok(reel__store_forget_given(f->store, 0, &f->err), f->err);
}

static void put_experiments(fixture *f)
{
    reel_experiment_record one = {.name = "one",
                                  .tag = "0000000a",
                                  .scenario = "home",
                                  .definition = "{\"a\":\"\xc3\xa9\"}",
                                  .made = 5,
                                  .starts = 6,
                                  .ends = 90};

    assert_ok(reel__store_add_experiment(f->store, &one, &f->err), f->err);
    assert_ok(reel__store_end_experiment(f->store, "one", 70, &f->err), f->err);
    one.name = "two";
    one.tag = "0000000b";
    one.scenario = "";
    one.starts = 80;
    assert_ok(reel__store_add_experiment(f->store, &one, &f->err), f->err);
}

static void fill(fixture *f)
{
    const reel_person person = {3, "F", "artist", "0815", 25};
    const reel_match matches[] = {{0, 5, 6, REEL_MATCH_REVIEW, 0.1, "the years differ"},
                                  {7, 0, 6, REEL_MATCH_NONE, (double)NAN, "no such film"}};
    reel_store_load *load = NULL;

    assert_ok(reel__store_load_begin(&load, f->store, true, &f->err), f->err);
    put_films(f, load);
    assert_ok(reel__store_put_people(load, &person, 1, &f->err), f->err);
    assert_ok(reel__store_put_matches(load, matches, 2, &f->err), f->err);
    put_ratings(f, load);
    assert_ok(reel__store_load_commit(load, "Test \xe2\x82\xac", true, &f->err), f->err);
    put_given(f);
    put_log(f);
    put_accounts(f);
    put_experiments(f);
}

static reel_store_digest digest_of(reel_store *store)
{
    reel_store_digest digest;
    reel_err err = {REEL_OK, ""};

    assert_ok(reel__store_digest(store, NULL, &digest, &err), err);
    assert_int_equal(strlen(digest.hash), 64);
    return digest;
}

/* ---- another store: a file, or one more of this kind ---------------------------------------- */

typedef struct other {
    char url[600];
    reel_store *store;
} other;

static other open_other(fixture *f, bool file)
{
    other o = {"", NULL};
    static int number;

    if (file)
        (void)snprintf(o.url, sizeof o.url, "%s-%d.db", temp_path("copy"), number++);
    else
        (void)snprintf(o.url, sizeof o.url, "%s-copy", f->url);
    assert_ok(reel__store_open(&o.store, o.url, &(reel_store_opts){.create = true}, &f->err),
              f->err);
    return o;
}

static void copy(fixture *f, reel_store *to, reel_store *from, const char *hash)
{
    reel_store_digest digest;

    assert_ok(reel__store_copy(to, from, NULL, &digest, &f->err), f->err);
    assert_string_equal(digest.hash, hash);
    assert_string_equal(digest_of(to).hash, hash);
}

/* ---- tests --------------------------------------------------------------------------------- */

static void test_there_and_back(void **state)
{
    fixture *f = *state;
    other file, same;
    reel_store_digest digest;
    reel_store_counts counts;

    fill(f);
    digest = digest_of(f->store);
    assert_int_equal(digest.movies, FILMS);
    assert_int_equal(digest.people, PEOPLE);
    assert_int_equal(digest.matches, 2);
    assert_int_equal(digest.given, GIVEN - 100);
    assert_int_equal(digest.events, EVENTS - 1);
    assert_int_equal(digest.models, 2);
    assert_int_equal(digest.accounts, 2);
    assert_int_equal(digest.keys, 2);
    assert_int_equal(digest.experiments, 2);
    assert_int_equal(digest.ratings, counts_of(f->store).ratings);
    file = open_other(f, true);
    copy(f, file.store, f->store, digest.hash);
    same = open_other(f, false);
    copy(f, same.store, file.store, digest.hash);
    counts = counts_of(same.store);
    assert_int_equal(counts.generation, 1);
    assert_true(counts.simulated);
    assert_string_equal(counts.source, "Test \xe2\x82\xac");
    assert_int_equal(counts.undelivered, 1);
    copy(f, f->store, same.store, digest.hash); /* over what is there */
    assert_int_equal(counts_of(f->store).generation, 2);
    reel__store_close(file.store);
    reel__store_close(same.store);
}

static bool see_experiment(void *user, const reel_experiment_record *e)
{
    char *out = user;
    const size_t at = strlen(out);

    (void)snprintf(out + at, SEEN - at, "%s %s %s %s %d %d %d %d\n", e->name, e->tag, e->scenario,
                   e->definition, (int)e->made, (int)e->starts, (int)e->ends, (int)e->stopped);
    return true;
}

static bool take_untrusted(void *user, const reel_event *event)
{
    ((int64_t *)user)[event->untrusted]++;
    return true;
}

static void read_key(fixture *f, reel_store *store, reel_seal_key *out)
{
    assert_ok(reel__store_list_key(out, store, &f->err), f->err);
}

/* What was believed is believed in the copy, too; ids of lists are signed anew there. */
static void test_events_stay_untrusted_and_the_key_stays(void **state)
{
    const reel_event_filter newest = {.limit = REEL_EVENT_SCAN_MAX};
    fixture *f = *state;
    other o = open_other(f, false);
    reel_store *second = NULL;
    reel_seal_key own, before, after;
    int64_t counts[2] = {0};

    fill(f);
    read_key(f, f->store, &own);
    read_key(f, o.store, &before);
    copy(f, o.store, f->store, digest_of(f->store).hash);
    assert_ok(reel__store_scan_events(o.store, &newest, take_untrusted, counts, &f->err), f->err);
    assert_int_equal(counts[true], REEL_EVENT_SCAN_MAX / 4);
    assert_int_equal(counts[false], REEL_EVENT_SCAN_MAX - counts[true]);
    read_key(f, o.store, &after);
    assert_memory_equal(before.bytes, after.bytes, sizeof after.bytes);
    assert_memory_not_equal(own.bytes, after.bytes, sizeof after.bytes);
    /* all who have the database open have its key, those who only read as well */
    assert_ok(reel__store_open(&second, o.url, &(reel_store_opts){.read_only = true}, &f->err),
              f->err);
    read_key(f, second, &before);
    assert_memory_equal(before.bytes, after.bytes, sizeof after.bytes);
    reel__store_close(second);
    reel__store_close(o.store);
    fixture_exec(f, "DELETE FROM list_keys");
    read_key(f, f->store, &before);
    read_key(f, f->store, &after);
    assert_memory_not_equal(own.bytes, before.bytes, sizeof before.bytes);
    assert_memory_not_equal(after.bytes, before.bytes, sizeof before.bytes);
}

/* Those of the target are gone, and their people are counted anew from the log that was copied. */
static void test_experiments_are_copied(void **state)
{
    fixture *f = *state;
    const reel_experiment_record own = {
        .name = "own", .tag = "0000000a", .scenario = "", .definition = "{}", .ends = 9};
    const reel_trial_person person = {.who = "u1", .first_ms = 5, .lists = 1};
    reel_trial_adding adding = {.tag = "0000000a", .to = 9, .people = &person, .count = 1};
    reel_trial_mark mark;
    other o = open_other(f, false);
    char before[SEEN] = "", after[SEEN] = "";
    bool done = false;

    fill(f);
    assert_ok(reel__store_add_experiment(o.store, &own, &f->err), f->err);
    assert_ok(reel__trial_mark(&adding.from, o.store, "0000000a", &f->err), f->err);
    assert_ok(reel__trial_add(o.store, &adding, &done, &f->err), f->err);
    assert_true(done);
    copy(f, o.store, f->store, digest_of(f->store).hash);
    assert_ok(reel__store_scan_experiments(f->store, see_experiment, before, &f->err), f->err);
    assert_ok(reel__store_scan_experiments(o.store, see_experiment, after, &f->err), f->err);
    assert_string_equal(after, before);
    assert_non_null(strstr(after, "one 0000000a home {\"a\":\"\xc3\xa9\"} 5 6 70 1\n"));
    assert_int_equal(trial_people(o.store, "0000000a", INT64_MAX), 0);
    assert_ok(reel__trial_mark(&mark, o.store, "0000000a", &f->err), f->err);
    assert_int_equal(mark.sequence, 0);
    reel__store_close(o.store);
}

/* What was done by a key is undone: it may be done again. What the copied store has done is not
 * done here, either. */
static void test_nothing_was_done_by_key(void **state)
{
    fixture *f = *state;
    const reel_once asked = {.key = "k", .body = "b", .at = 5};
    reel_once_answer there = {0};
    other o = open_other(f, false);
    bool mine = false;

    reel__buf_init(&there.text, 100);
    assert_ok(reel__store_begin_once(f->store, &asked, 9, &mine, &there, &f->err), f->err);
    assert_true(mine);
    assert_ok(reel__store_begin_once(o.store, &asked, 9, &mine, &there, &f->err), f->err);
    assert_true(mine);
    copy(f, o.store, f->store, digest_of(f->store).hash);
    assert_ok(reel__store_begin_once(o.store, &asked, 9, &mine, &there, &f->err), f->err);
    assert_true(mine);
    reel__store_close(o.store);
    reel__buf_fini(&there.text);
}

static bool take_sequence(void *user, const reel_event *event)
{
    *(int64_t *)user = event->sequence;
    return false;
}

/* The next event is behind those that were copied. */
static void test_the_log_goes_on(void **state)
{
    fixture *f = *state;
    const reel_event_filter newest = {NULL, NULL, 0, 1};
    const reel_event event = blank_event("next");
    int64_t last = 0, next = 0, duplicates = 0;
    other o;

    fill(f);
    assert_ok(reel__store_scan_events(f->store, &newest, take_sequence, &last, &f->err), f->err);
    o = open_other(f, false);
    copy(f, o.store, f->store, digest_of(f->store).hash);
    assert_ok(reel__store_put_events(o.store, &event, 1, &duplicates, &f->err), f->err);
    assert_int_equal(duplicates, 0);
    assert_ok(reel__store_scan_events(o.store, &newest, take_sequence, &next, &f->err), f->err);
    assert_true(next > last);
    /* Copied once more the log is as it was, and sequences are not used again. */
    copy(f, o.store, f->store, digest_of(f->store).hash);
    last = next;
    assert_ok(reel__store_put_events(o.store, &event, 1, &duplicates, &f->err), f->err);
    assert_int_equal(duplicates, 0);
    assert_ok(reel__store_scan_events(o.store, &newest, take_sequence, &next, &f->err), f->err);
    assert_true(next > last);
    reel__store_close(o.store);
}

/* Accounts and keys are copied, who is signed in is not; the next account is a new one. */
static void test_accounts_are_copied_and_sessions_not(void **state)
{
    fixture *f = *state;
    other o = open_other(f, false);
    reel_account account;
    reel_sign_in session = {.token = "mine", .account = 1, .expires_at = INT64_MAX};
    reel_account next = {.name = "next", .folded = "next"};
    reel_api_key key;
    int64_t who = 0;

    fill(f);
    /* Somebody else of that number is signed in over there. */
    assert_ok(reel__store_add_account(o.store, &next, &f->err), f->err);
    assert_ok(reel__store_put_session(o.store, &session, &f->err), f->err);
    assert_ok(reel__store_put_reset(o.store, "cc", 1, INT64_MAX, &f->err), f->err);
    copy(f, o.store, f->store, digest_of(f->store).hash);
    assert_ok(reel__store_account(o.store, 1, &account, &f->err), f->err);
    assert_string_equal(account.name, "Zo\xc3\xab");
    assert_ok(reel__store_key(o.store, "rk_xyz", &key, &f->err), f->err);
    assert_true(key.is_public && key.rate == 7 && key.revoked_at == 11);
    for (size_t i = 0; i < 2; i++)
        assert_fails(
            reel__store_session(o.store, i == 0 ? "mine" : "aa", 0, &session, &account, &f->err),
            REEL_E_NOTFOUND, "", f->err);
    assert_fails(reel__store_take_reset(o.store, "bb", 0, &who, &f->err), REEL_E_NOTFOUND, "",
                 f->err);
    assert_fails(reel__store_take_reset(o.store, "cc", 0, &who, &f->err), REEL_E_NOTFOUND, "",
                 f->err);
    assert_ok(reel__store_add_account(o.store, &next, &f->err), f->err);
    assert_true(next.id > 3);
    reel__store_close(o.store);
}

static bool take_change(void *user, const reel_given_row *row)
{
    *(reel_given_row *)user = *row;
    return false;
}

/* Whoever follows the changes of the other store learns that all is new. */
static void test_followers_are_told(void **state)
{
    fixture *f = *state;
    reel_given_row row = {.person = 8, .movie = 7, .value = 3, .kind = REEL_GIVEN_RATING};
    reel_given_row seen = {0};
    int64_t last;
    other o;

    fill(f);
    o = open_other(f, false);
    assert_ok(reel__store_put_given(o.store, &row, 1, &f->err), f->err);
    assert_ok(reel__store_scan_changes(o.store, 0, 1, take_change, &seen, &f->err), f->err);
    assert_int_equal(seen.person, 8);
    last = seen.version;
    copy(f, o.store, f->store, digest_of(f->store).hash);
    assert_ok(reel__store_scan_changes(o.store, last, 1, take_change, &seen, &f->err), f->err);
    assert_int_equal(seen.person, -1);
    assert_true(seen.version > last);
    reel__store_close(o.store);
}

static void test_an_empty_store(void **state)
{
    fixture *f = *state;
    other o = open_other(f, false);
    const reel_store_digest digest = digest_of(f->store);

    assert_int_equal(digest.movies + digest.ratings + digest.events + digest.models, 0);
    fill(f);
    copy(f, f->store, o.store, digest.hash);
    assert_int_equal(counts_of(f->store).events, 0);
    assert_int_equal(counts_of(f->store).generation, 2);
    reel__store_close(o.store);
}

/* Everything but the generation is in the digest. */
static void test_what_a_digest_notices(void **state)
{
    static const char *const changes[] = {
        "UPDATE movies SET overview = 'x' WHERE movieId = 7",
        "UPDATE movies SET vote_average = 1.5 WHERE movieId = 7",
        "UPDATE events SET untrusted = 1 - untrusted WHERE event_id = 'event-9'",
        "UPDATE movies SET imdb_id = 3 WHERE movieId = 7",
        "UPDATE people SET zip = 'x' WHERE userId = 5",
        "UPDATE people SET age = 3 WHERE userId = 5",
        "UPDATE ratings SET rating = 9.5 WHERE userId = 0 AND movieId = 0",
        "UPDATE ratings SET timestamp = 9 WHERE userId = 0 AND movieId = 0",
        "DELETE FROM ratings WHERE userId = 0 AND movieId = 0",
        "UPDATE matches SET state = 'found' WHERE movieId = 0",
        "UPDATE matches SET score = 0.5 WHERE movieId = 7",
        "UPDATE given SET kind = 'watched' WHERE userId = 1 AND movieId = 7",
        "UPDATE given SET did = 3 - did WHERE userId = 1 AND movieId = 7",
        "UPDATE given SET value = 0.5 WHERE userId = 1 AND movieId = 14",
        "UPDATE given SET timestamp = 0 WHERE userId = 1 AND movieId = 14",
        "DELETE FROM given WHERE userId = 1 AND movieId = 21",
        "UPDATE events SET value = 0.5 WHERE event_id = 'event-0'",
        "UPDATE events SET movies = '[[7,2]]' WHERE event_id = 'event-1'",
        "UPDATE events SET received_ms = 5 WHERE event_id = 'event-1'",
        "UPDATE events SET queued = 1 WHERE event_id = 'event-1'",
        "UPDATE events SET delivered_at = 6 WHERE event_id = 'event-1'",
        "UPDATE models SET parameters = '{}' WHERE name = 'ease'",
        "UPDATE meta SET source = 'x'",
        "UPDATE accounts SET password = 'x' WHERE id = 1",
        "UPDATE accounts SET role = 'analyst' WHERE id = 1",
        "UPDATE accounts SET disabled = 0 WHERE id = 3",
        "UPDATE api_keys SET scopes = 'read' WHERE prefix = 'rk_xyz'",
        "UPDATE api_keys SET revoked_at = NULL WHERE prefix = 'rk_xyz'",
        "DELETE FROM api_keys WHERE prefix = 'rk_xyz'",
        "UPDATE experiments SET definition = '{}' WHERE name = 'two'",
        "UPDATE experiments SET ends = 9 WHERE name = 'two'",
        "DELETE FROM experiments WHERE name = 'two'",
    };
    fixture *f = *state;
    reel_store_digest before, after;

    fill(f);
    before = digest_of(f->store);
    fixture_exec(f, "UPDATE meta SET generation = 12");
    fixture_exec(f, "UPDATE given SET version = version + 1000");
    assert_string_equal(digest_of(f->store).hash, before.hash);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        fixture_exec(f, changes[i]);
        after = digest_of(f->store);
        if (strcmp(after.hash, before.hash) == 0)
            fail_msg("the digest does not notice: %s", changes[i]);
        before = after;
    }
}

/* ---- beside writers ------------------------------------------------------------------------ */

typedef struct writer {
    reel_store *store;
    _Atomic bool over;
    _Atomic int64_t acknowledged;
    int failures;
} writer;

static void *write_on(void *user)
{
    writer *w = user;
    reel_event event = blank_event("");
    char id[40] = "";

    event.event_id = id;
    while (!w->over) {
        (void)snprintf(id, sizeof id, "beside-%lld", (long long)w->acknowledged);
        if (reel__store_put_events(w->store, &event, 1, NULL, NULL) == REEL_OK)
            w->acknowledged++;
        else
            w->failures++;
    }
    return NULL;
}

/* A copy is of one moment: what was acknowledged when it began is in it, nothing later than its
 * end is. */
static void test_a_copy_beside_a_writer(void **state)
{
    fixture *f = *state;
    const int64_t there = EVENTS - 1;
    writer w = {.store = f->store};
    reel_store_digest digest;
    pthread_t thread;
    other o;

    fill(f);
    o = open_other(f, true);
    assert_int_equal(pthread_create(&thread, NULL, write_on, &w), 0);
    for (int i = 0; i < 3; i++) {
        const int64_t before = w.acknowledged;

        while (w.acknowledged < before + 5 && w.failures == 0)
            (void)usleep(1000);
        assert_ok(reel__store_copy(o.store, f->store, NULL, &digest, &f->err), f->err);
        assert_true(digest.events >= there + before + 5);
        assert_true(digest.events <= there + w.acknowledged + 1); /* its answer may be on its way */
        assert_string_equal(digest_of(o.store).hash, digest.hash);
    }
    w.over = true;
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(w.failures, 0);
    assert_int_equal(counts_of(f->store).events, there + w.acknowledged);
    reel__store_close(o.store);
}

/* A row that the other store would not take: all is as it was. */
static void test_a_copy_that_fails(void **state)
{
    fixture *f = *state;
    reel_store_digest before, digest;
    other o;

    fill(f);
    o = open_other(f, false);
    copy(f, o.store, f->store, digest_of(f->store).hash);
    before = digest_of(o.store);
    fixture_exec(f, "UPDATE api_keys SET scopes = 'all' WHERE prefix = 'rk_xyz'");
    assert_fails(reel__store_copy(o.store, f->store, NULL, &digest, &f->err), REEL_E_FORMAT,
                 "a row of the table accounts", f->err);
    assert_string_equal(digest_of(o.store).hash, before.hash);
    assert_int_equal(counts_of(o.store).generation, 1);
    reel__store_close(o.store);
    assert_ok(reel__store_open(&o.store, o.url, &(reel_store_opts){.read_only = true}, &f->err),
              f->err);
    assert_fails(reel__store_copy(o.store, f->store, NULL, &digest, &f->err), REEL_E_STORE,
                 "read-only", f->err);
    reel__store_close(o.store);
}

/* What cannot be read is left out of a copy, and its digest says how much that was, and what. */
static void test_damaged_events_are_left_out(void **state)
{
    enum { DAMAGED = REEL_DAMAGED_NAMED + 2 };
    fixture *f = *state;
    reel_store_digest before, digest;
    other o;

    fill(f);
    before = digest_of(f->store);
    fixture_exec(f, "UPDATE events SET movies = '[[' WHERE sequence BETWEEN 20 AND 29");
    o = open_other(f, false);
    assert_ok(reel__store_copy(o.store, f->store, NULL, &digest, &f->err), f->err);
    assert_int_equal(digest.damaged, DAMAGED);
    for (int i = 0; i < REEL_DAMAGED_NAMED; i++)
        assert_int_equal(digest.damaged_at[i], 20 + i);
    assert_int_equal(digest.events, before.events - DAMAGED);
    assert_string_not_equal(digest.hash, before.hash);
    assert_int_equal(counts_of(o.store).events, before.events - DAMAGED);
    before = digest_of(o.store);
    assert_string_equal(before.hash, digest.hash);
    assert_int_equal(before.damaged, 0);
    reel__store_close(o.store);
}

static void test_without_memory(void **state)
{
    fixture *f = *state;
    reel_store_digest digest;
    other o = open_other(f, false);
    reel_code rc = REEL_E_NOMEM;
    reel_movie movie = blank_movie(1);
    const reel_event event = blank_event("a");
    long n = 0;

    movie.title = "One";
    load_movies(f->store, &movie, 1, true);
    assert_ok(reel__store_put_events(f->store, &event, 1, NULL, &f->err), f->err);
    for (; rc != REEL_OK; n++) {
        const long live = reel__alloc_live();

        reel__alloc_fail_after(n);
        rc = reel__store_copy(o.store, f->store, NULL, &digest, &f->err);
        reel__alloc_fail_after(-1);
        if (rc != REEL_OK)
            assert_int_equal(rc, REEL_E_NOMEM);
        assert_true(reel__alloc_live() <= live + 1); /* a connection may be new */
        assert_true(n < 1000);
    }
    assert_true(n > 5);
    assert_string_equal(digest_of(o.store).hash, digest_of(f->store).hash);
    reel__store_close(o.store);
}

int store_suite_copy(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    static const struct CMUnitTest copy_tests[] = {
        TEST(test_there_and_back),
        TEST(test_events_stay_untrusted_and_the_key_stays),
        TEST(test_experiments_are_copied),
        TEST(test_nothing_was_done_by_key),
        TEST(test_the_log_goes_on),
        TEST(test_followers_are_told),
        TEST(test_an_empty_store),
        TEST(test_what_a_digest_notices),
        TEST(test_accounts_are_copied_and_sessions_not),
        TEST(test_a_copy_that_fails),
        TEST(test_a_copy_beside_a_writer),
        TEST(test_damaged_events_are_left_out),
        TEST(test_without_memory),
    };

    return cmocka_run_group_tests(copy_tests, NULL, NULL);
}
