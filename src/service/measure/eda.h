/* service/measure/eda.h - an exploratory analysis of a database as a folder: a page, and each chart
 * as SVG, PNG and the numbers behind it as CSV. Layer: service. Threads: one thread at a time;
 * draws with several.
 */
#ifndef REEL_SERVICE_EDA_H
#define REEL_SERVICE_EDA_H

#include "base/progress.h"
#include "report/page.h"

typedef struct reel_eda_opts {
    const char *database, *output; /* output: a folder, made when missing */
    bool dark;                     /* PNG in dark colours */
    bool no_png;
    int threads;                          /* 0 = all cores */
    reel_report_font title, text, strong; /* to be set into the page */
    const reel_progress *progress;
} reel_eda_opts;

enum { REEL_EDA_ABSENT = 32 };

typedef struct reel_eda_report {
    int64_t films, people, ratings;
    int charts;
    bool png;           /* they were drawn */
    bool no_library;    /* they were wanted, but there is no librsvg */
    int64_t page_bytes; /* of index.html */
    double seconds;
    int absent_count;
    struct reel_eda_absent {
        const char *id, *why;
    } absent[REEL_EDA_ABSENT]; /* analyses without data */
} reel_eda_report;

/* Each file appears when it is complete, index.html last.
 * Errors: those of opening a store; E_INVALID (nothing is in it); E_STORE (disk full, permissions),
 * E_NOMEM. */
REEL_MUST_USE reel_code reel__eda(const reel_eda_opts *opts, reel_eda_report *report,
                                  reel_err *err);

#endif
