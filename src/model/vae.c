/* vae.c - a variational autoencoder of histories: a network reads what someone liked (and disliked)
 * and gives every film a logit.
 *   maximise  E_q [ sum_{i liked} log softmax_i(D' z + c) ] - gamma n_u KL(q(z | x_u) || p(z))
 * n_u is the number of liked films of person u, x_u the row of liked and disliked films, scaled to
 * length 1 and thinned by dropout; q is normal with the encoder's mean and variance (vae_net.h), p
 * a mixture of a standard normal, the encoder of the round before and a wide normal. A list is made
 * from the mean of z, so a stored person is folded in like anybody else.
 * Papers: Liang, Krishnan, Hoffman, Jebara 2018 (Mult-VAE); Shenbin, Alekseev, Tutubalina, Malykh,
 * Nikolenko 2020 (RecVAE: the prior, gamma, the skip connections, training in turn).
 * Reasons: the gradient of a film's logit by each input times that input, the rest in the baseline:
 * the sum is exact, but being a linear view of a curved function it is a view at this history only.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "model/vae_priv.h"

enum { SLOT_PASS, SLOT_ROWS };

static const reel_param_spec param_specs[] = {
    [PARAM_LIKED] = REEL_EVIDENCE_PARAM,
    [PARAM_FACTORS] = {"factors", "dimensions of the latent space", REEL_PARAM_INT, 200, 1, 1024,
                       NULL, 64, 512, true},
    [PARAM_HIDDEN] = {"hidden", "width of the encoder's layers", REEL_PARAM_INT, 400, 1, 4096, NULL,
                      200, 1200, true},
    [PARAM_DEPTH] = {"depth", "layers of the encoder", REEL_PARAM_INT, 1, 1, VAE_DEPTH_MAX, NULL},
    [PARAM_EPOCHS] = {"epochs", "rounds of three encoder epochs and one of the decoder",
                      REEL_PARAM_INT, 15, 1, 10000, NULL},
    [PARAM_BATCH] = {"batch", "people in a step", REEL_PARAM_INT, 256, 1, 65536, NULL, 64, 512,
                     true},
    [PARAM_DROPOUT] = {"dropout", "share of a history that a step does not see", REEL_PARAM_REAL,
                       0.7, 0, 0.95, NULL, 0.1, 0.8},
    [PARAM_GAMMA] = {"gamma", "strength of the prior for each liked film", REEL_PARAM_REAL, 0.005,
                     0, 10, NULL, 5e-4, 0.05, true},
    [PARAM_RATE] = {"rate", "step length of Adam", REEL_PARAM_REAL, 5e-4, 1e-7, 1, NULL, 1e-4, 5e-3,
                    true},
};

vae_shape reel__vae_shape(const vae *self)
{
    const size_t films = (size_t)self->base.movies;

    return (vae_shape){.inputs = self->evidence.graded ? 2 * films : films,
                       .films = films,
                       .hidden = (size_t)self->base.params[PARAM_HIDDEN],
                       .latent = (size_t)self->base.params[PARAM_FACTORS],
                       .depth = (size_t)self->base.params[PARAM_DEPTH]};
}

static void set_net(vae *self)
{
    self->net.shape = reel__vae_shape(self);
    self->net.at = reel__vae_layout(&self->net.shape);
    self->net.threads = 1;
}

/* ---- scores -------------------------------------------------------------------------------- */

/* A query as one row that goes in; its order is that of the entries. */
typedef struct asked {
    reel_nnz ptr[2];
    vae_rows rows;
    reel_index *col;
    float *val;
    vae_pass pass;
} asked;

static reel_code no_memory(const vae *self, reel_err *err)
{
    return reel_fail(err, REEL_E_NOMEM, "no memory to read a history of %d films with \"vae\"",
                     (int)self->base.movies);
}

static reel_code encode(asked *out, const vae *self, const reel_query *query, reel_scratch *scratch,
                        reel_err *err)
{
    const size_t bytes = reel__vae_pass_bytes(&self->net.shape, 1, 1);
    const size_t each = sizeof *out->col + sizeof *out->val;
    void *memory = reel__scratch_get(scratch, SLOT_PASS, bytes);
    char *room = reel__scratch_get(scratch, SLOT_ROWS, (query->count + 1) * each);

    if (memory == NULL || room == NULL)
        return no_memory(self, err);
    out->col = (reel_index *)(void *)room;
    out->val = (float *)(void *)(room + (query->count + 1) * sizeof *out->col);
    for (size_t i = 0; i < query->count; i++) {
        const reel_entry *e = &query->entries[i];

        out->col[i] = e->movie + (reel__evidence_likes(&self->evidence, e) ? 0 : self->base.movies);
        out->val[i] = e->weight;
    }
    reel__vae_unit(out->val, query->count);
    out->ptr[0] = 0;
    out->ptr[1] = (reel_nnz)query->count;
    out->rows = (vae_rows){.count = 1, .ptr = out->ptr, .col = out->col, .val = out->val};
    reel__vae_pass_place(&out->pass, &self->net.shape, 1, 1, memory);
    reel__vae_encode(&self->net, &out->rows, &out->pass);
    memcpy(out->pass.z, out->pass.mean, self->net.shape.latent * sizeof *out->pass.z);
    return REEL_OK;
}

static reel_code vae_score(const reel_model *model, const reel_query *query, reel_scratch *scratch,
                           float *scores, reel_err *err)
{
    const vae *self = (const vae *)model;
    asked a;
    const reel_code rc = encode(&a, self, query, scratch, err);

    if (rc != REEL_OK)
        return rc;
    a.pass.logits = scores;
    reel__vae_decode(&self->net, 1, &a.pass);
    return REEL_OK;
}

static reel_code vae_explain(const reel_model *model, const reel_query *query, reel_index movie,
                             reel_scratch *scratch, double *contributions, reel_explanation *out,
                             reel_err *err)
{
    const vae *self = (const vae *)model;
    const size_t films = self->net.shape.films, latent = self->net.shape.latent;
    const float *decoder = self->net.weights + self->net.at.decoder;
    asked a;
    const reel_code rc = encode(&a, self, query, scratch, err);

    if (rc != REEL_OK)
        return rc;
    out->score = (double)self->net.weights[self->net.at.decoder_bias + (size_t)movie];
    for (size_t f = 0; f < latent; f++) {
        const float d = decoder[f * films + (size_t)movie];

        out->score += (double)d * (double)a.pass.z[f];
        a.pass.back_mean[f] = d;
        a.pass.back_spread[f] = 0;
    }
    reel__vae_back_encoder(&self->net, &a.rows, &a.pass, NULL);
    out->baseline = out->score;
    for (size_t i = 0; i < query->count; i++) {
        contributions[i] =
            (double)a.val[i] * reel__vae_input_gradient(&self->net, &a.pass, 0, (size_t)a.col[i]);
        out->baseline -= contributions[i];
    }
    return REEL_OK;
}

/* ---- fitting ------------------------------------------------------------------------------- */

static double vae_memory(const reel_model *model, const reel_dataset *dataset)
{
    const double films = (double)model->movies, hidden = model->params[PARAM_HIDDEN];
    const double latent = model->params[PARAM_FACTORS];
    const double weights =
        2 * films * hidden + films * latent + VAE_DEPTH_MAX * hidden * hidden + hidden * latent * 2;
    const double batch = model->params[PARAM_BATCH] * (2 * films + 20 * hidden + 6 * latent);
    const reel_csr_view ratings = reel_dataset_ratings(dataset);

    return 4 * (7 * weights + batch) + 16 * (double)ratings.ptr[ratings.rows];
}

/* Normal numbers with the variance of Glorot & Bengio 2010. */
static void fill(float *out, size_t in, size_t n, uint64_t seed, uint64_t stream)
{
    const double deviation = sqrt(2 / (double)(in + n));

    for (size_t i = 0; i < in; i++) {
        reel_rng rng = reel__rng_make(seed + stream, i);

        for (size_t k = 0; k < n; k++)
            out[i * n + k] = (float)(deviation * reel__rng_normal(&rng));
    }
}

static void begin_weights(const vae *self, float *weights)
{
    const vae_shape *s = &self->net.shape;
    const vae_layout *at = &self->net.at;
    const uint64_t seed = self->base.seed;

    for (size_t d = 0; d < s->depth; d++) {
        fill(weights + at->dense[d], d == 0 ? s->inputs : s->hidden, s->hidden, seed, d);
        for (size_t i = 0; i < s->hidden; i++)
            weights[at->gain[d] + i] = 1;
    }
    fill(weights + at->mean, s->hidden, s->latent, seed, VAE_DEPTH_MAX);
    fill(weights + at->spread, s->hidden, s->latent, seed, VAE_DEPTH_MAX + 1);
    for (size_t i = 0; i < s->latent; i++)
        weights[at->spread_bias + i] = -2; /* begin with little noise */
    fill(weights + at->decoder, s->latent, s->films, seed, VAE_DEPTH_MAX + 2);
}

static reel_code vae_fit(reel_model *model, const reel_dataset *dataset,
                         const reel_fit_context *context, reel_err *err)
{
    vae *self = (vae *)model;
    float *weights;

    self->evidence =
        reel__evidence_learn(reel_dataset_ratings(dataset), model->params[PARAM_LIKED]);
    set_net(self);
    weights = reel__alloc_aligned(self->net.at.total, sizeof *weights);
    self->net.weights = weights;
    if (weights == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for %zu weights", self->net.at.total);
    memset(weights, 0, self->net.at.total * sizeof *weights);
    begin_weights(self, weights);
    return reel__vae_train(self, weights, dataset, context, err);
}

/* ---- files --------------------------------------------------------------------------------- */

static reel_code vae_save(const reel_model *model, reel_tensors_writer *writer, reel_err *err)
{
    const vae *self = (const vae *)model;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__evidence_save(&self->evidence, writer, err));
    REEL_TRY(reel__tensors_add(writer, "weights", REEL_F32, self->net.weights,
                               (int64_t)self->net.at.total, err));
out:
    return rc;
}

static reel_code vae_load(reel_model *model, const reel_tensors *tensors, const char *prefix,
                          reel_err *err)
{
    vae *self = (vae *)model;
    const void *data = NULL;
    int64_t count = 0;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__evidence_load(&self->evidence, tensors, prefix, err));
    REEL_TRY(reel__tensors_get(tensors, prefix, "weights", REEL_F32, &data, &count, err));
    set_net(self);
    self->net.weights = data;
    if (count != (int64_t)self->net.at.total)
        REEL_TRY(reel_fail(err, REEL_E_FORMAT, "%s: %lld weights where the parameters say %zu",
                           reel__tensors_path(tensors), (long long)count, self->net.at.total));
    /* A bound that keeps every layer finite: sums of a few thousand products of normalised rows. */
    for (size_t i = 0; i < self->net.at.total; i++)
        if (!(fabsf(self->net.weights[i]) <= 1e4F))
            REEL_TRY(reel_fail(err, REEL_E_FORMAT, "%s: weight %zu is no number from -1e4 to 1e4",
                               reel__tensors_path(tensors), i));
out:
    return rc;
}

static void vae_fini(reel_model *model)
{
    if (model->tensors == NULL)
        reel__free((void *)(uintptr_t)((vae *)model)->net.weights);
}

const reel_model_ops reel__model_vae = {
    .info = {.name = "vae",
             .summary = "a neural network that reads the whole history at once",
             .task = REEL_TASK_RANKING,
             .fold_in = REEL_FOLD_IN_EXACT,
             .params = param_specs,
             .param_count = sizeof param_specs / sizeof *param_specs},
    .struct_size = sizeof(vae),
    .memory = vae_memory,
    .lighter = "ials",
    .fit = vae_fit,
    .score = vae_score,
    .explain = vae_explain,
    .neighbours = NULL,
    .save = vae_save,
    .load = vae_load,
    .fini = vae_fini,
};
