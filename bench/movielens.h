/* bench/movielens.h - real data for the benchmarks, from a folder laid out as $REEL_TEST_DATA is:
 * ml-1m/ (MovieLens 1M) and, where it is there, tmdb/ (movies.jsonl, links.csv).
 */
#ifndef BENCH_MOVIELENS_H
#define BENCH_MOVIELENS_H

#include "reel/dataset.h"

/* The folder named on the command line or by REEL_TEST_DATA; without one the program says so and
 * ends with 77, which test runners take for "skipped". */
const char *bench_folder(int argc, char **argv);

/* ml-1m's films with TMDb texts and its ratings, or those of another file (`ratings`, relative to
 * the folder; NULL = ml-1m's). Prints what went wrong and ends the program. */
reel_dataset *bench_movielens(const char *folder, const char *ratings);

#endif
