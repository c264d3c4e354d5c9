/* identify.c - who asks: a browser with the cookie of a session, a program with a key, or nobody.
 * A cookie comes with every request to this host, whoever made the browser send it; so what
 * changes something by a cookie must say that a page of ours did.
 */
#include <string.h>
#include <strings.h>

#include "http/exchange.h"

bool reel__exchange_secure(const reel_exchange *exchange)
{
    static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    static const unsigned char self[16] = {[15] = 1};
    const unsigned char *bytes = exchange->client.address.bytes;

    return exchange->client.https || memcmp(bytes, self, sizeof self) == 0 ||
           (memcmp(bytes, mapped, sizeof mapped) == 0 && bytes[12] == 127);
}

/* A browser takes the first name only with Secure, for this host alone and for all its paths, from
 * a connection it trusts: TLS, or to this machine (RFC 6265bis, 4.1.3.2). */
static const char *cookie_name(const reel_exchange *exchange)
{
    return reel__exchange_secure(exchange) ? "__Host-reel" : "reel";
}

/* ---- cookies ------------------------------------------------------------------------------- */

void reel__exchange_set_session(reel_exchange *exchange, const char *token, int64_t seconds)
{
    reel__exchange_header(
        exchange, "Set-Cookie", "%s=%s; Path=/; Max-Age=%lld; HttpOnly; SameSite=Lax%s",
        cookie_name(exchange), token == NULL ? "" : token, token == NULL ? 0LL : (long long)seconds,
        reel__exchange_secure(exchange) ? "; Secure" : "");
}

/* "a=b; name=value": the value's beginning and length. */
static const char *find_cookie(const char *cookies, const char *name, size_t *length)
{
    const size_t name_length = strlen(name);

    while (cookies != NULL && *cookies != '\0') {
        cookies += strspn(cookies, " \t;");
        if (strncmp(cookies, name, name_length) == 0 && cookies[name_length] == '=') {
            *length = strcspn(cookies + name_length + 1, "; \t");
            return cookies + name_length + 1;
        }
        cookies += strcspn(cookies, ";");
    }
    return NULL;
}

const char *reel__exchange_session(const reel_exchange *exchange, char out[REEL_TOKEN_TEXT])
{
    if (exchange->session == NULL)
        return NULL;
    memcpy(out, exchange->session, REEL_TOKEN_TEXT - 1);
    out[REEL_TOKEN_TEXT - 1] = '\0';
    return out;
}

/* A session that is over is none: the request is nobody's then. */
static reel_code by_cookie(reel_exchange *exchange, const reel_app *app, reel_err *err)
{
    reel_err inner = {REEL_OK, ""};
    size_t length = 0;
    const char *token = find_cookie(exchange->cookie, cookie_name(exchange), &length);
    reel_code rc;

    if (token == NULL || length != REEL_TOKEN_TEXT - 1)
        return REEL_OK;
    rc = reel__accounts_session(app->accounts, token, length, &exchange->caller, &inner);
    if (rc == REEL_E_UNAUTH)
        return REEL_OK;
    if (rc != REEL_OK)
        return reel_fail(err, rc, "%s", inner.msg);
    exchange->session = token;
    return REEL_OK;
}

/* ---- other sites --------------------------------------------------------------------------- */

static bool is_write(const char *method)
{
    return strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0;
}

/* "https://host:port" is a page of "host:port". */
static bool same_host(const char *origin, const char *host)
{
    const char *at = strstr(origin, "://");

    return at != NULL && host != NULL && host[0] != '\0' && strcasecmp(at + 3, host) == 0;
}

/* Browsers say it in Sec-Fetch-Site, older ones in Origin. Who is signed in must show one of them;
 * anybody else is only believed what they say. */
static bool from_elsewhere(const reel_exchange *exchange)
{
    const char *site = exchange->fetch_site;

    if (!is_write(exchange->method) || exchange->caller.kind == REEL_CALLER_KEY)
        return false;
    if (site != NULL)
        return strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0;
    if (exchange->origin != NULL)
        return !same_host(exchange->origin, exchange->host);
    return exchange->session != NULL;
}

reel_code reel__exchange_identify(reel_exchange *exchange, const reel_app *app, reel_err *err)
{
    reel_code rc = REEL_OK;

    if (app->accounts != NULL && exchange->cookie != NULL)
        REEL_TRY(by_cookie(exchange, app, err));
    if (from_elsewhere(exchange))
        rc = reel_fail(err, REEL_E_DENIED,
                       "this came from a page of another site; a program that signs in says "
                       "Origin: with this host, or uses an API key");
out:
    return rc;
}
