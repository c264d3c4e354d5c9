/* given.c - what people gave since the data were loaded: checks for every back end, and what is
 * said in the words that all of them with SQL share. */
#include <math.h>
#include <string.h>

#include "store/sql.h"
#include "store/vtable.h"

static const char *const kinds[REEL_GIVEN_KINDS] = {
    "removed", "rating", "watched", "liked", "not_interested", "watchlist", "clicked"};

const reel_given_row reel__given_all_changed = {
    .person = -1, .movie = -1, .kind = REEL_GIVEN_REMOVED};

int reel__given_extra(int64_t column)
{
    return column >= -1 && column <= 1 ? (int)column : 0;
}

unsigned reel__given_did(int64_t column)
{
    return column >= 0 && column <= REEL_DID_ALL ? (unsigned)column : 0;
}

const char *reel__given_kind_name(reel_given_kind kind)
{
    return kinds[kind];
}

bool reel__given_kind_find(const char *name, reel_given_kind *out)
{
    for (int i = 0; i < REEL_GIVEN_KINDS; i++)
        if (strcmp(name, kinds[i]) == 0) {
            *out = (reel_given_kind)i;
            return true;
        }
    return false;
}

/* ---- writing ------------------------------------------------------------------------------- */

static reel_code check(const reel_given_row *row, reel_err *err)
{
    if (row->person < 0 || row->movie < 0)
        return reel_fail(err, REEL_E_INVALID, "film %lld given by person %lld: an id is 0 or more",
                         (long long)row->movie, (long long)row->person);
    if (row->kind == REEL_GIVEN_RATING && !isfinite(row->value))
        return reel_fail(err, REEL_E_INVALID,
                         "rating of film %lld by person %lld: the value is not a number",
                         (long long)row->movie, (long long)row->person);
    if (row->extra < -1 || row->extra > 1)
        return reel_fail(err, REEL_E_INVALID,
                         "film %lld given by person %lld: its weight is not 0, 1 or 2",
                         (long long)row->movie, (long long)row->person);
    if (row->did > REEL_DID_ALL || (row->kind == REEL_GIVEN_CLICKED && row->did == 0))
        return reel_fail(err, REEL_E_INVALID,
                         "film %lld given by person %lld: what was done with it is not known",
                         (long long)row->movie, (long long)row->person);
    return REEL_OK;
}

reel_code reel__store_put_given(reel_store *store, const reel_given_row *rows, size_t count,
                                reel_err *err)
{
    reel_code rc = REEL_OK;

    if (store->read_only)
        return reel_fail(err, REEL_E_STORE, "%s: opened read-only; nothing can be written",
                         store->path);
    for (size_t i = 0; i < count; i++)
        REEL_TRY(check(&rows[i], err));
    if (count > 0)
        REEL_TRY(store->ops->put_given(store, rows, count, err));
out:
    return rc;
}

/* The clock first: its row is what writers wait for, so versions become visible in order. Whoever
 * follows is told that anything may have changed: a row that named the person would stay. */
void reel__given_forget(reel_sql out[REEL_GIVEN_FORGET], int64_t person)
{
    reel__sql_begin(&out[0], "UPDATE given_clock SET version = version + 1");
    reel__sql_begin(&out[1], "DELETE FROM given WHERE userId = $1");
    reel__sql_int(&out[1], person);
    reel__sql_begin(&out[2], "INSERT INTO given (userId, movieId, kind, timestamp, version)"
                             " SELECT -1, -1, 'removed', 0, version FROM given_clock WHERE true"
                             " ON CONFLICT (userId, movieId) DO UPDATE SET"
                             " version = excluded.version");
}

reel_code reel__store_forget_given(reel_store *store, int64_t person, reel_err *err)
{
    reel_sql sql[REEL_GIVEN_FORGET];
    reel_sql_work work = {
        .statements = sql, .count = REEL_GIVEN_FORGET, .writes = true, .again = true};

    reel__given_forget(sql, person);
    return reel__sql_run(store, &work, err);
}

/* ---- following ----------------------------------------------------------------------------- */

typedef struct following {
    reel_given_fn *row;
    void *user;
} following;

static bool take_change(void *user, const char *const *columns)
{
    const following *f = user;
    const reel_given_row change = {.person = reel__sql_number(columns[0], -1),
                                   .version = reel__sql_number(columns[1], 0)};

    return f->row(f->user, &change);
}

reel_code reel__store_read_given(reel_store *store, int64_t person, reel_given_fn *row, void *user,
                                 reel_err *err)
{
    return store->ops->read_given(store, person, row, user, err);
}

reel_code reel__store_scan_changes(reel_store *store, int64_t after, size_t limit,
                                   reel_given_fn *row, void *user, reel_err *err)
{
    following f = {row, user};
    reel_sql sql;

    if (limit < 1 || limit > REEL_CHANGES_SCAN_MAX)
        return reel_fail(err, REEL_E_INVALID, "limit: %zu is not in 1..%d", limit,
                         REEL_CHANGES_SCAN_MAX);
    reel__sql_begin(&sql, "SELECT userId, version FROM given WHERE version > $1"
                          " ORDER BY version LIMIT $2");
    reel__sql_int(&sql, after);
    reel__sql_int(&sql, (int64_t)limit);
    return reel__sql_read(store, &sql, take_change, &f, err);
}
