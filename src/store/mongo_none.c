/* mongo_none.c - what stands in for MongoDB where libmongoc is missing. */
#include "store/mongo/mongo.h"

static reel_code missing(reel_err *err)
{
    return reel_fail(err, REEL_E_INVALID,
                     "MONGODB_URI: this program was built without MongoDB; install libmongoc-dev "
                     "and build it again, or take the setting away");
}

reel_code reel__mongo_open(reel_mongo **out, const char *uri, reel_err *err)
{
    (void)uri;
    *out = NULL;
    return missing(err);
}

/* Nothing is open, so nothing of the rest is called. */
void reel__mongo_close(reel_mongo *mongo)
{
    (void)mongo;
}

const char *reel__mongo_name(const reel_mongo *mongo)
{
    (void)mongo;
    return "";
}

reel_code reel__mongo_try(reel_mongo *mongo, reel_err *err)
{
    (void)mongo;
    return missing(err);
}

reel_code reel__mongo_batch_new(reel_mongo_batch **out, size_t most, reel_err *err)
{
    (void)most;
    *out = NULL;
    return missing(err);
}

void reel__mongo_batch_clear(reel_mongo_batch *batch)
{
    (void)batch;
}

void reel__mongo_batch_free(reel_mongo_batch *batch)
{
    (void)batch;
}

size_t reel__mongo_batch_count(const reel_mongo_batch *batch)
{
    (void)batch;
    return 0;
}

reel_code reel__mongo_add_event(reel_mongo_batch *batch, const reel_event *event,
                                const reel_mongo_titles *titles, reel_err *err)
{
    (void)batch;
    (void)event;
    (void)titles;
    return missing(err);
}

reel_code reel__mongo_send(reel_mongo *mongo, const reel_mongo_batch *batch,
                           reel_mongo_answer *answer, reel_err *err)
{
    (void)mongo;
    (void)batch;
    (void)answer;
    return missing(err);
}

reel_code reel__mongo_index_events(reel_mongo *mongo, int ttl_days, reel_err *err)
{
    (void)mongo;
    (void)ttl_days;
    return missing(err);
}

reel_code reel__mongo_forget(reel_mongo *mongo, int64_t person, int64_t *count, reel_err *err)
{
    (void)mongo;
    (void)person;
    (void)count;
    return missing(err);
}

reel_code reel__mongo_put_movies(reel_mongo *mongo, const reel_movie *movies, size_t count,
                                 reel_err *err)
{
    (void)mongo;
    (void)movies;
    (void)count;
    return missing(err);
}

reel_code reel__mongo_scan_movies(reel_mongo *mongo, reel_mongo_movie_fn *row, void *user,
                                  int64_t *skipped, reel_err *err)
{
    (void)mongo;
    (void)row;
    (void)user;
    (void)skipped;
    return missing(err);
}
