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
#include "num/kernels.h"

enum { SLOT_STATE, SLOT_MET, SLOT_NUMBERS, SLOT_WEIGHTS, SLOT_SAID };

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

/* A bitmap over the terms. */
static size_t words_of(const content *self)
{
    return ((size_t)self->films.cols + 63) / 64;
}

/* met [words_of]: which terms the history has. */
static void make_profile(const content *self, const reel_query *query, content_state *state,
                         uint64_t *met)
{
    const reel_csr_view films = self->films;
    float *profile = state->profile;

    state->shares = weigh_history(self, query);
    memset(profile, 0, (size_t)films.cols * sizeof *profile);
    memset(met, 0, words_of(self) * sizeof *met);
    for (size_t i = 0; i < query->count; i++) {
        const reel_index film = query->entries[i].movie;
        const float a = (float)share_of(&state->shares, &query->entries[i]);

        for (reel_nnz k = films.ptr[film]; k < films.ptr[film + 1]; k++) {
            const reel_index term = films.col[k];

            profile[term] += a * films.val[k];
            met[term >> 6] |= UINT64_C(1) << (term & 63);
        }
    }
    state->key = reel__query_key(&self->base, query);
}

/* scores += what one term of the profile says of the films that have it. */
static void add_posts(reel_csr_view posts, reel_index term, float p, float *restrict scores)
{
    for (reel_nnz k = posts.ptr[term]; k < posts.ptr[term + 1]; k++)
        scores[posts.col[k]] += p * posts.val[k];
}

static reel_code content_score(const reel_model *model, const reel_query *query,
                               reel_scratch *scratch, float *scores, reel_err *err)
{
    const content *self = (const content *)model;
    content_state *state = get_state(self, scratch);
    uint64_t *met = reel__scratch_get(scratch, SLOT_MET, words_of(self) * sizeof *met);

    if (state == NULL || met == NULL)
        return no_scratch(err);
    make_profile(self, query, state, met);
    memset(scores, 0, (size_t)model->movies * sizeof *scores);
    for (size_t i = 0; i < query->count; i++) {
        const reel_entry *e = &query->entries[i];

        scores[e->movie] = (float)share_of(&state->shares, e) * self->own[e->movie];
    }
    for (size_t w = 0; w < words_of(self); w++)
        for (uint64_t bits = met[w]; bits != 0; bits &= bits - 1) {
            const reel_index term = (reel_index)(64 * w) + __builtin_ctzll(bits);

            add_posts(self->posts, term, state->profile[term], scores);
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

/* What a term says for a film. */
typedef struct said {
    const char *text;
    char letter; /* its first, without its case: most comparisons end there */
    float sum;
} said;

/* Terms that read alike ("war" of the overview, the genre War) are one to a person: what the later
 * ones say is added to the first. said [out] room for one more; returns how many there are. */
static size_t say(said *all, size_t count, const char *text, float sum)
{
    const char letter = (char)(*text | 0x20);

    for (size_t k = 0; k < count; k++)
        if (all[k].letter == letter && strcasecmp(all[k].text, text) == 0) {
            all[k].sum += sum;
            return count;
        }
    all[count] = (said){text, letter, sum};
    return count + 1;
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

/* What the films asked about have of each term: a row of weights, one for each film, for every term
 * that any of them has; row 0 is zeros, for all other terms. */
typedef struct asked_terms {
    reel_index *number; /* [terms] row of a term: zeros, before and after */
    float (*weight)[REEL_ASKED_MAX];
    reel_index rows;
} asked_terms;

static bool open_terms(asked_terms *terms, const content *self, const reel_asked *asked,
                       reel_scratch *scratch)
{
    const reel_csr_view films = self->films;
    size_t most = 1;

    for (size_t n = 0; n < asked->count; n++)
        most += (size_t)(films.ptr[asked->movies[n] + 1] - films.ptr[asked->movies[n]]);
    terms->number =
        reel__scratch_get(scratch, SLOT_NUMBERS, (size_t)films.cols * sizeof *terms->number);
    terms->weight = reel__scratch_get(scratch, SLOT_WEIGHTS, most * sizeof *terms->weight);
    terms->rows = 1;
    if (terms->number == NULL || terms->weight == NULL)
        return false;
    memset(terms->weight, 0, most * sizeof *terms->weight);
    for (size_t n = 0; n < asked->count; n++)
        for (reel_nnz k = films.ptr[asked->movies[n]]; k < films.ptr[asked->movies[n] + 1]; k++) {
            reel_index *number = &terms->number[films.col[k]];

            if (*number == 0)
                *number = terms->rows++;
            terms->weight[*number][n] = films.val[k];
        }
    return true;
}

static void close_terms(const asked_terms *terms, const content *self, const reel_asked *asked)
{
    const reel_csr_view films = self->films;

    for (size_t n = 0; n < asked->count; n++)
        for (reel_nnz k = films.ptr[asked->movies[n]]; k < films.ptr[asked->movies[n] + 1]; k++)
            terms->number[films.col[k]] = 0;
}

/* Sums of the products for a few films at a time, in registers. */
typedef float few_products __attribute__((vector_size(4 * sizeof(float))));
typedef double few_sums __attribute__((vector_size(4 * sizeof(double))));
enum { FEWS = REEL_ASKED_MAX / 4 };

/* The products of one film's text with those of all the films asked about. */
REEL_KERNEL static void compare_text(double *restrict cosine, const reel_index *col,
                                     const float *val, reel_nnz count, const asked_terms *terms)
{
    few_sums sum[FEWS] = {{0}};

    for (reel_nnz k = 0; k < count; k++) {
        const few_products *weight =
            (const few_products *)(const void *)terms->weight[terms->number[col[k]]];

        for (int n = 0; n < FEWS; n++)
            sum[n] += __builtin_convertvector(val[k] * weight[n], few_sums);
    }
    memcpy(cosine, sum, sizeof sum);
}

/* What each entry adds: its share times its cosine with the film. */
static void compare_entries(const content *self, const reel_query *query, const shares *s,
                            const asked_terms *terms, const reel_asked *asked)
{
    const reel_csr_view films = self->films;
    double cosine[REEL_ASKED_MAX];

    for (size_t i = 0; i < query->count; i++) {
        const reel_index entry = query->entries[i].movie;
        const reel_nnz first = films.ptr[entry];
        const double share = share_of(s, &query->entries[i]);

        compare_text(cosine, films.col + first, films.val + first, films.ptr[entry + 1] - first,
                     terms);
        for (size_t n = 0; n < asked->count; n++) {
            const double own = asked->movies[n] == entry ? (double)self->own[entry] : 0;
            const double added = share * (cosine[n] + own);

            asked->contributions[n * query->count + i] = added;
            asked->out[n].score += added;
        }
    }
}

/* The terms that say most of why a film is liked; room: for all of the film's. */
static void find_terms(const content *self, const content_state *state, reel_index movie,
                       said *room, reel_explanation *out)
{
    const reel_csr_view films = self->films;
    size_t count = 0;

    for (reel_nnz k = films.ptr[movie]; k < films.ptr[movie + 1]; k++) {
        const float sum = state->profile[films.col[k]] * films.val[k];

        if (sum != 0)
            count = say(room, count, term_text(self, films.col[k]), sum);
    }
    for (size_t k = 0; k < count; k++)
        if (room[k].sum > 0)
            add_term(out, room[k].text, (double)room[k].sum);
}

static reel_code content_explain(const reel_model *model, const reel_query *query,
                                 const reel_asked *asked, reel_scratch *scratch, reel_err *err)
{
    const content *self = (const content *)model;
    content_state *state = get_state(self, scratch);
    uint64_t *met = reel__scratch_get(scratch, SLOT_MET, words_of(self) * sizeof *met);
    said *room = reel__scratch_get(scratch, SLOT_SAID, (size_t)self->films.cols * sizeof *room);
    asked_terms terms;

    if (state == NULL || met == NULL || room == NULL || !open_terms(&terms, self, asked, scratch))
        return no_scratch(err);
    if (state->key != reel__query_key(model, query))
        make_profile(self, query, state, met);
    compare_entries(self, query, &state->shares, &terms, asked);
    close_terms(&terms, self, asked);
    for (size_t n = 0; n < asked->count; n++)
        find_terms(self, state, asked->movies[n], room, &asked->out[n]);
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
    .explain_many = content_explain,
    .neighbours = NULL,
    .save = reel__content_save,
    .load = reel__content_load,
    .fini = reel__content_fini,
};
