/* hosts.c - see hosts.h. */
#include "http/hosts.h"

#include <string.h>
#include <strings.h>

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_";

/* The length of the name in "name:port", "name." or "[::1]:port". */
static size_t name_length(const char *host)
{
    const char *bracket = host[0] == '[' ? strchr(host, ']') : NULL;
    size_t length = strcspn(host, ":");

    if (bracket != NULL && (bracket[1] == '\0' || bracket[1] == ':'))
        return (size_t)(bracket + 1 - host);
    while (length > 0 && host[length - 1] == '.')
        length--;
    return length;
}

static bool is(const char *host, size_t length, const char *name)
{
    return strlen(name) == length && strncasecmp(host, name, length) == 0;
}

static bool ends_with(const char *host, size_t length, const char *ending)
{
    const size_t size = strlen(ending);

    return length > size && strncasecmp(host + length - size, ending, size) == 0;
}

/* An address of 127.0.0.0/8; a name that only begins so ("127.0.0.1.example.org") has letters. */
static bool is_v4_loopback(const char *host, size_t length)
{
    return length > 4 && strncmp(host, "127.", 4) == 0 && strspn(host, "0123456789.") >= length;
}

static bool is_this_machine(const char *host, size_t length)
{
    return is(host, length, "localhost") || ends_with(host, length, ".localhost") ||
           is(host, length, "[::1]") || is_v4_loopback(host, length);
}

reel_code reel__hosts_read(reel_hosts *out, const char *text, reel_err *err)
{
    static const char apart[] = ", \t";

    out->count = 0;
    for (text += strspn(text, apart); *text != '\0'; text += strspn(text, apart)) {
        const size_t length = strcspn(text, apart);
        const bool v6 = text[0] == '[' && text[length - 1] == ']' &&
                        strspn(text + 1, "0123456789abcdefABCDEF:.") == length - 2;

        if (length >= REEL_HOST_TEXT || (!v6 && strspn(text, letters) < length))
            return reel_fail(err, REEL_E_INVALID,
                             "REEL_HOSTS: \"%.*s\" is no name; write such as reel.example.org, "
                             "without a port",
                             (int)(length < 80 ? length : 80), text);
        if (out->count == REEL_HOSTS_MAX)
            return reel_fail(err, REEL_E_INVALID, "REEL_HOSTS: more than %d names", REEL_HOSTS_MAX);
        memcpy(out->name[out->count], text, length);
        out->name[out->count++][length] = '\0';
        text += length;
    }
    return REEL_OK;
}

bool reel__hosts_have(const reel_hosts *hosts, const char *host)
{
    const size_t length = host == NULL ? 0 : name_length(host);

    if (host == NULL || is_this_machine(host, length))
        return true;
    for (int i = 0; i < hosts->count; i++)
        if (is(host, length, hosts->name[i]))
            return true;
    return false;
}
