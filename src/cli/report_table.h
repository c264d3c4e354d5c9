/* cli/report_table.h - numbers of a report as text, and tables with a row for each of its items.
 * Layer: cli. Threads: the main thread only.
 */
#ifndef REEL_CLI_REPORT_TABLE_H
#define REEL_CLI_REPORT_TABLE_H

#include "base/json.h"
#include "cli/term.h"

enum { REEL_REPORT_TEXT = 96 };

/* 0 where there is none. */
int64_t reel__report_count(const json_t *item, const char *key);
/* NaN where it is null. */
double reel__report_real(const json_t *item, const char *key);

/* Into out [REEL_REPORT_TEXT], which is returned: "3.50 %", "3.41 to 3.59 %" of an object with low
 * and high, "+0.21 points (-0.10 to +0.52)" of one with rate too, a bar for a share from 0 to 1; a
 * dash where there is no number. */
const char *reel__report_percent(char *out, double share);
const char *reel__report_interval(char *out, const json_t *rate);
const char *reel__report_points(char *out, const json_t *change);
const char *reel__report_bar(char *out, double share);

typedef struct reel_report_column reel_report_column;

typedef struct reel_report_cell {
    const json_t *report, *items, *item;
    size_t at; /* of the item */
    const reel_report_column *column;
    double most; /* of the column, for bars */
} reel_report_cell;

struct reel_report_column {
    const char *heading; /* with '>' before it: to the right */
    reel_code (*put)(reel_table *table, const reel_report_cell *cell, reel_err *err);
    const char *key, *part; /* part: of an object, such as a rate; or NULL */
    int decimals;           /* of put_real */
};

/* What a column may put: the text, number or object that an item has under its key. A rate or an
 * interval that is null is a dash, and so is a count of an object that is none. Errors: E_NOMEM. */
reel_code reel__report_put_text(reel_table *table, const reel_report_cell *cell, reel_err *err);
reel_code reel__report_put_count(reel_table *table, const reel_report_cell *cell, reel_err *err);
reel_code reel__report_put_percent(reel_table *table, const reel_report_cell *cell, reel_err *err);
reel_code reel__report_put_real(reel_table *table, const reel_report_cell *cell, reel_err *err);
reel_code reel__report_put_interval(reel_table *table, const reel_report_cell *cell, reel_err *err);
reel_code reel__report_put_points(reel_table *table, const reel_report_cell *cell, reel_err *err);
reel_code reel__report_put_bar(reel_table *table, const reel_report_cell *cell, reel_err *err);

/* The largest value of a column; 0 for none. */
double reel__report_largest(const json_t *items, const reel_report_column *column);
/* Print the report's items; columns [count], REEL_REPORT_COLUMNS at most. Errors: E_NOMEM. */
enum { REEL_REPORT_COLUMNS = 8 };
REEL_MUST_USE reel_code reel__report_table(const json_t *report, const reel_report_column *columns,
                                           size_t count, reel_err *err);

#endif
