/* service/simulate/viewer.h - somebody made up looks at a list: what they click, rate, wish for and
 * refuse. Whoever shows lists to made-up people (a simulation, a trial of experiments) calls this:
 *     reel_viewer who = reel__viewer(&world, 7, &manner);
 *     reel__viewer_meet(&who, &rng, films, 10, reactions);
 * Layer: service. Threads: a person is one thread's at a time, the world may be everybody's.
 */
#ifndef REEL_SERVICE_VIEWER_H
#define REEL_SERVICE_VIEWER_H

#include "base/rng.h"
#include "service/simulate/world.h"

enum { REEL_VIEWER_LIST = 50 }; /* films of a list that people are shown, at the most */

/* How people look at lists. */
typedef struct reel_manner {
    double fading; /* the film at place k is looked at with probability k^-fading; 0: all are */
    double rates;  /* how likely who clicked a film they have an opinion of rates it; 0: nobody says
                      anything beyond clicking */
} reel_manner;
reel_manner reel__manner_default(void); /* fading 1, rates 0.7 */

typedef struct reel_viewer {
    const reel_world *world;
    const reel_manner *manner;
    reel_index index;   /* of the world */
    reel_recent recent; /* what they rated last */
} reel_viewer;
/* Who saw nothing yet but what the world has as known. world and manner are borrowed. */
reel_viewer reel__viewer(const reel_world *world, reel_index index, const reel_manner *manner);

/* What somebody did with a film of a list. */
typedef struct reel_reaction {
    bool looked, clicked, wished, refused; /* the last two: put on the watchlist; not interested */
    double stars;                          /* as they rated it; 0 = they did not */
} reel_reaction;
/* films [count] from place 1 on, of the world's films; out [count]. The same number of draws
 * whatever they think, so that two services that begin alike go on alike. */
void reel__viewer_meet(reel_viewer *person, reel_rng *rng, const reel_index *films, int count,
                       reel_reaction *out);

#endif
