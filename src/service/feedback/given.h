/* service/feedback/given.h - the ratings of someone who is in no data set, from a small file of
 * their own. Layer: service. Threads: one session per thread.
 */
#ifndef REEL_SERVICE_GIVEN_H
#define REEL_SERVICE_GIVEN_H

#include "service/lists/recommend.h"

typedef struct reel_given_list {
    reel_given *items; /* owned: reel__given_fini */
    size_t count;
    size_t left_out; /* rows that named no film of the catalogue; each, or the first
                        20 of an export, told in a notice */
} reel_given_list;

/* Rows `film,rating` (film: a MovieLens id or a title, quoted where it holds a comma) or MovieLens'
 * `userId,movieId,rating[,timestamp]`; comma, semicolon or tab; 4.5 or, in a field of
 * its own, 4,5; an optional header. A film given twice: the later row wins. Errors: E_NOTFOUND,
 * E_FORMAT (no row could be used), E_NOMEM. Exports of other services are taken too
 * (service/files/import.h): what was only seen counts as clicks. */
REEL_MUST_USE reel_code reel__given_read(reel_given_list *out, const reel_engine *engine,
                                         reel_session *session, const char *path,
                                         const reel_notice *notice, reel_err *err);
void reel__given_fini(reel_given_list *list);

#endif
