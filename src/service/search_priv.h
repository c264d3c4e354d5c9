/* search_priv.h - the title index and the working memory of a search. */
#ifndef REEL_SERVICE_SEARCH_PRIV_H
#define REEL_SERVICE_SEARCH_PRIV_H

#include "base/buf.h"
#include "reel/dataset.h"

typedef struct reel_search_index reel_search_index;

/* What a search counts per film, one array for all searches of a session. */
typedef struct reel_search_cell {
    uint32_t stamp; /* of the search that wrote it last */
    uint8_t word;   /* last word of the query that matched, 1-based */
    uint8_t whole, begun;
    float cover; /* letters of the query found, each by how well */
} reel_search_cell;

typedef struct reel_search_work {
    reel_search_cell *cells; /* [movies] */
    reel_index *touched;     /* [movies] */
    uint32_t stamp;
    reel_buf query;
} reel_search_work;

REEL_MUST_USE reel_code reel__search_index_new(reel_search_index **out, const reel_dataset *dataset,
                                               reel_err *err);
void reel__search_index_free(reel_search_index *index);
void reel__search_work_fini(reel_search_work *work);

#endif
