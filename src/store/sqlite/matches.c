/* matches.c - where the films' metadata are from, and what waits for a person to look at. */
#include <string.h>

#include "store/sqlite/sqlite_priv.h"

/* By reel_match_state. */
static const char *const states[] = {"found", "review", "none", "accepted", "rejected"};

reel_code reel__sqlite_put_matches(reel_store_load *base, const reel_match *matches, size_t count,
                                   reel_err *err)
{
    reel_sqlite_load *load = (reel_sqlite_load *)base;
    sqlite3_stmt *s = load->put_match;
    reel_code rc = REEL_OK;

    for (size_t i = 0; i < count && rc == REEL_OK; i++) {
        const reel_match *m = &matches[i];
        int bound = sqlite3_bind_int64(s, 1, m->movie);

        bound |= reel__sqlite_bind_known(s, 2, m->tmdb_id, 0);
        bound |= sqlite3_bind_int64(s, 3, m->fetched_at);
        bound |= reel__sqlite_bind_text(s, 4, states[m->state]);
        bound |= reel__sqlite_bind_real(s, 5, m->score);
        bound |= reel__sqlite_bind_text(s, 6, m->reason);
        rc = reel__sqlite_run(s, bound, err);
    }
    return rc;
}

static reel_match_state state_of(const char *text)
{
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (strcmp(text, states[i]) == 0)
            return (reel_match_state)i;
    return REEL_MATCH_NONE;
}

static reel_code scan(sqlite3 *db, reel_match_fn *fn, void *user, reel_err *err)
{
    sqlite3_stmt *s = NULL;
    bool row = false;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__sqlite_prepare(&s, db,
                                  "SELECT movieId, tmdb_id, fetched_at, state, score, reason"
                                  " FROM matches ORDER BY movieId",
                                  err));
    REEL_TRY(reel__sqlite_step(s, &row, err));
    while (row) {
        const reel_match match = {
            .movie = sqlite3_column_int64(s, 0),
            .tmdb_id = reel__sqlite_known(s, 1, 0),
            .fetched_at = sqlite3_column_int64(s, 2),
            .state = state_of(reel__sqlite_text(s, 3)),
            .score = reel__sqlite_real(s, 4),
            .reason = reel__sqlite_text(s, 5),
        };

        REEL_TRY(reel__sqlite_check_row(s, err));
        if (!fn(user, &match))
            break;
        REEL_TRY(reel__sqlite_step(s, &row, err));
    }
out:
    (void)sqlite3_finalize(s);
    return rc;
}

reel_code reel__sqlite_scan_matches(reel_store *base, reel_match_fn *row, void *user, reel_err *err)
{
    reel_sqlite *store = (reel_sqlite *)base;
    reel_code rc = REEL_OK;

    (void)pthread_mutex_lock(&store->reader_lock);
    rc = scan(store->reader, row, user, err);
    (void)pthread_mutex_unlock(&store->reader_lock);
    return rc;
}
