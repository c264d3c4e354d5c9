/* stats_count.c - the log of events read once more, and summed up in steps. First all that comes
 * next; then the events of the lists in which something was done, in their order: where each film
 * stood, what was done with it before, and what is new of it.
 */
#include "store/sql.h"
#include "store/stats_priv.h"

static bool take_event(void *user, const char *const *column)
{
    reel_event_movie movies[REEL_EVENT_MOVIES_MAX];
    reel_counting *c = user;
    reel_event event;

    if (!reel__counting_read(c, &event, movies, column))
        return false;
    c->last = event.sequence;
    reel__counting_event(c, &event, reel__counting_is_deed(&event));
    reel__counting_viewer(c, &event, column);
    return c->rc == REEL_OK;
}

/* What an earlier step counted is only remembered. */
static bool take_listed(void *user, const char *const *column)
{
    reel_event_movie movies[REEL_EVENT_MOVIES_MAX];
    reel_counting *c = user;
    reel_event event;

    if (!reel__counting_read(c, &event, movies, column))
        return false;
    reel__counting_replay(c, c->places, &event, event.sequence > c->mark.sequence ? 1 : 0);
    return c->rc == REEL_OK;
}

static bool take_mark(void *user, const char *const *column)
{
    *(reel_stats_mark *)user =
        (reel_stats_mark){reel__sql_number(column[0], 0), reel__sql_number(column[1], 0)};
    return false;
}

reel_code reel__stats_mark(reel_store *store, reel_stats_mark *out, reel_err *err)
{
    reel_sql sql;
    reel_code rc = REEL_OK;

    out->epoch = -1;
    reel__sql_begin(&sql, "SELECT sequence, epoch FROM stat_mark WHERE id = 1");
    REEL_TRY(reel__sql_read(store, &sql, take_mark, out, err));
    if (out->epoch < 0)
        rc = reel_fail(err, REEL_E_FORMAT, "the store's table stat_mark is empty");
out:
    return rc;
}

static reel_code read_events(reel_counting *c, reel_store *store)
{
    reel_sql sql;
    reel_code rc = REEL_OK;

    reel__sql_begin(&sql, "SELECT " REEL_STATS_COLUMNS ", " REEL_STATS_RATED
                          " FROM events WHERE sequence > $1 ORDER BY sequence LIMIT $2");
    reel__sql_int(&sql, c->mark.sequence);
    reel__sql_int(&sql, (int64_t)c->step->limit);
    REEL_TRY(reel__sql_read(store, &sql, take_event, c, c->err));
    rc = c->rc;
out:
    return rc;
}

reel_code reel__stats_count(reel_store *store, const reel_stats_step *step, size_t *counted,
                            reel_err *err)
{
    reel_counting c = {.step = step, .sign = 1, .err = err};
    bool added = false;
    reel_code rc = REEL_OK;

    *counted = 0;
    if (step->limit < 1 || step->limit > REEL_STATS_STEP_MAX)
        return reel_fail(err, REEL_E_INVALID, "limit: %zu is not in 1..%d", step->limit,
                         REEL_STATS_STEP_MAX);
    REEL_TRY(reel__counting_begin(&c));
    REEL_TRY(reel__stats_mark(store, &c.mark, err));
    c.last = c.mark.sequence;
    REEL_TRY(read_events(&c, store));
    if (c.events == 0)
        goto out;
    REEL_TRY(reel__counting_lists(&c, store, c.last, take_listed, &c));
    REEL_TRY(reel__counting_turned(&c, store));
    REEL_TRY(reel__stats_add(store, &c.sums, &c.mark, c.last, &added, err));
    *counted = added ? c.events : 0;
out:
    reel__counting_end(&c);
    return rc;
}

static bool take_number(void *user, const char *const *column)
{
    *(int64_t *)user = reel__sql_number(column[0], 0);
    return false;
}

reel_code reel__stats_waiting(reel_store *store, int64_t most, int64_t *out, reel_err *err)
{
    reel_sql sql;

    *out = 0;
    reel__sql_begin(&sql, "SELECT count(*) FROM (SELECT 1 FROM events WHERE sequence >"
                          " (SELECT sequence FROM stat_mark WHERE id = 1) LIMIT $1) AS waiting");
    reel__sql_int(&sql, most);
    return reel__sql_read(store, &sql, take_number, out, err);
}
