/* traffic.c - see traffic.h. */
#include "service/simulate/traffic.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/seal.h"
#include "net/pool.h"
#include "net/url.h"

enum { BODY_MOST = 1 << 16, JSON_DEPTH = 16, STREAM = 77 };

typedef enum stage { STAGE_LIST, STAGE_TELL, STAGE_WAITS, STAGE_GONE } stage;

typedef struct guest {
    reel_viewer viewer;
    reel_rng rng;
    stage stage;
    bool telling; /* of what it waits for */
    int visits;   /* left */
    reel_buf body;
} guest;

typedef struct traffic {
    const reel_traffic_opts *opts;
    reel_traffic *out;
    reel_world world;
    guest *guests;
    double *took; /* [people x visits] ms of lists */
    reel_index at;
} traffic;

/* ---- what they say ------------------------------------------------------------------------- */

/* The server's film stands for one of the invented. */
static reel_index film_of(const traffic *t, int64_t id)
{
    return (reel_index)(reel__hash64(&id, sizeof id, 0) % (uint64_t)t->world.movies);
}

static reel_code begin_event(reel_json *json, const char *type, const guest *g, const json_t *list,
                             reel_err *err)
{
    const json_t *model = json_object_get(list, "model");
    char id[REEL_RANDOM_UUID];
    const reel_code rc = reel__random_uuid(id, err);

    reel__json_object(json);
    reel__json_put_text(json, "event_id", id);
    reel__json_put_text(json, "type", type);
    reel__json_put_int(json, "user", (int64_t)g->viewer.index + 1);
    reel__json_put_known(json, "method", json_string_value(json_object_get(model, "name")));
    reel__json_put_known(json, "model_id", json_string_value(json_object_get(model, "id")));
    reel__json_put_known(json, "list_id", json_string_value(json_object_get(list, "id")));
    reel__json_key(json, "movies");
    reel__json_array(json);
    return rc;
}

static void put_movie(reel_json *json, int64_t id, int rank)
{
    reel__json_object(json);
    reel__json_put_int(json, "movie", id);
    reel__json_put_int(json, "rank", rank);
    reel__json_object_end(json);
}

/* An event with one film; value: NaN = none. */
static reel_code put_deed(reel_json *json, const char *type, const guest *g, const json_t *list,
                          int place, double value, reel_err *err)
{
    const json_t *item = json_array_get(json_object_get(list, "items"), (size_t)place - 1);
    const reel_code rc = begin_event(json, type, g, list, err);

    put_movie(json, json_integer_value(json_object_get(item, "movie")), place);
    reel__json_array_end(json);
    if (!isnan(value))
        reel__json_put_real(json, "value", value);
    reel__json_object_end(json);
    return rc;
}

static reel_code put_reaction(reel_json *json, const guest *g, const json_t *list, int place,
                              const reel_reaction *did, reel_err *err)
{
    reel_code rc = REEL_OK;

    if (did->clicked)
        REEL_TRY(put_deed(json, "click", g, list, place, (double)NAN, err));
    if (did->stars > 0)
        REEL_TRY(put_deed(json, "rating", g, list, place, did->stars, err));
    if (did->wished)
        REEL_TRY(put_deed(json, "watchlist", g, list, place, (double)NAN, err));
    if (did->refused)
        REEL_TRY(put_deed(json, "not_interested", g, list, place, (double)NAN, err));
out:
    return rc;
}

/* What somebody does with a list becomes the body of their next request. */
static reel_code react(traffic *t, guest *g, const json_t *list, reel_err *err)
{
    const json_t *items = json_object_get(list, "items");
    const size_t most = (size_t)t->opts->list, size = json_array_size(items);
    const int count = (int)(size < most ? size : most);
    reel_index films[REEL_VIEWER_LIST];
    reel_reaction did[REEL_VIEWER_LIST];
    reel_json json;
    reel_code rc;

    reel__buf_clear(&g->body);
    reel__json_init(&json, &g->body);
    reel__json_object(&json);
    reel__json_key(&json, "events");
    reel__json_array(&json);
    REEL_TRY(begin_event(&json, "impression", g, list, err));
    for (int i = 0; i < count; i++) {
        const int64_t id =
            json_integer_value(json_object_get(json_array_get(items, (size_t)i), "movie"));

        films[i] = film_of(t, id);
        put_movie(&json, id, i + 1);
    }
    reel__json_array_end(&json);
    reel__json_object_end(&json);
    reel__viewer_meet(&g->viewer, &g->rng, films, count, did);
    for (int i = 0; i < count; i++) {
        t->out->clicked += did[i].clicked;
        t->out->rated += did[i].stars > 0;
        REEL_TRY(put_reaction(&json, g, list, i + 1, &did[i], err));
    }
    reel__json_array_end(&json);
    reel__json_object_end(&json);
    t->out->shown += count;
    rc = reel__buf_check(&g->body, err);
out:
    return rc;
}

/* ---- requests ------------------------------------------------------------------------------ */

static bool next_request(void *user, char url[REEL_URL_MAX], void **tag)
{
    traffic *t = user;
    const int length = (int)reel__url_length(t->opts->url);

    for (reel_index tried = 0; tried < t->world.people; tried++) {
        guest *g = &t->guests[t->at];

        t->at = t->at + 1 < t->world.people ? t->at + 1 : 0;
        if (g->stage > STAGE_TELL)
            continue;
        g->telling = g->stage == STAGE_TELL;
        if (g->telling)
            (void)snprintf(url, REEL_URL_MAX, "%.*s/api/v1/feedback", length, t->opts->url);
        else
            (void)snprintf(url, REEL_URL_MAX, "%.*s/api/v1/recommendations?user=%d&limit=%d",
                           length, t->opts->url, (int)g->viewer.index + 1, t->opts->list);
        g->stage = STAGE_WAITS;
        *tag = g;
        return true;
    }
    return false;
}

static const char *body_of(void *user, void *tag)
{
    const guest *g = tag;

    (void)user;
    return g->telling ? g->body.data : NULL;
}

static void end_visit(guest *g)
{
    g->stage = --g->visits > 0 ? STAGE_LIST : STAGE_GONE;
}

static void take_failure(traffic *t, guest *g, const reel_answer *answer)
{
    if (t->out->failed++ == 0)
        (void)snprintf(t->out->why, sizeof t->out->why, "%s: %ld %.150s",
                       g->telling ? "feedback" : "a list", answer->status,
                       answer->status == 0 ? answer->why : answer->body);
    end_visit(g);
}

static reel_code take_list(traffic *t, guest *g, const reel_answer *answer, reel_err *err)
{
    json_t *list = NULL;
    reel_code rc;

    REEL_TRY(reel__json_parse(&list, answer->body, answer->length, JSON_DEPTH, err));
    t->took[t->out->lists++] = answer->ms;
    rc = react(t, g, list, err);
    g->stage = STAGE_TELL;
out:
    json_decref(list);
    return rc;
}

static reel_code take_answer(void *user, const reel_answer *answer, reel_err *err)
{
    traffic *t = user;
    guest *g = answer->tag;

    if (answer->status < 200 || answer->status > 299) {
        take_failure(t, g, answer);
        return REEL_OK;
    }
    if (!g->telling)
        return take_list(t, g, answer, err);
    t->out->calls++;
    end_visit(g);
    return REEL_OK;
}

/* ---- all of it ----------------------------------------------------------------------------- */

static reel_code make_guests(traffic *t, reel_err *err)
{
    const size_t people = (size_t)t->world.people;

    t->guests = reel__alloc_zero(people, sizeof *t->guests);
    t->took = reel__alloc_array(people * (size_t)t->opts->visits, sizeof *t->took);
    if (t->guests == NULL || t->took == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for %zu people", people);
    for (size_t i = 0; i < people; i++) {
        guest *g = &t->guests[i];

        g->viewer = reel__viewer(&t->world, (reel_index)i, &t->opts->manner);
        g->rng = reel__rng_make(t->opts->seed, STREAM + (uint64_t)i);
        g->visits = t->opts->visits;
        reel__buf_init(&g->body, BODY_MOST);
    }
    return REEL_OK;
}

static int by_time(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void sum_up(traffic *t)
{
    static const double parts[3] = {0.5, 0.95, 0.99};
    const size_t count = (size_t)t->out->lists;

    if (count > 1)
        qsort(t->took, count, sizeof *t->took, by_time);
    for (int i = 0; i < 3; i++)
        t->out->list_ms[i] =
            count > 0 ? t->took[(size_t)(parts[i] * (double)(count - 1))] : (double)NAN;
}

reel_code reel__traffic(reel_traffic *out, const reel_traffic_opts *opts, reel_err *err)
{
    const reel_world_opts how = {.people = opts->people, .seed = opts->seed};
    const reel_pool_opts pool = {.bearer = opts->key,
                                 .rate = opts->rate,
                                 .parallel = opts->parallel,
                                 .attempts = 1,
                                 .cancel = opts->cancel};
    const int64_t start = reel__clock_steady_us();
    traffic t = {.opts = opts, .out = out};
    const reel_pool_calls calls = {next_request, take_answer, &t, body_of};
    reel_code rc;

    *out = (reel_traffic){0};
    REEL_TRY(reel__url_check("--url", opts->url, "http://127.0.0.1:8080", err));
    if (opts->people < 2 || opts->visits < 1 || opts->list < 1 || opts->list > REEL_VIEWER_LIST)
        REEL_TRY(reel_fail(err, REEL_E_INVALID, "it takes 2 people or more, and 1 to %d films",
                           (int)REEL_VIEWER_LIST));
    REEL_TRY(reel__world_make(&t.world, &how, err));
    REEL_TRY(make_guests(&t, err));
    rc = reel__pool_run(&pool, &calls, err);
    out->seconds = (double)(reel__clock_steady_us() - start) * 1e-6;
    sum_up(&t);
out:
    for (reel_index i = 0; t.guests != NULL && i < t.world.people; i++)
        reel__buf_fini(&t.guests[i].body);
    reel__free(t.guests);
    reel__free(t.took);
    reel__world_fini(&t.world);
    return rc;
}
