/* csv_write.c - writing CSV rows. */
#include "service/files/csv_write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

enum { ROW_MOST = 1 << 26, GATHER_BYTES = 1 << 15, NUMBER_TEXT = 32 };

reel_code reel__csv_open(reel_csv_writer *out, const char *folder, const char *name,
                         const char *header, reel_err *err)
{
    char *path = folder != NULL ? reel__path_join(folder, name) : reel__strdup(name);
    reel_code rc = REEL_OK;

    *out = (reel_csv_writer){0};
    reel__buf_init(&out->row, ROW_MOST);
    if (path == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory to write %s", name);
    REEL_TRY(reel__file_writer_open(&out->file, path, err));
    reel__buf_text(&out->row, header);
    reel__buf_char(&out->row, '\n');
out:
    reel__free(path);
    return rc;
}

void reel__csv_begin(reel_csv_writer *out, const char *header)
{
    *out = (reel_csv_writer){0};
    reel__buf_init(&out->row, ROW_MOST);
    reel__buf_text(&out->row, header);
    reel__buf_char(&out->row, '\n');
}

static void separate(reel_csv_writer *csv)
{
    if (csv->comma)
        reel__buf_char(&csv->row, ',');
    csv->comma = true;
}

static void put_field(reel_csv_writer *csv, const char *before, const char *text)
{
    separate(csv);
    if (text[strcspn(text, ",\"\r\n")] == '\0') {
        reel__buf_text(&csv->row, before);
        reel__buf_text(&csv->row, text);
        return;
    }
    reel__buf_char(&csv->row, '"');
    reel__buf_text(&csv->row, before);
    while (*text != '\0') {
        const size_t plain = strcspn(text, "\"");

        reel__buf_append(&csv->row, text, plain);
        text += plain;
        if (*text == '"') {
            reel__buf_text(&csv->row, "\"\"");
            text++;
        }
    }
    reel__buf_char(&csv->row, '"');
}

void reel__csv_text(reel_csv_writer *csv, const char *text)
{
    put_field(csv, "", text);
}

void reel__csv_cell(reel_csv_writer *csv, const char *text)
{
    const bool formula = text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL;

    put_field(csv, formula ? "'" : "", text);
}

void reel__csv_int(reel_csv_writer *csv, int64_t value)
{
    char digits[NUMBER_TEXT];
    size_t at = sizeof digits;
    uint64_t left = value < 0 ? -(uint64_t)value : (uint64_t)value;

    separate(csv);
    do {
        digits[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (value < 0)
        digits[--at] = '-';
    reel__buf_append(&csv->row, digits + at, sizeof digits - at);
}

void reel__csv_real(reel_csv_writer *csv, float value)
{
    char text[NUMBER_TEXT];

    if (value >= 0 && value < 1000 && value * 2 == (float)(int)(value * 2)) {
        reel__csv_int(csv, (int64_t)value);
        if (value != (float)(int)value)
            reel__buf_text(&csv->row, ".5");
        return;
    }
    separate(csv);
    (void)snprintf(text, sizeof text, "%.6g", (double)value);
    if (strtof(text, NULL) != value)
        (void)snprintf(text, sizeof text, "%.9g", (double)value);
    reel__buf_text(&csv->row, text);
}

reel_code reel__csv_end_row(reel_csv_writer *csv, reel_err *err)
{
    reel_code rc = REEL_OK;

    reel__buf_char(&csv->row, '\n');
    csv->comma = false;
    REEL_TRY(reel__buf_check(&csv->row, err));
    if (csv->file != NULL && csv->row.length >= GATHER_BYTES) {
        REEL_TRY(reel__file_writer_write(csv->file, csv->row.data, csv->row.length, err));
        reel__buf_clear(&csv->row);
    }
out:
    return rc;
}

reel_code reel__csv_commit(reel_csv_writer *csv, reel_err *err)
{
    reel_file_writer *file = csv->file;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__buf_check(&csv->row, err));
    REEL_TRY(reel__file_writer_write(file, csv->row.data, csv->row.length, err));
    csv->file = NULL;
    REEL_TRY(reel__file_writer_commit(file, err));
out:
    reel__csv_abort(csv);
    return rc;
}

void reel__csv_abort(reel_csv_writer *csv)
{
    reel__file_writer_abort(csv->file);
    reel__buf_fini(&csv->row);
    *csv = (reel_csv_writer){0};
}
