/* copy.c - migrate-store, backup and restore: one copy, with different care before and after it. */
#include "service/operation/copy.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "store/experiments.h"

enum { PATH_MOST = 1 << 16 };

static void begin_report(reel_copy_report *report, const reel_copy_opts *opts)
{
    *report = (reel_copy_report){0};
    reel__store_name(report->from, opts->from);
    reel__store_name(report->to, opts->to);
}

static reel_code open_source(reel_store **out, const char *url, reel_err *err)
{
    return reel__store_open(out, url, &(reel_store_opts){.read_only = true}, err);
}

/* ---- into a database ----------------------------------------------------------------------- */

static bool found_one(void *user, const reel_experiment_record *experiment)
{
    (void)experiment;
    *(bool *)user = true;
    return false;
}

static reel_code holds_something(reel_store *store, const reel_store_counts *counts, bool *out,
                                 reel_err *err)
{
    *out = counts->generation != 0 || counts->movies + counts->people + counts->ratings +
                                              counts->events + counts->given + counts->accounts +
                                              counts->keys !=
                                          0;
    return *out ? REEL_OK : reel__store_scan_experiments(store, found_one, out, err);
}

/* What is in the way: a target may hold nothing, or just this copy. */
static reel_code check_target(reel_store *to, reel_store *from, const reel_copy_opts *opts,
                              reel_copy_report *report, reel_err *err)
{
    reel_store_digest there;
    reel_store_counts counts;
    bool something = false;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__store_counts(to, &counts, err));
    REEL_TRY(holds_something(to, &counts, &something, err));
    if (!something)
        return REEL_OK;
    REEL_TRY(reel__store_digest(to, NULL, &there, err));
    REEL_TRY(reel__store_digest(from, NULL, &report->digest, err));
    report->already = strcmp(there.hash, report->digest.hash) == 0;
    if (!report->already && !opts->replace)
        rc = reel_fail(err, REEL_E_CONFLICT,
                       "%s: holds %lld films, %lld ratings, %lld events and %lld accounts already; "
                       "give another database, or --replace to lose them",
                       report->to, (long long)counts.movies, (long long)counts.ratings,
                       (long long)counts.events, (long long)counts.accounts);
out:
    return rc;
}

static reel_code copy_into(reel_store *from, const reel_copy_opts *opts, reel_copy_report *report,
                           reel_err *err)
{
    reel_store *to = NULL;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__store_open(&to, opts->to, &(reel_store_opts){.create = true}, err));
    REEL_TRY(check_target(to, from, opts, report, err));
    if (!report->already)
        REEL_TRY(reel__store_copy(to, from, opts->progress, &report->digest, err));
out:
    reel__store_close(to);
    return rc;
}

reel_code reel__migrate_store(const reel_copy_opts *opts, reel_copy_report *report, reel_err *err)
{
    const int64_t start = reel__clock_steady_us();
    reel_store *from = NULL;
    reel_code rc = REEL_OK;

    begin_report(report, opts);
    if (strcmp(report->from, report->to) == 0)
        return reel_fail(err, REEL_E_INVALID, "%s: cannot be copied onto itself", report->from);
    REEL_TRY(open_source(&from, opts->from, err));
    REEL_TRY(copy_into(from, opts, report, err));
    report->seconds = (double)(reel__clock_steady_us() - start) * 1e-6;
out:
    reel__store_close(from);
    return rc;
}

/* ---- into a backup ------------------------------------------------------------------------- */

/* A backup gives way to its successor; a database in use by that name must not. */
static reel_code check_output(const char *path, reel_err *err)
{
    reel_store *there = NULL;
    char hash[65] = "";
    reel_err inner = {REEL_OK, ""};
    reel_code rc;

    if (!reel__file_exists(path))
        return REEL_OK;
    rc = open_source(&there, path, &inner);
    if (rc == REEL_OK)
        rc = reel__store_sealed(there, hash, &inner);
    if (rc == REEL_E_NOMEM || rc == REEL_E_STORE)
        (void)reel_fail(err, rc, "%s", inner.msg);
    else if (rc != REEL_OK)
        rc = reel_fail(err, REEL_E_CONFLICT,
                       "%s: is there and no backup; remove it, or give another name", path);
    reel__store_close(there);
    return rc;
}

static void remove_beside(const char *partial)
{
    static const char *const endings[] = {"-wal", "-shm", "-journal"};
    reel_buf path;

    reel__buf_init(&path, PATH_MOST);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        reel__buf_clear(&path);
        reel__buf_format(&path, "%s%s", partial, endings[i]);
        if (!path.failed)
            (void)unlink(path.data);
    }
    reel__buf_fini(&path);
}

static reel_code copy_to_file(reel_store *from, const char *partial, const reel_copy_opts *opts,
                              reel_copy_report *report, reel_err *err)
{
    reel_store *to = NULL;
    reel_buf url;
    reel_code rc = REEL_OK;

    reel__buf_init(&url, PATH_MOST);
    reel__buf_format(&url, "sqlite:%s", partial);
    REEL_TRY(reel__buf_check(&url, err));
    REEL_TRY(reel__store_open(&to, url.data, &(reel_store_opts){.create = true}, err));
    REEL_TRY(reel__store_copy(to, from, opts->progress, &report->digest, err));
    REEL_TRY(reel__store_seal(to, report->digest.hash, err));
out:
    reel__store_close(to);
    reel__buf_fini(&url);
    return rc;
}

/* Under a name of its own, which nobody else writes meanwhile; what a killed backup left is used
 * again. */
static reel_code write_backup(reel_store *from, const reel_copy_opts *opts,
                              reel_copy_report *report, reel_err *err)
{
    reel_file_lock own = {-1};
    reel_buf partial;
    reel_code rc = REEL_OK;

    reel__buf_init(&partial, PATH_MOST);
    reel__buf_format(&partial, "%s.partial", opts->to);
    REEL_TRY(reel__buf_check(&partial, err));
    REEL_TRY(reel__file_own(&own, partial.data, err));
    remove_beside(partial.data);
    rc = copy_to_file(from, partial.data, opts, report, err);
    if (rc == REEL_OK)
        rc = reel__file_rename(partial.data, opts->to, err);
    if (rc != REEL_OK) {
        remove_beside(partial.data);
        (void)unlink(partial.data);
    }
out:
    reel__file_unlock(&own);
    reel__buf_fini(&partial);
    return rc;
}

reel_code reel__backup(const reel_copy_opts *opts, reel_copy_report *report, reel_err *err)
{
    const int64_t start = reel__clock_steady_us();
    reel_store *from = NULL;
    reel_code rc = REEL_OK;

    begin_report(report, opts);
    if (strstr(opts->to, "://") != NULL)
        return reel_fail(err, REEL_E_INVALID,
                         "%s: a backup is a file; give a path (reel migrate-store copies into "
                         "databases)",
                         report->to);
    REEL_TRY(open_source(&from, opts->from, err));
    REEL_TRY(check_output(opts->to, err));
    REEL_TRY(write_backup(from, opts, report, err));
    report->seconds = (double)(reel__clock_steady_us() - start) * 1e-6;
out:
    reel__store_close(from);
    return rc;
}

/* ---- from a backup ------------------------------------------------------------------------- */

static reel_code check_backup(reel_store *from, const reel_progress *progress, reel_err *err)
{
    reel_store_digest digest;
    char sealed[65] = "";
    reel_code rc = REEL_OK;

    REEL_TRY(reel__store_sealed(from, sealed, err));
    REEL_TRY(reel__store_digest(from, progress, &digest, err));
    if (strcmp(digest.hash, sealed) != 0)
        rc = reel_fail(err, REEL_E_FORMAT,
                       "%s: is not what it was when it was made (damaged, or written to); use "
                       "another backup, or reel migrate-store to copy it as it is",
                       reel__store_path(from));
out:
    return rc;
}

reel_code reel__restore(const reel_copy_opts *opts, reel_copy_report *report, reel_err *err)
{
    const int64_t start = reel__clock_steady_us();
    reel_store *from = NULL;
    reel_code rc = REEL_OK;

    begin_report(report, opts);
    if (strcmp(report->from, report->to) == 0)
        return reel_fail(err, REEL_E_INVALID, "%s: cannot be restored onto itself", report->from);
    REEL_TRY(open_source(&from, opts->from, err));
    REEL_TRY(check_backup(from, opts->progress, err));
    REEL_TRY(copy_into(from, opts, report, err));
    report->seconds = (double)(reel__clock_steady_us() - start) * 1e-6;
out:
    reel__store_close(from);
    return rc;
}
