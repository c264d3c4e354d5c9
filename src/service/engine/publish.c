/* publish.c - see publish.h. */
#include "service/engine/publish.h"

#include <pthread.h>

#include "base/alloc.h"

struct reel_publisher {
    pthread_mutex_t lock; /* between reading the pointer and taking the reference nobody frees it */
    reel_engine *engine;
};

reel_code reel__publisher_new(reel_publisher **out, reel_err *err)
{
    reel_publisher *publisher = reel__alloc_zero(1, sizeof *publisher);

    *out = NULL;
    if (publisher == NULL || pthread_mutex_init(&publisher->lock, NULL) != 0) {
        reel__free(publisher);
        return reel_fail(err, REEL_E_NOMEM, "out of memory to publish an engine");
    }
    *out = publisher;
    return REEL_OK;
}

void reel__publisher_free(reel_publisher *publisher)
{
    if (publisher == NULL)
        return;
    reel__engine_close(publisher->engine);
    pthread_mutex_destroy(&publisher->lock);
    reel__free(publisher);
}

void reel__publish(reel_publisher *publisher, reel_engine *engine)
{
    reel_engine *older;

    pthread_mutex_lock(&publisher->lock);
    older = publisher->engine;
    publisher->engine = engine;
    pthread_mutex_unlock(&publisher->lock);
    reel__engine_close(older); /* may be long, if nobody else uses it */
}

reel_engine *reel__publisher_take(reel_publisher *publisher)
{
    reel_engine *engine;

    pthread_mutex_lock(&publisher->lock);
    engine = publisher->engine == NULL ? NULL : reel__engine_ref(publisher->engine);
    pthread_mutex_unlock(&publisher->lock);
    return engine;
}
