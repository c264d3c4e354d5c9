/* figures_missing.c - what is not known of films, people and ratings. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/figure.h"
#include "report/words.h"

/* ---- of films ------------------------------------------------------------------------------ */

typedef struct fact {
    const char *name;
    const char *of; /* films, people, ratings */
    int64_t known, all;
} fact;

enum { FILM_FACTS = 18, FACTS = FILM_FACTS + 5 };

static void count_film(fact *facts, const reel_movie *m, int64_t ratings)
{
    const bool known[FILM_FACTS] = {
        m->year > 0,
        m->genres[0] != '\0',
        m->overview[0] != '\0',
        m->tagline[0] != '\0',
        m->keywords[0] != '\0',
        m->tags[0] != '\0',
        m->cast[0] != '\0',
        m->directors[0] != '\0',
        m->runtime > 0,
        m->language[0] != '\0',
        m->release_date[0] != '\0',
        !isnan(m->vote_average),
        !isnan(m->popularity),
        m->poster_path[0] != '\0',
        m->backdrop_path[0] != '\0',
        m->trailer_key[0] != '\0',
        m->imdb_id > 0,
        m->tmdb_id > 0,
    };

    for (int i = 0; i < FILM_FACTS; i++)
        facts[i].known += known[i];
    facts[FILM_FACTS].known += ratings > 0;
}

static void count_people(fact *facts, const reel_facts *all)
{
    for (reel_index p = 0; p < all->people; p++) {
        facts[0].known += all->ages[p] > 0;
        facts[1].known += all->genders.of[p] >= 0;
        facts[2].known += all->occupations.of[p] >= 0;
    }
}

static int64_t dated(const reel_facts *facts)
{
    const int64_t *times = facts->times;
    int64_t count = 0;

    for (int64_t i = 0; i < facts->ratings; i++)
        count += times[i] > 0;
    return count;
}

static void count_all(fact out[FACTS], const reel_facts *facts)
{
    static const char *const names[FACTS] = {
        "year",       "genres",    "overview", "tagline",    "keywords",     "tags of people",
        "cast",       "directors", "runtime",  "language",   "release date", "vote average",
        "popularity", "poster",    "backdrop", "trailer",    "IMDb id",      "TMDb id",
        "a rating",   "age",       "gender",   "occupation", "time"};

    for (int i = 0; i < FACTS; i++) {
        const bool film = i <= FILM_FACTS, person = !film && i < FACTS - 1;

        out[i] = (fact){.name = names[i],
                        .of = film     ? "films"
                              : person ? "people"
                                       : "ratings",
                        .all = film     ? facts->films
                               : person ? facts->people
                                        : facts->ratings};
    }
    for (reel_index film = 0; film < facts->films; film++) {
        const reel_movie movie = reel__facts_movie(facts, film);

        count_film(out, &movie, reel__film_count(facts, film));
    }
    count_people(out + FILM_FACTS + 1, facts);
    out[FACTS - 1].known = dated(facts);
}

static void put_names(reel_buf *out, const fact *facts, bool all)
{
    int count = 0;

    for (int i = 0; i < FACTS; i++) {
        if (facts[i].all == 0 || facts[i].known != (all ? facts[i].all : 0))
            continue;
        reel__buf_format(out, "%s%s", count++ > 0 ? ", " : "", facts[i].name);
    }
}

static void tell(reel_figure *figure, const fact *facts)
{
    int counted = 0, complete = 0, empty = 0;

    for (int i = 0; i < FACTS; i++) {
        counted += facts[i].all > 0;
        complete += facts[i].all > 0 && facts[i].known == facts[i].all;
        empty += facts[i].all > 0 && facts[i].known == 0;
    }
    reel__buf_format(&figure->finding, "Of %d properties, %d %s known of all and %d of none",
                     counted, complete, complete == 1 ? "is" : "are", empty);
    if (complete > 0) {
        reel__buf_text(&figure->more, "Complete: ");
        put_names(&figure->more, facts, true);
        reel__buf_text(&figure->more, ".");
    }
    if (empty > 0) {
        reel__buf_format(&figure->more, "%sNowhere known: ", complete > 0 ? " " : "");
        put_names(&figure->more, facts, false);
        reel__buf_text(&figure->more, ".");
    }
}

reel_code reel__missing_data(reel_figure *figure, const reel_facts *facts, reel_err *err)
{
    static const reel_sheet_column columns[] = {{"of", "Of", REEL_SHEET_TEXT},
                                                {"property", "Property", REEL_SHEET_TEXT},
                                                {"known", "Known", REEL_SHEET_NUMBER},
                                                {"missing", "Missing", REEL_SHEET_NUMBER},
                                                {"share_known", "Known of all", REEL_SHEET_SHARE}};
    fact all[FACTS];

    (void)err;
    count_all(all, facts);
    reel__sheet_init(&figure->sheet, columns, 5);
    for (int i = 0; i < FACTS; i++) {
        if (all[i].all == 0)
            continue;
        reel__sheet_put_text(&figure->sheet, all[i].of);
        reel__sheet_put_text(&figure->sheet, all[i].name);
        reel__sheet_put(&figure->sheet, (double)all[i].known);
        reel__sheet_put(&figure->sheet, (double)(all[i].all - all[i].known));
        reel__sheet_put(&figure->sheet, (double)all[i].known / (double)all[i].all);
    }
    figure->chart = reel__chart_make(REEL_CHART_BARS);
    figure->chart.label = 1;
    figure->chart.value = 4;
    figure->chart.note = 3;
    figure->chart.note_title = "missing";
    figure->chart.from = 0;
    figure->chart.track = true;
    figure->chart.shares = true;
    (void)snprintf(figure->measure, sizeof figure->measure,
                   "Share of films, people and ratings of which each property is known");
    tell(figure, all);
    return REEL_OK;
}
