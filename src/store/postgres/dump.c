/* dump.c - everything a store holds, row by row in one snapshot. */
#include "store/account_rows.h"
#include "store/event_movies.h"
#include "store/postgres/postgres_priv.h"

enum { PERSON_COLUMNS = 5, RATING_COLUMNS = 4, GIVEN_COLUMNS = 7, EVENT_COLUMNS = 17 };

static reel_code dump_movie(void *user, const reel_pg_value *values, reel_err *err)
{
    const reel_store_visitor *visitor = user;
    const reel_movie movie = reel__pg_read_movie(values);

    return visitor->movie(visitor->user, &movie, err);
}

static reel_code dump_person(void *user, const reel_pg_value *v, reel_err *err)
{
    const reel_store_visitor *visitor = user;
    const reel_person person = {.id = reel__pg_value_int64(v[0], 0),
                                .gender = reel__pg_value_text(v[1]),
                                .age = reel__pg_value_int32(v[2], 0),
                                .occupation = reel__pg_value_text(v[3]),
                                .zip = reel__pg_value_text(v[4])};

    return visitor->person(visitor->user, &person, err);
}

static reel_code dump_rating(void *user, const reel_pg_value *v, reel_err *err)
{
    const reel_store_visitor *visitor = user;
    const reel_rating rating = {.person = reel__pg_value_int64(v[0], 0),
                                .movie = reel__pg_value_int64(v[1], 0),
                                .value = reel__pg_value_float(v[2]),
                                .time = reel__pg_value_int64(v[3], 0)};

    return visitor->rating(visitor->user, &rating, err);
}

static reel_code dump_given(void *user, const reel_pg_value *v, reel_err *err)
{
    const reel_store_visitor *visitor = user;
    reel_given_row row = {.person = reel__pg_value_int64(v[0], 0),
                          .movie = reel__pg_value_int64(v[1], 0),
                          .kind = REEL_GIVEN_REMOVED,
                          .value = reel__pg_value_real(v[3]),
                          .time = reel__pg_value_int64(v[4], 0),
                          .extra = reel__given_extra(reel__pg_value_int32(v[5], 0)),
                          .did = reel__given_did(reel__pg_value_int32(v[6], 0))};

    (void)reel__given_kind_find(reel__pg_value_text(v[2]), &row.kind);
    return visitor->given(visitor->user, &row, err);
}

static const char events_sql[] =
    "SELECT event_id, type, visitor, method, model_id, list_id, userId, source_movie, time_ms,"
    " value, movies, sequence, received_ms, queued, delivered_at, scenario,"
    " untrusted FROM events ORDER BY sequence";

static reel_code dump_event(void *user, const reel_pg_value *v, reel_err *err)
{
    const reel_store_visitor *visitor = user;
    reel_event_movie movies[REEL_EVENT_MOVIES_MAX];
    reel_event event = {.event_id = reel__pg_value_text(v[0]),
                        .type = reel__pg_value_text(v[1]),
                        .visitor = reel__pg_value_text(v[2]),
                        .method = reel__pg_value_text(v[3]),
                        .model_id = reel__pg_value_text(v[4]),
                        .list_id = reel__pg_value_text(v[5]),
                        .scenario = reel__pg_value_text(v[15]),
                        .user = reel__pg_value_int64(v[6], -1),
                        .source_movie = reel__pg_value_int64(v[7], -1),
                        .time_ms = reel__pg_value_int64(v[8], 0),
                        .value = reel__pg_value_real(v[9]),
                        .sequence = reel__pg_value_int64(v[11], 0),
                        .received_ms = reel__pg_value_int64(v[12], 0),
                        .queued = reel__pg_value_int32(v[13], 0) != 0,
                        .untrusted = reel__pg_value_int32(v[16], 0) != 0,
                        .delivered_at = reel__pg_value_int64(v[14], 0)};
    reel_code rc = REEL_OK;

    REEL_TRY(reel__event_movies_take(&event, movies, reel__pg_value_text(v[10]), err));
    rc = visitor->event(visitor->user, &event, err);
out:
    return rc;
}

static reel_code dump_matches(reel_pg_conn *conn, const reel_store_visitor *visitor, reel_err *err)
{
    PGresult *result = NULL;
    reel_code rc = reel__pg_query(&result, conn, reel__pg_matches_sql, 0, NULL, err);

    for (int i = 0; rc == REEL_OK && i < PQntuples(result); i++) {
        const reel_match match = reel__pg_read_match(result, i);

        rc = visitor->match(visitor->user, &match, err);
    }
    PQclear(result);
    return rc;
}

static reel_code dump_models(reel_pg_conn *conn, const reel_store_visitor *visitor, reel_err *err)
{
    PGresult *result = NULL;
    reel_code rc = reel__pg_query(&result, conn, reel__pg_models_sql, 0, NULL, err);

    for (int i = 0; rc == REEL_OK && i < PQntuples(result); i++) {
        const reel_model_record record = reel__pg_read_record(result, i);

        rc = visitor->model(visitor->user, &record, err);
    }
    PQclear(result);
    return rc;
}

static reel_code dump_accounts(reel_pg_conn *conn, const reel_store_visitor *visitor, reel_err *err)
{
    reel_account_dump dump = {visitor, conn->store->base.path, err, REEL_OK};
    reel_code rc = REEL_OK;

    REEL_TRY(reel__pg_rows(conn, reel__accounts_sql, reel__dump_account, &dump, err));
    REEL_TRY(dump.rc);
    REEL_TRY(reel__pg_rows(conn, reel__keys_sql, reel__dump_key, &dump, err));
    REEL_TRY(dump.rc);
    REEL_TRY(reel__pg_rows(conn, reel__experiments_sql, reel__dump_experiment, &dump, err));
    rc = dump.rc;
out:
    return rc;
}

static reel_code dump_all(reel_pg_conn *conn, void *user, reel_err *err)
{
    reel_store_visitor visitor = *(const reel_store_visitor *)user;
    reel_store_label label = {0};
    reel_code rc = REEL_OK;

    REEL_TRY(reel__pg_exec(conn,
                           "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
                           " SET LOCAL statement_timeout = 0",
                           err));
    REEL_TRY(reel__pg_find_label(conn, &label, err));
    REEL_TRY(visitor.label(visitor.user, &label, err));
    REEL_TRY(reel__pg_copy_out(conn, reel__pg_movies_sql, REEL_PG_MOVIE_COLUMNS, dump_movie,
                               &visitor, err));
    REEL_TRY(reel__pg_copy_out(conn,
                               "SELECT userId, gender, age, occupation, zip FROM people"
                               " ORDER BY userId",
                               PERSON_COLUMNS, dump_person, &visitor, err));
    REEL_TRY(reel__pg_copy_out(conn,
                               "SELECT userId, movieId, rating, timestamp FROM ratings"
                               " ORDER BY userId, movieId",
                               RATING_COLUMNS, dump_rating, &visitor, err));
    REEL_TRY(dump_matches(conn, &visitor, err));
    REEL_TRY(reel__pg_copy_out(conn,
                               "SELECT userId, movieId, kind, value, timestamp, extra, did"
                               " FROM given WHERE movieId >= 0 ORDER BY userId, movieId",
                               GIVEN_COLUMNS, dump_given, &visitor, err));
    REEL_TRY(reel__pg_copy_out(conn, events_sql, EVENT_COLUMNS, dump_event, &visitor, err));
    REEL_TRY(dump_models(conn, &visitor, err));
    REEL_TRY(dump_accounts(conn, &visitor, err));
    REEL_TRY(reel__pg_exec(conn, "COMMIT", err));
out:
    return rc;
}

/* Rows were handed on, so it must not start again by itself. */
reel_code reel__pg_dump(reel_store *store, const reel_store_visitor *visitor, reel_err *err)
{
    reel_store_visitor copy = *visitor;

    return reel__pg_run((reel_pg *)store, dump_all, &copy, false, err);
}
