/* interleave.c - one list of two ways to make it, for an experiment (eval/interleave.h): each makes
 * its own, with its rules and reasons, and each film of the list keeps those of the side that
 * picked it.
 */
#include "eval/interleave.h"

#include <stdio.h>

#include "base/alloc.h"
#include "service/engine/state.h"

/* What a side made: its films, best first. */
typedef struct made {
    reel_recommendation *items;
    int64_t *films;
    size_t *count;
} made;

static reel_code make_side(const made *out, reel_session *session, const reel_request *request,
                           const reel_side *side, reel_err *err)
{
    const int64_t *ids = reel_dataset_movie_ids(session->engine->dataset);
    reel_request own = *request;
    const reel_list *list;
    reel_code rc;

    own.sides = NULL;
    own.model = side->model;
    own.blend = side->blend;
    own.blend_count = side->blend_count;
    REEL_TRY(reel__recommend(session, &own, &list, err));
    *out->count = list->count;
    for (size_t i = 0; i < list->count; i++) {
        out->items[i] = list->items[i];
        out->items[i].side = side->name;
        out->films[i] = ids[list->items[i].movie];
    }
out:
    return rc;
}

reel_code reel__recommend_sides(reel_session *session, const reel_request *request,
                                const char *list_id, reel_err *err)
{
    reel_interleave_pick picks[REEL_LIST_MAX];
    reel_recommendation *items = NULL; /* [2 x limit] */
    int64_t *films = NULL;
    reel_list *list = &session->list;
    reel_request own = *request;
    const size_t limit = request->limit;
    size_t counts[2];
    reel_code rc;

    own.list_id = list_id;
    REEL_TRY(reel__request_check(session, request, err));
    items = reel__alloc_array(2 * limit, sizeof *items);
    films = reel__alloc_array(2 * limit, sizeof *films);
    if (items == NULL || films == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "out of memory to interleave two lists"));
    for (size_t i = 0; i < 2; i++)
        REEL_TRY(make_side(&(made){items + i * limit, films + i * limit, &counts[i]}, session, &own,
                           &request->sides[i], err));
    list->count = reel__interleave(
        picks, limit,
        (const reel_interleave_side[]){{films, counts[0]}, {films + limit, counts[1]}}, list_id,
        (int)request->earlier_count + 1);
    for (size_t i = 0; i < list->count; i++) {
        list->items[i] = items[(size_t)picks[i].side * limit + picks[i].place];
        list->items[i].rank = (int)(request->earlier_count + i) + 1;
    }
    list->model = list->model_id = REEL_INTERLEAVED;
    list->blend_count = 0;
out:
    reel__free(items);
    reel__free(films);
    return rc;
}
