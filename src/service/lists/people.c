/* people.c - people and what they rated. */
#include "service/lists/people.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/ids.h"
#include "service/engine/state.h"
#include "service/lists/genre_counts.h"
#include "store/accounts.h"

enum { ID_DIGITS = 18 };

static double hundredths(double value)
{
    return round(value * 100) / 100;
}

static double mean_of(reel_csr_view ratings, reel_index row)
{
    double sum = 0;

    for (reel_nnz i = ratings.ptr[row]; i < ratings.ptr[row + 1]; i++)
        sum += (double)ratings.val[i];
    return sum / (double)(ratings.ptr[row + 1] - ratings.ptr[row]);
}

static void put_summary(reel_json *json, const reel_dataset *dataset, reel_index row)
{
    const reel_csr_view ratings = reel_dataset_ratings(dataset);

    reel__json_put_int(json, "user", reel_dataset_person_ids(dataset)[row]);
    reel__json_put_int(json, "ratings", ratings.ptr[row + 1] - ratings.ptr[row]);
    reel__json_put_real(json, "mean", hundredths(mean_of(ratings, row)));
}

/* ---- the list ------------------------------------------------------------------------------ */

/* First row whose id is at least this. */
static reel_index first_from(const reel_dataset *dataset, int64_t id)
{
    return (reel_index)reel__ids_below(reel_dataset_person_ids(dataset),
                                       (size_t)reel_dataset_people(dataset), id);
}

/* A page being filled. */
typedef struct filling {
    size_t left;
    int64_t last; /* id written last */
    bool more;    /* one did not fit */
} filling;

/* Writes the people of the data whose ids lie in [from, to), as far as the page has room. Accounts
 * are nobody's to list. */
static void put_range(reel_json *json, const reel_dataset *dataset, int64_t from, int64_t to,
                      filling *page)
{
    const reel_index end = first_from(dataset, to < REEL_ACCOUNT_PERSON ? to : REEL_ACCOUNT_PERSON);

    for (reel_index row = first_from(dataset, from); row < end; row++) {
        if (page->left == 0) {
            page->more = true;
            return;
        }
        page->left--;
        page->last = reel_dataset_person_ids(dataset)[row];
        reel__json_object(json);
        put_summary(json, dataset, row);
        reel__json_object_end(json);
    }
}

void reel__people_write(reel_json *json, const reel_engine *engine, const char *prefix,
                        int64_t after, size_t limit, int64_t *next)
{
    const reel_dataset *dataset = reel__engine_dataset(engine);
    const size_t digits = strlen(prefix);
    const int64_t first = after < 0 ? 0 : after == INT64_MAX ? after : after + 1;
    filling page = {.left = limit, .last = -1};
    int64_t low, width = 1;

    *next = -1;
    if (digits > ID_DIGITS || strspn(prefix, "0123456789") != digits)
        return;
    if (digits == 0)
        put_range(json, dataset, first, INT64_MAX, &page);
    /* "42" is 42, then 420 to 429, then 4200 to 4299: ranges that ascend. Nothing but 0 itself
     * starts with a 0. */
    low = strtoll(prefix, NULL, 10);
    for (size_t length = digits; digits > 0 && !page.more; length++) {
        if (prefix[0] == '0' && length > 1)
            break;
        put_range(json, dataset, low > first ? low : first, low + width, &page);
        if (length == ID_DIGITS) /* ten times more need not fit */
            break;
        low *= 10;
        width *= 10;
    }
    if (page.more)
        *next = page.last;
}

/* ---- one person ---------------------------------------------------------------------------- */

static void put_genres(reel_json *json, const reel_dataset *dataset, const reel_history *history)
{
    reel_genre_counts genres = {0};

    for (size_t i = 0; i < history->count; i++) {
        const reel_entry *entry = &history->entries[i];

        if (entry->kind == REEL_ENTRY_RATING)
            reel__genre_counts_add(&genres, reel_dataset_movie(dataset, entry->movie).genres, 1,
                                   (double)entry->value);
    }
    reel__json_key(json, "genres");
    reel__genre_counts_write(json, &genres);
}

/* As in the list, with what was given since; NaN where nothing was rated. */
static void put_facts(reel_json *json, int64_t person, const reel_history *history)
{
    int64_t ratings = 0;
    double sum = 0;

    for (size_t i = 0; i < history->count; i++) {
        const bool rated = history->entries[i].kind == REEL_ENTRY_RATING;

        ratings += rated;
        sum += rated ? (double)history->entries[i].value : 0;
    }
    reel__json_put_int(json, "user", person);
    reel__json_put_int(json, "ratings", ratings);
    reel__json_put_real(json, "mean", hundredths(sum / (double)ratings));
}

reel_code reel__person_write(reel_json *json, const reel_engine *engine, int64_t person,
                             reel_err *err)
{
    const reel_dataset *dataset = reel__engine_dataset(engine);
    reel_history history;
    const reel_code rc = reel__history_new(&history, engine, person, err);

    if (rc != REEL_OK)
        return rc;
    reel__json_object(json);
    put_facts(json, person, &history);
    put_genres(json, dataset, &history);
    reel__json_put_bool(json, "simulated",
                        person < REEL_ACCOUNT_PERSON && reel_dataset_simulated(dataset));
    reel__json_object_end(json);
    reel__history_fini(&history);
    return REEL_OK;
}

/* ---- their ratings ------------------------------------------------------------------------- */

typedef struct rated {
    reel_index movie;
    float value; /* -1 = none was given */
    int64_t time;
    reel_given_kind kind;
    int weight;
} rated;

static int best_first(const void *a, const void *b)
{
    const rated *left = a, *right = b;

    if (left->value != right->value)
        return left->value > right->value ? -1 : 1;
    if (left->time != right->time)
        return left->time > right->time ? -1 : 1;
    return (left->movie > right->movie) - (left->movie < right->movie);
}

static void put_rated(reel_json *json, const reel_engine *engine, const rated *one)
{
    reel__json_object(json);
    reel__write_movie_members(json, engine, one->movie, false);
    reel__json_key(json, "your_rating");
    if (one->kind == REEL_GIVEN_RATING)
        reel__json_float(json, one->value);
    else
        reel__json_null(json);
    reel__json_put_text(json, "kind", reel__given_kind_name(one->kind));
    reel__json_put_time(json, "time", one->time);
    reel__json_put_int(json, "weight", one->weight);
    reel__json_object_end(json);
}

/* What was given to films, of the kinds asked for (1 << a kind for each). */
static size_t choose(rated *out, const reel_engine *engine, const reel_history *history,
                     unsigned kinds)
{
    size_t count = 0, since = 0;

    for (size_t i = 0; i < history->count && (kinds >> REEL_GIVEN_RATING & 1) != 0; i++)
        if (history->entries[i].kind == REEL_ENTRY_RATING)
            out[count++] = (rated){history->entries[i].movie, history->entries[i].value,
                                   history->entries[i].time, REEL_GIVEN_RATING,
                                   (int)history->entries[i].weight};
    for (; since < history->since.count; since++) {
        const reel_given_row *row = &history->since.rows[since];
        const reel_index movie = reel_dataset_find_movie(engine->dataset, row->movie);

        if (movie >= 0 && row->kind != REEL_GIVEN_RATING && (kinds >> row->kind & 1) != 0)
            out[count++] = (rated){movie, -1, row->time, row->kind, 1 + row->extra};
    }
    return count;
}

/* Whether a row comes after a place in the order of best_first. */
static bool comes_after(const rated *row, int64_t movie, const reel_rated_key *key)
{
    if (row->value != key->value)
        return row->value < key->value;
    return row->time != key->time ? row->time < key->time : movie > key->movie;
}

reel_code reel__person_write_ratings(reel_json *json, const reel_engine *engine, int64_t person,
                                     const reel_rated_page *page, reel_rated_key *last, bool *more,
                                     reel_err *err)
{
    const int64_t *ids = reel_dataset_movie_ids(engine->dataset);
    const reel_rated_key after = page->after; /* which may be *last */
    reel_history history = {0};
    size_t total = 0, at = 0;
    rated *all = NULL;
    reel_code rc = REEL_OK;

    *more = false;
    REEL_TRY(reel__history_new(&history, engine, person, err));
    all = reel__alloc_array(history.count + history.since.count, sizeof *all);
    if (all == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "out of memory to sort %zu ratings", history.count));
    total = choose(all, engine, &history, page->kinds);
    if (total > 0)
        qsort(all, total, sizeof *all, best_first);
    while (page->goes_on && at < total && !comes_after(&all[at], ids[all[at].movie], &after))
        at++;
    *more = total - at > page->limit;
    for (size_t i = at; i < total && i - at < page->limit; i++) {
        put_rated(json, engine, &all[i]);
        *last = (reel_rated_key){all[i].value, all[i].time, ids[all[i].movie]};
    }
out:
    reel__history_fini(&history);
    reel__free(all);
    return rc;
}
