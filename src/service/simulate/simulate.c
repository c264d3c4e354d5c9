/* simulate.c - the days of a simulation: lists, looks, clicks, ratings, trainings; see simulate.h.
 * Chance is drawn by seed, person and day, so that every arm meets the same people in the same
 * mood.
 */
#include "service/simulate/simulate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "eval/metrics.h"
#include "num/topk.h"
#include "service/engine/state.h"
#include "service/simulate/arm.h"

enum { JUDGED = 10, LIST_MOST = 50, DAY_S = 86400, FIRST_DAY = 1700100000 };
enum { STREAM_DAY = 1 << 30, STREAM_EDITOR = 7 };
static const double visits = 0.5, /* of the people on a day */
    caprice = 0.3; /* of an editor: how much the order of a day differs from the usual one */

/* One arm with what its people did last. */
typedef struct run {
    reel_simulation *out;
    const reel_world *world;
    reel_service service;
    reel_simulate_arm arm;
    int seed;        /* its number */
    uint64_t chance; /* what is drawn from */
    int day;
    reel_viewer *people;        /* [people] */
    int64_t *barred;            /* [movies] ids, room */
    reel_index *shown, *wanted; /* [movies] room */
    int64_t looked_at, clicked; /* films shown and clicked today */
    reel_err *err;
} run;

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

/* ---- in the morning ------------------------------------------------------------------------ */

/* Films of the one kind (kept back, or not) as ids; how many. */
static size_t list_kind(int64_t *out, const reel_world *world, reel_index person, bool held)
{
    const int64_t *ids = reel_dataset_movie_ids(world->films);
    size_t count = 0;

    for (reel_index m = 0; m < world->movies; m++)
        if ((world->held[reel__world_at(world, person, m)] != 0) == held)
            out[count++] = ids[m];
    return count;
}

/* NDCG of a list of films kept back alone; NaN for who likes none of them. */
static reel_code judge_person(double *out, run *r, reel_index person)
{
    const reel_world *world = r->world;
    reel_request request = reel__request_default();
    const reel_list *list = NULL;
    reel_index films[JUDGED];
    size_t wanted = 0;
    reel_code rc = REEL_OK;

    for (reel_index m = 0; m < world->movies; m++)
        if (world->held[reel__world_at(world, person, m)] != 0 &&
            reel__world_likes(world, person, m))
            r->wanted[wanted++] = m;
    *out = (double)NAN;
    if (wanted == 0)
        return REEL_OK;
    request.user = (int64_t)person + 1;
    request.limit = JUDGED;
    request.reasons = 0;
    request.exclude = r->barred;
    request.exclude_count = list_kind(r->barred, world, person, false);
    REEL_TRY(reel__recommend(r->service.session, &request, &list, r->err));
    for (size_t i = 0; i < list->count; i++)
        films[i] = list->items[i].movie;
    *out = reel__ndcg(films, list->count, r->wanted, wanted, JUDGED);
out:
    return rc;
}

static reel_code judge_all(run *r)
{
    double sum = 0, ndcg;
    int64_t count = 0;
    reel_code rc = REEL_OK;

    for (reel_index p = 0; p < r->world->people; p++) {
        REEL_TRY(judge_person(&ndcg, r, p));
        sum += isnan(ndcg) ? 0 : ndcg;
        count += !isnan(ndcg);
    }
    r->out->ndcg[place_of(r->out, r->arm, r->day, r->seed)] =
        count > 0 ? sum / (double)count : (double)NAN;
out:
    return rc;
}

/* ---- during the day ------------------------------------------------------------------------ */

/* A list before somebody's eyes. */
typedef struct sight {
    reel_index person;
    const reel_list *list;
    int count;
} sight;

/* An event of count films from a place on. */
static reel_code say(run *r, const char *type, const sight *seen, int place, int count,
                     double value)
{
    const reel_deed deed = {.type = type,
                            .user = (int64_t)seen->person + 1,
                            .time = FIRST_DAY + (int64_t)r->day * DAY_S + place,
                            .list = seen->list,
                            .movies = &r->shown[place - 1],
                            .count = count,
                            .rank = place,
                            .value = value};

    return reel__service_say(&r->service, &deed, r->err);
}

/* What somebody did with the film at a place, as a page would send it. */
static reel_code tell(run *r, const sight *seen, int place, const reel_reaction *did)
{
    reel_code rc = REEL_OK;

    r->looked_at++;
    r->clicked += did->clicked;
    if (did->clicked)
        REEL_TRY(say(r, "click", seen, place, 1, (double)NAN));
    if (did->stars > 0)
        REEL_TRY(say(r, "rating", seen, place, 1, did->stars));
    if (did->wished)
        REEL_TRY(say(r, "watchlist", seen, place, 1, (double)NAN));
    if (did->refused)
        REEL_TRY(say(r, "not_interested", seen, place, 1, (double)NAN));
out:
    return rc;
}

/* ---- an editor ----------------------------------------------------------------------------- */

static int by_favour(const void *a, const void *b)
{
    const reel_scored *x = a, *y = b;

    return x->score != y->score ? (x->score < y->score) - (x->score > y->score)
                                : (x->index > y->index) - (x->index < y->index);
}

static double share_who_like(const reel_world *world, reel_index movie)
{
    reel_index like = 0;

    for (reel_index p = 0; p < world->people; p++)
        like += reel__world_likes(world, p, movie);
    return (double)like / (double)world->people;
}

/* Today's films, some twice as many as a list has, in the order in which the editor likes them,
 * which has nothing to do with anybody's taste and is much the same from day to day. */
static int choose_editorial(reel_scored *out, const run *r)
{
    const int movies = r->world->movies, most = 2 * r->out->opts.list;
    const int count = most < movies ? most : movies;
    reel_rng today = reel__rng_make(r->chance, STREAM_EDITOR + (uint64_t)r->day);

    for (int i = 0; i < count;) {
        const reel_index movie = (reel_index)reel__rng_below(&today, (uint64_t)movies);
        bool there = false;

        for (int k = 0; k < i; k++)
            there |= out[k].index == movie;
        if (!there)
            out[i++] = (reel_scored){
                movie, (float)(caprice * reel__rng_unit(&today) - share_who_like(r->world, movie))};
    }
    qsort(out, (size_t)count, sizeof *out, by_favour);
    return count;
}

/* The same for everybody, but for what is kept back of somebody. */
static int show_editorial(run *r, reel_index person)
{
    reel_scored chosen[2 * LIST_MOST] = {{0}};
    const int count = choose_editorial(chosen, r);
    int shown = 0;

    for (int i = 0; i < count && shown < r->out->opts.list; i++)
        if (r->world->held[reel__world_at(r->world, person, chosen[i].index)] == 0)
            r->shown[shown++] = chosen[i].index;
    return shown;
}

/* ---- a visit ------------------------------------------------------------------------------- */

static reel_code show_personal(run *r, sight *out, reel_index person)
{
    reel_request request = reel__request_default();
    reel_code rc;

    request.user = (int64_t)person + 1;
    request.limit = (size_t)r->out->opts.list;
    request.reasons = 0;
    request.exclude = r->barred;
    request.exclude_count = list_kind(r->barred, r->world, person, true);
    rc = reel__recommend(r->service.session, &request, &out->list, r->err);
    for (size_t i = 0; rc == REEL_OK && i < out->list->count; i++)
        r->shown[out->count++] = out->list->items[i].movie;
    return rc;
}

static reel_code visit(run *r, reel_index person)
{
    reel_rng rng =
        reel__rng_make(r->chance, STREAM_DAY + (uint64_t)r->day * 1000000 + (uint64_t)person);
    sight seen = {.person = person};
    reel_reaction did[LIST_MOST];
    reel_code rc = REEL_OK;

    if (reel__rng_unit(&rng) >= visits)
        return REEL_OK;
    if (r->day < r->out->opts.editorial)
        seen.count = show_editorial(r, person);
    else
        REEL_TRY(show_personal(r, &seen, person));
    if (seen.count == 0)
        return REEL_OK;
    REEL_TRY(say(r, "impression", &seen, 1, seen.count, (double)NAN));
    reel__viewer_meet(&r->people[person], &rng, r->shown, seen.count, did);
    for (int i = 0; i < seen.count; i++)
        REEL_TRY(tell(r, &seen, i + 1, &did[i]));
out:
    return rc;
}

static reel_code live_a_day(run *r)
{
    const reel_simulate_opts *opts = &r->out->opts;
    const bool learns = r->arm != REEL_ARM_FROZEN && (r->day + 1) % opts->every == 0;
    reel_code rc;

    REEL_TRY(judge_all(r));
    r->looked_at = r->clicked = 0;
    for (reel_index p = 0; p < r->world->people; p++) {
        if (opts->cancel != NULL && *opts->cancel)
            REEL_TRY(reel_fail(r->err, REEL_E_CANCELLED, "the simulation was stopped"));
        REEL_TRY(visit(r, p));
    }
    REEL_TRY(reel__service_send(&r->service, r->err));
    r->out->clicked[place_of(r->out, r->arm, r->day, r->seed)] =
        r->looked_at > 0 ? (double)r->clicked / (double)r->looked_at : (double)NAN;
    if (learns && r->day + 1 < opts->days) {
        REEL_TRY(reel__service_train(&r->service, r->err));
        r->out->trainings++;
    }
out:
    return rc;
}

/* ---- all of it ----------------------------------------------------------------------------- */

static reel_code make_room(run *r, reel_err *err)
{
    const size_t people = (size_t)r->world->people, movies = (size_t)r->world->movies;

    r->people = reel__alloc_array(people, sizeof *r->people);
    r->barred = reel__alloc_array(movies, sizeof *r->barred);
    r->shown = reel__alloc_array(movies, sizeof *r->shown);
    r->wanted = reel__alloc_array(movies, sizeof *r->wanted);
    if (r->people == NULL || r->barred == NULL || r->shown == NULL || r->wanted == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for %zu people and %zu films", people,
                         movies);
    for (size_t p = 0; p < people; p++)
        r->people[p] = reel__viewer(r->world, (reel_index)p, &r->out->opts.manner);
    return REEL_OK;
}

static reel_code live(reel_simulation *out, const reel_world *world, reel_simulate_arm arm,
                      int seed, reel_err *err)
{
    run r = {.out = out,
             .world = world,
             .arm = arm,
             .seed = seed,
             .chance = out->opts.seed + (uint64_t)seed,
             .err = err};
    reel_code rc;

    REEL_TRY(make_room(&r, err));
    REEL_TRY(reel__service_open(&r.service, &out->opts, arm, world, err));
    for (; r.day < out->opts.days; r.day++) {
        reel__progress(out->opts.progress, reel__simulate_arm_name(arm),
                       (int64_t)seed * out->opts.days + r.day,
                       (int64_t)out->opts.days * out->opts.seeds, "days");
        REEL_TRY(live_a_day(&r));
    }
    if (r.service.engine->told.looked.known)
        memcpy(out->looked[arm], r.service.engine->told.looked.looked, sizeof out->looked[arm]);
out:
    if (r.service.opts != NULL)
        reel__service_close(&r.service);
    reel__free(r.people);
    reel__free(r.barred);
    reel__free(r.shown);
    reel__free(r.wanted);
    return rc;
}

static reel_code check(const reel_simulate_opts *opts, reel_err *err)
{
    bool any = false;

    for (int a = 0; a < REEL_ARMS; a++)
        any |= opts->arms[a];
    if (!any || opts->people < 2 || opts->films < 0 || opts->days < 1 ||
        opts->days > REEL_SIMULATE_DAYS || opts->every < 1 || opts->seeds < 1 ||
        opts->seeds > REEL_SIMULATE_SEEDS || opts->list < 1 || opts->list > LIST_MOST ||
        opts->editorial < 0 || !(opts->manner.fading >= 0 && opts->manner.fading <= 10) ||
        !(opts->manner.rates >= 0 && opts->manner.rates <= 1))
        return reel_fail(err, REEL_E_INVALID,
                         "a simulation needs an arm, 2 people or more, 1 to %d days, 1 to %d seeds "
                         "and lists of 1 to %d films",
                         (int)REEL_SIMULATE_DAYS, (int)REEL_SIMULATE_SEEDS, (int)LIST_MOST);
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
        const reel_world_opts how = {.movielens = opts->movielens,
                                     .people = opts->people,
                                     .films = opts->films,
                                     .known = opts->known,
                                     .seed = opts->seed + (uint64_t)seed};

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
