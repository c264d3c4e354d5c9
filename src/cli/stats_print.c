/* stats_print.c - see stats_print.h: tables with bars, a week as a field of shades. */
#include "cli/stats_print.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/report_table.h"
#include "cli/term.h"

enum { HOURS = 24, DAYS = 7 };

#define PRINT(report, columns, err)                                                                \
    reel__report_table(report, columns, sizeof(columns) / sizeof *(columns), err)

static bool is_compared(const json_t *report)
{
    return json_is_object(json_object_get(report, "against"));
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

static const char *value_text(char out[REEL_REPORT_TEXT], const json_t *item,
                              const struct line *line)
{
    const json_t *value = json_object_get(item, line->key);
    const double real = line->part == NULL ? reel__report_real(item, line->key)
                                           : reel__report_real(value, line->part);

    if (line->form == 'n')
        return reel__term_count(out, reel__report_count(item, line->key));
    if (line->form == 'p')
        return reel__report_percent(out, real);
    (void)snprintf(out, REEL_REPORT_TEXT, isnan(real) ? "–" : "%.2f", real);
    return out;
}

static reel_code print_summary(const json_t *report, reel_err *err)
{
    const json_t *items = json_object_get(report, "items");
    const json_t *now = json_array_get(items, 0), *before = json_array_get(items, 1);
    const char *headings[] = {"", ">Now", before == NULL ? "" : ">Before", ""};
    const double shown = reel__report_real(now, "shown");
    reel_table *table = NULL;
    char text[REEL_REPORT_TEXT];
    reel_code rc = REEL_OK;

    REEL_TRY(reel__table_new(&table, headings, 4, err));
    for (size_t i = 0; i < LINES; i++) {
        REEL_TRY(reel__table_cell(table, err, "%s", lines[i].what));
        REEL_TRY(reel__table_cell(table, err, "%s", value_text(text, now, &lines[i])));
        REEL_TRY(reel__table_cell(table, err, "%s",
                                  before == NULL ? "" : value_text(text, before, &lines[i])));
        text[0] = '\0';
        if (i >= 1 && i <= 4 && shown > 0) /* the funnel */
            (void)reel__report_bar(text, reel__report_real(now, lines[i].key) / shown);
        else if (strcmp(lines[i].key, "click_through") == 0 && before != NULL)
            (void)reel__report_points(text, json_object_get(report, "change"));
        else if (lines[i].form == 'p' && lines[i].part != NULL)
            (void)reel__report_interval(text, json_object_get(now, lines[i].key));
        REEL_TRY(reel__table_cell(table, err, "%s", text));
    }
    reel__table_print(table);
out:
    reel__table_free(table);
    return rc;
}

/* ---- rates --------------------------------------------------------------------------------- */

/* What the rows are of: a place, a row of a page, a version or a method. */
static reel_code put_name(reel_table *table, const reel_report_cell *c, reel_err *err)
{
    const char *model = reel__text_of(c->item, "model_id");
    const char *name = model[0] != '\0' ? model : reel__text_of(c->item, "method");

    if (json_object_get(c->item, "rank") != NULL)
        return reel__table_cell(table, err, "%lld", (long long)reel__report_count(c->item, "rank"));
    if (json_object_get(c->item, "scenario") != NULL)
        name = reel__text_of(c->item, "scenario");
    return reel__table_cell(table, err, "%s", name[0] == '\0' ? "(unnamed)" : name);
}

static const char *name_heading(const char *by)
{
    static const char *const headings[][2] = {
        {"rank", ">Place"}, {"scenario", "Row"}, {"model", "Version"}};

    for (size_t i = 0; i < sizeof headings / sizeof *headings; i++)
        if (strcmp(by, headings[i][0]) == 0)
            return headings[i][1];
    return "Method";
}

static reel_code print_rates(const json_t *report, reel_err *err)
{
    const bool compared = is_compared(report);
    const reel_report_column columns[] = {
        {name_heading(reel__text_of(report, "by")), put_name, NULL, NULL, 0},
        {">Shown", reel__report_put_count, "shown", NULL, 0},
        {">Clicked", reel__report_put_count, "clicked", NULL, 0},
        {">Click-through", reel__report_put_percent, "click_through", "rate", 0},
        {"95 % interval", reel__report_put_interval, "click_through", NULL, 0},
        {">Rating-through", reel__report_put_percent, "rating_through", "rate", 0},
        compared
            ? (reel_report_column){"Change of clicks", reel__report_put_points, "change", NULL, 0}
            : (reel_report_column){"", reel__report_put_bar, "click_through", "rate", 0},
    };

    return PRINT(report, columns, err);
}

/* ---- films and genres ---------------------------------------------------------------------- */

static reel_code put_film(reel_table *table, const reel_report_cell *c, reel_err *err)
{
    const char *title = reel__text_of(c->item, c->column->key);
    const long long year = (long long)reel__report_count(c->item, "year");

    if (year == 0)
        return reel__table_cell(table, err, "%s", title[0] == '\0' ? "(gone)" : title);
    return reel__table_cell(table, err, "%s (%lld)", title, year);
}

static reel_code print_films(const json_t *report, bool genre, reel_err *err)
{
    const reel_report_column columns[] = {
        {genre ? "Genre" : "Film", put_film, genre ? "genre" : "title", NULL, 0},
        {">Shown", reel__report_put_count, "shown", NULL, 0},
        {">Clicks", reel__report_put_count, "clicks", NULL, 0},
        {">Ratings", reel__report_put_count, "ratings", NULL, 0},
        {">Click-through", reel__report_put_percent, "click_through", "rate", 0},
        {"95 % interval", reel__report_put_interval, "click_through", NULL, 0},
        is_compared(report)
            ? (reel_report_column){">Shown before", reel__report_put_count, "against", "shown", 0}
            : (reel_report_column){"Shown", reel__report_put_bar, "shown", NULL, 0},
    };

    return PRINT(report, columns, err);
}

/* ---- times --------------------------------------------------------------------------------- */

/* A field of seven days by 24 hours, darker where more was shown; part: of a member, or NULL. */
static void print_field(const json_t *items, const char *part, double most)
{
    static const char *const days[DAYS] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const shades[] = {"·", "░", "▒", "▓", "█"};

    reel__term_print("     ");
    for (int hour = 0; hour < HOURS; hour += 3)
        reel__term_print("%-6d", hour);
    for (int day = 0; day < DAYS; day++) {
        reel__term_print("\n%s  ", days[day]);
        for (int hour = 0; hour < HOURS; hour++) {
            const json_t *item = json_array_get(items, (size_t)day * HOURS + (size_t)hour);
            const json_t *of = part == NULL ? item : json_object_get(item, part);
            const double share = most > 0 ? reel__report_real(of, "lists") / most : 0;
            const char *shade = shades[share > 0 ? 1 + (int)fmin(3, share * 4) : 0];

            reel__term_print("%s%s", shade, shade);
        }
    }
    reel__term_print("\n");
}

/* Both ranges by one scale. */
static void print_week(const json_t *report)
{
    const json_t *items = json_object_get(report, "items");
    const reel_report_column now = {.key = "lists"}, before = {.key = "against", .part = "lists"};
    const double most =
        fmax(reel__report_largest(items, &now), reel__report_largest(items, &before));

    reel__term_print("%sLists shown by hour (UTC)%s\n", reel__term_bold(), reel__term_plain());
    print_field(items, NULL, most);
    if (is_compared(report)) {
        reel__term_print("\n%sBefore%s\n", reel__term_bold(), reel__term_plain());
        print_field(items, "against", most);
    }
    reel__term_print("%s· none  ░ up to a quarter of %.0f  ▒ half  ▓ three quarters  █ most%s\n",
                     reel__term_dim(), most, reel__term_plain());
}

static reel_code print_times(const json_t *report, reel_err *err)
{
    const char *by = reel__text_of(report, "by");
    const char *heading = strcmp(by, "week") == 0 ? "Week of" : "Day";
    const reel_report_column columns[] = {
        {heading, reel__report_put_text, by, NULL, 0},
        {">Lists", reel__report_put_count, "lists", NULL, 0},
        {">Films", reel__report_put_count, "shown", NULL, 0},
        {">Clicks", reel__report_put_count, "clicks", NULL, 0},
        {">Ratings", reel__report_put_count, "ratings", NULL, 0},
        {"Lists", reel__report_put_bar, "lists", NULL, 0},
    };
    const reel_report_column compared[] = {
        {heading, reel__report_put_text, by, NULL, 0},
        {">Lists", reel__report_put_count, "lists", NULL, 0},
        {">Before", reel__report_put_count, "against", "lists", 0},
        {">Clicks", reel__report_put_count, "clicks", NULL, 0},
        {">Before", reel__report_put_count, "against", "clicks", 0},
        {">Ratings", reel__report_put_count, "ratings", NULL, 0},
        {">Before", reel__report_put_count, "against", "ratings", 0},
    };

    if (strcmp(by, "hour") != 0)
        return is_compared(report) ? PRINT(report, compared, err) : PRINT(report, columns, err);
    print_week(report);
    return REEL_OK;
}

static reel_code print_people(const json_t *report, reel_err *err)
{
    static const reel_report_column columns[] = {
        {"Day", reel__report_put_text, "day", NULL, 0},
        {">People", reel__report_put_count, "people", NULL, 0},
        {">New", reel__report_put_count, "new", NULL, 0},
        {">Returning", reel__report_put_count, "returning", NULL, 0},
        {"People", reel__report_put_bar, "people", NULL, 0},
    };
    static const reel_report_column compared[] = {
        {"Day", reel__report_put_text, "day", NULL, 0},
        {">People", reel__report_put_count, "people", NULL, 0},
        {">Before", reel__report_put_count, "against", "people", 0},
        {">New", reel__report_put_count, "new", NULL, 0},
        {">Before", reel__report_put_count, "against", "new", 0},
        {">Returning", reel__report_put_count, "returning", NULL, 0},
        {">Before", reel__report_put_count, "against", "returning", 0},
    };

    return is_compared(report) ? PRINT(report, compared, err) : PRINT(report, columns, err);
}

/* ---- catalogue, models, health ------------------------------------------------------------- */

static void print_trend_before(const json_t *trend)
{
    if (isnan(reel__report_real(trend, "rate")))
        return;
    reel__term_print("Before: %+.1f %% a week (%+.1f to %+.1f).\n",
                     reel__report_real(trend, "rate") * 100, reel__report_real(trend, "low") * 100,
                     reel__report_real(trend, "high") * 100);
}

static void print_trend(const json_t *report)
{
    const json_t *trend = json_object_get(report, "trend");
    const double rate = reel__report_real(trend, "rate");

    if (isnan(rate)) {
        reel__term_print("Four whole weeks tell whether the catalogue narrows.\n");
        return;
    }
    reel__term_print("%s%s%s: effective films change by %+.1f %% a week (%+.1f to %+.1f).\n",
                     reel__term_bold(),
                     json_is_true(json_object_get(report, "narrowing")) ? "The catalogue narrows"
                                                                        : "It does not narrow",
                     reel__term_plain(), rate * 100, reel__report_real(trend, "low") * 100,
                     reel__report_real(trend, "high") * 100);
}

static reel_code print_catalogue(const json_t *report, reel_err *err)
{
    const reel_report_column columns[] = {
        {"Week of", reel__report_put_text, "week", NULL, 0},
        {">Films", reel__report_put_count, "films", NULL, 0},
        {">Coverage", reel__report_put_percent, "coverage", NULL, 0},
        {">Effective", reel__report_put_real, "effective_films", NULL, 0},
        {">Gini", reel__report_put_real, "gini", NULL, 3},
        {">Novelty", reel__report_put_real, "novelty", NULL, 2},
        {">Diversity", reel__report_put_real, "diversity", NULL, 3},
        is_compared(report) ? (reel_report_column){">Effective before", reel__report_put_real,
                                                   "against", "effective_films", 0}
                            : (reel_report_column){"Effective films", reel__report_put_bar,
                                                   "effective_films", NULL, 0},
    };
    const reel_code rc = PRINT(report, columns, err);

    if (rc == REEL_OK) {
        print_trend(report);
        print_trend_before(json_object_get(report, "trend_against"));
    }
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

static reel_code put_mark(reel_table *table, const reel_report_cell *c, reel_err *err)
{
    const bool marked =
        is_first(c->items, c->at) &&
        is_promoted(c->report, reel__text_of(c->item, "model_id"), reel__text_of(c->item, "week"));

    return reel__table_cell(table, err, "%s", marked ? "new" : "");
}

static reel_code print_models(const json_t *report, reel_err *err)
{
    static const reel_report_column columns[] = {
        {"Week of", reel__report_put_text, "week", NULL, 0},
        {"Version", put_name, NULL, NULL, 0},
        {">Lists", reel__report_put_count, "lists", NULL, 0},
        {">Click-through", reel__report_put_percent, "click_through", "rate", 0},
        {"95 % interval", reel__report_put_interval, "click_through", NULL, 0},
        {"", reel__report_put_bar, "click_through", "rate", 0},
        {"", put_mark, NULL, NULL, 0},
    };

    return PRINT(report, columns, err);
}

static reel_code put_what(reel_table *table, const reel_report_cell *c, reel_err *err)
{
    char what[REEL_REPORT_TEXT];

    (void)snprintf(what, sizeof what, "%.80s", reel__text_of(c->item, c->column->key));
    for (char *at = strchr(what, '_'); at != NULL; at = strchr(at, '_'))
        *at = ' ';
    return reel__table_cell(table, err, "%s", what);
}

static reel_code print_health(const json_t *report, reel_err *err)
{
    static const reel_report_column columns[] = {
        {"What", put_what, "what", NULL, 0},
        {">Now", reel__report_put_real, "value", NULL, 0},
    };

    return PRINT(report, columns, err);
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
