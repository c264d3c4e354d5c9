/* vae_train.c - training of `vae`; see vae.c for the objective.
 * In turn, as in RecVAE: some epochs for the encoder (with dropout, the prior's third part being
 * the encoder of the round before), one for the decoder. Everything random comes from a generator
 * by seed, epoch and what a person rated, and products are cut into fixed tiles, so that neither
 * threads nor the numbers people have leave a trace.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/rng.h"
#include "model/vae_priv.h"
#include "num/csr.h"
#include "num/exp.h"
#include "num/kernels.h"
#include "num/par.h"

enum { ENCODER_EPOCHS = 3, PRIORS = 3, ADAM_PART = 4096 };
/* Shares of the prior: standard normal, the encoder of the round before, a wide normal. */
static const float prior_share[PRIORS] = {0.15F, 0.75F, 0.1F}, wide = 10; /* log variance */
static const float decay1 = 0.9F, decay2 = 0.999F, floor_root = 1e-8F;    /* of Adam */

typedef struct adam {
    float *first, *second; /* [weights] moments */
    double steps;
} adam;

/* Someone to learn from. */
typedef struct learner {
    uint64_t key; /* hash of the row that goes in */
    reel_index row;
} learner;

typedef struct training {
    const vae *self;
    vae_net net;  /* of what is learned */
    vae_net past; /* the encoder of the round before */
    float *weights, *past_weights, *gradient;
    adam encoder, decoder;
    reel_csr input, liked; /* people x inputs, people x films */
    learner *order;        /* [people] */
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

static int by_key(const void *a, const void *b)
{
    const learner *x = a, *y = b;

    return x->key != y->key ? (x->key > y->key) - (x->key < y->key) : x->row - y->row;
}

static void line_up(training *t)
{
    for (reel_index p = 0; p < t->input.rows; p++) {
        const reel_index *col = t->input.col + t->input.ptr[p];
        const size_t count = (size_t)(t->input.ptr[p + 1] - t->input.ptr[p]);

        t->order[p] = (learner){reel__hash64(col, count * sizeof *col, 0), p};
    }
    qsort(t->order, (size_t)t->input.rows, sizeof *t->order, by_key);
}

static reel_rng rng_of(const training *t, uint64_t stream)
{
    return reel__rng_make(t->self->base.seed + t->epoch * UINT64_C(0x9E3779B97F4A7C15), stream);
}

/* Rows of the people order[begin ..], each input dropped with probability `dropout`. */
static vae_rows take_batch(training *t, size_t begin, size_t count, double dropout)
{
    reel_nnz at = 0;

    for (size_t r = 0; r < count; r++) {
        const reel_index p = t->order[begin + r].row;
        reel_rng rng = rng_of(t, t->order[begin + r].key);

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
        reel_rng rng = rng_of(t, ~t->order[begin + r].key);

        for (size_t i = r * n; i < (r + 1) * n; i++) {
            t->pass.back_z[i] = (float)reel__rng_normal(&rng);
            t->pass.z[i] = t->pass.mean[i] + expf(0.5F * t->pass.spread[i]) * t->pass.back_z[i];
        }
    }
}

REEL_KERNEL static float highest(const float *x, size_t n)
{
    float most = x[0];

#pragma omp simd reduction(max : most)
    for (size_t i = 1; i < n; i++)
        most = x[i] > most ? x[i] : most;
    return most;
}

REEL_KERNEL static float raise_all(float *x, size_t n, float most)
{
    float total = 0;

#pragma omp simd reduction(+ : total)
    for (size_t i = 0; i < n; i++) {
        x[i] = reel__exp(x[i] - most);
        total += x[i];
    }
    return total;
}

REEL_KERNEL static void scale_by(float *x, size_t n, float factor)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        x[i] *= factor;
}

/* e to the power of each, the highest being 1; returns their sum. */
static float exponentials(float *x, size_t n)
{
    return raise_all(x, n, highest(x, n));
}

/* From logits to the gradient of -sum_i log softmax_i over a person's liked films, over `people`.
 */
static void softmax_row(const training *t, reel_index person, float *logits, float people)
{
    const size_t films = t->net.shape.films;
    const reel_nnz begin = t->liked.ptr[person], end = t->liked.ptr[person + 1];
    const float liked = (float)(end - begin);
    const float total = exponentials(logits, films);

    scale_by(logits, films, liked / (total * people));
    for (reel_nnz k = begin; k < end; k++)
        logits[t->liked.col[k]] -= 1 / people;
}

static void softmax_rows(training *t, size_t begin, size_t count)
{
    const size_t films = t->net.shape.films;

#pragma omp parallel for schedule(dynamic, 4) num_threads(t->net.threads)
    for (size_t r = 0; r < count; r++)
        softmax_row(t, t->order[begin + r].row, t->pass.logits + r * films, (float)count);
}

/* Of one row, a number for each latent dimension. */
typedef struct latent_row {
    const float *z, *spread, *noise;      /* drawn, from what */
    const float *past_mean, *past_spread; /* of the encoder of the round before */
    const float *back;                    /* gradient of z */
    float *back_mean, *back_spread;       /* gradients [out] */
} latent_row;

/* Logarithm of a normal density but for the constant. */
static inline float log_normal(float z, float mean, float log_variance, float precision)
{
    return -0.5F * (log_variance + (z - mean) * (z - mean) * precision);
}

/* Gradients of mean and spread from that of z and the prior's: d/dz of the log of the mixture is
 * the mean of its parts' own, weighed by how much of the density at z is theirs. */
REEL_KERNEL static void latent_gradients(const latent_row *row, size_t n, float strength)
{
    const float share0 = logf(prior_share[0]), share1 = logf(prior_share[1]);
    const float share2 = logf(prior_share[2]), flat = expf(-wide);
    const latent_row r = *row;

#pragma omp simd
    for (size_t i = 0; i < n; i++) {
        const float z = r.z[i], past = r.past_mean[i], precision = reel__exp(-r.past_spread[i]);
        const float a = share0 + log_normal(z, 0, 0, 1);
        const float b = share1 + log_normal(z, past, r.past_spread[i], precision);
        const float c = share2 + log_normal(z, 0, wide, flat);
        const float ab = a > b ? a : b, top = ab > c ? ab : c;
        const float ea = reel__exp(a - top), eb = reel__exp(b - top), ec = reel__exp(c - top);
        const float slope =
            -(ea * z + eb * (z - past) * precision + ec * z * flat) / (ea + eb + ec);
        const float back = r.back[i] - strength * slope;

        r.back_mean[i] = back;
        r.back_spread[i] = 0.5F * (back * reel__exp(0.5F * r.spread[i]) * r.noise[i] - strength);
    }
}

/* The noise that was drawn lies in past_pass.z. */
static void latent_rows(training *t, size_t begin, size_t count)
{
    const size_t n = t->net.shape.latent;
    const double gamma = t->self->base.params[PARAM_GAMMA];

#pragma omp parallel for schedule(static) num_threads(t->net.threads)
    for (size_t r = 0; r < count; r++) {
        const reel_index p = t->order[begin + r].row;
        const double liked = (double)(t->liked.ptr[p + 1] - t->liked.ptr[p]);
        const size_t at = r * n;
        const latent_row row = {.z = t->pass.z + at,
                                .spread = t->pass.spread + at,
                                .noise = t->past_pass.z + at,
                                .past_mean = t->past_pass.mean + at,
                                .past_spread = t->past_pass.spread + at,
                                .back = t->pass.back_z + at,
                                .back_mean = t->pass.back_mean + at,
                                .back_spread = t->pass.back_spread + at};

        latent_gradients(&row, n, (float)(gamma * liked / (double)count));
    }
}

/* ---- steps --------------------------------------------------------------------------------- */

REEL_KERNEL static void adam_part(float *weights, const float *gradient, float *first,
                                  float *second, size_t n, float scale)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++) {
        const float g = gradient[i];

        first[i] = decay1 * first[i] + (1 - decay1) * g;
        second[i] = decay2 * second[i] + (1 - decay2) * g * g;
        weights[i] -= scale * first[i] / (sqrtf(second[i]) + floor_root);
    }
}

static void adam_step(training *t, adam *state, size_t begin, size_t end)
{
    const float rate = (float)t->self->base.params[PARAM_RATE];
    float scale;

    state->steps++;
    scale = rate * (float)(sqrt(1 - pow((double)decay2, state->steps)) /
                           (1 - pow((double)decay1, state->steps)));
#pragma omp parallel for schedule(static) num_threads(t->net.threads)
    for (size_t i = begin; i < end; i += ADAM_PART)
        adam_part(t->weights + i, t->gradient + i, state->first + i, state->second + i,
                  end - i < ADAM_PART ? end - i : ADAM_PART, scale);
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

    for (size_t i = people; i > 1; i--) {
        const size_t other = (size_t)reel__rng_below(&rng, i);
        const learner last = t->order[i - 1];

        t->order[i - 1] = t->order[other];
        t->order[other] = last;
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
    line_up(t);
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
