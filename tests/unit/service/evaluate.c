/* Unit tests of evaluating: files, stores and folders as data, what is refused, threads, memory. */
#include "support/check.h"

#include "service/measure/evaluate.h"
#include "service/files/load.h"
#include "support/near.h"
#include "support/temp.h"

enum { PEOPLE = 30, FILMS = 40, TEXT = 1 << 15 };

/* A person likes films of their own parity; every seventh rating goes to the other file. */
static void write_files(char train[TEMP_PATH], char test[TEMP_PATH], bool texts)
{
    static char kept[TEXT], held[TEXT];
    size_t kept_used = 0, held_used = 0;

    for (int p = 1; p <= PEOPLE; p++)
        for (int m = p % 2; m < FILMS; m += 2) {
            const bool away = (p * 3 + m) % 7 == 0;
            char *text = away ? held : kept;
            size_t *used = away ? &held_used : &kept_used;

            *used += (size_t)snprintf(text + *used, TEXT - *used,
                                      texts ? "u%03d\tm%d\t%d\n" : "%d\t%d\t%d\n", p, 100 + m,
                                      4 + m % 2);
        }
    (void)snprintf(train, TEMP_PATH, "%s", temp_write(texts ? "train.txt" : "train.tsv", kept));
    (void)snprintf(test, TEMP_PATH, "%s", temp_write(texts ? "test.txt" : "test.tsv", held));
}

static reel_evaluate_opts file_opts(void)
{
    static char train[TEMP_PATH], test[TEMP_PATH];
    reel_evaluate_opts opts = reel__evaluate_opts_default();

    if (train[0] == '\0')
        write_files(train, test, false);
    opts.train = train;
    opts.test = test;
    opts.models = "user-knn:neighbours=5";
    return opts;
}

static void test_files_are_taken_as_they_are(void **state)
{
    (void)state;
    const reel_evaluate_opts opts = file_opts();
    const reel_evaluated *asked;
    reel_evaluation e;
    reel_err err;

    assert_ok(reel__evaluation_make(&e, &opts, &err));
    assert_int_equal(e.people, PEOPLE);
    assert_int_equal(e.films, FILMS);
    assert_int_equal(e.ratings, PEOPLE * FILMS / 2);
    assert_int_equal(e.judged, PEOPLE);
    assert_int_equal(e.scopes, 1);
    assert_true(e.count >= 3);
    asked = &e.models[e.count - 1];
    assert_string_equal(e.models[0].name, "random");
    assert_string_equal(e.models[1].name, "popular");
    assert_string_equal(asked->name, "user-knn:neighbours=5");
    /* Only films of the parity are left. */
    assert_near(asked->ranked[0].intervals[0].mean, 1, 1e-12);
    assert_near(asked->ranked[0].to_best.difference.mean, 0, 0);
    assert_true(e.models[0].ranked[0].to_best.difference.high < 0 &&
                e.models[0].ranked[0].to_best.p < 0.01);
    assert_near(asked->ranked[0].to_best.p, 1, 0);
    reel__evaluation_fini(&e);
}

static void test_texts_are_as_good_as_numbers(void **state)
{
    (void)state;
    char train[TEMP_PATH], test[TEMP_PATH];
    reel_evaluate_opts opts = file_opts();
    reel_evaluation numbers, texts;
    reel_err err;

    assert_ok(reel__evaluation_make(&numbers, &opts, &err));
    write_files(train, test, true);
    opts.train = train;
    opts.test = test;
    assert_ok(reel__evaluation_make(&texts, &opts, &err));
    assert_int_equal(texts.films, numbers.films);
    for (size_t m = 1; m < numbers.count; m++) /* the first is random */
        assert_near(texts.models[m].ranked[0].intervals[0].mean,
                    numbers.models[m].ranked[0].intervals[0].mean, 0);
    reel__evaluation_fini(&numbers);
    reel__evaluation_fini(&texts);
    opts.catalogue = "folder";
    assert_fails(reel__evaluation_make(&texts, &opts, &err), REEL_E_INVALID, "is a text");
}

static void refuse(const reel_evaluate_opts *opts, reel_code code, const char *part)
{
    reel_evaluation e;
    reel_err err;

    assert_fails(reel__evaluation_make(&e, opts, &err), code, part);
    assert_int_equal(e.count, 0);
}

static void test_what_cannot_be_evaluated_is_refused(void **state)
{
    (void)state;
    reel_evaluate_opts opts = file_opts();
    const char *const test = opts.test;

    opts.test = opts.train;
    refuse(&opts, REEL_E_INVALID, "in both files");
    opts.test = NULL;
    refuse(&opts, REEL_E_INVALID, "say what to evaluate on");
    opts.test = test;
    opts.database = "reel.db";
    refuse(&opts, REEL_E_INVALID, "say what to evaluate on");
    opts = file_opts();
    opts.filter.threshold = 4;
    refuse(&opts, REEL_E_INVALID, "no threshold");
    opts = file_opts();
    opts.train = "absent.tsv";
    refuse(&opts, REEL_E_NOTFOUND, "absent.tsv");
    opts = file_opts();
    opts.models = "frobnicate";
    refuse(&opts, REEL_E_NOTFOUND, "frobnicate");
    opts.models = "user-knn,";
    refuse(&opts, REEL_E_INVALID, "name is missing");
    opts.models = "user-knn:neighbours";
    refuse(&opts, REEL_E_INVALID, "name:param=value");
    opts.models = "user-knn:neighbours=-1";
    refuse(&opts, REEL_E_INVALID, "neighbours");
    /* Before anything is read, let alone fitted. */
    opts.train = "absent.tsv";
    opts.models = "popular,user-knn:neighbors=3";
    refuse(&opts, REEL_E_INVALID, "neighbors");
    opts.models = "popular,frobnicate";
    refuse(&opts, REEL_E_NOTFOUND, "frobnicate");
    opts = file_opts();
    opts.judge.cuts[0] = 0;
    refuse(&opts, REEL_E_INVALID, "not 0");
    opts = file_opts();
    opts.implicit = true;
    opts.metrics = REEL_WANT_RATING;
    opts.models = "baseline";
    refuse(&opts, REEL_E_INVALID, "forgets the ratings");
}

static void test_forgotten_ratings_are_not_predicted(void **state)
{
    (void)state;
    reel_evaluate_opts opts = file_opts();
    reel_evaluation e;
    reel_err err;

    opts.models = "baseline";
    for (int implicit = 0; implicit < 2; implicit++) {
        opts.implicit = implicit == 1;
        assert_ok(reel__evaluation_make(&e, &opts, &err));
        assert_int_equal(e.models[e.count - 1].predicts, implicit == 0);
        reel__evaluation_fini(&e);
    }
}

static void assert_same(const reel_interval *a, const reel_interval *b)
{
    assert_memory_equal(a, b, sizeof *a);
}

/* The same people by way of a folder and of a store. */
static void test_folder_and_store_agree(void **state)
{
    (void)state;
    static char folder[TEMP_PATH], database[TEMP_PATH];
    reel_evaluate_opts opts = reel__evaluate_opts_default();
    reel_load_report report;
    reel_evaluation from_folder, from_store;
    reel_err err;

    (void)snprintf(folder, sizeof folder, "%s", temp_path("sample"));
    (void)snprintf(database, sizeof database, "%s", temp_path("reel.db"));
    assert_ok(
        reel__sample_write(&(reel_sample_opts){.output = folder, .people = 40, .seed = 1}, &err));
    assert_ok(
        reel__load(&(reel_load_opts){.database = database, .movielens = folder}, &report, &err));
    opts.models = "user-knn";
    opts.split.protocol = REEL_PROTOCOL_FOLDS;
    opts.movielens = folder;
    assert_ok(reel__evaluation_make(&from_folder, &opts, &err));
    opts.movielens = NULL;
    opts.database = database;
    opts.judge.threads = 1;
    assert_ok(reel__evaluation_make(&from_store, &opts, &err));
    assert_int_equal(from_folder.held_out, from_store.held_out);
    for (size_t m = 0; m < from_folder.count; m++)
        for (size_t c = 0; c < from_store.models[m].ranked[0].judgement.columns; c++)
            assert_same(&from_folder.models[m].ranked[0].intervals[c],
                        &from_store.models[m].ranked[0].intervals[c]);
    reel__evaluation_fini(&from_folder);
    reel__evaluation_fini(&from_store);
}

typedef struct how_far {
    int64_t done, total;
    bool back; /* it was once farther */
} how_far;

static void hear(void *user, const char *stage, int64_t done, int64_t total, const char *unit)
{
    how_far *heard = user;

    (void)stage;
    if (strcmp(unit, "models") != 0)
        return;
    heard->back |= done < heard->done || (heard->total != 0 && total != heard->total);
    heard->done = done;
    heard->total = total;
}

/* Each fold of a file by itself, and all of them. */
static void test_folds_of_a_file(void **state)
{
    (void)state;
    static char ratings[TEMP_PATH], folds[TEMP_PATH], short_of[TEMP_PATH];
    static char text[TEXT], numbers[TEXT];
    reel_evaluate_opts opts = reel__evaluate_opts_default();
    how_far heard = {0};
    const reel_progress progress = {hear, &heard};
    size_t used = 0, number_used = 0;
    double squares = 0, count = 0;
    reel_evaluation e;
    reel_err err;

    for (int i = 0; i < 400; i++) {
        used += (size_t)snprintf(text + used, TEXT - used, "%d\t%d\t%d\n", 1 + i % 20,
                                 100 + i * 7 % 41 + i / 41, 1 + i % 5);
        number_used += (size_t)snprintf(numbers + number_used, TEXT - number_used, "%d\n", i % 3);
    }
    (void)snprintf(ratings, TEMP_PATH, "%s", temp_write("ratings.tsv", text));
    (void)snprintf(folds, TEMP_PATH, "%s", temp_write("folds.txt", numbers));
    numbers[number_used - 4] = '\0';
    (void)snprintf(short_of, TEMP_PATH, "%s", temp_write("short.txt", numbers));
    opts.ratings = ratings;
    opts.folds_file = folds;
    opts.metrics = REEL_WANT_RATING;
    opts.models = "baseline";
    opts.progress = &progress;
    assert_ok(reel__evaluation_make(&e, &opts, &err));
    assert_int_equal(heard.total, 3 * e.count);
    assert_int_equal(heard.done, heard.total);
    assert_false(heard.back);
    opts.progress = NULL;
    assert_int_equal(e.scopes, 0);
    assert_string_equal(e.protocol, "folds file");
    assert_int_equal(e.predicted, e.ratings);
    assert_int_equal(e.models[e.best_rmse].errors.rounds, 3);
    for (reel_index p = 0; p < e.models[e.best_rmse].errors.people; p++) {
        const double *own = e.models[e.best_rmse].errors.each + p * REEL_ERRORS;

        squares += own[REEL_ERRORS_SQUARES];
        count += own[REEL_ERRORS_COUNT];
    }
    assert_near(e.models[e.best_rmse].rmse.mean * e.models[e.best_rmse].rmse.mean, squares / count,
                1e-12);
    reel__evaluation_fini(&e);
    opts.fold = 2;
    assert_ok(reel__evaluation_make(&e, &opts, &err));
    assert_int_equal(e.models[0].errors.rounds, 1);
    reel__evaluation_fini(&e);
    opts.fold = 3;
    refuse(&opts, REEL_E_INVALID, "fold 3: there are 3");
    opts.fold = -1;
    opts.folds_file = short_of;
    refuse(&opts, REEL_E_FORMAT, "expected a fold");
    opts.folds_file = ratings;
    refuse(&opts, REEL_E_FORMAT, "ratings.tsv:2: expected a fold");
    opts.folds_file = "absent.txt";
    refuse(&opts, REEL_E_NOTFOUND, "absent.txt");
    opts.folds_file = folds;
    opts.models = "popular";
    refuse(&opts, REEL_E_INVALID, "predicts no ratings");
}

/* Films drawn, saved, and read again give the same numbers, all with their label. */
static void test_candidates_are_saved_and_read(void **state)
{
    (void)state;
    static char folder[TEMP_PATH], saved[TEMP_PATH];
    reel_evaluate_opts opts = reel__evaluate_opts_default();
    reel_evaluation drawn, read;
    reel_err err;

    (void)snprintf(folder, sizeof folder, "%s", temp_path("people"));
    (void)snprintf(saved, sizeof saved, "%s", temp_path("candidates.tsv"));
    assert_ok(
        reel__sample_write(&(reel_sample_opts){.output = folder, .people = 40, .seed = 1}, &err));
    opts.movielens = folder;
    opts.models = "user-knn";
    opts.split.protocol = REEL_PROTOCOL_LAST;
    opts.sampled = 20;
    opts.save_candidates = saved;
    assert_ok(reel__evaluation_make(&drawn, &opts, &err));
    assert_near(drawn.candidates, 21, 1e-12);
    assert_string_equal(reel__evaluation_label(&drawn), "sampled_");
    opts.sampled = 0;
    opts.save_candidates = NULL;
    opts.candidates = saved;
    assert_ok(reel__evaluation_make(&read, &opts, &err));
    assert_near(read.candidates, 21, 1e-12);
    assert_int_equal(drawn.count, read.count);
    for (size_t m = 0; m < drawn.count; m++)
        for (size_t c = 0; c < drawn.models[m].ranked[0].judgement.columns; c++)
            assert_same(&drawn.models[m].ranked[0].intervals[c],
                        &read.models[m].ranked[0].intervals[c]);
    reel__evaluation_fini(&drawn);
    reel__evaluation_fini(&read);
}

/* A training file with candidates in the form of the NCF authors; item 999 nobody has rated. */
static void test_candidates_beside_a_training_file(void **state)
{
    (void)state;
    static char train[TEMP_PATH];
    reel_evaluate_opts opts = reel__evaluate_opts_default();
    const reel_evaluated *popular;
    reel_evaluation e;
    reel_err err;

    (void)snprintf(train, TEMP_PATH, "%s",
                   temp_write("small.tsv", "1\t10\n1\t20\n2\t10\n2\t30\n3\t20\n3\t10\n"));
    opts.train = train;
    opts.models = "popular";
    opts.judge = (reel_judge_opts){.cuts = {1, 2}, .cut_count = 2};
    opts.candidates = temp_write("ncf.txt", "(1,30)\t999\t40\n(2,20)\t999\n");
    assert_ok(reel__evaluation_make(&e, &opts, &err));
    assert_int_equal(e.films, 5);
    assert_int_equal(e.judged, 2);
    popular = &e.models[1];
    assert_string_equal(popular->name, "popular");
    assert_near(popular->ranked[0].intervals[reel__metric_column(0, REEL_METRIC_HIT_RATE)].mean, 1,
                0);
    reel__evaluation_fini(&e);
    opts.candidates = temp_write("bad.txt", "1\t30\t999\n2\t20\tx\n");
    refuse(&opts, REEL_E_FORMAT, "bad.txt:2: this is no id");
    opts.candidates = temp_write("few.txt", "1\t30\n");
    refuse(&opts, REEL_E_FORMAT, "few.txt:1: too few ids");
    opts.candidates = temp_write("twice.txt", "1\t30\t40\n1\t40\t30\n");
    refuse(&opts, REEL_E_FORMAT, "more than one line");
    opts.candidates = temp_write("empty.txt", "\n");
    refuse(&opts, REEL_E_FORMAT, "no line");
    opts.candidates = temp_write("known.txt", "1\t10\t40\n");
    refuse(&opts, REEL_E_INVALID, "in both files");
    opts.train = NULL;
    opts.ratings = train;
    opts.candidates = temp_write("absent.txt", "1\t30\t10\n");
    refuse(&opts, REEL_E_INVALID, "no rating of item 30");
    opts.candidates = temp_write("nofilm.txt", "1\t20\t77\n");
    refuse(&opts, REEL_E_INVALID, "no item 77");
    opts.candidates = NULL;
    opts.sampled = 5;
    refuse(&opts, REEL_E_INVALID, "protocol last");
}

static void test_cold_films_are_ranked_both_ways(void **state)
{
    (void)state;
    static char folder[TEMP_PATH];
    reel_evaluate_opts opts = reel__evaluate_opts_default();
    reel_evaluation e;
    reel_err err;

    (void)snprintf(folder, sizeof folder, "%s", temp_path("cold"));
    assert_ok(
        reel__sample_write(&(reel_sample_opts){.output = folder, .people = 60, .seed = 1}, &err));
    opts.movielens = folder;
    opts.models = "content";
    opts.split.protocol = REEL_PROTOCOL_COLD;
    opts.split.share = 0.2;
    assert_ok(reel__evaluation_make(&e, &opts, &err));
    assert_int_equal(e.scopes, 2);
    assert_true(e.has_genres);
    for (size_t m = 0; m < e.count; m++) {
        const reel_ranked *ranked = e.models[m].ranked;

        if (strcmp(e.models[m].name, "popular") == 0)
            assert_near(ranked[0].intervals[0].mean, 0, 0);
        assert_true(ranked[1].intervals[0].mean > ranked[0].intervals[0].mean);
    }
    reel__evaluation_fini(&e);
}

static reel_code sweep(void *user, reel_err *err)
{
    reel_evaluation e;
    const reel_code rc = reel__evaluation_make(&e, user, err);

    if (rc == REEL_OK)
        reel__evaluation_fini(&e);
    return rc;
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    reel_evaluate_opts opts = file_opts();

    opts.judge.threads = 1;
    assert_true(sweep_memory(sweep, &opts) > 50);
    opts.test = NULL;
    opts.candidates = temp_write("sweep.txt", "1\t999\t101\t103\n2\t999\t100\t102\n");
    opts.models = "baseline";
    assert_true(sweep_memory(sweep, &opts) > 50);
}

static void test_json_says_how_to_do_it_again(void **state)
{
    (void)state;
    static const char *const parts[] = {"\"version\":\"",
                                        "\"command\":\"reel evaluate\"",
                                        "\"seed\":1",
                                        "\"hash\":\"sha256:",
                                        "\"name\":\"files\"",
                                        "\"neighbours\":5",
                                        "\"ndcg@10\":{\"mean\":",
                                        "\"gini@100\":",
                                        "\"auc\":{",
                                        "\"sampled\":false",
                                        "\"best\":\""};
    const reel_evaluate_opts opts = file_opts();
    reel_evaluation e;
    reel_json json;
    reel_buf text;
    reel_err err;

    assert_ok(reel__evaluation_make(&e, &opts, &err));
    reel__buf_init(&text, 1 << 20);
    reel__json_init(&json, &text);
    reel__evaluation_write(&json, &e, "reel evaluate");
    assert_ok(reel__buf_check(&text, &err));
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strstr(text.data, parts[i]) == NULL)
            fail_msg("%s is not in %s", parts[i], text.data);
    reel__buf_fini(&text);
    reel__evaluation_fini(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files_are_taken_as_they_are),
        cmocka_unit_test(test_texts_are_as_good_as_numbers),
        cmocka_unit_test(test_what_cannot_be_evaluated_is_refused),
        cmocka_unit_test(test_forgotten_ratings_are_not_predicted),
        cmocka_unit_test(test_folder_and_store_agree),
        cmocka_unit_test(test_folds_of_a_file),
        cmocka_unit_test(test_candidates_are_saved_and_read),
        cmocka_unit_test(test_candidates_beside_a_training_file),
        cmocka_unit_test(test_cold_films_are_ranked_both_ways),
        cmocka_unit_test(test_every_allocation_may_fail),
        cmocka_unit_test(test_json_says_how_to_do_it_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
