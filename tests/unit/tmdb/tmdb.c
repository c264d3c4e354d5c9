/* Keys, addresses, and which film of a search is meant. */
#include "support/check.h"
#include "tmdb/tmdb.h"

#define KEY   "0123456789abcdef0123456789ABCDEF"
#define TOKEN "eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJhYmMifQ.0123456789012345678901234567890"

static void keys_and_tokens(void **state)
{
    static const char *const wrong[] = {"", "secret", KEY "0", "0123456789abcdef0123456789abcdeg",
                                        TOKEN "\r\nX: y"};
    reel_tmdb_api api;
    reel_err err = {0};

    (void)state;
    assert_ok(reel__tmdb_api(&api, "http://x/3", KEY, &err));
    assert_string_equal(api.key, KEY);
    assert_null(api.bearer);
    assert_ok(reel__tmdb_api(&api, "http://x/3", TOKEN, &err));
    assert_string_equal(api.bearer, TOKEN);
    assert_null(api.key);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_fails(reel__tmdb_api(&api, "http://x/3", wrong[i], &err), REEL_E_INVALID,
                     "TMDB_API_KEY");
        assert_true(wrong[i][0] == '\0' || strstr(err.msg, wrong[i]) == NULL);
    }
}

static void addresses(void **state)
{
    const reel_tmdb_api with_key = {.url = "http://x/3", .key = KEY};
    const reel_tmdb_api with_token = {.url = "http://x/3", .bearer = TOKEN};
    char url[400], small[40];

    (void)state;
    reel__tmdb_movie_url(url, sizeof url, &with_token, 862);
    assert_string_equal(url,
                        "http://x/3/movie/862?append_to_response=keywords,credits,videos,images");
    reel__tmdb_find_url(url, sizeof url, &with_key, 114709);
    assert_string_equal(url, "http://x/3/find/tt0114709?external_source=imdb_id&api_key=" KEY);
    reel__tmdb_search_url(url, sizeof url, &with_token, "Am\xc3\xa9lie & co", 2001);
    assert_string_equal(url, "http://x/3/search/movie?query=Am%C3%A9lie%20%26%20co&year=2001");
    reel__tmdb_search_url(small, sizeof small, &with_key, "A long title that does not fit", 0);
    assert_true(strlen(small) < sizeof small);
}

static reel_tmdb_guess guess(const char *title, int32_t year, const char *text)
{
    reel_tmdb_guess out;
    reel_err err = {0};

    assert_ok(reel__tmdb_guess(&out, title, year, text, strlen(text), &err));
    return out;
}

static void tells_remakes_apart(void **state)
{
    static const char both[] =
        "{\"results\":[{\"id\":593,\"title\":\"Solaris\",\"release_date\":\"2002-11-27\"},"
        "{\"id\":594,\"title\":\"Solyaris\",\"original_title\":\"Solaris\","
        "\"release_date\":\"1972-03-20\"}]}";
    reel_tmdb_guess out = guess("Solaris", 1972, both);

    (void)state;
    assert_int_equal(out.tmdb_id, 594);
    assert_true(out.sure && out.score == 1);
    assert_string_equal(out.reason, "\"Solyaris\" of 1972, titles alike by 1.00");
    out = guess("Solaris", 2002, both);
    assert_int_equal(out.tmdb_id, 593);
    assert_true(out.sure);
    out = guess("Solaris", 1985, both); /* neither */
    assert_false(out.sure);
    out = guess("Solaris", 0, both); /* either */
    assert_false(out.sure);
    out = guess("SOLARIS!", 1973, both);
    assert_int_equal(out.tmdb_id, 594);
    assert_true(out.sure);
    out = guess("Something else", 1972, both);
    assert_false(out.sure);
    out = guess("Solaris", 1972, "{\"results\":[]}");
    assert_int_equal(out.tmdb_id, 0);
    assert_string_equal(out.reason, "");
    out = guess("X", 1990,
                "{\"results\":[{\"id\":1,\"title\":\"X\",\"release_date\":\"1990\"},"
                "{\"id\":2,\"title\":\"X\",\"release_date\":\"1990\"}]}");
    assert_false(out.sure);
    assert_non_null(strstr(out.reason, "another is as like"));
}

static void wrong_answers(void **state)
{
    static const char *const wrong[] = {"",
                                        "{",
                                        "[]",
                                        "{}",
                                        "{\"results\":{}}",
                                        "{\"results\":[1]}",
                                        "{\"results\":[{\"id\":\"x\"}]}"};
    reel_tmdb_guess out;
    int64_t id = 0;
    reel_err err = {0};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_true(reel__tmdb_guess(&out, "X", 1, wrong[i], strlen(wrong[i]), &err) != REEL_OK);
    assert_ok(reel__tmdb_found(&id, "{\"movie_results\":[{\"id\":7}]}", 28, &err));
    assert_int_equal(id, 7);
    assert_ok(reel__tmdb_found(&id, "{\"movie_results\":[]}", 20, &err));
    assert_int_equal(id, 0);
    assert_fails(reel__tmdb_found(&id, "{\"movie_results\":1}", 19, &err), REEL_E_INVALID,
                 "movie_results");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_and_tokens),
        cmocka_unit_test(addresses),
        cmocka_unit_test(tells_remakes_apart),
        cmocka_unit_test(wrong_answers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
