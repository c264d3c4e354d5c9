/* open.c - the pool of connections. A pool watches its servers from threads of its own, so that one
 * that comes back is noticed within half a second by whoever waits for it. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "store/mongo/mongo_priv.h"

/* What the URI may say otherwise. A send that takes longer is given up, and sent again smaller. */
enum { SELECT_MS = 3000, CONNECT_MS = 3000, SOCKET_MS = 5000 };

static void name_hosts(char out[REEL_STORE_NAME], const mongoc_uri_t *uri)
{
    const char *service = reel__mongoc.uri_get_srv_hostname(uri);
    size_t used = 0;

    (void)snprintf(out, REEL_STORE_NAME, "MongoDB at %s", service == NULL ? "" : service);
    for (const mongoc_host_list_t *host = reel__mongoc.uri_get_hosts(uri);
         service == NULL && host != NULL; host = host->next) {
        used = strlen(out);
        (void)snprintf(out + used, REEL_STORE_NAME - used, "%s%s",
                       host == reel__mongoc.uri_get_hosts(uri) ? "" : ",", host->host_and_port);
    }
}

static void set_if_unsaid(mongoc_uri_t *uri, const char *option, int value)
{
    if (reel__mongoc.uri_get_option_as_int32(uri, option, -1) < 0)
        (void)reel__mongoc.uri_set_option_as_int32(uri, option, value);
}

static void set_timeouts(mongoc_uri_t *uri)
{
    set_if_unsaid(uri, MONGOC_URI_SERVERSELECTIONTIMEOUTMS, SELECT_MS);
    set_if_unsaid(uri, MONGOC_URI_CONNECTTIMEOUTMS, CONNECT_MS);
    set_if_unsaid(uri, MONGOC_URI_SOCKETTIMEOUTMS, SOCKET_MS);
}

reel_code reel__mongo_open(reel_mongo **out, const char *text, reel_err *err)
{
    bson_error_t error = {0};
    mongoc_uri_t *uri = NULL;
    reel_mongo *mongo = reel__alloc_zero(1, sizeof *mongo);
    reel_code rc = REEL_OK;

    *out = NULL;
    if (mongo == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory to speak to MongoDB");
    REEL_TRY(reel__mongoc_load(err));
    uri = reel__mongoc.uri_new_with_error(text, &error);
    if (uri == NULL)
        REEL_TRY(reel_fail(err, REEL_E_INVALID,
                           "MONGODB_URI is no address of a MongoDB server (%s); it looks like "
                           "mongodb://HOST:27017 or mongodb+srv://USER:PASSWORD@HOST, with the "
                           "password percent-encoded",
                           error.message));
    set_timeouts(uri);
    name_hosts(mongo->name, uri);
    mongo->pool = reel__mongoc.client_pool_new_with_error(uri, &error);
    if (mongo->pool == NULL)
        REEL_TRY(reel_fail(err, REEL_E_INVALID, "MONGODB_URI: %s", error.message));
    (void)reel__mongoc.client_pool_set_error_api(mongo->pool, MONGOC_ERROR_API_VERSION_2);
    (void)reel__mongoc.client_pool_set_appname(mongo->pool, "reel");
    *out = mongo;
    mongo = NULL;
out:
    if (uri != NULL)
        reel__mongoc.uri_destroy(uri);
    reel__mongo_close(mongo);
    return rc;
}

void reel__mongo_close(reel_mongo *mongo)
{
    if (mongo == NULL)
        return;
    if (mongo->pool != NULL)
        reel__mongoc.client_pool_destroy(mongo->pool);
    reel__free(mongo);
}

const char *reel__mongo_name(const reel_mongo *mongo)
{
    return mongo->name;
}

reel_code reel__mongo_fail(const reel_mongo *mongo, const char *what, const bson_error_t *error,
                           reel_err *err)
{
    return reel_fail(err, REEL_E_STORE, "%s: %s: %.300s", mongo->name, what,
                     error->message[0] == '\0' ? "the server does not say why" : error->message);
}

void reel__mongo_enter(reel_mongo_place *out, reel_mongo *mongo, const char *database,
                       const char *collection)
{
    out->client = reel__mongoc.client_pool_pop(mongo->pool);
    out->collection = reel__mongoc.client_get_collection(out->client, database, collection);
}

void reel__mongo_leave(reel_mongo_place *place, reel_mongo *mongo)
{
    reel__mongoc.collection_destroy(place->collection);
    reel__mongoc.client_pool_push(mongo->pool, place->client);
}

reel_code reel__mongo_try(reel_mongo *mongo, reel_err *err)
{
    bson_t *command = BCON_NEW("ping", BCON_INT32(1));
    reel_mongo_place place;
    bson_error_t error = {0};
    reel_code rc = REEL_OK;

    reel__mongo_enter(&place, mongo, REEL_MONGO_EVENTS_DB, REEL_MONGO_EVENTS);
    if (!reel__mongoc.client_command_simple(place.client, REEL_MONGO_EVENTS_DB, command, NULL, NULL,
                                            &error))
        rc = reel__mongo_fail(mongo, "it does not answer", &error, err);
    reel__mongo_leave(&place, mongo);
    bson_destroy(command);
    return rc;
}

bool reel__mongo_safely(bson_t *options)
{
    mongoc_write_concern_t *concern = reel__mongoc.write_concern_new();
    bool done;

    reel__mongoc.write_concern_set_w(concern, MONGOC_WRITE_CONCERN_W_MAJORITY);
    reel__mongoc.write_concern_set_journal(concern, true);
    done = reel__mongoc.write_concern_append(concern, options);
    reel__mongoc.write_concern_destroy(concern);
    return done;
}
