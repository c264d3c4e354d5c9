/* figures_activity.c - how unevenly people rate and films are rated. */
#include <math.h>
#include <stdio.h>

#include "base/alloc.h"
#include "report/figure.h"
#include "report/words.h"

static const char no_ratings[] = "There are no ratings in this database.";

enum { ACTIVE_SHOWN = 12, KEPT = 100 };

static double median_key(const reel_ranked *by, reel_index count)
{
    if (count == 0)
        return (double)NAN;
    return (by[(count - 1) / 2].key + by[count / 2].key) / 2;
}

/* The films that somebody rated. */
static reel_index rated_films(const reel_facts *facts)
{
    reel_index rated = 0;

    while (rated < facts->films && facts->by_films[rated].key > 0)
        rated++;
    return rated;
}

static double mean_of(const reel_facts *facts, reel_index person)
{
    const reel_csr_view ratings = facts->given;
    double sum = 0;

    for (reel_nnz i = ratings.ptr[person]; i < ratings.ptr[person + 1]; i++)
        sum += (double)ratings.val[i];
    return sum / (double)reel__person_count(facts, person);
}

reel_code reel__most_active_people(reel_figure *figure, const reel_facts *facts, reel_err *err)
{
    static const reel_sheet_column columns[] = {
        {"person", "Person", REEL_SHEET_PLAIN},
        {"ratings", "Ratings", REEL_SHEET_NUMBER},
        {"share_of_films", "Of all films", REEL_SHEET_SHARE},
        {"mean_rating", "Mean rating", REEL_SHEET_REAL}};
    const int64_t *ids = facts->person_ids;
    const reel_ranked *by = facts->by_people;

    (void)err;
    if (facts->ratings == 0) {
        figure->absent = no_ratings;
        return REEL_OK;
    }
    reel__sheet_init(&figure->sheet, columns, 4);
    for (reel_index i = 0; i < facts->people && i < KEPT; i++) {
        reel__sheet_put(&figure->sheet, (double)ids[by[i].index]);
        reel__sheet_put(&figure->sheet, by[i].key);
        reel__sheet_put(&figure->sheet, by[i].key / (double)facts->films);
        reel__sheet_put(&figure->sheet, mean_of(facts, by[i].index));
    }
    figure->chart = reel__chart_make(REEL_CHART_BARS);
    figure->chart.label = 0;
    figure->chart.value = 1;
    figure->chart.highlight = true;
    figure->chart.note = 3;
    figure->chart.note_title = "mean";
    figure->chart.prefix = "person ";
    figure->chart.most = ACTIVE_SHOWN;
    (void)snprintf(figure->measure, sizeof figure->measure,
                   "Ratings a person gave, and their mean");
    reel__buf_format(&figure->finding, "Person %lld rated %s film%s, %s of the catalogue",
                     (long long)ids[by[0].index], REEL_COUNT(by[0].key), by[0].key > 1 ? "s" : "",
                     REEL_SHARE(by[0].key / (double)facts->films));
    reel__buf_format(&figure->more,
                     "Half of the %s people gave %s ratings or fewer; the least "
                     "active gave %s.",
                     REEL_COUNT(facts->people), REEL_COUNT(median_key(by, facts->people)),
                     REEL_COUNT(by[facts->people - 1].key));
    return REEL_OK;
}

/* ---- the long tail ------------------------------------------------------------------------- */

static void put_tail(reel_sheet *sheet, const char *name, const reel_ranked *by, reel_index count)
{
    for (reel_index i = 0; i < count; i++) {
        reel__sheet_put_text(sheet, name);
        reel__sheet_put(sheet, (double)i + 1);
        reel__sheet_put(sheet, by[i].key);
    }
}

reel_code reel__activity_long_tail(reel_figure *figure, const reel_facts *facts, reel_err *err)
{
    static const reel_sheet_column columns[] = {{"of", "Of", REEL_SHEET_TEXT},
                                                {"rank", "Rank", REEL_SHEET_NUMBER},
                                                {"ratings", "Ratings", REEL_SHEET_NUMBER}};
    const reel_index rated = rated_films(facts);

    (void)err;
    if (facts->ratings == 0) {
        figure->absent = no_ratings;
        return REEL_OK;
    }
    reel__sheet_init(&figure->sheet, columns, 3);
    put_tail(&figure->sheet, "people", facts->by_people, facts->people);
    put_tail(&figure->sheet, "films", facts->by_films, rated);
    figure->chart = reel__chart_make(REEL_CHART_LINES);
    figure->chart.label = 0;
    figure->chart.from = 1;
    figure->chart.value = 2;
    figure->chart.log_x = figure->chart.log_y = true;
    figure->chart.x_title = "rank, most ratings first (logarithmic)";
    figure->chart.y_title = "ratings (logarithmic)";
    (void)snprintf(figure->measure, sizeof figure->measure,
                   "Ratings of each person and of each film, by rank");
    reel__buf_format(&figure->finding,
                     "Half of the people gave %s ratings or fewer; half of the "
                     "rated films have %s or fewer",
                     REEL_COUNT(floor(median_key(facts->by_people, facts->people))),
                     REEL_COUNT(floor(median_key(facts->by_films, rated))));
    reel__buf_format(&figure->more, "The most active person gave %s, the film rated most has %s.",
                     REEL_COUNT(facts->by_people[0].key), REEL_COUNT(facts->by_films[0].key));
    return REEL_OK;
}

/* ---- concentration ------------------------------------------------------------------------- */

enum { CURVE_POINTS = 100 };

/* The share of all ratings that the first `share` of them hold. */
static double held_by(const reel_ranked *by, reel_index count, double share)
{
    const double wanted = share * (double)count;
    double held = 0, all = 0;

    for (reel_index i = 0; i < count; i++) {
        held += by[i].key * fmin(fmax(wanted - (double)i, 0), 1);
        all += by[i].key;
    }
    return all > 0 ? held / all : 0;
}

static void put_curve(reel_sheet *sheet, const char *name, const reel_ranked *by, reel_index count)
{
    for (int i = 0; i <= CURVE_POINTS; i++) {
        reel__sheet_put_text(sheet, name);
        reel__sheet_put(sheet, (double)i / CURVE_POINTS);
        reel__sheet_put(sheet, held_by(by, count, (double)i / CURVE_POINTS));
    }
}

/* Twice the area between the curve and an even share. */
static double gini_of(const reel_ranked *by, reel_index count)
{
    double held = 0, area = 0, all = 0;

    for (reel_index i = 0; i < count; i++)
        all += by[i].key;
    for (reel_index i = 0; i < count; i++) {
        area += held + by[i].key / 2;
        held += by[i].key;
    }
    return all > 0 ? 2 * area / (all * (double)count) - 1 : 0;
}

reel_code reel__activity_concentration(reel_figure *figure, const reel_facts *facts, reel_err *err)
{
    static const reel_sheet_column columns[] = {
        {"of", "Of", REEL_SHEET_TEXT},
        {"share_of_them", "Most active or most rated", REEL_SHEET_SHARE},
        {"share_of_ratings", "Of all ratings", REEL_SHEET_SHARE}};

    (void)err;
    if (facts->ratings == 0) {
        figure->absent = no_ratings;
        return REEL_OK;
    }
    reel__sheet_init(&figure->sheet, columns, 3);
    put_curve(&figure->sheet, "people", facts->by_people, facts->people);
    put_curve(&figure->sheet, "films", facts->by_films, facts->films);
    figure->chart = reel__chart_make(REEL_CHART_LINES);
    figure->chart.label = 0;
    figure->chart.from = 1;
    figure->chart.value = 2;
    figure->chart.shares = figure->chart.diagonal = true;
    figure->chart.x_title = "share of the people or films, most ratings first";
    figure->chart.y_title = "share of the ratings";
    (void)snprintf(
        figure->measure, sizeof figure->measure,
        "Share of all ratings that the most active people and the most rated films hold");
    reel__buf_format(&figure->finding,
                     "The most active 10\xc2\xa0%% of the people gave %s of the ratings; the "
                     "10\xc2\xa0%% of the films rated most got %s",
                     REEL_SHARE(held_by(facts->by_people, facts->people, 0.1)),
                     REEL_SHARE(held_by(facts->by_films, facts->films, 0.1)));
    reel__buf_format(&figure->more,
                     "The Gini coefficient is %s for people and %s for films (0: all equal, 1: one "
                     "has everything).",
                     REEL_REAL(gini_of(facts->by_people, facts->people)),
                     REEL_REAL(gini_of(facts->by_films, facts->films)));
    return REEL_OK;
}

/* ---- sparsity ------------------------------------------------------------------------------ */

enum { GRID_ROWS = 48, GRID_COLUMNS = 72 };

/* Where the parts of a long axis begin: part p of n holds [p * count / n, (p + 1) * count / n). */
static int64_t part_start(int64_t part, int64_t parts, int64_t count)
{
    return part * count / parts;
}

/* part_of[index] = the part of the axis, by activity. */
static int32_t *parts_of(const reel_ranked *by, reel_index count, int parts)
{
    int32_t *part_of = reel__alloc_array((size_t)count, sizeof *part_of);

    for (int part = 0; part_of != NULL && part < parts; part++)
        for (int64_t i = part_start(part, parts, count); i < part_start(part + 1, parts, count);
             i++)
            part_of[by[i].index] = part;
    return part_of;
}

static void put_grid(reel_figure *figure, const reel_facts *facts, const double *filled, int rows,
                     int columns)
{
    for (int r = 0; r < rows; r++) {
        const int64_t from = part_start(r, rows, facts->people);
        const int64_t to = part_start(r + 1, rows, facts->people);

        for (int c = 0; c < columns; c++) {
            const int64_t left = part_start(c, columns, facts->films);
            const int64_t right = part_start(c + 1, columns, facts->films);
            const double count = filled[r * columns + c];

            reel__sheet_put(&figure->sheet, (double)from + 1);
            reel__sheet_put(&figure->sheet, (double)to);
            reel__sheet_put(&figure->sheet, (double)left + 1);
            reel__sheet_put(&figure->sheet, (double)right);
            reel__sheet_put(&figure->sheet, count);
            reel__sheet_put(&figure->sheet, count / ((double)(to - from) * (double)(right - left)));
        }
    }
}

static void fill_grid(double *filled, const reel_facts *facts, const int32_t *row_of,
                      const int32_t *column_of, int columns)
{
    const reel_csr_view ratings = facts->given;

    for (reel_index person = 0; person < facts->people; person++)
        for (reel_nnz i = ratings.ptr[person]; i < ratings.ptr[person + 1]; i++)
            filled[row_of[person] * columns + column_of[ratings.col[i]]]++;
}

static void tell_sparsity(reel_figure *figure, const reel_facts *facts, int rows, int columns)
{
    const double pairs = (double)facts->people * (double)facts->films;
    const size_t last = reel__sheet_rows(&figure->sheet) - 1;

    figure->chart = reel__chart_make(REEL_CHART_GRID);
    figure->chart.label = 0; /* and the three that follow: where a cell lies */
    figure->chart.value = 5;
    figure->chart.x_title = "films, most rated first";
    figure->chart.y_title = "people, most active first";
    (void)snprintf(figure->measure, sizeof figure->measure,
                   "Share of pairs that are rated, in %d by %d parts of people and films", rows,
                   columns);
    reel__buf_format(&figure->finding, "%s of all pairs of a person and a film have no rating",
                     REEL_SHARE(1 - (double)facts->ratings / pairs));
    reel__buf_format(&figure->more,
                     "Of %s pairs, %s are rated. Among the most active people and the most rated "
                     "films (top left) %s are, in the opposite corner %s.",
                     REEL_COUNT(pairs), REEL_COUNT(facts->ratings),
                     REEL_SHARE(reel__sheet_number(&figure->sheet, 0, 5)),
                     REEL_SHARE(reel__sheet_number(&figure->sheet, last, 5)));
}

reel_code reel__sparsity(reel_figure *figure, const reel_facts *facts, reel_err *err)
{
    static const reel_sheet_column columns[] = {{"people_from", "People from", REEL_SHEET_NUMBER},
                                                {"people_to", "to", REEL_SHEET_NUMBER},
                                                {"films_from", "Films from", REEL_SHEET_NUMBER},
                                                {"films_to", "to", REEL_SHEET_NUMBER},
                                                {"ratings", "Ratings", REEL_SHEET_NUMBER},
                                                {"share_rated", "Rated", REEL_SHEET_SHARE}};
    const int rows = facts->people < GRID_ROWS ? (int)facts->people : GRID_ROWS;
    const int wide = facts->films < GRID_COLUMNS ? (int)facts->films : GRID_COLUMNS;
    int32_t *row_of = NULL, *column_of = NULL;
    double *filled = NULL;
    reel_code rc = REEL_OK;

    if (facts->ratings == 0) {
        figure->absent = no_ratings;
        return REEL_OK;
    }
    row_of = parts_of(facts->by_people, facts->people, rows);
    column_of = parts_of(facts->by_films, facts->films, wide);
    filled = reel__alloc_zero((size_t)rows * (size_t)wide, sizeof *filled);
    if (row_of == NULL || column_of == NULL || filled == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "out of memory for a grid of people and films"));
    fill_grid(filled, facts, row_of, column_of, wide);
    reel__sheet_init(&figure->sheet, columns, 6);
    put_grid(figure, facts, filled, rows, wide);
    REEL_TRY(reel__sheet_check(&figure->sheet, err));
    tell_sparsity(figure, facts, rows, wide);
out:
    reel__free(row_of);
    reel__free(column_of);
    reel__free(filled);
    return rc;
}
