/* cmd_store.c - migrate-store, backup and restore: whole databases. */
#include <inttypes.h>
#include <stdio.h>

#include "cli/commands.h"
#include "cli/term.h"
#include "service/operation/copy.h"

/* How many of the events that were left out have their number told. */
static int64_t named(const reel_store_digest *digest)
{
    return digest->damaged < REEL_DAMAGED_NAMED ? digest->damaged : REEL_DAMAGED_NAMED;
}

/* Said even where nothing else is: a copy without them is another. */
static void warn(const reel_store_digest *digest)
{
    const reel_notice notice = reel__term_notice(false);
    char line[400];
    int used = snprintf(line, sizeof line,
                        "%" PRId64 " events of the feedback log cannot be read and are left out; "
                        "their numbers (sequence):",
                        digest->damaged);

    for (int64_t i = 0; i < named(digest); i++)
        used +=
            snprintf(line + used, sizeof line - (size_t)used, " %" PRId64, digest->damaged_at[i]);
    (void)snprintf(line + used, sizeof line - (size_t)used, "%s",
                   digest->damaged > REEL_DAMAGED_NAMED ? " ..." : "");
    notice.line(notice.user, line);
}

static reel_code write_copy(reel_json *json, const void *what, reel_err *err)
{
    const reel_copy_report *report = what;
    const reel_store_digest *digest = &report->digest;

    (void)err;
    reel__json_object(json);
    reel__json_put_text(json, "from", report->from);
    reel__json_put_text(json, "to", report->to);
    reel__json_put_bool(json, "already", report->already);
    reel__json_put_int(json, "movies", digest->movies);
    reel__json_put_int(json, "people", digest->people);
    reel__json_put_int(json, "ratings", digest->ratings);
    reel__json_put_int(json, "matches", digest->matches);
    reel__json_put_int(json, "events", digest->events);
    reel__json_put_int(json, "model_records", digest->models);
    reel__json_put_int(json, "accounts", digest->accounts);
    reel__json_put_int(json, "api_keys", digest->keys);
    reel__json_put_int(json, "experiments", digest->experiments);
    reel__json_put_int(json, "damaged_events", digest->damaged);
    reel__json_key(json, "damaged_first");
    reel__json_array(json);
    for (int64_t i = 0; i < named(digest); i++)
        reel__json_int(json, digest->damaged_at[i]);
    reel__json_array_end(json);
    reel__json_put_text(json, "sha256", digest->hash);
    reel__json_put_real(json, "seconds", report->seconds);
    reel__json_object_end(json);
    return REEL_OK;
}

static reel_code tell(const reel_args *args, const reel_copy_report *report, reel_err *err)
{
    const reel_store_digest *digest = &report->digest;

    if (digest->damaged > 0)
        warn(digest);
    if (args->json)
        return reel__print_json(write_copy, report, err);
    if (args->quiet)
        return REEL_OK;
    if (report->already)
        reel__term_print("%s holds just this already; nothing was written\n", report->to);
    else
        reel__term_print("%s -> %s in %.2f s, verified\n", report->from, report->to,
                         report->seconds);
    reel__print_count("films", digest->movies);
    reel__print_count("people", digest->people);
    reel__print_count("ratings", digest->ratings);
    reel__print_count("matches of metadata", digest->matches);
    reel__print_count("feedback events", digest->events);
    reel__print_count("model records", digest->models);
    reel__print_count("accounts", digest->accounts);
    reel__print_count("API keys", digest->keys);
    reel__print_count("experiments", digest->experiments);
    reel__term_print("  sha256 %s\n", digest->hash);
    return REEL_OK;
}

typedef reel_code copy_fn(const reel_copy_opts *opts, reel_copy_report *report, reel_err *err);

static reel_code run(const reel_args *args, copy_fn *copy, reel_copy_opts *opts, reel_err *err)
{
    reel_copy_report report;
    reel_code rc = REEL_OK;

    opts->progress = reel__term_progress(args->quiet);
    REEL_TRY(copy(opts, &report, err));
    rc = tell(args, &report, err);
out:
    return rc;
}

/* ---- migrate-store ------------------------------------------------------------------------- */

enum { MIGRATE_FROM, MIGRATE_TO, MIGRATE_REPLACE };

static const reel_option migrate_options[] = {
    {"from", "URL", "the database to copy: a file, or postgresql://..."},
    {"to", "URL", "where to; made when missing"},
    {"replace", NULL, "what the other one holds may go"},
    {NULL, NULL, NULL},
};

static reel_code migrate(const reel_args *args, reel_err *err)
{
    reel_copy_opts opts = {.replace = args->option[MIGRATE_REPLACE] != NULL};
    reel_code rc = REEL_OK;

    REEL_TRY(reel__args_need(args, MIGRATE_FROM, &opts.from, err));
    REEL_TRY(reel__args_need(args, MIGRATE_TO, &opts.to, err));
    rc = run(args, reel__migrate_store, &opts, err);
out:
    return rc;
}

const reel_command reel__command_migrate_store = {
    "migrate-store",
    "",
    "a whole database into another, of any kind",
    "Films, people, ratings, matches, feedback and model records, in one transaction:\n"
    "when it fails or is interrupted, nothing was written, and it can be run again.\n"
    "What was written is read back and compared. Model files stay where they are.",
    migrate_options,
    migrate};

/* ---- backup -------------------------------------------------------------------------------- */

enum { BACKUP_DATABASE, BACKUP_OUTPUT };

static const reel_option backup_options[] = {
    {"database", "FILE", "the database `reel load` made"},
    {"output", "FILE", "the backup; an older one of that name is replaced"},
    {NULL, NULL, NULL},
};

static reel_code backup(const reel_args *args, reel_err *err)
{
    reel_copy_opts opts = {0};
    reel_code rc = REEL_OK;

    REEL_TRY(reel__args_need(args, BACKUP_DATABASE, &opts.from, err));
    REEL_TRY(reel__args_need(args, BACKUP_OUTPUT, &opts.to, err));
    rc = run(args, reel__backup, &opts, err);
out:
    return rc;
}

const reel_command reel__command_backup = {
    "backup",
    "",
    "a verified copy of a database, while it is in use",
    "One moment of the database as one file, which appears when it is complete and\n"
    "verified. It is a SQLite database itself, whatever the database is.",
    backup_options,
    backup};

/* ---- restore ------------------------------------------------------------------------------- */

enum { RESTORE_FROM, RESTORE_DATABASE, RESTORE_REPLACE };

static const reel_option restore_options[] = {
    {"from", "FILE", "the backup"},
    {"database", "FILE", "where it goes; made when missing"},
    {"replace", NULL, "what the database holds may go"},
    {NULL, NULL, NULL},
};

static reel_code restore(const reel_args *args, reel_err *err)
{
    reel_copy_opts opts = {.replace = args->option[RESTORE_REPLACE] != NULL};
    reel_code rc = REEL_OK;

    REEL_TRY(reel__args_need(args, RESTORE_FROM, &opts.from, err));
    REEL_TRY(reel__args_need(args, RESTORE_DATABASE, &opts.to, err));
    rc = run(args, reel__restore, &opts, err);
out:
    return rc;
}

const reel_command reel__command_restore = {
    "restore",
    "",
    "a backup into a database",
    "The backup is verified first; then it takes the place of everything, in one\n"
    "transaction, and is read back. Start `reel serve` again afterwards.",
    restore_options,
    restore};
