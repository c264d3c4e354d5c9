/* visitors.c - see visitors.h. One table with open addressing: a place for each group (an address,
 * or a list) with how many are of it, and one for each member.
 */
#include "service/lists/visitors.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "service/accounts/secrets.h"

enum { TEXT = 256, DAY = 86400 };
/* Letters for the kinds of groups. */
static const char ADDRESS = 'a', LIST = 'l';

struct reel_visitors {
    pthread_mutex_t lock;
    int per_address;
    int64_t day;
    uint32_t taken;
    unsigned char key[REEL_SECRET_KEY_BYTES];
    uint64_t names[REEL_VISITORS_PLACES]; /* 0 = free */
    uint32_t members[REEL_VISITORS_PLACES];
};

reel_code reel__visitors_new(reel_visitors **out, int per_address, reel_err *err)
{
    *out = reel__alloc_zero(1, sizeof **out);
    if (*out == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to count visitors");
    (void)pthread_mutex_init(&(*out)->lock, NULL);
    (*out)->per_address = per_address;
    reel__secret_short_key((*out)->key);
    return REEL_OK;
}

void reel__visitors_free(reel_visitors *visitors)
{
    if (visitors == NULL)
        return;
    (void)pthread_mutex_destroy(&visitors->lock);
    reel__free(visitors);
}

/* Addresses and ids have no blanks. member NULL: the group itself. */
static uint64_t name_of(const reel_visitors *visitors, char kind, const char *group,
                        const char *member)
{
    char text[TEXT];

    (void)snprintf(text, sizeof text, "%c%s%s%s", kind, group, member == NULL ? "" : " ",
                   member == NULL ? "" : member);
    return reel__secret_short(visitors->key, text) | 1;
}

/* Where it stands, or would. */
static size_t find(const reel_visitors *visitors, uint64_t name)
{
    size_t at = name >> 32 & (REEL_VISITORS_PLACES - 1);

    while (visitors->names[at] != 0 && visitors->names[at] != name)
        at = (at + 1) & (REEL_VISITORS_PLACES - 1);
    return at;
}

static void begin_day(reel_visitors *visitors)
{
    const int64_t today = reel__clock_now() / DAY;

    if (today == visitors->day)
        return;
    memset(visitors->names, 0, sizeof visitors->names);
    memset(visitors->members, 0, sizeof visitors->members);
    visitors->taken = 0;
    visitors->day = today;
}

static bool add(reel_visitors *visitors, uint64_t group, uint64_t member, uint32_t most)
{
    size_t at = find(visitors, group);

    if (visitors->members[at] >= most || visitors->taken + 2 > REEL_VISITORS_MOST)
        return false;
    visitors->taken += visitors->names[at] == 0;
    visitors->names[at] = group;
    visitors->members[at]++;
    visitors->names[find(visitors, member)] = member;
    visitors->taken++;
    return true;
}

/* Whether it is one of the first so many of its group. */
static bool is_among(reel_visitors *visitors, uint64_t group, uint64_t member, uint32_t most)
{
    bool known;

    (void)pthread_mutex_lock(&visitors->lock);
    begin_day(visitors);
    known = visitors->names[find(visitors, member)] == member || add(visitors, group, member, most);
    (void)pthread_mutex_unlock(&visitors->lock);
    return known;
}

bool reel__visitors_admit(reel_visitors *visitors, const char *address, const char *who)
{
    if (visitors == NULL || address == NULL || visitors->per_address == 0)
        return true;
    return is_among(visitors, name_of(visitors, ADDRESS, address, NULL),
                    name_of(visitors, ADDRESS, address, who), (uint32_t)visitors->per_address);
}

bool reel__visitors_claim(reel_visitors *visitors, const char *list_id, const char *who)
{
    return visitors == NULL || is_among(visitors, name_of(visitors, LIST, list_id, NULL),
                                        name_of(visitors, LIST, list_id, who), 1);
}
