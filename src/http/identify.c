/* identify.c - who asks: a browser with the cookie of a session, a program with a key, or nobody.
 * A cookie comes with every request to this host, whoever made the browser send it; so what
 * changes something by a cookie must say that a page of ours did.
 */
#include <string.h>
#include <strings.h>

#include "http/exchange.h"
#include "service/accounts/keys.h"

bool reel__exchange_secure(const reel_exchange *exchange)
{
    if (exchange->client.https || exchange->client.doubted)
        return exchange->client.https;
    return reel__address_is_loopback(&exchange->client.address);
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

/* ---- keys ---------------------------------------------------------------------------------- */

/* Of "Authorization: Bearer KEY" what stands behind the name, without blanks around it; NULL where
 * another scheme is named, which is not ours to look at. */
static const char *bearer(const char *authorization, size_t *length)
{
    static const char scheme[] = "Bearer";
    const char *at;

    if (authorization == NULL || strncasecmp(authorization, scheme, sizeof scheme - 1) != 0)
        return NULL;
    at = authorization + sizeof scheme - 1;
    if (*at != '\0' && *at != ' ' && *at != '\t')
        return NULL;
    at += strspn(at, " \t");
    *length = strlen(at);
    while (*length > 0 && (at[*length - 1] == ' ' || at[*length - 1] == '\t'))
        --*length;
    return at;
}

reel_code reel__exchange_key(const reel_exchange *exchange, const char **out, size_t *length,
                             reel_err *err)
{
    const char *other = exchange->api_key;

    *out = bearer(exchange->authorization, length);
    if (other == NULL || other[0] == '\0')
        return REEL_OK;
    if (*out != NULL && (strlen(other) != *length || memcmp(*out, other, *length) != 0))
        return reel_fail(err, REEL_E_UNAUTH,
                         "Authorization and X-API-Key bring two different keys; send one");
    *out = other;
    *length = strlen(other);
    return REEL_OK;
}

/* What a client may know of how often it may ask
 * (https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/), and that its page may
 * read the answer. */
static void tell_use(reel_exchange *exchange, const reel_key_use *use, bool refused)
{
    const bool each_second = use->rate < 0;

    if (use->rate != 0) {
        reel__exchange_header(exchange, "RateLimit-Policy", "\"key\";q=%d;w=%d",
                              each_second ? -use->rate : use->rate, each_second ? 1 : 60);
        reel__exchange_header(exchange, "RateLimit", "\"key\";r=%d;t=%d", use->left, use->wait_s);
    }
    if (use->listed)
        reel__cors_allow(exchange);
    if (refused)
        reel__exchange_retry(exchange, use->wait_s);
}

static reel_code by_key(reel_exchange *exchange, const reel_app *app, const char *key,
                        size_t length, reel_err *err)
{
    reel_key_use use;
    reel_code rc;

    if (app->accounts == NULL)
        return reel_fail(err, REEL_E_UNAUTH, "there are no API keys here");
    rc = reel__keys_use(app->accounts, key, length, exchange->origin, &use, err);
    if (rc != REEL_OK && rc != REEL_E_BUSY)
        return rc;
    tell_use(exchange, &use, rc == REEL_E_BUSY);
    exchange->caller = use.caller;
    return rc;
}

/* ---- other sites --------------------------------------------------------------------------- */

static bool is_write(const char *method)
{
    return strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0;
}

/* "https://host:port" is a page of "host:port". */
static bool same_host(const char *origin, const char *host, bool https)
{
    const char *at = strstr(origin, "://");

    /* Whoever is on the way can make a page of the same name in the clear. */
    if (https && strncasecmp(origin, "http:", strlen("http:")) == 0)
        return false;
    return at != NULL && host != NULL && host[0] != '\0' && strcasecmp(at + 3, host) == 0;
}

/* Browsers say it in Sec-Fetch-Site, older ones in Origin. Who is signed in must show one of them;
 * anybody else is only believed what they say. */
static bool from_elsewhere(const reel_exchange *exchange)
{
    const char *site = exchange->fetch_site;

    if (!is_write(exchange->method))
        return false;
    if (site != NULL)
        return strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0;
    if (exchange->origin != NULL)
        return !same_host(exchange->origin, exchange->host, exchange->client.https);
    return exchange->session != NULL;
}

/* Who sends a key asks by it, whoever is signed in in the same browser. */
reel_code reel__exchange_identify(reel_exchange *exchange, const reel_app *app, reel_err *err)
{
    const char *key = NULL;
    size_t length = 0;
    reel_code rc = reel__exchange_key(exchange, &key, &length, err);

    if (rc == REEL_OK && key != NULL)
        rc = by_key(exchange, app, key, length, err);
    exchange->bad_key = rc == REEL_E_UNAUTH;
    if (rc != REEL_OK || key != NULL)
        goto out;
    if (app->accounts != NULL && exchange->cookie != NULL)
        REEL_TRY(by_cookie(exchange, app, err));
    if (from_elsewhere(exchange))
        rc = reel_fail(err, REEL_E_DENIED,
                       "this came from a page of another site; a program that signs in says "
                       "Origin: with this host, or uses an API key");
out:
    return rc;
}
