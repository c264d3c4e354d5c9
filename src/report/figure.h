/* report/figure.h - one analysis: what was found, the numbers, and how they are drawn.
 * Layer: report. Threads: one thread at a time.
 */
#ifndef REEL_REPORT_FIGURE_H
#define REEL_REPORT_FIGURE_H

#include "report/chart.h"
#include "report/facts.h"

typedef struct reel_figure {
    const char *id;      /* names its files */
    const char *section; /* where it stands */
    const char *heading; /* "Ratings over time" */
    char measure[160];   /* what is drawn */
    reel_buf finding;    /* a sentence without its full stop */
    reel_buf more;       /* further sentences */
    const char *absent;  /* why there is nothing to see, or NULL */
    reel_sheet sheet;
    reel_chart chart;
} reel_figure;

/* An analysis fills everything but id, section and heading, or sets absent. */
typedef reel_code reel_analysis(reel_figure *figure, const reel_facts *facts, reel_err *err);

reel_analysis reel__ratings_distribution, reel__ratings_over_time, reel__top_by_rating,
    reel__most_rated_films, reel__most_active_people, reel__activity_long_tail,
    reel__activity_concentration, reel__sparsity, reel__ratings_by_age, reel__ratings_by_gender,
    reel__ratings_by_occupation, reel__films_per_year, reel__films_per_decade,
    reel__genre_frequency, reel__genre_cooccurrence, reel__overview_length, reel__vote_average,
    reel__top_by_vote, reel__popularity, reel__popularity_log, reel__top_by_popularity,
    reel__missing_data;

/* All of them in the order of the report. */
enum { REEL_FIGURES = 22 };
REEL_MUST_USE reel_code reel__figures_make(reel_figure figures[REEL_FIGURES],
                                           const reel_facts *facts, reel_err *err);
void reel__figures_fini(reel_figure figures[REEL_FIGURES]); /* zeroed ones are fine */

/* Whether any of the films has metadata of TMDb, which must be named then. */
bool reel__facts_has_tmdb(const reel_facts *facts);

#endif
