/* invented.c - films and people of nobody's, unlike what our models assume: no factor, no
 * neighbour's list and no linear sum makes these tastes.
 *   films    a place on a torus, a quality q ~ N(0, 1), a tone (dark or bright), a fame that falls
 *            off as 1 / (rank + 10) and has nothing to do with quality
 *   people   two loved places (widths .08 to .2), one hated, a tone of their own
 *   liking   1.6 max(bump 1, bump 2) - 1.2 bump 3 + .35 tanh(q) + (tones agree ? .25 : -.25, where
 *            the film is near a loved place; the other way round far from both) + noise
 *   stars    1 to 5 by fixed steps of the liking
 * They had seen 15 films each before, drawn by fame alone.
 */
#include <math.h>
#include <stdio.h>

#include "base/alloc.h"
#include "service/simulate/world.h"

enum { KNOWN = 15, FAME_OFFSET = 10 };
enum { STREAM_FILMS = 11, STREAM_PEOPLE = 500000 };

typedef struct film {
    double quality;
    bool dark;
} film;

typedef struct somebody {
    double place[3][2], width[3]; /* loved, loved, hated */
    bool dark;
} somebody;

static double bump(const float *place, const double *of, double width)
{
    double distance = 0;

    for (int axis = 0; axis < 2; axis++) {
        const double apart = fabs((double)place[axis] - of[axis]);

        distance += pow(fmin(apart, 1 - apart), 2);
    }
    return exp(-distance / (2 * width * width));
}

static double liking(const somebody *who, const film *shown, const float *place)
{
    const double loved =
        fmax(bump(place, who->place[0], who->width[0]), bump(place, who->place[1], who->width[1]));
    const bool agree = (who->dark == shown->dark) == (loved > 0.3);

    return 1.6 * loved - 1.2 * bump(place, who->place[2], who->width[2]) +
           0.35 * tanh(shown->quality) + (agree ? 0.25 : -0.25);
}

static uint8_t half_stars(double liking)
{
    return liking > 1.1 ? 10 : liking > 0.6 ? 8 : liking > 0.1 ? 6 : liking > -0.4 ? 4 : 2;
}

static somebody draw_person(reel_rng *rng)
{
    somebody who;

    for (int i = 0; i < 3; i++) {
        who.place[i][0] = reel__rng_unit(rng);
        who.place[i][1] = reel__rng_unit(rng);
        who.width[i] = 0.08 + 0.12 * reel__rng_unit(rng);
    }
    who.dark = reel__rng_below(rng, 2) == 1;
    return who;
}

/* Films are known by fame: the m-th is the m-th in rank. */
static void draw_known(reel_world *world, reel_index person, int count, reel_rng *rng)
{
    const double last = log((double)(world->movies + FAME_OFFSET) / FAME_OFFSET);

    for (int i = 0; i < count; i++) {
        const double at = FAME_OFFSET * (exp(reel__rng_unit(rng) * last) - 1);
        const reel_index movie = (reel_index)at < world->movies ? (reel_index)at : 0;

        world->known[reel__world_at(world, person, movie)] = 1;
    }
}

static reel_code make_catalogue(reel_world *out, reel_err *err)
{
    reel_dataset_builder *builder = NULL;
    char title[40];
    reel_code rc;

    REEL_TRY(reel_dataset_builder_new(&builder, err));
    for (reel_index m = 0; m < out->movies; m++) {
        const reel_movie movie = {.id = (int64_t)m + 1,
                                  .title = title,
                                  .name = title,
                                  .genres = "",
                                  .vote_average = NAN,
                                  .popularity = NAN};

        (void)snprintf(title, sizeof title, "Invented film %d", (int)m + 1);
        REEL_TRY(reel_dataset_builder_add_movie(builder, &movie, err));
    }
    rc = reel_dataset_builder_finish(&out->films, builder, NULL, err);
out:
    reel_dataset_builder_free(builder);
    return rc;
}

reel_code reel__world_invent(reel_world *out, const reel_world_opts *opts, reel_err *err)
{
    reel_rng rng = reel__rng_make(opts->seed, STREAM_FILMS);
    film *films = reel__alloc_array((size_t)out->movies, sizeof *films);
    reel_code rc;

    out->places = reel__alloc_array(2 * (size_t)out->movies, sizeof *out->places);
    if (films == NULL || out->places == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "no memory for %d films", (int)out->movies));
    REEL_TRY(make_catalogue(out, err));
    for (reel_index m = 0; m < out->movies; m++) {
        out->places[2 * (size_t)m] = (float)reel__rng_unit(&rng);
        out->places[2 * (size_t)m + 1] = (float)reel__rng_unit(&rng);
        films[m].quality = reel__rng_normal(&rng);
        films[m].dark = reel__rng_below(&rng, 2) == 1;
    }
    for (reel_index p = 0; p < out->people; p++) {
        reel_rng own = reel__rng_make(opts->seed, STREAM_PEOPLE + (uint64_t)p);
        const somebody who = draw_person(&own);

        for (reel_index m = 0; m < out->movies; m++)
            out->opinions[reel__world_at(out, p, m)] =
                half_stars(liking(&who, &films[m], out->places + 2 * (size_t)m) +
                           0.2 * reel__rng_normal(&own));
        draw_known(out, p, opts->known > 0 ? opts->known : KNOWN, &own);
    }
out:
    reel__free(films);
    return rc;
}
