/* list_id.c - see list_id.h. */
#include "service/lists/list_id.h"

#include <stdio.h>
#include <string.h>

enum {
    TIME = 4,
    NONCE = 5,
    MODEL = 6,
    SAID = TIME + NONCE + MODEL,
    CODE = 15,
    SAID_TEXT = SAID / 3 * 4,
    TEXT = SAID_TEXT + CODE / 3 * 4,
    DAY = 86400
};
_Static_assert(SAID % 3 == 0 && CODE % 3 == 0, "each part is whole characters");

static void write_model(unsigned char out[MODEL], const reel_seal_key *key, const char *model_id)
{
    reel__seal_code(out, MODEL, key, (const char *const[]){"model", model_id}, 2);
}

/* said: the id up to its signature. */
static void sign(unsigned char out[CODE], const reel_seal_key *key, const char *said,
                 const reel_list_claim *claim)
{
    reel__seal_code(out, CODE, key,
                    (const char *const[]){claim->anyone ? "list of anyone" : "list", said,
                                          claim->anyone ? "" : claim->who},
                    3);
}

void reel__list_id_who(char out[REEL_UNIT], const reel_request *request)
{
    reel__experiment_unit(out, request->user, request->visitor);
    if (out[0] == '\0')
        reel__experiment_unit(out, request->asked_by, NULL);
}

reel_code reel__list_id_make(char out[REEL_LIST_ID], const char *prefix, const reel_seal_key *key,
                             const reel_list_claim *claim, reel_err *err)
{
    const size_t begin = strlen(prefix);
    const uint32_t at = claim == NULL ? 0 : (uint32_t)claim->at;
    unsigned char bytes[SAID + CODE];
    reel_code rc = REEL_OK;

    if (begin + TEXT >= REEL_LIST_ID)
        return reel_fail(err, REEL_E_INVALID, "\"%.64s\" is too long for the id of a list", prefix);
    if (claim == NULL) {
        REEL_TRY(reel__random_bytes(bytes, sizeof bytes, err));
    } else {
        for (size_t i = 0; i < TIME; i++)
            bytes[i] = (unsigned char)(at >> 8 * i);
        REEL_TRY(reel__random_bytes(bytes + TIME, NONCE, err));
        write_model(bytes + TIME + NONCE, key, claim->model_id);
    }
    (void)snprintf(out, REEL_LIST_ID, "%s", prefix);
    reel__seal_write(out + begin, bytes, SAID);
    if (claim != NULL)
        sign(bytes + SAID, key, out, claim);
    reel__seal_write(out + begin + SAID_TEXT, bytes + SAID, CODE);
out:
    return rc;
}

bool reel__list_id_holds(const char *id, const reel_seal_key *key, const reel_list_claim *claim)
{
    const size_t length = strlen(id);
    unsigned char said[SAID], code[CODE], own[CODE], model[MODEL];
    char text[REEL_LIST_ID];
    int64_t at = 0;

    if (length <= TEXT || length >= REEL_LIST_ID ||
        !reel__seal_read(code, CODE, id + length - (TEXT - SAID_TEXT)))
        return false;
    (void)snprintf(text, sizeof text, "%.*s", (int)(length - (TEXT - SAID_TEXT)), id);
    sign(own, key, text, claim);
    if (!reel__seal_same(own, code, CODE) || !reel__seal_read(said, SAID, text + length - TEXT))
        return false;
    for (size_t i = 0; i < TIME; i++)
        at |= (int64_t)said[i] << 8 * i;
    write_model(model, key, claim->model_id);
    return claim->at - at <= (int64_t)REEL_LIST_ID_DAYS * DAY &&
           (claim->model_id[0] == '\0' || memcmp(model, said + TIME + NONCE, MODEL) == 0);
}
