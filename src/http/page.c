/* page.c - the front end's files, embedded in the program; views of the front end get its one page,
 * and so does an address that is none of them, as 404: the page says so.
 */
#include <stdio.h>
#include <string.h>

#include "http/assets.h"
#include "http/routes.h"

static const char plain_page[] =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Reel</title>"
    "<h1>Reel</h1><p>This build has no web front end: Node.js 18 or newer and npm were missing "
    "when "
    "it was built. Install them and run <code>script/build</code> again. The API is at "
    "<a href=\"/api/v1/health\">/api/v1</a>.</p></html>";

/* The last part of a file's path has a dot; the addresses of views have none. */
static bool names_file(const char *path)
{
    const char *slash = strrchr(path, '/');

    return strchr(slash == NULL ? path : slash, '.') != NULL;
}

/* ---- which addresses are views (web/src/lib/router.ts) --------------------------------------- */

enum { PARTS = 3, ID_DIGITS = 15, NAME_MOST = 64 };

typedef struct part {
    const char *text;
    size_t length;
} part;

/* How many parts a path has, at most one more than there is room for. */
static size_t split(part out[PARTS], const char *path)
{
    size_t count = 0;

    for (path += strspn(path, "/"); *path != '\0'; path += strspn(path, "/")) {
        const size_t length = strcspn(path, "/");

        if (count == PARTS)
            return PARTS + 1;
        out[count++] = (part){path, length};
        path += length;
    }
    return count;
}

static bool is_one_of(part p, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(names[i]) == p.length && memcmp(names[i], p.text, p.length) == 0)
            return true;
    return false;
}

static bool is_number(part p)
{
    return p.length <= ID_DIGITS && strspn(p.text, "0123456789") >= p.length;
}

static bool is_name(part p)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

    return p.length <= NAME_MOST && strspn(p.text, letters) >= p.length;
}

/* A job and an experiment have pages of their own below their lists. */
static bool is_analytics(const part *parts, size_t count)
{
    static const char *const names[] = {"system", "dashboard", "data",        "jobs",
                                        "models", "compare",   "experiments", "feedback"};
    static const char *const jobs[] = {"jobs"}, *const experiments[] = {"experiments"};

    if (count == 1)
        return true;
    if (count == 2)
        return is_one_of(parts[1], names, sizeof names / sizeof *names);
    return (is_one_of(parts[1], jobs, 1) && is_number(parts[2])) ||
           (is_one_of(parts[1], experiments, 1) && is_name(parts[2]));
}

static bool is_view(const char *path)
{
    static const char *const alone[] = {"people",  "rate",  "search",  "tune", "night",
                                        "sign-in", "reset", "confirm", "my",   "log"};
    static const char *const numbered[] = {"film", "people"}, *const analytics[] = {"analytics"};
    part parts[PARTS];
    const size_t count = split(parts, path);

    if (count == 0)
        return true;
    if (count > PARTS)
        return false;
    if (is_one_of(parts[0], analytics, 1))
        return is_analytics(parts, count);
    if (count == 2)
        return is_one_of(parts[0], numbered, 2) && is_number(parts[1]);
    return count == 1 && is_one_of(parts[0], alone, sizeof alone / sizeof *alone);
}

/* ---- the answer ---------------------------------------------------------------------------- */

static void serve_asset(reel_exchange *exchange, const reel_asset *asset)
{
    exchange->answer_type = asset->mime;
    exchange->etag = asset->etag;
    exchange->cache_control = asset->immutable ? "public, max-age=31536000, immutable" : "no-cache";
    if (exchange->status == 404)
        exchange->etag = NULL;
    else if (reel__exchange_known(exchange))
        return;
    if (asset->gzip != NULL && reel__exchange_accepts_gzip(exchange)) {
        exchange->encoding = "gzip";
        exchange->fixed = asset->gzip;
        exchange->fixed_length = asset->gzip_size;
        return;
    }
    exchange->fixed = asset->data;
    exchange->fixed_length = asset->size;
}

void reel__serve_page(reel_exchange *exchange)
{
    const reel_asset *asset = reel__asset_find(exchange->path);
    reel_err err = {REEL_OK, ""};

    exchange->route = "page";
    if (strcmp(exchange->method, "GET") != 0) {
        exchange->status = 405;
        exchange->allow = "GET, HEAD";
        (void)reel_fail(&err, REEL_E_INVALID, "%s is not allowed here", exchange->method);
        reel__exchange_problem(exchange, &err);
        return;
    }
    if (asset == NULL && !names_file(exchange->path)) {
        asset = reel__asset_find("/index.html");
        if (!is_view(exchange->path))
            exchange->status = 404;
    }
    if (asset != NULL) {
        serve_asset(exchange, asset);
    } else if (names_file(exchange->path)) {
        (void)reel_fail(&err, REEL_E_NOTFOUND, "there is no file %s", exchange->path);
        reel__exchange_problem(exchange, &err);
    } else {
        exchange->answer_type = "text/html; charset=utf-8";
        exchange->fixed = plain_page;
        exchange->fixed_length = sizeof plain_page - 1;
    }
}
