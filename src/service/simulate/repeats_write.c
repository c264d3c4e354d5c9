/* repeats_write.c - what came of repeated experiments, in shares with intervals. */
#include <math.h>

#include "service/simulate/repeats.h"

reel_rate reel__repeated_difference(const reel_repeated *r)
{
    const double people = (double)r->arms[0].people, first = (double)r->arms[0].did / people,
                 second = (double)r->arms[1].did / people, mean = second - first;
    double half;

    if (r->kind == REEL_EXPERIMENT_AB)
        return reel__rate_change(reel__rate(r->arms[1].did, r->arms[1].people),
                                 reel__rate(r->arms[0].did, r->arms[0].people));
    half = 1.96 * sqrt((first + second - mean * mean) / people);
    return (reel_rate){mean, mean - half, mean + half};
}

reel_rate reel__repeated_claimed(const reel_repeated *r)
{
    return reel__rate(r->verdicts[REEL_VERDICT_BETTER] + r->verdicts[REEL_VERDICT_WORSE], r->count);
}

reel_rate reel__repeated_right(const reel_repeated *r)
{
    const bool better = reel__repeated_difference(r).value > 0;

    return reel__rate(r->verdicts[better ? REEL_VERDICT_BETTER : REEL_VERDICT_WORSE], r->count);
}

int64_t reel__repeated_people(const reel_repeated *r, double share)
{
    int64_t none = 0;

    while (none < r->count && r->decided[none] == 0)
        none++;
    if (none == r->count)
        return 0;
    return r->decided[none + (int64_t)(share * (double)(r->count - none - 1))];
}

/* ---- as JSON ------------------------------------------------------------------------------- */

static void put_rate(reel_json *json, const char *key, reel_rate rate)
{
    reel__put_interval(json, key, (reel_interval){rate.value, rate.low, rate.high});
}

static void put_kind(reel_json *json, const reel_repeats *repeats, const reel_repeated *r)
{
    const reel_repeats_opts *opts = &repeats->opts;

    reel__json_object(json);
    reel__json_put_text(json, "kind", r->kind == REEL_EXPERIMENT_INTERLEAVE ? "interleave" : "ab");
    reel__json_put_text(json, "control", opts->control);
    reel__json_put_text(json, "other", r->differ ? opts->other : opts->control);
    reel__json_put_int(json, "experiments", r->count);
    for (int i = REEL_VERDICT_BETTER; i < REEL_VERDICTS; i++)
        reel__json_put_int(json, reel__verdict_name((reel_verdict)i), r->verdicts[i]);
    put_rate(json, "difference", reel__repeated_difference(r));
    put_rate(json, "claimed", reel__repeated_claimed(r));
    if (r->differ)
        put_rate(json, "right", reel__repeated_right(r));
    put_rate(json, "one_look", reel__rate(r->peeked, r->count));
    reel__json_put_int(json, "uneven", r->uneven);
    reel__json_put_int(json, "decided_after_p50", reel__repeated_people(r, 0.5));
    reel__json_put_int(json, "decided_after_p90", reel__repeated_people(r, 0.9));
    reel__json_object_end(json);
}

void reel__repeats_write(reel_json *json, const reel_repeats *repeats)
{
    const reel_simulate_opts *world = &repeats->opts.world;

    reel__json_object(json);
    reel__json_put_text(json, "taste", world->movielens != NULL ? world->movielens : "invented");
    reel__json_put_int(json, "people", repeats->people);
    reel__json_put_int(json, "movies", repeats->movies);
    reel__json_put_int(json, "seeds", world->seeds);
    reel__json_put_int(json, "seed", (int64_t)world->seed);
    reel__json_put_int(json, "repeats", repeats->opts.repeats);
    reel__json_put_real(json, "fading", world->manner.fading);
    reel__json_put_real(json, "alpha", repeats->opts.alpha);
    reel__json_put_real(json, "smallest_effect", repeats->opts.smallest);
    reel__json_key(json, "experiments");
    reel__json_array(json);
    for (int i = 0; i < repeats->kind_count; i++)
        put_kind(json, repeats, &repeats->kinds[i]);
    reel__json_array_end(json);
    reel__json_object_end(json);
}
