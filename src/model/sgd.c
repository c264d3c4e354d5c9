/* sgd.c - see sgd.h.
 * A rating costs one dot product and two updates over the factors. Ratings of a person stand
 * together in a block, so that with AVX-512 the person's factors stay in registers (up to 128 of
 * them) and a rating reads and writes one film's row, which lies in L2. What AdaGrad needs of the
 * gradients, their squared lengths, follows from the dot product and the squared lengths of the two
 * rows, which are kept as numbers:
 *   |e q - reg p|^2 = e^2 |q|^2 - 2 e reg (p . q) + reg^2 |p|^2      |a p + b q|^2 likewise
 */
#include "model/sgd.h"

#include <math.h>

#include "base/alloc.h"
#include "num/kernels.h"
#include "num/par.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define HAVE_WIDE 1
#else
#define HAVE_WIDE 0
#endif

/* Vectors of 16 floats held in registers; wider rows take the plain kernel. */
enum { WIDE_MAX = 8 };

/* x = keep x + gain y for both rows */
typedef struct gains {
    float keep_p, gain_p, keep_q, gain_q;
} gains;

/* The step of one rating, and what it does to everything but the factors. */
static inline gains learn(const reel_sgd *sgd, reel_sgd_row *p, reel_sgd_row *q, float value,
                          float dot)
{
    const float reg = sgd->reg, e = value - p->bias - q->bias - dot;
    const float lp = sgd->adagrad ? sgd->lr / sqrtf(p->sum) : sgd->lr;
    const float lq = sgd->adagrad ? sgd->lr / sqrtf(q->sum) : sgd->lr;
    gains g;

    g = (gains){1 - lp * reg, lp * e, 1 - lq * reg, lq * e};
    if (sgd->adagrad) {
        const float pp = p->square, qq = q->square, cross = 2 * e * reg * dot;

        p->sum += (e * e * qq - cross + reg * reg * pp) * sgd->share;
        q->sum += (e * e * pp - cross + reg * reg * qq) * sgd->share;
        p->square =
            g.keep_p * g.keep_p * pp + 2 * g.keep_p * g.gain_p * dot + g.gain_p * g.gain_p * qq;
        q->square =
            g.keep_q * g.keep_q * qq + 2 * g.keep_q * g.gain_q * dot + g.gain_q * g.gain_q * pp;
    }
    p->bias = g.keep_p * p->bias + g.gain_p;
    q->bias = g.keep_q * q->bias + g.gain_q;
    return g;
}

REEL_KERNEL static void descend(const reel_sgd *sgd, const reel_block_entry *entries,
                                reel_nnz count)
{
    const size_t stride = sgd->factors->stride;

    for (reel_nnz k = 0; k < count; k++) {
        const reel_block_entry *at = &entries[k];
        float *p = sgd->factors->person + (size_t)at->person * stride;
        float *q = sgd->factors->movie + (size_t)at->movie * stride;
        float dot = 0;
        gains g;

#pragma omp simd reduction(+ : dot) aligned(p, q : 64)
        for (size_t f = 0; f < stride; f++)
            dot += p[f] * q[f];
        g = learn(sgd, &sgd->person[at->person], &sgd->movie[at->movie], at->value, dot);
#pragma omp simd aligned(p, q : 64)
        for (size_t f = 0; f < stride; f++) {
            const float held = p[f];

            p[f] = g.keep_p * held + g.gain_p * q[f];
            q[f] = g.keep_q * q[f] + g.gain_q * held;
        }
    }
}

#if HAVE_WIDE
#define WIDE __attribute__((target("avx512f")))

/* The same with the person in registers; n vectors a row, a constant where it is called. */
WIDE static inline __attribute__((always_inline)) void
descend_wide(const reel_sgd *sgd, const reel_block_entry *entries, reel_nnz count, const size_t n)
{
    const size_t stride = 16 * n;

    for (reel_nnz k = 0; k < count;) {
        const reel_index person = entries[k].person;
        float *row = sgd->factors->person + (size_t)person * stride;
        __m512 p[WIDE_MAX], q[WIDE_MAX];

#pragma GCC unroll 8
        for (size_t i = 0; i < n; i++)
            p[i] = _mm512_load_ps(row + 16 * i);
        for (; k < count && entries[k].person == person; k++) {
            const reel_index movie = entries[k].movie;
            float *film = sgd->factors->movie + (size_t)movie * stride;
            const char *next = (const char *)(sgd->factors->movie +
                                              (size_t)entries[k + (k + 1 < count)].movie * stride);
            __m512 sum = _mm512_setzero_ps(), more = _mm512_setzero_ps();
            gains g;

#pragma GCC unroll 8
            for (size_t i = 0; i < n; i++) {
                _mm_prefetch(next + 64 * i, _MM_HINT_T0);
                q[i] = _mm512_load_ps(film + 16 * i);
                if (i % 2 == 0)
                    sum = _mm512_fmadd_ps(p[i], q[i], sum);
                else
                    more = _mm512_fmadd_ps(p[i], q[i], more);
            }
            g = learn(sgd, &sgd->person[person], &sgd->movie[movie], entries[k].value,
                      _mm512_reduce_add_ps(_mm512_add_ps(sum, more)));
#pragma GCC unroll 8
            for (size_t i = 0; i < n; i++) {
                const __m512 held = p[i];

                p[i] = _mm512_fmadd_ps(_mm512_set1_ps(g.gain_p), q[i],
                                       _mm512_mul_ps(_mm512_set1_ps(g.keep_p), held));
                _mm512_store_ps(film + 16 * i,
                                _mm512_fmadd_ps(_mm512_set1_ps(g.gain_q), held,
                                                _mm512_mul_ps(_mm512_set1_ps(g.keep_q), q[i])));
            }
        }
#pragma GCC unroll 8
        for (size_t i = 0; i < n; i++)
            _mm512_store_ps(row + 16 * i, p[i]);
    }
}

WIDE static void descend_avx512(const reel_sgd *sgd, const reel_block_entry *entries,
                                reel_nnz count)
{
    switch (sgd->factors->stride / 16) {
    case 1:
        descend_wide(sgd, entries, count, 1);
        break;
    case 2:
        descend_wide(sgd, entries, count, 2);
        break;
    case 3:
        descend_wide(sgd, entries, count, 3);
        break;
    case 4:
        descend_wide(sgd, entries, count, 4);
        break;
    case 5:
        descend_wide(sgd, entries, count, 5);
        break;
    case 6:
        descend_wide(sgd, entries, count, 6);
        break;
    case 7:
        descend_wide(sgd, entries, count, 7);
        break;
    case 8:
        descend_wide(sgd, entries, count, 8);
        break;
    default:
        break;
    }
}
#endif

static bool goes_wide(const reel_sgd *sgd)
{
#if HAVE_WIDE
    return sgd->factors->stride <= (size_t)16 * WIDE_MAX && __builtin_cpu_supports("avx512f");
#else
    (void)sgd;
    return false;
#endif
}

/* ---- epochs -------------------------------------------------------------------------------- */

static void measure(reel_sgd_row *rows, const float *factors, reel_index count, size_t stride)
{
    for (reel_index i = 0; i < count; i++) {
        const float *x = factors + (size_t)i * stride;

        rows[i].square = reel__dot(x, x, stride);
    }
}

static void run_block(const reel_sgd *sgd, int block, bool wide)
{
    const reel_nnz from = sgd->blocks.ptr[block], count = sgd->blocks.ptr[block + 1] - from;
    const reel_block_entry *entries = sgd->blocks.entries + from;

#if HAVE_WIDE
    if (wide) {
        descend_avx512(sgd, entries, count);
        return;
    }
#endif
    (void)wide;
    descend(sgd, entries, count);
}

void reel__sgd_epoch(reel_sgd *sgd, int threads)
{
    const int side = sgd->blocks.side;
    const int team = reel__par_threads((double)side, 2, threads);
    const bool wide = goes_wide(sgd);

    (void)team; /* a build without OpenMP */
    /* anew, or rounding would add up over the epochs */
    measure(sgd->person, sgd->factors->person, sgd->factors->people, sgd->factors->stride);
    measure(sgd->movie, sgd->factors->movie, sgd->factors->movies, sgd->factors->stride);
#pragma omp parallel num_threads(team)
    for (int diagonal = 0; diagonal < side; diagonal++) {
#pragma omp for schedule(dynamic, 1)
        for (int at = 0; at < side; at++)
            run_block(sgd, reel__blocks_at(&sgd->blocks, diagonal, at), wide);
    }
}

/* ---- life ---------------------------------------------------------------------------------- */

static reel_sgd_row *start(reel_index count, double accumulator)
{
    reel_sgd_row *rows = reel__alloc_zero((size_t)count, sizeof *rows);

    for (reel_index i = 0; rows != NULL && i < count; i++)
        rows[i].sum = (float)accumulator;
    return rows;
}

reel_code reel__sgd_init(reel_sgd *out, const reel_factors *factors, reel_csr_view ratings,
                         const reel_sgd_opts *opts, uint64_t seed, reel_err *err)
{
    *out = (reel_sgd){.factors = factors,
                      .person = start(factors->people, opts->accumulator),
                      .movie = start(factors->movies, opts->accumulator),
                      .lr = (float)opts->lr,
                      .reg = (float)opts->reg,
                      .share = 1 / (float)opts->rank,
                      .adagrad = opts->adagrad};
    if (out->person == NULL || out->movie == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to learn from %lld ratings",
                         (long long)ratings.ptr[ratings.rows]);
    return reel__blocks_init(&out->blocks, ratings, factors->mean, seed, err);
}

void reel__sgd_fini(reel_sgd *sgd)
{
    reel__blocks_fini(&sgd->blocks);
    reel__free(sgd->person);
    reel__free(sgd->movie);
}

double reel__sgd_bytes(const reel_dataset *dataset)
{
    const reel_csr_view ratings = reel_dataset_ratings(dataset);

    return (double)ratings.ptr[ratings.rows] * (double)sizeof(reel_block_entry) +
           ((double)ratings.rows + (double)ratings.cols) * (double)sizeof(reel_sgd_row);
}

void reel__sgd_finish(const reel_sgd *sgd, reel_factors *factors)
{
    for (reel_index u = 0; u < factors->people; u++)
        factors->person_bias[u] = sgd->person[u].bias;
    for (reel_index j = 0; j < factors->movies; j++)
        factors->movie_bias[j] = sgd->movie[j].bias;
}
