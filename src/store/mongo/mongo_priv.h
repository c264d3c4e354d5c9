/* mongo_priv.h - a pool of connections, and our errors for the driver's. */
#ifndef REEL_STORE_MONGO_PRIV_H
#define REEL_STORE_MONGO_PRIV_H

#include "store/mongo/driver.h"
#include "store/mongo/mongo.h"

#define REEL_MONGO_EVENTS_DB     "recommender_logs"
#define REEL_MONGO_EVENTS        "user_feedback"
#define REEL_MONGO_MOVIES_DB     "movies_db"
#define REEL_MONGO_MOVIES        "movies_enriched"
#define REEL_MONGO_DUPLICATE_KEY 11000

struct reel_mongo {
    mongoc_client_pool_t *pool;
    char name[REEL_STORE_NAME];
};

struct reel_mongo_batch {
    bson_t **documents; /* [most]; made once, used again */
    size_t count, made, most;
};

/* E_STORE: what could not be done, where, and what the driver says of it. */
REEL_MUST_USE reel_code reel__mongo_fail(const reel_mongo *mongo, const char *what,
                                         const bson_error_t *error, reel_err *err);

/* A connection of the pool and one of its collections. */
typedef struct reel_mongo_place {
    mongoc_client_t *client;
    mongoc_collection_t *collection;
} reel_mongo_place;
void reel__mongo_enter(reel_mongo_place *out, reel_mongo *mongo, const char *database,
                       const char *collection);
void reel__mongo_leave(reel_mongo_place *place, reel_mongo *mongo);

/* {"writeConcern": {"w": "majority", "j": true}}, appended: what is acknowledged is on disk. */
bool reel__mongo_safely(bson_t *options);

#endif
