/* fuzz_model.c - any bytes as a model file: refused, or a model that answers with finite scores.
 * The checksum is left out, or it would hide the checks of structure from the fuzzer.
 */
#include <math.h>
#include <stdlib.h>

#include "fuzz/fuzz_file.h"
#include "model/model_priv.h"

enum { HISTORY = 3, NEAR = 5 };

/* A history that damaged numbers have no answer for is a clear error. */
static bool answered(reel_code rc, const reel_err *err)
{
    must(rc == REEL_OK || (rc == REEL_E_INVALID && err->msg[0] != '\0'));
    return rc == REEL_OK;
}

static void predict(const reel_model *model, const reel_query *query, reel_scratch *scratch)
{
    const reel_index last = reel_model_movies(model) - 1;
    reel_rating_interval interval;
    float rating;
    reel_err err = {REEL_OK, ""};

    if (answered(reel_model_predict(model, query, &last, 1, scratch, &rating, &err), &err)) {
        must(isfinite(rating));
        must(reel_model_predict_range(model, query, (reel_films){&last, 1}, &rating, &interval,
                                      NULL) == REEL_OK);
        must(isnan(interval.low) || (interval.low <= rating && rating <= interval.high));
    }
    if (reel_model_predict_interval(model, query, &last, 1, scratch, &interval, NULL) == REEL_OK)
        must(interval.low <= interval.high && isfinite(interval.high - interval.low));
}

static void ask(const reel_model *model, reel_scratch *scratch, float *scores, size_t count)
{
    const reel_index movies = reel_model_movies(model);
    reel_entry entries[HISTORY];
    reel_query query = {.entries = entries, .row = -1};
    reel_neighbour near[NEAR];
    reel_explanation why;
    size_t found = 0;
    reel_err err = {REEL_OK, ""};

    for (reel_index m = 0; m < movies && query.count < count; m++)
        entries[query.count++] = (reel_entry){.movie = m, .value = 4.5F - (float)m, .weight = 1};
    if (answered(reel_model_score(model, &query, scratch, scores, &err), &err))
        for (reel_index m = 0; m < movies; m++)
            must(isfinite(scores[m]));
    if (answered(reel_model_explain(model, &query, movies - 1, 4, scratch, &why, &err), &err))
        must(isfinite(why.score) && isfinite(why.baseline) && isfinite(why.other));
    if (reel_model_neighbours(model, &query, NEAR, scratch, near, &found, NULL) != REEL_OK)
        must(found == 0);
    must(found <= NEAR);
    if (reel_model_get_info(model)->task == REEL_TASK_RATING)
        predict(model, &query, scratch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const fuzz_file file = fuzz_file_open(data, size);
    reel_model *model = NULL;
    reel_scratch *scratch = NULL;
    reel_err err = {REEL_OK, ""};
    const reel_code rc = reel__model_open(&model, file.path, false, &err);

    if (rc == REEL_OK) {
        float *scores = calloc((size_t)reel_model_movies(model), sizeof *scores);

        must(scores != NULL && reel_scratch_new(&scratch, NULL) == REEL_OK);
        for (size_t count = 0; count <= HISTORY; count++)
            ask(model, scratch, scores, count);
        reel_scratch_free(scratch);
        free(scores);
    } else {
        must(model == NULL && rc == REEL_E_FORMAT && err.msg[0] != '\0');
    }
    reel_model_free(model);
    fuzz_file_close(&file);
    return 0;
}
