/* history.c - a person's history: the row of the snapshot with what was given since in its place.
 * The same whenever the snapshot was made: what it already holds is put once more.
 */
#include <math.h>

#include "base/alloc.h"
#include "model/history.h"
#include "service/engine/state.h"
#include "store/accounts.h"

typedef struct merging {
    const reel_engine *engine;
    const reel_entry *loaded; /* of the row; count of them, and how many were taken */
    size_t loaded_count, at;
    reel_entry *out;
    size_t count;
    bool changed;
} merging;

static bool is_signal(reel_given_kind kind)
{
    return kind == REEL_GIVEN_WATCHLIST || kind == REEL_GIVEN_NOT_INTERESTED;
}

/* was: the signal of the snapshot, or NULL; stays: it counts, whatever the weight. */
static void take_signal(merging *m, reel_index movie, float weight, const reel_entry *was,
                        bool stays)
{
    const reel_entry none = {.movie = movie, .weight = 0};
    const reel_entry before = was == NULL ? none : *was;
    const reel_entry entry = stays || weight == 0 ? before : reel__signal_entry(movie, weight);

    m->changed |= entry.value != before.value || entry.weight != before.weight;
    if (entry.weight != 0)
        m->out[m->count++] = entry;
}

/* What was only done. Where the models were trained on interest of the same pair, that stays as it
 * is: it knows more, the place at which a click was. */
static void take_deed(merging *m, reel_index movie, const reel_given_row *row,
                      const reel_entry *was)
{
    take_signal(m, movie, reel__signals_did(&m->engine->signals, row->did), was,
                was != NULL && was->value > 0);
}

/* A wish, or its opposite: as a training would learn it of this film (service/feedback/signals.h),
 * with what was done: of interest the strongest counts, and a refusal beats all. */
static void take_wish(merging *m, reel_index movie, const reel_given_row *row,
                      const reel_entry *was)
{
    const bool trained = was != NULL && was->value > 0;
    const float said = reel__signals_given(&m->engine->signals, row);
    const float did = trained ? 0 : reel__signals_did(&m->engine->signals, row->did);
    const float weight = said >= 0 && did > said ? did : said;

    take_signal(m, movie, weight, was, trained && weight > 0 && was->weight > weight);
}

static void take_given(merging *m, reel_index movie, const reel_given_row *row)
{
    const bool there = m->at < m->loaded_count && m->loaded[m->at].movie == movie;
    const reel_entry *was = there ? &m->loaded[m->at] : NULL;
    const reel_entry *signal = there && was->kind == REEL_ENTRY_SIGNAL ? was : NULL;
    const bool seen = row->kind == REEL_GIVEN_WATCHED || row->kind == REEL_GIVEN_LIKED;
    const float weight = (float)(1 + row->extra);

    m->at += there;
    if (row->kind == REEL_GIVEN_RATING) {
        m->changed |= !there || signal != NULL || row->extra != 0 ||
                      was->value != (float)row->value || was->time != row->time;
        m->out[m->count++] = (reel_entry){.movie = movie,
                                          .value = (float)row->value,
                                          .weight = weight,
                                          .kind = REEL_ENTRY_RATING,
                                          .time = row->time};
    } else if (seen) {
        m->changed = true;
        m->out[m->count++] = (reel_entry){.movie = movie,
                                          .value = 1,
                                          .weight = weight,
                                          .kind = REEL_ENTRY_CLICK,
                                          .time = row->time};
    } else if (is_signal(row->kind)) {
        m->changed |= there && signal == NULL; /* a loaded rating that counts no more */
        take_wish(m, movie, row, signal);
    } else if (row->kind == REEL_GIVEN_CLICKED && there && signal == NULL) {
        m->out[m->count++] = *was; /* what was rated counts alone */
    } else {                       /* taken back is what was said; a click stays one */
        m->changed |= there && signal == NULL;
        take_deed(m, movie, row, signal);
    }
}

size_t reel__history_merge(const reel_engine *engine, reel_index row, const reel_given_rows *since,
                           reel_entry *out, bool *changed)
{
    const size_t room = reel__history_room(engine, row, since);
    const size_t loaded = row < 0 ? 0 : reel__history_length(engine->dataset, row);
    merging m = {.engine = engine, .loaded = out + (room - loaded), .out = out};

    /* What was loaded waits at the end of the room: what is written never catches up with it. */
    if (row >= 0)
        m.loaded_count = reel__history_take(engine->dataset, row, out + (room - loaded),
                                            reel_dataset_times(engine->dataset));
    for (size_t i = 0; i < since->count; i++) {
        const reel_index movie = reel_dataset_find_movie(engine->dataset, since->rows[i].movie);

        if (movie < 0) /* newer than the snapshot */
            continue;
        while (m.at < m.loaded_count && m.loaded[m.at].movie < movie)
            out[m.count++] = m.loaded[m.at++];
        take_given(&m, movie, &since->rows[i]);
    }
    while (m.at < m.loaded_count)
        out[m.count++] = m.loaded[m.at++];
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
    return since->count + (row < 0 ? 0 : reel__history_length(engine->dataset, row));
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
