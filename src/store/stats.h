/* store/stats.h - what was shown and what people did with it, as sums: by day and by whole week,
 * model, row and place; by film; by hour. They are counted from the log of events once each, as it
 * goes on; and what signals are learned from, kept so that no training reads the log. Nothing
 * here names a person but who was there on which day (stat_people), and who did what (stat_deeds,
 * stat_viewers). What the events of an account's person added goes with the account. They are made
 * from the log, so a copy of a store makes them again. Layer: store. Ownership: texts are borrowed.
 * Threads: as store.h.
 *
 * A day is a number of days since 1970 (UTC), a week begins on Monday. An event counts at the
 * time it says it happened at, but never later than it came. What was done with a film counts
 * where the film was shown (list id and film), at that day, model and place, once of each kind;
 * with a list that was not shown before, it is no part of these sums, only of the film's and the
 * hour's.
 */
#ifndef REEL_STORE_STATS_H
#define REEL_STORE_STATS_H

#include "store/sql.h"
#include "store/trials.h"

/* ---- counting ------------------------------------------------------------------------------ */

enum { REEL_STATS_STEP_MAX = 20000 };

typedef struct reel_stats_step {
    size_t limit; /* of events, 1 .. REEL_STATS_STEP_MAX */
    /* How unlike each other the films of a list are, 0 .. 1; NaN = unknown. NULL: not counted. */
    double (*variety)(void *user, const reel_event_movie *movies, size_t count);
    void *user;
} reel_stats_step;

/* Count the events that come next, in one transaction. counted [out]: how many there were; fewer
 * than the limit: no more wait, unless another process counted them at the same time. Errors:
 * E_STORE (read-only, too), E_NOMEM. */
REEL_MUST_USE reel_code reel__stats_count(reel_store *store, const reel_stats_step *step,
                                          size_t *counted, reel_err *err);
/* How many events wait to be counted, up to most. */
REEL_MUST_USE reel_code reel__stats_waiting(reel_store *store, int64_t most, int64_t *out,
                                            reel_err *err);
/* Statements that take the sums away, so that they are counted anew. */
#define REEL_STATS_CLEAR                                                                           \
    "DELETE FROM stat_ranks; DELETE FROM stat_films; DELETE FROM stat_hours;"                      \
    " DELETE FROM stat_people; DELETE FROM stat_days; DELETE FROM stat_kinds;"                     \
    " DELETE FROM stat_looks; DELETE FROM stat_deeds; DELETE FROM stat_viewers;"                   \
    " UPDATE stat_mark SET sequence = 0, epoch = epoch + 1; " REEL_TRIALS_CLEAR

/* ---- forgetting ---------------------------------------------------------------------------- */

/* A person's events out of the log, the sums and, where a sink has them, the sink (store/queue.h):
 * all in one transaction. Errors: E_STORE, E_NOMEM. */
REEL_MUST_USE reel_code reel__stats_forget(reel_store *store, int64_t person, reel_err *err);

/* The same as statements of a larger transaction, whose first is a guard that changes stat_mark
 * only where it still stands as it was read: "UPDATE stat_mark SET epoch = epoch + 1 WHERE id = 1
 * AND sequence = $n AND epoch = $n+1 ...", bound by leave_guard. Where it changed nothing and
 * leave_moved says so, somebody counted meanwhile: do all of it again. */
typedef struct reel_stats_leaving reel_stats_leaving;
enum { REEL_STATS_LEAVE = 18 };
REEL_MUST_USE reel_code reel__stats_leave(reel_stats_leaving **out, reel_store *store,
                                          int64_t person, reel_err *err);
void reel__stats_leave_end(reel_stats_leaving *leaving); /* NULL allowed */
void reel__stats_leave_guard(reel_sql *out, const reel_stats_leaving *leaving);
void reel__stats_leave_by(reel_sql out[REEL_STATS_LEAVE], const reel_stats_leaving *leaving);
REEL_MUST_USE reel_code reel__stats_leave_moved(const reel_stats_leaving *leaving,
                                                reel_store *store, bool *out, reel_err *err);

/* ---- signals ------------------------------------------------------------------------------- */

/* How far the log is counted, and how often something was taken out of the sums. */
typedef struct reel_stats_mark {
    int64_t sequence, epoch; /* of the last event counted */
} reel_stats_mark;
/* Errors: E_FORMAT, E_STORE. */
REEL_MUST_USE reel_code reel__stats_mark(reel_store *store, reel_stats_mark *out, reel_err *err);

enum { REEL_STATS_PLACES = 50 }; /* the last stands for all beyond it; 0: in no list */
typedef enum reel_stats_deed_kind { REEL_STATS_CLICK, REEL_STATS_TRAILER } reel_stats_deed_kind;

typedef struct reel_stats_looks {
    reel_stats_mark mark; /* [out] up to where all of it is */
    /* How often a film was shown and clicked at a place >= 1, by those whose rated is true. */
    void (*look)(void *user, int64_t movie, int place, int64_t shown, int64_t clicked);
    /* Everybody with events that name them. rated: they had rated something when they were last
     * counted; who had not is no part of looks. false to stop. */
    bool (*viewer)(void *user, int64_t person, bool rated);
    void *user;
} reel_stats_looks;
/* All of one moment. A callback may not use the store. Cost: by films x places and by people, not
 * by events. */
REEL_MUST_USE reel_code reel__stats_looks(reel_store *store, reel_stats_looks *looks,
                                          reel_err *err);

typedef struct reel_stats_deed {
    int64_t person, movie;
    reel_stats_deed_kind kind;
    int place;
} reel_stats_deed;
typedef bool reel_stats_deed_fn(void *user, const reel_stats_deed *deed);
/* What was clicked, or played, by everybody, once for each place; false to stop. Read in pages: of
 * what is counted meanwhile some may be there. */
REEL_MUST_USE reel_code reel__stats_deeds(reel_store *store, reel_stats_deed_fn *row, void *user,
                                          reel_err *err);

/* ---- asking -------------------------------------------------------------------------------- */

typedef struct reel_stats_range {
    int64_t from, to; /* days; to is the first that is no longer in it */
} reel_stats_range;

enum { REEL_HOURS_A_DAY = 24, REEL_DAYS_A_WEEK = 7 };
/* The Monday a day's week begins with. */
int64_t reel__stats_week(int64_t day);
/* The days of which something is known; both 0: of none. */
REEL_MUST_USE reel_code reel__stats_days(reel_store *store, reel_stats_range *out, reel_err *err);

typedef enum reel_stats_by {
    REEL_STATS_TOTAL,
    REEL_STATS_METHOD,
    REEL_STATS_MODEL, /* a version of one */
    REEL_STATS_SCENARIO,
    REEL_STATS_RANK
} reel_stats_by;

typedef struct reel_stats_rates {
    const char *method, *model_id, *scenario; /* "" where not asked by it */
    int64_t rank;                             /* 0: not asked by it, or none */
    int64_t day;                              /* the first of its time */
    int64_t lists, shown, clicked, rated, clicked_rated, refused;
} reel_stats_rates;
/* Those shown most first; with REEL_STATS_RANK by place. row returns false to stop; it may not use
 * the store. */
typedef bool reel_stats_rates_fn(void *user, const reel_stats_rates *rates);
REEL_MUST_USE reel_code reel__stats_rates(reel_store *store, reel_stats_range range,
                                          reel_stats_by by, reel_stats_rates_fn *row, void *user,
                                          reel_err *err);
/* By week and version of a model, in this order: the weeks that overlap the range, whole. */
REEL_MUST_USE reel_code reel__stats_weekly(reel_store *store, reel_stats_range range,
                                           reel_stats_rates_fn *row, void *user, reel_err *err);
/* The first day on which each version was shown, whenever; oldest first. */
REEL_MUST_USE reel_code reel__stats_firsts(reel_store *store, reel_stats_rates_fn *row, void *user,
                                           reel_err *err);

typedef struct reel_stats_film {
    int64_t movie, week; /* week: its Monday; 0 where a range was asked for */
    int64_t shown, clicked, rated, clicks, ratings;
} reel_stats_film;
typedef bool reel_stats_film_fn(void *user, const reel_stats_film *film);
/* Every film of the range, by ascending id. */
REEL_MUST_USE reel_code reel__stats_films(reel_store *store, reel_stats_range range,
                                          reel_stats_film_fn *row, void *user, reel_err *err);
/* Every film that was shown in each week that overlaps the range, by week. Only movie, week and
 * shown are filled in. */
REEL_MUST_USE reel_code reel__stats_film_weeks(reel_store *store, reel_stats_range range,
                                               reel_stats_film_fn *row, void *user, reel_err *err);

typedef struct reel_stats_hour {
    int64_t hour; /* since 1970 */
    int64_t lists, shown, clicks, ratings, refusals, trailers, watchlist, dwells, dwell_ms;
    int64_t varied, variety; /* lists whose variety is known, and its sum in millionths */
} reel_stats_hour;
typedef bool reel_stats_hour_fn(void *user, const reel_stats_hour *hour);
/* By hour; method NULL = any. */
REEL_MUST_USE reel_code reel__stats_hours(reel_store *store, reel_stats_range range,
                                          const char *method, reel_stats_hour_fn *row, void *user,
                                          reel_err *err);

/* How many events were counted, whenever they happened. */
REEL_MUST_USE reel_code reel__stats_events(reel_store *store, int64_t *out, reel_err *err);

typedef struct reel_stats_people {
    int64_t day, people, fresh; /* people who were there, and those of them for the first time */
} reel_stats_people;
typedef bool reel_stats_people_fn(void *user, const reel_stats_people *people);
REEL_MUST_USE reel_code reel__stats_people(reel_store *store, reel_stats_range range,
                                           reel_stats_people_fn *row, void *user, reel_err *err);

#endif
