/* service/accounts/key_text.h - keys, origins, rates and spans of time as texts.
 * Layer: service. Ownership: everything is copied. Threads: no state.
 */
#ifndef REEL_SERVICE_KEY_TEXT_H
#define REEL_SERVICE_KEY_TEXT_H

#include "service/accounts/secrets.h"

enum {
    REEL_KEY_TEXT = 64, /* "rk_pub_", 12 letters, "_", a token, NUL */
    REEL_RATE_TEXT = 24,
    REEL_RATE_MOST = 1000000
};

/* A new key: its text, and what it begins with. Errors: E_STORE (no random bits). */
REEL_MUST_USE reel_code reel__key_text(char text[REEL_KEY_TEXT], char prefix[REEL_KEY_PREFIX],
                                       bool is_public, reel_err *err);
/* What a key begins with: "rk_" or "rk_pub_" and 12 letters. False: the text is no key. */
bool reel__key_prefix(char out[REEL_KEY_PREFIX], const char *text, size_t length);

/* Add an origin ("https://films.example", "http://localhost:3000") to a list of them, in small
 * letters. Errors: E_INVALID (no origin: a path, another scheme, "*"), E_TOOLARGE (no room). */
REEL_MUST_USE reel_code reel__origin_add(char list[REEL_KEY_ORIGINS], const char *origin,
                                         reel_err *err);
/* Whether it is one of a list parted by spaces; capitals make no difference. */
bool reel__origin_listed(const char *list, const char *origin);

/* "10/s", "600/min": requests a second as a negative number, a minute as a positive one. Errors:
 * E_INVALID. */
REEL_MUST_USE reel_code reel__rate_parse(int32_t *out, const char *text, reel_err *err);
/* 0 is "", any number. */
void reel__rate_write(char out[REEL_RATE_TEXT], int32_t rate);
/* "90s", "30m", "24h", "7d" or "0" as seconds, a year at most. Errors: E_INVALID. */
REEL_MUST_USE reel_code reel__span_parse(int64_t *out, const char *text, reel_err *err);

#endif
