/* figures.c - the analyses in the order of the report. */
#include <math.h>
#include <string.h>

#include "report/figure.h"

static const struct {
    const char *id, *section, *heading;
    reel_analysis *analyse;
} analyses[REEL_FIGURES] = {
    {"ratings-distribution", "Ratings", "Ratings distribution", reel__ratings_distribution},
    {"ratings-over-time", "Ratings", "Ratings over time", reel__ratings_over_time},
    {"top-by-rating", "Ratings", "Top films by rating", reel__top_by_rating},
    {"most-rated-films", "Ratings", "Most rated films", reel__most_rated_films},
    {"most-active-people", "People", "Most active people", reel__most_active_people},
    {"activity-long-tail", "People", "The long tail of activity", reel__activity_long_tail},
    {"activity-concentration", "People", "Concentration of activity", reel__activity_concentration},
    {"sparsity", "People", "Sparsity of people and films", reel__sparsity},
    {"ratings-by-age", "People", "Ratings by age", reel__ratings_by_age},
    {"ratings-by-gender", "People", "Ratings by gender", reel__ratings_by_gender},
    {"ratings-by-occupation", "People", "Ratings by occupation", reel__ratings_by_occupation},
    {"films-per-year", "Films", "Films per year", reel__films_per_year},
    {"films-per-decade", "Films", "Films per decade", reel__films_per_decade},
    {"genre-frequency", "Films", "Genre frequency", reel__genre_frequency},
    {"genre-cooccurrence", "Films", "Genres that go together", reel__genre_cooccurrence},
    {"overview-length", "Metadata", "Overview length", reel__overview_length},
    {"vote-average", "Metadata", "Vote average", reel__vote_average},
    {"top-by-vote", "Metadata", "Top films by vote average", reel__top_by_vote},
    {"popularity", "Metadata", "Popularity", reel__popularity},
    {"popularity-log", "Metadata", "Popularity, logarithmic", reel__popularity_log},
    {"top-by-popularity", "Metadata", "Top films by popularity", reel__top_by_popularity},
    {"missing-data", "Gaps", "Missing data", reel__missing_data},
};

enum { TEXT_MOST = 1 << 16 };

reel_chart reel__chart_make(reel_chart_kind kind)
{
    return (reel_chart){.kind = kind,
                        .label = REEL_CHART_NONE,
                        .value = REEL_CHART_NONE,
                        .from = REEL_CHART_NONE,
                        .to = REEL_CHART_NONE,
                        .low = REEL_CHART_NONE,
                        .high = REEL_CHART_NONE,
                        .before = REEL_CHART_NONE,
                        .note = REEL_CHART_NONE,
                        .prefix = "",
                        .suffix = "",
                        .mark = (double)NAN};
}

static reel_code make(reel_figure *figure, reel_analysis *analyse, const reel_facts *facts,
                      reel_err *err)
{
    reel_code rc = REEL_OK;

    REEL_TRY(analyse(figure, facts, err));
    REEL_TRY(reel__sheet_check(&figure->sheet, err));
    REEL_TRY(reel__buf_check(&figure->finding, err));
    REEL_TRY(reel__buf_check(&figure->more, err));
out:
    return rc;
}

reel_code reel__figures_make(reel_figure figures[REEL_FIGURES], const reel_facts *facts,
                             reel_err *err)
{
    reel_code rc = REEL_OK;

    memset(figures, 0, REEL_FIGURES * sizeof *figures);
    for (int i = 0; i < REEL_FIGURES && rc == REEL_OK; i++) {
        figures[i].id = analyses[i].id;
        figures[i].section = analyses[i].section;
        figures[i].heading = analyses[i].heading;
        reel__buf_init(&figures[i].finding, TEXT_MOST);
        reel__buf_init(&figures[i].more, TEXT_MOST);
        rc = make(&figures[i], analyses[i].analyse, facts, err);
    }
    return rc;
}

void reel__figures_fini(reel_figure figures[REEL_FIGURES])
{
    for (int i = 0; i < REEL_FIGURES && figures[i].id != NULL; i++) {
        reel__buf_fini(&figures[i].finding);
        reel__buf_fini(&figures[i].more);
        reel__sheet_fini(&figures[i].sheet);
    }
}

bool reel__facts_has_tmdb(const reel_facts *facts)
{
    for (reel_index film = 0; film < facts->films; film++) {
        const reel_movie movie = reel__facts_movie(facts, film);

        if (movie.poster_path[0] != '\0' || movie.vote_count > 0)
            return true;
    }
    return false;
}
