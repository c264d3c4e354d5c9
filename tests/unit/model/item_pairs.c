/* Unit tests of item-knn and rp3beta, and of the sums they share: against formulas written out over
 * a dense table, and their edges. */
#include "support/check.h"

#include <math.h>

#include "model/item_sums.h"
#include "support/fit_text.h"
#include "support/near.h"
#include "support/random_data.h"

enum { PEOPLE = 60, MOVIES = 40 };

static const random_shape shape = {.seed = 41, .people = PEOPLE, .movies = MOVIES, .density = 0.3};
static const char *const models[] = {"item-knn", "rp3beta"};

/* ---- the twin ------------------------------------------------------------------------------ */

typedef struct twin {
    bool likes[PEOPLE][MOVIES];
    double n_person[PEOPLE], n_film[MOVIES], all;
} twin;

static twin make_twin(const reel_dataset *dataset)
{
    const reel_csr_view r = reel_dataset_ratings(dataset);
    twin t = {.all = 0};

    for (int u = 0; u < PEOPLE; u++)
        for (reel_nnz k = r.ptr[u]; k < r.ptr[u + 1]; k++)
            if (r.val[k] >= 4) { /* four fifths of 5 */
                t.likes[u][r.col[k]] = true;
                t.n_person[u]++;
                t.n_film[r.col[k]]++;
                t.all++;
            }
    return t;
}

/* s_ij before any is left out. */
typedef double similarity(const twin *t, int i, int j);

static double idf(const twin *t, int u)
{
    return log((double)MOVIES / (1 + t->n_person[u]));
}

static double by_cosine(const twin *t, int i, int j)
{
    double both = 0;

    for (int u = 0; u < PEOPLE; u++)
        both += t->likes[u][i] && t->likes[u][j];
    return both / (sqrt(t->n_film[i] * t->n_film[j]) + 2); /* shrinkage 2 */
}

static double by_tf_idf(const twin *t, int i, int j)
{
    double both = 0, a = 0, b = 0;

    for (int u = 0; u < PEOPLE; u++) {
        const double square = idf(t, u) * idf(t, u);

        both += t->likes[u][i] && t->likes[u][j] ? square : 0;
        a += t->likes[u][i] ? square : 0;
        b += t->likes[u][j] ? square : 0;
    }
    return pow(both / sqrt(a * b) * pow(t->n_film[j], 0.25), 1.5);
}

static double by_bm25(const twin *t, int i, int j)
{
    const double k1 = 3, b = 0.6, mean = t->all / MOVIES;
    double both = 0;

    for (int u = 0; u < PEOPLE; u++)
        if (t->likes[u][i] && t->likes[u][j])
            both += idf(t, u) * (k1 + 1) / (k1 * (1 - b + b * t->n_film[i] / mean) + 1) *
                    idf(t, u) * (k1 + 1) / (k1 * (1 - b + b * t->n_film[j] / mean) + 1);
    return both;
}

static double by_support(const twin *t, int i, int j)
{
    return by_bm25(t, i, j) * t->n_film[i] / (t->n_film[i] + 2.5) * t->n_film[j] /
           (t->n_film[j] + 2.5);
}

static double by_walk(const twin *t, int i, int j)
{
    double sum = 0;

    for (int u = 0; u < PEOPLE; u++)
        if (t->likes[u][i] && t->likes[u][j])
            sum += pow(1 / t->n_film[i], 0.8) * pow(1 / t->n_person[u], 0.8);
    return sum / pow(t->n_film[j], 0.3);
}

/* Whether j comes before k in a list: of equal ones first the film with more ratings, unless fame
 * is NULL, then the lower index. */
static bool before(const double *line, const double *fame, int j, int k)
{
    if (fabs(line[j] - line[k]) > 1e-9 * line[j])
        return line[j] > line[k];
    return fame == NULL || fame[j] == fame[k] ? j < k : fame[j] > fame[k];
}

/* Row i or column i of S without what is not among the largest 6 of it. */
static void cut(double s[MOVIES][MOVIES], int i, const double *fame, bool column)
{
    double line[MOVIES];

    for (int j = 0; j < MOVIES; j++)
        line[j] = column ? s[j][i] : s[i][j];
    for (int j = 0; j < MOVIES; j++) {
        int above = 0;

        for (int k = 0; k < MOVIES; k++)
            above += k != j && before(line, fame, k, j);
        if (above >= 6)
            *(column ? &s[j][i] : &s[i][j]) = 0;
    }
}

static void fill_weights(const twin *t, similarity *how, reel_keep keep, bool normalise,
                         double s[MOVIES][MOVIES])
{
    for (int i = 0; i < MOVIES; i++)
        for (int j = 0; j < MOVIES; j++)
            s[i][j] = i == j || t->n_film[i] == 0 || t->n_film[j] == 0 ? 0 : how(t, i, j);
    for (int i = 0; i < MOVIES; i++)
        cut(s, i, t->n_film, keep == REEL_KEEP_TARGET);
    for (int i = 0; i < MOVIES; i++) {
        double sum = 0;

        for (int j = 0; j < MOVIES; j++)
            sum += s[i][j];
        for (int j = 0; j < MOVIES && normalise && sum > 0; j++)
            s[i][j] /= sum;
    }
    for (int j = 0; j < MOVIES && keep == REEL_KEEP_BOTH; j++)
        cut(s, j, NULL, true);
}

/* Rounding may part what ties in the last place kept. */
static void compare_weights(const reel_model *model, double s[MOVIES][MOVIES])
{
    const reel_item_sums *self = (const reel_item_sums *)model;
    double found = 0, expected = 0;

    for (int i = 0; i < MOVIES; i++) {
        for (reel_nnz k = self->ptr[i]; k < self->ptr[i + 1]; k++) {
            assert_near((double)self->val[k], s[i][self->col[k]],
                        2e-6 * fmax(1, s[i][self->col[k]]));
            assert_true(k == self->ptr[i] || self->col[k] > self->col[k - 1]);
            found++;
        }
        for (int j = 0; j < MOVIES; j++)
            expected += s[i][j] > 0;
    }
    assert_true(found > 100 && fabs(found - expected) <= 1);
}

static void test_weights_are_those_of_the_twin(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        similarity *how;
        reel_keep keep;
        bool normalise;
    } cases[] = {
        {"item-knn similarity=cosine shrinkage=2 popularity=0 exponent=1 neighbours=6 support=0",
         by_cosine, REEL_KEEP_TARGET, false},
        {"item-knn similarity=tf-idf popularity=0.25 exponent=1.5 neighbours=6 keep=history "
         "support=0",
         by_tf_idf, REEL_KEEP_HISTORY, false},
        {"item-knn similarity=tf-idf popularity=0.25 exponent=1.5 neighbours=6 support=0",
         by_tf_idf, REEL_KEEP_TARGET, false},
        {"item-knn similarity=bm25 k1=3 b=0.6 popularity=0 exponent=1 neighbours=6 support=0",
         by_bm25, REEL_KEEP_TARGET, false},
        {"item-knn similarity=bm25 k1=3 b=0.6 popularity=0 exponent=1 neighbours=6 support=2.5",
         by_support, REEL_KEEP_TARGET, false},
        {"item-knn similarity=bm25 k1=3 b=0.6 popularity=0 exponent=1 neighbours=6 support=2.5 "
         "keep=history",
         by_support, REEL_KEEP_HISTORY, false},
        {"rp3beta alpha=0.8 beta=0.3 neighbours=6 keep=both", by_walk, REEL_KEEP_BOTH, true},
        {"rp3beta alpha=0.8 beta=0.3 neighbours=6 keep=target normalise=no", by_walk,
         REEL_KEEP_TARGET, false},
    };
    reel_dataset *dataset = random_dataset(&shape);
    const twin t = make_twin(dataset);

    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        reel_model *model = fit_text(dataset, cases[c].text);
        double s[MOVIES][MOVIES];

        fill_weights(&t, cases[c].how, cases[c].keep, cases[c].normalise, s);
        compare_weights(model, s);
        reel_model_free(model);
    }
    reel_dataset_free(dataset);
}

/* ---- scores -------------------------------------------------------------------------------- */

static void test_disliked_films_count_what_is_asked(void **state)
{
    (void)state;
    static const struct {
        reel_entry entry;
        const char *text;
        float times;
    } cases[] = {
        {{.movie = 1, .value = 4, .weight = 1}, "item-knn disliked=0.5", 1},
        {{.movie = 1, .value = 3.5F, .weight = 1}, "item-knn disliked=0.5", 0.5F},
        {{.movie = 1, .value = 1, .weight = 2}, "rp3beta disliked=-0.25", -0.5F},
        {{.movie = 1, .value = 1, .weight = 3, .kind = REEL_ENTRY_CLICK}, "item-knn", 3},
        {{.movie = 1, .value = 1, .weight = 3}, "item-knn disliked=0", 0},
        {{.movie = 1, .value = 3, .weight = 1}, "item-knn liked=2.5", 1},
    };
    reel_dataset *dataset = random_dataset(&shape);
    reel_scratch *scratch = new_scratch();

    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        reel_model *model = fit_text(dataset, cases[c].text);
        const reel_item_sums *self = (const reel_item_sums *)model;
        const reel_query query = {.entries = &cases[c].entry, .count = 1, .row = -1};
        float scores[MOVIES], expected[MOVIES] = {0};

        for (reel_nnz k = self->ptr[1]; k < self->ptr[2]; k++)
            expected[self->col[k]] = cases[c].times * self->val[k];
        assert_int_equal(reel_model_score(model, &query, scratch, scores, NULL), REEL_OK);
        for (int j = 0; j < MOVIES; j++)
            assert_float_equal(scores[j], expected[j], 1e-6F * fabsf(expected[j]));
        reel_model_free(model);
    }
    reel_scratch_free(scratch);
    reel_dataset_free(dataset);
}

/* ---- edges --------------------------------------------------------------------------------- */

static void test_parameters_out_of_range_are_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"item-knn neighbours=0", "item-knn similarity=jaccard",
                                        "item-knn shrinkage=-1", "item-knn b=1.1",
                                        "item-knn exponent=0",   "item-knn keep=all",
                                        "item-knn support=-1",   "rp3beta alpha=-1",
                                        "rp3beta beta=nan",      "rp3beta neighbours=1.5"};
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = NULL;
    reel_err err = {0};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_fails(try_fit_text(&model, dataset, texts[i], NULL, &err), REEL_E_INVALID,
                     "expected");
    reel_dataset_free(dataset);
}

/* `people` people who all rate the first `rated` of `films` films; the last one of them low. */
static void test_the_smallest_data_give_finite_scores(void **state)
{
    (void)state;
    static const int sizes[][3] = {{1, 1, 1}, {1, 2, 2}, {2, 1, 3}, {1, 2, 4}, {3, 4, 4}};
    reel_scratch *scratch = new_scratch();

    for (size_t c = 0; c < sizeof sizes / sizeof *sizes; c++)
        for (int m = 0; m < 2; m++) {
            const int films = sizes[c][2];
            reel_dataset *dataset = tiny_dataset(sizes[c][0], sizes[c][1], films, 1);
            reel_model *model = fit_text(dataset, models[m]);

            for (int f = -1; f < films; f++) {
                const reel_entry entry = {.movie = f, .value = 5, .weight = 1e6F};
                const reel_query query = {.entries = &entry, .count = f >= 0, .row = -1};
                float scores[4];

                assert_int_equal(reel_model_score(model, &query, scratch, scores, NULL), REEL_OK);
                for (int j = 0; j < films; j++)
                    assert_true(isfinite(scores[j]));
            }
            reel_model_free(model);
            reel_dataset_free(dataset);
        }
    reel_scratch_free(scratch);
}

static void test_cancel_ends_a_fit(void **state)
{
    (void)state;
    const volatile bool cancel = true;
    const reel_fit_context context = {.seed = 1, .cancel = &cancel};
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = NULL;
    reel_err err = {0};

    for (int m = 0; m < 2; m++)
        assert_fails(try_fit_text(&model, dataset, models[m], &context, &err), REEL_E_CANCELLED,
                     "cancelled");
    reel_dataset_free(dataset);
}

static void test_too_little_memory_is_refused_beforehand(void **state)
{
    (void)state;
    const reel_fit_context context = {.seed = 1, .memory = 1000};
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = NULL;
    reel_err err = {0};

    for (int m = 0; m < 2; m++)
        assert_fails(try_fit_text(&model, dataset, models[m], &context, &err), REEL_E_BUDGET,
                     "popular");
    reel_dataset_free(dataset);
}

/* ---- files and memory ---------------------------------------------------------------------- */

static void test_damaged_files_are_refused(void **state)
{
    (void)state;
    static const int64_t far_away = 1000000, negative = -4;
    static const int32_t outside = MOVIES, below = -1;
    static const float not_a_number = NAN, huge = 1e30F;
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = fit_text(dataset, "item-knn");
    const reel_item_sums *self = (const reel_item_sums *)model;
    const file_damage cases[] = {
        {self->ptr, 0, &far_away, 8, "weights.ptr"},
        {self->ptr, 16, &far_away, 8, "weights.ptr"},
        {self->ptr, 16, &negative, 8, "weights.ptr"},
        {self->col, 0, &outside, 4, "weights.col"},
        {self->col, 4, &below, 4, "weights.col"},
        {self->col, 4, self->col, 4, "weights.col"},
        {self->val, 8, &not_a_number, 4, "weight of row"},
        {self->val, 8, &huge, 4, "weight of row"},
    };

    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        check_damage(model, &cases[c]);
    reel_model_free(model);
    reel_dataset_free(dataset);
}

static void test_no_memory_is_an_error_and_leaks_nothing(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);

    assert_true(sweep_fit(dataset, "rp3beta", NULL) > 20);
    reel_dataset_free(dataset);
}

static void test_any_number_of_threads_gives_the_same_bits(void **state)
{
    (void)state;
    random_shape large = shape;
    reel_dataset *dataset;

    large.people = 6000; /* enough work for several threads */
    dataset = random_dataset(&large);
    for (int m = 0; m < 2; m++)
        check_threads_change_no_bit(dataset, models[m]);
    reel_dataset_free(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_weights_are_those_of_the_twin),
        cmocka_unit_test(test_disliked_films_count_what_is_asked),
        cmocka_unit_test(test_parameters_out_of_range_are_refused),
        cmocka_unit_test(test_the_smallest_data_give_finite_scores),
        cmocka_unit_test(test_cancel_ends_a_fit),
        cmocka_unit_test(test_too_little_memory_is_refused_beforehand),
        cmocka_unit_test(test_damaged_files_are_refused),
        cmocka_unit_test(test_no_memory_is_an_error_and_leaks_nothing),
        cmocka_unit_test(test_any_number_of_threads_gives_the_same_bits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
