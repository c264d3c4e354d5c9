/* Unit tests of comparing all pairs: the same lists as a full product in double. */
#include "support/check.h"

#include <math.h>

#include "base/rng.h"
#include "num/csr.h"
#include "num/pairs.h"

enum { ITEMS = 150, PEOPLE = 320, KEEP = 12 };

typedef struct bench {
    reel_csr items;
    float *weights, *from, *to;
} bench;

/* Item i is rated by fewer and fewer people; the order of items is shuffled by a step. */
static bench make_bench(reel_index items, reel_index people, double most, uint64_t seed)
{
    reel_rng rng = reel__rng_make(seed, 1);
    bench b = {.weights = reel__alloc_array((size_t)people, sizeof(float)),
               .from = reel__alloc_array((size_t)items, sizeof(float)),
               .to = reel__alloc_array((size_t)items, sizeof(float))};
    reel_nnz at = 0;
    reel_err err = {0};

    assert_ok(reel__csr_init(&b.items, items, people, (reel_nnz)items * people, &err));
    for (reel_index i = 0; i < items; i++) {
        const double share = most / (1 + (double)(i * 7 % items) * 0.2);

        for (reel_index u = 0; u < people; u++)
            if (reel__rng_unit(&rng) < share) {
                b.items.col[at] = u;
                b.items.val[at++] = (float)(0.5 + reel__rng_unit(&rng));
            }
        b.items.ptr[i + 1] = at;
        b.from[i] = (float)(0.1 + reel__rng_unit(&rng));
        b.to[i] = (float)(0.1 + reel__rng_unit(&rng));
    }
    for (reel_index u = 0; u < people; u++)
        b.weights[u] = (float)reel__rng_unit(&rng);
    return b;
}

static void free_bench(bench *b)
{
    reel__csr_fini(&b->items);
    reel__free(b->weights);
    reel__free(b->from);
    reel__free(b->to);
}

static double product(const bench *b, reel_index i, reel_index j)
{
    const reel_csr *m = &b->items;
    double sum = 0;

    for (reel_nnz k = m->ptr[i]; k < m->ptr[i + 1]; k++)
        for (reel_nnz l = m->ptr[j]; l < m->ptr[j + 1]; l++)
            if (m->col[k] == m->col[l])
                sum += (double)b->weights[m->col[k]] * (double)m->val[k] * (double)m->val[l];
    return sum;
}

static reel_pairs job_of(const bench *b, float shrinkage, reel_index keep, int threads)
{
    return (reel_pairs){.items = reel__csr_view(&b->items),
                        .weights = b->weights,
                        .from = b->from,
                        .to = b->to,
                        .shrinkage = shrinkage,
                        .keep = keep,
                        .threads = threads};
}

/* Every list holds `keep` of the largest, or all above 0, in order, within rounding. */
static void check_list(const bench *b, double shrinkage, reel_index i, const reel_scored *list,
                       reel_index count)
{
    double expected[ITEMS];
    reel_index positive = 0, above = 0;

    for (reel_index j = 0; j < b->items.rows; j++) {
        const double factor = (double)b->from[i] * (double)b->to[j];

        expected[j] = i == j ? 0 : product(b, i, j) * factor / (1 + shrinkage * factor);
        positive += expected[j] > 0;
    }
    assert_int_equal(count, positive < KEEP ? positive : KEEP);
    for (reel_index n = 0; n < count; n++) {
        assert_float_equal(list[n].score, (float)expected[list[n].index],
                           1e-5F * (float)expected[list[n].index]);
        assert_true(n == 0 || list[n - 1].score >= list[n].score);
    }
    for (reel_index j = 0; count > 0 && j < b->items.rows; j++)
        above += expected[j] > (double)list[count - 1].score * (1 + 1e-5);
    assert_true(above < KEEP);
}

static void test_lists_are_those_of_full_products(void **state)
{
    (void)state;
    static const struct {
        reel_index items, people;
        double most;
        float shrinkage;
    } cases[] = {{ITEMS, PEOPLE, 0.9, 0},
                 {ITEMS, PEOPLE, 0.9, 3},
                 {ITEMS, PEOPLE, 0.04, 0},
                 {1, 5, 1, 0},
                 {2, 1, 1, 1},
                 {33, 40, 0, 0}};
    reel_scored lists[ITEMS * KEEP];
    reel_index counts[ITEMS];
    reel_err err = {0};

    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        bench b = make_bench(cases[c].items, cases[c].people, cases[c].most, c + 1);
        const reel_pairs job = job_of(&b, cases[c].shrinkage, KEEP, 1);

        assert_ok(reel__pairs_find(lists, counts, &job, &err));
        for (reel_index i = 0; i < cases[c].items; i++)
            check_list(&b, (double)cases[c].shrinkage, i, lists + (ptrdiff_t)i * KEEP, counts[i]);
        free_bench(&b);
    }
}

static void test_ties_go_to_the_item_with_more_entries(void **state)
{
    (void)state;
    /* items 0 and 1 are alike; 2 and 3 are each as like 0 as the other, 3 has more entries */
    static const reel_index people[4][3] = {{0, 1, -1}, {0, 1, -1}, {0, -1, -1}, {1, 2, -1}};
    const float ones[4] = {1, 1, 1, 1};
    reel_csr items;
    reel_scored lists[4 * 3];
    reel_index counts[4];
    reel_nnz at = 0;
    reel_err err = {0};

    assert_ok(reel__csr_init(&items, 4, 3, 12, &err));
    for (int i = 0; i < 4; i++) {
        for (int n = 0; people[i][n] >= 0; n++, at++) {
            items.col[at] = people[i][n];
            items.val[at] = 1;
        }
        items.ptr[i + 1] = at;
    }
    const reel_pairs job = {.items = reel__csr_view(&items),
                            .weights = ones,
                            .from = ones,
                            .to = ones,
                            .keep = 3,
                            .threads = 1};
    assert_ok(reel__pairs_find(lists, counts, &job, &err));
    assert_int_equal(counts[0], 3);
    assert_int_equal(lists[0].index, 1);
    assert_int_equal(lists[1].index, 3);
    assert_int_equal(lists[2].index, 2);
    assert_int_equal(counts[3], 2);
    assert_int_equal(lists[9].index, 0); /* as many as 1, lower index */
    reel__csr_fini(&items);
}

static void test_any_number_of_threads_gives_the_same_bits(void **state)
{
    (void)state;
    static reel_scored lists[2][500 * KEEP];
    static reel_index counts[2][500];
    bench b = make_bench(500, 900, 0.8, 7);
    reel_err err = {0};

    for (int t = 0; t < 2; t++) {
        const reel_pairs job = job_of(&b, 0.5F, KEEP, 1 + 3 * t);

        assert_ok(reel__pairs_find(lists[t], counts[t], &job, &err));
    }
    assert_memory_equal(counts[0], counts[1], sizeof counts[0]);
    for (int i = 0; i < 500; i++)
        assert_memory_equal(lists[0] + (ptrdiff_t)i * KEEP, lists[1] + (ptrdiff_t)i * KEEP,
                            (size_t)counts[0][i] * sizeof(reel_scored));
    free_bench(&b);
}

/* More items than a triangle is made for: the lists of the first are those of a smaller problem. */
static void test_many_items_need_no_triangle(void **state)
{
    (void)state;
    enum { MANY = 16500, FEW = 90 };
    bench b = make_bench(FEW, 60, 0.9, 9);
    reel_csr many;
    float *factor = reel__alloc_array(MANY, sizeof *factor);
    reel_scored *lists = reel__alloc_array((size_t)MANY * KEEP, sizeof *lists);
    reel_scored few[FEW * KEEP];
    reel_index *counts = reel__alloc_array(MANY, sizeof *counts), few_counts[FEW];
    reel_pairs job;
    reel_err err = {0};

    assert_ok(reel__csr_init(&many, MANY, 60, b.items.ptr[FEW], &err));
    memcpy(many.col, b.items.col, (size_t)b.items.ptr[FEW] * sizeof *many.col);
    for (reel_nnz k = 0; k < b.items.ptr[FEW]; k++)
        b.items.val[k] = many.val[k] = 1;
    for (int u = 0; u < 60; u++)
        b.weights[u] = 1;
    for (int i = 0; i <= MANY; i++)
        many.ptr[i] = b.items.ptr[i < FEW ? i : FEW];
    for (int i = 0; i < MANY; i++)
        factor[i] = 1;
    for (int i = 0; i < FEW; i++)
        b.from[i] = b.to[i] = 1;
    job = job_of(&b, 0, KEEP, 1);
    assert_ok(reel__pairs_find(few, few_counts, &job, &err));
    job.items = reel__csr_view(&many);
    job.from = job.to = factor;
    assert_ok(reel__pairs_find(lists, counts, &job, &err));
    assert_memory_equal(counts, few_counts, sizeof few_counts);
    for (int i = 0; i < FEW; i++)
        assert_memory_equal(lists + (ptrdiff_t)i * KEEP, few + (ptrdiff_t)i * KEEP,
                            (size_t)counts[i] * sizeof *few);
    for (int i = FEW; i < MANY; i++)
        assert_int_equal(counts[i], 0);
    reel__csr_fini(&many);
    reel__free(factor);
    reel__free(lists);
    reel__free(counts);
    free_bench(&b);
}

static bool stop_at_half(double share, const void *user)
{
    (void)user;
    return share < 0.5;
}

static void test_it_ends_when_told(void **state)
{
    (void)state;
    reel_scored lists[ITEMS * KEEP];
    reel_index counts[ITEMS];
    bench b = make_bench(ITEMS, PEOPLE, 0.5, 3);
    reel_pairs job = job_of(&b, 0, KEEP, 1);
    reel_err err = {0};

    job.step = stop_at_half;
    assert_fails(reel__pairs_find(lists, counts, &job, &err), REEL_E_CANCELLED, "cancelled");
    free_bench(&b);
}

static reel_code find(void *user, reel_err *err)
{
    reel_scored lists[ITEMS * KEEP];
    reel_index counts[ITEMS];
    const reel_pairs job = job_of(user, 0, KEEP, 1);

    return reel__pairs_find(lists, counts, &job, err);
}

static void test_no_memory_is_an_error(void **state)
{
    (void)state;
    bench b = make_bench(ITEMS, PEOPLE, 0.5, 4);

    assert_true(sweep_memory(find, &b) > 8);
    free_bench(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists_are_those_of_full_products),
        cmocka_unit_test(test_ties_go_to_the_item_with_more_entries),
        cmocka_unit_test(test_any_number_of_threads_gives_the_same_bits),
        cmocka_unit_test(test_many_items_need_no_triangle),
        cmocka_unit_test(test_it_ends_when_told),
        cmocka_unit_test(test_no_memory_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
