/* content.c - films whose texts resemble those of the films a person liked.
 *   s_j = sum_i a_i x_i . x_j,   a_i = w_i p_i / sum_k |w_k p_k|,   p_i = lift + r_i - mean
 * x_j is the film's TF-IDF vector over weighted fields, w_i the entry's weight, mean the weighted
 * mean of the person's own ratings (a click counts as a rating at the mean). The score is thus a
 * weighted mean of cosines: the history {X} gives the plain cosine with X whatever X was given, who
 * only ever gives 5 is a person who likes all of them, and films far below the mean count against.
 * The baseline is 0; a film without any text scores 0.
 *
 * A film also has a part of its own that no text tells (text/tfidf.h), twice as long as the median
 * text: without it a film of which only the genre is known is all genre, and such films fill the
 * lists. Genres, keywords, tags and names are whole terms, apart from overview words.
 *
 * Defaults, by NDCG@10 on MovieLens 1M with TMDb texts (6,037 people; half of a 95 % interval is
 * .003), with one change each: `reel evaluate --database FILE --threshold 4 --k 10 --model
 * content,content:genres=0,...` gives 0.090 for the defaults, and
 *   genres   0 0.071, 1 0.078, 3 0.081    lift 0.5 0.088, 2 0.089, 100 (all alike) 0.086
 *   keywords 0 0.070, 1 0.080, 3 0.079    own  0 0.010, 1 0.079, 4 0.090
 *   overview 0 0.075                      min_df 2 0.090
 *   text=sklearn 0.036
 * Tags on latest-small: weight 0 0.056, 2 0.080 (partly because who tags a film has seen it). Cast
 * and directors were not there to be measured; their weights are set by analogy.
 */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "model/content_priv.h"
#include "model/side.h"

enum { SLOT_STATE, SLOT_FILM, SLOT_SUMS };

static const reel_param_spec param_specs[] = {
    [PARAM_TEXT] = {"text",
                    "what is compared: weighted fields, or the overview alone exactly as "
                    "scikit-learn's TfidfVectorizer does",
                    REEL_PARAM_CHOICE, TEXT_FIELDS, 0, 1, "fields|sklearn"},
    [PARAM_OVERVIEW] = {"overview", "weight of a word of the overview", REEL_PARAM_REAL, 1, 0, 100,
                        NULL},
    [PARAM_GENRES] = {"genres", "weight of a genre", REEL_PARAM_REAL, 2, 0, 100, NULL},
    [PARAM_KEYWORDS] = {"keywords", "weight of a keyword", REEL_PARAM_REAL, 2, 0, 100, NULL},
    [PARAM_CAST] = {"cast", "weight of a leading actor", REEL_PARAM_REAL, 1, 0, 100, NULL},
    [PARAM_DIRECTORS] = {"directors", "weight of a director", REEL_PARAM_REAL, 2, 0, 100, NULL},
    [PARAM_TAGS] = {"tags", "weight of a tag people gave", REEL_PARAM_REAL, 2, 0, 100, NULL},
    [PARAM_MIN_DF] = {"min_df", "leave out terms in fewer films than this", REEL_PARAM_INT, 1, 1,
                      1e6, NULL},
    [PARAM_OWN] = {"own",
                   "length of the part of each film that no text tells, in median texts (not "
                   "with text=sklearn)",
                   REEL_PARAM_REAL, 2, 0, 100, NULL},
    [PARAM_LIFT] = {"lift", "what a film rated at the person's mean counts, in rating points",
                    REEL_PARAM_REAL, 1, 0.01, 100, NULL},
};

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

/* What score worked out for a query, left in the scratch for explain. */
typedef struct content_state {
    uint64_t key;
    shares shares;
    float profile[]; /* [terms] sum of a_i x_i */
} content_state;

static content_state *get_state(const content *self, reel_scratch *scratch)
{
    const size_t terms = (size_t)self->films.cols;
    content_state *state;

    return reel__scratch_get(scratch, SLOT_STATE, sizeof *state + terms * sizeof state->profile[0]);
}

static void make_profile(const content *self, const reel_query *query, content_state *state)
{
    const reel_csr_view films = self->films;
    float *profile = state->profile;

    state->shares = weigh_history(self, query);
    memset(profile, 0, (size_t)films.cols * sizeof *profile);
    for (size_t i = 0; i < query->count; i++) {
        const reel_index film = query->entries[i].movie;
        const float a = (float)share_of(&state->shares, &query->entries[i]);

        for (reel_nnz k = films.ptr[film]; k < films.ptr[film + 1]; k++)
            profile[films.col[k]] += a * films.val[k];
    }
    state->key = reel__query_key(&self->base, query);
}

static reel_code content_score(const reel_model *model, const reel_query *query,
                               reel_scratch *scratch, float *scores, reel_err *err)
{
    const content *self = (const content *)model;
    const reel_csr_view posts = self->posts;
    content_state *state = get_state(self, scratch);

    if (state == NULL)
        return no_scratch(err);
    make_profile(self, query, state);
    memset(scores, 0, (size_t)model->movies * sizeof *scores);
    for (size_t i = 0; i < query->count; i++) {
        const reel_entry *e = &query->entries[i];

        scores[e->movie] = (float)share_of(&state->shares, e) * self->own[e->movie];
    }
    for (reel_index t = 0; t < posts.rows; t++) {
        const float p = state->profile[t];

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
    return text[0] > 0 && text[0] < REEL_SIDE_PREFIX_END ? text + 1 : text;
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

/* What each entry adds: its share times its cosine with the film. dense [terms]: zeros, before and
 * after. */
static void compare_film(const content *self, const reel_query *query, reel_index movie,
                         const shares *s, float *dense, double *contributions)
{
    const reel_csr_view films = self->films;

    for (reel_nnz k = films.ptr[movie]; k < films.ptr[movie + 1]; k++)
        dense[films.col[k]] = films.val[k];
    for (size_t i = 0; i < query->count; i++) {
        const reel_index entry = query->entries[i].movie;
        const reel_nnz end = films.ptr[entry + 1];
        reel_nnz k = films.ptr[entry];
        double cosine = entry == movie ? (double)self->own[movie] : 0, odd = 0;

        for (; k + 2 <= end; k += 2) { /* two sums: one addition need not wait for the other */
            cosine += (double)(films.val[k] * dense[films.col[k]]);
            odd += (double)(films.val[k + 1] * dense[films.col[k + 1]]);
        }
        if (k < end)
            cosine += (double)(films.val[k] * dense[films.col[k]]);
        contributions[i] = share_of(s, &query->entries[i]) * (cosine + odd);
    }
    for (reel_nnz k = films.ptr[movie]; k < films.ptr[movie + 1]; k++)
        dense[films.col[k]] = 0;
}

static reel_code content_explain(const reel_model *model, const reel_query *query, reel_index movie,
                                 reel_scratch *scratch, double *contributions,
                                 reel_explanation *out, reel_err *err)
{
    const content *self = (const content *)model;
    const reel_csr_view films = self->films;
    const reel_nnz first = films.ptr[movie], count = films.ptr[movie + 1] - first;
    content_state *state = get_state(self, scratch);
    float *dense = reel__scratch_get(scratch, SLOT_FILM, (size_t)films.cols * sizeof *dense);
    float *sums = reel__scratch_get(scratch, SLOT_SUMS, (size_t)count * sizeof *sums);

    if (state == NULL || dense == NULL || sums == NULL)
        return no_scratch(err);
    if (state->key != reel__query_key(model, query))
        make_profile(self, query, state);
    compare_film(self, query, movie, &state->shares, dense, contributions);
    for (size_t i = 0; i < query->count; i++)
        out->score += contributions[i];
    for (reel_nnz k = 0; k < count; k++)
        sums[k] = state->profile[films.col[first + k]] * films.val[first + k];
    merge_alike(self, films.col + first, sums, count);
    for (reel_nnz k = 0; k < count; k++)
        if (sums[k] > 0)
            add_term(out, term_text(self, films.col[first + k]), (double)sums[k]);
    return REEL_OK;
}

const reel_model_ops reel__model_content = {
    .info = {.name = "content",
             .summary = "films whose overview, genres, keywords and people resemble your films",
             .task = REEL_TASK_RANKING,
             .fold_in = REEL_FOLD_IN_EXACT,
             .params = param_specs,
             .param_count = sizeof param_specs / sizeof *param_specs},
    .struct_size = sizeof(content),
    .fit = reel__content_fit,
    .score = content_score,
    .explain = content_explain,
    .neighbours = NULL,
    .save = reel__content_save,
    .load = reel__content_load,
    .fini = reel__content_fini,
};
