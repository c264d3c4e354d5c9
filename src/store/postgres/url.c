/* url.c - what a URL names, and what of it may be shown: neither user nor password nor options.
 * libpq's own messages about a URL it cannot read repeat parts of it, so they are never passed on.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "store/postgres/postgres_priv.h"

enum { URL_MOST = 1 << 16 };

static const char *value_of(const PQconninfoOption *options, const char *keyword)
{
    for (const PQconninfoOption *at = options; at != NULL && at->keyword != NULL; at++)
        if (strcmp(at->keyword, keyword) == 0)
            return at->val != NULL && at->val[0] != '\0' ? at->val : NULL;
    return NULL;
}

static reel_code unreadable(reel_err *err)
{
    return reel_fail(err, REEL_E_INVALID,
                     "database \"postgresql://...\": the URL cannot be read; write "
                     "postgresql://USER@HOST:PORT/NAME, with :, / and @ in names and passwords as "
                     "%%3A, %%2F and %%40");
}

/* A password that holds an unescaped @ ends up in the host, and would be shown with it. */
static bool makes_sense(const PQconninfoOption *options)
{
    const char *host = value_of(options, "host"), *port = value_of(options, "port");

    if (host != NULL && strchr(host, '@') != NULL)
        return false;
    return port == NULL || strspn(port, "0123456789,") == strlen(port);
}

static reel_code parse(PQconninfoOption **out, const char *url, reel_err *err)
{
    char *message = NULL;

    *out = PQconninfoParse(url, &message);
    PQfreemem(message);
    if (*out != NULL && makes_sense(*out))
        return REEL_OK;
    PQconninfoFree(*out);
    *out = NULL;
    return unreadable(err);
}

/* As the URL says, else as libpq would have it. */
static const char *choose(const PQconninfoOption *given, const PQconninfoOption *usual,
                          const char *keyword)
{
    const char *value = value_of(given, keyword);

    return value != NULL ? value : value_of(usual, keyword);
}

static const char *choose_database(const PQconninfoOption *given, const PQconninfoOption *usual)
{
    const char *database = choose(given, usual, "dbname");

    if (database == NULL)
        database = choose(given, usual, "user");
    return database != NULL ? database : "";
}

/* Folders and whatever else a URL may not hold as it is become %XX. */
static void append_escaped(reel_buf *out, const char *text)
{
    for (; *text != '\0'; text++) {
        const unsigned char c = (unsigned char)*text;

        if (isalnum(c) || strchr("-._~,:", c) != NULL)
            reel__buf_char(out, (char)c);
        else
            reel__buf_format(out, "%%%02X", c);
    }
}

reel_code reel__pg_url_name(char **out, const char *url, reel_err *err)
{
    PQconninfoOption *given = NULL, *usual = NULL;
    const char *host = NULL, *port = NULL;
    reel_buf name;
    reel_code rc = REEL_OK;

    *out = NULL;
    reel__buf_init(&name, URL_MOST);
    REEL_TRY(parse(&given, url, err));
    usual = PQconndefaults();
    host = choose(given, usual, "host");
    port = choose(given, usual, "port");
    reel__buf_text(&name, "postgresql://");
    append_escaped(&name, host != NULL ? host : "");
    if (port != NULL && strcmp(port, "5432") != 0)
        reel__buf_format(&name, ":%s", port);
    reel__buf_char(&name, '/');
    append_escaped(&name, choose_database(given, usual));
    REEL_TRY(reel__buf_check(&name, err));
    *out = reel__buf_take(&name);
    if (*out == NULL)
        rc = reel_fail(err, REEL_E_NOMEM, "out of memory to open a database");
out:
    PQconninfoFree(given);
    PQconninfoFree(usual);
    reel__buf_fini(&name);
    return rc;
}

reel_code reel__pg_url_database(char **out, const char *url, reel_err *err)
{
    PQconninfoOption *given = NULL, *usual = NULL;
    reel_code rc = REEL_OK;

    *out = NULL;
    REEL_TRY(parse(&given, url, err));
    usual = PQconndefaults();
    *out = reel__strdup(choose_database(given, usual));
    if (*out == NULL)
        rc = reel_fail(err, REEL_E_NOMEM, "out of memory to open a database");
out:
    PQconninfoFree(given);
    PQconninfoFree(usual);
    return rc;
}

void reel__postgres_name(char out[REEL_STORE_NAME], const char *url)
{
    char *name = NULL;
    const bool known = reel__pg_url_name(&name, url, NULL) == REEL_OK;

    (void)snprintf(out, REEL_STORE_NAME, "%s", known ? name : "postgresql://...");
    reel__free(name);
}
