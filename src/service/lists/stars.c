/* stars.c - what a person would rate films, predicted by the model of the engine that does so,
 * whichever model made the list.
 */
#include <math.h>

#include "service/engine/state.h"

static const double PARTS = 100; /* of a star; what is shown no finer */

/* Whether something is known of how whoever asks rates: a film stands for nobody, and clicks tell
 * no stars. */
static bool rates(const reel_session *session)
{
    const reel_query *query = &session->query;

    for (size_t i = 0; i < query->count && !session->by_film; i++)
        if (query->entries[i].weight > 0 && query->entries[i].kind == REEL_ENTRY_RATING)
            return true;
    return false;
}

static double inside(double rating, reel_scale scale)
{
    return isnan(rating) ? rating : fmin(fmax(rating, scale.min), scale.max);
}

/* A range is not made narrower by how it is shown. */
static reel_stars shown(double rating, reel_rating_interval range, reel_scale scale)
{
    return (reel_stars){.rating = round(inside(rating, scale) * PARTS) / PARTS,
                        .low = floor(inside((double)range.low, scale) * PARTS) / PARTS,
                        .high = ceil(inside((double)range.high, scale) * PARTS) / PARTS};
}

reel_code reel__session_stars(reel_session *session, const reel_index *movies, size_t count,
                              reel_stars *out, reel_err *err)
{
    const reel_engine *engine = session->engine;
    const reel_model *model = engine->models[MODEL_ALS];
    float ratings[REEL_LIST_MAX];
    reel_rating_interval ranges[REEL_LIST_MAX];
    reel_code rc;

    for (size_t i = 0; i < count; i++)
        out[i] = (reel_stars){(double)NAN, (double)NAN, (double)NAN};
    if (model == NULL || !(engine->scale.max > engine->scale.min) || !rates(session))
        return REEL_OK;
    REEL_TRY(
        reel_model_predict(model, &session->query, movies, count, session->scratch, ratings, err));
    REEL_TRY(reel_model_predict_range(model, &session->query, (reel_films){movies, count}, ratings,
                                      ranges, err));
    for (size_t i = 0; i < count; i++)
        if (reel__engine_rated(engine, movies[i], NULL) > 0)
            out[i] = shown((double)ratings[i], ranges[i], engine->scale);
out:
    return rc;
}

reel_code reel__predicted_rating(reel_session *session, int64_t person, reel_index movie,
                                 reel_stars *out, reel_err *err)
{
    reel_request request = reel__request_default();
    reel_code rc;

    request.user = person;
    session->hidden_count = 0;
    rc = reel__session_set_query(session, &request, err);
    return rc == REEL_OK ? reel__session_stars(session, &movie, 1, out, err) : rc;
}
