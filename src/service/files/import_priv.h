/* import_priv.h - the matcher of imports: films by their ids and by every way they are called. */
#ifndef REEL_SERVICE_IMPORT_PRIV_H
#define REEL_SERVICE_IMPORT_PRIV_H

#include "base/buf.h"
#include "service/engine/state.h"
#include "service/files/import.h"

typedef struct reel_import_index {
    const reel_engine *engine;
    const reel_search_index *index;
    reel_map *imdb, *tmdb; /* id -> film */
    reel_intern *keys;     /* distinct titles */
    int32_t *first;        /* [titles] the last key of the index with this text */
    int32_t *next;         /* [keys] the one before it, -1 = none */
    int32_t *film;         /* [keys] */
    uint8_t *grade;        /* [keys] reel_title_grade */
    reel_buf plain, name;
} reel_import_index;

REEL_MUST_USE reel_code reel__import_index_init(reel_import_index *out, const reel_engine *engine,
                                                reel_err *err);
void reel__import_index_fini(reel_import_index *matcher);

enum { REEL_IMPORT_REASON = 400 };
typedef struct reel_import_found {
    reel_index movie; /* -1 = none */
    double score;
    char reason[REEL_IMPORT_REASON]; /* why none */
} reel_import_found;
/* Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__import_index_find(reel_import_index *matcher,
                                                const reel_import_row *row, reel_import_found *out,
                                                reel_err *err);

#endif
