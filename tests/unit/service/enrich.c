/* Metadata into a database that is there: what is new, what is left alone, what waits for a person,
 * and what comes out again.
 */
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>

#include "base/clock.h"
#include "service/films/enrich.h"
#include "service/models/source.h"
#include "support/world.h"

enum { DAY = 24 * 3600, FILE_TIME = 1700000000 };

static char database[TEMP_PATH], from[TEMP_PATH];

/* A database of the films without metadata, and a file dated FILE_TIME. */
static void prepare(const char *name)
{
    char folder[TEMP_PATH];
    reel_load_opts opts = {.movielens = folder, .database = database};
    reel_load_report report;
    reel_err err = {0};

    reel__clock_set_for_test((int64_t)FILE_TIME * 1000 + 5000);
    (void)snprintf(folder, sizeof folder, "%s", world_write("films", 1));
    (void)snprintf(from, sizeof from, "%s", temp_path("films/films.jsonl"));
    (void)snprintf(database, sizeof database, "%s", temp_path(name));
    assert_ok(reel__load(&opts, &report, &err));
    assert_int_equal(utime(from, &(struct utimbuf){FILE_TIME, FILE_TIME}), 0);
}

static reel_enriched enrich(bool all)
{
    const reel_enrich_opts opts = {.database = database, .from = from, .all = all};
    reel_enriched done;
    reel_err err = {0};

    assert_ok(reel__enrich_files(&opts, &done, &err));
    return done;
}

static int64_t generation(void)
{
    const reel_store_opts opts = {.read_only = true};
    reel_store *store = NULL;
    reel_store_label label;
    reel_err err = {0};

    assert_ok(reel__store_open(&store, database, &opts, &err));
    assert_ok(reel__store_label(store, &label, &err));
    reel__store_close(store);
    return label.generation;
}

static void only_new_and_stale_films(void **state)
{
    reel_enriched done;

    (void)state;
    prepare("a.db");
    done = enrich(false);
    assert_int_equal(done.films, WORLD_FILMS);
    assert_int_equal(done.matched, WORLD_FILMS);
    assert_int_equal(done.with_overview, WORLD_FILMS);
    assert_int_equal(done.added, WORLD_FILMS);
    assert_int_equal(done.renewed + done.kept + done.review + done.bad_rows, 0);
    assert_int_equal(generation(), 2);
    done = enrich(false);
    assert_int_equal(done.kept, WORLD_FILMS);
    assert_int_equal(done.matched, WORLD_FILMS);
    assert_int_equal(done.with_overview, WORLD_FILMS);
    assert_int_equal(generation(), 2); /* models need no training again */
    assert_int_equal(enrich(true).renewed, WORLD_FILMS);
    assert_int_equal(generation(), 3);
    /* A newer file, and then one that is as old as what it brought. */
    assert_int_equal(utime(from, &(struct utimbuf){FILE_TIME + 3, FILE_TIME + 3}), 0);
    assert_int_equal(enrich(false).renewed, WORLD_FILMS);
    reel__clock_set_for_test((int64_t)(FILE_TIME + 179 * DAY) * 1000);
    assert_int_equal(enrich(false).kept, WORLD_FILMS);
    reel__clock_set_for_test((int64_t)(FILE_TIME + 181 * DAY) * 1000);
    assert_int_equal(enrich(false).renewed, WORLD_FILMS);
}

typedef struct reviewed {
    int count;
    char reason[400], title[100];
    int64_t tmdb_id;
} reviewed;

static reel_code note(void *user, const reel_review *film, reel_err *err)
{
    reviewed *r = user;

    (void)err;
    r->count++;
    r->tmdb_id = film->tmdb_id;
    (void)snprintf(r->reason, sizeof r->reason, "%s", film->reason);
    (void)snprintf(r->title, sizeof r->title, "%s", film->title);
    return REEL_OK;
}

static void a_doubt_waits_for_a_person(void **state)
{
    reviewed seen = {0};
    reel_enriched done;
    reel_err err = {0};

    (void)state;
    prepare("doubt.db");
    (void)snprintf(from, sizeof from, "%s",
                   temp_write("films/doubt.jsonl",
                              "{\"id\":503,\"title\":\"Heat\",\"release_date\":\"1972-01-01\","
                              "\"overview\":\"Another one.\"}\n"
                              "{\"id\":505,\"overview\":\"Her.\"}\n{broken\n"));
    done = enrich(false);
    assert_int_equal(done.matched, 1);
    assert_int_equal(done.review, 1);
    assert_int_equal(done.bad_rows, 1);
    assert_ok(reel__enrich_review(database, note, &seen, &err));
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.tmdb_id, 503);
    assert_string_equal(seen.title, "Heat (1995)");
    assert_string_equal(seen.reason,
                        "linked by TMDb id to \"Heat\" of 1972, but the film is of 1995");
    assert_int_equal(enrich(false).review, 1);
    assert_int_equal(generation(), 2); /* it waits already */
    (void)snprintf(from, sizeof from, "%s", temp_path("films/films.jsonl"));
    done = enrich(false);
    assert_int_equal(done.review, 0);
    assert_int_equal(done.matched, WORLD_FILMS);
    /* What was found once is not given up for a doubt. */
    (void)snprintf(from, sizeof from, "%s", temp_path("films/doubt.jsonl"));
    done = enrich(true);
    assert_int_equal(done.review, 0);
    assert_int_equal(done.matched, WORLD_FILMS);
}

static reel_code decide(int64_t movie, int64_t tmdb_id, bool accepted, reel_err *err)
{
    const reel_verdict verdict = {movie, tmdb_id, accepted};

    return reel__enrich_decide(database, &verdict, 1, err);
}

static void assert_overview(int64_t movie, const char *wanted, int64_t tmdb_id)
{
    const reel_source source = {.database = database, .whole = true};
    reel_dataset *dataset = NULL;
    reel_movie film;
    reel_err err = {0};

    assert_ok(reel__source_read(&dataset, &source, NULL, &err));
    film = reel_dataset_movie(dataset, reel_dataset_find_movie(dataset, movie));
    assert_string_equal(film.overview, wanted);
    assert_int_equal(film.tmdb_id, tmdb_id);
    reel_dataset_free(dataset);
}

static int waiting(void)
{
    reviewed seen = {0};
    reel_err err = {0};

    assert_ok(reel__enrich_review(database, note, &seen, &err));
    return seen.count;
}

static void prepare_doubt(const char *name)
{
    prepare(name);
    (void)snprintf(from, sizeof from, "%s",
                   temp_write("films/doubt.jsonl",
                              "{\"id\":503,\"title\":\"Heat\",\"release_date\":\"1972-01-01\","
                              "\"overview\":\"Another one.\",\"tagline\":\"Hot.\"}\n"
                              "{\"id\":505,\"overview\":\"Her.\"}\n"
                              "{\"id\":777,\"overview\":\"Quite another.\"}\n"));
    assert_int_equal(enrich(false).review, 1);
}

static void a_verdict_is_kept(void **state)
{
    const reel_verdict twice[] = {{31, 0, true}, {31, 0, false}};
    reel_enriched done;
    reel_err err = {0};

    (void)state;
    prepare_doubt("verdict.db");
    assert_fails(decide(999, 1, true, &err), REEL_E_NOTFOUND, "no film has id 999");
    assert_fails(decide(1, 0, true, &err), REEL_E_CONFLICT, "film 1 does not wait");
    assert_fails(decide(1, 500, false, &err), REEL_E_CONFLICT, "film 1 does not wait");
    assert_fails(reel__enrich_decide(database, twice, 2, &err), REEL_E_INVALID, "named twice");
    assert_int_equal(waiting(), 1);
    assert_ok(decide(31, 0, false, &err));
    assert_int_equal(waiting(), 0);
    done = enrich(true);
    assert_int_equal(done.review, 0);
    assert_int_equal(done.matched, 1);
    assert_overview(31, "", 0);
    /* The other way: whatever the year. */
    prepare_doubt("accept.db");
    assert_ok(decide(31, 0, true, &err));
    assert_overview(31, "", 503);
    assert_int_equal(waiting(), 0);
    done = enrich(false);
    assert_int_equal(done.added, 1);
    assert_int_equal(done.matched, 2);
    assert_overview(31, "Another one.", 503);
    assert_int_equal(enrich(false).kept, 2);
    /* Another film of TMDb, although a link says 503: nothing of that one stays. */
    assert_ok(decide(31, 777, true, &err));
    assert_overview(31, "", 777);
    assert_int_equal(enrich(false).added, 1);
    assert_overview(31, "Quite another.", 777);
    assert_int_equal(enrich(true).review, 0);
}

static void a_load_remembers_too(void **state)
{
    reviewed seen = {0};
    reel_err err = {0};

    (void)state;
    reel__clock_set_for_test(-1);
    (void)world_load("films", "loaded.db", 1);
    (void)snprintf(database, sizeof database, "%s", temp_path("loaded.db"));
    (void)snprintf(from, sizeof from, "%s", temp_path("films/films.jsonl"));
    assert_int_equal(enrich(false).kept, WORLD_FILMS);
    assert_ok(reel__enrich_review(database, note, &seen, &err));
    assert_int_equal(seen.count, 0);
}

static void wrong_requests(void **state)
{
    reel_enrich_opts opts = {.database = database, .from = from};
    reel_store_opts create = {.create = true};
    reel_store *store = NULL;
    reel_enriched done;
    int64_t count = 0;
    reel_err err = {0};

    (void)state;
    prepare("wrong.db");
    opts.from = "/nowhere/x.jsonl";
    assert_fails(reel__enrich_files(&opts, &done, &err), REEL_E_NOTFOUND, "x.jsonl");
    opts.from = from;
    opts.links = "/nowhere/l.csv";
    assert_fails(reel__enrich_files(&opts, &done, &err), REEL_E_NOTFOUND, "l.csv");
    opts.links = NULL;
    opts.database = temp_path("absent.db");
    assert_fails(reel__enrich_files(&opts, &done, &err), REEL_E_NOTFOUND, "absent.db");
    opts.database = temp_path("empty.db");
    assert_ok(reel__store_open(&store, opts.database, &create, &err));
    reel__store_close(store);
    assert_fails(reel__enrich_files(&opts, &done, &err), REEL_E_NOTFOUND, "there are no films");
    assert_fails(reel__export_enriched_csv(database, temp_path("x.csv"), &count, &err),
                 REEL_E_NOTFOUND, "no film has metadata");
    assert_false(reel__file_exists(temp_path("x.csv")));
    assert_fails(reel__export_enriched_jsonl(database, temp_path("x.jsonl"), &count, &err),
                 REEL_E_NOTFOUND, "no film has metadata");
    assert_fails(reel__enrich_review(temp_path("absent.db"), note, NULL, &err), REEL_E_NOTFOUND,
                 "absent.db");
}

/* ---- out again ----------------------------------------------------------------------------- */

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

static void writes_the_table(void **state)
{
    static char text[1 << 16];
    int64_t count = 0;
    reel_err err = {0};

    (void)state;
    prepare("table.db");
    (void)enrich(false);
    assert_ok(reel__export_enriched_csv(database, temp_path("table.csv"), &count, &err));
    assert_int_equal(count, WORLD_FILMS);
    read_text(temp_path("table.csv"), text, sizeof text);
    assert_non_null(
        strstr(text, "movieId,title,genres,overview,popularity,poster_path,release_date,"
                     "release_year,release_decade,vote_average,tmdb_id,n_genres,overview_length\n"
                     "1,Toy Story (1995),Animation|Children|Comedy,"
                     "A story of toys friendship rivalry.,,/p0.jpg,1995-01-02,1995,1990.0,7.5,500,"
                     "3,35\n"));
    assert_fails(reel__export_enriched_csv(database, "/nowhere/t.csv", &count, &err), REEL_E_STORE,
                 "/nowhere/t.csv");
}

/* What was written as lines brings another database the same films. */
static void lines_are_read_again(void **state)
{
    static char text[2][1 << 16];
    int64_t count = 0;
    reel_err err = {0};

    (void)state;
    prepare("lines.db");
    (void)enrich(false);
    assert_ok(reel__export_enriched_jsonl(database, temp_path("lines.jsonl"), &count, &err));
    assert_int_equal(count, WORLD_FILMS);
    prepare("again.db");
    (void)snprintf(from, sizeof from, "%s", temp_path("lines.jsonl"));
    assert_int_equal(utime(from, &(struct utimbuf){FILE_TIME, FILE_TIME}), 0);
    assert_int_equal(enrich(false).matched, WORLD_FILMS);
    assert_ok(reel__export_enriched_jsonl(database, temp_path("again.jsonl"), &count, &err));
    read_text(temp_path("lines.jsonl"), text[0], sizeof text[0]);
    read_text(temp_path("again.jsonl"), text[1], sizeof text[1]);
    assert_string_equal(text[0], text[1]);
    assert_non_null(strstr(text[0], "\"imdb_id\":\"tt0001000\""));
    assert_non_null(strstr(text[0], "\"fetched_at\":\"2023-11-14T22:13:20Z\""));
}

/* ---- out of memory ------------------------------------------------------------------------- */

static reel_code do_enrich(void *user, reel_err *err)
{
    const reel_enrich_opts opts = {.database = database, .from = from, .all = true};
    reel_enriched done;

    (void)user;
    return reel__enrich_files(&opts, &done, err);
}

static reel_code do_csv(void *user, reel_err *err)
{
    int64_t count;

    return reel__export_enriched_csv(database, user, &count, err);
}

static reel_code do_lines(void *user, reel_err *err)
{
    int64_t count;

    return reel__export_enriched_jsonl(database, user, &count, err);
}

static reel_code do_review(void *user, reel_err *err)
{
    return reel__enrich_review(database, note, user, err);
}

static reel_code do_decide(void *user, reel_err *err)
{
    (void)user;
    return decide(31, 503, true, err);
}

static void survives_any_allocation_failing(void **state)
{
    char path[TEMP_PATH];
    reviewed seen = {0};

    (void)state;
    prepare("sweep.db");
    assert_true(sweep_memory(do_enrich, NULL) > 20);
    assert_int_equal(generation(), 2);
    (void)snprintf(path, sizeof path, "%s", temp_path("sweep.out"));
    assert_true(sweep_memory(do_csv, path) > 10);
    assert_true(sweep_memory(do_lines, path) > 10);
    assert_true(sweep_memory(do_review, &seen) > 10);
    assert_true(sweep_memory(do_decide, NULL) > 10);
    assert_true(sweep_memory(do_enrich, NULL) > 20);
}

/* ---- MovieLens 1M -------------------------------------------------------------------------- */

static void enriches_movielens(void **state)
{
    const char *data = getenv("REEL_TEST_DATA");
    char folder[TEMP_PATH];
    reel_load_opts opts = {.movielens = folder, .database = database};
    reel_load_report report;
    reel_enriched done;
    reel_err err = {0};

    (void)state;
    if (data == NULL) {
        print_message("REEL_TEST_DATA is not set: MovieLens 1M is not enriched\n");
        skip();
    }
    (void)snprintf(folder, sizeof folder, "%s/ml-1m", data);
    (void)snprintf(from, sizeof from, "%s/tmdb/movies.jsonl", data);
    (void)snprintf(database, sizeof database, "%s", temp_path("ml.db"));
    reel__clock_set_for_test(-1);
    assert_ok(reel__load(&opts, &report, &err));
    done = enrich(false);
    assert_int_equal(done.films, 3883);
    assert_true(done.matched >= 3800 && done.with_overview >= 3700);
    assert_int_equal(done.matched + done.review, 3832); /* every link is used or looked at */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_new_and_stale_films),
        cmocka_unit_test(a_doubt_waits_for_a_person),
        cmocka_unit_test(a_verdict_is_kept),
        cmocka_unit_test(a_load_remembers_too),
        cmocka_unit_test(wrong_requests),
        cmocka_unit_test(writes_the_table),
        cmocka_unit_test(lines_are_read_again),
        cmocka_unit_test(survives_any_allocation_failing),
        cmocka_unit_test(enriches_movielens),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
