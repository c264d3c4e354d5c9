/* store.c - opens the back end a URL names, checks arguments once for all back ends, and passes
 * the calls on through their table of functions. */
#include "store/store.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "store/vtable.h"

/* ---- opening ------------------------------------------------------------------------------- */

static bool has_prefix(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static bool is_postgres(const char *url)
{
    return has_prefix(url, "postgresql:") || has_prefix(url, "postgres:");
}

/* The file path inside a URL, or why there is none. */
static reel_code sqlite_path(const char **out, const char *url, reel_err *err)
{
    static const char *const servers[] = {"mongodb:", "mongodb+srv:"};
    const char *path = has_prefix(url, "sqlite:") ? url + strlen("sqlite:") : url;

    for (size_t i = 0; i < sizeof servers / sizeof *servers; i++)
        if (has_prefix(url, servers[i]))
            return reel_fail(err, REEL_E_INVALID,
                             "database \"%.*s//...\": this kind of store is not in this version; "
                             "give the path of a SQLite file, or postgresql://HOST/NAME",
                             (int)strlen(servers[i]), servers[i]);
    if (path == url && strstr(url, "://") != NULL)
        return reel_fail(err, REEL_E_INVALID,
                         "database \"%.*s://...\": unknown kind of store; give the path of a "
                         "SQLite file, or postgresql://HOST/NAME",
                         (int)(strstr(url, "://") - url), url);
    if (*path == '\0')
        return reel_fail(err, REEL_E_INVALID, "database: the path is empty; give a file path");
    if (strcmp(path, ":memory:") == 0)
        return reel_fail(err, REEL_E_INVALID,
                         "database \":memory:\": a store must be a file; give a file path");
    *out = path;
    return REEL_OK;
}

void reel__store_name(char out[REEL_STORE_NAME], const char *url)
{
    const char *path = "";
    const char *scheme = strstr(url, "://");

    if (is_postgres(url))
        reel__postgres_name(out, url);
    else if (sqlite_path(&path, url, NULL) == REEL_OK || scheme == NULL)
        (void)snprintf(out, REEL_STORE_NAME, "%s", url);
    else
        (void)snprintf(out, REEL_STORE_NAME, "%.*s://...", (int)(scheme - url), url);
}

reel_code reel__store_open(reel_store **out, const char *url, const reel_store_opts *opts,
                           reel_err *err)
{
    static const reel_store_opts defaults = {0};
    const char *path = NULL;
    char name[REEL_STORE_NAME];
    reel_code rc = REEL_OK;

    *out = NULL;
    if (opts == NULL)
        opts = &defaults;
    if (opts->create && opts->read_only) {
        reel__store_name(name, url);
        return reel_fail(err, REEL_E_INVALID,
                         "database %s: cannot be created and opened read-only at once", name);
    }
    if (is_postgres(url)) {
        REEL_TRY(reel__postgres_open(out, url, opts, err));
    } else {
        REEL_TRY(sqlite_path(&path, url, err));
        REEL_TRY(reel__sqlite_open(out, path, opts, err));
    }
    reel__store_time(*out);
out:
    return rc;
}

void reel__store_close(reel_store *store)
{
    if (store != NULL)
        store->ops->close(store);
}

const char *reel__store_path(const reel_store *store)
{
    return store->path;
}

reel_code reel__store_label(reel_store *store, reel_store_label *out, reel_err *err)
{
    memset(out, 0, sizeof *out);
    return store->ops->label(store, out, err);
}

reel_code reel__store_counts(reel_store *store, reel_store_counts *out, reel_err *err)
{
    memset(out, 0, sizeof *out);
    return store->ops->counts(store, out, err);
}

static reel_code writable(const reel_store *store, reel_err *err)
{
    if (!store->read_only)
        return REEL_OK;
    return reel_fail(err, REEL_E_STORE, "%s: opened read-only; nothing can be written",
                     store->path);
}

/* ---- bulk load ----------------------------------------------------------------------------- */

reel_code reel__store_load_begin(reel_store_load **out, reel_store *store, bool replace,
                                 reel_err *err)
{
    reel_code rc = REEL_OK;

    *out = NULL;
    REEL_TRY(writable(store, err));
    REEL_TRY(store->ops->load_begin(out, store, replace, err));
out:
    return rc;
}

/* Keeps the first failure of a load, and answers it to everything that is asked afterwards. */
static reel_code load_result(reel_store_load *load, reel_code rc, reel_err *err)
{
    if (rc != REEL_OK && load->failed.code == REEL_OK) {
        if (err != NULL)
            load->failed = *err;
        else
            (void)reel_fail(&load->failed, rc, "%s: the load failed", load->store->path);
    }
    return rc;
}

static reel_code load_usable(const reel_store_load *load, reel_err *err)
{
    if (load->failed.code == REEL_OK)
        return REEL_OK;
    return reel_fail(err, load->failed.code, "%s", load->failed.msg);
}

/* The first of count texts that is not UTF-8, or NULL. One back end would keep its bytes, another
 * refuse them, and a page could not show them. */
static const char *find_malformed(const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!reel__utf8_valid(texts[i], strlen(texts[i])))
            return texts[i];
    return NULL;
}

static reel_code check_movies(const reel_movie *movies, size_t count, reel_err *err)
{
    for (size_t i = 0; i < count; i++) {
        const reel_movie *m = &movies[i];
        const char *const texts[] = {
            m->title,    m->name,         m->genres,      m->overview,      m->tagline,
            m->keywords, m->cast,         m->directors,   m->tags,          m->original_title,
            m->language, m->release_date, m->poster_path, m->backdrop_path, m->trailer_key};

        if (m->id < 0)
            return reel_fail(err, REEL_E_INVALID, "film %lld (\"%.60s\"): an id is 0 or more",
                             (long long)m->id, m->title);
        if (find_malformed(texts, sizeof texts / sizeof *texts) != NULL)
            return reel_fail(err, REEL_E_INVALID, "film %lld: a text of it is not UTF-8",
                             (long long)m->id);
    }
    return REEL_OK;
}

reel_code reel__store_put_movies(reel_store_load *load, const reel_movie *movies, size_t count,
                                 reel_err *err)
{
    reel_code rc = REEL_OK;

    REEL_TRY(load_usable(load, err));
    REEL_TRY(check_movies(movies, count, err));
    REEL_TRY(load->store->ops->put_movies(load, movies, count, err));
out:
    return load_result(load, rc, err);
}

static reel_code check_people(const reel_person *people, size_t count, reel_err *err)
{
    for (size_t i = 0; i < count; i++) {
        const char *const texts[] = {people[i].gender, people[i].occupation, people[i].zip};

        if (people[i].id < 0)
            return reel_fail(err, REEL_E_INVALID, "person %lld: an id is 0 or more",
                             (long long)people[i].id);
        if (find_malformed(texts, sizeof texts / sizeof *texts) != NULL)
            return reel_fail(err, REEL_E_INVALID, "person %lld: a text is not UTF-8",
                             (long long)people[i].id);
    }
    return REEL_OK;
}

reel_code reel__store_put_people(reel_store_load *load, const reel_person *people, size_t count,
                                 reel_err *err)
{
    reel_code rc = REEL_OK;

    REEL_TRY(load_usable(load, err));
    REEL_TRY(check_people(people, count, err));
    REEL_TRY(load->store->ops->put_people(load, people, count, err));
out:
    return load_result(load, rc, err);
}

static reel_code check_ratings(const reel_rating *ratings, size_t count, reel_err *err)
{
    for (size_t i = 0; i < count; i++) {
        const reel_rating *r = &ratings[i];

        if (r->person < 0 || r->movie < 0)
            return reel_fail(err, REEL_E_INVALID,
                             "rating of film %lld by person %lld: an id is 0 "
                             "or more",
                             (long long)r->movie, (long long)r->person);
        if (!isfinite(r->value))
            return reel_fail(err, REEL_E_INVALID,
                             "rating of film %lld by person %lld: the value is not a number",
                             (long long)r->movie, (long long)r->person);
    }
    return REEL_OK;
}

reel_code reel__store_put_ratings(reel_store_load *load, const reel_rating *ratings, size_t count,
                                  int64_t *duplicates, reel_err *err)
{
    reel_code rc = REEL_OK;
    int64_t ignored = 0;

    if (duplicates == NULL)
        duplicates = &ignored;
    *duplicates = 0;
    REEL_TRY(load_usable(load, err));
    REEL_TRY(check_ratings(ratings, count, err));
    REEL_TRY(load->store->ops->put_ratings(load, ratings, count, duplicates, err));
out:
    return load_result(load, rc, err);
}

static reel_code check_matches(const reel_match *matches, size_t count, reel_err *err)
{
    for (size_t i = 0; i < count; i++) {
        const reel_match *m = &matches[i];

        if (m->movie < 0 || m->tmdb_id < 0)
            return reel_fail(err, REEL_E_INVALID, "match of film %lld: an id is 0 or more",
                             (long long)m->movie);
        if (find_malformed(&m->reason, 1) != NULL)
            return reel_fail(err, REEL_E_INVALID, "match of film %lld: the reason is not UTF-8",
                             (long long)m->movie);
        if (isinf(m->score))
            return reel_fail(err, REEL_E_INVALID, "match of film %lld: the score is not finite",
                             (long long)m->movie);
    }
    return REEL_OK;
}

reel_code reel__store_put_matches(reel_store_load *load, const reel_match *matches, size_t count,
                                  reel_err *err)
{
    reel_code rc = REEL_OK;

    REEL_TRY(load_usable(load, err));
    REEL_TRY(check_matches(matches, count, err));
    REEL_TRY(load->store->ops->put_matches(load, matches, count, err));
out:
    return load_result(load, rc, err);
}

reel_code reel__store_delete_movie(reel_store_load *load, int64_t movie, reel_err *err)
{
    static const char *const texts[] = {"DELETE FROM movies WHERE movieId = $1",
                                        "DELETE FROM matches WHERE movieId = $1"};
    reel_sql sql;
    reel_code rc = REEL_OK;

    REEL_TRY(load_usable(load, err));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        reel__sql_begin(&sql, texts[i]);
        reel__sql_int(&sql, movie);
        REEL_TRY(load->store->ops->load_sql(load, &sql, err));
    }
out:
    return load_result(load, rc, err);
}

reel_code reel__store_load_commit(reel_store_load *load, const char *source, bool simulated,
                                  reel_err *err)
{
    reel_code rc = REEL_OK;

    assert(source != NULL);
    rc = load_usable(load, err);
    if (rc == REEL_OK && find_malformed(&source, 1) != NULL)
        rc = reel_fail(err, REEL_E_INVALID, "source: the name is not UTF-8");
    if (rc != REEL_OK) {
        reel__store_load_abort(load);
        return rc;
    }
    return load->store->ops->load_commit(load, source, simulated, err);
}

void reel__store_load_abort(reel_store_load *load)
{
    if (load != NULL)
        load->store->ops->load_abort(load);
}

/* ---- reading ------------------------------------------------------------------------------- */

reel_code reel__store_read_dataset(reel_store *store, reel_dataset_builder *builder,
                                   const reel_progress *progress, reel_err *err)
{
    return store->ops->read_dataset(store, builder, progress, err);
}

reel_code reel__store_scan_people(reel_store *store, reel_person_fn *row, void *user, reel_err *err)
{
    return store->ops->scan_people(store, row, user, err);
}

reel_code reel__store_scan_matches(reel_store *store, reel_match_fn *row, void *user, reel_err *err)
{
    return store->ops->scan_matches(store, row, user, err);
}

/* ---- events -------------------------------------------------------------------------------- */

static reel_code check_event(const reel_event *event, reel_err *err)
{
    const char *const texts[] = {event->event_id, event->type,    event->visitor, event->method,
                                 event->model_id, event->list_id, event->scenario};

    if (*event->event_id == '\0')
        return reel_fail(err, REEL_E_INVALID, "event: the id is empty");
    if (*event->type == '\0')
        return reel_fail(err, REEL_E_INVALID, "event %.64s: the type is empty", event->event_id);
    if (event->movie_count > REEL_EVENT_MOVIES_MAX)
        return reel_fail(err, REEL_E_INVALID, "event %.64s: %zu films, at most %d are possible",
                         event->event_id, event->movie_count, REEL_EVENT_MOVIES_MAX);
    if (find_malformed(texts, sizeof texts / sizeof *texts) != NULL)
        return reel_fail(err, REEL_E_INVALID, "event %.64s: a text is not UTF-8", event->event_id);
    if (isinf(event->value))
        return reel_fail(err, REEL_E_INVALID, "event %.64s: the value is not finite",
                         event->event_id);
    return REEL_OK;
}

reel_code reel__store_put_events(reel_store *store, const reel_event *events, size_t count,
                                 int64_t *duplicates, reel_err *err)
{
    reel_code rc = REEL_OK;
    int64_t ignored = 0;

    if (duplicates == NULL)
        duplicates = &ignored;
    *duplicates = 0;
    REEL_TRY(writable(store, err));
    for (size_t i = 0; i < count; i++)
        REEL_TRY(check_event(&events[i], err));
    if (count > 0)
        REEL_TRY(store->ops->put_events(store, events, count, duplicates, err));
out:
    return rc;
}

reel_code reel__store_scan_events(reel_store *store, const reel_event_filter *filter,
                                  reel_event_fn *row, void *user, reel_err *err)
{
    if (filter->limit < 1 || filter->limit > REEL_EVENT_SCAN_MAX)
        return reel_fail(err, REEL_E_INVALID, "limit: %zu is not in 1..%d", filter->limit,
                         REEL_EVENT_SCAN_MAX);
    if (filter->before < 0)
        return reel_fail(err, REEL_E_INVALID, "before: %lld is not 0 or more",
                         (long long)filter->before);
    return store->ops->scan_events(store, filter, row, user, err);
}

/* ---- model records ------------------------------------------------------------------------- */

reel_code reel__store_put_model(reel_store *store, const reel_model_record *record, reel_err *err)
{
    reel_code rc = REEL_OK;
    const char *const texts[] = {record->name, record->model_id, record->file, record->data_hash,
                                 record->parameters};

    REEL_TRY(writable(store, err));
    if (*record->name == '\0')
        return reel_fail(err, REEL_E_INVALID, "model record: the name is empty");
    if (find_malformed(texts, sizeof texts / sizeof *texts) != NULL)
        return reel_fail(err, REEL_E_INVALID, "model record %.48s: a text is not UTF-8",
                         record->name);
    REEL_TRY(store->ops->put_model(store, record, err));
out:
    return rc;
}

reel_code reel__store_scan_models(reel_store *store, reel_model_record_fn *row, void *user,
                                  reel_err *err)
{
    return store->ops->scan_models(store, row, user, err);
}

/* ---- backups ------------------------------------------------------------------------------- */

static reel_code no_file(const reel_store *store, reel_err *err)
{
    return reel_fail(err, REEL_E_INVALID, "%s: a backup is a file; give the path of one",
                     store->path);
}

reel_code reel__store_seal(reel_store *store, const char *hash, reel_err *err)
{
    return store->ops->seal != NULL ? store->ops->seal(store, hash, err) : no_file(store, err);
}

reel_code reel__store_sealed(reel_store *store, char hash[65], reel_err *err)
{
    hash[0] = '\0';
    return store->ops->sealed != NULL ? store->ops->sealed(store, hash, err) : no_file(store, err);
}
