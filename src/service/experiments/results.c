/* results.c - see results.h. */
#include "service/experiments/results.h"

#include <math.h>

#include "eval/assign.h"
#include "service/experiments/tally.h"
#include "store/trials.h"

enum { SECOND_MS = 1000, UNCOUNTED_MOST = 1000000 };
static const double POWER = 0.8;

const char *reel__verdict_name(reel_verdict verdict)
{
    static const char *const names[] = {"open", "better", "worse", "same", "undecided"};

    return names[verdict];
}

/* ---- one comparison ------------------------------------------------------------------------ */

/* Some moments on the way: every `stride`-th, which doubles when there are too many. */
typedef struct path {
    reel_arm_comparison *out;
    int64_t looks, stride;
} path;

static reel_result_point point_of(const reel_sequential *s)
{
    const reel_effect seen = reel__sequential_look(s);

    return (reel_result_point){.people = s->arms[0].count + s->arms[1].count,
                               .difference = seen.difference,
                               .low = seen.low,
                               .high = seen.high};
}

static void note(path *p, const reel_sequential *s)
{
    reel_arm_comparison *out = p->out;

    if (p->looks++ % p->stride != 0)
        return;
    if (out->point_count == REEL_RESULT_POINTS - 1) {
        for (size_t i = 0; 2 * i < out->point_count; i++)
            out->points[i] = out->points[2 * i];
        out->point_count = (out->point_count + 1) / 2;
        p->stride *= 2;
        if ((p->looks - 1) % p->stride != 0)
            return;
    }
    out->points[out->point_count++] = point_of(s);
}

/* The first of both that came is what the rule says, whatever came later. */
static void decide(reel_arm_comparison *out, const reel_sequential *s, bool over)
{
    out->verdict = over ? REEL_VERDICT_UNDECIDED : REEL_VERDICT_OPEN;
    if (s->differs_at > 0 && (s->same_at == 0 || s->differs_at <= s->same_at)) {
        out->verdict = s->which > 0 ? REEL_VERDICT_BETTER : REEL_VERDICT_WORSE;
        out->decided_after = s->differs_at;
    } else if (s->same_at > 0) {
        out->verdict = REEL_VERDICT_SAME;
        out->decided_after = s->same_at;
    }
}

static double value_of(const reel_observation *o, bool paired)
{
    if (paired)
        return (o->did[1] > o->did[0]) - (o->did[1] < o->did[0]);
    return o->did[0] > 0;
}

static void compare(reel_arm_comparison *out, const reel_results *results,
                    const reel_observations *tally, bool over)
{
    const reel_experiment *e = &results->experiment;
    const bool paired = e->kind == REEL_EXPERIMENT_INTERLEAVE;
    const reel_sequential_opts opts = {.paired = paired,
                                       .low = paired ? -1 : 0,
                                       .high = 1,
                                       .alpha = e->alpha / (double)results->compared,
                                       .spread = e->smallest,
                                       .smallest = e->smallest};
    path p = {.out = out, .stride = 1};
    reel_sequential s;

    reel__sequential_init(&s, &opts);
    for (int64_t i = 0; i < results->people; i++) {
        const reel_observation *o = &tally->people[i];

        if (!paired && o->arm != 0 && o->arm != (int32_t)out->arm)
            continue;
        reel__sequential_add(&s, paired || o->arm != 0 ? 1 : 0, value_of(o, paired));
        note(&p, &s);
    }
    out->effect = reel__sequential_look(&s);
    decide(out, &s, over);
    if (p.looks > 0)
        out->points[out->point_count++] = point_of(&s);
}

/* ---- all of them --------------------------------------------------------------------------- */

static void count_arms(reel_results *out, const reel_observations *tally)
{
    for (int64_t i = 0; i < out->people; i++) {
        const reel_observation *o = &tally->people[i];
        const double value = value_of(o, o->arm < 0);

        if (o->arm >= 0) {
            out->arms[o->arm].people++;
            out->arms[o->arm].did += value > 0;
            continue;
        }
        out->arms[0].people++;
        out->arms[1].people++;
        out->arms[0].did += value < 0;
        out->arms[1].did += value > 0;
    }
}

/* By everybody who came in, whether their window is over or not. */
static double balance_of(const reel_experiment *e, const reel_observations *tally)
{
    int64_t counts[REEL_ARMS_MAX] = {0};
    double weights[REEL_ARMS_MAX];

    if (e->kind == REEL_EXPERIMENT_INTERLEAVE || tally->count == 0)
        return (double)NAN;
    for (size_t i = 0; i < tally->count; i++)
        counts[tally->people[i].arm]++;
    for (size_t i = 0; i < e->arm_count; i++)
        weights[i] = e->arms[i].weight;
    return reel__assign_balance(counts, weights, e->arm_count);
}

/* One that is better is taken, of several the one that is most; else what is open stays open. */
static void sum_up(reel_results *out)
{
    bool open = false, undecided = false, same = false;

    for (size_t i = 0; i < out->compared; i++) {
        const reel_arm_comparison *one = &out->comparisons[i];

        open |= one->verdict == REEL_VERDICT_OPEN;
        undecided |= one->verdict == REEL_VERDICT_UNDECIDED;
        same |= one->verdict == REEL_VERDICT_SAME;
        if (one->verdict == REEL_VERDICT_BETTER &&
            (out->winner == 0 ||
             one->effect.difference > out->comparisons[out->winner - 1].effect.difference))
            out->winner = one->arm;
    }
    out->verdict = out->winner > 0 ? REEL_VERDICT_BETTER
                   : open          ? REEL_VERDICT_OPEN
                   : undecided     ? REEL_VERDICT_UNDECIDED
                   : same          ? REEL_VERDICT_SAME
                                   : REEL_VERDICT_WORSE;
}

/* By the control's share, or by how many of an interleaved list's people chose at all. */
static double needed(const reel_results *results)
{
    const reel_experiment *e = &results->experiment;
    const bool paired = e->kind == REEL_EXPERIMENT_INTERLEAVE;
    const reel_sequential_opts opts = {
        .paired = paired, .alpha = e->alpha / (double)results->compared, .smallest = e->smallest};
    const reel_arm_result *control = &results->arms[0];
    const double share =
        (double)(control->did + (paired ? results->arms[1].did : 0)) / (double)control->people;
    double people;

    if (control->people < REEL_SEQUENTIAL_LEAST || !(share > 0) || !(share < 1))
        return (double)NAN;
    people = reel__sequential_people(&opts, paired ? share : share * (1 - share), POWER);
    return paired ? people : people * (double)e->arm_count;
}

reel_code reel__experiment_results(reel_results *out, reel_store *store,
                                   const reel_experiment *experiment, int64_t now, reel_err *err)
{
    const int64_t last_ms =
        (experiment->ends + (int64_t)experiment->window_hours * 3600) * SECOND_MS;
    reel_observations tally;
    reel_code rc;

    *out = (reel_results){.experiment = *experiment, .at = now};
    REEL_TRY(reel__trial_waiting(store, experiment->tag, UNCOUNTED_MOST, &out->uncounted, err));
    REEL_TRY(reel__observations_read(&tally, store, experiment, err));
    out->compared = experiment->arm_count - 1;
    out->lists = tally.lists;
    out->strays = tally.strays;
    while (out->people < (int64_t)tally.count &&
           tally.people[out->people].ends_ms <= now * SECOND_MS)
        out->people++;
    out->waiting = (int64_t)tally.count - out->people;
    out->balance_p = balance_of(experiment, &tally);
    count_arms(out, &tally);
    for (size_t i = 0; i < out->compared; i++) {
        out->comparisons[i].arm = i + 1;
        compare(&out->comparisons[i], out, &tally, now * SECOND_MS >= last_ms);
    }
    sum_up(out);
    out->people_needed = needed(out);
    reel__observations_fini(&tally);
out:
    return rc;
}

/* ---- as JSON ------------------------------------------------------------------------------- */

static void write_arms(reel_json *json, const reel_results *r)
{
    reel__json_key(json, "arms");
    reel__json_array(json);
    for (size_t i = 0; i < r->experiment.arm_count; i++) {
        const reel_arm_result *arm = &r->arms[i];

        reel__json_object(json);
        reel__json_put_text(json, "name", r->experiment.arms[i].name);
        reel__json_put_int(json, "people", arm->people);
        reel__json_put_int(json, "did", arm->did);
        reel__json_put_real(json, "share", (double)arm->did / (double)arm->people);
        reel__json_object_end(json);
    }
    reel__json_array_end(json);
}

static void write_points(reel_json *json, const reel_arm_comparison *one)
{
    reel__json_key(json, "path");
    reel__json_array(json);
    for (size_t i = 0; i < one->point_count; i++) {
        reel__json_object(json);
        reel__json_put_int(json, "people", one->points[i].people);
        reel__json_put_real(json, "difference", one->points[i].difference);
        reel__json_put_real(json, "low", one->points[i].low);
        reel__json_put_real(json, "high", one->points[i].high);
        reel__json_object_end(json);
    }
    reel__json_array_end(json);
}

static void write_comparison(reel_json *json, const reel_results *r, const reel_arm_comparison *one)
{
    reel__json_object(json);
    reel__json_put_text(json, "arm", r->experiment.arms[one->arm].name);
    reel__json_put_real(json, "difference", one->effect.difference);
    reel__json_put_real(json, "low", one->effect.low);
    reel__json_put_real(json, "high", one->effect.high);
    reel__json_put_real(json, "fixed_low", one->effect.fixed_low);
    reel__json_put_real(json, "fixed_high", one->effect.fixed_high);
    reel__json_put_real(json, "p", one->effect.p);
    reel__json_put_text(json, "verdict", reel__verdict_name(one->verdict));
    reel__json_put_id(json, "decided_after", one->decided_after > 0 ? one->decided_after : -1);
    write_points(json, one);
    reel__json_object_end(json);
}

/* What the rule says, in a sentence. */
static void write_sentence(reel_json *json, const reel_results *r)
{
    enum { SENTENCE_MOST = 512 };
    const reel_experiment *e = &r->experiment;
    const char *control = e->arms[0].name;
    reel_buf text;

    reel__buf_init(&text, SENTENCE_MOST);
    switch (r->verdict) {
    case REEL_VERDICT_BETTER:
        reel__buf_format(&text, "%s is better than %s: take it.", e->arms[r->winner].name, control);
        break;
    case REEL_VERDICT_WORSE:
        reel__buf_format(&text, "%s is better: keep it.", control);
        break;
    case REEL_VERDICT_SAME:
        reel__buf_format(&text, "There is no difference that matters: %s stays.", control);
        break;
    case REEL_VERDICT_UNDECIDED:
        reel__buf_format(&text, "It ended before anything could be said: %s stays.", control);
        break;
    case REEL_VERDICT_OPEN:
        reel__buf_text(&text, "Nothing can be said yet.");
        break;
    }
    reel__json_put_text(json, "says", text.length > 0 ? text.data : "");
    json->buf->failed |= text.failed;
    reel__buf_fini(&text);
}

void reel__experiment_results_write(reel_json *json, const reel_results *results)
{
    reel__json_object(json);
    reel__json_key(json, "experiment");
    reel__experiment_write(json, &results->experiment, results->at);
    reel__json_put_time(json, "at", results->at);
    reel__json_put_int(json, "lists", results->lists);
    reel__json_put_int(json, "people", results->people);
    reel__json_put_int(json, "waiting", results->waiting);
    reel__json_put_int(json, "strays", results->strays);
    reel__json_put_int(json, "uncounted", results->uncounted);
    reel__json_put_real(json, "balance_p", results->balance_p);
    reel__json_put_real(json, "people_needed", results->people_needed);
    write_arms(json, results);
    reel__json_key(json, "comparisons");
    reel__json_array(json);
    for (size_t i = 0; i < results->compared; i++)
        write_comparison(json, results, &results->comparisons[i]);
    reel__json_array_end(json);
    reel__json_put_text(json, "verdict", reel__verdict_name(results->verdict));
    reel__json_put_text(json, "winner",
                        results->winner > 0 ? results->experiment.arms[results->winner].name
                                            : NULL);
    write_sentence(json, results);
    reel__json_object_end(json);
}
