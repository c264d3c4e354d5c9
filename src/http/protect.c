/* protect.c - see protect.h. */
#include "http/protect.h"

#include <string.h>

/* Posters come from TMDb's image host only where they are not kept here. */
#define POLICY(images)                                                                             \
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "                   \
    "connect-src 'self'; img-src 'self' data:" images                                              \
    "; frame-src https://www.youtube-nocookie.com; frame-ancestors 'none'; base-uri 'none'; "      \
    "form-action 'self'; require-trusted-types-for 'script'"

static const char own_posters[] = POLICY("");
static const char tmdb_posters[] = POLICY(" https://image.tmdb.org");
static const char no_page[] = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; "
                              "form-action 'none'";
/* A trailer may fill the screen. */
static const char permissions[] =
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "magnetometer=(), microphone=(), midi=(), payment=(), publickey-credentials-get=(), usb=()";

static bool has_type(const reel_exchange *exchange, const char *beginning)
{
    const char *type = exchange->answer_type; /* an answer without a body has none */

    return type != NULL && strncmp(type, beginning, strlen(beginning)) == 0;
}

int reel__protect(reel_protection out[REEL_PROTECTIONS], const reel_exchange *exchange,
                  bool posters, const char *hsts)
{
    const bool page = has_type(exchange, "text/html");
    int count = 0;

    out[count++] = (reel_protection){"X-Content-Type-Options", "nosniff"};
    out[count++] = (reel_protection){"Referrer-Policy", "same-origin"};
    out[count++] = (reel_protection){"Content-Security-Policy", !page     ? no_page
                                                                : posters ? own_posters
                                                                          : tmdb_posters};
    /* Posters may be shown by whoever shows a list of ours. */
    out[count++] = (reel_protection){"Cross-Origin-Resource-Policy",
                                     has_type(exchange, "image/") ? "cross-origin" : "same-origin"};
    if (page) {
        out[count++] = (reel_protection){"Cross-Origin-Opener-Policy", "same-origin"};
        out[count++] = (reel_protection){"Permissions-Policy", permissions};
    }
    if (exchange->client.https && hsts != NULL)
        out[count++] = (reel_protection){"Strict-Transport-Security", hsts};
    return count;
}
