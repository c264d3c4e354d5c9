/* art_heart.c - romance: two discs, two halves, petals; comedy: bouncing arcs, tiles, a smile. */
#include "poster/art_priv.h"

#include <math.h>

/* The lens two discs share, when they do. */
static void lens(reel_art *art, reel_tone tone, reel_point a, double ra, reel_point b, double rb)
{
    const double dx = b.x - a.x, dy = b.y - a.y, apart = hypot(dx, dy);
    const double along = (apart * apart + ra * ra - rb * rb) / (2 * apart);
    const double across2 = ra * ra - along * along;
    double across;
    reel_point one, two;

    if (across2 <= 0)
        return;
    across = sqrt(across2);
    one = reel__point(a.x + (along * dx - across * dy) / apart,
                      a.y + (along * dy + across * dx) / apart);
    two = reel__point(a.x + (along * dx + across * dy) / apart,
                      a.y + (along * dy - across * dx) / apart);
    reel__path_begin(art, tone, 0);
    reel__path_move(art, one.x, one.y);
    reel__path_arc(art, ra, along < 0, false, two);
    reel__path_arc(art, rb, along > apart, false, one);
    reel__path_close(art);
    reel__path_end(art);
}

void reel__art_discs(reel_art *art)
{
    const double turn = reel__art_between(art, 0, 180);
    const double ra = art->height * reel__art_between(art, 0.2, 0.28);
    const double rb = ra * (reel__art_chance(art, 0.5) ? 1 : reel__art_between(art, 0.6, 0.9));
    const double apart = (ra + rb) * reel__art_between(art, 0.46, 0.66);
    const reel_point middle = reel__point(200, art->mid + reel__art_between(art, -10, 10));
    const reel_point a = reel__point_on(middle, apart * 0.5, turn + 180);
    const reel_point b = reel__point_on(middle, apart * 0.5, turn);
    const int echoes = reel__art_pick(art, 4);
    const bool swap = reel__art_chance(art, 0.5);

    for (int i = echoes; i > 0; i--) {
        reel__draw_ring(art, TONE_VEIL, a, ra + 15 * i, 1.6);
        reel__draw_ring(art, TONE_VEIL, b, rb + 15 * i, 1.6);
    }
    reel__draw_disc(art, swap ? TONE_ACCENT : TONE_FORM, a, ra);
    reel__draw_disc(art, swap ? TONE_FORM : TONE_ACCENT, b, rb);
    lens(art, reel__art_chance(art, 0.6) ? TONE_LIGHT : TONE_DEEP, a, ra, b, rb);
}

static void half_disc(reel_art *art, reel_tone tone, reel_point at, double radius, double turn)
{
    const reel_point from = reel__point_on(at, radius, turn - 90);

    reel__path_begin(art, tone, 0);
    reel__path_move(art, from.x, from.y);
    reel__path_arc(art, radius, false, true, reel__point_on(at, radius, turn + 90));
    reel__path_close(art);
    reel__path_end(art);
}

void reel__art_halves(reel_art *art)
{
    const double radius = fmin(art->height * 0.3, 132);
    const double slide = radius * reel__art_between(art, 0.35, 1.0);
    const double turn = 45.0 * reel__art_pick(art, 4) + reel__art_between(art, -8, 8);
    const reel_point middle = reel__point(200, art->mid);
    const reel_point a = reel__point_on(middle, slide * 0.6, turn + 90);
    const reel_point b = reel__point_on(middle, slide * 0.6, turn - 90);
    const int bands = reel__art_pick(art, 3);

    half_disc(art, TONE_FORM, a, radius, turn);
    half_disc(art, TONE_ACCENT, b, radius, turn + 180);
    for (int i = 1; i <= bands; i++) {
        half_disc(art, i % 2 == 1 ? TONE_GROUND : TONE_FORM, a, radius * (1 - 0.27 * i), turn);
        half_disc(art, i % 2 == 1 ? TONE_LIGHT : TONE_ACCENT, b, radius * (1 - 0.27 * i),
                  turn + 180);
    }
}

static void leaf(reel_art *art, reel_tone tone, reel_point root, double length, double turn)
{
    const reel_point tip = reel__point_on(root, length, turn);
    const double bend = length * 0.62;

    reel__path_begin(art, tone, 0);
    reel__path_move(art, root.x, root.y);
    reel__path_arc(art, bend, false, true, tip);
    reel__path_arc(art, bend, false, true, root);
    reel__path_end(art);
}

/* Two tilted pills that cross below: a heart. */
static void heart(reel_art *art, double size)
{
    const reel_point foot = reel__point(200, art->mid + size * 0.86);
    const double w = size * 0.98;

    for (int side = -1; side <= 1; side += 2) {
        reel__group_rotate(art, side * 45, foot);
        reel__draw_pill(art, side < 0 ? TONE_FORM : TONE_ACCENT,
                        reel__point(foot.x - w / 2, foot.y - w / 2 - size * 1.1),
                        reel__point(w, size * 1.1 + w), w / 2);
        reel__group_end(art);
    }
}

void reel__art_petals(reel_art *art)
{
    const double reach = art->height * reel__art_between(art, 0.3, 0.38);
    const int petals = 4 + reel__art_pick(art, 6);
    const double shift = reel__art_between(art, 0, 360);
    const reel_point at =
        reel__point(200 + reel__art_between(art, -20, 20), art->mid - reach * 0.12);

    if (reel__art_chance(art, 0.3)) {
        heart(art, art->height * reel__art_between(art, 0.24, 0.29));
        return;
    }
    reel__draw_line(art, TONE_VEIL, at,
                    reel__point(at.x + reel__art_between(art, -40, 40), art->bottom + 4), 5);
    leaf(art, TONE_VEIL, reel__point(at.x, at.y + reach * 1.1), reach * 0.6,
         reel__art_chance(art, 0.5) ? -25 : -155);
    for (int i = 0; i < petals; i++)
        leaf(art, i % 2 == 0 ? TONE_FORM : TONE_ACCENT, at, reach * (i % 2 == 0 ? 1 : 0.86),
             shift + 360.0 * i / petals);
    reel__draw_disc(art, TONE_LIGHT, at, reach * 0.15);
}

/* ---- comedy -------------------------------------------------------------------------------- */

void reel__art_bounce(reel_art *art)
{
    static const reel_tone tones[] = {TONE_FORM, TONE_ACCENT, TONE_LIGHT, TONE_VEIL};
    const double floor = art->bottom - reel__art_between(art, 22, 50);
    const bool mirrored = reel__art_chance(art, 0.5);
    double radius = art->height * reel__art_between(art, 0.3, 0.42);
    double x = -radius * reel__art_between(art, 0.1, 0.7);
    int first = reel__art_pick(art, 4);
    reel_point ball = reel__point(0, 0);

    for (int i = 0; radius > 16; i++) {
        const double band = radius * 0.3;

        for (int k = 0; k < 3; k++) {
            const double r = radius - band * k;
            const double left = mirrored ? POSTER_WIDTH - x - radius - r : x + radius - r;

            reel__path_begin(art, tones[(first + i + k) % 4], band * 0.92);
            reel__path_move(art, left + band / 2, floor);
            reel__path_arc(art, r - band / 2, false, true,
                           reel__point(left + 2 * r - band / 2, floor));
            reel__path_end(art);
        }
        x += 2 * radius + 3;
        radius *= reel__art_between(art, 0.6, 0.72);
        ball = reel__point(mirrored ? POSTER_WIDTH - x : x, floor - radius);
        if (x > POSTER_WIDTH - 40)
            break;
    }
    ball =
        reel__point(mirrored ? reel__art_between(art, 70, 150) : reel__art_between(art, 250, 330),
                    fmin(ball.y, art->top + art->height * reel__art_between(art, 0.2, 0.38)));
    reel__draw_disc(art, tones[first], ball, reel__art_between(art, 34, 56));
    reel__draw_rect(art, TONE_DEEP, 0, floor, POSTER_WIDTH, 5);
}

void reel__art_tiles(reel_art *art)
{
    static const reel_tone tones[] = {TONE_FORM, TONE_ACCENT, TONE_LIGHT, TONE_DEEP, TONE_VEIL};
    const int columns = 3 + reel__art_pick(art, 3);
    const double cell = POSTER_WIDTH / columns;
    const int rows = (int)(art->height / cell);
    const double start = art->title_below ? art->bottom - rows * cell : art->top;
    const int from = art->title_below ? -1 : 0;

    for (int row = from; row <= rows; row++) {
        for (int column = 0; column < columns; column++) {
            const reel_tone tone = tones[reel__art_pick(art, 5)];
            const double x = column * cell, y = start + row * cell;
            const double turn = 90.0 * reel__art_pick(art, 4);
            const reel_point middle = reel__point(x + cell / 2, y + cell / 2);

            if (row == rows && art->title_below)
                continue;
            switch (reel__art_pick(art, 5)) {
            case 0:
                reel__draw_disc(art, tone, middle, cell * 0.5);
                reel__draw_disc(art, TONE_GROUND, middle, cell * 0.2);
                break;
            case 1:
                half_disc(art, tone, reel__point_on(middle, cell / 2, turn + 180), cell / 2, turn);
                half_disc(art, tones[reel__art_pick(art, 5)], middle, cell / 2, turn);
                break;
            case 2:
            case 3:
                reel__group_rotate(art, turn, middle);
                reel__path_begin(art, tone, 0);
                reel__path_move(art, x, y);
                reel__path_to(art, x + cell, y);
                reel__path_arc(art, cell, false, true, reel__point(x, y + cell));
                reel__path_close(art);
                reel__path_end(art);
                reel__group_end(art);
                break;
            default:
                half_disc(art, tone, middle, cell / 2, turn);
                break;
            }
        }
    }
}

void reel__art_smile(reel_art *art)
{
    const double radius = fmin(art->height * 0.36, 160);
    const reel_point at = reel__point(200, art->mid + reel__art_between(art, -6, 12));
    const double lean = reel__art_between(art, -18, 18);
    const bool wink = reel__art_chance(art, 0.5);
    const double eye = radius * reel__art_between(art, 0.09, 0.15);

    reel__group_rotate(art, lean, at);
    reel__draw_disc(art, TONE_FORM, at, radius);
    reel__draw_disc(art, TONE_DEEP, reel__point(at.x - radius * 0.36, at.y - radius * 0.28), eye);
    if (wink)
        reel__draw_pill(art, TONE_DEEP, reel__point(at.x + radius * 0.2, at.y - radius * 0.31),
                        reel__point(radius * 0.34, radius * 0.09), radius * 0.045);
    else
        reel__draw_disc(art, TONE_DEEP, reel__point(at.x + radius * 0.36, at.y - radius * 0.28),
                        eye);
    half_disc(art, TONE_DEEP, reel__point(at.x, at.y + radius * 0.1), radius * 0.6, 90);
    half_disc(art, TONE_ACCENT, reel__point(at.x, at.y + radius * 0.34), radius * 0.33, 90);
    reel__draw_polygon(art, TONE_LIGHT,
                       (reel_point[]){{at.x - radius * 0.6, at.y + radius * 0.1},
                                      {at.x + radius * 0.6, at.y + radius * 0.1},
                                      {at.x + radius * 0.582, at.y + radius * 0.24},
                                      {at.x - radius * 0.582, at.y + radius * 0.24}},
                       4);
    reel__group_end(art);
    if (reel__art_chance(art, 0.6)) {
        const reel_point hat[] = {{at.x - radius * 0.42, at.y - radius * 0.92},
                                  {at.x + radius * 0.42, at.y - radius * 0.92},
                                  {at.x, at.y - radius * 1.62}};

        reel__group_rotate(art, lean * 1.4, at);
        reel__draw_polygon(art, TONE_ACCENT, hat, 3);
        reel__draw_disc(art, TONE_LIGHT, reel__point(at.x, at.y - radius * 1.6), radius * 0.1);
        reel__group_end(art);
    }
}
