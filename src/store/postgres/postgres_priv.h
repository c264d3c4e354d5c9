/* store/postgres/postgres_priv.h - insides shared by the files of the PostgreSQL back end.
 * A store is a small pool of connections. Whoever works takes one, so that a long read holds up
 * nobody; a bulk load keeps its own until it ends. Everything lives in the schema `reel`.
 * Layer: store. Threads: the pool is locked inside; a connection is used by who took it.
 */
#ifndef REEL_STORE_POSTGRES_POSTGRES_PRIV_H
#define REEL_STORE_POSTGRES_POSTGRES_PRIV_H

#include <libpq-fe.h>
#include <pthread.h>

#include "base/buf.h"
#include "store/vtable.h"

typedef struct reel_pg reel_pg;

typedef struct reel_pg_conn {
    reel_pg *store;
    PGconn *link;
    bool can_insert_event; /* the statement is prepared on this connection */
    int fd,
        process; /* its socket once more, as libpq closes its own; who answers at the other end */
    int64_t taken_us;         /* since when it is; under the lock */
    bool patient;             /* a load, which waits however long; under the lock */
    _Atomic int64_t asked_us; /* since when it waits for an answer, 0 = it does not */
    struct reel_pg_conn *next;
} reel_pg_conn;

enum { REEL_PG_CONNECTIONS = 16, REEL_PG_WHY = 512 };

struct reel_pg {
    reel_store base; /* first: a reel_store is a reel_pg; its path is the URL without credentials */
    char *url;       /* with credentials: for libpq only, in no message */
    int busy_timeout_ms, patience_ms;
    bool reached;         /* the server answered once */
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t freed; /* callers wait here */
    reel_pg_conn *idle, *taken[REEL_PG_CONNECTIONS];
    int open;              /* connections there are, idle or taken */
    int64_t missed_us;     /* since when the server does not answer, 0 = it does */
    char why[REEL_PG_WHY]; /* what it does not */
    pthread_cond_t look;   /* the keeper waits here */
    bool closing, kept;    /* kept: there is a keeper */
    /* The keeper's own. */
    pthread_t keeper;
    int pause_ms;
    int64_t probe_us; /* when to look after the server again */
};

/* ---- url.c --------------------------------------------------------------------------------- */

/* What may be shown of a URL: no user, no password, no options. Errors: E_INVALID, E_NOMEM. */
REEL_MUST_USE reel_code reel__pg_url_name(char **out, const char *url, reel_err *err);
/* The database a URL names. Errors: E_INVALID, E_NOMEM. */
REEL_MUST_USE reel_code reel__pg_url_database(char **out, const char *url, reel_err *err);

/* ---- link.c -------------------------------------------------------------------------------- */

enum { REEL_PG_VERSION_LEAST = 130000 };

/* A connection with our settings. database: another than the URL names, or NULL. */
REEL_MUST_USE reel_code reel__pg_link(PGconn **out, const reel_pg *store, const char *database,
                                      reel_err *err);
/* The last result of statements without values; NULL: none came in time. */
PGresult *reel__pg_ask(PGconn *link, const char *sql, int limit_ms);
/* That it does not answer: E_STORE. */
reel_code reel__pg_silent(const reel_pg *store, reel_err *err);

/* ---- keeper.c: a thread that looks after the server ----------------------------------------- */

/* Until it is started, and after it was stopped, nobody is told that the server is missed. Errors:
 * E_NOMEM. */
REEL_MUST_USE reel_code reel__pg_keeper_start(reel_pg *store, reel_err *err);
void reel__pg_keeper_stop(reel_pg *store);
/* A connection could not be made: all who come wait for the keeper, and are told why. */
void reel__pg_missed(reel_pg *store, const char *why);

/* ---- pool.c -------------------------------------------------------------------------------- */

enum {
    REEL_PG_LOCKS = 0x5245454C, /* "REEL", the first key of our advisory locks; the second: */
    REEL_PG_LOCK_LOAD = 1,
    REEL_PG_LOCK_EVENTS = 2,
    REEL_PG_LOCK_SCHEMA = 3
};

/* Work of one caller on one connection. */
typedef reel_code reel_pg_work(reel_pg_conn *conn, void *user, reel_err *err);
/* Run work. Where the connection turns out to be lost (the server was restarted) it runs once more
 * on a new one when `again` says that this does no harm, and fails saying what to do otherwise.
 * Either loss takes the idle connections with it. Errors: those of work, and of taking one. */
REEL_MUST_USE reel_code reel__pg_run(reel_pg *store, reel_pg_work *work, void *user, bool again,
                                     reel_err *err);
/* A connection that answers right now. A server that is missed is waited for as long as the store
 * has patience, a connection of those in use for half a minute. Errors: E_STORE, E_BUSY, E_NOMEM.
 */
REEL_MUST_USE reel_code reel__pg_take(reel_pg_conn **out, reel_pg *store, reel_err *err);
void reel__pg_give_back(reel_pg_conn *conn); /* NULL allowed; undoes an open transaction */
/* What is done on it takes as long as it takes, whatever the server does meanwhile. */
void reel__pg_be_patient(reel_pg_conn *conn);
/* At the end: none is taken any more. */
void reel__pg_close_all(reel_pg *store);
/* One more, which the pool does not count yet. Errors: E_STORE, E_NOMEM. */
REEL_MUST_USE reel_code reel__pg_new_conn(reel_pg_conn **out, reel_pg *store, reel_err *err);
void reel__pg_free_conn(reel_pg_conn *conn); /* NULL allowed */
/* Close what nobody uses. The lock must not be held. */
void reel__pg_drop_idle(reel_pg *store);

/* ---- statement.c --------------------------------------------------------------------------- */

/* A failure as our error; result NULL: of the connection itself. */
reel_code reel__pg_fail(const reel_pg *store, PGconn *link, const PGresult *result,
                        const char *doing, reel_err *err);
/* One line of what libpq said, cut to fit. */
void reel__pg_line(char *out, size_t size, const char *text);
/* Around a wait for an answer: the keeper looks into one that takes long. */
void reel__pg_asks(reel_pg_conn *conn);
void reel__pg_answered(reel_pg_conn *conn);
/* PQexec between the two. */
PGresult *reel__pg_said(reel_pg_conn *conn, const char *sql);
/* Statements that answer no rows, separated by ';'. */
REEL_MUST_USE reel_code reel__pg_exec(reel_pg_conn *conn, const char *sql, reel_err *err);
/* One statement with values as text (NULL = unknown). out is the caller's (PQclear), NULL after a
 * failure. */
REEL_MUST_USE reel_code reel__pg_query(PGresult **out, reel_pg_conn *conn, const char *sql,
                                       int count, const char *const *values, reel_err *err);
/* The first value of the first row, 0 when there is none. */
REEL_MUST_USE reel_code reel__pg_number(reel_pg_conn *conn, const char *sql, int64_t *out,
                                        reel_err *err);

enum { REEL_PG_NUMBER = 32 };
/* Numbers as values; NULL for what is unknown. */
const char *reel__pg_int(char out[REEL_PG_NUMBER], int64_t value);
const char *reel__pg_known(char out[REEL_PG_NUMBER], int64_t value, int64_t unknown);
const char *reel__pg_real(char out[REEL_PG_NUMBER], double value);
/* Values of a result in text form. */
const char *reel__pg_text(const PGresult *result, int row, int column);
int64_t reel__pg_get_int(const PGresult *result, int row, int column, int64_t unknown);
double reel__pg_get_real(const PGresult *result, int row, int column);
bool reel__pg_get_bool(const PGresult *result, int row, int column);

/* ---- copy.c: many rows in COPY's binary form ------------------------------------------------ */

/* Rows on their way to the server. */
typedef struct reel_pg_copy {
    reel_pg_conn *conn;
    reel_buf rows;
} reel_pg_copy;
/* After a failure there is nothing to end. */
REEL_MUST_USE reel_code reel__pg_copy_begin(reel_pg_copy *out, reel_pg_conn *conn, const char *sql,
                                            reel_err *err);
void reel__pg_copy_row(reel_pg_copy *copy, int columns);
void reel__pg_copy_int64(reel_pg_copy *copy, int64_t value);
void reel__pg_copy_int32(reel_pg_copy *copy, int32_t value);
void reel__pg_copy_float(reel_pg_copy *copy, float value); /* NaN = NULL */
void reel__pg_copy_real(reel_pg_copy *copy, double value); /* NaN = NULL */
void reel__pg_copy_bool(reel_pg_copy *copy, bool value);
void reel__pg_copy_text(reel_pg_copy *copy, const char *text);
void reel__pg_copy_null(reel_pg_copy *copy);
/* After each row: send what has gathered. */
REEL_MUST_USE reel_code reel__pg_copy_send(reel_pg_copy *copy, reel_err *err);
/* Ends it when rc so far was REEL_OK, gives up otherwise; answers the first failure. */
REEL_MUST_USE reel_code reel__pg_copy_end(reel_pg_copy *copy, reel_code rc, reel_err *err);

/* A value of a row from the server: texts end with a NUL; NULL has data NULL. */
typedef struct reel_pg_value {
    const char *data;
    int32_t length;
} reel_pg_value;
enum { REEL_PG_COLUMNS_MAX = 32 };
typedef reel_code reel_pg_row_fn(void *user, const reel_pg_value *values, reel_err *err);
/* Every row of COPY (sql) TO STDOUT, as it comes. A row function that fails ends it. */
REEL_MUST_USE reel_code reel__pg_copy_out(reel_pg_conn *conn, const char *sql, int columns,
                                          reel_pg_row_fn *row, void *user, reel_err *err);
int64_t reel__pg_value_int64(reel_pg_value value, int64_t unknown);
int32_t reel__pg_value_int32(reel_pg_value value, int32_t unknown);
float reel__pg_value_float(reel_pg_value value);
double reel__pg_value_real(reel_pg_value value);
bool reel__pg_value_bool(reel_pg_value value);
const char *reel__pg_value_text(reel_pg_value value);

/* ---- migrations.c -------------------------------------------------------------------------- */

int reel__pg_schema_newest(void);
REEL_MUST_USE reel_code reel__pg_migrate(reel_pg_conn *conn, reel_err *err);
/* Is there a schema of ours that we can use? fresh: there is none yet. Writes nothing. */
REEL_MUST_USE reel_code reel__pg_check_identity(reel_pg_conn *conn, bool *fresh, bool *outdated,
                                                reel_err *err);

/* ---- load.c, put.c ------------------------------------------------------------------------- */

typedef struct reel_pg_load {
    reel_store_load base; /* first */
    reel_pg_conn *conn;
    struct reel_pg_sorted *sorted; /* ratings of one put by person and film */
    bool empty;                    /* there were no ratings when the load began */
    int64_t highest;               /* of the people whose ratings were put; -1 = none yet */
    int64_t put;                   /* ratings */
    bool logged, accounts;         /* events, accounts were copied */
    bool has_movies, has_people, has_ratings, has_matches; /* tables for what arrives */
} reel_pg_load;

/* ---- the functions of the table ------------------------------------------------------------ */

reel_code reel__pg_label(reel_store *store, reel_store_label *out, reel_err *err);
reel_code reel__pg_counts(reel_store *store, reel_store_counts *out, reel_err *err);
reel_code reel__pg_read_dataset(reel_store *store, reel_dataset_builder *builder,
                                const reel_progress *progress, reel_err *err);

extern const char reel__pg_movies_sql[]; /* all films by id, for: */
enum { REEL_PG_MOVIE_COLUMNS = 23 };
reel_movie reel__pg_read_movie(const reel_pg_value *values);
REEL_MUST_USE reel_code reel__pg_find_label(reel_pg_conn *conn, void *label, reel_err *err);

reel_code reel__pg_load_begin(reel_store_load **out, reel_store *store, bool replace,
                              reel_err *err);
reel_code reel__pg_put_movies(reel_store_load *load, const reel_movie *movies, size_t count,
                              reel_err *err);
reel_code reel__pg_put_people(reel_store_load *load, const reel_person *people, size_t count,
                              reel_err *err);
reel_code reel__pg_put_ratings(reel_store_load *load, const reel_rating *ratings, size_t count,
                               int64_t *duplicates, reel_err *err);
reel_code reel__pg_put_matches(reel_store_load *load, const reel_match *matches, size_t count,
                               reel_err *err);
reel_code reel__pg_load_commit(reel_store_load *load, const char *source, bool simulated,
                               reel_err *err);
void reel__pg_load_abort(reel_store_load *load);
reel_code reel__pg_scan_people(reel_store *store, reel_person_fn *row, void *user, reel_err *err);
reel_code reel__pg_scan_matches(reel_store *store, reel_match_fn *row, void *user, reel_err *err);

reel_code reel__pg_put_events(reel_store *store, const reel_event *events, size_t count,
                              int64_t *duplicates, reel_err *err);
reel_code reel__pg_scan_events(reel_store *store, const reel_event_filter *filter,
                               reel_event_fn *row, void *user, reel_err *err);

reel_code reel__pg_put_given(reel_store *store, const reel_given_row *rows, size_t count,
                             reel_err *err);
reel_code reel__pg_read_given(reel_store *store, int64_t person, reel_given_fn *row, void *user,
                              reel_err *err);
/* Within a transaction: with versions of its own. */
REEL_MUST_USE reel_code reel__pg_write_given(reel_pg_conn *conn, const reel_given_row *rows,
                                             size_t count, reel_err *err);

reel_code reel__pg_put_model(reel_store *store, const reel_model_record *record, reel_err *err);
reel_code reel__pg_scan_models(reel_store *store, reel_model_record_fn *row, void *user,
                               reel_err *err);
/* Rows of these statements. */
extern const char reel__pg_matches_sql[], reel__pg_models_sql[];
extern const char *const reel__pg_match_states[]; /* by reel_match_state */
reel_match reel__pg_read_match(const PGresult *result, int row);
reel_model_record reel__pg_read_record(const PGresult *result, int row);
REEL_MUST_USE reel_code reel__pg_put_record(reel_pg_conn *conn, void *record, reel_err *err);

reel_code reel__pg_dump(reel_store *store, const reel_store_visitor *visitor, reel_err *err);
reel_code reel__pg_clear_log(reel_store_load *load, reel_err *err);
reel_code reel__pg_put_log(reel_store_load *load, const reel_event *events, size_t count,
                           reel_err *err);
reel_code reel__pg_put_statements(reel_store_load *load, const reel_given_row *rows, size_t count,
                                  reel_err *err);
reel_code reel__pg_put_records(reel_store_load *load, const reel_model_record *records,
                               size_t count, reel_err *err);
reel_code reel__pg_sql(reel_store *store, reel_sql_work *work, reel_err *err);
reel_code reel__pg_load_sql(reel_store_load *load, const reel_sql *sql, reel_err *err);
/* The rows of a statement without values. */
REEL_MUST_USE reel_code reel__pg_rows(reel_pg_conn *conn, const char *text, reel_sql_row *row,
                                      void *user, reel_err *err);

#endif
