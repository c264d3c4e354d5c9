/* models.c - seconds to fit models, to list films for everyone, and to judge, on MovieLens 1M.
 * Usage: bench_models [FOLDER [NAME ...]]: only the cases whose name holds one of NAMEs. Lines of
 * JSON, each the middle of several runs; processor seconds beside, for machines with other work.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "eval/judge.h"
#include "eval/split.h"
#include "movielens.h"
#include "num/blas.h"
#include "num/topk.h"
#include "timing.h"

enum { LIST = 10, TOGETHER = 16, PARAMS = 6, SIDE = 2048 };
enum { POSITIVES, ALL, SOME }; /* ratings >= 4; everything; four fifths of everything */

typedef struct bench_case {
    const char *name, *model;
    int data, runs;
    reel_param params[PARAMS];
} bench_case;

static const bench_case cases[] = {
    {"ials 64", "ials", POSITIVES, 5, {{"factors", "64"}, {"sweeps", "15"}}},
    {"ials 128", "ials", POSITIVES, 5, {{"factors", "128"}, {"sweeps", "15"}}},
    {"ials 256", "ials", POSITIVES, 3, {{"factors", "256"}, {"sweeps", "15"}}},
    {"ease", "ease", ALL, 5, {{"channels", "liked"}, {"liked", "0.5"}}},
    {"item-knn", "item-knn", ALL, 5, {{"neighbours", "100"}, {"similarity", "cosine"}}},
    {"slim", "slim", POSITIVES, 1, {{NULL, NULL}}},
    {"rp3beta", "rp3beta", POSITIVES, 3, {{NULL, NULL}}},
    {"bpr", "bpr", POSITIVES, 1, {{NULL, NULL}}},
    {"svd 128, 20 epochs", "svd", SOME, 3, {{"factors", "128"}, {"epochs", "20"}}},
    {"svdpp 20, 20 epochs", "svdpp", SOME, 1, {{"factors", "20"}, {"epochs", "20"}}},
    {"bayes", "bayes", SOME, 1, {{NULL, NULL}}},
    {"vae", "vae", POSITIVES, 1, {{NULL, NULL}}},
};

/* ---- data ---------------------------------------------------------------------------------- */

static reel_dataset *positives(reel_dataset *whole)
{
    const reel_filter_opts opts = {.threshold = 4};
    reel_dataset *out = NULL;
    reel_err err = {0};

    bench_require(reel__filter(&out, whole, &opts, &err), &err);
    return out;
}

static void hold_out(reel_split *out, const reel_dataset *dataset)
{
    const reel_split_opts opts = reel__split_opts_default();
    reel_err err = {0};

    bench_require(reel__split_make(out, dataset, &opts, 0, &err), &err);
}

/* ---- what is measured ---------------------------------------------------------------------- */

static reel_model *fit(const bench_case *c, const reel_dataset *dataset)
{
    reel_params params = {.items = c->params};
    bench_timing seconds = {0}, cpu = {0};
    reel_model *model = NULL;
    char name[64], extra[64];
    reel_err err = {0};

    while (params.count < PARAMS && c->params[params.count].name != NULL)
        params.count++;
    for (int run = 0; run < c->runs; run++) {
        const double begin = bench_wall(), used = bench_processor();

        reel_model_free(model);
        bench_require(reel_model_fit(&model, c->model, dataset, &params, NULL, &err), &err);
        bench_add(&seconds, bench_wall() - begin);
        bench_add(&cpu, bench_processor() - used);
    }
    qsort(cpu.runs, (size_t)cpu.count, sizeof cpu.runs[0], bench_compare);
    (void)snprintf(name, sizeof name, "%s: fit", c->name);
    (void)snprintf(extra, sizeof extra, ",\"processor\":%.4g", cpu.runs[cpu.count / 2]);
    bench_print(&seconds, name, "s", extra);
    return model;
}

/* Working memory of a thread that lists films for people [first, last) at once. */
typedef struct lister {
    const reel_model *model;
    reel_csr_view ratings;
    reel_scratch *scratch;
    reel_entry *entries; /* [TOGETHER x films] */
    float *scores;       /* likewise */
} lister;

static lister open_lister(const reel_model *model, reel_csr_view ratings)
{
    const size_t room = TOGETHER * (size_t)ratings.cols;
    lister l = {.model = model, .ratings = ratings};

    l.entries = reel__alloc_array(room, sizeof *l.entries);
    l.scores = reel__alloc_aligned(room, sizeof *l.scores);
    if (l.entries == NULL || l.scores == NULL || reel_scratch_new(&l.scratch, NULL) != REEL_OK)
        abort();
    return l;
}

static void close_lister(lister *l)
{
    reel_scratch_free(l->scratch);
    reel__free(l->entries);
    reel__free(l->scores);
}

static void list_some(const lister *l, reel_index first, reel_index last)
{
    const reel_csr_view *r = &l->ratings;
    reel_query queries[TOGETHER] = {{0}};
    reel_scored list[LIST];
    reel_entry *entries = l->entries;

    for (reel_index u = first; u < last; u++) {
        reel_query *query = &queries[u - first];

        *query = (reel_query){.entries = entries, .row = u};
        for (reel_nnz k = r->ptr[u]; k < r->ptr[u + 1]; k++)
            *entries++ = (reel_entry){.movie = r->col[k], .value = r->val[k], .weight = 1};
        query->count = (size_t)(r->ptr[u + 1] - r->ptr[u]);
        query->row_hash = reel_query_hash(query);
    }
    if (reel_model_score_many(l->model, queries, (size_t)(last - first), l->scratch, l->scores,
                              NULL) != REEL_OK)
        abort();
    for (reel_index u = first; u < last; u++) {
        float *scores = l->scores + (size_t)(u - first) * (size_t)r->cols;

        for (reel_nnz k = r->ptr[u]; k < r->ptr[u + 1]; k++)
            scores[r->col[k]] = -INFINITY;
        (void)reel__topk(scores, r->cols, NULL, LIST, list);
    }
}

/* A list for each trained person, by the stored vector where the model has one. */
static void list_everyone(const bench_case *c, const reel_model *model, const reel_dataset *dataset)
{
    const reel_csr_view r = reel_dataset_ratings(dataset);
    bench_timing seconds = {0};
    char name[64];

    for (int run = 0; run < 5; run++) {
        const double begin = bench_wall();

#pragma omp parallel
        {
            lister l = open_lister(model, r);

#pragma omp for schedule(dynamic, 1)
            for (reel_index u = 0; u < r.rows; u += TOGETHER)
                list_some(&l, u, u + TOGETHER < r.rows ? u + TOGETHER : r.rows);
            close_lister(&l);
        }
        bench_add(&seconds, bench_wall() - begin);
    }
    (void)snprintf(name, sizeof name, "%s: lists for everyone", c->name);
    bench_print(&seconds, name, "s", "");
}

/* One list after the other, on one thread. */
static void list_one(const bench_case *c, const reel_model *model, const reel_dataset *dataset)
{
    const reel_csr_view r = reel_dataset_ratings(dataset);
    lister l = open_lister(model, r);
    bench_timing time = {0};
    char name[64];

    for (int run = 0; run < 5; run++) {
        const double begin = bench_wall();

        for (reel_index u = 0; u < r.rows; u++)
            list_some(&l, u, u + 1);
        bench_add(&time, 1e6 * (bench_wall() - begin) / r.rows);
    }
    close_lister(&l);
    (void)snprintf(name, sizeof name, "%s: a list of 10", c->name);
    bench_print(&time, name, "us", strcmp(c->name, "ials 64") == 0 ? ",\"goal\":\"< 60\"" : "");
}

static void judge(const bench_case *c, const reel_split *split)
{
    const reel_judge_opts opts = {.cuts = {10, 20, 100}, .cut_count = 3, .seed = 1};
    bench_timing seconds = {0};
    reel_model *model = NULL;
    char name[64];
    reel_err err = {0};

    bench_require(reel_model_fit(&model, c->model, split->train, NULL, NULL, &err), &err);
    for (int run = 0; run < 3; run++) {
        const double begin = bench_wall();
        reel_judgement judgement;

        bench_require(
            reel__judgement_init(&judgement, reel_dataset_people(split->history), &opts, &err),
            &err);
        bench_require(reel__judge(&judgement, model, split, &err), &err);
        bench_add(&seconds, bench_wall() - begin);
        reel__judgement_fini(&judgement);
    }
    (void)snprintf(name, sizeof name, "%s: judged by all metrics", c->model);
    bench_print(&seconds, name, "s", ",\"goal\":\"< 1\"");
    reel_model_free(model);
}

/* What the machine can do at the most: single-precision matrix products, in GFLOP/s. */
static void multiply(int threads)
{
    const size_t n = (size_t)SIDE * SIDE;
    float *a = reel__alloc_aligned(3 * n, sizeof *a);
    bench_timing rate = {0};
    char name[64];

    if (a == NULL)
        abort();
    for (size_t i = 0; i < 3 * n; i++)
        a[i] = (float)(i % 7) * 0.1F;
    openblas_set_num_threads(threads);
    for (int run = 0; run < 7; run++) {
        const double begin = bench_wall();

        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, SIDE, SIDE, SIDE, 1, a, SIDE, a + n,
                    SIDE, 0, a + 2 * n, SIDE);
        bench_add(&rate, 2e-9 * (double)n * SIDE / (bench_wall() - begin));
    }
    openblas_set_num_threads(1);
    (void)snprintf(name, sizeof name, "sgemm, %d thread%s", threads, threads > 1 ? "s" : "");
    bench_print(&rate, name, "GFLOP/s", "");
    reel__free(a);
}

static bool wanted(const bench_case *c, int argc, char **argv)
{
    for (int i = 2; i < argc; i++)
        if (strstr(c->name, argv[i]) != NULL)
            return true;
    return argc <= 2;
}

static bool is_judged(const char *name)
{
    return strcmp(name, "ials 64") == 0 || strcmp(name, "ease") == 0 ||
           strcmp(name, "item-knn") == 0;
}

int main(int argc, char **argv)
{
    reel_dataset *data[3] = {[ALL] = bench_movielens(bench_folder(argc, argv), NULL)};
    reel_split some, liked;

    data[POSITIVES] = positives(data[ALL]);
    hold_out(&some, data[ALL]);
    hold_out(&liked, data[POSITIVES]);
    data[SOME] = some.train;
    reel__blas_init();
    multiply(1);
    multiply(2);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        reel_model *model;

        if (!wanted(&cases[i], argc, argv) || reel_model_find(cases[i].model) == NULL)
            continue;
        model = fit(&cases[i], data[cases[i].data]);
        if (cases[i].data != SOME)
            list_everyone(&cases[i], model, data[cases[i].data]);
        if (strcmp(cases[i].model, "ials") == 0)
            list_one(&cases[i], model, data[cases[i].data]);
        if (is_judged(cases[i].name))
            judge(&cases[i], &liked);
        reel_model_free(model);
    }
    reel__split_fini(&some);
    reel__split_fini(&liked);
    reel_dataset_free(data[POSITIVES]);
    reel_dataset_free(data[ALL]);
    return 0;
}
