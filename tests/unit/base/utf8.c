/* UTF-8: checking, repairing, folding, cutting. */
#include "support/check.h"

#include "base/utf8.h"

static bool valid(const char *text)
{
    return reel__utf8_valid(text, strlen(text));
}

static void knows_well_formed_text(void **state)
{
    static const char *const good[] = {
        "", "abc", "é", "€", "𝄞", "\xF4\x8F\xBF\xBF", "\xED\x9F\xBF"};
    static const char *const bad[] = {
        "\x80",         "\xC3",         "\xC0\x80",         "\xC1\xBF",         "\xE2\x82",
        "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
        "\xFF",         "a\xC3(",       "\xE2(\xAC"};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(valid(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(valid(bad[i]));
    assert_false(reel__utf8_valid("a\0b", 3));
}

static void assert_repaired(const char *text, size_t length, const char *expected)
{
    reel_buf buf;

    reel__buf_init(&buf, 1000);
    reel__utf8_from_any(&buf, text, length);
    assert_string_equal(buf.data, expected);
    reel__buf_fini(&buf);
}

static void repairs_text(void **state)
{
    (void)state;
    assert_repaired("Am\xC3\xA9lie", 7, "Amélie");
    assert_repaired("Am\xE9lie", 6, "Amélie");
    assert_repaired("\x93quoted\x94 \x80 5", 12, "\u201Cquoted\u201D \u20AC 5");
    assert_repaired("\x81", 1, "\uFFFD");
    assert_repaired("a\tb\nc\0d\x7F", 8, "a\tb c d ");
    assert_repaired("\xC3\xA9\x01", 3, "é ");
    assert_repaired("a\xC2\x9B"
                    "31m\xC2\xA0",
                    8, "a 31m\xC2\xA0"); /* what terminals obey */
    assert_repaired("", 0, "");
}

static void tells_what_is_hidden(void **state)
{
    static const int32_t controls[] = {-1, 0, 0x1B, '\n', 0x7F, 0x80, 0x9B, 0x2028, 0x2029};
    static const int32_t hidden[] = {0xAD, 0x200B, 0x200E, 0x202E, 0x2060, 0x2066, 0xFEFF, 0xE0041};
    static const int32_t seen[] = {' ', 'a', 0xA0, 0xE9, 0x200C, 0x200D, 0x304, 0x5343, 0x1F3AC};

    (void)state;
    for (size_t i = 0; i < sizeof controls / sizeof *controls; i++)
        assert_true(reel__utf8_is_control(controls[i]) && reel__utf8_is_hidden(controls[i]));
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
        assert_true(reel__utf8_is_hidden(hidden[i]) && !reel__utf8_is_control(hidden[i]));
    for (size_t i = 0; i < sizeof seen / sizeof *seen; i++)
        assert_false(reel__utf8_is_hidden(seen[i]) || reel__utf8_is_control(seen[i]));
}

static void assert_folded(const char *text, const char *expected)
{
    reel_buf buf;

    reel__buf_init(&buf, 1000);
    reel__utf8_fold(&buf, text, strlen(text));
    assert_string_equal(buf.data, expected);
    reel__buf_fini(&buf);
}

static void folds_for_search(void **state)
{
    (void)state;
    assert_folded("Amélie", "amelie");
    assert_folded("Straße", "strasse");
    assert_folded("ÉCLAIR ﬁn", "eclair fin");
    assert_folded("Łódź", "lodz");
    assert_folded("Ærø Œuvre", "aero oeuvre");
    assert_folded("Đorđe Þór", "dorde thor");
    assert_folded("İstanbul Iğdır", "istanbul igdir");
    assert_folded("千と千尋の神隠し", "千と千尋の神隠し");
    assert_folded("Ночной Дозор", "ночнои дозор");
    assert_folded("“Don’t” — x", "\"don't\" - x");
    assert_folded("ａｂｃ２", "abc2");
    assert_folded("a\xFF"
                  "b\xC3",
                  "ab");
}

static void folding_twice_changes_nothing(void **state)
{
    (void)state;
    for (int code = 0x80; code < 0x3000; code++) {
        char text[4], once[64];
        reel_buf first, second;
        size_t length = 0;

        if (code < 0x800) {
            text[length++] = (char)(0xC0 | code >> 6);
        } else {
            text[length++] = (char)(0xE0 | code >> 12);
            text[length++] = (char)(0x80 | (code >> 6 & 0x3F));
        }
        text[length++] = (char)(0x80 | (code & 0x3F));
        reel__buf_init(&first, sizeof once);
        reel__buf_init(&second, sizeof once);
        reel__utf8_fold(&first, text, length);
        reel__utf8_fold(&second, first.data, first.length);
        assert_true(reel__utf8_valid(first.data, first.length));
        if (strcmp(first.data, second.data) != 0)
            fail_msg("U+%04X folds to \"%s\", then to \"%s\"", (unsigned)code, first.data,
                     second.data);
        reel__buf_fini(&first);
        reel__buf_fini(&second);
    }
}

static void cuts_between_characters(void **state)
{
    static const char text[] = "aé€𝄞";
    static const size_t expected[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};
    static const size_t whole[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10};

    (void)state;
    for (size_t limit = 0; limit < sizeof expected / sizeof *expected; limit++)
        assert_int_equal(reel__utf8_cut(text, 10, limit), expected[limit]);
    for (size_t length = 0; length <= 10; length++)
        assert_int_equal(reel__utf8_whole(text, length), whole[length]);
}

static void measures_columns(void **state)
{
    (void)state;
    assert_int_equal(reel__utf8_width("Amélie", strlen("Amélie")), 6);
    assert_int_equal(reel__utf8_width("千と", strlen("千と")), 4);
    assert_int_equal(reel__utf8_width("e\xCC\x81", 3), 1); /* e and a combining accent */
    assert_int_equal(reel__utf8_width("a\xFF\xE5\x8D", 4), 1);
    assert_int_equal(reel__utf8_width("", 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_well_formed_text),  cmocka_unit_test(repairs_text),
        cmocka_unit_test(tells_what_is_hidden),    cmocka_unit_test(folds_for_search),
        cmocka_unit_test(measures_columns),        cmocka_unit_test(folding_twice_changes_nothing),
        cmocka_unit_test(cuts_between_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
