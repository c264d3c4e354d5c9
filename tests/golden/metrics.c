/* The quality of every model on the sample, compared with metrics.csv, so that a change of quality
 * shows up in the diff. REEL_GOLDEN_UPDATE=1 writes the file anew. That a comparison can fail is
 * shown by a model made worse on purpose.
 */
#include "support/check.h"

#include <math.h>

#include "service/measure/evaluate.h"
#include "service/files/load.h"
#include "support/temp.h"

#define GOLDEN "tests/golden/metrics.csv"

/* Absolute. Sums in another order (another compiler, other vector units) may swap two films that
 * score nearly the same in some of the 300 lists; that moves a mean by less than this. */
static const double tolerance = 0.002;

enum { ROWS_MAX = 600, KEY = 160, NAMES = 1000, SPLITS = 3 };

static const struct {
    const char *label;
    reel_protocol protocol;
    reel_metrics_wanted metrics;
} splits[SPLITS] = {{"sample ratio", REEL_PROTOCOL_RATIO, REEL_WANT_RANKING},
                    {"sample strong", REEL_PROTOCOL_STRONG, REEL_WANT_RANKING},
                    {"sample random", REEL_PROTOCOL_RANDOM, REEL_WANT_RATING}};

/* Models that with their own defaults would take longer here than all others together. */
static const struct {
    const char *name, *asked;
} cheaper[] = {{"vae", "vae:epochs=4:hidden=64:factors=32"},
               {"bpr", "bpr:factors=32:epochs=10:fold_epochs=5"},
               {"bayes", "bayes:samples=64:burn_in=16"}};

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

static void add_ranking(golden_table *table, const char *split, const reel_evaluated *model)
{
    const reel_interval *at = model->ranked[0].intervals;

    add_row(table, split, model->name, "ndcg@10",
            at[reel__metric_column(0, REEL_METRIC_NDCG)].mean);
    add_row(table, split, model->name, "recall@20",
            at[reel__metric_column(1, REEL_METRIC_RECALL)].mean);
    add_row(table, split, model->name, "ndcg@100",
            at[reel__metric_column(2, REEL_METRIC_NDCG)].mean);
    add_row(table, split, model->name, "auc",
            at[reel__auc_column(&model->ranked[0].judgement)].mean);
    add_row(table, split, model->name, "coverage@10", model->ranked[0].judgement.coverage[0]);
    add_row(table, split, model->name, "intra_list_distance@10",
            at[reel__metric_column(0, REEL_METRIC_DISTANCE)].mean);
    add_row(table, split, model->name, "calibration@10",
            at[reel__metric_column(0, REEL_METRIC_CALIBRATION)].mean);
}

static const char *asked_as(const char *name)
{
    for (size_t i = 0; i < sizeof cheaper / sizeof *cheaper; i++)
        if (strcmp(cheaper[i].name, name) == 0)
            return cheaper[i].asked;
    return name;
}

/* Every model of this build that such a split can judge, as a list; "" when there is none. */
static const char *all_models(reel_metrics_wanted metrics)
{
    static char names[NAMES];
    size_t used = 0;

    names[0] = '\0';
    for (size_t i = 0; reel_model_at(i) != NULL; i++) {
        const reel_model_info *info = reel_model_at(i);

        if (metrics == REEL_WANT_RATING && info->task != REEL_TASK_RATING)
            continue;
        used += (size_t)snprintf(names + used, NAMES - used, "%s%s", used > 0 ? "," : "",
                                 asked_as(info->name));
    }
    return names;
}

/* asked: the models that are measured, with random and others that are always there */
static void measure(golden_table *table, const char *folder, int split, const char *asked)
{
    static reel_evaluation e;
    reel_evaluate_opts opts = reel__evaluate_opts_default();
    reel_err err;

    if (asked[0] == '\0')
        return;
    opts.movielens = folder;
    opts.models = asked;
    opts.metrics = splits[split].metrics;
    opts.filter.threshold = opts.metrics == REEL_WANT_RANKING ? 4 : 0;
    opts.split.protocol = splits[split].protocol;
    opts.split.unseen = 0.3;
    assert_ok(reel__evaluation_make(&e, &opts, &err));
    for (size_t m = 0; m < e.count; m++) {
        const reel_evaluated *model = &e.models[m];

        if (e.scopes > 0)
            add_ranking(table, splits[split].label, model);
        if (!model->predicts)
            continue;
        add_row(table, splits[split].label, model->name, "rmse", model->rmse.mean);
        add_row(table, splits[split].label, model->name, "mae", model->mae.mean);
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

static const golden_row *find_row(const golden_table *table, const char *key)
{
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(table->rows[i].key, key) == 0)
            return &table->rows[i];
    return NULL;
}

/* How many rows that were found differ from those expected or are not in the file, as those of a
 * model just registered; each is said. */
static int count_differences(const golden_table *expected, const golden_table *found)
{
    int differences = 0;

    for (size_t i = 0; i < found->count; i++) {
        const golden_row *own = &found->rows[i], *wanted = find_row(expected, own->key);

        if (wanted != NULL && fabs(own->value - wanted->value) <= tolerance)
            continue;
        if (wanted == NULL)
            print_message("%s: %.4f is new; REEL_GOLDEN_UPDATE=1 writes it down\n", own->key,
                          own->value);
        else
            print_message("%s: %.4f where %.4f is expected\n", own->key, own->value, wanted->value);
        differences++;
    }
    return differences;
}

static void test_quality_is_what_it_was(void **state)
{
    (void)state;
    static golden_table expected, found;

    for (int split = 0; split < SPLITS; split++)
        measure(&found, sample_folder(), split, all_models(splits[split].metrics));
    if (getenv("REEL_GOLDEN_UPDATE") != NULL)
        write_golden(&found);
    read_golden(&expected);
    assert_int_equal(count_differences(&expected, &found), 0);
    for (size_t i = 0; i < expected.count; i++)
        if (find_row(&found, expected.rows[i].key) == NULL)
            fail_msg("%s: not measured any more", expected.rows[i].key);
}

/* One neighbour instead of the default, under the usual name. */
static void test_a_worse_model_is_noticed(void **state)
{
    (void)state;
    static golden_table expected, found;
    static const char worse[] = "user-knn:neighbours=1";
    int all, worse_rows = 0;

    for (int split = 0; splits[split].metrics == REEL_WANT_RANKING; split++)
        measure(&found, sample_folder(), split, worse);
    read_golden(&expected);
    for (size_t i = 0; i < found.count; i++) {
        char *at = strstr(found.rows[i].key, worse);
        const golden_row *usual;

        if (at == NULL)
            continue;
        memmove(at + strlen("user-knn"), at + strlen(worse), strlen(at + strlen(worse)) + 1);
        usual = find_row(&expected, found.rows[i].key);
        assert_non_null(usual);
        worse_rows += fabs(usual->value - found.rows[i].value) > tolerance;
    }
    all = count_differences(&expected, &found);
    print_message("%d rows differ, as they should\n", all);
    assert_true(worse_rows >= 4);
    assert_int_equal(all, worse_rows); /* only rows of the worse model differ */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quality_is_what_it_was),
        cmocka_unit_test(test_a_worse_model_is_noticed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
