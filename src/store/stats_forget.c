/* stats_forget.c - a person's events out of the log, and out of the sums in the same transaction.
 * What they added is counted once more, the other way round; of the lists they had to do with, all
 * events are gone through with theirs and without: what somebody else did in a list that was shown
 * to them counts no longer, and the like.
 */
#include "base/alloc.h"
#include "store/sql.h"
#include "store/stats_priv.h"

enum { TRIES = 100 };

struct reel_stats_leaving {
    reel_counting counting;
    reel_stats_texts texts;
    int64_t person;
    char who[REEL_STATS_WHO];
};

/* ---- what they added ----------------------------------------------------------------------- */

static bool take_event(void *user, const char *const *column)
{
    reel_event_movie movies[REEL_EVENT_MOVIES_MAX];
    reel_counting *c = user;
    reel_event event;

    if (!reel__counting_read(c, &event, movies, column))
        return false;
    reel__counting_event(c, &event, true);
    reel__counting_look(c, &event, reel__sql_number(column[COLUMN_WAS], 0) != 0);
    return c->rc == REEL_OK;
}

static bool take_listed(void *user, const char *const *column)
{
    reel_event_movie movies[REEL_EVENT_MOVIES_MAX];
    reel_stats_leaving *l = user;
    reel_event event;

    if (!reel__counting_read(&l->counting, &event, movies, column))
        return false;
    reel__counting_replay(&l->counting, l->counting.places, &event, -1);
    if (event.user != l->person)
        reel__counting_replay(&l->counting, l->counting.others, &event, 1);
    return l->counting.rc == REEL_OK;
}

static reel_code read_events(reel_stats_leaving *l, reel_store *store)
{
    reel_counting *c = &l->counting;
    reel_sql sql;
    reel_code rc = REEL_OK;

    reel__sql_begin(&sql, "SELECT " REEL_STATS_COLUMNS ", " REEL_STATS_RATED
                          " FROM events WHERE userId = $1 AND sequence <= $2 ORDER BY sequence");
    reel__sql_int(&sql, l->person);
    reel__sql_int(&sql, c->mark.sequence);
    REEL_TRY(reel__sql_read(store, &sql, take_event, c, c->err));
    rc = c->rc;
out:
    return rc;
}

reel_code reel__stats_leave(reel_stats_leaving **out, reel_store *store, int64_t person,
                            reel_err *err)
{
    reel_stats_leaving *l = reel__alloc_zero(1, sizeof *l);
    reel_code rc = REEL_OK;

    *out = NULL;
    if (l == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory to forget somebody");
    l->person = person;
    l->counting = (reel_counting){.sign = -1, .err = err};
    reel__stats_who(l->who, person);
    reel__stats_texts_init(&l->texts);
    REEL_TRY(reel__counting_begin(&l->counting));
    REEL_TRY(reel__stats_mark(store, &l->counting.mark, err));
    REEL_TRY(read_events(l, store));
    REEL_TRY(reel__counting_lists(&l->counting, store, l->counting.mark.sequence, take_listed, l));
    REEL_TRY(reel__stats_texts_write(&l->texts, store, &l->counting.sums, err));
    *out = l;
    l = NULL;
out:
    reel__stats_leave_end(l);
    return rc;
}

void reel__stats_leave_end(reel_stats_leaving *leaving)
{
    if (leaving == NULL)
        return;
    reel__counting_end(&leaving->counting);
    reel__stats_texts_fini(&leaving->texts);
    reel__free(leaving);
}

/* ---- taking it away ------------------------------------------------------------------------ */

/* How mixed a list is was told by who counted it. What is left of an hour keeps its mean, and none
 * where nothing is left. */
static const char take_hours[] =
    "UPDATE stat_hours SET lists = stat_hours.lists + d.lists, shown = stat_hours.shown + d.shown,"
    " clicks = stat_hours.clicks + d.clicks, ratings = stat_hours.ratings + d.ratings,"
    " refusals = stat_hours.refusals + d.refusals, trailers = stat_hours.trailers + d.trailers,"
    " watchlist = stat_hours.watchlist + d.watchlist, dwells = stat_hours.dwells + d.dwells,"
    " dwell_ms = stat_hours.dwell_ms + d.dwell_ms, varied = CASE WHEN stat_hours.lists <= 0 THEN 0"
    " ELSE stat_hours.varied * (stat_hours.lists + d.lists) / stat_hours.lists END,"
    " variety = CASE WHEN stat_hours.lists <= 0 OR stat_hours.varied <= 0 THEN 0"
    " ELSE stat_hours.variety / stat_hours.varied"
    " * (stat_hours.varied * (stat_hours.lists + d.lists) / stat_hours.lists) END"
    " FROM (SELECT CAST(value ->> 0 AS bigint) AS hour, CAST(value ->> 1 AS bigint) AS kind,"
    " CAST(value ->> 2 AS bigint) AS lists, CAST(value ->> 3 AS bigint) AS shown,"
    " CAST(value ->> 4 AS bigint) AS clicks, CAST(value ->> 5 AS bigint) AS ratings,"
    " CAST(value ->> 6 AS bigint) AS refusals, CAST(value ->> 7 AS bigint) AS trailers,"
    " CAST(value ->> 8 AS bigint) AS watchlist, CAST(value ->> 9 AS bigint) AS dwells,"
    " CAST(value ->> 10 AS bigint) AS dwell_ms FROM json_each($1)) AS d"
    " WHERE stat_hours.hour = d.hour AND stat_hours.kind = d.kind";

/* Rows of which nothing is left. */
static const char clear_ranks[] =
    "DELETE FROM stat_ranks WHERE (span, day, kind, rank) IN (SELECT CAST(value ->> 0 AS bigint),"
    " CAST(value ->> 1 AS bigint), CAST(value ->> 2 AS bigint), CAST(value ->> 3 AS bigint)"
    " FROM json_each($1)) AND lists = 0 AND shown = 0 AND clicked = 0 AND rated = 0"
    " AND refused = 0";
static const char clear_films[] =
    "DELETE FROM stat_films WHERE (span, day, movieId) IN (SELECT CAST(value ->> 0 AS bigint),"
    " CAST(value ->> 1 AS bigint), CAST(value ->> 2 AS bigint) FROM json_each($1)) AND shown = 0"
    " AND clicked = 0 AND rated = 0 AND clicks = 0 AND ratings = 0";
static const char clear_hours[] =
    "DELETE FROM stat_hours WHERE (hour, kind) IN (SELECT CAST(value ->> 0 AS bigint),"
    " CAST(value ->> 1 AS bigint) FROM json_each($1)) AND lists = 0 AND clicks = 0 AND ratings = 0"
    " AND refusals = 0 AND trailers = 0 AND watchlist = 0 AND dwells = 0";

static const char clear_looks[] =
    "DELETE FROM stat_looks WHERE (movieId, rank) IN (SELECT CAST(value ->> 0 AS bigint),"
    " CAST(value ->> 1 AS bigint) FROM json_each($1)) AND shown = 0 AND clicked = 0";

static const char take_days[] =
    "UPDATE stat_days SET people = people - 1, fresh = fresh - CASE WHEN day ="
    " (SELECT min(p.day) FROM stat_people AS p WHERE p.who = $1) THEN 1 ELSE 0 END"
    " WHERE day IN (SELECT p.day FROM stat_people AS p WHERE p.who = $1)";

static void with_text(reel_sql *out, const char *text, const char *value)
{
    reel__sql_begin(out, text);
    reel__sql_text(out, value);
}

static void with_person(reel_sql *out, const char *text, int64_t person)
{
    reel__sql_begin(out, text);
    reel__sql_int(out, person);
}

void reel__stats_leave_by(reel_sql out[REEL_STATS_LEAVE], const reel_stats_leaving *leaving)
{
    const reel_stats_texts *t = &leaving->texts;

    with_text(&out[0], reel__stats_add_ranks, t->ranks.data);
    with_text(&out[1], clear_ranks, t->ranks.data);
    with_text(&out[2], reel__stats_add_films, t->films.data);
    with_text(&out[3], clear_films, t->films.data);
    with_text(&out[4], take_hours, t->hours.data);
    with_text(&out[5], clear_hours, t->hours.data);
    with_text(&out[6], take_days, leaving->who);
    with_text(&out[7], "DELETE FROM stat_people WHERE who = $1", leaving->who);
    reel__sql_begin(&out[8], "DELETE FROM stat_days WHERE people = 0 AND fresh = 0");
    with_person(&out[9],
                "INSERT INTO forgotten (person, due_ms, passes) SELECT CAST($1 AS bigint), 0, 0"
                " WHERE EXISTS (SELECT 1 FROM events WHERE userId = $1 AND queued = 1)"
                " ON CONFLICT (person) DO UPDATE SET due_ms = 0, passes = 0",
                leaving->person);
    with_text(&out[10], REEL_TRIALS_MOVE, leaving->who);
    with_text(&out[11], REEL_TRIALS_FORGET, leaving->who);
    with_text(&out[12], REEL_TRIALS_LEAVE, leaving->who);
    with_person(&out[13], "DELETE FROM events WHERE userId = $1", leaving->person);
    with_text(&out[14], reel__stats_add_looks, t->looks.data);
    with_text(&out[15], clear_looks, t->looks.data);
    with_person(&out[16], "DELETE FROM stat_deeds WHERE person = $1", leaving->person);
    with_person(&out[17], "DELETE FROM stat_viewers WHERE person = $1", leaving->person);
}

void reel__stats_leave_guard(reel_sql *out, const reel_stats_leaving *leaving)
{
    reel__sql_int(out, leaving->counting.mark.sequence);
    reel__sql_int(out, leaving->counting.mark.epoch);
}

reel_code reel__stats_leave_moved(const reel_stats_leaving *leaving, reel_store *store, bool *out,
                                  reel_err *err)
{
    const reel_stats_mark *then = &leaving->counting.mark;
    reel_stats_mark now;
    reel_code rc = REEL_OK;

    *out = false;
    REEL_TRY(reel__stats_mark(store, &now, err));
    *out = now.sequence != then->sequence || now.epoch != then->epoch;
out:
    return rc;
}

static reel_code forget_once(reel_store *store, int64_t person, bool *done, reel_err *err)
{
    reel_sql sql[1 + REEL_STATS_LEAVE];
    reel_sql_work work = {.statements = sql,
                          .count = 1 + REEL_STATS_LEAVE,
                          .writes = true,
                          .again = true,
                          .guard = true};
    reel_stats_leaving *leaving = NULL;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__stats_leave(&leaving, store, person, err));
    reel__sql_begin(&sql[0], "UPDATE stat_mark SET epoch = epoch + 1 WHERE id = 1"
                             " AND sequence = $1 AND epoch = $2");
    reel__stats_leave_guard(&sql[0], leaving);
    reel__stats_leave_by(&sql[1], leaving);
    REEL_TRY(reel__sql_run(store, &work, err));
    *done = work.changed[0] > 0;
out:
    reel__stats_leave_end(leaving);
    return rc;
}

reel_code reel__stats_forget(reel_store *store, int64_t person, reel_err *err)
{
    bool done = false;
    reel_code rc = REEL_OK;

    for (int i = 0; i < TRIES && !done; i++)
        REEL_TRY(forget_once(store, person, &done, err));
    if (!done)
        rc = reel_fail(err, REEL_E_STORE, "other servers count events without a pause; try again");
out:
    return rc;
}
