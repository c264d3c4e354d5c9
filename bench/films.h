/* bench/films.h - a catalogue as large as MovieLens 25M's whose words are made up: titles, other
 * titles, people, keywords and overviews, their words as often as in a language (Zipf).
 */
#ifndef BENCH_FILMS_H
#define BENCH_FILMS_H

#include "reel/dataset.h"

/* The same seed gives the same films. */
reel_dataset *bench_films(int films, uint64_t seed);

#endif
