/* store/store.h - movies, people's ratings, what they gave since, feedback events and model
 * records, behind one table of functions that every back end fills. Layer: store. Ownership: opened
 * by reel__store_open, closed by reel__store_close. Threads: locked inside: any thread may call,
 * calls take turns.
 */
#ifndef REEL_STORE_STORE_H
#define REEL_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/progress.h"
#include "reel/dataset.h"

typedef struct reel_store reel_store;

typedef struct reel_store_opts {
    bool create;    /* make it when it is missing */
    bool read_only; /* no migration, no writing */
    /* `serve`: refuse when another process serves the same SQLite file (E_CONFLICT). Any number may
     * serve one PostgreSQL database. */
    bool exclusive;
    int busy_timeout_ms; /* how long to wait for another writer before E_CONFLICT; 0 = 5000 */
} reel_store_opts;

/* Open a SQLite file (a path, or sqlite:PATH) or a PostgreSQL database (postgresql://...) and bring
 * its schema up to date. opts [optional].
 * Errors: E_INVALID (an empty path, or a kind of store this version does not have), E_NOTFOUND
 * (missing, and not create), E_FORMAT (not a database, or a schema newer than this program),
 * E_CONFLICT (served by another process, or locked), E_STORE (no server, read-only, disk full,
 * permissions), E_NOMEM. Each message names the path or the URL without user and password, and what
 * to do. Where a server was restarted, what is safe to do twice is done once more; what is not (a
 * load, a dataset half read) is E_STORE. */
REEL_MUST_USE reel_code reel__store_open(reel_store **out, const char *url,
                                         const reel_store_opts *opts, reel_err *err);
void reel__store_close(reel_store *store);
/* Its path, or the URL without user, password and options: to be shown. */
const char *reel__store_path(const reel_store *store);
/* The same of a URL that is not open. Cut to fit. */
enum { REEL_STORE_NAME = 512 };
void reel__store_name(char out[REEL_STORE_NAME], const char *url);

/* ---- facts --------------------------------------------------------------------------------- */

/* What is loaded, answered without counting anything. */
typedef struct reel_store_label {
    int64_t generation; /* raised by every bulk load */
    char source[80];    /* "MovieLens 1M" */
    bool simulated;
    bool rated; /* there is at least one rating */
} reel_store_label;
REEL_MUST_USE reel_code reel__store_label(reel_store *store, reel_store_label *out, reel_err *err);

/* Walks every table: seconds on tens of millions of ratings. */
typedef struct reel_store_counts {
    int64_t movies, people, ratings, events, undelivered;
    int64_t given; /* what people gave since; nothing that was only clicked */
    int64_t accounts, keys;
    int64_t generation; /* raised by every bulk load */
    int64_t schema;     /* number of the last migration */
    int64_t size_bytes; /* on disk; -1 = unknown */
    char source[80];    /* "MovieLens 1M" */
    bool simulated;
} reel_store_counts;
REEL_MUST_USE reel_code reel__store_counts(reel_store *store, reel_store_counts *out,
                                           reel_err *err);

/* ---- bulk load ----------------------------------------------------------------------------- */

typedef struct reel_person {
    int64_t id;
    const char *gender;     /* "F", "M" or "" */
    const char *occupation; /* "" = unknown */
    const char *zip;
    int32_t age; /* 0 = unknown */
} reel_person;

/* One transaction: everything between begin and commit becomes visible at once or not at all.
 * put_movies and put_people replace records with the same id; put_ratings keeps the later time (of
 * equal times the later row) of a (person, movie) given twice or there before, and counts it.
 * People who rated need no put_people. replace: begin by removing what an earlier load brought;
 * events, model records and what people gave since stay. A put that fails dooms the load: commit
 * answers its error again. Meanwhile reading goes on, and sees the old generation; put_events goes
 * on too, or waits, at most busy_timeout_ms. A load belongs to one thread. Texts must be UTF-8
 * (E_INVALID). */
typedef struct reel_store_load reel_store_load;
REEL_MUST_USE reel_code reel__store_load_begin(reel_store_load **out, reel_store *store,
                                               bool replace, reel_err *err);
REEL_MUST_USE reel_code reel__store_put_movies(reel_store_load *load, const reel_movie *movies,
                                               size_t count, reel_err *err);
REEL_MUST_USE reel_code reel__store_put_people(reel_store_load *load, const reel_person *people,
                                               size_t count, reel_err *err);
REEL_MUST_USE reel_code reel__store_put_ratings(reel_store_load *load, const reel_rating *ratings,
                                                size_t count, int64_t *duplicates, reel_err *err);
/* Where a film's metadata is from, and how sure the match is. */
typedef enum reel_match_state {
    REEL_MATCH_FOUND,    /* metadata were stored with the film */
    REEL_MATCH_REVIEW,   /* a candidate that a person must look at; nothing of it is stored */
    REEL_MATCH_NONE,     /* the source has no such film */
    REEL_MATCH_ACCEPTED, /* a person chose it; fetched_at 0: its metadata are still to come */
    REEL_MATCH_REJECTED  /* a person said no: not to be asked for again */
} reel_match_state;
typedef struct reel_match {
    int64_t movie, tmdb_id; /* tmdb_id of the film found or of the candidate, 0 = none */
    int64_t fetched_at;     /* seconds since 1970: when the source said so */
    reel_match_state state;
    double score;       /* 0 .. 1, 1 = by id; NaN where it says nothing */
    const char *reason; /* "linked by TMDb id", "the years differ: 1972 and 2002" */
} reel_match;
/* Replaces the match of the same film. Putting a film takes its match away, so matches come after
 * the films they are of. */
REEL_MUST_USE reel_code reel__store_put_matches(reel_store_load *load, const reel_match *matches,
                                                size_t count, reel_err *err);
/* Take a film and its match away; its ratings stay, and count again where it comes back. */
REEL_MUST_USE reel_code reel__store_delete_movie(reel_store_load *load, int64_t movie,
                                                 reel_err *err);
/* Raises the generation. The load is freed in any case; on failure nothing was changed. */
REEL_MUST_USE reel_code reel__store_load_commit(reel_store_load *load, const char *source,
                                                bool simulated, reel_err *err);
void reel__store_load_abort(reel_store_load *load); /* NULL allowed */

/* ---- reading it all ------------------------------------------------------------------------ */

/* Read a whole generation into a builder (label included), in one read transaction; ratings that
 * people gave since are ratings like any other. */
REEL_MUST_USE reel_code reel__store_read_dataset(reel_store *store, reel_dataset_builder *builder,
                                                 const reel_progress *progress, reel_err *err);

/* Everyone of whom something is known or who rated, by ascending id. row returns false to stop; the
 * person is borrowed during the call. */
typedef bool reel_person_fn(void *user, const reel_person *person);
REEL_MUST_USE reel_code reel__store_scan_people(reel_store *store, reel_person_fn *row, void *user,
                                                reel_err *err);
/* Every match, by ascending film. row returns false to stop; the match is borrowed during the call.
 */
typedef bool reel_match_fn(void *user, const reel_match *match);
REEL_MUST_USE reel_code reel__store_scan_matches(reel_store *store, reel_match_fn *row, void *user,
                                                 reel_err *err);

/* ---- feedback events ----------------------------------------------------------------------- */

typedef struct reel_event_movie {
    int64_t movie;
    int32_t rank; /* 1-based; 0 = not part of a list */
} reel_event_movie;

enum { REEL_EVENT_MOVIES_MAX = 200 };

/* Texts are never NULL, "" where absent. */
typedef struct reel_event {
    const char *event_id; /* UUID, the key: the same id twice is one event */
    const char *type;     /* impression, click, rating, not_interested, trailer */
    const char *visitor;  /* anonymous visitor token */
    const char *method;   /* model name */
    const char *model_id;
    const char *list_id;
    const char *scenario; /* what the list was for, by a name of the caller's */
    int64_t user;         /* MovieLens person id, or -1 */
    int64_t source_movie; /* by film: that film's id, or -1 */
    int64_t time_ms;      /* when it happened, by the client's or the server's clock */
    double value;         /* rating given; NaN where none */
    const reel_event_movie *movies;
    size_t movie_count;
    bool queued;          /* some sink is to receive it (store/queue.h) */
    bool untrusted;       /* it speaks of no list that was signed for its person, and has no say in
                             what serves */
    int64_t sequence;     /* out only: position in the log */
    int64_t received_ms;  /* out only */
    bool damaged;         /* out only: its films cannot be read, and none stand here */
    bool *known;          /* put: where to say that this id was there before, or NULL */
    int64_t delivered_at; /* of a copy only: when the sink did, 0 = not yet */
} reel_event;

/* Store events in one transaction, safe on disk when it returns. duplicates counts ids that were
 * there. Errors: E_STORE (disk full: nothing of the batch is kept), E_NOMEM. */
REEL_MUST_USE reel_code reel__store_put_events(reel_store *store, const reel_event *events,
                                               size_t count, int64_t *duplicates, reel_err *err);

enum { REEL_EVENT_SCAN_MAX = 1000 };

typedef struct reel_event_filter {
    const char *method;   /* NULL = any */
    const char *type;     /* NULL = any */
    int64_t before;       /* only events with a smaller sequence; 0 = from the newest */
    size_t limit;         /* 1 .. REEL_EVENT_SCAN_MAX */
    const int64_t *user;  /* whose; NULL = anybody's */
    const int64_t *movie; /* in its list, or what the list came from; NULL = any. Every event that
                             is not left out otherwise is read for it, and so for times. */
    int64_t since_ms;     /* happened then or later; 0 = whenever */
    int64_t until_ms;     /* happened before; 0 = whenever */
    int64_t after;        /* only events with a greater sequence */
} reel_event_filter;
/* Newest first, those that are damaged as well. row returns false to stop; the event is borrowed
 * during the call. */
typedef bool reel_event_fn(void *user, const reel_event *event);
REEL_MUST_USE reel_code reel__store_scan_events(reel_store *store, const reel_event_filter *filter,
                                                reel_event_fn *row, void *user, reel_err *err);

/* ---- what people gave since ---------------------------------------------------------------- */

/* What a person said of a film after the data were loaded: one statement for each pair, the last
 * one counts. It survives bulk loads and wins over a loaded rating of the same pair. */
typedef enum reel_given_kind {
    REEL_GIVEN_REMOVED, /* nothing any more: a loaded rating does not count either */
    REEL_GIVEN_RATING,
    REEL_GIVEN_WATCHED,
    REEL_GIVEN_LIKED,
    REEL_GIVEN_NOT_INTERESTED, /* not to be shown again */
    REEL_GIVEN_WATCHLIST,
    REEL_GIVEN_CLICKED /* nothing: it was only looked at, and a loaded rating counts on */
} reel_given_kind;
enum { REEL_GIVEN_KINDS = REEL_GIVEN_CLICKED + 1 };
/* What people do with a film without saying anything of it. */
enum { REEL_DID_CLICK = 1, REEL_DID_TRAILER = 2, REEL_DID_ALL = 3 };
/* "removed", "rating", "watched", "liked", "not_interested", "watchlist", "clicked". */
const char *reel__given_kind_name(reel_given_kind kind);
/* False: no kind has this name. */
bool reel__given_kind_find(const char *name, reel_given_kind *out);

typedef struct reel_given_row {
    int64_t person, movie;
    int64_t time;    /* seconds since 1970; 0 = unknown */
    int64_t version; /* out only: rises with every write to the store, by whatever process */
    double value;    /* NaN unless it is a rating */
    reel_given_kind kind;
    int extra;    /* what it counts for beyond once: -1 = it is kept and not used, 1 = double */
    unsigned did; /* of REEL_DID_...: stays beside whatever is said */
} reel_given_row;

/* Put rows in the place of those of the same pairs, in one transaction, safe on disk when it
 * returns. Of a pair given twice the later row counts; what was done is added to what was done, and
 * is all that a row of kind CLICKED changes where there is one. Errors: E_INVALID, E_STORE,
 * E_CONFLICT (a load of another process), E_NOMEM. */
REEL_MUST_USE reel_code reel__store_put_given(reel_store *store, const reel_given_row *rows,
                                              size_t count, reel_err *err);
/* Take everything of a person away; whoever follows the changes is told that all may be others. */
REEL_MUST_USE reel_code reel__store_forget_given(reel_store *store, int64_t person, reel_err *err);
/* What one person gave, by ascending film. row returns false to stop; the row is borrowed during
 * the call. */
typedef bool reel_given_fn(void *user, const reel_given_row *row);
REEL_MUST_USE reel_code reel__store_read_given(reel_store *store, int64_t person,
                                               reel_given_fn *row, void *user, reel_err *err);
/* Whose rows changed after a version, in the order of versions, at most limit of them: only person
 * and version are filled in. Person -1: everything may have changed. Versions become visible in
 * order, so whoever goes on from the last one seen misses nothing. */
enum { REEL_CHANGES_SCAN_MAX = 10000 };
REEL_MUST_USE reel_code reel__store_scan_changes(reel_store *store, int64_t after, size_t limit,
                                                 reel_given_fn *row, void *user, reel_err *err);

/* ---- model records ------------------------------------------------------------------------- */

typedef struct reel_model_record {
    const char *name, *model_id, *file, *data_hash, *parameters; /* parameters as JSON text */
    int64_t generation, trained_at;
    double seconds; /* how long fitting took */
} reel_model_record;
/* Replaces the record of the same name. */
REEL_MUST_USE reel_code reel__store_put_model(reel_store *store, const reel_model_record *record,
                                              reel_err *err);
typedef bool reel_model_record_fn(void *user, const reel_model_record *record);
REEL_MUST_USE reel_code reel__store_scan_models(reel_store *store, reel_model_record_fn *row,
                                                void *user, reel_err *err);

/* ---- copies -------------------------------------------------------------------------------- */

/* What is in a store, and a SHA-256 over all of it: equal for equal contents, whatever the back
 * end. The generation and the versions of what people gave are not part of it, nor who is signed
 * in, nor events that cannot be read. */
enum { REEL_DAMAGED_NAMED = 8 };
typedef struct reel_store_digest {
    int64_t movies, people, ratings, matches, given, events, models, accounts, keys, experiments;
    int64_t damaged;                        /* events that cannot be read */
    int64_t damaged_at[REEL_DAMAGED_NAMED]; /* sequence numbers of the first of them */
    char hash[65];
} reel_store_digest;
/* Reads everything once, in one read transaction. */
REEL_MUST_USE reel_code reel__store_digest(reel_store *store, const reel_progress *progress,
                                           reel_store_digest *out, reel_err *err);
/* Put everything of a store in the place of everything in another, feedback, model records,
 * accounts, API keys and experiments included, in one transaction of each; nobody is signed in
 * there afterwards. Then read back what was written and compare. digest: of the moment that was
 * copied. The generation becomes that of the source, or one more than the target's where that is
 * not higher. Events that cannot be read are left out, counted and named in the digest. Errors:
 * those of a load; E_STORE when what was read back is another. */
REEL_MUST_USE reel_code reel__store_copy(reel_store *to, reel_store *from,
                                         const reel_progress *progress, reel_store_digest *digest,
                                         reel_err *err);

/* A backup is a SQLite file that says what its digest was. Seal: write that into it, check the
 * file's structure, and leave nothing beside it. Errors: E_INVALID (not a file), E_FORMAT, E_STORE.
 */
REEL_MUST_USE reel_code reel__store_seal(reel_store *store, const char *hash, reel_err *err);
/* The digest of a backup, after a check of the file's structure. Errors: E_INVALID (no backup). */
REEL_MUST_USE reel_code reel__store_sealed(reel_store *store, char hash[65], reel_err *err);

#endif
