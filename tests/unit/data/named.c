/* Unit tests of lists whose people and items go by numbers or by texts: what a column is, headers,
 * separators, what is refused, and that the fast path reads what the careful one reads. */
#include "data/named.h"
#include "data/names.h"
#include "support/bad_rows.h"
#include "support/check.h"
#include "support/temp.h"

static reel_code read_text(reel_named *out, reel_third third, const char *text, bad_rows *bad,
                           reel_err *err)
{
    const reel_read_opts opts = {.bad_row = bad == NULL ? NULL : bad_rows_take, .user = bad};

    return reel__read_named(out, temp_write("list", text), third, &opts, NULL, err);
}

static const char *name_of(const reel_intern *texts, int64_t id)
{
    static char digits[4][24];
    static unsigned turn;
    char *text = digits[turn++ % 4];

    if (texts != NULL)
        return reel__intern_text(texts, (int32_t)id);
    (void)snprintf(text, sizeof digits[0], "%lld", (long long)id);
    return text;
}

/* The rows as "user|item|value|time;...". */
static const char *shown(const reel_named *named)
{
    static char text[4096];
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < named->ratings.count; i++) {
        const reel_rating *r = &named->ratings.items[i];

        used += (size_t)snprintf(
            text + used, sizeof text - used, "%s|%s|%g|%lld;", name_of(named->people, r->person),
            name_of(named->movies, r->movie), (double)r->value, (long long)r->time);
    }
    return text;
}

static void check(const char *text, const char *expected, bool people, bool movies)
{
    reel_named named;
    reel_err err;

    assert_ok(read_text(&named, REEL_THIRD_RATING, text, NULL, &err));
    assert_string_equal(shown(&named), expected);
    assert_int_equal(named.people != NULL, people);
    assert_int_equal(named.movies != NULL, movies);
    reel__named_fini(&named);
}

static void test_columns_are_numbers_or_texts(void **state)
{
    (void)state;
    check("1\t2\t3\t4\n", "1|2|3|4;", false, false);
    check("0\t9223372036854775807\t3\n", "0|9223372036854775807|3|0;", false, false);
    check("u_1\t2\t3\n", "u_1|2|3|0;", true, false);
    check("1\ttt02\t3\n", "1|tt02|3|0;", false, true);
    check("7\t1\t3\n007\t1\t4\n7\t2\t5\n", "7|1|3|0;007|1|4|0;7|2|5|0;", true, false);
    check("1\t5\t3\n1\t-5\t4\n", "1|5|3|0;1|-5|4|0;", false, true);
    check("1\t9223372036854775808\t3\n", "1|9223372036854775808|3|0;", false, true);
    check("1\t2.0\t3\n", "1|2.0|3|0;", false, true);
    check("Ana Mar\xC3\xADn\tLe Voyage\t3\n", "Ana Mar\xC3\xADn|Le Voyage|3|0;", true, true);
}

static void test_separators(void **state)
{
    (void)state;
    check("a::b c::3::4\n", "a|b c|3|4;", true, true);
    check("a:1::2::3\n", "a:1|2|3|0;", true, false);
    check("a\tx::y\t3\n", "a|x::y|3|0;", true, true);
    check("a,b,3\r\nc,d,4\r\n", "a|b|3|0;c|d|4|0;", true, true);
    check("\"276725\";\"034545104X\";\"0\"\n", "276725|034545104X|0|0;", false, true);
    check("1 2 3 4\n 5  6 1 9 \n", "1|2|3|4;5|6|1|9;", false, false);
    check("1 , \"a, \"\"b\"\"\" ,2\n3,c,2\n", "1|a, \"b\"|2|0;3|c|2|0;", false, true);
    check("1\t2\n3\t4\n", "1|2|1|0;3|4|1|0;", false, false);
    check("a\tb\r\nc\tb\r\n", "a|b|1|0;c|b|1|0;", true, true);
    check("\xEF\xBB\xBF"
          "1\t2\n\n\n3\t4",
          "1|2|1|0;3|4|1|0;", false, false);
}

static void test_headers(void **state)
{
    (void)state;
    check("userId,movieId,rating,timestamp\n1,2,3,4\n", "1|2|3|4;", false, false);
    check("user_id:token\titem_id:token\trating:float\ttimestamp:float\n1\t2\t3\t4.0\n", "1|2|3|4;",
          false, false);
    check("a,b\n1,2\n", "1|2|1|0;", false, false);
    check("a,b\nc,d\n", "a|b|1|0;c|d|1|0;", true, true);
    check("user,item\nc,d\n", "c|d|1|0;", true, true);
    check("Who,What,Stars\nc,d,3\n", "c|d|3|0;", true, true);
    check("user17,item4\n", "user17|item4|1|0;", true, true);
    check("user,item,timestamp\n1,2,978300760\n", "1|2|1|978300760;", false, false);
}

static void test_what_three_columns_are(void **state)
{
    (void)state;
    reel_named named;
    reel_err err;

    assert_ok(read_text(&named, REEL_THIRD_GUESS, "1\t2\t978300760\n1\t3\t5\n", NULL, &err));
    assert_string_equal(shown(&named), "1|2|1|978300760;1|3|1|5;");
    assert_true(named.timed && !named.rated);
    reel__named_fini(&named);
    assert_ok(read_text(&named, REEL_THIRD_GUESS, "1\t2\t4.5\n1\t3\t5\n", NULL, &err));
    assert_string_equal(shown(&named), "1|2|1|0;1|3|1|0;");
    assert_true(!named.timed && named.rated);
    reel__named_fini(&named);
    assert_ok(read_text(&named, REEL_THIRD_GUESS, "user\titem\ttime\n1\t2\t45\n", NULL, &err));
    assert_string_equal(shown(&named), "1|2|1|45;");
    reel__named_fini(&named);
    assert_ok(read_text(&named, REEL_THIRD_TIME, "1\t2\t45\n", NULL, &err));
    assert_string_equal(shown(&named), "1|2|1|45;");
    reel__named_fini(&named);
    assert_ok(read_text(&named, REEL_THIRD_GUESS, "1\t2\t4\t45\n", NULL, &err));
    assert_string_equal(shown(&named), "1|2|4|45;");
    reel__named_fini(&named);
}

static void test_wrong_rows_are_told_and_left_out(void **state)
{
    (void)state;
    static const struct {
        const char *row, *reason;
    } cases[] = {
        {"1\t2\tnan\t4", "rating \"nan\" is not a number"},
        {"1\t2\t\t4", "rating \"\" is not a number"},
        {"1\t2\t1e7\t4", "rating 1e+07 is too large"},
        {"1\t2\t3", "3 fields instead of 4"},
        {"1\t2\t3\t4\t5", "more than 4 fields instead of 4"},
        {"\t2\t3\t4", "user id is missing"},
        {"1\t\t3\t4", "item id is missing"},
        {"1\ta\x01z\t3\t4", "item id has a control character in it"},
        {"1\t2\t3\t-4", "time \"-4\" is negative"},
        {"1\t2\t3\tnoon", "time \"noon\" is not a whole number"},
        {"\"1\t2\t3\t4", "a quote is not closed"},
    };
    char text[256];

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bad_rows bad = {0};
        reel_named named;
        reel_err err;

        (void)snprintf(text, sizeof text, "5\t6\t3\t4\n%s\n7\t8\t3\t4\n", cases[i].row);
        assert_ok(read_text(&named, REEL_THIRD_RATING, text, &bad, &err));
        assert_string_equal(shown(&named), "5|6|3|4;7|8|3|4;");
        assert_int_equal(bad.count, 1);
        assert_int_equal(bad.line[0], 2);
        assert_string_equal(bad.reason[0], cases[i].reason);
        reel__named_fini(&named);
    }
}

static void refuse(const char *text, const char *part)
{
    const reel_read_opts strict = {.strict = true};
    reel_named named;
    reel_err err;

    assert_fails(
        reel__read_named(&named, temp_write("list", text), REEL_THIRD_RATING, &strict, NULL, &err),
        REEL_E_FORMAT, part);
    assert_null(named.ratings.items);
}

static void test_files_that_are_no_lists_are_refused(void **state)
{
    (void)state;
    reel_named named;
    reel_err err;

    refuse("", "the file is empty");
    refuse("\n\n", "no");
    refuse("one\n", "one column");
    refuse("1\t2\t3\t4\t5\n", "too many columns");
    refuse("movieId,userId\n1,2\n", "another order");
    refuse("user,item,time,rating\n1,2,3,4\n", "another order");
    refuse("user,item\n", "no");
    refuse("1\t2\t978300760\n", "for times put a header above");
    refuse("1\t2\tx\n", "list:1: rating \"x\" is not a number");
    refuse("1\t2\t3\t978300760\n1\t3\t3\t97830", "is cut");
    assert_fails(reel__read_named(&named, temp_path("absent"), REEL_THIRD_RATING, NULL, NULL, &err),
                 REEL_E_NOTFOUND, "absent");
}

/* ---- the fast path ------------------------------------------------------------------------- */

enum { LONG_ROWS = 3000, ROW = 96 };

/* Rows with every kind of id and number; to be freed. */
static char *long_list(int kind, const char *separator, int columns)
{
    static const char *const users[] = {"%d", "u_%d", "%05d"}, *const items[] = {"%d", "tt%07d",
                                                                                 "%d"};
    static const char *const values[] = {"5", "0.5", "3.50", "4.0", "1e0", "+2"};
    char *text = malloc((size_t)LONG_ROWS * ROW);
    size_t used = 0;

    for (int i = 0; text != NULL && i < LONG_ROWS; i++) {
        used += (size_t)sprintf(text + used, kind == 2 && i < 9 ? "%d" : users[kind], i / 7);
        used += (size_t)sprintf(text + used, "%s", separator);
        used += (size_t)sprintf(text + used, items[kind], i * 31 % 977);
        if (columns > 2)
            used += (size_t)sprintf(text + used, "%s%s", separator, values[i % 6]);
        if (columns > 3)
            used += (size_t)sprintf(text + used, "%s%d", separator, 978300000 + i * 37);
        used += (size_t)sprintf(text + used, i % 5 == 0 ? "\r\n" : "\n");
    }
    return text;
}

/* Row by row, each in a file of its own that is too short for the fast path. */
static void compare_with_lines(const char *text)
{
    reel_named whole;
    reel_err err;
    size_t row = 0;

    assert_ok(read_text(&whole, REEL_THIRD_RATING, text, NULL, &err));
    assert_int_equal(whole.ratings.count, LONG_ROWS);
    for (const char *at = text; *at != '\0'; row++) {
        const char *end = strchr(at, '\n') + 1;
        const reel_rating *found = &whole.ratings.items[row];
        reel_named one;

        if (row % 97 == 0) {
            assert_ok(reel__read_named(&one, temp_write_bytes("line", at, (size_t)(end - at)),
                                       REEL_THIRD_RATING, NULL, NULL, &err));
            assert_string_equal(name_of(whole.people, found->person),
                                name_of(one.people, one.ratings.items[0].person));
            assert_string_equal(name_of(whole.movies, found->movie),
                                name_of(one.movies, one.ratings.items[0].movie));
            assert_true(found->value == one.ratings.items[0].value);
            assert_true(found->time == one.ratings.items[0].time);
            reel__named_fini(&one);
        }
        at = end;
    }
    reel__named_fini(&whole);
}

static void test_the_fast_path_reads_what_the_careful_one_reads(void **state)
{
    (void)state;
    static const char *const separators[] = {"\t", ",", "::", ";", " "};

    for (int kind = 0; kind < 3; kind++)
        for (size_t s = 0; s < sizeof separators / sizeof *separators; s++)
            for (int columns = 2; columns <= 4; columns++) {
                char *text = long_list(kind, separators[s], columns);

                assert_non_null(text);
                compare_with_lines(text);
                free(text);
            }
}

/* ---- people, names, memory ----------------------------------------------------------------- */

static void test_people_one_a_line(void **state)
{
    (void)state;
    reel_named named;
    reel_err err;

    assert_ok(reel__read_named_people(&named, temp_write("users", "user\n17\n\n4\tmore\n17\n"),
                                      NULL, &err));
    assert_int_equal(named.ratings.count, 3);
    assert_null(named.people);
    assert_int_equal(named.ratings.items[1].person, 4);
    reel__named_fini(&named);
    assert_ok(reel__read_named_people(&named, temp_write("users", "17\nLee, Ang\n"), NULL, &err));
    assert_string_equal(name_of(named.people, named.ratings.items[0].person), "17");
    assert_string_equal(name_of(named.people, named.ratings.items[1].person), "Lee, Ang");
    reel__named_fini(&named);
}

static void test_names_are_sorted_and_found(void **state)
{
    (void)state;
    static const char *const texts[] = {"tt2", "a", "tt10", "\xC3\xA9", "B"};
    reel_intern *intern = NULL;
    reel_names names;
    int64_t rank[5];
    reel_err err;

    assert_ok(reel__intern_new(&intern, &err));
    for (int i = 0; i < 5; i++) {
        int32_t id;

        assert_ok(reel__intern_add(intern, texts[i], strlen(texts[i]), &id, &err));
    }
    assert_int_equal(reel__intern_find(intern, "tt10", 4), 2);
    assert_int_equal(reel__intern_find(intern, "tt1", 3), -1);
    assert_ok(reel__names_sort(&names, rank, intern, &err));
    for (int i = 0; i < 5; i++) {
        assert_int_equal(reel__names_find(&names, texts[i]), rank[i]);
        assert_string_equal(reel__names_text(&names, (reel_index)rank[i]), texts[i]);
    }
    assert_int_equal(rank[4], 0); /* capital letters come first */
    assert_int_equal(reel__names_find(&names, "b"), -1);
    assert_true(reel__names_sound(&names, names.begin[5]));
    assert_false(reel__names_sound(&names, names.begin[5] + 1));
    reel__names_fini(&names);
    reel__intern_free(intern);
}

/* Texts of one file meet numbers of another, in the order of their bytes. */
static void test_lists_are_numbered_together(void **state)
{
    (void)state;
    reel_named a, b, *lists[2] = {&a, &b};
    reel_err err;

    assert_ok(read_text(&a, REEL_THIRD_RATING, "b\t2\t5\na\t10\t4\n", NULL, &err));
    assert_ok(read_text(&b, REEL_THIRD_RATING, "7\t10\t3\n7\t3\t2\n", NULL, &err));
    assert_ok(reel__named_number(lists, 2, &err));
    assert_string_equal(shown(&a), "2|2|5|0;1|10|4|0;");
    assert_string_equal(shown(&b), "0|10|3|0;0|3|2|0;");
    assert_null(a.people);
    reel__named_fini(&a);
    reel__named_fini(&b);
}

static reel_code number_once(void *user, reel_err *err)
{
    reel_named a = {.rated = false}, *lists[1] = {&a};
    reel_code rc = reel__read_named(&a, user, REEL_THIRD_RATING, NULL, NULL, err);

    if (rc == REEL_OK)
        rc = reel__named_number(lists, 1, err);
    reel__named_fini(&a);
    return rc;
}

static reel_code read_once(void *user, reel_err *err)
{
    reel_named named;
    const reel_code rc = reel__read_named(&named, user, REEL_THIRD_RATING, NULL, NULL, err);

    reel__named_fini(&named);
    return rc;
}

static void test_memory_that_fails(void **state)
{
    (void)state;
    char *text = long_list(2, "\t", 4);
    char path[TEMP_PATH];

    assert_non_null(text);
    (void)snprintf(path, sizeof path, "%s", temp_write("long", text));
    free(text);
    assert_true(sweep_memory(read_once, path) > 5);
    (void)snprintf(path, sizeof path, "%s", temp_write("quotes", "a,\"b\"\"c\",3\n"));
    assert_true(sweep_memory(read_once, path) > 5);
    assert_true(sweep_memory(number_once, path) > 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns_are_numbers_or_texts),
        cmocka_unit_test(test_separators),
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_what_three_columns_are),
        cmocka_unit_test(test_wrong_rows_are_told_and_left_out),
        cmocka_unit_test(test_files_that_are_no_lists_are_refused),
        cmocka_unit_test(test_the_fast_path_reads_what_the_careful_one_reads),
        cmocka_unit_test(test_people_one_a_line),
        cmocka_unit_test(test_names_are_sorted_and_found),
        cmocka_unit_test(test_lists_are_numbered_together),
        cmocka_unit_test(test_memory_that_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
