/* Our similarities of people against scikit-learn's cosine (tests/golden/sklearn/make.py). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "reel/model.h"
#include "support/near.h"

#define FOLDER "tests/golden/sklearn/"

enum { PEOPLE_MAX = 64, HISTORY_MAX = 256 };

static FILE *open_golden(const char *path)
{
    FILE *file = fopen(path, "r");

    if (file == NULL)
        fail_msg("%s cannot be opened", path);
    return file;
}

static reel_dataset *read_ratings(void)
{
    FILE *file = open_golden(FOLDER "ratings.tsv");
    reel_dataset_builder *builder = NULL;
    reel_dataset *dataset = NULL;
    reel_rating rating = {0};
    long long person, movie;
    int ratings = 0;

    assert_int_equal(reel_dataset_builder_new(&builder, NULL), REEL_OK);
    while (fscanf(file, "%lld%lld%f", &person, &movie, &rating.value) == 3) {
        rating.person = person;
        rating.movie = movie;
        assert_int_equal(reel_dataset_builder_add_ratings(builder, &rating, 1, NULL), REEL_OK);
        ratings++;
    }
    assert_true(ratings > 50);
    (void)fclose(file);
    assert_int_equal(reel_dataset_builder_finish(&dataset, builder, NULL, NULL), REEL_OK);
    reel_dataset_builder_free(builder);
    return dataset;
}

static void read_cosines(double *out, reel_index people)
{
    FILE *file = open_golden(FOLDER "cosine.tsv");

    for (reel_index i = 0; i < people * people; i++)
        assert_int_equal(fscanf(file, "%lf", &out[i]), 1);
    (void)fclose(file);
}

/* One person's similarity with everyone, 0 for those who are not named. */
static void ask(const reel_model *model, const reel_dataset *dataset, reel_index person,
                reel_scratch *scratch, double *out)
{
    const reel_csr_view r = reel_dataset_ratings(dataset);
    reel_entry entries[HISTORY_MAX];
    reel_query query = {.entries = entries, .row = -1};
    reel_neighbour near[PEOPLE_MAX];
    size_t count = 0;

    for (reel_nnz k = r.ptr[person]; k < r.ptr[person + 1]; k++)
        entries[query.count++] = (reel_entry){.movie = r.col[k], .value = r.val[k], .weight = 1};
    assert_int_equal(reel_model_neighbours(model, &query, PEOPLE_MAX, scratch, near, &count, NULL),
                     REEL_OK);
    for (reel_index v = 0; v < r.rows; v++)
        out[v] = 0;
    for (size_t n = 0; n < count; n++)
        out[near[n].row] = (double)near[n].similarity;
}

static void test_similarities_are_those_of_scikit_learn(void **state)
{
    (void)state;
    reel_dataset *dataset = read_ratings();
    const reel_index people = reel_dataset_people(dataset);
    double expected[PEOPLE_MAX * PEOPLE_MAX], got[PEOPLE_MAX];
    reel_model *model = NULL;
    reel_scratch *scratch = NULL;

    assert_true(people > 10 && people <= PEOPLE_MAX);
    read_cosines(expected, people);
    assert_int_equal(reel_model_fit(&model, "user-knn", dataset, NULL, NULL, NULL), REEL_OK);
    assert_int_equal(reel_scratch_new(&scratch, NULL), REEL_OK);
    for (reel_index u = 0; u < people; u++) {
        ask(model, dataset, u, scratch, got);
        for (reel_index v = 0; v < people; v++)
            assert_near(got[v], expected[u * people + v], 1e-6);
    }
    reel_scratch_free(scratch);
    reel_model_free(model);
    reel_dataset_free(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_similarities_are_those_of_scikit_learn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
