/* Opening the snapshot: what is built, mapped, refused and kept, and what cannot be opened. */
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "service/models/source.h"
#include "support/world.h"

static int set_up(void **state)
{
    (void)state;
    (void)world_load("folder", "reel.db", 1);
    return 0;
}

static void assert_noted(const char *part)
{
    if (strstr(world_notes, part) == NULL)
        fail_msg("no notice says \"%s\":\n%s", part, world_notes);
}

static void check_all_there(const reel_engine *engine)
{
    static const char *const names[] = {"hybrid",   "ease",    "ials", "content",
                                        "user-knn", "popular", "als"};

    assert_int_equal(reel__engine_model_count(engine), 7);
    for (size_t i = 0; i < 7; i++) {
        const reel_model *model = reel__engine_model(engine, names[i]);

        assert_ptr_equal(reel__engine_model_at(engine, i), model);
        assert_string_equal(reel_model_get_info(model)->name, names[i]);
        assert_string_equal(reel_model_data_hash(model),
                            reel_dataset_hash(reel__engine_dataset(engine)));
    }
    assert_null(reel__engine_model_at(engine, 7));
    assert_null(reel__engine_model(engine, "slim"));
}

static void opens_cold_then_warm(void **state)
{
    reel_engine *engine = world_open("reel.db");
    char hash[80], id[64];
    double mean;

    (void)state;
    check_all_there(engine);
    assert_noted("dataset: read from the database");
    assert_noted("user-knn: trained in");
    assert_noted("hybrid: combined in");
    assert_null(reel__engine_unsaved(engine));
    assert_true(reel__engine_has_tmdb(engine));
    assert_int_equal(reel__engine_rated(engine, WORLD_FILMS - 1, &mean), 0);
    assert_true(mean != mean);
    assert_true(reel__engine_rated(engine, 0, NULL) > 0);
    assert_true(reel__engine_scale(engine).min == 1 && reel__engine_scale(engine).max == 5 &&
                reel__engine_scale(engine).step == 1);
    (void)snprintf(hash, sizeof hash, "%s", reel_dataset_hash(reel__engine_dataset(engine)));
    (void)snprintf(id, sizeof id, "%s", reel_model_id(reel__engine_model(engine, "hybrid")));
    reel__engine_close(engine);

    engine = world_open("reel.db");
    check_all_there(engine);
    assert_string_equal(world_notes, "");
    assert_string_equal(reel_dataset_hash(reel__engine_dataset(engine)), hash);
    assert_string_equal(reel_model_id(reel__engine_model(engine, "hybrid")), id);
    reel__engine_close(engine);
}

/* ---- what TMDb's data may be used for ------------------------------------------------------ */

static const char *overview_of(const reel_dataset *dataset)
{
    return reel_dataset_movie(dataset, 0).overview;
}

static void without_tmdb(void **state)
{
    const reel_source source = {.database = temp_path("reel.db")};
    reel_engine *engine;
    reel_dataset *dataset = NULL;
    char plain[80];
    reel_err err = {0};

    (void)state;
    assert_int_equal(setenv("REEL_TMDB", "off", 1), 0);
    engine = world_open("reel.db");
    check_all_there(engine);
    assert_noted("dataset-plain: read from the database");
    assert_noted("was trained on other data");
    assert_false(reel__engine_has_tmdb(engine));
    assert_string_equal(overview_of(reel__engine_dataset(engine)), "");
    assert_string_equal(reel_dataset_movie(reel__engine_dataset(engine), 0).genres,
                        "Animation|Children|Comedy");
    (void)snprintf(plain, sizeof plain, "%s", reel_dataset_hash(reel__engine_dataset(engine)));
    reel__engine_close(engine);
    /* Shown, but no model knows it: the models of before will do. */
    assert_int_equal(setenv("REEL_TMDB", "on", 1), 0);
    assert_int_equal(setenv("REEL_TMDB_TRAIN", "off", 1), 0);
    engine = world_open("reel.db");
    assert_string_equal(world_notes, "");
    assert_true(reel__engine_has_tmdb(engine));
    assert_string_not_equal(overview_of(reel__engine_dataset(engine)), "");
    for (size_t i = 0; i < reel__engine_model_count(engine); i++)
        assert_string_equal(reel_model_data_hash(reel__engine_model_at(engine, i)), plain);
    assert_string_not_equal(reel_dataset_hash(reel__engine_dataset(engine)), plain);
    reel__engine_close(engine);
    assert_ok(reel__source_read(&dataset, &source, NULL, &err));
    assert_string_equal(overview_of(dataset), "");
    assert_string_equal(reel_dataset_hash(dataset), plain);
    reel_dataset_free(dataset);
    assert_int_equal(setenv("REEL_TMDB_TRAIN", "perhaps", 1), 0);
    assert_fails(reel__source_read(&dataset, &source, NULL, &err), REEL_E_INVALID,
                 "REEL_TMDB_TRAIN: \"perhaps\" is neither on nor off");
    assert_int_equal(unsetenv("REEL_TMDB") | unsetenv("REEL_TMDB_TRAIN"), 0);
    engine = world_open("reel.db");
    check_all_there(engine);
    assert_null(strstr(world_notes, "dataset"));
    reel__engine_close(engine);
}

static void missing_model_is_trained(void **state)
{
    reel_engine *engine;

    (void)state;
    assert_int_equal(unlink(temp_path("reel.db.models/user-knn.safetensors")), 0);
    engine = world_open("reel.db");
    check_all_there(engine);
    assert_noted("user-knn: trained in");
    assert_noted("hybrid: combined in");
    assert_null(strstr(world_notes, "content"));
    assert_null(strstr(world_notes, "refused"));
    reel__engine_close(engine);
    assert_true(reel__file_exists(temp_path("reel.db.models/user-knn.safetensors")));
}

static void damaged_files_are_refused_and_made_again(void **state)
{
    static const char *const files[] = {"dataset.reel", "content.safetensors",
                                        "user-knn.safetensors", "popular.safetensors",
                                        "hybrid.safetensors"};
    static const char *const said[] = {"dataset: refused", "content: refused", "user-knn: refused",
                                       "popular: refused", "hybrid: refused"};

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char name[64];
        reel_engine *engine;

        (void)snprintf(name, sizeof name, "reel.db.models/%s", files[i]);
        (void)temp_write(name, "this is no tensor file");
        engine = world_open("reel.db");
        check_all_there(engine);
        assert_noted(said[i]);
        reel__engine_close(engine);
        engine = world_open("reel.db");
        assert_string_equal(world_notes, "");
        reel__engine_close(engine);
    }
}

static void foreign_model_is_refused(void **state)
{
    char from[TEMP_PATH];
    reel_file_map map;
    reel_engine *engine;
    reel_err err = {0};

    (void)state;
    (void)snprintf(from, sizeof from, "%s", temp_path("reel.db.models/popular.safetensors"));
    assert_ok(reel__file_map_open(&map, from, &err));
    (void)temp_write_bytes("reel.db.models/content.safetensors", map.data, map.size_bytes);
    reel__file_map_close(&map);
    engine = world_open("reel.db");
    check_all_there(engine);
    assert_noted("content: ");
    assert_noted("another model");
    reel__engine_close(engine);
}

static void new_load_makes_all_stale(void **state)
{
    reel_engine *engine = world_open("reel.db");
    char hash[80];

    (void)state;
    (void)snprintf(hash, sizeof hash, "%s", reel_dataset_hash(reel__engine_dataset(engine)));
    reel__engine_close(engine);
    (void)world_load("folder", "reel.db", 2);
    engine = world_open("reel.db");
    check_all_there(engine);
    assert_noted("another generation");
    assert_noted("content: ");
    assert_noted("trained on other data");
    assert_string_not_equal(reel_dataset_hash(reel__engine_dataset(engine)), hash);
    reel__engine_close(engine);
}

/* A database made anew under the same name starts at the same generation again. */
static void other_database_is_noticed(void **state)
{
    reel_engine *engine;
    char hash[80];

    (void)state;
    (void)world_load("folder", "again.db", 3);
    engine = world_open("again.db");
    (void)snprintf(hash, sizeof hash, "%s", reel_dataset_hash(reel__engine_dataset(engine)));
    reel__engine_close(engine);
    assert_int_equal(unlink(temp_path("again.db")), 0);
    (void)unlink(temp_path("again.db-wal"));
    (void)unlink(temp_path("again.db-shm"));
    (void)world_load("folder", "again.db", 4);
    engine = world_open("again.db");
    assert_noted("reading the database again");
    assert_string_not_equal(reel_dataset_hash(reel__engine_dataset(engine)), hash);
    reel__engine_close(engine);
}

static void only_one_model(void **state)
{
    reel_engine_opts opts = world_opts(temp_path("reel.db"));
    reel_engine *engine = NULL;
    reel_err err = {0};

    (void)state;
    opts.only = "content";
    assert_ok(reel__engine_open(&engine, &opts, &err));
    assert_non_null(reel__engine_model(engine, "content"));
    assert_non_null(reel__engine_model(engine, "popular")); /* answers where nothing else can */
    assert_null(reel__engine_model(engine, "user-knn"));
    assert_null(reel__engine_model(engine, "hybrid"));
    reel__engine_close(engine);

    opts.retrain = true;
    assert_ok(reel__engine_open(&engine, &opts, &err));
    assert_noted("content: trained in");
    assert_null(strstr(world_notes, "popular: trained"));
    reel__engine_close(engine);

    opts.only = "slim";
    assert_fails(reel__engine_open(&engine, &opts, &err), REEL_E_NOTFOUND, "slim");
    assert_null(engine);
}

static void refuses_an_empty_store(void **state)
{
    const reel_store_opts create = {.create = true};
    reel_engine_opts opts = world_opts(temp_path("empty.db"));
    reel_store *store = NULL;
    reel_engine *engine = NULL;
    reel_err err = {0};

    (void)state;
    assert_ok(reel__store_open(&store, temp_path("empty.db"), &create, &err));
    reel__store_close(store);
    assert_fails(reel__engine_open(&engine, &opts, &err), REEL_E_INVALID, "reel load");
    opts.database = temp_path("nowhere.db");
    assert_fails(reel__engine_open(&engine, &opts, &err), REEL_E_NOTFOUND, "nowhere.db");
    assert_null(engine);
}

/* Where nothing can be written (here: the folder's place is taken by a file) it still serves. */
static void serves_without_a_models_folder(void **state)
{
    reel_engine_opts opts = world_opts(temp_path("reel.db"));
    reel_engine *engine = NULL;
    reel_err err = {0};
    char path[TEMP_PATH];

    (void)state;
    (void)snprintf(path, sizeof path, "%s", temp_write("taken", "x"));
    opts.models_dir = path;
    assert_ok(reel__engine_open(&engine, &opts, &err));
    check_all_there(engine);
    assert_noted("kept in memory only");
    assert_non_null(reel__engine_unsaved(engine));
    reel__engine_close(engine);
}

/* A disk without room, made by a limit on file sizes: said once, no half-written file, served from
 * memory. */
static void serves_when_the_disk_is_full(void **state)
{
    reel_engine_opts opts = world_opts(temp_path("reel.db"));
    struct rlimit old, small;
    reel_engine *other = world_open("reel.db"); /* its side files of the database are there */
    reel_code rc;
    reel_engine *engine = NULL;
    reel_err err = {0};

    (void)state;
    assert_int_equal(unlink(temp_path("reel.db.models/content.safetensors")), 0);
    assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = (struct rlimit){.rlim_cur = 512, .rlim_max = old.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    rc = reel__engine_open(&engine, &opts, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_ok(rc);
    check_all_there(engine);
    assert_noted("content: trained in");
    assert_noted("models are kept in memory only: ");
    assert_noted("content.safetensors");
    assert_non_null(reel__engine_unsaved(engine));
    reel__engine_close(engine);
    assert_false(reel__file_exists(temp_path("reel.db.models/content.safetensors")));
    engine = world_open("reel.db");
    assert_noted("content: trained in");
    assert_null(reel__engine_unsaved(engine));
    reel__engine_close(engine);
    reel__engine_close(other);
}

static void opens_read_only(void **state)
{
    reel_engine_opts opts = world_opts(temp_path("reel.db"));
    reel_engine *engine = NULL;
    reel_err err = {0};

    (void)state;
    opts.read_only = true;
    assert_ok(reel__engine_open(&engine, &opts, &err));
    check_all_there(engine);
    assert_string_equal(world_notes, "");
    reel__engine_close(engine);
    assert_int_equal(unlink(temp_path("reel.db.models/content.safetensors")), 0);
    assert_ok(reel__engine_open(&engine, &opts, &err));
    check_all_there(engine);
    assert_noted("content: trained in");
    reel__engine_close(engine);
}

static reel_code open_and_close(void *user, reel_err *err)
{
    reel_engine *engine = NULL;
    const reel_code rc = reel__engine_open(&engine, user, err);

    if (rc != REEL_OK && engine != NULL)
        return REEL_E_CONFLICT; /* an engine beside an error: fails the sweep */
    reel__engine_close(engine);
    return rc;
}

static void survives_any_allocation_failing(void **state)
{
    reel_engine_opts opts = world_opts(temp_path("reel.db"));

    (void)state;
    assert_true(sweep_memory(open_and_close, &opts) > 20); /* everything is there */
    opts.retrain = true;
    opts.only =
        "content"; /* what fitting each model does without memory is its own test's matter */
    assert_true(sweep_memory(open_and_close, &opts) > 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_cold_then_warm),
        cmocka_unit_test(without_tmdb),
        cmocka_unit_test(missing_model_is_trained),
        cmocka_unit_test(damaged_files_are_refused_and_made_again),
        cmocka_unit_test(foreign_model_is_refused),
        cmocka_unit_test(new_load_makes_all_stale),
        cmocka_unit_test(other_database_is_noticed),
        cmocka_unit_test(only_one_model),
        cmocka_unit_test(refuses_an_empty_store),
        cmocka_unit_test(serves_without_a_models_folder),
        cmocka_unit_test(serves_when_the_disk_is_full),
        cmocka_unit_test(opens_read_only),
        cmocka_unit_test(survives_any_allocation_failing),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
