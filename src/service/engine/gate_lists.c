/* gate_lists.c - see gate_lists.h. */
#include "service/engine/gate_lists.h"

#include <string.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/ids.h"
#include "eval/metrics.h"
#include "num/topk.h"
#include "service/engine/state.h"

reel_code reel__gate_reader_init(reel_gate_reader *out, const reel_model *model,
                                 const reel_dataset *dataset, reel_err *err)
{
    const reel_index films = reel_dataset_movies(dataset);
    reel_code rc = REEL_OK;

    *out = (reel_gate_reader){.model = model, .dataset = dataset};
    REEL_TRY(reel_scratch_new(&out->scratch, err));
    out->place = reel__alloc_array((size_t)films, sizeof *out->place);
    out->entries = reel__alloc_array((size_t)films, sizeof *out->entries);
    out->own = reel__alloc_array((size_t)reel_model_movies(model), sizeof *out->own);
    out->scores = reel__alloc_array((size_t)films, sizeof *out->scores);
    out->skip = reel__alloc_array(reel__bit_words(films), sizeof *out->skip);
    if (out->place == NULL || out->entries == NULL || out->own == NULL || out->scores == NULL ||
        out->skip == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "out of memory to compare models"));
    for (reel_index i = 0; i < films; i++)
        out->place[i] = reel__ids_find(reel_model_movie_ids(model), reel_model_movies(model),
                                       reel_dataset_movie_ids(dataset)[i]);
out:
    return rc;
}

void reel__gate_reader_fini(reel_gate_reader *reader)
{
    reel_scratch_free(reader->scratch);
    reel__free(reader->place);
    reel__free(reader->entries);
    reel__free(reader->own);
    reel__free(reader->scores);
    reel__free(reader->skip);
    *reader = (reel_gate_reader){0};
}

/* Both count films by ascending id, so that entries stay in order. */
static reel_query translate(const reel_gate_reader *r, const reel_query *query, int64_t person)
{
    reel_query own = {.entries = r->entries, .now = query->now, .row = -1};

    for (size_t i = 0; i < query->count; i++) {
        const reel_index movie = r->place[query->entries[i].movie];

        if (movie < 0)
            continue;
        r->entries[own.count] = query->entries[i];
        r->entries[own.count++].movie = movie;
    }
    own.row = reel__ids_find(reel_model_person_ids(r->model), reel_model_people(r->model), person);
    own.row_hash = own.row < 0 ? 0 : reel_query_hash(&own);
    return own;
}

reel_code reel__gate_read(reel_gate_reader *r, const reel_query *query, int64_t person,
                          reel_index *out, size_t *listed, reel_err *err)
{
    const reel_query own = translate(r, query, person);
    const reel_index films = reel_dataset_movies(r->dataset);
    reel_scored best[REEL_GATE_LONG];
    reel_code rc = REEL_OK;

    REEL_TRY(reel_model_score(r->model, &own, r->scratch, r->own, err));
    memset(r->skip, 0, reel__bit_words(films) * sizeof *r->skip);
    for (reel_index i = 0; i < films; i++) {
        r->scores[i] = r->place[i] < 0 ? 0 : r->own[r->place[i]];
        if (r->place[i] < 0)
            reel__bit_set(r->skip, i);
    }
    for (size_t i = 0; i < query->count; i++)
        reel__bit_set(r->skip, query->entries[i].movie);
    *listed = reel__topk(r->scores, films, r->skip, REEL_GATE_LONG, best);
    for (size_t i = 0; i < *listed; i++)
        out[i] = best[i].index;
out:
    return rc;
}

reel_code reel__gate_ask(double *out, const reel_validation *questions, const reel_model *model,
                         const volatile bool *cancel, reel_err *err)
{
    reel_gate_reader reader;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__gate_reader_init(&reader, model, questions->train, err));
    for (size_t i = 0; i < questions->count; i++) {
        const reel_question *q = &questions->questions[i];
        const int64_t person =
            q->query.row < 0 ? -1 : reel_dataset_person_ids(questions->train)[q->query.row];
        reel_index list[REEL_GATE_LONG];
        size_t listed;

        if (cancel != NULL && *cancel)
            REEL_TRY(reel_fail(err, REEL_E_CANCELLED, "cancelled while models were compared"));
        REEL_TRY(reel__gate_read(&reader, &q->query, person, list, &listed, err));
        out[i] = (reel__ndcg(list, listed, q->held, q->held_count, REEL_GATE_SHORT) +
                  reel__ndcg(list, listed, q->held, q->held_count, REEL_GATE_LONG)) /
                 2;
    }
out:
    reel__gate_reader_fini(&reader);
    return rc;
}
