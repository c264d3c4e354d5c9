/* weighing.c - see weighing.h. */
#include "service/simulate/weighing.h"

#include "base/alloc.h"
#include "service/engine/state.h"
#include "service/simulate/days.h"

/* The days that leave the log, with the weights that are compared with. */
static reel_code make_log(reel_days *d, const reel_weighing_opts *opts)
{
    double clicked;
    reel_code rc = REEL_OK;

    d->service.weights = opts->sets[0];
    while (d->day < opts->world.days) {
        REEL_TRY(reel__days_live(&clicked, d));
        if (d->day % opts->world.every == 0 && d->day < opts->world.days)
            REEL_TRY(reel__service_train(&d->service, d->err));
    }
out:
    return rc;
}

static reel_code weigh_all(reel_weighing *out, reel_days *d, int seed)
{
    const int seeds = out->opts.world.seeds;
    reel_code rc = REEL_OK;

    for (size_t i = 0; i < out->opts.count; i++) {
        reel__progress(out->opts.world.progress, "weights",
                       (int64_t)((size_t)seed * out->opts.count + i),
                       (int64_t)((size_t)seeds * out->opts.count), "trainings");
        d->service.weights = out->opts.sets[i];
        REEL_TRY(reel__service_train(&d->service, d->err));
        REEL_TRY(reel__days_judge(&out->ndcg[i * (size_t)seeds + (size_t)seed], d));
        if (seed == 0)
            out->signals = d->service.engine->told.signals;
    }
out:
    return rc;
}

static reel_code weigh_seed(reel_weighing *out, int seed, reel_err *err)
{
    const reel_simulate_opts *opts = &out->opts.world;
    reel_world_opts how = reel__simulate_world(opts, seed);
    reel_world world = {0};
    reel_days d;
    reel_code rc;

    how.half = out->opts.test ? 2 : 1;
    how.seed += out->opts.test ? REEL_WEIGHING_TEST : 0;
    REEL_TRY(reel__world_make(&world, &how, err));
    if (seed == 0) {
        out->people = world.people;
        out->movies = world.movies;
    }
    REEL_TRY(reel__days_open(&d, opts, REEL_ARM_RETRAINED, &world, how.seed, err));
    rc = make_log(&d, &out->opts);
    if (rc == REEL_OK)
        rc = weigh_all(out, &d, seed);
    reel__days_close(&d);
out:
    reel__world_fini(&world);
    return rc;
}

static reel_code check(const reel_weighing_opts *opts, reel_err *err)
{
    const reel_simulate_opts *world = &opts->world;

    if (opts->count < 1 || opts->count > REEL_WEIGHING_SETS || !reel__simulate_people_fit(world) ||
        world->days < 1 || world->days > REEL_SIMULATE_DAYS || world->every < 1)
        return reel_fail(err, REEL_E_INVALID,
                         "weights of signals need 1 to %d sets, 2 people or more, 1 to %d days, 1 "
                         "to %d seeds and lists of 1 to %d films",
                         (int)REEL_WEIGHING_SETS, (int)REEL_SIMULATE_DAYS, (int)REEL_SIMULATE_SEEDS,
                         (int)REEL_VIEWER_LIST);
    return REEL_OK;
}

reel_code reel__weigh(reel_weighing *out, const reel_weighing_opts *opts, reel_err *err)
{
    reel_code rc;

    *out = (reel_weighing){.opts = *opts};
    out->opts.world.editorial = 0;
    REEL_TRY(check(opts, err));
    out->ndcg = reel__alloc_array(opts->count * (size_t)opts->world.seeds, sizeof *out->ndcg);
    if (out->ndcg == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "no memory for %zu sets of weights", opts->count));
    for (int seed = 0; seed < opts->world.seeds; seed++)
        REEL_TRY(weigh_seed(out, seed, err));
out:
    if (rc != REEL_OK)
        reel__weighing_fini(out);
    return rc;
}

void reel__weighing_fini(reel_weighing *weighing)
{
    reel__free(weighing->ndcg);
    weighing->ndcg = NULL;
}

reel_interval reel__weighing_ndcg(const reel_weighing *weighing, size_t set, bool less)
{
    const size_t seeds = (size_t)weighing->opts.world.seeds;
    double each[REEL_SIMULATE_SEEDS];

    for (size_t seed = 0; seed < seeds; seed++)
        each[seed] = weighing->ndcg[set * seeds + seed] - (less ? weighing->ndcg[seed] : 0);
    return reel__seeds_interval(each, (int)seeds);
}

/* ---- as JSON ------------------------------------------------------------------------------- */

static void put_weights(reel_json *json, const reel_signal_weights *w)
{
    reel__json_key(json, "weights");
    reel__json_object(json);
    reel__json_put_real(json, "click", w->click);
    reel__json_put_real(json, "trailer", w->trailer);
    reel__json_put_real(json, "watchlist", w->watchlist);
    reel__json_put_real(json, "not_interested", w->not_interested);
    reel__json_put_real(json, "passed", w->passed);
    reel__json_put_real(json, "clip", w->clip);
    reel__json_object_end(json);
}

void reel__weighing_write(reel_json *json, const reel_weighing *weighing)
{
    const reel_simulate_opts *world = &weighing->opts.world;

    reel__json_object(json);
    reel__json_put_text(json, "taste", world->movielens != NULL ? world->movielens : "invented");
    reel__json_put_text(json, "split", weighing->opts.test ? "test" : "validation");
    reel__json_put_int(json, "people", weighing->people);
    reel__json_put_int(json, "movies", weighing->movies);
    reel__json_put_int(json, "days", world->days);
    reel__json_put_int(json, "every", world->every);
    reel__json_put_int(json, "seeds", world->seeds);
    reel__json_put_int(json, "seed", (int64_t)world->seed);
    reel__json_put_real(json, "fading", world->manner.fading);
    reel__json_put_real(json, "rates", world->manner.rates);
    reel__json_put_int(json, "signals", weighing->signals);
    reel__json_key(json, "sets");
    reel__json_array(json);
    for (size_t i = 0; i < weighing->opts.count; i++) {
        reel__json_object(json);
        put_weights(json, &weighing->opts.sets[i]);
        reel__put_interval(json, "ndcg@10", reel__weighing_ndcg(weighing, i, false));
        reel__put_interval(json, "ndcg@10_less_first", reel__weighing_ndcg(weighing, i, true));
        reel__json_key(json, "each");
        reel__json_array(json);
        for (int seed = 0; seed < world->seeds; seed++)
            reel__json_real(json, weighing->ndcg[i * (size_t)world->seeds + (size_t)seed]);
        reel__json_array_end(json);
        reel__json_object_end(json);
    }
    reel__json_array_end(json);
    reel__json_object_end(json);
}
