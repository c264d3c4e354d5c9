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
#include "http/metrics_priv.h"
#include "http/routes.h"
#include "reel/version.h"

enum { ROUTES_MOST = 96, MODELS_MOST = 64, BASES = 4, NO_ROUTE = 0 };

static const int statuses[] = {200, 201, 202, 204, 304, 400, 401, 403, 404, 405, 408, 409,
                               410, 412, 413, 415, 421, 422, 429, 499, 500, 503, 507, 0};
enum { STATUSES = sizeof statuses / sizeof *statuses }; /* the last counts any other */

static const char *const bases[BASES] = {"trained", "fold_in", "fallback", "household"};

struct reel_metrics {
    /* by number in the route table + 1; NO_ROUTE: pages, and addresses that are none */
    atomic_uint_fast64_t requests[ROUTES_MOST][STATUSES];
    reel_histogram durations[ROUTES_MOST];
    reel_histogram lists[MODELS_MOST][BASES]; /* by model_label */
    atomic_uint_fast64_t served[MODELS_MOST]; /* films on them */
    atomic_uint_fast64_t fallbacks[MODELS_MOST][REEL_FALLBACKS];
    atomic_uint_fast64_t not_signed;
    atomic_uint_fast64_t feedback[REEL_FEEDBACK_TYPES], feedback_twice;
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

static void add(atomic_uint_fast64_t *counter, int64_t more)
{
    atomic_fetch_add_explicit(counter, (uint_fast64_t)more, memory_order_relaxed);
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
    add(&metrics->requests[number][code], 1);
    reel__histogram_observe(&metrics->durations[number], reel__histogram_short, seconds);
}

/* Mixtures that requests ask for, then the library's models; NULL past the last. */
static const char *model_label(size_t number)
{
    const reel_model_info *info = number == 0 ? NULL : reel_model_at(number - 1);

    if (number == 0)
        return "blend";
    return info == NULL || number >= MODELS_MOST ? NULL : info->name;
}

/* MODELS_MOST: no model of ours. */
static size_t model_number(const char *name)
{
    const char *label;

    for (size_t m = 0; (label = model_label(m)) != NULL; m++)
        if (strcmp(label, name) == 0)
            return m;
    return MODELS_MOST;
}

void reel__metrics_list(reel_metrics *metrics, const reel_list *list, double seconds)
{
    const size_t model = model_number(list->model);
    const size_t fell = list->fell_back == NULL ? MODELS_MOST : model_number(list->fell_back);

    if (metrics == NULL || model == MODELS_MOST)
        return;
    for (size_t b = 0; b < BASES; b++)
        if (strcmp(bases[b], list->basis) == 0)
            reel__histogram_observe(&metrics->lists[model][b], reel__histogram_short, seconds);
    add(&metrics->served[model], (int64_t)list->count);
    add(&metrics->not_signed, list->is_unsigned);
    for (size_t why = 0; why < REEL_FALLBACKS && fell < MODELS_MOST; why++)
        add(&metrics->fallbacks[fell][why], list->fallbacks[why]);
}

void reel__metrics_feedback(reel_metrics *metrics, const reel_feedback_answer *answer)
{
    if (metrics == NULL)
        return;
    for (size_t type = 0; type < REEL_FEEDBACK_TYPES; type++)
        add(&metrics->feedback[type], answer->of[type]);
    add(&metrics->feedback_twice, answer->duplicates);
}

/* ---- writing ------------------------------------------------------------------------------- */

static uint64_t load(const atomic_uint_fast64_t *counter)
{
    return (uint64_t)atomic_load_explicit(counter, memory_order_relaxed);
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
    char labels[REEL_METRICS_LABELS];

    reel__metrics_head(out, count, "counter",
                       "Answers, by route of the API; pages and unknown addresses have none.");
    for (size_t r = 0; r < ROUTES_MOST; r++)
        for (size_t s = 0; s < STATUSES; s++) {
            const uint64_t answers = load(&metrics->requests[r][s]);

            route_labels(labels, sizeof labels, r);
            if (answers > 0)
                reel__buf_format(out, "%s{%s,status=\"%d\"} %" PRIu64 "\n", count, labels,
                                 statuses[s], answers);
        }
    reel__metrics_head(out, time, "histogram",
                       "From the first byte of a request to the end of its answer.");
    for (size_t r = 0; r < ROUTES_MOST; r++) {
        route_labels(labels, sizeof labels, r);
        reel__metrics_histogram(out, time, labels, &metrics->durations[r], reel__histogram_short);
    }
}

static void write_lists(const reel_metrics *metrics, reel_buf *out)
{
    static const char name[] = "reel_recommend_duration_seconds";
    char labels[REEL_METRICS_LABELS];
    const char *model;

    reel__metrics_head(out, name, "histogram",
                       "Making a list with its reasons, by model and what it went by.");
    for (size_t m = 0; (model = model_label(m)) != NULL; m++)
        for (size_t b = 0; b < BASES; b++) {
            labels[0] = '\0';
            reel__metrics_label(labels, "recommender", model);
            reel__metrics_label(labels, "basis", bases[b]);
            reel__metrics_histogram(out, name, labels, &metrics->lists[m][b],
                                    reel__histogram_short);
        }
}

static void write_served(const reel_metrics *metrics, reel_buf *out)
{
    static const char served[] = "reel_recommendations_served_total";
    static const char fallbacks[] = "reel_fallbacks_total";
    const char *model;

    reel__metrics_head(out, served, "counter", "Films on the lists that were made, by model.");
    for (size_t m = 0; (model = model_label(m)) != NULL; m++)
        if (load(&metrics->served[m]) > 0)
            reel__buf_format(out, "%s{recommender=\"%s\"} %" PRIu64 "\n", served, model,
                             load(&metrics->served[m]));
    reel__metrics_head(out, fallbacks, "counter",
                       "How often popular answered for another model, and why.");
    for (size_t m = 0; (model = model_label(m)) != NULL; m++)
        for (size_t why = 0; why < REEL_FALLBACKS; why++)
            if (load(&metrics->fallbacks[m][why]) > 0)
                reel__buf_format(out, "%s{recommender=\"%s\",reason=\"%s\"} %" PRIu64 "\n",
                                 fallbacks, model, reel__fallback_name((reel_fallback)why),
                                 load(&metrics->fallbacks[m][why]));
    reel__metrics_number(out, "reel_lists_unsigned_total", "counter",
                         "Lists that are believed to be nobody's.",
                         (double)load(&metrics->not_signed));
}

static void write_feedback(const reel_metrics *metrics, reel_buf *out)
{
    static const char events[] = "reel_feedback_events_total";

    reel__metrics_head(out, events, "counter", "Events kept, by type.");
    for (size_t type = 0; type < REEL_FEEDBACK_TYPES; type++)
        reel__buf_format(out, "%s{type=\"%s\"} %" PRIu64 "\n", events, reel__feedback_type(type),
                         load(&metrics->feedback[type]));
    reel__metrics_number(out, "reel_feedback_duplicates_total", "counter",
                         "Events that were kept before.", (double)load(&metrics->feedback_twice));
}

static void write_data(const reel_engine *engine, reel_buf *out)
{
    const reel_csr_view ratings = reel_dataset_ratings(reel__engine_dataset(engine));

    reel__metrics_number(out, "reel_users", "gauge", "People of the data set.",
                         (double)ratings.rows);
    reel__metrics_number(out, "reel_items", "gauge", "Films.", (double)ratings.cols);
    reel__metrics_number(out, "reel_ratings", "gauge", "Ratings of the data set.",
                         (double)ratings.ptr[ratings.rows]);
}

/* Whole and resident. */
static void read_memory(double out[2])
{
    FILE *file = fopen("/proc/self/statm", "re");
    long pages[2] = {0, 0};

    if (file != NULL && fscanf(file, "%ld %ld", &pages[0], &pages[1]) != 2)
        pages[0] = pages[1] = 0;
    if (file != NULL)
        (void)fclose(file);
    for (int i = 0; i < 2; i++)
        out[i] = (double)pages[i] * (double)sysconf(_SC_PAGESIZE);
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
    struct rlimit files = {0};
    double memory[2];

    read_memory(memory);
    (void)getrlimit(RLIMIT_NOFILE, &files);
    (void)getrusage(RUSAGE_SELF, &used);
    reel__metrics_number(out, "process_cpu_seconds_total", "counter",
                         "Processor time of the process.",
                         (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                             (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6);
    reel__metrics_number(out, "process_virtual_memory_bytes", "gauge", "Address space.", memory[0]);
    reel__metrics_number(out, "process_resident_memory_bytes", "gauge", "Memory in use.",
                         memory[1]);
    reel__metrics_number(out, "process_open_fds", "gauge", "Open files and connections.",
                         open_files());
    reel__metrics_number(out, "process_max_fds", "gauge", "How many there may be.",
                         (double)files.rlim_cur);
    reel__metrics_number(out, "process_start_time_seconds", "gauge", "When it started, since 1970.",
                         (double)metrics->started);
}

void reel__metrics_write(const reel_metrics *metrics, const reel_engine *engine, reel_buf *out)
{
    reel__metrics_head(out, "reel_build_info", "gauge", "The program.");
    reel__buf_format(out, "reel_build_info{version=\"%s\",compiler=\"%s\"} 1\n", reel_version(),
                     __VERSION__);
    write_requests(metrics, out);
    write_lists(metrics, out);
    write_served(metrics, out);
    write_feedback(metrics, out);
    write_data(engine, out);
    reel__metrics_write_models(engine, out);
    reel__metrics_write_store(engine, out);
    write_process(metrics, out);
}
