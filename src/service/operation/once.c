/* once.c - requests by key: hashed, begun and ended. */
#include "service/operation/once.h"

#include <string.h>

#include "base/clock.h"
#include "base/hash.h"

enum { SECONDS = 24 * 3600 };

static reel_code no_memory(reel_err *err)
{
    return reel_fail(err, REEL_E_NOMEM, "no memory to tell requests apart");
}

static reel_code hash(reel_once *out, const reel_once_request *request, reel_err *err)
{
    reel_digest *key = reel__digest_new(REEL_DIGEST_SHA256), *body;

    if (key == NULL)
        return no_memory(err);
    for (int i = 0; i < REEL_ONCE_PARTS; i++) {
        if (request->parts[i] != NULL)
            reel__digest_update(key, request->parts[i], strlen(request->parts[i]));
        reel__digest_update(key, "", 1);
    }
    reel__digest_finish(key, out->key);
    body = reel__digest_new(REEL_DIGEST_SHA256);
    if (body == NULL)
        return no_memory(err);
    reel__digest_update(body, request->body, request->length);
    reel__digest_finish(body, out->body);
    out->at = reel__clock_now();
    return REEL_OK;
}

reel_code reel__once_begin(char key[REEL_ONCE_HASH], reel_store *store,
                           const reel_once_request *request, reel_once_state *state,
                           reel_once_answer *there, reel_err *err)
{
    reel_once asked;
    bool mine = false;
    reel_code rc;

    *state = REEL_ONCE_RUNNING;
    REEL_TRY(hash(&asked, request, err));
    memcpy(key, asked.key, sizeof asked.key);
    REEL_TRY(reel__store_begin_once(store, &asked, SECONDS, &mine, there, err));
    if (mine)
        *state = REEL_ONCE_MINE;
    else if (there->body[0] != '\0' && strcmp(there->body, asked.body) != 0)
        *state = REEL_ONCE_OTHER;
    else if (there->status != 0)
        *state = REEL_ONCE_DONE;
out:
    return rc;
}

bool reel__once_end(reel_store *store, const char *key, const reel_once_answer *answer)
{
    reel_err ignored = {REEL_OK, ""};

    return (answer == NULL ? reel__store_drop_once(store, key, &ignored)
                           : reel__store_end_once(store, key, answer, &ignored)) == REEL_OK;
}

reel_code reel__once_sweep(reel_store *store, reel_err *err)
{
    return reel__store_sweep_once(store, reel__clock_now(), SECONDS, err);
}
