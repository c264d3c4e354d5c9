/* base.c - the small loops everything stands on: dot products, the k largest, numbers as JSON, the
 * table hash. Each measurement repeats its work until it takes some milliseconds and gives the time
 * of one piece. Usage: bench_base. One line of JSON for each measurement.
 */
#include <string.h>

#include "base/hash.h"
#include "base/json.h"
#include "base/rng.h"
#include "num/kernels.h"
#include "num/topk.h"
#include "timing.h"

enum { FILMS = 100000, FACTORS = 64, LIST = 10, NUMBERS = 1000, TEXT = 1 << 20 };

typedef struct work {
    float *scores;  /* [FILMS] */
    float *factors; /* [FILMS] for the dot products, as many rows of FACTORS as fit */
    reel_buf text;
    reel_index films;
    volatile double sink; /* keeps the results alive */
} work;

static void dots(work *w)
{
    float sum = 0;

    for (size_t row = 0; row + FACTORS <= FILMS; row += FACTORS)
        sum += reel__dot(w->factors, w->factors + row, FACTORS);
    w->sink = (double)sum;
}

static void list(work *w)
{
    reel_scored out[LIST];

    w->sink = (double)reel__topk(w->scores, w->films, NULL, LIST, out);
}

static void floats(work *w)
{
    reel_json json;

    reel__buf_clear(&w->text);
    reel__json_init(&json, &w->text);
    reel__json_array(&json);
    for (int i = 0; i < NUMBERS; i++)
        reel__json_float(&json, w->scores[i]);
    reel__json_array_end(&json);
}

static void half_stars(work *w)
{
    reel_json json;

    reel__buf_clear(&w->text);
    reel__json_init(&json, &w->text);
    reel__json_array(&json);
    for (int i = 0; i < NUMBERS; i++)
        reel__json_real(&json, (double)(i % 10) / 2);
    reel__json_array_end(&json);
}

static void hash(work *w)
{
    w->sink = (double)reel__hash64(w->scores, FILMS * sizeof *w->scores, 0);
}

/* Time of one piece, in nanoseconds, when one call does `pieces` of them. */
static void measure(work *w, const char *name, void (*call)(work *), double pieces, int calls)
{
    bench_timing timing = {.count = 0};

    call(w);
    for (int run = 0; run < BENCH_RUNS; run++) {
        const int64_t start = reel__clock_steady_us();

        for (int i = 0; i < calls; i++)
            call(w);
        bench_add(&timing, (double)(reel__clock_steady_us() - start) * 1000 / (pieces * calls));
    }
    bench_print(&timing, name, "ns", "");
}

int main(void)
{
    static float scores[FILMS], factors[FILMS];
    work w = {.scores = scores, .factors = factors};
    reel_rng rng = reel__rng_make(1, 0);

    for (int i = 0; i < FILMS; i++) {
        scores[i] = (float)reel__rng_normal(&rng);
        factors[i] = (float)reel__rng_normal(&rng);
    }
    reel__buf_init(&w.text, TEXT);
    measure(&w, "dot product of 64 floats", dots, FILMS / FACTORS, 100);
    w.films = 3706;
    measure(&w, "10 best of 3,706 scores", list, 1, 1000);
    w.films = FILMS;
    measure(&w, "10 best of 100,000 scores", list, 1, 50);
    measure(&w, "a float as JSON", floats, NUMBERS, 20);
    measure(&w, "a half star as JSON", half_stars, NUMBERS, 100);
    measure(&w, "hash of 400,000 bytes", hash, 1, 50);
    reel__buf_fini(&w.text);
    return 0;
}
