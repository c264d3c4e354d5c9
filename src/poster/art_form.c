/* art_form.c - drama: one large form and its shadow. Most films are dramas, so there are many
 * forms; each is drawn inside a box around its middle, and its shadow lies on a wall or on the
 * floor.
 */
#include "poster/art_priv.h"

#include <math.h>

typedef void (*form_draw)(reel_art *art, reel_tone tone, reel_point at, double size);

static void form_disc(reel_art *art, reel_tone tone, reel_point at, double size)
{
    reel__draw_disc(art, tone, at, size);
}

static void form_arch(reel_art *art, reel_tone tone, reel_point at, double size)
{
    reel__path_begin(art, tone, 0);
    reel__path_move(art, at.x - size * 0.66, at.y + size);
    reel__path_to(art, at.x - size * 0.66, at.y - size * 0.34);
    reel__path_arc(art, size * 0.66, false, true,
                   reel__point(at.x + size * 0.66, at.y - size * 0.34));
    reel__path_to(art, at.x + size * 0.66, at.y + size);
    reel__path_close(art);
    reel__path_end(art);
}

static void form_half(reel_art *art, reel_tone tone, reel_point at, double size)
{
    reel__path_begin(art, tone, 0);
    reel__path_move(art, at.x - size * 1.1, at.y + size);
    reel__path_arc(art, size * 1.1, false, true, reel__point(at.x + size * 1.1, at.y + size));
    reel__path_close(art);
    reel__path_end(art);
}

static void form_peak(reel_art *art, reel_tone tone, reel_point at, double size)
{
    const reel_point points[] = {
        {at.x - size, at.y + size}, {at.x + size * 0.16, at.y - size}, {at.x + size, at.y + size}};

    reel__draw_polygon(art, tone, points, 3);
}

static void form_egg(reel_art *art, reel_tone tone, reel_point at, double size)
{
    reel__path_begin(art, tone, 0);
    reel__path_move(art, at.x, at.y - size);
    reel__path_curve(art, reel__point(at.x + size * 0.6, at.y - size),
                     reel__point(at.x + size * 0.8, at.y - size * 0.1),
                     reel__point(at.x + size * 0.8, at.y + size * 0.28));
    reel__path_curve(art, reel__point(at.x + size * 0.8, at.y + size * 0.75),
                     reel__point(at.x + size * 0.4, at.y + size), reel__point(at.x, at.y + size));
    reel__path_curve(art, reel__point(at.x - size * 0.4, at.y + size),
                     reel__point(at.x - size * 0.8, at.y + size * 0.75),
                     reel__point(at.x - size * 0.8, at.y + size * 0.28));
    reel__path_curve(art, reel__point(at.x - size * 0.8, at.y - size * 0.1),
                     reel__point(at.x - size * 0.6, at.y - size), reel__point(at.x, at.y - size));
    reel__path_end(art);
}

static void form_vase(reel_art *art, reel_tone tone, reel_point at, double size)
{
    reel__path_begin(art, tone, 0);
    reel__path_move(art, at.x - size * 0.3, at.y - size);
    reel__path_to(art, at.x + size * 0.3, at.y - size);
    reel__path_curve(art, reel__point(at.x + size * 0.1, at.y - size * 0.5),
                     reel__point(at.x + size * 0.75, at.y - size * 0.3),
                     reel__point(at.x + size * 0.7, at.y + size * 0.2));
    reel__path_curve(art, reel__point(at.x + size * 0.66, at.y + size * 0.6),
                     reel__point(at.x + size * 0.36, at.y + size * 0.8),
                     reel__point(at.x + size * 0.34, at.y + size));
    reel__path_to(art, at.x - size * 0.34, at.y + size);
    reel__path_curve(art, reel__point(at.x - size * 0.36, at.y + size * 0.8),
                     reel__point(at.x - size * 0.66, at.y + size * 0.6),
                     reel__point(at.x - size * 0.7, at.y + size * 0.2));
    reel__path_curve(art, reel__point(at.x - size * 0.75, at.y - size * 0.3),
                     reel__point(at.x - size * 0.1, at.y - size * 0.5),
                     reel__point(at.x - size * 0.3, at.y - size));
    reel__path_end(art);
}

static void form_house(reel_art *art, reel_tone tone, reel_point at, double size)
{
    const reel_point points[] = {{at.x - size * 0.72, at.y + size},
                                 {at.x - size * 0.72, at.y - size * 0.2},
                                 {at.x, at.y - size},
                                 {at.x + size * 0.72, at.y - size * 0.2},
                                 {at.x + size * 0.72, at.y + size}};

    reel__draw_polygon(art, tone, points, 5);
}

static void form_drop(reel_art *art, reel_tone tone, reel_point at, double size)
{
    reel__path_begin(art, tone, 0);
    reel__path_move(art, at.x, at.y - size);
    reel__path_curve(art, reel__point(at.x + size * 0.2, at.y - size * 0.4),
                     reel__point(at.x + size * 0.74, at.y - size * 0.05),
                     reel__point(at.x + size * 0.74, at.y + size * 0.32));
    reel__path_arc(art, size * 0.74, true, true,
                   reel__point(at.x - size * 0.74, at.y + size * 0.32));
    reel__path_curve(art, reel__point(at.x - size * 0.74, at.y - size * 0.05),
                     reel__point(at.x - size * 0.2, at.y - size * 0.4),
                     reel__point(at.x, at.y - size));
    reel__path_end(art);
}

static void form_steps(reel_art *art, reel_tone tone, reel_point at, double size)
{
    for (int i = 0; i < 4; i++)
        reel__draw_rect(art, tone, at.x - size + size * 0.5 * i, at.y + size - size * 0.5 * (i + 1),
                        size * 2 - size * 0.5 * i, size * 0.5 + 0.5);
}

static void form_leaf(reel_art *art, reel_tone tone, reel_point at, double size)
{
    reel__path_begin(art, tone, 0);
    reel__path_move(art, at.x, at.y + size);
    reel__path_arc(art, size * 1.22, false, true, reel__point(at.x, at.y - size));
    reel__path_arc(art, size * 1.22, false, true, reel__point(at.x, at.y + size));
    reel__path_end(art);
}

static void form_moon(reel_art *art, reel_tone tone, reel_point at, double size)
{
    reel__path_begin(art, tone, 0);
    reel__path_move(art, at.x + size * 0.3, at.y - size * 0.94);
    reel__path_arc(art, size, true, false, reel__point(at.x + size * 0.3, at.y + size * 0.94));
    reel__path_arc(art, size * 1.12, false, true,
                   reel__point(at.x + size * 0.3, at.y - size * 0.94));
    reel__path_end(art);
}

static void form_book(reel_art *art, reel_tone tone, reel_point at, double size)
{
    const reel_point left[] = {{at.x - 3, at.y - size * 0.5},
                               {at.x - size, at.y - size * 0.8},
                               {at.x - size, at.y + size * 0.7},
                               {at.x - 3, at.y + size}};
    const reel_point right[] = {{at.x + 3, at.y - size * 0.5},
                                {at.x + size, at.y - size * 0.8},
                                {at.x + size, at.y + size * 0.7},
                                {at.x + 3, at.y + size}};

    reel__draw_polygon(art, tone, left, 4);
    reel__draw_polygon(art, tone, right, 4);
}

static void form_columns(reel_art *art, reel_tone tone, reel_point at, double size)
{
    reel__draw_rect(art, tone, at.x - size, at.y - size, size * 2, size * 0.24);
    for (int i = 0; i < 4; i++)
        reel__draw_rect(art, tone, at.x - size * 0.86 + size * 0.48 * i, at.y - size * 0.7,
                        size * 0.28, size * 1.5);
    reel__draw_rect(art, tone, at.x - size, at.y + size * 0.84, size * 2, size * 0.16);
}

static void form_window(reel_art *art, reel_tone tone, reel_point at, double size)
{
    const double w = size * 0.68, h = size * 0.94, gap = size * 0.06;

    for (int i = 0; i < 4; i++)
        reel__draw_rect(art, tone, i % 2 == 0 ? at.x - w - gap / 2 : at.x + gap / 2,
                        i < 2 ? at.y - h - gap / 2 : at.y + gap / 2, w, h);
}

static const form_draw forms[] = {form_disc, form_arch,  form_half,    form_peak,  form_egg,
                                  form_vase, form_house, form_drop,    form_steps, form_leaf,
                                  form_moon, form_book,  form_columns, form_window};
enum { FORMS = sizeof forms / sizeof *forms };

/* A small second thing that gives the large one its scale. */
static void detail(reel_art *art, reel_tone tone, reel_point at, double size)
{
    const double side = reel__art_chance(art, 0.5) ? 1 : -1;
    const double man = size * reel__art_between(art, 0.24, 0.4);
    const double x = at.x + side * size * reel__art_between(art, 0.2, 0.9), foot = at.y + size;

    switch (reel__art_pick(art, 5)) {
    case 0:
        reel__draw_disc(art, tone, reel__point(x, at.y - size * reel__art_between(art, 0.5, 1.0)),
                        size * reel__art_between(art, 0.16, 0.3));
        break;
    case 1:
        reel__draw_disc(art, TONE_DEEP, reel__point(x, foot - man), man * 0.15);
        reel__draw_pill(art, TONE_DEEP, reel__point(x - man * 0.17, foot - man * 0.82),
                        reel__point(man * 0.34, man * 0.82), man * 0.12);
        break;
    case 2:
        reel__draw_rect(art, tone, x - man * 0.18, foot - man * 1.0, man * 0.36, man);
        break;
    case 3:
        reel__draw_disc(art, tone, reel__point(x, foot - man * 0.4), man * 0.4);
        break;
    default:
        reel__draw_disc(art, TONE_LIGHT, reel__point(at.x + side * size * 0.34, at.y - size * 0.1),
                        size * 0.12);
        break;
    }
}

void reel__art_form(reel_art *art)
{
    const form_draw draw = forms[reel__art_pick(art, FORMS)];
    const double size = art->height * reel__art_between(art, 0.25, 0.33);
    const bool on_floor = reel__art_chance(art, 0.5);
    const double side = reel__art_chance(art, 0.5) ? 1 : -1;
    const double floor = art->bottom - art->height * reel__art_between(art, 0.14, 0.24);
    const reel_point at =
        reel__point(200 - side * reel__art_between(art, 0, 46),
                    on_floor ? floor - size : art->mid + reel__art_between(art, -8, 8));
    const bool framed = !on_floor && reel__art_chance(art, 0.35);
    const bool hot = reel__art_chance(art, 0.3);

    if (on_floor) {
        const double lean = side * reel__art_between(art, 0.5, 1.1),
                     flat = reel__art_between(art, 0.3, 0.5);

        reel__draw_rect(art, TONE_HAZE, 0, floor, POSTER_WIDTH, art->bottom - floor + UNDERLAP);
        reel__buf_format(art->out, "<g transform=\"matrix(1 0 %.3f %.3f %.1f %.1f)\">", -lean,
                         -flat, lean * floor, floor * (1 + flat));
        draw(art, TONE_VEIL, at, size);
        reel__group_end(art);
    } else {
        if (framed)
            reel__draw_disc(art, TONE_HAZE, reel__point(200, art->mid), size * 1.45);
        draw(art, TONE_VEIL,
             reel__point(at.x + side * size * reel__art_between(art, 0.16, 0.4),
                         at.y + size * reel__art_between(art, 0.05, 0.2)),
             size);
    }
    draw(art, hot ? TONE_ACCENT : TONE_FORM, at, size);
    detail(art, hot ? TONE_LIGHT : TONE_ACCENT, at, size);
}

/* Many of the same, and one that is not. */
void reel__art_rows(reel_art *art)
{
    const form_draw draw = forms[reel__art_pick(art, FORMS)];
    const int columns = 3 + reel__art_pick(art, 3);
    const double cell = (POSTER_WIDTH - 48) / columns;
    const int rows = (int)((art->height - 36) / cell);
    const double top = art->mid - rows * cell / 2;
    const int odd = reel__art_pick(art, rows * columns);
    const int how = reel__art_pick(art, 3);

    for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
            const reel_point at = reel__point(24 + cell * (column + 0.5), top + cell * (row + 0.5));
            const bool one = row * columns + column == odd;
            const double size = cell * 0.36;

            if (one && how == 0)
                reel__group_rotate(art, 180, at);
            else if (one && how == 1)
                reel__group_rotate(art, reel__art_between(art, 20, 70), at);
            draw(art, one ? TONE_ACCENT : TONE_FORM, at, one && how == 2 ? size * 1.25 : size);
            if (one && how < 2)
                reel__group_end(art);
        }
    }
}

/* A form inside itself. */
void reel__art_echo(reel_art *art)
{
    static const reel_tone tones[] = {TONE_HAZE, TONE_VEIL, TONE_FORM, TONE_GROUND, TONE_ACCENT};
    static const form_draw solid[] = {form_disc, form_arch,  form_half, form_peak, form_egg,
                                      form_vase, form_house, form_drop, form_leaf};
    const form_draw draw = solid[reel__art_pick(art, sizeof solid / sizeof *solid)];
    const int first = reel__art_pick(art, 2);
    const double shrink = reel__art_between(art, 0.64, 0.74);
    const double drift = reel__art_between(art, -0.1, 0.1),
                 sink = reel__art_between(art, -0.02, 0.16);
    reel_point at = reel__point(200, art->mid);
    double size = art->height * reel__art_between(art, 0.38, 0.46);

    for (int i = first; i < 5; i++) {
        draw(art, tones[i], at, size);
        at.x += drift * size;
        at.y += sink * size;
        size *= shrink;
    }
}
