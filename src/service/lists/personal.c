/* personal.c - films like a film for somebody: the most similar ones, in the order of how similar
 * they are and how well they suit the person. Both scores are standardised over all films and
 * added; a sum of two sums over histories is one again, so the reasons still add up to it.
 */
#include <math.h>
#include <string.h>

#include "num/kernels.h"
#include "num/topk.h"
#include "service/engine/state.h"

/* How many of the most similar films there are to choose from, and to go on with. */
enum { NEAR = 100, FILM = 0, PERSON = 1, SIDES = 2 };

bool reel__is_personal(const reel_request *request)
{
    return request->source_movie >= 0 && (request->user >= 0 || request->given != NULL);
}

/* The film's part of the request, and the person's. */
static reel_request part_of(const reel_request *request, int side)
{
    reel_request own = *request;

    if (side == PERSON) {
        own.source_movie = -1;
        return own;
    }
    own.user = -1;
    own.given = own.edits = NULL;
    own.given_count = own.edit_count = 0;
    return own;
}

/* Ask one side; its scores are standardised into the group's. */
static reel_code score_side(reel_session *session, const reel_request *request, int side,
                            const char **basis, reel_err *err)
{
    const size_t movies = (size_t)reel_dataset_movies(session->engine->dataset);
    const reel_request own = part_of(request, side);
    reel_personal *personal = &session->personal;
    float *out = session->group.standings + (size_t)side * movies;
    double deviation;
    reel_code rc;

    REEL_TRY(reel__session_set_query(session, &own, err));
    REEL_TRY(reel__session_score(session, basis, err));
    reel__moments(session->scores, movies, &personal->mean[side], &deviation);
    personal->scale[side] = deviation > 0 ? 1 / deviation : 0;
    personal->models[side] = session->model;
    for (size_t j = 0; j < movies; j++)
        out[j] =
            (float)(personal->scale[side] * ((double)session->scores[j] - personal->mean[side]));
out:
    return rc;
}

reel_code reel__personal_score(reel_session *session, const reel_request *request, reel_list *list,
                               reel_err *err)
{
    const size_t movies = (size_t)reel_dataset_movies(session->engine->dataset);
    const reel_model *similar = session->model;
    const reel_model *hybrid = session->engine->models[MODEL_HYBRID];
    const float *standings;
    const char *ignored;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__household_reserve(session, SIDES, err));
    standings = session->group.standings;
    REEL_TRY(score_side(session, request, FILM, &ignored, err));
    session->model = hybrid != NULL ? hybrid : similar;
    REEL_TRY(score_side(session, request, PERSON, &list->basis, err));
    for (size_t j = 0; j < movies; j++)
        session->scores[j] = standings[j] + standings[movies + j];
    session->model = similar;
    list->personal = true;
out:
    return rc;
}

void reel__personal_narrow(reel_session *session, size_t earlier)
{
    const reel_index movies = reel_dataset_movies(session->engine->dataset);
    const size_t words = ((size_t)movies + 63) / 64, most = earlier < NEAR ? NEAR - earlier : 0;
    reel_scored near[NEAR];
    const size_t count = reel__topk(session->group.standings, movies, session->skip, most, near);

    memset(session->skip, 0xff, words * sizeof *session->skip);
    for (size_t i = 0; i < count; i++)
        session->skip[near[i].index >> 6] &= ~(UINT64_C(1) << (near[i].index & 63));
}

/* ---- reasons ------------------------------------------------------------------------------- */

/* What one side said of a film, added to what is known of it. */
static void add_side(reel_explanation *out, const reel_explanation *part, double mean, double scale)
{
    out->baseline += scale * (part->baseline - mean);
    out->other += scale * part->other;
    for (size_t i = 0; i < part->reason_count; i++) {
        const reel_reason reason = {part->reasons[i].movie, scale * part->reasons[i].contribution};
        size_t at = 0;

        while (at < out->reason_count && out->reasons[at].movie != reason.movie)
            at++;
        if (at < out->reason_count)
            out->reasons[at].contribution += reason.contribution;
        else if (out->reason_count < REEL_REASONS_MAX)
            out->reasons[out->reason_count++] = reason;
        else
            out->other += reason.contribution;
    }
    for (size_t i = 0; i < part->term_count && out->term_count < REEL_TERMS_MAX; i++)
        out->terms[out->term_count++] =
            (reel_term_reason){part->terms[i].term, scale * part->terms[i].contribution};
}

/* Largest first, then ascending; what is too many goes into the rest. */
static void order_reasons(reel_explanation *out, size_t reasons)
{
    for (size_t i = 1; i < out->reason_count; i++) {
        const reel_reason one = out->reasons[i];
        size_t at = i;

        for (; at > 0; at--) {
            const reel_reason *above = &out->reasons[at - 1];
            const double difference = fabs(one.contribution) - fabs(above->contribution);

            if (difference < 0 || (difference == 0 && above->movie < one.movie))
                break;
            out->reasons[at] = *above;
        }
        out->reasons[at] = one;
    }
    while (out->reason_count > reasons)
        out->other += out->reasons[--out->reason_count].contribution;
}

static reel_code explain_side(reel_session *session, const reel_request *request, int side,
                              reel_list *list, reel_err *err)
{
    const reel_personal *personal = &session->personal;
    const reel_request own = part_of(request, side);
    reel_code rc;

    REEL_TRY(reel__session_set_query(session, &own, err));
    for (size_t i = 0; i < list->count; i++) {
        reel_explanation why;

        REEL_TRY(reel__session_in_time(session, err));
        REEL_TRY(reel_model_explain(personal->models[side], &session->query, list->items[i].movie,
                                    (size_t)request->reasons, session->scratch, &why, err));
        add_side(&list->items[i].why, &why, personal->mean[side], personal->scale[side]);
    }
out:
    return rc;
}

reel_code reel__personal_explain(reel_session *session, const reel_request *request,
                                 reel_list *list, reel_err *err)
{
    reel_code rc = REEL_OK;

    for (size_t i = 0; i < list->count; i++)
        list->items[i].why = (reel_explanation){.score = list->items[i].score};
    for (int side = 0; side < SIDES; side++)
        REEL_TRY(explain_side(session, request, side, list, err));
    for (size_t i = 0; i < list->count; i++) {
        reel_recommendation *item = &list->items[i];

        order_reasons(&item->why, (size_t)request->reasons);
        REEL_TRY(reel__session_stars(session, &item->movie, 1, &item->stars, err));
    }
out:
    return rc;
}
