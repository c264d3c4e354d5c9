/* Lists arranged by hand-made likeness, fame and genres, against a slow twin that writes the
 * formula down, and with the effect each knob is there for: on made-up catalogues every knob
 * improves the metric it is named after.
 */
#include <math.h>

#include "eval/genres.h"
#include "rules/arrange.h"
#include "support/check.h"
#include "support/property.h"

enum { FILMS = 40, TERMS = 12, GENRES = 5, WANTED = 10, RUNS = 200 };

typedef struct world {
    uint64_t of[FILMS];
    reel_genres genres;
    reel_nnz ptr[FILMS + 1];
    reel_index col[FILMS * 3];
    float val[FILMS * 3];
    reel_likeness likeness;
    reel_candidate candidates[FILMS];
    reel_genre_mix history;
} world;

static void make(world *w, reel_rng *rng)
{
    double sum = 0;
    reel_nnz at = 0;

    for (int i = 0; i < FILMS; i++) {
        w->of[i] = reel__rng_below(rng, 1 << GENRES);
        w->ptr[i] = at;
        for (int k = 0; k < 3; k++) {
            w->col[at] = (reel_index)(4 * k + (int)reel__rng_below(rng, 4));
            w->val[at++] = sqrtf(1.0F / 3);
        }
        w->candidates[i] = (reel_candidate){
            .movie = i, .worth = reel__rng_unit(rng), .fame = (double)reel__rng_below(rng, 2000)};
    }
    w->ptr[FILMS] = at;
    w->genres = (reel_genres){w->of, GENRES};
    w->likeness = (reel_likeness){&w->genres, {FILMS, TERMS, w->ptr, w->col, w->val}};
    w->history = (reel_genre_mix){{0}};
    for (int g = 0; g < GENRES; g++)
        sum += w->history.share[g] = reel__rng_unit(rng) + 0.01;
    for (int g = 0; g < GENRES; g++)
        w->history.share[g] /= sum;
}

static void arrange(const world *w, reel_arrange_opts opts, size_t *order)
{
    reel_err err = {0};

    opts.history = &w->history;
    assert_ok(reel__arrange(&w->likeness, w->candidates, FILMS, &opts, order, WANTED, &err));
}

/* ---- the twin ------------------------------------------------------------------------------ */

static double likeness_of(const world *w, size_t i, size_t k)
{
    const double both = __builtin_popcountll(w->of[i] & w->of[k]);
    const double sizes =
        sqrt((double)__builtin_popcountll(w->of[i]) * (double)__builtin_popcountll(w->of[k]));
    double terms = 0;

    for (int f = 0; f < 3; f++)
        terms += w->col[3 * i + (size_t)f] == w->col[3 * k + (size_t)f] ? 1.0 / 3 : 0;
    return ((sizes > 0 ? both / sizes : 0) + terms) / 2;
}

static double twin_gain(const world *w, reel_arrange_opts opts, const size_t *chosen, size_t count,
                        size_t i)
{
    double low = INFINITY, high = 0, nearest = 0, value;
    reel_index list[WANTED];

    for (size_t k = 0; k < FILMS; k++) {
        low = fmin(low, log(1 + w->candidates[k].fame));
        high = fmax(high, log(1 + w->candidates[k].fame));
    }
    value = (1 - opts.novelty) * w->candidates[i].worth +
            opts.novelty * (high - log(1 + w->candidates[i].fame)) / (high - low);
    for (size_t k = 0; k < count; k++) {
        nearest = fmax(nearest, likeness_of(w, i, chosen[k]));
        list[k] = (reel_index)chosen[k];
    }
    list[count] = (reel_index)i;
    value = (1 - opts.diversity) * value + opts.diversity * (1 - nearest);
    return (1 - opts.calibrate) * value +
           opts.calibrate *
               (1 -
                reel__calibration(&w->genres, &w->history, list, count + 1, count + 1) / log(100));
}

static void the_twin_agrees(void **state)
{
    (void)state;
    for (uint64_t run = 0; run < RUNS; run++) {
        reel_rng rng = reel__rng_make(7, run);
        const reel_arrange_opts opts = {.novelty = run % 2 == 0 ? reel__rng_unit(&rng) : 0,
                                        .calibrate = run % 3 == 0 ? reel__rng_unit(&rng) : 0,
                                        .diversity = run % 5 != 0 ? reel__rng_unit(&rng) : 0};
        size_t order[WANTED];
        world w;

        make(&w, &rng);
        arrange(&w, opts, order);
        for (size_t n = 0; n < WANTED; n++) {
            const double own = twin_gain(&w, opts, order, n, order[n]);

            for (size_t i = 0; i < FILMS; i++) {
                bool taken = false;

                for (size_t k = 0; k < n; k++)
                    taken |= order[k] == i;
                if (!taken && twin_gain(&w, opts, order, n, i) > own + 1e-6)
                    fail_msg("run %d: place %zu has %zu, %zu is better", (int)run, n, order[n], i);
            }
        }
    }
}

/* ---- what the knobs are for ---------------------------------------------------------------- */

typedef struct measure {
    double distance, calibration, fame, worth;
} measure;

static void add_measure(measure *out, const world *w, const size_t *order)
{
    reel_index list[WANTED];

    for (size_t n = 0; n < WANTED; n++) {
        list[n] = (reel_index)order[n];
        out->fame += log1p(w->candidates[order[n]].fame);
        out->worth += w->candidates[order[n]].worth;
    }
    out->distance += reel__intra_list_distance(&w->genres, list, WANTED, WANTED);
    out->calibration += reel__calibration(&w->genres, &w->history, list, WANTED, WANTED);
}

static measure measured(reel_arrange_opts opts)
{
    measure sum = {0};

    for (uint64_t run = 0; run < RUNS; run++) {
        reel_rng rng = reel__rng_make(11, run);
        size_t order[WANTED];
        world w;

        make(&w, &rng);
        arrange(&w, opts, order);
        add_measure(&sum, &w, order);
    }
    return sum;
}

static void each_knob_turns_what_it_says(void **state)
{
    const measure plain = measured((reel_arrange_opts){0});
    const measure diverse = measured((reel_arrange_opts){.diversity = 0.5});
    const measure calibrated = measured((reel_arrange_opts){.calibrate = 0.9});
    const measure novel = measured((reel_arrange_opts){.novelty = 0.5});

    (void)state;
    assert_true(diverse.distance > 1.05 * plain.distance);
    assert_true(calibrated.calibration < 0.7 * plain.calibration);
    assert_true(novel.fame < 0.95 * plain.fame);
    assert_true(plain.worth > diverse.worth && plain.worth > calibrated.worth);
    assert_true(plain.worth > novel.worth);
}

static void nothing_asked_is_the_order_of_worth(void **state)
{
    reel_rng rng = reel__rng_make(3, 0);
    size_t order[WANTED];
    world w;

    (void)state;
    make(&w, &rng);
    w.candidates[5].worth = w.candidates[9].worth = 2;
    arrange(&w, (reel_arrange_opts){0}, order);
    assert_int_equal(order[0], 5); /* of equals the one given first */
    assert_int_equal(order[1], 9);
    for (size_t n = 1; n < WANTED; n++)
        assert_true(w.candidates[order[n]].worth <= w.candidates[order[n - 1]].worth);
}

static void a_catalogue_may_lack_everything(void **state)
{
    reel_rng rng = reel__rng_make(5, 0);
    reel_arrange_opts opts = {1, 1, 1, NULL};
    size_t order[WANTED], again[WANTED];
    reel_err err = {0};
    world w;

    (void)state;
    make(&w, &rng);
    memset(w.of, 0, sizeof w.of);
    w.genres.count = 0;
    w.likeness.features = (reel_csr_view){0};
    for (int i = 0; i < FILMS; i++)
        w.candidates[i].fame = 0;
    assert_ok(reel__arrange(&w.likeness, w.candidates, FILMS, &opts, order, WANTED, &err));
    opts.history = &w.history;
    assert_ok(reel__arrange(&w.likeness, w.candidates, FILMS, &opts, again, WANTED, &err));
    assert_memory_equal(order, again, sizeof order);
    assert_ok(reel__arrange(&w.likeness, w.candidates, 0, &opts, order, 0, &err));
}

static reel_code once(void *user, reel_err *err)
{
    const world *w = user;
    const reel_arrange_opts opts = {0.2, 0.2, 0.2, &w->history};
    size_t order[WANTED];

    return reel__arrange(&w->likeness, w->candidates, FILMS, &opts, order, WANTED, err);
}

static void memory_may_be_missing(void **state)
{
    reel_rng rng = reel__rng_make(9, 0);
    world w;

    (void)state;
    make(&w, &rng);
    assert_int_equal(sweep_memory(once, &w), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_twin_agrees),
        cmocka_unit_test(each_knob_turns_what_it_says),
        cmocka_unit_test(nothing_asked_is_the_order_of_worth),
        cmocka_unit_test(a_catalogue_may_lack_everything),
        cmocka_unit_test(memory_may_be_missing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
