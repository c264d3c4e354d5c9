/* art_night.c - film noir and crime: blinds of light, a street lamp, a city, stairs. */
#include "poster/art_priv.h"

#include <math.h>

/* Somebody in a hat, from the shoulders up; the coat runs into the title's ground. */
static void stranger(reel_art *art, reel_tone tone, double x, double foot, double size)
{
    const double k = size / 240;

    reel__path_begin(art, tone, 0);
    reel__path_move(art, x - 128 * k, foot + UNDERLAP);
    reel__path_curve(art, reel__point(x - 120 * k, foot - 70 * k),
                     reel__point(x - 70 * k, foot - 92 * k),
                     reel__point(x - 36 * k, foot - 108 * k));
    reel__path_to(art, x - 30 * k, foot - 150 * k);
    reel__path_to(art, x + 34 * k, foot - 150 * k);
    reel__path_to(art, x + 40 * k, foot - 108 * k);
    reel__path_curve(art, reel__point(x + 76 * k, foot - 92 * k),
                     reel__point(x + 122 * k, foot - 70 * k),
                     reel__point(x + 130 * k, foot + UNDERLAP));
    reel__path_close(art);
    reel__path_end(art);
    reel__draw_ellipse(art, tone, reel__point(x + 2 * k, foot - 152 * k), 40 * k, 50 * k);
    reel__group_rotate(art, reel__art_between(art, -9, 9), reel__point(x, foot - 182 * k));
    reel__draw_ellipse(art, tone, reel__point(x, foot - 180 * k), 90 * k, 13 * k);
    reel__path_begin(art, tone, 0);
    reel__path_move(art, x - 52 * k, foot - 180 * k);
    reel__path_curve(art, reel__point(x - 52 * k, foot - 232 * k),
                     reel__point(x - 40 * k, foot - 254 * k), reel__point(x, foot - 232 * k));
    reel__path_curve(art, reel__point(x + 40 * k, foot - 254 * k),
                     reel__point(x + 54 * k, foot - 232 * k),
                     reel__point(x + 54 * k, foot - 180 * k));
    reel__path_close(art);
    reel__path_end(art);
    reel__group_end(art);
}

void reel__art_blinds(reel_art *art)
{
    const int slats = 7 + reel__art_pick(art, 5);
    const double fall = reel__art_between(art, -90, 90);
    const double left = reel__art_between(art, -20, 60), right = reel__art_between(art, 330, 420);
    const double step = (art->height + fabs(fall)) / slats;
    const double share = reel__art_between(art, 0.42, 0.62);
    const double x = reel__art_between(art, 140, 260);
    const double tall = art->height * reel__art_between(art, 0.66, 0.84);

    for (int i = 0; i <= slats; i++) {
        const double y = art->top - fabs(fall) / 2 + i * step - fall / 2;
        const reel_point slat[] = {{left, y},
                                   {right, y + fall},
                                   {right, y + fall + step * share},
                                   {left, y + step * share}};

        reel__draw_polygon(art, TONE_FORM, slat, 4);
    }
    stranger(art, TONE_DEEP, x, art->bottom, tall);
    if (reel__art_chance(art, 0.5))
        reel__draw_disc(art, TONE_ACCENT, reel__point(x + 0.17 * tall, art->bottom - tall * 0.49),
                        5);
}

/* Slats that somebody holds apart to look out. */
void reel__art_peek(reel_art *art)
{
    const int slats = 8 + reel__art_pick(art, 3), gap = slats / 2 - reel__art_pick(art, 2);
    const double step = art->height / slats, open = step * reel__art_between(art, 0.75, 1.05);
    const double x = reel__art_between(art, 150, 250), half = reel__art_between(art, 84, 120);
    const double y0 = art->top + step * gap, eye = open * 0.52;

    for (int i = 0; i < slats; i++) {
        const double y = art->top + step * (i + 0.5);
        const double near = pow(0.45, i < gap ? gap - 1 - i : i - gap);
        const double bend = (i < gap ? -1 : 1) * open * near;

        reel__path_begin(art, TONE_FORM, step * 0.7);
        reel__path_move(art, -10, y);
        reel__path_to(art, x - half * 1.5, y);
        reel__path_curve(art, reel__point(x - half * 0.7, y), reel__point(x - half * 0.5, y + bend),
                         reel__point(x, y + bend));
        reel__path_curve(art, reel__point(x + half * 0.5, y + bend), reel__point(x + half * 0.7, y),
                         reel__point(x + half * 1.5, y));
        reel__path_to(art, 410, y);
        reel__path_end(art);
    }
    for (int side = -1; side <= 1; side += 2) {
        const reel_point at = reel__point(x + side * half * 0.34, y0);

        reel__draw_ellipse(art, TONE_LIGHT, at, eye * 1.15, eye * 0.74);
        reel__draw_disc(art, TONE_ACCENT, reel__point(at.x + eye * 0.16, at.y), eye * 0.6);
        reel__draw_disc(art, TONE_DEEP, reel__point(at.x + eye * 0.16, at.y), eye * 0.32);
    }
}

/* A small walker, feet at the point. */
static void walker(reel_art *art, reel_tone tone, reel_point feet, double height)
{
    const double k = height / 100;
    const reel_point coat[] = {{feet.x - 13 * k, feet.y - 78 * k},
                               {feet.x + 13 * k, feet.y - 78 * k},
                               {feet.x + 19 * k, feet.y - 24 * k},
                               {feet.x - 19 * k, feet.y - 24 * k}};

    reel__draw_polygon(art, tone, coat, 4);
    reel__draw_rect(art, tone, feet.x - 12 * k, feet.y - 25 * k, 9 * k, 25 * k);
    reel__draw_rect(art, tone, feet.x + 4 * k, feet.y - 25 * k, 9 * k, 25 * k);
    reel__draw_disc(art, tone, reel__point(feet.x, feet.y - 88 * k), 11 * k);
    reel__draw_rect(art, tone, feet.x - 20 * k, feet.y - 95 * k, 40 * k, 4 * k);
    reel__draw_rect(art, tone, feet.x - 11 * k, feet.y - 107 * k, 22 * k, 13 * k);
}

void reel__art_lamp(reel_art *art)
{
    const double side = reel__art_chance(art, 0.5) ? 1 : -1;
    const double floor = art->bottom - reel__art_between(art, 34, 70);
    const reel_point lamp =
        reel__point(200 + side * reel__art_between(art, 30, 90),
                    art->top + art->height * reel__art_between(art, 0.14, 0.26));
    const double spread = reel__art_between(art, 84, 128);
    const double post = lamp.x + side * 62;
    const reel_point cone[] = {{lamp.x - 10, lamp.y},
                               {lamp.x + 10, lamp.y},
                               {lamp.x + spread, floor},
                               {lamp.x - spread, floor}};
    const reel_point feet = reel__point(lamp.x - side * reel__art_between(art, 20, 60), floor + 6);
    const reel_point shadow[] = {{feet.x - 9, feet.y},
                                 {feet.x + 9, feet.y},
                                 {feet.x - side * 70 + 16, art->bottom + 4},
                                 {feet.x - side * 70 - 34, art->bottom + 4}};

    reel__draw_rect(art, TONE_HAZE, 0, floor - 2, POSTER_WIDTH, art->bottom - floor + 4);
    reel__draw_polygon(art, TONE_VEIL, cone, 4);
    reel__draw_ellipse(art, TONE_FORM, reel__point(lamp.x, floor), spread, 20);
    for (int i = 0; i < 26; i++) {
        const double x = reel__art_between(art, 0, 420);
        const double y = reel__art_between(art, art->top, floor - 40);

        reel__draw_line(art, TONE_HAZE, reel__point(x, y), reel__point(x - 9, y + 34), 1.4);
    }
    reel__draw_polygon(art, TONE_DEEP, shadow, 4);
    walker(art, TONE_DEEP, feet, reel__art_between(art, 96, 128));
    reel__draw_rect(art, TONE_DEEP, post - 3, lamp.y - 12, 6, floor - lamp.y + 20);
    reel__draw_rect(art, TONE_DEEP, fmin(lamp.x - 4, post), lamp.y - 14, fabs(post - lamp.x) + 7,
                    5);
    reel__draw_disc(art, TONE_ACCENT, lamp, 12);
}

static void house(reel_art *art, reel_tone tone, double x, double width, double height)
{
    const double y = art->bottom - height;
    const int columns = (int)(width / 15), rows = (int)(height / 20);
    const double step = width / (columns + 0.35);

    reel__draw_rect(art, tone, x, y, width, height + UNDERLAP);
    if (tone != TONE_DEEP)
        return;
    for (int row = 0; row < rows - 1; row++)
        for (int column = 0; column < columns; column++)
            if (reel__art_chance(art, 0.26))
                reel__draw_rect(art, reel__art_chance(art, 0.75) ? TONE_FORM : TONE_ACCENT,
                                x + step * (column + 0.4), y + 12 + 20 * row, step * 0.5, 10);
}

void reel__art_city(reel_art *art)
{
    const bool moon = reel__art_chance(art, 0.75);

    if (moon)
        reel__draw_disc(art, reel__art_chance(art, 0.5) ? TONE_ACCENT : TONE_LIGHT,
                        reel__point(reel__art_between(art, 80, 320),
                                    art->top + reel__art_between(art, 80, 140)),
                        reel__art_between(art, 30, 74));
    for (double x = -20; x < POSTER_WIDTH;) {
        const double width = reel__art_between(art, 38, 74);

        house(art, TONE_VEIL, x, width, art->height * reel__art_between(art, 0.4, 0.72));
        x += width - 1;
    }
    for (double x = reel__art_between(art, -30, 0); x < POSTER_WIDTH;) {
        const double width = reel__art_between(art, 56, 104);

        house(art, TONE_DEEP, x, width, art->height * reel__art_between(art, 0.18, 0.56));
        x += width + reel__art_between(art, -1, 16);
    }
}

void reel__art_stairs(reel_art *art)
{
    const int steps = 6 + reel__art_pick(art, 5);
    const bool mirrored = reel__art_chance(art, 0.5);
    const double start = art->top + art->height * reel__art_between(art, 0.3, 0.42);
    const double wide = 420.0 / steps, tall = (art->bottom - start) / steps;
    const int place = 1 + reel__art_pick(art, steps / 2);

    reel__draw_disc(art, TONE_ACCENT,
                    reel__point(mirrored ? 100 : 300, start + reel__art_between(art, -60, 10)),
                    reel__art_between(art, 56, 88));
    for (int i = 0; i < steps; i++) {
        const double x = mirrored ? POSTER_WIDTH - wide * (i + 1) : wide * i;
        const double y = start + tall * i;

        reel__draw_rect(art, TONE_FORM, x, y, wide + 0.6, art->bottom - y + UNDERLAP);
        reel__draw_rect(art, TONE_VEIL, mirrored ? x + wide * 0.8 : x, y + 7, wide * 0.2,
                        art->bottom - y);
    }
    /* On a dark ground somebody dark would not be seen. */
    walker(art,
           reel__palette_contrast(art->palette.rgb[TONE_DEEP], art->palette.rgb[TONE_GROUND]) > 3
               ? TONE_DEEP
               : TONE_LIGHT,
           reel__point(mirrored ? POSTER_WIDTH - wide * (place + 0.5) : wide * (place + 0.5),
                       start + tall * place),
           reel__art_between(art, 70, 100));
}
