/* report/words.h - numbers as a person writes them.
 * Layer: report. Threads: no state.
 */
#ifndef REEL_REPORT_WORDS_H
#define REEL_REPORT_WORDS_H

#include <stdint.h>

#include "base/buf.h"
#include "report/sheet.h"

enum { REEL_WORDS = 40 };

/* Each writes into out and returns it. */
const char *reel__words_count(char out[REEL_WORDS], double count);   /* "1,000,209" */
const char *reel__words_share(char out[REEL_WORDS], double share);   /* "4.2 %", "56 %", "95.5 %" */
const char *reel__words_real(char out[REEL_WORDS], double value);    /* "3.58", "152" */
const char *reel__words_short(char out[REEL_WORDS], double value);   /* on axes: "25k", "1.5M" */
const char *reel__words_rating(char out[REEL_WORDS], double rating); /* "4", "3.5" */
const char *reel__words_cell(char out[REEL_WORDS], const reel_sheet *sheet, size_t row, int column);

/* The same for one use within an expression. */
#define REEL_COUNT(n)  reel__words_count((char[REEL_WORDS]){0}, (double)(n))
#define REEL_SHARE(s)  reel__words_share((char[REEL_WORDS]){0}, (s))
#define REEL_REAL(v)   reel__words_real((char[REEL_WORDS]){0}, (v))
#define REEL_RATING(r) reel__words_rating((char[REEL_WORDS]){0}, (r))
/* "s" where there is not just one. */
#define REEL_PLURAL(n) ((n) == 1 ? "" : "s")

/* Days since 1970 <-> a date of the Gregorian calendar. */
typedef struct reel_date {
    int year, month, day;
} reel_date;
reel_date reel__date_of(int64_t days);
int64_t reel__date_days(reel_date date);
const char *reel__words_month(int month); /* 1 .. 12: "April" */

/* Text for XML and HTML: escaped, without what XML forbids. */
void reel__words_escape(reel_buf *out, const char *text);

#endif
