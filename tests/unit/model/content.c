/* Unit and property tests of `content`: plain cosines for one film, shares of a history, reasons
 * and terms, files, and what happens without texts or without memory. */
#include "support/check.h"
#include "support/random_data.h"
#include "support/temp.h"

#include <math.h>

#include "base/file.h"
#include "num/csr.h"
#include "text/tfidf.h"

enum { FILMS = 7, RANDOM_FILMS = 150 };
enum { MOON, MARS, GHOST, BARE, TWIN, EMPTY, SEQUEL };

static const reel_movie catalogue[FILMS] = {
    [MOON] = {.id = 1,
              .genres = "Sci-Fi|Drama",
              .keywords = "space travel|moon",
              .cast = "Tom Hanks|Ann Lee",
              .directors = "Ida Moreau",
              .overview = "A crew flies to the moon and the war at home goes on."},
    [MARS] = {.id = 2,
              .genres = "Sci-Fi|War",
              .keywords = "Space Travel|mars",
              .cast = "Tom Hanks",
              .overview = "Soldiers fight a war on the red planet."},
    [GHOST] = {.id = 3,
               .genres = "Comedy",
               .directors = "Tom Hanks",
               .overview = "A ghost haunts a bakery, politely."},
    [BARE] = {.id = 4, .genres = "Comedy"},
    [TWIN] = {.id = 5,
              .genres = "Comedy",
              .directors = "Tom Hanks",
              .overview = "A ghost haunts a bakery, politely."},
    [EMPTY] = {.id = 6},
    [SEQUEL] = {.id = 7,
                .genres = "War",
                .tags = "WAR|space travel",
                .overview = "The war on the planet is over, and a ghost remains."},
};

/* ---- tools --------------------------------------------------------------------------------- */

static void assert_near(double value, double expected, double bound)
{
    if (!(fabs(value - expected) <= bound))
        fail_msg("%.9g, expected %.9g within %g", value, expected, bound);
}

static reel_dataset *small_dataset(void)
{
    reel_dataset_builder *builder = NULL;
    reel_dataset *dataset = NULL;
    reel_err err;

    assert_ok(reel_dataset_builder_new(&builder, &err));
    for (size_t i = 0; i < FILMS; i++) {
        reel_movie movie = catalogue[i];
        const reel_rating rating = {.person = 1, .movie = movie.id, .value = 4};

        movie.title = movie.name = "A film";
        assert_ok(reel_dataset_builder_add_movie(builder, &movie, &err));
        assert_ok(reel_dataset_builder_add_ratings(builder, &rating, 1, &err));
    }
    assert_ok(reel_dataset_builder_finish(&dataset, builder, NULL, &err));
    reel_dataset_builder_free(builder);
    return dataset;
}

static reel_model *fit(const reel_dataset *dataset, const char *name, const char *value)
{
    const reel_param param = {name, value};
    const reel_params params = {&param, name != NULL};
    reel_model *model = NULL;
    reel_err err;

    assert_ok(reel_model_fit(&model, "content", dataset, &params, NULL, &err));
    return model;
}

static void score(const reel_model *model, const reel_entry *entries, size_t count, float *scores)
{
    const reel_query query = {.entries = entries, .count = count, .row = -1};
    reel_scratch *scratch = NULL;
    reel_err err;

    assert_ok(reel_scratch_new(&scratch, &err));
    assert_ok(reel_model_score(model, &query, scratch, scores, &err));
    reel_scratch_free(scratch);
}

static reel_entry rated(reel_index movie, float value)
{
    return (reel_entry){.movie = movie, .value = value, .weight = 1};
}

static reel_explanation explain(const reel_model *model, const reel_query *query, reel_index movie)
{
    reel_scratch *scratch = NULL;
    reel_explanation why;
    reel_err err;

    assert_ok(reel_scratch_new(&scratch, &err));
    assert_ok(reel_model_explain(model, query, movie, REEL_REASONS_MAX, scratch, &why, &err));
    reel_scratch_free(scratch);
    return why;
}

static double term_of(const reel_explanation *why, const char *text)
{
    for (size_t i = 0; i < why->term_count; i++)
        if (strcmp(why->terms[i].term, text) == 0)
            return why->terms[i].contribution;
    return 0;
}

/* ---- cosines ------------------------------------------------------------------------------- */

static void one_film_gives_the_cosines_of_tfidf_vectorizer(void **state)
{
    static const char *texts[RANDOM_FILMS];
    static const reel_field field = {.kind = REEL_FIELD_TEXT, .weight = 1};
    const random_shape shape = {.seed = 4, .people = 5, .movies = RANDOM_FILMS, .density = 0.1};
    const reel_documents documents = {texts, &field, RANDOM_FILMS, 1};
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = fit(dataset, "text", "sklearn");
    reel_tfidf *tfidf = NULL;
    reel_csr rows;
    reel_err err;
    float scores[RANDOM_FILMS];

    (void)state;
    for (reel_index j = 0; j < RANDOM_FILMS; j++)
        texts[j] = reel_dataset_movie(dataset, j).overview;
    assert_ok(reel__tfidf_fit(&tfidf, &rows, &documents, NULL, &err));
    for (reel_index i = 0; i < RANDOM_FILMS; i++) {
        const reel_entry entry = rated(i, (float)(1 + i % 5));
        double *x = reel__alloc_zero((size_t)rows.cols, sizeof *x);

        assert_non_null(x);
        for (reel_nnz k = rows.ptr[i]; k < rows.ptr[i + 1]; k++)
            x[rows.col[k]] = (double)rows.val[k];
        score(model, &entry, 1, scores);
        for (reel_index j = 0; j < RANDOM_FILMS; j++) {
            double cosine = 0;
            for (reel_nnz k = rows.ptr[j]; k < rows.ptr[j + 1]; k++)
                cosine += x[rows.col[k]] * (double)rows.val[k];
            assert_near((double)scores[j], cosine, 1e-6);
        }
        reel__free(x);
    }
    reel__csr_fini(&rows);
    reel__tfidf_free(tfidf);
    reel_model_free(model);
    reel_dataset_free(dataset);
}

static void fields_make_the_cosine(void **state)
{
    reel_dataset *dataset = small_dataset();
    reel_model *model = fit(dataset, NULL, NULL);
    const reel_entry ghost = rated(GHOST, 1), bare = rated(BARE, 3);
    float by_ghost[FILMS], by_bare[FILMS];

    (void)state;
    score(model, &ghost, 1, by_ghost);
    score(model, &bare, 1, by_bare);
    /* A film is as similar as can be to itself, and its twin is not: each has a part of its own. */
    assert_near((double)by_ghost[GHOST], 1, 1e-6);
    assert_near((double)by_bare[BARE], 1, 1e-6);
    assert_true(by_ghost[TWIN] < 0.9F && by_ghost[TWIN] > by_ghost[BARE]);
    assert_true(by_ghost[BARE] > 0);
    assert_near((double)by_ghost[BARE], (double)by_bare[GHOST], 1e-6);
    /* Tom Hanks directs here and plays there. */
    assert_near((double)by_ghost[MARS], 0, 0);
    assert_true(by_ghost[SEQUEL] > 0);
    assert_near((double)by_ghost[EMPTY], 0, 0);
    reel_model_free(model);

    model = fit(dataset, "own", "0");
    score(model, &ghost, 1, by_ghost);
    assert_near((double)by_ghost[TWIN], 1, 1e-6);
    reel_model_free(model);
    model = fit(dataset, "genres", "0");
    score(model, &ghost, 1, by_ghost);
    assert_near((double)by_ghost[BARE], 0, 0);
    reel_model_free(model);
    reel_dataset_free(dataset);
}

static void a_film_without_text_says_nothing(void **state)
{
    reel_dataset *dataset = small_dataset();
    reel_model *model = fit(dataset, NULL, NULL);
    const reel_entry empty = rated(EMPTY, 5);
    const reel_query query = {.entries = &empty, .count = 1, .row = -1};
    float scores[FILMS];
    reel_explanation why;

    (void)state;
    score(model, &empty, 1, scores);
    for (size_t j = 0; j < FILMS; j++)
        assert_near((double)scores[j], 0, 0);
    why = explain(model, &query, EMPTY);
    assert_near(why.score, 0, 0);
    assert_int_equal(why.term_count, 0);
    score(model, NULL, 0, scores);
    assert_near((double)scores[MOON], 0, 0);
    reel_model_free(model);
    reel_dataset_free(dataset);
}

/* ---- histories ----------------------------------------------------------------------------- */

/* The formula of content.c's head comment over the cosines of single films. */
static void expected_scores(const float *cosines, const reel_query *query, double lift, double *out)
{
    double sum = 0, weight = 0, total = 0;

    for (size_t i = 0; i < query->count; i++)
        if (query->entries[i].kind == REEL_ENTRY_RATING) {
            sum += (double)query->entries[i].weight * (double)query->entries[i].value;
            weight += (double)query->entries[i].weight;
        }
    for (size_t j = 0; j < RANDOM_FILMS; j++)
        out[j] = 0;
    for (size_t i = 0; i < query->count; i++) {
        const reel_entry *e = &query->entries[i];
        const double above =
            e->kind == REEL_ENTRY_RATING && weight > 0 ? (double)e->value - sum / weight : 0;
        const double a = (double)e->weight * (lift + above);

        total += fabs(a);
        for (size_t j = 0; j < RANDOM_FILMS; j++)
            out[j] += a * (double)cosines[(size_t)e->movie * RANDOM_FILMS + j];
    }
    for (size_t j = 0; j < RANDOM_FILMS && total > 0; j++)
        out[j] /= total;
}

static void check_reasons(const reel_model *model, const reel_query *query, reel_index movie,
                          float expected)
{
    const reel_explanation why = explain(model, query, movie);
    double sum = why.baseline + why.other;
    const double bound = 1e-5 * fmax(1, fabs((double)expected));

    assert_near(why.baseline, 0, 0);
    for (size_t i = 0; i < why.reason_count; i++)
        sum += why.reasons[i].contribution;
    assert_near(sum, why.score, bound);
    assert_near(why.score, (double)expected, bound);
    for (size_t i = 0; i < why.term_count; i++) {
        assert_true(why.terms[i].contribution > 0);
        assert_true((unsigned char)why.terms[i].term[0] >= 0x20);
        if (i > 0)
            assert_true(why.terms[i - 1].contribution >= why.terms[i].contribution);
    }
}

static void scores_are_shares_of_cosines_and_reasons_sum(void **state)
{
    const random_shape shape = {.seed = 9, .people = 5, .movies = RANDOM_FILMS, .density = 0.1};
    reel_rng rng = reel__rng_make(random_seed(17), 0);
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = fit(dataset, "lift", "0.75");
    static float cosines[RANDOM_FILMS * RANDOM_FILMS], scores[RANDOM_FILMS];
    static double expected[RANDOM_FILMS];
    static reel_entry entries[RANDOM_HISTORY_MAX];

    (void)state;
    for (reel_index i = 0; i < RANDOM_FILMS; i++) {
        const reel_entry entry = rated(i, 2.5F);
        score(model, &entry, 1, cosines + (size_t)i * RANDOM_FILMS);
    }
    for (int round = 0; round < 200; round++) {
        const reel_query query = random_query(&rng, RANDOM_FILMS, entries);

        score(model, entries, query.count, scores);
        expected_scores(cosines, &query, 0.75, expected);
        for (size_t j = 0; j < RANDOM_FILMS; j++)
            assert_near((double)scores[j], expected[j], 1e-5);
        for (int i = 0; i < 5; i++) {
            const reel_index movie = (reel_index)reel__rng_below(&rng, RANDOM_FILMS);
            check_reasons(model, &query, movie, scores[movie]);
        }
    }
    reel_model_free(model);
    reel_dataset_free(dataset);
}

static void weight_0_leaves_out_and_2_counts_double(void **state)
{
    reel_dataset *dataset = small_dataset();
    reel_model *model = fit(dataset, "lift", "0.5");
    reel_entry with[] = {rated(MOON, 5), rated(MARS, 1), rated(GHOST, 4)};
    const reel_entry without[] = {with[0], with[2]};
    float a[FILMS], b[FILMS], moon[FILMS], ghost[FILMS];

    (void)state;
    with[1].weight = 0;
    score(model, with, 3, a);
    score(model, without, 2, b);
    assert_memory_equal(a, b, sizeof a);

    /* MOON twice and GHOST: mean 14/3, preferences (1/2 + 1/3) twice and 1/2 - 2/3. */
    with[0].weight = 2;
    score(model, with, 3, a);
    score(model, &with[0], 1, moon);
    score(model, &with[2], 1, ghost);
    for (size_t j = 0; j < FILMS; j++)
        assert_near((double)a[j],
                    (5.0 / 3.0 * (double)moon[j] - 1.0 / 6.0 * (double)ghost[j]) /
                        (5.0 / 3.0 + 1.0 / 6.0),
                    1e-6);
    reel_model_free(model);
    reel_dataset_free(dataset);
}

static void only_fives_are_liked_and_clicks_count(void **state)
{
    reel_dataset *dataset = small_dataset();
    reel_model *model = fit(dataset, NULL, NULL);
    reel_entry fives[] = {rated(MOON, 5), rated(MARS, 5)};
    float a[FILMS], b[FILMS];

    (void)state;
    score(model, fives, 2, a);
    assert_true(a[SEQUEL] > 0 && a[SEQUEL] > a[GHOST]);
    fives[0].kind = fives[1].kind = REEL_ENTRY_CLICK;
    fives[0].value = 0;
    score(model, fives, 2, b);
    assert_memory_equal(a, b, sizeof a);
    /* A film far below the mean counts against its like. */
    fives[0] = rated(MOON, 1);
    fives[1] = rated(GHOST, 5);
    score(model, fives, 2, a);
    assert_true(a[MARS] < 0 && a[TWIN] > 0);
    reel_model_free(model);
    reel_dataset_free(dataset);
}

/* ---- terms --------------------------------------------------------------------------------- */

static void terms_read_as_people_write_them(void **state)
{
    reel_dataset *dataset = small_dataset();
    reel_model *model = fit(dataset, NULL, NULL);
    const reel_entry moon = rated(MOON, 4), sequel = rated(SEQUEL, 4);
    const reel_query by_moon = {.entries = &moon, .count = 1, .row = -1};
    const reel_query by_sequel = {.entries = &sequel, .count = 1, .row = -1};
    reel_explanation why = explain(model, &by_moon, MARS);
    double sum = 0;

    (void)state;
    assert_true(term_of(&why, "space travel") > 0);
    assert_true(term_of(&why, "Tom Hanks") > 0);
    assert_true(term_of(&why, "Sci-Fi") > 0);
    assert_true(term_of(&why, "war") > 0);
    assert_int_equal(why.term_count, 4);
    for (size_t i = 0; i < why.term_count; i++)
        sum += why.terms[i].contribution;
    assert_near(sum, why.score, 1e-6);

    /* The genre War and the word war are one term to a person, under the first one's name. */
    why = explain(model, &by_sequel, MARS);
    assert_true(term_of(&why, "War") > 0);
    assert_near(term_of(&why, "war"), 0, 0);
    assert_true(term_of(&why, "planet") > 0);
    assert_int_equal(why.term_count, 3); /* and space travel, a tag here and a keyword there */
    reel_model_free(model);
    reel_dataset_free(dataset);
}

static void only_the_largest_terms_are_named(void **state)
{
    reel_dataset *dataset = NULL;
    reel_dataset_builder *builder = NULL;
    reel_model *model;
    const char *text = "aa bb bb cc cc cc dd dd dd dd ee ff gg gg hh hh hh ii ii ii ii ii jj";
    const reel_entry entry = rated(0, 3);
    const reel_query query = {.entries = &entry, .count = 1, .row = -1};
    const reel_rating rating = {.person = 1, .movie = 1, .value = 4};
    reel_explanation why;
    reel_err err;

    (void)state;
    assert_ok(reel_dataset_builder_new(&builder, &err));
    for (int64_t id = 1; id <= 2; id++) {
        const reel_movie movie = {
            .id = id, .title = "", .name = "", .genres = "", .overview = text, .keywords = ""};
        assert_ok(reel_dataset_builder_add_movie(builder, &movie, &err));
    }
    assert_ok(reel_dataset_builder_add_ratings(builder, &rating, 1, &err));
    assert_ok(reel_dataset_builder_finish(&dataset, builder, NULL, &err));
    reel_dataset_builder_free(builder);
    model = fit(dataset, NULL, NULL);
    why = explain(model, &query, 1);
    assert_int_equal(why.term_count, REEL_TERMS_MAX);
    assert_string_equal(why.terms[0].term, "ii");
    assert_string_equal(why.terms[1].term, "dd");
    assert_string_equal(why.terms[2].term, "cc");
    assert_string_equal(why.terms[3].term, "hh");
    assert_string_equal(why.terms[4].term, "bb");
    assert_string_equal(why.terms[5].term, "gg");
    assert_string_equal(why.terms[6].term, "aa");
    assert_string_equal(why.terms[7].term, "ee");
    reel_model_free(model);
    reel_dataset_free(dataset);
}

/* ---- files and fitting --------------------------------------------------------------------- */

static void a_loaded_model_gives_the_same_bits(void **state)
{
    const random_shape shape = {.seed = 2, .people = 5, .movies = RANDOM_FILMS, .density = 0.1};
    reel_rng rng = reel__rng_make(3, 0);
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *fitted = fit(dataset, NULL, NULL), *loaded = NULL;
    const char *path = temp_path("content.reel");
    static reel_entry entries[RANDOM_HISTORY_MAX];
    static float a[RANDOM_FILMS], b[RANDOM_FILMS];
    reel_err err;

    (void)state;
    assert_ok(reel_model_save(fitted, path, &err));
    assert_ok(reel_model_load(&loaded, path, &err));
    for (int round = 0; round < 50; round++) {
        const reel_query query = random_query(&rng, RANDOM_FILMS, entries);
        reel_explanation why[2];

        score(fitted, entries, query.count, a);
        score(loaded, entries, query.count, b);
        assert_memory_equal(a, b, sizeof a);
        why[0] = explain(fitted, &query, 7);
        why[1] = explain(loaded, &query, 7);
        assert_memory_equal(&why[0].score, &why[1].score, sizeof why[0].score);
        assert_int_equal(why[0].term_count, why[1].term_count);
        for (size_t i = 0; i < why[0].term_count; i++)
            assert_string_equal(why[0].terms[i].term, why[1].terms[i].term);
    }
    reel_model_free(loaded);
    reel_model_free(fitted);
    reel_dataset_free(dataset);
}

static void threads_do_not_change_the_file(void **state)
{
    reel_dataset *dataset = small_dataset();
    reel_file_map maps[2];
    reel_err err;

    (void)state;
    for (int i = 0; i < 2; i++) {
        const reel_fit_context context = {.seed = 1, .threads = i == 0 ? 1 : 4};
        const char *path = temp_path(i == 0 ? "one.reel" : "four.reel");
        reel_model *model = NULL;

        assert_ok(reel_model_fit(&model, "content", dataset, NULL, &context, &err));
        assert_ok(reel_model_save(model, path, &err));
        assert_ok(reel__file_map_open(&maps[i], path, &err));
        reel_model_free(model);
    }
    assert_int_equal(maps[0].size_bytes, maps[1].size_bytes);
    assert_memory_equal(maps[0].data, maps[1].data, maps[0].size_bytes);
    reel__file_map_close(&maps[0]);
    reel__file_map_close(&maps[1]);
    reel_dataset_free(dataset);
}

/* Change each 8-byte word of the file in turn to something absurd: loading must refuse it or give a
 * model that can be used (values may change; the sanitizers see what may not). */
static void damage_is_refused_or_harmless(void **state)
{
    reel_dataset *dataset = small_dataset();
    reel_model *model = fit(dataset, NULL, NULL);
    const char *path = temp_path("whole.reel");
    const reel_entry entries[] = {rated(MOON, 5), rated(GHOST, 2)};
    const reel_query query = {.entries = entries, .count = 2, .row = -1};
    reel_file_map map;
    char *bytes;
    size_t refused = 0;
    reel_err err;

    (void)state;
    assert_ok(reel_model_save(model, path, &err));
    reel_model_free(model);
    assert_ok(reel__file_map_open(&map, path, &err));
    bytes = reel__alloc_array(map.size_bytes, 1);
    assert_non_null(bytes);
    for (size_t at = 0; at + 8 <= map.size_bytes; at += 8) {
        float scores[FILMS];

        memcpy(bytes, map.data, map.size_bytes);
        memset(bytes + at, at % 16 == 0 ? 0x7f : 0xff, 8);
        model = NULL;
        if (reel_model_load(&model, temp_write_bytes("bad.reel", bytes, map.size_bytes), &err) !=
            REEL_OK) {
            assert_null(model);
            assert_int_equal(err.code, REEL_E_FORMAT);
            refused++;
            continue;
        }
        if (reel_model_movies(model) == FILMS) {
            score(model, entries, 2, scores);
            (void)explain(model, &query, SEQUEL);
        }
        reel_model_free(model);
    }
    assert_true(refused > 100);
    reel__free(bytes);
    reel__file_map_close(&map);
    reel_dataset_free(dataset);
}

static reel_code fit_and_use(void *user, reel_err *err)
{
    const reel_dataset *dataset = user;
    const reel_entry entry = rated(MOON, 5);
    const reel_query query = {.entries = &entry, .count = 1, .row = -1};
    reel_code rc = REEL_OK;
    reel_model *model = NULL;
    reel_scratch *scratch = NULL;
    reel_explanation why;
    float scores[FILMS];

    REEL_TRY(reel_model_fit(&model, "content", dataset, NULL, NULL, err));
    REEL_TRY(reel_scratch_new(&scratch, err));
    REEL_TRY(reel_model_score(model, &query, scratch, scores, err));
    REEL_TRY(reel_model_explain(model, &query, MARS, 3, scratch, &why, err));
out:
    reel_scratch_free(scratch);
    reel_model_free(model);
    return rc;
}

static void failing_memory_is_reported_and_leaks_nothing(void **state)
{
    reel_dataset *dataset = small_dataset();

    (void)state;
    assert_true(sweep_memory(fit_and_use, dataset) > 15);
    reel_dataset_free(dataset);
}

static void fitting_can_be_cancelled(void **state)
{
    reel_dataset *dataset = small_dataset();
    const volatile bool cancel = true;
    const reel_fit_context context = {.seed = 1, .cancel = &cancel};
    reel_model *model = NULL;
    reel_err err;

    (void)state;
    assert_fails(reel_model_fit(&model, "content", dataset, NULL, &context, &err), REEL_E_CANCELLED,
                 "content");
    assert_null(model);
    reel_dataset_free(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_film_gives_the_cosines_of_tfidf_vectorizer),
        cmocka_unit_test(fields_make_the_cosine),
        cmocka_unit_test(a_film_without_text_says_nothing),
        cmocka_unit_test(scores_are_shares_of_cosines_and_reasons_sum),
        cmocka_unit_test(weight_0_leaves_out_and_2_counts_double),
        cmocka_unit_test(only_fives_are_liked_and_clicks_count),
        cmocka_unit_test(terms_read_as_people_write_them),
        cmocka_unit_test(only_the_largest_terms_are_named),
        cmocka_unit_test(a_loaded_model_gives_the_same_bits),
        cmocka_unit_test(threads_do_not_change_the_file),
        cmocka_unit_test(damage_is_refused_or_harmless),
        cmocka_unit_test(failing_memory_is_reported_and_leaks_nothing),
        cmocka_unit_test(fitting_can_be_cancelled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
