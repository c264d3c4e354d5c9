/* base/date.h - days of the Gregorian calendar as numbers since 1970 (UTC). Layer: base. Threads:
 * no state.
 */
#ifndef REEL_BASE_DATE_H
#define REEL_BASE_DATE_H

#include <stdbool.h>
#include <stdint.h>

enum { REEL_DATE_LENGTH = 10, REEL_DATE_TEXT = 16 };

/* "2026-11-27" at the beginning of a text, years 1970 to 9999; what follows is the caller's matter.
 * False when it is no such day. */
bool reel__date_read(int64_t *out, const char *text);
/* A day of those years as such a text. */
void reel__date_text(int64_t day, char out[REEL_DATE_TEXT]);
/* Of the week: 0 = Monday. */
int reel__date_weekday(int64_t day);

#endif
