/* vae_train.c - training of `vae`; see vae.c for the objective.
 * In turn, as in RecVAE: some epochs for the encoder (with dropout, the prior's third part being
 * the encoder of the round before), one for the decoder. Everything random comes from a generator
 * by seed, epoch and person, and products are cut into fixed tiles, so that threads leave no trace.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "model/vae_priv.h"
#include "num/csr.h"
#include "num/par.h"

enum { ENCODER_EPOCHS = 3, PRIORS = 3 };
/* Shares of the prior: standard normal, the encoder of the round before, a wide normal. */
static const double prior_share[PRIORS] = {0.15, 0.75, 0.1}, wide = 10; /* log variance */
static const float decay1 = 0.9F, decay2 = 0.999F, floor_root = 1e-8F;  /* of Adam */

typedef struct adam {
    float *first, *second; /* [weights] moments */
    double steps;
} adam;

typedef struct training {
    const vae *self;
    vae_net net;  /* of what is learned */
    vae_net past; /* the encoder of the round before */
    float *weights, *past_weights, *gradient;
    adam encoder, decoder;
    reel_csr input, liked; /* people x inputs, people x films */
    reel_index *order;     /* [people] */
    vae_pass pass, past_pass;
    reel_nnz *ptr; /* [batch + 1] of the rows that go in */
    reel_index *col;
    float *val;
    size_t batch, room; /* entries that col and val hold */
    uint64_t epoch;
} training;

void reel__vae_unit(float *val, size_t count)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += (double)val[i] * (double)val[i];
    for (size_t i = 0; sum > 0 && i < count; i++)
        val[i] = (float)((double)val[i] / sqrt(sum));
}

/* ---- what goes in -------------------------------------------------------------------------- */

/* Liked films, and disliked ones behind all films, in one matrix; each person's row of length 1. */
static reel_code make_input(training *t, reel_csr_view ratings, reel_err *err)
{
    const reel_evidence *evidence = &t->self->evidence;
    const reel_nnz count = ratings.ptr[ratings.rows];
    const reel_index inputs = (reel_index)t->net.shape.inputs;
    reel_code rc = reel__csr_init(&t->input, ratings.rows, inputs, count, err);

    if (rc != REEL_OK)
        return rc;
    for (reel_index p = 0; p <= ratings.rows; p++)
        t->input.ptr[p] = ratings.ptr[p];
    for (reel_nnz k = 0; k < count; k++) {
        const reel_entry entry = {.value = ratings.val[k]};

        t->input.col[k] =
            ratings.col[k] + (reel__evidence_likes(evidence, &entry) ? 0 : ratings.cols);
        t->input.val[k] = 1;
    }
    for (reel_index p = 0; p < ratings.rows; p++)
        reel__vae_unit(t->input.val + ratings.ptr[p],
                       (size_t)(ratings.ptr[p + 1] - ratings.ptr[p]));
    return reel__evidence_select(&t->liked, ratings, evidence, true, err);
}

static reel_rng rng_of(const training *t, reel_index person)
{
    return reel__rng_make(t->self->base.seed + t->epoch * UINT64_C(0x9E3779B97F4A7C15),
                          (uint64_t)person);
}

/* Rows of the people order[begin ..], each input dropped with probability `dropout`. */
static vae_rows take_batch(training *t, size_t begin, size_t count, double dropout)
{
    reel_nnz at = 0;

    for (size_t r = 0; r < count; r++) {
        const reel_index p = t->order[begin + r];
        reel_rng rng = rng_of(t, p);

        t->ptr[r] = at;
        for (reel_nnz k = t->input.ptr[p]; k < t->input.ptr[p + 1]; k++) {
            if (dropout > 0 && reel__rng_unit(&rng) < dropout)
                continue;
            t->col[at] = t->input.col[k];
            t->val[at++] = t->input.val[k] * (float)(1 / (1 - dropout));
        }
    }
    t->ptr[count] = at;
    return (vae_rows){.count = count, .ptr = t->ptr, .col = t->col, .val = t->val};
}

/* ---- the objective ------------------------------------------------------------------------- */

/* z = mean + deviation x noise; the noise is left in back_z. */
static void draw(training *t, size_t begin, size_t count)
{
    const size_t n = t->net.shape.latent;

#pragma omp parallel for schedule(static) num_threads(t->net.threads)
    for (size_t r = 0; r < count; r++) {
        reel_rng rng = rng_of(t, ~t->order[begin + r]);

        for (size_t i = r * n; i < (r + 1) * n; i++) {
            t->pass.back_z[i] = (float)reel__rng_normal(&rng);
            t->pass.z[i] = t->pass.mean[i] + expf(0.5F * t->pass.spread[i]) * t->pass.back_z[i];
        }
    }
}

/* From logits to the gradient of -sum_i log softmax_i over a person's liked films, over `people`.
 */
static void softmax_row(const training *t, reel_index person, float *logits, float people)
{
    const size_t films = t->net.shape.films;
    const reel_nnz begin = t->liked.ptr[person], end = t->liked.ptr[person + 1];
    const float liked = (float)(end - begin);
    float most = logits[0], factor;
    double total = 0;

    for (size_t j = 1; j < films; j++)
        most = fmaxf(most, logits[j]);
    for (size_t j = 0; j < films; j++) {
        logits[j] = expf(logits[j] - most);
        total += (double)logits[j];
    }
    factor = liked / ((float)total * people);
    for (size_t j = 0; j < films; j++)
        logits[j] *= factor;
    for (reel_nnz k = begin; k < end; k++)
        logits[t->liked.col[k]] -= 1 / people;
}

static void softmax_rows(training *t, size_t begin, size_t count)
{
    const size_t films = t->net.shape.films;

#pragma omp parallel for schedule(dynamic, 4) num_threads(t->net.threads)
    for (size_t r = 0; r < count; r++)
        softmax_row(t, t->order[begin + r], t->pass.logits + r * films, (float)count);
}

static double log_normal(double z, double mean, double log_variance)
{
    return -0.5 *
           (1.8378770664093453 + log_variance + (z - mean) * (z - mean) * exp(-log_variance));
}

/* d/dz of the log of the mixture prior, one dimension. */
static double prior_slope(double z, double past_mean, double past_spread)
{
    const double mean[PRIORS] = {0, past_mean, 0}, spread[PRIORS] = {0, past_spread, wide};
    double part[PRIORS], most = -INFINITY, total = 0, slope = 0;

    for (int k = 0; k < PRIORS; k++) {
        part[k] = log(prior_share[k]) + log_normal(z, mean[k], spread[k]);
        most = fmax(most, part[k]);
    }
    for (int k = 0; k < PRIORS; k++) {
        const double p = exp(part[k] - most);

        total += p;
        slope -= p * (z - mean[k]) * exp(-spread[k]);
    }
    return slope / total;
}

/* Gradients of mean and spread of one row, from that of z; noise [latent] as it was drawn. */
static void latent_row(training *t, size_t r, double strength, const float *noise)
{
    const size_t n = t->net.shape.latent;

    for (size_t i = 0; i < n; i++) {
        const size_t at = r * n + i;
        const double slope = prior_slope((double)t->pass.z[at], (double)t->past_pass.mean[at],
                                         (double)t->past_pass.spread[at]);
        const double back = (double)t->pass.back_z[at] - strength * slope;
        const double deviation = exp(0.5 * (double)t->pass.spread[at]);

        t->pass.back_mean[at] = (float)back;
        t->pass.back_spread[at] = (float)(0.5 * (back * deviation * (double)noise[i] - strength));
    }
}

static void latent_rows(training *t, size_t begin, size_t count)
{
    const size_t n = t->net.shape.latent;
    const double gamma = t->self->base.params[PARAM_GAMMA];

#pragma omp parallel for schedule(static) num_threads(t->net.threads)
    for (size_t r = 0; r < count; r++) {
        const reel_index p = t->order[begin + r];
        const double liked = (double)(t->liked.ptr[p + 1] - t->liked.ptr[p]);
        float *noise = t->past_pass.z + r * n;

        latent_row(t, r, gamma * liked / (double)count, noise);
    }
}

/* ---- steps --------------------------------------------------------------------------------- */

static void adam_step(training *t, adam *state, size_t begin, size_t end)
{
    const float rate = (float)t->self->base.params[PARAM_RATE];
    float scale;

    state->steps++;
    scale = rate * (float)(sqrt(1 - pow((double)decay2, state->steps)) /
                           (1 - pow((double)decay1, state->steps)));
#pragma omp parallel for schedule(static) num_threads(t->net.threads)
    for (size_t i = begin; i < end; i++) {
        const float g = t->gradient[i];

        state->first[i] = decay1 * state->first[i] + (1 - decay1) * g;
        state->second[i] = decay2 * state->second[i] + (1 - decay2) * g * g;
        t->weights[i] -= scale * state->first[i] / (sqrtf(state->second[i]) + floor_root);
    }
}

static void encoder_step(training *t, size_t begin, size_t count)
{
    const size_t latent = t->net.shape.latent;
    const vae_rows rows = take_batch(t, begin, count, t->self->base.params[PARAM_DROPOUT]);

    reel__vae_encode(&t->past, &rows, &t->past_pass);
    reel__vae_encode(&t->net, &rows, &t->pass);
    draw(t, begin, count);
    /* back_z is written over on the way back; the noise is needed afterwards. */
    memcpy(t->past_pass.z, t->pass.back_z, count * latent * sizeof(float));
    reel__vae_decode(&t->net, count, &t->pass);
    softmax_rows(t, begin, count);
    reel__vae_back_decoder(&t->net, count, &t->pass, NULL);
    latent_rows(t, begin, count);
    reel__vae_back_encoder(&t->net, &rows, &t->pass, t->gradient);
    adam_step(t, &t->encoder, 0, t->net.at.encoder);
}

static void decoder_step(training *t, size_t begin, size_t count)
{
    const vae_rows rows = take_batch(t, begin, count, 0);

    reel__vae_encode(&t->net, &rows, &t->pass);
    draw(t, begin, count);
    reel__vae_decode(&t->net, count, &t->pass);
    softmax_rows(t, begin, count);
    reel__vae_back_decoder(&t->net, count, &t->pass, t->gradient);
    adam_step(t, &t->decoder, t->net.at.decoder, t->net.at.total);
}

/* False: cancelled. A round takes minutes on large data, so that is asked after each batch. */
static bool run_epoch(training *t, const reel_fit_context *context,
                      void (*step)(training *t, size_t begin, size_t count))
{
    const double epochs = t->self->base.params[PARAM_EPOCHS] * (ENCODER_EPOCHS + 1);
    const size_t people = (size_t)t->input.rows;
    reel_rng rng = reel__rng_make(t->self->base.seed, UINT64_MAX - t->epoch);

    for (size_t i = 0; i < people; i++) {
        const size_t other = (size_t)reel__rng_below(&rng, i + 1);

        t->order[i] = t->order[other];
        t->order[other] = (reel_index)i;
    }
    for (size_t begin = 0; begin < people; begin += t->batch) {
        const size_t count = people - begin < t->batch ? people - begin : t->batch;
        const double done = (double)(begin + count) / (double)people;

        step(t, begin, count);
        if (!reel__fit_step(context, ((double)t->epoch + done) / epochs))
            return false;
    }
    t->epoch++;
    return true;
}

static reel_code run(training *t, const reel_fit_context *context, reel_err *err)
{
    const int epochs = (int)t->self->base.params[PARAM_EPOCHS];
    bool going = true;

    for (int round = 0; round < epochs && going; round++) {
        for (int i = 0; i < ENCODER_EPOCHS && going; i++)
            going = run_epoch(t, context, encoder_step);
        memcpy(t->past_weights, t->weights, t->net.at.encoder * sizeof *t->weights);
        going = going && run_epoch(t, context, decoder_step);
    }
    return going ? REEL_OK : reel_fail(err, REEL_E_CANCELLED, "fitting \"vae\" was cancelled");
}

/* ---- room ---------------------------------------------------------------------------------- */

/* The most entries that a batch can hold: those of its longest rows. */
static size_t longest_rows(const training *t)
{
    size_t longest = 0;

    for (reel_index p = 0; p < t->input.rows; p++)
        if ((size_t)(t->input.ptr[p + 1] - t->input.ptr[p]) > longest)
            longest = (size_t)(t->input.ptr[p + 1] - t->input.ptr[p]);
    return longest * t->batch;
}

static reel_code make_adam(adam *out, size_t count, reel_err *err)
{
    out->first = reel__alloc_zero(count, sizeof *out->first);
    out->second = reel__alloc_zero(count, sizeof *out->second);
    if (out->first == NULL || out->second == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to train %zu weights", count);
    return REEL_OK;
}

static reel_code make_room(training *t, reel_err *err)
{
    const size_t weights = t->net.at.total;
    reel_code rc = REEL_OK;

    t->room = longest_rows(t);
    t->past_weights = reel__alloc_aligned(weights, sizeof *t->past_weights);
    t->gradient = reel__alloc_aligned(weights, sizeof *t->gradient);
    t->order = reel__alloc_array((size_t)t->input.rows, sizeof *t->order);
    t->ptr = reel__alloc_array(t->batch + 1, sizeof *t->ptr);
    t->col = reel__alloc_array(t->room, sizeof *t->col);
    t->val = reel__alloc_array(t->room, sizeof *t->val);
    if (t->past_weights == NULL || t->gradient == NULL || t->order == NULL || t->ptr == NULL ||
        t->col == NULL || t->val == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to train %zu weights", weights);
    /* The gaps between the parts belong to no gradient and must stay what they are. */
    memset(t->gradient, 0, weights * sizeof *t->gradient);
    memcpy(t->past_weights, t->weights, weights * sizeof *t->weights);
    t->past.weights = t->past_weights;
    REEL_TRY(make_adam(&t->encoder, weights, err));
    REEL_TRY(make_adam(&t->decoder, weights, err));
    REEL_TRY(reel__vae_pass_init(&t->pass, &t->net.shape, t->batch, 1, err));
    REEL_TRY(reel__vae_pass_init(&t->past_pass, &t->net.shape, t->batch, 0, err));
out:
    return rc;
}

static void release(training *t)
{
    reel__csr_fini(&t->input);
    reel__csr_fini(&t->liked);
    reel__free(t->past_weights);
    reel__free(t->gradient);
    reel__free(t->encoder.first);
    reel__free(t->encoder.second);
    reel__free(t->decoder.first);
    reel__free(t->decoder.second);
    reel__free(t->order);
    reel__free(t->ptr);
    reel__free(t->col);
    reel__free(t->val);
    reel__vae_pass_fini(&t->pass);
    reel__vae_pass_fini(&t->past_pass);
}

reel_code reel__vae_train(vae *self, float *weights, const reel_dataset *dataset,
                          const reel_fit_context *context, reel_err *err)
{
    const reel_csr_view ratings = reel_dataset_ratings(dataset);
    training t = {.self = self,
                  .net = self->net,
                  .past = self->net,
                  .weights = weights,
                  .batch = (size_t)self->base.params[PARAM_BATCH]};
    reel_code rc = REEL_OK;

    if (t.batch > (size_t)ratings.rows)
        t.batch = (size_t)ratings.rows;
    t.net.threads = t.past.threads =
        reel__par_threads((double)ratings.rows * (double)self->net.at.total, 1e7, context->threads);
    REEL_TRY(make_input(&t, ratings, err));
    REEL_TRY(make_room(&t, err));
    REEL_TRY(run(&t, context, err));
out:
    release(&t);
    return rc;
}
