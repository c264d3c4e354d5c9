/* metrics_priv.h - writing Prometheus' text, shared by the files that count. */
#ifndef REEL_HTTP_METRICS_PRIV_H
#define REEL_HTTP_METRICS_PRIV_H

#include "base/buf.h"
#include "base/histogram.h"

enum { REEL_METRICS_LABELS = 400 };

/* # HELP and # TYPE. */
void reel__metrics_head(reel_buf *out, const char *name, const char *type, const char *help);
/* One without labels, with its head. */
void reel__metrics_number(reel_buf *out, const char *name, const char *type, const char *help,
                          double value);
/* name="value" at the end of other labels; what a value may not hold is escaped, and one too long
 * is cut. */
void reel__metrics_label(char labels[REEL_METRICS_LABELS], const char *name, const char *value);
/* The lines of one series. labels: as they stand between the braces. Nothing where it is empty. */
void reel__metrics_histogram(reel_buf *out, const char *name, const char *labels,
                             const reel_histogram *histogram,
                             const double bounds[REEL_HISTOGRAM_BOUNDS]);

#endif
