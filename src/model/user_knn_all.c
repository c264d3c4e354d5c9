/* user_knn_all.c - the nearest neighbours of every person at once.
 * Sixteen people at a time: their products with everyone over the most rated films by dense 8-bit
 * tiles (one AVX-512 VNNI instruction multiplies 16 people x 4 films), over the other films by
 * walking those who rated them; then the largest of each row. Ratings are whole half stars, so all
 * sums are exact integers and the result is that of asking person by person, bit for bit; without
 * VNNI, or with other ratings, that is what is done.
 */
#include <omp.h>
#include <string.h>

#include "base/alloc.h"
#include "model/user_knn.h"
#include "num/par.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define HAVE_TILES 1
#else
#define HAVE_TILES 0
#endif

enum {
    GROUP = 16,       /* people in a tile */
    FILMS = 4,        /* films in a tile */
    DENSE_SHARE = 11, /* a film is dense when one person in so many has rated it: where a scan of
                         tiles costs as much as walking its raters */
    VALUE_LIMIT = 127 /* the instruction's second factor is signed */
};

typedef struct plan {
    const user_knn *model;
    size_t limit;
    reel_neighbour *out;
    reel_index groups;
    reel_index dense;  /* columns of the tiles, a multiple of FILMS; 0 = person by person */
    reel_index *slots; /* [movies] column of a film in the tiles, -1 = walked */
    uint8_t *tiles;    /* [groups][dense / FILMS][GROUP][FILMS] half stars */
} plan;

typedef struct workspace { /* of one thread */
    int32_t *products;     /* [GROUP][groups * GROUP] */
    float *similarity;     /* [people], and room for reel__nearest */
    reel_scored *top;      /* [limit] */
    reel_index *col;       /* [movies] */
    float *val;            /* [movies] */
} workspace;

/* ---- tiles --------------------------------------------------------------------------------- */

static bool tiles_pay(const user_knn *model)
{
#if HAVE_TILES
    const reel_packed *people = &model->people;
    const reel_nnz nnz = people->ptr[people->rows];
    const uint8_t *val = people->val;

    if (people->real || !__builtin_cpu_supports("avx512vnni") ||
        !__builtin_cpu_supports("avx512bw"))
        return false;
    for (reel_nnz k = 0; k < nnz; k++)
        if (val[k] > VALUE_LIMIT)
            return false;
    return true;
#else
    (void)model;
    return false;
#endif
}

/* A product of two rows is at most movies x VALUE_LIMIT^2: as float it is exact up to 2^24. */
static bool sums_are_exact(const user_knn *model)
{
    for (reel_index v = 0; v < model->people.rows; v++) {
        const double norm = reel__packed_norm(&model->people, v);

        if (norm * norm >= 16777216.0)
            return false;
    }
    return true;
}

static reel_code choose_films(plan *p, reel_err *err)
{
    const reel_packed *films = &p->model->films;
    reel_index count = 0;

    p->slots = reel__alloc_array((size_t)films->rows, sizeof *p->slots);
    if (p->slots == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to compare everyone with everyone");
    for (reel_index j = 0; j < films->rows; j++) {
        const reel_nnz raters = films->ptr[j + 1] - films->ptr[j];

        p->slots[j] = raters * DENSE_SHARE > films->cols ? count++ : -1;
    }
    p->dense = (count + FILMS - 1) / FILMS * FILMS;
    return REEL_OK;
}

static size_t tile_at(const plan *p, reel_index person, reel_index slot)
{
    const size_t tile =
        (size_t)(person / GROUP) * (size_t)(p->dense / FILMS) + (size_t)(slot / FILMS);

    return (tile * GROUP + (size_t)(person % GROUP)) * FILMS + (size_t)(slot % FILMS);
}

static void fill_tiles(plan *p, reel_index *col, float *val)
{
    for (reel_index v = 0; v < p->model->people.rows; v++) {
        const reel_index count = reel__packed_row(&p->model->people, v, col, val);

        for (reel_index k = 0; k < count; k++)
            if (p->slots[col[k]] >= 0)
                p->tiles[tile_at(p, v, p->slots[col[k]])] = (uint8_t)val[k];
    }
}

static reel_code make_tiles(plan *p, reel_err *err)
{
    const size_t movies = (size_t)p->model->people.cols;
    float *val = reel__alloc_array(movies, sizeof *val);
    reel_index *col = reel__alloc_array(movies, sizeof *col);
    reel_code rc = REEL_OK;

    if (val == NULL || col == NULL) {
        rc = reel_fail(err, REEL_E_NOMEM, "no memory to compare everyone with everyone");
        goto out;
    }
    REEL_TRY(choose_films(p, err));
    p->tiles = reel__alloc_aligned((size_t)p->groups * GROUP * (size_t)p->dense + 1, 1);
    if (p->tiles == NULL) {
        rc = reel_fail(err, REEL_E_NOMEM, "no memory to compare everyone with everyone");
        goto out;
    }
    memset(p->tiles, 0, (size_t)p->groups * GROUP * (size_t)p->dense);
    fill_tiles(p, col, val);
out:
    reel__free(col);
    reel__free(val);
    return rc;
}

/* ---- products ------------------------------------------------------------------------------ */

#if HAVE_TILES
/* products[u][16 v's] of two groups: u's four films are broadcast against the 16 people's. */
__attribute__((target("avx512f,avx512bw,avx512vnni"))) static void
multiply_groups(const uint8_t *mine, const uint8_t *theirs, reel_index tiles, int32_t *products,
                size_t stride)
{
    __m512i sum[GROUP];

    for (int u = 0; u < GROUP; u++)
        sum[u] = _mm512_setzero_si512();
    for (reel_index t = 0; t < tiles; t++) {
        const __m512i them = _mm512_load_si512(theirs + (size_t)t * GROUP * FILMS);
        const uint8_t *me = mine + (size_t)t * GROUP * FILMS;

        for (int u = 0; u < GROUP; u++) {
            int32_t four;

            memcpy(&four, me + (size_t)u * FILMS, sizeof four);
            sum[u] = _mm512_dpbusd_epi32(sum[u], them, _mm512_set1_epi32(four));
        }
    }
    for (int u = 0; u < GROUP; u++)
        _mm512_storeu_si512(products + (size_t)u * stride, sum[u]);
}
#else
static void multiply_groups(const uint8_t *mine, const uint8_t *theirs, reel_index tiles,
                            int32_t *products, size_t stride)
{
    (void)mine, (void)theirs, (void)tiles, (void)products, (void)stride;
}
#endif

/* products[v] += a x_v over those who rated a film. */
static void walk_film(const reel_packed *films, reel_index movie, int32_t a, int32_t *products)
{
    const uint16_t *narrow = films->col;
    const int32_t *wide = films->col;
    const uint8_t *val = films->val;

    if (films->wide)
        for (reel_nnz k = films->ptr[movie]; k < films->ptr[movie + 1]; k++)
            products[wide[k]] += a * val[k];
    else
        for (reel_nnz k = films->ptr[movie]; k < films->ptr[movie + 1]; k++)
            products[narrow[k]] += a * val[k];
}

static void keep_nearest(const plan *p, reel_index person, workspace *w)
{
    const size_t found = reel__nearest(w->top, w->similarity, p->model->people.rows, p->limit);
    reel_neighbour *row = p->out + (size_t)person * p->limit;

    for (size_t n = 0; n < p->limit; n++)
        row[n] = n < found ? (reel_neighbour){w->top[n].index, w->top[n].score}
                           : (reel_neighbour){-1, 0};
}

static void do_group(const plan *p, reel_index group, workspace *w)
{
    const reel_index people = p->model->people.rows;
    const size_t stride = (size_t)p->groups * GROUP;
    const size_t group_bytes = (size_t)p->dense * GROUP;
    const float *inverse = p->model->inverse_norms;

    for (reel_index g = 0; g < p->groups; g++)
        multiply_groups(p->tiles + (size_t)group * group_bytes, p->tiles + (size_t)g * group_bytes,
                        p->dense / FILMS, w->products + (size_t)g * GROUP, stride);
    for (reel_index i = 0; i < GROUP && group * GROUP + i < people; i++) {
        const reel_index u = group * GROUP + i;
        const reel_index count = reel__packed_row(&p->model->people, u, w->col, w->val);
        int32_t *products = w->products + (size_t)i * stride;

        for (reel_index k = 0; k < count; k++)
            if (p->slots[w->col[k]] < 0)
                walk_film(&p->model->films, w->col[k], (int32_t)w->val[k], products);
        for (reel_index v = 0; v < people; v++)
            w->similarity[v] = (float)products[v] * inverse[v] * inverse[u];
        w->similarity[u] = -1;
        keep_nearest(p, u, w);
    }
}

/* ---- person by person ---------------------------------------------------------------------- */

static void do_person(const plan *p, reel_index u, workspace *w)
{
    const reel_index count = reel__packed_row(&p->model->people, u, w->col, w->val);
    const float *inverse = p->model->inverse_norms;

    memset(w->similarity, 0, (size_t)p->model->people.rows * sizeof *w->similarity);
    for (reel_index k = 0; k < count; k++)
        reel__packed_scatter(&p->model->films, w->col[k], w->val[k], w->similarity);
    for (reel_index v = 0; v < p->model->people.rows; v++)
        w->similarity[v] = w->similarity[v] * inverse[v] * inverse[u];
    w->similarity[u] = -1;
    keep_nearest(p, u, w);
}

/* ---- all ----------------------------------------------------------------------------------- */

static void free_workspaces(workspace *all, int count)
{
    for (int t = 0; all != NULL && t < count; t++) {
        reel__free(all[t].products);
        reel__free(all[t].similarity);
        reel__free(all[t].top);
        reel__free(all[t].col);
        reel__free(all[t].val);
    }
    reel__free(all);
}

static reel_code make_workspaces(workspace **out, const plan *p, int count, reel_err *err)
{
    const size_t people = (size_t)p->groups * GROUP, movies = (size_t)p->model->people.cols;
    workspace *all = reel__alloc_zero((size_t)count, sizeof *all);
    bool missing = all == NULL;

    for (int t = 0; t < count && !missing; t++) {
        all[t].products = reel__alloc_aligned(p->dense > 0 ? people * GROUP : 1, sizeof(int32_t));
        all[t].similarity = reel__alloc_aligned(REEL_NEAREST_ROOM * people, sizeof(float));
        all[t].top = reel__alloc_array(p->limit, sizeof(reel_scored));
        all[t].col = reel__alloc_array(movies, sizeof(reel_index));
        all[t].val = reel__alloc_array(movies, sizeof(float));
        missing = all[t].products == NULL || all[t].similarity == NULL || all[t].top == NULL ||
                  all[t].col == NULL || all[t].val == NULL;
    }
    *out = all;
    if (missing)
        return reel_fail(err, REEL_E_NOMEM, "no memory to compare everyone with everyone");
    return REEL_OK;
}

static void run(const plan *p, workspace *all, int threads)
{
    const reel_index people = p->model->people.rows;

#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
    for (reel_index g = 0; g < p->groups; g++) {
        workspace *w = &all[omp_get_thread_num()];

        if (p->dense > 0)
            do_group(p, g, w);
        else
            for (reel_index u = g * GROUP; u < (g + 1) * GROUP && u < people; u++)
                do_person(p, u, w);
    }
}

reel_code reel__user_knn_all(const reel_model *model, size_t limit, int threads,
                             reel_neighbour *neighbours, reel_err *err)
{
    const user_knn *self = (const user_knn *)model;
    plan p = {.model = self, .limit = limit, .out = neighbours};
    workspace *all = NULL;
    int team;
    reel_code rc = REEL_OK;

    if (model->ops != &reel__model_user_knn || limit == 0)
        return reel_fail(err, REEL_E_INVALID,
                         "all neighbours: expected a user-knn model and a "
                         "limit above 0, got \"%s\" and %zu",
                         model->id, limit);
    p.groups = (self->people.rows + GROUP - 1) / GROUP;
    team = reel__par_threads((double)self->people.ptr[self->people.rows], 2e4, threads);
    if (tiles_pay(self) && sums_are_exact(self))
        REEL_TRY(make_tiles(&p, err));
    REEL_TRY(make_workspaces(&all, &p, team, err));
    run(&p, all, team);
out:
    free_workspaces(all, team);
    reel__free(p.slots);
    reel__free(p.tiles);
    return rc;
}
