/* enrich_review.c - the films whose match a person must look at, and what the person says. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "service/films/enrich.h"
#include "service/models/source.h"

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
    const reel_source source = {.database = database, .whole = true};
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

/* ---- verdicts ------------------------------------------------------------------------------ */

/* One verdict and what is known of its film. */
typedef struct decision {
    const reel_verdict *verdict;
    int64_t candidate; /* 0 = none waits */
} decision;

typedef struct deciding {
    const reel_dataset *dataset;
    reel_store *store;
    decision *all; /* [count], by ascending film */
    size_t count;
} deciding;

static int by_film(const void *a, const void *b)
{
    const int64_t left = ((const decision *)a)->verdict->movie;
    const int64_t right = ((const decision *)b)->verdict->movie;

    return (left > right) - (left < right);
}

static bool note_candidate(void *user, const reel_match *match)
{
    const deciding *d = user;
    const reel_verdict wanted = {.movie = match->movie};
    const decision key = {.verdict = &wanted};
    decision *found = bsearch(&key, d->all, d->count, sizeof key, by_film);

    if (found != NULL && match->state == REEL_MATCH_REVIEW)
        found->candidate = match->tmdb_id;
    return true;
}

static reel_code check(const deciding *d, const decision *one, reel_err *err)
{
    const int64_t movie = one->verdict->movie;

    if (reel_dataset_find_movie(d->dataset, movie) < 0)
        return reel_fail(err, REEL_E_NOTFOUND, "no film has id %" PRId64, movie);
    if (one->candidate > 0 || (one->verdict->accepted && one->verdict->tmdb_id > 0))
        return REEL_OK;
    return reel_fail(err, REEL_E_CONFLICT,
                     "film %" PRId64
                     " does not wait for a look; `reel enrich --review` lists those "
                     "that do, and --accept FILM=TMDB_ID takes any film of TMDb",
                     movie);
}

static reel_code record(const deciding *d, reel_store_load *load, const decision *one,
                        reel_err *err)
{
    const reel_verdict *said = one->verdict;
    const reel_index at = reel_dataset_find_movie(d->dataset, said->movie);
    const reel_movie was = reel_dataset_movie(d->dataset, at);
    reel_movie film = reel__movie_plain(&was); /* or what is of another film would stay */
    const reel_match match = {.movie = film.id,
                              .tmdb_id = said->tmdb_id > 0 ? said->tmdb_id : one->candidate,
                              .state = said->accepted ? REEL_MATCH_ACCEPTED : REEL_MATCH_REJECTED,
                              .score = said->accepted ? 1 : 0,
                              .reason =
                                  said->accepted ? "accepted in review" : "rejected in review"};
    reel_code rc = REEL_OK;

    if (said->accepted)
        film.tmdb_id = match.tmdb_id;
    else if (film.tmdb_id == match.tmdb_id)
        film.tmdb_id = 0; /* or pages would link to the other film */
    REEL_TRY(reel__store_put_movies(load, &film, 1, err));
    REEL_TRY(reel__store_put_matches(load, &match, 1, err));
out:
    return rc;
}

static reel_code record_all(const deciding *d, reel_err *err)
{
    reel_store_load *load = NULL, *whole;
    reel_store_label label;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__store_label(d->store, &label, err));
    REEL_TRY(reel__store_load_begin(&load, d->store, false, err));
    for (size_t i = 0; i < d->count; i++)
        REEL_TRY(record(d, load, &d->all[i], err));
    whole = load;
    load = NULL;
    REEL_TRY(reel__store_load_commit(whole, label.source, label.simulated, err));
out:
    reel__store_load_abort(load);
    return rc;
}

reel_code reel__enrich_decide(const char *database, const reel_verdict *verdicts, size_t count,
                              reel_err *err)
{
    const reel_source source = {.database = database, .whole = true};
    reel_dataset *dataset = NULL;
    deciding d = {.count = count};
    reel_code rc = REEL_OK;

    d.all = reel__alloc_array(count, sizeof *d.all);
    if (d.all == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for %zu verdicts", count);
    for (size_t i = 0; i < count; i++)
        d.all[i] = (decision){.verdict = &verdicts[i]};
    qsort(d.all, count, sizeof *d.all, by_film);
    for (size_t i = 1; i < count; i++)
        if (by_film(&d.all[i - 1], &d.all[i]) == 0)
            REEL_TRY(reel_fail(err, REEL_E_INVALID, "film %" PRId64 " is named twice",
                               d.all[i].verdict->movie));
    REEL_TRY(reel__store_open(&d.store, database, NULL, err));
    REEL_TRY(reel__source_read(&dataset, &source, NULL, err));
    d.dataset = dataset;
    REEL_TRY(reel__store_scan_matches(d.store, note_candidate, &d, err));
    for (size_t i = 0; i < count; i++)
        REEL_TRY(check(&d, &d.all[i], err));
    rc = record_all(&d, err);
out:
    reel__store_close(d.store);
    reel_dataset_free(dataset);
    reel__free(d.all);
    return rc;
}
