/* chart_rows.c - one row for each name: lying bars, or dots on a scale. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "report/canvas_priv.h"
#include "report/type.h"
#include "report/words.h"

enum { YEAR = sizeof " (1999)" - 1, ROW_TALL = 25, BAR_TALL = 15, GROUP_TALL = 30, GAP = 10 };
#define LABEL_SHARE 0.42

/* What stands where, left to right: names, the plot, a number beside it, a note. */
typedef struct columns {
    double names; /* where names end */
    double plot_from, plot_to;
    double notes; /* where notes end */
} columns;

static double names_room(const reel_canvas *c, const reel_chart *chart, const reel_sheet *sheet)
{
    const double most = (c->right - c->left) * LABEL_SHARE;
    char label[REEL_LABEL_TEXT];
    double room = 0;

    for (size_t row = 0; row < reel__chart_rows(chart, sheet); row++)
        room =
            fmax(room, reel__canvas_wide(reel__chart_label(label, chart, sheet, row), TYPE_LABEL));
    return fmin(room, most);
}

/* beside: room for the number behind the longest bar. */
static columns columns_of(const reel_canvas *c, const reel_chart *chart, const reel_sheet *sheet,
                          double beside)
{
    const double notes =
        chart->note >= 0
            ? reel__chart_column_room(chart, sheet, chart->note, chart->note_title) + GAP
            : 0;
    columns k = {.notes = c->right};

    k.names = c->left + names_room(c, chart, sheet);
    k.plot_from = k.names + GAP;
    k.plot_to = c->right - notes - beside;
    return k;
}

/* A film that is cut keeps its year. */
static const char *fit_name(char out[REEL_TYPE_FIT], const char *label, double room)
{
    const size_t length = strlen(label);
    const char *year = length > YEAR ? label + length - YEAR : label;
    char name[REEL_LABEL_TEXT];

    if (year == label || strncmp(year, " (", 2) != 0 || label[length - 1] != ')' ||
        reel__type_wide(label, length) <= room)
        return reel__type_fit(out, label, room);
    (void)snprintf(name, sizeof name, "%.*s", (int)(length - YEAR), label);
    (void)reel__type_fit(out, name, room - reel__type_wide(year, YEAR));
    out[reel__utf8_cut(out, strlen(out), REEL_TYPE_FIT - YEAR - 1)] = '\0';
    memcpy(out + strlen(out), year, YEAR + 1);
    return out;
}

static void put_name(reel_canvas *c, const reel_chart *chart, const reel_sheet *sheet, size_t row,
                     const columns *k, double middle)
{
    char label[REEL_LABEL_TEXT], cut[REEL_TYPE_FIT];
    const double room = (k->names - c->left) / TYPE_LABEL;

    (void)reel__chart_label(label, chart, sheet, row);
    reel__canvas_text(c, (reel_put){k->names, middle + 4.5, REEL_END, TYPE_LABEL, "ink"},
                      fit_name(cut, label, room + 0.001));
}

static void put_note(reel_canvas *c, const reel_chart *chart, const reel_sheet *sheet, size_t row,
                     const columns *k, double middle)
{
    char text[REEL_WORDS];

    if (chart->note >= 0)
        reel__canvas_text(c, (reel_put){k->notes, middle + 4.5, REEL_END, TYPE_LABEL, "soft"},
                          reel__words_cell(text, sheet, row, chart->note));
}

static void put_note_title(reel_canvas *c, const reel_chart *chart, double y)
{
    if (chart->note >= 0 && chart->note_title != NULL)
        reel__canvas_text(c, (reel_put){c->right, y, REEL_END, TYPE_TICK, "faint"},
                          chart->note_title);
}

/* ---- bars ---------------------------------------------------------------------------------- */

static bool begins_group(const reel_chart *chart, const reel_sheet *sheet, size_t row)
{
    return chart->from >= 0 && (row == 0 || strcmp(reel__sheet_text(sheet, row - 1, chart->from),
                                                   reel__sheet_text(sheet, row, chart->from)) != 0);
}

static void put_bar(reel_canvas *c, const reel_chart *chart, const reel_sheet *sheet, size_t row,
                    const columns *k, double middle)
{
    const double most = chart->track ? 1 : fmax(reel__chart_highest(chart, sheet), 1e-9);
    const double value = reel__sheet_number(sheet, row, chart->value);
    const double wide = (k->plot_to - k->plot_from) * value / most;
    const double beside = (chart->track ? k->plot_to : k->plot_from + wide) + 7;
    char tip[REEL_LABEL_TEXT + 80], label[REEL_LABEL_TEXT], text[REEL_WORDS];

    (void)reel__words_cell(text, sheet, row, chart->value);
    (void)snprintf(tip, sizeof tip, "%s: %s", reel__chart_label(label, chart, sheet, row), text);
    if (chart->track)
        reel__canvas_rect(
            c, "track",
            (reel_box){k->plot_from, middle - BAR_TALL / 2.0, k->plot_to - k->plot_from, BAR_TALL},
            NULL);
    reel__canvas_rect(
        c, reel__chart_bar_style(chart, sheet, row),
        (reel_box){k->plot_from, middle - BAR_TALL / 2.0, fmax(wide, value > 0 ? 1 : 0), BAR_TALL},
        tip);
    reel__canvas_text(c, (reel_put){beside, middle + 4.5, REEL_START, TYPE_LABEL, "ink"}, text);
}

double reel__chart_bars(reel_canvas *c, const reel_chart *chart, const reel_sheet *sheet,
                        double top)
{
    const double beside = reel__chart_column_room(chart, sheet, chart->value, NULL) + 7 + GAP;
    const columns k = columns_of(c, chart, sheet, beside);
    double y = top + 8;

    put_note_title(c, chart, y + 10);
    y += chart->note_title != NULL && chart->from < 0 ? 18 : 0;
    for (size_t row = 0; row < reel__chart_rows(chart, sheet); row++) {
        if (begins_group(chart, sheet, row)) {
            reel__canvas_text(
                c,
                (reel_put){k.plot_from, y + (row == 0 ? 10 : 18), REEL_START, TYPE_TICK, "faint"},
                reel__sheet_text(sheet, row, chart->from));
            y += row == 0 ? GROUP_TALL - 12 : GROUP_TALL - 4;
        }
        put_name(c, chart, sheet, row, &k, y + ROW_TALL / 2.0);
        put_bar(c, chart, sheet, row, &k, y + ROW_TALL / 2.0);
        put_note(c, chart, sheet, row, &k, y + ROW_TALL / 2.0);
        y += ROW_TALL;
    }
    return y + 2;
}

/* ---- dots ---------------------------------------------------------------------------------- */

static void take_in(reel_axis *axis, const reel_sheet *sheet, size_t row, int column)
{
    const double value = column >= 0 ? reel__sheet_number(sheet, row, column) : (double)NAN;

    if (!isnan(value)) {
        axis->low = fmin(axis->low, value);
        axis->high = fmax(axis->high, value);
    }
}

static reel_axis dots_axis(const reel_chart *chart, const reel_sheet *sheet, const columns *k)
{
    reel_axis axis = {INFINITY, -INFINITY, k->plot_from + 8, k->plot_to - 8, false, false};
    double margin;

    for (size_t row = 0; row < reel__chart_rows(chart, sheet); row++) {
        take_in(&axis, sheet, row, chart->value);
        take_in(&axis, sheet, row, chart->low);
        take_in(&axis, sheet, row, chart->high);
        take_in(&axis, sheet, row, chart->before);
    }
    if (!isnan(chart->mark)) {
        axis.low = fmin(axis.low, chart->mark);
        axis.high = fmax(axis.high, chart->mark);
    }
    margin = fmax((axis.high - axis.low) * 0.04, 0.05);
    axis.low -= margin;
    axis.high += margin;
    return axis;
}

/* ● damped mean  ○ plain mean */
static void put_key(reel_canvas *c, const reel_chart *chart, double x, double y)
{
    if (chart->value_name == NULL)
        return;
    reel__canvas_dot(c, "bar", x + 5, y - 4, 5);
    reel__canvas_text(c, (reel_put){x + 16, y, REEL_START, TYPE_TICK, "soft"}, chart->value_name);
    x += 16 + reel__canvas_wide(chart->value_name, TYPE_TICK) + 18;
    reel__canvas_dot(c, "was", x + 4, y - 4, 3.5);
    reel__canvas_text(c, (reel_put){x + 14, y, REEL_START, TYPE_TICK, "soft"}, chart->before_name);
}

static void put_dot(reel_canvas *c, const reel_chart *chart, const reel_sheet *sheet, size_t row,
                    const reel_axis *x, double middle)
{
    const double value = reel__sheet_number(sheet, row, chart->value);
    const double at = reel__axis_at(x, value);

    reel__canvas_line(c, "grid", x->start - 8, middle, x->end + 8, middle);
    if (chart->low >= 0 && !isnan(reel__sheet_number(sheet, row, chart->low)))
        reel__canvas_line(c, "span", reel__axis_at(x, reel__sheet_number(sheet, row, chart->low)),
                          middle, reel__axis_at(x, reel__sheet_number(sheet, row, chart->high)),
                          middle);
    if (chart->before >= 0) {
        const double was = reel__axis_at(x, reel__sheet_number(sheet, row, chart->before));

        if (fabs(was - at) > 9)
            reel__canvas_line(c, "move", was < at ? was + 4 : was - 4, middle, at, middle);
        reel__canvas_dot(c, "was", was, middle, 3.5);
    }
    reel__canvas_dot(c, "bar", at, middle, 5);
}

double reel__chart_dots(reel_canvas *c, const reel_chart *chart, const reel_sheet *sheet,
                        double top)
{
    const double beside = reel__chart_column_room(chart, sheet, chart->value, NULL) + 7 + GAP;
    const columns k = columns_of(c, chart, sheet, beside);
    const size_t rows = reel__chart_rows(chart, sheet);
    const reel_axis x = dots_axis(chart, sheet, &k);
    const double first = top + 28, bottom = first + ROW_TALL * (double)rows + 2;
    char text[REEL_WORDS];

    put_note_title(c, chart, top + 18);
    put_key(c, chart, k.plot_from, top + 18);
    if (!isnan(chart->mark)) {
        const double at = reel__axis_at(&x, chart->mark);
        char mark[REEL_WORDS + 40];
        double half;

        (void)snprintf(mark, sizeof mark, "%s %s", chart->mark_name, REEL_REAL(chart->mark));
        half = reel__canvas_wide(mark, TYPE_TICK) / 2;
        reel__canvas_text(c,
                          (reel_put){fmin(fmax(at, k.plot_from + half), k.plot_to - half), top + 18,
                                     REEL_MIDDLE, TYPE_TICK, "soft"},
                          mark);
    }
    for (size_t row = 0; row < rows; row++) {
        const double middle = first + ROW_TALL * ((double)row + 0.5);

        put_name(c, chart, sheet, row, &k, middle);
        put_dot(c, chart, sheet, row, &x, middle);
        reel__canvas_text(c, (reel_put){k.plot_to + 7, middle + 4.5, REEL_START, TYPE_LABEL, "ink"},
                          reel__words_cell(text, sheet, row, chart->value));
        put_note(c, chart, sheet, row, &k, middle);
    }
    if (!isnan(chart->mark))
        reel__canvas_line(c, "mark", reel__axis_at(&x, chart->mark), first - 4,
                          reel__axis_at(&x, chart->mark), bottom);
    reel__canvas_line(c, "base", k.plot_from, bottom, k.plot_to, bottom);
    reel__axis_draw_below(c, &x, bottom, false);
    reel__canvas_text(
        c, (reel_put){(k.plot_from + k.plot_to) / 2, bottom + 38, REEL_MIDDLE, TYPE_TICK, "faint"},
        chart->x_title);
    return bottom + 44;
}
