/* score.c - how long one recommendation list takes in the library: score every film for a person of
 * MovieLens 1M with 165 ratings and take the ten best they have not rated, with each model.
 * And how long the same list takes with three reasons for each of its films.
 * Usage: bench_score [FOLDER]; see movielens.h. One line of JSON for each measurement.
 */
#include <string.h>

#include "base/alloc.h"
#include "movielens.h"
#include "num/topk.h"
#include "reel/model.h"
#include "timing.h"

enum { WANTED = 165, LIST = 10, REASONS = 3, INNER = 50, ENTRIES_MAX = 8192 };

typedef struct person {
    reel_entry entries[ENTRIES_MAX];
    reel_query query;
    uint64_t *seen; /* bitmap over films */
} person;

/* The first person whose number of ratings is nearest to WANTED. */
static void choose_person(person *out, const reel_dataset *dataset)
{
    const reel_csr_view r = reel_dataset_ratings(dataset);
    reel_index best = 0;

    for (reel_index p = 0; p < r.rows; p++)
        if (llabs(r.ptr[p + 1] - r.ptr[p] - WANTED) < llabs(r.ptr[best + 1] - r.ptr[best] - WANTED))
            best = p;
    out->seen = reel__alloc_zero((size_t)r.cols / 64 + 1, sizeof *out->seen);
    if (out->seen == NULL || r.ptr[best + 1] - r.ptr[best] > ENTRIES_MAX)
        abort();
    out->query = (reel_query){.entries = out->entries, .row = best};
    for (reel_nnz k = r.ptr[best]; k < r.ptr[best + 1]; k++) {
        out->entries[out->query.count++] =
            (reel_entry){.movie = r.col[k], .value = r.val[k], .weight = 1};
        out->seen[r.col[k] / 64] |= UINT64_C(1) << (r.col[k] % 64);
    }
    out->query.row_hash = reel_query_hash(&out->query);
}

static void make_list(const reel_model *model, const person *who, reel_scratch *scratch,
                      float *scores, size_t reasons)
{
    reel_scored list[LIST];
    reel_index films[LIST];
    reel_explanation why[LIST];
    size_t listed;
    reel_err err = {0};

    bench_require(reel_model_score(model, &who->query, scratch, scores, &err), &err);
    listed = reel__topk(scores, reel_model_movies(model), who->seen, LIST, list);
    for (size_t n = 0; n < listed; n++)
        films[n] = list[n].index;
    if (reasons > 0)
        bench_require(reel_model_explain_many(model, &who->query, (reel_films){films, listed},
                                              reasons, scratch, why, &err),
                      &err);
}

/* What a list may cost, in microseconds. */
static int goal_of(const char *label, bool with_reasons)
{
    if (strcmp(label, "user-knn of all") == 0)
        return 1000;
    if (strcmp(label, "hybrid") == 0)
        return with_reasons ? 350 : 500;
    return with_reasons ? 250 : 300;
}

static void measure(const char *label, const reel_model *model, const person *who, size_t reasons)
{
    float *scores = reel__alloc_aligned((size_t)reel_model_movies(model), sizeof *scores);
    reel_scratch *scratch = NULL;
    bench_timing timing = {0};
    char name[64], extra[64];
    reel_err err = {0};

    bench_require(reel_scratch_new(&scratch, &err), &err);
    make_list(model, who, scratch, scores, reasons);
    for (int run = 0; run < BENCH_RUNS; run++) {
        const int64_t begin = reel__clock_steady_us();

        for (int i = 0; i < INNER; i++)
            make_list(model, who, scratch, scores, reasons);
        bench_add(&timing, (double)(reel__clock_steady_us() - begin) / INNER);
    }
    (void)snprintf(name, sizeof name, "%s: a list of %d%s", label, (int)LIST,
                   reasons > 0 ? " with reasons" : "");
    (void)snprintf(extra, sizeof extra, ",\"ratings\":%zu,\"goal\":\"< %d\"", who->query.count,
                   goal_of(label, reasons > 0));
    bench_print(&timing, name, "us", extra);
    reel_scratch_free(scratch);
    reel__free(scores);
}

static void measure_model(const char *label, const char *name, const reel_dataset *dataset,
                          const person *who, const reel_params *params)
{
    const int64_t begin = reel__clock_steady_us();
    reel_model *model = NULL;
    bench_timing timing = {0};
    char fit_name[64];
    reel_err err = {0};

    bench_require(reel_model_fit(&model, name, dataset, params, NULL, &err), &err);
    bench_add(&timing, (double)(reel__clock_steady_us() - begin) / 1000);
    (void)snprintf(fit_name, sizeof fit_name, "%s: fit", label);
    bench_print(&timing, fit_name, "ms", "");
    measure(label, model, who, 0);
    measure(label, model, who, REASONS);
    reel_model_free(model);
}

int main(int argc, char **argv)
{
    static person who;
    const reel_param all = {"neighbours", "0"};
    const reel_params everyone = {&all, 1};
    reel_dataset *dataset = bench_movielens(bench_folder(argc, argv), NULL);

    choose_person(&who, dataset);
    for (size_t m = 0; reel_model_at(m) != NULL; m++)
        measure_model(reel_model_at(m)->name, reel_model_at(m)->name, dataset, &who, NULL);
    measure_model("user-knn of all", "user-knn", dataset, &who, &everyone);
    reel__free(who.seen);
    reel_dataset_free(dataset);
    return 0;
}
