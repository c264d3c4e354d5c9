/* Loading, converting and cutting: what is kept, counted and left as it was. */
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "service/files/load.h"
#include "support/world.h"

static int set_up(void **state)
{
    (void)state;
    (void)world_write("folder", 1);
    return 0;
}

/* A load of a folder and into a database of the test's own; the paths last until the next call. */
static reel_load_opts load_opts(const char *folder, const char *database)
{
    static char from[TEMP_PATH], into[TEMP_PATH];

    if (folder != NULL)
        (void)snprintf(from, sizeof from, "%s", temp_path(folder));
    (void)snprintf(into, sizeof into, "%s", temp_path(database));
    return (reel_load_opts){.movielens = folder != NULL ? from : NULL, .database = into};
}

static reel_store_counts counts_of(const char *database)
{
    const reel_store_opts opts = {.read_only = true};
    reel_store *store = NULL;
    reel_store_counts counts;
    reel_err err = {0};

    assert_ok(reel__store_open(&store, database, &opts, &err));
    assert_ok(reel__store_counts(store, &counts, &err));
    reel__store_close(store);
    return counts;
}

static void loads_a_folder(void **state)
{
    const reel_load_report report = world_load("folder", "a.db", 1);
    const reel_store_counts counts = counts_of(temp_path("a.db"));

    (void)state;
    assert_int_equal(report.movies, WORLD_FILMS);
    assert_int_equal(report.people, WORLD_PEOPLE);
    assert_true(report.ratings > 400);
    assert_int_equal(report.matched, WORLD_FILMS);
    assert_int_equal(report.with_overview, WORLD_FILMS);
    assert_int_equal(report.bad_rows + report.duplicates + report.unknown_movies, 0);
    assert_int_equal(counts.ratings, report.ratings);
    assert_string_equal(counts.source, report.source);
    assert_int_equal(counts.generation, 1);
    assert_false(counts.simulated);
}

static void counts_what_it_leaves_out(void **state)
{
    reel_load_opts opts = load_opts("odd", "odd.db");
    reel_load_report report;
    reel_err err = {0};

    (void)state;
    (void)world_write("odd", 1);
    (void)temp_write("odd/ratings.csv", "userId,movieId,rating,timestamp\n"
                                        "1,1,4,100\n"
                                        "1,1,3,200\n"
                                        "1,77777,3,200\n"
                                        "2,11,nan,200\n"
                                        "2,11,3,100\n");
    opts.simulated = true;
    opts.label = "A test";
    assert_ok(reel__load(&opts, &report, &err));
    assert_int_equal(report.ratings, 2);
    assert_int_equal(report.duplicates, 1);
    assert_int_equal(report.unknown_movies, 1);
    assert_int_equal(report.bad_rows, 1);
    assert_string_equal(report.source, "A test");
    assert_true(counts_of(temp_path("odd.db")).simulated);
    opts.read.strict = true;
    assert_fails(reel__load(&opts, &report, &err), REEL_E_FORMAT, "ratings.csv:5");
    assert_int_equal(counts_of(temp_path("odd.db")).generation, 1);
}

static void replaces_or_keeps(void **state)
{
    reel_load_opts opts = load_opts(NULL, "keep.db");
    reel_load_report report;
    reel_err err = {0};
    int64_t before;

    (void)state;
    before = world_load("folder", "keep.db", 1).ratings;
    opts.ratings = temp_write("more.csv", "userId,movieId,rating,timestamp\n"
                                          "7000,1,5,100\n7000,424242,5,100\n");
    opts.keep = true;
    assert_ok(reel__load(&opts, &report, &err));
    assert_int_equal(report.ratings, before + 1);
    assert_int_equal(report.unknown_movies, 1);
    assert_int_equal(report.movies, WORLD_FILMS);
    opts.keep = false; /* then the rated films are the films */
    assert_ok(reel__load(&opts, &report, &err));
    assert_int_equal(report.movies, 2);
    assert_int_equal(report.ratings, 2);
    assert_string_equal(report.source, "more.csv");
    assert_int_equal(counts_of(temp_path("keep.db")).generation, 3);
}

static void wrong_requests_and_files(void **state)
{
    reel_load_opts opts = load_opts(NULL, "wrong.db");
    reel_load_report report;
    reel_err err = {0};

    (void)state;
    assert_fails(reel__load(&opts, &report, &err), REEL_E_INVALID, "either");
    opts.movielens = temp_path("nowhere");
    assert_fails(reel__load(&opts, &report, &err), REEL_E_NOTFOUND, "nowhere");
    assert_false(reel__file_exists(temp_path("wrong.db"))); /* nothing was touched */
    opts.movielens = NULL;
    opts.ratings =
        temp_write("account.csv", "userId,movieId,rating,timestamp\n1099511627776,1,5,1\n");
    assert_fails(reel__load(&opts, &report, &err), REEL_E_INVALID, "1099511627776");
    opts.ratings = temp_write("list.tsv", "1\t2\t3\t4\n");
    opts.tmdb = "films.jsonl";
    assert_fails(reel__load(&opts, &report, &err), REEL_E_INVALID, "metadata needs films");
    opts = load_opts("strangers", "wrong.db");
    (void)world_write("strangers", 1);
    (void)temp_write("strangers/ratings.csv",
                     "userId,movieId,rating,timestamp\n1,77,4,1\n2,78,4,1\n");
    assert_fails(reel__load(&opts, &report, &err), REEL_E_FORMAT, "none of the 2 ratings");
}

/* A disk without room, made by a limit on file sizes. */
static void a_full_disk_changes_nothing(void **state)
{
    const int64_t before = world_load("folder", "full.db", 1).ratings;
    const reel_load_opts opts = load_opts("folder", "full.db");
    struct rlimit old, small;
    reel_load_report report;
    reel_code rc;
    reel_err err = {0};

    (void)state;
    assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = (struct rlimit){.rlim_cur = 8192, .rlim_max = old.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    rc = reel__load(&opts, &report, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_int_equal(rc, REEL_E_STORE);
    assert_non_null(strstr(err.msg, "full.db"));
    assert_int_equal(counts_of(temp_path("full.db")).ratings, before);
    assert_int_equal(counts_of(temp_path("full.db")).generation, 1);
}

static reel_code load_it(void *user, reel_err *err)
{
    reel_load_report report;

    return reel__load(user, &report, err);
}

/* Whatever fails, the store stays as the last load left it. */
static void survives_any_allocation_failing(void **state)
{
    char tmdb[TEMP_PATH], folder[TEMP_PATH], database[TEMP_PATH];
    reel_load_opts opts = {.movielens = folder, .tmdb = tmdb, .database = database};
    const reel_load_report report = world_load("folder", "sweep.db", 1);

    (void)state;
    (void)snprintf(folder, sizeof folder, "%s", temp_path("folder"));
    (void)snprintf(tmdb, sizeof tmdb, "%s", temp_path("folder/films.jsonl"));
    (void)snprintf(database, sizeof database, "%s", temp_path("sweep.db"));
    assert_true(sweep_memory(load_it, &opts) > 20);
    assert_int_equal(counts_of(database).generation, 2);
    assert_int_equal(counts_of(database).ratings, report.ratings);
}

/* ---- converting ---------------------------------------------------------------------------- */

static void read_text(const char *path, char *out, size_t size)
{
    reel_file_map map;
    reel_err err = {0};

    assert_ok(reel__file_map_open(&map, path, &err));
    assert_true(map.size_bytes < size);
    memcpy(out, map.data, map.size_bytes);
    out[map.size_bytes] = '\0';
    reel__file_map_close(&map);
}

static void converts_dat_files(void **state)
{
    static const reel_read_opts opts = {0};
    reel_load_report report;
    char text[4096];
    reel_err err = {0};

    (void)state;
    assert_ok(reel__file_make_folder(temp_path("dat"), &err));
    (void)temp_write("dat/movies.dat", "1::Toy Story (1995)::Animation|Children's|Comedy\n"
                                       "2::City of \"Lost\" Children, The (1995)::Sci-Fi\n"
                                       "3::Caf\xe9 (1990)::Drama\n");
    (void)temp_write("dat/users.dat", "1::F::1::10::48067\n2::M::56::16::70072\n");
    (void)temp_write("dat/ratings.dat", "1::1::5::978300760\n2::3::4::978302109\n");
    assert_ok(reel__convert(temp_path("dat"), temp_path("csv"), &opts, &report, &err));
    assert_int_equal(report.movies, 3);
    assert_int_equal(report.people, 2);
    assert_int_equal(report.ratings, 2);
    read_text(temp_path("csv/movies.csv"), text, sizeof text);
    assert_string_equal(text, "movieId,title,genres\n"
                              "1,Toy Story (1995),Animation|Children's|Comedy\n"
                              "2,\"City of \"\"Lost\"\" Children, The (1995)\",Sci-Fi\n"
                              "3,Café (1990),Drama\n");
    read_text(temp_path("csv/ratings.csv"), text, sizeof text);
    assert_string_equal(text, "userId,movieId,rating,timestamp\n"
                              "1,1,5,978300760\n2,3,4,978302109\n");
    read_text(temp_path("csv/users.csv"), text, sizeof text);
    assert_non_null(strstr(text, "userId,gender,age,occupation,zip\n1,F,1,"));
    assert_non_null(strstr(text, ",48067\n"));
    assert_fails(reel__convert(temp_path("nowhere"), temp_path("csv"), &opts, &report, &err),
                 REEL_E_NOTFOUND, "nowhere");
}

/* What was converted loads as what it was converted from. */
static void converted_data_are_the_same(void **state)
{
    static const reel_read_opts read = {0};
    reel_load_opts opts = load_opts("folder2", "c.db");
    char hash[2][80];
    reel_load_report report;
    reel_err err = {0};

    (void)state;
    (void)world_write("folder", 5);
    assert_ok(reel__convert(temp_path("folder"), temp_path("folder2"), &read, &report, &err));
    for (int i = 0; i < 2; i++) {
        reel_engine_opts engine_opts;
        reel_engine *engine = NULL;

        (void)unlink(temp_path("folder/links.csv")); /* not converted */
        opts = load_opts(i == 0 ? "folder" : "folder2", "c.db");
        opts.label = "the same";
        assert_ok(reel__load(&opts, &report, &err));
        engine_opts = world_opts(temp_path("c.db"));
        engine_opts.only = "popular";
        assert_ok(reel__engine_open(&engine, &engine_opts, &err));
        (void)snprintf(hash[i], sizeof hash[i], "%s",
                       reel_dataset_hash(reel__engine_dataset(engine)));
        reel__engine_close(engine);
    }
    assert_string_equal(hash[0], hash[1]);
}

/* ---- cutting ------------------------------------------------------------------------------- */

static void cuts_a_sample(void **state)
{
    char folder[TEMP_PATH], tmdb[TEMP_PATH + 16], text[4096];
    reel_load_opts opts = {.movielens = folder, .tmdb = tmdb};
    reel_load_report report;
    reel_err err = {0};

    (void)state;
    (void)world_load("whole", "whole.db", 1);
    (void)snprintf(folder, sizeof folder, "%s", temp_path("cut"));
    (void)snprintf(tmdb, sizeof tmdb, "%s/films.jsonl", folder);
    assert_ok(reel__sample_cut(temp_path("whole.db"), folder, 3, 1, &err));
    opts.database = temp_path("cut.db");
    assert_ok(reel__load(&opts, &report, &err));
    assert_int_equal(report.people, 3);
    assert_true(report.ratings >= 60);
    assert_int_equal(report.bad_rows + report.unknown_movies + report.duplicates, 0);
    assert_int_equal(report.with_overview, report.movies);
    read_text(temp_path("cut/README.txt"), text, sizeof text);
    assert_non_null(strstr(text, "3 people with at least 20 ratings"));
    assert_fails(reel__sample_cut(temp_path("whole.db"), folder, 5000, 1, &err), REEL_E_INVALID,
                 "5000 people are wanted");
    assert_fails(reel__sample_cut(temp_path("nowhere.db"), folder, 3, 1, &err), REEL_E_NOTFOUND,
                 "nowhere.db");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loads_a_folder),
        cmocka_unit_test(counts_what_it_leaves_out),
        cmocka_unit_test(replaces_or_keeps),
        cmocka_unit_test(wrong_requests_and_files),
        cmocka_unit_test(a_full_disk_changes_nothing),
        cmocka_unit_test(survives_any_allocation_failing),
        cmocka_unit_test(converts_dat_files),
        cmocka_unit_test(converted_data_are_the_same),
        cmocka_unit_test(cuts_a_sample),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
