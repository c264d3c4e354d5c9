/* forward_past.c - what nobody sent of a database's events, sent by hand. */
#include "service/feedback/forward_priv.h"
#include "service/models/source.h"

static reel_code send_past(reel_forward *f, reel_err *err)
{
    int64_t queued = 0;
    bool more = true;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__forward_indexes(f, err)); /* is it there at all? */
    REEL_TRY(reel__queue_all(f->store, &queued, err));
    while (more && rc == REEL_OK)
        rc = reel__forward_batch(f, &more, err);
    if (rc == REEL_OK)
        rc = reel__forward_forget(f, err);
out:
    return rc;
}

reel_code reel__forward_past(const char *database, const reel_forward_opts *opts, int64_t *sent,
                             int64_t *refused, reel_err *err)
{
    const reel_source source = {.database = database, .whole = true};
    reel_forward_opts own = {.uri = opts->uri, .ttl_days = opts->ttl_days, .alone = true};
    reel_dataset *films = NULL;
    reel_forward *f = NULL;
    reel_code rc = REEL_OK;

    *sent = *refused = 0;
    REEL_TRY(reel__source_read(&films, &source, NULL, err));
    REEL_TRY(reel__store_open(&own.store, database, NULL, err));
    REEL_TRY(reel__forward_make(&f, &own, err));
    f->films = films;
    rc = send_past(f, err);
    *sent = f->facts.delivered;
    *refused = f->facts.refused;
    reel__forward_unmake(f);
out:
    reel__store_close(own.store);
    reel_dataset_free(films);
    return rc;
}
