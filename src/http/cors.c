/* cors.c - what browsers let pages of other sites do
 * (https://fetch.spec.whatwg.org/#http-cors-protocol): nothing, but for a page of a public key's
 * origins: lists and feedback. Cookies are never part of it.
 */
#include <string.h>

#include "http/routes.h"
#include "service/accounts/keys.h"

enum { KEPT_S = 600 }; /* how long a browser need not ask again */

void reel__cors_allow(reel_exchange *exchange)
{
    reel__exchange_header(exchange, "Access-Control-Allow-Origin", "%s", exchange->origin);
    reel__exchange_header(exchange, "Access-Control-Expose-Headers",
                          "RateLimit, RateLimit-Policy, Retry-After, X-Request-Id");
    reel__exchange_header(exchange, "Vary", "Origin");
}

static void answer(reel_exchange *exchange, const reel_route *route)
{
    exchange->route = route->path;
    reel__exchange_nothing(exchange);
    reel__exchange_header(exchange, "Access-Control-Allow-Origin", "%s", exchange->origin);
    reel__exchange_header(exchange, "Access-Control-Allow-Methods", "%s", route->method);
    reel__exchange_header(exchange, "Access-Control-Allow-Headers",
                          "Authorization, Content-Type, X-API-Key, X-Request-Id");
    reel__exchange_header(exchange, "Access-Control-Max-Age", "%d", (int)KEPT_S);
    reel__exchange_header(exchange, "Vary", "Origin");
}

/* A browser asks before it sends a key, so the key is not known yet: any that is good and names the
 * page will do. */
reel_code reel__cors_preflight(reel_exchange *exchange, const reel_app *app, unsigned doors,
                               bool *answered, reel_err *err)
{
    const char *method = exchange->asked_method;
    const reel_route *route;
    reel_route_parts parts;
    bool listed = false;
    reel_code rc = REEL_OK;

    *answered = false;
    if (strcmp(exchange->method, "OPTIONS") != 0 || method == NULL || exchange->origin == NULL ||
        app->accounts == NULL)
        return REEL_OK;
    route = reel__route_find(doors, strcmp(method, "HEAD") == 0 ? "GET" : method, exchange->path,
                             &parts);
    if (route == NULL || (route->need != REEL_NEED_RECOMMEND && route->need != REEL_NEED_FEEDBACK))
        return REEL_OK;
    REEL_TRY(reel__keys_name(app->accounts, exchange->origin, &listed, err));
    if (listed)
        answer(exchange, route);
    *answered = listed;
out:
    return rc;
}
