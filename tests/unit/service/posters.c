/* Posters beside a database: which names are files, what is fetched, what is found. */
#include "service/films/posters.h"

#include <sys/stat.h>
#include <unistd.h>

#include "support/world.h"

static char database[TEMP_PATH];

static int set_up(void **state)
{
    (void)state;
    (void)world_load("ml", "world.db", 1);
    (void)snprintf(database, sizeof database, "%s", temp_path("world.db"));
    return 0;
}

static void names(void **state)
{
    static const char *const none[] = {
        "",       "abc.jpg",  "/.jpg", "/a.svg",  "/a.jpg.exe", "/a/b.jpg", "/../b.jpg",
        "/..jpg", "/a b.jpg", "/a",    "//a.jpg", "/a%2fb.jpg", "/a\\b.jpg"};
    char longest[220];

    (void)state;
    assert_string_equal(reel__poster_name("/aB-9_z.jpg"), "aB-9_z.jpg");
    assert_string_equal(reel__poster_name("/x.png"), "x.png");
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_null(reel__poster_name(none[i]));
    memset(longest, 'a', sizeof longest);
    memcpy(longest + sizeof longest - 5, ".jpg", 5);
    longest[0] = '/';
    assert_null(reel__poster_name(longest));
}

static reel_code fetch(void *user, reel_err *err)
{
    const reel_posters_opts opts = {
        .database = database, .url = "http://127.0.0.1:1/t/p", .rate = 1000, .pause_ms = 1};

    return reel__posters_fetch(&opts, user, err);
}

static void a_host_that_is_away(void **state)
{
    reel_posters done;
    reel_err err = {0};

    (void)state;
    assert_fails(fetch(&done, &err), REEL_E_STORE, "posters in a row could not be had");
    assert_int_equal(done.films, WORLD_FILMS);
    assert_int_equal(done.fetched + done.kept, 0);
    (void)snprintf(database, sizeof database, "%s", temp_path("none.db"));
    assert_fails(fetch(&done, &err), REEL_E_NOTFOUND, "none.db");
    (void)snprintf(database, sizeof database, "%s", temp_path("world.db"));
    /* A file where a folder is to be. */
    assert_int_equal(rmdir(temp_path("world.db.posters/w92")), 0);
    (void)temp_write("world.db.posters/w92", "in the way");
    assert_fails(fetch(&done, &err), REEL_E_STORE, "w92");
    assert_int_equal(unlink(temp_path("world.db.posters/w92")), 0);
}

static void fill(const char *size)
{
    char name[100];
    reel_err err = {0};

    (void)snprintf(name, sizeof name, "world.db.posters/%s", size);
    assert_ok(reel__file_make_folder(temp_path(name), &err));
    for (int i = 0; i < WORLD_FILMS; i++) {
        (void)snprintf(name, sizeof name, "world.db.posters/%s/p%d.jpg", size, i);
        (void)temp_write(name, size);
    }
}

static reel_code read_one(void *user, reel_err *err)
{
    const char *mime;
    reel_buf out;
    reel_code rc;

    reel__buf_init(&out, 1 << 20);
    rc = reel__posters_read(&out, &mime, user, "w154", 11, err);
    if (rc == REEL_OK) {
        assert_string_equal(mime, "image/jpeg");
        assert_string_equal(out.data, "w154");
    }
    reel__buf_fini(&out);
    return rc;
}

static void what_is_there_is_not_asked_for(void **state)
{
    reel_engine *engine;
    reel_posters done;
    const char *mime;
    reel_buf out;
    reel_err err = {0};

    (void)state;
    for (size_t i = 0; reel__poster_sizes[i] != NULL; i++)
        fill(reel__poster_sizes[i]);
    assert_ok(fetch(&done, &err));
    assert_int_equal(done.kept, 4 * WORLD_FILMS);
    assert_int_equal(done.fetched + done.failed, 0);
    assert_true(sweep_memory(fetch, &done) > 5);
    engine = world_open("world.db");
    assert_true(reel__engine_has_posters(engine));
    assert_true(sweep_memory(read_one, engine) >= 1);
    reel__buf_init(&out, 1 << 20);
    assert_fails(reel__posters_read(&out, &mime, engine, "w77", 11, &err), REEL_E_NOTFOUND,
                 "sizes");
    assert_fails(reel__posters_read(&out, &mime, engine, "w92", 12, &err), REEL_E_NOTFOUND, "12");
    assert_int_equal(unlink(temp_path("world.db.posters/w92/p1.jpg")), 0);
    assert_ok(reel__posters_read(&out, &mime, engine, "w92", 11, &err));
    assert_null(mime);
    assert_int_equal(out.length, 0);
    reel__buf_fini(&out);
    reel__engine_close(engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(a_host_that_is_away),
        cmocka_unit_test(what_is_there_is_not_asked_for),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
