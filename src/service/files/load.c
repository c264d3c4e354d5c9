/* load.c - files into the store, in one transaction. Films and metadata are read and joined first,
 * and the ratings are looked through, so that a file that cannot be used is found before the store
 * is touched; then the ratings are read again and stored by the batch, so that their number does
 * not matter to memory.
 */
#include "service/files/load.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/map.h"
#include "service/films/enrich.h"
#include "store/accounts.h"

enum { MOVIE_BATCH = 512, PEOPLE_BATCH = 512, MATCH_BATCH = 256, ID_TEXT = 24 };

typedef struct loading {
    const reel_load_opts *opts;
    reel_load_report *report;
    reel_catalogue *catalogue; /* NULL for a plain list of ratings */
    char *path;                /* of the ratings */
    reel_map *rated;           /* films that have ratings: how many */
    int64_t *numbers;          /* their ids, in the order they came */
    size_t number_count, number_room;
    int64_t rows; /* ratings to be stored */
    int64_t stored;
    reel_rating *kept; /* room for a batch */
    reel_map *known;   /* ids of the films there are; NULL = the rated ones become the films */
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

static reel_code add_number(loading *l, int64_t id, reel_err *err)
{
    if (l->number_count == l->number_room) {
        const size_t room = l->number_room == 0 ? 1024 : 2 * l->number_room;
        int64_t *grown = reel__realloc_array(l->numbers, room, sizeof *grown);

        if (grown == NULL)
            return reel_fail(err, REEL_E_NOMEM, "out of memory for the ids of %zu films", room);
        l->numbers = grown;
        l->number_room = room;
    }
    l->numbers[l->number_count++] = id;
    return REEL_OK;
}

static reel_code look_at(void *user, const reel_rating *ratings, size_t count, reel_err *err)
{
    loading *l = user;
    reel_code rc = REEL_OK;

    for (size_t i = 0; i < count; i++) {
        int64_t times = 0;

        if (!reel__map_get(l->rated, ratings[i].movie, &times))
            REEL_TRY(add_number(l, ratings[i].movie, err));
        REEL_TRY(reel__map_put(l->rated, ratings[i].movie, times + 1, err));
    }
out:
    return rc;
}

/* Which films are rated, and whether all of it can be read. */
static reel_code look_through(loading *l)
{
    reel_read_report rows = {0};
    reel_code rc = REEL_OK;

    if (l->path == NULL)
        REEL_TRY(reel_fail(l->err, REEL_E_NOMEM, "out of memory to load ratings"));
    REEL_TRY(reel__map_new(&l->rated, 1024, l->err));
    REEL_TRY(reel__scan_ratings(l->path, &l->opts->read, look_at, l, &rows, l->err));
    l->report->bad_rows += rows.bad_rows;
    l->rows = rows.rows;
out:
    return rc;
}

static reel_code read_folder(loading *l)
{
    reel_read_report films = {0};
    reel_generation generation;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__read_movielens(&l->catalogue, &generation, l->opts->movielens, &l->opts->read,
                                  &films, l->err));
    if (l->opts->tmdb != NULL)
        REEL_TRY(read_metadata(l));
    l->report->bad_rows += films.bad_rows;
    l->path = reel__movielens_ratings_path(l->opts->movielens, generation);
    rc = look_through(l);
out:
    return rc;
}

static reel_code read_list(loading *l)
{
    if (l->opts->tmdb != NULL)
        return reel_fail(l->err, REEL_E_INVALID,
                         "metadata needs films to belong to: give a MovieLens folder with it");
    l->path = reel__strdup(l->opts->ratings);
    return look_through(l);
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

/* Count the ratings of films nobody knows, which are left out. */
static reel_code count_unknown(loading *l)
{
    int64_t ignored = 0, times = 0;

    for (size_t i = 0; i < l->number_count && l->known != NULL; i++)
        if (!reel__map_get(l->known, l->numbers[i], &ignored) &&
            reel__map_get(l->rated, l->numbers[i], &times))
            l->report->unknown_movies += times;
    l->rows -= l->report->unknown_movies;
    if (l->rows > 0)
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
    const size_t movies = reel__catalogue_movies(l->catalogue);
    char(*reasons)[REEL_REASON] = reel__alloc_array(MATCH_BATCH, sizeof *reasons);
    reel_match matches[MATCH_BATCH];
    size_t n = 0;
    reel_code rc = REEL_OK;

    if (reasons == NULL)
        return reel_fail(l->err, REEL_E_NOMEM, "out of memory to store where metadata are from");
    for (size_t i = 0; i < movies && rc == REEL_OK; i++) {
        if (reel__match_of(&matches[n], reasons[n], l->catalogue, i, written_at))
            n++;
        if (n == MATCH_BATCH || (n > 0 && i + 1 == movies)) {
            rc = reel__store_put_matches(l->load, matches, n, l->err);
            n = 0;
        }
    }
    reel__free(reasons);
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

static reel_movie numbered_film(int64_t id, char name[ID_TEXT])
{
    reel_movie film = reel__movie_blank;

    (void)snprintf(name, ID_TEXT, "%lld", (long long)id);
    film.id = id;
    film.title = film.name = name;
    return film;
}

/* A list of ratings names films by number only. */
static reel_code put_numbered_films(loading *l)
{
    reel_movie *films = reel__alloc_array(MOVIE_BATCH, sizeof *films);
    char names[MOVIE_BATCH][ID_TEXT];
    reel_code rc = REEL_OK;

    if (films == NULL)
        return reel_fail(l->err, REEL_E_NOMEM, "out of memory to store the films");
    for (size_t i = 0, n = 0; i < l->number_count && rc == REEL_OK; i++) {
        films[n] = numbered_film(l->numbers[i], names[n]);
        if (++n == MOVIE_BATCH || i + 1 == l->number_count) {
            rc = reel__store_put_movies(l->load, films, n, l->err);
            n = 0;
        }
    }
    l->report->movies = (int64_t)l->number_count;
    reel__free(films);
    return rc;
}

/* Those of known films, in place: the batch is ours alone. */
static size_t leave_out_unknown(const loading *l, reel_rating *kept, const reel_rating *ratings,
                                size_t count)
{
    size_t n = 0;
    int64_t ignored = 0;

    for (size_t i = 0; i < count; i++)
        if (reel__map_get(l->known, ratings[i].movie, &ignored))
            kept[n++] = ratings[i];
    return n;
}

/* Whoever signs up must not find somebody's ratings to be their own. */
static reel_code check_people(const reel_rating *ratings, size_t count, reel_err *err)
{
    for (size_t i = 0; i < count; i++)
        if (ratings[i].person >= REEL_ACCOUNT_PERSON)
            return reel_fail(err, REEL_E_INVALID,
                             "person %lld: ids from %lld on are those of accounts; give people "
                             "smaller ones",
                             (long long)ratings[i].person, (long long)REEL_ACCOUNT_PERSON);
    return REEL_OK;
}

static reel_code store_some(void *user, const reel_rating *ratings, size_t count, reel_err *err)
{
    loading *l = user;
    int64_t duplicates = 0;
    reel_code rc = REEL_OK;

    if (l->known != NULL) {
        count = leave_out_unknown(l, l->kept, ratings, count);
        ratings = l->kept;
    }
    REEL_TRY(check_people(ratings, count, err));
    REEL_TRY(reel__store_put_ratings(l->load, ratings, count, &duplicates, err));
    l->report->duplicates += duplicates;
    l->stored += (int64_t)count;
    reel__progress(l->opts->read.progress, "storing ratings", l->stored, l->rows, "ratings");
out:
    return rc;
}

/* What is wrong with rows was told when they were looked through. */
static reel_code put_ratings(loading *l)
{
    reel_read_opts again = l->opts->read;
    reel_code rc = REEL_OK;

    again.bad_row = NULL;
    again.progress = NULL;
    l->kept = reel__alloc_array(REEL_RATINGS_BATCH, sizeof *l->kept);
    if (l->kept == NULL)
        return reel_fail(l->err, REEL_E_NOMEM, "out of memory to store ratings");
    REEL_TRY(reel__scan_ratings(l->path, &again, store_some, l, NULL, l->err));
out:
    reel__free(l->kept);
    l->kept = NULL;
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
    REEL_TRY(count_unknown(l));
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

/* What was put aside to be brought back must not be what is loaded over. */
static reel_code refuse_backup(const loading *l)
{
    char hash[65];

    if (reel__store_sealed(l->store, hash, NULL) != REEL_OK)
        return REEL_OK;
    return reel_fail(l->err, REEL_E_CONFLICT,
                     "%s: is a backup; bring it back first: reel restore --from %s --database FILE",
                     reel__store_path(l->store), reel__store_path(l->store));
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
    REEL_TRY(refuse_backup(&l));
    REEL_TRY(store_all(&l));
    report->seconds = (double)(reel__clock_steady_us() - start) * 1e-6;
out:
    reel__store_load_abort(l.load);
    reel__store_close(l.store);
    reel__map_free(l.known);
    reel__map_free(l.rated);
    reel__free(l.numbers);
    reel__free(l.path);
    reel__catalogue_free(l.catalogue);
    return rc;
}
