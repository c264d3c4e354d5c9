/* Which ratings `ease` learns from: on the bundled sample liked films alone find more, of too few
 * people nobody is asked, and what was found is what a training does.
 */
#include <string.h>

#include "service/engine/ease_channels.h"
#include "base/json.h"
#include "service/engine/engine.h"
#include "service/engine/versions.h"
#include "service/files/sample.h"
#include "support/world.h"

static char database[TEMP_PATH];

static void load_sample(int people)
{
    char folder[TEMP_PATH];
    reel_load_report report;
    reel_err err = {0};

    (void)snprintf(folder, sizeof folder, "%s", temp_path("sample"));
    (void)snprintf(database, sizeof database, "%s", temp_path("sample.db"));
    assert_ok(reel__sample_write(&(reel_sample_opts){.output = folder, .people = people, .seed = 1},
                                 &err));
    assert_ok(
        reel__load(&(reel_load_opts){.database = database, .movielens = folder}, &report, &err));
}

/* With this model alone; learn: as a training does it. */
static reel_engine *open_with(const char *model, bool learn)
{
    reel_engine_opts opts = world_opts(database);
    reel_engine *engine = NULL;
    reel_err err = {0};

    opts.only = model;
    opts.learn = opts.retrain = learn;
    assert_ok(reel__engine_open(&engine, &opts, &err));
    return engine;
}

static bool likes_alone(const volatile bool *cancel, reel_code expected)
{
    reel_engine *engine = open_with("popular", false);
    const reel_fit_context context = {
        .seed = 1, .threads = 1, .cancel = cancel, .memory = (size_t)1 << 32};
    bool liked = true;
    reel_err err = {0};

    assert_int_equal(reel__ease_likes_alone(&liked, reel__engine_dataset(engine), &context, &err),
                     expected);
    reel__engine_close(engine);
    return liked;
}

static void the_sample_is_better_off_with_likes(void **state)
{
    const volatile bool now = true;
    reel_engine *engine;
    reel_buf text;
    reel_json json;
    reel_err err = {0};

    (void)state;
    load_sample(300);
    assert_true(likes_alone(NULL, REEL_OK));
    (void)likes_alone(&now, REEL_E_CANCELLED);
    engine = open_with("ease", true);
    reel__buf_init(&text, 1 << 16);
    reel__json_init(&json, &text);
    assert_ok(reel__version_write(&json, engine, "ease", &err));
    assert_non_null(strstr(text.data, "\"channels\":\"liked\""));
    reel__buf_fini(&text);
    reel__engine_close(engine);
}

static void of_few_people_nobody_is_asked(void **state)
{
    (void)state;
    load_sample(20);
    assert_false(likes_alone(NULL, REEL_OK));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sample_is_better_off_with_likes),
        cmocka_unit_test(of_few_people_nobody_is_asked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
