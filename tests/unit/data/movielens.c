/* Unit tests of MovieLens folders of every generation. */
#include "base/file.h"
#include "data/readers.h"
#include "support/bad_rows.h"
#include "support/check.h"
#include "support/temp.h"

/* A folder of its own for each test. */
static const char *new_folder(const char *name)
{
    const char *path = temp_path(name);

    assert_int_equal(reel__file_make_folder(path, NULL), REEL_OK);
    return path;
}

static void put(const char *folder, const char *name, const char *text)
{
    char path[TEMP_PATH];
    const char *slash = strrchr(folder, '/');

    assert_true(snprintf(path, sizeof path, "%s/%s", slash + 1, name) > 0);
    (void)temp_write(path, text);
}

static const reel_movie *film(const reel_catalogue *catalogue, int64_t id)
{
    for (size_t i = 0; i < reel__catalogue_movies(catalogue); i++)
        if (reel__catalogue_movie(catalogue, i)->id == id)
            return reel__catalogue_movie(catalogue, i);
    fail_msg("movie %lld is missing", (long long)id);
    return NULL;
}

/* ---- .dat ---------------------------------------------------------------------------------- */

static void test_dat_folder(void **state)
{
    (void)state;
    const char *folder = new_folder("dat");
    reel_catalogue *catalogue = NULL;
    reel_generation generation = REEL_ML_CSV;
    reel_read_report report;
    char *path = NULL;
    reel_err err;

    put(folder, "movies.dat",
        "1::Toy Story (1995)::Animation|Children's|Comedy\n"
        "73::Mis\xE9rables, Les (1995)::Drama|Musical\n"           /* latin-1 */
        "74::Mis\xC3\xA9rables, Les (1998)::Drama\n"               /* UTF-8 */
        "75::Star Wars: Episode IV :: A New Hope (1977)::Sci-Fi\n" /* colons of its own */
        "76::Nothing (2000)::(no genres listed)\n");
    put(folder, "users.dat", "1::F::1::10::48067\n2::M::56::16::70072-1234\n");
    assert_ok(reel__read_movielens(&catalogue, &generation, folder, NULL, &report, &err));
    assert_int_equal(generation, REEL_ML_DAT);
    assert_int_equal(report.rows, 7);
    assert_int_equal(report.bad_rows, 0);
    assert_int_equal(reel__catalogue_movies(catalogue), 5);
    assert_string_equal(film(catalogue, 1)->genres, "Animation|Children's|Comedy");
    assert_string_equal(film(catalogue, 73)->title, "Mis\xC3\xA9rables, Les (1995)");
    assert_string_equal(film(catalogue, 73)->name, "Les Mis\xC3\xA9rables");
    assert_string_equal(film(catalogue, 74)->name, "Les Mis\xC3\xA9rables");
    assert_string_equal(film(catalogue, 75)->name, "Star Wars: Episode IV :: A New Hope");
    assert_int_equal(film(catalogue, 75)->year, 1977);
    assert_string_equal(film(catalogue, 76)->genres, "");
    assert_string_equal(film(catalogue, 1)->overview, "");
    assert_true(film(catalogue, 1)->popularity != film(catalogue, 1)->popularity);
    assert_int_equal(reel__catalogue_people(catalogue), 2);
    assert_string_equal(reel__catalogue_person(catalogue, 0)->gender, "F");
    assert_string_equal(reel__catalogue_person(catalogue, 0)->occupation, "K-12 student");
    assert_int_equal(reel__catalogue_person(catalogue, 1)->age, 56);
    assert_string_equal(reel__catalogue_person(catalogue, 1)->zip, "70072-1234");
    assert_string_equal(reel__catalogue_label(catalogue), "ratings in MovieLens format");
    path = reel__movielens_ratings_path(folder, generation);
    assert_non_null(strstr(path, "dat/ratings.dat"));
    reel__free(path);
    reel__catalogue_free(catalogue);
}

static void test_dat_tags(void **state)
{
    (void)state;
    const char *folder = new_folder("dattags");
    reel_catalogue *catalogue = NULL;
    reel_generation generation;
    reel_err err;

    put(folder, "movies.dat", "1::Alien (1979)::Horror\n");
    put(folder, "tags.dat", "5::1::space::100\n6::1::odd::tag::101\n7::1::SPACE::102\n");
    assert_ok(reel__read_movielens(&catalogue, &generation, folder, NULL, NULL, &err));
    assert_string_equal(film(catalogue, 1)->tags, "space|odd::tag");
    reel__catalogue_free(catalogue);
}

static void test_bad_dat_rows(void **state)
{
    (void)state;
    const char *folder = new_folder("badat");
    bad_rows bad = {0};
    const reel_read_opts opts = {.bad_row = bad_rows_take, .user = &bad};
    const reel_read_opts strict = {.strict = true};
    reel_catalogue *catalogue = NULL;
    reel_generation generation;
    reel_read_report report;
    reel_err err;

    put(folder, "movies.dat",
        "1::Toy Story (1995)::Comedy\nx::Heat (1995)::Action\n1::Again (1996)::Drama\n3::\n"
        "4::::Drama\n5::Cut sho");
    put(folder, "users.dat",
        "1::F::1::10::48067\n2::M::many::1::1\n3::M::1::21::1\n4::M\n5::M::151::1::1\n");
    assert_ok(reel__read_movielens(&catalogue, &generation, folder, &opts, &report, &err));
    assert_int_equal(report.rows, 2);
    assert_int_equal(report.bad_rows, 9);
    assert_int_equal(bad.count, 9);
    assert_string_equal(bad.reason[0], "movie id \"x\" is not a whole number");
    assert_string_equal(bad.reason[1], "movie id 1 was given before");
    assert_string_equal(bad.reason[2], "expected id::title::genres");
    assert_string_equal(bad.reason[3], "the title is empty");
    assert_non_null(strstr(bad.reason[4], "is the file complete?"));
    assert_string_equal(bad.reason[5], "age \"many\" is not a whole number");
    assert_string_equal(bad.reason[6], "occupation is not in the list of 0 to 20");
    assert_string_equal(bad.reason[8], "age is above 150");
    reel__catalogue_free(catalogue);
    assert_fails(reel__read_movielens(&catalogue, &generation, folder, &strict, NULL, &err),
                 REEL_E_FORMAT, "movies.dat:2: movie id \"x\"");
    assert_null(catalogue);
}

/* ---- ML-100K ------------------------------------------------------------------------------- */

#define FLAGS "0|0|0|1|1|1|0|0|0|0|0|0|0|0|0|0|0|0|0"

static void test_100k_folder(void **state)
{
    (void)state;
    const char *folder = new_folder("hundred");
    reel_catalogue *catalogue = NULL;
    reel_generation generation;
    bad_rows bad = {0};
    const reel_read_opts opts = {.bad_row = bad_rows_take, .user = &bad};
    reel_err err;

    put(folder, "u.item",
        "1|Toy Story (1995)|01-Jan-1995||http://x|" FLAGS "\n"
        "2|Prefontaine|24-Jan-1997||http://x|" FLAGS "\n"
        "267|unknown||||1|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0\n"
        "3|Bad flags (1995)|01-Jan-1995||http://x|2|0|0|1|1|1|0|0|0|0|0|0|0|0|0|0|0|0|0\n"
        "4|Short (1995)|01-Jan-1995||http://x|0|0\n");
    put(folder, "u.user", "1|24|M|technician|85711\n2|53|F|other\n");
    assert_ok(reel__read_movielens(&catalogue, &generation, folder, &opts, NULL, &err));
    assert_int_equal(generation, REEL_ML_100K);
    assert_int_equal(reel__catalogue_movies(catalogue), 3);
    assert_string_equal(film(catalogue, 1)->genres, "Animation|Children's|Comedy");
    assert_string_equal(film(catalogue, 1)->release_date, "1995-01-01");
    assert_int_equal(film(catalogue, 2)->year, 1997); /* from the date */
    assert_string_equal(film(catalogue, 267)->genres, "");
    assert_string_equal(film(catalogue, 267)->release_date, "");
    assert_int_equal(bad.count, 3);
    assert_string_equal(bad.reason[0], "genre flag 0 is neither 0 nor 1");
    assert_string_equal(bad.reason[1], "7 fields instead of 24");
    assert_string_equal(bad.reason[2], "expected id|age|gender|occupation|zip");
    assert_string_equal(reel__catalogue_person(catalogue, 0)->occupation, "technician");
    reel__catalogue_free(catalogue);
    put(folder, "u.genre", "unknown|0\nAction|1\nAdventure|2\nCartoon|3\nKids|4\nFun|5\n");
    assert_ok(reel__read_movielens(&catalogue, &generation, folder, &opts, NULL, &err));
    assert_string_equal(film(catalogue, 1)->genres, "Cartoon|Kids|Fun");
    reel__catalogue_free(catalogue);
}

static void test_bad_100k_genres_and_users(void **state)
{
    (void)state;
    const char *folder = new_folder("badhundred");
    reel_catalogue *catalogue = NULL;
    reel_generation generation;
    bad_rows bad = {0};
    const reel_read_opts opts = {.bad_row = bad_rows_take, .user = &bad};
    reel_err err;

    put(folder, "u.genre", "unknown|0\nAction|x\nAlone\nFar|19\nCartoon|3\n");
    put(folder, "u.item",
        "1|Toy Story (1995)|01-Foo-1995||http://x|" FLAGS "\n1|Again|||x|" FLAGS
        "\nx|No id|||x|" FLAGS "\n2||||x|" FLAGS "\n");
    put(folder, "u.user", "1|24|M|technician|85711\nx|1|M|t|1\n2|old|M|t|1\n");
    assert_ok(reel__read_movielens(&catalogue, &generation, folder, &opts, NULL, &err));
    assert_int_equal(bad.count, 8);
    assert_string_equal(bad.reason[0], "genre number \"x\" is not a whole number");
    assert_string_equal(bad.reason[1], "expected genre|number");
    assert_non_null(strstr(bad.reason[2], "more than 19 genres"));
    assert_string_equal(bad.reason[3], "movie id 1 was given before");
    assert_string_equal(bad.reason[4], "movie id \"x\" is not a whole number");
    assert_string_equal(bad.reason[5], "the title is empty");
    assert_string_equal(bad.reason[6], "user id \"x\" is not a whole number");
    assert_string_equal(bad.reason[7], "age \"old\" is not a whole number");
    assert_string_equal(film(catalogue, 1)->genres, "Cartoon");
    assert_string_equal(film(catalogue, 1)->release_date, "");
    reel__catalogue_free(catalogue);
}

static void test_damaged_catalogues(void **state)
{
    (void)state;
    const char *folder = new_folder("damaged");
    const size_t size = (size_t)10 << 20;
    char *text = malloc(size + 64), path[TEMP_PATH];
    reel_catalogue *catalogue = NULL;
    reel_generation generation;
    reel_read_report report;
    reel_err err;

    assert_non_null(text);
    put(folder, "movies.csv", "movieId;title;genres\n1;Heat (1995);Action\n");
    assert_fails(reel__read_movielens(&catalogue, &generation, folder, NULL, NULL, &err),
                 REEL_E_FORMAT, "1 fields instead of 3: movieId,title,genres");
    (void)temp_write_bytes("damaged/movies.csv", "1,He\0at,x\n", 10);
    assert_fails(reel__read_movielens(&catalogue, &generation, folder, NULL, NULL, &err),
                 REEL_E_FORMAT, "movies.csv:1: NUL byte");
    memset(text, 'x', size);
    (void)snprintf(text + size, 64, "\n1,Heat (1995),Action\n");
    put(folder, "movies.csv", text);
    assert_ok(reel__read_movielens(&catalogue, &generation, folder, NULL, &report, &err));
    assert_int_equal(report.bad_rows, 1);
    assert_int_equal(reel__catalogue_movies(catalogue), 1);
    reel__catalogue_free(catalogue);
    (void)snprintf(path, sizeof path, "%s", new_folder("longdat"));
    (void)snprintf(text + size, 64, "\n1::Heat (1995)::Action\n");
    put(path, "movies.dat", text);
    assert_ok(reel__read_movielens(&catalogue, &generation, path, NULL, &report, &err));
    assert_int_equal(report.bad_rows, 1);
    reel__catalogue_free(catalogue);
    free(text);
}

/* ---- CSV ----------------------------------------------------------------------------------- */

static void test_csv_folder(void **state)
{
    (void)state;
    const char *folder = new_folder("csv");
    reel_catalogue *catalogue = NULL;
    reel_generation generation;
    reel_read_report report;
    reel_err err;

    put(folder, "movies.csv",
        "movieId,title,genres\r\n1,Toy Story (1995),Adventure|Children\r\n"
        "11,\"American President, The (1995)\",Comedy\r\n"
        "12,\"Say \"\"Yes\"\" (2001)\",(no genres listed)\r\n");
    put(folder, "links.csv", "movieId,imdbId,tmdbId\n1,0114709,862\n11,tt0112346,\n999,1,1\n");
    put(folder, "tags.csv",
        "userId,movieId,tag,timestamp\n5,1,pixar,100\n6,1,Pixar,101\n7,1,\"funny, warm\",102\n"
        "8,1,zebra,1\n9,1,a|b,1\n9,999,lost,1\n");
    assert_ok(reel__read_movielens(&catalogue, &generation, folder, NULL, &report, &err));
    assert_int_equal(generation, REEL_ML_CSV);
    assert_int_equal(report.rows, 3 + 3 + 6);
    assert_string_equal(film(catalogue, 11)->name, "The American President");
    assert_string_equal(film(catalogue, 12)->name, "Say \"Yes\"");
    assert_string_equal(film(catalogue, 12)->genres, "");
    assert_int_equal(film(catalogue, 1)->imdb_id, 114709);
    assert_int_equal(film(catalogue, 1)->tmdb_id, 862);
    assert_int_equal(film(catalogue, 11)->imdb_id, 112346);
    assert_int_equal(film(catalogue, 11)->tmdb_id, 0);
    assert_string_equal(film(catalogue, 1)->tags, "pixar|a/b|funny, warm|zebra");
    assert_string_equal(film(catalogue, 11)->tags, "");
    reel__catalogue_free(catalogue);
}

static void test_bad_csv_rows(void **state)
{
    (void)state;
    const char *folder = new_folder("badcsv");
    bad_rows bad = {0};
    const reel_read_opts opts = {.bad_row = bad_rows_take, .user = &bad};
    reel_catalogue *catalogue = NULL;
    reel_generation generation;
    reel_err err;

    put(folder, "movies.csv",
        "movieId,title,genres\n1,Heat, The (1995),Action\n2,\"Open (1995),Drama\n3,Ran "
        "(1985),War\n");
    put(folder, "links.csv", "movieId,imdbId,tmdbId\n3,abc,1\n3,1\n3\n");
    put(folder, "tags.csv", "userId,movieId,tag,timestamp\nx,3,t,1\n1,3,t\n1,3,t,1\n");
    assert_ok(reel__read_movielens(&catalogue, &generation, folder, &opts, NULL, &err));
    assert_int_equal(reel__catalogue_movies(catalogue), 1);
    assert_string_equal(bad.reason[0], "4 fields instead of 3: movieId,title,genres");
    assert_string_equal(bad.reason[1], "a quote is not closed");
    assert_int_equal(bad.line[1], 3);
    assert_string_equal(bad.reason[2], "IMDb id \"abc\" is not a whole number");
    assert_string_equal(bad.reason[3], "1 fields instead of 3: movieId,imdbId,tmdbId");
    assert_string_equal(bad.reason[4], "user id \"x\" is not a whole number");
    reel__catalogue_free(catalogue);
}

static void test_tags_may_be_a_header_alone(void **state)
{
    (void)state;
    const char *folder = new_folder("notags");
    reel_catalogue *catalogue = NULL;
    reel_generation generation;
    reel_err err;

    put(folder, "movies.csv", "movieId,title,genres\n1,Heat (1995),Action\n");
    put(folder, "tags.csv", "userId,movieId,tag,timestamp\n");
    assert_ok(reel__read_movielens(&catalogue, &generation, folder, NULL, NULL, &err));
    assert_string_equal(film(catalogue, 1)->tags, "");
    reel__catalogue_free(catalogue);
}

/* ---- folders that are none ----------------------------------------------------------------- */

static void test_folders_without_movielens(void **state)
{
    (void)state;
    const char *folder = new_folder("bare");
    reel_catalogue *catalogue = NULL;
    reel_generation generation;
    reel_err err;

    assert_fails(reel__read_movielens(&catalogue, &generation, temp_path("gone"), NULL, NULL, &err),
                 REEL_E_NOTFOUND, "there is no such folder");
    assert_fails(reel__read_movielens(&catalogue, &generation, folder, NULL, NULL, &err),
                 REEL_E_NOTFOUND, "looked for movies.dat");
    put(folder, "movies.dat", "");
    assert_fails(reel__read_movielens(&catalogue, &generation, folder, NULL, NULL, &err),
                 REEL_E_FORMAT, "movies.dat: the file is empty");
    assert_null(catalogue);
}

/* ---- memory -------------------------------------------------------------------------------- */

static reel_code read_once(void *user, reel_err *err)
{
    reel_catalogue *catalogue = NULL;
    reel_generation generation;
    const reel_code rc = reel__read_movielens(&catalogue, &generation, user, NULL, NULL, err);

    assert_true((rc == REEL_OK) == (catalogue != NULL));
    reel__catalogue_free(catalogue);
    return rc;
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    char folder[TEMP_PATH];

    (void)snprintf(folder, sizeof folder, "%s", new_folder("sweepcsv"));
    put(folder, "movies.csv", "movieId,title,genres\n1,\"A \"\"b\"\" (C) (1995)\",Drama\n");
    put(folder, "links.csv", "movieId,imdbId,tmdbId\n1,2,3\n");
    put(folder, "tags.csv", "userId,movieId,tag,timestamp\n5,1,x,100\n6,1,y,100\n");
    assert_true(sweep_memory(read_once, folder) > 10);
    (void)snprintf(folder, sizeof folder, "%s", new_folder("sweepitem"));
    put(folder, "u.item", "1|Toy Story (1995)|01-Jan-1995||http://x|" FLAGS "\n");
    put(folder, "u.user", "1|24|M|technician|85711\n");
    assert_true(sweep_memory(read_once, folder) > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dat_folder),
        cmocka_unit_test(test_dat_tags),
        cmocka_unit_test(test_bad_dat_rows),
        cmocka_unit_test(test_100k_folder),
        cmocka_unit_test(test_bad_100k_genres_and_users),
        cmocka_unit_test(test_damaged_catalogues),
        cmocka_unit_test(test_csv_folder),
        cmocka_unit_test(test_bad_csv_rows),
        cmocka_unit_test(test_tags_may_be_a_header_alone),
        cmocka_unit_test(test_folders_without_movielens),
        cmocka_unit_test(test_every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
