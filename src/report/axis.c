/* axis.c - scales with round ticks. */
#include <math.h>
#include <stdio.h>

#include "report/canvas_priv.h"
#include "report/words.h"

double reel__axis_at(const reel_axis *axis, double value)
{
    double share;

    if (axis->log)
        share = (log10(value) - log10(axis->low)) / (log10(axis->high) - log10(axis->low));
    else
        share = (value - axis->low) / (axis->high - axis->low);
    return axis->start + fmin(fmax(share, 0), 1) * (axis->end - axis->start);
}

/* 1, 2 or 5 times a power of ten. */
static double step_of(double range, int most)
{
    const double least = range / (most > 1 ? most : 1);
    const double ten = pow(10, floor(log10(fmax(least, 1e-12))));
    const double times = least / ten;

    return ten * (times <= 1.0000001 ? 1 : times <= 2.0000001 ? 2 : times <= 5.0000001 ? 5 : 10);
}

static double axis_step(const reel_axis *axis, int most)
{
    const double step = step_of(axis->high - axis->low, most);

    return axis->whole ? fmax(step, 1) : step;
}

static int log_ticks(double out[REEL_TICKS], const reel_axis *axis, int most)
{
    static const double within[] = {1, 2, 5};
    const double decades = log10(axis->high / axis->low);
    const int each = decades * 3 <= most ? 1 : 3; /* 1 2 5, or tens only */
    const int apart = each == 1 || decades <= most ? 1 : (int)ceil(decades / most);
    int count = 0;

    for (int power = (int)floor(log10(axis->low)); power <= (int)ceil(log10(axis->high));
         power += apart)
        for (int i = 0; i < 3; i += each) {
            const double value = within[i] * pow(10, power);

            if (value >= axis->low * 0.9999 && value <= axis->high * 1.0001 && count < REEL_TICKS)
                out[count++] = value;
        }
    return count;
}

int reel__axis_ticks(double out[REEL_TICKS], const reel_axis *axis, int most)
{
    const double step = axis_step(axis, most);
    const double first = ceil(axis->low / step - 1e-6);
    int count = 0;

    if (axis->log)
        return log_ticks(out, axis, most);
    for (int i = 0; count < REEL_TICKS; i++) {
        const double value = (first + i) * step;

        if (value > axis->high + step * 1e-6)
            break;
        out[count++] = fabs(value) < step * 1e-6 ? 0 : value;
    }
    return count;
}

void reel__axis_round(reel_axis *axis, int most)
{
    const double step = axis_step(axis, most);

    axis->high = axis->low + step * ceil((axis->high - axis->low) / step - 1e-6);
}

const char *reel__axis_text(char out[REEL_TICK_TEXT], const reel_axis *axis, double value)
{
    if (axis->shares)
        (void)snprintf(out, REEL_TICK_TEXT, "%.4g\xc2\xa0%%", 100 * value);
    else
        return reel__words_short(out, value);
    return out;
}

double reel__axis_room(const reel_axis *axis, int most)
{
    double ticks[REEL_TICKS], room = 0;
    const int count = reel__axis_ticks(ticks, axis, most);
    char text[REEL_TICK_TEXT];

    for (int i = 0; i < count; i++)
        room = fmax(room, reel__canvas_wide(reel__axis_text(text, axis, ticks[i]), TYPE_TICK));
    return room;
}

double reel__axis_draw_left(reel_canvas *c, const reel_axis *axis, int most)
{
    double ticks[REEL_TICKS];
    const int count = reel__axis_ticks(ticks, axis, most);
    const double from = c->left + reel__axis_room(axis, most) + 10;
    char text[REEL_TICK_TEXT];

    for (int i = 0; i < count; i++) {
        const double y = reel__axis_at(axis, ticks[i]);

        reel__canvas_line(c, ticks[i] > axis->low || axis->log ? "grid" : "base", from, y, c->right,
                          y);
        reel__canvas_text(c, (reel_put){from - 8, y + 4, REEL_END, TYPE_TICK, "soft"},
                          reel__axis_text(text, axis, ticks[i]));
    }
    return from;
}

static const char *below_text(char out[REEL_TICK_TEXT], const reel_axis *axis, double value,
                              bool plain)
{
    if (plain)
        (void)snprintf(out, REEL_TICK_TEXT, "%.0f", value);
    else
        return reel__axis_text(out, axis, value);
    return out;
}

/* The middle of a label: at the edge it moves inwards rather than out of the picture. */
static double place(const reel_canvas *c, const reel_axis *axis, double value, double half)
{
    return fmin(fmax(reel__axis_at(axis, value), c->left + half), c->right - half);
}

/* Whether the ticks' labels keep a distance from each other and stay on the canvas. */
static bool find_room(const reel_canvas *c, const reel_axis *axis, int most, bool plain)
{
    double ticks[REEL_TICKS], end = -1e9;
    const int count = reel__axis_ticks(ticks, axis, most);
    char text[REEL_TICK_TEXT];

    for (int i = 0; i < count; i++) {
        const double half =
            reel__canvas_wide(below_text(text, axis, ticks[i], plain), TYPE_TICK) / 2;
        const double x = place(c, axis, ticks[i], half);

        if (x - half < end + 16 || (plain && ticks[i] != floor(ticks[i])))
            return false;
        end = x + half;
    }
    return true;
}

void reel__axis_draw_below(reel_canvas *c, const reel_axis *axis, double bottom, bool plain)
{
    double ticks[REEL_TICKS];
    char text[REEL_TICK_TEXT];
    int most = 12, count;

    while (most > 1 && !find_room(c, axis, most, plain))
        most--;
    count = reel__axis_ticks(ticks, axis, most);
    for (int i = 0; i < count; i++) {
        const double x = reel__axis_at(axis, ticks[i]);
        const char *label = below_text(text, axis, ticks[i], plain);
        const double at = place(c, axis, ticks[i], reel__canvas_wide(label, TYPE_TICK) / 2);

        reel__canvas_line(c, "tick", x, bottom, x, bottom + 4);
        reel__canvas_text(c, (reel_put){at, bottom + 18, REEL_MIDDLE, TYPE_TICK, "soft"}, label);
    }
}
