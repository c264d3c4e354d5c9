/* model/side.h - what the catalogue says of the films, as numbers: for models that learn from
 * ratings and want something to go on where there are few or none.
 * Layer: model. Threads: no state.
 */
#ifndef REEL_MODEL_SIDE_H
#define REEL_MODEL_SIDE_H

#include "num/csr.h"
#include "reel/dataset.h"
#include "text/tfidf.h"

enum {
    REEL_SIDE_OVERVIEW,
    REEL_SIDE_GENRES,
    REEL_SIDE_KEYWORDS,
    REEL_SIDE_CAST,
    REEL_SIDE_DIRECTORS,
    REEL_SIDE_TAGS,
    REEL_SIDE_FIELDS
};
/* Bytes before the terms of lists, so that the genre War is not the word war. */
enum {
    REEL_SIDE_PREFIX_GENRE = 1,
    REEL_SIDE_PREFIX_KEYWORD,
    REEL_SIDE_PREFIX_CAST,
    REEL_SIDE_PREFIX_DIRECTOR,
    REEL_SIDE_PREFIX_END = 0x20
};

/* The films' fields with what one occurrence weighs in each. specs [out]. */
void reel__side_fields(reel_field specs[REEL_SIDE_FIELDS], const double weights[REEL_SIDE_FIELDS]);
/* [movies x REEL_SIDE_FIELDS] borrowed texts, the array to be freed; NULL without memory. */
const char **reel__side_texts(const reel_dataset *dataset);

/* TF-IDF of overview, genres, keywords, people and tags, for terms of two films or more; a row is 1
 * long, or empty where nothing is known. out [out, owned] movies x terms. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__side_features(reel_csr *out, const reel_dataset *dataset,
                                            reel_err *err);

#endif
