/* reasons.c - the door to reasons: models say what each entry of a history adds to the scores of
 * some films, here the largest of those are picked.
 */
#include <math.h>
#include <string.h>

#include "model/model_priv.h"

reel_code reel__model_reasons(const reel_model *model, const reel_query *query,
                              const reel_asked *asked, reel_scratch *scratch, reel_err *err)
{
    if (model->ops->explain_many != NULL)
        return model->ops->explain_many(model, query, asked, scratch, err);
    for (size_t i = 0; i < asked->count; i++) {
        const reel_code rc =
            model->ops->explain(model, query, asked->movies[i], scratch,
                                asked->contributions + i * query->count, &asked->out[i], err);

        if (rc != REEL_OK)
            return rc;
    }
    return REEL_OK;
}

/* Keep the limit largest by insertion: entries come by ascending film, so a later one of the same
 * size goes behind. */
static void pick_reasons(reel_explanation *out, const reel_query *query,
                         const double *contributions, size_t limit)
{
    double rest = 0, least = 0; /* of those kept, when there is no room for more */

    for (size_t i = 0; i < query->count; i++) {
        const double c = contributions[i];
        size_t at = out->reason_count;

        rest += c;
        if (fabs(c) <= least || limit == 0)
            continue;
        while (at > 0 && fabs(out->reasons[at - 1].contribution) < fabs(c))
            at--;
        if (out->reason_count < limit)
            out->reason_count++;
        memmove(&out->reasons[at + 1], &out->reasons[at],
                (out->reason_count - at - 1) * sizeof out->reasons[0]);
        out->reasons[at] = (reel_reason){query->entries[i].movie, c};
        if (out->reason_count == limit)
            least = fabs(out->reasons[limit - 1].contribution);
    }
    for (size_t i = 0; i < out->reason_count; i++)
        rest -= out->reasons[i].contribution;
    out->other = out->reason_count == query->count ? 0 : rest;
}

static reel_code check_asked(const reel_model *model, reel_films films, size_t limit, reel_err *err)
{
    for (size_t i = 0; i < films.count; i++)
        if (films.movies[i] < 0 || films.movies[i] >= model->movies)
            return reel_fail(err, REEL_E_INVALID, "film index %d is outside 0..%d of model \"%s\"",
                             (int)films.movies[i], (int)model->movies - 1, model->id);
    if (limit > REEL_REASONS_MAX)
        return reel_fail(err, REEL_E_INVALID, "%zu reasons asked for, at most %d are given", limit,
                         (int)REEL_REASONS_MAX);
    return REEL_OK;
}

reel_code reel_model_explain_many(const reel_model *model, const reel_query *query,
                                  reel_films films, size_t limit, reel_scratch *scratch,
                                  reel_explanation *out, reel_err *err)
{
    const size_t together = films.count < REEL_ASKED_MAX ? films.count : REEL_ASKED_MAX;
    reel_scratch *part;
    reel_query usable;
    double *contributions;
    reel_code rc = REEL_OK;

    memset(out, 0, films.count * sizeof *out);
    REEL_TRY(check_asked(model, films, limit, err));
    REEL_TRY(reel__model_open_query(&usable, model, query, scratch, err));
    contributions = reel__scratch_get(scratch, REEL_SLOT_CONTRIBUTIONS,
                                      (together * usable.count + 1) * sizeof *contributions);
    if (contributions == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for %zu reasons", usable.count);
    part = reel__scratch_part(scratch, model);
    if (part == NULL)
        return reel__model_no_scratch(model, err);
    for (size_t at = 0; at < films.count; at += together) {
        const size_t count = films.count - at < together ? films.count - at : together;
        const reel_asked asked = {films.movies + at, count, contributions, out + at};

        memset(contributions, 0, count * usable.count * sizeof *contributions);
        REEL_TRY(reel__model_reasons(model, &usable, &asked, part, err));
        for (size_t i = 0; i < count; i++)
            pick_reasons(&out[at + i], &usable, contributions + i * usable.count, limit);
    }
out:
    return rc;
}

reel_code reel_model_explain(const reel_model *model, const reel_query *query, reel_index movie,
                             size_t limit, reel_scratch *scratch, reel_explanation *out,
                             reel_err *err)
{
    return reel_model_explain_many(model, query, (reel_films){&movie, 1}, limit, scratch, out, err);
}
