/* content.c - films whose texts resemble those of the films a person liked.
 *   s_j = sum_i a_i x_i . x_j,   a_i = w_i p_i / sum_k |w_k p_k|,   p_i = lift + r_i - mean
 * x_j is the film's TF-IDF vector over weighted fields, w_i the entry's weight, mean the weighted
 * mean of the person's own ratings (a click counts as a rating at the mean). The score is thus a
 * weighted mean of cosines: the history {X} gives the plain cosine with X whatever X was given, who
 * only ever gives 5 is a person who likes all of them, and films far below the mean count against.
 * The baseline is 0; a film without any text scores 0.
 *
 * A film also has a part of its own that no text tells (text/tfidf.h), 1.5 times as long as the
 * median text: without it a film of which only the genre is known is all genre, and such films
 * fill the lists. Genres, keywords, tags and names are whole terms, apart from overview words.
 *
 * Defaults, by NDCG@10 on MovieLens 1M with TMDb texts: 2,000 people of the training part of the
 * common split, a fifth of their ratings >= 4 held out (seed 7), the rest of their ratings as the
 * history. Weights of overview, genres and keywords (cast, directors and tags were not there to
 * be measured; they are set by analogy) at lift 0.5:
 *   text=sklearn 0.031 | own 0: 1,0,2 0.046; 1,1.5,2 0.019 | own 1.5: 1,0,2 0.061; 1,1.5,0 0.055;
 *   1,1,2 0.067; 1,1.5,2 0.071; 1,2,2 0.072; 1,1.5,3 0.063 | own 1: 0.068, 2: 0.071 (1,1.5,2)
 * lift (1,1.5,2; own 1.5): 0.1 0.065, 0.25 0.069, 0.5 0.071, 1 0.069, 100 (all alike) 0.058;
 *   instead of the person's mean the middle of the scale: 0.067. min_df 2: 0.071.
 */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "model/vtable.h"
#include "num/csr.h"
#include "text/tfidf.h"

enum {
    PARAM_TEXT,
    PARAM_OVERVIEW,
    PARAM_GENRES,
    PARAM_KEYWORDS,
    PARAM_CAST,
    PARAM_DIRECTORS,
    PARAM_TAGS,
    PARAM_MIN_DF,
    PARAM_OWN,
    PARAM_LIFT
};
enum { TEXT_FIELDS, TEXT_SKLEARN };
enum { FIELD_OVERVIEW, FIELD_GENRES, FIELD_KEYWORDS, FIELD_CAST, FIELD_DIRECTORS, FIELD_TAGS };
enum { FIELDS = FIELD_TAGS + 1 };
enum { PREFIX_GENRE = 1, PREFIX_KEYWORD, PREFIX_CAST, PREFIX_DIRECTOR, PREFIX_END = 0x20 };
enum { SLOT_PROFILE, SLOT_FILM };

typedef struct content {
    reel_model base;
    reel_csr_view films;   /* movies x terms */
    reel_csr_view posts;   /* terms x movies: its transpose */
    const float *own;      /* [movies] square of the part of its own, 0 for a film without text */
    const char *texts;     /* the terms in order with their prefix, each closed by a NUL */
    const int64_t *starts; /* [terms + 1] into texts */
    reel_csr owned_films, owned_posts; /* what a fitted model owns; a loaded one owns nothing */
    void *owned[3];
} content;

static const reel_param_spec param_specs[] = {
    [PARAM_TEXT] = {"text",
                    "what is compared: weighted fields, or the overview alone exactly as "
                    "scikit-learn's TfidfVectorizer does",
                    REEL_PARAM_CHOICE, TEXT_FIELDS, 0, 1, "fields|sklearn"},
    [PARAM_OVERVIEW] = {"overview", "weight of a word of the overview", REEL_PARAM_REAL, 1, 0, 100,
                        NULL},
    [PARAM_GENRES] = {"genres", "weight of a genre", REEL_PARAM_REAL, 1.5, 0, 100, NULL},
    [PARAM_KEYWORDS] = {"keywords", "weight of a keyword", REEL_PARAM_REAL, 2, 0, 100, NULL},
    [PARAM_CAST] = {"cast", "weight of a leading actor", REEL_PARAM_REAL, 1, 0, 100, NULL},
    [PARAM_DIRECTORS] = {"directors", "weight of a director", REEL_PARAM_REAL, 2, 0, 100, NULL},
    [PARAM_TAGS] = {"tags", "weight of a tag people gave", REEL_PARAM_REAL, 1, 0, 100, NULL},
    [PARAM_MIN_DF] = {"min_df", "leave out terms in fewer films than this", REEL_PARAM_INT, 1, 1,
                      1e6, NULL},
    [PARAM_OWN] = {"own",
                   "length of the part of each film that no text tells, in median texts (not "
                   "with text=sklearn)",
                   REEL_PARAM_REAL, 1.5, 0, 100, NULL},
    [PARAM_LIFT] = {"lift", "what a film rated at the person's mean counts, in rating points",
                    REEL_PARAM_REAL, 0.5, 0.01, 100, NULL},
};

/* ---- fitting ------------------------------------------------------------------------------- */

static void choose_fields(reel_field specs[FIELDS], const double *params)
{
    const bool all = (int)params[PARAM_TEXT] == TEXT_FIELDS;
    const float on = all ? 1.0F : 0.0F;

    specs[FIELD_OVERVIEW] = (reel_field){REEL_FIELD_TEXT, 0, 1};
    specs[FIELD_GENRES] =
        (reel_field){REEL_FIELD_LIST, PREFIX_GENRE, on * (float)params[PARAM_GENRES]};
    specs[FIELD_KEYWORDS] =
        (reel_field){REEL_FIELD_FOLDED_LIST, PREFIX_KEYWORD, on * (float)params[PARAM_KEYWORDS]};
    specs[FIELD_CAST] = (reel_field){REEL_FIELD_LIST, PREFIX_CAST, on * (float)params[PARAM_CAST]};
    specs[FIELD_DIRECTORS] =
        (reel_field){REEL_FIELD_LIST, PREFIX_DIRECTOR, on * (float)params[PARAM_DIRECTORS]};
    /* A tag that is a keyword is the same term. */
    specs[FIELD_TAGS] =
        (reel_field){REEL_FIELD_FOLDED_LIST, PREFIX_KEYWORD, on * (float)params[PARAM_TAGS]};
    if (all)
        specs[FIELD_OVERVIEW].weight = (float)params[PARAM_OVERVIEW];
}

static const char **collect_texts(const reel_dataset *dataset)
{
    const reel_index movies = reel_dataset_movies(dataset);
    const char **texts = reel__alloc_array((size_t)movies, FIELDS * sizeof *texts);

    for (reel_index j = 0; texts != NULL && j < movies; j++) {
        const reel_movie movie = reel_dataset_movie(dataset, j);
        const char **row = texts + (size_t)j * FIELDS;

        row[FIELD_OVERVIEW] = movie.overview;
        row[FIELD_GENRES] = movie.genres;
        row[FIELD_KEYWORDS] = movie.keywords;
        row[FIELD_CAST] = movie.cast;
        row[FIELD_DIRECTORS] = movie.directors;
        row[FIELD_TAGS] = movie.tags;
    }
    return texts;
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

static reel_code content_fit(reel_model *model, const reel_dataset *dataset,
                             const reel_fit_context *context, reel_err *err)
{
    content *self = (content *)model;
    const bool fields = (int)model->params[PARAM_TEXT] == TEXT_FIELDS;
    reel_field specs[FIELDS];
    const char **texts = collect_texts(dataset);
    const reel_documents documents = {texts, specs, model->movies, FIELDS};
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

/* ---- scoring ------------------------------------------------------------------------------- */

/* How the entries of a query become the a_i. */
typedef struct shares {
    double mean, lift, total;
} shares;

static double preference(const shares *s, const reel_entry *entry)
{
    const double above = entry->kind == REEL_ENTRY_RATING ? (double)entry->value - s->mean : 0.0;
    return (double)entry->weight * (s->lift + above);
}

static shares weigh_history(const content *self, const reel_query *query)
{
    shares s = {.lift = self->base.params[PARAM_LIFT]};
    double sum = 0, weight = 0;

    for (size_t i = 0; i < query->count; i++)
        if (query->entries[i].kind == REEL_ENTRY_RATING) {
            sum += (double)query->entries[i].weight * (double)query->entries[i].value;
            weight += (double)query->entries[i].weight;
        }
    s.mean = weight > 0 ? sum / weight : 0;
    for (size_t i = 0; i < query->count; i++)
        s.total += fabs(preference(&s, &query->entries[i]));
    return s;
}

static double share_of(const shares *s, const reel_entry *entry)
{
    return s->total > 0 ? preference(s, entry) / s->total : 0;
}

static reel_code no_scratch(reel_err *err)
{
    return reel_fail(err, REEL_E_NOMEM, "no memory to score by \"content\"");
}

static reel_code content_score(const reel_model *model, const reel_query *query,
                               reel_scratch *scratch, float *scores, reel_err *err)
{
    const content *self = (const content *)model;
    const reel_csr_view films = self->films, posts = self->posts;
    const size_t size = (size_t)posts.rows * sizeof(float);
    const shares s = weigh_history(self, query);
    float *profile = reel__scratch_get(scratch, SLOT_PROFILE, size);

    if (profile == NULL)
        return no_scratch(err);
    memset(profile, 0, size);
    memset(scores, 0, (size_t)model->movies * sizeof *scores);
    for (size_t i = 0; i < query->count; i++) {
        const reel_index film = query->entries[i].movie;
        const float a = (float)share_of(&s, &query->entries[i]);

        for (reel_nnz k = films.ptr[film]; k < films.ptr[film + 1]; k++)
            profile[films.col[k]] += a * films.val[k];
        scores[film] = a * self->own[film];
    }
    for (reel_index t = 0; t < posts.rows; t++) {
        const float p = profile[t];

        if (p != 0)
            for (reel_nnz k = posts.ptr[t]; k < posts.ptr[t + 1]; k++)
                scores[posts.col[k]] += p * posts.val[k];
    }
    return REEL_OK;
}

/* ---- reasons ------------------------------------------------------------------------------- */

/* The term as a person reads it. */
static const char *term_text(const content *self, reel_index term)
{
    const char *text = self->texts + self->starts[term];
    return text[0] > 0 && text[0] < PREFIX_END ? text + 1 : text;
}

/* Terms that read alike ("war" of the overview, the genre War) are one to a person: add the sums of
 * the later ones to the first. */
static void merge_alike(const content *self, const reel_index *terms, float *sums, reel_nnz count)
{
    for (reel_nnz k = 1; k < count; k++) {
        const char *text = term_text(self, terms[k]);

        for (reel_nnz before = 0; before < k && sums[k] != 0; before++) {
            const char *other = term_text(self, terms[before]);

            if (sums[before] != 0 && (*text | 0x20) == (*other | 0x20) &&
                strcasecmp(text, other) == 0) {
                sums[before] += sums[k];
                sums[k] = 0;
            }
        }
    }
}

/* Keep a term if it is among the largest. */
static void add_term(reel_explanation *out, const char *text, double contribution)
{
    size_t at = out->term_count;

    if (at == REEL_TERMS_MAX) {
        if (out->terms[--at].contribution >= contribution)
            return;
    } else {
        out->term_count++;
    }
    for (; at > 0 && out->terms[at - 1].contribution < contribution; at--)
        out->terms[at] = out->terms[at - 1];
    out->terms[at] = (reel_term_reason){text, contribution};
}

static reel_code content_explain(const reel_model *model, const reel_query *query, reel_index movie,
                                 reel_scratch *scratch, double *contributions,
                                 reel_explanation *out, reel_err *err)
{
    const content *self = (const content *)model;
    const reel_csr_view films = self->films;
    const reel_nnz first = films.ptr[movie], count = films.ptr[movie + 1] - first;
    const size_t size = (size_t)films.cols * sizeof(float);
    const shares s = weigh_history(self, query);
    float *profile = reel__scratch_get(scratch, SLOT_PROFILE, size);
    float *film = reel__scratch_get(scratch, SLOT_FILM, size);

    if (profile == NULL || film == NULL)
        return no_scratch(err);
    memset(profile, 0, size);
    memset(film, 0, size);
    for (reel_nnz k = first; k < first + count; k++)
        film[films.col[k]] = films.val[k];
    for (size_t i = 0; i < query->count; i++) {
        const reel_index entry = query->entries[i].movie;
        const double share = share_of(&s, &query->entries[i]);
        double cosine = entry == movie ? (double)self->own[movie] : 0;

        for (reel_nnz k = films.ptr[entry]; k < films.ptr[entry + 1]; k++) {
            cosine += (double)films.val[k] * (double)film[films.col[k]];
            profile[films.col[k]] += (float)share * films.val[k];
        }
        contributions[i] = share * cosine;
        out->score += contributions[i];
    }
    /* What each term of the film adds; the film's dense copy is done with. */
    for (reel_nnz k = 0; k < count; k++)
        film[k] = profile[films.col[first + k]] * films.val[first + k];
    merge_alike(self, films.col + first, film, count);
    for (reel_nnz k = 0; k < count; k++)
        if (film[k] > 0)
            add_term(out, term_text(self, films.col[first + k]), (double)film[k]);
    return REEL_OK;
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

static reel_code content_save(const reel_model *model, reel_tensors_writer *writer, reel_err *err)
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

static reel_code content_load(reel_model *model, const reel_tensors *tensors, const char *prefix,
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

static void content_fini(reel_model *model)
{
    content *self = (content *)model;

    reel__csr_fini(&self->owned_films);
    reel__csr_fini(&self->owned_posts);
    for (size_t i = 0; i < sizeof self->owned / sizeof self->owned[0]; i++)
        reel__free(self->owned[i]);
}

const reel_model_ops reel__model_content = {
    .info = {.name = "content",
             .summary = "films whose overview, genres, keywords and people resemble your films",
             .task = REEL_TASK_RANKING,
             .fold_in = REEL_FOLD_IN_EXACT,
             .params = param_specs,
             .param_count = sizeof param_specs / sizeof *param_specs},
    .struct_size = sizeof(content),
    .fit = content_fit,
    .score = content_score,
    .explain = content_explain,
    .neighbours = NULL,
    .save = content_save,
    .load = content_load,
    .fini = content_fini,
};
