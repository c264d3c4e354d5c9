/* films.c - films whose words are made up. */
#include "films.h"

#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "timing.h"

enum {
    WORDS = 60000,
    WORD_BYTES = 24,
    TITLE_WORDS = 40000,
    NAMES = 90000, /* people are two of these numbers as words */
    KEYWORDS = 12000,
    TEXT_BYTES = 1024
};

static char words[WORDS][WORD_BYTES];

/* The more seldom a word, the longer: two letters to five syllables. */
static void make_words(uint64_t seed)
{
    static const char *const starts[] = {"b",  "c",  "d",  "f",  "g",  "h",  "l",  "m", "n", "p",
                                         "r",  "s",  "t",  "v",  "w",  "st", "tr", "k", "j", "sh",
                                         "ch", "pr", "gr", "br", "th", "cl", "",   "bl"};
    static const char *const middles[] = {"a", "e", "i", "o", "u", "ea", "ai", "oo", "ou", "é"};
    static const char *const ends[] = {"", "", "", "n", "r", "s", "t", "l", "d", "m", "ng", "ck"};

    for (int i = 0; i < WORDS; i++) {
        reel_rng rng = reel__rng_make(seed, (uint64_t)i);
        const int syllables = 1 + (i >= 100) + (i >= 4000) + (int)reel__rng_below(&rng, 2);

        words[i][0] = '\0';
        for (int k = 0; k < syllables; k++) {
            const size_t at = strlen(words[i]);

            (void)snprintf(words[i] + at, WORD_BYTES - at, "%s%s%s",
                           starts[reel__rng_below(&rng, sizeof starts / sizeof *starts)],
                           middles[reel__rng_below(&rng, sizeof middles / sizeof *middles)],
                           ends[reel__rng_below(&rng, sizeof ends / sizeof *ends)]);
        }
    }
}

/* A rank below `most`, each as often as one over it. */
static int draw_rank(reel_rng *rng, int most)
{
    return (int)exp(reel__rng_unit(rng) * log((double)most + 1)) - 1;
}

static void append_words(char *out, reel_rng *rng, int count, int vocabulary)
{
    for (int k = 0; k < count; k++) {
        const size_t at = strlen(out);
        const char *word = words[draw_rank(rng, vocabulary) % WORDS];

        (void)snprintf(out + at, TEXT_BYTES - at, "%s%s", k > 0 ? " " : "", word);
    }
}

static void append_title(char *out, reel_rng *rng)
{
    if (reel__rng_below(rng, 4) == 0)
        (void)strcat(out, "The ");
    append_words(out, rng, 1 + (int)reel__rng_below(rng, 5), TITLE_WORDS);
}

/* "Name One|Name Two": person or keyword k has always the same words. */
static void append_names(char *out, reel_rng *rng, int count, int names, uint64_t stream)
{
    for (int k = 0; k < count; k++) {
        reel_rng own = reel__rng_make(stream, (uint64_t)draw_rank(rng, names));

        if (k > 0)
            (void)strcat(out, "|");
        append_words(out, &own, 1 + (int)reel__rng_below(&own, 2) + (names == NAMES), WORDS);
    }
}

static void add_film(reel_dataset_builder *builder, int id, uint64_t seed)
{
    reel_rng rng = reel__rng_make(seed + 1, (uint64_t)id);
    char name[TEXT_BYTES] = "", title[TEXT_BYTES + 16], other[TEXT_BYTES] = "",
         cast[TEXT_BYTES] = "", directors[TEXT_BYTES] = "", keywords[TEXT_BYTES] = "",
         overview[TEXT_BYTES] = "";
    reel_movie movie = {.id = id,
                        .name = name,
                        .title = title,
                        .original_title = other,
                        .cast = cast,
                        .directors = directors,
                        .keywords = keywords,
                        .overview = overview,
                        .genres = "Drama|Comedy",
                        .tagline = "",
                        .tags = "",
                        .language = "",
                        .release_date = "",
                        .poster_path = "",
                        .backdrop_path = "",
                        .trailer_key = "",
                        .popularity = (float)(100 * reel__rng_unit(&rng)),
                        .vote_average = 6};
    reel_err err = {0};

    movie.year = 2020 - draw_rank(&rng, 120);
    movie.vote_count = 30000 / (1 + draw_rank(&rng, 30000));
    append_title(name, &rng);
    (void)snprintf(title, sizeof title, "%s (%d)", name, movie.year);
    if (reel__rng_below(&rng, 3) == 0)
        append_title(other, &rng);
    append_names(cast, &rng, 5, NAMES, seed + 2);
    append_names(directors, &rng, 1, NAMES, seed + 2);
    append_names(keywords, &rng, 6, KEYWORDS, seed + 3);
    append_words(overview, &rng, 50, WORDS);
    bench_require(reel_dataset_builder_add_movie(builder, &movie, &err), &err);
}

reel_dataset *bench_films(int films, uint64_t seed)
{
    reel_dataset_builder *builder;
    reel_dataset *dataset;
    reel_err err = {0};

    make_words(seed);
    bench_require(reel_dataset_builder_new(&builder, &err), &err);
    for (int id = 0; id < films; id++)
        add_film(builder, id, seed);
    bench_require(reel_dataset_builder_finish(&dataset, builder, NULL, &err), &err);
    reel_dataset_builder_free(builder);
    return dataset;
}
