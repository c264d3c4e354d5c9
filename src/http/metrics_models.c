/* metrics_models.c - the models in service and how good they are, the store, and trainings. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "http/metrics.h"
#include "http/metrics_priv.h"
#include "service/engine/about.h"

enum { CARD_DEPTH = 8, METRIC = 32 };

static void label_model(char labels[REEL_METRICS_LABELS], const reel_model *model)
{
    labels[0] = '\0';
    reel__metrics_label(labels, "model", reel_model_get_info(model)->name);
}

static void label_version(char labels[REEL_METRICS_LABELS], const reel_model *model)
{
    label_model(labels, model);
    reel__metrics_label(labels, "version", reel_model_id(model));
    reel__metrics_label(labels, "data_hash", reel_model_data_hash(model));
}

static void write_trained(const reel_engine *engine, reel_buf *out)
{
    static const char name[] = "reel_model_trained_timestamp_seconds";
    char labels[REEL_METRICS_LABELS];

    reel__metrics_head(out, name, "gauge", "When each model in service was trained, since 1970.");
    for (size_t i = 0; i < reel__engine_model_count(engine); i++) {
        const reel_model *model = reel__engine_model_at(engine, i);
        const int64_t at = reel__model_trained_at(engine, model);

        label_version(labels, model);
        if (at > 0)
            reel__buf_format(out, "%s{%s} %" PRId64 "\n", name, labels, at);
    }
}

/* "hidden_ndcg@10" as its name and length; false for what is no share of one, and what nobody
 * knows. */
static bool split_metric(const char *key, char name[METRIC], int *k)
{
    static const char *const before[] = {"", "sampled_", "hidden_"};
    static const char *const ratios[] = {"ndcg", "recall", "recall_min", "precision", "hit_rate",
                                         "map",  "mrr",    "coverage",   "auc"};
    const size_t length = strcspn(key, "@");

    *k = key[length] == '@' ? (int)strtol(key + length + 1, NULL, 10) : 0;
    for (size_t b = 0; b < sizeof before / sizeof *before; b++)
        for (size_t i = 0; i < sizeof ratios / sizeof *ratios; i++) {
            (void)snprintf(name, METRIC, "%s%s", before[b], ratios[i]);
            if (strlen(name) == length && memcmp(name, key, length) == 0)
                return true;
        }
    return false;
}

static void write_metric(reel_buf *out, const char *model_labels, const char *split,
                         const char *key, const json_t *value)
{
    const json_t *number = json_is_object(value) ? json_object_get(value, "mean") : value;
    char labels[REEL_METRICS_LABELS], name[METRIC], length[16] = "";
    int k;

    if (!json_is_number(number) || !split_metric(key, name, &k))
        return;
    if (k > 0)
        (void)snprintf(length, sizeof length, "%d", k);
    (void)snprintf(labels, sizeof labels, "%s", model_labels);
    reel__metrics_label(labels, "metric", name);
    reel__metrics_label(labels, "k", length);
    reel__metrics_label(labels, "split", split);
    reel__buf_format(out, "reel_model_quality_ratio{%s} %.9g\n", labels, json_number_value(number));
}

/* What its card says, of a model that has one. */
static void write_card(reel_buf *out, const reel_model *model)
{
    const char *card = reel_model_card(model), *split, *key;
    char labels[REEL_METRICS_LABELS];
    json_t *parsed = NULL;
    json_t *value;

    if (card == NULL || reel__json_parse(&parsed, card, strlen(card), CARD_DEPTH, NULL) != REEL_OK)
        return;
    split = json_string_value(json_object_get(json_object_get(parsed, "protocol"), "name"));
    label_model(labels, model);
    json_object_foreach(json_object_get(parsed, "metrics"), key, value)
    {
        write_metric(out, labels, split == NULL ? "" : split, key, value);
    }
    json_decref(parsed);
}

void reel__metrics_write_models(const reel_engine *engine, reel_buf *out)
{
    char labels[REEL_METRICS_LABELS];

    reel__metrics_head(out, "reel_model_info", "gauge", "The models in service.");
    for (size_t i = 0; i < reel__engine_model_count(engine); i++) {
        label_version(labels, reel__engine_model_at(engine, i));
        reel__buf_format(out, "reel_model_info{%s} 1\n", labels);
    }
    write_trained(engine, out);
    reel__metrics_head(out, "reel_model_quality_ratio", "gauge",
                       "What the evaluation cards of the models in service say.");
    for (size_t i = 0; i < reel__engine_model_count(engine); i++)
        write_card(out, reel__engine_model_at(engine, i));
}

void reel__metrics_write_store(const reel_engine *engine, reel_buf *out)
{
    static const char name[] = "reel_db_query_duration_seconds";
    char labels[REEL_METRICS_LABELS];
    const reel_histogram *times;
    const char *op;

    reel__metrics_head(out, name, "histogram",
                       "What the database took, with the wait for a turn or a connection.");
    for (size_t i = 0; (times = reel__engine_store_times(engine, i, &op)) != NULL; i++) {
        labels[0] = '\0';
        reel__metrics_label(labels, "op", op);
        reel__metrics_histogram(out, name, labels, times, reel__histogram_short);
    }
}

/* ---- jobs ---------------------------------------------------------------------------------- */

static void write_trainings(const reel_jobs *jobs, reel_buf *out)
{
    static const char took[] = "reel_model_train_duration_seconds";
    static const char failed[] = "reel_model_train_failures_total";
    char labels[REEL_METRICS_LABELS];
    const reel_train_facts *facts;

    reel__metrics_head(out, took, "histogram", "Fits of the trainings that this server ran.");
    for (size_t i = 0; (facts = reel__jobs_trained(jobs, i)) != NULL; i++) {
        labels[0] = '\0';
        reel__metrics_label(labels, "model", facts->model);
        reel__metrics_histogram(out, took, labels, &facts->durations, reel__histogram_long);
    }
    reel__metrics_head(out, failed, "counter", "Trainings that this server ran and that failed.");
    for (size_t i = 0; (facts = reel__jobs_trained(jobs, i)) != NULL; i++)
        for (size_t r = 0; r < REEL_TRAIN_REASONS; r++) {
            const uint64_t count =
                (uint64_t)atomic_load_explicit(&facts->failures[r], memory_order_relaxed);

            labels[0] = '\0';
            reel__metrics_label(labels, "model", facts->model);
            reel__metrics_label(labels, "reason", reel__train_reason(r));
            if (count > 0)
                reel__buf_format(out, "%s{%s} %" PRIu64 "\n", failed, labels, count);
        }
}

void reel__metrics_write_jobs(reel_jobs *jobs, reel_buf *out)
{
    static const char total[] = "reel_jobs_total";
    reel_jobs_facts facts;

    if (jobs == NULL)
        return;
    facts = reel__jobs_facts(jobs);
    reel__metrics_head(out, total, "counter", "Jobs this server ran, by how they ended.");
    reel__buf_format(out, "%s{state=\"done\"} %" PRId64 "\n", total, facts.done);
    reel__buf_format(out, "%s{state=\"failed\"} %" PRId64 "\n", total, facts.failed);
    reel__buf_format(out, "%s{state=\"cancelled\"} %" PRId64 "\n", total, facts.cancelled);
    write_trainings(jobs, out);
    reel__metrics_number(out, "reel_trainings_planned_total", "counter",
                         "Trainings this server asked for by itself.", (double)facts.planned);
    reel__metrics_number(out, "reel_versions_taken_back_total", "counter",
                         "Versions this server took back, as people took them up less.",
                         (double)facts.taken_back);
    reel__metrics_number(out, "reel_unlearning_people", "gauge",
                         "People whose accounts are gone and who may be in models yet.",
                         (double)facts.unlearning);
    reel__metrics_number(
        out, "reel_unlearning_oldest_seconds", "gauge",
        "For how long the first of them has been gone.",
        facts.unlearning_since == 0 ? 0 : (double)(reel__clock_now() - facts.unlearning_since));
    if (facts.next_training > 0)
        reel__metrics_number(out, "reel_training_next_timestamp_seconds", "gauge",
                             "When the schedule asks for the next training.",
                             (double)facts.next_training);
    if (facts.new_ratings >= 0)
        reel__metrics_number(
            out, "reel_training_new_ratings", "gauge",
            "Ratings given since the last training was asked for, up to REEL_TRAIN_AFTER.",
            (double)facts.new_ratings);
}
