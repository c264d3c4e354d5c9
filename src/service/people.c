/* people.c - the people of the data set and what they rated. */
#include "service/people.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "service/recommend.h"

enum { GENRES_MOST = 64, ID_DIGITS = 18 };

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
    const int64_t *ids = reel_dataset_person_ids(dataset);
    reel_index low = 0, high = reel_dataset_people(dataset);

    while (low < high) {
        const reel_index middle = low + (high - low) / 2;

        if (ids[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* A page being filled. */
typedef struct filling {
    size_t left;
    int64_t last; /* id written last */
    bool more;    /* one did not fit */
} filling;

/* Writes the people whose ids lie in [from, to), as far as the page has room. */
static void put_range(reel_json *json, const reel_dataset *dataset, int64_t from, int64_t to,
                      filling *page)
{
    const reel_index end = first_from(dataset, to);

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

typedef struct genre_count {
    const char *name;
    size_t length;
    int64_t ratings;
    double sum;
} genre_count;

static void count_genre(genre_count *genres, size_t *count, genre_count one)
{
    size_t i = 0;

    while (i < *count &&
           !(genres[i].length == one.length && memcmp(genres[i].name, one.name, one.length) == 0))
        i++;
    if (i == GENRES_MOST)
        return;
    if (i == *count)
        genres[(*count)++] = (genre_count){.name = one.name, .length = one.length};
    genres[i].ratings++;
    genres[i].sum += one.sum;
}

/* Most rated first, then by name. */
static int by_ratings(const void *a, const void *b)
{
    const genre_count *left = a, *right = b;
    const size_t shorter = left->length < right->length ? left->length : right->length;
    const int order = memcmp(left->name, right->name, shorter);

    if (left->ratings != right->ratings)
        return left->ratings > right->ratings ? -1 : 1;
    return order != 0 ? order : (left->length > right->length) - (left->length < right->length);
}

static void put_genres(reel_json *json, const reel_dataset *dataset, reel_index row)
{
    const reel_csr_view ratings = reel_dataset_ratings(dataset);
    genre_count genres[GENRES_MOST] = {{0}};
    size_t count = 0;

    for (reel_nnz i = ratings.ptr[row]; i < ratings.ptr[row + 1]; i++) {
        const char *name = reel_dataset_movie(dataset, ratings.col[i]).genres;

        while (*name != '\0') {
            const size_t length = strcspn(name, "|");

            count_genre(
                genres, &count,
                (genre_count){.name = name, .length = length, .sum = (double)ratings.val[i]});
            name += length + (name[length] == '|');
        }
    }
    qsort(genres, count, sizeof *genres, by_ratings);
    reel__json_key(json, "genres");
    reel__json_array(json);
    for (size_t i = 0; i < count; i++) {
        reel__json_object(json);
        reel__json_key(json, "genre");
        reel__json_text_n(json, genres[i].name, genres[i].length);
        reel__json_put_int(json, "ratings", genres[i].ratings);
        reel__json_put_real(json, "mean", hundredths(genres[i].sum / (double)genres[i].ratings));
        reel__json_object_end(json);
    }
    reel__json_array_end(json);
}

reel_code reel__person_write(reel_json *json, const reel_engine *engine, int64_t person,
                             reel_err *err)
{
    const reel_dataset *dataset = reel__engine_dataset(engine);
    reel_index row;
    const reel_code rc = reel__engine_find_person(engine, person, &row, err);

    if (rc != REEL_OK)
        return rc;
    reel__json_object(json);
    put_summary(json, dataset, row);
    put_genres(json, dataset, row);
    reel__json_put_bool(json, "simulated", reel_dataset_simulated(dataset));
    reel__json_object_end(json);
    return REEL_OK;
}

/* ---- their ratings ------------------------------------------------------------------------- */

typedef struct rated {
    reel_index movie;
    float value;
    int64_t time;
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
    char time[REEL_TIME_TEXT];

    reel__clock_text(one->time, time);
    reel__json_object(json);
    reel__write_movie_members(json, engine, one->movie, false);
    reel__json_key(json, "your_rating");
    reel__json_float(json, one->value);
    reel__json_put_text(json, "time", one->time != 0 ? time : NULL);
    reel__json_object_end(json);
}

reel_code reel__person_write_ratings(reel_json *json, const reel_engine *engine, int64_t person,
                                     reel_page page, size_t *total, reel_err *err)
{
    const reel_dataset *dataset = reel__engine_dataset(engine);
    const reel_csr_view ratings = reel_dataset_ratings(dataset);
    const int64_t *times = reel_dataset_times(dataset);
    reel_index row;
    rated *all = NULL;
    reel_code rc = REEL_OK;

    *total = 0;
    REEL_TRY(reel__engine_find_person(engine, person, &row, err));
    *total = (size_t)(ratings.ptr[row + 1] - ratings.ptr[row]);
    all = reel__alloc_array(*total, sizeof *all);
    if (all == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "out of memory to sort %zu ratings", *total));
    for (size_t i = 0; i < *total; i++) {
        const reel_nnz at = ratings.ptr[row] + (reel_nnz)i;

        all[i] = (rated){.movie = ratings.col[at], .value = ratings.val[at], .time = times[at]};
    }
    qsort(all, *total, sizeof *all, best_first);
    for (size_t i = page.offset; i < *total && i - page.offset < page.limit; i++)
        put_rated(json, engine, &all[i]);
out:
    reel__free(all);
    return rc;
}
