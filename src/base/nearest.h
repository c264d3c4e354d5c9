/* base/nearest.h - the name that someone who wrote another one probably meant.
 * Layer: base. Threads: no state.
 */
#ifndef REEL_BASE_NEAREST_H
#define REEL_BASE_NEAREST_H

/* The nearest of the names offered, or NULL when none is near. typed is borrowed; name is one that
 * was offered. Cost: the product of both lengths for each name. */
typedef struct reel_nearest {
    const char *typed, *name;
    int least;
} reel_nearest;
void reel__nearest_init(reel_nearest *search, const char *typed);
void reel__nearest_offer(reel_nearest *search, const char *name);

#endif
