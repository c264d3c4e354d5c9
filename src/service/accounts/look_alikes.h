/* service/accounts/look_alikes.h - names that look like others. Some scripts have letters of the
 * same shapes: with one of Cyrillic among Latin ones somebody could pass for an admin (Unicode
 * Technical Standard 39). Layer: service. Threads: no state.
 */
#ifndef REEL_SERVICE_LOOK_ALIKES_H
#define REEL_SERVICE_LOOK_ALIKES_H

#include "store/accounts.h"

/* Whether no two scripts with letters of the same shapes meet in a name. */
bool reel__name_is_of_one_script(const char *name);
/* That no account but `own` (0: whichever) has a name which looks like this one in another script:
 * "capa", and all of it in Cyrillic. Errors: E_CONFLICT, E_STORE, E_NOMEM. Cost: up to three
 * look-ups, none for names with a letter that only their script has. */
REEL_MUST_USE reel_code reel__name_check_twins(reel_store *store, const char *folded, int64_t own,
                                               reel_err *err);

#endif
