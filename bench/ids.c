/* ids.c - what it costs that a list's id is signed and that visitors are counted: making an id,
 * checking one, a visitor who is known and one who is new, by the clock of the processor. Each
 * measurement repeats its work and gives the time of one piece. Usage: bench_ids [NAME TIMES]: that
 * one alone, so often and no more, for a count of instructions. One line of JSON for each.
 */
#include <string.h>

#include "service/lists/list_id.h"
#include "service/lists/visitors.h"
#include "timing.h"

enum { TIMES = 20000, EACH = 100 };

typedef struct work {
    reel_seal_key key;
    reel_list_claim claim;
    char id[REEL_LIST_ID];
    reel_visitors *visitors;
    unsigned visitor, address;
    volatile bool sink; /* keeps the results alive */
} work;

static void make_signed(work *w)
{
    reel_err err = {REEL_OK, ""};

    bench_require(reel__list_id_make(w->id, "r_", &w->key, &w->claim, &err), &err);
}

/* As every id was before. */
static void make_random(work *w)
{
    reel_err err = {REEL_OK, ""};

    bench_require(reel__list_id_make(w->id, "r_", &w->key, NULL, &err), &err);
}

static void check(work *w)
{
    w->sink = reel__list_id_holds(w->id, &w->key, &w->claim);
}

static void known(work *w)
{
    w->sink = reel__visitors_admit(w->visitors, "192.0.2.1", w->claim.who);
}

/* From addresses of so many people each, until the table is full. */
static void fresh(work *w)
{
    char who[32], address[32];

    w->address += w->visitor++ % EACH == 0;
    (void)snprintf(address, sizeof address, "2001:0db8:0000:%04x/64", w->address & 0xffff);
    (void)snprintf(who, sizeof who, "v:v_%u", w->visitor);
    w->sink = reel__visitors_admit(w->visitors, address, who);
}

static const struct {
    const char *name;
    void (*call)(work *);
} pieces[] = {
    {"signed", make_signed}, {"check", check}, /* of the id made last */
    {"random", make_random}, {"known", known}, {"new", fresh},
};

static void measure(work *w, size_t piece)
{
    bench_timing timing = {.count = 0};
    char name[32];

    (void)snprintf(name, sizeof name, "ids/%s", pieces[piece].name);
    for (int run = 0; run < BENCH_RUNS; run++) {
        const double start = bench_processor();

        for (int i = 0; i < TIMES; i++)
            pieces[piece].call(w);
        bench_add(&timing, (bench_processor() - start) * 1e6 / TIMES);
    }
    bench_print(&timing, name, "us", "");
}

int main(int argc, char **argv)
{
    const long times = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
    work w = {.claim = {.who = "v:v_0b7e8f9c-4a51-4f0e-9d0c-5d1c7f0e2a11",
                        .model_id = "hybrid-1f2e3d4c5b6a",
                        .at = reel__clock_now()}};
    reel_err err = {REEL_OK, ""};

    bench_require(reel__seal_key_random(&w.key, &err), &err);
    bench_require(reel__visitors_new(&w.visitors, EACH, &err), &err);
    make_signed(&w);
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
        if (argc != 3)
            measure(&w, i);
        else if (strcmp(pieces[i].name, argv[1]) == 0)
            for (long n = 0; n < times; n++)
                pieces[i].call(&w);
    reel__visitors_free(w.visitors);
    return 0;
}
