/* report/chart.h - a sheet drawn as SVG. Every text's place is known, so that a test can say that
 * none lies over another.
 * Layer: report. Threads: no state.
 */
#ifndef REEL_REPORT_CHART_H
#define REEL_REPORT_CHART_H

#include "base/buf.h"
#include "report/sheet.h"

typedef enum reel_chart_kind {
    REEL_CHART_COLUMNS, /* upright bars, for a few names or along a scale */
    REEL_CHART_BARS,    /* lying bars with long names */
    REEL_CHART_DOTS,  /* a dot on a scale for each name, with an interval or where it was before */
    REEL_CHART_TIME,  /* bars over periods, a line of means below */
    REEL_CHART_LINES, /* lines along a scale, one for each name in the first column */
    REEL_CHART_TRIANGLE, /* pairs of names: number and shade */
    REEL_CHART_GRID      /* shades over two long axes */
} reel_chart_kind;

enum { REEL_CHART_NONE = -1, REEL_CHART_WIDTH = 760 };

/* Columns of the sheet by number, REEL_CHART_NONE where there is none. */
typedef struct reel_chart {
    reel_chart_kind kind;
    int label, value;
    int from, to;                /* where a bar begins and ends along x, or a point lies (from) */
    int low, high;               /* an interval around the value */
    int before;                  /* the same value before something was done to it */
    int note;                    /* written at the right */
    const char *prefix, *suffix; /* around labels, or "" */
    const char *x_title, *y_title, *note_title;
    const char *value_name, *before_name; /* of the dots */
    bool log_x, log_y, shares, diagonal;
    bool track;     /* bars are parts of a whole */
    bool highlight; /* the longest bar is what the finding is about; the others stand back */
    double mark;    /* a line across at this value, NaN = none */
    const char *mark_name;
    size_t most; /* rows that are drawn, 0 = all */
} reel_chart;

/* No columns, no titles. */
reel_chart reel__chart_make(reel_chart_kind kind);

typedef struct reel_box {
    double x, y, width, height;
} reel_box;

enum { REEL_THEME_LIGHT = 1, REEL_THEME_DARK = 2 };

typedef struct reel_chart_frame {
    const char *title, *subtitle, *source; /* written around the chart; NULL = the chart alone */
    const char *name;                      /* for those who do not see it */
    int themes;      /* of the style sheet inside; both: as the viewer prefers; 0 = none inside */
    reel_box *boxes; /* [box_most] out: where texts stand, or NULL */
    size_t box_most, box_count;
    double width, height; /* out */
} reel_chart_frame;

/* Append an <svg>. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__chart_draw(reel_buf *out, const reel_chart *chart,
                                         const reel_sheet *sheet, reel_chart_frame *frame,
                                         reel_err *err);
/* The rules that colour every chart in one theme. */
void reel__chart_style(reel_buf *out, int theme);

#endif
