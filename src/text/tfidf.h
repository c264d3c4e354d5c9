/* text/tfidf.h - tokens and TF-IDF, compatible with scikit-learn's TfidfVectorizer.
 * Mode: stop_words="english", token_pattern r"(?u)\b\w\w+\b", lowercase, smooth_idf, L2 norm:
 *   idf(t) = ln((1 + n) / (1 + df(t))) + 1,  weight = tf x idf,  rows of length 1.
 * Layer: text. Threads: a fitted vectorizer is immutable.
 */
#ifndef REEL_TEXT_TFIDF_H
#define REEL_TEXT_TFIDF_H

#include <stdbool.h>
#include <stddef.h>

#include "num/csr.h"

/* Calls token for each token of a UTF-8 text: lower-cased runs of two or more of Python's Unicode
 * word characters that are no stop word (stop words are kept with keep_stop_words). token returns
 * false to stop. Errors: E_NOMEM, or E_CANCELLED when token said stop. */
typedef bool reel_token_fn(void *user, const char *token, size_t length);
REEL_MUST_USE reel_code reel__tokenize(const char *text, size_t length, bool keep_stop_words,
                                       reel_token_fn *token, void *user, reel_err *err);
/* Calls token once with the whole text as Python's str.lower gives it (not at all when empty). */
REEL_MUST_USE reel_code reel__lower(const char *text, size_t length, reel_token_fn *token,
                                    void *user, reel_err *err);
bool reel__is_stop_word(const char *token, size_t length);

/* A vocabulary with its idf weights. Terms are numbered in byte order, as scikit-learn does. */
typedef struct reel_tfidf reel_tfidf;
typedef struct reel_tfidf_opts {
    double min_df;  /* leave out terms in fewer documents than this; 1 = scikit-learn's default */
    double max_df;  /* leave out terms in more than this share of the documents; default 1 */
    bool sublinear; /* 1 + ln(tf) instead of tf where tf > 1; default false */
    double own;     /* each row also has a part of its own that no other row shares and that is not
                       in the matrix: own times the median length of the rows; default 0. With it
                       a row is at most as long as 1, and short documents are the shorter ones. */
} reel_tfidf_opts;
reel_tfidf_opts reel__tfidf_opts_default(void);

/* How a field becomes terms. */
typedef enum reel_field_kind {
    REEL_FIELD_TEXT,       /* running text: reel__tokenize */
    REEL_FIELD_LIST,       /* items joined by '|', each one term as it is written */
    REEL_FIELD_FOLDED_LIST /* the same in lower case */
} reel_field_kind;

typedef struct reel_field {
    reel_field_kind kind;
    char prefix;  /* lists: byte put before each term, so that equal words of different fields are
                     different terms; below 0x20, and 0 = none */
    float weight; /* of one occurrence; 0 leaves the field out */
} reel_field;

/* A document is one or more weighted fields; its count of a term is the weighted sum over fields.
 * texts [documents x fields] UTF-8, borrowed, never NULL; specs [fields]. */
typedef struct reel_documents {
    const char *const *texts;
    const reel_field *specs;
    reel_index documents;
    int fields;
} reel_documents;

/* matrix [out, owned] documents x terms. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__tfidf_fit(reel_tfidf **out, reel_csr *matrix,
                                        const reel_documents *documents,
                                        const reel_tfidf_opts *opts, reel_err *err);
void reel__tfidf_free(reel_tfidf *tfidf);
reel_index reel__tfidf_terms(const reel_tfidf *tfidf);
/* With its prefix byte, where it has one. */
const char *reel__tfidf_term(const reel_tfidf *tfidf, reel_index term);
/* All terms in order, each closed by a NUL. */
const char *reel__tfidf_texts(const reel_tfidf *tfidf, size_t *size_bytes);
const float *reel__tfidf_idf(const reel_tfidf *tfidf); /* [terms] */

#endif
