/* migrations.c - the schema, as numbered steps that only go forward.
 * A released step is never changed: a change is a new step at the end. PRAGMA user_version holds
 * the number of the last step done, application_id marks the file as ours. Tables and columns that
 * the prototype had keep its names. NULL means unknown in numbers, '' in texts. */
#include "base/hash.h"
#include "store/list_key.h"
#include "store/sqlite/sqlite_priv.h"

/* Derived columns are computed by the database, so that they cannot disagree with their source. */
static const char *const step_1[] = {
    "CREATE TABLE movies ("
    " movieId INTEGER PRIMARY KEY,"
    " title TEXT NOT NULL,"
    " name TEXT NOT NULL,"
    " genres TEXT NOT NULL,"
    " overview TEXT NOT NULL,"
    " tagline TEXT NOT NULL,"
    " keywords TEXT NOT NULL,"
    " cast_names TEXT NOT NULL,"
    " directors TEXT NOT NULL,"
    " tags TEXT NOT NULL,"
    " original_title TEXT NOT NULL,"
    " language TEXT NOT NULL,"
    " release_date TEXT NOT NULL,"
    " release_year INTEGER,"
    " release_decade INTEGER AS (release_year / 10 * 10),"
    " runtime INTEGER,"
    " popularity REAL,"
    " vote_average REAL,"
    " vote_count INTEGER NOT NULL,"
    " poster_path TEXT NOT NULL,"
    " backdrop_path TEXT NOT NULL,"
    " trailer_key TEXT NOT NULL,"
    " imdb_id INTEGER,"
    " tmdb_id INTEGER,"
    " n_genres INTEGER AS (CASE genres WHEN '' THEN 0"
    "  ELSE 1 + length(genres) - length(replace(genres, '|', '')) END),"
    " overview_length INTEGER AS (length(overview)))",

    "CREATE TABLE people ("
    " userId INTEGER PRIMARY KEY,"
    " gender TEXT NOT NULL DEFAULT '',"
    " age INTEGER,"
    " occupation TEXT NOT NULL DEFAULT '',"
    " zip TEXT NOT NULL DEFAULT '')",

    /* The key is the table: a person's ratings lie side by side, in order of film. */
    "CREATE TABLE ratings ("
    " userId INTEGER NOT NULL,"
    " movieId INTEGER NOT NULL,"
    " rating REAL NOT NULL,"
    " timestamp INTEGER NOT NULL,"
    " PRIMARY KEY (userId, movieId)) WITHOUT ROWID",

    /* movies is JSON, [[movieId, rank], ...]. queued = 1 marks an event some sink is to receive;
     * with no sink nothing is queued, so the log does not grow a backlog nobody will fetch. */
    "CREATE TABLE events ("
    " sequence INTEGER PRIMARY KEY AUTOINCREMENT,"
    " event_id TEXT NOT NULL UNIQUE,"
    " type TEXT NOT NULL,"
    " userId INTEGER,"
    " visitor TEXT NOT NULL,"
    " method TEXT NOT NULL,"
    " model_id TEXT NOT NULL,"
    " list_id TEXT NOT NULL,"
    " source_movie INTEGER,"
    " movies TEXT NOT NULL,"
    " value REAL,"
    " time_ms INTEGER NOT NULL,"
    " received_ms INTEGER NOT NULL,"
    " queued INTEGER NOT NULL DEFAULT 0,"
    " delivered_at INTEGER)",
    "CREATE INDEX events_undelivered ON events (sequence)"
    " WHERE queued = 1 AND delivered_at IS NULL",
    "CREATE INDEX events_method ON events (method)",
    "CREATE INDEX events_type ON events (type)",

    "CREATE TABLE models ("
    " name TEXT PRIMARY KEY,"
    " model_id TEXT NOT NULL,"
    " file TEXT NOT NULL,"
    " data_hash TEXT NOT NULL,"
    " parameters TEXT NOT NULL,"
    " generation INTEGER NOT NULL,"
    " trained_at INTEGER NOT NULL,"
    " seconds REAL) WITHOUT ROWID",

    "CREATE TABLE meta ("
    " id INTEGER PRIMARY KEY CHECK (id = 1),"
    " generation INTEGER NOT NULL,"
    " source TEXT NOT NULL,"
    " simulated INTEGER NOT NULL)",
    "INSERT INTO meta (id, generation, source, simulated) VALUES (1, 0, '', 0)",
    NULL,
};

/* Where a film's metadata are from: state is the name of a reel_match_state. */
static const char *const step_2[] = {
    "CREATE TABLE matches ("
    " movieId INTEGER PRIMARY KEY,"
    " tmdb_id INTEGER,"
    " fetched_at INTEGER NOT NULL,"
    " state TEXT NOT NULL,"
    " score REAL,"
    " reason TEXT NOT NULL)",
    NULL,
};

/* Who may sign in. Tokens are kept as hashes, passwords as an Argon2id text. An id that was an
 * account's is never another's. */
static const char *const step_3[] = {
    "CREATE TABLE accounts ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " name TEXT NOT NULL,"
    " folded TEXT NOT NULL UNIQUE,"
    " password TEXT NOT NULL,"
    " role TEXT NOT NULL,"
    " disabled INTEGER NOT NULL,"
    " created_at INTEGER NOT NULL,"
    " password_at INTEGER NOT NULL)",

    "CREATE TABLE sessions ("
    " token TEXT PRIMARY KEY,"
    " account INTEGER NOT NULL,"
    " created_at INTEGER NOT NULL,"
    " seen_at INTEGER NOT NULL,"
    " expires_at INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE INDEX sessions_account ON sessions (account)",

    "CREATE TABLE resets ("
    " token TEXT PRIMARY KEY,"
    " account INTEGER NOT NULL,"
    " expires_at INTEGER NOT NULL) WITHOUT ROWID",

    "CREATE TABLE api_keys ("
    " prefix TEXT PRIMARY KEY,"
    " hash TEXT NOT NULL,"
    " label TEXT NOT NULL,"
    " origins TEXT NOT NULL,"
    " account INTEGER,"
    " scopes TEXT NOT NULL,"
    " public INTEGER NOT NULL,"
    " rate INTEGER NOT NULL,"
    " created_at INTEGER NOT NULL,"
    " used_at INTEGER,"
    " expires_at INTEGER,"
    " revoked_at INTEGER) WITHOUT ROWID",

    "CREATE INDEX events_user ON events (userId, sequence) WHERE userId IS NOT NULL",
    NULL,
};

/* What people gave since the data were loaded; kind is the name of a reel_given_kind. A film of -1
 * marks a person whose rows were taken away, person -1 that all were: whoever follows the versions
 * learns of it. The clock gives out the versions. */
static const char *const step_4[] = {
    "CREATE TABLE given ("
    " userId INTEGER NOT NULL,"
    " movieId INTEGER NOT NULL,"
    " kind TEXT NOT NULL,"
    " value REAL,"
    " timestamp INTEGER NOT NULL,"
    " version INTEGER NOT NULL,"
    " PRIMARY KEY (userId, movieId)) WITHOUT ROWID",
    "CREATE INDEX given_version ON given (version)", /* has the key, too */
    "CREATE TABLE given_clock (id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL)",
    "INSERT INTO given_clock (id, version) VALUES (1, 0)",
    NULL,
};

/* What was trained and is kept, in service or not; and work that a server does beside answering.
 * Both are of this installation: a copy of a store leaves them alone. One job runs at a time. */
static const char *const step_5[] = {
    "CREATE TABLE versions ("
    " number INTEGER PRIMARY KEY AUTOINCREMENT,"
    " model_id TEXT NOT NULL UNIQUE,"
    " name TEXT NOT NULL,"
    " data_hash TEXT NOT NULL,"
    " parameters TEXT NOT NULL,"
    " card TEXT NOT NULL,"
    " reason TEXT NOT NULL,"
    " state TEXT NOT NULL,"
    " generation INTEGER NOT NULL,"
    " trained_at INTEGER NOT NULL,"
    " milliseconds INTEGER NOT NULL,"
    " size_bytes INTEGER NOT NULL,"
    " movies INTEGER NOT NULL,"
    " people INTEGER NOT NULL)",
    "CREATE INDEX versions_name ON versions (name, number)",

    "CREATE TABLE jobs ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " kind TEXT NOT NULL,"
    " model TEXT NOT NULL,"
    " parameters TEXT NOT NULL,"
    " asked_by TEXT NOT NULL,"
    " state TEXT NOT NULL,"
    " progress INTEGER NOT NULL,"
    " step TEXT NOT NULL,"
    " owner TEXT NOT NULL,"
    " beat INTEGER NOT NULL,"
    " cancel INTEGER NOT NULL,"
    " created_ms INTEGER NOT NULL,"
    " started_ms INTEGER,"
    " finished_ms INTEGER,"
    " code TEXT NOT NULL,"
    " reason TEXT NOT NULL,"
    " result TEXT NOT NULL,"
    " log TEXT NOT NULL)",
    "CREATE UNIQUE INDEX jobs_running ON jobs (state) WHERE state = 'running'",
    NULL,
};

/* Where an account's mail goes, and what waits to be sent: by whom it is wanted, never a token. */
static const char *const step_6[] = {
    "ALTER TABLE accounts ADD COLUMN email TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE accounts ADD COLUMN email_at INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX accounts_email ON accounts (lower(email)) WHERE email <> ''",
    "ALTER TABLE resets ADD COLUMN email TEXT NOT NULL DEFAULT ''",
    "CREATE TABLE mails ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " kind TEXT NOT NULL,"
    " who TEXT NOT NULL,"
    " account INTEGER NOT NULL,"
    " language TEXT NOT NULL,"
    " tries INTEGER NOT NULL,"
    " due_ms INTEGER NOT NULL,"
    " created_ms INTEGER NOT NULL,"
    " UNIQUE (kind, who, account))",
    "CREATE INDEX mails_due ON mails (due_ms, id)",
    NULL,
};

/* Where events are sent besides the log, and which of several servers sends them. Of this
 * installation, as jobs are. */
static const char *const step_7[] = {
    "CREATE TABLE sinks ("
    " name TEXT PRIMARY KEY,"
    " owner TEXT NOT NULL,"
    " beat INTEGER NOT NULL)",
    NULL,
};

/* What asks for work by itself: each of its moments is one job, whichever server sees it first; and
 * how far what people gave had come then. */
static const char *const step_8[] = {
    "ALTER TABLE jobs ADD COLUMN slot TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE jobs ADD COLUMN given_version INTEGER NOT NULL DEFAULT 0",
    "CREATE UNIQUE INDEX jobs_slot ON jobs (slot) WHERE slot <> ''",
    NULL,
};

/* What was asked for under a key of the sender's own: done once. Of this installation, too. */
static const char *const step_9[] = {
    "CREATE TABLE once ("
    " key TEXT PRIMARY KEY,"
    " body TEXT NOT NULL,"
    " at INTEGER NOT NULL,"
    " status INTEGER NOT NULL,"
    " location TEXT NOT NULL,"
    " answer TEXT NOT NULL) WITHOUT ROWID",
    "CREATE INDEX once_at ON once (at)",
    NULL,
};

/* What the list of an event was for. */
static const char *const step_10[] = {
    "ALTER TABLE events ADD COLUMN scenario TEXT NOT NULL DEFAULT ''",
    NULL,
};

/* People whose events are still to go from a sink. Of this installation, as sinks are. */
static const char *const step_11[] = {
    "CREATE TABLE forgotten ("
    " person INTEGER PRIMARY KEY,"
    " due_ms INTEGER NOT NULL,"
    " passes INTEGER NOT NULL)",
    NULL,
};

/* People whose accounts are gone, until models and data files are without them. Likewise. */
static const char *const step_12[] = {
    "CREATE TABLE unlearning ("
    " person INTEGER PRIMARY KEY,"
    " since INTEGER NOT NULL,"
    " taken_by TEXT NOT NULL)",
    NULL,
};

/* What a statement counts for beyond once. */
static const char *const step_13[] = {
    "ALTER TABLE given ADD COLUMN extra INTEGER NOT NULL DEFAULT 0",
    NULL,
};

/* What was shown and what people did with it, counted from the log of events (store/stats.h), by
 * days and by whole weeks. Made again from the log at any time: no part of a copy. stat_people
 * alone knows people. */
static const char *const step_14[] = {
    "CREATE TABLE stat_mark ("
    " id INTEGER PRIMARY KEY CHECK (id = 1),"
    " sequence INTEGER NOT NULL,"
    " epoch INTEGER NOT NULL)",
    "INSERT INTO stat_mark (id, sequence, epoch) VALUES (1, 0, 0)",

    "CREATE TABLE stat_kinds ("
    " id INTEGER PRIMARY KEY,"
    " method TEXT NOT NULL,"
    " model_id TEXT NOT NULL,"
    " scenario TEXT NOT NULL,"
    " first_day INTEGER,"
    " UNIQUE (method, model_id, scenario))",

    "CREATE TABLE stat_ranks ("
    " span INTEGER NOT NULL,"
    " day INTEGER NOT NULL,"
    " kind INTEGER NOT NULL,"
    " rank INTEGER NOT NULL,"
    " lists INTEGER NOT NULL,"
    " shown INTEGER NOT NULL,"
    " clicked INTEGER NOT NULL,"
    " rated INTEGER NOT NULL,"
    " clicked_rated INTEGER NOT NULL,"
    " refused INTEGER NOT NULL,"
    " PRIMARY KEY (span, day, kind, rank)) WITHOUT ROWID",

    "CREATE TABLE stat_films ("
    " span INTEGER NOT NULL,"
    " day INTEGER NOT NULL,"
    " movieId INTEGER NOT NULL,"
    " shown INTEGER NOT NULL,"
    " clicked INTEGER NOT NULL,"
    " rated INTEGER NOT NULL,"
    " clicks INTEGER NOT NULL,"
    " ratings INTEGER NOT NULL,"
    " PRIMARY KEY (span, day, movieId)) WITHOUT ROWID",

    "CREATE TABLE stat_hours ("
    " hour INTEGER NOT NULL,"
    " kind INTEGER NOT NULL,"
    " lists INTEGER NOT NULL,"
    " shown INTEGER NOT NULL,"
    " clicks INTEGER NOT NULL,"
    " ratings INTEGER NOT NULL,"
    " refusals INTEGER NOT NULL,"
    " trailers INTEGER NOT NULL,"
    " watchlist INTEGER NOT NULL,"
    " dwells INTEGER NOT NULL,"
    " dwell_ms INTEGER NOT NULL,"
    " varied INTEGER NOT NULL,"
    " variety INTEGER NOT NULL,"
    " PRIMARY KEY (hour, kind)) WITHOUT ROWID",

    "CREATE TABLE stat_people ("
    " who TEXT NOT NULL,"
    " day INTEGER NOT NULL,"
    " PRIMARY KEY (who, day)) WITHOUT ROWID",
    "CREATE TABLE stat_days ("
    " day INTEGER PRIMARY KEY,"
    " people INTEGER NOT NULL,"
    " fresh INTEGER NOT NULL)",

    "CREATE INDEX events_list ON events (list_id, sequence) WHERE list_id <> ''",
    NULL,
};

/* Experiments of this installation; what is known of who was in one are the events of its lists,
 * whose ids say so (experiments.h). */
static const char *const step_15[] = {
    "CREATE TABLE experiments ("
    " name TEXT PRIMARY KEY,"
    " tag TEXT NOT NULL UNIQUE,"
    " scenario TEXT NOT NULL,"
    " definition TEXT NOT NULL,"
    " made INTEGER NOT NULL,"
    " starts INTEGER NOT NULL,"
    " ends INTEGER NOT NULL,"
    " stopped INTEGER NOT NULL)",
    "CREATE INDEX events_experiment ON events (substr(list_id, 1, 10), list_id, sequence)"
    " WHERE substr(list_id, 1, 2) = 'x_'",
    NULL,
};

/* What signals are made of (store/stats.h), counted with the rest, so all of it is counted anew. */
static const char *const step_16[] = {
    "CREATE TABLE stat_looks ("
    " movieId INTEGER NOT NULL,"
    " rank INTEGER NOT NULL,"
    " shown INTEGER NOT NULL,"
    " clicked INTEGER NOT NULL,"
    " PRIMARY KEY (movieId, rank)) WITHOUT ROWID",
    "CREATE TABLE stat_deeds ("
    " person INTEGER NOT NULL,"
    " movieId INTEGER NOT NULL,"
    " kind INTEGER NOT NULL,"
    " rank INTEGER NOT NULL,"
    " PRIMARY KEY (person, movieId, kind, rank)) WITHOUT ROWID",
    "CREATE TABLE stat_viewers (person INTEGER PRIMARY KEY, rated INTEGER NOT NULL)",

    "DELETE FROM stat_ranks",
    "DELETE FROM stat_films",
    "DELETE FROM stat_hours",
    "DELETE FROM stat_people",
    "DELETE FROM stat_days",
    "UPDATE stat_mark SET sequence = 0, epoch = epoch + 1",
    NULL,
};

/* Experiments counted from the log, a row for each person (store/trials.h). The log is read in its
 * order, so the index has that. */
static const char *const step_17[] = {
    "CREATE TABLE trial_marks ("
    " tag TEXT PRIMARY KEY,"
    " sequence INTEGER NOT NULL,"
    " epoch INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE trial_people ("
    " tag TEXT NOT NULL,"
    " who TEXT NOT NULL,"
    " arm INTEGER NOT NULL,"
    " first_ms INTEGER NOT NULL,"
    " lists INTEGER NOT NULL,"
    " strays INTEGER NOT NULL,"
    " did_0 INTEGER NOT NULL,"
    " did_1 INTEGER NOT NULL,"
    " PRIMARY KEY (tag, who)) WITHOUT ROWID",
    "CREATE INDEX trial_people_order ON trial_people"
    " (tag, first_ms, who, arm, lists, strays, did_0, did_1)",
    "DROP INDEX events_experiment",
    "CREATE INDEX events_trial ON events (substr(list_id, 1, 10), sequence)"
    " WHERE substr(list_id, 1, 2) = 'x_'",
    NULL,
};

/* How far somebody went through the people of an experiment, and what all people add up to. */
static const char *const step_18[] = {
    "CREATE TABLE trial_states ("
    " tag TEXT PRIMARY KEY,"
    " upto_ms INTEGER NOT NULL,"
    " state TEXT NOT NULL)",
    "ALTER TABLE trial_marks ADD COLUMN lists INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE trial_marks ADD COLUMN strays INTEGER NOT NULL DEFAULT 0",
    "UPDATE trial_marks SET lists = (SELECT coalesce(sum(p.lists), 0) FROM trial_people AS p"
    " WHERE p.tag = trial_marks.tag), strays = (SELECT coalesce(sum(p.strays), 0)"
    " FROM trial_people AS p WHERE p.tag = trial_marks.tag)",
    NULL,
};

/* The key that ids of lists are signed with, of this database alone: no part of a copy; and which
 * events speak of no list that it signed for them. Those that are there were all believed. */
static const char *const step_19[] = {
    "CREATE TABLE list_keys (id INTEGER PRIMARY KEY CHECK (id = 1), key TEXT NOT NULL)",
    "INSERT INTO list_keys (id, key) VALUES (1, reel_key())",
    "ALTER TABLE events ADD COLUMN untrusted INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE trial_marks ADD COLUMN untrusted INTEGER NOT NULL DEFAULT 0",
    NULL,
};

/* What people did with a film beside what they said of it. */
static const char *const step_20[] = {
    "ALTER TABLE given ADD COLUMN did INTEGER NOT NULL DEFAULT 0",
    NULL,
};

static const reel_sqlite_migration steps[] = {
    {step_1},  {step_2},  {step_3},  {step_4},  {step_5},  {step_6},  {step_7},
    {step_8},  {step_9},  {step_10}, {step_11}, {step_12}, {step_13}, {step_14},
    {step_15}, {step_16}, {step_17}, {step_18}, {step_19}, {step_20}};

int reel__sqlite_schema_newest(void)
{
    return (int)(sizeof steps / sizeof *steps);
}

/* A key as 64 hex digits, of the system's generator: SQLite's own is not made for keys. */
static void make_key(sqlite3_context *context, int count, sqlite3_value **values)
{
    char text[REEL_LIST_KEY];
    reel_seal_key key;
    reel_err err;

    (void)count;
    (void)values;
    if (reel__seal_key_random(&key, &err) != REEL_OK) {
        sqlite3_result_error(context, err.msg, -1);
        return;
    }
    reel__hex(text, key.bytes, sizeof key.bytes);
    sqlite3_result_text(context, text, -1, SQLITE_TRANSIENT);
}

reel_code reel__sqlite_migrate(sqlite3 *db, reel_err *err)
{
    if (sqlite3_create_function_v2(db, "reel_key", 0, SQLITE_UTF8 | SQLITE_DIRECTONLY, NULL,
                                   make_key, NULL, NULL, NULL) != SQLITE_OK)
        return reel__sqlite_fail(db, sqlite3_db_filename(db, "main"), "migrating", err);
    return reel__sqlite_migrate_by(db, steps, reel__sqlite_schema_newest(), err);
}

static reel_code run_step(sqlite3 *db, const reel_sqlite_migration *step, int number, reel_err *err)
{
    char mark[80] = "";
    reel_code rc = REEL_OK;

    for (const char *const *sql = step->statements; *sql != NULL; sql++)
        REEL_TRY(reel__sqlite_exec(db, *sql, err));
    (void)sqlite3_snprintf((int)sizeof mark, mark,
                           "PRAGMA user_version = %d; PRAGMA application_id = %d", number,
                           REEL_SQLITE_APPLICATION);
    REEL_TRY(reel__sqlite_exec(db, mark, err));
out:
    return rc;
}

/* One step. The number is read inside the transaction: another process may have been quicker. */
static reel_code migrate_once(sqlite3 *db, const reel_sqlite_migration *list, int count, bool *done,
                              reel_err *err)
{
    int64_t version = 0;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__sqlite_exec(db, "BEGIN IMMEDIATE", err));
    REEL_TRY(reel__sqlite_number(db, "PRAGMA user_version", &version, err));
    *done = version >= count;
    if (!*done)
        REEL_TRY(run_step(db, &list[version], (int)version + 1, err));
    REEL_TRY(reel__sqlite_exec(db, "COMMIT", err));
out:
    reel__sqlite_rollback(db);
    return rc;
}

reel_code reel__sqlite_migrate_by(sqlite3 *db, const reel_sqlite_migration *list, int count,
                                  reel_err *err)
{
    bool done = false;
    reel_code rc = REEL_OK;

    while (!done)
        REEL_TRY(migrate_once(db, list, count, &done, err));
out:
    return rc;
}

/* In one transaction: another program may be creating the schema, and of that all is seen or
 * nothing. */
static reel_code read_marks(sqlite3 *db, int64_t *application, int64_t *version, int64_t *objects,
                            reel_err *err)
{
    reel_code rc = REEL_OK;

    REEL_TRY(reel__sqlite_begin(db, "BEGIN", err));
    REEL_TRY(reel__sqlite_number(db, "SELECT count(*) FROM sqlite_master", objects, err));
    REEL_TRY(reel__sqlite_number(db, "PRAGMA application_id", application, err));
    REEL_TRY(reel__sqlite_number(db, "PRAGMA user_version", version, err));
out:
    reel__sqlite_rollback(db);
    return rc;
}

reel_code reel__sqlite_check_identity(sqlite3 *db, bool *fresh, bool *outdated, reel_err *err)
{
    const int newest = reel__sqlite_schema_newest();
    const char *path = sqlite3_db_filename(db, "main");
    int64_t application = 0, version = 0, objects = 0;
    reel_code rc = REEL_OK;

    *fresh = false;
    *outdated = false;
    REEL_TRY(read_marks(db, &application, &version, &objects, err));
    if (application == REEL_SQLITE_APPLICATION && version > newest)
        return reel_fail(err, REEL_E_FORMAT,
                         "%s: its schema has number %lld, this program knows up to %d; update Reel",
                         path, (long long)version, newest);
    if (application == REEL_SQLITE_APPLICATION)
        *outdated = version < newest;
    else if (application == 0 && version == 0 && objects == 0)
        *fresh = true;
    else
        return reel_fail(err, REEL_E_FORMAT,
                         "%s: not a Reel database (it is another program's SQLite file); use "
                         "another path",
                         path);
out:
    return rc;
}
