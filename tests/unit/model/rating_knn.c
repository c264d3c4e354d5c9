/* Unit tests of knn-basic, knn-centered, knn-baseline and slope-one: against formulas written out
 * over a dense table, and their edges. */
#include "support/check.h"

#include <math.h>

#include "model/rating_knn.h"
#include "support/fit_text.h"
#include "support/near.h"
#include "support/random_data.h"

enum { PEOPLE = 40, MOVIES = 25, MODELS = 5 };

static const random_shape shape = {.seed = 51, .people = PEOPLE, .movies = MOVIES, .density = 0.4};
static const char *const models[MODELS] = {"knn-basic by=item", "knn-centered by=user",
                                           "knn-baseline by=item", "knn-baseline by=user",
                                           "slope-one"};

/* ---- the twin ------------------------------------------------------------------------------ */

typedef struct table {
    double rating[PEOPLE + 1][MOVIES], weight[PEOPLE + 1][MOVIES]; /* the last row asks */
    double person[PEOPLE + 1], film[MOVIES], mean;                 /* biases */
} table;

/* A clicked film is not there; own: the row of the one who asks, or -1. */
static void fill_table(table *t, const reel_dataset *dataset, const reel_query *query)
{
    const reel_csr_view r = reel_dataset_ratings(dataset);

    *t = (table){.mean = 0};
    for (int u = 0; u < PEOPLE; u++)
        for (reel_nnz k = r.ptr[u]; k < r.ptr[u + 1]; k++) {
            t->rating[u][r.col[k]] = (double)r.val[k];
            t->weight[u][r.col[k]] = 1;
        }
    for (size_t n = 0; n < query->count; n++)
        if (query->entries[n].kind == REEL_ENTRY_RATING) {
            t->rating[PEOPLE][query->entries[n].movie] = (double)query->entries[n].value;
            t->weight[PEOPLE][query->entries[n].movie] = (double)query->entries[n].weight;
        }
}

static void take_biases(table *t, const reel_biases *biases, const reel_query *query)
{
    t->mean = biases->mean;
    for (int u = 0; u < PEOPLE; u++)
        t->person[u] = (double)biases->person[u];
    t->person[PEOPLE] = reel__biases_of_query(biases, query, NULL);
    for (int j = 0; j < MOVIES; j++)
        t->film[j] = (double)biases->movie[j];
}

static double similarity(const double *a, const double *b, const double *w, int n,
                         reel_agreement kind, double shrinkage)
{
    double count = 0, ab = 0, aa = 0, bb = 0, sa = 0, sb = 0, msd = 0, s;

    for (int i = 0; i < n; i++) {
        count += w[i];
        ab += w[i] * a[i] * b[i];
        aa += w[i] * a[i] * a[i];
        bb += w[i] * b[i] * b[i];
        sa += w[i] * a[i];
        sb += w[i] * b[i];
        msd += w[i] * (a[i] - b[i]) * (a[i] - b[i]);
    }
    if (count == 0)
        return 0;
    if (kind == REEL_AGREE_PEARSON) {
        ab -= sa * sb / count;
        aa -= sa * sa / count;
        bb -= sb * sb / count;
    }
    s = kind == REEL_AGREE_MSD     ? 1 / (1 + msd / count)
        : aa <= 1e-9 || bb <= 1e-9 ? 0
                                   : ab / sqrt(aa * bb);
    return shrinkage > 0 ? s * fmax(count - 1, 0) / (fmax(count - 1, 0) + shrinkage) : s;
}

/* Of two people, or of two films. */
static double compare(const table *t, const rating_knn *self, int x, int y)
{
    const bool by_item = rating_knn_by_item(self), residuals = rating_knn_residuals(self);
    double a[PEOPLE], b[PEOPLE], w[PEOPLE];
    int n = 0;

    for (int i = 0; i < (by_item ? PEOPLE : MOVIES); i++) {
        const int u = by_item ? i : x, v = by_item ? i : y, j = by_item ? x : i,
                  k = by_item ? y : i;

        if (t->weight[u][j] == 0 || t->weight[v][k] == 0)
            continue;
        a[n] = t->rating[u][j] - (residuals ? t->mean + t->person[u] + t->film[j] : 0);
        b[n] = t->rating[v][k] - (residuals ? t->mean + t->person[v] + t->film[k] : 0);
        w[n++] = by_item ? 1 : t->weight[u][j] * t->weight[v][k];
    }
    return similarity(a, b, w, n, (reel_agreement)self->base.params[RATING_KNN_SIMILARITY],
                      self->base.params[RATING_KNN_SHRINKAGE]);
}

static double mean_of(const table *t, int row, bool by_item)
{
    double sum = 0, weight = 0;

    for (int i = 0; i < (by_item ? PEOPLE : MOVIES); i++) {
        sum +=
            by_item ? t->rating[i][row] * t->weight[i][row] : t->rating[row][i] * t->weight[row][i];
        weight += by_item ? t->weight[i][row] : t->weight[row][i];
    }
    return weight > 0 ? sum / weight : t->mean;
}

static double base_of(const table *t, const rating_knn *self, int person, int movie)
{
    const rating_knn_base base = reel__rating_knn_base(&self->base);
    const bool by_item = rating_knn_by_item(self);

    if (base == RATING_KNN_MEAN)
        return mean_of(t, by_item ? movie : person, by_item);
    return base == RATING_KNN_ZERO ? 0 : t->mean + t->person[person] + t->film[movie];
}

static double predict(const table *t, const rating_knn *self, int own, int movie)
{
    const double *params = self->base.params;
    const bool by_item = rating_knn_by_item(self);
    double s[PEOPLE], deviation[PEOPLE], weight[PEOPLE];
    double sum = 0, total = params[RATING_KNN_REGULARISATION];
    int n = 0, used = 0;

    for (int i = 0; i < (by_item ? MOVIES : PEOPLE); i++) {
        const int u = by_item ? PEOPLE : i, j = by_item ? i : movie;

        if (t->weight[u][j] == 0 || (by_item && i == movie) || (!by_item && i == own))
            continue;
        s[n] = by_item ? compare(t, self, movie, i) : compare(t, self, PEOPLE, i);
        deviation[n] = t->rating[u][j] - base_of(t, self, u, j);
        weight[n] = by_item ? t->weight[u][j] : 1;
        n += s[n] > 1e-7;
    }
    for (int i = 0; i < n; i++) {
        int above = 0;

        for (int k = 0; k < n; k++)
            above += s[k] > s[i] + 1e-7 || (fabs(s[k] - s[i]) <= 1e-7 && k < i);
        if (above >= (int)params[RATING_KNN_NEIGHBOURS])
            continue;
        total += weight[i] * pow(s[i], params[RATING_KNN_EXPONENT]);
        sum += weight[i] * pow(s[i], params[RATING_KNN_EXPONENT]) * deviation[i];
        used++;
    }
    if (used < (int)params[RATING_KNN_MIN] || total <= 0)
        return reel__rating_knn_base(&self->base) == RATING_KNN_ZERO
                   ? t->mean
                   : base_of(t, self, PEOPLE, movie);
    return base_of(t, self, PEOPLE, movie) + sum / total;
}

static void compare_with_twin(const reel_dataset *dataset, const char *text, double bound)
{
    reel_model *model = fit_text(dataset, text);
    const rating_knn *self = (const rating_knn *)model;
    reel_scratch *scratch = new_scratch();
    reel_rng rng = reel__rng_make(5, 1);
    static table t;

    for (int n = 0; n < 30; n++) {
        reel_entry entries[MOVIES];
        const reel_query query =
            n % 2 ? random_query(&rng, MOVIES, entries) : trained_query(dataset, n, entries);
        float scores[MOVIES];
        double weight = 0;

        for (size_t e = 0; e < query.count; e++)
            weight += (double)entries[e].weight;
        if (n % 2 && weight == 0)
            continue;
        fill_table(&t, dataset, &query);
        take_biases(&t, &self->biases, &query);
        assert_int_equal(reel_model_score(model, &query, scratch, scores, NULL), REEL_OK);
        for (int j = 0; j < MOVIES; j++)
            assert_near((double)scores[j], predict(&t, self, (int)query.row, j), bound);
    }
    reel_scratch_free(scratch);
    reel_model_free(model);
}

static void test_predictions_are_those_of_the_twin(void **state)
{
    (void)state;
    static const char *const names[] = {"knn-basic", "knn-centered", "knn-baseline"};
    static const char *const similarities[] = {"msd", "cosine", "pearson", "pearson-baseline"};
    random_shape distinct = shape;
    reel_dataset *dataset;

    /* No two msd tie; the others are all 1 where one film is in common, so none is cut. */
    distinct.all_distinct = true;
    dataset = random_dataset(&distinct);
    for (int m = 0; m < 3; m++)
        for (int s = 0; s < 4; s++)
            for (int by = 0; by < 2; by++) {
                char text[200];

                (void)snprintf(
                    text, sizeof text,
                    "%s similarity=%s by=%s neighbours=%d shrinkage=%d min_neighbours=%d", names[m],
                    similarities[s], by ? "item" : "user", s == 0 ? 6 : 60, m == 1 ? 3 : 0, 1 + s);
                /* variances of two nearly equal ratings */
                compare_with_twin(dataset, text, s == 2 ? 2e-2 : 2e-4);
            }
    compare_with_twin(dataset, "knn-baseline by=item exponent=2 regularisation=0.5 neighbours=60",
                      2e-4);
    compare_with_twin(dataset, "knn-baseline by=user exponent=2 regularisation=0.5 neighbours=60",
                      2e-4);
    reel_dataset_free(dataset);
}

static double slope_twin(const table *t, int movie, bool weighted)
{
    double sum = 0, total = 0;

    for (int i = 0; i < MOVIES; i++) {
        double deviation = 0, count = 0, weight;

        for (int u = 0; u < PEOPLE; u++)
            if (t->weight[u][i] > 0 && t->weight[u][movie] > 0) {
                deviation += t->rating[u][movie] - t->rating[u][i];
                count++;
            }
        if (t->weight[PEOPLE][i] == 0 || count == 0 || i == movie)
            continue;
        weight = t->weight[PEOPLE][i] * (weighted ? count : 1);
        sum += weight * deviation / count;
        total += weight;
    }
    return mean_of(t, PEOPLE, false) + (total > 0 ? sum / total : 0);
}

static void test_slopes_are_those_of_the_twin(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);
    reel_scratch *scratch = new_scratch();
    static table t;

    for (int weighted = 0; weighted < 2; weighted++) {
        reel_model *model =
            fit_text(dataset, weighted ? "slope-one weighted=yes" : "slope-one weighted=no");
        reel_rng rng = reel__rng_make(6, 1);

        for (int n = 0; n < 30; n++) {
            reel_entry entries[MOVIES];
            const reel_query query =
                n % 2 ? random_query(&rng, MOVIES, entries) : trained_query(dataset, n, entries);
            float scores[MOVIES];

            fill_table(&t, dataset, &query);
            if (mean_of(&t, PEOPLE, false) == 0)
                continue; /* nothing to go by */
            assert_int_equal(reel_model_score(model, &query, scratch, scores, NULL), REEL_OK);
            for (int j = 0; j < MOVIES; j++)
                assert_near((double)scores[j], slope_twin(&t, j, weighted), 2e-5);
        }
        reel_model_free(model);
    }
    reel_scratch_free(scratch);
    reel_dataset_free(dataset);
}

/* ---- predictions --------------------------------------------------------------------------- */

static void test_few_films_are_predicted_as_in_the_list(void **state)
{
    (void)state;
    static const reel_index movies[] = {3, 0, 24, 3};
    reel_dataset *dataset = random_dataset(&shape);
    reel_scratch *scratch = new_scratch();

    for (int m = 0; m < MODELS; m++) {
        reel_model *model = fit_text(dataset, models[m]);

        for (int p = 0; p < PEOPLE; p++) {
            reel_entry entries[MOVIES];
            const reel_query query = trained_query(dataset, p, entries);
            float scores[MOVIES], few[4];

            assert_int_equal(reel_model_predict(model, &query, movies, 4, scratch, few, NULL),
                             REEL_OK);
            assert_int_equal(reel_model_score(model, &query, scratch, scores, NULL), REEL_OK);
            for (int i = 0; i < 4; i++) {
                const float score = scores[movies[i]];

                assert_true(few[i] == fminf(fmaxf(score, model->low), model->high));
            }
        }
        reel_model_free(model);
    }
    reel_scratch_free(scratch);
    reel_dataset_free(dataset);
}

/* ---- edges --------------------------------------------------------------------------------- */

static void test_parameters_out_of_range_are_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "knn-basic by=film",       "knn-basic neighbours=0",          "knn-centered shrinkage=-1",
        "knn-baseline exponent=0", "knn-baseline similarity=jaccard", "slope-one weighted=2"};
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = NULL;
    reel_err err = {0};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_fails(try_fit_text(&model, dataset, texts[i], NULL, &err), REEL_E_INVALID,
                     "expected");
    reel_dataset_free(dataset);
}

/* One person, one film, a film nobody rated; histories of it, of nothing and of a click. */
static void test_the_smallest_data_give_the_mean(void **state)
{
    (void)state;
    const reel_rating rating = {.person = 1, .movie = 1, .value = 4};
    const reel_entry entries[] = {{.movie = 1, .value = 4, .weight = 1e6F},
                                  {.movie = 0, .weight = 1, .kind = REEL_ENTRY_CLICK}};
    reel_dataset_builder *builder = NULL;
    reel_dataset *dataset = NULL;
    reel_scratch *scratch = new_scratch();

    assert_int_equal(reel_dataset_builder_new(&builder, NULL), REEL_OK);
    for (int f = 0; f < 2; f++) {
        const reel_movie film = {.id = f + 1};

        assert_int_equal(reel_dataset_builder_add_movie(builder, &film, NULL), REEL_OK);
    }
    assert_int_equal(reel_dataset_builder_add_ratings(builder, &rating, 1, NULL), REEL_OK);
    assert_int_equal(reel_dataset_builder_finish(&dataset, builder, NULL, NULL), REEL_OK);
    for (int m = 0; m < MODELS; m++) {
        reel_model *model = fit_text(dataset, models[m]);

        for (int c = 0; c < 3; c++) {
            const reel_query query = {.entries = entries + (c == 2), .count = c > 0, .row = -1};
            float scores[2];

            assert_int_equal(reel_model_score(model, &query, scratch, scores, NULL), REEL_OK);
            for (int j = 0; j < 2; j++)
                assert_float_equal(scores[j], 4, 1e-6F);
        }
        reel_model_free(model);
    }
    reel_scratch_free(scratch);
    reel_dataset_builder_free(builder);
    reel_dataset_free(dataset);
}

static void test_cancel_ends_a_fit(void **state)
{
    (void)state;
    const volatile bool cancel = true;
    const reel_fit_context context = {.seed = 1, .cancel = &cancel};
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = NULL;
    reel_err err = {0};

    for (int m = 0; m < MODELS; m++)
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

    for (int m = 0; m < MODELS; m++)
        assert_fails(try_fit_text(&model, dataset, models[m], &context, &err), REEL_E_BUDGET,
                     "baseline");
    reel_dataset_free(dataset);
}

/* ---- files and memory ---------------------------------------------------------------------- */

static void test_damaged_files_are_refused(void **state)
{
    (void)state;
    static const int64_t far_away = 1000000, negative = -4;
    static const int32_t outside = PEOPLE;
    static const float not_a_number = NAN, huge = 1e30F;
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *user = fit_text(dataset, "knn-baseline by=user");
    reel_model *item = fit_text(dataset, "knn-baseline by=item");
    reel_model *centered = fit_text(dataset, "knn-centered by=user");
    const file_damage lift = {((const rating_knn *)centered)->lift, 4, &huge, 4, "lift"};
    const rating_knn *u = (const rating_knn *)user, *i = (const rating_knn *)item;
    const file_damage by_user[] = {
        {u->ptr, 0, &far_away, 8, "raters.ptr"},      {u->ptr, 16, &negative, 8, "raters.ptr"},
        {u->col, 0, &outside, 4, "rater 0"},          {u->val, 4, &not_a_number, 4, "raters.val"},
        {u->biases.movie, 4, &huge, 4, "movie_bias"},
    };
    const file_damage by_item[] = {
        {i->triangle, 12, &not_a_number, 4, "similarities"},
        {i->film, 8, &huge, 4, "film"},
    };

    for (size_t c = 0; c < sizeof by_user / sizeof *by_user; c++)
        check_damage(user, &by_user[c]);
    for (size_t c = 0; c < sizeof by_item / sizeof *by_item; c++)
        check_damage(item, &by_item[c]);
    check_damage(centered, &lift);
    reel_model_free(centered);
    reel_model_free(user);
    reel_model_free(item);
    reel_dataset_free(dataset);
}

static void test_no_memory_is_an_error_and_leaks_nothing(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);

    for (int m = 0; m < MODELS; m++)
        assert_true(sweep_fit(dataset, models[m], NULL) > 15);
    reel_dataset_free(dataset);
}

static void test_asking_may_run_out_of_memory(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);
    reel_entry entries[MOVIES];
    const reel_query query = trained_query(dataset, 3, entries);

    for (int m = 0; m < MODELS - 1; m++) {
        reel_model *model = fit_text(dataset, models[m]);

        for (int n = 0; n < 2; n++) {
            reel_scratch *scratch = new_scratch();
            reel_explanation why;
            float scores[MOVIES];

            reel__alloc_fail_after(n);
            assert_int_equal(reel_model_score(model, &query, scratch, scores, NULL), REEL_E_NOMEM);
            assert_int_equal(reel_model_explain(model, &query, 2, 3, scratch, &why, NULL),
                             REEL_E_NOMEM);
            reel__alloc_fail_after(-1);
            assert_int_equal(reel_model_explain(model, &query, 2, 3, scratch, &why, NULL), REEL_OK);
            reel_scratch_free(scratch);
        }
        reel_model_free(model);
    }
    reel_dataset_free(dataset);
}

static void test_any_number_of_threads_gives_the_same_bits(void **state)
{
    (void)state;
    random_shape large = shape;
    reel_dataset *dataset;

    large.people = 6000; /* enough work for several threads */
    dataset = random_dataset(&large);
    for (int m = 0; m < MODELS; m++)
        check_threads_change_no_bit(dataset, models[m]);
    reel_dataset_free(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_predictions_are_those_of_the_twin),
        cmocka_unit_test(test_slopes_are_those_of_the_twin),
        cmocka_unit_test(test_few_films_are_predicted_as_in_the_list),
        cmocka_unit_test(test_parameters_out_of_range_are_refused),
        cmocka_unit_test(test_the_smallest_data_give_the_mean),
        cmocka_unit_test(test_cancel_ends_a_fit),
        cmocka_unit_test(test_too_little_memory_is_refused_beforehand),
        cmocka_unit_test(test_damaged_files_are_refused),
        cmocka_unit_test(test_no_memory_is_an_error_and_leaks_nothing),
        cmocka_unit_test(test_asking_may_run_out_of_memory),
        cmocka_unit_test(test_any_number_of_threads_gives_the_same_bits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
