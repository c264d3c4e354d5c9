/* chart_lines.c - a line for each name in the first column, along a scale. */
#include <math.h>
#include <string.h>

#include "report/canvas_priv.h"
#include "report/words.h"

enum { PLOT_TALL = 300, HEAD = 34, FOOT = 44, TICKS_LEFT = 6 };

static const char *const styles[] = {"line", "line2"};

static bool begins(const reel_chart *chart, const reel_sheet *sheet, size_t row)
{
    return row == 0 || strcmp(reel__sheet_text(sheet, row - 1, chart->label),
                              reel__sheet_text(sheet, row, chart->label)) != 0;
}

static void find_range(const reel_chart *chart, const reel_sheet *sheet, reel_axis *x, reel_axis *y)
{
    if (chart->shares)
        return;
    x->low = y->low = INFINITY;
    x->high = y->high = -INFINITY;
    for (size_t row = 0; row < reel__sheet_rows(sheet); row++) {
        x->low = fmin(x->low, reel__sheet_number(sheet, row, chart->from));
        x->high = fmax(x->high, reel__sheet_number(sheet, row, chart->from));
        y->low = fmin(y->low, reel__sheet_number(sheet, row, chart->value));
        y->high = fmax(y->high, reel__sheet_number(sheet, row, chart->value));
    }
    if (chart->log_y) {
        y->low = pow(10, floor(log10(y->low)));
        y->high *= 1.2;
        x->high *= 1.05;
    }
    /* One value alone still needs a scale. */
    x->high = x->high > x->low ? x->high : x->low * 10;
    y->high = y->high > y->low * 1.5 ? y->high : y->low * 10;
}

/* Points less than a pixel apart say nothing more. */
static void draw_line(reel_canvas *c, const reel_chart *chart, const reel_sheet *sheet,
                      size_t first, const reel_axis *x, const reel_axis *y)
{
    const size_t rows = reel__sheet_rows(sheet);
    double last_x = -1e9, last_y = -1e9;

    for (size_t row = first; row < rows && (row == first || !begins(chart, sheet, row)); row++) {
        const double px = reel__axis_at(x, reel__sheet_number(sheet, row, chart->from));
        const double py = reel__axis_at(y, reel__sheet_number(sheet, row, chart->value));
        const bool end = row + 1 == rows || begins(chart, sheet, row + 1);

        if (!end && row > first && fabs(px - last_x) < 1 && fabs(py - last_y) < 1)
            continue;
        reel__canvas_path_point(c, row == first ? 'M' : 'L', px, py);
        last_x = px;
        last_y = py;
    }
}

double reel__chart_lines(reel_canvas *c, const reel_chart *chart, const reel_sheet *sheet,
                         double top)
{
    reel_axis x = {0, 1, 0, c->right, chart->log_x, chart->shares};
    reel_axis y = {0, 1, top + HEAD + PLOT_TALL, top + HEAD, chart->log_y, chart->shares};
    double key = c->right;
    int drawn = 0;

    find_range(chart, sheet, &x, &y);
    x.start = reel__axis_draw_left(c, &y, TICKS_LEFT);
    if (chart->diagonal)
        reel__canvas_line(c, "even", x.start, y.start, x.end, y.end);
    reel__canvas_line(c, "base", x.start, y.start, x.end, y.start);
    for (size_t row = 0; row < reel__sheet_rows(sheet); row++) {
        if (!begins(chart, sheet, row))
            continue;
        reel__canvas_path_begin(c, styles[drawn++ > 0]);
        draw_line(c, chart, sheet, row, &x, &y);
        reel__canvas_path_end(c);
    }
    /* The names stand above, from the right. */
    for (size_t row = reel__sheet_rows(sheet); row-- > 0;) {
        const char *name = reel__sheet_text(sheet, row, chart->label);

        if (!begins(chart, sheet, row))
            continue;
        drawn--;
        reel__canvas_text(c, (reel_put){key, top + 12, REEL_END, TYPE_LABEL, "ink"}, name);
        key -= reel__canvas_wide(name, TYPE_LABEL) + 38;
        reel__canvas_path_begin(c, styles[drawn > 0]);
        reel__canvas_path_point(c, 'M', key, top + 8);
        reel__canvas_path_point(c, 'L', key + 30, top + 8);
        reel__canvas_path_end(c);
        key -= 20;
    }
    reel__axis_draw_below(c, &x, y.start, false);
    reel__canvas_text(c, (reel_put){c->left, top + 12, REEL_START, TYPE_TICK, "faint"},
                      chart->y_title);
    reel__canvas_text(
        c, (reel_put){(x.start + x.end) / 2, y.start + FOOT - 6, REEL_MIDDLE, TYPE_TICK, "faint"},
        chart->x_title);
    return y.start + FOOT;
}
