/* poster/poster.h - a poster for a film without an image: deterministic SVG from the film's facts.
 * Layer: poster. Threads: no state.
 */
#ifndef REEL_POSTER_POSTER_H
#define REEL_POSTER_POSTER_H

#include "base/buf.h"
#include "reel/dataset.h"

/* Append a 2:3 SVG (viewBox 0 0 400 600): composition by genre, palette by genre and decade, title
 * balanced over lines and sized to fit in any script, year and director small. */
REEL_MUST_USE reel_code reel__poster_svg(reel_buf *out, const reel_movie *movie, reel_err *err);

#endif
