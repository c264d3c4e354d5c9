/* stats.c - the sums, asked for by range: whole weeks as such, days at either end. */
#include "store/stats.h"

#include "store/sql.h"

/* The rows of a table that make up a range: $1, $2 are its days, $3, $4 the whole weeks in it. */
#define RANGE(columns, table)                                                                      \
    "(SELECT " columns " FROM " table " WHERE span = 7 AND day >= $3 AND day < $4"                 \
    " UNION ALL SELECT " columns " FROM " table " WHERE span = 1 AND day >= $1 AND day < $3"       \
    " UNION ALL SELECT " columns " FROM " table " WHERE span = 1 AND day >= $4 AND day < $2) AS s"

static void bind_range(reel_sql *sql, reel_stats_range range)
{
    const int64_t first = reel__stats_week(range.from + REEL_DAYS_A_WEEK - 1);
    const int64_t last = reel__stats_week(range.to);
    const bool weeks = first < last;

    reel__sql_int(sql, range.from);
    reel__sql_int(sql, range.to);
    reel__sql_int(sql, weeks ? first : range.to);
    reel__sql_int(sql, weeks ? last : range.to);
}

/* ---- what there is ------------------------------------------------------------------------- */

static bool take_days(void *user, const char *const *c)
{
    *(reel_stats_range *)user =
        (reel_stats_range){reel__sql_number(c[0], 0), reel__sql_number(c[1], -1) + 1};
    return false;
}

reel_code reel__stats_days(reel_store *store, reel_stats_range *out, reel_err *err)
{
    reel_sql sql;

    *out = (reel_stats_range){0};
    reel__sql_begin(&sql, "SELECT min(hour) / 24, max(hour) / 24 FROM stat_hours");
    return reel__sql_read(store, &sql, take_days, out, err);
}

/* ---- rates --------------------------------------------------------------------------------- */

typedef struct rating {
    reel_stats_rates_fn *row;
    void *user;
} rating;

static bool take_rates(void *user, const char *const *c)
{
    const rating *r = user;
    const reel_stats_rates rates = {.method = c[0] == NULL ? "" : c[0],
                                    .model_id = c[1] == NULL ? "" : c[1],
                                    .scenario = c[2] == NULL ? "" : c[2],
                                    .rank = reel__sql_number(c[3], 0),
                                    .day = reel__sql_number(c[4], 0),
                                    .lists = reel__sql_number(c[5], 0),
                                    .shown = reel__sql_number(c[6], 0),
                                    .clicked = reel__sql_number(c[7], 0),
                                    .rated = reel__sql_number(c[8], 0),
                                    .clicked_rated = reel__sql_number(c[9], 0),
                                    .refused = reel__sql_number(c[10], 0)};

    return r->row(r->user, &rates);
}

#define SUMS   "sum(lists), sum(shown), sum(clicked), sum(rated), sum(clicked_rated), sum(refused)"
#define COUNTS "lists, shown, clicked, rated, clicked_rated, refused"
/* Summed by kind before names come in: few rows are joined then. */
#define BY_KIND                                                                                    \
    "(SELECT kind, sum(lists) AS lists, sum(shown) AS shown, sum(clicked) AS clicked,"             \
    " sum(rated) AS rated, sum(clicked_rated) AS clicked_rated, sum(refused) AS refused "          \
    "FROM " RANGE("kind, " COUNTS, "stat_ranks") " GROUP BY kind) AS t"                            \
                                                 " LEFT JOIN stat_kinds AS k ON k.id = t.kind"

static const char *const rates_sql[] = {
    [REEL_STATS_TOTAL] = "SELECT '', '', '', 0, 0, " SUMS " FROM " RANGE(COUNTS, "stat_ranks"),
    [REEL_STATS_METHOD] = "SELECT k.method, '', '', 0, 0, " SUMS " FROM " BY_KIND
                          " GROUP BY k.method ORDER BY sum(shown) DESC, k.method",
    [REEL_STATS_MODEL] = "SELECT k.method, k.model_id, '', 0, min(k.first_day), " SUMS
                         " FROM " BY_KIND " GROUP BY k.method, k.model_id"
                         " ORDER BY sum(shown) DESC, k.method, k.model_id",
    [REEL_STATS_SCENARIO] = "SELECT '', '', k.scenario, 0, 0, " SUMS " FROM " BY_KIND
                            " GROUP BY k.scenario ORDER BY sum(shown) DESC, k.scenario",
    [REEL_STATS_RANK] = "SELECT '', '', '', rank, 0, " SUMS " FROM " RANGE(
        "rank, " COUNTS, "stat_ranks") " WHERE shown > 0 GROUP BY rank ORDER BY rank",
};

reel_code reel__stats_rates(reel_store *store, reel_stats_range range, reel_stats_by by,
                            reel_stats_rates_fn *row, void *user, reel_err *err)
{
    rating r = {row, user};
    reel_sql sql;

    reel__sql_begin(&sql, rates_sql[by]);
    bind_range(&sql, range);
    return reel__sql_read(store, &sql, take_rates, &r, err);
}

static void bind_weeks(reel_sql *sql, reel_stats_range range)
{
    reel__sql_int(sql, reel__stats_week(range.from));
    reel__sql_int(sql, range.to);
}

reel_code reel__stats_weekly(reel_store *store, reel_stats_range range, reel_stats_rates_fn *row,
                             void *user, reel_err *err)
{
    rating r = {row, user};
    reel_sql sql;

    reel__sql_begin(
        &sql, "SELECT k.method, k.model_id, '', 0, t.day, " SUMS " FROM (SELECT day, kind,"
              " sum(lists) AS lists, sum(shown) AS shown, sum(clicked) AS clicked,"
              " sum(rated) AS rated, sum(clicked_rated) AS clicked_rated, sum(refused) AS refused"
              " FROM stat_ranks WHERE span = 7 AND day >= $1 AND day < $2 GROUP BY day, kind) AS t"
              " LEFT JOIN stat_kinds AS k ON k.id = t.kind GROUP BY t.day, k.method, k.model_id"
              " ORDER BY t.day, k.method, k.model_id");
    bind_weeks(&sql, range);
    return reel__sql_read(store, &sql, take_rates, &r, err);
}

reel_code reel__stats_firsts(reel_store *store, reel_stats_rates_fn *row, void *user, reel_err *err)
{
    rating r = {row, user};
    reel_sql sql;

    reel__sql_begin(&sql, "SELECT method, model_id, '', 0, min(first_day), 0, 0, 0, 0, 0, 0"
                          " FROM stat_kinds WHERE first_day IS NOT NULL GROUP BY method, model_id"
                          " ORDER BY min(first_day), method, model_id");
    return reel__sql_read(store, &sql, take_rates, &r, err);
}

/* ---- films --------------------------------------------------------------------------------- */

typedef struct filming {
    reel_stats_film_fn *row;
    void *user;
} filming;

static bool take_film(void *user, const char *const *c)
{
    const filming *f = user;
    const reel_stats_film film = {.movie = reel__sql_number(c[0], 0),
                                  .week = reel__sql_number(c[1], 0),
                                  .shown = reel__sql_number(c[2], 0),
                                  .clicked = reel__sql_number(c[3], 0),
                                  .rated = reel__sql_number(c[4], 0),
                                  .clicks = reel__sql_number(c[5], 0),
                                  .ratings = reel__sql_number(c[6], 0)};

    return f->row(f->user, &film);
}

reel_code reel__stats_films(reel_store *store, reel_stats_range range, reel_stats_film_fn *row,
                            void *user, reel_err *err)
{
    filming f = {row, user};
    reel_sql sql;

    reel__sql_begin(&sql,
                    "SELECT movieId, 0, sum(shown), sum(clicked), sum(rated), sum(clicks),"
                    " sum(ratings) FROM " RANGE("movieId, shown, clicked, rated, clicks, ratings",
                                                "stat_films") " GROUP BY movieId ORDER BY movieId");
    bind_range(&sql, range);
    return reel__sql_read(store, &sql, take_film, &f, err);
}

reel_code reel__stats_film_weeks(reel_store *store, reel_stats_range range, reel_stats_film_fn *row,
                                 void *user, reel_err *err)
{
    filming f = {row, user};
    reel_sql sql;

    reel__sql_begin(&sql, "SELECT movieId, day, shown, 0, 0, 0, 0 FROM stat_films WHERE span = 7"
                          " AND day >= $1 AND day < $2 AND shown > 0 ORDER BY day, movieId");
    bind_weeks(&sql, range);
    return reel__sql_read(store, &sql, take_film, &f, err);
}

/* ---- hours and people ---------------------------------------------------------------------- */

typedef struct telling {
    reel_stats_hour_fn *hour;
    reel_stats_people_fn *people;
    void *user;
} telling;

static bool take_hour(void *user, const char *const *c)
{
    const telling *t = user;
    const reel_stats_hour hour = {.hour = reel__sql_number(c[0], 0),
                                  .lists = reel__sql_number(c[1], 0),
                                  .shown = reel__sql_number(c[2], 0),
                                  .clicks = reel__sql_number(c[3], 0),
                                  .ratings = reel__sql_number(c[4], 0),
                                  .refusals = reel__sql_number(c[5], 0),
                                  .trailers = reel__sql_number(c[6], 0),
                                  .watchlist = reel__sql_number(c[7], 0),
                                  .dwells = reel__sql_number(c[8], 0),
                                  .dwell_ms = reel__sql_number(c[9], 0),
                                  .varied = reel__sql_number(c[10], 0),
                                  .variety = reel__sql_number(c[11], 0)};

    return t->hour(t->user, &hour);
}

#define HOURS(condition)                                                                           \
    "SELECT hour, sum(lists), sum(shown), sum(clicks), sum(ratings), sum(refusals),"               \
    " sum(trailers), sum(watchlist), sum(dwells), sum(dwell_ms), sum(varied), sum(variety)"        \
    " FROM stat_hours WHERE hour >= $1 AND hour < $2" condition " GROUP BY hour ORDER BY hour"

reel_code reel__stats_hours(reel_store *store, reel_stats_range range, const char *method,
                            reel_stats_hour_fn *row, void *user, reel_err *err)
{
    telling t = {.hour = row, .user = user};
    reel_sql sql;

    reel__sql_begin(&sql, method == NULL ? HOURS("")
                                         : HOURS(" AND kind IN (SELECT id FROM stat_kinds"
                                                 " WHERE method = $3)"));
    reel__sql_int(&sql, range.from * REEL_HOURS_A_DAY);
    reel__sql_int(&sql, range.to * REEL_HOURS_A_DAY);
    if (method != NULL)
        reel__sql_text(&sql, method);
    return reel__sql_read(store, &sql, take_hour, &t, err);
}

static bool take_total(void *user, const char *const *c)
{
    *(int64_t *)user = reel__sql_number(c[0], 0);
    return true;
}

reel_code reel__stats_events(reel_store *store, int64_t *out, reel_err *err)
{
    reel_sql sql;

    *out = 0;
    reel__sql_begin(&sql, "SELECT COALESCE(sum(lists + clicks + ratings + refusals + trailers +"
                          " watchlist + dwells), 0) FROM stat_hours");
    return reel__sql_read(store, &sql, take_total, out, err);
}

static bool take_people(void *user, const char *const *c)
{
    const telling *t = user;
    const reel_stats_people people = {reel__sql_number(c[0], 0), reel__sql_number(c[1], 0),
                                      reel__sql_number(c[2], 0)};

    return t->people(t->user, &people);
}

reel_code reel__stats_people(reel_store *store, reel_stats_range range, reel_stats_people_fn *row,
                             void *user, reel_err *err)
{
    telling t = {.people = row, .user = user};
    reel_sql sql;

    reel__sql_begin(&sql, "SELECT day, people, fresh FROM stat_days WHERE day >= $1 AND day < $2"
                          " ORDER BY day");
    reel__sql_int(&sql, range.from);
    reel__sql_int(&sql, range.to);
    return reel__sql_read(store, &sql, take_people, &t, err);
}
