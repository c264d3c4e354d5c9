/* load.c - files into the store, in one transaction: everything is read and joined first, so that a
 * file that cannot be used is found before the store is touched.
 */
#include "service/load.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/map.h"
#include "service/enrich.h"

enum { MOVIE_BATCH = 512, PEOPLE_BATCH = 512, RATING_BATCH = 1 << 16, ID_TEXT = 24 };

typedef struct loading {
    const reel_load_opts *opts;
    reel_load_report *report;
    reel_catalogue *catalogue; /* NULL for a plain list of ratings */
    reel_ratings ratings;
    reel_map *known; /* ids of the films there are; NULL = the rated ones become the films */
    reel_store *store;
    reel_store_load *load;
    reel_err *err;
} loading;

/* ---- reading ------------------------------------------------------------------------------- */

static reel_code read_metadata(loading *l)
{
    reel_enrich_report found = {0};
    char *links = reel__links_path(l->opts->links, l->opts->tmdb);
    reel_code rc = REEL_OK;

    REEL_TRY(reel__read_tmdb(l->catalogue, l->opts->tmdb, links, &l->opts->read, &found, l->err));
    l->report->matched = found.matched;
    l->report->with_overview = found.with_overview;
    l->report->doubtful = found.doubtful;
    l->report->bad_rows += found.bad_rows;
out:
    reel__free(links);
    return rc;
}

static reel_code read_folder(loading *l)
{
    reel_read_report films = {0}, rows = {0};
    reel_generation generation;
    char *path = NULL;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__read_movielens(&l->catalogue, &generation, l->opts->movielens, &l->opts->read,
                                  &films, l->err));
    if (l->opts->tmdb != NULL)
        REEL_TRY(read_metadata(l));
    path = reel__movielens_ratings_path(l->opts->movielens, generation);
    if (path == NULL)
        REEL_TRY(reel_fail(l->err, REEL_E_NOMEM, "out of memory to load %s", l->opts->movielens));
    REEL_TRY(reel__read_ratings(&l->ratings, path, &l->opts->read, &rows, l->err));
    l->report->bad_rows += films.bad_rows + rows.bad_rows;
out:
    reel__free(path);
    return rc;
}

static reel_code read_list(loading *l)
{
    reel_read_report rows = {0};
    reel_code rc = REEL_OK;

    if (l->opts->tmdb != NULL)
        return reel_fail(l->err, REEL_E_INVALID,
                         "metadata needs films to belong to: give a MovieLens folder with it");
    REEL_TRY(reel__read_ratings(&l->ratings, l->opts->ratings, &l->opts->read, &rows, l->err));
    l->report->bad_rows += rows.bad_rows;
out:
    return rc;
}

/* ---- which films are known ----------------------------------------------------------------- */

static reel_code know_catalogue(loading *l)
{
    const size_t movies = reel__catalogue_movies(l->catalogue);
    reel_code rc = REEL_OK;

    REEL_TRY(reel__map_new(&l->known, movies, l->err));
    for (size_t i = 0; i < movies; i++)
        REEL_TRY(reel__map_put(l->known, reel__catalogue_movie(l->catalogue, i)->id, 1, l->err));
out:
    return rc;
}

/* The films the store has already, where the load adds to it. */
static reel_code know_store(loading *l)
{
    reel_dataset_builder *builder = NULL;
    reel_dataset *dataset = NULL;
    reel_store_counts counts;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__store_counts(l->store, &counts, l->err));
    if (counts.movies == 0)
        goto out;
    REEL_TRY(reel_dataset_builder_new(&builder, l->err));
    REEL_TRY(reel__store_read_dataset(l->store, builder, NULL, l->err));
    REEL_TRY(reel_dataset_builder_finish(&dataset, builder, NULL, l->err));
    if (l->known == NULL)
        REEL_TRY(reel__map_new(&l->known, (size_t)reel_dataset_movies(dataset), l->err));
    for (reel_index i = 0; i < reel_dataset_movies(dataset); i++)
        REEL_TRY(reel__map_put(l->known, reel_dataset_movie_ids(dataset)[i], 1, l->err));
out:
    reel_dataset_builder_free(builder);
    reel_dataset_free(dataset);
    return rc;
}

/* Keep out, and count, ratings of films nobody knows. */
static reel_code leave_out_unknown(loading *l)
{
    size_t kept = 0;
    int64_t ignored;

    for (size_t i = 0; i < l->ratings.count && l->known != NULL; i++)
        if (reel__map_get(l->known, l->ratings.items[i].movie, &ignored))
            l->ratings.items[kept++] = l->ratings.items[i];
    if (l->known == NULL)
        return REEL_OK;
    l->report->unknown_movies = (int64_t)(l->ratings.count - kept);
    l->ratings.count = kept;
    if (kept > 0)
        return REEL_OK;
    return reel_fail(l->err, REEL_E_FORMAT,
                     "none of the %lld ratings is of a film in the catalogue; do films and ratings "
                     "belong together?",
                     (long long)l->report->unknown_movies);
}

/* ---- writing ------------------------------------------------------------------------------- */

/* Where the films' metadata are from. */
static reel_code put_matches(loading *l)
{
    const int64_t written_at = reel__file_written_at(l->opts->tmdb);
    char reason[REEL_REASON];
    reel_match match;
    reel_code rc = REEL_OK;

    for (size_t i = 0; i < reel__catalogue_movies(l->catalogue) && rc == REEL_OK; i++)
        if (reel__match_of(&match, reason, l->catalogue, i, written_at))
            rc = reel__store_put_matches(l->load, &match, 1, l->err);
    return rc;
}

static reel_code put_catalogue(loading *l)
{
    const size_t movies = reel__catalogue_movies(l->catalogue);
    const size_t people = reel__catalogue_people(l->catalogue);
    reel_movie *films = reel__alloc_array(MOVIE_BATCH, sizeof *films);
    reel_person *persons = reel__alloc_array(PEOPLE_BATCH, sizeof *persons);
    reel_code rc = REEL_OK;

    if (films == NULL || persons == NULL)
        REEL_TRY(reel_fail(l->err, REEL_E_NOMEM, "out of memory to store the films"));
    for (size_t i = 0, n = 0; i < movies; i++) {
        films[n++] = *reel__catalogue_movie(l->catalogue, i);
        if (n == MOVIE_BATCH || i + 1 == movies) {
            REEL_TRY(reel__store_put_movies(l->load, films, n, l->err));
            n = 0;
        }
    }
    for (size_t i = 0, n = 0; i < people; i++) {
        const reel_reader_person *one = reel__catalogue_person(l->catalogue, i);

        persons[n++] = (reel_person){.id = one->id,
                                     .gender = one->gender,
                                     .occupation = one->occupation,
                                     .zip = one->zip,
                                     .age = one->age};
        if (n == PEOPLE_BATCH || i + 1 == people) {
            REEL_TRY(reel__store_put_people(l->load, persons, n, l->err));
            n = 0;
        }
    }
    l->report->movies = (int64_t)movies;
out:
    reel__free(films);
    reel__free(persons);
    return rc;
}

/* A list of ratings names films by number only. */
static reel_code put_numbered_films(loading *l)
{
    reel_map *seen = NULL;
    char name[ID_TEXT];
    int64_t ignored;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__map_new(&seen, 1024, l->err));
    for (size_t i = 0; i < l->ratings.count; i++) {
        const int64_t id = l->ratings.items[i].movie;
        reel_movie film = {.id = id, .title = name, .name = name, .genres = "", .overview = ""};

        if (reel__map_get(seen, id, &ignored))
            continue;
        (void)snprintf(name, sizeof name, "%lld", (long long)id);
        film.tagline = film.keywords = film.cast = film.directors = film.tags = "";
        film.original_title = film.language = film.release_date = "";
        film.poster_path = film.backdrop_path = film.trailer_key = "";
        film.vote_average = film.popularity = (float)NAN;
        REEL_TRY(reel__map_put(seen, id, 1, l->err));
        REEL_TRY(reel__store_put_movies(l->load, &film, 1, l->err));
    }
    l->report->movies = (int64_t)reel__map_count(seen);
out:
    reel__map_free(seen);
    return rc;
}

static reel_code put_ratings(loading *l)
{
    reel_code rc = REEL_OK;

    for (size_t done = 0; done < l->ratings.count;) {
        const size_t left = l->ratings.count - done;
        const size_t some = left < RATING_BATCH ? left : RATING_BATCH;
        int64_t duplicates = 0;

        REEL_TRY(
            reel__store_put_ratings(l->load, l->ratings.items + done, some, &duplicates, l->err));
        l->report->duplicates += duplicates;
        done += some;
        reel__progress(l->opts->read.progress, "storing ratings", (int64_t)done,
                       (int64_t)l->ratings.count, "ratings");
    }
out:
    return rc;
}

static void name_source(loading *l)
{
    const char *name = l->opts->label;

    if (name == NULL && l->catalogue != NULL)
        name = reel__catalogue_label(l->catalogue);
    if (name == NULL) {
        const char *slash = strrchr(l->opts->ratings, '/');

        name = slash != NULL ? slash + 1 : l->opts->ratings;
    }
    (void)snprintf(l->report->source, sizeof l->report->source, "%.79s", name);
}

static reel_code store_all(loading *l)
{
    reel_store_load *load;
    reel_store_counts counts;
    bool simulated = l->opts->simulated;
    reel_code rc = REEL_OK;

    if (l->opts->keep) {
        REEL_TRY(know_store(l));
        REEL_TRY(reel__store_counts(l->store, &counts, l->err));
        simulated |= counts.simulated; /* people who are made up do not become real by company */
    }
    REEL_TRY(leave_out_unknown(l));
    REEL_TRY(reel__store_load_begin(&l->load, l->store, !l->opts->keep, l->err));
    if (l->catalogue != NULL)
        REEL_TRY(put_catalogue(l));
    if (l->opts->tmdb != NULL)
        REEL_TRY(put_matches(l));
    else if (l->known == NULL)
        REEL_TRY(put_numbered_films(l));
    REEL_TRY(put_ratings(l));
    name_source(l);
    load = l->load;
    l->load = NULL;
    REEL_TRY(reel__store_load_commit(load, l->report->source, simulated, l->err));
    REEL_TRY(reel__store_counts(l->store, &counts, l->err));
    l->report->movies = counts.movies;
    l->report->people = counts.people;
    l->report->ratings = counts.ratings;
out:
    return rc;
}

reel_code reel__load(const reel_load_opts *opts, reel_load_report *report, reel_err *err)
{
    const reel_store_opts create = {.create = true};
    const int64_t start = reel__clock_steady_us();
    loading l = {.opts = opts, .report = report, .err = err};
    reel_code rc = REEL_OK;

    *report = (reel_load_report){0};
    if ((opts->movielens == NULL) == (opts->ratings == NULL))
        return reel_fail(err, REEL_E_INVALID,
                         "give either a MovieLens folder or a file of ratings to load");
    REEL_TRY(opts->movielens != NULL ? read_folder(&l) : read_list(&l));
    if (l.catalogue != NULL)
        REEL_TRY(know_catalogue(&l));
    REEL_TRY(reel__store_open(&l.store, opts->database, &create, err));
    REEL_TRY(store_all(&l));
    report->seconds = (double)(reel__clock_steady_us() - start) * 1e-6;
out:
    reel__store_load_abort(l.load);
    reel__store_close(l.store);
    reel__map_free(l.known);
    reel__ratings_fini(&l.ratings);
    reel__catalogue_free(l.catalogue);
    return rc;
}
