/* Unit tests of title parsing and of cleaning texts. */
#include "data/title_priv.h"
#include "data/tmdb_priv.h"
#include "support/check.h"

typedef struct title_case {
    const char *title, *name, *other;
    int year;
} title_case;

static void check_title(const title_case *c)
{
    reel_buf name, other;
    int32_t year = -1;

    reel__buf_init(&name, 1000);
    reel__buf_init(&other, 1000);
    reel__title_split(c->title, strlen(c->title), &name, &other, &year);
    if (strcmp(name.data, c->name) != 0 || strcmp(other.data, c->other) != 0 || year != c->year)
        fail_msg("%s: name \"%s\", other \"%s\", year %d", c->title, name.data, other.data,
                 (int)year);
    reel__buf_clear(&name);
    reel__title_parse(c->title, strlen(c->title), &name, &year);
    assert_string_equal(name.data, c->name);
    assert_int_equal(year, c->year);
    reel__buf_fini(&name);
    reel__buf_fini(&other);
}

static void test_titles(void **state)
{
    (void)state;
    static const title_case cases[] = {
        {"Matrix, The (1999)", "The Matrix", "", 1999},
        {"Heat (1995)", "Heat", "", 1995},
        {"  Heat (1995) ", "Heat", "", 1995},
        {"City of Lost Children, The (Cit\xC3\xA9 des enfants perdus, La) (1995)",
         "The City of Lost Children", "La Cit\xC3\xA9 des enfants perdus", 1995},
        {"Seven (a.k.a. Se7en) (1995)", "Seven", "Se7en", 1995},
        {"L\xC3\xA9on: The Professional (a.k.a. The Professional) (L\xC3\xA9on) (1994)",
         "L\xC3\xA9on: The Professional", "L\xC3\xA9on", 1994},
        {"Zombie (a.k.a. Zombie 2: The Dead Are Among Us) (Zombi 2) (1979)", "Zombie", "Zombi 2",
         1979},
        {"Appartement, L' (1996)", "L'Appartement", "", 1996},
        {"Avventura, L\xE2\x80\x99 (1960)",
         "L\xE2\x80\x99"
         "Avventura",
         "", 1960},
        {"Boot, Das (1981)", "Das Boot", "", 1981},
        {"Dolce Vita, La (1960)", "La Dolce Vita", "", 1960},
        {"Mis\xC3\xA9rables, Les (1995)", "Les Mis\xC3\xA9rables", "", 1995},
        {"Mariachi, El (1992)", "El Mariachi", "", 1992},
        {"Olvidados, Los (1950)", "Los Olvidados", "", 1950},
        {"Vitelloni, I (1953)", "I Vitelloni", "", 1953},
        {"Himmel \xC3\xBC"
         "ber Berlin, Der (1987)",
         "Der Himmel \xC3\xBC"
         "ber Berlin",
         "", 1987},
        {"Fish Called Wanda, A (1988)", "A Fish Called Wanda", "", 1988},
        {"Affair to Remember, An (1957)", "An Affair to Remember", "", 1957},
        {"Babylon 5", "Babylon 5", "", 0},
        {"unknown", "unknown", "", 0},
        {"", "", "", 0},
        {"(1995)", "(1995)", "", 0},
        {"Fawlty Towers (1975-1979)", "Fawlty Towers", "", 1975},
        {"Death Note: Desu n\xC3\xB4to (2006\xE2\x80\x93"
         "2007)",
         "Death Note: Desu n\xC3\xB4to", "", 2006},
        {"Big Bang Theory, The (2007-)", "The Big Bang Theory", "", 2007},
        {"2001: A Space Odyssey (1968)", "2001: A Space Odyssey", "", 1968},
        {"1984 (1984)", "1984", "", 1984},
        {"(500) Days of Summer (2009)", "(500) Days of Summer", "", 2009},
        {"Birdman: Or (The Unexpected Virtue of Ignorance) (2014)",
         "Birdman: Or (The Unexpected Virtue of Ignorance)", "", 2014},
        {"Che (Part One) (2008)", "Che (Part One)", "", 2008},
        {"Spy(ies) (2009)", "Spy(ies)", "", 2009},
        {"Land Before Time III (1995) (V)", "Land Before Time III", "", 1995},
        {"Associate, The (L'Associe)(1982)", "The Associate", "L'Associe", 1982},
        {"Corrina, Corrina (1994)", "Corrina, Corrina", "", 1994},
        {"Good, the Bad and the Ugly, The (1966)", "The Good, the Bad and the Ugly", "", 1966},
        {"Odd (12345)", "Odd", "12345", 0},
        {"Unbalanced) (1995)", "Unbalanced)", "", 1995},
        {"Unbalanced (1995", "Unbalanced (1995", "", 0},
        {"\xE4\xB8\x83\xE4\xBA\xBA\xE3\x81\xAE\xE4\xBE\x8D (1954)",
         "\xE4\xB8\x83\xE4\xBA\xBA\xE3\x81\xAE\xE4\xBE\x8D", "", 1954},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_title(&cases[i]);
}

static void test_clean_texts(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"plain", "plain"},
        {"  a \t\r\n b  ", "a b"},
        {"Tom &amp; Jerry &lt;3 &quot;x&quot;", "Tom & Jerry <3 \"x\""},
        {"it&#39;s &#x2014; ok&nbsp;now", "it's \xE2\x80\x94 ok now"},
        {"&eacute;&hellip;", "\xC3\xA9\xE2\x80\xA6"},
        {"AT&T; &unknown; & &#; &#xD800; &#1114112;", "AT&T; &unknown; & &#; &#xD800; &#1114112;"},
        {"&#x1F600;&#0;", "\xF0\x9F\x98\x80"},
        {"&#10;a&#10;", "a"},
        {"", ""},
        {"&", "&"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        reel_buf out;

        reel__buf_init(&out, 1000);
        reel__text_clean(&out, cases[i][0], strlen(cases[i][0]));
        assert_string_equal(out.data, cases[i][1]);
        reel__buf_fini(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_titles),
        cmocka_unit_test(test_clean_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
