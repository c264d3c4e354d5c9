/* service/accounts/passwords.h - which names and passwords are taken (OWASP ASVS 4.0, 2.1; NIST SP
 * 800-63B): a password is 8 to 128 characters of any kind, not one of those everybody tries first,
 * and not the name. No rule asks for digits or capitals. Layer: service. Threads: no state.
 */
#ifndef REEL_SERVICE_PASSWORDS_H
#define REEL_SERVICE_PASSWORDS_H

#include "store/accounts.h"

enum { REEL_PASSWORD_LEAST = 8, REEL_PASSWORD_MOST = 128 };

/* A name: 3 to 100 characters of any script, one blank between words. folded is what it is found
 * by. Errors: E_INVALID saying why, E_NOMEM. */
REEL_MUST_USE reel_code reel__name_fold(char folded[REEL_ACCOUNT_FOLDED], const char *name,
                                        reel_err *err);
/* The same for a name that is to be: nothing of it is hidden or turns the rest round, and its
 * letters are of one script of those that look alike, so that it looks like no other name and no
 * terminal obeys it. Whoever has such a name still signs in. */
REEL_MUST_USE reel_code reel__name_take(char folded[REEL_ACCOUNT_FOLDED], const char *name,
                                        reel_err *err);
/* Errors: E_INVALID saying why. */
REEL_MUST_USE reel_code reel__password_check(const char *password, const char *folded_name,
                                             reel_err *err);

#endif
