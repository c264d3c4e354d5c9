/* recommend.c - a request becomes a list of films with the reason for each, or people like one. */
#include "service/lists/recommend.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/bits.h"
#include "base/clock.h"
#include "model/widen.h"
#include "service/engine/state.h"
#include "service/experiments/experiments.h"
#include "service/lists/list_id.h"
#include "store/accounts.h"

enum { EXPLAINED_AT_ONCE = 16 };

reel_request reel__request_default(void)
{
    return (reel_request){
        .user = -1, .source_movie = -1, .limit = 10, .reasons = 3, .asked_by = -1};
}

static bool nothing_to_use(const reel_query *query)
{
    for (size_t i = 0; i < query->count; i++)
        if (query->entries[i].weight > 0)
            return false;
    return true;
}

/* ---- which films --------------------------------------------------------------------------- */

/* Hide what was seen, what was excluded, and films no model but one that reads texts can know: but
 * for those that came since it was trained, of which it guesses by their texts, too. */
static void mask(reel_session *session, const reel_request *request, reel_list *list)
{
    const reel_engine *engine = session->engine;
    const size_t words = reel__bit_words(reel_dataset_movies(engine->dataset));
    const bool reads_texts = reel__session_reads_texts(session);
    const uint64_t *guessed = reel__session_guessed(session);

    memset(session->skip, 0, words * sizeof *session->skip);
    list->removed_seen = list->removed_excluded = list->removed_filter = 0;
    for (size_t i = 0; i < session->hidden_count; i++) {
        list->removed_excluded += !reel__bit_get(session->skip, session->hidden[i]);
        reel__bit_set(session->skip, session->hidden[i]);
    }
    for (size_t i = 0; i < session->query.count && !request->show_seen; i++) {
        if (session->query.entries[i].kind == REEL_ENTRY_SIGNAL)
            continue; /* looked at, not seen */
        reel__bit_set(session->skip, session->query.entries[i].movie);
        list->removed_seen++;
    }
    for (size_t i = 0; i < request->exclude_count; i++) {
        const reel_index movie = reel_dataset_find_movie(engine->dataset, request->exclude[i]);

        if (movie < 0 || reel__bit_get(session->skip, movie))
            continue;
        reel__bit_set(session->skip, movie);
        list->removed_excluded++;
    }
    for (size_t i = 0; i < request->earlier_count; i++) {
        const reel_index movie = reel_dataset_find_movie(engine->dataset, request->earlier[i]);

        if (movie >= 0)
            reel__bit_set(session->skip, movie);
    }
    if (request->source_movie >= 0)
        reel__bit_set(session->skip,
                      reel_dataset_find_movie(engine->dataset, request->source_movie));
    for (size_t i = 0; i < words && !reads_texts; i++)
        session->skip[i] |= engine->unrated[i] & ~(guessed == NULL ? 0 : guessed[i]);
}

/* Whether the scores say nothing about which film is better: no two numbers among them differ. */
static bool flat(const reel_session *session)
{
    const reel_index movies = reel_dataset_movies(session->engine->dataset);
    float first = NAN;

    for (reel_index i = 0; i < movies; i++) {
        const float score = session->scores[i];

        if (isnan(first))
            first = score;
        else if (score < first || score > first)
            return false;
    }
    return true;
}

const char *reel__fallback_name(reel_fallback why)
{
    return why == REEL_FALLBACK_FLAT ? "flat" : "no_history";
}

static const char *name_of(const reel_session *session)
{
    return session->model == session->blend.model ? "blend"
                                                  : reel_model_get_info(session->model)->name;
}

/* A model from before somebody came has no row of theirs. */
static bool is_trained_on(const reel_session *session)
{
    return reel__model_has_row(session->model, session->query.row) && !session->edited;
}

reel_code reel__session_score(reel_session *session, const char **basis, reel_err *err)
{
    const reel_model *popular = session->engine->models[MODEL_POPULAR];
    reel_fallback why = REEL_FALLBACK_NO_HISTORY;
    reel_code rc = reel__session_in_time(session, err);

    if (rc != REEL_OK)
        return rc;
    *basis = is_trained_on(session) ? "trained" : "fold_in";
    if (!nothing_to_use(&session->query)) {
        REEL_TRY(reel_model_score(session->model, &session->query, session->scratch,
                                  session->scores, err));
        if (session->model == popular || !flat(session))
            goto out;
        why = REEL_FALLBACK_FLAT;
    }
    *basis = "fallback";
    session->list.fell_back = name_of(session);
    session->list.fallbacks[why]++;
    session->model = popular;
    REEL_TRY(reel_model_score(popular, &session->query, session->scratch, session->scores, err));
out:
    return rc;
}

/* Its id: that of a list that goes on, or a new one. */
static reel_code name_list(char out[REEL_LIST_ID], const reel_session *session,
                           const reel_request *request, const char *model_id, reel_err *err)
{
    char who[REEL_UNIT];
    reel_list_claim claim = {.who = who, .model_id = model_id, .at = reel__clock_now()};

    if (request->list_id != NULL) {
        (void)snprintf(out, REEL_LIST_ID, "%s", request->list_id);
        return REEL_OK;
    }
    reel__experiment_unit(who, request->user, request->visitor);
    claim.anyone = who[0] == '\0' && request->for_anyone;
    reel__list_id_who(who, request);
    return reel__list_id_make(out, request->stamp != NULL ? request->stamp : "r_",
                              &session->engine->list_key, request->is_unsigned ? NULL : &claim,
                              err);
}

static void describe(reel_list *list, const reel_session *session, const reel_request *request)
{
    const bool mixed = session->model == session->blend.model;

    list->model = name_of(session);
    list->model_id = mixed ? session->blend.id : reel_model_id(session->model);
    list->blend = request->blend;
    list->blend_count = mixed ? request->blend_count : 0;
    list->scenario = request->scenario;
    list->visitor = request->visitor;
    list->experiment = request->experiment;
    list->arm = request->arm;
    list->is_unsigned = request->is_unsigned;
    list->data_hash = reel_model_data_hash(session->model);
    list->user = request->user;
    list->source_movie = request->source_movie;
    list->history = session->query.count;
}

static reel_code explain_list(reel_session *session, size_t reasons, reel_list *list, reel_err *err)
{
    reel_index movies[EXPLAINED_AT_ONCE];
    reel_explanation why[EXPLAINED_AT_ONCE];
    reel_stars stars[EXPLAINED_AT_ONCE];

    for (size_t at = 0; at < list->count; at += EXPLAINED_AT_ONCE) {
        const size_t left = list->count - at;
        const reel_films films = {movies, left < EXPLAINED_AT_ONCE ? left : EXPLAINED_AT_ONCE};
        reel_code rc;

        for (size_t i = 0; i < films.count; i++)
            movies[i] = list->items[at + i].movie;
        rc = reel__session_in_time(session, err);
        if (rc != REEL_OK)
            return rc;
        rc = reel_model_explain_many(session->model, &session->query, films, reasons,
                                     session->scratch, why, err);
        if (rc == REEL_OK)
            rc = reel__session_stars(session, movies, films.count, stars, err);
        if (rc != REEL_OK)
            return rc;
        for (size_t i = 0; i < films.count; i++) {
            list->items[at + i].why = why[i];
            list->items[at + i].stars = stars[i];
        }
    }
    return REEL_OK;
}

static reel_code score_request(reel_session *session, const reel_request *request, reel_list *list,
                               reel_err *err)
{
    reel_code rc;

    list->member_count = 0;
    list->shares = NULL;
    list->personal = false;
    list->fell_back = NULL;
    memset(list->fallbacks, 0, sizeof list->fallbacks);
    if (reel__is_personal(request))
        return reel__personal_score(session, request, list, err);
    if (request->member_count > 0)
        return reel__household_score(session, request, list, err);
    REEL_TRY(reel__session_set_query(session, request, err));
    rc = reel__session_score(session, &list->basis, err);
out:
    return rc;
}

static reel_code explain_all(reel_session *session, const reel_request *request, reel_list *list,
                             reel_err *err)
{
    if (list->personal)
        return reel__personal_explain(session, request, list, err);
    return request->member_count > 0 ? reel__household_explain(session, request, list, err)
                                     : explain_list(session, (size_t)request->reasons, list, err);
}

static reel_code make_list(reel_session *session, const reel_request *request, reel_err *err)
{
    reel_list *list = &session->list;
    reel_code rc;

    list->count = 0;
    session->hidden_count = 0;
    REEL_TRY(reel__request_check(session, request, err));
    REEL_TRY(score_request(session, request, list, err));
    mask(session, request, list);
    REEL_TRY(reel__order_filter(session, request->filter, &list->removed_filter, err));
    if (list->personal)
        reel__personal_narrow(session, request->earlier_count);
    REEL_TRY(reel__order_choose(session, request, list, err));
    REEL_TRY(explain_all(session, request, list, err));
    describe(list, session, request);
out:
    return rc;
}

reel_code reel__recommend(reel_session *session, const reel_request *request, const reel_list **out,
                          reel_err *err)
{
    char id[REEL_LIST_ID];
    reel_code rc;

    *out = NULL;
    if (request->sides != NULL) { /* whose pick a place is comes from the id */
        REEL_TRY(name_list(id, session, request, REEL_INTERLEAVED, err));
        REEL_TRY(reel__recommend_sides(session, request, id, err));
    } else {
        REEL_TRY(make_list(session, request, err));
        REEL_TRY(name_list(id, session, request, session->list.model_id, err));
    }
    memcpy(session->list.id, id, sizeof id);
    *out = &session->list;
out:
    return rc;
}

/* ---- one film ------------------------------------------------------------------------------ */

/* The place a film has, or would have, in the whole list. */
static int rank_of(const reel_session *session, reel_index movie)
{
    const reel_index movies = reel_dataset_movies(session->engine->dataset);
    const float own = session->scores[movie];
    int rank = 1;

    for (reel_index i = 0; i < movies; i++) {
        const float score = session->scores[i];

        if ((score > own || (score == own && i < movie)) && !reel__bit_get(session->skip, i))
            rank++;
    }
    return rank;
}

/* What content says in words of a film that the hybrid explains. */
static reel_code add_words(reel_session *session, reel_recommendation *item, reel_err *err)
{
    const reel_model *content = session->engine->models[MODEL_CONTENT];
    reel_explanation words;
    reel_code rc;

    if (session->model != session->engine->models[MODEL_HYBRID] || content == NULL ||
        item->why.term_count > 0)
        return REEL_OK;
    rc =
        reel_model_explain(content, &session->query, item->movie, 0, session->scratch, &words, err);
    if (rc != REEL_OK)
        return rc;
    item->why.term_count = words.term_count;
    memcpy(item->why.terms, words.terms, sizeof words.terms);
    return REEL_OK;
}

reel_code reel__explain(reel_session *session, const reel_request *request, int64_t movie,
                        reel_recommendation *out, reel_err *err)
{
    reel_list *list = &session->list;
    reel_request whole = *request;
    reel_code rc = REEL_OK;

    list->count = 0;
    session->hidden_count = 0;
    whole.limit = 1;
    if (request->member_count > 0)
        return reel_fail(err, REEL_E_INVALID,
                         "household: reasons are one person's; a list has those of each");
    REEL_TRY(reel__request_check(session, &whole, err));
    REEL_TRY(reel__engine_find_movie(session->engine, movie, &out->movie, err));
    REEL_TRY(score_request(session, request, list, err));
    mask(session, request, list);
    if (list->personal)
        reel__personal_narrow(session, request->earlier_count);
    out->rank = rank_of(session, out->movie);
    out->score = (double)session->scores[out->movie];
    out->side = NULL;
    out->effect_count = 0;
    describe(list, session, request);
    list->items[0] = *out;
    list->count = 1;
    REEL_TRY(explain_all(session, request, list, err));
    if (!list->personal)
        REEL_TRY(add_words(session, &list->items[0], err));
    *out = list->items[0];
out:
    return rc;
}

/* ---- people -------------------------------------------------------------------------------- */

/* How many films of the history a person rated too; both ascend. */
static int64_t count_common(const reel_query *query, reel_csr_view ratings, reel_index row)
{
    reel_nnz at = ratings.ptr[row];
    const reel_nnz end = ratings.ptr[row + 1];
    int64_t common = 0;

    for (size_t i = 0; i < query->count; i++) {
        while (at < end && ratings.col[at] < query->entries[i].movie)
            at++;
        common += at < end && ratings.col[at] == query->entries[i].movie;
    }
    return common;
}

reel_code reel__similar_people(reel_session *session, const reel_request *request, size_t limit,
                               reel_similar_person *out, size_t *count, reel_err *err)
{
    const reel_dataset *dataset = session->engine->dataset;
    const reel_csr_view ratings = reel_dataset_ratings(dataset);
    reel_neighbour near[REEL_LIST_MAX];
    size_t found = 0;
    reel_code rc = REEL_OK;

    *count = 0;
    if (limit < 1 || limit > REEL_LIST_MAX)
        return reel_fail(err, REEL_E_INVALID, "limit: %zu is not from 1 to %d", limit,
                         (int)REEL_LIST_MAX);
    REEL_TRY(reel__session_model(session, "user-knn", err));
    REEL_TRY(reel__session_set_query(session, request, err));
    REEL_TRY(reel_model_neighbours(session->model, &session->query, limit, session->scratch, near,
                                   &found, err));
    for (size_t i = 0; i < found; i++) {
        const reel_index row = near[i].row;
        const int64_t person = reel_dataset_person_ids(dataset)[row];

        if (person >= REEL_ACCOUNT_PERSON) /* nobody's to see */
            continue;
        out[(*count)++] = (reel_similar_person){
            .person = person,
            .similarity = (double)near[i].similarity,
            .ratings = ratings.ptr[row + 1] - ratings.ptr[row],
            .common = count_common(&session->query, ratings, row),
        };
    }
out:
    return rc;
}
