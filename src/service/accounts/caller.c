/* caller.c - scopes and roles against what is needed. */
#include "service/accounts/caller.h"

enum { SCOPES_OF_PEOPLE = REEL_SCOPE_READ | REEL_SCOPE_FEEDBACK };

reel_caller reel__caller_nobody(bool open)
{
    return (reel_caller){
        .kind = REEL_CALLER_NOBODY, .scopes = open ? SCOPES_OF_PEOPLE : 0, .open = open};
}

reel_caller reel__caller_account(const reel_account *account)
{
    return (reel_caller){.kind = REEL_CALLER_ACCOUNT,
                         .account = account->id,
                         .role = account->role,
                         .scopes =
                             account->role == REEL_ROLE_ADMIN ? REEL_SCOPES_ALL : SCOPES_OF_PEOPLE};
}

reel_caller reel__caller_key(const reel_api_key *key)
{
    return (reel_caller){.kind = REEL_CALLER_KEY,
                         .account = key->account,
                         .scopes = key->is_public ? key->scopes & SCOPES_OF_PEOPLE : key->scopes,
                         .is_public = key->is_public};
}

unsigned reel__need_scope(reel_need need)
{
    switch (need) {
    case REEL_NEED_RECOMMEND:
    case REEL_NEED_READ:
        return REEL_SCOPE_READ;
    case REEL_NEED_FEEDBACK:
    case REEL_NEED_RATE:
        return REEL_SCOPE_FEEDBACK;
    case REEL_NEED_ITEMS:
        return REEL_SCOPE_ITEMS;
    case REEL_NEED_LOG:
    case REEL_NEED_ANALYST:
    case REEL_NEED_ADMIN:
        return REEL_SCOPE_ADMIN;
    default:
        return 0;
    }
}

static bool may(const reel_caller *caller, reel_need need)
{
    const unsigned scope = reel__need_scope(need);

    if (need == REEL_NEED_NOTHING)
        return true;
    if (need == REEL_NEED_ACCOUNT)
        return caller->kind == REEL_CALLER_ACCOUNT;
    if (caller->is_public && need != REEL_NEED_RECOMMEND && need != REEL_NEED_FEEDBACK)
        return false;
    if (need == REEL_NEED_LOG && caller->open && (caller->scopes & REEL_SCOPE_READ) != 0)
        return true;
    if ((need == REEL_NEED_ANALYST || need == REEL_NEED_LOG) && caller->kind == REEL_CALLER_ACCOUNT)
        return caller->role != REEL_ROLE_PERSON;
    return scope != 0 && (caller->scopes & scope) != 0;
}

static reel_code refuse_nobody(reel_need need, reel_err *err)
{
    char scope[64];

    reel__scopes_write(scope, reel__need_scope(need));
    if (scope[0] == '\0')
        return reel_fail(err, REEL_E_UNAUTH, "sign in first");
    return reel_fail(err, REEL_E_UNAUTH, "sign in first: this needs the scope %s", scope);
}

static reel_code refuse_key(const reel_caller *caller, reel_need need, reel_err *err)
{
    char scope[64];

    if (need == REEL_NEED_ACCOUNT)
        return reel_fail(err, REEL_E_DENIED, "this is for people who signed in, not for API keys");
    if (caller->is_public)
        return reel_fail(err, REEL_E_DENIED,
                         "a public API key may ask for lists and send feedback, nothing else");
    reel__scopes_write(scope, reel__need_scope(need));
    return reel_fail(err, REEL_E_DENIED, "this API key lacks the scope %s",
                     scope[0] == '\0' ? "that is needed" : scope);
}

reel_code reel__caller_check(const reel_caller *caller, reel_need need, reel_err *err)
{
    if (may(caller, need))
        return REEL_OK;
    if (caller->kind == REEL_CALLER_NOBODY)
        return refuse_nobody(need, err);
    if (caller->kind == REEL_CALLER_KEY)
        return refuse_key(caller, need, err);
    return reel_fail(err, REEL_E_DENIED,
                     need == REEL_NEED_ADMIN || need == REEL_NEED_ITEMS
                         ? "this is for admins"
                         : "this is for analysts and admins");
}

bool reel__caller_may_see(const reel_caller *caller, int64_t person)
{
    if (person < REEL_ACCOUNT_PERSON)
        return true;
    if (caller->is_public)
        return false;
    return (caller->scopes & REEL_SCOPE_ADMIN) != 0 ||
           (caller->account > 0 && caller->account == person - REEL_ACCOUNT_PERSON);
}

reel_code reel__caller_check_person(const reel_caller *caller, int64_t person, reel_err *err)
{
    if (reel__caller_may_see(caller, person))
        return REEL_OK;
    if (caller->kind == REEL_CALLER_NOBODY)
        return reel_fail(err, REEL_E_UNAUTH, "sign in first: this belongs to an account");
    return reel_fail(err, REEL_E_DENIED, "this belongs to another account");
}

bool reel__caller_is_believed(const reel_caller *caller)
{
    return (caller->kind == REEL_CALLER_KEY && !caller->is_public && caller->account == 0) ||
           (caller->scopes & REEL_SCOPE_ADMIN) != 0;
}

bool reel__caller_may_give(const reel_caller *caller, int64_t person)
{
    if (caller->is_public)
        return false;
    if (person >= REEL_ACCOUNT_PERSON)
        return reel__caller_may_see(caller, person);
    return caller->open || caller->kind == REEL_CALLER_KEY ||
           (caller->scopes & REEL_SCOPE_ADMIN) != 0;
}

reel_code reel__caller_check_give(const reel_caller *caller, int64_t person, reel_err *err)
{
    const reel_code rc = reel__caller_check_person(caller, person, err);

    if (rc != REEL_OK || reel__caller_may_give(caller, person))
        return rc;
    return reel_fail(err, REEL_E_DENIED,
                     "this is a person of the data set: rate as yourself, or with an API key");
}
