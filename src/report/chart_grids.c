/* chart_grids.c - shades: pairs of names as a triangle, two long axes as a grid. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/canvas_priv.h"
#include "report/type.h"
#include "report/words.h"

/* ---- triangle ------------------------------------------------------------------------------ */

enum { CELL_TALL = 27, CELL_WIDE_MOST = 64, NAME_MOST = 150 };

static const double pair_shades[REEL_SHADES] = {0, 0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4};

/* Row i of the triangle begins at row i (i - 1) / 2 of the sheet. */
static size_t sheet_row(size_t i, size_t j)
{
    return i * (i - 1) / 2 + j;
}

static const char *name_at(const reel_chart *chart, const reel_sheet *sheet, size_t i)
{
    return i == 0 ? reel__sheet_text(sheet, 0, chart->from)
                  : reel__sheet_text(sheet, sheet_row(i, 0), chart->label);
}

static void put_cell(reel_canvas *c, const reel_chart *chart, const reel_sheet *sheet, size_t row,
                     reel_box box)
{
    const int level = reel__chart_shade(pair_shades, reel__sheet_number(sheet, row, chart->value));
    char style[4] = "q0", text[REEL_WORDS], share[REEL_WORDS];
    char tip[2 * REEL_LABEL_TEXT];

    style[1] = (char)('0' + level);
    (void)reel__words_cell(text, sheet, row, chart->note);
    (void)snprintf(tip, sizeof tip, "%.500s and %.500s: %s films, %s",
                   reel__sheet_text(sheet, row, chart->from),
                   reel__sheet_text(sheet, row, chart->label), text,
                   reel__words_cell(share, sheet, row, chart->value));
    reel__canvas_rect(c, style, (reel_box){box.x, box.y, box.width - 1.5, box.height - 1.5}, tip);
    style[0] = 'n';
    if (reel__canvas_wide(text, TYPE_SMALL) >= box.width - 3)
        (void)snprintf(text, sizeof text, "%.1fk",
                       reel__sheet_number(sheet, row, chart->note) / 1000);
    if (level > 0 && reel__canvas_wide(text, TYPE_SMALL) < box.width - 3)
        reel__canvas_text(c,
                          (reel_put){box.x + box.width / 2 - 0.75, box.y + box.height / 2 + 3,
                                     REEL_MIDDLE, TYPE_SMALL, style},
                          text);
}

double reel__chart_triangle(reel_canvas *c, const reel_chart *chart, const reel_sheet *sheet,
                            double top)
{
    const size_t rows = reel__sheet_rows(sheet);
    char cut[REEL_TYPE_FIT];
    double names = 0, wide;
    size_t count = 1;

    while (count * (count - 1) / 2 < rows)
        count++;
    for (size_t i = 0; i < count; i++)
        names = fmax(names, reel__canvas_wide(name_at(chart, sheet, i), TYPE_LABEL) + 8);
    names = fmin(names, NAME_MOST);
    wide = fmin((c->right - c->left - names) / (double)(count - 1), CELL_WIDE_MOST);
    /* What the shades mean stands in the empty corner, clear of the names where they are short. */
    reel__canvas_text(c, (reel_put){c->right, top + 14, REEL_END, TYPE_TICK, "faint"},
                      chart->x_title);
    reel__chart_shades(c, pair_shades, top + 24);
    top += count < 8 ? 64 : 8;
    for (size_t i = 0; i < count; i++) {
        const double y = top + CELL_TALL * (double)i;

        for (size_t j = 0; j < i; j++)
            put_cell(c, chart, sheet, sheet_row(i, j),
                     (reel_box){c->left + wide * (double)j, y, wide, CELL_TALL});
        reel__canvas_text(
            c,
            (reel_put){c->left + wide * (double)i + (i == 0 ? 0 : 6), y + CELL_TALL / 2.0 + 4,
                       REEL_START, TYPE_LABEL, "ink"},
            reel__type_fit(cut, name_at(chart, sheet, i), (names - 8) / TYPE_LABEL + 0.001));
    }
    return top + CELL_TALL * (double)count + 2;
}

/* ---- grid ---------------------------------------------------------------------------------- */

enum { GRID_TALL = 384, GRID_HEAD = 54, GRID_FOOT = 46, TICKS_LEFT = 6 };

static const double rated_shades[REEL_SHADES] = {0, 0, 0.002, 0.01, 0.03, 0.1, 0.25, 0.5};

/* Cells meet on whole pixels of a PNG, of which there are two to a unit. */
static double whole(double at)
{
    return round(2 * at) / 2;
}

static void put_shade(reel_canvas *c, const reel_chart *chart, const reel_sheet *sheet, int level,
                      const reel_axis *x, const reel_axis *y)
{
    char style[16] = "q0 crisp";

    style[1] = (char)('0' + level);
    reel__canvas_path_begin(c, style);
    for (size_t row = 0; row < reel__sheet_rows(sheet); row++) {
        const double left = whole(reel__axis_at(x, reel__sheet_number(sheet, row, 2) - 1));
        const double right = whole(reel__axis_at(x, reel__sheet_number(sheet, row, 3)));
        const double above = whole(reel__axis_at(y, reel__sheet_number(sheet, row, 0) - 1));
        const double below = whole(reel__axis_at(y, reel__sheet_number(sheet, row, 1)));

        if (reel__chart_shade(rated_shades, reel__sheet_number(sheet, row, chart->value)) == level)
            reel__canvas_path_box(c, (reel_box){left, above, right - left, below - above});
    }
    reel__canvas_path_end(c);
}

double reel__chart_grid(reel_canvas *c, const reel_chart *chart, const reel_sheet *sheet,
                        double top)
{
    const size_t last = reel__sheet_rows(sheet) - 1;
    reel_axis y = {0,
                   reel__sheet_number(sheet, last, 1),
                   top + GRID_HEAD,
                   top + GRID_HEAD + GRID_TALL,
                   false,
                   false};
    reel_axis x = {0, reel__sheet_number(sheet, last, 3), 0, c->right, false, false};

    reel__canvas_text(c, (reel_put){c->left, top + 12, REEL_START, TYPE_TICK, "faint"},
                      chart->y_title);
    reel__chart_shades(c, rated_shades, top + 4);
    x.start = reel__axis_draw_left(c, &y, TICKS_LEFT);
    for (int level = 0; level < REEL_SHADES; level++)
        put_shade(c, chart, sheet, level, &x, &y);
    reel__axis_draw_below(c, &x, y.end, false);
    reel__canvas_text(
        c,
        (reel_put){(x.start + x.end) / 2, y.end + GRID_FOOT - 8, REEL_MIDDLE, TYPE_TICK, "faint"},
        chart->x_title);
    return y.end + GRID_FOOT;
}
