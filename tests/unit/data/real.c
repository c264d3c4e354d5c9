/* The readers and the builder on the published sets, where REEL_TEST_DATA has them. */
#include "data/readers.h"
#include "support/check.h"

typedef struct published_set {
    const char *folder, *label;
    int movies, people, rated_by;
    long long ratings;
} published_set;

static const char *data_path(const char *name)
{
    static char path[1024];

    (void)snprintf(path, sizeof path, "%s/%s", getenv("REEL_TEST_DATA"), name);
    return path;
}

static void build(reel_dataset **out, const reel_catalogue *catalogue, const char *ratings_path,
                  reel_dataset_report *report)
{
    reel_dataset_builder *builder = NULL;
    reel_ratings ratings;
    reel_err err;

    assert_ok(reel__read_ratings(&ratings, ratings_path, NULL, NULL, &err));
    assert_ok(reel_dataset_builder_new(&builder, &err));
    for (size_t i = 0; i < reel__catalogue_movies(catalogue); i++)
        assert_ok(
            reel_dataset_builder_add_movie(builder, reel__catalogue_movie(catalogue, i), &err));
    assert_ok(reel_dataset_builder_add_ratings(builder, ratings.items, ratings.count, &err));
    assert_ok(reel_dataset_builder_finish(out, builder, report, &err));
    reel_dataset_builder_free(builder);
    reel__ratings_fini(&ratings);
}

static void test_published_sets(void **state)
{
    (void)state;
    static const published_set sets[] = {
        {"ml-1m", "MovieLens 1M", 3883, 6040, 6040, 1000209},
        {"ml-100k", "MovieLens 100K", 1682, 943, 943, 100000},
        {"ml-latest-small", "MovieLens latest-small", 9742, 0, 610, 100836},
    };

    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        reel_catalogue *catalogue = NULL;
        reel_dataset *dataset = NULL;
        reel_dataset_report report;
        reel_read_report read;
        reel_generation generation;
        char *path = NULL;
        reel_err err;

        assert_ok(reel__read_movielens(&catalogue, &generation, data_path(sets[i].folder), NULL,
                                       &read, &err));
        assert_int_equal(read.bad_rows, 0);
        assert_string_equal(reel__catalogue_label(catalogue), sets[i].label);
        assert_int_equal(reel__catalogue_movies(catalogue), sets[i].movies);
        assert_int_equal(reel__catalogue_people(catalogue), sets[i].people);
        path = reel__movielens_ratings_path(data_path(sets[i].folder), generation);
        build(&dataset, catalogue, path, &report);
        assert_int_equal(report.ratings, sets[i].ratings);
        assert_int_equal(report.duplicates, 0);
        assert_int_equal(report.unknown_movies, 0);
        assert_int_equal(reel_dataset_people(dataset), sets[i].rated_by);
        assert_int_equal(reel_dataset_raters(dataset).ptr[sets[i].movies], sets[i].ratings);
        reel_dataset_free(dataset);
        reel__catalogue_free(catalogue);
        reel__free(path);
    }
}

static void test_metadata_of_ml_1m(void **state)
{
    (void)state;
    reel_catalogue *catalogue = NULL;
    reel_generation generation;
    reel_enrich_report report;
    char jsonl[1024];
    reel_err err;

    assert_ok(reel__read_movielens(&catalogue, &generation, data_path("ml-1m"), NULL, NULL, &err));
    (void)snprintf(jsonl, sizeof jsonl, "%s", data_path("tmdb/movies.jsonl"));
    assert_ok(reel__read_tmdb(catalogue, jsonl, data_path("tmdb/links.csv"), NULL, &report, &err));
    assert_int_equal(report.objects, 8133);
    assert_int_equal(report.bad_rows, 0);
    assert_int_equal(report.matched + report.doubtful, 3832);
    assert_in_range(report.doubtful, 1, 25);
    assert_in_range(report.with_overview, 3780, 3814);
    reel__catalogue_free(catalogue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_sets),
        cmocka_unit_test(test_metadata_of_ml_1m),
    };

    if (getenv("REEL_TEST_DATA") == NULL) {
        (void)fprintf(stderr, "skipped: REEL_TEST_DATA does not name a folder with MovieLens\n");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
