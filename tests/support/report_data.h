/* support/report_data.h - data sets for tests of the report: a few films told one by one, and
 * random ones in which much is unknown, strange or long. Threads: no state.
 */
#ifndef TESTS_SUPPORT_REPORT_DATA_H
#define TESTS_SUPPORT_REPORT_DATA_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "data/readers.h"
#include "report/figure.h"
#include "support/check.h"

static inline reel_movie plain_film(int64_t id, const char *name, const char *genres, int year)
{
    reel_movie film = reel__movie_blank;

    film.id = id;
    film.title = film.name = name;
    film.genres = genres;
    film.year = year;
    return film;
}

static inline reel_dataset *data_of(const reel_movie *films, size_t film_count,
                                    const reel_rating *ratings, size_t count)
{
    reel_dataset_builder *builder = NULL;
    reel_dataset *dataset = NULL;
    reel_err err = {REEL_OK, ""};

    assert_ok(reel_dataset_builder_new(&builder, &err));
    for (size_t i = 0; i < film_count; i++)
        assert_ok(reel_dataset_builder_add_movie(builder, &films[i], &err));
    assert_ok(reel_dataset_builder_add_ratings(builder, ratings, count, &err));
    assert_ok(reel_dataset_builder_label(builder, "Test & <data>", true, 1, &err));
    assert_ok(reel_dataset_builder_finish(&dataset, builder, NULL, &err));
    reel_dataset_builder_free(builder);
    return dataset;
}

/* A title that is usual, empty, very long, or of another script. */
static inline void strange_name(reel_rng *rng, char *out, size_t size)
{
    static const char *const names[] = {
        "Alien",
        "",
        "<b>&\"quoted\"</b>",
        "Amélie",
        "千と千尋の神隠し",
        "Кавказская пленница, или Новые приключения Шурика",
        "أفلام عربية طويلة",
        "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
        "Night of the Day of the Dawn of the Son of the Bride of the Return of the Revenge of the "
        "Terror of the Attack of the Evil, Mutant, Hellbound, Flesh-Eating Subhumanoid Zombified "
        "Living Dead, Part 3",
        "\xf0\x9f\x98\x80\xf0\x9f\x98\x80 emoji",
        "control \x01 and \xe2\x80\xae bidi"};

    (void)snprintf(out, size, "%s", names[reel__rng_below(rng, sizeof names / sizeof *names)]);
}

static inline void strange_film(reel_movie *out, reel_rng *rng, int64_t id, char *name,
                                char *overview)
{
    static const char *const genres[] = {"",
                                         "Drama",
                                         "Comedy|Drama",
                                         "Sci-Fi|Action|Horror",
                                         "Drama|Drama|",
                                         "A genre with an unusually long name, for a genre|Drama",
                                         "ドラマ|Comedy"};

    strange_name(rng, name, 512);
    *out = plain_film(id, name, genres[reel__rng_below(rng, 7)],
                      reel__rng_below(rng, 5) == 0 ? 0 : 1890 + (int)reel__rng_below(rng, 140));
    if (reel__rng_below(rng, 4) > 0) {
        const size_t length = (size_t)reel__rng_below(rng, 900);

        memset(overview, 'x', length);
        overview[length] = '\0';
        out->overview = overview;
        out->vote_average = (float)reel__rng_below(rng, 101) / 10.0F;
        out->vote_count = (int32_t)reel__rng_below(rng, 20000);
        out->popularity = (float)exp(4 * reel__rng_unit(rng) * reel__rng_unit(rng)) - 1.0F;
    }
}

/* Films and people in any number, ratings between all of them by chance. */
static inline reel_dataset *strange_data(uint64_t seed, int films, int people, double density)
{
    reel_rng rng = reel__rng_make(seed, 7);
    char *names = calloc((size_t)films, 512), *overviews = calloc((size_t)films, 1024);
    reel_movie *list = calloc((size_t)films, sizeof *list);
    reel_rating *ratings = calloc((size_t)films * (size_t)people, sizeof *ratings);
    const int64_t span = 1 + (int64_t)reel__rng_below(&rng, 900000000);
    reel_dataset *dataset;
    size_t count = 0;

    for (int i = 0; i < films; i++)
        strange_film(&list[i], &rng, 5 + 2 * (int64_t)i, names + 512 * i, overviews + 1024 * i);
    for (int p = 0; p < people; p++)
        for (int i = 0; i < films; i++)
            if (reel__rng_unit(&rng) < density * 2 * (double)(i + 1) / films)
                ratings[count++] = (reel_rating){
                    .person = (int64_t)p * 1000003,
                    .movie = list[i].id,
                    .time = reel__rng_below(&rng, 50) == 0
                                ? 0
                                : 900000000 + (int64_t)(reel__rng_unit(&rng) * (double)span),
                    .value = (float)(1 + reel__rng_below(&rng, 10)) * 0.5F};
    dataset = data_of(list, (size_t)films, ratings, count);
    free(names);
    free(overviews);
    free(list);
    free(ratings);
    return dataset;
}

static inline void know_people(reel_facts *facts, uint64_t seed)
{
    static const char *const work[] = {"", "writer", "K-12 student",
                                       "someone with a very long description of what they do",
                                       "<lawyer>"};
    const int64_t *ids = facts->person_ids;
    reel_rng rng = reel__rng_make(seed, 9);
    reel_err err = {REEL_OK, ""};

    for (reel_index p = 0; p < facts->people; p++)
        assert_ok(reel__facts_put_person(facts, ids[p], (int32_t)reel__rng_below(&rng, 90),
                                         p % 3 == 0   ? "F"
                                         : p % 3 == 1 ? "M"
                                                      : "",
                                         work[reel__rng_below(&rng, 5)], &err));
}

/* All analyses of a data set; end with figures_end. */
typedef struct analysed {
    reel_dataset *dataset;
    reel_facts *facts;
    reel_figure figures[REEL_FIGURES];
} analysed;

static inline void analyse(analysed *out, reel_dataset *dataset, bool people)
{
    reel_err err = {REEL_OK, ""};

    out->dataset = dataset;
    assert_ok(reel__facts_new(&out->facts, dataset, NULL, &err));
    if (people)
        know_people(out->facts, 3);
    assert_ok(reel__figures_make(out->figures, out->facts, &err));
}

static inline void analysed_end(analysed *a)
{
    reel__figures_fini(a->figures);
    reel__facts_free(a->facts);
    reel_dataset_free(a->dataset);
}

static inline reel_figure *figure_of(analysed *a, const char *id)
{
    for (int i = 0; i < REEL_FIGURES; i++)
        if (strcmp(a->figures[i].id, id) == 0)
            return &a->figures[i];
    fail_msg("there is no figure %s", id);
    return NULL;
}

#endif
