/* people.c - who is known, with what their source says of them. */
#include "store/sqlite/sqlite_priv.h"

static reel_code scan(sqlite3 *db, reel_person_fn *fn, void *user, reel_err *err)
{
    sqlite3_stmt *s = NULL;
    bool row = false;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__sqlite_prepare(
        &s, db, "SELECT userId, gender, age, occupation, zip FROM people ORDER BY userId", err));
    REEL_TRY(reel__sqlite_step(s, &row, err));
    while (row) {
        const reel_person person = {.id = sqlite3_column_int64(s, 0),
                                    .gender = reel__sqlite_text(s, 1),
                                    .age = sqlite3_column_int(s, 2),
                                    .occupation = reel__sqlite_text(s, 3),
                                    .zip = reel__sqlite_text(s, 4)};

        REEL_TRY(reel__sqlite_check_row(s, err));
        if (!fn(user, &person))
            break;
        REEL_TRY(reel__sqlite_step(s, &row, err));
    }
out:
    (void)sqlite3_finalize(s);
    return rc;
}

reel_code reel__sqlite_scan_people(reel_store *base, reel_person_fn *row, void *user, reel_err *err)
{
    reel_sqlite *store = (reel_sqlite *)base;
    reel_code rc = REEL_OK;

    (void)pthread_mutex_lock(&store->reader_lock);
    rc = scan(store->reader, row, user, err);
    (void)pthread_mutex_unlock(&store->reader_lock);
    return rc;
}
