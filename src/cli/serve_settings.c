/* serve_settings.c - see serve_settings.h. */
#include "cli/serve_settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/file.h"
#include "base/log.h"
#include "cli/args.h"
#include "http/protect.h"
#include "service/engine/gate.h"
#include "service/feedback/signals.h"
#include "service/films/tmdb_use.h"
#include "service/operation/online.h"

enum { TIMEOUT_MOST = 3600, CONNECTIONS_MOST = 65535, HSTS_MOST_S = 2 * REEL_HSTS_S };

enum { TTL_DAYS_MOST = 20000 }; /* in seconds it is an int32 */
enum {
    JOB_LEAST = 1000000000,
    HOUR_S = 3600,
    DAY_S = 24 * HOUR_S,
    FORGET_MOST = 20,
    BACKUP_DAYS_MOST = 36500
};

reel_code reel__setting_switch(bool *out, const char *name, const char *value, bool otherwise,
                               reel_err *err)
{
    const char *said = value != NULL ? value : reel__env_get(name, "");

    *out = said[0] == '\0' ? otherwise : strcmp(said, "on") == 0;
    if (said[0] == '\0' || strcmp(said, "on") == 0 || strcmp(said, "off") == 0)
        return REEL_OK;
    return reel_fail(err, REEL_E_INVALID, "%s: \"%.40s\" is neither on nor off", name, said);
}

/* A whole number in [least, most]; unset: *out stays. */
static reel_code read_number(int *out, const char *name, int least, int most, reel_err *err)
{
    const char *said = reel__env_get(name, "");
    char *end;
    long value;

    if (said[0] == '\0')
        return REEL_OK;
    errno = 0;
    value = strtol(said, &end, 10);
    if (errno != 0 || *end != '\0' || end == said || value < least || value > most)
        return reel_fail(err, REEL_E_INVALID, "%s: \"%.40s\" is no whole number from %d to %d",
                         name, said, least, most);
    *out = (int)value;
    return REEL_OK;
}

reel_code reel__plan_settings(reel_train_plan *out, reel_err *err)
{
    const char *schedule = reel__env_get("REEL_TRAIN_SCHEDULE", "");
    const char *after = reel__env_get("REEL_TRAIN_AFTER", "");
    reel_err inner = {REEL_OK, ""};

    *out = (reel_train_plan){.scheduled = schedule[0] != '\0'};
    if (out->scheduled && reel__cron_parse(&out->schedule, schedule, &inner) != REEL_OK)
        return reel_fail(err, REEL_E_INVALID, "REEL_TRAIN_SCHEDULE: \"%.80s\": %s", schedule,
                         inner.msg);
    if (after[0] != '\0' && !reel__parse_amount(&out->after, after, 1, INT32_MAX))
        return reel_fail(
            err, REEL_E_INVALID,
            "REEL_TRAIN_AFTER: expected a number of ratings, such as 500, got \"%.40s\"", after);
    return REEL_OK;
}

reel_code reel__backup_settings(reel_forget_opts *out, const char *backups, reel_err *err)
{
    const char *days = reel__env_get("REEL_BACKUP_DAYS", "");
    int64_t number = 0;

    out->backups = backups != NULL ? backups : reel__env_get("REEL_BACKUPS", NULL);
    if (days[0] != '\0' && !reel__parse_amount(&number, days, 1, BACKUP_DAYS_MOST))
        return reel_fail(err, REEL_E_INVALID,
                         "REEL_BACKUP_DAYS: expected a number of days, such as 30, got \"%.40s\"",
                         days);
    out->backup_days = (int)number;
    return REEL_OK;
}

reel_code reel__job_settings(reel_jobs_opts *out, reel_err *err)
{
    const char *said = reel__env_get("REEL_JOB_MEMORY", "");
    reel_tmdb_servers servers;
    reel_forget_opts forget = {.backups = NULL};
    double overlap;
    reel_signal_weights weights;
    int hours = REEL_FORGET_AFTER_S / HOUR_S, every_s = 0;
    reel_code rc;

    if (said[0] != '\0' && !reel__parse_amount(&out->memory, said, JOB_LEAST, INT64_MAX))
        return reel_fail(err, REEL_E_INVALID,
                         "REEL_JOB_MEMORY: expected 1G or more, such as 8G, got \"%.40s\"", said);
    /* What the jobs read is said before one runs. */
    REEL_TRY(reel__gate_least(&overlap, err));
    REEL_TRY(reel__signal_weights(&weights, err));
    REEL_TRY(reel__tmdb_servers(&servers, err));
    REEL_TRY(reel__backup_settings(&forget, NULL, err));
    REEL_TRY(read_number(&hours, "REEL_FORGET_AFTER", 0, FORGET_MOST, err));
    out->forget_after = hours > 0 ? (int64_t)hours * HOUR_S : 1;
    REEL_TRY(reel__online_drop(&out->online_drop, err));
    REEL_TRY(read_number(&every_s, "REEL_ROLLBACK_EVERY", 1, DAY_S, err));
    out->online_ms = every_s * 1000;
    rc = reel__plan_settings(&out->plan, err);
out:
    return rc;
}

reel_code reel__serve_settings(reel_server_opts *out, reel_err *err)
{
    static const char each[] = "REEL_CONNECTIONS_PER_ADDRESS";
    reel_code rc;

    out->timeout_s = REEL_HTTP_TIMEOUT_S;
    out->per_address = REEL_HTTP_PER_ADDRESS;
    out->hsts_s = REEL_HSTS_S;
    out->count_loopback = reel__env_get(each, "")[0] != '\0'; /* who names a number means it */
    REEL_TRY(reel__proxies_read(&out->proxies, reel__env_get("REEL_TRUSTED_PROXIES", ""), err));
    REEL_TRY(read_number(&out->timeout_s, "REEL_REQUEST_TIMEOUT", 1, TIMEOUT_MOST, err));
    REEL_TRY(read_number(&out->per_address, each, 0, CONNECTIONS_MOST, err));
    REEL_TRY(read_number(&out->hsts_s, "REEL_HSTS", 0, HSTS_MOST_S, err));
out:
    return rc;
}

reel_code reel__visitor_settings(reel_visitors **out, reel_err *err)
{
    int each = REEL_VISITORS_PER_ADDRESS;
    reel_code rc;

    REEL_TRY(read_number(&each, "REEL_VISITORS_PER_ADDRESS", 0, REEL_VISITORS_MOST, err));
    rc = reel__visitors_new(out, each, err);
out:
    return rc;
}

reel_code reel__forward_settings(reel_forward_opts *out, reel_err *err)
{
    out->uri = reel__env_get("MONGODB_URI", reel__env_get("MONGO_URI", NULL));
    return read_number(&out->ttl_days, "REEL_FEEDBACK_TTL_DAYS", 0, TTL_DAYS_MOST, err);
}

reel_code reel__experiment_settings(reel_experiments *experiments, reel_err *err)
{
    const char *path = reel__env_get("REEL_EXPERIMENTS", "");
    reel_err inner = {REEL_OK, ""};
    reel_file_map file;
    reel_code rc;

    if (path[0] == '\0')
        return REEL_OK;
    if (reel__file_map_open(&file, path, &inner) != REEL_OK)
        return reel_fail(err, inner.code, "REEL_EXPERIMENTS: %.460s", inner.msg);
    rc = reel__experiments_take(experiments, (const char *)file.data, file.size_bytes, &inner);
    reel__file_map_close(&file);
    return rc == REEL_OK ? rc : reel_fail(err, rc, "REEL_EXPERIMENTS: %.460s", inner.msg);
}

static void warn_of(const char *path)
{
    char quoted[600];

    if (path != NULL && reel__file_exists(path) && (reel__file_mode(path) & REEL_FILE_OTHERS) != 0)
        reel__log(REEL_LOG_WARN, "settings",
                  "file=%s text=\"other people may read it; run: chmod 600\"",
                  reel__log_quote(quoted, sizeof quoted, path));
}

void reel__serve_warn(const reel_server_opts *opts)
{
    warn_of(".env");
    warn_of(opts->tls_key);
}

reel_code reel__serve_tls(reel_server_opts *out, const char *certificate, const char *key,
                          reel_err *err)
{
    out->tls_certificate = certificate != NULL ? certificate : reel__env_get("REEL_TLS_CERT", NULL);
    out->tls_key = key != NULL ? key : reel__env_get("REEL_TLS_KEY", NULL);
    if ((out->tls_certificate == NULL) == (out->tls_key == NULL))
        return REEL_OK;
    return reel_fail(err, REEL_E_INVALID,
                     "--tls-cert (REEL_TLS_CERT) and --tls-key (REEL_TLS_KEY) go together");
}
