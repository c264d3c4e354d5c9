/* metrics_write.c - Prometheus' text: heads, labels, histograms. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "http/metrics_priv.h"

void reel__metrics_head(reel_buf *out, const char *name, const char *type, const char *help)
{
    reel__buf_format(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

void reel__metrics_number(reel_buf *out, const char *name, const char *type, const char *help,
                          double value)
{
    reel__metrics_head(out, name, type, help);
    reel__buf_format(out, "%s %.17g\n", name, value);
}

void reel__metrics_label(char labels[REEL_METRICS_LABELS], const char *name, const char *value)
{
    size_t at = strlen(labels);
    const size_t most = REEL_METRICS_LABELS - 4; /* a character escaped, the quote, NUL */

    at += (size_t)snprintf(labels + at, REEL_METRICS_LABELS - at, "%s%s=\"", at == 0 ? "" : ",",
                           name);
    for (; *value != '\0' && at < most; value++) {
        if (*value == '\\' || *value == '"' || *value == '\n')
            labels[at++] = '\\';
        if (*value == '\n')
            labels[at++] = 'n';
        else
            labels[at++] = *value;
    }
    labels[at++] = '"';
    labels[at] = '\0';
}

static uint64_t load(const atomic_uint_fast64_t *counter)
{
    return (uint64_t)atomic_load_explicit(counter, memory_order_relaxed);
}

void reel__metrics_histogram(reel_buf *out, const char *name, const char *labels,
                             const reel_histogram *histogram,
                             const double bounds[REEL_HISTOGRAM_BOUNDS])
{
    uint64_t sum = 0;

    if (reel__histogram_count(histogram) == 0)
        return;
    for (size_t i = 0; i < REEL_HISTOGRAM_BOUNDS; i++) {
        sum += load(&histogram->bucket[i]);
        reel__buf_format(out, "%s_bucket{%s,le=\"%g\"} %" PRIu64 "\n", name, labels, bounds[i],
                         sum);
    }
    sum += load(&histogram->bucket[REEL_HISTOGRAM_BOUNDS]);
    reel__buf_format(out, "%s_bucket{%s,le=\"+Inf\"} %" PRIu64 "\n", name, labels, sum);
    reel__buf_format(out, "%s_sum{%s} %.9f\n", name, labels,
                     (double)load(&histogram->nanoseconds) / 1e9);
    reel__buf_format(out, "%s_count{%s} %" PRIu64 "\n", name, labels, sum);
}
