/* key_text.c - see key_text.h. */
#include "service/accounts/key_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LETTERS = 12, ORIGIN_MOST = 200, SPAN_MOST_S = 366 * 86400 };

static const char private_start[] = "rk_", public_start[] = "rk_pub_";
static const char token_letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                    "0123456789-_";

_Static_assert(sizeof public_start + LETTERS <= REEL_KEY_PREFIX, "a prefix fits");
_Static_assert(sizeof public_start + LETTERS + 1 + REEL_TOKEN_TEXT - 1 <= REEL_KEY_TEXT,
               "a key fits");

/* ---- keys ---------------------------------------------------------------------------------- */

reel_code reel__key_text(char text[REEL_KEY_TEXT], char prefix[REEL_KEY_PREFIX], bool is_public,
                         reel_err *err)
{
    char letters[LETTERS + 1], token[REEL_TOKEN_TEXT];
    reel_code rc;

    REEL_TRY(reel__secret_letters(letters, LETTERS, err));
    REEL_TRY(reel__secret_token(token, err));
    (void)snprintf(prefix, REEL_KEY_PREFIX, "%s%s", is_public ? public_start : private_start,
                   letters);
    (void)snprintf(text, REEL_KEY_TEXT, "%s_%s", prefix, token);
    reel__secret_wipe(token, sizeof token);
out:
    return rc;
}

bool reel__key_prefix(char out[REEL_KEY_PREFIX], const char *text, size_t length)
{
    const bool is_public = length >= sizeof public_start - 1 &&
                           memcmp(text, public_start, sizeof public_start - 1) == 0;
    const size_t start = is_public ? sizeof public_start - 1 : sizeof private_start - 1;
    const size_t prefix = start + LETTERS;

    if (length != prefix + 1 + REEL_TOKEN_TEXT - 1 ||
        memcmp(text, private_start, sizeof private_start - 1) != 0 || text[prefix] != '_')
        return false;
    for (size_t i = start; i < length; i++)
        if (text[i] == '\0' || strchr(token_letters, text[i]) == NULL)
            return false;
    memcpy(out, text, prefix);
    out[prefix] = '\0';
    return true;
}

/* ---- origins ------------------------------------------------------------------------------- */

/* A host as browsers write it: a name, an address, or an IPv6 address in brackets, and a port. */
static bool is_host(const char *text)
{
    static const char name[] = "abcdefghijklmnopqrstuvwxyz0123456789.-";
    size_t length = strspn(text, name);

    if (*text == '[') {
        length = 1 + strspn(text + 1, "0123456789abcdef:.");
        if (length < 3 || text[length++] != ']')
            return false;
    }
    if (length == 0)
        return false;
    if (text[length] == ':') {
        const size_t digits = strspn(text + length + 1, "0123456789");

        return digits > 0 && digits <= 5 && text[length + 1 + digits] == '\0';
    }
    return text[length] == '\0';
}

reel_code reel__origin_add(char list[REEL_KEY_ORIGINS], const char *origin, reel_err *err)
{
    char small[ORIGIN_MOST + 1] = "";
    const size_t used = strlen(list), length = strlen(origin);

    for (size_t i = 0; i < sizeof small && i <= length; i++)
        small[i] =
            (char)(origin[i] >= 'A' && origin[i] <= 'Z' ? origin[i] + ('a' - 'A') : origin[i]);
    if (length >= sizeof small || !((strncmp(small, "https://", 8) == 0 && is_host(small + 8)) ||
                                    (strncmp(small, "http://", 7) == 0 && is_host(small + 7))))
        return reel_fail(err, REEL_E_INVALID,
                         "origin: \"%.80s\" is none; write the scheme and the host of the pages, "
                         "such as https://films.example or http://localhost:3000",
                         origin);
    if (reel__origin_listed(list, small))
        return REEL_OK;
    if (used + 1 + length >= REEL_KEY_ORIGINS)
        return reel_fail(err, REEL_E_TOOLARGE,
                         "origins: more than %d characters; make a second key for the rest",
                         (int)REEL_KEY_ORIGINS - 1);
    if (used > 0)
        list[used] = ' ';
    memcpy(list + used + (used > 0), small, length + 1);
    return REEL_OK;
}

bool reel__origin_listed(const char *list, const char *origin)
{
    const size_t length = strlen(origin);

    if (length == 0)
        return false;
    while (*list != '\0') {
        const size_t part = strcspn(list, " ");

        if (part == length && strncasecmp(list, origin, length) == 0)
            return true;
        list += part;
        list += strspn(list, " ");
    }
    return false;
}

/* ---- numbers with a unit ------------------------------------------------------------------- */

/* Digits, at most as many as any number here has, and what follows them. False: there are none. */
static bool take_digits(int64_t *out, const char **text)
{
    const size_t digits = strspn(*text, "0123456789");

    *out = strtoll(*text, NULL, 10);
    *text += digits;
    return digits > 0 && digits <= 9;
}

reel_code reel__rate_parse(int32_t *out, const char *text, reel_err *err)
{
    const char *unit = text;
    int64_t number = 0;

    if (take_digits(&number, &unit) && number >= 1 && number <= REEL_RATE_MOST &&
        (strcmp(unit, "/s") == 0 || strcmp(unit, "/min") == 0)) {
        *out = (int32_t)(unit[1] == 's' ? -number : number);
        return REEL_OK;
    }
    return reel_fail(err, REEL_E_INVALID,
                     "rate: \"%.40s\" is none; write 10/s or 600/min, up to %d", text,
                     (int)REEL_RATE_MOST);
}

void reel__rate_write(char out[REEL_RATE_TEXT], int32_t rate)
{
    if (rate == 0)
        out[0] = '\0';
    else
        (void)snprintf(out, REEL_RATE_TEXT, "%lld/%s", rate < 0 ? -(long long)rate : rate,
                       rate < 0 ? "s" : "min");
}

reel_code reel__span_parse(int64_t *out, const char *text, reel_err *err)
{
    static const struct {
        char unit;
        int seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
    const char *unit = text;
    int64_t number = 0;

    if (!take_digits(&number, &unit))
        goto wrong;
    *out = 0;
    if (number == 0 && *unit == '\0')
        return REEL_OK;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (unit[0] == units[i].unit && unit[1] == '\0' &&
            number <= SPAN_MOST_S / units[i].seconds) {
            *out = number * units[i].seconds;
            return REEL_OK;
        }
wrong:
    return reel_fail(err, REEL_E_INVALID,
                     "\"%.40s\" is no span of time; write 90s, 30m, 24h or 7d, a year at most",
                     text);
}
