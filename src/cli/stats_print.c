/* stats_print.c - see stats_print.h: tables with bars, a week as a field of shades. */
#include "cli/stats_print.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/term.h"

enum { BAR = 20, CELL = 96, EIGHTHS = 8, HOURS = 24, DAYS = 7 };

/* ---- values -------------------------------------------------------------------------------- */

static int64_t count_of(const json_t *item, const char *key)
{
    return json_integer_value(json_object_get(item, key));
}

/* NaN where it is null. */
static double real_of(const json_t *item, const char *key)
{
    const json_t *value = json_object_get(item, key);

    return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

static const char *counted(char out[REEL_COUNT_TEXT], const json_t *item, const char *key)
{
    return reel__term_count(out, count_of(item, key));
}

/* share 0 .. 1 as a bar, to an eighth of a cell. */
static const char *bar(char out[CELL], double share)
{
    static const char *const parts[EIGHTHS] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    const int eighths = isnan(share) ? 0 : (int)lround(fmin(share, 1) * BAR * EIGHTHS);

    size_t used = 0;

    out[0] = '\0';
    for (int i = 0; i < eighths / EIGHTHS; i++)
        used += (size_t)snprintf(out + used, CELL - used, "█");
    (void)snprintf(out + used, CELL - used, "%s", parts[eighths % EIGHTHS]);
    return out;
}

static const char *percent(char out[CELL], double share)
{
    if (isnan(share))
        (void)snprintf(out, CELL, "–");
    else
        (void)snprintf(out, CELL, "%.2f %%", share * 100);
    return out;
}

/* "3.4 to 3.6 %" */
static const char *interval(char out[CELL], const json_t *rate)
{
    if (isnan(real_of(rate, "low")))
        (void)snprintf(out, CELL, "–");
    else
        (void)snprintf(out, CELL, "%.2f to %.2f %%", real_of(rate, "low") * 100,
                       real_of(rate, "high") * 100);
    return out;
}

/* "+0.21 points (-0.10 to +0.52)" */
static const char *points(char out[CELL], const json_t *change)
{
    if (isnan(real_of(change, "rate")))
        (void)snprintf(out, CELL, "–");
    else
        (void)snprintf(out, CELL, "%+.2f points (%+.2f to %+.2f)", real_of(change, "rate") * 100,
                       real_of(change, "low") * 100, real_of(change, "high") * 100);
    return out;
}

static double largest(const json_t *items, const char *key, const char *part)
{
    double most = 0;

    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);
        const double value =
            real_of(part == NULL ? item : json_object_get(item, key), part == NULL ? key : part);

        most = value > most ? value : most;
    }
    return most;
}

/* ---- the whole range ----------------------------------------------------------------------- */

static const struct line {
    const char *key, *part, *what; /* part: of an object, such as a rate */
    char form;                     /* n a count, p a share, r a number */
} lines[] = {
    {"lists", NULL, "lists shown", 'n'},
    {"shown", NULL, "films shown in them", 'n'},
    {"clicked", NULL, "of those clicked", 'n'},
    {"rated", NULL, "of those rated", 'n'},
    {"clicked_rated", NULL, "both clicked and rated", 'n'},
    {"not_interested", NULL, "not interested", 'n'},
    {"click_through", "rate", "click-through", 'p'},
    {"rating_through", "rate", "rating-through", 'p'},
    {"click_to_rating", "rate", "rated after a click", 'p'},
    {"new_people", NULL, "new people", 'n'},
    {"people_a_day", NULL, "people a day", 'r'},
    {"dwell_seconds", NULL, "seconds looked at a film", 'r'},
    {"films", NULL, "different films shown", 'n'},
    {"coverage", NULL, "of the catalogue", 'p'},
    {"effective_films", NULL, "effective films", 'r'},
    {"gini", NULL, "Gini index", 'r'},
    {"novelty", NULL, "novelty in bits", 'r'},
    {"diversity", NULL, "diversity of a list", 'r'},
};
enum { LINES = sizeof lines / sizeof *lines };

static const char *value_text(char out[CELL], const json_t *item, const struct line *line)
{
    const json_t *value = json_object_get(item, line->key);
    const double real = line->part == NULL ? real_of(item, line->key) : real_of(value, line->part);

    if (line->form == 'n')
        return counted(out, item, line->key);
    if (line->form == 'p')
        return percent(out, real);
    (void)snprintf(out, CELL, isnan(real) ? "–" : "%.2f", real);
    return out;
}

static reel_code print_summary(const json_t *report, reel_err *err)
{
    const json_t *items = json_object_get(report, "items");
    const json_t *now = json_array_get(items, 0), *before = json_array_get(items, 1);
    const char *headings[] = {"", ">Now", before == NULL ? "" : ">Before", ""};
    const double shown = real_of(now, "shown");
    reel_table *table = NULL;
    char text[CELL];
    reel_code rc = REEL_OK;

    REEL_TRY(reel__table_new(&table, headings, 4, err));
    for (size_t i = 0; i < LINES; i++) {
        REEL_TRY(reel__table_cell(table, err, "%s", lines[i].what));
        REEL_TRY(reel__table_cell(table, err, "%s", value_text(text, now, &lines[i])));
        REEL_TRY(reel__table_cell(table, err, "%s",
                                  before == NULL ? "" : value_text(text, before, &lines[i])));
        text[0] = '\0';
        if (i >= 1 && i <= 4 && shown > 0) /* the funnel */
            (void)bar(text, real_of(now, lines[i].key) / shown);
        else if (strcmp(lines[i].key, "click_through") == 0 && before != NULL)
            (void)points(text, json_object_get(report, "change"));
        else if (lines[i].form == 'p' && lines[i].part != NULL)
            (void)interval(text, json_object_get(now, lines[i].key));
        REEL_TRY(reel__table_cell(table, err, "%s", text));
    }
    reel__table_print(table);
out:
    reel__table_free(table);
    return rc;
}

/* ---- rates --------------------------------------------------------------------------------- */

static void row_name(char out[CELL], const json_t *item)
{
    const char *model = reel__text_of(item, "model_id");
    const char *name = model[0] != '\0' ? model : reel__text_of(item, "method");

    if (json_object_get(item, "rank") != NULL)
        (void)snprintf(out, CELL, "%lld", (long long)count_of(item, "rank"));
    else if (json_object_get(item, "scenario") != NULL)
        name = reel__text_of(item, "scenario");
    if (json_object_get(item, "rank") == NULL)
        (void)snprintf(out, CELL, "%.80s", name[0] == '\0' ? "(unnamed)" : name);
}

static reel_code print_rate(reel_table *table, const json_t *item, double most, bool compared,
                            reel_err *err)
{
    const json_t *rate = json_object_get(item, "click_through");
    char text[CELL], number[REEL_COUNT_TEXT];
    reel_code rc = REEL_OK;

    row_name(text, item);
    REEL_TRY(reel__table_cell(table, err, "%s", text));
    REEL_TRY(reel__table_cell(table, err, "%s", counted(number, item, "shown")));
    REEL_TRY(reel__table_cell(table, err, "%s", counted(number, item, "clicked")));
    REEL_TRY(reel__table_cell(table, err, "%s", percent(text, real_of(rate, "rate"))));
    REEL_TRY(reel__table_cell(table, err, "%s", interval(text, rate)));
    REEL_TRY(reel__table_cell(
        table, err, "%s", percent(text, real_of(json_object_get(item, "rating_through"), "rate"))));
    REEL_TRY(reel__table_cell(table, err, "%s",
                              compared ? points(text, json_object_get(item, "change"))
                                       : bar(text, most > 0 ? real_of(rate, "rate") / most : 0)));
out:
    return rc;
}

static reel_code print_rates(const json_t *report, reel_err *err)
{
    const json_t *items = json_object_get(report, "items");
    const char *by = reel__text_of(report, "by");
    const bool compared = !json_is_null(json_object_get(report, "against"));
    const char *headings[] = {strcmp(by, "rank") == 0       ? ">Place"
                              : strcmp(by, "scenario") == 0 ? "Row"
                              : strcmp(by, "model") == 0    ? "Version"
                                                            : "Method",
                              ">Shown",
                              ">Clicked",
                              ">Click-through",
                              "95 % interval",
                              ">Rating-through",
                              compared ? "Change of clicks" : ""};
    const double most = largest(items, "click_through", "rate");
    reel_table *table = NULL;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__table_new(&table, headings, 7, err));
    for (size_t i = 0; i < json_array_size(items); i++)
        REEL_TRY(print_rate(table, json_array_get(items, i), most, compared, err));
    reel__table_print(table);
out:
    reel__table_free(table);
    return rc;
}

/* ---- films and genres ---------------------------------------------------------------------- */

static reel_code print_film(reel_table *table, const json_t *item, double most, bool genre,
                            reel_err *err)
{
    char text[CELL], number[REEL_COUNT_TEXT];
    const char *title = reel__text_of(item, genre ? "genre" : "title");
    reel_code rc = REEL_OK;

    if (genre || count_of(item, "year") == 0)
        REEL_TRY(reel__table_cell(table, err, "%s", title[0] == '\0' ? "(gone)" : title));
    else
        REEL_TRY(
            reel__table_cell(table, err, "%s (%lld)", title, (long long)count_of(item, "year")));
    REEL_TRY(reel__table_cell(table, err, "%s", counted(number, item, "shown")));
    REEL_TRY(reel__table_cell(table, err, "%s", counted(number, item, "clicks")));
    REEL_TRY(reel__table_cell(table, err, "%s", counted(number, item, "ratings")));
    REEL_TRY(reel__table_cell(
        table, err, "%s", percent(text, real_of(json_object_get(item, "click_through"), "rate"))));
    REEL_TRY(
        reel__table_cell(table, err, "%s", interval(text, json_object_get(item, "click_through"))));
    REEL_TRY(reel__table_cell(table, err, "%s",
                              bar(text, most > 0 ? real_of(item, "shown") / most : 0)));
out:
    return rc;
}

static reel_code print_films(const json_t *report, bool genre, reel_err *err)
{
    const char *headings[] = {genre ? "Genre" : "Film", ">Shown",        ">Clicks", ">Ratings",
                              ">Click-through",         "95 % interval", "Shown"};
    const json_t *items = json_object_get(report, "items");
    const double most = largest(items, "shown", NULL);
    reel_table *table = NULL;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__table_new(&table, headings, 7, err));
    for (size_t i = 0; i < json_array_size(items); i++)
        REEL_TRY(print_film(table, json_array_get(items, i), most, genre, err));
    reel__table_print(table);
out:
    reel__table_free(table);
    return rc;
}

/* ---- times --------------------------------------------------------------------------------- */

/* A field of seven days by 24 hours, darker where more was clicked and shown. */
static void print_week(const json_t *items)
{
    static const char *const days[DAYS] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const shades[] = {"·", "░", "▒", "▓", "█"};
    const double most = largest(items, "lists", NULL);

    reel__term_print("%sLists shown by hour (UTC)%s\n     ", reel__term_bold(), reel__term_plain());
    for (int hour = 0; hour < HOURS; hour += 3)
        reel__term_print("%-6d", hour);
    for (int day = 0; day < DAYS; day++) {
        reel__term_print("\n%s  ", days[day]);
        for (int hour = 0; hour < HOURS; hour++) {
            const json_t *item = json_array_get(items, (size_t)day * HOURS + (size_t)hour);
            const double share = most > 0 ? real_of(item, "lists") / most : 0;
            const char *shade = shades[share > 0 ? 1 + (int)fmin(3, share * 4) : 0];

            reel__term_print("%s%s", shade, shade);
        }
    }
    reel__term_print("\n%s· none  ░ up to a quarter of %.0f  ▒ half  ▓ three quarters  █ most%s\n",
                     reel__term_dim(), most, reel__term_plain());
}

static reel_code print_days(const json_t *report, const char *day, reel_err *err)
{
    const char *headings[] = {strcmp(day, "week") == 0 ? "Week of" : "Day",
                              ">Lists",
                              ">Films",
                              ">Clicks",
                              ">Ratings",
                              "Lists"};
    const json_t *items = json_object_get(report, "items");
    const double most = largest(items, "lists", NULL);
    char text[CELL], number[REEL_COUNT_TEXT];
    reel_table *table = NULL;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__table_new(&table, headings, 6, err));
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);

        REEL_TRY(reel__table_cell(table, err, "%s", reel__text_of(item, day)));
        REEL_TRY(reel__table_cell(table, err, "%s", counted(number, item, "lists")));
        REEL_TRY(reel__table_cell(table, err, "%s", counted(number, item, "shown")));
        REEL_TRY(reel__table_cell(table, err, "%s", counted(number, item, "clicks")));
        REEL_TRY(reel__table_cell(table, err, "%s", counted(number, item, "ratings")));
        REEL_TRY(reel__table_cell(table, err, "%s",
                                  bar(text, most > 0 ? real_of(item, "lists") / most : 0)));
    }
    reel__table_print(table);
out:
    reel__table_free(table);
    return rc;
}

static reel_code print_times(const json_t *report, reel_err *err)
{
    const char *by = reel__text_of(report, "by");

    if (strcmp(by, "hour") != 0)
        return print_days(report, by, err);
    print_week(json_object_get(report, "items"));
    return REEL_OK;
}

static reel_code print_people(const json_t *report, reel_err *err)
{
    const char *headings[] = {"Day", ">People", ">New", ">Returning", "People"};
    const json_t *items = json_object_get(report, "items");
    const double most = largest(items, "people", NULL);
    char text[CELL], number[REEL_COUNT_TEXT];
    reel_table *table = NULL;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__table_new(&table, headings, 5, err));
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);

        REEL_TRY(reel__table_cell(table, err, "%s", reel__text_of(item, "day")));
        REEL_TRY(reel__table_cell(table, err, "%s", counted(number, item, "people")));
        REEL_TRY(reel__table_cell(table, err, "%s", counted(number, item, "new")));
        REEL_TRY(reel__table_cell(table, err, "%s", counted(number, item, "returning")));
        REEL_TRY(reel__table_cell(table, err, "%s",
                                  bar(text, most > 0 ? real_of(item, "people") / most : 0)));
    }
    reel__table_print(table);
out:
    reel__table_free(table);
    return rc;
}

/* ---- catalogue, models, health ------------------------------------------------------------- */

static void print_trend(const json_t *report)
{
    const json_t *trend = json_object_get(report, "trend");
    const double rate = real_of(trend, "rate");

    if (isnan(rate)) {
        reel__term_print("Four whole weeks tell whether the catalogue narrows.\n");
        return;
    }
    reel__term_print(
        "%s%s%s: effective films change by %+.1f %% a week (%+.1f to %+.1f).\n", reel__term_bold(),
        json_is_true(json_object_get(report, "narrowing")) ? "The catalogue narrows"
                                                           : "It does not narrow",
        reel__term_plain(), rate * 100, real_of(trend, "low") * 100, real_of(trend, "high") * 100);
}

static reel_code print_catalogue(const json_t *report, reel_err *err)
{
    const char *headings[] = {"Week of", ">Films",   ">Coverage",  ">Effective",
                              ">Gini",   ">Novelty", ">Diversity", "Effective films"};
    const json_t *items = json_object_get(report, "items");
    const double most = largest(items, "effective_films", NULL);
    char text[CELL], number[REEL_COUNT_TEXT];
    reel_table *table = NULL;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__table_new(&table, headings, 8, err));
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);

        REEL_TRY(reel__table_cell(table, err, "%s", reel__text_of(item, "week")));
        REEL_TRY(reel__table_cell(table, err, "%s", counted(number, item, "films")));
        REEL_TRY(reel__table_cell(table, err, "%s", percent(text, real_of(item, "coverage"))));
        REEL_TRY(reel__table_cell(table, err, "%.0f", real_of(item, "effective_films")));
        REEL_TRY(reel__table_cell(table, err, "%.3f", real_of(item, "gini")));
        REEL_TRY(reel__table_cell(table, err, "%.2f", real_of(item, "novelty")));
        if (isnan(real_of(item, "diversity")))
            REEL_TRY(reel__table_cell(table, err, "–"));
        else
            REEL_TRY(reel__table_cell(table, err, "%.3f", real_of(item, "diversity")));
        REEL_TRY(reel__table_cell(
            table, err, "%s", bar(text, most > 0 ? real_of(item, "effective_films") / most : 0)));
    }
    reel__table_print(table);
    print_trend(report);
out:
    reel__table_free(table);
    return rc;
}

static bool is_promoted(const json_t *report, const char *model, const char *week)
{
    const json_t *all = json_object_get(report, "promotions");

    for (size_t i = 0; i < json_array_size(all); i++) {
        const json_t *one = json_array_get(all, i);

        if (strcmp(reel__text_of(one, "model_id"), model) == 0 &&
            strcmp(reel__text_of(one, "day"), week) >= 0)
            return true;
    }
    return false;
}

/* A version is marked in the week it was first shown in: its rows come in the order of weeks. */
static bool is_first(const json_t *items, size_t at)
{
    const char *model = reel__text_of(json_array_get(items, at), "model_id");

    for (size_t i = 0; i < at; i++)
        if (strcmp(reel__text_of(json_array_get(items, i), "model_id"), model) == 0)
            return false;
    return model[0] != '\0';
}

static reel_code print_models(const json_t *report, reel_err *err)
{
    const char *headings[] = {"Week of",       "Version", ">Lists", ">Click-through",
                              "95 % interval", "",        ""};
    const json_t *items = json_object_get(report, "items");
    const double most = largest(items, "click_through", "rate");
    char text[CELL], number[REEL_COUNT_TEXT];
    reel_table *table = NULL;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__table_new(&table, headings, 7, err));
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);
        const json_t *rate = json_object_get(item, "click_through");
        const char *week = reel__text_of(item, "week"), *model = reel__text_of(item, "model_id");

        REEL_TRY(reel__table_cell(table, err, "%s", week));
        row_name(text, item);
        REEL_TRY(reel__table_cell(table, err, "%s", text));
        REEL_TRY(reel__table_cell(table, err, "%s", counted(number, item, "lists")));
        REEL_TRY(reel__table_cell(table, err, "%s", percent(text, real_of(rate, "rate"))));
        REEL_TRY(reel__table_cell(table, err, "%s", interval(text, rate)));
        REEL_TRY(reel__table_cell(table, err, "%s",
                                  bar(text, most > 0 ? real_of(rate, "rate") / most : 0)));
        REEL_TRY(reel__table_cell(
            table, err, "%s", is_first(items, i) && is_promoted(report, model, week) ? "new" : ""));
    }
    reel__table_print(table);
out:
    reel__table_free(table);
    return rc;
}

static reel_code print_health(const json_t *report, reel_err *err)
{
    const char *headings[] = {"What", ">Now"};
    const json_t *items = json_object_get(report, "items");
    reel_table *table = NULL;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__table_new(&table, headings, 2, err));
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);
        char what[CELL];

        (void)snprintf(what, sizeof what, "%.80s", reel__text_of(item, "what"));
        for (char *at = strchr(what, '_'); at != NULL; at = strchr(at, '_'))
            *at = ' ';
        REEL_TRY(reel__table_cell(table, err, "%s", what));
        if (isnan(real_of(item, "value")))
            REEL_TRY(reel__table_cell(table, err, "–"));
        else
            REEL_TRY(reel__table_cell(table, err, "%.0f", real_of(item, "value")));
    }
    reel__table_print(table);
out:
    reel__table_free(table);
    return rc;
}

/* ---- all of them --------------------------------------------------------------------------- */

static void print_heading(const char *name, const json_t *report)
{
    const json_t *range = json_object_get(report, "range");
    const json_t *against = json_object_get(report, "against");

    reel__term_print("%s%c%s%s", reel__term_bold(), name[0] - 'a' + 'A', name + 1,
                     reel__term_plain());
    if (strcmp(name, "health") != 0)
        reel__term_print("  %s to %s", reel__text_of(range, "from"), reel__text_of(range, "to"));
    if (strcmp(name, "health") != 0 && !json_is_null(against))
        reel__term_print(", compared with %s to %s", reel__text_of(against, "from"),
                         reel__text_of(against, "to"));
    reel__term_print("\n\n");
}

reel_code reel__stats_print(const char *name, const json_t *report, reel_err *err)
{
    static const struct {
        const char *name;
        reel_code (*print)(const json_t *report, reel_err *err);
    } printers[] = {{"summary", print_summary}, {"rates", print_rates},
                    {"times", print_times},     {"people", print_people},
                    {"models", print_models},   {"catalogue", print_catalogue},
                    {"health", print_health}};

    print_heading(name, report);
    if (json_array_size(json_object_get(report, "items")) == 0) {
        reel__term_print("Nothing was shown, or done with it, in this time.\n");
        return REEL_OK;
    }
    for (size_t i = 0; i < sizeof printers / sizeof *printers; i++)
        if (strcmp(printers[i].name, name) == 0)
            return printers[i].print(report, err);
    return print_films(report, strcmp(name, "genres") == 0, err);
}
