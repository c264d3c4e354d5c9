/* metrics.c - counters and their text, see metrics.h.
 * Labels come from the program's own tables (routes, models, statuses), never from requests, so the
 * number of series is bounded.
 */
#include "http/metrics.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "http/routes.h"
#include "reel/version.h"

enum { ROUTES_MOST = 96, MODELS_MOST = 64, BASES = 4, NO_ROUTE = 0 };

static const int statuses[] = {200, 201, 202, 204, 304, 400, 401, 403, 404, 405, 408, 409,
                               410, 412, 413, 415, 422, 429, 499, 500, 503, 507, 0};
enum { STATUSES = sizeof statuses / sizeof *statuses }; /* the last counts any other */

/* Upper bounds in seconds; one more counts what is slower. */
static const double bounds[] = {.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5};
enum { BOUNDS = sizeof bounds / sizeof *bounds };

static const char *const bases[BASES] = {"trained", "fold_in", "fallback", "household"};

typedef struct histogram {
    atomic_uint_fast64_t bucket[BOUNDS + 1];
    atomic_uint_fast64_t nanoseconds;
} histogram;

struct reel_metrics {
    /* by number in the route table + 1; NO_ROUTE: pages, and addresses that are none */
    atomic_uint_fast64_t requests[ROUTES_MOST][STATUSES];
    histogram durations[ROUTES_MOST];
    histogram lists[MODELS_MOST][BASES]; /* by model_label */
    atomic_uint_fast64_t feedback, feedback_twice;
    time_t started;
};

reel_code reel__metrics_new(reel_metrics **out, reel_err *err)
{
    *out = reel__alloc_zero(1, sizeof **out);
    if (*out == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for the server's counters");
    (*out)->started = time(NULL);
    return REEL_OK;
}

void reel__metrics_free(reel_metrics *metrics)
{
    reel__free(metrics);
}

/* ---- counting ------------------------------------------------------------------------------ */

static void observe(histogram *h, double seconds)
{
    size_t at = 0;

    while (at < BOUNDS && seconds > bounds[at])
        at++;
    atomic_fetch_add_explicit(&h->bucket[at], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&h->nanoseconds, (uint_fast64_t)(seconds * 1e9),
                              memory_order_relaxed);
}

static size_t route_number(const char *method, const char *path)
{
    for (size_t i = 0; method != NULL && path != NULL && reel__route_at(i) != NULL; i++)
        if (reel__route_at(i)->path == path && strcmp(reel__route_at(i)->method, method) == 0)
            return i + 1 < ROUTES_MOST ? i + 1 : NO_ROUTE;
    return NO_ROUTE;
}

void reel__metrics_request(reel_metrics *metrics, const char *method, const char *route, int status,
                           double seconds)
{
    size_t number, code = 0;

    if (metrics == NULL)
        return;
    number = route_number(method, route);
    while (code + 1 < STATUSES && statuses[code] != status)
        code++;
    atomic_fetch_add_explicit(&metrics->requests[number][code], 1, memory_order_relaxed);
    observe(&metrics->durations[number], seconds);
}

/* Mixtures that requests ask for, then the library's models. */
static const char *model_label(size_t number)
{
    const reel_model_info *info = number == 0 ? NULL : reel_model_at(number - 1);

    if (number == 0)
        return "blend";
    return info == NULL ? NULL : info->name;
}

void reel__metrics_list(reel_metrics *metrics, const reel_list *list, double seconds)
{
    if (metrics == NULL)
        return;
    for (size_t m = 0; m < MODELS_MOST && model_label(m) != NULL; m++)
        for (size_t b = 0; b < BASES; b++)
            if (strcmp(model_label(m), list->model) == 0 && strcmp(bases[b], list->basis) == 0)
                observe(&metrics->lists[m][b], seconds);
}

void reel__metrics_feedback(reel_metrics *metrics, int64_t accepted, int64_t duplicates)
{
    if (metrics == NULL)
        return;
    atomic_fetch_add_explicit(&metrics->feedback, (uint_fast64_t)accepted, memory_order_relaxed);
    atomic_fetch_add_explicit(&metrics->feedback_twice, (uint_fast64_t)duplicates,
                              memory_order_relaxed);
}

/* ---- writing ------------------------------------------------------------------------------- */

static void head(reel_buf *out, const char *name, const char *type, const char *help)
{
    reel__buf_format(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static uint64_t load(const atomic_uint_fast64_t *counter)
{
    return (uint64_t)atomic_load_explicit(counter, memory_order_relaxed);
}

/* labels: as they stand between the braces, without a comma at their end. */
static void write_histogram(reel_buf *out, const char *name, const char *labels, const histogram *h)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < BOUNDS; i++) {
        sum += load(&h->bucket[i]);
        reel__buf_format(out, "%s_bucket{%s,le=\"%g\"} %" PRIu64 "\n", name, labels, bounds[i],
                         sum);
    }
    sum += load(&h->bucket[BOUNDS]);
    reel__buf_format(out, "%s_bucket{%s,le=\"+Inf\"} %" PRIu64 "\n", name, labels, sum);
    reel__buf_format(out, "%s_sum{%s} %.9f\n", name, labels, (double)load(&h->nanoseconds) / 1e9);
    reel__buf_format(out, "%s_count{%s} %" PRIu64 "\n", name, labels, sum);
}

static bool is_empty(const histogram *h)
{
    for (size_t i = 0; i <= BOUNDS; i++)
        if (load(&h->bucket[i]) > 0)
            return false;
    return true;
}

/* method="GET",route="/api/v1/movies/{id}" */
static void route_labels(char *out, size_t size, size_t number)
{
    const reel_route *route = number == NO_ROUTE ? NULL : reel__route_at(number - 1);

    (void)snprintf(out, size, "method=\"%s\",route=\"%s\"", route == NULL ? "" : route->method,
                   route == NULL ? "" : route->path);
}

static void write_requests(const reel_metrics *metrics, reel_buf *out)
{
    static const char count[] = "reel_http_requests_total";
    static const char time[] = "reel_http_request_duration_seconds";
    char labels[160];

    head(out, count, "counter",
         "Answers, by route of the API; pages and unknown addresses have none.");
    for (size_t r = 0; r < ROUTES_MOST; r++)
        for (size_t s = 0; s < STATUSES; s++) {
            const uint64_t answers = load(&metrics->requests[r][s]);

            route_labels(labels, sizeof labels, r);
            if (answers > 0)
                reel__buf_format(out, "%s{%s,status=\"%d\"} %" PRIu64 "\n", count, labels,
                                 statuses[s], answers);
        }
    head(out, time, "histogram", "From the first byte of a request to the end of its answer.");
    for (size_t r = 0; r < ROUTES_MOST; r++) {
        route_labels(labels, sizeof labels, r);
        if (!is_empty(&metrics->durations[r]))
            write_histogram(out, time, labels, &metrics->durations[r]);
    }
}

static void write_lists(const reel_metrics *metrics, reel_buf *out)
{
    static const char name[] = "reel_recommend_duration_seconds";
    char labels[96];

    head(out, name, "histogram", "Making a list with its reasons, by model and what it went by.");
    for (size_t m = 0; m < MODELS_MOST && model_label(m) != NULL; m++)
        for (size_t b = 0; b < BASES; b++) {
            (void)snprintf(labels, sizeof labels, "recommender=\"%s\",basis=\"%s\"", model_label(m),
                           bases[b]);
            if (!is_empty(&metrics->lists[m][b]))
                write_histogram(out, name, labels, &metrics->lists[m][b]);
        }
}

static void write_number(reel_buf *out, const char *name, const char *type, const char *help,
                         double value)
{
    head(out, name, type, help);
    reel__buf_format(out, "%s %.17g\n", name, value);
}

static void write_models(const reel_engine *engine, reel_buf *out)
{
    head(out, "reel_model_info", "gauge", "The models in service.");
    for (size_t i = 0; i < reel__engine_model_count(engine); i++) {
        const reel_model *model = reel__engine_model_at(engine, i);

        reel__buf_format(out, "reel_model_info{model=\"%s\",version=\"%s\",data_hash=\"%s\"} 1\n",
                         reel_model_get_info(model)->name, reel_model_id(model),
                         reel_model_data_hash(model));
    }
}

static void write_data(const reel_engine *engine, reel_buf *out)
{
    const reel_csr_view ratings = reel_dataset_ratings(reel__engine_dataset(engine));

    write_number(out, "reel_users", "gauge", "People of the data set.", (double)ratings.rows);
    write_number(out, "reel_items", "gauge", "Films.", (double)ratings.cols);
    write_number(out, "reel_ratings", "gauge", "Ratings of the data set.",
                 (double)ratings.ptr[ratings.rows]);
}

static double resident_bytes(void)
{
    FILE *file = fopen("/proc/self/statm", "re");
    long pages = 0;

    if (file == NULL)
        return 0;
    if (fscanf(file, "%*d %ld", &pages) != 1)
        pages = 0;
    (void)fclose(file);
    return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

static int open_files(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int count = 0;

    if (folder == NULL)
        return 0;
    while (readdir(folder) != NULL)
        count++;
    (void)closedir(folder);
    return count - 3; /* itself, "." and ".." */
}

static void write_process(const reel_metrics *metrics, reel_buf *out)
{
    struct rusage used = {0};

    (void)getrusage(RUSAGE_SELF, &used);
    write_number(out, "process_cpu_seconds_total", "counter", "Processor time of the process.",
                 (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                     (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6);
    write_number(out, "process_resident_memory_bytes", "gauge", "Memory in use.", resident_bytes());
    write_number(out, "process_open_fds", "gauge", "Open files and connections.", open_files());
    write_number(out, "process_start_time_seconds", "gauge", "When it started, since 1970.",
                 (double)metrics->started);
}

void reel__metrics_write_jobs(reel_jobs *jobs, reel_buf *out)
{
    static const char total[] = "reel_jobs_total";
    reel_jobs_facts facts;

    if (jobs == NULL)
        return;
    facts = reel__jobs_facts(jobs);
    head(out, total, "counter", "Jobs this server ran, by how they ended.");
    reel__buf_format(out, "%s{state=\"done\"} %" PRId64 "\n", total, facts.done);
    reel__buf_format(out, "%s{state=\"failed\"} %" PRId64 "\n", total, facts.failed);
    reel__buf_format(out, "%s{state=\"cancelled\"} %" PRId64 "\n", total, facts.cancelled);
    write_number(out, "reel_trainings_planned_total", "counter",
                 "Trainings this server asked for by itself.", (double)facts.planned);
    if (facts.next_training > 0)
        write_number(out, "reel_training_next_timestamp_seconds", "gauge",
                     "When the schedule asks for the next training.", (double)facts.next_training);
    if (facts.new_ratings >= 0)
        write_number(out, "reel_training_new_ratings", "gauge",
                     "Ratings given since the last training was asked for, up to REEL_TRAIN_AFTER.",
                     (double)facts.new_ratings);
}

void reel__metrics_write(const reel_metrics *metrics, const reel_engine *engine, reel_buf *out)
{
    head(out, "reel_build_info", "gauge", "The program.");
    reel__buf_format(out, "reel_build_info{version=\"%s\",compiler=\"%s\"} 1\n", reel_version(),
                     __VERSION__);
    write_requests(metrics, out);
    write_lists(metrics, out);
    write_number(out, "reel_feedback_events_total", "counter", "Events kept.",
                 (double)load(&metrics->feedback));
    write_number(out, "reel_feedback_duplicates_total", "counter", "Events that were kept before.",
                 (double)load(&metrics->feedback_twice));
    write_data(engine, out);
    write_models(engine, out);
    write_process(metrics, out);
}
