/* reproduce_tables.c - the published tables, number by number with its source. Numbers stand here
 * as their sources print them; a line without any is a model of ours for which none was published.
 */
#include <string.h>

#include "service/measure/reproduce.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char surprise[] = "Surprise README (github.com/NicolasHug/Surprise)";
static const char anelli[] = "re-run of the protocol of Anelli et al. 2022 (arXiv 2203.01155)";
static const char tois55[] = "Ferrari Dacrema et al., TOIS 2021, appendix table 55";
static const char rendle[] = "Rendle et al. 2020 (doi 10.1145/3383313.3412488)";
static const char glocal[] = "GLocal-K README (github.com/usydnlp/Glocal_K)";
static const char implicit[] = "implicit 0.7.3, measured on this split";
static const char libmf[] = "LIBMF (AVX), measured on these folds";
static const char cmfrec[] = "cmfrec 3.5.1, measured on these folds";
static const char surprise_here[] = "Surprise 1.1.4, measured on these folds";

/* The settings of a publication, where they are not the defaults here. */
#define SVD_SURPRISE  "svd:factors=100:epochs=20:step=constant:lr=0.005:reg=0.02:init_std=0.1"
#define EASE_ANELLI   "ease:lambda=238.56:weighting=0:ridge=0"
#define EASE_PLAIN    "ease:lambda=500:weighting=0:ridge=0"
#define LIKE_SURPRISE ":by=user:similarity=msd:neighbours=40:shrinkage=0:exponent=1"
#define KNN_COSINE_95 "item-knn:similarity=cosine:neighbours=95:popularity=0:exponent=1:support=0"
#define SVDPP_SURPRISE                                                                             \
    "svdpp:factors=20:epochs=20:step=constant:lr=0.007:reg=0.02:reg_implicit=0.02:init_std=0.1"
/* Without the times of ratings: those of some copies of MovieLens 1M are days. */
#define BAYES_NO_TIMES "bayes:features=svdpp+flipped"
/* Chosen on each person's last rating of the training part, where it has HR@10 .7505 and NDCG@10
 * .4643 expected over all draws of 99 candidates, the defaults .7447 and .4584. */
#define IALS_LOO                                                                                   \
    "ials:factors=384:lambda=0.0077:nu=1:unobserved_weight=0.24:unobserved_power=0.2:"             \
    "person_power=-0.07"
#define NMF_SURPRISE     "nmf:factors=15:epochs=50:reg=0.06:init_high=1"
#define COCLUST_SURPRISE "co-clustering:person_clusters=3:movie_clusters=3:epochs=20"

/* Each row: rmse, mae. */
static const reel_published surprise_1m[] = {
    {SVD_SURPRISE, "SVD", {.873, .686}, surprise},
    {"svd", NULL, {0}, NULL},
    {SVDPP_SURPRISE, "SVD++", {.862, .672}, surprise},
    {"svdpp", NULL, {0}, NULL},
    {NMF_SURPRISE, "NMF", {.916, .723}, surprise},
    {"slope-one", "Slope One", {.907, .715}, surprise},
    {"knn-basic" LIKE_SURPRISE, "k-NN", {.923, .727}, surprise},
    {"knn-centered" LIKE_SURPRISE, "Centered k-NN", {.929, .738}, surprise},
    {"knn-baseline" LIKE_SURPRISE, "k-NN Baseline", {.895, .706}, surprise},
    {"knn-baseline", NULL, {0}, NULL},
    {COCLUST_SURPRISE, "Co-Clustering", {.915, .717}, surprise},
    {"baseline", "Baseline", {.909, .719}, surprise},
    {"random", "Random", {1.504, 1.206}, surprise},
    {"als", NULL, {0}, NULL},
};

static const reel_published surprise_100k[] = {
    {SVD_SURPRISE, "SVD", {.934, .737}, surprise},
    {"svd", NULL, {0}, NULL},
    {SVDPP_SURPRISE, "SVD++", {.919, .721}, surprise},
    {"svdpp", NULL, {0}, NULL},
    {NMF_SURPRISE, "NMF", {.963, .758}, surprise},
    {"slope-one", "Slope One", {.946, .743}, surprise},
    {"knn-basic" LIKE_SURPRISE, "k-NN", {.98, .774}, surprise},
    {"knn-centered" LIKE_SURPRISE, "Centered k-NN", {.951, .749}, surprise},
    {"knn-baseline" LIKE_SURPRISE, "k-NN Baseline", {.931, .733}, surprise},
    {"knn-baseline", NULL, {0}, NULL},
    {COCLUST_SURPRISE, "Co-Clustering", {.963, .753}, surprise},
    {"baseline", "Baseline", {.944, .748}, surprise},
    {"random", "Random", {1.518, 1.219}, surprise},
    {"als", NULL, {0}, NULL},
    {"bayes", NULL, {0}, NULL},
    {BAYES_NO_TIMES, NULL, {0}, NULL},
};

static const reel_published peers_1m[] = {
    {"svd", "LIBMF, 128 factors, 20 epochs", {.8432, .6654}, libmf},
    {"als", "cmfrec ALS, 40 factors, biases", {.8543, .6721}, cmfrec},
    {SVDPP_SURPRISE, "SVD++, fold 0 only", {.8629, .6750}, surprise_here},
    {"svdpp", NULL, {0}, NULL},
    {"knn-baseline" LIKE_SURPRISE,
     "KNNBaseline, people, fold 0 only",
     {.8943, .7057},
     surprise_here},
    {"knn-baseline", "KNNBaseline, films, fold 0 only", {.8578, .6716}, surprise_here},
    {"bayes", "the best of these peers", {.8432, .6654}, libmf},
    {BAYES_NO_TIMES, "the same", {.8432, .6654}, libmf},
    {"baseline", NULL, {0}, NULL},
};

static const reel_published random_1m[] = {
    {"bayes", "GLocal-K, one split of its own", {.8227, .6421}, glocal},
    {BAYES_NO_TIMES, "the same", {.8227, .6421}, glocal},
    {"svd", NULL, {0}, NULL},
    {"svdpp", NULL, {0}, NULL},
    {"als", NULL, {0}, NULL},
    {"baseline", NULL, {0}, NULL},
};

static const reel_published u1_100k[] = {
    {"bayes", "GLocal-K", {.8889, .6950}, glocal},
    {BAYES_NO_TIMES, "the same", {.8889, .6950}, glocal},
    {"svd", NULL, {0}, NULL},
    {"svdpp", NULL, {0}, NULL},
    {"als", NULL, {0}, NULL},
    {"knn-baseline", NULL, {0}, NULL},
    {"baseline", NULL, {0}, NULL},
};

/* ndcg@10, recall@10, precision@10, hit_rate@10 */
static const reel_published anelli_1m[] = {
    {EASE_ANELLI, "EASE", {.3353, .1928, .2736, .8789}, anelli},
    {KNN_COSINE_95, "ItemKNN", {.2926, .1627, .2427, .8300}, anelli},
    {"popular", "MostPop", {.1588, .0833, .1371, .6192}, anelli},
    {"random", NULL, {0}, NULL},
    {"item-knn", NULL, {0}, NULL},
    {"user-knn", NULL, {0}, NULL},
    {"rp3beta", NULL, {0}, NULL},
    {"slim", NULL, {0}, NULL},
    {"ease", NULL, {0}, NULL},
    {"ials", NULL, {0}, NULL},
    {"bpr", NULL, {0}, NULL},
    {"vae", NULL, {0}, NULL},
    {"hybrid", NULL, {0}, NULL},
};

/* recall_min@20, ndcg@10, ndcg@100 */
static const reel_published common[] = {
    {"random", NULL, {0}, NULL},
    {"popular", NULL, {0}, NULL},
    {"item-knn", "BM25 kNN, K 50", {.2997, .2791, .3579}, implicit},
    {"user-knn", NULL, {0}, NULL},
    {"rp3beta", NULL, {0}, NULL},
    {EASE_PLAIN, "EASE, lambda 500", {.3500, .3308, .4139}, "numpy, measured on this split"},
    {"ease", "EASE, lambda 700", {.3491, .3314, .4142}, "numpy, measured on this split"},
    {"slim", NULL, {0}, NULL},
    {"ials", "ALS, 256 factors, Cholesky", {.3602, .3286, .4242}, implicit},
    {"bpr", "BPR, 64 factors, 20 epochs", {.2249, .2003, .2808}, implicit},
    {"vae", NULL, {0}, NULL},
    {"hybrid", "the best of each column", {.3602, .3314, .4242}, "the lines above"},
};

static const reel_published common_all[] = {
    {"random", NULL, {0}, NULL},
    {"popular", NULL, {0}, NULL},
    {"item-knn", NULL, {0}, NULL},
    {"user-knn", NULL, {0}, NULL},
    {"rp3beta", NULL, {0}, NULL},
    {"ease", "EASE of liked films", {.4018, .3906, .4633}, "numpy, measured on this split"},
    {"slim", NULL, {0}, NULL},
    {"ials", NULL, {0}, NULL},
    {"bpr", NULL, {0}, NULL},
    {"vae", NULL, {0}, NULL},
    {"hybrid", NULL, {0}, NULL},
};

/* With the films' texts, for the models that look at them. */
static const reel_published common_texts[] = {
    {"random", NULL, {0}, NULL},
    {"popular", NULL, {0}, NULL},
    {"item-knn", NULL, {0}, NULL},
    {"content", NULL, {0}, NULL},
    {"ease", NULL, {0}, NULL},
    {"ials", NULL, {0}, NULL},
    {"hybrid", "the best of each column", {.3602, .3314, .4242}, implicit},
};

static const reel_published common_all_texts[] = {
    {"random", NULL, {0}, NULL},
    {"popular", NULL, {0}, NULL},
    {"item-knn", NULL, {0}, NULL},
    {"content", NULL, {0}, NULL},
    {"ease", NULL, {0}, NULL},
    {"ials", NULL, {0}, NULL},
    {"hybrid", "EASE of liked films", {.4018, .3906, .4633}, "numpy, measured on this split"},
};

/* sampled hit_rate@10, ndcg@10 */
static const reel_published loo_1m[] = {
    {"random", "Random", {.0985, .0454}, tois55},
    {"popular", "TopPop", {.4533, .2542}, tois55},
    {"item-knn", "ItemKNN cosine", {.6694, .3979}, tois55},
    {"user-knn", "UserKNN asymmetric", {.6768, .4100}, tois55},
    {"rp3beta", "RP3beta", {.6758, .4011}, tois55},
    {"ease", "EASE", {.7192, .4494}, tois55},
    {"slim", "SLIM elastic net", {.7162, .4468}, tois55},
    {"ials", "iALS, 64 factors", {.722, .445}, "Rendle et al. 2021 (doi 10.1145/3523227.3548486)"},
    {IALS_LOO, "MF, logistic loss", {.7294, .4523}, rendle},
    {"bpr", "MF BPR", {.6305, .3730}, tois55},
    {"vae", NULL, {0}, NULL},
    {"hybrid", "NeuMF, run again", {.7093, .4349}, tois55},
    /* The only line that uses the order of ratings. */
    {"hybrid:recency=5", NULL, {0}, NULL},
};

#define ROWS(array) .rows = (array), .row_count = COUNT(array)

static const reel_table_spec specs[] = {
    {.name = "surprise-table",
     .title = "Rating prediction on MovieLens 1M, as in the README of Surprise",
     .protocol = "five folds, means over them",
     .data = REEL_DATA_ML_1M,
     .metrics = {"rmse", "mae"},
     .split = REEL_PROTOCOL_FOLDS,
     .seeds = 1,
     .folds_file = true,
     ROWS(surprise_1m)},
    {.name = "surprise-table-100k",
     .title = "Rating prediction on MovieLens 100K, as in the README of Surprise",
     .protocol = "five random folds, means over them",
     .data = REEL_DATA_ML_100K,
     .metrics = {"rmse", "mae"},
     .split = REEL_PROTOCOL_FOLDS,
     .seeds = 1,
     ROWS(surprise_100k)},
    {.name = "peers-ml1m",
     .title = "Rating prediction on MovieLens 1M beside other libraries",
     .protocol = "five folds, means over them",
     .data = REEL_DATA_ML_1M,
     .metrics = {"rmse", "mae"},
     .split = REEL_PROTOCOL_FOLDS,
     .seeds = 1,
     .folds_file = true,
     ROWS(peers_1m)},
    {.name = "random-ml1m",
     .title = "Rating prediction on MovieLens 1M, a random tenth held out",
     .protocol = "ten splits, means over them",
     .data = REEL_DATA_ML_1M,
     .metrics = {"rmse", "mae"},
     .split = REEL_PROTOCOL_RANDOM,
     .share = 0.1,
     .seeds = 10,
     ROWS(random_1m)},
    {.name = "ml100k-u1",
     .title = "Rating prediction on MovieLens 100K, u1.base and u1.test",
     .protocol = "the files of the data set",
     .data = REEL_DATA_U1,
     .metrics = {"rmse", "mae"},
     .seeds = 1,
     ROWS(u1_100k)},
    {.name = "anelli-ml1m",
     .title = "Lists on MovieLens 1M, protocol of Anelli et al. 2022",
     .protocol = "ratings of 4 and more, 10-core, a fifth of each person held out, five splits",
     .data = REEL_DATA_ML_1M,
     .metrics = {"ndcg@10", "recall@10", "precision@10", "hit_rate@10"},
     .filter = {.threshold = 4, .core = 10},
     .split = REEL_PROTOCOL_RATIO,
     .share = 0.2,
     .seeds = 5,
     ROWS(anelli_1m)},
    {.name = "common-split",
     .title = "Lists on a fixed split of MovieLens 1M, liked films only",
     .protocol = "train.tsv and test.tsv",
     .data = REEL_DATA_SPLIT,
     .metrics = {"recall_min@20", "ndcg@10", "ndcg@100"},
     .seeds = 1,
     ROWS(common)},
    {.name = "common-split-all",
     .title = "Lists on the same split with all ratings known",
     .protocol = "train-all.tsv and test.tsv",
     .data = REEL_DATA_SPLIT_ALL,
     .metrics = {"recall_min@20", "ndcg@10", "ndcg@100"},
     .seeds = 1,
     ROWS(common_all)},
    {.name = "common-split-texts",
     .title = "Lists on the fixed split, liked films only, with the films' texts",
     .protocol = "train.tsv and test.tsv, films of ml-1m, texts of tmdb/movies.jsonl",
     .data = REEL_DATA_SPLIT,
     .texts = true,
     .metrics = {"recall_min@20", "ndcg@10", "ndcg@100"},
     .seeds = 1,
     ROWS(common_texts)},
    {.name = "common-split-all-texts",
     .title = "Lists on the same split with all ratings known, with the films' texts",
     .protocol = "train-all.tsv and test.tsv, films of ml-1m, texts of tmdb/movies.jsonl",
     .data = REEL_DATA_SPLIT_ALL,
     .texts = true,
     .metrics = {"recall_min@20", "ndcg@10", "ndcg@100"},
     .seeds = 1,
     ROWS(common_all_texts)},
    {.name = "loo-ml1m",
     .title = "Leave-one-out on MovieLens 1M, 100 candidates",
     .protocol = "each person's last film among 99 drawn ones (drawn anew, not the published file)",
     .data = REEL_DATA_ML_1M,
     .metrics = {"hit_rate@10", "ndcg@10"},
     .split = REEL_PROTOCOL_LAST,
     .seeds = 1,
     .sampled = 99,
     .implicit = true,
     ROWS(loo_1m)},
};

const reel_table_spec *reel__table_spec_at(size_t index)
{
    return index < COUNT(specs) ? &specs[index] : NULL;
}

const reel_table_spec *reel__table_spec_find(const char *name)
{
    for (size_t i = 0; i < COUNT(specs); i++)
        if (strcmp(specs[i].name, name) == 0)
            return &specs[i];
    return NULL;
}
