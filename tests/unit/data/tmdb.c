/* Unit tests of TMDb-shaped metadata: joining, filling in, and objects that are wrong. */
#include <math.h>

#include "base/file.h"
#include "data/readers.h"
#include "support/bad_rows.h"
#include "support/check.h"
#include "support/temp.h"

#define MOVIES                                                                                     \
    "movieId,title,genres\n1,Toy Story (1995),Animation|Comedy\n2,Ariel (1988),Drama\n"            \
    "3,\"Haine, La (Hate) (1995)\",(no genres listed)\n4,Unlinked,\n"
#define LINKS "movieId,imdbId,tmdbId\n1,0114709,862\n2,0094675,2\n3,0113247,\n"

static reel_catalogue *new_catalogue(const char *folder, const char *links)
{
    char name[64];
    reel_catalogue *catalogue = NULL;
    reel_generation generation;
    reel_err err;

    assert_int_equal(reel__file_make_folder(temp_path(folder), NULL), REEL_OK);
    (void)snprintf(name, sizeof name, "%s/movies.csv", folder);
    (void)temp_write(name, MOVIES);
    (void)snprintf(name, sizeof name, "%s/links.csv", folder);
    if (links != NULL)
        (void)temp_write(name, links);
    assert_ok(reel__read_movielens(&catalogue, &generation, temp_path(folder), NULL, NULL, &err));
    return catalogue;
}

static void test_all_fields(void **state)
{
    (void)state;
    reel_catalogue *catalogue = new_catalogue("all", LINKS);
    reel_enrich_report report;
    const reel_movie *film = NULL;
    reel_err err;

    assert_ok(reel__read_tmdb(
        catalogue,
        temp_write("all.jsonl",
                   "{\"id\":862,\"imdb_id\":\"tt0114709\",\"title\":\"Toy Story\","
                   "\"original_title\":\"Toy Story\",\"original_language\":\"en\","
                   "\"overview\":\"Led by Woody &amp; Buzz,\\n toys  live.\",\"tagline\":\"\","
                   "\"genres\":[{\"id\":16,\"name\":\"Family\"}],\"release_date\":\"1995-10-30\","
                   "\"runtime\":81,\"vote_average\":7.7,\"vote_count\":5415,\"popularity\":21.9,"
                   "\"poster_path\":\"/rhIR.jpg\",\"backdrop_path\":null,"
                   "\"keywords\":{\"keywords\":[{\"name\":\"toy\"},{\"name\":\"a|b\"},"
                   "{\"name\":null},{\"name\":\"  \"}]},"
                   "\"credits\":{\"cast\":[{\"name\":\"Tom Hanks\"},{\"name\":\"Tim Allen\"}],"
                   "\"crew\":[{\"name\":\"Joss Whedon\",\"job\":\"Writer\"},"
                   "{\"name\":\"John Lasseter\",\"job\":\"Director\"}]},"
                   "\"videos\":{\"results\":[{\"site\":\"Vimeo\",\"type\":\"Trailer\","
                   "\"key\":\"12345678\"},{\"site\":\"YouTube\",\"type\":\"Clip\",\"key\":"
                   "\"clipclip\"},{\"site\":\"YouTube\",\"type\":\"Trailer\",\"key\":\"\\\"><x>\"},"
                   "{\"site\":\"YouTube\",\"type\":\"Trailer\",\"key\":\"v-PjgYDrg70\"}]}}\n"),
        NULL, NULL, &report, &err));
    film = reel__catalogue_movie(catalogue, 0);
    assert_int_equal(report.objects, 1);
    assert_int_equal(report.matched, 1);
    assert_int_equal(report.with_overview, 1);
    assert_int_equal(report.doubtful, 0);
    assert_string_equal(film->overview, "Led by Woody & Buzz, toys live.");
    assert_string_equal(film->genres, "Animation|Comedy"); /* the catalogue's own are kept */
    assert_string_equal(film->keywords, "toy|a/b");
    assert_string_equal(film->cast, "Tom Hanks|Tim Allen");
    assert_string_equal(film->directors, "John Lasseter");
    assert_string_equal(film->trailer_key, "v-PjgYDrg70");
    assert_string_equal(film->poster_path, "/rhIR.jpg");
    assert_string_equal(film->backdrop_path, "");
    assert_string_equal(film->language, "en");
    assert_string_equal(film->release_date, "1995-10-30");
    assert_int_equal(film->runtime, 81);
    assert_int_equal(film->vote_count, 5415);
    assert_true(fabsf(film->vote_average - 7.7F) < 1e-6F);
    assert_true(fabsf(film->popularity - 21.9F) < 1e-5F);
    reel__catalogue_free(catalogue);
}

static void test_nulls_and_least_objects(void **state)
{
    (void)state;
    reel_catalogue *catalogue = new_catalogue("nulls", LINKS);
    reel_enrich_report report;
    const reel_movie *film = NULL;
    reel_err err;

    assert_ok(reel__read_tmdb(
        catalogue,
        temp_write("nulls.jsonl",
                   "{\"id\":2,\"overview\":null,\"runtime\":null,\"genres\":null,\"keywords\":null,"
                   "\"credits\":{\"cast\":null},\"videos\":{},\"vote_average\":0,\"vote_count\":0,"
                   "\"release_date\":\"\",\"original_language\":null,\"title\":\"Ariel\"}\n"
                   "{\"imdb_id\":\"tt0113247\",\"release_date\":\"1995\",\"overview\":"
                   "\"No overview found.\",\"genres\":[{\"name\":\"Science Fiction\"}]}\n"),
        NULL, NULL, &report, &err));
    assert_int_equal(report.matched, 2);
    assert_int_equal(report.with_overview, 0);
    film = reel__catalogue_movie(catalogue, 1);
    assert_string_equal(film->overview, "");
    assert_true(isnan(film->vote_average));
    assert_int_equal(film->runtime, 0);
    film = reel__catalogue_movie(catalogue, 2); /* joined by its IMDb id */
    assert_string_equal(film->release_date, "1995");
    assert_string_equal(film->genres, "Sci-Fi");
    assert_string_equal(film->original_title, "Hate"); /* what the title said */
    reel__catalogue_free(catalogue);
}

static void test_joining(void **state)
{
    (void)state;
    reel_catalogue *catalogue = new_catalogue("join", NULL);
    const char *links = temp_write("some-links.csv", "movieId,imdbId,tmdbId\n1,1,10\n2,2,10\n");
    reel_enrich_report report;
    reel_err err;

    assert_ok(reel__read_tmdb(
        catalogue,
        temp_write("join.jsonl", "{\"id\":10,\"overview\":\"both films\"}\n"
                                 "{\"id\":10,\"overview\":\"too late\"}\n"
                                 "{\"movieId\":4,\"id\":null,\"imdb_id\":null,"
                                 "\"release_date\":\"2001-02\",\"overview\":\"by its own id\"}\n"
                                 "{\"id\":77,\"overview\":\"of no film\"}\n"),
        links, NULL, &report, &err));
    assert_int_equal(report.objects, 4);
    assert_int_equal(report.matched, 3);
    assert_string_equal(reel__catalogue_movie(catalogue, 0)->overview, "both films");
    assert_string_equal(reel__catalogue_movie(catalogue, 1)->overview, "both films");
    assert_string_equal(reel__catalogue_movie(catalogue, 3)->overview, "by its own id");
    assert_int_equal(reel__catalogue_movie(catalogue, 3)->year, 2001);
    assert_int_equal(reel__catalogue_movie(catalogue, 0)->imdb_id, 1);
    reel__catalogue_free(catalogue);
}

static void test_doubtful_links(void **state)
{
    (void)state;
    reel_catalogue *catalogue = new_catalogue("doubt", LINKS);
    reel_enrich_report report;
    reel_err err;

    assert_ok(reel__read_tmdb(
        catalogue,
        temp_write("doubt.jsonl",
                   "{\"id\":862,\"release_date\":\"1998-01-01\",\"overview\":\"another\"}\n"
                   "{\"id\":2,\"release_date\":\"1990-01-01\",\"overview\":\"two years\"}\n"),
        NULL, NULL, &report, &err));
    assert_int_equal(report.doubtful, 1);
    assert_int_equal(report.matched, 1);
    assert_string_equal(reel__catalogue_movie(catalogue, 0)->overview, "");
    assert_int_equal(reel__catalogue_movie(catalogue, 0)->tmdb_id, 0);
    assert_string_equal(reel__catalogue_movie(catalogue, 1)->overview, "two years");
    reel__catalogue_free(catalogue);
}

static void test_bad_objects(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"{\"id\":2,", "line 1"},
        {"[2]", "expected a JSON object"},
        {"{\"title\":\"x\"}", "no id, imdb_id or movieId"},
        {"{\"id\":\"2\"}", "id: expected a whole number"},
        {"{\"id\":2,\"imdb_id\":\"nm17\"}", "imdb_id: \"nm17\""},
        {"{\"id\":2,\"title\":7}", "title: "},
        {"{\"id\":2,\"overview\":[]}", "overview: "},
        {"{\"id\":2,\"genres\":\"Drama\"}", "genres: expected a list"},
        {"{\"id\":2,\"genres\":[3]}", "a list of names holds something else"},
        {"{\"id\":2,\"keywords\":[]}", "keywords: expected an object"},
        {"{\"id\":2,\"credits\":{\"crew\":[{\"name\":\"x\",\"job\":1}]}}", "job: "},
        {"{\"id\":2,\"videos\":{\"results\":[\"x\"]}}", "a result is not an object"},
        {"{\"id\":2,\"release_date\":\"soon\"}", "release_date: \"soon\""},
        {"{\"id\":2,\"runtime\":-5}", "runtime: -5"},
        {"{\"id\":2,\"runtime\":\"90\"}", "runtime: "},
        {"{\"id\":2,\"vote_average\":11}", "vote_average: 11"},
        {"{\"id\":2,\"vote_count\":-1}", "vote_count: -1"},
        {"{\"id\":2,\"poster_path\":\"http://x/\"}", "poster_path: "},
        {"{\"id\":2,\"poster_path\":\"/a\\\"b\"}", "poster_path: "},
        {"{\"id\":2,\"id\":3}", "line 1"},
    };
    reel_catalogue *catalogue = new_catalogue("bad", LINKS);

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[512];
        bad_rows bad = {0};
        const reel_read_opts opts = {.bad_row = bad_rows_take, .user = &bad};
        const reel_read_opts strict = {.strict = true};
        reel_enrich_report report;
        reel_err err;

        (void)snprintf(text, sizeof text, "{\"id\":999}\n%s\n", cases[i][0]);
        assert_ok(
            reel__read_tmdb(catalogue, temp_write("bad.jsonl", text), NULL, &opts, &report, &err));
        assert_int_equal(report.objects, 1);
        assert_int_equal(report.bad_rows, 1);
        assert_int_equal(report.matched, 0);
        if (strstr(bad.reason[0], cases[i][1]) == NULL)
            fail_msg("%s: \"%s\"", cases[i][0], bad.reason[0]);
        assert_int_equal(bad.line[0], 2);
        assert_string_equal(reel__catalogue_movie(catalogue, 1)->overview, "");
        assert_fails(
            reel__read_tmdb(catalogue, temp_path("bad.jsonl"), NULL, &strict, &report, &err),
            REEL_E_FORMAT, "bad.jsonl:2: ");
    }
    reel__catalogue_free(catalogue);
}

static void test_bad_files(void **state)
{
    (void)state;
    reel_catalogue *catalogue = new_catalogue("files", LINKS);
    reel_enrich_report report;
    reel_err err;
    const size_t size = (size_t)10 << 20;
    char *text = malloc(size + 1);

    assert_non_null(text);
    assert_fails(reel__read_tmdb(catalogue, temp_path("none.jsonl"), NULL, NULL, &report, &err),
                 REEL_E_NOTFOUND, "none.jsonl");
    assert_fails(
        reel__read_tmdb(catalogue, temp_write("empty.jsonl", ""), NULL, NULL, &report, &err),
        REEL_E_FORMAT, "empty");
    assert_fails(reel__read_tmdb(catalogue, temp_write("csv.jsonl", "id,title\n2,Ariel\n"), NULL,
                                 NULL, &report, &err),
                 REEL_E_FORMAT, "none of its 2 rows can be used");
    memset(text, 'x', size);
    text[size] = '\0';
    assert_fails(
        reel__read_tmdb(catalogue, temp_write("long.jsonl", text), NULL, NULL, &report, &err),
        REEL_E_FORMAT, "too long");
    assert_fails(reel__read_tmdb(catalogue, temp_write("cut.jsonl", "{\"id\":2,\"over"), NULL, NULL,
                                 &report, &err),
                 REEL_E_FORMAT, "is the file complete?");
    free(text);
    reel__catalogue_free(catalogue);
}

static reel_code read_once(void *user, reel_err *err)
{
    reel_catalogue *catalogue = NULL;
    reel_generation generation;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__read_movielens(&catalogue, &generation, user, NULL, NULL, err));
    REEL_TRY(reel__read_tmdb(catalogue, temp_path("sweep.jsonl"), NULL, NULL, NULL, err));
out:
    reel__catalogue_free(catalogue);
    return rc;
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    char folder[TEMP_PATH];

    reel__catalogue_free(new_catalogue("sweep", LINKS));
    (void)snprintf(folder, sizeof folder, "%s", temp_path("sweep"));
    (void)temp_write("sweep.jsonl", "{\"id\":862,\"overview\":\"o\",\"credits\":{\"cast\":"
                                    "[{\"name\":\"a\"}]}}\n{\"id\":2,\"title\":\"t\"}\n");
    assert_true(sweep_memory(read_once, folder) > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_fields),
        cmocka_unit_test(test_nulls_and_least_objects),
        cmocka_unit_test(test_joining),
        cmocka_unit_test(test_doubtful_links),
        cmocka_unit_test(test_bad_objects),
        cmocka_unit_test(test_bad_files),
        cmocka_unit_test(test_every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
