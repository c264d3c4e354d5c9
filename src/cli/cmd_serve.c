/* cmd_serve.c - serve: models up to date, then the web application until a signal. */
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/env.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/serve_settings.h"
#include "cli/supervisor.h"
#include "cli/term.h"
#include "http/server.h"
#include "service/analytics/counter.h"
#include "service/engine/overlay.h"
#include "service/engine/reload.h"

enum {
    OPT_DATABASE,
    OPT_MODELS,
    OPT_LISTEN,
    OPT_ADMIN,
    OPT_AUTH,
    OPT_THREADS,
    OPT_CERT,
    OPT_KEY,
    OPT_LOG
};
enum { SECRET_LEAST = 32 };
enum { LOOK_MS = 2000 }; /* how often the store is asked for newer models and data */

static const reel_option serve_options[] = {
    {"database", "FILE", "the database `reel load` made"},
    {"models", "DIR", "where model files are kept (default FILE.models)"},
    {"listen", "ADDRESS:PORT", "default 127.0.0.1:8080; port 0 takes a free one"},
    {"admin-listen", "ADDRESS:PORT", "metrics and the like, for the operator (default: nowhere)"},
    {"auth", "open|accounts", "who needs no account: everybody on this machine alone, else nobody"},
    {"threads", "N", "request threads (default: all cores)"},
    {"tls-cert", "FILE", "answer by https with this certificate chain (PEM)"},
    {"tls-key", "FILE", "the certificate's key (PEM)"},
    {"log-requests", "on|off", "a line for each (default on; with --quiet off)"},
    {NULL, NULL, NULL},
};

static pthread_t waiting; /* the thread that waits for the signals */

static void pass_on(int received)
{
    (void)pthread_kill(waiting, received);
}

/* From here on they wait for sigwait. Opening the engine may have left threads behind that do not
 * block them: those pass on what they get. */
static sigset_t take_signals(void)
{
    struct sigaction action = {.sa_flags = SA_RESTART};
    sigset_t set;

    waiting = pthread_self();
    action.sa_handler = pass_on;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGHUP);
    (void)pthread_sigmask(SIG_BLOCK, &set, NULL);
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
    (void)sigaction(SIGHUP, &action, NULL);
    return set;
}

/* The two addresses of a server; admin is NULL where none was asked for. */
typedef struct doors {
    reel_server *main, *admin;
    reel_auth auth;
    reel_hosts hosts;
} doors;

static reel_code write_urls(reel_json *json, const void *what, reel_err *err)
{
    const doors *d = what;

    (void)err;
    reel__json_object(json);
    reel__json_put_text(json, "url", reel__server_url(d->main));
    reel__json_put_text(json, "admin", d->admin == NULL ? NULL : reel__server_url(d->admin));
    reel__json_object_end(json);
    return REEL_OK;
}

static reel_code announce(const reel_args *args, const doors *d, const reel_engine *engine,
                          reel_err *err)
{
    const reel_dataset *dataset = reel__engine_dataset(engine);
    char films[REEL_COUNT_TEXT], people[REEL_COUNT_TEXT], quoted[300];

    if (!args->quiet && reel__term_logs())
        reel__log(REEL_LOG_INFO, "data", "source=%s films=%d people=%d simulated=%s",
                  reel__log_quote(quoted, sizeof quoted, reel_dataset_source(dataset)),
                  (int)reel_dataset_movies(dataset), (int)reel_dataset_people(dataset),
                  reel_dataset_simulated(dataset) ? "true" : "false");
    else if (!args->quiet)
        (void)fprintf(stderr, "%s: %s films, %s people%s\n", reel_dataset_source(dataset),
                      reel__term_count(films, reel_dataset_movies(dataset)),
                      reel__term_count(people, reel_dataset_people(dataset)),
                      reel_dataset_simulated(dataset) ? " (simulated)" : "");
    if (args->json || reel__term_logs())
        return reel__print_json(write_urls, d, err);
    reel__term_print("Reel is ready: %s\n", reel__server_url(d->main));
    if (d->admin != NULL)
        reel__term_print("Metrics: %s/metrics\n", reel__server_url(d->admin));
    return REEL_OK;
}

static void log_reload(void *user, const char *line)
{
    char quoted[700];

    (void)user;
    reel__log(REEL_LOG_INFO, "reload", "text=%s", reel__log_quote(quoted, sizeof quoted, line));
}

/* The next signal; a supervisor that wants to hear of us meanwhile does. */
static int next_signal(const sigset_t *signals)
{
    const int every_ms = reel__supervisor_every_ms();
    const struct timespec beat = {every_ms / 1000, every_ms % 1000 * 1000000L};

    for (;;) {
        const int received =
            every_ms > 0 ? sigtimedwait(signals, NULL, &beat) : sigwaitinfo(signals, NULL);

        if (received > 0)
            return received;
        if (every_ms > 0)
            reel__supervisor_tell("WATCHDOG=1");
    }
}

static void renew_certificate(reel_server *server)
{
    char quoted[600];
    reel_err err = {REEL_OK, ""};

    if (reel__server_renew(server, &err) != REEL_OK)
        reel__log(REEL_LOG_ERROR, "certificate", "text=%s",
                  reel__log_quote(quoted, sizeof quoted, err.msg));
}

/* A hang-up asks for what is new, unless it was the terminal that hung up. Returns the signal that
 * ends the server. */
static int serve_until_signal(const sigset_t *signals, const doors *d, reel_reload *reload)
{
    const bool terminal = isatty(STDIN_FILENO) != 0;

    for (;;) {
        const int received = next_signal(signals);

        if (received != SIGHUP || (terminal && isatty(STDIN_FILENO) == 0))
            return received;
        reel__settings_again();
        renew_certificate(d->main);
        reel__reload_ask(reload);
    }
}

/* What is sealed with the key holds as long as the process, or as REEL_SECRET stays the same. */
static reel_code take_secret(reel_seal_key *key, reel_err *err)
{
    const char *secret = reel__env_get("REEL_SECRET", "");

    if (*secret == '\0')
        return reel__seal_key_random(key, err);
    if (strlen(secret) < SECRET_LEAST)
        return reel_fail(
            err, REEL_E_INVALID,
            "REEL_SECRET: %zu characters are too few, take %d or more; one that nobody "
            "guesses: openssl rand -hex 32",
            strlen(secret), (int)SECRET_LEAST);
    reel__seal_key_of(key, secret);
    return REEL_OK;
}

/* Where this machine's users need not say who they are, a page of another site must not ask in
 * their place under a name that it has lead here. */
static reel_code open_doors(const doors *d, reel_app *app, reel_err *err)
{
    const bool trusting = app->auth == REEL_AUTH_OPEN && reel__server_is_loopback(d->main);
    reel_app for_operator;
    reel_code rc;

    app->hosts = trusting || d->hosts.count > 0 ? &d->hosts : NULL;
    REEL_TRY(reel__server_start(d->main, app, err));
    if (d->admin == NULL)
        goto out;
    for_operator = *app;
    for_operator.admin = true;
    for_operator.hosts = reel__server_is_loopback(d->admin) ? &d->hosts : NULL;
    rc = reel__server_start(d->admin, &for_operator, err);
out:
    return rc;
}

static void close_doors(const doors *d)
{
    reel__server_stop(d->main);
    reel__server_stop(d->admin);
}

/* Where only this machine can reach it, nobody needs an account, unless it was asked for. */
static reel_code take_auth(reel_auth *out, const char *said, const reel_server *server,
                           reel_err *err)
{
    if (said == NULL)
        said = reel__env_get("REEL_AUTH", "");
    if (*said == '\0')
        said = reel__server_is_own(server) ? "open" : "accounts";
    if (strcmp(said, "open") != 0 && strcmp(said, "accounts") != 0)
        return reel_fail(err, REEL_E_INVALID,
                         "--auth (REEL_AUTH): \"%.40s\" is neither open nor "
                         "accounts",
                         said);
    *out = strcmp(said, "open") == 0 ? REEL_AUTH_OPEN : REEL_AUTH_ACCOUNTS;
    return REEL_OK;
}

/* The older API asks nobody who they are: on this machine alone, unless it was asked for. */
static reel_code want_prototype(reel_app *app, const reel_server *server, reel_err *err)
{
    return reel__setting_switch(&app->prototype, "REEL_PROTOTYPE_API", NULL,
                                app->auth == REEL_AUTH_OPEN && reel__server_is_own(server), err);
}

static void log_jobs(void *user, const char *line)
{
    char quoted[700];

    (void)user;
    reel__log(REEL_LOG_INFO, "jobs", "text=%s", reel__log_quote(quoted, sizeof quoted, line));
}

static bool is_file(const char *database)
{
    return strncmp(database, "postgres", strlen("postgres")) != 0;
}

/* A file has one server; what runs in it at the start was left behind by one that was killed. */
static reel_code open_jobs(reel_jobs **out, const reel_args *args, reel_reload *reload,
                           const reel_engine *engine, reel_err *err)
{
    reel_jobs_opts opts = {.store = reel__engine_store(engine),
                           .models_dir = reel__engine_models_dir(engine),
                           .reload = reload,
                           .notice = {.line = log_jobs}};
    reel_code rc;

    REEL_TRY(reel__args_need(args, OPT_DATABASE, &opts.database, err));
    opts.alone = is_file(opts.database);
    REEL_TRY(reel__job_settings(&opts, err));
    rc = reel__jobs_open(out, &opts, err);
out:
    return rc;
}

static void log_forward(void *user, const char *line)
{
    char quoted[700];

    (void)user;
    reel__log(REEL_LOG_WARN, "mongodb", "text=%s", reel__log_quote(quoted, sizeof quoted, line));
}

static void tell_forward(void *user)
{
    reel__forward_look(user);
}

/* With nowhere to send them, no event waits. */
static reel_code open_forward(reel_app *app, const char *database, reel_store *store, reel_err *err)
{
    reel_forward_opts opts = {.store = store,
                              .published = app->published,
                              .alone = is_file(database),
                              .notice = {.line = log_forward}};
    reel_code rc;

    REEL_TRY(reel__forward_settings(&opts, err));
    if (opts.uri == NULL)
        return REEL_OK;
    REEL_TRY(reel__forward_open(&app->forward, &opts, err));
    reel__feedback_queue(app->feedback, tell_forward, app->forward);
out:
    return rc;
}

static void log_counter(void *user, const char *line)
{
    char quoted[1100];

    (void)user;
    reel__log(REEL_LOG_WARN, "counting", "text=%s", reel__log_quote(quoted, sizeof quoted, line));
}

static reel_code open_counter(reel_app *app, reel_store *store, reel_err *err)
{
    const reel_counter_opts opts = {.store = store,
                                    .published = app->published,
                                    .experiments = app->experiments,
                                    .notice = {.line = log_counter}};

    return reel__counter_open(&app->counter, &opts, err);
}

/* Anybody may make an account where only this machine can reach it, unless it was said. */
static reel_code open_accounts(reel_app *app, const doors *d, reel_store *store, reel_err *err)
{
    const char *said = reel__env_get("REEL_SIGNUP", "");
    const char *insecure = reel__env_get("REEL_INSECURE_HTTP", "0");
    reel_accounts_opts opts = {.store = store, .sign_up = reel__server_is_own(d->main)};

    if (*said != '\0' && strcmp(said, "open") != 0 && strcmp(said, "closed") != 0)
        return reel_fail(err, REEL_E_INVALID, "REEL_SIGNUP: \"%.40s\" is neither open nor closed",
                         said);
    if (*said != '\0')
        opts.sign_up = strcmp(said, "open") == 0;
    app->insecure = strcmp(insecure, "1") == 0;
    if (!app->insecure && strcmp(insecure, "0") != 0)
        return reel_fail(err, REEL_E_INVALID, "REEL_INSECURE_HTTP: \"%.40s\" is neither 0 nor 1",
                         insecure);
    if (app->insecure)
        reel__log(REEL_LOG_WARN, "insecure",
                  "text=\"REEL_INSECURE_HTTP=1: passwords and cookies may cross the network "
                  "unencrypted\"");
    return reel__accounts_open(&app->accounts, &opts, err);
}

static void log_mail(void *user, const char *line)
{
    char quoted[1100];

    (void)user;
    reel__log(REEL_LOG_INFO, "mail", "text=%s", reel__log_quote(quoted, sizeof quoted, line));
}

static reel_code open_mailer(reel_app *app, reel_store *store, reel_err *err)
{
    reel_mailer_opts opts = {
        .store = store, .accounts = app->accounts, .notice = {.line = log_mail}};
    reel_code rc;

    REEL_TRY(reel__mailer_settings(&opts, err));
    rc = reel__mailer_open(&app->mailer, &opts, err);
out:
    return rc;
}

static reel_code run_server(const reel_args *args, const doors *d, reel_reload *reload,
                            reel_err *err)
{
    sigset_t signals = take_signals();
    reel_app app = {.published = reel__reload_publisher(reload), .reload = reload};
    reel_engine *engine = reel__publisher_take(app.published);
    const char *database = NULL;
    reel_code rc;

    REEL_TRY(take_secret(&app.key, err));
    app.auth = d->auth;
    REEL_TRY(want_prototype(&app, d->main, err));
    REEL_TRY(reel__feedback_open_over(&app.feedback, reel__engine_overlay(engine), err));
    REEL_TRY(reel__args_need(args, OPT_DATABASE, &database, err));
    REEL_TRY(open_forward(&app, database, reel__engine_store(engine), err));
    REEL_TRY(open_accounts(&app, d, reel__engine_store(engine), err));
    REEL_TRY(open_mailer(&app, reel__engine_store(engine), err));
    REEL_TRY(reel__experiments_open(&app.experiments, reel__engine_store(engine), true, err));
    REEL_TRY(reel__experiment_settings(app.experiments, err));
    REEL_TRY(reel__metrics_new(&app.metrics, err));
    REEL_TRY(reel__analyses_open(&app.analyses, err));
    REEL_TRY(reel__visitor_settings(&app.visitors, err));
    REEL_TRY(reel__log_start(err));
    REEL_TRY(open_counter(&app, reel__engine_store(engine), err));
    REEL_TRY(open_jobs(&app.jobs, args, reload, engine, err));
    REEL_TRY(open_doors(d, &app, err));
    REEL_TRY(announce(args, d, engine, err));
    REEL_TRY(reel__term_close(err));
    reel__engine_close(engine); /* or it would be held to the end */
    engine = NULL;
    REEL_TRY(reel__reload_start(reload, err));
    reel__supervisor_tell("READY=1");
    reel__log(REEL_LOG_INFO, "stop", "signal=%d", serve_until_signal(&signals, d, reload));
    reel__supervisor_tell("STOPPING=1");
out:
    reel__jobs_end_watches(app.jobs);
    close_doors(d);
    reel__analyses_close(app.analyses);
    reel__counter_close(app.counter);
    reel__experiments_close(app.experiments);
    reel__jobs_close(app.jobs);
    reel__engine_close(engine);
    reel__feedback_close(app.feedback);
    reel__mailer_close(app.mailer);
    reel__forward_close(app.forward);
    reel__accounts_close(app.accounts);
    reel__visitors_free(app.visitors);
    reel__metrics_free(app.metrics);
    reel__log_stop();
    return rc;
}

static reel_code serve(const reel_args *args, reel_err *err)
{
    const char *listen = args->option[OPT_LISTEN];
    reel_reload_opts opts = {.engine = {.models_dir = args->option[OPT_MODELS],
                                        .exclusive = true,
                                        .progress = reel__term_progress(args->quiet),
                                        .notice = reel__term_notice(args->quiet)},
                             .every_ms = LOOK_MS,
                             .notice = {.line = log_reload}};
    reel_server_opts how = {
        .listen = listen == NULL ? reel__env_get("REEL_LISTEN", "127.0.0.1:8080") : listen};
    const char *admin = args->option[OPT_ADMIN];
    reel_server_opts for_operator = {.threads = 1};
    reel_reload *reload = NULL;
    doors d = {NULL, NULL, REEL_AUTH_ACCOUNTS, {.count = 0}};
    int64_t threads = 0;
    reel_code rc;

    REEL_TRY(reel__args_need(args, OPT_DATABASE, &opts.engine.database, err));
    if (args->again[OPT_LISTEN] || args->again[OPT_ADMIN])
        return reel_fail(err, REEL_E_INVALID,
                         "--listen and --admin-listen take one address each; 0.0.0.0 is all of "
                         "this machine's");
    REEL_TRY(reel__serve_settings(&how, err));
    REEL_TRY(reel__hosts_read(&d.hosts, reel__env_get("REEL_HOSTS", ""), err));
    for_operator.proxies = how.proxies;
    for_operator.timeout_s = how.timeout_s;
    REEL_TRY(reel__setting_switch(&how.log_requests, "REEL_LOG_REQUESTS", args->option[OPT_LOG],
                                  !args->quiet, err));
    for_operator.log_requests = how.log_requests;
    REEL_TRY(reel__args_int(args, OPT_THREADS, 1, 256, &threads, err));
    how.threads = (int)threads;
    REEL_TRY(reel__serve_tls(&how, args->option[OPT_CERT], args->option[OPT_KEY], err));
    reel__serve_warn(&how);
    how.fd_plus_one = reel__supervisor_socket(0) + 1;
    for_operator.fd_plus_one = reel__supervisor_socket(1) + 1;
    for_operator.listen = admin == NULL ? reel__env_get("REEL_ADMIN_LISTEN", NULL) : admin;
    REEL_TRY(reel__server_new(&d.main, &how, err));
    REEL_TRY(take_auth(&d.auth, args->option[OPT_AUTH], d.main, err));
    if (for_operator.listen != NULL || for_operator.fd_plus_one > 0)
        REEL_TRY(reel__server_new(&d.admin, &for_operator, err));
    REEL_TRY(reel__engine_open_store(&opts.engine.store, &opts.engine, err));
    REEL_TRY(reel__overlay_open(&opts.engine.overlay, opts.engine.store,
                                &(reel_overlay_opts){.follow = true}, err));
    REEL_TRY(reel__reload_new(&reload, &opts, err));
    rc = run_server(args, &d, reload, err); /* closes the doors */
    d.main = d.admin = NULL;
out:
    close_doors(&d);
    reel__reload_free(reload);
    reel__overlay_close(opts.engine.overlay);
    reel__engine_close_store(opts.engine.store);
    return rc;
}

const reel_command reel__command_serve = {
    "serve",
    "",
    "the web application and the API",
    "Models that are missing or stale are trained first. What is loaded and trained\n"
    "meanwhile is taken up without a stop, at once on SIGHUP. Stops on Ctrl-C or\n"
    "SIGTERM.",
    serve_options,
    serve};
