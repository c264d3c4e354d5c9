/* enrich_online.c - metadata from TMDb's API. Each film is committed as it comes, so that a run
 * that is ended at any moment goes on where it was: a film with a match that is not stale is not
 * asked for again. A film is asked for by its TMDb id, else by its IMDb id, else by title and year,
 * else by title alone.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "net/pool.h"
#include "service/films/enrich.h"
#include "service/models/source.h"
#include "service/films/tmdb_use.h"
#include "tmdb/tmdb.h"

enum { FAILED_MOST = 20 /* one after the other: then TMDb is not there */ };

typedef enum stage { STAGE_NONE, STAGE_ID, STAGE_FIND, STAGE_SEARCH, STAGE_SEARCH_ANY } stage;

enum known { KNOWN_NOT, KNOWN_FRESH, KNOWN_REJECTED };

typedef struct wanted {
    size_t index; /* in the catalogue */
    stage next;
    int64_t tmdb_id;
    double score;
    bool found; /* tmdb_id is what a search or a person gave, not the catalogue */
    char reason[REEL_TMDB_REASON];
} wanted;

typedef struct online {
    const reel_online_opts *opts;
    reel_enriched *report;
    reel_tmdb_api api;
    reel_store *store;
    reel_store_label label;
    reel_catalogue *catalogue;
    wanted *films; /* [count] */
    size_t count, given, done;
    wanted **again; /* [again_count] asked for in another way */
    size_t again_count;
    char *known; /* [films of the catalogue] enum known */
    int failed_in_a_row;
    int64_t now;
    reel_err *err;
    reel_code failed; /* in a row function */
} online;

/* ---- requests ------------------------------------------------------------------------------ */

static bool next_request(void *user, char url[REEL_URL_MAX], void **tag)
{
    online *o = user;
    wanted *film = NULL;

    if (o->again_count > 0)
        film = o->again[--o->again_count];
    else if (o->given < o->count)
        film = &o->films[o->given++];
    if (film == NULL)
        return false;
    const reel_movie *movie = reel__catalogue_movie(o->catalogue, film->index);

    if (film->next == STAGE_ID)
        reel__tmdb_movie_url(url, REEL_URL_MAX, &o->api, film->tmdb_id);
    else if (film->next == STAGE_FIND)
        reel__tmdb_find_url(url, REEL_URL_MAX, &o->api, movie->imdb_id);
    else
        reel__tmdb_search_url(url, REEL_URL_MAX, &o->api, movie->name,
                              film->next == STAGE_SEARCH ? movie->year : 0);
    *tag = film;
    return true;
}

static void ask(online *o, wanted *film, stage how)
{
    film->next = how;
    o->again[o->again_count++] = film;
}

/* ---- answers ------------------------------------------------------------------------------- */

static reel_code commit(online *o, const wanted *film, reel_match_state state, reel_err *err)
{
    const reel_movie *movie = reel__catalogue_movie(o->catalogue, film->index);
    const reel_match match = {.movie = movie->id,
                              .tmdb_id = film->tmdb_id,
                              .fetched_at = o->now,
                              .state = state,
                              .score = film->score,
                              .reason = film->reason};
    reel_store_load *load = NULL, *whole;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__store_load_begin(&load, o->store, false, err));
    REEL_TRY(reel__store_put_movies(load, movie, 1, err)); /* ids of links.csv may be new */
    REEL_TRY(reel__store_put_matches(load, &match, 1, err));
    whole = load;
    load = NULL;
    REEL_TRY(reel__store_load_commit(whole, o->label.source, o->label.simulated, err));
    o->failed_in_a_row = 0;
    o->report->added += state == REEL_MATCH_FOUND || state == REEL_MATCH_ACCEPTED;
    reel__progress(o->opts->progress, "asking TMDb", (int64_t)++o->done, (int64_t)o->count,
                   "films");
out:
    reel__store_load_abort(load);
    return rc;
}

/* Left for the next run. */
static reel_code give_up(online *o, const char *why, reel_err *err)
{
    o->report->failed++;
    o->done++;
    if (++o->failed_in_a_row < FAILED_MOST)
        return REEL_OK;
    return reel_fail(err, REEL_E_STORE,
                     "TMDb: %d films in a row could not be had (%.100s); what came is kept, try "
                     "again later",
                     (int)FAILED_MOST, why);
}

/* The way after the one that found nothing. */
static reel_code otherwise(online *o, wanted *film, reel_err *err)
{
    const reel_movie *movie = reel__catalogue_movie(o->catalogue, film->index);
    const stage was = film->next;

    film->tmdb_id = 0;
    film->score = (double)NAN;
    o->failed_in_a_row = 0; /* that it has no such film is an answer */
    if (was == STAGE_ID && film->found)
        return give_up(o, "a film that was found is not there", err);
    if (was == STAGE_ID && movie->imdb_id > 0) {
        ask(o, film, STAGE_FIND);
        return REEL_OK;
    }
    if (was < STAGE_SEARCH) {
        ask(o, film, STAGE_SEARCH);
        return REEL_OK;
    }
    /* The years of TMDb and MovieLens differ, or the title has none. */
    if (was == STAGE_SEARCH && movie->year > 0) {
        ask(o, film, STAGE_SEARCH_ANY);
        return REEL_OK;
    }
    (void)snprintf(film->reason, sizeof film->reason, "no film of that title, of any year");
    return commit(o, film, REEL_MATCH_NONE, err);
}

static reel_code take_object(online *o, wanted *film, const reel_answer *answer, reel_err *err)
{
    reel_err why = {0};
    reel_joined joined;
    const reel_code rc = reel__catalogue_join(o->catalogue, film->index, answer->body,
                                              answer->length, &joined, &why);

    if (rc == REEL_E_NOMEM)
        return reel_fail(err, rc, "%s", why.msg);
    if (rc != REEL_OK)
        return give_up(o, why.msg, err);
    if (joined.join == REEL_JOIN_FOUND)
        return commit(o, film, joined.accepted ? REEL_MATCH_ACCEPTED : REEL_MATCH_FOUND, err);
    if (joined.join == REEL_JOIN_NONE) {
        (void)snprintf(film->reason, sizeof film->reason, "rejected in review");
        return commit(o, film, REEL_MATCH_REJECTED, err);
    }
    film->score = (double)NAN;
    (void)snprintf(film->reason + strlen(film->reason), sizeof film->reason - strlen(film->reason),
                   ": \"%s\" of %d, but the film is of %d", joined.title, joined.year,
                   reel__catalogue_movie(o->catalogue, film->index)->year);
    return commit(o, film, REEL_MATCH_REVIEW, err);
}

static reel_code take_found(online *o, wanted *film, const reel_answer *answer, reel_err *err)
{
    reel_err why = {0};
    const reel_code rc = reel__tmdb_found(&film->tmdb_id, answer->body, answer->length, &why);

    if (rc != REEL_OK)
        return rc == REEL_E_NOMEM ? reel_fail(err, rc, "%s", why.msg) : give_up(o, why.msg, err);
    if (film->tmdb_id == 0)
        return otherwise(o, film, err);
    film->score = 1;
    (void)snprintf(film->reason, sizeof film->reason, "linked by IMDb id");
    film->found = true;
    ask(o, film, STAGE_ID);
    return REEL_OK;
}

static reel_code take_search(online *o, wanted *film, const reel_answer *answer, reel_err *err)
{
    const reel_movie *movie = reel__catalogue_movie(o->catalogue, film->index);
    reel_tmdb_guess guess;
    reel_err why = {0};
    const reel_code rc =
        reel__tmdb_guess(&guess, movie->name, movie->year, answer->body, answer->length, &why);

    if (rc != REEL_OK)
        return rc == REEL_E_NOMEM ? reel_fail(err, rc, "%s", why.msg) : give_up(o, why.msg, err);
    film->tmdb_id = guess.tmdb_id;
    film->score = guess.score;
    if (guess.tmdb_id == 0)
        return otherwise(o, film, err);
    (void)snprintf(film->reason, sizeof film->reason, "%s: %.280s",
                   film->next == STAGE_SEARCH_ANY ? "none of that year; found by title"
                   : movie->year > 0              ? "found by title and year"
                                                  : "found by title",
                   guess.reason);
    if (!guess.sure)
        return commit(o, film, REEL_MATCH_REVIEW, err);
    film->found = true;
    ask(o, film, STAGE_ID);
    return REEL_OK;
}

static reel_code take_answer(void *user, const reel_answer *answer, reel_err *err)
{
    online *o = user;
    wanted *film = answer->tag;
    char status[40];

    if (answer->status == 401 || answer->status == 403)
        return reel_fail(err, REEL_E_DENIED,
                         "TMDb refuses the key (status %ld); check TMDB_API_KEY in .env",
                         answer->status);
    if (answer->status == 404)
        return otherwise(o, film, err);
    if (answer->status != 200) {
        (void)snprintf(status, sizeof status, "status %ld", answer->status);
        return give_up(o, answer->status == 0 ? answer->why : status, err);
    }
    if (film->next == STAGE_ID)
        return take_object(o, film, answer, err);
    if (film->next == STAGE_FIND)
        return take_found(o, film, answer, err);
    return take_search(o, film, answer, err);
}

/* ---- the job ------------------------------------------------------------------------------- */

static bool note_known(void *user, const reel_match *match)
{
    online *o = user;
    const size_t at = reel__catalogue_index(o->catalogue, match->movie);
    const bool accepted = match->state == REEL_MATCH_ACCEPTED;

    if (at == SIZE_MAX)
        return true;
    if (accepted || match->state == REEL_MATCH_REJECTED)
        o->failed = reel__catalogue_decide(o->catalogue, at, match->tmdb_id, accepted, o->err);
    /* A link to yet another film is a new question. */
    if (match->state == REEL_MATCH_REJECTED)
        o->known[at] =
            reel__catalogue_movie(o->catalogue, at)->tmdb_id > 0 ? KNOWN_NOT : KNOWN_REJECTED;
    else if (o->now - match->fetched_at < REEL_STALE_SECONDS)
        o->known[at] = KNOWN_FRESH;
    return o->failed == REEL_OK;
}

static void want(online *o, size_t index, bool accepted)
{
    const reel_movie *movie = reel__catalogue_movie(o->catalogue, index);
    wanted *film = &o->films[o->count++];

    *film = (wanted){.index = index, .tmdb_id = movie->tmdb_id, .score = 1, .found = accepted};
    film->next = movie->tmdb_id > 0 ? STAGE_ID : movie->imdb_id > 0 ? STAGE_FIND : STAGE_SEARCH;
    if (film->next == STAGE_ID)
        (void)snprintf(film->reason, sizeof film->reason, "%s",
                       accepted ? "accepted in review" : "linked by TMDb id");
}

static reel_code choose(online *o, reel_err *err)
{
    const size_t films = reel__catalogue_movies(o->catalogue);
    reel_code rc = REEL_OK;

    o->films = reel__alloc_zero(films + 1, sizeof *o->films);
    o->again = reel__alloc_zero(films + 1, sizeof *o->again);
    o->known = reel__alloc_zero(films + 1, sizeof *o->known);
    if (o->films == NULL || o->again == NULL || o->known == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for the films to ask for");
    o->err = err;
    REEL_TRY(reel__store_scan_matches(o->store, note_known, o, err));
    REEL_TRY(o->failed);
    for (size_t i = 0; i < films; i++) {
        if (o->known[i] == KNOWN_REJECTED || (o->known[i] == KNOWN_FRESH && !o->opts->all))
            o->report->kept++;
        else
            want(o, i, reel__catalogue_accepted(o->catalogue, i));
    }
out:
    return rc;
}

static bool count_match(void *user, const reel_match *match)
{
    online *o = user;
    const size_t at = reel__catalogue_index(o->catalogue, match->movie);

    o->report->review += match->state == REEL_MATCH_REVIEW;
    if (!reel__match_brought(match) || at == SIZE_MAX)
        return true;
    o->report->matched++;
    o->report->with_overview += reel__catalogue_movie(o->catalogue, at)->overview[0] != '\0';
    return true;
}

static reel_code run(online *o, reel_err *err)
{
    const reel_pool_calls calls = {next_request, take_answer, o};
    reel_pool_opts pool = {.rate = o->opts->rate, .cancel = o->opts->cancel};
    reel_code rc = REEL_OK;

    pool.pause_ms = o->opts->pause_ms;
    pool.bearer = o->api.bearer;
    REEL_TRY(choose(o, err));
    REEL_TRY(reel__store_label(o->store, &o->label, err));
    REEL_TRY(reel__pool_run(&pool, &calls, err));
    REEL_TRY(reel__store_scan_matches(o->store, count_match, o, err));
out:
    return rc;
}

reel_code reel__enrich_online(const reel_online_opts *opts, reel_enriched *report, reel_err *err)
{
    const reel_source source = {.database = opts->database, .whole = true};
    const int64_t start = reel__clock_steady_us();
    online o = {.opts = opts, .report = report, .now = reel__clock_now()};
    const reel_read_opts read = {0};
    reel_read_report links = {0};
    reel_dataset *dataset = NULL;
    reel_tmdb_use use;
    reel_code rc = REEL_OK;

    *report = (reel_enriched){0};
    REEL_TRY(reel__tmdb_use(&use, err));
    if (!use.shown)
        REEL_TRY(reel_fail(err, REEL_E_INVALID, "REEL_TMDB is off: TMDb is not asked"));
    REEL_TRY(reel__tmdb_api(&o.api, opts->url, opts->secret, err));
    REEL_TRY(reel__store_open(&o.store, opts->database, NULL, err));
    REEL_TRY(reel__source_read(&dataset, &source, NULL, err));
    REEL_TRY(reel__catalogue_of_dataset(&o.catalogue, dataset, err));
    if (opts->links != NULL)
        REEL_TRY(reel__catalogue_links(o.catalogue, opts->links, &read, &links, err));
    report->films = (int64_t)reel__catalogue_movies(o.catalogue);
    REEL_TRY(run(&o, err));
    report->bad_rows = links.bad_rows;
    report->seconds = (double)(reel__clock_steady_us() - start) * 1e-6;
out:
    reel__store_close(o.store);
    reel__catalogue_free(o.catalogue);
    reel_dataset_free(dataset);
    reel__free(o.films);
    reel__free((void *)o.again);
    reel__free(o.known);
    return rc;
}
