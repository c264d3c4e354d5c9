/* stats_catalogue.c - how what was shown is spread over the catalogue, as a whole and week by week.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "eval/metrics.h"
#include "service/analytics/stats_priv.h"

enum { DAY_S = 86400 };

/* What is shown of films that are no longer there is left out. */
void reel__stats_spread_of(reel_stats_spread *out, int64_t *shown, const reel_engine *engine)
{
    const reel_dataset *dataset = reel__engine_dataset(engine);
    const reel_index films = reel_dataset_movies(dataset);
    const double people = (double)reel_dataset_people(dataset);
    double surprise = 0, entropy = 0;

    *out = (reel_stats_spread){.coverage = reel__coverage(shown, films)};
    for (reel_index i = 0; i < films; i++) {
        const int64_t rated = shown[i] > 0 ? reel__engine_rated(engine, i, NULL) : 0;

        out->films += shown[i] > 0;
        out->shown += shown[i];
        if (shown[i] > 0)
            surprise += (double)shown[i] * log2(people / (double)(rated > 0 ? rated : 1));
    }
    for (reel_index i = 0; i < films; i++)
        if (shown[i] > 0) {
            const double share = (double)shown[i] / (double)out->shown;

            entropy -= share * log(share);
        }
    out->effective = out->films > 0 ? exp(entropy) : 0;
    out->novelty = out->shown > 0 ? surprise / (double)out->shown : (double)NAN;
    out->gini = out->shown > 0 ? reel__gini(shown, films) : (double)NAN; /* sorts them */
}

void reel__stats_put_spread(reel_json *json, const reel_stats_spread *spread)
{
    reel__json_put_int(json, "films", spread->films);
    reel__stats_put_real(json, "coverage", spread->coverage);
    reel__stats_put_real(json, "gini", spread->gini);
    reel__stats_put_real(json, "effective_films", spread->effective);
    reel__stats_put_real(json, "novelty", spread->novelty);
}

typedef struct spreading {
    const reel_engine *engine;
    reel_stats_range over; /* days that are known of and over */
    int64_t *shown;        /* [films] of the week, or of all */
    int64_t week;          /* 0 = none yet */
    size_t count, room;
    struct spread_week {
        int64_t week;
        reel_stats_spread spread;
        int64_t lists, varied, variety;
    } * weeks; /* [room] */
} spreading;

static bool add_shown(void *user, const reel_stats_film *film)
{
    spreading *s = user;
    const reel_index at = reel_dataset_find_movie(reel__engine_dataset(s->engine), film->movie);

    if (at >= 0)
        s->shown[at] += film->shown;
    return true;
}

reel_code reel__stats_spread_read(reel_stats_spread *out, const reel_stats_ask *ask,
                                  reel_stats_range range, reel_err *err)
{
    const reel_index films = reel_dataset_movies(reel__engine_dataset(ask->engine));
    spreading s = {.engine = ask->engine,
                   .shown = reel__alloc_zero((size_t)films + 1, sizeof *s.shown)};
    reel_code rc = REEL_OK;

    if (s.shown == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for %d films", (int)films);
    REEL_TRY(reel__stats_films(ask->store, range, add_shown, &s, err));
    reel__stats_spread_of(out, s.shown, ask->engine);
out:
    reel__free(s.shown);
    return rc;
}

/* Half a week shows fewer films: the one that goes on, and the one in which the log begins. */
static bool is_whole(const spreading *s, int64_t week)
{
    return week >= s->over.from && week + REEL_DAYS_A_WEEK <= s->over.to;
}

static void end_week(spreading *s)
{
    const reel_index films = reel_dataset_movies(reel__engine_dataset(s->engine));

    if (s->week == 0 || s->count == s->room)
        return;
    s->weeks[s->count].week = s->week;
    reel__stats_spread_of(&s->weeks[s->count++].spread, s->shown, s->engine);
    memset(s->shown, 0, (size_t)films * sizeof *s->shown);
}

static bool add_week(void *user, const reel_stats_film *film)
{
    spreading *s = user;

    if (film->week != s->week)
        end_week(s);
    s->week = film->week;
    return add_shown(s, film);
}

static bool add_variety(void *user, const reel_stats_hour *hour)
{
    spreading *s = user;
    const int64_t week = reel__stats_week(hour->hour / REEL_HOURS_A_DAY);

    for (size_t i = s->count; i-- > 0;)
        if (s->weeks[i].week == week) {
            s->weeks[i].lists += hour->lists;
            s->weeks[i].varied += hour->varied;
            s->weeks[i].variety += hour->variety;
            break;
        }
    return true;
}

static void put_week(reel_json *json, const spreading *s, const struct spread_week *week)
{
    reel__stats_put_day(json, "week", week->week);
    reel__json_put_bool(json, "whole", is_whole(s, week->week));
    reel__json_put_int(json, "lists", week->lists);
    reel__json_put_int(json, "shown", week->spread.shown);
    reel__stats_put_spread(json, &week->spread);
    reel__stats_put_real(json, "diversity",
                         week->varied > 0 ? (double)week->variety / 1e6 / (double)week->varied
                                          : (double)NAN);
}

/* Of the weeks that are whole, whichever of their days are in the range. */
static reel_rate trend_of(const spreading *s)
{
    double values[512];
    size_t count = 0;

    for (size_t i = 0; i < s->count && count < sizeof values / sizeof *values; i++)
        if (is_whole(s, s->weeks[i].week) && s->weeks[i].spread.effective > 0)
            values[count++] = s->weeks[i].spread.effective;
    return reel__rate_trend(values, count);
}

static void end_spreading(spreading *s)
{
    reel__free(s->shown);
    reel__free(s->weeks);
}

/* Whoever gets it ends it, whatever comes of it. */
static reel_code read_weeks(spreading *s, const reel_stats_ask *ask, reel_stats_range range,
                            reel_err *err)
{
    const reel_index films = reel_dataset_movies(reel__engine_dataset(ask->engine));
    const int64_t from = reel__stats_week(range.from);
    reel_code rc = REEL_OK;

    *s = (spreading){.engine = ask->engine,
                     .room = (size_t)(range.to - from) / REEL_DAYS_A_WEEK + 1,
                     .shown = reel__alloc_zero((size_t)films + 1, sizeof *s->shown)};
    s->weeks = reel__alloc_zero(s->room, sizeof *s->weeks);
    if (s->shown == NULL || s->weeks == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "out of memory for %zu weeks", s->room));
    REEL_TRY(reel__stats_days(ask->store, &s->over, err));
    s->over.to = reel__clock_now() / DAY_S;
    REEL_TRY(reel__stats_film_weeks(ask->store, range, add_week, s, err));
    end_week(s);
    rc = reel__stats_hours(
        ask->store, (reel_stats_range){from, reel__stats_week(range.to + REEL_DAYS_A_WEEK - 1)},
        NULL, add_variety, s, err);
out:
    return rc;
}

/* The next of the weeks, if it is the one asked for; else one in which nothing was shown. */
static struct spread_week take_week(const spreading *s, size_t *at, int64_t week)
{
    struct spread_week none = {.week = week};

    if (*at < s->count && s->weeks[*at].week == week)
        return s->weeks[(*at)++];
    none.spread = (reel_stats_spread){.gini = (double)NAN, .novelty = (double)NAN};
    return none;
}

/* Each with what its range knows of; other: of the range compared with. */
static void put_both(reel_json *json, const reel_stats_ask *ask, const spreading *now,
                     const struct spread_week *one, const spreading *before,
                     const struct spread_week *other)
{
    reel__json_object(json);
    put_week(json, now, one);
    if (ask->against.to != 0) {
        reel__json_key(json, "against");
        if (other->week < ask->against.to) {
            reel__json_object(json);
            put_week(json, before, other);
            reel__json_object_end(json);
        } else {
            reel__json_null(json);
        }
    }
    reel__json_object_end(json);
}

/* The first week stands beside the first; one in which neither range shows anything is left out. */
static void put_weeks(reel_json *json, const reel_stats_ask *ask, const spreading *now,
                      const spreading *before)
{
    const int64_t first = reel__stats_week(ask->range.from);
    const int64_t apart = first - reel__stats_week(ask->against.from);
    size_t at = 0, at_before = 0;

    for (int64_t week = first; week < ask->range.to; week += REEL_DAYS_A_WEEK) {
        const size_t known = at + at_before;
        const struct spread_week one = take_week(now, &at, week);
        const struct spread_week other = take_week(before, &at_before, week - apart);

        if (at + at_before > known)
            put_both(json, ask, now, &one, before, &other);
    }
}

void reel__stats_blank_catalogue(reel_json *json, const reel_stats_ask *ask)
{
    const spreading none = {.count = 0};
    const struct spread_week week = {.week = 0};

    put_both(json, ask, &none, &week, &none, &week);
}

reel_code reel__stats_write_catalogue(reel_json *json, const reel_stats_ask *ask, reel_err *err)
{
    spreading now = {.count = 0}, before = {.count = 0};
    reel_rate trend;
    reel_code rc = REEL_OK;

    REEL_TRY(read_weeks(&now, ask, ask->range, err));
    if (ask->against.to != 0)
        REEL_TRY(read_weeks(&before, ask, ask->against, err));
    trend = trend_of(&now);
    reel__json_put_int(json, "catalogue", reel_dataset_movies(reel__engine_dataset(ask->engine)));
    reel__stats_put_rate(json, "trend", trend);
    reel__json_put_bool(json, "narrowing", trend.high < 0);
    if (ask->against.to != 0)
        reel__stats_put_rate(json, "trend_against", trend_of(&before));
    reel__json_key(json, "items");
    reel__json_array(json);
    put_weeks(json, ask, &now, &before);
    reel__json_array_end(json);
out:
    end_spreading(&now);
    end_spreading(&before);
    return rc;
}
