/* mistakes.c - see mistakes.h. */
#include "base/mistakes.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/nearest.h"

enum { PLACE = 200, NAME_SHOWN = 44 };

size_t reel__mistake_place(const char *message)
{
    static const char small[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";
    size_t at = 0, length;

    for (;;) {
        length = strspn(message + at, small);
        if (length == 0)
            return 0;
        at += length;
        while (message[at] == '[') {
            length = strspn(message + at + 1, "0123456789");
            if (length == 0 || message[at + 1 + length] != ']')
                return 0;
            at += length + 2;
        }
        if (message[at] != '.')
            break;
        at++;
    }
    return message[at] == ':' && message[at + 1] == ' ' ? at : 0;
}

reel_code reel__mistake_within(reel_err *err, const reel_err *inner, const char *place, ...)
{
    const char *between = reel__mistake_place(inner->msg) > 0 ? "." : ": ";
    char text[PLACE];
    va_list arguments;

    va_start(arguments, place);
    if (vsnprintf(text, sizeof text, place, arguments) < 0)
        text[0] = '\0';
    va_end(arguments);
    return reel_fail(err, inner->code, "%s%s%s", text, between, inner->msg);
}

bool reel__is_mistake(reel_code code)
{
    return code == REEL_E_INVALID || code == REEL_E_NOTFOUND || code == REEL_E_TOOLARGE;
}

reel_code reel__mistake_add(reel_err *all, const reel_err *one)
{
    const size_t used = strlen(all->msg), length = strlen(one->msg);
    char *at = all->msg + used;

    if (one->code == REEL_OK || !reel__is_mistake(one->code))
        return one->code;
    all->code = all->code == REEL_OK || all->code == one->code ? one->code : REEL_E_INVALID;
    if (length + 2 >= sizeof all->msg - used)
        return REEL_OK;
    if (used > 0)
        *at++ = '\n';
    memcpy(at, one->msg, length + 1);
    return REEL_OK;
}

/* The names that are taken, as "a, b and c", or the one that is probably meant. */
static void advise(char *out, size_t size, const char *name, const char *const *names)
{
    reel_nearest search;
    size_t used;

    reel__nearest_init(&search, name);
    for (size_t i = 0; names[i] != NULL; i++)
        reel__nearest_offer(&search, names[i]);
    if (search.name != NULL) {
        (void)snprintf(out, size, "did you mean %s?", search.name);
        return;
    }
    used = (size_t)snprintf(out, size, names[0] == NULL ? "none is taken" : "taken: ");
    for (size_t i = 0; names[i] != NULL && used < size; i++) {
        const char *before = i == 0 ? "" : names[i + 1] == NULL ? " and " : ", ";

        used += (size_t)snprintf(out + used, size - used, "%s%s", before, names[i]);
    }
}

reel_code reel__mistake_unknown(const char *what, const char *name, const char *const *names,
                                reel_err *err)
{
    char advice[200], shown[NAME_SHOWN], *at;

    advise(advice, sizeof advice, name, names);
    (void)snprintf(shown, sizeof shown, "%s: ", name);
    if (*name != '\0' && reel__mistake_place(shown) == strlen(name) && strpbrk(name, ".[") == NULL)
        return reel_fail(err, REEL_E_INVALID, "%sthere is no such %s; %s", shown, what, advice);
    (void)snprintf(shown, sizeof shown, "%s", name);
    for (at = shown; *at != '\0'; at++)
        if ((unsigned char)*at < ' ')
            *at = '?';
    return reel_fail(err, REEL_E_INVALID, "there is no %s \"%s\"; %s", what, shown, advice);
}
