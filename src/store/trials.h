/* store/trials.h - who was in an experiment and what they did there, as one row for each person,
 * counted from the log of events step by step. A row is of that person's own events alone, so it
 * goes with their account and nobody else's changes. Like the sums of store/stats.h these are made
 * from the log: no part of a copy. What the events of an experiment mean is said by who counts
 * (service/experiments). Layer: store. Ownership: texts are borrowed. Threads: as store.h.
 */
#ifndef REEL_STORE_TRIALS_H
#define REEL_STORE_TRIALS_H

#include "base/buf.h"
#include "store/experiments.h"

enum { REEL_TRIAL_STEP_MAX = 20000, REEL_TRIAL_WHO = 80 };

/* ---- the log ------------------------------------------------------------------------------- */

/* How far one experiment is counted: the last event, and how often rows were taken away. */
typedef struct reel_trial_mark {
    int64_t sequence, epoch;
} reel_trial_mark;
/* Errors: E_STORE (read-only, too), E_NOMEM. */
REEL_MUST_USE reel_code reel__trial_mark(reel_trial_mark *out, reel_store *store, const char *tag,
                                         reel_err *err);

/* An event about a list of an experiment. */
typedef struct reel_trial_event {
    int64_t sequence, received_ms;
    const char *type, *visitor, *list_id;
    int64_t user;       /* -1 = nobody in particular */
    const char *movies; /* as store/event_movies.h has them */
    bool untrusted;     /* it does not count */
} reel_trial_event;
/* row returns false to stop; it may not use the store. */
typedef bool reel_trial_fn(void *user, const reel_trial_event *event);

typedef struct reel_trial_scan {
    const char *tag;
    int64_t after;  /* events behind this sequence */
    int64_t before; /* and up to this one */
    size_t limit;   /* 1 .. REEL_TRIAL_STEP_MAX */
} reel_trial_scan;
/* In the order they came. Cost: of those rows alone. */
REEL_MUST_USE reel_code reel__trial_scan(reel_store *store, const reel_trial_scan *scan,
                                         reel_trial_fn *row, void *user, reel_err *err);
/* How many events of an experiment are not counted yet, up to most. */
REEL_MUST_USE reel_code reel__trial_waiting(reel_store *store, const char *tag, int64_t most,
                                            int64_t *out, reel_err *err);

/* The tags of the experiments of the store that have such events. row returns false to stop; it may
 * not use the store. Cost: for each experiment two look-ups in an index, however long the log. */
typedef bool reel_trial_tag_fn(void *user, const char *tag);
REEL_MUST_USE reel_code reel__trials_waiting(reel_store *store, reel_trial_tag_fn *row, void *user,
                                             reel_err *err);

/* What is known of a list: once for each of its trusted impressions up to a sequence, in their
 * order, with type "" where there is none. Of a list the first thousand events count, so that a
 * million events about one are no work: beyond is the first that does not. */
typedef bool reel_trial_list_fn(void *user, const reel_trial_event *shown, int64_t beyond);
typedef struct reel_trial_lists {
    const char *const *lists; /* [count], none twice */
    size_t count;
    int64_t last;
} reel_trial_lists;
REEL_MUST_USE reel_code reel__trial_scan_lists(reel_store *store, const reel_trial_lists *lists,
                                               reel_trial_list_fn *row, void *user, reel_err *err);

/* ---- people -------------------------------------------------------------------------------- */

typedef struct reel_trial_person {
    const char *who;       /* as reel__experiment_unit names them */
    int64_t arm;           /* -1 = both */
    int64_t first_ms;      /* when their first list was shown; 0 = none was */
    int64_t lists, strays; /* shown to them; and those they could not have had */
    int64_t did[2];        /* how often, by side where lists are interleaved, else [0] */
} reel_trial_person;
typedef bool reel_trial_person_fn(void *user, const reel_trial_person *person);

typedef struct reel_trial_people {
    const char *tag;
    const char *const *whos; /* [count], none twice */
    size_t count;
} reel_trial_people;
/* Those of them who are known. row returns false to stop; it may not use the store. */
REEL_MUST_USE reel_code reel__trial_find(reel_store *store, const reel_trial_people *people,
                                         reel_trial_person_fn *row, void *user, reel_err *err);

typedef struct reel_trial_adding {
    const char *tag;
    reel_trial_mark from;
    int64_t to;                      /* the mark is put there */
    const reel_trial_person *people; /* [count], none twice: what is to be added to them; first_ms
                                        is set where there was none */
    size_t count;
    int64_t earliest_ms; /* of those of them who did something, or are new: the first first_ms; a
                            state that goes as far (reel__trial_keep) goes */
    int64_t untrusted;   /* events up to there that do not count */
} reel_trial_adding;
/* In one transaction, where the mark still stands at `from`; else nothing happens and done is
 * false. Errors: E_STORE, E_NOMEM. */
REEL_MUST_USE reel_code reel__trial_add(reel_store *store, const reel_trial_adding *adding,
                                        bool *done, reel_err *err);

typedef struct reel_trial_range {
    const char *tag;
    int64_t after_ms, last_ms; /* first_ms is above the one and not above the other */
} reel_trial_range;
/* Those people by first_ms, then who; lists and strays are not said. Cost: of their rows. */
REEL_MUST_USE reel_code reel__trial_scan_people(reel_store *store, const reel_trial_range *range,
                                                reel_trial_person_fn *row, void *user,
                                                reel_err *err);

/* ---- how far somebody went through them ---------------------------------------------------- */

enum { REEL_TRIAL_STATE_MAX = 1 << 20 };

/* What comes of all people up to upto_ms, by their first_ms: a text of who counts. There is one for
 * each experiment. It goes in the transaction that changes what one of them did, or takes one away,
 * so one that is there is true. */
typedef struct reel_trial_state {
    reel_trial_mark mark; /* as it stood before they were gone through */
    int64_t upto_ms;
    const char *text;
} reel_trial_state;
/* In the place of the one that is there; nothing happens where the mark has moved. Errors: E_STORE
 * (read-only, too), E_NOMEM. */
REEL_MUST_USE reel_code reel__trial_keep(reel_store *store, const char *tag,
                                         const reel_trial_state *state, reel_err *err);

typedef struct reel_trial_standing {
    reel_trial_mark mark;
    int64_t lists, strays, untrusted; /* of everybody; events that do not count */
    int64_t upto_ms; /* of the state; 0 = there is none that goes no further than last_ms */
} reel_trial_standing;
/* text: the state is appended. Errors: E_STORE, E_NOMEM. */
REEL_MUST_USE reel_code reel__trial_standing(reel_trial_standing *out, reel_buf *text,
                                             reel_store *store, const char *tag, int64_t last_ms,
                                             reel_err *err);

/* Statements that take all rows away, so that all is counted anew. */
#define REEL_TRIALS_CLEAR                                                                          \
    "DELETE FROM trial_people; DELETE FROM trial_states;"                                          \
    " UPDATE trial_marks SET sequence = 0, epoch = epoch + 1, lists = 0, strays = 0, untrusted = " \
    "0"
/* As statements of a larger transaction, in this order, before the events of one of them go: the
 * marks are moved, so that who counts meanwhile does it again; states that they are in; and their
 * rows. $1: who, an account's person. */
#define REEL_TRIALS_MOVE                                                                           \
    "UPDATE trial_marks SET epoch = epoch + 1,"                                                    \
    " lists = lists - coalesce((SELECT p.lists FROM trial_people AS p"                             \
    "  WHERE p.tag = trial_marks.tag AND p.who = CAST($1 AS text)), 0),"                           \
    " strays = strays - coalesce((SELECT p.strays FROM trial_people AS p"                          \
    "  WHERE p.tag = trial_marks.tag AND p.who = CAST($1 AS text)), 0),"                           \
    " untrusted = untrusted - (SELECT count(*) FROM events AS e"                                   \
    "  WHERE e.userId = CAST(substr(CAST($1 AS text), 2) AS bigint) AND e.untrusted = 1"           \
    "  AND e.sequence <= trial_marks.sequence"                                                     \
    "  AND substr(e.list_id, 1, 10) = '" REEL_EXPERIMENT_MARK "' || trial_marks.tag)"
#define REEL_TRIALS_FORGET                                                                         \
    "DELETE FROM trial_states WHERE EXISTS (SELECT 1 FROM trial_people AS p"                       \
    " WHERE p.tag = trial_states.tag AND p.who = CAST($1 AS text))"
#define REEL_TRIALS_LEAVE                                                                          \
    "DELETE FROM trial_people WHERE (tag, who) IN"                                                 \
    " (SELECT m.tag, CAST($1 AS text) FROM trial_marks AS m)"

#endif
