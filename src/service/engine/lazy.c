/* lazy.c - what only some requests need is made by the first of them and kept with the engine. */
#include "service/engine/state.h"

reel_code reel__engine_lazy(void **out, const reel_engine *engine, const reel_lazy *place,
                            reel_lazy_make *make, reel_err *err)
{
    reel_engine *owner = (reel_engine *)(uintptr_t)engine; /* only what is made once changes */
    reel_lazy *own = (reel_lazy *)(uintptr_t)place;
    void *made = atomic_load_explicit(own, memory_order_acquire);
    reel_code rc = REEL_OK;

    if (made == NULL) {
        pthread_mutex_lock(&owner->lazy_lock);
        made = atomic_load_explicit(own, memory_order_relaxed);
        if (made == NULL)
            rc = make(&made, engine, err);
        if (rc == REEL_OK)
            atomic_store_explicit(own, made, memory_order_release);
        pthread_mutex_unlock(&owner->lazy_lock);
    }
    *out = made;
    return rc;
}
