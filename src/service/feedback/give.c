/* give.c - what a person gives a film, and what is there already. */
#include "service/feedback/give.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "service/feedback/give_priv.h"

enum { DEPTH_MOST = 8 };

/* ---- what is there ------------------------------------------------------------------------- */

reel_given_row reel__give_there(const reel_engine *engine, const reel_history *history,
                                reel_index movie)
{
    const int64_t id = reel_dataset_movie_ids(engine->dataset)[movie];
    size_t low = 0, high = history->since.count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (history->since.rows[middle].movie < id)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < history->since.count && history->since.rows[low].movie == id &&
        history->since.rows[low].kind != REEL_GIVEN_CLICKED) /* which says nothing */
        return history->since.rows[low];
    for (low = 0, high = history->count; low < high;) {
        const size_t middle = low + (high - low) / 2;

        if (history->entries[middle].movie < movie)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == history->count || history->entries[low].movie != movie ||
        history->entries[low].kind != REEL_ENTRY_RATING) /* a signal is no statement */
        return (reel_given_row){.movie = id, .kind = REEL_GIVEN_REMOVED, .value = (double)NAN};
    return (reel_given_row){.movie = id,
                            .kind = REEL_GIVEN_RATING,
                            .value = (double)history->entries[low].value,
                            .time = history->entries[low].time};
}

reel_code reel__give_find(reel_given_row *out, const reel_engine *engine, int64_t person,
                          int64_t movie, reel_err *err)
{
    reel_history history = {0};
    reel_index film;
    reel_code rc;

    REEL_TRY(reel__engine_find_movie(engine, movie, &film, err));
    REEL_TRY(reel__history_new(&history, engine, person, err));
    *out = reel__give_there(engine, &history, film);
    out->person = person;
out:
    reel__history_fini(&history);
    return rc;
}

void reel__give_write(reel_json *json, const reel_engine *engine, const reel_given_row *row)
{
    reel__json_object(json);
    reel__write_movie_members(json, engine, reel_dataset_find_movie(engine->dataset, row->movie),
                              false);
    reel__json_key(json, "your_rating");
    if (row->kind == REEL_GIVEN_RATING)
        reel__json_float(json, (float)row->value);
    else
        reel__json_null(json);
    reel__json_put_text(json, "kind", reel__given_kind_name(row->kind));
    reel__json_put_time(json, "time", row->time);
    reel__json_put_int(json, "weight", 1 + row->extra);
    reel__json_object_end(json);
}

/* ---- one film ------------------------------------------------------------------------------ */

reel_code reel__give_check_rating(double rating, reel_scale scale, reel_err *err)
{
    if (!(rating >= scale.min && rating <= scale.max))
        return reel_fail(err, REEL_E_INVALID, "rating: %g is not from %g to %g", rating, scale.min,
                         scale.max);
    if (scale.step > 0 && rating * 2 != floor(rating * 2))
        return reel_fail(err, REEL_E_INVALID, "rating: %g is not on half steps", rating);
    return REEL_OK;
}

static reel_code read_kind(reel_given_row *row, const json_t *body, reel_err *err)
{
    const char *kind = NULL;
    reel_code rc;

    REEL_TRY(reel__json_get_real(body, "rating", &row->value, err));
    REEL_TRY(reel__json_get_text(body, "kind", &kind, err));
    if (kind == NULL && isnan(row->value))
        return reel_fail(err, REEL_E_INVALID,
                         "give a rating, or a kind: liked, watched, watchlist "
                         "or not_interested");
    row->kind = REEL_GIVEN_RATING;
    if (kind != NULL && (!reel__given_kind_find(kind, &row->kind) ||
                         row->kind == REEL_GIVEN_REMOVED || row->kind == REEL_GIVEN_CLICKED))
        return reel_fail(err, REEL_E_INVALID,
                         "kind: expected rating, liked, watched, watchlist or not_interested");
    if ((row->kind == REEL_GIVEN_RATING) == isnan(row->value))
        return reel_fail(err, REEL_E_INVALID,
                         isnan(row->value) ? "rating: missing"
                                           : "rating: only kind rating has one");
out:
    return rc;
}

/* {"weight":0} alone leaves the rest as it is. */
static reel_code read_weight(reel_given_row *row, const reel_given_row *there, const json_t *body,
                             reel_err *err)
{
    const json_t *weight = json_object_get(body, "weight");
    const bool alone = weight != NULL && json_object_get(body, "rating") == NULL &&
                       json_object_get(body, "kind") == NULL;
    reel_code rc = REEL_OK;

    if (alone && there->kind == REEL_GIVEN_REMOVED)
        return reel_fail(err, REEL_E_INVALID,
                         "weight: film %lld was given nothing that could count; give a rating, too",
                         (long long)row->movie);
    if (weight != NULL && (!json_is_integer(weight) || json_integer_value(weight) < 0 ||
                           json_integer_value(weight) > 2))
        return reel_fail(err, REEL_E_INVALID, "weight: expected 0 (not used), 1 or 2 (double)");
    if (alone) {
        row->kind = there->kind;
        row->value = there->value;
        row->time = there->time;
    } else {
        REEL_TRY(read_kind(row, body, err));
    }
    row->extra = weight == NULL ? 0 : (int)json_integer_value(weight) - 1;
    if (row->extra != 0 && reel__give_strength(row->kind) < 2)
        rc = reel_fail(err, REEL_E_INVALID, "weight: kind %s is no evidence that could count",
                       reel__given_kind_name(row->kind));
out:
    return rc;
}

reel_code reel__give_read(reel_given_row *out, const reel_engine *engine, int64_t person,
                          int64_t movie, const char *body, size_t length, reel_err *err)
{
    static const char *const names[] = {"rating", "kind", "weight", NULL};
    reel_given_row there;
    json_t *json = NULL;
    reel_code rc;

    *out = (reel_given_row){
        .person = person, .movie = movie, .time = reel__clock_now(), .value = (double)NAN};
    REEL_TRY(reel__give_find(&there, engine, person, movie, err));
    REEL_TRY(reel__json_parse(&json, body, length, DEPTH_MOST, err));
    if (!json_is_object(json))
        REEL_TRY(reel_fail(err, REEL_E_INVALID, "expected an object such as {\"rating\":4.5}"));
    REEL_TRY(reel__json_only(json, names, err));
    REEL_TRY(read_weight(out, &there, json, err));
    if (out->kind == REEL_GIVEN_RATING)
        REEL_TRY(reel__give_check_rating(out->value, engine->scale, err));
    if (out->kind == REEL_GIVEN_WATCHLIST && reel__give_strength(there.kind) > 1)
        rc = reel_fail(err, REEL_E_CONFLICT,
                       "film %lld was seen already; take that away first (DELETE)",
                       (long long)movie);
out:
    json_decref(json);
    return rc;
}

/* ---- many at once -------------------------------------------------------------------------- */

int reel__give_strength(reel_given_kind kind)
{
    static const int strengths[REEL_GIVEN_KINDS] = {
        [REEL_GIVEN_WATCHLIST] = 1,
        [REEL_GIVEN_WATCHED] = 2,
        [REEL_GIVEN_LIKED] = 3,
        [REEL_GIVEN_RATING] = 4,
    };

    return strengths[kind];
}

reel_code reel__give_put(const reel_engine *engine, const reel_given_row *rows, size_t count,
                         reel_err *err)
{
    if (engine->opts.overlay == NULL || engine->opts.read_only)
        return reel_fail(err, REEL_E_STORE, "the store is open for reading only: nothing is kept");
    return count == 0 ? REEL_OK : reel__overlay_put(engine->opts.overlay, rows, count, err);
}

/* One of a history; taken [in, out] where it goes to. */
static reel_code merge_one(const reel_engine *engine, const reel_history *history,
                           const reel_given *given, reel_given_row *out, bool *taken, reel_err *err)
{
    reel_given_row there;
    reel_index movie;
    reel_code rc;

    REEL_TRY(reel__engine_find_movie(engine, given->movie, &movie, err));
    out->movie = given->movie;
    if (given->looked) { /* beside whatever was said */
        out->kind = REEL_GIVEN_CLICKED;
        out->did = REEL_DID_CLICK;
        *taken = true;
        return REEL_OK;
    }
    REEL_TRY(reel__give_check_rating(given->rating, engine->scale, err));
    there = reel__give_there(engine, history, movie);
    *taken = reel__give_strength(there.kind) < reel__give_strength(REEL_GIVEN_RATING) &&
             there.kind != REEL_GIVEN_NOT_INTERESTED;
    out->value = given->rating;
out:
    return rc;
}

reel_code reel__give_merge(reel_json *json, const reel_engine *engine, int64_t person,
                           const reel_given *given, size_t count, reel_err *err)
{
    const reel_given_row blank = {
        .person = person, .time = reel__clock_now(), .kind = REEL_GIVEN_RATING};
    reel_history history = {0};
    reel_given_row *rows = reel__alloc_array(count, sizeof *rows);
    size_t used = 0;
    reel_code rc = REEL_OK;

    if (rows == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for %zu films", count);
    REEL_TRY(reel__history_new(&history, engine, person, err));
    for (size_t i = 0; i < count; i++) {
        reel_err inner = {REEL_OK, ""};
        bool taken = false;

        rows[used] = blank;
        rc = merge_one(engine, &history, &given[i], &rows[used], &taken, &inner);
        if (rc != REEL_OK)
            REEL_TRY(reel_fail(err, rc == REEL_E_NOTFOUND ? REEL_E_INVALID : rc,
                               "history[%zu].%.440s", i, inner.msg));
        used += taken;
    }
    REEL_TRY(reel__give_put(engine, rows, used, err));
    reel__json_object(json);
    reel__json_put_int(json, "taken", (int64_t)used);
    reel__json_put_int(json, "kept", (int64_t)(count - used));
    reel__json_object_end(json);
out:
    reel__history_fini(&history);
    reel__free(rows);
    return rc;
}
