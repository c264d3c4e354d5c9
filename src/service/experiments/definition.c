/* definition.c - what an experiment is, as JSON. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/mistakes.h"
#include "service/engine/state.h"
#include "service/experiments/experiments.h"

enum { DAYS_MOST = 366, HOURS_MOST = 24 * 28, HOURS_USUAL = 24, DAYS_USUAL = 28, DAY = 86400 };
static const double ALPHA_LEAST = 0.0001, ALPHA_MOST = 0.5, ALPHA_USUAL = 0.05;
static const double SMALLEST_LEAST = 0.0001, SMALLEST_USUAL = 0.01, WEIGHT_MOST = 1000;

/* What counts, by its name and by the type of its events. */
static const struct {
    const char *name, *type, *does;
} metrics[] = {
    {"click_through", "click", "click"},
    {"rating_through", "rating", "rate"},
    {"watchlist_through", "watchlist", "put on the watchlist"},
    {"trailer_through", "trailer", "see the trailer of"},
};
enum { METRICS = sizeof metrics / sizeof *metrics };

static size_t metric_of(const char *type)
{
    size_t i = 0;

    while (i + 1 < METRICS && strcmp(metrics[i].type, type) != 0)
        i++;
    return i;
}

/* ---- reading ------------------------------------------------------------------------------- */

/* 1 to most letters that stand in addresses as they are. */
static reel_code read_name(char *out, size_t size, const json_t *object, const char *member,
                           reel_err *err)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    const char *text = "";
    const reel_code rc = reel__json_get_text(object, member, &text, err);
    const size_t length = strlen(text);

    if (rc != REEL_OK)
        return rc;
    if (length < 1 || length >= size || strspn(text, letters) != length)
        return reel_fail(err, REEL_E_INVALID, "%s: expected 1 to %zu letters, digits, _ and -",
                         member, size - 1);
    memcpy(out, text, length + 1);
    return REEL_OK;
}

static reel_code read_kind(reel_experiment *out, const json_t *body, reel_err *err)
{
    const char *kind = "ab";
    const reel_code rc = reel__json_get_text(body, "kind", &kind, err);

    if (rc != REEL_OK)
        return rc;
    if (strcmp(kind, "ab") != 0 && strcmp(kind, "interleave") != 0)
        return reel_fail(err, REEL_E_INVALID, "kind: expected \"ab\" or \"interleave\"");
    out->kind = strcmp(kind, "ab") == 0 ? REEL_EXPERIMENT_AB : REEL_EXPERIMENT_INTERLEAVE;
    return REEL_OK;
}

static reel_code read_metric(reel_experiment *out, const json_t *body, reel_err *err)
{
    const char *name = metrics[0].name;
    const reel_code rc = reel__json_get_text(body, "metric", &name, err);

    if (rc != REEL_OK)
        return rc;
    for (size_t i = 0; i < METRICS; i++)
        if (strcmp(metrics[i].name, name) == 0) {
            out->metric = metrics[i].type;
            return REEL_OK;
        }
    return reel_fail(err, REEL_E_INVALID,
                     "metric: expected click_through, rating_through, watchlist_through or "
                     "trailer_through");
}

static reel_code read_scenario(reel_experiment *out, const json_t *body, reel_err *err)
{
    const json_t *member = json_object_get(body, "scenario");

    out->scenario[0] = '\0';
    return member == NULL || json_is_null(member)
               ? REEL_OK
               : read_name(out->scenario, sizeof out->scenario, body, "scenario", err);
}

static reel_code read_real(double *out, const json_t *body, const char *member,
                           const double range[2], reel_err *err)
{
    const reel_code rc = reel__json_get_real(body, member, out, err);

    if (rc != REEL_OK)
        return rc;
    return *out >= range[0] && *out <= range[1]
               ? REEL_OK
               : reel_fail(err, REEL_E_INVALID, "%s: %g is not from %g to %g", member, *out,
                           range[0], range[1]);
}

static reel_code read_whole(int *out, const json_t *body, const char *member, int most,
                            reel_err *err)
{
    int64_t value = *out;
    const reel_code rc = reel__json_get_int(body, member, &value, err);

    if (rc != REEL_OK)
        return rc;
    if (value < 1 || value > most)
        return reel_fail(err, REEL_E_INVALID, "%s: %lld is not from 1 to %d", member,
                         (long long)value, most);
    *out = (int)value;
    return REEL_OK;
}

static reel_code read_numbers(reel_experiment *out, const json_t *body, reel_err *err)
{
    const double alphas[2] = {ALPHA_LEAST, ALPHA_MOST}, effects[2] = {SMALLEST_LEAST, 1};
    reel_code rc;

    out->alpha = ALPHA_USUAL;
    out->smallest = SMALLEST_USUAL;
    out->days = DAYS_USUAL;
    out->window_hours = HOURS_USUAL;
    REEL_TRY(read_real(&out->alpha, body, "alpha", alphas, err));
    REEL_TRY(read_real(&out->smallest, body, "smallest_effect", effects, err));
    REEL_TRY(read_whole(&out->days, body, "days", DAYS_MOST, err));
    rc = read_whole(&out->window_hours, body, "window_hours", HOURS_MOST, err);
out:
    return rc;
}

static reel_code read_tag(reel_experiment *out, const json_t *body, reel_err *err)
{
    const char *tag = "";
    const reel_code rc = reel__json_get_text(body, "tag", &tag, err);

    if (rc != REEL_OK)
        return rc;
    if (*tag != '\0' && (strlen(tag) != REEL_EXPERIMENT_TAG - 1 ||
                         strspn(tag, "0123456789abcdef") != REEL_EXPERIMENT_TAG - 1))
        return reel_fail(err, REEL_E_INVALID, "tag: expected %d digits of 0 to 9 and a to f",
                         REEL_EXPERIMENT_TAG - 1);
    (void)snprintf(out->tag, sizeof out->tag, "%s", tag);
    return REEL_OK;
}

/* A day to come, from its midnight UTC on; unsaid: now. */
static reel_code read_start(reel_experiment *out, const json_t *body, reel_err *err)
{
    const char *text = NULL;
    int64_t day;
    const reel_code rc = reel__json_get_text(body, "start", &text, err);

    if (rc != REEL_OK || text == NULL)
        return rc;
    if (strlen(text) != REEL_DATE_LENGTH || !reel__date_read(&day, text) ||
        day * DAY <= reel__clock_now())
        return reel_fail(err, REEL_E_INVALID, "start: expected a day to come, such as 2030-01-31");
    out->starts = day * DAY;
    return REEL_OK;
}

/* Whether the engine may have such a model; mixed: as a part of a mixture. */
static reel_code check_model(const char *name, bool mixed, reel_err *err)
{
    for (int slot = mixed ? MODEL_HYBRID + 1 : 0; slot < MODEL_ALS; slot++)
        if (strcmp(reel__engine_names[slot], name) == 0)
            return REEL_OK;
    return reel_fail(err, REEL_E_INVALID,
                     "model: \"%.40s\" is none of %sease, ials, content, "
                     "user-knn and popular",
                     name, mixed ? "" : "hybrid, ");
}

static reel_code read_part(reel_arm *out, const char *name, const json_t *weight, reel_err *err)
{
    reel_code rc;

    REEL_TRY(check_model(name, true, err));
    if (!json_is_number(weight) || !(json_number_value(weight) >= 0) ||
        json_number_value(weight) > WEIGHT_MOST / 10)
        return reel_fail(err, REEL_E_INVALID, "model.%.40s: expected a number from 0 to %g", name,
                         WEIGHT_MOST / 10);
    (void)snprintf(out->mixed[out->part_count], REEL_ARM_MODEL, "%s", name);
    out->parts[out->part_count++].weight = json_number_value(weight);
out:
    return rc;
}

/* A name, or weights by name. */
static reel_code read_model(reel_arm *out, const json_t *arm, reel_err *err)
{
    json_t *model = json_object_get(arm, "model"), *weight;
    const char *name = "";
    double sum = 0;
    reel_code rc = REEL_OK;

    if (!json_is_object(model)) {
        REEL_TRY(reel__json_get_text(arm, "model", &name, err));
        REEL_TRY(check_model(name, false, err));
        (void)snprintf(out->model, sizeof out->model, "%s", name);
        return REEL_OK;
    }
    if (json_object_size(model) == 0 || json_object_size(model) > REEL_BLEND_MAX)
        return reel_fail(err, REEL_E_INVALID, "model: expected 1 to %d weights by model",
                         (int)REEL_BLEND_MAX);
    json_object_foreach(model, name, weight)
    {
        REEL_TRY(read_part(out, name, weight, err));
        sum += json_number_value(weight);
    }
    if (!(sum > 0))
        rc = reel_fail(err, REEL_E_INVALID, "model: a weight must be above 0");
out:
    return rc;
}

static reel_code read_arm(reel_arm *out, const json_t *arm, reel_err *err)
{
    static const char *const names[] = {"name", "model", "weight", NULL};
    const double weights[2] = {1 / WEIGHT_MOST, WEIGHT_MOST};
    reel_code rc;

    *out = (reel_arm){.weight = 1};
    REEL_TRY(reel__json_only(arm, names, err));
    REEL_TRY(read_name(out->name, sizeof out->name, arm, "name", err));
    REEL_TRY(read_model(out, arm, err));
    rc = read_real(&out->weight, arm, "weight", weights, err);
out:
    return rc;
}

static reel_code check_arms(const reel_experiment *e, reel_err *err)
{
    for (size_t i = 1; i < e->arm_count; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(e->arms[i].name, e->arms[k].name) == 0)
                return reel_fail(err, REEL_E_INVALID, "arms[%zu].name: \"%s\" is given twice", i,
                                 e->arms[i].name);
    if (e->kind == REEL_EXPERIMENT_AB)
        return REEL_OK;
    if (e->arm_count != 2)
        return reel_fail(err, REEL_E_INVALID, "arms: lists are interleaved of two");
    for (size_t i = 0; i < 2; i++)
        if (e->arms[i].weight != 1)
            return reel_fail(err, REEL_E_INVALID,
                             "arms[%zu].weight: both sides of an interleaved list weigh 1", i);
    return REEL_OK;
}

static reel_code read_arms(reel_experiment *out, const json_t *body, reel_err *err)
{
    const json_t *arms = json_object_get(body, "arms");

    out->arm_count = json_array_size(arms);
    if (!json_is_array(arms) || out->arm_count < 2 || out->arm_count > REEL_ARMS_MAX)
        return reel_fail(err, REEL_E_INVALID, "arms: expected 2 to %d, the first the control",
                         (int)REEL_ARMS_MAX);
    for (size_t i = 0; i < out->arm_count; i++) {
        reel_err inner = {REEL_OK, ""};

        if (read_arm(&out->arms[i], json_array_get(arms, i), &inner) != REEL_OK)
            return reel__mistake_within(err, &inner, "arms[%zu]", i);
    }
    return check_arms(out, err);
}

reel_code reel__experiment_read(reel_experiment *out, const json_t *body, reel_err *err)
{
    static const char *const names[] = {
        "name",   "kind", "scenario", "arms",         "alpha", "smallest_effect",
        "metric", "days", "tag",      "window_hours", "start", NULL};
    reel_code rc;

    *out = (reel_experiment){0};
    REEL_TRY(reel__json_only(body, names, err));
    REEL_TRY(read_name(out->name, sizeof out->name, body, "name", err));
    REEL_TRY(read_kind(out, body, err));
    REEL_TRY(read_metric(out, body, err));
    REEL_TRY(read_scenario(out, body, err));
    REEL_TRY(read_numbers(out, body, err));
    REEL_TRY(read_tag(out, body, err));
    REEL_TRY(read_start(out, body, err));
    rc = read_arms(out, body, err);
out:
    return rc;
}

/* ---- writing ------------------------------------------------------------------------------- */

static void write_arm(reel_json *json, const reel_arm *arm)
{
    reel__json_object(json);
    reel__json_put_text(json, "name", arm->name);
    reel__json_key(json, "model");
    if (arm->part_count == 0) {
        reel__json_text(json, arm->model);
    } else {
        reel__json_object(json);
        for (size_t i = 0; i < arm->part_count; i++)
            reel__json_put_real(json, arm->mixed[i], arm->parts[i].weight);
        reel__json_object_end(json);
    }
    reel__json_put_real(json, "weight", arm->weight);
    reel__json_object_end(json);
}

void reel__experiment_write_definition(reel_json *json, const reel_experiment *experiment)
{
    reel__json_put_text(json, "name", experiment->name);
    reel__json_put_text(json, "kind", experiment->kind == REEL_EXPERIMENT_AB ? "ab" : "interleave");
    reel__json_put_known(json, "scenario", experiment->scenario);
    reel__json_key(json, "arms");
    reel__json_array(json);
    for (size_t i = 0; i < experiment->arm_count; i++)
        write_arm(json, &experiment->arms[i]);
    reel__json_array_end(json);
    reel__json_put_text(json, "metric", metrics[metric_of(experiment->metric)].name);
    reel__json_put_real(json, "alpha", experiment->alpha);
    reel__json_put_real(json, "smallest_effect", experiment->smallest);
    reel__json_put_int(json, "days", experiment->days);
    reel__json_put_int(json, "window_hours", experiment->window_hours);
}

const char *reel__experiment_state(const reel_experiment *experiment, int64_t now)
{
    if (now < experiment->starts)
        return "waiting";
    if (now < experiment->ends)
        return "running";
    return experiment->stopped ? "stopped" : "ended";
}

/* What a person's value is. */
static void put_value(reel_buf *out, const reel_experiment *e)
{
    const char *does = metrics[metric_of(e->metric)].does;

    if (e->kind == REEL_EXPERIMENT_AB)
        reel__buf_format(
            out,
            "Each person counts once: whether they %s a film of their lists within %d hours of the "
            "first. The effect is the share of those who do, less that of %s.",
            does, e->window_hours, e->arms[0].name);
    else
        reel__buf_format(
            out,
            "Each person counts once: 1 where they %s more films of %s than of %s within %d hours "
            "of their first list, -1 where fewer, else 0. The effect is the mean.",
            does, e->arms[1].name, e->arms[0].name, e->window_hours);
}

void reel__experiment_rule(reel_buf *out, const reel_experiment *experiment)
{
    const size_t compared = experiment->arm_count - 1;

    put_value(out, experiment);
    reel__buf_format(out, " Its interval holds at every moment at once with %g %% certainty",
                     100 * (1 - experiment->alpha));
    reel__buf_format(out, compared > 1 ? " over all %zu arms. " : ". ", compared);
    reel__buf_format(
        out,
        "The first time it leaves out 0, the better of the two is taken. The first time it lies "
        "within %g of 0, they are the same, and %s stays. After %d days without either, %s stays.",
        experiment->smallest, experiment->arms[0].name, experiment->days, experiment->arms[0].name);
}

void reel__experiment_write(reel_json *json, const reel_experiment *experiment, int64_t now)
{
    enum { RULE_MOST = 2048 };
    reel_buf rule;

    reel__buf_init(&rule, RULE_MOST);
    reel__experiment_rule(&rule, experiment);
    reel__json_object(json);
    reel__experiment_write_definition(json, experiment);
    reel__json_put_text(json, "tag", experiment->tag);
    reel__json_put_text(json, "rule", rule.length > 0 ? rule.data : "");
    json->buf->failed |= rule.failed;
    reel__json_put_text(json, "state", reel__experiment_state(experiment, now));
    reel__json_put_time(json, "created_at", experiment->made);
    reel__json_put_time(json, "starts_at", experiment->starts);
    reel__json_put_time(json, "ends_at", experiment->ends);
    reel__json_object_end(json);
    reel__buf_fini(&rule);
}
