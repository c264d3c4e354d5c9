/* walk.c - see walk.h. A walk is kept as numbers with blanks between them, whole ones in decimals
 * and the others in hexadecimal, which is exact.
 */
#include "service/experiments/walk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Another one where a test would come to something else: what was kept is left aside then. */
static const int64_t VERSION = 1;

/* ---- one person after the other ------------------------------------------------------------ */

static bool is_paired(const reel_walk *walk)
{
    return walk->experiment->kind == REEL_EXPERIMENT_INTERLEAVE;
}

void reel__walk_begin(reel_walk *out, const reel_experiment *experiment)
{
    const size_t compared = experiment->arm_count - 1;
    const bool paired = experiment->kind == REEL_EXPERIMENT_INTERLEAVE;
    const reel_sequential_opts opts = {.paired = paired,
                                       .low = paired ? -1 : 0,
                                       .high = 1,
                                       .alpha = experiment->alpha / (double)compared,
                                       .spread = experiment->smallest,
                                       .smallest = experiment->smallest};

    *out = (reel_walk){.experiment = experiment, .compared = compared};
    for (size_t i = 0; i < compared; i++) {
        out->tests[i].stride = 1;
        reel__sequential_init(&out->tests[i].sequential, &opts);
    }
}

reel_result_point reel__walk_point(const reel_walk_test *test)
{
    const reel_sequential *s = &test->sequential;
    const reel_effect seen = reel__sequential_look(s);

    return (reel_result_point){.people = s->arms[0].count + s->arms[1].count,
                               .difference = seen.difference,
                               .low = seen.low,
                               .high = seen.high};
}

static void note(reel_walk_test *t)
{
    if (t->looks++ % t->stride != 0)
        return;
    if (t->point_count == REEL_RESULT_POINTS - 1) {
        for (size_t i = 0; 2 * i < t->point_count; i++)
            t->points[i] = t->points[2 * i];
        t->point_count = (t->point_count + 1) / 2;
        t->stride *= 2;
        if ((t->looks - 1) % t->stride != 0)
            return;
    }
    t->points[t->point_count++] = reel__walk_point(t);
}

static double value_of(const reel_trial_person *p, bool paired)
{
    if (paired)
        return (p->did[1] > p->did[0]) - (p->did[1] < p->did[0]);
    return p->did[0] > 0;
}

static void count(reel_walk *walk, int64_t arm, double value)
{
    walk->people++;
    if (arm >= 0) {
        walk->arms[arm].people++;
        walk->arms[arm].did += value > 0;
        return;
    }
    walk->arms[0].people++;
    walk->arms[1].people++;
    walk->arms[0].did += value < 0;
    walk->arms[1].did += value > 0;
}

void reel__walk_add(reel_walk *walk, const reel_trial_person *person)
{
    const bool paired = is_paired(walk);
    const double value = value_of(person, paired);

    count(walk, paired ? -1 : person->arm, value);
    for (size_t i = 0; i < walk->compared; i++) {
        if (!paired && person->arm != 0 && person->arm != (int64_t)i + 1)
            continue;
        reel__sequential_add(&walk->tests[i].sequential, paired || person->arm != 0 ? 1 : 0, value);
        note(&walk->tests[i]);
    }
}

/* ---- kept ---------------------------------------------------------------------------------- */

static void put(reel_buf *out, int64_t value)
{
    reel__buf_format(out, "%lld ", (long long)value);
}

static void put_test(reel_buf *out, const reel_walk_test *t)
{
    const reel_sequential *s = &t->sequential;

    for (int i = 0; i < 2; i++) {
        put(out, s->arms[i].count);
        reel__buf_format(out, "%a %a ", s->arms[i].sum, s->arms[i].squares);
    }
    reel__buf_format(out, "%a ", s->most);
    put(out, s->differs_at);
    put(out, s->same_at);
    put(out, s->which);
    put(out, t->looks);
    put(out, t->stride);
    put(out, (int64_t)t->point_count);
    for (size_t i = 0; i < t->point_count; i++) {
        put(out, t->points[i].people);
        reel__buf_format(out, "%a %a %a ", t->points[i].difference, t->points[i].low,
                         t->points[i].high);
    }
}

reel_code reel__walk_write(reel_buf *out, const reel_walk *walk, reel_err *err)
{
    put(out, VERSION);
    put(out, (int64_t)walk->compared);
    put(out, walk->people);
    for (size_t i = 0; i <= walk->compared; i++) {
        put(out, walk->arms[i].people);
        put(out, walk->arms[i].did);
    }
    for (size_t i = 0; i < walk->compared; i++)
        put_test(out, &walk->tests[i]);
    return reel__buf_check(out, err);
}

typedef struct reading {
    const char *at;
    bool wrong;
} reading;

static void after(reading *r, const char *end)
{
    r->wrong |= end == r->at || *end != ' ';
    if (!r->wrong)
        r->at = end + 1;
}

/* A whole number that is not below `least`. */
static int64_t get(reading *r, int64_t least)
{
    char *end = NULL;
    int64_t value;

    errno = 0;
    value = strtoll(r->at, &end, 10);
    r->wrong |= errno != 0 || value < least;
    after(r, end);
    return value;
}

static double get_real(reading *r)
{
    char *end = NULL;
    const double value = strtod(r->at, &end);

    after(r, end);
    return value;
}

static void get_points(reading *r, reel_walk_test *t)
{
    const int64_t points = get(r, 0);

    r->wrong |= points >= REEL_RESULT_POINTS;
    for (int64_t i = 0; i < points && !r->wrong; i++) {
        t->points[i].people = get(r, 0);
        t->points[i].difference = get_real(r);
        t->points[i].low = get_real(r);
        t->points[i].high = get_real(r);
    }
    t->point_count = r->wrong ? 0 : (size_t)points;
}

static void get_test(reading *r, reel_walk_test *t)
{
    reel_sequential *s = &t->sequential;

    for (int i = 0; i < 2; i++) {
        s->arms[i].count = get(r, 0);
        s->arms[i].sum = get_real(r);
        s->arms[i].squares = get_real(r);
    }
    s->most = get_real(r);
    s->differs_at = get(r, 0);
    s->same_at = get(r, 0);
    s->which = (int)get(r, -1);
    t->looks = get(r, 0);
    t->stride = get(r, 1);
    get_points(r, t);
}

bool reel__walk_read(reel_walk *out, const reel_experiment *experiment, const char *text)
{
    reading r = {.at = text};

    reel__walk_begin(out, experiment);
    r.wrong |= get(&r, 0) != VERSION || get(&r, 1) != (int64_t)out->compared;
    out->people = r.wrong ? 0 : get(&r, 0);
    for (size_t i = 0; i <= out->compared && !r.wrong; i++) {
        out->arms[i].people = get(&r, 0);
        out->arms[i].did = get(&r, 0);
    }
    for (size_t i = 0; i < out->compared && !r.wrong; i++)
        get_test(&r, &out->tests[i]);
    r.wrong |= *r.at != '\0';
    if (r.wrong)
        reel__walk_begin(out, experiment);
    return !r.wrong;
}
