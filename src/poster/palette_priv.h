/* poster/palette_priv.h - five colours for a poster: by genre, shifted by decade, varied by film.
 * Layer: poster, inside only.
 */
#ifndef REEL_POSTER_PALETTE_PRIV_H
#define REEL_POSTER_PALETTE_PRIV_H

#include <stdbool.h>
#include <stdint.h>

#include "base/rng.h"

/* What a colour is for. The last two are mixed from the first five. */
typedef enum reel_tone {
    TONE_GROUND, /* the sheet */
    TONE_DEEP,   /* the darkest */
    TONE_FORM,   /* the main shape; stands out from the ground */
    TONE_ACCENT, /* small and hot */
    TONE_LIGHT,  /* the lightest */
    TONE_VEIL,   /* between ground and form: shadows, second planes */
    TONE_HAZE,   /* close to the ground */
    TONE_COUNT
} reel_tone;

/* One for each genre with a look of its own, from the most telling to the least. */
typedef enum reel_genre {
    GENRE_NOIR,
    GENRE_WESTERN,
    GENRE_MUSICAL,
    GENRE_DOCUMENTARY,
    GENRE_ANIMATION,
    GENRE_HORROR,
    GENRE_SCIFI,
    GENRE_WAR,
    GENRE_FANTASY,
    GENRE_MYSTERY,
    GENRE_ROMANCE,
    GENRE_CRIME,
    GENRE_CHILDREN,
    GENRE_ADVENTURE,
    GENRE_THRILLER,
    GENRE_COMEDY,
    GENRE_ACTION,
    GENRE_DRAMA,
    GENRE_NONE,
    GENRE_COUNT
} reel_genre;

typedef struct reel_palette {
    uint32_t rgb[TONE_COUNT]; /* 0xRRGGBB */
} reel_palette;

/* night: only from the dark schemes, for compositions in which light falls. */
reel_palette reel__palette_make(reel_genre genre, int32_t year, bool night, reel_rng *rng);
/* The colour for text on a tone: contrast of 4.5 : 1 at least (WCAG AA). */
uint32_t reel__palette_ink(const reel_palette *palette, reel_tone on);
/* (brighter + 0.05) / (darker + 0.05) of relative luminances, 1 .. 21. */
double reel__palette_contrast(uint32_t a, uint32_t b);

#endif
