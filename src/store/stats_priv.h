/* stats_priv.h - a step of counting, between reading the log and adding to the sums. */
#ifndef REEL_STORE_STATS_PRIV_H
#define REEL_STORE_STATS_PRIV_H

#include "base/buf.h"
#include "base/map.h"
#include "store/sql.h"
#include "store/stats.h"
#include "store/tally.h"

/* The values of a row, in the order of its table's columns. */
enum { RANK_LISTS, RANK_SHOWN, RANK_CLICKED, RANK_RATED, RANK_CLICKED_RATED, RANK_REFUSED, RANKS };
enum { FILM_SHOWN, FILM_CLICKED, FILM_RATED, FILM_CLICKS, FILM_RATINGS, FILMS };
enum {
    HOUR_LISTS,
    HOUR_SHOWN,
    HOUR_CLICKS,
    HOUR_RATINGS,
    HOUR_REFUSALS,
    HOUR_TRAILERS,
    HOUR_WATCHLIST,
    HOUR_DWELLS,
    HOUR_DWELL_MS,
    HOUR_VARIED,
    HOUR_VARIETY,
    HOURS
};

enum { LOOK_SHOWN, LOOK_CLICKED, LOOKS };
enum { VIEWER_RATED, VIEWER_WAS, VIEWERS };

/* What some events add. Kinds are numbers of `kinds` here, ids of the store's afterwards. */
typedef struct reel_stats_sums {
    reel_intern *kinds; /* method, model_id, scenario as a JSON array */
    reel_tally *first;  /* kind -> the first day on which it was shown, + 1 */
    reel_tally *ranks;  /* day, kind, rank */
    reel_tally *films;  /* day, film */
    reel_tally *hours;  /* hour, kind */
    reel_intern *whos;
    reel_tally *people;  /* who, day */
    reel_tally *looks;   /* film, place */
    reel_tally *deeds;   /* person, film, kind, place */
    reel_tally *viewers; /* person */
} reel_stats_sums;

/* ---- counting ------------------------------------------------------------------------------ */

typedef struct reel_counting {
    const reel_stats_step *step; /* NULL: how mixed lists are is not told */
    int64_t sign;                /* 1, or -1 where events are taken away */
    reel_stats_mark mark;
    int64_t last; /* sequence of the last event read */
    size_t events;
    reel_stats_sums sums;
    reel_intern *lists;          /* whose events are looked at */
    reel_tally *places, *others; /* list, film: where it stood, and what was done with it */
    reel_buf text;
    reel_code rc; /* of what is done in the middle of reading */
    reel_err *err;
} reel_counting;

/* Ended in any case. */
REEL_MUST_USE reel_code reel__counting_begin(reel_counting *c);
void reel__counting_end(reel_counting *c);

#define REEL_STATS_COLUMNS                                                                         \
    "sequence, type, visitor, method, model_id, list_id, scenario, userId, time_ms, received_ms,"  \
    " value, movies"
/* Whether its person has rated something, as it is and as it was counted (NULL: never). */
#define REEL_STATS_RATED                                                                           \
    "CASE WHEN EXISTS (SELECT 1 FROM ratings AS r WHERE r.userId = events.userId) OR EXISTS"       \
    " (SELECT 1 FROM given AS g WHERE g.userId = events.userId AND g.kind = 'rating') THEN 1"      \
    " ELSE 0 END, (SELECT v.rated FROM stat_viewers AS v WHERE v.person = events.userId)"
enum { COLUMN_RATED = 12, COLUMN_WAS };
/* An event of these columns; false and rc where there is no memory. */
bool reel__counting_read(reel_counting *c, reel_event *event,
                         reel_event_movie movies[REEL_EVENT_MOVIES_MAX], const char *const *column);
/* What it adds whatever its list is; and whether its list is looked at. */
void reel__counting_event(reel_counting *c, const reel_event *event, bool look_at_list);
/* Whether it counts where its film was shown. */
bool reel__counting_is_deed(const reel_event *event);
/* The events of the lists looked at up to a sequence, list by list in their order; of each list the
 * first thousand. */
REEL_MUST_USE reel_code reel__counting_lists(reel_counting *c, reel_store *store, int64_t last,
                                             reel_sql_row *row, void *user);
/* An event of a list goes by; sign 0: it adds nothing. */
void reel__counting_replay(reel_counting *c, reel_tally *places, const reel_event *event,
                           int64_t sign);

/* What it adds to what signals are made of. */
void reel__counting_look(reel_counting *c, const reel_event *event, bool rated);
/* The same of an event that was read with REEL_STATS_RATED; who it is of is known from then on. */
void reel__counting_viewer(reel_counting *c, const reel_event *event, const char *const *column);
/* The earlier events of those whom this step finds to have rated something, or nothing any more. */
REEL_MUST_USE reel_code reel__counting_turned(reel_counting *c, reel_store *store);

/* ---- adding -------------------------------------------------------------------------------- */

enum { REEL_STATS_WHO = 80 };
void reel__stats_who(char out[REEL_STATS_WHO], int64_t person); /* as stat_people names them */

/* The sums as rows of the tables. */
typedef struct reel_stats_texts {
    reel_buf ranks, films, hours, people, looks, deeds, viewers;
} reel_stats_texts;
void reel__stats_texts_init(reel_stats_texts *texts);
void reel__stats_texts_fini(reel_stats_texts *texts);
/* Kinds that are new are written to the store. */
REEL_MUST_USE reel_code reel__stats_texts_write(reel_stats_texts *out, reel_store *store,
                                                const reel_stats_sums *sums, reel_err *err);
/* Statements that add such rows. */
extern const char reel__stats_add_ranks[], reel__stats_add_films[], reel__stats_add_looks[];

/* Add them, and put the mark there, where it still stands at `from`; else nothing happens and done
 * is false. */
REEL_MUST_USE reel_code reel__stats_add(reel_store *store, const reel_stats_sums *sums,
                                        const reel_stats_mark *from, int64_t to, bool *done,
                                        reel_err *err);

#endif
