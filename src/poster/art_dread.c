/* art_dread.c - horror: shards, teeth, drips, an eye; mystery: a keyhole, a door, a maze. */
#include "poster/art_priv.h"

#include <math.h>

/* Broken glass: rings of quarrels around a blow, each a little out of its place. */
void reel__art_shards(reel_art *art)
{
    enum { MOST = 15 };
    static const double radii[] = {12, 74, 168, 300, 520};
    const reel_tone tones[] = {TONE_FORM, TONE_VEIL, TONE_HAZE, TONE_DEEP, TONE_FORM};
    const reel_point blow =
        reel__point(reel__art_between(art, 110, 290), art->mid + reel__art_between(art, -70, 70));
    const int wedges = 9 + reel__art_pick(art, MOST - 9);
    double angles[MOST + 1] = {0}, start = reel__art_between(art, 0, 360);
    const int hot = reel__art_pick(art, wedges);

    for (int i = 0; i < wedges; i++)
        angles[i] = start + 360.0 / wedges * (i + reel__art_between(art, -0.34, 0.34));
    angles[wedges] = angles[0] + 360;
    for (int i = 0; i < wedges; i++) {
        for (int ring = 0; ring < 4; ring++) {
            const double skew = reel__art_between(art, 0.72, 1.25);
            const double near = radii[ring] * (ring == 0 ? 1 : skew) + 2;
            const double far = radii[ring + 1] * skew - 3;
            const reel_point piece[] = {reel__point_on(blow, near, angles[i] + 0.8),
                                        reel__point_on(blow, far, angles[i] + 0.4),
                                        reel__point_on(blow, far * 0.93, angles[i + 1] - 0.4),
                                        reel__point_on(blow, near, angles[i + 1] - 0.8)};
            const int tone = reel__art_pick(art, 5);

            reel__draw_polygon(art, i == hot && ring < 2 ? TONE_ACCENT : tones[tone], piece, 4);
        }
    }
    reel__draw_disc(art, TONE_LIGHT, blow, 9);
}

static void spikes(reel_art *art, reel_tone tone, double edge, double reach)
{
    double x = -10;

    reel__path_begin(art, tone, 0);
    reel__path_move(art, x, edge);
    while (x < POSTER_WIDTH) {
        const double width = reel__art_between(art, 26, 60);
        const double length = reach * reel__art_between(art, 0.45, 1.0);

        reel__path_to(art, x + width * reel__art_between(art, 0.35, 0.65), edge + length);
        x += width;
        reel__path_to(art, x, edge + reach * 0.06);
    }
    reel__path_to(art, x, edge);
    reel__path_close(art);
    reel__path_end(art);
}

void reel__art_teeth(reel_art *art)
{
    const reel_point center = reel__point(reel__art_between(art, 140, 260), art->mid);
    const double radius = reel__art_between(art, 70, 110);

    reel__draw_disc(art, TONE_HAZE, center, radius * 1.9);
    reel__draw_disc(art, TONE_FORM, center, radius);
    if (reel__art_chance(art, 0.6))
        reel__draw_ellipse(art, TONE_DEEP, center, radius * 0.13, radius * 0.78);
    spikes(art, TONE_DEEP, art->top - 1, art->height * reel__art_between(art, 0.34, 0.5));
    spikes(art, TONE_DEEP, art->bottom + UNDERLAP,
           -art->height * reel__art_between(art, 0.34, 0.5));
}

void reel__art_drips(reel_art *art)
{
    double x = 0;
    const double pool = art->top + art->height * reel__art_between(art, 0.1, 0.2);

    reel__draw_disc(art, TONE_VEIL, reel__point(reel__art_between(art, 130, 270), art->mid + 30),
                    reel__art_between(art, 90, 130));
    reel__draw_rect(art, TONE_FORM, 0, art->top, POSTER_WIDTH, pool - art->top);
    while (x < POSTER_WIDTH) {
        const double width = reel__art_between(art, 14, 40);
        const double length = art->height * pow(reel__rng_unit(&art->rng), 1.7) * 0.74 + width / 2;

        reel__draw_pill(art, TONE_FORM, reel__point(x, pool - width),
                        reel__point(width, length + width), width / 2);
        if (reel__art_chance(art, 0.18) && length < art->height * 0.4) {
            const reel_point drop = reel__point(x + width / 2, pool + length + width * 2.2);

            reel__path_begin(art, TONE_FORM, 0);
            reel__path_move(art, drop.x, drop.y - width);
            reel__path_curve(art, reel__point(drop.x + width * 0.7, drop.y + width * 0.5),
                             reel__point(drop.x + width * 0.4, drop.y + width * 0.9),
                             reel__point(drop.x, drop.y + width * 0.9));
            reel__path_curve(art, reel__point(drop.x - width * 0.4, drop.y + width * 0.9),
                             reel__point(drop.x - width * 0.7, drop.y + width * 0.5),
                             reel__point(drop.x, drop.y - width));
            reel__path_end(art);
        }
        x += width + reel__art_between(art, 0, 12);
    }
}

void reel__art_eye(reel_art *art)
{
    const reel_point at = reel__point(200, art->mid + reel__art_between(art, -10, 40));
    const double half = reel__art_between(art, 130, 172),
                 lid = half * reel__art_between(art, 0.5, 0.7);
    const double iris = lid * 0.62;
    const int lashes = 11 + 2 * reel__art_pick(art, 5);

    for (int i = 0; i < lashes; i++) {
        const double turn = -165 + 150.0 * i / (lashes - 1);
        const reel_point root = reel__point_on(at, lid * 0.55, turn);
        const double reach = art->height * 0.36 * reel__art_between(art, 0.75, 1.1);
        const reel_point lash[] = {reel__point_on(root, 16, turn - 90),
                                   reel__point_on(root, reach, turn),
                                   reel__point_on(root, 16, turn + 90)};

        reel__draw_polygon(art, i % 2 == 0 ? TONE_FORM : TONE_VEIL, lash, 3);
    }
    reel__path_begin(art, TONE_LIGHT, 0);
    reel__path_move(art, at.x - half, at.y);
    reel__path_curve(art, reel__point(at.x - half * 0.4, at.y - lid * 1.35),
                     reel__point(at.x + half * 0.4, at.y - lid * 1.35),
                     reel__point(at.x + half, at.y));
    reel__path_curve(art, reel__point(at.x + half * 0.4, at.y + lid * 1.35),
                     reel__point(at.x - half * 0.4, at.y + lid * 1.35),
                     reel__point(at.x - half, at.y));
    reel__path_end(art);
    reel__draw_disc(art, TONE_FORM, at, iris);
    reel__draw_ring(art, TONE_DEEP, at, iris, 5);
    if (reel__art_chance(art, 0.5))
        reel__draw_ellipse(art, TONE_DEEP, at, iris * 0.2, iris * 0.86);
    else
        reel__draw_disc(art, TONE_DEEP, at, iris * 0.5);
    reel__draw_disc(art, TONE_LIGHT, reel__point(at.x + iris * 0.3, at.y - iris * 0.34),
                    iris * 0.13);
}

/* ---- mystery ------------------------------------------------------------------------------- */

static void keyhole(reel_art *art, reel_tone tone, reel_point at, double size)
{
    const reel_point foot[] = {{at.x - size * 0.36, at.y},
                               {at.x + size * 0.36, at.y},
                               {at.x + size * 0.74, at.y + size * 2.3},
                               {at.x - size * 0.74, at.y + size * 2.3}};

    reel__draw_disc(art, tone, at, size);
    reel__draw_polygon(art, tone, foot, 4);
}

void reel__art_keyhole(reel_art *art)
{
    const double size = art->height * reel__art_between(art, 0.15, 0.19);
    const reel_point at = reel__point(reel__art_between(art, 160, 240), art->mid - size * 0.66);
    const double eye = size * 0.5;

    keyhole(art, TONE_HAZE, reel__point(at.x, at.y - size * 0.12), size * 1.5);
    keyhole(art, TONE_VEIL, reel__point(at.x, at.y - size * 0.06), size * 1.22);
    keyhole(art, TONE_ACCENT, at, size);
    if (reel__art_chance(art, 0.5)) {
        reel__draw_disc(art, TONE_DEEP, reel__point(at.x, at.y + size * 0.55), eye * 0.34);
        reel__draw_pill(art, TONE_DEEP, reel__point(at.x - eye * 0.42, at.y + size * 0.78),
                        reel__point(eye * 0.84, size * 1.5), eye * 0.3);
    } else {
        reel__draw_ellipse(art, TONE_LIGHT, at, size * 0.8, eye);
        reel__draw_disc(art, TONE_FORM, at, eye * 0.86);
        reel__draw_disc(art, TONE_DEEP, at, eye * 0.42);
    }
}

void reel__art_door(reel_art *art)
{
    const double side = reel__art_chance(art, 0.5) ? 1 : -1;
    const double tall = art->height * reel__art_between(art, 0.5, 0.62), wide = tall * 0.42;
    const double floor = art->bottom - art->height * 0.24, x = 200 - side * 40;
    const reel_point leaf[] = {{x - side * wide / 2, floor - tall},
                               {x - side * wide * 0.95, floor - tall * 1.06},
                               {x - side * wide * 0.95, floor + tall * 0.1},
                               {x - side * wide / 2, floor}};
    const reel_point light[] = {{x - wide / 2, floor},
                                {x + wide / 2, floor},
                                {x + wide / 2 + side * 120 + 60, art->bottom + UNDERLAP},
                                {x - wide / 2 + side * 120 - 30, art->bottom + UNDERLAP}};
    const double man = tall * 0.56;

    reel__draw_rect(art, TONE_HAZE, 0, floor, POSTER_WIDTH, art->bottom - floor + UNDERLAP);
    reel__draw_polygon(art, TONE_VEIL, light, 4);
    reel__draw_rect(art, TONE_ACCENT, x - wide / 2, floor - tall, wide, tall);
    reel__draw_polygon(art, TONE_FORM, leaf, 4);
    if (reel__art_chance(art, 0.75)) {
        const reel_point shadow[] = {{x - 10, floor},
                                     {x + 10, floor},
                                     {x + side * 120 + 42, art->bottom + UNDERLAP},
                                     {x + side * 120 - 12, art->bottom + UNDERLAP}};

        reel__draw_polygon(art, TONE_DEEP, shadow, 4);
        reel__draw_disc(art, TONE_DEEP, reel__point(x, floor - man), man * 0.13);
        reel__draw_pill(art, TONE_DEEP, reel__point(x - man * 0.17, floor - man * 0.84),
                        reel__point(man * 0.34, man * 0.86), man * 0.12);
    }
}

void reel__art_maze(reel_art *art)
{
    const reel_point at = reel__point(200, art->mid);
    const double outer = fmin(178, art->height * 0.44);
    const int rings = 6 + reel__art_pick(art, 3);
    const double step = outer / (rings + 0.6), wall = step * 0.36;

    for (int i = 1; i <= rings; i++) {
        const double radius = step * (i + 0.6), gap = 20 + 44.0 / i;
        const double turn = reel__art_between(art, 0, 360);
        const reel_point from = reel__point_on(at, radius, turn);

        reel__path_begin(art, i % 3 == 0 ? TONE_VEIL : TONE_FORM, wall);
        reel__path_move(art, from.x, from.y);
        reel__path_arc(art, radius, true, true, reel__point_on(at, radius, turn + 360 - gap));
        reel__path_end(art);
        if (i < rings)
            reel__draw_line(art, i % 3 == 0 ? TONE_VEIL : TONE_FORM,
                            reel__point_on(at, radius, turn + 4),
                            reel__point_on(at, radius + step, turn + 4), wall);
    }
    reel__draw_disc(art, TONE_ACCENT, at, step * 0.62);
}
