/* Unit tests of the CSV rows: quotes, line ends, and what a malformed row costs. */
#include "data/csv_priv.h"
#include "support/check.h"
#include "support/temp.h"

enum { JOINED = 4096 };

/* All rows as text: fields in brackets, rows on lines, faults as words. */
static void read_all(char out[JOINED], const char *text)
{
    reel_rows rows;
    reel_csv csv;
    size_t at = 0;
    reel_err err;

    out[0] = '\0';
    assert_ok(reel__rows_open(&rows, temp_write("rows.csv", text), "test", NULL, &err));
    reel__csv_init(&csv, &rows);
    while (reel__csv_next(&csv)) {
        assert_ok(reel__buf_check(&csv.unquoted, &err));
        at += (size_t)snprintf(out + at, JOINED - at, "%d:", (int)rows.line);
        if (csv.fault != NULL)
            at += (size_t)snprintf(out + at, JOINED - at, "%s", csv.fault);
        else
            for (int i = 0; i < csv.count; i++)
                at += (size_t)snprintf(out + at, JOINED - at, "[%.*s]", (int)csv.field[i].length,
                                       csv.field[i].text);
        at += (size_t)snprintf(out + at, JOINED - at, "\n");
    }
    reel__csv_fini(&csv);
    reel__rows_close(&rows);
}

static void test_rows(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"a,b,c\n", "1:[a][b][c]\n"},
        {"a,b,c", "1:[a][b][c]\n"},
        {"a,b\r\nc,d\r\n", "1:[a][b]\n2:[c][d]\n"},
        {"a,,c,\n", "1:[a][][c][]\n"},
        {"1,\"Matrix, The (1999)\",x\n", "1:[1][Matrix, The (1999)][x]\n"},
        {"1,\"say \"\"hi\"\", you\",\"\"\"\"\n", "1:[1][say \"hi\", you][\"]\n"},
        {"\"\",\"\"\n", "1:[][]\n"},
        {"7\" single,x\n", "1:[7\" single][x]\n"}, /* a quote inside is a character */
        {"\"two\nlines\",b\nc,d\n", "1:[two\nlines][b]\n3:[c][d]\n"},
        {"\"two\r\nlines\"\r\nc,d\r\n", "1:[two\r\nlines]\n3:[c][d]\n"},
        {"a,\"end", "1:a quote is not closed\n"},
        {"\"open,1\nb,2\nc,3\n", "1:a quote is not closed\n2:[b][2]\n3:[c][3]\n"},
        {"\"a\"x,b\nc,d\n", "1:there is text after a closing quote\n2:[c][d]\n"},
        {"\n\n a ,b\n", "3:[ a ][b]\n"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char joined[JOINED];

        read_all(joined, cases[i][0]);
        assert_string_equal(joined, cases[i][1]);
    }
}

static void test_an_open_quote_does_not_swallow_the_file(void **state)
{
    (void)state;
    char text[2048] = "1,\"never closed\n", joined[JOINED];

    for (int i = 2; i <= 40; i++)
        (void)snprintf(text + strlen(text), 16, "%d,x\n", i);
    (void)snprintf(text + strlen(text), 16, "41,\"y\"\n");
    read_all(joined, text);
    assert_non_null(strstr(joined, "1:a quote is not closed\n2:[2][x]\n"));
    assert_non_null(strstr(joined, "41:[41][y]\n"));
}

static void test_more_fields_than_are_kept(void **state)
{
    (void)state;
    reel_rows rows;
    reel_csv csv;
    reel_err err;

    assert_ok(reel__rows_open(&rows,
                              temp_write("wide.csv", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,"
                                                     "16,17,18,19,20,"
                                                     "21,22,23,24,25,26\n"),
                              "test", NULL, &err));
    reel__csv_init(&csv, &rows);
    assert_true(reel__csv_next(&csv));
    assert_null(csv.fault);
    assert_int_equal(csv.count, 26);
    assert_memory_equal(csv.field[CSV_FIELDS - 1].text, "24", 2);
    assert_false(reel__csv_next(&csv));
    reel__csv_fini(&csv);
    reel__rows_close(&rows);
}

static void test_a_line_too_long(void **state)
{
    (void)state;
    const size_t size = ROWS_LINE_MAXIMUM + 100;
    char *text = malloc(size + 16);
    reel_rows rows;
    reel_csv csv;
    reel_err err;

    assert_non_null(text);
    memset(text, 'x', size);
    memcpy(text + size, "\na,b\n", 6);
    assert_ok(reel__rows_open(&rows, temp_write("long.csv", text), "test", NULL, &err));
    reel__csv_init(&csv, &rows);
    assert_true(reel__csv_next(&csv));
    assert_string_equal(csv.fault, "the line is too long");
    assert_true(reel__csv_next(&csv));
    assert_null(csv.fault);
    assert_int_equal(csv.count, 2);
    reel__csv_fini(&csv);
    reel__rows_close(&rows);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_an_open_quote_does_not_swallow_the_file),
        cmocka_unit_test(test_more_fields_than_are_kept),
        cmocka_unit_test(test_a_line_too_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
