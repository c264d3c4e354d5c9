/* metrics_forward.c - the outbox: events on their way to MongoDB. */
#include "base/clock.h"
#include "http/metrics.h"
#include "http/metrics_priv.h"

void reel__metrics_forward(const reel_forward *forward, reel_buf *out)
{
    reel_forward_facts facts;
    double age = 0;

    reel__forward_facts(forward, &facts);
    if (facts.oldest_ms > 0)
        age = (double)(reel__clock_now_ms() - facts.oldest_ms) / 1000;
    reel__metrics_number(out, "reel_outbox_events", "gauge", "Events that wait for MongoDB.",
                         (double)facts.waiting);
    reel__metrics_number(out, "reel_outbox_oldest_seconds", "gauge",
                         "Age of the oldest event that waits.", age > 0 ? age : 0);
    reel__metrics_number(out, "reel_outbox_delivered_total", "counter",
                         "Events that MongoDB acknowledged.", (double)facts.delivered);
    reel__metrics_number(out, "reel_outbox_refused_total", "counter",
                         "Events that MongoDB will never take.", (double)facts.refused);
    reel__metrics_number(out, "reel_outbox_damaged_total", "counter",
                         "Events that cannot be read, and were set aside.", (double)facts.damaged);
    reel__metrics_number(out, "reel_outbox_failures_total", "counter",
                         "Batches that did not arrive.", (double)facts.failures);
    reel__metrics_number(out, "reel_outbox_forgetting", "gauge",
                         "People whose account was deleted and whose documents are still there.",
                         (double)facts.forgetting);
    reel__metrics_number(out, "reel_outbox_forgotten_total", "counter",
                         "Documents of deleted accounts that were taken out of MongoDB.",
                         (double)facts.forgotten);
    reel__metrics_number(out, "reel_outbox_up", "gauge",
                         "1 when the last batch arrived, 0 when it did not.",
                         facts.state == REEL_FORWARD_FAILING ? 0 : 1);
}
