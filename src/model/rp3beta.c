/* rp3beta.c - where a walk of three steps ends: from the history to a film, to someone who likes
 * it, to another film they like.
 *   s_j  = sum_i a_i W_ij
 *   W_ij = n_j^-beta sum_u (1 / n_i)^alpha (1 / n_u)^alpha over the people u who like both films
 * n_u: films that u likes; n_i: people who like i. Only the largest W_ij of each film are kept. a_i
 * as in item_sums.h.
 * Method: Paudel, Christoffel, Newell, Bernstein 2017; normalised and cut to the largest of a
 * history's films, then of a scored film's, as in the framework of Ferrari Dacrema et al. 2021.
 *
 * Defaults, ndcg@10 / recall_min@20 on a fifth of each person's films cut from the training part of
 * a MovieLens 1M split (ratings from 4 on; reel evaluate --train --test), 158 kept:
 *   alpha .7 beta .3 .2046 .2697   1 .15 .2041 .2680   1 .3 .2064 .2727   1.435 .3266 .2041 .2690
 *   150 kept: 1 .4 .2073 .2725   100 kept: 1 .4 .2084 .2724   300 kept: 1 .3 .2015 .2657
 *   keep target, not normalised: 1 .3 .1824 .2333; keep history: 1.435 .3266 .1610 .2152
 * With all ratings known, 158 kept, alpha 1, beta .3, by what a disliked film counts:
 *   .1 .2380 .3084   .35 .2412 .3134
 */
#include <math.h>

#include "model/item_pairs.h"

enum {
    PARAM_LIKED,
    PARAM_NEIGHBOURS,
    PARAM_ALPHA,
    PARAM_BETA,
    PARAM_KEEP,
    PARAM_NORMALISE,
    PARAM_DISLIKED
};

static const reel_param_spec param_specs[] = {
    [PARAM_LIKED] = REEL_EVIDENCE_PARAM,
    [PARAM_NEIGHBOURS] = {"neighbours", "how many of the largest weights of a film are kept",
                          REEL_PARAM_INT, 150, 1, 4096, NULL, 20, 1000, true},
    [PARAM_ALPHA] = {"alpha", "the chances of a step are raised to this power", REEL_PARAM_REAL, 1,
                     0, 5, NULL, 0.3, 2.5, true},
    [PARAM_BETA] = {"beta", "how far the fame of a film counts against it", REEL_PARAM_REAL, 0.3266,
                    0, 2, NULL, 0, 1},
    [PARAM_KEEP] = {"keep",
                    "whose largest weights are kept: a history's, a scored film's, or of the "
                    "former the latter",
                    REEL_PARAM_CHOICE, REEL_KEEP_BOTH, 0, 2, REEL_KEEP_CHOICES},
    [PARAM_NORMALISE] = {"normalise", "let the weights of each film of a history sum to 1",
                         REEL_PARAM_CHOICE, 1, 0, 1, "no|yes"},
    [PARAM_DISLIKED] = {"disliked", "what a disliked film of a history counts; a liked one is 1",
                        REEL_PARAM_REAL, 0.35, -10, 10, NULL, -1, 1},
};

static void describe(const reel_model *model, reel_csr_view liked, reel_item_pairs *pairs)
{
    const double alpha = model->params[PARAM_ALPHA], beta = model->params[PARAM_BETA];

    reel__item_pairs_count(liked, pairs->weights);
    for (reel_index u = 0; u < liked.cols; u++)
        pairs->weights[u] =
            pairs->weights[u] > 0 ? (float)pow((double)pairs->weights[u], -alpha) : 0;
    for (reel_index i = 0; i < liked.rows; i++) {
        const double count = (double)(liked.ptr[i + 1] - liked.ptr[i]);

        pairs->from[i] = count > 0 ? (float)pow(count, -alpha) : 0;
        pairs->to[i] = count > 0 ? (float)pow(count, -beta) : 0;
    }
    pairs->normalise = model->params[PARAM_NORMALISE] != 0;
    pairs->neighbours = model->params[PARAM_NEIGHBOURS];
    pairs->exponent = 1;
    pairs->keep = (reel_keep)model->params[PARAM_KEEP];
}

static reel_code rp3beta_fit(reel_model *model, const reel_dataset *dataset,
                             const reel_fit_context *context, reel_err *err)
{
    return reel__item_pairs_fit((reel_item_sums *)model, dataset, describe, context, err);
}

static double rp3beta_memory(const reel_model *model, const reel_dataset *dataset)
{
    return reel__item_pairs_memory(dataset, model->params[PARAM_NEIGHBOURS]);
}

const reel_model_ops reel__model_rp3beta = {
    .info = {.name = "rp3beta",
             .summary = "where a walk from your films over other people's ends",
             .task = REEL_TASK_RANKING,
             .fold_in = REEL_FOLD_IN_EXACT,
             .params = param_specs,
             .param_count = sizeof param_specs / sizeof *param_specs},
    .struct_size = sizeof(reel_item_sums),
    .memory = rp3beta_memory,
    .lighter = "popular",
    .fit = rp3beta_fit,
    .score = reel__item_sums_score,
    .explain = reel__item_sums_explain,
    .save = reel__item_sums_save,
    .load = reel__item_sums_load,
    .fini = reel__item_sums_fini,
};
