/* Texts as words, words as units, edits against the textbook's table, trigrams against a scan. */
#include "search/index_priv.h"
#include "search/words_priv.h"
#include "support/check.h"
#include "support/property.h"

enum { PLAIN = 1 << 12, RUNS = 3000 };

static const char *plain(const char *text)
{
    static char out[PLAIN];
    reel_buf buf;

    reel__buf_init(&buf, PLAIN);
    reel__search_plain(&buf, text, strlen(text));
    assert_false(buf.failed);
    (void)snprintf(out, sizeof out, "%s", buf.length > 0 ? buf.data : "");
    reel__buf_fini(&buf);
    return out;
}

static void texts_are_words(void **state)
{
    static const char *const pairs[][2] = {
        {"Amélie's X-Files", "amelies x files"},
        {"M*A*S*H", "mash"},
        {"E.T. the Extra-Terrestrial", "et the extra terrestrial"},
        {"L.A. Confidential", "la confidential"},
        {"Ready...Set", "ready set"},
        {"Fanny & Alexander", "fanny and alexander"},
        {"Fanny&Alexander", "fanny and alexander"},
        {"Ocean’s Eleven", "oceans eleven"},
        {"Straße", "strasse"},
        {"WALL·E", "walle"},
        {"  many   blanks\t\n", "many blanks"},
        {"$", "$"},
        {"? !", "?!"},
        {"", ""},
        {"七人の侍", "七人の侍"},
        {"ゴジラ-1.0", "コシラ 10"},
        {"Ёлки", "елки"},
        {"broken \xFF\xC3 bytes", "broken bytes"},
        {"ﬁlm Ⅳ ½", "film iv 1 2"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        assert_string_equal(plain(pairs[i][0]), pairs[i][1]);
}

static void articles_stand_in_front(void **state)
{
    (void)state;
    assert_int_equal(reel__search_article("the matrix", 10), 4);
    assert_int_equal(reel__search_article("a matrix", 8), 2);
    assert_int_equal(reel__search_article("theodora", 8), 0);
    assert_int_equal(reel__search_article("the", 3), 0);
    assert_int_equal(reel__search_article("the ", 4), 0);
    assert_int_equal(reel__search_article("", 0), 0);
}

typedef struct pieces {
    char text[256];
} pieces;

static bool add_piece(void *user, const char *text, size_t length)
{
    pieces *all = user;
    const size_t at = strlen(all->text);

    (void)snprintf(all->text + at, sizeof all->text - at, "%.*s|", (int)length, text);
    return true;
}

static void runs_without_spaces_are_pairs(void **state)
{
    pieces closed = {""}, open = {""}, one = {""}, spaced = {""};

    (void)state;
    assert_true(reel__word_pieces("七人の侍", 12, true, true, add_piece, &closed));
    assert_string_equal(closed.text, "七人|人の|の侍|侍|");
    assert_true(reel__word_pieces("七人の侍", 12, true, false, add_piece, &open));
    assert_string_equal(open.text, "七人|人の|の侍|");
    assert_true(reel__word_pieces("侍", 3, true, false, add_piece, &one));
    assert_string_equal(one.text, "侍|");
    assert_true(reel__word_pieces("seven", 5, false, true, add_piece, &spaced));
    assert_string_equal(spaced.text, "seven|");
}

/* ---- edits ---------------------------------------------------------------------------------- */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The whole table, two swapped neighbours as one edit; each text is used once (optimal string
 * alignment). */
static size_t edits_of(const uint8_t *a, size_t m, const uint8_t *b, size_t n)
{
    static size_t table[REEL_UNITS_MAX + 1][REEL_UNITS_MAX + 1];

    for (size_t i = 0; i <= m; i++)
        for (size_t k = 0; k <= n; k++) {
            if (i == 0 || k == 0) {
                table[i][k] = i + k;
                continue;
            }
            table[i][k] = least(least(table[i - 1][k], table[i][k - 1]) + 1,
                                table[i - 1][k - 1] + (a[i - 1] != b[k - 1]));
            if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
                table[i][k] = least(table[i][k], table[i - 2][k - 2] + 1);
        }
    return table[m][n];
}

static size_t draw_units(reel_rng *rng, uint8_t *units, size_t most)
{
    const size_t length = (size_t)draw(rng, 0, (int64_t)most);

    for (size_t i = 0; i < length; i++)
        units[i] = (uint8_t)draw(rng, 'a', 'd');
    return length;
}

static void edits_are_those_of_the_table(void **state)
{
    reel_rng rng = reel__rng_make(property_seed(), 1);

    (void)state;
    for (int run = 0; run < RUNS; run++) {
        uint8_t a[REEL_UNITS_MAX], b[REEL_UNITS_MAX];
        const size_t most = run % 5 == 0 ? REEL_UNITS_MAX : 9;
        const size_t m = draw_units(&rng, a, most), n = draw_units(&rng, b, most);
        reel_pattern pattern;
        reel_edits edits;
        size_t begun = m;

        reel__pattern_init(&pattern, a, m);
        edits = reel__pattern_edits(&pattern, b, n);
        assert_int_equal(edits.whole, edits_of(a, m, b, n));
        for (size_t k = m > 0 ? m - 1 : 0; k <= least(m + 1, n); k++)
            begun = least(begun, edits_of(a, m, b, k));
        assert_int_equal(edits.begun, begun);
    }
    assert_int_equal(reel__edits_allowed(3), 0);
    assert_int_equal(reel__edits_allowed(4), 1);
    assert_int_equal(reel__edits_allowed(7), 1);
    assert_int_equal(reel__edits_allowed(8), 2);
}

/* ---- trigrams ------------------------------------------------------------------------------- */

enum { ITEMS = 400 };

typedef struct items {
    uint8_t units[ITEMS][REEL_UNITS_MAX];
    size_t length[ITEMS];
} items;

static size_t units_of(const void *user, uint32_t item, uint8_t units[REEL_UNITS_MAX])
{
    const items *all = user;

    memcpy(units, all->units[item], all->length[item]);
    return all->length[item];
}

static bool is_among(const uint32_t *touched, size_t count, uint32_t item)
{
    for (size_t i = 0; i < count; i++)
        if (touched[i] == item)
            return true;
    return false;
}

/* What is within the edits is always among those that trigrams leave. */
static void trigrams_leave_out_nothing_near(void **state)
{
    static items all;
    static uint8_t shared[ITEMS];
    static uint32_t touched[ITEMS];
    reel_gram_work work = {shared, touched};
    reel_rng rng = reel__rng_make(property_seed(), 2);
    reel_grams grams;
    reel_err err = {0};

    (void)state;
    for (int i = 0; i < ITEMS; i++)
        all.length[i] = draw_units(&rng, all.units[i], 10);
    assert_ok(reel__grams_make(&grams, ITEMS, units_of, &all, &err));
    for (int run = 0; run < 300; run++) {
        uint8_t asked[REEL_UNITS_MAX];
        const size_t length = draw_units(&rng, asked, 10);
        const size_t edits = reel__edits_allowed(length);
        const size_t count = reel__grams_near(&grams, &work, asked, length, edits, false);

        for (int i = 0; i < ITEMS; i++) {
            assert_int_equal(shared[i], 0);
            if (length >= 4 && all.length[i] > 0 &&
                edits_of(asked, length, all.units[i], all.length[i]) <= edits)
                assert_true(is_among(touched, count, (uint32_t)i));
        }
    }
    reel__grams_fini(&grams);
}

static reel_code make_plain(void *user, reel_err *err)
{
    reel_buf out;
    reel_code rc;

    (void)user;
    reel__buf_init(&out, PLAIN);
    reel__search_plain(&out, "Amélie & the Ｘ-Files", strlen("Amélie & the Ｘ-Files"));
    rc = reel__buf_check(&out, err);
    reel__buf_fini(&out);
    return rc;
}

static void memory_may_run_out(void **state)
{
    (void)state;
    assert_true(sweep_memory(make_plain, NULL) >= 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_words),
        cmocka_unit_test(articles_stand_in_front),
        cmocka_unit_test(runs_without_spaces_are_pairs),
        cmocka_unit_test(edits_are_those_of_the_table),
        cmocka_unit_test(trigrams_leave_out_nothing_near),
        cmocka_unit_test(memory_may_run_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
