/* recent.c - see recent.h. */
#include "service/analytics/recent.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "store/stats.h"

enum { DAY_S = 86400 };

static bool take_method(void *user, const reel_stats_rates *rates)
{
    reel_recent *recent = user;
    reel_recent_method *method = &recent->methods[recent->count++];

    (void)snprintf(method->name, sizeof method->name, "%s", rates->method);
    method->shown = rates->shown;
    method->clicked = rates->clicked;
    return recent->count < REEL_RECENT_METHODS;
}

static bool take_film(void *user, const reel_stats_film *film)
{
    reel_recent *recent = user;

    recent->films += film->shown > 0;
    return true;
}

reel_code reel__recent_read(reel_recent *out, const reel_engine *engine, reel_store *store,
                            reel_err *err)
{
    const int64_t now = reel__clock_now(), today = now / DAY_S;
    const reel_stats_range range = {today - REEL_RECENT_DAYS + 1, today + 1};
    reel_code rc = REEL_OK;

    *out = (reel_recent){.catalogue = reel_dataset_movies(reel__engine_dataset(engine))};
    REEL_TRY(reel__stats_rates(store, range, REEL_STATS_METHOD, take_method, out, err));
    REEL_TRY(reel__stats_films(store, range, take_film, out, err));
    REEL_TRY(reel__stats_events(store, &out->events, err));
    out->at = now;
out:
    return rc;
}
