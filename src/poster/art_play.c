/* art_play.c - animation: blobs, creatures; children: blocks, balloons; fantasy: arches, towers, a
 * tree.
 */
#include "poster/art_priv.h"

#include <math.h>

static void blob(reel_art *art, reel_tone tone, reel_point at, double radius, double rough)
{
    enum { POINTS = 8 };
    reel_point points[POINTS];
    const double shift = reel__art_between(art, 0, 45);

    for (int i = 0; i < POINTS; i++)
        points[i] = reel__point_on(at, radius * reel__art_between(art, 1 - rough, 1 + rough),
                                   shift + 360.0 * i / POINTS);
    reel__draw_blob(art, tone, points, POINTS);
}

static void eyes(reel_art *art, reel_point at, double size)
{
    const int count = reel__art_chance(art, 0.2) ? 1 : 2;
    const double look = reel__art_between(art, 0, 360);

    for (int i = 0; i < count; i++) {
        const reel_point eye =
            reel__point(at.x + (count == 1 ? 0 : (2 * i - 1) * size * 1.06), at.y);

        reel__draw_disc(art, TONE_LIGHT, eye, size);
        reel__draw_disc(art, TONE_DEEP, reel__point_on(eye, size * 0.34, look), size * 0.52);
    }
}

void reel__art_blobs(reel_art *art)
{
    static const reel_tone tones[] = {TONE_HAZE, TONE_VEIL, TONE_FORM, TONE_ACCENT};
    const reel_point center = reel__point(reel__art_between(art, 150, 250), art->mid);
    const double size = art->height * reel__art_between(art, 0.34, 0.4);

    for (int i = 0; i < 4; i++)
        blob(art, tones[i],
             reel__point(center.x + reel__art_between(art, -34, 34),
                         center.y + reel__art_between(art, -24, 24)),
             size * (1.15 - 0.26 * i), 0.17);
    for (int i = 0; i < 3; i++)
        blob(art, i == 1 ? TONE_LIGHT : TONE_FORM,
             reel__point_on(center, size * reel__art_between(art, 1.0, 1.3),
                            reel__art_between(art, 0, 360)),
             reel__art_between(art, 10, 24), 0.15);
    if (reel__art_chance(art, 0.75))
        eyes(art, reel__point(center.x, center.y - size * 0.06),
             size * reel__art_between(art, 0.08, 0.13));
}

void reel__art_creatures(reel_art *art)
{
    static const reel_tone tones[] = {TONE_FORM, TONE_ACCENT, TONE_VEIL, TONE_LIGHT};
    const int count = 2 + reel__art_pick(art, 3);
    int order[4];

    reel__art_shuffle(art, order, 4);
    for (int i = 0; i < count; i++) {
        const double wide = reel__art_between(art, 0.84, 1.1) * 330 / count;
        const double tall =
            art->height * reel__art_between(art, 0.34, 0.74) * (i % 2 == 0 ? 1 : 0.72);
        const double x = 200 + (i - (count - 1) / 2.0) * 340 / count, top = art->bottom - tall;
        const reel_tone tone = tones[order[i]];
        const double ear = wide * 0.16;

        if (reel__art_chance(art, 0.5))
            for (int side = -1; side <= 1; side += 2)
                reel__draw_pill(art, tone,
                                reel__point(x + side * wide * 0.26 - ear / 2, top - ear * 1.6),
                                reel__point(ear, ear * 4), ear / 2);
        reel__draw_pill(art, tone, reel__point(x - wide / 2, top), reel__point(wide, tall + wide),
                        wide * reel__art_between(art, 0.3, 0.5));
        eyes(art, reel__point(x, top + wide * 0.42), wide * reel__art_between(art, 0.1, 0.16));
        if (reel__art_chance(art, 0.6))
            reel__draw_pill(art, TONE_DEEP, reel__point(x - wide * 0.12, top + wide * 0.68),
                            reel__point(wide * 0.24, wide * 0.07), wide * 0.035);
    }
}

/* ---- children ------------------------------------------------------------------------------ */

static void block(reel_art *art, reel_tone tone, reel_point corner, double size)
{
    const reel_point middle = reel__point(corner.x + size / 2, corner.y + size / 2);

    switch (reel__art_pick(art, 5)) {
    case 0:
        reel__draw_disc(art, tone, middle, size / 2);
        break;
    case 1:
        reel__draw_polygon(art, tone,
                           (reel_point[]){{corner.x, corner.y + size},
                                          {middle.x, corner.y},
                                          {corner.x + size, corner.y + size}},
                           3);
        break;
    case 2:
        reel__draw_rect(art, tone, corner.x, corner.y, size, size);
        reel__draw_disc(art, TONE_GROUND, reel__point(middle.x, corner.y + size), size * 0.3);
        break;
    default:
        reel__draw_rect(art, tone, corner.x, corner.y, size, size);
        if (reel__art_chance(art, 0.5))
            reel__draw_disc(art, TONE_LIGHT, middle, size * 0.24);
        break;
    }
}

void reel__art_blocks(reel_art *art)
{
    static const reel_tone tones[] = {TONE_FORM, TONE_ACCENT, TONE_LIGHT, TONE_DEEP, TONE_VEIL};
    const int columns = 4 + reel__art_pick(art, 2);
    const double size = 344.0 / columns;
    const int most = (int)((art->height - 40) / size);

    for (int column = 0; column < columns; column++) {
        const int tall = 1 + reel__art_pick(art, most);

        for (int i = 0; i < tall; i++) {
            const reel_tone tone = tones[reel__art_pick(art, 5)];

            if (i == tall - 1)
                block(art, tone, reel__point(28 + column * size, art->bottom - size * (i + 1)),
                      size - 3);
            else
                reel__draw_rect(art, tone, 28 + column * size, art->bottom - size * (i + 1),
                                size - 3, size - 3);
        }
    }
    if (art->title_below)
        reel__draw_rect(art, TONE_DEEP, 0, art->bottom - 5, POSTER_WIDTH, 5);
}

void reel__art_balloons(reel_art *art)
{
    static const reel_tone tones[] = {TONE_FORM, TONE_ACCENT, TONE_LIGHT, TONE_VEIL};
    const int count = 3 + reel__art_pick(art, 5);
    const reel_point knot = reel__point(reel__art_between(art, 160, 240), art->bottom - 66);

    for (int i = 0; i < 3; i++) {
        const reel_point cloud =
            reel__point(reel__art_between(art, 10, 390),
                        art->top + art->height * reel__art_between(art, 0.1, 0.8));
        const double wide = reel__art_between(art, 60, 120);

        reel__draw_pill(art, TONE_HAZE, cloud, reel__point(wide, wide * 0.3), wide * 0.15);
        reel__draw_disc(art, TONE_HAZE, reel__point(cloud.x + wide * 0.45, cloud.y + wide * 0.06),
                        wide * 0.2);
    }
    for (int i = 0; i < count; i++) {
        const double size = reel__art_between(art, 34, 58);
        const reel_point at = reel__point(
            knot.x + (i - (count - 1) / 2.0) * 260 / count + reel__art_between(art, -12, 12),
            art->top + art->height * reel__art_between(art, 0.2, 0.46));

        reel__draw_line(art, TONE_DEEP, at, knot, 1.4);
        reel__draw_ellipse(art, tones[i % 4], at, size * 0.88, size);
        reel__group_fade(art, 0.5);
        reel__draw_ellipse(art, TONE_LIGHT, reel__point(at.x - size * 0.3, at.y - size * 0.4),
                           size * 0.12, size * 0.2);
        reel__group_end(art);
    }
    reel__draw_polygon(
        art, TONE_DEEP,
        (reel_point[]){{knot.x - 34, knot.y + 34}, {knot.x, knot.y}, {knot.x + 34, knot.y + 34}},
        3);
    reel__draw_rect(art, TONE_ACCENT, knot.x - 25, knot.y + 34, 50, 40);
    reel__draw_rect(art, TONE_LIGHT, knot.x - 7, knot.y + 44, 14, 30);
    if (art->title_below)
        reel__draw_ellipse(art, TONE_DEEP, reel__point(200, art->bottom + 60), 330, 70);
}

/* ---- fantasy ------------------------------------------------------------------------------- */

static void little_stars(reel_art *art, int count)
{
    for (int i = 0; i < count; i++) {
        const reel_point at =
            reel__point(reel__art_between(art, 16, 384),
                        art->top + art->height * reel__art_between(art, 0.04, 0.7));
        const double size = reel__art_between(art, 3, 8);
        reel_point corners[8];

        for (int k = 0; k < 8; k++)
            corners[k] = reel__point_on(at, k % 2 == 0 ? size : size * 0.28, 45.0 * k);
        reel__draw_polygon(art, TONE_LIGHT, corners, 8);
    }
}

static void pointed_arch(reel_art *art, reel_tone tone, double half, double tall)
{
    const double spring = art->bottom - tall * 0.52;

    reel__path_begin(art, tone, 0);
    reel__path_move(art, 200 - half, art->bottom + UNDERLAP);
    reel__path_to(art, 200 - half, spring);
    reel__path_curve(art, reel__point(200 - half, spring - tall * 0.26),
                     reel__point(200 - half * 0.42, art->bottom - tall * 0.92),
                     reel__point(200, art->bottom - tall));
    reel__path_curve(art, reel__point(200 + half * 0.42, art->bottom - tall * 0.92),
                     reel__point(200 + half, spring - tall * 0.26),
                     reel__point(200 + half, spring));
    reel__path_to(art, 200 + half, art->bottom + UNDERLAP);
    reel__path_close(art);
    reel__path_end(art);
}

void reel__art_arches(reel_art *art)
{
    static const reel_tone tones[] = {TONE_HAZE, TONE_VEIL, TONE_FORM, TONE_ACCENT, TONE_LIGHT};
    const int count = 4 + reel__art_pick(art, 2);
    const double shrink = reel__art_between(art, 0.74, 0.82);
    double half = reel__art_between(art, 168, 190), tall = art->height * 0.9;

    little_stars(art, 9);
    for (int i = 0; i < count; i++) {
        pointed_arch(art, i == count - 1 ? TONE_DEEP : tones[i], half, tall);
        half *= shrink;
        tall *= shrink * 0.98;
    }
    reel__draw_disc(art, TONE_ACCENT,
                    reel__point(200, art->bottom - tall * reel__art_between(art, 0.4, 0.8)),
                    half * 0.42);
}

static void tower(reel_art *art, double x, double foot, double wide, double tall)
{
    const double roof = wide * reel__art_between(art, 1.1, 1.9);

    reel__draw_rect(art, TONE_DEEP, x - wide / 2, foot - tall, wide, tall + 2);
    reel__draw_polygon(art, TONE_DEEP,
                       (reel_point[]){{x - wide * 0.66, foot - tall},
                                      {x, foot - tall - roof},
                                      {x + wide * 0.66, foot - tall}},
                       3);
    reel__draw_polygon(art, TONE_ACCENT,
                       (reel_point[]){{x, foot - tall - roof - 16},
                                      {x + wide * 0.5, foot - tall - roof - 11},
                                      {x, foot - tall - roof - 4}},
                       3);
    reel__draw_rect(art, TONE_DEEP, x - 1, foot - tall - roof - 16, 2, 20);
    reel__draw_pill(art, TONE_ACCENT, reel__point(x - wide * 0.12, foot - tall * 0.8),
                    reel__point(wide * 0.24, wide * 0.5), wide * 0.12);
}

void reel__art_towers(reel_art *art)
{
    const double x = reel__art_between(art, 140, 260), foot = art->bottom - art->height * 0.16;
    const int count = 3 + 2 * reel__art_pick(art, 2);

    little_stars(art, 10);
    reel__draw_disc(art, TONE_FORM,
                    reel__point(200 + reel__art_between(art, -60, 60), art->mid - 20),
                    art->height * reel__art_between(art, 0.24, 0.33));
    for (int i = 0; i < count; i++) {
        const double off = i - (count - 1) / 2.0;

        tower(art, x + off * 50, foot + fabs(off) * 12, reel__art_between(art, 30, 46),
              art->height * (0.4 - 0.09 * fabs(off)) * reel__art_between(art, 0.75, 1.1));
    }
    reel__draw_ellipse(art, TONE_DEEP, reel__point(x, art->bottom + 30), 250,
                       art->height * 0.2 + 30);
    reel__draw_ellipse(art, TONE_DEEP, reel__point(400 - x, art->bottom + 30), 300,
                       art->height * 0.1 + 30);
}

void reel__art_tree(reel_art *art)
{
    const reel_point crown =
        reel__point(200 + reel__art_between(art, -24, 24), art->top + art->height * 0.4);
    const double size = art->height * reel__art_between(art, 0.26, 0.32);
    const int leaves = 9 + reel__art_pick(art, 6);
    const double foot = art->bottom;

    reel__draw_disc(art, TONE_HAZE, crown, size * 1.45);
    for (int i = 0; i < leaves; i++) {
        const reel_point at = reel__point_on(crown, size * 0.68, 360.0 * i / leaves);

        reel__draw_disc(art,
                        i % 4 == 1   ? TONE_ACCENT
                        : i % 2 == 0 ? TONE_FORM
                                     : TONE_VEIL,
                        at, size * reel__art_between(art, 0.3, 0.48));
    }
    reel__draw_disc(art, TONE_FORM, crown, size * 0.6);
    reel__path_begin(art, TONE_DEEP, 0);
    reel__path_move(art, crown.x - 9, crown.y);
    reel__path_curve(art, reel__point(crown.x - 12, foot - 90),
                     reel__point(crown.x - 30, foot - 30),
                     reel__point(crown.x - 90, foot + UNDERLAP));
    reel__path_to(art, crown.x + 90, foot + UNDERLAP);
    reel__path_curve(art, reel__point(crown.x + 30, foot - 30),
                     reel__point(crown.x + 12, foot - 90), reel__point(crown.x + 9, crown.y));
    reel__path_close(art);
    reel__path_end(art);
    for (int side = -1; side <= 1; side += 2)
        reel__draw_line(art, TONE_DEEP, reel__point(crown.x, crown.y + size * 0.5),
                        reel__point(crown.x + side * size * 0.42, crown.y - size * 0.05), 9);
    little_stars(art, 6);
}
