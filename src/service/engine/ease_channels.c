/* ease_channels.c - see ease_channels.h. */
#include "service/engine/ease_channels.h"

#include "base/alloc.h"
#include "eval/significance.h"
#include "eval/validation.h"
#include "service/engine/gate_lists.h"

/* A list of a hundred of fewer films than twice as many says little. */
enum { FILMS_LEAST = 2 * REEL_GATE_LONG, FILMS_MOST = 2000, PEOPLE_LEAST = 30, PEOPLE_MOST = 2000 };
static const uint64_t seed = 3; /* neither the gate's nor that of a hybrid's weights */

/* out [questions] */
static reel_code try_channels(double *out, const char *channels, const reel_validation *questions,
                              const reel_fit_context *context, reel_err *err)
{
    const reel_param param = {"channels", channels};
    const reel_params params = {&param, 1};
    const reel_fit_context quiet = {.seed = context->seed,
                                    .threads = context->threads,
                                    .cancel = context->cancel,
                                    .memory = context->memory};
    reel_model *model = NULL;
    reel_code rc;

    REEL_TRY(reel_model_fit(&model, "ease", questions->train, &params, &quiet, err));
    rc = reel__gate_ask(out, questions, model, context->cancel, err);
out:
    reel_model_free(model);
    return rc;
}

static reel_code compare(bool *liked, const reel_validation *questions,
                         const reel_fit_context *context, reel_err *err)
{
    const reel_bootstrap_opts opts = reel__bootstrap_opts_default();
    double *each = reel__alloc_array(2 * questions->count, sizeof *each);
    reel_comparison found;
    reel_code rc = REEL_OK;

    if (each == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "out of memory to compare models"));
    REEL_TRY(try_channels(each, "liked", questions, context, err));
    REEL_TRY(try_channels(each + questions->count, "both", questions, context, err));
    REEL_TRY(reel__compare(&found, each, each + questions->count, (reel_index)questions->count,
                           &opts, err));
    *liked = found.difference.low > 0;
out:
    reel__free(each);
    return rc;
}

reel_code reel__ease_likes_alone(bool *liked, const reel_dataset *training,
                                 const reel_fit_context *context, reel_err *err)
{
    reel_validation_opts opts = reel__validation_opts_default();
    reel_validation questions = {0};
    reel_err why = {REEL_OK, ""};
    reel_code rc = REEL_OK;

    *liked = false;
    if (reel_dataset_movies(training) < FILMS_LEAST || reel_dataset_movies(training) > FILMS_MOST)
        return REEL_OK;
    opts.unseen = 1e-9; /* one question of each person */
    opts.most = PEOPLE_MOST;
    opts.seed = seed;
    rc = reel__validation_make(&questions, training, &opts, &why);
    if (rc == REEL_OK && questions.count >= PEOPLE_LEAST)
        rc = compare(liked, &questions, context, &why);
    reel__validation_fini(&questions);
    /* too few data to hold anything out, or too little memory to fit: then it is as on most data */
    if (rc == REEL_OK || rc == REEL_E_INVALID || rc == REEL_E_BUDGET)
        return REEL_OK;
    return reel_fail(err, rc, "%s", why.msg);
}
