/* report/sheet.h - a small table: what an analysis answers, what a chart draws, what becomes CSV.
 * A cell that cannot be filled for want of memory marks the sheet; check once at the end.
 * Layer: report. Threads: one thread at a time.
 */
#ifndef REEL_REPORT_SHEET_H
#define REEL_REPORT_SHEET_H

#include <stdbool.h>
#include <stddef.h>

#include "reel/err.h"

typedef enum reel_sheet_kind {
    REEL_SHEET_TEXT,
    REEL_SHEET_NUMBER, /* a whole number: "1,234" */
    REEL_SHEET_PLAIN,  /* a whole number that is no count, such as a year or an id: "1994" */
    REEL_SHEET_REAL,   /* "3.58" */
    REEL_SHEET_STARS,  /* a rating that someone gave: "4", "3.5" */
    REEL_SHEET_SHARE   /* 0 .. 1: "12.5 %" */
} reel_sheet_kind;

typedef struct reel_sheet_column {
    const char *name;    /* in the first line of a CSV: "mean_rating" */
    const char *heading; /* for people: "Mean rating" */
    reel_sheet_kind kind;
} reel_sheet_column;

enum { REEL_SHEET_COLUMNS = 8 };

typedef struct reel_sheet {
    const reel_sheet_column *column; /* [columns], borrowed */
    int columns;
    size_t filled, capacity; /* cells */
    union reel_sheet_cell {
        double number; /* NaN = empty */
        char *text;
    } * cells;
    bool failed;
} reel_sheet;

void reel__sheet_init(reel_sheet *sheet, const reel_sheet_column *columns, int count);
void reel__sheet_fini(reel_sheet *sheet); /* a zeroed one is fine */
/* The next cell, row by row; the kind must be that of its column. */
void reel__sheet_put_text(reel_sheet *sheet, const char *text);
void reel__sheet_put(reel_sheet *sheet, double number);
REEL_MUST_USE reel_code reel__sheet_check(const reel_sheet *sheet, reel_err *err);

size_t reel__sheet_rows(const reel_sheet *sheet);
double reel__sheet_number(const reel_sheet *sheet, size_t row, int column);
const char *reel__sheet_text(const reel_sheet *sheet, size_t row, int column);
/* A share or a mean as it is told in files and answers: six digits. More would be noise. */
float reel__sheet_brief(double number);

#endif
