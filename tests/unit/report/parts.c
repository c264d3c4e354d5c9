/* parts.c - a part of the films is analysed as if there were no others, and the answer in JSON says
 * what the analyses found: against a dataset that never had the rest. */
#include "support/report_data.h"

#include "base/json.h"
#include "report/answer.h"

enum { TEXT_MOST = 1 << 24, FILMS = 40, PEOPLE = 30 };

/* ---- which films --------------------------------------------------------------------------- */

static void test_which_films_are_in_a_part(void **state)
{
    const reel_movie film = plain_film(1, "Heat", "Action|Sci-Fi", 1995);
    const reel_movie undated = plain_film(2, "Lost", "Action", 0);
    const struct {
        reel_part part;
        bool film, undated;
    } cases[] = {
        {{NULL, 0, 0}, true, true},         {{"Action", 0, 0}, true, true},
        {{"Sci-Fi", 0, 0}, true, false},    {{"Sci", 0, 0}, false, false},
        {{"Fi", 0, 0}, false, false},       {{"Action|Sci-Fi", 0, 0}, false, false},
        {{NULL, 1995, 1995}, true, false},  {{NULL, 1996, 0}, false, false},
        {{NULL, 0, 1994}, false, false},    {{NULL, 0, 1995}, true, false},
        {{"Action", 1990, 0}, true, false}, {{"Drama", 1990, 0}, false, false},
        {{"", 0, 0}, false, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(reel__part_has(&cases[i].part, &film), cases[i].film);
        assert_int_equal(reel__part_has(&cases[i].part, &undated), cases[i].undated);
        assert_int_equal(reel__part_is_whole(&cases[i].part), i == 0);
    }
}

/* ---- a part is like a dataset of its own --------------------------------------------------- */

/* The films of the part and their ratings, by the builder. NULL: there are none. */
static reel_dataset *only(const reel_dataset *dataset, const reel_part *part)
{
    const reel_csr_view given = reel_dataset_ratings(dataset);
    const int64_t *movies = reel_dataset_movie_ids(dataset);
    const int64_t *people = reel_dataset_person_ids(dataset), *times = reel_dataset_times(dataset);
    reel_movie films[FILMS];
    reel_rating *ratings = calloc((size_t)given.ptr[given.rows] + 1, sizeof *ratings);
    size_t film_count = 0, count = 0;
    reel_dataset *out = NULL;

    for (reel_index i = 0; i < reel_dataset_movies(dataset); i++) {
        films[film_count] = reel_dataset_movie(dataset, i);
        film_count += reel__part_has(part, &films[film_count]);
    }
    for (reel_index p = 0; p < given.rows; p++)
        for (reel_nnz i = given.ptr[p]; i < given.ptr[p + 1]; i++) {
            const reel_movie film = reel_dataset_movie(dataset, given.col[i]);

            if (reel__part_has(part, &film))
                ratings[count++] =
                    (reel_rating){people[p], movies[given.col[i]], times[i], given.val[i]};
        }
    if (film_count > 0)
        out = data_of(films, film_count, ratings, count);
    free(ratings);
    return out;
}

static void tell(reel_buf *out, const reel_dataset *dataset, const reel_part *part)
{
    reel_figure figures[REEL_FIGURES] = {0};
    reel_err err = {REEL_OK, ""};
    reel_facts *facts = NULL;
    reel_json json;

    reel__buf_init(out, TEXT_MOST);
    reel__json_init(&json, out);
    assert_ok(reel__facts_new(&facts, dataset, part, &err));
    for (int64_t id = 0; id < PEOPLE; id++) /* the same person by person, whoever is in it */
        assert_ok(reel__facts_put_person(facts, id * 1000003, 15 + (int32_t)id,
                                         id % 2 == 0 ? "F" : "M", id % 3 == 0 ? "writer" : "",
                                         &err));
    assert_ok(reel__figures_make(figures, facts, &err));
    reel__json_object(&json);
    reel__answer_write(&json, facts, figures);
    reel__json_object_end(&json);
    assert_ok(reel__buf_check(out, &err));
    reel__figures_fini(figures);
    reel__facts_free(facts);
}

static void test_a_part_is_like_a_dataset_without_the_rest(void **state)
{
    const reel_part parts[] = {{NULL, 0, 0},       {"Drama", 0, 0},        {"Comedy", 1950, 0},
                               {NULL, 1960, 1999}, {"Horror", 1900, 1990}, {NULL, 0, 1899},
                               {"ドラマ", 0, 0},   {"Sci-Fi", 1989, 1989}, {"none such", 0, 0}};
    int compared = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        reel_dataset *whole = strange_data(seed, FILMS, PEOPLE, 0.2);

        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
            reel_dataset *alone = only(whole, &parts[i]);
            reel_buf found, wanted;

            tell(&found, whole, &parts[i]);
            if (alone != NULL) {
                tell(&wanted, alone, NULL);
                assert_string_equal(found.data, wanted.data);
                reel__buf_fini(&wanted);
                compared++;
            } else {
                assert_non_null(strstr(found.data, "\"movies\":0,\"people\":0,\"ratings\":0,"
                                                   "\"mean\":null"));
            }
            reel__buf_fini(&found);
            reel_dataset_free(alone);
        }
        reel_dataset_free(whole);
    }
    assert_true(compared > 30);
}

static reel_code analyse_part(void *user, reel_err *err)
{
    static const reel_part part = {"Drama", 1920, 2010};
    reel_figure figures[REEL_FIGURES] = {0};
    reel_facts *facts = NULL;
    reel_code rc;

    REEL_TRY(reel__facts_new(&facts, user, &part, err));
    rc = reel__figures_make(figures, facts, err);
out:
    reel__figures_fini(figures);
    reel__facts_free(facts);
    return rc;
}

static void test_no_memory(void **state)
{
    reel_dataset *dataset = strange_data(5, 20, 7, 0.5);

    (void)state;
    assert_true(sweep_memory(analyse_part, dataset) > 100);
    reel_dataset_free(dataset);
}

/* ---- the answer ---------------------------------------------------------------------------- */

static const json_t *column(const json_t *figure, size_t at)
{
    return json_object_get(json_array_get(json_object_get(figure, "columns"), at), "values");
}

static const json_t *told(const json_t *answer, const char *id)
{
    const json_t *figures = json_object_get(answer, "figures");

    for (size_t i = 0; i < json_array_size(figures); i++) {
        const json_t *figure = json_array_get(figures, i);

        if (strcmp(json_string_value(json_object_get(figure, "figure")), id) == 0)
            return figure;
    }
    fail_msg("%s is not told", id);
    return NULL;
}

static void check_cells(const json_t *answer, analysed *a, const char *id)
{
    const json_t *figure = told(answer, id);
    const reel_sheet *sheet = &figure_of(a, id)->sheet;

    assert_int_equal(json_array_size(json_object_get(figure, "columns")), sheet->columns);
    assert_int_equal(json_integer_value(json_object_get(figure, "rows")), reel__sheet_rows(sheet));
    for (int c = 0; c < sheet->columns; c++)
        for (size_t row = 0; row < reel__sheet_rows(sheet); row++) {
            const json_t *value = json_array_get(column(figure, (size_t)c), row);

            if (sheet->column[c].kind == REEL_SHEET_TEXT)
                assert_string_equal(json_string_value(value), reel__sheet_text(sheet, row, c));
            else if (isnan(reel__sheet_number(sheet, row, c)))
                assert_true(json_is_null(value));
            else
                assert_true(fabs(json_number_value(value) - reel__sheet_number(sheet, row, c)) <=
                            1e-5 * fabs(reel__sheet_number(sheet, row, c)));
        }
}

static void test_cells_are_told_as_they_are(void **state)
{
    static const char *const ids[] = {"ratings-distribution", "ratings-over-time", "top-by-rating",
                                      "sparsity", "genre-cooccurrence"};
    analysed a = {0};
    json_t *answer = NULL;
    reel_err err = {REEL_OK, ""};
    reel_buf text;

    (void)state;
    analyse(&a, strange_data(3, FILMS, PEOPLE, 0.3), false);
    tell(&text, a.dataset, NULL);
    assert_ok(reel__json_parse(&answer, text.data, text.length, 8, &err));
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        check_cells(answer, &a, ids[i]);
    json_decref(answer);
    reel__buf_fini(&text);
    analysed_end(&a);
}

/* Of ten thousand ranks some hundred are told: all of the first fifty, the last, none twice, and no
 * gap that an eye would see on either kind of axis. */
static void test_long_lines_are_thinned(void **state)
{
    enum { MANY = 10000 };
    const reel_movie film = plain_film(1, "A", "", 2000);
    reel_rating *ratings = calloc(MANY, sizeof *ratings);
    reel_err err = {REEL_OK, ""};
    reel_dataset *dataset;
    const json_t *figure;
    json_t *answer = NULL;
    double before = 0;
    reel_buf text;
    size_t i = 0;

    (void)state;
    for (int64_t p = 0; p < MANY; p++)
        ratings[p] = (reel_rating){p, 1, 0, 3};
    dataset = data_of(&film, 1, ratings, MANY);
    tell(&text, dataset, NULL);
    assert_ok(reel__json_parse(&answer, text.data, text.length, 8, &err));
    figure = told(answer, "activity-long-tail");
    assert_int_equal(json_integer_value(json_object_get(figure, "rows")), MANY + 1);
    assert_in_range(json_array_size(column(figure, 0)), 200, 700);
    for (; strcmp(json_string_value(json_array_get(column(figure, 0), i)), "people") == 0; i++) {
        const double rank = json_number_value(json_array_get(column(figure, 1), i));

        assert_true(rank > before && rank <= before * 1.026 + 1);
        assert_true(rank - before <= (double)MANY / 150);
        before = rank;
    }
    assert_int_equal((int)before, MANY);
    assert_int_equal(json_array_size(column(figure, 0)), i + 1); /* the one film */
    json_decref(answer);
    reel__buf_fini(&text);
    reel_dataset_free(dataset);
    free(ratings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_which_films_are_in_a_part),
        cmocka_unit_test(test_a_part_is_like_a_dataset_without_the_rest),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_cells_are_told_as_they_are),
        cmocka_unit_test(test_long_lines_are_thinned),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
