/* canvas.c - shapes and texts as SVG. Every text's box is kept where someone wants to know. */
#include "report/canvas_priv.h"

#include <math.h>
#include <string.h>

#include "report/type.h"
#include "report/words.h"

static const char *const anchors[] = {"", " text-anchor=\"middle\"", " text-anchor=\"end\""};

/* One decimal, none where it is 0. */
static void put_number(reel_buf *out, double value)
{
    const double limited = fmin(fmax(value, -99999), 99999);
    const long tenths = lround(limited * 10);
    const long whole = tenths / 10, rest = tenths % 10;

    if (tenths < 0)
        reel__buf_char(out, '-');
    reel__buf_format(out, "%ld", whole < 0 ? -whole : whole);
    if (rest != 0)
        reel__buf_format(out, ".%ld", rest < 0 ? -rest : rest);
}

static void put_attribute(reel_canvas *c, const char *name, double value)
{
    reel__buf_format(c->out, " %s=\"", name);
    put_number(c->out, value);
    reel__buf_char(c->out, '"');
}

static void open_element(reel_canvas *c, const char *element, const char *style)
{
    reel__buf_format(c->out, "<%s class=\"%s\"", element, style);
}

double reel__canvas_wide(const char *text, int size)
{
    return size * reel__type_wide(text, strlen(text));
}

static void keep_box(reel_canvas *c, const reel_put *at, const char *text)
{
    const double width = reel__canvas_wide(text, at->size);
    const double back = at->anchor == REEL_START ? 0 : at->anchor == REEL_END ? width : width / 2;
    reel_chart_frame *frame = c->frame;

    if (frame->boxes != NULL && frame->box_count < frame->box_most)
        frame->boxes[frame->box_count] =
            (reel_box){at->x - back, at->y - 0.8 * at->size, width, 1.02 * at->size};
    frame->box_count++;
}

void reel__canvas_text(reel_canvas *c, reel_put at, const char *text)
{
    if (text[0] == '\0')
        return;
    keep_box(c, &at, text);
    open_element(c, "text", at.style);
    put_attribute(c, "x", at.x);
    put_attribute(c, "y", at.y);
    reel__buf_format(c->out, " font-size=\"%d\"%s>", at.size, anchors[at.anchor]);
    reel__words_escape(c->out, text);
    reel__buf_text(c->out, "</text>");
}

void reel__canvas_rect(reel_canvas *c, const char *style, reel_box box, const char *tip)
{
    if (!(box.width > 0 && box.height > 0))
        return;
    open_element(c, "rect", style);
    put_attribute(c, "x", box.x);
    put_attribute(c, "y", box.y);
    put_attribute(c, "width", box.width);
    put_attribute(c, "height", box.height);
    if (tip == NULL) {
        reel__buf_text(c->out, "/>");
        return;
    }
    reel__buf_text(c->out, "><title>");
    reel__words_escape(c->out, tip);
    reel__buf_text(c->out, "</title></rect>");
}

void reel__canvas_line(reel_canvas *c, const char *style, double x1, double y1, double x2,
                       double y2)
{
    open_element(c, "line", style);
    put_attribute(c, "x1", x1);
    put_attribute(c, "y1", y1);
    put_attribute(c, "x2", x2);
    put_attribute(c, "y2", y2);
    reel__buf_text(c->out, "/>");
}

void reel__canvas_dot(reel_canvas *c, const char *style, double x, double y, double radius)
{
    open_element(c, "circle", style);
    put_attribute(c, "cx", x);
    put_attribute(c, "cy", y);
    put_attribute(c, "r", radius);
    reel__buf_text(c->out, "/>");
}

void reel__canvas_path_begin(reel_canvas *c, const char *style)
{
    open_element(c, "path", style);
    reel__buf_text(c->out, " d=\"");
}

void reel__canvas_path_point(reel_canvas *c, char letter, double x, double y)
{
    reel__buf_char(c->out, letter);
    put_number(c->out, x);
    reel__buf_char(c->out, ' ');
    put_number(c->out, y);
}

void reel__canvas_path_box(reel_canvas *c, reel_box box)
{
    reel__canvas_path_point(c, 'M', box.x, box.y);
    reel__buf_char(c->out, 'h');
    put_number(c->out, box.width);
    reel__buf_char(c->out, 'v');
    put_number(c->out, box.height);
    reel__buf_char(c->out, 'h');
    put_number(c->out, -box.width);
    reel__buf_char(c->out, 'z');
}

void reel__canvas_path_end(reel_canvas *c)
{
    reel__buf_text(c->out, "\"/>");
}
