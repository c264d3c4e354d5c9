/* charts.c - see charts.h. A film that has no place on a chart has the value -INFINITY. */
#include "service/lists/charts.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "eval/genres.h"
#include "num/topk.h"
#include "service/engine/state.h"

const reel_chart_info reel__charts[REEL_CHARTS] = {
    [REEL_CHART_POPULAR] = {"popular", "rated by most people"},
    [REEL_CHART_TOP] = {"top", "rated best, where enough people did"},
    [REEL_CHART_TRENDING] = {"trending", "rated most lately"},
    [REEL_CHART_NEW] = {"new", "released last"},
    [REEL_CHART_INFORMATIVE] = {"informative", "say most about whoever rates them"},
};

static const double DAY = 86400, HALF_LIFE = 30, LONG_HALF_LIFE = 365;
/* Ratings that every film is given a year: a handful of people are no trend. */
static const double CALM = 10;
/* Films chosen one by one for what they say; the rest of that chart follows by value. */
enum { CHOSEN = 200, DECADES = 32 };

reel_code reel__chart_find(const char *name, size_t length, reel_chart *out, reel_err *err)
{
    for (int i = 0; i < REEL_CHARTS; i++) {
        if (strlen(reel__charts[i].name) != length ||
            memcmp(reel__charts[i].name, name, length) != 0)
            continue;
        *out = (reel_chart)i;
        return REEL_OK;
    }
    return reel_fail(err, REEL_E_NOTFOUND,
                     "no chart is called \"%.*s\"; there are popular, top, trending, new and "
                     "informative",
                     (int)(length < 40 ? length : 40), name);
}

/* ---- values -------------------------------------------------------------------------------- */

static void set_popular(const reel_engine *engine, float *out)
{
    const reel_csr_view raters = reel_dataset_raters(engine->dataset);

    for (reel_index i = 0; i < raters.rows; i++) {
        const reel_nnz count = raters.ptr[i + 1] - raters.ptr[i];

        out[i] = count > 0 ? (float)count : -INFINITY;
    }
}

static int ascending(const void *a, const void *b)
{
    const float left = *(const float *)a, right = *(const float *)b;

    return (left > right) - (left < right);
}

/* The median number of ratings of the films that have any. popular: as set_popular leaves it; room
 * [films]. */
static double median_count(const float *popular, reel_index films, float *room)
{
    size_t rated = 0;

    for (reel_index i = 0; i < films; i++)
        if (popular[i] > 0)
            room[rated++] = popular[i];
    qsort(room, rated, sizeof *room, ascending);
    return rated == 0 ? 0 : (double)room[rated / 2];
}

static void set_top(const reel_engine *engine, const float *popular, float *out)
{
    const reel_csr_view raters = reel_dataset_raters(engine->dataset);
    const double damping = median_count(popular, raters.rows, out);
    double sum = 0;

    for (reel_nnz k = 0; k < raters.ptr[raters.rows]; k++)
        sum += (double)raters.val[k];
    for (reel_index i = 0; i < raters.rows; i++) {
        const double count = (double)(raters.ptr[i + 1] - raters.ptr[i]);
        const double prior = sum / (double)raters.ptr[raters.rows];

        out[i] = count > 0
                     ? (float)((engine->means[i] * count + damping * prior) / (count + damping))
                     : -INFINITY;
    }
}

static int64_t newest_time(const reel_engine *engine)
{
    const reel_csr_view ratings = reel_dataset_ratings(engine->dataset);
    const int64_t *times = reel_dataset_times(engine->dataset);
    int64_t newest = 0;

    for (reel_nnz k = 0; k < ratings.ptr[ratings.rows]; k++)
        newest = times[k] > newest ? times[k] : newest;
    return newest;
}

/* lately and longer [films] sum the two decays. Without times nothing trends. */
static void set_trending(const reel_engine *engine, double *lately, double *longer, float *out)
{
    const reel_csr_view ratings = reel_dataset_ratings(engine->dataset);
    const int64_t *times = reel_dataset_times(engine->dataset);
    const int64_t newest = newest_time(engine);

    for (reel_nnz k = 0; k < ratings.ptr[ratings.rows] && newest > 0; k++) {
        const double age = (double)(newest - times[k]) / DAY;

        lately[ratings.col[k]] += times[k] > 0 ? exp2(-age / HALF_LIFE) : 0;
        longer[ratings.col[k]] += times[k] > 0 ? exp2(-age / LONG_HALF_LIFE) : 0;
    }
    for (reel_index i = 0; i < ratings.cols; i++)
        out[i] = lately[i] > 0 ? (float)(lately[i] / sqrt(longer[i] + CALM)) : -INFINITY;
}

/* "1999-03-31" as days, roughly; a date cut short counts from its beginning. */
static double date_of(const reel_movie *movie)
{
    int year = movie->year, month = 1, day = 1;

    (void)sscanf(movie->release_date, "%4d-%2d-%2d", &year, &month, &day);
    return year > 0 ? (double)year * 372 + (double)month * 31 + (double)day : -(double)INFINITY;
}

typedef struct dated {
    double date, fame;
    reel_index movie;
} dated;

/* The newest first, of these the best known, of these the first. */
static int by_date(const void *a, const void *b)
{
    const dated *left = a, *right = b;

    if (left->date != right->date)
        return left->date < right->date ? 1 : -1;
    if (left->fame != right->fame)
        return left->fame < right->fame ? 1 : -1;
    return (left->movie > right->movie) - (left->movie < right->movie);
}

/* Values are places, counted from the end. films [all of them] is working memory. */
static void set_new(const reel_engine *engine, dated *films, float *out)
{
    const reel_index count = reel_dataset_movies(engine->dataset);

    for (reel_index i = 0; i < count; i++) {
        const reel_movie movie = reel_dataset_movie(engine->dataset, i);

        films[i] = (dated){date_of(&movie), (double)reel__engine_rated(engine, i, NULL), i};
    }
    qsort(films, (size_t)count, sizeof *films, by_date);
    for (reel_index i = 0; i < count; i++)
        out[films[i].movie] = isfinite(films[i].date) ? (float)(count - i) : -INFINITY;
}

/* How far people disagree about a film, times how likely somebody knows it. */
static double telling(const reel_engine *engine, reel_index movie)
{
    const reel_csr_view raters = reel_dataset_raters(engine->dataset);
    const reel_nnz from = raters.ptr[movie], to = raters.ptr[movie + 1];
    double squares = 0;

    for (reel_nnz k = from; k < to; k++) {
        const double off = (double)raters.val[k] - engine->means[movie];

        squares += off * off;
    }
    return to > from ? log1p((double)(to - from)) * sqrt(squares / (double)(to - from)) : 0;
}

typedef struct spread {
    const reel_genres *genres;
    const int *decades; /* [films] 0 .. DECADES - 1 */
    int genre_times[REEL_GENRES_MAX], decade_times[DECADES];
} spread;

/* A value shrinks with how often its genres (their mean) and its decade were chosen already. */
static double freshness(const spread *s, reel_index movie)
{
    double times = 0;
    int count = 0;

    for (int g = 0; g < s->genres->count; g++) {
        if ((s->genres->of[movie] >> g & 1) == 0)
            continue;
        times += s->genre_times[g];
        count++;
    }
    times = count > 0 ? times / count : 0;
    return 1 / ((1 + times / 4) * (1 + s->decade_times[s->decades[movie]] / 8.0));
}

static void note_chosen(spread *s, reel_index movie)
{
    for (int g = 0; g < s->genres->count; g++)
        s->genre_times[g] += (int)(s->genres->of[movie] >> g & 1);
    s->decade_times[s->decades[movie]]++;
}

/* Values of the chosen are 1 + CHOSEN down to 2; of the others what they tell, below 1. worth
 * [films] is working memory. */
static void choose_spread(spread *s, reel_index films, double *worth, float *out)
{
    double most = 0;

    for (reel_index i = 0; i < films; i++)
        most = worth[i] > most ? worth[i] : most;
    for (reel_index i = 0; i < films; i++)
        out[i] = worth[i] > 0 ? (float)(worth[i] / most) : -INFINITY;
    for (int n = 0; n < CHOSEN; n++) {
        reel_index best = -1;
        double highest = 0;

        for (reel_index i = 0; i < films; i++) {
            /* What is no better unspread cannot be better spread. */
            const double value = worth[i] > highest ? worth[i] * freshness(s, i) : 0;

            if (value > highest) {
                highest = value;
                best = i;
            }
        }
        if (best < 0)
            break;
        note_chosen(s, best);
        worth[best] = 0;
        out[best] = (float)(1 + CHOSEN - n);
    }
}

static reel_code set_informative(const reel_engine *engine, double *worth, float *out,
                                 reel_err *err)
{
    const reel_index films = reel_dataset_movies(engine->dataset);
    reel_genres genres = {0};
    int *decades = reel__alloc_array((size_t)films, sizeof *decades);
    reel_code rc;

    if (decades == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "out of memory for a chart of %d films", films));
    REEL_TRY(reel__genres_init(&genres, engine->dataset, err));
    for (reel_index i = 0; i < films; i++) {
        const int decade = reel_dataset_movie(engine->dataset, i).year / 10 - 180;

        decades[i] = decade < 0 ? 0 : decade >= DECADES ? DECADES - 1 : decade;
        worth[i] = telling(engine, i);
    }
    choose_spread(&(spread){.genres = &genres, .decades = decades}, films, worth, out);
    rc = REEL_OK;
out:
    reel__genres_fini(&genres);
    reel__free(decades);
    return rc;
}

static reel_code make_values(void **out, const reel_engine *engine, reel_err *err)
{
    const size_t films = (size_t)reel_dataset_movies(engine->dataset);
    float *values = reel__alloc_array(REEL_CHARTS * films, sizeof *values);
    double *sums = reel__alloc_zero(2 * films, sizeof *sums);
    dated *dates = reel__alloc_array(films, sizeof *dates);
    reel_code rc;

    *out = NULL;
    if (values == NULL || sums == NULL || dates == NULL) {
        reel__free(values);
        reel__free(sums);
        reel__free(dates);
        return reel_fail(err, REEL_E_NOMEM, "out of memory for charts of %zu films", films);
    }
    set_popular(engine, values + REEL_CHART_POPULAR * films);
    set_top(engine, values + REEL_CHART_POPULAR * films, values + REEL_CHART_TOP * films);
    set_trending(engine, sums, sums + films, values + REEL_CHART_TRENDING * films);
    set_new(engine, dates, values + REEL_CHART_NEW * films);
    rc = set_informative(engine, sums, values + REEL_CHART_INFORMATIVE * films, err);
    reel__free(sums);
    reel__free(dates);
    if (rc == REEL_OK)
        *out = values;
    else
        reel__free(values);
    return rc;
}

static reel_code get_values(const float **out, const reel_engine *engine, reel_err *err)
{
    void *made;
    const reel_code rc = reel__engine_lazy(&made, engine, &engine->charts, make_values, err);

    *out = made;
    return rc;
}

/* ---- pages --------------------------------------------------------------------------------- */

/* Hide what has no place; how many are left. */
static size_t mask_absent(reel_session *session, const float *values)
{
    const reel_index films = reel_dataset_movies(session->engine->dataset);
    size_t left = 0;

    memset(session->skip, 0, ((size_t)films + 63) / 64 * sizeof *session->skip);
    for (reel_index i = 0; i < films; i++) {
        session->scores[i] = values[i];
        if (values[i] == -INFINITY)
            reel__bit_set(session->skip, i);
        else
            left++;
    }
    return left;
}

/* The best films of session->scores, as far as a page needs them. */
typedef struct chart_films {
    reel_scored *items;
    size_t count;
} chart_films;

static reel_code choose(chart_films *out, const reel_session *session, size_t wanted, reel_err *err)
{
    const reel_index films = reel_dataset_movies(session->engine->dataset);
    const size_t most = wanted < (size_t)films ? wanted : (size_t)films;

    reel__free(out->items);
    out->items = reel__alloc_array(most, sizeof *out->items);
    if (out->items == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for a chart of %zu films", most);
    out->count = reel__topk(session->scores, films, session->skip, most, out->items);
    return REEL_OK;
}

/* Down to the end of the page. Mostly the place is where it was. */
static reel_code choose_page(chart_films *out, const reel_session *session, reel_place *place,
                             reel_err *err)
{
    const int64_t *ids = reel_dataset_movie_ids(session->engine->dataset);
    reel_placing placing = reel__placing_begin(place);
    reel_code rc;

    REEL_TRY(choose(out, session, place->offset + place->limit, err));
    if (!reel__place_has_films(place) ||
        (place->offset <= out->count && ids[out->items[place->offset - 1].index] == *place->films))
        return REEL_OK;
    REEL_TRY(choose(out, session, SIZE_MAX, err));
    for (size_t i = 0; i < out->count; i++)
        reel__placing_look(&placing, i, ids[out->items[i].index]);
    rc = reel__placing_end(&placing, err);
out:
    return rc;
}

static void write_page(reel_json *json, const reel_session *session, const chart_films *films,
                       reel_place *place)
{
    const int64_t *ids = reel_dataset_movie_ids(session->engine->dataset);

    for (size_t n = 0; n < place->limit && place->offset < films->count; n++) {
        const reel_index film = films->items[place->offset].index;

        reel__place_pass(place, ids[film]);
        reel__json_object(json);
        reel__write_movie_members(json, session->engine, film, false);
        reel__json_put_int(json, "rank", (int64_t)place->offset);
        reel__json_object_end(json);
    }
}

reel_code reel__chart_write(reel_json *json, reel_session *session, reel_chart chart,
                            const char *filter, reel_place *place, bool *more, reel_err *err)
{
    const reel_index films = reel_dataset_movies(session->engine->dataset);
    chart_films best = {NULL, 0};
    const float *values;
    size_t removed, total;
    reel_code rc;

    REEL_TRY(get_values(&values, session->engine, err));
    total = mask_absent(session, values + (size_t)chart * (size_t)films);
    REEL_TRY(reel__order_filter(session, filter, &removed, err));
    REEL_TRY(choose_page(&best, session, place, err));
    write_page(json, session, &best, place);
    *more = place->offset < total - removed;
out:
    reel__free(best.items);
    return rc;
}
