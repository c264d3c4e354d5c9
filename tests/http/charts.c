/* Charts: each against the world's own ratings, pages that join, filters, and what is refused. */
#include "http/api.h"
#include "service/lists/charts.h"

static void the_charts_are_listed(void **state)
{
    const json_t *items = member(get("/api/v1/charts"), "items");

    (void)state;
    assert_int_equal(json_array_size(items), REEL_CHARTS);
    for (size_t i = 0; i < REEL_CHARTS; i++) {
        char target[80];

        assert_shape(json_array_get(items, i), "chart:s summary:s");
        (void)snprintf(target, sizeof target, "/api/v1/charts/%s",
                       text(json_array_get(items, i), "chart"));
        assert_shape(get(target), "chart:s items:a next_cursor:s?");
        assert_each(member(api.json, "items"), MOVIE_SHAPE "rank:i");
        assert_true(json_array_size(member(api.json, "items")) > 0);
        items = member(get("/api/v1/charts"), "items");
    }
}

static double rated(const json_t *film, const char *what)
{
    const json_t *value = member(member(film, "rating"), what);

    return json_is_null(value) ? 0 : json_number_value(value);
}

static void popular_is_by_number(void **state)
{
    const json_t *items = member(get("/api/v1/charts/popular?limit=200"), "items");

    (void)state;
    assert_int_equal(json_array_size(items), WORLD_FILMS - 1); /* nobody rated the last */
    for (size_t i = 1; i < json_array_size(items); i++) {
        assert_true(rated(json_array_get(items, i), "count") <=
                    rated(json_array_get(items, i - 1), "count"));
        assert_int_equal(integer(json_array_get(items, i), "rank"), i + 1);
    }
}

static int by_number(const void *a, const void *b)
{
    const double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

static void top_is_damped(void **state)
{
    const reel_dataset *dataset = reel__engine_dataset(api.engine);
    const reel_csr_view raters = reel_dataset_raters(dataset);
    const json_t *items = member(get("/api/v1/charts/top?limit=200"), "items");
    double counts[WORLD_FILMS], sum = 0, all = 0, before = (double)INFINITY;
    size_t rows = 0;

    (void)state;
    for (reel_index i = 0; i < raters.rows; i++) {
        const double count = (double)(raters.ptr[i + 1] - raters.ptr[i]);

        if (count > 0)
            counts[rows++] = count;
        all += count;
        for (reel_nnz k = raters.ptr[i]; k < raters.ptr[i + 1]; k++)
            sum += (double)raters.val[k];
    }
    qsort(counts, rows, sizeof *counts, by_number);
    for (size_t i = 0; i < json_array_size(items); i++) {
        const reel_index film =
            reel_dataset_find_movie(dataset, integer(json_array_get(items, i), "movie"));
        const double count = (double)(raters.ptr[film + 1] - raters.ptr[film]);
        double own = 0, value;

        for (reel_nnz k = raters.ptr[film]; k < raters.ptr[film + 1]; k++)
            own += (double)raters.val[k];
        value = (own + counts[rows / 2] * sum / all) / (count + counts[rows / 2]);
        assert_true(value <= before + 1e-5);
        before = value;
    }
    assert_int_equal(json_array_size(items), rows);
}

static void trending_is_what_was_rated_lately(void **state)
{
    const reel_dataset *dataset = reel__engine_dataset(api.engine);
    const reel_csr_view ratings = reel_dataset_ratings(dataset);
    const int64_t *times = reel_dataset_times(dataset);
    const json_t *items = member(get("/api/v1/charts/trending?limit=200"), "items");
    double lately[WORLD_FILMS] = {0}, longer[WORLD_FILMS] = {0}, before = (double)INFINITY;
    int64_t newest = 0;

    (void)state;
    for (reel_nnz k = 0; k < ratings.ptr[ratings.rows]; k++)
        newest = times[k] > newest ? times[k] : newest;
    for (reel_nnz k = 0; k < ratings.ptr[ratings.rows]; k++) {
        const double days = (double)(newest - times[k]) / 86400;

        lately[ratings.col[k]] += pow(2, -days / 30);
        longer[ratings.col[k]] += pow(2, -days / 365);
    }
    assert_int_equal(json_array_size(items), WORLD_FILMS - 1);
    for (size_t i = 0; i < json_array_size(items); i++) {
        const reel_index film =
            reel_dataset_find_movie(dataset, integer(json_array_get(items, i), "movie"));
        const double value = lately[film] / sqrt(longer[film] + 10);

        assert_true(value <= before + 1e-4);
        before = value;
    }
}

static void new_is_by_date(void **state)
{
    const json_t *items = member(get("/api/v1/charts/new?limit=200"), "items");

    (void)state;
    assert_int_equal(json_array_size(items), WORLD_FILMS);
    for (size_t i = 1; i < json_array_size(items); i++) {
        const json_t *one = json_array_get(items, i), *before = json_array_get(items, i - 1);

        assert_true(integer(one, "year") <= integer(before, "year"));
        assert_true(integer(one, "year") < integer(before, "year") ||
                    rated(one, "count") <= rated(before, "count"));
    }
    assert_int_equal(integer(json_array_get(items, 0), "year"), 2009);
}

/* The slow twin: films one by one, each the best after what was chosen before it. */
static void informative_films_tell_most_and_are_spread(void **state)
{
    const reel_dataset *dataset = reel__engine_dataset(api.engine);
    const reel_csr_view raters = reel_dataset_raters(dataset);
    const json_t *items = member(get("/api/v1/charts/informative?limit=200"), "items");
    const size_t count = json_array_size(items);
    double before[WORLD_FILMS] = {0};

    (void)state;
    for (size_t n = 0; n < count; n++) {
        double best = 0, taken = 0;

        for (size_t m = n; m < count; m++) {
            const json_t *film = json_array_get(items, m), *genres = member(film, "genres");
            const reel_index i = reel_dataset_find_movie(dataset, integer(film, "movie"));
            const double rows = (double)(raters.ptr[i + 1] - raters.ptr[i]);
            double sum = 0, squares = 0, same = 0, decade = 0, value;

            for (reel_nnz k = raters.ptr[i]; k < raters.ptr[i + 1]; k++) {
                sum += (double)raters.val[k];
                squares += (double)raters.val[k] * (double)raters.val[k];
            }
            for (size_t d = 0; d < n; d++) {
                const json_t *one = json_array_get(items, d), *theirs = member(one, "genres");

                decade += integer(one, "year") / 10 == integer(film, "year") / 10;
                for (size_t g = 0; g < json_array_size(genres); g++)
                    for (size_t h = 0; h < json_array_size(theirs); h++)
                        same += json_equal(json_array_get(genres, g), json_array_get(theirs, h));
            }
            if (json_array_size(genres) > 0)
                same /= (double)json_array_size(genres);
            value = log(1 + rows) * sqrt(fmax(squares / rows - sum / rows * (sum / rows), 0)) /
                    ((1 + same / 4) * (1 + decade / 8));
            best = fmax(best, value);
            if (m == n)
                taken = value;
        }
        before[n] = best;
        assert_true(taken >= best - 1e-6);
    }
    assert_true(count > 3 && before[0] > 0);
}

static void pages_join_and_filters_hold(void **state)
{
    char target[200] = "/api/v1/charts/new?limit=4&filter=year%20%3E%201990";
    int64_t films[WORLD_FILMS];
    size_t count = 0, at = 0;
    const json_t *items;

    (void)state;
    for (;;) {
        const json_t *page = get(target), *next;

        items = member(page, "items");
        for (size_t i = 0; i < json_array_size(items); i++) {
            films[count++] = integer(json_array_get(items, i), "movie");
            assert_int_equal(integer(json_array_get(items, i), "rank"), count);
            assert_true(integer(json_array_get(items, i), "year") > 1990);
        }
        next = member(page, "next_cursor");
        if (json_is_null(next))
            break;
        (void)snprintf(target, sizeof target,
                       "/api/v1/charts/new?limit=4&filter=year%%20%%3E%%201990&cursor=%s",
                       json_string_value(next));
    }
    items = member(get("/api/v1/charts/new?limit=200"), "items");
    for (size_t i = 0; i < json_array_size(items); i++)
        if (integer(json_array_get(items, i), "year") > 1990)
            assert_int_equal(integer(json_array_get(items, i), "movie"), films[at++]);
    assert_int_equal(at, count);
}

static void wrong_questions_are_refused(void **state)
{
    (void)state;
    refuses("GET", "/api/v1/charts/nonsense", NULL, 404, "E_NOTFOUND",
            "no chart is called \"nonsense\"");
    refuses("GET", "/api/v1/charts/top?filter=year", NULL, 422, "E_INVALID", "filter: character 1");
    refuses("GET", "/api/v1/charts/top?limit=0", NULL, 422, "E_INVALID", "limit");
    refuses("GET", "/api/v1/charts/top?cursor=x", NULL, 400, "E_INVALID", "cursor");
}

static reel_code ask_once(void *user, reel_err *err)
{
    reel_place place = reel__place_begin(9);
    reel_session *session = NULL;
    bool more;
    reel_buf text;
    reel_json json;
    reel_code rc;

    (void)user;
    reel__buf_init(&text, 1 << 20);
    reel__json_init(&json, &text);
    reel__json_array(&json);
    REEL_TRY(reel__session_new(&session, api.engine, err));
    REEL_TRY(reel__chart_write(&json, session, REEL_CHART_TOP, "title:amelie", &place, &more, err));
    reel__json_array_end(&json);
    rc = reel__buf_check(&text, err);
out:
    reel__session_free(session);
    reel__buf_fini(&text);
    return rc;
}

static void memory_may_be_missing(void **state)
{
    reel_err err = {0};

    (void)state;
    assert_ok(ask_once(NULL, &err)); /* what the engine makes once is there then */
    assert_true(sweep_memory(ask_once, NULL) > 5);
}

/* Summed over the films, the genres, the decades and the stars: all the same ratings. */
static void what_everybody_gave_adds_up(void **state)
{
    const json_t *all = get("/api/v1/statistics");
    const char *lists[] = {"stars", "decades"};
    const int64_t total = integer(all, "ratings");
    double sum = 0;

    (void)state;
    assert_shape(all, "ratings:i mean:n stars:a genres:a decades:a");
    assert_each(member(all, "stars"), "stars:n ratings:i");
    assert_each(member(all, "genres"), "genre:s ratings:i mean:n");
    assert_each(member(all, "decades"), "decade:i ratings:i mean:n");
    for (size_t i = 0; i < 2; i++) {
        const json_t *items = member(all, lists[i]);
        int64_t ratings = 0;

        for (size_t at = 0; at < json_array_size(items); at++)
            ratings += integer(json_array_get(items, at), "ratings");
        assert_int_equal(ratings, total);
    }
    for (size_t at = 0; at < json_array_size(member(all, "stars")); at++) {
        const json_t *one = json_array_get(member(all, "stars"), at);

        sum += number(one, "stars") * (double)integer(one, "ratings");
    }
    assert_true(fabs(sum / (double)total - number(all, "mean")) < 0.006);
    assert_int_equal(total, integer(get("/api/v1/health"), "ratings"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_charts_are_listed),
        cmocka_unit_test(popular_is_by_number),
        cmocka_unit_test(top_is_damped),
        cmocka_unit_test(trending_is_what_was_rated_lately),
        cmocka_unit_test(new_is_by_date),
        cmocka_unit_test(informative_films_tell_most_and_are_spread),
        cmocka_unit_test(pages_join_and_filters_hold),
        cmocka_unit_test(wrong_questions_are_refused),
        cmocka_unit_test(what_everybody_gave_adds_up),
        cmocka_unit_test(memory_may_be_missing),
    };

    return cmocka_run_group_tests(tests, api_start, api_stop);
}
