/* Unit tests of the rating list readers: every shape, and every way a file can be wrong. */
#include "data/readers.h"
#include "support/bad_rows.h"
#include "support/check.h"
#include "support/temp.h"

/* One row that is given and why it is not used. */
typedef struct bad_case {
    const char *row, *reason;
} bad_case;

static reel_code read_text(reel_ratings *out, const char *name, const char *text, bad_rows *bad,
                           reel_err *err)
{
    const reel_read_opts opts = {.bad_row = bad == NULL ? NULL : bad_rows_take, .user = bad};

    return reel__read_ratings(out, temp_write(name, text), &opts, NULL, err);
}

static void assert_rating(const reel_rating *rating, int64_t person, int64_t movie, double value,
                          int64_t time)
{
    if (rating->person != person || rating->movie != movie || rating->value != (float)value ||
        rating->time != time)
        fail_msg("%lld %lld %g %lld", (long long)rating->person, (long long)rating->movie,
                 (double)rating->value, (long long)rating->time);
}

static int print_row(char *out, long long person, long long movie, const char *value,
                     long long time, const char *end)
{
    return snprintf(out, 96, "%lld::%lld::%s::%lld%s", person, movie, value, time, end);
}

/* ---- shapes -------------------------------------------------------------------------------- */

static void test_dat(void **state)
{
    (void)state;
    reel_ratings ratings;
    reel_err err;

    assert_ok(read_text(&ratings, "ratings.dat", "1::1193::5::978300760\n1::661::3.5::978302109\n",
                        NULL, &err));
    assert_int_equal(ratings.count, 2);
    assert_rating(&ratings.items[0], 1, 1193, 5.0, 978300760);
    assert_rating(&ratings.items[1], 1, 661, 3.5, 978302109);
    reel__ratings_fini(&ratings);
    assert_null(ratings.items);
}

static void test_u_data(void **state)
{
    (void)state;
    reel_ratings ratings;
    bad_rows bad = {0};
    reel_err err;

    assert_ok(read_text(&ratings, "u.data", "196\t242\t3\t881250949\n186\t302\t0.5\t891717742\n",
                        &bad, &err));
    assert_int_equal(ratings.count, 1);
    assert_rating(&ratings.items[0], 196, 242, 3.0, 881250949);
    assert_non_null(strstr(bad.reason[0], "outside the scale 1 to 5"));
    reel__ratings_fini(&ratings);
}

static void test_movielens_csv(void **state)
{
    (void)state;
    reel_ratings ratings;
    bad_rows bad = {0};
    reel_err err;

    assert_ok(read_text(&ratings, "ratings.csv",
                        "userId,movieId,rating,timestamp\r\n1,31,2.5,1260759144\r\n"
                        "1,1029,9,1260759179\r\n",
                        &bad, &err));
    assert_int_equal(ratings.count, 1);
    assert_rating(&ratings.items[0], 1, 31, 2.5, 1260759144);
    assert_int_equal(bad.line[0], 3);
    assert_string_equal(bad.reason[0], "rating 9 is outside the scale 0.5 to 5");
    reel__ratings_fini(&ratings);
}

static void test_plain_lists(void **state)
{
    (void)state;
    reel_ratings ratings;
    reel_err err;

    assert_ok(read_text(&ratings, "two.tsv", "7\t8\n9\t10\n", NULL, &err));
    assert_int_equal(ratings.count, 2);
    assert_rating(&ratings.items[1], 9, 10, 1.0, 0);
    reel__ratings_fini(&ratings);
    assert_ok(
        read_text(&ratings, "three.csv", "user,item,rating\n7,8,-97.25\n7,9,1e3\n", NULL, &err));
    assert_int_equal(ratings.count, 2);
    assert_rating(&ratings.items[0], 7, 8, -97.25, 0);
    assert_rating(&ratings.items[1], 7, 9, 1000.0, 0);
    reel__ratings_fini(&ratings);
    assert_ok(read_text(&ratings, "four.tsv",
                        "\xEF\xBB\xBF"
                        "7\t8\t10\t5\n\n  \n7\t9\t4\t6",
                        NULL, &err));
    assert_int_equal(ratings.count, 2);
    assert_rating(&ratings.items[0], 7, 8, 10.0, 5);
    assert_rating(&ratings.items[1], 7, 9, 4.0, 6);
    reel__ratings_fini(&ratings);
    assert_ok(read_text(&ratings, "quoted.csv", "\"7\", \"8\" ,\"4.5\"\n", NULL, &err));
    assert_rating(&ratings.items[0], 7, 8, 4.5, 0);
    reel__ratings_fini(&ratings);
}

static void test_scale_given_by_the_caller(void **state)
{
    (void)state;
    const reel_read_opts opts = {.scale_min = 0.0, .scale_max = 10.0};
    reel_read_report report;
    reel_ratings ratings;
    reel_err err;

    assert_ok(reel__read_ratings(&ratings, temp_write("scale.csv", "1,2,10\n1,3,11\n1,4,-1\n"),
                                 &opts, &report, &err));
    assert_int_equal(ratings.count, 1);
    assert_int_equal(report.rows, 1);
    assert_int_equal(report.bad_rows, 2);
    reel__ratings_fini(&ratings);
}

/* ---- long files: the fast path ------------------------------------------------------------- */

enum { LONG_ROWS = 2000 };

/* Rows with every kind of number and both line ends; to be freed. */
static char *long_list(void)
{
    static const char *const values[] = {"5", "0.5", "3.5", "4.0", "5.0", "3.50", "1e0", "+2"};
    char *text = malloc((size_t)LONG_ROWS * 96);
    size_t at = 0;

    assert_non_null(text);
    for (int i = 0; i < LONG_ROWS; i++) {
        const long long id = i % 7 == 0 ? 12345678901LL + i : i % 9999;

        at += (size_t)print_row(text + at, id, i % 3 == 0 ? 123456789LL : i, values[i % 8],
                                1000000LL * (i % 5 == 0 ? i * 1000000LL : i),
                                i % 2 == 0 ? "\n" : "\r\n");
    }
    return text;
}

static void assert_same_alone(const reel_rating *rating, const char *line, size_t length)
{
    reel_ratings alone;
    reel_err err;

    assert_ok(
        reel__read_ratings(&alone, temp_write_bytes("one.dat", line, length), NULL, NULL, &err));
    assert_int_equal(alone.count, 1);
    assert_rating(rating, alone.items[0].person, alone.items[0].movie, (double)alone.items[0].value,
                  alone.items[0].time);
    reel__ratings_fini(&alone);
}

/* As the careful path reads each line alone, the fast path must read them all. */
static void test_fast_and_careful_paths_agree(void **state)
{
    (void)state;
    char *text = long_list();
    const char *line = text;
    reel_ratings all;
    reel_err err;

    assert_ok(read_text(&all, "long.dat", text, NULL, &err));
    assert_int_equal(all.count, LONG_ROWS);
    for (size_t i = 0; i < LONG_ROWS; i++) {
        const size_t length = strcspn(line, "\n") + 1;

        if (i % 19 == 0)
            assert_same_alone(&all.items[i], line, length);
        line += length;
    }
    reel__ratings_fini(&all);
    free(text);
}

static void test_bad_rows_among_many_good_ones(void **state)
{
    (void)state;
    enum { ROWS = 5000 };
    char *text = malloc((size_t)ROWS * 40);
    bad_rows bad = {0};
    reel_ratings ratings;
    reel_read_report report;
    const reel_read_opts opts = {.bad_row = bad_rows_take, .user = &bad};
    size_t at = 0;
    reel_err err;

    assert_non_null(text);
    for (int i = 0; i < ROWS; i++)
        at += (size_t)print_row(text + at, 1 + i / 50, i, i % 1000 == 500 ? "nan" : "4",
                                978300000 + i, "\n");
    assert_ok(reel__read_ratings(&ratings, temp_write("mixed.dat", text), &opts, &report, &err));
    assert_int_equal(report.rows, ROWS - 5);
    assert_int_equal(report.bad_rows, 5);
    assert_int_equal(ratings.count, ROWS - 5);
    assert_int_equal(bad.count, 5);
    assert_int_equal(bad.line[0], 501);
    assert_int_equal(bad.line[4], 4501);
    assert_string_equal(bad.reason[0], "rating \"nan\" is not a number");
    assert_rating(&ratings.items[500], 11, 501, 4.0, 978300501);
    reel__ratings_fini(&ratings);
    free(text);
}

static void test_only_twenty_bad_rows_are_reported(void **state)
{
    (void)state;
    char text[4096] = "1::1::5::1\n";
    size_t at = strlen(text);
    bad_rows bad = {0};
    reel_read_report report;
    const reel_read_opts opts = {.bad_row = bad_rows_take, .user = &bad};
    reel_ratings ratings;
    reel_err err;

    for (int i = 0; i < 50; i++)
        at += (size_t)print_row(text + at, i, i, "x", i, "\n");
    assert_ok(reel__read_ratings(&ratings, temp_write("many.dat", text), &opts, &report, &err));
    assert_int_equal(bad.count, 20);
    assert_int_equal(report.bad_rows, 50);
    reel__ratings_fini(&ratings);
}

/* The mapping of such a file ends where its last page does: a step past the end would crash. */
static void test_a_file_that_fills_its_pages(void **state)
{
    (void)state;
    static const char *const lasts[] = {"\n1::2::3::9", "\n1::2::3::99\n", "\n1::2::3.5",
                                        "\n1::",        "\n12345678",      "\n1::2::3::12345678"};
    enum { PAGES = 2 * 4096 };
    char *text = malloc(PAGES + 96);

    assert_non_null(text);
    for (size_t i = 0; i < sizeof lasts / sizeof *lasts; i++) {
        const size_t last = strlen(lasts[i]);
        size_t at = 0;
        reel_ratings ratings;
        reel_err err;

        while (at + last + 96 < PAGES)
            at += (size_t)print_row(text + at, 1, 2, "3", 978300760, "\n");
        at += (size_t)print_row(text + at, 1, 2, "3", 978300760, "");
        while (at + last < PAGES)
            text[at++] = ' ';
        memcpy(text + at, lasts[i], last);
        assert_ok(reel__read_ratings(&ratings, temp_write_bytes("pages.dat", text, PAGES), NULL,
                                     NULL, &err));
        assert_in_range(ratings.count, 400, 430);
        reel__ratings_fini(&ratings);
    }
    free(text);
}

typedef struct progress_seen {
    int64_t reports, done, total;
} progress_seen;

static void see_progress(void *user, const char *stage, int64_t done, int64_t total,
                         const char *unit)
{
    progress_seen *seen = user;

    assert_string_equal(stage, "ratings");
    assert_string_equal(unit, "bytes");
    assert_true(done >= seen->done && done <= total);
    *seen = (progress_seen){seen->reports + 1, done, total};
}

static void test_progress_goes_on_through_a_big_file(void **state)
{
    (void)state;
    const size_t size = (size_t)20 << 20;
    char *text = malloc(size + 96);
    progress_seen seen = {0};
    const reel_progress progress = {see_progress, &seen};
    const reel_read_opts opts = {.progress = &progress};
    reel_ratings ratings;
    size_t at = 0, rows = 0;
    reel_err err;

    assert_non_null(text);
    for (; at < size; rows++)
        at += (size_t)print_row(text + at, 1, 1193, "5", 978300760, "\n");
    assert_ok(
        reel__read_ratings(&ratings, temp_write_bytes("big.dat", text, at), &opts, NULL, &err));
    assert_int_equal(ratings.count, rows);
    assert_in_range(seen.reports, 3, 10);
    assert_int_equal(seen.done, at);
    assert_int_equal(seen.total, at);
    reel__ratings_fini(&ratings);
    free(text);
}

/* ---- by the batch -------------------------------------------------------------------------- */

typedef struct taken {
    reel_ratings whole;
    size_t count, calls, fail_at; /* fail_at: the call that fails, 0 = none */
} taken;

static reel_code take(void *user, const reel_rating *ratings, size_t count, reel_err *err)
{
    taken *t = user;

    assert_in_range(count, 1, REEL_RATINGS_BATCH);
    if (++t->calls == t->fail_at)
        return reel_fail(err, REEL_E_STORE, "no more of that");
    for (size_t i = 0; i < count; i++) {
        const reel_rating *expected = &t->whole.items[t->count + i];

        assert_true(ratings[i].person == expected->person && ratings[i].movie == expected->movie);
        assert_true(ratings[i].time == expected->time);
        assert_true(ratings[i].value == expected->value);
    }
    t->count += count;
    return REEL_OK;
}

/* A little over two batches, some rows of which need care and some of which are wrong. */
static void test_a_file_by_the_batch(void **state)
{
    (void)state;
    const size_t rows = 2 * REEL_RATINGS_BATCH + 1000;
    char *text = malloc(rows * 64);
    taken t = {0};
    reel_read_report whole, batches;
    const char *path;
    size_t at = 0;
    reel_err err;

    assert_non_null(text);
    for (size_t i = 0; i < rows; i++)
        at += (size_t)print_row(text + at, (int)i, 1193,
                                i % 1000 == 5  ? "x"
                                : i % 100 == 7 ? "4.50"
                                               : "4",
                                978300760, "\n");
    path = temp_write_bytes("batches.dat", text, at);
    assert_ok(reel__read_ratings(&t.whole, path, NULL, &whole, &err));
    assert_ok(reel__scan_ratings(path, NULL, take, &t, &batches, &err));
    assert_int_equal(t.count, t.whole.count);
    assert_int_equal(t.calls, 3);
    assert_int_equal(batches.rows, whole.rows);
    assert_int_equal(batches.bad_rows, whole.bad_rows);
    t.count = t.calls = 0;
    t.fail_at = 2;
    assert_fails(reel__scan_ratings(path, NULL, take, &t, NULL, &err), REEL_E_STORE, "no more");
    assert_int_equal(t.calls, 2);
    reel__ratings_fini(&t.whole);
    free(text);
}

/* ---- wrong rows ---------------------------------------------------------------------------- */

static void test_reasons(void **state)
{
    (void)state;
    static const bad_case cases[] = {
        {"1::2::nan::5", "rating \"nan\" is not a number"},
        {"1::2::inf::5", "rating \"inf\" is not a number"},
        {"1::2::0x4::5", "rating \"0x4\" is not a number"},
        {"1::2::::5", "rating \"\" is not a number"},
        {"1::2::4.5.5::5", "rating \"4.5.5\" is not a number"},
        {"1::2::1e999::5", "rating \"1e999\" is too large"},
        {"1::2::6::5", "rating 6 is outside the scale 0.5 to 5"},
        {"1::2::0::5", "rating 0 is outside the scale 0.5 to 5"},
        {"1::2::-3::5", "rating -3 is outside the scale 0.5 to 5"},
        {"u1::2::4::5", "user id \"u1\" is not a whole number"},
        {"-1::2::4::5", "user id \"-1\" is negative"},
        {"1::tt0114709::4::5", "movie id \"tt0114709\" is not a whole number"},
        {"1::99999999999999999999::4::5", "movie id \"99999999999999999999\" is too large"},
        {"1::2::4::yesterday", "timestamp \"yesterday\" is not a whole number"},
        {"1::2::4", "3 fields instead of 4"},
        {"1::2::4::5::6", "more than 4 fields instead of 4"},
        {"1,2,4,5", "1 fields instead of 4"},
        {"1::2::\x01\xFF\t::5", "rating \"\\x01\\xff\" is not a number"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[256];
        bad_rows bad = {0};
        reel_ratings ratings;
        reel_err err;

        (void)snprintf(text, sizeof text, "1::1::5::1\n%s\n2::1::5::1\n", cases[i].row);
        assert_ok(read_text(&ratings, "case.dat", text, &bad, &err));
        assert_int_equal(ratings.count, 2);
        assert_int_equal(bad.count, 1);
        assert_int_equal(bad.line[0], 2);
        assert_string_equal(bad.reason[0], cases[i].reason);
        reel__ratings_fini(&ratings);
    }
}

static void test_values_no_model_holds(void **state)
{
    (void)state;
    bad_rows bad = {0};
    reel_ratings ratings;
    reel_err err;

    assert_ok(read_text(&ratings, "huge.csv",
                        "1,2,3\n1,3,1e300\n1,4,1e30\n1,5,-1000001\n1,6,1e6\n1,7,-1e6\n", &bad,
                        &err));
    assert_int_equal(ratings.count, 3);
    assert_int_equal(bad.count, 3);
    assert_string_equal(bad.reason[0], "rating 1e+300 is too large");
    assert_string_equal(bad.reason[1], "rating 1e+30 is too large");
    assert_int_equal(bad.line[2], 4);
    reel__ratings_fini(&ratings);
}

static void test_offending_text_is_escaped_and_cut(void **state)
{
    (void)state;
    char text[512] = "1::1::5::1\n\x1B[31m::\xE9::\t";
    bad_rows bad = {0};
    reel_ratings ratings;
    reel_err err;

    memset(text + strlen(text), 'x', 300);
    assert_ok(read_text(&ratings, "escape.dat", text, &bad, &err));
    assert_non_null(strstr(bad.text[0], "\\x1b[31m::\\xe9::\\txxx"));
    assert_null(strchr(bad.text[0], '\x1B'));
    assert_true(strlen(bad.text[0]) < 120);
    assert_non_null(strstr(bad.text[0], "\xE2\x80\xA6"));
    reel__ratings_fini(&ratings);
}

static void test_strict_ends_at_the_first(void **state)
{
    (void)state;
    const reel_read_opts strict = {.strict = true};
    const char *path = temp_write("strict.dat", "1::1::5::1\n1::2::bad::1\n");
    reel_ratings ratings;
    reel_err err;

    assert_fails(reel__read_ratings(&ratings, path, &strict, NULL, &err), REEL_E_FORMAT,
                 "strict.dat:2: rating \"bad\" is not a number: 1::2::bad::1");
    assert_null(ratings.items);
}

/* ---- wrong files --------------------------------------------------------------------------- */

static void test_no_file_and_empty_files(void **state)
{
    (void)state;
    reel_ratings ratings;
    reel_err err;

    assert_fails(reel__read_ratings(&ratings, temp_path("none.dat"), NULL, NULL, &err),
                 REEL_E_NOTFOUND, "none.dat");
    assert_fails(read_text(&ratings, "empty.dat", "", NULL, &err), REEL_E_FORMAT,
                 "empty.dat: the file is empty");
    assert_fails(read_text(&ratings, "blank.dat", "\n \n\r\n", NULL, &err), REEL_E_FORMAT,
                 "no rows");
    assert_fails(read_text(&ratings, "header.csv", "userId,movieId,rating,timestamp\n", NULL, &err),
                 REEL_E_FORMAT, "no rows");
}

static void test_wrong_separator(void **state)
{
    (void)state;
    reel_ratings ratings;
    reel_err err;

    assert_fails(read_text(&ratings, "semicolon.csv", "1;2;3;4\n", NULL, &err), REEL_E_FORMAT,
                 "semicolon.csv:1: unknown separator");
    assert_fails(read_text(&ratings, "blanks.txt", "1 2 3 4\n", NULL, &err), REEL_E_FORMAT,
                 "1 2 3 4");
    assert_fails(read_text(&ratings, "wide.csv", "1,2,3,4,5,6\n", NULL, &err), REEL_E_FORMAT,
                 "too many columns");
    assert_fails(read_text(&ratings, "swapped.csv", "item_id,user_id,rating\n1,2,3\n", NULL, &err),
                 REEL_E_FORMAT, "swapped.csv:1: the columns stand in another order");
}

static void test_nul_bytes(void **state)
{
    (void)state;
    static const char nul[] = "1::1::5::1\n1::2::\0::1\n";
    reel_ratings ratings;
    reel_err err;

    assert_fails(reel__read_ratings(&ratings, temp_write_bytes("nul.dat", nul, sizeof nul - 1),
                                    NULL, NULL, &err),
                 REEL_E_FORMAT, "nul.dat:2: NUL byte");
}

static void test_a_truncated_file(void **state)
{
    (void)state;
    bad_rows bad = {0};
    reel_ratings ratings;
    reel_err err;

    assert_ok(read_text(&ratings, "cut.dat", "1::1193::5::978300760\n1::661::3::9783", &bad, &err));
    assert_int_equal(ratings.count, 1);
    assert_non_null(strstr(bad.reason[0], "is the file complete?"));
    assert_int_equal(bad.line[0], 2);
    reel__ratings_fini(&ratings);
    bad.count = 0;
    assert_ok(read_text(&ratings, "cut2.dat", "1::1193::5::978300760\n1::66", &bad, &err));
    assert_int_equal(bad.count, 1);
    assert_string_equal(bad.reason[0], "2 fields instead of 4 (the last line is cut: is the file "
                                       "complete?)");
    reel__ratings_fini(&ratings);
    bad.count = 0; /* a last line that is whole but for its end is fine */
    assert_ok(read_text(&ratings, "whole.dat", "1::1193::5::978300760\n1::661::3::978302109", &bad,
                        &err));
    assert_int_equal(ratings.count, 2);
    assert_int_equal(bad.count, 0);
    reel__ratings_fini(&ratings);
}

static void test_a_line_of_ten_megabytes(void **state)
{
    (void)state;
    static const char start[] = "1::1::5::1\n2::";
    const size_t size = (size_t)10 << 20;
    char *text = malloc(size + 64);
    bad_rows bad = {0};
    reel_ratings ratings;
    reel_err err;

    assert_non_null(text);
    memset(text, '7', size);
    memcpy(text, start, sizeof start - 1);
    (void)snprintf(text + size, 64, "\n3::1::5::1\n");
    assert_ok(read_text(&ratings, "long.dat", text, &bad, &err));
    assert_int_equal(ratings.count, 2);
    assert_int_equal(bad.count, 1);
    assert_non_null(strstr(bad.reason[0], "is too long"));
    reel__ratings_fini(&ratings);
    memset(text, '7', size); /* and as the first line */
    assert_fails(read_text(&ratings, "first.dat", text, &bad, &err), REEL_E_FORMAT, "too long");
    free(text);
}

static void test_every_row_bad(void **state)
{
    (void)state;
    reel_ratings ratings;
    reel_err err;

    assert_fails(read_text(&ratings, "names.csv", "user,item\nann,heat\nbob,ran\n", NULL, &err),
                 REEL_E_FORMAT, "none of its 2 rows can be used; first, line 2: user id \"ann\"");
}

static reel_code read_once(void *user, reel_err *err)
{
    reel_ratings ratings;
    const reel_code rc = reel__read_ratings(&ratings, user, NULL, NULL, err);

    reel__ratings_fini(&ratings);
    return rc;
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    char path[TEMP_PATH];

    (void)snprintf(path, sizeof path, "%s", temp_write("memory.dat", "1::1::5::1\n2::x::5::1\n"));
    assert_true(sweep_memory(read_once, path) >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dat),
        cmocka_unit_test(test_u_data),
        cmocka_unit_test(test_movielens_csv),
        cmocka_unit_test(test_plain_lists),
        cmocka_unit_test(test_scale_given_by_the_caller),
        cmocka_unit_test(test_fast_and_careful_paths_agree),
        cmocka_unit_test(test_a_file_that_fills_its_pages),
        cmocka_unit_test(test_progress_goes_on_through_a_big_file),
        cmocka_unit_test(test_a_file_by_the_batch),
        cmocka_unit_test(test_bad_rows_among_many_good_ones),
        cmocka_unit_test(test_only_twenty_bad_rows_are_reported),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_values_no_model_holds),
        cmocka_unit_test(test_offending_text_is_escaped_and_cut),
        cmocka_unit_test(test_strict_ends_at_the_first),
        cmocka_unit_test(test_no_file_and_empty_files),
        cmocka_unit_test(test_wrong_separator),
        cmocka_unit_test(test_nul_bytes),
        cmocka_unit_test(test_a_truncated_file),
        cmocka_unit_test(test_a_line_of_ten_megabytes),
        cmocka_unit_test(test_every_row_bad),
        cmocka_unit_test(test_every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
