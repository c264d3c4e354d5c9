/* days.c - see days.h. */
#include "service/simulate/days.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "eval/metrics.h"
#include "service/engine/state.h"

enum { JUDGED = 10, DAY_S = 86400 };
enum { STREAM_DAY = 1 << 30, STREAM_EDITOR = 7 };
static const double visits = 0.5, /* of the people on a day */
    caprice = 0.3; /* of an editor: how much the order of a day differs from the usual one */

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
static reel_code judge_person(double *out, reel_days *d, reel_index person)
{
    const reel_world *world = d->world;
    reel_request request = reel__request_default();
    const reel_list *list = NULL;
    reel_index films[JUDGED];
    size_t wanted = 0;
    reel_code rc = REEL_OK;

    for (reel_index m = 0; m < world->movies; m++)
        if (world->held[reel__world_at(world, person, m)] != 0 &&
            reel__world_likes(world, person, m))
            d->wanted[wanted++] = m;
    *out = (double)NAN;
    if (wanted == 0)
        return REEL_OK;
    request.user = (int64_t)person + 1;
    request.limit = JUDGED;
    request.reasons = 0;
    request.exclude = d->barred;
    request.exclude_count = list_kind(d->barred, world, person, false);
    REEL_TRY(reel__recommend(d->service.session, &request, &list, d->err));
    for (size_t i = 0; i < list->count; i++)
        films[i] = list->items[i].movie;
    *out = reel__ndcg(films, list->count, d->wanted, wanted, JUDGED);
out:
    return rc;
}

reel_code reel__days_judge(double *out, reel_days *d)
{
    double sum = 0, ndcg;
    int64_t count = 0;
    reel_code rc = REEL_OK;

    for (reel_index p = 0; p < d->world->people; p++) {
        REEL_TRY(judge_person(&ndcg, d, p));
        sum += isnan(ndcg) ? 0 : ndcg;
        count += !isnan(ndcg);
    }
    *out = count > 0 ? sum / (double)count : (double)NAN;
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
static reel_code say(reel_days *d, const char *type, const sight *seen, int place, int count,
                     double value)
{
    const reel_deed deed = {.type = type,
                            .user = (int64_t)seen->person + 1,
                            .time = REEL_SIMULATE_BEGINNING + (int64_t)d->day * DAY_S + place,
                            .list = seen->list,
                            .movies = &d->shown[place - 1],
                            .count = count,
                            .rank = place,
                            .value = value};

    return reel__service_say(&d->service, &deed, d->err);
}

/* What somebody did with the film at a place, as a page would send it. */
static reel_code tell(reel_days *d, const sight *seen, int place, const reel_reaction *did)
{
    reel_code rc = REEL_OK;

    d->looked_at++;
    d->clicked += did->clicked;
    if (did->clicked)
        REEL_TRY(say(d, "click", seen, place, 1, (double)NAN));
    if (did->stars > 0)
        REEL_TRY(say(d, "rating", seen, place, 1, did->stars));
    if (did->wished)
        REEL_TRY(say(d, "watchlist", seen, place, 1, (double)NAN));
    if (did->refused)
        REEL_TRY(say(d, "not_interested", seen, place, 1, (double)NAN));
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
static void choose_editorial(reel_days *d)
{
    const int movies = d->world->movies, most = 2 * d->opts->list;
    const int count = most < movies ? most : movies;
    reel_rng today = reel__rng_make(d->chance, STREAM_EDITOR + (uint64_t)d->day);
    reel_scored *out = d->editorial;

    for (int i = 0; i < count;) {
        const reel_index movie = (reel_index)reel__rng_below(&today, (uint64_t)movies);
        bool there = false;

        for (int k = 0; k < i; k++)
            there |= out[k].index == movie;
        if (!there)
            out[i++] = (reel_scored){
                movie, (float)(caprice * reel__rng_unit(&today) - share_who_like(d->world, movie))};
    }
    qsort(out, (size_t)count, sizeof *out, by_favour);
    d->editorial_count = count;
}

/* The same for everybody, but for what is kept back of somebody. */
static int show_editorial(reel_days *d, reel_index person)
{
    int shown = 0;

    for (int i = 0; i < d->editorial_count && shown < d->opts->list; i++)
        if (d->world->held[reel__world_at(d->world, person, d->editorial[i].index)] == 0)
            d->shown[shown++] = d->editorial[i].index;
    return shown;
}

/* ---- a visit ------------------------------------------------------------------------------- */

static reel_code show_personal(reel_days *d, sight *out, reel_index person)
{
    reel_request request = reel__request_default();
    reel_code rc;

    request.user = (int64_t)person + 1;
    request.limit = (size_t)d->opts->list;
    request.reasons = 0;
    request.exclude = d->barred;
    request.exclude_count = list_kind(d->barred, d->world, person, true);
    rc = reel__recommend(d->service.session, &request, &out->list, d->err);
    for (size_t i = 0; rc == REEL_OK && i < out->list->count; i++)
        d->shown[out->count++] = out->list->items[i].movie;
    return rc;
}

static reel_code visit(reel_days *d, reel_index person)
{
    reel_rng rng =
        reel__rng_make(d->chance, STREAM_DAY + (uint64_t)d->day * 1000000 + (uint64_t)person);
    sight seen = {.person = person};
    reel_reaction did[REEL_VIEWER_LIST];
    reel_code rc = REEL_OK;

    if (reel__rng_unit(&rng) >= visits)
        return REEL_OK;
    if (d->day < d->opts->editorial)
        seen.count = show_editorial(d, person);
    else
        REEL_TRY(show_personal(d, &seen, person));
    if (seen.count == 0)
        return REEL_OK;
    REEL_TRY(say(d, "impression", &seen, 1, seen.count, (double)NAN));
    reel__viewer_meet(&d->people[person], &rng, d->shown, seen.count, did);
    for (int i = 0; i < seen.count; i++)
        REEL_TRY(tell(d, &seen, i + 1, &did[i]));
out:
    return rc;
}

reel_code reel__days_live(double *clicked, reel_days *d)
{
    reel_code rc;

    d->looked_at = d->clicked = 0;
    if (d->day < d->opts->editorial)
        choose_editorial(d);
    for (reel_index p = 0; p < d->world->people; p++) {
        if (d->opts->cancel != NULL && *d->opts->cancel)
            REEL_TRY(reel_fail(d->err, REEL_E_CANCELLED, "the simulation was stopped"));
        REEL_TRY(visit(d, p));
    }
    REEL_TRY(reel__service_send(&d->service, d->err));
    *clicked = d->looked_at > 0 ? (double)d->clicked / (double)d->looked_at : (double)NAN;
    d->day++;
out:
    return rc;
}

/* ---- from the first to the last ------------------------------------------------------------ */

static reel_code make_room(reel_days *d)
{
    const size_t people = (size_t)d->world->people, movies = (size_t)d->world->movies;

    d->people = reel__alloc_array(people, sizeof *d->people);
    d->barred = reel__alloc_array(movies, sizeof *d->barred);
    d->shown = reel__alloc_array(movies, sizeof *d->shown);
    d->wanted = reel__alloc_array(movies, sizeof *d->wanted);
    if (d->people == NULL || d->barred == NULL || d->shown == NULL || d->wanted == NULL)
        return reel_fail(d->err, REEL_E_NOMEM, "no memory for %zu people and %zu films", people,
                         movies);
    for (size_t p = 0; p < people; p++)
        d->people[p] = reel__viewer(d->world, (reel_index)p, &d->opts->manner);
    return REEL_OK;
}

reel_code reel__days_open(reel_days *out, const reel_simulate_opts *opts, reel_simulate_arm arm,
                          const reel_world *world, uint64_t chance, reel_err *err)
{
    reel_code rc;

    *out = (reel_days){.opts = opts, .world = world, .chance = chance, .err = err};
    REEL_TRY(make_room(out));
    rc = reel__service_open(&out->service, opts, arm, world, err);
out:
    if (rc != REEL_OK)
        reel__days_close(out);
    return rc;
}

void reel__days_close(reel_days *days)
{
    if (days->service.opts != NULL)
        reel__service_close(&days->service);
    reel__free(days->people);
    reel__free(days->barred);
    reel__free(days->shown);
    reel__free(days->wanted);
    days->people = NULL;
    days->barred = NULL;
    days->shown = days->wanted = NULL;
}
