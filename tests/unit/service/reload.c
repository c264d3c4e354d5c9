/* Publishing an engine, and taking up what is new: what was asked for, what the store says by
 * itself, what is not ready yet, and an older engine that goes with its last user.
 */
#include <unistd.h>

#include "service/engine/publish.h"
#include "service/engine/reload.h"
#include "support/heard.h"
#include "support/world.h"

enum { EVERY_MS = 20 };

static reel_store *store;

static reel_engine_opts engine_opts(void)
{
    reel_engine_opts opts = world_opts(temp_path("reel.db"));

    opts.store = store;
    return opts;
}

static reel_reload *start(int every_ms)
{
    const reel_reload_opts opts = {
        .engine = engine_opts(), .every_ms = every_ms, .notice = {.line = hear}};
    reel_reload *reload = NULL;
    reel_err err = {0};

    forget_what_was_said();
    assert_ok(reel__reload_new(&reload, &opts, &err));
    assert_ok(reel__reload_start(reload, &err));
    return reload;
}

static void copy_hash(char out[80], const reel_reload *reload)
{
    reel_engine *engine = reel__publisher_take(reel__reload_publisher(reload));

    (void)snprintf(out, 80, "%s", reel_dataset_hash(reel__engine_dataset(engine)));
    reel__engine_close(engine);
}

static void the_last_user_frees(void **state)
{
    reel_publisher *publisher = NULL;
    reel_engine *first = world_open("reel.db"), *second, *taken;
    reel_session *session;
    reel_err err = {0};
    long live;

    (void)state;
    assert_ok(reel__publisher_new(&publisher, &err));
    assert_null(reel__publisher_take(publisher));
    reel__publish(publisher, first);
    taken = reel__publisher_take(publisher);
    assert_ptr_equal(taken, first);
    session = world_session(taken);
    assert_true(reel__session_fits(session, taken));
    second = world_open("reel.db");
    reel__publish(publisher, second);
    assert_false(reel__session_fits(session, second));
    /* still whole: */
    assert_int_equal(reel_dataset_movies(reel__engine_dataset(taken)), WORLD_FILMS);
    live = reel__alloc_live();
    reel__engine_close(taken);
    assert_true(reel__alloc_live() < live);
    reel__session_free(session);
    reel__publisher_free(publisher);
}

static void what_is_asked_for_is_taken_up(void **state)
{
    reel_reload *reload = start(0);
    char before[80], after[80];

    (void)state;
    copy_hash(before, reload);
    (void)world_load("folder", "reel.db", 5);
    reel__reload_ask(reload);
    wait_for("are in service");
    copy_hash(after, reload);
    assert_string_not_equal(before, after);
    assert_true(was_said("popular: trained")); /* asked for: also what has to be made first */
    reel__reload_free(reload);
}

static void what_others_trained_is_noticed(void **state)
{
    reel_reload *reload = start(EVERY_MS);
    char before[80], after[80];

    (void)state;
    copy_hash(before, reload);
    (void)world_load("folder", "reel.db", 6);
    wait_for("make it with: reel train"); /* the data are new, and nothing was fitted on them */
    copy_hash(after, reload);
    assert_string_equal(before, after);
    reel__engine_close(world_open("reel.db")); /* as `reel train` does */
    wait_for("are in service");
    copy_hash(after, reload);
    assert_string_not_equal(before, after);
    assert_false(was_said("trained in"));
    reel__reload_free(reload);
}

/* Training for itself changes the records of the store, too: that is no reason to open it all
 * again. */
static void what_it_trained_itself_is_not_new(void **state)
{
    reel_reload *reload;
    reel_engine *first, *now;

    (void)state;
    (void)world_load("folder", "reel.db", 8); /* so that opening trains */
    reload = start(EVERY_MS);
    assert_non_null(strstr(world_notes, "popular: trained"));
    first = reel__publisher_take(reel__reload_publisher(reload));
    (void)usleep(10 * EVERY_MS * 1000);
    now = reel__publisher_take(reel__reload_publisher(reload));
    assert_ptr_equal(now, first);
    assert_false(was_said("are in service"));
    reel__engine_close(first);
    reel__engine_close(now);
    reel__reload_free(reload);
}

/* A store that holds nothing of use leaves what was. */
static void what_cannot_be_taken_up_changes_nothing(void **state)
{
    reel_reload *reload = start(0);
    reel_store_load *load = NULL;
    char before[80], after[80];
    reel_err err = {0};

    (void)state;
    copy_hash(before, reload);
    assert_ok(reel__store_load_begin(&load, store, true, &err));
    assert_ok(reel__store_load_commit(load, "nothing", false, &err));
    reel__reload_ask(reload);
    wait_for("still in service is what was: ");
    copy_hash(after, reload);
    assert_string_equal(before, after);
    reel__reload_free(reload);
    (void)world_load("folder", "reel.db", 1);
}

static reel_code open_and_free(void *user, reel_err *err)
{
    const reel_reload_opts opts = {.engine = engine_opts()};
    reel_reload *reload = NULL;
    const reel_code rc = reel__reload_new(&reload, &opts, err);

    (void)user;
    reel__reload_free(reload);
    return rc;
}

static void survives_any_allocation_failing(void **state)
{
    reel_err err = {0};

    (void)state;
    assert_ok(open_and_free(NULL, &err)); /* a store keeps what it needs again */
    assert_true(sweep_memory(open_and_free, NULL) > 20);
}

static int set_up(void **state)
{
    reel_err err = {0};
    const reel_engine_opts opts = world_opts(temp_path("reel.db"));

    (void)state;
    (void)world_load("folder", "reel.db", 1);
    reel__engine_close(world_open("reel.db"));
    assert_ok(reel__engine_open_store(&store, &opts, &err));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    reel__engine_close_store(store);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_user_frees),
        cmocka_unit_test(what_is_asked_for_is_taken_up),
        cmocka_unit_test(what_others_trained_is_noticed),
        cmocka_unit_test(what_it_trained_itself_is_not_new),
        cmocka_unit_test(what_cannot_be_taken_up_changes_nothing),
        cmocka_unit_test(survives_any_allocation_failing),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
