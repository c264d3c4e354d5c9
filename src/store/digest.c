/* digest.c - a SHA-256 over all rows of a store in a fixed order and form: a letter for the kind,
 * numbers as eight bytes with the lowest first, texts behind their length. Unknown numbers are what
 * they are in C, so that NULL and NaN need no form of their own but for their bits. */
#include "store/digest_priv.h"
#include "store/event_movies.h"

#include <endian.h>
#include <math.h>
#include <string.h>

enum { FLUSH_AT = 1 << 16, ROWS_MOST = 1 << 30, STEP = 1 << 16 };

static void put_int(reel_buf *rows, int64_t value)
{
    const uint64_t bytes = htole64((uint64_t)value);

    reel__buf_append(rows, &bytes, sizeof bytes);
}

static void put_real(reel_buf *rows, double value)
{
    int64_t bits = INT64_MIN + 1; /* NaN, whatever its bits are */

    value += 0.0; /* -0 is 0 */
    if (!isnan(value))
        memcpy(&bits, &value, sizeof bits);
    put_int(rows, bits);
}

static void put_text(reel_buf *rows, const char *text)
{
    put_int(rows, (int64_t)strlen(text));
    reel__buf_text(rows, text);
}

static reel_code flush(reel_digesting *d, reel_err *err)
{
    reel_code rc = REEL_OK;

    REEL_TRY(reel__buf_check(&d->rows, err));
    reel__digest_update(d->digest, d->rows.data, d->rows.length);
    reel__buf_clear(&d->rows);
out:
    return rc;
}

/* After each row. */
static reel_code row_done(reel_digesting *d, int64_t *count, reel_err *err)
{
    ++*count;
    if (++d->done % STEP == 0)
        reel__progress(d->progress, "rows", d->done, d->total, "rows");
    return d->rows.length < FLUSH_AT && !d->rows.failed ? REEL_OK : flush(d, err);
}

reel_code reel__digesting_begin(reel_digesting *d, reel_store_digest *out,
                                const reel_progress *progress, int64_t total, reel_err *err)
{
    *out = (reel_store_digest){0};
    *d = (reel_digesting){.out = out, .progress = progress, .total = total};
    reel__buf_init(&d->rows, ROWS_MOST);
    d->digest = reel__digest_new(REEL_DIGEST_SHA256);
    return d->digest != NULL ? REEL_OK : reel_fail(err, REEL_E_NOMEM, "out of memory for a digest");
}

reel_code reel__digest_label(void *user, const reel_store_label *label, reel_err *err)
{
    reel_digesting *d = user;

    (void)err;
    reel__buf_char(&d->rows, 'L');
    put_text(&d->rows, label->source);
    put_int(&d->rows, label->simulated);
    return REEL_OK;
}

reel_code reel__digest_movie(void *user, const reel_movie *m, reel_err *err)
{
    reel_digesting *d = user;
    const char *const texts[] = {m->title,       m->name,           m->genres,     m->overview,
                                 m->tagline,     m->keywords,       m->cast,       m->directors,
                                 m->tags,        m->original_title, m->language,   m->release_date,
                                 m->poster_path, m->backdrop_path,  m->trailer_key};
    const int64_t numbers[] = {m->id, m->imdb_id, m->tmdb_id, m->year, m->runtime, m->vote_count};

    reel__buf_char(&d->rows, 'F');
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        put_int(&d->rows, numbers[i]);
    put_real(&d->rows, (double)m->vote_average);
    put_real(&d->rows, (double)m->popularity);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        put_text(&d->rows, texts[i]);
    return row_done(d, &d->out->movies, err);
}

reel_code reel__digest_person(void *user, const reel_person *person, reel_err *err)
{
    reel_digesting *d = user;

    reel__buf_char(&d->rows, 'P');
    put_int(&d->rows, person->id);
    put_int(&d->rows, person->age);
    put_text(&d->rows, person->gender);
    put_text(&d->rows, person->occupation);
    put_text(&d->rows, person->zip);
    return row_done(d, &d->out->people, err);
}

reel_code reel__digest_rating(void *user, const reel_rating *rating, reel_err *err)
{
    reel_digesting *d = user;

    reel__buf_char(&d->rows, 'R');
    put_int(&d->rows, rating->person);
    put_int(&d->rows, rating->movie);
    put_real(&d->rows, (double)rating->value);
    put_int(&d->rows, rating->time);
    return row_done(d, &d->out->ratings, err);
}

reel_code reel__digest_match(void *user, const reel_match *match, reel_err *err)
{
    reel_digesting *d = user;

    reel__buf_char(&d->rows, 'M');
    put_int(&d->rows, match->movie);
    put_int(&d->rows, match->tmdb_id);
    put_int(&d->rows, match->fetched_at);
    put_int(&d->rows, match->state);
    put_real(&d->rows, match->score);
    put_text(&d->rows, match->reason);
    return row_done(d, &d->out->matches, err);
}

reel_code reel__digest_given(void *user, const reel_given_row *row, reel_err *err)
{
    reel_digesting *d = user;

    reel__buf_char(&d->rows, 'G');
    put_int(&d->rows, row->person);
    put_int(&d->rows, row->movie);
    put_int(&d->rows, row->kind);
    put_real(&d->rows, row->value);
    put_int(&d->rows, row->time);
    if (row->extra != 0) /* those of older schemas have the digests that they had */
        put_int(&d->rows, row->extra);
    if (row->did != 0)
        put_int(&d->rows, REEL_DID_ALL + (int64_t)row->did); /* what no weight is */
    return row_done(d, &d->out->given, err);
}

reel_code reel__digest_event(void *user, const reel_event *event, reel_err *err)
{
    reel_digesting *d = user;
    const char *const texts[] = {event->event_id, event->type,    event->visitor, event->method,
                                 event->model_id, event->list_id, event->scenario};
    const int64_t numbers[] = {
        event->sequence,    event->user,   event->source_movie, event->time_ms,
        event->received_ms, event->queued, event->delivered_at, (int64_t)event->movie_count};

    if (!reel__event_is_sound(event)) {
        if (d->out->damaged < REEL_DAMAGED_NAMED)
            d->out->damaged_at[d->out->damaged] = event->sequence;
        d->out->damaged++;
        return REEL_OK;
    }
    reel__buf_char(&d->rows, 'E');
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        put_int(&d->rows, numbers[i]);
    put_real(&d->rows, event->value);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        put_text(&d->rows, texts[i]);
    for (size_t i = 0; i < event->movie_count; i++) {
        put_int(&d->rows, event->movies[i].movie);
        put_int(&d->rows, event->movies[i].rank);
    }
    if (event->untrusted) /* alone, so that older backups keep their hash */
        reel__buf_char(&d->rows, 'u');
    return row_done(d, &d->out->events, err);
}

reel_code reel__digest_model(void *user, const reel_model_record *record, reel_err *err)
{
    reel_digesting *d = user;
    const char *const texts[] = {record->name, record->model_id, record->file, record->data_hash,
                                 record->parameters};

    reel__buf_char(&d->rows, 'K');
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        put_text(&d->rows, texts[i]);
    put_int(&d->rows, record->generation);
    put_int(&d->rows, record->trained_at);
    put_real(&d->rows, record->seconds);
    return row_done(d, &d->out->models, err);
}

reel_code reel__digest_account(void *user, const reel_account *account, reel_err *err)
{
    reel_digesting *d = user;

    reel__buf_char(&d->rows, 'A');
    put_int(&d->rows, account->id);
    put_text(&d->rows, account->name);
    put_text(&d->rows, account->folded);
    put_text(&d->rows, account->password);
    put_text(&d->rows, reel__role_name(account->role));
    put_int(&d->rows, account->disabled);
    put_int(&d->rows, account->created_at);
    put_int(&d->rows, account->password_at);
    if (account->email[0] != '\0') { /* older backups have none, and stay what they are */
        put_text(&d->rows, account->email);
        put_int(&d->rows, account->email_at);
    }
    return row_done(d, &d->out->accounts, err);
}

reel_code reel__digest_key(void *user, const reel_api_key *key, reel_err *err)
{
    reel_digesting *d = user;
    const char *const texts[] = {key->prefix, key->hash, key->label, key->origins};
    const int64_t numbers[] = {key->account,    key->scopes,  key->is_public,  key->rate,
                               key->created_at, key->used_at, key->expires_at, key->revoked_at};

    reel__buf_char(&d->rows, 'Y');
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        put_text(&d->rows, texts[i]);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        put_int(&d->rows, numbers[i]);
    return row_done(d, &d->out->keys, err);
}

reel_code reel__digest_experiment(void *user, const reel_experiment_record *e, reel_err *err)
{
    reel_digesting *d = user;
    const char *const texts[] = {e->name, e->tag, e->scenario, e->definition};
    const int64_t numbers[] = {e->made, e->starts, e->ends, e->stopped};

    reel__buf_char(&d->rows, 'X');
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        put_text(&d->rows, texts[i]);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        put_int(&d->rows, numbers[i]);
    return row_done(d, &d->out->experiments, err);
}

reel_code reel__digesting_finish(reel_digesting *d, reel_err *err)
{
    reel_code rc = REEL_OK;

    REEL_TRY(flush(d, err));
    reel__progress(d->progress, "rows", d->done, d->total, "rows");
    reel__digest_finish(d->digest, d->out->hash);
    d->digest = NULL;
out:
    return rc;
}

void reel__digesting_fini(reel_digesting *d)
{
    reel__digest_free(d->digest);
    d->digest = NULL;
    reel__buf_fini(&d->rows);
}

reel_code reel__store_digest(reel_store *store, const reel_progress *progress,
                             reel_store_digest *out, reel_err *err)
{
    reel_digesting d = {0};
    const reel_store_visitor visitor = {&d,
                                        reel__digest_label,
                                        reel__digest_movie,
                                        reel__digest_person,
                                        reel__digest_rating,
                                        reel__digest_match,
                                        reel__digest_given,
                                        reel__digest_event,
                                        reel__digest_model,
                                        reel__digest_account,
                                        reel__digest_key,
                                        reel__digest_experiment};
    reel_store_counts counts = {0};
    reel_code rc = REEL_OK;

    *out = (reel_store_digest){0};
    reel__buf_init(&d.rows, ROWS_MOST);
    if (progress != NULL && progress->report != NULL)
        REEL_TRY(reel__store_counts(store, &counts, err));
    REEL_TRY(reel__digesting_begin(
        &d, out, progress,
        counts.movies + counts.people + counts.ratings + counts.given + counts.events, err));
    REEL_TRY(store->ops->dump(store, &visitor, err));
    REEL_TRY(reel__digesting_finish(&d, err));
out:
    reel__digesting_fini(&d);
    return rc;
}
