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
bool reel__is_stop_word(const char *token, size_t length);

/* A vocabulary with its idf weights. Terms are numbered in byte order, as scikit-learn does. */
typedef struct reel_tfidf reel_tfidf;
typedef struct reel_tfidf_opts {
    double min_df;  /* leave out terms in fewer documents than this; 1 = scikit-learn's default */
    double max_df;  /* leave out terms in more than this share of the documents; default 1 */
    bool sublinear; /* 1 + ln(tf) instead of tf; default false */
} reel_tfidf_opts;
reel_tfidf_opts reel__tfidf_opts_default(void);

/* A document is one or more weighted fields; its count of a term is the weighted sum over fields.
 * texts [documents x fields] borrowed, never NULL; weights [fields]. documents_out is documents x
 * terms with rows of length 1 (or empty). */
typedef struct reel_documents {
    const char *const *texts;
    const float *weights;
    reel_index documents;
    int fields;
} reel_documents;
REEL_MUST_USE reel_code reel__tfidf_fit(reel_tfidf **out, reel_csr *matrix,
                                        const reel_documents *documents,
                                        const reel_tfidf_opts *opts, reel_err *err);
void reel__tfidf_free(reel_tfidf *tfidf);
reel_index reel__tfidf_terms(const reel_tfidf *tfidf);
const char *reel__tfidf_term(const reel_tfidf *tfidf, reel_index term);
const float *reel__tfidf_idf(const reel_tfidf *tfidf); /* [terms] */

#endif
