/* art_comic.c - more comedy: a false nose with glasses, and somebody juggling.
 */
#include "poster/art_priv.h"

#include <math.h>

/* One side of a moustache, from the middle outwards. */
static void whisker(reel_art *art, reel_point root, double side, double reach, double curl)
{
    reel__path_begin(art, TONE_DEEP, 0);
    reel__path_move(art, root.x, root.y);
    reel__path_curve(art, reel__point(root.x + side * reach * 0.2, root.y - reach * 0.34),
                     reel__point(root.x + side * reach * 0.7, root.y - reach * 0.1),
                     reel__point(root.x + side * reach, root.y - curl));
    reel__path_curve(art, reel__point(root.x + side * reach * 0.9, root.y + reach * 0.36),
                     reel__point(root.x + side * reach * 0.3, root.y + reach * 0.36),
                     reel__point(root.x, root.y + reach * 0.1));
    reel__path_close(art);
    reel__path_end(art);
}

void reel__art_disguise(reel_art *art)
{
    const double lean = reel__art_between(art, -12, 12);
    const double eye = art->height * reel__art_between(art, 0.12, 0.15);
    const double apart = eye * reel__art_between(art, 1.16, 1.3);
    const double brow = eye * reel__art_between(art, 0.22, 0.34),
                 lift = reel__art_between(art, 4, 26);
    const double nose = eye * reel__art_between(art, 0.5, 0.72);
    const double reach = eye * reel__art_between(art, 1.1, 1.7),
                 curl = reel__art_between(art, -20, 30);
    const reel_point at = reel__point(200, art->mid - eye * 0.5);
    const bool face = reel__art_chance(art, 0.5);

    if (face)
        reel__draw_disc(art, TONE_FORM, reel__point(200, art->mid), fmin(eye * 2.7, 182));
    reel__group_rotate(art, lean, at);
    for (int side = -1; side <= 1; side += 2) {
        const reel_point center = reel__point(at.x + side * apart, at.y);

        reel__draw_disc(art, TONE_LIGHT, center, eye);
        reel__draw_disc(art, TONE_DEEP, reel__point(center.x + eye * 0.2, center.y + eye * 0.1),
                        eye * 0.3);
        reel__draw_ring(art, TONE_DEEP, center, eye, eye * 0.16);
        reel__group_rotate(art, side * 10, center);
        reel__draw_pill(art, TONE_DEEP,
                        reel__point(center.x - eye * 0.9, center.y - eye * 1.3 - brow - lift),
                        reel__point(eye * 1.8, brow), brow / 2);
        reel__group_end(art);
    }
    reel__draw_ellipse(art, TONE_ACCENT, reel__point(at.x, at.y + eye * 0.72), nose, nose * 1.3);
    whisker(art, reel__point(at.x, at.y + eye * 1.6), -1, reach, curl);
    whisker(art, reel__point(at.x, at.y + eye * 1.6), 1, reach, curl);
    reel__group_end(art);
}

/* Balls in a high arc over a hat. */
void reel__art_juggle(reel_art *art)
{
    static const reel_tone tones[] = {TONE_ACCENT, TONE_FORM, TONE_LIGHT, TONE_VEIL};
    const int balls = 5 + reel__art_pick(art, 5), first = reel__art_pick(art, 4);
    const double wide = reel__art_between(art, 120, 156), x = 200 + reel__art_between(art, -16, 16);
    const double hands = art->bottom - art->height * 0.2;
    const double high = art->height * reel__art_between(art, 0.56, 0.68);
    const double head = art->height * reel__art_between(art, 0.075, 0.1);
    const double foot = art->bottom - head * 1.1;

    for (int i = 0; i < balls; i++) {
        const double turn = 3.14159 * (i + 0.5) / balls;
        const double size = reel__art_between(art, 13, 15 + 90.0 / balls);

        reel__draw_disc(art, tones[(first + i) % 4],
                        reel__point(x - wide * cos(turn), hands - high * sin(turn)), size);
    }
    for (int side = -1; side <= 1; side += 2) {
        reel__path_begin(art, TONE_DEEP, head * 0.42);
        reel__path_move(art, x, foot + head * 1.2);
        reel__path_curve(art, reel__point(x + side * wide * 0.6, foot + head * 1.2),
                         reel__point(x + side * wide * 0.9, hands + 60),
                         reel__point(x + side * wide * 0.92, hands + 12));
        reel__path_end(art);
        reel__draw_disc(art, TONE_LIGHT, reel__point(x + side * wide * 0.92, hands + 12),
                        head * 0.34);
    }
    reel__draw_pill(art, TONE_DEEP, reel__point(x - head * 1.2, foot + head * 0.5),
                    reel__point(head * 2.4, head * 3), head);
    reel__draw_disc(art, TONE_LIGHT, reel__point(x, foot - head * 0.4), head);
    reel__draw_rect(art, TONE_DEEP, x - head * 1.5, foot - head * 1.15, head * 3, head * 0.3);
    reel__draw_rect(art, TONE_DEEP, x - head * 0.95, foot - head * 2.4, head * 1.9, head * 1.4);
    reel__draw_rect(art, TONE_ACCENT, x - head * 0.95, foot - head * 1.45, head * 1.9, head * 0.3);
}
