/* cron.c - see cron.h. Times are sought among those of the calendar, and made moments at last:
 * what a change of clocks does to them is then seen.
 */
#include "base/cron.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { FIELDS = 5, TEXT_MOST = 1000, YEARS_MOST = 9 };

/* ---- reading ------------------------------------------------------------------------------- */

typedef struct field {
    const char *name;
    int least, most;
    const char *const *names; /* of its numbers from `first` on, or NULL */
    int first;
} field;

static const char *const months[] = {"jan", "feb", "mar", "apr", "may", "jun", "jul",
                                     "aug", "sep", "oct", "nov", "dec", NULL};
static const char *const weekdays[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat", NULL};

static const field fields[FIELDS] = {{"minute", 0, 59, NULL, 0},
                                     {"hour", 0, 23, NULL, 0},
                                     {"day of the month", 1, 31, NULL, 0},
                                     {"month", 1, 12, months, 1},
                                     {"day of the week", 0, 7, weekdays, 0}};

typedef struct reading {
    const char *text, *at;
    reel_err *err;
} reading;

static reel_code wrong(const reading *r, const char *at, const char *what)
{
    return reel_fail(r->err, REEL_E_INVALID, "character %d: %s", (int)(at - r->text) + 1, what);
}

static bool ends(char c)
{
    return c == '\0' || c == ' ' || c == '\t';
}

/* A number or a name of the field. */
static reel_code read_value(reading *r, const field *f, int *out)
{
    const char *from = r->at;
    char what[120];

    *out = 0;
    for (int i = 0; f->names != NULL && f->names[i] != NULL; i++)
        if (strncasecmp(r->at, f->names[i], 3) == 0) {
            r->at += 3;
            *out = f->first + i;
            return REEL_OK;
        }
    while (*r->at >= '0' && *r->at <= '9' && r->at - from < 3)
        *out = *out * 10 + (*r->at++ - '0');
    if (r->at > from && *out >= f->least && *out <= f->most)
        return REEL_OK;
    (void)snprintf(what, sizeof what, "expected the %s, %d to %d%s", f->name, f->least, f->most,
                   f->names != NULL ? ", or its name" : "");
    return wrong(r, from, what);
}

static reel_code read_step(reading *r, const field *f, int *step)
{
    const field of = {.name = f->name, .least = 1, .most = f->most};
    const char *from = ++r->at;

    return read_value(r, &of, step) == REEL_OK
               ? REEL_OK
               : wrong(r, from, "expected a step: a number from 1 on");
}

/* One of those that commas part. */
static reel_code read_item(reading *r, const field *f, uint64_t *bits, bool *any)
{
    const char *from = r->at;
    int first = f->least, last = f->most, step = 1;
    reel_code rc = REEL_OK;

    if (*r->at == '*') {
        r->at++;
        *any = *r->at != '/';
    } else {
        REEL_TRY(read_value(r, f, &first));
        last = first;
        if (*r->at == '-') {
            r->at++;
            REEL_TRY(read_value(r, f, &last));
            if (last < first)
                return wrong(r, from, "the range ends before it begins");
        } else if (*r->at == '/') {
            return wrong(r, r->at, "a step follows a star or a range, not one number");
        }
    }
    if (*r->at == '/')
        REEL_TRY(read_step(r, f, &step));
    for (int i = first; i <= last; i += step)
        *bits |= UINT64_C(1) << i;
out:
    return rc;
}

static reel_code read_field(reading *r, const field *f, uint64_t *bits, bool *any)
{
    bool star = false;
    reel_code rc = REEL_OK;

    *bits = 0;
    *any = false;
    if (ends(*r->at)) {
        char what[80];

        (void)snprintf(what, sizeof what, "the %s is missing", f->name);
        return wrong(r, r->at, what);
    }
    for (;;) {
        REEL_TRY(read_item(r, f, bits, &star));
        *any = *any || star;
        if (*r->at != ',')
            break;
        r->at++;
    }
    if (!ends(*r->at))
        return wrong(r, r->at, "expected a comma, a blank, or the end of the field");
    r->at += strspn(r->at, " \t");
out:
    return rc;
}

/* Any month that has one of the days, February as in a leap year. */
static bool comes(const reel_cron *cron)
{
    static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    if (!cron->any_weekday)
        return true;
    for (int month = 1; month <= 12; month++)
        for (int day = 1; (cron->months >> month & 1) != 0 && day <= days[month - 1]; day++)
            if ((cron->days >> day & 1) != 0)
                return true;
    return false;
}

static const char *expand(const char *text)
{
    static const char *const names[][2] = {{"@hourly", "0 * * * *"},
                                           {"@daily", "0 0 * * *"},
                                           {"@weekly", "0 0 * * 0"},
                                           {"@monthly", "0 0 1 * *"}};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(text, names[i][0]) == 0)
            return names[i][1];
    return text;
}

reel_code reel__cron_parse(reel_cron *out, const char *text, reel_err *err)
{
    reading r = {.text = expand(text), .err = err};
    uint64_t bits[FIELDS];
    bool any[FIELDS];
    reel_code rc = REEL_OK;

    *out = (reel_cron){0};
    if (strlen(text) > TEXT_MOST)
        return reel_fail(err, REEL_E_INVALID, "longer than %d characters", (int)TEXT_MOST);
    r.at = r.text + strspn(r.text, " \t");
    for (int i = 0; i < FIELDS; i++)
        REEL_TRY(read_field(&r, &fields[i], &bits[i], &any[i]));
    if (*r.at != '\0')
        return wrong(&r, r.at, "there are five fields, and this is one more");
    *out = (reel_cron){.minutes = bits[0],
                       .hours = (uint32_t)bits[1],
                       .days = (uint32_t)bits[2],
                       .months = (uint32_t)bits[3],
                       .weekdays = (uint32_t)((bits[4] & 0x7f) | (bits[4] >> 7 & 1)),
                       .any_day = any[2],
                       .any_weekday = any[4]};
    if (!comes(out))
        rc = reel_fail(err, REEL_E_INVALID, "this day never comes: no such month is that long");
out:
    return rc;
}

/* ---- the next one -------------------------------------------------------------------------- */

static bool is_day(const reel_cron *cron, const struct tm *t)
{
    const bool day = (cron->days >> t->tm_mday & 1) != 0;
    const bool weekday = (cron->weekdays >> t->tm_wday & 1) != 0;

    if ((cron->months >> (t->tm_mon + 1) & 1) == 0)
        return false;
    return cron->any_day || cron->any_weekday ? day && weekday : day || weekday;
}

/* The same clock, without any zone. */
static void normalise(struct tm *t)
{
    const time_t time = timegm(t);

    (void)gmtime_r(&time, t);
}

static void next_day(struct tm *t)
{
    t->tm_mday++;
    t->tm_hour = t->tm_min = 0;
    normalise(t);
}

/* The moment of a time of the calendar: the first of two, and of none one as much later. */
static int64_t moment(const struct tm *wanted)
{
    struct tm first = *wanted, other = *wanted;
    time_t early, late;

    first.tm_isdst = 1;
    other.tm_isdst = 0;
    early = mktime(&first);
    late = mktime(&other);
    if (first.tm_isdst != 1 || first.tm_min != wanted->tm_min || first.tm_hour != wanted->tm_hour)
        return late; /* there is no such summer time */
    if (other.tm_isdst != 0 || other.tm_hour != wanted->tm_hour)
        return early;
    return early < late ? early : late;
}

static int64_t find_next(const reel_cron *cron, int64_t after)
{
    const time_t from = (time_t)after;
    struct tm t = {0};
    int last;

    (void)localtime_r(&from, &t);
    last = t.tm_year + YEARS_MOST;
    t.tm_sec = 0;
    t.tm_min++;
    normalise(&t);
    while (t.tm_year <= last) {
        if (!is_day(cron, &t)) {
            next_day(&t);
        } else if ((cron->hours >> t.tm_hour & 1) == 0) {
            t.tm_hour++;
            t.tm_min = 0;
            normalise(&t);
        } else {
            if ((cron->minutes >> t.tm_min & 1) != 0 && moment(&t) > after)
                return moment(&t);
            t.tm_min++;
            normalise(&t);
        }
    }
    return INT64_MAX; /* not reached: every day there is comes in nine years */
}

/* The zone's rules are one thing for all threads, and each that asks may read them anew. */
static pthread_mutex_t zone = PTHREAD_MUTEX_INITIALIZER;

int64_t reel__cron_next(const reel_cron *cron, int64_t after)
{
    int64_t next;

    (void)pthread_mutex_lock(&zone);
    next = find_next(cron, after);
    (void)pthread_mutex_unlock(&zone);
    return next;
}
