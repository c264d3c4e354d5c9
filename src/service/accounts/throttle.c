/* throttle.c - tries by whom, in sets of a few places. */
#include "service/accounts/throttle.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "service/accounts/secrets.h"

enum { SETS = 1024, WAYS = 8, WHO_MAX = 1024, FIRST_PAUSE_MS = 1000, FORGET_MS = 3600000 };

static const struct {
    uint32_t free_tries;
    int64_t pause_most_ms;
} limits[] = {
    [REEL_THROTTLE_ACCOUNT] = {5, 300000}, [REEL_THROTTLE_ADDRESS] = {20, 900000},
    [REEL_THROTTLE_SIGN_UP] = {5, 900000}, [REEL_THROTTLE_RESET] = {2, 900000},
    [REEL_THROTTLE_REPORT] = {10, 900000},
};

typedef struct place {
    uint64_t who; /* 0 = nobody */
    int64_t last_ms, until_ms;
    uint32_t tries;
} place;

struct reel_throttle {
    pthread_mutex_t lock;
    int64_t (*now_ms)(void);
    unsigned char key[REEL_SECRET_KEY_BYTES];
    place places[SETS][WAYS];
};

static int64_t steady_ms(void)
{
    return reel__clock_steady_us() / 1000;
}

reel_code reel__throttle_new(reel_throttle **out, int64_t (*now_ms)(void), reel_err *err)
{
    *out = reel__alloc_zero(1, sizeof **out);
    if (*out == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to count tries");
    (void)pthread_mutex_init(&(*out)->lock, NULL);
    (*out)->now_ms = now_ms == NULL ? steady_ms : now_ms;
    reel__secret_short_key((*out)->key);
    return REEL_OK;
}

void reel__throttle_free(reel_throttle *throttle)
{
    if (throttle == NULL)
        return;
    (void)pthread_mutex_destroy(&throttle->lock);
    reel__free(throttle);
}

static uint64_t name_of(const reel_throttle *throttle, reel_throttle_kind kind, const char *who)
{
    char text[WHO_MAX];

    (void)snprintf(text, sizeof text, "%d %s", (int)kind, who);
    return reel__secret_short(throttle->key, text) | 1;
}

static place *find(reel_throttle *throttle, uint64_t who)
{
    place *set = throttle->places[who >> 32 & (SETS - 1)];

    for (int i = 0; i < WAYS; i++)
        if (set[i].who == who)
            return &set[i];
    return NULL;
}

/* The place of this one, made of the one that was used longest ago. */
static place *take(reel_throttle *throttle, uint64_t who)
{
    place *set = throttle->places[who >> 32 & (SETS - 1)], *oldest = set;
    place *found = find(throttle, who);

    if (found != NULL)
        return found;
    for (int i = 0; i < WAYS && oldest->who != 0; i++)
        if (set[i].who == 0 || set[i].last_ms < oldest->last_ms)
            oldest = &set[i];
    *oldest = (place){.who = who};
    return oldest;
}

static int64_t pause(reel_throttle_kind kind, uint32_t tries)
{
    const uint32_t beyond = tries - limits[kind].free_tries;
    const int64_t most = limits[kind].pause_most_ms;

    if (tries <= limits[kind].free_tries)
        return 0;
    return beyond > 20 || (int64_t)FIRST_PAUSE_MS << (beyond - 1) > most
               ? most
               : (int64_t)FIRST_PAUSE_MS << (beyond - 1);
}

int64_t reel__throttle_try(reel_throttle *throttle, reel_throttle_kind kind, const char *who)
{
    const uint64_t name = name_of(throttle, kind, who);
    const int64_t now = throttle->now_ms();
    int64_t wait = 0;
    place *own;

    pthread_mutex_lock(&throttle->lock);
    own = take(throttle, name);
    if (now < own->until_ms) {
        wait = own->until_ms - now;
    } else {
        if (own->tries > 0 && now - own->last_ms > FORGET_MS)
            own->tries = 0;
        own->tries++;
        own->last_ms = now;
        own->until_ms = now + pause(kind, own->tries);
    }
    pthread_mutex_unlock(&throttle->lock);
    return wait;
}

void reel__throttle_well(reel_throttle *throttle, reel_throttle_kind kind, const char *who)
{
    const uint64_t name = name_of(throttle, kind, who);
    place *own;

    pthread_mutex_lock(&throttle->lock);
    own = find(throttle, name);
    if (own != NULL) {
        own->tries = kind == REEL_THROTTLE_ADDRESS && own->tries > 0 ? own->tries - 1 : 0;
        own->until_ms = own->last_ms + pause(kind, own->tries);
    }
    pthread_mutex_unlock(&throttle->lock);
}

void reel__throttle_forget(reel_throttle *throttle, const char *who)
{
    pthread_mutex_lock(&throttle->lock);
    for (int kind = 0; kind < REEL_THROTTLE_KINDS; kind++) {
        place *own = find(throttle, name_of(throttle, (reel_throttle_kind)kind, who));

        if (own != NULL)
            *own = (place){0};
    }
    pthread_mutex_unlock(&throttle->lock);
}
