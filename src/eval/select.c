/* select.c - see select.h. */
#include "eval/select.h"

#include "data/signals.h"

enum { RATINGS_AT_ONCE = 512 };

static reel_code add_films(reel_dataset_builder *builder, const reel_dataset *dataset,
                           const bool *films, reel_err *err)
{
    for (reel_index m = 0; m < reel_dataset_movies(dataset); m++) {
        const reel_movie movie = reel_dataset_movie(dataset, m);
        reel_code rc = REEL_OK;

        if (films == NULL || films[m])
            rc = reel_dataset_builder_add_movie(builder, &movie, err);
        if (rc != REEL_OK)
            return rc;
    }
    return REEL_OK;
}

/* marks NULL: all, each a 1. */
static reel_code add_ratings(reel_dataset_builder *builder, const reel_dataset *dataset,
                             const uint8_t *marks, uint8_t wanted, reel_err *err)
{
    const reel_csr_view r = reel_dataset_ratings(dataset);
    reel_rating kept[RATINGS_AT_ONCE];
    size_t count = 0;

    for (reel_index p = 0; p < r.rows; p++)
        for (reel_nnz k = r.ptr[p]; k < r.ptr[p + 1]; k++) {
            if (marks == NULL || marks[k] == wanted)
                kept[count++] = (reel_rating){
                    reel_dataset_person_ids(dataset)[p], reel_dataset_movie_ids(dataset)[r.col[k]],
                    reel_dataset_times(dataset)[k], marks != NULL ? r.val[k] : 1};
            if (count == RATINGS_AT_ONCE) {
                const reel_code rc = reel_dataset_builder_add_ratings(builder, kept, count, err);

                if (rc != REEL_OK)
                    return rc;
                count = 0;
            }
        }
    return reel_dataset_builder_add_ratings(builder, kept, count, err);
}

reel_code reel__select(reel_dataset **out, const reel_dataset *dataset, const uint8_t *marks,
                       uint8_t wanted, const bool *films, reel_err *err)
{
    reel_code rc = REEL_OK;
    reel_dataset_builder *builder = NULL;

    *out = NULL;
    REEL_TRY(reel_dataset_builder_new(&builder, err));
    REEL_TRY(reel_dataset_builder_label(builder, reel_dataset_source(dataset),
                                        reel_dataset_simulated(dataset), 0, err));
    REEL_TRY(add_films(builder, dataset, films, err));
    REEL_TRY(add_ratings(builder, dataset, marks, wanted, err));
    REEL_TRY(reel_dataset_builder_finish(out, builder, NULL, err));
    REEL_TRY(reel__dataset_copy_signals(*out, dataset, err));
out:
    if (rc != REEL_OK) {
        reel_dataset_free(*out);
        *out = NULL;
    }
    reel_dataset_builder_free(builder);
    return rc;
}

reel_code reel__forget_values(reel_dataset **out, const reel_dataset *dataset, reel_err *err)
{
    return reel__select(out, dataset, NULL, 0, NULL, err);
}
