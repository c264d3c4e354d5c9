/* jobs.c - jobs in the words of any back end with SQL. */
#include "store/jobs.h"

#include <string.h>

#include "store/sql.h"

enum { MILLION = 1000000 }; /* how finely progress is kept */

static const char *const states[] = {"queued", "running", "done", "failed", "cancelled"};

const char *reel__job_state_name(reel_job_state state)
{
    return states[state];
}

static reel_job_state state_of(const char *text)
{
    for (int i = REEL_JOB_QUEUED; i <= REEL_JOB_CANCELLED; i++)
        if (strcmp(text, states[i]) == 0)
            return (reel_job_state)i;
    return REEL_JOB_FAILED;
}

static bool take_number(void *user, const char *const *columns)
{
    *(int64_t *)user = reel__sql_number(columns[0], 0);
    return false;
}

/* ---- asking for work, and reading ---------------------------------------------------------- */

/* With each new one the oldest of those that have ended goes; the last training stays, so that it
 * is known when that was. */
static void make_room(reel_sql *sql)
{
    reel__sql_begin(sql, "DELETE FROM jobs WHERE state IN ('done', 'failed', 'cancelled')"
                         " AND id <= (SELECT max(id) FROM jobs) - $1"
                         " AND id <> coalesce((SELECT max(id) FROM jobs"
                         " WHERE kind = 'train' AND state = 'done'), 0)");
    reel__sql_int(sql, REEL_JOBS_KEPT);
}

reel_code reel__store_add_job(reel_store *store, reel_job *job, reel_err *err)
{
    reel_sql sql[2];
    reel_sql_work work = {
        .statements = sql, .count = 2, .writes = true, .row = take_number, .user = &job->id};

    job->id = 0;
    reel__sql_begin(&sql[0], "INSERT INTO jobs (kind, model, parameters, asked_by, state, progress,"
                             " step, owner, beat, cancel, created_ms, code, reason, result, log,"
                             " given_version)"
                             " SELECT CAST($1 AS text), CAST($2 AS text), CAST($3 AS text),"
                             " CAST($4 AS text), 'queued', 0, '', '', 0, 0, CAST($5 AS bigint), '',"
                             " '', '', '', version FROM given_clock RETURNING id");
    reel__sql_text(&sql[0], job->kind);
    reel__sql_text(&sql[0], job->model);
    reel__sql_text(&sql[0], job->parameters);
    reel__sql_text(&sql[0], job->asked_by);
    reel__sql_int(&sql[0], job->created_ms);
    make_room(&sql[1]);
    return reel__sql_run(store, &work, err);
}

reel_code reel__store_plan_job(reel_store *store, reel_job *job, const char *slot, reel_err *err)
{
    reel_sql sql[2];
    reel_sql_work work = {.statements = sql,
                          .count = 2,
                          .writes = true,
                          .again = true,
                          .guard = true,
                          .row = take_number,
                          .user = &job->id};

    job->id = 0;
    reel__sql_begin(&sql[0], "INSERT INTO jobs (kind, model, parameters, asked_by, state, progress,"
                             " step, owner, beat, cancel, created_ms, code, reason, result, log,"
                             " given_version, slot)"
                             " SELECT CAST($1 AS text), CAST($2 AS text), CAST($3 AS text),"
                             " CAST($4 AS text), 'queued', 0, '', '', 0, 0, CAST($5 AS bigint), '',"
                             " '', '', '', version, CAST($6 AS text) FROM given_clock"
                             " WHERE NOT EXISTS (SELECT 1 FROM jobs WHERE kind = $1 AND model = $2"
                             " AND state = 'queued')"
                             " ON CONFLICT DO NOTHING RETURNING id");
    reel__sql_text(&sql[0], job->kind);
    reel__sql_text(&sql[0], job->model);
    reel__sql_text(&sql[0], job->parameters);
    reel__sql_text(&sql[0], job->asked_by);
    reel__sql_int(&sql[0], job->created_ms);
    reel__sql_text(&sql[0], slot);
    make_room(&sql[1]);
    return reel__sql_run(store, &work, err);
}

reel_code reel__store_ratings_since(reel_store *store, int64_t most, int64_t *since, int64_t *count,
                                    reel_err *err)
{
    reel_sql sql;
    reel_code rc;

    *since = *count = 0;
    reel__sql_begin(&sql, "SELECT coalesce(max(given_version), 0) FROM jobs"
                          " WHERE kind = 'train' AND model = ''");
    REEL_TRY(reel__sql_read(store, &sql, take_number, since, err));
    reel__sql_begin(&sql, "SELECT count(*) FROM (SELECT 1 FROM given WHERE version > $1"
                          " AND kind = 'rating' LIMIT $2) AS n");
    reel__sql_int(&sql, *since);
    reel__sql_int(&sql, most);
    rc = reel__sql_read(store, &sql, take_number, count, err);
out:
    return rc;
}

typedef struct scanning {
    reel_job_fn *row;
    void *user;
} scanning;

static bool take_job(void *user, const char *const *c)
{
    const scanning *s = user;
    const reel_job job = {
        .id = reel__sql_number(c[0], 0),
        .kind = c[1],
        .model = c[2],
        .parameters = c[3],
        .asked_by = c[4],
        .state = state_of(c[5]),
        .progress = (double)reel__sql_number(c[6], 0) / MILLION,
        .step = c[7],
        .owner = c[8],
        .beat = reel__sql_number(c[9], 0),
        .cancel = reel__sql_number(c[10], 0) != 0,
        .created_ms = reel__sql_number(c[11], 0),
        .started_ms = reel__sql_number(c[12], 0),
        .finished_ms = reel__sql_number(c[13], 0),
        .code = c[14],
        .reason = c[15],
        .result = c[16],
    };

    return s->row(s->user, &job);
}

#define SELECT                                                                                     \
    "SELECT id, kind, model, parameters, asked_by, state, progress, step, owner, beat, cancel,"    \
    " created_ms, started_ms, finished_ms, code, reason, result FROM jobs WHERE "

reel_code reel__store_scan_jobs(reel_store *store, const reel_job_filter *filter, reel_job_fn *row,
                                void *user, reel_err *err)
{
    scanning s = {row, user};
    reel_sql sql;

    reel__sql_begin(&sql, filter->id != 0   ? SELECT "id = $1"
                          : filter->running ? SELECT "state = 'running'"
                                            : SELECT "id < $1 ORDER BY id DESC LIMIT $2");
    if (filter->id != 0)
        reel__sql_int(&sql, filter->id);
    if (filter->id == 0 && !filter->running) {
        reel__sql_int(&sql, filter->before > 0 ? filter->before : INT64_MAX);
        reel__sql_int(&sql, (int64_t)filter->limit);
    }
    return reel__sql_read(store, &sql, take_job, &s, err);
}

static bool take_sum(void *user, const char *const *c)
{
    *(reel_job_sum *)user = (reel_job_sum){
        .waiting = reel__sql_number(c[0], 0),
        .running = reel__sql_number(c[1], 0),
        .done = reel__sql_number(c[2], 0),
        .failed = reel__sql_number(c[3], 0),
        .last_started_ms = reel__sql_number(c[4], 0),
        .last_finished_ms = reel__sql_number(c[5], 0),
    };
    return false;
}

/* One at a time runs, so the newest that ended is the last that began. */
#define LAST(column) "(SELECT max(" column ") FROM jobs WHERE kind = $1 AND state = 'done')"

reel_code reel__store_sum_jobs(reel_store *store, const char *kind, int64_t since_ms,
                               reel_job_sum *out, reel_err *err)
{
    reel_sql sql;

    *out = (reel_job_sum){0};
    reel__sql_begin(
        &sql, "SELECT sum(CASE WHEN state = 'queued' THEN 1 ELSE 0 END),"
              " sum(CASE WHEN state = 'running' THEN 1 ELSE 0 END),"
              " sum(CASE WHEN state = 'done' AND finished_ms > $2 THEN 1 ELSE 0 END),"
              " sum(CASE WHEN state = 'failed' AND finished_ms > $2 THEN 1 ELSE 0"
              " END), " LAST("started_ms") ", " LAST("finished_ms") " FROM jobs WHERE kind = $1");
    reel__sql_text(&sql, kind);
    reel__sql_int(&sql, since_ms);
    return reel__sql_read(store, &sql, take_sum, out, err);
}

typedef struct logging {
    void (*take)(void *user, const char *log);
    void *user;
    bool found;
} logging;

static bool take_log(void *user, const char *const *columns)
{
    logging *l = user;

    l->found = true;
    l->take(l->user, columns[0]);
    return false;
}

static reel_code unknown(int64_t id, reel_err *err)
{
    return reel_fail(err, REEL_E_NOTFOUND, "there is no job %lld", (long long)id);
}

reel_code reel__store_job_log(reel_store *store, int64_t id,
                              void (*take)(void *user, const char *log), void *user, reel_err *err)
{
    logging l = {take, user, false};
    reel_sql sql;
    reel_code rc = REEL_OK;

    reel__sql_begin(&sql, "SELECT log FROM jobs WHERE id = $1");
    reel__sql_int(&sql, id);
    REEL_TRY(reel__sql_read(store, &sql, take_log, &l, err));
    if (!l.found)
        rc = unknown(id, err);
out:
    return rc;
}

/* ---- doing it ------------------------------------------------------------------------------ */

/* The index on the state that runs keeps two from doing so, whoever comes between. */
reel_code reel__store_claim_job(reel_store *store, const char *owner, int64_t now_ms, int64_t *id,
                                reel_err *err)
{
    reel_sql sql;
    reel_sql_work work = {
        .statements = &sql, .count = 1, .writes = true, .row = take_number, .user = id};

    *id = 0;
    reel__sql_begin(&sql, "UPDATE jobs SET state = 'running', owner = $1, beat = beat + 1,"
                          " started_ms = $2"
                          " WHERE id = (SELECT min(id) FROM jobs WHERE state = 'queued')"
                          " AND state = 'queued'"
                          " AND NOT EXISTS (SELECT 1 FROM jobs WHERE state = 'running')"
                          " RETURNING id");
    reel__sql_text(&sql, owner);
    reel__sql_int(&sql, now_ms);
    return reel__sql_run(store, &work, err);
}

typedef struct beating {
    bool *held, *cancel;
} beating;

static bool take_beat(void *user, const char *const *columns)
{
    const beating *b = user;

    *b->held = true;
    *b->cancel = reel__sql_number(columns[0], 0) != 0;
    return false;
}

reel_code reel__store_beat_job(reel_store *store, const reel_job_beat *beat, bool *held,
                               bool *cancel, reel_err *err)
{
    beating b = {held, cancel};
    reel_sql sql;
    reel_sql_work work = {.statements = &sql,
                          .count = 1,
                          .writes = true,
                          .again = true,
                          .row = take_beat,
                          .user = &b};

    *held = *cancel = false;
    reel__sql_begin(&sql, "UPDATE jobs SET beat = beat + 1, progress = $1, step = $2,"
                          " log = coalesce($3, log)"
                          " WHERE id = $4 AND owner = $5 AND state = 'running' RETURNING cancel");
    reel__sql_int(&sql, (int64_t)(beat->progress * MILLION));
    reel__sql_text(&sql, beat->step);
    reel__sql_text(&sql, beat->log);
    reel__sql_int(&sql, beat->id);
    reel__sql_text(&sql, beat->owner);
    return reel__sql_run(store, &work, err);
}

reel_code reel__store_end_job(reel_store *store, const reel_job *job, const char *log,
                              reel_err *err)
{
    reel_sql sql;

    reel__sql_begin(&sql, "UPDATE jobs SET state = $1, progress = $2, step = $3, code = $4,"
                          " reason = $5, result = $6, finished_ms = $7, log = coalesce($8, log)"
                          " WHERE id = $9 AND owner = $10 AND state = 'running'");
    reel__sql_text(&sql, states[job->state]);
    reel__sql_int(&sql, (int64_t)(job->progress * MILLION));
    reel__sql_text(&sql, job->step);
    reel__sql_text(&sql, job->code);
    reel__sql_text(&sql, job->reason);
    reel__sql_text(&sql, job->result);
    reel__sql_known(&sql, job->finished_ms, 0);
    reel__sql_text(&sql, log);
    reel__sql_int(&sql, job->id);
    reel__sql_text(&sql, job->owner);
    return reel__sql_write(store, &sql, true, NULL, err);
}

reel_code reel__store_abandon_job(reel_store *store, const reel_job *job, int64_t now_ms,
                                  reel_err *err)
{
    reel_sql sql;

    reel__sql_begin(&sql, "UPDATE jobs SET state = 'failed', code = 'E_GONE', reason = $1,"
                          " finished_ms = $2"
                          " WHERE id = $3 AND owner = $4 AND beat = $5 AND state = 'running'");
    reel__sql_text(&sql, "the server that ran it was killed or lost the database");
    reel__sql_int(&sql, now_ms);
    reel__sql_int(&sql, job->id);
    reel__sql_text(&sql, job->owner);
    reel__sql_int(&sql, job->beat);
    return reel__sql_write(store, &sql, true, NULL, err);
}

reel_code reel__store_cancel_job(reel_store *store, int64_t id, int64_t now_ms, reel_err *err)
{
    int64_t there = 0, changed = 0;
    reel_sql sql;
    reel_code rc = REEL_OK;

    reel__sql_begin(&sql, "UPDATE jobs SET cancel = 1,"
                          " finished_ms = CASE state WHEN 'queued' THEN $1 ELSE finished_ms END,"
                          " state = CASE state WHEN 'queued' THEN 'cancelled' ELSE state END"
                          " WHERE id = $2 AND state IN ('queued', 'running')");
    reel__sql_int(&sql, now_ms);
    reel__sql_int(&sql, id);
    REEL_TRY(reel__sql_write(store, &sql, true, &changed, err));
    if (changed > 0)
        goto out;
    reel__sql_begin(&sql, "SELECT count(*) FROM jobs WHERE id = $1");
    reel__sql_int(&sql, id);
    REEL_TRY(reel__sql_read(store, &sql, take_number, &there, err));
    rc = there == 0 ? unknown(id, err)
                    : reel_fail(err, REEL_E_CONFLICT, "job %lld has ended", (long long)id);
out:
    return rc;
}
