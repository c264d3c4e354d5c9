/* The hybrid against its members on the liked films of MovieLens 100K: what was held out at random
 * or last, none of them is significantly better (paired bootstrap of NDCG@10 over people, p < .05),
 * and people with few ratings get better lists than from what is famous or alike. That such a
 * comparison can fail is shown by weights that are wrong on purpose. Needs MovieLens 100K:
 * REEL_TEST_DATA/ml-100k.
 */
#include "support/check.h"

#include "base/file.h"
#include "service/measure/evaluate.h"
#include "support/temp.h"

enum { SKIPPED = 77, LINE = 200, PEOPLE = 1000, KNOWN = 3 };
static const double level = 0.05;
/* Everything the hybrid mixes but popular, which is in every table. */
#define AND_MEMBERS ",ease,ials,content,user-knn"

static char folder[500];

static reel_evaluate_opts options(const char *models)
{
    reel_evaluate_opts opts = reel__evaluate_opts_default();

    opts.models = models;
    opts.metrics = REEL_WANT_RANKING;
    opts.judge.cuts[0] = 10;
    opts.judge.cut_count = 1;
    return opts;
}

static const reel_evaluated *find(const reel_evaluation *e, const char *name)
{
    for (size_t m = 0; m < e->count; m++)
        if (strncmp(e->models[m].name, name, strlen(name)) == 0)
            return &e->models[m];
    fail_msg("no %s in the table", name);
    return NULL;
}

static double ndcg(const reel_evaluated *m)
{
    return m->ranked[0].intervals[reel__metric_column(0, REEL_METRIC_NDCG)].mean;
}

/* NDCG@10 of a - b, person by person. */
static reel_comparison compare(const reel_evaluated *a, const reel_evaluated *b)
{
    const reel_judgement *left = &a->ranked[0].judgement, *right = &b->ranked[0].judgement;
    const size_t people = (size_t)left->people, column = reel__metric_column(0, REEL_METRIC_NDCG);
    const reel_bootstrap_opts bootstrap = reel__bootstrap_opts_default();
    double *each = calloc(2 * people, sizeof *each);
    reel_comparison out;
    reel_err err;

    assert_non_null(each);
    for (size_t p = 0; p < people; p++) {
        each[p] = left->each[p * left->columns + column];
        each[people + p] = right->each[p * right->columns + column];
    }
    assert_ok(reel__compare(&out, each, each + people, left->people, &bootstrap, &err));
    free(each);
    return out;
}

/* How many models are significantly better than the hybrid; each is said. */
static int count_better(const reel_evaluation *e)
{
    const reel_evaluated *hybrid = find(e, "hybrid");
    int better = 0;

    for (size_t m = 0; m < e->count; m++) {
        const reel_evaluated *other = &e->models[m];
        reel_comparison c;

        if (other == hybrid)
            continue;
        c = compare(hybrid, other);
        print_message("%-8s %s %.4f, %s %.4f: %+.4f, p %.3f\n", e->protocol, hybrid->name,
                      ndcg(hybrid), other->name, ndcg(other), c.difference.mean, c.p);
        better += c.difference.mean < 0 && c.p < level;
    }
    return better;
}

static int better_than(const char *hybrid, const char *others, reel_protocol protocol)
{
    static reel_evaluation e;
    char models[LINE] = "";
    reel_evaluate_opts opts = options(models);
    int better;
    reel_err err;

    (void)snprintf(models, sizeof models, "%s%s", hybrid, others);
    opts.movielens = folder;
    opts.filter.threshold = 4;
    opts.split.protocol = protocol;
    opts.split.share = reel__protocol_share(protocol);
    assert_ok(reel__evaluation_make(&e, &opts, &err));
    better = count_better(&e);
    reel__evaluation_fini(&e);
    return better;
}

static void test_no_member_is_better(void **state)
{
    (void)state;
    assert_int_equal(better_than("hybrid", AND_MEMBERS, REEL_PROTOCOL_RATIO), 0);
    assert_int_equal(better_than("hybrid", AND_MEMBERS, REEL_PROTOCOL_LAST), 0);
}

static void test_wrong_weights_are_noticed(void **state)
{
    (void)state;
    static const char wrong[] = "hybrid:popular=100";

    assert_true(better_than(wrong, "", REEL_PROTOCOL_RATIO) > 0);
}

/* Every tenth person's first KNOWN lines (the file is in an order of chance) and all of the others
 * to train on; the rest is held out. */
static void write_short_histories(const char *train, const char *test)
{
    char path[600], line[LINE];
    int seen[PEOPLE] = {0};
    FILE *in, *known = fopen(train, "w"), *held = fopen(test, "w");

    (void)snprintf(path, sizeof path, "%s/u.data", folder);
    in = fopen(path, "r");
    assert_true(in != NULL && known != NULL && held != NULL);
    while (fgets(line, sizeof line, in) != NULL) {
        const long person = strtol(line, NULL, 10);
        const bool hold = person % 10 == 0 && person < PEOPLE && seen[person]++ >= KNOWN;

        assert_true(fputs(line, hold ? held : known) >= 0);
    }
    (void)fclose(in);
    assert_int_equal(fclose(known), 0);
    assert_int_equal(fclose(held), 0);
}

static void test_few_ratings_are_enough_to_beat_fame(void **state)
{
    (void)state;
    static reel_evaluation e;
    static const char *const weaker[] = {"popular", "content"};
    const char *train = temp_path("train.tsv"), *test = temp_path("test.tsv");
    reel_evaluate_opts opts = options("hybrid,content");
    reel_err err;

    write_short_histories(train, test);
    opts.train = train;
    opts.test = test;
    opts.catalogue = folder;
    assert_ok(reel__evaluation_make(&e, &opts, &err));
    assert_int_equal(count_better(&e), 0);
    for (size_t i = 0; i < 2; i++) {
        const reel_comparison c = compare(find(&e, "hybrid"), find(&e, weaker[i]));

        assert_true(c.difference.mean > 0 && c.p < level);
    }
    reel__evaluation_fini(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_member_is_better),
        cmocka_unit_test(test_wrong_weights_are_noticed),
        cmocka_unit_test(test_few_ratings_are_enough_to_beat_fame),
    };
    const char *data = getenv("REEL_TEST_DATA");

    (void)snprintf(folder, sizeof folder, "%.400s/ml-100k", data != NULL ? data : "");
    if (data == NULL || !reel__file_is_folder(folder)) {
        (void)fprintf(stderr, "skipped: REEL_TEST_DATA/ml-100k (MovieLens 100K) is not there\n");
        return SKIPPED;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
