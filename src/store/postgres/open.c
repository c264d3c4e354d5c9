/* open.c - opening and closing: the database of a URL, made when asked, its schema and its owner.
 */
#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "base/steady.h"
#include "store/postgres/postgres_priv.h"

/* Who serves has somebody waiting for each answer. */
enum { BUSY_TIMEOUT_MS = 5000, SERVING_PATIENCE_MS = 1000 };

/* ---- the database itself ------------------------------------------------------------------- */

static reel_code exists(bool *out, PGconn *link, const char *database, const reel_pg *store,
                        reel_err *err)
{
    PGresult *result = PQexecParams(link, "SELECT 1 FROM pg_database WHERE datname = $1", 1, NULL,
                                    &database, NULL, NULL, 0);
    reel_code rc = REEL_OK;

    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        rc = reel__pg_fail(store, link, result, "opening", err);
    else
        *out = PQntuples(result) > 0;
    PQclear(result);
    return rc;
}

/* Another process may be quicker: then it is there, which is all that was wanted. */
static reel_code make(PGconn *link, const char *database, const reel_pg *store, reel_err *err)
{
    char *name = PQescapeIdentifier(link, database, strlen(database));
    PGresult *result = NULL;
    reel_buf sql;
    bool there = false;
    reel_code rc = REEL_OK;

    reel__buf_init(&sql, 4096);
    if (name == NULL)
        REEL_TRY(reel__pg_fail(store, link, NULL, "opening", err));
    reel__buf_format(&sql, "CREATE DATABASE %s TEMPLATE template0 ENCODING 'UTF8'", name);
    REEL_TRY(reel__buf_check(&sql, err));
    result = PQexec(link, sql.data);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) {
        rc = reel__pg_fail(store, link, result, "making the database", err);
        if (exists(&there, link, database, store, NULL) == REEL_OK && there)
            rc = REEL_OK;
    }
out:
    PQclear(result);
    PQfreemem(name);
    reel__buf_fini(&sql);
    return rc;
}

/* A first connection failed: is that because there is no such database? What the server says may
 * be in any language, so its list is asked, through the database every server has. One that is
 * there by now is worth another try: somebody may have made it just then. */
static reel_code find_or_make(const reel_pg *store, bool create, const reel_err *first,
                              reel_err *err)
{
    PGconn *link = NULL;
    char *database = NULL;
    bool there = false;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__pg_url_database(&database, store->url, err));
    if (reel__pg_link(&link, store, "postgres", NULL) != REEL_OK ||
        exists(&there, link, database, store, NULL) != REEL_OK)
        rc = reel_fail(err, first->code, "%s", first->msg);
    else if (create && !there)
        rc = make(link, database, store, err);
    else if (!there)
        rc = reel_fail(err, REEL_E_NOTFOUND,
                       "%s: the server has no such database; check the name, or make it with reel "
                       "load",
                       store->base.path);
out:
    PQfinish(link);
    reel__free(database);
    return rc;
}

static reel_code reach(reel_pg *store, bool create, reel_err *err)
{
    reel_err first = {REEL_OK, ""};
    reel_pg_conn *conn = NULL;
    reel_code rc = reel__pg_take(&conn, store, &first);

    if (rc == REEL_E_STORE) {
        REEL_TRY(find_or_make(store, create, &first, err));
        rc = reel__pg_take(&conn, store, err);
    } else if (rc != REEL_OK) {
        rc = reel_fail(err, rc, "%s", first.msg);
    }
out:
    reel__pg_give_back(conn);
    store->reached = rc == REEL_OK;
    return rc;
}

/* ---- the record ---------------------------------------------------------------------------- */

static void close_store(reel_store *base)
{
    reel_pg *store = (reel_pg *)base;

    reel__pg_keeper_stop(store);
    reel__pg_close_all(store);
    (void)pthread_cond_destroy(&store->look);
    (void)pthread_cond_destroy(&store->freed);
    (void)pthread_mutex_destroy(&store->lock);
    reel__free(store->url);
    reel__free(store->base.path);
    reel__free(store);
}

static const struct reel_store_ops pg_ops = {
    .close = close_store,
    .label = reel__pg_label,
    .counts = reel__pg_counts,
    .load_begin = reel__pg_load_begin,
    .put_movies = reel__pg_put_movies,
    .put_people = reel__pg_put_people,
    .put_ratings = reel__pg_put_ratings,
    .put_matches = reel__pg_put_matches,
    .load_commit = reel__pg_load_commit,
    .load_abort = reel__pg_load_abort,
    .read_dataset = reel__pg_read_dataset,
    .scan_people = reel__pg_scan_people,
    .scan_matches = reel__pg_scan_matches,
    .put_events = reel__pg_put_events,
    .scan_events = reel__pg_scan_events,
    .put_given = reel__pg_put_given,
    .read_given = reel__pg_read_given,
    .put_model = reel__pg_put_model,
    .scan_models = reel__pg_scan_models,
    .dump = reel__pg_dump,
    .clear_log = reel__pg_clear_log,
    .put_log = reel__pg_put_log,
    .put_statements = reel__pg_put_statements,
    .put_records = reel__pg_put_records,
    .sql = reel__pg_sql,
    .load_sql = reel__pg_load_sql,
};

static reel_code init_locks(reel_pg *store, reel_err *err)
{
    if (pthread_mutex_init(&store->lock, NULL) == 0) {
        if (reel__steady_cond_init(&store->freed)) {
            if (reel__steady_cond_init(&store->look))
                return REEL_OK;
            pthread_cond_destroy(&store->freed);
        }
        pthread_mutex_destroy(&store->lock);
    }
    return reel_fail(err, REEL_E_NOMEM, "no locks left to open a database with");
}

static reel_code new_store(reel_pg **out, const char *url, const reel_store_opts *opts,
                           reel_err *err)
{
    reel_pg *store = reel__alloc_zero(1, sizeof *store);
    reel_code rc = REEL_OK;

    *out = NULL;
    if (store == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory to open a database");
    store->base.ops = &pg_ops;
    store->base.read_only = opts->read_only;
    store->busy_timeout_ms = opts->busy_timeout_ms > 0 ? opts->busy_timeout_ms : BUSY_TIMEOUT_MS;
    store->patience_ms = opts->exclusive && store->busy_timeout_ms > SERVING_PATIENCE_MS
                             ? SERVING_PATIENCE_MS
                             : store->busy_timeout_ms;
    if (init_locks(store, err) != REEL_OK) {
        reel__free(store);
        return REEL_E_NOMEM;
    }
    REEL_TRY(reel__pg_url_name(&store->base.path, url, err));
    store->url = reel__strdup(url);
    if (store->url == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "%s: out of memory while opening", store->base.path));
    *out = store;
    store = NULL;
out:
    if (store != NULL)
        close_store(&store->base);
    return rc;
}

static reel_code check_usable(bool fresh, bool outdated, const reel_store_opts *opts,
                              const char *path, reel_err *err)
{
    if (fresh && !opts->create)
        return reel_fail(err, REEL_E_NOTFOUND,
                         "%s: there is nothing of Reel in this database; fill it with reel load",
                         path);
    if (outdated && opts->read_only)
        return reel_fail(err, REEL_E_FORMAT,
                         "%s: written by an older Reel; open it once for writing to update it",
                         path);
    return REEL_OK;
}

static reel_code prepare(reel_pg *store, const reel_store_opts *opts, reel_err *err)
{
    reel_pg_conn *conn = NULL;
    bool fresh = false, outdated = false;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__pg_take(&conn, store, err));
    REEL_TRY(reel__pg_check_identity(conn, &fresh, &outdated, err));
    REEL_TRY(check_usable(fresh, outdated, opts, store->base.path, err));
    if (fresh || outdated)
        REEL_TRY(reel__pg_migrate(conn, err));
out:
    reel__pg_give_back(conn);
    return rc;
}

reel_code reel__postgres_open(reel_store **out, const char *url, const reel_store_opts *opts,
                              reel_err *err)
{
    reel_pg *store = NULL;
    reel_code rc = REEL_OK;

    *out = NULL;
    REEL_TRY(new_store(&store, url, opts, err));
    REEL_TRY(reach(store, opts->create, err));
    REEL_TRY(prepare(store, opts, err));
    REEL_TRY(reel__pg_keeper_start(store, err));
    *out = &store->base;
    store = NULL;
out:
    if (store != NULL)
        close_store(&store->base);
    return rc;
}
