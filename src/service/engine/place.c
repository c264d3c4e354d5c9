/* place.c - see place.h. A few films are kept, so that a list goes on where the last is gone. */
#include "service/engine/place.h"

#include <string.h>

reel_place reel__place_begin(size_t limit)
{
    reel_place place = {.limit = limit};

    for (int i = 0; i < REEL_PLACE_FILMS; i++)
        place.films[i] = -1;
    return place;
}

void reel__place_pass(reel_place *place, int64_t film)
{
    memmove(place->films + 1, place->films, (REEL_PLACE_FILMS - 1) * sizeof *place->films);
    place->films[0] = film;
    place->offset++;
}

bool reel__place_has_films(const reel_place *place)
{
    return place->films[0] >= 0;
}

reel_placing reel__placing_begin(reel_place *place)
{
    return (reel_placing){place, REEL_PLACE_FILMS};
}

void reel__placing_look(reel_placing *placing, size_t at, int64_t film)
{
    for (int i = 0; i < placing->nearest; i++) {
        if (placing->place->films[i] != film)
            continue;
        placing->nearest = i;
        placing->place->offset = at + 1;
    }
}

reel_code reel__placing_end(const reel_placing *placing, reel_err *err)
{
    return placing->nearest < REEL_PLACE_FILMS
               ? REEL_OK
               : reel_fail(err, REEL_E_GONE,
                           "cursor: the films before are not on the list any more; begin it anew");
}
