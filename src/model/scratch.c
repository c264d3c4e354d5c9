/* scratch.c - the working memory of one thread, as numbered slots that only ever grow.
 * A slot that had to grow comes back zeroed, so that a key left in its first bytes by an earlier
 * call can be trusted whenever it is not zero.
 */
#include <string.h>

#include "base/alloc.h"
#include "model/vtable.h"

struct reel_scratch {
    void *slots[REEL_SCRATCH_SLOTS];
    size_t sizes[REEL_SCRATCH_SLOTS];
};

reel_code reel_scratch_new(reel_scratch **out, reel_err *err)
{
    *out = reel__alloc_zero(1, sizeof **out);
    if (*out == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for the working memory of a model");
    return REEL_OK;
}

void reel_scratch_free(reel_scratch *scratch)
{
    if (scratch == NULL)
        return;
    for (int i = 0; i < REEL_SCRATCH_SLOTS; i++)
        reel__free(scratch->slots[i]);
    reel__free(scratch);
}

void *reel__scratch_get(reel_scratch *scratch, int slot, size_t size_bytes)
{
    /* Half as much again: a thread that meets ever longer histories grows a slot few times. */
    const size_t room = size_bytes + size_bytes / 2 + 64;
    void *block;

    if (scratch->slots[slot] != NULL && size_bytes <= scratch->sizes[slot])
        return scratch->slots[slot];
    block = room < size_bytes ? NULL : reel__alloc_aligned(room, 1);
    if (block == NULL)
        return NULL;
    memset(block, 0, room);
    reel__free(scratch->slots[slot]);
    scratch->slots[slot] = block;
    scratch->sizes[slot] = room;
    return block;
}
