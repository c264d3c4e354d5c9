/* http/exchange.h - one request and its answer, apart from any socket, so that handlers can be
 * tested and fuzzed without one. Layer: http. Threads: one thread at a time.
 */
#ifndef REEL_HTTP_EXCHANGE_H
#define REEL_HTTP_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "base/seal.h"
#include "http/hosts.h"
#include "http/metrics.h"
#include "http/peer.h"
#include "service/accounts/accounts.h"
#include "service/accounts/caller.h"
#include "service/accounts/mailer.h"
#include "service/engine/place.h"
#include "service/experiments/experiments.h"
#include "service/feedback/feedback.h"
#include "service/feedback/forward.h"
#include "service/lists/visitors.h"
#include "service/operation/jobs.h"
#include "service/engine/reload.h"
#include "service/measure/analyses.h"

enum {
    REEL_HTTP_PARAMETERS = 16,       /* members of a query string */
    REEL_HTTP_TARGET_MAX = 8192,     /* bytes of a request target */
    REEL_HTTP_AUTHORITY = 262,       /* room for "host:port" of one */
    REEL_HTTP_BODY_MAX = 1 << 20,    /* bytes of a request body */
    REEL_HTTP_IMPORT_MAX = 4 << 20,  /* of one that is somebody's export of another service */
    REEL_HTTP_ANSWER_MAX = 64 << 20, /* bytes of an answer */
    REEL_HTTP_HEADERS = 8,           /* headers a handler adds to its answer */
    REEL_HTTP_TAG = 24,              /* room for a tag */
    REEL_HTTP_REQUEST_ID = 65        /* room for a request's id */
};

/* Whether nobody may do anything without signing in or sending a key. */
typedef enum reel_auth { REEL_AUTH_ACCOUNTS, REEL_AUTH_OPEN } reel_auth;

/* What every request of a server shares. */
typedef struct reel_app {
    const reel_engine *engine;
    reel_publisher
        *published;      /* where a server takes the engine of each request; NULL = it stays */
    reel_reload *reload; /* whom to tell that another model is to serve; NULL = nobody */
    reel_feedback *feedback;
    reel_forward *forward;         /* NULL = events go nowhere but into the log */
    reel_jobs *jobs;               /* NULL = none are done here, they only wait in the store */
    reel_accounts *accounts;       /* NULL = nobody can sign in */
    reel_mailer *mailer;           /* NULL = what is to be mailed only waits in the store */
    reel_seal_key key;             /* of what goes out and must come back as it was */
    reel_metrics *metrics;         /* NULL = nothing is counted */
    reel_counter *counter;         /* NULL = nobody counts the log */
    reel_experiments *experiments; /* NULL = there are none */
    reel_analyses *analyses;       /* NULL = each is made when it is asked for, and none is kept */
    reel_visitors *visitors;       /* NULL = an address may ask as anybody, and is believed */
    reel_auth auth;
    const reel_hosts *hosts; /* the names it answers to; NULL = any */
    bool insecure;           /* signing in over plain HTTP was asked for, other machines or not */
    bool admin;              /* the operator's address */
    bool prototype;          /* clients of the older service are served too */
} reel_app;

typedef struct reel_parameter {
    const char *name, *value; /* percent-decoded, inside exchange->target */
} reel_parameter;

typedef struct reel_exchange reel_exchange;

/* An answer that is made while it is sent, by whom it is handed to. next is as reel__watch_next;
 * one that cannot go on marks the buffer as failed, and the answer is cut off. */
typedef struct reel_stream {
    reel_watch_state (*next)(void *self, reel_buf *out, const reel_waiter *waiter);
    void (*close)(void *self);
    void *self; /* NULL = the answer is no such thing */
} reel_stream;

/* How a server lets an answer come later, from another thread. Without one (in tests) handlers
 * wait.
 */
typedef struct reel_later {
    bool (*begin)(reel_exchange *exchange); /* false: not now, wait for it */
    void (*end)(reel_exchange *exchange);   /* the answer is complete; from any thread, once */
} reel_later;

struct reel_exchange {
    /* the request */
    const char *method;                /* "GET"; a HEAD request is handled as GET */
    char target[REEL_HTTP_TARGET_MAX]; /* cut into its decoded parts by reel__exchange_target */
    const char *path;                  /* decoded */
    char
        authority[REEL_HTTP_AUTHORITY]; /* "host:port" of a target that is a whole address, or "" */
    reel_parameter query[REEL_HTTP_PARAMETERS];
    size_t query_count;
    const char *body;
    size_t body_length;
    const char *content_type, *content_encoding;                               /* may be NULL */
    const char *idempotency_key;                                               /* may be NULL */
    const char *if_match;                                                      /* may be NULL */
    const char *if_none_match;                                                 /* may be NULL */
    const char *accept_encoding, *accept_language;                             /* may be NULL */
    const char *cookie, *authorization, *api_key, *host, *origin, *fetch_site; /* may be NULL */
    const char *asked_method; /* what a browser would like to send; may be NULL */
    char request_id[REEL_HTTP_REQUEST_ID];
    reel_client client;  /* from where it came */
    reel_caller caller;  /* who asks: nobody, until it is known better */
    const char *session; /* the token of its cookie, not closed by a NUL; NULL = none */
    bool bad_key;        /* it brought a key that is none, or is no longer */
    bool identified;     /* caller is known */
    int64_t id, movie;   /* the {id} and {movie} of the route */
    const char *token;   /* its {token}, not closed by a NUL */
    size_t token_length;
    const char *parameters;  /* those its route knows, with spaces between; may be NULL */
    const reel_later *later; /* may be NULL */
    int64_t due_us;        /* until when it must be worked out, by the steady clock; 0 = whenever */
    reel_metrics *metrics; /* for who answers later; may be NULL */

    /* the answer */
    int status;
    const char *answer_type;
    reel_buf answer; /* the body, unless fixed is set */
    const void *fixed;
    size_t fixed_length;
    reel_stream source; /* what makes the body instead; the server's from then on */
    const char *etag, *allow, *cache_control, *encoding, *location; /* NULL = none */
    const char *challenge; /* how to say who one is, with 401 */
    struct {
        const char *name; /* static */
        char value[256];
    } headers[REEL_HTTP_HEADERS];
    int header_count;
    char *link;        /* the header Link, owned; NULL = none */
    int retry_s;       /* what Retry-After says, by reel__exchange_retry; 0 = nothing */
    const char *route; /* template, for logs */
    int64_t person;    /* whom it is about, for logs; or -1 */
    char own_location[96];
    char own_allow[48];           /* where the methods of a path are written */
    char own_etag[REEL_HTTP_TAG]; /* where reel__exchange_tag writes one */
    bool pending;                 /* the answer comes later: leave the exchange alone until then */
};

void reel__exchange_init(reel_exchange *exchange);
void reel__exchange_fini(reel_exchange *exchange);

/* Copy, cut and decode a raw request target ("/a%20b?c=d"). Errors: E_TOOLARGE, E_SYNTAX (a bad
 * escape, NUL, malformed UTF-8, too many parameters). */
REEL_MUST_USE reel_code reel__exchange_target(reel_exchange *exchange, const char *raw,
                                              reel_err *err);

/* Value of a query parameter, or NULL. */
const char *reel__exchange_get(const reel_exchange *exchange, const char *name);
/* A whole number from the query in [min, max]; a missing one leaves *out. Errors: E_INVALID. */
REEL_MUST_USE reel_code reel__exchange_get_int(const reel_exchange *exchange, const char *name,
                                               int64_t min, int64_t max, int64_t *out,
                                               reel_err *err);
/* The same for a number; its range is the caller's matter. */
REEL_MUST_USE reel_code reel__exchange_get_real(const reel_exchange *exchange, const char *name,
                                                double *out, reel_err *err);
/* Whether the row of the table takes this parameter. */
bool reel__exchange_takes(const reel_exchange *exchange, const char *name, size_t length);
/* A whole number in decimal digits, and nothing else. */
bool reel__parse_int(const char *text, int64_t *out);
/* The body: an object with no members but these, of a few levels; names ends with NULL. *out is
 * released by json_decref in any case. Errors: E_SYNTAX, E_INVALID. */
REEL_MUST_USE reel_code reel__exchange_body(json_t **out, const reel_exchange *exchange,
                                            const char *const *names, reel_err *err);
/* 204: nothing follows. */
void reel__exchange_nothing(reel_exchange *exchange);
/* ---- paging.c: lists that go on. A cursor is a text of the list's own with a check that it is as
 * it was given, for the same question; else the request is refused with 400. ---- */

/* Of a list's own text; with its check. */
enum { REEL_CURSOR = 128, REEL_CURSOR_WHOLE = REEL_CURSOR + 9 };

/* A cursor with such a text, for the question that is asked. */
void reel__exchange_cursor_write(char out[REEL_CURSOR_WHOLE], const reel_exchange *exchange,
                                 const char *text);

/* The query's `cursor` without its check; "" = the beginning. Errors: E_INVALID. */
REEL_MUST_USE reel_code reel__exchange_cursor(char out[REEL_CURSOR], reel_exchange *exchange,
                                              reel_err *err);
/* Refuse one that its list cannot read. */
REEL_MUST_USE reel_code reel__exchange_cursor_wrong(reel_exchange *exchange, const char *text,
                                                    reel_err *err);
/* One that is a number behind a letter ('b' = before, 'a' = after); missing: *out stays.
 * Errors: E_INVALID. */
REEL_MUST_USE reel_code reel__exchange_cursor_int(reel_exchange *exchange, char kind, int64_t *out,
                                                  reel_err *err);
/* "next_cursor" and the header Link: where it goes on, in letters an address may have; NULL =
 * nowhere. */
void reel__exchange_next_text(reel_exchange *exchange, reel_json *json, const char *text);

/* A page by such a number. */
typedef struct reel_paging {
    char kind;         /* of its cursor */
    int64_t limit, at; /* in: where the query says nothing */
} reel_paging;
/* Read `limit`, up to most, and `cursor`, and begin "items":[ in the caller's object. Errors:
 * E_INVALID. */
REEL_MUST_USE reel_code reel__exchange_page(reel_exchange *exchange, reel_json *json,
                                            reel_paging *paging, int64_t most, reel_err *err);
/* ] and "next_cursor", and the header Link. next: where it goes on, negative = nowhere. */
void reel__exchange_page_end(reel_exchange *exchange, reel_json *json, const reel_paging *paging,
                             int64_t next);

/* The same for films without a key of their own (service/engine/place.h). */
REEL_MUST_USE reel_code reel__exchange_place(reel_exchange *exchange, reel_json *json,
                                             reel_place *out, int64_t most, reel_err *err);
void reel__exchange_place_end(reel_exchange *exchange, reel_json *json, const reel_place *place,
                              bool more);

/* Add a header to the answer; one that does not fit is left out. */
void reel__exchange_header(reel_exchange *exchange, const char *name, const char *format, ...)
    REEL_PRINTF(3, 4);
/* When to try again: the header Retry-After. */
void reel__exchange_retry(reel_exchange *exchange, int seconds);

/* The network that it came from, to count by; NULL = nobody's in particular (peer.h). */
const char *reel__exchange_network(const reel_exchange *exchange, char out[REEL_ADDRESS_TEXT]);

/* identify.c: find out who asks, from what the request brings, and refuse what a page of another
 * site made a browser send. Errors: E_UNAUTH (a key that is none), E_DENIED (from another site),
 * E_BUSY (a key, more often than it may), E_STORE. */
REEL_MUST_USE reel_code reel__exchange_identify(reel_exchange *exchange, const reel_app *app,
                                                reel_err *err);
/* The key that a request brings, in whichever header, not looked at yet; NULL = none. Errors:
 * E_UNAUTH (two different ones). */
REEL_MUST_USE reel_code reel__exchange_key(const reel_exchange *exchange, const char **out,
                                           size_t *length, reel_err *err);
/* cors.c: let the page of another site that asks (exchange->origin) read the answer. */
void reel__cors_allow(reel_exchange *exchange);
/* Whether nobody on the way could read it: it came encrypted, or from this machine. */
bool reel__exchange_secure(const reel_exchange *exchange);
/* Hand the browser a session, or take it away (token NULL). */
void reel__exchange_set_session(reel_exchange *exchange, const char *token, int64_t seconds);
/* The session's token with a NUL, or NULL. */
const char *reel__exchange_session(const reel_exchange *exchange, char out[REEL_TOKEN_TEXT]);

/* Run the request: route it, or answer with a page, and turn every error into a problem. Never
 * fails; the answer is complete when it returns, unless it was begun later. session: of the calling
 * thread. */
void reel__exchange_handle(reel_exchange *exchange, const reel_app *app, reel_session *session);

/* Whether the browser has what exchange->etag stands for; then the answer becomes 304, without a
 * body. */
bool reel__exchange_known(reel_exchange *exchange);
/* The tag of an answer of these bytes. */
void reel__tag_of(char out[REEL_HTTP_TAG], const char *data, size_t length);
/* Tag the answer by its bytes, and leave these out when the browser has them. */
void reel__exchange_tag(reel_exchange *exchange);

/* finish.c: tag an answer that may be kept (a JSON answer to GET, unless its handler said how to
 * keep it), and pack one of some size for a client that takes zstd or gzip. */
void reel__exchange_finish(reel_exchange *exchange);
/* The same by the thread that makes an answer later, before it hands it back. */
void reel__exchange_complete(reel_exchange *exchange);
bool reel__exchange_accepts_gzip(const reel_exchange *exchange);

/* handle.c: how many bytes the body may have, by its route. More than REEL_HTTP_BODY_MAX are for
 * who may ask that; errors: why they may not. The headers are read. */
REEL_MUST_USE reel_code reel__exchange_body_most(size_t *out, reel_exchange *exchange,
                                                 const reel_app *app, reel_err *err);
/* What is said of a body of more than most bytes: E_TOOLARGE. */
REEL_MUST_USE reel_code reel__exchange_too_large(size_t most, reel_err *err);
/* Make the answer a problem+json document (RFC 9457). */
void reel__exchange_problem(reel_exchange *exchange, const reel_err *err);

#endif
