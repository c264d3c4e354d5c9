/* export.c - see export.h: first what is little, then films and events page by page. */
#include "service/accounts/export.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "service/accounts/keys.h"
#include "store/jobs.h"
#include "store/own.h"

enum { PIECE = 64 * 1024, JOBS_PAGE = 200, ASKED_BY = 64 };

typedef enum part { FACTS, FILMS, EVENTS, OVER } part;

struct reel_export {
    reel_store *store;
    reel_account account;
    reel_json json; /* goes on from one piece to the next */
    part part;
    int64_t last;    /* film or event */
    int64_t damaged; /* events that cannot be read, and are left out */
    bool full;       /* the piece is, or else its part is done */
};

/* ---- the account itself -------------------------------------------------------------------- */

void reel__account_write(reel_json *json, const reel_account *account)
{
    reel__json_object(json);
    reel__json_put_int(json, "account", account->id);
    reel__json_put_int(json, "user", REEL_ACCOUNT_PERSON + account->id);
    reel__json_put_text(json, "name", account->name);
    reel__json_put_text(json, "role", reel__role_name(account->role));
    reel__json_put_bool(json, "disabled", account->disabled);
    reel__json_put_time(json, "created_at", account->created_at);
    reel__json_put_time(json, "password_at", account->password_at);
    reel__json_put_known(json, "email", account->email);
    reel__json_put_bool(json, "email_confirmed", account->email_at > 0);
    reel__json_object_end(json);
}

void reel__account_write_for_others(reel_json *json, const reel_account *account)
{
    reel_account shown = *account;

    shown.email[0] = '\0';
    reel__account_write(json, &shown);
}

static bool put_session(void *user, const reel_sign_in *session)
{
    reel_json *json = user;

    reel__json_object(json);
    reel__json_put_time(json, "created_at", session->created_at);
    reel__json_put_time(json, "seen_at", session->seen_at);
    reel__json_put_time(json, "expires_at", session->expires_at);
    reel__json_object_end(json);
    return true;
}

static bool put_key(void *user, const reel_api_key *key)
{
    reel__key_write(user, key, NULL);
    return true;
}

typedef struct asked {
    reel_json *json;
    char by[2][ASKED_BY]; /* as the door of jobs writes it */
    int64_t last;
    int count;
} asked;

static bool put_job(void *user, const reel_job *job)
{
    asked *a = user;

    a->last = job->id;
    a->count++;
    if (strcmp(job->asked_by, a->by[0]) != 0 && strcmp(job->asked_by, a->by[1]) != 0)
        return true;
    reel__json_object(a->json);
    reel__json_put_int(a->json, "id", job->id);
    reel__json_put_text(a->json, "kind", job->kind);
    reel__json_put_time(a->json, "created_at", job->created_ms / 1000);
    reel__json_object_end(a->json);
    return true;
}

static reel_code put_jobs(reel_export *export, reel_err *err)
{
    asked a = {.json = &export->json, .count = JOBS_PAGE};
    reel_job_filter filter = {.limit = JOBS_PAGE};
    reel_code rc = REEL_OK;

    (void)snprintf(a.by[0], ASKED_BY, "account %" PRId64, export->account.id);
    (void)snprintf(a.by[1], ASKED_BY, "a key of account %" PRId64, export->account.id);
    while (rc == REEL_OK && a.count == JOBS_PAGE) {
        a.count = 0;
        rc = reel__store_scan_jobs(export->store, &filter, put_job, &a, err);
        filter.before = a.last;
    }
    return rc;
}

static reel_code put_facts(reel_export *export, reel_err *err)
{
    reel_json *json = &export->json;
    const int64_t id = export->account.id;
    int64_t reset = 0;
    reel_code rc;

    reel__json_object(json);
    reel__json_put_time(json, "exported_at", reel__clock_now());
    reel__json_key(json, "account");
    reel__account_write(json, &export->account);
    reel__json_key(json, "sessions");
    reel__json_array(json);
    REEL_TRY(reel__store_own_sessions(export->store, id, put_session, json, err));
    reel__json_array_end(json);
    REEL_TRY(reel__store_own_reset(export->store, id, &reset, err));
    reel__json_put_time(json, "reset_until", reset);
    reel__json_key(json, "keys");
    reel__json_array(json);
    REEL_TRY(reel__store_scan_keys(export->store, id, put_key, json, err));
    reel__json_array_end(json);
    reel__json_key(json, "jobs");
    reel__json_array(json);
    REEL_TRY(put_jobs(export, err));
    reel__json_array_end(json);
    reel__json_key(json, "films");
    reel__json_array(json);
out:
    return rc;
}

/* ---- films and events ---------------------------------------------------------------------- */

static bool next_row(reel_export *export, int64_t at)
{
    export->last = at;
    export->full = true; /* a page that was not empty may have another behind it */
    return export->json.buf->length < PIECE;
}

static bool put_film(void *user, const reel_own_film *film)
{
    reel_export *export = user;
    reel_json *json = &export->json;

    reel__json_object(json);
    reel__json_put_int(json, "movie", film->given.movie);
    reel__json_put_known(json, "title", film->title);
    reel__json_put_id(json, "year", film->year > 0 ? film->year : -1);
    reel__json_put_text(json, "kind", reel__given_kind_name(film->given.kind));
    reel__json_put_real(json, "rating", film->given.value);
    reel__json_put_time(json, "time", film->given.time);
    reel__json_put_int(json, "weight", 1 + film->given.extra);
    reel__json_object_end(json);
    return next_row(export, film->given.movie);
}

static bool put_event(void *user, const reel_event *event)
{
    reel_export *export = user;
    reel_json *json = &export->json;

    if (event->damaged) {
        export->damaged++;
        return next_row(export, event->sequence);
    }
    reel__json_object(json);
    reel__json_put_text(json, "event_id", event->event_id);
    reel__json_put_text(json, "type", event->type);
    reel__json_put_known(json, "visitor", event->visitor);
    reel__json_put_known(json, "method", event->method);
    reel__json_put_known(json, "model_id", event->model_id);
    reel__json_put_known(json, "list_id", event->list_id);
    reel__json_put_known(json, "scenario", event->scenario);
    reel__json_put_id(json, "source_movie", event->source_movie);
    reel__json_key(json, "movies");
    reel__json_array(json);
    for (size_t i = 0; i < event->movie_count; i++) {
        reel__json_object(json);
        reel__json_put_int(json, "movie", event->movies[i].movie);
        reel__json_put_id(json, "rank", event->movies[i].rank > 0 ? event->movies[i].rank : -1);
        reel__json_object_end(json);
    }
    reel__json_array_end(json);
    reel__json_put_real(json, "value", event->value);
    reel__json_put_time_ms(json, "time", event->time_ms);
    reel__json_put_time_ms(json, "received_at", event->received_ms);
    reel__json_object_end(json);
    return next_row(export, event->sequence);
}

static reel_code put_page(reel_export *export, reel_err *err)
{
    const int64_t person = REEL_ACCOUNT_PERSON + export->account.id;

    export->full = false;
    return export->part == FILMS
               ? reel__store_own_films(export->store, person, export->last, put_film, export, err)
               : reel__store_own_events(export->store, person, export->last, put_event, export,
                                        err);
}

static void next_part(reel_export *export)
{
    reel_json *json = &export->json;

    export->last = -1;
    reel__json_array_end(json);
    if (export->part++ == FILMS) {
        reel__json_key(json, "events");
        reel__json_array(json);
    } else {
        reel__json_put_int(json, "damaged_events", export->damaged);
        reel__json_object_end(json);
        reel__buf_char(json->buf, '\n');
    }
}

/* ---- all of it ----------------------------------------------------------------------------- */

reel_code reel__export_open(reel_export **out, reel_store *store, int64_t account, reel_err *err)
{
    reel_export *export = reel__alloc_zero(1, sizeof *export);
    reel_code rc;

    *out = NULL;
    if (export == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for an export");
    export->store = store;
    export->last = -1;
    reel__json_init(&export->json, NULL);
    rc = reel__store_account(store, account, &export->account, err);
    if (rc == REEL_OK)
        *out = export;
    else
        reel__export_close(export);
    return rc;
}

reel_code reel__export_next(reel_export *export, reel_buf *out, bool *over, reel_err *err)
{
    reel_code rc = REEL_OK;

    export->json.buf = out;
    if (export->part == FACTS) {
        REEL_TRY(put_facts(export, err));
        export->part = FILMS;
    }
    while (export->part != OVER && out->length < PIECE) {
        REEL_TRY(put_page(export, err));
        if (!export->full)
            next_part(export);
    }
    rc = reel__buf_check(out, err);
out:
    *over = export->part == OVER;
    return rc;
}

void reel__export_close(reel_export *export)
{
    reel__free(export);
}
