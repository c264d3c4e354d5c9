/* The quality of every model on the sample, compared with metrics.csv, so that a change of quality
 * shows up in the diff. REEL_GOLDEN_UPDATE=1 writes the file anew. That a comparison can fail is
 * shown by a model made worse on purpose.
 */
#include "support/check.h"

#include <math.h>

#include "service/evaluate.h"
#include "service/load.h"
#include "support/temp.h"

#define GOLDEN "tests/golden/metrics.csv"

/* Absolute. Sums in another order (another compiler, other vector units) may swap two films that
 * score nearly the same in some of the 300 lists; that moves a mean by less than this. */
static const double tolerance = 0.002;

enum { ROWS_MAX = 200, KEY = 160, SPLITS = 2 };

static const struct {
    const char *label;
    reel_protocol protocol;
} splits[SPLITS] = {{"sample ratio", REEL_PROTOCOL_RATIO}, {"sample strong", REEL_PROTOCOL_STRONG}};

static const char *const models = "popular,content,user-knn,hybrid";

typedef struct golden_row {
    char key[KEY]; /* "sample ratio,hybrid,ndcg@10" */
    double value;
} golden_row;

typedef struct golden_table {
    golden_row rows[ROWS_MAX];
    size_t count;
} golden_table;

static void add_row(golden_table *table, const char *split, const char *model, const char *metric,
                    double value)
{
    golden_row *row = &table->rows[table->count++];

    assert_true(table->count <= ROWS_MAX);
    (void)snprintf(row->key, sizeof row->key, "%s,%s,%s", split, model, metric);
    row->value = value;
}

/* asked: the model that is measured under each name */
static void measure(golden_table *table, const char *folder, int split, const char *asked)
{
    reel_evaluate_opts opts = reel__evaluate_opts_default();
    reel_evaluation e;
    reel_err err;

    opts.movielens = folder;
    opts.models = asked;
    opts.filter.threshold = 4;
    opts.split.protocol = splits[split].protocol;
    opts.split.unseen = 0.3;
    assert_ok(reel__evaluation_make(&e, &opts, &err));
    for (size_t m = 0; m < e.count; m++) {
        const reel_evaluated *model = &e.models[m];

        add_row(table, splits[split].label, model->name, "ndcg@10",
                model->ranked[0].intervals[reel__metric_column(0, REEL_METRIC_NDCG)].mean);
        add_row(table, splits[split].label, model->name, "recall@20",
                model->ranked[0].intervals[reel__metric_column(1, REEL_METRIC_RECALL)].mean);
        add_row(table, splits[split].label, model->name, "ndcg@100",
                model->ranked[0].intervals[reel__metric_column(2, REEL_METRIC_NDCG)].mean);
        add_row(table, splits[split].label, model->name, "auc",
                model->ranked[0].intervals[reel__auc_column(&model->ranked[0].judgement)].mean);
        add_row(table, splits[split].label, model->name, "coverage@10",
                model->ranked[0].judgement.coverage[0]);
    }
    reel__evaluation_fini(&e);
}

static const char *sample_folder(void)
{
    static char folder[TEMP_PATH];
    const reel_sample_opts sample = {.output = folder, .people = 300, .seed = 1};
    reel_err err;

    if (folder[0] != '\0')
        return folder;
    (void)snprintf(folder, sizeof folder, "%s", temp_path("sample"));
    assert_ok(reel__sample_write(&sample, &err));
    return folder;
}

static void write_golden(const golden_table *found)
{
    FILE *file = fopen(GOLDEN, "w");

    assert_non_null(file);
    assert_true(fprintf(file, "# absolute tolerance %g\ndataset,model,metric,value\n", tolerance) >
                0);
    for (size_t i = 0; i < found->count; i++)
        assert_true(fprintf(file, "%s,%.4f\n", found->rows[i].key, found->rows[i].value) > 0);
    assert_int_equal(fclose(file), 0);
}

static void read_golden(golden_table *out)
{
    FILE *file = fopen(GOLDEN, "r");
    char line[KEY + 40];

    *out = (golden_table){.count = 0};
    assert_non_null(file);
    for (int heading = 0; heading < 2; heading++)
        assert_non_null(fgets(line, sizeof line, file));
    while (fgets(line, sizeof line, file) != NULL) {
        golden_row *row = &out->rows[out->count++];
        char *comma = strrchr(line, ',');

        assert_true(out->count <= ROWS_MAX && comma != NULL);
        *comma = '\0';
        (void)snprintf(row->key, sizeof row->key, "%.150s", line);
        row->value = strtod(comma + 1, NULL);
    }
    assert_int_equal(fclose(file), 0);
}

/* How many rows are missing or differ; each is said. */
static int count_differences(const golden_table *expected, const golden_table *found)
{
    int differences = expected->count == found->count ? 0 : 1;

    for (size_t i = 0; i < expected->count && i < found->count; i++) {
        const golden_row *a = &expected->rows[i], *b = &found->rows[i];

        if (strcmp(a->key, b->key) == 0 && fabs(a->value - b->value) <= tolerance)
            continue;
        print_message("%s: %.4f where %s: %.4f is expected\n", b->key, b->value, a->key, a->value);
        differences++;
    }
    return differences;
}

static void test_quality_is_what_it_was(void **state)
{
    (void)state;
    static golden_table expected, found;

    for (int split = 0; split < SPLITS; split++)
        measure(&found, sample_folder(), split, models);
    if (getenv("REEL_GOLDEN_UPDATE") != NULL)
        write_golden(&found);
    read_golden(&expected);
    assert_int_equal(count_differences(&expected, &found), 0);
}

/* One neighbour instead of the default, under the usual name. */
static void test_a_worse_model_is_noticed(void **state)
{
    (void)state;
    static golden_table expected, found;
    static const char worse[] = "user-knn:neighbours=1";
    int first, second;

    for (int split = 0; split < SPLITS; split++)
        measure(&found, sample_folder(), split, "popular,content,user-knn:neighbours=1,hybrid");
    for (size_t i = 0; i < found.count; i++) {
        char *at = strstr(found.rows[i].key, worse);

        if (at != NULL)
            memmove(at + strlen("user-knn"), at + strlen(worse), strlen(at + strlen(worse)) + 1);
    }
    read_golden(&expected);
    first = count_differences(&expected, &found);
    print_message("%d rows differ, as they should\n", first);
    assert_true(first >= 4);
    for (size_t i = 0; i < found.count; i++) /* only rows of the worse model differ */
        if (strstr(found.rows[i].key, ",user-knn,") != NULL)
            found.rows[i].value = expected.rows[i].value;
    second = count_differences(&expected, &found);
    assert_int_equal(second, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quality_is_what_it_was),
        cmocka_unit_test(test_a_worse_model_is_noticed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
