/* url.c - see url.h. */
#include "net/url.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

enum { PORT_MOST = 65535 };

const char *reel__url_host(char host[REEL_URL_HOST], const char *text)
{
    const bool bracket = text[0] == '[';
    const char *begin = text + bracket, *end;
    const size_t length = strspn(begin, bracket ? "0123456789abcdefABCDEF:." : LETTERS "-.");

    if (length == 0 || length >= REEL_URL_HOST || (bracket && begin[length] != ']'))
        return NULL;
    (void)snprintf(host, REEL_URL_HOST, "%.*s", (int)length, begin);
    end = begin + length + bracket;
    if (*end == ':') {
        const size_t digits = strspn(end + 1, "0123456789");
        const long port = digits > 0 && digits < 6 ? strtol(end + 1, NULL, 10) : 0;

        if (port < 1 || port > PORT_MOST)
            return NULL;
        end += 1 + digits;
    }
    return end;
}

reel_code reel__url_check(const char *setting, const char *url, const char *such, reel_err *err)
{
    const char *at = strncmp(url, "https://", 8) == 0  ? url + 8
                     : strncmp(url, "http://", 7) == 0 ? url + 7
                                                       : NULL;
    char host[REEL_URL_HOST];

    if (at != NULL && strlen(url) <= REEL_URL_SETTING)
        at = reel__url_host(host, at);
    else
        at = NULL;
    if (at != NULL && (*at == '\0' || (*at == '/' && at[strspn(at, LETTERS "-._~%/")] == '\0')))
        return REEL_OK;
    return reel_fail(err, REEL_E_INVALID, "%s: expected an address such as %s", setting, such);
}

size_t reel__url_length(const char *url)
{
    const size_t length = strlen(url);

    return length - (length > 0 && url[length - 1] == '/');
}
