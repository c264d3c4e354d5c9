/* Unit tests of ials against its plain twin, its loss, its fold-in, its files, and bad input. */
#include "support/check.h"

#include <math.h>

#include "base/file.h"
#include "model/ials.h"
#include "num/spd.h"
#include "support/near.h"
#include "support/random_data.h"
#include "support/ref_ials.h"
#include "support/temp.h"

enum { PEOPLE = 60, MOVIES = 40, PARAMS = 12 };

static const random_shape shape = {.seed = 31, .people = PEOPLE, .movies = MOVIES, .density = 0.3};

/* Fit with parameters as "name=value name=value". */
static reel_code try_fit(reel_model **out, const reel_dataset *dataset, const char *text,
                         const reel_fit_context *context, reel_err *err)
{
    char copy[512];
    reel_param items[PARAMS];
    reel_params params = {items, 0};
    char *rest = NULL;

    (void)snprintf(copy, sizeof copy, "%s", text);
    for (char *one = strtok_r(copy, " ", &rest); one != NULL; one = strtok_r(NULL, " ", &rest)) {
        char *value = strchr(one, '=');

        *value = '\0';
        items[params.count++] = (reel_param){one, value + 1};
    }
    return reel_model_fit(out, "ials", dataset, &params, context, err);
}

static reel_model *fit(const reel_dataset *dataset, const char *text)
{
    reel_model *model = NULL;
    reel_err err = {0};

    assert_ok(try_fit(&model, dataset, text, NULL, &err));
    return model;
}

static reel_scratch *new_scratch(void)
{
    reel_scratch *scratch = NULL;

    assert_int_equal(reel_scratch_new(&scratch, NULL), REEL_OK);
    return scratch;
}

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
    "factors=5 sweeps=3 lambda=0.02 stddev=0.5 liked=3.5 steps=0 "                                 \
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
    reel_model *model = fit(dataset, text);

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
    model = fit(dataset, PLAIN);
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
                           "factors=5 lambda=0.02 stddev=0.5 liked=3.5 unobserved_weight=0.3 "
                           "disliked_weight=0.5 grade=0 unobserved_power=0.3 person_power=-0.5 "
                           "sweeps=%d steps=%d",
                           sweeps, steps);
            model = fit(dataset, text);
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
    reel_model *model = fit(dataset, "factors=24 disliked_weight=0.5");
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
    reel_model *model = fit(dataset, "factors=4 disliked_weight=0");
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
    reel_model *model = fit(dataset, "factors=24 disliked_weight=0.5 lambda=0.05 stddev=1");
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
    reel_model *model = fit(dataset, "factors=4 side_ridge=0.5");
    reel_model *without = fit(dataset, "factors=4 side_ridge=0");
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
        "factors=0",           "factors=9999", "lambda=0", "lambda=-1",
        "unobserved_weight=0", "steps=-1",     "sweeps=0", "nu=nan"};
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = NULL;
    reel_err err = {0};

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(try_fit(&model, dataset, bad[i], NULL, &err), REEL_E_INVALID);
        assert_null(model);
    }
    reel_dataset_free(dataset);
}

static reel_dataset *tiny(int people, int films_rated, int films)
{
    reel_dataset_builder *builder = NULL;
    reel_dataset *dataset = NULL;

    assert_int_equal(reel_dataset_builder_new(&builder, NULL), REEL_OK);
    for (int m = 0; m < films; m++) {
        const reel_movie movie = {.id = m, .title = "x", .name = "x"};

        assert_int_equal(reel_dataset_builder_add_movie(builder, &movie, NULL), REEL_OK);
    }
    for (int p = 0; p < people; p++)
        for (int m = 0; m < films_rated; m++) {
            const reel_rating rating = {.person = p, .movie = m, .value = (float)(1 + m)};

            assert_int_equal(reel_dataset_builder_add_ratings(builder, &rating, 1, NULL), REEL_OK);
        }
    assert_int_equal(reel_dataset_builder_finish(&dataset, builder, NULL, NULL), REEL_OK);
    reel_dataset_builder_free(builder);
    return dataset;
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
    } cases[] = {{1, 1, 1, ""},
                 {1, 1, 5, ""},
                 {3, 1, 2, "steps=0"},
                 {1, 4, 6, "nu=0"},
                 {2, 3, 3, "liked=100"},
                 {5, 2, 3, "lambda=1e-9 unobserved_weight=1e-6 sweeps=40"},
                 {5, 2, 3, "lambda=1e6 unobserved_weight=1e3"},
                 {5, 2, 3, "stddev=1000 unobserved_power=2 person_power=-2 nu=2"}};

    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        reel_dataset *dataset = tiny(cases[c].people, cases[c].rated, cases[c].films);
        reel_model *model = fit(dataset, cases[c].text);

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

    assert_fails(try_fit(&model, dataset, "", &context, &err), REEL_E_CANCELLED, "cancelled");
    reel_dataset_free(dataset);
}

/* ---- files and memory ---------------------------------------------------------------------- */

/* A number of one tensor replaced by NaN, or shapes that are those of other parameters. */
static void test_damaged_numbers_are_refused(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = fit(dataset, "factors=16"), *loaded = NULL;
    const ials *self = (const ials *)model;
    const void *const parts[] = {self->films, self->people, self->spectrum, self->numbers};
    const char *path = temp_path("damaged.reel");
    reel_err err = {0};

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        reel_file_map map;
        unsigned char *bytes, *at;
        FILE *file;

        assert_ok(reel_model_save(model, path, &err));
        assert_ok(reel__file_map_open(&map, path, &err));
        bytes = malloc(map.size_bytes);
        assert_non_null(bytes);
        memcpy(bytes, map.data, map.size_bytes);
        at = memmem(bytes, map.size_bytes, parts[i], 16);
        assert_non_null(at);
        memset(at, 0xff, 8);
        file = fopen(path, "wb");
        assert_non_null(file);
        assert_int_equal(fwrite(bytes, 1, map.size_bytes, file), map.size_bytes);
        assert_int_equal(fclose(file), 0);
        reel__file_map_close(&map);
        free(bytes);
        assert_int_equal(reel_model_load(&loaded, path, &err), REEL_E_FORMAT);
    }
    reel_model_free(model);
    reel_dataset_free(dataset);
}

static reel_code fit_save_load(void *user, reel_err *err)
{
    const char *path = temp_path("sweep.reel");
    reel_model *model = NULL, *loaded = NULL;
    reel_code rc = try_fit(&model, user, "factors=16 sweeps=1 disliked_weight=0.5", NULL, err);

    if (rc == REEL_OK)
        rc = reel_model_save(model, path, err);
    if (rc == REEL_OK)
        rc = reel_model_load(&loaded, path, err);
    reel_model_free(model);
    reel_model_free(loaded);
    return rc;
}

static void test_no_memory_is_an_error_and_leaks_nothing(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);

    assert_true(sweep_memory(fit_save_load, dataset) > 20);
    reel_dataset_free(dataset);
    dataset = two_kinds(10);
    assert_true(sweep_memory(fit_save_load, dataset) > 30);
    reel_dataset_free(dataset);
}

static void test_any_number_of_threads_gives_the_same_bits(void **state)
{
    (void)state;
    static const char text[] = "factors=40 sweeps=4 disliked_weight=0.3 person_power=-0.4";
    random_shape large = shape;
    reel_dataset *dataset;
    reel_model *models[2] = {NULL, NULL};
    const ials *a, *b;
    reel_err err = {0};

    large.people = 1500; /* more than one part of a Gram matrix */
    dataset = random_dataset(&large);
    for (int i = 0; i < 2; i++) {
        const reel_fit_context context = {.seed = 1, .threads = 1 + 3 * i};

        assert_ok(try_fit(&models[i], dataset, text, &context, &err));
    }
    a = (const ials *)models[0];
    b = (const ials *)models[1];
    assert_memory_equal(a->films, b->films, MOVIES * a->d * sizeof(float));
    assert_memory_equal(a->people, b->people, (size_t)large.people * a->d * sizeof(float));
    reel_model_free(models[0]);
    reel_model_free(models[1]);
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
