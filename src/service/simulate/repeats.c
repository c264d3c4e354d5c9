/* repeats.c - see repeats.h. An experiment is a day: everybody comes once in an order of their own,
 * half of them once more, and a day after the last has come all windows are over.
 */
#include "service/simulate/repeats.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "service/experiments/experiments.h"
#include "service/experiments/tally.h"
#include "service/simulate/arm.h"

enum { DEFINITION = 512 };
enum { DAY_MS = 86400 * 1000, SECOND_MS = 1000, COMING_MS = 20 * 3600 * 1000 };
enum { STREAM_ORDER = 3, STREAM_VISIT = 1 << 20 };
static const double again = 0.5, /* of the people come a second time */
    uneven_p = 0.001;
static const char *const names[2] = {"control", "other"};

/* What somebody did in an experiment. */
typedef struct came {
    int arm;    /* -1 = both */
    int did[2]; /* clicks: by side where lists are interleaved, else [0] */
} came;

/* The people of one seed, who meet one experiment after another. */
typedef struct trials {
    reel_repeats *out;
    reel_service service;
    reel_experiments *experiments;
    const reel_world *world;
    reel_manner manner;
    uint64_t chance;
    int number;        /* of the experiment */
    int64_t now_ms;    /* when it begins */
    reel_index *order; /* [people] */
    came *people;      /* [people] */
    reel_err *err;
} trials;

reel_repeats_opts reel__repeats_default(void)
{
    reel_repeats_opts opts = {.world = reel__simulate_default(),
                              .control = "hybrid",
                              .other = "popular",
                              .repeats = 40,
                              .alpha = 0.05,
                              .smallest = 0.05};

    opts.world.people = 2000;
    return opts;
}

/* ---- a visit ------------------------------------------------------------------------------- */

/* Ids of lists are drawn, as those of a server are, but by the seed. */
static void name_list(char out[REEL_LIST_ID], const reel_request *request, reel_rng *rng)
{
    const uint64_t high = reel__rng_next(rng), low = reel__rng_next(rng);

    (void)snprintf(out, REEL_LIST_ID, "%s%016llx%016llx", request->stamp, (unsigned long long)high,
                   (unsigned long long)low);
}

static reel_code say(trials *t, const char *type, const reel_list *list, const reel_index *films,
                     int count, int rank)
{
    const reel_deed deed = {.type = type,
                            .user = list->user,
                            .time = reel__clock_now(),
                            .list = list,
                            .movies = films,
                            .count = count,
                            .rank = rank,
                            .value = (double)NAN};

    return reel__service_say(&t->service, &deed, t->err);
}

static reel_code look(trials *t, reel_index person, const reel_list *list, reel_rng *rng)
{
    reel_viewer who = reel__viewer(t->world, person, &t->manner);
    reel_reaction did[REEL_VIEWER_LIST];
    reel_index films[REEL_VIEWER_LIST];
    const int count = (int)list->count;
    reel_code rc;

    for (int i = 0; i < count; i++)
        films[i] = list->items[i].movie;
    REEL_TRY(say(t, "impression", list, films, count, 1));
    reel__viewer_meet(&who, rng, films, count, did);
    for (int i = 0; i < count; i++) {
        const char *side = list->items[i].side;

        if (!did[i].clicked)
            continue;
        t->people[person].did[side != NULL && strcmp(side, names[1]) == 0]++;
        REEL_TRY(say(t, "click", list, &films[i], 1, i + 1));
    }
out:
    return rc;
}

/* As the server makes the list of somebody who names no model. */
static reel_code visit(trials *t, reel_index person, int which)
{
    const uint64_t visits = 2 * (uint64_t)t->world->people;
    reel_rng rng = reel__rng_make(t->chance, STREAM_VISIT + (uint64_t)t->number * visits +
                                                 2 * (uint64_t)person + (uint64_t)which);
    reel_request request = reel__request_default();
    const reel_list *list = NULL;
    char id[REEL_LIST_ID], tag[REEL_EXPERIMENT_TAG];
    reel_trial trial;
    reel_code rc = REEL_OK;

    if (which > 0 && reel__rng_unit(&rng) >= again)
        return REEL_OK;
    request.user = (int64_t)person + 1;
    request.limit = (size_t)t->out->opts.world.list;
    request.reasons = 0;
    reel__experiments_enter(t->experiments, &trial, &request, t->service.engine);
    if (request.experiment == NULL)
        return reel_fail(t->err, REEL_E_STORE, "person %lld is in no experiment",
                         (long long)request.user);
    name_list(id, &request, &rng);
    request.list_id = id;
    REEL_TRY(reel__recommend(t->service.session, &request, &list, t->err));
    (void)reel__experiment_list(id, tag, &t->people[person].arm);
    rc = look(t, person, list, &rng);
out:
    return rc;
}

/* ---- an experiment ------------------------------------------------------------------------- */

static reel_code begin(trials *t, const reel_repeated *kind, reel_experiment *out)
{
    const reel_repeats_opts *opts = &t->out->opts;
    /* an odd factor: no two of a store are alike */
    const uint32_t tag = (uint32_t)t->chance * 0x85ebca6bU + (uint32_t)t->number * 0x9e3779b1U;
    char text[DEFINITION], name[REEL_EXPERIMENT_NAME];
    reel_code rc;

    (void)snprintf(name, sizeof name, "e%d", t->number);
    (void)snprintf(text, sizeof text,
                   "{\"name\":\"%s\",\"tag\":\"%08x\",\"kind\":\"%s\",\"arms\":["
                   "{\"name\":\"%s\",\"model\":\"%.20s\"},{\"name\":\"%s\",\"model\":\"%.20s\"}],"
                   "\"smallest_effect\":%.6g,\"alpha\":%.6g,\"days\":1}",
                   name, (unsigned)tag,
                   kind->kind == REEL_EXPERIMENT_INTERLEAVE ? "interleave" : "ab", names[0],
                   opts->control, names[1], kind->differ ? opts->other : opts->control,
                   opts->smallest, opts->alpha);
    REEL_TRY(reel__experiments_take(t->experiments, text, strlen(text), t->err));
    REEL_TRY(reel__experiments_get(t->experiments, name, out, t->err));
    rc = reel__experiment_check(out, t->service.engine, t->err);
out:
    return rc;
}

/* Who comes when. */
static void shuffle(trials *t)
{
    reel_rng rng = reel__rng_make(t->chance, ((uint64_t)t->number << 32) + STREAM_ORDER);
    const reel_index people = t->world->people;

    for (reel_index p = 0; p < people; p++) {
        t->order[p] = p;
        t->people[p] = (came){0};
    }
    reel__rng_shuffle(&rng, t->order, (size_t)people);
}

static reel_code let_come(trials *t)
{
    const volatile bool *cancel = t->out->opts.world.cancel;
    const reel_index people = t->world->people;
    reel_code rc = REEL_OK;

    shuffle(t);
    for (int which = 0; which < 2; which++)
        for (reel_index i = 0; i < people; i++) {
            if (cancel != NULL && *cancel)
                REEL_TRY(reel_fail(t->err, REEL_E_CANCELLED, "the simulation was stopped"));
            reel__clock_set_for_test(t->now_ms + (int64_t)COMING_MS *
                                                     (which * (int64_t)people + i) /
                                                     (2 * (int64_t)people));
            REEL_TRY(visit(t, t->order[i], which));
        }
    rc = reel__service_send(&t->service, t->err);
out:
    return rc;
}

/* ---- what came of it ----------------------------------------------------------------------- */

static int sign_of(const came *who)
{
    return (who->did[1] > who->did[0]) - (who->did[1] < who->did[0]);
}

/* What people did, counted as the results have it. */
static void count_people(const trials *t, reel_arm_result arms[2])
{
    for (reel_index p = 0; p < t->world->people; p++) {
        const came *who = &t->people[p];

        if (who->arm >= 0) {
            arms[who->arm].people++;
            arms[who->arm].did += who->did[0] > 0;
            continue;
        }
        arms[0].people++;
        arms[1].people++;
        arms[0].did += sign_of(who) < 0;
        arms[1].did += sign_of(who) > 0;
    }
}

/* Whether somebody who looks after every person at an interval of one look sees a difference. */
static bool peeks(const trials *t, const reel_experiment *e)
{
    const bool paired = e->kind == REEL_EXPERIMENT_INTERLEAVE;
    const reel_sequential_opts opts = {.paired = paired,
                                       .low = paired ? -1 : 0,
                                       .high = 1,
                                       .alpha = e->alpha,
                                       .spread = e->smallest,
                                       .smallest = e->smallest};
    reel_sequential s;
    bool seen = false;

    reel__sequential_init(&s, &opts);
    for (reel_index i = 0; i < t->world->people && !seen; i++) {
        const came *who = &t->people[t->order[i]];
        reel_effect now;

        reel__sequential_add(&s, paired ? 1 : who->arm, paired ? sign_of(who) : who->did[0] > 0);
        now = reel__sequential_look(&s);
        seen = now.fixed_low > 0 || now.fixed_high < 0;
    }
    return seen;
}

static reel_code count(trials *t, reel_repeated *kind, const reel_results *results)
{
    const reel_arm_comparison *said = &results->comparisons[0];
    reel_arm_result arms[2] = {{0, 0}, {0, 0}};

    count_people(t, arms);
    for (int i = 0; i < 2; i++) {
        const reel_arm_result *told = &results->arms[i];

        if (told->people != arms[i].people || told->did != arms[i].did || results->strays > 0)
            return reel_fail(t->err, REEL_E_STORE,
                             "%s: the results have %lld of %lld people in an arm that did what "
                             "counts, and %lld strays; in truth it were %lld of %lld",
                             results->experiment.name, (long long)told->did,
                             (long long)told->people, (long long)results->strays,
                             (long long)arms[i].did, (long long)arms[i].people);
        kind->arms[i].people += arms[i].people;
        kind->arms[i].did += arms[i].did;
    }
    kind->decided[kind->count++] = said->decided_after;
    kind->verdicts[said->verdict]++;
    kind->uneven += results->balance_p < uneven_p;
    kind->peeked += peeks(t, &results->experiment);
    return REEL_OK;
}

static reel_code run(trials *t, reel_repeated *kind)
{
    reel_experiment experiment;
    reel_results results;
    size_t counted = 0;
    reel_code rc;

    reel__clock_set_for_test(t->now_ms);
    REEL_TRY(begin(t, kind, &experiment));
    REEL_TRY(let_come(t));
    t->now_ms += 3 * (int64_t)DAY_MS;
    reel__clock_set_for_test(t->now_ms);
    REEL_TRY(reel__trial_count(t->service.store, &experiment, SIZE_MAX, NULL, &counted, t->err));
    REEL_TRY(reel__experiment_results(&results, t->service.store, &experiment,
                                      t->now_ms / SECOND_MS, t->err));
    rc = count(t, kind, &results);
    t->number++;
out:
    return rc;
}

/* ---- all of them --------------------------------------------------------------------------- */

static reel_code repeat(reel_repeats *out, const reel_world *world, int seed, reel_err *err)
{
    const reel_simulate_opts *opts = &out->opts.world;
    trials t = {.out = out,
                .world = world,
                .manner = {.fading = opts->manner.fading, .rates = 0},
                .chance = opts->seed + (uint64_t)seed,
                .now_ms = (int64_t)REEL_SIMULATE_BEGINNING * SECOND_MS,
                .order = reel__alloc_array((size_t)world->people, sizeof *t.order),
                .people = reel__alloc_array((size_t)world->people, sizeof *t.people),
                .err = err};
    reel_code rc;

    if (t.order == NULL || t.people == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "no memory for %d people", (int)world->people));
    reel__clock_set_for_test(t.now_ms);
    /* A click must leave nothing behind for the next experiment: it changes no list here. */
    REEL_TRY(reel__service_open(&t.service, opts, REEL_ARM_RATINGS, world, err));
    REEL_TRY(reel__experiments_open(&t.experiments, t.service.store, false, err));
    for (int i = 0; i < out->opts.repeats; i++) {
        reel__progress(opts->progress, "experiments", (int64_t)seed * out->opts.repeats + i,
                       (int64_t)opts->seeds * out->opts.repeats, "of each kind");
        for (int kind = 0; kind < out->kind_count; kind++)
            REEL_TRY(run(&t, &out->kinds[kind]));
    }
out:
    reel__experiments_close(t.experiments);
    if (t.service.opts != NULL)
        reel__service_close(&t.service);
    reel__clock_set_for_test(-1);
    reel__free(t.order);
    reel__free(t.people);
    return rc;
}

static reel_code check(const reel_repeats_opts *opts, reel_err *err)
{
    if (!reel__simulate_people_fit(&opts->world) || opts->repeats < 1 ||
        opts->repeats > REEL_REPEATS_MAX)
        return reel_fail(err, REEL_E_INVALID,
                         "experiments need 2 people or more, 1 to %d seeds, 1 to %d repeats and "
                         "lists of 1 to %d films",
                         (int)REEL_SIMULATE_SEEDS, (int)REEL_REPEATS_MAX, (int)REEL_VIEWER_LIST);
    return REEL_OK;
}

static reel_code make_room(reel_repeats *out, reel_err *err)
{
    const size_t most = (size_t)out->opts.repeats * (size_t)out->opts.world.seeds;

    out->kind_count = out->opts.other != NULL ? REEL_REPEATED : REEL_REPEATED / 2;
    for (int i = 0; i < out->kind_count; i++) {
        reel_repeated *kind = &out->kinds[i];

        kind->differ = i >= 2;
        kind->kind = i % 2 == 0 ? REEL_EXPERIMENT_AB : REEL_EXPERIMENT_INTERLEAVE;
        kind->decided = reel__alloc_array(most, sizeof *kind->decided);
        if (kind->decided == NULL)
            return reel_fail(err, REEL_E_NOMEM, "no memory for %zu experiments", most);
    }
    return REEL_OK;
}

static int by_people(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

reel_code reel__repeats(reel_repeats *out, const reel_repeats_opts *opts, reel_err *err)
{
    const int64_t start = reel__clock_steady_us();
    reel_world world = {0};
    reel_code rc;

    *out = (reel_repeats){.opts = *opts};
    REEL_TRY(check(opts, err));
    REEL_TRY(make_room(out, err));
    for (int seed = 0; seed < opts->world.seeds; seed++) {
        const reel_world_opts how = reel__simulate_world(&opts->world, seed);

        REEL_TRY(reel__world_make(&world, &how, err));
        if (seed == 0) {
            out->people = world.people;
            out->movies = world.movies;
        }
        REEL_TRY(repeat(out, &world, seed, err));
        reel__world_fini(&world);
    }
    for (int i = 0; i < out->kind_count; i++)
        qsort(out->kinds[i].decided, (size_t)out->kinds[i].count, sizeof *out->kinds[i].decided,
              by_people);
    out->seconds = (double)(reel__clock_steady_us() - start) * 1e-6;
out:
    reel__world_fini(&world);
    if (rc != REEL_OK)
        reel__repeats_fini(out);
    return rc;
}

void reel__repeats_fini(reel_repeats *repeats)
{
    for (int i = 0; i < REEL_REPEATED; i++) {
        reel__free(repeats->kinds[i].decided);
        repeats->kinds[i].decided = NULL;
    }
}
