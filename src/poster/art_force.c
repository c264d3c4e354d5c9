/* art_force.c - war: a broken grid, ranks, wire; action: speed, a burst, chevrons. */
#include "poster/art_priv.h"

#include <math.h>

/* Squares in order, thrown about where the blow fell. */
void reel__art_grid(reel_art *art)
{
    const int columns = 5 + reel__art_pick(art, 3);
    const double cell = 340.0 / columns, size = cell * 0.82;
    const int rows = (int)((art->height - 60) / cell);
    const double left = 200 - columns * cell / 2, top = art->mid - rows * cell / 2;
    const reel_point blow = reel__point(left + cell * columns * reel__art_between(art, 0.15, 0.85),
                                        top + cell * rows * reel__art_between(art, 0.15, 0.85));
    const double reach = reel__art_between(art, 100, 165);
    const int hot = reel__art_pick(art, columns * rows);

    for (int i = 0; i < columns * rows; i++) {
        const int column = i % columns, row = i / columns;
        reel_point at = reel__point(left + cell * (column + 0.5), top + cell * (row + 0.5));
        const double away = hypot(at.x - blow.x, at.y - blow.y);
        const double force = away < reach ? pow(1 - away / reach, 1.3) : 0;
        const double turn = force * reel__art_between(art, -80, 80);

        if (force > 0.78)
            continue;
        at.x += (at.x - blow.x) / (away + 1) * force * 40;
        at.y += (at.y - blow.y) / (away + 1) * force * 40;
        reel__group_rotate(art, turn, at);
        reel__draw_rect(art,
                        i == hot       ? TONE_ACCENT
                        : force > 0.25 ? TONE_VEIL
                                       : TONE_FORM,
                        at.x - size / 2, at.y - size / 2, size, size);
        reel__group_end(art);
    }
}

/* Rows of people, smaller towards the back; one is not like the others. */
void reel__art_ranks(reel_art *art)
{
    const int rows = 5 + reel__art_pick(art, 2);
    const int special = rows / 2 + reel__art_pick(art, rows - rows / 2);
    const double place = reel__art_between(art, 0.3, 0.7);

    reel__draw_disc(art, TONE_HAZE, reel__point(reel__art_between(art, 100, 300), art->top + 110),
                    reel__art_between(art, 60, 110));
    for (int row = 0; row < rows; row++) {
        const double share = (row + 1.0) / rows, k = 0.34 + 0.66 * share;
        const double foot = art->top + art->height * (0.34 + 0.66 * pow(share, 1.25)) + 6;
        const int count = (int)(POSTER_WIDTH / (52 * k)) + 2;
        const double start = row % 2 == 0 ? -10 : -10 - 26 * k;
        const int hot = row == special ? (int)(count * place) : -1;

        for (int i = 0; i < count; i++) {
            const double x = start + 52 * k * i;
            const reel_tone tone = i == hot ? TONE_ACCENT : row % 2 == 0 ? TONE_VEIL : TONE_FORM;

            reel__draw_disc(art, tone, reel__point(x + 20 * k, foot - 104 * k), 14 * k);
            reel__draw_pill(art, tone, reel__point(x, foot - 86 * k), reel__point(40 * k, 110 * k),
                            14 * k);
        }
    }
}

/* Barbed wire before a sun. */
void reel__art_bars(reel_art *art)
{
    const int wires = 3 + reel__art_pick(art, 3);
    const double posts = reel__art_between(art, 90, 310);

    reel__draw_disc(
        art, TONE_ACCENT,
        reel__point(reel__art_between(art, 120, 280), art->mid + reel__art_between(art, -40, 20)),
        reel__art_between(art, 80, 124));
    reel__group_rotate(art, reel__art_between(art, -7, 7), reel__point(posts, art->bottom));
    reel__draw_rect(art, TONE_DEEP, posts - 9, art->top + art->height * 0.16, 18, art->height);
    reel__group_end(art);
    for (int i = 0; i < wires; i++) {
        const double y = art->top + art->height * (0.3 + 0.6 * i / wires);
        const double end = y + reel__art_between(art, -40, 40), sag = reel__art_between(art, 6, 30);

        reel__path_begin(art, TONE_FORM, 3.2);
        reel__path_move(art, -10, end);
        reel__path_curve(art, reel__point(posts * 0.4, y + sag), reel__point(posts * 0.7, y + sag),
                         reel__point(posts, y));
        reel__path_curve(art, reel__point(posts + 70, y + sag), reel__point(340, y + sag),
                         reel__point(410, y - (end - y)));
        reel__path_end(art);
        const double first = reel__art_between(art, 8, 40);

        for (int barb = 0; barb < 8; barb++) {
            const double x = first + 52 * barb;
            const double share = x < posts ? x / posts : (410 - x) / (410 - posts);
            const double tilt = x < posts ? end - y : y - end;
            const reel_point at =
                reel__point(x, y + tilt * pow(1 - share, 3) + sag * 3 * share * (1 - share));

            for (int k = 0; k < 2; k++)
                reel__draw_line(art, TONE_FORM, reel__point_on(at, 13, 40 + 85 * k),
                                reel__point_on(at, 13, 220 + 85 * k), 3);
        }
    }
}

/* ---- action -------------------------------------------------------------------------------- */

void reel__art_speed(reel_art *art)
{
    static const reel_tone tones[] = {TONE_FORM, TONE_ACCENT, TONE_LIGHT, TONE_VEIL, TONE_HAZE};
    const double turn = reel__art_between(art, -42, -16) * (reel__art_chance(art, 0.7) ? 1 : -1);
    const reel_point head =
        reel__point(turn < 0 ? reel__art_between(art, 250, 310) : reel__art_between(art, 90, 150),
                    art->mid + reel__art_between(art, -70, -10));
    const reel_point middle = reel__point(200, art->mid);
    const double size = reel__art_between(art, 44, 74);

    reel__group_rotate(art, turn, middle);
    for (double y = art->mid - 330; y < art->mid + 330;) {
        const double thick = reel__art_between(art, 5, 36);
        const double from = reel__art_between(art, -160, 180),
                     length = reel__art_between(art, 120, 420);

        reel__draw_rect(art, tones[reel__art_pick(art, 5)], from, y, length, thick);
        y += thick + reel__art_between(art, 2, 20);
    }
    reel__group_end(art);
    reel__draw_disc(art, TONE_DEEP, head, size * 1.14);
    reel__draw_disc(art, TONE_ACCENT, head, size);
    reel__draw_disc(art, TONE_LIGHT, head, size * 0.4);
}

static void star(reel_art *art, reel_tone tone, reel_point at, double radius, int points)
{
    enum { MOST = 40 };
    reel_point corners[MOST];

    for (int i = 0; i < 2 * points && i < MOST; i++)
        corners[i] = reel__point_on(at,
                                    radius * (i % 2 == 0 ? reel__art_between(art, 0.82, 1.12)
                                                         : reel__art_between(art, 0.5, 0.62)),
                                    -90 + 180.0 * i / points);
    reel__draw_polygon(art, tone, corners, 2 * points < MOST ? 2 * points : MOST);
}

void reel__art_burst(reel_art *art)
{
    const reel_point at =
        reel__point(reel__art_between(art, 150, 250), art->mid + reel__art_between(art, -20, 30));
    const int rays = 10 + 2 * reel__art_pick(art, 5), points = 9 + reel__art_pick(art, 8);
    const double size = art->height * reel__art_between(art, 0.3, 0.37);
    const double shift = reel__art_between(art, 0, 36);

    for (int i = 0; i < rays; i++) {
        const reel_point ray[] = {at, reel__point_on(at, 560, shift + 360.0 * i / rays),
                                  reel__point_on(at, 560, shift + 360.0 * (i + 0.5) / rays)};

        reel__draw_polygon(art, TONE_HAZE, ray, 3);
    }
    star(art, TONE_FORM, at, size, points);
    star(art, TONE_ACCENT, at, size * 0.68, points);
    star(art, TONE_LIGHT, at, size * 0.36, points);
    for (int i = 0; i < 9; i++) {
        const reel_point bit = reel__point_on(at, size * reel__art_between(art, 1.15, 1.7),
                                              reel__art_between(art, 0, 360));

        reel__group_rotate(art, reel__art_between(art, 0, 90), bit);
        reel__draw_rect(art, i % 3 == 0 ? TONE_ACCENT : TONE_FORM, bit.x, bit.y,
                        reel__art_between(art, 6, 20), reel__art_between(art, 5, 12));
        reel__group_end(art);
    }
}

void reel__art_chevrons(reel_art *art)
{
    static const reel_tone tones[] = {TONE_HAZE, TONE_VEIL, TONE_FORM, TONE_ACCENT, TONE_LIGHT};
    const int count = 4 + reel__art_pick(art, 2);
    const double turn = reel__art_chance(art, 0.6) ? 0 : reel__art_between(art, -40, 40);
    const double thick = reel__art_between(art, 36, 52), gap = reel__art_between(art, 6, 22);
    const double rise = reel__art_between(art, 70, 150);
    double y = art->mid + (thick + gap) * (count - 1) / 2 + rise / 2;

    reel__group_rotate(art, turn, reel__point(200, art->mid));
    for (int i = 0; i < count; i++) {
        const double half = 178 - 20.0 * i * (rise > 110 ? 1 : 0.5);
        const reel_point arrow[] = {{200 - half, y},         {200, y - rise},
                                    {200 + half, y},         {200 + half, y + thick},
                                    {200, y - rise + thick}, {200 - half, y + thick}};

        reel__draw_polygon(art, tones[i + 5 - count], arrow, 6);
        y -= thick + gap;
    }
    reel__group_end(art);
}
