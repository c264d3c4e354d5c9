/* doctor.c - see doctor.h. */
#include "service/operation/doctor.h"

#include <inttypes.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "service/accounts/mailer.h"
#include "service/engine/engine.h"
#include "service/engine/info.h"
#include "service/engine/state.h"
#include "store/mongo/mongo.h"
#include "store/store.h"

enum { FILES_FEW = 4096, PATH_MOST = 4096, MAIL_WAIT_MS = 10000 };
static const double MB = 1e6, SPACE_LEAST_MB = 100, SPACE_FEW_MB = 1000;
static const int64_t CLOCK_LEAST = 1767225600; /* 2026: this program is not older */

void reel__doctor_say(const reel_doctor_opts *opts, const char *what, reel_finding_state state,
                      const char *advice, const char *format, ...)
{
    reel_finding finding = {.what = what, .state = state};
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(finding.text, sizeof finding.text, format, arguments);
    va_end(arguments);
    (void)snprintf(finding.advice, sizeof finding.advice, "%s", advice == NULL ? "" : advice);
    opts->found(opts->user, &finding);
}

/* ---- the disk ------------------------------------------------------------------------------ */

/* path: a file or folder that may not be there yet; then its folder. */
static void look_at_space(const reel_doctor_opts *opts, const char *what, const char *path)
{
    char folder[PATH_MOST];
    int64_t left, all;
    double free_mb;

    (void)snprintf(folder, sizeof folder, "%s", path);
    if (!reel__file_space(folder, &left, &all)) {
        (void)memmove(folder, dirname(folder), strlen(dirname(folder)) + 1);
        if (!reel__file_space(folder, &left, &all))
            return; /* another finding says that it is not there */
    }
    free_mb = (double)left / MB;
    reel__doctor_say(opts, what,
                     free_mb < SPACE_LEAST_MB ? REEL_FINDING_FAIL
                     : free_mb < SPACE_FEW_MB ? REEL_FINDING_WARN
                                              : REEL_FINDING_OK,
                     free_mb < SPACE_FEW_MB ? "make room: models, feedback and logs grow" : NULL,
                     "%.0f MB free under %s", free_mb, folder);
}

static bool is_url(const char *database)
{
    return strstr(database, "://") != NULL;
}

static const char *file_of(const char *database)
{
    return strncmp(database, "sqlite:", 7) == 0 ? database + 7 : database;
}

/* A file's journal stands beside it. */
static void look_at_permissions(const reel_doctor_opts *opts)
{
    char folder[PATH_MOST];
    const char *file = file_of(opts->database);

    (void)snprintf(folder, sizeof folder, "%s", file);
    if (access(file, W_OK) == 0 && access(dirname(folder), W_OK) == 0)
        return;
    reel__doctor_say(opts, "writing", REEL_FINDING_FAIL,
                     "run as its owner, or change who may write the file and its folder",
                     "%s: this user may not write it, or not its folder: no feedback can be kept",
                     file);
}

/* ---- the database -------------------------------------------------------------------------- */

static void look_at_rows(const reel_doctor_opts *opts, reel_store *store)
{
    reel_store_digest digest;
    reel_err err = {REEL_OK, ""};

    if (reel__store_digest(store, NULL, &digest, &err) == REEL_OK && digest.damaged == 0)
        reel__doctor_say(opts, "rows", REEL_FINDING_OK, NULL, "every row can be read");
    else if (err.code == REEL_OK)
        reel__doctor_say(opts, "rows", REEL_FINDING_WARN,
                         "mend or delete them in the table events; copies and backups leave them "
                         "out",
                         "%" PRId64 " events cannot be read, the first of them number %" PRId64,
                         digest.damaged, digest.damaged_at[0]);
    else
        reel__doctor_say(opts, "rows", REEL_FINDING_FAIL, "restore the last backup (reel restore)",
                         "%s", err.msg);
}

/* Whether models are worth looking for. */
static bool look_at_database(const reel_doctor_opts *opts)
{
    const reel_store_opts how = {.read_only = true};
    reel_store *store = NULL;
    reel_store_counts counts;
    reel_err err = {REEL_OK, ""};
    char shown[REEL_STORE_NAME];
    bool loaded = false;

    if (opts->database == NULL) {
        reel__doctor_say(opts, "database", REEL_FINDING_WARN,
                         "name one: --database FILE, or REEL_DATABASE_URL", "none is named");
        return false;
    }
    reel__database_shown(shown, opts->database);
    if (reel__store_open(&store, opts->database, &how, &err) != REEL_OK ||
        reel__store_counts(store, &counts, &err) != REEL_OK) {
        reel__doctor_say(opts, "database", REEL_FINDING_FAIL, NULL, "%s", err.msg);
        goto out;
    }
    loaded = counts.ratings > 0;
    reel__doctor_say(opts, "database", loaded ? REEL_FINDING_OK : REEL_FINDING_FAIL,
                     loaded ? NULL : "load some: reel load --help",
                     "%s: %" PRId64 " films, %" PRId64 " people, %" PRId64
                     " ratings; schema %" PRId64,
                     shown, counts.movies, counts.people, counts.ratings, counts.schema);
    if (opts->closed && counts.accounts == 0 && counts.keys == 0)
        reel__doctor_say(opts, "accounts", REEL_FINDING_WARN,
                         "reel user add NAME --admin, or reel key add NAME --scope read",
                         "REEL_AUTH=accounts, and there is neither an account nor a key: nobody "
                         "can ask for anything");
    if (opts->deep)
        look_at_rows(opts, store);
    if (!is_url(opts->database))
        look_at_permissions(opts);
out:
    reel__store_close(store);
    return loaded;
}

/* ---- models -------------------------------------------------------------------------------- */

static void refused_file(void *user, const char *line)
{
    static const char later[] = "; training it again"; /* which is not done here */
    const reel_doctor_opts *opts = user;
    const char *end = strstr(line, later);

    reel__doctor_say(opts, "models", REEL_FINDING_WARN, "run: reel train", "%.*s",
                     (int)(end == NULL ? strlen(line) : (size_t)(end - line)), line);
}

static void look_at_models(const reel_doctor_opts *opts)
{
    const reel_engine_opts how = {.database = opts->database,
                                  .models_dir = opts->models_dir,
                                  .read_only = true,
                                  .ready_only = true,
                                  .notice = {refused_file, (void *)(uintptr_t)opts}};
    reel_engine *engine = NULL;
    reel_err err = {REEL_OK, ""};
    size_t count;

    if (reel__engine_open(&engine, &how, &err) != REEL_OK) {
        reel__doctor_say(opts, "models", REEL_FINDING_FAIL, NULL, "%s", err.msg);
        return;
    }
    count = reel__engine_model_count(engine);
    reel__doctor_say(
        opts, "models", count == MODELS ? REEL_FINDING_OK : REEL_FINDING_WARN,
        count == MODELS ? NULL : "run reel train, or let reel serve train them when it starts",
        "%zu of %d are ready in %s", count, MODELS, reel__engine_models_dir(engine));
    look_at_space(opts, "disk", reel__engine_models_dir(engine));
    reel__engine_close(engine);
}

/* ---- the machine --------------------------------------------------------------------------- */

static void look_at_files(const reel_doctor_opts *opts)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return;
    reel__doctor_say(
        opts, "files", files.rlim_max < FILES_FEW ? REEL_FINDING_WARN : REEL_FINDING_OK,
        files.rlim_max < FILES_FEW
            ? "raise it: LimitNOFILE= of the unit, or ulimit -Hn; each connection is one"
            : NULL,
        "up to %" PRIu64 " open files (%" PRIu64 " now)", (uint64_t)files.rlim_max,
        (uint64_t)files.rlim_cur);
}

static void look_at_clock(const reel_doctor_opts *opts)
{
    const int64_t now = reel__clock_now();
    const bool old = now < CLOCK_LEAST;
    char text[REEL_TIME_TEXT];

    reel__clock_text(now, text);
    reel__doctor_say(opts, "clock", old ? REEL_FINDING_FAIL : REEL_FINDING_OK,
                     old ? "set it: events and sessions go by it" : NULL, "%s", text);
}

/* Whether events arrive there. Its name is that of its hosts alone. */
static void look_at_mongo(const reel_doctor_opts *opts)
{
    reel_mongo *mongo = NULL;
    reel_err err = {REEL_OK, ""};

    if (opts->mongo == NULL)
        reel__doctor_say(opts, "mongodb", REEL_FINDING_OK, NULL,
                         "no MONGODB_URI: events stay in the database");
    else if (reel__mongo_open(&mongo, opts->mongo, &err) == REEL_OK &&
             reel__mongo_try(mongo, &err) == REEL_OK)
        reel__doctor_say(opts, "mongodb", REEL_FINDING_OK, NULL, "%s answers",
                         reel__mongo_name(mongo));
    else
        reel__doctor_say(opts, "mongodb", REEL_FINDING_FAIL,
                         "events wait in the database until it is there", "%s", err.msg);
    reel__mongo_close(mongo);
}

/* Whether people who forgot their password can be helped. */
static void look_at_mail(const reel_doctor_opts *opts)
{
    reel_mailer_opts mail = {0};
    reel_err err = {REEL_OK, ""};

    if (reel__mailer_settings(&mail, &err) == REEL_OK && mail.server.url == NULL) {
        reel__doctor_say(opts, "mail", REEL_FINDING_OK, NULL,
                         "no REEL_SMTP_URL: who forgot a password asks you (reel user reset)");
        return;
    }
    mail.server.timeout_ms = MAIL_WAIT_MS;
    if (err.code == REEL_OK && reel__mail_server_try(&mail.server, &err) == REEL_OK)
        reel__doctor_say(opts, "mail", REEL_FINDING_OK, NULL, "%s takes mails", mail.server.url);
    else
        reel__doctor_say(opts, "mail", REEL_FINDING_FAIL,
                         "nobody can set a new password by mail until then", "%s", err.msg);
}

void reel__doctor(const reel_doctor_opts *opts)
{
    if (look_at_database(opts))
        look_at_models(opts);
    if (opts->database != NULL && !is_url(opts->database))
        look_at_space(opts, "disk", file_of(opts->database));
    look_at_mongo(opts);
    look_at_mail(opts);
    look_at_files(opts);
    look_at_clock(opts);
}
