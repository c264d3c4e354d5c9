/* report_table.c - see report_table.h. */
#include "cli/report_table.h"

#include <math.h>
#include <stdio.h>

#include "cli/commands.h"

enum { BAR = 20, EIGHTHS = 8 };

/* ---- values -------------------------------------------------------------------------------- */

int64_t reel__report_count(const json_t *item, const char *key)
{
    return json_integer_value(json_object_get(item, key));
}

double reel__report_real(const json_t *item, const char *key)
{
    const json_t *value = json_object_get(item, key);

    return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

/* To an eighth of a cell. */
const char *reel__report_bar(char *out, double share)
{
    static const char *const parts[EIGHTHS] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    const int eighths = isnan(share) ? 0 : (int)lround(fmin(share, 1) * BAR * EIGHTHS);
    size_t used = 0;

    out[0] = '\0';
    for (int i = 0; i < eighths / EIGHTHS; i++)
        used += (size_t)snprintf(out + used, REEL_REPORT_TEXT - used, "█");
    (void)snprintf(out + used, REEL_REPORT_TEXT - used, "%s", parts[eighths % EIGHTHS]);
    return out;
}

const char *reel__report_percent(char *out, double share)
{
    if (isnan(share))
        (void)snprintf(out, REEL_REPORT_TEXT, "–");
    else
        (void)snprintf(out, REEL_REPORT_TEXT, "%.2f %%", share * 100);
    return out;
}

const char *reel__report_interval(char *out, const json_t *rate)
{
    if (isnan(reel__report_real(rate, "low")))
        (void)snprintf(out, REEL_REPORT_TEXT, "–");
    else
        (void)snprintf(out, REEL_REPORT_TEXT, "%.2f to %.2f %%",
                       reel__report_real(rate, "low") * 100, reel__report_real(rate, "high") * 100);
    return out;
}

const char *reel__report_points(char *out, const json_t *change)
{
    if (isnan(reel__report_real(change, "rate")))
        (void)snprintf(out, REEL_REPORT_TEXT, "–");
    else
        (void)snprintf(out, REEL_REPORT_TEXT, "%+.2f points (%+.2f to %+.2f)",
                       reel__report_real(change, "rate") * 100,
                       reel__report_real(change, "low") * 100,
                       reel__report_real(change, "high") * 100);
    return out;
}

/* ---- tables: a row for each item ------------------------------------------------------------ */

static double value_of(const json_t *item, const reel_report_column *c)
{
    return c->part == NULL ? reel__report_real(item, c->key)
                           : reel__report_real(json_object_get(item, c->key), c->part);
}

reel_code reel__report_put_text(reel_table *table, const reel_report_cell *c, reel_err *err)
{
    return reel__table_cell(table, err, "%s", reel__text_of(c->item, c->column->key));
}

reel_code reel__report_put_count(reel_table *table, const reel_report_cell *c, reel_err *err)
{
    const char *part = c->column->part;
    const json_t *of = part == NULL ? c->item : json_object_get(c->item, c->column->key);
    char text[REEL_COUNT_TEXT];

    if (!json_is_object(of))
        return reel__table_cell(table, err, "–");
    return reel__table_cell(
        table, err, "%s",
        reel__term_count(text, reel__report_count(of, part == NULL ? c->column->key : part)));
}

reel_code reel__report_put_percent(reel_table *table, const reel_report_cell *c, reel_err *err)
{
    char text[REEL_REPORT_TEXT];

    return reel__table_cell(table, err, "%s",
                            reel__report_percent(text, value_of(c->item, c->column)));
}

reel_code reel__report_put_real(reel_table *table, const reel_report_cell *c, reel_err *err)
{
    const double value = value_of(c->item, c->column);

    return isnan(value) ? reel__table_cell(table, err, "–")
                        : reel__table_cell(table, err, "%.*f", c->column->decimals, value);
}

reel_code reel__report_put_interval(reel_table *table, const reel_report_cell *c, reel_err *err)
{
    char text[REEL_REPORT_TEXT];

    return reel__table_cell(table, err, "%s",
                            reel__report_interval(text, json_object_get(c->item, c->column->key)));
}

reel_code reel__report_put_points(reel_table *table, const reel_report_cell *c, reel_err *err)
{
    char text[REEL_REPORT_TEXT];

    return reel__table_cell(table, err, "%s",
                            reel__report_points(text, json_object_get(c->item, c->column->key)));
}

reel_code reel__report_put_bar(reel_table *table, const reel_report_cell *c, reel_err *err)
{
    char text[REEL_REPORT_TEXT];

    return reel__table_cell(
        table, err, "%s",
        reel__report_bar(text, c->most > 0 ? value_of(c->item, c->column) / c->most : 0));
}

double reel__report_largest(const json_t *items, const reel_report_column *c)
{
    double most = 0;

    for (size_t i = 0; i < json_array_size(items); i++) {
        const double value = value_of(json_array_get(items, i), c);

        most = value > most ? value : most;
    }
    return most;
}

reel_code reel__report_table(const json_t *report, const reel_report_column *columns, size_t count,
                             reel_err *err)
{
    const json_t *items = json_object_get(report, "items");
    const char *headings[REEL_REPORT_COLUMNS];
    double most[REEL_REPORT_COLUMNS];
    reel_table *table = NULL;
    reel_code rc = REEL_OK;

    for (size_t k = 0; k < count; k++) {
        headings[k] = columns[k].heading;
        most[k] =
            columns[k].put == reel__report_put_bar ? reel__report_largest(items, &columns[k]) : 0;
    }
    REEL_TRY(reel__table_new(&table, headings, (int)count, err));
    for (size_t i = 0; i < json_array_size(items); i++)
        for (size_t k = 0; k < count; k++)
            REEL_TRY(columns[k].put(table,
                                    &(reel_report_cell){report, items, json_array_get(items, i), i,
                                                        &columns[k], most[k]},
                                    err));
    reel__table_print(table);
out:
    reel__table_free(table);
    return rc;
}
