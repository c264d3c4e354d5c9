/* service/accounts/caller.h - who is asking, and what they may do: the one place that decides.
 * Layer: service. Ownership: a value. Threads: no state.
 */
#ifndef REEL_SERVICE_CALLER_H
#define REEL_SERVICE_CALLER_H

#include "store/accounts.h"

typedef enum reel_caller_kind {
    REEL_CALLER_NOBODY,
    REEL_CALLER_ACCOUNT, /* signed in */
    REEL_CALLER_KEY      /* a program with an API key */
} reel_caller_kind;

typedef struct reel_caller {
    reel_caller_kind kind;
    int64_t account; /* who signed in, or owns the key; 0 = no account */
    reel_role role;
    unsigned scopes; /* REEL_SCOPE_..., what they may do */
    bool is_public;  /* a key that stands in a web page: lists and feedback, nothing else */
    bool open;       /* nobody needs to sign in here to read */
} reel_caller;

/* open: nobody needs to sign in to read, and to say what people of the data set think. */
reel_caller reel__caller_nobody(bool open);
reel_caller reel__caller_account(const reel_account *account);
reel_caller reel__caller_key(const reel_api_key *key);

/* What a request needs of its caller. */
typedef enum reel_need {
    REEL_NEED_UNSAID,    /* forgotten: refused */
    REEL_NEED_NOTHING,   /* answered to everybody, always */
    REEL_NEED_RECOMMEND, /* scope read; public keys may */
    REEL_NEED_READ,      /* scope read */
    REEL_NEED_FEEDBACK,  /* scope feedback:write; public keys may */
    REEL_NEED_RATE,      /* scope feedback:write */
    REEL_NEED_ITEMS,     /* scope items:write */
    REEL_NEED_ACCOUNT,   /* to be signed in, in person */
    REEL_NEED_LOG,       /* an analyst or admin, or scope admin; where it is open, scope read */
    REEL_NEED_ANALYST,   /* an analyst or admin, or scope admin */
    REEL_NEED_ADMIN      /* scope admin */
} reel_need;
/* The scope it comes to, 0 = none. */
unsigned reel__need_scope(reel_need need);

/* Errors: E_UNAUTH (nobody, where somebody is needed), E_DENIED (somebody else is). */
REEL_MUST_USE reel_code reel__caller_check(const reel_caller *caller, reel_need need,
                                           reel_err *err);
/* What belongs to a person of the data set is for all who may read; what belongs to an account is
 * its own matter, and an admin's. The same answer whether there is such an account or not. Errors
 * as above. */
REEL_MUST_USE reel_code reel__caller_check_person(const reel_caller *caller, int64_t person,
                                                  reel_err *err);
/* The same as a question. */
bool reel__caller_may_see(const reel_caller *caller, int64_t person);
/* Whether what they say of anybody's lists is believed: a key that is nobody's own and not public,
 * as servers of whoever runs this have, or an admin. */
bool reel__caller_is_believed(const reel_caller *caller);
/* Whether they may say what a person thinks of films: for a person of the data set where it is
 * open, by a key that is not public, and by an admin; for an account by itself and by an admin. */
bool reel__caller_may_give(const reel_caller *caller, int64_t person);
REEL_MUST_USE reel_code reel__caller_check_give(const reel_caller *caller, int64_t person,
                                                reel_err *err);

#endif
