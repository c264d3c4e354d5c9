/* list_log.c - `"log":true`: the server keeps the impression of a list itself, as if whoever asked
 * had sent it back, and answers after it is on disk.
 */
#include "base/seal.h"
#include "http/list_body.h"

enum { EVENT_MAX = 1 << 16 };

static void write_films(reel_json *json, const reel_dataset *dataset, const reel_list *list)
{
    const int64_t *ids = reel_dataset_movie_ids(dataset);

    reel__json_key(json, "movies");
    reel__json_array(json);
    for (size_t i = 0; i < list->count; i++) {
        reel__json_object(json);
        reel__json_put_int(json, "movie", ids[list->items[i].movie]);
        reel__json_put_int(json, "rank", list->items[i].rank);
        reel__json_object_end(json);
    }
    reel__json_array_end(json);
}

static void write_event(reel_json *json, const reel_engine *engine, const reel_list *list,
                        const char *uuid)
{
    reel__json_object(json);
    reel__json_key(json, "events");
    reel__json_array(json);
    reel__json_object(json);
    reel__json_put_text(json, "event_id", uuid);
    reel__json_put_text(json, "type", "impression");
    reel__json_put_id(json, "user", list->user);
    reel__json_put_text(json, "visitor", list->visitor);
    reel__json_put_text(json, "method", list->model);
    reel__json_put_text(json, "model_id", list->model_id);
    reel__json_put_text(json, "list_id", list->id);
    reel__json_put_text(json, "scenario", list->scenario);
    reel__json_put_id(json, "source_movie", list->source_movie);
    write_films(json, reel__engine_dataset(engine), list);
    reel__json_object_end(json);
    reel__json_array_end(json);
    reel__json_object_end(json);
}

/* On the writer's thread, after the commit: the list goes out. */
static void answer_later(void *user, const reel_err *err, reel_feedback_answer answer)
{
    reel_exchange *exchange = user;

    if (err == NULL)
        reel__metrics_feedback(exchange->metrics, &answer);
    else
        reel__exchange_problem(exchange, err);
    exchange->later->end(exchange);
}

static reel_code submit(reel_context *context, const reel_buf *event, reel_err *err)
{
    reel_exchange *exchange = context->exchange;
    char network[REEL_ADDRESS_TEXT];
    const reel_feedback_call call = {.engine = context->app->engine,
                                     .caller = &exchange->caller,
                                     .body = event->data,
                                     .length = event->length,
                                     .visitors = context->app->visitors,
                                     .address = reel__exchange_network(exchange, network)};
    reel_feedback_answer answer;
    reel_code rc;

    exchange->metrics = context->app->metrics;
    if (exchange->later != NULL && exchange->later->begin(exchange)) {
        exchange->pending = true;
        rc = reel__feedback_submit(context->app->feedback, &call, answer_later, exchange, err);
        if (rc != REEL_OK) /* else it may be gone by now */
            exchange->pending = false;
        return rc;
    }
    rc = reel__feedback_take(context->app->feedback, &call, &answer, err);
    if (rc == REEL_OK)
        reel__metrics_feedback(exchange->metrics, &answer);
    return rc;
}

reel_code reel__list_log_check(const reel_context *context, reel_err *err)
{
    if (context->app->feedback == NULL)
        return reel_fail(err, REEL_E_STORE, "log: the store is open for reading only");
    return reel__caller_check(&context->exchange->caller, REEL_NEED_FEEDBACK, err);
}

reel_code reel__list_log(reel_context *context, const reel_list *list, reel_err *err)
{
    char uuid[REEL_RANDOM_UUID];
    reel_buf event;
    reel_json json;
    reel_code rc;

    if (list->count == 0) /* nothing was shown */
        return REEL_OK;
    reel__buf_init(&event, EVENT_MAX);
    reel__json_init(&json, &event);
    REEL_TRY(reel__random_uuid(uuid, err));
    write_event(&json, context->app->engine, list, uuid);
    REEL_TRY(reel__buf_check(&event, err));
    REEL_TRY(reel__buf_check(&context->exchange->answer, err));
    rc = submit(context, &event, err);
out:
    reel__buf_fini(&event);
    return rc;
}
