/* Unit tests of the door: registry, parameters, query checks, reasons, life and running dry. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "support/quick.h"
#include "support/random_data.h"
#include "support/temp.h"
#include "model/vtable.h"

static const random_shape tiny = {.seed = 3, .people = 25, .movies = 18, .density = 0.3};

static reel_model *fit(const char *name, const reel_dataset *dataset, const reel_params *params)
{
    reel_model *model = NULL;
    reel_err err = {0};

    if (reel_model_fit(&model, name, dataset, params, NULL, &err) != REEL_OK)
        fail_msg("fit %s: %s", name, err.msg);
    return model;
}

static void test_registry_finds_every_model_by_name(void **state)
{
    (void)state;
    size_t count = 0;

    for (; reel_model_at(count) != NULL; count++) {
        const reel_model_info *info = reel_model_at(count);

        assert_ptr_equal(reel_model_find(info->name), info);
        assert_true(strlen(info->summary) > 10);
        assert_true(info->param_count <= REEL_PARAMS_MAX);
        for (size_t i = 0; i < info->param_count; i++) {
            assert_true(info->params[i].initial >= info->params[i].min);
            assert_true(info->params[i].initial <= info->params[i].max);
        }
    }
    assert_true(count >= 2);
    assert_null(reel_model_find("no such model"));
    assert_null(reel_model_find(NULL));
}

static void test_fit_refuses_what_it_cannot_use(void **state)
{
    (void)state;
    static const struct {
        const char *model, *name, *value, *says;
        reel_code code;
    } cases[] = {
        {"nonsense", NULL, NULL, "no model \"nonsense\"", REEL_E_NOTFOUND},
        {"user-knn", "nieghbours", "5", "no parameter \"nieghbours\"", REEL_E_INVALID},
        {"user-knn", "neighbours", "-1", "is \"-1\", expected a whole number from 0",
         REEL_E_INVALID},
        {"user-knn", "neighbours", "2.5", "whole number", REEL_E_INVALID},
        {"user-knn", "neighbours", "5x", "is \"5x\"", REEL_E_INVALID},
        {"user-knn", "neighbours", "", "is \"\"", REEL_E_INVALID},
        {"user-knn", "neighbours", "nan", "is \"nan\"", REEL_E_INVALID},
        {"user-knn", "neighbours", NULL, "no name or no value", REEL_E_INVALID},
        {"popular", "by", "fame", "one of count|mean", REEL_E_INVALID},
        {"popular", "by", "coun", "one of count|mean", REEL_E_INVALID},
        {"popular", "by", "", "one of count|mean", REEL_E_INVALID},
        {"popular", "damping", "-0.1", "from 0", REEL_E_INVALID},
    };
    reel_dataset *dataset = random_dataset(&tiny);

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const reel_param param = {cases[i].name, cases[i].value};
        const reel_params params = {&param, cases[i].name != NULL ? 1 : 0};
        reel_model *model = NULL;
        reel_err err = {0};

        assert_int_equal(reel_model_fit(&model, cases[i].model, dataset, &params, NULL, &err),
                         cases[i].code);
        assert_null(model);
        if (strstr(err.msg, cases[i].says) == NULL)
            fail_msg("case %zu says: %s", i, err.msg);
    }
    reel_dataset_free(dataset);
}

static void test_fit_refuses_a_dataset_without_ratings(void **state)
{
    (void)state;
    const reel_movie film = {.id = 1};
    reel_dataset_builder *builder = NULL;
    reel_dataset *dataset = NULL;
    reel_model *model = NULL;
    reel_err err = {0};

    assert_int_equal(reel_dataset_builder_new(&builder, NULL), REEL_OK);
    assert_int_equal(reel_dataset_builder_add_movie(builder, &film, NULL), REEL_OK);
    assert_int_equal(reel_dataset_builder_finish(&dataset, builder, NULL, NULL), REEL_OK);
    assert_int_equal(reel_model_fit(&model, "popular", dataset, NULL, NULL, &err), REEL_E_INVALID);
    assert_non_null(strstr(err.msg, "no ratings"));
    reel_dataset_builder_free(builder);
    reel_dataset_free(dataset);
}

static void test_fit_refuses_absurd_ratings(void **state)
{
    (void)state;
    const reel_rating rating = {.person = 1, .movie = 7, .value = 1e30F};
    reel_dataset_builder *builder = NULL;
    reel_dataset *dataset = NULL;
    reel_model *model = NULL;
    reel_err err = {0};

    assert_int_equal(reel_dataset_builder_new(&builder, NULL), REEL_OK);
    assert_int_equal(reel_dataset_builder_add_ratings(builder, &rating, 1, NULL), REEL_OK);
    assert_int_equal(reel_dataset_builder_finish(&dataset, builder, NULL, NULL), REEL_OK);
    assert_int_equal(reel_model_fit(&model, "user-knn", dataset, NULL, NULL, &err), REEL_E_INVALID);
    assert_non_null(strstr(err.msg, "film 7"));
    reel_dataset_builder_free(builder);
    reel_dataset_free(dataset);
}

/* Several at once: the second is bad, and named. */
static void check_many(const reel_model *model, const reel_entry *entries, reel_scratch *scratch,
                       const char *says)
{
    const reel_query queries[] = {{.entries = entries, .count = 1, .row = -1},
                                  {.entries = entries, .count = 2, .row = -1}};
    float scores[2 * 18];
    reel_err err = {0};

    assert_int_equal(reel_model_score_many(model, queries, 2, scratch, scores, &err),
                     REEL_E_INVALID);
    if (strstr(err.msg, says) == NULL || strstr(err.msg, "query 1: ") == NULL)
        fail_msg("many: %s", err.msg);
    assert_int_equal(reel_model_score_many(model, queries, 1, scratch, scores, &err), REEL_OK);
    assert_int_equal(reel_model_score_many(model, NULL, 0, scratch, NULL, &err), REEL_OK);
}

static void test_bad_entries_are_named(void **state)
{
    (void)state;
    const struct {
        reel_entry entry; /* after one of film 3 */
        const char *says;
    } cases[] = {
        {{.movie = -1, .value = 3, .weight = 1}, "entry 1: film index -1"},
        {{.movie = 18, .value = 3, .weight = 1}, "entry 1: film index 18 is outside 0..17"},
        {{.movie = 3, .value = 3, .weight = 1}, "entry 1: film index 3 does not ascend"},
        {{.movie = 2, .value = 3, .weight = 1}, "entry 1: film index 2 does not ascend"},
        {{.movie = 4, .value = NAN, .weight = 1}, "entry 1: value"},
        {{.movie = 4, .value = INFINITY, .weight = 1}, "entry 1: value"},
        {{.movie = 4, .value = -2e6F, .weight = 1}, "entry 1: value"},
        {{.movie = 4, .value = 3, .weight = -0.5F}, "entry 1: weight"},
        {{.movie = 4, .value = 3, .weight = NAN}, "entry 1: weight"},
        {{.movie = 4, .value = 3, .weight = 1, .kind = (reel_entry_kind)9},
         "entry 1: unknown kind"},
    };
    reel_dataset *dataset = random_dataset(&tiny);
    reel_model *model = fit("popular", dataset, NULL), *ials = fit("ials", dataset, NULL);
    reel_scratch *scratch = NULL;

    assert_int_equal(reel_scratch_new(&scratch, NULL), REEL_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const reel_entry entries[2] = {{.movie = 3, .value = 4, .weight = 1}, cases[i].entry};
        const reel_query query = {.entries = entries, .count = 2, .row = -1};
        reel_explanation why;
        float scores[18];
        reel_err err = {0};

        assert_int_equal(reel_model_score(model, &query, scratch, scores, &err), REEL_E_INVALID);
        if (strstr(err.msg, cases[i].says) == NULL)
            fail_msg("case %zu says: %s", i, err.msg);
        assert_int_equal(reel_model_explain(model, &query, 0, 3, scratch, &why, NULL),
                         REEL_E_INVALID);
        check_many(model, entries, scratch, cases[i].says);
        check_many(ials, entries, scratch, cases[i].says);
    }
    reel_scratch_free(scratch);
    reel_model_free(ials);
    reel_model_free(model);
    reel_dataset_free(dataset);
}

static void test_explain_refuses_unknown_film_and_too_many_reasons(void **state)
{
    (void)state;
    const reel_query query = {.row = -1};
    reel_dataset *dataset = random_dataset(&tiny);
    reel_model *model = fit("popular", dataset, NULL);
    reel_scratch *scratch = NULL;
    reel_explanation why;
    reel_err err = {0};

    assert_int_equal(reel_scratch_new(&scratch, NULL), REEL_OK);
    assert_int_equal(reel_model_explain(model, &query, 18, 3, scratch, &why, &err), REEL_E_INVALID);
    assert_non_null(strstr(err.msg, "18"));
    assert_int_equal(reel_model_explain(model, &query, -1, 3, scratch, &why, &err), REEL_E_INVALID);
    assert_int_equal(reel_model_explain(model, &query, 1, 17, scratch, &why, &err), REEL_E_INVALID);
    assert_non_null(strstr(err.msg, "at most 16"));
    reel_scratch_free(scratch);
    reel_model_free(model);
    reel_dataset_free(dataset);
}

static void test_query_hash_sees_every_member(void **state)
{
    (void)state;
    const reel_entry base = {.movie = 3, .value = 4, .weight = 1};
    const reel_entry others[] = {{.movie = 4, .value = 4, .weight = 1},
                                 {.movie = 3, .value = 3, .weight = 1},
                                 {.movie = 3, .value = 4, .weight = 2},
                                 {.movie = 3, .value = 4, .weight = 1, .kind = REEL_ENTRY_CLICK}};
    const reel_query query = {.entries = &base, .count = 1, .row = -1};
    reel_query same = query;

    same.row = 7; /* not part of the history */
    assert_true(reel_query_hash(&same) == reel_query_hash(&query));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        const reel_query other = {.entries = &others[i], .count = 1, .row = -1};

        assert_true(reel_query_hash(&other) != reel_query_hash(&query));
    }
}

static void test_id_tells_parameters_seed_and_data_apart(void **state)
{
    (void)state;
    const reel_param five = {"neighbours", "5"};
    const reel_params params = {&five, 1};
    const reel_fit_context seeded = {.seed = 2};
    random_shape other_shape = tiny;
    reel_dataset *dataset = random_dataset(&tiny), *other;
    reel_model *a = fit("user-knn", dataset, NULL), *b = fit("user-knn", dataset, NULL);
    reel_model *c = fit("user-knn", dataset, &params), *d, *e = NULL;

    other_shape.seed = 4;
    other = random_dataset(&other_shape);
    d = fit("user-knn", other, NULL);
    assert_int_equal(reel_model_fit(&e, "user-knn", dataset, NULL, &seeded, NULL), REEL_OK);
    assert_string_equal(reel_model_id(a), reel_model_id(b));
    assert_int_equal(strlen(reel_model_id(a)), strlen("user-knn-") + 12);
    assert_string_not_equal(reel_model_id(a), reel_model_id(c));
    assert_string_not_equal(reel_model_id(a), reel_model_id(d));
    assert_string_not_equal(reel_model_id(a), reel_model_id(e));
    assert_string_equal(reel_model_data_hash(a), reel_dataset_hash(dataset));
    assert_int_equal((int)reel_model_param(c, 0), 5);
    assert_true(isnan(reel_model_param(c, 99)));
    reel_model_free(a);
    reel_model_free(b);
    reel_model_free(c);
    reel_model_free(d);
    reel_model_free(e);
    reel_dataset_free(dataset);
    reel_dataset_free(other);
}

static void test_a_model_lives_as_long_as_its_last_owner(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&tiny);
    reel_model *model = fit("user-knn", dataset, NULL), *mine = reel_model_ref(model);

    reel_dataset_free(dataset); /* a model needs no data set once fitted */
    reel_model_free(model);
    assert_int_equal(reel_model_movies(mine), 18);
    assert_int_equal(reel_model_movie_ids(mine)[1], 13);
    reel_model_free(mine);
    reel_model_free(NULL);
    assert_int_equal(reel__alloc_live(), 0);
}

static void test_cancelled_fit_ends(void **state)
{
    (void)state;
    const volatile bool yes = true;
    const reel_fit_context context = {.seed = 1, .cancel = &yes};
    reel_dataset *dataset = random_dataset(&tiny);

    for (size_t m = 0; reel_model_at(m) != NULL; m++) {
        reel_model *model = NULL;
        quick cheap;

        assert_int_equal(reel_model_fit(&model, reel_model_at(m)->name, dataset,
                                        quick_params(&cheap, reel_model_at(m)->name), &context,
                                        NULL),
                         REEL_E_CANCELLED);
        assert_null(model);
    }
    reel_dataset_free(dataset);
    assert_int_equal(reel__alloc_live(), 0);
}

/* ---- running out of memory ----------------------------------------------------------------- */

enum { MANY = 6 };

/* Everything a program does with a model; the first failure ends it. */
static reel_code whole_life(const char *name, const reel_dataset *dataset, const char *path)
{
    const reel_entry entries[] = {{.movie = 1, .value = 4, .weight = 1},
                                  {.movie = 2, .value = 4, .weight = 0},
                                  {.movie = 5, .value = 2, .weight = 1}};
    const reel_query query = {.entries = entries, .count = 3, .row = -1};
    const reel_query queries[MANY] = {query, query, query, query, query, query};
    reel_code rc = REEL_OK;
    reel_model *model = NULL, *loaded = NULL;
    reel_scratch *scratch = NULL;
    reel_explanation why;
    float scores[MANY * 18];
    reel_err err = {0};
    quick cheap;

    REEL_TRY(reel_model_fit(&model, name, dataset, quick_params(&cheap, name), NULL, &err));
    REEL_TRY(reel_model_save(model, path, &err));
    REEL_TRY(reel_model_load(&loaded, path, &err));
    REEL_TRY(reel_scratch_new(&scratch, &err));
    REEL_TRY(reel_model_score(loaded, &query, scratch, scores, &err));
    REEL_TRY(reel_model_score_many(loaded, queries, MANY, scratch, scores, &err));
    REEL_TRY(reel_model_explain(loaded, &query, 3, 2, scratch, &why, &err));
out:
    if (rc != REEL_OK)
        assert_true(strlen(err.msg) > 0);
    reel_scratch_free(scratch);
    reel_model_free(loaded);
    reel_model_free(model);
    return rc;
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    const char *path = temp_path("oom.reel");
    reel_dataset *dataset = random_dataset(&tiny);

    for (size_t m = 0; reel_model_at(m) != NULL; m++) {
        const long before = reel__alloc_live();

        for (long n = 0;; n++) {
            reel_code rc;

            reel__alloc_fail_after(n);
            rc = whole_life(reel_model_at(m)->name, dataset, path);
            reel__alloc_fail_after(-1);
            assert_int_equal(reel__alloc_live(), before);
            if (rc == REEL_OK) {
                assert_true(n > 5);
                break;
            }
            assert_int_equal(rc, REEL_E_NOMEM);
        }
    }
    reel_dataset_free(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_registry_finds_every_model_by_name),
        cmocka_unit_test(test_fit_refuses_what_it_cannot_use),
        cmocka_unit_test(test_fit_refuses_a_dataset_without_ratings),
        cmocka_unit_test(test_fit_refuses_absurd_ratings),
        cmocka_unit_test(test_bad_entries_are_named),
        cmocka_unit_test(test_explain_refuses_unknown_film_and_too_many_reasons),
        cmocka_unit_test(test_query_hash_sees_every_member),
        cmocka_unit_test(test_id_tells_parameters_seed_and_data_apart),
        cmocka_unit_test(test_a_model_lives_as_long_as_its_last_owner),
        cmocka_unit_test(test_cancelled_fit_ends),
        cmocka_unit_test(test_every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
