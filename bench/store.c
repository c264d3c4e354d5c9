/* store.c - the stores with the ratings of MovieLens 1M: a whole load in file order, reading it all
 * for a dataset, opening, and one event safe on disk. SQLite in $TMPDIR (default /tmp): put that on
 * the disk to be measured; PostgreSQL where REEL_TEST_POSTGRES names a server (script/postgres).
 * Usage: bench_store [FOLDER]; see movielens.h. One line of JSON for each measurement.
 */
#include "store/store.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "data/readers.h"
#include "movielens.h"
#include "timing.h"

enum { RUNS = 7, AGAIN = 3, EVENTS = 200, BATCH = 65536, LIST = 10 };

static char folder[256], database[600];
static const char in_files[] = "store", on_server[] = "postgres";
static const char *kind = in_files; /* what the lines begin with */

/* On a server the next one has another name: it all goes with the server. */
static void next_database(void)
{
    static int number;
    const char *server = getenv("REEL_TEST_POSTGRES");
    char side[620];

    if (kind != in_files) {
        (void)snprintf(database, sizeof database, "%sbench%d", server, number++);
        return;
    }
    (void)unlink(database);
    (void)snprintf(side, sizeof side, "%s-wal", database);
    (void)unlink(side);
    (void)snprintf(side, sizeof side, "%s-shm", database);
    (void)unlink(side);
}

static double ms_since(int64_t begin)
{
    return (double)(reel__clock_steady_us() - begin) / 1000;
}

static reel_store *open_store(void)
{
    const reel_store_opts opts = {.create = true};
    reel_store *store = NULL;
    reel_err err = {0};

    bench_require(reel__store_open(&store, database, &opts, &err), &err);
    return store;
}

static void print_timing(bench_timing *timing, const char *what, const char *unit, const char *more)
{
    char name[100];

    (void)snprintf(name, sizeof name, "%s: %s", kind, what);
    bench_print(timing, name, unit, more);
}

static double load_once(const reel_ratings *ratings)
{
    reel_store *store = open_store();
    reel_store_load *load = NULL;
    const int64_t begin = reel__clock_steady_us();
    double ms = 0;
    reel_err err = {0};

    bench_require(reel__store_load_begin(&load, store, true, &err), &err);
    for (size_t at = 0; at < ratings->count; at += BATCH) {
        const size_t left = ratings->count - at;

        bench_require(reel__store_put_ratings(load, ratings->items + at,
                                              left < BATCH ? left : BATCH, NULL, &err),
                      &err);
    }
    bench_require(reel__store_load_commit(load, "benchmark", false, &err), &err);
    ms = ms_since(begin);
    reel__store_close(store);
    return ms;
}

static void measure_load(const reel_ratings *ratings)
{
    bench_timing fresh = {0}, again = {0};

    for (int run = 0; run < RUNS; run++) {
        next_database();
        bench_add(&fresh, load_once(ratings));
    }
    print_timing(&fresh, "load of a million ratings", "ms",
                 kind == in_files ? ",\"goal\":\"< 1000\"" : ",\"goal\":\"< 6000\"");
    for (int run = 0; run < AGAIN; run++)
        bench_add(&again, load_once(ratings));
    print_timing(&again, "the same in the place of another load", "ms", "");
}

static void measure_read(reel_store *store)
{
    bench_timing timing = {0};
    reel_err err = {0};

    for (int run = 0; run < RUNS; run++) {
        reel_dataset_builder *builder = NULL;
        const int64_t begin = reel__clock_steady_us();

        bench_require(reel_dataset_builder_new(&builder, &err), &err);
        bench_require(reel__store_read_dataset(store, builder, NULL, &err), &err);
        bench_add(&timing, ms_since(begin));
        reel_dataset_builder_free(builder);
    }
    print_timing(&timing, "reading a million ratings", "ms",
                 kind == in_files ? ",\"goal\":\"< 350\"" : "");
}

static void measure_open(void)
{
    bench_timing timing = {0};

    for (int run = 0; run < RUNS; run++) {
        const int64_t begin = reel__clock_steady_us();
        reel_store *store = open_store();

        bench_add(&timing, ms_since(begin));
        reel__store_close(store);
    }
    print_timing(&timing, "opening", "ms", "");
}

static void measure_events(reel_store *store)
{
    reel_event_movie list[LIST];
    bench_timing timing = {0};
    reel_err err = {0};

    for (int i = 0; i < LIST; i++)
        list[i] = (reel_event_movie){.movie = 1000 + i, .rank = i + 1};
    for (int run = 0; run < RUNS; run++) {
        const int64_t begin = reel__clock_steady_us();

        for (int i = 0; i < EVENTS; i++) {
            char id[32];
            const reel_event event = {.event_id = id,
                                      .type = "impression",
                                      .visitor = "visitor",
                                      .method = "hybrid",
                                      .model_id = "hybrid@0",
                                      .list_id = "list",
                                      .scenario = "evening",
                                      .user = 1,
                                      .source_movie = -1,
                                      .value = (double)NAN,
                                      .movies = list,
                                      .movie_count = LIST};

            (void)snprintf(id, sizeof id, "%d-%d", run, i);
            bench_require(reel__store_put_events(store, &event, 1, NULL, &err), &err);
        }
        bench_add(&timing, ms_since(begin) * 1000 / EVENTS);
    }
    print_timing(&timing, "one event, synced", "us", "");
}

static void measure_all(const reel_ratings *ratings)
{
    reel_store *store = NULL;

    measure_load(ratings);
    measure_open();
    store = open_store();
    measure_read(store);
    measure_events(store);
    reel__store_close(store);
}

int main(int argc, char **argv)
{
    const char *temporary = getenv("TMPDIR");
    char path[512];
    const reel_read_opts opts = {0};
    reel_read_report report;
    reel_ratings ratings = {0};
    reel_err err = {0};

    (void)snprintf(path, sizeof path, "%s/ml-1m/ratings.dat", bench_folder(argc, argv));
    bench_require(reel__read_ratings(&ratings, path, &opts, &report, &err), &err);
    (void)snprintf(folder, sizeof folder, "%s/reel-bench-XXXXXX",
                   temporary != NULL ? temporary : "/tmp");
    if (mkdtemp(folder) == NULL) {
        perror(folder);
        return 1;
    }
    (void)snprintf(database, sizeof database, "%s/bench.db", folder);
    measure_all(&ratings);
    next_database();
    if (getenv("REEL_TEST_POSTGRES") != NULL) {
        kind = on_server;
        measure_all(&ratings);
    }
    (void)rmdir(folder);
    reel__ratings_fini(&ratings);
    return 0;
}
