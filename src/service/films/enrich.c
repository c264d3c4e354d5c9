/* enrich.c - TMDb-shaped files into a database that is there. Everything is read and joined first;
 * then what is new goes into the store in one transaction.
 */
#include "service/films/enrich.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/map.h"

enum { MATCHES_FIRST = 256 };

/* A match of an earlier run; its reason is owned. */
typedef struct known_match {
    reel_match match;
    char *reason;
} known_match;

typedef struct enriching {
    const reel_enrich_opts *opts;
    reel_enriched *report;
    reel_store *store;
    reel_dataset *dataset;     /* as the store has it */
    reel_catalogue *catalogue; /* the same films, joined */
    known_match *known;        /* of the store */
    size_t known_count, known_capacity;
    reel_map *by_movie; /* film -> its place in known */
    int64_t now, written_at;
    reel_store_load *load; /* begun by the first film that is to be written */
    reel_err *err;
    reel_code failed; /* in a row function */
} enriching;

int64_t reel__file_written_at(const char *path)
{
    const int64_t now = reel__clock_now();
    struct stat info;

    if (stat(path, &info) != 0 || (int64_t)info.st_mtime > now)
        return now;
    return (int64_t)info.st_mtime;
}

char *reel__links_path(const char *links, const char *jsonl)
{
    const char *slash = strrchr(jsonl, '/');
    char *folder, *path;

    if (links != NULL)
        return reel__strdup(links);
    folder = slash == NULL ? reel__strdup(".") : reel__strndup(jsonl, (size_t)(slash - jsonl) + 1);
    path = folder != NULL ? reel__path_join(folder, "links.csv") : NULL;
    reel__free(folder);
    if (path != NULL && !reel__file_exists(path)) {
        reel__free(path);
        path = NULL;
    }
    return path;
}

bool reel__match_of(reel_match *match, char reason[REEL_REASON], const reel_catalogue *catalogue,
                    size_t index, int64_t fetched_at)
{
    const reel_joined *joined = reel__catalogue_joined(catalogue, index);
    const reel_movie *film = reel__catalogue_movie(catalogue, index);

    if (joined == NULL || joined->join == REEL_JOIN_NONE)
        return false;
    *match = (reel_match){.movie = film->id,
                          .tmdb_id = joined->tmdb_id > 0 ? joined->tmdb_id : 0,
                          .fetched_at = joined->fetched_at > 0 ? joined->fetched_at : fetched_at,
                          .state = REEL_MATCH_FOUND,
                          .score = 1,
                          .reason = reason};
    (void)snprintf(reason, REEL_REASON, "linked by %s", joined->by);
    if (joined->accepted) {
        match->state = REEL_MATCH_ACCEPTED;
        (void)snprintf(reason, REEL_REASON, "accepted in review");
    }
    if (joined->join == REEL_JOIN_FOUND)
        return true;
    match->state = REEL_MATCH_REVIEW;
    match->score = (double)NAN;
    (void)snprintf(reason, REEL_REASON,
                   "linked by %s to \"%s\" of %" PRId32 ", but the film is of %" PRId32, joined->by,
                   joined->title, joined->year, film->year);
    return true;
}

bool reel__match_brought(const reel_match *match)
{
    return match->state == REEL_MATCH_FOUND ||
           (match->state == REEL_MATCH_ACCEPTED && match->fetched_at > 0);
}

/* ---- what the store has -------------------------------------------------------------------- */

static bool remember_match(void *user, const reel_match *match)
{
    enriching *e = user;
    known_match *known = &e->known[e->known_count];

    if (e->known_count == e->known_capacity) {
        const size_t wanted = e->known_capacity == 0 ? MATCHES_FIRST : 2 * e->known_capacity;
        known_match *more = reel__realloc_array(e->known, wanted, sizeof *more);

        if (more == NULL) {
            e->failed = reel_fail(e->err, REEL_E_NOMEM, "out of memory for the known matches");
            return false;
        }
        e->known = more;
        e->known_capacity = wanted;
        known = &e->known[e->known_count];
    }
    *known = (known_match){.match = *match, .reason = reel__strdup(match->reason)};
    known->match.reason = known->reason;
    if (known->reason == NULL)
        e->failed = reel_fail(e->err, REEL_E_NOMEM, "out of memory for the known matches");
    else
        e->failed = reel__map_put(e->by_movie, match->movie, (int64_t)e->known_count++, e->err);
    return e->failed == REEL_OK;
}

static const reel_match *match_known(const enriching *e, int64_t movie)
{
    int64_t at = -1;

    return reel__map_get(e->by_movie, movie, &at) ? &e->known[at].match : NULL;
}

static reel_code read_store(enriching *e)
{
    reel_dataset_builder *builder = NULL;
    reel_store_counts counts;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__store_open(&e->store, e->opts->database, NULL, e->err));
    REEL_TRY(reel__store_counts(e->store, &counts, e->err));
    if (counts.movies == 0)
        return reel_fail(e->err, REEL_E_NOTFOUND,
                         "%s: there are no films to find metadata for; `reel load` brings some",
                         reel__store_path(e->store));
    REEL_TRY(reel_dataset_builder_new(&builder, e->err));
    REEL_TRY(reel__store_read_dataset(e->store, builder, NULL, e->err));
    REEL_TRY(reel_dataset_builder_finish(&e->dataset, builder, NULL, e->err));
    REEL_TRY(reel__map_new(&e->by_movie, MATCHES_FIRST, e->err));
    REEL_TRY(reel__store_scan_matches(e->store, remember_match, e, e->err));
    rc = e->failed;
out:
    reel_dataset_builder_free(builder);
    return rc;
}

/* What a person said goes before links and years. */
static reel_code recall_verdicts(enriching *e)
{
    reel_code rc = REEL_OK;

    for (size_t i = 0; i < e->known_count; i++) {
        const reel_match *match = &e->known[i].match;
        const size_t at = reel__catalogue_index(e->catalogue, match->movie);
        const bool accepted = match->state == REEL_MATCH_ACCEPTED;

        if (at != SIZE_MAX && (accepted || match->state == REEL_MATCH_REJECTED))
            REEL_TRY(reel__catalogue_decide(e->catalogue, at, match->tmdb_id, accepted, e->err));
    }
out:
    return rc;
}

/* ---- what is new --------------------------------------------------------------------------- */

/* Whether this film's metadata are as new as the file's, and not stale. */
static bool is_fresh(const enriching *e, const reel_match *known, const reel_match *found)
{
    return known != NULL && reel__match_brought(known) && !e->opts->all &&
           known->fetched_at >= found->fetched_at &&
           e->now - known->fetched_at < REEL_STALE_SECONDS;
}

static reel_code write_film(enriching *e, const reel_movie *film, const reel_match *match)
{
    reel_code rc = REEL_OK;

    if (e->load == NULL)
        REEL_TRY(reel__store_load_begin(&e->load, e->store, false, e->err));
    REEL_TRY(reel__store_put_movies(e->load, film, 1, e->err));
    if (match != NULL)
        REEL_TRY(reel__store_put_matches(e->load, match, 1, e->err));
out:
    return rc;
}

static void count_film(enriching *e, const reel_movie *film, const reel_match *match)
{
    if (match != NULL && match->state == REEL_MATCH_REVIEW)
        e->report->review++;
    if (match == NULL || !reel__match_brought(match))
        return;
    e->report->matched++;
    e->report->with_overview += film->overview[0] != '\0';
}

static reel_code take_film(enriching *e, size_t index)
{
    const reel_movie was = reel_dataset_movie(e->dataset, (reel_index)index);
    const reel_movie *film = reel__catalogue_movie(e->catalogue, index);
    const reel_match *known = match_known(e, film->id), *match = known;
    char reason[REEL_REASON];
    reel_match found = {.movie = -1};
    bool brought;
    reel_code rc = REEL_OK;

    if (reel__match_of(&found, reason, e->catalogue, index, e->written_at))
        match = &found;
    brought = match == &found && found.state != REEL_MATCH_REVIEW;
    if (brought && is_fresh(e, known, &found)) {
        e->report->kept++;
        count_film(e, &was, known);
        return REEL_OK;
    }
    /* What was found once is not given up for a doubt. */
    if (match == &found && !brought && known != NULL && reel__match_brought(known)) {
        count_film(e, &was, known);
        return REEL_OK;
    }
    count_film(e, film, match);
    if (brought)
        *(known != NULL && reel__match_brought(known) ? &e->report->renewed : &e->report->added) +=
            1;
    if (match == known && film->tmdb_id == was.tmdb_id && film->imdb_id == was.imdb_id)
        return REEL_OK;
    if (match == &found && !brought && known != NULL && known->tmdb_id == found.tmdb_id &&
        strcmp(known->reason, found.reason) == 0)
        return REEL_OK; /* it waits already */
    REEL_TRY(write_film(e, film, match));
out:
    return rc;
}

static reel_code write_all(enriching *e)
{
    const size_t films = reel__catalogue_movies(e->catalogue);
    reel_store_label label;
    reel_store_load *load;
    reel_code rc = REEL_OK;

    e->report->films = (int64_t)films;
    for (size_t i = 0; i < films; i++)
        REEL_TRY(take_film(e, i));
    if (e->load == NULL)
        return REEL_OK;
    REEL_TRY(reel__store_label(e->store, &label, e->err));
    load = e->load;
    e->load = NULL;
    REEL_TRY(reel__store_load_commit(load, label.source, label.simulated, e->err));
out:
    return rc;
}

reel_code reel__enrich_files(const reel_enrich_opts *opts, reel_enriched *report, reel_err *err)
{
    const int64_t start = reel__clock_steady_us();
    enriching e = {.opts = opts, .report = report, .now = reel__clock_now(), .err = err};
    char *links = reel__links_path(opts->links, opts->from);
    reel_enrich_report found = {0};
    reel_code rc = REEL_OK;

    *report = (reel_enriched){0};
    e.written_at = reel__file_written_at(opts->from);
    REEL_TRY(read_store(&e));
    REEL_TRY(reel__catalogue_of_dataset(&e.catalogue, e.dataset, err));
    REEL_TRY(recall_verdicts(&e));
    REEL_TRY(reel__read_tmdb(e.catalogue, opts->from, links, &opts->read, &found, err));
    report->bad_rows = found.bad_rows;
    REEL_TRY(write_all(&e));
    report->seconds = (double)(reel__clock_steady_us() - start) * 1e-6;
out:
    reel__store_load_abort(e.load);
    reel__store_close(e.store);
    reel_dataset_free(e.dataset);
    reel__catalogue_free(e.catalogue);
    reel__map_free(e.by_movie);
    for (size_t i = 0; i < e.known_count; i++)
        reel__free(e.known[i].reason);
    reel__free(e.known);
    reel__free(links);
    return rc;
}
