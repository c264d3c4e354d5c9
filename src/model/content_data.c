/* content_data.c - how `content` is made from the films' texts, written to a file and read back.
 * Tensors: the films' vectors and their transpose, the parts of the films' own, and the terms as
 * one text with the place where each starts. A mapped file is used where it lies once it is
 * checked.
 */
#include <string.h>

#include "base/alloc.h"
#include "model/content_priv.h"
#include "model/side.h"
#include "text/tfidf.h"

/* ---- fitting ------------------------------------------------------------------------------- */

static void choose_fields(reel_field specs[REEL_SIDE_FIELDS], const double *params)
{
    const bool all = (int)params[PARAM_TEXT] == TEXT_FIELDS;
    const double overview_only[REEL_SIDE_FIELDS] = {[REEL_SIDE_OVERVIEW] = 1};
    const double weights[REEL_SIDE_FIELDS] = {
        [REEL_SIDE_OVERVIEW] = params[PARAM_OVERVIEW],   [REEL_SIDE_GENRES] = params[PARAM_GENRES],
        [REEL_SIDE_KEYWORDS] = params[PARAM_KEYWORDS],   [REEL_SIDE_CAST] = params[PARAM_CAST],
        [REEL_SIDE_DIRECTORS] = params[PARAM_DIRECTORS], [REEL_SIDE_TAGS] = params[PARAM_TAGS]};

    reel__side_fields(specs, all ? weights : overview_only);
}

/* What is missing to 1 in the squared length of each film that has a text. */
static void own_parts(float *own, reel_csr_view films, bool any)
{
    for (reel_index j = 0; j < films.rows; j++) {
        double sum = 0;

        for (reel_nnz k = films.ptr[j]; k < films.ptr[j + 1]; k++)
            sum += (double)films.val[k] * (double)films.val[k];
        own[j] = any && sum > 0 && sum < 1 ? (float)(1 - sum) : 0;
    }
}

static reel_code keep_terms(content *self, const reel_tfidf *tfidf, bool own, reel_err *err)
{
    const reel_index terms = reel__tfidf_terms(tfidf);
    size_t size = 0;
    const char *texts = reel__tfidf_texts(tfidf, &size);
    char *kept = reel__alloc_array(size, 1);
    int64_t *starts = reel__alloc_array((size_t)terms + 1, sizeof *starts);
    float *parts = reel__alloc_array((size_t)self->films.rows, sizeof *parts);

    self->owned[0] = kept;
    self->owned[1] = starts;
    self->owned[2] = parts;
    if (kept == NULL || starts == NULL || parts == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for the %d terms of \"content\"",
                         (int)terms);
    memcpy(kept, texts, size);
    for (reel_index t = 0; t < terms; t++)
        starts[t] = reel__tfidf_term(tfidf, t) - texts;
    starts[terms] = (int64_t)size;
    own_parts(parts, self->films, own);
    self->texts = kept;
    self->starts = starts;
    self->own = parts;
    return REEL_OK;
}

static bool cancelled(const reel_fit_context *context)
{
    return context->cancel != NULL && *context->cancel;
}

reel_code reel__content_fit(reel_model *model, const reel_dataset *dataset,
                            const reel_fit_context *context, reel_err *err)
{
    content *self = (content *)model;
    const bool fields = (int)model->params[PARAM_TEXT] == TEXT_FIELDS;
    reel_field specs[REEL_SIDE_FIELDS];
    const char **texts = reel__side_texts(dataset);
    const reel_documents documents = {texts, specs, model->movies, REEL_SIDE_FIELDS};
    reel_tfidf_opts opts = reel__tfidf_opts_default();
    reel_tfidf *tfidf = NULL;
    reel_code rc = REEL_OK;

    if (texts == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for the texts of %d films",
                         (int)model->movies);
    choose_fields(specs, model->params);
    opts.min_df = model->params[PARAM_MIN_DF];
    opts.own = fields ? model->params[PARAM_OWN] : 0;
    REEL_TRY(reel__tfidf_fit(&tfidf, &self->owned_films, &documents, &opts, err));
    if (cancelled(context)) {
        rc = reel_fail(err, REEL_E_CANCELLED, "fitting \"content\" was cancelled");
        goto out;
    }
    self->films = reel__csr_view(&self->owned_films);
    REEL_TRY(reel__csr_transpose(&self->owned_posts, self->films, err));
    self->posts = reel__csr_view(&self->owned_posts);
    REEL_TRY(keep_terms(self, tfidf, opts.own > 0, err));
    if (context->progress != NULL)
        context->progress(1, context->user);
out:
    reel__tfidf_free(tfidf);
    reel__free((void *)texts);
    return rc;
}

/* ---- files --------------------------------------------------------------------------------- */

static reel_code save_matrix(reel_tensors_writer *writer, const char *const names[3],
                             reel_csr_view m, reel_err *err)
{
    const reel_nnz nnz = m.ptr[m.rows];
    reel_code rc = REEL_OK;

    REEL_TRY(reel__tensors_add(writer, names[0], REEL_I64, m.ptr, (int64_t)m.rows + 1, err));
    REEL_TRY(reel__tensors_add(writer, names[1], REEL_I32, m.col, nnz, err));
    REEL_TRY(reel__tensors_add(writer, names[2], REEL_F32, m.val, nnz, err));
out:
    return rc;
}

static const char *const film_names[] = {"films.ptr", "films.col", "films.val"};
static const char *const post_names[] = {"posts.ptr", "posts.col", "posts.val"};

reel_code reel__content_save(const reel_model *model, reel_tensors_writer *writer, reel_err *err)
{
    const content *self = (const content *)model;
    const int64_t terms = self->posts.rows;
    reel_code rc = REEL_OK;

    REEL_TRY(save_matrix(writer, film_names, self->films, err));
    REEL_TRY(save_matrix(writer, post_names, self->posts, err));
    REEL_TRY(reel__tensors_add(writer, "own", REEL_F32, self->own, model->movies, err));
    REEL_TRY(reel__tensors_add(writer, "starts", REEL_I64, self->starts, terms + 1, err));
    REEL_TRY(reel__tensors_add(writer, "texts", REEL_U8, self->texts, self->starts[terms], err));
out:
    return rc;
}

static reel_code bad_file(const reel_tensors *tensors, const char *what, reel_err *err)
{
    return reel_fail(err, REEL_E_FORMAT, "%s: %s of \"content\" is damaged; fit the model anew",
                     reel__tensors_path(tensors), what);
}

static reel_code load_matrix(reel_csr_view *out, const reel_tensors *tensors, const char *prefix,
                             const char *const names[3], reel_err *err)
{
    const void *ptr = NULL, *col = NULL, *val = NULL;
    int64_t rows = 0, columns = 0, values = 0;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__tensors_get(tensors, prefix, names[0], REEL_I64, &ptr, &rows, err));
    REEL_TRY(reel__tensors_get(tensors, prefix, names[1], REEL_I32, &col, &columns, err));
    REEL_TRY(reel__tensors_get(tensors, prefix, names[2], REEL_F32, &val, &values, err));
    out->ptr = ptr;
    out->col = col;
    out->val = val;
    if (rows - 1 != out->rows || columns != values || out->ptr[out->rows] != values ||
        reel__csr_check(*out, NULL) != REEL_OK)
        return bad_file(tensors, names[0], err);
out:
    return rc;
}

static bool terms_are_sound(const content *self, int64_t size)
{
    const reel_index terms = self->posts.rows;

    if (self->starts[0] != 0 || self->starts[terms] != size)
        return false;
    for (reel_index t = 0; t < terms; t++)
        if (self->starts[t] < 0 || self->starts[t] >= self->starts[t + 1] ||
            self->starts[t + 1] > size || self->texts[self->starts[t + 1] - 1] != 0)
            return false;
    return true;
}

reel_code reel__content_load(reel_model *model, const reel_tensors *tensors, const char *prefix,
                             reel_err *err)
{
    content *self = (content *)model;
    const void *starts = NULL, *texts = NULL, *own = NULL;
    int64_t ends = 0, size = 0, films = 0;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__tensors_get(tensors, prefix, "starts", REEL_I64, &starts, &ends, err));
    REEL_TRY(reel__tensors_get(tensors, prefix, "texts", REEL_U8, &texts, &size, err));
    REEL_TRY(reel__tensors_get(tensors, prefix, "own", REEL_F32, &own, &films, err));
    if (ends < 1 || ends > INT32_MAX || films != model->movies)
        return bad_file(tensors, "the number of terms or films", err);
    self->starts = starts;
    self->texts = texts;
    self->own = own;
    self->films = (reel_csr_view){.rows = model->movies, .cols = (reel_index)(ends - 1)};
    self->posts = (reel_csr_view){.rows = (reel_index)(ends - 1), .cols = model->movies};
    if (!terms_are_sound(self, size))
        return bad_file(tensors, "the list of terms", err);
    for (int64_t j = 0; j < films; j++)
        if (!(self->own[j] >= 0 && self->own[j] <= 1))
            return bad_file(tensors, "own", err);
    REEL_TRY(load_matrix(&self->films, tensors, prefix, film_names, err));
    REEL_TRY(load_matrix(&self->posts, tensors, prefix, post_names, err));
out:
    return rc;
}

void reel__content_fini(reel_model *model)
{
    content *self = (content *)model;

    reel__csr_fini(&self->owned_films);
    reel__csr_fini(&self->owned_posts);
    for (size_t i = 0; i < sizeof self->owned / sizeof self->owned[0]; i++)
        reel__free(self->owned[i]);
}
