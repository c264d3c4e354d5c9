/* poster/title_priv.h - the words of a poster: title, second title, director and year.
 * Layer: poster, inside only.
 */
#ifndef REEL_POSTER_TITLE_PRIV_H
#define REEL_POSTER_TITLE_PRIV_H

#include "poster/palette_priv.h"
#include "poster/type_priv.h"
#include "reel/dataset.h"

typedef struct reel_style {
    reel_face face;
    bool capitals;
    bool centered;
    bool rule; /* a short bar between title and credits */
} reel_style;

typedef struct reel_title {
    reel_style style;
    reel_text main, second, director;
    reel_block main_block, second_block;
    char year[12];
    double height; /* of the whole block, margins included */
} reel_title;

/* Take the words of a film and fit them. */
void reel__title_layout(reel_title *out, const reel_movie *movie, reel_style style);
/* Append the block as SVG with its upper edge at top. */
void reel__title_write(reel_buf *out, const reel_title *title, double top, uint32_t ink,
                       uint32_t accent);
/* What a screen reader says: "TITLE (YEAR)". */
void reel__title_label(reel_buf *out, const reel_movie *movie);

#endif
