/* stats_rates.c - how much of what was shown is clicked and rated: as a whole, by method, model,
 * row and place.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "service/analytics/stats_priv.h"

enum { ROWS_MOST = 500, NAME = 72 };

typedef struct named {
    char method[NAME], model_id[NAME], scenario[NAME];
    int64_t rank, first;
    reel_stats_counts now, before;
} named;

typedef struct table {
    named *rows; /* [ROWS_MOST] */
    size_t count;
    bool before; /* what is added is of the range it is compared with */
    int64_t omitted;
} table;

static void put_name(char out[NAME], const char *name)
{
    const size_t length = reel__utf8_cut(name, strlen(name), NAME - 1);

    memcpy(out, name, length);
    out[length] = '\0';
}

static bool is_of(const named *row, const reel_stats_rates *rates)
{
    return row->rank == rates->rank && strncmp(row->method, rates->method, NAME - 1) == 0 &&
           strncmp(row->model_id, rates->model_id, NAME - 1) == 0 &&
           strncmp(row->scenario, rates->scenario, NAME - 1) == 0;
}

static named *row_of(table *t, const reel_stats_rates *rates)
{
    named *row;

    for (size_t i = 0; t->before && i < t->count; i++)
        if (is_of(&t->rows[i], rates))
            return &t->rows[i];
    if (t->count == ROWS_MOST)
        return NULL;
    row = &t->rows[t->count++];
    *row = (named){.rank = rates->rank, .first = rates->day};
    put_name(row->method, rates->method);
    put_name(row->model_id, rates->model_id);
    put_name(row->scenario, rates->scenario);
    return row;
}

static bool take(void *user, const reel_stats_rates *rates)
{
    table *t = user;
    named *row = row_of(t, rates);

    if (row == NULL)
        t->omitted++;
    else
        reel__stats_add_rates(t->before ? &row->before : &row->now, rates);
    return true;
}

static reel_code read_table(table *t, const reel_stats_ask *ask, reel_stats_by by, reel_err *err)
{
    reel_code rc = REEL_OK;

    *t = (table){.rows = reel__alloc_zero(ROWS_MOST, sizeof *t->rows)};
    if (t->rows == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for a report");
    REEL_TRY(reel__stats_rates(ask->store, ask->range, by, take, t, err));
    if (ask->against.to == 0)
        return REEL_OK;
    t->before = true;
    rc = reel__stats_rates(ask->store, ask->against, by, take, t, err);
out:
    return rc;
}

/* Those that were only in the range compared with came last. */
static int by_place(const void *a, const void *b)
{
    const named *left = a, *right = b;

    return (left->rank > right->rank) - (left->rank < right->rank);
}

static void put_of(reel_json *json, reel_stats_by by, const reel_stats_counts *counts)
{
    if (by == REEL_STATS_RANK)
        reel__stats_put_films(json, counts);
    else
        reel__stats_put_counts(json, counts);
}

static void put_before(reel_json *json, const reel_stats_ask *ask, reel_stats_by by,
                       const named *row)
{
    if (ask->against.to == 0)
        return;
    reel__json_key(json, "against");
    reel__json_object(json);
    put_of(json, by, &row->before);
    reel__json_object_end(json);
    reel__stats_put_change(json, &row->now, &row->before);
}

static void put_row(reel_json *json, const reel_stats_ask *ask, reel_stats_by by, const named *row)
{
    reel__json_object(json);
    if (by == REEL_STATS_METHOD || by == REEL_STATS_MODEL)
        reel__json_put_text(json, "method", row->method);
    if (by == REEL_STATS_MODEL) {
        reel__json_put_text(json, "model_id", row->model_id);
        reel__stats_put_day(json, "first_shown", row->first);
    }
    if (by == REEL_STATS_SCENARIO)
        reel__json_put_text(json, "scenario", row->scenario);
    if (by == REEL_STATS_RANK)
        reel__json_put_int(json, "rank", row->rank);
    put_of(json, by, &row->now);
    put_before(json, ask, by, row);
    reel__json_object_end(json);
}

static reel_stats_by by_of(const char *word)
{
    return strcmp(word, "method") == 0  ? REEL_STATS_METHOD
           : strcmp(word, "model") == 0 ? REEL_STATS_MODEL
           : strcmp(word, "rank") == 0  ? REEL_STATS_RANK
                                        : REEL_STATS_SCENARIO;
}

void reel__stats_blank_rates(reel_json *json, const reel_stats_ask *ask)
{
    put_row(json, ask, by_of(ask->by == NULL ? "method" : ask->by), &(named){.method = ""});
}

reel_code reel__stats_write_rates(reel_json *json, const reel_stats_ask *ask, reel_err *err)
{
    const char *word = ask->by == NULL ? "method" : ask->by;
    const reel_stats_by by = by_of(word);
    table t;
    reel_code rc = REEL_OK;

    REEL_TRY(read_table(&t, ask, by, err));
    if (by == REEL_STATS_RANK)
        qsort(t.rows, t.count, sizeof *t.rows, by_place);
    reel__json_put_text(json, "by", word);
    reel__json_put_int(json, "omitted", t.omitted);
    reel__json_key(json, "items");
    reel__json_array(json);
    for (size_t i = 0; i < t.count; i++)
        put_row(json, ask, by, &t.rows[i]);
    reel__json_array_end(json);
out:
    reel__free(t.rows);
    return rc;
}

/* ---- the whole range ----------------------------------------------------------------------- */

typedef struct whole {
    reel_stats_hour sum;
    int64_t people_days, fresh, days; /* days on which anybody was there */
} whole;

static bool add_hour(void *user, const reel_stats_hour *hour)
{
    reel_stats_hour *sum = &((whole *)user)->sum;

    sum->clicks += hour->clicks;
    sum->ratings += hour->ratings;
    sum->trailers += hour->trailers;
    sum->watchlist += hour->watchlist;
    sum->dwells += hour->dwells;
    sum->dwell_ms += hour->dwell_ms;
    sum->varied += hour->varied;
    sum->variety += hour->variety;
    return true;
}

static bool add_people(void *user, const reel_stats_people *people)
{
    whole *w = user;

    w->people_days += people->people;
    w->fresh += people->fresh;
    w->days++;
    return true;
}

static double ratio(int64_t sum, int64_t count, double unit)
{
    return count > 0 ? (double)sum / unit / (double)count : (double)NAN;
}

static reel_code put_whole(reel_json *json, const reel_stats_ask *ask, reel_stats_range range,
                           const reel_stats_counts *counts, reel_err *err)
{
    whole w = {.days = 0};
    reel_stats_spread spread;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__stats_hours(ask->store, range, NULL, add_hour, &w, err));
    REEL_TRY(reel__stats_people(ask->store, range, add_people, &w, err));
    REEL_TRY(reel__stats_spread_read(&spread, ask, range, err));
    reel__json_object(json);
    reel__stats_put_day(json, "from", range.from);
    reel__stats_put_day(json, "to", range.to - 1);
    reel__stats_put_counts(json, counts);
    reel__stats_put_rate(json, "click_to_rating",
                         reel__rate(counts->clicked_rated, counts->clicked));
    reel__json_put_int(json, "clicks", w.sum.clicks);
    reel__json_put_int(json, "ratings", w.sum.ratings);
    reel__json_put_int(json, "trailers", w.sum.trailers);
    reel__json_put_int(json, "watchlist", w.sum.watchlist);
    reel__stats_put_real(json, "dwell_seconds", ratio(w.sum.dwell_ms, w.sum.dwells, 1000));
    reel__json_put_int(json, "new_people", w.fresh);
    reel__stats_put_real(json, "people_a_day", ratio(w.people_days, w.days, 1));
    reel__stats_put_spread(json, &spread);
    reel__stats_put_real(json, "diversity", ratio(w.sum.variety, w.sum.varied, 1e6));
    reel__json_object_end(json);
out:
    return rc;
}

reel_code reel__stats_write_summary(reel_json *json, const reel_stats_ask *ask, reel_err *err)
{
    table t;
    reel_code rc = REEL_OK;

    REEL_TRY(read_table(&t, ask, REEL_STATS_TOTAL, err));
    if (ask->against.to != 0)
        reel__stats_put_change(json, &t.rows[0].now, &t.rows[0].before);
    reel__json_key(json, "items");
    reel__json_array(json);
    REEL_TRY(put_whole(json, ask, ask->range, &t.rows[0].now, err));
    if (ask->against.to != 0)
        REEL_TRY(put_whole(json, ask, ask->against, &t.rows[0].before, err));
    reel__json_array_end(json);
out:
    reel__free(t.rows);
    return rc;
}
