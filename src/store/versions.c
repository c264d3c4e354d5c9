/* versions.c - records of what was trained, in the words of any back end with SQL. */
#include "store/versions.h"

#include <string.h>

#include "store/sql.h"

static const char *const states[] = {"writing", "ready", "failed"};

static reel_version_state state_of(const char *text)
{
    for (int i = REEL_VERSION_WRITING; i <= REEL_VERSION_FAILED; i++)
        if (strcmp(text, states[i]) == 0)
            return (reel_version_state)i;
    return REEL_VERSION_FAILED;
}

reel_code reel__store_add_version(reel_store *store, const reel_version_record *version,
                                  reel_err *err)
{
    reel_sql sql[2];
    reel_sql_work work = {.statements = sql, .count = 2, .writes = true, .again = true};

    if (version->model_id == NULL || version->model_id[0] == '\0')
        return reel_fail(err, REEL_E_INVALID, "a version of a model needs an id");
    reel__sql_begin(&sql[0], "DELETE FROM versions WHERE model_id = $1");
    reel__sql_text(&sql[0], version->model_id);
    reel__sql_begin(&sql[1], "INSERT INTO versions (model_id, name, data_hash, parameters, card,"
                             " reason, state, generation, trained_at, milliseconds, size_bytes,"
                             " movies, people)"
                             " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)");
    reel__sql_text(&sql[1], version->model_id);
    reel__sql_text(&sql[1], version->name);
    reel__sql_text(&sql[1], version->data_hash);
    reel__sql_text(&sql[1], version->parameters);
    reel__sql_text(&sql[1], version->card);
    reel__sql_text(&sql[1], version->reason);
    reel__sql_text(&sql[1], states[version->state]);
    reel__sql_int(&sql[1], version->generation);
    reel__sql_int(&sql[1], version->trained_at);
    reel__sql_int(&sql[1], version->milliseconds);
    reel__sql_int(&sql[1], version->size_bytes);
    reel__sql_int(&sql[1], version->movies);
    reel__sql_int(&sql[1], version->people);
    return reel__sql_run(store, &work, err);
}

reel_code reel__store_end_version(reel_store *store, const char *model_id, reel_version_state state,
                                  const char *reason, int64_t size_bytes, reel_err *err)
{
    int64_t changed = 0;
    reel_sql sql;
    reel_code rc = REEL_OK;

    reel__sql_begin(&sql, "UPDATE versions SET state = $1, reason = $2, size_bytes = $3"
                          " WHERE model_id = $4");
    reel__sql_text(&sql, states[state]);
    reel__sql_text(&sql, reason);
    reel__sql_int(&sql, size_bytes);
    reel__sql_text(&sql, model_id);
    REEL_TRY(reel__sql_write(store, &sql, true, &changed, err));
    if (changed == 0)
        rc = reel_fail(err, REEL_E_NOTFOUND, "no version of a model has id \"%.60s\"", model_id);
out:
    return rc;
}

reel_code reel__store_remove_version(reel_store *store, const char *model_id, reel_err *err)
{
    reel_sql sql;

    reel__sql_begin(&sql, "DELETE FROM versions WHERE model_id = $1");
    reel__sql_text(&sql, model_id);
    return reel__sql_write(store, &sql, true, NULL, err);
}

typedef struct scanning {
    reel_version_fn *row;
    void *user;
} scanning;

static bool take_version(void *user, const char *const *c)
{
    const scanning *s = user;
    const reel_version_record version = {
        .number = reel__sql_number(c[0], 0),
        .model_id = c[1],
        .name = c[2],
        .data_hash = c[3],
        .parameters = c[4],
        .card = c[5],
        .reason = c[6],
        .state = state_of(c[7]),
        .generation = reel__sql_number(c[8], 0),
        .trained_at = reel__sql_number(c[9], 0),
        .milliseconds = reel__sql_number(c[10], 0),
        .size_bytes = reel__sql_number(c[11], 0),
        .movies = reel__sql_number(c[12], 0),
        .people = reel__sql_number(c[13], 0),
    };

    return s->row(s->user, &version);
}

#define SELECT                                                                                     \
    "SELECT number, model_id, name, data_hash, parameters, card, reason, state, generation,"       \
    " trained_at, milliseconds, size_bytes, movies, people FROM versions WHERE "
#define NEWEST " ORDER BY number DESC LIMIT "

reel_code reel__store_scan_versions(reel_store *store, const reel_version_filter *filter,
                                    reel_version_fn *row, void *user, reel_err *err)
{
    scanning s = {row, user};
    const int64_t before = filter->before > 0 ? filter->before : INT64_MAX;
    reel_sql sql;

    if (filter->model_id != NULL)
        reel__sql_begin(&sql, SELECT "number < $1 AND model_id = $3" NEWEST "$2");
    else if (filter->name != NULL)
        reel__sql_begin(&sql, SELECT "number < $1 AND name = $3" NEWEST "$2");
    else
        reel__sql_begin(&sql, SELECT "number < $1" NEWEST "$2");
    reel__sql_int(&sql, before);
    reel__sql_int(&sql, (int64_t)filter->limit);
    if (filter->model_id != NULL || filter->name != NULL)
        reel__sql_text(&sql, filter->model_id != NULL ? filter->model_id : filter->name);
    return reel__sql_read(store, &sql, take_version, &s, err);
}
