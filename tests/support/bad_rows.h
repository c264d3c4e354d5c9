/* tests/support/bad_rows.h - collects what a reader reports. Threads: no state. */
#ifndef TESTS_SUPPORT_BAD_ROWS_H
#define TESTS_SUPPORT_BAD_ROWS_H

#include <stdio.h>

#include "data/readers.h"

enum { BAD_ROWS = 32, BAD_ROW_TEXT = 512 };

typedef struct bad_rows {
    int count;
    long line[BAD_ROWS];
    char reason[BAD_ROWS][BAD_ROW_TEXT];
    char text[BAD_ROWS][BAD_ROW_TEXT];
} bad_rows;

static inline void bad_rows_take(void *user, const reel_bad_row *row)
{
    bad_rows *all = user;

    if (all->count < BAD_ROWS) {
        all->line[all->count] = (long)row->line;
        (void)snprintf(all->reason[all->count], BAD_ROW_TEXT, "%s", row->reason);
        (void)snprintf(all->text[all->count], BAD_ROW_TEXT, "%s", row->text);
    }
    all->count++;
}

#endif
