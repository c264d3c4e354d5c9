/* The sample has tastes in it: the hybrid finds them, and finds none once the films are shuffled
 * between people. The same seed gives the same files. */
#include "eval/protocol.h"
#include "service/files/load.h"
#include "support/check.h"
#include "support/temp.h"

static const double wanted = 1.2; /* NDCG@10 of hybrid over popular */

static void load_sample(reel_dataset **out, const char *name, bool shuffled)
{
    char folder[TEMP_PATH], films[TEMP_PATH + 16], database[TEMP_PATH + 16];
    const reel_store_opts store_opts = {0};
    reel_dataset_builder *builder = NULL;
    reel_store *store = NULL;
    reel_load_report report;
    reel_err err;

    (void)snprintf(folder, sizeof folder, "%s", temp_path(name));
    (void)snprintf(films, sizeof films, "%s/films.jsonl", folder);
    (void)snprintf(database, sizeof database, "%s.db", folder);
    const reel_sample_opts sample = {
        .output = folder, .people = 300, .seed = 1, .shuffled = shuffled};
    const reel_load_opts load = {
        .database = database, .movielens = folder, .tmdb = films, .simulated = true};

    assert_ok(reel__sample_write(&sample, &err));
    assert_ok(reel__load(&load, &report, &err));
    assert_int_equal(report.movies, 526);
    assert_int_equal(report.with_overview, 526);
    assert_int_equal(report.people, 300);
    assert_int_equal(report.bad_rows, 0);
    assert_int_equal(report.duplicates, 0);
    assert_ok(reel__store_open(&store, database, &store_opts, &err));
    assert_ok(reel_dataset_builder_new(&builder, &err));
    assert_ok(reel__store_read_dataset(store, builder, NULL, &err));
    assert_ok(reel_dataset_builder_finish(out, builder, NULL, &err));
    assert_true(reel_dataset_simulated(*out));
    reel_dataset_builder_free(builder);
    reel__store_close(store);
}

static double quality(const char *model_name, const reel_holdout *holdout)
{
    reel_model *model = NULL;
    reel_quality found;
    reel_err err;

    assert_ok(reel_model_fit(&model, model_name, holdout->train, NULL, NULL, &err));
    assert_ok(reel__evaluate(&found, NULL, model, holdout, 0, &err));
    assert_true(found.people > 250);
    reel_model_free(model);
    print_message("%-8s NDCG@10 %.4f over %d people\n", model_name, found.ndcg10, found.people);
    return found.ndcg10;
}

static double gain(const char *name, bool shuffled)
{
    reel_dataset *dataset = NULL;
    reel_holdout holdout;
    reel_err err;
    double hybrid, popular;

    load_sample(&dataset, name, shuffled);
    assert_ok(reel__holdout_make(&holdout, dataset, NULL, &err));
    hybrid = quality("hybrid", &holdout);
    popular = quality("popular", &holdout);
    reel__holdout_fini(&holdout);
    reel_dataset_free(dataset);
    return hybrid / popular;
}

static void hybrid_finds_the_tastes(void **state)
{
    (void)state;
    assert_true(gain("sample", false) >= wanted);
}

static void nothing_to_find_when_shuffled(void **state)
{
    (void)state;
    assert_true(gain("shuffled", true) < wanted);
}

static void read_file(char **out, const char *folder, size_t *length)
{
    char path[TEMP_PATH + 32];
    FILE *file;

    (void)snprintf(path, sizeof path, "%s/ratings.csv", folder);
    file = fopen(path, "rb");
    assert_non_null(file);
    *out = calloc(1, 4 << 20);
    assert_non_null(*out);
    *length = fread(*out, 1, 4 << 20, file);
    assert_int_equal(fclose(file), 0);
}

static void the_seed_decides(void **state)
{
    char first[TEMP_PATH], other[TEMP_PATH];
    char *texts[3];
    size_t lengths[3];
    reel_err err;

    (void)state;
    (void)snprintf(first, sizeof first, "%s", temp_path("seed1"));
    (void)snprintf(other, sizeof other, "%s", temp_path("seed2"));
    reel_sample_opts opts = {.output = first, .people = 40, .seed = 1};
    assert_ok(reel__sample_write(&opts, &err));
    read_file(&texts[0], first, &lengths[0]);
    assert_ok(reel__sample_write(&opts, &err));
    read_file(&texts[1], first, &lengths[1]);
    opts.output = other;
    opts.seed = 2;
    assert_ok(reel__sample_write(&opts, &err));
    read_file(&texts[2], other, &lengths[2]);
    assert_int_equal(lengths[0], lengths[1]);
    assert_memory_equal(texts[0], texts[1], lengths[0]);
    assert_true(lengths[0] != lengths[2] || memcmp(texts[0], texts[2], lengths[0]) != 0);
    for (int i = 0; i < 3; i++)
        free(texts[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hybrid_finds_the_tastes),
        cmocka_unit_test(nothing_to_find_when_shuffled),
        cmocka_unit_test(the_seed_decides),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
