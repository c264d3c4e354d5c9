/* vae_net.c - forward and backward passes; see vae_net.h.
 * Threads take fixed tiles of rows (or of a weight matrix's rows), each one BLAS call of one
 * thread, so that the bits do not depend on how many there are.
 */
#include "model/vae_net.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "num/blas.h"
#include "num/exp.h"
#include "num/kernels.h"

enum { TILE = 64 };
static const float norm_floor = 1e-5F; /* added to a variance */

/* ---- shapes -------------------------------------------------------------------------------- */

static size_t take(size_t *at, size_t count)
{
    const size_t begin = *at;

    *at += (count + 15) / 16 * 16; /* every part begins on a cache line */
    return begin;
}

vae_layout reel__vae_layout(const vae_shape *shape)
{
    vae_layout l = {0};
    size_t at = 0;

    for (size_t d = 0; d < shape->depth; d++) {
        l.dense[d] = take(&at, (d == 0 ? shape->inputs : shape->hidden) * shape->hidden);
        l.bias[d] = take(&at, shape->hidden);
        l.gain[d] = take(&at, shape->hidden);
        l.shift[d] = take(&at, shape->hidden);
    }
    l.mean = take(&at, shape->hidden * shape->latent);
    l.mean_bias = take(&at, shape->latent);
    l.spread = take(&at, shape->hidden * shape->latent);
    l.spread_bias = take(&at, shape->latent);
    l.encoder = at;
    l.decoder = take(&at, shape->latent * shape->films);
    l.decoder_bias = take(&at, shape->films);
    l.total = at;
    return l;
}

size_t reel__vae_pass_bytes(const vae_shape *shape, size_t rows, int gradients)
{
    const size_t hidden = rows * shape->hidden, latent = rows * shape->latent;
    const size_t each = 3 * hidden + rows + (gradients ? hidden : 0);

    return (shape->depth * each + (gradients ? 6 : 3) * latent + rows * shape->films + 64) *
           sizeof(float);
}

static float *cut(float **at, size_t count)
{
    float *begin = *at;

    *at += count;
    return begin;
}

void reel__vae_pass_place(vae_pass *out, const vae_shape *shape, size_t rows, int gradients,
                          void *memory)
{
    const size_t hidden = rows * shape->hidden, latent = rows * shape->latent;
    float *at = memory;

    memset(out, 0, sizeof *out);
    out->rows = rows;
    for (size_t d = 0; d < shape->depth; d++) {
        out->raw[d] = cut(&at, hidden);
        out->unit[d] = cut(&at, hidden);
        out->out[d] = cut(&at, hidden);
        out->back[d] = gradients ? cut(&at, hidden) : NULL;
    }
    out->mean = cut(&at, latent);
    out->spread = cut(&at, latent);
    out->z = cut(&at, latent);
    out->back_mean = gradients ? cut(&at, latent) : NULL;
    out->back_spread = gradients ? cut(&at, latent) : NULL;
    out->back_z = gradients ? cut(&at, latent) : NULL;
    out->logits = cut(&at, rows * shape->films);
    for (size_t d = 0; d < shape->depth; d++)
        out->scale[d] = cut(&at, rows);
}

reel_code reel__vae_pass_init(vae_pass *out, const vae_shape *shape, size_t rows, int gradients,
                              reel_err *err)
{
    const size_t bytes = reel__vae_pass_bytes(shape, rows, gradients);
    float *memory = reel__alloc_aligned(bytes, 1);

    memset(out, 0, sizeof *out);
    if (memory == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for a batch of %zu rows (%zu bytes)", rows,
                         bytes);
    reel__vae_pass_place(out, shape, rows, gradients, memory);
    out->memory = memory;
    return REEL_OK;
}

void reel__vae_pass_fini(vae_pass *pass)
{
    reel__free(pass->memory);
    memset(pass, 0, sizeof *pass);
}

/* ---- products ------------------------------------------------------------------------------ */

typedef struct product {
    const float *a, *b;
    float *c;
    size_t rows, inner, cols;
    float beta;
} product;

static int tile_rows(size_t rows, size_t begin)
{
    return (int)(rows - begin < TILE ? rows - begin : TILE);
}

/* C = A B + beta C; A [rows][inner], B [inner][cols]. */
static void multiply(const product *p, int threads)
{
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads) if (p->rows > TILE)
    for (size_t r = 0; r < p->rows; r += TILE)
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, tile_rows(p->rows, r), (int)p->cols,
                    (int)p->inner, 1, p->a + r * p->inner, (int)p->inner, p->b, (int)p->cols,
                    p->beta, p->c + r * p->cols, (int)p->cols);
}

/* C = A B' + beta C; A [rows][inner], B [cols][inner]. */
static void multiply_back(const product *p, int threads)
{
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads) if (p->rows > TILE)
    for (size_t r = 0; r < p->rows; r += TILE)
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, tile_rows(p->rows, r), (int)p->cols,
                    (int)p->inner, 1, p->a + r * p->inner, (int)p->inner, p->b, (int)p->inner,
                    p->beta, p->c + r * p->cols, (int)p->cols);
}

/* C = A' B; A [inner][rows], B [inner][cols]: gradients of weights, summed over the batch. */
static void multiply_over_batch(const product *p, int threads)
{
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
    for (size_t r = 0; r < p->rows; r += TILE)
        cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, tile_rows(p->rows, r), (int)p->cols,
                    (int)p->inner, 1, p->a + r, (int)p->rows, p->b, (int)p->cols, 0,
                    p->c + r * p->cols, (int)p->cols);
}

static void sum_rows(const float *x, size_t rows, size_t cols, float *out)
{
    memset(out, 0, cols * sizeof *out);
    for (size_t r = 0; r < rows; r++)
        reel__axpy(out, 1, x + r * cols, cols);
}

/* ---- one layer, row by row ----------------------------------------------------------------- */

REEL_KERNEL static void swish(const float *x, size_t n, float *out)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        out[i] = x[i] / (1 + reel__exp(-x[i]));
}

/* Multiply by the slope of swish at x. */
REEL_KERNEL static void swish_back(const float *x, size_t n, float *back)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++) {
        const float s = 1 / (1 + reel__exp(-x[i]));

        back[i] *= s * (1 + x[i] * (1 - s));
    }
}

/* norm(swish(raw)) of one row. */
static void activate_row(const vae_net *net, size_t d, size_t r, vae_pass *pass)
{
    const size_t n = net->shape.hidden;
    const float *raw = pass->raw[d] + r * n, *gain = net->weights + net->at.gain[d];
    const float *shift = net->weights + net->at.shift[d];
    float *unit = pass->unit[d] + r * n, *out = pass->out[d] + r * n;
    double mean, deviation;
    float scale;

    swish(raw, n, unit);
    reel__moments(unit, n, &mean, &deviation);
    scale = 1 / sqrtf((float)(deviation * deviation) + norm_floor);
    pass->scale[d][r] = scale;
    for (size_t i = 0; i < n; i++) {
        unit[i] = (unit[i] - (float)mean) * scale;
        out[i] = unit[i] * gain[i] + shift[i];
    }
}

/* From the gradient of out to that of raw, in place in pass->back. */
static void deactivate_row(const vae_net *net, size_t d, size_t r, vae_pass *pass)
{
    const size_t n = net->shape.hidden;
    const float *raw = pass->raw[d] + r * n, *unit = pass->unit[d] + r * n;
    const float *gain = net->weights + net->at.gain[d];
    float *back = pass->back[d] + r * n;
    double mean = 0, along = 0;

    for (size_t i = 0; i < n; i++) {
        back[i] *= gain[i];
        mean += (double)back[i];
        along += (double)back[i] * (double)unit[i];
    }
    mean /= (double)n;
    along /= (double)n;
    for (size_t i = 0; i < n; i++)
        back[i] = (back[i] - (float)mean - unit[i] * (float)along) * pass->scale[d][r];
    swish_back(raw, n, back);
}

/* ---- forward ------------------------------------------------------------------------------- */

static void set_rows(float *out, const float *bias, size_t rows, size_t cols)
{
    for (size_t r = 0; r < rows; r++)
        memcpy(out + r * cols, bias, cols * sizeof *out);
}

static void first_layer(const vae_net *net, const vae_rows *rows, vae_pass *pass)
{
    const size_t n = net->shape.hidden;
    const float *dense = net->weights + net->at.dense[0], *bias = net->weights + net->at.bias[0];

#pragma omp parallel for schedule(dynamic, 8) num_threads(net->threads) if (rows->count > 8)
    for (size_t r = 0; r < rows->count; r++) {
        float *out = pass->raw[0] + r * n;

        memcpy(out, bias, n * sizeof *out);
        for (reel_nnz k = rows->ptr[r]; k < rows->ptr[r + 1]; k++)
            reel__axpy(out, rows->val[k], dense + (size_t)rows->col[k] * n, n);
        activate_row(net, 0, r, pass);
    }
}

static void next_layer(const vae_net *net, size_t rows, size_t d, vae_pass *pass)
{
    const size_t n = net->shape.hidden;
    const product p = {.a = pass->out[d - 1],
                       .b = net->weights + net->at.dense[d],
                       .c = pass->raw[d],
                       .rows = rows,
                       .inner = n,
                       .cols = n,
                       .beta = 1};

    set_rows(pass->raw[d], net->weights + net->at.bias[d], rows, n);
    for (size_t earlier = 0; earlier < d; earlier++)
        reel__axpy(pass->raw[d], 1, pass->out[earlier], rows * n);
    multiply(&p, net->threads);
#pragma omp parallel for schedule(dynamic, 8) num_threads(net->threads) if (rows > 8)
    for (size_t r = 0; r < rows; r++)
        activate_row(net, d, r, pass);
}

static void last_layer(const vae_net *net, size_t rows, size_t weights, size_t bias, vae_pass *pass,
                       float *out)
{
    const product p = {.a = pass->out[net->shape.depth - 1],
                       .b = net->weights + weights,
                       .c = out,
                       .rows = rows,
                       .inner = net->shape.hidden,
                       .cols = net->shape.latent,
                       .beta = 1};

    set_rows(out, net->weights + bias, rows, net->shape.latent);
    multiply(&p, net->threads);
}

void reel__vae_encode(const vae_net *net, const vae_rows *rows, vae_pass *pass)
{
    reel__blas_init();
    first_layer(net, rows, pass);
    for (size_t d = 1; d < net->shape.depth; d++)
        next_layer(net, rows->count, d, pass);
    last_layer(net, rows->count, net->at.mean, net->at.mean_bias, pass, pass->mean);
    last_layer(net, rows->count, net->at.spread, net->at.spread_bias, pass, pass->spread);
}

void reel__vae_decode(const vae_net *net, size_t rows, vae_pass *pass)
{
    const product p = {.a = pass->z,
                       .b = net->weights + net->at.decoder,
                       .c = pass->logits,
                       .rows = rows,
                       .inner = net->shape.latent,
                       .cols = net->shape.films,
                       .beta = 1};

    reel__blas_init();
    set_rows(pass->logits, net->weights + net->at.decoder_bias, rows, net->shape.films);
    multiply(&p, net->threads);
}

/* ---- backward ------------------------------------------------------------------------------ */

void reel__vae_back_decoder(const vae_net *net, size_t rows, vae_pass *pass, float *gradient)
{
    const size_t films = net->shape.films, latent = net->shape.latent;
    const product back = {.a = pass->logits,
                          .b = net->weights + net->at.decoder,
                          .c = pass->back_z,
                          .rows = rows,
                          .inner = films,
                          .cols = latent};

    multiply_back(&back, net->threads);
    if (gradient == NULL)
        return;
    multiply_over_batch(&(product){.a = pass->z,
                                   .b = pass->logits,
                                   .c = gradient + net->at.decoder,
                                   .rows = latent,
                                   .inner = rows,
                                   .cols = films},
                        net->threads);
    sum_rows(pass->logits, rows, films, gradient + net->at.decoder_bias);
}

/* Through one of the two heads of the encoder. */
static void back_head(const vae_net *net, size_t rows, size_t weights, const float *own,
                      vae_pass *pass, float *gradient)
{
    const size_t last = net->shape.depth - 1;

    multiply_back(&(product){.a = own,
                             .b = net->weights + weights,
                             .c = pass->back[last],
                             .rows = rows,
                             .inner = net->shape.latent,
                             .cols = net->shape.hidden,
                             .beta = 1},
                  net->threads);
    if (gradient != NULL)
        multiply_over_batch(&(product){.a = pass->out[last],
                                       .b = own,
                                       .c = gradient + weights,
                                       .rows = net->shape.hidden,
                                       .inner = rows,
                                       .cols = net->shape.latent},
                            net->threads);
}

/* Gain and shift, before pass->back is turned from out to raw. */
static void norm_gradient(const vae_net *net, size_t rows, size_t d, const vae_pass *pass,
                          float *gradient)
{
    const size_t n = net->shape.hidden;
    float *gain = gradient + net->at.gain[d];

    sum_rows(pass->back[d], rows, n, gradient + net->at.shift[d]);
    memset(gain, 0, n * sizeof *gain);
    for (size_t r = 0; r < rows; r++)
        for (size_t i = 0; i < n; i++)
            gain[i] += pass->back[d][r * n + i] * pass->unit[d][r * n + i];
}

static void back_layer(const vae_net *net, size_t rows, size_t d, vae_pass *pass, float *gradient)
{
    const size_t n = net->shape.hidden;

    if (gradient != NULL)
        norm_gradient(net, rows, d, pass, gradient);
#pragma omp parallel for schedule(dynamic, 8) num_threads(net->threads) if (rows > 8)
    for (size_t r = 0; r < rows; r++)
        deactivate_row(net, d, r, pass);
    if (gradient != NULL)
        sum_rows(pass->back[d], rows, n, gradient + net->at.bias[d]);
    if (d == 0)
        return;
    multiply_back(&(product){.a = pass->back[d],
                             .b = net->weights + net->at.dense[d],
                             .c = pass->back[d - 1],
                             .rows = rows,
                             .inner = n,
                             .cols = n,
                             .beta = 1},
                  net->threads);
    for (size_t earlier = 0; earlier < d; earlier++)
        reel__axpy(pass->back[earlier], 1, pass->back[d], rows * n);
    if (gradient != NULL)
        multiply_over_batch(&(product){.a = pass->out[d - 1],
                                       .b = pass->back[d],
                                       .c = gradient + net->at.dense[d],
                                       .rows = n,
                                       .inner = rows,
                                       .cols = n},
                            net->threads);
}

/* Gradients of the first layer's weights: threads take columns, so that no two write one number. */
static void first_gradient(const vae_net *net, const vae_rows *rows, const vae_pass *pass,
                           float *gradient)
{
    const size_t n = net->shape.hidden;
    float *dense = gradient + net->at.dense[0];

    memset(dense, 0, net->shape.inputs * n * sizeof *dense);
#pragma omp parallel for schedule(static) num_threads(net->threads)
    for (size_t from = 0; from < n; from += TILE) {
        const size_t width = n - from < TILE ? n - from : TILE;

        for (size_t r = 0; r < rows->count; r++)
            for (reel_nnz k = rows->ptr[r]; k < rows->ptr[r + 1]; k++)
                reel__axpy(dense + (size_t)rows->col[k] * n + from, rows->val[k],
                           pass->back[0] + r * n + from, width);
    }
}

void reel__vae_back_encoder(const vae_net *net, const vae_rows *rows, vae_pass *pass,
                            float *gradient)
{
    const size_t count = rows->count;

    for (size_t d = 0; d < net->shape.depth; d++)
        memset(pass->back[d], 0, count * net->shape.hidden * sizeof(float));
    back_head(net, count, net->at.mean, pass->back_mean, pass, gradient);
    back_head(net, count, net->at.spread, pass->back_spread, pass, gradient);
    if (gradient != NULL) {
        sum_rows(pass->back_mean, count, net->shape.latent, gradient + net->at.mean_bias);
        sum_rows(pass->back_spread, count, net->shape.latent, gradient + net->at.spread_bias);
    }
    for (size_t d = net->shape.depth; d-- > 0;)
        back_layer(net, count, d, pass, gradient);
    if (gradient != NULL)
        first_gradient(net, rows, pass, gradient);
}

double reel__vae_input_gradient(const vae_net *net, const vae_pass *pass, size_t row, size_t input)
{
    const size_t n = net->shape.hidden;

    return (double)reel__dot(net->weights + net->at.dense[0] + input * n, pass->back[0] + row * n,
                             n);
}
