/* side.c - see side.h. The weights are the defaults of `content`. */
#include "model/side.h"

#include "base/alloc.h"

static const double default_weights[REEL_SIDE_FIELDS] = {
    [REEL_SIDE_OVERVIEW] = 1, [REEL_SIDE_GENRES] = 2,    [REEL_SIDE_KEYWORDS] = 2,
    [REEL_SIDE_CAST] = 1,     [REEL_SIDE_DIRECTORS] = 2, [REEL_SIDE_TAGS] = 2};

void reel__side_fields(reel_field specs[REEL_SIDE_FIELDS], const double weights[REEL_SIDE_FIELDS])
{
    static const reel_field kinds[REEL_SIDE_FIELDS] = {
        [REEL_SIDE_OVERVIEW] = {REEL_FIELD_TEXT, 0, 0},
        [REEL_SIDE_GENRES] = {REEL_FIELD_LIST, REEL_SIDE_PREFIX_GENRE, 0},
        [REEL_SIDE_KEYWORDS] = {REEL_FIELD_FOLDED_LIST, REEL_SIDE_PREFIX_KEYWORD, 0},
        [REEL_SIDE_CAST] = {REEL_FIELD_LIST, REEL_SIDE_PREFIX_CAST, 0},
        [REEL_SIDE_DIRECTORS] = {REEL_FIELD_LIST, REEL_SIDE_PREFIX_DIRECTOR, 0},
        /* A tag that is a keyword is the same term. */
        [REEL_SIDE_TAGS] = {REEL_FIELD_FOLDED_LIST, REEL_SIDE_PREFIX_KEYWORD, 0}};

    for (int f = 0; f < REEL_SIDE_FIELDS; f++) {
        specs[f] = kinds[f];
        specs[f].weight = (float)weights[f];
    }
}

const char **reel__side_texts(const reel_dataset *dataset)
{
    const reel_index movies = reel_dataset_movies(dataset);
    const char **texts = reel__alloc_array((size_t)movies, REEL_SIDE_FIELDS * sizeof *texts);

    for (reel_index j = 0; texts != NULL && j < movies; j++) {
        const reel_movie movie = reel_dataset_movie(dataset, j);
        const char **row = texts + (size_t)j * REEL_SIDE_FIELDS;

        row[REEL_SIDE_OVERVIEW] = movie.overview;
        row[REEL_SIDE_GENRES] = movie.genres;
        row[REEL_SIDE_KEYWORDS] = movie.keywords;
        row[REEL_SIDE_CAST] = movie.cast;
        row[REEL_SIDE_DIRECTORS] = movie.directors;
        row[REEL_SIDE_TAGS] = movie.tags;
    }
    return texts;
}

reel_code reel__side_features(reel_csr *out, const reel_dataset *dataset, reel_err *err)
{
    reel_field specs[REEL_SIDE_FIELDS];
    const char **texts = reel__side_texts(dataset);
    const reel_documents documents = {texts, specs, reel_dataset_movies(dataset), REEL_SIDE_FIELDS};
    reel_tfidf_opts opts = reel__tfidf_opts_default();
    reel_tfidf *tfidf = NULL;
    reel_code rc;

    *out = (reel_csr){0};
    if (texts == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for the texts of %d films",
                         (int)reel_dataset_movies(dataset));
    reel__side_fields(specs, default_weights);
    opts.min_df = 2;
    rc = reel__tfidf_fit(&tfidf, out, &documents, &opts, err);
    reel__tfidf_free(tfidf);
    reel__free(texts);
    return rc;
}
