/* http/metrics.h - what a server counts of itself, in Prometheus' text format 0.0.4
 * (https://prometheus.io/docs/instrumenting/exposition_formats/). Names and units:
 * docs/operation.md. Layer: http. Threads: counters are atomic; any thread may count while another
 * writes them out.
 */
#ifndef REEL_HTTP_METRICS_H
#define REEL_HTTP_METRICS_H

#include "base/buf.h"
#include "service/analytics/counter.h"
#include "service/experiments/experiments.h"
#include "service/feedback/feedback.h"
#include "service/feedback/forward.h"
#include "service/lists/recommend.h"
#include "service/operation/jobs.h"

typedef struct reel_metrics reel_metrics;

REEL_MUST_USE reel_code reel__metrics_new(reel_metrics **out, reel_err *err);
void reel__metrics_free(reel_metrics *metrics); /* NULL allowed */

/* In each, metrics may be NULL: nothing is counted then. */

/* A request was answered. route: a template of the route table, or NULL for pages and for what has
 * no route; method [optional]. */
void reel__metrics_request(reel_metrics *metrics, const char *method, const char *route, int status,
                           double seconds);
/* A list was made, for an answer. */
void reel__metrics_list(reel_metrics *metrics, const reel_list *list, double seconds);
/* Feedback events were kept. */
void reel__metrics_feedback(reel_metrics *metrics, const reel_feedback_answer *answer);

/* metrics_models.c: the models in service, and how good they are; how long the store takes; what is
 * known of jobs (NULL: nothing). */
void reel__metrics_write_models(const reel_engine *engine, reel_buf *out);
void reel__metrics_write_store(const reel_engine *engine, reel_buf *out);
void reel__metrics_write_jobs(reel_jobs *jobs, reel_buf *out);

/* Everything, with facts of the engine and the process. Running out of memory shows in out. */
void reel__metrics_write(const reel_metrics *metrics, const reel_engine *engine, reel_buf *out);
/* How the last days went. */
void reel__metrics_recent(reel_counter *counter, reel_buf *out);
/* What people in experiments did. NULL: there are none. */
void reel__metrics_experiments(reel_experiments *experiments, reel_buf *out);
/* What waits for MongoDB, and what reached it. */
void reel__metrics_forward(const reel_forward *forward, reel_buf *out);

#endif
