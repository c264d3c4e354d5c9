/* viewer.c - see viewer.h. */
#include "service/simulate/viewer.h"

#include <math.h>
#include <string.h>

static const double wishes = 0.2, /* of what was clicked, liked and not watched yet */
    refuses = 0.1;                /* of what was looked at and is disliked */
enum { WISHED = 4, REFUSED = 2 }; /* stars from, and up to, which */

reel_manner reel__manner_default(void)
{
    return (reel_manner){.fading = 1, .rates = 0.7};
}

reel_viewer reel__viewer(const reel_world *world, reel_index index, const reel_manner *manner)
{
    reel_viewer who = {.world = world, .manner = manner, .index = index};

    for (int i = 0; i < REEL_WORLD_RECENT; i++)
        who.recent.movies[i] = -1;
    return who;
}

static void remember(reel_recent *recent, reel_index film)
{
    memmove(recent->movies + 1, recent->movies, (REEL_WORLD_RECENT - 1) * sizeof *recent->movies);
    recent->movies[0] = film;
}

/* Every number is drawn, used or not. */
static reel_reaction meet(reel_viewer *who, reel_rng *rng, reel_index film, int place)
{
    const reel_manner *manner = who->manner;
    const double stars = reel__world_stars(who->world, who->index, film);
    const double appeal = reel__world_appeal(who->world, who->index, film, &who->recent);
    const bool looks = reel__rng_unit(rng) < pow((double)place, -manner->fading);
    const bool likes = reel__rng_unit(rng) < appeal;
    const bool objects = reel__rng_unit(rng) < refuses;
    const bool rates = reel__rng_unit(rng) < manner->rates;
    const bool wants = reel__rng_unit(rng) < wishes;
    const bool silent = manner->rates <= 0;
    reel_reaction r = {.looked = looks, .clicked = looks && likes};

    if (r.clicked && rates && stars > 0) {
        r.stars = stars;
        remember(&who->recent, film);
    } else if (r.clicked) {
        r.wished = wants && stars >= WISHED && !silent;
    } else if (looks) {
        r.refused = objects && stars > 0 && stars <= REFUSED && !silent;
    }
    return r;
}

void reel__viewer_meet(reel_viewer *person, reel_rng *rng, const reel_index *films, int count,
                       reel_reaction *out)
{
    for (int i = 0; i < count; i++)
        out[i] = meet(person, rng, films[i], i + 1);
}
