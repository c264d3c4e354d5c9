/* arm.c - see arm.h. */
#include "service/simulate/arm.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "service/engine/state.h"

enum { BODY_MOST = 1 << 20 };

/* ---- its folder ---------------------------------------------------------------------------- */

static reel_code make_folder(reel_service *service, reel_err *err)
{
    const reel_code rc = reel__file_make_temporary(service->folder, "simulate", err);

    if (rc == REEL_OK)
        (void)snprintf(service->database, sizeof service->database, "%s/reel.db", service->folder);
    return rc;
}

/* ---- life ---------------------------------------------------------------------------------- */

/* As REEL_SIGNALS has them, but for what an arm leaves out. */
static reel_code weights_of(reel_signal_weights *out, reel_simulate_arm arm, reel_err *err)
{
    const reel_code rc = reel__signal_weights(out, err);

    if (arm == REEL_ARM_NAIVE)
        out->clip = 1;
    if (arm == REEL_ARM_RATINGS)
        *out = (reel_signal_weights){.clip = 1};
    return rc;
}

reel_code reel__service_train(reel_service *service, reel_err *err)
{
    const reel_engine_opts opts = {.database = service->database,
                                   .store = service->store,
                                   .overlay = service->overlay,
                                   .retrain = true,
                                   .learn = true,
                                   .signals = &service->weights,
                                   .threads = service->opts->threads,
                                   .cancel = service->opts->cancel};
    reel_engine *engine = NULL;
    reel_code rc;

    REEL_TRY(reel__engine_open(&engine, &opts, err));
    reel__session_free(service->session);
    service->session = NULL;
    reel__engine_close(service->engine);
    service->engine = engine;
    rc = reel__session_new(&service->session, engine, err);
out:
    return rc;
}

reel_code reel__service_open(reel_service *out, const reel_simulate_opts *opts,
                             reel_simulate_arm arm, const reel_world *world, reel_err *err)
{
    const reel_store_opts create = {.create = true};
    reel_code rc;

    *out = (reel_service){.opts = opts, .arm = arm};
    reel__file_set_lasting(false); /* all of it goes when it is closed */
    reel__buf_init(&out->events, BODY_MOST);
    REEL_TRY(weights_of(&out->weights, arm, err));
    REEL_TRY(make_folder(out, err));
    REEL_TRY(reel__store_open(&out->store, out->database, &create, err));
    REEL_TRY(reel__world_load(world, out->store, err));
    REEL_TRY(reel__overlay_open(&out->overlay, out->store, NULL, err));
    REEL_TRY(reel__feedback_open_over(&out->feedback, out->overlay, err));
    rc = reel__service_train(out, err);
out:
    if (rc != REEL_OK)
        reel__service_close(out);
    return rc;
}

void reel__service_close(reel_service *service)
{
    if (service->feedback != NULL)
        reel__feedback_close(service->feedback);
    reel__session_free(service->session);
    reel__engine_close(service->engine);
    reel__overlay_close(service->overlay);
    if (service->store != NULL)
        reel__store_close(service->store);
    reel__buf_fini(&service->events);
    if (service->folder[0] != '\0')
        reel__file_remove_tree(service->folder);
    reel__file_set_lasting(true);
    *service = (reel_service){.opts = NULL};
}

/* ---- feedback ------------------------------------------------------------------------------ */

reel_code reel__service_send(reel_service *service, reel_err *err)
{
    reel_feedback_call call = {.engine = service->engine};
    reel_feedback_answer answer;
    reel_code rc;

    if (service->event_count == 0)
        return REEL_OK;
    reel__json_array_end(&service->json);
    reel__json_object_end(&service->json);
    REEL_TRY(reel__buf_check(&service->events, err));
    call.body = service->events.data;
    call.length = service->events.length;
    rc = reel__feedback_take(service->feedback, &call, &answer, err);
    reel__buf_clear(&service->events);
    service->event_count = 0;
out:
    return rc;
}

static void write_movies(reel_json *json, const reel_service *service, const reel_deed *deed)
{
    const int64_t *ids = reel_dataset_movie_ids(reel__engine_dataset(service->engine));

    reel__json_key(json, "movies");
    reel__json_array(json);
    for (int i = 0; i < deed->count; i++) {
        reel__json_object(json);
        reel__json_put_int(json, "movie", ids[deed->movies[i]]);
        if (deed->rank > 0)
            reel__json_put_int(json, "rank", deed->rank + i);
        reel__json_object_end(json);
    }
    reel__json_array_end(json);
}

reel_code reel__service_say(reel_service *service, const reel_deed *deed, reel_err *err)
{
    reel_json *json = &service->json;
    char id[40];

    if (service->event_count == 0) {
        reel__json_init(json, &service->events);
        reel__json_object(json);
        reel__json_key(json, "events");
        reel__json_array(json);
    }
    (void)snprintf(id, sizeof id, "00000000-0000-4000-8000-%012llx",
                   (unsigned long long)++service->event_number);
    reel__json_object(json);
    reel__json_put_text(json, "event_id", id);
    reel__json_put_text(json, "type", deed->type);
    reel__json_put_int(json, "user", deed->user);
    reel__json_put_time(json, "time", deed->time);
    if (deed->list != NULL) {
        reel__json_put_text(json, "method", deed->list->model);
        reel__json_put_text(json, "model_id", deed->list->model_id);
        reel__json_put_text(json, "list_id", deed->list->id);
    }
    if (!isnan(deed->value))
        reel__json_put_real(json, "value", deed->value);
    write_movies(json, service, deed);
    reel__json_object_end(json);
    return ++service->event_count < REEL_EVENTS_MAX ? REEL_OK : reel__service_send(service, err);
}
