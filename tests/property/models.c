/* Properties of every model, on random data and histories: the seed printed replays a failure. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/file.h"
#include "support/near.h"
#include "support/random_data.h"
#include "support/temp.h"

enum { PEOPLE = 80, MOVIES = 60, PAIRS = 10000, MANY = 11 };

static random_shape shape(uint64_t seed)
{
    return (random_shape){.seed = seed, .people = PEOPLE, .movies = MOVIES, .density = 0.25};
}

static reel_model *fit(const char *name, const reel_dataset *dataset, const reel_params *params)
{
    reel_model *model = NULL;
    reel_err err = {0};

    if (reel_model_fit(&model, name, dataset, params, NULL, &err) != REEL_OK)
        fail_msg("fit %s: %s", name, err.msg);
    return model;
}

static void score(const reel_model *model, const reel_query *query, reel_scratch *scratch,
                  float *out)
{
    reel_err err = {0};

    if (reel_model_score(model, query, scratch, out, &err) != REEL_OK)
        fail_msg("score: %s", err.msg);
}

/* Half of the histories are trained people's own, half are anybody's. */
static reel_query any_query(const reel_dataset *dataset, reel_rng *rng, reel_entry *entries)
{
    if (reel__rng_below(rng, 2) == 0)
        return trained_query(dataset, (reel_index)reel__rng_below(rng, PEOPLE), entries);
    return random_query(rng, MOVIES, entries);
}

/* Every variant worth a run of its own. */
static const struct variant {
    const char *model, *param, *value;
} variants[] = {
    {"popular", NULL, NULL},          {"popular", "by", "count"},
    {"popular", "by", "mean"},        {"content", NULL, NULL},
    {"user-knn", "neighbours", "10"}, {"user-knn", "neighbours", "0"},
    {"user-knn", NULL, NULL},         {"hybrid", NULL, NULL},
    {"hybrid", "popular", "3"},       {"baseline", NULL, NULL},
    {"baseline", "method", "sgd"},    {"ials", "disliked_weight", "0"},
    {"bpr", "fold_epochs", "3"},      {"ials", "disliked_weight", "0.5"},
    {"vae", "epochs", "1"},           {"ease", "lambda", "10"},
    {"ease", "channels", "liked"},    {"slim", "l2", "5"},
    {"svd", "factors", "10"},         {"svdpp", "factors", "10"},
    {"als", "factors", "5"},          {"nmf", NULL, NULL},
    {"co-clustering", NULL, NULL},    {"random", NULL, NULL},
    {"item-knn", NULL, NULL},         {"item-knn", "keep", "history"},
    {"rp3beta", NULL, NULL},          {"bayes", "samples", "20"},
    {"knn-basic", NULL, NULL},        {"knn-basic", "by", "item"},
    {"knn-centered", NULL, NULL},     {"knn-centered", "by", "user"},
    {"knn-baseline", NULL, NULL},     {"knn-baseline", "by", "user"},
    {"slope-one", NULL, NULL},        {"hybrid", "recency", "4"},
};

/* Learns from the ratings one after the other, or draws by row, so that their order shows. */
static bool learns_in_order(const struct variant *variant)
{
    static const char *const names[] = {"svd", "bayes", "bpr",          "svdpp",
                                        "als", "nmf",   "co-clustering"};
    bool in_order = variant->value != NULL && strcmp(variant->value, "sgd") == 0;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        in_order |= strcmp(variant->model, names[i]) == 0;
    return in_order;
}

static void for_each_variant(void (*check)(const struct variant *variant, reel_model *model,
                                           const reel_dataset *dataset, uint64_t seed))
{
    const uint64_t seed = random_seed(1);
    const random_shape s = shape(seed);
    reel_dataset *dataset = random_dataset(&s);

    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++) {
        const reel_param param = {variants[i].param, variants[i].value};
        const reel_params params = {&param, variants[i].param != NULL ? 1 : 0};
        reel_model *model = fit(variants[i].model, dataset, &params);

        check(&variants[i], model, dataset, seed);
        reel_model_free(model);
    }
    reel_dataset_free(dataset);
    assert_int_equal(reel__alloc_live(), 0);
}

/* ---- reasons ------------------------------------------------------------------------------- */

static void check_reasons(const reel_explanation *why, const reel_query *query, size_t limit,
                          float expected)
{
    const double bound = 1e-5 * fmax(1, fabs(why->score));
    double sum = why->baseline + why->other;

    for (size_t r = 0; r < why->reason_count; r++) {
        const reel_reason *reason = &why->reasons[r];
        bool in_history = false;

        sum += reason->contribution;
        for (size_t i = 0; i < query->count; i++)
            in_history |= query->entries[i].movie == reason->movie && query->entries[i].weight > 0;
        assert_true(in_history);
        if (r > 0)
            assert_true(fabs(why->reasons[r - 1].contribution) >= fabs(reason->contribution));
    }
    assert_true(why->reason_count <= limit && why->reason_count <= query->count);
    assert_near(sum, why->score, bound);
    assert_near(why->score, (double)expected, bound);
}

/* Several films asked for at once are each explained as alone, and one that is asked for twice
 * twice. */
static void check_together(const reel_model *model, const reel_query *query, reel_rng *rng,
                           reel_scratch *scratch)
{
    enum { TOGETHER = 20 };
    reel_index films[TOGETHER];
    reel_explanation why[TOGETHER], alone;

    for (size_t f = 0; f < TOGETHER; f++)
        films[f] = (reel_index)reel__rng_below(rng, MOVIES);
    assert_int_equal(
        reel_model_explain_many(model, query, (reel_films){films, TOGETHER}, 3, scratch, why, NULL),
        REEL_OK);
    for (size_t f = 0; f < TOGETHER; f += 7) {
        assert_int_equal(reel_model_explain(model, query, films[f], 3, scratch, &alone, NULL),
                         REEL_OK);
        assert_memory_equal(&alone, &why[f], sizeof alone);
    }
}

/* The pairs are split over the variants' queries: PAIRS for each variant, a scored list at a time
 * or one film alone, so that explain is asked with and without a score before it. */
static void check_sums(const struct variant *variant, reel_model *model,
                       const reel_dataset *dataset, uint64_t seed)
{
    reel_rng rng = reel__rng_make(seed, 10);
    reel_scratch *scratch = new_scratch(), *other = new_scratch();
    int pairs = 0;

    (void)variant;
    while (pairs < PAIRS) {
        reel_entry entries[MOVIES];
        const reel_query query = any_query(dataset, &rng, entries);
        const reel_index films = (reel_index)(1 + reel__rng_below(&rng, 20));
        float scores[MOVIES];

        score(model, &query, scratch, scores);
        for (reel_index f = 0; f < films; f++, pairs++) {
            const reel_index movie = (reel_index)reel__rng_below(&rng, MOVIES);
            const size_t limit = reel__rng_below(&rng, REEL_REASONS_MAX + 1);
            reel_explanation why;

            assert_int_equal(reel_model_explain(model, &query, movie, limit,
                                                pairs % 3 == 0 ? other : scratch, &why, NULL),
                             REEL_OK);
            check_reasons(&why, &query, limit, scores[movie]);
        }
        check_together(model, &query, &rng, scratch);
    }
    reel_scratch_free(scratch);
    reel_scratch_free(other);
}

static void test_reasons_sum_to_the_score(void **state)
{
    (void)state;
    for_each_variant(check_sums);
}

/* ---- one scratch for all, files, weights --------------------------------------------------- */

static void check_scratch_and_file(const struct variant *variant, reel_model *model,
                                   const reel_dataset *dataset, uint64_t seed)
{
    const char *path = temp_path("model.reel");
    reel_rng rng = reel__rng_make(seed, 11);
    reel_scratch *used = new_scratch();
    reel_model *loaded = NULL;

    (void)variant;
    assert_int_equal(reel_model_save(model, path, NULL), REEL_OK);
    assert_int_equal(reel_model_load(&loaded, path, NULL), REEL_OK);
    for (int n = 0; n < 200; n++) {
        reel_entry entries[MOVIES];
        const reel_query query = any_query(dataset, &rng, entries);
        reel_scratch *fresh = new_scratch();
        float scores[MOVIES], again[MOVIES];

        score(model, &query, used, scores);
        score(loaded, &query, used, again);
        assert_memory_equal(scores, again, sizeof scores);
        score(model, &query, fresh, again);
        assert_memory_equal(scores, again, sizeof scores);
        for (int j = 0; j < MOVIES; j++)
            assert_true(isfinite(scores[j]));
        reel_scratch_free(fresh);
    }
    reel_model_free(loaded);
    reel_scratch_free(used);
}

static void test_files_and_scratch_change_no_bit(void **state)
{
    (void)state;
    for_each_variant(check_scratch_and_file);
}

static void check_weight_zero(const struct variant *variant, reel_model *model,
                              const reel_dataset *dataset, uint64_t seed)
{
    reel_rng rng = reel__rng_make(seed, 12);
    reel_scratch *scratch = new_scratch();

    (void)variant;
    for (int n = 0; n < 200; n++) {
        reel_entry entries[MOVIES], kept[MOVIES];
        reel_query query = any_query(dataset, &rng, entries), less;
        float scores[MOVIES], without[MOVIES];

        for (size_t i = 0; i < query.count; i++)
            if (reel__rng_below(&rng, 3) == 0)
                entries[i].weight = 0;
        less = query;
        less.entries = kept;
        less.count = 0;
        for (size_t i = 0; i < query.count; i++)
            if (entries[i].weight > 0)
                kept[less.count++] = entries[i];
        score(model, &query, scratch, scores);
        score(model, &less, scratch, without);
        assert_memory_equal(scores, without, sizeof scores);
    }
    reel_scratch_free(scratch);
}

static void test_weight_zero_is_leaving_out(void **state)
{
    (void)state;
    for_each_variant(check_weight_zero);
}

/* ---- several people at once ---------------------------------------------------------------- */

/* Every number of people up to a few, trained ones and others mixed, entries left out in some. */
static void check_many(const struct variant *variant, reel_model *model,
                       const reel_dataset *dataset, uint64_t seed)
{
    reel_rng rng = reel__rng_make(seed, 13);
    reel_scratch *scratch = new_scratch(), *other = new_scratch();

    (void)variant;
    for (size_t count = 1; count <= MANY; count++) {
        reel_entry entries[MANY][MOVIES];
        reel_query queries[MANY];
        float scores[MANY * MOVIES], alone[MOVIES];
        reel_err err = {0};

        for (size_t i = 0; i < count; i++) {
            queries[i] = any_query(dataset, &rng, entries[i]);
            for (size_t k = 0; i % 3 == 0 && k < queries[i].count; k++)
                if (reel__rng_below(&rng, 3) == 0)
                    entries[i][k].weight = 0;
        }
        if (reel_model_score_many(model, queries, count, scratch, scores, &err) != REEL_OK)
            fail_msg("score many: %s", err.msg);
        for (size_t i = 0; i < count; i++) {
            score(model, &queries[i], other, alone);
            assert_memory_equal(scores + i * MOVIES, alone, sizeof alone);
        }
    }
    reel_scratch_free(scratch);
    reel_scratch_free(other);
}

static void test_company_changes_no_bit(void **state)
{
    (void)state;
    for_each_variant(check_many);
}

/* ---- threads ------------------------------------------------------------------------------- */

static void fit_and_save(const char *name, const reel_dataset *dataset, int threads,
                         const char *path)
{
    const reel_fit_context context = {.seed = 1, .threads = threads};
    reel_model *model = NULL;

    assert_int_equal(reel_model_fit(&model, name, dataset, NULL, &context, NULL), REEL_OK);
    assert_int_equal(reel_model_save(model, path, NULL), REEL_OK);
    reel_model_free(model);
}

static void test_one_thread_and_four_give_the_same_bytes(void **state)
{
    (void)state;
    const random_shape s = shape(random_seed(2));
    reel_dataset *dataset = random_dataset(&s);

    for (size_t m = 0; reel_model_at(m) != NULL; m++) {
        const char *name = reel_model_at(m)->name;
        const char *one = temp_path("one.reel"), *four = temp_path("four.reel");
        reel_file_map a, b;

        fit_and_save(name, dataset, 1, one);
        fit_and_save(name, dataset, 4, four);
        assert_int_equal(reel__file_map_open(&a, one, NULL), REEL_OK);
        assert_int_equal(reel__file_map_open(&b, four, NULL), REEL_OK);
        assert_int_equal(a.size_bytes, b.size_bytes);
        assert_memory_equal(a.data, b.data, a.size_bytes);
        reel__file_map_close(&a);
        reel__file_map_close(&b);
    }
    reel_dataset_free(dataset);
}

/* ---- people -------------------------------------------------------------------------------- */

/* How far rounding may move a score. The weights of ease are kept with eleven bits: a sum that
 * comes out a last bit lower can move one of them by a thousandth. */
static double rounding(const struct variant *variant, double score)
{
    return (strcmp(variant->model, "ease") == 0 ? 1e-3 : 1e-5) * fmax(1, fabs(score));
}

/* The same people under ids that run the other way. Sums then run in another order, so scores are
 * equal but for rounding; similarities are all distinct, so that no tie is broken by row. */
static void test_renumbered_people_give_the_same_scores(void **state)
{
    (void)state;
    random_shape s = shape(random_seed(3)), reversed;
    reel_dataset *dataset, *renumbered;
    reel_scratch *scratch = new_scratch();

    s.all_distinct = true;
    reversed = s;
    reversed.backwards = true;
    dataset = random_dataset(&s);
    renumbered = random_dataset(&reversed);
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++) {
        const reel_param param = {variants[i].param, variants[i].value};
        const reel_params params = {&param, variants[i].param != NULL ? 1 : 0};
        reel_model *a, *b;

        if (learns_in_order(&variants[i]))
            continue;
        a = fit(variants[i].model, dataset, &params);
        b = fit(variants[i].model, renumbered, &params);
        for (reel_index p = 0; p < PEOPLE; p++) {
            reel_entry entries[MOVIES], entries_b[MOVIES];
            const reel_query query = trained_query(dataset, p, entries);
            const reel_query query_b = trained_query(renumbered, PEOPLE - 1 - p, entries_b);
            float scores[MOVIES], scores_b[MOVIES];

            assert_int_equal(query.count, query_b.count);
            score(a, &query, scratch, scores);
            score(b, &query_b, scratch, scores_b);
            for (int j = 0; j < MOVIES; j++)
                assert_near((double)scores[j], (double)scores_b[j],
                            rounding(&variants[i], (double)scores[j]));
        }
        reel_model_free(a);
        reel_model_free(b);
    }
    reel_scratch_free(scratch);
    reel_dataset_free(dataset);
    reel_dataset_free(renumbered);
}

/* Where fold-in is exact, a trained person's list is what a model fitted without them gives to
 * their history, so far as the model learns from others at all: user-knn, where it does not
 * weigh films by their raters, has no other trace of a person than the row that is left out. */
static void test_a_person_is_no_neighbour_of_their_own(void **state)
{
    (void)state;
    const random_shape s = shape(random_seed(4));
    const reel_param fame = {"fame", "0"};
    const reel_params params = {&fame, 1};
    reel_dataset *dataset = random_dataset(&s);
    const reel_csr_view r = reel_dataset_ratings(dataset);
    reel_scratch *scratch = new_scratch();

    for (reel_index p = 0; p < PEOPLE; p += 9) {
        reel_dataset_builder *builder = NULL;
        reel_dataset *rest = NULL;
        reel_entry entries[MOVIES];
        reel_query query = trained_query(dataset, p, entries);
        float with[MOVIES], without[MOVIES];
        reel_model *all = fit("user-knn", dataset, &params), *others;

        assert_int_equal(reel_dataset_builder_new(&builder, NULL), REEL_OK);
        for (reel_index m = 0; m < MOVIES; m++) {
            const reel_movie movie = reel_dataset_movie(dataset, m);

            assert_int_equal(reel_dataset_builder_add_movie(builder, &movie, NULL), REEL_OK);
        }
        for (reel_index v = 0; v < PEOPLE; v++)
            for (reel_nnz k = r.ptr[v]; k < r.ptr[v + 1] && v != p; k++) {
                const reel_rating rating = {.person = reel_dataset_person_ids(dataset)[v],
                                            .movie = reel_dataset_movie_ids(dataset)[r.col[k]],
                                            .value = r.val[k]};

                assert_int_equal(reel_dataset_builder_add_ratings(builder, &rating, 1, NULL),
                                 REEL_OK);
            }
        assert_int_equal(reel_dataset_builder_finish(&rest, builder, NULL, NULL), REEL_OK);
        others = fit("user-knn", rest, &params);
        score(all, &query, scratch, with);
        query.row = -1;
        score(others, &query, scratch, without);
        assert_memory_equal(with, without, sizeof with);
        reel_model_free(all);
        reel_model_free(others);
        reel_dataset_builder_free(builder);
        reel_dataset_free(rest);
    }
    reel_scratch_free(scratch);
    reel_dataset_free(dataset);
}

static void check_fold_in(const struct variant *variant, reel_model *model,
                          const reel_dataset *dataset, uint64_t seed)
{
    reel_scratch *scratch = new_scratch();

    (void)variant;
    (void)seed;
    if (reel_model_get_info(model)->fold_in == REEL_FOLD_IN_EXACT)
        for (reel_index p = 0; p < PEOPLE; p++) {
            reel_entry entries[MOVIES];
            reel_query query = trained_query(dataset, p, entries);
            float stored[MOVIES], folded[MOVIES];

            score(model, &query, scratch, stored);
            query.row_hash =
                0; /* the history of this row, but not known to be what was trained on */
            score(model, &query, scratch, folded);
            assert_memory_equal(stored, folded, sizeof stored);
        }
    reel_scratch_free(scratch);
}

static void test_exact_fold_in_gives_the_stored_list(void **state)
{
    (void)state;
    for_each_variant(check_fold_in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reasons_sum_to_the_score),
        cmocka_unit_test(test_files_and_scratch_change_no_bit),
        cmocka_unit_test(test_weight_zero_is_leaving_out),
        cmocka_unit_test(test_company_changes_no_bit),
        cmocka_unit_test(test_one_thread_and_four_give_the_same_bytes),
        cmocka_unit_test(test_renumbered_people_give_the_same_scores),
        cmocka_unit_test(test_a_person_is_no_neighbour_of_their_own),
        cmocka_unit_test(test_exact_fold_in_gives_the_stored_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
