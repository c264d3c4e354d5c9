/* send.c - documents to the server, and what it said of each. */
#include <stdio.h>
#include <string.h>

#include "store/mongo/mongo_priv.h"

/* What is said of the document, and would be said again: no valid document of this collection
 * (121), too large (10334), keys too long for an index (17280), or values that no index takes. Any
 * other word (no space, stepped down, not allowed) is of the server as it is now. */
static bool is_of_document(int code)
{
    static const int codes[] = {2, 9, 22, 52, 53, 54, 56, 57, 121, 10334, 16755, 17280};

    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i] == code)
            return true;
    return false;
}

typedef struct verdicts {
    reel_mongo_answer *answer;
    size_t count;
    bool failed; /* of one of them it is not known that it is there */
    char why[200];
} verdicts;

/* {"index": 3, "code": 11000, "errmsg": "..."} */
static void take_verdict(verdicts *v, bson_iter_t *members)
{
    int64_t index = -1, code = 0;
    const char *text = "";

    while (bson_iter_next(members)) {
        const char *name = bson_iter_key(members);

        if (strcmp(name, "index") == 0)
            index = bson_iter_as_int64(members);
        else if (strcmp(name, "code") == 0)
            code = bson_iter_as_int64(members);
        else if (strcmp(name, "errmsg") == 0 && BSON_ITER_HOLDS_UTF8(members))
            text = bson_iter_utf8(members, NULL);
    }
    if (code == REEL_MONGO_DUPLICATE_KEY)
        return;
    if (index >= 0 && (size_t)index < v->count && is_of_document((int)code)) {
        if (v->answer->refused_count++ == 0)
            (void)snprintf(v->answer->reason, sizeof v->answer->reason, "%.150s (%d)", text,
                           (int)code);
        v->answer->refused[index] = true;
        return;
    }
    v->failed = true;
    (void)snprintf(v->why, sizeof v->why, "%.150s (%d)", text, (int)code);
}

static bool has_any(const bson_t *reply, const char *name)
{
    bson_iter_t found, members;

    return bson_iter_init_find(&found, reply, name) && BSON_ITER_HOLDS_ARRAY(&found) &&
           bson_iter_recurse(&found, &members) && bson_iter_next(&members);
}

/* False: the reply says nothing of single documents. */
static bool take_verdicts(verdicts *v, const bson_t *reply)
{
    bson_iter_t list, element, members;

    if (has_any(reply, "writeConcernErrors") || !has_any(reply, "writeErrors") ||
        !bson_iter_init_find(&list, reply, "writeErrors") || !bson_iter_recurse(&list, &element))
        return false;
    while (bson_iter_next(&element))
        if (BSON_ITER_HOLDS_DOCUMENT(&element) && bson_iter_recurse(&element, &members))
            take_verdict(v, &members);
    return true;
}

/* An answer of single documents has the domain of the server's errors; one of the connection says
 * nothing of documents that were not tried, whatever the reply holds. */
static bool is_of_connection(const bson_error_t *error)
{
    return error->domain == MONGOC_ERROR_STREAM || error->domain == MONGOC_ERROR_SERVER_SELECTION ||
           error->domain == MONGOC_ERROR_CLIENT;
}

reel_code reel__mongo_send(reel_mongo *mongo, const reel_mongo_batch *batch,
                           reel_mongo_answer *answer, reel_err *err)
{
    verdicts v = {.answer = answer, .count = batch->count};
    reel_mongo_place place;
    bson_t options = BSON_INITIALIZER, reply;
    bson_error_t error = {0};
    reel_code rc = REEL_OK;

    answer->refused_count = 0;
    memset(answer->refused, 0, batch->count * sizeof *answer->refused);
    if (batch->count == 0)
        return REEL_OK;
    BSON_APPEND_BOOL(&options, "ordered", false);
    (void)reel__mongo_safely(&options);
    reel__mongo_enter(&place, mongo, REEL_MONGO_EVENTS_DB, REEL_MONGO_EVENTS);
    if (!reel__mongoc.collection_insert_many(place.collection, (const bson_t **)batch->documents,
                                             batch->count, &options, &reply, &error)) {
        if (is_of_connection(&error) || !take_verdicts(&v, &reply))
            rc = reel__mongo_fail(mongo, "events could not be written", &error, err);
        else if (v.failed)
            rc = reel_fail(err, REEL_E_STORE, "%s: events could not be written: %s", mongo->name,
                           v.why);
    }
    reel__mongo_leave(&place, mongo);
    bson_destroy(&reply);
    bson_destroy(&options);
    return rc;
}
