/* report/page.h - the report as one HTML file that needs nothing beside it: style, charts and the
 * beginning of each table are in it.
 * Layer: report. Threads: no state.
 */
#ifndef REEL_REPORT_PAGE_H
#define REEL_REPORT_PAGE_H

#include "report/figure.h"

/* A font file (WOFF2) to be set into the page, data NULL = none. */
typedef struct reel_report_font {
    const unsigned char *data;
    size_t size;
} reel_report_font;

typedef struct reel_report_page {
    const reel_facts *facts;
    const reel_figure *figures; /* [REEL_FIGURES] */
    bool png;                   /* there is a PNG of each chart beside the page */
    reel_report_font title, text, strong;
} reel_report_page;

REEL_MUST_USE reel_code reel__report_write(reel_buf *out, const reel_report_page *page,
                                           reel_err *err);

/* "MovieLens 1M", or "Ratings" where the data have no name. */
const char *reel__report_title(const reel_facts *facts);
/* What stands below every chart: data, whether its people are simulated, TMDb's notice. */
void reel__report_source(reel_buf *out, const reel_facts *facts);

#endif
