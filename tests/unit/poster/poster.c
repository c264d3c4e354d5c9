/* poster.c - posters are the same every time, different from each other, and never run over. */
#include "support/check.h"

#include <math.h>

#include "poster/palette_priv.h"
#include "poster/poster.h"
#include "poster/title_priv.h"

static reel_movie movie_of(int64_t id, const char *name, const char *genres, int32_t year)
{
    return (reel_movie){.id = id,
                        .title = name,
                        .name = name,
                        .genres = genres,
                        .overview = "",
                        .tagline = "",
                        .keywords = "",
                        .cast = "",
                        .directors = "Agnès Varda|Somebody Else",
                        .tags = "",
                        .original_title = "",
                        .language = "",
                        .release_date = "",
                        .poster_path = "",
                        .backdrop_path = "",
                        .trailer_key = "",
                        .year = year};
}

/* The poster as text, freed by the caller. */
static char *poster_of(const reel_movie *movie)
{
    reel_buf out;
    reel_err err;

    reel__buf_init(&out, 1 << 16);
    assert_ok(reel__poster_svg(&out, movie, &err));
    return reel__buf_take(&out);
}

static void test_same_film_same_poster(void **state)
{
    const reel_movie movie = movie_of(7, "Cléo from 5 to 7", "Drama", 1962);
    char *one = poster_of(&movie), *two = poster_of(&movie);

    (void)state;
    assert_string_equal(one, two);
    assert_non_null(strstr(one, "viewBox=\"0 0 400 600\""));
    assert_non_null(strstr(one, "aria-label=\"Cléo from 5 to 7 (1962)\""));
    assert_non_null(strstr(one, ">1962</text>"));
    assert_non_null(strstr(one, "AGNÈS VARDA"));
    assert_null(strstr(one, "Somebody"));
    reel__free(one);
    reel__free(two);
}

/* Whatever is between the tags of the art, without the words. */
static void test_no_two_alike(void **state)
{
    enum { FILMS = 300 };
    static char *posters[FILMS];

    (void)state;
    for (int i = 0; i < FILMS; i++) {
        const reel_movie movie = movie_of(i + 1, "A Film", "Drama", 1975);

        posters[i] = poster_of(&movie);
        for (int k = 0; k < i; k++)
            if (strcmp(posters[i], posters[k]) == 0)
                fail_msg("films %d and %d have the same poster", i + 1, k + 1);
    }
    for (int i = 0; i < FILMS; i++)
        reel__free(posters[i]);
}

static void test_every_genre_and_decade(void **state)
{
    static const char *const genres[] = {
        "Film-Noir", "Western", "Musical", "Documentary", "Animation",  "Horror",
        "Sci-Fi",    "War",     "Fantasy", "Mystery",     "Romance",    "Crime",
        "Children",  "Drama",   "Comedy",  "Adventure",   "Thriller",   "Action",
        "",          "IMAX",    "Drama|",  "||Crime||",   "Children's", "(no genres listed)"};

    (void)state;
    for (size_t g = 0; g < sizeof genres / sizeof *genres; g++) {
        for (int32_t year = 1890; year < 2040; year += 7) {
            for (int id = 0; id < 6; id++) {
                const reel_movie movie = movie_of(id, "Name", genres[g], year);
                char *svg = poster_of(&movie);

                assert_true(strlen(svg) > 900 && strlen(svg) < 60000);
                assert_null(strstr(svg, "nan"));
                assert_null(strstr(svg, "inf"));
                reel__free(svg);
            }
        }
    }
}

static void test_words_can_be_read(void **state)
{
    (void)state;
    for (int genre = 0; genre < GENRE_COUNT; genre++) {
        for (int i = 0; i < 600; i++) {
            reel_rng rng = reel__rng_make((uint64_t)i, (uint64_t)genre);
            const reel_palette palette = reel__palette_make(
                (reel_genre)genre, i % 13 == 0 ? 0 : 1900 + i % 130, i % 2 == 0, &rng);

            for (int tone = 0; tone < TONE_COUNT; tone++) {
                const uint32_t ink = reel__palette_ink(&palette, (reel_tone)tone);
                const double contrast = reel__palette_contrast(ink, palette.rgb[tone]);

                if (contrast < 4.5)
                    fail_msg("genre %d, seed %d, tone %d: contrast %.2f", genre, i, tone, contrast);
            }
        }
    }
}

static void test_contrast_of_known_pairs(void **state)
{
    (void)state;
    assert_true(fabs(reel__palette_contrast(0xffffff, 0x000000) - 21) < 1e-9);
    assert_true(fabs(reel__palette_contrast(0x777777, 0xffffff) - 4.48) < 0.01);
    assert_true(fabs(reel__palette_contrast(0x123456, 0x123456) - 1) < 1e-9);
}

/* ---- titles -------------------------------------------------------------------------------- */

static void assert_fits(const char *name, reel_style style)
{
    const reel_movie movie = movie_of(1, name, "Drama", 1964);
    reel_title title;

    reel__title_layout(&title, &movie, style);
    assert_in_range(title.main_block.lines, 1, TYPE_LINES);
    for (int i = 0; i < title.main_block.lines; i++)
        if (title.main_block.width[i] * title.main_block.size > 340.01)
            fail_msg("%s: line %d is %.1f wide", name, i,
                     title.main_block.width[i] * title.main_block.size);
    for (int i = 0; i < title.second_block.lines; i++)
        assert_true(title.second_block.width[i] * title.second_block.size <= 340.01);
    assert_true(title.main_block.size >= 15 && title.main_block.size <= 96);
    assert_true(title.height < 420);
}

static const char *const names[] = {
    "M",
    "Jaws",
    "Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb",
    "The Assassination of Jesse James by the Coward Robert Ford",
    "Night of the Day of the Dawn of the Son of the Bride of the Return of the Revenge of the "
    "Terror of the Attack of the Evil, Mutant, Alien, Flesh Eating, Hellbound, Zombified Living "
    "Dead Part 2: In Shocking 2-D",
    "Everything You Always Wanted to Know About Sex * But Were Afraid to Ask",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "千と千尋の神隠し",
    "男はつらいよ 寅次郎あじさいの恋と長い長い題名がどこまでも続いてゆく物語、その第二部",
    "기생충",
    "جدایی نادر از سیمین",
    "דירה להשכרה בעיר הגדולה",
    "Летят журавли",
    "Ο Θίασος και το Μετέωρο Βήμα του Πελαργού",
    "ลุงบุญมีระลึกชาติและเรื่องราวอีกมากมายในป่าลึก",
    "पाथेर पांचाली",
    "😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀",
};

static void test_titles_fit(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (int style = 0; style < 4; style++)
            assert_fits(names[i], (reel_style){.face = style & 1 ? FACE_SANS : FACE_SERIF,
                                               .capitals = (style & 2) != 0});
}

static reel_title laid_out(const char *name)
{
    const reel_movie movie = movie_of(1, name, "Drama", 1964);
    reel_title title;

    reel__title_layout(&title, &movie, (reel_style){.face = FACE_SERIF});
    return title;
}

static void assert_words(const reel_text *text, const char *expected)
{
    reel_buf out;

    reel__buf_init(&out, 1000);
    reel__type_write(&out, text, 0, text->count);
    assert_string_equal(out.data, expected);
    reel__buf_fini(&out);
}

static void test_names_are_split(void **state)
{
    reel_title title = laid_out("2001: A Space Odyssey");

    (void)state;
    assert_words(&title.main, "2001");
    assert_words(&title.second, "A Space Odyssey");
    title = laid_out("Seven Samurai (The Magnificent Seven) (Shichinin no samurai)");
    assert_words(&title.main, "Seven Samurai");
    assert_words(&title.second, "The Magnificent Seven");
    title = laid_out("Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb");
    assert_words(&title.main, "Dr. Strangelove");
    assert_words(&title.second, "or: How I Learned to Stop Worrying and Love the Bomb");
    title = laid_out("Mission: Impossible");
    assert_words(&title.main, "Mission: Impossible");
    assert_int_equal(title.second.count, 0);
    title = laid_out("Heat (1995)");
    assert_words(&title.main, "Heat");
    title = laid_out("(500) Days of Summer");
    assert_words(&title.main, "(500) Days of Summer");
    title = laid_out("");
    assert_words(&title.main, "Untitled");
}

static void test_lines_are_even(void **state)
{
    const reel_title title = laid_out("The Man Who Shot Liberty Valance");
    double least = 1e9, most = 0;

    (void)state;
    assert_true(title.main_block.lines >= 2);
    for (int i = 0; i < title.main_block.lines; i++) {
        least = fmin(least, title.main_block.width[i]);
        most = fmax(most, title.main_block.width[i]);
    }
    assert_true(least > 0.6 * most);
}

static void test_scripts(void **state)
{
    reel_title title = laid_out("جدایی نادر از سیمین");

    (void)state;
    assert_true(title.main.right_to_left);
    title = laid_out("דירה להשכרה");
    assert_true(title.main.right_to_left);
    title = laid_out("Летят журавли");
    assert_false(title.main.right_to_left);
    assert_true(title.main.plain);
    title = laid_out("Ο Θίασος");
    assert_false(title.main.plain);
    title = laid_out("千と千尋の神隠し、そして");
    assert_false(title.main.plain);
    for (int i = 0; i < title.main.count; i++) /* no line begins with a comma */
        if (title.main.letters[i].code == 0x3001)
            assert_false(title.main.letters[i - 1].break_after);
}

static void test_words_are_escaped(void **state)
{
    const reel_movie movie = movie_of(1, "<b>\"Tom\" & 'Jerry'</b>", "Comedy", 1992);
    char *svg = poster_of(&movie);

    (void)state;
    assert_null(strstr(svg, "<b>"));
    assert_non_null(strstr(svg, "&lt;b&gt;&quot;Tom&quot; &amp; 'Jerry'"));
    reel__free(svg);
}

/* ---- failures ------------------------------------------------------------------------------ */

static reel_code draw(void *user, reel_err *err)
{
    reel_buf out;
    reel_code rc;

    reel__buf_init(&out, 1 << 16);
    rc = reel__poster_svg(&out, user, err);
    reel__buf_fini(&out);
    return rc;
}

static void test_out_of_memory(void **state)
{
    reel_movie movie = movie_of(1, "Heat", "Crime", 1995);

    (void)state;
    assert_true(sweep_memory(draw, &movie) >= 1);
}

static void test_small_buffer(void **state)
{
    const reel_movie movie = movie_of(1, "Heat", "Crime", 1995);
    reel_buf out;
    reel_err err;

    (void)state;
    reel__buf_init(&out, 100);
    assert_int_equal(reel__poster_svg(&out, &movie, &err), REEL_E_TOOLARGE);
    reel__buf_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_film_same_poster),
        cmocka_unit_test(test_no_two_alike),
        cmocka_unit_test(test_every_genre_and_decade),
        cmocka_unit_test(test_words_can_be_read),
        cmocka_unit_test(test_contrast_of_known_pairs),
        cmocka_unit_test(test_titles_fit),
        cmocka_unit_test(test_names_are_split),
        cmocka_unit_test(test_lines_are_even),
        cmocka_unit_test(test_scripts),
        cmocka_unit_test(test_words_are_escaped),
        cmocka_unit_test(test_out_of_memory),
        cmocka_unit_test(test_small_buffer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
