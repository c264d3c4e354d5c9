/* Forgetting: after it everything is, byte for byte, what it would be had the person never been
 * there, and nothing that held them is left.
 */
#include <fcntl.h>
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/json.h"
#include "service/engine/versions.h"
#include "service/operation/copy.h"
#include "service/operation/forget.h"
#include "store/accounts.h"
#include "store/unlearning.h"
#include "store/versions.h"
#include "support/world.h"

enum { TEXT = 1 << 20 };

static const char *const files[] = {
    "dataset.reel",        "hybrid.safetensors",   "ease.safetensors",    "ials.safetensors",
    "content.safetensors", "user-knn.safetensors", "popular.safetensors", "als.safetensors"};
enum { FILES = sizeof files / sizeof *files };

/* ---- a world with accounts ----------------------------------------------------------------- */

static reel_store *open_store(const char *database)
{
    reel_store *store = NULL;
    reel_err err = {0};

    assert_ok(reel__store_open(&store, temp_path(database), NULL, &err));
    return store;
}

static void give(reel_store *store, int64_t account, int first)
{
    reel_given_row rows[WORLD_FILMS];
    size_t count = 0;
    reel_err err = {0};

    for (int film = first; film < WORLD_FILMS; film += 4)
        rows[count++] = (reel_given_row){.person = REEL_ACCOUNT_PERSON + account,
                                         .movie = world_id(film),
                                         .kind = REEL_GIVEN_RATING,
                                         .value = 1 + film % 5,
                                         .time = 1100000000 + film};
    assert_ok(reel__store_put_given(store, rows, count, &err));
}

/* Lists that were shown to an account's person or another one, and clicks in them. */
static void look(reel_store *store, int64_t person, int first)
{
    enum { LISTS = 40 };
    static char ids[2 * LISTS][40];
    reel_event_movie shown[LISTS][5];
    reel_event events[2 * LISTS];
    reel_err err = {0};

    for (int i = 0; i < 2 * LISTS; i++) {
        reel_event_movie *list = shown[i / 2];
        const int rank = first % 5 + 1 - (i % 7 == 0 && first % 5 > 0);

        for (int k = 0; k < 5 && i % 2 == 0; k++)
            list[k] = (reel_event_movie){world_id((first + i + 3 * k) % WORLD_FILMS), k + 1};
        (void)snprintf(ids[i], sizeof ids[i], "0b7e8f9c-1111-4222-8333-%04d%08d",
                       (int)(person % 1000), i);
        events[i] = (reel_event){.event_id = ids[i],
                                 .type = i % 2 == 0 ? "impression" : "click",
                                 .visitor = "",
                                 .method = "ease",
                                 .model_id = "",
                                 .list_id = "r_1",
                                 .scenario = "",
                                 .user = person,
                                 .source_movie = -1,
                                 .value = (double)NAN,
                                 .time_ms = 1100000000000 + i,
                                 .movies = i % 2 == 0 ? list : list + rank - 1,
                                 .movie_count = i % 2 == 0 ? 5 : 1};
    }
    assert_ok(reel__store_put_events(store, events, 2 * LISTS, NULL, &err));
}

/* Accounts 1 and 2, of which 2 rated, and 1 where asked for. */
static void make_world(const char *database, bool first_rates)
{
    reel_account one = {.name = "ana", .folded = "ana"}, two = {.name = "ben", .folded = "ben"};
    reel_store *store;
    reel_err err = {0};

    (void)world_load("folder", database, 1);
    store = open_store(database);
    assert_ok(reel__store_add_account(store, &one, &err));
    assert_ok(reel__store_add_account(store, &two, &err));
    for (int person = 3; person <= 15; person += 3)
        look(store, person, person / 3);
    if (first_rates) {
        give(store, one.id, 1);
        look(store, REEL_ACCOUNT_PERSON + one.id, 4);
    }
    give(store, two.id, 0);
    look(store, REEL_ACCOUNT_PERSON + two.id, 2);
    reel__store_close(store);
}

static void leave(const char *database, int64_t account)
{
    reel_store *store = open_store(database);
    reel_err err = {0};

    assert_ok(reel__store_delete_account(store, account, true, &err));
    reel__store_close(store);
}

static void train(const char *database, const char *only, const reel_params *params)
{
    reel_engine_opts opts = world_opts(temp_path(database));
    reel_engine *engine = NULL;
    reel_err err = {0};

    opts.learn = opts.retrain = true;
    opts.only = only;
    opts.params = params;
    assert_ok(reel__engine_open(&engine, &opts, &err));
    reel__engine_close(engine);
}

/* ---- what is there ------------------------------------------------------------------------- */

/* SHA-256 of a file of a database's models, kept until the next question but one; "" = none. */
static const char *hash_of(const char *database, const char *name)
{
    static char said[2][REEL_DIGEST_HEX];
    static int turn;
    char path[256];
    char *out = said[turn++ % 2];
    reel_digest *digest;
    reel_file_map map;
    reel_err err = {0};

    (void)snprintf(path, sizeof path, "%s.models/%s", database, name);
    out[0] = '\0';
    if (reel__file_map_open(&map, temp_path(path), &err) != REEL_OK)
        return out;
    digest = reel__digest_new(REEL_DIGEST_SHA256);
    reel__digest_update(digest, map.data, map.size_bytes);
    reel__file_map_close(&map);
    reel__digest_finish(digest, out);
    return out;
}

static bool exists(const char *database, const char *name)
{
    return hash_of(database, name)[0] != '\0';
}

static void assert_same_files(const char *database, const char *other)
{
    for (int i = 0; i < FILES; i++) {
        assert_true(exists(database, files[i]));
        assert_string_equal(hash_of(database, files[i]), hash_of(other, files[i]));
    }
}

/* How many wait, by what the store keeps. */
static int64_t waiting(const char *database)
{
    reel_store *store = open_store(database);
    reel_unlearning found;
    reel_err err = {0};

    assert_ok(reel__unlearning_count(store, &found, &err));
    reel__store_close(store);
    return found.people;
}

/* ---- doing it ------------------------------------------------------------------------------ */

static reel_forget_report report;
static json_t *receipt; /* of the last; NULL = none */

static reel_code forget_with(const char *database, reel_forget_opts opts, reel_err *err)
{
    reel_err unread = {0};
    reel_buf text;
    reel_code rc;

    json_decref(receipt);
    receipt = NULL;
    reel__buf_init(&text, TEXT);
    opts.database = temp_path(database);
    opts.threads = 1;
    rc = reel__forget(&report, &text, &opts, err);
    if (rc == REEL_OK && text.length > 0)
        assert_int_equal(reel__json_parse(&receipt, text.data, text.length, 16, &unread), REEL_OK);
    reel__buf_fini(&text);
    return rc;
}

static void forget(const char *database)
{
    reel_err err = {0};

    assert_ok(forget_with(database, (reel_forget_opts){.look = false}, &err));
}

/* What the receipt says of a file: a text of its own or of what was before or is after. */
static const char *said_of(const char *file, const char *when, const char *key)
{
    const json_t *all = json_object_get(receipt, "files");

    for (size_t i = 0; i < json_array_size(all); i++) {
        const json_t *one = json_array_get(all, i);

        if (strcmp(json_string_value(json_object_get(one, "file")), file) != 0)
            continue;
        one = when == NULL ? one : json_object_get(one, when);
        return json_is_null(one) ? "null" : json_string_value(json_object_get(one, key));
    }
    return "-";
}

static void assert_receipt_is_kept(void)
{
    reel_digest *digest = reel__digest_new(REEL_DIGEST_SHA256);
    char hash[REEL_DIGEST_HEX];
    reel_file_map map;
    reel_err err = {0};

    assert_ok(reel__file_map_open(&map, report.receipt, &err));
    reel__digest_update(digest, map.data, map.size_bytes);
    reel__file_map_close(&map);
    reel__digest_finish(digest, hash);
    assert_string_equal(hash, report.hash);
}

static void everything_is_as_if_they_had_never_been_there(void **state)
{
    char before[FILES][REEL_DIGEST_HEX];
    const json_t *people;

    (void)state;
    make_world("left.db", true);
    train("left.db", NULL, NULL);
    assert_non_null(strstr(world_notes, " signals of 7 people"));
    for (int i = 0; i < FILES; i++)
        (void)snprintf(before[i], sizeof before[i], "%s", hash_of("left.db", files[i]));
    leave("left.db", 1);
    forget("left.db");
    make_world("never.db", false);
    leave("never.db", 1);
    train("never.db", NULL, NULL);
    assert_non_null(strstr(world_notes, " signals of 6 people"));
    assert_same_files("left.db", "never.db");
    people = json_object_get(receipt, "people");
    assert_int_equal(json_array_size(people), 1);
    assert_int_equal(json_integer_value(json_array_get(people, 0)), REEL_ACCOUNT_PERSON + 1);
    for (int i = 0; i < FILES; i++) {
        assert_string_equal(said_of(files[i], NULL, "outcome"), "refitted");
        assert_string_equal(said_of(files[i], "before", "sha256"), before[i]);
        assert_string_equal(said_of(files[i], "after", "sha256"), hash_of("left.db", files[i]));
        assert_string_not_equal(before[i], hash_of("left.db", files[i]));
    }
    assert_int_equal(report.people, 1);
    assert_int_equal(report.refitted, FILES);
    assert_int_equal(report.holding, FILES + 7);
    assert_int_equal(report.destroyed, 7);
    assert_receipt_is_kept();
    /* There is nothing left to do, and nothing is done. */
    forget("left.db");
    assert_int_equal(report.people, 0);
    assert_string_equal(report.receipt, "");
    assert_null(receipt);
    assert_same_files("left.db", "never.db");
}

typedef struct kept {
    size_t count;
    bool readable;
} kept;

static bool count_version(void *user, const reel_version_record *version)
{
    char name[160];
    kept *k = user;

    (void)snprintf(name, sizeof name, "versions/%s.safetensors", version->model_id);
    k->count++;
    k->readable = k->readable && exists("old.db", name);
    return true;
}

static void versions_that_held_them_are_destroyed(void **state)
{
    const reel_version_filter all = {.limit = 100};
    char first[160], second[160];
    reel_engine *engine;
    reel_store *store;
    kept k = {0, true};
    reel_err err = {0};

    (void)state;
    (void)world_load("folder", "old.db", 1);
    engine = world_open("old.db");
    (void)snprintf(first, sizeof first, "versions/%s.safetensors",
                   reel_model_id(reel__engine_model(engine, "ease")));
    reel__engine_close(engine);
    make_world("old.db", true);
    engine = world_open("old.db");
    (void)snprintf(second, sizeof second, "versions/%s.safetensors",
                   reel_model_id(reel__engine_model(engine, "ease")));
    reel__engine_close(engine);
    assert_true(exists("old.db", first) && exists("old.db", second));
    leave("old.db", 1);
    train("old.db", NULL, NULL); /* what serves is without them already */
    forget("old.db");
    assert_true(exists("old.db", first));
    assert_false(exists("old.db", second));
    assert_string_equal(said_of(first, NULL, "outcome"), "kept");
    assert_string_equal(said_of(second, NULL, "outcome"), "destroyed");
    assert_string_equal(said_of(second, "after", "sha256"), "null");
    assert_int_equal(report.refitted, 0);
    store = open_store("old.db");
    assert_ok(reel__store_scan_versions(store, &all, count_version, &k, &err));
    assert_true(k.count > 7 && k.readable);
    reel__store_close(store);
}

static void parameters_stay(void **state)
{
    static const reel_param lambda = {"lambda", "77"};
    const reel_params params = {&lambda, 1};

    (void)state;
    make_world("own.db", true);
    train("own.db", NULL, NULL);
    train("own.db", "ease", &params);
    leave("own.db", 1);
    forget("own.db");
    make_world("asked.db", false);
    leave("asked.db", 1);
    train("asked.db", NULL, NULL);
    train("asked.db", "ease", &params);
    assert_string_equal(hash_of("own.db", "ease.safetensors"),
                        hash_of("asked.db", "ease.safetensors"));
    assert_string_equal(hash_of("own.db", "ials.safetensors"),
                        hash_of("asked.db", "ials.safetensors"));
}

static void what_cannot_be_read_may_hold_anybody(void **state)
{
    (void)state;
    make_world("odd.db", true);
    train("odd.db", NULL, NULL);
    (void)temp_write("odd.db.models/versions/ease-000000000000.safetensors", "damaged");
    (void)temp_write("odd.db.models/.ials.safetensors.reel-abc123", "half of one");
    (void)temp_write("odd.db.models/ials.safetensors.4711-0", "a second name");
    (void)temp_write("odd.db.models/notes.txt", "somebody's own");
    forget("odd.db");
    assert_int_equal(report.people, 0);
    assert_true(exists("odd.db", ".ials.safetensors.reel-abc123"));
    leave("odd.db", 1);
    forget("odd.db");
    assert_int_equal(report.people, 1);
    assert_false(exists("odd.db", "versions/ease-000000000000.safetensors"));
    assert_false(exists("odd.db", ".ials.safetensors.reel-abc123"));
    assert_false(exists("odd.db", "ials.safetensors.4711-0"));
    assert_true(exists("odd.db", "notes.txt"));
    assert_string_equal(said_of("ials.safetensors.4711-0", NULL, "kind"), "remains");
}

/* What a run that was broken off had written down, by the name that the last receipt says. */
static json_t *read_interrupted(const char *database)
{
    const char *name = json_string_value(json_object_get(receipt, "interrupted"));
    char path[256];
    json_t *out = NULL;
    reel_file_map map;
    reel_err err = {0};

    assert_non_null(name);
    (void)snprintf(path, sizeof path, "%s.models/receipts/%s", database, name);
    assert_ok(reel__file_map_open(&map, temp_path(path), &err));
    assert_ok(reel__json_parse(&out, (const char *)map.data, map.size_bytes, 16, &err));
    reel__file_map_close(&map);
    return out;
}

/* Nothing is changed where it could not be written down; and a run that was killed after its last
 * change, before its receipt, has one all the same. */
static void there_is_always_a_receipt(void **state)
{
    char path[TEMP_PATH];
    reel_err err = {0};

    (void)state;
    make_world("told.db", true);
    train("told.db", NULL, NULL);
    leave("told.db", 1);
    (void)snprintf(path, sizeof path, "%s", temp_write("told.db.models/receipts", "in the way"));
    assert_fails(forget_with("told.db", (reel_forget_opts){.look = false}, &err), REEL_E_STORE,
                 "receipts");
    assert_int_equal(waiting("told.db"), 1);
    assert_int_equal(unlink(path), 0);
    forget("told.db");
    assert_true(json_is_null(json_object_get(receipt, "interrupted")));
    (void)temp_write("told.db.models/receipts/forget-1-begun.json", "{\"finished\":false}");
    (void)temp_write("told.db.models/receipts/forget-2-begun.json",
                     "{\"finished\":false,\"people\":[1000000009,1000000007,1000000009]}");
    forget("told.db");
    assert_int_equal(report.people, 2); /* no file has them any more, and they are named */
    assert_int_equal(json_integer_value(json_array_get(json_object_get(receipt, "people"), 0)),
                     1000000007);
    assert_string_equal(json_string_value(json_object_get(receipt, "interrupted")),
                        "forget-2-interrupted.json");
    assert_int_equal(report.kept, FILES + 7);
    json_decref(read_interrupted("told.db"));
    assert_true(exists("told.db", "receipts/forget-1-interrupted.json"));
    forget("told.db"); /* and both are told once */
    assert_null(receipt);
}

static void what_was_interrupted_is_done_once_more(void **state)
{
    const volatile bool cancelled = true;
    reel_forget_opts opts = {.cancel = &cancelled};
    json_t *begun;
    reel_err err = {0};

    (void)state;
    make_world("cut.db", true);
    train("cut.db", NULL, NULL);
    leave("cut.db", 1);
    assert_fails(forget_with("cut.db", opts, &err), REEL_E_CANCELLED, "cancelled");
    assert_int_equal(waiting("cut.db"), 1);
    forget("cut.db");
    assert_int_equal(waiting("cut.db"), 0);
    /* What was there before is known of both. */
    assert_true(json_is_true(json_object_get(receipt, "finished")));
    begun = read_interrupted("cut.db");
    assert_true(json_is_false(json_object_get(begun, "finished")));
    assert_int_equal(json_array_size(json_object_get(begun, "people")), 1);
    assert_true(json_array_size(json_object_get(begun, "files")) > FILES);
    json_decref(begun);
    assert_int_equal(report.people, 1);
    assert_same_files("cut.db", "never.db");
    forget("cut.db"); /* and is told once */
    assert_null(receipt);
}

/* "file people expires" of what the receipt says of a backup. */
static void assert_backup(size_t at, const char *file, int64_t people, const char *expires)
{
    const json_t *one = json_array_get(json_object_get(receipt, "backups"), at);
    const json_t *count = json_object_get(one, "people"), *end = json_object_get(one, "expires_at");

    assert_non_null(one);
    assert_string_equal(json_string_value(json_object_get(one, "file")), file);
    assert_int_equal(json_is_null(count) ? -1 : json_integer_value(count), people);
    assert_string_equal(json_is_null(end) ? "null" : json_string_value(end), expires);
}

static void copy_to(const char *name, const char *from)
{
    char to[TEMP_PATH], source[TEMP_PATH];
    const reel_copy_opts opts = {.from = source, .to = to};
    reel_copy_report copied;
    reel_err err = {0};

    (void)snprintf(to, sizeof to, "%s", temp_path(name));
    (void)snprintf(source, sizeof source, "%s", temp_path(from));
    assert_ok(reel__backup(&opts, &copied, &err));
}

static void set_time(const char *name, int64_t at)
{
    const struct timespec times[2] = {{.tv_sec = at}, {.tv_sec = at}};

    assert_int_equal(utimensat(AT_FDCWD, temp_path(name), times, 0), 0);
}

static void backups_are_named_and_left(void **state)
{
    char folder[TEMP_PATH];
    reel_forget_opts opts = {.backups = folder, .backup_days = 30};
    reel_err err = {0};

    (void)state;
    (void)snprintf(folder, sizeof folder, "%s", temp_path("backups"));
    make_world("safe.db", true);
    train("safe.db", NULL, NULL);
    assert_fails(forget_with("safe.db", opts, &err), REEL_E_INVALID, "cannot be read");
    assert_ok(reel__file_make_folder(folder, &err));
    copy_to("backups/with.db", "safe.db");
    set_time("backups/with.db", 1000000000);
    leave("safe.db", 1);
    copy_to("backups/without.db", "safe.db");
    (void)temp_write("backups/other.dump", "a dump of another program");
    set_time("backups/other.dump", 1000086400);
    assert_ok(forget_with("safe.db", opts, &err));
    assert_int_equal(report.people, 1);
    assert_int_equal(report.backups, 2);
    assert_int_equal(json_array_size(json_object_get(receipt, "backups")), 2);
    assert_backup(0, "other.dump", -1, "2001-10-10T01:46:40Z");
    assert_backup(1, "with.db", 1, "2001-10-09T01:46:40Z");
    assert_true(reel__file_exists(temp_path("backups/with.db")));
}

/* Looking changes nothing; without memory it says so. */
static void who_waits_is_told(void **state)
{
    char backups[TEMP_PATH];
    reel_forget_opts opts = {.look = true, .backups = backups};
    reel_err err = {0};
    reel_code rc = REEL_E_NOMEM;

    (void)state;
    (void)snprintf(backups, sizeof backups, "%s", temp_path("backups"));
    make_world("wait.db", true);
    train("wait.db", NULL, NULL);
    assert_ok(forget_with("wait.db", opts, &err));
    assert_int_equal(report.people, 0);
    leave("wait.db", 1);
    for (long n = 0; rc == REEL_E_NOMEM; n++) {
        reel__alloc_fail_once(n);
        rc = forget_with("wait.db", opts, &err);
        reel__alloc_fail_once(-1);
    }
    assert_int_equal(rc, REEL_OK);
    assert_int_equal(report.people, 1);
    assert_int_equal(report.holding, FILES + 7);
    assert_null(receipt);
    assert_true(exists("wait.db", "dataset.reel"));
    assert_int_equal(waiting("wait.db"), 1);
}

static int tear_down(void **state)
{
    (void)state;
    json_decref(receipt);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_as_if_they_had_never_been_there),
        cmocka_unit_test(versions_that_held_them_are_destroyed),
        cmocka_unit_test(parameters_stay),
        cmocka_unit_test(what_cannot_be_read_may_hold_anybody),
        cmocka_unit_test(there_is_always_a_receipt),
        cmocka_unit_test(what_was_interrupted_is_done_once_more),
        cmocka_unit_test(backups_are_named_and_left),
        cmocka_unit_test(who_waits_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, tear_down);
}
