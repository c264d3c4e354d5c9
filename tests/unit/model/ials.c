/* Unit tests of ials against its plain twin, its loss, its fold-in, its files, and bad input. */
#include "support/check.h"

#include <math.h>

#include "model/ials.h"
#include "num/spd.h"
#include "support/fit_text.h"
#include "support/near.h"
#include "support/random_data.h"
#include "support/ref_ials.h"

enum { PEOPLE = 60, MOVIES = 40 };

static const random_shape shape = {.seed = 31, .people = PEOPLE, .movies = MOVIES, .density = 0.3};

/* ---- the twin ------------------------------------------------------------------------------ */

static const ref_ials plain = {.factors = 5,
                               .sweeps = 3,
                               .lambda = 0.02,
                               .nu = 1.75,
                               .unobserved = 0.3,
                               .person_power = -0.35,
                               .stddev = 0.5,
                               .liked = 3.5,
                               .graded = true,
                               .span = 4.5};
#define PLAIN                                                                                      \
    "ials factors=5 sweeps=3 lambda=0.02 stddev=0.5 liked=3.5 steps=0 "                            \
    "unobserved_weight=0.3 "

static void compare_scores(const ref_ials *twin, const reel_dataset *dataset,
                           const reel_model *model, float heaviest)
{
    reel_rng rng = reel__rng_make(5, 1);
    reel_scratch *scratch = new_scratch();
    reel_err err = {0};

    for (int n = 0; n < PEOPLE; n++) {
        reel_entry entries[MOVIES];
        float scores[MOVIES];
        double vector[REF_IALS_FACTORS];
        const reel_query query =
            n % 2 ? random_query(&rng, MOVIES, entries) : trained_query(dataset, n, entries);

        if (n % 2 && query.count > 0)
            entries[query.count / 2].weight = heaviest;
        assert_ok(reel_model_score(model, &query, scratch, scores, &err));
        ref_ials_fold(twin, &query, vector);
        for (int j = 0; j < MOVIES; j++) {
            double expected = 0;

            for (int f = 0; f < twin->factors; f++)
                expected += vector[f] * twin->films[j][f];
            assert_near((double)scores[j], expected, 2e-5);
        }
    }
    reel_scratch_free(scratch);
}

static void compare_with_twin(ref_ials twin, const char *text, float heaviest)
{
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = fit_text(dataset, text);

    ref_ials_fit(&twin, dataset, 1);
    compare_scores(&twin, dataset, model, heaviest);
    reel_model_free(model);
    reel_dataset_free(dataset);
}

static void test_scores_are_those_of_the_twin(void **state)
{
    (void)state;
    ref_ials twin = plain;

    compare_with_twin(twin, PLAIN "disliked_weight=0 grade=0", 1);
    twin.disliked_weight = 0.7;
    twin.grade = 0.4;
    compare_with_twin(twin, PLAIN "disliked_weight=0.7 grade=0.4", 3);
    twin.nu = 0.5;
    compare_with_twin(twin, PLAIN "disliked_weight=0.7 grade=0.4 nu=0.5", 1);
    twin.unobserved_power = 0.3;
    twin.person_power = -0.5;
    compare_with_twin(twin,
                      PLAIN "disliked_weight=0.7 grade=0.4 nu=0.5 unobserved_power=0.3 "
                            "person_power=-0.5",
                      1);
    twin = plain;
    twin.factors = 17;
    compare_with_twin(twin, PLAIN "disliked_weight=0 grade=0 factors=17", 1);
}

/* A weight a million times the others': too much for single precision. */
static void test_the_heaviest_weight_is_solved_for(void **state)
{
    (void)state;
    compare_with_twin(plain, PLAIN "disliked_weight=0 grade=0", 1e6F);
}

static void test_ungraded_data_are_all_liked(void **state)
{
    (void)state;
    reel_dataset_builder *builder = NULL;
    reel_dataset *dataset = NULL;
    ref_ials twin = plain;
    reel_model *model;

    assert_int_equal(reel_dataset_builder_new(&builder, NULL), REEL_OK);
    for (int p = 0; p < PEOPLE; p++)
        for (int m = 0; m < MOVIES; m++) {
            const reel_rating rating = {.person = p, .movie = m, .value = 1};

            if ((p * 7 + m * 3) % 5 == 0)
                assert_int_equal(reel_dataset_builder_add_ratings(builder, &rating, 1, NULL),
                                 REEL_OK);
        }
    assert_int_equal(reel_dataset_builder_finish(&dataset, builder, NULL, NULL), REEL_OK);
    model = fit_text(dataset, PLAIN);
    twin.graded = false;
    ref_ials_fit(&twin, dataset, 1);
    compare_scores(&twin, dataset, model, 1);
    reel_model_free(model);
    reel_dataset_free(dataset);
    reel_dataset_builder_free(builder);
}

/* ---- loss ---------------------------------------------------------------------------------- */

static double loss_of(const reel_model *model, ref_ials *twin, const reel_dataset *dataset)
{
    const ials *self = (const ials *)model;

    for (int f = 0; f < twin->factors; f++) {
        for (int j = 0; j < MOVIES; j++)
            twin->films[j][f] = (double)self->films[(size_t)j * self->d + (size_t)f];
        for (int p = 0; p < PEOPLE; p++)
            twin->persons[p][f] = (double)self->people[(size_t)p * self->d + (size_t)f];
    }
    return ref_ials_loss(twin, dataset);
}

/* Whether rows are solved or only improved, no sweep makes the loss larger. */
static void test_loss_never_rises(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);
    ref_ials twin = plain;

    twin.disliked_weight = 0.5;
    twin.unobserved_power = 0.3;
    twin.person_power = -0.5;
    ref_ials_fit(&twin, dataset, 1);
    for (int steps = 0; steps < 3; steps++) {
        double before = INFINITY;

        for (int sweeps = 1; sweeps < 12; sweeps++) {
            char text[256];
            reel_model *model;
            double loss;

            (void)snprintf(text, sizeof text,
                           "ials factors=5 lambda=0.02 stddev=0.5 liked=3.5 unobserved_weight=0.3 "
                           "disliked_weight=0.5 grade=0 unobserved_power=0.3 person_power=-0.5 "
                           "sweeps=%d steps=%d",
                           sweeps, steps);
            model = fit_text(dataset, text);
            loss = loss_of(model, &twin, dataset);
            assert_true(loss <= before * (1 + 1e-6));
            before = loss;
            reel_model_free(model);
        }
    }
    reel_dataset_free(dataset);
}

/* ---- fold-in ------------------------------------------------------------------------------- */

static void test_a_stored_vector_is_the_folded_one(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = fit_text(dataset, "ials factors=24 disliked_weight=0.5");
    reel_scratch *scratch = new_scratch();
    reel_err err = {0};

    for (reel_index p = 0; p < PEOPLE; p++) {
        reel_entry entries[MOVIES];
        float stored[MOVIES], folded[MOVIES];
        reel_query query = trained_query(dataset, p, entries);

        assert_ok(reel_model_score(model, &query, scratch, stored, &err));
        query.row = -1;
        assert_ok(reel_model_score(model, &query, scratch, folded, &err));
        assert_memory_equal(stored, folded, sizeof stored);
    }
    reel_scratch_free(scratch);
    reel_model_free(model);
    reel_dataset_free(dataset);
}

static void test_nothing_known_scores_zero(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = fit_text(dataset, "ials factors=4 disliked_weight=0");
    reel_scratch *scratch = new_scratch();
    const reel_entry low = {.movie = 3, .value = 0.5F, .weight = 1};

    for (size_t count = 0; count < 2; count++) {
        const reel_query query = {.entries = &low, .count = count, .row = -1};
        reel_explanation why;
        float scores[MOVIES];

        assert_int_equal(reel_model_score(model, &query, scratch, scores, NULL), REEL_OK);
        for (int j = 0; j < MOVIES; j++)
            assert_true(scores[j] == 0);
        assert_int_equal(reel_model_explain(model, &query, 3, 5, scratch, &why, NULL), REEL_OK);
        assert_true(why.score == 0 && why.reason_count == 0);
    }
    reel_scratch_free(scratch);
    reel_model_free(model);
    reel_dataset_free(dataset);
}

/* ---- reasons ------------------------------------------------------------------------------- */

/* b_i y_i.A^-1 y_j of each entry, by a dense solution in double. */
static void exact_reasons(const ials *self, const reel_query *query, reel_index movie, double *out)
{
    const size_t d = self->d;
    const ials_ridge ridge = ials_people_ridge(self);
    reel_index index[MOVIES + 1];
    float weight[MOVIES + 1], pull[MOVIES + 1];
    const ials_room room = {index, weight, pull};
    double *a = calloc(d * d, sizeof *a), *z = calloc(d, sizeof *z), observed = 0;
    size_t count = 0;

    assert_true(a != NULL && z != NULL);
    for (size_t i = 0; i < query->count; i++) {
        const float *y = self->films + (size_t)query->entries[i].movie * d;

        count = ials_gather(self, &query->entries[i], &room, count);
        observed += (double)weight[i];
        for (size_t f = 0; f < d * d; f++)
            a[f] += (double)weight[i] * (double)y[f / d] * (double)y[f % d];
    }
    assert_int_equal(count, query->count);
    for (size_t f = 0; f < d; f++) {
        a[f * d + f] += (double)self->spectrum[f] + reel__ials_ridge(&ridge, observed);
        z[f] = (double)self->films[(size_t)movie * d + f];
    }
    assert_true(reel__spd_solve(a, d, z));
    for (size_t i = 0; i < query->count; i++) {
        out[i] = 0;
        for (size_t f = 0; f < d; f++)
            out[i] += (double)pull[i] * z[f] *
                      (double)self->films[(size_t)query->entries[i].movie * d + f];
    }
    free(a);
    free(z);
}

/* The largest that are named, each to three thousandths of the largest of all. */
static void check_reasons(const ials *self, const reel_query *query, reel_index movie,
                          const reel_explanation *why)
{
    double exact[MOVIES], largest = 0;

    exact_reasons(self, query, movie, exact);
    for (size_t i = 0; i < query->count; i++)
        largest = fmax(largest, fabs(exact[i]));
    for (size_t r = 0; r < why->reason_count; r++)
        for (size_t i = 0; i < query->count; i++)
            if (query->entries[i].movie == why->reasons[r].movie)
                assert_near(why->reasons[r].contribution, exact[i], 1e-5 * largest);
}

static void test_reasons_are_those_of_the_exact_solution(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model =
        fit_text(dataset, "ials factors=24 disliked_weight=0.5 lambda=0.05 stddev=1");
    reel_scratch *scratch = new_scratch();
    reel_rng rng = reel__rng_make(7, 1);
    reel_index films[MOVIES];
    reel_err err = {0};

    for (reel_index j = 0; j < MOVIES; j++)
        films[j] = j;
    for (int n = 0; n < 40; n++) {
        reel_entry entries[MOVIES];
        reel_explanation why[MOVIES];
        const reel_query query = n % 2 ? random_query(&rng, MOVIES, entries)
                                       : trained_query(dataset, (reel_index)n, entries);

        for (size_t i = 0; i < query.count; i++)
            entries[i].weight = n % 5 == 4 && i == 0 ? 1e5F : 1 + (float)(i % 3);
        assert_ok(reel_model_explain_many(model, &query, (reel_films){films, MOVIES}, 16, scratch,
                                          why, &err));
        for (reel_index j = 0; j < MOVIES; j++)
            check_reasons((const ials *)model, &query, j, &why[j]);
    }
    reel_scratch_free(scratch);
    reel_model_free(model);
    reel_dataset_free(dataset);
}

/* ---- films that nobody rated --------------------------------------------------------------- */

/* Even films are about ghosts and odd ones about trains, and so are the last two, which nobody
 * rated; even people like ghosts. */
static reel_dataset *two_kinds(int films)
{
    reel_dataset_builder *builder = NULL;
    reel_dataset *dataset = NULL;

    assert_int_equal(reel_dataset_builder_new(&builder, NULL), REEL_OK);
    for (int m = 0; m < films; m++) {
        const reel_movie movie = {.id = m,
                                  .title = "x",
                                  .name = "x",
                                  .overview = m % 2 ? "a train leaves" : "a ghost returns"};

        assert_int_equal(reel_dataset_builder_add_movie(builder, &movie, NULL), REEL_OK);
    }
    for (int p = 0; p < PEOPLE; p++)
        for (int m = 0; m < films - 2; m++) {
            const reel_rating rating = {.person = p, .movie = m, .value = 1};

            if ((p + m) % 2 == 0 && (p * 5 + m) % 7 != 0)
                assert_int_equal(reel_dataset_builder_add_ratings(builder, &rating, 1, NULL),
                                 REEL_OK);
        }
    assert_int_equal(reel_dataset_builder_finish(&dataset, builder, NULL, NULL), REEL_OK);
    reel_dataset_builder_free(builder);
    return dataset;
}

static void test_an_unrated_film_is_scored_by_its_texts(void **state)
{
    (void)state;
    enum { FILMS = 22 };
    reel_dataset *dataset = two_kinds(FILMS);
    reel_model *model = fit_text(dataset, "ials factors=4 side_ridge=0.5");
    reel_model *without = fit_text(dataset, "ials factors=4 side_ridge=0");
    reel_scratch *scratch = new_scratch();

    for (reel_index p = 0; p < PEOPLE; p++) {
        reel_entry entries[FILMS];
        const reel_query query = trained_query(dataset, p, entries);
        float scores[FILMS], bare[FILMS];

        assert_int_equal(reel_model_score(model, &query, scratch, scores, NULL), REEL_OK);
        assert_int_equal(reel_model_score(without, &query, scratch, bare, NULL), REEL_OK);
        assert_true(scores[FILMS - 2 + p % 2] > 0.2F + scores[FILMS - 1 - p % 2]);
        assert_true(bare[FILMS - 1] == 0 && bare[FILMS - 2] == 0);
    }
    reel_scratch_free(scratch);
    reel_model_free(model);
    reel_model_free(without);
    reel_dataset_free(dataset);
}

/* ---- bad input ----------------------------------------------------------------------------- */

static void test_parameters_out_of_range_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "ials factors=0",           "ials factors=9999", "ials lambda=0", "ials lambda=-1",
        "ials unobserved_weight=0", "ials steps=-1",     "ials sweeps=0", "ials nu=nan"};
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = NULL;
    reel_err err = {0};

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(try_fit_text(&model, dataset, bad[i], NULL, &err), REEL_E_INVALID);
        assert_null(model);
    }
    reel_dataset_free(dataset);
}

/* Every film as the only one of a history. */
static void check_finite(const reel_model *model, int films)
{
    reel_scratch *scratch = new_scratch();
    reel_err err = {0};

    for (int film = 0; film < films; film++) {
        const reel_entry entry = {.movie = film, .value = 200, .weight = 1};
        const reel_query query = {.entries = &entry, .count = 1, .row = -1};
        float scores[8];

        assert_ok(reel_model_score(model, &query, scratch, scores, &err));
        for (int j = 0; j < films; j++)
            assert_true(isfinite(scores[j]));
    }
    reel_scratch_free(scratch);
}

/* One person, one film, films that nobody rated, nobody who liked anything. */
static void test_the_smallest_data_give_finite_scores(void **state)
{
    (void)state;
    static const struct {
        int people, rated, films;
        const char *text;
    } cases[] = {{1, 1, 1, "ials"},
                 {1, 1, 5, "ials"},
                 {3, 1, 2, "ials steps=0"},
                 {1, 4, 6, "ials nu=0"},
                 {2, 3, 3, "ials liked=100"},
                 {5, 2, 3, "ials lambda=1e-9 unobserved_weight=1e-6 sweeps=40"},
                 {5, 2, 3, "ials lambda=1e6 unobserved_weight=1e3"},
                 {5, 2, 3, "ials stddev=1000 unobserved_power=2 person_power=-2 nu=2"}};

    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        reel_dataset *dataset = tiny_dataset(cases[c].people, cases[c].rated, cases[c].films, 1);
        reel_model *model = fit_text(dataset, cases[c].text);

        check_finite(model, cases[c].films);
        reel_model_free(model);
        reel_dataset_free(dataset);
    }
}

static void test_cancel_ends_a_fit(void **state)
{
    (void)state;
    const volatile bool cancel = true;
    const reel_fit_context context = {.seed = 1, .cancel = &cancel};
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = NULL;
    reel_err err = {0};

    assert_fails(try_fit_text(&model, dataset, "ials", &context, &err), REEL_E_CANCELLED,
                 "cancelled");
    reel_dataset_free(dataset);
}

/* ---- files and memory ---------------------------------------------------------------------- */

/* A number of one tensor replaced by NaN, or shapes that are those of other parameters. */
static void test_damaged_numbers_are_refused(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = fit_text(dataset, "ials factors=16");
    const ials *self = (const ials *)model;
    const void *const parts[] = {self->films, self->people, self->spectrum, self->numbers};
    const uint64_t bad = UINT64_MAX;

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        check_damage(model, &(file_damage){parts[i], 0, &bad, sizeof bad, ""});
    reel_model_free(model);
    reel_dataset_free(dataset);
}

static void test_no_memory_is_an_error_and_leaks_nothing(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);

    assert_true(sweep_fit(dataset, "ials factors=16 sweeps=1 disliked_weight=0.5", NULL) > 20);
    reel_dataset_free(dataset);
    dataset = two_kinds(10);
    assert_true(sweep_fit(dataset, "ials factors=16 sweeps=1 disliked_weight=0.5", NULL) > 30);
    reel_dataset_free(dataset);
}

static void test_any_number_of_threads_gives_the_same_bits(void **state)
{
    (void)state;
    random_shape large = shape;
    reel_dataset *dataset;

    large.people = 1500; /* more than one part of a Gram matrix */
    dataset = random_dataset(&large);
    check_threads_change_no_bit(dataset,
                                "ials factors=40 sweeps=4 disliked_weight=0.3 person_power=-0.4");
    reel_dataset_free(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scores_are_those_of_the_twin),
        cmocka_unit_test(test_the_heaviest_weight_is_solved_for),
        cmocka_unit_test(test_ungraded_data_are_all_liked),
        cmocka_unit_test(test_loss_never_rises),
        cmocka_unit_test(test_a_stored_vector_is_the_folded_one),
        cmocka_unit_test(test_nothing_known_scores_zero),
        cmocka_unit_test(test_reasons_are_those_of_the_exact_solution),
        cmocka_unit_test(test_an_unrated_film_is_scored_by_its_texts),
        cmocka_unit_test(test_parameters_out_of_range_are_refused),
        cmocka_unit_test(test_the_smallest_data_give_finite_scores),
        cmocka_unit_test(test_cancel_ends_a_fit),
        cmocka_unit_test(test_damaged_numbers_are_refused),
        cmocka_unit_test(test_no_memory_is_an_error_and_leaks_nothing),
        cmocka_unit_test(test_any_number_of_threads_gives_the_same_bits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
