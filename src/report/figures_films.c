/* figures_films.c - the catalogue by year and decade, and its genres. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "report/figure.h"
#include "report/words.h"

static const char no_years[] = "No film in this database has a year.";

/* ---- years and decades --------------------------------------------------------------------- */

enum { YEARS_MOST = 400 };

typedef struct years {
    int32_t first, last; /* last < first: none known */
    int64_t known;
} years;

static years find_years(const reel_facts *facts)
{
    years y = {INT32_MAX, INT32_MIN, 0};

    for (reel_index film = 0; film < facts->films; film++) {
        const int32_t year = reel__facts_movie(facts, film).year;

        if (year <= 0)
            continue;
        y.first = year < y.first ? year : y.first;
        y.last = year > y.last ? year : y.last;
        y.known++;
    }
    /* A slip of the pen must not make a table of two thousand rows. */
    if (y.known > 0 && y.last - y.first >= YEARS_MOST)
        y.first = y.last - YEARS_MOST + 1;
    return y;
}

/* Films of each year in [first, last], of those with a year before in the first one. */
static double *count_years(const reel_facts *facts, const years *y)
{
    double *counts = reel__alloc_zero((size_t)y->last - (size_t)y->first + 1, sizeof *counts);

    for (reel_index film = 0; counts != NULL && film < facts->films; film++) {
        const int32_t year = reel__facts_movie(facts, film).year;

        if (year > 0)
            counts[year > y->first ? year - y->first : 0]++;
    }
    return counts;
}

static void tell_unknown_years(reel_figure *figure, const reel_facts *facts, const years *y)
{
    const int64_t unknown = facts->films - y->known;

    if (unknown > 0)
        reel__buf_format(&figure->more, " The year of %s film%s is unknown.", REEL_COUNT(unknown),
                         REEL_PLURAL(unknown));
}

static void tell_years(reel_figure *figure, const years *y, const double *counts)
{
    int best = 0, middle = 0, ties = 0;
    double below = counts[0];

    for (int i = 0; i <= y->last - y->first; i++)
        best = counts[i] > counts[best] ? i : best;
    while (2 * below < (double)y->known)
        below += counts[++middle];
    for (int i = 0; i <= y->last - y->first; i++)
        ties += counts[i] >= counts[best];
    if (ties > 1)
        reel__buf_format(&figure->finding, "%d is one of the %d years with most films",
                         y->first + best, ties);
    else
        reel__buf_format(&figure->finding, "Most films are of %d", y->first + best);
    reel__buf_format(&figure->finding, ": %s of %s", REEL_COUNT(counts[best]),
                     REEL_COUNT(y->known));
    reel__buf_format(&figure->more, "They are of %d to %d; half are of %d or later.", y->first,
                     y->last, y->first + middle);
}

reel_code reel__films_per_year(reel_figure *figure, const reel_facts *facts, reel_err *err)
{
    static const reel_sheet_column columns[] = {{"year", "Year", REEL_SHEET_PLAIN},
                                                {"films", "Films", REEL_SHEET_NUMBER}};
    const years y = find_years(facts);
    double *counts;

    if (y.known == 0) {
        figure->absent = no_years;
        return REEL_OK;
    }
    counts = count_years(facts, &y);
    if (counts == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory to count the films of each year");
    reel__sheet_init(&figure->sheet, columns, 2);
    for (int32_t year = y.first; year <= y.last; year++) {
        reel__sheet_put(&figure->sheet, year);
        reel__sheet_put(&figure->sheet, counts[year - y.first]);
    }
    figure->chart = reel__chart_make(REEL_CHART_COLUMNS);
    figure->chart.from = 0;
    figure->chart.value = 1;
    figure->chart.highlight = true;
    figure->chart.y_title = "films";
    figure->chart.x_title = "year of release";
    (void)snprintf(figure->measure, sizeof figure->measure, "Films by year of release");
    tell_years(figure, &y, counts);
    tell_unknown_years(figure, facts, &y);
    reel__free(counts);
    return REEL_OK;
}

reel_code reel__films_per_decade(reel_figure *figure, const reel_facts *facts, reel_err *err)
{
    static const reel_sheet_column columns[] = {{"decade", "Decade", REEL_SHEET_PLAIN},
                                                {"films", "Films", REEL_SHEET_NUMBER},
                                                {"share", "Share", REEL_SHEET_SHARE}};
    const years y = find_years(facts);
    double *counts, best = -1;
    int32_t best_decade = 0;

    if (y.known == 0) {
        figure->absent = no_years;
        return REEL_OK;
    }
    counts = count_years(facts, &y);
    if (counts == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory to count the films of each decade");
    reel__sheet_init(&figure->sheet, columns, 3);
    for (int32_t decade = y.first / 10 * 10; decade <= y.last; decade += 10) {
        double films = 0;

        for (int32_t year = decade; year < decade + 10; year++)
            if (year >= y.first && year <= y.last)
                films += counts[year - y.first];
        reel__sheet_put(&figure->sheet, decade);
        reel__sheet_put(&figure->sheet, films);
        reel__sheet_put(&figure->sheet, films / (double)y.known);
        best_decade = films > best ? decade : best_decade;
        best = fmax(best, films);
    }
    reel__free(counts);
    figure->chart = reel__chart_make(REEL_CHART_COLUMNS);
    figure->chart.label = 0;
    figure->chart.suffix = "s";
    figure->chart.value = 1;
    figure->chart.highlight = true;
    figure->chart.y_title = "films";
    figure->chart.x_title = "decade of release";
    (void)snprintf(figure->measure, sizeof figure->measure, "Films by decade of release");
    reel__buf_format(&figure->finding, "The %ds brought %s of the films: %s of %s", best_decade,
                     REEL_SHARE(best / (double)y.known), REEL_COUNT(best), REEL_COUNT(y.known));
    reel__buf_format(&figure->more, "The oldest is of %d, the newest of %d.", y.first, y.last);
    tell_unknown_years(figure, facts, &y);
    return REEL_OK;
}

/* ---- genres -------------------------------------------------------------------------------- */

static const char no_genres[] = "No film in this database has a genre.";

enum { GENRES_MOST = 40, GENRE_NAME = 64, GENRES_DRAWN = 20 };

typedef struct genre {
    char name[GENRE_NAME];
    double films, ratings, sum;
} genre;

typedef struct genres {
    genre list[GENRES_MOST];
    int count;
    double with[GENRES_MOST][GENRES_MOST]; /* films that have both, by order of the list */
    double films, names;                   /* films with a genre, and genres of films */
    bool over;                             /* more kinds than GENRES_MOST: the rest is left out */
} genres;

static int genre_at(genres *g, const char *name, size_t length)
{
    char cut[GENRE_NAME];
    int at = 0;

    (void)snprintf(cut, sizeof cut, "%.*s", (int)reel__utf8_cut(name, length, GENRE_NAME - 1),
                   name);
    while (at < g->count && strcmp(g->list[at].name, cut) != 0)
        at++;
    if (at == g->count) {
        if (at == GENRES_MOST) {
            g->over = true;
            return -1;
        }
        memcpy(g->list[at].name, cut, sizeof cut);
        g->count++;
    }
    return at;
}

static void count_film(genres *g, const reel_facts *facts, reel_index film)
{
    const char *text = reel__facts_movie(facts, film).genres;
    const double ratings = (double)reel__film_count(facts, film);
    int own[GENRES_MOST], count = 0;

    while (*text != '\0') {
        const size_t length = strcspn(text, "|");
        const int at = length > 0 ? genre_at(g, text, length) : -1;
        bool again = false;

        for (int i = 0; i < count; i++)
            again |= own[i] == at;
        if (at >= 0 && !again && count < GENRES_MOST)
            own[count++] = at;
        text += length + (text[length] == '|');
    }
    g->films += count > 0;
    g->names += count;
    for (int i = 0; i < count; i++) {
        genre *one = &g->list[own[i]];

        one->films++;
        one->ratings += ratings;
        one->sum += ratings > 0 ? ratings * facts->film_means[film] : 0;
        for (int j = 0; j < count; j++)
            g->with[own[i]][own[j]]++;
    }
}

/* By number of films, most first; then by name. */
static void order_genres(const genres *g, int order[GENRES_MOST])
{
    for (int i = 0; i < g->count; i++) {
        int at = i;

        for (; at > 0; at--) {
            const genre *before = &g->list[order[at - 1]], *one = &g->list[i];

            if (before->films > one->films ||
                (before->films >= one->films && strcmp(before->name, one->name) < 0))
                break;
            order[at] = order[at - 1];
        }
        order[at] = i;
    }
}

static genres *count_genres(const reel_facts *facts)
{
    genres *g = reel__alloc_zero(1, sizeof *g);

    for (reel_index film = 0; g != NULL && film < facts->films; film++)
        count_film(g, facts, film);
    return g;
}

static void tell_genres(reel_figure *figure, const reel_facts *facts, const genres *g,
                        const int *order)
{
    const genre *top = &g->list[order[0]];
    const double none = (double)facts->films - g->films;
    int ties = 1;

    figure->chart = reel__chart_make(REEL_CHART_BARS);
    figure->chart.label = 0;
    figure->chart.value = 1;
    figure->chart.highlight = true;
    figure->chart.note = 4;
    figure->chart.note_title = "mean";
    (void)snprintf(figure->measure, sizeof figure->measure,
                   "Films of each genre, and the mean of their ratings");
    while (ties < g->count && g->list[order[ties]].films >= top->films)
        ties++;
    reel__buf_format(&figure->finding, "%s is ", top->name);
    if (ties > 1)
        reel__buf_format(&figure->finding, "one of the %d most frequent genres", ties);
    else
        reel__buf_text(&figure->finding, "the most frequent genre");
    reel__buf_format(&figure->finding, ": %s of %s films, %s", REEL_COUNT(top->films),
                     REEL_COUNT(facts->films), REEL_SHARE(top->films / (double)facts->films));
    reel__buf_format(&figure->more, "A film has %s genre%s on average; ",
                     REEL_REAL(g->names / g->films), g->names > g->films ? "s" : "");
    if (none > 0)
        reel__buf_format(&figure->more, "%s ha%s none.", REEL_COUNT(none), none == 1 ? "s" : "ve");
    else
        reel__buf_text(&figure->more, "each has at least one.");
    if (g->over)
        reel__buf_format(&figure->more, " Only the first %d kinds of genre are counted.",
                         GENRES_MOST);
}

reel_code reel__genre_frequency(reel_figure *figure, const reel_facts *facts, reel_err *err)
{
    static const reel_sheet_column columns[] = {
        {"genre", "Genre", REEL_SHEET_TEXT},
        {"films", "Films", REEL_SHEET_NUMBER},
        {"share_of_films", "Of all films", REEL_SHEET_SHARE},
        {"ratings", "Ratings", REEL_SHEET_NUMBER},
        {"mean_rating", "Mean rating", REEL_SHEET_REAL}};
    genres *g = count_genres(facts);
    int order[GENRES_MOST];

    if (g == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory to count genres");
    if (g->count == 0) {
        figure->absent = no_genres;
        reel__free(g);
        return REEL_OK;
    }
    order_genres(g, order);
    reel__sheet_init(&figure->sheet, columns, 5);
    for (int i = 0; i < g->count; i++) {
        const genre *one = &g->list[order[i]];

        reel__sheet_put_text(&figure->sheet, one->name);
        reel__sheet_put(&figure->sheet, one->films);
        reel__sheet_put(&figure->sheet, one->films / (double)facts->films);
        reel__sheet_put(&figure->sheet, one->ratings);
        reel__sheet_put(&figure->sheet, one->ratings > 0 ? one->sum / one->ratings : (double)NAN);
    }
    tell_genres(figure, facts, g, order);
    reel__free(g);
    return REEL_OK;
}

/* ---- genres that go together --------------------------------------------------------------- */

/* Of the films that have either, those that have both. */
static double overlap(const genres *g, int a, int b)
{
    return g->with[a][b] / (g->list[a].films + g->list[b].films - g->with[a][b]);
}

static void tell_pairs(reel_figure *figure, const genres *g, const int *order, int count)
{
    int best_a = order[1], best_b = order[0], never = 0;

    for (int i = 1; i < count; i++)
        for (int j = 0; j < i; j++) {
            const int a = order[i], b = order[j];

            never += g->with[a][b] < 1;
            if (overlap(g, a, b) > overlap(g, best_a, best_b)) {
                best_a = a;
                best_b = b;
            }
        }
    reel__buf_format(
        &figure->finding, "%s and %s overlap most: %s film%s %s both, %s of those with either",
        g->list[best_a].name, g->list[best_b].name, REEL_COUNT(g->with[best_a][best_b]),
        REEL_PLURAL(g->with[best_a][best_b]), g->with[best_a][best_b] == 1 ? "is" : "are",
        REEL_SHARE(overlap(g, best_a, best_b)));
    reel__buf_format(&figure->more, "Of %d pairs of genres, %d never meet in a film.",
                     count * (count - 1) / 2, never);
}

reel_code reel__genre_cooccurrence(reel_figure *figure, const reel_facts *facts, reel_err *err)
{
    static const reel_sheet_column columns[] = {
        {"genre", "Genre", REEL_SHEET_TEXT},
        {"with", "With", REEL_SHEET_TEXT},
        {"films", "Films with both", REEL_SHEET_NUMBER},
        {"overlap", "Of those with either", REEL_SHEET_SHARE}};
    genres *g = count_genres(facts);
    int order[GENRES_MOST], count;

    if (g == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory to count pairs of genres");
    count = g->count < GENRES_DRAWN ? g->count : GENRES_DRAWN;
    if (count < 2) {
        figure->absent = g->count == 0 ? no_genres : "There is one genre only.";
        reel__free(g);
        return REEL_OK;
    }
    order_genres(g, order);
    reel__sheet_init(&figure->sheet, columns, 4);
    for (int i = 1; i < count; i++)
        for (int j = 0; j < i; j++) {
            reel__sheet_put_text(&figure->sheet, g->list[order[i]].name);
            reel__sheet_put_text(&figure->sheet, g->list[order[j]].name);
            reel__sheet_put(&figure->sheet, g->with[order[i]][order[j]]);
            reel__sheet_put(&figure->sheet, overlap(g, order[i], order[j]));
        }
    figure->chart = reel__chart_make(REEL_CHART_TRIANGLE);
    figure->chart.label = 0;
    figure->chart.from = 1;
    figure->chart.note = 2;
    figure->chart.value = 3;
    figure->chart.x_title = "shade: share of the films with either genre that have both";
    (void)snprintf(figure->measure, sizeof figure->measure,
                   "Films that have both genres; the shade is their share of those with either");
    tell_pairs(figure, g, order, count);
    reel__free(g);
    return REEL_OK;
}
