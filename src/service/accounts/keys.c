/* keys.c - who a key is, kept for some seconds, and how often it may be used. */
#include "service/accounts/keys.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "service/accounts/accounts_priv.h"

enum { KEPT_MS = REEL_KEY_KEPT_S * 1000 };

/* ---- places -------------------------------------------------------------------------------- */

static reel_key_kept *set_of(reel_accounts *accounts, const char *prefix)
{
    uint32_t hash = 2166136261U; /* FNV-1a; only keys that exist have a place */

    for (; *prefix != '\0'; prefix++)
        hash = (hash ^ (unsigned char)*prefix) * 16777619U;
    return accounts->keys[hash % REEL_KEYS_SETS];
}

/* The key's place, or NULL. */
static reel_key_kept *find(reel_key_kept *set, const char *prefix)
{
    for (int i = 0; i < REEL_KEYS_WAYS; i++)
        if (strcmp(set[i].key.prefix, prefix) == 0)
            return &set[i];
    return NULL;
}

/* The key's place, or the one of its set that was used longest ago, emptied. */
static reel_key_kept *claim(reel_key_kept *set, const char *prefix)
{
    reel_key_kept *place = find(set, prefix);

    if (place != NULL)
        return place;
    place = &set[0];
    for (int i = 1; i < REEL_KEYS_WAYS; i++)
        if (set[i].asked_ms < place->asked_ms)
            place = &set[i];
    *place = (reel_key_kept){.until_ms = 0};
    return place;
}

/* ---- how often ----------------------------------------------------------------------------- */

/* A bucket that holds what may come in one second, or minute, and fills as it is emptied. */
static bool take_one(reel_key_kept *kept, int64_t now_ms, reel_key_use *out)
{
    const double most = kept->key.rate < 0 ? -(double)kept->key.rate : (double)kept->key.rate;
    const double each_ms = (kept->key.rate < 0 ? 1000.0 : 60000.0) / most;
    bool taken;

    out->rate = kept->key.rate;
    if (out->rate == 0)
        return true;
    if (kept->filled_ms == 0 || now_ms < kept->filled_ms)
        kept->left = most;
    else
        kept->left += (double)(now_ms - kept->filled_ms) / each_ms;
    kept->left = kept->left < most ? kept->left : most;
    kept->filled_ms = now_ms;
    taken = kept->left >= 1;
    kept->left -= taken ? 1 : 0;
    out->left = (int)kept->left;
    out->wait_s = (int)ceil((taken ? most - kept->left : 1 - kept->left) * each_ms / 1000);
    return taken;
}

/* ---- what is known of a key ---------------------------------------------------------------- */

/* What the request says, against what is kept of the key; the lock is held. */
typedef struct asking {
    const char *hash, *origin;
    int64_t now, now_ms;
    bool touch; /* out: its last use is to be written */
} asking;

static reel_code unknown(reel_err *err)
{
    return reel_fail(err, REEL_E_UNAUTH,
                     "there is no such API key; `reel key list` shows those there are");
}

/* The secret comes first: what became of a key is told to nobody who only knows how it begins. */
static reel_code check_state(const reel_key_kept *kept, const asking *a, reel_err *err)
{
    const reel_api_key *key = &kept->key;

    if (!reel__secret_same(key->hash, a->hash))
        return unknown(err);
    if (key->revoked_at != 0)
        return reel_fail(err, REEL_E_UNAUTH, "this API key was revoked");
    if (key->expires_at != 0 && a->now >= key->expires_at)
        return reel_fail(err, REEL_E_UNAUTH, "this API key has expired");
    if (kept->idle)
        return reel_fail(err, REEL_E_UNAUTH, "the account of this API key may not sign in");
    return REEL_OK;
}

static reel_code judge(reel_key_kept *kept, asking *a, reel_key_use *out, reel_err *err)
{
    reel_code rc;

    REEL_TRY(check_state(kept, a, err));
    out->caller = reel__caller_key(&kept->key);
    out->listed = a->origin != NULL && reel__origin_listed(kept->key.origins, a->origin);
    if (kept->key.is_public && a->origin != NULL && !out->listed)
        return reel_fail(err, REEL_E_DENIED, "this API key is not for pages of %.200s", a->origin);
    if (!take_one(kept, a->now_ms, out))
        return reel_fail(err, REEL_E_BUSY, "this API key may ask no more for %d seconds",
                         out->wait_s);
    a->touch = a->now - kept->key.used_at >= REEL_KEY_USED_S &&
               (a->now - kept->touched_at >= REEL_KEY_USED_S || a->now < kept->touched_at);
    if (a->touch)
        kept->touched_at = a->now;
out:
    return rc;
}

/* The key as the store has it, with no more scopes than its account has itself. */
static reel_code read_key(reel_accounts *accounts, const char *prefix, reel_api_key *key,
                          bool *idle, reel_err *err)
{
    reel_err inner = {REEL_OK, ""};
    reel_account owner = {.disabled = false};
    reel_code rc = reel__store_key(accounts->store, prefix, key, &inner);

    if (rc == REEL_OK && key->account != 0)
        rc = reel__store_account(accounts->store, key->account, &owner, &inner);
    if (rc == REEL_E_NOTFOUND)
        return unknown(err);
    if (rc != REEL_OK)
        return reel_fail(err, rc, "%s", inner.msg);
    if (key->account != 0)
        key->scopes &= reel__caller_account(&owner).scopes;
    *idle = owner.disabled;
    return REEL_OK;
}

/* ---- the last use -------------------------------------------------------------------------- */

typedef struct touching {
    reel_store *store;
    char prefix[REEL_KEY_PREFIX];
    int64_t at;
} touching;

static void touch(void *user)
{
    touching *t = user;
    const reel_code rc = reel__store_key_used(t->store, t->prefix, t->at, NULL);

    (void)rc; /* a later use writes it */
    reel__free(t);
}

static void touch_later(reel_accounts *accounts, const char *prefix, int64_t now)
{
    touching *t = reel__alloc_zero(1, sizeof *t);

    if (t == NULL)
        return;
    t->store = accounts->store;
    t->at = now;
    memcpy(t->prefix, prefix, sizeof t->prefix);
    if (!reel__aside_run(accounts->aside, touch, t))
        reel__free(t);
}

/* ---- the question -------------------------------------------------------------------------- */

/* True: *rc is the answer. False: the key must be read first; changes: what it may be kept by. */
static bool ask_kept(reel_accounts *accounts, const char *prefix, asking *a, uint64_t *changes,
                     reel_key_use *out, reel_code *rc, reel_err *err)
{
    reel_key_kept *kept;
    bool fresh;

    pthread_mutex_lock(&accounts->lock);
    kept = find(set_of(accounts, prefix), prefix);
    fresh = kept != NULL && a->now_ms < kept->until_ms;
    if (fresh) {
        kept->asked_ms = a->now_ms;
        *rc = judge(kept, a, out, err);
    }
    *changes = accounts->changes;
    pthread_mutex_unlock(&accounts->lock);
    return fresh;
}

static reel_code ask_store(reel_accounts *accounts, const char *prefix, asking *a, uint64_t changes,
                           reel_key_use *out, reel_err *err)
{
    reel_api_key key;
    reel_key_kept *kept;
    bool idle = false;
    reel_code rc;

    REEL_TRY(read_key(accounts, prefix, &key, &idle, err));
    pthread_mutex_lock(&accounts->lock);
    kept = claim(set_of(accounts, prefix), prefix);
    kept->key = key;
    kept->idle = idle;
    kept->asked_ms = a->now_ms;
    kept->until_ms = changes == accounts->changes ? a->now_ms + KEPT_MS : 0;
    rc = judge(kept, a, out, err);
    pthread_mutex_unlock(&accounts->lock);
out:
    return rc;
}

reel_code reel__keys_use(reel_accounts *accounts, const char *key, size_t length,
                         const char *origin, reel_key_use *out, reel_err *err)
{
    char prefix[REEL_KEY_PREFIX], hash[REEL_TOKEN_HASH];
    asking a = {
        .hash = hash, .origin = origin, .now = reel__clock_now(), .now_ms = accounts->now_ms()};
    uint64_t changes = 0;
    reel_code rc = REEL_OK;

    *out = (reel_key_use){.caller = reel__caller_nobody(false)};
    if (!reel__key_prefix(prefix, key, length))
        return reel_fail(err, REEL_E_UNAUTH, "this is no API key; one begins with rk_");
    reel__secret_hash(hash, key, length);
    if (!ask_kept(accounts, prefix, &a, &changes, out, &rc, err))
        rc = ask_store(accounts, prefix, &a, changes, out, err);
    if (a.touch)
        touch_later(accounts, prefix, a.now);
    return rc;
}

/* ---- pages of all keys --------------------------------------------------------------------- */

enum { ORIGINS_MOST = 1 << 20 };

typedef struct gathering {
    reel_buf *text;
    int64_t now;
} gathering;

static bool gather(void *user, const reel_api_key *key)
{
    const gathering *g = user;

    if (key->is_public && strcmp(reel__key_state(key, g->now), "good") == 0) {
        reel__buf_text(g->text, key->origins);
        reel__buf_char(g->text, ' ');
    }
    return true;
}

/* The list in the place of an older one. changes: as when it was begun to be read. */
static reel_code read_origins(reel_accounts *accounts, uint64_t changes, int64_t now_ms,
                              reel_err *err)
{
    reel_buf text;
    gathering g = {&text, reel__clock_now()};
    char *list = NULL;
    reel_code rc;

    reel__buf_init(&text, ORIGINS_MOST);
    reel__buf_text(&text, "");
    REEL_TRY(reel__store_scan_keys(accounts->store, 0, gather, &g, err));
    REEL_TRY(reel__buf_check(&text, err));
    list = reel__buf_take(&text);
    if (list == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "no memory for the origins of API keys"));
    pthread_mutex_lock(&accounts->lock);
    reel__free(accounts->origins);
    accounts->origins = list;
    accounts->origins_until_ms = changes == accounts->changes ? now_ms + KEPT_MS : 0;
    pthread_mutex_unlock(&accounts->lock);
out:
    reel__buf_fini(&text);
    return rc;
}

reel_code reel__keys_name(reel_accounts *accounts, const char *origin, bool *listed, reel_err *err)
{
    const int64_t now_ms = accounts->now_ms();
    uint64_t changes;
    bool fresh;
    reel_code rc = REEL_OK;

    *listed = false;
    pthread_mutex_lock(&accounts->lock);
    changes = accounts->changes;
    fresh = accounts->origins != NULL && now_ms < accounts->origins_until_ms;
    pthread_mutex_unlock(&accounts->lock);
    if (!fresh)
        REEL_TRY(read_origins(accounts, changes, now_ms, err));
    pthread_mutex_lock(&accounts->lock);
    *listed = accounts->origins != NULL && reel__origin_listed(accounts->origins, origin);
    pthread_mutex_unlock(&accounts->lock);
out:
    return rc;
}
