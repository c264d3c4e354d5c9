/* Properties of title search, over the bundled films (and MovieLens 1M where REEL_TEST_DATA says
 * where it is): a film is found by its own title, by its title in plain letters, in capitals, with
 * its year, and with a letter missing or two swapped; pages are parts of one order.
 */
#include "base/utf8.h"
#include "service/engine/search.h"
#include "support/property.h"
#include "support/world.h"

enum { TOP = 5, PAGE = 7, LETTERS_LEAST = 6, ENOUGH = 10 };

static reel_engine *engine;
static reel_session *session;

static int open_database(const char *name)
{
    engine = world_open(name);
    session = world_session(engine);
    return 0;
}

static int set_up(void **state)
{
    char folder[TEMP_PATH], database[TEMP_PATH];
    const reel_sample_opts sample = {.output = folder, .people = 60, .seed = 1};
    const reel_load_opts load = {.movielens = folder, .database = database, .simulated = true};
    reel_load_report report;
    reel_err err = {0};

    (void)state;
    (void)snprintf(folder, sizeof folder, "%s", temp_path("sample"));
    (void)snprintf(database, sizeof database, "%s", temp_path("sample.db"));
    assert_ok(reel__sample_write(&sample, &err));
    assert_ok(reel__load(&load, &report, &err));
    return open_database("sample.db");
}

static int tear_down(void **state)
{
    (void)state;
    reel__session_free(session);
    reel__engine_close(engine);
    return 0;
}

static reel_search_hits find(const char *query, size_t offset, size_t limit)
{
    const reel_page page = {.offset = offset, .limit = limit};
    reel_search_hits hits;
    reel_err err = {0};

    assert_ok(reel__search(session, query, page, &hits, &err));
    assert_true(hits.count <= limit && hits.count <= hits.total);
    return hits;
}

/* The place of a film among the first `limit`, or limit. */
static size_t place_of(reel_index film, const reel_search_hits *hits, size_t limit)
{
    for (size_t i = 0; i < hits->count; i++)
        if (hits->items[i].movie == film)
            return i;
    return limit;
}

/* First, or after films that fit exactly as well. */
static void assert_first_among_equals(reel_index film, const char *query)
{
    const reel_search_hits hits = find(query, 0, 50);
    const size_t place = place_of(film, &hits, 50);

    if (place == 50 || hits.items[place].match < hits.items[0].match)
        fail_msg("\"%s\" finds film %d at %zu, \"%s\" first", query, (int)film, place,
                 hits.count > 0
                     ? reel_dataset_movie(reel__engine_dataset(engine), hits.items[0].movie).name
                     : "nothing");
}

static void titles_find_their_films(void **state)
{
    const reel_dataset *dataset = reel__engine_dataset(engine);

    (void)state;
    for (reel_index i = 0; i < reel_dataset_movies(dataset); i++) {
        const reel_movie film = reel_dataset_movie(dataset, i);
        reel_buf text;

        assert_first_among_equals(i, film.name);
        assert_first_among_equals(i, film.title);
        reel__buf_init(&text, 1 << 12);
        reel__utf8_fold(&text, film.name, strlen(film.name));
        assert_first_among_equals(i, text.data);
        for (size_t k = 0; k < text.length; k++)
            if (text.data[k] >= 'a' && text.data[k] <= 'z')
                text.data[k] = (char)(text.data[k] - 'a' + 'A');
        assert_first_among_equals(i, text.data);
        if (film.year > 0) {
            reel__buf_format(&text, " %d", (int)film.year);
            assert_first_among_equals(i, text.data);
            assert_int_equal(find(text.data, 0, 1).items[0].movie, i); /* the year decides */
        }
        reel__buf_fini(&text);
    }
}

/* Among the first of those that do not fit as they were typed; where ENOUGH films do, or one is
 * called so, typos are not looked for ("Power" finds films with Power, not Powder). */
static void assert_in_top(reel_index film, const char *query)
{
    const reel_search_hits hits = find(query, 0, 50);
    size_t as_typed = 0, before = 0;

    for (size_t i = 0; i < hits.count && before < TOP; i++) {
        if (hits.items[i].movie == film)
            return;
        if (hits.items[i].how <= REEL_FOUND_WORDS)
            as_typed++;
        else
            before++;
    }
    if (as_typed < ENOUGH && (hits.count == 0 || hits.items[0].how != REEL_FOUND_EXACT))
        fail_msg("\"%s\" does not find \"%s\" among the first %d", query,
                 reel_dataset_movie(reel__engine_dataset(engine), film).name, (int)TOP);
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static size_t count_letters(const char *text)
{
    size_t letters = 0;

    for (; *text != '\0'; text++)
        letters += is_letter(*text);
    return letters;
}

/* Whether the letter at k is a word of its own: without it, "Rocky V" is another title. */
static bool stands_alone(const char *text, size_t k)
{
    return (k == 0 || text[k - 1] == ' ') && (text[k + 1] == ' ' || text[k + 1] == '\0');
}

static void check_misspelt(reel_index step)
{
    const reel_dataset *dataset = reel__engine_dataset(engine);

    for (reel_index i = 0; i < reel_dataset_movies(dataset); i += step) {
        const reel_movie film = reel_dataset_movie(dataset, i);
        const size_t length = strlen(film.name);
        char typed[256];

        if (count_letters(film.name) < LETTERS_LEAST || length >= sizeof typed)
            continue;
        for (size_t k = 0; k < length; k++) {
            if (!is_letter(film.name[k]) || stands_alone(film.name, k))
                continue;
            memcpy(typed, film.name, k);
            memcpy(typed + k, film.name + k + 1, length - k);
            assert_in_top(i, typed);
            if (!is_letter(film.name[k + 1]))
                continue;
            memcpy(typed, film.name, length + 1);
            typed[k] = film.name[k + 1];
            typed[k + 1] = film.name[k];
            assert_in_top(i, typed);
        }
    }
}

static void a_letter_may_be_missing_or_swapped(void **state)
{
    (void)state;
    check_misspelt(1);
}

/* What is typed so far finds films that begin so, from the first letter on. */
static void beginnings_find_films_that_begin_so(void **state)
{
    const reel_dataset *dataset = reel__engine_dataset(engine);

    (void)state;
    for (reel_index i = 0; i < reel_dataset_movies(dataset); i += 7) {
        const reel_movie film = reel_dataset_movie(dataset, i);
        char typed[256];

        for (size_t k = 1; k < strlen(film.name) && k < sizeof typed; k++) {
            reel_search_hits hits;

            memcpy(typed, film.name, k);
            typed[reel__utf8_cut(film.name, strlen(film.name), k)] = '\0';
            hits = find(typed, 0, (size_t)reel_dataset_movies(dataset));
            if (count_letters(typed) > 0 &&
                place_of(i, &hits, (size_t)reel_dataset_movies(dataset)) == hits.count)
                fail_msg("\"%s\" does not find \"%s\"", typed, film.name);
        }
    }
}

static void pages_are_parts_of_one_order(void **state)
{
    static const char *const queries[] = {"t", "the", "o", "love", "", "tha", "zzz"};

    (void)state;
    for (size_t q = 0; q < sizeof queries / sizeof *queries; q++) {
        static reel_index whole[4000];
        const reel_search_hits all = find(queries[q], 0, 4000);
        const size_t total = all.total;
        size_t at = 0;

        assert_int_equal(all.count, total);
        for (size_t i = 0; i < total; i++) {
            whole[i] = all.items[i].movie;
            assert_true(i == 0 || all.items[i].match <= all.items[i - 1].match);
        }
        while (at < total) {
            const reel_search_hits page = find(queries[q], at, PAGE);

            assert_int_equal(page.total, total);
            assert_int_equal(page.count, total - at < PAGE ? total - at : PAGE);
            for (size_t i = 0; i < page.count; i++)
                assert_int_equal(page.items[i].movie, whole[at + i]);
            at += page.count;
        }
        assert_int_equal(find(queries[q], total, PAGE).count, 0);
    }
}

/* Anything may be typed: no crash, every match in (0, 1]. */
static void anything_may_be_typed(void **state)
{
    reel_rng rng = reel__rng_make(property_seed(), 0);

    (void)state;
    for (int run = 0; run < 3000; run++) {
        char typed[200];
        const size_t length = (size_t)draw(&rng, 0, run % 10 == 0 ? 199 : 24);
        reel_search_hits hits;

        for (size_t i = 0; i < length; i++)
            typed[i] =
                run % 3 == 0 ? (char)draw(&rng, 1, 255) : " aeostnrl19.'-"[draw(&rng, 0, 13)];
        typed[length] = '\0';
        hits = find(typed, 0, 20);
        for (size_t i = 0; i < hits.count; i++)
            assert_true(hits.items[i].match >= 0 && hits.items[i].match <= 1);
    }
}

static void movielens_titles_too(void **state)
{
    const char *data = getenv("REEL_TEST_DATA");
    char folder[TEMP_PATH], database[TEMP_PATH];
    const reel_load_opts load = {.movielens = folder, .database = database};
    reel_load_report report;
    reel_err err = {0};

    if (data == NULL) {
        print_message("REEL_TEST_DATA is not set: MovieLens 1M is left out\n");
        skip();
    }
    (void)tear_down(state);
    (void)snprintf(folder, sizeof folder, "%s/ml-1m", data);
    (void)snprintf(database, sizeof database, "%s", temp_path("ml.db"));
    assert_ok(reel__load(&load, &report, &err));
    (void)open_database("ml.db");
    titles_find_their_films(state);
    pages_are_parts_of_one_order(state);
    check_misspelt(23);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(titles_find_their_films),
        cmocka_unit_test(a_letter_may_be_missing_or_swapped),
        cmocka_unit_test(beginnings_find_films_that_begin_so),
        cmocka_unit_test(pages_are_parts_of_one_order),
        cmocka_unit_test(anything_may_be_typed),
        cmocka_unit_test(movielens_titles_too),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
