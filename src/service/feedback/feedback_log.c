/* feedback_log.c - the feedback log as JSON. */
#include "service/experiments/names.h"
#include "service/feedback/feedback.h"

typedef struct writing {
    const reel_dataset *dataset;
    const reel_caller *caller;
    reel_experiment_names names;
    reel_json *json;
    size_t left;
    int64_t last;    /* sequence written last, or left out */
    int64_t damaged; /* left out, as they cannot be read */
    bool more;
} writing;

static void put_movies(const writing *w, const reel_event *event)
{
    reel__json_key(w->json, "movies");
    reel__json_array(w->json);
    for (size_t i = 0; i < event->movie_count; i++) {
        const reel_event_movie *one = &event->movies[i];
        const reel_index film = reel_dataset_find_movie(w->dataset, one->movie);

        reel__json_object(w->json);
        reel__json_put_int(w->json, "movie", one->movie);
        reel__json_put_text(w->json, "title",
                            film >= 0 ? reel_dataset_movie(w->dataset, film).name : NULL);
        reel__json_put_id(w->json, "rank", one->rank > 0 ? one->rank : -1);
        reel__json_object_end(w->json);
    }
    reel__json_array_end(w->json);
}

static void put_experiment(const writing *w, const char *list_id)
{
    const char *experiment = NULL, *arm = NULL;

    (void)reel__experiment_names_find(&w->names, list_id, &experiment, &arm);
    reel__json_put_text(w->json, "experiment", experiment);
    reel__json_put_text(w->json, "arm", arm);
}

static bool put_event(void *user, const reel_event *event)
{
    writing *w = user;
    reel_json *json = w->json;
    const bool seen = reel__caller_may_see(w->caller, event->user);

    if (w->left == 0) {
        w->more = true;
        return false;
    }
    w->left--;
    w->last = event->sequence;
    if (event->damaged) {
        w->damaged++;
        return true;
    }
    reel__json_object(json);
    reel__json_put_int(json, "sequence", event->sequence);
    reel__json_put_text(json, "event_id", event->event_id);
    reel__json_put_text(json, "type", event->type);
    reel__json_put_id(json, "user", seen ? event->user : -1);
    reel__json_put_known(json, "visitor", seen ? event->visitor : "");
    reel__json_put_known(json, "method", event->method);
    reel__json_put_known(json, "model_id", event->model_id);
    reel__json_put_known(json, "list_id", event->list_id);
    put_experiment(w, event->list_id);
    reel__json_put_known(json, "scenario", event->scenario);
    reel__json_put_id(json, "source_movie", event->source_movie);
    put_movies(w, event);
    reel__json_put_real(json, "value", event->value);
    reel__json_put_time_ms(json, "time", event->time_ms);
    reel__json_put_time_ms(json, "received_at", event->received_ms);
    reel__json_put_bool(json, "trusted", !event->untrusted);
    reel__json_object_end(json);
    return true;
}

enum { READ_MOST = 100000 };

static bool take_sequence(void *user, const reel_event *event)
{
    *(int64_t *)user = event->sequence;
    return false;
}

/* No index knows films and times, so that the whole log might be read for a few events; that of one
 * person is short. */
static reel_code read_less(reel_event_filter *filter, reel_store *store, reel_err *err)
{
    const reel_event_filter newest = {.limit = 1};
    int64_t last = filter->before - 1;
    reel_code rc = REEL_OK;

    if (filter->user != NULL ||
        (filter->movie == NULL && filter->since_ms == 0 && filter->until_ms == 0))
        return REEL_OK;
    if (filter->before == 0)
        rc = reel__store_scan_events(store, &newest, take_sequence, &last, err);
    if (last > READ_MOST)
        filter->after = last - READ_MOST;
    return rc;
}

reel_code reel__feedback_write_log(const reel_engine *engine, const reel_event_filter *filter,
                                   reel_json *json, const reel_caller *caller, int64_t *next,
                                   int64_t *damaged, reel_err *err)
{
    writing w = {.dataset = reel__engine_dataset(engine),
                 .caller = caller,
                 .json = json,
                 .left = filter->limit};
    reel_event_filter one_more = *filter;
    reel_code rc = REEL_OK;

    *next = -1;
    *damaged = 0;
    if (filter->limit < 1 || filter->limit > 999)
        return reel_fail(err, REEL_E_INVALID, "limit: %zu is not from 1 to 999", filter->limit);
    one_more.limit = filter->limit + 1; /* tells whether there is another page */
    REEL_TRY(reel__experiment_names_read(&w.names, reel__engine_store(engine), err));
    REEL_TRY(read_less(&one_more, reel__engine_store(engine), err));
    REEL_TRY(reel__store_scan_events(reel__engine_store(engine), &one_more, put_event, &w, err));
    *damaged = w.damaged;
    if (w.more)
        *next = w.last;
    else if (one_more.after > 0)
        *next = one_more.after + 1;
out:
    reel__experiment_names_fini(&w.names);
    return rc;
}
