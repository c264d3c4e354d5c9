/* blend.c - finds the defaults of popular, user-knn and hybrid by NDCG@10 on validation lists.
 * Data: the training part of the common MovieLens 1M split (split-ml1m/train-all.tsv); its test
 * part is never read. A fifth of each person's ratings >= 4 is held out (eval/protocol.h, seed 1);
 * all films are ranked, those of the person's whole training history masked. For each step of
 * history length a random part of that length of the history is asked with, the person's row left
 * out. Usage: bench_blend [FOLDER [STRIDE]]: every STRIDE-th person, 1 by default. Lines of JSON.
 */
#include <math.h>
#include <omp.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "eval/metrics.h"
#include "eval/protocol.h"
#include "movielens.h"
#include "num/kernels.h"
#include "num/topk.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    LIST = 10,
    STEPS = 5,
    MEMBERS = 3,
    THREADS_MAX = 64,
    CONTENT_WEIGHTS = 11,
    POPULAR_WEIGHTS = 11
};
enum { GRID = CONTENT_WEIGHTS * POPULAR_WEIGHTS };

static const reel_index step_from[STEPS + 1] = {0, 1, 5, 20, 100, INT32_MAX};
/* Weights of content and popular where user-knn has 1. */
static const float content_weights[CONTENT_WEIGHTS] = {0,    0.05F, 0.1F, 0.15F, 0.2F, 0.25F,
                                                       0.3F, 0.4F,  0.5F, 0.7F,  1};
static const float popular_weights[POPULAR_WEIGHTS] = {0,    0.05F, 0.1F, 0.15F, 0.2F, 0.3F,
                                                       0.4F, 0.5F,  0.7F, 1,     2};

/* One list to be made: a person asked with `length` films of their history. */
typedef struct query_case {
    reel_query query;
    reel_index person;
} query_case;

typedef struct worker { /* of one thread */
    reel_scratch *scratch;
    reel_entry *entries;
    uint64_t *skip;
    float *scores[MEMBERS + 1];
} worker;

static reel_holdout holdout;
static reel_index stride = 1;
static worker workers[THREADS_MAX];

static void require(reel_code rc, const reel_err *err)
{
    if (rc == REEL_OK)
        return;
    (void)fprintf(stderr, "%s: %s\n", reel_code_name(rc), err->msg);
    exit(1);
}

static void make_workers(reel_index movies)
{
    reel_err err = {0};

    for (int t = 0; t < omp_get_max_threads() && t < THREADS_MAX; t++) {
        worker *w = &workers[t];

        require(reel_scratch_new(&w->scratch, &err), &err);
        w->entries = reel__alloc_array((size_t)movies, sizeof *w->entries);
        w->skip = reel__alloc_array((size_t)movies / 64 + 1, sizeof *w->skip);
        for (int m = 0; m <= MEMBERS; m++)
            w->scores[m] = reel__alloc_aligned((size_t)movies, sizeof(float));
    }
}

/* Fill a case for a person and a step: false when the history is too short or nothing was held out.
 * The length is drawn evenly in its logarithm; the last step asks with the whole history. */
static bool open_case(query_case *c, worker *w, reel_index person, int step)
{
    const reel_csr_view r = reel_dataset_ratings(holdout.train);
    const reel_index history = (reel_index)(r.ptr[person + 1] - r.ptr[person]);
    reel_rng rng = reel__rng_make(17 + (uint64_t)step,
                                  (uint64_t)reel_dataset_person_ids(holdout.train)[person]);
    const double from = step_from[step], to = fmin(step_from[step + 1] - 1, history);
    reel_index wanted = history, left = history;

    if (holdout.test.ptr[person] == holdout.test.ptr[person + 1] || history < step_from[step])
        return false;
    if (step == 0)
        wanted = 0;
    else if (step < STEPS - 1)
        wanted = (reel_index)floor(from * pow((to + 1) / from, reel__rng_unit(&rng)));
    memset(w->skip, 0, ((size_t)r.cols / 64 + 1) * sizeof *w->skip);
    *c = (query_case){.query = {.entries = w->entries, .row = person}, .person = person};
    for (reel_nnz k = r.ptr[person]; k < r.ptr[person + 1]; k++, left--) {
        w->skip[r.col[k] / 64] |= UINT64_C(1) << (r.col[k] % 64);
        if ((reel_index)reel__rng_below(&rng, (uint64_t)left) < wanted) {
            w->entries[c->query.count++] =
                (reel_entry){.movie = r.col[k], .value = r.val[k], .weight = 1};
            wanted--;
        }
    }
    return true;
}

static double judge(const query_case *c, const worker *w, const float *scores)
{
    const reel_nnz begin = holdout.test.ptr[c->person];
    const size_t count = (size_t)(holdout.test.ptr[c->person + 1] - begin);
    reel_scored best[LIST];
    reel_index list[LIST];
    const size_t listed = reel__topk(scores, holdout.test.cols, w->skip, LIST, best);

    for (size_t n = 0; n < listed; n++)
        list[n] = best[n].index;
    return reel__ndcg(list, listed, holdout.test.col + begin, count, LIST);
}

/* ---- one model ----------------------------------------------------------------------------- */

static void measure_model(const char *name, const char *param, const char *value)
{
    const reel_param items[2] = {{param, value}, {"by", "mean"}};
    const bool damped = param != NULL && strcmp(param, "damping") == 0;
    const reel_params params = {items, param == NULL ? 0 : damped ? 2 : 1};
    reel_model *model = NULL;
    reel_err err = {0};

    require(reel_model_fit(&model, name, holdout.train, &params, NULL, &err), &err);
    (void)printf("{\"model\":\"%s\",\"%s\":\"%s\"", name, param != NULL ? param : "params",
                 param != NULL ? value : "default");
    for (int step = 0; step < STEPS; step++) {
        double sum = 0;
        int count = 0;

#pragma omp parallel for schedule(dynamic, 16) reduction(+ : sum, count)
        for (reel_index p = 0; p < holdout.test.rows; p += stride) {
            worker *w = &workers[omp_get_thread_num()];
            reel_err own = {0};
            query_case c;

            if (!open_case(&c, w, p, step))
                continue;
            require(reel_model_score(model, &c.query, w->scratch, w->scores[0], &own), &own);
            sum += judge(&c, w, w->scores[0]);
            count++;
        }
        (void)printf(",\"from_%d\":%.4f", (int)step_from[step], sum / count);
    }
    (void)printf("}\n");
    (void)fflush(stdout);
    reel_model_free(model);
}

/* ---- the blend ----------------------------------------------------------------------------- */

/* Standardised scores of each member; all zero for one that cannot use the history. */
static void standardise(reel_model *const *members, const query_case *c, worker *w)
{
    const size_t movies = (size_t)holdout.test.cols;
    reel_err err = {0};

    for (int m = 0; m < MEMBERS; m++) {
        float *s = w->scores[m];
        double mean, deviation;

        require(reel_model_score(members[m], &c->query, w->scratch, s, &err), &err);
        reel__moments(s, movies, &mean, &deviation);
        for (size_t j = 0; j < movies; j++)
            s[j] = deviation > 0 ? (float)(((double)s[j] - mean) / deviation) : 0;
    }
}

static void add_grid(double sums[GRID], const query_case *c, worker *w)
{
    const size_t movies = (size_t)holdout.test.cols;
    float *blend = w->scores[MEMBERS];

    for (int g = 0; g < GRID; g++) {
        const float content = content_weights[g / POPULAR_WEIGHTS];
        const float popular = popular_weights[g % POPULAR_WEIGHTS];

        for (size_t j = 0; j < movies; j++)
            blend[j] = content * w->scores[0][j] + w->scores[1][j] + popular * w->scores[2][j];
        sums[g] += judge(c, w, blend);
    }
}

static void print_step(int step, const double sums[GRID], int count)
{
    int best = 0;

    for (int g = 0; g < GRID; g++)
        if (sums[g] > sums[best])
            best = g;
    (void)printf("{\"step\":%d,\"people\":%d,\"best_content\":%g,\"best_popular\":%g,"
                 "\"ndcg10\":%.4f,\"user_knn_alone\":%.4f,\"grid\":[",
                 (int)step_from[step], count, (double)content_weights[best / POPULAR_WEIGHTS],
                 (double)popular_weights[best % POPULAR_WEIGHTS], sums[best] / count,
                 sums[0] / count);
    for (int g = 0; g < GRID; g++)
        (void)printf("%s%.4f", g == 0 ? "" : (g % POPULAR_WEIGHTS == 0 ? ",\n " : ","),
                     sums[g] / count);
    (void)printf("]}\n");
    (void)fflush(stdout);
}

static void learn_weights(void)
{
    static const char *const names[MEMBERS] = {"content", "user-knn", "popular"};
    reel_model *members[MEMBERS] = {NULL};
    reel_err err = {0};

    for (int m = 0; m < MEMBERS; m++)
        require(reel_model_fit(&members[m], names[m], holdout.train, NULL, NULL, &err), &err);
    for (int step = 1; step < STEPS; step++) {
        static double sums[THREADS_MAX][GRID];
        int count = 0;

        memset(sums, 0, sizeof sums);
#pragma omp parallel for schedule(dynamic, 16) reduction(+ : count)
        for (reel_index p = 0; p < holdout.test.rows; p += stride) {
            worker *w = &workers[omp_get_thread_num()];
            query_case c;

            if (!open_case(&c, w, p, step))
                continue;
            standardise(members, &c, w);
            add_grid(sums[omp_get_thread_num()], &c, w);
            count++;
        }
        for (int t = 1; t < THREADS_MAX; t++)
            for (int g = 0; g < GRID; g++)
                sums[0][g] += sums[t][g];
        print_step(step, sums[0], count);
    }
    for (int m = 0; m < MEMBERS; m++)
        reel_model_free(members[m]);
}

int main(int argc, char **argv)
{
    static const char *const sizes[] = {"10",  "20",  "40",  "60",  "80",   "100",
                                        "150", "200", "300", "500", "1000", "0"};
    static const char *const dampings[] = {"0", "5", "25", "100", "400", "1600"};
    reel_dataset *dataset = bench_movielens(bench_folder(argc, argv), "split-ml1m/train-all.tsv");
    reel_err err = {0};

    if (argc > 2)
        stride = (reel_index)strtol(argv[2], NULL, 10);
    require(reel__holdout_make(&holdout, dataset, NULL, &err), &err);
    reel_dataset_free(dataset);
    make_workers(holdout.test.cols);
    measure_model("popular", "by", "count");
    for (size_t i = 0; i < sizeof dampings / sizeof *dampings; i++)
        measure_model("popular", "damping", dampings[i]);
    measure_model("content", NULL, NULL);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        measure_model("user-knn", "neighbours", sizes[i]);
    learn_weights();
    measure_model("hybrid", NULL, NULL);
    return 0;
}
