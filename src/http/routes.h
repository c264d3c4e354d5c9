/* http/routes.h - the route table: method, path template, handler, one line of help.
 * Layer: http. Threads: constant.
 */
#ifndef REEL_HTTP_ROUTES_H
#define REEL_HTTP_ROUTES_H

#include "http/exchange.h"

/* What a handler gets to work with. */
typedef struct reel_context {
    reel_exchange *exchange;
    const reel_app *app;
    reel_session *session;
    reel_json json; /* writes into the exchange's answer */
} reel_context;

/* Parse, call one use case, encode. On failure the door makes the problem answer. */
typedef reel_code reel_handler(reel_context *context, reel_err *err);

/* Which of a server's addresses answers: that for everybody, that for its operator, or either; and
 * what that for everybody answers only where clients of the older service are served. */
typedef enum reel_door {
    REEL_DOOR_PUBLIC,
    REEL_DOOR_ADMIN,
    REEL_DOOR_BOTH,
    REEL_DOOR_PROTOTYPE
} reel_door;

/* What an Idempotency-Key does: nothing, where the same again changes nothing or is meant; it is
 * done once, and its answer is there when it returns; it is refused, since the answer has a secret,
 * which is not kept to be given again. */
typedef enum reel_repeat { REEL_REPEAT_FREE, REEL_REPEAT_ONCE, REEL_REPEAT_SECRET } reel_repeat;

typedef struct reel_route {
    const char *method;
    const char
        *path; /* "{id}" and "{movie}" stand for whole numbers, any other name for base64url */
    reel_handler *handler;
    reel_need need;     /* what its caller must be; handle.c sees to it */
    const char *name;   /* operation id; NULL = not worth describing */
    const char *query;  /* parameters, by name and parted by blanks; NULL = none */
    const char *body;   /* schema of openapi_components.json, or a media type that is taken besides
                           JSON; NULL = takes none */
    const char *answer; /* the same; NULL = it is no JSON, or not of ours to describe */
    const char *help;
    reel_door door;
    int status; /* of an answer; 0 = 200 */
    reel_repeat repeat;
    size_t body_most; /* bytes of the body; 0 = REEL_HTTP_BODY_MAX */
} reel_route;

const reel_route *reel__route_at(size_t index); /* NULL beyond the last */

/* What a path is about, for headings: "movies" of "/api/v1/movies/{id}", "operation" outside of the
 * API. Its length. */
size_t reel__route_group(const char *path, const char **group);

/* What stands in a path for the names in braces. */
typedef struct reel_route_parts {
    int64_t id, movie;
    const char *token; /* in the path, not closed by a NUL */
    size_t token_length;
    char allow[48]; /* no route: the methods there are for the path, "" = none */
} reel_route_parts;

/* The route for a method and path that a server with these doors has, or NULL. doors: 1 << a door
 * for each. */
const reel_route *reel__route_find(unsigned doors, const char *method, const char *path,
                                   reel_route_parts *parts);

reel_handler reel__handle_health, reel__handle_movies, reel__handle_movie, reel__handle_similar,
    reel__handle_poster, reel__handle_photo, reel__handle_people, reel__handle_person,
    reel__handle_person_ratings, reel__handle_person_similar, reel__handle_recommend_get,
    reel__handle_recommend_post, reel__handle_recommend_next, reel__handle_explain,
    reel__handle_film_put, reel__handle_film_patch, reel__handle_film_delete,
    reel__handle_films_batch, reel__handle_rating, reel__handle_rating_put,
    reel__handle_rating_delete, reel__handle_ratings_import, reel__handle_ratings_export,
    reel__handle_merge, reel__handle_feedback_post, reel__handle_feedback_log, reel__handle_models,
    reel__handle_versions, reel__handle_version, reel__handle_activate, reel__handle_rollback,
    reel__handle_jobs, reel__handle_job_ask, reel__handle_job, reel__handle_job_cancel,
    reel__handle_job_log, reel__handle_job_events, reel__handle_licenses, reel__handle_charts,
    reel__handle_chart, reel__handle_statistics, reel__handle_data, reel__handle_live,
    reel__handle_ready, reel__handle_system, reel__handle_ok, reel__handle_metrics,
    reel__handle_openapi, reel__handle_docs, reel__handle_docs_style, reel__handle_prototype_movies,
    reel__handle_prototype_users, reel__handle_prototype_content,
    reel__handle_prototype_collaborative, reel__handle_prototype_openapi, reel__handle_sign_up,
    reel__handle_sign_in, reel__handle_sign_out, reel__handle_session, reel__handle_me,
    reel__handle_me_export, reel__handle_me_change, reel__handle_me_delete,
    reel__handle_me_password, reel__handle_me_sessions, reel__handle_me_sessions_end,
    reel__handle_reset_ask, reel__handle_reset_confirm, reel__handle_email_confirm,
    reel__handle_keys, reel__handle_key, reel__handle_key_make, reel__handle_key_rotate,
    reel__handle_key_revoke, reel__handle_accounts, reel__handle_account,
    reel__handle_account_change, reel__handle_account_reset, reel__handle_account_delete,
    reel__handle_client_error, reel__handle_stats, reel__handle_experiments,
    reel__handle_experiment_add, reel__handle_experiment, reel__handle_experiment_end,
    reel__handle_experiment_results;

/* once.c: run a row's handler for the first request under an Idempotency-Key, and answer those that
 * follow as that one. Errors: E_INVALID (no key; another body; not for this row), E_CONFLICT (not
 * done yet), E_STORE, and the handler's. */
REEL_MUST_USE reel_code reel__exchange_once(reel_context *context, const reel_route *route,
                                            reel_err *err);

/* aside.c: run a handler on another thread, where it may take its time; the answer comes later. It
 * has no session. Errors: E_BUSY with 503, and the handler's. */
REEL_MUST_USE reel_code reel__answer_aside_by(reel_context *context, reel_aside *aside,
                                              reel_handler *handler, reel_err *err);
/* The same by the threads of the accounts. Errors: also E_NOTFOUND (no accounts). */
REEL_MUST_USE reel_code reel__answer_aside(reel_context *context, reel_handler *handler,
                                           reel_err *err);

/* cors.c: answer a browser that asks what a page of another site may send. answered [out]: that was
 * it; else the request goes its way, where OPTIONS is not allowed. Errors: E_STORE. */
REEL_MUST_USE reel_code reel__cors_preflight(reel_exchange *exchange, const reel_app *app,
                                             unsigned doors, bool *answered, reel_err *err);

/* openapi.c: the description of the API, made of the table and of openapi_components.json; open:
 * of one that answers nobody in particular, too. */
void reel__openapi_write(reel_buf *out, bool open);
/* "parameters" and "schemas" as JSON text, NUL-terminated, static. */
const char *reel__openapi_components(void);

/* Static files and the pages of the front end: everything outside /api. Never fails. */
void reel__serve_page(reel_exchange *exchange);

#endif
