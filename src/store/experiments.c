/* experiments.c - see experiments.h; in the words of any back end with SQL. */
#include "store/experiments.h"

#include <stdio.h>
#include <string.h>

#include "store/account_rows.h"
#include "store/sql.h"

/* ---- added --------------------------------------------------------------------------------- */

/* Whose time and lists meet those of $1 .. $6; the scenario '' meets every other. */
#define MEETS                                                                                      \
    "(name = $1 OR tag = $2 OR (starts < $6 AND ends > $5"                                         \
    " AND (scenario = $3 OR scenario = '' OR $3 = '')))"

static void bind(reel_sql *sql, const reel_experiment_record *e)
{
    reel__sql_text(sql, e->name);
    reel__sql_text(sql, e->tag);
    reel__sql_text(sql, e->scenario);
    reel__sql_text(sql, e->definition);
    reel__sql_int(sql, e->starts);
    reel__sql_int(sql, e->ends);
    reel__sql_int(sql, e->made);
}

typedef struct meeting {
    const reel_experiment_record *asked;
    reel_err *err;
    bool found;
} meeting;

static bool name_meeting(void *user, const char *const *c)
{
    meeting *m = user;

    m->found = true;
    if (strcmp(c[0], m->asked->name) == 0)
        (void)reel_fail(m->err, REEL_E_CONFLICT,
                        "name: there was an experiment \"%.64s\" already; take another name", c[0]);
    else if (strcmp(c[1], m->asked->tag) == 0)
        (void)reel_fail(m->err, REEL_E_CONFLICT,
                        "tag: it is that of the experiment \"%.64s\"; leave it out", c[0]);
    else
        (void)reel_fail(m->err, REEL_E_CONFLICT,
                        "scenario: the experiment \"%.64s\" is about the same lists at the same "
                        "time; end that first, or take another scenario or start",
                        c[0]);
    return false;
}

/* Why nothing was added. */
static reel_code refuse(reel_store *store, const reel_experiment_record *e, reel_err *err)
{
    reel_err own = {REEL_OK, ""};
    meeting m = {.asked = e, .err = err != NULL ? err : &own};
    reel_sql sql;
    reel_code rc;

    reel__sql_begin(&sql, "SELECT name, tag FROM experiments WHERE CAST($4 AS text) IS NOT NULL AND"
                          " CAST($7 AS bigint) IS NOT NULL AND " MEETS
                          " ORDER BY (name = $1) DESC, (tag = $2) DESC, starts LIMIT 1");
    bind(&sql, e);
    REEL_TRY(reel__sql_read(store, &sql, name_meeting, &m, err));
    if (m.found)
        return REEL_E_CONFLICT;
    rc = reel_fail(err, REEL_E_CONFLICT, "%d experiments are kept, more are not taken",
                   (int)REEL_EXPERIMENTS_KEPT);
out:
    return rc;
}

reel_code reel__store_add_experiment(reel_store *store, const reel_experiment_record *experiment,
                                     reel_err *err)
{
    reel_sql sql[4];
    reel_sql_work work = {
        .statements = sql, .count = 4, .writes = true, .guard = true, .alone = "experiments"};
    reel_code rc = REEL_OK;

    reel__sql_begin(&sql[0],
                    "INSERT INTO experiments (name, tag, scenario, definition, starts, ends,"
                    " made, stopped)"
                    " SELECT CAST($1 AS text), CAST($2 AS text), CAST($3 AS text),"
                    " CAST($4 AS text), CAST($5 AS bigint), CAST($6 AS bigint),"
                    " CAST($7 AS bigint), 0"
                    " WHERE NOT EXISTS (SELECT 1 FROM experiments WHERE " MEETS ")"
                    " AND (SELECT count(*) FROM experiments) < $8");
    bind(&sql[0], experiment);
    reel__sql_int(&sql[0], REEL_EXPERIMENTS_KEPT);
    /* What another one of this tag, that never began, was counted by. */
    reel__sql_begin(&sql[1], "UPDATE trial_marks SET sequence = 0, epoch = epoch + 1,"
                             " lists = 0, strays = 0, untrusted = 0"
                             " WHERE tag = $1");
    reel__sql_text(&sql[1], experiment->tag);
    reel__sql_begin(&sql[2], "DELETE FROM trial_people WHERE tag = $1");
    reel__sql_text(&sql[2], experiment->tag);
    reel__sql_begin(&sql[3], "DELETE FROM trial_states WHERE tag = $1");
    reel__sql_text(&sql[3], experiment->tag);
    REEL_TRY(reel__sql_run(store, &work, err));
    if (work.changed[0] == 0)
        rc = refuse(store, experiment, err);
out:
    return rc;
}

/* ---- ended --------------------------------------------------------------------------------- */

static bool note(void *user, const char *const *columns)
{
    (void)columns;
    *(bool *)user = true;
    return false;
}

reel_code reel__store_end_experiment(reel_store *store, const char *name, int64_t now,
                                     reel_err *err)
{
    reel_sql sql[2], find;
    reel_sql_work work = {.statements = sql, .count = 2, .writes = true};
    bool there = false;
    reel_code rc = REEL_OK;

    reel__sql_begin(&sql[0], "DELETE FROM experiments WHERE name = $1 AND starts > $2");
    reel__sql_begin(&sql[1], "UPDATE experiments SET ends = $2, stopped = 1"
                             " WHERE name = $1 AND starts <= $2 AND ends > $2");
    for (int i = 0; i < 2; i++) {
        reel__sql_text(&sql[i], name);
        reel__sql_int(&sql[i], now);
    }
    REEL_TRY(reel__sql_run(store, &work, err));
    if (work.changed[0] + work.changed[1] > 0)
        return REEL_OK;
    reel__sql_begin(&find, "SELECT 1 FROM experiments WHERE name = $1");
    reel__sql_text(&find, name);
    REEL_TRY(reel__sql_read(store, &find, note, &there, err));
    rc = there ? reel_fail(err, REEL_E_CONFLICT, "the experiment \"%.64s\" has ended already", name)
               : reel_fail(err, REEL_E_NOTFOUND, "no experiment is called \"%.64s\"", name);
out:
    return rc;
}

/* ---- read ---------------------------------------------------------------------------------- */

typedef struct scanning {
    reel_experiment_fn *row;
    void *user;
} scanning;

#define COLUMNS "name, tag, scenario, definition, made, starts, ends, stopped"

const char reel__experiments_sql[] = "SELECT " COLUMNS " FROM experiments ORDER BY made, tag";

reel_experiment_record reel__experiment_row(const char *const *c)
{
    return (reel_experiment_record){
        .name = c[0],
        .tag = c[1],
        .scenario = c[2],
        .definition = c[3],
        .made = reel__sql_number(c[4], 0),
        .starts = reel__sql_number(c[5], 0),
        .ends = reel__sql_number(c[6], 0),
        .stopped = reel__sql_number(c[7], 0) != 0,
    };
}

void reel__experiment_restore(reel_sql *out, const reel_experiment_record *e)
{
    reel__sql_begin(out, "INSERT INTO experiments (name, tag, scenario, definition, starts, ends,"
                         " made, stopped) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");
    bind(out, e);
    reel__sql_int(out, e->stopped);
}

static bool take_experiment(void *user, const char *const *c)
{
    const scanning *s = user;
    const reel_experiment_record experiment = reel__experiment_row(c);

    return s->row(s->user, &experiment);
}

reel_code reel__store_scan_experiments(reel_store *store, reel_experiment_fn *row, void *user,
                                       reel_err *err)
{
    scanning s = {row, user};
    reel_sql sql;

    reel__sql_begin(&sql, "SELECT " COLUMNS " FROM experiments ORDER BY starts DESC, name");
    return reel__sql_read(store, &sql, take_experiment, &s, err);
}
