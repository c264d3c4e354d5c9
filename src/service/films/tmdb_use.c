/* tmdb_use.c - see tmdb_use.h. */
#include "service/films/tmdb_use.h"

#include <stdio.h>
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

static reel_code take_server(char out[REEL_URL_SETTING + 1], const char *name,
                             const char *otherwise, reel_err *err)
{
    const char *url = reel__env_get(name, otherwise);
    const reel_code rc = reel__url_check(name, url, otherwise, err);

    if (rc == REEL_OK)
        (void)snprintf(out, REEL_URL_SETTING + 1, "%.*s", (int)reel__url_length(url), url);
    return rc;
}

reel_code reel__tmdb_servers(reel_tmdb_servers *out, reel_err *err)
{
    reel_code rc;

    REEL_TRY(take_server(out->api, "REEL_TMDB_URL", "https://api.themoviedb.org/3", err));
    rc = take_server(out->images, "REEL_TMDB_IMAGES", "https://image.tmdb.org/t/p", err);
out:
    return rc;
}
