/* table.c - tables on a terminal. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "cli/term.h"

enum { CELL_MAX = 600, CELLS_MAX = 1 << 20, GAP = 2, NARROWEST = 16 };

struct reel_table {
    int columns;
    char **cells; /* row-major, the headings first */
    size_t count, capacity;
};

static reel_code add_cell(reel_table *table, const char *text, reel_err *err)
{
    if (table->count == table->capacity) {
        const size_t capacity = table->capacity == 0 ? 64 : table->capacity * 2;
        char **grown = capacity > CELLS_MAX
                           ? NULL
                           : reel__realloc_array(table->cells, capacity, sizeof *grown);
        if (grown == NULL)
            return reel_fail(err, REEL_E_NOMEM, "no memory for a table of %zu cells", capacity);
        table->cells = grown;
        table->capacity = capacity;
    }
    table->cells[table->count] = reel__strdup(text);
    if (table->cells[table->count] == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for a table cell");
    table->count++;
    return REEL_OK;
}

reel_code reel__table_new(reel_table **out, const char *const *headings, int columns, reel_err *err)
{
    reel_table *table = reel__alloc_zero(1, sizeof *table);
    reel_code rc = REEL_OK;

    *out = NULL;
    if (table == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for a table");
    table->columns = columns;
    for (int i = 0; i < columns && rc == REEL_OK; i++)
        rc = add_cell(table, headings[i], err);
    if (rc == REEL_OK)
        *out = table;
    else
        reel__table_free(table);
    return rc;
}

reel_code reel__table_cell(reel_table *table, reel_err *err, const char *format, ...)
{
    char text[CELL_MAX];
    va_list arguments;
    int written;

    va_start(arguments, format);
    written = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (written < 0)
        text[0] = '\0';
    text[reel__utf8_cut(text, strlen(text), sizeof text - 4)] = '\0';
    return add_cell(table, text, err);
}

static bool stands_right(const reel_table *table, size_t column)
{
    return table->cells[column][0] == '>';
}

static const char *cell_text(const reel_table *table, size_t index)
{
    const char *text = table->cells[index];

    return index < (size_t)table->columns && text[0] == '>' ? text + 1 : text;
}

static int screen_width(void)
{
    struct winsize size;

    if (isatty(STDOUT_FILENO) == 1 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
        size.ws_col > 0)
        return size.ws_col;
    return isatty(STDOUT_FILENO) == 1 ? 80 : 1000;
}

/* Columns take what they need; while the row is too wide, the widest gives way. */
static void fit_widths(const reel_table *table, int *widths)
{
    int total = GAP * (table->columns - 1);
    const int screen = screen_width();

    memset(widths, 0, sizeof *widths * REEL_COLUMNS_MAX);
    for (size_t i = 0; i < table->count; i++) {
        const char *text = cell_text(table, i);
        const int width = reel__utf8_width(text, strlen(text));
        int *column = &widths[i % (size_t)table->columns];
        *column = width > *column ? width : *column;
    }
    for (int i = 0; i < table->columns; i++)
        total += widths[i];
    for (; total > screen; total--) {
        int widest = 0;
        for (int i = 1; i < table->columns; i++)
            widest = widths[i] > widths[widest] ? i : widest;
        if (widths[widest] <= NARROWEST)
            return;
        widths[widest]--;
    }
}

/* Bytes of text that fit into width columns, leaving one for the ellipsis when it is cut. */
static size_t cut_to(const char *text, int width, bool *cut)
{
    size_t length = strlen(text);

    *cut = reel__utf8_width(text, length) > width;
    while (*cut && length > 0 && reel__utf8_width(text, length) > width - 1)
        length = reel__utf8_cut(text, length, length - 1);
    return length;
}

static void print_cell(const reel_table *table, size_t index, int width)
{
    const size_t column = index % (size_t)table->columns;
    const char *text = cell_text(table, index);
    const bool last = column + 1 == (size_t)table->columns;
    const bool empty_end =
        column + 2 == (size_t)table->columns && cell_text(table, index + 1)[0] == '\0';
    const bool right = stands_right(table, column);
    bool cut;
    const size_t length = cut_to(text, width, &cut);
    const int blanks = width - reel__utf8_width(text, length) - (cut ? 1 : 0);

    reel__term_print("%*s%.*s%s", right ? blanks : 0, "", (int)length, text, cut ? "…" : "");
    if (last)
        reel__term_print("\n");
    else if (!empty_end)
        reel__term_print("%*s", (right ? 0 : blanks) + GAP, "");
}

void reel__table_print(const reel_table *table)
{
    int widths[REEL_COLUMNS_MAX];
    const size_t columns = (size_t)table->columns;

    if (columns == 0)
        return;
    fit_widths(table, widths);
    reel__term_print("%s", reel__term_dim());
    for (size_t i = 0; i < table->count; i++) {
        if (i == columns)
            reel__term_print("%s", reel__term_plain());
        print_cell(table, i, widths[i % columns]);
    }
    if (table->count == columns)
        reel__term_print("%s", reel__term_plain());
}

void reel__table_free(reel_table *table)
{
    if (table == NULL)
        return;
    for (size_t i = 0; i < table->count; i++)
        reel__free(table->cells[i]);
    reel__free(table->cells);
    reel__free(table);
}
