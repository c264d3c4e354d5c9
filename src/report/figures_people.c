/* figures_people.c - ratings by what is known of the people: age, gender, occupation.
 * The mean of a group is over its ratings. Its interval takes people, not ratings, as what was
 * drawn: ratings of one person resemble each other, so there is less to know than their number
 * suggests (the ratio estimator over clusters of unequal size). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/figure.h"
#include "report/words.h"

enum { GROUPS_MOST = REEL_LABELS_MOST };

typedef struct group {
    const char *name;
    double people, ratings, sum;
    double squares; /* of what each person's ratings differ from the mean, summed */
} group;

static double person_sum(const reel_facts *facts, reel_index person)
{
    const reel_csr_view ratings = facts->given;
    double sum = 0;

    for (reel_nnz i = ratings.ptr[person]; i < ratings.ptr[person + 1]; i++)
        sum += (double)ratings.val[i];
    return sum;
}

/* The group of a person, -1 = none. */
typedef int group_of(const reel_facts *facts, reel_index person);

static void measure(group *groups, const reel_facts *facts, group_of *of)
{
    for (reel_index p = 0; p < facts->people; p++) {
        const int at = of(facts, p);

        if (at < 0)
            continue;
        groups[at].people++;
        groups[at].ratings += (double)reel__person_count(facts, p);
        groups[at].sum += person_sum(facts, p);
    }
    for (reel_index p = 0; p < facts->people; p++) {
        const int at = of(facts, p);

        if (at >= 0 && groups[at].ratings > 0) {
            const double expected =
                (double)reel__person_count(facts, p) * groups[at].sum / groups[at].ratings;
            const double off = person_sum(facts, p) - expected;

            groups[at].squares += off * off;
        }
    }
}

static double mean_of(const group *g)
{
    return g->ratings > 0 ? g->sum / g->ratings : (double)NAN;
}

/* Half the width of the 95 % interval; NaN for fewer than two people. */
static double half_width(const group *g)
{
    if (g->people < 2)
        return (double)NAN;
    return 1.96 * sqrt(g->squares * g->people / (g->people - 1)) / g->ratings;
}

static void put_group(reel_sheet *sheet, const group *g, double ratings)
{
    reel__sheet_put_text(sheet, g->name);
    reel__sheet_put(sheet, g->people);
    reel__sheet_put(sheet, g->ratings);
    reel__sheet_put(sheet, g->ratings / ratings);
    reel__sheet_put(sheet, mean_of(g));
    reel__sheet_put(sheet, mean_of(g) - half_width(g));
    reel__sheet_put(sheet, mean_of(g) + half_width(g));
}

/* Groups with ratings, in order; by mean when that is asked for. */
static int keep_rated(group *groups, int count, bool sort)
{
    int kept = 0;

    for (int i = 0; i < count; i++)
        if (groups[i].ratings > 0)
            groups[kept++] = groups[i];
    for (int i = 1; sort && i < kept; i++) {
        const group moved = groups[i];
        int at = i;

        for (; at > 0 && mean_of(&groups[at - 1]) < mean_of(&moved); at--)
            groups[at] = groups[at - 1];
        groups[at] = moved;
    }
    return kept;
}

static void draw(reel_figure *figure, const reel_facts *facts, const group *groups, int count)
{
    static const reel_sheet_column columns[] = {
        {"group", "Group", REEL_SHEET_TEXT},
        {"people", "People", REEL_SHEET_NUMBER},
        {"ratings", "Ratings", REEL_SHEET_NUMBER},
        {"share_of_ratings", "Of these ratings", REEL_SHEET_SHARE},
        {"mean_rating", "Mean rating", REEL_SHEET_REAL},
        {"low", "Low", REEL_SHEET_REAL},
        {"high", "High", REEL_SHEET_REAL}};
    double all = 0;

    reel__sheet_init(&figure->sheet, columns, 7);
    for (int i = 0; i < count; i++)
        all += groups[i].ratings;
    for (int i = 0; i < count; i++)
        put_group(&figure->sheet, &groups[i], all);
    figure->chart = reel__chart_make(REEL_CHART_DOTS);
    figure->chart.label = 0;
    figure->chart.note = 1;
    figure->chart.note_title = "people";
    figure->chart.value = 4;
    figure->chart.low = 5;
    figure->chart.high = 6;
    figure->chart.x_title = "mean rating, with 95\xc2\xa0% interval";
    figure->chart.mark = facts->mean;
    figure->chart.mark_name = "all";
}

static void tell_unknown(reel_figure *figure, const reel_facts *facts, const group *groups,
                         int count)
{
    double known = 0;

    for (int i = 0; i < count; i++)
        known += groups[i].people;
    if (known < (double)facts->people)
        reel__buf_format(&figure->more, " Nothing is known of %s of %s people.",
                         REEL_COUNT((double)facts->people - known), REEL_COUNT(facts->people));
}

/* "X rate highest, 3.77; Y lowest, 3.51". */
static void tell_ends(reel_figure *figure, const group *groups, int count, const char *of)
{
    const bool age = strcmp(of, "age") == 0;
    const char *who = age ? "People aged " : "People listed as \xe2\x80\x9c";
    const char *after = age ? "" : "\xe2\x80\x9d", *next = age ? "those aged " : "\xe2\x80\x9c";
    int best = 0, worst = 0;

    for (int i = 1; i < count; i++) {
        best = mean_of(&groups[i]) > mean_of(&groups[best]) ? i : best;
        worst = mean_of(&groups[i]) < mean_of(&groups[worst]) ? i : worst;
    }
    if (count == 1) {
        reel__buf_format(&figure->finding,
                         "All whose %s is known are \xe2\x80\x9c%s\xe2\x80\x9d; "
                         "they rate %s on average",
                         of, groups[0].name, REEL_REAL(mean_of(&groups[0])));
        return;
    }
    reel__buf_format(&figure->finding, "%s%s%s rate highest, %s on average; %s%s%s lowest, %s", who,
                     groups[best].name, after, REEL_REAL(mean_of(&groups[best])), next,
                     groups[worst].name, after, REEL_REAL(mean_of(&groups[worst])));
    if (mean_of(&groups[best]) - half_width(&groups[best]) >
        mean_of(&groups[worst]) + half_width(&groups[worst]))
        reel__buf_text(&figure->more, "Their intervals do not meet");
    else
        reel__buf_text(&figure->more, "Their intervals meet, so that this may be chance");
    reel__buf_format(&figure->more,
                     "; they are the extremes of %d groups. An interval takes people "
                     "as the sample: it is wide where few stand behind many ratings.",
                     count);
}

/* ---- age ----------------------------------------------------------------------------------- */

/* The groups of MovieLens 1M, whose ages are the first year of each. */
static const struct {
    int first;
    const char *name;
} ages[] = {{1, "under 18"},
            {18, "18\xe2\x80\x93"
                 "24"},
            {25, "25\xe2\x80\x93"
                 "34"},
            {35, "35\xe2\x80\x93"
                 "44"},
            {45, "45\xe2\x80\x93"
                 "49"},
            {50, "50\xe2\x80\x93"
                 "55"},
            {56, "56 and over"}};

enum { AGES = sizeof ages / sizeof *ages };

static int age_group(const reel_facts *facts, reel_index person)
{
    int at = AGES - 1;

    if (facts->ages[person] <= 0)
        return -1;
    while (at > 0 && facts->ages[person] < ages[at].first)
        at--;
    return at;
}

reel_code reel__ratings_by_age(reel_figure *figure, const reel_facts *facts, reel_err *err)
{
    group groups[AGES] = {0};
    int count;

    (void)err;
    for (int i = 0; i < AGES; i++)
        groups[i].name = ages[i].name;
    measure(groups, facts, age_group);
    count = keep_rated(groups, AGES, false);
    if (count == 0) {
        figure->absent = "No ages are known of the people in this database.";
        return REEL_OK;
    }
    draw(figure, facts, groups, count);
    (void)snprintf(figure->measure, sizeof figure->measure, "Mean rating by age of the person");
    tell_ends(figure, groups, count, "age");
    tell_unknown(figure, facts, groups, count);
    return REEL_OK;
}

/* ---- gender and occupation ----------------------------------------------------------------- */

static int gender_of(const reel_facts *facts, reel_index person)
{
    return facts->genders.of[person];
}

static int occupation_of(const reel_facts *facts, reel_index person)
{
    return facts->occupations.of[person];
}

static int by_labels(group *groups, const reel_facts *facts, const reel_labels *labels,
                     group_of *of)
{
    for (int i = 0; i < labels->count; i++)
        groups[i].name = labels->names[i];
    measure(groups, facts, of);
    return keep_rated(groups, labels->count, true);
}

reel_code reel__ratings_by_gender(reel_figure *figure, const reel_facts *facts, reel_err *err)
{
    group groups[GROUPS_MOST] = {0};
    double people = 0, ratings = 0;
    int count = by_labels(groups, facts, &facts->genders, gender_of), most = 0;

    (void)err;
    if (count == 0) {
        figure->absent = "No genders are known of the people in this database.";
        return REEL_OK;
    }
    for (int i = 0; i < count; i++) {
        if (strcmp(groups[i].name, "F") == 0)
            groups[i].name = "women";
        else if (strcmp(groups[i].name, "M") == 0)
            groups[i].name = "men";
        people += groups[i].people;
        ratings += groups[i].ratings;
        most = groups[i].people > groups[most].people ? i : most;
    }
    draw(figure, facts, groups, count);
    (void)snprintf(figure->measure, sizeof figure->measure, "Mean rating by gender of the person");
    reel__buf_text(&figure->finding, count > 1 ? "On average " : "");
    for (int i = 0; i < count; i++)
        reel__buf_format(&figure->finding, "%s%s rate %s", i == 0 ? "" : ", ", groups[i].name,
                         REEL_REAL(mean_of(&groups[i])));
    reel__buf_format(&figure->more, "Of the people %s are %s, and they gave %s of the ratings.",
                     REEL_SHARE(groups[most].people / people), groups[most].name,
                     REEL_SHARE(groups[most].ratings / ratings));
    tell_unknown(figure, facts, groups, count);
    return REEL_OK;
}

reel_code reel__ratings_by_occupation(reel_figure *figure, const reel_facts *facts, reel_err *err)
{
    group groups[GROUPS_MOST] = {0};
    const int count = by_labels(groups, facts, &facts->occupations, occupation_of);

    (void)err;
    if (count == 0) {
        figure->absent = "No occupations are known of the people in this database.";
        return REEL_OK;
    }
    draw(figure, facts, groups, count);
    (void)snprintf(figure->measure, sizeof figure->measure,
                   "Mean rating by occupation of the person");
    tell_ends(figure, groups, count, "occupation");
    tell_unknown(figure, facts, groups, count);
    return REEL_OK;
}
