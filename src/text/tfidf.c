/* text/tfidf.c - the vocabulary and the weighted rows of a set of documents.
 * Words are numbered as they come, counted per document, and only at the end sorted into terms, so
 * each token costs one table look-up. Counts and norms are summed in double, in a fixed order.
 * Layer: text. Threads: one thread at a time while fitting; the result is immutable.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/map.h"
#include "text/tfidf.h"

struct reel_tfidf {
    reel_index terms;
    char *texts;    /* the terms in order, each closed by a NUL */
    size_t *starts; /* [terms + 1] */
    float *idf;     /* [terms] */
};

/* What is known of a word while the documents are read. */
typedef struct word {
    reel_index document;  /* the last one that had it, */
    reel_nnz place;       /* and where its count is */
    reel_index documents; /* how many had it */
    reel_index term;      /* its number in the end; -1 = left out */
} word;

typedef struct counter {
    reel_intern *intern;
    word *words; /* [word_room], by interned id */
    size_t word_room;
    reel_index *ids; /* [room] of each (document, word) pair */
    float *counts;   /* [room] */
    size_t room;
    reel_nnz *ptr;    /* [documents + 1] */
    reel_nnz count;   /* pairs so far */
    reel_index *kept; /* [terms] ids of the words that became terms, in byte order */
    reel_index terms;
    char *item; /* a list item with its prefix */
    size_t item_room;
    /* the field being read */
    reel_index document;
    reel_field spec;
    reel_code rc;
    reel_err *err;
} counter;

reel_tfidf_opts reel__tfidf_opts_default(void)
{
    return (reel_tfidf_opts){.min_df = 1, .max_df = 1, .sublinear = false, .own = 0};
}

static reel_code no_memory(reel_err *err)
{
    return reel_fail(err, REEL_E_NOMEM, "out of memory for the terms of the texts");
}

/* ---- counting ------------------------------------------------------------------------------ */

static size_t doubled(size_t room)
{
    return room < 1024 ? 1024 : room * 2;
}

static reel_code grow_words(counter *c)
{
    const size_t room = doubled(c->word_room);
    word *words = reel__realloc_array(c->words, room, sizeof *words);

    if (words == NULL)
        return no_memory(c->err);
    c->words = words;
    c->word_room = room;
    return REEL_OK;
}

static reel_code grow_pairs(counter *c)
{
    const size_t room = doubled(c->room);
    reel_index *ids = reel__realloc_array(c->ids, room, sizeof *ids);
    float *counts;

    if (ids == NULL)
        return no_memory(c->err);
    c->ids = ids;
    counts = reel__realloc_array(c->counts, room, sizeof *counts);
    if (counts == NULL)
        return no_memory(c->err);
    c->counts = counts;
    c->room = room;
    return REEL_OK;
}

static reel_code grow_item(counter *c, size_t need)
{
    const size_t room = need * 2;
    char *item = reel__realloc_array(c->item, room, 1);

    if (item == NULL)
        return no_memory(c->err);
    c->item = item;
    c->item_room = room;
    return REEL_OK;
}

static reel_code count_term(counter *c, const char *text, size_t length)
{
    reel_code rc = REEL_OK;
    int32_t id = 0;
    const int32_t known = reel__intern_count(c->intern);

    REEL_TRY(reel__intern_add(c->intern, text, length, &id, c->err));
    if (id == known) {
        if ((size_t)id == c->word_room)
            REEL_TRY(grow_words(c));
        c->words[id] = (word){.document = -1, .term = -1};
    }
    if (c->words[id].document != c->document) {
        if ((size_t)c->count == c->room)
            REEL_TRY(grow_pairs(c));
        c->words[id].document = c->document;
        c->words[id].documents++;
        c->words[id].place = c->count;
        c->ids[c->count] = id;
        c->counts[c->count++] = 0;
    }
    c->counts[c->words[id].place] += c->spec.weight;
out:
    return rc;
}

/* A token of a text or a folded list item: count it under the prefix of its field. */
static bool found(void *user, const char *token, size_t length)
{
    counter *c = user;

    if (c->spec.prefix == 0 || c->spec.kind == REEL_FIELD_TEXT) {
        c->rc = count_term(c, token, length);
        return c->rc == REEL_OK;
    }
    c->rc = length < c->item_room ? REEL_OK : grow_item(c, length + 1);
    if (c->rc == REEL_OK) {
        c->item[0] = c->spec.prefix;
        memcpy(c->item + 1, token, length);
        c->rc = count_term(c, c->item, length + 1);
    }
    return c->rc == REEL_OK;
}

static reel_code count_item(counter *c, const char *text, size_t length)
{
    while (length > 0 && text[0] == ' ') {
        text++;
        length--;
    }
    while (length > 0 && text[length - 1] == ' ')
        length--;
    if (length == 0)
        return REEL_OK;
    if (c->spec.kind == REEL_FIELD_FOLDED_LIST) {
        const reel_code rc = reel__lower(text, length, found, c, c->err);
        return rc == REEL_E_CANCELLED ? c->rc : rc;
    }
    return found(c, text, length) ? REEL_OK : c->rc;
}

static reel_code count_field(counter *c, const char *text)
{
    reel_code rc = REEL_OK;

    if (c->spec.kind == REEL_FIELD_TEXT) {
        /* Stop words are sorted out later, once per word and not once per token. */
        rc = reel__tokenize(text, strlen(text), true, found, c, c->err);
        return rc == REEL_E_CANCELLED ? c->rc : rc;
    }
    while (*text != 0) {
        const size_t length = strcspn(text, "|");
        REEL_TRY(count_item(c, text, length));
        text += length + (text[length] == '|');
    }
out:
    return rc;
}

static reel_code count_documents(counter *c, const reel_documents *documents)
{
    reel_code rc = REEL_OK;
    const char *const *text = documents->texts;

    c->ptr[0] = 0;
    for (reel_index d = 0; d < documents->documents; d++) {
        c->document = d;
        for (int f = 0; f < documents->fields; f++, text++) {
            c->spec = documents->specs[f];
            if (c->spec.weight > 0)
                REEL_TRY(count_field(c, *text));
        }
        c->ptr[d + 1] = c->count;
    }
out:
    return rc;
}

/* ---- terms --------------------------------------------------------------------------------- */

static int compare_ids(const void *a, const void *b, void *user)
{
    const reel_index *left = a, *right = b;
    const counter *c = user;
    return strcmp(reel__intern_text(c->intern, *left), reel__intern_text(c->intern, *right));
}

/* Pick the words that become terms and number them in byte order. */
static reel_code choose_terms(counter *c, reel_index documents, const reel_tfidf_opts *opts)
{
    const int32_t words = reel__intern_count(c->intern);

    c->kept = reel__alloc_array((size_t)words, sizeof *c->kept);
    if (c->kept == NULL)
        return no_memory(c->err);
    for (int32_t id = 0; id < words; id++) {
        const char *text = reel__intern_text(c->intern, id);
        const double df = c->words[id].documents;
        if (df >= opts->min_df && df <= opts->max_df * documents &&
            !reel__is_stop_word(text, strlen(text)))
            c->kept[c->terms++] = id;
    }
    qsort_r(c->kept, (size_t)c->terms, sizeof *c->kept, compare_ids, c);
    for (reel_index term = 0; term < c->terms; term++)
        c->words[c->kept[term]].term = term;
    return REEL_OK;
}

static reel_code keep_terms(reel_tfidf *tfidf, const counter *c, reel_index documents)
{
    size_t size = 0;

    for (reel_index term = 0; term < c->terms; term++)
        size += strlen(reel__intern_text(c->intern, c->kept[term])) + 1;
    tfidf->texts = reel__alloc_array(size, 1);
    tfidf->starts = reel__alloc_array((size_t)c->terms + 1, sizeof *tfidf->starts);
    tfidf->idf = reel__alloc_array((size_t)c->terms, sizeof *tfidf->idf);
    if (tfidf->texts == NULL || tfidf->starts == NULL || tfidf->idf == NULL)
        return no_memory(c->err);
    tfidf->terms = c->terms;
    tfidf->starts[0] = 0;
    for (reel_index term = 0; term < c->terms; term++) {
        const char *text = reel__intern_text(c->intern, c->kept[term]);
        const size_t length = strlen(text) + 1;
        memcpy(tfidf->texts + tfidf->starts[term], text, length);
        tfidf->starts[term + 1] = tfidf->starts[term] + length;
        tfidf->idf[term] =
            (float)(log((1.0 + documents) / (1.0 + c->words[c->kept[term]].documents)) + 1.0);
    }
    return REEL_OK;
}

/* ---- rows ---------------------------------------------------------------------------------- */

/* Fill the matrix with counts, terms increasing in each row: sort the pairs by term (a counting
 * sort that keeps the order of the documents), then deal them out to their rows. */
static reel_code fill_rows(reel_csr *matrix, const counter *c, reel_index documents)
{
    reel_nnz *start = reel__alloc_zero((size_t)c->terms + 1, sizeof *start);
    reel_index *rows = reel__alloc_array((size_t)matrix->ptr[documents], sizeof *rows);
    float *values = reel__alloc_array((size_t)matrix->ptr[documents], sizeof *values);
    reel_code rc = REEL_OK;

    if (start == NULL || rows == NULL || values == NULL) {
        rc = no_memory(c->err);
        goto out;
    }
    for (reel_index term = 0; term < c->terms; term++)
        start[term + 1] = start[term] + c->words[c->kept[term]].documents;
    for (reel_index d = 0; d < documents; d++)
        for (reel_nnz i = c->ptr[d]; i < c->ptr[d + 1]; i++) {
            const reel_index term = c->words[c->ids[i]].term;
            if (term >= 0) {
                rows[start[term]] = d;
                values[start[term]++] = c->counts[i];
            }
        }
    /* start[t] is now where term t ends; ptr[d] moves on to where row d ends. */
    for (reel_index term = 0, i = 0; term < c->terms; term++)
        for (; i < start[term]; i++) {
            const reel_nnz place = matrix->ptr[rows[i]]++;
            matrix->col[place] = term;
            matrix->val[place] = values[i];
        }
    for (reel_index d = documents; d > 0; d--)
        matrix->ptr[d] = matrix->ptr[d - 1];
    matrix->ptr[0] = 0;
out:
    reel__free(values);
    reel__free(rows);
    reel__free(start);
    return rc;
}

static reel_code make_rows(reel_csr *matrix, const counter *c, reel_index documents)
{
    reel_code rc = REEL_OK;
    reel_nnz nnz = 0;

    for (reel_index term = 0; term < c->terms; term++)
        nnz += c->words[c->kept[term]].documents;
    REEL_TRY(reel__csr_init(matrix, documents, c->terms, nnz, c->err));
    matrix->ptr[0] = 0;
    for (reel_index d = 0; d < documents; d++) {
        matrix->ptr[d + 1] = matrix->ptr[d];
        for (reel_nnz i = c->ptr[d]; i < c->ptr[d + 1]; i++)
            matrix->ptr[d + 1] += c->words[c->ids[i]].term >= 0;
    }
    REEL_TRY(fill_rows(matrix, c, documents));
out:
    return rc;
}

static int compare_doubles(const void *a, const void *b)
{
    const double *left = a, *right = b;
    return (*left > *right) - (*left < *right);
}

/* Middle of the lengths of the rows that are not empty; 0 when all are. */
static double median_length(double *sorted, const double *lengths, reel_index rows)
{
    reel_index count = 0;

    for (reel_index d = 0; d < rows; d++)
        if (lengths[d] > 0)
            sorted[count++] = lengths[d];
    if (count == 0)
        return 0;
    qsort(sorted, (size_t)count, sizeof *sorted, compare_doubles);
    return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
}

/* Counts become tf x idf, rows get their length. */
static reel_code weigh_rows(reel_csr *matrix, const float *idf, const reel_tfidf_opts *opts,
                            reel_err *err)
{
    double *lengths = reel__alloc_array((size_t)matrix->rows, 2 * sizeof *lengths);
    double own;

    if (lengths == NULL)
        return no_memory(err);
    for (reel_index d = 0; d < matrix->rows; d++) {
        double sum = 0;
        for (reel_nnz i = matrix->ptr[d]; i < matrix->ptr[d + 1]; i++) {
            double tf = (double)matrix->val[i];
            if (opts->sublinear && tf > 1)
                tf = 1 + log(tf);
            tf *= (double)idf[matrix->col[i]];
            matrix->val[i] = (float)tf;
            sum += tf * tf;
        }
        lengths[d] = sqrt(sum);
    }
    own = opts->own * median_length(lengths + matrix->rows, lengths, matrix->rows);
    for (reel_index d = 0; d < matrix->rows; d++) {
        const double length = sqrt(lengths[d] * lengths[d] + own * own);
        for (reel_nnz i = matrix->ptr[d]; i < matrix->ptr[d + 1]; i++)
            matrix->val[i] = (float)((double)matrix->val[i] / length);
    }
    reel__free(lengths);
    return REEL_OK;
}

/* ---- the whole ----------------------------------------------------------------------------- */

static void counter_fini(counter *c)
{
    reel__free(c->item);
    reel__free(c->kept);
    reel__free(c->ptr);
    reel__free(c->counts);
    reel__free(c->ids);
    reel__free(c->words);
    reel__intern_free(c->intern);
}

reel_code reel__tfidf_fit(reel_tfidf **out, reel_csr *matrix, const reel_documents *documents,
                          const reel_tfidf_opts *opts, reel_err *err)
{
    const reel_tfidf_opts used = opts != NULL ? *opts : reel__tfidf_opts_default();
    const reel_index n = documents->documents;
    reel_code rc = REEL_OK;
    reel_tfidf *tfidf = NULL;
    reel_csr rows = {0};
    counter c = {.err = err};

    *out = NULL;
    *matrix = rows;
    REEL_TRY(reel__intern_new(&c.intern, err));
    c.ptr = reel__alloc_array((size_t)n + 1, sizeof *c.ptr);
    tfidf = reel__alloc_zero(1, sizeof *tfidf);
    if (c.ptr == NULL || tfidf == NULL) {
        rc = no_memory(err);
        goto out;
    }
    REEL_TRY(count_documents(&c, documents));
    REEL_TRY(choose_terms(&c, n, &used));
    REEL_TRY(keep_terms(tfidf, &c, n));
    REEL_TRY(make_rows(&rows, &c, n));
    REEL_TRY(weigh_rows(&rows, tfidf->idf, &used, err));
    *out = tfidf;
    *matrix = rows;
    tfidf = NULL;
    rows = (reel_csr){0};
out:
    reel__csr_fini(&rows);
    reel__tfidf_free(tfidf);
    counter_fini(&c);
    return rc;
}

void reel__tfidf_free(reel_tfidf *tfidf)
{
    if (tfidf == NULL)
        return;
    reel__free(tfidf->texts);
    reel__free(tfidf->starts);
    reel__free(tfidf->idf);
    reel__free(tfidf);
}

reel_index reel__tfidf_terms(const reel_tfidf *tfidf)
{
    return tfidf->terms;
}

const char *reel__tfidf_term(const reel_tfidf *tfidf, reel_index term)
{
    return tfidf->texts + tfidf->starts[term];
}

const char *reel__tfidf_texts(const reel_tfidf *tfidf, size_t *size_bytes)
{
    *size_bytes = tfidf->starts[tfidf->terms];
    return tfidf->texts;
}

const float *reel__tfidf_idf(const reel_tfidf *tfidf)
{
    return tfidf->idf;
}
