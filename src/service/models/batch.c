/* batch.c - loads a model, reads histories, and has lists or predictions written. */
#include "service/models/batch.h"

#include <stdio.h>

#include "base/clock.h"
#include "model/vtable.h"
#include "service/models/batch_priv.h"

static double seconds_since(int64_t start)
{
    return (double)(reel__clock_steady_us() - start) * 1e-6;
}

static reel_code check_files(const reel_batch_opts *opts, reel_err *err)
{
    const char *const inputs[] = {opts->model, opts->histories, opts->users, opts->pairs};

    return reel__batch_check_output(opts->output, inputs, sizeof inputs / sizeof *inputs, err);
}

static reel_code open_all(reel_model **model, reel_histories *histories,
                          const reel_batch_opts *opts, reel_batch_report *report, reel_err *err)
{
    const int64_t start = reel__clock_steady_us();
    reel_code rc = REEL_OK;

    REEL_TRY(check_files(opts, err));
    REEL_TRY(reel_model_load(model, opts->model, err));
    if (opts->interval)
        REEL_TRY(reel__model_check_interval(*model, err));
    (void)snprintf(report->model, sizeof report->model, "%s", reel_model_id(*model));
    REEL_TRY(reel__histories_read(histories, *model, opts->histories, &opts->read, opts->threads,
                                  report, err));
    report->read_seconds = seconds_since(start);
out:
    return rc;
}

reel_code reel__batch_lists(const reel_batch_opts *opts, reel_batch_report *report, reel_err *err)
{
    reel_histories histories = {0};
    reel_model *model = NULL;
    int64_t start;
    reel_code rc = REEL_OK;

    *report = (reel_batch_report){0};
    if (opts->k < 1 || opts->k > REEL_LIST_MOST)
        return reel_fail(err, REEL_E_INVALID, "a list has 1 to %d items, not %zu",
                         (int)REEL_LIST_MOST, opts->k);
    REEL_TRY(open_all(&model, &histories, opts, report, err));
    start = reel__clock_steady_us();
    REEL_TRY(reel__lists_write(opts, model, &histories, report, err));
    report->score_seconds = seconds_since(start);
out:
    reel__histories_fini(&histories);
    reel_model_free(model);
    return rc;
}

reel_code reel__batch_predictions(const reel_batch_opts *opts, reel_batch_report *report,
                                  reel_err *err)
{
    reel_histories histories = {0};
    reel_pairs pairs = {0};
    reel_model *model = NULL;
    int64_t start;
    reel_code rc = REEL_OK;

    *report = (reel_batch_report){0};
    REEL_TRY(open_all(&model, &histories, opts, report, err));
    REEL_TRY(reel__pairs_read(&pairs, opts->pairs, opts->third, opts->read.progress, err));
    REEL_TRY(reel__pairs_place(&pairs, model, &histories, report, err));
    start = reel__clock_steady_us();
    REEL_TRY(reel__pairs_predict(&pairs, opts, model, &histories, report, err));
    REEL_TRY(reel__pairs_write(&pairs, opts->output, opts->header, err));
    report->score_seconds = seconds_since(start);
out:
    reel__pairs_fini(&pairs);
    reel__histories_fini(&histories);
    reel_model_free(model);
    return rc;
}
