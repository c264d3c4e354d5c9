/* The metrics against slow twins made from their definitions, on random lists. */
#include "support/property.h"

#include "eval/genres.h"
#include "support/near.h"
#include "support/ref_metrics.h"

enum { CASES = 3000, FILMS = 60, PEOPLE = 40 };

static const double close_enough = 1e-10;

/* A random ranking of some of the films, most relevant ones among them or none. */
typedef struct ranking_case {
    reel_index list[FILMS], relevant[FILMS];
    bool good[FILMS];
    size_t count;
    ref_ranking ranking;
} ranking_case;

static void make_case(ranking_case *c, reel_rng *rng)
{
    const double share = reel__rng_unit(rng) * (double)draw(rng, 0, 1);
    const size_t n = (size_t)draw(rng, 1, FILMS);

    c->count = 0;
    for (size_t i = 0; i < n; i++) {
        const size_t other = (size_t)reel__rng_below(rng, i + 1);

        c->list[i] = c->list[other];
        c->list[other] = (reel_index)i;
        c->good[i] = reel__rng_unit(rng) < share;
        if (c->good[i])
            c->relevant[c->count++] = (reel_index)i;
    }
    c->ranking = (ref_ranking){.list = c->list,
                               .good = c->good,
                               .listed = (size_t)draw(rng, 0, (int64_t)n),
                               .n = n,
                               .k = (size_t)draw(rng, 0, FILMS)};
}

static void test_accuracies_are_those_of_the_twin(void **state)
{
    (void)state;
    reel_rng rng = reel__rng_make(property_seed(), 1);

    for (int n = 0; n < CASES; n++) {
        ranking_case c;
        reel_accuracy a;

        make_case(&c, &rng);
        a = reel__accuracy(c.list, c.ranking.listed, c.relevant, c.count, c.ranking.k);
        assert_near(a.recall, c.ranking.k > 0 ? ref_recall(&c.ranking) : 0, close_enough);
        assert_near(a.recall_min, ref_recall_min(&c.ranking), close_enough);
        assert_near(a.precision, ref_precision(&c.ranking), close_enough);
        assert_near(a.hit_rate, ref_hit_rate(&c.ranking), 0);
        assert_near(a.map, ref_map(&c.ranking), close_enough);
        assert_near(a.mrr, ref_mrr(&c.ranking), close_enough);
        assert_near(a.ndcg, ref_ndcg(&c.ranking), close_enough);
        assert_near(reel__ndcg(c.list, c.ranking.listed, c.relevant, c.count, c.ranking.k), a.ndcg,
                    close_enough);
        assert_near(reel__recall(c.list, c.ranking.listed, c.relevant, c.count, c.ranking.k),
                    a.recall, close_enough);
    }
}

static void test_auc_is_that_of_the_twin(void **state)
{
    (void)state;
    reel_rng rng = reel__rng_make(property_seed(), 2);

    for (int n = 0; n < CASES; n++) {
        float scores[FILMS];
        bool candidate[FILMS], good[FILMS];
        reel_index relevant[FILMS];
        const int64_t levels = draw(&rng, 1, 40); /* few levels: many ties */
        reel_index candidates = 0;
        size_t count = 0;

        for (int i = 0; i < FILMS; i++) {
            candidate[i] = reel__rng_below(&rng, 4) > 0;
            good[i] = candidate[i] && reel__rng_below(&rng, 5) == 0;
            scores[i] = candidate[i] ? (float)draw(&rng, -levels, levels) : -INFINITY;
            candidates += candidate[i];
            if (good[i])
                relevant[count++] = i;
        }
        if (count == 0 || count == (size_t)candidates)
            continue;
        assert_near(reel__auc(scores, FILMS, candidates, relevant, count),
                    ref_auc(scores, candidate, good, FILMS), close_enough);
    }
}

static void test_beyond_accuracy_is_that_of_the_twin(void **state)
{
    (void)state;
    reel_rng rng = reel__rng_make(property_seed(), 3);

    for (int n = 0; n < CASES; n++) {
        int64_t shown[FILMS];
        double raters[FILMS];
        reel_nnz ptr[FILMS + 1] = {0};
        const int64_t most = draw(&rng, 0, 9);
        ranking_case c;
        double gini;

        make_case(&c, &rng);
        for (int i = 0; i < FILMS; i++) {
            shown[i] = draw(&rng, 0, most);
            raters[i] = (double)draw(&rng, 0, PEOPLE);
            ptr[i + 1] = ptr[i] + (reel_nnz)raters[i];
        }
        gini = ref_gini(shown, FILMS);
        assert_near(reel__coverage(shown, FILMS), ref_coverage(shown, FILMS), close_enough);
        assert_near(reel__gini(shown, FILMS), gini, close_enough);
        assert_near(reel__novelty(c.list, c.ranking.listed, c.ranking.k, ptr, PEOPLE),
                    ref_novelty(&c.ranking, raters, PEOPLE), close_enough);
    }
}

static void test_genre_metrics_are_those_of_the_twin(void **state)
{
    (void)state;
    enum { GENRES = 7 };
    reel_rng rng = reel__rng_make(property_seed(), 5);

    for (int n = 0; n < CASES; n++) {
        uint64_t bits[FILMS] = {0};
        double vectors[FILMS * GENRES] = {0};
        const reel_genres genres = {.of = bits, .count = GENRES};
        const int64_t odds = draw(&rng, 1, 6);
        reel_genre_mix mix;
        ranking_case c;

        make_case(&c, &rng);
        for (int i = 0; i < FILMS * GENRES; i++)
            if (reel__rng_below(&rng, 8) < (uint64_t)odds) {
                vectors[i] = 1;
                bits[i / GENRES] |= (uint64_t)1 << (i % GENRES);
            }
        mix = reel__genre_mix(&genres, c.relevant, c.count);
        assert_near(reel__intra_list_distance(&genres, c.list, c.ranking.listed, c.ranking.k),
                    ref_distance(&c.ranking, vectors, GENRES), close_enough);
        assert_near(reel__calibration(&genres, &mix, c.list, c.ranking.listed, c.ranking.k),
                    ref_calibration(&c.ranking, vectors, GENRES, c.relevant, c.count),
                    close_enough);
    }
}

static void test_rating_errors_are_those_of_the_twin(void **state)
{
    (void)state;
    reel_rng rng = reel__rng_make(property_seed(), 4);

    for (int n = 0; n < CASES; n++) {
        float predicted[FILMS], actual[FILMS];
        const size_t count = (size_t)draw(&rng, 1, FILMS);

        for (size_t i = 0; i < count; i++) {
            predicted[i] = (float)(5 * reel__rng_unit(&rng));
            actual[i] = (float)draw(&rng, 1, 10) * 0.5F;
        }
        assert_near(reel__rmse(predicted, actual, count), ref_rmse(predicted, actual, count),
                    close_enough);
        assert_near(reel__mae(predicted, actual, count), ref_mae(predicted, actual, count),
                    close_enough);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accuracies_are_those_of_the_twin),
        cmocka_unit_test(test_auc_is_that_of_the_twin),
        cmocka_unit_test(test_beyond_accuracy_is_that_of_the_twin),
        cmocka_unit_test(test_genre_metrics_are_those_of_the_twin),
        cmocka_unit_test(test_rating_errors_are_those_of_the_twin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
