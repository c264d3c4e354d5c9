/* stats_looks.c - what signals are made of (service/feedback/signals.h): how often each film was
 * shown and clicked at each place by people who rated something, since only those may be in a
 * training; and what everybody clicked and played. Who begins to rate brings their earlier events
 * along, and who has no rating any more takes theirs back.
 */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "store/stats_priv.h"

enum { TEXT_MOST = 16 << 20, PAGE = 20000 };

/* ---- counting ------------------------------------------------------------------------------ */

static void fail(reel_counting *c)
{
    if (c->rc == REEL_OK)
        c->rc = reel_fail(c->err, REEL_E_NOMEM, "out of memory to count events");
}

static int64_t place_of(const reel_event_movie *film)
{
    return film->rank < 1 ? 0 : film->rank > REEL_STATS_PLACES ? REEL_STATS_PLACES : film->rank;
}

static void add_looks(reel_counting *c, const reel_event *event, int64_t sign)
{
    const bool clicked = strcmp(event->type, "click") == 0;

    if (!clicked && strcmp(event->type, "impression") != 0)
        return;
    for (size_t i = 0; i < event->movie_count; i++) {
        const int64_t key[] = {event->movies[i].movie, place_of(&event->movies[i])};
        int64_t *looks = key[1] < 1 ? NULL : reel__tally_at(c->sums.looks, key);

        if (looks != NULL)
            looks[clicked ? LOOK_CLICKED : LOOK_SHOWN] += sign;
        else if (key[1] >= 1)
            fail(c);
    }
}

static void add_deeds(reel_counting *c, const reel_event *event)
{
    const bool clicked = strcmp(event->type, "click") == 0;

    if (!clicked && strcmp(event->type, "trailer") != 0)
        return;
    for (size_t i = 0; i < event->movie_count; i++) {
        const int64_t key[] = {event->user, event->movies[i].movie,
                               clicked ? REEL_STATS_CLICK : REEL_STATS_TRAILER,
                               place_of(&event->movies[i])};

        if (reel__tally_at(c->sums.deeds, key) == NULL)
            fail(c);
    }
}

void reel__counting_look(reel_counting *c, const reel_event *event, bool rated)
{
    if (rated)
        add_looks(c, event, c->sign);
}

void reel__counting_viewer(reel_counting *c, const reel_event *event, const char *const *column)
{
    const int64_t key[] = {event->user};
    int64_t *viewer;

    if (event->user < 0)
        return;
    viewer = reel__tally_at(c->sums.viewers, key);
    if (viewer == NULL) {
        fail(c);
        return;
    }
    viewer[VIEWER_RATED] = reel__sql_number(column[COLUMN_RATED], 0);
    viewer[VIEWER_WAS] = reel__sql_number(column[COLUMN_WAS], viewer[VIEWER_RATED]);
    reel__counting_look(c, event, viewer[VIEWER_RATED] != 0);
    add_deeds(c, event);
}

/* ---- who turned ---------------------------------------------------------------------------- */

static int64_t turn_of(const int64_t *viewer)
{
    return viewer[VIEWER_RATED] - viewer[VIEWER_WAS];
}

static reel_code turned_text(reel_buf *out, const reel_counting *c, bool *any)
{
    const reel_tally *viewers = c->sums.viewers;
    reel_json json;

    *any = false;
    reel__json_init(&json, out);
    reel__json_object(&json);
    for (size_t i = 0; i < reel__tally_count(viewers); i++) {
        const int64_t *row = reel__tally_row(viewers, i);
        char key[24];

        if (turn_of(row + 1) == 0)
            continue;
        *any = true;
        (void)snprintf(key, sizeof key, "%lld", (long long)row[0]);
        reel__json_key(&json, key);
        reel__json_null(&json);
    }
    reel__json_object_end(&json);
    return reel__buf_check(out, c->err);
}

static bool take_turned(void *user, const char *const *column)
{
    reel_event_movie movies[REEL_EVENT_MOVIES_MAX];
    reel_counting *c = user;
    reel_event event;
    const int64_t *viewer;

    if (!reel__counting_read(c, &event, movies, column))
        return false;
    viewer = reel__tally_find(c->sums.viewers, &event.user);
    if (viewer != NULL)
        add_looks(c, &event, turn_of(viewer));
    return c->rc == REEL_OK;
}

reel_code reel__counting_turned(reel_counting *c, reel_store *store)
{
    reel_buf text;
    reel_sql sql;
    bool any = false;
    reel_code rc = REEL_OK;

    reel__buf_init(&text, TEXT_MOST);
    REEL_TRY(turned_text(&text, c, &any));
    if (!any)
        goto out;
    reel__sql_begin(&sql, "SELECT " REEL_STATS_COLUMNS " FROM events WHERE userId IN (SELECT"
                          " CAST(j.key AS bigint) FROM json_each($1) AS j) AND sequence <= $2");
    reel__sql_text(&sql, text.data);
    reel__sql_int(&sql, c->mark.sequence);
    REEL_TRY(reel__sql_read(store, &sql, take_turned, c, c->err));
    rc = c->rc;
out:
    reel__buf_fini(&text);
    return rc;
}

/* ---- asking -------------------------------------------------------------------------------- */

enum { PART_MARK, PART_LOOK, PART_VIEWER };

static bool take_part(void *user, const char *const *column)
{
    reel_stats_looks *l = user;
    const int64_t part = reel__sql_number(column[0], -1), first = reel__sql_number(column[1], 0),
                  second = reel__sql_number(column[2], 0);

    if (part == PART_VIEWER)
        return l->viewer(l->user, first, second != 0);
    if (part == PART_MARK)
        l->mark = (reel_stats_mark){first, second};
    else
        l->look(l->user, first, (int)second, reel__sql_number(column[3], 0),
                reel__sql_number(column[4], 0));
    return true;
}

/* One statement sees one moment. */
reel_code reel__stats_looks(reel_store *store, reel_stats_looks *looks, reel_err *err)
{
    reel_sql sql;

    looks->mark = (reel_stats_mark){0, 0};
    reel__sql_begin(&sql, "SELECT 0, sequence, epoch, 0, 0 FROM stat_mark WHERE id = 1"
                          " UNION ALL SELECT 1, movieId, rank, shown, clicked FROM stat_looks"
                          " UNION ALL SELECT 2, person, rated, 0, 0 FROM stat_viewers"
                          " ORDER BY 1, 2, 3");
    return reel__sql_read(store, &sql, take_part, looks, err);
}

typedef struct reading {
    reel_stats_deed_fn *row;
    void *user;
    reel_stats_deed last;
    size_t count;
    bool stopped;
} reading;

static bool take_deed(void *user, const char *const *column)
{
    reading *r = user;

    r->count++;
    r->last = (reel_stats_deed){.person = reel__sql_number(column[0], 0),
                                .movie = reel__sql_number(column[1], 0),
                                .kind = reel__sql_number(column[2], 0) == REEL_STATS_CLICK
                                            ? REEL_STATS_CLICK
                                            : REEL_STATS_TRAILER,
                                .place = (int)reel__sql_number(column[3], 0)};
    r->stopped = !r->row(r->user, &r->last);
    return !r->stopped;
}

reel_code reel__stats_deeds(reel_store *store, reel_stats_deed_fn *row, void *user, reel_err *err)
{
    reading r = {.row = row, .user = user, .last = {.person = INT64_MIN}, .count = PAGE};
    reel_code rc = REEL_OK;

    while (!r.stopped && r.count == PAGE) {
        reel_sql sql;

        r.count = 0;
        reel__sql_begin(&sql, "SELECT person, movieId, kind, rank FROM stat_deeds"
                              " WHERE (person, movieId, kind, rank) > ($1, $2, $3, $4)"
                              " ORDER BY person, movieId, kind, rank LIMIT $5");
        reel__sql_int(&sql, r.last.person);
        reel__sql_int(&sql, r.last.movie);
        reel__sql_int(&sql, (int64_t)r.last.kind);
        reel__sql_int(&sql, r.last.place);
        reel__sql_int(&sql, PAGE);
        REEL_TRY(reel__sql_read(store, &sql, take_deed, &r, err));
    }
out:
    return rc;
}
