/* Unit tests of published tables: the numbers are those of an evaluation, and each has its source.
 */
#include "support/check.h"

#include "service/files/load.h"
#include "service/measure/reproduce.h"
#include "support/near.h"
#include "support/temp.h"

/* A simulated set in the place of a published one: DIR/ml-1m. */
static const char *data_folder(void)
{
    static char folder[TEMP_PATH];
    char inner[TEMP_PATH + 16];
    reel_err err;

    if (folder[0] != '\0')
        return folder;
    (void)snprintf(folder, sizeof folder, "%s", temp_path("data"));
    (void)snprintf(inner, sizeof inner, "%s/ml-1m", folder);
    assert_ok(
        reel__sample_write(&(reel_sample_opts){.output = inner, .people = 500, .seed = 1}, &err));
    return folder;
}

static void test_every_number_has_a_source(void **state)
{
    (void)state;
    for (size_t i = 0; reel__table_spec_at(i) != NULL; i++) {
        const reel_table_spec *spec = reel__table_spec_at(i);

        assert_ptr_equal(reel__table_spec_find(spec->name), spec);
        assert_true(spec->seeds >= 1 && spec->seeds <= REEL_TABLE_SEEDS);
        assert_true(spec->row_count > 0 && spec->row_count <= REEL_TABLE_ROWS);
        for (size_t r = 0; r < spec->row_count; r++) {
            const reel_published *row = &spec->rows[r];

            assert_int_equal(row->name != NULL, row->source != NULL);
            for (int m = 0; m < REEL_TABLE_METRICS; m++) {
                assert_true(row->values[m] >= 0 && row->values[m] < 2);
                if (row->values[m] > 0)
                    assert_true(row->source != NULL && spec->metrics[m] != NULL);
            }
        }
    }
    assert_null(reel__table_spec_find("frobnicate"));
}

static void test_ratings_are_those_of_an_evaluation(void **state)
{
    (void)state;
    static reel_reproduction r;
    static reel_evaluation e;
    const reel_reproduce_opts opts = {
        .table = "surprise-table", .data = data_folder(), .fold = -1, .models = "baseline,random"};
    reel_evaluate_opts same = reel__evaluate_opts_default();
    char folder[TEMP_PATH + 16];
    double sum = 0;
    reel_err err;

    (void)snprintf(folder, sizeof folder, "%s/ml-1m", data_folder());
    same.movielens = folder;
    same.models = "baseline";
    same.metrics = REEL_WANT_RATING;
    same.split.protocol = REEL_PROTOCOL_FOLDS;
    assert_ok(reel__evaluation_make(&e, &same, &err));
    assert_ok(reel__reproduction_make(&r, &opts, &err));
    assert_int_equal(r.count, 2);
    assert_int_equal(r.runs, 5);
    assert_string_equal(r.run, "fold");
    for (int fold = 0; fold < 5; fold++)
        sum += e.models[e.count - 1].errors.rmse[fold];
    assert_near(r.rows[0].mean[0], sum / 5, 1e-12);
    assert_true(r.rows[0].low[0] < r.rows[0].mean[0] && r.rows[0].mean[0] < r.rows[0].high[0]);
    assert_near(r.rows[0].published->values[0], 0.909, 0);
    reel__reproduction_fini(&r);
    reel__evaluation_fini(&e);
}

static void test_lists_over_seeds(void **state)
{
    (void)state;
    static reel_reproduction r;
    reel_reproduce_opts opts = {
        .table = "anelli-ml1m", .data = data_folder(), .seeds = 2, .models = "popular,content"};
    double first;
    reel_err err;

    opts.fold = -1;
    opts.seeds = 1;
    assert_ok(reel__reproduction_make(&r, &opts, &err));
    first = r.rows[0].mean[0];
    reel__reproduction_fini(&r);
    opts.seeds = 2;
    assert_ok(reel__reproduction_make(&r, &opts, &err));
    assert_int_equal(r.runs, 2);
    assert_string_equal(r.run, "seed");
    assert_string_equal(r.rows[1].model, "content");
    assert_null(r.rows[1].published);
    assert_near(r.rows[0].low[0] + r.rows[0].high[0], 2 * r.rows[0].mean[0], 1e-12);
    assert_true(first == r.rows[0].low[0] || first == r.rows[0].high[0]);
    reel__reproduction_fini(&r);
}

static void test_json_has_both(void **state)
{
    (void)state;
    static reel_reproduction r;
    static const char *const parts[] = {
        "\"table\":\"loo-ml1m\"", "\"published\":{\"name\":\"TopPop\"",
        "\"sampled_hit_rate@10\":0.4533", "\"difference\":", "\"hash\":\"sha256:"};
    const reel_reproduce_opts opts = {
        .table = "loo-ml1m", .data = data_folder(), .fold = -1, .models = "popular"};
    reel_json json;
    reel_buf text;
    reel_err err;

    assert_ok(reel__reproduction_make(&r, &opts, &err));
    reel__buf_init(&text, 1 << 20);
    reel__json_init(&json, &text);
    reel__reproduction_write(&json, &r, "reel reproduce");
    assert_ok(reel__buf_check(&text, &err));
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strstr(text.data, parts[i]) == NULL)
            fail_msg("%s is not in %s", parts[i], text.data);
    reel__buf_fini(&text);
    reel__reproduction_fini(&r);
}

static void refuse(const reel_reproduce_opts *opts, reel_code code, const char *part)
{
    static reel_reproduction r;
    reel_err err;

    assert_fails(reel__reproduction_make(&r, opts, &err), code, part);
}

static void test_what_cannot_be_reproduced_is_refused(void **state)
{
    (void)state;
    reel_reproduce_opts opts = {.table = "frobnicate", .data = data_folder(), .fold = -1};

    refuse(&opts, REEL_E_NOTFOUND, "no table \"frobnicate\"");
    opts.table = "ml100k-u1";
    refuse(&opts, REEL_E_NOTFOUND, "ml-100k: there is no such folder");
    opts.table = "anelli-ml1m";
    opts.models = "nobody";
    refuse(&opts, REEL_E_NOTFOUND, "no model \"nobody\"");
    opts.models = "popular";
    opts.folder = opts.data;
    refuse(&opts, REEL_E_INVALID, "say where the data are");
    opts.folder = NULL;
    opts.fold = 1;
    refuse(&opts, REEL_E_INVALID, "fold 1: there are 1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_number_has_a_source),
        cmocka_unit_test(test_ratings_are_those_of_an_evaluation),
        cmocka_unit_test(test_lists_over_seeds),
        cmocka_unit_test(test_json_has_both),
        cmocka_unit_test(test_what_cannot_be_reproduced_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
