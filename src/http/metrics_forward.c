/* metrics_forward.c - the outbox: events on their way to MongoDB. */
#include <inttypes.h>

#include "base/clock.h"
#include "http/metrics.h"

static void put(reel_buf *out, const char *name, const char *type, const char *help, double value)
{
    reel__buf_format(out, "# HELP %s %s\n# TYPE %s %s\n%s %.15g\n", name, help, name, type, name,
                     value);
}

void reel__metrics_forward(const reel_forward *forward, reel_buf *out)
{
    reel_forward_facts facts;
    double age = 0;

    reel__forward_facts(forward, &facts);
    if (facts.oldest_ms > 0)
        age = (double)(reel__clock_now_ms() - facts.oldest_ms) / 1000;
    put(out, "reel_outbox_events", "gauge", "Events that wait for MongoDB.", (double)facts.waiting);
    put(out, "reel_outbox_oldest_seconds", "gauge", "Age of the oldest event that waits.",
        age > 0 ? age : 0);
    put(out, "reel_outbox_delivered_total", "counter", "Events that MongoDB acknowledged.",
        (double)facts.delivered);
    put(out, "reel_outbox_refused_total", "counter", "Events that MongoDB will never take.",
        (double)facts.refused);
    put(out, "reel_outbox_failures_total", "counter", "Batches that did not arrive.",
        (double)facts.failures);
    put(out, "reel_outbox_up", "gauge", "1 when the last batch arrived, 0 when it did not.",
        facts.state == REEL_FORWARD_FAILING ? 0 : 1);
}
