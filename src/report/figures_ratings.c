/* figures_ratings.c - which ratings are given, when, and to which films. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "report/figure.h"
#include "report/words.h"

static const char no_ratings[] = "There are no ratings in this database.";

/* ---- distribution -------------------------------------------------------------------------- */

enum { VALUES_MOST = 64 };

/* The values that are given with how often, ascending. */
typedef struct tally {
    float value[VALUES_MOST];
    int64_t count[VALUES_MOST];
    int values;
    bool over; /* more values than fit: they are counted by the half */
} tally;

static void count_one(tally *t, float value)
{
    int at = t->values;

    while (at > 0 && t->value[at - 1] > value)
        at--;
    if (at > 0 && !(t->value[at - 1] < value)) {
        t->count[at - 1]++;
        return;
    }
    if (t->values == VALUES_MOST) {
        t->over = true;
        return;
    }
    for (int i = t->values; i > at; i--) {
        t->value[i] = t->value[i - 1];
        t->count[i] = t->count[i - 1];
    }
    t->value[at] = value;
    t->count[at] = 1;
    t->values++;
}

static void count_values(tally *out, const reel_facts *facts)
{
    const reel_csr_view ratings = facts->given;
    float low = INFINITY, high = -INFINITY, step;

    *out = (tally){0};
    for (int64_t i = 0; i < facts->ratings && !out->over; i++)
        count_one(out, ratings.val[i]);
    if (!out->over)
        return;
    for (int64_t i = 0; i < facts->ratings; i++) {
        low = fminf(low, ratings.val[i]);
        high = fmaxf(high, ratings.val[i]);
    }
    *out = (tally){0};
    step = fmaxf((high - low) / 20, 1e-6F);
    for (int64_t i = 0; i < facts->ratings; i++)
        count_one(out, low + step * roundf((ratings.val[i] - low) / step));
}

static double median_value(const tally *t, int64_t ratings)
{
    int64_t below = 0;
    int at = 0;

    while (at + 1 < t->values && 2 * (below + t->count[at]) < ratings)
        below += t->count[at++];
    if (2 * (below + t->count[at]) == ratings && at + 1 < t->values)
        return ((double)t->value[at] + (double)t->value[at + 1]) / 2;
    return (double)t->value[at];
}

reel_code reel__ratings_distribution(reel_figure *figure, const reel_facts *facts, reel_err *err)
{
    static const reel_sheet_column columns[] = {{"rating", "Rating", REEL_SHEET_STARS},
                                                {"ratings", "Ratings", REEL_SHEET_NUMBER},
                                                {"share", "Share", REEL_SHEET_SHARE}};
    int most = 0, ties = 0;
    double high = 0;
    tally t;

    (void)err;
    if (facts->ratings == 0) {
        figure->absent = no_ratings;
        return REEL_OK;
    }
    count_values(&t, facts);
    reel__sheet_init(&figure->sheet, columns, 3);
    for (int i = 0; i < t.values; i++) {
        reel__sheet_put(&figure->sheet, (double)t.value[i]);
        reel__sheet_put(&figure->sheet, (double)t.count[i]);
        reel__sheet_put(&figure->sheet, (double)t.count[i] / (double)facts->ratings);
        most = t.count[i] > t.count[most] ? i : most;
        if ((double)t.value[i] > facts->mean)
            high += (double)t.count[i];
    }
    figure->chart = reel__chart_make(REEL_CHART_COLUMNS);
    figure->chart.label = 0;
    figure->chart.value = 1;
    figure->chart.highlight = true;
    figure->chart.note = 2;
    figure->chart.x_title = "rating given";
    figure->chart.y_title = "ratings";
    (void)snprintf(figure->measure, sizeof figure->measure, "Ratings by their value");
    for (int i = 0; i < t.values; i++)
        ties += t.count[i] == t.count[most];
    reel__buf_format(&figure->finding, "%s is ", REEL_RATING((double)t.value[most]));
    if (ties > 1)
        reel__buf_format(&figure->finding, "one of the %d ratings given most often", ties);
    else
        reel__buf_text(&figure->finding, "given most often");
    reel__buf_format(&figure->finding, ": %s of %s rating%s",
                     REEL_SHARE((double)t.count[most] / (double)facts->ratings),
                     REEL_COUNT(facts->ratings), REEL_PLURAL(facts->ratings));
    reel__buf_format(&figure->more, "The mean is %s, the median %s; %s lie above the mean.",
                     REEL_REAL(facts->mean), REEL_RATING(median_value(&t, facts->ratings)),
                     REEL_SHARE(high / (double)facts->ratings));
    return REEL_OK;
}

/* ---- over time ----------------------------------------------------------------------------- */

/* No rating is from after the year 2100: such times are of another unit, or damaged. */
#define TIME_END INT64_C(4102444800)
enum { DAY_SECONDS = 86400, PERIODS_MOST = 132, DAYS_MOST = 62, ENOUGH = 30 };
typedef enum period_unit { DAY, MONTH, QUARTER, YEAR } period_unit;

/* Number of the period that a day lies in. */
static int64_t period_of(period_unit unit, int64_t day)
{
    const reel_date date = reel__date_of(day);

    if (unit == DAY)
        return day;
    if (unit == YEAR)
        return date.year;
    return unit == MONTH ? date.year * 12LL + date.month - 1
                         : date.year * 4LL + (date.month - 1) / 3;
}

static void period_name(char *out, size_t size, period_unit unit, int64_t period)
{
    const reel_date date = reel__date_of(period);

    if (unit == DAY)
        (void)snprintf(out, size, "%04d-%02d-%02d", date.year, date.month, date.day);
    else if (unit == MONTH)
        (void)snprintf(out, size, "%04d-%02d", (int)(period / 12), (int)(period % 12) + 1);
    else if (unit == QUARTER)
        (void)snprintf(out, size, "%04d-Q%d", (int)(period / 4), (int)(period % 4) + 1);
    else
        (void)snprintf(out, size, "%04d", (int)period);
}

static void period_spoken(char *out, size_t size, period_unit unit, int64_t period)
{
    static const char *const quarters[] = {"first", "second", "third", "fourth"};
    const reel_date date = reel__date_of(period);

    if (unit == DAY)
        (void)snprintf(out, size, "on %d %s %d", date.day, reel__words_month(date.month),
                       date.year);
    else if (unit == MONTH)
        (void)snprintf(out, size, "in %s %d", reel__words_month((int)(period % 12) + 1),
                       (int)(period / 12));
    else if (unit == QUARTER)
        (void)snprintf(out, size, "in the %s quarter of %d", quarters[period % 4],
                       (int)(period / 4));
    else
        (void)snprintf(out, size, "in %d", (int)period);
}

static int64_t day_of(int64_t seconds)
{
    return seconds / DAY_SECONDS;
}

typedef struct span {
    int64_t first, last; /* days */
    int64_t undated;
    period_unit unit;
} span;

static bool is_time(int64_t seconds)
{
    return seconds > 0 && seconds < TIME_END;
}

static span find_span(const reel_facts *facts)
{
    const int64_t *times = facts->times;
    span s = {INT64_MAX, INT64_MIN, 0, YEAR};

    for (int64_t i = 0; i < facts->ratings; i++) {
        if (!is_time(times[i])) {
            s.undated++;
            continue;
        }
        s.first = times[i] < s.first ? times[i] : s.first;
        s.last = times[i] > s.last ? times[i] : s.last;
    }
    if (s.undated == facts->ratings)
        return s;
    s.first = day_of(s.first);
    s.last = day_of(s.last);
    if (s.last - s.first < DAYS_MOST)
        s.unit = DAY;
    else if (period_of(MONTH, s.last) - period_of(MONTH, s.first) < PERIODS_MOST)
        s.unit = MONTH;
    else if (period_of(QUARTER, s.last) - period_of(QUARTER, s.first) < PERIODS_MOST)
        s.unit = QUARTER;
    return s;
}

typedef struct period {
    double count, sum;
} period;

static void tell_time(reel_figure *figure, const reel_facts *facts, const span *s,
                      const period *periods)
{
    static const char *const units[] = {"day", "month", "quarter", "year"};
    const int64_t start = period_of(s->unit, s->first);
    const int64_t count = period_of(s->unit, s->last) - start + 1;
    const reel_date first = reel__date_of(s->first), last = reel__date_of(s->last);
    const double dated = (double)(facts->ratings - s->undated);
    double low = INFINITY, high = -INFINITY;
    int64_t best = 0;
    char when[64];

    for (int64_t i = 0; i < count; i++) {
        best = periods[i].count > periods[best].count ? i : best;
        if (periods[i].count >= ENOUGH) {
            low = fmin(low, periods[i].sum / periods[i].count);
            high = fmax(high, periods[i].sum / periods[i].count);
        }
    }
    period_spoken(when, sizeof when, s->unit, start + best);
    reel__buf_format(&figure->finding, "Most ratings were given %s: %s, %s of all", when,
                     REEL_COUNT(periods[best].count), REEL_SHARE(periods[best].count / dated));
    reel__buf_format(&figure->more, "They run from %d %s %d to %d %s %d.", first.day,
                     reel__words_month(first.month), first.year, last.day,
                     reel__words_month(last.month), last.year);
    if (low <= high)
        reel__buf_format(&figure->more,
                         " The mean rating of a %s lies between %s and %s (where it has %d "
                         "ratings or more).",
                         units[s->unit], REEL_REAL(low), REEL_REAL(high), ENOUGH);
    if (s->undated > 0)
        reel__buf_format(&figure->more, " %s rating%s without a time.", REEL_COUNT(s->undated),
                         s->undated == 1 ? " is" : "s are");
    (void)snprintf(figure->measure, sizeof figure->measure, "Ratings and their mean, by %s",
                   units[s->unit]);
}

reel_code reel__ratings_over_time(reel_figure *figure, const reel_facts *facts, reel_err *err)
{
    static const reel_sheet_column columns[] = {
        {"period", "Period", REEL_SHEET_TEXT},
        {"ratings", "Ratings", REEL_SHEET_NUMBER},
        {"mean_rating", "Mean rating", REEL_SHEET_REAL},
        {"shown_mean", "Mean of 30 or more", REEL_SHEET_REAL}};
    const reel_csr_view ratings = facts->given;
    const int64_t *times = facts->times;
    period *periods;
    int64_t start, count;
    char name[40];
    span s;

    if (!facts->dated) {
        figure->absent = facts->ratings == 0 ? no_ratings : "The ratings have no times.";
        return REEL_OK;
    }
    s = find_span(facts);
    if (s.undated == facts->ratings) {
        figure->absent = "The times of the ratings are no seconds since 1970.";
        return REEL_OK;
    }
    start = period_of(s.unit, s.first);
    count = period_of(s.unit, s.last) - start + 1;
    periods = reel__alloc_zero((size_t)count, sizeof *periods);
    if (periods == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for %lld periods", (long long)count);
    for (int64_t i = 0; i < facts->ratings; i++) {
        if (is_time(times[i])) {
            period *p = &periods[period_of(s.unit, day_of(times[i])) - start];

            p->count++;
            p->sum += (double)ratings.val[i];
        }
    }
    reel__sheet_init(&figure->sheet, columns, 4);
    for (int64_t i = 0; i < count; i++) {
        const double mean = periods[i].count > 0 ? periods[i].sum / periods[i].count : (double)NAN;

        period_name(name, sizeof name, s.unit, start + i);
        reel__sheet_put_text(&figure->sheet, name);
        reel__sheet_put(&figure->sheet, periods[i].count);
        reel__sheet_put(&figure->sheet, mean);
        reel__sheet_put(&figure->sheet, periods[i].count >= ENOUGH ? mean : (double)NAN);
    }
    figure->chart = reel__chart_make(REEL_CHART_TIME);
    figure->chart.label = 0;
    figure->chart.value = 1;
    figure->chart.highlight = true;
    figure->chart.note = 3;
    figure->chart.y_title = "ratings";
    figure->chart.note_title = "mean rating";
    tell_time(figure, facts, &s, periods);
    reel__free(periods);
    return REEL_OK;
}

/* ---- top films ----------------------------------------------------------------------------- */

enum { TOP_SHOWN = 15, TOP_KEPT = 100 };

/* How many ratings a film has on average, of those that have some. */
static double mean_count(const reel_facts *facts)
{
    int64_t rated = 0;

    while (rated < facts->films && facts->by_films[rated].key > 0)
        rated++;
    return rated > 0 ? round((double)facts->ratings / (double)rated) : 0;
}

static void put_top(reel_figure *figure, const reel_facts *facts, const reel_ranked *ranked)
{
    char name[REEL_FILM_NAME];

    for (reel_index i = 0; i < facts->films && i < TOP_KEPT && !isinf(ranked[i].key); i++) {
        const reel_index film = ranked[i].index;

        reel__sheet_put_text(&figure->sheet, reel__film_name(name, facts, film));
        reel__sheet_put(&figure->sheet, ranked[i].key);
        reel__sheet_put(&figure->sheet, facts->film_means[film]);
        reel__sheet_put(&figure->sheet, (double)reel__film_count(facts, film));
    }
}

reel_code reel__top_by_rating(reel_figure *figure, const reel_facts *facts, reel_err *err)
{
    static const reel_sheet_column columns[] = {{"film", "Film", REEL_SHEET_TEXT},
                                                {"damped_mean", "Damped mean", REEL_SHEET_REAL},
                                                {"mean", "Mean", REEL_SHEET_REAL},
                                                {"ratings", "Ratings", REEL_SHEET_NUMBER}};
    const double damping = mean_count(facts);
    reel_ranked *ranked;
    char name[REEL_FILM_NAME];

    if (facts->ratings == 0) {
        figure->absent = no_ratings;
        return REEL_OK;
    }
    ranked = reel__alloc_array((size_t)facts->films, sizeof *ranked);
    if (ranked == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory to rank %d films", (int)facts->films);
    for (reel_index film = 0; film < facts->films; film++) {
        const double count = (double)reel__film_count(facts, film);

        ranked[film] = (reel_ranked){-INFINITY, film};
        if (count > 0)
            ranked[film].key =
                (count * facts->film_means[film] + damping * facts->mean) / (count + damping);
    }
    reel__rank(ranked, (size_t)facts->films);
    reel__sheet_init(&figure->sheet, columns, 4);
    put_top(figure, facts, ranked);
    figure->chart = reel__chart_make(REEL_CHART_DOTS);
    figure->chart.label = 0;
    figure->chart.value = 1;
    figure->chart.before = 2;
    figure->chart.note = 3;
    figure->chart.x_title = "mean rating";
    figure->chart.note_title = "ratings";
    figure->chart.value_name = "damped mean";
    figure->chart.before_name = "plain mean";
    figure->chart.most = TOP_SHOWN;
    (void)snprintf(figure->measure, sizeof figure->measure,
                   "Mean rating, damped by %s ratings of %s", REEL_COUNT(damping),
                   REEL_REAL(facts->mean));
    reel__buf_format(&figure->finding, "%s is rated best: %s by %s %s",
                     reel__film_name(name, facts, ranked[0].index), REEL_REAL(ranked[0].key),
                     REEL_COUNT(reel__film_count(facts, ranked[0].index)),
                     reel__film_count(facts, ranked[0].index) == 1 ? "person" : "people");
    reel__buf_format(&figure->more,
                     "A mean of few ratings says little, so each film counts as if it had %s more "
                     "ratings (as many as a film has on average) of %s, the mean of all.",
                     REEL_COUNT(damping), REEL_REAL(facts->mean));
    reel__free(ranked);
    return REEL_OK;
}

/* ---- most rated ---------------------------------------------------------------------------- */

enum { RATED_SHOWN = 15 };

reel_code reel__most_rated_films(reel_figure *figure, const reel_facts *facts, reel_err *err)
{
    static const reel_sheet_column columns[] = {
        {"film", "Film", REEL_SHEET_TEXT},
        {"ratings", "Ratings", REEL_SHEET_NUMBER},
        {"share_of_people", "Of all people", REEL_SHEET_SHARE},
        {"mean_rating", "Mean rating", REEL_SHEET_REAL}};
    const reel_ranked *by = facts->by_films;
    char name[REEL_FILM_NAME];
    double shown = 0;
    int64_t unrated = 0;
    reel_index ties = 1;

    (void)err;
    if (facts->ratings == 0) {
        figure->absent = no_ratings;
        return REEL_OK;
    }
    reel__sheet_init(&figure->sheet, columns, 4);
    for (reel_index i = 0; i < facts->films; i++) {
        unrated += by[i].key < 1;
        if (i >= TOP_KEPT || by[i].key < 1)
            continue;
        shown += i < RATED_SHOWN ? by[i].key : 0;
        reel__sheet_put_text(&figure->sheet, reel__film_name(name, facts, by[i].index));
        reel__sheet_put(&figure->sheet, by[i].key);
        reel__sheet_put(&figure->sheet, by[i].key / (double)facts->people);
        reel__sheet_put(&figure->sheet, facts->film_means[by[i].index]);
    }
    figure->chart = reel__chart_make(REEL_CHART_BARS);
    figure->chart.label = 0;
    figure->chart.value = 1;
    figure->chart.highlight = true;
    figure->chart.note = 3;
    figure->chart.note_title = "mean";
    figure->chart.most = RATED_SHOWN;
    (void)snprintf(figure->measure, sizeof figure->measure, "Ratings a film has, and their mean");
    while (ties < facts->films && by[ties].key >= by[0].key)
        ties++;
    reel__buf_text(&figure->finding, reel__film_name(name, facts, by[0].index));
    if (ties > 1)
        reel__buf_format(&figure->finding, " is one of the %d films rated by most", (int)ties);
    else
        reel__buf_text(&figure->finding, " was rated by most");
    reel__buf_format(&figure->finding, ": %s of %s people", REEL_COUNT(by[0].key),
                     REEL_COUNT(facts->people));
    reel__buf_format(&figure->more,
                     "The %d films shown hold %s of all ratings; %s of %s films %s "
                     "rated by nobody.",
                     facts->films < RATED_SHOWN ? (int)facts->films : RATED_SHOWN,
                     REEL_SHARE(shown / (double)facts->ratings), REEL_COUNT(unrated),
                     REEL_COUNT(facts->films), unrated == 1 ? "was" : "were");
    return REEL_OK;
}
