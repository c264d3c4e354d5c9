/* cmd_serve.c - train and serve: models up to date, then the web application until a signal. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/env.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/term.h"
#include "http/server.h"

enum { OPT_DATABASE, OPT_MODELS, OPT_LISTEN, OPT_THREADS };
enum { TRAIN_MODEL = 2, TRAIN_FORCE };

static const reel_option serve_options[] = {
    {"database", "FILE", "the database `reel load` made"},
    {"models", "DIR", "where model files are kept (default FILE.models)"},
    {"listen", "ADDRESS:PORT", "default 127.0.0.1:8080; port 0 takes a free one"},
    {"threads", "N", "request threads (default: all cores)"},
    {NULL, NULL, NULL},
};

static const reel_option train_options[] = {
    {"database", "FILE", "the database `reel load` made"},
    {"models", "DIR", "where model files are kept (default FILE.models)"},
    {"model", "NAME", "just this one (and what it needs)"},
    {"force", NULL, "fit again what is up to date too"},
    {NULL, NULL, NULL},
};

static reel_code train(const reel_args *args, reel_err *err)
{
    reel_engine_opts opts = {.models_dir = args->option[OPT_MODELS],
                             .only = args->option[TRAIN_MODEL],
                             .retrain = args->option[TRAIN_FORCE] != NULL,
                             .progress = reel__term_progress(args->quiet),
                             .notice = reel__term_notice(args->quiet)};
    reel_engine *engine = NULL;
    reel_code rc;

    REEL_TRY(reel__args_need(args, OPT_DATABASE, &opts.database, err));
    REEL_TRY(reel__engine_open(&engine, &opts, err));
    if (!args->quiet)
        reel__term_print("Models are ready in %s\n", reel__engine_models_dir(engine));
out:
    reel__engine_close(engine);
    return rc;
}

/* Blocked before any thread starts, so that only sigwait sees them. */
static sigset_t stop_signals(void)
{
    sigset_t set;

    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGTERM);
    (void)pthread_sigmask(SIG_BLOCK, &set, NULL);
    return set;
}

static void announce(const reel_args *args, const reel_server *server, const reel_engine *engine)
{
    const reel_dataset *dataset = reel__engine_dataset(engine);

    if (!args->quiet)
        (void)fprintf(stderr, "%s: %" PRId32 " films, %" PRId32 " people%s\n",
                      reel_dataset_source(dataset), reel_dataset_movies(dataset),
                      reel_dataset_people(dataset),
                      reel_dataset_simulated(dataset) ? " (simulated)" : "");
    reel__term_print("Reel is ready: %s\n", reel__server_url(server));
}

static reel_code run_server(const reel_args *args, const reel_server_opts *opts,
                            reel_engine *engine, reel_err *err)
{
    sigset_t signals = stop_signals();
    reel_app app = {.engine = engine};
    reel_server *server = NULL;
    reel_code rc;
    int received;

    REEL_TRY(reel__feedback_open(&app.feedback, engine, err));
    REEL_TRY(reel__server_start(&server, opts, &app, err));
    announce(args, server, engine);
    REEL_TRY(reel__term_close(err));
    while (sigwait(&signals, &received) == EINTR)
        continue;
    reel__log(REEL_LOG_INFO, "stop", "signal=%d", received);
out:
    reel__server_stop(server);
    reel__feedback_close(app.feedback);
    return rc;
}

static reel_code serve(const reel_args *args, reel_err *err)
{
    const char *listen = args->option[OPT_LISTEN];
    reel_engine_opts opts = {.models_dir = args->option[OPT_MODELS],
                             .exclusive = true,
                             .progress = reel__term_progress(args->quiet),
                             .notice = reel__term_notice(args->quiet)};
    reel_server_opts server = {
        .listen = listen == NULL ? reel__env_get("REEL_LISTEN", "127.0.0.1:8080") : listen,
        .open = strcmp(reel__env_get("REEL_AUTH", ""), "open") == 0};
    reel_engine *engine = NULL;
    int64_t threads = 0;
    reel_code rc;

    REEL_TRY(reel__args_need(args, OPT_DATABASE, &opts.database, err));
    REEL_TRY(reel__args_int(args, OPT_THREADS, 1, 256, &threads, err));
    server.threads = (int)threads;
    REEL_TRY(reel__engine_open(&engine, &opts, err));
    rc = run_server(args, &server, engine, err);
out:
    reel__engine_close(engine);
    return rc;
}

const reel_command reel__command_train = {
    "train", "", "fit the models that are missing or stale", NULL, train_options, train};

const reel_command reel__command_serve = {
    "serve",
    "",
    "the web application and the API",
    "Models that are missing or stale are trained first. Stops on Ctrl-C or SIGTERM.",
    serve_options,
    serve};
