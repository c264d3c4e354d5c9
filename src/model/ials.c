/* ials.c - implicit alternating least squares: a vector for each person and each film, s = x.y.
 *   sum over seen (u, i) of c_ui (t_ui - x_u.y_i)^2 + sum over all (u, i) of a_i (x_u.y_i)^2
 *   + sum_u r_u |x_u|^2 + sum_i r_i |y_i|^2
 * Hu, Koren, Volinsky 2008 (10.1109/ICDM.2008.22) with what Rendle, Krichene, Zhang and Koren 2021
 * (arXiv 2110.14037) found to matter: ridges scaled by how much is known of a row,
 * r = lambda m (n / m)^nu with n the weight of all its pairs and m a common scale, a weight for the
 * pairs not seen, and small initial values, stddev / sqrt(factors). Rows are not solved for in each
 * sweep but improved by one step (ials_solve.c): that is as good and far cheaper. A loss counts s_u
 * times for person u; graded data have targets t = 1 + grade (rating - liked) / (highest - lowest).
 *
 * Defaults: validation lists cut from the training part of a fixed split of MovieLens 1M (a fifth
 * of each person's 462,663 pairs; `reel evaluate --train --test --k 10,20,100`), the sum of
 * recall_min@20, ndcg@10 and ndcg@100. Likes alone, 256 factors, 15 sweeps. Where the search began,
 * lambda .008, nu 1, unobserved_weight .3, person_power -.3: .8671 (lambda .0075 .8727, .0085 .8713
 * and nu 1.5 .8742 of another cut, .8737 there). With .009, 1.4, .2 and -.35 .8779, and of these:
 *     nu 1.5 .8783    1.6 .8785    1.5 for people and 1.9 for films .8793, 1.5 and 1 .8735
 *     lambda .0085 .8761    .0095 .8764        unobserved_weight .15 .8721    .23, nu 1.5 .8753
 *     person_power -.45 .8774                  unobserved_power, nu 1.5: -.1 .8746    .1 .8763
 *     steps 2, nu 1.5 .8784    sweeps 20 .8786    factors 192, nu 1.5 .8771    512 .8789
 * On another cut: the start .8761, nu 1.5 .8852, 1.75 .8864. The mean of four fits of other seeds
 * gains .0009: they hardly differ. All ratings known: the start 1.0256, nu 1.75 and the rest as
 * above 1.0358, with person_power -.3 1.0351, with unobserved_weight .25 and lambda .0085 1.0309.
 * The best lambda falls as more is known, nu 1.75, unobserved_weight .2 and person_power -.35, for
 * .009 .0085 .008: with a tenth held out .7665 .7699 .7670 (the start .7564), with a twentieth
 * .6656 .6657 .6675 (.0075 .6663; the start .6633). So .008 it is for all of it. Found before, all
 * ratings known, 128 factors, 10 sweeps: disliked_weight 0 .9697; the same target for all low
 * ratings, weight 1: 0 .9164, .3 .9925, .6 1.0141, .8 1.0034; in proportion, grade .8 1.0298,
 * 1 1.0289, 1.2 1.0248; grade 1 and weight .6 1.0190, 1.6 1.0303. side_ridge, MovieLens 1M with
 * TMDb texts, `--protocol cold`, 64 factors: ndcg@10 of the hidden films among themselves .2 .2637,
 * 1 .2654, 5 .2151 (popular .0690); AUC among all films 0 .300, .2 .782, 1 .799, 5 .774, 20 .703
 * (content .737); ndcg@10 among all .2 .0128, 1 .0018. On the small sample, whose unrated films
 * nobody was ever to see, ndcg@10 is .1040 with 1, .1082 with 0.
 */
#include "model/ials.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "num/panels.h"

enum { SLOT_VECTOR, SLOT_HISTORY, SLOT_WORK, SLOT_PEOPLE, SLOT_SHARES };

static const reel_param_spec param_specs[] = {
    [IALS_FACTORS] = {"factors", "length of a person's and of a film's vector", REEL_PARAM_INT, 256,
                      1, 2048, NULL, 32, 256, true},
    [IALS_SWEEPS] = {"sweeps", "how often all vectors are improved", REEL_PARAM_INT, 15, 1, 10000,
                     NULL},
    [IALS_LAMBDA] = {"lambda", "ridge on a vector, for each pair that is known of it",
                     REEL_PARAM_REAL, 0.008, 1e-9, 1e6, NULL, 5e-4, 0.05, true},
    [IALS_NU] = {"nu", "how the ridge grows with what is known: 0 = not, 1 = in proportion",
                 REEL_PARAM_REAL, 1.75, 0, 4, NULL, 0, 2},
    [IALS_UNOBSERVED] = {"unobserved_weight",
                         "weight of a pair that was not seen, seen ones have 1", REEL_PARAM_REAL,
                         0.2, 1e-6, 1e3, NULL, 0.03, 1, true},
    [IALS_UNOBSERVED_POWER] = {"unobserved_power",
                               "pairs not seen weigh as the film's fame to this power",
                               REEL_PARAM_REAL, 0, -2, 2, NULL, -1, 1},
    [IALS_PERSON_POWER] = {"person_power",
                           "a person weighs as their history's length to this power",
                           REEL_PARAM_REAL, -0.35, -2, 2, NULL, -1, 0.5},
    [IALS_DISLIKED_WEIGHT] = {"disliked_weight", "weight of a film rated low, liked ones have 1",
                              REEL_PARAM_REAL, 1, 0, 1e3, NULL, 0, 2},
    [IALS_GRADE] = {"grade", "a rating's target: 1 at `liked`, this far apart at the two extremes",
                    REEL_PARAM_REAL, 0.8, -10, 10, NULL, 0, 2},
    [IALS_STDDEV] = {"stddev", "initial values: normal with this over the root of factors",
                     REEL_PARAM_REAL, 0.1, 1e-6, 1e3, NULL, 0.01, 1, true},
    [IALS_STEPS] = {"steps", "conjugate gradient steps for a vector and sweep; 0 = exact",
                    REEL_PARAM_INT, 1, 0, 1000, NULL, 1, 5},
    [IALS_SIDE_RIDGE] = {"side_ridge",
                         "ridge of guessing a film's vector from its texts where nobody rated it; "
                         "0 = do not",
                         REEL_PARAM_REAL, 1, 0, 1e6, NULL},
    [IALS_LIKED] = REEL_EVIDENCE_PARAM,
};

/* ---- scores -------------------------------------------------------------------------------- */

static reel_code no_memory(const reel_model *model, reel_err *err)
{
    return reel_fail(err, REEL_E_NOMEM, "no working memory for model \"%s\"", model->id);
}

static reel_code no_vector(const ials *self, reel_err *err)
{
    return reel_fail(err, REEL_E_INVALID,
                     "model \"%s\" finds no vector for a history with such weights", self->base.id);
}

/* A history's equations; the row borrows from the scratch. */
static reel_code open_row(ials_row *row, const ials *self, const reel_query *query,
                          reel_scratch *scratch, reel_err *err)
{
    void *memory = reel__scratch_get(scratch, SLOT_HISTORY, ials_room_size(query->count + 1));
    const ials_ridge ridge = ials_people_ridge(self);
    double observed = 0;
    ials_room room;
    size_t count = 0;

    if (memory == NULL)
        return no_memory(&self->base, err);
    room = ials_open_room(memory, query->count + 1);
    for (size_t i = 0; i < query->count; i++)
        count = ials_gather(self, &query->entries[i], &room, count);
    for (size_t i = 0; i < count; i++)
        observed += (double)room.weight[i];
    *row = (ials_row){{self->films, self->d, room.index, room.weight, room.pull, count},
                      reel__ials_ridge(&ridge, observed)};
    return REEL_OK;
}

/* The vector of a row's history. out [d] */
static reel_code fold(const ials *self, const ials_row *row, reel_scratch *scratch, float *out,
                      reel_err *err)
{
    const ials_basis basis = ials_basis_of(self);
    void *work = reel__scratch_get(scratch, SLOT_WORK, reel__ials_fold_size(self->d));

    if (work == NULL)
        return no_memory(&self->base, err);
    return reel__ials_fold(&basis, row, out, work) ? REEL_OK : no_vector(self, err);
}

static reel_code ials_score_many(const reel_model *model, const reel_query *queries, size_t count,
                                 reel_scratch *scratch, float *scores, reel_err *err)
{
    const ials *self = (const ials *)model;
    const float **people = reel__scratch_get(scratch, SLOT_PEOPLE, count * sizeof *people);
    float *folded = reel__scratch_get(scratch, SLOT_VECTOR, count * self->d * sizeof *folded);
    ials_row row;
    reel_code rc = REEL_OK;

    if (people == NULL || folded == NULL)
        return no_memory(model, err);
    for (size_t i = 0; i < count; i++) {
        const reel_index stored = reel__model_row(model, &queries[i]);

        people[i] = folded + i * self->d;
        if (stored >= 0) {
            people[i] = self->people + (size_t)stored * self->d;
            continue;
        }
        REEL_TRY(open_row(&row, self, &queries[i], scratch, err));
        REEL_TRY(fold(self, &row, scratch, folded + i * self->d, err));
    }
    reel__panels_multiply(self->panels, (size_t)model->movies, self->d, people, count, scores);
out:
    return rc;
}

static reel_code ials_score(const reel_model *model, const reel_query *query, reel_scratch *scratch,
                            float *scores, reel_err *err)
{
    return ials_score_many(model, query, 1, scratch, scores, err);
}

/* ---- reasons ------------------------------------------------------------------------------- */

/* The vector of the history, stored or folded in. */
static reel_code find_vector(const float **out, const ials *self, const reel_query *query,
                             const ials_row *row, reel_scratch *scratch, reel_err *err)
{
    const reel_index stored = reel__model_row(&self->base, query);
    float *folded;

    if (stored >= 0) {
        *out = self->people + (size_t)stored * self->d;
        return REEL_OK;
    }
    *out = folded = reel__scratch_get(scratch, SLOT_VECTOR, self->d * sizeof *folded);
    return folded == NULL ? no_memory(&self->base, err) : fold(self, row, scratch, folded, err);
}

/* Entries without a part in the equations add nothing; the others are in their order. */
static void spread(const ials_row *row, const reel_query *query, const double *shares,
                   double *contributions, double *score)
{
    size_t at = 0;

    for (size_t i = 0; i < query->count && at < row->rows.count; i++) {
        if (row->rows.index[at] != query->entries[i].movie)
            continue;
        contributions[i] = shares[at++];
        *score += contributions[i];
    }
}

static reel_code ials_explain(const reel_model *model, const reel_query *query,
                              const reel_asked *asked, reel_scratch *scratch, reel_err *err)
{
    const ials *self = (const ials *)model;
    const ials_basis basis = ials_basis_of(self);
    const float *vector = NULL;
    const reel_films films = {asked->movies, asked->count};
    double *shares =
        reel__scratch_get(scratch, SLOT_SHARES, (asked->count * query->count + 1) * sizeof *shares);
    void *work =
        reel__scratch_get(scratch, SLOT_WORK, reel__ials_reasons_size(self->d, query->count));
    ials_row row;
    reel_code rc = REEL_OK;

    if (shares == NULL || work == NULL)
        return no_memory(model, err);
    REEL_TRY(open_row(&row, self, query, scratch, err));
    REEL_TRY(find_vector(&vector, self, query, &row, scratch, err));
    if (!reel__ials_reasons(&basis, &row, vector, &films, shares, work))
        return no_vector(self, err);
    for (size_t n = 0; n < asked->count; n++)
        spread(&row, query, shares + n * row.rows.count, asked->contributions + n * query->count,
               &asked->out[n].score);
out:
    return rc;
}

/* ---- files --------------------------------------------------------------------------------- */

static reel_code ials_save(const reel_model *model, reel_tensors_writer *writer, reel_err *err)
{
    const ials *self = (const ials *)model;
    const int64_t d = (int64_t)self->d;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__evidence_save(&self->evidence, writer, err));
    REEL_TRY(reel__tensors_add(writer, "numbers", REEL_F64, self->numbers, IALS_NUMBERS, err));
    REEL_TRY(
        reel__tensors_add_matrix(writer, "films", REEL_F32, self->films, model->movies, d, err));
    REEL_TRY(
        reel__tensors_add_matrix(writer, "people", REEL_F32, self->people, model->people, d, err));
    REEL_TRY(reel__tensors_add(writer, "spectrum", REEL_F32, self->spectrum, d, err));
out:
    return rc;
}

static reel_code get_numbers(ials *self, const reel_tensors *tensors, const char *prefix,
                             reel_err *err)
{
    const void *data = NULL;
    int64_t count = 0;
    const reel_code rc =
        reel__tensors_get(tensors, prefix, "numbers", REEL_F64, &data, &count, err);

    if (rc != REEL_OK)
        return rc;
    if (count != IALS_NUMBERS)
        return reel_fail(err, REEL_E_FORMAT, "%s: %lld numbers where %d are needed",
                         reel__tensors_path(tensors), (long long)count, (int)IALS_NUMBERS);
    memcpy(self->numbers, data, sizeof self->numbers);
    for (int i = 0; i < IALS_NUMBERS; i++)
        if (!(self->numbers[i] > 0 && isfinite(self->numbers[i])))
            return reel_fail(err, REEL_E_FORMAT, "%s: number %d of the ridge is %g",
                             reel__tensors_path(tensors), i, self->numbers[i]);
    return REEL_OK;
}

/* As many factors as the file has of those asked for. */
static reel_code get_spectrum(ials *self, const reel_tensors *tensors, const char *prefix,
                              reel_err *err)
{
    const size_t most = ials_round_up((size_t)self->base.params[IALS_FACTORS]);
    const void *data = NULL;
    int64_t count = 0;
    const reel_code rc =
        reel__tensors_get(tensors, prefix, "spectrum", REEL_F32, &data, &count, err);

    if (rc != REEL_OK)
        return rc;
    if (count < REEL_ROWS_UNIT || count % REEL_ROWS_UNIT != 0 || count > (int64_t)most)
        return reel_fail(err, REEL_E_FORMAT, "%s: a spectrum of %lld for %zu factors",
                         reel__tensors_path(tensors), (long long)count, most);
    self->d = (size_t)count;
    self->spectrum = data;
    for (size_t f = 0; f < self->d; f++)
        if (!(self->spectrum[f] >= 0 && isfinite(self->spectrum[f])))
            return reel_fail(err, REEL_E_FORMAT, "%s: \"spectrum\" holds %g",
                             reel__tensors_path(tensors), (double)self->spectrum[f]);
    return REEL_OK;
}

static reel_code ials_load(reel_model *model, const reel_tensors *tensors, const char *prefix,
                           reel_err *err)
{
    ials *self = (ials *)model;
    size_t d;
    reel_code rc = REEL_OK;

    REEL_TRY(get_spectrum(self, tensors, prefix, err));
    d = self->d;
    REEL_TRY(reel__evidence_load(&self->evidence, tensors, prefix, err));
    ials_set_grade(self);
    REEL_TRY(get_numbers(self, tensors, prefix, err));
    REEL_TRY(reel__ials_matrix(&self->films, model->movies, d, tensors, prefix, "films", err));
    REEL_TRY(reel__ials_matrix(&self->people, model->people, d, tensors, prefix, "people", err));
    REEL_TRY(reel__ials_panels(&self->panels, self->films, model->movies, d, err));
out:
    return rc;
}

static void ials_fini(reel_model *model)
{
    ials *self = (ials *)model;

    reel__free(self->panels);
    if (model->tensors != NULL)
        return;
    reel__free((void *)(uintptr_t)self->films);
    reel__free((void *)(uintptr_t)self->people);
    reel__free((void *)(uintptr_t)self->spectrum);
}

const reel_model_ops reel__model_ials = {
    .info = {.name = "ials",
             .summary = "a vector for each person and each film, learned from what was liked",
             .task = REEL_TASK_RANKING,
             .fold_in = REEL_FOLD_IN_EXACT,
             .params = param_specs,
             .param_count = sizeof param_specs / sizeof *param_specs},
    .struct_size = sizeof(ials),
    .memory = reel__ials_memory,
    .lighter = "popular",
    .takes_signals = true,
    .fit = reel__ials_fit,
    .score = ials_score,
    .score_many = ials_score_many,
    .explain_many = ials_explain,
    .save = ials_save,
    .load = ials_load,
    .fini = ials_fini,
};
