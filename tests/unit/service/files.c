/* Unit tests of fitting, lists and predictions by files: against the library called directly, with
 * numbers and with texts, any number of threads, failing memory, and everything that is refused. */
#include "base/file.h"
#include "model/vtable.h"
#include "num/topk.h"
#include "service/models/batch.h"
#include "service/measure/evaluate.h"
#include "service/models/fit.h"
#include "service/models/learn.h"
#include "service/files/sample.h"
#include "support/check.h"
#include "support/near.h"
#include "support/temp.h"

enum { PEOPLE = 60, FILMS = 50, TEXT = 1 << 18, K = 7 };

/* ---- data ---------------------------------------------------------------------------------- */

/* A person's ratings in a scattered order, people by turns; kind: numbers, or texts whose order is
 * another one. */
static size_t print_row(char *to, bool texts, int person, int film, double value, long time)
{
    if (!texts)
        return (size_t)sprintf(to, "%d\t%d\t%g\t%ld\n", 900 - person * 7, 10 + film, value, time);
    return (size_t)sprintf(to, "user %d\tt:%c%d\t%g\t%ld\n", person, 'a' + film % 7, film, value,
                           time);
}

static bool is_rated(int film, int person)
{
    return ((unsigned)(film + 1) * 2654435761U ^ (unsigned)(person + 1) * 40503U) % 7 < 3;
}

static const char *write_train(char path[TEMP_PATH], bool texts)
{
    static char text[TEXT];
    size_t used = 0;

    for (int turn = 0; turn < FILMS; turn++)
        for (int p = 0; p < PEOPLE; p++) {
            const int film = (turn * 17 + p * 5) % FILMS;

            if (is_rated(film, p))
                used += print_row(text + used, texts, p, film, 1 + (film * p + film % 3) % 5,
                                  1000 + turn * 60 + p);
        }
    (void)snprintf(path, TEMP_PATH, "%s", temp_write(texts ? "texts.tsv" : "numbers.tsv", text));
    return path;
}

static char train_path[2][TEMP_PATH], model_path[2][3][TEMP_PATH];
static const char *const model_names[3] = {"popular", "user-knn", "baseline"};

static reel_code fit_one(const char *train, const char *name, const char *output,
                         reel_fit_report *report, reel_err *err)
{
    const reel_fit_opts opts = {.model = name, .train = train, .output = output, .seed = 1};

    return reel__fit(&opts, report, err);
}

static int fit_all(void **state)
{
    (void)state;
    reel_fit_report report;
    reel_err err;

    for (int texts = 0; texts < 2; texts++)
        for (int m = 0; m < 3; m++) {
            char name[32];

            (void)write_train(train_path[texts], texts != 0);
            (void)snprintf(name, sizeof name, "model-%d-%d", texts, m);
            (void)snprintf(model_path[texts][m], TEMP_PATH, "%s", temp_path(name));
            assert_ok(
                fit_one(train_path[texts], model_names[m], model_path[texts][m], &report, &err));
            assert_int_equal(report.people, PEOPLE);
            assert_int_equal(report.size_bytes, reel__file_size(model_path[texts][m]));
            assert_true(report.peak_memory_bytes > 1000000);
        }
    return 0;
}

/* The whole of a file as a text; to be freed. */
static char *slurp(const char *path)
{
    reel_file_map map;
    reel_err err;
    char *text;

    assert_ok(reel__file_map_open(&map, path, &err));
    text = malloc(map.size_bytes + 1);
    assert_non_null(text);
    memcpy(text, map.data, map.size_bytes);
    text[map.size_bytes] = '\0';
    reel__file_map_close(&map);
    return text;
}

static reel_batch_opts batch_opts(int texts, int m, const char *output)
{
    static char path[TEMP_PATH];

    (void)snprintf(path, sizeof path, "%s", temp_path(output));
    return (reel_batch_opts){.model = model_path[texts][m],
                             .histories = train_path[texts],
                             .output = path,
                             .third = REEL_THIRD_GUESS,
                             .k = K};
}

/* ---- lists --------------------------------------------------------------------------------- */

/* The same lists by the library alone, people in the order of `order`. */
static void print_expected(char *out, const reel_dataset *dataset, const char *model_file,
                           const int64_t *order)
{
    reel_csr_view r = reel_dataset_ratings(dataset);
    reel_scratch *scratch = NULL;
    reel_model *model = NULL;
    reel_entry entries[FILMS];
    float scores[FILMS];
    reel_err err;

    assert_ok(reel_model_load(&model, model_file, &err));
    assert_ok(reel_scratch_new(&scratch, &err));
    for (int p = 0; p < PEOPLE; p++) {
        const reel_index row = reel_dataset_find_person(dataset, order[p]);
        reel_query query = {.entries = entries, .row = row};
        uint64_t skip[FILMS / 64 + 1] = {0};
        reel_scored best[K];
        size_t count;

        for (reel_nnz k = r.ptr[row]; k < r.ptr[row + 1]; k++) {
            entries[query.count++] =
                (reel_entry){.movie = r.col[k], .value = r.val[k], .weight = 1};
            skip[r.col[k] / 64] |= UINT64_C(1) << r.col[k] % 64;
        }
        query.row_hash = reel_query_hash(&query);
        assert_true(reel__model_row(model, &query) == row);
        assert_ok(reel_model_score(model, &query, scratch, scores, &err));
        count = reel__topk(scores, r.cols, skip, K, best);
        for (size_t i = 0; i < count; i++)
            out += sprintf(out, "%lld\t%zu\t%lld\t", (long long)order[p], i + 1,
                           (long long)reel_dataset_movie_ids(dataset)[best[i].index]);
    }
    reel_scratch_free(scratch);
    reel_model_free(model);
}

/* The dataset of the numbers, and people in the order in which they first come in the file. */
static reel_dataset *read_numbers(int64_t order[PEOPLE])
{
    reel_dataset_builder *builder = NULL;
    reel_dataset *dataset = NULL;
    reel_ratings ratings;
    int people = 0;
    reel_err err;

    assert_ok(reel__read_ratings(&ratings, train_path[0], NULL, NULL, &err));
    for (size_t i = 0; i < ratings.count; i++) {
        int at = 0;

        while (at < people && order[at] != ratings.items[i].person)
            at++;
        if (at == people)
            order[people++] = ratings.items[i].person;
    }
    assert_int_equal(people, PEOPLE);
    assert_ok(reel_dataset_builder_new(&builder, &err));
    assert_ok(reel_dataset_builder_add_ratings(builder, ratings.items, ratings.count, &err));
    assert_ok(reel_dataset_builder_finish(&dataset, builder, NULL, &err));
    reel_dataset_builder_free(builder);
    reel__ratings_fini(&ratings);
    return dataset;
}

/* Rows without their scores. */
static void drop_scores(char *text)
{
    char *to = text;
    int field = 0;

    for (const char *at = text; *at != '\0'; at++) {
        if (field < 3)
            *to++ = *at;
        field = *at == '\n' ? 0 : field + (*at == '\t');
    }
    *to = '\0';
}

static void test_lists_are_those_of_the_library(void **state)
{
    (void)state;
    static char expected[TEXT];
    int64_t order[PEOPLE];
    reel_dataset *dataset = read_numbers(order);

    for (int m = 0; m < 3; m++) {
        const reel_batch_opts opts = batch_opts(0, m, "lists");
        reel_batch_report report;
        reel_err err;
        char *text;

        assert_ok(reel__batch_lists(&opts, &report, &err));
        assert_int_equal(report.people, PEOPLE);
        assert_int_equal(report.stored, PEOPLE);
        text = slurp(opts.output);
        drop_scores(text);
        expected[0] = '\0';
        print_expected(expected, dataset, model_path[0][m], order);
        for (char *at = text; (at = strchr(at, '\n')) != NULL;)
            memmove(at, at + 1, strlen(at));
        assert_string_equal(text, expected);
        free(text);
    }
    reel_dataset_free(dataset);
}

static void test_threads_change_nothing(void **state)
{
    (void)state;
    for (int texts = 0; texts < 2; texts++)
        for (int m = 0; m < 3; m++) {
            reel_batch_opts opts = batch_opts(texts, m, "lists");
            reel_batch_report report;
            reel_err err;
            char *one, *four;

            opts.threads = 1;
            assert_ok(reel__batch_lists(&opts, &report, &err));
            one = slurp(opts.output);
            opts.threads = 4;
            assert_ok(reel__batch_lists(&opts, &report, &err));
            four = slurp(opts.output);
            assert_string_equal(one, four);
            free(one);
            free(four);
        }
}

/* Texts instead of numbers change the names and, with popular, nothing else: ties apart, which go
 * by the order of the names. */
static void test_texts_come_back(void **state)
{
    (void)state;
    const reel_batch_opts opts = batch_opts(1, 1, "lists");
    reel_batch_report report;
    reel_err err;
    char *text;
    int person, rank, film;
    char letter;

    assert_ok(reel__batch_lists(&opts, &report, &err));
    assert_int_equal(report.stored, PEOPLE);
    text = slurp(opts.output);
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        assert_int_equal(sscanf(line, "user %d\t%d\tt:%c%d\t", &person, &rank, &letter, &film), 4);
        assert_true(person < PEOPLE && film < FILMS && letter == 'a' + film % 7);
        assert_false(is_rated(film, person)); /* not of the history */
    }
    free(text);
}

static void test_people_asked_for(void **state)
{
    (void)state;
    reel_batch_opts opts = batch_opts(1, 0, "lists");
    reel_batch_report report;
    reel_err err;
    char *text;

    opts.users = temp_write("users", "user 9\nnobody\nuser 3\n");
    opts.k = 1;
    opts.header = true;
    assert_ok(reel__batch_lists(&opts, &report, &err));
    assert_int_equal(report.unknown_users, 1);
    assert_int_equal(report.stored, 2);
    assert_int_equal(report.rows, 3);
    text = slurp(opts.output);
    assert_true(strncmp(text, "user\trank\titem\tscore\nuser 9\t1\t", 30) == 0);
    assert_non_null(strstr(text, "\nnobody\t1\t"));
    free(text);
}

/* Histories that have grown, in another order, with items that nobody knows and ratings given
 * twice. */
static void test_other_histories(void **state)
{
    (void)state;
    reel_batch_opts opts = batch_opts(0, 1, "lists");
    reel_batch_report report;
    reel_err err;
    char *text;

    opts.histories = temp_write("histories", "900,12,3,50\n31,11,5,10\n900,7777,4,9\n900,12,5,51\n"
                                             "31,15,2,10\n31,7777,1,1\n31,8888,1,1\n31,12,1,1\n");
    opts.k = 3;
    assert_ok(reel__batch_lists(&opts, &report, &err));
    assert_int_equal(report.people, 2);
    assert_int_equal(report.stored, 0);
    assert_int_equal(report.unknown_items, 2);
    assert_int_equal(report.unknown_rows, 3);
    assert_int_equal(report.duplicates, 1);
    assert_int_equal(report.rows, 6);
    text = slurp(opts.output);
    assert_true(strncmp(text, "900\t1\t", 6) == 0);
    free(text);
}

/* ---- predictions --------------------------------------------------------------------------- */

static void test_predictions_keep_every_line(void **state)
{
    (void)state;
    static const char pairs[] = "user 3\tt:b1\t5\nnobody\tt:b1\t4\nuser 3\tunknown\t3\n"
                                "user 5\tt:a0\t1\nuser 3\tt:b1\t5\n";

    for (int m = 0; m < 3; m++) {
        reel_batch_opts opts = batch_opts(1, m, "scores");
        reel_batch_report report;
        float score[5];
        reel_err err;
        char *text;

        opts.pairs = temp_write("pairs", pairs);
        assert_ok(reel__batch_predictions(&opts, &report, &err));
        assert_int_equal(report.rows, 5);
        assert_int_equal(report.unknown_users, 1);
        assert_int_equal(report.unknown_pairs, 1);
        text = slurp(opts.output);
        assert_int_equal(sscanf(text,
                                "user 3\tt:b1\t%f\nnobody\tt:b1\t%f\nuser 3\tunknown\t%f\n"
                                "user 5\tt:a0\t%f\nuser 3\tt:b1\t%f\n",
                                &score[0], &score[1], &score[2], &score[3], &score[4]),
                         5);
        assert_true(score[0] == score[4]);
        assert_true(m == 2 ? score[2] >= 1 && score[2] <= 5 : score[2] <= score[0]);
        free(text);
    }
}

/* The mean of the person's ratings, with five more that are the mean of all. */
static void test_an_unknown_item_gets_the_mean(void **state)
{
    (void)state;
    reel_batch_opts opts = batch_opts(0, 2, "scores");
    reel_batch_report report;
    float known, stranger;
    reel_err err;
    char *text;

    opts.histories = temp_write("histories", "1\t12\t5\n1\t13\t5\n2\t12\t1\n2\t13\t2\n");
    opts.pairs = temp_write("pairs", "1\t7777\n99\t7777\n");
    assert_ok(reel__batch_predictions(&opts, &report, &err));
    text = slurp(opts.output);
    assert_int_equal(sscanf(text, "1\t7777\t%f\n99\t7777\t%f\n", &known, &stranger), 2);
    assert_near((double)known, (10 + 5 * 3.25) / 7, 1e-6);
    assert_near((double)stranger, 3.25, 1e-6);
    free(text);
    /* A history of unknown items alone still says how ratings are given. */
    opts.histories = temp_write("histories", "1\t8888\t4\n1\t9999\t3\n");
    assert_ok(reel__batch_predictions(&opts, &report, &err));
    text = slurp(opts.output);
    assert_int_equal(sscanf(text, "1\t7777\t%f\n99\t7777\t%f\n", &known, &stranger), 2);
    assert_near((double)known, 3.5, 1e-6);
    assert_near((double)stranger, 3.5, 1e-6);
    free(text);
    /* Items chosen without a rating do not: the middle of 1 to 5. */
    opts.histories = temp_write("histories", "1\t12\n1\t13\n");
    assert_ok(reel__batch_predictions(&opts, &report, &err));
    text = slurp(opts.output);
    assert_int_equal(sscanf(text, "1\t7777\t%f\n99\t7777\t%f\n", &known, &stranger), 2);
    assert_near((double)known, 3, 1e-6);
    assert_near((double)stranger, 3, 1e-6);
    free(text);
}

static void check_predict_while_fitting(int texts, const char *pairs)
{
    static char while_fitting[TEMP_PATH];
    reel_batch_opts later = batch_opts(texts, 2, "later");
    reel_fit_opts opts = {.model = "baseline", .train = train_path[texts], .seed = 1};
    reel_batch_report batch;
    reel_fit_report report;
    reel_err err;
    char *one, *other;

    (void)snprintf(while_fitting, sizeof while_fitting, "%s", temp_path("while"));
    opts.output = temp_path("model");
    opts.pairs = later.pairs = temp_write("pairs", pairs);
    opts.predictions = while_fitting;
    assert_ok(reel__fit(&opts, &report, &err));
    assert_int_equal(report.predicted, 5);
    assert_int_equal(report.unknown_users, 1);
    assert_int_equal(report.unknown_pairs, 1);
    assert_ok(reel__batch_predictions(&later, &batch, &err));
    one = slurp(while_fitting);
    other = slurp(later.output);
    assert_string_equal(one, other);
    free(one);
    free(other);
}

static void test_predicting_while_fitting_says_the_same(void **state)
{
    (void)state;
    check_predict_while_fitting(0, "893\t17\t5\n77\t12\t3\n900\t9999\t3\n900\t12\t3\n893\t10\t3\n");
    check_predict_while_fitting(
        1, "user 9\tt:b1\nnobody\tt:b1\nuser 3\tunknown\nuser 3\tt:b1\nuser 9\tt:c2\n");
}

/* ---- what is refused ----------------------------------------------------------------------- */

static void test_outputs_that_cannot_be_written(void **state)
{
    (void)state;
    reel_batch_opts opts = batch_opts(0, 0, "lists");
    reel_fit_report fitted;
    reel_batch_report report;
    reel_err err;

    opts.output = opts.histories;
    assert_fails(reel__batch_lists(&opts, &report, &err), REEL_E_INVALID, "written over");
    opts.output = opts.model;
    assert_fails(reel__batch_lists(&opts, &report, &err), REEL_E_INVALID, "written over");
    opts.output = temp_path("no/such/folder");
    assert_fails(reel__batch_lists(&opts, &report, &err), REEL_E_STORE, "no/such/folder");
    assert_fails(fit_one(train_path[0], "popular", train_path[0], &fitted, &err), REEL_E_INVALID,
                 "written over");
    opts = batch_opts(0, 0, "scores");
    opts.pairs = opts.output = temp_write("pairs", "1\t2\n");
    assert_fails(reel__batch_predictions(&opts, &report, &err), REEL_E_INVALID, "written over");
}

static void test_inputs_that_cannot_be_used(void **state)
{
    (void)state;
    reel_batch_opts opts = batch_opts(0, 0, "lists");
    reel_fit_opts fit = {.model = "popular", .output = temp_path("model")};
    reel_batch_report report;
    reel_fit_report fitted;
    reel_err err;
    char *model;

    opts.k = 0;
    assert_fails(reel__batch_lists(&opts, &report, &err), REEL_E_INVALID, "not 0");
    opts.k = K;
    opts.histories = temp_write("empty", "");
    assert_fails(reel__batch_lists(&opts, &report, &err), REEL_E_FORMAT, "empty");
    opts = batch_opts(0, 0, "lists");
    model = slurp(opts.model);
    opts.model = temp_write_bytes("cut", model, (size_t)reel__file_size(model_path[0][0]) / 2);
    free(model);
    assert_fails(reel__batch_lists(&opts, &report, &err), REEL_E_FORMAT, "cut");
    opts = batch_opts(0, 0, "scores");
    opts.pairs = temp_write("pairs", "1\t2\n3\n");
    assert_fails(reel__batch_predictions(&opts, &report, &err), REEL_E_FORMAT, "pairs:2");
    assert_fails(reel__fit(&fit, &fitted, &err), REEL_E_INVALID, "nothing to fit on");
    fit.train = train_path[0];
    fit.pairs = train_path[0];
    assert_fails(reel__fit(&fit, &fitted, &err), REEL_E_INVALID, "belong together");
    fit.predictions = temp_path("predictions");
    assert_fails(reel__fit(&fit, &fitted, &err), REEL_E_INVALID, "predicts no ratings");
    fit.predictions = fit.output;
    assert_fails(reel__fit(&fit, &fitted, &err), REEL_E_INVALID, "both name");
    fit = (reel_fit_opts){.model = "nothing", .train = train_path[0], .output = temp_path("m")};
    assert_fails(reel__fit(&fit, &fitted, &err), REEL_E_NOTFOUND, "nothing");
    fit.model = "popular";
    fit.tmdb = "films.jsonl";
    assert_fails(reel__fit(&fit, &fitted, &err), REEL_E_INVALID, "--movielens");
}

static void test_cancel_ends_without_a_file(void **state)
{
    (void)state;
    const bool cancel = true;
    reel_batch_opts opts = batch_opts(0, 0, "cancelled");
    reel_fit_opts fit = {
        .model = "user-knn", .train = train_path[0], .output = opts.output, .cancel = &cancel};
    reel_batch_report report;
    reel_fit_report fitted;
    reel_err err;

    opts.cancel = &cancel;
    assert_fails(reel__batch_lists(&opts, &report, &err), REEL_E_CANCELLED, "");
    opts.pairs = temp_write("pairs", "900\t12\n");
    assert_fails(reel__batch_predictions(&opts, &report, &err), REEL_E_CANCELLED, "");
    assert_fails(reel__fit(&fit, &fitted, &err), REEL_E_CANCELLED, "");
    assert_false(reel__file_exists(opts.output));
}

/* ---- memory -------------------------------------------------------------------------------- */

static reel_code fit_small(void *user, reel_err *err)
{
    reel_fit_opts *opts = user;
    reel_fit_report report;

    return reel__fit(opts, &report, err);
}

static reel_code list_small(void *user, reel_err *err)
{
    reel_batch_report report;

    return reel__batch_lists(user, &report, err);
}

static reel_code predict_small(void *user, reel_err *err)
{
    reel_batch_report report;

    return reel__batch_predictions(user, &report, err);
}

static void test_memory_that_fails(void **state)
{
    (void)state;
    char paths[6][TEMP_PATH];
    static const char *const names[6] = {"t", "m", "p", "s", "u", "l"};
    reel_fit_opts fit = {.model = "baseline", .threads = 1};
    reel_batch_opts batch = {.k = 3, .threads = 1, .third = REEL_THIRD_GUESS};

    for (int i = 0; i < 6; i++)
        (void)snprintf(paths[i], TEMP_PATH, "%s", temp_path(names[i]));
    (void)temp_write("t", "a\tx\t5\na\ty\t3\nb\tx\t4\nb\tz\t2\nc\ty\t1\n");
    (void)temp_write("p", "a\tz\nd\tx\nb\tw\n");
    (void)temp_write("u", "b\nd\n");
    fit.train = paths[0];
    fit.output = paths[1];
    fit.pairs = paths[2];
    fit.predictions = paths[3];
    assert_true(sweep_memory(fit_small, &fit) > 50);
    batch.model = paths[1];
    batch.histories = paths[0];
    batch.output = paths[5];
    batch.users = paths[4];
    assert_true(sweep_memory(list_small, &batch) > 20);
    batch.pairs = paths[2];
    assert_true(sweep_memory(predict_small, &batch) > 20);
    fit.evaluate = true;
    fit.pairs = fit.predictions = NULL;
    assert_true(sweep_memory(fit_small, &fit) > 80);
}

/* The card of a file has what the same evaluation by itself gives. */
static void check_card(const char *model, const char *train, const reel_params *params,
                       const char *metric)
{
    reel_fit_opts opts = {
        .model = model, .train = train, .seed = 4, .threads = 1, .evaluate = true};
    reel_evaluate_opts same = reel__evaluate_opts_default();
    reel_evaluation *e = test_calloc(1, sizeof *e);
    reel_fit_report report;
    reel_model *loaded = NULL;
    char text[64];
    reel_err err;

    opts.params = *params;
    opts.output = temp_path("carded");
    assert_ok(reel__fit(&opts, &report, &err));
    same.ratings = train;
    same.split.seed = same.judge.seed = 4;
    same.models = "item-knn:neighbours=7";
    if (strcmp(metric, "rmse") == 0) {
        same.models = "baseline";
        same.metrics = REEL_WANT_RATING;
        same.split.protocol = REEL_PROTOCOL_RANDOM;
        same.split.share = reel__protocol_share(REEL_PROTOCOL_RANDOM);
    } else {
        same.metrics = REEL_WANT_RANKING;
    }
    assert_ok(reel__evaluation_make(e, &same, &err));
    assert_string_equal(report.metric, metric);
    for (size_t i = 0; i < e->count; i++)
        if (strcmp(e->models[i].name, same.models) == 0)
            assert_true(report.mean == (e->models[i].predicts
                                            ? e->models[i].rmse.mean
                                            : e->models[i].ranked[0].intervals[0].mean));
    assert_ok(reel_model_load(&loaded, opts.output, &err));
    (void)snprintf(text, sizeof text, "\"%s\":{\"mean\":%.12g", metric, report.mean);
    text[strlen(metric) + 20] = '\0';
    assert_non_null(strstr(reel_model_card(loaded), text));
    assert_true((strstr(reel_model_card(loaded), "\"popular\"") != NULL) ==
                (strcmp(metric, "rmse") != 0));
    reel_model_free(loaded);
    reel__evaluation_fini(e);
    test_free(e);
}

static void test_a_card_says_what_an_evaluation_says(void **state)
{
    (void)state;
    static const reel_param seven = {"neighbours", "7"};
    static const reel_params some = {&seven, 1}, none = {NULL, 0};
    const reel_zipf_opts zipf = {
        .output = temp_path("rows"), .ratings = 3000, .people = 60, .films = 400, .seed = 3};
    char train[TEMP_PATH];
    reel_zipf_report made;
    reel_err err;

    (void)snprintf(train, sizeof train, "%s", zipf.output);
    assert_ok(reel__sample_zipf(&zipf, &made, &err));
    check_card("item-knn", train, &some, "ndcg@10");
    check_card("baseline", train, &none, "rmse");
}

/* In evaluating for the card wrong rows, memory and cancelling are as in the fit itself. */
static void test_a_card_takes_the_options_of_the_fit(void **state)
{
    (void)state;
    volatile bool cancelled = true;
    reel_fit_opts opts = {.model = "item-knn", .seed = 1, .evaluate = true};
    reel_fit_report report;
    char text[2000] = "";
    size_t used = 0;
    reel_err err;

    for (int p = 0; p < 8; p++)
        for (int i = 0; i < 8; i++)
            used += (size_t)sprintf(text + used, "%d\t%d\t%s\n", p, i,
                                    p == 3 && i == 3 ? "nan"
                                    : (p + i) % 2    ? "5"
                                                     : "2");
    opts.train = temp_write("wrong", text);
    opts.output = temp_path("carded");
    opts.read.strict = true;
    assert_fails(reel__fit(&opts, &report, &err), REEL_E_FORMAT, "nan");
    opts.read.strict = false;
    assert_ok(reel__fit(&opts, &report, &err));
    assert_int_equal(report.bad_rows, 1);
    opts.cancel = &cancelled;
    assert_fails(reel__fit(&opts, &report, &err), REEL_E_CANCELLED, "cancelled");
    opts.cancel = NULL;
    opts.memory = 10;
    assert_fails(reel__fit(&opts, &report, &err), REEL_E_BUDGET, "memory");
}

/* A hybrid from files is the one that an evaluation judges, not one with the weights built in. */
static void test_a_hybrid_learns_its_weights(void **state)
{
    (void)state;
    static const reel_param few[] = {
        {"ease", "0"}, {"ials", "0"}, {"item-knn", "0"}, {"content", "0"}};
    reel_fit_opts opts = {.model = "hybrid", .train = train_path[0], .params = {few, 4}, .seed = 1};
    const reel_fit_context context = {.seed = 1};
    int64_t order[PEOPLE];
    reel_dataset *dataset = read_numbers(order);
    reel_model *learned = NULL, *built_in = NULL, *loaded = NULL;
    reel_fit_report report;
    reel_err err;

    opts.output = temp_path("hybrid");
    assert_ok(reel__fit(&opts, &report, &err));
    assert_ok(reel_model_load(&loaded, opts.output, &err));
    assert_ok(reel__learn(&learned, "hybrid", dataset, &opts.params, &context, &err));
    assert_ok(reel_model_fit(&built_in, "hybrid", dataset, &opts.params, &context, &err));
    assert_string_equal(reel_model_id(loaded), reel_model_id(learned));
    assert_string_not_equal(reel_model_id(loaded), reel_model_id(built_in));
    reel_model_free(loaded);
    reel_model_free(learned);
    reel_model_free(built_in);
    reel_dataset_free(dataset);
}

/* ---- made-up ratings ----------------------------------------------------------------------- */

static void test_made_up_ratings(void **state)
{
    (void)state;
    const reel_zipf_opts opts = {.output = temp_path("zipf"), .ratings = 20011, .seed = 3};
    const reel_zipf_opts dense = {.output = opts.output, .ratings = 100, .people = 2, .films = 40};
    reel_zipf_report report;
    reel_fit_report fitted;
    reel_err err;
    char *one, *again;

    assert_ok(reel__sample_zipf(&opts, &report, &err));
    assert_int_equal(report.people, 133);
    one = slurp(opts.output);
    assert_ok(reel__sample_zipf(&opts, &report, &err));
    again = slurp(opts.output);
    assert_string_equal(one, again);
    free(one);
    free(again);
    assert_ok(fit_one(opts.output, "popular", temp_path("model"), &fitted, &err));
    assert_int_equal(fitted.ratings, 20011);
    assert_int_equal(fitted.duplicates, 0);
    assert_int_equal(fitted.people, 133);
    assert_fails(reel__sample_zipf(&dense, &report, &err), REEL_E_INVALID, "too many");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists_are_those_of_the_library),
        cmocka_unit_test(test_threads_change_nothing),
        cmocka_unit_test(test_texts_come_back),
        cmocka_unit_test(test_people_asked_for),
        cmocka_unit_test(test_other_histories),
        cmocka_unit_test(test_predictions_keep_every_line),
        cmocka_unit_test(test_an_unknown_item_gets_the_mean),
        cmocka_unit_test(test_predicting_while_fitting_says_the_same),
        cmocka_unit_test(test_outputs_that_cannot_be_written),
        cmocka_unit_test(test_inputs_that_cannot_be_used),
        cmocka_unit_test(test_cancel_ends_without_a_file),
        cmocka_unit_test(test_memory_that_fails),
        cmocka_unit_test(test_a_card_says_what_an_evaluation_says),
        cmocka_unit_test(test_a_card_takes_the_options_of_the_fit),
        cmocka_unit_test(test_a_hybrid_learns_its_weights),
        cmocka_unit_test(test_made_up_ratings),
    };

    return cmocka_run_group_tests(tests, fit_all, NULL);
}
