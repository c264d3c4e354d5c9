/* sheet.c - see sheet.h. */
#include "report/sheet.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"

enum { CELLS_FIRST = 64, DIGITS = 40 };

void reel__sheet_init(reel_sheet *sheet, const reel_sheet_column *columns, int count)
{
    assert(count > 0 && count <= REEL_SHEET_COLUMNS);
    *sheet = (reel_sheet){.column = columns, .columns = count};
}

void reel__sheet_fini(reel_sheet *sheet)
{
    for (size_t i = 0; i < sheet->filled; i++)
        if (sheet->column[i % (size_t)sheet->columns].kind == REEL_SHEET_TEXT)
            reel__free(sheet->cells[i].text);
    reel__free(sheet->cells);
    *sheet = (reel_sheet){0};
}

static union reel_sheet_cell *next_cell(reel_sheet *sheet)
{
    if (!sheet->failed && sheet->filled == sheet->capacity) {
        const size_t capacity = sheet->capacity > 0 ? 2 * sheet->capacity : CELLS_FIRST;
        void *cells = reel__realloc_array(sheet->cells, capacity, sizeof *sheet->cells);

        sheet->failed = cells == NULL;
        if (cells != NULL) {
            sheet->cells = cells;
            sheet->capacity = capacity;
        }
    }
    return sheet->failed ? NULL : &sheet->cells[sheet->filled];
}

static reel_sheet_kind next_kind(const reel_sheet *sheet)
{
    return sheet->column[sheet->filled % (size_t)sheet->columns].kind;
}

void reel__sheet_put_text(reel_sheet *sheet, const char *text)
{
    union reel_sheet_cell *cell = next_cell(sheet);

    if (cell == NULL)
        return;
    assert(next_kind(sheet) == REEL_SHEET_TEXT);
    cell->text = reel__strdup(text);
    if (cell->text == NULL)
        sheet->failed = true;
    else
        sheet->filled++;
}

void reel__sheet_put(reel_sheet *sheet, double number)
{
    union reel_sheet_cell *cell = next_cell(sheet);

    if (cell == NULL)
        return;
    assert(next_kind(sheet) != REEL_SHEET_TEXT);
    cell->number = number;
    sheet->filled++;
}

reel_code reel__sheet_check(const reel_sheet *sheet, reel_err *err)
{
    if (sheet->failed)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for a table of %zu rows",
                         reel__sheet_rows(sheet));
    return REEL_OK;
}

size_t reel__sheet_rows(const reel_sheet *sheet)
{
    return sheet->columns > 0 ? sheet->filled / (size_t)sheet->columns : 0;
}

double reel__sheet_number(const reel_sheet *sheet, size_t row, int column)
{
    assert(sheet->column[column].kind != REEL_SHEET_TEXT && row < reel__sheet_rows(sheet));
    return sheet->cells[row * (size_t)sheet->columns + (size_t)column].number;
}

const char *reel__sheet_text(const reel_sheet *sheet, size_t row, int column)
{
    assert(sheet->column[column].kind == REEL_SHEET_TEXT && row < reel__sheet_rows(sheet));
    return sheet->cells[row * (size_t)sheet->columns + (size_t)column].text;
}

float reel__sheet_brief(double number)
{
    char text[DIGITS];

    (void)snprintf(text, sizeof text, "%.6g", number);
    return strtof(text, NULL);
}
