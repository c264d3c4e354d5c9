/* service/lists/visitors.h - as how many people an address asks for lists in a day: who asks a
 * server that is open can call themselves as they like, and whoever they name would be believed to
 * be one more. A table of fixed size for the day (UTC); addresses and people are in it as hashes
 * with a key of the process, and all of them are gone when the day ends. Every process counts for
 * itself. Layer: service. Threads: locked inside, for less than a microsecond.
 */
#ifndef REEL_SERVICE_VISITORS_H
#define REEL_SERVICE_VISITORS_H

#include <stdbool.h>
#include <stdint.h>

#include "reel/err.h"

enum {
    REEL_VISITORS_PER_ADDRESS = 100,                  /* where nobody says another number */
    REEL_VISITORS_PLACES = 1 << 19,                   /* of addresses and of people, together */
    REEL_VISITORS_MOST = REEL_VISITORS_PLACES / 4 * 3 /* so many are taken in a day */
};

typedef struct reel_visitors reel_visitors;

/* per_address: 0 = any number. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__visitors_new(reel_visitors **out, int per_address, reel_err *err);
void reel__visitors_free(reel_visitors *visitors); /* NULL allowed */

/* Whether somebody (list_id.h) is among the first so many that an address was today; a table that
 * is full takes nobody new. visitors or address NULL: nobody counts, they are. */
bool reel__visitors_admit(reel_visitors *visitors, const char *address, const char *who);
/* Whether a list that was made for anyone is theirs: they are the first today of whom that is told.
 * visitors NULL: it is. */
bool reel__visitors_claim(reel_visitors *visitors, const char *list_id, const char *who);

#endif
