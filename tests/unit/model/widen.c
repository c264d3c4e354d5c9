/* A fitted model over a catalogue that changed: known films score as they did, new ones as the
 * films whose texts are most like theirs, reasons add up, and nobody is taken for somebody else.
 */
#include "support/check.h"
#include "support/random_data.h"

#include <math.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "model/side.h"
#include "model/widen.h"

enum { MOVIES = 90, PEOPLE = 50, HISTORY = 12 };

/* Of the films that there are now every seventh is new, and the last one too, which has no text;
 * and the model knows one that is gone. Of the people, who have even ids, one came since and one is
 * gone, in the midst of the others. */
typedef struct world {
    reel_dataset *before, *now;
    reel_csr features;
    reel_data_now data;
} world;

static const int64_t gone = 1, came_since = 15, left = 18;

static bool is_new(int64_t movie)
{
    return movie % 7 == 3 || movie == 900;
}

/* Films that share texts, by their number; odd ones are of one kind. */
static void add_film(reel_dataset_builder *builder, int64_t id)
{
    char keywords[64];
    const reel_movie movie = {.id = id,
                              .title = "A film",
                              .name = "A film",
                              .genres = id % 2 == 0 ? "Drama" : "Comedy",
                              .keywords = keywords};
    const reel_movie bare = {.id = id, .title = "Bare", .name = "Bare"};
    reel_err err = {0};

    (void)snprintf(keywords, sizeof keywords, "k%d|m%d", (int)(id % 5), (int)(id % 11));
    assert_ok(reel_dataset_builder_add_movie(builder, id == 900 ? &bare : &movie, &err));
}

static reel_dataset *make(bool now)
{
    reel_dataset_builder *builder = NULL;
    reel_dataset *dataset = NULL;
    reel_err err = {0};

    assert_ok(reel_dataset_builder_new(&builder, &err));
    for (int64_t id = 1; id <= MOVIES; id++)
        if (now ? id != gone : !is_new(id))
            add_film(builder, id);
    if (now)
        add_film(builder, 900);
    for (int64_t person = 1; person <= 2 * PEOPLE; person++) {
        reel_rng rng = reel__rng_make(5, (uint64_t)person);

        if (now ? person == left || (person % 2 == 1 && person != came_since) : person % 2 == 1)
            continue;
        for (int64_t id = 1; id <= MOVIES; id++) {
            const reel_rating rating = {
                .person = person, .movie = id, .value = (float)(1 + reel__rng_below(&rng, 5))};

            if (reel__rng_unit(&rng) < 0.3 && !is_new(id) && !(now && id == gone))
                assert_ok(reel_dataset_builder_add_ratings(builder, &rating, 1, &err));
        }
    }
    assert_ok(reel_dataset_builder_finish(&dataset, builder, NULL, &err));
    reel_dataset_builder_free(builder);
    return dataset;
}

static world begin(void)
{
    world w = {.before = make(false), .now = make(true)};
    reel_err err = {0};

    assert_ok(reel__side_features(&w.features, w.now, &err));
    w.data = (reel_data_now){reel_dataset_hash(w.now),    reel_dataset_movie_ids(w.now),
                             reel__csr_view(&w.features), reel_dataset_person_ids(w.now),
                             reel_dataset_people(w.now),  1};
    return w;
}

static void end(world *w)
{
    reel__csr_fini(&w->features);
    reel_dataset_free(w->before);
    reel_dataset_free(w->now);
    assert_int_equal(reel__alloc_live(), 0);
}

static reel_model *fit(const char *name, const reel_dataset *dataset)
{
    reel_model *model = NULL;
    reel_err err = {0};

    assert_ok(reel_model_fit(&model, name, dataset, NULL, NULL, &err));
    return model;
}

static reel_model *widen(reel_model *model, const world *w)
{
    reel_model *wide = NULL;
    reel_err err = {0};

    assert_ok(reel__model_widen(&wide, model, &w->data, &err));
    return wide;
}

/* The same history by the numbers of either data: films 20, 22, ... and, where they are known, 10
 * and 17, which are new. */
static reel_query history(reel_entry *entries, const reel_dataset *dataset)
{
    reel_query query = {.entries = entries, .row = -1};

    for (int64_t id = 10; id < 10 + HISTORY; id++) {
        const reel_index movie = reel_dataset_find_movie(dataset, id);

        if (movie >= 0)
            entries[query.count++] =
                (reel_entry){.movie = movie, .value = (float)(1 + id % 5), .weight = 1};
    }
    return query;
}

static float *scores_of(const reel_model *model, const reel_query *query)
{
    float *scores = reel__alloc_array((size_t)reel_model_movies(model), sizeof *scores);
    reel_scratch *scratch = NULL;
    reel_err err = {0};

    assert_non_null(scores);
    assert_ok(reel_scratch_new(&scratch, &err));
    assert_ok(reel_model_score(model, query, scratch, scores, &err));
    reel_scratch_free(scratch);
    return scores;
}

static const char *const names[] = {"ease", "ials", "user-knn", "hybrid", "als"};

/* Both lie within the same range of the known scores: a mean of some of them. */
static void assert_between(float score, const float *known, reel_index count)
{
    float low = known[0], high = known[0];

    for (reel_index j = 0; j < count; j++) {
        low = fminf(low, known[j]);
        high = fmaxf(high, known[j]);
    }
    assert_true(score > low && score < high);
}

static void known_films_score_as_they_did(void **state)
{
    world w = begin();

    (void)state;
    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        reel_model *model = fit(names[n], w.before), *wide = widen(model, &w);
        reel_entry older[HISTORY], newer[HISTORY];
        const reel_query before = history(older, w.before), now = history(newer, w.now);
        float *known = scores_of(model, &before), *all = scores_of(wide, &now);

        assert_int_equal(now.count, before.count + 2);
        assert_int_equal(reel_model_movies(wide), reel_dataset_movies(w.now));
        assert_string_equal(reel_model_id(wide), reel_model_id(model));
        assert_string_equal(reel_model_data_hash(wide), reel_dataset_hash(w.now));
        assert_ptr_equal(reel__model_guessed(model), NULL);
        for (reel_index j = 0; j < reel_dataset_movies(w.now); j++) {
            const int64_t id = reel_dataset_movie_ids(w.now)[j];
            const reel_index there = reel_dataset_find_movie(w.before, id);

            assert_int_equal(reel__bit_get(reel__model_guessed(wide), j), there < 0 && id != 900);
            if (there >= 0)
                assert_memory_equal(&all[j], &known[there], sizeof *all);
            else
                assert_between(all[j], known, reel_dataset_movies(w.before));
        }
        reel__free(known);
        reel__free(all);
        reel_model_free(model); /* the other one holds it */
        reel_model_free(wide);
    }
    end(&w);
}

/* The ten films most like it, by their texts. */
static double by_hand(const world *w, const float *known, reel_index movie)
{
    const reel_csr_view f = w->data.features;
    double cosine[MOVIES + 1] = {0}, sum = 0, total = 0;

    for (reel_index j = 0; j < f.rows; j++)
        for (reel_nnz a = f.ptr[movie]; a < f.ptr[movie + 1]; a++)
            for (reel_nnz b = f.ptr[j]; b < f.ptr[j + 1]; b++)
                if (f.col[a] == f.col[b] && !is_new(w->data.movie_ids[j]))
                    cosine[j] += (double)(f.val[a] * f.val[b]);
    for (int n = 0; n < 10; n++) {
        reel_index best = 0;

        for (reel_index j = 1; j < f.rows; j++)
            if (cosine[j] > cosine[best] + 1e-6)
                best = j;
        sum += cosine[best] *
               (double)known[reel_dataset_find_movie(w->before, w->data.movie_ids[best])];
        total += cosine[best];
        cosine[best] = 0;
    }
    return sum / total;
}

static void new_films_score_as_those_like_them(void **state)
{
    world w = begin();
    reel_model *model = fit("ease", w.before), *wide = widen(model, &w);
    reel_entry older[HISTORY], newer[HISTORY];
    const reel_query before = history(older, w.before), now = history(newer, w.now);
    float *known = scores_of(model, &before), *all = scores_of(wide, &now);
    double mean = 0;

    (void)state;
    for (int64_t id = 3; id <= MOVIES; id += 7) {
        const reel_index movie = reel_dataset_find_movie(w.now, id);

        assert_true(fabs((double)all[movie] - by_hand(&w, known, movie)) < 1e-5);
    }
    for (reel_index j = 0; j < reel_dataset_movies(w.before); j++)
        mean += (double)known[j] / reel_dataset_movies(w.before);
    assert_true(fabs((double)all[reel_dataset_find_movie(w.now, 900)] - mean) < 1e-5);
    reel__free(known);
    reel__free(all);
    reel_model_free(model);
    reel_model_free(wide);
    end(&w);
}

static void reasons_add_up(void **state)
{
    world w = begin();

    (void)state;
    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        reel_model *model = fit(names[n], w.before), *wide = widen(model, &w);
        reel_entry entries[HISTORY];
        const reel_query query = history(entries, w.now);
        float *all = scores_of(wide, &query);
        reel_scratch *scratch = NULL;
        reel_explanation why[MOVIES + 1];
        reel_index movies[MOVIES + 1];
        const size_t count = (size_t)reel_dataset_movies(w.now);
        reel_err err = {0};

        for (size_t j = 0; j < count; j++)
            movies[j] = (reel_index)(count - 1 - j);
        assert_ok(reel_scratch_new(&scratch, &err));
        assert_ok(reel_model_explain_many(wide, &query, (reel_films){movies, count}, 4, scratch,
                                          why, &err));
        for (size_t j = 0; j < count; j++) {
            double sum = why[j].baseline + why[j].other;

            for (size_t r = 0; r < why[j].reason_count; r++) {
                sum += why[j].reasons[r].contribution;
                assert_false(is_new(reel_dataset_movie_ids(w.now)[why[j].reasons[r].movie]));
            }
            assert_true(fabs(sum - why[j].score) < 1e-5 * fmax(1, fabs(sum)));
            assert_true(fabs((double)all[movies[j]] - why[j].score) < 1e-5 * fmax(1, fabs(sum)));
        }
        reel_scratch_free(scratch);
        reel__free(all);
        reel_model_free(model);
        reel_model_free(wide);
    }
    end(&w);
}

/* Somebody whose history is the one it was fitted on is that person, and their own neighbour never;
 * with one rating more they are folded in. */
static void stored_people_stay_who_they_are(void **state)
{
    world w = begin();
    reel_model *model = fit("user-knn", w.before), *wide = widen(model, &w);
    const reel_csr_view ratings = reel_dataset_ratings(w.now), own = reel_dataset_ratings(w.before);
    reel_entry entries[2][MOVIES];
    reel_scratch *scratch = NULL;
    reel_err err = {0};
    int same = 0;

    (void)state;
    assert_ok(reel_scratch_new(&scratch, &err));
    assert_int_equal(reel_model_people(wide), ratings.rows);
    for (reel_index u = 0; u < ratings.rows; u++) {
        const reel_index row =
            reel_dataset_find_person(w.before, reel_dataset_person_ids(w.now)[u]);
        reel_query now = {.entries = entries[0], .row = u},
                   before = {.entries = entries[1], .row = row};
        reel_neighbour near[2][3];
        size_t count[2], kept = 0;

        for (reel_nnz k = ratings.ptr[u]; k < ratings.ptr[u + 1]; k++)
            entries[0][now.count++] =
                (reel_entry){.movie = ratings.col[k], .value = ratings.val[k], .weight = 1};
        assert_int_equal(reel__model_has_row(wide, u), row >= 0);
        if (row < 0) {
            now.row_hash = reel_query_hash(&now);
            assert_ok(reel_model_neighbours(wide, &now, 3, scratch, near[0], &count[0], &err));
            assert_int_equal(reel_dataset_person_ids(w.now)[u], came_since);
            continue;
        }
        for (reel_nnz k = own.ptr[row]; k < own.ptr[row + 1]; k++)
            entries[1][before.count++] =
                (reel_entry){.movie = own.col[k], .value = own.val[k], .weight = 1};
        now.row_hash = reel_query_hash(&now);
        before.row_hash = reel_query_hash(&before);
        if (now.count != before.count)
            continue; /* they rated what is gone */
        assert_ok(reel_model_neighbours(wide, &now, 3, scratch, near[0], &count[0], &err));
        assert_ok(reel_model_neighbours(model, &before, 3, scratch, near[1], &count[1], &err));
        for (size_t i = 0; i < count[1]; i++) {
            const int64_t person = reel_dataset_person_ids(w.before)[near[1][i].row];

            if (person == left)
                continue;
            assert_true(kept < count[0]);
            assert_int_equal(reel_dataset_person_ids(w.now)[near[0][kept].row], person);
            assert_int_not_equal(near[0][kept++].row, u);
        }
        assert_int_equal(kept, count[0]);
        same++;
    }
    assert_true(same > PEOPLE / 2);
    reel_scratch_free(scratch);
    reel_model_free(model);
    reel_model_free(wide);
    end(&w);
}

static void stars_of_a_new_film_are_a_mean(void **state)
{
    world w = begin();
    reel_model *model = fit("als", w.before), *wide = widen(model, &w);
    reel_entry entries[HISTORY];
    const reel_query query = history(entries, w.now);
    float *all = scores_of(wide, &query), stars[MOVIES + 1];
    reel_index movies[MOVIES + 1];
    const size_t count = (size_t)reel_dataset_movies(w.now);
    reel_rating_interval ranges[MOVIES + 1];
    reel_scratch *scratch = NULL;
    reel_err err = {0};

    (void)state;
    for (size_t j = 0; j < count; j++)
        movies[j] = (reel_index)j;
    assert_ok(reel_scratch_new(&scratch, &err));
    assert_ok(reel_model_predict(wide, &query, movies, count, scratch, stars, &err));
    assert_ok(
        reel_model_predict_range(wide, &query, (reel_films){movies, count}, stars, ranges, &err));
    for (size_t j = 0; j < count; j++) {
        assert_true(stars[j] >= 1 && stars[j] <= 5);
        if (reel__bit_get(reel__model_guessed(wide), (reel_index)j))
            assert_true(fabsf(stars[j] - fminf(5, fmaxf(1, all[j]))) < 0.5F);
    }
    reel_scratch_free(scratch);
    reel__free(all);
    reel_model_free(model);
    reel_model_free(wide);
    end(&w);
}

/* So many films that came since that threads share them, with texts of a few words each. Which
 * films are in the history does not matter. */
static void any_number_of_threads_finds_the_same(void **state)
{
    enum { MANY = 1500, WORDS = 40, EACH = 4 };
    world w = begin();
    reel_model *model = fit("ease", w.before), *wide[2];
    int64_t *ids = reel__alloc_array(MANY, sizeof *ids);
    reel_csr texts = {0};
    reel_rng rng = reel__rng_make(11, 1);
    reel_entry entries[HISTORY];
    float *scores[2];
    reel_err err = {0};

    (void)state;
    assert_ok(reel__csr_init(&texts, MANY, WORDS, MANY * EACH, &err));
    for (reel_index j = 0; j < MANY; j++) {
        ids[j] = j + 1;
        for (reel_index k = 0; k < EACH; k++) {
            texts.col[j * EACH + k] = k * (WORDS / EACH) + (reel_index)reel__rng_below(&rng, 10);
            texts.val[j * EACH + k] = (float)reel__rng_unit(&rng);
        }
        texts.ptr[j + 1] = (j + 1) * EACH;
    }
    w.data.movie_ids = ids;
    w.data.features = reel__csr_view(&texts);
    for (int i = 0; i < 2; i++) {
        reel_query query;

        w.data.threads = i == 0 ? 1 : 4;
        wide[i] = widen(model, &w);
        query = history(entries, w.before);
        scores[i] = scores_of(wide[i], &query);
    }
    assert_memory_equal(scores[0], scores[1], MANY * sizeof **scores);
    assert_memory_equal(reel__model_guessed(wide[0]), reel__model_guessed(wide[1]),
                        reel__bit_words(MANY) * sizeof(uint64_t));
    for (int i = 0; i < 2; i++) {
        reel__free(scores[i]);
        reel_model_free(wide[i]);
    }
    reel_model_free(model);
    reel__csr_fini(&texts);
    reel__free(ids);
    end(&w);
}

/* The films alike are taken from a model of the same films, and are those that it would find; that
 * they are taken, and not found, is told by texts that have gone. Others are not taken. */
static void what_was_found_is_shared(void **state)
{
    world w = begin();
    reel_model *ease = fit("ease", w.before), *ials = fit("ials", w.before);
    reel_model *first = widen(ease, &w), *found = widen(ials, &w), *shared, *other;
    const reel_csr_view texts = w.data.features;
    reel_csr bare = {0};
    reel_entry entries[HISTORY];
    const reel_query query = history(entries, w.now);
    float *expected = scores_of(found, &query), *scores;
    reel_err err = {0};

    (void)state;
    assert_ok(reel__csr_init(&bare, texts.rows, texts.cols, 0, &err));
    w.data.features = reel__csr_view(&bare);
    w.data.like = first;
    shared = widen(ials, &w);
    scores = scores_of(shared, &query);
    assert_memory_equal(scores, expected, (size_t)texts.rows * sizeof *scores);
    reel__free(scores);
    assert_memory_equal(reel__model_guessed(shared), reel__model_guessed(first),
                        reel__bit_words(texts.rows) * sizeof(uint64_t));
    w.data.data_hash = "other texts";
    other = widen(ials, &w);
    assert_false(reel__bit_get(reel__model_guessed(other), reel_dataset_find_movie(w.now, 10)));
    reel_model_free(other);
    w.data.data_hash = reel_dataset_hash(w.now);
    w.data.like = ease; /* not widened */
    other = widen(ials, &w);
    assert_false(reel__bit_get(reel__model_guessed(other), reel_dataset_find_movie(w.now, 10)));
    reel_model_free(other);
    reel_model_free(shared);
    reel_model_free(found);
    reel_model_free(first);
    reel_model_free(ials);
    reel_model_free(ease);
    reel__free(expected);
    reel__csr_fini(&bare);
    end(&w);
}

static void it_is_no_file(void **state)
{
    world w = begin();
    reel_model *model = fit("popular", w.before), *wide = widen(model, &w);
    reel_err err = {0};

    (void)state;
    assert_int_equal(reel_model_save(wide, "nowhere.safetensors", &err), REEL_E_INVALID);
    reel_model_free(model);
    reel_model_free(wide);
    end(&w);
}

static void memory_may_fail(void **state)
{
    world w = begin();
    reel_model *model = fit("ials", w.before), *wide = NULL;
    const long before = reel__alloc_live();
    reel_code rc = REEL_E_NOMEM;

    (void)state;
    for (long n = 0; rc != REEL_OK; n++) {
        reel__alloc_fail_after(n);
        rc = reel__model_widen(&wide, model, &w.data, NULL);
        reel__alloc_fail_after(-1);
        assert_true(rc == REEL_OK || (rc == REEL_E_NOMEM && wide == NULL));
        assert_true(rc == REEL_OK || reel__alloc_live() == before);
    }
    w.data.like = wide;
    wide = NULL;
    rc = REEL_E_NOMEM;
    for (long n = 0; rc != REEL_OK; n++) {
        const long live = reel__alloc_live();

        reel__alloc_fail_after(n);
        rc = reel__model_widen(&wide, model, &w.data, NULL);
        reel__alloc_fail_after(-1);
        assert_true(rc == REEL_OK || (rc == REEL_E_NOMEM && wide == NULL));
        assert_true(rc == REEL_OK || reel__alloc_live() == live);
    }
    reel_model_free(model);
    reel_model_free(wide);
    reel_model_free((reel_model *)w.data.like);
    end(&w);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_films_score_as_they_did),
        cmocka_unit_test(new_films_score_as_those_like_them),
        cmocka_unit_test(reasons_add_up),
        cmocka_unit_test(stored_people_stay_who_they_are),
        cmocka_unit_test(stars_of_a_new_film_are_a_mean),
        cmocka_unit_test(any_number_of_threads_finds_the_same),
        cmocka_unit_test(what_was_found_is_shared),
        cmocka_unit_test(it_is_no_file),
        cmocka_unit_test(memory_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
