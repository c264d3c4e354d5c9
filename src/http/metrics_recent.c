/* metrics_recent.c - how the last days went: what people took up, and how much of the catalogue
 * they saw.
 */
#include <inttypes.h>
#include <stdio.h>

#include "http/metrics.h"
#include "http/metrics_priv.h"

enum { WINDOW = 16 };

void reel__metrics_recent(reel_counter *counter, reel_buf *out)
{
    static const char positive[] = "reel_positive_feedback_ratio";
    static const char coverage[] = "reel_catalog_coverage_ratio";
    char labels[REEL_METRICS_LABELS], window[WINDOW];
    reel_recent recent;

    reel__counter_recent(counter, &recent);
    if (recent.at == 0)
        return;
    (void)snprintf(window, sizeof window, "%dd", REEL_RECENT_DAYS);
    reel__metrics_number(out, "reel_feedback", "gauge", "Events of the log that were counted.",
                         (double)recent.events);
    reel__metrics_head(out, positive, "gauge", "Share of the films shown that were clicked.");
    for (size_t i = 0; i < recent.count; i++) {
        const reel_recent_method *method = &recent.methods[i];

        labels[0] = '\0';
        reel__metrics_label(labels, "recommender", method->name);
        reel__metrics_label(labels, "window", window);
        if (method->shown > 0)
            reel__buf_format(out, "%s{%s} %.9g\n", positive, labels,
                             (double)method->clicked / (double)method->shown);
    }
    reel__metrics_head(out, coverage, "gauge", "Share of the catalogue's films that were shown.");
    if (recent.catalogue > 0)
        reel__buf_format(out, "%s{window=\"%s\"} %.9g\n", coverage, window,
                         (double)recent.films / (double)recent.catalogue);
}

static const char outcomes_name[] = "reel_experiment_outcomes_total";

static void put_outcomes(void *user, const char *experiment, const char *arm, int64_t count)
{
    reel__buf_format(user, "%s{experiment=\"%s\",arm=\"%s\"} %" PRId64 "\n", outcomes_name,
                     experiment, arm, count);
}

void reel__metrics_experiments(reel_experiments *experiments, reel_buf *out)
{
    if (experiments == NULL)
        return;
    reel__metrics_head(out, outcomes_name, "counter",
                       "What counts, done to lists of an experiment, by the arm it counts for.");
    reel__experiments_outcomes(experiments, put_outcomes, out);
}
