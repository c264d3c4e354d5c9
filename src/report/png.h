/* report/png.h - an SVG as a PNG, through librsvg.
 * Layer: report. Threads: no state once the library is loaded; several may draw at once.
 */
#ifndef REEL_REPORT_PNG_H
#define REEL_REPORT_PNG_H

#include <stdbool.h>

#include "base/buf.h"

/* Whether the library is there. Call once before threads draw. */
bool reel__png_ready(void);
/* Append the PNG of an SVG, two pixels to its unit. Errors: E_INVALID (not ready), E_FORMAT (what
 * librsvg says), E_NOMEM. */
REEL_MUST_USE reel_code reel__png_draw(reel_buf *out, const reel_buf *svg, double width,
                                       double height, reel_err *err);

#endif
