/* copy.c - a whole store into another, of whatever kind. Rows come one by one and lie in a store's
 * memory, so they are gathered with their texts and put by the batch; what is copied is digested on
 * its way, and what was written is read back and digested again. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "store/account_rows.h"
#include "store/digest_priv.h"
#include "store/event_movies.h"

enum { BATCH_ROWS = 1024, BATCH_RATINGS = 1 << 16, MOVIE_TEXTS = 15 };

/* ---- a batch ------------------------------------------------------------------------------- */

typedef enum row_kind { MOVIES, PEOPLE, RATINGS, MATCHES, GIVEN, EVENTS, MODELS } row_kind;

typedef struct copying {
    reel_digesting
        digesting; /* first: a copying is a reel_digesting to the functions of digest.c */
    reel_store_load *load;
    reel_store_label label;
    row_kind kind;
    size_t count;
    union {
        reel_movie movies[BATCH_ROWS];
        reel_person people[BATCH_ROWS];
        reel_rating ratings[BATCH_RATINGS];
        reel_match matches[BATCH_ROWS];
        reel_given_row given[BATCH_ROWS];
        reel_event events[BATCH_ROWS];
        reel_model_record models[BATCH_ROWS];
    } rows;
    void *kept[BATCH_ROWS * MOVIE_TEXTS]; /* texts and lists of the batch */
    size_t kept_count;
    bool failed; /* one of them could not be kept */
} copying;

static const void *keep(copying *c, const void *data, size_t length)
{
    void *copy = NULL;

    if (length == 0)
        return "";
    copy = reel__alloc_array(length, 1);
    if (copy == NULL) {
        c->failed = true;
        return "";
    }
    memcpy(copy, data, length);
    c->kept[c->kept_count++] = copy;
    return copy;
}

static void keep_text(copying *c, const char **text)
{
    const size_t length = strlen(*text);

    *text = length == 0 ? "" : keep(c, *text, length + 1);
}

static void forget(copying *c)
{
    for (size_t i = 0; i < c->kept_count; i++)
        reel__free(c->kept[i]);
    c->kept_count = c->count = 0;
}

static reel_code put_batch(copying *c, reel_err *err)
{
    const struct reel_store_ops *ops = c->load->store->ops;

    switch (c->kind) {
    case MOVIES:
        return reel__store_put_movies(c->load, c->rows.movies, c->count, err);
    case PEOPLE:
        return reel__store_put_people(c->load, c->rows.people, c->count, err);
    case RATINGS:
        return reel__store_put_ratings(c->load, c->rows.ratings, c->count, NULL, err);
    case MATCHES:
        return reel__store_put_matches(c->load, c->rows.matches, c->count, err);
    case GIVEN:
        return ops->put_statements(c->load, c->rows.given, c->count, err);
    case EVENTS:
        return ops->put_log(c->load, c->rows.events, c->count, err);
    case MODELS:
        break;
    }
    return ops->put_records(c->load, c->rows.models, c->count, err);
}

static reel_code flush(copying *c, reel_err *err)
{
    reel_code rc = REEL_OK;

    if (c->failed)
        rc = reel_fail(err, REEL_E_NOMEM, "out of memory for copying a database");
    else if (c->count > 0)
        rc = put_batch(c, err);
    forget(c);
    return rc;
}

/* Room for one more row of a kind: its number in *at. */
static reel_code next_row(copying *c, row_kind kind, size_t *at, reel_err *err)
{
    const size_t most = kind == RATINGS ? BATCH_RATINGS : BATCH_ROWS;
    reel_code rc = REEL_OK;

    if (c->failed || kind != c->kind || c->count == most)
        rc = flush(c, err);
    c->kind = kind;
    *at = c->count++;
    return rc;
}

/* ---- rows ---------------------------------------------------------------------------------- */

static reel_code take_label(void *user, const reel_store_label *label, reel_err *err)
{
    copying *c = user;

    c->label = *label;
    return reel__digest_label(user, label, err);
}

static reel_code take_movie(void *user, const reel_movie *movie, reel_err *err)
{
    copying *c = user;
    reel_movie m = *movie;
    const char **const texts[MOVIE_TEXTS] = {
        &m.title,    &m.name,         &m.genres,      &m.overview,      &m.tagline,
        &m.keywords, &m.cast,         &m.directors,   &m.tags,          &m.original_title,
        &m.language, &m.release_date, &m.poster_path, &m.backdrop_path, &m.trailer_key};
    size_t at = 0;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__digest_movie(user, movie, err));
    REEL_TRY(next_row(c, MOVIES, &at, err));
    for (size_t i = 0; i < MOVIE_TEXTS; i++)
        keep_text(c, texts[i]);
    c->rows.movies[at] = m;
out:
    return rc;
}

static reel_code take_person(void *user, const reel_person *person, reel_err *err)
{
    copying *c = user;
    reel_person p = *person;
    size_t at = 0;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__digest_person(user, person, err));
    REEL_TRY(next_row(c, PEOPLE, &at, err));
    keep_text(c, &p.gender);
    keep_text(c, &p.occupation);
    keep_text(c, &p.zip);
    c->rows.people[at] = p;
out:
    return rc;
}

static reel_code take_rating(void *user, const reel_rating *rating, reel_err *err)
{
    copying *c = user;
    size_t at = 0;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__digest_rating(user, rating, err));
    REEL_TRY(next_row(c, RATINGS, &at, err));
    c->rows.ratings[at] = *rating;
out:
    return rc;
}

static reel_code take_match(void *user, const reel_match *match, reel_err *err)
{
    copying *c = user;
    reel_match m = *match;
    size_t at = 0;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__digest_match(user, match, err));
    REEL_TRY(next_row(c, MATCHES, &at, err));
    keep_text(c, &m.reason);
    c->rows.matches[at] = m;
out:
    return rc;
}

static reel_code take_given(void *user, const reel_given_row *row, reel_err *err)
{
    copying *c = user;
    size_t at = 0;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__digest_given(user, row, err));
    REEL_TRY(next_row(c, GIVEN, &at, err));
    c->rows.given[at] = *row;
out:
    return rc;
}

static reel_code take_event(void *user, const reel_event *event, reel_err *err)
{
    copying *c = user;
    reel_event e = *event;
    const char **const texts[] = {&e.event_id, &e.type,    &e.visitor, &e.method,
                                  &e.model_id, &e.list_id, &e.scenario};
    size_t at = 0;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__digest_event(user, event, err));
    if (!reel__event_is_sound(event))
        return REEL_OK;
    REEL_TRY(next_row(c, EVENTS, &at, err));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        keep_text(c, texts[i]);
    e.movies = e.movie_count == 0 ? NULL : keep(c, e.movies, e.movie_count * sizeof *e.movies);
    c->rows.events[at] = e;
out:
    return rc;
}

static reel_code take_model(void *user, const reel_model_record *record, reel_err *err)
{
    copying *c = user;
    reel_model_record r = *record;
    const char **const texts[] = {&r.name, &r.model_id, &r.file, &r.data_hash, &r.parameters};
    size_t at = 0;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__digest_model(user, record, err));
    REEL_TRY(next_row(c, MODELS, &at, err));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        keep_text(c, texts[i]);
    c->rows.models[at] = r;
out:
    return rc;
}

/* These are few: each goes at once. */
static reel_code take_account(void *user, const reel_account *account, reel_err *err)
{
    copying *c = user;
    reel_sql sql;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__digest_account(user, account, err));
    reel__account_restore(&sql, account);
    rc = c->load->store->ops->load_sql(c->load, &sql, err);
out:
    return rc;
}

static reel_code take_key(void *user, const reel_api_key *key, reel_err *err)
{
    copying *c = user;
    char scopes[64];
    reel_sql sql;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__digest_key(user, key, err));
    reel__key_restore(&sql, key, scopes);
    rc = c->load->store->ops->load_sql(c->load, &sql, err);
out:
    return rc;
}

static reel_code take_experiment(void *user, const reel_experiment_record *e, reel_err *err)
{
    copying *c = user;
    reel_sql sql;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__digest_experiment(user, e, err));
    reel__experiment_restore(&sql, e);
    rc = c->load->store->ops->load_sql(c->load, &sql, err);
out:
    return rc;
}

/* ---- the copy ------------------------------------------------------------------------------ */

static reel_code count_rows(reel_store *store, const reel_progress *progress, int64_t *total,
                            reel_err *err)
{
    reel_store_counts counts;
    reel_code rc = REEL_OK;

    *total = 0;
    if (progress == NULL || progress->report == NULL)
        return REEL_OK;
    REEL_TRY(reel__store_counts(store, &counts, err));
    *total = counts.movies + counts.people + counts.ratings + counts.given + counts.events;
out:
    return rc;
}

static reel_code copy_all(copying *c, reel_store *to, reel_store *from, reel_err *err)
{
    const reel_store_visitor visitor = {c,           take_label,   take_movie, take_person,
                                        take_rating, take_match,   take_given, take_event,
                                        take_model,  take_account, take_key,   take_experiment};
    reel_store_load *load = NULL;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__store_load_begin(&c->load, to, true, err));
    REEL_TRY(to->ops->clear_log(c->load, err));
    REEL_TRY(from->ops->dump(from, &visitor, err));
    REEL_TRY(flush(c, err));
    REEL_TRY(reel__digesting_finish(&c->digesting, err));
    load = c->load;
    c->load = NULL;
    load->generation = c->label.generation;
    rc = reel__store_load_commit(load, c->label.source, c->label.simulated, err);
out:
    return rc;
}

static reel_code verify(reel_store *to, const reel_store_digest *copied,
                        const reel_progress *progress, reel_err *err)
{
    reel_store_digest back;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__store_digest(to, progress, &back, err));
    if (strcmp(back.hash, copied->hash) != 0)
        rc =
            reel_fail(err, REEL_E_STORE,
                      "%s: what was read back is not what was written (%lld of %lld ratings, %lld "
                      "of %lld films, %lld of %lld events); is another program writing? copy again",
                      reel__store_path(to), (long long)back.ratings, (long long)copied->ratings,
                      (long long)back.movies, (long long)copied->movies, (long long)back.events,
                      (long long)copied->events);
out:
    return rc;
}

reel_code reel__store_copy(reel_store *to, reel_store *from, const reel_progress *progress,
                           reel_store_digest *digest, reel_err *err)
{
    copying *c = reel__alloc_zero(1, sizeof *c);
    int64_t total = 0;
    reel_code rc = REEL_OK;

    *digest = (reel_store_digest){0};
    if (c == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for copying a database");
    reel__buf_init(&c->digesting.rows, 1);
    REEL_TRY(count_rows(from, progress, &total, err));
    REEL_TRY(reel__digesting_begin(&c->digesting, digest, progress, total, err));
    REEL_TRY(copy_all(c, to, from, err));
    REEL_TRY(verify(to, digest, progress, err));
out:
    reel__store_load_abort(c->load);
    forget(c);
    reel__digesting_fini(&c->digesting);
    reel__free(c);
    return rc;
}
