/* service/feedback/give.h - what people give through the service: one film at a time, an export of
 * another service at once, an anonymous history that becomes somebody's; and all of it as a file.
 * Layer: service. Threads: one session per thread.
 */
#ifndef REEL_SERVICE_GIVE_H
#define REEL_SERVICE_GIVE_H

#include "base/json.h"
#include "service/feedback/feedback.h"
#include "service/lists/recommend.h"

/* {"rating":4.5} or {"kind":"watchlist"} as a row of a person and a film, of now; each with
 * "weight" 0, 1 or 2, which alone leaves what is there as it is. A rating lies on
 * the scale of the data, on half steps where that has steps.
 * Errors: E_SYNTAX, E_INVALID naming the member, E_NOTFOUND (person, film), E_CONFLICT (a film that
 * was seen is not put on the watchlist). */
REEL_MUST_USE reel_code reel__give_read(reel_given_row *out, const reel_engine *engine,
                                        int64_t person, int64_t movie, const char *body,
                                        size_t length, reel_err *err);
/* What a person gave a film, loaded or since; kind REMOVED: nothing. Errors: E_NOTFOUND. */
REEL_MUST_USE reel_code reel__give_find(reel_given_row *out, const reel_engine *engine,
                                        int64_t person, int64_t movie, reel_err *err);
/* A short film with your_rating, kind and time. */
void reel__give_write(reel_json *json, const reel_engine *engine, const reel_given_row *row);

/* Reel's own CSV (docs/import.md), which reel__give_import and `reel import` read again, or JSON.
 * Errors: E_NOTFOUND, E_NOMEM, those of reading the store. */
REEL_MUST_USE reel_code reel__give_export_csv(reel_buf *out, const reel_engine *engine,
                                              int64_t person, reel_err *err);
REEL_MUST_USE reel_code reel__give_export_json(reel_json *json, const reel_engine *engine,
                                               int64_t person, reel_err *err);

/* An export as data/import.h reads it, but for archives; every row is said to be taken, or why not
 * and which film it might mean. name: the file's, NULL = not known.
 * Errors: those of reel__import_read, of writing. */
REEL_MUST_USE reel_code reel__give_import(reel_json *json, reel_session *session, int64_t person,
                                          const char *name, const char *body, size_t length,
                                          reel_err *err);
/* {"history":[{"movie":1,"rating":5}]} of somebody who was nobody becomes a person's; what the
 * person gave themselves counts more. Errors: E_SYNTAX, E_INVALID, E_NOTFOUND, of writing. */
REEL_MUST_USE reel_code reel__give_merge(reel_json *json, const reel_engine *engine, int64_t person,
                                         const reel_given *history, size_t count, reel_err *err);

#endif
