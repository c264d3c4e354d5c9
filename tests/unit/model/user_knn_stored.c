/* Unit tests of the neighbours that user-knn keeps: who asks with the history that was trained on
 * is answered as if they were found anew, from a file too; what is damaged is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "model/user_knn.h"
#include "support/fit_text.h"
#include "support/random_data.h"

enum { PEOPLE = 60, MOVIES = 40, LIMIT = 9, ASKED = 4 };

static const random_shape shape = {.seed = 21, .people = PEOPLE, .movies = MOVIES, .density = 0.25};

/* Scores and reasons of two models for a query, to the bit. */
static void check_alike(const reel_model *a, const reel_model *b, const reel_query *query)
{
    static const reel_index movies[ASKED] = {0, 7, 8, MOVIES - 1};
    const reel_model *const models[2] = {a, b};
    float scores[2][MOVIES];
    reel_explanation why[2][ASKED];

    for (int m = 0; m < 2; m++) {
        reel_scratch *scratch = NULL;

        assert_int_equal(reel_scratch_new(&scratch, NULL), REEL_OK);
        assert_int_equal(reel_model_score(models[m], query, scratch, scores[m], NULL), REEL_OK);
        assert_int_equal(reel_model_explain_many(models[m], query, (reel_films){movies, ASKED}, 3,
                                                 scratch, why[m], NULL),
                         REEL_OK);
        reel_scratch_free(scratch);
    }
    assert_memory_equal(scores[0], scores[1], sizeof scores[0]);
    assert_memory_equal(why[0], why[1], sizeof why[0]);
}

static reel_model *save_and_load(const reel_model *model)
{
    const char *path = temp_path("stored.safetensors");
    reel_model *loaded = NULL;
    reel_err err = {0};

    assert_ok(reel_model_save(model, path, &err));
    assert_ok(reel_model_load(&loaded, path, &err));
    return loaded;
}

static void lists_are_those_without_them(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *stored = fit_text(dataset, "user-knn neighbours=9 stored=1");
    reel_model *plain = fit_text(dataset, "user-knn neighbours=9");
    reel_model *loaded = save_and_load(stored);

    assert_non_null(((user_knn *)loaded)->stored);
    assert_null(((user_knn *)plain)->stored);
    for (reel_index u = 0; u < PEOPLE; u++) {
        reel_entry entries[MOVIES];
        reel_query query = trained_query(dataset, u, entries);

        check_alike(stored, plain, &query);
        check_alike(loaded, plain, &query);
        entries[0].weight = 2; /* another history than was trained on */
        query.row_hash = 0;
        check_alike(loaded, plain, &query);
        query.row = -1;
        check_alike(loaded, plain, &query);
    }
    reel_model_free(loaded);
    reel_model_free(plain);
    reel_model_free(stored);
    reel_dataset_free(dataset);
}

/* They are really looked at: with one of them changed the list is another one. */
static void they_are_looked_up(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *stored = fit_text(dataset, "user-knn neighbours=9 stored=1");
    user_knn *self = (user_knn *)stored;
    reel_entry entries[MOVIES];
    const reel_query query = trained_query(dataset, 3, entries);
    float before[MOVIES], after[MOVIES];
    reel_scratch *scratch = NULL;

    assert_int_equal(reel_scratch_new(&scratch, NULL), REEL_OK);
    assert_int_equal(reel_model_score(stored, &query, scratch, before, NULL), REEL_OK);
    reel_scratch_free(scratch);
    ((reel_index *)(uintptr_t)self->stored)[3 * LIMIT + 1] = -1;
    assert_int_equal(reel_scratch_new(&scratch, NULL), REEL_OK);
    assert_int_equal(reel_model_score(stored, &query, scratch, after, NULL), REEL_OK);
    assert_memory_not_equal(before, after, sizeof before);
    reel_scratch_free(scratch);
    reel_model_free(stored);
    reel_dataset_free(dataset);
}

static void everyone_needs_no_store(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *all = fit_text(dataset, "user-knn neighbours=0 stored=1");
    reel_model *loaded = save_and_load(all);

    assert_null(((user_knn *)loaded)->stored);
    reel_model_free(loaded);
    reel_model_free(all);
    reel_dataset_free(dataset);
}

static void fewer_people_than_neighbours_are_enough(void **state)
{
    (void)state;
    const random_shape small = {.seed = 22, .people = 4, .movies = MOVIES, .density = 0.4};
    reel_dataset *dataset = random_dataset(&small);
    reel_model *stored = fit_text(dataset, "user-knn neighbours=9 stored=1");
    reel_model *plain = fit_text(dataset, "user-knn neighbours=9");
    reel_entry entries[MOVIES];
    const reel_query query = trained_query(dataset, 2, entries);

    check_alike(stored, plain, &query);
    reel_model_free(plain);
    reel_model_free(stored);
    reel_dataset_free(dataset);
}

static void damaged_neighbours_are_refused(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *stored = fit_text(dataset, "user-knn neighbours=9 stored=1");
    const user_knn *self = (const user_knn *)stored;
    const reel_index beyond = PEOPLE, self_again = 0, low = -2;
    const float larger = 3, none = 0;
    const file_damage damages[] = {
        {self->stored, 4, &beyond, sizeof beyond, "the neighbours of row 0 are damaged"},
        {self->stored, 4, &self_again, sizeof self_again, "the neighbours of row 0 are damaged"},
        {self->stored, 4, &low, sizeof low, "the neighbours of row 0 are damaged"},
        {self->stored_similarity, 4, &larger, sizeof larger, "the neighbours of row 0 are damaged"},
        {self->stored_similarity, 4, &none, sizeof none, "the neighbours of row 0 are damaged"},
    };

    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++)
        check_damage(stored, &damages[i]);
    reel_model_free(stored);
    reel_dataset_free(dataset);
}

static void fitting_may_run_out_of_memory_or_be_cancelled(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);
    const volatile bool cancel = true;
    const reel_fit_context context = {.cancel = &cancel};
    const long before = reel__alloc_live();
    reel_model *model = NULL;
    reel_code rc = REEL_E_NOMEM;
    reel_err err = {0};

    for (long n = 0; rc != REEL_OK; n++) {
        reel__alloc_fail_after(n);
        rc = try_fit_text(&model, dataset, "user-knn neighbours=9 stored=1", NULL, &err);
        reel__alloc_fail_after(-1);
        if (rc != REEL_OK) {
            assert_int_equal(rc, REEL_E_NOMEM);
            assert_int_equal(reel__alloc_live(), before);
        }
    }
    reel_model_free(model);
    model = fit_text(dataset, "user-knn neighbours=9");
    assert_int_equal(
        reel__user_knn_store((user_knn *)model, reel_dataset_ratings(dataset), &context, &err),
        REEL_E_CANCELLED);
    reel_model_free(model);
    reel_dataset_free(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_are_those_without_them),
        cmocka_unit_test(they_are_looked_up),
        cmocka_unit_test(everyone_needs_no_store),
        cmocka_unit_test(fewer_people_than_neighbours_are_enough),
        cmocka_unit_test(damaged_neighbours_are_refused),
        cmocka_unit_test(fitting_may_run_out_of_memory_or_be_cancelled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
