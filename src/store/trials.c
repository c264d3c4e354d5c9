/* trials.c - see trials.h; in the words of any back end with SQL. */
#include "store/trials.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/json.h"
#include "store/sql.h"

enum { TEXT_MOST = 64 << 20, PAGE = 20000 };
#define LISTED_MOST "1000"

/* ---- how far ------------------------------------------------------------------------------- */

static bool take_mark(void *user, const char *const *c)
{
    *(reel_trial_mark *)user =
        (reel_trial_mark){reel__sql_number(c[0], 0), reel__sql_number(c[1], 0)};
    return false;
}

reel_code reel__trial_mark(reel_trial_mark *out, reel_store *store, const char *tag, reel_err *err)
{
    reel_sql sql;
    reel_code rc;

    *out = (reel_trial_mark){0, -1};
    reel__sql_begin(&sql, "SELECT sequence, epoch FROM trial_marks WHERE tag = $1");
    reel__sql_text(&sql, tag);
    REEL_TRY(reel__sql_read(store, &sql, take_mark, out, err));
    if (out->epoch >= 0)
        return REEL_OK;
    out->epoch = 0;
    reel__sql_begin(&sql, "INSERT INTO trial_marks (tag, sequence, epoch) VALUES ($1, 0, 0)"
                          " ON CONFLICT (tag) DO NOTHING");
    reel__sql_text(&sql, tag);
    rc = reel__sql_write(store, &sql, true, NULL, err);
out:
    return rc;
}

/* ---- events -------------------------------------------------------------------------------- */

/* The first two conditions are those of the index events_trial. */
#define OF_TAG                                                                                     \
    " FROM events WHERE substr(list_id, 1, 2) = '" REEL_EXPERIMENT_MARK "'"                        \
    " AND substr(list_id, 1, 10) = '" REEL_EXPERIMENT_MARK "' || $1"

typedef struct scanning {
    reel_trial_fn *row;
    reel_trial_list_fn *list;
    reel_trial_person_fn *person;
    void *user;
    int64_t count; /* of a page */
    int64_t first_ms;
    char who[REEL_TRIAL_WHO];
} scanning;

static bool take_event(void *user, const char *const *c)
{
    const scanning *s = user;
    const reel_trial_event event = {.sequence = reel__sql_number(c[0], 0),
                                    .received_ms = reel__sql_number(c[1], 0),
                                    .type = c[2],
                                    .visitor = c[3],
                                    .list_id = c[4],
                                    .user = reel__sql_number(c[5], -1),
                                    .movies = c[6],
                                    .untrusted = reel__sql_number(c[7], 0) != 0};

    return s->row(s->user, &event);
}

reel_code reel__trial_scan(reel_store *store, const reel_trial_scan *scan, reel_trial_fn *row,
                           void *user, reel_err *err)
{
    scanning s = {.row = row, .user = user};
    reel_sql sql;

    if (scan->limit < 1 || scan->limit > REEL_TRIAL_STEP_MAX)
        return reel_fail(err, REEL_E_INVALID, "limit: %zu is not from 1 to %d", scan->limit,
                         (int)REEL_TRIAL_STEP_MAX);
    reel__sql_begin(&sql, "SELECT sequence, received_ms, type, visitor, list_id, userId, movies,"
                          " untrusted" OF_TAG
                          " AND sequence > $2 AND sequence <= $3 ORDER BY sequence LIMIT $4");
    reel__sql_text(&sql, scan->tag);
    reel__sql_int(&sql, scan->after);
    reel__sql_int(&sql, scan->before);
    reel__sql_int(&sql, (int64_t)scan->limit);
    return reel__sql_read(store, &sql, take_event, &s, err);
}

static bool take_number(void *user, const char *const *c)
{
    *(int64_t *)user = reel__sql_number(c[0], 0);
    return false;
}

reel_code reel__trial_waiting(reel_store *store, const char *tag, int64_t most, int64_t *out,
                              reel_err *err)
{
    reel_sql sql;

    *out = 0;
    reel__sql_begin(&sql, "SELECT count(*) FROM (SELECT 1" OF_TAG
                          " AND sequence > coalesce((SELECT m.sequence FROM trial_marks AS m"
                          " WHERE m.tag = $2), 0) LIMIT $3) AS waiting");
    reel__sql_text(&sql, tag);
    reel__sql_text(&sql, tag);
    reel__sql_int(&sql, most);
    return reel__sql_read(store, &sql, take_number, out, err);
}

typedef struct naming {
    reel_trial_tag_fn *row;
    void *user;
} naming;

static bool take_tag(void *user, const char *const *c)
{
    const naming *n = user;

    return n->row(n->user, c[0]);
}

/* By the last event of each, which is where its index ends. */
reel_code reel__trials_waiting(reel_store *store, reel_trial_tag_fn *row, void *user, reel_err *err)
{
    naming n = {row, user};
    reel_sql sql;

    reel__sql_begin(&sql, "SELECT e.tag FROM experiments AS e WHERE (SELECT x.sequence"
                          " FROM events AS x"
                          " WHERE substr(x.list_id, 1, 2) = '" REEL_EXPERIMENT_MARK "'"
                          " AND substr(x.list_id, 1, 10) = '" REEL_EXPERIMENT_MARK "' || e.tag"
                          " ORDER BY x.sequence DESC LIMIT 1)"
                          " > coalesce((SELECT m.sequence FROM trial_marks AS m"
                          " WHERE m.tag = e.tag), 0)");
    return reel__sql_read(store, &sql, take_tag, &n, err);
}

/* {"0":["a"],"1":["b"]}: ->> unwraps the text of an array the same way everywhere. */
static reel_code names_text(reel_buf *out, const char *const *names, size_t count, reel_err *err)
{
    reel_json json;

    reel__json_init(&json, out);
    reel__json_object(&json);
    for (size_t i = 0; i < count; i++) {
        char key[24];

        (void)snprintf(key, sizeof key, "%zu", i);
        reel__json_key(&json, key);
        reel__json_array(&json);
        reel__json_text(&json, names[i]);
        reel__json_array_end(&json);
    }
    reel__json_object_end(&json);
    return reel__buf_check(out, err);
}

static bool take_list(void *user, const char *const *c)
{
    const scanning *s = user;
    const reel_trial_event event = {.type = c[2] == NULL ? "" : "impression",
                                    .sequence = reel__sql_number(c[2], 0),
                                    .visitor = c[3] == NULL ? "" : c[3],
                                    .list_id = c[0],
                                    .user = reel__sql_number(c[4], -1),
                                    .movies = c[5] == NULL ? "[]" : c[5]};

    return s->list(s->user, &event, reel__sql_number(c[1], INT64_MAX));
}

reel_code reel__trial_scan_lists(reel_store *store, const reel_trial_lists *lists,
                                 reel_trial_list_fn *row, void *user, reel_err *err)
{
    scanning s = {.list = row, .user = user};
    reel_buf names;
    reel_sql sql;
    reel_code rc;

    reel__buf_init(&names, TEXT_MOST);
    REEL_TRY(names_text(&names, lists->lists, lists->count, err));
    reel__sql_begin(&sql, "SELECT l.name, l.beyond, e.sequence, e.visitor, e.userId, e.movies"
                          " FROM (SELECT j.value ->> 0 AS name, (SELECT x.sequence"
                          " FROM events AS x WHERE x.list_id <> '' AND x.list_id = j.value ->> 0"
                          " ORDER BY x.sequence LIMIT 1 OFFSET " LISTED_MOST ") AS beyond"
                          " FROM json_each($1) AS j) AS l LEFT JOIN events AS e ON e.list_id <> ''"
                          " AND e.list_id = l.name AND e.type = 'impression' AND e.untrusted = 0"
                          " AND e.sequence < coalesce(l.beyond, CAST($2 AS bigint) + 1)"
                          " AND e.sequence <= CAST($2 AS bigint) ORDER BY l.name, e.sequence");
    reel__sql_text(&sql, names.data);
    reel__sql_int(&sql, lists->last);
    rc = reel__sql_read(store, &sql, take_list, &s, err);
out:
    reel__buf_fini(&names);
    return rc;
}

/* ---- people -------------------------------------------------------------------------------- */

#define PERSON "who, arm, first_ms, lists, strays, did_0, did_1"

static bool take_person(void *user, const char *const *c)
{
    const scanning *s = user;
    const reel_trial_person person = {
        .who = c[0],
        .arm = reel__sql_number(c[1], 0),
        .first_ms = reel__sql_number(c[2], 0),
        .lists = reel__sql_number(c[3], 0),
        .strays = reel__sql_number(c[4], 0),
        .did = {reel__sql_number(c[5], 0), reel__sql_number(c[6], 0)}};

    return s->person(s->user, &person);
}

reel_code reel__trial_find(reel_store *store, const reel_trial_people *people,
                           reel_trial_person_fn *row, void *user, reel_err *err)
{
    scanning s = {.person = row, .user = user};
    reel_buf names;
    reel_sql sql;
    reel_code rc;

    reel__buf_init(&names, TEXT_MOST);
    REEL_TRY(names_text(&names, people->whos, people->count, err));
    /* CROSS JOIN: SQLite looks each name up, instead of going through everybody. */
    reel__sql_begin(&sql, "SELECT " PERSON " FROM json_each($1) AS j CROSS JOIN trial_people AS p"
                          " WHERE p.tag = $2 AND p.who = j.value ->> 0");
    reel__sql_text(&sql, names.data);
    reel__sql_text(&sql, people->tag);
    rc = reel__sql_read(store, &sql, take_person, &s, err);
out:
    reel__buf_fini(&names);
    return rc;
}

static reel_code people_text(reel_buf *out, const reel_trial_adding *adding, reel_err *err)
{
    reel_json json;

    reel__json_init(&json, out);
    reel__json_object(&json);
    for (size_t i = 0; i < adding->count; i++) {
        const reel_trial_person *p = &adding->people[i];
        char key[24];

        (void)snprintf(key, sizeof key, "%zu", i);
        reel__json_key(&json, key);
        reel__json_array(&json);
        reel__json_text(&json, p->who);
        reel__json_int(&json, p->arm);
        reel__json_int(&json, p->first_ms);
        reel__json_int(&json, p->lists);
        reel__json_int(&json, p->strays);
        reel__json_int(&json, p->did[0]);
        reel__json_int(&json, p->did[1]);
        reel__json_array_end(&json);
    }
    reel__json_object_end(&json);
    return reel__buf_check(out, err);
}

static const char add_people[] =
    "INSERT INTO trial_people (tag, " PERSON ") SELECT CAST($1 AS text), value ->> 0,"
    " CAST(value ->> 1 AS bigint), CAST(value ->> 2 AS bigint), CAST(value ->> 3 AS bigint),"
    " CAST(value ->> 4 AS bigint), CAST(value ->> 5 AS bigint), CAST(value ->> 6 AS bigint)"
    " FROM json_each($2) WHERE true ON CONFLICT (tag, who) DO UPDATE SET"
    " first_ms = CASE WHEN trial_people.first_ms = 0 THEN excluded.first_ms"
    " ELSE trial_people.first_ms END, lists = trial_people.lists + excluded.lists,"
    " strays = trial_people.strays + excluded.strays,"
    " did_0 = trial_people.did_0 + excluded.did_0, did_1 = trial_people.did_1 + excluded.did_1";

reel_code reel__trial_add(reel_store *store, const reel_trial_adding *adding, bool *done,
                          reel_err *err)
{
    reel_sql sql[3];
    reel_sql_work work = {
        .statements = sql, .count = 3, .writes = true, .again = true, .guard = true};
    int64_t lists = 0, strays = 0;
    reel_buf people;
    reel_code rc;

    *done = false;
    reel__buf_init(&people, TEXT_MOST);
    REEL_TRY(people_text(&people, adding, err));
    for (size_t i = 0; i < adding->count; i++) {
        lists += adding->people[i].lists;
        strays += adding->people[i].strays;
    }
    reel__sql_begin(&sql[0], "UPDATE trial_marks SET sequence = $1, lists = lists + $5,"
                             " strays = strays + $6, untrusted = untrusted + $7 WHERE tag = $2"
                             " AND sequence = $3 AND epoch = $4");
    reel__sql_int(&sql[0], adding->to);
    reel__sql_text(&sql[0], adding->tag);
    reel__sql_int(&sql[0], adding->from.sequence);
    reel__sql_int(&sql[0], adding->from.epoch);
    reel__sql_int(&sql[0], lists);
    reel__sql_int(&sql[0], strays);
    reel__sql_int(&sql[0], adding->untrusted);
    reel__sql_begin(&sql[1], add_people);
    reel__sql_text(&sql[1], adding->tag);
    reel__sql_text(&sql[1], people.data);
    reel__sql_begin(&sql[2], "DELETE FROM trial_states WHERE tag = $1 AND upto_ms >= $2");
    reel__sql_text(&sql[2], adding->tag);
    reel__sql_int(&sql[2], adding->earliest_ms);
    REEL_TRY(reel__sql_run(store, &work, err));
    *done = work.changed[0] > 0;
out:
    reel__buf_fini(&people);
    return rc;
}

static bool take_walked(void *user, const char *const *c)
{
    scanning *s = user;
    const reel_trial_person person = {
        .who = c[0],
        .first_ms = reel__sql_number(c[1], 0),
        .arm = reel__sql_number(c[2], 0),
        .did = {reel__sql_number(c[3], 0), reel__sql_number(c[4], 0)}};

    if (++s->count == PAGE) {
        s->first_ms = person.first_ms;
        (void)snprintf(s->who, sizeof s->who, "%s", person.who);
    }
    return s->person(s->user, &person);
}

/* Page by page: of a million rows a back end may keep all it answers. */
reel_code reel__trial_scan_people(reel_store *store, const reel_trial_range *range,
                                  reel_trial_person_fn *row, void *user, reel_err *err)
{
    scanning s = {.person = row, .user = user, .first_ms = range->after_ms + 1};
    reel_sql sql;
    reel_code rc;

    do {
        s.count = 0;
        reel__sql_begin(&sql, "SELECT who, first_ms, arm, did_0, did_1 FROM trial_people"
                              " WHERE tag = $1 AND (first_ms, who) > ($2, $3)"
                              " AND first_ms <= $4 ORDER BY first_ms, who LIMIT $5");
        reel__sql_text(&sql, range->tag);
        reel__sql_int(&sql, s.first_ms);
        reel__sql_text(&sql, s.who);
        reel__sql_int(&sql, range->last_ms);
        reel__sql_int(&sql, PAGE);
        REEL_TRY(reel__sql_read(store, &sql, take_walked, &s, err));
    } while (s.count == PAGE);
out:
    return rc;
}

/* ---- how far somebody went through them ---------------------------------------------------- */

typedef struct stood {
    reel_trial_standing *out;
    reel_buf *text;
} stood;

static bool take_standing(void *user, const char *const *c)
{
    const stood *s = user;

    *s->out = (reel_trial_standing){.mark = {reel__sql_number(c[0], 0), reel__sql_number(c[1], 0)},
                                    .lists = reel__sql_number(c[2], 0),
                                    .strays = reel__sql_number(c[3], 0),
                                    .untrusted = reel__sql_number(c[4], 0),
                                    .upto_ms = reel__sql_number(c[5], 0)};
    if (c[6] != NULL)
        reel__buf_text(s->text, c[6]);
    return false;
}

reel_code reel__trial_standing(reel_trial_standing *out, reel_buf *text, reel_store *store,
                               const char *tag, int64_t last_ms, reel_err *err)
{
    stood s = {out, text};
    reel_sql sql;
    reel_code rc;

    *out = (reel_trial_standing){0};
    reel__sql_begin(&sql, "SELECT m.sequence, m.epoch, m.lists, m.strays, m.untrusted, s.upto_ms,"
                          " s.state"
                          " FROM trial_marks AS m LEFT JOIN trial_states AS s ON s.tag = m.tag"
                          " AND s.upto_ms <= $2 WHERE m.tag = $1");
    reel__sql_text(&sql, tag);
    reel__sql_int(&sql, last_ms);
    REEL_TRY(reel__sql_read(store, &sql, take_standing, &s, err));
    rc = reel__buf_check(text, err);
out:
    return rc;
}

reel_code reel__trial_keep(reel_store *store, const char *tag, const reel_trial_state *state,
                           reel_err *err)
{
    reel_sql sql;

    reel__sql_begin(&sql, "INSERT INTO trial_states (tag, upto_ms, state)"
                          " SELECT m.tag, CAST($2 AS bigint), CAST($3 AS text)"
                          " FROM trial_marks AS m WHERE m.tag = $1 AND m.sequence = $4"
                          " AND m.epoch = $5 ON CONFLICT (tag) DO UPDATE SET"
                          " upto_ms = excluded.upto_ms, state = excluded.state");
    reel__sql_text(&sql, tag);
    reel__sql_int(&sql, state->upto_ms);
    reel__sql_text(&sql, state->text);
    reel__sql_int(&sql, state->mark.sequence);
    reel__sql_int(&sql, state->mark.epoch);
    return reel__sql_write(store, &sql, true, NULL, err);
}
