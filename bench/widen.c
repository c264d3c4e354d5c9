/* widen.c - films that a model was not fitted with. A tenth of the rated films of MovieLens 1M is
 * hidden; models are fitted once with those films in the catalogue and nobody's ratings of them,
 * which is what a training knows of a new film, and once without them, then widened
 * (model/widen.h). Prints ndcg@10 of the hidden films that people liked, among the hidden ones, and
 * how many of a list of ten among all films are hidden ones, for both. Before that, how long it
 * takes to widen a model that knows a tenth of the films, by one thread and by all.
 * Usage: bench_widen [DATA]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/rng.h"
#include "eval/metrics.h"
#include "model/side.h"
#include "model/widen.h"
#include "movielens.h"
#include "num/topk.h"
#include "reel/model.h"
#include "timing.h"

enum { SHORT = 10, EVERY = 3 };
static const float liked = 4;

static void require(reel_code rc, const reel_err *err)
{
    if (rc == REEL_OK)
        return;
    (void)fprintf(stderr, "%s: %s\n", reel_code_name(rc), err->msg);
    exit(1);
}

/* The same data without the hidden films' ratings, and, where they are to go, without those films.
 */
static reel_dataset *without(const reel_dataset *all, const uint64_t *hidden, bool films)
{
    const reel_csr_view ratings = reel_dataset_ratings(all);
    reel_dataset_builder *builder = NULL;
    reel_dataset *out = NULL;
    reel_err err = {0};

    require(reel_dataset_builder_new(&builder, &err), &err);
    for (reel_index j = 0; j < ratings.cols; j++) {
        const reel_movie movie = reel_dataset_movie(all, j);

        if (!films || !reel__bit_get(hidden, j))
            require(reel_dataset_builder_add_movie(builder, &movie, &err), &err);
    }
    for (reel_index u = 0; u < ratings.rows; u++)
        for (reel_nnz k = ratings.ptr[u]; k < ratings.ptr[u + 1]; k++) {
            const reel_rating rating = {.person = reel_dataset_person_ids(all)[u],
                                        .movie = reel_dataset_movie_ids(all)[ratings.col[k]],
                                        .value = ratings.val[k]};

            if (!reel__bit_get(hidden, ratings.col[k]))
                require(reel_dataset_builder_add_ratings(builder, &rating, 1, &err), &err);
        }
    require(reel_dataset_builder_finish(&out, builder, NULL, &err), &err);
    reel_dataset_builder_free(builder);
    return out;
}

typedef struct asking {
    const reel_dataset *all, *now; /* with their ratings of hidden films, and without */
    const uint64_t *hidden, *others;
    reel_scratch *scratch;
    reel_entry *entries;
    float *scores;
    uint64_t *skip;
    reel_index *relevant;
} asking;

/* One person's lists. Returns whether there was something to find. */
static bool ask(const asking *a, const reel_model *model, reel_index person, double *found,
                double *listed)
{
    const reel_csr_view mine = reel_dataset_ratings(a->now), all = reel_dataset_ratings(a->all);
    const reel_index movies = mine.cols;
    reel_query query = {.entries = a->entries, .row = -1};
    reel_scored best[SHORT];
    reel_index list[SHORT];
    size_t count = 0, got;
    reel_err err = {0};

    for (reel_nnz k = all.ptr[person]; k < all.ptr[person + 1]; k++)
        if (reel__bit_get(a->hidden, all.col[k]) && all.val[k] >= liked)
            a->relevant[count++] = all.col[k];
    if (count == 0)
        return false;
    memset(a->skip, 0, reel__bit_words(movies) * sizeof *a->skip);
    for (reel_nnz k = mine.ptr[person]; k < mine.ptr[person + 1]; k++) {
        a->entries[query.count++] =
            (reel_entry){.movie = mine.col[k], .value = mine.val[k], .weight = 1};
        reel__bit_set(a->skip, mine.col[k]);
    }
    require(reel_model_score(model, &query, a->scratch, a->scores, &err), &err);
    got = reel__topk(a->scores, movies, a->others, SHORT, best);
    for (size_t i = 0; i < got; i++)
        list[i] = best[i].index;
    *found += reel__ndcg(list, got, a->relevant, count, SHORT);
    got = reel__topk(a->scores, movies, a->skip, SHORT, best);
    for (size_t i = 0; i < got; i++)
        *listed += reel__bit_get(a->hidden, best[i].index) ? 1 : 0;
    return true;
}

static void judge(const asking *a, const reel_model *model, const char *how)
{
    double found = 0, listed = 0;
    int people = 0;

    for (reel_index u = 0; u < reel_dataset_people(a->now); u += EVERY)
        people += ask(a, model, u, &found, &listed);
    printf("{\"bench\": \"new films: %s, %s: ndcg@10 among them\", \"unit\": \"\", \"median\": "
           "%.4f, \"min\": %.4f, \"runs\": %d}\n",
           reel_model_get_info(model)->name, how, found / people, found / people, people);
    printf("{\"bench\": \"new films: %s, %s: of a list of 10\", \"unit\": \"films\", \"median\": "
           "%.3f, \"min\": %.3f, \"runs\": %d}\n",
           reel_model_get_info(model)->name, how, listed / people, listed / people, people);
    fflush(stdout);
}

static void fit_all(reel_model *out[4], const reel_dataset *dataset)
{
    static const char *const names[] = {"ease", "ials", "popular"};
    static const reel_param fewer = {"factors", "96"};
    static const reel_params params = {&fewer, 1};
    reel_err err = {0};

    for (int i = 0; i < 3; i++)
        require(reel_model_fit(&out[i], names[i], dataset, i == 1 ? &params : NULL, NULL, &err),
                &err);
    require(reel_model_combine(&out[3], out, 3, NULL, &err), &err);
}

/* Most films came since, as after a large import. In turns, so that both meet the same machine. */
static void time_widening(const asking *a, reel_csr_view features)
{
    reel_dataset *few = without(a->all, a->others, true);
    bench_timing one = {0}, all = {0}, ratio = {0}, shared = {0};
    reel_data_now now = {reel_dataset_hash(a->now),       reel_dataset_movie_ids(a->now), features,
                         reel_dataset_person_ids(a->now), reel_dataset_people(a->now),    0};
    reel_model *model = NULL;
    char extra[64];
    reel_err err = {0};

    require(reel_model_fit(&model, "popular", few, NULL, NULL, &err), &err);
    (void)snprintf(extra, sizeof extra, ",\"films\":%d,\"known\":%d",
                   (int)reel_dataset_movies(a->now), (int)reel_dataset_movies(few));
    for (int run = 0; run < BENCH_RUNS; run++) {
        double took[3];
        reel_model *first = NULL;

        for (int i = 0; i < 3; i++) {
            const double start = bench_wall();
            reel_model *wide = NULL;

            now.threads = i == 0 ? 1 : 0;
            now.like = i == 2 ? first : NULL;
            require(reel__model_widen(&wide, model, &now, &err), &err);
            took[i] = bench_wall() - start;
            if (i == 0)
                first = wide;
            else
                reel_model_free(wide);
        }
        reel_model_free(first);
        bench_add(&shared, took[0] / took[2]);
        bench_add(&one, took[0] * 1e3);
        bench_add(&all, took[1] * 1e3);
        bench_add(&ratio, took[0] / took[1]);
    }
    bench_print(&one, "new films: widening, 1 thread", "ms", extra);
    bench_print(&all, "new films: widening, all threads", "ms", extra);
    bench_print(&ratio, "new films: widening, 1 thread over all", "x", extra);
    bench_print(&shared, "new films: widening, 1 thread over a second model", "x", extra);
    reel_model_free(model);
    reel_dataset_free(few);
}

int main(int argc, char **argv)
{
    reel_dataset *all = bench_movielens(bench_folder(argc, argv), NULL);
    const reel_index movies = reel_dataset_movies(all);
    const reel_csr_view raters = reel_dataset_raters(all);
    const size_t words = reel__bit_words(movies);
    uint64_t *hidden = reel__alloc_zero(words, sizeof *hidden);
    uint64_t *others = reel__alloc_zero(words, sizeof *others);
    asking a = {.all = all, .hidden = hidden, .others = others};
    reel_rng rng = reel__rng_make(1, 1);
    reel_model *trained[4], *older[4], *wide;
    reel_dataset *before;
    reel_csr features = {0};
    reel_err err = {0};

    for (reel_index j = 0; j < movies; j++)
        if (raters.ptr[j + 1] > raters.ptr[j] && reel__rng_unit(&rng) < 0.1)
            reel__bit_set(hidden, j);
        else
            reel__bit_set(others, j);
    a.now = without(all, hidden, false);
    before = without(all, hidden, true);
    a.entries = reel__alloc_array((size_t)movies, sizeof *a.entries);
    a.relevant = reel__alloc_array((size_t)movies, sizeof *a.relevant);
    a.scores = reel__alloc_array((size_t)movies, sizeof *a.scores);
    a.skip = reel__alloc_zero(words, sizeof *a.skip);
    require(reel_scratch_new(&a.scratch, &err), &err);
    require(reel__side_features(&features, a.now, &err), &err);
    time_widening(&a, reel__csr_view(&features));
    fit_all(trained, a.now);
    fit_all(older, before);
    for (int i = 0; i < 4; i++) {
        const reel_data_now now = {reel_dataset_hash(a.now),
                                   reel_dataset_movie_ids(a.now),
                                   reel__csr_view(&features),
                                   reel_dataset_person_ids(a.now),
                                   reel_dataset_people(a.now),
                                   0,
                                   NULL};

        judge(&a, trained[i], "trained");
        require(reel__model_widen(&wide, older[i], &now, &err), &err);
        judge(&a, wide, "widened");
        reel_model_free(wide);
    }
    return 0;
}
