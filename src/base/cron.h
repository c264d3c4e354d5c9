/* base/cron.h - times that come again, as crontab(5) writes them: "30 2 * * 1-5". Local time, by
 * TZ. Layer: base. Ownership: a value. Threads: no state but the time zone of the process.
 */
#ifndef REEL_BASE_CRON_H
#define REEL_BASE_CRON_H

#include <stdbool.h>
#include <stdint.h>

#include "reel/err.h"

typedef struct reel_cron {
    uint64_t minutes; /* bits, from the lowest: minute 0 .. */
    uint32_t hours, days, months, weekdays;
    bool any_day, any_weekday; /* "*": the other alone decides; of two, either does */
} reel_cron;

/* Minute, hour, day of the month, month, day of the week (0 or 7 is Sunday): each a star, a number,
 * a range (1-5), with a step behind a slash (1-5/2; a star may have one, too), or several of these
 * with commas; months and days of the week also by the first three letters of their English names.
 * Or
 * @hourly, @daily, @weekly, @monthly. Errors: E_INVALID saying at which character, and what is
 * wrong there; or that the day never comes. */
REEL_MUST_USE reel_code reel__cron_parse(reel_cron *out, const char *text, reel_err *err);
/* The first such time after a time, both in seconds since 1970. A time that is left out when clocks
 * are put forward comes as much later; one that comes twice counts once, the first time. */
int64_t reel__cron_next(const reel_cron *cron, int64_t after);

#endif
