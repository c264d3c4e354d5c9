/* service/measure/analyses.h - the exploratory analyses (report) of what an engine shows, as JSON:
 * of all films or of a part, made when they are asked for and kept for as long as the data stay.
 * Layer: service. Ownership: opened and closed by the door. Threads: locked inside, for as long as
 * it takes to copy a text.
 */
#ifndef REEL_SERVICE_ANALYSES_H
#define REEL_SERVICE_ANALYSES_H

#include "base/buf.h"
#include "report/facts.h"
#include "base/aside.h"
#include "service/engine/engine.h"

typedef struct reel_analyses reel_analyses;

/* What is kept at most: so many answers, and bytes of them all. The one that nobody asked for
 * longest goes first. */
enum { REEL_ANALYSES_KEPT = 16, REEL_ANALYSES_BYTES = 8 << 20, REEL_ANALYSES_GENRE = 64 };

/* Nothing is made yet. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__analyses_open(reel_analyses **out, reel_err *err);
void reel__analyses_close(reel_analyses *analyses); /* NULL allowed */
/* A thread of its own to make them on, one after the other. */
reel_aside *reel__analyses_aside(reel_analyses *analyses);

/* Append the answer if it is kept; else false, and nothing is done. */
bool reel__analyses_kept(reel_buf *out, reel_analyses *analyses, const reel_engine *engine,
                         const reel_part *part);
/* Append it; where it is not kept it is made first: O(ratings), a tenth of a second for a million.
 * analyses NULL = it is made in any case. Errors: E_INVALID (a genre of 64 bytes or more), E_NOMEM,
 * and those of reading people from the store. */
REEL_MUST_USE reel_code reel__analyses_write(reel_buf *out, reel_analyses *analyses,
                                             const reel_engine *engine, const reel_part *part,
                                             reel_err *err);

/* What the store knows of the people. Errors: those of the store, E_NOMEM. */
REEL_MUST_USE reel_code reel__analyses_people(reel_facts *facts, reel_store *store, reel_err *err);

#endif
