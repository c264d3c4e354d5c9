/* art_thrill.c - thriller: a spiral of shapes, a tunnel, a thread. */
#include "poster/art_priv.h"

#include <math.h>

/* Somebody falling, arms and legs apart. */
static void faller(reel_art *art, reel_tone tone, reel_point at, double size)
{
    const double turn = reel__art_between(art, 0, 360);

    for (int i = 0; i < 4; i++) {
        static const double limbs[] = {38, 142, 205, 335};

        reel__draw_line(art, tone, at, reel__point_on(at, size, turn + limbs[i]), size * 0.22);
    }
    reel__draw_disc(art, tone, at, size * 0.3);
    reel__draw_disc(art, tone, reel__point_on(at, size * 0.62, turn + 270), size * 0.26);
}

void reel__art_spiral(reel_art *art)
{
    enum { CORNERS = 6 };
    const int sides = 3 + reel__art_pick(art, 5); /* 7 stands for a circle */
    const int layers = 9 + reel__art_pick(art, 5);
    const double twist = reel__art_between(art, 6, 15) * (reel__art_chance(art, 0.5) ? 1 : -1);
    const double drift = reel__art_between(art, -5, 5), turn = reel__art_between(art, 0, 90);
    reel_point at = reel__point(200, art->mid);
    double radius = sides == 3 ? 470 : sides == 4 ? 350 : 270; /* beyond the edges */

    for (int i = 0; i < layers + 4 && radius > 12; i++) {
        const reel_tone tone = i % 2 == 0 ? (i % 6 == 4 ? TONE_ACCENT : TONE_FORM) : TONE_GROUND;
        reel_point corners[CORNERS];

        for (int k = 0; k < sides && sides <= CORNERS; k++)
            corners[k] = reel__point_on(at, radius, turn + twist * i + 360.0 * k / sides);
        if (sides > CORNERS)
            reel__draw_disc(art, tone, at, radius * 0.86);
        else
            reel__draw_polygon(art, tone, corners, sides);
        radius *= sides == 3 ? 0.74 : 0.8;
        at.x += drift * 1.2;
        at.y += fabs(drift) * 0.8;
    }
    faller(art, TONE_LIGHT, at, 17);
}

void reel__art_tunnel(reel_art *art)
{
    const reel_point end =
        reel__point(reel__art_between(art, 140, 260), art->mid + reel__art_between(art, -40, 40));
    const int frames = 5 + reel__art_pick(art, 3), rays = 12 + 2 * reel__art_pick(art, 6);

    for (int i = 0; i < rays; i += 2) {
        const reel_point ray[] = {end, reel__point_on(end, 520, 360.0 * i / rays),
                                  reel__point_on(end, 520, 360.0 * (i + 1) / rays)};

        reel__draw_polygon(art, TONE_HAZE, ray, 3);
    }
    for (int i = frames; i > 0; i--) {
        const double scale = pow(1.62, i) / 2;
        const double w = 30 * scale, h = 42 * scale;

        reel__path_begin(art, i % 2 == 0 ? TONE_FORM : TONE_VEIL, 2.5 * scale * 0.7 + 1);
        reel__path_move(art, end.x - w, end.y - h);
        reel__path_to(art, end.x + w, end.y - h);
        reel__path_to(art, end.x + w, end.y + h);
        reel__path_to(art, end.x - w, end.y + h);
        reel__path_close(art);
        reel__path_end(art);
    }
    reel__draw_rect(art, TONE_ACCENT, end.x - 27, end.y - 38, 54, 76);
    reel__draw_disc(art, TONE_DEEP, reel__point(end.x, end.y - 4), 8);
    reel__draw_pill(art, TONE_DEEP, reel__point(end.x - 10, end.y + 6), reel__point(20, 34), 7);
}

void reel__art_thread(reel_art *art)
{
    enum { KNOTS = 16 };
    const reel_point center = reel__point(200, art->mid);
    const double reach = fmin(170, art->height * 0.42);
    const reel_point at = reel__point(-20, reel__art_between(art, art->top + 40, art->mid));
    reel_point pull = reel__point(at.x + 90, at.y + 40);

    reel__draw_disc(art, TONE_FORM, center, reach * reel__art_between(art, 0.62, 0.86));
    reel__path_begin(art, TONE_ACCENT, 3.5);
    reel__path_move(art, at.x, at.y);
    for (int i = 0; i < KNOTS; i++) {
        const double turn = reel__art_between(art, 0, 360);
        const reel_point to =
            i == KNOTS - 1 ? reel__point(420, reel__art_between(art, art->mid, art->bottom - 40))
                           : reel__point_on(center, reach * sqrt(reel__rng_unit(&art->rng)), turn);
        const reel_point from_side = reel__point_on(to, reel__art_between(art, 40, 120), turn + 90);

        reel__path_curve(art, pull, from_side, to);
        pull = reel__point(2 * to.x - from_side.x, 2 * to.y - from_side.y);
    }
    reel__path_end(art);
    reel__draw_disc(art, TONE_LIGHT,
                    reel__point_on(center, reach * 0.3, reel__art_between(art, 0, 360)), 12);
}
