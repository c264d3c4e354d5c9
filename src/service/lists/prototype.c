/* prototype.c - see prototype.h. */
#include "service/lists/prototype.h"

#include <math.h>
#include <string.h>

#include "base/bits.h"
#include "num/topk.h"
#include "service/engine/state.h"

static double jaccard(uint64_t a, uint64_t b)
{
    const int either = __builtin_popcountll(a | b);

    return either == 0 ? 0 : (double)__builtin_popcountll(a & b) / (double)either;
}

/* The best of session->scores but for the films in session->skip. */
static size_t take_best(const reel_session *session, size_t limit, bool alike,
                        reel_prototype_film *out)
{
    reel_scored best[REEL_PROTOTYPE_MOST];
    const size_t count = reel__topk(session->scores, reel_dataset_movies(session->engine->dataset),
                                    session->skip, limit, best);

    for (size_t i = 0; i < count; i++)
        out[i] = (reel_prototype_film){best[i].index, alike, (double)best[i].score};
    return count;
}

static void show_all(reel_session *session)
{
    const size_t films = (size_t)reel_dataset_movies(session->engine->dataset);

    memset(session->skip, 0, (films + 63) / 64 * sizeof *session->skip);
}

reel_code reel__prototype_content(reel_session *session, reel_index movie, size_t limit,
                                  reel_prototype_film *out, size_t *count, reel_err *err)
{
    const reel_index films = reel_dataset_movies(session->engine->dataset);
    const reel_looks *looks;
    reel_code rc;

    REEL_TRY(reel__order_looks(&looks, session->engine, err));
    show_all(session);
    reel__bit_set(session->skip, movie);
    for (reel_index i = 0; i < films; i++)
        session->scores[i] = (float)jaccard(looks->genres.of[movie], looks->genres.of[i]);
    *count = take_best(session, limit, true, out);
    for (size_t i = 0; i < *count; i++)
        out[i].similarity = jaccard(looks->genres.of[movie], looks->genres.of[out[i].movie]);
out:
    return rc;
}

static void best_voted(reel_session *session, size_t limit, reel_prototype_film *out, size_t *count)
{
    const reel_dataset *dataset = session->engine->dataset;

    show_all(session);
    for (reel_index i = 0; i < reel_dataset_movies(dataset); i++) {
        const float voted = reel_dataset_movie(dataset, i).vote_average;

        session->scores[i] = isnan(voted) ? -1 : voted;
    }
    *count = take_best(session, limit, false, out);
}

reel_code reel__prototype_collaborative(reel_session *session, int64_t person, size_t limit,
                                        reel_prototype_film *out, const reel_list **list,
                                        size_t *count, reel_err *err)
{
    reel_request request = reel__request_default();
    reel_code rc = REEL_OK;

    *list = NULL;
    if (reel_dataset_find_person(session->engine->dataset, person) < 0) {
        best_voted(session, limit, out, count);
        return REEL_OK;
    }
    request.user = person;
    request.model = "user-knn";
    request.limit = limit;
    request.reasons = 0;
    REEL_TRY(reel__recommend(session, &request, list, err));
    *count = (*list)->count;
    for (size_t i = 0; i < *count; i++)
        out[i] = (reel_prototype_film){.movie = (*list)->items[i].movie};
out:
    return rc;
}
