/* report/canvas_priv.h - what every kind of chart draws with.
 * Layer: report, inside only.
 */
#ifndef REEL_REPORT_CANVAS_PRIV_H
#define REEL_REPORT_CANVAS_PRIV_H

#include "report/chart.h"

/* Where a chart is drawn: x from left to right, downwards from wherever it is put. */
typedef struct reel_canvas {
    reel_buf *out;
    reel_chart_frame *frame;
    double left, right;
} reel_canvas;

typedef enum reel_anchor { REEL_START, REEL_MIDDLE, REEL_END } reel_anchor;

/* Sizes of type. */
enum { TYPE_SMALL = 11, TYPE_TICK = 12, TYPE_LABEL = 13, TYPE_TITLE = 21 };

typedef struct reel_put {
    double x, y; /* on the base line */
    reel_anchor anchor;
    int size;
    const char *style; /* class of the style sheet */
} reel_put;

void reel__canvas_text(reel_canvas *c, reel_put at, const char *text);
/* As wide as it is at most. */
double reel__canvas_wide(const char *text, int size);
/* tip: what a pointer over it is told, or NULL. */
void reel__canvas_rect(reel_canvas *c, const char *style, reel_box box, const char *tip);
void reel__canvas_line(reel_canvas *c, const char *style, double x1, double y1, double x2,
                       double y2);
void reel__canvas_dot(reel_canvas *c, const char *style, double x, double y, double radius);
void reel__canvas_path_begin(reel_canvas *c, const char *style);
void reel__canvas_path_point(reel_canvas *c, char letter, double x, double y); /* 'M' or 'L' */
void reel__canvas_path_box(reel_canvas *c, reel_box box);
void reel__canvas_path_end(reel_canvas *c);

/* ---- scales -------------------------------------------------------------------------------- */

/* Values from low to high lie between two places on the canvas. */
typedef struct reel_axis {
    double low, high, start, end;
    bool log, shares;
    bool whole; /* of things counted: no halves */
} reel_axis;

enum { REEL_TICKS = 32 };

double reel__axis_at(const reel_axis *axis, double value);
/* Round values within it, at most `most`. Returns how many. */
int reel__axis_ticks(double out[REEL_TICKS], const reel_axis *axis, int most);
/* high is moved up to the next tick: for axes that begin with 0. */
void reel__axis_round(reel_axis *axis, int most);
enum { REEL_TICK_TEXT = 40 };
const char *reel__axis_text(char out[REEL_TICK_TEXT], const reel_axis *axis, double value);

/* An upright axis at the left of the canvas with lines across; returns where the plot begins.
 * axis->start is the bottom, axis->end the top. */
double reel__axis_draw_left(reel_canvas *c, const reel_axis *axis, int most);
/* Ticks below `bottom`, as many as find room. plain: years, which have no thousands. */
void reel__axis_draw_below(reel_canvas *c, const reel_axis *axis, double bottom, bool plain);
/* How wide the labels of an upright axis are. */
double reel__axis_room(const reel_axis *axis, int most);

/* ---- kinds --------------------------------------------------------------------------------- */

/* Draws from y = top on; returns where it ends. */
typedef double reel_chart_draw(reel_canvas *c, const reel_chart *chart, const reel_sheet *sheet,
                               double top);
reel_chart_draw reel__chart_columns, reel__chart_bars, reel__chart_dots, reel__chart_time,
    reel__chart_lines, reel__chart_triangle, reel__chart_grid;

/* "person 4169": the label of a row. */
enum { REEL_LABEL_TEXT = 640 };
const char *reel__chart_label(char out[REEL_LABEL_TEXT], const reel_chart *chart,
                              const reel_sheet *sheet, size_t row);
/* The class of a bar. */
const char *reel__chart_bar_style(const reel_chart *chart, const reel_sheet *sheet, size_t row);
/* The largest value of those that are drawn, and at least 0. */
double reel__chart_highest(const reel_chart *chart, const reel_sheet *sheet);
/* Rows that are drawn. */
size_t reel__chart_rows(const reel_chart *chart, const reel_sheet *sheet);
/* The widest of a column's cells as they are written, with its title. */
double reel__chart_column_room(const reel_chart *chart, const reel_sheet *sheet, int column,
                               const char *title);
/* Where shade `level` of 8 begins (0 is nothing at all), and what a value's shade is. */
enum { REEL_SHADES = 8 };
int reel__chart_shade(const double from[REEL_SHADES], double value);
/* Swatches with where they begin, ending at the right; y is their top. */
void reel__chart_shades(reel_canvas *c, const double from[REEL_SHADES], double y);

#endif
