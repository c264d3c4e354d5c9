/* fuzz/tiny.h - an engine over three films and three people, made once for a whole run of a fuzzer,
 * in a folder that goes at the end. Call it before counting allocations.
 */
#ifndef TESTS_FUZZ_TINY_H
#define TESTS_FUZZ_TINY_H

#include <string.h>

#include "fuzz/fuzz.h"
#include "service/files/load.h"
#include "support/temp.h"

static inline reel_engine *tiny_make(void)
{
    char folder[TEMP_PATH], database[TEMP_PATH];
    const reel_load_opts load = {.movielens = folder, .database = database};
    const reel_engine_opts opts = {.database = database, .threads = 1};
    reel_engine *engine = NULL;
    reel_load_report report;
    reel_err err = {REEL_OK, ""};

    (void)temp_write("movies.csv", "movieId,title,genres\n1,Toy Story (1995),Comedy\n"
                                   "2,Heat (1995),Crime\n7,Up (2009),Comedy|Children\n");
    (void)temp_write("ratings.csv", "userId,movieId,rating,timestamp\n1,1,5,1\n1,2,1,2\n2,1,4,3\n"
                                    "2,7,5,4\n3,2,4,5\n3,7,2,6\n");
    (void)snprintf(folder, sizeof folder, "%s", temp_path("."));
    (void)snprintf(database, sizeof database, "%s", temp_path("tiny.db"));
    must(reel__load(&load, &report, &err) == REEL_OK);
    must(reel__engine_open(&engine, &opts, &err) == REEL_OK);
    return engine;
}

#endif
