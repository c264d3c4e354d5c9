/* cmd_doctor.c - `reel doctor`: settings, database, models, disk, limits, port; and `reel
 * healthcheck`: whether a server is ready, for supervisors that have no curl.
 */
#include <fcntl.h>
#include <gnu/libc-version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/env.h"
#include "base/file.h"
#include "cli/commands.h"
#include "cli/settings.h"
#include "cli/term.h"
#include "http/listen.h"
#include "http/probe.h"
#include "reel/version.h"
#include "service/films/tmdb_use.h"
#include "service/operation/doctor.h"
#include "service/operation/start.h"

enum { OPT_DATABASE, OPT_MODELS, OPT_LISTEN, OPT_DEEP };
enum { WAIT_S = 5 };

extern char **environ;

static const reel_option doctor_options[] = {
    {"database", "FILE", "the database `reel load` made"},
    {"models", "DIR", "where model files are kept (default FILE.models)"},
    {"listen", "ADDRESS:PORT", "what a server would listen on (default 127.0.0.1:8080)"},
    {"deep", NULL, "read every row of the database"},
    {NULL, NULL, NULL},
};

static const reel_option healthcheck_options[] = {{NULL, NULL, NULL}};

/* What was found, for the end. */
typedef struct report {
    const reel_args *args;
    reel_json *json; /* NULL: told at once */
    int warned, failed;
} report;

static void tell(void *user, const reel_finding *finding)
{
    static const char *const names[] = {"ok", "warn", "fail"};
    report *all = user;

    all->warned += finding->state == REEL_FINDING_WARN;
    all->failed += finding->state == REEL_FINDING_FAIL;
    if (all->json != NULL) {
        reel__json_object(all->json);
        reel__json_put_text(all->json, "what", finding->what);
        reel__json_put_text(all->json, "state", names[finding->state]);
        reel__json_put_text(all->json, "text", finding->text);
        reel__json_put_text(all->json, "advice",
                            finding->advice[0] == '\0' ? NULL : finding->advice);
        reel__json_object_end(all->json);
        return;
    }
    if (all->args->quiet && finding->state == REEL_FINDING_OK)
        return;
    reel__term_print("%-5s %-9s %s\n", names[finding->state], finding->what, finding->text);
    if (finding->advice[0] != '\0')
        reel__term_print("      %-9s -> %s\n", "", finding->advice);
}

/* ---- settings ------------------------------------------------------------------------------ */

typedef struct known {
    char name[REEL_SETTINGS_MAX][REEL_SETTING_NAME];
    size_t count;
} known;

/* Whether something reads it. */
static bool look_at_setting(const reel_doctor_opts *opts, const known *all, const char *pair)
{
    char name[64], advice[128] = "remove it, or correct it";
    const size_t length = strcspn(pair, "=");
    reel_nearest nearest;

    if (strncmp(pair, "REEL_", 5) != 0 || length >= sizeof name)
        return true;
    memcpy(name, pair, length);
    name[length] = '\0';
    reel__nearest_init(&nearest, name);
    for (size_t i = 0; i < all->count; i++) {
        if (strcmp(all->name[i], name) == 0)
            return true;
        reel__nearest_offer(&nearest, all->name[i]);
    }
    if (nearest.name != NULL)
        (void)snprintf(advice, sizeof advice, "did you mean %s?", nearest.name);
    reel__doctor_say(opts, "settings", REEL_FINDING_WARN, advice, "nothing reads %s", name);
    return false;
}

static void look_at_names(const reel_doctor_opts *opts)
{
    int unknown = 0, set = 0;
    known all;

    all.count = reel__settings_names(all.name);
    for (char **at = environ; *at != NULL; at++) {
        set += strncmp(*at, "REEL_", 5) == 0;
        unknown += !look_at_setting(opts, &all, *at);
    }
    if (unknown == 0)
        reel__doctor_say(opts, "settings", REEL_FINDING_OK, NULL, "%d variables are set, all known",
                         set);
}

/* A file with secrets in it. */
static void look_at_file(const reel_doctor_opts *opts, const char *what, const char *path)
{
    char advice[REEL_FINDING_TEXT] = "";
    const bool open = (reel__file_mode(path) & REEL_FILE_OTHERS) != 0;

    if (open)
        (void)snprintf(advice, sizeof advice, "run: chmod 600 %.400s", path);
    reel__doctor_say(opts, what, open ? REEL_FINDING_WARN : REEL_FINDING_OK, advice, "%s",
                     open ? "other people may read it" : "its owner alone may read it");
}

static void look_at_tmdb(const reel_doctor_opts *opts)
{
    reel_tmdb_servers servers;
    reel_err err = {REEL_OK, ""};

    if (reel__tmdb_servers(&servers, &err) != REEL_OK)
        reel__doctor_say(opts, "tmdb", REEL_FINDING_FAIL, NULL, "%s", err.msg);
    else if (strcmp(reel__env_get("REEL_TMDB", "on"), "off") == 0)
        reel__doctor_say(opts, "tmdb", REEL_FINDING_OK, NULL, "is not to be asked (REEL_TMDB=off)");
    else if (reel__env_get("TMDB_API_KEY", NULL) == NULL)
        reel__doctor_say(opts, "tmdb", REEL_FINDING_OK, NULL,
                         "no key: `reel enrich` works from files alone");
    else
        reel__doctor_say(opts, "tmdb", REEL_FINDING_OK, NULL, "a key is set");
}

static void look_at_settings(const reel_doctor_opts *opts)
{
    const char *key = reel__env_get("REEL_TLS_KEY", NULL);

    look_at_names(opts);
    if (reel__file_exists(".env"))
        look_at_file(opts, ".env", ".env");
    if (key != NULL && reel__file_exists(key))
        look_at_file(opts, "key", key);
    if (reel__env_get("REEL_SECRET", NULL) == NULL)
        reel__doctor_say(opts, "secret", REEL_FINDING_WARN,
                         "set REEL_SECRET (openssl rand -hex 32) for more than a try",
                         "none: lists do not go on after a restart, nor on another server");
    else
        reel__doctor_say(opts, "secret", REEL_FINDING_OK, NULL, "is set");
    look_at_tmdb(opts);
}

static void look_at_port(const reel_doctor_opts *opts, const char *listen)
{
    reel_listener listener;
    reel_err err = {REEL_OK, ""};

    if (reel__listen_bind(&listener, listen, &err) != REEL_OK) {
        reel__doctor_say(
            opts, "port", err.code == REEL_E_CONFLICT ? REEL_FINDING_WARN : REEL_FINDING_FAIL,
            err.code == REEL_E_CONFLICT ? "is it Reel? reel healthcheck" : NULL, "%s", err.msg);
        return;
    }
    (void)close(listener.fd);
    reel__doctor_say(opts, "port", REEL_FINDING_OK, NULL, "%s is free", listen);
}

/* ---- the commands -------------------------------------------------------------------------- */

static void examine(const reel_doctor_opts *opts, const char *listen)
{
    char blas[64];

    reel__start_blas(blas, sizeof blas);
    reel__doctor_say(opts, "versions", REEL_FINDING_OK, NULL, "reel %s, glibc %s, %s, %s",
                     reel_version(), gnu_get_libc_version(), reel__probe_versions(), blas);
    look_at_settings(opts);
    reel__doctor(opts);
    look_at_port(opts, listen);
}

static reel_code examine_as_json(reel_json *json, const void *what, reel_err *err)
{
    const reel_doctor_opts *opts = what;
    report *all = opts->user;
    const char *listen = all->args->option[OPT_LISTEN];

    (void)err;
    all->json = json;
    reel__json_object(json);
    reel__json_key(json, "items");
    reel__json_array(json);
    examine(opts, listen == NULL ? reel__env_get("REEL_LISTEN", "127.0.0.1:8080") : listen);
    reel__json_array_end(json);
    reel__json_put_int(json, "warnings", all->warned);
    reel__json_put_int(json, "failures", all->failed);
    reel__json_object_end(json);
    return REEL_OK;
}

static reel_code doctor(const reel_args *args, reel_err *err)
{
    const char *listen = args->option[OPT_LISTEN], *database = args->option[OPT_DATABASE];
    report all = {.args = args};
    reel_doctor_opts opts = {
        .database = database == NULL ? reel__env_get("REEL_DATABASE_URL", NULL) : database,
        .models_dir = args->option[OPT_MODELS],
        .mongo = reel__env_get("MONGODB_URI", reel__env_get("MONGO_URI", NULL)),
        .deep = args->option[OPT_DEEP] != NULL,
        .closed = strcmp(reel__env_get("REEL_AUTH", ""), "accounts") == 0,
        .found = tell,
        .user = &all};
    reel_code rc = REEL_OK;

    if (args->json)
        REEL_TRY(reel__print_json(examine_as_json, &opts, err));
    else
        examine(&opts, listen == NULL ? reel__env_get("REEL_LISTEN", "127.0.0.1:8080") : listen);
    if (all.failed > 0)
        rc = reel_fail(err, REEL_E_STORE, "%d of what was looked at %s not well", all.failed,
                       all.failed == 1 ? "is" : "are");
out:
    return rc;
}

static reel_code healthcheck(const reel_args *args, reel_err *err)
{
    const char *where =
        args->words > 0 ? args->word[0] : reel__env_get("REEL_LISTEN", "127.0.0.1:8080");

    if (args->words > 1)
        return reel_fail(err, REEL_E_INVALID, "one URL or ADDRESS:PORT is asked at a time");
    return reel__probe_ready(where, WAIT_S, err);
}

const reel_command reel__command_doctor = {
    "doctor",
    "",
    "what is well here and what is not, and what to do",
    "Changes nothing. Each line is ok, warn or fail; the exit status is 0 unless one is\n"
    "fail.",
    doctor_options,
    doctor};

const reel_command reel__command_healthcheck = {
    "healthcheck",
    "[URL]",
    "whether a server is ready, as an exit status",
    "Asks /readyz of the address of REEL_LISTEN (default 127.0.0.1:8080) or of a URL such as\n"
    "http://127.0.0.1:8081, for at most five seconds: 0 = ready.",
    healthcheck_options,
    healthcheck};
