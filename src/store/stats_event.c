/* stats_event.c - one event of the log as what it adds to the sums: at once, and where it is about
 * a list, as the list's events go by in their order.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "store/event_movies.h"
#include "store/sql.h"
#include "store/stats_priv.h"

enum { DAY_MS = 86400000, HOUR_MS = 3600000, RANK_MOST = 200, TEXT_MOST = 64 << 20 };
enum { MILLION = 1000000, DWELL_MOST_S = 86400 };
/* Of a list so many events count: somebody may call a million lists by one name. */
#define LISTED_MOST "1000"

/* What can be done with a film. */
enum { CLICK, RATING, REFUSAL, TRAILER, WATCHLIST, DWELL, DEEDS };
static const char *const deed_names[DEEDS] = {"click",   "rating",    "not_interested",
                                              "trailer", "watchlist", "dwell"};

/* A film of a list: where it was shown, and what was done with it since. */
enum { PLACE_SHOWN, PLACE_DAY, PLACE_KIND, PLACE_RANK, PLACE_DEEDS, PLACES };

static void fail(reel_counting *c)
{
    if (c->rc == REEL_OK)
        c->rc = reel_fail(c->err, REEL_E_NOMEM, "out of memory to count events");
}

/* Zeros to add to, and afterwards nothing, where there is no memory. */
static int64_t *at(reel_counting *c, reel_tally *tally, const int64_t *key)
{
    static _Thread_local int64_t lost[REEL_TALLY_VALUES];
    int64_t *values = reel__tally_at(tally, key);

    if (values == NULL)
        fail(c);
    return values == NULL ? lost : values;
}

static int32_t intern(reel_counting *c, reel_intern *names, const char *text)
{
    int32_t id = 0;

    if (c->rc == REEL_OK)
        c->rc = reel__intern_add(names, text, strlen(text), &id, c->err);
    return id;
}

static int64_t moment_of(const reel_event *event)
{
    const int64_t at_ms = event->time_ms < event->received_ms ? event->time_ms : event->received_ms;

    return at_ms > 0 ? at_ms : 0;
}

static int32_t kind_of(reel_counting *c, const reel_event *event)
{
    reel_json json;

    reel__buf_clear(&c->text);
    reel__json_init(&json, &c->text);
    reel__json_array(&json);
    reel__json_text(&json, event->method);
    reel__json_text(&json, event->model_id);
    reel__json_text(&json, event->scenario);
    reel__json_array_end(&json);
    if (c->rc == REEL_OK)
        c->rc = reel__buf_check(&c->text, c->err);
    return c->rc == REEL_OK ? intern(c, c->sums.kinds, c->text.data) : 0;
}

static int64_t rank_of(const reel_event_movie *film)
{
    return film->rank < 0 ? 0 : film->rank > RANK_MOST ? RANK_MOST : film->rank;
}

static int deed_of(const char *type)
{
    int found = CLICK;

    while (found < DEEDS && strcmp(deed_names[found], type) != 0)
        found++;
    return found;
}

/* ---- at once ------------------------------------------------------------------------------- */

static void count_person(reel_counting *c, const reel_event *event, int64_t day)
{
    char who[REEL_STATS_WHO];
    int64_t key[2] = {0, day};

    if (event->user < 0 && event->visitor[0] == '\0')
        return;
    if (event->user >= 0)
        reel__stats_who(who, event->user);
    else
        (void)snprintf(who, sizeof who, "v%.64s", event->visitor);
    key[0] = intern(c, c->sums.whos, who);
    at(c, c->sums.people, key)[0] = 1;
}

static void count_variety(const reel_counting *c, const reel_event *event, int64_t *hour)
{
    const double variety = c->step == NULL || c->step->variety == NULL || event->movie_count < 2
                               ? (double)NAN
                               : c->step->variety(c->step->user, event->movies, event->movie_count);

    if (isnan(variety))
        return;
    hour[HOUR_VARIED]++;
    hour[HOUR_VARIETY] += (int64_t)lround(variety * MILLION);
}

static void count_first(reel_counting *c, int64_t day, int32_t kind)
{
    const int64_t key[] = {kind};
    int64_t *first = at(c, c->sums.first, key);

    if (*first == 0 || day < *first - 1)
        *first = day + 1;
}

static void count_list(reel_counting *c, const reel_event *event, int64_t day, int32_t kind)
{
    const int64_t whole[] = {day, kind, 0};

    at(c, c->sums.ranks, whole)[RANK_LISTS] += c->sign;
    for (size_t i = 0; i < event->movie_count; i++) {
        const int64_t rank[] = {day, kind, rank_of(&event->movies[i])};
        const int64_t film[] = {day, event->movies[i].movie};

        at(c, c->sums.ranks, rank)[RANK_SHOWN] += c->sign;
        at(c, c->sums.films, film)[FILM_SHOWN] += c->sign;
    }
}

static void count_deed(reel_counting *c, const reel_event *event, int64_t day, int what)
{
    for (size_t i = 0; i < event->movie_count && (what == CLICK || what == RATING); i++) {
        const int64_t film[] = {day, event->movies[i].movie};

        at(c, c->sums.films, film)[what == CLICK ? FILM_CLICKS : FILM_RATINGS] += c->sign;
    }
}

static void count_dwell(const reel_counting *c, const reel_event *event, int64_t *hour)
{
    const double seconds = event->value;

    if (isnan(seconds) || seconds < 0)
        return;
    hour[HOUR_DWELLS] += c->sign;
    hour[HOUR_DWELL_MS] +=
        c->sign * (int64_t)lround((seconds < DWELL_MOST_S ? seconds : DWELL_MOST_S) * 1000);
}

static void count_event(reel_counting *c, const reel_event *event)
{
    static const int columns[DEEDS] = {[CLICK] = HOUR_CLICKS,
                                       [RATING] = HOUR_RATINGS,
                                       [REFUSAL] = HOUR_REFUSALS,
                                       [TRAILER] = HOUR_TRAILERS,
                                       [WATCHLIST] = HOUR_WATCHLIST};
    const int64_t moment = moment_of(event), day = moment / DAY_MS;
    const int32_t kind = kind_of(c, event);
    const int64_t key[] = {moment / HOUR_MS, kind};
    const int what = deed_of(event->type);
    const bool shown = strcmp(event->type, "impression") == 0;
    int64_t *hour;

    if (event->damaged || (what == DEEDS && !shown))
        return;
    hour = at(c, c->sums.hours, key);
    count_person(c, event, day);
    if (shown) {
        hour[HOUR_LISTS] += c->sign;
        hour[HOUR_SHOWN] += c->sign * (int64_t)event->movie_count;
        count_variety(c, event, hour);
        count_first(c, day, kind);
        count_list(c, event, day, kind);
        return;
    }
    if (what == DWELL)
        count_dwell(c, event, hour);
    else
        hour[columns[what]] += c->sign;
    count_deed(c, event, day, what);
}

static double real_of(const char *column)
{
    return column == NULL ? (double)NAN : strtod(column, NULL);
}

bool reel__counting_read(reel_counting *c, reel_event *event,
                         reel_event_movie movies[REEL_EVENT_MOVIES_MAX], const char *const *column)
{
    *event = (reel_event){.sequence = reel__sql_number(column[0], 0),
                          .type = column[1],
                          .visitor = column[2],
                          .method = column[3],
                          .model_id = column[4],
                          .list_id = column[5],
                          .scenario = column[6],
                          .user = reel__sql_number(column[7], -1),
                          .time_ms = reel__sql_number(column[8], 0),
                          .received_ms = reel__sql_number(column[9], 0),
                          .value = real_of(column[10])};
    if (c->rc == REEL_OK)
        c->rc = reel__event_movies_take(event, movies, column[11], c->err);
    return c->rc == REEL_OK;
}

void reel__counting_event(reel_counting *c, const reel_event *event, bool look_at_list)
{
    c->events++;
    count_event(c, event);
    if (event->list_id[0] != '\0' && look_at_list)
        (void)intern(c, c->lists, event->list_id);
}

/* ---- by list ------------------------------------------------------------------------------- */

static void place_films(reel_counting *c, reel_tally *places, const reel_event *event, int32_t list)
{
    const int64_t day = moment_of(event) / DAY_MS;
    const int32_t kind = kind_of(c, event);

    for (size_t i = 0; i < event->movie_count; i++) {
        const int64_t key[] = {list, event->movies[i].movie};
        int64_t *place = at(c, places, key);

        if (place[PLACE_SHOWN] != 0)
            continue; /* the first time counts */
        place[PLACE_SHOWN] = 1;
        place[PLACE_DAY] = day;
        place[PLACE_KIND] = kind;
        place[PLACE_RANK] = rank_of(&event->movies[i]);
    }
}

static void add_deed(reel_counting *c, const int64_t *place, int64_t movie, int what, int64_t sign)
{
    static const int columns[] = {
        [CLICK] = RANK_CLICKED, [RATING] = RANK_RATED, [REFUSAL] = RANK_REFUSED};
    const int64_t both = INT64_C(1) << CLICK | INT64_C(1) << RATING;
    const int64_t rank[] = {place[PLACE_DAY], place[PLACE_KIND], place[PLACE_RANK]};
    const int64_t film[] = {place[PLACE_DAY], movie};
    int64_t *ranks = at(c, c->sums.ranks, rank);

    ranks[columns[what]] += sign;
    if (what != REFUSAL && (place[PLACE_DEEDS] & both) == both)
        ranks[RANK_CLICKED_RATED] += sign;
    if (what != REFUSAL)
        at(c, c->sums.films, film)[what == CLICK ? FILM_CLICKED : FILM_RATED] += sign;
}

void reel__counting_replay(reel_counting *c, reel_tally *places, const reel_event *event,
                           int64_t sign)
{
    const int32_t list = reel__intern_find(c->lists, event->list_id, strlen(event->list_id));
    const int what = deed_of(event->type);

    if (list >= 0 && strcmp(event->type, "impression") == 0)
        place_films(c, places, event, list);
    for (size_t i = 0; list >= 0 && what <= REFUSAL && i < event->movie_count; i++) {
        const int64_t key[] = {list, event->movies[i].movie}, bit = INT64_C(1) << what;
        int64_t *place = reel__tally_find(places, key);

        if (place == NULL || place[PLACE_SHOWN] == 0 || (place[PLACE_DEEDS] & bit) != 0)
            continue;
        place[PLACE_DEEDS] |= bit;
        if (sign != 0)
            add_deed(c, place, event->movies[i].movie, what, sign);
    }
}

bool reel__counting_is_deed(const reel_event *event)
{
    return deed_of(event->type) <= REFUSAL;
}

static reel_code lists_text(reel_buf *out, const reel_counting *c)
{
    const int32_t count = reel__intern_count(c->lists);
    reel_json json;

    reel__json_init(&json, out);
    reel__json_object(&json);
    for (int32_t i = 0; i < count; i++) {
        char key[16];

        (void)snprintf(key, sizeof key, "%d", i);
        reel__json_key(&json, key);
        reel__json_array(&json); /* ->> unwraps the text of an array the same way everywhere */
        reel__json_text(&json, reel__intern_text(c->lists, i));
        reel__json_array_end(&json);
    }
    reel__json_object_end(&json);
    return reel__buf_check(out, c->err);
}

reel_code reel__counting_lists(reel_counting *c, reel_store *store, int64_t last, reel_sql_row *row,
                               void *user)
{
    reel_sql sql;
    reel_buf lists;
    reel_code rc = REEL_OK;

    if (reel__intern_count(c->lists) == 0)
        return REEL_OK;
    reel__buf_init(&lists, TEXT_MOST);
    REEL_TRY(lists_text(&lists, c));
    reel__sql_begin(&sql,
                    "SELECT " REEL_STATS_COLUMNS
                    " FROM (SELECT j.value ->> 0 AS name, coalesce((SELECT x.sequence"
                    " FROM events AS x WHERE x.list_id <> '' AND x.list_id = j.value ->> 0"
                    " ORDER BY x.sequence LIMIT 1 OFFSET " LISTED_MOST "), CAST($2 AS bigint) + 1)"
                    " AS beyond FROM json_each($1) AS j) AS l JOIN events AS e ON e.list_id <> ''"
                    " AND e.list_id = l.name AND e.sequence < l.beyond AND e.sequence <="
                    " CAST($2 AS bigint) ORDER BY e.list_id, e.sequence");
    reel__sql_text(&sql, lists.data);
    reel__sql_int(&sql, last);
    REEL_TRY(reel__sql_read(store, &sql, row, user, c->err));
    rc = c->rc;
out:
    reel__buf_fini(&lists);
    return rc;
}

/* ---- the working memory -------------------------------------------------------------------- */

void reel__stats_who(char out[REEL_STATS_WHO], int64_t person)
{
    (void)snprintf(out, REEL_STATS_WHO, "u%lld", (long long)person);
}

reel_code reel__counting_begin(reel_counting *c)
{
    reel_stats_sums *sums = &c->sums;
    reel_code rc = REEL_OK;

    reel__buf_init(&c->text, TEXT_MOST);
    REEL_TRY(reel__intern_new(&sums->kinds, c->err));
    REEL_TRY(reel__intern_new(&sums->whos, c->err));
    REEL_TRY(reel__intern_new(&c->lists, c->err));
    REEL_TRY(reel__tally_new(&sums->first, 1, 1, c->err));
    REEL_TRY(reel__tally_new(&sums->ranks, 3, RANKS, c->err));
    REEL_TRY(reel__tally_new(&sums->films, 2, FILMS, c->err));
    REEL_TRY(reel__tally_new(&sums->hours, 2, HOURS, c->err));
    REEL_TRY(reel__tally_new(&sums->people, 2, 1, c->err));
    REEL_TRY(reel__tally_new(&sums->looks, 2, LOOKS, c->err));
    REEL_TRY(reel__tally_new(&sums->deeds, 4, 1, c->err));
    REEL_TRY(reel__tally_new(&sums->viewers, 1, VIEWERS, c->err));
    REEL_TRY(reel__tally_new(&c->places, 2, PLACES, c->err));
    REEL_TRY(reel__tally_new(&c->others, 2, PLACES, c->err));
out:
    return rc;
}

void reel__counting_end(reel_counting *c)
{
    reel__intern_free(c->sums.kinds);
    reel__intern_free(c->sums.whos);
    reel__intern_free(c->lists);
    reel__tally_free(c->sums.first);
    reel__tally_free(c->sums.ranks);
    reel__tally_free(c->sums.films);
    reel__tally_free(c->sums.hours);
    reel__tally_free(c->sums.people);
    reel__tally_free(c->sums.looks);
    reel__tally_free(c->sums.deeds);
    reel__tally_free(c->sums.viewers);
    reel__tally_free(c->places);
    reel__tally_free(c->others);
    reel__buf_fini(&c->text);
}
