/* keys_manage.c - keys made, changed for others, and taken back. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "service/accounts/accounts_priv.h"
#include "service/accounts/keys.h"

enum { LABEL_MOST = 100, DAY_S = 86400, PUBLIC_SCOPES = REEL_SCOPE_READ | REEL_SCOPE_FEEDBACK };

/* ---- what a key may be --------------------------------------------------------------------- */

static reel_code check_label(const char *label, reel_err *err)
{
    const size_t length = strlen(label);

    return length > 0 && length <= LABEL_MOST && reel__utf8_is_plain(label)
               ? REEL_OK
               : reel_fail(err, REEL_E_INVALID,
                           "name: expected 1 to %d bytes of text, none of control or hidden",
                           (int)LABEL_MOST);
}

static reel_code check_public(const reel_key_wish *wish, reel_err *err)
{
    if (!wish->is_public)
        return wish->origins[0] == '\0'
                   ? REEL_OK
                   : reel_fail(err, REEL_E_INVALID, "origins: only a public key has them");
    if ((wish->scopes & ~(unsigned)PUBLIC_SCOPES) != 0)
        return reel_fail(err, REEL_E_INVALID,
                         "scopes: a public key has read and feedback:write at most");
    if (wish->origins[0] == '\0')
        return reel_fail(err, REEL_E_INVALID,
                         "origins: a public key needs the pages it is for, such as "
                         "https://films.example");
    return REEL_OK;
}

static reel_code check_wish(const reel_key_wish *wish, reel_err *err)
{
    reel_code rc;

    REEL_TRY(check_label(wish->label, err));
    if (wish->scopes == 0 && !wish->is_public)
        return reel_fail(err, REEL_E_INVALID,
                         "scopes: what may it do? read, feedback:write, items:write, admin");
    REEL_TRY(check_public(wish, err));
    if (wish->days < 0 || wish->days > REEL_KEY_DAYS_MOST)
        return reel_fail(err, REEL_E_INVALID, "days: expected 1 to %d", (int)REEL_KEY_DAYS_MOST);
    if (wish->rate < -REEL_RATE_MOST || wish->rate > REEL_RATE_MOST)
        return reel_fail(err, REEL_E_INVALID, "rate: up to %d are counted", (int)REEL_RATE_MOST);
out:
    return rc;
}

/* ---- making and taking back ---------------------------------------------------------------- */

/* Text, prefix and hash of a key whose other members are set. */
static reel_code give_secret(reel_api_key *key, char text[REEL_KEY_TEXT], reel_err *err)
{
    reel_code rc;

    REEL_TRY(reel__key_text(text, key->prefix, key->is_public, err));
    reel__secret_hash(key->hash, text, strlen(text));
out:
    return rc;
}

reel_code reel__keys_add(reel_accounts *accounts, const reel_key_wish *wish, reel_api_key *out,
                         char text[REEL_KEY_TEXT], reel_err *err)
{
    reel_code rc;

    REEL_TRY(check_wish(wish, err));
    *out = (reel_api_key){.account = wish->account,
                          .scopes = wish->scopes == 0 ? PUBLIC_SCOPES : wish->scopes,
                          .is_public = wish->is_public,
                          .rate = wish->rate,
                          .created_at = reel__clock_now()};
    if (wish->days > 0)
        out->expires_at = out->created_at + (int64_t)wish->days * DAY_S;
    (void)snprintf(out->label, sizeof out->label, "%s", wish->label);
    memcpy(out->origins, wish->origins, sizeof out->origins);
    REEL_TRY(give_secret(out, text, err));
    REEL_TRY(reel__store_put_key(accounts->store, out, err));
    reel__accounts_changed(accounts); /* other pages may ask now */
out:
    return rc;
}

reel_code reel__keys_rotate(reel_accounts *accounts, const char *prefix, int64_t grace_s,
                            reel_api_key *out, char text[REEL_KEY_TEXT], reel_err *err)
{
    const int64_t now = reel__clock_now();
    reel_api_key older;
    reel_code rc;

    REEL_TRY(reel__store_key(accounts->store, prefix, &older, err));
    *out = older;
    out->created_at = now;
    out->used_at = out->revoked_at = 0;
    if (older.expires_at != 0)
        out->expires_at = now + (older.expires_at - older.created_at);
    REEL_TRY(give_secret(out, text, err));
    rc = reel__store_rotate_key(accounts->store, older.prefix, now, now + grace_s, out, err);
    reel__accounts_changed(accounts);
out:
    return rc;
}

reel_code reel__keys_revoke(reel_accounts *accounts, const char *prefix, reel_err *err)
{
    const reel_code rc = reel__store_revoke_key(accounts->store, prefix, reel__clock_now(), err);

    reel__accounts_changed(accounts);
    return rc;
}

/* ---- looking ------------------------------------------------------------------------------- */

reel_code reel__keys_get(reel_accounts *accounts, const char *prefix, reel_api_key *out,
                         reel_err *err)
{
    return reel__store_key(accounts->store, prefix, out, err);
}

reel_code reel__keys_scan(reel_accounts *accounts, reel_api_key_fn *row, void *user, reel_err *err)
{
    return reel__store_scan_keys(accounts->store, 0, row, user, err);
}

const char *reel__key_state(const reel_api_key *key, int64_t now)
{
    if (key->revoked_at != 0)
        return "revoked";
    return key->expires_at != 0 && now >= key->expires_at ? "expired" : "good";
}

/* Words parted by blanks as an array. */
static void put_words(reel_json *json, const char *name, const char *words)
{
    reel__json_key(json, name);
    reel__json_array(json);
    for (words += strspn(words, " "); *words != '\0'; words += strspn(words, " ")) {
        const size_t length = strcspn(words, " ");

        reel__json_text_n(json, words, length);
        words += length;
    }
    reel__json_array_end(json);
}

void reel__key_write(reel_json *json, const reel_api_key *key, const char *text)
{
    char scopes[64], rate[REEL_RATE_TEXT];

    reel__scopes_write(scopes, key->scopes);
    reel__rate_write(rate, key->rate);
    reel__json_object(json);
    reel__json_put_text(json, "id", key->prefix);
    if (text != NULL)
        reel__json_put_text(json, "key", text);
    reel__json_put_text(json, "name", key->label);
    put_words(json, "scopes", scopes);
    reel__json_put_bool(json, "public", key->is_public);
    put_words(json, "origins", key->origins);
    reel__json_put_text(json, "rate", key->rate == 0 ? NULL : rate);
    reel__json_key(json, "account");
    if (key->account == 0)
        reel__json_null(json);
    else
        reel__json_int(json, key->account);
    reel__json_put_text(json, "state", reel__key_state(key, reel__clock_now()));
    reel__json_put_time(json, "created_at", key->created_at);
    reel__json_put_time(json, "used_at", key->used_at);
    reel__json_put_time(json, "expires_at", key->expires_at);
    reel__json_put_time(json, "revoked_at", key->revoked_at);
    reel__json_object_end(json);
}

reel_code reel__scopes_read(unsigned *out, const char *text, reel_err *err)
{
    char words[128];
    size_t i = 0;

    for (; text[i] != '\0' && i + 1 < sizeof words; i++) {
        words[i] = text[i];
        if (text[i] == ',')
            words[i] = ' ';
    }
    words[i] = '\0';
    if (text[i] == '\0' && reel__scopes_parse(out, words) && *out != 0)
        return REEL_OK;
    return reel_fail(err, REEL_E_INVALID,
                     "scope: \"%.60s\" is none; there are read, feedback:write, items:write and "
                     "admin",
                     text);
}
