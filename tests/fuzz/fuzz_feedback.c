/* fuzz_feedback.c - any bytes as the body of a feedback call; what is taken keeps every promise of
 * an event. */
#include <math.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "service/engine/state.h"
#include "service/feedback/feedback_priv.h"

static reel_dataset *make_dataset(void)
{
    static const reel_rating ratings[] = {{.person = 1, .movie = 1, .value = 5},
                                          {.person = 2, .movie = 7, .value = 1}};
    reel_dataset_builder *builder = NULL;
    reel_dataset *dataset = NULL;

    must(reel_dataset_builder_new(&builder, NULL) == REEL_OK);
    must(reel_dataset_builder_add_ratings(builder, ratings, 2, NULL) == REEL_OK);
    must(reel_dataset_builder_finish(&dataset, builder, NULL, NULL) == REEL_OK);
    reel_dataset_builder_free(builder);
    return dataset;
}

static void check(const reel_event *event, const reel_engine *engine)
{
    must(strlen(event->event_id) == 36 && event->type[0] != '\0');
    must(event->movie_count > 0 && event->movie_count <= REEL_EVENT_MOVIES_MAX + 1);
    for (size_t i = 0; i < event->movie_count; i++)
        must(reel_dataset_find_movie(engine->dataset, event->movies[i].movie) >= 0);
    must(isnan(event->value) || (event->value >= 1 && event->value <= 5));
    must(event->known != NULL && event->time_ms >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    reel_engine engine = {.dataset = make_dataset(), .scale = {.min = 1, .max = 5, .step = 1}};
    reel_event_batch batch;
    reel_err err = {REEL_OK, ""};
    const reel_code rc = reel__events_parse(
        &batch, &(reel_feedback_call){&engine, NULL, (const char *)data, size}, &err);

    if (rc == REEL_OK) {
        must(batch.count >= 1 && batch.count <= REEL_EVENTS_MAX);
        for (size_t i = 0; i < batch.count; i++)
            check(&batch.events[i], &engine);
        reel__events_fini(&batch);
    } else {
        must((rc == REEL_E_SYNTAX || rc == REEL_E_INVALID) && err.msg[0] != '\0');
        must(batch.events == NULL);
    }
    reel_dataset_free(engine.dataset);
    return 0;
}
