/* bayes_kernels.c - the dense loops of bayes. This file alone is compiled with contraction, so that
 * a product and a sum may become one instruction.
 * The Gram matrix of a row takes rank^2 / 2 products for each rating, nearly all of a sweep: it is
 * summed over gathered chunks that stay in the first cache, eight rows of sixteen sums at a time,
 * which stay in registers.
 */
#include "model/bayes_kernels.h"

#include <math.h>
#include <string.h>

#include "num/kernels.h"

/* Sixteen numbers at once; the compiler splits them where registers are narrower. */
typedef float lanes __attribute__((vector_size(4 * BAYES_LANES)));

/* A helper must be part of the kernel that calls it, or it would be compiled for the baseline. */
#define INLINE static inline __attribute__((always_inline))

enum { BAND = 8 }; /* rows of the Gram matrix that are summed together */
static const size_t pair_of_groups = 2 * (size_t)BAYES_LANES;

bayes_shape reel__bayes_shape(size_t rank)
{
    const size_t width = (rank + BAYES_LANES - 1) / BAYES_LANES * BAYES_LANES;

    return (bayes_shape){rank, width, width + BAYES_LANES};
}

size_t reel__bayes_equations_size(const bayes_shape *s)
{
    return BAYES_CHUNK * s->width + s->width * s->width + 2 * s->width + (s->rank + 2) * s->stride;
}

void reel__bayes_equations_open(bayes_equations *out, const bayes_shape *shape, float *memory)
{
    memset(out, 0, sizeof *out);
    out->shape = *shape;
    out->chunk = memory;
    out->gram = out->chunk + BAYES_CHUNK * shape->width;
    out->border = out->gram + shape->width * shape->width;
    out->right = out->border + shape->width;
    out->upper = out->right + shape->width;
    out->draw = out->upper + (shape->rank + 1) * shape->stride;
}

/* ---- normal equations ---------------------------------------------------------------------- */

/* One band of rows from `row`, one group of columns from `col`. */
INLINE void add_band(const float *x, size_t count, size_t width, size_t row, size_t col,
                     float *gram)
{
    lanes sums[BAND];

    for (size_t i = 0; i < BAND; i++)
        memcpy(&sums[i], gram + (row + i) * width + col, sizeof sums[i]);
    for (size_t k = 0; k < count; k++) {
        const float *own = x + k * width;
        lanes group;

        memcpy(&group, own + col, sizeof group);
#pragma GCC unroll 8
        for (size_t i = 0; i < BAND; i++)
            sums[i] += own[row + i] * group;
    }
    for (size_t i = 0; i < BAND; i++)
        memcpy(gram + (row + i) * width + col, &sums[i], sizeof sums[i]);
}

/* The same with two groups of columns: each number of the band is spread once for both. */
INLINE void add_wide_band(const float *x, size_t count, size_t width, size_t row, size_t col,
                          float *gram)
{
    lanes left[BAND], right[BAND];

    for (size_t i = 0; i < BAND; i++) {
        memcpy(&left[i], gram + (row + i) * width + col, sizeof left[i]);
        memcpy(&right[i], gram + (row + i) * width + col + BAYES_LANES, sizeof right[i]);
    }
    for (size_t k = 0; k < count; k++) {
        const float *own = x + k * width;
        lanes a, b;

        memcpy(&a, own + col, sizeof a);
        memcpy(&b, own + col + BAYES_LANES, sizeof b);
#pragma GCC unroll 8
        for (size_t i = 0; i < BAND; i++) {
            left[i] += own[row + i] * a;
            right[i] += own[row + i] * b;
        }
    }
    for (size_t i = 0; i < BAND; i++) {
        memcpy(gram + (row + i) * width + col, &left[i], sizeof left[i]);
        memcpy(gram + (row + i) * width + col + BAYES_LANES, &right[i], sizeof right[i]);
    }
}

REEL_KERNEL static void add_gram(const float *x, size_t count, size_t width, float *gram)
{
    for (size_t row = 0; row < width; row += BAND) {
        const size_t end = row / BAYES_LANES * BAYES_LANES + BAYES_LANES;
        size_t col = 0;

        for (; col + pair_of_groups <= end; col += pair_of_groups)
            add_wide_band(x, count, width, row, col, gram);
        if (col < end)
            add_band(x, count, width, row, col, gram);
    }
}

/* Gather a chunk of the row's ratings, summing what needs no products of pairs. */
REEL_KERNEL static void gather(bayes_equations *e, const bayes_row *row, size_t from, size_t count)
{
    const size_t width = e->shape.width, stride = e->shape.stride;
    float *restrict border = e->border, *restrict right = e->right;
    double weight = 0, pull = 0;

    for (size_t k = 0; k < count; k++) {
        const reel_index j = row->others[from + k];
        const float *restrict x = row->vectors + (size_t)j * stride;
        const float root = row->roots == NULL ? 1 : row->roots[j];
        const float y = (row->targets[from + k] - x[width]) * root;
        float *restrict own = e->chunk + k * width;

#pragma omp simd
        for (size_t f = 0; f < width; f++) {
            const float v = x[f] * root;

            own[f] = v;
            border[f] += v * root;
            right[f] += v * y;
        }
        weight += (double)(root * root);
        pull += (double)(root * y);
    }
    e->weight += weight;
    e->pull += pull;
}

void reel__bayes_accumulate(bayes_equations *e, const bayes_row *row)
{
    const size_t width = e->shape.width;

    memset(e->gram, 0, width * width * sizeof *e->gram);
    memset(e->border, 0, width * sizeof *e->border);
    memset(e->right, 0, width * sizeof *e->right);
    e->weight = e->pull = 0;
    for (size_t from = 0; from < row->count; from += BAYES_CHUNK) {
        const size_t left = row->count - from, count = left < BAYES_CHUNK ? left : BAYES_CHUNK;

        gather(e, row, from, count);
        add_gram(e->chunk, count, width, e->gram);
    }
}

/* ---- a draw -------------------------------------------------------------------------------- */

/* The posterior's precision matrix, its upper triangle, and its right side in `draw`. */
static void assemble(bayes_equations *e, const bayes_prior *p)
{
    const size_t rank = e->shape.rank, width = e->shape.width, stride = e->shape.stride;
    const float alpha = p->alpha;

    for (size_t i = 0; i < rank; i++) {
        float *row = e->upper + i * stride;

        for (size_t j = i; j < rank; j++)
            row[j] = alpha * e->gram[j * width + i];
        row[i] += p->precision[i];
        row[rank] = alpha * e->border[i];
        e->draw[i] = alpha * e->right[i] + p->precision[i] * p->mean[i];
    }
    e->upper[rank * stride + rank] = (float)((double)alpha * e->weight) + p->precision[width];
    e->draw[rank] = (float)((double)alpha * e->pull) + p->precision[width] * p->mean[width];
}

/* Factor A = U'U in place and solve U'z = right side on the way. A pivot is never less than the
 * prior's precision but for rounding. */
REEL_KERNEL static void factor(bayes_equations *e, const bayes_prior *p)
{
    const size_t d = e->shape.rank + 1, stride = e->shape.stride;
    float *restrict z = e->draw;

    for (size_t k = 0; k < d; k++) {
        float *restrict pivot = e->upper + k * stride;
        const float least = p->precision[k + 1 < d ? k : e->shape.width];
        const float inverse = 1 / sqrtf(fmaxf(pivot[k], least));

        pivot[k] = fmaxf(pivot[k], least);
#pragma omp simd
        for (size_t j = k; j < d; j++)
            pivot[j] *= inverse;
        z[k] *= inverse;
        for (size_t i = k + 1; i < d; i++) {
            float *restrict row = e->upper + i * stride;
            const float by = pivot[i];

#pragma omp simd
            for (size_t j = i; j < d; j++)
                row[j] -= by * pivot[j];
            z[i] -= by * z[k];
        }
    }
}

REEL_KERNEL static void substitute(const float *upper, size_t d, size_t stride, float *z)
{
    for (size_t i = d; i-- > 0;) {
        const float *restrict row = upper + i * stride;
        float sum = 0;

#pragma omp simd reduction(+ : sum)
        for (size_t j = i + 1; j < d; j++)
            sum += row[j] * z[j];
        z[i] = (z[i] - sum) / row[i];
    }
}

void reel__bayes_draw(bayes_equations *e, const bayes_prior *prior, const float *normals,
                      float *out)
{
    const size_t rank = e->shape.rank;

    assemble(e, prior);
    factor(e, prior);
    for (size_t f = 0; normals != NULL && f <= rank; f++)
        e->draw[f] += normals[f];
    substitute(e->upper, rank + 1, e->shape.stride, e->draw);
    memset(out, 0, e->shape.stride * sizeof *out);
    memcpy(out, e->draw, rank * sizeof *out);
    out[e->shape.width] = e->draw[rank];
}

REEL_KERNEL double reel__bayes_residuals(const bayes_row *row, const float *own,
                                         const bayes_shape *shape, float *residuals)
{
    const size_t width = shape->width, stride = shape->stride;
    double squares = 0;

    for (size_t k = 0; k < row->count; k++) {
        const reel_index j = row->others[k];
        const float *restrict x = row->vectors + (size_t)j * stride;
        const float root = row->roots == NULL ? 1 : row->roots[j];
        float sum = 0;

#pragma omp simd reduction(+ : sum)
        for (size_t f = 0; f < width; f++)
            sum += x[f] * own[f];
        sum = row->targets[k] - sum - x[width] - own[width];
        residuals[k] = sum;
        squares += (double)(root * sum) * (double)(root * sum);
    }
    return squares;
}

/* ---- random numbers ------------------------------------------------------------------------ */

/* The i-th number of a splitmix64 stream, which can be had in any order. */
INLINE float uniform_at(uint64_t key, uint64_t i)
{
    uint64_t z = key + (i + 1) * UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    z ^= z >> 31;
    return ((float)(int32_t)(z >> 41) + 0.5F) * 0x1p-23F;
}

REEL_KERNEL void reel__bayes_uniforms(uint64_t key, float *out, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        out[i] = uniform_at(key, i);
}

/* -log(t) for t in (0, 1]: the exponent apart, then the series of atanh. */
INLINE float minus_log(float t)
{
    uint32_t bits;
    float m, s, square;
    int32_t exponent;

    memcpy(&bits, &t, sizeof bits);
    exponent = (int32_t)(bits >> 23) - 127;
    bits = (bits & 0x7FFFFF) | 0x3F800000;
    memcpy(&m, &bits, sizeof m);
    s = (m - 1.41421356F) / (m + 1.41421356F);
    square = s * s;
    s *= 2 + square * (0.666666667F + square * (0.4F + square * (0.285714286F + square * 0.2222F)));
    return -(s + ((float)exponent + 0.5F) * 0.69314718F);
}

/* The normal quantile of u in (0, 1) by Giles's polynomials for the inverse error function
 * ("Approximating the erfinv function", 2010), good to single precision. */
INLINE float quantile(float u)
{
    const float x = 2 * u - 1, w = minus_log(4 * u * (1 - u));
    const float a = w - 2.5F, b = sqrtf(w) - 3;
    float p = 2.81022636e-08F, q = -0.000200214257F;

    p = 3.43273939e-07F + p * a;
    p = -3.5233877e-06F + p * a;
    p = -4.39150654e-06F + p * a;
    p = 0.00021858087F + p * a;
    p = -0.00125372503F + p * a;
    p = -0.00417768164F + p * a;
    p = 0.246640727F + p * a;
    p = 1.50140941F + p * a;
    q = 0.000100950558F + q * b;
    q = 0.00134934322F + q * b;
    q = -0.00367342844F + q * b;
    q = 0.00573950773F + q * b;
    q = -0.0076224613F + q * b;
    q = 0.00943887047F + q * b;
    q = 1.00167406F + q * b;
    q = 2.83297682F + q * b;
    return 1.41421356F * x * (w < 5 ? p : q);
}

REEL_KERNEL void reel__bayes_normals(uint64_t key, float *out, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        out[i] = quantile(uniform_at(key, i));
}

REEL_KERNEL void reel__bayes_quantiles(float *x, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        x[i] = quantile(x[i]);
}

/* exp(x) for x <= 0: a power of two and the series of the rest. */
INLINE float exp_below(float x)
{
    const float bounded = x > -87 ? x : -87, scaled = bounded * 1.44269504F;
    const int32_t whole = (int32_t)(scaled - 0.5F);
    const float r = (bounded - (float)whole * 0.693359375F) + (float)whole * 2.12194440e-4F;
    uint32_t bits = (uint32_t)(whole + 127) << 23;
    float power, sum = 1.3888889e-3F;

    memcpy(&power, &bits, sizeof power);
    sum = sum * r + 8.3333333e-3F;
    sum = sum * r + 4.1666667e-2F;
    sum = sum * r + 0.16666667F;
    sum = sum * r + 0.5F;
    sum = sum * r + 1;
    sum = sum * r + 1;
    return power * sum;
}

/* The normal distribution below x, to seven digits of itself also far out, by the Chebyshev fit to
 * erfc of Press et al., Numerical Recipes, 2nd edition, section 6.2. */
INLINE float below(float x)
{
    const float z = fabsf(x) * 0.70710678F, t = 1 / (1 + 0.5F * z);
    float p = 0.17087277F, tail;

    p = -0.82215223F + t * p;
    p = 1.48851587F + t * p;
    p = -1.13520398F + t * p;
    p = 0.27886807F + t * p;
    p = -0.18628806F + t * p;
    p = 0.09678418F + t * p;
    p = 0.37409196F + t * p;
    p = 1.00002368F + t * p;
    tail = 0.5F * t * exp_below(-z * z - 1.26551223F + t * p);
    return x < 0 ? tail : 1 - tail;
}

REEL_KERNEL void reel__bayes_below(const float *x, float *out, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        out[i] = below(x[i]);
}

/* ---- implicit features --------------------------------------------------------------------- */

REEL_KERNEL void reel__bayes_pull_implied(const float *rest, size_t stride, const float *share,
                                          const reel_index *rows, size_t count, float *sums)
{
    lanes total = {0};

    for (size_t k = 0; k < count; k++) {
        lanes own;

        memcpy(&own, rest + (size_t)rows[k] * stride, sizeof own);
        total += share[rows[k]] * own;
    }
    memcpy(sums, &total, sizeof total);
}

REEL_KERNEL void reel__bayes_push_implied(float *rest, size_t stride, const float *share,
                                          const reel_index *rows, size_t count, const float *delta)
{
    lanes by;

    memcpy(&by, delta, sizeof by);
    for (size_t k = 0; k < count; k++) {
        float *at = rest + (size_t)rows[k] * stride;
        lanes own;

        memcpy(&own, at, sizeof own);
        own -= share[rows[k]] * by;
        memcpy(at, &own, sizeof own);
    }
}
