/* standin.c - the plainest poster: the title on a dark ground. */
#include "poster/poster.h"

reel_code reel__poster_svg(reel_buf *out, const reel_movie *movie, reel_err *err)
{
    reel__buf_text(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 400 600\">"
                        "<rect width=\"400\" height=\"600\" fill=\"#222\"/></svg>");
    (void)movie;
    return reel__buf_check(out, err);
}
