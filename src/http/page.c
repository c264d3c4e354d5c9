/* page.c - the front end's files, embedded in the program; views of the front end get its one page.
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

static void serve_asset(reel_exchange *exchange, const reel_asset *asset)
{
    exchange->answer_type = asset->mime;
    exchange->etag = asset->etag;
    exchange->cache_control = asset->immutable ? "public, max-age=31536000, immutable" : "no-cache";
    if (reel__exchange_known(exchange))
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
    if (asset == NULL && !names_file(exchange->path))
        asset = reel__asset_find("/index.html");
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
