/* Signals beside the ratings: a click of weight 1 is a liked film, whoever is refused goes down,
 * models that do not learn from them are as they were, and a stored history is a folded one.
 */
#include <math.h>

#include "data/signals.h"
#include "model/history.h"
#include "support/check.h"
#include "support/random_data.h"
#include "support/temp.h"

enum { PEOPLE = 60, MOVIES = 40 };

static reel_dataset *plain_data(void)
{
    const random_shape shape = {.seed = 5, .people = PEOPLE, .movies = MOVIES, .density = 0.4};

    return random_dataset(&shape);
}

/* The same with some of the ratings, all 1, of which others are signals of weight 1 instead. */
static reel_dataset *ones(bool as_signals)
{
    reel_dataset *from = plain_data(), *out = NULL;
    const reel_csr_view r = reel_dataset_ratings(from);
    reel_dataset_builder *builder = NULL;
    static reel_signal signals[PEOPLE * MOVIES];
    size_t count = 0;
    reel_err err = {0};

    assert_ok(reel_dataset_builder_new(&builder, &err));
    for (reel_index m = 0; m < MOVIES; m++) {
        const reel_movie movie = reel_dataset_movie(from, m);

        assert_ok(reel_dataset_builder_add_movie(builder, &movie, &err));
    }
    for (reel_index p = 0; p < r.rows; p++)
        for (reel_nnz k = r.ptr[p]; k < r.ptr[p + 1]; k++) {
            const reel_rating one = {
                .person = p + 1, .movie = reel_dataset_movie_ids(from)[r.col[k]], .value = 1};

            if (as_signals && k > r.ptr[p] && k % 3 == 0)
                signals[count++] = (reel_signal){one.person, one.movie, 1};
            else
                assert_ok(reel_dataset_builder_add_ratings(builder, &one, 1, &err));
        }
    assert_ok(reel_dataset_builder_finish(&out, builder, NULL, &err));
    assert_ok(reel__dataset_set_signals(out, signals, count, &err));
    reel_dataset_builder_free(builder);
    reel_dataset_free(from);
    return out;
}

static reel_model *fit(const char *name, const reel_dataset *dataset)
{
    static const reel_param few = {"factors", "8"};
    const reel_params params = {&few, strcmp(name, "ials") == 0};
    reel_model *model = NULL;
    reel_err err = {0};

    assert_ok(reel_model_fit(&model, name, dataset, &params, NULL, &err));
    return model;
}

static void score(float *out, const reel_model *model, const reel_query *query)
{
    reel_scratch *scratch = NULL;
    reel_err err = {0};

    assert_ok(reel_scratch_new(&scratch, &err));
    assert_ok(reel_model_score(model, query, scratch, out, &err));
    reel_scratch_free(scratch);
}

static const char *const learners[] = {"ease", "ials"};

static void a_signal_of_weight_1_is_a_liked_film(void **state)
{
    reel_dataset *rated = ones(false), *shown = ones(true);

    (void)state;
    assert_true(reel__dataset_signals(shown).ptr != NULL);
    assert_string_not_equal(reel_dataset_hash(rated), reel_dataset_hash(shown));
    for (size_t i = 0; i < 2; i++) {
        reel_model *a = fit(learners[i], rated), *b = fit(learners[i], shown);
        float one[MOVIES], other[MOVIES];
        reel_entry entries[MOVIES];

        for (reel_index p = 0; p < PEOPLE; p++) {
            const reel_query liked = trained_query(rated, p, entries);
            reel_query query = liked;

            score(one, a, &liked);
            query.count = reel__history_take(shown, p, entries, NULL);
            assert_int_equal(query.count, reel__history_length(shown, p));
            query.row_hash = 0;
            score(other, b, &query);
            assert_memory_equal(one, other, sizeof one);
            query.row_hash = reel_query_hash(&query); /* the vector that was stored */
            score(other, b, &query);
            assert_memory_equal(one, other, sizeof one);
        }
        reel_model_free(a);
        reel_model_free(b);
    }
    reel_dataset_free(rated);
    reel_dataset_free(shown);
}

/* What others like who like the refused film goes down, and more so the surer it is. */
static void a_refusal_draws_down(void **state)
{
    reel_dataset *dataset = plain_data();

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        reel_model *model = fit(learners[i], dataset);
        float nothing[MOVIES], wish[MOVIES], refusal[MOVIES];
        reel_entry entry = reel__signal_entry(7, 0.5F);
        reel_query query = {.entries = &entry, .count = 0, .row = -1};
        double product = 0;

        score(nothing, model, &query);
        query.count = 1;
        score(wish, model, &query);
        entry = reel__signal_entry(7, -0.5F);
        assert_true(entry.weight == 0.5F);
        score(refusal, model, &query);
        for (reel_index m = 0; m < MOVIES; m++)
            product += (double)((wish[m] - nothing[m]) * (refusal[m] - nothing[m]));
        if (i == 0)
            assert_true(product < 0);
        else /* draws to the 0 that nobody known is at already */
            assert_true(product == 0);
        reel_model_free(model);
    }
    reel_dataset_free(dataset);
}

static void a_liked_film_and_a_refusal(void **state)
{
    reel_dataset *dataset = plain_data();

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        reel_model *model = fit(learners[i], dataset);
        float before[MOVIES], after[MOVIES];
        reel_entry entries[2] = {{.movie = 3, .weight = 1, .kind = REEL_ENTRY_CLICK},
                                 reel__signal_entry(7, -2)};
        reel_query query = {.entries = entries, .count = 1, .row = -1};
        reel_explanation why;
        reel_scratch *scratch = NULL;
        reel_err err = {0};

        score(before, model, &query);
        query.count = 2;
        score(after, model, &query);
        if (i == 1)
            assert_true(fabsf(after[7]) < fabsf(before[7]));
        assert_ok(reel_scratch_new(&scratch, &err));
        assert_ok(reel_model_explain(model, &query, 9, 2, scratch, &why, &err));
        assert_true(fabs(why.score - (double)after[9]) < 1e-5);
        for (size_t k = 0; k < why.reason_count; k++)
            why.score -= why.reasons[k].contribution;
        assert_true(fabs(why.score - why.baseline - why.other) < 1e-5);
        reel_scratch_free(scratch);
        reel_model_free(model);
    }
    reel_dataset_free(dataset);
}

/* Fitted and asked, with signals and without: the same. */
static void others_are_as_they_were(void **state)
{
    static const char *const names[] = {"popular", "user-knn", "content",  "item-knn", "als",
                                        "svd",     "rp3beta",  "baseline", "nmf",      "slope-one"};
    reel_dataset *plain = plain_data(), *shown = plain_data();
    reel_signal some[PEOPLE];
    reel_err err = {0};

    (void)state;
    for (reel_index p = 0; p < PEOPLE; p++)
        some[p] = (reel_signal){p + 1, 10 + 3 * (p % MOVIES), p % 2 == 0 ? 0.5F : -0.5F};
    assert_ok(reel__dataset_set_signals(shown, some, PEOPLE, &err));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        reel_model *a = fit(names[i], plain), *b = fit(names[i], shown);
        float one[MOVIES], other[MOVIES];
        reel_entry entries[MOVIES], more[MOVIES];

        for (reel_index p = 0; p < PEOPLE; p++) {
            const reel_query query = trained_query(plain, p, entries);
            reel_query with = {.entries = more, .row = p};

            with.count = reel__history_take(shown, p, more, NULL);
            with.row_hash = reel_query_hash(&with);
            score(one, a, &query);
            score(other, b, &with);
            assert_memory_equal(one, other, sizeof one);
        }
        reel_model_free(a);
        reel_model_free(b);
    }
    reel_dataset_free(plain);
    reel_dataset_free(shown);
}

static void a_hybrid_takes_what_its_models_take(void **state)
{
    reel_dataset *dataset = ones(true);
    reel_model *ease = fit("ease", dataset), *knn = fit("item-knn", dataset), *hybrid = NULL;
    reel_model *both[2] = {ease, knn};
    float without[MOVIES], with[MOVIES];
    reel_entry entries[2] = {{.movie = 3, .value = 1, .weight = 1}, reel__signal_entry(7, 1)};
    reel_query query = {.entries = entries, .count = 1, .row = -1};
    char path[TEMP_PATH];
    reel_err err = {0};

    (void)state;
    for (size_t count = 1; count <= 2; count++)
        for (int loaded = 0; loaded < 2; loaded++) {
            if (loaded == 0) {
                assert_ok(reel_model_combine(&hybrid, both, count, NULL, &err));
            } else {
                (void)snprintf(path, sizeof path, "%s", temp_path("hybrid.safetensors"));
                assert_ok(reel_model_save(hybrid, path, &err));
                reel_model_free(hybrid);
                assert_ok(reel_model_load(&hybrid, path, &err));
            }
            query.count = 1;
            score(without, hybrid, &query);
            query.count = 2;
            score(with, hybrid, &query);
            assert_int_equal(memcmp(without, with, sizeof with) == 0, count == 2);
            if (loaded == 1)
                reel_model_free(hybrid);
        }
    reel_model_free(ease);
    reel_model_free(knn);
    reel_dataset_free(dataset);
}

/* ---- the data ------------------------------------------------------------------------------ */

static void only_what_counts_is_kept(void **state)
{
    reel_dataset *dataset = plain_data(), *mapped = NULL;
    const char *path = temp_path("dataset.reel");
    const reel_csr_view r = reel_dataset_ratings(dataset);
    const int64_t rated = reel_dataset_movie_ids(dataset)[r.col[0]];
    reel_index free_film = 0;
    reel_signal some[7];
    reel_csr_view kept;
    char hash[80];
    reel_err err = {0};

    (void)state;
    while (free_film < MOVIES && r.col[free_film] == free_film)
        free_film++;
    (void)snprintf(hash, sizeof hash, "%s", reel_dataset_hash(dataset));
    some[0] = (reel_signal){1, rated, 1};
    some[1] = (reel_signal){999, 10, 1};
    some[2] = (reel_signal){1, 11, 1};
    some[3] = (reel_signal){1, 10 + 3 * free_film, 0};
    assert_ok(reel__dataset_set_signals(dataset, some, 4, &err));
    assert_null(reel__dataset_signals(dataset).ptr);
    assert_string_equal(hash, reel_dataset_hash(dataset));
    some[4] = some[5] = some[3];
    some[4].weight = 1;
    some[5].weight = -0.25F;
    assert_ok(reel__dataset_set_signals(dataset, some, 6, &err));
    assert_string_not_equal(hash, reel_dataset_hash(dataset));
    assert_ok(reel_dataset_save(dataset, path, &err));
    assert_ok(reel_dataset_open(&mapped, path, &err));
    assert_string_equal(reel_dataset_hash(mapped), reel_dataset_hash(dataset));
    kept = reel__dataset_signals(mapped);
    assert_int_equal(kept.ptr[kept.rows], 1);
    assert_int_equal(kept.ptr[1], 1);
    assert_int_equal(kept.col[0], free_film);
    assert_true(kept.val[0] == -0.25F);
    reel_dataset_free(mapped);
    reel_dataset_free(dataset);
    dataset = plain_data();
    some[6] = (reel_signal){1, 10, NAN};
    assert_int_equal(reel__dataset_set_signals(dataset, some + 6, 1, &err), REEL_E_INVALID);
    assert_string_equal(err.msg, "signal 0: the weight nan is no number from -1e+06 to 1e+06");
    reel_dataset_free(dataset);
}

static reel_code set_and_fit(void *user, reel_err *err)
{
    const reel_signal one = {1, 10 + 3 * (MOVIES - 1), 1};
    reel_dataset *dataset = NULL;
    reel_dataset_builder *builder = NULL;
    reel_model *model = NULL;
    const reel_rating ratings[] = {{.person = 1, .movie = 10, .value = 1},
                                   {.person = 2, .movie = one.movie, .value = 1}};
    reel_code rc;

    rc = reel_dataset_builder_new(&builder, err);
    if (rc == REEL_OK)
        rc = reel_dataset_builder_add_ratings(builder, ratings, 2, err);
    if (rc == REEL_OK)
        rc = reel_dataset_builder_finish(&dataset, builder, NULL, err);
    if (rc == REEL_OK)
        rc = reel__dataset_set_signals(dataset, &one, 1, err);
    if (rc == REEL_OK)
        rc = reel_model_fit(&model, user, dataset, NULL, NULL, err);
    reel_model_free(model);
    reel_dataset_free(dataset);
    reel_dataset_builder_free(builder);
    return rc;
}

static void no_memory_is_told(void **state)
{
    char ease[] = "ease", ials[] = "ials";

    (void)state;
    assert_true(sweep_memory(set_and_fit, ease) > 10);
    assert_true(sweep_memory(set_and_fit, ials) > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signal_of_weight_1_is_a_liked_film),
        cmocka_unit_test(a_refusal_draws_down),
        cmocka_unit_test(a_liked_film_and_a_refusal),
        cmocka_unit_test(others_are_as_they_were),
        cmocka_unit_test(a_hybrid_takes_what_its_models_take),
        cmocka_unit_test(only_what_counts_is_kept),
        cmocka_unit_test(no_memory_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
