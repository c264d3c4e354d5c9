/* answer.c - see answer.h. */
#include "report/answer.h"

#include <math.h>
#include <string.h>

/* A line keeps its first ranks, and of the others about as many as there are pixels, whichever way
 * its axis is divided. */
enum { FIRST_KEPT = 50, BY_LOGARITHM = 40, EVENLY = 200 };

static const char *const kinds[] = {
    [REEL_SHEET_TEXT] = "text", [REEL_SHEET_NUMBER] = "count", [REEL_SHEET_PLAIN] = "number",
    [REEL_SHEET_REAL] = "real", [REEL_SHEET_STARS] = "stars",  [REEL_SHEET_SHARE] = "share"};

static bool same_line(const reel_figure *figure, size_t row, size_t other)
{
    const int label = figure->chart.label;

    return strcmp(reel__sheet_text(&figure->sheet, row, label),
                  reel__sheet_text(&figure->sheet, other, label)) == 0;
}

/* Whether a row is told: all are but of long lines by rank. */
static bool is_told(const reel_figure *figure, size_t row, size_t rows)
{
    double rank;

    if (figure->chart.kind != REEL_CHART_LINES || !figure->chart.log_x || row + 1 == rows ||
        !same_line(figure, row, row + 1))
        return true;
    rank = reel__sheet_number(&figure->sheet, row, figure->chart.from);
    return rank <= FIRST_KEPT ||
           floor(BY_LOGARITHM * log(rank)) > floor(BY_LOGARITHM * log(rank - 1)) ||
           floor(EVENLY * rank / (double)rows) > floor(EVENLY * (rank - 1) / (double)rows);
}

static void put_value(reel_json *json, const reel_sheet *sheet, size_t row, int column)
{
    const reel_sheet_kind kind = sheet->column[column].kind;
    double number;

    if (kind == REEL_SHEET_TEXT) {
        reel__json_text(json, reel__sheet_text(sheet, row, column));
        return;
    }
    number = reel__sheet_number(sheet, row, column);
    if (!isfinite(number))
        reel__json_null(json);
    else if (kind == REEL_SHEET_NUMBER || kind == REEL_SHEET_PLAIN)
        reel__json_int(json, (int64_t)number);
    else
        reel__json_float(json, reel__sheet_brief(number));
}

static void put_columns(reel_json *json, const reel_figure *figure)
{
    const reel_sheet *sheet = &figure->sheet;
    const size_t rows = reel__sheet_rows(sheet);

    reel__json_key(json, "columns");
    reel__json_array(json);
    for (int column = 0; column < sheet->columns; column++) {
        reel__json_object(json);
        reel__json_put_text(json, "name", sheet->column[column].name);
        reel__json_put_text(json, "kind", kinds[sheet->column[column].kind]);
        reel__json_key(json, "values");
        reel__json_array(json);
        for (size_t row = 0; row < rows; row++)
            if (is_told(figure, row, rows))
                put_value(json, sheet, row, column);
        reel__json_array_end(json);
        reel__json_object_end(json);
    }
    reel__json_array_end(json);
}

static void put_figure(reel_json *json, const reel_figure *figure)
{
    const bool absent = figure->absent != NULL;

    reel__json_object(json);
    reel__json_put_text(json, "figure", figure->id);
    reel__json_put_text(json, "absent", figure->absent);
    reel__json_put_text(json, "finding", absent ? NULL : figure->finding.data);
    reel__json_put_int(json, "rows", absent ? 0 : (int64_t)reel__sheet_rows(&figure->sheet));
    put_columns(json, figure);
    reel__json_object_end(json);
}

void reel__answer_write(reel_json *json, const reel_facts *facts,
                        const reel_figure figures[REEL_FIGURES])
{
    reel__json_put_text(json, "source", reel_dataset_source(facts->dataset));
    reel__json_put_bool(json, "simulated", reel_dataset_simulated(facts->dataset));
    reel__json_put_bool(json, "tmdb", reel__facts_has_tmdb(facts));
    reel__json_put_int(json, "movies", facts->films);
    reel__json_put_int(json, "people", facts->people);
    reel__json_put_int(json, "ratings", facts->ratings);
    reel__json_put_real(json, "mean", round(facts->mean * 1e4) / 1e4);
    reel__json_key(json, "figures");
    reel__json_array(json);
    for (int i = 0; i < REEL_FIGURES; i++)
        put_figure(json, &figures[i]);
    reel__json_array_end(json);
}
