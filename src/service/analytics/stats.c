/* stats.c - the reports by name, ranges as they are written, and what every report begins with. */
#include "service/analytics/stats.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/date.h"
#include "service/analytics/stats_priv.h"
#include "service/files/csv_write.h"

enum { DAY_S = 86400, USUAL_DAYS = 28, DAYS_MOST = 36600, WAITING_MOST = 1000000, NAME = 128 };
enum { JOINED_MOST = 1 << 16, SHAPE_MOST = 1 << 14, DEPTH = 16 };

static const reel_stats_report reports[] = {
    {"summary", "the whole range: what was shown, clicked and rated, by whom, how mixed", NULL,
     NULL, reel__stats_write_summary, NULL},
    {"rates", "how much of what was shown is clicked and rated", "method|model|scenario|rank", NULL,
     reel__stats_write_rates, reel__stats_blank_rates},
    {"films", "films, those shown, clicked or rated most first", "shown|clicked|rated", NULL,
     reel__stats_write_films, reel__stats_blank_films},
    {"genres", "the same by genre", NULL, NULL, reel__stats_write_genres, reel__stats_blank_genres},
    {"times", "events by hour of the week, by day or by week", "hour|day|week", NULL,
     reel__stats_write_times, reel__stats_blank_times},
    {"people", "new and returning people by day", NULL, NULL, reel__stats_write_people,
     reel__stats_blank_people},
    {"catalogue", "how much of the catalogue is shown, week by week", NULL, NULL,
     reel__stats_write_catalogue, reel__stats_blank_catalogue},
    {"models", "each version of a model week by week, and when it was first shown", NULL,
     "two ranges seldom have a version in common; rates by method or by model compares what is "
     "clicked",
     reel__stats_write_models, reel__stats_blank_models},
    {"health", "events that wait, and the last trainings", NULL, "it says what is so now",
     reel__stats_write_health, NULL},
};
enum { REPORTS = sizeof reports / sizeof *reports };

const reel_stats_report *reel__stats_report_at(size_t index)
{
    return index < REPORTS ? &reports[index] : NULL;
}

reel_code reel__stats_report_find(const reel_stats_report **out, const char *name, reel_err *err)
{
    char names[NAME] = "";
    size_t used = 0;

    for (size_t i = 0; i < REPORTS; i++) {
        if (strcmp(reports[i].name, name) == 0) {
            *out = &reports[i];
            return REEL_OK;
        }
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i > 0 ? ", " : "",
                                 reports[i].name);
    }
    return reel_fail(err, REEL_E_NOTFOUND, "there is no report \"%.40s\"; there are %s", name,
                     names);
}

/* ---- ranges -------------------------------------------------------------------------------- */

static bool read_days(reel_stats_range *out, const char *text)
{
    const int64_t today = reel__clock_now() / DAY_S;
    char *end;
    long count;

    if (*text < '1' || *text > '9')
        return false;
    count = strtol(text, &end, 10);
    if (strcmp(end, "d") != 0 || count > DAYS_MOST || count > today)
        return false;
    *out = (reel_stats_range){today + 1 - count, today + 1};
    return true;
}

static bool read_dates(reel_stats_range *out, const char *text)
{
    int64_t last;

    if (!reel__date_read(&out->from, text))
        return false;
    last = out->from;
    text += REEL_DATE_LENGTH;
    if (*text != '\0' && (strncmp(text, "..", 2) != 0 || !reel__date_read(&last, text + 2) ||
                          text[2 + REEL_DATE_LENGTH] != '\0'))
        return false;
    out->to = last + 1;
    return true;
}

reel_code reel__stats_range_read(reel_stats_range *out, reel_store *store, const char *text,
                                 reel_err *err)
{
    reel_code rc = REEL_OK;

    *out = (reel_stats_range){0};
    if (text == NULL || *text == '\0') {
        (void)read_days(out, "28d");
    } else if (strcmp(text, "all") == 0) {
        REEL_TRY(reel__stats_days(store, out, err));
        if (out->to == 0) /* nothing happened yet */
            (void)read_days(out, "1d");
    } else if (!read_days(out, text) && !read_dates(out, text)) {
        rc = reel_fail(err, REEL_E_INVALID,
                       "range: \"%.40s\" is none; write 2026-10-01..2026-10-31, 28d or all", text);
    } else if (out->to <= out->from || out->to - out->from > DAYS_MOST) {
        rc = reel_fail(err, REEL_E_INVALID,
                       "range: \"%.40s\" ends before it begins, or is longer than a century", text);
    }
out:
    return rc;
}

reel_code reel__stats_against_read(reel_stats_ask *ask, const char *text, reel_err *err)
{
    const int64_t days = ask->range.to - ask->range.from;
    reel_err inner = {REEL_OK, ""};
    reel_code rc = REEL_OK;

    ask->against = (reel_stats_range){0};
    if (text == NULL || *text == '\0')
        return REEL_OK;
    if (strcmp(text, "previous") == 0) {
        ask->against = (reel_stats_range){ask->range.from > days ? ask->range.from - days : 0,
                                          ask->range.from};
        return REEL_OK;
    }
    rc = reel__stats_range_read(&ask->against, ask->store, text, &inner);
    if (rc == REEL_E_INVALID)
        return reel_fail(err, rc, "against: \"%.40s\" is no range; \"previous\" is the one before",
                         text);
    return rc == REEL_OK ? rc : reel_fail(err, rc, "%s", inner.msg);
}

/* ---- what every report has ----------------------------------------------------------------- */

void reel__stats_put_day(reel_json *json, const char *key, int64_t day)
{
    char text[REEL_DATE_TEXT];

    reel__date_text(day, text);
    reel__json_put_text(json, key, text);
}

/* Six digits say all that is known. */
static double shortened(double value)
{
    return round(value * 1e6) / 1e6;
}

void reel__stats_put_real(reel_json *json, const char *key, double value)
{
    reel__json_put_real(json, key, shortened(value));
}

void reel__stats_put_rate(reel_json *json, const char *key, reel_rate rate)
{
    reel__json_key(json, key);
    reel__json_object(json);
    reel__stats_put_real(json, "rate", rate.value);
    reel__stats_put_real(json, "low", rate.low);
    reel__stats_put_real(json, "high", rate.high);
    reel__json_object_end(json);
}

void reel__stats_add_rates(reel_stats_counts *sum, const reel_stats_rates *rates)
{
    sum->lists += rates->lists;
    sum->shown += rates->shown;
    sum->clicked += rates->clicked;
    sum->rated += rates->rated;
    sum->clicked_rated += rates->clicked_rated;
    sum->refused += rates->refused;
}

void reel__stats_put_counts(reel_json *json, const reel_stats_counts *counts)
{
    reel__json_put_int(json, "lists", counts->lists);
    reel__stats_put_films(json, counts);
}

void reel__stats_put_films(reel_json *json, const reel_stats_counts *counts)
{
    reel__json_put_int(json, "shown", counts->shown);
    reel__json_put_int(json, "clicked", counts->clicked);
    reel__json_put_int(json, "rated", counts->rated);
    reel__json_put_int(json, "clicked_rated", counts->clicked_rated);
    reel__json_put_int(json, "not_interested", counts->refused);
    reel__stats_put_rate(json, "click_through", reel__rate(counts->clicked, counts->shown));
    reel__stats_put_rate(json, "rating_through", reel__rate(counts->rated, counts->shown));
}

void reel__stats_put_change(reel_json *json, const reel_stats_counts *now,
                            const reel_stats_counts *before)
{
    reel__stats_put_rate(json, "change",
                         reel__rate_change(reel__rate(now->clicked, now->shown),
                                           reel__rate(before->clicked, before->shown)));
}

static void put_range(reel_json *json, const char *key, reel_stats_range range)
{
    reel__json_key(json, key);
    if (range.to == 0) {
        reel__json_null(json);
        return;
    }
    reel__json_object(json);
    reel__stats_put_day(json, "from", range.from);
    reel__stats_put_day(json, "to", range.to - 1);
    reel__json_object_end(json);
}

static reel_code check_by(const reel_stats_report *report, const char *by, reel_err *err)
{
    const size_t length = by == NULL ? 0 : strlen(by);
    const char *at = report->by;

    if (by == NULL)
        return REEL_OK;
    if (at == NULL)
        return reel_fail(err, REEL_E_INVALID, "by: the report %s takes none", report->name);
    while (at != NULL &&
           (strncmp(at, by, length) != 0 || (at[length] != '|' && at[length] != '\0'))) {
        at = strchr(at, '|');
        at = at == NULL ? NULL : at + 1;
    }
    return at != NULL && length > 0
               ? REEL_OK
               : reel_fail(err, REEL_E_INVALID, "by: \"%.20s\" is none of %s", by, report->by);
}

reel_code reel__stats_write(reel_json *json, const reel_stats_report *report,
                            const reel_stats_ask *ask, reel_err *err)
{
    int64_t waiting = 0;
    reel_code rc = REEL_OK;

    if (ask->next_movie != NULL)
        *ask->next_movie = -1;
    REEL_TRY(check_by(report, ask->by, err));
    if (ask->against.to != 0 && report->alone != NULL)
        REEL_TRY(reel_fail(err, REEL_E_INVALID, "against: the report %s takes none: %s",
                           report->name, report->alone));
    REEL_TRY(reel__stats_waiting(ask->store, WAITING_MOST, &waiting, err));
    put_range(json, "range", ask->range);
    put_range(json, "against", ask->against);
    reel__json_put_int(json, "waiting", waiting);
    rc = report->write(json, ask, err);
out:
    return rc;
}

/* ---- tables -------------------------------------------------------------------------------- */

static void put_joined(reel_csv_writer *csv, const json_t *list)
{
    reel_buf text;

    reel__buf_init(&text, JOINED_MOST);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *one = json_string_value(json_array_get(list, i));

        reel__buf_format(&text, "%s%s", i > 0 ? "|" : "", one == NULL ? "" : one);
    }
    reel__csv_cell(csv, text.length == 0 ? "" : text.data);
    reel__buf_fini(&text);
}

static void put_cell(reel_csv_writer *csv, const json_t *value)
{
    char number[40];

    if (json_is_real(value)) {
        (void)snprintf(number, sizeof number, "%.6g", json_real_value(value));
        reel__csv_text(csv, number);
    } else if (json_is_integer(value)) {
        reel__csv_int(csv, json_integer_value(value));
    } else if (json_is_array(value)) {
        put_joined(csv, value);
    } else {
        reel__csv_cell(csv, json_is_string(value) ? json_string_value(value)
                            : json_is_true(value) ? "true"
                                                  : "");
    }
}

static void put_names(reel_csv_writer *csv, const json_t *shape, const char *prefix)
{
    const char *name;
    const json_t *value;

    json_object_foreach((json_t *)(uintptr_t)shape, name, value)
    {
        char whole[NAME];

        (void)snprintf(whole, sizeof whole, "%s%s%s", prefix, name,
                       json_is_object(value) ? "." : "");
        if (json_is_object(value))
            put_names(csv, value, whole);
        else
            reel__csv_text(csv, whole);
    }
}

/* A cell for each name, also for those of a member that this item has not. */
static void put_cells(reel_csv_writer *csv, const json_t *shape, const json_t *item)
{
    const char *name;
    const json_t *value;

    json_object_foreach((json_t *)(uintptr_t)shape, name, value)
    {
        if (json_is_object(value))
            put_cells(csv, value, json_object_get(item, name));
        else
            put_cell(csv, json_object_get(item, name));
    }
}

static reel_code read_shape(json_t **out, const reel_stats_report *report,
                            const reel_stats_ask *ask, const json_t *items, reel_err *err)
{
    reel_buf text;
    reel_json json;
    reel_code rc = REEL_OK;

    if (report->blank == NULL) {
        *out = json_incref(json_array_get(items, 0));
        return REEL_OK;
    }
    reel__buf_init(&text, SHAPE_MOST);
    reel__json_init(&json, &text);
    report->blank(&json, ask);
    REEL_TRY(reel__buf_check(&text, err));
    rc = reel__json_parse(out, text.data, text.length, DEPTH, err);
out:
    reel__buf_fini(&text);
    return rc;
}

reel_code reel__stats_csv(reel_buf *out, const reel_stats_report *report, const reel_stats_ask *ask,
                          const json_t *answer, reel_err *err)
{
    const json_t *items = json_object_get(answer, "items");
    json_t *shape = NULL;
    reel_csv_writer csv;
    reel_code rc = REEL_OK;

    reel__csv_begin(&csv, "");
    REEL_TRY(read_shape(&shape, report, ask, items, err));
    put_names(&csv, shape, "");
    REEL_TRY(reel__csv_end_row(&csv, err));
    for (size_t i = 0; i < json_array_size(items); i++) {
        put_cells(&csv, shape, json_array_get(items, i));
        REEL_TRY(reel__csv_end_row(&csv, err));
    }
    reel__buf_append(out, csv.row.data + 1,
                     csv.row.length - 1); /* the empty heading it began with */
out:
    json_decref(shape);
    reel__csv_abort(&csv);
    return rc;
}
