/* handle.c - runs one exchange: route, handler, errors into problems, pages for the rest. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/mistakes.h"
#include "http/routes.h"

enum { ANSWER_ROOM = 8192 }; /* what says that something was done is shorter */

static bool is_api(const char *path)
{
    return strncmp(path, "/api", 4) == 0 && (path[4] == '\0' || path[4] == '/');
}

/* A parameter such as charset may follow the media type. */
static bool is_type(const char *type, const char *expected)
{
    const size_t length = strlen(expected);

    return type != NULL && strncasecmp(type, expected, length) == 0 &&
           (type[length] == '\0' || type[length] == ';' || type[length] == ' ');
}

/* Only JSON bodies are taken, and what a row names besides: a form on another site cannot send one
 * without being asked first. What a row takes must come, but for DELETE. */
static reel_code check_body(reel_exchange *exchange, const char *takes, reel_err *err)
{
    const bool may_lack = takes == NULL || strcmp(exchange->method, "DELETE") == 0;

    if (strcmp(exchange->method, "GET") == 0 || (may_lack && exchange->body_length == 0) ||
        is_type(exchange->content_type, "application/json"))
        return REEL_OK;
    exchange->status = 415;
    if (takes != NULL && strchr(takes, '/') != NULL) {
        if (is_type(exchange->content_type, takes)) {
            exchange->status = 200;
            return REEL_OK;
        }
        return reel_fail(err, REEL_E_INVALID,
                         "send the body as Content-Type: %s or application/json", takes);
    }
    return reel_fail(err, REEL_E_INVALID, "send the body as Content-Type: application/json");
}

/* Nothing is unpacked: what is small on the line may be anything then. */
static reel_code check_encoding(reel_exchange *exchange, reel_err *err)
{
    const char *encoding = exchange->content_encoding;

    if (encoding == NULL || strcasecmp(encoding, "identity") == 0 || exchange->body_length == 0 ||
        strcmp(exchange->method, "GET") == 0)
        return REEL_OK;
    exchange->status = 415;
    reel__exchange_header(exchange, "Accept-Encoding", "identity");
    return reel_fail(err, REEL_E_INVALID,
                     "Content-Encoding: bodies are taken as they are; send it unpacked");
}

static reel_code no_route(reel_exchange *exchange, const char *allow, reel_err *err)
{
    if (allow[0] != '\0') {
        exchange->status = 405;
        (void)snprintf(exchange->own_allow, sizeof exchange->own_allow, "%s", allow);
        exchange->allow = exchange->own_allow;
        return reel_fail(err, REEL_E_INVALID, "%s is not allowed here; allowed: %s",
                         exchange->method, exchange->allow);
    }
    return reel_fail(err, REEL_E_NOTFOUND, "there is no %s; /api/v1/docs lists every path",
                     exchange->path);
}

static unsigned doors_of(const reel_app *app)
{
    return 1U << REEL_DOOR_BOTH | 1U << (app->admin ? REEL_DOOR_ADMIN : REEL_DOOR_PUBLIC) |
           (unsigned)(app->prototype && !app->admin) << REEL_DOOR_PROTOTYPE;
}

/* Who may see what belongs to a person: the {id} of their paths, and the parameter `user`. What
 * stands in a body, its handler asks about. */
static reel_code check_person(const reel_exchange *exchange, const reel_route *route, reel_err *err)
{
    static const char people[] = "/api/v1/people/{id}";
    int64_t user = -1;
    reel_code rc = REEL_OK;

    if (strncmp(route->path, people, sizeof people - 1) == 0)
        REEL_TRY(route->need == REEL_NEED_RATE
                     ? reel__caller_check_give(&exchange->caller, exchange->id, err)
                     : reel__caller_check_person(&exchange->caller, exchange->id, err));
    if (reel__exchange_get_int(exchange, "user", 0, INT64_MAX, &user, NULL) == REEL_OK)
        rc = reel__caller_check_person(&exchange->caller, user, err);
    /* else it is nobody, and the handler says so with all else that is wrong */
out:
    return rc;
}

/* What everybody may see costs no look into the store, and no probe fails for a key that is old. To
 * the older service's lists it makes a difference who asks. */
static bool asks_who(const reel_exchange *exchange, const reel_route *route)
{
    return route->need != REEL_NEED_NOTHING || strcmp(exchange->method, "GET") != 0 ||
           route->door == REEL_DOOR_PROTOTYPE;
}

/* The gate: every request for a route passes here, before anything of it is looked at. */
static reel_code check_caller(const reel_context *context, const reel_route *route, reel_err *err)
{
    reel_exchange *exchange = context->exchange;
    const bool open = context->app->auth == REEL_AUTH_OPEN;
    reel_need need = route->need;
    reel_code rc;

    if (asks_who(exchange, route)) {
        if (!exchange->identified)
            REEL_TRY(reel__exchange_identify(exchange, context->app, err));
        exchange->identified = true;
        if (exchange->caller.is_public && need == REEL_NEED_NOTHING)
            need = REEL_NEED_READ; /* which it may not, either */
    }
    if (exchange->caller.kind == REEL_CALLER_NOBODY)
        exchange->caller = reel__caller_nobody(open);
    exchange->caller.open = open;
    REEL_TRY(reel__caller_check(&exchange->caller, need, err));
    if (route->door != REEL_DOOR_PROTOTYPE)
        rc = check_person(exchange, route, err);
out:
    return rc;
}

/* One that is misspelled would be a list without the filter that was meant. The rows of the table
 * name few, in one text. Other routes' clients may add what they like, as to pages. */
static reel_code check_query(const reel_exchange *exchange, reel_err *err)
{
    const char *names[REEL_HTTP_PARAMETERS + 1] = {NULL};
    char taken[256], *rest = NULL;

    if (!is_api(exchange->path))
        return REEL_OK;
    for (size_t i = 0; i < exchange->query_count; i++) {
        const char *name = exchange->query[i].name;
        size_t count = 0;

        if (reel__exchange_takes(exchange, name, strlen(name)))
            continue;
        (void)snprintf(taken, sizeof taken, "%s",
                       exchange->parameters != NULL ? exchange->parameters : "");
        for (char *at = strtok_r(taken, " ", &rest); at != NULL && count < REEL_HTTP_PARAMETERS;
             at = strtok_r(NULL, " ", &rest))
            names[count++] = at;
        return reel__mistake_unknown("parameter", name, names, err);
    }
    return REEL_OK;
}

/* Before its body is read: a large one is kept only of who may send it. */
reel_code reel__exchange_body_most(size_t *out, reel_exchange *exchange, const reel_app *app,
                                   reel_err *err)
{
    const reel_context context = {.exchange = exchange, .app = app};
    reel_route_parts parts;
    const reel_route *route =
        reel__route_find(doors_of(app), exchange->method, exchange->path, &parts);
    reel_code rc = REEL_OK;

    *out = REEL_HTTP_BODY_MAX;
    if (route == NULL || route->body_most == 0)
        return REEL_OK;
    exchange->route = route->path;
    exchange->id = parts.id;
    REEL_TRY(check_caller(&context, route, err));
    *out = route->body_most;
out:
    return rc;
}

/* Health is told under any name: who probes may know an address alone. */
static bool is_health(const char *path)
{
    return strcmp(path, "/livez") == 0 || strcmp(path, "/readyz") == 0 ||
           strcmp(path, "/health") == 0;
}

static reel_code check_host(reel_exchange *exchange, const reel_app *app, reel_err *err)
{
    if (app->hosts == NULL || is_health(exchange->path) ||
        reel__hosts_have(app->hosts, exchange->host))
        return REEL_OK;
    exchange->status = 421;
    return reel_fail(err, REEL_E_DENIED,
                     "this server does not answer to the name \"%.80s\"; if it is meant to, put "
                     "the name into REEL_HOSTS",
                     exchange->host);
}

/* What is done cannot be taken back for want of room to say so: that is had before. */
static reel_code make_room(reel_exchange *exchange, reel_err *err)
{
    if (strcmp(exchange->method, "GET") != 0)
        (void)reel__buf_reserve(&exchange->answer, ANSWER_ROOM);
    return reel__buf_check(&exchange->answer, err);
}

static reel_code dispatch(reel_context *context, reel_err *err)
{
    static const char people[] = "/api/v1/people/{id}";
    reel_exchange *exchange = context->exchange;
    reel_route_parts parts;
    const reel_route *route =
        reel__route_find(doors_of(context->app), exchange->method, exchange->path, &parts);
    reel_code rc;

    if (route == NULL)
        return no_route(exchange, parts.allow, err);
    exchange->route = route->path;
    exchange->parameters = route->query;
    exchange->id = parts.id;
    exchange->movie = parts.movie;
    if (strncmp(route->path, people, strlen(people)) == 0)
        exchange->person = parts.id;
    exchange->token = parts.token;
    exchange->token_length = parts.token_length;
    rc = check_caller(context, route, err);
    if (rc == REEL_OK)
        rc = check_query(exchange, err);
    if (rc == REEL_OK)
        rc = check_body(exchange, route->body, err);
    if (rc == REEL_OK)
        rc = check_encoding(exchange, err);
    if (rc == REEL_OK)
        rc = make_room(exchange, err);
    if (rc == REEL_OK)
        rc = exchange->idempotency_key != NULL && route->repeat != REEL_REPEAT_FREE
                 ? reel__exchange_once(context, route, err)
                 : route->handler(context, err);
    if (rc == REEL_OK && !exchange->pending && exchange->fixed == NULL)
        rc = reel__buf_check(&exchange->answer, err);
    return rc;
}

void reel__exchange_handle(reel_exchange *exchange, const reel_app *app, reel_session *session)
{
    reel_context context = {.exchange = exchange, .app = app, .session = session};
    reel_err err = {REEL_OK, ""};
    reel_route_parts parts;
    bool answered = false;

    if (session != NULL) /* what needs none may be asked without one */
        reel__session_due(session, exchange->due_us, NULL);
    if (check_host(exchange, app, &err) != REEL_OK) {
        reel__exchange_problem(exchange, &err);
        return;
    }
    if (!app->admin && !is_api(exchange->path) &&
        reel__route_find(doors_of(app), "GET", exchange->path, &parts) == NULL) {
        reel__serve_page(exchange);
        return;
    }
    reel__json_init(&context.json, &exchange->answer);
    if (reel__cors_preflight(exchange, app, doors_of(app), &answered, &err) != REEL_OK ||
        (!answered && dispatch(&context, &err) != REEL_OK))
        reel__exchange_problem(exchange, &err);
    reel__exchange_finish(exchange);
}
