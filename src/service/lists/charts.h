/* service/lists/charts.h - films in orders that are the same for everybody: by fame, rating, time,
 * year, and by how much they tell about whoever rates them. Layer: service. Threads: one session
 * per thread.
 */
#ifndef REEL_SERVICE_CHARTS_H
#define REEL_SERVICE_CHARTS_H

#include "base/json.h"
#include "service/engine/place.h"

typedef enum reel_chart {
    REEL_CHART_POPULAR,  /* by how many people rated it */
    REEL_CHART_TOP,      /* by mean rating, damped: (sum + m C) / (n + m), C the mean of all ratings
                            and m the median number of ratings of a film */
    REEL_CHART_TRENDING, /* by ratings lately: each counts 2^(-age / 30 days) from the newest one
                            there is, over the root of ten more than the same with a year, so that
                            neither an old favourite nor a film of a few stands first */
    REEL_CHART_NEW,      /* by release date, then by fame; without a date left out */
    REEL_CHART_INFORMATIVE, /* what to ask somebody unknown about: log(1 + ratings) times their
                               standard deviation, each of the first 200 chosen after dividing by
                               (1 + a/4)(1 + b/8), a the mean over its genres and b of its decade
                               how many were chosen before */
    REEL_CHARTS
} reel_chart;

typedef struct reel_chart_info {
    const char *name, *summary;
} reel_chart_info;
extern const reel_chart_info reel__charts[REEL_CHARTS];
/* By name. Errors: E_NOTFOUND. */
REEL_MUST_USE reel_code reel__chart_find(const char *name, size_t length, reel_chart *out,
                                         reel_err *err);

/* Append the items of a page: short movies with rank. filter: rules/expression.h, or NULL. place:
 * where the page begins, put right by the films it knows, and then where it ends. more [out]:
 * whether films follow. Values are made by the first who asks: O(ratings), then each page is
 * O(films). Errors: E_INVALID and E_TOOLARGE (filter), E_GONE (the place), E_NOMEM. */
REEL_MUST_USE reel_code reel__chart_write(reel_json *json, reel_session *session, reel_chart chart,
                                          const char *filter, reel_place *place, bool *more,
                                          reel_err *err);

#endif
