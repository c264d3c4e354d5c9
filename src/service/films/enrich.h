/* service/films/enrich.h - metadata for the films of a database, and what there is of them as a
 * file. Layer: service. Threads: one thread at a time.
 */
#ifndef REEL_SERVICE_ENRICH_H
#define REEL_SERVICE_ENRICH_H

#include "data/readers.h"
#include "store/store.h"

/* TMDb's terms allow keeping its data for six months; films are asked for again before. */
#define REEL_STALE_SECONDS (INT64_C(180) * 24 * 3600)

typedef struct reel_enrich_opts {
    const char *database;
    const char *from;  /* TMDb-shaped JSONL */
    const char *links; /* links.csv; NULL = beside the JSONL when there */
    bool all;          /* also films whose metadata are newer than the file */
    reel_read_opts read;
} reel_enrich_opts;

typedef struct reel_enriched {
    int64_t films;                /* in the database */
    int64_t matched;              /* of them with metadata now */
    int64_t with_overview;        /* of them */
    int64_t added, renewed, kept; /* by this run: new, again, and left as they were */
    int64_t review;               /* films that wait for a person to look at */
    int64_t failed;               /* could not be had this time (network, wrong answers) */
    int64_t bad_rows;
    double seconds;
} reel_enriched;

/* Files into an existing database, in one transaction. Films whose metadata are as new as the file
 * and not stale are left alone; when all are, nothing is written. Errors: those of reading and of
 * the store. */
REEL_MUST_USE reel_code reel__enrich_files(const reel_enrich_opts *opts, reel_enriched *report,
                                           reel_err *err);

typedef struct reel_online_opts {
    const char *database;
    const char *links;           /* ids to ask by, or NULL: those the films have */
    const char *url;             /* of the API */
    const char *secret;          /* TMDB_API_KEY: a v3 key or a v4 token; never part of a message */
    double rate;                 /* requests a second, 0 = 40 */
    int pause_ms;                /* the first pause after a failure, 0 = 500 */
    bool all;                    /* also films that are not stale */
    const volatile bool *cancel; /* NULL = never */
    const reel_progress *progress;
} reel_online_opts;

/* TMDb's API into an existing database, film by film, each safe on disk as it comes. Errors:
 * E_INVALID and E_DENIED (the key), E_STORE (TMDb is not there; what came is kept), E_CANCELLED. */
REEL_MUST_USE reel_code reel__enrich_online(const reel_online_opts *opts, reel_enriched *report,
                                            reel_err *err);

/* When the data in a file were written: what its metadata are dated by. */
int64_t reel__file_written_at(const char *path);
/* links.csv as it was named, else beside the JSONL where there is one, else NULL. Caller frees. */
char *reel__links_path(const char *links, const char *jsonl);
/* The match of one film of a catalogue that metadata were joined to; false where nothing was found.
 * reason [out] is used by match. */
enum { REEL_REASON = 400 };
bool reel__match_of(reel_match *match, char reason[REEL_REASON], const reel_catalogue *catalogue,
                    size_t index, int64_t fetched_at);
/* Whether its film has metadata. */
bool reel__match_brought(const reel_match *match);

/* Films that wait for a person to look at, by ascending id. */
typedef struct reel_review {
    int64_t movie, tmdb_id;
    const char *title, *reason;
    double score; /* NaN = unknown */
} reel_review;
typedef reel_code reel_review_fn(void *user, const reel_review *film, reel_err *err);
REEL_MUST_USE reel_code reel__enrich_review(const char *database, reel_review_fn *row, void *user,
                                            reel_err *err);

/* What a person says of films, all or none of it recorded: the candidate, or another film of TMDb,
 * is accepted, and the next enrich brings its metadata; or the candidate is rejected, and not asked
 * for again. Errors: E_NOTFOUND (no such film), E_CONFLICT (nothing waits to be rejected, or
 * accepted without an id). */
typedef struct reel_verdict {
    int64_t movie;
    int64_t tmdb_id; /* accepted: 0 = the candidate */
    bool accepted;
} reel_verdict;
REEL_MUST_USE reel_code reel__enrich_decide(const char *database, const reel_verdict *verdicts,
                                            size_t count, reel_err *err);

/* Films with metadata: CSV with the columns of the prototype's enriched_movies_clean.csv, or one
 * TMDb-shaped object a line, which enrich --from reads again. count [out] films written. Errors:
 * E_NOTFOUND (no film has metadata), those of the store and of writing. */
REEL_MUST_USE reel_code reel__export_enriched_csv(const char *database, const char *output,
                                                  int64_t *count, reel_err *err);
REEL_MUST_USE reel_code reel__export_enriched_jsonl(const char *database, const char *output,
                                                    int64_t *count, reel_err *err);

#endif
