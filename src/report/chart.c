/* chart.c - what is around every chart: size, colours, title, and where it came from. */
#include "report/chart.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/canvas_priv.h"
#include "report/type.h"
#include "report/words.h"

/* ---- colours ------------------------------------------------------------------------------- */

static const struct {
    const char *selector, *rule; /* rule: with one %s for the colour */
    const char *light, *dark;
} styles[] = {
    {".ground", "fill:%s", "#f7f5f1", "#141210"},
    {".ink", "fill:%s", "#1c1815", "#f3ede4"},
    {".soft", "fill:%s", "#544c44", "#bfb5a8"},
    {".faint", "fill:%s", "#6d645a", "#968c80"},
    {".grid", "stroke:%s", "#e4dfd5", "#2a2622"},
    {".base,.tick", "stroke:%s", "#8d8377", "#7d7368"},
    {".bar", "fill:%s", "#c47b12", "#dd9a35"},
    {".rest", "fill:%s", "#dcbf92", "#7d5f34"},
    {".track", "fill:%s", "#e7e2d8", "#2a2622"},
    {".span", "stroke:%s;stroke-width:2", "#c47b12", "#dd9a35"},
    {".was", "fill:none;stroke-width:1.5;stroke:%s", "#6d645a", "#968c80"},
    {".move", "stroke:%s", "#b9afa2", "#5a5148"},
    {".mark", "stroke-dasharray:4 3;stroke:%s", "#544c44", "#bfb5a8"},
    {".line", "fill:none;stroke-width:2.5;stroke-linejoin:round;stroke:%s", "#c47b12", "#dd9a35"},
    {".line2", "fill:none;stroke-width:2.5;stroke-linejoin:round;stroke-dasharray:7 4;stroke:%s",
     "#2f6b78", "#74b9c6"},
    {".even", "stroke-dasharray:2 4;stroke:%s", "#8d8377", "#7d7368"},
    {".crisp", "shape-rendering:crispEdges%s", "", ""},
    {".q0", "fill:%s", "#ece8df", "#1f1c19"},
    {".q1", "fill:%s", "#f1dfbd", "#3a2f1e"},
    {".q2", "fill:%s", "#edcd91", "#564221"},
    {".q3", "fill:%s", "#e5b563", "#755624"},
    {".q4", "fill:%s", "#d69833", "#986d27"},
    {".q5", "fill:%s", "#b97b1b", "#bd882e"},
    {".q6", "fill:%s", "#8f5912", "#e2a53f"},
    {".q7", "fill:%s", "#5f3b0d", "#ffd491"},
    {".n0,.n1,.n2,.n3,.n4", "fill:%s", "#1c1815", "#f3ede4"},
    {".n5", "fill:%s", "#1c1815", "#141210"},
    {".n6,.n7", "fill:%s", "#ffffff", "#141210"},
};

/* Each part of a list of selectors, inside charts only. */
static void put_selectors(reel_buf *out, const char *list)
{
    while (*list != '\0') {
        const size_t length = strcspn(list, ",");

        reel__buf_format(out, ".chart %.*s", (int)length, list);
        list += length;
        if (*list == ',') {
            reel__buf_char(out, ',');
            list++;
        }
    }
}

void reel__chart_style(reel_buf *out, int theme)
{
    for (size_t i = 0; i < sizeof styles / sizeof *styles; i++) {
        const char *hole = strstr(styles[i].rule, "%s");

        put_selectors(out, styles[i].selector);
        reel__buf_format(out, "{%.*s%s}\n", (int)(hole - styles[i].rule), styles[i].rule,
                         theme == REEL_THEME_DARK ? styles[i].dark : styles[i].light);
    }
}

static void put_style(reel_buf *out, int themes)
{
    reel__buf_text(out, "<style>.chart{font-family:\"Hanken Grotesk\",\"Noto Sans\",\"DejaVu "
                        "Sans\",\"Noto Sans CJK JP\",sans-serif}\n.chart .title{font-family:"
                        "Gloock,\"Noto Serif\",\"DejaVu Serif\",\"Noto Serif CJK JP\",serif}\n");
    reel__chart_style(out, themes & REEL_THEME_LIGHT ? REEL_THEME_LIGHT : REEL_THEME_DARK);
    if (themes == (REEL_THEME_LIGHT | REEL_THEME_DARK)) {
        reel__buf_text(out, "@media (prefers-color-scheme:dark){\n");
        reel__chart_style(out, REEL_THEME_DARK);
        reel__buf_text(out, "}");
    }
    reel__buf_text(out, "</style>");
}

/* ---- what the kinds share ------------------------------------------------------------------ */

const char *reel__chart_label(char out[REEL_LABEL_TEXT], const reel_chart *chart,
                              const reel_sheet *sheet, size_t row)
{
    char text[REEL_WORDS];

    (void)snprintf(out, REEL_LABEL_TEXT, "%s%.560s%s", chart->prefix,
                   reel__words_cell(text, sheet, row, chart->label), chart->suffix);
    return out;
}

size_t reel__chart_rows(const reel_chart *chart, const reel_sheet *sheet)
{
    const size_t rows = reel__sheet_rows(sheet);

    return chart->most > 0 && chart->most < rows ? chart->most : rows;
}

double reel__chart_highest(const reel_chart *chart, const reel_sheet *sheet)
{
    double most = 0;

    for (size_t row = 0; row < reel__chart_rows(chart, sheet); row++)
        most = fmax(most, reel__sheet_number(sheet, row, chart->value));
    return most;
}

const char *reel__chart_bar_style(const reel_chart *chart, const reel_sheet *sheet, size_t row)
{
    if (!chart->highlight ||
        reel__sheet_number(sheet, row, chart->value) >= reel__chart_highest(chart, sheet))
        return "bar";
    return "rest";
}

double reel__chart_column_room(const reel_chart *chart, const reel_sheet *sheet, int column,
                               const char *title)
{
    double room = title != NULL ? reel__canvas_wide(title, TYPE_TICK) : 0;
    char text[REEL_WORDS];

    for (size_t row = 0; row < reel__chart_rows(chart, sheet); row++)
        room =
            fmax(room, reel__canvas_wide(reel__words_cell(text, sheet, row, column), TYPE_LABEL));
    return room;
}

int reel__chart_shade(const double from[REEL_SHADES], double value)
{
    int level = 0;

    if (!(value > 0))
        return 0;
    while (level + 1 < REEL_SHADES && (level == 0 || value >= from[level + 1]))
        level++;
    return level;
}

void reel__chart_shades(reel_canvas *c, const double from[REEL_SHADES], double y)
{
    enum { SWATCH = 40, TALL = 10 };
    const double left = c->right - SWATCH * REEL_SHADES;
    char text[REEL_WORDS], style[4] = "q0";

    for (int level = 0; level < REEL_SHADES; level++) {
        style[1] = (char)('0' + level);
        reel__canvas_rect(
            c, style, (reel_box){left + SWATCH * level, y, level == 0 ? SWATCH - 4 : SWATCH, TALL},
            NULL);
        (void)snprintf(text, sizeof text, level == 0 ? "0" : "%.4g\xc2\xa0%%", 100 * from[level]);
        if (level == 0)
            reel__canvas_text(
                c, (reel_put){left + SWATCH / 2.0, y + TALL + 14, REEL_MIDDLE, TYPE_SMALL, "soft"},
                text);
        else if (level > 1)
            reel__canvas_text(
                c,
                (reel_put){left + SWATCH * level, y + TALL + 14, REEL_MIDDLE, TYPE_SMALL, "soft"},
                text);
    }
}

/* ---- the frame ----------------------------------------------------------------------------- */

enum { PADDING = 28, TITLE_LINES = 4 };

/* A text in lines; returns the base line below the last one. */
static double put_lines(reel_canvas *c, reel_put at, const char *text, double leading)
{
    const double room = (c->right - c->left) / at.size;
    char line[REEL_TYPE_FIT];

    for (int i = 0; i < TITLE_LINES && *text != '\0'; i++) {
        size_t next = strlen(text);
        size_t length = reel__type_line(text, room, &next);

        if (i + 1 == TITLE_LINES)
            (void)reel__type_fit(line, text, room);
        else
            (void)snprintf(line, sizeof line, "%.*s", (int)length, text);
        reel__canvas_text(c, at, line);
        text += next;
        at.y += leading;
    }
    return at.y;
}

static int count_lines(const char *text, double room)
{
    int lines = 0;

    for (size_t next = 0; *text != '\0'; text += next, lines++)
        (void)reel__type_line(text, room, &next);
    return lines;
}

/* The least width at which a text takes no more lines: so they are about equally long. */
static double even_width(const char *text, double room)
{
    const int lines = count_lines(text, room);
    double width = room;

    while (lines > 1 && width > room / 2 && count_lines(text, width * 0.98) == lines)
        width *= 0.98;
    return width;
}

static double put_head(reel_canvas *c, const reel_chart_frame *frame)
{
    reel_canvas narrow = *c;
    double y = PADDING + TYPE_TITLE;

    narrow.right =
        c->left + TYPE_TITLE * even_width(frame->title, (c->right - c->left) / TYPE_TITLE);
    y = put_lines(&narrow, (reel_put){c->left, y, REEL_START, TYPE_TITLE, "ink title"},
                  frame->title, 28);
    y = put_lines(c, (reel_put){c->left, y, REEL_START, TYPE_LABEL, "soft"}, frame->subtitle, 18);
    return y + 2;
}

static double draw_kind(reel_canvas *c, const reel_chart *chart, const reel_sheet *sheet,
                        double top)
{
    static reel_chart_draw *const kinds[] = {
        [REEL_CHART_COLUMNS] = reel__chart_columns, [REEL_CHART_BARS] = reel__chart_bars,
        [REEL_CHART_DOTS] = reel__chart_dots,       [REEL_CHART_TIME] = reel__chart_time,
        [REEL_CHART_LINES] = reel__chart_lines,     [REEL_CHART_TRIANGLE] = reel__chart_triangle,
        [REEL_CHART_GRID] = reel__chart_grid};

    return kinds[chart->kind](c, chart, sheet, top);
}

static void put_open(reel_buf *out, const reel_chart_frame *frame)
{
    reel__buf_format(out,
                     "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" viewBox=\"0 0 %.0f "
                     "%.0f\" role=\"img\" aria-label=\"",
                     frame->width, frame->height);
    reel__words_escape(out, frame->name != NULL ? frame->name : "");
    reel__buf_char(out, '"');
    if (frame->title != NULL)
        reel__buf_format(out, " width=\"%.0f\" height=\"%.0f\"", frame->width, frame->height);
    reel__buf_char(out, '>');
    if (frame->themes != 0)
        put_style(out, frame->themes);
    if (frame->title != NULL)
        reel__buf_format(out, "<rect class=\"ground\" width=\"%.0f\" height=\"%.0f\"/>",
                         frame->width, frame->height);
}

reel_code reel__chart_draw(reel_buf *out, const reel_chart *chart, const reel_sheet *sheet,
                           reel_chart_frame *frame, reel_err *err)
{
    const bool alone = frame->title != NULL;
    reel_buf body;
    reel_canvas c = {&body, frame, alone ? PADDING : 0, REEL_CHART_WIDTH - (alone ? PADDING : 0)};
    double y = 0;
    reel_code rc = REEL_OK;

    reel__buf_init(&body, out->maximum);
    frame->box_count = 0;
    if (alone)
        y = put_head(&c, frame);
    y = draw_kind(&c, chart, sheet, y);
    if (alone && frame->source != NULL)
        y = put_lines(&c, (reel_put){c.left, y + 26, REEL_START, TYPE_SMALL, "faint"},
                      frame->source, 15) -
            15;
    frame->width = REEL_CHART_WIDTH;
    frame->height = ceil(y + (alone ? PADDING - 6 : 2));
    REEL_TRY(reel__buf_check(&body, err));
    put_open(out, frame);
    reel__buf_append(out, body.data, body.length);
    reel__buf_text(out, "</svg>");
    REEL_TRY(reel__buf_check(out, err));
out:
    reel__buf_fini(&body);
    return rc;
}
