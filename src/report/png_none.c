/* png_none.c - a build without librsvg. */
#include "report/png.h"

bool reel__png_ready(void)
{
    return false;
}

reel_code reel__png_draw(reel_buf *out, const reel_buf *svg, double width, double height,
                         reel_err *err)
{
    (void)out;
    (void)svg;
    (void)width;
    (void)height;
    return reel_fail(err, REEL_E_INVALID,
                     "this build has no librsvg, which draws PNG; install librsvg2-dev and build "
                     "again");
}
