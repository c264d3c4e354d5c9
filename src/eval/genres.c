/* genres.c - see genres.h. The sum over pairs of cosines is (|S|^2 - n) / 2 with S the sum of the
 * n unit vectors, so that a list costs no more than its films.
 */
#include "eval/genres.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"

static const double smoothing = 0.01; /* Steck 2018, alpha */

typedef struct genre_names {
    const char *text[REEL_GENRES_MAX];
    size_t length[REEL_GENRES_MAX];
    int count;
} genre_names;

/* The number of a genre, which is made for a new one; -1 when there are too many. */
static int number_of(genre_names *names, const char *text, size_t length)
{
    for (int i = 0; i < names->count; i++)
        if (names->length[i] == length && memcmp(names->text[i], text, length) == 0)
            return i;
    if (names->count == REEL_GENRES_MAX)
        return -1;
    names->text[names->count] = text;
    names->length[names->count] = length;
    return names->count++;
}

static uint64_t read_genres(genre_names *names, const char *joined)
{
    uint64_t bits = 0;

    while (*joined != '\0') {
        const size_t length = strcspn(joined, "|");
        const int number = length > 0 && joined[0] != '(' ? number_of(names, joined, length) : -1;

        if (number >= 0)
            bits |= (uint64_t)1 << number;
        joined += length + (joined[length] == '|');
    }
    return bits;
}

reel_code reel__genres_init(reel_genres *out, const reel_dataset *dataset, reel_err *err)
{
    const reel_index films = reel_dataset_movies(dataset);
    genre_names names = {.count = 0};

    *out = (reel_genres){.of = reel__alloc_array((size_t)films, sizeof *out->of)};
    if (out->of == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for the genres of %d films", (int)films);
    for (reel_index m = 0; m < films; m++)
        out->of[m] = read_genres(&names, reel_dataset_movie(dataset, m).genres);
    out->count = names.count;
    return REEL_OK;
}

void reel__genres_fini(reel_genres *genres)
{
    reel__free(genres->of);
    *genres = (reel_genres){0};
}

/* sums [REEL_GENRES_MAX] += amount at each genre of a film */
static void add_film(double *sums, uint64_t bits, double amount)
{
    for (; bits != 0; bits &= bits - 1)
        sums[__builtin_ctzll(bits)] += amount;
}

double reel__intra_list_distance(const reel_genres *genres, const reel_index *list, size_t listed,
                                 size_t k)
{
    const size_t end = listed < k ? listed : k;
    double sums[REEL_GENRES_MAX] = {0}, square = 0, films = 0;

    for (size_t i = 0; i < end; i++) {
        const uint64_t bits = genres->of[list[i]];

        if (bits == 0)
            continue;
        add_film(sums, bits, 1 / sqrt((double)__builtin_popcountll(bits)));
        films += 1;
    }
    if (films < 2)
        return 0;
    for (int g = 0; g < genres->count; g++)
        square += sums[g] * sums[g];
    return 1 - (square - films) / (films * (films - 1));
}

reel_genre_mix reel__genre_mix(const reel_genres *genres, const reel_index *films, size_t count)
{
    reel_genre_mix mix = {{0}};
    double with = 0;

    for (size_t i = 0; i < count; i++) {
        const uint64_t bits = genres->of[films[i]];

        if (bits == 0)
            continue;
        add_film(mix.share, bits, 1 / (double)__builtin_popcountll(bits));
        with += 1;
    }
    for (int g = 0; g < genres->count && with > 0; g++)
        mix.share[g] /= with;
    return mix;
}

double reel__calibration(const reel_genres *genres, const reel_genre_mix *history,
                         const reel_index *list, size_t listed, size_t k)
{
    const reel_genre_mix shown = reel__genre_mix(genres, list, listed < k ? listed : k);
    double divergence = 0;

    for (int g = 0; g < genres->count; g++) {
        const double p = history->share[g];
        const double q = (1 - smoothing) * shown.share[g] + smoothing * p;

        if (p > 0)
            divergence += p * log(p / q);
    }
    return divergence;
}
