/* item_knn.c - films liked by the same people.
 *   s_j  = sum_{i in N(j)} a_i S_ij^exponent
 *   S_ij = F_ij d_ij / (1 + shrinkage F_ij)     d_ij = sum of w_u over the people who like both
 *   F_ij = t_i f_i t_j f_j n_j^popularity       t_i = n_i / (n_i + support), n_i: people who like i
 *   cosine: w_u = 1         f_i = 1 / sqrt(n_i)
 *   tf-idf: w_u = idf_u^2   f_i = 1 / sqrt(sum of idf_u^2 over those who like i)
 *   bm25:   w_u = idf_u^2   f_i = (k1 + 1) / (k1 (1 - b + b n_i / mean of n) + 1)
 * with idf_u = log(films / (1 + films that u likes)). N(j) holds the most similar films of j, or
 * (keep = history) j counts for i where it is among the most similar of i. a_i as in item_sums.h.
 * Methods: Deshpande, Karypis 2004; the weights as the implicit library has them; the exponent
 * after Aiolli 2013.
 *
 * Defaults, ndcg@10 / recall_min@20 on a fifth of each person's films cut from the training part of
 * a MovieLens 1M split (ratings from 4 on; reel evaluate --train --test):
 *   keep history: cosine, 99 neighbours .1694 .2080   tf-idf, 19 .1803 .2353   bm25, 49 .1573 .2216
 *   keep target:  cosine, 95 .1907 .2482   tf-idf, 100 .1989 .2596   bm25, 49 .1779 .2417
 *   bm25, 100, target: popularity .2 .2008 .2648, .3 .2041 .2635; with k1 5, b .9, popularity .4,
 *   exponent 1.3 .2087 .2708; with k1 8, b .9, popularity .4, exponent 1.75, 200 neighbours .2099
 *   .2739. Shrinkage 10 gains .0001 with cosine and loses with bm25.
 * With all ratings known, low ones among them, by what a disliked film counts:
 *   -.1 .2342 .2977   0 .2384 .3053   .2 .2430 .3123   .35 .2439 .3156
 * so having seen a film tells more about a taste than having disliked it.
 *
 * Where most films have one or two ratings, bm25's mean is next to nothing and such films come
 * first. ndcg@100 of validation ratings, of the split's training part and of MovieLens latest-small
 * (reel tune --trials 1 --rungs 1 --fix), without support .3348 and .0832; by support:
 *   k1 8:  1 .3345 .2533   3 .3344 .3619   5 .3338 .3810   8 .3337 .3813   k1 12: 5 .3343 .3779
 *   of the scored film only: 5 .3346 .2195   10 .3340 .2669   30 .3325 .3172   100 .3256 .3367
 * ndcg@10 and recall@20 on the split: none .2128 .2485   k1 12, 5 .2130 .2486.
 */
#include <math.h>

#include "model/item_pairs.h"

enum {
    PARAM_LIKED,
    PARAM_SIMILARITY,
    PARAM_NEIGHBOURS,
    PARAM_SHRINKAGE,
    PARAM_K1,
    PARAM_B,
    PARAM_POPULARITY,
    PARAM_EXPONENT,
    PARAM_KEEP,
    PARAM_DISLIKED,
    PARAM_SUPPORT
};
enum { COSINE, TF_IDF, BM25 };

static const reel_param_spec param_specs[] = {
    [PARAM_LIKED] = REEL_EVIDENCE_PARAM,
    [PARAM_SIMILARITY] = {"similarity", "how films are compared", REEL_PARAM_CHOICE, BM25, 0, 2,
                          "cosine|tf-idf|bm25"},
    [PARAM_NEIGHBOURS] = {"neighbours", "how many of the most similar films count", REEL_PARAM_INT,
                          200, 1, 4096, NULL, 20, 1000, true},
    [PARAM_SHRINKAGE] = {"shrinkage", "lowers similarities that few people vouch for",
                         REEL_PARAM_REAL, 0, 0, 1e6, NULL},
    [PARAM_K1] = {"k1", "bm25: how slowly fame is made up for", REEL_PARAM_REAL, 12, 0, 1e6, NULL,
                  0.5, 100, true},
    [PARAM_B] = {"b", "bm25: how far fame is made up for", REEL_PARAM_REAL, 0.9, 0, 1, NULL, 0, 1},
    [PARAM_POPULARITY] = {"popularity", "similarity grows with this power of a film's fame",
                          REEL_PARAM_REAL, 0.4, -1, 1, NULL, -0.5, 1},
    [PARAM_EXPONENT] = {"exponent", "similarities are raised to this power", REEL_PARAM_REAL, 1.75,
                        0.1, 10, NULL, 0.5, 4, true},
    [PARAM_KEEP] = {"keep",
                    "whose most similar films are kept: a history's, a scored film's, or of the "
                    "former the latter",
                    REEL_PARAM_CHOICE, REEL_KEEP_TARGET, 0, 2, REEL_KEEP_CHOICES},
    [PARAM_DISLIKED] = {"disliked", "what a disliked film of a history counts; a liked one is 1",
                        REEL_PARAM_REAL, 0.35, -10, 10, NULL, -1, 1},
    [PARAM_SUPPORT] = {"support", "from about how many likes on a film is trusted; 0 = any",
                       REEL_PARAM_REAL, 5, 0, 1e6, NULL, 0, 50},
};

static void weigh_people(reel_csr_view liked, bool idf, float *weights)
{
    reel__item_pairs_count(liked, weights);
    for (reel_index u = 0; u < liked.cols; u++) {
        const double value = idf ? log((double)liked.rows) - log1p((double)weights[u]) : 1;

        weights[u] = (float)(value * value);
    }
}

static void weigh_films(const double *params, reel_csr_view liked, const reel_item_pairs *pairs)
{
    const double mean = (double)liked.ptr[liked.rows] / liked.rows;
    const double k1 = params[PARAM_K1], b = params[PARAM_B];

    for (reel_index i = 0; i < liked.rows; i++) {
        const double count = (double)(liked.ptr[i + 1] - liked.ptr[i]);
        double sum = 0, norm, trust;

        for (reel_nnz k = liked.ptr[i]; k < liked.ptr[i + 1]; k++)
            sum += (double)pairs->weights[liked.col[k]];
        norm = (int)params[PARAM_SIMILARITY] == BM25
                   ? (k1 * (1 - b + b * count / mean) + 1) / (k1 + 1)
                   : sqrt(sum);
        trust = count / (count + params[PARAM_SUPPORT]); /* with a sum above 0 not 0 / 0 */
        pairs->from[i] = sum > 0 ? (float)(trust / norm) : 0;
        pairs->to[i] = sum > 0 ? (float)(trust * pow(count, params[PARAM_POPULARITY]) / norm) : 0;
    }
}

static void describe(const reel_model *model, reel_csr_view liked, reel_item_pairs *pairs)
{
    weigh_people(liked, (int)model->params[PARAM_SIMILARITY] != COSINE, pairs->weights);
    weigh_films(model->params, liked, pairs);
    pairs->neighbours = model->params[PARAM_NEIGHBOURS];
    pairs->shrinkage = model->params[PARAM_SHRINKAGE];
    pairs->exponent = model->params[PARAM_EXPONENT];
    pairs->keep = (reel_keep)model->params[PARAM_KEEP];
}

static reel_code item_knn_fit(reel_model *model, const reel_dataset *dataset,
                              const reel_fit_context *context, reel_err *err)
{
    return reel__item_pairs_fit((reel_item_sums *)model, dataset, describe, context, err);
}

static double item_knn_memory(const reel_model *model, const reel_dataset *dataset)
{
    return reel__item_pairs_memory(dataset, model->params[PARAM_NEIGHBOURS]);
}

const reel_model_ops reel__model_item_knn = {
    .info = {.name = "item-knn",
             .summary = "films liked by the people who like yours",
             .task = REEL_TASK_RANKING,
             .fold_in = REEL_FOLD_IN_EXACT,
             .params = param_specs,
             .param_count = sizeof param_specs / sizeof *param_specs},
    .struct_size = sizeof(reel_item_sums),
    .memory = item_knn_memory,
    .lighter = "popular",
    .fit = item_knn_fit,
    .score = reel__item_sums_score,
    .explain = reel__item_sums_explain,
    .save = reel__item_sums_save,
    .load = reel__item_sums_load,
    .fini = reel__item_sums_fini,
};
