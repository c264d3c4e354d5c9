/* cmd_forget.c - forget: people whose accounts are gone, out of the models and the data set. */
#include <inttypes.h>

#include "cli/commands.h"
#include "cli/job_lines.h"
#include "cli/serve_settings.h"
#include "cli/term.h"

enum { OPT_DATABASE, OPT_MODELS, OPT_BACKUPS, OPT_NOW, OPT_LINES };
enum { RECEIPT_MOST = 256 << 20 };

static const reel_option options[] = {
    {"database", "FILE", "the database `reel load` made"},
    {"models", "DIR", "where model files are kept (default FILE.models)"},
    {"backups", "DIR", "backups to name in the receipt (or REEL_BACKUPS)"},
    {"now", NULL, "do it; without this, only say who waits for it"},
    {"progress-json", NULL, "progress and outcome as JSON lines, for programs"},
    {NULL, NULL, NULL},
};

/* ---- what came of it ----------------------------------------------------------------------- */

static void put_report(reel_json *json, const reel_forget_report *report)
{
    reel__json_object(json);
    reel__json_put_int(json, "people", (int64_t)report->people);
    reel__json_put_int(json, "holding", (int64_t)report->holding);
    reel__json_put_int(json, "refitted", (int64_t)report->refitted);
    reel__json_put_int(json, "destroyed", (int64_t)report->destroyed);
    reel__json_put_int(json, "kept", (int64_t)report->kept);
    reel__json_put_int(json, "backups", (int64_t)report->backups);
    reel__json_put_known(json, "receipt", report->receipt);
    reel__json_put_known(json, "sha256", report->hash);
    reel__json_object_end(json);
}

static reel_code write_result(reel_json *json, const void *what, reel_err *err)
{
    (void)err;
    reel__json_object(json);
    reel__json_key(json, "result");
    put_report(json, what);
    reel__json_object_end(json);
    return REEL_OK;
}

static reel_code write_report(reel_json *json, const void *what, reel_err *err)
{
    (void)err;
    put_report(json, what);
    return REEL_OK;
}

static void print_report(const reel_forget_report *report, bool now)
{
    if (report->people == 0) {
        reel__term_print(
            "Nobody is to be forgotten: no file holds anyone whose account is gone.\n");
        return;
    }
    reel__term_print("%zu %s gone %s in %zu files.\n", report->people,
                     report->people == 1 ? "person whose account is" : "people whose accounts are",
                     report->people != 1 ? (now ? "were" : "are")
                     : now               ? "was"
                                         : "is",
                     report->holding);
    if (report->backups > 0)
        reel__term_print("%zu %s, or may; the receipt says until when.\n", report->backups,
                         report->backups == 1 ? "backup holds them" : "backups hold them");
    if (!now) {
        reel__term_print("reel forget --now takes them out.\n");
        return;
    }
    reel__term_print("%zu files were made again without them, %zu destroyed, %zu never held them.\n"
                     "Receipt: %s\nSHA-256: %s\n",
                     report->refitted, report->destroyed, report->kept, report->receipt,
                     report->hash);
}

static reel_code tell(const reel_args *args, const reel_forget_report *report,
                      const reel_buf *receipt, reel_err *err)
{
    if (args->option[OPT_LINES] != NULL) {
        reel__say_line(write_result, report);
        return REEL_OK;
    }
    if (args->json && receipt->length > 0) {
        reel__term_print("%.*s", (int)receipt->length, receipt->data);
        return REEL_OK;
    }
    if (args->json)
        return reel__print_json(write_report, report, err);
    if (!args->quiet)
        print_report(report, args->option[OPT_NOW] != NULL);
    return REEL_OK;
}

/* ---- the command --------------------------------------------------------------------------- */

static reel_code run(const reel_args *args, const reel_progress *progress, reel_err *err)
{
    reel_forget_opts opts = {.models_dir = args->option[OPT_MODELS],
                             .look = args->option[OPT_NOW] == NULL,
                             .progress = progress,
                             .cancel = reel__cancel_on_signal(),
                             .notice = reel__term_notice(args->quiet)};
    reel_forget_report report;
    reel_buf receipt;
    reel_code rc;

    reel__buf_init(&receipt, RECEIPT_MOST);
    REEL_TRY(reel__args_need(args, OPT_DATABASE, &opts.database, err));
    REEL_TRY(reel__backup_settings(&opts, args->option[OPT_BACKUPS], err));
    REEL_TRY(reel__forget(&report, &receipt, &opts, err));
    rc = tell(args, &report, &receipt, err);
out:
    reel__buf_fini(&receipt);
    return rc;
}

static reel_code forget(const reel_args *args, reel_err *err)
{
    reel_training_lines l = {.only = NULL};

    return reel__run_training(args, args->option[OPT_LINES] == NULL ? NULL : &l, run, err);
}

const reel_command reel__command_forget = {
    "forget",
    "",
    "take deleted accounts out of models and data files",
    "Models and the data set they are fitted on know the people who were there then.\n"
    "What serves is fitted once more without those whose accounts are gone, and any\n"
    "other file that holds one of them is destroyed. A receipt in the models' folder\n"
    "says so of each file. A server does this by itself within a day.",
    options,
    forget};
