/* session.c - the working memory of one thread, and how a request becomes a query.
 * A known person, an anonymous visitor and a film all become a history by ascending film.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/clock.h"
#include "model/history.h"
#include "service/engine/state.h"

enum { FIRST_ENTRIES = 256, FIRST_HIDDEN = 16 };
static const double WEIGHT_MOST = 100;

reel_code reel__session_new(reel_session **out, const reel_engine *engine, reel_err *err)
{
    const size_t movies = (size_t)reel_dataset_movies(engine->dataset);
    reel_session *session = reel__alloc_zero(1, sizeof *session);
    reel_code rc = REEL_OK;

    *out = NULL;
    if (session == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory to answer requests");
    session->engine = engine;
    session->engine_number = engine->number;
    REEL_TRY(reel_scratch_new(&session->scratch, err));
    session->scores = reel__alloc_aligned(movies, sizeof *session->scores);
    session->skip = reel__alloc_zero(reel__bit_words((reel_index)movies), sizeof *session->skip);
    session->entries = reel__alloc_array(FIRST_ENTRIES, sizeof *session->entries);
    session->entry_capacity = FIRST_ENTRIES;
    if (session->scores == NULL || session->skip == NULL || session->entries == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "out of memory to score %zu films", movies));
    *out = session;
    session = NULL;
out:
    reel__session_free(session);
    return rc;
}

void reel__session_free(reel_session *session)
{
    if (session == NULL)
        return;
    reel__search_work_free(session->search);
    reel_scratch_free(session->scratch);
    reel__free(session->scores);
    reel__free(session->skip);
    reel__free(session->worth);
    reel__household_free(&session->group);
    reel__session_blend_free(session);
    reel__free(session->entries);
    reel__free(session->hidden);
    reel__given_rows_fini(&session->since);
    reel__free(session);
}

bool reel__session_fits(const reel_session *session, const reel_engine *engine)
{
    return session->engine_number == engine->number;
}

static reel_code reserve_entries(reel_session *session, size_t count, reel_err *err)
{
    reel_entry *grown;

    if (count <= session->entry_capacity)
        return REEL_OK;
    grown = reel__realloc_array(session->entries, count, sizeof *grown);
    if (grown == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for a history of %zu films", count);
    session->entries = grown;
    session->entry_capacity = count;
    return REEL_OK;
}

/* From this and the other lists of the request. */
static reel_code hide(reel_session *session, int64_t film, reel_err *err)
{
    const reel_index movie = reel_dataset_find_movie(session->engine->dataset, film);
    reel_index *grown;

    if (movie < 0)
        return REEL_OK;
    if (session->hidden_count == session->hidden_capacity) {
        grown = reel__realloc_array(session->hidden, 2 * session->hidden_capacity + FIRST_HIDDEN,
                                    sizeof *grown);
        if (grown == NULL)
            return reel_fail(err, REEL_E_NOMEM, "out of memory for films not to be shown");
        session->hidden = grown;
        session->hidden_capacity = 2 * session->hidden_capacity + FIRST_HIDDEN;
    }
    session->hidden[session->hidden_count++] = movie;
    return REEL_OK;
}

static reel_code take_person(reel_session *session, int64_t person, reel_err *err)
{
    const reel_engine *engine = session->engine;
    reel_given_rows *since = &session->since;
    reel_index row;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__history_find(engine, person, &row, since, err));
    REEL_TRY(reserve_entries(session, reel__history_room(engine, row, since), err));
    session->query.count =
        reel__history_merge(engine, row, since, session->entries, &session->edited);
    session->query.row = row;
    for (size_t i = 0; i < since->count; i++)
        if (since->rows[i].kind == REEL_GIVEN_NOT_INTERESTED)
            REEL_TRY(hide(session, since->rows[i].movie, err));
out:
    return rc;
}

static reel_code check_given(const reel_engine *engine, const reel_given *given, size_t i,
                             reel_err *err)
{
    const reel_scale scale = engine->scale;

    if (reel_dataset_find_movie(engine->dataset, given->movie) < 0)
        return reel_fail(err, REEL_E_NOTFOUND, "history[%zu].movie: no film has id %lld", i,
                         (long long)given->movie);
    if (!given->click && !given->looked &&
        !(given->rating >= scale.min && given->rating <= scale.max))
        return reel_fail(err, REEL_E_INVALID, "history[%zu].rating: %g is not from %g to %g", i,
                         given->rating, scale.min, scale.max);
    if (!(given->weight >= 0 && given->weight <= WEIGHT_MOST))
        return reel_fail(err, REEL_E_INVALID, "history[%zu].weight: %g is not from 0 to %g", i,
                         given->weight, WEIGHT_MOST);
    return REEL_OK;
}

static reel_entry entry_of(const reel_engine *engine, const reel_given *given)
{
    const reel_index movie = reel_dataset_find_movie(engine->dataset, given->movie);

    if (given->looked)
        return reel__signal_entry(movie, (float)(engine->signals.click * given->weight));
    return (reel_entry){
        .movie = movie,
        .value = given->click ? 1 : (float)given->rating,
        .weight = (float)given->weight,
        .kind = given->click ? REEL_ENTRY_CLICK : REEL_ENTRY_RATING,
    };
}

static int by_movie(const void *a, const void *b)
{
    const reel_index left = ((const reel_entry *)a)->movie, right = ((const reel_entry *)b)->movie;

    return (left > right) - (left < right);
}

static reel_code take_given(reel_session *session, const reel_request *request, reel_err *err)
{
    const reel_engine *engine = session->engine;
    reel_entry *entries;
    size_t count = 0;
    reel_code rc = REEL_OK;

    if (request->given_count > REEL_HISTORY_MAX)
        return reel_fail(err, REEL_E_INVALID, "history: %zu films, at most %d are taken",
                         request->given_count, (int)REEL_HISTORY_MAX);
    REEL_TRY(reserve_entries(session, request->given_count, err));
    entries = session->entries;
    for (size_t i = 0; i < request->given_count; i++) {
        const reel_given *given = &request->given[i];

        REEL_TRY(check_given(engine, given, i, err));
        entries[count] = entry_of(engine, given);
        count += !given->looked || entries[count].weight > 0;
    }
    qsort(entries, count, sizeof *entries, by_movie);
    for (size_t i = 1; i < count; i++)
        if (entries[i].movie == entries[i - 1].movie)
            return reel_fail(err, REEL_E_INVALID, "history: film %lld is given twice",
                             (long long)reel_dataset_movie_ids(engine->dataset)[entries[i].movie]);
    session->query.count = count;
out:
    return rc;
}

size_t reel__session_place(const reel_session *session, reel_index movie)
{
    size_t low = 0, high = session->query.count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (session->entries[middle].movie < movie)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static reel_code check_edit(const reel_engine *engine, const reel_given *edit, size_t i,
                            reel_err *err)
{
    const reel_scale scale = engine->scale;

    if (reel_dataset_find_movie(engine->dataset, edit->movie) < 0)
        return reel_fail(err, REEL_E_NOTFOUND, "edits[%zu].movie: no film has id %lld", i,
                         (long long)edit->movie);
    if (!isnan(edit->rating) && !(edit->rating >= scale.min && edit->rating <= scale.max))
        return reel_fail(err, REEL_E_INVALID, "edits[%zu].rating: %g is not from %g to %g", i,
                         edit->rating, scale.min, scale.max);
    if (!(edit->weight >= 0 && edit->weight <= WEIGHT_MOST))
        return reel_fail(err, REEL_E_INVALID, "edits[%zu].weight: %g is not from 0 to %g", i,
                         edit->weight, WEIGHT_MOST);
    return REEL_OK;
}

/* A film that was not rated, and is given no rating now, has nothing to edit. */
static reel_code edit(reel_session *session, const reel_given *given, size_t i, reel_err *err)
{
    const reel_index movie = reel_dataset_find_movie(session->engine->dataset, given->movie);
    const size_t at = reel__session_place(session, movie);
    const bool there = at < session->query.count && session->entries[at].movie == movie;
    reel_entry *entry = &session->entries[at];

    if (!there && isnan(given->rating))
        return reel_fail(err, REEL_E_INVALID,
                         "edits[%zu].movie: film %lld is not in the history; give a rating too", i,
                         (long long)given->movie);
    if (!there) {
        memmove(entry + 1, entry, (session->query.count - at) * sizeof *entry);
        *entry = (reel_entry){.movie = movie, .kind = REEL_ENTRY_RATING};
        session->query.count++;
    }
    entry->weight = (float)given->weight;
    if (!isnan(given->rating))
        entry->value = (float)given->rating;
    session->edited = true;
    return REEL_OK;
}

static reel_code take_edits(reel_session *session, const reel_request *request, reel_err *err)
{
    reel_code rc = REEL_OK;

    if (request->edit_count > REEL_HISTORY_MAX)
        return reel_fail(err, REEL_E_INVALID, "edits: %zu films, at most %d are taken",
                         request->edit_count, (int)REEL_HISTORY_MAX);
    REEL_TRY(reserve_entries(session, session->query.count + request->edit_count, err));
    for (size_t i = 0; i < request->edit_count; i++) {
        REEL_TRY(check_edit(session->engine, &request->edits[i], i, err));
        REEL_TRY(edit(session, &request->edits[i], i, err));
    }
out:
    return rc;
}

static reel_code take_film(reel_session *session, int64_t id, reel_err *err)
{
    reel_index movie;
    const reel_code rc = reel__engine_find_movie(session->engine, id, &movie, err);

    if (rc != REEL_OK)
        return rc;
    session->entries[0] = (reel_entry){
        .movie = movie,
        .value = (float)session->engine->scale.max,
        .weight = 1,
        .kind = REEL_ENTRY_RATING,
    };
    session->query.count = 1;
    session->by_film = true;
    return REEL_OK;
}

void reel__session_due(reel_session *session, int64_t due_us, reel_steady *clock)
{
    session->due_us = due_us;
    session->clock = clock != NULL ? clock : reel__clock_steady_us;
}

reel_code reel__session_in_time(const reel_session *session, reel_err *err)
{
    if (session->due_us == 0 || session->clock() < session->due_us)
        return REEL_OK;
    return reel_fail(err, REEL_E_CANCELLED,
                     "the answer took longer than the server works on one; ask for fewer films, "
                     "reasons or people, or try again when it has less to do");
}

reel_code reel__session_set_query(reel_session *session, const reel_request *request, reel_err *err)
{
    reel_code rc = REEL_OK;

    if ((request->user >= 0) + (request->given_count > 0) + (request->source_movie >= 0) > 1)
        return reel_fail(err, REEL_E_INVALID,
                         "give one of user, history and source_movie, not several");
    session->by_film = session->edited = false;
    session->query = (reel_query){.now = reel__clock_now(), .row = -1};
    if (request->user >= 0)
        REEL_TRY(take_person(session, request->user, err));
    else if (request->source_movie >= 0)
        REEL_TRY(take_film(session, request->source_movie, err));
    else
        REEL_TRY(take_given(session, request, err));
    REEL_TRY(take_edits(session, request, err));
    session->query.entries = session->entries;
    if (session->query.row >= 0)
        session->query.row_hash = reel_query_hash(&session->query);
out:
    return rc;
}
