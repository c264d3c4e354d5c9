/* enrich_review.c - the films whose match a person must look at. */
#include "service/enrich.h"
#include "service/source.h"

typedef struct reviewing {
    const reel_dataset *dataset;
    reel_review_fn *row;
    void *user;
    reel_err *err;
    reel_code failed;
} reviewing;

static bool show(void *user, const reel_match *match)
{
    reviewing *r = user;
    const reel_index movie = reel_dataset_find_movie(r->dataset, match->movie);

    if (match->state != REEL_MATCH_REVIEW || movie < 0)
        return true;
    const reel_movie film = reel_dataset_movie(r->dataset, movie);
    const reel_review review = {.movie = film.id,
                                .tmdb_id = match->tmdb_id,
                                .title = film.title,
                                .reason = match->reason,
                                .score = match->score};

    r->failed = r->row(r->user, &review, r->err);
    return r->failed == REEL_OK;
}

reel_code reel__enrich_review(const char *database, reel_review_fn *row, void *user, reel_err *err)
{
    const reel_source source = {.database = database};
    const reel_store_opts read_only = {.read_only = true};
    reel_dataset *dataset = NULL;
    reel_store *store = NULL;
    reviewing r = {.row = row, .user = user, .err = err};
    reel_code rc = REEL_OK;

    REEL_TRY(reel__source_read(&dataset, &source, NULL, err));
    r.dataset = dataset;
    REEL_TRY(reel__store_open(&store, database, &read_only, err));
    REEL_TRY(reel__store_scan_matches(store, show, &r, err));
    rc = r.failed;
out:
    reel__store_close(store);
    reel_dataset_free(dataset);
    return rc;
}
