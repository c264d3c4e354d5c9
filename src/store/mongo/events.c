/* events.c - events as documents: the members the prototype's collection had, and ours. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "store/mongo/mongo_priv.h"

/* ---- documents ----------------------------------------------------------------------------- */

/* How the prototype called two of the models. */
static const char *method_of(const reel_event *event)
{
    if (strcmp(event->method, "content") == 0)
        return "content_based";
    if (strcmp(event->method, "user-knn") == 0)
        return "collaborative_filtering";
    return event->method;
}

static const char *title_of(const reel_mongo_titles *titles, int64_t movie)
{
    return movie < 0 || titles == NULL ? NULL : titles->find(titles->user, movie);
}

static bool put_text(bson_t *out, const char *name, const char *text)
{
    return text == NULL || *text == '\0' ? BSON_APPEND_NULL(out, name)
                                         : BSON_APPEND_UTF8(out, name, text);
}

/* A film that is not known any longer is called by its number. */
static bool put_title(bson_t *out, const char *key, int64_t movie, const reel_mongo_titles *titles)
{
    const char *title = title_of(titles, movie);
    char number[32];

    if (title != NULL && *title != '\0')
        return BSON_APPEND_UTF8(out, key, title);
    (void)bson_snprintf(number, sizeof number, "%lld", (long long)movie);
    return BSON_APPEND_UTF8(out, key, number);
}

/* recommended_movies: the titles of a list that was shown; of any other event it is empty. */
static bool put_titles(bson_t *out, const reel_event *event, const reel_mongo_titles *titles)
{
    const bool shown = strcmp(event->type, "impression") == 0;
    bson_t list;
    bool done = BSON_APPEND_ARRAY_BEGIN(out, "recommended_movies", &list);

    for (size_t i = 0; i < event->movie_count && shown && done; i++) {
        char room[16];
        const char *key;

        (void)bson_uint32_to_string((uint32_t)i, &key, room, sizeof room);
        done = put_title(&list, key, event->movies[i].movie, titles);
    }
    return done && bson_append_array_end(out, &list);
}

static bool put_films(bson_t *out, const reel_event *event)
{
    bson_t list, film;
    bool done = BSON_APPEND_ARRAY_BEGIN(out, "movies", &list);

    for (size_t i = 0; i < event->movie_count && done; i++) {
        char room[16];
        const char *key;

        (void)bson_uint32_to_string((uint32_t)i, &key, room, sizeof room);
        done = BSON_APPEND_DOCUMENT_BEGIN(&list, key, &film) &&
               BSON_APPEND_INT64(&film, "movie_id", event->movies[i].movie) &&
               BSON_APPEND_INT32(&film, "rank", event->movies[i].rank) &&
               bson_append_document_end(&list, &film);
    }
    return done && bson_append_array_end(out, &list);
}

/* By film, the prototype had no person. */
static bool put_prototype(bson_t *out, const reel_event *event, const reel_mongo_titles *titles)
{
    const bool by_film = event->source_movie >= 0 && strcmp(event->type, "impression") == 0;
    bool done = BSON_APPEND_UTF8(out, "_id", event->event_id) &&
                BSON_APPEND_INT64(out, "user_id", by_film ? -1 : event->user) &&
                put_text(out, "method", method_of(event));

    if (event->source_movie >= 0)
        done = done && put_title(out, "source_movie", event->source_movie, titles);
    else
        done = done && BSON_APPEND_NULL(out, "source_movie");
    return done && put_titles(out, event, titles) &&
           BSON_APPEND_DATE_TIME(out, "timestamp", event->time_ms);
}

static bool put_trial(bson_t *out, const reel_event *event, const reel_mongo_titles *titles)
{
    const char *experiment = NULL, *arm = NULL;

    if (titles != NULL && titles->trial != NULL)
        titles->trial(titles->trial_user, event->list_id, &experiment, &arm);
    return experiment == NULL ||
           (BSON_APPEND_UTF8(out, "experiment", experiment) && put_text(out, "arm", arm));
}

static bool put_ours(bson_t *out, const reel_event *event, const reel_mongo_titles *titles)
{
    bool done = BSON_APPEND_INT32(out, "schema", REEL_MONGO_SCHEMA) &&
                BSON_APPEND_UTF8(out, "event_type", event->type);

    done = done && (event->user >= 0 ? BSON_APPEND_INT64(out, "person_id", event->user)
                                     : BSON_APPEND_NULL(out, "person_id"));
    done = done && put_text(out, "session", event->visitor) &&
           put_text(out, "model", event->method) && put_text(out, "model_id", event->model_id) &&
           put_text(out, "list_id", event->list_id) && put_trial(out, event, titles);
    if (*event->scenario != '\0')
        done = done && put_text(out, "scenario", event->scenario);
    if (event->source_movie >= 0)
        done = done && BSON_APPEND_INT64(out, "source_movie_id", event->source_movie);
    if (!isnan(event->value))
        done = done && BSON_APPEND_DOUBLE(out, "value", event->value);
    return done && put_films(out, event) &&
           BSON_APPEND_DATE_TIME(out, "received_at", event->received_ms);
}

/* ---- batches ------------------------------------------------------------------------------- */

reel_code reel__mongo_batch_new(reel_mongo_batch **out, size_t most, reel_err *err)
{
    reel_mongo_batch *batch = reel__alloc_zero(1, sizeof *batch);

    *out = NULL;
    if (batch != NULL)
        batch->documents = reel__alloc_array(most, sizeof *batch->documents);
    if (batch == NULL || batch->documents == NULL) {
        reel__free(batch);
        return reel_fail(err, REEL_E_NOMEM, "out of memory for %zu documents", most);
    }
    batch->most = most;
    *out = batch;
    return REEL_OK;
}

void reel__mongo_batch_clear(reel_mongo_batch *batch)
{
    batch->count = 0;
}

void reel__mongo_batch_free(reel_mongo_batch *batch)
{
    if (batch == NULL)
        return;
    for (size_t i = 0; i < batch->made; i++)
        bson_destroy(batch->documents[i]);
    reel__free(batch->documents);
    reel__free(batch);
}

size_t reel__mongo_batch_count(const reel_mongo_batch *batch)
{
    return batch->count;
}

reel_code reel__mongo_add_event(reel_mongo_batch *batch, const reel_event *event,
                                const reel_mongo_titles *titles, reel_err *err)
{
    bson_t *document;

    if (batch->count == batch->most)
        return reel_fail(err, REEL_E_INVALID, "a batch holds %zu documents", batch->most);
    if (batch->count == batch->made)
        batch->documents[batch->made++] = bson_new();
    document = batch->documents[batch->count];
    bson_reinit(document);
    if (!put_prototype(document, event, titles) || !put_ours(document, event, titles))
        return reel_fail(err, REEL_E_INVALID, "event %.40s does not fit into a document",
                         event->event_id);
    batch->count++;
    return REEL_OK;
}
