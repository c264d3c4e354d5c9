/* tend.c - what the collection of events wants besides events: indexes, an end, and people taken
 * out of it. */
#include <stdio.h>
#include <string.h>

#include "store/mongo/mongo_priv.h"

enum { DAY_SECONDS = 86400 };

/* What the server says: there is none; there is one of this name, and it is not the same. */
enum { NO_SUCH_COLLECTION = 26, NO_SUCH_INDEX = 27, OTHER_OPTIONS = 85, OTHER_KEYS = 86 };

typedef struct wanted {
    const char *name;
    const char *keys[2];
    int direction[2];
} wanted;

static const wanted indexes[] = {
    {"reel_user_time", {"user_id", "timestamp"}, {1, -1}},
    {"reel_method_time", {"method", "timestamp"}, {1, -1}},
    {"reel_type_time", {"event_type", "timestamp"}, {1, -1}},
    {"reel_person", {"person_id", NULL}, {1, 0}},
};
static const wanted end_of_life = {"reel_ttl", {"received_at", NULL}, {1, 0}};

static void put_index(bson_t *list, uint32_t at, const wanted *index, int expire_seconds)
{
    bson_t one, keys;
    char room[16];
    const char *key;

    (void)bson_uint32_to_string(at, &key, room, sizeof room);
    BSON_APPEND_DOCUMENT_BEGIN(list, key, &one);
    BSON_APPEND_DOCUMENT_BEGIN(&one, "key", &keys);
    for (int i = 0; i < 2 && index->keys[i] != NULL; i++)
        BSON_APPEND_INT32(&keys, index->keys[i], index->direction[i]);
    bson_append_document_end(&one, &keys);
    BSON_APPEND_UTF8(&one, "name", index->name);
    if (expire_seconds > 0)
        BSON_APPEND_INT32(&one, "expireAfterSeconds", expire_seconds);
    bson_append_document_end(list, &one);
}

static bool make_indexes(const reel_mongo_place *place, int ttl_days, bson_error_t *error)
{
    const uint32_t count = sizeof indexes / sizeof *indexes;
    bson_t command = BSON_INITIALIZER, list;
    bool done;

    BSON_APPEND_UTF8(&command, "createIndexes", REEL_MONGO_EVENTS);
    BSON_APPEND_ARRAY_BEGIN(&command, "indexes", &list);
    for (uint32_t i = 0; i < count; i++)
        put_index(&list, i, &indexes[i], 0);
    if (ttl_days > 0)
        put_index(&list, count, &end_of_life, ttl_days * DAY_SECONDS);
    bson_append_array_end(&command, &list);
    done = reel__mongoc.collection_write_command_with_opts(place->collection, &command, NULL, NULL,
                                                           error);
    bson_destroy(&command);
    return done;
}

/* The end of life that an earlier start asked for. (To change it in its place, as collMod does,
 * wants more rights than to write.) */
static bool drop_end(const reel_mongo_place *place, bson_error_t *error)
{
    bson_t *command =
        BCON_NEW("dropIndexes", REEL_MONGO_EVENTS, "index", BCON_UTF8(end_of_life.name));
    const bool done = reel__mongoc.collection_write_command_with_opts(place->collection, command,
                                                                      NULL, NULL, error);

    bson_destroy(command);
    return done || error->code == NO_SUCH_COLLECTION || error->code == NO_SUCH_INDEX;
}

reel_code reel__mongo_index_events(reel_mongo *mongo, int ttl_days, reel_err *err)
{
    reel_mongo_place place;
    bson_error_t error = {0};
    reel_code rc = REEL_OK;
    bool done = true;

    reel__mongo_enter(&place, mongo, REEL_MONGO_EVENTS_DB, REEL_MONGO_EVENTS);
    if (ttl_days == 0)
        done = drop_end(&place, &error);
    done = done && make_indexes(&place, ttl_days, &error);
    if (!done && (error.code == OTHER_OPTIONS || error.code == OTHER_KEYS))
        done = drop_end(&place, &error) && make_indexes(&place, ttl_days, &error);
    if (!done)
        rc = reel__mongo_fail(mongo, "indexes could not be made", &error, err);
    reel__mongo_leave(&place, mongo);
    return rc;
}

reel_code reel__mongo_forget(reel_mongo *mongo, int64_t person, int64_t *count, reel_err *err)
{
    bson_t selector = BSON_INITIALIZER, options = BSON_INITIALIZER, reply;
    bson_iter_t found;
    reel_mongo_place place;
    bson_error_t error = {0};
    reel_code rc = REEL_OK;

    *count = 0;
    BSON_APPEND_INT64(&selector, "person_id", person);
    (void)reel__mongo_safely(&options);
    reel__mongo_enter(&place, mongo, REEL_MONGO_EVENTS_DB, REEL_MONGO_EVENTS);
    if (!reel__mongoc.collection_delete_many(place.collection, &selector, &options, &reply, &error))
        rc = reel__mongo_fail(mongo, "a person's events could not be taken out", &error, err);
    else if (bson_iter_init_find(&found, &reply, "deletedCount"))
        *count = bson_iter_as_int64(&found);
    reel__mongo_leave(&place, mongo);
    bson_destroy(&reply);
    bson_destroy(&options);
    bson_destroy(&selector);
    return rc;
}
