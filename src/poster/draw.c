/* draw.c - shapes as SVG text. Numbers have one decimal, written by hand: formatting them through
 * printf would be most of a poster's time.
 */
#include "poster/art_priv.h"

#include <math.h>
#include <stdlib.h>

/* ---- writing ------------------------------------------------------------------------------- */

static void put_number(reel_art *art, double value)
{
    char digits[16];
    int length = 0;
    const double limited = fmin(fmax(value, -9999.0), 9999.0);
    const long tenths = lround(limited * 10);
    unsigned long rest = (unsigned long)labs(tenths);

    if (rest % 10 != 0) {
        digits[length++] = (char)('0' + rest % 10);
        digits[length++] = '.';
    }
    rest /= 10;
    do {
        digits[length++] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (tenths < 0)
        digits[length++] = '-';
    while (length > 0)
        reel__buf_char(art->out, digits[--length]);
}

static void put_attribute(reel_art *art, const char *name, double value)
{
    reel__buf_char(art->out, ' ');
    reel__buf_text(art->out, name);
    reel__buf_text(art->out, "=\"");
    put_number(art, value);
    reel__buf_char(art->out, '"');
}

static void put_color(reel_art *art, const char *name, reel_tone tone)
{
    static const char digits[] = "0123456789abcdef";
    const uint32_t rgb = art->palette.rgb[tone];
    char text[] = "=\"#000000\"";

    for (int i = 0; i < 6; i++)
        text[3 + i] = digits[rgb >> (20 - 4 * i) & 15];
    reel__buf_char(art->out, ' ');
    reel__buf_text(art->out, name);
    reel__buf_text(art->out, text);
}

static void put_point(reel_art *art, char letter, reel_point at)
{
    reel__buf_char(art->out, letter);
    put_number(art, at.x);
    reel__buf_char(art->out, ' ');
    put_number(art, at.y);
}

/* ---- shapes -------------------------------------------------------------------------------- */

void reel__draw_rect(reel_art *art, reel_tone tone, double x, double y, double w, double h)
{
    reel__draw_pill(art, tone, reel__point(x, y), reel__point(w, h), 0);
}

void reel__draw_pill(reel_art *art, reel_tone tone, reel_point corner, reel_point size,
                     double radius)
{
    if (size.x <= 0 || size.y <= 0)
        return;
    reel__buf_text(art->out, "<rect");
    put_attribute(art, "x", corner.x);
    put_attribute(art, "y", corner.y);
    put_attribute(art, "width", size.x);
    put_attribute(art, "height", size.y);
    if (radius > 0)
        put_attribute(art, "rx", radius);
    put_color(art, "fill", tone);
    reel__buf_text(art->out, "/>");
}

static void put_round(reel_art *art, const char *element, reel_point center)
{
    reel__buf_text(art->out, element);
    put_attribute(art, "cx", center.x);
    put_attribute(art, "cy", center.y);
}

static void put_outline(reel_art *art, reel_tone tone, double width)
{
    reel__buf_text(art->out, " fill=\"none\"");
    put_color(art, "stroke", tone);
    put_attribute(art, "stroke-width", width);
    reel__buf_text(art->out, "/>");
}

void reel__draw_disc(reel_art *art, reel_tone tone, reel_point center, double radius)
{
    put_round(art, "<circle", center);
    put_attribute(art, "r", fmax(radius, 0));
    put_color(art, "fill", tone);
    reel__buf_text(art->out, "/>");
}

void reel__draw_ring(reel_art *art, reel_tone tone, reel_point center, double radius, double width)
{
    put_round(art, "<circle", center);
    put_attribute(art, "r", fmax(radius, 0));
    put_outline(art, tone, width);
}

void reel__draw_ellipse(reel_art *art, reel_tone tone, reel_point center, double rx, double ry)
{
    put_round(art, "<ellipse", center);
    put_attribute(art, "rx", fmax(rx, 0));
    put_attribute(art, "ry", fmax(ry, 0));
    put_color(art, "fill", tone);
    reel__buf_text(art->out, "/>");
}

void reel__draw_oval(reel_art *art, reel_tone tone, reel_point center, reel_point radii,
                     double width)
{
    put_round(art, "<ellipse", center);
    put_attribute(art, "rx", fmax(radii.x, 0));
    put_attribute(art, "ry", fmax(radii.y, 0));
    put_outline(art, tone, width);
}

void reel__draw_line(reel_art *art, reel_tone tone, reel_point from, reel_point to, double width)
{
    reel__path_begin(art, tone, width);
    reel__path_move(art, from.x, from.y);
    reel__path_to(art, to.x, to.y);
    reel__path_end(art);
}

void reel__draw_polygon(reel_art *art, reel_tone tone, const reel_point *points, int count)
{
    reel__path_begin(art, tone, 0);
    for (int i = 0; i < count; i++)
        put_point(art, i == 0 ? 'M' : 'L', points[i]);
    reel__path_close(art);
    reel__path_end(art);
}

/* Cubic pieces with tangents along the neighbours (a closed Catmull-Rom line). */
void reel__draw_blob(reel_art *art, reel_tone tone, const reel_point *points, int count)
{
    reel__path_begin(art, tone, 0);
    put_point(art, 'M', points[0]);
    for (int i = 0; i < count; i++) {
        const reel_point before = points[(i + count - 1) % count], from = points[i];
        const reel_point to = points[(i + 1) % count], after = points[(i + 2) % count];

        reel__path_curve(
            art, reel__point(from.x + (to.x - before.x) / 6, from.y + (to.y - before.y) / 6),
            reel__point(to.x - (after.x - from.x) / 6, to.y - (after.y - from.y) / 6), to);
    }
    reel__path_close(art);
    reel__path_end(art);
}

/* ---- paths --------------------------------------------------------------------------------- */

void reel__path_begin(reel_art *art, reel_tone tone, double width)
{
    reel__buf_text(art->out, "<path");
    if (width > 0) {
        reel__buf_text(art->out, " fill=\"none\"");
        put_color(art, "stroke", tone);
        put_attribute(art, "stroke-width", width);
    } else {
        put_color(art, "fill", tone);
    }
    reel__buf_text(art->out, " d=\"");
}

void reel__path_move(reel_art *art, double x, double y)
{
    put_point(art, 'M', reel__point(x, y));
}

void reel__path_to(reel_art *art, double x, double y)
{
    put_point(art, 'L', reel__point(x, y));
}

void reel__path_curve(reel_art *art, reel_point c1, reel_point c2, reel_point to)
{
    put_point(art, 'C', c1);
    put_point(art, ' ', c2);
    put_point(art, ' ', to);
}

void reel__path_arc(reel_art *art, double radius, bool large, bool sweep, reel_point to)
{
    put_point(art, 'A', reel__point(radius, radius));
    reel__buf_text(art->out, " 0 ");
    reel__buf_char(art->out, large ? '1' : '0');
    reel__buf_char(art->out, ' ');
    reel__buf_char(art->out, sweep ? '1' : '0');
    put_point(art, ' ', to);
}

void reel__path_close(reel_art *art)
{
    reel__buf_char(art->out, 'Z');
}

void reel__path_end(reel_art *art)
{
    reel__buf_text(art->out, "\"/>");
}

/* ---- groups -------------------------------------------------------------------------------- */

void reel__group_rotate(reel_art *art, double degrees, reel_point around)
{
    reel__buf_text(art->out, "<g transform=\"rotate(");
    put_number(art, degrees);
    put_point(art, ' ', around);
    reel__buf_text(art->out, ")\">");
}

void reel__group_fade(reel_art *art, double opacity)
{
    reel__buf_format(art->out, "<g opacity=\"%.2f\">", opacity);
}

void reel__group_end(reel_art *art)
{
    reel__buf_text(art->out, "</g>");
}

/* An inner svg cuts off what lies outside it and needs no id, unlike a clipPath: several posters
 * may stand in one document. */
void reel__group_window(reel_art *art, double x, double y, double w, double h)
{
    reel__buf_text(art->out, "<svg");
    put_attribute(art, "x", x);
    put_attribute(art, "y", y);
    put_attribute(art, "width", w);
    put_attribute(art, "height", h);
    reel__buf_text(art->out, " viewBox=\"");
    put_number(art, x);
    put_point(art, ' ', reel__point(y, w));
    reel__buf_char(art->out, ' ');
    put_number(art, h);
    reel__buf_text(art->out, "\">");
}

void reel__window_end(reel_art *art)
{
    reel__buf_text(art->out, "</svg>");
}

/* ---- points and chance --------------------------------------------------------------------- */

reel_point reel__point(double x, double y)
{
    return (reel_point){x, y};
}

reel_point reel__point_on(reel_point center, double radius, double degrees)
{
    const double turn = degrees * 0.017453292519943295;

    return (reel_point){center.x + radius * cos(turn), center.y + radius * sin(turn)};
}

double reel__art_between(reel_art *art, double low, double high)
{
    return low + (high - low) * reel__rng_unit(&art->rng);
}

int reel__art_pick(reel_art *art, int count)
{
    return (int)reel__rng_below(&art->rng, (uint64_t)count);
}

bool reel__art_chance(reel_art *art, double share)
{
    return reel__rng_unit(&art->rng) < share;
}

void reel__art_shuffle(reel_art *art, int *out, int count)
{
    for (int i = 0; i < count; i++) {
        const int j = reel__art_pick(art, i + 1);

        out[i] = i;
        out[i] = out[j];
        out[j] = i;
    }
}
