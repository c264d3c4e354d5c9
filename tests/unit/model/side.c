/* Unit tests of the films' side information. */
#include "support/check.h"

#include <math.h>

#include "model/side.h"
#include "support/near.h"

static void add(reel_dataset_builder *builder, int64_t id, const char *overview, const char *genres)
{
    const reel_movie movie = {.id = id, .title = "x", .overview = overview, .genres = genres};

    assert_int_equal(reel_dataset_builder_add_movie(builder, &movie, NULL), REEL_OK);
}

static reel_dataset *some_films(void)
{
    reel_dataset_builder *builder = NULL;
    reel_dataset *dataset = NULL;

    assert_int_equal(reel_dataset_builder_new(&builder, NULL), REEL_OK);
    add(builder, 1, "a robot finds a river", "War");
    add(builder, 2, "the robot and the war", "War|Drama");
    add(builder, 3, "unheard of", "");
    add(builder, 4, "", "Drama");
    assert_int_equal(reel_dataset_builder_finish(&dataset, builder, NULL, NULL), REEL_OK);
    reel_dataset_builder_free(builder);
    return dataset;
}

static double cosine(const reel_csr *films, reel_index a, reel_index b)
{
    double sum = 0;

    for (reel_nnz i = films->ptr[a]; i < films->ptr[a + 1]; i++)
        for (reel_nnz k = films->ptr[b]; k < films->ptr[b + 1]; k++)
            if (films->col[i] == films->col[k])
                sum += (double)films->val[i] * (double)films->val[k];
    return sum;
}

/* Terms of two films or more: robot, Drama, War; the word war is not the genre. */
static void shared_terms_make_the_features(void **state)
{
    (void)state;
    reel_dataset *dataset = some_films();
    reel_csr films = {0};
    reel_err err = {0};

    assert_ok(reel__side_features(&films, dataset, &err));
    assert_int_equal(films.rows, 4);
    assert_int_equal(films.cols, 3);
    assert_int_equal(films.ptr[3], films.ptr[2]); /* film 3 shares nothing */
    for (reel_index j = 0; j < 4; j++)
        assert_near(cosine(&films, j, j), j == 2 ? 0 : 1, 1e-6);
    /* robot and War are as rare as Drama; a genre counts twice */
    assert_near(cosine(&films, 0, 1), 5 / (sqrt(5) * 3), 1e-6);
    assert_near(cosine(&films, 1, 3), 2.0 / 3, 1e-6);
    assert_near(cosine(&films, 0, 3), 0, 0);
    reel__csr_fini(&films);
    reel_dataset_free(dataset);
}

static reel_code features(void *user, reel_err *err)
{
    reel_csr films = {0};
    const reel_code rc = reel__side_features(&films, user, err);

    reel__csr_fini(&films);
    return rc;
}

static void memory_may_run_out(void **state)
{
    (void)state;
    reel_dataset *dataset = some_films();

    assert_true(sweep_memory(features, dataset) > 3);
    reel_dataset_free(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shared_terms_make_the_features),
        cmocka_unit_test(memory_may_run_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
