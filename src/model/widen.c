/* widen.c - see widen.h. A model of its own around the fitted one: queries go in with the numbers
 * that films and people had when it was fitted, scores come out with those that they have now.
 */
#include "model/widen.h"

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/ids.h"
#include "model/model_priv.h"
#include "num/par.h"
#include "num/topk.h"

/* How many films a guess is the mean of, by bench_widen (MovieLens 1M with TMDb texts, a tenth of
 * its films hidden): ndcg@10 of the hybrid among the hidden films with 1 .1244, 2 .1756, 5 .1860,
 * 10 .1863, 16 .1727; trained with those films in the catalogue .1929. ease .1236 .1673 .1831 .1812
 * .1704 (.0978), ials .1262 .1858 .1835 .1881 .1753 (.1910). The fewer, the more a guess is like
 * what somebody's best film gets: of the hybrid's lists of ten 3.5, 1.6, .33, .10 and .04 films are
 * hidden ones (.00).
 */
enum { KIN = 10, RANGES_AT_ONCE = 64 };
/* Pairs of films that are worth a thread: a millisecond or so. */
enum { PAIRS_PER_THREAD = 1 << 18 };
enum { SLOT_ENTRIES, SLOT_PLACES, SLOT_SCORES, SLOT_ASKED, SLOT_PARTS, SLOT_CONTRIBUTIONS };

typedef struct wide {
    reel_model base;
    reel_model_ops ops; /* what the inner one can do */
    reel_model *inner;
    reel_index *place;  /* [movies] of the inner model's; -1: it does not know that film */
    reel_index *row;    /* [people] likewise */
    reel_index *person; /* [inner's people] of those there are now; -1: they are gone */
    reel_csr kin;       /* movies x inner's movies: of such films, shares that add up to 1 */
    uint64_t *guessed;  /* bitmap of [movies]: those with kin */
} wide;

static reel_code no_memory(reel_err *err)
{
    return reel_fail(err, REEL_E_NOMEM, "no memory for films that came since a model was fitted");
}

/* ---- queries ------------------------------------------------------------------------------- */

/* The query as the inner model knows films and people; from [count]: which entry each was. Both
 * count films by ascending id, so that entries stay in order. */
static reel_code translate(reel_query *out, size_t **from, const wide *self,
                           const reel_query *query, reel_scratch *scratch, reel_err *err)
{
    reel_entry *entries =
        reel__scratch_get(scratch, SLOT_ENTRIES, (query->count + 1) * sizeof *entries);

    *from = reel__scratch_get(scratch, SLOT_PLACES, (query->count + 1) * sizeof **from);
    if (entries == NULL || *from == NULL)
        return no_memory(err);
    *out = *query;
    out->entries = entries;
    out->count = 0;
    for (size_t i = 0; i < query->count; i++) {
        const reel_index movie = self->place[query->entries[i].movie];

        if (movie < 0)
            continue;
        entries[out->count] = query->entries[i];
        entries[out->count].movie = movie;
        (*from)[out->count++] = i;
    }
    /* A stored person stays one where all that was fitted on is there, by the older numbers. */
    out->row = query->row < 0 || query->row >= self->base.people ? -1 : self->row[query->row];
    if (out->row < 0)
        out->row_hash = 0;
    else if (query->row_hash != 0)
        out->row_hash = query->row_hash == reel_query_hash(query) ? reel_query_hash(out) : 0;
    return REEL_OK;
}

static reel_code open_inner(reel_scratch **out, const wide *self, reel_scratch *scratch,
                            reel_err *err)
{
    *out = reel__scratch_part(scratch, self->inner);
    return *out != NULL ? REEL_OK : no_memory(err);
}

/* ---- scores -------------------------------------------------------------------------------- */

static double mean_of(const float *scores, reel_index count)
{
    double sum = 0;

    for (reel_index i = 0; i < count; i++)
        sum += (double)scores[i];
    return count > 0 ? sum / (double)count : 0;
}

static float guess(const wide *self, reel_index movie, const float *known)
{
    double sum = 0;

    for (reel_nnz k = self->kin.ptr[movie]; k < self->kin.ptr[movie + 1]; k++)
        sum += (double)self->kin.val[k] * (double)known[self->kin.col[k]];
    return (float)sum;
}

static bool has_kin(const wide *self, reel_index movie)
{
    return self->kin.ptr[movie + 1] > self->kin.ptr[movie];
}

/* What the inner model says of all films, for a query as it knows them; known [out] lies in the
 * scratch. */
static reel_code ask_inner(float **known, const wide *self, const reel_query *own,
                           reel_scratch *scratch, reel_err *err)
{
    reel_scratch *part = NULL;
    reel_code rc;

    *known = reel__scratch_get(scratch, SLOT_SCORES, (size_t)self->inner->movies * sizeof **known);
    if (*known == NULL)
        return no_memory(err);
    REEL_TRY(open_inner(&part, self, scratch, err));
    rc = self->inner->ops->score(self->inner, own, part, *known, err);
out:
    return rc;
}

static reel_code wide_score(const reel_model *model, const reel_query *query, reel_scratch *scratch,
                            float *scores, reel_err *err)
{
    const wide *self = (const wide *)model;
    reel_query own;
    size_t *from;
    float *known, mean = NAN;
    reel_code rc;

    REEL_TRY(translate(&own, &from, self, query, scratch, err));
    REEL_TRY(ask_inner(&known, self, &own, scratch, err));
    for (reel_index j = 0; j < model->movies; j++) {
        if (self->place[j] >= 0) {
            scores[j] = known[self->place[j]];
        } else if (has_kin(self, j)) {
            scores[j] = guess(self, j, known);
        } else {
            if (isnan(mean))
                mean = (float)mean_of(known, self->inner->movies);
            scores[j] = mean;
        }
    }
out:
    return rc;
}

/* What the inner model is asked of a film: the film, or those most like it. */
static size_t asked_of(const reel_index **out, const wide *self, reel_index movie)
{
    const reel_nnz first = self->kin.ptr[movie];

    *out = self->place[movie] >= 0 ? &self->place[movie] : self->kin.col + first;
    return self->place[movie] >= 0 ? 1 : (size_t)(self->kin.ptr[movie + 1] - first);
}

static reel_code wide_predict(const reel_model *model, const reel_query *query,
                              const reel_index *movies, size_t count, reel_scratch *scratch,
                              float *out, reel_err *err)
{
    const wide *self = (const wide *)model;
    reel_index *all = reel__scratch_get(scratch, SLOT_ASKED, (count + 1) * KIN * sizeof *all);
    float *said = reel__scratch_get(scratch, SLOT_SCORES, (count + 1) * KIN * sizeof *said);
    reel_scratch *part = NULL;
    reel_query own;
    size_t *from, total = 0;
    reel_code rc;

    if (all == NULL || said == NULL)
        return no_memory(err);
    REEL_TRY(translate(&own, &from, self, query, scratch, err));
    REEL_TRY(open_inner(&part, self, scratch, err));
    for (size_t i = 0; i < count; i++) {
        const reel_index *asked;
        const size_t of_it = asked_of(&asked, self, movies[i]);

        memcpy(all + total, asked, of_it * sizeof *all);
        total += of_it;
    }
    REEL_TRY(self->inner->ops->predict(self->inner, &own, all, total, part, said, err));
    for (size_t i = 0, at = 0; i < count; i++) {
        const reel_index *asked;
        const size_t of_it = asked_of(&asked, self, movies[i]);
        const float *share = self->kin.val + self->kin.ptr[movies[i]];

        out[i] = of_it > 0 ? 0 : (self->base.low + self->base.high) / 2;
        for (size_t k = 0; k < of_it; k++)
            out[i] += (self->place[movies[i]] >= 0 ? 1 : share[k]) * said[at + k];
        at += of_it;
    }
out:
    return rc;
}

/* Of films that it does not know nobody knows how far ratings lie around a guess. */
static bool wide_range(const reel_model *model, const reel_query *query, reel_films films,
                       const float *predicted, reel_rating_interval *out)
{
    const wide *self = (const wide *)model;
    reel_index own[RANGES_AT_ONCE];

    for (size_t at = 0; at < films.count; at += RANGES_AT_ONCE) {
        const size_t left = films.count - at, count = left < RANGES_AT_ONCE ? left : RANGES_AT_ONCE;

        for (size_t i = 0; i < count; i++)
            own[i] = self->place[films.movies[at + i]] < 0 ? 0 : self->place[films.movies[at + i]];
        if (!self->inner->ops->range(self->inner, query, (reel_films){own, count}, predicted + at,
                                     out + at))
            return false;
        for (size_t i = 0; i < count; i++)
            if (self->place[films.movies[at + i]] < 0)
                out[at + i] = (reel_rating_interval){NAN, NAN};
    }
    return true;
}

/* Of those that were asked for some may be gone: then it is fewer. */
static reel_code wide_neighbours(const reel_model *model, const reel_query *query, size_t limit,
                                 reel_scratch *scratch, reel_neighbour *out, size_t *count,
                                 reel_err *err)
{
    const wide *self = (const wide *)model;
    reel_scratch *part = NULL;
    reel_query own;
    size_t *from, found = 0;
    reel_code rc;

    REEL_TRY(translate(&own, &from, self, query, scratch, err));
    REEL_TRY(open_inner(&part, self, scratch, err));
    REEL_TRY(self->inner->ops->neighbours(self->inner, &own, limit, part, out, &found, err));
    *count = 0;
    for (size_t i = 0; i < found; i++) {
        const reel_index person = self->person[out[i].row];

        if (person >= 0)
            out[(*count)++] = (reel_neighbour){person, out[i].similarity};
    }
out:
    return rc;
}

/* ---- reasons ------------------------------------------------------------------------------- */

/* What the inner model is asked for one after the other, and where it answers. */
typedef struct explaining {
    const wide *self;
    reel_query own;
    const size_t *from; /* [own.count] */
    size_t entries;     /* of the query as it came */
    reel_scratch *part;
    reel_explanation *parts; /* [REEL_ASKED_MAX] */
    double *contributions;   /* [REEL_ASKED_MAX x own.count] */
} explaining;

static reel_code ask_reasons(explaining *e, const reel_index *movies, size_t count, reel_err *err)
{
    const reel_asked asked = {movies, count, e->contributions, e->parts};

    memset(e->parts, 0, count * sizeof *e->parts);
    memset(e->contributions, 0, count * e->own.count * sizeof *e->contributions);
    return reel__model_reasons(e->self->inner, &e->own, &asked, e->part, err);
}

/* Answer `at` of the inner model, with this share, to what is said of film n. */
static void add_answer(const explaining *e, size_t at, double share, const reel_asked *asked,
                       size_t n)
{
    const reel_explanation *part = &e->parts[at];
    reel_explanation *out = &asked->out[n];

    out->score += share * part->score;
    out->baseline += share * part->baseline;
    for (size_t i = 0; i < e->own.count; i++)
        asked->contributions[n * e->entries + e->from[i]] +=
            share * e->contributions[at * e->own.count + i];
    if (share < 1)
        return; /* terms are of one film's text */
    out->term_count = part->term_count;
    memcpy(out->terms, part->terms, sizeof out->terms);
}

static reel_code explain_known(explaining *e, const reel_asked *asked, reel_err *err)
{
    reel_index movies[REEL_ASKED_MAX];
    size_t which[REEL_ASKED_MAX], count = 0;
    reel_code rc = REEL_OK;

    for (size_t n = 0; n < asked->count; n++)
        if (e->self->place[asked->movies[n]] >= 0) {
            movies[count] = e->self->place[asked->movies[n]];
            which[count++] = n;
        }
    if (count > 0)
        REEL_TRY(ask_reasons(e, movies, count, err));
    for (size_t i = 0; i < count; i++)
        add_answer(e, i, 1, asked, which[i]);
out:
    return rc;
}

/* Nothing but the mean of all films is known of one without any text. */
static reel_code explain_unknown(explaining *e, const reel_asked *asked, size_t n,
                                 reel_scratch *scratch, reel_err *err)
{
    const wide *self = e->self;
    const reel_nnz first = self->kin.ptr[asked->movies[n]];
    const size_t kin = (size_t)(self->kin.ptr[asked->movies[n] + 1] - first);
    float *known;
    reel_code rc;

    if (kin == 0) {
        REEL_TRY(ask_inner(&known, self, &e->own, scratch, err));
        asked->out[n].score = asked->out[n].baseline = mean_of(known, self->inner->movies);
        return REEL_OK;
    }
    REEL_TRY(ask_reasons(e, self->kin.col + first, kin, err));
    for (size_t k = 0; k < kin; k++)
        add_answer(e, k, (double)self->kin.val[first + (reel_nnz)k], asked, n);
out:
    return rc;
}

static reel_code wide_explain(const reel_model *model, const reel_query *query,
                              const reel_asked *asked, reel_scratch *scratch, reel_err *err)
{
    explaining e = {.self = (const wide *)model, .entries = query->count};
    size_t *from;
    reel_code rc;

    REEL_TRY(translate(&e.own, &from, e.self, query, scratch, err));
    e.from = from;
    e.parts = reel__scratch_get(scratch, SLOT_PARTS, REEL_ASKED_MAX * sizeof *e.parts);
    e.contributions = reel__scratch_get(
        scratch, SLOT_CONTRIBUTIONS, REEL_ASKED_MAX * (e.own.count + 1) * sizeof *e.contributions);
    if (e.parts == NULL || e.contributions == NULL)
        return no_memory(err);
    REEL_TRY(open_inner(&e.part, e.self, scratch, err));
    REEL_TRY(explain_known(&e, asked, err));
    for (size_t n = 0; n < asked->count; n++)
        if (e.self->place[asked->movies[n]] < 0)
            REEL_TRY(explain_unknown(&e, asked, n, scratch, err));
out:
    return rc;
}

/* ---- making -------------------------------------------------------------------------------- */

static reel_code wide_save(const reel_model *model, reel_tensors_writer *writer, reel_err *err)
{
    (void)writer;
    return reel_fail(err, REEL_E_INVALID, "%s was fitted on other films, and is saved as it was",
                     model->id);
}

static void wide_fini(reel_model *model)
{
    wide *self = (wide *)model;

    reel__csr_fini(&self->kin);
    reel__free(self->guessed);
    reel__free(self->place);
    reel__free(self->row);
    reel__free(self->person);
    reel_model_free(self->inner);
}

static void take_ops(wide *self)
{
    const reel_model_ops *inner = self->inner->ops;

    self->ops = (reel_model_ops){.info = inner->info,
                                 .struct_size = sizeof(wide),
                                 .score = wide_score,
                                 .predict = inner->predict != NULL ? wide_predict : NULL,
                                 .range = inner->range != NULL ? wide_range : NULL,
                                 .takes_signals = inner->takes_signals,
                                 .explain_many = wide_explain,
                                 .neighbours = inner->neighbours != NULL ? wide_neighbours : NULL,
                                 .save = wide_save,
                                 .fini = wide_fini};
    self->base.ops = &self->ops;
    self->base.takes_signals = self->inner->takes_signals;
}

/* ids [out, owned] a copy of `from`; places [out, owned] where each of them is among `there`.
 * False: there is no memory. */
static bool look_up(const int64_t **ids, reel_index **places, const int64_t *from, reel_index count,
                    const int64_t *there, reel_index there_count)
{
    int64_t *own = reel__alloc_array((size_t)count, sizeof *own);
    reel_index *found = reel__alloc_array((size_t)count, sizeof *found);

    *ids = own;
    *places = found;
    if (own == NULL || found == NULL)
        return false;
    for (reel_index i = 0; i < count; i++) {
        own[i] = from[i];
        found[i] = reel__ids_find(there, there_count, from[i]);
    }
    return true;
}

static reel_code take_people(wide *self, const reel_data_now *now, reel_err *err)
{
    reel_model *base = &self->base;
    const reel_model *inner = self->inner;
    int64_t *hashes = reel__alloc_array((size_t)now->people, sizeof *hashes);

    base->row_hashes = hashes;
    self->person = reel__alloc_array((size_t)inner->people, sizeof *self->person);
    if (hashes == NULL || self->person == NULL ||
        !look_up(&base->person_ids, &self->row, now->person_ids, now->people, inner->person_ids,
                 inner->people))
        return no_memory(err);
    base->people = now->people;
    for (reel_index i = 0; i < inner->people; i++)
        self->person[i] = -1;
    for (reel_index u = 0; u < now->people; u++) {
        const reel_index row = self->row[u];

        hashes[u] = row < 0 ? 0 : inner->row_hashes[row];
        if (row >= 0)
            self->person[row] = u;
    }
    return REEL_OK;
}

static reel_code take_data(wide *self, const reel_data_now *now, reel_err *err)
{
    reel_model *base = &self->base;
    const reel_model *inner = self->inner;

    memcpy(base->params, inner->params, sizeof base->params);
    memcpy(base->id, inner->id, sizeof base->id);
    (void)snprintf(base->data_hash, sizeof base->data_hash, "%s", now->data_hash);
    base->low = inner->low;
    base->high = inner->high;
    base->seed = inner->seed;
    if (!look_up(&base->movie_ids, &self->place, now->movie_ids, now->features.rows,
                 inner->movie_ids, inner->movies))
        return no_memory(err);
    base->movies = now->features.rows;
    if (take_people(self, now, err) != REEL_OK)
        return no_memory(err);
    return inner->card == NULL ? REEL_OK : reel_model_set_card(base, inner->card, err);
}

/* How much the known films' texts are like that of one film. cosine [out] [movies]; skip [out]:
 * those that are not known, or have nothing in common with it. */
static void compare(const wide *self, reel_csr_view features, reel_csr_view terms, reel_index movie,
                    float *cosine, uint64_t *skip)
{
    memset(cosine, 0, (size_t)features.rows * sizeof *cosine);
    for (reel_nnz k = features.ptr[movie]; k < features.ptr[movie + 1]; k++)
        for (reel_nnz t = terms.ptr[features.col[k]]; t < terms.ptr[features.col[k] + 1]; t++)
            cosine[terms.col[t]] += features.val[k] * terms.val[t];
    memset(skip, 0, reel__bit_words(features.rows) * sizeof *skip);
    for (reel_index j = 0; j < features.rows; j++)
        if (self->place[j] < 0 || !(cosine[j] > 0))
            reel__bit_set(skip, j);
}

/* Of the films that a model does not know, which are most like each: KIN places for each of them.
 */
typedef struct kindred {
    reel_index *movie; /* [count] that it does not know */
    size_t *found;     /* [count] */
    reel_scored *best; /* [count x KIN] */
    reel_index count;
} kindred;

static reel_code kindred_init(kindred *out, const wide *self, reel_err *err)
{
    const reel_index movies = self->base.movies;
    size_t unknown = 0;

    for (reel_index j = 0; j < movies; j++)
        unknown += self->place[j] < 0;
    out->movie = reel__alloc_array(unknown + 1, sizeof *out->movie);
    out->found = reel__alloc_zero(unknown + 1, sizeof *out->found);
    out->best = reel__alloc_array((unknown + 1) * KIN, sizeof *out->best);
    if (out->movie == NULL || out->found == NULL || out->best == NULL)
        return no_memory(err);
    for (reel_index j = 0; j < movies; j++)
        if (self->place[j] < 0)
            out->movie[out->count++] = j;
    return REEL_OK;
}

static void kindred_fini(kindred *k)
{
    reel__free(k->movie);
    reel__free(k->found);
    reel__free(k->best);
}

/* Each film by itself and into places of its own, so that threads change nothing. */
static reel_code compare_all(kindred *out, const wide *self, const reel_data_now *now,
                             reel_csr_view terms, reel_err *err)
{
    const reel_index movies = self->base.movies;
    const int team =
        reel__par_threads((double)out->count * (double)movies, PAIRS_PER_THREAD, now->threads);
    atomic_int failed = REEL_OK;

    (void)team; /* a build without OpenMP */
#pragma omp parallel num_threads(team)
    {
        float *cosine = reel__alloc_array((size_t)movies, sizeof *cosine);
        uint64_t *skip = reel__alloc_array(reel__bit_words(movies), sizeof *skip);
        const bool ready = cosine != NULL && skip != NULL;

        if (!ready)
            atomic_store(&failed, (int)REEL_E_NOMEM);
#pragma omp for schedule(dynamic, 16)
        for (reel_index i = 0; i < out->count; i++)
            if (ready) {
                compare(self, now->features, terms, out->movie[i], cosine, skip);
                out->found[i] = reel__topk(cosine, movies, skip, KIN, out->best + (size_t)i * KIN);
            }
        reel__free(cosine);
        reel__free(skip);
    }
    return atomic_load(&failed) == REEL_OK ? REEL_OK : no_memory(err);
}

static void take_kin(wide *self, reel_nnz *at, const reel_scored *best, size_t count)
{
    double sum = 0;

    for (size_t k = 0; k < count; k++)
        sum += (double)best[k].score;
    for (size_t k = 0; k < count; k++) {
        self->kin.col[*at] = self->place[best[k].index];
        self->kin.val[(*at)++] = (float)((double)best[k].score / sum);
    }
}

static reel_code find_kin(wide *self, const reel_data_now *now, reel_err *err)
{
    const reel_index movies = self->base.movies;
    kindred all = {0};
    reel_csr terms = {0};
    reel_nnz at = 0;
    reel_code rc = REEL_OK;

    self->guessed = reel__alloc_zero(reel__bit_words(movies), sizeof *self->guessed);
    if (self->guessed == NULL)
        REEL_TRY(no_memory(err));
    REEL_TRY(kindred_init(&all, self, err));
    REEL_TRY(reel__csr_transpose(&terms, now->features, err));
    REEL_TRY(compare_all(&all, self, now, reel__csr_view(&terms), err));
    REEL_TRY(
        reel__csr_init(&self->kin, movies, self->inner->movies, (reel_nnz)all.count * KIN, err));
    for (reel_index j = 0, i = 0; j < movies; j++) {
        if (i < all.count && all.movie[i] == j) {
            take_kin(self, &at, all.best + (size_t)i * KIN, all.found[i]);
            if (all.found[i++] > 0)
                reel__bit_set(self->guessed, j);
        }
        self->kin.ptr[j + 1] = at;
    }
out:
    kindred_fini(&all);
    reel__csr_fini(&terms);
    return rc;
}

/* Whether what was found for another model holds for this one, too. */
static bool same_kin(const wide *self, const reel_data_now *now)
{
    const wide *other = (const wide *)now->like;

    return now->like != NULL && reel__model_guessed(now->like) != NULL &&
           strcmp(now->like->data_hash, now->data_hash) == 0 &&
           now->like->movies == self->base.movies && other->inner->movies == self->inner->movies &&
           memcmp(other->place, self->place, (size_t)self->base.movies * sizeof *self->place) == 0;
}

static reel_code copy_kin(wide *self, const wide *from, reel_err *err)
{
    const reel_index movies = self->base.movies;
    const size_t words = reel__bit_words(movies), count = (size_t)from->kin.ptr[movies];
    reel_code rc;

    self->guessed = reel__alloc_array(words, sizeof *self->guessed);
    if (self->guessed == NULL)
        return no_memory(err);
    memcpy(self->guessed, from->guessed, words * sizeof *self->guessed);
    REEL_TRY(reel__csr_init(&self->kin, movies, from->kin.cols, (reel_nnz)count, err));
    memcpy(self->kin.ptr, from->kin.ptr, ((size_t)movies + 1) * sizeof *self->kin.ptr);
    memcpy(self->kin.col, from->kin.col, count * sizeof *self->kin.col);
    memcpy(self->kin.val, from->kin.val, count * sizeof *self->kin.val);
out:
    return rc;
}

reel_code reel__model_widen(reel_model **out, reel_model *model, const reel_data_now *now,
                            reel_err *err)
{
    static const reel_model_ops blank = {.struct_size = sizeof(wide), .fini = wide_fini};
    reel_model *made = NULL;
    reel_code rc;

    *out = NULL;
    REEL_TRY(reel__model_new(&made, &blank, err));
    ((wide *)made)->inner = reel_model_ref(model);
    take_ops((wide *)made);
    REEL_TRY(take_data((wide *)made, now, err));
    REEL_TRY(same_kin((wide *)made, now) ? copy_kin((wide *)made, (const wide *)now->like, err)
                                         : find_kin((wide *)made, now, err));
    *out = made;
    made = NULL;
out:
    reel_model_free(made);
    return rc;
}

bool reel__model_has_row(const reel_model *model, reel_index row)
{
    return row >= 0 && row < model->people &&
           (model->ops->score != wide_score || ((const wide *)model)->row[row] >= 0);
}

const uint64_t *reel__model_guessed(const reel_model *model)
{
    return model->ops->score == wide_score ? ((const wide *)model)->guessed : NULL;
}
