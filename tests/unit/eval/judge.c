/* Unit tests of judging: against a ranking made the slow way, threads, folds, people never seen. */
#include "support/check.h"

#include <math.h>

#include "eval/candidates.h"
#include "eval/genres.h"
#include "eval/judge.h"
#include "support/near.h"
#include "support/random_data.h"
#include "support/ref_metrics.h"

enum { FILMS = 70, PEOPLE = 60 };
static const random_shape shape = {.seed = 9, .people = PEOPLE, .movies = FILMS, .density = 0.3};
static bool hidden_only; /* of what is being judged */
static const reel_judge_opts opts = {.cuts = {5, 40}, .cut_count = 2, .seed = 4};

static void make(reel_split *out, const reel_dataset *dataset, reel_protocol protocol, int round)
{
    reel_split_opts split = reel__split_opts_default();
    reel_err err;

    split.protocol = protocol;
    split.unseen = 0.5;
    assert_ok(reel__split_make(out, dataset, &split, round, &err));
}

static void judge(reel_judgement *out, const reel_split *split, const reel_model *model,
                  reel_index people, int threads)
{
    reel_judge_opts own = opts;
    reel_err err;

    own.threads = threads;
    own.hidden_only = hidden_only;
    assert_ok(reel__judgement_init(out, people, &own, &err));
    assert_ok(reel__judge(out, model, split, &err));
    reel__judgement_finish(out);
}

static reel_model *fit(const char *name, const reel_dataset *train)
{
    reel_model *model = NULL;
    reel_err err;

    assert_ok(reel_model_fit(&model, name, train, NULL, NULL, &err));
    return model;
}

/* One person's ranking, made by looking for the best film again and again. */
typedef struct slow_person {
    float scores[FILMS];
    bool good[FILMS], candidate[FILMS];
    reel_index list[FILMS];
    size_t listed;
} slow_person;

static void only_candidates(slow_person *s, const reel_split *split, reel_index person)
{
    const reel_csr *c = split->candidates;

    memset(s->candidate, 0, sizeof s->candidate);
    for (reel_nnz k = c->ptr[person]; k < c->ptr[person + 1]; k++)
        s->candidate[c->col[k]] = true;
}

static void rank_slowly(slow_person *s, const reel_split *split, const reel_model *model,
                        reel_scratch *scratch, reel_index row)
{
    const reel_csr_view known = reel_dataset_ratings(split->history);
    reel_entry entries[FILMS];
    reel_query query = trained_query(split->history, row, entries);
    bool used[FILMS] = {false};

    *s = (slow_person){0};
    if (split->history != split->train) {
        query.row = -1;
        query.row_hash = 0;
    }
    assert_int_equal(reel_model_score(model, &query, scratch, s->scores, NULL), REEL_OK);
    for (int j = 0; j < FILMS; j++)
        s->candidate[j] = true;
    if (split->candidates != NULL)
        only_candidates(s, split, split->held.person[row]);
    for (int j = 0; split->films != NULL && j < FILMS; j++)
        s->candidate[j] = s->candidate[j] && (!hidden_only || split->films[j]);
    for (reel_nnz k = known.ptr[row]; k < known.ptr[row + 1]; k++)
        s->candidate[known.col[k]] = false;
    for (reel_nnz k = split->held.test.ptr[row]; k < split->held.test.ptr[row + 1]; k++)
        s->good[split->held.test.col[k]] = true;
    for (;;) {
        int best = -1;

        for (int j = 0; j < FILMS; j++)
            if (s->candidate[j] && !used[j] && (best < 0 || s->scores[j] > s->scores[best]))
                best = j;
        if (best < 0)
            return;
        used[best] = true;
        s->list[s->listed++] = best;
    }
}

static void check_person(const reel_judgement *j, const reel_split *split, const slow_person *s,
                         const reel_genres *genres, reel_index row)
{
    const double *own = j->each + (size_t)split->held.person[row] * j->columns;
    const reel_csr_view raters = reel_dataset_raters(split->train);
    const reel_csr_view known = reel_dataset_ratings(split->history);
    const reel_genre_mix mix = reel__genre_mix(genres, known.col + known.ptr[row],
                                               (size_t)(known.ptr[row + 1] - known.ptr[row]));
    double counts[FILMS];

    for (int m = 0; m < FILMS; m++)
        counts[m] = (double)(raters.ptr[m + 1] - raters.ptr[m]);
    for (size_t c = 0; c < 2; c++, own += REEL_METRICS) {
        const ref_ranking r = {.list = s->list,
                               .good = s->good,
                               .listed = s->listed,
                               .n = FILMS,
                               .k = (size_t)opts.cuts[c]};

        assert_near(own[REEL_METRIC_NDCG], ref_ndcg(&r), 1e-10);
        assert_near(own[REEL_METRIC_RECALL], ref_recall(&r), 1e-10);
        assert_near(own[REEL_METRIC_RECALL_MIN], ref_recall_min(&r), 1e-10);
        assert_near(own[REEL_METRIC_PRECISION], ref_precision(&r), 1e-10);
        assert_near(own[REEL_METRIC_HIT_RATE], ref_hit_rate(&r), 1e-10);
        assert_near(own[REEL_METRIC_MAP], ref_map(&r), 1e-10);
        assert_near(own[REEL_METRIC_MRR], ref_mrr(&r), 1e-10);
        assert_near(own[REEL_METRIC_NOVELTY], ref_novelty(&r, counts, raters.cols), 1e-10);
        assert_near(own[REEL_METRIC_DISTANCE],
                    reel__intra_list_distance(genres, s->list, s->listed, r.k), 1e-10);
        assert_near(own[REEL_METRIC_CALIBRATION],
                    reel__calibration(genres, &mix, s->list, s->listed, r.k), 1e-10);
    }
    if (own[0] < 1) /* else there may be no other candidate */
        assert_near(own[0], ref_auc(s->scores, s->candidate, s->good, FILMS), 1e-10);
}

/* sampled: how many films are ranked beside those held out; 0 = all */
static void check_against_slow(reel_protocol protocol, const char *name, int sampled)
{
    reel_dataset *dataset = random_dataset(&shape);
    int64_t shown[2][FILMS] = {{0}};
    reel_scratch *scratch = NULL;
    reel_judgement j;
    reel_split split;
    reel_model *model;
    reel_genres genres;
    reel_csr drawn = {0};

    make(&split, dataset, protocol, 0);
    assert_int_equal(reel__genres_init(&genres, dataset, NULL), REEL_OK);
    if (sampled > 0)
        assert_int_equal(reel__candidates_sample(&drawn, dataset, &split, sampled, 3, NULL),
                         REEL_OK);
    split.candidates = sampled > 0 ? &drawn : NULL;
    model = fit(name, split.train);
    assert_int_equal(reel_scratch_new(&scratch, NULL), REEL_OK);
    judge(&j, &split, model, reel_dataset_people(dataset), 1);
    for (reel_index row = 0; row < split.held.test.rows; row++) {
        slow_person slow;

        if (split.held.test.ptr[row] == split.held.test.ptr[row + 1]) {
            assert_true(isnan(j.each[(size_t)split.held.person[row] * j.columns]));
            continue;
        }
        rank_slowly(&slow, &split, model, scratch, row);
        check_person(&j, &split, &slow, &genres, row);
        for (size_t c = 0; c < 2; c++)
            for (size_t i = 0; i < slow.listed && i < (size_t)opts.cuts[c]; i++)
                shown[c][slow.list[i]]++;
    }
    for (size_t c = 0; c < 2; c++) {
        assert_near(j.coverage[c], ref_coverage(shown[c], FILMS), 1e-10);
        assert_near(j.gini[c], ref_gini(shown[c], FILMS), 1e-10);
    }
    reel__judgement_fini(&j);
    reel__genres_fini(&genres);
    reel__csr_fini(&drawn);
    reel_model_free(model);
    reel_scratch_free(scratch);
    reel__split_fini(&split);
    reel_dataset_free(dataset);
}

static void test_lists_are_judged_as_the_slow_way(void **state)
{
    (void)state;
    check_against_slow(REEL_PROTOCOL_RATIO, "user-knn", 0);
    check_against_slow(REEL_PROTOCOL_RATIO, "popular", 0);
    check_against_slow(REEL_PROTOCOL_STRONG, "user-knn", 0);
    check_against_slow(REEL_PROTOCOL_TEMPORAL, "hybrid", 0);
    check_against_slow(REEL_PROTOCOL_COLD, "content", 0);
}

static void test_some_films_are_judged_as_the_slow_way(void **state)
{
    (void)state;
    check_against_slow(REEL_PROTOCOL_LAST, "user-knn", 9);
    check_against_slow(REEL_PROTOCOL_LAST, "popular", FILMS);
    check_against_slow(REEL_PROTOCOL_STRONG, "popular", 5);
    hidden_only = true;
    check_against_slow(REEL_PROTOCOL_COLD, "content", 0);
    hidden_only = false;
}

static void test_threads_change_nothing(void **state)
{
    (void)state;
    const char *const names[] = {"hybrid", NULL};
    reel_dataset *dataset = random_dataset(&shape);
    reel_split split;

    make(&split, dataset, REEL_PROTOCOL_RATIO, 0);
    for (int i = 0; i < 2; i++) {
        reel_model *model = names[i] != NULL ? fit(names[i], split.train) : NULL;
        reel_judgement one, four;

        judge(&one, &split, model, PEOPLE, 1);
        judge(&four, &split, model, PEOPLE, 4);
        assert_memory_equal(one.each, four.each, PEOPLE * one.columns * sizeof *one.each);
        assert_memory_equal(one.coverage, four.coverage, sizeof one.coverage);
        assert_memory_equal(one.gini, four.gini, sizeof one.gini);
        reel__judgement_fini(&one);
        reel__judgement_fini(&four);
        reel_model_free(model);
    }
    reel__split_fini(&split);
    reel_dataset_free(dataset);
}

static void test_random_is_chance(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);
    double auc = 0;
    int judged = 0;
    reel_split split;
    reel_judgement j;

    make(&split, dataset, REEL_PROTOCOL_RATIO, 0);
    judge(&j, &split, NULL, PEOPLE, 0);
    for (reel_index p = 0; p < PEOPLE; p++)
        if (j.rounds[p] > 0) {
            auc += j.each[(size_t)p * j.columns + reel__auc_column(&j)];
            judged++;
        }
    assert_true(judged > 50);
    assert_near(auc / judged, 0.5, 0.08);
    assert_true(j.coverage[1] > 0.95);
    reel__judgement_fini(&j);
    reel__split_fini(&split);
    reel_dataset_free(dataset);
}

/* Over folds a person's number is the mean of their rounds. */
static void test_folds_are_averaged_by_person(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);
    double sums[PEOPLE] = {0};
    reel_judgement all;
    reel_err err;

    assert_ok(reel__judgement_init(&all, PEOPLE, &opts, &err));
    for (int round = 0; round < 5; round++) {
        reel_judgement one;
        reel_split split;

        make(&split, dataset, REEL_PROTOCOL_FOLDS, round);
        assert_ok(reel__judge(&all, NULL, &split, &err));
        judge(&one, &split, NULL, PEOPLE, 1);
        for (reel_index p = 0; p < PEOPLE; p++)
            sums[p] += one.rounds[p] > 0 ? one.each[(size_t)p * one.columns] : 0;
        reel__judgement_fini(&one);
        reel__split_fini(&split);
    }
    reel__judgement_finish(&all);
    assert_int_equal(all.total_rounds, 5);
    for (reel_index p = 0; p < PEOPLE; p++)
        if (all.rounds[p] > 0)
            assert_near(all.each[(size_t)p * all.columns], sums[p] / all.rounds[p], 1e-12);
    reel__judgement_fini(&all);
    reel_dataset_free(dataset);
}

static void test_what_cannot_be_judged_is_refused(void **state)
{
    (void)state;
    const random_shape small = {.seed = 1, .people = 20, .movies = 30, .density = 0.5};
    const reel_judge_opts zero = {.cuts = {0}, .cut_count = 1}, none = {.cut_count = 0};
    reel_dataset *dataset = random_dataset(&shape), *other = random_dataset(&small);
    reel_model *model = fit("popular", other);
    reel_judgement j;
    reel_split split;
    reel_err err;

    assert_fails(reel__judgement_init(&j, 3, &zero, &err), REEL_E_INVALID, "not 0");
    assert_fails(reel__judgement_init(&j, 3, &none, &err), REEL_E_INVALID, "list lengths");
    make(&split, dataset, REEL_PROTOCOL_RATIO, 0);
    assert_ok(reel__judgement_init(&j, PEOPLE, &opts, &err));
    assert_fails(reel__judge(&j, model, &split, &err), REEL_E_INVALID, "knows 30 films");
    reel__judgement_fini(&j);
    reel__split_fini(&split);
    reel_model_free(model);
    reel_dataset_free(dataset);
    reel_dataset_free(other);
}

static reel_code judge_once(void *user, reel_err *err)
{
    reel_judgement j;
    reel_code rc = reel__judgement_init(&j, PEOPLE, &opts, err);

    if (rc == REEL_OK)
        rc = reel__judge(&j, NULL, user, err);
    reel__judgement_fini(&j);
    return rc;
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);
    reel_split split;

    make(&split, dataset, REEL_PROTOCOL_RATIO, 0);
    assert_true(sweep_memory(judge_once, &split) > 5);
    reel__split_fini(&split);
    reel_dataset_free(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists_are_judged_as_the_slow_way),
        cmocka_unit_test(test_some_films_are_judged_as_the_slow_way),
        cmocka_unit_test(test_threads_change_nothing),
        cmocka_unit_test(test_random_is_chance),
        cmocka_unit_test(test_folds_are_averaged_by_person),
        cmocka_unit_test(test_what_cannot_be_judged_is_refused),
        cmocka_unit_test(test_every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
