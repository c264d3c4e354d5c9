/* Expressions against films whose answers are plain to see: values, unknown facts, texts of any
 * script, every kind of mistake with its place, limits, memory.
 */
#include <math.h>

#include "rules/expression.h"
#include "support/check.h"

enum { ROOM = 1 << 12, LONG = 2100 };

static const reel_movie alien = {
    .id = 1214,
    .title = "Alien (1979)",
    .name = "Alien",
    .genres = "Action|Horror|Sci-Fi|Thriller",
    .overview = "A crew wakes up and meets a stranger.",
    .tagline = "",
    .keywords = "space travel|android",
    .cast = "Sigourney Weaver|Tom Skerritt",
    .directors = "Ridley Scott",
    .tags = "",
    .original_title = "",
    .language = "en",
    .release_date = "1979-05-25",
    .poster_path = "",
    .backdrop_path = "",
    .trailer_key = "",
    .year = 1979,
    .runtime = 117,
    .vote_count = 9000,
    .vote_average = 8.1F,
    .popularity = 40,
};

/* Nearly nothing is known of it, and not in ASCII. */
static reel_movie cleo(void)
{
    reel_movie m = alien;

    m.id = 2;
    m.name = "Cléo de 5 à 7";
    m.genres = "Comédie musicale|Drama";
    m.overview = m.keywords = m.cast = m.language = m.release_date = "";
    m.directors = "Agnès Varda";
    m.year = m.runtime = m.vote_count = 0;
    m.vote_average = m.popularity = NAN;
    return m;
}

static bool test(const char *text, const reel_movie *movie)
{
    const reel_film film = {movie, movie->id == 2 ? (double)NAN : 4.25, movie->id == 2 ? 0 : 500};
    reel_expression *expression = NULL;
    reel_buf room;
    reel_err err = {0};
    bool answer;

    reel__buf_init(&room, ROOM);
    if (reel__expression_new(&expression, text, REEL_VALUE_TRUTH, &err) != REEL_OK)
        fail_msg("%s: %s", text, err.msg);
    answer = reel__expression_test(expression, &film, &room);
    assert_false(room.failed);
    reel__expression_free(expression);
    reel__buf_fini(&room);
    return answer;
}

static double value(const char *text, const reel_movie *movie)
{
    const reel_film film = {movie, movie->id == 2 ? (double)NAN : 4.25, movie->id == 2 ? 0 : 500};
    reel_expression *expression = NULL;
    reel_buf room;
    reel_err err = {0};
    double answer;

    reel__buf_init(&room, ROOM);
    if (reel__expression_new(&expression, text, REEL_VALUE_NUMBER, &err) != REEL_OK)
        fail_msg("%s: %s", text, err.msg);
    answer = reel__expression_value(expression, &film, &room);
    reel__expression_free(expression);
    reel__buf_fini(&room);
    return answer;
}

static void conditions_hold_or_not(void **state)
{
    static const struct {
        const char *text;
        bool alien, cleo;
    } cases[] = {
        {"year >= 1990 and not genre:Horror and runtime <= 120", false, false},
        {"year < 1980", true, false},
        {"not year < 1980", false, true},
        {"year = 1979", true, false},
        {"year == 1979.0", true, false},
        {"year != 1979", false, false},
        {"year:1970..1979", true, false},
        {"year:1970..1978", false, false},
        {"year:(1950, 1979)", true, false},
        {"decade = 1970", true, false},
        {"rating > 4 and ratings >= 500", true, false},
        {"ratings = 0", false, true},
        {"vote_average > 8 and vote_count = 9000 and popularity <= 40", true, false},
        {"movie:(2, 3)", false, true},
        {"id:1214", true, false},
        {"genre:Sci-Fi", true, false},
        {"genre:sci-fi and GENRE:horror", true, false},
        {"genre:Sci", false, false},
        {"genre:(Western, \"sci-fi\")", true, false},
        {"genre:\"comedie musicale\"", false, true},
        {"genre:'COMÉDIE Musicale' or genre:Western", false, true},
        {"director:\"Agnès Varda\"", false, true},
        {"director:\"agnes varda\"", false, true},
        {"directors:'ridley scott'", true, false},
        {"actor:\"Tom Skerritt\"", true, false},
        {"cast:(\"Bill Murray\",\"Sigourney Weaver\")", true, false},
        {"keyword:\"space travel\"", true, false},
        {"keyword:space", false, false},
        {"title:alien", true, false},
        {"title:lien", false, false},
        {"title:\"cleo de\"", false, true},
        {"title:'a 7'", false, true},
        {"title = \"ALIEN\"", true, false},
        {"title != Alien", false, true},
        {"overview:\"meets a stranger\"", true, false},
        {"overview:strange", false, false},
        {"language:en", true, false},
        {"language:(fr, en)", true, false},
        {"language != fr", true, false},
        {"release_date >= 1979-05-01 and release_date < '1980'", true, false},
        {"known(runtime)", true, false},
        {"not known(overview) and known(genre)", false, true},
        {"runtime / 60 < 2", true, false},
        {"abs(year - 1980) <= 1", true, false},
        {"if genre:Horror then year > 1970 else ratings = 0", true, true},
        {"not not genre:Drama", false, true},
        {"year > 1970 or year < 0 and genre:Drama", true, false},
        {"(year > 1970 or genre:Drama) and genre:Drama", false, true},
        {"year > -1", true, false},
        {"NOT Genre:Drama AND (Year > 2000 OR year < 1980)", true, false},
        {"genre:\"say \\\"hi\\\"\"", false, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const reel_movie other = cleo();

        if (test(cases[i].text, &alien) != cases[i].alien)
            fail_msg("%s: not %d for Alien", cases[i].text, cases[i].alien);
        if (test(cases[i].text, &other) != cases[i].cleo)
            fail_msg("%s: not %d for Cléo", cases[i].text, cases[i].cleo);
    }
}

static void numbers_are_counted_out(void **state)
{
    const reel_movie other = cleo();

    (void)state;
    assert_true(value("1 + 2 * 3 - 4 / 2", &alien) == 5);
    assert_true(value("(1 + 2) * 3", &alien) == 9);
    assert_true(value("10 - 4 - 3", &alien) == 3);
    assert_true(value("8 / 2 / 2", &alien) == 2);
    assert_true(value("-2 * -(3)", &alien) == 6);
    assert_true(value("- - 2", &alien) == 2);
    assert_true(value("min(runtime, 100) + max(1, 2)", &alien) == 102);
    assert_true(fabs(value("log(ratings)", &alien) - log(500)) < 1e-12);
    assert_true(value("if director:\"Ridley Scott\" then 2 else 1", &alien) == 2);
    assert_true(value("if director:\"Ridley Scott\" then 2 else 1", &other) == 1);
    assert_true(value("if year > 2000 then 3 else if year > 1970 then 2 else 1", &alien) == 2);
    assert_true(isnan(value("year + 1", &other)));
    assert_true(isnan(value("max(year, 1)", &other)));
    assert_true(isinf(value("1 / 0", &other)));
}

static void mistakes_are_named_with_their_place(void **state)
{
    static const struct {
        const char *text, *message;
        reel_code code;
    } cases[] = {
        {"", "character 1: expected a condition or a number, but here it ends", REEL_E_INVALID},
        {"year >= ", "character 9: expected a condition or a number, but here it ends",
         REEL_E_INVALID},
        {"year >= and", "character 9: expected a field such as year, genre or director, found and",
         REEL_E_INVALID},
        {"jahr > 1990", "character 1: expected a field", REEL_E_INVALID},
        {"title:é and jahr > 1990", "character 13: expected a field", REEL_E_INVALID},
        {"year", "character 1: expected a condition here", REEL_E_INVALID},
        {"year > 1990 and 3", "character 17: expected a condition here", REEL_E_INVALID},
        {"not 3", "character 5: expected a condition here", REEL_E_INVALID},
        {"3 or year > 1990", "character 1: expected a condition here", REEL_E_INVALID},
        {"genre:Drama + 1 > 2", "character 1: expected a number here", REEL_E_INVALID},
        {"1 + genre:Drama > 2", "character 5: expected a number here", REEL_E_INVALID},
        {"1 < year < 3", "character 1: compare two numbers at a time", REEL_E_INVALID},
        {"year > 1990 genre:Drama",
         "character 13: expected \"and\", \"or\" or the end, found genre", REEL_E_INVALID},
        {"(year > 1990", "character 13: expected \")\"", REEL_E_INVALID},
        {"year > 1990)", "character 12: expected \"and\"", REEL_E_INVALID},
        {"year > 19x", "character 8: this is no number", REEL_E_INVALID},
        {"year > 1.", "character 8: this is no number", REEL_E_INVALID},
        {"year > 5 ; drop", "character 10: this sign means nothing here", REEL_E_INVALID},
        {"genre = Drama", "character 7: expected \":\" and a text", REEL_E_INVALID},
        {"genre:", "character 7: expected a text", REEL_E_INVALID},
        {"genre:(Drama", "character 13: expected a comma", REEL_E_INVALID},
        {"genre:\"Dra", "character 7: this quote is not closed", REEL_E_INVALID},
        {"genre:\"\"", "character 7: an empty text", REEL_E_INVALID},
        {"year:Drama", "character 6: expected a number, found Drama", REEL_E_INVALID},
        {"year:1990..", "character 12: expected a number", REEL_E_INVALID},
        {"title", "character 6: expected \":\" and a text", REEL_E_INVALID},
        {"known(jahr)", "character 7: expected a field", REEL_E_INVALID},
        {"known year", "character 7: expected \"(\"", REEL_E_INVALID},
        {"min(1) > 0", "character 6: expected a comma", REEL_E_INVALID},
        {"abs(genre:Drama) > 0", "character 5: expected a number here", REEL_E_INVALID},
        {"if year > 1 then 2", "character 19: expected \"else\"", REEL_E_INVALID},
        {"if 1 then 2 else 3", "character 4: expected a condition here", REEL_E_INVALID},
        {"if year > 1 then genre:a else 3", "character 31: expected a condition here",
         REEL_E_INVALID},
        {"\xFF", "no UTF-8", REEL_E_INVALID},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        reel_expression *expression = NULL;
        reel_err err = {0};

        assert_fails(reel__expression_new(&expression, cases[i].text, REEL_VALUE_TRUTH, &err),
                     cases[i].code, cases[i].message);
        assert_null(expression);
    }
}

static void repeat(char *out, const char *part, size_t times, const char *end)
{
    out[0] = '\0';
    for (size_t i = 0; i < times; i++)
        (void)strncat(out, part, LONG - strlen(out));
    (void)strncat(out, end, LONG - strlen(out));
}

static void limits_hold(void **state)
{
    char text[LONG + 1];
    reel_expression *expression = NULL;
    reel_err err = {0};

    (void)state;
    repeat(text, "(", REEL_EXPRESSION_DEPTH + 1, "1");
    assert_fails(reel__expression_new(&expression, text, REEL_VALUE_NUMBER, &err), REEL_E_TOOLARGE,
                 "character 33: more than 32 levels");
    repeat(text, "-", REEL_EXPRESSION_DEPTH + 1, "1");
    assert_fails(reel__expression_new(&expression, text, REEL_VALUE_NUMBER, &err), REEL_E_TOOLARGE,
                 "levels");
    repeat(text, "1+", REEL_EXPRESSION_NODES / 2, "1");
    assert_fails(reel__expression_new(&expression, text, REEL_VALUE_NUMBER, &err), REEL_E_TOOLARGE,
                 "more than 256 parts");
    repeat(text, "not ", 400, "year > 1");
    assert_ok(reel__expression_new(&expression, text, REEL_VALUE_TRUTH, &err));
    reel__expression_free(expression);
    repeat(text, " ", REEL_EXPRESSION_BYTES, "1");
    assert_fails(reel__expression_new(&expression, text, REEL_VALUE_NUMBER, &err), REEL_E_TOOLARGE,
                 "2001 bytes are more than 2000");
}

static reel_code make(void *user, reel_err *err)
{
    reel_expression *expression = NULL;
    const reel_code rc = reel__expression_new(
        &expression, "genre:Comédie or title:\"Cléo de 5 à 7\"", REEL_VALUE_TRUTH, err);

    (void)user;
    reel__expression_free(expression);
    return rc;
}

static void memory_may_be_missing(void **state)
{
    const reel_movie other = cleo();
    const reel_film film = {&other, (double)NAN, 0};
    reel_expression *expression = NULL;
    reel_buf room;
    reel_err err = {0};

    (void)state;
    assert_true(sweep_memory(make, NULL) >= 3);
    assert_ok(reel__expression_new(&expression, "title:cleo", REEL_VALUE_TRUTH, &err));
    reel__buf_init(&room, ROOM);
    reel__alloc_fail_after(0);
    assert_false(reel__expression_test(expression, &film, &room));
    reel__alloc_fail_after(-1);
    assert_int_equal(reel__buf_check(&room, &err), REEL_E_NOMEM);
    reel__buf_fini(&room);
    reel__expression_free(expression);
}

static void every_field_can_be_asked_for(void **state)
{
    size_t count = 0;

    (void)state;
    for (const reel_expression_field *f; (f = reel__expression_field_at(count)) != NULL; count++) {
        char text[64];

        (void)snprintf(text, sizeof text, "known(%s) or %s:1", f->name, f->name);
        (void)test(text, &alien);
        assert_true(strlen(f->meaning) > 0);
    }
    assert_true(count > 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conditions_hold_or_not),
        cmocka_unit_test(numbers_are_counted_out),
        cmocka_unit_test(mistakes_are_named_with_their_place),
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(memory_may_be_missing),
        cmocka_unit_test(every_field_can_be_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
