/* Options by a command's table, numbers in a range, and the name someone probably meant. */
#include "cli/args.h"
#include "cli/term.h"
#include "support/check.h"

enum { DATABASE, LIMIT, FORCE };

static const reel_option options[] = {{"database", "FILE", "the database"},
                                      {"limit", "N", "how many"},
                                      {"force", NULL, "again"},
                                      {NULL, NULL, NULL}};

static reel_code run(const reel_args *args, reel_err *err)
{
    (void)args;
    (void)err;
    return REEL_OK;
}

static const reel_command with_words = {"try", "WORD", "a try", NULL, options, run};
static const reel_command without_words = {"try", "", "a try", NULL, options, run};

/* "try a b" -> parse */
static reel_code parse(reel_args *out, const reel_command *command, const char *line, reel_err *err)
{
    static char text[400];
    char *words[80];
    int count = 0;

    (void)snprintf(text, sizeof text, "%s", line);
    for (char *word = strtok_r(text, " ", &words[79]); word != NULL;
         word = strtok_r(NULL, " ", &words[79]))
        words[count++] = word;
    words[count] = NULL;
    return reel__args_parse(out, command, count, words, err);
}

static void options_and_words_may_mix(void **state)
{
    reel_args args;
    reel_err err;

    (void)state;
    assert_ok(parse(&args, &with_words, "try a --limit 5 b --force --json c", &err));
    assert_string_equal(args.option[LIMIT], "5");
    assert_string_equal(args.option[FORCE], "");
    assert_null(args.option[DATABASE]);
    assert_true(args.json && !args.quiet && !args.help);
    assert_int_equal(args.words, 3);
    assert_string_equal(args.word[2], "c");
    assert_ok(parse(&args, &with_words, "try -- --limit", &err));
    assert_string_equal(args.word[0], "--limit");
    assert_ok(parse(&args, &with_words, "try --limit=7 --quiet", &err));
    assert_string_equal(args.option[LIMIT], "7");
    assert_true(args.quiet);
}

static void amounts_may_have_a_unit(void **state)
{
    static const struct {
        const char *text;
        int64_t value;
    } cases[] = {{"10M", 10000000},
                 {"1.5k", 1500},
                 {"8G", INT64_C(8000000000)},
                 {"8GB", INT64_C(8000000000)},
                 {"2Ki", 2048},
                 {"1GiB", 1 << 30},
                 {"17", 17},
                 {"3K", 3000},
                 {"1T", INT64_C(1000000000000)},
                 {"-1", -1},
                 {"M", -1},
                 {"1x", -1},
                 {"1.5", -1},
                 {"2.0", 2},
                 {"1Mx", -1},
                 {"1e99", -1},
                 {"inf", -1},
                 {"0x10", -1},
                 {"nan", -1},
                 {"1 M", -1}};
    reel_args args;
    reel_err err;

    (void)state;
    assert_ok(parse(&args, &with_words, "try --limit 1", &err));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t value = -1;
        reel_code rc;

        args.option[LIMIT] = cases[i].text;
        rc = reel__args_amount(&args, LIMIT, 1, INT64_MAX, &value, &err);
        if (value != cases[i].value || (rc == REEL_OK) != (cases[i].value > 0))
            fail_msg("%s became %lld", cases[i].text, (long long)value);
    }
}

static void options_given_many_times_are_kept_in_order(void **state)
{
    reel_args args;
    reel_err err;

    (void)state;
    assert_ok(parse(&args, &with_words, "try --limit 5 --force --limit 6", &err));
    assert_int_equal(args.given_count, 3);
    assert_int_equal(args.given[0].option, LIMIT);
    assert_string_equal(args.given[2].value, "6");
    assert_string_equal(args.option[LIMIT], "6");
}

static void mistakes_are_named(void **state)
{
    reel_args args;
    reel_err err;

    (void)state;
    assert_fails(parse(&args, &with_words, "try --limti 5", &err), REEL_E_INVALID, "--limit?");
    assert_fails(parse(&args, &with_words, "try --zzz", &err), REEL_E_INVALID, "\"--zzz\"; see");
    assert_fails(parse(&args, &with_words, "try -zl", &err), REEL_E_INVALID, "\"-z\"");
    assert_fails(parse(&args, &with_words, "try --limit", &err), REEL_E_INVALID, "missing after");
    assert_fails(parse(&args, &without_words, "try more", &err), REEL_E_INVALID, "\"more\"");
    assert_fails(
        parse(&args, &with_words,
              "try a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a "
              "a a a a a a a a a a a a a a a a a a a a a a a a a a a a a",
              &err),
        REEL_E_INVALID, "more than 64");
}

static void numbers_stay_in_their_range(void **state)
{
    static const char *const bad[] = {"try --limit 0", "try --limit 11", "try --limit 1.5",
                                      "try --limit x", "try --limit 99999999999999999999"};
    reel_args args;
    int64_t value = 3;
    reel_err err;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_ok(parse(&args, &with_words, bad[i], &err));
        assert_fails(reel__args_int(&args, LIMIT, 1, 10, &value, &err), REEL_E_INVALID,
                     "--limit: expected a whole number from 1 to 10");
        assert_int_equal(value, 3);
    }
    assert_ok(parse(&args, &with_words, "try --limit 10", &err));
    assert_ok(reel__args_int(&args, LIMIT, 1, 10, &value, &err));
    assert_int_equal(value, 10);
    assert_ok(parse(&args, &with_words, "try", &err));
    assert_ok(reel__args_int(&args, LIMIT, 1, 10, &value, &err));
    assert_int_equal(value, 10);
}

static void words_make_one_text(void **state)
{
    char text[12];
    reel_args args;
    reel_err err;

    (void)state;
    assert_ok(parse(&args, &with_words, "try toy  story", &err));
    assert_ok(reel__args_words(&args, text, sizeof text, "the film", &err));
    assert_string_equal(text, "toy story");
    assert_ok(parse(&args, &with_words, "try too long a title", &err));
    assert_fails(reel__args_words(&args, text, sizeof text, "the film", &err), REEL_E_TOOLARGE,
                 "the film is longer than 11 bytes");
    assert_ok(parse(&args, &with_words, "try", &err));
    assert_fails(reel__args_words(&args, text, sizeof text, "the film", &err), REEL_E_INVALID,
                 "`reel try --help`");
}

static const char *nearest(const char *typed)
{
    static const char *const names[] = {"load", "serve", "similar", "similar-people", "search"};
    reel_nearest search;

    reel__nearest_init(&search, typed);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        reel__nearest_offer(&search, names[i]);
    return search.name == NULL ? "" : search.name;
}

static void the_nearest_name_is_found(void **state)
{
    (void)state;
    assert_string_equal(nearest("laod"), "load");
    assert_string_equal(nearest("serv"), "serve");
    assert_string_equal(nearest("server"), "serve");
    assert_string_equal(nearest("simliar"), "similar");
    assert_string_equal(nearest("similar-poeple"), "similar-people");
    assert_string_equal(nearest("similar-p"), "similar-people");
    assert_string_equal(nearest("xyzzy"), "");
    assert_string_equal(nearest(""), "");
    assert_string_equal(nearest("a-word-that-is-longer-than-any-command-can-be"), "");
}

static void numbers_are_grouped(void **state)
{
    char out[REEL_COUNT_TEXT];

    (void)state;
    assert_string_equal(reel__term_count(out, 0), "0");
    assert_string_equal(reel__term_count(out, 999), "999");
    assert_string_equal(reel__term_count(out, 1000), "1,000");
    assert_string_equal(reel__term_count(out, 1000209), "1,000,209");
    assert_string_equal(reel__term_count(out, -123456), "-123,456");
    assert_string_equal(reel__term_count(out, INT64_MIN), "-9,223,372,036,854,775,808");
    assert_string_equal(reel__term_size(out, 6840), "6.8 kB");
    assert_string_equal(reel__term_size(out, 21800000), "21.8 MB");
    assert_string_equal(reel__term_size(out, -1), "gone");
}

static reel_code make_table(void *user, reel_err *err)
{
    static const char *const headings[] = {">Id", "Film"};
    reel_table *table = NULL;
    reel_code rc;

    (void)user;
    REEL_TRY(reel__table_new(&table, headings, 2, err));
    for (int i = 0; i < 100; i++) {
        REEL_TRY(reel__table_cell(table, err, "%d", i));
        REEL_TRY(reel__table_cell(table, err, "Film %d", i));
    }
out:
    reel__table_free(table);
    return rc;
}

static void a_table_without_memory_leaves_nothing(void **state)
{
    (void)state;
    assert_true(sweep_memory(make_table, NULL) > 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(amounts_may_have_a_unit),
        cmocka_unit_test(options_given_many_times_are_kept_in_order),
        cmocka_unit_test(options_and_words_may_mix),
        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(numbers_stay_in_their_range),
        cmocka_unit_test(words_make_one_text),
        cmocka_unit_test(the_nearest_name_is_found),
        cmocka_unit_test(numbers_are_grouped),
        cmocka_unit_test(a_table_without_memory_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
