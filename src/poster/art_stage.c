/* art_stage.c - musical: staves, a record, spotlights; documentary: a strip of frames, a contact
 * sheet, a seismograph; and for films without a genre, the projector's beam.
 */
#include "poster/art_priv.h"

#include <math.h>

void reel__art_staves(reel_art *art)
{
    const double gap = reel__art_between(art, 20, 30), swing = reel__art_between(art, 50, 120);
    const double side = reel__art_chance(art, 0.5) ? 1 : -1;
    const double tail = side * reel__art_between(art, 30, 110);

    for (int i = 0; i < 5; i++) {
        const double y = art->mid + gap * (i - 2) + reel__art_between(art, -2, 2);

        reel__path_begin(art, i == 2 ? TONE_ACCENT : TONE_VEIL, 3.4);
        reel__path_move(art, -10, y + tail * 0.5);
        reel__path_curve(art, reel__point(90, y - side * swing), reel__point(130, y - side * swing),
                         reel__point(205, y));
        reel__path_curve(art, reel__point(280, y + side * swing),
                         reel__point(330, y + side * swing * 0.6), reel__point(410, y - tail));
        reel__path_end(art);
    }
    for (int i = 0; i < 5; i++) {
        const double x = 46 + 74 * i + reel__art_between(art, -14, 14), t = x / 205;
        const double wave = x < 205 ? -side * swing * 3 * t * (1 - t) * 0.8
                                    : side * swing * 2.4 * (t - 1) * (2 - t) * 0.9;
        const double y = art->mid + wave + gap * (reel__art_pick(art, 5) - 2);
        const double size = gap * reel__art_between(art, 0.62, 0.95);
        const reel_tone tone = i % 3 == 0 ? TONE_ACCENT : i % 3 == 1 ? TONE_FORM : TONE_LIGHT;
        const double up = y > art->mid - 20 ? -1 : 1;

        reel__group_rotate(art, -18, reel__point(x, y));
        reel__draw_ellipse(art, tone, reel__point(x, y), size * 1.25, size * 0.9);
        reel__group_end(art);
        reel__draw_rect(art, tone, x - up * size * 1.1 - 2.5, up < 0 ? y - size * 5 : y, 5,
                        size * 5);
        if (reel__art_chance(art, 0.4))
            reel__draw_polygon(
                art, tone,
                (reel_point[]){{x - up * size * 1.1, y + up * size * 5},
                               {x - up * size * 1.1 + size * 1.7, y + up * size * 3.6},
                               {x - up * size * 1.1, y + up * size * 3.9}},
                3);
    }
}

void reel__art_record(reel_art *art)
{
    const double radius = art->height * reel__art_between(art, 0.38, 0.5);
    const reel_point at =
        reel__point(reel__art_between(art, 100, 300), art->mid + reel__art_between(art, -30, 30));
    const double shine = reel__art_between(art, 0, 180),
                 label = radius * reel__art_between(art, 0.3, 0.4);

    reel__draw_disc(art, TONE_HAZE, at, radius * 1.1);
    reel__draw_disc(art, TONE_DEEP, at, radius);
    for (int i = 0; i < 2; i++) {
        const double turn = shine + 180 * i;
        const reel_point wedge[] = {at, reel__point_on(at, radius, turn - 9),
                                    reel__point_on(at, radius * 1.01, turn),
                                    reel__point_on(at, radius, turn + 9)};

        reel__group_fade(art, 0.5);
        reel__draw_polygon(art, TONE_VEIL, wedge, 4);
        reel__group_end(art);
    }
    for (int i = 0; label + 10 + 9 * i < radius - 5; i++)
        reel__draw_ring(art, TONE_VEIL, at, label + 10 + 9 * i, 0.9);
    reel__draw_disc(art, TONE_FORM, at, label);
    reel__draw_ring(art, TONE_ACCENT, at, label * 0.72, label * 0.16);
    reel__draw_disc(art, TONE_GROUND, at, 6);
    if (reel__art_chance(art, 0.6)) {
        const reel_point pivot = reel__point(at.x < 200 ? 372 : 28, art->top + 40);
        const reel_point tip = reel__point_on(at, radius * 0.7, at.x < 200 ? -25 : 205);

        reel__draw_line(art, TONE_LIGHT, pivot, tip, 6);
        reel__draw_disc(art, TONE_LIGHT, pivot, 15);
        reel__draw_disc(art, TONE_ACCENT, tip, 9);
    }
}

void reel__art_spots(reel_art *art)
{
    static const reel_tone tones[3] = {TONE_FORM, TONE_ACCENT, TONE_LIGHT};
    const int count = 2 + reel__art_pick(art, 2);
    const double floor = art->bottom - reel__art_between(art, 34, 60);
    const double x = reel__art_between(art, 150, 250), body = art->height * 0.2;

    for (int i = 0; i < count; i++) {
        const double from = count == 2 ? 30 + 340.0 * i : 20 + 180.0 * i;
        const double to = x + reel__art_between(art, -46, 46),
                     wide = reel__art_between(art, 54, 84);
        const reel_point beam[] = {{from - 6, art->top - 2},
                                   {from + 6, art->top - 2},
                                   {to + wide, floor},
                                   {to - wide, floor}};

        reel__group_fade(art, 0.42);
        reel__draw_polygon(art, tones[i % 3], beam, 4);
        reel__group_end(art);
        reel__group_fade(art, 0.6);
        reel__draw_ellipse(art, tones[i % 3], reel__point(to, floor), wide, wide * 0.2);
        reel__group_end(art);
    }
    reel__draw_disc(art, TONE_DEEP, reel__point(x, floor - body * 1.06), body * 0.15);
    reel__draw_polygon(art, TONE_DEEP,
                       (reel_point[]){{x - body * 0.14, floor - body * 0.9},
                                      {x + body * 0.14, floor - body * 0.9},
                                      {x + body * 0.4, floor + 3},
                                      {x - body * 0.4, floor + 3}},
                       4);
    reel__draw_line(art, TONE_DEEP, reel__point(x, floor - body * 0.78),
                    reel__point(x + body * 0.5, floor - body * 1.16), body * 0.1);
    if (reel__art_chance(art, 0.6))
        for (int i = 0; i < 10; i++)
            reel__draw_disc(art, TONE_DEEP, reel__point(20 + 40.0 * i, art->top - 4),
                            reel__art_between(art, 20, 34));
}

/* ---- documentary --------------------------------------------------------------------------- */

/* A view of something, in a frame. */
static void scene(reel_art *art, reel_point corner, reel_point size)
{
    static const reel_tone skies[] = {TONE_FORM, TONE_VEIL, TONE_LIGHT, TONE_ACCENT};
    const reel_tone sky = skies[reel__art_pick(art, 4)];
    const reel_tone mark = sky == TONE_ACCENT ? TONE_LIGHT : TONE_ACCENT;
    const double x = corner.x + size.x * reel__art_between(art, 0.25, 0.75);
    const double y = corner.y + size.y * reel__art_between(art, 0.45, 0.75);

    reel__group_window(art, corner.x, corner.y, size.x, size.y);
    reel__draw_rect(art, sky, corner.x, corner.y, size.x, size.y);
    switch (reel__art_pick(art, 5)) {
    case 0: /* sun and hills */
        reel__draw_disc(art, mark, reel__point(x, y), size.y * 0.24);
        reel__draw_ellipse(art, TONE_DEEP, reel__point(x - size.x * 0.3, corner.y + size.y),
                           size.x * 0.6, size.y * 0.3);
        break;
    case 1: /* a head */
        reel__draw_disc(art, TONE_DEEP, reel__point(x, corner.y + size.y * 0.42), size.y * 0.2);
        reel__draw_ellipse(art, TONE_DEEP, reel__point(x, corner.y + size.y * 1.02), size.x * 0.3,
                           size.y * 0.36);
        break;
    case 2: /* houses */
        for (int i = 0; i < 5; i++)
            reel__draw_rect(art, TONE_DEEP, corner.x + size.x * 0.2 * i,
                            corner.y + size.y * reel__art_between(art, 0.3, 0.8), size.x * 0.17,
                            size.y);
        break;
    case 3: /* sea */
        reel__draw_rect(art, TONE_DEEP, corner.x, y, size.x, size.y);
        reel__draw_rect(art, mark, x, y + size.y * 0.1, size.x * 0.3, 2.5);
        break;
    default: /* a mountain */
        reel__draw_polygon(art, TONE_DEEP,
                           (reel_point[]){{x, corner.y + size.y * 0.25},
                                          {x + size.x * 0.5, corner.y + size.y},
                                          {x - size.x * 0.5, corner.y + size.y}},
                           3);
        break;
    }
    reel__window_end(art);
}

void reel__art_strip(reel_art *art)
{
    const double turn = reel__art_chance(art, 0.3) ? 0 : reel__art_between(art, -24, 24);
    const double wide = reel__art_between(art, 170, 236),
                 x = 200 - wide / 2 + reel__art_between(art, -40, 40);
    const double frame = wide * 0.62, hole = wide * 0.07;
    const double start = art->mid - 3.4 * frame;

    reel__group_rotate(art, turn, reel__point(200, art->mid));
    reel__draw_rect(art, TONE_DEEP, x, art->mid - 420, wide, 840);
    for (int i = 0; i < 7; i++)
        scene(art, reel__point(x + wide * 0.16, start + frame * i + 5),
              reel__point(wide * 0.68, frame - 10));
    for (int i = 0; hole * 2.2 * i < 840; i++) {
        const double y = art->mid - 420 + hole * 2.2 * i;

        reel__draw_pill(art, TONE_LIGHT, reel__point(x + hole * 0.55, y),
                        reel__point(hole, hole * 1.25), 2);
        reel__draw_pill(art, TONE_LIGHT, reel__point(x + wide - hole * 1.55, y),
                        reel__point(hole, hole * 1.25), 2);
    }
    reel__group_end(art);
}

void reel__art_sheet(reel_art *art)
{
    const int columns = 2 + reel__art_pick(art, 2);
    const double wide = (POSTER_WIDTH - 56 - 10 * (columns - 1)) / columns, tall = wide * 0.7;
    const int rows = (int)((art->height - 40) / (tall + 10));
    const double top = art->mid - (rows * (tall + 10) - 10) / 2;
    const int chosen = reel__art_pick(art, columns * rows);
    reel_point marked = reel__point(0, 0);

    for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
            const reel_point corner =
                reel__point(28 + (wide + 10) * column, top + (tall + 10) * row);

            scene(art, corner, reel__point(wide, tall));
            if (row * columns + column == chosen)
                marked = reel__point(corner.x + wide / 2, corner.y + tall / 2);
        }
    }
    reel__draw_oval(art, TONE_ACCENT, marked, reel__point(wide * 0.6, tall * 0.64), 6);
}

/* Lines over lines, each hiding what lies behind it. */
void reel__art_waves(reel_art *art)
{
    enum { STEPS = 26 };
    const int lines = 13 + reel__art_pick(art, 6);
    const double gap = (art->height - 110) / lines, peak = reel__art_between(art, 120, 280);
    const double spread = reel__art_between(art, 46, 90);
    const int hot = reel__art_pick(art, lines);

    for (int i = 0; i < lines; i++) {
        const double y = art->top + 84 + gap * i;

        for (int pass = 0; pass < 2; pass++) {
            const reel_rng before = art->rng;

            reel__path_begin(art,
                             pass == 0  ? TONE_GROUND
                             : i == hot ? TONE_ACCENT
                                        : TONE_FORM,
                             pass == 0 ? 0 : 2.4);
            reel__path_move(art, 30, y);
            for (int k = 1; k < STEPS; k++) {
                const double x = 30 + 340.0 * k / (STEPS - 1), off = (x - peak) / spread;
                const double hill = exp(-off * off) * 62 + 4;

                reel__path_to(art, x, y - hill * reel__rng_unit(&art->rng));
            }
            reel__path_end(art);
            if (pass == 0)
                art->rng = before; /* the line runs along the edge of its own shape */
        }
    }
}

/* ---- no genre ------------------------------------------------------------------------------ */

void reel__art_beam(reel_art *art)
{
    const double side = reel__art_chance(art, 0.5) ? 1 : -1;
    const reel_point lens =
        reel__point(200 + side * 180, art->bottom - reel__art_between(art, 20, 90));
    const double wide = reel__art_between(art, 150, 210),
                 tall = wide * reel__art_between(art, 0.56, 0.75);
    const reel_point screen =
        reel__point(200 - side * 60 - wide / 2, art->top + reel__art_between(art, 50, 90));
    const reel_point beam[] = {lens,
                               {screen.x + (side > 0 ? 0 : wide), screen.y},
                               {screen.x + (side > 0 ? wide : 0), screen.y + tall}};

    reel__draw_polygon(art, TONE_VEIL, beam, 3);
    reel__draw_rect(art, TONE_FORM, screen.x, screen.y, wide, tall);
    scene(art, reel__point(screen.x + 7, screen.y + 7), reel__point(wide - 14, tall - 14));
    for (int i = 0; i < 3; i++)
        reel__draw_ring(art, i == 1 ? TONE_ACCENT : TONE_FORM, lens, 12 + 15 * i, 5);
    for (int i = 0; i < 7; i++)
        reel__draw_pill(art, TONE_DEEP,
                        reel__point(12 + 56.0 * i, art->bottom - 26 + 5.0 * (i % 2)),
                        reel__point(40, 50), 18);
}
