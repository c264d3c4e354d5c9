/* Versions of models: what a training keeps and what goes, which may serve and which may not, and
 * what a process that was killed half-way leaves behind.
 */
#include <unistd.h>

#include "base/json.h"
#include "service/engine/versions.h"
#include "service/lists/recommend.h"
#include "store/versions.h"
#include "support/world.h"

enum { TEXT = 1 << 18 };

static reel_code write_all(reel_json *json, const reel_engine *engine, const char *name,
                           reel_err *err)
{
    int64_t next;
    reel_code rc;

    reel__json_array(json);
    rc = reel__versions_write(json, engine, name, 0, 100, &next, err);
    reel__json_array_end(json);
    return rc;
}

/* The versions of a model as a JSON array. */
static json_t *versions_of(const reel_engine *engine, const char *name)
{
    reel_buf text;
    reel_json json;
    json_t *out = NULL;
    reel_err err = {0};

    reel__buf_init(&text, TEXT);
    reel__json_init(&json, &text);
    assert_ok(write_all(&json, engine, name, &err));
    assert_ok(reel__json_parse(&out, text.data, text.length, 16, &err));
    reel__buf_fini(&text);
    return out;
}

/* "id state" of one of them, kept until the next question. */
static const char *version_at(const reel_engine *engine, const char *name, size_t at)
{
    static char said[128];
    json_t *all = versions_of(engine, name);
    const json_t *one = json_array_get(all, at);

    (void)snprintf(said, sizeof said, "%s %s",
                   one == NULL ? "-" : json_string_value(json_object_get(one, "id")),
                   one == NULL ? "-" : json_string_value(json_object_get(one, "state")));
    json_decref(all);
    return said;
}

static void assert_version(const reel_engine *engine, size_t at, const char *id, const char *state)
{
    char expected[128];

    (void)snprintf(expected, sizeof expected, "%s %s", id, state);
    assert_string_equal(version_at(engine, "ease", at), expected);
}

static void assert_cause(const reel_engine *engine, size_t at, const char *cause)
{
    json_t *all = versions_of(engine, "ease");
    const char *said = json_string_value(json_object_get(json_array_get(all, at), "cause"));

    assert_string_equal(said == NULL ? "-" : said, cause);
    json_decref(all);
}

static reel_engine *open_with(reel_engine_opts opts)
{
    reel_engine *engine = NULL;
    reel_err err = {0};

    assert_ok(reel__engine_open(&engine, &opts, &err));
    return engine;
}

/* What is trained in haste, and what `reel train` makes, are two versions. */
static reel_engine *train(const char *database)
{
    reel_engine_opts opts = world_opts(temp_path(database));

    opts.learn = opts.retrain = true;
    return open_with(opts);
}

static reel_engine *open_ready(void)
{
    reel_engine_opts opts = world_opts(temp_path("reel.db"));

    opts.ready_only = true;
    return open_with(opts);
}

static const char *served(const reel_engine *engine)
{
    const reel_model *model = reel__engine_model(engine, "ease");

    return model == NULL ? "none" : reel_model_id(model);
}

static char hasty[REEL_VERSION_ID], careful[REEL_VERSION_ID];

static int set_up(void **state)
{
    reel_engine *engine;

    (void)state;
    (void)world_load("folder", "reel.db", 1);
    engine = world_open("reel.db");
    (void)snprintf(hasty, sizeof hasty, "%s", served(engine));
    reel__engine_close(engine);
    engine = train("reel.db");
    (void)snprintf(careful, sizeof careful, "%s", served(engine));
    assert_string_not_equal(hasty, careful);
    reel__engine_close(engine);
    return 0;
}

static const char *file_of(const char *id)
{
    char name[160];

    (void)snprintf(name, sizeof name, "reel.db.models/versions/%s.safetensors", id);
    return temp_path(name);
}

static void each_training_is_kept(void **state)
{
    reel_engine *engine = open_ready();
    reel_buf text;
    reel_json json;
    json_t *one = NULL;
    reel_err err = {0};

    (void)state;
    assert_version(engine, 0, careful, "in_service");
    assert_version(engine, 1, hasty, "ready");
    assert_version(engine, 2, "-", "-");
    assert_true(reel__file_exists(file_of(careful)) && reel__file_exists(file_of(hasty)));
    assert_true(reel__file_same(file_of(careful), temp_path("reel.db.models/ease.safetensors")));
    reel__buf_init(&text, TEXT);
    reel__json_init(&json, &text);
    assert_ok(reel__version_write(&json, engine, "ease", &err));
    assert_ok(reel__json_parse(&one, text.data, text.length, 16, &err));
    assert_string_equal(json_string_value(json_object_get(one, "id")), careful);
    assert_int_equal(json_integer_value(json_object_get(one, "size_bytes")),
                     reel__file_size(file_of(careful)));
    assert_true(json_is_true(json_object_get(one, "serving")));
    json_decref(one);
    reel__buf_fini(&text);
    reel__engine_close(engine);
}

static void another_is_put_in_service_and_back(void **state)
{
    char before[REEL_VERSION_ID] = "";
    reel_engine *engine = open_ready(), *next;
    reel_err err = {0};

    (void)state;
    assert_ok(reel__version_before(before, engine, "ease", &err));
    assert_string_equal(before, hasty);
    assert_ok(reel__version_activate(engine, before, &err));
    assert_version(engine, 1, hasty, "in_service");
    assert_version(engine, 0, careful, "ready");
    assert_string_equal(served(engine), careful); /* until the next is opened */
    next = open_ready();
    assert_string_equal(served(next), hasty);
    assert_string_equal(world_notes, "");
    assert_int_equal(reel__engine_model_count(next), 7);
    assert_fails(reel__version_before(before, next, "ease", &err), REEL_E_CONFLICT,
                 "no version of ease from before");
    reel__engine_close(next);
    /* Nor does a start train it again. */
    next = world_open("reel.db");
    assert_string_equal(served(next), hasty);
    assert_string_equal(world_notes, "");
    reel__engine_close(next);
    assert_ok(reel__version_activate(engine, careful, &err));
    reel__engine_close(engine);
}

static void what_is_not_there_is_refused(void **state)
{
    char before[REEL_VERSION_ID] = "";
    reel_engine *engine = open_ready();
    reel_err err = {0};
    reel_buf text;
    reel_json json;

    (void)state;
    reel__buf_init(&text, TEXT);
    reel__json_init(&json, &text);
    assert_fails(reel__version_activate(engine, "ease-nonsense", &err), REEL_E_NOTFOUND,
                 "no version \"ease-nonsense\"");
    assert_fails(reel__version_activate(engine, "../ease", &err), REEL_E_NOTFOUND, "no version");
    assert_fails(reel__version_before(before, engine, "slim", &err), REEL_E_NOTFOUND,
                 "no model is called \"slim\"");
    assert_fails(reel__version_write(&json, engine, "slim", &err), REEL_E_NOTFOUND, "no version");
    assert_fails(write_all(&json, engine, "slim", &err), REEL_E_INVALID, "no model is called");
    reel__buf_fini(&text);
    reel__engine_close(engine);
}

/* ---- other data ---------------------------------------------------------------------------- */

static void the_same_people_and_films_will_do(void **state)
{
    reel_engine *engine, *next;
    reel_err err = {0};

    (void)state;
    (void)world_load("folder", "reel.db", 2);
    engine = open_ready();
    assert_string_equal(served(engine), "none");
    assert_ok(reel__version_activate(engine, hasty, &err));
    next = open_ready();
    assert_string_equal(served(next), hasty);
    reel__engine_close(next);
    reel__engine_close(engine);
    /* For these data, not for whatever comes next. */
    (void)world_load("folder", "reel.db", 3);
    engine = open_ready();
    assert_string_equal(served(engine), "none");
    reel__engine_close(engine);
}

/* The data that both versions were fitted on, and some ratings more. */
static void load_with(const char *rows)
{
    char folder[TEMP_PATH], tmdb[TEMP_PATH + 16], path[TEMP_PATH];
    const reel_load_opts load = {.movielens = folder, .tmdb = tmdb, .database = path};
    reel_load_report report;
    reel_err err = {0};
    FILE *file;

    (void)snprintf(folder, sizeof folder, "%s", world_write("folder", 1));
    (void)snprintf(tmdb, sizeof tmdb, "%s/films.jsonl", folder);
    (void)snprintf(path, sizeof path, "%s", temp_path("reel.db"));
    file = fopen(temp_path("folder/ratings.csv"), "a");
    assert_non_null(file);
    assert_true(fputs(rows, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_ok(reel__load(&load, &report, &err));
}

/* How a list for somebody was made. */
static const char *basis_of(const reel_engine *engine, int64_t person)
{
    const reel_request request = {.user = person, .source_movie = -1, .model = "ease", .limit = 5};
    const reel_list *list = NULL;
    reel_session *session = NULL;
    const char *basis;
    reel_err err = {0};

    assert_ok(reel__session_new(&session, engine, &err));
    assert_ok(reel__recommend(session, &request, &list, &err));
    assert_int_equal(list->count, 5);
    basis = list->basis; /* a text of the program's */
    reel__session_free(session);
    return basis;
}

static void who_came_since_is_folded_in(void **state)
{
    reel_engine *engine, *next;
    reel_err err = {0};

    (void)state;
    load_with("9000,1,5,1000000\n9000,11,4,1000000\n");
    engine = open_ready();
    assert_string_equal(served(engine), "none");
    assert_ok(reel__version_activate(engine, hasty, &err));
    next = open_ready();
    assert_string_equal(served(next), hasty);
    assert_string_equal(basis_of(next, 9000), "fold_in");
    assert_string_equal(basis_of(next, reel_dataset_person_ids(reel__engine_dataset(next))[0]),
                        "trained");
    reel__engine_close(next);
    reel__engine_close(engine);
}

static void other_people_will_not(void **state)
{
    reel_engine *engine;
    reel_err err = {0};

    (void)state;
    load_with("0,1,5,1000000\n0,11,4,1000000\n"); /* before all others */
    engine = open_ready();
    assert_fails(reel__version_activate(engine, hasty, &err), REEL_E_CONFLICT,
                 "was trained on other people's ratings");
    assert_string_equal(served(engine), "none");
    reel__engine_close(engine);
}

/* ---- killed half-way ----------------------------------------------------------------------- */

typedef struct mark {
    const char *id;
    reel_version_state state;
} mark;

static void mark_version(const reel_engine *engine, mark m)
{
    reel_err err = {0};

    assert_ok(
        reel__store_end_version(reel__engine_store(engine), m.id, m.state, "disk full", 1, &err));
}

static void the_store_is_right(void **state)
{
    reel_engine *engine, *next;
    reel_err err = {0};
    char target[TEMP_PATH];

    (void)state;
    (void)world_load("folder", "reel.db", 1);
    engine = world_open("reel.db");
    assert_ok(reel__version_activate(engine, careful, &err));
    /* Between the record and the name: the file under the name is still the other one. */
    (void)snprintf(target, sizeof target, "%s", temp_path("reel.db.models/ease.safetensors"));
    assert_int_equal(unlink(target), 0);
    assert_int_equal(link(file_of(hasty), target), 0);
    next = open_ready();
    assert_string_equal(served(next), careful);
    assert_true(reel__file_same(file_of(careful), target));
    reel__engine_close(next);
    /* Where the version is gone, what is under the name has to do. */
    assert_int_equal(unlink(target), 0);
    assert_int_equal(link(file_of(hasty), target), 0);
    assert_int_equal(rename(file_of(careful), temp_path("aside")), 0);
    assert_version(engine, 0, careful, "failed");
    assert_cause(engine, 0, "missing");
    assert_version(engine, 1, hasty, "ready");
    assert_cause(engine, 1, "-");
    next = open_ready();
    assert_string_equal(served(next), hasty);
    reel__engine_close(next);
    assert_int_equal(rename(temp_path("aside"), file_of(careful)), 0);
    reel__engine_close(engine);
}

static void what_is_not_whole_cannot_serve(void **state)
{
    reel_engine *engine = open_ready();
    reel_err err = {0};

    (void)state;
    mark_version(engine, (mark){hasty, REEL_VERSION_WRITING});
    assert_version(engine, 1, hasty, "failed");
    assert_cause(engine, 1, "unfinished");
    assert_fails(reel__version_activate(engine, hasty, &err), REEL_E_CONFLICT, "disk full");
    mark_version(engine, (mark){hasty, REEL_VERSION_FAILED});
    assert_cause(engine, 1, "failed");
    mark_version(engine, (mark){hasty, REEL_VERSION_READY});
    assert_ok(reel__version_activate(engine, hasty, &err));
    assert_int_equal(rename(file_of(careful), temp_path("aside")), 0);
    assert_fails(reel__version_activate(engine, careful, &err), REEL_E_CONFLICT, "cannot serve");
    (void)temp_write("reel.db.models/versions/damaged", "this is no tensor file");
    assert_int_equal(rename(temp_path("reel.db.models/versions/damaged"), file_of(careful)), 0);
    assert_fails(reel__version_activate(engine, careful, &err), REEL_E_CONFLICT, "cannot serve");
    assert_int_equal(rename(temp_path("aside"), file_of(careful)), 0);
    assert_ok(reel__version_activate(engine, careful, &err));
    reel__engine_close(engine);
}

/* ---- what goes ----------------------------------------------------------------------------- */

static void the_oldest_go(void **state)
{
    reel_engine *engine;
    reel_engine_opts opts = world_opts(temp_path("reel.db"));
    reel_err err = {0};

    (void)state;
    opts.database = temp_path("reel.db");
    assert_int_equal(setenv("REEL_MODELS_KEEP", "none", 1), 0);
    assert_fails(reel__engine_open(&engine, &opts, &err), REEL_E_INVALID, "REEL_MODELS_KEEP");
    assert_int_equal(setenv("REEL_MODELS_KEEP", "1", 1), 0);
    engine = train("reel.db");
    assert_version(engine, 0, careful, "in_service");
    assert_version(engine, 1, "-", "-");
    assert_false(reel__file_exists(file_of(hasty)));
    assert_true(reel__file_exists(file_of(careful)));
    assert_int_equal(unsetenv("REEL_MODELS_KEEP"), 0);
    reel__engine_close(engine);
}

/* ---- memory -------------------------------------------------------------------------------- */

typedef struct asked {
    reel_engine *engine;
    reel_buf text;
} asked;

static reel_code ask_all(void *user, reel_err *err)
{
    asked *a = user;
    reel_json json;
    reel_code rc;

    reel__buf_init(&a->text, TEXT);
    reel__json_init(&json, &a->text);
    REEL_TRY(write_all(&json, a->engine, NULL, err));
    REEL_TRY(reel__version_activate(a->engine, careful, err));
    REEL_TRY(reel__buf_check(&a->text, err));
out:
    reel__buf_fini(&a->text);
    return rc;
}

static void memory_may_fail(void **state)
{
    asked a = {.engine = open_ready()};

    (void)state;
    assert_true(sweep_memory(ask_all, &a) > 5);
    reel__engine_close(a.engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_training_is_kept),
        cmocka_unit_test(another_is_put_in_service_and_back),
        cmocka_unit_test(what_is_not_there_is_refused),
        cmocka_unit_test(the_same_people_and_films_will_do),
        cmocka_unit_test(who_came_since_is_folded_in),
        cmocka_unit_test(other_people_will_not),
        cmocka_unit_test(the_store_is_right),
        cmocka_unit_test(what_is_not_whole_cannot_serve),
        cmocka_unit_test(the_oldest_go),
        cmocka_unit_test(memory_may_fail),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
