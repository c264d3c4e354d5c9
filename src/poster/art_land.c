/* art_land.c - western and adventure: a low sun, a road, cacti; ridges, a sail, a compass rose.
 * The land is deep and carries the title.
 */
#include "poster/art_priv.h"

#include <math.h>

/* The sun, whole or in slices that grow thinner towards the horizon. */
static void sun(reel_art *art, reel_point at, double radius)
{
    const reel_tone tone = reel__art_chance(art, 0.6) ? TONE_FORM : TONE_ACCENT;
    const int slices = reel__art_chance(art, 0.45) ? 5 + reel__art_pick(art, 2) : 0;
    double y = at.y - radius;

    if (slices == 0)
        reel__draw_disc(art, tone, at, radius);
    for (int i = 0; i < slices; i++) {
        const double tall = i == 0 ? radius * 1.02 : radius * (0.2 - 0.022 * i);

        reel__group_window(art, at.x - radius, y, 2 * radius, tall);
        reel__draw_disc(art, tone, at, radius);
        reel__window_end(art);
        y += tall + 2 + 1.6 * i;
    }
}

/* A table mountain standing on y. */
static void mesa(reel_art *art, reel_tone tone, double x, double y, double width)
{
    const double height = width * reel__art_between(art, 0.35, 0.7);
    const double slope = width * 0.16, shelf = height * reel__art_between(art, 0.35, 0.55);
    const reel_point points[] = {
        {x - width / 2 - slope * 1.6, y},
        {x - width / 2 - slope * 0.4, y - shelf},
        {x - width / 2, y - shelf},
        {x - width / 2 + slope * 0.3, y - height},
        {x + width / 2 - slope * 0.5, y - height},
        {x + width / 2 - slope * 0.2, y - shelf * 1.2},
        {x + width / 2 + slope * 0.5, y - shelf * 1.2},
        {x + width / 2 + slope * 1.8, y},
    };

    reel__draw_polygon(art, tone, points, 8);
}

void reel__art_low_sun(reel_art *art)
{
    const double horizon = art->bottom - reel__art_between(art, 10, 46);
    const double radius = reel__art_between(art, 78, 132);
    const double side = reel__art_chance(art, 0.5) ? 1 : -1;
    const reel_point at = reel__point(200 - side * reel__art_between(art, 20, 90),
                                      horizon - radius * reel__art_between(art, 0.3, 1.05));

    for (int i = 0; i < 3; i++)
        reel__draw_rect(art, i == 0 ? TONE_HAZE : TONE_VEIL, 0, horizon - 120 + 42 * i,
                        POSTER_WIDTH, i == 0 ? 120 : 6 + 8 * i);
    sun(art, at, radius);
    mesa(art, TONE_VEIL, 200 - side * reel__art_between(art, 130, 190), horizon,
         reel__art_between(art, 60, 100));
    mesa(art, TONE_DEEP, 200 + side * reel__art_between(art, 100, 150), horizon,
         reel__art_between(art, 110, 170));
    reel__draw_rect(art, TONE_DEEP, 0, horizon - 1, POSTER_WIDTH, art->bottom - horizon + UNDERLAP);
}

void reel__art_road(reel_art *art)
{
    const double horizon = art->bottom - reel__art_between(art, 60, 120);
    const double x = reel__art_between(art, 130, 270);
    const double side = x < 200 ? 1 : -1;
    const reel_point road[] = {{x - 3, horizon},
                               {x + 3, horizon},
                               {x + 150 - side * 40, art->bottom + UNDERLAP},
                               {x - 150 - side * 40, art->bottom + UNDERLAP}};

    sun(art, reel__point(x, horizon - reel__art_between(art, 0, 70)),
        reel__art_between(art, 64, 110));
    reel__draw_rect(art, TONE_DEEP, 0, horizon, POSTER_WIDTH, art->bottom - horizon + UNDERLAP);
    reel__draw_polygon(art, TONE_VEIL, road, 4);
    for (int i = 0; i < 6; i++) {
        const double scale = pow(0.58, i);
        const double foot = horizon + (art->bottom - horizon) * scale * 0.9;
        const double at = x + side * 215 * scale, height = 330 * scale;

        reel__draw_rect(art, TONE_DEEP, at - 3 * scale, foot - height, 7 * scale, height);
        reel__draw_rect(art, TONE_DEEP, at - 34 * scale, foot - height * 0.94, 68 * scale,
                        6 * scale);
        reel__draw_rect(art, TONE_DEEP, at - 24 * scale, foot - height * 0.85, 48 * scale,
                        5 * scale);
    }
}

static void cactus(reel_art *art, double x, double foot, double height)
{
    const double w = height * 0.17;

    reel__draw_pill(art, TONE_DEEP, reel__point(x - w / 2, foot - height),
                    reel__point(w, height + w), w / 2);
    for (int side = -1; side <= 1; side += 2) {
        const double elbow = foot - height * reel__art_between(art, 0.32, 0.58);
        const double reach = w * reel__art_between(art, 1.3, 1.8);
        const double rise = height * reel__art_between(art, 0.2, 0.36), thin = w * 0.72;
        const double outer = side > 0 ? x + reach - thin / 2 : x - reach - thin / 2;

        reel__draw_pill(art, TONE_DEEP, reel__point(side > 0 ? x : x - reach, elbow - thin / 2),
                        reel__point(reach, thin), thin / 2);
        reel__draw_pill(art, TONE_DEEP, reel__point(outer, elbow - rise),
                        reel__point(thin, rise + thin / 2), thin / 2);
    }
}

void reel__art_cactus(reel_art *art)
{
    const double horizon = art->bottom - reel__art_between(art, 6, 30);
    const double x = reel__art_between(art, 110, 290);

    sun(art,
        reel__point(reel__art_between(art, 120, 280), horizon - reel__art_between(art, 90, 190)),
        reel__art_between(art, 80, 125));
    reel__draw_rect(art, TONE_DEEP, 0, horizon, POSTER_WIDTH, art->bottom - horizon + UNDERLAP);
    cactus(art, x, horizon, reel__art_between(art, 0.5, 0.66) * art->height);
    cactus(art, x < 200 ? x + 150 : x - 150, horizon, reel__art_between(art, 60, 120));
    if (reel__art_chance(art, 0.5))
        cactus(art, x < 200 ? 30 : 370, horizon, reel__art_between(art, 40, 70));
}

/* ---- adventure ----------------------------------------------------------------------------- */

/* A skyline from edge to edge, filled down to the bottom: jagged, or rolling in curves. */
static void ridge(reel_art *art, reel_tone tone, double y, double swing, bool smooth)
{
    enum { STEPS = 9 };
    reel_point points[STEPS];

    for (int i = 0; i < STEPS; i++)
        points[i] =
            reel__point(-20 + 440.0 * i / (STEPS - 1) + reel__art_between(art, -12, 12),
                        y - (i % 2 == 0 ? 0.15 : 1.0) * swing * reel__art_between(art, 0.35, 1.0));
    points[0].x = -20;
    points[STEPS - 1].x = 420;
    reel__path_begin(art, tone, 0);
    reel__path_move(art, -20, art->bottom + UNDERLAP);
    reel__path_to(art, points[0].x, points[0].y);
    for (int i = 1; i < STEPS; i++) {
        const double half = (points[i].x - points[i - 1].x) / 2;

        if (smooth)
            reel__path_curve(art, reel__point(points[i - 1].x + half, points[i - 1].y),
                             reel__point(points[i].x - half, points[i].y), points[i]);
        else
            reel__path_to(art, points[i].x, points[i].y);
    }
    reel__path_to(art, 420, art->bottom + UNDERLAP);
    reel__path_close(art);
    reel__path_end(art);
}

void reel__art_ridges(reel_art *art)
{
    static const reel_tone tones[] = {TONE_HAZE, TONE_VEIL, TONE_FORM, TONE_DEEP};
    const bool smooth = reel__art_chance(art, 0.4);
    const double first = art->top + art->height * reel__art_between(art, 0.42, 0.52);

    reel__draw_disc(art, reel__art_chance(art, 0.7) ? TONE_ACCENT : TONE_LIGHT,
                    reel__point(reel__art_between(art, 90, 310),
                                art->top + art->height * reel__art_between(art, 0.26, 0.44)),
                    reel__art_between(art, 36, 82));
    for (int i = 0; i < 4; i++)
        ridge(art, tones[i], first + (art->bottom - first) * i * 0.31,
              smooth ? 70 - 8 * i : 120 - 22 * i, smooth);
}

void reel__art_sail(reel_art *art)
{
    static const reel_tone tones[] = {TONE_VEIL, TONE_FORM, TONE_DEEP};
    const double sea = art->bottom - art->height * reel__art_between(art, 0.3, 0.4);
    const double x = reel__art_between(art, 130, 270), tall = reel__art_between(art, 130, 200);
    const double lean = reel__art_between(art, -9, 9);
    const reel_point main_sail[] = {
        {x + 4, sea - tall}, {x + 4, sea - 8}, {x + tall * 0.46, sea - 8}};
    const reel_point jib[] = {
        {x - 4, sea - tall * 0.82}, {x - 4, sea - 8}, {x - tall * 0.34, sea - 8}};
    const reel_point hull[] = {{x - tall * 0.4, sea},
                               {x + tall * 0.5, sea},
                               {x + tall * 0.36, sea + tall * 0.16},
                               {x - tall * 0.26, sea + tall * 0.16}};

    reel__draw_disc(
        art, TONE_ACCENT,
        reel__point(x < 200 ? reel__art_between(art, 250, 320) : reel__art_between(art, 80, 150),
                    sea - reel__art_between(art, 10, 150)),
        reel__art_between(art, 46, 84));
    reel__group_rotate(art, lean, reel__point(x, sea));
    reel__draw_polygon(art, TONE_LIGHT, main_sail, 3);
    reel__draw_polygon(art, TONE_FORM, jib, 3);
    reel__draw_polygon(art, TONE_DEEP, hull, 4);
    reel__group_end(art);
    for (int row = 0; row < 3; row++) {
        const double y = sea + 12 + (art->bottom - sea - 12) * row / 3.0;
        const double wave = 66 - 8 * row, shift = reel__art_between(art, 0, wave);

        reel__path_begin(art, tones[row], 0);
        reel__path_move(art, -wave - shift, art->bottom + UNDERLAP);
        reel__path_to(art, -wave - shift, y);
        for (int i = 0; i * wave - shift < POSTER_WIDTH + wave; i++) {
            const double at = i * wave - shift;

            reel__path_curve(art, reel__point(at - wave * 0.6, y + 24),
                             reel__point(at - wave * 0.2, y + 16), reel__point(at, y));
        }
        reel__path_to(art, POSTER_WIDTH + wave, art->bottom + UNDERLAP);
        reel__path_close(art);
        reel__path_end(art);
    }
}

void reel__art_compass(reel_art *art)
{
    const reel_point center = reel__point(200 + reel__art_between(art, -30, 30), art->mid);
    const double reach = fmin(175, art->height * 0.43), turn = reel__art_between(art, -20, 20);

    reel__draw_disc(art, TONE_HAZE, center, reach * 0.86);
    reel__draw_ring(art, TONE_VEIL, center, reach * 0.86, 2);
    for (int i = 0; i < 72; i++)
        reel__draw_line(art, TONE_VEIL, reel__point_on(center, reach * 0.8, 5 * i),
                        reel__point_on(center, reach * (i % 6 == 0 ? 0.7 : 0.76), 5 * i), 1.5);
    for (int i = 0; i < 8; i++) {
        const int at = i < 4 ? 2 * i + 1 : 2 * (i - 4); /* the long points lie on the short ones */
        const double angle = turn - 90 + 45 * at, length = at % 2 == 0 ? reach : reach * 0.62;
        const reel_point tip = reel__point_on(center, length, angle);
        const reel_point left[] = {tip, reel__point_on(center, reach * 0.17, angle - 45), center};
        const reel_point right[] = {tip, reel__point_on(center, reach * 0.17, angle + 45), center};
        const bool north = at == 0;

        reel__draw_polygon(art, north ? TONE_ACCENT : TONE_FORM, left, 3);
        reel__draw_polygon(art, TONE_LIGHT, right, 3);
    }
    reel__draw_disc(art, TONE_GROUND, center, reach * 0.05);
}
