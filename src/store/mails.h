/* store/mails.h - mails that wait to be sent. A row says who is to get what, and is no letter yet:
 * tokens are made when it is written, so none lies here. Of this installation: no copy holds them.
 * Layer: store. Ownership: records are values without pointers. Threads: as store.h.
 */
#ifndef REEL_STORE_MAILS_H
#define REEL_STORE_MAILS_H

#include "store/accounts.h"

enum {
    REEL_MAILS_MOST = 10000,
    REEL_MAIL_KIND = 16,
    REEL_MAIL_LANGUAGE = 8,
    REEL_MAIL_PARTS = 1 + REEL_ACCOUNTS_OF_EMAIL /* by its name, and by an address */
};

typedef struct reel_mail_row {
    int64_t id;                    /* out only */
    char kind[REEL_MAIL_KIND];     /* "reset", "confirm" */
    char who[REEL_ACCOUNT_FOLDED]; /* a name or an address, as it was asked by */
    int64_t account;               /* 0 = to be found by who */
    char language[REEL_MAIL_LANGUAGE];
    int64_t tries;      /* out only */
    int64_t created_ms; /* as it was asked for last; the store makes it rise each time */
} reel_mail_row;

/* One that waits already is asked for anew. Errors: E_BUSY (REEL_MAILS_MOST wait). */
REEL_MUST_USE reel_code reel__store_put_mail(reel_store *store, const reel_mail_row *mail,
                                             reel_err *err);
/* The one that has been due longest, which is the caller's until lease_ms from now. Its tries count
 * this one. found [out]: false = none is due. One whose row is damaged is of kind "". */
REEL_MUST_USE reel_code reel__store_claim_mail(reel_store *store, int64_t now_ms, int64_t lease_ms,
                                               reel_mail_row *out, bool *found, reel_err *err);
/* Once more at due_ms. Nothing happens when it was asked for anew meanwhile. */
REEL_MUST_USE reel_code reel__store_delay_mail(reel_store *store, const reel_mail_row *mail,
                                               int64_t due_ms, reel_err *err);
/* It was sent, or never will be; the same. */
REEL_MUST_USE reel_code reel__store_end_mail(reel_store *store, const reel_mail_row *mail,
                                             reel_err *err);
/* Instead of it one for each of these accounts, due at once, as old as it is: all or none of it, in
 * one transaction. Nothing happens when it was asked for anew meanwhile. accounts [count]; count at
 * most REEL_MAIL_PARTS. Errors: E_INVALID (count). */
REEL_MUST_USE reel_code reel__store_part_mail(reel_store *store, const reel_mail_row *mail,
                                              const int64_t *accounts, size_t count, reel_err *err);
/* When the next one is due, -1 = none waits. */
REEL_MUST_USE reel_code reel__store_next_mail(reel_store *store, int64_t *due_ms, reel_err *err);

#endif
