/* service/accounts/letters.h - what is mailed to people, in their language. Layer: service.
 * Threads: no state.
 */
#ifndef REEL_SERVICE_LETTERS_H
#define REEL_SERVICE_LETTERS_H

#include "base/buf.h"

typedef enum reel_letter_kind { REEL_LETTER_RESET, REEL_LETTER_CONFIRM } reel_letter_kind;

/* "reset", "confirm"; false for another text. */
const char *reel__letter_kind_name(reel_letter_kind kind);
bool reel__letter_kind_find(reel_letter_kind *out, const char *name);

/* "es", or else "en": of a language as a page says it, or of what a browser accepts
 * ("es-MX,es;q=0.9,en;q=0.8"). NULL allowed. */
const char *reel__letter_language(const char *wanted);

/* Its subject, static. */
const char *reel__letter_subject(reel_letter_kind kind, const char *language);
/* Its text. name: of the account; link: where the token stands behind. */
void reel__letter_write(reel_buf *out, reel_letter_kind kind, const char *language,
                        const char *name, const char *link);

#endif
