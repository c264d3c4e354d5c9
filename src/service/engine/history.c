/* history.c - a person's history: the row of the snapshot with what was given since in its place.
 * The same whenever the snapshot was made: what it already holds is put once more.
 */
#include <math.h>

#include "base/alloc.h"
#include "service/engine/state.h"
#include "store/accounts.h"

typedef struct merging {
    const reel_dataset *dataset;
    reel_csr_view ratings;
    reel_nnz at, end; /* in the row */
    reel_entry *out;
    size_t count;
    bool changed;
} merging;

static void take_loaded(merging *m)
{
    m->out[m->count++] = (reel_entry){.movie = m->ratings.col[m->at],
                                      .value = m->ratings.val[m->at],
                                      .weight = 1,
                                      .kind = REEL_ENTRY_RATING,
                                      .time = reel_dataset_times(m->dataset)[m->at]};
    m->at++;
}

static void take_given(merging *m, reel_index movie, const reel_given_row *row)
{
    const bool there = m->at < m->end && m->ratings.col[m->at] == movie;
    const bool rated = row->kind == REEL_GIVEN_RATING;
    const float weight = (float)(1 + row->extra);
    const bool same = there && rated && row->extra == 0 &&
                      m->ratings.val[m->at] == (float)row->value &&
                      reel_dataset_times(m->dataset)[m->at] == row->time;

    m->changed |= !same && (there || rated || row->kind == REEL_GIVEN_WATCHED ||
                            row->kind == REEL_GIVEN_LIKED);
    m->at += there;
    if (rated)
        m->out[m->count++] = (reel_entry){.movie = movie,
                                          .value = (float)row->value,
                                          .weight = weight,
                                          .kind = REEL_ENTRY_RATING,
                                          .time = row->time};
    else if (row->kind == REEL_GIVEN_WATCHED || row->kind == REEL_GIVEN_LIKED)
        m->out[m->count++] = (reel_entry){.movie = movie,
                                          .value = 1,
                                          .weight = weight,
                                          .kind = REEL_ENTRY_CLICK,
                                          .time = row->time};
}

size_t reel__history_merge(const reel_engine *engine, reel_index row, const reel_given_rows *since,
                           reel_entry *out, bool *changed)
{
    merging m = {
        .dataset = engine->dataset, .ratings = reel_dataset_ratings(engine->dataset), .out = out};

    if (row >= 0) {
        m.at = m.ratings.ptr[row];
        m.end = m.ratings.ptr[row + 1];
    }
    for (size_t i = 0; i < since->count; i++) {
        const reel_index movie = reel_dataset_find_movie(engine->dataset, since->rows[i].movie);

        if (movie < 0) /* newer than the snapshot */
            continue;
        while (m.at < m.end && m.ratings.col[m.at] < movie)
            take_loaded(&m);
        take_given(&m, movie, &since->rows[i]);
    }
    while (m.at < m.end)
        take_loaded(&m);
    *changed = m.changed;
    return m.count;
}

/* All that such a person gave lies over the snapshot. A row of it without any is of an account that
 * was deleted since, and nobody's any more. */
static bool is_of_account(const reel_engine *engine, int64_t person)
{
    return person >= REEL_ACCOUNT_PERSON &&
           (engine->opts.overlay != NULL || reel_dataset_find_person(engine->dataset, person) < 0);
}

/* Somebody who gave nothing yet. */
static reel_code find_account(const reel_engine *engine, int64_t person, reel_err *err)
{
    reel_account account;
    reel_err why = {REEL_OK, ""};
    const reel_code rc =
        engine->store == NULL
            ? REEL_E_NOTFOUND
            : reel__store_account(engine->store, person - REEL_ACCOUNT_PERSON, &account, &why);

    if (rc == REEL_E_NOTFOUND)
        return reel_fail(err, rc, "no person has id %lld; there is no such account",
                         (long long)person);
    return rc == REEL_OK ? rc : reel_fail(err, rc, "%s", why.msg);
}

reel_code reel__history_knows(const reel_engine *engine, int64_t person, reel_err *err)
{
    reel_index row;

    if (is_of_account(engine, person))
        return find_account(engine, person, err);
    return reel_dataset_find_person(engine->dataset, person) >= 0
               ? REEL_OK
               : reel__engine_find_person(engine, person, &row, err);
}

reel_code reel__history_find(const reel_engine *engine, int64_t person, reel_index *row,
                             reel_given_rows *since, reel_err *err)
{
    const reel_code rc = reel__overlay_read(engine->opts.overlay, person, since, err);

    *row = reel_dataset_find_person(engine->dataset, person);
    if (rc != REEL_OK)
        return rc;
    if (since->count == 0 && is_of_account(engine, person))
        *row = -1;
    return since->count > 0 ? REEL_OK : reel__history_knows(engine, person, err);
}

size_t reel__history_room(const reel_engine *engine, reel_index row, const reel_given_rows *since)
{
    const reel_csr_view ratings = reel_dataset_ratings(engine->dataset);

    return since->count + (row < 0 ? 0 : (size_t)(ratings.ptr[row + 1] - ratings.ptr[row]));
}

reel_code reel__history_new(reel_history *out, const reel_engine *engine, int64_t person,
                            reel_err *err)
{
    reel_code rc;
    bool changed;

    *out = (reel_history){0};
    REEL_TRY(reel__history_find(engine, person, &out->row, &out->since, err));
    out->count = reel__history_room(engine, out->row, &out->since);
    out->entries = reel__alloc_array(out->count, sizeof *out->entries);
    if (out->entries == NULL)
        REEL_TRY(
            reel_fail(err, REEL_E_NOMEM, "out of memory for a history of %zu films", out->count));
    out->count = reel__history_merge(engine, out->row, &out->since, out->entries, &changed);
out:
    if (rc != REEL_OK)
        reel__history_fini(out);
    return rc;
}

void reel__history_fini(reel_history *history)
{
    reel__given_rows_fini(&history->since);
    reel__free(history->entries);
    *history = (reel_history){0};
}
