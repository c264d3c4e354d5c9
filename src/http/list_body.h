/* http/list_body.h - what is asked for a list, as JSON (docs/api.md, "Shapes"), and how a list goes
 * on: `next` is a path with everything in it that is needed, sealed, so that any server with the
 * same REEL_SECRET continues it and none keeps anything. Layer: http. Threads: no state.
 */
#ifndef REEL_HTTP_LIST_BODY_H
#define REEL_HTTP_LIST_BODY_H

#include "base/json.h"
#include "base/seal.h"
#include "http/routes.h"
#include "service/lists/recommend.h"

enum {
    REEL_LIST_LIMIT = 100, /* films an answer may have */
    REEL_LIST_WHOLE = 200, /* and a list that goes on */
    REEL_LIST_DEPTH = 8,   /* levels of JSON */
    REEL_LIST_HOURS = 24,  /* for which a list can go on */
    REEL_NEXT_MAX = 6000   /* bytes of a path */
};

enum { REEL_EXCLUDE_MAX = 1000 }; /* films that a request leaves out */

/* How much `calibrate` is where it is just true. */
#define REEL_CALIBRATE_USUAL 0.5

/* A request with the arrays it points to; its texts are the JSON's. */
typedef struct reel_list_body {
    reel_request request;
    reel_given *given, *edits;
    int64_t *exclude, *earlier;
    reel_blend_part blend[REEL_BLEND_MAX];
    reel_member members[REEL_MEMBERS_MAX];
    reel_given *histories[REEL_MEMBERS_MAX];
    bool explains; /* in: reasons for one film are asked for, no list */
    int64_t movie; /* that film */
} reel_list_body;

/* Read the members of a body into one that holds the defaults; fini it in any case. What is wrong
 * with them is added to `wrong` (base/mistakes.h), and the member left as it was. Errors: E_INVALID
 * (no object), E_NOMEM. */
REEL_MUST_USE reel_code reel__list_body_read(reel_list_body *out, const json_t *body,
                                             reel_err *wrong, reel_err *err);
/* "hide" or "show". Errors: E_INVALID. */
REEL_MUST_USE reel_code reel__list_set_seen(reel_request *request, const char *seen, reel_err *err);
/* Who asks, by a token, and what the list is for, by a name; NULL = not said. Errors: E_INVALID. */
REEL_MUST_USE reel_code reel__list_set_visitor(reel_request *request, const char *visitor,
                                               reel_err *err);
REEL_MUST_USE reel_code reel__list_set_scenario(reel_request *request, const char *scenario,
                                                reel_err *err);
/* The member "earlier": films the list had so far. */
REEL_MUST_USE reel_code reel__list_body_earlier(reel_list_body *out, const json_t *body,
                                                reel_err *err);
void reel__list_body_fini(reel_list_body *body);
/* An array of films with what was given to them. rated: of a history, where a film has a rating or
 * was clicked. */
REEL_MUST_USE reel_code reel__list_read_films(reel_given **out, size_t *count, const json_t *body,
                                              const char *member, bool rated, reel_err *err);
/* Nothing where there is no array. */
void reel__list_write_films(reel_json *json, const char *member, const reel_given *films,
                            size_t count);
/* A body that asks for the same. */
void reel__list_body_write(reel_json *json, const reel_request *request);
void reel__list_write_ids(reel_json *json, const char *member, const int64_t *ids, size_t count);

/* ---- list_household.c ---------------------------------------------------------------------- */

/* The member "household", where it is. */
REEL_MUST_USE reel_code reel__list_household_read(reel_list_body *out, const json_t *body,
                                                  reel_err *err);
void reel__list_household_write(reel_json *json, const reel_request *request);

/* ---- list_log.c --------------------------------------------------------------------------- */

/* Whether the caller may have the server keep impressions. Errors: E_STORE, E_UNAUTH, E_DENIED. */
REEL_MUST_USE reel_code reel__list_log_check(const reel_context *context, reel_err *err);
/* Keep that a list was shown; its answer, which is complete, goes out afterwards. Errors: those of
 * reel__feedback_submit. */
REEL_MUST_USE reel_code reel__list_log(reel_context *context, const reel_list *list, reel_err *err);

/* ---- list_next.c --------------------------------------------------------------------------- */

/* The path at which a list goes on, appended; nothing where it ends: it is shorter than asked, has
 * REEL_LIST_WHOLE films, or its history is too long for a path. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__list_next_path(reel_buf *out, const reel_seal_key *key,
                                             const reel_engine *engine, const reel_list *list,
                                             const reel_request *request, reel_err *err);
/* The request in a path's token. *json keeps its texts; both are the caller's in any case. Errors:
 * E_INVALID (not one of ours), E_GONE (too old), E_NOMEM. */
REEL_MUST_USE reel_code reel__list_next_read(reel_list_body *out, json_t **json,
                                             const reel_seal_key *key, const char *token,
                                             size_t length, reel_err *err);

#endif
