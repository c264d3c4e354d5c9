/* simulate.c - see simulate.h. */
#include "service/simulate/simulate.h"

#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "service/engine/state.h"
#include "service/simulate/days.h"

reel_simulate_opts reel__simulate_default(void)
{
    return (reel_simulate_opts){.people = 600,
                                .days = 30,
                                .every = 1,
                                .seeds = 5,
                                .list = 10,
                                .manner = reel__manner_default(),
                                .seed = 1,
                                .arms = {[REEL_ARM_FROZEN] = true, [REEL_ARM_RETRAINED] = true}};
}

reel_world_opts reel__simulate_world(const reel_simulate_opts *opts, int seed)
{
    return (reel_world_opts){.movielens = opts->movielens,
                             .people = opts->people,
                             .films = opts->films,
                             .known = opts->known,
                             .seed = opts->seed + (uint64_t)seed};
}

bool reel__simulate_people_fit(const reel_simulate_opts *opts)
{
    const reel_manner *manner = &opts->manner;

    return opts->people >= 2 && opts->films >= 0 && opts->seeds >= 1 &&
           opts->seeds <= REEL_SIMULATE_SEEDS && opts->list >= 1 &&
           opts->list <= REEL_VIEWER_LIST && manner->fading >= 0 && manner->fading <= 10 &&
           manner->rates >= 0 && manner->rates <= 1;
}

const char *reel__simulate_arm_name(size_t arm)
{
    static const char *const names[] = {"frozen", "retrained", "naive", "ratings"};

    return arm < REEL_ARMS ? names[arm] : NULL;
}

static size_t place_of(const reel_simulation *s, reel_simulate_arm arm, int day, int seed)
{
    return ((size_t)arm * (size_t)s->opts.days + (size_t)day) * (size_t)s->opts.seeds +
           (size_t)seed;
}

/* ---- all of it ----------------------------------------------------------------------------- */

static reel_code live_a_day(reel_simulation *out, reel_days *d, reel_simulate_arm arm, int seed)
{
    const reel_simulate_opts *opts = &out->opts;
    const size_t at = place_of(out, arm, d->day, seed);
    reel_code rc;

    REEL_TRY(reel__days_judge(&out->ndcg[at], d));
    REEL_TRY(reel__days_live(&out->clicked[at], d));
    if (arm != REEL_ARM_FROZEN && d->day % opts->every == 0 && d->day < opts->days) {
        REEL_TRY(reel__service_train(&d->service, d->err));
        out->trainings++;
    }
out:
    return rc;
}

static reel_code live(reel_simulation *out, const reel_world *world, reel_simulate_arm arm,
                      int seed, reel_err *err)
{
    const reel_propensity *looked;
    reel_days d;
    reel_code rc;

    REEL_TRY(reel__days_open(&d, &out->opts, arm, world, out->opts.seed + (uint64_t)seed, err));
    while (d.day < out->opts.days && rc == REEL_OK) {
        reel__progress(out->opts.progress, reel__simulate_arm_name(arm),
                       (int64_t)seed * out->opts.days + d.day,
                       (int64_t)out->opts.days * out->opts.seeds, "days");
        rc = live_a_day(out, &d, arm, seed);
    }
    looked = &d.service.engine->told.looked;
    if (looked->known)
        memcpy(out->looked[arm], looked->looked, sizeof out->looked[arm]);
    reel__days_close(&d);
out:
    return rc;
}

static reel_code check(const reel_simulate_opts *opts, reel_err *err)
{
    bool any = false;

    for (int a = 0; a < REEL_ARMS; a++)
        any |= opts->arms[a];
    if (!any || !reel__simulate_people_fit(opts) || opts->days < 1 ||
        opts->days > REEL_SIMULATE_DAYS || opts->every < 1 || opts->editorial < 0)
        return reel_fail(err, REEL_E_INVALID,
                         "a simulation needs an arm, 2 people or more, 1 to %d days, 1 to %d seeds "
                         "and lists of 1 to %d films",
                         (int)REEL_SIMULATE_DAYS, (int)REEL_SIMULATE_SEEDS, (int)REEL_VIEWER_LIST);
    return REEL_OK;
}

reel_code reel__simulate(reel_simulation *out, const reel_simulate_opts *opts, reel_err *err)
{
    const int64_t start = reel__clock_steady_us();
    reel_world world = {0};
    size_t count;
    reel_code rc;

    *out = (reel_simulation){.opts = *opts};
    REEL_TRY(check(opts, err));
    count = (size_t)REEL_ARMS * (size_t)opts->days * (size_t)opts->seeds;
    out->ndcg = reel__alloc_zero(count, sizeof *out->ndcg);
    out->clicked = reel__alloc_zero(count, sizeof *out->clicked);
    if (out->ndcg == NULL || out->clicked == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "no memory for %d days", opts->days));
    for (int seed = 0; seed < opts->seeds; seed++) {
        const reel_world_opts how = reel__simulate_world(opts, seed);

        REEL_TRY(reel__world_make(&world, &how, err));
        if (seed == 0) {
            out->people = world.people;
            out->movies = world.movies;
        }
        for (int a = 0; a < REEL_ARMS; a++)
            if (opts->arms[a])
                REEL_TRY(live(out, &world, (reel_simulate_arm)a, seed, err));
        reel__world_fini(&world);
    }
    out->seconds = (double)(reel__clock_steady_us() - start) * 1e-6;
out:
    reel__world_fini(&world);
    if (rc != REEL_OK)
        reel__simulation_fini(out);
    return rc;
}

void reel__simulation_fini(reel_simulation *simulation)
{
    reel__free(simulation->ndcg);
    reel__free(simulation->clicked);
    simulation->ndcg = simulation->clicked = NULL;
}
