/* open.c - opening and closing: whose file it is, its journal, its locks and connections.
 * Journal: WAL, so that readers go on while somebody writes. Writers use synchronous = FULL: in WAL
 * mode NORMAL syncs the log only at checkpoints, and a power cut would take back events that were
 * acknowledged, or a load whose generation number model files already carry. FULL costs one sync
 * of the log per commit, which group commits share. */
#include <assert.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "store/sqlite/sqlite_priv.h"

enum { BUSY_TIMEOUT_MS = 5000, RETRY_US = 5000, PATH_MAXIMUM = 1 << 16 };

/* ---- connections --------------------------------------------------------------------------- */

/* No file is trusted to bring its own functions or to damage itself; the log shrinks again after a
 * load has made it large. */
static const char every_connection[] = "PRAGMA trusted_schema = OFF;"
                                       "PRAGMA foreign_keys = OFF;"
                                       "PRAGMA journal_size_limit = 16777216;"
                                       "PRAGMA synchronous = FULL";

static reel_code limit_pages(sqlite3 *db, int64_t pages, reel_err *err)
{
    char sql[64] = "";

    if (pages == 0)
        return REEL_OK;
    (void)sqlite3_snprintf((int)sizeof sql, sql, "PRAGMA max_page_count = %lld", (long long)pages);
    return reel__sqlite_begin(db, sql, err);
}

reel_code reel__sqlite_connect(sqlite3 **out, const reel_sqlite *store, int flags, reel_err *err)
{
    const char *path = store->file != NULL ? store->file : store->base.path;
    sqlite3 *db = NULL;
    reel_code rc = REEL_OK;

    *out = NULL;
    /* NOMUTEX: our own locks see to it that a connection is used by one thread at a time. */
    if (sqlite3_open_v2(path, &db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
        if (db == NULL)
            rc = reel_fail(err, REEL_E_NOMEM, "%s: out of memory while opening", path);
        else
            rc = reel__sqlite_fail(db, path, "opening", err);
        goto out;
    }
    (void)sqlite3_extended_result_codes(db, 1);
    (void)sqlite3_busy_timeout(db, store->busy_timeout_ms);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    REEL_TRY(reel__sqlite_begin(db, every_connection, err));
    if (!reel__file_is_lasting())
        REEL_TRY(reel__sqlite_begin(db, "PRAGMA synchronous = OFF", err));
    REEL_TRY(limit_pages(db, store->max_pages, err));
    *out = db;
    db = NULL;
out:
    (void)sqlite3_close(db);
    return rc;
}

reel_code reel__sqlite_check_place(const reel_sqlite *store, reel_err *err)
{
    int moved = 0;

    (void)sqlite3_file_control(store->writer, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    if (moved == 0)
        return REEL_OK;
    return reel_fail(err, REEL_E_STORE,
                     "%s: the file was deleted or replaced while it was open; nothing was "
                     "written; put it back or start again",
                     store->base.path);
}

void reel__sqlite_limit_pages_for_test(reel_store *store, int64_t pages)
{
    reel_sqlite *self = (reel_sqlite *)store;

    self->max_pages = pages > 0 ? pages : 0;
    if (self->writer != NULL)
        (void)limit_pages(self->writer, pages > 0 ? pages : INT32_MAX, NULL);
}

/* Switching a new file to WAL answers "busy" at once instead of waiting for others who do the same
 * (two programs started together on a new file), so the waiting is done here. */
static reel_code use_wal(const reel_sqlite *store, reel_err *err)
{
    const int64_t deadline = reel__clock_steady_us() + (int64_t)store->busy_timeout_ms * 1000;
    reel_code rc = REEL_OK;

    do {
        rc = reel__sqlite_exec(store->writer, "PRAGMA journal_mode = WAL", err);
    } while (rc == REEL_E_CONFLICT && reel__clock_steady_us() < deadline && usleep(RETRY_US) == 0);
    return rc;
}

static reel_code check_wal(const reel_sqlite *store, reel_err *err)
{
    sqlite3_stmt *statement = NULL;
    bool row = false;
    reel_code rc = REEL_OK;

    REEL_TRY(use_wal(store, err));
    REEL_TRY(reel__sqlite_prepare(&statement, store->writer, "PRAGMA journal_mode", err));
    REEL_TRY(reel__sqlite_step(statement, &row, err));
    if (!row || strcmp(reel__sqlite_text(statement, 0), "wal") != 0)
        rc = reel_fail(err, REEL_E_STORE,
                       "%s: a write-ahead log is not possible on this file system; put the "
                       "database on a local disk",
                       store->base.path);
out:
    (void)sqlite3_finalize(statement);
    return rc;
}

/* ---- opening ------------------------------------------------------------------------------- */

static reel_code check_path(const char *path, const reel_store_opts *opts, reel_err *err)
{
    if (reel__file_is_folder(path))
        return reel_fail(err, REEL_E_STORE, "%s: is a folder; give the path of a file", path);
    if (!reel__file_exists(path) && !opts->create)
        return reel_fail(err, REEL_E_NOTFOUND,
                         "%s: no such database; check the path, or make it with reel load", path);
    return REEL_OK;
}

/* Hold <database>.lock while serving. The name is the resolved one, so that two links to one
 * database meet at one lock. */
static reel_code lock_serving(reel_sqlite *store, reel_err *err)
{
    reel_buf path;
    reel_err why = {REEL_OK, ""};
    reel_code rc = REEL_OK;

    reel__buf_init(&path, PATH_MAXIMUM);
    reel__buf_text(&path, store->file);
    reel__buf_text(&path, ".lock");
    REEL_TRY(reel__buf_check(&path, err));
    rc = reel__file_lock(&store->serving, path.data, &why);
    if (rc == REEL_E_CONFLICT)
        rc = reel_fail(err, rc,
                       "%s: already served by another process (it holds %s); stop that one, or "
                       "serve another database",
                       store->base.path, path.data);
    else if (rc != REEL_OK)
        rc = reel_fail(err, rc, "%s", why.msg);
out:
    reel__buf_fini(&path);
    return rc;
}

static reel_code keep_file(reel_sqlite *store, sqlite3 *db, reel_err *err)
{
    store->file = reel__strdup(sqlite3_db_filename(db, "main"));
    if (store->file == NULL)
        return reel_fail(err, REEL_E_NOMEM, "%s: out of memory while opening", store->base.path);
    return REEL_OK;
}

static reel_code open_reader(reel_sqlite *store, reel_err *err)
{
    return reel__sqlite_connect(&store->reader, store, SQLITE_OPEN_READONLY, err);
}

static reel_code check_usable(bool fresh, bool outdated, const reel_store_opts *opts,
                              const char *path, reel_err *err)
{
    if (fresh && !opts->create)
        return reel_fail(err, REEL_E_FORMAT,
                         "%s: not a Reel database (the file is empty); fill it with reel load",
                         path);
    if (outdated && opts->read_only)
        return reel_fail(err, REEL_E_FORMAT,
                         "%s: written by an older Reel; open it once for writing to update it",
                         path);
    return REEL_OK;
}

static reel_code open_read_only(reel_sqlite *store, const reel_store_opts *opts, reel_err *err)
{
    bool fresh = false, outdated = false;
    reel_code rc = REEL_OK;

    REEL_TRY(open_reader(store, err));
    REEL_TRY(keep_file(store, store->reader, err));
    REEL_TRY(reel__sqlite_check_identity(store->reader, &fresh, &outdated, err));
    REEL_TRY(check_usable(fresh, outdated, opts, store->base.path, err));
    if (opts->exclusive)
        REEL_TRY(lock_serving(store, err));
out:
    return rc;
}

static reel_code open_writable(reel_sqlite *store, const reel_store_opts *opts, reel_err *err)
{
    const int flags = SQLITE_OPEN_READWRITE | (opts->create ? SQLITE_OPEN_CREATE : 0);
    bool fresh = false, outdated = false;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__sqlite_connect(&store->writer, store, flags, err));
    REEL_TRY(keep_file(store, store->writer, err));
    /* Whose file it is comes first: nothing is changed in another program's. */
    REEL_TRY(reel__sqlite_check_identity(store->writer, &fresh, &outdated, err));
    REEL_TRY(check_usable(fresh, outdated, opts, store->base.path, err));
    if (sqlite3_db_readonly(store->writer, "main") == 1)
        return reel_fail(err, REEL_E_STORE,
                         "%s: the file is read-only; change its permissions or use another path",
                         store->base.path);
    if (opts->exclusive)
        REEL_TRY(lock_serving(store, err));
    REEL_TRY(check_wal(store, err));
    if (fresh || outdated)
        REEL_TRY(reel__sqlite_migrate(store->writer, err));
    REEL_TRY(open_reader(store, err));
out:
    return rc;
}

/* ---- the record ---------------------------------------------------------------------------- */

static void close_store(reel_store *base)
{
    reel_sqlite *store = (reel_sqlite *)base;

    (void)sqlite3_finalize(store->insert_event);
    /* The writer goes last: the last connection folds the log into the database file. */
    (void)sqlite3_close(store->reader);
    (void)sqlite3_close(store->writer);
    reel__file_unlock(&store->serving);
    (void)pthread_mutex_destroy(&store->reader_lock);
    (void)pthread_mutex_destroy(&store->writer_lock);
    reel__free(store->file);
    reel__free(store->base.path);
    reel__free(store);
}

static const struct reel_store_ops sqlite_ops = {
    .close = close_store,
    .label = reel__sqlite_label,
    .counts = reel__sqlite_counts,
    .load_begin = reel__sqlite_load_begin,
    .put_movies = reel__sqlite_put_movies,
    .put_people = reel__sqlite_put_people,
    .put_ratings = reel__sqlite_put_ratings,
    .put_matches = reel__sqlite_put_matches,
    .load_commit = reel__sqlite_load_commit,
    .load_abort = reel__sqlite_load_abort,
    .read_dataset = reel__sqlite_read_dataset,
    .scan_people = reel__sqlite_scan_people,
    .scan_matches = reel__sqlite_scan_matches,
    .put_events = reel__sqlite_put_events,
    .scan_events = reel__sqlite_scan_events,
    .put_given = reel__sqlite_put_given,
    .read_given = reel__sqlite_read_given,
    .put_model = reel__sqlite_put_model,
    .scan_models = reel__sqlite_scan_models,
    .dump = reel__sqlite_dump,
    .clear_log = reel__sqlite_clear_log,
    .put_log = reel__sqlite_put_log,
    .put_statements = reel__sqlite_put_statements,
    .put_records = reel__sqlite_put_records,
    .sql = reel__sqlite_sql,
    .load_sql = reel__sqlite_load_sql,
    .seal = reel__sqlite_seal,
    .sealed = reel__sqlite_sealed,
};

/* Recursive, because a row function may ask the store something else meanwhile. */
static void init_lock(pthread_mutex_t *lock)
{
    pthread_mutexattr_t kind;
    int failed = pthread_mutexattr_init(&kind);

    failed |= pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_RECURSIVE);
    failed |= pthread_mutex_init(lock, &kind);
    failed |= pthread_mutexattr_destroy(&kind);
    assert(failed == 0);
    (void)failed;
}

/* NULL without memory. */
static reel_sqlite *new_store(const char *path, const reel_store_opts *opts)
{
    reel_sqlite *store = reel__alloc_zero(1, sizeof *store);

    if (store == NULL)
        return NULL;
    store->base.ops = &sqlite_ops;
    store->base.read_only = opts->read_only;
    store->serving.fd = -1;
    store->busy_timeout_ms = opts->busy_timeout_ms > 0 ? opts->busy_timeout_ms : BUSY_TIMEOUT_MS;
    init_lock(&store->reader_lock);
    init_lock(&store->writer_lock);
    store->base.path = reel__strdup(path);
    if (store->base.path == NULL) {
        close_store(&store->base);
        return NULL;
    }
    return store;
}

reel_code reel__sqlite_open(reel_store **out, const char *path, const reel_store_opts *opts,
                            reel_err *err)
{
    reel_sqlite *store = NULL;
    reel_code rc = REEL_OK;

    *out = NULL;
    REEL_TRY(check_path(path, opts, err));
    store = new_store(path, opts);
    if (store == NULL)
        return reel_fail(err, REEL_E_NOMEM, "%s: out of memory while opening", path);
    if (opts->read_only)
        REEL_TRY(open_read_only(store, opts, err));
    else
        REEL_TRY(open_writable(store, opts, err));
    *out = &store->base;
    store = NULL;
out:
    if (store != NULL)
        close_store(&store->base);
    return rc;
}
