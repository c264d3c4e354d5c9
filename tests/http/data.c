/* The analyses of the data: against the world's own ratings, of a part, kept until the data are
 * others, made aside, and what is refused. */
#include <pthread.h>

#include "http/api.h"
#include "report/figure.h"

static const json_t *figure(const json_t *answer, const char *id)
{
    const json_t *figures = member(answer, "figures");

    for (size_t i = 0; i < json_array_size(figures); i++)
        if (strcmp(text(json_array_get(figures, i), "figure"), id) == 0)
            return json_array_get(figures, i);
    fail_msg("there is no figure %s", id);
    return NULL;
}

static const json_t *column(const json_t *of, const char *name)
{
    const json_t *columns = member(of, "columns");

    for (size_t i = 0; i < json_array_size(columns); i++)
        if (strcmp(text(json_array_get(columns, i), "name"), name) == 0)
            return member(json_array_get(columns, i), "values");
    fail_msg("there is no column %s", name);
    return NULL;
}

static double sum(const json_t *values)
{
    double all = 0;

    for (size_t i = 0; i < json_array_size(values); i++)
        all += json_number_value(json_array_get(values, i));
    return all;
}

#define DATA_SHAPE                                                                                 \
    "genre:s? from:i? to:i? source:s simulated:b tmdb:b movies:i people:i ratings:i mean:n? "      \
    "figures:a"

static void all_films_are_told(void **state)
{
    const json_t *all = get("/api/v1/data");
    int64_t films, ratings;

    (void)state;
    assert_shape(all, DATA_SHAPE);
    assert_each(member(all, "figures"), "figure:s absent:s? finding:s? rows:i columns:a");
    assert_int_equal(json_array_size(member(all, "figures")), REEL_FIGURES);
    films = integer(all, "movies");
    ratings = integer(all, "ratings");
    assert_true(sum(column(figure(all, "ratings-distribution"), "ratings")) == (double)ratings);
    assert_true(sum(column(figure(all, "films-per-year"), "films")) == (double)films);
    assert_true(sum(column(figure(all, "sparsity"), "ratings")) == (double)ratings);
    assert_int_equal(films, WORLD_FILMS);
    assert_int_equal(integer(all, "people"), WORLD_PEOPLE);
    assert_int_equal(ratings, integer(get("/api/v1/health"), "ratings"));
    assert_string_equal(api.exchange.cache_control, "private, no-cache");
}

/* Against obvious counting: the world's thrillers. */
static void a_part_has_its_films_alone(void **state)
{
    const reel_dataset *dataset = reel__engine_dataset(api.engine);
    int64_t films = 0, ratings = 0;

    (void)state;
    for (reel_index i = 0; i < reel_dataset_movies(dataset); i++) {
        const reel_movie movie = reel_dataset_movie(dataset, i);

        if (strstr(movie.genres, "Thriller") == NULL || movie.year < 1960 || movie.year > 1990)
            continue;
        films++;
        ratings += reel__engine_rated(api.engine, i, NULL);
    }
    (void)get("/api/v1/data?genre=Thriller&from=1960&to=1990");
    assert_int_equal(films, 2);
    assert_int_equal(integer(api.json, "movies"), films);
    assert_int_equal(integer(api.json, "ratings"), ratings);
    assert_string_equal(text(api.json, "genre"), "Thriller");
    assert_int_equal(integer(api.json, "from"), 1960);
    assert_int_equal(integer(api.json, "to"), 1990);
    assert_true(json_array_size(column(figure(api.json, "most-rated-films"), "film")) == 2);
    (void)get("/api/v1/data?genre=None%20such");
    assert_int_equal(integer(api.json, "movies"), 0);
    assert_true(json_is_null(member(api.json, "mean")));
    assert_string_equal(text(figure(api.json, "ratings-distribution"), "absent"),
                        "There are no ratings in this database.");
}

static void wrong_questions_are_refused(void **state)
{
    static const struct {
        const char *target, *says, *points;
    } wrong[] = {
        {"/api/v1/data?from=0", "from", "from"},
        {"/api/v1/data?to=10000", "to", "to"},
        {"/api/v1/data?from=x", "from", "from"},
        {"/api/v1/data?from=2000&to=1999", "from: 2000 is after 1999", "from"},
        {"/api/v1/data?genre=0123456789012345678901234567890123456789012345678901234567890123",
         "genre", "genre"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        refuses("GET", wrong[i].target, NULL, 422, "E_INVALID", wrong[i].says);
        assert_points(wrong[i].points);
    }
    (void)get("/api/v1/data?genre="); /* as if it was not said */
    assert_true(json_is_null(member(api.json, "genre")));
}

/* ---- what is kept -------------------------------------------------------------------------- */

static reel_buf write_part(const reel_engine *engine, const char *genre)
{
    const reel_part part = {.genre = genre};
    reel_err err = {0};
    reel_buf out;

    reel__buf_init(&out, 1 << 22);
    assert_ok(reel__analyses_write(&out, api.app.analyses, engine, &part, &err));
    assert_ok(reel__buf_check(&out, &err));
    return out;
}

static bool is_kept(const reel_engine *engine, const char *genre)
{
    const reel_part part = {.genre = genre};
    reel_buf out;
    bool kept;

    reel__buf_init(&out, 1 << 22);
    kept = reel__analyses_kept(&out, api.app.analyses, engine, &part);
    reel__buf_fini(&out);
    return kept;
}

static void keep_one(const reel_engine *engine, const char *genre)
{
    reel_buf out = write_part(engine, genre);

    reel__buf_fini(&out);
}

static void what_was_made_is_kept_and_bounded(void **state)
{
    reel_buf first, again;
    char genre[24];

    (void)state;
    assert_false(is_kept(api.engine, "Drama"));
    first = write_part(api.engine, "Drama");
    assert_true(is_kept(api.engine, "Drama"));
    again = write_part(api.engine, "Drama");
    assert_string_equal(first.data, again.data);
    for (int i = 1; i < REEL_ANALYSES_KEPT; i++) {
        (void)snprintf(genre, sizeof genre, "kind %d", i);
        keep_one(api.engine, genre);
    }
    assert_true(is_kept(api.engine, "Drama")); /* asked for again, so another is the oldest */
    keep_one(api.engine, "one more");
    assert_true(is_kept(api.engine, "Drama"));
    assert_true(is_kept(api.engine, "one more"));
    assert_false(is_kept(api.engine, "kind 1"));
    reel__buf_fini(&first);
    reel__buf_fini(&again);
}

/* Other data: nothing of those before stays, and nothing of it is told. */
static void other_data_are_analysed_anew(void **state)
{
    reel_engine *other;

    (void)state;
    keep_one(api.engine, NULL);
    (void)world_load("other", "other.db", 2);
    other = world_open("other.db");
    assert_string_not_equal(reel_dataset_hash(reel__engine_dataset(other)),
                            reel_dataset_hash(reel__engine_dataset(api.engine)));
    assert_false(is_kept(other, NULL));
    keep_one(other, NULL);
    assert_true(is_kept(other, NULL));
    assert_false(is_kept(api.engine, NULL));
    reel__engine_close(other);
}

/* ---- aside --------------------------------------------------------------------------------- */

static struct {
    pthread_mutex_t lock;
    pthread_cond_t ended;
    int begun, count;
} afterwards = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0};

static bool begin_later(reel_exchange *exchange)
{
    (void)exchange;
    afterwards.begun++;
    return true;
}

static void end_later(reel_exchange *exchange)
{
    (void)exchange;
    pthread_mutex_lock(&afterwards.lock);
    afterwards.count++;
    pthread_cond_signal(&afterwards.ended);
    pthread_mutex_unlock(&afterwards.lock);
}

static const reel_later later = {begin_later, end_later};

static void ask_later(const char *target, const char *known)
{
    begin("GET", target);
    api.exchange.later = &later;
    api.exchange.if_none_match = known;
    reel__exchange_handle(&api.exchange, &api.app, api.session);
}

static void wait_for(int count)
{
    pthread_mutex_lock(&afterwards.lock);
    while (afterwards.count < count)
        pthread_cond_wait(&afterwards.ended, &afterwards.lock);
    pthread_mutex_unlock(&afterwards.lock);
}

static void who_asks_first_is_answered_later(void **state)
{
    char tag[REEL_HTTP_TAG];

    (void)state;
    ask_later("/api/v1/data?genre=War", NULL);
    assert_true(api.exchange.pending);
    wait_for(1);
    assert_int_equal(api.exchange.status, 200);
    assert_non_null(strstr(api.exchange.answer.data, "\"genre\":\"War\""));
    assert_non_null(api.exchange.etag);
    (void)snprintf(tag, sizeof tag, "%s", api.exchange.etag);
    /* Now it is there, and whoever has it gets nothing. */
    ask_later("/api/v1/data?genre=War", NULL);
    assert_false(api.exchange.pending);
    assert_string_equal(api.exchange.etag, tag);
    ask_later("/api/v1/data?genre=War", tag);
    assert_int_equal(api.exchange.status, 304);
    /* What is wrong is known at once. */
    ask_later("/api/v1/data?from=0", NULL);
    assert_false(api.exchange.pending);
    assert_int_equal(api.exchange.status, 422);
    /* And what is found out aside is told. */
    ask_later("/api/v1/data?genre=0123456789012345678901234567890123456789012345678901234567890123",
              NULL);
    wait_for(2);
    assert_int_equal(api.exchange.status, 422);
    assert_int_equal(afterwards.begun, 2);
}

/* ---- memory -------------------------------------------------------------------------------- */

static reel_code write_once(void *user, reel_err *err)
{
    static const reel_part part = {.genre = "Sci-Fi", .from = 1970};
    reel_buf out;
    reel_code rc;

    (void)user;
    reel__buf_init(&out, 1 << 22);
    REEL_TRY(reel__analyses_write(&out, NULL, api.engine, &part, err));
    rc = reel__buf_check(&out, err);
out:
    reel__buf_fini(&out);
    return rc;
}

static reel_code open_once(void *user, reel_err *err)
{
    reel_analyses *analyses = NULL;
    const reel_code rc = reel__analyses_open(&analyses, err);

    (void)user;
    reel__analyses_close(analyses);
    return rc;
}

static void memory_may_be_missing(void **state)
{
    (void)state;
    assert_true(sweep_memory(write_once, NULL) > 50);
    assert_true(sweep_memory(open_once, NULL) >= 2);
}

static int data_start(void **state)
{
    reel_err err = {0};

    if (api_start(state) != 0)
        return -1;
    assert_ok(reel__analyses_open(&api.app.analyses, &err));
    return 0;
}

static int data_stop(void **state)
{
    reel__analyses_close(api.app.analyses);
    return api_stop(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_films_are_told),
        cmocka_unit_test(a_part_has_its_films_alone),
        cmocka_unit_test(wrong_questions_are_refused),
        cmocka_unit_test(what_was_made_is_kept_and_bounded),
        cmocka_unit_test(other_data_are_analysed_anew),
        cmocka_unit_test(who_asks_first_is_answered_later),
        cmocka_unit_test(memory_may_be_missing),
    };

    return cmocka_run_group_tests(tests, data_start, data_stop);
}
