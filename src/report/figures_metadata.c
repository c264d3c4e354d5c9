/* figures_metadata.c - what TMDb (or a file of its shape) says of the films. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "report/figure.h"
#include "report/words.h"

/* ---- histograms ---------------------------------------------------------------------------- */

typedef double reel_measure(const reel_movie *movie); /* NaN = unknown */

/* The known values of the films, ascending. */
typedef struct values {
    double *at;
    size_t count;
} values;

static reel_code gather(values *out, const reel_facts *facts, reel_measure *measure, reel_err *err)
{
    *out = (values){.at = reel__alloc_array((size_t)facts->films, sizeof *out->at)};
    if (out->at == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for %d values", (int)facts->films);
    for (reel_index film = 0; film < facts->films; film++) {
        const reel_movie movie = reel__facts_movie(facts, film);
        const double value = measure(&movie);

        if (!isnan(value))
            out->at[out->count++] = value;
    }
    reel__sort_numbers(out->at, out->count);
    return REEL_OK;
}

static double quantile(const values *v, double share)
{
    return reel__quantile(v->at, v->count, share);
}

static const reel_sheet_column bin_columns[] = {{"from", "From", REEL_SHEET_REAL},
                                                {"to", "to below", REEL_SHEET_REAL},
                                                {"films", "Films", REEL_SHEET_NUMBER}};

/* Bins [first + i step, first + (i + 1) step); the last one takes what lies beyond. power: edges
 * are powers of ten of these. */
typedef struct bins {
    double first, step;
    int count;
    bool power;
} bins;

static double edge(const bins *b, int i)
{
    const double at = b->first + i * b->step;

    return b->power ? pow(10, at) : at;
}

static void put_bins(reel_sheet *sheet, const values *v, const bins *b)
{
    size_t at = 0;

    reel__sheet_init(sheet, bin_columns, 3);
    while (at < v->count && v->at[at] < edge(b, 0))
        at++;
    for (int i = 0; i < b->count; i++) {
        const size_t before = at;

        while (at < v->count && (v->at[at] < edge(b, i + 1) || i + 1 == b->count))
            at++;
        reel__sheet_put(sheet, edge(b, i));
        reel__sheet_put(sheet, edge(b, i + 1));
        reel__sheet_put(sheet, (double)(at - before));
    }
}

/* 1, 2 or 5 times a power of ten: the least that makes at most `most` steps of a range. */
static double round_step(double range, int most)
{
    const double least = range / most;
    const double ten = pow(10, floor(log10(fmax(least, 1e-9))));

    return least <= ten ? ten : least <= 2 * ten ? 2 * ten : least <= 5 * ten ? 5 * ten : 10 * ten;
}

static bins even_bins(const values *v, int most)
{
    const double high = v->at[v->count - 1], low = fmin(v->at[0], high);
    const double step = round_step(fmax(high - low, 1e-6), most);
    const double first = floor(low / step) * step;

    return (bins){first, step, (int)floor((high - first) / step) + 1, false};
}

static void tell_known(reel_figure *figure, const reel_facts *facts, const values *v)
{
    const int64_t unknown = facts->films - (int64_t)v->count;

    if (unknown > 0)
        reel__buf_format(&figure->more, " It is unknown of %s of %s films.", REEL_COUNT(unknown),
                         REEL_COUNT(facts->films));
}

static void draw_bins(reel_figure *figure, const values *v, const char *x_title)
{
    figure->chart = reel__chart_make(REEL_CHART_COLUMNS);
    figure->chart.from = 0;
    figure->chart.to = 1;
    figure->chart.value = 2;
    figure->chart.y_title = "films";
    figure->chart.x_title = x_title;
    figure->chart.mark = quantile(v, 0.5);
    figure->chart.mark_name = "median";
}

/* ---- overviews ----------------------------------------------------------------------------- */

static double overview_length(const reel_movie *movie)
{
    double characters = 0;

    for (const char *at = movie->overview; *at != '\0'; at++)
        characters += ((unsigned char)*at & 0xc0) != 0x80;
    return characters > 0 ? characters : (double)NAN;
}

reel_code reel__overview_length(reel_figure *figure, const reel_facts *facts, reel_err *err)
{
    values v = {0};
    bins b;
    reel_code rc = REEL_OK;

    REEL_TRY(gather(&v, facts, overview_length, err));
    if (v.count == 0) {
        figure->absent =
            "No film here has an overview: `reel enrich` brings them, REEL_TMDB=off hides them.";
        goto out;
    }
    b = even_bins(&v, 30);
    put_bins(&figure->sheet, &v, &b);
    draw_bins(figure, &v, "characters");
    (void)snprintf(figure->measure, sizeof figure->measure,
                   "Films by the length of their overview");
    reel__buf_format(&figure->finding,
                     "Half of the overviews are between %s and %s characters long",
                     REEL_COUNT(quantile(&v, 0.25)), REEL_COUNT(quantile(&v, 0.75)));
    reel__buf_format(&figure->more, "The shortest has %s, the median %s, the longest %s.",
                     REEL_COUNT(v.at[0]), REEL_COUNT(quantile(&v, 0.5)),
                     REEL_COUNT(v.at[v.count - 1]));
    if (v.count < (size_t)facts->films)
        reel__buf_format(&figure->more, " %s of %s films have none.",
                         REEL_COUNT((size_t)facts->films - v.count), REEL_COUNT(facts->films));
out:
    reel__free(v.at);
    return rc;
}

/* ---- votes --------------------------------------------------------------------------------- */

/* An average without votes says nothing; files that do not count votes are believed. */
static double vote_average(const reel_movie *movie)
{
    return movie->vote_average > 0 ? (double)movie->vote_average : (double)NAN;
}

static const char no_votes[] =
    "No film here has a vote average: `reel enrich` brings them, REEL_TMDB=off hides them.";

reel_code reel__vote_average(reel_figure *figure, const reel_facts *facts, reel_err *err)
{
    /* Averages often have one decimal: finer bins would hold two of them and three by turns. */
    const bins b = {0, 0.5, 20, false};
    values v = {0};
    reel_code rc = REEL_OK;

    REEL_TRY(gather(&v, facts, vote_average, err));
    if (v.count == 0) {
        figure->absent = no_votes;
        goto out;
    }
    put_bins(&figure->sheet, &v, &b);
    draw_bins(figure, &v, "vote average, 0 to 10");
    (void)snprintf(figure->measure, sizeof figure->measure, "Films by their vote average");
    reel__buf_format(&figure->finding, "Half of the films have a vote average between %s and %s",
                     REEL_REAL(quantile(&v, 0.25)), REEL_REAL(quantile(&v, 0.75)));
    reel__buf_format(&figure->more, "The median is %s, the lowest %s, the highest %s.",
                     REEL_REAL(quantile(&v, 0.5)), REEL_REAL(v.at[0]),
                     REEL_REAL(v.at[v.count - 1]));
    tell_known(figure, facts, &v);
out:
    reel__free(v.at);
    return rc;
}

enum { SHOWN = 15, KEPT = 100 };

typedef struct votes {
    double damping, mean; /* of averages that are known */
    reel_ranked *ranked;  /* [films] */
    reel_index known;
} votes;

static reel_code rank_votes(votes *out, const reel_facts *facts, reel_err *err)
{
    double sum = 0, votes_all = 0;

    *out = (votes){.ranked = reel__alloc_array((size_t)facts->films, sizeof *out->ranked)};
    if (out->ranked == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory to rank %d films", (int)facts->films);
    for (reel_index film = 0; film < facts->films; film++) {
        const reel_movie movie = reel__facts_movie(facts, film);

        if (isnan(vote_average(&movie)))
            continue;
        sum += (double)movie.vote_average;
        votes_all += (double)movie.vote_count;
        out->known++;
    }
    out->damping = out->known > 0 ? round(votes_all / (double)out->known) : 0;
    out->mean = out->known > 0 ? sum / (double)out->known : 0;
    for (reel_index film = 0; film < facts->films; film++) {
        const reel_movie movie = reel__facts_movie(facts, film);
        const double count = (double)movie.vote_count;

        out->ranked[film] = (reel_ranked){-INFINITY, film};
        if (!isnan(vote_average(&movie)))
            out->ranked[film].key =
                out->damping + count > 0
                    ? (count * (double)movie.vote_average + out->damping * out->mean) /
                          (count + out->damping)
                    : (double)movie.vote_average;
    }
    reel__rank(out->ranked, (size_t)facts->films);
    return REEL_OK;
}

reel_code reel__top_by_vote(reel_figure *figure, const reel_facts *facts, reel_err *err)
{
    static const reel_sheet_column columns[] = {
        {"film", "Film", REEL_SHEET_TEXT},
        {"damped_average", "Damped average", REEL_SHEET_REAL},
        {"vote_average", "Vote average", REEL_SHEET_REAL},
        {"votes", "Votes", REEL_SHEET_NUMBER}};
    char name[REEL_FILM_NAME];
    votes v;
    reel_code rc = REEL_OK;

    REEL_TRY(rank_votes(&v, facts, err));
    if (v.known == 0) {
        figure->absent = no_votes;
        goto out;
    }
    reel__sheet_init(&figure->sheet, columns, 4);
    for (reel_index i = 0; i < v.known && i < KEPT; i++) {
        const reel_movie movie = reel__facts_movie(facts, v.ranked[i].index);

        reel__sheet_put_text(&figure->sheet, reel__film_name(name, facts, v.ranked[i].index));
        reel__sheet_put(&figure->sheet, v.ranked[i].key);
        reel__sheet_put(&figure->sheet, (double)movie.vote_average);
        reel__sheet_put(&figure->sheet, movie.vote_count);
    }
    figure->chart = reel__chart_make(REEL_CHART_DOTS);
    figure->chart.label = 0;
    figure->chart.value = 1;
    figure->chart.before = 2;
    figure->chart.note = 3;
    figure->chart.x_title = "vote average, 0 to 10";
    figure->chart.note_title = "votes";
    figure->chart.value_name = "damped average";
    figure->chart.before_name = "plain average";
    figure->chart.most = SHOWN;
    (void)snprintf(figure->measure, sizeof figure->measure,
                   "Vote average, damped by %s votes of %s", REEL_COUNT(v.damping),
                   REEL_REAL(v.mean));
    reel__buf_format(&figure->finding, "%s has the best votes: %s",
                     reel__film_name(name, facts, v.ranked[0].index), REEL_REAL(v.ranked[0].key));
    reel__buf_format(
        &figure->more,
        "Each film counts as if it had %s more votes (as many as a film has on average) "
        "of %s, the mean of all averages.",
        REEL_COUNT(v.damping), REEL_REAL(v.mean));
out:
    reel__free(v.ranked);
    return rc;
}

/* ---- popularity ---------------------------------------------------------------------------- */

static double popularity(const reel_movie *movie)
{
    return (double)movie->popularity;
}

static const char no_popularity[] =
    "No film here has a popularity: `reel enrich` brings them, REEL_TMDB=off hides them.";

static double skewness(const double *of, size_t count)
{
    double mean = 0, second = 0, third = 0;

    for (size_t i = 0; i < count; i++)
        mean += of[i] / (double)count;
    for (size_t i = 0; i < count; i++) {
        const double off = of[i] - mean;

        second += off * off / (double)count;
        third += off * off * off / (double)count;
    }
    return second > 0 ? third / pow(second, 1.5) : 0;
}

reel_code reel__popularity(reel_figure *figure, const reel_facts *facts, reel_err *err)
{
    values v = {0};
    bins b;
    reel_code rc = REEL_OK;

    REEL_TRY(gather(&v, facts, popularity, err));
    if (v.count == 0) {
        figure->absent = no_popularity;
        goto out;
    }
    b = even_bins(&v, 40);
    put_bins(&figure->sheet, &v, &b);
    draw_bins(figure, &v, "popularity");
    (void)snprintf(figure->measure, sizeof figure->measure, "Films by popularity");
    reel__buf_format(&figure->finding, "%s: the median popularity is %s, the highest %s",
                     skewness(v.at, v.count) > 1 ? "Few films are popular"
                                                 : "Popularity is spread evenly",
                     REEL_REAL(quantile(&v, 0.5)), REEL_REAL(v.at[v.count - 1]));
    reel__buf_format(&figure->more, "Nine films in ten have at most %s.",
                     REEL_REAL(quantile(&v, 0.9)));
    tell_known(figure, facts, &v);
out:
    reel__free(v.at);
    return rc;
}

/* Eight bins for each factor of ten. A few values next to nothing would take most of the scale. */
static bins log_bins(const values *positive)
{
    const double step = 0.125;
    const double low = floor(log10(quantile(positive, 0.005)) / step) * step;
    const double high = log10(positive->at[positive->count - 1]);

    return (bins){low, step, (int)floor((high - low) / step) + 1, true};
}

static void tell_log(reel_figure *figure, const values *positive, double plain, double first)
{
    size_t below = 0;
    double log_skew;

    for (size_t i = 0; i < positive->count; i++) {
        below += positive->at[i] < first;
        positive->at[i] = log10(positive->at[i]);
    }
    log_skew = skewness(positive->at, positive->count);
    reel__buf_format(&figure->finding, "On a logarithmic scale popularity is %s",
                     fabs(log_skew) < 0.5           ? "nearly symmetric"
                     : fabs(log_skew) < fabs(plain) ? "less skewed than on a linear one"
                                                    : "as skewed as on a linear one");
    reel__buf_format(&figure->more, "Its skewness is %s, that of the plain values %s.",
                     REEL_REAL(log_skew), REEL_REAL(plain));
    if (below > 0)
        reel__buf_format(&figure->more, " %s film%s below %.3g %s not drawn.", REEL_COUNT(below),
                         REEL_PLURAL(below), first, below == 1 ? "is" : "are");
}

reel_code reel__popularity_log(reel_figure *figure, const reel_facts *facts, reel_err *err)
{
    values v = {0}, positive;
    double plain;
    size_t zero = 0;
    bins b;
    reel_code rc = REEL_OK;

    REEL_TRY(gather(&v, facts, popularity, err));
    while (zero < v.count && v.at[zero] <= 0)
        zero++;
    if (zero == v.count) {
        figure->absent = no_popularity;
        goto out;
    }
    positive = (values){v.at + zero, v.count - zero};
    plain = skewness(v.at, v.count);
    b = log_bins(&positive);
    put_bins(&figure->sheet, &positive, &b);
    draw_bins(figure, &positive, "popularity (logarithmic)");
    figure->chart.log_x = true;
    (void)snprintf(figure->measure, sizeof figure->measure,
                   "Films by popularity, on a logarithmic scale");
    tell_log(figure, &positive, plain, edge(&b, 0));
out:
    reel__free(v.at);
    return rc;
}

reel_code reel__top_by_popularity(reel_figure *figure, const reel_facts *facts, reel_err *err)
{
    static const reel_sheet_column columns[] = {{"film", "Film", REEL_SHEET_TEXT},
                                                {"popularity", "Popularity", REEL_SHEET_REAL},
                                                {"ratings", "Ratings", REEL_SHEET_NUMBER}};
    reel_ranked *ranked = reel__alloc_array((size_t)facts->films, sizeof *ranked);
    char name[REEL_FILM_NAME];
    size_t known = 0;

    if (ranked == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory to rank %d films", (int)facts->films);
    for (reel_index film = 0; film < facts->films; film++) {
        const double value = (double)reel__facts_movie(facts, film).popularity;

        if (!isnan(value))
            ranked[known++] = (reel_ranked){value, film};
    }
    reel__rank(ranked, known);
    if (known == 0) {
        figure->absent = no_popularity;
        reel__free(ranked);
        return REEL_OK;
    }
    reel__sheet_init(&figure->sheet, columns, 3);
    for (size_t i = 0; i < known && i < KEPT; i++) {
        reel__sheet_put_text(&figure->sheet, reel__film_name(name, facts, ranked[i].index));
        reel__sheet_put(&figure->sheet, ranked[i].key);
        reel__sheet_put(&figure->sheet, (double)reel__film_count(facts, ranked[i].index));
    }
    figure->chart = reel__chart_make(REEL_CHART_BARS);
    figure->chart.label = 0;
    figure->chart.value = 1;
    figure->chart.highlight = true;
    figure->chart.note = 2;
    figure->chart.note_title = "ratings";
    figure->chart.most = SHOWN;
    (void)snprintf(figure->measure, sizeof figure->measure,
                   "Popularity, and the ratings in this database");
    reel__buf_format(&figure->finding, "%s is the most popular: %s",
                     reel__film_name(name, facts, ranked[0].index), REEL_REAL(ranked[0].key));
    reel__buf_format(&figure->more, "The median of %s films is %s.", REEL_COUNT(known),
                     REEL_REAL((ranked[(known - 1) / 2].key + ranked[known / 2].key) / 2));
    reel__free(ranked);
    return REEL_OK;
}
