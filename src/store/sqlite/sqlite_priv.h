/* store/sqlite/sqlite_priv.h - insides shared by the files of the SQLite back end.
 * Two connections per store: one reads, one writes, so that a long read never holds up an event.
 * A bulk load brings a third of its own, so that nothing else can slip into its transaction.
 * Layer: store. Threads: each connection is used under its lock; a load's by its one thread.
 */
#ifndef REEL_STORE_SQLITE_SQLITE_PRIV_H
#define REEL_STORE_SQLITE_SQLITE_PRIV_H

#include <pthread.h>
#include <sqlite3.h>

#include "base/file.h"
#include "store/vtable.h"

typedef struct reel_sqlite {
    reel_store base; /* first: a reel_store is a reel_sqlite */
    char *file;      /* resolved path, known once opened: the current folder may change later */
    sqlite3 *reader, *writer;
    pthread_mutex_t reader_lock, writer_lock;
    sqlite3_stmt *insert_event; /* of the writer, made at first use */
    reel_file_lock serving;     /* fd -1 = not held */
    int busy_timeout_ms;
    int64_t max_pages; /* 0 = as large as the disk allows */
} reel_sqlite;

/* ---- open.c -------------------------------------------------------------------------------- */

/* A connection that may write, with the settings every one of them needs. */
REEL_MUST_USE reel_code reel__sqlite_connect(sqlite3 **out, const reel_sqlite *store, int flags,
                                             reel_err *err);
/* A file that was deleted or replaced under an open store would take events and lose them. */
REEL_MUST_USE reel_code reel__sqlite_check_place(const reel_sqlite *store, reel_err *err);
/* Tests: the file may not grow beyond that many pages, as if the disk were full. */
void reel__sqlite_limit_pages_for_test(reel_store *store, int64_t pages);

/* ---- migrations.c -------------------------------------------------------------------------- */

enum { REEL_SQLITE_APPLICATION = 0x5245454C }; /* "REEL", in the file's header */

typedef struct reel_sqlite_migration {
    const char *const *statements; /* ends with NULL */
} reel_sqlite_migration;

/* Number of the newest schema this program knows. */
int reel__sqlite_schema_newest(void);
/* Bring a schema to the newest, each step in a transaction of its own. */
REEL_MUST_USE reel_code reel__sqlite_migrate(sqlite3 *db, reel_err *err);
/* The same with another list of steps; count is the schema it leads to. */
REEL_MUST_USE reel_code reel__sqlite_migrate_by(sqlite3 *db, const reel_sqlite_migration *steps,
                                                int count, reel_err *err);
/* Is this file ours, and of a schema we can use? fresh: nothing is in it yet. Writes nothing. */
REEL_MUST_USE reel_code reel__sqlite_check_identity(sqlite3 *db, bool *fresh, bool *outdated,
                                                    reel_err *err);

/* ---- statement.c --------------------------------------------------------------------------- */

/* The last failure of a connection as our error, naming the file and what to do. */
reel_code reel__sqlite_fail(sqlite3 *db, const char *path, const char *doing, reel_err *err);
REEL_MUST_USE reel_code reel__sqlite_exec(sqlite3 *db, const char *sql, reel_err *err);
/* The same before anything was asked for: what fails does so "while opening". */
REEL_MUST_USE reel_code reel__sqlite_begin(sqlite3 *db, const char *sql, reel_err *err);
/* Undo the open transaction, if there is one. Never fails: SQLite undoes it at close too. */
void reel__sqlite_rollback(sqlite3 *db);
REEL_MUST_USE reel_code reel__sqlite_prepare(sqlite3_stmt **out, sqlite3 *db, const char *sql,
                                             reel_err *err);
/* Next row, or *row = false at the end, when the statement is ready to run again. */
REEL_MUST_USE reel_code reel__sqlite_step(sqlite3_stmt *statement, bool *row, reel_err *err);
/* Run a statement that answers no rows. bound: the sum of what its binds answered. */
REEL_MUST_USE reel_code reel__sqlite_run(sqlite3_stmt *statement, int bound, reel_err *err);
/* The first value of the first row of a query, 0 when there is no row. */
REEL_MUST_USE reel_code reel__sqlite_number(sqlite3 *db, const char *sql, int64_t *out,
                                            reel_err *err);

/* Binding: borrowed texts; unknown numbers become NULL. Each answers SQLITE_OK (0) or not. */
int reel__sqlite_bind_text(sqlite3_stmt *statement, int place, const char *text);
int reel__sqlite_bind_known(sqlite3_stmt *statement, int place, int64_t value, int64_t unknown);
int reel__sqlite_bind_real(sqlite3_stmt *statement, int place, double value);
/* As the shortest decimal that is this float: 8.2 is 8.2 to whoever queries the file. */
int reel__sqlite_bind_float(sqlite3_stmt *statement, int place, float value);
/* Reading: NULL becomes "", the unknown value given, NaN. Texts live until the next step. */
const char *reel__sqlite_text(sqlite3_stmt *statement, int column);
int64_t reel__sqlite_known(sqlite3_stmt *statement, int column, int64_t unknown);
double reel__sqlite_real(sqlite3_stmt *statement, int column);
/* After the texts of a row were read: E_NOMEM when one of them could not be. */
REEL_MUST_USE reel_code reel__sqlite_check_row(sqlite3_stmt *statement, reel_err *err);

/* ---- load.c and matches.c ------------------------------------------------------------------ */

typedef struct reel_sqlite_load {
    reel_store_load base; /* first */
    sqlite3 *db;
    sqlite3_stmt *put_movie, *put_person, *put_group, *put_rating, *renew_rating;
    sqlite3_stmt *put_match, *drop_match;
    sqlite3_stmt *put_event; /* of a copy; made at first use */
    bool rated;              /* ratings were put: there may be people nobody told of */
} reel_sqlite_load;

/* ---- the functions of the table ------------------------------------------------------------ */

/* A failure: the table meta is empty. */
reel_code reel__sqlite_no_meta(sqlite3 *db, reel_err *err);
reel_code reel__sqlite_label(reel_store *store, reel_store_label *out, reel_err *err);
reel_code reel__sqlite_counts(reel_store *store, reel_store_counts *out, reel_err *err);
reel_code reel__sqlite_read_dataset(reel_store *store, reel_dataset_builder *builder,
                                    const reel_progress *progress, reel_err *err);

extern const char reel__sqlite_movies_sql[]; /* all films by id, for: */
reel_movie reel__sqlite_read_movie(sqlite3_stmt *statement);

reel_code reel__sqlite_load_begin(reel_store_load **out, reel_store *store, bool replace,
                                  reel_err *err);
reel_code reel__sqlite_put_movies(reel_store_load *load, const reel_movie *movies, size_t count,
                                  reel_err *err);
reel_code reel__sqlite_put_people(reel_store_load *load, const reel_person *people, size_t count,
                                  reel_err *err);
reel_code reel__sqlite_put_ratings(reel_store_load *load, const reel_rating *ratings, size_t count,
                                   int64_t *duplicates, reel_err *err);
reel_code reel__sqlite_put_matches(reel_store_load *load, const reel_match *matches, size_t count,
                                   reel_err *err);
reel_code reel__sqlite_scan_people(reel_store *store, reel_person_fn *row, void *user,
                                   reel_err *err);
reel_code reel__sqlite_scan_matches(reel_store *store, reel_match_fn *row, void *user,
                                    reel_err *err);
reel_code reel__sqlite_load_commit(reel_store_load *load, const char *source, bool simulated,
                                   reel_err *err);
void reel__sqlite_load_abort(reel_store_load *load);

reel_code reel__sqlite_put_events(reel_store *store, const reel_event *events, size_t count,
                                  int64_t *duplicates, reel_err *err);
/* What reel__sqlite_read_event takes from a row; movies, the eleventh, are the caller's to read. */
#define REEL_SQLITE_EVENT                                                                          \
    "event_id, type, visitor, method, model_id, list_id, userId, source_movie, time_ms, value,"    \
    " movies, sequence, received_ms, scenario, untrusted"
reel_event reel__sqlite_read_event(sqlite3_stmt *s);
reel_code reel__sqlite_scan_events(reel_store *store, const reel_event_filter *filter,
                                   reel_event_fn *row, void *user, reel_err *err);

reel_code reel__sqlite_put_given(reel_store *store, const reel_given_row *rows, size_t count,
                                 reel_err *err);
reel_code reel__sqlite_read_given(reel_store *store, int64_t person, reel_given_fn *row, void *user,
                                  reel_err *err);
/* Within a transaction: with versions of its own. */
REEL_MUST_USE reel_code reel__sqlite_write_given(sqlite3 *db, const reel_given_row *rows,
                                                 size_t count, reel_err *err);
/* Columns userId, movieId, kind, value, timestamp, version, extra, did. */
reel_given_row reel__sqlite_read_given_row(sqlite3_stmt *statement);

reel_code reel__sqlite_put_model(reel_store *store, const reel_model_record *record, reel_err *err);
reel_code reel__sqlite_scan_models(reel_store *store, reel_model_record_fn *row, void *user,
                                   reel_err *err);
REEL_MUST_USE reel_code reel__sqlite_put_record(sqlite3 *db, const reel_model_record *record,
                                                reel_err *err);

reel_code reel__sqlite_dump(reel_store *store, const reel_store_visitor *visitor, reel_err *err);
reel_code reel__sqlite_clear_log(reel_store_load *load, reel_err *err);
reel_code reel__sqlite_put_log(reel_store_load *load, const reel_event *events, size_t count,
                               reel_err *err);
reel_code reel__sqlite_put_statements(reel_store_load *load, const reel_given_row *rows,
                                      size_t count, reel_err *err);
reel_code reel__sqlite_put_records(reel_store_load *load, const reel_model_record *records,
                                   size_t count, reel_err *err);
reel_code reel__sqlite_sql(reel_store *store, reel_sql_work *work, reel_err *err);
reel_code reel__sqlite_load_sql(reel_store_load *load, const reel_sql *sql, reel_err *err);
/* The rows of a statement without values. */
REEL_MUST_USE reel_code reel__sqlite_rows(sqlite3 *db, const char *text, reel_sql_row *row,
                                          void *user, reel_err *err);
reel_code reel__sqlite_seal(reel_store *store, const char *hash, reel_err *err);
reel_code reel__sqlite_sealed(reel_store *store, char hash[65], reel_err *err);

#endif
