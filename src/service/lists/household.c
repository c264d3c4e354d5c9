/* household.c - one list for several people: each one's scores, standardised, then joined by a
 * rule.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/mistakes.h"
#include "num/kernels.h"
#include "service/engine/state.h"

const char *reel__household_rule_name(size_t rule)
{
    static const char *const names[] = {"average", "least_misery", "fairness"};

    return rule < sizeof names / sizeof *names ? names[rule] : NULL;
}

void reel__household_free(reel_group *group)
{
    reel__free(group->standings);
    reel__free(group->entries);
    reel__free(group->shares);
}

/* ---- one of them --------------------------------------------------------------------------- */

/* What this one would ask alone. */
static reel_request request_of(const reel_request *request, size_t m)
{
    const reel_member *member = &request->members[m];
    reel_request own = *request;

    own.members = NULL;
    own.member_count = 0;
    own.user = member->user;
    own.given = member->given;
    own.given_count = member->given_count;
    return own;
}

static reel_code set_query(reel_session *session, const reel_request *request, size_t m,
                           reel_err *err)
{
    const reel_request own = request_of(request, m);
    reel_err inner = {REEL_OK, ""};
    const reel_code rc = reel__session_set_query(session, &own, &inner);

    const bool whom = own.user >= 0 && reel__mistake_place(inner.msg) == 0;

    return rc == REEL_OK ? rc
                         : reel__mistake_within(err, &inner, "household.members[%zu]%s", m,
                                                whom ? ".user" : "");
}

static void standardise(const float *scores, size_t movies, float *out)
{
    double mean, deviation;

    reel__moments(scores, movies, &mean, &deviation);
    for (size_t j = 0; j < movies; j++)
        out[j] = deviation > 0 ? (float)(((double)scores[j] - mean) / deviation) : 0;
}

/* Their history behind those of the others; used [in, out] how many entries there are. */
static reel_code keep_history(reel_session *session, size_t *used, reel_err *err)
{
    reel_group *group = &session->group;
    const reel_query *query = &session->query;
    reel_entry *grown =
        reel__realloc_array(group->entries, *used + query->count + 1, sizeof *grown);

    if (grown == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for the histories of several people");
    group->entries = grown;
    if (query->count > 0)
        memcpy(grown + *used, query->entries, query->count * sizeof *grown);
    *used += query->count;
    return REEL_OK;
}

static reel_code score_member(reel_session *session, const reel_request *request, size_t m,
                              reel_list *list, reel_err *err)
{
    const size_t movies = (size_t)reel_dataset_movies(session->engine->dataset);
    const reel_model *chosen = session->model;
    reel_code rc;

    REEL_TRY(set_query(session, request, m, err));
    REEL_TRY(reel__session_score(session, &list->members[m].basis, err));
    standardise(session->scores, movies, session->group.standings + m * movies);
    list->members[m].user = request->members[m].user;
    list->members[m].name = request->members[m].name;
    session->group.models[m] = session->model;
out:
    session->model = chosen;
    return rc;
}

/* ---- all of them --------------------------------------------------------------------------- */

static float joined(const float *standings, size_t movies, size_t members, size_t j,
                    reel_household_rule rule)
{
    double sum = 0, squares = 0, lowest = (double)INFINITY, mean;

    for (size_t m = 0; m < members; m++) {
        const double own = (double)standings[m * movies + j];

        sum += own;
        squares += own * own;
        lowest = own < lowest ? own : lowest;
    }
    mean = sum / (double)members;
    if (rule == REEL_HOUSEHOLD_LEAST_MISERY)
        return (float)lowest;
    if (rule == REEL_HOUSEHOLD_FAIRNESS)
        return (float)(mean - sqrt(fmax(squares / (double)members - mean * mean, 0)));
    return (float)mean;
}

static reel_code check(const reel_request *request, reel_err *err)
{
    if (request->member_count < 2 || request->member_count > REEL_MEMBERS_MAX)
        return reel_fail(err, REEL_E_INVALID, "household.members: expected 2 to %d people, got %zu",
                         (int)REEL_MEMBERS_MAX, request->member_count);
    if (request->edit_count > 0)
        return reel_fail(err, REEL_E_INVALID, "edits: whose? A household's members have histories");
    return REEL_OK;
}

reel_code reel__household_check(reel_session *session, const reel_request *request, reel_err *err)
{
    reel_code rc = check(request, err);

    for (size_t m = 0; rc == REEL_OK && m < request->member_count; m++)
        rc = set_query(session, request, m, err);
    return rc;
}

reel_code reel__household_reserve(reel_session *session, size_t members, reel_err *err)
{
    const size_t movies = (size_t)reel_dataset_movies(session->engine->dataset);
    float *grown = reel__realloc_array(session->group.standings, members * movies, sizeof *grown);

    if (grown == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory to score %zu films for %zu people",
                         movies, members);
    session->group.standings = grown;
    return REEL_OK;
}

reel_code reel__household_score(reel_session *session, const reel_request *request, reel_list *list,
                                reel_err *err)
{
    const size_t movies = (size_t)reel_dataset_movies(session->engine->dataset);
    size_t used = 0;
    reel_code rc;

    REEL_TRY(check(request, err));
    REEL_TRY(reel__household_reserve(session, request->member_count, err));
    for (size_t m = 0; m < request->member_count; m++) {
        REEL_TRY(score_member(session, request, m, list, err));
        REEL_TRY(keep_history(session, &used, err));
    }
    for (size_t j = 0; j < movies; j++)
        session->scores[j] =
            joined(session->group.standings, movies, request->member_count, j, request->household);
    session->query = (reel_query){
        .entries = session->group.entries, .count = used, .now = session->query.now, .row = -1};
    list->member_count = request->member_count;
    list->household = request->household;
    list->basis = "household";
out:
    return rc;
}

/* ---- reasons ------------------------------------------------------------------------------- */

static reel_code explain_share(reel_session *session, size_t m, reel_index movie, size_t reasons,
                               reel_share *out, reel_err *err)
{
    const size_t movies = (size_t)reel_dataset_movies(session->engine->dataset);
    reel_code rc = reel__session_in_time(session, err);

    if (rc != REEL_OK)
        return rc;
    rc = reel_model_explain(session->group.models[m], &session->query, movie, reasons,
                            session->scratch, &out->why, err);
    if (rc != REEL_OK)
        return rc;
    rc = reel__session_stars(session, &movie, 1, &out->stars, err);
    if (rc != REEL_OK)
        return rc;
    out->standing = (double)session->group.standings[m * movies + (size_t)movie];
    for (size_t k = 0; k < out->why.reason_count; k++) {
        const size_t at = reel__session_place(session, out->why.reasons[k].movie);

        out->ratings[k] =
            at < session->query.count && session->query.entries[at].kind != REEL_ENTRY_SIGNAL
                ? session->query.entries[at].value
                : NAN;
    }
    return REEL_OK;
}

reel_code reel__household_explain(reel_session *session, const reel_request *request,
                                  reel_list *list, reel_err *err)
{
    const size_t members = list->member_count;
    reel_share *shares =
        reel__realloc_array(session->group.shares, list->count * members + 1, sizeof *shares);
    reel_code rc = REEL_OK;

    if (shares == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory to explain %zu films to %zu people",
                         list->count, members);
    session->group.shares = shares;
    for (size_t m = 0; m < members; m++) {
        REEL_TRY(set_query(session, request, m, err));
        for (size_t i = 0; i < list->count; i++)
            REEL_TRY(explain_share(session, m, list->items[i].movie, (size_t)request->reasons,
                                   &shares[i * members + m], err));
    }
    for (size_t i = 0; i < list->count; i++) {
        list->items[i].stars = (reel_stars){(double)NAN, (double)NAN, (double)NAN};
        list->items[i].why =
            (reel_explanation){.score = list->items[i].score, .baseline = list->items[i].score};
    }
    list->shares = shares;
out:
    return rc;
}
