/* figures.c - the analyses against numbers counted by hand, and against obvious counting. */
#include "support/report_data.h"

#include <time.h>

#include "base/utf8.h"
#include "report/type.h"
#include "report/words.h"

enum { DAY = 86400 };

static double cell(const reel_figure *figure, size_t row, int column)
{
    return reel__sheet_number(&figure->sheet, row, column);
}

static const char *text(const reel_figure *figure, size_t row, int column)
{
    return reel__sheet_text(&figure->sheet, row, column);
}

static void assert_near(double found, double wanted)
{
    if (!(fabs(found - wanted) <= 1e-9 * fmax(1, fabs(wanted))))
        fail_msg("%.12g where %.12g is expected", found, wanted);
}

/* ---- four films, three people -------------------------------------------------------------- */

static reel_dataset *small_data(void)
{
    reel_movie films[] = {plain_film(1, "Alien", "Horror|Sci-Fi", 1979),
                          plain_film(2, "Aliens", "Action|Sci-Fi", 1986),
                          plain_film(3, "Fargo", "Crime|Drama", 1996),
                          plain_film(4, "Unseen", "", 0)};
    const reel_rating ratings[] = {
        {7, 1, 10957 * (int64_t)DAY, 5},     /* 1 January 2000 */
        {7, 2, 10988 * (int64_t)DAY, 4},     /* 1 February */
        {7, 3, 11047 * (int64_t)DAY + 3, 1}, /* 31 March */
        {8, 1, 10957 * (int64_t)DAY + 80000, 4}, {9, 1, 0, 4.5F}, {9, 2, 11017 * (int64_t)DAY, 4},
    };

    films[0].overview = "Très bien";
    films[0].vote_average = 8.1F;
    films[0].vote_count = 300;
    films[0].popularity = 40;
    films[1].vote_average = 7.9F;
    films[1].vote_count = 100;
    films[1].popularity = 10;
    films[2].overview = "Snow";
    films[2].poster_path = "/x.jpg";
    return data_of(films, 4, ratings, 6);
}

static void test_ratings_by_value(void **state)
{
    analysed a;
    const reel_figure *f;

    (void)state;
    analyse(&a, small_data(), false);
    f = figure_of(&a, "ratings-distribution");
    assert_int_equal(reel__sheet_rows(&f->sheet), 4);
    assert_near(cell(f, 0, 0), 1);
    assert_near(cell(f, 1, 0), 4);
    assert_near(cell(f, 1, 1), 3);
    assert_near(cell(f, 1, 2), 0.5);
    assert_near(cell(f, 2, 0), 4.5);
    assert_string_equal(f->finding.data, "4 is given most often: 50\xc2\xa0% of 6 ratings");
    assert_string_equal(f->more.data,
                        "The mean is 3.75, the median 4; 83\xc2\xa0% lie above the mean.");
    analysed_end(&a);
}

static void test_ratings_by_month(void **state)
{
    analysed a;
    const reel_figure *f;

    (void)state;
    analyse(&a, small_data(), false);
    f = figure_of(&a, "ratings-over-time");
    assert_int_equal(reel__sheet_rows(&f->sheet), 3);
    assert_string_equal(text(f, 0, 0), "2000-01");
    assert_string_equal(text(f, 2, 0), "2000-03");
    assert_near(cell(f, 0, 1), 2);
    assert_near(cell(f, 0, 2), 4.5);
    assert_near(cell(f, 1, 1), 1);
    assert_near(cell(f, 2, 1), 2);
    assert_true(isnan(cell(f, 2, 3))); /* too few to show */
    assert_string_equal(f->finding.data,
                        "Most ratings were given in January 2000: 2, 40\xc2\xa0% of all");
    assert_non_null(strstr(f->more.data, "from 1 January 2000 to 31 March 2000."));
    assert_non_null(strstr(f->more.data, "1 rating is without a time."));
    analysed_end(&a);
}

static void test_top_films(void **state)
{
    analysed a;
    const reel_figure *f;

    (void)state;
    analyse(&a, small_data(), false);
    f = figure_of(&a, "top-by-rating");
    /* 6 ratings of 3 films: damped by 2 of 3.75. */
    assert_int_equal(reel__sheet_rows(&f->sheet), 3);
    assert_string_equal(text(f, 0, 0), "Alien (1979)");
    assert_near(cell(f, 0, 1), (13.5 + 2 * 3.75) / 5);
    assert_near(cell(f, 0, 2), 4.5);
    assert_near(cell(f, 2, 1), (1 + 2 * 3.75) / 3);
    f = figure_of(&a, "most-rated-films");
    assert_string_equal(text(f, 0, 0), "Alien (1979)");
    assert_near(cell(f, 0, 2), 1);
    assert_non_null(strstr(f->more.data, "1 of 4 films was rated by nobody."));
    f = figure_of(&a, "top-by-vote");
    assert_int_equal(reel__sheet_rows(&f->sheet), 2);
    assert_near(cell(f, 0, 1),
                (300 * (double)8.1F + 200 * ((double)8.1F + (double)7.9F) / 2) / 500);
    f = figure_of(&a, "top-by-popularity");
    assert_string_equal(f->finding.data, "Alien (1979) is the most popular: 40.00");
    assert_near(cell(f, 1, 2), 2);
    analysed_end(&a);
}

static void test_activity(void **state)
{
    analysed a;
    const reel_figure *f;

    (void)state;
    analyse(&a, small_data(), false);
    f = figure_of(&a, "most-active-people");
    assert_near(cell(f, 0, 0), 7);
    assert_near(cell(f, 0, 1), 3);
    assert_near(cell(f, 0, 2), 0.75);
    assert_near(cell(f, 0, 3), 10.0 / 3);
    f = figure_of(&a, "activity-long-tail");
    assert_int_equal(reel__sheet_rows(&f->sheet), 6); /* three people, three rated films */
    assert_near(cell(f, 3, 2), 3);
    f = figure_of(&a, "activity-concentration");
    /* People gave 3, 2 and 1; films got 3, 2, 1 and 0. */
    assert_non_null(strstr(f->more.data, "0.22 for people and 0.42 for films"));
    assert_near(cell(f, 50, 2), (3 + 2 * 0.5) / 6);
    f = figure_of(&a, "sparsity");
    assert_string_equal(f->finding.data,
                        "50\xc2\xa0% of all pairs of a person and a film have no rating");
    assert_int_equal(reel__sheet_rows(&f->sheet), 12);
    assert_near(cell(f, 0, 5), 1);
    assert_near(cell(f, 11, 5), 0);
    analysed_end(&a);
}

static void test_films(void **state)
{
    analysed a;
    const reel_figure *f;

    (void)state;
    analyse(&a, small_data(), false);
    f = figure_of(&a, "films-per-year");
    assert_int_equal(reel__sheet_rows(&f->sheet), 18);
    assert_near(cell(f, 7, 0), 1986);
    assert_near(cell(f, 7, 1), 1);
    assert_string_equal(f->finding.data, "1979 is one of the 3 years with most films: 1 of 3");
    assert_non_null(strstr(f->more.data, "half are of 1986 or later. The year of 1 film is"));
    f = figure_of(&a, "films-per-decade");
    assert_int_equal(reel__sheet_rows(&f->sheet), 3);
    assert_near(cell(f, 1, 0), 1980);
    f = figure_of(&a, "genre-frequency");
    assert_string_equal(text(f, 0, 0), "Sci-Fi");
    assert_near(cell(f, 0, 1), 2);
    assert_near(cell(f, 0, 3), 5);
    assert_near(cell(f, 0, 4), 21.5 / 5);
    assert_string_equal(f->finding.data,
                        "Sci-Fi is the most frequent genre: 2 of 4 films, 50\xc2\xa0%");
    assert_non_null(strstr(f->more.data, "A film has 2.00 genres on average; 1 has none."));
    f = figure_of(&a, "genre-cooccurrence");
    assert_int_equal(reel__sheet_rows(&f->sheet), 10);
    assert_string_equal(f->finding.data, "Drama and Crime overlap most: 1 film is both, "
                                         "100\xc2\xa0% of those with either");
    analysed_end(&a);
}

static void test_metadata(void **state)
{
    analysed a;
    const reel_figure *f;
    double films = 0;

    (void)state;
    analyse(&a, small_data(), false);
    f = figure_of(&a, "overview-length");
    assert_string_equal(f->more.data, "The shortest has 4, the median 6, the longest 9. 2 of 4 "
                                      "films have none.");
    f = figure_of(&a, "vote-average");
    for (size_t row = 0; row < reel__sheet_rows(&f->sheet); row++)
        films += cell(f, row, 2);
    assert_near(films, 2);
    assert_near(cell(f, 16, 2), 1); /* 8.1 */
    f = figure_of(&a, "popularity-log");
    assert_near(cell(f, 0, 0), 10);
    f = figure_of(&a, "missing-data");
    assert_string_equal(text(f, 2, 1), "overview");
    assert_near(cell(f, 2, 2), 2);
    assert_near(cell(f, 2, 4), 0.5);
    assert_string_equal(text(f, 22, 1), "time");
    assert_near(cell(f, 22, 3), 1);
    analysed_end(&a);
}

/* ---- people -------------------------------------------------------------------------------- */

/* The interval of a mean over people: by the textbook, for the ratings of everyone named F. */
static double women_half(const reel_facts *facts)
{
    const reel_csr_view r = reel_dataset_ratings(facts->dataset);
    double people = 0, count = 0, sum = 0, squares = 0;

    for (int pass = 0; pass < 2; pass++)
        for (reel_index p = 0; p < facts->people; p += 3) {
            double own = 0;
            const double ratings = (double)(r.ptr[p + 1] - r.ptr[p]);

            for (reel_nnz i = r.ptr[p]; i < r.ptr[p + 1]; i++)
                own += (double)r.val[i];
            if (pass == 0) {
                people++;
                count += ratings;
                sum += own;
            } else {
                squares += pow(own - ratings * sum / count, 2);
            }
        }
    return 1.96 * sqrt(people / (people - 1) * squares) / count;
}

static void test_people(void **state)
{
    analysed a;
    const reel_figure *f;
    size_t row = 0;
    double people = 0;

    (void)state;
    analyse(&a, strange_data(11, 30, 60, 0.4), true);
    f = figure_of(&a, "ratings-by-gender");
    assert_int_equal(reel__sheet_rows(&f->sheet), 2);
    row = strcmp(text(f, 0, 0), "women") == 0 ? 0 : 1;
    assert_string_equal(text(f, 1 - row, 0), "men");
    assert_near(cell(f, row, 1), 20);
    assert_near(cell(f, row, 6) - cell(f, row, 4), women_half(a.facts));
    assert_non_null(strstr(f->more.data, "Nothing is known of 20 of 60 people."));
    f = figure_of(&a, "ratings-by-age");
    for (row = 0; row < reel__sheet_rows(&f->sheet); row++)
        people += cell(f, row, 1);
    for (reel_index p = 0; p < a.facts->people; p++)
        people -= a.facts->ages[p] > 0;
    assert_near(people, 0);
    f = figure_of(&a, "ratings-by-occupation");
    assert_int_equal(reel__sheet_rows(&f->sheet), 4);
    for (row = 1; row < 4; row++)
        assert_true(cell(f, row - 1, 4) >= cell(f, row, 4));
    analysed_end(&a);
}

static void test_ages_at_the_ends_of_groups(void **state)
{
    static const int32_t ages[] = {1, 17, 18, 24, 25, 34, 35, 44, 45, 49, 50, 55, 56, 90};
    const reel_movie film = plain_film(1, "A", "", 0);
    reel_rating ratings[14];
    reel_err err = {REEL_OK, ""};
    analysed a = {0};
    const reel_figure *f;

    (void)state;
    for (int i = 0; i < 14; i++)
        ratings[i] = (reel_rating){i, 1, 0, 3};
    a.dataset = data_of(&film, 1, ratings, 14);
    assert_ok(reel__facts_new(&a.facts, a.dataset, NULL, &err));
    for (int i = 0; i < 14; i++)
        assert_ok(reel__facts_put_person(a.facts, i, ages[i], "", "", &err));
    assert_ok(reel__facts_put_person(a.facts, 99, 20, "F", "", &err)); /* not in the data */
    assert_ok(reel__figures_make(a.figures, a.facts, &err));
    f = figure_of(&a, "ratings-by-age");
    assert_int_equal(reel__sheet_rows(&f->sheet), 7);
    for (size_t row = 0; row < 7; row++)
        assert_near(cell(f, row, 1), 2);
    assert_string_equal(text(f, 0, 0), "under 18");
    assert_non_null(figure_of(&a, "ratings-by-gender")->absent);
    analysed_end(&a);
}

/* ---- against obvious counting -------------------------------------------------------------- */

static bool has_genre(const char *genres, const char *name)
{
    const size_t length = strlen(name);

    for (const char *at = strstr(genres, name); at != NULL; at = strstr(at + 1, name))
        if ((at == genres || at[-1] == '|') && (at[length] == '\0' || at[length] == '|'))
            return true;
    return false;
}

static void check_genres(analysed *a)
{
    const reel_figure *f = figure_of(a, "genre-cooccurrence");

    for (size_t row = 0; row < reel__sheet_rows(&f->sheet); row++) {
        double both = 0, either = 0;

        for (reel_index i = 0; i < a->facts->films; i++) {
            const char *genres = reel_dataset_movie(a->dataset, i).genres;
            const bool one = has_genre(genres, text(f, row, 0));
            const bool other = has_genre(genres, text(f, row, 1));

            both += one && other;
            either += one || other;
        }
        assert_near(cell(f, row, 2), both);
        assert_near(cell(f, row, 3), both / either);
    }
}

static void check_grid(analysed *a)
{
    const reel_figure *f = figure_of(a, "sparsity");
    double sum = 0, area = 0;

    for (size_t row = 0; row < reel__sheet_rows(&f->sheet); row++) {
        sum += cell(f, row, 4);
        area += (cell(f, row, 1) - cell(f, row, 0) + 1) * (cell(f, row, 3) - cell(f, row, 2) + 1);
        assert_true(cell(f, row, 5) >= 0 && cell(f, row, 5) <= 1);
    }
    assert_near(sum, (double)a->facts->ratings);
    assert_near(area, (double)a->facts->films * (double)a->facts->people);
}

static void check_best(analysed *a)
{
    const reel_figure *f = figure_of(a, "top-by-rating");
    const reel_csr_view raters = reel_dataset_raters(a->dataset);
    double best = -1, rated = 0, damping;

    for (reel_index i = 0; i < a->facts->films; i++)
        rated += raters.ptr[i + 1] > raters.ptr[i];
    damping = round((double)a->facts->ratings / rated);
    for (reel_index i = 0; i < a->facts->films; i++) {
        double sum = damping * a->facts->mean, count = damping;

        for (reel_nnz k = raters.ptr[i]; k < raters.ptr[i + 1]; k++, count++)
            sum += (double)raters.val[k];
        if (raters.ptr[i + 1] > raters.ptr[i])
            best = fmax(best, sum / count);
    }
    assert_near(cell(f, 0, 1), best);
}

static void test_random_data(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        analysed a;
        double count = 0;

        analyse(&a, strange_data(seed, 5 + 13 * (int)seed, 3 + 17 * (int)seed, 0.2), true);
        for (size_t row = 0; row < reel__sheet_rows(&figure_of(&a, "ratings-over-time")->sheet);
             row++)
            count += cell(figure_of(&a, "ratings-over-time"), row, 1);
        for (int64_t i = 0; i < a.facts->ratings; i++)
            count -= reel_dataset_times(a.dataset)[i] > 0 &&
                     reel_dataset_times(a.dataset)[i] < INT64_C(4102444800);
        assert_near(count, 0);
        check_genres(&a);
        check_grid(&a);
        check_best(&a);
        analysed_end(&a);
    }
}

/* ---- little data --------------------------------------------------------------------------- */

static void test_little(void **state)
{
    const reel_movie film = plain_film(3, "Only", "Drama", 2000);
    const reel_rating one = {1, 3, 0, 4}, milliseconds = {1, 3, INT64_C(964982703000), 4};
    analysed a;

    (void)state;
    analyse(&a, data_of(&film, 1, NULL, 0), true); /* a film, nobody */
    assert_string_equal(figure_of(&a, "sparsity")->absent,
                        "There are no ratings in this database.");
    assert_string_equal(figure_of(&a, "genre-cooccurrence")->absent, "There is one genre only.");
    assert_null(figure_of(&a, "films-per-year")->absent);
    analysed_end(&a);
    analyse(&a, data_of(&film, 1, &one, 1), true); /* one rating, without a time */
    assert_string_equal(figure_of(&a, "ratings-distribution")->finding.data,
                        "4 is given most often: 100\xc2\xa0% of 1 rating");
    assert_string_equal(figure_of(&a, "most-active-people")->finding.data,
                        "Person 1 rated 1 film, 100\xc2\xa0% of the catalogue");
    assert_string_equal(figure_of(&a, "ratings-over-time")->absent, "The ratings have no times.");
    analysed_end(&a);
    analyse(&a, data_of(&film, 1, &milliseconds, 1), true);
    assert_string_equal(figure_of(&a, "ratings-over-time")->absent,
                        "The times of the ratings are no seconds since 1970.");
    analysed_end(&a);
    analyse(&a, data_of(NULL, 0, &one, 1), false); /* no catalogue */
    assert_non_null(figure_of(&a, "films-per-year")->absent);
    assert_non_null(figure_of(&a, "genre-frequency")->absent);
    assert_null(figure_of(&a, "missing-data")->absent);
    analysed_end(&a);
}

static void test_odd_ratings(void **state)
{
    const reel_movie film = plain_film(3, "Only", "", 2000);
    reel_rating ratings[300];
    analysed a;
    double count = 0;

    (void)state;
    for (int i = 0; i < 300; i++)
        ratings[i] = (reel_rating){i, 3, 1 + i, -7 + 0.123F * (float)i};
    analyse(&a, data_of(&film, 1, ratings, 300), false);
    for (size_t row = 0; row < reel__sheet_rows(&figure_of(&a, "ratings-distribution")->sheet);
         row++)
        count += cell(figure_of(&a, "ratings-distribution"), row, 1);
    assert_near(count, 300);
    assert_string_equal(text(figure_of(&a, "ratings-over-time"), 0, 0), "1970-01-01");
    analysed_end(&a);
}

static reel_code analyse_all(void *user, reel_err *err)
{
    reel_figure figures[REEL_FIGURES] = {0};
    reel_facts *facts = NULL;
    reel_code rc;

    REEL_TRY(reel__facts_new(&facts, user, NULL, err));
    for (reel_index p = 0; p < facts->people && rc == REEL_OK; p++)
        rc = reel__facts_put_person(facts, reel_dataset_person_ids(user)[p], 20 + 5 * p, "F",
                                    p % 2 == 0 ? "writer" : "lawyer", err);
    if (rc == REEL_OK)
        rc = reel__figures_make(figures, facts, err);
out:
    reel__figures_fini(figures);
    reel__facts_free(facts);
    return rc;
}

static void test_no_memory(void **state)
{
    reel_dataset *dataset = strange_data(5, 9, 7, 0.5);

    (void)state;
    assert_true(sweep_memory(analyse_all, dataset) > 100);
    reel_dataset_free(dataset);
}

/* ---- words --------------------------------------------------------------------------------- */

static void test_numbers(void **state)
{
    char out[REEL_WORDS];

    (void)state;
    assert_string_equal(reel__words_count(out, 0), "0");
    assert_string_equal(reel__words_count(out, 999), "999");
    assert_string_equal(reel__words_count(out, 1000209), "1,000,209");
    assert_string_equal(reel__words_count(out, -1234), "-1,234");
    assert_string_equal(reel__words_share(out, 0), "0\xc2\xa0%");
    assert_string_equal(reel__words_share(out, 1), "100\xc2\xa0%");
    assert_string_equal(reel__words_share(out, 0.355), "36\xc2\xa0%");
    assert_string_equal(reel__words_share(out, 0.957), "95.7\xc2\xa0%");
    assert_string_equal(reel__words_share(out, 0.0421), "4.2\xc2\xa0%");
    assert_string_equal(reel__words_share(out, 0.99999), "99.999\xc2\xa0%");
    assert_string_equal(reel__words_short(out, 2500), "2.5k");
    assert_string_equal(reel__words_short(out, 3e6), "3M");
    assert_string_equal(reel__words_real(out, 3.576), "3.58");
    assert_string_equal(reel__words_real(out, 152.4), "152");
    assert_string_equal(reel__words_real(out, 12345.6), "12,346");
}

/* Against the C library. */
static void test_dates(void **state)
{
    (void)state;
    for (int64_t day = -300000; day < 900000; day += 137) {
        const time_t seconds = (time_t)day * DAY;
        const reel_date date = reel__date_of(day);
        struct tm wanted;

        assert_non_null(gmtime_r(&seconds, &wanted));
        assert_int_equal(date.year, wanted.tm_year + 1900);
        assert_int_equal(date.month, wanted.tm_mon + 1);
        assert_int_equal(date.day, wanted.tm_mday);
        assert_int_equal(reel__date_days(date), day);
    }
}

static void test_fitting(void **state)
{
    char out[REEL_TYPE_FIT];
    size_t next;

    (void)state;
    assert_string_equal(reel__type_fit(out, "short", 100), "short");
    assert_string_equal(reel__type_fit(out, "", 0), "");
    assert_string_equal(reel__type_fit(out, "The longer one", 5), "The lon\xe2\x80\xa6");
    for (double width = 0; width < 12; width += 0.1) {
        const char *fit = reel__type_fit(out, "千と千尋 の神隠し WW", width);

        assert_true(reel__utf8_valid(fit, strlen(fit)));
        assert_true(width < 0.7 || reel__type_wide(fit, strlen(fit)) <= width + 1e-9);
    }
    assert_int_equal(reel__type_line("one two three", 5, &next), 7);
    assert_int_equal(next, 8);
    assert_int_equal(reel__type_line("unbreakable", 2, &next), 3);
    assert_int_equal(next, 3);
    assert_int_equal(reel__type_line("WW", 0.1, &next), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ratings_by_value),
        cmocka_unit_test(test_ratings_by_month),
        cmocka_unit_test(test_top_films),
        cmocka_unit_test(test_activity),
        cmocka_unit_test(test_films),
        cmocka_unit_test(test_metadata),
        cmocka_unit_test(test_people),
        cmocka_unit_test(test_ages_at_the_ends_of_groups),
        cmocka_unit_test(test_random_data),
        cmocka_unit_test(test_little),
        cmocka_unit_test(test_odd_ratings),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_fitting),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
