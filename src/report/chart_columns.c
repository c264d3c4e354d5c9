/* chart_columns.c - upright bars: for a few names, along a scale, or over periods. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/canvas_priv.h"
#include "report/words.h"

enum { PLOT_TALL = 250, HEAD = 30, FOOT = 26, TITLE_FOOT = 18, TICKS_LEFT = 5 };

static void put_titles(reel_canvas *c, const reel_chart *chart, double top, double bottom,
                       double from)
{
    reel__canvas_text(c, (reel_put){c->left, top + 12, REEL_START, TYPE_TICK, "faint"},
                      chart->y_title);
    if (chart->x_title != NULL)
        reel__canvas_text(
            c,
            (reel_put){(from + c->right) / 2, bottom + FOOT + 12, REEL_MIDDLE, TYPE_TICK, "faint"},
            chart->x_title);
}

/* "1995: 4,321 films" */
static const char *tip_of(char *out, size_t size, const reel_chart *chart, const reel_sheet *sheet,
                          size_t row)
{
    char label[REEL_LABEL_TEXT], text[REEL_WORDS], low[REEL_WORDS], high[REEL_WORDS];

    if (chart->label >= 0)
        (void)reel__chart_label(label, chart, sheet, row);
    else if (chart->to >= 0)
        (void)snprintf(label, sizeof label, "%s to %s",
                       reel__words_cell(low, sheet, row, chart->from),
                       reel__words_cell(high, sheet, row, chart->to));
    else
        (void)snprintf(label, sizeof label, "%s", reel__words_cell(low, sheet, row, chart->from));
    (void)snprintf(out, size, "%s: %s %s", label, reel__words_cell(text, sheet, row, chart->value),
                   chart->y_title);
    return out;
}

static void put_bar(reel_canvas *c, const reel_chart *chart, const reel_sheet *sheet, size_t row,
                    reel_box box)
{
    char tip[REEL_LABEL_TEXT + 80];

    reel__canvas_rect(c, reel__chart_bar_style(chart, sheet, row), box,
                      tip_of(tip, sizeof tip, chart, sheet, row));
}

/* Under every bar its name, or under every second, third ... where they are long. */
static size_t name_step(const reel_chart *chart, const reel_sheet *sheet, double band)
{
    const size_t rows = reel__chart_rows(chart, sheet);
    char label[REEL_LABEL_TEXT];
    double widest = 0;

    for (size_t row = 0; row < rows; row++)
        widest =
            fmax(widest, reel__canvas_wide(reel__chart_label(label, chart, sheet, row), TYPE_TICK));
    return (size_t)ceil(fmax((widest + 8) / band, 1));
}

static void draw_named(reel_canvas *c, const reel_chart *chart, const reel_sheet *sheet,
                       const reel_axis *y, double from)
{
    const size_t rows = reel__chart_rows(chart, sheet);
    const double band = (c->right - from) / (double)rows;
    const double wide = fmin(band * 0.7, 72);
    const size_t step = name_step(chart, sheet, band);
    const int written = chart->note >= 0 ? chart->note : chart->value;
    const bool all = reel__chart_column_room(chart, sheet, written, NULL) + 6 < band;
    char label[REEL_LABEL_TEXT], text[REEL_WORDS];

    for (size_t row = 0; row < rows; row++) {
        const double middle = from + band * ((double)row + 0.5);
        const double at = reel__axis_at(y, reel__sheet_number(sheet, row, chart->value));

        put_bar(c, chart, sheet, row, (reel_box){middle - wide / 2, at, wide, y->start - at});
        if (all)
            reel__canvas_text(c, (reel_put){middle, at - 6, REEL_MIDDLE, TYPE_LABEL, "ink"},
                              reel__words_cell(text, sheet, row, written));
        (void)reel__chart_label(label, chart, sheet, row);
        if (row % step == 0 && middle + reel__canvas_wide(label, TYPE_TICK) / 2 <= c->right)
            reel__canvas_text(c, (reel_put){middle, y->start + 18, REEL_MIDDLE, TYPE_TICK, "soft"},
                              label);
    }
}

/* The axis along which bars without names lie. */
static reel_axis scale_of(const reel_chart *chart, const reel_sheet *sheet, double from, double to)
{
    const size_t last = reel__sheet_rows(sheet) - 1;
    const bool point = chart->to < 0;

    return (reel_axis){
        .low = reel__sheet_number(sheet, 0, chart->from) - (point ? 0.5 : 0),
        .high = point ? reel__sheet_number(sheet, last, chart->from) + 0.5
                      : reel__sheet_number(sheet, last, chart->to),
        .start = from,
        .end = to,
        .log = chart->log_x,
    };
}

static void draw_mark(reel_canvas *c, const reel_chart *chart, const reel_axis *x, double top,
                      double bottom)
{
    const double at = reel__axis_at(x, chart->mark);
    const bool left = at > (c->left + c->right) / 2;
    char text[REEL_WORDS + 40];

    if (isnan(chart->mark))
        return;
    (void)snprintf(text, sizeof text, "%s %s", chart->mark_name, REEL_REAL(chart->mark));
    reel__canvas_line(c, "mark", at, top, at, bottom);
    reel__canvas_text(c,
                      (reel_put){left ? at - 6 : at + 6, top + 8, left ? REEL_END : REEL_START,
                                 TYPE_LABEL, "ink"},
                      text);
}

static void draw_along(reel_canvas *c, const reel_chart *chart, const reel_sheet *sheet,
                       const reel_axis *y, double from)
{
    const size_t rows = reel__chart_rows(chart, sheet);
    const reel_axis x = scale_of(chart, sheet, from, c->right);

    for (size_t row = 0; row < rows; row++) {
        const double low = reel__sheet_number(sheet, row, chart->from);
        const double left = reel__axis_at(&x, chart->to < 0 ? low - 0.5 : low);
        const double right = reel__axis_at(
            &x, chart->to < 0 ? low + 0.5 : reel__sheet_number(sheet, row, chart->to));
        const double at = reel__axis_at(y, reel__sheet_number(sheet, row, chart->value));
        const double gap = right - left > 4 ? 1.5 : 0.3;

        put_bar(c, chart, sheet, row,
                (reel_box){left + gap / 2, at, right - left - gap, y->start - at});
    }
    reel__axis_draw_below(c, &x, y->start, chart->to < 0);
    draw_mark(c, chart, &x, y->end - 14, y->start);
}

double reel__chart_columns(reel_canvas *c, const reel_chart *chart, const reel_sheet *sheet,
                           double top)
{
    reel_axis y = {.whole = true,
                   .low = 0,
                   .high = fmax(reel__chart_highest(chart, sheet), 1),
                   .start = top + HEAD + PLOT_TALL,
                   .end = top + HEAD + 16};
    double from;

    reel__axis_round(&y, TICKS_LEFT);
    from = reel__axis_draw_left(c, &y, TICKS_LEFT);
    if (chart->label >= 0)
        draw_named(c, chart, sheet, &y, from);
    else
        draw_along(c, chart, sheet, &y, from);
    reel__canvas_line(c, "base", from, y.start, c->right, y.start);
    put_titles(c, chart, top, y.start, from);
    return y.start + FOOT + (chart->x_title != NULL ? TITLE_FOOT : 0);
}

/* ---- over periods -------------------------------------------------------------------------- */

enum { MEAN_TALL = 96, MEAN_HEAD = 50, YEAR_DIGITS = 4 };

/* Whether a row begins a year that the one before is not of. */
static bool begins_year(const reel_chart *chart, const reel_sheet *sheet, size_t row)
{
    return row == 0 || strncmp(reel__sheet_text(sheet, row - 1, chart->label),
                               reel__sheet_text(sheet, row, chart->label), YEAR_DIGITS) != 0;
}

/* Whether the name of the first year, of which only the end may be there, leaves room for the next.
 */
static bool stays_clear(const reel_chart *chart, const reel_sheet *sheet, double band)
{
    size_t next = 1;

    while (next < reel__sheet_rows(sheet) && !begins_year(chart, sheet, next))
        next++;
    return band * (double)next > 4 * TYPE_TICK;
}

static void put_periods(reel_canvas *c, const reel_chart *chart, const reel_sheet *sheet,
                        double from, double bottom)
{
    const size_t rows = reel__sheet_rows(sheet);
    const double band = (c->right - from) / (double)rows;
    size_t years = 0;
    double end = -1e9;

    for (size_t row = 0; row < rows; row++)
        years += begins_year(chart, sheet, row);
    for (size_t row = 0; row < rows; row++) {
        const char *period = reel__sheet_text(sheet, row, chart->label);
        const bool whole = years < 3;
        const double x = from + band * ((double)row + 0.5);
        char text[REEL_TICK_TEXT];
        double half, at;

        if (!whole &&
            (!begins_year(chart, sheet, row) || (row == 0 && !stays_clear(chart, sheet, band))))
            continue;
        (void)snprintf(text, sizeof text, "%.*s", whole ? 16 : YEAR_DIGITS, period);
        half = reel__canvas_wide(text, TYPE_TICK) / 2;
        at = fmin(fmax(x, c->left + half), c->right - half);
        if (at - half < end + 12)
            continue;
        end = at + half;
        reel__canvas_line(c, "tick", x, bottom, x, bottom + 4);
        reel__canvas_text(c, (reel_put){at, bottom + 18, REEL_MIDDLE, TYPE_TICK, "soft"}, text);
    }
}

static bool mean_range(const reel_chart *chart, const reel_sheet *sheet, reel_axis *axis)
{
    axis->low = INFINITY;
    axis->high = -INFINITY;
    for (size_t row = 0; row < reel__sheet_rows(sheet); row++) {
        const double mean = reel__sheet_number(sheet, row, chart->note);

        if (!isnan(mean)) {
            axis->low = fmin(axis->low, mean);
            axis->high = fmax(axis->high, mean);
        }
    }
    if (axis->low > axis->high)
        return false;
    axis->low = floor((axis->low - 0.1) * 2) / 2;
    axis->high = ceil((axis->high + 0.1) * 2) / 2;
    return true;
}

static void draw_means(reel_canvas *c, const reel_chart *chart, const reel_sheet *sheet,
                       const reel_axis *y, double from)
{
    const size_t rows = reel__sheet_rows(sheet);
    const double band = (c->right - from) / (double)rows;
    bool open = false;

    reel__canvas_path_begin(c, "line");
    for (size_t row = 0; row < rows; row++) {
        const double mean = reel__sheet_number(sheet, row, chart->note);
        const double x = from + band * ((double)row + 0.5);

        if (isnan(mean)) {
            open = false;
            continue;
        }
        /* One that stands alone is a short dash. */
        if (!open)
            reel__canvas_path_point(c, 'M', x - fmin(band / 2, 2), reel__axis_at(y, mean));
        reel__canvas_path_point(c, 'L', x, reel__axis_at(y, mean));
        open = true;
    }
    reel__canvas_path_end(c);
}

double reel__chart_time(reel_canvas *c, const reel_chart *chart, const reel_sheet *sheet,
                        double top)
{
    const size_t rows = reel__sheet_rows(sheet);
    reel_axis y = {.whole = true,
                   .low = 0,
                   .high = fmax(reel__chart_highest(chart, sheet), 1),
                   .start = top + HEAD + PLOT_TALL - 40,
                   .end = top + HEAD};
    reel_axis mean = {.start = y.start + MEAN_HEAD + MEAN_TALL, .end = y.start + MEAN_HEAD};
    const bool means = mean_range(chart, sheet, &mean);
    reel_canvas inner = *c;
    double from, band, bottom = y.start;

    reel__axis_round(&y, TICKS_LEFT);
    /* Both axes take the room of the wider one, so that the plots stand below each other. */
    from = fmax(reel__axis_room(&y, TICKS_LEFT), means ? reel__axis_room(&mean, 4) : 0);
    inner.left = c->left + from - reel__axis_room(&y, TICKS_LEFT);
    from = reel__axis_draw_left(&inner, &y, TICKS_LEFT);
    c->frame->box_count = inner.frame->box_count;
    band = (c->right - from) / (double)rows;
    for (size_t row = 0; row < rows; row++) {
        const double at = reel__axis_at(&y, reel__sheet_number(sheet, row, chart->value));
        const double gap = band > 6 ? band * 0.2 : 0.4;

        put_bar(c, chart, sheet, row,
                (reel_box){from + band * (double)row + gap / 2, at, band - gap, y.start - at});
    }
    reel__canvas_line(c, "base", from, y.start, c->right, y.start);
    put_titles(c, chart, top, y.start, from);
    if (means) {
        inner.left = from - 10 - reel__axis_room(&mean, 4);
        (void)reel__axis_draw_left(&inner, &mean, 4);
        draw_means(c, chart, sheet, &mean, from);
        reel__canvas_text(c, (reel_put){c->left, mean.end - 18, REEL_START, TYPE_TICK, "faint"},
                          chart->note_title);
        bottom = mean.start;
    }
    put_periods(c, chart, sheet, from, bottom);
    return bottom + FOOT;
}
