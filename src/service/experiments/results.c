/* results.c - see results.h. */
#include "service/experiments/results.h"

#include <math.h>
#include <string.h>

#include "eval/assign.h"
#include "service/experiments/walk.h"
#include "store/vtable.h"

enum { SECOND_MS = 1000, HOUR_MS = 3600 * 1000, UNCOUNTED_MOST = 1000000 };
/* A walk is kept as far as it was ten minutes ago, and where it went on by so many people. */
enum { CALM_MS = 600 * 1000, KEPT_LEAST = 10000 };
static const double POWER = 0.8;

const char *reel__verdict_name(reel_verdict verdict)
{
    static const char *const names[] = {"open", "better", "worse", "same", "undecided"};

    return names[verdict];
}

/* ---- one comparison ------------------------------------------------------------------------ */

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

static void compare(reel_arm_comparison *out, const reel_walk_test *test, bool over)
{
    out->effect = reel__sequential_look(&test->sequential);
    decide(out, &test->sequential, over);
    memcpy(out->points, test->points, test->point_count * sizeof *out->points);
    out->point_count = test->point_count;
    if (test->looks > 0)
        out->points[out->point_count++] = reel__walk_point(test);
}

/* ---- the people ---------------------------------------------------------------------------- */

typedef struct walking {
    reel_store *store;
    reel_walk walk;
    reel_trial_standing standing;
    reel_buf kept;
    int64_t now_ms, window_ms;
    int64_t waiting[REEL_ARMS_MAX]; /* came in, but their window is not over */
    int64_t waiting_people;
} walking;

static bool take_person(void *user, const reel_trial_person *p)
{
    walking *w = user;

    if (p->first_ms + w->window_ms <= w->now_ms) {
        reel__walk_add(&w->walk, p);
        return true;
    }
    w->waiting_people++;
    if (p->arm >= 0)
        w->waiting[p->arm]++;
    return true;
}

/* Those to whom something was shown after `after` and up to `last`. */
static reel_code go(walking *w, int64_t after, int64_t last, reel_err *err)
{
    const reel_trial_range range = {w->walk.experiment->tag, after, last};

    return reel__trial_scan_people(w->store, &range, take_person, w, err);
}

/* For the next who asks. That it is not kept (another process writes, a disk is full) only costs
 * them a longer walk. */
static void keep(walking *w, int64_t upto_ms)
{
    const reel_trial_standing *s = &w->standing;
    reel_trial_state state = {.mark = s->mark, .upto_ms = upto_ms};
    reel_err ignored;
    reel_buf text;
    reel_code rc;

    reel__buf_init(&text, REEL_TRIAL_STATE_MAX);
    rc = reel__walk_write(&text, &w->walk, &ignored);
    state.text = text.data;
    if (rc == REEL_OK)
        rc = reel__trial_keep(w->store, w->walk.experiment->tag, &state, &ignored);
    (void)rc;
    reel__buf_fini(&text);
}

/* From where the last one who asked stood; and a walk is kept as far as nothing of it is likely to
 * change: events of the last minutes may wait to be counted. */
static reel_code walk_people(walking *w, reel_err *err)
{
    const reel_experiment *e = w->walk.experiment;
    const int64_t last = e->ends * SECOND_MS - 1, calm = w->now_ms - w->window_ms - CALM_MS;
    const int64_t settled = calm < last ? calm : last;
    int64_t from = 0, known;
    reel_code rc;

    REEL_TRY(reel__trial_standing(&w->standing, &w->kept, w->store, e->tag, settled, err));
    if (w->standing.upto_ms > 0 && reel__walk_read(&w->walk, e, w->kept.data))
        from = w->standing.upto_ms;
    known = w->walk.people;
    if (settled > from) {
        REEL_TRY(go(w, from, settled, err));
        from = settled;
        if (w->walk.people - known >= KEPT_LEAST && !w->store->read_only)
            keep(w, settled);
    }
    rc = go(w, from, last, err);
out:
    return rc;
}

/* ---- all of them --------------------------------------------------------------------------- */

/* By everybody who came in, whether their window is over or not. */
static double balance_of(const walking *w)
{
    const reel_experiment *e = w->walk.experiment;
    int64_t counts[REEL_ARMS_MAX];
    double weights[REEL_ARMS_MAX];

    if (e->kind == REEL_EXPERIMENT_INTERLEAVE || w->walk.people + w->waiting_people == 0)
        return (double)NAN;
    for (size_t i = 0; i < e->arm_count; i++) {
        counts[i] = w->walk.arms[i].people + w->waiting[i];
        weights[i] = e->arms[i].weight;
    }
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

static void take_walk(reel_results *out, const walking *w)
{
    const reel_walk *walk = &w->walk;
    const int64_t last_ms = out->experiment.ends * SECOND_MS + w->window_ms;

    out->lists = w->standing.lists;
    out->strays = w->standing.strays;
    out->untrusted = w->standing.untrusted;
    out->people = walk->people;
    out->waiting = w->waiting_people;
    out->balance_p = balance_of(w);
    memcpy(out->arms, walk->arms, sizeof out->arms);
    out->compared = walk->compared;
    for (size_t i = 0; i < out->compared; i++) {
        out->comparisons[i].arm = i + 1;
        compare(&out->comparisons[i], &walk->tests[i], w->now_ms >= last_ms);
    }
    sum_up(out);
    out->people_needed = needed(out);
}

reel_code reel__experiment_results(reel_results *out, reel_store *store,
                                   const reel_experiment *experiment, int64_t now, reel_err *err)
{
    walking w = {.store = store,
                 .now_ms = now * SECOND_MS,
                 .window_ms = (int64_t)experiment->window_hours * HOUR_MS};
    reel_code rc;

    *out = (reel_results){.experiment = *experiment, .at = now};
    reel__buf_init(&w.kept, REEL_TRIAL_STATE_MAX);
    reel__walk_begin(&w.walk, experiment);
    REEL_TRY(reel__trial_waiting(store, experiment->tag, UNCOUNTED_MOST, &out->uncounted, err));
    REEL_TRY(walk_people(&w, err));
    take_walk(out, &w);
out:
    reel__buf_fini(&w.kept);
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
    reel__json_put_int(json, "untrusted", results->untrusted);
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
