/* The whole circle on MovieLens 1M with metadata: files, store, data set, models, lists. Needs
 * REEL_TEST_DATA.
 */
#include <math.h>

#include "service/engine/search.h"
#include "support/property.h"
#include "support/world.h"

enum { PERSONS = 60 };

static char data[300];

static void load(reel_load_report *report)
{
    char folder[TEMP_PATH], tmdb[TEMP_PATH], database[TEMP_PATH];
    const reel_load_opts opts = {.movielens = folder, .tmdb = tmdb, .database = database};
    reel_err err = {0};

    (void)snprintf(folder, sizeof folder, "%s/ml-1m", data);
    (void)snprintf(tmdb, sizeof tmdb, "%s/tmdb/movies.jsonl", data);
    (void)snprintf(database, sizeof database, "%s", temp_path("ml.db"));
    assert_ok(reel__load(&opts, report, &err));
}

static void loads_all_of_it(void **state)
{
    reel_load_report report;

    (void)state;
    load(&report);
    assert_int_equal(report.ratings, 1000209);
    assert_int_equal(report.people, 6040);
    assert_int_equal(report.movies, 3883);
    assert_int_equal(report.duplicates + report.unknown_movies + report.bad_rows, 0);
    assert_true(report.matched > 3700 && report.with_overview > 3700);
    assert_string_equal(report.source, "MovieLens 1M");
}

static void check_list(const reel_list *list, const reel_dataset *dataset, int64_t person)
{
    const reel_csr_view ratings = reel_dataset_ratings(dataset);
    const reel_index row = reel_dataset_find_person(dataset, person);

    assert_int_equal(list->count, 10);
    assert_int_equal(list->removed_seen, ratings.ptr[row + 1] - ratings.ptr[row]);
    for (size_t i = 0; i < list->count; i++) {
        const reel_recommendation *item = &list->items[i];
        double sum = item->why.baseline + item->why.other;

        for (size_t k = 0; k < item->why.reason_count; k++)
            sum += item->why.reasons[k].contribution;
        assert_true(fabs(sum - item->score) <= 1e-5 * fmax(1, fabs(item->score)));
        for (reel_nnz k = ratings.ptr[row]; k < ratings.ptr[row + 1]; k++)
            assert_int_not_equal(ratings.col[k], item->movie);
    }
}

static void answers_for_people(void **state)
{
    static const char *const models[] = {"hybrid", "content", "user-knn", "popular"};
    reel_engine *engine = world_open("ml.db");
    const reel_dataset *dataset = reel__engine_dataset(engine);
    reel_session *session = world_session(engine);
    reel_rng rng = reel__rng_make(property_seed(), 0);
    reel_err err = {0};

    (void)state;
    assert_non_null(strstr(world_notes, "user-knn: trained"));
    for (int i = 0; i < PERSONS; i++) {
        reel_request request = reel__request_default();
        const reel_list *list;

        request.user = draw(&rng, 1, 6040);
        request.model = models[i % 4];
        assert_ok(reel__recommend(session, &request, &list, &err));
        check_list(list, dataset, request.user);
    }
    reel__session_free(session);
    reel__engine_close(engine);
    engine = world_open("ml.db"); /* all is prepared now */
    assert_string_equal(world_notes, "");
    reel__engine_close(engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loads_all_of_it),
        cmocka_unit_test(answers_for_people),
    };
    const char *where = getenv("REEL_TEST_DATA");

    if (where == NULL || where[0] == '\0') {
        (void)fprintf(stderr, "skipped: REEL_TEST_DATA does not say where MovieLens 1M is\n");
        return 77;
    }
    (void)snprintf(data, sizeof data, "%s", where);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
