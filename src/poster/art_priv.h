/* poster/art_priv.h - what a composition draws with: a sheet, its colours, its random numbers.
 * Coordinates are those of the poster, 400 x 600; lengths are written with one decimal.
 * Layer: poster, inside only.
 */
#ifndef REEL_POSTER_ART_PRIV_H
#define REEL_POSTER_ART_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/rng.h"
#include "poster/palette_priv.h"

#define POSTER_WIDTH  400.0
#define POSTER_HEIGHT 600.0
#define UNDERLAP      8.0 /* how far art that meets the title's panel runs on under it */

typedef struct reel_point {
    double x, y;
} reel_point;

typedef struct reel_art {
    reel_buf *out;
    reel_rng rng;
    reel_palette palette;
    double top, bottom; /* the rows for the art; what is drawn outside is cut off */
    double mid, height; /* middle of these rows, and how many there are */
    bool title_below;   /* the title stands under the art, else above it */
} reel_art;

/* ---- chance: the same film always draws the same numbers ----------------------------------- */

double reel__art_between(reel_art *art, double low, double high);
int reel__art_pick(reel_art *art, int count); /* 0 .. count - 1 */
bool reel__art_chance(reel_art *art, double share);
/* 0, 1, ... count - 1 in random order. */
void reel__art_shuffle(reel_art *art, int *out, int count);

/* ---- shapes -------------------------------------------------------------------------------- */

void reel__draw_rect(reel_art *art, reel_tone tone, double x, double y, double w, double h);
void reel__draw_disc(reel_art *art, reel_tone tone, reel_point center, double radius);
void reel__draw_ellipse(reel_art *art, reel_tone tone, reel_point center, double rx, double ry);
void reel__draw_ring(reel_art *art, reel_tone tone, reel_point center, double radius, double width);
void reel__draw_oval(reel_art *art, reel_tone tone, reel_point center, reel_point radii,
                     double width);
void reel__draw_line(reel_art *art, reel_tone tone, reel_point from, reel_point to, double width);
void reel__draw_polygon(reel_art *art, reel_tone tone, const reel_point *points, int count);
/* A rectangle with round corners. size holds width and height. */
void reel__draw_pill(reel_art *art, reel_tone tone, reel_point corner, reel_point size,
                     double radius);

/* Filled, or (width > 0) a line. Between begin and end only the five calls below. */
void reel__path_begin(reel_art *art, reel_tone tone, double width);
void reel__path_move(reel_art *art, double x, double y);
void reel__path_to(reel_art *art, double x, double y);
void reel__path_curve(reel_art *art, reel_point c1, reel_point c2, reel_point to);
/* Part of a circle around an unnamed centre; sweep: clockwise. */
void reel__path_arc(reel_art *art, double radius, bool large, bool sweep, reel_point to);
void reel__path_close(reel_art *art);
void reel__path_end(reel_art *art);
/* A smooth line through points, closed. */
void reel__draw_blob(reel_art *art, reel_tone tone, const reel_point *points, int count);

/* ---- groups -------------------------------------------------------------------------------- */

void reel__group_rotate(reel_art *art, double degrees, reel_point around);
void reel__group_fade(reel_art *art, double opacity);
/* Only what falls into these rows and columns is seen. */
void reel__group_window(reel_art *art, double x, double y, double w, double h);
void reel__group_end(reel_art *art);
void reel__window_end(reel_art *art);

reel_point reel__point(double x, double y);
/* On a circle, degrees clockwise from the right. */
reel_point reel__point_on(reel_point center, double radius, double degrees);

/* ---- compositions: one or more for each genre ---------------------------------------------- */

typedef void (*reel_draw)(reel_art *art);

void reel__art_orbits(reel_art *art); /* science fiction, art_space.c */
void reel__art_planet(reel_art *art);
void reel__art_eclipse(reel_art *art);
void reel__art_alignment(reel_art *art);
void reel__art_plain(reel_art *art);
void reel__art_low_sun(reel_art *art); /* western, adventure; art_land.c */
void reel__art_road(reel_art *art);
void reel__art_cactus(reel_art *art);
void reel__art_ridges(reel_art *art);
void reel__art_sail(reel_art *art);
void reel__art_compass(reel_art *art);
void reel__art_blinds(reel_art *art); /* film noir, crime; art_night.c */
void reel__art_peek(reel_art *art);
void reel__art_lamp(reel_art *art);
void reel__art_city(reel_art *art);
void reel__art_stairs(reel_art *art);
void reel__art_shards(reel_art *art); /* horror, mystery, thriller; art_dread.c */
void reel__art_teeth(reel_art *art);
void reel__art_drips(reel_art *art);
void reel__art_eye(reel_art *art);
void reel__art_keyhole(reel_art *art);
void reel__art_door(reel_art *art);
void reel__art_maze(reel_art *art);
void reel__art_spiral(reel_art *art);
void reel__art_tunnel(reel_art *art);
void reel__art_thread(reel_art *art);
void reel__art_discs(reel_art *art); /* romance, comedy; art_heart.c */
void reel__art_halves(reel_art *art);
void reel__art_petals(reel_art *art);
void reel__art_bounce(reel_art *art);
void reel__art_tiles(reel_art *art);
void reel__art_smile(reel_art *art);
void reel__art_disguise(reel_art *art); /* comedy, art_comic.c */
void reel__art_juggle(reel_art *art);
void reel__art_grid(reel_art *art); /* war, action; art_force.c */
void reel__art_ranks(reel_art *art);
void reel__art_bars(reel_art *art);
void reel__art_speed(reel_art *art);
void reel__art_burst(reel_art *art);
void reel__art_chevrons(reel_art *art);
void reel__art_staves(reel_art *art); /* musical, documentary; art_stage.c */
void reel__art_record(reel_art *art);
void reel__art_spots(reel_art *art);
void reel__art_strip(reel_art *art);
void reel__art_sheet(reel_art *art);
void reel__art_waves(reel_art *art);
void reel__art_beam(reel_art *art);  /* no genre */
void reel__art_blobs(reel_art *art); /* animation, children, fantasy; art_play.c */
void reel__art_creatures(reel_art *art);
void reel__art_blocks(reel_art *art);
void reel__art_balloons(reel_art *art);
void reel__art_arches(reel_art *art);
void reel__art_towers(reel_art *art);
void reel__art_tree(reel_art *art);
void reel__art_form(reel_art *art); /* drama, art_form.c */
void reel__art_rows(reel_art *art);
void reel__art_echo(reel_art *art);

#endif
