/* blend.c - gathers what the members say of the films that matter, and fits a conditional logit of
 * the held-out ones by Newton's method; see blend.h.
 * Held-out films that no member ranks high are no candidates: added by hand they would be the low
 * ones among them, and teach that low is good. A blend with negative weights may rank films high
 * that none of its members does, so it is learned twice: the second time its own list counts, too.
 *   maximise  mean_q mean_{i held} [ s_qi - log sum_c exp s_qc ] - ridge,   s_qc = w(n_q) . z_qc
 * w is linear in the weights at the knots, so the sum is concave.
 */
#include "eval/blend.h"

#include <math.h>
#include <omp.h>
#include <string.h>

#include "base/alloc.h"
#include "eval/blend_priv.h"
#include "num/kernels.h"
#include "num/par.h"
#include "num/topk.h"

enum { TOP = 150, ROUNDS = 2, BLOCK = 64, STEPS = 30, HALVINGS = 14 };
enum { DIMENSIONS_MAX = REEL_HYBRID_MEMBERS * KNOTS };
/* Of a weight, and of the difference of neighbouring knots: enough to decide what data do not. */
static const double ridge = 1e-3, smooth = 3e-3;
/* The penalty of this many questions is there in any case: a few hundred answers say little. */
static const double questions_least = 3000;

/* ---- candidates ---------------------------------------------------------------------------- */

typedef struct worker { /* of one thread */
    reel_scratch *scratch;
    float *scores;     /* [members + 1][films], the last of a blend */
    uint64_t *history; /* bitmap of the films asked with */
    uint64_t *wanted;  /* bitmap of the candidates */
    reel_scored *top;  /* [TOP] */
} worker;

typedef struct gathering {
    candidates *c;
    reel_model *const *members;
    const reel_validation *validation;
    const double *blend; /* [members][KNOTS] weights of a blend whose list counts, too, or NULL */
    size_t films, words;
} gathering;

static reel_code no_memory(reel_err *err)
{
    return reel_fail(err, REEL_E_NOMEM, "no memory to learn the weights of a hybrid");
}

static reel_code make_worker(worker *w, const gathering *g, reel_err *err)
{
    w->scores = reel__alloc_aligned((g->c->members + 1) * g->films, sizeof *w->scores);
    w->history = reel__alloc_zero(g->words, sizeof *w->history);
    w->wanted = reel__alloc_zero(g->words, sizeof *w->wanted);
    w->top = reel__alloc_array(TOP, sizeof *w->top);
    if (w->scores == NULL || w->history == NULL || w->wanted == NULL || w->top == NULL)
        return no_memory(err);
    return reel_scratch_new(&w->scratch, err);
}

static void free_workers(worker *workers, int threads)
{
    for (int i = 0; workers != NULL && i < threads; i++) {
        reel_scratch_free(workers[i].scratch);
        reel__free(workers[i].scores);
        reel__free(workers[i].history);
        reel__free(workers[i].wanted);
        reel__free(workers[i].top);
    }
    reel__free(workers);
}

static void set_bit(uint64_t *bits, reel_index i)
{
    bits[i >> 6] |= UINT64_C(1) << (i & 63);
}

/* Mark who is high in a list. */
static void mark_top(const gathering *g, worker *w, const float *scores)
{
    const size_t found = reel__topk(scores, (reel_index)g->films, w->history, TOP, w->top);

    for (size_t i = 0; i < found; i++)
        set_bit(w->wanted, w->top[i].index);
}

/* Mark who is high in the list of the blend so far. */
static void mark_blend(const gathering *g, worker *w, size_t q)
{
    const size_t members = g->c->members;
    float *sum = w->scores + members * g->films;
    double weight[REEL_HYBRID_MEMBERS];

    weigh(g->c, g->c->share[q], g->blend, weight);
    memset(sum, 0, g->films * sizeof *sum);
    for (size_t m = 0; m < members; m++)
        reel__axpy(sum, (float)weight[m], w->scores + m * g->films, g->films);
    mark_top(g, w, sum);
}

/* Score with every member; standardise; mark who is high in any list. */
static reel_code score_members(const gathering *g, worker *w, const reel_question *question,
                               reel_err *err)
{
    for (size_t m = 0; m < g->c->members; m++) {
        float *own = w->scores + m * g->films;
        const reel_code rc =
            reel_model_score(g->members[m], &question->query, w->scratch, own, err);
        reel_standard standard;

        if (rc != REEL_OK)
            return rc;
        standard = reel__hybrid_standard(g->members[m], own, g->films);
        if (standard.scale != 0)
            mark_top(g, w, own);
        for (size_t j = 0; j < g->films; j++)
            own[j] = (float)(((double)own[j] - standard.mean) * standard.scale);
    }
    return REEL_OK;
}

static void keep_candidates(const gathering *g, const worker *w, const reel_question *question,
                            size_t q)
{
    candidates *c = g->c;
    size_t at = c->begin[q], next = 0;

    for (size_t j = 0; j < g->films; j++) {
        if ((w->wanted[j >> 6] >> (j & 63) & 1) == 0)
            continue;
        while (next < question->held_count && (size_t)question->held[next] < j)
            next++;
        c->good[at] = next < question->held_count && (size_t)question->held[next] == j;
        for (size_t m = 0; m < c->members; m++)
            c->z[at * c->members + m] = w->scores[m * g->films + j];
        at++;
    }
    c->count[q] = at - c->begin[q];
}

static double ideal_gain(size_t held, size_t k)
{
    double sum = 0;

    for (size_t rank = 0; rank < held && rank < k; rank++)
        sum += 1 / log2((double)rank + 2);
    return sum;
}

static reel_code gather_question(const gathering *g, worker *w, size_t q, reel_err *err)
{
    const reel_question *question = &g->validation->questions[q];
    reel_code rc;

    memset(w->history, 0, g->words * sizeof *w->history);
    memset(w->wanted, 0, g->words * sizeof *w->wanted);
    for (size_t i = 0; i < question->query.count; i++)
        set_bit(w->history, question->query.entries[i].movie);
    rc = score_members(g, w, question, err);
    if (rc != REEL_OK)
        return rc;
    reel__hybrid_shares(question->query.count, g->c->share[q]);
    if (g->blend != NULL)
        mark_blend(g, w, q);
    keep_candidates(g, w, question, q);
    g->c->ideal10[q] = ideal_gain(question->held_count, 10);
    g->c->ideal[q] = ideal_gain(question->held_count, 100);
    return REEL_OK;
}

static reel_code gather_all(const gathering *g, worker *workers, reel_err *err)
{
    reel_code worst = REEL_OK;

#pragma omp parallel num_threads(g->c->threads)
    {
        reel_err own_err = {0};
        reel_code rc = REEL_OK;

#pragma omp for schedule(dynamic, 8)
        for (size_t q = 0; q < g->c->questions; q++)
            if (rc == REEL_OK)
                rc = gather_question(g, &workers[omp_get_thread_num()], q, &own_err);
#pragma omp critical(reel_blend)
        if (rc != REEL_OK) {
            worst = rc;
            if (err != NULL)
                *err = own_err;
        }
    }
    return worst;
}

static reel_code make_room(candidates *c, reel_err *err)
{
    size_t most = 0;

    c->begin = reel__alloc_array(c->questions, sizeof *c->begin);
    c->count = reel__alloc_array(c->questions, sizeof *c->count);
    c->share = reel__alloc_array(c->questions, sizeof *c->share);
    c->ideal10 = reel__alloc_array(c->questions, sizeof *c->ideal10);
    c->ideal = reel__alloc_array(c->questions, sizeof *c->ideal);
    if (c->begin == NULL || c->count == NULL || c->share == NULL || c->ideal10 == NULL ||
        c->ideal == NULL)
        return no_memory(err);
    for (size_t q = 0; q < c->questions; q++) {
        c->begin[q] = most;
        most += (c->members + 1) * TOP;
    }
    c->z = reel__alloc_array(most * c->members, sizeof *c->z);
    c->good = reel__alloc_array(most, sizeof *c->good);
    return c->z == NULL || c->good == NULL ? no_memory(err) : REEL_OK;
}

static void free_candidates(candidates *c)
{
    reel__free(c->begin);
    reel__free(c->count);
    reel__free(c->share);
    reel__free(c->ideal10);
    reel__free(c->ideal);
    reel__free(c->z);
    reel__free(c->good);
}

static reel_code gather(candidates *c, reel_model *const *members,
                        const reel_validation *validation, const double *blend, reel_err *err)
{
    const size_t films = (size_t)reel_model_movies(members[0]);
    const gathering g = {.c = c,
                         .members = members,
                         .validation = validation,
                         .blend = blend,
                         .films = films,
                         .words = films / 64 + 1};
    worker *workers = reel__alloc_zero((size_t)c->threads, sizeof *workers);
    reel_code rc = REEL_OK;

    if (workers == NULL)
        return no_memory(err);
    REEL_TRY(make_room(c, err));
    for (int i = 0; i < c->threads; i++)
        REEL_TRY(make_worker(&workers[i], &g, err));
    REEL_TRY(gather_all(&g, workers, err));
out:
    free_workers(workers, c->threads);
    return rc;
}

/* ---- conditional logit --------------------------------------------------------------------- */

typedef struct newton {
    const candidates *c;
    size_t dimensions, blocks;
    double *value;                  /* [blocks] of the objective */
    double *gradient;               /* [blocks][dimensions] */
    double *hessian;                /* [blocks][dimensions^2], lower half, of minus the objective */
    double *weights, *step, *tried; /* [dimensions] */
} newton;

/* Moments of z under the model and over the held-out films: log-likelihood, its gradient and minus
 * its Hessian by member. */
typedef struct moments {
    double value, gradient[REEL_HYBRID_MEMBERS];
    double spread[REEL_HYBRID_MEMBERS][REEL_HYBRID_MEMBERS];
} moments;

static double score_of(const candidates *c, const float *z, const double *weight)
{
    double s = 0;

    for (size_t m = 0; m < c->members; m++)
        s += weight[m] * (double)z[m];
    return s;
}

static double highest(const candidates *c, size_t q, const double *weight)
{
    double most = -INFINITY;

    for (size_t i = c->begin[q]; i < c->begin[q] + c->count[q]; i++)
        most = fmax(most, score_of(c, c->z + i * c->members, weight));
    return most;
}

static void add_candidate(moments *out, const candidates *c, const float *z, double p)
{
    for (size_t m = 0; m < c->members; m++) {
        out->gradient[m] -= p * (double)z[m];
        for (size_t n = 0; n <= m; n++)
            out->spread[m][n] += p * (double)z[m] * (double)z[n];
    }
}

static void question_moments(moments *out, const candidates *c, size_t q, const double *weight)
{
    const double most = highest(c, q, weight);
    const size_t begin = c->begin[q], end = begin + c->count[q];
    double total = 0, good = 0;

    memset(out, 0, sizeof *out);
    for (size_t i = begin; i < end; i++) {
        const double p = exp(score_of(c, c->z + i * c->members, weight) - most);

        total += p;
        good += c->good[i];
        add_candidate(out, c, c->z + i * c->members, p);
    }
    for (size_t m = 0; m < c->members; m++)
        out->gradient[m] /= total;
    for (size_t m = 0; m < c->members; m++)
        for (size_t n = 0; n <= m; n++)
            out->spread[m][n] = out->spread[m][n] / total - out->gradient[m] * out->gradient[n];
    for (size_t i = begin; i < end; i++) {
        const float *z = c->z + i * c->members;

        if (!c->good[i])
            continue;
        out->value += (score_of(c, z, weight) - most - log(total)) / good;
        for (size_t m = 0; m < c->members; m++)
            out->gradient[m] += (double)z[m] / good;
    }
}

/* Spread a question's moments over the knots it lies between. */
static void add_moments(newton *n, size_t block, const moments *own, const double share[KNOTS])
{
    const size_t d = n->dimensions, members = n->c->members;
    double *gradient = n->gradient + block * d, *hessian = n->hessian + block * d * d;

    n->value[block] += own->value;
    for (size_t a = 0; a < d; a++) {
        const double by = share[a % KNOTS];

        if (by == 0)
            continue;
        gradient[a] += by * own->gradient[a / KNOTS];
        for (size_t m = 0; m < members; m++)
            for (size_t k = 0; k < KNOTS; k++)
                if (share[k] != 0 && m * KNOTS + k <= a)
                    hessian[a * d + m * KNOTS + k] += by * share[k] * own->spread[a / KNOTS][m];
    }
}

static void add_block(newton *n, size_t block, const double *weights)
{
    const candidates *c = n->c;
    const size_t end = (block + 1) * BLOCK < c->questions ? (block + 1) * BLOCK : c->questions;

    for (size_t q = block * BLOCK; q < end; q++) {
        double weight[REEL_HYBRID_MEMBERS];
        moments own;

        if (c->count[q] == 0)
            continue;
        weigh(c, c->share[q], weights, weight);
        question_moments(&own, c, q, weight);
        add_moments(n, block, &own, c->share[q]);
    }
}

/* Minus the gradient and Hessian of the penalty. */
static void add_penalty(newton *n, const double *weights)
{
    const size_t d = n->dimensions;
    const double scale = fmax((double)n->c->questions, questions_least);

    for (size_t a = 0; a < d; a++) {
        n->value[0] -= 0.5 * ridge * scale * weights[a] * weights[a];
        n->gradient[a] -= ridge * scale * weights[a];
        n->hessian[a * d + a] += ridge * scale;
        if (a % KNOTS == 0)
            continue;
        const double jump = weights[a] - weights[a - 1];

        n->value[0] -= 0.5 * smooth * scale * jump * jump;
        n->gradient[a] -= smooth * scale * jump;
        n->gradient[a - 1] += smooth * scale * jump;
        n->hessian[a * d + a] += smooth * scale;
        n->hessian[(a - 1) * d + a - 1] += smooth * scale;
        n->hessian[a * d + a - 1] -= smooth * scale;
    }
}

/* Objective, gradient and Hessian at weights, summed up in block 0 in a fixed order. */
static double evaluate(newton *n, const double *weights)
{
    const size_t d = n->dimensions;

    memset(n->value, 0, n->blocks * sizeof *n->value);
    memset(n->gradient, 0, n->blocks * d * sizeof *n->gradient);
    memset(n->hessian, 0, n->blocks * d * d * sizeof *n->hessian);
#pragma omp parallel for schedule(dynamic, 1) num_threads(n->c->threads)
    for (size_t block = 0; block < n->blocks; block++)
        add_block(n, block, weights);
    for (size_t block = 1; block < n->blocks; block++) {
        n->value[0] += n->value[block];
        for (size_t a = 0; a < d; a++)
            n->gradient[a] += n->gradient[block * d + a];
        for (size_t a = 0; a < d * d; a++)
            n->hessian[a] += n->hessian[block * d * d + a];
    }
    add_penalty(n, weights);
    return n->value[0];
}

/* Solve H x = g in place by Cholesky; H is positive definite by the ridge. */
static void solve(double *h, double *x, size_t d)
{
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = h[i * d + j];

            for (size_t k = 0; k < j; k++)
                sum -= h[i * d + k] * h[j * d + k];
            h[i * d + j] = i == j ? sqrt(sum) : sum / h[j * d + j];
        }
    for (size_t i = 0; i < d; i++) {
        for (size_t k = 0; k < i; k++)
            x[i] -= h[i * d + k] * x[k];
        x[i] /= h[i * d + i];
    }
    for (size_t i = d; i-- > 0;) {
        for (size_t k = i + 1; k < d; k++)
            x[i] -= h[k * d + i] * x[k];
        x[i] /= h[i * d + i];
    }
}

/* Newton's method, halving steps that do not improve. */
static void climb(newton *n)
{
    const size_t d = n->dimensions;
    double value = evaluate(n, n->weights);

    for (int step = 0; step < STEPS; step++) {
        double length = 1, next = -INFINITY, largest = 0;

        memcpy(n->step, n->gradient, d * sizeof *n->step);
        solve(n->hessian, n->step, d);
        for (int halving = 0; halving < HALVINGS; halving++, length /= 2) {
            for (size_t a = 0; a < d; a++)
                n->tried[a] = n->weights[a] + length * n->step[a];
            next = evaluate(n, n->tried);
            if (next > value)
                break;
        }
        if (!(next > value))
            return;
        for (size_t a = 0; a < d; a++)
            largest = fmax(largest, fabs(n->tried[a] - n->weights[a]));
        memcpy(n->weights, n->tried, d * sizeof *n->weights);
        value = next;
        if (largest < 1e-4)
            return;
    }
}

static reel_code fit_logit(double *weights, const candidates *c, reel_err *err)
{
    const size_t d = c->members * KNOTS, blocks = (c->questions + BLOCK - 1) / BLOCK;
    newton n = {.c = c, .dimensions = d, .blocks = blocks, .weights = weights};

    n.value = reel__alloc_array(blocks, sizeof *n.value);
    n.gradient = reel__alloc_array(blocks * d, sizeof *n.gradient);
    n.hessian = reel__alloc_array(blocks * d * d, sizeof *n.hessian);
    n.step = reel__alloc_array(2 * d, sizeof *n.step);
    n.tried = n.step == NULL ? NULL : n.step + d;
    if (n.value != NULL && n.gradient != NULL && n.hessian != NULL && n.step != NULL)
        climb(&n);
    reel__free(n.value);
    reel__free(n.gradient);
    reel__free(n.hessian);
    reel__free(n.step);
    return n.value == NULL || n.gradient == NULL || n.hessian == NULL || n.step == NULL
               ? no_memory(err)
               : REEL_OK;
}

/* ---- the whole ----------------------------------------------------------------------------- */

/* Candidates, among them what the blend so far ranks high, and weights of a blend anew. */
static reel_code learn_once(reel_blend *out, double *weights, reel_model *const *members,
                            const reel_validation *validation, const candidates *like, bool first,
                            reel_err *err)
{
    candidates c = *like;
    double so_far[DIMENSIONS_MAX];
    reel_code rc = REEL_OK;

    memcpy(so_far, weights, sizeof so_far);
    memset(weights, 0, sizeof so_far);
    REEL_TRY(gather(&c, members, validation, first ? NULL : so_far, err));
    REEL_TRY(fit_logit(weights, &c, err));
    REEL_TRY(reel__blend_search(out, weights, &c, err));
out:
    free_candidates(&c);
    return rc;
}

reel_code reel__blend_learn(reel_blend *out, reel_model *const *members, size_t count,
                            const reel_validation *validation, int threads, reel_err *err)
{
    candidates like = {.members = count, .questions = validation->count};
    double weights[DIMENSIONS_MAX] = {0};

    *out = (reel_blend){.members = count, .questions = validation->count};
    if (count < 1 || count > REEL_HYBRID_MEMBERS)
        return reel_fail(err, REEL_E_INVALID, "a hybrid combines 1 to %d models, not %zu",
                         (int)REEL_HYBRID_MEMBERS, count);
    like.threads = reel__par_threads((double)validation->count, 8, threads);
    for (int round = 0; round < ROUNDS; round++) {
        const reel_code rc = learn_once(out, weights, members, validation, &like, round == 0, err);

        if (rc != REEL_OK)
            return rc;
    }
    for (size_t a = 0; a < count * KNOTS; a++)
        out->weights[a] = (float)weights[a];
    return REEL_OK;
}
