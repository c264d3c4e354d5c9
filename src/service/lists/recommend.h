/* service/lists/recommend.h - use cases that answer with films or people and the reason for each.
 * Layer: service. Threads: one session per thread.
 */
#ifndef REEL_SERVICE_RECOMMEND_H
#define REEL_SERVICE_RECOMMEND_H

#include "base/json.h"
#include "service/engine/engine.h"

/* One film a person rated, in outside ids. */
typedef struct reel_given {
    int64_t movie;
    double rating;
    double weight; /* 1 = normal */
    bool click;    /* seen or liked without a rating, which is not looked at then */
    bool looked;   /* neither, but clicked: interest, which weighs so many times `click` of
                      REEL_SIGNALS */
} reel_given;

enum {
    REEL_LIST_MAX = 200,
    REEL_HISTORY_MAX = 5000,
    REEL_RULES = 4,
    REEL_MEMBERS_MAX = 12,
    REEL_BLEND_MAX = 5,     /* models of a mixture */
    REEL_SCENARIO_MAX = 64, /* bytes of a scenario's name */
    REEL_VISITOR_MAX = 64,  /* and of a visitor's token */
};

/* One model of a mixture, and how much its standardised scores count. */
typedef struct reel_blend_part {
    const char *name;
    double weight; /* 0 .. 100 */
} reel_blend_part;

/* One of several people a list is for: a person of the data set, or a history. */
typedef struct reel_member {
    int64_t user; /* or -1 */
    const reel_given *given;
    size_t given_count;
    const char *name; /* NULL = none */
} reel_member;

/* How several people's scores become one. Each person's are standardised first (mean 0, deviation
 * 1), so that nobody counts more because their scores spread wider. */
typedef enum reel_household_rule {
    REEL_HOUSEHOLD_AVERAGE,      /* the mean */
    REEL_HOUSEHOLD_LEAST_MISERY, /* the lowest (O'Connor et al. 2001, PolyLens) */
    REEL_HOUSEHOLD_FAIRNESS      /* the mean less the deviation: films they agree on (Amer-Yahia et
                                    al. 2009, VLDB) */
} reel_household_rule;
/* "average", "least_misery", "fairness"; NULL past the last. */
const char *reel__household_rule_name(size_t rule);

/* One of the two that make an interleaved list: a model, or a mixture. */
typedef struct reel_side {
    const char *name, *model;
    const reel_blend_part *blend;
    size_t blend_count;
} reel_side;

typedef struct reel_request {
    int64_t user;            /* MovieLens person, or -1 */
    const reel_given *given; /* anonymous history; exactly one of user, given, source_movie and
                                members, or source_movie and one of the first two */
    size_t given_count;
    int64_t source_movie; /* "movies like this one", or -1; for somebody: in the order that suits
                             them, the hybrid's scores added */
    const char *model;    /* NULL = "content" for a source_movie, else "hybrid" */
    const reel_blend_part *blend; /* a mixture instead of a model */
    size_t blend_count;
    const char *scenario; /* what the list is for, by a name of the caller's; NULL = not said */
    const char *visitor; /* who asks, where it is no user: the token events have; NULL = not said */
    bool log;            /* the door keeps an impression of the list */
    size_t limit;        /* 1 .. REEL_LIST_MAX */
    const int64_t *exclude; /* film ids to leave out */
    size_t exclude_count;
    bool show_seen; /* default: films of the history are left out */
    int reasons;    /* how many reasons each film gets, 0 .. REEL_REASONS_MAX */

    const reel_member *members; /* 2 .. REEL_MEMBERS_MAX people, who get one list */
    size_t member_count;
    reel_household_rule household;

    /* For whom its id is signed (list_id.h): whoever is named, where nobody is the person of the
     * account that asks (-1 = none) or, where it is shown to whoever it is for later, anyone. What
     * comes of an unsigned one is not believed. */
    int64_t asked_by;
    bool for_anyone, is_unsigned;

    /* A list that goes on: its id (NULL = a new one), and the films it had so far. */
    const char *list_id;
    const int64_t *earlier;
    size_t earlier_count;

    /* A list of an experiment (service/experiments), NULL where it is of none: what its id begins
     * with; the names of the experiment and of the arm, which is NULL where the list is
     * interleaved of two sides. */
    const char *stamp, *experiment, *arm;
    const reel_side *sides; /* [2] */

    /* Another use of what a person gave: a weight for a film they rated (0 = do not use it, 2 =
     * count it double; rating NaN = as it is), or a rating more. */
    const reel_given *edits;
    size_t edit_count;

    /* Which films may be on the list, and in which order; rules/expression.h, rules/arrange.h. */
    const char *filter; /* a condition; NULL = every film */
    const char *boost;  /* a number the place in the list is multiplied by; NULL = 1 */
    double diversity, novelty, calibrate; /* each 0 .. 1 */
} reel_request;
reel_request reel__request_default(void);

/* What they would rate a film, to a hundredth, and where four of five such ratings lie; each NaN =
 * not known (stars.c). */
typedef struct reel_stars {
    double rating, low, high;
} reel_stars;

typedef struct reel_recommendation {
    reel_index movie;
    int rank;         /* 1-based */
    const char *side; /* whose pick it is in an interleaved list, else NULL */
    double score;
    reel_stars stars;
    reel_explanation why;
    int effect_count;
    struct reel_rule_effect {
        const char *rule; /* "boost", "diversity", "novelty" or "calibrate" */
        int moved;        /* places up (down: negative) */
        bool brought;     /* without the rule it would not be on the list; moved says nothing */
    } effects[REEL_RULES];
} reel_recommendation;

/* What a film is to one of several people. */
typedef struct reel_share {
    double standing; /* their score, standardised over all films */
    reel_stars stars;
    reel_explanation why;
    float ratings[REEL_REASONS_MAX]; /* what they gave the films of the reasons */
} reel_share;

/* Why `popular` answered in the place of the model that was to. */
typedef enum reel_fallback {
    REEL_FALLBACK_NO_HISTORY, /* nothing is known of them, or nothing of it is to be used */
    REEL_FALLBACK_FLAT,       /* to that model all films are the same to them */
    REEL_FALLBACKS
} reel_fallback;
const char *reel__fallback_name(reel_fallback why); /* "no_history", "flat" */

enum { REEL_LIST_ID = 64 };

typedef struct reel_list {
    char id[REEL_LIST_ID]; /* stamped on feedback */
    const char *model;     /* name; model_id tells which fit */
    const char *model_id;
    const char *data_hash;
    const char *basis;     /* "trained", "fold_in" or "fallback"; "household" for several people */
    const char *fell_back; /* the name of the model that did not answer; NULL = it did */
    int fallbacks[REEL_FALLBACKS]; /* how often: for each of several people */
    size_t member_count;
    reel_household_rule household;
    struct {
        int64_t user;
        const char *name, *basis; /* the name is the request's */
    } members[REEL_MEMBERS_MAX];
    const reel_share *shares;     /* [count x member_count] */
    const reel_blend_part *blend; /* the request's, where model is "blend" */
    size_t blend_count;
    const char *scenario, *visitor, *experiment, *arm; /* the request's */
    bool personal;    /* films like a film, in the order of somebody's taste */
    bool is_unsigned; /* the request's */
    int64_t user, source_movie;
    size_t history; /* films that it was made from */
    size_t removed_seen, removed_excluded, removed_filter;
    size_t count;
    reel_recommendation items[REEL_LIST_MAX];
} reel_list;

/* The list lives in the session until its next use. A history the model can make nothing of (empty,
 * all weights 0, nobody rated these films) is answered by `popular` with basis "fallback".
 * Errors: E_NOTFOUND (no such person, film or model; names it), E_INVALID (limit, ratings, a filter
 * or boost with a mistake; names the member: history[3].rating), E_TOOLARGE (filter, boost). */
REEL_MUST_USE reel_code reel__recommend(reel_session *session, const reel_request *request,
                                        const reel_list **out, reel_err *err);

/* All that is wrong with a request that was refused, added to what is known of it
 * (base/mistakes.h), in the order of the members; of several films or people the first. Errors:
 * those that are no mistakes. */
REEL_MUST_USE reel_code reel__request_mistakes(reel_session *session, const reel_request *request,
                                               reel_err *all, reel_err *err);

/* Why this film for this history; request->limit is ignored, movie is an outside id. */
REEL_MUST_USE reel_code reel__explain(reel_session *session, const reel_request *request,
                                      int64_t movie, reel_recommendation *out, reel_err *err);

/* What a person would rate a film; not known where they rated nothing, nobody rated the film, or no
 * model predicts ratings here. Errors: E_NOTFOUND (no such person). */
REEL_MUST_USE reel_code reel__predicted_rating(reel_session *session, int64_t person,
                                               reel_index movie, reel_stars *out, reel_err *err);

typedef struct reel_similar_person {
    int64_t person;
    double similarity;
    int64_t ratings, common; /* how many they rated, and how many of those both rated */
} reel_similar_person;
/* out [limit] */
REEL_MUST_USE reel_code reel__similar_people(reel_session *session, const reel_request *request,
                                             size_t limit, reel_similar_person *out, size_t *count,
                                             reel_err *err);

/* ---- as JSON, for both doors (docs/api.md) -------------------------------------------------- */
/* next: where the list goes on, NULL = nowhere. */
void reel__write_list(reel_json *json, const reel_session *session, const reel_list *list,
                      const char *next);
void reel__write_explanation(reel_json *json, const reel_session *session,
                             const reel_recommendation *item);
/* The members predicted_rating and predicted_rating_interval. */
void reel__write_stars(reel_json *json, const reel_stars *stars);
/* full: every field of docs/api.md "movie"; otherwise the short form used in lists. */
void reel__write_movie(reel_json *json, const reel_engine *engine, reel_index movie, bool full);
/* The same without the braces, for objects that carry more members. */
void reel__write_movie_members(reel_json *json, const reel_engine *engine, reel_index movie,
                               bool full);
/* Write the short form of every film once, for all answers to come; without it each is written
 * anew. 300 bytes a film. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__shorts_prepare(const reel_engine *engine, reel_err *err);
/* One item of GET /people/{id}/similar. */
void reel__write_similar_person(reel_json *json, const reel_similar_person *person);

#endif
