/* The index over a few films of a test's own: what matched and where, pages, limits, memory. */
#include "search/search.h"
#include "support/check.h"

typedef struct film {
    const char *title, *name, *other, *directors, *cast, *keywords, *overview;
    int32_t year;
} film;

static const film films[] = {
    {"Matrix, The (1999)", "The Matrix", "", "Lana Wachowski|Lilly Wachowski", "Keanu Reeves",
     "simulation|hacker", "A hacker learns that the world is a simulation.", 1999},
    {"Seven (a.k.a. Se7en) (1995)", "Seven", "", "David Fincher", "Brad Pitt|Morgan Freeman",
     "serial killer", "Two detectives hunt a killer who follows the seven deadly sins.", 1995},
    {"City of Lost Children, The (Cité des enfants perdus, La) (1995)", "The City of Lost Children",
     "La Cité des enfants perdus", "Jean-Pierre Jeunet", "Ron Perlman", "dream",
     "A scientist kidnaps children to steal their dreams.", 1995},
    {"Spider-Man (2002)", "Spider-Man", "", "Sam Raimi", "Tobey Maguire|Willem Dafoe", "superhero",
     "A student is bitten by a spider.", 2002},
    {"Seven Samurai (1954)", "Seven Samurai", "七人の侍", "Akira Kurosawa", "Toshirō Mifune",
     "samurai|village",
     "Long ago in a land of rain and mud and hunger and fear, where bandits come over the hills "
     "each year as soon as the barley is ripe and take whatever they find, the farmers of a poor "
     "village decide at last to hire swordsmen to defend what little they have left to them.",
     1954},
    {"Taxi Driver (1976)", "Taxi Driver", "", "Martin Scorsese", "Robert De Niro|Jodie Foster",
     "new york", "", 1976},
    {"$ (1971)", "$", "", "Richard Brooks", "Warren Beatty", "heist", "", 1971},
    {"2010 (1984)", "2010", "", "Peter Hyams", "Roy Scheider", "space", "", 1984},
    {"1984 (1984)", "1984", "", "Michael Radford", "John Hurt", "dystopia", "", 1984},
    {"Nameless", "Nameless", "", "", "", "", "", 0},
};
enum { FILMS = sizeof films / sizeof *films };

static reel_dataset *dataset;
static reel_search_index *search;
static reel_search_work *work;

static reel_code make_dataset(reel_dataset **out, reel_err *err)
{
    reel_dataset_builder *builder = NULL;
    reel_code rc;

    REEL_TRY(reel_dataset_builder_new(&builder, err));
    for (int i = 0; i < FILMS; i++) {
        const reel_movie movie = {.id = i,
                                  .title = films[i].title,
                                  .name = films[i].name,
                                  .original_title = films[i].other,
                                  .directors = films[i].directors,
                                  .cast = films[i].cast,
                                  .keywords = films[i].keywords,
                                  .overview = films[i].overview,
                                  .genres = "Drama",
                                  .tagline = "",
                                  .tags = "",
                                  .language = "",
                                  .release_date = "",
                                  .poster_path = "",
                                  .backdrop_path = "",
                                  .trailer_key = "",
                                  .year = films[i].year,
                                  .vote_count = 1000 - i};

        REEL_TRY(reel_dataset_builder_add_movie(builder, &movie, err));
    }
    rc = reel_dataset_builder_finish(out, builder, NULL, err);
out:
    reel_dataset_builder_free(builder);
    return rc;
}

static int set_up(void **state)
{
    reel_err err = {0};

    (void)state;
    assert_ok(make_dataset(&dataset, &err));
    assert_ok(reel__search_index_new(&search, dataset, &err));
    assert_ok(reel__search_work_new(&work, search, &err));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    reel__search_work_free(work);
    reel__search_index_free(search);
    reel_dataset_free(dataset);
    return 0;
}

static reel_search_hits find(const char *query)
{
    const reel_search_opts opts = {.limit = FILMS};
    reel_search_hits hits;
    reel_err err = {0};

    assert_ok(reel__search_find(work, query, &opts, &hits, &err));
    return hits;
}

/* "title:The [Matrix]; year:[1999]": what matched of the first hit, its marks in brackets. */
static const char *matched(const char *query)
{
    static char out[1 << 12];
    const reel_search_hits hits = find(query);
    reel_matched texts[REEL_MATCHED_TEXTS];
    size_t count, at = 0;
    reel_err err = {0};

    if (hits.count == 0)
        return "nothing";
    assert_ok(reel__search_matched(work, &hits.items[0], texts, &count, &err));
    for (size_t i = 0; i < count; i++) {
        const char *text = texts[i].text != NULL ? texts[i].text : texts[i].year;
        uint32_t character = 0;

        at += (size_t)snprintf(out + at, sizeof out - at, "%s%s:%s", i > 0 ? "; " : "",
                               texts[i].field, texts[i].cut_front ? "..." : "");
        for (size_t k = 0; k <= texts[i].length; k++) {
            const bool starts = k == texts[i].length || ((unsigned char)text[k] & 0xC0) != 0x80;

            for (size_t m = 0; m < texts[i].mark_count && starts; m++) {
                const reel_mark *mark = &texts[i].marks[m];

                if (character == mark->at + mark->length)
                    out[at++] = ']';
                if (character == mark->at)
                    out[at++] = '[';
            }
            character += starts;
            if (k < texts[i].length)
                out[at++] = text[k];
        }
        out[at] = '\0';
        if (texts[i].cut_back)
            at += (size_t)snprintf(out + at, sizeof out - at, "...");
    }
    return out;
}

static void hits_say_what_matched(void **state)
{
    (void)state;
    assert_string_equal(matched("matrix"), "title:The [Matrix]");
    assert_string_equal(matched("matrix the"), "title:[The] [Matrix]");
    assert_string_equal(matched("matr"), "title:The [Matr]ix");
    assert_string_equal(matched("matrxi"), "title:The [Matrix]");
    assert_string_equal(matched("matrix 1999"), "title:The [Matrix]; year:[1999]");
    assert_string_equal(matched("1999"), "year:[1999]");
    assert_string_equal(matched("se7en"), "other_title:[Se7en]");
    assert_string_equal(matched("cite des enfants"),
                        "other_title:[Cité] [des] [enfants] perdus, La");
    assert_string_equal(matched("spiderman"), "title:[Spider-Man]");
    assert_string_equal(matched("spider"), "title:[Spider]-Man");
    assert_string_equal(matched("七人"), "other_title:[七人]の侍");
    assert_string_equal(matched("人の侍"), "other_title:七[人の侍]");
    assert_string_equal(matched("de niro"), "cast:Robert [De] [Niro]");
    assert_string_equal(matched("deniro"), "cast:Robert [De Niro]");
    assert_string_equal(matched("mifune"), "cast:Toshirō [Mifune]");
    assert_string_equal(matched("toshiro mif"), "cast:[Toshirō] [Mif]une");
    assert_string_equal(matched("fincher killer"),
                        "director:David [Fincher]; keyword:serial [killer]");
    assert_string_equal(
        matched("deadly"),
        "overview:Two detectives hunt a killer who follows the seven [deadly] sins.");
    assert_string_equal(matched("defend swordsm"),
                        "overview:...farmers of a poor village decide at last to hire "
                        "[swordsm]en to [defend] what little they have left to them.");
    assert_string_equal(matched("barley"),
                        "overview:...come over the hills each year as soon as the [barley] is ripe "
                        "and take whatever they find, the farmers of a poor village decide at last "
                        "to hire swordsmen to defend what...");
    assert_string_equal(matched("$"), "title:[$]");
    assert_string_equal(matched("2010 1984"), "title:[2010]; year:[1984]");
    assert_string_equal(matched("qqqq"), "nothing");
}

static void nothing_typed_is_the_most_popular(void **state)
{
    static const char *const typed[] = {"", " ", "\t \n"};

    (void)state;
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++) {
        const reel_search_hits hits = find(typed[i]);

        assert_int_equal(hits.count, FILMS);
        assert_int_equal(hits.total, FILMS);
        for (size_t k = 0; k < FILMS; k++) {
            reel_matched texts[REEL_MATCHED_TEXTS];
            size_t count = 9;
            reel_err err = {0};

            assert_int_equal(hits.items[k].movie, k);
            assert_int_equal(hits.items[k].field, REEL_FOUND_NOTHING);
            assert_ok(reel__search_matched(work, &hits.items[k], texts, &count, &err));
            assert_int_equal(count, 0);
        }
    }
}

static void pages_end_where_the_films_end(void **state)
{
    const reel_search_opts none = {.limit = 0}, past = {.offset = 99, .limit = 3},
                           huge = {.offset = 1, .limit = SIZE_MAX};
    reel_search_hits hits;
    reel_err err = {0};

    (void)state;
    assert_ok(reel__search_find(work, "seven", &none, &hits, &err));
    assert_true(hits.count == 0 && hits.total == 2);
    assert_ok(reel__search_find(work, "seven", &past, &hits, &err));
    assert_true(hits.count == 0 && hits.total == 2);
    assert_ok(reel__search_find(work, "seven", &huge, &hits, &err));
    assert_true(hits.count == 1 && hits.total == 2);
    assert_ok(reel__search_find(work, "", &past, &hits, &err));
    assert_true(hits.count == 0 && hits.total == FILMS);
}

static void what_is_hidden_is_not_found(void **state)
{
    static const char *const typed[] = {"", "seven"};
    reel_err err = {0};

    (void)state;
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++) {
        const reel_search_hits all = find(typed[i]);
        const reel_index first = all.items[0].movie, second = all.items[1].movie;
        const size_t total = all.total;
        uint64_t hidden[FILMS / 64 + 1] = {0};
        const reel_search_opts opts = {.limit = FILMS, .hidden = hidden},
                               past = {.offset = total - 1, .limit = 1, .hidden = hidden};
        reel_search_hits hits;

        hidden[first / 64] |= 1ULL << first % 64;
        assert_ok(reel__search_find(work, typed[i], &opts, &hits, &err));
        assert_int_equal(hits.total, total - 1);
        assert_int_equal(hits.count, total - 1);
        assert_int_equal(hits.hidden, 1);
        assert_int_equal(hits.items[0].movie, second);
        assert_ok(reel__search_find(work, typed[i], &past, &hits, &err));
        assert_true(hits.count == 0 && hits.total == total - 1);
        memset(hidden, 0xFF, sizeof hidden);
        assert_ok(reel__search_find(work, typed[i], &opts, &hits, &err));
        assert_true(hits.count == 0 && hits.total == 0 && hits.hidden == total);
    }
}

static void titles_only_finds_no_people(void **state)
{
    const reel_search_opts titles = {.limit = FILMS, .titles_only = true};
    static const char *const typed[] = {"fincher", "fnicher", "dream", "deadly", "1995"};
    reel_search_hits hits;
    reel_err err = {0};

    (void)state;
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++) {
        assert_ok(reel__search_find(work, typed[i], &titles, &hits, &err));
        assert_int_equal(hits.count, 0);
    }
    assert_ok(reel__search_find(work, "sevn", &titles, &hits, &err));
    assert_int_equal(hits.items[0].movie, 1);
}

static void long_queries_are_refused(void **state)
{
    static char typed[10 * 1024 + 1];
    const reel_search_opts opts = {.limit = FILMS};
    reel_search_hits hits;
    reel_err err = {0};

    (void)state;
    memset(typed, 'a', sizeof typed - 1);
    assert_fails(reel__search_find(work, typed, &opts, &hits, &err), REEL_E_INVALID,
                 "q: 10240 bytes, at most 4096 are looked for");
    assert_int_equal(hits.count, 0);
    typed[REEL_SEARCH_QUERY_MAX] = '\0';
    assert_ok(reel__search_find(work, typed, &opts, &hits, &err));
    for (size_t i = 0; i < REEL_SEARCH_QUERY_MAX; i++)
        typed[i] = "seven "[i % 6];
    assert_ok(reel__search_find(work, typed, &opts, &hits, &err));
    assert_true(hits.count >= 2);
    for (size_t i = 0; i + 1 < REEL_SEARCH_QUERY_MAX; i += 2) { /* no word is whole */
        typed[i] = (char)0xC3;
        typed[i + 1] = ' ';
    }
    assert_ok(reel__search_find(work, typed, &opts, &hits, &err));
}

/* Stamps come round after 65,536 searches. */
static void many_searches_are_like_one(void **state)
{
    const size_t before = find("seven").count;

    (void)state;
    (void)find("fincher killer");
    for (int i = 0; i < 65536 + 3; i++)
        (void)find(i % 2 == 0 ? "dafoe" : "matrxi");
    assert_int_equal(find("seven").count, before);
    assert_string_equal(matched("fincher killer"),
                        "director:David [Fincher]; keyword:serial [killer]");
}

static void titles_are_keys(void **state)
{
    size_t bare = 0, other = 0;
    const reel_search_size size = reel__search_index_size(search);

    (void)state;
    for (size_t i = 0; i < reel__search_title_count(search); i++) {
        const reel_title_key key = reel__search_title(search, i);

        assert_true(key.movie >= 0 && key.movie < FILMS && key.length > 0);
        bare += key.grade == REEL_TITLE_BARE && strcmp(key.text, "matrix") == 0;
        other += key.grade == REEL_TITLE_OTHER && strcmp(key.text, "se7en") == 0;
    }
    assert_int_equal(bare, 1);
    assert_int_equal(other, 1);
    assert_int_equal(reel__search_rank(search, 3), 3);
    assert_int_equal(size.titles, reel__search_title_count(search));
    assert_int_equal(size.people, 22);
    assert_true(size.bytes > size.overview_bytes && size.overview_bytes > 0);
}

/* ---- memory --------------------------------------------------------------------------------- */

static reel_code make_and_ask(void *user, reel_err *err)
{
    static const char *const typed[] = {"fincher killer", "matrxi", "七人", "", "barley 1954"};
    const reel_search_opts opts = {.limit = FILMS};
    reel_search_index *made = NULL;
    reel_search_work *own = NULL;
    reel_code rc;

    (void)user;
    REEL_TRY(reel__search_index_new(&made, dataset, err));
    REEL_TRY(reel__search_work_new(&own, made, err));
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++) {
        reel_search_hits hits;

        REEL_TRY(reel__search_find(own, typed[i], &opts, &hits, err));
        for (size_t k = 0; k < hits.count; k++) {
            reel_matched texts[REEL_MATCHED_TEXTS];
            size_t count;

            REEL_TRY(reel__search_matched(own, &hits.items[k], texts, &count, err));
        }
    }
out:
    reel__search_work_free(own);
    reel__search_index_free(made);
    return rc;
}

static void memory_may_run_out(void **state)
{
    (void)state;
    assert_true(sweep_memory(make_and_ask, NULL) > 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hits_say_what_matched),
        cmocka_unit_test(nothing_typed_is_the_most_popular),
        cmocka_unit_test(pages_end_where_the_films_end),
        cmocka_unit_test(what_is_hidden_is_not_found),
        cmocka_unit_test(titles_only_finds_no_people),
        cmocka_unit_test(long_queries_are_refused),
        cmocka_unit_test(many_searches_are_like_one),
        cmocka_unit_test(titles_are_keys),
        cmocka_unit_test(memory_may_run_out),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
