/* scratch.c - the working memory of one thread, as numbered slots that only ever grow.
 * A slot that had to grow comes back zeroed, so that a key left in its first bytes by an earlier
 * call can be trusted whenever it is not zero.
 */
#include <string.h>

#include "base/alloc.h"
#include "model/vtable.h"
#include "num/blas.h"

struct reel_scratch {
    void *slots[REEL_SCRATCH_SLOTS];
    size_t sizes[REEL_SCRATCH_SLOTS];
    const reel_model_ops *kind;              /* whose part of another scratch this is, or NULL */
    reel_scratch *parts[REEL_SCRATCH_PARTS]; /* by kind, NULL behind the last */
};

reel_code reel_scratch_new(reel_scratch **out, reel_err *err)
{
    *out = NULL;
    if (reel__blas_reserve(1, err) != REEL_OK)
        return REEL_E_NOMEM;
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
    for (int i = 0; i < REEL_SCRATCH_PARTS; i++)
        reel_scratch_free(scratch->parts[i]);
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

reel_scratch *reel__scratch_part(reel_scratch *scratch, const reel_model *model)
{
    int i = 0;

    while (i < REEL_SCRATCH_PARTS && scratch->parts[i] != NULL &&
           scratch->parts[i]->kind != model->ops)
        i++;
    if (i == REEL_SCRATCH_PARTS)
        return NULL;
    if (scratch->parts[i] == NULL && (scratch->parts[i] = reel__alloc_zero(1, sizeof *scratch)))
        scratch->parts[i]->kind = model->ops;
    return scratch->parts[i];
}
