/* models.c - records of which model files were trained, from which data, and how; who is known; and
 * where the films' metadata are from. All are read whole before the first row is handed on, so that
 * a row function may use the store. */
#include <string.h>

#include "store/postgres/postgres_priv.h"

/* ---- model records ------------------------------------------------------------------------- */

reel_code reel__pg_put_record(reel_pg_conn *conn, void *record, reel_err *err)
{
    const reel_model_record *r = record;
    char generation[REEL_PG_NUMBER], trained_at[REEL_PG_NUMBER], seconds[REEL_PG_NUMBER];
    const char *const values[] = {r->name,
                                  r->model_id,
                                  r->file,
                                  r->data_hash,
                                  r->parameters,
                                  reel__pg_int(generation, r->generation),
                                  reel__pg_int(trained_at, r->trained_at),
                                  reel__pg_real(seconds, r->seconds)};
    PGresult *result = NULL;
    const reel_code rc = reel__pg_query(
        &result, conn,
        "INSERT INTO models (name, model_id, file, data_hash, parameters, generation, trained_at,"
        " seconds) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
        " ON CONFLICT (name) DO UPDATE SET (model_id, file, data_hash, parameters, generation,"
        " trained_at, seconds) = (EXCLUDED.model_id, EXCLUDED.file, EXCLUDED.data_hash,"
        " EXCLUDED.parameters, EXCLUDED.generation, EXCLUDED.trained_at, EXCLUDED.seconds)",
        8, values, err);

    PQclear(result);
    return rc;
}

reel_code reel__pg_put_model(reel_store *store, const reel_model_record *record, reel_err *err)
{
    reel_model_record copy = *record;

    return reel__pg_run((reel_pg *)store, reel__pg_put_record, &copy, true, err);
}

typedef struct question {
    const char *sql;
    PGresult *result;
} question;

static reel_code ask(reel_pg_conn *conn, void *user, reel_err *err)
{
    question *q = user;

    return reel__pg_query(&q->result, conn, q->sql, 0, NULL, err);
}

const char reel__pg_models_sql[] =
    "SELECT name, model_id, file, data_hash, parameters, generation, trained_at, seconds"
    " FROM models ORDER BY name COLLATE \"C\"";

reel_model_record reel__pg_read_record(const PGresult *result, int row)
{
    return (reel_model_record){
        .name = reel__pg_text(result, row, 0),
        .model_id = reel__pg_text(result, row, 1),
        .file = reel__pg_text(result, row, 2),
        .data_hash = reel__pg_text(result, row, 3),
        .parameters = reel__pg_text(result, row, 4),
        .generation = reel__pg_get_int(result, row, 5, 0),
        .trained_at = reel__pg_get_int(result, row, 6, 0),
        .seconds = reel__pg_get_real(result, row, 7),
    };
}

reel_code reel__pg_scan_models(reel_store *store, reel_model_record_fn *row, void *user,
                               reel_err *err)
{
    question q = {.sql = reel__pg_models_sql};
    const reel_code rc = reel__pg_run((reel_pg *)store, ask, &q, true, err);

    for (int i = 0; rc == REEL_OK && i < PQntuples(q.result); i++) {
        const reel_model_record record = reel__pg_read_record(q.result, i);

        if (!row(user, &record))
            break;
    }
    PQclear(q.result);
    return rc;
}

/* ---- people -------------------------------------------------------------------------------- */

reel_code reel__pg_scan_people(reel_store *store, reel_person_fn *row, void *user, reel_err *err)
{
    question q = {.sql = "SELECT userId, gender, age, occupation, zip FROM people ORDER BY userId"};
    const reel_code rc = reel__pg_run((reel_pg *)store, ask, &q, true, err);

    for (int i = 0; rc == REEL_OK && i < PQntuples(q.result); i++) {
        const reel_person person = {.id = reel__pg_get_int(q.result, i, 0, 0),
                                    .gender = reel__pg_text(q.result, i, 1),
                                    .age = (int32_t)reel__pg_get_int(q.result, i, 2, 0),
                                    .occupation = reel__pg_text(q.result, i, 3),
                                    .zip = reel__pg_text(q.result, i, 4)};

        if (!row(user, &person))
            break;
    }
    PQclear(q.result);
    return rc;
}

/* ---- matches ------------------------------------------------------------------------------- */

const char *const reel__pg_match_states[] = {"found", "review", "none", "accepted", "rejected"};

static reel_match_state state_of(const char *text)
{
    for (int i = REEL_MATCH_FOUND; i <= REEL_MATCH_REJECTED; i++)
        if (strcmp(text, reel__pg_match_states[i]) == 0)
            return (reel_match_state)i;
    return REEL_MATCH_NONE;
}

const char reel__pg_matches_sql[] =
    "SELECT movieId, tmdb_id, fetched_at, state, score, reason FROM matches ORDER BY movieId";

reel_match reel__pg_read_match(const PGresult *result, int row)
{
    return (reel_match){
        .movie = reel__pg_get_int(result, row, 0, 0),
        .tmdb_id = reel__pg_get_int(result, row, 1, 0),
        .fetched_at = reel__pg_get_int(result, row, 2, 0),
        .state = state_of(reel__pg_text(result, row, 3)),
        .score = reel__pg_get_real(result, row, 4),
        .reason = reel__pg_text(result, row, 5),
    };
}

reel_code reel__pg_scan_matches(reel_store *store, reel_match_fn *row, void *user, reel_err *err)
{
    question q = {.sql = reel__pg_matches_sql};
    const reel_code rc = reel__pg_run((reel_pg *)store, ask, &q, true, err);

    for (int i = 0; rc == REEL_OK && i < PQntuples(q.result); i++) {
        const reel_match match = reel__pg_read_match(q.result, i);

        if (!row(user, &match))
            break;
    }
    PQclear(q.result);
    return rc;
}
