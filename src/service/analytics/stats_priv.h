/* stats_priv.h - what the reports share. */
#ifndef REEL_SERVICE_STATS_PRIV_H
#define REEL_SERVICE_STATS_PRIV_H

#include "service/analytics/rates.h"
#include "service/analytics/stats.h"

reel_code reel__stats_write_summary(reel_json *json, const reel_stats_ask *ask, reel_err *err);
reel_code reel__stats_write_rates(reel_json *json, const reel_stats_ask *ask, reel_err *err);
reel_code reel__stats_write_films(reel_json *json, const reel_stats_ask *ask, reel_err *err);
reel_code reel__stats_write_genres(reel_json *json, const reel_stats_ask *ask, reel_err *err);
reel_code reel__stats_write_times(reel_json *json, const reel_stats_ask *ask, reel_err *err);
reel_code reel__stats_write_people(reel_json *json, const reel_stats_ask *ask, reel_err *err);
reel_code reel__stats_write_catalogue(reel_json *json, const reel_stats_ask *ask, reel_err *err);
reel_code reel__stats_write_models(reel_json *json, const reel_stats_ask *ask, reel_err *err);
reel_code reel__stats_write_health(reel_json *json, const reel_stats_ask *ask, reel_err *err);

void reel__stats_blank_rates(reel_json *json, const reel_stats_ask *ask);
void reel__stats_blank_films(reel_json *json, const reel_stats_ask *ask);
void reel__stats_blank_genres(reel_json *json, const reel_stats_ask *ask);
void reel__stats_blank_times(reel_json *json, const reel_stats_ask *ask);
void reel__stats_blank_people(reel_json *json, const reel_stats_ask *ask);
void reel__stats_blank_catalogue(reel_json *json, const reel_stats_ask *ask);
void reel__stats_blank_models(reel_json *json, const reel_stats_ask *ask);

/* "2026-11-27". */
void reel__stats_put_day(reel_json *json, const char *key, int64_t day);
/* {"rate":0.2,"low":0.1,"high":0.3}, each null where there is none. */
void reel__stats_put_rate(reel_json *json, const char *key, reel_rate rate);
/* A number to six digits, null where it is none. */
void reel__stats_put_real(reel_json *json, const char *key, double value);

/* What shares are made of: films that were shown in lists, and what was done with them. */
typedef struct reel_stats_counts {
    int64_t lists, shown, clicked, rated, clicked_rated, refused;
} reel_stats_counts;
void reel__stats_add_rates(reel_stats_counts *sum, const reel_stats_rates *rates);
/* "lists", "shown", ..., "click_through", "rating_through". */
void reel__stats_put_counts(reel_json *json, const reel_stats_counts *counts);
/* The same without "lists": a list is of many places. */
void reel__stats_put_films(reel_json *json, const reel_stats_counts *counts);
/* How the share of what was clicked changed, with an interval. */
void reel__stats_put_change(reel_json *json, const reel_stats_counts *now,
                            const reel_stats_counts *before);

/* How the films that were shown are spread over the catalogue. */
typedef struct reel_stats_spread {
    int64_t films, shown; /* that were shown at all, and how often any */
    double coverage, gini;
    double effective; /* as many films, each shown equally often, would be as mixed */
    double novelty;   /* bits: how few people rated what was shown */
} reel_stats_spread;
/* shown [films of the catalogue], sorted afterwards. */
void reel__stats_spread_of(reel_stats_spread *out, int64_t *shown, const reel_engine *engine);
void reel__stats_put_spread(reel_json *json, const reel_stats_spread *spread);
/* The same from the store, of a range. Errors: E_STORE, E_NOMEM. */
REEL_MUST_USE reel_code reel__stats_spread_read(reel_stats_spread *out, const reel_stats_ask *ask,
                                                reel_stats_range range, reel_err *err);

#endif
