/* tmdb_use.c - see tmdb_use.h. */
#include "service/films/tmdb_use.h"

#include <string.h>

#include "base/env.h"

const char reel__tmdb_notice[] =
    "This product uses the TMDB API but is not endorsed or certified by TMDB.";

static reel_code is_on(bool *out, const char *name, reel_err *err)
{
    const char *value = reel__env_get(name, "on");

    *out = strcmp(value, "on") == 0;
    if (*out || strcmp(value, "off") == 0)
        return REEL_OK;
    return reel_fail(err, REEL_E_INVALID, "%s: \"%.20s\" is neither on nor off", name, value);
}

reel_code reel__tmdb_use(reel_tmdb_use *out, reel_err *err)
{
    reel_code rc = REEL_OK;

    REEL_TRY(is_on(&out->shown, "REEL_TMDB", err));
    REEL_TRY(is_on(&out->fitted, "REEL_TMDB_TRAIN", err));
    out->fitted &= out->shown;
out:
    return rc;
}
