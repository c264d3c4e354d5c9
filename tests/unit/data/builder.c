/* Unit tests of the dataset builder: order, duplicates, unknown movies, hash, memory failures. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "reel/dataset.h"

static const reel_movie films[] = {
    {.id = 20, .title = "Ran (1985)", .name = "Ran", .year = 1985, .vote_average = 8.0F},
    {.id = 7, .title = "Alien (1979)", .name = "Alien", .genres = "Horror", .popularity = 3.0F},
    {.id = 300, .title = "Heat (1995)", .cast = "Al Pacino|Robert De Niro", .trailer_key = "k3y"},
};

static const reel_rating ratings[] = {
    {.person = 9, .movie = 300, .time = 50, .value = 4.0F},
    {.person = 9, .movie = 7, .time = 51, .value = 5.0F},
    {.person = 2, .movie = 20, .time = 10, .value = 3.5F},
    {.person = 9, .movie = 20, .time = 49, .value = 2.0F},
    {.person = 4, .movie = 999, .time = 1, .value = 1.0F},
};
enum { FILMS = 3, RATINGS = 5 };

static reel_dataset_builder *new_builder(void)
{
    reel_dataset_builder *builder = NULL;

    assert_int_equal(reel_dataset_builder_new(&builder, NULL), REEL_OK);
    return builder;
}

static void add_films(reel_dataset_builder *builder)
{
    for (int i = 0; i < FILMS; i++)
        assert_int_equal(reel_dataset_builder_add_movie(builder, &films[i], NULL), REEL_OK);
}

static reel_dataset *finish(reel_dataset_builder *builder, reel_dataset_report *report)
{
    reel_dataset *dataset = NULL;
    reel_err err = {0};

    if (reel_dataset_builder_finish(&dataset, builder, report, &err) != REEL_OK)
        fail_msg("finish: %s", err.msg);
    reel_dataset_builder_free(builder);
    return dataset;
}

static reel_dataset *build(void)
{
    reel_dataset_builder *builder = new_builder();

    add_films(builder);
    assert_int_equal(reel_dataset_builder_add_ratings(builder, ratings, RATINGS, NULL), REEL_OK);
    return finish(builder, NULL);
}

static void test_rows_and_columns_are_sorted(void **state)
{
    (void)state;
    reel_dataset *dataset = build();
    const reel_csr_view view = reel_dataset_ratings(dataset);
    const reel_csr_view back = reel_dataset_raters(dataset);

    assert_int_equal(reel_dataset_people(dataset), 2);
    assert_int_equal(reel_dataset_movies(dataset), 3);
    assert_int_equal(reel_dataset_movie_ids(dataset)[0], 7);
    assert_int_equal(reel_dataset_movie_ids(dataset)[2], 300);
    assert_int_equal(reel_dataset_person_ids(dataset)[0], 2);
    assert_int_equal(reel_dataset_person_ids(dataset)[1], 9);
    assert_int_equal(view.rows, 2);
    assert_int_equal(view.cols, 3);
    assert_int_equal(view.ptr[1], 1);
    assert_int_equal(view.ptr[2], 4);
    assert_int_equal(view.col[1], 0); /* person 9: Alien, Ran, Heat */
    assert_int_equal(view.col[2], 1);
    assert_int_equal(view.col[3], 2);
    assert_true(view.val[1] == 5.0F && view.val[2] == 2.0F && view.val[3] == 4.0F);
    assert_int_equal(reel_dataset_times(dataset)[1], 51);
    assert_int_equal(reel_dataset_times(dataset)[3], 50);
    assert_int_equal(back.rows, 3);
    assert_int_equal(back.ptr[3], 4);
    assert_int_equal(back.col[back.ptr[1]], 0); /* Ran: both people */
    assert_int_equal(back.col[back.ptr[1] + 1], 1);
    assert_true(back.val[back.ptr[1]] == 3.5F);
    reel_dataset_free(dataset);
}

static void test_finding_ids(void **state)
{
    (void)state;
    reel_dataset *dataset = build();

    assert_int_equal(reel_dataset_find_movie(dataset, 7), 0);
    assert_int_equal(reel_dataset_find_movie(dataset, 300), 2);
    assert_int_equal(reel_dataset_find_movie(dataset, 8), -1);
    assert_int_equal(reel_dataset_find_movie(dataset, 301), -1);
    assert_int_equal(reel_dataset_find_movie(dataset, -1), -1);
    assert_int_equal(reel_dataset_find_person(dataset, 9), 1);
    assert_int_equal(reel_dataset_find_person(dataset, 4), -1); /* rated an unknown movie only */
    reel_dataset_free(dataset);
}

static void test_films_keep_their_fields(void **state)
{
    (void)state;
    reel_dataset *dataset = build();
    const reel_movie ran = reel_dataset_movie(dataset, 1);
    const reel_movie heat = reel_dataset_movie(dataset, 2);

    assert_int_equal(ran.id, 20);
    assert_int_equal(ran.year, 1985);
    assert_string_equal(ran.title, "Ran (1985)");
    assert_string_equal(ran.overview, "");
    assert_true(ran.vote_average == 8.0F);
    assert_string_equal(heat.cast, "Al Pacino|Robert De Niro");
    assert_string_equal(heat.trailer_key, "k3y");
    assert_string_equal(heat.name, "");
    assert_string_equal(reel_dataset_movie(dataset, 0).genres, "Horror");
    reel_dataset_free(dataset);
}

static void test_malformed_text_is_repaired(void **state)
{
    (void)state;
    reel_dataset_builder *builder = new_builder();
    const reel_movie film = {.id = 1, .title = "Am\xe9lie"};
    reel_dataset *dataset = NULL;

    assert_int_equal(reel_dataset_builder_add_movie(builder, &film, NULL), REEL_OK);
    dataset = finish(builder, NULL);
    assert_string_equal(reel_dataset_movie(dataset, 0).title, "Am\xc3\xa9lie");
    reel_dataset_free(dataset);
}

static void test_later_rating_wins(void **state)
{
    (void)state;
    static const reel_rating twice[] = {
        {.person = 1, .movie = 7, .time = 20, .value = 1.0F},
        {.person = 1, .movie = 20, .time = 5, .value = 3.0F},
        {.person = 1, .movie = 7, .time = 10, .value = 2.0F}, /* earlier: loses */
        {.person = 1, .movie = 20, .time = 5, .value = 4.0F}, /* same time, later row: wins */
        {.person = 1, .movie = 7, .time = 30, .value = 5.0F}, /* later: wins */
    };
    reel_dataset_builder *builder = new_builder();
    reel_dataset_report report = {0};
    reel_dataset *dataset = NULL;
    reel_csr_view view;

    add_films(builder);
    assert_int_equal(reel_dataset_builder_add_ratings(builder, twice, 5, NULL), REEL_OK);
    dataset = finish(builder, &report);
    view = reel_dataset_ratings(dataset);
    assert_int_equal(report.ratings, 2);
    assert_int_equal(report.duplicates, 3);
    assert_int_equal(report.unknown_movies, 0);
    assert_int_equal(view.ptr[1], 2);
    assert_true(view.val[0] == 5.0F && view.val[1] == 4.0F);
    assert_int_equal(reel_dataset_times(dataset)[0], 30);
    assert_int_equal(reel_dataset_raters(dataset).ptr[3], 2);
    reel_dataset_free(dataset);
}

static void test_unknown_movies_are_counted(void **state)
{
    (void)state;
    reel_dataset_builder *builder = new_builder();
    reel_dataset_report report = {0};
    reel_dataset *dataset = NULL;

    assert_int_equal(reel_dataset_builder_add_ratings(builder, ratings, RATINGS, NULL), REEL_OK);
    add_films(builder); /* films may come after ratings */
    dataset = finish(builder, &report);
    assert_int_equal(report.ratings, 4);
    assert_int_equal(report.unknown_movies, 1);
    reel_dataset_free(dataset);
}

static void test_without_films_the_rated_ones_count(void **state)
{
    (void)state;
    reel_dataset_builder *builder = new_builder();
    reel_dataset *dataset = NULL;

    assert_int_equal(reel_dataset_builder_add_ratings(builder, ratings, RATINGS, NULL), REEL_OK);
    dataset = finish(builder, NULL);
    assert_int_equal(reel_dataset_movies(dataset), 4);
    assert_int_equal(reel_dataset_people(dataset), 3);
    assert_string_equal(reel_dataset_movie(dataset, 3).name, "999");
    assert_true(isnan(reel_dataset_movie(dataset, 3).popularity));
    reel_dataset_free(dataset);
}

static void test_films_without_ratings(void **state)
{
    (void)state;
    reel_dataset_builder *builder = new_builder();
    reel_dataset *dataset = NULL;

    add_films(builder);
    dataset = finish(builder, NULL);
    assert_int_equal(reel_dataset_people(dataset), 0);
    assert_int_equal(reel_dataset_ratings(dataset).ptr[0], 0);
    assert_int_equal(reel_dataset_raters(dataset).ptr[3], 0);
    assert_int_equal(reel_dataset_find_person(dataset, 1), -1);
    reel_dataset_free(dataset);
}

static void test_bad_input_is_refused(void **state)
{
    (void)state;
    reel_dataset_builder *builder = new_builder();
    const reel_movie negative = {.id = -3};
    const reel_rating not_finite = {.person = 1, .movie = 1, .value = NAN};
    const reel_rating nobody = {.person = -1, .movie = 1, .value = 1.0F};
    reel_dataset *dataset = (reel_dataset *)(uintptr_t)1;
    reel_err err = {0};

    assert_int_equal(reel_dataset_builder_finish(&dataset, builder, NULL, &err), REEL_E_INVALID);
    assert_null(dataset);
    assert_int_equal(reel_dataset_builder_add_movie(builder, &negative, &err), REEL_E_INVALID);
    assert_non_null(strstr(err.msg, "-3"));
    assert_int_equal(reel_dataset_builder_add_ratings(builder, &not_finite, 1, &err),
                     REEL_E_INVALID);
    assert_int_equal(reel_dataset_builder_add_ratings(builder, &nobody, 1, &err), REEL_E_INVALID);
    assert_int_equal(reel_dataset_builder_add_movie(builder, &films[0], &err), REEL_OK);
    assert_int_equal(reel_dataset_builder_add_movie(builder, &films[0], &err), REEL_E_CONFLICT);
    assert_non_null(strstr(err.msg, "20"));
    reel_dataset_builder_free(builder);
}

static void test_labels(void **state)
{
    (void)state;
    reel_dataset_builder *builder = new_builder();
    reel_dataset *dataset = NULL, *same = NULL;

    add_films(builder);
    assert_int_equal(reel_dataset_builder_label(builder, "Simulated sample", true, 17, NULL),
                     REEL_OK);
    dataset = finish(builder, NULL);
    assert_string_equal(reel_dataset_source(dataset), "Simulated sample");
    assert_true(reel_dataset_simulated(dataset));
    assert_int_equal(reel_dataset_generation(dataset), 17);
    same = reel_dataset_ref(dataset);
    reel_dataset_free(dataset);
    assert_int_equal(reel_dataset_movies(same), FILMS); /* still owned once */
    reel_dataset_free(same);
}

static void test_hash_is_of_the_data_alone(void **state)
{
    (void)state;
    reel_dataset_builder *builder = new_builder();
    reel_dataset *one = build(), *other = NULL;
    char hash[80];

    for (int i = FILMS - 1; i >= 0; i--)
        assert_int_equal(reel_dataset_builder_add_movie(builder, &films[i], NULL), REEL_OK);
    for (int i = RATINGS - 1; i >= 0; i--)
        assert_int_equal(reel_dataset_builder_add_ratings(builder, &ratings[i], 1, NULL), REEL_OK);
    assert_int_equal(reel_dataset_builder_label(builder, "label", false, 3, NULL), REEL_OK);
    other = finish(builder, NULL);
    assert_int_equal(strlen(reel_dataset_hash(one)), 71);
    assert_memory_equal(reel_dataset_hash(one), "sha256:", 7);
    assert_string_equal(reel_dataset_hash(one), reel_dataset_hash(other));
    (void)snprintf(hash, sizeof hash, "%s", reel_dataset_hash(one));
    reel_dataset_free(one);
    reel_dataset_free(other);

    builder = new_builder();
    add_films(builder);
    assert_int_equal(reel_dataset_builder_add_ratings(builder, ratings, 3, NULL), REEL_OK);
    other = finish(builder, NULL);
    assert_string_not_equal(hash, reel_dataset_hash(other));
    reel_dataset_free(other);
}

enum { GROUP_PEOPLE = 5, GROUP_MOST = 900, GROUP_ROWS = GROUP_PEOPLE * GROUP_MOST };

/* Row n of a list that is grouped by person: from few ratings to many, films in no order, some
 * given twice, one film in three with a large id. */
static reel_rating grouped_row(int person, int n)
{
    const int64_t film = (int64_t)(n * 7919 % 1201) * (n % 3 == 0 ? 1000003 : 1);

    return (reel_rating){
        .person = 10 * person, .movie = film, .time = n % 5, .value = (float)(n % 9)};
}

/* People whose ratings stand together take another way than those whose do not; both give the same.
 */
static void test_grouped_rows_give_the_same(void **state)
{
    (void)state;
    static const int counts[GROUP_PEOPLE] = {1, 30, 41, 255, GROUP_MOST};
    static reel_rating grouped[GROUP_ROWS], mixed[GROUP_ROWS];
    size_t rows = 0, dealt = 0;
    reel_dataset_report report[2];
    reel_dataset *dataset[2];

    for (int p = 0; p < GROUP_PEOPLE; p++)
        for (int n = 0; n < counts[p]; n++)
            grouped[rows++] = grouped_row(p, n);
    for (int n = 0; n < GROUP_MOST; n++)
        for (int p = 0; p < GROUP_PEOPLE; p++)
            if (n < counts[p])
                mixed[dealt++] = grouped_row(p, n);
    assert_int_equal(rows, dealt);
    for (int i = 0; i < 2; i++) {
        reel_dataset_builder *builder = new_builder();

        assert_int_equal(
            reel_dataset_builder_add_ratings(builder, i == 0 ? grouped : mixed, rows, NULL),
            REEL_OK);
        dataset[i] = finish(builder, &report[i]);
    }
    assert_string_equal(reel_dataset_hash(dataset[0]), reel_dataset_hash(dataset[1]));
    assert_true(report[0].ratings > 800 && report[0].ratings == report[1].ratings);
    assert_int_equal(report[0].duplicates, report[1].duplicates);
    for (int p = 0; p < GROUP_PEOPLE; p++) {
        const reel_csr_view r = reel_dataset_ratings(dataset[0]);

        for (reel_nnz k = r.ptr[p] + 1; k < r.ptr[p + 1]; k++)
            assert_true(r.col[k - 1] < r.col[k]);
    }
    reel_dataset_free(dataset[0]);
    reel_dataset_free(dataset[1]);
}

static reel_code build_all(reel_dataset **out, reel_err *err)
{
    reel_code rc = REEL_OK;
    reel_dataset_builder *builder = NULL;

    *out = NULL;
    REEL_TRY(reel_dataset_builder_new(&builder, err));
    REEL_TRY(reel_dataset_builder_label(builder, "x", false, 0, err));
    for (int i = 0; i < FILMS; i++)
        REEL_TRY(reel_dataset_builder_add_movie(builder, &films[i], err));
    REEL_TRY(reel_dataset_builder_add_ratings(builder, ratings, RATINGS, err));
    REEL_TRY(reel_dataset_builder_finish(out, builder, NULL, err));
out:
    reel_dataset_builder_free(builder);
    return rc;
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    const long before = reel__alloc_live();
    reel_dataset *dataset = NULL;

    for (long n = 0;; n++) {
        reel_err err = {0};
        reel_code rc = REEL_OK;

        reel__alloc_fail_after(n);
        rc = build_all(&dataset, &err);
        reel__alloc_fail_after(-1);
        if (rc == REEL_OK) {
            assert_true(n > 10);
            break;
        }
        assert_int_equal(rc, REEL_E_NOMEM);
        assert_null(dataset);
        assert_true(err.msg[0] != '\0');
        assert_int_equal(reel__alloc_live(), before);
    }
    reel_dataset_free(dataset);
    assert_int_equal(reel__alloc_live(), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_and_columns_are_sorted),
        cmocka_unit_test(test_finding_ids),
        cmocka_unit_test(test_films_keep_their_fields),
        cmocka_unit_test(test_malformed_text_is_repaired),
        cmocka_unit_test(test_later_rating_wins),
        cmocka_unit_test(test_unknown_movies_are_counted),
        cmocka_unit_test(test_without_films_the_rated_ones_count),
        cmocka_unit_test(test_films_without_ratings),
        cmocka_unit_test(test_bad_input_is_refused),
        cmocka_unit_test(test_labels),
        cmocka_unit_test(test_hash_is_of_the_data_alone),
        cmocka_unit_test(test_grouped_rows_give_the_same),
        cmocka_unit_test(test_every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
