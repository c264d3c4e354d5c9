/* art_space.c - science fiction: orbits, a planet's horizon, an eclipse. */
#include "poster/art_priv.h"

#include <math.h>

static void stars(reel_art *art, int count)
{
    for (int i = 0; i < count; i++) {
        const reel_point at = reel__point(reel__art_between(art, 0, POSTER_WIDTH),
                                          reel__art_between(art, art->top, art->bottom));

        reel__draw_disc(art, TONE_LIGHT, at, reel__art_between(art, 0.6, 1.7));
    }
}

/* A ball lit from one side: a disc, and a crescent of night on it. */
static void ball(reel_art *art, reel_tone tone, reel_point at, double radius, double sun)
{
    const reel_point from = reel__point_on(at, radius, sun + 90);
    const reel_point to = reel__point_on(at, radius, sun - 90);

    reel__draw_disc(art, tone, at, radius);
    reel__group_fade(art, 0.45);
    reel__path_begin(art, TONE_DEEP, 0);
    reel__path_move(art, from.x, from.y);
    reel__path_arc(art, radius, false, true, to);
    reel__path_arc(art, radius * 1.25, false, false, from);
    reel__path_close(art);
    reel__path_end(art);
    reel__group_end(art);
}

void reel__art_orbits(reel_art *art)
{
    const reel_point center =
        reel__point(reel__art_between(art, 120, 280), art->mid + reel__art_between(art, -25, 35));
    const int rings = 4 + reel__art_pick(art, 4);
    const double flat = reel__art_between(art, 0.3, 0.95), sun = reel__art_between(art, 0, 360);
    const double core = reel__art_between(art, 34, 62);
    double radius = core + reel__art_between(art, 18, 34);

    stars(art, 30);
    reel__group_rotate(art, reel__art_between(art, -38, 38), center);
    for (int i = 0; i < rings; i++) {
        const double turn = reel__art_between(art, 0, 6.28);
        const reel_point at =
            reel__point(center.x + radius * cos(turn), center.y + radius * flat * sin(turn));
        const reel_tone tone = i % 3 == 0 ? TONE_ACCENT : i % 3 == 1 ? TONE_LIGHT : TONE_FORM;

        reel__draw_oval(art, TONE_VEIL, center, reel__point(radius, radius * flat),
                        i % 2 == 0 ? 1.4 : 2.6);
        ball(art, tone, at, reel__art_between(art, 4, 7 + 2.2 * i), sun);
        radius += reel__art_between(art, 22, 44);
    }
    ball(art, TONE_FORM, center, core, sun);
    reel__group_end(art);
}

void reel__art_planet(reel_art *art)
{
    const double rise = reel__art_between(art, 0.24, 0.38) * art->height;
    const double off = reel__art_between(art, -50, 50), x = 200 + off;
    /* Wide enough to fill the poster from edge to edge where the title begins. */
    const double half = 206 + fabs(off), radius = (half * half + rise * rise) / (2 * rise);
    const double apex = art->title_below ? art->bottom - rise : art->top + rise;
    const reel_point center = reel__point(x, art->title_below ? apex + radius : apex - radius);
    const reel_point moon = reel__point(
        reel__art_between(art, 90, 310),
        art->title_below ? art->top + reel__art_between(art, 90, art->height - rise - 60)
                         : art->bottom - reel__art_between(art, 90, 150));
    const double size = reel__art_between(art, 22, 58);

    stars(art, 42);
    for (int i = 3; i > 0; i--) {
        reel__group_fade(art, 0.5);
        reel__draw_ring(art, TONE_VEIL, center, radius + 16 * i * i * 0.6, 1.5);
        reel__group_end(art);
    }
    ball(art, TONE_ACCENT, moon, size, reel__art_between(art, 0, 360));
    if (reel__art_chance(art, 0.4)) {
        reel__group_rotate(art, reel__art_between(art, -35, 35), moon);
        reel__draw_oval(art, TONE_LIGHT, moon, reel__point(size * 1.9, size * 0.4), 2.5);
        reel__group_end(art);
    }
    reel__draw_disc(art, TONE_LIGHT, center, radius + 3);
    reel__draw_disc(art, TONE_FORM, center, radius);
}

void reel__art_eclipse(reel_art *art)
{
    const double radius = reel__art_between(art, 0.17, 0.24) * art->height;
    const reel_point center = reel__point(reel__art_between(art, 150, 250), art->mid);
    const int rays = 24 + 6 * reel__art_pick(art, 6);
    const bool spikes = reel__art_chance(art, 0.5);
    const double shift = reel__art_between(art, 0, 360);

    stars(art, 14);
    if (spikes) {
        for (int i = 0; i < rays; i++) {
            const double turn = shift + 360.0 * i / rays;
            const double reach = radius * (i % 3 == 0 ? 2.1 : i % 3 == 1 ? 1.55 : 1.8);

            reel__draw_line(art, i % 3 == 0 ? TONE_FORM : TONE_VEIL,
                            reel__point_on(center, radius * 1.2, turn),
                            reel__point_on(center, reach, turn), 2);
        }
    } else {
        reel__draw_disc(art, TONE_HAZE, center, radius * 2.0);
        reel__draw_disc(art, TONE_VEIL, center, radius * 1.6);
    }
    reel__draw_disc(art, TONE_FORM, center, radius * 1.22);
    reel__draw_disc(art, TONE_LIGHT, center, radius * 1.06);
    reel__draw_disc(art, TONE_DEEP, reel__point(center.x - radius * 0.03, center.y), radius);
    reel__draw_disc(art, TONE_ACCENT, reel__point_on(center, radius * 1.03, shift), radius * 0.12);
}

/* Spheres in a line, over a slab. */
void reel__art_alignment(reel_art *art)
{
    const double x = reel__art_between(art, 150, 250), sun = reel__art_between(art, -120, -60);
    const bool slab = reel__art_chance(art, 0.5);
    const double wide = reel__art_between(art, 60, 96);
    double radius = art->height * reel__art_between(art, 0.04, 0.07);
    double y = art->top + reel__art_between(art, 30, 50) + radius;

    stars(art, 34);
    if (slab) {
        reel__draw_rect(art, TONE_VEIL, x - wide / 2 + 14, art->top + art->height * 0.36, wide,
                        art->height);
        reel__draw_rect(art, TONE_DEEP, x - wide / 2, art->top + art->height * 0.36, wide,
                        art->height);
    } else {
        reel__draw_line(art, TONE_VEIL, reel__point(x, art->top), reel__point(x, art->bottom), 1.5);
    }
    for (int i = 0; i < 6 && y - radius < art->bottom - 30; i++) {
        const reel_tone tone = i % 3 == 0 ? TONE_ACCENT : i % 3 == 1 ? TONE_FORM : TONE_LIGHT;

        ball(art, tone, reel__point(x, y), radius, sun);
        y += radius * 1.5;
        radius *= reel__art_between(art, 1.2, 1.55);
        y += radius;
    }
}

/* A plain of light under a sun. */
void reel__art_plain(reel_art *art)
{
    const double horizon = art->top + art->height * reel__art_between(art, 0.56, 0.68);
    const double x = reel__art_between(art, 130, 270), radius = reel__art_between(art, 66, 120);
    const double depth = art->bottom - horizon;
    const bool tall = reel__art_chance(art, 0.5);

    stars(art, 26);
    reel__draw_disc(art, reel__art_chance(art, 0.5) ? TONE_ACCENT : TONE_FORM,
                    reel__point(x, horizon - radius * reel__art_between(art, 0.1, 0.9)), radius);
    reel__draw_rect(art, TONE_DEEP, 0, horizon, POSTER_WIDTH, depth + UNDERLAP);
    for (int i = -16; i <= 16; i++)
        reel__draw_line(art, TONE_VEIL, reel__point(x + 20 * i, horizon),
                        reel__point(x + 120 * i, art->bottom + UNDERLAP), 1.6);
    for (int i = 0; i < 9; i++)
        reel__draw_rect(art, TONE_VEIL, 0, horizon + depth * pow(i / 9.0, 1.9), POSTER_WIDTH,
                        1 + 0.2 * i);
    if (tall) {
        const double foot = horizon + depth * 0.2,
                     high = art->height * reel__art_between(art, 0.2, 0.4);
        const double at = x < 200 ? x + 110 : x - 110;

        reel__draw_rect(art, TONE_LIGHT, at - 15, foot - high, 30, high);
        reel__draw_rect(art, TONE_FORM, at + 15, foot - high, 9, high);
    }
}
