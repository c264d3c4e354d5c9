/* models.c - records of which model files were trained, from which data, and how. */
#include "store/sqlite/sqlite_priv.h"

reel_code reel__sqlite_put_record(sqlite3 *db, const reel_model_record *record, reel_err *err)
{
    sqlite3_stmt *s = NULL;
    int bound = SQLITE_OK;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__sqlite_prepare(&s, db,
                                  "INSERT OR REPLACE INTO models (name, model_id, file, data_hash,"
                                  " parameters, generation, trained_at, seconds)"
                                  " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                                  err));
    bound |= reel__sqlite_bind_text(s, 1, record->name);
    bound |= reel__sqlite_bind_text(s, 2, record->model_id);
    bound |= reel__sqlite_bind_text(s, 3, record->file);
    bound |= reel__sqlite_bind_text(s, 4, record->data_hash);
    bound |= reel__sqlite_bind_text(s, 5, record->parameters);
    bound |= sqlite3_bind_int64(s, 6, record->generation);
    bound |= sqlite3_bind_int64(s, 7, record->trained_at);
    bound |= reel__sqlite_bind_real(s, 8, record->seconds);
    REEL_TRY(reel__sqlite_run(s, bound, err));
out:
    (void)sqlite3_finalize(s);
    return rc;
}

reel_code reel__sqlite_put_model(reel_store *base, const reel_model_record *record, reel_err *err)
{
    reel_sqlite *store = (reel_sqlite *)base;
    reel_code rc = REEL_OK;

    (void)pthread_mutex_lock(&store->writer_lock);
    rc = reel__sqlite_check_place(store, err);
    if (rc == REEL_OK)
        rc = reel__sqlite_put_record(store->writer, record, err);
    (void)pthread_mutex_unlock(&store->writer_lock);
    return rc;
}

static reel_model_record read_record(sqlite3_stmt *s)
{
    return (reel_model_record){
        .name = reel__sqlite_text(s, 0),
        .model_id = reel__sqlite_text(s, 1),
        .file = reel__sqlite_text(s, 2),
        .data_hash = reel__sqlite_text(s, 3),
        .parameters = reel__sqlite_text(s, 4),
        .generation = sqlite3_column_int64(s, 5),
        .trained_at = sqlite3_column_int64(s, 6),
        .seconds = reel__sqlite_real(s, 7),
    };
}

static reel_code scan_records(sqlite3 *db, reel_model_record_fn *fn, void *user, reel_err *err)
{
    sqlite3_stmt *s = NULL;
    bool row = false;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__sqlite_prepare(&s, db,
                                  "SELECT name, model_id, file, data_hash, parameters, generation,"
                                  " trained_at, seconds FROM models ORDER BY name",
                                  err));
    REEL_TRY(reel__sqlite_step(s, &row, err));
    while (row) {
        const reel_model_record record = read_record(s);

        REEL_TRY(reel__sqlite_check_row(s, err));
        if (!fn(user, &record))
            break;
        REEL_TRY(reel__sqlite_step(s, &row, err));
    }
out:
    (void)sqlite3_finalize(s);
    return rc;
}

reel_code reel__sqlite_scan_models(reel_store *base, reel_model_record_fn *row, void *user,
                                   reel_err *err)
{
    reel_sqlite *store = (reel_sqlite *)base;
    reel_code rc = REEL_OK;

    (void)pthread_mutex_lock(&store->reader_lock);
    rc = scan_records(store->reader, row, user, err);
    (void)pthread_mutex_unlock(&store->reader_lock);
    return rc;
}
