/* stats_add.c - sums of some events added to those of the store, in one transaction that begins
 * with the mark: whoever else counted the same events meanwhile has moved it, and nothing happens.
 * Rows go as one text, {"0":[...],"1":[...]}, which json_each of either back end takes apart.
 */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/json.h"
#include "store/sql.h"
#include "store/stats_priv.h"

enum { TEXT_MOST = 256 << 20, KINDS_MOST = 4096, MARK = 0, STATEMENTS = 11, DAY = 1, WEEK = 7 };

int64_t reel__stats_week(int64_t day)
{
    return day - (day + 3) % 7; /* the first day of 1970 was a Thursday */
}

/* ---- rows as texts ------------------------------------------------------------------------- */

static void begin_rows(reel_json *json, reel_buf *text)
{
    reel__json_init(json, text);
    reel__json_object(json);
}

static void begin_row(reel_json *json, size_t number)
{
    char key[24];

    (void)snprintf(key, sizeof key, "%zu", number);
    reel__json_key(json, key);
    reel__json_array(json);
}

static void write_rows(reel_json *json, const reel_tally *tally, int64_t span)
{
    const size_t width = reel__tally_width(tally);

    for (size_t i = 0; i < reel__tally_count(tally); i++) {
        const int64_t *row = reel__tally_row(tally, i);

        begin_row(json, i * 8 + (size_t)span);
        if (span > 0)
            reel__json_int(json, span);
        for (size_t column = 0; column < width; column++)
            reel__json_int(json, row[column]);
        reel__json_array_end(json);
    }
}

/* How the keys of a tally become those of a table. */
typedef struct keying {
    size_t keys;
    const int64_t *kinds; /* the ids of the second key; NULL = it stays */
    bool weekly;          /* the first key is a day, and its week is wanted */
} keying;

static reel_code regroup(reel_tally **out, const reel_tally *from, const keying *how, reel_err *err)
{
    const size_t values = reel__tally_width(from) - how->keys;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__tally_new(out, how->keys, values, err));
    for (size_t i = 0; i < reel__tally_count(from); i++) {
        const int64_t *row = reel__tally_row(from, i);
        int64_t key[REEL_TALLY_KEYS];
        int64_t *sums;

        memcpy(key, row, how->keys * sizeof *key);
        if (how->weekly)
            key[0] = reel__stats_week(row[0]);
        if (how->kinds != NULL)
            key[1] = how->kinds[row[1]];
        sums = reel__tally_at(*out, key);
        if (sums == NULL)
            return reel_fail(err, REEL_E_NOMEM, "out of memory to count events");
        for (size_t v = 0; v < values; v++)
            sums[v] += row[how->keys + v];
    }
out:
    return rc;
}

static reel_code put_rows(reel_json *json, const reel_tally *from, const keying *how, int64_t span,
                          reel_err *err)
{
    reel_tally *rows = NULL;
    const reel_code rc = regroup(&rows, from, how, err);

    if (rc == REEL_OK)
        write_rows(json, rows, span);
    reel__tally_free(rows);
    return rc;
}

/* By day and by week. */
static reel_code spans_text(reel_buf *text, const reel_tally *days, keying how, reel_err *err)
{
    reel_json json;
    reel_code rc = REEL_OK;

    begin_rows(&json, text);
    REEL_TRY(put_rows(&json, days, &how, DAY, err));
    how.weekly = true;
    REEL_TRY(put_rows(&json, days, &how, WEEK, err));
    reel__json_object_end(&json);
    rc = reel__buf_check(text, err);
out:
    return rc;
}

static reel_code hours_text(reel_buf *text, const reel_tally *hours, keying how, reel_err *err)
{
    reel_json json;
    reel_code rc = REEL_OK;

    begin_rows(&json, text);
    REEL_TRY(put_rows(&json, hours, &how, 0, err));
    reel__json_object_end(&json);
    rc = reel__buf_check(text, err);
out:
    return rc;
}

/* As they are. */
static reel_code rows_text(reel_buf *text, const reel_tally *rows, reel_err *err)
{
    reel_json json;

    begin_rows(&json, text);
    write_rows(&json, rows, 0);
    reel__json_object_end(&json);
    return reel__buf_check(text, err);
}

static reel_code people_text(reel_buf *text, const reel_stats_sums *sums, reel_err *err)
{
    reel_json json;

    begin_rows(&json, text);
    for (size_t i = 0; i < reel__tally_count(sums->people); i++) {
        const int64_t *row = reel__tally_row(sums->people, i);

        begin_row(&json, i);
        reel__json_text(&json, reel__intern_text(sums->whos, (int32_t)row[0]));
        reel__json_int(&json, row[1]);
        reel__json_array_end(&json);
    }
    reel__json_object_end(&json);
    return reel__buf_check(text, err);
}

/* ---- kinds --------------------------------------------------------------------------------- */

static reel_code kinds_text(reel_buf *text, const reel_stats_sums *sums, reel_err *err)
{
    const int32_t count = reel__intern_count(sums->kinds);
    reel_json json;

    begin_rows(&json, text);
    for (int32_t i = 0; i < count; i++) {
        const char *names = reel__intern_text(sums->kinds, i);
        const int64_t key[] = {i};
        const int64_t *first = reel__tally_find(sums->first, key);

        begin_row(&json, (size_t)i);
        reel__json_raw(&json, names, strlen(names));
        if (first != NULL)
            reel__json_int(&json, *first - 1);
        else
            reel__json_null(&json);
        reel__json_array_end(&json);
    }
    reel__json_object_end(&json);
    return reel__buf_check(text, err);
}

static bool take_kind(void *user, const char *const *column)
{
    ((int64_t *)user)[reel__sql_number(column[0], 0)] = reel__sql_number(column[1], 0);
    return true;
}

/* Their ids; those beyond the most there may be have 0, which has no name. Done before the sums are
 * added: a kind without any does no harm. */
static reel_code find_kinds(reel_store *store, const reel_stats_sums *sums, int64_t *ids,
                            reel_err *err)
{
    reel_buf text;
    reel_sql sql;
    reel_code rc = REEL_OK;

    reel__buf_init(&text, TEXT_MOST);
    REEL_TRY(kinds_text(&text, sums, err));
    reel__sql_begin(
        &sql,
        "INSERT INTO stat_kinds (method, model_id, scenario, first_day)"
        " SELECT (value -> 0) ->> 0, (value -> 0) ->> 1, (value -> 0) ->> 2,"
        " CAST(value ->> 1 AS bigint) FROM json_each($1)"
        " WHERE (SELECT count(*) FROM stat_kinds) < $2"
        " ON CONFLICT (method, model_id, scenario) DO UPDATE SET first_day = excluded.first_day"
        " WHERE stat_kinds.first_day IS NULL OR excluded.first_day < stat_kinds.first_day");
    reel__sql_text(&sql, text.data);
    reel__sql_int(&sql, KINDS_MOST);
    REEL_TRY(reel__sql_write(store, &sql, true, NULL, err));
    reel__sql_begin(&sql, "SELECT CAST(j.key AS bigint), k.id FROM json_each($1) AS j"
                          " JOIN stat_kinds AS k ON k.method = (j.value -> 0) ->> 0"
                          " AND k.model_id = (j.value -> 0) ->> 1"
                          " AND k.scenario = (j.value -> 0) ->> 2");
    reel__sql_text(&sql, text.data);
    rc = reel__sql_read(store, &sql, take_kind, ids, err);
out:
    reel__buf_fini(&text);
    return rc;
}

/* ---- adding -------------------------------------------------------------------------------- */

const char reel__stats_add_ranks[] =
    "INSERT INTO stat_ranks (span, day, kind, rank, lists, shown, clicked, rated,"
    " clicked_rated, refused) SELECT CAST(value ->> 0 AS bigint), CAST(value ->> 1 AS bigint),"
    " CAST(value ->> 2 AS bigint), CAST(value ->> 3 AS bigint), CAST(value ->> 4 AS bigint),"
    " CAST(value ->> 5 AS bigint), CAST(value ->> 6 AS bigint), CAST(value ->> 7 AS bigint),"
    " CAST(value ->> 8 AS bigint), CAST(value ->> 9 AS bigint) FROM json_each($1) WHERE true"
    " ON CONFLICT (span, day, kind, rank) DO UPDATE SET lists = stat_ranks.lists +"
    " excluded.lists, shown = stat_ranks.shown + excluded.shown, clicked = stat_ranks.clicked"
    " + excluded.clicked, rated = stat_ranks.rated + excluded.rated, clicked_rated ="
    " stat_ranks.clicked_rated + excluded.clicked_rated, refused = stat_ranks.refused +"
    " excluded.refused";

const char reel__stats_add_films[] =
    "INSERT INTO stat_films (span, day, movieId, shown, clicked, rated, clicks, ratings)"
    " SELECT CAST(value ->> 0 AS bigint), CAST(value ->> 1 AS bigint), CAST(value ->> 2 AS"
    " bigint), CAST(value ->> 3 AS bigint), CAST(value ->> 4 AS bigint), CAST(value ->> 5 AS"
    " bigint), CAST(value ->> 6 AS bigint), CAST(value ->> 7 AS bigint) FROM json_each($1)"
    " WHERE true ON CONFLICT (span, day, movieId) DO UPDATE SET shown = stat_films.shown +"
    " excluded.shown, clicked = stat_films.clicked + excluded.clicked, rated ="
    " stat_films.rated + excluded.rated, clicks = stat_films.clicks + excluded.clicks, ratings"
    " = stat_films.ratings + excluded.ratings";

static const char add_hours[] =
    "INSERT INTO stat_hours (hour, kind, lists, shown, clicks, ratings, refusals, trailers,"
    " watchlist, dwells, dwell_ms, varied, variety) SELECT CAST(value ->> 0 AS bigint),"
    " CAST(value ->> 1 AS bigint), CAST(value ->> 2 AS bigint), CAST(value ->> 3 AS bigint),"
    " CAST(value ->> 4 AS bigint), CAST(value ->> 5 AS bigint), CAST(value ->> 6 AS bigint),"
    " CAST(value ->> 7 AS bigint), CAST(value ->> 8 AS bigint), CAST(value ->> 9 AS bigint),"
    " CAST(value ->> 10 AS bigint), CAST(value ->> 11 AS bigint), CAST(value ->> 12 AS bigint)"
    " FROM json_each($1) WHERE true ON CONFLICT (hour, kind) DO UPDATE SET lists ="
    " stat_hours.lists + excluded.lists, shown = stat_hours.shown + excluded.shown, clicks ="
    " stat_hours.clicks + excluded.clicks, ratings = stat_hours.ratings + excluded.ratings,"
    " refusals = stat_hours.refusals + excluded.refusals, trailers = stat_hours.trailers +"
    " excluded.trailers, watchlist = stat_hours.watchlist + excluded.watchlist, dwells ="
    " stat_hours.dwells + excluded.dwells, dwell_ms = stat_hours.dwell_ms + excluded.dwell_ms,"
    " varied = stat_hours.varied + excluded.varied, variety = stat_hours.variety +"
    " excluded.variety";

/* Who was there on a day before all days they are known of, for the first time or by an event that
 * came late; who was not there on a day yet; and then all of them. */
static const char add_fresh[] =
    "WITH told AS (SELECT value ->> 0 AS who, min(CAST(value ->> 1 AS bigint)) AS day"
    " FROM json_each($1) GROUP BY value ->> 0),"
    " came AS (SELECT told.day, (SELECT min(p.day) FROM stat_people AS p WHERE p.who = told.who)"
    " AS known FROM told)"
    " INSERT INTO stat_days (day, people, fresh) SELECT moved.day, 0, sum(moved.n) FROM"
    " (SELECT day, 1 AS n FROM came WHERE known IS NULL OR day < known"
    " UNION ALL SELECT known, -1 FROM came WHERE day < known) AS moved GROUP BY moved.day"
    " ON CONFLICT (day) DO UPDATE SET fresh = stat_days.fresh + excluded.fresh";
static const char add_active[] =
    "INSERT INTO stat_days (day, people, fresh) SELECT CAST(value ->> 1 AS bigint), count(*), 0"
    " FROM json_each($1) WHERE NOT EXISTS (SELECT 1 FROM stat_people AS p WHERE"
    " p.who = value ->> 0 AND p.day = CAST(value ->> 1 AS bigint))"
    " GROUP BY CAST(value ->> 1 AS bigint)"
    " ON CONFLICT (day) DO UPDATE SET people = stat_days.people + excluded.people";
static const char add_people[] =
    "INSERT INTO stat_people (who, day) SELECT value ->> 0, CAST(value ->> 1 AS bigint)"
    " FROM json_each($1) WHERE true ON CONFLICT (who, day) DO NOTHING";

const char reel__stats_add_looks[] =
    "INSERT INTO stat_looks (movieId, rank, shown, clicked) SELECT CAST(value ->> 0 AS bigint),"
    " CAST(value ->> 1 AS bigint), CAST(value ->> 2 AS bigint), CAST(value ->> 3 AS bigint)"
    " FROM json_each($1) WHERE true ON CONFLICT (movieId, rank) DO UPDATE SET shown ="
    " stat_looks.shown + excluded.shown, clicked = stat_looks.clicked + excluded.clicked";
static const char add_deeds[] =
    "INSERT INTO stat_deeds (person, movieId, kind, rank) SELECT CAST(value ->> 0 AS bigint),"
    " CAST(value ->> 1 AS bigint), CAST(value ->> 2 AS bigint), CAST(value ->> 3 AS bigint)"
    " FROM json_each($1) WHERE true ON CONFLICT (person, movieId, kind, rank) DO NOTHING";
static const char add_viewers[] =
    "INSERT INTO stat_viewers (person, rated) SELECT CAST(value ->> 0 AS bigint),"
    " CAST(value ->> 1 AS bigint) FROM json_each($1) WHERE true ON CONFLICT (person) DO UPDATE SET"
    " rated = excluded.rated WHERE stat_viewers.rated <> excluded.rated";

void reel__stats_texts_init(reel_stats_texts *texts)
{
    reel__buf_init(&texts->ranks, TEXT_MOST);
    reel__buf_init(&texts->films, TEXT_MOST);
    reel__buf_init(&texts->hours, TEXT_MOST);
    reel__buf_init(&texts->people, TEXT_MOST);
    reel__buf_init(&texts->looks, TEXT_MOST);
    reel__buf_init(&texts->deeds, TEXT_MOST);
    reel__buf_init(&texts->viewers, TEXT_MOST);
}

void reel__stats_texts_fini(reel_stats_texts *texts)
{
    reel__buf_fini(&texts->ranks);
    reel__buf_fini(&texts->films);
    reel__buf_fini(&texts->hours);
    reel__buf_fini(&texts->people);
    reel__buf_fini(&texts->looks);
    reel__buf_fini(&texts->deeds);
    reel__buf_fini(&texts->viewers);
}

reel_code reel__stats_texts_write(reel_stats_texts *out, reel_store *store,
                                  const reel_stats_sums *sums, reel_err *err)
{
    const size_t count = (size_t)reel__intern_count(sums->kinds);
    int64_t *kinds = reel__alloc_zero(count + 1, sizeof *kinds);
    reel_code rc = REEL_OK;

    if (kinds == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory to count events");
    if (count > 0)
        REEL_TRY(find_kinds(store, sums, kinds, err));
    REEL_TRY(spans_text(&out->ranks, sums->ranks, (keying){3, kinds, false}, err));
    REEL_TRY(spans_text(&out->films, sums->films, (keying){2, NULL, false}, err));
    REEL_TRY(hours_text(&out->hours, sums->hours, (keying){2, kinds, false}, err));
    REEL_TRY(people_text(&out->people, sums, err));
    REEL_TRY(rows_text(&out->looks, sums->looks, err));
    REEL_TRY(rows_text(&out->deeds, sums->deeds, err));
    REEL_TRY(rows_text(&out->viewers, sums->viewers, err));
out:
    reel__free(kinds);
    return rc;
}

static void add_rows(reel_sql_work *work, reel_sql *sql, const char *text, const reel_buf *rows)
{
    reel__sql_begin(&sql[work->count], text);
    reel__sql_text(&sql[work->count++], rows->data);
}

static reel_code run(reel_store *store, const reel_stats_texts *t, const reel_stats_mark *from,
                     int64_t to, bool *done, reel_err *err)
{
    reel_sql sql[STATEMENTS];
    reel_sql_work work = {
        .statements = sql, .count = 1, .writes = true, .again = true, .guard = true};
    reel_code rc = REEL_OK;

    reel__sql_begin(&sql[MARK], "UPDATE stat_mark SET sequence = $1 WHERE id = 1"
                                " AND sequence = $2 AND epoch = $3");
    reel__sql_int(&sql[MARK], to);
    reel__sql_int(&sql[MARK], from->sequence);
    reel__sql_int(&sql[MARK], from->epoch);
    add_rows(&work, sql, reel__stats_add_ranks, &t->ranks);
    add_rows(&work, sql, reel__stats_add_films, &t->films);
    add_rows(&work, sql, add_hours, &t->hours);
    add_rows(&work, sql, add_fresh, &t->people);
    add_rows(&work, sql, add_active, &t->people);
    add_rows(&work, sql, add_people, &t->people);
    add_rows(&work, sql, reel__stats_add_looks, &t->looks);
    add_rows(&work, sql, add_deeds, &t->deeds);
    add_rows(&work, sql, add_viewers, &t->viewers);
    REEL_TRY(reel__sql_run(store, &work, err));
    *done = work.changed[MARK] > 0;
out:
    return rc;
}

reel_code reel__stats_add(reel_store *store, const reel_stats_sums *sums,
                          const reel_stats_mark *from, int64_t to, bool *done, reel_err *err)
{
    reel_stats_texts texts;
    reel_code rc = REEL_OK;

    *done = false;
    reel__stats_texts_init(&texts);
    REEL_TRY(reel__stats_texts_write(&texts, store, sums, err));
    REEL_TRY(run(store, &texts, from, to, done, err));
out:
    reel__stats_texts_fini(&texts);
    return rc;
}
